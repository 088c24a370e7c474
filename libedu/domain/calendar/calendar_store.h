/* Published calendars, and days in the words of a language. */
#ifndef EI_CALENDAR_STORE_H
#define EI_CALENDAR_STORE_H

#include <edu/calendar.h>
#include "domain/portal/portal.h"
#include "workflow/calendar.h"

/* The newest version. EDU_E_NOT_FOUND "calendar.not_found". */
edu_status ei_calendar_newest(edu_tx *tx, const char *code, int32_t *version, edu_error *error);
/* A calendar as it was published, read once and then kept; version 0 is the newest. version_out may
 * be NULL. */
edu_status ei_calendar_load(const edu_session *session, edu_tx *tx, const char *code,
                            int32_t version, const ei_calendar **out, int32_t *version_out,
                            edu_error *error);

/* ---- deadline_explain.c ---- */

/* Fills all but the version. */
edu_status ei_deadline_fill(const edu_session *session, const ei_calendar *calendar,
                            const ei_term *term, int32_t warn_percent, ei_arena *arena,
                            edu_deadline *out, edu_error *error);

/* ---- deadline_moved.c ---- */

typedef struct ei_calendar_change {
    const char *code;
    int32_t version_before, version;
    const ei_calendar *before, *after;
    edu_time from, until; /* between which days matter: from the beginning to the later deadline */
} ei_calendar_change;

/* Notes in the data of an event why a deadline moved: "calendar", "calendar_version",
 * "calendar_version_before", "days". */
edu_status ei_calendar_change_note(const ei_calendar_change *of, json_t *data, edu_error *error);

/* ---- calendar_words.c ---- */

/* What the kinds of days are called, by ei_day_kind. */
const char *const *ei_day_kind_words(const char *language);

/* A term and its deadline as one paragraph. */
edu_status ei_deadline_words(const edu_session *session, const ei_calendar *calendar,
                             const ei_term *term, const ei_deadline *deadline, const json_t *trace,
                             ei_buffer *out, edu_error *error);

#endif
