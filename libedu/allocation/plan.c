/* Plans: allocations that pupils come to and leave, zone by zone. */
#include <edu/allocation.h>

#include <stdlib.h>
#include <string.h>
#include "allocation/late.h"
#include "allocation/problem.h"

#define NONE UINT32_MAX

/* Of a zone: its part of the work, and what its places and centres are in the plan. */
typedef struct part {
    char *zone;
    size_t *places, *centres;
    size_t place_count, place_room, centre_count;
    ei_site *sites; /* centres */
    ei_late late;
} part;

/* Where a place or a centre of the plan is. */
typedef struct spot {
    uint32_t part, index; /* NONE: a place that never had a pupil */
} spot;

struct edu_allocation_plan {
    ei_arena *arena;
    edu_allocation_site *places, *centres;
    spot *place_spots, *centre_spots;
    size_t place_count, place_room, spot_room, centre_count;
    size_t *slots; /* places by the hash of their ids: index + 1, or 0 */
    size_t slot_count;
    part *parts;
    size_t part_count;
    uint8_t seed[EDU_ALLOCATION_SEED_MAX];
    size_t seed_size;
    ei_lot_key key;
    int64_t pupils, cost_m;
    bool is_broken;
};

/* ---- places by id ---- */

/* Where the id is, or would be. */
static size_t slot_of(const edu_allocation_plan *plan, const char *id)
{
    uint64_t hash = 0;
    for (const char *c = id; *c; c++)
        hash = ei_lot_mix(hash ^ (uint8_t)*c);
    size_t slot = hash % plan->slot_count;
    while (plan->slots[slot] && strcmp(plan->places[plan->slots[slot] - 1].id, id) != 0)
        slot = (slot + 1) % plan->slot_count;
    return slot;
}

static bool make_slots(edu_allocation_plan *plan, size_t count)
{
    size_t *slots = ei_calloc(count, sizeof *slots);
    if (!slots)
        return false;
    ei_free(plan->slots);
    plan->slots = slots;
    plan->slot_count = count;
    for (size_t i = 0; i < plan->place_count; i++)
        plan->slots[slot_of(plan, plan->places[i].id)] = i + 1;
    return true;
}

static edu_status copy_site(const edu_allocation_plan *plan, const edu_allocation_site *from,
                            edu_allocation_site *out, edu_error *error)
{
    *out = *from;
    out->id = ei_arena_strdup(plan->arena, from->id);
    out->zone = ei_arena_strdup(plan->arena, ei_site_zone(from));
    return out->id && out->zone ? EDU_OK : ei_no_memory(error);
}

static edu_status copy_sites(const edu_allocation_plan *plan, const edu_allocation_site *from,
                             size_t count, edu_allocation_site *out, edu_error *error)
{
    for (size_t i = 0; i < count; i++)
        EI_TRY(copy_site(plan, &from[i], &out[i], error));
    return EDU_OK;
}

/* ---- the result that a plan begins with ---- */

static int by_pair(const void *a, const void *b)
{
    const edu_allocation_flow *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return (x->centre > y->centre) - (x->centre < y->centre);
}

static edu_status bad_result(edu_error *error)
{
    return ei_fail(error, EDU_E_INVALID, "allocation.result", NULL,
                   "the result does not place everybody of the problem, each pair once, within "
                   "zones and seats");
}

static edu_status check_flow(const edu_allocation_problem *problem, const edu_allocation_flow *flow,
                             int64_t *sent, int64_t *taken, edu_error *error)
{
    if (flow->place >= problem->place_count || flow->centre >= problem->centre_count ||
        flow->pupils < 1 || flow->pupils > EDU_ALLOCATION_COUNT_MAX ||
        strcmp(ei_site_zone(&problem->places[flow->place]),
               ei_site_zone(&problem->centres[flow->centre])) != 0)
        return bad_result(error);
    sent[flow->place] += flow->pupils;
    taken[flow->centre] += flow->pupils;
    return EDU_OK;
}

