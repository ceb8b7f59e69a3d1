/* The parameter page, at guest-physical 0x101000 of every guest. */
#ifndef PARAMETERS_H
#define PARAMETERS_H

#include "types.h"

enum { PARAMETERS_MAGIC = 0x50464d56 };

/*
 * The host's sliders. The host writes here while the guest runs, the guest only reads. Fields are
 * only ever added at the end; the last two are there from version 2 on.
 */
struct parameters {
  u32 magic; /* 'VMFP' */
  u32 version;
  u32 instructions_per_second;
  u32 memory_pages;
  u32 working_set_pages;
  u32 writes_per_second;
  u32 seed;
  u32 locality_percent; /* of the accesses, those that go to the hot tenth of the working set */
  u32 think_time_ms;    /* rest between two units of work */
};

extern volatile struct parameters parameters;

#endif
