/* A pause loop: dirties nothing but what its echoes need. */
#include "guest.h"

void guest_main(u32 magic, const struct multiboot_info *info) {
  (void)magic;
  (void)info;
  print("idle: waiting\n");
  for (;;) {
    echo_serial();
    for (u32 i = 0; i < 200; i++) __asm__ volatile("rep; nop");
  }
}
