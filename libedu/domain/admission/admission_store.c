/* Rows of the admitted to structs, and back. */
#include "domain/admission/admission_store.h"

#include <stdio.h>
#include <string.h>

#include "admission_sql.h"
#include "workflow_sql.h"

edu_status ei_admission_not_found(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "admission.not_found", NULL,
                   "there is no such admission, or it is not yours to see");
}

edu_status ei_admission_rules(const edu_session *session, edu_tx *tx, const char *service,
                              const ei_definition **out, int32_t *version, edu_error *error)
{
    EI_TRY(ei_definition_load(session, tx, service, 0, out, version, error));
    const ei_request_rules *rules = ei_definition_request(*out);
    return rules && rules->admission ? EDU_OK
                                     : ei_fail(error, EDU_E_STATE, "admission.none", NULL,
                                               "nobody is admitted to this service");
}

/* ---- writing ---- */

static char *history_text(const ei_admission *one)
{
    json_t *data = json_pack("{s:s, s:s, s:s, s:s}", "programme", one->programme, "level",
                             one->level, "funding", one->funding, "progress", one->progress);
    if (data && one->score >= 0)
        json_object_set_new(
            data, "score",
            json_sprintf("%d.%02d", (int)(one->score / 100), (int)(one->score % 100)));
    char *text = data ? ei_json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(data);
    return text;
}

edu_status ei_admission_note(const ei_command *command, edu_tx *tx, const ei_admission *one,
                             const char *how, const char *reason, edu_error *error)
{
    const edu_id actor = ei_session_actor(command->session);
    char *text = history_text(one);
    edu_status status =
        text ? sql_admission_history_add(tx, &one->person, &one->id, one->version + 1, command->now,
                                         &actor, how, reason, text, NULL, error)
             : ei_no_memory(error);
    ei_free(text);
    return status;
}

edu_status ei_admission_save(const ei_command *command, edu_tx *tx, const ei_admission *one,
                             const char *how, const char *reason, edu_error *error)
{
    bool is_live = strcmp(one->progress, "withdrawn") != 0;
    EI_TRY(sql_admission_change(tx, &one->person, &one->id, &one->offering, one->institution,
                                one->level, one->funding, one->score, one->progress, is_live,
                                &one->request, one->sort_name, one->version + 1, command->now, NULL,
                                error));
    return ei_admission_note(command, tx, one, how, reason, error);
}

static void take_row(ei_rows *rows, ei_admission *out)
{
    ei_take_text(rows, 0, out->service, sizeof out->service);
    out->offering = ei_column_id(rows, 1);
    ei_take_text(rows, 2, out->institution, sizeof out->institution);
    ei_take_text(rows, 3, out->level, sizeof out->level);
    ei_take_text(rows, 4, out->funding, sizeof out->funding);
    out->score = ei_column_is_null(rows, 5) ? -1 : (int32_t)ei_column_int(rows, 5);
    ei_take_text(rows, 6, out->progress, sizeof out->progress);
    out->request = ei_column_id(rows, 7);
    out->version = (int32_t)ei_column_int(rows, 9);
    ei_take_text(rows, 12, out->programme, sizeof out->programme);
}

