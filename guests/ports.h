/* The processor's I/O ports. */
#ifndef PORTS_H
#define PORTS_H

#include "types.h"

enum { DEBUG_PORT = 0xe9, EXIT_PORT = 0xf4 };

static inline void port_write(u16 port, u8 value) {
  __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 port_read(u16 port) {
  u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

#endif
