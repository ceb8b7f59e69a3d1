/*
 * The services on TCP. HTTP/1.0 on port 80: `/` a status page, `/stats` the counters, `/file/N` a file
 * of N bytes whose byte i is file_byte(N, i); the echo of RFC 862 on port 7. A workload may take over
 * the files: it then gets each request for one and writes the same bytes from its own memory.
 */
#ifndef HTTP_H
#define HTTP_H

#include "../file-bytes.h"
#include "tcp.h"

extern const struct service http_service, echo_service;

/* Called once by a workload that serves the files itself. */
void http_hand_over(void);
/* The next request for a file: its number for the calls below, its length; 0 when none waits. */
int http_take(u32 *number, u32 *file_length);
int http_waits(void);
/* How many bytes were taken, or -1 when the connection is gone. The last byte ends the exchange. */
int http_write(u32 number, const u8 *bytes, u32 length);

/* The workload's own figure for the status page. */
void http_set_progress(u32 count);

#endif
