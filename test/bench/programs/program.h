/* A program without an end, for the toy PC and for v86: Multiboot header and start. */
typedef unsigned char u8;
typedef unsigned int u32;

__attribute__((section(".multiboot"), used)) static const u32 multiboot[3] = {0x1badb002, 0, -0x1badb002u};
static u8 stack[65536] __attribute__((aligned(16), used));

void run(void);
__attribute__((naked, section(".text.start"), used)) void _start(void) {
  __asm__ volatile("movl $stack + 65536, %esp; xorl %ebp, %ebp; call run");
}
