/* When a term ends, and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "workflow/calendar.h"

#define DAY_MINUTES 1440
#define MINUTE INT64_C(60000000)

static const char *const unit_names[] = {"working_days", "days", "working_minutes"};

bool ei_term_unit_find(const char *name, ei_term_unit *out)
{
    for (size_t i = 0; name && i < EI_COUNT(unit_names); i++)
        if (strcmp(unit_names[i], name) == 0) {
            *out = (ei_term_unit)i;
            return true;
        }
    return false;
}

const char *ei_term_unit_name(ei_term_unit unit)
{
    return unit_names[unit];
}

/* Days that are not counted: after `from`, up to and with `until`. */
typedef struct gap {
    int32_t from, until; /* until: INT32_MAX while it lasts */
} gap;

typedef struct counting {
    const ei_calendar *calendar;
    const ei_term *term;
    int32_t day_zero, last;
    size_t gap_count;
    gap gaps[EI_PAUSES_MAX];
} counting;

static edu_status beyond(edu_error *error)
{
    return ei_fail(error, EDU_E_INVALID, "calendar.beyond", NULL,
                   "the calendar does not reach so far; publish one with more years");
}

static edu_status check_term(const ei_term *term, edu_error *error)
{
    if (term->count < 0 || term->count > EI_TERM_MAX || term->extra < 0 ||
        term->extra > EI_TERM_MAX)
        return ei_fail(error, EDU_E_INVALID, "calendar.term", "/count",
                       "a term is 0 to %d units long", EI_TERM_MAX);
    if (term->pause_count > EI_PAUSES_MAX)
        return ei_fail(error, EDU_E_LIMIT, "calendar.pauses", "/pauses",
                       "there are more than %d pauses", EI_PAUSES_MAX);
    for (size_t i = 0; i < term->pause_count; i++) {
        const ei_pause *pause = &term->pauses[i];
        if (pause->from == EDU_TIME_NONE ||
            (pause->until != EDU_TIME_NONE && pause->until < pause->from))
            return ei_fail(error, EDU_E_INVALID, "calendar.pauses", "/pauses",
                           "a pause begins, and does not end before that");
    }
    return EDU_OK;
}

/* ---- days ---- */

static int by_beginning(const void *a, const void *b)
{
    const gap *left = a, *right = b;
    return left->from != right->from ? (left->from < right->from ? -1 : 1)
                                     : (left->until > right->until) - (left->until < right->until);
}

static int32_t civil_day(const ei_calendar *calendar, edu_time at)
{
    int hour, minute;
    return ei_date_to_days(ei_time_civil(at, ei_calendar_utc_offset(calendar), &hour, &minute));
}

static edu_status begin(counting *work, edu_error *error)
{
    int32_t first;
    EI_TRY(check_term(work->term, error));
    ei_calendar_span(work->calendar, &first, &work->last);
    EI_TRY(ei_calendar_day_of(work->calendar, work->term->received, &work->day_zero, error));
    for (size_t i = 0; i < work->term->pause_count; i++) {
        const ei_pause *pause = &work->term->pauses[i];
        gap made = {civil_day(work->calendar, pause->from), INT32_MAX};
        if (pause->until != EDU_TIME_NONE)
            EI_TRY(ei_calendar_day_of(work->calendar, pause->until, &made.until, error));
        work->gaps[work->gap_count++] = made;
    }
    qsort(work->gaps, work->gap_count, sizeof *work->gaps, by_beginning);
    return EDU_OK;
}

static bool counts_all_days(const counting *work)
{
    return work->term->unit == EI_TERM_DAYS;
}

static int32_t counted_between(const counting *work, int32_t from, int32_t until)
{
    return counts_all_days(work) ? until - from : ei_calendar_worked(work->calendar, from, until);
}

static bool nth(const counting *work, int32_t from, int32_t count, int32_t *out)
{
    if (!counts_all_days(work))
        return ei_calendar_nth(work->calendar, from, count, out);
    *out = from + count;
    return *out <= work->last;
}

/* The day on which `count` days have been counted; *left is what is missing where a pause lasts. */
static edu_status count_days(const counting *work, int32_t count, int32_t *out, int32_t *left,
                             edu_error *error)
{
    int32_t at = work->day_zero;
    *left = count;
    for (size_t i = 0; i < work->gap_count; i++) {
        const gap *next = &work->gaps[i];
        if (next->from > work->last)
            break;
        if (next->from > at) {
            int32_t run = counted_between(work, at, next->from);
            if (run >= *left)
                break;
            *left -= run;
            at = next->from;
        } else if (*left == 0) {
            break;
        }
        if (next->until == INT32_MAX) {
            *out = INT32_MIN;
            return EDU_OK;
        }
        at = next->until > at ? next->until : at;
    }
    if (!nth(work, at, *left, out))
        return beyond(error);
    *left = 0;
    return EDU_OK;
}

