/*
 * Ethernet frames and the addresses of neighbours: ARP, RFC 826, with the waiting packet of RFC 1122
 * §2.3.2.2. There is no router: what lies outside 10.0.0.0/24 cannot be reached.
 */
#include "../memory.h"
#include "../text.h"
#include "http.h"
#include "kernel.h"
#include "net.h"

enum {
  TYPE_IP = 0x0800,
  TYPE_ARP = 0x0806,
  ARP_LENGTH = 28,
  ARP_REQUEST = 1,
  ARP_REPLY = 2,
  NEIGHBOURS = 8,
  FRESH_FOR = 300 * TICKS_PER_SECOND,
  ASK_EVERY = TICKS_PER_SECOND,
};

struct neighbour {
  u32 address; /* 0: free */
  u8 mac[6];
  u8 is_known;
  u32 since; /* learnt, or last asked for */
  u32 last_use;
  u32 waiting_length;
  u8 waiting[MAX_FRAME];
};

static const u8 broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static u8 own_mac[6];
static struct neighbour neighbours[NEIGHBOURS];

const u8 *link_mac(void) {
  return own_mac;
}

void net_start(void) {
  char line[80];
  struct text text = text_into(line, sizeof line);
  if (nic_start(own_mac)) {
    add_string(&text, "kernel: 10.0.0.5 at ");
    for (u32 i = 0; i < sizeof own_mac; i++) {
      if (i > 0) add_character(&text, ':');
      add_hex_digits(&text, own_mac[i], 2);
    }
    add_character(&text, '\n');
  } else {
    add_string(&text, "kernel: no network card\n");
  }
  print(line);
}

void net_tick(void) {
  nic_tick();
  tcp_tick();
}

void net_has_room(void) {
  tcp_has_room();
}

static void address_frame(u8 *frame, const u8 *destination, u32 type) {
  memcpy(frame, destination, 6);
  memcpy(frame + 6, own_mac, 6);
  put16(frame + 12, type);
}

static void send_arp(u32 operation, const u8 *mac, u32 address) {
  u8 *frame = nic_reserve();
  if (frame == 0) return;
  address_frame(frame, operation == ARP_REQUEST ? broadcast : mac, TYPE_ARP);
  u8 *arp = frame + ETHERNET_HEADER;
  put16(arp, 1); /* Ethernet */
  put16(arp + 2, TYPE_IP);
  arp[4] = 6;
  arp[5] = 4;
  put16(arp + 6, operation);
  memcpy(arp + 8, own_mac, 6);
  put32(arp + 14, OWN_ADDRESS);
  memcpy(arp + 18, mac, 6);
  put32(arp + 24, address);
  nic_send(ETHERNET_HEADER + ARP_LENGTH);
}

static struct neighbour *find_neighbour(u32 address) {
  for (u32 i = 0; i < NEIGHBOURS; i++)
    if (neighbours[i].address == address) return &neighbours[i];
  return 0;
}

/* A place for a new one: a free one, or the one whose last use lies furthest back. */
static struct neighbour *add_neighbour(u32 address) {
  struct neighbour *oldest = &neighbours[0];
  for (u32 i = 0; i < NEIGHBOURS && oldest->address != 0; i++) {
    struct neighbour *candidate = &neighbours[i];
    if (candidate->address == 0 || ticks() - candidate->last_use > ticks() - oldest->last_use)
      oldest = candidate;
  }
  oldest->address = address;
  oldest->is_known = 0;
  oldest->waiting_length = 0;
  oldest->since = ticks() - ASK_EVERY;
  oldest->last_use = ticks();
  return oldest;
}

static void send_waiting(struct neighbour *neighbour) {
  u8 *frame = neighbour->waiting_length == 0 ? 0 : nic_reserve();
  if (frame == 0) return;
  memcpy(frame, neighbour->waiting, neighbour->waiting_length);
  address_frame(frame, neighbour->mac, TYPE_IP);
  nic_send(neighbour->waiting_length);
  neighbour->waiting_length = 0;
}

static void receive_arp(const u8 *arp, u32 length) {
  if (length < ARP_LENGTH || get16(arp) != 1 || get16(arp + 2) != TYPE_IP) return;
  if (arp[4] != 6 || arp[5] != 4 || arp[8] & 1) return;
  u32 operation = get16(arp + 6), sender = get32(arp + 14), target = get32(arp + 24);
  const u8 *sender_mac = arp + 8;
  if (sender == OWN_ADDRESS || sender == 0) return;
  /* RFC 826: refresh whoever is known already, learn whoever speaks to us. */
  struct neighbour *neighbour = find_neighbour(sender);
  if (neighbour == 0 && target == OWN_ADDRESS) neighbour = add_neighbour(sender);
  if (neighbour != 0) {
    memcpy(neighbour->mac, sender_mac, 6);
    neighbour->is_known = 1;
    neighbour->since = ticks();
    send_waiting(neighbour);
  }
  if (operation == ARP_REQUEST && target == OWN_ADDRESS) {
    statistics.arp_requests_answered++;
    send_arp(ARP_REPLY, sender_mac, sender);
  }
}

void link_send_packet(u32 destination, u32 length) {
  if ((destination & NETWORK_MASK) != (OWN_ADDRESS & NETWORK_MASK)) {
    statistics.unreachable++;
    return;
  }
  u8 *frame = nic_reserve();
  struct neighbour *neighbour = find_neighbour(destination);
  if (neighbour == 0) neighbour = add_neighbour(destination);
  neighbour->last_use = ticks();
  if (neighbour->is_known && ticks() - neighbour->since < FRESH_FOR) {
    address_frame(frame, neighbour->mac, TYPE_IP);
    nic_send(ETHERNET_HEADER + length);
    return;
  }
  if (neighbour->is_known) neighbour->since = ticks() - ASK_EVERY;
  neighbour->is_known = 0;
  neighbour->waiting_length = ETHERNET_HEADER + length;
  memcpy(neighbour->waiting, frame, neighbour->waiting_length);
  if (ticks() - neighbour->since < ASK_EVERY) return;
  neighbour->since = ticks();
  static const u8 unknown[6];
  send_arp(ARP_REQUEST, unknown, destination);
}

void link_receive(u8 *frame, u32 length) {
  int is_for_us = memcmp(frame, own_mac, 6) == 0;
  if (!is_for_us && memcmp(frame, broadcast, 6) != 0) return;
  u32 type = get16(frame + 12);
  if (type == TYPE_ARP) receive_arp(frame + ETHERNET_HEADER, length - ETHERNET_HEADER);
  if (type == TYPE_IP && is_for_us) ip_receive(frame + ETHERNET_HEADER, length - ETHERNET_HEADER);
}
