#include "workflow/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "workflow/document.h"

#define YEARS_MAX 200
#define HOLIDAYS_MAX 128
#define DATES_MAX 1024
#define MINUTE INT64_C(60000000)
#define DAY_MINUTES 1440
#define NONE (-1)

/* What a holiday moves when it falls on another day that is free. */
typedef enum moves { MOVES_NOTHING, MOVES_REST_DAY, MOVES_MEETING_TOO } moves;

typedef struct one_day {
    uint8_t kind, movers; /* movers: holidays here that move something */
    bool moves_meeting;   /* one of them does when it meets another */
    int16_t holidays[2];
    int32_t other;
} one_day;

struct ei_calendar {
    json_t *json;
    int32_t first, last;
    int utc_offset, eve_minutes, shift_count;
    ei_shift shifts[EI_SHIFTS_MAX];
    bool is_weekend[7]; /* from Monday */
    bool is_late_next, is_due_at_midnight;
    json_t *titles[HOLIDAYS_MAX];
    one_day *days;
    int32_t *worked_before; /* worked days of the calendar before this one; one more than days */
    int32_t *worked;        /* the worked days, in order */
};

static const char *const kind_names[] = {"working", "worked_rest", "weekend",
                                         "holiday", "substitute",  "moved_rest"};

const char *ei_day_kind_name(ei_day_kind kind)
{
    return kind_names[kind];
}

bool ei_day_is_worked(ei_day_kind kind)
{
    return kind == EI_DAY_WORKING || kind == EI_DAY_WORKED_REST;
}

static one_day *at_day(const ei_calendar *calendar, int32_t day)
{
    return day >= calendar->first && day <= calendar->last ? &calendar->days[day - calendar->first]
                                                           : NULL;
}

static bool is_worked(const ei_calendar *calendar, int32_t day)
{
    const one_day *one = at_day(calendar, day);
    return one && ei_day_is_worked(one->kind);
}

/* 1970-01-01 was a Thursday. */
static int weekday(int32_t day)
{
    return (int)(((int64_t)day % 7 + 10) % 7);
}

/* ---- reading ---- */

static edu_status read_int(const json_t *object, const char *name, int least, int most,
                           const ei_place *at, int *out, edu_error *error)
{
    const json_t *value = json_object_get(object, name);
    json_int_t number = json_integer_value(value);
    ei_place here = ei_place_below(at, name);
    char what[80];
    if (!value)
        return EDU_OK;
    (void)snprintf(what, sizeof what, "this must be a whole number from %d to %d", least, most);
    if (!json_is_integer(value) || number < least || number > most)
        return ei_document_fault(error, &here, what);
    *out = (int)number;
    return EDU_OK;
}

static edu_status read_choice(const json_t *object, const char *name, const char *const *choices,
                              const ei_place *at, int *out, edu_error *error)
{
    const char *text = json_string_value(json_object_get(object, name));
    ei_place here = ei_place_below(at, name);
    char what[160] = "this must be one of:";
    for (int i = 0; choices[i]; i++) {
        if (text && strcmp(text, choices[i]) == 0) {
            *out = i;
            return EDU_OK;
        }
        size_t used = strlen(what);
        (void)snprintf(what + used, sizeof what - used, " %s", choices[i]);
    }
    return ei_document_fault(error, &here, what);
}

static edu_status read_years(ei_calendar *calendar, edu_error *error)
{
    static const char *const keys[] = {"from", "until", NULL};
    ei_place at = {"/years"};
    const json_t *years = json_object_get(calendar->json, "years");
    int from = 0, until = 0;
    EI_TRY(ei_document_keys(years, keys, &at, error));
    EI_TRY(read_int(years, "from", 1900, 2200, &at, &from, error));
    EI_TRY(read_int(years, "until", 1900, 2200, &at, &until, error));
    if (until < from || until - from >= YEARS_MAX)
        return ei_document_fault(error, &at, "these must be 1 to 200 years, in order");
    ei_place root = {""};
    int announced = until;
    EI_TRY(read_int(calendar->json, "announced", from - 1, until, &root, &announced, error));
    calendar->first = ei_date_to_days((edu_date){(int16_t)from, 1, 1});
    calendar->last = ei_date_to_days((edu_date){(int16_t)until, 12, 31});
    size_t count = (size_t)(calendar->last - calendar->first) + 1;
    calendar->days = ei_calloc(count, sizeof *calendar->days);
    calendar->worked_before = ei_calloc(count + 1, sizeof *calendar->worked_before);
    calendar->worked = ei_calloc(count, sizeof *calendar->worked);
    return calendar->days && calendar->worked_before && calendar->worked ? EDU_OK
                                                                         : ei_no_memory(error);
}

