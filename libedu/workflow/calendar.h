/* Working days: which days are worked, why the others are not, and when a term ends.
 *
 * Days are numbered from 1970-01-01 (ei_date_to_days). All is computed when the calendar is made;
 * questions afterwards take no time that grows with the length of a term. */
#ifndef EI_CALENDAR_H
#define EI_CALENDAR_H

#include "core/core.h"

/* ---- calendar.c: a checked calendar; never changed once made ---- */

typedef struct ei_calendar ei_calendar;

/* Checks the whole calendar; EDU_E_INVALID with the JSON Pointer of the first fault. The JSON is
 * copied. The form is in docs/calendars.md. */
edu_status ei_calendar_make(const json_t *json, ei_calendar **out, edu_error *error);
void ei_calendar_free(ei_calendar *calendar);
json_t *ei_calendar_json(const ei_calendar *calendar); /* borrowed */
int ei_calendar_utc_offset(const ei_calendar *calendar);

typedef enum ei_day_kind {
    EI_DAY_WORKING,
    EI_DAY_WORKED_REST, /* a day of the weekend that is worked instead of another */
    EI_DAY_WEEKEND,
    EI_DAY_HOLIDAY,
    EI_DAY_SUBSTITUTE, /* free because a holiday fell on a day that is free anyhow */
    EI_DAY_MOVED_REST  /* free because a day of the weekend is worked instead */
} ei_day_kind;

typedef struct ei_day {
    ei_day_kind kind;
    int32_t other;     /* substitute: the day it stands for; moved: the other day of the pair */
    json_t *titles[2]; /* of holidays, or of those that a substitute stands for; borrowed */
} ei_day;

bool ei_day_is_worked(ei_day_kind kind);
const char *ei_day_kind_name(ei_day_kind kind); /* such as "holiday" */
/* False outside of the calendar's years. */
bool ei_calendar_day(const ei_calendar *calendar, int32_t day, ei_day *out);
/* The first and the last day of the calendar. */
void ei_calendar_span(const ei_calendar *calendar, int32_t *first, int32_t *last);

/* Hours of a day in minutes from local midnight, in order; none on a day that is free. */
#define EI_SHIFTS_MAX 4
typedef struct ei_shift {
    int16_t from, until;
} ei_shift;
int ei_calendar_shifts(const ei_calendar *calendar, int32_t day, ei_shift out[EI_SHIFTS_MAX]);

/* What happened at this instant counts as of this day: the day itself, or the next that is worked
 * where the calendar says so of what comes after hours. EDU_E_INVALID "calendar.beyond" outside of
 * the calendar's years. */
edu_status ei_calendar_day_of(const ei_calendar *calendar, edu_time at, int32_t *out,
                              edu_error *error);
edu_time ei_calendar_instant(const ei_calendar *calendar, int32_t day, int minute);
/* Whether a day that is the last one ends at local midnight, and not with the work. */
bool ei_calendar_is_due_at_midnight(const ei_calendar *calendar);
/* Worked days after `from` up to and with `until`; both within the span, from <= until. */
int32_t ei_calendar_worked(const ei_calendar *calendar, int32_t from, int32_t until);
/* The day on which `count` days have been worked after `from`; false beyond the calendar. */
bool ei_calendar_nth(const ei_calendar *calendar, int32_t from, int32_t count, int32_t *out);

/* The days that are not as the weekend has it, as iCalendar (RFC 5545), in a language. `words`:
 * what a kind of day is called, by ei_day_kind. */
/* Parts of RFC 5545: a value with what must be escaped; a line in lines of 75 bytes at most. */
void ei_ics_text(ei_buffer *out, const char *text);
void ei_ics_fold(const ei_buffer *line, ei_buffer *out);
edu_status ei_calendar_ics(const ei_calendar *calendar, int year, const char *language,
                           const char *const *words, ei_buffer *out, edu_error *error);

/* ---- deadline.c ---- */

typedef enum ei_term_unit {
    EI_TERM_WORKING_DAYS,
    EI_TERM_DAYS, /* calendar days; a last day that is free moves to the next that is worked */
    EI_TERM_WORKING_MINUTES
} ei_term_unit;

/* By its name, such as "working_days"; false for NULL and others. */
bool ei_term_unit_find(const char *name, ei_term_unit *out);
const char *ei_term_unit_name(ei_term_unit unit);

#define EI_TERM_MAX 100000 /* of any unit */
#define EI_PAUSES_MAX 256

/* While somebody else has to act. */
typedef struct ei_pause {
    edu_time from, until; /* until: EDU_TIME_NONE while it lasts */
} ei_pause;

typedef struct ei_term {
    edu_time received;
    ei_term_unit unit;
    int32_t count, extra; /* as by rule, and by extensions; in units */
    size_t pause_count;
    const ei_pause *pauses; /* in any order; they may overlap */
} ei_term;

typedef struct ei_deadline {
    edu_time due;     /* the instant after the last one that is in time; NONE while it is paused */
    int32_t day_zero; /* the day that is not counted */
    int32_t day;      /* the last one; INT32_MIN while it is paused */
    int32_t left;     /* units that were left when the pause that lasts began */
} ei_deadline;

/* Day zero is that of receipt; the days after it are counted. A day is not counted where its pause
 * began on an earlier day and had not ended before it: the day of the question counts, the day of
 * the answer does not, as that of receipt does not. */
edu_status ei_deadline_compute(const ei_calendar *calendar, const ei_term *term, ei_deadline *out,
                               edu_error *error);
/* When `percent` of the term are over: the beginning of work on the first day of what is left, and
 * never before the receipt. NONE while the term is paused before that. */
edu_status ei_deadline_share(const ei_calendar *calendar, const ei_term *term, int percent,
                             edu_time *out, edu_error *error);
/* Day by day why, from the day of receipt: an array of {date, kind, role, counted, other, title,
 * title_too}. role: before (day zero, when that is a later day), zero, counted, paused, free or
 * due; counted: a number, or null; other: as in ei_day; the titles by language. */
edu_status ei_deadline_explain(const ei_calendar *calendar, const ei_term *term, json_t **out,
                               edu_error *error);

#endif