static edu_status check_sums(const edu_allocation_problem *problem,
                             const edu_allocation_flow *flows, size_t count, int64_t *sent,
                             int64_t *taken, edu_error *error)
{
    for (size_t i = 0; i < count; i++) {
        EI_TRY(check_flow(problem, &flows[i], sent, taken, error));
        if (i > 0 && by_pair(&flows[i - 1], &flows[i]) == 0)
            return bad_result(error);
    }
    for (size_t i = 0; i < problem->place_count; i++)
        if (sent[i] != problem->places[i].count)
            return bad_result(error);
    for (size_t k = 0; k < problem->centre_count; k++)
        if (taken[k] > problem->centres[k].count)
            return bad_result(error);
    return EDU_OK;
}

/* flows: by place, then centre. */
static edu_status check_flows(const edu_allocation_problem *problem,
                              const edu_allocation_flow *flows, size_t count, edu_error *error)
{
    int64_t *sent = ei_calloc(problem->place_count, sizeof *sent);
    int64_t *taken = ei_calloc(problem->centre_count, sizeof *taken);
    edu_status status =
        sent && taken ? check_sums(problem, flows, count, sent, taken, error) : ei_no_memory(error);
    ei_free(sent);
    ei_free(taken);
    return status;
}

/* ---- making a plan ---- */

static edu_status make_part(edu_allocation_plan *plan, const ei_zone *zone, uint32_t number,
                            edu_error *error)
{
    part *made = &plan->parts[number];
    *made = (part){.zone = ei_arena_strdup(plan->arena, zone->name),
                   .places = ei_calloc(zone->place_count, sizeof *made->places),
                   .centres = ei_calloc(zone->centre_count, sizeof *made->centres),
                   .place_count = zone->place_count,
                   .place_room = zone->place_count,
                   .centre_count = zone->centre_count,
                   .sites = ei_calloc(zone->centre_count, sizeof *made->sites)};
    if (!made->zone || !made->places || !made->centres || !made->sites)
        return ei_no_memory(error);
    for (uint32_t i = 0; i < zone->place_count; i++) {
        made->places[i] = zone->places[i];
        plan->place_spots[zone->places[i]] = (spot){number, i};
    }
    for (uint32_t k = 0; k < zone->centre_count; k++) {
        made->centres[k] = zone->centres[k];
        made->sites[k] = ei_site_of_centre(&plan->centres[zone->centres[k]], &plan->key);
        plan->centre_spots[zone->centres[k]] = (spot){number, k};
    }
    return EDU_OK;
}

/* What the solver needs of a part, while it is made. */
typedef struct filling {
    ei_site *places;
    ei_parcel *parcels;
    size_t parcel_count;
    int64_t *rents;
} filling;

static edu_status fill_part(edu_allocation_plan *plan, uint32_t number,
                            const edu_allocation_flow *flows, size_t flow_count,
                            const int64_t *rents, filling *with, edu_error *error)
{
    part *one = &plan->parts[number];
    for (size_t i = 0; i < one->place_count; i++)
        with->places[i] = ei_site_of_place(&plan->places[one->places[i]], &plan->key);
    for (size_t k = 0; rents && k < one->centre_count; k++)
        with->rents[k] = rents[one->centres[k]];
    for (size_t i = 0; i < flow_count; i++) {
        spot from = plan->place_spots[flows[i].place];
        if (from.part == number)
            with->parcels[with->parcel_count++] =
                (ei_parcel){from.index, plan->centre_spots[flows[i].centre].index, flows[i].pupils};
    }
    return ei_late_make(&one->late, with->places, one->place_count, one->sites, one->centre_count,
                        rents ? with->rents : NULL, with->parcels, with->parcel_count, error);
}

static edu_status start_part(edu_allocation_plan *plan, uint32_t number,
                             const edu_allocation_flow *flows, size_t flow_count,
                             const int64_t *rents, edu_error *error)
{
    part *one = &plan->parts[number];
    if (one->centre_count == 0)
        return EDU_OK;
    filling with = {ei_calloc(one->place_count, sizeof *with.places),
                    ei_calloc(flow_count, sizeof *with.parcels), 0,
                    ei_calloc(one->centre_count, sizeof *with.rents)};
    edu_status status = with.places && with.parcels && with.rents
                            ? fill_part(plan, number, flows, flow_count, rents, &with, error)
                            : ei_no_memory(error);
    ei_free(with.places);
    ei_free(with.parcels);
    ei_free(with.rents);
    return status;
}

