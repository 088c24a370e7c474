#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sodium.h>
#include "storage/postgresql/postgresql_internal.h"

/* How long a command is run again after it was undone for another, or lost its connection; long
 * enough for a standby to take over. */
#define PATIENCE_MS 20000
#define NAP_LEAST_US 500
#define NAP_MOST_US 200000

typedef struct pg_state {
    pid_t pid; /* of the process that opened it: a child must not use it */
    char *address;
    pool pool;
} pg_state;

/* ---- opening ---- */

static edu_status look_for_store(connection *on, bool create, edu_error *error)
{
    fate how;
    edu_error none = EDU_ERROR_INIT;
    if (create)
        return EDU_OK;
    edu_status status = ei_pg_execute(on, "SELECT 1 FROM schema_version LIMIT 0", &how, &none);
    if (status != EDU_OK && strcmp(none.sqlstate, "42P01") == 0)
        return ei_fail(error, EDU_E_NOT_FOUND, "storage.no_store", "/store",
                       "there is no store in this database; make one first");
    if (status != EDU_OK && error != NULL)
        *error = none;
    return status;
}

static edu_status open_pool(pg_state *state, bool create, size_t statement_count, edu_error *error)
{
    slot *first;
    EI_TRY(ei_pg_pool_open(&state->pool, state->address, statement_count, error));
    edu_status status = ei_pg_pool_take(&state->pool, &first, error);
    if (status == EDU_OK) {
        status = look_for_store(&first->on, create, error);
        ei_pg_pool_give(&state->pool, first);
    }
    if (status != EDU_OK)
        ei_pg_pool_close(&state->pool, true);
    return status;
}

/* The port has taken the scheme off; libpq wants it. */
static char *whole_address(const char *rest)
{
    size_t size = strlen(rest) + sizeof "postgresql:";
    char *address = ei_alloc(size);
    if (address != NULL)
        (void)snprintf(address, size, "postgresql:%s", rest);
    return address;
}

static edu_status pg_open(const char *rest, bool create, size_t statement_count, void **out,
                          edu_error *error)
{
    pg_state *state = ei_calloc(1, sizeof *state);
    if (state == NULL)
        return ei_no_memory(error);
    state->pid = getpid();
    state->address = whole_address(rest);
    edu_status status = state->address != NULL ? open_pool(state, create, statement_count, error)
                                               : ei_no_memory(error);
    if (status == EDU_OK) {
        *out = state;
        return EDU_OK;
    }
    ei_free(state->address);
    ei_free(state);
    return status;
}

static void pg_close(void *opaque)
{
    pg_state *state = opaque;
    ei_pg_pool_close(&state->pool, state->pid == getpid());
    ei_free(state->address);
    ei_free(state);
}

static edu_status check_process(const pg_state *state, edu_error *error)
{
    if (state->pid == getpid())
        return EDU_OK;
    return ei_fail(error, EDU_E_STATE, "storage.forked", NULL,
                   "this store was opened before a fork; open it anew in the child");
}

/* ---- commands ---- */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* With jitter, so that those who met once do not meet again. */
static void nap(int attempt)
{
    uint32_t most = NAP_LEAST_US << (attempt < 9 ? attempt : 9);
    if (most > NAP_MOST_US)
        most = NAP_MOST_US;
    uint32_t length = most / 2 + randombytes_uniform(most);
    struct timespec wait = {length / 1000000, (long)(length % 1000000) * 1000};
    nanosleep(&wait, NULL);
}

static ending run_once(pg_state *state, bool write, edu_command_fn command, void *context,
                       edu_status *status, edu_error *error)
{
    slot *taken;
    *status = ei_pg_pool_take(&state->pool, &taken, error);
    if (*status != EDU_OK)
        return *status == EDU_E_STORAGE ? EI_PG_UNDONE : EI_PG_ENDED;
    ending end = ei_pg_attempt(&taken->on, write, command, context, status, error);
    ei_pg_pool_give(&state->pool, taken);
    return end;
}

