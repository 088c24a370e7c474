/* Shortest augmenting paths over the centres alone.
 *
 * Every pupil lies at some centre for which cost + rent is least; so do the idle seats, which are
 * pupils of nobody and cost nothing anywhere. A centre may hold more than its seats. From one that
 * does, the cheapest chain of moves to one with room is a shortest path over the centres, on which
 * the way from j to k costs what the cheapest move of somebody at j costs. After each path the
 * rents are raised so that everybody is still where cost + rent is least. When no centre holds too
 * many, this is the optimum, whatever rents it began with; they only save work. So good ones come
 * from the same problem made coarser: four neighbouring places become one, and again.
 *
 * The cost is a distance and, far below it in the same number, the draw. The optimum of the sum is
 * the least distance and among those the least draw; and it is unique but for two sums of 48-bit
 * hashes being equal. */
#include "allocation/transport.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "allocation/lot.h"

/* A distance in the upper bits. A path has fewer than 2^14 moves, a draw 48 bits, a distance 32:
 * sums of draws stay below half of a metre, and all fits. */
typedef __int128 cost;
#define METRE_BITS 72
#define METRE ((cost)1 << METRE_BITS)
#define FAR ((cost)1 << 126)

#define NOBODY UINT32_MAX
#define IDLE (UINT32_MAX - 1)
#define NOWHERE SIZE_MAX

/* A distance is at most 2^31.5, and this squared is more than the square of any. */
#define BEYOND INT64_C(3037000500)

/* Below so many places a problem is solved as it is. */
#define COARSEST 512
#define REPORT_EVERY 64

typedef struct held {
    uint32_t place;
    uint32_t distance;
    int64_t pupils;
} held;

typedef struct station {
    held *list;
    size_t count, room;
    int64_t idle;   /* seats with nobody */
    int64_t excess; /* pupils and idle ones beyond the seats; negative: room */
} station;

/* The cheapest move of somebody of one centre to another. */
typedef struct move {
    int64_t metres;
    int64_t draw;
    uint32_t place; /* NOBODY: there is none */
} move;

typedef struct flow {
    const ei_site *places, *sites;
    size_t place_count, count; /* count: of centres */
    station *centres;
    move *moves; /* count × count */
    cost *rents;
    int64_t unplaced; /* sum of positive excess */
    /* of a search */
    cost *distances;
    size_t *before;
    uint32_t *by; /* who moves there */
    bool *is_settled;
} flow;

/* ---- costs ---- */

static uint64_t square_of(const ei_site *a, const ei_site *b)
{
    int64_t dx = (int64_t)a->x - b->x, dy = (int64_t)a->y - b->y;
    return (uint64_t)(dx * dx) + (uint64_t)(dy * dy);
}

static uint32_t root_of(uint64_t square)
{
    /* However the machine rounds, this is at most one off. */
    uint64_t root = (uint64_t)sqrt((double)square);
    while (root * root > square)
        root--;
    while ((root + 1) * (root + 1) <= square)
        root++;
    return (uint32_t)root;
}

uint32_t ei_site_distance(const ei_site *a, const ei_site *b)
{
    return root_of(square_of(a, b));
}

uint64_t ei_site_draw(const ei_site *place, const ei_site *centre)
{
    return ei_lot_mix(place->lot ^ centre->lot) >> 16;
}

/* floor(sqrt(square)) < limit, without the root. */
static bool is_nearer(uint64_t square, int64_t limit)
{
    if (limit <= 0)
        return false;
    uint64_t bounded = (uint64_t)(limit < BEYOND ? limit : BEYOND);
    return square < bounded * bounded;
}

static move *move_of(const flow *in, size_t from, size_t to)
{
    return &in->moves[from * in->count + to];
}

static cost move_cost(const move *one)
{
    return one->metres * METRE + one->draw;
}

/* ---- who is where ---- */

