/*
 * TCP (RFC 9293), passive side only: segments in, states, acknowledgments, windows. Segments out and
 * timers are in tcp-output.c. What arrives out of order is dropped and asked for again by a duplicate
 * acknowledgment, which is allowed and keeps a connection to one buffer. Resets and stray SYNs are
 * met with RFC 5961's caution.
 */
#include "../memory.h"
#include "http.h"
#include "kernel.h"
#include "net.h"
#include "tcp-segments.h"
#include "tcp.h"

enum {
  OPTION_END = 0,
  OPTION_NOTHING = 1,
  OPTION_SEGMENT_SIZE = 2,
  DEFAULT_SEGMENT = 536,
  LARGEST_SEGMENT = 1460,
  SMALLEST_SEGMENT = 64,
  DUPLICATES_FOR_LOSS = 3,
};

struct connection connections[CONNECTIONS];

static const struct service *const services[] = {&http_service, &echo_service};

static const struct service *service_of(u16 port) {
  for (u32 i = 0; i < sizeof services / sizeof *services; i++)
    if (services[i]->port == port) return services[i];
  return 0;
}

static struct connection *find_connection(const struct segment *segment) {
  for (u32 i = 0; i < CONNECTIONS; i++) {
    struct connection *c = &connections[i];
    if (c->state != CLOSED && c->peer == segment->peer && c->peer_port == segment->peer_port &&
        c->service->port == segment->own_port)
      return c;
  }
  return 0;
}

/* A free place; when there is none, one that only waits for old segments to die out. */
static struct connection *free_connection(void) {
  struct connection *found = 0;
  for (u32 i = 0; i < CONNECTIONS; i++) {
    struct connection *c = &connections[i];
    if (c->state == CLOSED) return c;
    if (c->state == TIME_WAIT) found = c;
  }
  return found;
}

u32 tcp_open_count(void) {
  u32 count = 0;
  for (u32 i = 0; i < CONNECTIONS; i++) count += connections[i].state != CLOSED;
  return count;
}

u32 tcp_space(const struct connection *c) {
  return SEND_BUFFER - (c->written - c->unacknowledged);
}

u32 tcp_write(struct connection *c, const u8 *bytes, u32 length) {
  if (!tcp_is_open(c)) return 0;
  length = smaller(length, tcp_space(c));
  for (u32 done = 0; done < length;) {
    u32 at = (c->written + done) % SEND_BUFFER;
    u32 part = smaller(length - done, SEND_BUFFER - at);
    memcpy(c->send_buffer + at, bytes + done, part);
    done += part;
  }
  c->written += length;
  return length;
}

int tcp_is_open(const struct connection *c) {
  return (c->state == ESTABLISHED || c->state == CLOSE_WAIT) && !c->is_closing;
}

void tcp_close(struct connection *c) {
  if (tcp_is_open(c)) c->is_closing = 1;
}

/* The peer's largest segment, from the options of its SYN (RFC 9293 §3.7.1). */
static u32 segment_size_of(const struct segment *segment) {
  u32 size = DEFAULT_SEGMENT;
  const u8 *option = segment->options, *end = option + segment->options_length;
  while (option < end && *option != OPTION_END) {
    if (*option == OPTION_NOTHING) {
      option++;
      continue;
    }
    if (end - option < 2 || option[1] < 2 || option[1] > end - option) break;
    if (*option == OPTION_SEGMENT_SIZE && option[1] == 4) size = get16(option + 2);
    option += option[1];
  }
  return size < SMALLEST_SEGMENT ? SMALLEST_SEGMENT : smaller(size, LARGEST_SEGMENT);
}

/* RFC 9293 §3.4.1: a clock of 4 µs plus something of the connection's own. */
static u32 initial_sequence(const struct segment *segment) {
  u32 mixed = segment->peer * 2654435761u ^ ((u32)segment->peer_port << 16 | segment->own_port);
  mixed ^= segment->sequence;
  mixed = (mixed ^ mixed >> 15) * 2246822519u;
  return ticks() * 2500 + mixed;
}

