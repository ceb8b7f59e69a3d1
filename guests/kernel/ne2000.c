/*
 * Driver of the NE2000: National Semiconductor DP8390D/NS32490D data sheet (registers §10, ring and
 * overflow §7, "Receive Buffer Ring Overflow"), and the card's word-wide data port, reset port and
 * address PROM. One transmit buffer in the card, a queue of frames in memory before it.
 */
#include "../memory.h"
#include "kernel.h"
#include "net.h"
#include "pic.h"

enum {
  BASE = 0x300,
  COMMAND = BASE + 0x0,
  /* Page 0 */
  PAGE_START = BASE + 0x1,
  PAGE_STOP = BASE + 0x2,
  BOUNDARY = BASE + 0x3,
  TRANSMIT_PAGE = BASE + 0x4,
  TRANSMIT_COUNT = BASE + 0x5,
  INTERRUPT_STATUS = BASE + 0x7,
  REMOTE_ADDRESS = BASE + 0x8,
  REMOTE_COUNT = BASE + 0xa,
  RECEIVE_CONFIGURATION = BASE + 0xc,
  TRANSMIT_CONFIGURATION = BASE + 0xd,
  DATA_CONFIGURATION = BASE + 0xe,
  TALLY_COUNTERS = BASE + 0xd, /* three, when read */
  INTERRUPT_MASK = BASE + 0xf,
  /* Page 1 */
  PHYSICAL_ADDRESS = BASE + 0x1,
  CURRENT = BASE + 0x7,
  MULTICAST = BASE + 0x8,
  /* The card's own */
  DATA = BASE + 0x10,
  RESET = BASE + 0x1f,

  STOPPED = 0x21,
  RUNNING = 0x22,
  RUNNING_PAGE_1 = 0x62,
  STOPPED_PAGE_1 = 0x61,
  REMOTE_READ = 0x0a,
  REMOTE_WRITE = 0x12,
  TRANSMIT = 0x26,
  TRANSMITTING = 0x04,

  BYTE_WIDE = 0x48,
  WORD_WIDE = 0x49,
  MONITOR = 0x20,
  ACCEPT_BROADCAST = 0x04,
  LOOPBACK = 0x02,

  PACKET_RECEIVED = 0x01,
  PACKET_SENT = 0x02,
  RECEIVE_ERROR = 0x04,
  TRANSMIT_ERROR = 0x08,
  OVERRUN = 0x10,
  COUNTER_OVERFLOW = 0x20,
  REMOTE_DONE = 0x40,
  RESET_DONE = 0x80,
  WANTED = 0x3f,

  /* The card's 16 KiB in pages of 256 bytes: one frame to send, the rest is the receive ring. */
  SEND_PAGE = 0x40,
  RING_START = 0x46,
  RING_STOP = 0x80,

  RING_HEADER = 4,
  FRAME_CHECK = 4,
  MIN_FRAME = 60,
  PROM_BYTES = 32,
  PATIENCE = 4000, /* port reads: above the 1.6 ms that the longest frame takes to end */
  FRAMES_AT_ONCE = 32,
  CAUSES_AT_ONCE = 16,
  QUEUE = 8,
  SEND_TIMEOUT = TICKS_PER_SECOND,
};

struct queued_frame {
  u32 length;
  u8 bytes[MAX_FRAME + 2];
};

static int is_present, is_sending, has_more;
static u8 own_mac[6];
static u8 next_page;
static u32 sending_since, sending_length;
static struct queued_frame queue[QUEUE];
static u32 queue_first, queue_count;
static u8 received[MAX_FRAME + 2];

struct net_statistics statistics;

static void input_words(void *to, u32 words) {
  __asm__ volatile("rep insw" : "+D"(to), "+c"(words) : "d"(DATA) : "memory");
}

static void output_words(const void *from, u32 words) {
  __asm__ volatile("rep outsw" : "+S"(from), "+c"(words) : "d"(DATA) : "memory");
}

static void await(u8 status) {
  for (u32 i = 0; i < PATIENCE && !(port_read(INTERRUPT_STATUS) & status); i++) {
  }
}

static void set16(u16 port, u32 value) {
  port_write(port, (u8)value);
  port_write(port + 1, (u8)(value >> 8));
}

