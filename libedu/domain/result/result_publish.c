/* Publishing: proposed by one clerk, approved by another, told to each pupil when the time comes.
 */
#include "domain/result/result_store.h"

#include <string.h>
#include "domain/application/application.h"
#include "result_sql.h"

#define BATCH 200
#define DAY (INT64_C(24) * 3600 * 1000000)
/* Nobody publishes for a later year by a slip of the keyboard. */
#define FARTHEST (400 * DAY)

typedef struct publishing {
    edu_id season_id;
    edu_time publish_at;
} publishing;

typedef edu_status (*round_fn)(ei_command *command, edu_tx *tx, const ei_round *round,
                               edu_error *error);

/* Runs a step of the round for a clerk who is one of the two. */
static edu_status with_round(ei_command *command, edu_tx *tx, round_fn step, edu_error *error)
{
    const publishing *publish = command->context;
    ei_round round;
    EI_TRY(ei_require_clerk(command->session, tx, error));
    edu_status status =
        ei_round_read(command->session, tx, publish->season_id, command->now, &round, error);
    if (status == EDU_OK)
        status = step(command, tx, &round, error);
    ei_round_finish(&round);
    return status;
}

/* ---- proposing ---- */

static edu_status require_complete(edu_tx *tx, const ei_round *round, edu_error *error)
{
    ei_rows rows;
    bool row;
    int64_t expected = 0;
    if (!round->is_archive) {
        EI_TRY(sql_result_expected(tx, &round->season_id, &rows, error));
        edu_status status = ei_rows_next(&rows, &row, error);
        expected = status == EDU_OK && row ? ei_column_int(&rows, 0) : 0;
        ei_rows_close(&rows);
        EI_TRY(status);
    }
    if (round->results == 0)
        return ei_fail(error, EDU_E_STATE, "result.none", "", "there are no results yet");
    if (expected > round->results)
        return ei_fail(error, EDU_E_STATE, "result.missing", "",
                       "%lld pupils have neither points nor an absence yet",
                       (long long)(expected - round->results));
    return EDU_OK;
}

static edu_status propose_step(ei_command *command, edu_tx *tx, const ei_round *round,
                               edu_error *error)
{
    const publishing *publish = command->context;
    edu_id actor = ei_session_actor(command->session);
    EI_TRY(ei_round_require(round, EI_MARKING_OPEN, error));
    EI_TRY(require_complete(tx, round, error));
    EI_TRY(ei_round_rank(command, tx, round, NULL, error));
    EI_TRY(sql_result_propose(tx, &round->season_id, publish->publish_at, &actor, command->now,
                              NULL, error));
    return ei_audit_count(command, tx, "result.propose", round->season_id, round->results, error);
}

static edu_status propose_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const publishing *publish = command->context;
    if (publish->publish_at < command->now - DAY || publish->publish_at > command->now + FARTHEST)
        return ei_fail(error, EDU_E_INVALID, "result.publish_at", "/publish_at",
                       "results are published from now on or within the next 400 days");
    return with_round(command, tx, propose_step, error);
}

edu_status edu_result_propose(edu_session *session, edu_id season_id, edu_time publish_at,
                              const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    publishing publish = {season_id, publish_at};
    ei_command command = {.session = session,
                          .name = "result.propose",
                          .key = key,
                          .run = propose_run,
                          .context = &publish};
    ei_command_hash(&command, &season_id, sizeof season_id);
    ei_command_hash(&command, &publish_at, sizeof publish_at);
    return ei_command_run(&command, error);
}

/* ---- taking back ---- */

static edu_status reopen_step(ei_command *command, edu_tx *tx, const ei_round *round,
                              edu_error *error)
{
    int64_t changed;
    EI_TRY(sql_result_reopen(tx, &round->season_id, command->now, &changed, error));
    if (changed != 1)
        return ei_fail(error, EDU_E_STATE, "result.not_proposed", "",
                       "there is no proposal that can still be taken back");
    return ei_audit_count(command, tx, "result.reopen", round->season_id, round->results, error);
}

static edu_status reopen_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    return with_round(command, tx, reopen_step, error);
}

edu_status edu_result_reopen(edu_session *session, edu_id season_id, const char *key,
                             edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    publishing publish = {.season_id = season_id};
    ei_command command = {.session = session,
                          .name = "result.reopen",
                          .key = key,
                          .run = reopen_run,
                          .context = &publish};
    ei_command_hash(&command, &season_id, sizeof season_id);
    return ei_command_run(&command, error);
}

/* ---- telling ---- */

typedef struct untold {
    edu_id person_id, application_id;
    bool is_absent;
} untold;