static void listen(const struct segment *segment) {
  const struct service *service = service_of(segment->own_port);
  if (service == 0) {
    if (!(segment->flags & RST)) tcp_refuse(segment);
    return;
  }
  if (segment->flags & RST) return;
  if (segment->flags & ACK) {
    tcp_refuse(segment);
    return;
  }
  struct connection *c = segment->flags & SYN ? free_connection() : 0;
  if (c == 0) {
    /* Full: the peer asks again. */
    statistics.connections_refused += (segment->flags & SYN) != 0;
    return;
  }
  u32 generation = c->generation + 1;
  u32 initial = initial_sequence(segment);
  memset(c, 0, sizeof *c);
  c->generation = generation;
  c->state = SYN_RECEIVED;
  c->service = service;
  c->peer = segment->peer;
  c->peer_port = segment->peer_port;
  c->unacknowledged = c->next = c->sent_up_to = initial;
  c->written = initial + 1;
  c->recovery_point = initial;
  c->segment_size = segment_size_of(segment);
  c->congestion_window = 2 * c->segment_size;
  c->threshold = 65535;
  c->expected = segment->sequence + 1;
  c->peer_window = c->largest_window = segment->window;
  c->window_sequence = segment->sequence;
  c->window_acknowledgment = initial;
  c->last_heard = ticks();
  tcp_start_timeout(c);
  tcp_output(c);
}

/* RFC 9293 §3.10.7.4, first: does any of it lie in the window? */
static int is_in_window(const struct connection *c, const struct segment *segment) {
  u32 window = c->promised - c->expected, length = segment->length_in_sequence;
  u32 first = segment->sequence - c->expected, last = first + length - 1;
  if (window == 0) return length == 0 && first == 0;
  if (length == 0) return first < window;
  return first < window || last < window;
}

/* Cuts off what was received already. */
static void trim(const struct connection *c, struct segment *segment) {
  u32 old = c->expected - segment->sequence;
  if ((int)old <= 0) return;
  if (segment->flags & SYN) {
    segment->flags &= ~SYN;
    segment->sequence++;
    old--;
  }
  u32 cut = smaller(old, segment->length);
  segment->payload += cut;
  segment->length -= cut;
  segment->sequence += cut;
  if (cut < old) segment->flags &= ~FIN;
}

static int is_our_fin_acknowledged(const struct connection *c) {
  return c->is_closing && c->unacknowledged == c->written + 1;
}

static void grow_congestion_window(struct connection *c, u32 acknowledged) {
  u32 step = smaller(acknowledged, c->segment_size);
  if (c->congestion_window >= c->threshold) {
    step = c->segment_size * c->segment_size / c->congestion_window;
    if (step == 0) step = 1;
  }
  if (c->congestion_window < 65535) c->congestion_window += step;
}

/* RFC 5681's loss by three duplicates, then as after a timeout: everything again from the gap on. */
static void count_duplicate(struct connection *c) {
  if (++c->duplicate_acks != DUPLICATES_FOR_LOSS) return;
  if ((int)(c->unacknowledged - c->recovery_point) < 0) return;
  tcp_go_back(c);
  tcp_output(c);
}

static void take_acknowledgment(struct connection *c, const struct segment *segment) {
  u32 acknowledged = segment->acknowledgment - c->unacknowledged;
  if ((int)acknowledged > 0) {
    c->unacknowledged = segment->acknowledgment;
    if ((int)(c->next - c->unacknowledged) < 0) c->next = c->unacknowledged;
    c->duplicate_acks = 0;
    c->retries = 0;
    tcp_measure_trip(c);
    grow_congestion_window(c, acknowledged);
    if (c->unacknowledged == c->sent_up_to) {
      c->has_deadline = 0;
    } else {
      tcp_start_timeout(c);
    }
  } else if (acknowledged == 0 && segment->length_in_sequence == 0 &&
             segment->window == c->peer_window && c->peer_window > 0 &&
             c->unacknowledged != c->sent_up_to) {
    count_duplicate(c);
  }
  int is_newer = (int)(segment->sequence - c->window_sequence) > 0 ||
                 (segment->sequence == c->window_sequence &&
                  (int)(segment->acknowledgment - c->window_acknowledgment) >= 0);
  if ((int)acknowledged < 0 || !is_newer) return;
  /* A window that opens again ends the probing of a closed one. */
  if (c->peer_window == 0 && segment->window > 0) {
    c->has_deadline = 0;
    c->retries = 0;
    c->next = c->unacknowledged;
  }
  c->peer_window = segment->window;
  c->window_sequence = segment->sequence;
  c->window_acknowledgment = segment->acknowledgment;
  if (c->largest_window < c->peer_window) c->largest_window = c->peer_window;
}

