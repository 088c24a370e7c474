/* The seats of a place that quotas reserve. Of all who ever asked, those hold them who come first
 * of whoever can hold them together: one more either finds a seat by others' moving to another
 * quota that they count for, or takes that of the last who could make room in this way. */
#ifndef EI_RESERVE_H
#define EI_RESERVE_H

#include <edu/allocation.h>
#include "allocation/match.h"

typedef struct ei_reserve ei_reserve;

/* seats: of each quota. NULL when out of memory; ei_reserve_close. */
ei_reserve *ei_reserve_open(const int64_t *seats, size_t count);
void ei_reserve_close(ei_reserve *reserve);

/* How many of the seats are held. */
size_t ei_reserve_count(const ei_reserve *reserve);

/* Asks for one who counts for some quotas. Either one seat more is held, or somebody is refused:
 * they, or who held a seat until now. */
edu_status ei_reserve_ask(ei_reserve *reserve, ei_held one, ei_held *refused, bool *is_refused,
                          edu_error *error);

#endif
