/* A problem checked, sorted and split into zones. */
#ifndef EI_PROBLEM_H
#define EI_PROBLEM_H

#include <edu/allocation.h>
#include "allocation/site.h"
#include "core/core.h"

/* Places and centres of one zone, as indexes into the problem's, sorted by id. */
typedef struct ei_zone {
    const char *name;
    const size_t *places, *centres;
    size_t place_count, centre_count; /* places without pupils are left out */
    int64_t pupils, seats;
} ei_zone;

typedef struct ei_zones {
    ei_zone *items; /* by name */
    size_t count;
    size_t *indexes; /* what the zones point into */
} ei_zones;

const char *ei_site_zone(const edu_allocation_site *site);

/* The checks of edu_allocation_solve on ids, counts, coordinates and zones; of one list, for which
 * name is "places" or "centres". */
edu_status ei_sites_check(const edu_allocation_site *sites, size_t count, const char *name,
                          edu_error *error);
/* Both lists and the arrays themselves. */
edu_status ei_problem_check(const edu_allocation_problem *problem, edu_error *error);
edu_status ei_seed_check(const edu_allocation_problem *problem, edu_error *error);

/* What the solver sees of them. */
ei_site ei_site_of_place(const edu_allocation_site *place, const ei_lot_key *key);
ei_site ei_site_of_centre(const edu_allocation_site *centre, const ei_lot_key *key);

/* Copies flows, in any order, and rents, if there are any. */
edu_status ei_result_make(const edu_allocation_problem *problem, const edu_allocation_flow *flows,
                          size_t flow_count, const int64_t *rents, int64_t cost_m,
                          edu_allocation_result **out, edu_error *error);

/* For a problem that was checked; finish always. */
edu_status ei_zones_make(const edu_allocation_problem *problem, ei_zones *out, edu_error *error);
void ei_zones_finish(ei_zones *zones);

#endif
