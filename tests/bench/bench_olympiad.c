/* Registering and reading on SQLite with a million applications there already, against the same in
 * bare SQLite. Prints one JSON object a line.
 *
 *   bench_olympiad FOLDER SERVICE [NAME…]
 *
 * FOLDER keeps the store between runs; SERVICE is the olympiad's definition. Both sides work on
 * copies of it and take turns; a value is the median of the rounds. ratio above 1: libedu is
 * better.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <sodium.h>
#include "bench.h"

#define ROUNDS 9
#define ONE_COUNT 1000 /* registrations a round */
#define MANY_COUNT 8000
#define READ_COUNT 20000 /* pages a round */

/* ---- both sides ---- */

typedef struct bench {
    bench_facts facts;
    edu_portal *portal;
    edu_session *sessions[BENCH_SESSIONS];
    bench_peer *peer;
} bench;

static void sign_in(bench *on)
{
    edu_error error = EDU_ERROR_INIT;
    for (int i = 0; i < BENCH_SESSIONS; i++)
        bench_check(edu_session_sign_in(on->portal, BENCH_CLERK, BENCH_PASSWORD, NULL, NULL,
                                        &on->sessions[i], &error),
                    &error, "sign in");
}

static void submit(edu_session *session, const edu_id *person, const edu_id *sitting)
{
    edu_error error = EDU_ERROR_INIT;
    edu_id application;
    char key[EDU_ID_TEXT];
    edu_id_format(bench_id(bench_now()), key);
    bench_check(edu_olympiad_register(session, *sitting, *person, key, &application, &error),
                &error, "register");
}

/* ---- rows: one round of each side gives operations a second ---- */

static double edu_one(bench *on, int round)
{
    const edu_id *persons = on->facts.persons + (size_t)round * ONE_COUNT;
    double start = bench_seconds();
    for (int i = 0; i < ONE_COUNT; i++)
        submit(on->sessions[0], &persons[i], &on->facts.sittings[BENCH_ONE]);
    return ONE_COUNT / (bench_seconds() - start);
}

static double peer_one(bench *on, int round)
{
    const edu_id *persons = on->facts.persons + (size_t)round * ONE_COUNT;
    double start = bench_seconds();
    for (int i = 0; i < ONE_COUNT; i++)
        bench_peer_submit(on->peer, &persons[i], &on->facts.sittings[BENCH_ONE]);
    return ONE_COUNT / (bench_seconds() - start);
}

typedef struct thread {
    pthread_t id;
    bench *on;
    int number, round;
    bool is_peer;
} thread;

static void *submit_part(void *argument)
{
    const thread *own = argument;
    bench *on = own->on;
    const edu_id *persons = on->facts.persons + (size_t)own->round * MANY_COUNT;
    const edu_id *sitting = &on->facts.sittings[BENCH_MANY];
    for (int i = own->number; i < MANY_COUNT; i += BENCH_SESSIONS) {
        if (own->is_peer)
            bench_peer_submit_grouped(on->peer, &persons[i], sitting);
        else
            submit(on->sessions[own->number], &persons[i], sitting);
    }
    return NULL;
}

static double submit_by_many(bench *on, int round, bool is_peer)
{
    thread threads[BENCH_SESSIONS];
    double start = bench_seconds();
    for (int i = 0; i < BENCH_SESSIONS; i++) {
        threads[i] = (thread){.on = on, .number = i, .round = round, .is_peer = is_peer};
        if (pthread_create(&threads[i].id, NULL, submit_part, &threads[i]) != 0)
            bench_fail("cannot start a thread");
    }
    for (int i = 0; i < BENCH_SESSIONS; i++)
        pthread_join(threads[i].id, NULL);
    return MANY_COUNT / (bench_seconds() - start);
}

static double edu_many(bench *on, int round)
{
    return submit_by_many(on, round, false);
}

static double peer_many(bench *on, int round)
{
    return submit_by_many(on, round, true);
}

/* From the other end of the persons: who registered above has a page of another length. */
static const edu_id *reader(const bench *on, int round, int i)
{
    return &on->facts.persons[BENCH_PERSONS - 1 - (round * READ_COUNT + i) % (BENCH_PERSONS / 2)];
}

