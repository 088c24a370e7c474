/* Places on the globe as integer metres on a plane, the same on every machine. */
#ifndef EI_GEO_H
#define EI_GEO_H

#include "core/core.h"
#include "storage/storage.h"

typedef struct ei_geo_point {
    int32_t latitude_e7; /* degrees times ten million */
    int32_t longitude_e7;
} ei_geo_point;

/* Decimal degrees with up to 7 digits behind the point, of at most `most` either way (90 or 180).
 * Field is that of the error, which carries the line. */
edu_status ei_geo_parse(const char *text, int32_t most, int64_t line, const char *field,
                        int32_t *e7, edu_error *error);

/* Stereographic projection about a reference point, on a sphere of 6,371,009 m, in integer
 * arithmetic alone: x to the east, y to the north, rounded to the nearest metre. Within 700 km of
 * the reference a distance is true to 0.6 %, the Earth's flattening included. False where the point
 * lies more than a quarter of the globe away. */
bool ei_geo_project(ei_geo_point point, ei_geo_point reference, int64_t *x_m, int64_t *y_m);

/* The store's reference point. Set once: by the first file with places that is imported, as the
 * mean of its places rounded to a tenth of a degree. columns as of ei_csv_open, with the indexes of
 * latitude and longitude. Rows that cannot be read are passed over: the import itself refuses them.
 */
edu_status ei_geo_reference(edu_tx *tx, edu_bytes csv, const char *const *columns, size_t latitude,
                            size_t longitude, ei_geo_point *out, edu_error *error);

#endif
