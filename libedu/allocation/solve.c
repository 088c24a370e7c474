/* The allocation of places to centres, zone by zone. */
#include <edu/allocation.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "allocation/lot.h"
#include "allocation/problem.h"
#include "allocation/transport.h"

_Static_assert(EDU_ALLOCATION_METRES_MAX <= INT32_MAX, "a site's coordinates fit 32 bits");

int64_t edu_allocation_distance(const edu_allocation_site *a, const edu_allocation_site *b)
{
    ei_site one = {.x = (int32_t)a->x_m, .y = (int32_t)a->y_m};
    ei_site two = {.x = (int32_t)b->x_m, .y = (int32_t)b->y_m};
    return ei_site_distance(&one, &two);
}

/* ---- shortages ---- */

static bool is_short(const ei_zone *zone)
{
    return zone->pupils > zone->seats;
}

/* Names as many short zones as the message holds. */
static edu_status fail_short(const ei_zones *zones, edu_error *error)
{
    char text[sizeof error->message - 80];
    size_t size = 0, named = 0, all = 0;
    text[0] = '\0';
    for (size_t i = 0; i < zones->count; i++) {
        const ei_zone *zone = &zones->items[i];
        if (!is_short(zone))
            continue;
        char part[320];
        int length = snprintf(part, sizeof part,
                              "%s%s%.200s%s: %" PRId64 " pupils, %" PRId64
                              " seats in %zu centres, %" PRId64 " cannot be placed",
                              named ? "; " : "", zone->name[0] ? "zone \"" : "the main zone",
                              zone->name, zone->name[0] ? "\"" : "", zone->pupils, zone->seats,
                              zone->centre_count, zone->pupils - zone->seats);
        all++;
        if (named + 1 == all && size + (size_t)length < sizeof text) {
            memcpy(text + size, part, (size_t)length + 1);
            size += (size_t)length;
            named++;
        }
    }
    if (named < all)
        return ei_fail(error, EDU_E_INFEASIBLE, "allocation.infeasible", NULL,
                       "%s; and %zu more zones", text, all - named);
    return ei_fail(error, EDU_E_INFEASIBLE, "allocation.infeasible", NULL, "%s", text);
}

static edu_status check_seats(const ei_zones *zones, edu_error *error)
{
    for (size_t i = 0; i < zones->count; i++)
        if (is_short(&zones->items[i]))
            return fail_short(zones, error);
    return EDU_OK;
}

/* A place of a short zone, for sorting. */
typedef struct bearing {
    size_t index; /* among those of the zone */
    int64_t pupils, remainder;
} bearing;