static void start_remote(u32 address, u32 length, u8 direction) {
  port_write(INTERRUPT_STATUS, REMOTE_DONE);
  set16(REMOTE_COUNT, length);
  set16(REMOTE_ADDRESS, address);
  port_write(COMMAND, direction);
}

/* The card wraps a read at the end of its ring by itself. */
static void read_card(u32 address, void *to, u32 length) {
  u32 words = (length + 1) / 2;
  start_remote(address, words * 2, REMOTE_READ);
  input_words(to, words);
  await(REMOTE_DONE);
}

static void read_prom(void) {
  u8 prom[PROM_BYTES];
  port_write(DATA_CONFIGURATION, BYTE_WIDE);
  start_remote(0, PROM_BYTES, REMOTE_READ);
  for (u32 i = 0; i < PROM_BYTES; i++) prom[i] = port_read(DATA);
  /* A 16-bit card shows every byte twice. */
  for (u32 i = 0; i < sizeof own_mac; i++) own_mac[i] = prom[2 * i];
}

/* Data sheet §10.1, "Initialization procedure". What was in the card's memory is lost. */
static void initialise(void) {
  port_write(COMMAND, STOPPED);
  port_write(DATA_CONFIGURATION, WORD_WIDE);
  set16(REMOTE_COUNT, 0);
  port_write(RECEIVE_CONFIGURATION, MONITOR);
  port_write(TRANSMIT_CONFIGURATION, LOOPBACK);
  port_write(PAGE_START, RING_START);
  port_write(PAGE_STOP, RING_STOP);
  port_write(BOUNDARY, RING_START);
  port_write(INTERRUPT_STATUS, 0xff);
  port_write(INTERRUPT_MASK, WANTED);
  port_write(COMMAND, STOPPED_PAGE_1);
  for (u32 i = 0; i < sizeof own_mac; i++) port_write(PHYSICAL_ADDRESS + i, own_mac[i]);
  for (u32 i = 0; i < 8; i++) port_write(MULTICAST + i, 0);
  next_page = RING_START + 1;
  port_write(CURRENT, next_page);
  port_write(COMMAND, RUNNING);
  port_write(TRANSMIT_CONFIGURATION, 0);
  port_write(RECEIVE_CONFIGURATION, ACCEPT_BROADCAST);
  is_sending = 0;
}

int nic_start(u8 mac[6]) {
  port_write(RESET, port_read(RESET));
  port_write(COMMAND, STOPPED);
  if (port_read(COMMAND) != STOPPED) return 0;
  await(RESET_DONE);
  port_write(INTERRUPT_MASK, 0);
  port_write(INTERRUPT_STATUS, 0xff);
  read_prom();
  memcpy(mac, own_mac, sizeof own_mac);
  initialise();
  is_present = 1;
  pic_enable(NIC_LINE);
  return 1;
}

static void send_next(void) {
  if (is_sending || queue_count == 0) return;
  struct queued_frame *frame = &queue[queue_first];
  u32 words = (frame->length + 1) / 2;
  start_remote(SEND_PAGE << 8, words * 2, REMOTE_WRITE);
  output_words(frame->bytes, words);
  await(REMOTE_DONE);
  sending_length = frame->length;
  sending_since = ticks();
  is_sending = 1;
  port_write(TRANSMIT_PAGE, SEND_PAGE);
  set16(TRANSMIT_COUNT, sending_length);
  port_write(COMMAND, TRANSMIT);
  queue_first = (queue_first + 1) % QUEUE;
  queue_count--;
}

u32 nic_room(void) {
  return is_present ? QUEUE - queue_count : 0;
}

u8 *nic_reserve(void) {
  if (nic_room() == 0) {
    statistics.send_queue_full++;
    return 0;
  }
  return queue[(queue_first + queue_count) % QUEUE].bytes;
}

void nic_send(u32 length) {
  struct queued_frame *frame = &queue[(queue_first + queue_count) % QUEUE];
  if (length < MIN_FRAME) {
    memset(frame->bytes + length, 0, MIN_FRAME - length);
    length = MIN_FRAME;
  }
  frame->length = length;
  queue_count++;
  statistics.frames_sent++;
  send_next();
}

