/* What becomes of a proposal: confirmed by a second clerk, or discarded. */
#include "domain/sitting/sitting_allocation.h"

#include <string.h>
#include "domain/application/application.h"
#include "domain/request/request_store.h"
#include "domain/sitting/sitting_lines.h"
#include "sitting_sql.h"

/* Applications moved by one command. */
#define BATCH 200

typedef struct confirming {
    edu_id allocation_id, sitting_id;
    int64_t pupils, waiting; /* of the allocation; without a slip when this call began */
    int64_t done;            /* by this call */
    edu_id after;            /* the last person looked at */
    edu_id reached;          /* after the batch */
    int64_t moved;           /* by the batch */
    bool is_finished;
    bool of_offering;
    ei_sitting_kind kind; /* of an offering */
} confirming;

static edu_status nothing_proposed(edu_error *error)
{
    return ei_fail(error, EDU_E_STATE, "sitting.nothing_proposed", "",
                   "this allocation is not proposed");
}

/* ---- the start ---- */

static edu_status first_of_two(ei_command *command, edu_tx *tx, const ei_allocation_facts *facts,
                               const edu_id *id, edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    int64_t changed;
    if (ei_id_compare(facts->by, actor) == 0)
        return ei_fail(error, EDU_E_DENIED, "sitting.same_person", "",
                       "who ran the allocation does not confirm it: another clerk has to");
    EI_TRY(sql_sitting_confirm_start(tx, id, &actor, command->now, &changed, error));
    if (changed != 1)
        return nothing_proposed(error);
    EI_TRY(sql_sitting_move(tx, &facts->sitting_id, "proposed", "confirming", &changed, error));
    if (changed != 1)
        return nothing_proposed(error);
    EI_TRY(ei_transcript_sign(command, tx, id, error));
    return ei_audit_count(command, tx, "sitting.confirm", *id, facts->pupils, error);
}

static edu_status confirm_start_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const confirming *confirm = command->context;
    ei_allocation_facts facts;
    EI_TRY(ei_require_clerk(command->session, tx, error));
    EI_TRY(ei_allocation_facts_read(tx, &confirm->allocation_id, &facts, error));
    if (strcmp(facts.state, "proposed") == 0)
        return first_of_two(command, tx, &facts, &confirm->allocation_id, error);
    /* Cut off: anyone of the role goes on, the decision of two people is made. */
    return strcmp(facts.state, "confirming") == 0 ? EDU_OK : nothing_proposed(error);
}

/* ---- a batch ---- */

typedef struct waiting_seat {
    edu_id person_id, application_id;
    bool is_withdrawn;
    json_t *data;
} waiting_seat;

