/* Pupils to rooms. A room takes of one school at most what can sit apart in it; within that,
 * schools are spread in proportion. Whom the proportion leaves over finds a room along a path of
 * exchanges as in a flow, so that nobody is left but where it is impossible. */
#include "allocation/rooms.h"

#include <stdlib.h>
#include <string.h>

#define NOWHERE SIZE_MAX

typedef struct spreading {
    ei_spread *out;
    size_t *order; /* rooms, open ones first */
    size_t open;   /* how many are */
    size_t *share; /* by room: pupils that are its due */
    size_t *given; /* by room */
    size_t *needs_given;
    size_t total, needs, largest;
    size_t beyond; /* pupils that had to be put beyond what can sit apart */
    /* of a search, by school: from which school and through which room it was reached */
    size_t *from, *through, *queue;
} spreading;

static uint32_t *pupils_in(const spreading *in, size_t school, size_t room)
{
    return &in->out->pupils[school * in->out->room_count + room];
}

static uint32_t *needs_in(const spreading *in, size_t school, size_t room)
{
    return &in->out->needs[school * in->out->room_count + room];
}

/* ---- which rooms ---- */

static int by_seats(const void *a, const void *b, void *rooms)
{
    const ei_room *one = (const ei_room *)rooms + *(const size_t *)a;
    const ei_room *two = (const ei_room *)rooms + *(const size_t *)b;
    if (one->count != two->count)
        return one->count > two->count ? -1 : 1;
    return (one->number > two->number) - (one->number < two->number);
}

static int by_step_free(const void *a, const void *b, void *rooms)
{
    const ei_room *one = (const ei_room *)rooms + *(const size_t *)a;
    const ei_room *two = (const ei_room *)rooms + *(const size_t *)b;
    if (one->step_free != two->step_free)
        return one->step_free > two->step_free ? -1 : 1;
    return by_seats(a, b, rooms);
}

static void open_rooms(spreading *in)
{
    const ei_spread *spread = in->out;
    void *rooms = (void *)(uintptr_t)spread->rooms;
    size_t seats = 0, step_free = 0, apart = 0, count = 0;
    for (size_t i = 0; i < spread->room_count; i++)
        in->order[i] = i;
    qsort_r(in->order, spread->room_count, sizeof *in->order, by_step_free, rooms);
    while (step_free < in->needs)
        step_free += spread->rooms[in->order[count++]].step_free;
    qsort_r(in->order + count, spread->room_count - count, sizeof *in->order, by_seats, rooms);
    for (in->open = 0; in->open < spread->room_count; in->open++) {
        if (in->open >= count && seats >= in->total && apart >= in->largest)
            break;
        seats += spread->rooms[in->order[in->open]].count;
        apart += spread->rooms[in->order[in->open]].apart;
    }
}

/* Each open room's due in proportion to its seats: sums of shares are rounded up, which never gives
 * a room more than it has. */
static void find_shares(spreading *in)
{
    const ei_spread *spread = in->out;
    size_t seats = 0, before = 0, shared = 0;
    for (size_t i = 0; i < in->open; i++)
        seats += spread->rooms[in->order[i]].count;
    for (size_t i = 0; i < in->open; i++) {
        before += spread->rooms[in->order[i]].count;
        size_t up_to_here = (in->total * before + seats - 1) / seats;
        in->share[in->order[i]] = up_to_here - shared;
        shared = up_to_here;
    }
}

/* ---- in proportion ---- */

static void put(spreading *in, size_t school, size_t room, bool needs)
{
    ++*pupils_in(in, school, room);
    *needs_in(in, school, room) += needs;
    in->given[room]++;
    in->needs_given[room] += needs;
}

/* What a school's next pupil would add to the bound of a room. */
static size_t added_neighbours(const spreading *in, size_t school, size_t room)
{
    const ei_room *at = &in->out->rooms[room];
    size_t now = *pupils_in(in, school, room);
    return ei_room_bound(at, now + 1) - ei_room_bound(at, now);
}

