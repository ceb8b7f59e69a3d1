/* What tcp.c and tcp-output.c share: a parsed segment, and the sending half's functions. */
#ifndef TCP_SEGMENTS_H
#define TCP_SEGMENTS_H

#include "kernel.h"
#include "net.h"
#include "tcp.h"

enum {
  FIN = 0x01,
  SYN = 0x02,
  RST = 0x04,
  PSH = 0x08,
  ACK = 0x10,
  FIN_WAIT_2_TICKS = 60 * TICKS_PER_SECOND,
};

struct segment {
  u32 peer;
  u16 peer_port, own_port;
  u32 sequence, acknowledgment, window;
  u8 flags;
  const u8 *options, *payload;
  u32 options_length, length;
  u32 length_in_sequence; /* SYN and FIN count one each */
};

/* False when it is malformed or its checksum is wrong. */
int tcp_parse(const struct packet *packet, struct segment *segment);

/* Sends what the windows allow, and an acknowledgment when one is due. */
void tcp_output(struct connection *c);
/* A reset for a segment that belongs to no connection. */
void tcp_refuse(const struct segment *segment);

void tcp_set_deadline(struct connection *c, u32 ticks_from_now);
void tcp_start_timeout(struct connection *c);
void tcp_measure_trip(struct connection *c);
/* A loss: smaller windows, and again from the first unacknowledged byte on. */
void tcp_go_back(struct connection *c);
void tcp_enter_time_wait(struct connection *c);
void tcp_end(struct connection *c);

#endif
