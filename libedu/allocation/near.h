/* The centres at which somebody of a place would pay least, found without looking at all. */
#ifndef EI_NEAR_H
#define EI_NEAR_H

#include "allocation/site.h"
#include "core/core.h"

typedef struct ei_near_node ei_near_node;

typedef struct ei_near {
    const ei_site *centres;
    const ei_cost *rents; /* the caller's; ei_near_refresh when one has fallen */
    size_t count;
    uint32_t *order;     /* centres, those of a node side by side */
    ei_near_node *nodes; /* each before those that lie in it */
    size_t node_count;
} ei_near;

typedef struct ei_candidate {
    uint32_t centre;
    uint32_t distance;
    ei_cost value; /* cost + rent */
} ei_candidate;

/* What is asked for: at most so many, of values below the limit, and not more than width above the
 * best. The limit comes back as the bound of what was left out: no other value is below it. */
typedef struct ei_near_query {
    const ei_site *place;
    ei_cost limit;
    ei_cost width;
    size_t most;
    ei_candidate *found; /* room for most + 1 */
    size_t count;        /* found, the best first */
} ei_near_query;

bool ei_near_make(ei_near *out, const ei_site *centres, size_t count, const ei_cost *rents);
void ei_near_finish(ei_near *in);
/* Rents that have risen are found all the same, only slower. */
void ei_near_refresh(ei_near *in);
void ei_near_find(const ei_near *in, ei_near_query *query);

#endif