static edu_status read_weekend(ei_calendar *calendar, edu_error *error)
{
    ei_place at = {"/weekend"};
    const json_t *weekend = json_object_get(calendar->json, "weekend");
    if (!json_is_array(weekend) || json_array_size(weekend) > 6)
        return ei_document_fault(error, &at, "this must list the days off, 1 (Monday) to 7");
    for (size_t i = 0; i < json_array_size(weekend); i++) {
        json_int_t day = json_integer_value(json_array_get(weekend, i));
        ei_place here = ei_place_index(&at, i);
        if (day < 1 || day > 7)
            return ei_document_fault(error, &here, "this must be 1 (Monday) to 7 (Sunday)");
        calendar->is_weekend[day - 1] = true;
    }
    return EDU_OK;
}

static edu_status read_hours(ei_calendar *calendar, edu_error *error)
{
    ei_place at = {"/hours"};
    const json_t *hours = json_object_get(calendar->json, "hours");
    size_t count = json_array_size(hours);
    int16_t before = 0;
    if (count < 1 || count > EI_SHIFTS_MAX)
        return ei_document_fault(error, &at, "this must list 1 to 4 spans of work");
    for (size_t i = 0; i < count; i++) {
        const json_t *span = json_array_get(hours, i);
        ei_place here = ei_place_index(&at, i);
        ei_shift *shift = &calendar->shifts[i];
        if (json_array_size(span) != 2 ||
            !ei_clock_parse(json_string_value(json_array_get(span, 0)), &shift->from) ||
            !ei_clock_parse(json_string_value(json_array_get(span, 1)), &shift->until))
            return ei_document_fault(error, &here, "this must be [\"HH:MM\", \"HH:MM\"]");
        if (shift->from < before || shift->until <= shift->from)
            return ei_document_fault(error, &here, "spans must be in order and not overlap");
        before = shift->until;
    }
    calendar->shift_count = (int)count;
    ei_place root = {""};
    const ei_shift *last = &calendar->shifts[count - 1];
    return read_int(calendar->json, "eve_minutes", 0, last->until - last->from - 1, &root,
                    &calendar->eve_minutes, error);
}

static edu_status read_rules(ei_calendar *calendar, edu_error *error)
{
    static const char *const late[] = {"next_working_day", "same_day", NULL};
    static const char *const due[] = {"closing", "midnight", NULL};
    ei_place root = {""};
    int choice = 0;
    EI_TRY(read_int(calendar->json, "utc_offset", -14 * 60, 14 * 60, &root, &calendar->utc_offset,
                    error));
    EI_TRY(read_choice(calendar->json, "received_late", late, &root, &choice, error));
    calendar->is_late_next = choice == 0;
    EI_TRY(read_choice(calendar->json, "due", due, &root, &choice, error));
    calendar->is_due_at_midnight = choice == 1;
    return EDU_OK;
}

/* ---- holidays ---- */

typedef struct holiday {
    int16_t number;
    moves moves;
    int month, day, length, since, until;
} holiday;

static void put_holiday(const ei_calendar *calendar, const holiday *one, int32_t day)
{
    one_day *at = at_day(calendar, day);
    if (!at || at->holidays[0] == one->number || at->holidays[1] == one->number)
        return;
    at->kind = EI_DAY_HOLIDAY;
    if (at->holidays[0] == NONE)
        at->holidays[0] = one->number;
    else if (at->holidays[1] == NONE)
        at->holidays[1] = one->number;
    at->movers += one->moves != MOVES_NOTHING && at->movers < 2;
    at->moves_meeting |= one->moves == MOVES_MEETING_TOO;
}