/* The FIN of ours that is acknowledged, in each state that waits for it. False: the connection ended. */
static int advance_closing(struct connection *c) {
  if (!is_our_fin_acknowledged(c)) return 1;
  if (c->state == FIN_WAIT_1) {
    c->state = FIN_WAIT_2;
    tcp_set_deadline(c, FIN_WAIT_2_TICKS);
  } else if (c->state == CLOSING) {
    tcp_enter_time_wait(c);
  } else if (c->state == LAST_ACK) {
    tcp_end(c);
    return 0;
  }
  return 1;
}

static void take_text(struct connection *c, const struct segment *segment) {
  if (segment->length == 0) return;
  u32 offered = smaller(segment->length, c->promised - c->expected), taken = offered;
  if (c->state == ESTABLISHED) taken = c->service->receive(c, segment->payload, offered);
  c->expected += taken;
  c->must_acknowledge = 1;
}

static void take_fin(struct connection *c, const struct segment *segment) {
  /* Only when nothing before it is missing. */
  if (!(segment->flags & FIN) || c->expected != segment->sequence + segment->length) return;
  c->expected++;
  c->promised = c->expected + c->service->window(c);
  c->must_acknowledge = 1;
  if (c->state == ESTABLISHED) {
    c->state = CLOSE_WAIT;
    c->service->peer_closed(c);
  } else if (c->state == FIN_WAIT_1) {
    /* Had ours been acknowledged, this would be FIN_WAIT_2: both have closed at once. */
    c->state = CLOSING;
  } else if (c->state == FIN_WAIT_2) {
    tcp_enter_time_wait(c);
  }
}

/* What RFC 9293 and 5961 say of segments that do not belong: true when this one was dealt with. */
static int dismiss(struct connection *c, struct segment *segment) {
  if (!is_in_window(c, segment)) {
    /* With a window of zero acknowledgments still count; the text they come with does not. */
    int is_window_probe = segment->length > 0 && segment->sequence == c->expected;
    if (segment->flags & RST) return 1;
    c->must_acknowledge = 1;
    if (c->state == TIME_WAIT && segment->flags & FIN) tcp_enter_time_wait(c);
    if (is_window_probe && segment->flags & ACK) {
      segment->length = segment->length_in_sequence = 0;
      segment->flags &= ~FIN;
      return 0;
    }
    tcp_output(c);
    return 1;
  }
  if (segment->flags & RST) {
    if (segment->sequence == c->expected) {
      tcp_end(c);
      return 1;
    }
    c->must_acknowledge = 1;
    tcp_output(c);
    return 1;
  }
  trim(c, segment);
  if (segment->flags & SYN) {
    c->must_acknowledge = 1;
    tcp_output(c);
    return 1;
  }
  return !(segment->flags & ACK);
}

static void establish(struct connection *c, const struct segment *segment) {
  c->state = ESTABLISHED;
  c->peer_window = c->largest_window = segment->window;
  c->window_sequence = segment->sequence;
  c->window_acknowledgment = segment->acknowledgment;
  statistics.connections_accepted++;
  c->service->opened(c);
}

static void segment_arrives(struct connection *c, struct segment *segment) {
  c->last_heard = ticks();
  if (dismiss(c, segment)) return;
  u32 beyond = segment->acknowledgment - c->sent_up_to;
  if (c->state == SYN_RECEIVED) {
    if (segment->acknowledgment != c->sent_up_to) {
      tcp_refuse(segment);
      return;
    }
    establish(c, segment);
  }
  if ((int)beyond > 0) {
    c->must_acknowledge = 1;
    tcp_output(c);
    return;
  }
  take_acknowledgment(c, segment);
  if (!advance_closing(c)) return;
  if (segment->sequence == c->expected) {
    take_text(c, segment);
    take_fin(c, segment);
  } else if (segment->length_in_sequence > 0) {
    statistics.out_of_order++;
    c->must_acknowledge = 1;
  }
  tcp_push(c);
}

/* RFC 9293 §3.6.1: a new connection may take the place of one that only waits. */
static int replaces(const struct connection *c, const struct segment *segment) {
  return c->state == TIME_WAIT && (segment->flags & (SYN | ACK | RST)) == SYN &&
         (int)(segment->sequence - c->expected) > 0;
}

void tcp_receive(const struct packet *packet) {
  struct segment segment;
  if (!tcp_parse(packet, &segment)) {
    statistics.bad_packets++;
    return;
  }
  statistics.segments_received++;
  struct connection *c = find_connection(&segment);
  if (c != 0 && replaces(c, &segment)) {
    c->state = CLOSED;
    c = 0;
  }
  if (c == 0) {
    listen(&segment);
  } else {
    segment_arrives(c, &segment);
  }
}
