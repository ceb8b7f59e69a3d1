/*
 * The console: every line goes to the debug port and to the serial line; what the serial line
 * receives goes back out on it. National Semiconductor PC16550D data sheet, §8; 115200 baud, 8N1.
 */
#include "kernel.h"
#include "pic.h"

enum {
  COM1 = 0x3f8,
  DATA = COM1 + 0,
  DIVISOR_LOW = COM1 + 0,
  DIVISOR_HIGH = COM1 + 1,
  INTERRUPT_ENABLE = COM1 + 1,
  INTERRUPT_IDENTITY = COM1 + 2,
  FIFO_CONTROL = COM1 + 2,
  LINE_CONTROL = COM1 + 3,
  MODEM_CONTROL = COM1 + 4,
  LINE_STATUS = COM1 + 5,
  MODEM_STATUS = COM1 + 6,

  RECEIVED = 0x01,
  TRANSMITTER_FREE = 0x02,
  NO_INTERRUPT_PENDING = 0x01,
  FIFO_ON_AND_CLEAR = 0x07,
  EIGHT_BITS = 0x03,
  DIVISOR_ACCESS = 0x80,
  READY_AND_INTERRUPTS = 0x0b,
  DATA_READY = 0x01,
  TRANSMITTER_EMPTY = 0x20,
  NO_UART = 0xff,

  FIFO_SIZE = 16,
  WAITING_SIZE = 1024, /* a power of two */
  CAUSES_AT_ONCE = 16,
};

static int is_present;
static u8 waiting[WAITING_SIZE];
static u32 taken, added;

void console_start(void) {
  is_present = port_read(LINE_STATUS) != NO_UART;
  if (!is_present) return;
  port_write(INTERRUPT_ENABLE, 0);
  port_write(LINE_CONTROL, DIVISOR_ACCESS | EIGHT_BITS);
  port_write(DIVISOR_LOW, 1);
  port_write(DIVISOR_HIGH, 0);
  port_write(LINE_CONTROL, EIGHT_BITS);
  port_write(FIFO_CONTROL, FIFO_ON_AND_CLEAR);
  port_write(MODEM_CONTROL, READY_AND_INTERRUPTS);
  port_write(INTERRUPT_ENABLE, RECEIVED);
  pic_enable(SERIAL_LINE);
}

static int has_room(void) {
  return added - taken < WAITING_SIZE;
}

/*
 * As much as the transmitter's FIFO takes; the interrupt "transmitter free" asks for the rest. While
 * there is no room for an echo, what was received stays where it is.
 */
static void transmit_waiting(void) {
  if (port_read(LINE_STATUS) & TRANSMITTER_EMPTY)
    for (u32 i = 0; i < FIFO_SIZE && taken != added; i++)
      port_write(DATA, waiting[taken++ % WAITING_SIZE]);
  u8 wanted = has_room() ? RECEIVED : 0;
  port_write(INTERRUPT_ENABLE, taken == added ? wanted : wanted | TRANSMITTER_FREE);
}

/* Text that finds no room is lost: a console must not stop the machine. */
static void put(u8 byte) {
  if (has_room()) waiting[added++ % WAITING_SIZE] = byte;
}

void console_interrupt(void) {
  for (u32 i = 0; i < CAUSES_AT_ONCE; i++) {
    if (port_read(INTERRUPT_IDENTITY) & NO_INTERRUPT_PENDING) return;
    while (has_room() && port_read(LINE_STATUS) & DATA_READY) put(port_read(DATA));
    port_read(MODEM_STATUS);
    transmit_waiting();
  }
  /* Still more: let the line fall and rise, or the edge-triggered controller would not see it. */
  port_write(INTERRUPT_ENABLE, 0);
  transmit_waiting();
}

void print_bytes(const char *text, u32 length) {
  for (u32 i = 0; i < length; i++) port_write(DEBUG_PORT, (u8)text[i]);
  if (!is_present) return;
  for (u32 i = 0; i < length; i++) put((u8)text[i]);
  transmit_waiting();
}

void print(const char *text) {
  u32 length = 0;
  while (text[length]) length++;
  print_bytes(text, length);
}

void console_flush(void) {
  enum { PATIENCE = 10000 };
  for (u32 i = 0; is_present && taken != added && i < PATIENCE; i++) transmit_waiting();
}
