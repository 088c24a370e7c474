/* Registrations, a cabinet's page and a worklist's on PostgreSQL with a million applications,
 * beside the same statements in bare libpq. Prints one JSON object a line.
 *
 *   bench_postgresql FOLDER SERVICE ADDRESS [NAME…]
 *
 * FOLDER keeps the store that is copied to the server at ADDRESS, database postgres.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sodium.h>
#include "server.h"

#define ROUNDS 5
#define CONNECTIONS 8
#define ONE_COUNT 2000 /* registrations a round */
#define MANY_COUNT 8000
#define READ_COUNT 8000 /* pages a round */

typedef struct bench {
    bench_facts facts;
    char ours[1024], theirs[1024];
    edu_portal *portal;
    edu_session *sessions[CONNECTIONS];
    server_peer *peers[CONNECTIONS];
    edu_id subjects[BENCH_EACH];
} bench;

typedef void (*operation)(bench *on, int connection, int number);

/* ---- operations ---- */

static const edu_id *registering(const bench *on, int number)
{
    return &on->facts.persons[number];
}

static const edu_id *reading(const bench *on, int number)
{
    return &on->facts.persons[BENCH_PERSONS - 1 - number % (BENCH_PERSONS / 2)];
}

static void submit(bench *on, int connection, int number, int sitting)
{
    edu_error error = EDU_ERROR_INIT;
    edu_id application;
    char key[EDU_ID_TEXT];
    edu_id_format(bench_id(bench_now()), key);
    bench_check(edu_olympiad_register(on->sessions[connection], on->facts.sittings[sitting],
                                      *registering(on, number), key, &application, &error),
                &error, "register");
}

static void our_one(bench *on, int connection, int number)
{
    submit(on, connection, number, BENCH_ONE);
}

static void their_one(bench *on, int connection, int number)
{
    server_peer_submit(on->peers[connection], registering(on, number),
                       &on->facts.sittings[BENCH_ONE]);
}

static void our_many(bench *on, int connection, int number)
{
    submit(on, connection, number, BENCH_MANY);
}

static void their_many(bench *on, int connection, int number)
{
    server_peer_submit(on->peers[connection], registering(on, number),
                       &on->facts.sittings[BENCH_MANY]);
}

static void our_cabinet(bench *on, int connection, int number)
{
    edu_error error = EDU_ERROR_INIT;
    edu_application_page *page = NULL;
    bench_check(edu_application_list(on->sessions[connection], *reading(on, number), NULL, 50,
                                     &page, &error),
                &error, "cabinet");
    if (page->count != BENCH_EACH)
        bench_fail("a cabinet has %zu applications", page->count);
    edu_free(page);
}

static void their_cabinet(bench *on, int connection, int number)
{
    if (server_peer_cabinet(on->peers[connection], reading(on, number)) != BENCH_EACH)
        bench_fail("a cabinet of the peer has other applications");
}

static void our_worklist(bench *on, int connection, int number)
{
    edu_error error = EDU_ERROR_INIT;
    edu_entry_page *page = NULL;
    bench_check(edu_olympiad_entries(on->sessions[connection], on->subjects[number % BENCH_EACH],
                                     NULL, NULL, 50, &page, &error),
                &error, "worklist");
    if (page->count != 50)
        bench_fail("a worklist has %zu entries", page->count);
    edu_free(page);
}

static void their_worklist(bench *on, int connection, int number)
{
    if (server_peer_worklist(on->peers[connection], &on->subjects[number % BENCH_EACH]) != 51)
        bench_fail("a worklist of the peer has other entries");
}

/* ---- rounds ---- */

static const struct row {
    const char *name;
    operation ours, theirs;
    int count, connections;
} rows[] = {{"submit.postgresql.1m.1conn", our_one, their_one, ONE_COUNT, 1},
            {"submit.postgresql.1m.8conn", our_many, their_many, MANY_COUNT, CONNECTIONS},
            {"cabinet.postgresql.1m", our_cabinet, their_cabinet, READ_COUNT, 1},
            {"worklist.postgresql.1m", our_worklist, their_worklist, READ_COUNT / 8, 1}};

typedef struct share {
    pthread_t thread;
    bench *on;
    const struct row *row;
    operation run;
    int connection, round;
} share;

static void *run_share(void *context)
{
    const share *mine = context;
    int each = mine->row->count / mine->row->connections;
    int first = mine->round * mine->row->count + mine->connection * each;
    for (int i = 0; i < each; i++)
        mine->run(mine->on, mine->connection, first + i);
    return NULL;
}

/* Operations a second. */
static double run_round(bench *on, const struct row *row, operation run, int round)
{
    share shares[CONNECTIONS];
    double start = bench_seconds();
    for (int i = 0; i < row->connections; i++) {
        shares[i] = (share){.on = on, .row = row, .run = run, .connection = i, .round = round};
        if (pthread_create(&shares[i].thread, NULL, run_share, &shares[i]) != 0)
            bench_fail("cannot start a thread");
    }
    for (int i = 0; i < row->connections; i++)
        pthread_join(shares[i].thread, NULL);
    return row->count / (bench_seconds() - start);
}

