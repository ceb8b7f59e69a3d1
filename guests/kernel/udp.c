/* UDP (RFC 768): the echo service of RFC 862 on port 7, and one port for the workload. */
#include "../memory.h"
#include "kernel.h"
#include "net.h"

enum { HEADER = 8, ECHO_PORT = 7, WAITING = 8 };

struct waiting_datagram {
  u32 address;
  u16 port, length;
  u8 bytes[MAX_DATAGRAM];
};

static u16 bound_port;
static struct waiting_datagram waiting[WAITING];
static u32 first, count;

static int send_from(u16 own_port, u32 address, u16 port, const u8 *bytes, u32 length) {
  u8 *datagram = ip_begin();
  if (datagram == 0) return 0;
  put16(datagram, own_port);
  put16(datagram + 2, port);
  put16(datagram + 4, HEADER + length);
  put16(datagram + 6, 0);
  memcpy(datagram + HEADER, bytes, length);
  u16 sum =
      transport_checksum(OWN_ADDRESS, address, PROTOCOL_UDP, datagram, HEADER + length);
  put16(datagram + 6, sum == 0 ? 0xffff : sum);
  ip_send(address, PROTOCOL_UDP, HEADER + length);
  return 1;
}

static void keep(const struct packet *packet, u16 port, u32 length) {
  if (count == WAITING || length > MAX_DATAGRAM) {
    statistics.datagrams_dropped++;
    return;
  }
  struct waiting_datagram *place = &waiting[(first + count++) % WAITING];
  place->address = packet->source;
  place->port = port;
  place->length = (u16)length;
  memcpy(place->bytes, packet->payload + HEADER, length);
  wake_workload();
}

void udp_receive(const struct packet *packet) {
  const u8 *header = packet->payload;
  u32 length = packet->length < HEADER ? 0 : get16(header + 4);
  int is_sound = length >= HEADER && length <= packet->length;
  if (is_sound && get16(header + 6) != 0)
    is_sound =
        transport_checksum(packet->source, OWN_ADDRESS, PROTOCOL_UDP, header, length) == 0;
  if (!is_sound) {
    statistics.bad_packets++;
    return;
  }
  statistics.datagrams_received++;
  u16 from = get16(header), to = get16(header + 2);
  if (to == ECHO_PORT) {
    if (from == ECHO_PORT) return; /* two echo services would never end */
    send_from(ECHO_PORT, packet->source, from, header + HEADER, length - HEADER);
  } else if (bound_port != 0 && to == bound_port) {
    keep(packet, from, length - HEADER);
  } else {
    icmp_port_unreachable(packet);
  }
}

void udp_bind(u16 port) {
  bound_port = port;
  count = 0;
}

int udp_send(u32 address, u16 port, const u8 *bytes, u32 length) {
  return send_from(bound_port, address, port, bytes, length);
}

int udp_waits(void) {
  return count > 0;
}

int udp_take(struct datagram *datagram) {
  if (count == 0) return 0;
  const struct waiting_datagram *oldest = &waiting[first];
  datagram->address = oldest->address;
  datagram->port = oldest->port;
  datagram->length = (u16)smaller(oldest->length, datagram->length);
  memcpy(datagram->bytes, oldest->bytes, datagram->length);
  first = (first + 1) % WAITING;
  count--;
  return 1;
}
