/* From an offering to the one that follows it: last year's group, this year's. */
#include <stdio.h>
#include <string.h>

#include "domain/offering/offering_store.h"
#include "domain/request/request_document.h"
#include "domain/tuition/tuition_store.h"
#include "request_sql.h"

#define BATCH 200
#define NAME_MAX 400

typedef struct candidate {
    edu_time entered;
    edu_id person, id;
    char name[NAME_MAX];
    bool is_told; /* that it was left */
} candidate;

typedef struct carrying {
    edu_session *session;
    edu_id offering, before;
    bool preview;
    const ei_definition *definition;
    int32_t version;
    ei_action action;
    size_t count;
    candidate items[BATCH];
    candidate after; /* the last one of the batch before */
    int32_t carried, waiting;
    json_t *left; /* of this batch */
} carrying;

/* ---- what is carried ---- */

static edu_status take_offering(carrying *work, ei_rows *rows, edu_time now,
                                char service[EI_REQUEST_CODE], edu_error *error)
{
    work->before = ei_column_id(rows, 0);
    ei_take_text(rows, 1, service, EI_REQUEST_CODE);
    if (ei_id_is_none(work->before))
        return ei_fail(error, EDU_E_STATE, "carry.follows", NULL, "it follows no other offering");
    if (!ei_column_bool(rows, 2))
        return ei_fail(error, EDU_E_STATE, "carry.unpublished", NULL,
                       "publish it first, so that those who are offered a place can see it");
    return now < ei_column_time(rows, 3) ? EDU_OK
                                         : ei_fail(error, EDU_E_STATE, "request.closed", NULL,
                                                   "applications are not taken any more");
}

