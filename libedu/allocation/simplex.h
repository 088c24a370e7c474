/* Least-cost transport from places to centres, of one zone, from rents that are near the truth. */
#ifndef EI_SIMPLEX_H
#define EI_SIMPLEX_H

#include "allocation/reach.h"
#include "allocation/transport.h"

/* Places to centres; the rents that the reaches were made with are a start, and come out right.
 * width: first reach of a place beyond its best centre. Of every four places that follow one
 * another the coarse parcels tell where they went when they were one; sorted by place, none at
 * first. Told of the pupils that have no seat yet, report returns false to cancel. The parcels are
 * the caller's to free. */
edu_status ei_simplex_solve(ei_reaches *reaches, ei_cost *rents, ei_cost width,
                            const ei_parcel *coarse, size_t coarse_count,
                            bool (*report)(void *context, int64_t unplaced), void *context,
                            ei_parcel **parcels, size_t *parcel_count, edu_error *error);

#endif