static edu_status make_parts(edu_allocation_plan *plan, const edu_allocation_problem *problem,
                             const edu_allocation_flow *flows, size_t flow_count,
                             const int64_t *rents, edu_error *error)
{
    ei_zones zones;
    edu_status status = ei_zones_make(problem, &zones, error);
    plan->parts = ei_calloc(zones.count, sizeof *plan->parts);
    if (status == EDU_OK && !plan->parts)
        status = ei_no_memory(error);
    for (uint32_t i = 0; status == EDU_OK && i < zones.count; i++) {
        plan->part_count++;
        status = make_part(plan, &zones.items[i], i, error);
        if (status == EDU_OK)
            status = start_part(plan, i, flows, flow_count, rents, error);
    }
    ei_zones_finish(&zones);
    return status;
}

static edu_status make_plan(edu_allocation_plan *plan, const edu_allocation_problem *problem,
                            edu_error *error)
{
    plan->place_count = plan->place_room = plan->spot_room = problem->place_count;
    plan->centre_count = problem->centre_count;
    plan->arena = ei_arena_new();
    plan->places = ei_calloc(plan->place_count, sizeof *plan->places);
    plan->centres = ei_calloc(plan->centre_count, sizeof *plan->centres);
    plan->place_spots = ei_calloc(plan->place_count, sizeof *plan->place_spots);
    plan->centre_spots = ei_calloc(plan->centre_count, sizeof *plan->centre_spots);
    if (!plan->arena || !plan->places || !plan->centres || !plan->place_spots ||
        !plan->centre_spots)
        return ei_no_memory(error);
    for (size_t i = 0; i < plan->place_count; i++)
        plan->place_spots[i] = (spot){NONE, NONE};
    plan->seed_size = problem->seed_size;
    memcpy(plan->seed, problem->seed, problem->seed_size);
    ei_lot_key_make(problem->seed, problem->seed_size, &plan->key);
    EI_TRY(copy_sites(plan, problem->places, plan->place_count, plan->places, error));
    EI_TRY(copy_sites(plan, problem->centres, plan->centre_count, plan->centres, error));
    return make_slots(plan, 2 * plan->place_count + 64) ? EDU_OK : ei_no_memory(error);
}

static edu_status fill_plan(edu_allocation_plan *plan, const edu_allocation_problem *problem,
                            edu_allocation_flow *flows, size_t count, const int64_t *rents,
                            edu_error *error)
{
    qsort(flows, count, sizeof *flows, by_pair);
    EI_TRY(check_flows(problem, flows, count, error));
    EI_TRY(make_plan(plan, problem, error));
    for (size_t i = 0; i < count; i++) {
        plan->pupils += flows[i].pupils;
        plan->cost_m += flows[i].pupils * edu_allocation_distance(&plan->places[flows[i].place],
                                                                  &plan->centres[flows[i].centre]);
    }
    return make_parts(plan, problem, flows, count, rents, error);
}

edu_status edu_allocation_open(const edu_allocation_problem *problem,
                               const edu_allocation_result *result, edu_allocation_plan **out,
                               edu_error *error)
{
    if (!result || (!result->flows && result->flow_count > 0))
        return ei_bad_argument(error, "result");
    if (!out)
        return ei_bad_argument(error, "out");
    EI_TRY(ei_problem_check(problem, error));
    EI_TRY(ei_seed_check(problem, error));
    edu_allocation_plan *plan = ei_calloc(1, sizeof *plan);
    edu_allocation_flow *flows = ei_calloc(result->flow_count, sizeof *flows);
    edu_status status = plan && flows ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK) {
        if (result->flow_count > 0)
            memcpy(flows, result->flows, result->flow_count * sizeof *flows);
        status = fill_plan(plan, problem, flows, result->flow_count, result->rents, error);
    }
    ei_free(flows);
    if (status == EDU_OK)
        *out = plan;
    else
        edu_allocation_close(plan);
    return status;
}

