/* CRC-32, MD5, SHA-1, SHA-256, FNV-1a over generated text: rotates, shifts, byte swaps. */
#include "program.h"

static u8 text[3000];
static u32 rol(u32 x, int n) { return x << n | x >> (32 - n); }
static u32 ror(u32 x, int n) { return x >> n | x << (32 - n); }

static u32 crc32(const u8 *p, u32 n) {
  u32 c = ~0u;
  while (n--) {
    c ^= *p++;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
  }
  return ~c;
}

static void sha1(const u8 *p, u32 blocks, u32 h[5]) {
  for (; blocks--; p += 64) {
    u32 w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 16; i++) w[i] = (u32)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
    for (int i = 16; i < 80; i++) w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
      u32 f = i < 20 ? (b & c) | (~b & d) : i < 40 ? b ^ c ^ d : i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
      u32 k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
      u32 t = rol(a, 5) + f + e + k + w[i];
      e = d, d = c, c = rol(b, 30), b = a, a = t;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
  }
}

static void sha256(const u8 *p, u32 blocks, u32 h[8], const u32 *k) {
  for (; blocks--; p += 64) {
    u32 w[64], s[8];
    for (int i = 0; i < 16; i++) w[i] = __builtin_bswap32(((const u32 *)p)[i]);
    for (int i = 16; i < 64; i++) {
      u32 a = ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3;
      u32 b = ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10;
      w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    memcpy(s, h, sizeof s);
    for (int i = 0; i < 64; i++) {
      u32 e = s[4], a = s[0];
      u32 t1 = s[7] + (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)) + ((e & s[5]) ^ (~e & s[6])) + k[i] + w[i];
      u32 t2 = (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
      for (int j = 7; j > 0; j--) s[j] = s[j - 1];
      s[4] += t1;
      s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) h[i] += s[i];
  }
}

int main(void) {
  u32 seed = 7, k[64], h[8] = {1, 2, 3, 4, 5, 6, 7, 8}, fnv = 0x811c9dc5;
  for (u32 i = 0; i < sizeof text; i++) text[i] = (u8)((seed = seed * 1664525 + 1013904223) >> 24);
  for (u32 i = 0; i < 64; i++) k[i] = seed = seed * 69069 + 1;
  for (u32 i = 0; i < sizeof text; i++) fnv = (fnv ^ text[i]) * 0x01000193;
  print_hex("crc", crc32(text, sizeof text));
  print_hex("fnv", fnv);
  sha1(text, 46, h);
  for (int i = 0; i < 5; i++) print_hex("sha1", h[i]);
  sha256(text, 46, h, k);
  for (int i = 0; i < 8; i++) print_hex("sha256", h[i]);
  return 17;
}
