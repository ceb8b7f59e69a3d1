/* What compilers seldom emit: BCD, bit strings, double shifts, XADD, CMPXCHG, ENTER, self-modifying code, flags. */
#include "program.h"

static u32 flags_of(void) {
  u32 f;
  __asm__ volatile("pushfl; popl %0" : "=r"(f));
  return f & 0x8d5;
}

#define SHOW(label, code, in)                                                                        \
  do {                                                                                               \
    u32 a = (in), f;                                                                                 \
    __asm__ volatile("pushl $0x2; popfl; " code "; pushfl; popl %1" : "+a"(a), "=r"(f) : : "ecx", "edx", "cc"); \
    print_hex(label, a);                                                                             \
    print_hex(label, f & 0x8d5);                                                                     \
  } while (0)

static u8 patch[16] = {0xb8, 1, 0, 0, 0, 0xc3};

static u32 counted(u32 (*f)(void)) {
  u32 h = 0;
  for (u32 i = 0; i < 20; i++) {
    patch[1] = (u8)(i * 3);
    patch[2] = (u8)i;
    h = h * 31 + f();
  }
  return h;
}

__attribute__((noinline)) static u32 self(void) {
  u32 r;
  __asm__ volatile(
      "xorl %0, %0\n\t"
      "movl $5, %%ecx\n"
      "1: leal 2f, %%edx\n\t"
      "incb 2(%%edx)\n"
      "2: addl $0x11, %0\n\t"
      ".byte 0xeb, 0\n\t"
      "loop 1b"
      : "=&a"(r) : : "ecx", "edx", "memory", "cc");
  return r;
}

int main(void) {
  for (u32 i = 0; i < 256; i += 7) {
    SHOW("daa", "addb $0x19, %%al; daa", i);
    SHOW("das", "subb $0x28, %%al; das", i);
    SHOW("aaa", "addb $7, %%al; aaa; andl $0xffff, %%eax", i);
    SHOW("aas", "subb $8, %%al; aas; andl $0xffff, %%eax", i);
    SHOW("aam", "aam; andl $0xffff, %%eax; testb %%al, %%al", i);
    SHOW("aad", "movb $3, %%ah; aad; testb %%al, %%al", i);
  }
  for (u32 i = 1; i < 31; i++) {
    u32 a = 0x80000001u * i, b = 0x12345678u * i;
    __asm__ volatile("shldl %%cl, %1, %0" : "+r"(a) : "r"(b), "c"(i) : "cc");
    print_hex("shld", a);
    __asm__ volatile("shrdl %%cl, %1, %0" : "+r"(a) : "r"(b), "c"(i) : "cc");
    print_hex("shrd", a);
    __asm__ volatile("rcll %%cl, %0; rcrl $3, %0; rorb $5, %b0; rolw $7, %w0" : "+q"(a) : "c"(i) : "cc");
    print_hex("rotate", a);
    print_hex("carry", flags_of() & 1);
  }
  static u32 string[8];
  for (int i = -70; i < 130; i += 13) {
    u8 old;
    __asm__ volatile("btsl %2, 12(%1); setc %0" : "=q"(old) : "r"(string), "r"(i) : "cc", "memory");
    __asm__ volatile("btcl %2, 12(%1); setc %0" : "=q"(old) : "r"(string), "r"(i ^ 1) : "cc", "memory");
    print_hex("bit", old);
  }
  for (int i = 0; i < 8; i++) print_hex("string", string[i]);
  u32 memory = 100, sum = 5, expected = 105, set = 77;
  __asm__ volatile("lock xaddl %1, %0" : "+m"(memory), "+r"(sum) : : "cc");
  __asm__ volatile("lock cmpxchgl %2, %0" : "+m"(memory), "+a"(expected) : "r"(set) : "cc");
  print_hex("xadd", sum);
  print_hex("cmpxchg", memory);
  __asm__ volatile("cmpxchgl %2, %0" : "+m"(memory), "+a"(expected) : "r"(set) : "cc");
  print_hex("cmpxchg", expected);
  u32 low, high;
  __asm__ volatile("bsfl %2, %0; bsrl %2, %1" : "=&r"(low), "=&r"(high) : "r"(0x00ff0100) : "cc");
  print_hex("scan", low * 100 + high);
  u32 frame;
  __asm__ volatile("enter $32, $3; movl %%ebp, %0; subl %%esp, %0; leave" : "=&r"(frame) : : "memory");
  print_hex("enter", frame);
  u32 all;
  __asm__ volatile("movl $0x11223344, %%eax; pushal; movl 28(%%esp), %%eax; movl %%eax, 24(%%esp); popal" : "=c"(all) : : "eax", "memory");
  print_hex("pusha", all);
  u32 swapped = 0x01020304;
  __asm__ volatile("bswap %0; xlatb" : "+a"(swapped) : "b"(patch) : "memory");
  print_hex("xlat", swapped);
  print_hex("patched", counted((u32(*)(void))patch));
  print_hex("self", self());
  u16 narrow = 0xfff0;
  __asm__ volatile("addw $0x20, %0; sbbw $1, %0; incw %0; negw %0" : "+r"(narrow) : : "cc");
  print_hex("narrow", narrow);
  return 1000;
}
