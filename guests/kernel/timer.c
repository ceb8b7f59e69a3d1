/* The tick: counter 0 of the Intel 8254 (data sheet, mode 2) at 100 Hz. */
#include "kernel.h"
#include "net.h"
#include "pic.h"

enum {
  COUNTER_0 = 0x40,
  CONTROL = 0x43,
  RATE_GENERATOR_16_BIT = 0x34,
  INPUT_HZ = 1193182,
  DIVISOR = (INPUT_HZ + TICKS_PER_SECOND / 2) / TICKS_PER_SECOND,
};

static volatile u32 count;

void timer_start(void) {
  port_write(CONTROL, RATE_GENERATOR_16_BIT);
  port_write(COUNTER_0, DIVISOR & 0xff);
  port_write(COUNTER_0, DIVISOR >> 8);
  pic_enable(TIMER_LINE);
}

void timer_interrupt(void) {
  count++;
  net_tick();
}

u32 ticks(void) {
  return count;
}
