/* Sittings of offerings: made, seen, attended, closed. */
#include "domain/sitting/sitting_store.h"

#include <stdio.h>
#include <string.h>
#include "domain/request/request_store.h"
#include "domain/round/round_store.h"
#include "sitting_sql.h"

#define MINUTES_MAX 1440
#define BATCH 200

/* ---- one ---- */

typedef struct one_read {
    edu_session *session;
    edu_id id;
    edu_sitting *record;
} one_read;

static edu_status get_run(edu_tx *tx, void *context, edu_error *error)
{
    one_read *read = context;
    edu_id actor = ei_session_actor(read->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_sitting_get(tx, &actor, &read->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? ei_sitting_fill(&rows, 0, ei_record_arena(read->record), read->record,
                                       read->session, error)
                     : ei_sitting_not_found(error, "sitting");
    ei_rows_close(&rows);
    return status;
}

edu_status edu_sitting_get(edu_session *session, edu_id sitting_id, edu_sitting **out,
                           edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    one_read read = {session, sitting_id, NULL};
    EI_TRY(ei_read_record(session, sizeof **out, get_run, &read, &read.record, error));
    *out = read.record;
    return EDU_OK;
}

/* ---- of an offering ---- */

static edu_status require_frozen_not(int64_t changed, edu_error *error)
{
    return changed == 1 ? EDU_OK
                        : ei_fail(error, EDU_E_STATE, "sitting.frozen", NULL,
                                  "its list is frozen: its time stays");
}

static edu_status change_sitting(edu_tx *tx, const edu_sitting_input *given, const char *title,
                                 const ei_sitting_kind *kind, edu_error *error)
{
    ei_sitting_facts facts;
    int64_t changed = 0;
    EI_TRY(ei_sitting_facts_read(tx, &given->id, &facts, error));
    if (ei_id_compare(facts.offering, given->offering_id) != 0 ||
        strcmp(facts.kind, given->kind) != 0)
        return ei_sitting_not_found(error, "sitting");
    EI_TRY(sql_sitting_change(tx, &given->id, &given->offering_id, given->kind, title, kind->state,
                              given->starts, given->minutes, &changed, error));
    return require_frozen_not(changed, error);
}

static edu_status store_sitting(ei_command *command, edu_tx *tx, const edu_sitting_input *given,
                                const ei_sitting_kind *kind, edu_error *error)
{
    edu_id id = given->id;
    char *title = ei_json_dumps(kind->title, JSON_COMPACT);
    edu_status status;
    if (!title)
        return ei_no_memory(error);
    if (!ei_id_is_none(id))
        status = change_sitting(tx, given, title, kind, error);
    else {
        char commitment[EI_COMMITMENT_TEXT];
        id = ei_new_id(command->session);
        ei_sitting_commitment(command->session, &id, commitment);
        status = sql_sitting_add(tx, &id, &given->offering_id, given->kind, title, kind->state,
                                 given->starts, given->minutes, commitment, NULL, error);
    }
    ei_free(title);
    memcpy(command->result, &id, sizeof id);
    command->result_size = sizeof id;
    return status;
}

static edu_status put_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_sitting_input *given = command->context;
    ei_judging judging;
    ei_sitting_kind kind;
    EI_TRY(ei_judging_kept(command->session, tx, &given->offering_id, &judging, error));
    if (!ei_definition_sitting(judging.definition, given->kind, &kind))
        return ei_sitting_no_kind(error);
    EI_TRY(store_sitting(command, tx, given, &kind, error));
    return ei_audit_count(command, tx, "sitting.put", given->offering_id, 1, error);
}

static edu_status check_input(const edu_sitting_input *given, edu_error *error)
{
    EI_TRY(ei_check_text(given->kind, EI_SITTING_CODE_MAX, false, "/kind", error));
    if (given->starts == EDU_TIME_NONE)
        return ei_fail(error, EDU_E_INVALID, "sitting.starts", "/starts", "a sitting has a time");
    if (given->minutes < 1 || given->minutes > MINUTES_MAX)
        return ei_fail(error, EDU_E_INVALID, "sitting.minutes", "/minutes",
                       "a sitting takes 1 to %d minutes", MINUTES_MAX);
    return EDU_OK;
}

edu_status edu_sitting_put(edu_session *session, const edu_sitting_input *given, const char *key,
                           edu_id *out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!given || !out || given->struct_size != sizeof *given)
        return ei_bad_argument(error, out ? "sitting" : "out");
    EI_TRY(check_input(given, error));
    ei_command command = {.session = session,
                          .name = "sitting.put",
                          .key = key,
                          .run = put_run,
                          .context = (void *)(uintptr_t)given};
    const int64_t numbers[] = {given->starts, given->minutes};
    ei_command_hash(&command, &given->id, sizeof given->id);
    ei_command_hash(&command, &given->offering_id, sizeof given->offering_id);
    ei_command_hash_text(&command, given->kind);
    ei_command_hash(&command, numbers, sizeof numbers);
    EI_TRY(ei_command_run(&command, error));
    memcpy(out, command.result, sizeof *out);
    return EDU_OK;
}

