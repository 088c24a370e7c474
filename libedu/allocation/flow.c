/* Shortest augmenting paths over the centres alone.
 *
 * Every pupil lies at some centre for which cost + rent is least; so do the idle seats, which are
 * pupils of nobody and cost nothing anywhere. A centre may hold more than its seats. From one that
 * does, the cheapest chain of moves to one with room is a shortest path over the centres, on which
 * the way from j to k costs what the cheapest move of somebody at j costs. After each path the
 * rents are raised so that everybody is still where cost + rent is least. When no centre holds too
 * many, this is the optimum, whatever rents it began with; they only save work.
 *
 * Most pairs of place and centre are never looked at. A place has a reach: the centres up to some
 * limit of cost + rent. Rents only rise, so what is left out never costs less than that. At a
 * centre the least of what its places left out is an event of the search like any other: when it
 * comes up before a way is found, their reach grows. So no pair is left out that could matter. */
#include "allocation/flow.h"

#include <string.h>

#define IDLE UINT32_MAX
#define REPORT_EVERY 64
#define FIRST_REACH 12

/* A centre that a search has come to, or, with GROW, whose places must look farther. */
#define GROW (UINT32_C(1) << 31)
typedef struct event {
    ei_cost at;
    uint32_t what;
} event;

struct ei_search {
    ei_cost *ways;       /* by centre; EI_FAR between searches */
    int64_t *whole_ways; /* metres, rounded down */
    uint32_t *before;    /* the centre that one comes from */
    uint32_t *by;        /* who moves from there: of its movable ones, or IDLE */
    bool *is_settled;
    uint32_t *touched, *settled;
    size_t touched_count, settled_count;
    event *heap;
    size_t heap_count, heap_room;
    bool has_idle_moved; /* all that idle seats can reach has been reached */
    bool is_for_room;
    ei_cost best; /* way to the nearest centre with room, where that is looked for */
    uint32_t target;
    bool is_out_of_memory;
};

/* ---- who is where ---- */

static ei_cost held_cost(const ei_flow *in, uint32_t centre, const ei_held *one)
{
    return ei_site_cost(&in->places[one->place], &in->sites[centre], one->distance);
}

static bool append_held(ei_held_list *list, ei_held one)
{
    if (list->count == list->room) {
        uint32_t room = list->room ? list->room * 2 : 8;
        ei_held *grown = ei_realloc_array(list->items, room, sizeof *grown);
        if (!grown)
            return false;
        list->items = grown;
        list->room = room;
    }
    list->items[list->count++] = one;
    return true;
}

static void remove_held(ei_held_list *list, uint32_t index)
{
    list->items[index] = list->items[--list->count];
}

/* Who stays at a centre decides from where on it must look farther. */
static void watch_limit(ei_flow *in, uint32_t centre, const ei_held *one)
{
    ei_station *at = &in->stations[centre];
    ei_cost slack = in->reaches[one->place].limit - held_cost(in, centre, one);
    if (slack < at->slack)
        at->slack = slack;
}

/* Who has moved stays movable, so that all parts of a place are. */
static bool add_pupils(ei_flow *in, uint32_t centre, ei_held one)
{
    ei_held_list *list = &in->stations[centre].movable;
    bool may_be_here = one.pupils < in->places[one.place].count;
    for (uint32_t i = 0; may_be_here && i < list->count; i++)
        if (list->items[i].place == one.place) {
            list->items[i].pupils += one.pupils;
            return true;
        }
    watch_limit(in, centre, &one);
    return append_held(list, one);
}

/* ---- reach ---- */

static bool keep_reach(ei_flow *in, uint32_t place, const ei_near_query *query)
{
    ei_reach *reach = &in->reaches[place];
    size_t need = in->reached_count + query->count;
    if (need > in->reached_room) {
        size_t room = in->reached_room + in->reached_room / 2 + query->count + 1024;
        ei_reached *grown = ei_realloc_array(in->reached, room, sizeof *grown);
        if (!grown)
            return false;
        in->reached = grown;
        in->reached_room = room;
    }
    reach->limit = query->count == in->count ? EI_FAR : query->limit;
    reach->count = (uint32_t)query->count;
    if (query->count < 2) /* who cannot move needs no list */
        return true;
    reach->first = in->reached_count;
    for (size_t i = 0; i < query->count; i++)
        in->reached[in->reached_count++] =
            (ei_reached){query->found[i].centre, query->found[i].distance};
    return true;
}

