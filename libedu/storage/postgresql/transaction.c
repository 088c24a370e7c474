/* One command's transaction. What begins it goes out with its first statement; what only writes is
 * sent without waiting, and its answer is read with the next that somebody waits for, at the latest
 * with the commit's. So a command costs a round trip for each statement it reads from, and one. */
#include <stdlib.h>
#include <string.h>
#include "storage/postgresql/postgresql_internal.h"

/* The migrations' turn: one key for all stores of a database. */
#define LOCK_SQL "SELECT pg_advisory_lock(7308895159172199712)"
#define UNLOCK_SQL "SELECT pg_advisory_unlock(7308895159172199712)"

/* ---- failures ---- */

/* The transaction cannot go on, but for what a savepoint mends. */
static edu_status fail(transaction *tx, edu_status status, fate how, const edu_error *failure,
                       edu_error *error)
{
    if (how == EI_PG_LOST)
        tx->on->is_broken = true;
    if (how > tx->fate || tx->failure.code == EDU_OK) {
        tx->fate = how;
        tx->failure = *failure;
        tx->failure.code = status;
    }
    if (error != NULL)
        *error = *failure;
    return status;
}

static edu_status check_whole(const transaction *tx, edu_error *error)
{
    if (tx->failure.code == EDU_OK)
        return EDU_OK;
    if (error != NULL)
        *error = tx->failure;
    return tx->failure.code;
}

static edu_status lost(transaction *tx, edu_error *error)
{
    edu_error failure = EDU_ERROR_INIT;
    edu_status status = ei_pg_lost_error(tx->on->pg, &failure);
    return fail(tx, status, EI_PG_LOST, &failure, error);
}

static edu_status wait(transaction *tx, PGresult **last, edu_error *error)
{
    edu_error failure = EDU_ERROR_INIT;
    fate how;
    edu_status status = ei_pg_wait(tx->on, last, &how, &failure);
    if (!tx->is_write && strcmp(failure.sqlstate, "25006") == 0)
        how = EI_PG_REFUSED; /* a read that writes, not a server that cannot */
    return status == EDU_OK ? EDU_OK : fail(tx, status, how, &failure, error);
}

/* ---- statements ---- */

static edu_status make_room(transaction *tx, edu_error *error)
{
    return tx->on->pending + 4 <= EI_PG_PENDING_MAX ? EDU_OK : wait(tx, NULL, error);
}

static edu_status send_control(transaction *tx, control which, edu_error *error)
{
    return ei_pg_send_control(tx->on, which) ? EDU_OK : lost(tx, error);
}

static edu_status begin(transaction *tx, edu_error *error)
{
    if (tx->has_begun)
        return EDU_OK;
    tx->has_begun = true;
    return send_control(tx, tx->is_write ? EI_PG_BEGIN_WRITE : EI_PG_BEGIN_READ, error);
}

static edu_status send(transaction *tx, const edu_statement *statement, const edu_value *values,
                       edu_error *error)
{
    EI_TRY(check_whole(tx, error));
    EI_TRY(make_room(tx, error));
    EI_TRY(begin(tx, error));
    return ei_pg_send(tx->on, statement, values) ? EDU_OK : lost(tx, error);
}

edu_status ei_pg_start(edu_tx *opaque, const edu_statement *statement, const edu_value *values,
                       edu_cursor **cursor, edu_error *error)
{
    transaction *tx = (transaction *)opaque;
    PGresult *result;
    EI_TRY(send(tx, statement, values, error));
    EI_TRY(wait(tx, &result, error));
    *cursor = ei_calloc(1, sizeof **cursor);
    if (*cursor == NULL) {
        PQclear(result);
        return ei_no_memory(error);
    }
    **cursor = (edu_cursor){.result = result, .row = -1};
    return EDU_OK;
}