static void finish_sending(u8 status) {
  if (!is_sending) return;
  if (status & TRANSMIT_ERROR) statistics.transmit_errors++;
  is_sending = 0;
  send_next();
  net_has_room();
}

static void restart(void) {
  statistics.resets++;
  initialise();
  send_next();
}

static u8 current_page(void) {
  port_write(COMMAND, RUNNING_PAGE_1);
  u8 page = port_read(CURRENT);
  port_write(COMMAND, RUNNING);
  return page;
}

/* One frame out of the ring; 0 when what stands there cannot be a frame. */
static int receive_frame(void) {
  u8 header[RING_HEADER];
  read_card((u32)next_page << 8, header, sizeof header);
  u8 following = header[1];
  u32 length = (u32)(header[2] | header[3] << 8) - FRAME_CHECK;
  if (following < RING_START || following >= RING_STOP) return 0;
  if (length < ETHERNET_HEADER || length > MAX_FRAME) return 0;
  read_card(((u32)next_page << 8) + RING_HEADER, received, length);
  next_page = following;
  /* The boundary stays one page behind, so that a full ring is told from an empty one. */
  port_write(BOUNDARY, next_page == RING_START ? RING_STOP - 1 : next_page - 1);
  statistics.frames_received++;
  link_receive(received, length);
  return 1;
}

/* At most so many that the clock does not lose a tick to a flood; the next tick goes on. */
static void receive_frames(void) {
  u32 count = 0;
  while (next_page != current_page()) {
    has_more = count++ == FRAMES_AT_ONCE;
    if (has_more) return;
    if (!receive_frame()) {
      restart();
      return;
    }
  }
  has_more = 0;
}

/* Data sheet §7: stop, let a transmission end, empty the ring in loopback, and send again if need be. */
static void recover_from_overrun(u8 status) {
  statistics.overruns++;
  u8 command = port_read(COMMAND);
  port_write(COMMAND, STOPPED);
  await(RESET_DONE);
  set16(REMOTE_COUNT, 0);
  status |= port_read(INTERRUPT_STATUS);
  int was_cut = (command & TRANSMITTING) && !(status & (PACKET_SENT | TRANSMIT_ERROR));
  port_write(TRANSMIT_CONFIGURATION, LOOPBACK);
  port_write(COMMAND, RUNNING);
  /* All of it: nothing may be sent in loopback, so answers wait in the queue. */
  int was_sending = is_sending;
  is_sending = 1;
  do receive_frames();
  while (has_more);
  port_write(INTERRUPT_STATUS, OVERRUN);
  port_write(TRANSMIT_CONFIGURATION, 0);
  is_sending = was_sending;
  if (was_cut) {
    port_write(TRANSMIT_PAGE, SEND_PAGE);
    set16(TRANSMIT_COUNT, sending_length);
    port_write(COMMAND, TRANSMIT);
  } else {
    send_next();
  }
}

static void count_lost_frames(void) {
  for (u32 i = 0; i < 3; i++) statistics.receive_errors += port_read(TALLY_COUNTERS + i);
}

/* Until no cause is left: the line must fall before the edge-triggered controller sees it rise. */
void nic_interrupt(void) {
  for (u32 i = 0; i < CAUSES_AT_ONCE; i++) {
    u8 status = port_read(INTERRUPT_STATUS) & WANTED;
    if (status == 0) return;
    port_write(INTERRUPT_STATUS, status & ~OVERRUN);
    if (status & OVERRUN) {
      recover_from_overrun(status);
    } else if (status & (PACKET_RECEIVED | RECEIVE_ERROR)) {
      receive_frames();
    }
    if (status & (PACKET_SENT | TRANSMIT_ERROR)) finish_sending(status);
    if (status & COUNTER_OVERFLOW) count_lost_frames();
  }
  has_more = 1;
}

/* Takes up what an interrupt left over, and frees a transmitter that never reported back. */
void nic_tick(void) {
  if (!is_present) return;
  if (has_more) {
    receive_frames();
    nic_interrupt();
  }
  if (!is_sending || ticks() - sending_since < SEND_TIMEOUT) return;
  statistics.transmit_timeouts++;
  restart();
}
