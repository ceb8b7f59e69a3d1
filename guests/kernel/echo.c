/* The echo service on TCP (RFC 862). What it still has to send back is what its window leaves out. */
#include "http.h"
#include "tcp.h"

enum { ECHO_PORT = 7 };

static void nothing(struct connection *connection) {
  (void)connection;
}

const struct service echo_service = {
    .port = ECHO_PORT,
    .opened = nothing,
    .receive = tcp_write,
    .window = tcp_space,
    .pump = nothing,
    .peer_closed = tcp_close,
};
