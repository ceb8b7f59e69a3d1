/*
 * TCP's segments out and its timers: retransmission with back-off (RFC 6298), slow start and
 * congestion avoidance (RFC 5681), probes of a closed window (RFC 9293 §3.8.6.1), no silly windows
 * (§3.8.6.2), and the waits at a connection's end.
 */
#include "../memory.h"
#include "kernel.h"
#include "net.h"
#include "tcp-segments.h"
#include "tcp.h"

enum {
  HEADER = 20,
  OWN_SEGMENT_SIZE = 1460,
  SEGMENT_SIZE_OPTION = 4,
  FIRST_TIMEOUT = 1 * TICKS_PER_SECOND,
  SHORTEST_TIMEOUT = TICKS_PER_SECOND / 5,
  LONGEST_TIMEOUT = 60 * TICKS_PER_SECOND,
  /* 1 s, doubled up to 60 s: it gives up after some nine minutes. */
  MOST_RETRIES = 14,
  TIME_WAIT_TICKS = 1 * TICKS_PER_SECOND,
  IDLE_TICKS = 300 * TICKS_PER_SECOND,
  /* Frames left to those who answer, so that a download does not starve a ping. */
  ROOM_FOR_OTHERS = 3,
};

int tcp_parse(const struct packet *packet, struct segment *segment) {
  const u8 *header = packet->payload;
  if (packet->length < HEADER) return 0;
  u32 header_length = (header[12] >> 4) * 4;
  if (header_length < HEADER || header_length > packet->length) return 0;
  if (transport_checksum(packet->source, packet->destination, PROTOCOL_TCP, header,
                         packet->length) != 0)
    return 0;
  *segment = (struct segment){
      .peer = packet->source,
      .peer_port = get16(header),
      .own_port = get16(header + 2),
      .sequence = get32(header + 4),
      .acknowledgment = get32(header + 8),
      .flags = header[13],
      .window = get16(header + 14),
      .options = header + HEADER,
      .options_length = header_length - HEADER,
      .payload = header + header_length,
      .length = packet->length - header_length,
  };
  segment->length_in_sequence =
      segment->length + ((segment->flags & SYN) != 0) + ((segment->flags & FIN) != 0);
  return 1;
}

struct outgoing {
  u32 peer;
  u16 own_port, peer_port;
  u32 sequence, acknowledgment, window;
  u8 flags;
};

/* Pre: options and payload stand in their places already. */
static void send_segment(u8 *at, const struct outgoing *out, u32 options_length, u32 length) {
  u32 header_length = HEADER + options_length;
  put16(at, out->own_port);
  put16(at + 2, out->peer_port);
  put32(at + 4, out->sequence);
  put32(at + 8, out->acknowledgment);
  at[12] = (u8)(header_length / 4 << 4);
  at[13] = out->flags;
  put16(at + 14, out->window);
  put32(at + 16, 0);
  put16(at + 16, transport_checksum(OWN_ADDRESS, out->peer, PROTOCOL_TCP, at,
                                    header_length + length));
  statistics.segments_sent++;
  ip_send(out->peer, PROTOCOL_TCP, header_length + length);
}

void tcp_refuse(const struct segment *segment) {
  u8 *at = ip_begin();
  if (at == 0) return;
  struct outgoing out = {
      .peer = segment->peer,
      .own_port = segment->own_port,
      .peer_port = segment->peer_port,
      .sequence = segment->acknowledgment,
      .flags = RST,
  };
  if (!(segment->flags & ACK)) {
    out.sequence = 0;
    out.acknowledgment = segment->sequence + segment->length_in_sequence;
    out.flags = RST | ACK;
  }
  statistics.resets_sent++;
  send_segment(at, &out, 0, 0);
}

void tcp_set_deadline(struct connection *c, u32 ticks_from_now) {
  c->deadline = ticks() + ticks_from_now;
  c->has_deadline = 1;
}

void tcp_start_timeout(struct connection *c) {
  if (c->timeout == 0) c->timeout = FIRST_TIMEOUT;
  u32 timeout = c->timeout;
  for (u32 i = 0; i < c->retries && timeout < LONGEST_TIMEOUT; i++) timeout *= 2;
  tcp_set_deadline(c, smaller(timeout, LONGEST_TIMEOUT));
}

