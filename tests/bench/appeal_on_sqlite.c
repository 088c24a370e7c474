/* Lives of appeals on bare SQLite, with a group commit of its own: who waits is committed together.
 */
#include "appeal_bench.h"

#include <pthread.h>
#include <stdlib.h>

#include "appeal_statements_sqlite.h"

#define LIFE_TEXT(name) &name,
static const peer_statement *const all[] = {LIFE_STATEMENTS(LIFE_TEXT)};

typedef struct waiting waiting;
struct waiting {
    waiting *next;
    const life *one;
    int step;
    bool leads, is_done;
    pthread_cond_t changed;
};

typedef struct connection {
    sqlite3 *db;
    sqlite3_stmt *statements[LIFE_COUNT], *begin, *commit;
} connection;

struct sqlite_lives {
    connection writer, *readers;
    int reader_count;
    pthread_mutex_t mutex;
    waiting *first, **last;
    bool has_leader;
};

/* ---- connections ---- */

static void connect_to(connection *on, const char *path, const char *begin)
{
    on->db = bench_open(path);
    for (int i = 0; i < LIFE_COUNT; i++)
        on->statements[i] = bench_prepare(on->db, all[i]->sql);
    on->begin = bench_prepare(on->db, begin);
    on->commit = bench_prepare(on->db, "COMMIT");
}

static void disconnect(connection *on)
{
    for (int i = 0; i < LIFE_COUNT; i++)
        sqlite3_finalize(on->statements[i]);
    sqlite3_finalize(on->begin);
    sqlite3_finalize(on->commit);
    sqlite3_close(on->db);
}

sqlite_lives *sqlite_lives_open(const char *path, int threads)
{
    sqlite_lives *on = calloc(1, sizeof *on);
    connection *readers = calloc((size_t)threads, sizeof *readers);
    if (on == NULL || readers == NULL)
        bench_fail("no memory");
    connect_to(&on->writer, path, "BEGIN IMMEDIATE");
    for (int i = 0; i < threads; i++)
        connect_to(&readers[i], path, "BEGIN");
    on->readers = readers;
    on->reader_count = threads;
    on->last = &on->first;
    pthread_mutex_init(&on->mutex, NULL);
    return on;
}

void sqlite_lives_close(sqlite_lives *on)
{
    for (int i = 0; i < on->reader_count; i++)
        disconnect(&on->readers[i]);
    disconnect(&on->writer);
    pthread_mutex_destroy(&on->mutex);
    free(on->readers);
    free(on);
}

/* ---- statements ---- */

static bool is_blob(unsigned type)
{
    return type == 17 || type == 2950;
}

static void bind(sqlite3_stmt *statement, const peer_statement *text, const life_values *values)
{
    for (int i = 0; i < values->count; i++) {
        const struct life_value *value = &values->of[i];
        int size = (int)value->size;
        if (value->is_null)
            sqlite3_bind_null(statement, i + 1);
        else if (value->data == NULL)
            sqlite3_bind_int64(statement, i + 1, value->number);
        else if (is_blob(text->types[i]))
            sqlite3_bind_blob(statement, i + 1, value->data, size, SQLITE_STATIC);
        else
            sqlite3_bind_text(statement, i + 1, value->data, size, SQLITE_STATIC);
    }
}

static void run(void *to, int statement, const life_values *values)
{
    connection *on = to;
    sqlite3_stmt *prepared = on->statements[statement];
    int result;
    if (values->count != all[statement]->count)
        bench_fail("%s takes %d values", all[statement]->name, all[statement]->count);
    bind(prepared, all[statement], values);
    while ((result = sqlite3_step(prepared)) == SQLITE_ROW)
        continue;
    if (result != SQLITE_DONE)
        bench_fail("%s: %s", all[statement]->name, sqlite3_errmsg(on->db));
    sqlite3_reset(prepared);
}

/* ---- together ---- */

static void commit_all(sqlite_lives *on, const waiting *batch)
{
    life_engine to = {run, &on->writer};
    bench_run(on->writer.db, on->writer.begin);
    for (; batch; batch = batch->next)
        life_step(batch->one, batch->step, &to);
    bench_run(on->writer.db, on->writer.commit);
}

/* The mutex is held on entry and on return. */
static void lead(sqlite_lives *on)
{
    waiting *batch = on->first;
    on->first = NULL;
    on->last = &on->first;
    pthread_mutex_unlock(&on->mutex);
    commit_all(on, batch);
    pthread_mutex_lock(&on->mutex);
    while (batch) {
        waiting *next = batch->next; /* gone once it is done */
        batch->is_done = true;
        pthread_cond_signal(&batch->changed);
        batch = next;
    }
    on->has_leader = on->first != NULL;
    if (on->first) {
        on->first->leads = true;
        pthread_cond_signal(&on->first->changed);
    }
}

void sqlite_lives_step(sqlite_lives *on, const life *one, int step)
{
    waiting own = {.one = one, .step = step};
    pthread_cond_init(&own.changed, NULL);
    pthread_mutex_lock(&on->mutex);
    *on->last = &own;
    on->last = &own.next;
    own.leads = !on->has_leader;
    on->has_leader = true;
    while (!own.leads && !own.is_done)
        pthread_cond_wait(&own.changed, &on->mutex);
    if (!own.is_done)
        lead(on);
    pthread_mutex_unlock(&on->mutex);
    pthread_cond_destroy(&own.changed);
}

void sqlite_lives_read(sqlite_lives *on, int thread, const life *one)
{
    connection *reader = &on->readers[thread];
    life_engine to = {run, reader};
    bench_run(reader->db, reader->begin);
    life_read(one, &to);
    bench_run(reader->db, reader->commit);
}
