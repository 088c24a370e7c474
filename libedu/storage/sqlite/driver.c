#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "storage/sqlite/sqlite_internal.h"

typedef struct reader {
    connection on;
    bool is_open, is_busy;
} reader;

typedef struct sqlite_state {
    pid_t pid; /* of the process that opened it: a child must not use it */
    char *path;
    size_t statement_count;
    writers group;
    pthread_mutex_t mutex; /* over the readers */
    pthread_cond_t freed;
    reader readers[READERS_MAX];
} sqlite_state;

/* Makes an empty file that only its owner may read. */
static edu_status find_or_make(const char *path, bool create, edu_error *error)
{
    if (access(path, F_OK) == 0)
        return EDU_OK;
    if (!create)
        return ei_fail(error, EDU_E_NOT_FOUND, "storage.no_store", "/store",
                       "there is no store at %.300s", path);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return ei_fail(error, EDU_E_IO, "storage.open", "/store", "cannot make %.300s: %s", path,
                       strerror(errno));
    close(file);
    return EDU_OK;
}

static edu_status sqlite_open(const char *path, bool create, size_t statement_count, void **out,
                              edu_error *error)
{
    if (!*path)
        return ei_fail(error, EDU_E_INVALID, "storage.address", "/store",
                       "sqlite: needs a path, as in sqlite:portal.db");
    EI_TRY(find_or_make(path, create, error));
    sqlite_state *state = ei_calloc(1, sizeof *state);
    if (!state)
        return ei_no_memory(error);
    state->pid = getpid();
    state->statement_count = statement_count;
    state->path = ei_strdup(path);
    edu_status status = state->path
                            ? ei_sqlite_writers_open(&state->group, path, statement_count, error)
                            : ei_no_memory(error);
    if (status != EDU_OK) {
        ei_free(state->path);
        ei_free(state);
        return status;
    }
    pthread_mutex_init(&state->mutex, NULL);
    pthread_cond_init(&state->freed, NULL);
    *out = state;
    return EDU_OK;
}

static void sqlite_close(void *opaque)
{
    sqlite_state *state = opaque;
    /* After a fork the engine's handles and locks are the parent's: only memory of ours is freed,
     * and the lock's descriptor closed, which does not unlock it for the parent. */
    bool is_ours = state->pid == getpid();
    if (is_ours) {
        for (int i = 0; i < READERS_MAX; i++)
            if (state->readers[i].is_open)
                ei_sqlite_disconnect(&state->readers[i].on);
        ei_sqlite_writers_close(&state->group);
        pthread_cond_destroy(&state->freed);
        pthread_mutex_destroy(&state->mutex);
    } else {
        close(state->group.lock_file);
    }
    ei_free(state->path);
    ei_free(state);
}

static edu_status check_process(const sqlite_state *state, edu_error *error)
{
    if (state->pid == getpid())
        return EDU_OK;
    return ei_fail(error, EDU_E_STATE, "storage.forked", NULL,
                   "the portal was opened before fork: open it in each process");
}

static reader *take_reader(sqlite_state *state)
{
    for (;;) {
        for (int i = 0; i < READERS_MAX; i++) {
            if (!state->readers[i].is_busy) {
                state->readers[i].is_busy = true;
                return &state->readers[i];
            }
        }
        pthread_cond_wait(&state->freed, &state->mutex);
    }
}

static edu_status run_read(connection *on, edu_command_fn command, void *context, edu_error *error)
{
    transaction tx = {.on = on, .is_write = false};
    EI_TRY(ei_sqlite_execute(on, "BEGIN", error));
    edu_status status = command(&tx.tx, context, error);
    sqlite3_exec(on->db, "COMMIT", NULL, NULL, NULL);
    return status;
}

static edu_status sqlite_read(sqlite_state *state, edu_command_fn command, void *context,
                              edu_error *error)
{
    pthread_mutex_lock(&state->mutex);
    reader *taken = take_reader(state);
    pthread_mutex_unlock(&state->mutex);
    edu_status status = EDU_OK;
    if (!taken->is_open) {
        status = ei_sqlite_connect(state->path, false, state->statement_count, &taken->on, error);
        if (status == EDU_OK)
            status = ei_sqlite_execute(&taken->on, "PRAGMA query_only = ON", error);
        taken->is_open = status == EDU_OK;
    }
    if (status == EDU_OK)
        status = run_read(&taken->on, command, context, error);
    pthread_mutex_lock(&state->mutex);
    taken->is_busy = false;
    pthread_cond_signal(&state->freed);
    pthread_mutex_unlock(&state->mutex);
    return status;
}

static edu_status sqlite_run(void *opaque, bool write, edu_command_fn command, void *context,
                             edu_error *error)
{
    sqlite_state *state = opaque;
    EI_TRY(check_process(state, error));
    return write ? ei_sqlite_write(&state->group, command, context, error)
                 : sqlite_read(state, command, context, error);
}

static edu_status execute(edu_tx *tx, const char *sql, edu_error *error)
{
    return ei_sqlite_execute(((transaction *)tx)->on, sql, error);
}

static edu_status sqlite_savepoint(edu_tx *tx, edu_error *error)
{
    return execute(tx, "SAVEPOINT inner_part", error);
}

static edu_status sqlite_release(edu_tx *tx, edu_error *error)
{
    return execute(tx, "RELEASE inner_part", error);
}

static edu_status sqlite_rollback_to(edu_tx *tx, edu_error *error)
{
    EI_TRY(execute(tx, "ROLLBACK TO inner_part", error));
    return sqlite_release(tx, error);
}

static edu_status sqlite_backup(void *opaque, const char *path, edu_progress progress,
                                edu_error *error)
{
    sqlite_state *state = opaque;
    EI_TRY(check_process(state, error));
    return ei_sqlite_backup(state->path, path, progress, error);
}

static edu_status sqlite_check(void *opaque, edu_error *error)
{
    sqlite_state *state = opaque;
    EI_TRY(check_process(state, error));
    connection on;
    EI_TRY(ei_sqlite_connect(state->path, false, 0, &on, error));
    edu_status status = ei_sqlite_check(&on, error);
    ei_sqlite_disconnect(&on);
    return status;
}

const edu_driver ei_sqlite_driver = {
    .abi = EDU_DRIVER_ABI,
    .scheme = "sqlite",
    .dialect = 0,
    .capabilities = EDU_CAP_GROUP_COMMIT | EDU_CAP_ONLINE_BACKUP,
    .open = sqlite_open,
    .close = sqlite_close,
    .run = sqlite_run,
    .start = ei_sqlite_start,
    .step = ei_sqlite_step,
    .column = ei_sqlite_column,
    .changed = ei_sqlite_changed,
    .finish = ei_sqlite_finish,
    .savepoint = sqlite_savepoint,
    .release = sqlite_release,
    .rollback_to = sqlite_rollback_to,
    .script = execute,
    .backup = sqlite_backup,
    .check = sqlite_check,
};