edu_status ei_pg_run(edu_tx *opaque, const edu_statement *statement, const edu_value *values,
                     int64_t *changed, edu_error *error)
{
    transaction *tx = (transaction *)opaque;
    PGresult *result;
    EI_TRY(send(tx, statement, values, error));
    if (changed == NULL && tx->parts == 0 && tx->is_write)
        return EDU_OK;
    EI_TRY(wait(tx, &result, error));
    if (changed != NULL)
        *changed = strtoll(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return EDU_OK;
}

edu_status ei_pg_settle(edu_tx *opaque, edu_error *error)
{
    transaction *tx = (transaction *)opaque;
    EI_TRY(check_whole(tx, error));
    return tx->on->pending > 0 ? wait(tx, NULL, error) : EDU_OK;
}

edu_status ei_pg_step(edu_cursor *cursor, bool *row, edu_error *error)
{
    (void)error;
    if (cursor->row < PQntuples(cursor->result))
        cursor->row++;
    *row = cursor->row < PQntuples(cursor->result);
    return EDU_OK;
}

void ei_pg_cursor_column(edu_cursor *cursor, int column, edu_value *value)
{
    ei_pg_column(cursor->result, cursor->row, column, value);
}

void ei_pg_finish(edu_cursor *cursor)
{
    PQclear(cursor->result);
    ei_free(cursor);
}

/* ---- parts ---- */

/* What went before is settled first, so that its failures are not taken for the part's. */
edu_status ei_pg_savepoint(edu_tx *opaque, edu_error *error)
{
    transaction *tx = (transaction *)opaque;
    EI_TRY(check_whole(tx, error));
    EI_TRY(make_room(tx, error));
    EI_TRY(begin(tx, error));
    EI_TRY(send_control(tx, EI_PG_PART, error));
    EI_TRY(wait(tx, NULL, error));
    tx->parts++;
    return EDU_OK;
}

edu_status ei_pg_release(edu_tx *opaque, edu_error *error)
{
    transaction *tx = (transaction *)opaque;
    EI_TRY(check_whole(tx, error));
    EI_TRY(send_control(tx, EI_PG_RELEASE_PART, error));
    tx->parts--;
    return EDU_OK;
}

edu_status ei_pg_rollback_to(edu_tx *opaque, edu_error *error)
{
    transaction *tx = (transaction *)opaque;
    if (tx->fate > EI_PG_REFUSED)
        return check_whole(tx, error);
    tx->failure = (edu_error)EDU_ERROR_INIT;
    tx->fate = EI_PG_FINE;
    EI_TRY(send_control(tx, EI_PG_UNDO_PART, error));
    EI_TRY(send_control(tx, EI_PG_RELEASE_PART, error));
    tx->parts--;
    return wait(tx, NULL, error);
}

/* ---- scripts ---- */

/* Waited for before the transaction begins: its snapshot must see what the one before has done. */
static edu_status take_lock(transaction *tx, edu_error *error)
{
    edu_error failure = EDU_ERROR_INIT;
    fate how;
    if (tx->has_lock || tx->has_begun)
        return EDU_OK;
    edu_status status = ei_pg_execute(tx->on, LOCK_SQL, &how, &failure);
    if (status != EDU_OK)
        return fail(tx, status, how, &failure, error);
    tx->has_lock = true;
    return EDU_OK;
}

edu_status ei_pg_script(edu_tx *opaque, const char *sql, edu_error *error)
{
    transaction *tx = (transaction *)opaque;
    edu_error failure = EDU_ERROR_INIT;
    fate how;
    EI_TRY(check_whole(tx, error));
    EI_TRY(take_lock(tx, error));
    EI_TRY(begin(tx, error));
    EI_TRY(wait(tx, NULL, error));
    edu_status status = ei_pg_execute(tx->on, sql, &how, &failure);
    return status == EDU_OK ? EDU_OK : fail(tx, status, how, &failure, error);
}

/* ---- ends ---- */

static void undo(transaction *tx)
{
    fate how;
    if (!tx->has_begun || !ei_pg_is_open(tx->on))
        return;
    if (tx->on->pending > 0)
        (void)ei_pg_wait(tx->on, NULL, &how, NULL);
    if (ei_pg_send_control(tx->on, EI_PG_ROLLBACK))
        (void)ei_pg_wait(tx->on, NULL, &how, NULL);
}

/* Nobody waits for the end of a read: the answer is taken when the connection is used next. */
static ending end_read(transaction *tx)
{
    if (tx->has_begun && ei_pg_send_control(tx->on, EI_PG_COMMIT))
        (void)ei_pg_push(tx->on);
    return EI_PG_ENDED;
}

/* The writes that nobody waited for go out with the commit. If the connection is lost from here on,
 * the commit may have reached the server. */
static ending commit(transaction *tx, edu_status *status, edu_error *error)
{
    PGresult *result = NULL;
    if (!tx->has_begun)
        return EI_PG_ENDED;
    *status = send_control(tx, EI_PG_COMMIT, error);
    if (*status == EDU_OK)
        *status = wait(tx, &result, error);
    if (*status == EDU_OK) {
        bool is_kept = strcmp(PQcmdStatus(result), "COMMIT") == 0;
        PQclear(result);
        if (!is_kept)
            *status = ei_fail(error, EDU_E_STORAGE, "storage.rolled_back", NULL,
                              "the engine has undone the command after a failure; nothing was "
                              "changed");
        return EI_PG_ENDED;
    }
    if (tx->fate == EI_PG_LOST)
        return EI_PG_UNKNOWN;
    undo(tx);
    return tx->fate == EI_PG_AGAIN ? EI_PG_UNDONE : EI_PG_ENDED;
}

static void unlock(transaction *tx)
{
    fate how;
    if (tx->has_lock && ei_pg_is_open(tx->on))
        (void)ei_pg_execute(tx->on, UNLOCK_SQL, &how, NULL);
}

/* A command that swallowed a failure cannot go on: only a savepoint could have mended it. */
static edu_status whole_status(const transaction *tx, edu_status status, edu_error *error)
{
    return status == EDU_OK ? check_whole(tx, error) : status;
}

ending ei_pg_attempt(connection *on, bool write, edu_command_fn command, void *context,
                     edu_status *status, edu_error *error)
{
    transaction tx = {.on = on, .is_write = write, .failure = EDU_ERROR_INIT};
    ending end = EI_PG_ENDED;
    if (error != NULL)
        *error = (edu_error)EDU_ERROR_INIT;
    *status = whole_status(&tx, command(&tx.tx, context, error), error);
    if (tx.fate > EI_PG_REFUSED || *status != EDU_OK) {
        undo(&tx);
        end = tx.fate > EI_PG_REFUSED ? EI_PG_UNDONE : EI_PG_ENDED;
        if (end == EI_PG_UNDONE)
            *status = check_whole(&tx, error);
    } else {
        end = write ? commit(&tx, status, error) : end_read(&tx);
    }
    unlock(&tx);
    return end;
}
