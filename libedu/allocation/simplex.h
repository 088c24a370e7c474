/* Least-cost transport from places to centres, of one zone, from rents that are near the truth. */
#ifndef EI_SIMPLEX_H
#define EI_SIMPLEX_H

#include "allocation/reach.h"
#include "allocation/transport.h"

/* Places to centres; the rents that the reaches were made with are a start, and come out right.
 * width: first reach of a place beyond its best centre. Told of the pupils that have no seat yet,
 * report returns false to cancel. The parcels are the caller's to free. */
edu_status ei_simplex_solve(ei_reaches *reaches, ei_cost *rents, ei_cost width,
                            bool (*report)(void *context, int64_t unplaced), void *context,
                            ei_parcel **parcels, size_t *parcel_count, edu_error *error);

#endif
