; One line for each way to write an instruction: sizes, prefixes, addresses, immediates, names.
; nasm -f bin forms.asm -o forms.bin
bits 32

cmp ax,0xffff
cmp eax,-1
add eax,1
add eax,dword 1
add eax,128
add ax,0xff80
add al,-1
and eax,0xffffff80
push 1
push word 1
push word 0x1234
push dword 0x12345
push byte 1
push 0xffffffff
imul eax,3
imul eax,ebx,3
imul eax,ebx,0x1234
mov eax,[0x1234]
mov al,[0x1234]
mov [0x1234],eax
mov [gs:0x1234],eax
mov eax,[ebx*2]
mov eax,[ebx*3]
mov eax,[esp]
mov eax,[ebp]
mov eax,[eax+esp]
mov eax,[ebp+eax]
mov eax,[eax+ebp]
mov eax,[eax*1+ebp]
mov eax,[bx+si]
mov eax,[bp]
mov eax,[bx+0x80]
mov eax,[word 0x1234]
mov eax,[byte ebx+0]
mov eax,[dword ebx+1]
mov eax,[ebx+0]
mov eax,ds
mov ax,ds
mov ds,ax
mov ds,eax
mov [ebx],ds
mov word [ebx],ds
xchg eax,ebx
xchg ebx,eax
xchg ebx,ecx
xchg [ebx],ecx
xchg ecx,[ebx]
xchg eax,eax
xchg ax,ax
test [ebx],eax
test eax,[ebx]
lar eax,bx
lar eax,ebx
lar ax,[ebx]
lsl eax,bx
sldt eax
sldt ax
sldt [ebx]
str eax
smsw eax
smsw ax
movzx eax,byte [ebx]
movzx eax,ax
movzx ax,al
shl eax,1
shl eax,5
shl eax,cl
shl byte [ebx],1
inc eax
inc byte [eax]
jmp 8:0x1234
jmp word 8:0x1234
call far [ebx]
call far word [ebx]
call dword far [ebx]
jmp [ebx]
jmp word [ebx]
ret 4
o16 ret
retn
retf 4
a16 loop $
loop $,cx
jcxz $
jecxz $
rep movsb
movsd
repne scasb
lodsw
insb
outsd
es movsb
xlatb
xlat
in al,0x60
in eax,dx
out dx,al
out 0x60,eax
enter 4,0
leave
iret
iretd
iretw
pusha
pushad
pushaw
pushf
pushfd
pushfw
push ds
pop fs
o16 push ds
cbw
cwde
cwd
cdq
aam
aam 5
bound eax,[ebx]
arpl ax,bx
arpl [ebx],ax
les eax,[ebx]
lgdt [ebx]
o16 lgdt [ebx]
invlpg [ebx]
mov cr0,eax
mov eax,dr7
cmpxchg8b [ebx]
bswap eax
bt eax,5
bt [ebx],eax
ud2
int 3
int3
int1
icebp
into
nop
nop dword [eax]
nop ax
pause
fwait
wait
lock add [ebx],eax
setz al
cmovz eax,[ebx]
shld eax,ebx,cl
shld [ebx],ax,3
lea eax,[bx+si]
lea eax,[ebx*4+8]
lea ax,[ebx]
mov eax,'abcd'
push 'a'
mov byte [ebx],1
mov eax,strict dword 1
add eax,strict dword 1
jmp short $
jmp near $
jmp strict near $
jz near $
jmp dword $
call $
call 0x1234
call word $
call eax
call ax
push eax
push ax
push dword [ebx]
push word [ebx]
pop dword [ebx]
xadd [ebx],eax
add [ebx],byte 1
add [ebx],dword 1
test al,1
test byte [ebx],1
bts dword [ebx],3
movsx eax,word [ebx]
lmsw ax
lmsw [ebx]
verr ax
verr [ebx]
ltr ax
mov [es:ebx],eax
mov eax,[eax+eax]
mov eax,[eax*2+4]
mov eax,[eax*5]
mov eax,[eax*9+4]
repz cmpsb
rep ret
cs nop
sal eax,2
loopz $
loopnz $
mov ax,[fs:bx]
es rep movsw
rep es a16 movsw
lock add word [fs:bx],1
mov eax,[ds:0x1234]
mov eax,[ds:ebx]
mov eax,[ss:ebp]
mov eax,[eax*1]
mov eax,[eax*1+4]
mov eax,[esp*1+eax]
mov eax,[eax*2+ebx]
mov eax,[ebx+eax*2]
mov eax,[ebx+ecx*1+4]
mov eax,[ecx*1+ebx+4]
mov eax,[ebx-128]
mov eax,[ebx+128]
mov eax,[si+bx]
mov eax,[bp+di-1]
mov eax,[word bx]
mov eax,[dword 0x12]
times 3 dd $-$$
times 3 jmp $
times 3 dd $
jmp 0x5
jz 0x5
db 'abc',1,"de",'a'+1
dw 'abc'
dd 'abcde'
dq 'abc',0x123456789abcdef0
db -1,255,-128
cmpxchg8b qword [ebx]
movzx ax,bl
setz [ebx]
nop eax
jmp far [ebx]
jmp far dword [ebx]
jmp far word [ebx]
jmp dword 8:0x12
call 8:0x12
call word 8:0x12
sldt word [ebx]
smsw [ebx]
str ax
mov word ds,ax
mov ax,word ds
lar eax,word [ebx]
lsl eax,[ebx]
lldt [ebx]
mov eax,~1
mov eax,-1
mov eax,1<<4|3
mov eax,7//2
mov eax,-7//2
mov eax,-7 %% 3
mov eax,7 % 3
mov eax,0ffh
mov eax,1010b
mov eax,0b1010_0000
mov eax,17o
mov eax,$0ff
mov eax,0d10
mov eax,!0
mov eax,(1+2)*3-4/2
mov eax,2+3*4<<1^7&5|8
mov eax,- -3
mov eax,~-3
imul eax,ebx,dword 3
imul eax,dword 3
imul eax,byte 3
imul ax,bx,300
imul ax,300
out 0x60,ax
outsw
rep outsb
insd
a16 lodsd
a16 xlatb
enter 16,1
retfw
o16 retf 4
retfd
int 0x80
aad
aad 16
jmp strict short $
jz short $
loope $,ecx
jmp near dword $
call near $
call near [eax]
call dword [eax]
push strict dword 1
push strict word 1
push strict byte 1
push byte -1
push es
pop es
pop word [ebx]
pop ax
and ax,0xfff0
and eax,0xfffffff0
xor al,0xff
or dword [ebx],0x80
or word [ebx],0x80
or word [ebx],byte 0x7f
add ax,byte 1
test ecx,ebx
test dword [ebx],5
test eax,5
xchg al,bl
xchg al,[ebx]
xchg ax,cx
xchg cx,ax
movsx eax,bl
movsx eax,bx
movsx ecx,byte [ebx]
cmovae ax,bx
shrd [ebx],eax,cl
shld eax,ebx,200
rep nop
repne movsb
lock inc dword [ebx]
lock cmpxchg8b [ebx]
inc ax
dec byte [ebx]
xadd al,bl
cmpxchg [ebx],bl
mov cr4,ecx
mov dr0,eax
mov eax,cr2
mov cr1,eax
mov fs,[ebx]
mov fs,word [ebx]
lss esp,[ebx]
push fs
push cs
ret 0
mov eax,[0]
mov al,[0]
mov byte [0],1
o32 nop
o16 nop
a16 nop
sti;x
mov eax , 'a' ; c
mov eax,"'"
push -129
push dword -1
add [0x1234],eax
repz ret
fs nop
dw 'a','bcd'
