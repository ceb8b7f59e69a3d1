/*
 * Executes single instructions on this machine's processor, in 32-bit user mode under Linux, and
 * writes down what they did, exceptions included. The trap flag ends each after one step; the one
 * signal handler notes the outcome and sets up the next. Freestanding: gcc -m32 without a C library.
 *
 * In: the three pages' content, then batches: a count, then that many `struct test`.
 * Out: a `struct outcome` for each, and the bytes of memory that it changed.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

enum {
  PAGE = 4096,
  CODE = 0x20000000, /* two pages, readable and executable */
  DATA = 0x20010000, /* two pages, writable */
  FIXED = 0x20013000, /* one page, read-only; all around them is nothing */
  CODE_ALIAS = 0x5b000000,
  FIXED_ALIAS = 0x5b010000,
  DATA_SIZE = 2 * PAGE,
  CODE_SIZE = 2 * PAGE,
  CODE_BYTES = 15,
  NO_POKE = 0xffff,
  USER_CODE = 0x23,
  USER_DATA = 0x2b,
  TRAP_FLAG = 0x100,
};

struct test {
  u8 code[CODE_BYTES], unused;
  u16 offset, poke_at;
  u32 general[8], flags, poke[4];
  u32 reserved[2];
};

struct outcome {
  u32 vector, error, cr2, eip, flags, general[8];
  u16 ds, es, fs, gs;
  u16 first, count; /* changed bytes of the data pages */
};

/* asm/sigcontext.h, struct sigcontext_32 */
struct context {
  u32 gs, fs, es, ds;
  u32 edi, esi, ebp, esp, ebx, edx, ecx, eax;
  u32 trapno, err, eip, cs, eflags, esp_at_signal, ss;
  u32 fpstate, oldmask, cr2;
};

struct action {
  void *handler;
  u32 flags;
  void *restorer;
  u32 mask[2];
};

enum { EXIT = 1, READ = 3, WRITE = 4, MMAP = 90, MUNMAP = 91, FTRUNCATE = 93, RT_SIGACTION = 174, SIGALTSTACK = 186, MEMFD = 356 };

static u8 signal_stack[16384] __attribute__((aligned(16)));
static u8 own_stack[8192] __attribute__((aligned(16), used));
/* What the data pages hold before an instruction, and without what the test puts there; then the fixed page. */
static u8 background[3 * PAGE] __attribute__((aligned(16)));
static u8 pristine[DATA_SIZE];
static u8 out[1 << 16];
static u32 out_length;
static struct test test;
static u32 left;
static int is_running;