static bool ensure_found(ei_flow *in, size_t most)
{
    if (most + 1 <= in->found_room)
        return true;
    ei_candidate *grown = ei_realloc_array(in->found, most + 1, sizeof *grown);
    if (!grown)
        return false;
    in->found = grown;
    in->found_room = most + 1;
    return true;
}

static bool find_reach(ei_flow *in, uint32_t place, ei_near_query *query)
{
    query->most = query->most < in->count ? query->most : in->count;
    if (!ensure_found(in, query->most))
        return false;
    query->place = &in->places[place];
    query->found = in->found;
    ei_near_find(&in->near, query);
    return keep_reach(in, place, query);
}

/* At least one centre more than before, or all up to the limit. */
static bool grow_reach(ei_flow *in, uint32_t place, ei_cost limit)
{
    size_t most = 2 * (size_t)in->reaches[place].count;
    ei_near_query query = {
        .limit = limit, .width = EI_FAR, .most = most > FIRST_REACH ? most : FIRST_REACH};
    return find_reach(in, place, &query);
}

static bool grow_list(ei_flow *in, uint32_t centre, const ei_held_list *list, ei_cost bound,
                      ei_cost *slack)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const ei_held *one = &list->items[i];
        const ei_reach *reach = &in->reaches[one->place];
        ei_cost here = held_cost(in, centre, one);
        if (reach->limit - here < bound && !grow_reach(in, one->place, here + bound))
            return false;
        if (reach->limit - here < *slack)
            *slack = reach->limit - here;
    }
    return true;
}

static bool free_fixed(ei_flow *in, ei_station *at)
{
    for (uint32_t i = at->fixed.count; i-- > 0;) {
        ei_held one = at->fixed.items[i];
        if (in->reaches[one.place].count < 2)
            continue;
        if (!append_held(&at->movable, one))
            return false;
        remove_held(&at->fixed, i);
    }
    return true;
}

/* Those at a centre whose reach ends first look farther. */
static bool grow_station(ei_flow *in, uint32_t centre)
{
    ei_station *at = &in->stations[centre];
    ei_cost bound = at->slack + at->step, slack = EI_FAR;
    at->step *= 2;
    if (!grow_list(in, centre, &at->movable, bound, &slack) ||
        !grow_list(in, centre, &at->fixed, bound, &slack))
        return false;
    at->slack = slack;
    return free_fixed(in, at);
}

/* ---- the start ---- */

static bool place_pupils(ei_flow *in)
{
    uint32_t hint = 0;
    for (size_t i = 0; i < in->place_count; i++) {
        const ei_site *place = &in->places[i];
        uint32_t distance = ei_site_distance(place, &in->sites[hint]);
        ei_cost known = ei_site_cost(place, &in->sites[hint], distance) + in->rents[hint];
        ei_near_query query = {.limit = known + in->width, .width = in->width, .most = FIRST_REACH};
        if (!find_reach(in, (uint32_t)i, &query))
            return false;
        hint = query.found[0].centre;
        ei_held one = {(uint32_t)i, query.found[0].distance, (int32_t)place->count};
        ei_station *at = &in->stations[hint];
        at->excess += place->count;
        watch_limit(in, hint, &one);
        if (!append_held(query.count > 1 ? &at->movable : &at->fixed, one))
            return false;
    }
    return true;
}

static ei_cost least_rent(const ei_flow *in)
{
    ei_cost least = in->rents[0];
    for (size_t k = 1; k < in->count; k++)
        if (in->rents[k] < least)
            least = in->rents[k];
    return least;
}

/* Idle seats lie where the rent is least: first where there is room, the rest anywhere. */
static void place_idle(ei_flow *in)
{
    int64_t idle = 0;
    size_t cheapest = 0;
    ei_cost least = least_rent(in);
    for (size_t k = 0; k < in->count; k++)
        idle -= in->stations[k].excess;
    for (size_t k = 0; k < in->count; k++) {
        ei_station *at = &in->stations[k];
        if (in->rents[k] != least)
            continue;
        cheapest = k;
        at->idle = at->excess >= 0 ? 0 : -at->excess < idle ? -at->excess : idle;
        at->excess += at->idle;
        idle -= at->idle;
    }
    in->stations[cheapest].idle += idle;
    in->stations[cheapest].excess += idle;
}

