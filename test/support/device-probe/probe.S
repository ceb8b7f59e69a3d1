/*
 * Start of the probe (Multiboot 1): own descriptors, one stub per interrupt vector, and the list of
 * accesses that the test put beside it.
 */
        .section .text.start, "ax"
        .align 4
        .long 0x1badb002
        .long 0
        .long -0x1badb002

        .globl _start
_start: movl $stack_end, %esp
        lgdt gdt_pointer
        ljmp $8, $1f
1:      movw $16, %ax
        movw %ax, %ds
        movw %ax, %es
        movw %ax, %ss
        call build_idt
        lidt idt_pointer
        call probe
2:      hlt
        jmp 2b

/* Lets one interrupt in, if one waits: gives its vector, or -1. */
        .globl interrupt_window
interrupt_window:
        movl $-1, taken
        sti
        nop
        nop
        nop
        cli
        movl taken, %eax
        ret

build_idt:
        movl $stubs, %eax
        movl $idt, %edi
        movl $256, %ecx
1:      movw %ax, (%edi)
        movw $8, 2(%edi)
        movw $0x8e00, 4(%edi)
        movl %eax, %edx
        shrl $16, %edx
        movw %dx, 6(%edi)
        addl $32, %eax
        addl $8, %edi
        loop 1b
        ret

/* The handler returns with interrupts off, so that a second one has to wait. */
        .align 32
stubs:
        .set vector, 0
        .rept 256
        .align 32
        movl $vector, taken
        andl $~0x200, 8(%esp)
        iret
        .set vector, vector + 1
        .endr

        .section .rodata
        .globl accesses
        .align 8
accesses:
        .incbin "accesses.bin"

        .data
        .align 8
gdt:    .quad 0
        .quad 0x00cf9a000000ffff
        .quad 0x00cf92000000ffff
gdt_pointer:
        .word 23
        .long gdt
idt_pointer:
        .word 2047
        .long idt
        .globl taken
taken:  .long -1

        .bss
        .align 16
idt:    .skip 2048
        .skip 4096
stack_end:

        .section .note.GNU-stack, "", @progbits
