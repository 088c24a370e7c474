/* Floating point is kept out: contraction and the libraries' sines differ between machines, and the
 * metres are published as the problem that everybody can solve again. */
#include "domain/account/geo.h"

#include <string.h>

#include "domain/portal/portal.h"
#include "portal_sql.h"

__extension__ typedef __int128 wide;

/* Fixed point with 60 bits behind the point. */
#define ONE_BITS 60
#define ONE ((wide)1 << ONE_BITS)
#define PI INT64_C(3622009729038561421) /* of 2^60 */
#define HALF_TURN_E7 INT64_C(1800000000)
#define RADIUS_M 6371009
#define E7 10000000

edu_status ei_geo_parse(const char *text, int32_t most, int64_t line, const char *field,
                        int32_t *e7, edu_error *error)
{
    const char *at = text;
    bool is_negative = *at == '-';
    at += is_negative;
    int64_t value = 0;
    int digits = 0, decimals = 0;
    for (; *at >= '0' && *at <= '9' && digits < 4; at++, digits++)
        value = value * 10 + (*at - '0');
    if (*at == '.' && digits > 0) {
        for (at++; *at >= '0' && *at <= '9' && decimals < 7; at++, decimals++)
            value = value * 10 + (*at - '0');
        digits = decimals;
    }
    for (int scale = decimals; scale < 7; scale++)
        value *= 10;
    if (digits == 0 || *at || value > (int64_t)most * E7)
        return ei_fail_line(error, EDU_E_INVALID, "import.bad_degrees", line, field,
                            "not decimal degrees between -%d and %d with at most 7 decimals", most,
                            most);
    *e7 = (int32_t)(is_negative ? -value : value);
    return EDU_OK;
}

static wide times(wide a, wide b)
{
    return a * b / ONE;
}

/* The series from a first term on: x for the sine, 1 for the cosine. */
static wide series(wide square, wide term, int n)
{
    wide sum = 0;
    for (; term != 0; n += 2) {
        sum += term;
        term = -times(term, square) / ((n + 1) * (n + 2));
    }
    return sum;
}

typedef struct angle {
    wide sine, cosine;
} angle;

/* Within half a turn either way; the series is exact to about 2^-55 there. */
static angle angle_of(int64_t e7)
{
    if (e7 > HALF_TURN_E7)
        e7 -= 2 * HALF_TURN_E7;
    if (e7 < -HALF_TURN_E7)
        e7 += 2 * HALF_TURN_E7;
    wide radians = (wide)e7 * PI / HALF_TURN_E7;
    wide square = times(radians, radians);
    return (angle){series(square, radians, 1), series(square, ONE, 0)};
}

static int64_t metres(wide sine, wide cosine)
{
    wide scaled = 2 * (wide)RADIUS_M * sine;
    wide half = (ONE + cosine) / 2;
    scaled += scaled < 0 ? -half : half;
    return (int64_t)(scaled / (ONE + cosine));
}

bool ei_geo_project(ei_geo_point point, ei_geo_point reference, int64_t *x_m, int64_t *y_m)
{
    angle latitude = angle_of(point.latitude_e7);
    angle middle = angle_of(reference.latitude_e7);
    angle apart = angle_of((int64_t)point.longitude_e7 - reference.longitude_e7);
    /* of the arc from the reference to the point */
    wide cosine = times(middle.sine, latitude.sine) +
                  times(times(middle.cosine, latitude.cosine), apart.cosine);
    if (cosine < 0)
        return false;
    *x_m = metres(times(latitude.cosine, apart.sine), cosine);
    *y_m = metres(times(middle.cosine, latitude.sine) -
                      times(times(middle.sine, latitude.cosine), apart.cosine),
                  cosine);
    return true;
}

/* ---- the reference point ---- */

#define SETTING "reference_point"
#define TENTH_E7 (E7 / 10)

static edu_status stored_reference(edu_tx *tx, bool *is_set, ei_geo_point *out, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_portal_setting(tx, SETTING, &rows, error));
    edu_status status = ei_rows_next(&rows, is_set, error);
    if (status == EDU_OK && *is_set) {
        const char *text = ei_column_text(&rows, 0);
        json_t *value = NULL;
        status = ei_json_read(text, strlen(text), &value, error);
        out->latitude_e7 = (int32_t)json_integer_value(json_object_get(value, "latitude_e7"));
        out->longitude_e7 = (int32_t)json_integer_value(json_object_get(value, "longitude_e7"));
        json_decref(value);
    }
    ei_rows_close(&rows);
    return status;
}

static int32_t rounded_mean(int64_t sum, int64_t count)
{
    int64_t tenths = count ? sum / count / (TENTH_E7 / 2) : 0;
    return (int32_t)((tenths + (tenths < 0 ? -1 : 1)) / 2 * TENTH_E7);
}

static edu_status mean_place(ei_csv *csv, size_t latitude, size_t longitude, ei_geo_point *out,
                             edu_error *error)
{
    int64_t latitudes = 0, longitudes = 0, count = 0;
    for (;;) {
        const char *const *fields;
        bool more = false;
        EI_TRY(ei_csv_next(csv, &fields, &more, error));
        if (!more)
            break;
        int32_t lat, lon;
        if (ei_geo_parse(fields[latitude], 90, 0, NULL, &lat, NULL) != EDU_OK ||
            ei_geo_parse(fields[longitude], 180, 0, NULL, &lon, NULL) != EDU_OK)
            continue;
        latitudes += lat;
        longitudes += lon;
        count++;
    }
    *out = (ei_geo_point){rounded_mean(latitudes, count), rounded_mean(longitudes, count)};
    return EDU_OK;
}

static edu_status store_reference(edu_tx *tx, ei_geo_point point, edu_error *error)
{
    ei_buffer text = {0};
    ei_buffer_printf(&text, "{\"latitude_e7\":%d,\"longitude_e7\":%d}", point.latitude_e7,
                     point.longitude_e7);
    edu_status status = text.failed ? ei_no_memory(error)
                                    : sql_portal_setting_add(tx, SETTING, text.data, NULL, error);
    ei_buffer_free(&text);
    return status;
}

edu_status ei_geo_reference(edu_tx *tx, edu_bytes csv, const char *const *columns, size_t latitude,
                            size_t longitude, ei_geo_point *out, edu_error *error)
{
    bool is_set = false;
    EI_TRY(stored_reference(tx, &is_set, out, error));
    if (is_set)
        return EDU_OK;
    ei_csv *reader;
    EI_TRY(ei_csv_open(csv, columns, &reader, error));
    edu_status status = mean_place(reader, latitude, longitude, out, error);
    ei_csv_close(reader);
    return status == EDU_OK ? store_reference(tx, *out, error) : status;
}