static int by_remainder(const void *a, const void *b)
{
    const bearing *x = a, *y = b;
    if (x->remainder != y->remainder)
        return x->remainder > y->remainder ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static int by_pupils(const void *a, const void *b)
{
    const bearing *x = a, *y = b;
    if (x->pupils != y->pupils)
        return x->pupils < y->pupils ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* So many in all, in proportion. */
static void share_out(const ei_zone *zone, bearing *places, int64_t *out)
{
    int64_t left = zone->pupils - zone->seats;
    for (size_t i = 0; i < zone->place_count; i++) {
        __int128 part = (__int128)places[i].pupils * (zone->pupils - zone->seats);
        out[i] = (int64_t)(part / zone->pupils);
        places[i].remainder = (int64_t)(part % zone->pupils);
        left -= out[i];
    }
    qsort(places, zone->place_count, sizeof *places, by_remainder);
    for (size_t i = 0; left > 0; i++, left--)
        out[places[i].index]++;
}

/* Leaves out what can be, the smallest first: what stays is few large places. */
static size_t find_conflict(const ei_zone *zone, bearing *places, bool *is_left_out)
{
    int64_t pupils = zone->pupils;
    size_t count = zone->place_count;
    qsort(places, zone->place_count, sizeof *places, by_pupils);
    for (size_t i = 0; i < zone->place_count; i++) {
        is_left_out[places[i].index] = pupils - places[i].pupils > zone->seats;
        if (is_left_out[places[i].index]) {
            pupils -= places[i].pupils;
            count--;
        }
    }
    return count;
}

/* Room that a shortage has in the arena. */
typedef struct reasons {
    size_t *places, *centres, *conflict;
    int64_t *left_over;
    bearing *bearings;
    bool *is_left_out;
} reasons;

static bool make_reasons(const ei_zone *zone, ei_arena *arena, reasons *out)
{
    size_t count = zone->place_count;
    *out = (reasons){.places = ei_arena_alloc(arena, count * sizeof *out->places),
                     .centres = ei_arena_alloc(arena, zone->centre_count * sizeof *out->centres),
                     .conflict = ei_arena_alloc(arena, count * sizeof *out->conflict),
                     .left_over = ei_arena_alloc(arena, count * sizeof *out->left_over),
                     .bearings = ei_arena_alloc(arena, count * sizeof *out->bearings),
                     .is_left_out = ei_arena_alloc(arena, count * sizeof *out->is_left_out)};
    return out->places && out->centres && out->conflict && out->left_over && out->bearings &&
           out->is_left_out;
}

static edu_status take_shortage(const edu_allocation_problem *problem, const ei_zone *zone,
                                ei_arena *arena, edu_allocation_shortage *out, edu_error *error)
{
    reasons why;
    const char *name = ei_arena_strdup(arena, zone->name);
    if (!name || !make_reasons(zone, arena, &why))
        return ei_no_memory(error);
    memcpy(why.places, zone->places, zone->place_count * sizeof *why.places);
    if (zone->centre_count > 0)
        memcpy(why.centres, zone->centres, zone->centre_count * sizeof *why.centres);
    for (size_t i = 0; i < zone->place_count; i++)
        why.bearings[i] = (bearing){i, problem->places[zone->places[i]].count, 0};
    share_out(zone, why.bearings, why.left_over);
    size_t count = find_conflict(zone, why.bearings, why.is_left_out), taken = 0;
    for (size_t i = 0; i < zone->place_count; i++)
        if (!why.is_left_out[i])
            why.conflict[taken++] = zone->places[i];
    *out = (edu_allocation_shortage){.zone = name,
                                     .pupils = zone->pupils,
                                     .seats = zone->seats,
                                     .centre_count = zone->centre_count,
                                     .place_count = zone->place_count,
                                     .places = why.places,
                                     .left_over = why.left_over,
                                     .centres = why.centres,
                                     .conflict_count = count,
                                     .conflict = why.conflict};
    return EDU_OK;
}

static edu_status take_shortages(const edu_allocation_problem *problem, const ei_zones *zones,
                                 edu_allocation_shortages **out, edu_error *error)
{
    ei_arena *arena;
    edu_allocation_shortages *made = ei_record_new(sizeof *made, &arena);
    edu_allocation_shortage *items =
        made ? ei_arena_alloc(arena, zones->count * sizeof *items) : NULL;
    edu_status status = items ? EDU_OK : ei_no_memory(error);
    for (size_t i = 0; status == EDU_OK && i < zones->count; i++)
        if (is_short(&zones->items[i]))
            status = take_shortage(problem, &zones->items[i], arena, &items[made->count++], error);
    if (status != EDU_OK) {
        edu_free(made);
        return status;
    }
    made->items = items;
    *out = made;
    return EDU_OK;
}

edu_status edu_allocation_explain(const edu_allocation_problem *problem,
                                  edu_allocation_shortages **out, edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    ei_zones zones;
    EI_TRY(ei_problem_check(problem, error));
    edu_status status = ei_zones_make(problem, &zones, error);
    if (status == EDU_OK)
        status = take_shortages(problem, &zones, out, error);
    ei_zones_finish(&zones);
    return status;
}

/* ---- solving ---- */

typedef struct solution {
    const edu_allocation_problem *problem;
    edu_progress progress;
    ei_lot_key key;
    int64_t done, pupils; /* of the zones before, of all */
    int64_t *rents;       /* by centre of the problem */
    edu_allocation_flow *flows;
    size_t flow_count, flow_space;
    int64_t cost_m;
} solution;

static bool report_zone(void *context, int64_t done)
{
    const solution *in = context;
    return in->progress.report(in->progress.context, "solving", in->done + done, in->pupils);
}

static bool make_flow_room(solution *in, size_t more)
{
    size_t need = in->flow_count + more;
    edu_allocation_flow *grown = in->flows;
    if (need > in->flow_space) {
        grown = ei_realloc_array(in->flows, need, sizeof *grown);
        in->flows = grown ? grown : in->flows;
        in->flow_space = grown ? need : in->flow_space;
    }
    return grown || need == 0;
}

static edu_status take_flows(solution *in, const ei_zone *zone, const ei_transport *solved,
                             edu_error *error)
{
    if (!make_flow_room(in, solved->parcel_count))
        return ei_no_memory(error);
    for (size_t i = 0; i < solved->parcel_count; i++) {
        const ei_parcel *parcel = &solved->parcels[i];
        in->flows[in->flow_count++] = (edu_allocation_flow){
            zone->places[parcel->place], zone->centres[parcel->centre], parcel->pupils};
        in->cost_m += parcel->pupils * ei_site_distance(&solved->places[parcel->place],
                                                        &solved->centres[parcel->centre]);
    }
    for (size_t k = 0; k < zone->centre_count; k++)
        in->rents[zone->centres[k]] = solved->rents[k];
    return EDU_OK;
}

static void take_sites(const solution *in, const ei_zone *zone, ei_site *places, ei_site *centres)
{
    for (size_t i = 0; i < zone->place_count; i++) {
        const edu_allocation_site *place = &in->problem->places[zone->places[i]];
        places[i] = ei_site_of_place(place, &in->key);
    }
    for (size_t k = 0; k < zone->centre_count; k++) {
        const edu_allocation_site *centre = &in->problem->centres[zone->centres[k]];
        centres[k] = ei_site_of_centre(centre, &in->key);
    }
}

/* All go to the one centre there is; nobody draws, and its rent is nothing. */
static edu_status fill_centre(solution *in, const ei_zone *zone, edu_error *error)
{
    const edu_allocation_site *centre = &in->problem->centres[zone->centres[0]];
    if (in->progress.report && !report_zone(in, 0))
        return ei_fail(error, EDU_E_CANCELLED, "allocation.cancelled", NULL,
                       "the allocation was cancelled");
    if (!make_flow_room(in, zone->place_count))
        return ei_no_memory(error);
    for (size_t i = 0; i < zone->place_count; i++) {
        const edu_allocation_site *place = &in->problem->places[zone->places[i]];
        in->flows[in->flow_count++] =
            (edu_allocation_flow){zone->places[i], zone->centres[0], place->count};
        in->cost_m += place->count * edu_allocation_distance(place, centre);
    }
    in->done += zone->pupils;
    return EDU_OK;
}

static edu_status solve_zone(solution *in, const ei_zone *zone, edu_error *error)
{
    if (zone->centre_count == 0)
        return EDU_OK;
    if (zone->centre_count == 1)
        return fill_centre(in, zone, error);
    ei_site *places = ei_calloc(zone->place_count, sizeof *places);
    ei_site *centres = ei_calloc(zone->centre_count, sizeof *centres);
    ei_transport transport = {.places = places,
                              .centres = centres,
                              .place_count = zone->place_count,
                              .centre_count = zone->centre_count,
                              .report = in->progress.report ? report_zone : NULL,
                              .context = in,
                              .rents = ei_calloc(zone->centre_count, sizeof(int64_t))};
    edu_status status = EDU_E_NOMEM;
    if (places && centres && transport.rents) {
        take_sites(in, zone, places, centres);
        status = ei_transport_solve(&transport, error);
        if (status == EDU_OK)
            status = take_flows(in, zone, &transport, error);
        in->done += zone->pupils;
    } else {
        status = ei_no_memory(error);
    }
    ei_free(transport.parcels);
    ei_free(transport.rents);
    ei_free(places);
    ei_free(centres);
    return status;
}

static edu_status solve_zones(solution *in, const ei_zones *zones, edu_allocation_result **out,
                              edu_error *error)
{
    EI_TRY(check_seats(zones, error));
    in->rents = ei_calloc(in->problem->centre_count, sizeof *in->rents);
    if (!in->rents)
        return ei_no_memory(error);
    for (size_t i = 0; i < zones->count; i++)
        in->pupils += zones->items[i].pupils;
    for (size_t i = 0; i < zones->count; i++)
        EI_TRY(solve_zone(in, &zones->items[i], error));
    return ei_result_make(in->problem, in->flows, in->flow_count, in->rents, in->cost_m, out,
                          error);
}

edu_status edu_allocation_solve(const edu_allocation_problem *problem, edu_progress progress,
                                edu_allocation_result **out, edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    EI_TRY(ei_problem_check(problem, error));
    EI_TRY(ei_seed_check(problem, error));
    solution in = {.problem = problem, .progress = progress};
    ei_lot_key_make(problem->seed, problem->seed_size, &in.key);
    ei_zones zones;
    edu_status status = ei_zones_make(problem, &zones, error);
    if (status == EDU_OK)
        status = solve_zones(&in, &zones, out, error);
    ei_zones_finish(&zones);
    ei_free(in.rents);
    ei_free(in.flows);
    return status;
}