void edu_allocation_close(edu_allocation_plan *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->part_count; i++) {
        ei_late_finish(&plan->parts[i].late);
        ei_free(plan->parts[i].places);
        ei_free(plan->parts[i].centres);
        ei_free(plan->parts[i].sites);
    }
    ei_free(plan->parts);
    ei_free(plan->places);
    ei_free(plan->centres);
    ei_free(plan->place_spots);
    ei_free(plan->centre_spots);
    ei_free(plan->slots);
    ei_arena_free(plan->arena);
    ei_free(plan);
}

/* ---- what came of a change ---- */

/* How many more of a place a centre has; behind all others, who has no centre. */
typedef struct shift {
    uint32_t place, centre;
    int64_t more;
} shift;

static int by_shift(const void *a, const void *b)
{
    const shift *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return (x->centre > y->centre) - (x->centre < y->centre);
}

/* One for each place and centre of which the number is another. */
static size_t take_shifts(const part *of, shift *out)
{
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < of->late.move_count; i++) {
        const ei_moved *move = &of->late.moves[i];
        if (move->to == EI_NOWHERE) /* told apart from those who take over */
            continue;
        uint32_t place = (uint32_t)of->places[move->place];
        uint32_t from = move->from == EI_NOWHERE ? NONE : (uint32_t)of->centres[move->from];
        out[count++] = (shift){place, from, -move->pupils};
        out[count++] = (shift){place, (uint32_t)of->centres[move->to], move->pupils};
    }
    qsort(out, count, sizeof *out, by_shift);
    for (size_t i = 0; i < count;) {
        shift sum = {out[i].place, out[i].centre, 0};
        for (; i < count && by_shift(&out[i], &sum) == 0; i++)
            sum.more += out[i].more;
        if (sum.more != 0)
            out[kept++] = sum;
    }
    return kept;
}

static size_t centre_index(uint32_t centre)
{
    return centre == NONE ? EDU_ALLOCATION_NOWHERE : centre;
}

/* Of one place: who is fewer goes where there are more, both in the order of centres. */
static size_t pair_shifts(shift *from, size_t count, edu_allocation_move *moves)
{
    size_t made = 0, less = 0, more = 0;
    for (;;) {
        while (less < count && from[less].more >= 0)
            less++;
        while (more < count && from[more].more <= 0)
            more++;
        if (less == count || more == count)
            return made;
        int64_t pupils = -from[less].more < from[more].more ? -from[less].more : from[more].more;
        moves[made++] = (edu_allocation_move){from[less].place, centre_index(from[less].centre),
                                              centre_index(from[more].centre), pupils};
        from[less].more += pupils;
        from[more].more -= pupils;
    }
}

static int64_t way_of(const edu_allocation_plan *plan, size_t place, size_t centre)
{
    if (centre == EDU_ALLOCATION_NOWHERE)
        return 0;
    return edu_allocation_distance(&plan->places[place], &plan->centres[centre]);
}

/* Who came, or left, is told from the others. */
static void count_moves(edu_allocation_change *change, const edu_allocation_plan *plan)
{
    for (size_t i = 0; i < change->move_count; i++) {
        const edu_allocation_move *move = &change->moves[i];
        change->added_m += move->pupils * (way_of(plan, move->place, move->to) -
                                           way_of(plan, move->place, move->from));
        if (move->from == EDU_ALLOCATION_NOWHERE)
            change->centre = move->to;
        else if (move->to == EDU_ALLOCATION_NOWHERE)
            change->centre = move->from;
        else
            change->moved += move->pupils;
    }
}

