/* What all guests share; see guest.h. UART: National Semiconductor PC16550D data sheet, §8. */
#include "guest.h"

enum {
  COM1 = 0x3f8,
  RECEIVE = COM1 + 0,
  TRANSMIT = COM1 + 0,
  FIFO_CONTROL = COM1 + 2,
  LINE_STATUS = COM1 + 5,
  DATA_READY = 0x01,
  TRANSMITTER_EMPTY = 0x20,
  NO_UART = 0xff,
};

volatile struct parameters parameters __attribute__((section(".parameters"), aligned(4096))) = {
    .magic = PARAMETERS_MAGIC,
    .version = 1,
    .instructions_per_second = 20000000,
    .working_set_pages = 64,
    .writes_per_second = 1000,
    .seed = 1,
};

void print(const char *text) {
  while (*text) port_write(DEBUG_PORT, (u8)*text++);
}

void echo_serial(void) {
  static u8 ready;
  if (!ready) {
    ready = 1;
    port_write(FIFO_CONTROL, 0x01);
  }
  for (;;) {
    u8 status = port_read(LINE_STATUS);
    if (status == NO_UART || !(status & DATA_READY)) return;
    u8 byte = port_read(RECEIVE);
    while (!(port_read(LINE_STATUS) & TRANSMITTER_EMPTY)) {
    }
    port_write(TRANSMIT, byte);
  }
}

u32 pages_of_ram(const struct multiboot_info *info) {
  return (ONE_MIB >> PAGE_SHIFT) + (info->mem_upper >> 2);
}
