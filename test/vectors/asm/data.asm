; Data, texts, expressions and local names: nasm -f bin data.asm -o data.bin
bits 32

NUL     equ     0
count   equ     (table.end - table) / 4
mask    equ     ~(1 << 4) & 0xff
$eax    equ     7

text:   db      'single', "double", `back\n\t\x41\101\\\e`, NUL
        db      "it's", 'a "quote"', ''
        db      1, -1, 255, -128, 0x7f, 'a', 'b' + 1
        db      0ffh, 0b1010_0101, 1010b, 17o, 0q17, 0d10, $0ff, 10d, 0y11
        dw      'ab', 'abc', 0x1234, -1, 65535
        dd      'abcde', 0xdeadbeef, -2, text, text + 4, $, $$
        dq      'abc', 0x123456789abcdef0, -1, 'abcdefgh'
        db      'Grüße, мир', 0
        db      1, 2, 3,                ; a comma at the end
table:
.first: dd      1
.second: dd     .first, .end
        dd      table.second
.end:
        db      count, mask, $eax
        dd      1 + 2 * 3, (1 + 2) * 3, 10 / 3, 10 % 3, -10 // 3, -10 %% 3
        dd      1 << 4 | 3, 7 & 5 ^ 1, ~0, !0, !5, - -3, +4, 1 << 31 >> 3
        dd      0xff - 0x0f << 1, 2 + 3 * 4 << 1 ^ 7 & 5 | 8
        align   4
        db      5
        align   16, db 0xcc
other:
.first: db      6
.end:   dd      .end - .first, table.end - .first
        resb    3
        resw    2
        resd    1
        times   5 db 'x', 1
        times   3 dw 0x0102
        alignb  8
        dd      other.first
word_:  dw      text
        db      (other - table) / 2
lone    db      1