static bool start(ei_flow *in)
{
    for (size_t k = 0; k < in->count; k++) {
        in->stations[k] =
            (ei_station){.excess = -in->sites[k].count, .slack = EI_FAR, .step = in->width};
        in->whole_rents[k] = ei_cost_metres(in->rents[k]);
    }
    if (!place_pupils(in))
        return false;
    place_idle(in);
    for (size_t k = 0; k < in->count; k++)
        if (in->stations[k].excess > 0)
            in->unplaced += in->stations[k].excess;
    return true;
}

/* ---- events of a search, the nearest first ---- */

static void push(ei_search *search, ei_cost at, uint32_t what)
{
    if (search->heap_count == search->heap_room) {
        size_t room = search->heap_room ? search->heap_room * 2 : 256;
        event *grown = ei_realloc_array(search->heap, room, sizeof *grown);
        if (!grown) {
            search->is_out_of_memory = true;
            return;
        }
        search->heap = grown;
        search->heap_room = room;
    }
    size_t hole = search->heap_count++;
    for (; hole > 0 && at < search->heap[(hole - 1) / 2].at; hole = (hole - 1) / 2)
        search->heap[hole] = search->heap[(hole - 1) / 2];
    search->heap[hole] = (event){at, what};
}

static event pop(ei_search *search)
{
    event first = search->heap[0], last = search->heap[--search->heap_count];
    size_t hole = 0;
    for (size_t child; (child = 2 * hole + 1) < search->heap_count; hole = child) {
        if (child + 1 < search->heap_count && search->heap[child + 1].at < search->heap[child].at)
            child++;
        if (last.at <= search->heap[child].at)
            break;
        search->heap[hole] = search->heap[child];
    }
    search->heap[hole] = last;
    return first;
}

/* ---- paths ---- */

static void begin_search(ei_search *search, bool is_for_room)
{
    for (size_t i = 0; i < search->touched_count; i++) {
        uint32_t k = search->touched[i];
        search->ways[k] = EI_FAR;
        search->whole_ways[k] = INT64_MAX;
        search->is_settled[k] = false;
    }
    search->touched_count = search->settled_count = search->heap_count = 0;
    search->has_idle_moved = false;
    search->is_for_room = is_for_room;
    search->best = EI_FAR;
}

static void reach_centre(ei_flow *in, uint32_t centre, ei_cost way, uint32_t from, uint32_t by)
{
    ei_search *search = in->search;
    if (way >= search->ways[centre] || way >= search->best)
        return;
    if (search->ways[centre] == EI_FAR)
        search->touched[search->touched_count++] = centre;
    search->ways[centre] = way;
    search->whole_ways[centre] = ei_cost_metres(way);
    search->before[centre] = from;
    search->by[centre] = by;
    if (search->is_for_room && in->stations[centre].excess < 0) {
        search->best = way;
        search->target = centre;
    } else {
        push(search, way, centre);
    }
}

/* Over reduced costs, which are never negative. base: the way here, less the rent. */
static void relax_held(ei_flow *in, uint32_t from, ei_cost base, uint32_t index)
{
    ei_search *search = in->search;
    const ei_held *one = &in->stations[from].movable.items[index];
    const ei_reach *reach = &in->reaches[one->place];
    const ei_site *place = &in->places[one->place];
    ei_cost left = base - held_cost(in, from, one);
    /* A draw is less than a metre. */
    int64_t whole = ei_cost_metres(left), best = ei_cost_metres(search->best);
    for (uint32_t i = 0; i < reach->count; i++) {
        const ei_reached *to = &in->reached[reach->first + i];
        int64_t least = whole + in->whole_rents[to->centre] + to->distance;
        if (least > search->whole_ways[to->centre] || least > best)
            continue;
        ei_cost way = left + in->rents[to->centre] +
                      ei_site_cost(place, &in->sites[to->centre], to->distance);
        reach_centre(in, to->centre, way, from, index);
    }
}

static void relax_movable(ei_flow *in, uint32_t from, ei_cost base)
{
    for (uint32_t i = 0; i < in->stations[from].movable.count; i++)
        relax_held(in, from, base, i);
}

