/* Events of a search over the centres, the nearest first. */
#ifndef EI_QUEUE_H
#define EI_QUEUE_H

#include "allocation/site.h"
#include "core/core.h"

/* A centre that the search has come to, or, with EI_GROW, whose places must look farther. */
#define EI_GROW (UINT32_C(1) << 31)
typedef struct ei_event {
    ei_cost at;
    uint32_t what;
} ei_event;

typedef struct ei_queue {
    ei_event *items; /* a heap; ei_free */
    size_t count, room;
} ei_queue;

/* False when out of memory. */
static inline bool ei_queue_push(ei_queue *in, ei_cost at, uint32_t what)
{
    ei_event *items = ei_with_room(in->items, in->count, &in->room, sizeof *items);
    if (!items)
        return false;
    in->items = items;
    size_t hole = in->count++;
    for (; hole > 0 && at < items[(hole - 1) / 2].at; hole = (hole - 1) / 2)
        items[hole] = items[(hole - 1) / 2];
    items[hole] = (ei_event){at, what};
    return true;
}

static inline ei_event ei_queue_pop(ei_queue *in)
{
    ei_event first = in->items[0], last = in->items[--in->count];
    size_t hole = 0;
    for (size_t child; (child = 2 * hole + 1) < in->count; hole = child) {
        if (child + 1 < in->count && in->items[child + 1].at < in->items[child].at)
            child++;
        if (last.at <= in->items[child].at)
            break;
        in->items[hole] = in->items[child];
    }
    in->items[hole] = last;
    return first;
}

#endif