static edu_status put_dates(const ei_calendar *calendar, const holiday *one, const json_t *dates,
                            const ei_place *at, edu_error *error)
{
    if (!json_is_array(dates) || json_array_size(dates) > DATES_MAX)
        return ei_document_fault(error, at, "this must be a list of up to 1024 dates");
    for (size_t i = 0; i < json_array_size(dates); i++) {
        edu_date date;
        ei_place here = ei_place_index(at, i);
        if (!ei_date_parse(json_string_value(json_array_get(dates, i)), &date))
            return ei_document_fault(error, &here, "this must be a date, YYYY-MM-DD");
        for (int j = 0; j < one->length; j++)
            put_holiday(calendar, one, ei_date_to_days(date) + j);
    }
    return EDU_OK;
}

/* From the year before on: the days of a holiday may reach into the next year. */
static void put_years(const ei_calendar *calendar, const holiday *one)
{
    int year = ei_date_from_days(calendar->first).year - 1;
    int end = ei_date_from_days(calendar->last).year;
    for (year = year > one->since ? year : one->since; year <= end && year <= one->until; year++) {
        edu_date date = {(int16_t)year, (uint8_t)one->month, (uint8_t)one->day};
        for (int j = 0; ei_date_valid(date) && j < one->length; j++)
            put_holiday(calendar, one, ei_date_to_days(date) + j);
    }
}

static edu_status read_holiday(ei_calendar *calendar, size_t number, edu_error *error)
{
    static const char *const keys[] = {"code",  "title",  "moves",  "?month", "?day",
                                       "?days", "?since", "?until", "?dates", NULL};
    static const char *const choices[] = {"nothing", "rest_day", "meeting_too", NULL};
    ei_place list = {"/holidays"}, at = ei_place_index(&list, number);
    ei_place code = ei_place_below(&at, "code"), title = ei_place_below(&at, "title"),
             dates_at = ei_place_below(&at, "dates");
    const json_t *json = json_array_get(json_object_get(calendar->json, "holidays"), number);
    holiday one = {.number = (int16_t)number, .length = 1, .since = 1, .until = 9999};
    int choice = 0;
    EI_TRY(ei_document_keys(json, keys, &at, error));
    if (!ei_document_code(json_string_value(json_object_get(json, "code"))))
        return ei_document_fault(error, &code, "a holiday is named with a-z, 0-9, _ and -");
    calendar->titles[number] = json_object_get(json, "title");
    EI_TRY(ei_document_texts(calendar->titles[number], json_object_get(calendar->json, "title"),
                             &title, error));
    EI_TRY(read_choice(json, "moves", choices, &at, &choice, error));
    one.moves = (moves)choice;
    EI_TRY(read_int(json, "month", 1, 12, &at, &one.month, error));
    EI_TRY(read_int(json, "day", 1, 31, &at, &one.day, error));
    EI_TRY(read_int(json, "days", 1, 31, &at, &one.length, error));
    EI_TRY(read_int(json, "since", 1, 9999, &at, &one.since, error));
    EI_TRY(read_int(json, "until", 1, 9999, &at, &one.until, error));
    const json_t *dates = json_object_get(json, "dates");
    if (dates ? one.month || one.day : !one.month || !one.day)
        return ei_document_fault(error, &at, "a holiday has a month and a day, or a list of dates");
    if (dates)
        return put_dates(calendar, &one, dates, &dates_at, error);
    if (!ei_date_valid((edu_date){2000, (uint8_t)one.month, (uint8_t)one.day}))
        return ei_document_fault(error, &at, "the month has no such day");
    put_years(calendar, &one);
    return EDU_OK;
}

static edu_status read_holidays(ei_calendar *calendar, edu_error *error)
{
    ei_place at = {"/holidays"};
    const json_t *list = json_object_get(calendar->json, "holidays");
    if (!json_is_array(list) || json_array_size(list) > HOLIDAYS_MAX)
        return ei_document_fault(error, &at, "this must be a list of up to 128 holidays");
    for (size_t i = 0; i < json_array_size(list); i++)
        EI_TRY(read_holiday(calendar, i, error));
    return EDU_OK;
}

/* ---- which days are free instead of others ---- */

static void substitute(const ei_calendar *calendar, int32_t for_day)
{
    int32_t day = for_day + 1;
    while (day <= calendar->last && !is_worked(calendar, day))
        day++;
    one_day *at = at_day(calendar, day);
    if (!at)
        return;
    at->kind = EI_DAY_SUBSTITUTE;
    at->other = for_day;
}

