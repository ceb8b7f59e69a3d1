/*
 * The ways into the kernel and out of it. Every interrupt, exception and system call arrives here
 * through an interrupt gate, so with interrupts off, and leaves a `struct trap_frame` (kernel.h) on
 * the kernel's stack. Intel 80386/i486 Programmer's Reference Manual, chapter 9.
 */
#include "selectors.h"

        .text
        .globl  trap_vectors
        .globl  system_call_vector
        .globl  enter_workload

/* Stubs of 16 bytes, one per vector: exceptions 0 to 31 and the sixteen interrupt requests. */
        .align  16
trap_vectors:
        .set    vector, 0
        .rept   48
        .if     !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17)
        pushl   $0                      /* in place of the error code that only some have */
        .endif
        pushl   $vector
        jmp     trap
        .align  16
        .set    vector, vector + 1
        .endr

system_call_vector:
        pushl   $0
        pushl   $SYSTEM_CALL_VECTOR
trap:
        pushal
        pushl   %ds
        pushl   %es
        movl    $KERNEL_DATA, %eax
        movl    %eax, %ds
        movl    %eax, %es
        cld
        pushl   %esp
        call    handle_trap
        addl    $4, %esp
        popl    %es
        popl    %ds
        popal
        addl    $8, %esp
        iret

/* enter_workload(eip, esp): down to ring 3, interrupts on, never to return. */
enter_workload:
        movl    4(%esp), %ecx
        movl    8(%esp), %edx
        movl    $USER_DATA, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %fs
        movl    %eax, %gs
        pushl   %eax
        pushl   %edx
        pushl   $0x202
        pushl   $USER_CODE
        pushl   %ecx
        xorl    %eax, %eax
        xorl    %ebx, %ebx
        xorl    %ecx, %ecx
        xorl    %edx, %edx
        xorl    %esi, %esi
        xorl    %edi, %edi
        xorl    %ebp, %ebp
        iret

        .section .note.GNU-stack, "", @progbits
