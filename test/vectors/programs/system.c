/*
 * The processor's system part: exceptions with their codes, descriptor loads, rings, gates, paging.
 * Limits and rights at an access are left out: QEMU's translator does not check them.
 */
#include "program.h"

typedef struct { u32 edi, esi, ebp, esp, ebx, edx, ecx, eax, vector, code, eip, cs, flags, oldesp, oldss; } frame;

static u64 gdt[16] __attribute__((aligned(16)));
static u64 idt[64] __attribute__((aligned(16)));
static u32 tss[64] __attribute__((aligned(16)));
static u8 ring0_stack[8192] __attribute__((aligned(16)));
static u8 user_stack[8192] __attribute__((aligned(16)));
static u32 directory[1024] __attribute__((aligned(4096)));
static u32 table[1024] __attribute__((aligned(4096)));
static u64 pointers[4] __attribute__((aligned(32)));
static u64 pae_directory[4][512] __attribute__((aligned(4096)));
static u64 pae_table[512] __attribute__((aligned(4096)));
static u8 victim[8192] __attribute__((aligned(4096)));
static volatile u32 resume_at, resume_esp, count;

static u64 descriptor(u32 base, u32 limit, u32 access, u32 flags) {
  return (u64)(limit & 0xffff) | (u64)(base & 0xffffff) << 16 | (u64)access << 40 | (u64)(limit >> 16 & 15) << 48 |
         (u64)flags << 52 | (u64)(base >> 24) << 56;
}

#define GATE(n, label, type)                                                                        \
  do {                                                                                              \
    extern u8 label[];                                                                              \
    u32 a = (u32)label;                                                                             \
    idt[n] = (u64)(a & 0xffff) | 0x00080000ull | (u64)(type) << 40 | (u64)(a >> 16) << 48;           \
  } while (0)

#define STUB(n) "v" #n ": pushl $0; pushl $" #n "; jmp common\n"
#define STUBC(n) "v" #n ": pushl $" #n "; jmp common\n"
__asm__(".text\n" STUB(0) STUB(1) STUB(3) STUB(4) STUB(5) STUB(6) STUB(7) STUBC(8) STUBC(10) STUBC(11) STUBC(12) STUBC(13)
            STUBC(14) STUBC(17) STUB(48) STUB(49)
        "common: pushal; movl $0x10, %eax; movl %eax, %ds; movl %eax, %es; pushl %esp; call handle; addl $4, %esp; popal; addl $8, "
        "%esp; iret\n"
        "gate: pushl $0x77; movl 12(%esp), %eax; addl 16(%esp), %eax; addl $4, %esp; lret $8\n");
extern u8 gate[];

static u32 cr2(void) { u32 v; __asm__ volatile("movl %%cr2, %0" : "=r"(v)); return v; }

__attribute__((used)) void handle(frame *f) {
  count++;
  print_hex("vector", f->vector);
  if (f->vector != 48 && f->vector != 49) print_hex(" code", f->code);
  print_hex(" flags", f->flags & 0x4702);
  print_hex(" cs", f->cs);
  if (f->vector == 14) print_hex(" cr2", cr2());
  if (f->vector == 1) {
    if (count > 5000) f->flags &= ~0x100u;
    u32 d;
    __asm__ volatile("movl %%db6, %0" : "=r"(d));
    print_hex(" step", d & 0x4000);
    if ((f->eax & 0xff) == 99) f->flags &= ~0x100u;
    return;
  }
  if (f->vector == 3 || f->vector == 4 || f->vector == 48) return;
  f->eip = resume_at;
  if ((f->cs & 3) != 3) return;
  /* What came from ring 3 goes on in ring 0, on the stack that `ring3` left. */
  __asm__ volatile("movl %0, %%esp; movl $0x10, %%eax; movl %%eax, %%ds; movl %%eax, %%es; jmp *%1" : : "r"(resume_esp), "r"(resume_at));
}

/* Runs code that faults and goes on after it. */
#define TRY(label, code, ...)                                                                       \
  do {                                                                                              \
    print(label "\n");                                                                              \
    __asm__ volatile("movl $1f, resume_at; " code "; 1:" : : __VA_ARGS__ : "eax", "ecx", "edx", "memory", "cc"); \
  } while (0)

