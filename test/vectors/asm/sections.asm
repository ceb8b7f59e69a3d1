; Sections, and addresses across them: nasm -f bin sections.asm -o sections.bin
bits 32
org 0x102000

section .data
value:  dd      42, message
align 16
buffer_end: dd  buffer + 64

section .text
global _start
_start: mov     esp, stack_top
        mov     eax, [value]
        add     dword [counter], 5
        mov     byte [buffer + ecx], 'x'
        mov     [buffer + ecx * 4], eax
        mov     ebx, [table + eax * 4 - 4]
        lea     esi, [message]
        push    message
        push    dword message.length
        cmp     eax, buffer
        jmp     done
        call    helper
        mov     ecx, $ - _start
        mov     edx, $$
[section .rodata]
message: db     'hello', 10
.length equ     $ - message
table:  dd      _start, done, message.length

section .bss
counter: resd   1
buffer: resb    67
alignb 16
        resb    4096
stack_top:

section .text
done:   hlt
        jmp     done
helper: ret
        align   8
        dd      value, message, counter, buffer, stack_top, stack_top - buffer
