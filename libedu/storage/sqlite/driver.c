#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
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

/* Makes an empty file that only its owner may read: SQLite gives the files beside it the same
 * rights. */
static edu_status make_file(const char *path, edu_error *error)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 && errno == ENOENT)
        return ei_fail(error, EDU_E_IO, "storage.no_folder", "/store",
                       "cannot make %.300s: make its folder first", path);
    if (file < 0)
        return ei_fail(error, EDU_E_IO, "storage.open", "/store", "cannot make %.300s: %s", path,
                       ei_system_text(errno));
    close(file);
    return EDU_OK;
}

/* *out is the file's one true path, for ei_free: connections are opened later too, when the process
 * may stand in another folder, and whoever reaches it by a link must find the same lock file. */
static edu_status find_or_make(const char *path, bool create, char **out, edu_error *error)
{
    bool exists = access(path, F_OK) == 0;
    if (!exists && !create)
        return ei_fail(error, EDU_E_NOT_FOUND, "storage.no_store", "/store",
                       "there is no store at %.300s", path);
    if (!exists)
        EI_TRY(make_file(path, error));
    char real[PATH_MAX];
    if (!realpath(path, real))
        return ei_fail(error, EDU_E_IO, "storage.open", "/store", "cannot open %.300s: %s", path,
                       ei_system_text(errno));
    *out = ei_strdup(real);
    return *out ? EDU_OK : ei_no_memory(error);
}

static edu_status sqlite_open(const char *path, bool create, size_t statement_count, void **out,
                              edu_error *error)
{
    if (!*path)
        return ei_fail(error, EDU_E_INVALID, "storage.address", "/store",
                       "sqlite: needs a path, as in sqlite:portal.db");
    sqlite_state *state = ei_calloc(1, sizeof *state);
    if (!state)
        return ei_no_memory(error);
    state->pid = getpid();
    state->statement_count = statement_count;
    edu_status status = find_or_make(path, create, &state->path, error);
    if (status == EDU_OK)
        status = ei_sqlite_writers_open(&state->group, state->path, statement_count, error);
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
     * and the lock's descriptor closed, which does not unlock it for the parent. A child that lives
     * on should close: were the parent killed in the middle of a write, its lock would stay until
     * the last copy of the descriptor is gone. */
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
    transaction tx = {.on = on};
    EI_TRY(ei_sqlite_control(on, EI_SQLITE_BEGIN_READ, error));
    edu_status status = command(&tx.tx, context, error);
    ei_sqlite_roll_back(on);
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
        status = ei_sqlite_connect(state->path, EI_SQLITE_READER, state->statement_count,
                                   &taken->on, error);
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

/* Nothing is left waiting. */
static edu_status sqlite_settle(edu_tx *tx, edu_error *error)
{
    (void)tx;
    (void)error;
    return EDU_OK;
}

static edu_status sqlite_script(edu_tx *tx, const char *sql, edu_error *error)
{
    connection *on = ((transaction *)tx)->on;
    EI_TRY(ei_sqlite_in_transaction(on, error));
    return ei_sqlite_execute(on, sql, error);
}

/* A savepoint without a transaction would begin one. */
static edu_status sqlite_savepoint(edu_tx *tx, edu_error *error)
{
    connection *on = ((transaction *)tx)->on;
    EI_TRY(ei_sqlite_in_transaction(on, error));
    return ei_sqlite_control(on, EI_SQLITE_PART, error);
}

static edu_status sqlite_release(edu_tx *tx, edu_error *error)
{
    connection *on = ((transaction *)tx)->on;
    EI_TRY(ei_sqlite_in_transaction(on, error));
    return ei_sqlite_control(on, EI_SQLITE_RELEASE_PART, error);
}

static edu_status sqlite_rollback_to(edu_tx *tx, edu_error *error)
{
    connection *on = ((transaction *)tx)->on;
    EI_TRY(ei_sqlite_in_transaction(on, error));
    EI_TRY(ei_sqlite_control(on, EI_SQLITE_UNDO_PART, error));
    return ei_sqlite_control(on, EI_SQLITE_RELEASE_PART, error);
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
    EI_TRY(ei_sqlite_connect(state->path, EI_SQLITE_READER, 0, &on, error));
    edu_status status = ei_sqlite_check(&on, error);
    ei_sqlite_disconnect(&on);
    return status;
}

/* What is deleted is overwritten in its page; the log has the page as it was until it starts anew.
 */
static edu_status sqlite_scrub(void *opaque, edu_error *error)
{
    sqlite_state *state = opaque;
    EI_TRY(check_process(state, error));
    connection on;
    EI_TRY(ei_sqlite_connect(state->path, EI_SQLITE_WRITER, 0, &on, error));
    int code = sqlite3_wal_checkpoint_v2(on.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    edu_status status = code == SQLITE_OK ? EDU_OK : ei_sqlite_error(&on, error);
    ei_sqlite_disconnect(&on);
    return status;
}

const edu_driver ei_sqlite_driver = {
    .abi = EDU_DRIVER_ABI,
    .scheme = "sqlite",
    .dialect = 0,
    .capabilities = EDU_CAP_GROUP_COMMIT | EDU_CAP_ONLINE_BACKUP | EDU_CAP_FILE,
    .open = sqlite_open,
    .close = sqlite_close,
    .run = sqlite_run,
    .start = ei_sqlite_start,
    .step = ei_sqlite_step,
    .column = ei_sqlite_column,
    .finish = ei_sqlite_finish,
    .execute = ei_sqlite_run,
    .settle = sqlite_settle,
    .savepoint = sqlite_savepoint,
    .release = sqlite_release,
    .rollback_to = sqlite_rollback_to,
    .script = sqlite_script,
    .backup = sqlite_backup,
    .restore = ei_sqlite_restore,
    .check = sqlite_check,
    .scrub = sqlite_scrub,
};
