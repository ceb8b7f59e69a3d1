/*
 * The network, from the card up: ne2000.c, link.c (Ethernet and ARP), ip.c (IPv4 and ICMP), udp.c,
 * tcp.c, http.c. A frame is built in place: each layer hands out where its payload goes and, once
 * that is written, is told how long it became.
 */
#ifndef NET_H
#define NET_H

#include "../types.h"

enum {
  OWN_ADDRESS = 0x0a000005, /* 10.0.0.5/24 */
  NETWORK_MASK = 0xffffff00,
  ETHERNET_HEADER = 14,
  IP_HEADER = 20,
  MAX_FRAME = 1514,
  MAX_PACKET = MAX_FRAME - ETHERNET_HEADER,
  PROTOCOL_ICMP = 1,
  PROTOCOL_TCP = 6,
  PROTOCOL_UDP = 17,
};

/* Counters for the page /stats. */
struct net_statistics {
  u32 frames_received, frames_sent, send_queue_full;
  u32 overruns, receive_errors, transmit_errors, transmit_timeouts, resets;
  u32 arp_requests_answered, echoes_answered, bad_packets, unreachable;
  u32 datagrams_received, datagrams_dropped;
  u32 segments_received, segments_sent, retransmissions, out_of_order, resets_sent;
  u32 connections_accepted, connections_refused, requests;
};
extern struct net_statistics statistics;

/* A parsed IPv4 packet for us. */
struct packet {
  u32 source, destination;
  u8 protocol;
  const u8 *header;
  const u8 *payload;
  u32 length; /* of the payload */
};

/* Network byte order. */
static inline u16 get16(const u8 *at) {
  return (u16)(at[0] << 8 | at[1]);
}
static inline u32 get32(const u8 *at) {
  return (u32)get16(at) << 16 | get16(at + 2);
}
static inline void put16(u8 *at, u32 value) {
  at[0] = (u8)(value >> 8);
  at[1] = (u8)value;
}
static inline void put32(u8 *at, u32 value) {
  put16(at, value >> 16);
  put16(at + 2, value);
}
static inline u32 smaller(u32 a, u32 b) {
  return a < b ? a : b;
}

/* ne2000.c */
int nic_start(u8 mac[6]);
void nic_interrupt(void);
void nic_tick(void);
/* The frame that would be sent next, or 0 when the queue is full; then its length, at least 14. */
u8 *nic_reserve(void);
void nic_send(u32 length);
u32 nic_room(void);

/* link.c */
void net_start(void);
void net_tick(void);
void link_receive(u8 *frame, u32 length);
const u8 *link_mac(void);
/* Called when the send queue has room again. */
void net_has_room(void);
/* Sends the packet that was built at nic_reserve() + ETHERNET_HEADER. */
void link_send_packet(u32 destination, u32 length);

/* ip.c */
void ip_receive(const u8 *packet, u32 length);
/* Where the payload goes, or 0 when nothing can be sent now. */
u8 *ip_begin(void);
void ip_send(u32 destination, u8 protocol, u32 length);
void icmp_port_unreachable(const struct packet *packet);
/* One's complement sum, to be added up over parts and finished by checksum(). */
u32 sum_of(const u8 *bytes, u32 length);
u16 checksum(u32 sum);
/* With the pseudo header of UDP and TCP; 0 when a received one is right. */
u16 transport_checksum(u32 source, u32 destination, u8 protocol, const u8 *segment, u32 length);

/* udp.c */
struct datagram {
  u32 address;
  u16 port;
  u16 length;
  u8 *bytes;
};
enum { MAX_DATAGRAM = 1024 };
void udp_receive(const struct packet *packet);
void udp_bind(u16 port);
/* Whether it went out. */
int udp_send(u32 address, u16 port, const u8 *bytes, u32 length);
/* The oldest that waits, its bytes cut to `length`, or 0. */
int udp_take(struct datagram *datagram);
int udp_waits(void);

/* tcp.c: see tcp.h; http.c: see http.h */
void tcp_receive(const struct packet *packet);
void tcp_tick(void);
void tcp_has_room(void);

#endif
