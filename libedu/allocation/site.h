/* Distances between sites, in whole metres, and what is paid for them. */
#ifndef EI_SITE_H
#define EI_SITE_H

#include <math.h>
#include "allocation/lot.h"

/* A place with its pupils, or a centre with its seats. The cost of a pupil of one at the other is
 * the distance first, then the draw: see edu/allocation.h. */
typedef struct ei_site {
    int32_t x, y; /* within EDU_ALLOCATION_METRES_MAX */
    int64_t count;
    uint64_t lot; /* a place's lot; a centre's lot, mixed */
} ei_site;

/* A distance in the upper bits. A path has fewer than 2^14 moves, a draw 48 bits, a distance 32:
 * sums of draws stay below half of a metre, and all fits. */
typedef __int128 ei_cost;
#define EI_METRE_BITS 72
#define EI_METRE ((ei_cost)1 << EI_METRE_BITS)
#define EI_FAR ((ei_cost)1 << 126)

static inline int64_t ei_cost_metres(ei_cost value)
{
    return (int64_t)(value >> EI_METRE_BITS);
}

static inline uint64_t ei_square(int64_t dx, int64_t dy)
{
    return (uint64_t)(dx * dx) + (uint64_t)(dy * dy);
}

static inline uint64_t ei_site_square(const ei_site *a, const ei_site *b)
{
    return ei_square((int64_t)a->x - b->x, (int64_t)a->y - b->y);
}

/* floor(sqrt(square)) */
static inline uint32_t ei_root(uint64_t square)
{
    /* However the machine rounds, this is at most one off. */
    uint64_t root = (uint64_t)sqrt((double)square);
    while (root * root > square)
        root--;
    while ((root + 1) * (root + 1) <= square)
        root++;
    return (uint32_t)root;
}

/* floor(sqrt(square)) < limit, without the root. */
static inline bool ei_is_nearer(uint64_t square, int64_t limit)
{
    /* A distance is at most 2^31.5, and this squared is more than the square of any. */
    const int64_t beyond = INT64_C(3037000500);
    if (limit <= 0)
        return false;
    uint64_t bounded = (uint64_t)(limit < beyond ? limit : beyond);
    return square < bounded * bounded;
}

static inline uint32_t ei_site_distance(const ei_site *a, const ei_site *b)
{
    return ei_root(ei_site_square(a, b));
}

static inline uint64_t ei_site_draw(const ei_site *place, const ei_site *centre)
{
    return ei_lot_mix(place->lot ^ centre->lot) >> 16;
}

static inline ei_cost ei_site_cost(const ei_site *place, const ei_site *centre, uint32_t distance)
{
    return distance * EI_METRE + (ei_cost)ei_site_draw(place, centre);
}

#endif
