/* Why a deadline moved: the days that another version of the calendar counts otherwise. */
#include "domain/calendar/calendar_store.h"

#define MOST 5 /* days that are named */

static int32_t day_of(const ei_calendar *calendar, edu_time at)
{
    int hour, minute;
    return ei_date_to_days(ei_time_civil(at, ei_calendar_utc_offset(calendar), &hour, &minute));
}

/* "23.09.2026, 24.09.2026": the days that are worked under one version and free under the other. */
static void write_changed_days(const ei_calendar_change *of, ei_buffer *out)
{
    int count = 0;
    int32_t end = day_of(of->after, of->until);
    for (int32_t day = day_of(of->after, of->from); day <= end && count <= MOST; day++) {
        ei_day one, other;
        if (!ei_calendar_day(of->before, day, &one) || !ei_calendar_day(of->after, day, &other) ||
            ei_day_is_worked(one.kind) == ei_day_is_worked(other.kind))
            continue;
        edu_date date = ei_date_from_days(day);
        if (count++ == MOST)
            ei_buffer_text(out, ", …");
        else
            ei_buffer_printf(out, "%s%02d.%02d.%04d", count > 1 ? ", " : "", date.day, date.month,
                             date.year);
    }
    if (count == 0)
        ei_buffer_text(out, "–");
}

edu_status ei_calendar_change_note(const ei_calendar_change *of, json_t *data, edu_error *error)
{
    ei_buffer days = {0};
    write_changed_days(of, &days);
    bool is_noted =
        !days.failed && json_object_set_new(data, "calendar", json_string(of->code)) == 0 &&
        json_object_set_new(data, "calendar_version", json_integer(of->version)) == 0 &&
        json_object_set_new(data, "calendar_version_before", json_integer(of->version_before)) ==
            0 &&
        json_object_set_new(data, "days", json_string(days.data)) == 0;
    ei_buffer_free(&days);
    return is_noted ? EDU_OK : ei_no_memory(error);
}