static void offer_move(flow *in, size_t from, size_t to, const held *one)
{
    move *best = move_of(in, from, to);
    const ei_site *place = &in->places[one->place];
    uint64_t square = square_of(place, &in->sites[to]);
    if (best->place != NOBODY && !is_nearer(square, best->metres + one->distance + 1))
        return;
    int64_t metres = (int64_t)root_of(square) - one->distance;
    int64_t draw = (int64_t)ei_site_draw(place, &in->sites[to]) -
                   (int64_t)ei_site_draw(place, &in->sites[from]);
    if (best->place == NOBODY || metres < best->metres ||
        (metres == best->metres && draw < best->draw))
        *best = (move){metres, draw, one->place};
}

static void find_moves(flow *in, size_t from, size_t to)
{
    const station *at = &in->centres[from];
    move_of(in, from, to)->place = NOBODY;
    for (size_t i = 0; i < at->count; i++)
        offer_move(in, from, to, &at->list[i]);
}

static held *find_held(station *at, uint32_t place)
{
    for (size_t i = 0; i < at->count; i++)
        if (at->list[i].place == place)
            return &at->list[i];
    return NULL;
}

static held *append_held(station *at)
{
    if (at->count == at->room) {
        size_t room = at->room ? at->room * 2 : 16;
        held *grown = ei_realloc_array(at->list, room, sizeof *grown);
        if (!grown)
            return NULL;
        at->list = grown;
        at->room = room;
    }
    return &at->list[at->count++];
}

/* Somebody of a place comes; false when out of memory. */
static bool add_pupils(flow *in, size_t to, uint32_t place, int64_t pupils)
{
    station *at = &in->centres[to];
    held *there = find_held(at, place);
    if (there) {
        there->pupils += pupils;
        return true;
    }
    there = append_held(at);
    if (!there)
        return false;
    *there = (held){place, ei_site_distance(&in->places[place], &in->sites[to]), pupils};
    for (size_t k = 0; k < in->count; k++)
        if (k != to)
            offer_move(in, to, k, there);
    return true;
}

static void remove_pupils(flow *in, size_t from, uint32_t place, int64_t pupils)
{
    station *at = &in->centres[from];
    held *there = find_held(at, place);
    there->pupils -= pupils;
    if (there->pupils > 0)
        return;
    *there = at->list[--at->count];
    for (size_t k = 0; k < in->count; k++)
        if (k != from && move_of(in, from, k)->place == place)
            find_moves(in, from, k);
}

static bool move_pupils(flow *in, size_t from, size_t to, uint32_t place, int64_t pupils)
{
    if (place == IDLE) {
        in->centres[from].idle -= pupils;
        in->centres[to].idle += pupils;
        return true;
    }
    remove_pupils(in, from, place, pupils);
    return add_pupils(in, to, place, pupils);
}

/* ---- the start ---- */

static size_t cheapest_centre(const flow *in, const ei_site *place)
{
    size_t best = 0;
    cost least = FAR;
    for (size_t k = 0; k < in->count; k++) {
        uint64_t square = square_of(place, &in->sites[k]);
        cost left = (least - in->rents[k]) >> METRE_BITS;
        if (!is_nearer(square, left < BEYOND ? (int64_t)left + 1 : BEYOND))
            continue;
        cost here =
            root_of(square) * METRE + (cost)ei_site_draw(place, &in->sites[k]) + in->rents[k];
        if (here < least) {
            least = here;
            best = k;
        }
    }
    return best;
}

static bool place_pupils(flow *in)
{
    for (size_t i = 0; i < in->place_count; i++) {
        const ei_site *place = &in->places[i];
        size_t k = cheapest_centre(in, place);
        held *there = append_held(&in->centres[k]);
        if (!there)
            return false;
        *there = (held){(uint32_t)i, ei_site_distance(place, &in->sites[k]), place->count};
        in->centres[k].excess += place->count;
    }
    return true;
}

static cost least_rent(const flow *in)
{
    cost least = in->rents[0];
    for (size_t k = 1; k < in->count; k++)
        if (in->rents[k] < least)
            least = in->rents[k];
    return least;
}