static int closing(const ei_calendar *calendar, int32_t day)
{
    ei_shift shifts[EI_SHIFTS_MAX];
    int count = ei_calendar_shifts(calendar, day, shifts);
    return count == 0 || ei_calendar_is_due_at_midnight(calendar) ? DAY_MINUTES
                                                                  : shifts[count - 1].until;
}

static edu_status to_worked_day(const counting *work, int32_t *day, edu_error *error)
{
    ei_day one;
    while (ei_calendar_day(work->calendar, *day, &one))
        if (ei_day_is_worked(one.kind))
            return EDU_OK;
        else
            ++*day;
    return beyond(error);
}

static edu_status compute_days(const counting *work, int32_t count, ei_deadline *out,
                               edu_error *error)
{
    *out = (ei_deadline){.due = EDU_TIME_NONE, .day_zero = work->day_zero};
    EI_TRY(count_days(work, count, &out->day, &out->left, error));
    if (out->day == INT32_MIN)
        return EDU_OK;
    if (counts_all_days(work))
        EI_TRY(to_worked_day(work, &out->day, error));
    out->due = ei_calendar_instant(work->calendar, out->day, closing(work->calendar, out->day));
    return EDU_OK;
}

/* ---- minutes of work ---- */

static int by_pause(const void *a, const void *b)
{
    const ei_pause *left = a, *right = b;
    return (left->from > right->from) - (left->from < right->from);
}

typedef struct minutes {
    edu_time from; /* what came before counts no more */
    edu_time left; /* microseconds */
    edu_time due;  /* NONE until found */
    bool is_paused;
    size_t pause_count;
    ei_pause pauses[EI_PAUSES_MAX];
} minutes;

/* Takes from a stretch of work what no pause covers; true when the term has ended or is paused. */
static bool take(minutes *work, edu_time from, edu_time until)
{
    from = from > work->from ? from : work->from;
    for (size_t i = 0; i <= work->pause_count && from < until; i++) {
        const ei_pause *pause = i < work->pause_count ? &work->pauses[i] : NULL;
        edu_time free_until = pause && pause->from < until ? pause->from : until;
        if (free_until > from) {
            if (free_until - from >= work->left) {
                work->due = from + work->left;
                return true;
            }
            work->left -= free_until - from;
            from = free_until;
        }
        if (!pause || from < pause->from)
            continue;
        if (pause->until == EDU_TIME_NONE)
            return work->is_paused = true;
        from = pause->until > from ? pause->until : from;
    }
    return false;
}

static edu_status compute_minutes(const counting *given, int32_t count, ei_deadline *out,
                                  edu_error *error)
{
    minutes work = {.from = given->term->received,
                    .left = count * MINUTE,
                    .due = EDU_TIME_NONE,
                    .pause_count = given->term->pause_count};
    for (size_t i = 0; i < work.pause_count; i++)
        work.pauses[i] = given->term->pauses[i];
    qsort(work.pauses, work.pause_count, sizeof *work.pauses, by_pause);
    bool is_over = false;
    int32_t day = civil_day(given->calendar, work.from);
    for (; !is_over && day <= given->last; day++) {
        ei_shift shifts[EI_SHIFTS_MAX];
        int shift_count = ei_calendar_shifts(given->calendar, day, shifts);
        for (int i = 0; !is_over && i < shift_count; i++)
            is_over = take(&work, ei_calendar_instant(given->calendar, day, shifts[i].from),
                           ei_calendar_instant(given->calendar, day, shifts[i].until));
    }
    if (!is_over)
        return beyond(error);
    *out = (ei_deadline){.due = work.due,
                         .day_zero = given->day_zero,
                         .day = work.is_paused ? INT32_MIN : day - 1,
                         .left = work.is_paused ? (int32_t)(work.left / MINUTE) : 0};
    return EDU_OK;
}

static edu_status compute(const counting *work, int32_t count, ei_deadline *out, edu_error *error)
{
    return work->term->unit == EI_TERM_WORKING_MINUTES ? compute_minutes(work, count, out, error)
                                                       : compute_days(work, count, out, error);
}