/* left: where the pupil was who left, or EDU_ALLOCATION_NOWHERE. */
static edu_status make_change(const edu_allocation_plan *plan, const part *of, size_t place,
                              size_t left, edu_allocation_change **out, edu_error *error)
{
    size_t most = 2 * of->late.move_count;
    ei_arena *arena;
    edu_allocation_change *made = ei_record_new(sizeof *made, &arena);
    edu_allocation_move *moves = made ? ei_arena_alloc(arena, most * sizeof *moves) : NULL;
    shift *shifts = ei_calloc(most, sizeof *shifts);
    if (!moves || !shifts) {
        edu_free(made);
        ei_free(shifts);
        return ei_no_memory(error);
    }
    size_t count = take_shifts(of, shifts);
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && shifts[end].place == shifts[i].place)
            end++;
        made->move_count += pair_shifts(shifts + i, end - i, moves + made->move_count);
        i = end;
    }
    ei_free(shifts);
    if (left != EDU_ALLOCATION_NOWHERE)
        moves[made->move_count++] = (edu_allocation_move){place, left, EDU_ALLOCATION_NOWHERE, 1};
    made->moves = moves;
    count_moves(made, plan);
    *out = made;
    return EDU_OK;
}

/* ---- a pupil comes ---- */

static edu_status check_plan(const edu_allocation_plan *plan, int64_t price_m, edu_error *error)
{
    if (!plan)
        return ei_bad_argument(error, "plan");
    if (plan->is_broken)
        return ei_no_memory(error);
    if (price_m < 0)
        return ei_fail(error, EDU_E_INVALID, "allocation.price", "/price_m",
                       "a price is 0 metres or more");
    return EDU_OK;
}

static int64_t price_of(int64_t price_m)
{
    return price_m < EI_PRICE_NEVER ? price_m : EI_PRICE_NEVER;
}

static edu_status fail_full(const char *zone, edu_error *error)
{
    return ei_fail(error, EDU_E_INFEASIBLE, "allocation.full", NULL, "%s%.200s%s has no seat left",
                   zone[0] ? "zone \"" : "the main zone", zone, zone[0] ? "\"" : "");
}

static part *part_of_zone(const edu_allocation_plan *plan, const char *zone, uint32_t *number)
{
    for (uint32_t i = 0; i < plan->part_count; i++)
        if (strcmp(plan->parts[i].zone, zone) == 0) {
            *number = i;
            return &plan->parts[i];
        }
    return NULL;
}

static edu_status check_seat_left(const edu_allocation_plan *plan, const char *zone,
                                  edu_error *error)
{
    uint32_t number;
    const part *of = part_of_zone(plan, zone, &number);
    for (size_t k = 0; of && k < of->centre_count; k++)
        if (of->late.at[k].idle > 0)
            return EDU_OK;
    return fail_full(zone, error);
}

static edu_status add_place(edu_allocation_plan *plan, const edu_allocation_site *place,
                            edu_error *error)
{
    if (plan->place_count == EDU_ALLOCATION_PLACES_MAX)
        return ei_fail(error, EDU_E_LIMIT, "allocation.too_many", "/place",
                       "there are %d places already", EDU_ALLOCATION_PLACES_MAX);
    edu_allocation_site *places =
        ei_with_room(plan->places, plan->place_count, &plan->place_room, sizeof *places);
    plan->places = places ? places : plan->places;
    spot *spots =
        ei_with_room(plan->place_spots, plan->place_count, &plan->spot_room, sizeof *spots);
    plan->place_spots = spots ? spots : plan->place_spots;
    if (!places || !spots)
        return ei_no_memory(error);
    EI_TRY(copy_site(plan, place, &places[plan->place_count], error));
    places[plan->place_count].count = 0;
    spots[plan->place_count] = (spot){NONE, NONE};
    if (2 * (plan->place_count + 1) > plan->slot_count && !make_slots(plan, 2 * plan->slot_count))
        return ei_no_memory(error);
    plan->slots[slot_of(plan, place->id)] = plan->place_count + 1;
    plan->place_count++;
    return EDU_OK;
}

/* Index of the place of this id, which is the same then, or is new. */
static edu_status find_place(edu_allocation_plan *plan, const edu_allocation_site *place,
                             size_t *out, edu_error *error)
{
    size_t slot = plan->slots[slot_of(plan, place->id)];
    if (!slot) {
        *out = plan->place_count;
        return add_place(plan, place, error);
    }
    const edu_allocation_site *known = &plan->places[slot - 1];
    *out = slot - 1;
    if (known->x_m == place->x_m && known->y_m == place->y_m &&
        strcmp(known->zone, ei_site_zone(place)) == 0)
        return EDU_OK;
    return ei_fail(error, EDU_E_INVALID, "allocation.place", "/place",
                   "the place of this id is elsewhere");
}

