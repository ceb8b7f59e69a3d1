/** Programs to begin with. Each is a guest as it stands: it needs no file but its own. */
export interface Example {
  /** As `vmferry assemble` and `--guest` know it. */
  readonly name: string;
  /** What it does, and what of it can be seen in a migration. */
  readonly title: string;
  readonly text: string;
}

const EVERY_THIRD_PAGE = `; Dirties every third page between 2 and 4 MiB, again and again.
_start: mov     edi, 0x200000           ; the first page
.page:  inc     byte [edi]              ; one write makes a whole page dirty
        add     edi, 3 * 4096
        cmp     edi, 0x400000
        jb      .page
        jmp     _start
`;

const COUNTER = `; Counts in one place of memory, and answers the client on the serial line.
RECEIVE equ     0x3f8                   ; the UART's data register
STATUS  equ     0x3fd                   ; its line status: bit 0 is set when a byte has come

_start: mov     ecx, 2000
.count: inc     dword [counter]         ; the same page in every round
        loop    .count
        mov     edx, STATUS
        in      al, dx
        test    al, 1
        jz      _start
        mov     edx, RECEIVE
        in      al, dx
        out     dx, al                  ; sent back as it came
        jmp     _start

section .bss
alignb  4096                    ; apart from the code: code that is written to is decoded anew
counter: resd   1
`;

const FIBONACCI = `; Prints the Fibonacci numbers below 100000 on the debug port, then ends.
DEBUG   equ     0xe9                    ; a byte written here is printed
EXIT    equ     0xf4                    ; a byte written here ends the program

_start: mov     esp, stack_top
        xor     esi, esi                ; this number
        mov     edi, 1                  ; the next one
.next:  mov     eax, esi
        call    print
        mov     al, ' '
        out     DEBUG, al
        xadd    edi, esi                ; the next becomes the sum, this becomes the next
        cmp     esi, 100000
        jb      .next
        xor     eax, eax
        out     EXIT, al
.end:   hlt
        jmp     .end

; Prints EAX in decimal digits.
print:  mov     ebx, 10
        xor     ecx, ecx                ; how many digits
.digit: xor     edx, edx
        div     ebx                     ; EDX is the last digit
        push    edx
        inc     ecx
        test    eax, eax
        jnz     .digit
.out:   pop     eax
        add     al, '0'
        out     DEBUG, al
        loop    .out
        ret

section .bss
alignb  16
        resb    4096
stack_top:
`;

const PAGING = `; Switches paging on, and writes to one page under an address of its own.
DIRECTORY equ   0x200000                ; 1024 entries, 4 MiB each
LOW     equ     0x201000                ; the first 4 MiB, as they are
HIGH    equ     0x202000                ; the 4 MiB from 0xC0000000
FRAME   equ     0x300000                ; the page that is written to
PRESENT equ     1
WRITABLE equ    2

_start: mov     edi, LOW                ; each entry: address of a frame, and what may be done
        mov     eax, PRESENT | WRITABLE
.entry: stosd
        add     eax, 4096
        cmp     edi, LOW + 4096
        jb      .entry
        mov     dword [HIGH], FRAME | PRESENT | WRITABLE
        mov     dword [DIRECTORY], LOW | PRESENT | WRITABLE
        mov     dword [DIRECTORY + (0xc0000000 >> 22) * 4], HIGH | PRESENT | WRITABLE
        mov     eax, DIRECTORY
        mov     cr3, eax
        mov     eax, cr0
        or      eax, 1 << 31
        mov     cr0, eax                ; from here on every address is looked up
        jmp     short $ + 2
.write: inc     dword [0xc0000000]      ; lands in FRAME
        jmp     .write
`;

const TIMER = `; Sleeps, and is woken by the timer ten times; then ends.
DEBUG   equ     0xe9
EXIT    equ     0xf4

_start: mov     esp, stack_top
        lgdt    [gdt_register]
        mov     ax, data_segment
        mov     ss, ax
        mov     eax, tick               ; the gate of vector 0x20 leads to tick
        mov     [gate], ax
        shr     eax, 16
        mov     [gate + 6], ax
        lidt    [idt_register]
        mov     al, 0x11                ; the interrupt controller: line 0 is vector 0x20
        out     0x20, al
        mov     al, 0x20
        out     0x21, al
        mov     al, 4
        out     0x21, al
        mov     al, 1
        out     0x21, al
        mov     al, 0xfe                ; only the timer's line is open
        out     0x21, al
        mov     al, 0x34                ; the timer: every 11932 / 1193182 s, which is 10 ms
        out     0x43, al
        mov     al, 11932 & 0xff
        out     0x40, al
        mov     al, 11932 >> 8
        out     0x40, al
        sti
.sleep: hlt
        cmp     dword [ticks], 10
        jb      .sleep
        xor     eax, eax
        out     EXIT, al
.end:   hlt
        jmp     .end

tick:   push    eax
        inc     dword [ticks]
        mov     al, '.'
        out     DEBUG, al
        mov     al, 0x20                ; done: the next may come
        out     0x20, al
        pop     eax
        iret

section .data
align   8
gdt:    dq      0                       ; never used
code_segment equ $ - gdt
        dq      0x00cf9a000000ffff      ; 4 GiB from 0, executable
data_segment equ $ - gdt
        dq      0x00cf92000000ffff      ; 4 GiB from 0, writable
gdt_register:
        dw      gdt_register - gdt - 1
        dd      gdt
align   8
idt:    times   0x20 dq 0
gate:   dw      0, code_segment, 0x8e00, 0
idt_register:
        dw      idt_register - idt - 1
        dd      idt
ticks:  dd      0

section .bss
alignb  16
        resb    4096
stack_top:
`;

export const EXAMPLES: readonly Example[] = [
  {
    name: 'every-third-page',
    title: 'Dirties every third page: a working set that never fits a round.',
    text: EVERY_THIRD_PAGE,
  },
  {
    name: 'counter',
    title: 'Counts in one page, and answers the client on the serial line.',
    text: COUNTER,
  },
  {
    name: 'fibonacci',
    title: 'Prints Fibonacci numbers, with a procedure and a stack, and ends.',
    text: FIBONACCI,
  },
  {
    name: 'paging',
    title: 'Switches paging on: one page under an address of its own, for page-table walks.',
    text: PAGING,
  },
  {
    name: 'timer',
    title: 'Sleeps until the timer wakes it: descriptor tables, an interrupt, HLT.',
    text: TIMER,
  },
];

export const findExample = (name: string): Example | undefined =>
  EXAMPLES.find((example) => example.name === name);