edu_status ei_deadline_compute(const ei_calendar *calendar, const ei_term *term, ei_deadline *out,
                               edu_error *error)
{
    counting work = {.calendar = calendar, .term = term};
    EI_TRY(begin(&work, error));
    return compute(&work, term->count + term->extra, out, error);
}

edu_status ei_deadline_share(const ei_calendar *calendar, const ei_term *term, int percent,
                             edu_time *out, edu_error *error)
{
    counting work = {.calendar = calendar, .term = term};
    ei_deadline reached;
    if (percent < 0 || percent > 100)
        return ei_fail(error, EDU_E_INVALID, "calendar.share", "/percent",
                       "a share is 0 to 100 percent");
    EI_TRY(begin(&work, error));
    int32_t count = term->count + term->extra;
    int32_t units = (int32_t)((int64_t)count * percent / 100);
    if (term->unit != EI_TERM_WORKING_MINUTES)
        units = units < count ? units + 1 : count;
    EI_TRY(compute(&work, units, &reached, error));
    *out = reached.due;
    ei_shift shifts[EI_SHIFTS_MAX];
    if (term->unit != EI_TERM_WORKING_MINUTES && reached.day != INT32_MIN &&
        ei_calendar_shifts(calendar, reached.day, shifts) > 0) {
        edu_time opening = ei_calendar_instant(calendar, reached.day, shifts[0].from);
        *out = opening > term->received ? opening : term->received;
    }
    return EDU_OK;
}

/* ---- why ---- */

static bool is_in_gap(const counting *work, int32_t day)
{
    for (size_t i = 0; i < work->gap_count; i++)
        if (day > work->gaps[i].from && day <= work->gaps[i].until)
            return true;
    return false;
}

static edu_status add_day(json_t *list, const counting *work, int32_t day, int *counted,
                          const ei_deadline *deadline, edu_error *error)
{
    ei_day one;
    char text[11], other[11] = "";
    if (!ei_calendar_day(work->calendar, day, &one))
        return beyond(error);
    bool is_countable = counts_all_days(work) || ei_day_is_worked(one.kind);
    bool is_counted = day > work->day_zero && is_countable && !is_in_gap(work, day);
    ei_date_format(ei_date_from_days(day), text);
    if (one.kind >= EI_DAY_SUBSTITUTE || one.kind == EI_DAY_WORKED_REST)
        ei_date_format(ei_date_from_days(one.other), other);
    const char *role = day == work->day_zero  ? "zero"
                       : day < work->day_zero ? "before"
                       : is_in_gap(work, day) ? "paused"
                       : day == deadline->day ? "due"
                       : is_counted           ? "counted"
                                              : "free";
    json_t *made = json_pack(
        "{s:s, s:s, s:s, s:o, s:s*, s:O*, s:O*}", "date", text, "kind", ei_day_kind_name(one.kind),
        "role", role, "counted",
        is_counted && work->term->unit != EI_TERM_WORKING_MINUTES ? json_integer(++*counted)
                                                                  : json_null(),
        "other", other[0] ? other : NULL, "title", one.titles[0], "title_too", one.titles[1]);
    return made && json_array_append_new(list, made) == 0 ? EDU_OK : ei_no_memory(error);
}

/* While a pause lasts the trace ends with the last day that was counted or its first day. */
static int32_t trace_end(const counting *work, const ei_deadline *deadline)
{
    int32_t end = work->day_zero;
    if (deadline->day != INT32_MIN)
        return deadline->day;
    for (size_t i = 0; i < work->gap_count; i++)
        if (work->gaps[i].until == INT32_MAX)
            end = work->gaps[i].from > end ? work->gaps[i].from : end;
    return end < work->last ? end : work->last;
}

edu_status ei_deadline_explain(const ei_calendar *calendar, const ei_term *term, json_t **out,
                               edu_error *error)
{
    counting work = {.calendar = calendar, .term = term};
    ei_deadline deadline;
    int counted = 0;
    EI_TRY(begin(&work, error));
    EI_TRY(compute(&work, term->count + term->extra, &deadline, error));
    json_t *list = json_array();
    edu_status status = list ? EDU_OK : ei_no_memory(error);
    int32_t end = trace_end(&work, &deadline);
    for (int32_t day = civil_day(calendar, term->received); status == EDU_OK && day <= end; day++)
        status = add_day(list, &work, day, &counted, &deadline, error);
    if (status == EDU_OK)
        *out = list;
    else
        json_decref(list);
    return status;
}