static void run_row(bench *on, const struct row *row)
{
    double ours[ROUNDS], theirs[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        ours[round] = run_round(on, row, row->ours, round);
        theirs[round] = run_round(on, row, row->theirs, round);
    }
    double value = bench_median(ours, ROUNDS), peer_value = bench_median(theirs, ROUNDS);
    printf(
        "{\"bench\":\"%s\",\"value\":%.1f,\"unit\":\"per second\",\"peer\":\"bare libpq, the same"
        " statements in one pipeline\",\"peer_value\":%.1f,\"ratio\":%.3f}\n",
        row->name, value, peer_value, value / peer_value);
    fflush(stdout);
}

/* ---- the stores ---- */

static void make_stores(bench *on, const char *folder, const char *service, const char *address)
{
    char store[2048], keys[2100];
    snprintf(store, sizeof store, "%s/store.db", folder);
    snprintf(keys, sizeof keys, "%s.keys", store);
    bench_store_make(store, service, BENCH_PERSONS);
    bench_facts_read(store, &on->facts);
    server_database(address, "ours", on->ours, sizeof on->ours);
    server_database(address, "theirs", on->theirs, sizeof on->theirs);
    server_run(address, "CREATE DATABASE ours TEMPLATE template0 ENCODING 'UTF8'");
    fprintf(stderr, "copying the store to the server\n");
    edu_portal_close(bench_portal_at(on->ours, keys, true));
    server_fill(on->ours, store);
    server_run(address, "CREATE DATABASE theirs TEMPLATE ours");
    on->portal = bench_portal_at(on->ours, keys, false);
    for (int i = 0; i < CONNECTIONS; i++) {
        edu_error error = EDU_ERROR_INIT;
        bench_check(edu_session_sign_in(on->portal, BENCH_CLERK, BENCH_PASSWORD, NULL, NULL,
                                        &on->sessions[i], &error),
                    &error, "sign in");
    }
}

static void read_subjects(bench *on, const char *folder)
{
    char store[2048];
    snprintf(store, sizeof store, "%s/store.db", folder);
    sqlite3 *db = bench_open(store);
    sqlite3_stmt *rows_of = bench_prepare(db, "SELECT id FROM sitting ORDER BY starts");
    for (int i = 0; i < BENCH_EACH; i++) {
        if (sqlite3_step(rows_of) != SQLITE_ROW)
            bench_fail("the store lacks sittings");
        memcpy(&on->subjects[i], sqlite3_column_blob(rows_of, 0), sizeof on->subjects[i]);
    }
    sqlite3_finalize(rows_of);
    sqlite3_close(db);
}

/* A sign-in of the clerk is a row under the hash of its token: any 32 bytes. */
static void open_peers(bench *on)
{
    unsigned char session[32] = "a sign-in of the peer, 32 bytes";
    char sql[256], hex[65], clerk[EDU_ID_TEXT];
    sodium_bin2hex(hex, sizeof hex, session, sizeof session);
    edu_id_format(on->facts.clerk, clerk);
    snprintf(sql, sizeof sql,
             "INSERT INTO sign_in (token_hash, person_id, is_confirmed, language, created, expires)"
             " VALUES ('\\x%s', '%s', 1, 'en', 0, 9000000000000000000)",
             hex, clerk);
    server_run(on->theirs, sql);
    for (int i = 0; i < CONNECTIONS; i++)
        on->peers[i] = server_peer_open(on->theirs, &on->facts, session);
}

static void compare_stores(const bench *on)
{
    static const char *const tables[] = {"application", "event", "notification", "entry",
                                         "command"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (server_count(on->ours, tables[i]) != server_count(on->theirs, tables[i]))
            bench_fail("the two sides did not write the same rows of %s", tables[i]);
}

static bool is_wanted(int count, char **names, const char *name)
{
    bool is_there = count == 0;
    for (int i = 0; i < count; i++)
        is_there |= strcmp(names[i], name) == 0;
    return is_there;
}

int main(int argc, char **argv)
{
    static bench on;
    if (argc < 4)
        bench_fail("usage: bench_postgresql FOLDER SERVICE ADDRESS [NAME...]");
    umask(077);
    if (sodium_init() < 0)
        bench_fail("libsodium does not start");
    make_stores(&on, argv[1], argv[2], argv[3]);
    read_subjects(&on, argv[1]);
    open_peers(&on);
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
        if (is_wanted(argc - 4, argv + 4, rows[row].name))
            run_row(&on, &rows[row]);
    for (int i = 0; i < CONNECTIONS; i++) {
        edu_session_close(on.sessions[i]);
        server_peer_close(on.peers[i]);
    }
    edu_portal_close(on.portal);
    compare_stores(&on);
    return 0;
}
