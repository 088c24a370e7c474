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

static edu_status take_shortage(const ei_zone *zone, ei_arena *arena, edu_allocation_shortage *out,
                                edu_error *error)
{
    size_t *places = ei_arena_alloc(arena, zone->place_count * sizeof *places);
    *out = (edu_allocation_shortage){.zone = ei_arena_strdup(arena, zone->name),
                                     .pupils = zone->pupils,
                                     .seats = zone->seats,
                                     .centre_count = zone->centre_count,
                                     .place_count = zone->place_count,
                                     .places = places};
    if (!places || !out->zone)
        return ei_no_memory(error);
    memcpy(places, zone->places, zone->place_count * sizeof *places);
    return EDU_OK;
}

static edu_status take_shortages(const ei_zones *zones, edu_allocation_shortages **out,
                                 edu_error *error)
{
    ei_arena *arena;
    edu_allocation_shortages *made = ei_record_new(sizeof *made, &arena);
    edu_allocation_shortage *items =
        made ? ei_arena_alloc(arena, zones->count * sizeof *items) : NULL;
    edu_status status = items ? EDU_OK : ei_no_memory(error);
    for (size_t i = 0; status == EDU_OK && i < zones->count; i++)
        if (is_short(&zones->items[i]))
            status = take_shortage(&zones->items[i], arena, &items[made->count++], error);
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
        status = take_shortages(&zones, out, error);
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

static edu_status take_flows(solution *in, const ei_zone *zone, const ei_transport *solved,
                             edu_error *error)
{
    size_t need = in->flow_count + solved->parcel_count;
    if (need > in->flow_space) {
        edu_allocation_flow *grown = ei_realloc_array(in->flows, need, sizeof *grown);
        if (!grown)
            return ei_no_memory(error);
        in->flows = grown;
        in->flow_space = need;
    }
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

static edu_status solve_zone(solution *in, const ei_zone *zone, edu_error *error)
{
    if (zone->centre_count == 0)
        return EDU_OK;
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
