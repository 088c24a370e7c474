/* Group commit without a thread of its own. Sessions that want to write queue up; the first becomes
 * the leader and runs the commands of all that wait, a savepoint each, in one transaction: one sync
 * of the disk serves them all. Nobody is answered before the commit. */
#include <stdio.h>
#include <unistd.h>
#include "storage/sqlite/sqlite_internal.h"

#define BATCH_MAX 256

/* Pages of the log at which it is copied into the database; and at which that waits for readers and
 * starts the log anew, because under constant writes a copy that does not wait never finishes. */
#define CHECKPOINT_PAGES 10000
#define TRUNCATE_PAGES 40000

struct request {
    request *next;
    edu_command_fn command;
    void *context;
    edu_error *error;
    edu_status status;
    bool is_done;
};

static int note_wal_size(void *context, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    ((writers *)context)->wal_pages = pages;
    return SQLITE_OK;
}

edu_status ei_sqlite_writers_open(writers *group, const char *path, size_t cache_size,
                                  edu_error *error)
{
    char lock_path[4096];
    if ((size_t)snprintf(lock_path, sizeof lock_path, "%s.lock", path) >= sizeof lock_path)
        return ei_fail(error, EDU_E_LIMIT, "core.path_too_long", "/store", "the path is too long");
    EI_TRY(ei_sqlite_lock_open(lock_path, &group->lock_file, error));
    /* Opening sets the journal mode, which is a write. */
    edu_status status = ei_sqlite_lock(group->lock_file, error);
    if (status == EDU_OK) {
        status = ei_sqlite_connect(path, true, cache_size, &group->on, error);
        ei_sqlite_unlock(group->lock_file);
    }
    if (status != EDU_OK) {
        close(group->lock_file);
        return status;
    }
    sqlite3_wal_hook(group->on.db, note_wal_size, group);
    pthread_mutex_init(&group->mutex, NULL);
    pthread_cond_init(&group->changed, NULL);
    group->last = &group->first;
    return EDU_OK;
}

void ei_sqlite_writers_close(writers *group)
{
    ei_sqlite_disconnect(&group->on);
    close(group->lock_file);
    pthread_cond_destroy(&group->changed);
    pthread_mutex_destroy(&group->mutex);
}

static void run_command(connection *on, request *one)
{
    transaction tx = {.on = on, .is_write = true};
    if (one->error)
        *one->error = (edu_error)EDU_ERROR_INIT;
    one->status = one->command(&tx.tx, one->context, one->error);
}

static void roll_back(connection *on)
{
    if (!sqlite3_get_autocommit(on->db))
        sqlite3_exec(on->db, "ROLLBACK", NULL, NULL, NULL);
}

static void run_alone(connection *on, request *one)
{
    one->status = ei_sqlite_execute(on, "BEGIN IMMEDIATE", one->error);
    if (one->status != EDU_OK)
        return;
    run_command(on, one);
    if (one->status == EDU_OK)
        one->status = ei_sqlite_execute(on, "COMMIT", one->error);
    roll_back(on);
}

/* One command within a batch. False where the engine has rolled back, or must roll back, the whole
 * batch. */
static bool run_in_batch(connection *on, request *one)
{
    if (ei_sqlite_execute(on, "SAVEPOINT command", NULL) != EDU_OK)
        return false;
    run_command(on, one);
    if (sqlite3_get_autocommit(on->db))
        return false;
    if (one->status != EDU_OK && ei_sqlite_execute(on, "ROLLBACK TO command", NULL) != EDU_OK)
        return false;
    return ei_sqlite_execute(on, "RELEASE command", NULL) == EDU_OK;
}

static bool run_together(connection *on, request *batch)
{
    bool good = ei_sqlite_execute(on, "BEGIN IMMEDIATE", NULL) == EDU_OK;
    for (request *one = batch; good && one; one = one->next)
        good = run_in_batch(on, one);
    good = good && ei_sqlite_execute(on, "COMMIT", NULL) == EDU_OK;
    if (!good)
        roll_back(on);
    return good;
}

static void run_batch(connection *on, request *batch)
{
    if (batch->next && run_together(on, batch))
        return;
    for (request *one = batch; one; one = one->next)
        run_alone(on, one);
}

static void keep_log_short(writers *group)
{
    if (group->wal_pages < CHECKPOINT_PAGES)
        return;
    bool truncate = group->wal_pages >= TRUNCATE_PAGES;
    if (truncate)
        sqlite3_busy_timeout(group->on.db, 200);
    sqlite3_wal_checkpoint_v2(group->on.db, NULL,
                              truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
                              NULL, NULL);
    if (truncate)
        sqlite3_busy_timeout(group->on.db, 10000);
    group->wal_pages = 0;
}

/* Takes up to BATCH_MAX requests out of the queue. */
static request *take_batch(writers *group)
{
    request *batch = group->first, **end = &batch;
    for (int i = 0; *end && i < BATCH_MAX; i++)
        end = &(*end)->next;
    group->first = *end;
    if (!group->first)
        group->last = &group->first;
    *end = NULL;
    return batch;
}

static void answer(writers *group, request *batch)
{
    pthread_mutex_lock(&group->mutex);
    while (batch) {
        request *next = batch->next; /* a request is gone once it is done */
        batch->is_done = true;
        batch = next;
    }
    pthread_cond_broadcast(&group->changed);
    pthread_mutex_unlock(&group->mutex);
}

/* Works one batch; what waits by the time this process may write goes with it. */
static void lead(writers *group)
{
    edu_error lock_error = EDU_ERROR_INIT;
    edu_status locked = ei_sqlite_lock(group->lock_file, &lock_error);
    pthread_mutex_lock(&group->mutex);
    request *batch = take_batch(group);
    pthread_mutex_unlock(&group->mutex);
    if (locked == EDU_OK) {
        run_batch(&group->on, batch);
        keep_log_short(group);
        ei_sqlite_unlock(group->lock_file);
    } else {
        for (request *one = batch; one; one = one->next) {
            one->status = locked;
            if (one->error)
                *one->error = lock_error;
        }
    }
    answer(group, batch);
}

edu_status ei_sqlite_write(writers *group, edu_command_fn command, void *context, edu_error *error)
{
    request mine = {NULL, command, context, error, EDU_OK, false};
    pthread_mutex_lock(&group->mutex);
    *group->last = &mine;
    group->last = &mine.next;
    while (!mine.is_done) {
        if (group->has_leader) {
            pthread_cond_wait(&group->changed, &group->mutex);
            continue;
        }
        group->has_leader = true;
        pthread_mutex_unlock(&group->mutex);
        lead(group);
        pthread_mutex_lock(&group->mutex);
        group->has_leader = false;
        pthread_cond_broadcast(&group->changed);
    }
    pthread_mutex_unlock(&group->mutex);
    return mine.status;
}
