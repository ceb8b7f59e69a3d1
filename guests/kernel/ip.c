/* IPv4 (RFC 791) without fragments, and the ICMP of a host: echo and port unreachable (RFC 792, 1122). */
#include "../memory.h"
#include "net.h"

enum {
  VERSION_4 = 4,
  TIME_TO_LIVE = 64,
  DO_NOT_FRAGMENT = 0x4000,
  FRAGMENT = 0x3fff, /* more fragments, or an offset */
  ECHO_REPLY = 0,
  UNREACHABLE = 3,
  PORT_UNREACHABLE = 3,
  ECHO_REQUEST = 8,
  ICMP_HEADER = 8,
};

static u16 next_identification;

typedef u16 __attribute__((may_alias)) any_u16;

/* In the processor's byte order, swapped at the end: the sum does not mind (RFC 1071 §2). */
u32 sum_of(const u8 *bytes, u32 length) {
  const any_u16 *words = (const any_u16 *)bytes;
  u32 sum = 0;
  for (; length >= 2; length -= 2) sum += *words++;
  if (length > 0) sum += *(const u8 *)words;
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xff) << 8 | sum >> 8;
}

u16 checksum(u32 sum) {
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (u16)~sum;
}

u16 transport_checksum(u32 source, u32 destination, u8 protocol, const u8 *segment, u32 length) {
  u32 sum = (source >> 16) + (source & 0xffff) + (destination >> 16) + (destination & 0xffff);
  return checksum(sum + protocol + length + sum_of(segment, length));
}

u8 *ip_begin(void) {
  u8 *frame = nic_reserve();
  return frame == 0 ? 0 : frame + ETHERNET_HEADER + IP_HEADER;
}

void ip_send(u32 destination, u8 protocol, u32 length) {
  u8 *header = nic_reserve() + ETHERNET_HEADER;
  header[0] = VERSION_4 << 4 | IP_HEADER / 4;
  header[1] = 0;
  put16(header + 2, IP_HEADER + length);
  put16(header + 4, next_identification++);
  put16(header + 6, DO_NOT_FRAGMENT);
  header[8] = TIME_TO_LIVE;
  header[9] = protocol;
  put16(header + 10, 0);
  put32(header + 12, OWN_ADDRESS);
  put32(header + 16, destination);
  put16(header + 10, checksum(sum_of(header, IP_HEADER)));
  link_send_packet(destination, IP_HEADER + length);
}

static void receive_icmp(const struct packet *packet) {
  const u8 *message = packet->payload;
  u32 length = packet->length;
  if (length < ICMP_HEADER || checksum(sum_of(message, length)) != 0) {
    statistics.bad_packets++;
    return;
  }
  if (message[0] != ECHO_REQUEST || message[1] != 0) return;
  u8 *reply = ip_begin();
  if (reply == 0) return;
  memcpy(reply, message, length);
  reply[0] = ECHO_REPLY;
  put16(reply + 2, 0);
  put16(reply + 2, checksum(sum_of(reply, length)));
  statistics.echoes_answered++;
  ip_send(packet->source, PROTOCOL_ICMP, length);
}

void icmp_port_unreachable(const struct packet *packet) {
  u8 *message = ip_begin();
  if (message == 0) return;
  u32 header = (u32)(packet->payload - packet->header);
  u32 quoted = header + smaller(8, packet->length);
  memset(message, 0, ICMP_HEADER);
  message[0] = UNREACHABLE;
  message[1] = PORT_UNREACHABLE;
  memcpy(message + ICMP_HEADER, packet->header, quoted);
  put16(message + 2, checksum(sum_of(message, ICMP_HEADER + quoted)));
  ip_send(packet->source, PROTOCOL_ICMP, ICMP_HEADER + quoted);
}

/* What RFC 1122 §3.2.1 has a host check, in a word: is this one whole packet, intact, for us? */
static int is_acceptable(const u8 *header, u32 length) {
  if (length < IP_HEADER || header[0] >> 4 != VERSION_4) return 0;
  u32 header_length = (header[0] & 15) * 4, total = get16(header + 2);
  if (header_length < IP_HEADER || header_length > total || total > length) return 0;
  if (checksum(sum_of(header, header_length)) != 0) return 0;
  if (get16(header + 6) & FRAGMENT) return 0;
  /* No sender may be a group or nobody. */
  return get32(header + 16) == OWN_ADDRESS && header[12] != 0 && header[12] < 224;
}

void ip_receive(const u8 *header, u32 length) {
  if (!is_acceptable(header, length)) {
    statistics.bad_packets++;
    return;
  }
  u32 header_length = (header[0] & 15) * 4;
  struct packet packet = {
      .source = get32(header + 12),
      .destination = get32(header + 16),
      .protocol = header[9],
      .header = header,
      .payload = header + header_length,
      .length = get16(header + 2) - header_length,
  };
  if (packet.protocol == PROTOCOL_ICMP) receive_icmp(&packet);
  if (packet.protocol == PROTOCOL_UDP) udp_receive(&packet);
  if (packet.protocol == PROTOCOL_TCP) tcp_receive(&packet);
}
