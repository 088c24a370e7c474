#include "allocation/problem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- checks ---- */

typedef struct site_error {
    const edu_allocation_site *site;
    const char *list; /* "places" or "centres" */
    size_t index;
    edu_error *error;
} site_error;

static edu_status fail_site(const site_error *of, edu_status code, const char *key,
                            const char *column, const char *what)
{
    char field[sizeof of->error->field];
    if (of->site->line > 0)
        snprintf(field, sizeof field, "/%s/%s", of->list, column);
    else
        snprintf(field, sizeof field, "/%s/%zu/%s", of->list, of->index, column);
    return ei_fail_line(of->error, code, key, of->site->line, field, "%s", what);
}

static edu_status check_texts(const site_error *of)
{
    const edu_allocation_site *site = of->site;
    if (!site->id || !site->id[0])
        return fail_site(of, EDU_E_INVALID, "allocation.no_id", "id", "the id is missing");
    if (strlen(site->id) > EDU_ALLOCATION_ID_MAX ||
        strlen(ei_site_zone(site)) > EDU_ALLOCATION_ID_MAX)
        return fail_site(of, EDU_E_LIMIT, "allocation.long_id", "id",
                         "the id or the zone is longer than 255 bytes");
    if (!ei_utf8_valid(site->id, strlen(site->id)) ||
        !ei_utf8_valid(ei_site_zone(site), strlen(ei_site_zone(site))))
        return fail_site(of, EDU_E_INVALID, "allocation.not_utf8", "id",
                         "the id or the zone is not UTF-8");
    return EDU_OK;
}

static bool is_within(int64_t metres)
{
    return metres >= -EDU_ALLOCATION_METRES_MAX && metres <= EDU_ALLOCATION_METRES_MAX;
}

static edu_status check_site(const site_error *of)
{
    const edu_allocation_site *site = of->site;
    const char *counted = of->list[0] == 'p' ? "pupils" : "capacity";
    EI_TRY(check_texts(of));
    if (!is_within(site->x_m) || !is_within(site->y_m))
        return fail_site(of, EDU_E_LIMIT, "allocation.coordinate",
                         is_within(site->x_m) ? "y_m" : "x_m",
                         "the coordinate is beyond 1073741824 metres");
    if (site->count < 0)
        return fail_site(of, EDU_E_INVALID, "allocation.negative", counted,
                         "the number is negative; write 0 or more");
    if (site->count > EDU_ALLOCATION_COUNT_MAX)
        return fail_site(of, EDU_E_LIMIT, "allocation.too_many", counted,
                         "the number is more than 1000000000");
    return EDU_OK;
}

typedef int (*site_order)(const void *a, const void *b, void *sites);

/* Sorts indexes of sites. Lists mostly come in order, which is seen in one pass. */
static void sort_indexes(const edu_allocation_site *sites, size_t *indexes, size_t count,
                         site_order order)
{
    void *of = (void *)(uintptr_t)sites;
    for (size_t i = 1; i < count; i++)
        if (order(&indexes[i - 1], &indexes[i], of) > 0) {
            qsort_r(indexes, count, sizeof *indexes, order, of);
            return;
        }
}

static int by_id(const void *a, const void *b, void *sites)
{
    const size_t one = *(const size_t *)a, two = *(const size_t *)b;
    const edu_allocation_site *all = sites;
    int order = strcmp(all[one].id, all[two].id);
    return order ? order : (one > two) - (one < two);
}

static edu_status check_unique(const edu_allocation_site *sites, size_t count, const char *name,
                               edu_error *error)
{
    size_t *sorted = ei_calloc(count, sizeof *sorted);
    if (!sorted)
        return ei_no_memory(error);
    size_t doubled = SIZE_MAX;
    for (size_t i = 0; i < count; i++)
        sorted[i] = i;
    sort_indexes(sites, sorted, count, by_id);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sites[sorted[i - 1]].id, sites[sorted[i]].id) == 0 && sorted[i] < doubled)
            doubled = sorted[i];
    ei_free(sorted);
    if (doubled == SIZE_MAX)
        return EDU_OK;
    char what[160];
    snprintf(what, sizeof what, "the id \"%.100s\" stood before; give each its own",
             sites[doubled].id);
    site_error of = {&sites[doubled], name, doubled, error};
    return fail_site(&of, EDU_E_INVALID, "allocation.double_id", "id", what);
}

