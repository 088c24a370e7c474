/* Group commit without a thread of its own. Sessions that want to write queue up; the first becomes
 * the leader and runs the commands of all that wait, a savepoint each, in one transaction: one sync
 * of the disk serves them all. Nobody is answered before the commit. */
#include <stdio.h>
#include <unistd.h>
#include "storage/sqlite/sqlite_internal.h"

#define BATCH_MAX 256
#define CAREFUL_BATCHES 32 /* with savepoints, after somebody was refused */

/* Pages of the log at which it is copied into the database; and at which that waits for readers and
 * starts the log anew, because under constant writes a copy that does not wait never finishes. */
#define CHECKPOINT_PAGES 10000
#define TRUNCATE_PAGES 40000
#define TRUNCATE_WAIT_MS 200

typedef enum turn { TURN_WAIT, TURN_LEAD, TURN_DONE } turn;

struct request {
    request *next;
    edu_command_fn command;
    void *context;
    edu_error *error;
    edu_status status;
    turn turn;
    pthread_cond_t changed; /* one each, so that nobody is woken for another */
};

/* A log that is shorter than before was started anew. */
static int note_wal_size(void *context, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    writers *group = context;
    if (pages < group->wal_pages)
        group->checkpoint_at = CHECKPOINT_PAGES;
    group->wal_pages = pages;
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
        status = ei_sqlite_connect(path, EI_SQLITE_WRITER, cache_size, &group->on, error);
        ei_sqlite_unlock(group->lock_file);
    }
    if (status != EDU_OK) {
        close(group->lock_file);
        return status;
    }
    sqlite3_wal_hook(group->on.db, note_wal_size, group);
    pthread_mutex_init(&group->mutex, NULL);
    group->last = &group->first;
    group->checkpoint_at = CHECKPOINT_PAGES;
    return EDU_OK;
}

void ei_sqlite_writers_close(writers *group)
{
    ei_sqlite_disconnect(&group->on);
    close(group->lock_file);
    pthread_mutex_destroy(&group->mutex);
}

/* ---- the commands of a batch ---- */

static void run_command(connection *on, request *one)
{
    transaction tx = {.on = on};
    if (one->error)
        *one->error = (edu_error)EDU_ERROR_INIT;
    one->status = one->command(&tx.tx, one->context, one->error);
}

static void run_alone(connection *on, request *one)
{
    run_command(on, one);
    if (one->status == EDU_OK)
        one->status = ei_sqlite_in_transaction(on, one->error);
    if (one->status == EDU_OK)
        one->status = ei_sqlite_control(on, EI_SQLITE_COMMIT, one->error);
    ei_sqlite_roll_back(on);
}

/* Runs one command of a batch. False where the engine has rolled back, or must roll back, the whole
 * batch. */
typedef bool (*run_one)(connection *on, request *one);

static bool run_with_savepoint(connection *on, request *one)
{
    if (ei_sqlite_control(on, EI_SQLITE_COMMAND, NULL) != EDU_OK)
        return false;
    run_command(on, one);
    if (sqlite3_get_autocommit(on->db))
        return false;
    if (one->status != EDU_OK && ei_sqlite_control(on, EI_SQLITE_UNDO_COMMAND, NULL) != EDU_OK)
        return false;
    return ei_sqlite_control(on, EI_SQLITE_RELEASE_COMMAND, NULL) == EDU_OK;
}

/* What a command that fails has changed cannot be told from what the others have. */
static bool run_without_savepoint(connection *on, request *one)
{
    run_command(on, one);
    return one->status == EDU_OK && !sqlite3_get_autocommit(on->db);
}

static bool run_together(connection *on, request *batch, run_one run)
{
    bool good = true;
    for (request *one = batch; good && one; one = one->next)
        good = run(on, one);
    good = good && ei_sqlite_control(on, EI_SQLITE_COMMIT, NULL) == EDU_OK;
    ei_sqlite_roll_back(on);
    return good;
}

static void refuse(request *batch, edu_status status, const edu_error *error)
{
    for (request *one = batch; one; one = one->next) {
        one->status = status;
        if (one->error)
            *one->error = *error;
    }
}

/* A transaction each. Where one cannot begin, the others behind it cannot either, and would each
 * wait as long to learn it. */
static void run_one_by_one(connection *on, request *batch)
{
    for (request *one = batch; one; one = one->next) {
        edu_error error = EDU_ERROR_INIT;
        edu_status begun = ei_sqlite_control(on, EI_SQLITE_BEGIN_WRITE, &error);
        if (begun != EDU_OK) {
            refuse(one, begun, &error);
            return;
        }
        run_alone(on, one);
    }
}

