/* HTTP/1.0 (RFC 1945), GET only, one request for each connection; see http.h. */
#include "http.h"
#include "../memory.h"
#include "kernel.h"
#include "net.h"
#include "tcp.h"

enum {
  HTTP_PORT = 80,
  WINDOW = 4096,
  MAX_PAGE = 2048,
  MAX_HEAD = 256,
};

/* Of an exchange. */
enum phase { READING, SENDING_FILE, WAITING_FOR_WORKLOAD, WORKLOAD_WRITES, DONE };

static int is_handed_over;
static u32 progress;

static void add_figure(struct text *text, const char *name, u32 value) {
  add_string(text, name);
  add_character(text, ' ');
  add_unsigned(text, value);
  add_character(text, '\n');
}

static void add_statistics(struct text *text) {
  const struct net_statistics *s = &statistics;
  add_figure(text, "ticks", ticks());
  add_figure(text, "workload_progress", progress);
  add_figure(text, "frames_received", s->frames_received);
  add_figure(text, "frames_sent", s->frames_sent);
  add_figure(text, "send_queue_full", s->send_queue_full);
  add_figure(text, "nic_overruns", s->overruns);
  add_figure(text, "nic_receive_errors", s->receive_errors);
  add_figure(text, "nic_transmit_errors", s->transmit_errors);
  add_figure(text, "nic_transmit_timeouts", s->transmit_timeouts);
  add_figure(text, "nic_resets", s->resets);
  add_figure(text, "arp_requests_answered", s->arp_requests_answered);
  add_figure(text, "echoes_answered", s->echoes_answered);
  add_figure(text, "bad_packets", s->bad_packets);
  add_figure(text, "unreachable", s->unreachable);
  add_figure(text, "datagrams_received", s->datagrams_received);
  add_figure(text, "datagrams_dropped", s->datagrams_dropped);
  add_figure(text, "segments_received", s->segments_received);
  add_figure(text, "segments_sent", s->segments_sent);
  add_figure(text, "retransmissions", s->retransmissions);
  add_figure(text, "out_of_order", s->out_of_order);
  add_figure(text, "resets_sent", s->resets_sent);
  add_figure(text, "connections_accepted", s->connections_accepted);
  add_figure(text, "connections_refused", s->connections_refused);
  add_figure(text, "connections_open", tcp_open_count());
  add_figure(text, "requests", s->requests);
}

static void add_status_page(struct text *text) {
  add_string(text, "<!doctype html>\n<html lang=\"en\">\n<title>");
  add_string(text, workload_name);
  add_string(text, "</title>\n<h1>");
  add_string(text, workload_name);
  add_string(text, "</h1>\n<p>Up for ");
  add_seconds(text, ticks());
  add_string(text, " s of the guest's own time; progress ");
  add_unsigned(text, progress);
  add_string(text, ".</p>\n<ul>\n<li><a href=\"/stats\">/stats</a>\n");
  add_string(text, "<li><a href=\"/file/65536\">/file/65536</a>\n</ul>\n</html>\n");
}

static void write_head(struct connection *c, const char *status, const char *type, u32 length) {
  char head[MAX_HEAD];
  struct text text = text_into(head, sizeof head);
  add_string(&text, "HTTP/1.0 ");
  add_string(&text, status);
  add_string(&text, "\r\nContent-Type: ");
  add_string(&text, type);
  add_string(&text, "\r\nContent-Length: ");
  add_unsigned(&text, length);
  add_string(&text, "\r\nConnection: close\r\n\r\n");
  tcp_write(c, (const u8 *)head, (u32)(text.at - head));
}

/* Head and body fit the empty send buffer. */
static void answer(struct connection *c, const char *status, const char *type, const char *body,
                   u32 length) {
  write_head(c, status, type, length);
  tcp_write(c, (const u8 *)body, length);
  tcp_close(c);
  c->exchange.phase = DONE;
}

static void answer_trouble(struct connection *c, const char *status) {
  char body[64];
  struct text text = text_into(body, sizeof body);
  add_string(&text, status);
  add_character(&text, '\n');
  answer(c, status, "text/plain", body, (u32)(text.at - body));
}

static void answer_page(struct connection *c, void (*add)(struct text *), const char *type) {
  static char page[MAX_PAGE];
  struct text text = text_into(page, sizeof page);
  add(&text);
  answer(c, "200 OK", type, page, (u32)(text.at - page));
}

static void begin_file(struct connection *c, u32 length) {
  write_head(c, "200 OK", "application/octet-stream", length);
  c->exchange.file_length = length;
  c->exchange.file_sent = 0;
  c->exchange.phase = SENDING_FILE;
  if (length == 0) {
    tcp_close(c);
    c->exchange.phase = DONE;
  } else if (is_handed_over) {
    c->exchange.phase = WAITING_FOR_WORKLOAD;
    wake_workload();
  }
}