/* RFC 6298 §2; §3: what was sent twice is not measured (tcp_go_back stops the timing). */
void tcp_measure_trip(struct connection *c) {
  if (!c->is_timing || (int)(c->unacknowledged - c->timed_sequence) <= 0) return;
  c->is_timing = 0;
  u32 trip = (ticks() - c->timed_since) * 8;
  if (c->smoothed_trip == 0) {
    c->smoothed_trip = trip;
    c->trip_deviation = trip / 2;
  } else {
    u32 error = trip > c->smoothed_trip ? trip - c->smoothed_trip : c->smoothed_trip - trip;
    c->trip_deviation = (3 * c->trip_deviation + error) / 4;
    c->smoothed_trip = (7 * c->smoothed_trip + trip) / 8;
  }
  u32 timeout = (c->smoothed_trip + 4 * c->trip_deviation) / 8 + 1;
  c->timeout = timeout < SHORTEST_TIMEOUT ? SHORTEST_TIMEOUT : smaller(timeout, LONGEST_TIMEOUT);
}

void tcp_end(struct connection *c) {
  c->state = CLOSED;
  c->has_deadline = 0;
  wake_workload();
}

void tcp_enter_time_wait(struct connection *c) {
  c->state = TIME_WAIT;
  tcp_set_deadline(c, TIME_WAIT_TICKS);
}

void tcp_go_back(struct connection *c) {
  u32 flight = c->sent_up_to - c->unacknowledged;
  c->threshold = flight / 2 > 2 * c->segment_size ? flight / 2 : 2 * c->segment_size;
  c->congestion_window = c->segment_size;
  c->recovery_point = c->sent_up_to;
  c->next = c->unacknowledged;
  c->is_timing = 0;
  statistics.retransmissions++;
}

static void give_up(struct connection *c) {
  u8 *at = ip_begin();
  if (at != 0) {
    struct outgoing out = {
        .peer = c->peer,
        .own_port = c->service->port,
        .peer_port = c->peer_port,
        .sequence = c->next,
        .acknowledgment = c->expected,
        .flags = RST | ACK,
    };
    statistics.resets_sent++;
    send_segment(at, &out, 0, 0);
  }
  tcp_end(c);
}

/* The window to tell: its right edge never moves back, and forward only by a step worth telling. */
static u32 window_to_tell(struct connection *c) {
  u32 edge = c->expected + c->service->window(c);
  u32 step = edge - c->promised;
  int is_worth_it = (int)step >= OWN_SEGMENT_SIZE || (int)step >= SEND_BUFFER / 2;
  if (is_worth_it || c->state == SYN_RECEIVED) c->promised = edge;
  return c->promised - c->expected;
}

static int wants_window_update(const struct connection *c) {
  if (c->state != ESTABLISHED) return 0;
  u32 step = c->expected + c->service->window(c) - c->promised;
  return (int)step >= 2 * OWN_SEGMENT_SIZE && c->promised - c->expected < SEND_BUFFER / 2;
}

/* One segment of what stands in the buffer from `next` on. False: no room to send it. */
static int transmit(struct connection *c, u32 length, u8 flags) {
  u8 *at = ip_begin();
  if (at == 0) return 0;
  u32 options_length = 0;
  if (flags & SYN) {
    options_length = SEGMENT_SIZE_OPTION;
    put16(at + HEADER, 0x0204);
    put16(at + HEADER + 2, OWN_SEGMENT_SIZE);
  }
  u8 *payload = at + HEADER + options_length;
  u32 start = c->next % SEND_BUFFER, first = smaller(length, SEND_BUFFER - start);
  memcpy(payload, c->send_buffer + start, first);
  memcpy(payload + first, c->send_buffer, length - first);
  struct outgoing out = {
      .peer = c->peer,
      .own_port = c->service->port,
      .peer_port = c->peer_port,
      .sequence = c->next,
      .acknowledgment = c->expected,
      .window = window_to_tell(c),
      .flags = flags,
  };
  send_segment(at, &out, options_length, length);
  c->must_acknowledge = 0;

  u32 consumed = length + ((flags & (SYN | FIN)) != 0);
  if (consumed == 0) return 1;
  if (!c->is_timing && c->next == c->sent_up_to) {
    c->is_timing = 1;
    c->timed_sequence = c->next;
    c->timed_since = ticks();
  }
  c->next += consumed;
  if ((int)(c->next - c->sent_up_to) > 0) c->sent_up_to = c->next;
  return 1;
}

