/* The smallest rents are the greatest savings that a seat more would bring: for each centre the
 * least cost of a path of moves that ends there, wherever it begins, negated.
 *
 * A search over the centres, on which the way from j to k costs what the cheapest move of somebody
 * at j costs, over reduced costs, which are never negative. Only moves within reach of a place are
 * looked at. At a centre the least of what its places left out is an event of the search like any
 * other: when it comes up, their reach grows. So no pair is left out that could matter. */
#include "allocation/rents.h"

#include <string.h>
#include "allocation/queue.h"

/* Pupils of a place at a centre. */
typedef struct held {
    uint32_t place, distance;
} held;

typedef struct station {
    held *list;
    uint32_t count, movable; /* first those with another centre within reach */
    ei_cost slack; /* from here to centres that are in nobody's reach costs no less, before rent */
    ei_cost step;  /* by which the reach of those who are here grows next */
} station;

typedef struct search {
    ei_reaches *reaches;
    const ei_cost *rents;
    ei_cost width;
    size_t count;
    station *stations;
    held *all; /* what the stations' lists are parts of */
    ei_cost *ways;
    bool *is_settled;
    size_t settled_count;
    ei_queue queue;
} search;

/* ---- who is where ---- */

static ei_cost held_cost(const search *in, uint32_t centre, const held *one)
{
    return ei_site_cost(&in->reaches->places[one->place], &in->reaches->sites[centre],
                        one->distance);
}

static void swap_held(station *at, uint32_t a, uint32_t b)
{
    held kept = at->list[a];
    at->list[a] = at->list[b];
    at->list[b] = kept;
}

static void sort_movable(const search *in, station *at)
{
    for (uint32_t i = at->movable; i < at->count; i++)
        if (in->reaches->items[at->list[i].place].count > 1)
            swap_held(at, at->movable++, i);
}

static void find_slack(const search *in, uint32_t centre)
{
    station *at = &in->stations[centre];
    at->slack = EI_FAR;
    for (uint32_t i = 0; i < at->count; i++) {
        const held *one = &at->list[i];
        ei_cost slack = in->reaches->items[one->place].limit - held_cost(in, centre, one);
        at->slack = slack < at->slack ? slack : at->slack;
    }
}

static void fill_stations(search *in, const ei_parcel *parcels, size_t count)
{
    held *next = in->all;
    for (size_t i = 0; i < count; i++)
        in->stations[parcels[i].centre].count++;
    for (uint32_t k = 0; k < in->count; k++) {
        station *at = &in->stations[k];
        at->list = next;
        next += at->count;
        at->count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        station *at = &in->stations[parcels[i].centre];
        uint32_t distance = ei_site_distance(&in->reaches->places[parcels[i].place],
                                             &in->reaches->sites[parcels[i].centre]);
        at->list[at->count++] = (held){parcels[i].place, distance};
    }
    for (uint32_t k = 0; k < in->count; k++) {
        in->stations[k].step = in->width;
        sort_movable(in, &in->stations[k]);
        find_slack(in, k);
    }
}

/* Those at a centre whose reach ends first look farther. */
static bool grow_station(search *in, uint32_t centre)
{
    station *at = &in->stations[centre];
    ei_cost bound = at->slack + at->step;
    at->step *= 2;
    for (uint32_t i = 0; i < at->count; i++) {
        const held *one = &at->list[i];
        ei_cost here = held_cost(in, centre, one);
        if (in->reaches->items[one->place].limit - here < bound &&
            !ei_reach_grow(in->reaches, one->place, here + bound))
            return false;
    }
    sort_movable(in, at);
    find_slack(in, centre);
    return true;
}

/* ---- the search ---- */

static bool reach_centre(search *in, uint32_t centre, ei_cost way)
{
    if (way >= in->ways[centre])
        return true;
    in->ways[centre] = way;
    return ei_queue_push(&in->queue, way, centre);
}

/* base: the way here, less the rent. */
static bool relax(search *in, uint32_t from, ei_cost base)
{
    const station *at = &in->stations[from];
    for (uint32_t i = 0; i < at->movable; i++) {
        const ei_reach *reach = &in->reaches->items[at->list[i].place];
        const ei_site *place = &in->reaches->places[at->list[i].place];
        ei_cost left = base - held_cost(in, from, &at->list[i]);
        for (uint32_t r = 0; r < reach->count; r++) {
            const ei_reached *to = &in->reaches->reached[reach->first + r];
            ei_cost way = left + in->rents[to->centre] +
                          ei_site_cost(place, &in->reaches->sites[to->centre], to->distance);
            if (!reach_centre(in, to->centre, way))
                return false;
        }
    }
    return in->stations[from].slack >= EI_FAR / 2 ||
           ei_queue_push(&in->queue, base + in->stations[from].slack, from | EI_GROW);
}

static bool handle(search *in, ei_event next)
{
    uint32_t centre = next.what & ~EI_GROW;
    bool is_growth = next.what & EI_GROW;
    if (!is_growth && in->is_settled[centre])
        return true;
    if (is_growth && !grow_station(in, centre))
        return false;
    in->settled_count += !is_growth;
    in->is_settled[centre] = true;
    return relax(in, centre, in->ways[centre] - in->rents[centre]);
}

static ei_cost least_rent(const search *in)
{
    ei_cost least = in->rents[0];
    for (size_t k = 1; k < in->count; k++)
        least = in->rents[k] < least ? in->rents[k] : least;
    return least;
}

static bool run(search *in)
{
    ei_cost least = least_rent(in);
    for (uint32_t k = 0; k < in->count; k++) {
        in->ways[k] = EI_FAR;
        if (!reach_centre(in, k, in->rents[k] - least))
            return false;
    }
    while (in->settled_count < in->count)
        if (!handle(in, ei_queue_pop(&in->queue)))
            return false;
    return true;
}

static void take_rents(const search *in, int64_t *out)
{
    ei_cost least = least_rent(in);
    for (size_t k = 0; k < in->count; k++)
        out[k] = ei_cost_metres(in->rents[k] - least - in->ways[k] + EI_METRE / 2);
}

edu_status ei_rents_find(ei_reaches *reaches, const ei_cost *rents, ei_cost width,
                         const ei_parcel *parcels, size_t parcel_count, int64_t *out,
                         edu_error *error)
{
    search in = {.reaches = reaches, .rents = rents, .width = width, .count = reaches->count};
    in.stations = ei_calloc(in.count, sizeof *in.stations);
    in.all = ei_calloc(parcel_count, sizeof *in.all);
    in.ways = ei_calloc(in.count, sizeof *in.ways);
    in.is_settled = ei_calloc(in.count, sizeof *in.is_settled);
    bool is_made = in.stations && in.all && in.ways && in.is_settled;
    if (is_made)
        fill_stations(&in, parcels, parcel_count);
    edu_status status = is_made && run(&in) ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK)
        take_rents(&in, out);
    ei_free(in.stations);
    ei_free(in.all);
    ei_free(in.ways);
    ei_free(in.is_settled);
    ei_free(in.queue.items);
    return status;
}
