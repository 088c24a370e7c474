/* The smallest rents of an optimum. */
#ifndef EI_RENTS_H
#define EI_RENTS_H

#include "allocation/reach.h"
#include "allocation/transport.h"

/* From any rents of the optimum that the parcels are; seats that stay empty lie where the rent is
 * least. In metres, by centre. */
edu_status ei_rents_find(ei_reaches *reaches, const ei_cost *rents, ei_cost width,
                         const ei_parcel *parcels, size_t parcel_count, int64_t *out,
                         edu_error *error);

#endif