/* The number at the end of a path, or more than any file's length. */
static u32 parse_length(const char *digits) {
  u32 value = 0;
  if (*digits == 0) return MAX_FILE + 1;
  for (; *digits; digits++) {
    if (*digits < '0' || *digits > '9' || value > MAX_FILE) return MAX_FILE + 1;
    value = value * 10 + (u32)(*digits - '0');
  }
  return value;
}

static int is_same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

static void serve_path(struct connection *c, const char *path) {
  static const char file[] = "/file/";
  statistics.requests++;
  if (is_same(path, "/")) {
    answer_page(c, add_status_page, "text/html");
  } else if (is_same(path, "/stats")) {
    answer_page(c, add_statistics, "text/plain");
  } else if (memcmp(path, file, sizeof file - 1) == 0 &&
             parse_length(path + sizeof file - 1) <= MAX_FILE) {
    begin_file(c, parse_length(path + sizeof file - 1));
  } else {
    answer_trouble(c, "404 Not Found");
  }
}

static void serve_request(struct connection *c) {
  static const char get[] = "GET ";
  char *line = c->exchange.request;
  if (memcmp(line, get, sizeof get - 1) != 0) {
    answer_trouble(c, "501 Not Implemented");
    return;
  }
  char *path = line + sizeof get - 1, *end = path;
  while (*end > ' ' && *end != '?') end++;
  *end = 0;
  serve_path(c, path);
}

/* An empty line ends the request. Lines end in CR LF, and LF alone is understood (RFC 1945, App. B). */
static int is_complete(const struct exchange *exchange) {
  const char *text = exchange->request;
  u32 length = exchange->received;
  if (length >= 2 && text[length - 1] == '\n' && text[length - 2] == '\n') return 1;
  return length >= 4 && memcmp(text + length - 4, "\r\n\r\n", 4) == 0;
}

static void opened(struct connection *c) {
  c->exchange.phase = READING;
}

static u32 receive(struct connection *c, const u8 *bytes, u32 length) {
  struct exchange *exchange = &c->exchange;
  for (u32 i = 0; i < length && exchange->phase == READING; i++) {
    exchange->request[exchange->received++] = (char)bytes[i];
    exchange->request[exchange->received] = 0;
    if (is_complete(exchange)) {
      serve_request(c);
    } else if (exchange->received == REQUEST_BUFFER - 1) {
      answer_trouble(c, "400 Bad Request");
    }
  }
  /* What comes after the request is of no interest, but it was received. */
  return length;
}

static u32 window(const struct connection *c) {
  (void)c;
  return WINDOW;
}

static void pump_file(struct connection *c) {
  struct exchange *exchange = &c->exchange;
  u32 left = exchange->file_length - exchange->file_sent;
  u32 count = smaller(left, tcp_space(c));
  for (u32 i = 0; i < count; i++) {
    u8 byte = file_byte(exchange->file_length, exchange->file_sent + i);
    c->send_buffer[(c->written + i) % SEND_BUFFER] = byte;
  }
  c->written += count;
  exchange->file_sent += count;
  if (count < left) return;
  tcp_close(c);
  exchange->phase = DONE;
}

static void pump(struct connection *c) {
  if (c->exchange.phase == SENDING_FILE) pump_file(c);
  if (c->exchange.phase == WORKLOAD_WRITES) wake_workload();
}

static void peer_closed(struct connection *c) {
  if (c->exchange.phase == READING) tcp_close(c);
}

const struct service http_service = {
    .port = HTTP_PORT,
    .opened = opened,
    .receive = receive,
    .window = window,
    .pump = pump,
    .peer_closed = peer_closed,
};

void http_hand_over(void) {
  is_handed_over = 1;
}

static struct connection *find_phase(enum phase phase) {
  for (u32 i = 0; i < CONNECTIONS; i++) {
    struct connection *c = &connections[i];
    if (c->service == &http_service && tcp_is_open(c) && c->exchange.phase == phase) return c;
  }
  return 0;
}

int http_waits(void) {
  return find_phase(WAITING_FOR_WORKLOAD) != 0;
}

/* A number names one use of one place in the table, so that a late write cannot hit a newer one. */
int http_take(u32 *number, u32 *file_length) {
  struct connection *c = find_phase(WAITING_FOR_WORKLOAD);
  if (c == 0) return 0;
  c->exchange.phase = WORKLOAD_WRITES;
  *number = c->generation * CONNECTIONS + (u32)(c - connections);
  *file_length = c->exchange.file_length;
  return 1;
}

int http_write(u32 number, const u8 *bytes, u32 length) {
  struct connection *c = &connections[number % CONNECTIONS];
  struct exchange *exchange = &c->exchange;
  int is_current = c->generation == number / CONNECTIONS && tcp_is_open(c);
  if (!is_current || exchange->phase != WORKLOAD_WRITES) return -1;
  u32 left = exchange->file_length - exchange->file_sent;
  u32 count = tcp_write(c, bytes, smaller(length, left));
  exchange->file_sent += count;
  if (count == left) {
    tcp_close(c);
    exchange->phase = DONE;
  }
  tcp_push(c);
  return (int)count;
}

void http_set_progress(u32 count) {
  progress = count;
}
