/* The clock of an appeal: which term it has, when that ends, and when somebody is told. */
#include "domain/appeal/appeal_store.h"

#include <stdio.h>
#include <string.h>

ei_term ei_appeal_own_term(const ei_appeal *appeal)
{
    return (ei_term){.received = appeal->clock_from,
                     .unit = appeal->unit,
                     .count = appeal->term,
                     .extra = appeal->extra,
                     .pause_count = appeal->pause_count,
                     .pauses = appeal->pauses};
}

/* `behind` units after the end of the term. */
static edu_status instant_behind(const ei_calendar *calendar, const ei_appeal *appeal,
                                 int32_t behind, edu_time *out, edu_error *error)
{
    ei_deadline deadline;
    ei_term term = ei_appeal_own_term(appeal);
    term.extra += behind;
    EI_TRY(ei_deadline_compute(calendar, &term, &deadline, error));
    *out = deadline.due == EDU_TIME_NONE ? EI_APPEAL_NEVER : deadline.due;
    return EDU_OK;
}

/* A rung below the end of a term that is paused waits for the end of the pause, as all do. */
static edu_status next_rung(const ei_appeal_rules *rules, const ei_calendar *calendar,
                            const ei_appeal_term *own, ei_appeal *appeal, edu_error *error)
{
    appeal->next_at = EI_APPEAL_NEVER;
    if (!appeal->is_open || ei_appeal_is_paused(appeal) ||
        (size_t)appeal->rung >= rules->rung_count)
        return EDU_OK;
    const ei_appeal_rung *rung = &rules->ladder[appeal->rung];
    if (rung->percent >= 100)
        return instant_behind(calendar, appeal, rung->late, &appeal->next_at, error);
    ei_term term = ei_appeal_own_term(appeal);
    int32_t percent = rung->percent == EI_RUNG_WARNING ? own->warn_percent : rung->percent;
    EI_TRY(ei_deadline_share(calendar, &term, percent, &appeal->next_at, error));
    if (appeal->next_at == EDU_TIME_NONE)
        appeal->next_at = EI_APPEAL_NEVER;
    return EDU_OK;
}

edu_status ei_appeal_clock(const ei_appeal_rules *rules, const ei_calendar *calendar,
                           ei_appeal *appeal, edu_error *error)
{
    const char *source;
    const ei_appeal_term *term = ei_appeal_term_choose(rules, appeal->department, appeal->category,
                                                       appeal->level, appeal->state, &source);
    memcpy(appeal->rule, source, strlen(source) + 1);
    appeal->unit = term->unit;
    appeal->term = term->count;
    EI_TRY(instant_behind(calendar, appeal, 0, &appeal->due, error));
    EI_TRY(instant_behind(calendar, appeal, term->very_late, &appeal->very_late, error));
    return next_rung(rules, calendar, term, appeal, error);
}

/* ---- pauses ---- */

bool ei_appeal_is_paused(const ei_appeal *appeal)
{
    return appeal->pause_count > 0 &&
           appeal->pauses[appeal->pause_count - 1].until == EDU_TIME_NONE;
}

edu_status ei_appeal_pause(ei_appeal *appeal, edu_time now, edu_error *error)
{
    if (appeal->pause_count == EI_PAUSES_MAX)
        return ei_fail(error, EDU_E_LIMIT, "appeal.pauses", NULL,
                       "this appeal has had all the questions that there may be");
    appeal->pauses[appeal->pause_count++] = (ei_pause){now, EDU_TIME_NONE};
    return EDU_OK;
}

void ei_appeal_go_on(ei_appeal *appeal, edu_time now)
{
    if (ei_appeal_is_paused(appeal))
        appeal->pauses[appeal->pause_count - 1].until = now;
}

void ei_appeal_restart(ei_appeal *appeal, edu_time now)
{
    appeal->clock_from = now;
    appeal->pause_count = 0;
    appeal->extra = 0;
    appeal->rung = 0;
    appeal->raised_to = (edu_id){{0}};
}

edu_status ei_appeal_pauses_read(ei_appeal *appeal, const char *text, edu_error *error)
{
    json_t *list;
    EI_TRY(ei_json_read(text, strlen(text), &list, error));
    size_t count = json_array_size(list);
    appeal->pause_count = count < EI_PAUSES_MAX ? count : EI_PAUSES_MAX;
    for (size_t i = 0; i < appeal->pause_count; i++) {
        const json_t *pause = json_array_get(list, i), *until = json_array_get(pause, 1);
        appeal->pauses[i].from = json_integer_value(json_array_get(pause, 0));
        appeal->pauses[i].until =
            json_is_integer(until) ? json_integer_value(until) : EDU_TIME_NONE;
    }
    json_decref(list);
    return EDU_OK;
}

void ei_appeal_pauses_write(const ei_appeal *appeal, ei_buffer *out)
{
    ei_buffer_text(out, "[");
    for (size_t i = 0; i < appeal->pause_count; i++) {
        const ei_pause *pause = &appeal->pauses[i];
        ei_buffer_printf(out, "%s[%lld,", i > 0 ? "," : "", (long long)pause->from);
        if (pause->until == EDU_TIME_NONE)
            ei_buffer_text(out, "null]");
        else
            ei_buffer_printf(out, "%lld]", (long long)pause->until);
    }
    ei_buffer_text(out, "]");
}

/* ---- the end ---- */

edu_status ei_appeal_answered(const ei_calendar *calendar, ei_appeal *appeal, edu_time now,
                              edu_error *error)
{
    int32_t from;
    int hour, minute;
    int32_t until =
        ei_date_to_days(ei_time_civil(now, ei_calendar_utc_offset(calendar), &hour, &minute));
    EI_TRY(ei_calendar_day_of(calendar, appeal->clock_from, &from, error));
    appeal->answered = now;
    appeal->worked_days = until > from ? ei_calendar_worked(calendar, from, until) : 0;
    appeal->next_at = EI_APPEAL_NEVER;
    return EDU_OK;
}

void ei_appeal_date(const ei_calendar *calendar, edu_time due, char out[EI_APPEAL_DATE])
{
    int hour, minute;
    edu_date date = ei_time_civil(due - 1, ei_calendar_utc_offset(calendar), &hour, &minute);
    (void)snprintf(out, EI_APPEAL_DATE, "%02d.%02d.%04d", date.day, date.month, date.year);
}