static edu_status list_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const edu_id *offering = list->filter;
    edu_id actor = ei_session_actor(list->session);
    ei_judging judging;
    if (ei_id_is_none(*offering))
        return sql_sitting_of_steward(tx, &actor, list->key.integer[0], &list->key.id[1], list->ask,
                                      rows, error);
    EI_TRY(ei_judging_kept(list->session, tx, offering, &judging, error));
    return sql_sitting_list(tx, &actor, offering, list->key.integer[0], &list->key.id[1], list->ask,
                            rows, error);
}

edu_status edu_sitting_list(edu_session *session, edu_id offering_id, const char *cursor,
                            int32_t limit, edu_sitting_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_list list = {.session = session,
                    .filter = &offering_id,
                    .open = list_open,
                    .plan = {.shape = "iu",
                             .record = "edu_sitting",
                             .limit = limit,
                             .fill = ei_sitting_fill,
                             .context = session}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- who came ---- */

static edu_status require_offering(const ei_sitting_facts *facts, edu_error *error)
{
    return ei_sitting_is_of_offering(facts)
               ? EDU_OK
               : ei_fail(error, EDU_E_STATE, "sitting.of_season", NULL,
                         "of an olympiad, the file of results says who was absent");
}

static edu_status not_allocated(edu_error *error)
{
    return ei_fail(error, EDU_E_STATE, "sitting.not_allocated", NULL,
                   "the seats of this sitting are not confirmed");
}

static edu_status is_closed(edu_error *error)
{
    return ei_fail(error, EDU_E_STATE, "sitting.closed", NULL, "this sitting is closed");
}

typedef struct attending {
    edu_id sitting, person;
    bool came;
} attending;

static edu_status attend_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const attending *work = command->context;
    edu_id actor = ei_session_actor(command->session);
    ei_sitting_facts facts;
    int64_t changed = 0;
    EI_TRY(ei_sitting_require_centre_staff(command->session, tx, error));
    EI_TRY(ei_sitting_facts_read(tx, &work->sitting, &facts, error));
    EI_TRY(
        sql_sitting_attend(tx, &actor, &work->sitting, &work->person, work->came, &changed, error));
    if (changed == 0)
        return ei_sitting_not_found(error, "seat");
    EI_TRY(require_offering(&facts, error));
    if (strcmp(facts.state, "closing") == 0 || strcmp(facts.state, "held") == 0)
        return is_closed(error);
    if (strcmp(facts.state, "allocated") != 0)
        return not_allocated(error);
    if (command->now < facts.starts)
        return ei_fail(error, EDU_E_STATE, "sitting.not_begun", NULL,
                       "who came is noted once the sitting has begun");
    return ei_audit(command, tx, work->came ? "sitting.present" : "sitting.absent", &work->person,
                    NULL, error);
}

edu_status edu_sitting_attend(edu_session *session, edu_id sitting_id, edu_id person_id, bool came,
                              const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    attending work = {sitting_id, ei_person_or_self(session, person_id), came};
    ei_command command = {.session = session,
                          .name = "sitting.attend",
                          .key = key,
                          .run = attend_run,
                          .context = &work};
    ei_command_hash(&command, &sitting_id, sizeof sitting_id);
    ei_command_hash(&command, &work.person, sizeof work.person);
    ei_command_hash(&command, &came, sizeof came);
    return ei_command_run(&command, error);
}

/* ---- closing ---- */

typedef struct absentee {
    edu_id person, application;
} absentee;

typedef struct closing {
    edu_id sitting, after;
    bool is_finished;
    size_t count;
    absentee items[BATCH];
} closing;

static edu_status close_start_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const closing *work = command->context;
    ei_sitting_facts facts;
    int64_t changed = 0;
    EI_TRY(ei_require_clerk(command->session, tx, error));
    EI_TRY(ei_sitting_facts_read(tx, &work->sitting, &facts, error));
    EI_TRY(require_offering(&facts, error));
    if (strcmp(facts.state, "closing") == 0)
        return EDU_OK;
    if (strcmp(facts.state, "held") == 0)
        return is_closed(error);
    if (strcmp(facts.state, "allocated") != 0)
        return not_allocated(error);
    if (command->now < facts.ends)
        return ei_fail(error, EDU_E_STATE, "sitting.not_over", NULL,
                       "a sitting is closed when it is over");
    EI_TRY(sql_sitting_move(tx, &work->sitting, "allocated", "closing", &changed, error));
    return changed == 1 ? ei_audit_count(command, tx, "sitting.close", work->sitting, 1, error)
                        : not_allocated(error);
}

