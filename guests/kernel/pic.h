/* Which device asks on which line, as on a PC with an ISA bus, and at which vector it arrives. */
#ifndef PIC_H
#define PIC_H

enum {
  FIRST_REQUEST_VECTOR = 0x20,
  REQUEST_LINES = 16,
  TIMER_LINE = 0,
  SERIAL_LINE = 4,
  NIC_LINE = 9,
};

#endif