/* False where it cannot begin: then all are refused. */
static bool begin(connection *on, request *batch)
{
    edu_error error = EDU_ERROR_INIT;
    edu_status begun = ei_sqlite_control(on, EI_SQLITE_BEGIN_WRITE, &error);
    if (begun != EDU_OK)
        refuse(batch, begun, &error);
    return begun == EDU_OK;
}

static void run_carefully(writers *group, request *batch)
{
    if (!begin(&group->on, batch))
        return;
    if (!run_together(&group->on, batch, run_with_savepoint)) {
        run_one_by_one(&group->on, batch);
        return;
    }
    for (request *one = batch; one; one = one->next)
        if (one->status != EDU_OK)
            group->careful = CAREFUL_BATCHES;
}

/* A savepoint a command costs a copy of each page that it changes, and words to be searched are
 * written out at each. So where nobody has been refused lately there are none; if somebody is, the
 * batch is undone and runs once more. */
static void run_batch(writers *group, request *batch)
{
    if (!batch->next) {
        run_one_by_one(&group->on, batch);
    } else if (group->careful > 0) {
        group->careful--;
        run_carefully(group, batch);
    } else if (begin(&group->on, batch) &&
               !run_together(&group->on, batch, run_without_savepoint)) {
        group->careful = CAREFUL_BATCHES;
        run_carefully(group, batch);
    }
}

/* A reader that stays long keeps the log from starting anew: the next attempt is made only when the
 * log has grown as much again, so that writers do not wait for that reader at every commit. */
static void keep_log_short(writers *group)
{
    if (group->wal_pages < group->checkpoint_at)
        return;
    bool truncate = group->wal_pages >= TRUNCATE_PAGES;
    group->checkpoint_at = group->wal_pages + CHECKPOINT_PAGES;
    if (truncate)
        sqlite3_busy_timeout(group->on.db, TRUNCATE_WAIT_MS);
    sqlite3_wal_checkpoint_v2(group->on.db, NULL,
                              truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
                              NULL, NULL);
    if (truncate)
        sqlite3_busy_timeout(group->on.db, EI_SQLITE_WAIT_MS);
}

/* ---- taking turns ---- */

/* Takes up to BATCH_MAX requests out of the queue. */
static request *take_batch(writers *group)
{
    pthread_mutex_lock(&group->mutex);
    request *batch = group->first, **end = &batch;
    for (int i = 0; *end && i < BATCH_MAX; i++)
        end = &(*end)->next;
    group->first = *end;
    if (!group->first)
        group->last = &group->first;
    *end = NULL;
    pthread_mutex_unlock(&group->mutex);
    return batch;
}

static void give_turn(request *one, turn next)
{
    one->turn = next;
    pthread_cond_signal(&one->changed);
}

/* Answers a batch, and lets the first that waits lead the next one. */
static void answer(writers *group, request *batch)
{
    pthread_mutex_lock(&group->mutex);
    while (batch) {
        request *next = batch->next; /* a request is gone once it is done */
        give_turn(batch, TURN_DONE);
        batch = next;
    }
    group->has_leader = group->first != NULL;
    if (group->first)
        give_turn(group->first, TURN_LEAD);
    pthread_mutex_unlock(&group->mutex);
}

/* Works one batch, the leader's own command first; what waits by the time this process may write
 * goes with it. */
static void lead(writers *group)
{
    edu_error error = EDU_ERROR_INIT;
    edu_status locked = ei_sqlite_lock(group->lock_file, &error);
    request *batch = take_batch(group);
    if (locked == EDU_OK) {
        run_batch(group, batch);
        keep_log_short(group);
        ei_sqlite_unlock(group->lock_file);
    } else {
        refuse(batch, locked, &error);
    }
    answer(group, batch);
}

edu_status ei_sqlite_write(writers *group, edu_command_fn command, void *context, edu_error *error)
{
    request mine = {.command = command, .context = context, .error = error};
    pthread_cond_init(&mine.changed, NULL);
    pthread_mutex_lock(&group->mutex);
    *group->last = &mine;
    group->last = &mine.next;
    if (!group->has_leader) {
        group->has_leader = true;
        mine.turn = TURN_LEAD;
    }
    while (mine.turn == TURN_WAIT)
        pthread_cond_wait(&mine.changed, &group->mutex);
    bool leads = mine.turn == TURN_LEAD;
    pthread_mutex_unlock(&group->mutex);
    if (leads)
        lead(group);
    pthread_cond_destroy(&mine.changed);
    return mine.status;
}
