/* Deadlines as people see them. */
#include <string.h>
#include "domain/calendar/calendar_store.h"
#include "domain/portal/words.h"

#define CODE_MAX 64

typedef struct explanation {
    edu_session *session;
    const edu_term *asked;
    ei_term term;
    ei_pause pauses[EI_PAUSES_MAX];
    edu_deadline *out;
    ei_arena *arena;
} explanation;

/* ---- what is asked ---- */

static edu_status read_unit(explanation *work, edu_error *error)
{
    const char *unit = work->asked->unit ? work->asked->unit : "working_days";
    if (ei_term_unit_find(unit, &work->term.unit))
        return EDU_OK;
    return ei_fail(error, EDU_E_INVALID, "calendar.unit", "/unit",
                   "the unit is working_days, days or working_minutes");
}

static edu_status read_pauses(explanation *work, edu_error *error)
{
    const json_t *list = work->asked->pauses;
    size_t count = json_array_size(list);
    if (list && (!json_is_array(list) || count > EI_PAUSES_MAX))
        return ei_fail(error, EDU_E_INVALID, "calendar.pauses", "/pauses",
                       "the pauses are a list of at most %d", EI_PAUSES_MAX);
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(list, i), *until = json_object_get(one, "until");
        ei_pause *pause = &work->pauses[i];
        pause->until = EDU_TIME_NONE;
        if (!ei_time_parse(json_string_value(json_object_get(one, "from")), &pause->from) ||
            (until && !json_is_null(until) &&
             !ei_time_parse(json_string_value(until), &pause->until)))
            return ei_fail(error, EDU_E_INVALID, "calendar.pauses", "/pauses",
                           "a pause has \"from\" and \"until\", as 2026-01-31T09:00:00+04:00");
    }
    work->term.pauses = work->pauses;
    work->term.pause_count = count;
    return EDU_OK;
}

/* ---- the answer ---- */

static edu_status own_trace(const edu_session *session, ei_arena *arena, json_t *trace,
                            edu_deadline *out, edu_error *error)
{
    size_t i;
    json_t *step;
    if (!ei_arena_own_json(arena, trace))
        return ei_no_memory(error);
    out->trace = trace;
    json_array_foreach(trace, i, step)
    {
        json_t *texts = json_object_get(step, "title");
        json_object_del(step, "title_too");
        if (texts &&
            json_object_set_new(step, "title", json_string(ei_localised(session, texts))) != 0)
            return ei_no_memory(error);
    }
    return EDU_OK;
}

edu_status ei_deadline_fill(const edu_session *session, const ei_calendar *calendar,
                            const ei_term *term, int32_t warn_percent, ei_arena *arena,
                            edu_deadline *out, edu_error *error)
{
    ei_deadline deadline;
    json_t *trace;
    ei_buffer text = {0};
    EI_TRY(ei_deadline_compute(calendar, term, &deadline, error));
    EI_TRY(ei_deadline_share(calendar, term, warn_percent, &out->warn_at, error));
    EI_TRY(ei_deadline_explain(calendar, term, &trace, error));
    edu_status status = ei_deadline_words(session, calendar, term, &deadline, trace, &text, error);
    if (status == EDU_OK && !(out->text = ei_arena_strdup(arena, text.data)))
        status = ei_no_memory(error);
    ei_buffer_free(&text);
    if (status != EDU_OK)
        json_decref(trace);
    EI_TRY(status);
    out->due = deadline.due;
    out->is_paused = deadline.day == INT32_MIN;
    out->day = ei_date_from_days(deadline.day);
    out->day_zero = ei_date_from_days(deadline.day_zero);
    out->left = deadline.left;
    return own_trace(session, arena, trace, out, error);
}

static edu_status explain_run(edu_tx *tx, void *context, edu_error *error)
{
    explanation *work = context;
    const ei_calendar *calendar;
    int32_t version = work->asked->version;
    edu_free(work->out);
    work->out = ei_record_new(sizeof *work->out, &work->arena);
    if (!work->out)
        return ei_no_memory(error);
    if (version == 0)
        EI_TRY(ei_calendar_newest(tx, work->asked->calendar, &version, error));
    EI_TRY(ei_calendar_load(work->session, tx, work->asked->calendar, version, &calendar, NULL,
                            error));
    work->out->version = version;
    return ei_deadline_fill(work->session, calendar, &work->term, work->asked->warn_percent,
                            work->arena, work->out, error);
}

edu_status edu_deadline_explain(edu_session *session, const edu_term *term, edu_deadline **out,
                                edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!term || !out)
        return ei_bad_argument(error, term ? "out" : "term");
    if (term->struct_size != sizeof *term)
        return ei_bad_argument(error, "term");
    EI_TRY(ei_check_text(term->calendar, CODE_MAX, false, "/calendar", error));
    explanation work = {
        .session = session,
        .asked = term,
        .term = {.received = term->received, .count = term->count, .extra = term->extra}};
    EI_TRY(read_unit(&work, error));
    EI_TRY(read_pauses(&work, error));
    edu_status status = ei_read(session, explain_run, &work, error);
    if (status != EDU_OK)
        edu_free(work.out);
    else
        *out = work.out;
    return status;
}