/* Idle seats lie where the rent is least: first where there is room, the rest anywhere. */
static void place_idle(flow *in)
{
    int64_t idle = 0;
    size_t cheapest = 0;
    cost least = least_rent(in);
    for (size_t k = 0; k < in->count; k++)
        idle -= in->centres[k].excess;
    for (size_t k = 0; k < in->count; k++) {
        station *at = &in->centres[k];
        if (in->rents[k] != least)
            continue;
        cheapest = k;
        at->idle = at->excess >= 0 ? 0 : -at->excess < idle ? -at->excess : idle;
        at->excess += at->idle;
        idle -= at->idle;
    }
    in->centres[cheapest].idle += idle;
    in->centres[cheapest].excess += idle;
}

static bool start(flow *in)
{
    for (size_t k = 0; k < in->count; k++)
        in->centres[k].excess = -in->sites[k].count;
    if (!place_pupils(in))
        return false;
    place_idle(in);
    for (size_t j = 0; j < in->count; j++) {
        if (in->centres[j].excess > 0)
            in->unplaced += in->centres[j].excess;
        for (size_t k = 0; k < in->count; k++)
            find_moves(in, j, k);
    }
    return true;
}

/* ---- paths ---- */

/* Forgets the last search; all distances are FAR. */
static void begin_search(flow *in)
{
    for (size_t k = 0; k < in->count; k++) {
        in->distances[k] = FAR;
        in->before[k] = NOWHERE;
        in->is_settled[k] = false;
    }
}

static size_t settle_nearest(flow *in)
{
    size_t nearest = NOWHERE;
    for (size_t k = 0; k < in->count; k++)
        if (!in->is_settled[k] && in->distances[k] < FAR &&
            (nearest == NOWHERE || in->distances[k] < in->distances[nearest]))
            nearest = k;
    if (nearest != NOWHERE)
        in->is_settled[nearest] = true;
    return nearest;
}

static void relax(flow *in, size_t from)
{
    /* Over reduced costs, which are never negative. */
    cost base = in->distances[from] - in->rents[from];
    bool has_idle = in->centres[from].idle > 0;
    for (size_t k = 0; k < in->count; k++) {
        const move *one = move_of(in, from, k);
        if (in->is_settled[k] || (one->place == NOBODY && !has_idle))
            continue;
        bool is_idle = one->place == NOBODY || (has_idle && move_cost(one) > 0);
        cost way = base + in->rents[k] + (is_idle ? 0 : move_cost(one));
        if (way < in->distances[k]) {
            in->distances[k] = way;
            in->before[k] = from;
            in->by[k] = is_idle ? IDLE : one->place;
        }
    }
}

/* The nearest centre with room from one with too many. There is one: seats are enough. */
static size_t find_room(flow *in, size_t source)
{
    begin_search(in);
    in->distances[source] = 0;
    for (;;) {
        size_t at = settle_nearest(in);
        if (at == NOWHERE || in->centres[at].excess < 0)
            return at;
        relax(in, at);
    }
}

static void raise_rents(flow *in, size_t target)
{
    cost whole = in->distances[target];
    for (size_t k = 0; k < in->count; k++)
        if (in->is_settled[k])
            in->rents[k] += whole - in->distances[k];
}

static int64_t path_room(const flow *in, size_t source, size_t target)
{
    int64_t room = in->centres[source].excess;
    if (-in->centres[target].excess < room)
        room = -in->centres[target].excess;
    for (size_t k = target; k != source; k = in->before[k]) {
        station *from = &in->centres[in->before[k]];
        int64_t here = in->by[k] == IDLE ? from->idle : find_held(from, in->by[k])->pupils;
        if (here < room)
            room = here;
    }
    return room;
}

static bool move_along(flow *in, size_t source, size_t target)
{
    int64_t pupils = path_room(in, source, target);
    in->centres[source].excess -= pupils;
    in->centres[target].excess += pupils;
    in->unplaced -= pupils;
    for (size_t k = target; k != source; k = in->before[k])
        if (!move_pupils(in, in->before[k], k, in->by[k], pupils))
            return false;
    return true;
}

