/*
 * Interrupts whose moment both machines know: the UART's, which come with the write that enables
 * them or with a byte that was sent, through the 8259s. STI and its successor, HLT, REP, IF in gates and POPF, rings.
 */
#include "../programs/program.h"

static u64 gdt[8] __attribute__((aligned(16)));
static u64 idt[64] __attribute__((aligned(16)));
static u32 tss[32] __attribute__((aligned(16)));
static u8 ring0_stack[4096] __attribute__((aligned(16)));
u8 user_stack[4096] __attribute__((aligned(16)));
u8 text[64], copy[64];
static volatile u32 count, level;
u32 after, kept_esp;

static u64 descriptor(u32 base, u32 limit, u32 access, u32 flags) {
  return (u64)(limit & 0xffff) | (u64)(base & 0xffffff) << 16 | (u64)access << 40 | (u64)(limit >> 16 & 15) << 48 |
         (u64)flags << 52 | (u64)(base >> 24) << 56;
}

static inline u8 inb(u16 port) {
  u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

__asm__(".text\n"
        "uart: pushal; call serve; popal; iret\n"
        "trap: pushal; call serve; popal; iret\n"
        "leave3: movl kept_esp, %esp; movl $0x10, %eax; movl %eax, %ds; movl %eax, %es; jmp *after\n"
        "user: nop; movl $3, %ecx; 1: loop 1b; int $0x30; nop; int $0x31\n");
extern u8 uart[], trap[], leave3[], user[];

__attribute__((used)) void serve(void) {
  count++;
  level = level * 4 + (inb(0x3fa) & 7);
  outb(0x3f9, 0);
  outb(0x20, 0x20);
}

static void gate(u32 n, const u8 *to, u32 type) {
  u32 a = (u32)to;
  idt[n] = (u64)(a & 0xffff) | 0x00080000ull | (u64)type << 40 | (u64)(a >> 16) << 48;
}

static void setup(void) {
  struct __attribute__((packed)) { u16 limit; u32 base; } g = {sizeof gdt - 1, (u32)gdt}, i = {sizeof idt - 1, (u32)idt};
  gdt[1] = descriptor(0, 0xfffff, 0x9a, 0xc);
  gdt[2] = descriptor(0, 0xfffff, 0x92, 0xc);
  gdt[3] = descriptor(0, 0xfffff, 0xfa, 0xc);
  gdt[4] = descriptor(0, 0xfffff, 0xf2, 0xc);
  gdt[5] = descriptor((u32)tss, 103, 0x89, 0);
  tss[1] = (u32)ring0_stack + sizeof ring0_stack;
  tss[2] = 0x10;
  tss[25] = 104u << 16;
  gate(0x24, uart, 0x8e);
  gate(0x30, trap, 0xef);
  gate(0x31, leave3, 0xee);
  __asm__ volatile(
      "lgdt %0; lidt %1; ljmp $8, $1f; 1: movl $0x10, %%eax; movl %%eax, %%ds; movl %%eax, %%es; movl %%eax, %%ss; movl %%eax, %%fs; "
      "movl %%eax, %%gs; xorl %%eax, %%eax; lldt %%ax; movl $0x28, %%eax; ltr %%ax"
      : : "m"(g), "m"(i) : "eax");
  outb(0x20, 0x11), outb(0x21, 0x20), outb(0x21, 4), outb(0x21, 1), outb(0x21, 0xef);
  outb(0xa0, 0x11), outb(0xa1, 0x28), outb(0xa1, 2), outb(0xa1, 1), outb(0xa1, 0xff);
  outb(0x3fb, 3), outb(0x3f9, 0), outb(0x3fc, 8), outb(0x3fa, 0);
  (void)inb(0x3fa);
}

/* The transmitter is empty: with this its interrupt is there. */
#define ARM "movw $0x3f9, %%dx; movb $2, %%al; outb %%al, %%dx; "
#define RUN(code) __asm__ volatile(code : : : "eax", "ecx", "edx", "esi", "edi", "memory", "cc")

int main(void) {
  for (u32 i = 0; i < sizeof text; i++) text[i] = (u8)(i * 7);
  setup();
  RUN(ARM "nop; sti; nop; nop; cli");
  RUN(ARM "sti; cli; nop; nop");
  RUN("nop; sti; nop; cli; nop");
  RUN("sti; " ARM "nop; nop; cli");
  RUN(ARM "movl %%ss, %%ecx; movl %%ecx, %%ss; nop; sti; nop; nop; cli");
  RUN(ARM "pushl $0x202; popfl; nop; cli");
  RUN(ARM "sti; hlt; nop; cli");
  RUN("sti; nop; " ARM "leal text, %%esi; leal copy, %%edi; movl $9, %%ecx; cld; rep movsl; cli");
  RUN("movl $0, %%ecx; rep stosb; movl $3, %%ecx; leal copy, %%edi; movb $9, %%al; std; rep stosb; cld");
  RUN("sti; nop; int $0x30; cli");
  /* From ring 3, with the stack of ring 0 fetched from the TSS. */
  RUN("pushl %%ebx; pushl %%ebp; movl %%esp, kept_esp; movl $1f, after; " ARM
      "pushl $0x23; pushl $user_stack + 4096; pushl $0x202; pushl $0x1b; pushl $user; movl $0x23, %%eax; movl %%eax, %%ds; movl %%eax, %%es; iret; "
      "1: popl %%ebp; popl %%ebx");
  return (int)count;
}