/* Idle seats go anywhere for its rent: first to find the nearest room, which spares the others. */
static void relax_idle(ei_flow *in, uint32_t from, ei_cost base)
{
    in->search->has_idle_moved = true;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t k = 0; k < in->count; k++)
            if ((in->stations[k].excess < 0) == (pass == 0))
                reach_centre(in, k, base + in->rents[k], from, IDLE);
}

static void expect_growth(ei_flow *in, uint32_t centre, ei_cost base)
{
    ei_cost slack = in->stations[centre].slack;
    if (slack < EI_FAR / 2)
        push(in->search, base + slack, centre | GROW);
}

static void settle(ei_flow *in, uint32_t centre)
{
    ei_search *search = in->search;
    ei_cost base = search->ways[centre] - in->rents[centre];
    search->is_settled[centre] = true;
    in->stations[centre].step = in->width;
    search->settled[search->settled_count++] = centre;
    relax_movable(in, centre, base);
    /* Wherever they lie the rent is the same: from the nearest they go everywhere. */
    if (in->stations[centre].idle > 0 && !search->has_idle_moved)
        relax_idle(in, centre, base);
    expect_growth(in, centre, base);
}

static bool handle(ei_flow *in, event next)
{
    ei_search *search = in->search;
    uint32_t centre = next.what & ~GROW;
    if (!(next.what & GROW)) {
        if (!search->is_settled[centre])
            settle(in, centre);
        return true;
    }
    if (!grow_station(in, centre))
        return false;
    ei_cost base = search->ways[centre] - in->rents[centre];
    relax_movable(in, centre, base);
    expect_growth(in, centre, base);
    return true;
}

/* The nearest centre with room from one with too many: search->best is its way. */
static bool find_room(ei_flow *in, uint32_t source)
{
    ei_search *search = in->search;
    begin_search(search, true);
    reach_centre(in, source, 0, source, IDLE);
    while (search->heap_count > 0 && search->heap[0].at < search->best)
        if (!handle(in, pop(search)))
            return false;
    return !search->is_out_of_memory;
}

static void raise_rents(ei_flow *in)
{
    const ei_search *search = in->search;
    for (size_t i = 0; i < search->settled_count; i++) {
        uint32_t k = search->settled[i];
        in->rents[k] += search->best - search->ways[k];
        in->whole_rents[k] = ei_cost_metres(in->rents[k]);
    }
}

static int64_t path_room(const ei_flow *in, uint32_t source)
{
    const ei_search *search = in->search;
    int64_t room = in->stations[source].excess;
    if (-in->stations[search->target].excess < room)
        room = -in->stations[search->target].excess;
    for (uint32_t k = search->target; k != source; k = search->before[k]) {
        const ei_station *from = &in->stations[search->before[k]];
        int64_t here =
            search->by[k] == IDLE ? from->idle : from->movable.items[search->by[k]].pupils;
        if (here < room)
            room = here;
    }
    return room;
}

static uint32_t distance_of(const ei_flow *in, uint32_t place, uint32_t centre)
{
    return ei_site_distance(&in->places[place], &in->sites[centre]);
}

static bool move_pupils(ei_flow *in, uint32_t from, uint32_t to, uint32_t by, int64_t pupils)
{
    ei_station *left = &in->stations[from];
    if (by == IDLE) {
        left->idle -= pupils;
        in->stations[to].idle += pupils;
        return true;
    }
    ei_held *one = &left->movable.items[by];
    ei_held moved = {one->place, distance_of(in, one->place, to), (int32_t)pupils};
    one->pupils -= (int32_t)pupils;
    if (one->pupils == 0)
        remove_held(&left->movable, by);
    return add_pupils(in, to, moved);
}

/* From the end: who leaves a centre has left before somebody comes to it. */
static bool move_along(ei_flow *in, uint32_t source)
{
    const ei_search *search = in->search;
    int64_t pupils = path_room(in, source);
    in->stations[source].excess -= pupils;
    in->stations[search->target].excess += pupils;
    in->unplaced -= pupils;
    for (uint32_t k = search->target; k != source; k = search->before[k])
        if (!move_pupils(in, search->before[k], k, search->by[k], pupils))
            return false;
    return true;
}

