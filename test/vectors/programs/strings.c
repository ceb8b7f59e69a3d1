/* String code: search, LZ compression and back, formatting, REP forms in both directions. */
#include "program.h"

static u8 input[6000], packed[9000], output[6000];

static u32 compress(const u8 *in, u32 n, u8 *out) {
  static u16 head[4096];
  u32 o = 0;
  memset(head, 0, sizeof head);
  for (u32 i = 0; i < n;) {
    u32 h = i + 2 < n ? ((in[i] << 8 ^ in[i + 1] << 4 ^ in[i + 2]) & 4095) : 0;
    u32 at = head[h], length = 0;
    if (at && i + 2 < n)
      while (length < 255 && i + length < n && in[at - 1 + length] == in[i + length]) length++;
    head[h] = (u16)(i + 1);
    if (length > 4) {
      out[o++] = 255, out[o++] = (u8)length, out[o++] = (u8)(i + 1 - at), out[o++] = (u8)((i + 1 - at) >> 8);
      i += length;
    } else {
      if (in[i] == 255) out[o++] = 255, out[o++] = 0;
      else out[o++] = in[i];
      i++;
    }
  }
  return o;
}

static u32 expand(const u8 *in, u32 n, u8 *out) {
  u32 o = 0;
  for (u32 i = 0; i < n;) {
    if (in[i] != 255) { out[o++] = in[i++]; continue; }
    u32 length = in[i + 1];
    if (!length) { out[o++] = 255; i += 2; continue; }
    u32 back = in[i + 2] | in[i + 3] << 8;
    for (; length--; o++) out[o] = out[o - back];
    i += 4;
  }
  return o;
}

static void format(char *out, i32 v) {
  char t[12];
  int n = 0, neg = v < 0;
  u32 u = neg ? -(u32)v : (u32)v;
  do t[n++] = (char)('0' + u % 10); while (u /= 10);
  if (neg) *out++ = '-';
  while (n) *out++ = t[--n];
  *out = 0;
}

static u32 sum(const u8 *p, u32 n) { u32 h = 1; while (n--) h = h * 31 + *p++; return h; }

int main(void) {
  static const char *const words[] = {"ferry ", "page ", "dirty ", "round ", "host ", "guest "};
  u32 n = 0, seed = 5;
  while (n < 5900) {
    const char *w = words[(seed = seed * 1664525 + 1013904223) >> 29 & 3];
    u32 l = strlen(w);
    memcpy(input + n, w, l);
    n += l;
    if (seed & 0x1000) input[n++] = (u8)(seed >> 20);
  }
  u32 m = compress(input, n, packed), k = expand(packed, m, output);
  print_hex("packed", m);
  print_hex("sum", sum(packed, m));
  print_hex("same", k == n && memcmp(input, output, n) == 0);
  char line[16];
  for (i32 v = -5; v < 2000000000 && v > -6; v = v * 7 + 13) { format(line, v); print(line); print(" "); if (v > 200000000) break; }
  print("\n");
  u8 *p = output + 4000, *q = output + 3990;
  u32 c = 1000;
  __asm__ volatile("std; rep movsb; cld" : "+S"(q), "+D"(p), "+c"(c) : : "memory");
  print_hex("down", sum(output, 6000));
  p = output + 101, q = output + 100, c = 800;
  __asm__ volatile("rep movsb" : "+S"(q), "+D"(p), "+c"(c) : : "memory");
  p = output + 2003, q = output + 3001, c = 700;
  __asm__ volatile("rep movsl" : "+S"(q), "+D"(p), "+c"(c) : : "memory");
  p = output + 1, c = 333;
  __asm__ volatile("rep stosw" : "+D"(p), "+c"(c) : "a"(0xbeef) : "memory");
  print_hex("moved", sum(output, 6000));
  p = input, q = output, c = 6000;
  u8 equal;
  __asm__ volatile("repe cmpsb; sete %3" : "+S"(p), "+D"(q), "+c"(c), "=q"(equal) : : "memory", "cc");
  print_hex("compared", c * 2 + equal);
  u32 low;
  p = input;
  __asm__ volatile("xorl %%eax, %%eax; lodsb; lodsw; lodsl" : "+S"(p), "=a"(low) : : "memory");
  print_hex("loaded", low);
  return 99;
}
