/* Running an allocation: from the frozen list to a proposal.
 *
 * A run owns the sitting's one open allocation row, which it keeps alive by heartbeats. Everything
 * it writes before the proposal is invisible, and removed where the run fails or is found dead. Its
 * key is remembered by the proposal, the one command that makes the outcome: a run cut off is
 * simply run again. */
#include "domain/sitting/sitting_run.h"

#include <string.h>
#include "sitting_sql.h"

#define BEAT_EVERY INT64_C(250000)
/* Seats removed or stored by one command. */
#define BATCH 1000

/* ---- shared with confirming and showing ---- */

edu_status ei_allocation_facts_read(edu_tx *tx, const edu_id *id, ei_allocation_facts *out,
                                    edu_error *error)
{
    ei_rows rows;
    bool row;
    *out = (ei_allocation_facts){0};
    EI_TRY(sql_sitting_allocation_state(tx, id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        out->sitting_id = ei_column_id(&rows, 0);
        strncpy(out->state, ei_column_text(&rows, 1), sizeof out->state - 1);
        out->changed = ei_column_time(&rows, 2);
        out->by = ei_column_id(&rows, 3);
        out->pupils = ei_column_int(&rows, 4);
    }
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_sitting_not_found(error, "allocation");
    return status;
}

typedef struct clearing {
    edu_id sitting_id;
    int64_t removed;
} clearing;

static edu_status clear_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    clearing *clear = command->context;
    return sql_sitting_seats_clear(tx, &clear->sitting_id, BATCH, &clear->removed, error);
}

edu_status ei_sitting_seats_clear(edu_session *session, edu_id sitting_id, edu_error *error)
{
    clearing clear = {.sitting_id = sitting_id};
    do {
        EI_TRY(ei_write(session, "sitting.seats_clear", clear_run, &clear, error));
    } while (clear.removed == BATCH);
    return EDU_OK;
}

/* ---- signs of life ---- */

static edu_status taken_over(edu_error *error)
{
    return ei_fail(error, EDU_E_CONFLICT, "sitting.taken_over", "",
                   "this run showed no life for a minute and was given up");
}

edu_status ei_run_beat(const ei_run *run, edu_tx *tx, edu_time now, edu_error *error)
{
    int64_t changed;
    EI_TRY(sql_sitting_run_beat(tx, &run->allocation_id, run->stage, run->permille, now, &changed,
                                error));
    return changed == 1 ? EDU_OK : taken_over(error);
}

static edu_status beat_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    return ei_run_beat(command->context, tx, command->now, error);
}

/* Parts of the thousand that each stage gets. */
static const struct {
    const char *name;
    int32_t from, to;
} stages[] = {
    {"reading", 0, 50}, {"solving", 50, 350}, {"seating", 350, 450}, {"storing", 450, 1000}};

static int32_t stage_permille(const char *stage, int64_t done, int64_t total)
{
    for (size_t i = 0; i < EI_COUNT(stages); i++)
        if (strcmp(stages[i].name, stage) == 0 && total > 0 && done <= total)
            return stages[i].from +
                   (int32_t)((stages[i].to - stages[i].from) * (double)done / (double)total);
        else if (strcmp(stages[i].name, stage) == 0)
            return stages[i].from;
    return 0;
}

edu_status ei_run_progress(ei_run *run, const char *stage, int64_t done, int64_t total,
                           edu_error *error)
{
    if (run->progress.report != NULL &&
        !run->progress.report(run->progress.context, stage, done, total))
        return ei_fail(error, EDU_E_CANCELLED, "sitting.cancelled", "",
                       "the allocation was stopped");
    edu_time now = ei_now(run->session);
    run->stage = stage;
    run->permille = stage_permille(stage, done, total);
    if (now - run->beaten < BEAT_EVERY)
        return EDU_OK;
    run->beaten = now;
    return ei_write(run->session, "sitting.beat", beat_run, run, error);
}

/* ---- the start ---- */