static edu_status waiting_take(ei_rows *rows, waiting_seat *seat, edu_error *error)
{
    char desk[EI_SEAT_TEXT];
    seat->person_id = ei_column_id(rows, 0);
    seat->application_id = ei_column_id(rows, 1);
    seat->is_withdrawn = !ei_column_bool(rows, 2);
    ei_seat_format(ei_column_int(rows, 6), desk);
    seat->data = json_pack("{s:s,s:s,s:s,s:s}", "centre", ei_column_text(rows, 3), "centre_name",
                           ei_column_text(rows, 4), "room", ei_column_text(rows, 5), "seat", desk);
    return seat->data != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status waiting_read(edu_tx *tx, const confirming *confirm, waiting_seat *seats,
                               size_t *count, edu_error *error)
{
    ei_rows rows;
    bool row = true;
    EI_TRY(sql_sitting_confirm_batch(tx, &confirm->allocation_id, &confirm->after, BATCH, &rows,
                                     error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row && *count < BATCH) {
        status = waiting_take(&rows, &seats[*count], error);
        if (status != EDU_OK)
            break;
        ++*count;
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status slip_give(ei_command *command, edu_tx *tx, const confirming *confirm,
                            const waiting_seat *seat, edu_error *error)
{
    const edu_random *random = &command->session->portal->environment.random;
    uint8_t bits[10];
    random->fill(random->context, bits, sizeof bits);
    edu_bytes slip = {bits, sizeof bits};
    int64_t changed;
    EI_TRY(sql_sitting_seat_confirm(tx, &seat->person_id, &confirm->sitting_id, slip, &changed,
                                    error));
    if (changed != 1)
        return ei_fail(error, EDU_E_CONFLICT, "sitting.seat_gone", "",
                       "somebody else confirms this allocation at the same time");
    return sql_sitting_slip_claim(tx, slip, &seat->person_id, NULL, error);
}

/* Withdrawn between the freeze and now: the seat goes, the application stays as it is. */
static edu_status seat_drop(edu_tx *tx, const confirming *confirm, const waiting_seat *seat,
                            edu_error *error)
{
    EI_TRY(sql_sitting_entry_close(tx, &seat->person_id, &seat->application_id,
                                   &confirm->sitting_id, NULL, error));
    return sql_sitting_seat_drop(tx, &seat->person_id, &confirm->sitting_id, NULL, error);
}

static edu_status add_data(ei_request_step *step, ei_command *command, edu_tx *tx, edu_error *error)
{
    const waiting_seat *seat = step->wanted;
    (void)command;
    (void)tx;
    return json_object_update(step->data, seat->data) == 0 ? EDU_OK : ei_no_memory(error);
}

static edu_status request_confirm(ei_command *command, edu_tx *tx, const confirming *confirm,
                                  const waiting_seat *seat, edu_error *error)
{
    ei_request_step step = {.session = command->session,
                            .person = seat->person_id,
                            .id = seat->application_id,
                            .action = confirm->kind.seat,
                            .is_systems = true,
                            .wanted = seat,
                            .change = add_data};
    EI_TRY(ei_request_step_run(&step, command, tx, error));
    return step.verdict == EDU_OK ? slip_give(command, tx, confirm, seat, error)
                                  : seat_drop(tx, confirm, seat, error);
}

static edu_status seat_confirm(ei_command *command, edu_tx *tx, const confirming *confirm,
                               const waiting_seat *seat, edu_error *error)
{
    if (confirm->of_offering)
        return request_confirm(command, tx, confirm, seat, error);
    if (seat->is_withdrawn)
        return seat_drop(tx, confirm, seat, error);
    EI_TRY(slip_give(command, tx, confirm, seat, error));
    ei_application_step step = {.person = seat->person_id,
                                .application = seat->application_id,
                                .action = "allocate",
                                .actor_kind = "clerk",
                                .data = seat->data};
    return ei_application_advance(command, tx, &step, error);
}

static edu_status finish(ei_command *command, edu_tx *tx, confirming *confirm, edu_error *error)
{
    int64_t changed;
    EI_TRY(sql_sitting_confirm_finish(tx, &confirm->allocation_id, command->now, &changed, error));
    if (changed != 1)
        return nothing_proposed(error);
    EI_TRY(sql_sitting_move(tx, &confirm->sitting_id, "confirming", "allocated", &changed, error));
    if (changed != 1)
        return nothing_proposed(error);
    confirm->is_finished = true;
    return EDU_OK;
}

static edu_status batch_move(ei_command *command, edu_tx *tx, confirming *confirm,
                             const waiting_seat *seats, size_t count, edu_error *error)
{
    for (size_t i = 0; i < count; i++)
        EI_TRY(seat_confirm(command, tx, confirm, &seats[i], error));
    confirm->moved = (int64_t)count;
    if (count < BATCH)
        return finish(command, tx, confirm, error);
    confirm->reached = seats[count - 1].person_id;
    int64_t left = confirm->waiting - confirm->done - confirm->moved;
    int64_t permille =
        confirm->pupils > 0 ? (confirm->pupils - left) * 1000 / confirm->pupils : 1000;
    return sql_sitting_confirm_beat(tx, &confirm->allocation_id, permille, command->now, NULL,
                                    error);
}

static edu_status rules_read(const edu_session *session, edu_tx *tx, confirming *confirm,
                             edu_error *error)
{
    ei_sitting_facts facts;
    EI_TRY(ei_sitting_facts_read(tx, &confirm->sitting_id, &facts, error));
    confirm->of_offering = ei_sitting_is_of_offering(&facts);
    return confirm->of_offering ? ei_sitting_rules(session, tx, &facts, &confirm->kind, error)
                                : EDU_OK;
}

static edu_status batch_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    confirming *confirm = command->context;
    ei_allocation_facts facts;
    confirm->moved = 0;
    confirm->is_finished = false;
    EI_TRY(ei_require_clerk(command->session, tx, error));
    EI_TRY(ei_allocation_facts_read(tx, &confirm->allocation_id, &facts, error));
    if (strcmp(facts.state, "confirmed") == 0) {
        confirm->is_finished = true;
        return EDU_OK;
    }
    if (strcmp(facts.state, "confirming") != 0)
        return nothing_proposed(error);
    confirm->sitting_id = facts.sitting_id;
    EI_TRY(rules_read(command->session, tx, confirm, error));
    waiting_seat *seats = ei_calloc(BATCH, sizeof *seats);
    if (seats == NULL)
        return ei_no_memory(error);
    size_t count = 0;
    edu_status status = waiting_read(tx, confirm, seats, &count, error);
    if (status == EDU_OK)
        status = batch_move(command, tx, confirm, seats, count, error);
    for (size_t i = 0; i < BATCH; i++)
        json_decref(seats[i].data);
    ei_free(seats);
    return status;
}

/* ---- the whole ---- */

static edu_status waiting_count(edu_tx *tx, void *context, edu_error *error)
{
    confirming *confirm = context;
    ei_allocation_facts facts;
    ei_rows rows;
    bool row;
    EI_TRY(ei_allocation_facts_read(tx, &confirm->allocation_id, &facts, error));
    confirm->pupils = facts.pupils;
    EI_TRY(sql_sitting_confirm_waits(tx, &confirm->allocation_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    confirm->waiting = status == EDU_OK && row ? ei_column_int(&rows, 0) : 0;
    ei_rows_close(&rows);
    return status;
}

static edu_status confirm_batches(edu_session *session, confirming *confirm, edu_progress progress,
                                  edu_error *error)
{
    while (!confirm->is_finished) {
        EI_TRY(ei_write(session, "sitting.confirm_batch", batch_run, confirm, error));
        confirm->done += confirm->moved;
        confirm->after = confirm->reached;
        if (progress.report != NULL &&
            !progress.report(progress.context, "confirming", confirm->done, confirm->waiting) &&
            !confirm->is_finished)
            return ei_fail(error, EDU_E_CANCELLED, "sitting.cancelled", "",
                           "the confirmation was stopped; calling it again goes on");
    }
    return EDU_OK;
}

edu_status edu_sitting_confirm(edu_session *session, edu_id allocation_id, edu_progress progress,
                               const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    confirming confirm = {.allocation_id = allocation_id, .after = {{[15] = 1}}};
    ei_command command = {.session = session,
                          .name = "sitting.confirm",
                          .key = key,
                          .run = confirm_start_run,
                          .context = &confirm};
    ei_command_hash(&command, &allocation_id, sizeof allocation_id);
    EI_TRY(ei_command_run(&command, error));
    EI_TRY(ei_read(session, waiting_count, &confirm, error));
    return confirm_batches(session, &confirm, progress, error);
}

/* ---- discarding ---- */

typedef struct discarding {
    edu_id allocation_id, sitting_id;
} discarding;

static edu_status discard_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    discarding *discard = command->context;
    ei_allocation_facts facts;
    int64_t changed;
    EI_TRY(ei_require_clerk(command->session, tx, error));
    EI_TRY(ei_allocation_facts_read(tx, &discard->allocation_id, &facts, error));
    EI_TRY(sql_sitting_discard(tx, &discard->allocation_id, command->now, &changed, error));
    if (changed != 1)
        return nothing_proposed(error);
    EI_TRY(sql_sitting_move(tx, &facts.sitting_id, "proposed", "frozen", &changed, error));
    if (changed != 1)
        return nothing_proposed(error);
    memcpy(command->result, &facts.sitting_id, sizeof facts.sitting_id);
    command->result_size = sizeof facts.sitting_id;
    return ei_audit_count(command, tx, "sitting.discard", discard->allocation_id, facts.pupils,
                          error);
}

edu_status edu_sitting_discard(edu_session *session, edu_id allocation_id, const char *key,
                               edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    discarding discard = {.allocation_id = allocation_id};
    ei_command command = {.session = session,
                          .name = "sitting.discard",
                          .key = key,
                          .run = discard_run,
                          .context = &discard};
    ei_command_hash(&command, &allocation_id, sizeof allocation_id);
    EI_TRY(ei_command_run(&command, error));
    memcpy(&discard.sitting_id, command.result, sizeof discard.sitting_id);
    return ei_sitting_seats_clear(session, discard.sitting_id, error);
}
