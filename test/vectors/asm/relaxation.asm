; Jumps and values that grow only when they must: nasm -f bin relaxation.asm -o relaxation.bin
bits 32
org 0x100000

small   equ 127
big     equ 128
later   equ last - first

_start: jmp     near_by
        times 125 nop
near_by:
        jmp     far_away
        times 200 nop
far_away:
        jz      .just_short
        times 127 nop
.just_short:
        jnz     .just_long
        times 128 nop
.just_long:
        jmp     short .next
.next:  jmp     near .near
.near:  jc      near .done
.done:

; A chain in which one long jump makes the next one long.
a:      jmp     c
        times 120 nop
b:      jmp     a
c:      jmp     b
        times 119 nop
        jmp     a
        jge     b

back:   times 126 nop
        loop    near_back
near_back:
        jmp     back
        jecxz   near_back
        call    back
        call    far_away

        push    small
        push    big
        push    -small
        push    later
        push    below
        add     eax, later
        add     ecx, later
        add     edx, below
        mov     eax, [ebx + later]
        mov     eax, [ebx + below]
        mov     al, later
        mov     [esi + big], cl
        mov     [esi + small], cl
        cmp     dword [first], later
        imul    ecx, edx, later
        imul    ecx, edx, later * 60
below   equ     100

first:  db      1, 2, 3
last:
        times   16 - ($ - first) db 0xaa
        times   3 jmp $
        times   2 jz near first
        dd      $ - first, $ - $$, last, -later
