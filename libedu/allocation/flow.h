/* Places moved among the centres of one zone until no centre holds more than its seats, at least
 * cost. */
#ifndef EI_FLOW_H
#define EI_FLOW_H

#include "allocation/near.h"

/* Pupils of a place at a centre. */
typedef struct ei_held {
    uint32_t place, distance;
    int32_t pupils;
} ei_held;

typedef struct ei_held_list {
    ei_held *items;
    uint32_t count, room;
} ei_held_list;

typedef struct ei_station {
    ei_held_list movable; /* those with another centre within reach */
    ei_held_list fixed;
    int64_t idle;   /* seats with nobody */
    int64_t excess; /* pupils and idle ones beyond the seats; negative: room */
    ei_cost slack;  /* from here to centres that are in nobody's reach costs no less, before rent */
    ei_cost step;   /* by which the reach of those who are here grows next */
} ei_station;

typedef struct ei_reached {
    uint32_t centre, distance;
} ei_reached;

/* The centres of a place that are looked at. What is left out costs, with rent, no less than the
 * limit: rents never fall, so that this stays true. */
typedef struct ei_reach {
    size_t first; /* of the flow's reached */
    uint32_t count;
    ei_cost limit;
} ei_reach;

typedef struct ei_search ei_search;

typedef struct ei_flow {
    const ei_site *places, *sites;
    size_t place_count, count; /* count: of centres */
    ei_cost *rents;            /* the caller's, in and out */
    ei_cost width;             /* first reach of a place beyond its best centre */
    /* Told of the pupils that have no seat yet; returns false to cancel. */
    bool (*report)(void *context, int64_t unplaced);
    void *context;
    /* results */
    ei_station *stations;
    /* working */
    ei_near near;
    ei_reach *reaches;
    ei_reached *reached;
    size_t reached_count, reached_room;
    ei_candidate *found;
    size_t found_room;
    int64_t *whole_rents; /* metres, rounded down */
    int64_t unplaced;     /* sum of positive excess */
    ei_search *search;
    uint64_t paths;
    ei_cost length; /* of all paths together */
} ei_flow;

/* The caller sets what stands above `results`; finish always. */
edu_status ei_flow_solve(ei_flow *in, edu_error *error);
/* Of a solved flow: the smallest rents, in metres. */
edu_status ei_flow_least_rents(ei_flow *in, int64_t *out, edu_error *error);
void ei_flow_finish(ei_flow *in);

#endif