edu_status ei_admission_load(const edu_session *session, edu_tx *tx, const edu_id *person,
                             const edu_id *id, ei_admission *out, char sort_name[400],
                             edu_time *closes, edu_error *error)
{
    const edu_id actor = ei_session_actor(session);
    ei_rows rows;
    bool row = false;
    *out = (ei_admission){.person = *person, .id = *id, .sort_name = sort_name};
    EI_TRY(sql_admission_load(tx, &actor, person, id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        edu_time until = ei_column_time(&rows, 11);
        take_row(&rows, out);
        ei_take_text(&rows, 8, sort_name, 400);
        *closes = ei_column_time(&rows, 10);
        *closes = until > *closes ? until : *closes;
    }
    ei_rows_close(&rows);
    return status != EDU_OK || row ? status : ei_admission_not_found(error);
}

/* ---- the engine ---- */

edu_status ei_admission_entered(const ei_command *command, edu_tx *tx,
                                const ei_definition *definition, const ei_request *request,
                                edu_error *error)
{
    const char *counts_as = ei_definition_state(definition, request->state)->counts_as;
    if (!ei_definition_request(definition)->admission)
        return EDU_OK;
    return sql_admission_progress(tx, &request->person, &request->offering, &request->id,
                                  counts_as ? counts_as : "admitted", command->now, NULL, error);
}

edu_status ei_admission_tell(const ei_command *command, edu_tx *tx, const ei_definition *definition,
                             int32_t version, const edu_id *person, const char *what,
                             edu_error *error)
{
    const char *template = ei_admission_name(ei_definition_request(definition), what);
    const edu_id id = ei_new_id(command->session);
    return template ? sql_workflow_notification_add(tx, person, &id, command->now,
                                                    ei_definition_service(definition), version,
                                                    template, "{}", NULL, NULL, error)
                    : EDU_OK;
}

/* ---- to records ---- */

static const char *title_of(const edu_session *session, json_t *title, const char *code)
{
    return title ? ei_localised(session, title) : code;
}

static edu_status fill_titles(const ei_admission_filling *with, ei_arena *arena, edu_admission *out,
                              edu_error *error)
{
    const ei_definition *definition;
    EI_TRY(ei_definition_load(with->session, with->tx, out->service, 0, &definition, NULL, error));
    const ei_request_rules *rules = ei_definition_request(definition);
    const ei_tuition_rules *tuition = ei_definition_tuition(definition);
    if (!rules || !rules->admission || !tuition)
        return EDU_OK;
    if (ei_tuition_is_free(tuition, out->funding))
        out->fee = 0;
    EI_TRY(ei_copy_text(arena, tuition->currency, &out->currency, error));
    EI_TRY(ei_copy_text(
        arena,
        title_of(with->session, ei_tuition_funding_title(tuition, out->funding), out->funding),
        &out->funding_title, error));
    return ei_copy_text(
        arena, title_of(with->session, ei_admission_level_title(rules, out->level), out->level),
        &out->level_title, error);
}

static edu_status fill_texts(const ei_admission_filling *with, ei_rows *rows, int at,
                             ei_arena *arena, edu_admission *out, edu_error *error)
{
    EI_TRY(ei_copy_column(arena, rows, at + 2, &out->service, error));
    EI_TRY(ei_copy_column(arena, rows, at + 3, &out->list, error));
    EI_TRY(ei_copy_column(arena, rows, at + 6, &out->code, error));
    out->programme = ei_localised_text(arena, with->session, ei_column_text(rows, at + 7));
    if (!out->programme)
        return ei_no_memory(error);
    EI_TRY(ei_copy_column(arena, rows, at + 8, &out->institution, error));
    EI_TRY(ei_copy_column(arena, rows, at + 9, &out->institution_name, error));
    EI_TRY(ei_copy_column(arena, rows, at + 10, &out->level, error));
    EI_TRY(ei_copy_column(arena, rows, at + 11, &out->funding, error));
    EI_TRY(ei_copy_column(arena, rows, at + 17, &out->progress, error));
    EI_TRY(ei_copy_name(arena, rows, at + 19, &out->holder, error));
    return fill_titles(with, arena, out, error);
}

edu_status ei_admission_fill(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                             edu_error *error)
{
    const ei_admission_filling *with = context;
    edu_admission *out = record;
    edu_time until = ei_column_time(rows, first + 16);
    out->person_id = ei_column_id(rows, first);
    out->id = ei_column_id(rows, first + 1);
    out->year = (int32_t)ei_column_int(rows, first + 4);
    out->offering_id = ei_column_id(rows, first + 5);
    out->score =
        ei_column_is_null(rows, first + 12) ? -1 : (int32_t)ei_column_int(rows, first + 12);
    out->fee = ei_column_is_null(rows, first + 13) ? -1 : ei_column_int(rows, first + 13);
    out->opens = ei_column_time(rows, first + 14);
    out->closes = ei_column_time(rows, first + 15);
    out->closes = until > out->closes ? until : out->closes;
    out->request_id = ei_column_id(rows, first + 18);
    out->changed = ei_column_time(rows, first + 21);
    EI_TRY(fill_texts(with, rows, first, arena, out, error));
    out->can_register = strcmp(out->progress, "admitted") == 0 &&
                        ei_column_bool(rows, first + 22) && with->now >= out->opens &&
                        with->now < out->closes;
    return EDU_OK;
}