/* A holiday on a day of the weekend, and one that meets another, each give the next worked day. */
static void substitute_all(const ei_calendar *calendar)
{
    for (int32_t day = calendar->first; day <= calendar->last; day++) {
        const one_day *at = at_day(calendar, day);
        if (at->kind != EI_DAY_HOLIDAY)
            continue;
        if (at->movers > 0 && calendar->is_weekend[weekday(day)])
            substitute(calendar, day);
        if (at->movers > 1 && at->moves_meeting)
            substitute(calendar, day);
    }
}

static edu_status read_pair(const ei_calendar *calendar, const json_t *json, const ei_place *at,
                            edu_error *error)
{
    static const char *const keys[] = {"rest", "worked", NULL};
    static const char *const names[] = {"rest", "worked"};
    int32_t days[2];
    EI_TRY(ei_document_keys(json, keys, at, error));
    for (int i = 0; i < 2; i++) {
        edu_date date;
        ei_place here = ei_place_below(at, names[i]);
        if (!ei_date_parse(json_string_value(json_object_get(json, names[i])), &date))
            return ei_document_fault(error, &here, "this must be a date, YYYY-MM-DD");
        days[i] = ei_date_to_days(date);
        const one_day *one = at_day(calendar, days[i]);
        if (!one)
            return ei_document_fault(error, &here, "this is not within the calendar's years");
        if (one->kind != (i == 0 ? EI_DAY_WORKING : EI_DAY_WEEKEND))
            return ei_document_fault(error, &here,
                                     i == 0 ? "this day is free already"
                                            : "this day is not a free day of the weekend");
    }
    for (int i = 0; i < 2; i++) {
        one_day *one = at_day(calendar, days[i]);
        one->kind = i == 0 ? EI_DAY_MOVED_REST : EI_DAY_WORKED_REST;
        one->other = days[1 - i];
    }
    return EDU_OK;
}

static edu_status read_moved_days(const ei_calendar *calendar, edu_error *error)
{
    ei_place at = {"/moved_days"};
    const json_t *list = json_object_get(calendar->json, "moved_days");
    if (!json_is_array(list) || json_array_size(list) > DATES_MAX)
        return ei_document_fault(error, &at, "this must be a list of up to 1024 pairs of days");
    for (size_t i = 0; i < json_array_size(list); i++) {
        ei_place here = ei_place_index(&at, i);
        EI_TRY(read_pair(calendar, json_array_get(list, i), &here, error));
    }
    return EDU_OK;
}

static void count_worked(ei_calendar *calendar)
{
    int32_t count = 0;
    for (int32_t day = calendar->first; day <= calendar->last; day++) {
        calendar->worked_before[day - calendar->first] = count;
        if (is_worked(calendar, day))
            calendar->worked[count++] = day;
    }
    calendar->worked_before[calendar->last + 1 - calendar->first] = count;
}

static edu_status read_calendar(ei_calendar *calendar, edu_error *error)
{
    static const char *const keys[] = {"calendar",   "title",         "years",    "?utc_offset",
                                       "weekend",    "hours",         "holidays", "?eve_minutes",
                                       "?announced", "received_late", "due",      "moved_days",
                                       NULL};
    ei_place root = {""}, code = {"/calendar"}, title = {"/title"};
    const json_t *titles = json_object_get(calendar->json, "title");
    EI_TRY(ei_document_keys(calendar->json, keys, &root, error));
    if (!ei_document_code(json_string_value(json_object_get(calendar->json, "calendar"))))
        return ei_document_fault(error, &code, "a calendar is named with a-z, 0-9, _ and -");
    if (json_object_size(titles) == 0)
        return ei_document_fault(error, &title, "there must be a text in at least one language");
    EI_TRY(ei_document_texts(titles, titles, &title, error));
    EI_TRY(read_weekend(calendar, error));
    EI_TRY(read_hours(calendar, error));
    EI_TRY(read_rules(calendar, error));
    EI_TRY(read_years(calendar, error));
    for (int32_t day = calendar->first; day <= calendar->last; day++)
        *at_day(calendar, day) =
            (one_day){.kind = calendar->is_weekend[weekday(day)] ? EI_DAY_WEEKEND : EI_DAY_WORKING,
                      .holidays = {NONE, NONE}};
    EI_TRY(read_holidays(calendar, error));
    substitute_all(calendar);
    EI_TRY(read_moved_days(calendar, error));
    count_worked(calendar);
    return EDU_OK;
}