typedef struct watch {
    const ei_transport *problem;
    int64_t pupils;
    bool is_last; /* the level of the problem itself */
    unsigned paths;
} watch;

static bool goes_on(watch *over, const flow *in)
{
    if (over->paths++ % REPORT_EVERY != 0 || !over->problem->report)
        return true;
    int64_t done = over->pupils - in->unplaced;
    return over->problem->report(over->problem->context, over->is_last && done > 0 ? done : 0);
}

static edu_status empty_centre(flow *in, size_t source, watch *over, edu_error *error)
{
    while (in->centres[source].excess > 0) {
        if (!goes_on(over, in))
            return ei_fail(error, EDU_E_CANCELLED, "allocation.cancelled", NULL,
                           "the allocation was cancelled");
        size_t target = find_room(in, source);
        if (target == NOWHERE)
            return ei_fail(error, EDU_E_INFEASIBLE, "allocation.infeasible", NULL,
                           "there are more pupils than seats");
        raise_rents(in, target);
        if (!move_along(in, source, target))
            return ei_no_memory(error);
    }
    return EDU_OK;
}

/* ---- results ---- */

/* The smallest rents are the greatest savings that a seat more would bring: for each centre the
 * least cost of a path of moves that ends there, wherever it begins, negated. */
static void find_rents(flow *in, int64_t *rents)
{
    cost least = least_rent(in);
    begin_search(in);
    for (size_t k = 0; k < in->count; k++)
        in->distances[k] = in->rents[k] - least;
    for (size_t k; (k = settle_nearest(in)) != NOWHERE;) {
        relax(in, k);
        cost saving = in->rents[k] - least - in->distances[k];
        rents[k] = (int64_t)((saving + METRE / 2) >> METRE_BITS);
    }
}

static bool take_parcels(const flow *in, ei_transport *problem)
{
    size_t count = 0;
    for (size_t k = 0; k < in->count; k++)
        count += in->centres[k].count;
    problem->parcels = ei_calloc(count, sizeof *problem->parcels);
    if (!problem->parcels)
        return false;
    for (size_t k = 0; k < in->count; k++)
        for (size_t i = 0; i < in->centres[k].count; i++)
            problem->parcels[problem->parcel_count++] = (ei_parcel){
                in->centres[k].list[i].place, (uint32_t)k, in->centres[k].list[i].pupils};
    return true;
}

/* ---- one level ---- */

static void finish_flow(flow *in)
{
    for (size_t k = 0; in->centres && k < in->count; k++)
        ei_free(in->centres[k].list);
    ei_free(in->centres);
    ei_free(in->moves);
    ei_free(in->distances);
    ei_free(in->before);
    ei_free(in->by);
    ei_free(in->is_settled);
}

static bool make_flow(flow *in)
{
    size_t count = in->count;
    if (count > SIZE_MAX / count / sizeof *in->moves)
        return false;
    in->centres = ei_calloc(count, sizeof *in->centres);
    in->moves = ei_calloc(count * count, sizeof *in->moves);
    in->distances = ei_calloc(count, sizeof *in->distances);
    in->before = ei_calloc(count, sizeof *in->before);
    in->by = ei_calloc(count, sizeof *in->by);
    in->is_settled = ei_calloc(count, sizeof *in->is_settled);
    return in->centres && in->moves && in->distances && in->before && in->by && in->is_settled;
}

/* Solves over the given places; rents go in as a start and come out. */
static edu_status solve_level(ei_transport *problem, const ei_site *places, size_t count,
                              bool is_last, cost *rents, edu_error *error)
{
    flow in = {.places = places,
               .place_count = count,
               .sites = problem->centres,
               .count = problem->centre_count,
               .rents = rents};
    watch over = {.problem = problem, .is_last = is_last};
    for (size_t i = 0; i < count; i++)
        over.pupils += places[i].count;
    edu_status status = make_flow(&in) && start(&in) ? EDU_OK : ei_no_memory(error);
    for (size_t k = 0; status == EDU_OK && k < in.count; k++)
        status = empty_centre(&in, k, &over, error);
    if (status == EDU_OK && is_last) {
        if (!take_parcels(&in, problem))
            status = ei_no_memory(error);
        find_rents(&in, problem->rents);
    }
    finish_flow(&in);
    return status;
}

