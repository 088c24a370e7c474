/* Problems of allocation out of bytes, and whether a result is one. */
#ifndef FUZZ_SITES_H
#define FUZZ_SITES_H

#include "numbers.h"

#define SITES_MOST 20

typedef struct fuzz_sites {
    edu_allocation_site places[SITES_MOST], centres[SITES_MOST];
    char ids[2 * SITES_MOST][4];
    edu_allocation_problem problem;
} fuzz_sites;

/* Four bytes a site; few have the id of another. */
static inline void fuzz_site(edu_bytes *rest, char id[4], size_t index, edu_allocation_site *out)
{
    static const char *const zones[] = {"", NULL, "north", "south"};
    uint8_t kind = fuzz_byte(rest);
    snprintf(id, 4, "%zu", kind == 255 ? 0 : index);
    *out = (edu_allocation_site){.id = id, .zone = zones[kind % 8 < 5 ? 0 : kind % 4]};
    out->x_m = fuzz_coordinate(fuzz_byte(rest));
    out->y_m = fuzz_coordinate(fuzz_byte(rest));
    out->count = fuzz_count(fuzz_byte(rest));
}

static inline void fuzz_sites_make(edu_bytes *rest, fuzz_sites *out)
{
    static const uint8_t seed[] = {1, 2, 3};
    size_t places = fuzz_byte(rest) % SITES_MOST, centres = fuzz_byte(rest) % SITES_MOST;
    for (size_t i = 0; i < places; i++)
        fuzz_site(rest, out->ids[i], i, &out->places[i]);
    for (size_t k = 0; k < centres; k++)
        fuzz_site(rest, out->ids[SITES_MOST + k], k, &out->centres[k]);
    out->problem =
        (edu_allocation_problem){places, centres, out->places, out->centres, seed, sizeof seed};
}

static inline const char *fuzz_zone(const edu_allocation_site *of)
{
    return of->zone ? of->zone : "";
}

/* Everybody has a seat of their zone, no seat is taken twice, and the cost is what it says. Gives
 * who sits in each centre. */
static inline void fuzz_flows(const edu_allocation_problem *of, const edu_allocation_result *result,
                              int64_t *taken)
{
    int64_t cost = 0, pupils = 0;
    int64_t *placed = calloc(of->place_count + 1, sizeof *placed);
    MUST(placed);
    for (size_t f = 0; f < result->flow_count; f++) {
        const edu_allocation_flow *flow = &result->flows[f];
        MUST(flow->pupils > 0 && flow->place < of->place_count && flow->centre < of->centre_count);
        const edu_allocation_site *from = &of->places[flow->place],
                                  *to = &of->centres[flow->centre];
        MUST(strcmp(fuzz_zone(from), fuzz_zone(to)) == 0);
        placed[flow->place] += flow->pupils;
        taken[flow->centre] += flow->pupils;
        cost += flow->pupils * edu_allocation_distance(from, to);
    }
    for (size_t i = 0; i < of->place_count; i++) {
        MUST(placed[i] == of->places[i].count);
        pupils += placed[i];
    }
    for (size_t k = 0; k < of->centre_count; k++)
        MUST(taken[k] <= of->centres[k].count);
    MUST(cost == result->cost_m && pupils == result->pupils);
    free(placed);
}

/* No allocation costs less: who has rent is full, and everybody is where way and rent are least. */
static inline void fuzz_proof(const edu_allocation_problem *of, const edu_allocation_result *result)
{
    int64_t *taken = calloc(of->centre_count + 1, sizeof *taken);
    MUST(taken);
    fuzz_flows(of, result, taken);
    for (size_t k = 0; k < of->centre_count; k++)
        MUST(result->rents[k] == 0 || (result->rents[k] > 0 && taken[k] == of->centres[k].count));
    for (size_t f = 0; f < result->flow_count; f++) {
        const edu_allocation_site *from = &of->places[result->flows[f].place];
        size_t at = result->flows[f].centre;
        int64_t paid = edu_allocation_distance(from, &of->centres[at]) + result->rents[at];
        for (size_t k = 0; k < of->centre_count; k++)
            MUST(strcmp(fuzz_zone(from), fuzz_zone(&of->centres[k])) != 0 ||
                 paid <= edu_allocation_distance(from, &of->centres[k]) + result->rents[k]);
    }
    free(taken);
}

static inline void fuzz_same_flows(const edu_allocation_result *one,
                                   const edu_allocation_result *two)
{
    MUST(one->flow_count == two->flow_count && one->cost_m == two->cost_m);
    for (size_t f = 0; f < one->flow_count; f++)
        MUST(one->flows[f].place == two->flows[f].place &&
             one->flows[f].centre == two->flows[f].centre &&
             one->flows[f].pupils == two->flows[f].pupils);
}

#endif