typedef struct telling {
    edu_id season_id; /* none: whatever is due */
    int64_t told;     /* by the batch */
    bool is_done;
} telling;

static edu_status untold_read(edu_tx *tx, const edu_id *season, untold *out, size_t *count,
                              edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_result_untold(tx, season, BATCH, &rows, error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row && *count < BATCH)
        out[(*count)++] =
            (untold){ei_column_id(&rows, 0), ei_column_id(&rows, 1), ei_column_bool(&rows, 2)};
    ei_rows_close(&rows);
    return status;
}

static edu_status tell_one(ei_command *command, edu_tx *tx, const edu_id *season, const untold *to,
                           edu_error *error)
{
    ei_application_step step = {.person = to->person_id,
                                .application = to->application_id,
                                .action = to->is_absent ? "absent" : "result",
                                .actor_kind = "system"};
    if (!ei_id_is_none(to->application_id))
        EI_TRY(ei_application_advance(command, tx, &step, error));
    return sql_result_told(tx, &to->person_id, season, NULL, error);
}

static edu_status season_due(edu_tx *tx, edu_time now, edu_id *season, bool *is_due,
                             edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_result_due(tx, now, &rows, error));
    edu_status status = ei_rows_next(&rows, is_due, error);
    if (status == EDU_OK && *is_due)
        *season = ei_column_id(&rows, 0);
    ei_rows_close(&rows);
    return status;
}

static edu_status tell_batch(ei_command *command, edu_tx *tx, telling *work, untold *people,
                             edu_error *error)
{
    size_t count = 0;
    bool is_due = false;
    edu_id season;
    EI_TRY(season_due(tx, command->now, &season, &is_due, error));
    work->is_done = !is_due;
    if (!is_due)
        return EDU_OK;
    EI_TRY(untold_read(tx, &season, people, &count, error));
    for (size_t i = 0; i < count; i++)
        EI_TRY(tell_one(command, tx, &season, &people[i], error));
    work->told = (int64_t)count;
    return count < BATCH ? sql_result_all_told(tx, &season, NULL, error) : EDU_OK;
}

static edu_status tell_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    telling *work = command->context;
    work->told = 0;
    untold *people = ei_calloc(BATCH, sizeof *people);
    edu_status status =
        people != NULL ? tell_batch(command, tx, work, people, error) : ei_no_memory(error);
    ei_free(people);
    return status;
}

static edu_status tell(edu_session *session, edu_progress progress, int64_t *told, edu_error *error)
{
    telling work = {0};
    *told = 0;
    while (!work.is_done) {
        EI_TRY(ei_write(session, "result.tell", tell_run, &work, error));
        *told += work.told;
        if (progress.report != NULL && !work.is_done &&
            !progress.report(progress.context, "telling", *told, 0))
            return ei_fail(error, EDU_E_CANCELLED, "result.cancelled", "",
                           "it was stopped; the next call goes on");
    }
    return EDU_OK;
}

edu_status edu_result_deliver(edu_session *session, edu_progress progress, int64_t *told,
                              edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (told == NULL)
        return ei_bad_argument(error, "told");
    if (!session->is_operator)
        return ei_fail(error, EDU_E_DENIED, "session.no_role", NULL, "this is for the operator");
    return tell(session, progress, told, error);
}

/* ---- approving ---- */

static edu_status approve_step(ei_command *command, edu_tx *tx, const ei_round *round,
                               edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    edu_time from = round->publish_at > command->now ? round->publish_at : command->now;
    edu_time closes = round->rules.appeal_days > 0 && !round->is_archive
                          ? from + round->rules.appeal_days * DAY
                          : EDU_TIME_NONE;
    EI_TRY(ei_round_require(round, EI_MARKING_PROPOSED, error));
    if (ei_id_compare(round->by, actor) == 0)
        return ei_fail(error, EDU_E_DENIED, "result.same_person", "",
                       "who proposed it does not approve it: another clerk has to");
    EI_TRY(sql_result_approve(tx, &round->season_id, &actor, closes, command->now, NULL, error));
    return ei_audit_count(command, tx, "result.approve", round->season_id, round->results, error);
}

static edu_status approve_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    return with_round(command, tx, approve_step, error);
}

edu_status edu_result_approve(edu_session *session, edu_id season_id, edu_progress progress,
                              const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    publishing publish = {.season_id = season_id};
    int64_t told;
    ei_command command = {.session = session,
                          .name = "result.approve",
                          .key = key,
                          .run = approve_run,
                          .context = &publish};
    ei_command_hash(&command, &season_id, sizeof season_id);
    EI_TRY(ei_command_run(&command, error));
    return tell(session, progress, &told, error);
}
