/* Weekly times of offerings. */
#include "domain/offering/offering_store.h"

#include <stdio.h>
#include <string.h>

#define DAY_MINUTES (24 * 60)

static bool read_one(const json_t *one, ei_weekly *out)
{
    const json_t *day = json_object_get(one, "day");
    json_int_t number = json_integer_value(day);
    int16_t from, until;
    if (json_object_size(one) != 3 || number < 1 || number > 7 ||
        !ei_clock_parse(json_string_value(json_object_get(one, "from")), &from) ||
        !ei_clock_parse(json_string_value(json_object_get(one, "until")), &until) || from >= until)
        return false;
    int monday = ((int)number - 1) * DAY_MINUTES;
    *out = (ei_weekly){(int16_t)(monday + from), (int16_t)(monday + until)};
    return true;
}

edu_status ei_weekly_read(const json_t *times, const char *field, ei_weekly out[EI_TIMES_MAX],
                          size_t *count, edu_error *error)
{
    *count = 0;
    if (!times || json_is_null(times))
        return EDU_OK;
    if (!json_is_array(times) || json_array_size(times) > EI_TIMES_MAX)
        return ei_fail(error, EDU_E_INVALID, "offering.times", field,
                       "times are a list of at most %d", EI_TIMES_MAX);
    for (size_t i = 0; i < json_array_size(times); i++) {
        char here[64];
        (void)snprintf(here, sizeof here, "%s/%zu", field, i);
        if (!read_one(json_array_get(times, i), &out[i]))
            return ei_fail(
                error, EDU_E_INVALID, "offering.times", here,
                "a time is {\"day\": 1 to 7, \"from\": \"16:00\", \"until\": \"17:30\"}");
    }
    *count = json_array_size(times);
    return EDU_OK;
}

int64_t ei_weekly_days(const json_t *times)
{
    int64_t days = 0;
    size_t i;
    json_t *one;
    json_array_foreach(times, i, one) days |=
        INT64_C(1) << (json_integer_value(json_object_get(one, "day")) - 1);
    return days;
}

bool ei_weekly_clash(const ei_weekly *a, size_t a_count, const ei_weekly *b, size_t b_count)
{
    for (size_t i = 0; i < a_count; i++)
        for (size_t k = 0; k < b_count; k++)
            if (a[i].from < b[k].until && b[k].from < a[i].until)
                return true;
    return false;
}
