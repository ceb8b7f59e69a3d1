/*
 * A game server with a tick of 50 ms: everything that moves is moved, twenty times a second, and then
 * every player is sent the state by UDP. A player joins with any datagram to port 27960 that begins
 * with "JOIN", stays for ten seconds after the last datagram, and leaves at once with "QUIT".
 *
 * An update, in network byte order: "UPDT", number of the update, the guest's time in milliseconds,
 * number of players, then x and y, 16 bits each, of the first 32 things that move.
 */
#include "workload.h"

enum {
  GAME_PORT = 27960,
  PLAYERS = 16,
  TICKS_PER_FRAME = 5,
  STAY = 10 * TICKS_PER_SECOND,
  COMMAND_LENGTH = 4,
  UPDATE_HEADER = 16,
  THINGS_IN_UPDATE = 32,
  UPDATE_LENGTH = UPDATE_HEADER + 4 * THINGS_IN_UPDATE,
  FRAMES_PER_SECOND = TICKS_PER_SECOND / TICKS_PER_FRAME,
  THINGS_PER_PAGE = 64,
};

struct thing {
  short x, y, dx, dy;
  u32 moves;
  u8 inventory[PAGE_SIZE / THINGS_PER_PAGE - 12];
};

struct player {
  u32 address, port; /* port 0: nobody */
  u32 leaves_at;
};

const char workload_name[] = "game";

static struct player players[PLAYERS];
static struct thing *things;
static u32 thing_count, next_thing;

static void put16(u8 *at, u32 value) {
  at[0] = (u8)(value >> 8);
  at[1] = (u8)value;
}

static void put32(u8 *at, u32 value) {
  put16(at, value >> 16);
  put16(at + 2, value);
}

static struct player *find_player(u32 address, u32 port) {
  for (u32 i = 0; i < PLAYERS; i++)
    if (players[i].port == port && players[i].address == address) return &players[i];
  return 0;
}

static struct player *free_place(void) {
  for (u32 i = 0; i < PLAYERS; i++)
    if (players[i].port == 0) return &players[i];
  return 0;
}

static void hear(const struct message *message) {
  struct player *player = find_player(message->address, message->port);
  int is_command = message->length >= COMMAND_LENGTH;
  if (player == 0 && is_command && memcmp(message->bytes, "JOIN", COMMAND_LENGTH) == 0)
    player = free_place();
  if (player == 0) return;
  int quits = is_command && memcmp(message->bytes, "QUIT", COMMAND_LENGTH) == 0;
  *player = quits ? (struct player){0, 0, 0}
                  : (struct player){message->address, message->port, ticks() + STAY};
}

static void hear_all(void) {
  u8 bytes[64];
  for (;;) {
    struct message message = {.bytes = bytes, .length = sizeof bytes};
    if (!system_call(CALL_RECEIVE, (u32)&message, 0, 0)) return;
    hear(&message);
  }
}

static u32 dismiss_silent(void) {
  u32 count = 0;
  for (u32 i = 0; i < PLAYERS; i++) {
    if (players[i].port == 0) continue;
    if (has_come(players[i].leaves_at)) players[i].port = 0;
    count += players[i].port != 0;
  }
  return count;
}

/* A thing whose page was never used stands still; it is given a push. */
static void move(struct thing *thing) {
  if (thing->dx == 0 && thing->dy == 0) {
    thing->dx = (short)(1 + random_below(7));
    thing->dy = (short)(1 + random_below(7));
  }
  thing->x = (short)((thing->x + thing->dx) & 0x3fff);
  thing->y = (short)((thing->y + thing->dy) & 0x3fff);
  thing->inventory[++thing->moves % sizeof thing->inventory]++;
}

/* As many moves as the rate allows in one frame: the near tenth always first, then round the rest. */
static void move_things(u32 count) {
  u32 near = count * parameters.locality_percent / 100;
  u32 hot = thing_count / 10;
  if (near > hot) near = hot;
  for (u32 i = 0; i < near; i++) move(&things[i]);
  for (u32 i = near; i < count; i++) {
    if (next_thing >= thing_count) next_thing = hot;
    move(&things[next_thing++]);
  }
}

static void send_updates(u32 frame, u32 player_count) {
  u8 bytes[UPDATE_LENGTH];
  memcpy(bytes, "UPDT", COMMAND_LENGTH);
  put32(bytes + 4, frame);
  put32(bytes + 8, ticks() * MILLISECONDS_PER_TICK);
  put32(bytes + 12, player_count);
  for (u32 i = 0; i < THINGS_IN_UPDATE; i++) {
    put16(bytes + UPDATE_HEADER + 4 * i, (u16)things[i].x);
    put16(bytes + UPDATE_HEADER + 4 * i + 2, (u16)things[i].y);
  }
  for (u32 i = 0; i < PLAYERS; i++) {
    if (players[i].port == 0) continue;
    struct message message = {players[i].address, players[i].port, bytes, sizeof bytes};
    system_call(CALL_SEND, (u32)&message, 0, 0);
  }
}

void workload_main(u32 first_page, u32 end_page) {
  system_call(CALL_BIND, GAME_PORT, 0, 0);
  u32 next_frame = ticks();
  for (u32 frame = 1;; frame++) {
    u32 pages = working_set(end_page - first_page);
    things = (struct thing *)page_address(end_page - pages);
    thing_count = pages * THINGS_PER_PAGE;
    hear_all();
    move_things(parameters.writes_per_second / FRAMES_PER_SECOND);
    send_updates(frame, dismiss_silent());
    report("frames", frame);
    next_frame += TICKS_PER_FRAME;
    if (has_come(next_frame + TICKS_PER_SECOND)) next_frame = ticks(); /* too slow to catch up */
    sleep_until(next_frame);
  }
}
