/* Which rooms of a centre are opened, and how many of each school sit in which. */
#ifndef EI_ROOMS_H
#define EI_ROOMS_H

#include "allocation/room.h"

/* Pupils of one school. */
typedef struct ei_school {
    size_t first, count; /* sitters; those with needs come last */
    size_t needs;
} ei_school;

typedef struct ei_spread {
    const ei_room *rooms;
    size_t room_count;
    const ei_school *schools; /* the largest first */
    size_t school_count;
    /* results, school_count × room_count, given zeroed by the caller */
    uint32_t *pupils, *needs; /* pupils: those with needs included */
} ei_spread;

/* The least number of neighbours of one school over all ways to spread it over all rooms. */
edu_status ei_rooms_bound(const ei_spread *spread, size_t *bound, edu_error *error);

/* Seats, and step-free ones, are enough. */
edu_status ei_rooms_spread(ei_spread *spread, edu_error *error);

#endif