static bool is_full(const spreading *in, size_t room, bool needs)
{
    const ei_room *at = &in->out->rooms[room];
    return in->given[room] == at->count || (needs && in->needs_given[room] == at->step_free);
}

/* The open room that lies furthest behind a school's due, which goes by weight; where only rooms
 * are left in which the school could not sit apart, the one where it does least harm. */
static size_t furthest_behind(const spreading *in, size_t school, const size_t *weight,
                              size_t whole, bool needs, bool apart)
{
    size_t best = NOWHERE, least = SIZE_MAX;
    int64_t most = 0;
    for (size_t i = 0; i < in->open; i++) {
        size_t room = in->order[i];
        size_t now = *pupils_in(in, school, room);
        if (is_full(in, room, needs) ||
            (apart && (weight[room] == 0 || now >= in->out->rooms[room].apart)))
            continue;
        size_t harm = apart ? 0 : added_neighbours(in, school, room);
        int64_t behind =
            (int64_t)(in->out->schools[school].count * weight[room]) - (int64_t)(now * whole);
        if (best == NOWHERE || harm < least || (harm == least && behind > most)) {
            best = room;
            least = harm;
            most = behind;
        }
    }
    return best;
}

/* Those who need step-free seats, each room by its step-free seats. */
static void spread_needs(spreading *in, size_t *weight)
{
    size_t whole = 0;
    for (size_t i = 0; i < in->open; i++) {
        weight[in->order[i]] = in->out->rooms[in->order[i]].step_free;
        whole += weight[in->order[i]];
    }
    for (size_t school = 0; school < in->out->school_count; school++)
        for (size_t i = 0; i < in->out->schools[school].needs; i++) {
            size_t room = furthest_behind(in, school, weight, whole, true, true);
            if (room == NOWHERE) {
                room = furthest_behind(in, school, weight, whole, true, false);
                in->beyond++;
            }
            put(in, school, room, true);
        }
}

/* What is left of the shares, and what the school has of them already. */
static size_t find_weights(const spreading *in, size_t school, size_t *weight)
{
    size_t whole = 0;
    for (size_t i = 0; i < in->open; i++) {
        size_t room = in->order[i];
        size_t left = in->share[room] > in->given[room] ? in->share[room] - in->given[room] : 0;
        weight[room] = left > 0 ? left + *pupils_in(in, school, room) : 0;
        whole += weight[room];
    }
    return whole;
}

/* ---- along paths ---- */

static bool may_join(const spreading *in, size_t school, size_t room)
{
    return *pupils_in(in, school, room) < in->out->rooms[room].apart;
}

/* The room with a free seat that a pupil of the school reaches by others making way. */
static size_t find_way(spreading *in, size_t school, size_t *last)
{
    size_t head = 0, tail = 0;
    for (size_t i = 0; i < in->out->school_count; i++)
        in->from[i] = NOWHERE;
    in->from[school] = school;
    in->queue[tail++] = school;
    while (head < tail) {
        size_t at = in->queue[head++];
        for (size_t i = 0; i < in->open; i++) {
            size_t room = in->order[i];
            if (!may_join(in, at, room))
                continue;
            if (!is_full(in, room, false)) {
                *last = at;
                return room;
            }
            for (size_t other = 0; other < in->out->school_count; other++) {
                if (in->from[other] != NOWHERE ||
                    *pupils_in(in, other, room) == *needs_in(in, other, room))
                    continue;
                in->from[other] = at;
                in->through[other] = room;
                in->queue[tail++] = other;
            }
        }
    }
    return NOWHERE;
}

/* One pupil of each school on the way makes room for the one before. */
static bool put_by_way(spreading *in, size_t school)
{
    size_t at, room = find_way(in, school, &at);
    if (room == NOWHERE)
        return false;
    put(in, at, room, false);
    while (at != school) {
        --*pupils_in(in, at, in->through[at]);
        in->given[in->through[at]]--;
        size_t before = in->from[at];
        put(in, before, in->through[at], false);
        at = before;
    }
    return true;
}

