/** @file edu/calendar.h
 *  Working-day calendars, and deadlines that say why they are when they are.
 *
 *  A calendar is published as a versioned document (docs/calendars.md): the weekend, hours of work,
 *  holidays with the rule by which they move days off, and the days that a government moves each
 *  year. What has been computed under a version can be computed again.
 *  @since 0.2.0 */
#ifndef EDU_CALENDAR_H
#define EDU_CALENDAR_H

#include <edu/portal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A published calendar. */
EDU_RECORD
typedef struct edu_calendar {
    const char *code;
    int32_t version;
    const char *title;  /**< in the session's language */
    int32_t year_from;  /**< the first year that it knows */
    int32_t year_until; /**< the last one */
    int32_t announced;  /**< the last year of which all days off are known; later ones may still
                             change */
    edu_time published;
    json_t *document; /**< as it was published */
} edu_calendar;
EDU_PAGE(edu_calendar);

/** A year of a calendar, day by day. */
EDU_RECORD
typedef struct edu_calendar_year {
    const char *code;
    int32_t version;
    int32_t year;
    int32_t worked; /**< days of work in it */
    json_t *days;   /**< each day: {"date", "kind"}, and where there is one "title", in the session's
                         language, and "other", the day that it stands for or changed places with; kinds:
                         working, worked_rest, weekend, holiday, substitute, moved_rest */
} edu_calendar_year;

/** A term to compute. Start from ::EDU_TERM_INIT. */
EDU_INPUT
typedef struct edu_term {
    size_t struct_size;
    const char *calendar;
    int32_t version;      /**< of the calendar; 0: the newest */
    edu_time received;
    const char *unit;     /**< "working_days", "days" or "working_minutes"; NULL: working_days */
    int32_t count;        /**< in units */
    int32_t extra;        /**< by extension, in units */
    json_t *pauses;       /**< array of {"from", "until"}, RFC 3339; "until" null while it lasts; or NULL */
    int32_t warn_percent; /**< share of the term after which to warn; 0 to 100 */
} edu_term;
#define EDU_TERM_INIT                                                                              \
    {                                                                                              \
        sizeof(edu_term), NULL, 0, 0, NULL, 0, 0, NULL, 75                                         \
    }

/** A deadline and why. */
EDU_RECORD
typedef struct edu_deadline {
    edu_time due;    /**< the instant after the last one that is in time; none while it is paused */
    edu_date day_zero; /**< the day that is not counted */
    edu_date day;      /**< the last day; none while it is paused */
    bool is_paused;
    int32_t left;     /**< units that were left when the pause began that lasts */
    edu_time warn_at; /**< none where a pause lasts before that */
    int32_t version;  /**< of the calendar */
    json_t *trace;    /**< from the day of receipt on, each: {"date", "kind", "role", "counted",
                           "other", "title"}; role: before, zero, counted, paused, free, due */
    const char *text; /**< the same in words, in the session's language */
} edu_deadline;

/** Publishes a calendar; the document is checked whole first. Publishing the same again changes
 *  nothing. Admin.
 *  @param version receives the version, from 1.
 *  @return EDU_E_INVALID with the JSON Pointer of the fault.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_calendar_publish(edu_session *session,
                                                              json_t *calendar, const char *key,
                                                              int32_t *version, edu_error *error);

/** Calendars, newest version of each. Anyone.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_calendar_list(edu_session *session, const char *cursor,
                                                           int32_t limit, edu_calendar_page **out,
                                                           edu_error *error);

/** One calendar. Anyone.
 *  @param calendar_version 0: the newest.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_calendar_get(edu_session *session, const char *code,
                                                          int32_t calendar_version,
                                                          edu_calendar **out, edu_error *error);

/** The days of a year, by the newest version. Anyone.
 *  @return EDU_E_INVALID "calendar.beyond" where the calendar does not have the year.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_calendar_days(edu_session *session, const char *code,
                                                           int32_t year, edu_calendar_year **out,
                                                           edu_error *error);

/** The days of a year that are not as the weekend has it, as iCalendar (RFC 5545). Anyone.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_calendar_export(edu_session *session, const char *code,
                                                             int32_t year, edu_document **out,
                                                             edu_error *error);

/** When a term ends, when to warn, and why. Day zero is the day of receipt; a day is not counted
 *  where a pause began on an earlier day and had not ended before it. Anyone.
 *  @return EDU_E_INVALID for a term that makes no sense, with the field; "calendar.beyond" where it
 *  would end after the calendar's last year.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_deadline_explain(edu_session *session,
                                                              const edu_term *term,
                                                              edu_deadline **out,
                                                              edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