static edu_status take_absentee(void *context, ei_rows *rows, edu_error *error)
{
    closing *work = context;
    (void)error;
    work->items[work->count++] = (absentee){ei_column_id(rows, 0), ei_column_id(rows, 1)};
    return EDU_OK;
}

static edu_status close_one(ei_command *command, edu_tx *tx, const closing *work,
                            const absentee *one, const ei_sitting_kind *kind, edu_error *error)
{
    if (kind->absent) {
        ei_request_step step = {.session = command->session,
                                .person = one->person,
                                .id = one->application,
                                .action = kind->absent,
                                .is_systems = true};
        EI_TRY(ei_request_step_run(&step, command, tx, error));
    }
    return sql_sitting_entry_close(tx, &one->person, &one->application, &work->sitting, NULL,
                                   error);
}

static edu_status close_batch_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    closing *work = command->context;
    ei_sitting_facts facts;
    ei_sitting_kind kind;
    ei_rows rows;
    work->count = 0;
    EI_TRY(ei_require_clerk(command->session, tx, error));
    EI_TRY(ei_sitting_facts_read(tx, &work->sitting, &facts, error));
    work->is_finished = strcmp(facts.state, "closing") != 0;
    if (work->is_finished)
        return EDU_OK;
    EI_TRY(ei_sitting_rules(command->session, tx, &facts, &kind, error));
    EI_TRY(ei_rows_each(sql_sitting_absent(tx, &work->sitting, &work->after, BATCH, &rows, error),
                        &rows, take_absentee, work, error));
    for (size_t i = 0; i < work->count; i++)
        EI_TRY(close_one(command, tx, work, &work->items[i], &kind, error));
    work->is_finished = work->count < BATCH;
    return work->is_finished ? sql_sitting_move(tx, &work->sitting, "closing", "held", NULL, error)
                             : EDU_OK;
}

static edu_status close_all(edu_session *session, closing *work, edu_error *error)
{
    work->after = (edu_id){{[15] = 1}};
    while (!work->is_finished) {
        EI_TRY(ei_write(session, "sitting.close_batch", close_batch_run, work, error));
        if (work->count > 0)
            work->after = work->items[work->count - 1].person;
    }
    return EDU_OK;
}

edu_status edu_sitting_close(edu_session *session, edu_id sitting_id, const char *key,
                             edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    closing *work = ei_calloc(1, sizeof *work);
    if (!work)
        return ei_no_memory(error);
    work->sitting = sitting_id;
    ei_command command = {.session = session,
                          .name = "sitting.close",
                          .key = key,
                          .run = close_start_run,
                          .context = work};
    ei_command_hash(&command, &sitting_id, sizeof sitting_id);
    edu_status status = ei_command_run(&command, error);
    if (status == EDU_OK)
        status = close_all(session, work, error);
    ei_free(work);
    return status;
}
