/* What tcp.c offers to the services above it, and what a service offers to tcp.c. */
#ifndef TCP_H
#define TCP_H

#include "../types.h"

enum {
  CONNECTIONS = 8,
  SEND_BUFFER = 8192, /* a power of two */
  REQUEST_BUFFER = 512,
};

/* RFC 9293 §3.3.2. LISTEN is a port in the table of services; nothing here opens actively. */
enum tcp_state {
  CLOSED,
  SYN_RECEIVED,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  CLOSE_WAIT,
  CLOSING,
  LAST_ACK,
  TIME_WAIT,
};

struct connection;

/* Called by tcp.c, never from within a call to it. */
struct service {
  u16 port;
  void (*opened)(struct connection *connection);
  /* How many of the bytes were taken; at most what window() promised. */
  u32 (*receive)(struct connection *connection, const u8 *bytes, u32 length);
  u32 (*window)(const struct connection *connection);
  /* There is room to send. */
  void (*pump)(struct connection *connection);
  void (*peer_closed)(struct connection *connection);
};

/* The state of one HTTP exchange; http.c. */
struct exchange {
  u8 phase;
  u32 received;
  u32 file_length, file_sent;
  char request[REQUEST_BUFFER];
};

struct connection {
  u8 state; /* enum tcp_state */
  u8 retries;
  u8 duplicate_acks;
  u8 must_acknowledge;
  u8 is_closing; /* a FIN follows the last byte written */
  u8 is_timing;  /* the round trip of timed_sequence */
  u32 generation;
  const struct service *service;
  u32 peer;
  u16 peer_port;

  /* Send sequence space, RFC 9293 §3.3.1; `sent_up_to` is the highest ever sent. */
  u32 unacknowledged, next, sent_up_to, written;
  u32 peer_window, largest_window, window_sequence, window_acknowledgment;
  u32 segment_size;
  u32 congestion_window, threshold, recovery_point;

  /* Receive sequence space; `promised` is the right edge of the window last told. */
  u32 expected, promised;

  /* In ticks: RFC 6298, the variance as mean deviation; both scaled by 8. */
  u32 smoothed_trip, trip_deviation, timeout;
  u32 timed_sequence, timed_since;
  u32 deadline, last_heard;
  u8 has_deadline;

  /* The byte with sequence number s stands at s modulo the size. */
  u8 send_buffer[SEND_BUFFER];
  struct exchange exchange;
};

extern struct connection connections[CONNECTIONS];

u32 tcp_space(const struct connection *connection);
/* Writes as much as there is room for; sent after the service returns, or by tcp_push. */
u32 tcp_write(struct connection *connection, const u8 *bytes, u32 length);
/* A FIN after the last byte written. */
void tcp_close(struct connection *connection);
void tcp_push(struct connection *connection);
/* Can the service still write? */
int tcp_is_open(const struct connection *connection);
u32 tcp_open_count(void);

#endif
