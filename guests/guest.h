/* What all guests share: ports, console, parameter page, memory above the image. */
#ifndef GUEST_H
#define GUEST_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

enum { PAGE_SIZE = 4096, PAGE_SHIFT = 12, ONE_MIB = 0x100000 };

/* Multiboot information structure, the fields used (Multiboot Specification §3.3). */
struct multiboot_info {
  u32 flags;
  u32 mem_lower; /* KiB below 1 MiB */
  u32 mem_upper; /* KiB above 1 MiB */
};

/* The host's sliders. The host writes here while the guest runs, the guest only reads. */
struct parameters {
  u32 magic; /* 'VMFP' */
  u32 version;
  u32 instructions_per_second;
  u32 memory_pages;
  u32 working_set_pages;
  u32 writes_per_second;
  u32 seed;
};

extern volatile struct parameters parameters;
extern u8 image_end[];

static inline void port_write(u16 port, u8 value) {
  __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 port_read(u16 port) {
  u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

/* One line on the debug port 0xE9. */
void print(const char *text);

/* Sends back what the serial line received since the last call. Cheap when nothing came. */
void echo_serial(void);

/* RAM in pages, from the loader's figure: what lies below 1 MiB counts too. */
u32 pages_of_ram(const struct multiboot_info *info);

/* First page above the guest's own image. */
static inline u32 first_free_page(void) {
  return ((u32)image_end + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

static inline volatile u32 *page_address(u32 page) {
  return (volatile u32 *)(page << PAGE_SHIFT);
}

void guest_main(u32 magic, const struct multiboot_info *info);

#endif
