/* The pair of interrupt controllers. Intel 8259A data sheet; the PC's wiring, slave on request 2. */
#include "pic.h"
#include "kernel.h"

enum {
  MASTER = 0x20,
  SLAVE = 0xa0,
  MASK = 1, /* the controller's second port */
  EDGE_TRIGGERED_WITH_ICW4 = 0x11,
  MODE_8086 = 0x01,
  CASCADE = 2,
  READ_IN_SERVICE = 0x0b,
  SPECIFIC_END = 0x60,
  LAST_OF_CONTROLLER = 7,
};

static u16 masked;

void pic_start(void) {
  port_write(MASTER, EDGE_TRIGGERED_WITH_ICW4);
  port_write(SLAVE, EDGE_TRIGGERED_WITH_ICW4);
  port_write(MASTER + MASK, FIRST_REQUEST_VECTOR);
  port_write(SLAVE + MASK, FIRST_REQUEST_VECTOR + 8);
  port_write(MASTER + MASK, 1 << CASCADE);
  port_write(SLAVE + MASK, CASCADE);
  port_write(MASTER + MASK, MODE_8086);
  port_write(SLAVE + MASK, MODE_8086);
  masked = 0xffff;
  pic_enable(CASCADE);
}

void pic_enable(u8 line) {
  masked &= ~(1 << line);
  port_write(MASTER + MASK, masked & 0xff);
  port_write(SLAVE + MASK, masked >> 8);
}

int pic_is_spurious(u8 line) {
  if ((line & 7) != LAST_OF_CONTROLLER) return 0;
  u16 controller = line < 8 ? MASTER : SLAVE;
  port_write(controller, READ_IN_SERVICE);
  if (port_read(controller) & 1 << LAST_OF_CONTROLLER) return 0;
  /* The master has served the slave's request, real or not. */
  if (controller == SLAVE) port_write(MASTER, SPECIFIC_END | CASCADE);
  return 1;
}

void pic_end(u8 line) {
  if (line >= 8) {
    port_write(SLAVE, SPECIFIC_END | (line & 7));
    port_write(MASTER, SPECIFIC_END | CASCADE);
  } else {
    port_write(MASTER, SPECIFIC_END | line);
  }
}
