/* Least-cost transport from places to centres, of one zone. */
#ifndef EI_TRANSPORT_H
#define EI_TRANSPORT_H

#include "allocation/site.h"

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

edu_status ei_transport_solve(ei_transport *problem, edu_error *error);

#endif
