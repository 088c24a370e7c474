/* Answers that are written often, filled in for one appeal. */
#include "domain/appeal/appeal_store.h"
#include "domain/calendar/calendar_store.h"

#include <stdio.h>
#include <string.h>

#include "appeal_sql.h"

typedef struct filling {
    edu_session *session;
    edu_id person, id;
    const char *code;
    ei_appeal appeal;
    const ei_appeal_rules *rules;
    char applicant[512], received[EI_APPEAL_DATE], due[EI_APPEAL_DATE];
    char *out;
} filling;

static const char *title_of(const filling *with, const char *list, const char *code)
{
    json_t *entry = code[0] ? ei_appeal_entry(with->rules, list, code) : NULL;
    return entry ? ei_localised(with->session, json_object_get(entry, "title")) : code;
}

/* The names are those of ei_appeal_placeholders. */
static json_t *values_of(const filling *with)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "applicant", with->applicant, "number",
                     with->appeal.number, "received", with->received, "due", with->due, "category",
                     title_of(with, "categories", with->appeal.category), "department",
                     title_of(with, "departments", with->appeal.department));
}

static edu_status write_text(filling *with, const char *text, edu_error *error)
{
    ei_buffer made = {0};
    json_t *values = values_of(with);
    edu_status status = values ? ei_template_fill(text, values, &made, error) : ei_no_memory(error);
    json_decref(values);
    if (status == EDU_OK) {
        with->out = ei_record_new(made.size + 1, NULL);
        status = with->out ? EDU_OK : ei_no_memory(error);
    }
    if (with->out)
        memcpy(with->out, made.data, made.size + 1);
    ei_buffer_free(&made);
    return status;
}

static edu_status read_applicant(filling *with, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_appeal_names(tx, &with->person, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row && !with->appeal.is_anonymous) {
        const char *given = ei_column_text(&rows, 0), *family = ei_column_text(&rows, 1);
        (void)snprintf(with->applicant, sizeof with->applicant, "%.250s %.250s", given ? given : "",
                       family ? family : "");
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status template_run(edu_tx *tx, void *context, edu_error *error)
{
    filling *with = context;
    const ei_calendar *calendar;
    edu_id actor = ei_session_actor(with->session);
    edu_free(with->out);
    with->out = NULL;
    EI_TRY(ei_appeal_load(tx, &actor, &with->person, &with->id, ei_now(with->session),
                          &with->appeal, error));
    if (!with->appeal.staff_as[0])
        return ei_appeal_not_found(error, "appeal");
    EI_TRY(ei_appeal_rules_load(with->session, tx, 0, &with->rules, NULL, error));
    json_t *entry = ei_appeal_entry(with->rules, "templates", with->code);
    if (!entry)
        return ei_fail(error, EDU_E_NOT_FOUND, "appeal.template", "/code",
                       "the rules have no template of this code");
    EI_TRY(ei_calendar_load(with->session, tx, with->appeal.calendar, with->appeal.calendar_version,
                            &calendar, NULL, error));
    ei_appeal_date(calendar, with->appeal.received, with->received);
    if (with->appeal.due != EI_APPEAL_NEVER)
        ei_appeal_date(calendar, with->appeal.due, with->due);
    EI_TRY(read_applicant(with, tx, error));
    return write_text(with, ei_localised(with->session, json_object_get(entry, "text")), error);
}

edu_status edu_appeal_template(edu_session *session, edu_id person_id, edu_id appeal_id,
                               const char *code, char **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(code, EI_APPEAL_CODE - 1, false, "/code", error));
    if (!out)
        return ei_bad_argument(error, "out");
    filling with = {.session = session,
                    .person = ei_person_or_self(session, person_id),
                    .id = appeal_id,
                    .code = code};
    ei_reading reading = ei_reading_of("appeal", with.person, appeal_id);
    edu_status status = ei_read_of(session, &reading, template_run, &with, error);
    if (status != EDU_OK)
        edu_free(with.out);
    else
        *out = with.out;
    return status;
}