static void lgdt(void) {
  struct __attribute__((packed)) { u16 limit; u32 base; } g = {sizeof gdt - 1, (u32)gdt}, i = {sizeof idt - 1, (u32)idt};
  __asm__ volatile(
      "lgdt %0; lidt %1; ljmp $8, $1f; 1: movl $0x10, %%eax; movl %%eax, %%ds; movl %%eax, %%es; movl %%eax, %%ss; movl %%eax, %%fs; movl %%eax, %%gs"
      : : "m"(g), "m"(i) : "eax");
}

static void setup(void) {
  gdt[1] = descriptor(0, 0xfffff, 0x9a, 0xc);
  gdt[2] = descriptor(0, 0xfffff, 0x92, 0xc);
  gdt[3] = descriptor(0, 0xfffff, 0xfa, 0xc);
  gdt[4] = descriptor(0, 0xfffff, 0xf2, 0xc);
  gdt[5] = descriptor((u32)tss, 103, 0x89, 0);
  gdt[6] = descriptor((u32)victim, 15, 0x92, 4);       /* small data */
  gdt[7] = descriptor((u32)victim, 0xfff, 0x90, 4);    /* read-only */
  gdt[8] = descriptor((u32)victim, 15, 0x12, 4);       /* not present */
  gdt[9] = descriptor((u32)victim, 0xfff, 0x96, 4);    /* expand down: 0x1000 to 4 GiB */
  gdt[10] = (u64)((u32)gate & 0xffff) | 0x00080000ull | 0xec02ull << 32 | (u64)((u32)gate >> 16) << 48; /* call gate, 2 parameters */
  gdt[11] = descriptor(0, 0xfffff, 0x9e, 0xc);         /* conforming code */
  gdt[12] = descriptor(0, 0xfffff, 0x98, 0xc);         /* execute-only */
  gdt[13] = descriptor((u32)victim, 7, 0x82, 0);       /* LDT with one entry */
  ((u64 *)victim)[0] = descriptor(0x1000, 0xfff, 0x92, 4);
  tss[1] = (u32)ring0_stack + sizeof ring0_stack;
  tss[2] = 0x10;
  tss[25] = 104u << 16;
  GATE(0, v0, 0x8e); GATE(1, v1, 0x8e); GATE(3, v3, 0xee); GATE(4, v4, 0xef); GATE(5, v5, 0x8e); GATE(6, v6, 0x8e); GATE(7, v7, 0x8e);
  GATE(8, v8, 0x8e); GATE(10, v10, 0x8e); GATE(11, v11, 0x8e); GATE(12, v12, 0x8e); GATE(13, v13, 0x8e); GATE(14, v14, 0x8e); GATE(17, v17, 0x8e);
  GATE(48, v48, 0xef); GATE(49, v49, 0xee);
  idt[50] = idt[48] & ~(0x80ull << 40); /* not present */
  lgdt();
  __asm__ volatile("ltr %w0" : : "r"(0x28));
}