edu_status ei_calendar_make(const json_t *json, ei_calendar **out, edu_error *error)
{
    ei_calendar *calendar = ei_calloc(1, sizeof *calendar);
    if (!calendar)
        return ei_no_memory(error);
    calendar->json = json_deep_copy(json);
    edu_status status = calendar->json ? read_calendar(calendar, error) : ei_no_memory(error);
    if (status != EDU_OK)
        ei_calendar_free(calendar);
    else
        *out = calendar;
    return status;
}

void ei_calendar_free(ei_calendar *calendar)
{
    if (!calendar)
        return;
    ei_free(calendar->days);
    ei_free(calendar->worked_before);
    ei_free(calendar->worked);
    json_decref(calendar->json);
    ei_free(calendar);
}

/* ---- asking ---- */

json_t *ei_calendar_json(const ei_calendar *calendar)
{
    return calendar->json;
}

int ei_calendar_utc_offset(const ei_calendar *calendar)
{
    return calendar->utc_offset;
}

void ei_calendar_span(const ei_calendar *calendar, int32_t *first, int32_t *last)
{
    *first = calendar->first;
    *last = calendar->last;
}

bool ei_calendar_day(const ei_calendar *calendar, int32_t day, ei_day *out)
{
    const one_day *one = at_day(calendar, day);
    if (!one)
        return false;
    *out = (ei_day){.kind = (ei_day_kind)one->kind, .other = one->other};
    const one_day *named = one->kind == EI_DAY_SUBSTITUTE ? at_day(calendar, one->other) : one;
    for (int i = 0; i < 2; i++)
        out->titles[i] = named->holidays[i] == NONE ? NULL : calendar->titles[named->holidays[i]];
    return true;
}

/* The day before a holiday ends early. */
int ei_calendar_shifts(const ei_calendar *calendar, int32_t day, ei_shift out[EI_SHIFTS_MAX])
{
    const one_day *next = at_day(calendar, day + 1);
    if (!is_worked(calendar, day))
        return 0;
    memcpy(out, calendar->shifts, sizeof calendar->shifts);
    if (next && next->kind == EI_DAY_HOLIDAY && next->movers > 0)
        out[calendar->shift_count - 1].until -= (int16_t)calendar->eve_minutes;
    return calendar->shift_count;
}

edu_time ei_calendar_instant(const ei_calendar *calendar, int32_t day, int minute)
{
    return ((int64_t)day * DAY_MINUTES + minute - calendar->utc_offset) * MINUTE;
}

edu_status ei_calendar_day_of(const ei_calendar *calendar, edu_time at, int32_t *out,
                              edu_error *error)
{
    int hour, minute;
    ei_shift shifts[EI_SHIFTS_MAX];
    int32_t day = ei_date_to_days(ei_time_civil(at, calendar->utc_offset, &hour, &minute));
    if (calendar->is_late_next && at_day(calendar, day)) {
        int count = ei_calendar_shifts(calendar, day, shifts);
        if (count == 0 || hour * 60 + minute >= shifts[count - 1].until)
            for (day++; day <= calendar->last && !is_worked(calendar, day);)
                day++;
    }
    *out = day;
    if (!at_day(calendar, day))
        return ei_fail(error, EDU_E_INVALID, "calendar.beyond", NULL,
                       "the calendar does not reach so far; publish one with more years");
    return EDU_OK;
}

int32_t ei_calendar_worked(const ei_calendar *calendar, int32_t from, int32_t until)
{
    return calendar->worked_before[until + 1 - calendar->first] -
           calendar->worked_before[from + 1 - calendar->first];
}

bool ei_calendar_nth(const ei_calendar *calendar, int32_t from, int32_t count, int32_t *out)
{
    int32_t before = calendar->worked_before[from + 1 - calendar->first];
    if (calendar->worked_before[calendar->last + 1 - calendar->first] - before < count)
        return false;
    *out = count > 0 ? calendar->worked[before + count - 1] : from;
    return true;
}

bool ei_calendar_is_due_at_midnight(const ei_calendar *calendar)
{
    return calendar->is_due_at_midnight;
}