/* The place takes part in its zone from now on. */
static edu_status enter_part(edu_allocation_plan *plan, size_t place, edu_error *error)
{
    uint32_t number = 0;
    part *of = part_of_zone(plan, plan->places[place].zone, &number);
    size_t *places = ei_with_room(of->places, of->place_count, &of->place_room, sizeof *places);
    if (!places)
        return ei_no_memory(error);
    of->places = places;
    ei_site site = ei_site_of_place(&plan->places[place], &plan->key);
    EI_TRY(ei_late_place(&of->late, &site, error));
    plan->place_spots[place] = (spot){number, (uint32_t)of->place_count};
    places[of->place_count++] = place;
    return EDU_OK;
}

static edu_status tell(edu_allocation_plan *plan, size_t place, size_t left,
                       edu_allocation_change **out, edu_error *error)
{
    const part *of = &plan->parts[plan->place_spots[place].part];
    edu_allocation_change *made = NULL;
    EI_TRY(make_change(plan, of, place, left, &made, error));
    plan->cost_m += made->added_m;
    made->cost_m = plan->cost_m;
    made->place = place;
    if (out)
        *out = made;
    else
        edu_free(made);
    return EDU_OK;
}

static edu_status add(edu_allocation_plan *plan, const edu_allocation_site *site, int64_t price_m,
                      edu_allocation_change **out, edu_error *error)
{
    size_t place;
    EI_TRY(find_place(plan, site, &place, error));
    if (plan->place_spots[place].part == NONE)
        EI_TRY(enter_part(plan, place, error));
    spot at = plan->place_spots[place];
    EI_TRY(ei_late_add(&plan->parts[at.part].late, at.index, price_of(price_m), error));
    plan->places[place].count++;
    plan->pupils++;
    return tell(plan, place, EDU_ALLOCATION_NOWHERE, out, error);
}

edu_status edu_allocation_add(edu_allocation_plan *plan, const edu_allocation_site *place,
                              int64_t price_m, edu_allocation_change **out, edu_error *error)
{
    EI_TRY(check_plan(plan, price_m, error));
    if (!place)
        return ei_bad_argument(error, "place");
    edu_allocation_site one = *place;
    one.count = 1;
    EI_TRY(ei_sites_check(&one, 1, "places", error));
    EI_TRY(check_seat_left(plan, ei_site_zone(place), error));
    if (plan->pupils == EDU_ALLOCATION_COUNT_MAX)
        return ei_fail(error, EDU_E_LIMIT, "allocation.too_many", "/place",
                       "there are %d pupils already", EDU_ALLOCATION_COUNT_MAX);
    edu_status status = add(plan, place, price_m, out, error);
    plan->is_broken = status == EDU_E_NOMEM;
    return status;
}

/* ---- a pupil leaves ---- */

edu_status edu_allocation_remove(edu_allocation_plan *plan, size_t place, size_t centre,
                                 int64_t price_m, edu_allocation_change **out, edu_error *error)
{
    EI_TRY(check_plan(plan, price_m, error));
    if (place >= plan->place_count || centre >= plan->centre_count)
        return ei_bad_argument(error, place >= plan->place_count ? "place" : "centre");
    spot from = plan->place_spots[place], to = plan->centre_spots[centre];
    if (from.part == NONE || from.part != to.part ||
        !ei_late_has(&plan->parts[from.part].late, from.index, to.index))
        return ei_fail(error, EDU_E_NOT_FOUND, "allocation.nobody", NULL,
                       "nobody of this place is at this centre");
    edu_status status = ei_late_remove(&plan->parts[from.part].late, from.index, to.index,
                                       price_of(price_m), error);
    if (status == EDU_OK) {
        plan->places[place].count--;
        plan->pupils--;
        status = tell(plan, place, centre, out, error);
    }
    plan->is_broken = status == EDU_E_NOMEM;
    return status;
}

/* ---- as it is ---- */