static void faults(void) {
  TRY("divide", "xorl %%ecx, %%ecx; divl %%ecx", "i"(0));
  TRY("overflow", "movl $0x80000000, %%eax; cltd; movl $-1, %%ecx; idivl %%ecx", "i"(0));
  TRY("breakpoint", "int3; incl count", "i"(0));
  TRY("into", "movl $0x7fffffff, %%eax; addl $1, %%eax; into", "i"(0));
  TRY("bound", "movl $5, %%eax; boundl %%eax, %0", "m"(*(u64 *)(victim + 64)));
  TRY("ud2", "ud2", "i"(0));
  TRY("lock", ".byte 0xf0, 0x90", "i"(0));
  TRY("int absent", "int $50", "i"(0));
  TRY("int past limit", "int $100", "i"(0));
  TRY("int trap", "int $48", "i"(0));
  TRY("not present", "movl $0x40, %%eax; movl %%eax, %%fs", "i"(0));
  TRY("not present ss", "movl $0x40, %%eax; movl %%eax, %%ss", "i"(0));
  TRY("read-only ss", "movl $0x38, %%eax; movl %%eax, %%ss", "i"(0));
  TRY("null ss", "xorl %%eax, %%eax; movl %%eax, %%ss", "i"(0));
  TRY("past table", "movl $0x1000, %%eax; movl %%eax, %%es", "i"(0));
  TRY("system segment", "movl $0x28, %%eax; movl %%eax, %%es", "i"(0));
  TRY("execute-only read", "movl $0x60, %%eax; movl %%eax, %%es", "i"(0));
  TRY("ring 3 ss", "movl $0x23, %%eax; movl %%eax, %%ss", "i"(0));
  TRY("mov cs", ".byte 0x8e, 0xc8", "i"(0));
  TRY("ldt", "movl $0x68, %%eax; lldt %%ax; movl $4, %%eax; movl %%eax, %%fs; movl %%fs:0, %%eax; movl $0xc, %%eax; movl %%eax, %%fs", "i"(0));
  TRY("jump to data", "ljmp $0x10, $0", "i"(0));
  TRY("jump to null", "ljmp $0, $0", "i"(0));
  TRY("jump to tss absent", "ljmp $0x40, $0", "i"(0));
  TRY("busy ltr", "movl $0x28, %%eax; ltr %%ax", "i"(0));
  TRY("cr1", ".byte 0x0f, 0x20, 0xc8", "i"(0));
  u32 a, b, c;
  __asm__ volatile("movl $0x30, %%edx; xorl %0, %0; lsl %%edx, %0; setz %b1; movzbl %b1, %1; lar %%edx, %2" : "=&q"(a), "=&q"(b), "=&q"(c) : : "edx", "cc");
  print_hex("lsl", a); print_hex("zf", b); print_hex("lar", c);
  for (u32 s = 0; s < 0x70; s += 8) {
    u8 r, w;
    __asm__ volatile("verr %w2; setz %0; verw %w2; setz %1" : "=&q"(r), "=&q"(w) : "r"(s) : "cc");
    print_hex("verify", r * 2u + w);
  }
#ifndef QUIET
  /* Whoever steps a machine cannot see it step itself. */
  print("step\n");
  __asm__ volatile("pushfl; orl $0x100, (%%esp); popfl; nop; movl $5, %%eax; movl $2, %%ecx; leal count, %%edi; leal victim + 100, %%edi; rep stosb; int $48; movl $99, %%eax; nop; nop" : : : "eax", "ecx", "edi", "memory");
#endif
}

static void ring3(const char *label, u32 code) {
  print(label);
  print("\n");
  __asm__ volatile(
      "pushl %%ebp; pushl %%ebx; pushl %%esi; pushl %%edi; movl %%esp, resume_esp; movl $1f, resume_at\n\t"
      "pushl $0x23; pushl %1; pushfl; andl $~0x3000, (%%esp); pushl $0x1b; pushl %0\n\t"
      "movl $0x23, %%eax; movl %%eax, %%ds; movl %%eax, %%es; iret\n"
      "1: popl %%edi; popl %%esi; popl %%ebx; popl %%ebp"
      : : "c"(code), "d"((u32)user_stack + sizeof user_stack) : "eax", "memory", "cc");
}

#define USER(name, code) __asm__(".text\n" name ": " code "; int $49\n"); extern u8
#define U(n) u_##n
USER("u_cli", "pushl $0; cli") u_cli[];
USER("u_out", "movb $65, %al; outb %al, $0xe9") u_out[];
USER("u_hlt", "hlt") u_hlt[];
USER("u_lgdt", "lgdt 0x100000") u_lgdt[];
USER("u_cr", "movl %cr0, %eax") u_cr[];
USER("u_int", "int $48; int $14") u_int[];
USER("u_popf", "pushl $0x3202; popfl; pushfl; popl %eax; movl %eax, victim + 200") u_popf[];
USER("u_gate", "pushl $5; pushl $6; lcall $0x50, $0; movl %eax, victim + 204; movl %esp, victim + 208") u_gate[];
USER("u_segment", "movl $0x10, %eax; movl %eax, %ds") u_segment[];
USER("u_fault", "movl 0x70000000, %eax") u_fault[];
USER("u_supervisor", "movl directory, %eax") u_supervisor[];

static void rings(void) {
  ring3("popf", (u32)u_popf);
  print_hex("user flags", *(u32 *)(victim + 200) & 0x3200);
  ring3("gate", (u32)u_gate);
  print_hex("gate sum", *(u32 *)(victim + 204));
  print_hex("gate esp", *(u32 *)(victim + 208) - (u32)user_stack);
  ring3("cli", (u32)u_cli);
  ring3("out", (u32)u_out);
  ring3("hlt", (u32)u_hlt);
  ring3("lgdt", (u32)u_lgdt);
  ring3("cr0", (u32)u_cr);
  ring3("int", (u32)u_int);
  ring3("segment", (u32)u_segment);
}

