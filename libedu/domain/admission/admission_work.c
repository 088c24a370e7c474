/* Who has not come, and who is given more time. */
#include <string.h>

#include "admission_sql.h"
#include "domain/admission/admission_store.h"

#define AT_ONCE 500

typedef struct working {
    edu_id person, id, offering;
    edu_time until;
    const char *reason;
} working;

static edu_status require_missing(const ei_admission *one, edu_error *error)
{
    return strcmp(one->progress, "admitted") == 0 || strcmp(one->progress, "absent") == 0
               ? EDU_OK
               : ei_fail(error, EDU_E_STATE, "admission.came", NULL,
                         "their application runs or is done, or they are withdrawn from the list");
}

static edu_status note_absent(ei_command *command, edu_tx *tx, const edu_id *person,
                              const edu_id *id, const char *reason, edu_error *error)
{
    ei_admission one;
    char sort_name[400];
    edu_time closes;
    EI_TRY(ei_admission_load(command->session, tx, person, id, &one, sort_name, &closes, error));
    EI_TRY(require_missing(&one, error));
    if (command->now < closes)
        return ei_fail(error, EDU_E_STATE, "admission.in_time", NULL, "they may still apply");
    if (strcmp(one.progress, "absent") == 0)
        return EDU_OK;
    strcpy(one.progress, "absent");
    return ei_admission_save(command, tx, &one, "absent", reason, error);
}

static edu_status absent_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const working *work = command->context;
    return note_absent(command, tx, &work->person, &work->id, work->reason, error);
}

static edu_status run(edu_session *session, working *work, const char *name, const char *key,
                      edu_status (*step)(ei_command *, edu_tx *, edu_error *), int32_t *done,
                      edu_error *error)
{
    ei_command command = {
        .session = session, .name = name, .key = key, .run = step, .context = work};
    EI_TRY(ei_check_words(work->reason, EI_ADMISSION_REASON_MAX, "/reason", error));
    ei_command_hash(&command, &work->person, sizeof work->person);
    ei_command_hash(&command, &work->id, sizeof work->id);
    ei_command_hash(&command, &work->offering, sizeof work->offering);
    ei_command_hash(&command, &work->until, sizeof work->until);
    ei_command_hash_text(&command, work->reason);
    EI_TRY(ei_command_run(&command, error));
    if (done)
        memcpy(done, command.result, sizeof *done);
    return EDU_OK;
}

edu_status edu_admission_absent(edu_session *session, edu_id person_id, edu_id admission_id,
                                const char *reason, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    working work = {
        .person = ei_person_or_self(session, person_id), .id = admission_id, .reason = reason};
    return run(session, &work, "admission.absent", key, absent_run, NULL, error);
}

/* ---- all of a programme ---- */

typedef struct missing {
    size_t count;
    struct {
        edu_id person, id;
    } of[AT_ONCE];
} missing;

static edu_status take_missing(void *context, ei_rows *rows, edu_error *error)
{
    missing *found = context;
    (void)error;
    found->of[found->count].person = ei_column_id(rows, 0);
    found->of[found->count++].id = ei_column_id(rows, 1);
    return EDU_OK;
}

static edu_status note_all(ei_command *command, edu_tx *tx, missing *found, edu_error *error)
{
    const working *work = command->context;
    const edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    EI_TRY(ei_rows_each(
        sql_admission_missing(tx, &actor, &work->offering, command->now, AT_ONCE, &rows, error),
        &rows, take_missing, found, error));
    for (size_t i = 0; i < found->count; i++)
        EI_TRY(
            note_absent(command, tx, &found->of[i].person, &found->of[i].id, work->reason, error));
    return EDU_OK;
}

/* Nothing to note is told apart from a programme that is not theirs to work on. */
static edu_status require_keeper(const ei_command *command, edu_tx *tx, const edu_id *offering,
                                 edu_error *error)
{
    const edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool found = false;
    EI_TRY(ei_rows_integer(sql_admission_works_on(tx, &actor, offering, &rows, error), &rows,
                           &found, NULL, error));
    return found ? EDU_OK : ei_admission_not_found(error);
}

static edu_status close_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const working *work = command->context;
    EI_TRY(require_keeper(command, tx, &work->offering, error));
    missing *found = ei_calloc(1, sizeof *found);
    if (!found)
        return ei_no_memory(error);
    edu_status status = note_all(command, tx, found, error);
    int32_t done = (int32_t)found->count;
    ei_free(found);
    memcpy(command->result, &done, sizeof done);
    command->result_size = sizeof done;
    return status;
}

edu_status edu_admission_close(edu_session *session, edu_id offering_id, const char *reason,
                               const char *key, int32_t *done, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!done)
        return ei_bad_argument(error, "done");
    working work = {.offering = offering_id, .reason = reason};
    return run(session, &work, "admission.close", key, close_run, done, error);
}

/* ---- more time ---- */

static edu_status reopen_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const working *work = command->context;
    const ei_definition *definition;
    int32_t version;
    ei_admission one;
    char sort_name[400];
    edu_time closes;
    EI_TRY(ei_admission_load(command->session, tx, &work->person, &work->id, &one, sort_name,
                             &closes, error));
    EI_TRY(require_missing(&one, error));
    if (work->until <= command->now)
        return ei_fail(error, EDU_E_INVALID, "admission.until", "/until",
                       "they may apply until a time that is ahead");
    strcpy(one.progress, "admitted");
    EI_TRY(ei_admission_save(command, tx, &one, "reopen", work->reason, error));
    EI_TRY(sql_admission_until(tx, &work->person, &work->id, work->until, NULL, error));
    EI_TRY(ei_admission_rules(command->session, tx, one.service, &definition, &version, error));
    return ei_admission_tell(command, tx, definition, version, &work->person, "reopened", error);
}

edu_status edu_admission_reopen(edu_session *session, edu_id person_id, edu_id admission_id,
                                edu_time until, const char *reason, const char *key,
                                edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    working work = {.person = ei_person_or_self(session, person_id),
                    .id = admission_id,
                    .until = until,
                    .reason = reason};
    return run(session, &work, "admission.reopen", key, reopen_run, NULL, error);
}
