/* A k-d tree over the centres. A node knows the box in which its centres lie and the whole metres
 * of their least rent: what is farther than the limit permits is passed over unseen. */
#include "allocation/near.h"

#include <stdlib.h>

#define LEAF 4

struct ei_near_node {
    int32_t low[2], high[2]; /* x, y */
    int64_t rent;            /* least, whole metres */
    uint32_t first, end;     /* of the order */
    uint32_t other;          /* the second half; the first follows; 0: a leaf */
};

/* ---- the tree ---- */

static int32_t coordinate(const ei_site *site, int axis)
{
    return axis == 0 ? site->x : site->y;
}

static void bound(const ei_near *in, ei_near_node *node)
{
    for (int axis = 0; axis < 2; axis++) {
        node->low[axis] = INT32_MAX;
        node->high[axis] = INT32_MIN;
        for (uint32_t i = node->first; i < node->end; i++) {
            int32_t at = coordinate(&in->centres[in->order[i]], axis);
            node->low[axis] = at < node->low[axis] ? at : node->low[axis];
            node->high[axis] = at > node->high[axis] ? at : node->high[axis];
        }
    }
}

typedef struct axis_of {
    const ei_site *centres;
    int axis;
} axis_of;

static int by_axis(const void *a, const void *b, void *context)
{
    const axis_of *in = context;
    uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
    int32_t x = coordinate(&in->centres[one], in->axis);
    int32_t y = coordinate(&in->centres[two], in->axis);
    return x != y ? (x > y) - (x < y) : (one > two) - (one < two);
}

static void split(ei_near *in, uint32_t first, uint32_t end)
{
    ei_near_node *node = &in->nodes[in->node_count++];
    *node = (ei_near_node){.first = first, .end = end};
    bound(in, node);
    if (end - first <= LEAF)
        return;
    int64_t wide = (int64_t)node->high[0] - node->low[0];
    int64_t tall = (int64_t)node->high[1] - node->low[1];
    axis_of longer = {in->centres, tall > wide};
    qsort_r(in->order + first, end - first, sizeof *in->order, by_axis, &longer);
    uint32_t middle = first + (end - first) / 2;
    split(in, first, middle);
    node->other = (uint32_t)in->node_count;
    split(in, middle, end);
}

void ei_near_refresh(ei_near *in)
{
    for (size_t i = in->node_count; i-- > 0;) {
        ei_near_node *node = &in->nodes[i];
        if (node->other) {
            int64_t one = node[1].rent, two = in->nodes[node->other].rent;
            node->rent = one < two ? one : two;
            continue;
        }
        node->rent = INT64_MAX;
        for (uint32_t k = node->first; k < node->end; k++) {
            int64_t rent = ei_cost_metres(in->rents[in->order[k]]);
            node->rent = rent < node->rent ? rent : node->rent;
        }
    }
}

bool ei_near_make(ei_near *out, const ei_site *centres, size_t count, const ei_cost *rents)
{
    *out = (ei_near){.centres = centres, .rents = rents, .count = count};
    out->order = ei_calloc(count, sizeof *out->order);
    out->nodes = ei_calloc(2 * count, sizeof *out->nodes);
    if (!out->order || !out->nodes)
        return false;
    for (size_t k = 0; k < count; k++)
        out->order[k] = (uint32_t)k;
    split(out, 0, (uint32_t)count);
    ei_near_refresh(out);
    return true;
}

void ei_near_finish(ei_near *in)
{
    ei_free(in->order);
    ei_free(in->nodes);
}

/* ---- a search ---- */

static void lower(ei_near_query *query, ei_cost limit)
{
    if (limit < query->limit)
        query->limit = limit;
}

static void offer(ei_near_query *query, const ei_candidate *one)
{
    size_t at = query->count;
    for (; at > 0 && one->value < query->found[at - 1].value; at--)
        query->found[at] = query->found[at - 1];
    query->found[at] = *one;
    if (at == 0)
        lower(query, one->value + query->width);
    if (query->count < query->most)
        query->count++;
    else
        lower(query, query->found[query->most].value);
}

static void look_at(const ei_near *in, ei_near_query *query, uint32_t k)
{
    const ei_site *centre = &in->centres[k];
    uint64_t square = ei_site_square(query->place, centre);
    int64_t left = ei_cost_metres(query->limit - in->rents[k]);
    if (!ei_is_nearer(square, left + 1))
        return;
    ei_candidate one = {k, ei_root(square), 0};
    one.value = ei_site_cost(query->place, centre, one.distance) + in->rents[k];
    if (one.value < query->limit)
        offer(query, &one);
}

static int64_t beyond(int32_t at, int32_t low, int32_t high)
{
    return at < low ? (int64_t)low - at : at > high ? (int64_t)at - high : 0;
}

static uint64_t square_to(const ei_site *place, const ei_near_node *node)
{
    return ei_square(beyond(place->x, node->low[0], node->high[0]),
                     beyond(place->y, node->low[1], node->high[1]));
}

static void descend(const ei_near *in, ei_near_query *query, const ei_near_node *node,
                    uint64_t square)
{
    if (!ei_is_nearer(square, ei_cost_metres(query->limit) - node->rent + 1))
        return;
    if (!node->other) {
        for (uint32_t i = node->first; i < node->end; i++)
            look_at(in, query, in->order[i]);
        return;
    }
    const ei_near_node *one = node + 1, *two = &in->nodes[node->other];
    uint64_t to_one = square_to(query->place, one), to_two = square_to(query->place, two);
    bool is_second_nearer = to_two < to_one;
    descend(in, query, is_second_nearer ? two : one, is_second_nearer ? to_two : to_one);
    descend(in, query, is_second_nearer ? one : two, is_second_nearer ? to_one : to_two);
}

void ei_near_find(const ei_near *in, ei_near_query *query)
{
    query->count = 0;
    descend(in, query, in->nodes, square_to(query->place, in->nodes));
    while (query->count > 0 && query->found[query->count - 1].value >= query->limit)
        query->count--;
}