/* Four places that follow one another become one, where one of them is. */
static size_t make_coarser(const ei_site *places, size_t count, ei_site *out)
{
    size_t made = 0;
    for (size_t i = 0; i < count; i += 4) {
        size_t end = i + 4 < count ? i + 4 : count;
        out[made] = places[i + (end - i) / 2];
        out[made].count = 0;
        for (size_t k = i; k < end; k++)
            out[made].count += places[k].count;
        made++;
    }
    return made;
}

static edu_status solve_coarse_first(ei_transport *problem, const ei_site *places, size_t count,
                                     bool is_last, cost *rents, edu_error *error)
{
    if (count > COARSEST) {
        ei_site *coarser = ei_calloc((count + 3) / 4, sizeof *coarser);
        if (!coarser)
            return ei_no_memory(error);
        size_t made = make_coarser(places, count, coarser);
        edu_status status = solve_coarse_first(problem, coarser, made, false, rents, error);
        ei_free(coarser);
        EI_TRY(status);
    }
    return solve_level(problem, places, count, is_last, rents, error);
}

/* ---- neighbouring places side by side ---- */

typedef struct ordered {
    uint64_t curve; /* place on Morton's curve */
    uint32_t place;
    uint64_t lot;
} ordered;

static uint64_t spread_bits(uint32_t value)
{
    uint64_t x = value;
    x = (x | x << 16) & UINT64_C(0x0000FFFF0000FFFF);
    x = (x | x << 8) & UINT64_C(0x00FF00FF00FF00FF);
    x = (x | x << 4) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    x = (x | x << 2) & UINT64_C(0x3333333333333333);
    return (x | x << 1) & UINT64_C(0x5555555555555555);
}

static int by_curve(const void *a, const void *b)
{
    const ordered *x = a, *y = b;
    if (x->curve != y->curve)
        return x->curve < y->curve ? -1 : 1;
    if (x->lot != y->lot)
        return x->lot < y->lot ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static void order_places(const ei_transport *problem, ordered *order, ei_site *places)
{
    const uint32_t middle = UINT32_C(1) << 31;
    for (size_t i = 0; i < problem->place_count; i++) {
        const ei_site *place = &problem->places[i];
        order[i] = (ordered){spread_bits((uint32_t)place->x + middle) |
                                 spread_bits((uint32_t)place->y + middle) << 1,
                             (uint32_t)i, place->lot};
    }
    qsort(order, problem->place_count, sizeof *order, by_curve);
    for (size_t i = 0; i < problem->place_count; i++)
        places[i] = problem->places[order[i].place];
}

static edu_status solve_ordered(ei_transport *problem, ordered *order, ei_site *places,
                                edu_error *error)
{
    cost *rents = ei_calloc(problem->centre_count, sizeof *rents);
    if (!rents)
        return ei_no_memory(error);
    order_places(problem, order, places);
    edu_status status =
        solve_coarse_first(problem, places, problem->place_count, true, rents, error);
    for (size_t i = 0; status == EDU_OK && i < problem->parcel_count; i++)
        problem->parcels[i].place = order[problem->parcels[i].place].place;
    ei_free(rents);
    return status;
}

edu_status ei_transport_solve(ei_transport *problem, edu_error *error)
{
    size_t count = problem->place_count;
    ordered *order = ei_calloc(count, sizeof *order);
    ei_site *places = ei_calloc(count, sizeof *places);
    edu_status status =
        order && places ? solve_ordered(problem, order, places, error) : ei_no_memory(error);
    ei_free(order);
    ei_free(places);
    return status;
}
