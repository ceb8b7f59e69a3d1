/* Runs a list of port accesses and prints what each read gave, on the debug port. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

enum { END, OUT, IN, WAIT, INTERRUPT, STAMP };

struct access {
  u8 kind;
  u8 size;
  u16 port;
  u32 value;
  u32 mask;
};

extern const struct access accesses[];
int interrupt_window(void);

#define PATIENCE 20000000

static inline void out8(u16 port, u8 value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
static inline void out16(u16 port, u16 value) { __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port)); }
static inline void out32(u16 port, u32 value) { __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port)); }

static u32 in(u16 port, u8 size) {
  u8 byte;
  u16 word;
  u32 value;
  switch (size) {
  case 1:
    __asm__ volatile("inb %1, %0" : "=a"(byte) : "Nd"(port));
    return byte;
  case 2:
    __asm__ volatile("inw %1, %0" : "=a"(word) : "Nd"(port));
    return word;
  default:
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
  }
}

static void out(u16 port, u8 size, u32 value) {
  if (size == 1) out8(port, value);
  else if (size == 2) out16(port, value);
  else out32(port, value);
}

static void print(u32 value) {
  for (int shift = 28; shift >= 0; shift -= 4) out8(0xe9, "0123456789abcdef"[(value >> shift) & 15]);
  out8(0xe9, '\n');
}

static u32 wait(const struct access *a) {
  for (u32 tries = 0; tries < PATIENCE; tries++)
    if ((in(a->port, a->size) & a->mask) == a->value) return 1;
  return 0;
}

static u32 time_stamp(void) {
  u32 low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return low;
}

void probe(void) {
  for (const struct access *a = accesses; a->kind != END; a++) {
    if (a->kind == OUT) out(a->port, a->size, a->value);
    else if (a->kind == IN) print(in(a->port, a->size) & a->mask);
    else if (a->kind == WAIT) print(wait(a));
    else if (a->kind == INTERRUPT) print(interrupt_window());
    else print(time_stamp());
  }
  out8(0xf4, 0);
}
