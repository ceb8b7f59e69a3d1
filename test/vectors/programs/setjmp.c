/* setjmp and longjmp as a C library has them: errors thrown through frames, coroutines, a scheduler. */
#include "program.h"

typedef u32 jmp_buf[6];

__attribute__((naked, noinline, returns_twice)) static int setjmp(jmp_buf at) {
  __asm__("movl 4(%esp), %eax; movl %ebx, (%eax); movl %esi, 4(%eax); movl %edi, 8(%eax); movl %ebp, 12(%eax)\n\t"
          "leal 4(%esp), %ecx; movl %ecx, 16(%eax); movl (%esp), %ecx; movl %ecx, 20(%eax); xorl %eax, %eax; ret");
}

__attribute__((naked, noinline, noreturn)) static void longjmp(jmp_buf to, int value) {
  __asm__("movl 4(%esp), %edx; movl 8(%esp), %eax; testl %eax, %eax; jnz 1f; incl %eax\n"
          "1: movl (%edx), %ebx; movl 4(%edx), %esi; movl 8(%edx), %edi; movl 12(%edx), %ebp; movl 16(%edx), %esp; jmp *20(%edx)");
}

static jmp_buf handlers[20];
static int depth;
static volatile u32 trail;

static __attribute__((noreturn)) void throw(int error) { longjmp(handlers[--depth], error); }

/* A parser of sums and products that throws on what it does not understand. */
static const char *rest;
static i32 expression(void);

static i32 atom(void) {
  if (*rest == '(') {
    rest++;
    i32 v = expression();
    if (*rest++ != ')') throw(2);
    return v;
  }
  if (*rest < '0' || *rest > '9') throw(3);
  i32 v = 0;
  while (*rest >= '0' && *rest <= '9') v = v * 10 + *rest++ - '0';
  return v;
}

static i32 term(void) {
  i32 v = atom();
  while (*rest == '*' || *rest == '/') {
    char what = *rest++;
    i32 by = atom();
    if (what == '/' && by == 0) throw(4);
    v = what == '*' ? v * by : v / by;
  }
  return v;
}

static i32 expression(void) {
  i32 v = term();
  while (*rest == '+' || *rest == '-') v = *rest++ == '+' ? v + term() : v - term();
  return v;
}

static void evaluate(const char *text) {
  rest = text;
  print(text);
  int error = setjmp(handlers[depth]);
  if (error) {
    print_hex(" error", (u32)error);
    print_hex(" at", (u32)(rest - text));
    return;
  }
  depth++;
  i32 v = expression();
  if (*rest) throw(5);
  depth--;
  print_hex(" is", (u32)v);
}

/* Every level catches what the one below throws, and throws something else. */
static void nested(int level) {
  volatile int kept = level * 3;
  int error = setjmp(handlers[depth]);
  if (error) {
    trail = trail * 31 + (u32)error + (u32)kept;
    if (level) throw(error + level);
    return;
  }
  depth++;
  if (level == 12) throw(1);
  nested(level + 1);
}

/* Coroutines on stacks of their own. */
enum { THREADS = 5, WORDS = 1024 };
static u32 stacks[THREADS][WORDS];
static jmp_buf threads[THREADS], scheduler;
static int current, alive;

static void yield(void) {
  if (setjmp(threads[current]) == 0) longjmp(scheduler, 1);
}

__attribute__((noinline)) static void body(void) {
  u32 own = (u32)current * 7 + 1;
  for (int i = 0; i < 10 + current * 3; i++) {
    own = own * 1103515245 + 12345;
    trail = trail * 17 + own % 1000 + (u32)current;
    yield();
  }
  alive &= ~(1 << current);
  longjmp(scheduler, 2);
}

static void schedule(void) {
  volatile int turn = 0, finished = 0;
  for (int i = 0; i < THREADS; i++) {
    threads[i][4] = (u32)(stacks[i] + WORDS - 4), threads[i][5] = (u32)body;
    alive |= 1 << i;
  }
  if (setjmp(scheduler) == 2) finished++;
  while (alive) {
    current = turn++ % THREADS;
    if (alive >> current & 1) longjmp(threads[current], 1);
  }
  print_hex("turns", (u32)turn);
  print_hex("finished", (u32)finished);
}

int main(void) {
  evaluate("1+2*3");
  evaluate("(17-4)*(3+5)/7");
  evaluate("8/(4-4)");
  evaluate("(1+2");
  evaluate("2*x");
  evaluate("7 8");
  evaluate("((((((9))))))-10");
  nested(0);
  print_hex("nested", trail);
  print_hex("depth", (u32)depth);
  schedule();
  print_hex("trail", trail);
  jmp_buf twice;
  volatile int count = 0;
  int got = setjmp(twice);
  trail = trail * 5 + (u32)got;
  if (count++ < 6) longjmp(twice, count - 3);
  print_hex("values", trail);
  return 12;
}