static edu_status take_problem(const edu_allocation_plan *plan, edu_allocation_problem **out,
                               edu_error *error)
{
    ei_arena *arena;
    edu_allocation_problem *made = ei_record_new(sizeof *made, &arena);
    if (!made)
        return ei_no_memory(error);
    edu_allocation_plan own = {.arena = arena};
    edu_allocation_site *places = ei_arena_alloc(arena, plan->place_count * sizeof *places);
    edu_allocation_site *centres = ei_arena_alloc(arena, plan->centre_count * sizeof *centres);
    uint8_t *seed = ei_arena_alloc(arena, plan->seed_size);
    edu_status status = places && centres && seed ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK)
        status = copy_sites(&own, plan->places, plan->place_count, places, error);
    if (status == EDU_OK)
        status = copy_sites(&own, plan->centres, plan->centre_count, centres, error);
    if (status != EDU_OK) {
        edu_free(made);
        return status;
    }
    memcpy(seed, plan->seed, plan->seed_size);
    *made = (edu_allocation_problem){plan->place_count, plan->centre_count, places, centres, seed,
                                     plan->seed_size};
    *out = made;
    return EDU_OK;
}

typedef struct taking {
    edu_allocation_flow *flows;
    size_t count, room;
    int64_t *rents;
} taking;

static edu_status take_part(part *of, taking *to, edu_error *error)
{
    ei_parcel *parcels;
    size_t count;
    if (of->centre_count == 0)
        return EDU_OK;
    EI_TRY(ei_late_parcels(&of->late, &parcels, &count, error));
    edu_allocation_flow *flows = ei_realloc_array(to->flows, to->count + count, sizeof *flows);
    for (size_t i = 0; flows && i < count; i++)
        flows[to->count++] = (edu_allocation_flow){
            of->places[parcels[i].place], of->centres[parcels[i].centre], parcels[i].pupils};
    ei_free(parcels);
    if (!flows)
        return ei_no_memory(error);
    to->flows = flows;
    return EDU_OK;
}

static edu_status take_rents(part *of, int64_t *out, edu_error *error)
{
    int64_t *rents = ei_calloc(of->centre_count, sizeof *rents);
    edu_status status = rents ? ei_late_rents(&of->late, rents, error) : ei_no_memory(error);
    for (size_t k = 0; status == EDU_OK && k < of->centre_count; k++)
        out[of->centres[k]] = rents[k];
    ei_free(rents);
    return status;
}

static bool is_free_to_move(const edu_allocation_plan *plan)
{
    for (size_t i = 0; i < plan->part_count; i++)
        if (plan->parts[i].centre_count > 0 &&
            (!plan->parts[i].late.is_settled || plan->parts[i].late.price > 0))
            return false;
    return true;
}

static edu_status take_all(edu_allocation_plan *plan, taking *to, edu_allocation_result **out,
                           edu_error *error)
{
    bool has_rents = is_free_to_move(plan);
    for (size_t i = 0; i < plan->part_count; i++) {
        EI_TRY(take_part(&plan->parts[i], to, error));
        if (has_rents && plan->parts[i].centre_count > 0)
            EI_TRY(take_rents(&plan->parts[i], to->rents, error));
    }
    const edu_allocation_problem problem = {.place_count = plan->place_count,
                                            .centre_count = plan->centre_count,
                                            .places = plan->places,
                                            .centres = plan->centres};
    return ei_result_make(&problem, to->flows, to->count, has_rents ? to->rents : NULL,
                          plan->cost_m, out, error);
}

edu_status edu_allocation_current(edu_allocation_plan *plan, edu_allocation_problem **problem,
                                  edu_allocation_result **result, edu_error *error)
{
    EI_TRY(check_plan(plan, 0, error));
    if (!result)
        return ei_bad_argument(error, "result");
    taking to = {.rents = ei_calloc(plan->centre_count, sizeof *to.rents)};
    edu_allocation_result *made = NULL;
    edu_status status = to.rents ? take_all(plan, &to, &made, error) : ei_no_memory(error);
    ei_free(to.flows);
    ei_free(to.rents);
    if (status == EDU_OK && problem)
        status = take_problem(plan, problem, error);
    if (status == EDU_OK)
        *result = made;
    else
        edu_free(made);
    return status;
}