static edu_status unknown(edu_error *error)
{
    ei_error_fill(
        error, EDU_E_STORAGE, "storage.unknown", NULL,
        "the connection was lost during the commit: look whether it was done before you do it "
        "again");
    return EDU_E_STORAGE;
}

static edu_status pg_run(void *opaque, bool write, edu_command_fn command, void *context,
                         edu_error *error)
{
    pg_state *state = opaque;
    edu_status status;
    EI_TRY(check_process(state, error));
    int64_t until = now_ms() + PATIENCE_MS;
    for (int attempt = 0;; attempt++) {
        ending end = run_once(state, write, command, context, &status, error);
        if (end == EI_PG_UNKNOWN)
            return unknown(error);
        if (end == EI_PG_ENDED || now_ms() >= until)
            return status;
        nap(attempt);
    }
}

/* ---- the engine's own check ---- */

/* Reads every row, and every index where the extension for that is there and may be used. */
static const char check_sql[] =
    "DO $$ DECLARE one record; BEGIN "
    "SET LOCAL statement_timeout = 0; "
    "FOR one IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relkind = 'r' AND"
    " c.relnamespace = current_schema()::regnamespace LOOP"
    " EXECUTE format('SELECT count(t.*) FROM %s t', one.name); END LOOP; "
    "IF to_regprocedure('bt_index_check(regclass,boolean)') IS NOT NULL AND"
    " has_function_privilege('bt_index_check(regclass,boolean)', 'execute') THEN"
    " FOR one IN SELECT i.indexrelid::regclass AS name FROM pg_index i JOIN pg_class c ON"
    " c.oid = i.indexrelid WHERE c.relnamespace = current_schema()::regnamespace AND"
    " i.indisvalid LOOP PERFORM bt_index_check(one.name, true); END LOOP; END IF; END $$";

static edu_status pg_check(void *opaque, edu_error *error)
{
    pg_state *state = opaque;
    slot *taken;
    fate how;
    EI_TRY(check_process(state, error));
    EI_TRY(ei_pg_pool_take(&state->pool, &taken, error));
    edu_status status = ei_pg_execute(&taken->on, check_sql, &how, error);
    ei_pg_pool_give(&state->pool, taken);
    return status;
}

/* Pages keep what was deleted until they are written anew: by VACUUM FULL, which locks its tables.
 */
static edu_status pg_scrub(void *opaque, edu_error *error)
{
    pg_state *state = opaque;
    slot *taken;
    fate how;
    EI_TRY(check_process(state, error));
    EI_TRY(ei_pg_pool_take(&state->pool, &taken, error));
    edu_status status = ei_pg_execute(&taken->on, "VACUUM", &how, error);
    ei_pg_pool_give(&state->pool, taken);
    return status;
}

static edu_status pg_backup(void *opaque, const char *path, edu_progress progress, edu_error *error)
{
    pg_state *state = opaque;
    EI_TRY(check_process(state, error));
    return ei_pg_backup(state->address, path, progress, error);
}

static edu_status pg_restore(const char *rest, const char *path, edu_progress progress,
                             edu_error *error)
{
    char *address = whole_address(rest);
    if (address == NULL)
        return ei_no_memory(error);
    edu_status status = ei_pg_restore(address, path, progress, error);
    ei_free(address);
    return status;
}

const edu_driver ei_postgresql_driver = {
    .abi = EDU_DRIVER_ABI,
    .scheme = "postgresql",
    .dialect = 1,
    .capabilities = EDU_CAP_MANY_WRITERS | EDU_CAP_ONLINE_BACKUP,
    .open = pg_open,
    .close = pg_close,
    .run = pg_run,
    .start = ei_pg_start,
    .step = ei_pg_step,
    .column = ei_pg_cursor_column,
    .finish = ei_pg_finish,
    .execute = ei_pg_run,
    .settle = ei_pg_settle,
    .savepoint = ei_pg_savepoint,
    .release = ei_pg_release,
    .rollback_to = ei_pg_rollback_to,
    .script = ei_pg_script,
    .backup = pg_backup,
    .restore = pg_restore,
    .check = pg_check,
    .scrub = pg_scrub,
};
