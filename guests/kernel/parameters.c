/* The parameter page as it stands in the image; guests.json has each guest's defaults. */
#include "../parameters.h"

volatile struct parameters parameters __attribute__((section(".parameters"), aligned(4096))) = {
    .magic = PARAMETERS_MAGIC,
    .version = 2,
    .instructions_per_second = 20000000,
    .working_set_pages = WORKING_SET_PAGES,
    .writes_per_second = WRITES_PER_SECOND,
    .seed = 1,
    .locality_percent = LOCALITY_PERCENT,
    .think_time_ms = THINK_TIME_MS,
};