edu_status ei_sites_check(const edu_allocation_site *sites, size_t count, const char *name,
                          edu_error *error)
{
    bool is_places = name[0] == 'p';
    size_t most = is_places ? EDU_ALLOCATION_PLACES_MAX : EDU_ALLOCATION_CENTRES_MAX;
    char field[32];
    snprintf(field, sizeof field, "/%s", name);
    if (count > most)
        return ei_fail(error, EDU_E_LIMIT, "allocation.too_many", field, "more than %zu %s", most,
                       name);
    int64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        site_error of = {&sites[i], name, i, error};
        EI_TRY(check_site(&of));
        total += sites[i].count;
        if (is_places && total > EDU_ALLOCATION_COUNT_MAX)
            return fail_site(&of, EDU_E_LIMIT, "allocation.too_many", "pupils",
                             "up to here there are more than 1000000000 pupils");
    }
    return check_unique(sites, count, name, error);
}

edu_status ei_problem_check(const edu_allocation_problem *problem, edu_error *error)
{
    if (!problem)
        return ei_bad_argument(error, "problem");
    if (!problem->places && problem->place_count > 0)
        return ei_bad_argument(error, "places");
    if (!problem->centres && problem->centre_count > 0)
        return ei_bad_argument(error, "centres");
    EI_TRY(ei_sites_check(problem->places, problem->place_count, "places", error));
    return ei_sites_check(problem->centres, problem->centre_count, "centres", error);
}

edu_status ei_seed_check(const edu_allocation_problem *problem, edu_error *error)
{
    if (!problem->seed || problem->seed_size < 1 || problem->seed_size > EDU_ALLOCATION_SEED_MAX)
        return ei_fail(error, EDU_E_INVALID, "allocation.seed", "/seed",
                       "the seed has 1 to %d bytes", EDU_ALLOCATION_SEED_MAX);
    return EDU_OK;
}

/* ---- into the solver, and out of it ---- */

static ei_site take_site(const edu_allocation_site *from, uint64_t lot)
{
    return (ei_site){(int32_t)from->x_m, (int32_t)from->y_m, from->count, lot};
}

ei_site ei_site_of_place(const edu_allocation_site *place, const ei_lot_key *key)
{
    return take_site(place, ei_lot(key, "place", place->id));
}

ei_site ei_site_of_centre(const edu_allocation_site *centre, const ei_lot_key *key)
{
    return take_site(centre, ei_lot_mix(ei_lot(key, "centre", centre->id)));
}

/* By site: which it is in the order of ids. NULL when out of memory. */
static uint32_t *make_ranks(const edu_allocation_site *sites, size_t count)
{
    size_t *sorted = ei_calloc(count, sizeof *sorted);
    uint32_t *ranks = ei_calloc(count, sizeof *ranks);
    for (size_t i = 0; sorted && i < count; i++)
        sorted[i] = i;
    if (sorted && ranks) {
        sort_indexes(sites, sorted, count, by_id);
        for (size_t i = 0; i < count; i++)
            ranks[sorted[i]] = (uint32_t)i;
    }
    if (!sorted) {
        ei_free(ranks);
        ranks = NULL;
    }
    ei_free(sorted);
    return ranks;
}

static int by_centre(const void *a, const void *b, void *ranks)
{
    const uint32_t *all = ranks;
    const edu_allocation_flow *one = a, *two = b;
    return (all[one->centre] > all[two->centre]) - (all[one->centre] < all[two->centre]);
}

/* Counted by place, then sorted within each. starts: one more than there are places, all 0. */
static void fill_flows(const edu_allocation_flow *flows, size_t count, const uint32_t *places,
                       size_t place_count, uint32_t *centres, size_t *starts,
                       edu_allocation_flow *out)
{
    for (size_t i = 0; i < count; i++)
        starts[places[flows[i].place]]++;
    for (size_t i = 1; i <= place_count; i++)
        starts[i] += starts[i - 1];
    for (size_t i = count; i-- > 0;)
        out[--starts[places[flows[i].place]]] = flows[i];
    for (size_t i = 0; i < place_count; i++)
        if (starts[i + 1] - starts[i] > 1)
            qsort_r(out + starts[i], starts[i + 1] - starts[i], sizeof *out, by_centre, centres);
}

static bool sort_flows(const edu_allocation_problem *problem, const edu_allocation_flow *flows,
                       size_t count, edu_allocation_flow *out)
{
    uint32_t *places = make_ranks(problem->places, problem->place_count);
    uint32_t *centres = make_ranks(problem->centres, problem->centre_count);
    size_t *starts = ei_calloc(problem->place_count + 1, sizeof *starts);
    bool is_made = places && centres && starts;
    if (is_made)
        fill_flows(flows, count, places, problem->place_count, centres, starts, out);
    ei_free(places);
    ei_free(centres);
    ei_free(starts);
    return is_made;
}