static edu_status allocation_fail(ei_command *command, edu_tx *tx, const edu_id *id,
                                  const char *why, edu_error *error)
{
    int64_t changed;
    EI_TRY(sql_sitting_allocation_fail(tx, id, why, command->now, &changed, error));
    if (changed == 0)
        return EDU_OK;
    EI_TRY(sql_sitting_rolls_clear(tx, id, NULL, error));
    EI_TRY(sql_sitting_flows_clear(tx, id, NULL, error));
    EI_TRY(sql_sitting_loads_clear(tx, id, NULL, error));
    return sql_sitting_places_clear(tx, id, NULL, error);
}

typedef struct open_allocation {
    bool is_there, is_running;
    edu_id id;
    edu_time changed;
} open_allocation;

static edu_status open_read(edu_tx *tx, const edu_id *sitting_id, open_allocation *out,
                            edu_error *error)
{
    ei_rows rows;
    *out = (open_allocation){0};
    EI_TRY(sql_sitting_allocation_open(tx, sitting_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &out->is_there, error);
    if (status == EDU_OK && out->is_there) {
        out->id = ei_column_id(&rows, 0);
        out->is_running = strcmp(ei_column_text(&rows, 1), "running") == 0;
        out->changed = ei_column_time(&rows, 2);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status make_way(ei_command *command, edu_tx *tx, const edu_id *sitting_id,
                           edu_error *error)
{
    open_allocation open;
    EI_TRY(open_read(tx, sitting_id, &open, error));
    if (!open.is_there)
        return EDU_OK;
    if (!open.is_running)
        return ei_fail(error, EDU_E_CONFLICT, "sitting.allocated", "",
                       "this sitting has an allocation already; discard it to make another");
    if (command->now - open.changed < EI_RUN_STALE)
        return ei_fail(error, EDU_E_BUSY, "sitting.running", "",
                       "an allocation of this sitting is running; one that was cut off can be run "
                       "again after a minute");
    return allocation_fail(command, tx, &open.id, "The run was cut off.", error);
}

static edu_status must_be_frozen(edu_tx *tx, const edu_id *sitting_id, ei_run *run,
                                 edu_error *error)
{
    ei_sitting_facts facts;
    EI_TRY(ei_sitting_facts_read(tx, sitting_id, &facts, error));
    if (strcmp(facts.state, "frozen") != 0)
        return ei_fail(error, EDU_E_STATE, "sitting.not_frozen", "",
                       "freeze the list before it is allocated");
    run->seed_size = facts.seed_size;
    memcpy(run->seed, facts.seed, facts.seed_size);
    return EDU_OK;
}

static edu_status start_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    ei_run *run = command->context;
    edu_id actor = ei_session_actor(command->session);
    EI_TRY(ei_require_clerk(command->session, tx, error));
    EI_TRY(make_way(command, tx, &run->sitting_id, error));
    EI_TRY(must_be_frozen(tx, &run->sitting_id, run, error));
    run->beaten = command->now;
    return sql_sitting_allocation_add(tx, &run->allocation_id, &run->sitting_id, &actor,
                                      command->now, NULL, error);
}

/* ---- the end ---- */

typedef struct failing {
    const ei_run *run;
    const char *why;
} failing;

static edu_status fail_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const failing *fail = command->context;
    return allocation_fail(command, tx, &fail->run->allocation_id, fail->why, error);
}

/* What cannot be written now is found dead by the next run. */
static void run_failed(ei_run *run, const edu_error *cause)
{
    failing fail = {run, cause->message};
    edu_status status = ei_write(run->session, "sitting.allocation_fail", fail_run, &fail, NULL);
    if (status == EDU_OK)
        status = ei_sitting_seats_clear(run->session, run->sitting_id, NULL);
    (void)status;
}

static edu_status seats_are_complete(edu_tx *tx, const ei_run *run, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_sitting_seats_count(tx, &run->allocation_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    int64_t count = status == EDU_OK && row ? ei_column_int(&rows, 0) : 0;
    ei_rows_close(&rows);
    if (status == EDU_OK && count != run->figures.pupils)
        return ei_fail(error, EDU_E_CORRUPT, "sitting.seats", "",
                       "the stored seats are not as many as the pupils");
    return status;
}

/* Another sitting at this time may have got seats of a room while this one was solved. */
static edu_status rooms_are_free(edu_tx *tx, const ei_run *run, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_sitting_rooms_taken(tx, &run->sitting_id, &run->allocation_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = ei_fail(error, EDU_E_CONFLICT, "sitting.rooms_taken", NULL,
                         "another sitting got room %s of centre %s for this time meanwhile; "
                         "allocate again",
                         ei_column_text(&rows, 1), ei_column_text(&rows, 0));
    ei_rows_close(&rows);
    return status;
}

static edu_status propose_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    ei_run *run = command->context;
    const ei_run_figures *figures = &run->figures;
    int64_t changed;
    EI_TRY(ei_require_clerk(command->session, tx, error));
    EI_TRY(seats_are_complete(tx, run, error));
    EI_TRY(rooms_are_free(tx, run, error));
    EI_TRY(sql_sitting_allocation_propose(
        tx, &run->allocation_id, (edu_bytes){figures->input_hash, sizeof figures->input_hash},
        figures->pupils, figures->seats, figures->cost_m, figures->farthest_m, figures->neighbours,
        figures->neighbours_bound, command->now,
        (edu_bytes){figures->list_hash, sizeof figures->list_hash},
        (edu_bytes){figures->transcript_hash, sizeof figures->transcript_hash},
        command->session->portal->host, &changed, error));
    if (changed != 1)
        return taken_over(error);
    EI_TRY(sql_sitting_move(tx, &run->sitting_id, "frozen", "proposed", &changed, error));
    if (changed != 1)
        return taken_over(error);
    memcpy(command->result, &run->allocation_id, sizeof run->allocation_id);
    command->result_size = sizeof run->allocation_id;
    return ei_audit_count(command, tx, "sitting.allocate", run->allocation_id, figures->pupils,
                          error);
}

/* ---- the whole ---- */

/* Only for the answer that a key may have: leaves nothing behind where there is none. */
static edu_status no_answer(ei_command *command, edu_tx *tx, edu_error *error)
{
    return EDU_E_NOT_FOUND;
}

static edu_status run_body(ei_run *run, ei_command *outcome, edu_error *error)
{
    EI_TRY(ei_run_work(run, error));
    outcome->run = propose_run;
    return ei_command_run(outcome, error);
}

static edu_status allocate(ei_run *run, ei_command *outcome, edu_error *error)
{
    edu_error cause = EDU_ERROR_INIT;
    EI_TRY(ei_write(run->session, "sitting.allocate_start", start_run, run, error));
    edu_status status = run_body(run, outcome, &cause);
    if (status != EDU_OK) {
        run_failed(run, &cause);
        if (error != NULL)
            *error = cause;
    }
    return status;
}

edu_status edu_sitting_allocate(edu_session *session, edu_id sitting_id, edu_progress progress,
                                const char *key, edu_id *out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    ei_run run = {.session = session,
                  .allocation_id = ei_new_id(session),
                  .sitting_id = sitting_id,
                  .progress = progress,
                  .stage = "reading"};
    ei_command outcome = {.session = session,
                          .name = "sitting.allocate",
                          .key = key,
                          .run = no_answer,
                          .context = &run};
    ei_command_hash(&outcome, &sitting_id, sizeof sitting_id);
    edu_status status = EDU_E_NOT_FOUND;
    if (key != NULL)
        status = ei_command_run(&outcome, error);
    if (status == EDU_E_NOT_FOUND)
        status = allocate(&run, &outcome, error);
    if (status == EDU_OK)
        memcpy(out, outcome.result, sizeof *out);
    return status;
}
