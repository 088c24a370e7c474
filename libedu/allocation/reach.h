/* The centres of each place that are looked at, and what is known of the others. */
#ifndef EI_REACH_H
#define EI_REACH_H

#include "allocation/near.h"

/* As many centres a place first has within reach, at most. */
#define EI_REACH_FIRST 12

typedef struct ei_reached {
    uint32_t centre, distance;
} ei_reached;

/* What is left out costs, with rent, no less than the limit. */
typedef struct ei_reach {
    size_t first; /* of the reached; a list of one is not kept */
    uint32_t count;
    ei_cost limit;
} ei_reach;

typedef struct ei_reaches {
    const ei_site *places, *sites;
    const ei_cost *rents; /* the caller's */
    size_t place_count, count;
    ei_near near;
    ei_reach *items;
    size_t item_room;
    ei_reached *reached;
    size_t reached_count, reached_room;
    ei_near_query query; /* the last that was asked */
    size_t found_room;
} ei_reaches;

/* About how far it is from a centre to the next. */
ei_cost ei_spacing(const ei_site *centres, size_t count);

bool ei_reaches_make(ei_reaches *out, const ei_site *places, size_t place_count,
                     const ei_site *sites, size_t count, const ei_cost *rents);
void ei_reaches_finish(ei_reaches *in);
/* Up to most centres of cost + rent below the limit, and not more than width above the best.
 * False when out of memory. */
bool ei_reach_find(ei_reaches *in, uint32_t place, ei_cost limit, ei_cost width, size_t most);
/* One more, of the place that was asked for last. */
bool ei_reach_add(ei_reaches *in, uint32_t place, uint32_t centre);
/* All up to the limit, or at least one more than before. */
bool ei_reach_grow(ei_reaches *in, uint32_t place, ei_cost limit);

/* The places are these now, the first of them as before; what is new has no reach yet. */
bool ei_reaches_extend(ei_reaches *in, const ei_site *places, size_t place_count);

#endif