static int call(int number, u32 a, u32 b, u32 c, u32 d, u32 e) {
  int result;
  __asm__ volatile("pushl %%ebp; xorl %%ebp, %%ebp; int $0x80; popl %%ebp"
                   : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
  return result;
}

static void __attribute__((noreturn)) leave(u32 status) {
  for (;;) call(EXIT, status, 0, 0, 0, 0);
}

static void need(int is_fine, u32 status) {
  if (!is_fine) leave(status);
}

static void copy(u8 *to, const u8 *from, u32 count) {
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

static int read_all(void *into, u32 length) {
  for (u32 done = 0; done < length;) {
    int got = call(READ, 0, (u32)into + done, length - done, 0, 0);
    if (got <= 0) return 0;
    done += (u32)got;
  }
  return 1;
}

static void flush(void) {
  for (u32 done = 0; done < out_length;) {
    int put = call(WRITE, 1, (u32)out + done, out_length - done, 0, 0);
    need(put > 0, 3);
    done += (u32)put;
  }
  out_length = 0;
}

static void note(const void *bytes, u32 count) {
  if (out_length + count > sizeof out) flush();
  copy(out + out_length, bytes, count);
  out_length += count;
}

static void record(const struct context *c) {
  struct outcome o = {c->trapno, c->err, c->cr2, c->eip, c->eflags,
                      {c->eax, c->ecx, c->edx, c->ebx, c->esp, c->ebp, c->esi, c->edi},
                      (u16)c->ds, (u16)c->es, (u16)c->fs, (u16)c->gs, 0, 0};
  const u32 *now = (const u32 *)DATA;
  const u32 *before = (const u32 *)background;
  u32 first = 0, end = DATA_SIZE / 4;
  while (first < end && now[first] == before[first]) first++;
  while (end > first && now[end - 1] == before[end - 1]) end--;
  o.first = (u16)(first * 4);
  o.count = (u16)((end - first) * 4);
  note(&o, sizeof o);
  note(now + first, o.count);
}

static u32 code_length(void) {
  u32 room = CODE_SIZE - test.offset;
  return room < CODE_BYTES ? room : CODE_BYTES;
}

static void next(struct context *c) {
  if (left == 0) {
    flush();
    if (!read_all(&left, sizeof left) || left == 0) leave(0);
  }
  left--;
  need(read_all(&test, sizeof test), 4);
  if (test.poke_at != NO_POKE) {
    copy(background + test.poke_at, (const u8 *)test.poke, sizeof test.poke);
    copy((u8 *)DATA + test.poke_at, (const u8 *)test.poke, sizeof test.poke);
  }
  copy((u8 *)CODE_ALIAS + test.offset, test.code, code_length());
  const u32 *g = test.general;
  *c = (struct context){0, 0, USER_DATA, USER_DATA, g[7], g[6], g[5], g[4], g[3], g[2], g[1], g[0], 0, 0, CODE + test.offset,
                        USER_CODE, test.flags | TRAP_FLAG, 0, USER_DATA, 0, 0, 0};
}

/* All pages as they were; only what an instruction changed is written. */
static void restore(void) {
  static const u8 nothing[CODE_BYTES];
  copy((u8 *)CODE_ALIAS + test.offset, nothing, code_length());
  if (test.poke_at != NO_POKE) copy(background + test.poke_at, pristine + test.poke_at, sizeof test.poke);
  u32 *to = (u32 *)DATA;
  const u32 *from = (const u32 *)background;
  for (u32 i = 0; i < DATA_SIZE / 4; i++)
    if (to[i] != from[i]) to[i] = from[i];
}

__attribute__((used)) void step(struct context *c) {
  if (is_running) {
    record(c);
    restore();
  }
  is_running = 1;
  next(c);
}

/* The frame of a signal without SA_SIGINFO: return address, number, context. AC, DF and TF go off first. */
__asm__("handler: pushl $2; popfl; leal 8(%esp), %eax; pushl %eax; call step; addl $4, %esp; ret\n"
        "restorer: popl %eax; movl $119, %eax; int $0x80\n");
extern u8 handler[], restorer[];

static void map(u32 at, u32 size, u32 protection, u32 flags, int file, u32 offset) {
  u32 arguments[6] = {at, size, protection, flags, (u32)file, offset};
  need((u32)call(MMAP, (u32)arguments, 0, 0, 0, 0) == at, 5);
}

__attribute__((used)) static void start(void) {
  enum { READABLE = 1, WRITABLE = 3, EXECUTABLE = 5, SHARED_FIXED = 0x11, PRIVATE_FIXED = 0x32, ON_STACK_AGAIN = 0x4c000000 };
  /* The process's first stack and what the kernel put beside it are no place to stray into. */
  call(MUNMAP, 0xf0000000, 0x0fffe000, 0, 0, 0);
  int file = call(MEMFD, (u32) "pages", 0, 0, 0, 0);
  need(file >= 0, 6);
  need(call(FTRUNCATE, (u32)file, 3 * PAGE, 0, 0, 0) == 0, 7);
  map(CODE, CODE_SIZE, EXECUTABLE, SHARED_FIXED, file, 0);
  map(CODE_ALIAS, CODE_SIZE, WRITABLE, SHARED_FIXED, file, 0);
  map(FIXED, PAGE, READABLE, SHARED_FIXED, file, 2 * PAGE);
  map(FIXED_ALIAS, PAGE, WRITABLE, SHARED_FIXED, file, 2 * PAGE);
  map(DATA, DATA_SIZE, WRITABLE, PRIVATE_FIXED, -1, 0);
  need(read_all(background, sizeof background), 8);
  copy((u8 *)DATA, background, DATA_SIZE);
  copy(pristine, background, DATA_SIZE);
  copy((u8 *)FIXED_ALIAS, background + DATA_SIZE, PAGE);
  /* Present in the page tables from the first, so that a fault there is one of rights. */
  (void)*(volatile u8 *)FIXED;
  for (u32 at = CODE; at < CODE + CODE_SIZE; at += PAGE) (void)*(volatile u8 *)at;
  u32 stack[3] = {(u32)signal_stack, 0, sizeof signal_stack};
  need(call(SIGALTSTACK, (u32)stack, 0, 0, 0, 0) == 0, 9);
  struct action action = {handler, ON_STACK_AGAIN, restorer, {0, 0}};
  static const u8 signals[] = {4 /* ILL */, 5 /* TRAP */, 7 /* BUS */, 8 /* FPE */, 11 /* SEGV */};
  for (u32 i = 0; i < sizeof signals; i++) need(call(RT_SIGACTION, signals[i], (u32)&action, 0, 8, 0) == 0, 10);
  __asm__ volatile("ud2");
}

__attribute__((naked)) void _start(void) { __asm__("movl $own_stack + 8192, %esp; call start"); }
