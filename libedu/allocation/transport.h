/* Least-cost transport from places to centres, of one zone. */
#ifndef EI_TRANSPORT_H
#define EI_TRANSPORT_H

#include "core/core.h"

/* A place with its pupils, or a centre with its seats. The cost of a pupil of one at the other is
 * the distance first, then the draw: see edu/allocation.h. */
typedef struct ei_site {
    int32_t x, y; /* within EDU_ALLOCATION_METRES_MAX */
    int64_t count;
    uint64_t lot; /* a place's lot; a centre's lot, mixed */
} ei_site;

typedef struct ei_parcel {
    uint32_t place, centre;
    int64_t pupils;
} ei_parcel;

typedef struct ei_transport {
    const ei_site *places, *centres; /* places have pupils; seats are at least as many */
    size_t place_count, centre_count;
    /* Told of pupils that found their centre; returns false to cancel. */
    bool (*report)(void *context, int64_t done);
    void *context;
    /* results */
    int64_t *rents;     /* given by the caller, by centre */
    ei_parcel *parcels; /* in no order; ei_free */
    size_t parcel_count;
} ei_transport;

/* floor(sqrt(dx² + dy²)) */
uint32_t ei_site_distance(const ei_site *a, const ei_site *b);
uint64_t ei_site_draw(const ei_site *place, const ei_site *centre);

edu_status ei_transport_solve(ei_transport *problem, edu_error *error);

#endif
