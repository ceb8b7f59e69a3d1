/* Text built into a buffer of fixed size: what does not fit is cut, and it always ends in a zero. */
#ifndef TEXT_H
#define TEXT_H

#include "types.h"

struct text {
  char *at;
  char *end; /* where the final zero goes at the latest */
};

struct text text_into(char *buffer, u32 size);
void add_character(struct text *text, char character);
void add_string(struct text *text, const char *string);
void add_unsigned(struct text *text, u32 value);
/* Eight digits. */
void add_hex(struct text *text, u32 value);
void add_hex_digits(struct text *text, u32 value, u32 digits);
/* A time in ticks of 10 ms, as seconds with two places. */
void add_seconds(struct text *text, u32 ticks);

#endif