static double edu_cabinet(bench *on, int round)
{
    edu_error error = EDU_ERROR_INIT;
    double start = bench_seconds();
    for (int i = 0; i < READ_COUNT; i++) {
        edu_application_page *page = NULL;
        bench_check(
            edu_application_list(on->sessions[0], *reader(on, round, i), NULL, 50, &page, &error),
            &error, "cabinet");
        if (page->count != BENCH_EACH)
            bench_fail("a cabinet has %zu applications", page->count);
        edu_free(page);
    }
    return READ_COUNT / (bench_seconds() - start);
}

static double peer_cabinet(bench *on, int round)
{
    double start = bench_seconds();
    for (int i = 0; i < READ_COUNT; i++)
        if (bench_peer_cabinet(on->peer, reader(on, round, i)) != BENCH_EACH)
            bench_fail("a cabinet of the peer has other applications");
    return READ_COUNT / (bench_seconds() - start);
}

typedef double (*measure)(bench *on, int round);

static const struct {
    const char *name, *peer;
    measure ours, theirs;
} rows[] = {
    {"submit.sqlite.1m.1session", "bare sqlite3", edu_one, peer_one},
    {"submit.sqlite.1m.32waiting", "bare sqlite3, own group commit", edu_many, peer_many},
    {"cabinet.sqlite.1m", "bare sqlite3", edu_cabinet, peer_cabinet},
};

static void run_row(bench *on, size_t row)
{
    double ours[ROUNDS], theirs[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        ours[round] = rows[row].ours(on, round);
        theirs[round] = rows[row].theirs(on, round);
    }
    double value = bench_median(ours, ROUNDS), peer_value = bench_median(theirs, ROUNDS);
    printf("{\"bench\":\"%s\",\"value\":%.1f,\"unit\":\"per second\",\"peer\":\"%s\","
           "\"peer_value\":%.1f,\"ratio\":%.3f}\n",
           rows[row].name, value, rows[row].peer, peer_value, value / peer_value);
    fflush(stdout);
}

static bool is_wanted(int count, char **names, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return count == 0;
}

static void check_names(int count, char **names)
{
    for (int i = 0; i < count; i++) {
        bool is_known = false;
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
            is_known = is_known || strcmp(names[i], rows[row].name) == 0;
        if (!is_known)
            bench_fail("there is no row %s", names[i]);
    }
}

/* ---- after the rounds: did both sides write the same? ---- */

static const char *const tables[] = {"application", "event", "notification", "entry", "command"};

static int64_t count_rows(const char *path, const char *table)
{
    char sql[128];
    sqlite3 *db;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        bench_fail("cannot open %s", path);
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", table);
    sqlite3_stmt *statement = bench_prepare(db, sql);
    if (sqlite3_step(statement) != SQLITE_ROW)
        bench_fail("cannot count %s", table);
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return count;
}

static void compare_stores(const char *ours, const char *theirs)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (count_rows(ours, tables[i]) != count_rows(theirs, tables[i]))
            bench_fail("the two sides did not write the same rows of %s", tables[i]);
}

int main(int argc, char **argv)
{
    static bench on;
    char store[2048], ours[2048], theirs[2048];
    if (argc < 3)
        bench_fail("usage: bench_olympiad FOLDER SERVICE [NAME...]");
    check_names(argc - 3, argv + 3);
    umask(077); /* a keys file that others may read is refused */
    if (sodium_init() < 0)
        bench_fail("libsodium does not start");
    snprintf(store, sizeof store, "%s/store.db", argv[1]);
    snprintf(ours, sizeof ours, "%s/ours.db", argv[1]);
    snprintf(theirs, sizeof theirs, "%s/theirs.db", argv[1]);
    bench_store_make(store, argv[2], BENCH_PERSONS);
    bench_store_copy(store, ours);
    bench_store_copy(store, theirs);
    bench_facts_read(store, &on.facts);
    on.portal = bench_portal_open(ours, false);
    on.peer = bench_peer_open(theirs, &on.facts);
    sign_in(&on);
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
        if (is_wanted(argc - 3, argv + 3, rows[row].name))
            run_row(&on, row);
    for (int i = 0; i < BENCH_SESSIONS; i++)
        edu_session_close(on.sessions[i]);
    edu_portal_close(on.portal);
    bench_peer_close(on.peer);
    compare_stores(ours, theirs);
    unlink(ours);
    unlink(theirs);
    return 0;
}
