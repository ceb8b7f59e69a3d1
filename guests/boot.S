/*
 * Multiboot 1 header and entry (Multiboot Specification 0.6.96, §3.1 and §3.2). The loader enters
 * here in 32-bit protected mode with flat segments, EAX = magic, EBX = information structure,
 * interrupts off. The first page of the image holds nothing else, so that it is never written.
 */
        .set    MAGIC, 0x1badb002
        .set    FLAGS, 0x00000002               /* wants mem_lower and mem_upper */

        .section .boot, "ax"
        .align  4
        .long   MAGIC
        .long   FLAGS
        .long   -(MAGIC + FLAGS)

        .globl  _start
_start:
        movl    $stack_end, %esp
        pushl   %ebx
        pushl   %eax
        call    guest_main
        /* A guest that returns has nothing left to do: exit port, then rest. */
        movl    $0, %eax
        outb    %al, $0xf4
1:      cli
        hlt
        jmp     1b

        .section .bss
        .align  4096
        .skip   4096
stack_end:

        .section .note.GNU-stack, "", @progbits