static edu_status read_offering(carrying *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    char service[EI_REQUEST_CODE] = "";
    edu_id actor = ei_session_actor(work->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_carry_offering(tx, &actor, &work->offering, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? take_offering(work, &rows, command->now, service, error)
                     : ei_offering_not_found(error);
    ei_rows_close(&rows);
    EI_TRY(status);
    EI_TRY(ei_definition_load(work->session, tx, service, 0, &work->definition, &work->version,
                              error));
    const char *name = ei_definition_carry(work->definition, "action");
    return name ? ei_definition_allow(work->definition, name, NULL, "system", &work->action, error)
                : ei_fail(error, EDU_E_STATE, "carry.none", NULL,
                          "in this service nobody goes on to what follows");
}

static edu_status take_candidate(void *context, ei_rows *rows, edu_error *error)
{
    carrying *work = context;
    candidate *one = &work->items[work->count++];
    (void)error;
    one->entered = ei_column_time(rows, 0);
    one->person = ei_column_id(rows, 1);
    one->id = ei_column_id(rows, 2);
    (void)snprintf(one->name, sizeof one->name, "%s %s", ei_column_text(rows, 3),
                   ei_column_text(rows, 4));
    one->is_told = !ei_column_is_null(rows, 5);
    return EDU_OK;
}

static edu_status read_candidates(carrying *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    work->count = 0;
    return ei_rows_each(sql_carry_candidates(tx, &work->before, work->after.entered,
                                             &work->after.person, &work->after.id, BATCH, &rows,
                                             error),
                        &rows, take_candidate, work, error);
}

/* ---- one ---- */

/* What was submitted for the one before, as the newest definition takes it. */
static edu_status read_form(const carrying *work, edu_tx *tx, const ei_request *before,
                            json_t **out, edu_error *error)
{
    const ei_request_rules *rules = ei_definition_request(work->definition);
    json_t *form, *faults = json_array();
    *out = NULL;
    if (!faults)
        return ei_no_memory(error);
    edu_status status = ei_request_form_read(work->session, tx, before, &form, error);
    if (status == EDU_OK) {
        status = ei_request_form_check(rules, form, faults, out, error);
        json_decref(form);
    }
    if (status == EDU_OK && json_array_size(faults) > 0)
        status = ei_fail(error, EDU_E_STATE, "carry.form", NULL,
                         "the form asks for other things than it did");
    json_decref(faults);
    return status;
}

static edu_status note(const ei_request *before, const json_t *form, json_t *data, edu_error *error)
{
    char id[EDU_ID_TEXT];
    json_t *choices = json_array();
    edu_id_format(before->id, id);
    edu_status status = choices ? ei_request_note(data, form, choices, error) : ei_no_memory(error);
    json_decref(choices);
    if (status == EDU_OK && json_object_set_new(data, "carried_from", json_string(id)) != 0)
        status = ei_no_memory(error);
    return status;
}

/* What is given goes along, and so does what it was asked for as. */
static edu_status store_form(const carrying *work, ei_command *command, edu_tx *tx,
                             const ei_request *before, const ei_request *made, const json_t *form,
                             edu_error *error)
{
    ei_asked asked;
    edu_status status =
        ei_asked_of_request(tx, &before->person, &before->id, work->definition, &asked, error);
    if (status == EDU_OK)
        status = ei_request_form_store(command, tx, made, form, &asked, error);
    ei_asked_finish(&asked);
    return status;
}

static edu_status make(carrying *work, ei_command *command, edu_tx *tx, const ei_request *before,
                       const ei_request_facts *facts, const json_t *form, json_t *data,
                       edu_error *error)
{
    ei_request made;
    ei_request_making how = {.person = before->person,
                             .offering = work->offering,
                             .facts = facts,
                             .definition = work->definition,
                             .action = &work->action,
                             .actor_kind = "system",
                             .by = EI_PLACE_BY_RANK,
                             .data = data};
    EI_TRY(note(before, form, data, error));
    EI_TRY(ei_request_make(command, tx, &how, &made, error));
    EI_TRY(store_form(work, command, tx, before, &made, form, error));
    EI_TRY(sql_carry_documents(tx, &before->person, &before->id, before->revision, &made.id, NULL,
                               error));
    EI_TRY(ei_tuition_claim(tx, work->definition, &made, form, NULL, error));
    EI_TRY(
        sql_carry_done(tx, &before->person, &before->id, &work->offering, &made.id, NULL, error));
    work->carried += made.holds_place;
    work->waiting += made.is_waiting;
    return ei_request_entered(command, tx, work->definition, &made, error);
}

static edu_status carry_judged(carrying *work, ei_command *command, edu_tx *tx,
                               const ei_request *before, const ei_request_facts *facts,
                               edu_error *error)
{
    json_t *form = NULL, *data = json_object();
    edu_status status = data ? read_form(work, tx, before, &form, error) : ei_no_memory(error);
    if (status == EDU_OK)
        status = make(work, command, tx, before, facts, form, data, error);
    json_decref(data);
    json_decref(form);
    return status;
}

static edu_status carry(carrying *work, ei_command *command, edu_tx *tx, const candidate *one,
                        ei_request *before, edu_error *error)
{
    ei_request_facts facts;
    EI_TRY(
        ei_request_load(tx, &ei_operator_id, &one->person, &one->id, command->now, before, error));
    EI_TRY(ei_request_facts_read(work->session, tx, &ei_operator_id, &one->person, &work->offering,
                                 &facts, error));
    EI_TRY(ei_request_judge_person(work->session, ei_definition_request(work->definition), &facts,
                                   command->now, error));
    return carry_judged(work, command, tx, before, &facts, error);
}

/* ---- who is left ---- */

static edu_status report_left(carrying *work, const candidate *one, const edu_error *why,
                              edu_error *error)
{
    char person[EDU_ID_TEXT], id[EDU_ID_TEXT];
    edu_id_format(one->person, person);
    edu_id_format(one->id, id);
    json_t *left = json_pack("{s:s, s:s, s:s, s:s, s:s}", "person_id", person, "id", id,
                             "applicant", one->name, "key", why->key, "message", why->message);
    return left && json_array_append_new(work->left, left) == 0 ? EDU_OK : ei_no_memory(error);
}

/* In the words of the newest definition, whatever that of the application said. */
static edu_status tell_left(carrying *work, ei_command *command, edu_tx *tx, ei_request *before,
                            edu_error *error)
{
    const char *template = ei_definition_carry(work->definition, "left");
    before->head.service_version = work->version;
    return template ? ei_request_tell(command, tx, before, template, &before->person, error)
                    : EDU_OK;
}

static edu_status leave(carrying *work, ei_command *command, edu_tx *tx, const candidate *one,
                        ei_request *before, const edu_error *why, edu_error *error)
{
    bool has_applied = strcmp(why->key, "application.already") == 0;
    EI_TRY(report_left(work, one, why, error));
    EI_TRY(sql_carry_refused(tx, &one->person, &one->id, &work->offering, why->key, NULL, error));
    return one->is_told || has_applied ? EDU_OK : tell_left(work, command, tx, before, error);
}

/* ---- all ---- */

/* Within a savepoint, so that who is left has taken nothing. */
static edu_status do_one(carrying *work, ei_command *command, edu_tx *tx, const candidate *one,
                         edu_error *error)
{
    edu_error why = EDU_ERROR_INIT;
    ei_request before;
    EI_TRY(ei_savepoint(tx, error));
    edu_status status = carry(work, command, tx, one, &before, &why);
    if (status == EDU_OK)
        return ei_release(tx, error);
    if (status == EDU_E_STATE || status == EDU_E_CONFLICT) {
        EI_TRY(ei_rollback_to(tx, error));
        return leave(work, command, tx, one, &before, &why, error);
    }
    if (error)
        *error = why;
    return status;
}

static edu_status do_batch(carrying *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    EI_TRY(read_candidates(work, tx, error));
    for (size_t i = 0; i < work->count; i++)
        EI_TRY(do_one(work, command, tx, &work->items[i], error));
    return work->preview ? EDU_OK : ei_audit(command, tx, "offering.carried", NULL, NULL, error);
}

static edu_status batch_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    carrying *work = command->context;
    work->carried = work->waiting = 0;
    json_array_clear(work->left);
    EI_TRY(read_offering(work, command, tx, error));
    if (!work->preview)
        return do_batch(work, command, tx, error);
    EI_TRY(ei_savepoint(tx, error));
    EI_TRY(do_batch(work, command, tx, error));
    return ei_rollback_to(tx, error);
}

static edu_status add_up(carrying *work, edu_request_carry_report *out, edu_error *error)
{
    out->carried += work->carried;
    out->waiting += work->waiting;
    out->is_more = work->preview && work->count == BATCH;
    if (work->count > 0)
        work->after = work->items[work->count - 1];
    return json_array_extend(out->left, work->left) == 0 ? EDU_OK : ei_no_memory(error);
}

static edu_status run_batches(carrying *work, edu_request_carry_report *out, edu_error *error)
{
    do {
        ei_command command = {
            .session = work->session, .name = "request.carry", .run = batch_run, .context = work};
        EI_TRY(ei_command_run(&command, error));
        EI_TRY(add_up(work, out, error));
    } while (!work->preview && work->count == BATCH);
    return EDU_OK;
}

edu_status edu_request_carry(edu_session *session, edu_id offering_id, bool preview,
                             edu_request_carry_report **out, edu_error *error)
{
    ei_arena *arena;
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    edu_request_carry_report *report = ei_record_new(sizeof *report, &arena);
    carrying *work = ei_calloc(1, sizeof *work);
    edu_status status = report && work ? ei_own_json(arena, json_array(), &report->left, error)
                                       : ei_no_memory(error);
    if (status == EDU_OK) {
        work->session = session;
        work->offering = offering_id;
        work->preview = preview;
        work->after.entered = INT64_MIN + 1;
        work->after.person.bytes[15] = work->after.id.bytes[15] = 1;
        work->left = json_array();
        status = work->left ? run_batches(work, report, error) : ei_no_memory(error);
        json_decref(work->left);
    }
    ei_free(work);
    if (status == EDU_OK)
        *out = report;
    else
        edu_free(report);
    return status;
}