static edu_status empty_station(ei_flow *in, uint32_t source, edu_error *error)
{
    while (in->stations[source].excess > 0) {
        if (in->paths++ % REPORT_EVERY == 0 && in->report && !in->report(in->context, in->unplaced))
            return ei_fail(error, EDU_E_CANCELLED, "allocation.cancelled", NULL,
                           "the allocation was cancelled");
        if (!find_room(in, source))
            return ei_no_memory(error);
        if (in->search->best == EI_FAR)
            return ei_fail(error, EDU_E_INFEASIBLE, "allocation.infeasible", NULL,
                           "there are more pupils than seats");
        in->length += in->search->best;
        raise_rents(in);
        if (!move_along(in, source))
            return ei_no_memory(error);
    }
    return EDU_OK;
}

/* ---- results ---- */

/* The smallest rents are the greatest savings that a seat more would bring: for each centre the
 * least cost of a path of moves that ends there, wherever it begins, negated. */
edu_status ei_flow_least_rents(ei_flow *in, int64_t *out, edu_error *error)
{
    ei_search *search = in->search;
    ei_cost least = least_rent(in);
    begin_search(search, false);
    for (uint32_t k = 0; k < in->count; k++)
        reach_centre(in, k, in->rents[k] - least, k, IDLE);
    while (search->settled_count < in->count && search->heap_count > 0)
        if (!handle(in, pop(search)))
            return ei_no_memory(error);
    if (search->is_out_of_memory)
        return ei_no_memory(error);
    for (size_t k = 0; k < in->count; k++) {
        ei_cost saving = in->rents[k] - least - search->ways[k];
        out[k] = ei_cost_metres(saving + EI_METRE / 2);
    }
    return EDU_OK;
}

/* ---- one level ---- */

static ei_search *make_search(size_t count)
{
    ei_search *made = ei_calloc(1, sizeof *made);
    if (!made)
        return NULL;
    made->ways = ei_calloc(count, sizeof *made->ways);
    made->whole_ways = ei_calloc(count, sizeof *made->whole_ways);
    made->before = ei_calloc(count, sizeof *made->before);
    made->by = ei_calloc(count, sizeof *made->by);
    made->is_settled = ei_calloc(count, sizeof *made->is_settled);
    made->touched = ei_calloc(count, sizeof *made->touched);
    made->settled = ei_calloc(count, sizeof *made->settled);
    made->is_out_of_memory = !made->ways || !made->whole_ways || !made->before || !made->by ||
                             !made->is_settled || !made->touched || !made->settled;
    if (made->is_out_of_memory)
        return made;
    for (uint32_t k = 0; k < count; k++)
        made->touched[made->touched_count++] = k;
    begin_search(made, false);
    return made;
}

static bool make_flow(ei_flow *in)
{
    in->stations = ei_calloc(in->count, sizeof *in->stations);
    in->reaches = ei_calloc(in->place_count, sizeof *in->reaches);
    in->whole_rents = ei_calloc(in->count, sizeof *in->whole_rents);
    in->search = make_search(in->count);
    return ei_near_make(&in->near, in->sites, in->count, in->rents) && in->stations &&
           in->reaches && in->whole_rents && in->search && !in->search->is_out_of_memory;
}

edu_status ei_flow_solve(ei_flow *in, edu_error *error)
{
    if (!make_flow(in) || !start(in))
        return ei_no_memory(error);
    for (uint32_t k = 0; k < in->count; k++)
        EI_TRY(empty_station(in, k, error));
    return EDU_OK;
}

static void finish_search(ei_search *search)
{
    if (!search)
        return;
    ei_free(search->ways);
    ei_free(search->whole_ways);
    ei_free(search->before);
    ei_free(search->by);
    ei_free(search->is_settled);
    ei_free(search->touched);
    ei_free(search->settled);
    ei_free(search->heap);
    ei_free(search);
}

void ei_flow_finish(ei_flow *in)
{
    for (size_t k = 0; in->stations && k < in->count; k++) {
        ei_free(in->stations[k].movable.items);
        ei_free(in->stations[k].fixed.items);
    }
    ei_free(in->stations);
    ei_free(in->reaches);
    ei_free(in->reached);
    ei_free(in->found);
    ei_free(in->whole_rents);
    ei_near_finish(&in->near);
    finish_search(in->search);
}
