/* Huffman coding, an adaptive binary range coder and move-to-front with run lengths, each there and back. */
#include "program.h"

enum { SIZE = 8000 };
static u8 text[SIZE], packed[2 * SIZE], back[SIZE];
static u32 bit_at;

static u32 sum(const u8 *p, u32 n) {
  u32 h = 0x811c9dc5;
  while (n--) h = (h ^ *p++) * 0x01000193;
  return h;
}

static void put_bit(u32 bit) {
  if (bit) packed[bit_at >> 3] |= 1 << (bit_at & 7);
  bit_at++;
}

static u32 get_bit(void) {
  u32 bit = packed[bit_at >> 3] >> (bit_at & 7) & 1;
  bit_at++;
  return bit;
}

struct node { u32 weight; i32 left, right; };
static struct node nodes[511];
static u8 lengths[256], symbols[256];
static u32 codes[256], counts[32];

static void measure(i32 at, u32 depth) {
  if (at < 256) lengths[at] = (u8)depth;
  else measure(nodes[at].left, depth + 1), measure(nodes[at].right, depth + 1);
}

static void build(void) {
  i32 alive[256], n = 256, next = 256;
  for (i32 i = 0; i < 256; i++) nodes[i].weight = 1, alive[i] = i;
  for (u32 i = 0; i < SIZE; i++) nodes[text[i]].weight += 16;
  while (n > 1) {
    i32 pair[2];
    for (int k = 0; k < 2; k++) {
      i32 least = 0;
      for (i32 i = 1; i < n; i++)
        if (nodes[alive[i]].weight < nodes[alive[least]].weight) least = i;
      pair[k] = alive[least];
      alive[least] = alive[--n];
    }
    nodes[next].weight = nodes[pair[0]].weight + nodes[pair[1]].weight;
    nodes[next].left = pair[0], nodes[next].right = pair[1];
    alive[n++] = next++;
  }
  measure(alive[0], 0);
  /* Canonical: by length, then by symbol. */
  u32 code = 0, count = 0;
  for (u32 length = 1; length < 32; length++, code <<= 1)
    for (u32 s = 0; s < 256; s++)
      if (lengths[s] == length) codes[s] = code++, symbols[count++] = (u8)s, counts[length]++;
}

static u32 huffman(void) {
  build();
  memset(packed, 0, sizeof packed);
  bit_at = 0;
  for (u32 i = 0; i < SIZE; i++)
    for (u32 k = lengths[text[i]]; k--;) put_bit(codes[text[i]] >> k & 1);
  u32 size = bit_at;
  bit_at = 0;
  for (u32 i = 0; i < SIZE; i++) {
    u32 code = 0, first = 0, index = 0;
    for (u32 length = 1;; length++) {
      code |= get_bit();
      if (code - first < counts[length]) { back[i] = symbols[index + code - first]; break; }
      index += counts[length], first = (first + counts[length]) << 1, code <<= 1;
    }
  }
  return size;
}

/* As LZMA's: eleven bits of probability, carries run through a cache byte. */
static u16 odds[256][256];
static u64 low;
static u32 range, cache, pending, out, in, value;

static void shift_low(void) {
  if ((u32)low < 0xff000000u || low >> 32) {
    for (; pending; pending--, cache = 0xff) packed[out++] = (u8)(cache + (u32)(low >> 32));
    cache = (u32)low >> 24;
  }
  pending++;
  low = (u32)low << 8;
}

static u32 coded(u16 *p, u32 bit, int decodes) {
  u32 bound = (range >> 11) * *p;
  if (decodes) bit = value >= bound;
  if (!bit) range = bound, *p += (2048 - *p) >> 5;
  else {
    if (decodes) value -= bound;
    else low += bound;
    range -= bound, *p -= *p >> 5;
  }
  for (; range < 1u << 24; range <<= 8) {
    if (decodes) value = value << 8 | packed[in++];
    else shift_low();
  }
  return bit;
}

static void reset(void) {
  for (u32 i = 0; i < 256; i++)
    for (u32 k = 0; k < 256; k++) odds[i][k] = 1024;
  range = ~0u;
}

static u32 range_coder(void) {
  u32 before = 0;
  reset(), low = 0, cache = 0, pending = 1, out = 0;
  for (u32 i = 0; i < SIZE; i++) {
    u32 tree = 1;
    for (int k = 7; k >= 0; k--) tree = tree << 1 | coded(&odds[before][tree], text[i] >> k & 1, 0);
    before = text[i];
  }
  for (int k = 0; k < 5; k++) shift_low();
  reset(), value = 0, in = 1, before = 0;
  for (int k = 0; k < 4; k++) value = value << 8 | packed[in++];
  for (u32 i = 0; i < SIZE; i++) {
    u32 tree = 1;
    while (tree < 256) tree = tree << 1 | coded(&odds[before][tree], 0, 1);
    back[i] = (u8)(before = tree & 255);
  }
  return out;
}

static u32 front(u8 *table, u32 place) {
  u8 symbol = table[place];
  for (; place; place--) table[place] = table[place - 1];
  return table[0] = symbol;
}

static u32 move_to_front(void) {
  u8 table[256];
  u32 o = 0, n = 0;
  for (u32 i = 0; i < 256; i++) table[i] = (u8)i;
  for (u32 i = 0; i < SIZE; i++) {
    u32 place = 0;
    while (table[place] != text[i]) place++;
    front(table, place);
    if (o && packed[o - 2] == place && packed[o - 1] < 255) packed[o - 1]++;
    else packed[o++] = (u8)place, packed[o++] = 1;
  }
  for (u32 i = 0; i < 256; i++) table[i] = (u8)i;
  for (u32 i = 0; i < o; i += 2)
    for (u32 k = 0; k < packed[i + 1]; k++) back[n++] = (u8)front(table, packed[i]);
  return o;
}

static void judge(const char *name, u32 (*coder)(void)) {
  memset(back, 0, SIZE);
  print(name);
  print("\n");
  u32 size = coder();
  print_hex(" size", size);
  print_hex(" coded", sum(packed, size < sizeof packed ? size : size / 8));
  print_hex(" same", memcmp(text, back, SIZE) == 0);
}

int main(void) {
  u32 seed = 11;
  for (u32 i = 0; i < SIZE; i++) {
    seed = seed * 1664525 + 1013904223;
    text[i] = i > 40 && (seed >> 28) > 4 ? text[i - 1 - (seed >> 20 & 31)] : (u8)(seed >> 9 & seed >> 17);
  }
  print_hex("text", sum(text, SIZE));
  judge("huffman", huffman);
  judge("range coder", range_coder);
  judge("move to front", move_to_front);
  return 3;
}