static void spread_others(spreading *in, size_t *weight)
{
    for (size_t school = 0; school < in->out->school_count; school++) {
        const ei_school *one = &in->out->schools[school];
        size_t whole = find_weights(in, school, weight);
        for (size_t i = one->needs; i < one->count; i++) {
            size_t room = furthest_behind(in, school, weight, whole, false, true);
            if (room != NOWHERE) {
                put(in, school, room, false);
            } else if (!put_by_way(in, school)) {
                put(in, school, furthest_behind(in, school, weight, whole, false, false), false);
                in->beyond++;
            }
        }
    }
}

/* ---- the whole ---- */

static void spread_once(spreading *in)
{
    ei_spread *out = in->out;
    size_t cells = out->school_count * out->room_count;
    memset(out->pupils, 0, cells * sizeof *out->pupils);
    memset(out->needs, 0, cells * sizeof *out->needs);
    memset(in->given, 0, out->room_count * sizeof *in->given);
    memset(in->needs_given, 0, out->room_count * sizeof *in->needs_given);
    in->beyond = 0;
    find_shares(in);
    size_t *weight = in->queue + out->school_count;
    spread_needs(in, weight);
    spread_others(in, weight);
}

static void spread_all(spreading *in)
{
    const ei_spread *out = in->out;
    for (size_t i = 0; i < out->school_count; i++) {
        in->total += out->schools[i].count;
        in->needs += out->schools[i].needs;
        if (out->schools[i].count > in->largest)
            in->largest = out->schools[i].count;
    }
    open_rooms(in);
    spread_once(in);
    /* Seats may be enough for each school and not for all together. */
    while (in->beyond > 0 && in->open < out->room_count) {
        in->open++;
        spread_once(in);
    }
}

edu_status ei_rooms_spread(ei_spread *spread, edu_error *error)
{
    spreading in = {.out = spread};
    size_t rooms = spread->room_count, schools = spread->school_count;
    size_t *space = ei_calloc(5 * rooms + 3 * schools, sizeof *space);
    if (!space)
        return ei_no_memory(error);
    in.order = space;
    in.share = in.order + rooms;
    in.given = in.share + rooms;
    in.needs_given = in.given + rooms;
    in.from = in.needs_given + rooms;
    in.through = in.from + schools;
    in.queue = in.through + schools; /* and behind it a number by room */
    spread_all(&in);
    ei_free(space);
    return EDU_OK;
}

/* ---- the bound ---- */

/* The rooms' bounds are convex: pupil by pupil to where it adds least is best. */
static size_t bound_of_school(const ei_spread *spread, size_t pupils, size_t *given)
{
    size_t bound = 0;
    memset(given, 0, spread->room_count * sizeof *given);
    while (pupils-- > 0) {
        size_t best = NOWHERE, least = SIZE_MAX;
        for (size_t i = 0; i < spread->room_count && least > 0; i++) {
            const ei_room *room = &spread->rooms[i];
            if (given[i] == room->count)
                continue;
            size_t added = ei_room_bound(room, given[i] + 1) - ei_room_bound(room, given[i]);
            if (best == NOWHERE || added < least) {
                best = i;
                least = added;
            }
        }
        given[best]++;
        bound += least;
    }
    return bound;
}

edu_status ei_rooms_bound(const ei_spread *spread, size_t *bound, edu_error *error)
{
    size_t apart = 0;
    size_t *given = ei_calloc(spread->room_count, sizeof *given);
    if (!given)
        return ei_no_memory(error);
    for (size_t i = 0; i < spread->room_count; i++)
        apart += spread->rooms[i].apart;
    *bound = 0;
    for (size_t i = 0; i < spread->school_count; i++)
        if (spread->schools[i].count > apart)
            *bound += bound_of_school(spread, spread->schools[i].count, given);
    ei_free(given);
    return EDU_OK;
}