static u32 entry_bits(u32 linear) { return table[linear >> 12 & 1023] & 0xfff; }

static void paging(void) {
  for (u32 i = 0; i < 1024; i++) table[i] = i << 12 | 7;
  directory[0] = (u32)table | 7;
  directory[1] = 0x400000 | 0x87;
  u32 v = (u32)victim;
  table[(v >> 12) + 1] = 0;
  __asm__ volatile("movl %%cr4, %%eax; orl $0x10, %%eax; movl %%eax, %%cr4; movl %0, %%cr3; movl %%cr0, %%eax; orl $0x80000000, %%eax; movl %%eax, %%cr0" : : "r"(directory) : "eax");
  print_hex("before", entry_bits(v));
  (void)*(volatile u8 *)v;
  print_hex("read", entry_bits(v));
  *(volatile u8 *)v = 1;
  print_hex("written", entry_bits(v));
  TRY("absent read", "movl %0, %%eax", "m"(*(u32 *)(victim + 4096)));
  TRY("absent write", "movl %%eax, %0", "m"(*(u32 *)(victim + 4100)));
  TRY("crossing write", "movl $0x11223344, %0", "m"(*(u32 *)(victim + 4094)));
  print_hex("untouched", *(u32 *)(victim + 4092));
  TRY("rep across", "leal victim + 4090, %%edi; movl $20, %%ecx; movb $0x5a, %%al; rep stosb", "i"(0));
  print_hex("filled", *(u32 *)(victim + 4092));
  TRY("no directory", "movl 0x80000000, %%eax", "i"(0));
  ring3("user fault", (u32)u_fault);
  table[(u32)directory >> 12] &= ~4u;
  ring3("user on supervisor", (u32)u_supervisor);
  table[v >> 12] = v | 5;
  __asm__ volatile("invlpg victim");
  *(volatile u8 *)v = 2;
  print_hex("wp off", entry_bits(v));
  __asm__ volatile("movl %%cr0, %%eax; orl $0x10000, %%eax; movl %%eax, %%cr0" : : : "eax");
  table[v >> 12] = v | 5;
  __asm__ volatile("invlpg victim");
  TRY("wp on", "incl %0", "m"(*(u32 *)victim));
  TRY("fetch absent", "jmp *%0", "r"(v + 4096));
  *(volatile u32 *)0x412340 = 0x600df00d;
  print_hex("large", *(volatile u32 *)0x412340);
  print_hex("large entry", directory[1]);
  table[0x200] = v | 7;
  print_hex("alias", *(volatile u32 *)(0x200000 + 4092));
  __asm__ volatile("movl %%cr0, %%eax; andl $0x7fffffff, %%eax; movl %%eax, %%cr0" : : : "eax");
  /* PAE: the same memory through 2 MiB pages and one table. */
  for (u32 d = 0; d < 4; d++) pointers[d] = (u32)pae_directory[d] | 1;
  for (u32 i = 0; i < 4; i++) pae_directory[0][i] = i << 21 | 0x83;
  for (u32 i = 0; i < 512; i++) pae_table[i] = i << 12 | 3;
  pae_table[5] = 0;
  pae_table[6] = 6 << 12 | 1;
  pae_directory[0][0] = (u32)pae_table | 3;
  __asm__ volatile("movl %%cr4, %%eax; orl $0x20, %%eax; movl %%eax, %%cr4; movl %0, %%cr3; movl %%cr0, %%eax; orl $0x80000000, %%eax; movl %%eax, %%cr0" : : "r"(pointers) : "eax");
  print_hex("pae", *(volatile u32 *)(0x400000 + 0x12340));
  TRY("pae absent", "movl 0x5123, %%eax", "i"(0));
  TRY("pae read-only", "movl %%eax, 0x6100", "i"(0));
  TRY("pae no directory", "movl %%eax, 0xc0000000", "i"(0));
  print_hex("pae accessed", (u32)pae_table[6] & 0xfff);
  print_hex("pae large", (u32)pae_directory[0][2] & 0xfff);
  __asm__ volatile("movl %%cr0, %%eax; andl $0x7fffffff, %%eax; movl %%eax, %%cr0" : : : "eax");
}

int main(void) {
  setup();
  faults();
  rings();
  paging();
  print_hex("count", count);
  return 42;
}
