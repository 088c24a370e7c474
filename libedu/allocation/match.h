/* Whom a place holds: a heap, the one to go first on top. */
#ifndef EI_MATCH_H
#define EI_MATCH_H

#include "allocation/site.h"
#include "core/core.h"

typedef struct ei_held {
    int64_t priority;
    uint64_t lot;
    uint32_t applicant;
    uint32_t claims; /* the place's quotas that they count for, bit by bit */
} ei_held;

/* Both in one number, so that no jump depends on which of them decides. */
static inline ei_cost ei_held_key(const ei_held *of)
{
    return of->priority * ((ei_cost)1 << 64) + of->lot;
}

static inline bool ei_held_is_later(const ei_held *one, const ei_held *two)
{
    ei_cost first = ei_held_key(one), second = ei_held_key(two);
    return first != second ? first > second : one->applicant > two->applicant;
}

/* Puts one at i, or below it. */
static inline void ei_held_put_down(ei_held *heap, size_t count, size_t i, ei_held one)
{
    for (size_t child; (child = 2 * i + 1) < count; i = child) {
        if (child + 1 < count && ei_held_is_later(&heap[child + 1], &heap[child]))
            child++;
        if (!ei_held_is_later(&heap[child], &one))
            break;
        heap[i] = heap[child];
    }
    heap[i] = one;
}

/* Puts one at i, or above it. */
static inline void ei_held_put_up(ei_held *heap, size_t i, ei_held one)
{
    for (; i > 0 && ei_held_is_later(&one, &heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = one;
}

#endif