edu_status ei_result_make(const edu_allocation_problem *problem, const edu_allocation_flow *flows,
                          size_t flow_count, const int64_t *rents, int64_t cost_m,
                          edu_allocation_result **out, edu_error *error)
{
    ei_arena *arena;
    size_t rent_bytes = rents ? problem->centre_count * sizeof *rents : 0;
    edu_allocation_result *made = ei_record_new(sizeof *made, &arena);
    edu_allocation_flow *own = made ? ei_arena_alloc(arena, flow_count * sizeof *own) : NULL;
    int64_t *own_rents = own ? ei_arena_alloc(arena, rent_bytes) : NULL;
    if (!own_rents || !sort_flows(problem, flows, flow_count, own)) {
        edu_free(made);
        return ei_no_memory(error);
    }
    if (rents)
        memcpy(own_rents, rents, rent_bytes);
    *made = (edu_allocation_result){.cost_m = cost_m,
                                    .flow_count = flow_count,
                                    .flows = own,
                                    .rents = rents ? own_rents : NULL};
    for (size_t i = 0; i < flow_count; i++)
        made->pupils += own[i].pupils;
    *out = made;
    return EDU_OK;
}

/* ---- zones ---- */

const char *ei_site_zone(const edu_allocation_site *site)
{
    return site->zone ? site->zone : "";
}

static int by_zone(const void *a, const void *b, void *sites)
{
    const edu_allocation_site *all = sites;
    const edu_allocation_site *one = &all[*(const size_t *)a], *two = &all[*(const size_t *)b];
    int order = strcmp(ei_site_zone(one), ei_site_zone(two));
    return order ? order : strcmp(one->id, two->id);
}

/* Indexes of the sites by zone and id; where is_filled, without those whose count is 0. */
static size_t sort_sites(const edu_allocation_site *sites, size_t count, bool is_filled,
                         size_t *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_filled || sites[i].count > 0)
            out[kept++] = i;
    sort_indexes(sites, out, kept, by_zone);
    return kept;
}

/* The sites of a zone at the front of a sorted list. */
static size_t take_zone(const edu_allocation_site *sites, const size_t *list, size_t count,
                        const char *zone, int64_t *sum)
{
    size_t taken = 0;
    for (; taken < count && strcmp(ei_site_zone(&sites[list[taken]]), zone) == 0; taken++)
        *sum += sites[list[taken]].count;
    return taken;
}

static void split_zones(const edu_allocation_problem *problem, const size_t *places,
                        size_t place_count, const size_t *centres, size_t centre_count,
                        ei_zones *out)
{
    while (place_count > 0 || centre_count > 0) {
        const char *first = place_count ? ei_site_zone(&problem->places[places[0]]) : NULL;
        const char *other = centre_count ? ei_site_zone(&problem->centres[centres[0]]) : NULL;
        ei_zone *zone = &out->items[out->count++];
        bool is_places = first && (!other || strcmp(first, other) <= 0);
        *zone = (ei_zone){.name = is_places ? first : other, .places = places, .centres = centres};
        zone->place_count =
            take_zone(problem->places, places, place_count, zone->name, &zone->pupils);
        zone->centre_count =
            take_zone(problem->centres, centres, centre_count, zone->name, &zone->seats);
        places += zone->place_count;
        place_count -= zone->place_count;
        centres += zone->centre_count;
        centre_count -= zone->centre_count;
    }
}

edu_status ei_zones_make(const edu_allocation_problem *problem, ei_zones *out, edu_error *error)
{
    size_t sites = problem->place_count + problem->centre_count;
    *out = (ei_zones){0};
    out->indexes = ei_calloc(sites, sizeof *out->indexes);
    if (!out->indexes)
        return ei_no_memory(error);
    size_t *places = out->indexes, *centres = places + problem->place_count;
    size_t place_count = sort_sites(problem->places, problem->place_count, true, places);
    size_t centre_count = sort_sites(problem->centres, problem->centre_count, false, centres);
    /* Each zone takes at least one of them. */
    out->items = ei_calloc(place_count + centre_count, sizeof *out->items);
    if (!out->items)
        return ei_no_memory(error);
    split_zones(problem, places, place_count, centres, centre_count, out);
    return EDU_OK;
}

void ei_zones_finish(ei_zones *zones)
{
    ei_free(zones->items);
    ei_free(zones->indexes);
    *zones = (ei_zones){0};
}