static void send_fin_state(struct connection *c) {
  if (c->state == ESTABLISHED) c->state = FIN_WAIT_1;
  if (c->state == CLOSE_WAIT) c->state = LAST_ACK;
}

/* Sends the next segment that windows and good manners allow. False: there is none. */
static int send_one(struct connection *c) {
  u32 sent = c->next - c->unacknowledged;
  u32 window = smaller(c->peer_window, c->congestion_window);
  u32 usable = window > sent ? window - sent : 0;
  int is_fin_sent = c->is_closing && (int)(c->next - c->written) > 0;
  u32 left = is_fin_sent ? 0 : c->written - c->next;
  u32 length = smaller(smaller(left, usable), c->segment_size);
  int has_fin = c->is_closing && !is_fin_sent && length == left && usable > length;
  if (length == 0 && !has_fin) return 0;
  int is_worth_it = length == left || length == c->segment_size || length >= c->largest_window / 2 ||
                    (int)(c->next - c->sent_up_to) < 0 || c->retries > 0;
  if (!is_worth_it || nic_room() <= ROOM_FOR_OTHERS) return 0;
  u8 flags = ACK;
  if (length == left) flags |= PSH;
  if (has_fin) flags |= FIN;
  if (!transmit(c, length, flags)) return 0;
  if (has_fin) send_fin_state(c);
  if (!c->has_deadline) tcp_start_timeout(c);
  return 1;
}

static int may_send_text(const struct connection *c) {
  return c->state >= ESTABLISHED && c->state <= LAST_ACK && c->state != FIN_WAIT_2;
}

void tcp_output(struct connection *c) {
  if (c->state == CLOSED) return;
  if (c->state == SYN_RECEIVED) {
    /* Our SYN, first or again; it is what everything else waits for. */
    c->next = c->unacknowledged;
    transmit(c, 0, SYN | ACK);
    return;
  }
  if (may_send_text(c)) {
    while (send_one(c)) {
    }
    /* Something to send, nothing under way, and still nothing went: the window is shut. */
    int has_more = c->written != c->next || c->is_closing;
    if (has_more && c->unacknowledged == c->sent_up_to && !c->has_deadline) tcp_start_timeout(c);
  }
  if (c->must_acknowledge || wants_window_update(c)) transmit(c, 0, ACK);
}

void tcp_push(struct connection *c) {
  if (tcp_is_open(c) && tcp_space(c) > 0) c->service->pump(c);
  tcp_output(c);
}

/* RFC 9293 §3.8.6.1: one byte, or the FIN, past the edge of a closed window. */
static void probe_window(struct connection *c) {
  c->next = c->unacknowledged;
  if (c->next != c->written) {
    transmit(c, 1, ACK);
  } else if (c->is_closing && transmit(c, 0, ACK | FIN)) {
    send_fin_state(c);
  }
  /* Only an open window lets it be sent for good. */
  c->next = c->unacknowledged;
  c->is_timing = 0;
}

static void timeout(struct connection *c) {
  c->has_deadline = 0;
  if (c->state == TIME_WAIT || c->state == FIN_WAIT_2) {
    tcp_end(c);
    return;
  }
  if (c->retries == MOST_RETRIES) {
    give_up(c);
    return;
  }
  c->retries++;
  if (c->state != SYN_RECEIVED && c->peer_window == 0) {
    /* A peer that answers its probes may keep its window shut for as long as it likes. */
    if (!has_come(c->last_heard + LONGEST_TIMEOUT + FIRST_TIMEOUT) && c->retries > 8) c->retries = 8;
    probe_window(c);
    tcp_start_timeout(c);
    return;
  }
  tcp_go_back(c);
  tcp_output(c);
  tcp_start_timeout(c);
}

void tcp_tick(void) {
  for (u32 i = 0; i < CONNECTIONS; i++) {
    struct connection *c = &connections[i];
    if (c->state == CLOSED) continue;
    if (c->has_deadline && has_come(c->deadline)) timeout(c);
    if (c->state == ESTABLISHED && has_come(c->last_heard + IDLE_TICKS)) give_up(c);
  }
}

void tcp_has_room(void) {
  for (u32 i = 0; i < CONNECTIONS; i++)
    if (may_send_text(&connections[i])) tcp_push(&connections[i]);
}
