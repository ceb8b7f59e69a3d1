/* A freestanding program for the toy PC and for QEMU: Multiboot header, console, exit. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int i32;
typedef long long i64;

__attribute__((section(".multiboot"), used)) static const u32 multiboot[3] = {0x1badb002, 0, -0x1badb002u};
static u8 stack[65536] __attribute__((aligned(16), used));

static inline void outb(u16 port, u8 value) {
  __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outl(u16 port, u32 value) {
  __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

/* QUIET: for whoever follows every instruction. */
#ifdef QUIET
static void print(const char *text) {}
static void print_hex(const char *label, u32 value) {}
#else
static void print(const char *text) {
  while (*text) outb(0xe9, (u8)*text++);
}

static void print_hex(const char *label, u32 value) {
  print(label);
  print(" ");
  for (int shift = 28; shift >= 0; shift -= 4) outb(0xe9, (u8) "0123456789abcdef"[(value >> shift) & 15]);
  print("\n");
}
#endif

static __attribute__((noreturn, unused)) void leave(u32 code) {
  outl(0xf4, code);
  for (;;) __asm__ volatile("cli; hlt");
}

void *memcpy(void *to, const void *from, u32 count) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
  return start;
}

void *memset(void *to, int value, u32 count) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(value) : "memory");
  return start;
}

u32 strlen(const char *text) {
  const char *end = text;
  __asm__ volatile("repne scasb" : "+D"(end) : "a"(0), "c"(-1) : "memory");
  return (u32)(end - text) - 1;
}

int memcmp(const void *a, const void *b, u32 count) {
  const u8 *p = a, *q = b;
  for (; count; count--, p++, q++)
    if (*p != *q) return *p - *q;
  return 0;
}

int main(void);
__attribute__((used)) static void run(void) { leave((u32)main()); }
__attribute__((naked, section(".text.start"), used)) void _start(void) {
  __asm__ volatile("movl $stack + 65536, %esp; xorl %ebp, %ebp; call run");
}
