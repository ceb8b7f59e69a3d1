/* See text.h. Linked into the kernel and into every workload. */
#include "text.h"

struct text text_into(char *buffer, u32 size) {
  *buffer = 0;
  return (struct text){buffer, buffer + size - 1};
}

void add_character(struct text *text, char character) {
  if (text->at == text->end) return;
  *text->at++ = character;
  *text->at = 0;
}

void add_string(struct text *text, const char *string) {
  while (*string) add_character(text, *string++);
}

void add_unsigned(struct text *text, u32 value) {
  char digits[10];
  u32 count = 0;
  do {
    digits[count++] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  while (count > 0) add_character(text, digits[--count]);
}

void add_hex_digits(struct text *text, u32 value, u32 digits) {
  while (digits > 0) add_character(text, "0123456789abcdef"[value >> 4 * --digits & 15]);
}

void add_hex(struct text *text, u32 value) {
  add_hex_digits(text, value, 8);
}

void add_seconds(struct text *text, u32 ticks) {
  add_unsigned(text, ticks / 100);
  add_character(text, '.');
  add_unsigned(text, ticks / 10 % 10);
  add_unsigned(text, ticks % 10);
}
