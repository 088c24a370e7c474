#include "allocation/reserve.h"

#define QUOTAS_MAX EDU_MATCH_QUOTAS_MAX
#define START QUOTAS_MAX /* what a way comes from first */

/* All who count for the same quotas; who of them sits on a seat of which is the same to all, so
 * only their numbers are kept. There are less than 2^QUOTAS_MAX kinds. */
typedef struct kind {
    uint32_t claims;
    ei_held *heap; /* no child is later than its parent */
    size_t count, room;
    uint32_t on[QUOTAS_MAX]; /* by quota: how many hold a seat of it */
} kind;

struct ei_reserve {
    size_t count, held;
    kind *kinds;
    size_t kind_count, kind_room;
    int64_t empty[]; /* by quota */
};

ei_reserve *ei_reserve_open(const int64_t *seats, size_t count)
{
    ei_reserve *reserve = ei_calloc(1, sizeof *reserve + count * sizeof *reserve->empty);
    if (!reserve)
        return NULL;
    reserve->count = count;
    for (size_t q = 0; q < count; q++)
        reserve->empty[q] = seats[q];
    return reserve;
}

void ei_reserve_close(ei_reserve *reserve)
{
    for (size_t i = 0; reserve && i < reserve->kind_count; i++)
        ei_free(reserve->kinds[i].heap);
    if (reserve)
        ei_free(reserve->kinds);
    ei_free(reserve);
}

size_t ei_reserve_count(const ei_reserve *reserve)
{
    return reserve->held;
}

/* The kind of one who asks, with room for them; NULL when out of memory. */
static kind *kind_of(ei_reserve *in, uint32_t claims)
{
    size_t i = 0;
    while (i < in->kind_count && in->kinds[i].claims != claims)
        i++;
    if (i == in->kind_count) {
        kind *kinds = ei_with_room(in->kinds, in->kind_count, &in->kind_room, sizeof *kinds);
        if (!kinds)
            return NULL;
        in->kinds = kinds;
        kinds[in->kind_count++] = (kind){.claims = claims};
    }
    kind *of = &in->kinds[i];
    ei_held *heap = ei_with_room(of->heap, of->count, &of->room, sizeof *heap);
    if (!heap)
        return NULL;
    of->heap = heap;
    return of;
}

/* ---- ways of moving ---- */

typedef struct search {
    size_t order[QUOTAS_MAX], from[QUOTAS_MAX], count;
    uint32_t seen;
} search;

static void see(search *in, uint32_t claims, size_t from)
{
    for (size_t q = 0; claims >> q != 0; q++)
        if (claims >> q & ~(in->seen >> q) & 1) {
            in->seen |= UINT32_C(1) << q;
            in->from[q] = from;
            in->order[in->count++] = q;
        }
}

/* Which quotas one could have a seat of if others moved; gives the first with an empty one, or
 * START. */
static size_t look_around(const ei_reserve *in, uint32_t claims, search *found)
{
    see(found, claims, START);
    for (size_t i = 0; i < found->count; i++) {
        size_t q = found->order[i];
        if (in->empty[q] > 0)
            return q;
        for (size_t k = 0; k < in->kind_count; k++)
            if (in->kinds[k].on[q] > 0)
                see(found, in->kinds[k].claims, q);
    }
    return START;
}

/* Of all on seats of the quotas found the kind whose last is later than all others, and one of
 * these quotas; NULL where the one who asks is. */
static kind *find_last(const ei_reserve *in, const search *found, const ei_held *one, size_t *quota)
{
    const ei_held *last = one;
    kind *at = NULL;
    for (size_t k = 0; k < in->kind_count; k++)
        for (size_t q = 0; in->kinds[k].count > 0 && q < in->count; q++)
            if (found->seen >> q & 1 && in->kinds[k].on[q] > 0 &&
                ei_held_is_later(&in->kinds[k].heap[0], last)) {
                at = &in->kinds[k];
                last = &at->heap[0];
                *quota = q;
            }
    return at;
}

/* Takes one in, who gets to the empty seat of a quota by others' moving along the way. */
static void move_along(ei_reserve *in, const search *found, size_t end, kind *of, ei_held one)
{
    for (size_t from; (from = found->from[end]) != START; end = from) {
        kind *mover = in->kinds;
        while (mover->on[from] == 0 || !(mover->claims >> end & 1))
            mover++;
        mover->on[from]--;
        mover->on[end]++;
    }
    of->on[end]++;
    ei_held_put_up(of->heap, of->count++, one);
}

static ei_held cut_last(kind *of, size_t quota)
{
    ei_held last = of->heap[0];
    of->on[quota]--;
    of->count--;
    if (of->count > 0)
        ei_held_put_down(of->heap, of->count, 0, of->heap[of->count]);
    return last;
}

edu_status ei_reserve_ask(ei_reserve *in, ei_held one, ei_held *refused, bool *is_refused,
                          edu_error *error)
{
    search found = {0};
    kind *of = kind_of(in, one.claims);
    if (!of)
        return ei_no_memory(error);
    size_t end = look_around(in, one.claims, &found);
    *is_refused = end == START;
    if (!*is_refused) {
        in->empty[end]--;
        in->held++;
        move_along(in, &found, end, of, one);
        return EDU_OK;
    }
    kind *last = find_last(in, &found, &one, &end);
    *refused = last ? cut_last(last, end) : one;
    if (last)
        move_along(in, &found, end, of, one);
    return EDU_OK;
}
