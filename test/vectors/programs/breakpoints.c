/*
 * Debug registers: breakpoints on instructions and data, with single-step and with RF. What QEMU's
 * translator does not have is left out: breakpoints on ports, and on data with single-step (it aborts), the guard bit of DR7. In a
 * trap it also reports breakpoints that are off, or on the next instruction.
 */
#include "program.h"

typedef struct { u32 edi, esi, ebp, esp, ebx, edx, ecx, eax, eip, cs, flags; } frame;

static u64 gdt[3] __attribute__((aligned(16)));
static u64 idt[32] __attribute__((aligned(16)));
static volatile u32 count;
static volatile u32 words[64] __attribute__((aligned(64)));
extern u8 first[], second[], third[], target[];

__asm__("v1: pushal; pushl %esp; call handle; addl $4, %esp; popal; iret\n");

#define GET_DR(n) ({ u32 v_; __asm__ volatile("movl %%db" #n ", %0" : "=r"(v_)); v_; })
#define SET_DR(n, value) __asm__ volatile("movl %0, %%db" #n : : "r"((u32)(value)) : "memory")

__attribute__((used)) void handle(frame *f) {
  u32 status = GET_DR(6), control = GET_DR(7);
  SET_DR(7, 0);
  count++;
  u32 enabled = 0;
  for (u32 n = 0; n < 4; n++) enabled |= (control >> 2 * n & 3 ? 1u : 0) << n;
  print_hex(" dr6", status & (0xe000 | enabled));
  print_hex("  at", f->eip - (u32)target);
  print_hex("  ecx", f->ecx);
  SET_DR(6, 0);
  SET_DR(7, control);
  if (count > 200 || f->eip == (u32)third) f->flags &= ~0x100u;
  /* Past an instruction with a breakpoint only with RF. */
  f->flags |= 0x10000;
}

static void setup(void) {
  gdt[1] = 0x00cf9b000000ffffull;
  gdt[2] = 0x00cf93000000ffffull;
  extern u8 v1[];
  u32 a = (u32)v1;
  idt[1] = (u64)(a & 0xffff) | 0x00080000ull | 0x8e00ull << 32 | (u64)(a >> 16) << 48;
  struct __attribute__((packed)) { u16 limit; u32 base; } g = {sizeof gdt - 1, (u32)gdt}, i = {sizeof idt - 1, (u32)idt};
  __asm__ volatile("lgdt %0; lidt %1; ljmp $8, $1f; 1: movl $0x10, %%eax; movl %%eax, %%ds; movl %%eax, %%es; movl %%eax, %%ss"
                   : : "m"(g), "m"(i) : "eax");
}

/* Instructions that read, write and do both, in bytes, words and double words; a string. */
static void __attribute__((noinline)) work(void) {
  __asm__ volatile(
      "movl $words, %%ebx; movl $words + 64, %%esi; movl $words + 128, %%edi; movl $6, %%ecx\n"
      "target: nop\n"
      "first: movl 8(%%ebx), %%eax\n"
      "nop; second: movl %%eax, 12(%%ebx)\n"
      "incl 8(%%ebx); movb %%al, 11(%%ebx); movw %%ax, 10(%%ebx); movl %%eax, 5(%%ebx)\n"
      "pushl 8(%%ebx); popl 8(%%ebx); movzwl 14(%%ebx), %%edx; cmpl $0, 8(%%ebx)\n"
      "rep movsl\n"
      "movl $3, %%ecx; 1: loop 1b\n"
      "movw %%ss, %%ax; movw %%ax, %%ss; movl %%eax, 8(%%ebx); nop\n"
      "third: nop"
      : : : "eax", "ebx", "ecx", "edx", "esi", "edi", "memory", "cc");
}

#define ON(n) (2u << 2 * (n))
#define LOCAL(n) (1u << 2 * (n))
#define KIND(n, kind, length) ((u32)((kind) | (length) << 2) << (16 + 4 * (n)))

static void with(const char *label, u32 control, u32 flags) {
  print(label);
  print("\n");
  count = 0;
  SET_DR(6, 0);
  SET_DR(7, control);
  print_hex("dr7", GET_DR(7));
  __asm__ volatile("pushfl; orl %0, (%%esp); popfl" : : "r"(flags) : "memory", "cc");
  work();
  __asm__ volatile("pushfl; andl $~0x100, (%%esp); popfl" : : : "memory", "cc");
  SET_DR(7, 0);
  print_hex("count", count);
}

int main(void) {
  setup();
  SET_DR(0, first);
  SET_DR(1, second);
  SET_DR(2, &words[2]);
  SET_DR(3, &words[3]);
  print_hex("dr1", GET_DR(1) - (u32)second);
  with("none", 0, 0);
  with("on instructions", ON(0) | LOCAL(1), 0);
  with("on writes of four", ON(2) | KIND(2, 1, 3), 0);
  with("on writes of one and of two", ON(2) | KIND(2, 1, 0) | ON(3) | KIND(3, 1, 1), 0);
  with("on access", ON(2) | KIND(2, 3, 3) | LOCAL(3) | KIND(3, 3, 3), 0);
  with("all kinds", ON(0) | ON(1) | ON(2) | KIND(2, 3, 3) | ON(3) | KIND(3, 1, 3), 0);
  SET_DR(2, &words[16 + 2]);
  SET_DR(3, &words[32 + 3]);
  with("in a repeated instruction", ON(2) | KIND(2, 3, 3) | ON(3) | KIND(3, 1, 3), 0);
  with("with single-step", 0, 0x100);
  return 0;
}
