/* Whole lives of appeals with a million there already: registered, routed, assigned, asked,
 * answered, approved, sent, rated; beside the same statements on the bare engine, and beside the
 * library where there are ten thousand. Prints one JSON object a line.
 *
 *   bench_appeal FOLDER DATA ADDRESS [NAME…]
 *
 * FOLDER keeps the stores between runs; DATA has the calendar, the service and the rules; ADDRESS
 * is that of a server's database postgres, or "" where no row of a server is wanted.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sodium.h>
#include "appeal_bench.h"
#include "server.h"

#define ROUNDS 5
#define MANY BENCH_SESSIONS
#define CONNECTIONS 8
#define LIVES 640 /* a round */
#define STAFF_SESSIONS (APPEAL_DEPARTMENTS * APPEAL_EXECUTORS)

/* The library or its peer, on one store. */
typedef struct side {
    appeal_facts facts;
    edu_portal *portal;
    edu_session *applicants[APPEAL_APPLICANTS], *clerks[MANY],
        *executors[MANY][APPEAL_DEPARTMENTS][APPEAL_EXECUTORS];
    sqlite_lives *sqlite;
    server_lives *server[MANY];
    int threads, next; /* number of the next life */
} side;

/* ---- the library ---- */

static edu_session *sign_in(edu_portal *portal, const char *login)
{
    edu_error error = EDU_ERROR_INIT;
    edu_session *session = NULL;
    bench_check(edu_session_sign_in(portal, login, BENCH_PASSWORD, NULL, NULL, &session, &error),
                &error, login);
    return session;
}

static void enter(side *on)
{
    char login[32];
    for (int i = 0; i < APPEAL_APPLICANTS; i++) {
        appeal_login_applicant(i, login);
        on->applicants[i] = sign_in(on->portal, login);
    }
    for (int t = 0; t < on->threads; t++) {
        on->clerks[t] = sign_in(on->portal, BENCH_CLERK);
        for (int d = 0; d < APPEAL_DEPARTMENTS; d++)
            for (int i = 0; i < APPEAL_EXECUTORS; i++) {
                appeal_login_executor(d, i, login);
                on->executors[t][d][i] = sign_in(on->portal, login);
            }
    }
}

static void leave(side *on)
{
    for (int i = 0; i < APPEAL_APPLICANTS; i++)
        edu_session_close(on->applicants[i]);
    for (int t = 0; t < on->threads; t++) {
        edu_session_close(on->clerks[t]);
        for (int i = 0; i < STAFF_SESSIONS; i++)
            edu_session_close((&on->executors[t][0][0])[i]);
    }
    edu_portal_close(on->portal);
}

/* Whom the library has assigned it to. */
static edu_session *executor_of(side *on, int thread, edu_id person, edu_id appeal)
{
    edu_error error = EDU_ERROR_INIT;
    edu_appeal *seen = NULL;
    edu_session *found = NULL;
    bench_check(edu_appeal_get(on->clerks[thread], person, appeal, &seen, &error), &error, "get");
    for (int d = 0; d < APPEAL_DEPARTMENTS; d++)
        for (int i = 0; i < APPEAL_EXECUTORS; i++)
            if (memcmp(&on->facts.executors[d][i], &seen->executor_id, sizeof(edu_id)) == 0)
                found = on->executors[thread][d][i];
    edu_free(seen);
    if (!found)
        bench_fail("an appeal has another executor");
    return found;
}

static char *new_key(char key[EDU_ID_TEXT])
{
    edu_id_format(bench_id(bench_now()), key);
    return key;
}

static void check(edu_status status, const edu_error *error, const char *what)
{
    bench_check(status, error, what);
}

static void our_life(side *on, int thread, int number)
{
    edu_error error = EDU_ERROR_INIT;
    edu_appeal_receipt *receipt = NULL;
    edu_session *applicant = on->applicants[number % APPEAL_APPLICANTS];
    edu_session *clerk = on->clerks[thread];
    char words[APPEAL_TEXT], key[EDU_ID_TEXT];
    edu_appeal_input given = EDU_APPEAL_INPUT_INIT;
    appeal_words_make((uint64_t)number, words);
    given.category = "teaching";
    given.region = "BA";
    given.text = words;
    check(edu_appeal_submit(applicant, &given, new_key(key), &receipt, &error), &error, "submit");
    edu_id person = receipt->person_id, id = receipt->id;
    edu_free(receipt);
    check(edu_appeal_route(clerk, person, id, NULL, NULL, NULL, new_key(key), &error), &error,
          "route");
    check(edu_appeal_assign(clerk, person, id, (edu_id){{0}}, new_key(key), &error), &error,
          "assign");
    edu_session *executor = executor_of(on, thread, person, id);
    check(edu_appeal_ask(executor, person, id, words, new_key(key), &error), &error, "ask");
    check(edu_appeal_answer(executor, person, id, words, new_key(key), &error), &error, "answer");
    check(edu_appeal_approve(clerk, person, id, 0, new_key(key), &error), &error, "approve");
    check(edu_appeal_send(clerk, person, id, 0, new_key(key), &error), &error, "send");
    check(edu_appeal_rate(applicant, person, id, 5, NULL, new_key(key), &error), &error, "rate");
}

/* ---- the peers ---- */

#define READ_BEFORE 3 /* before the executor asks */

static void sqlite_life(side *on, int thread, int number)
{
    life one;
    life_begin(&one, &on->facts, number);
    for (int step = 0; step < APPEAL_STEPS; step++) {
        if (step == READ_BEFORE)
            sqlite_lives_read(on->sqlite, thread, &one);
        sqlite_lives_step(on->sqlite, &one, step);
    }
}

static void server_life(side *on, int thread, int number)
{
    life one;
    life_begin(&one, &on->facts, number);
    for (int step = 0; step < APPEAL_STEPS; step++) {
        if (step == READ_BEFORE)
            server_lives_read(on->server[thread], &one);
        server_lives_step(on->server[thread], &one, step);
    }
}

/* ---- rounds ---- */

typedef void (*run_life)(side *on, int thread, int number);

typedef struct share {
    pthread_t id;
    side *on;
    run_life run;
    int thread, first;
} share;

static void *run_share(void *context)
{
    const share *own = context;
    for (int i = own->thread; i < LIVES; i += own->on->threads)
        own->run(own->on, own->thread, own->first + i);
    return NULL;
}

/* Lives a second. */
static double run_round(side *on, run_life run)
{
    share shares[MANY];
    double start = bench_seconds();
    for (int i = 0; i < on->threads; i++) {
        shares[i] = (share){.on = on, .run = run, .thread = i, .first = on->next};
        if (pthread_create(&shares[i].id, NULL, run_share, &shares[i]) != 0)
            bench_fail("cannot start a thread");
    }
    for (int i = 0; i < on->threads; i++)
        pthread_join(shares[i].id, NULL);
    on->next += LIVES;
    return LIVES / (bench_seconds() - start);
}

static void compare(side *ours, run_life our_run, side *theirs, run_life their_run,
                    double medians[2])
{
    double values[2][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        values[0][round] = run_round(ours, our_run);
        values[1][round] = run_round(theirs, their_run);
    }
    medians[0] = bench_median(values[0], ROUNDS);
    medians[1] = bench_median(values[1], ROUNDS);
}

static void print_commands(const char *name, const char *peer, const double lives[2])
{
    printf("{\"bench\":\"%s\",\"value\":%.1f,\"unit\":\"commands per second\",\"peer\":\"%s\","
           "\"peer_value\":%.1f,\"ratio\":%.3f,\"lives_per_second\":%.1f}\n",
           name, lives[0] * APPEAL_STEPS, peer, lives[1] * APPEAL_STEPS, lives[0] / lives[1],
           lives[0]);
    fflush(stdout);
}

static void print_growth(const char *name, const double lives[2])
{
    printf("{\"bench\":\"%s\",\"value\":%.3f,\"unit\":\"ms per life at 1,000,000\",\"peer\":\"the"
           " library at 10,000\",\"peer_value\":%.3f,\"ratio\":%.3f,\"lives_per_second\":%.1f}\n",
           name, 1000 / lives[0], 1000 / lives[1], lives[0] / lives[1], lives[0]);
    fflush(stdout);
}

/* ---- did both sides write the same? ---- */

static const char *const tables[] = {"application", "appeal",       "event",  "appeal_text",
                                     "appeal_band", "notification", "outbox", "appeal_words"};
#define TABLES (sizeof tables / sizeof *tables)

static int64_t count_rows(const char *path, const char *table)
{
    char sql[128];
    sqlite3 *db = bench_open(path);
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", table);
    sqlite3_stmt *statement = bench_prepare(db, sql);
    if (sqlite3_step(statement) != SQLITE_ROW)
        bench_fail("cannot count %s", table);
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return count;
}

static void same(const char *table, int64_t ours, int64_t theirs)
{
    if (ours != theirs)
        bench_fail("the two sides did not write the same rows of %s: %lld and %lld", table,
                   (long long)ours, (long long)theirs);
}

/* ---- rows ---- */

typedef struct places {
    const char *folder, *data, *address;
    char million[2048], few[2048], ours[2048], theirs[2048];
} places;

/* Anew for each row, so that none works on what another left. */
static void open_ours(side *on, const char *store, const char *copy)
{
    *on = (side){.threads = MANY, .next = 0};
    bench_store_copy(store, copy);
    appeal_facts_read(copy, &on->facts);
    on->portal = bench_portal_open(copy, false);
    enter(on);
}

/* Sign-ins of the peer, under any hash. */
static void sign_in_peer(sqlite3 *db, const edu_id *person)
{
    unsigned char token[32];
    sqlite3_stmt *add = bench_prepare(
        db, "INSERT INTO sign_in (token_hash, person_id, is_confirmed, language, created, expires)"
            " VALUES (?1, ?2, 1, 'en', 0, 9000000000000000000)");
    life_token(person, token);
    sqlite3_bind_blob(add, 1, token, sizeof token, SQLITE_STATIC);
    bench_bind_id(add, 2, person);
    bench_run(db, add);
    sqlite3_finalize(add);
}

static void sign_in_peers(const char *path, const appeal_facts *facts)
{
    sqlite3 *db = bench_open(path);
    bench_execute(db, "BEGIN");
    sign_in_peer(db, &facts->clerk);
    for (int i = 0; i < STAFF_SESSIONS; i++)
        sign_in_peer(db, &facts->executors[0][0] + i);
    for (int i = 0; i < APPEAL_APPLICANTS; i++)
        sign_in_peer(db, &facts->applicants[i]);
    bench_execute(db, "COMMIT");
    sqlite3_close(db);
}

static void run_sqlite(const char *name, const places *at)
{
    static side ours, theirs;
    double lives[2];
    open_ours(&ours, at->million, at->ours);
    theirs = (side){.threads = MANY};
    bench_store_copy(at->million, at->theirs);
    appeal_facts_read(at->theirs, &theirs.facts);
    sign_in_peers(at->theirs, &theirs.facts);
    theirs.sqlite = sqlite_lives_open(at->theirs, MANY);
    compare(&ours, our_life, &theirs, sqlite_life, lives);
    leave(&ours);
    sqlite_lives_close(theirs.sqlite);
    print_commands(name, "bare sqlite3, own group commit", lives);
    for (size_t i = 0; i < TABLES; i++)
        same(tables[i], count_rows(at->ours, tables[i]), count_rows(at->theirs, tables[i]));
    unlink(at->ours);
    unlink(at->theirs);
}

static void run_growth(const char *name, const places *at)
{
    static side many, few;
    double lives[2];
    open_ours(&many, at->million, at->ours);
    open_ours(&few, at->few, at->theirs);
    compare(&many, our_life, &few, our_life, lives);
    leave(&many);
    leave(&few);
    print_growth(name, lives);
    unlink(at->ours);
    unlink(at->theirs);
}

static void run_server(const char *name, const places *at)
{
    static side ours, theirs;
    char our_address[1024], their_address[1024], keys[2100];
    double lives[2];
    ours = theirs = (side){.threads = CONNECTIONS};
    snprintf(keys, sizeof keys, "%s.keys", at->million);
    bench_store_copy(at->million, at->theirs);
    appeal_facts_read(at->theirs, &ours.facts);
    theirs.facts = ours.facts;
    sign_in_peers(at->theirs, &theirs.facts);
    server_database(at->address, "appeal_ours", our_address, sizeof our_address);
    server_database(at->address, "appeal_theirs", their_address, sizeof their_address);
    server_run(at->address, "CREATE DATABASE appeal_ours TEMPLATE template0 ENCODING 'UTF8'");
    fprintf(stderr, "copying the store of appeals to the server\n");
    edu_portal_close(bench_portal_at(our_address, keys, true));
    server_fill(our_address, at->theirs);
    unlink(at->theirs);
    server_run(at->address, "CREATE DATABASE appeal_theirs TEMPLATE appeal_ours");
    ours.portal = bench_portal_at(our_address, keys, false);
    enter(&ours);
    for (int i = 0; i < CONNECTIONS; i++)
        theirs.server[i] = server_lives_open(their_address);
    compare(&ours, our_life, &theirs, server_life, lives);
    leave(&ours);
    for (int i = 0; i < CONNECTIONS; i++)
        server_lives_close(theirs.server[i]);
    print_commands(name, "bare libpq, the same statements in one pipeline", lives);
    for (size_t i = 0; i < TABLES; i++)
        same(tables[i], server_count(our_address, tables[i]),
             server_count(their_address, tables[i]));
}

static const struct row {
    const char *name;
    void (*run)(const char *name, const places *at);
} rows[] = {{"appeal_life.sqlite.1m", run_sqlite},
            {"appeal_life.growth", run_growth},
            {"appeal_life.postgresql.1m", run_server}};

static bool is_wanted(int count, char **names, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return count == 0;
}

int main(int argc, char **argv)
{
    static places at;
    if (argc < 4)
        bench_fail("usage: bench_appeal FOLDER DATA ADDRESS [NAME...]");
    umask(077); /* a keys file that others may read is refused */
    if (sodium_init() < 0)
        bench_fail("libsodium does not start");
    at = (places){.folder = argv[1], .data = argv[2], .address = argv[3]};
    snprintf(at.million, sizeof at.million, "%s/appeals-1m.db", at.folder);
    snprintf(at.few, sizeof at.few, "%s/appeals-10k.db", at.folder);
    snprintf(at.ours, sizeof at.ours, "%s/ours.db", at.folder);
    snprintf(at.theirs, sizeof at.theirs, "%s/theirs.db", at.folder);
    appeal_store_make(at.few, at.data, 10000);
    appeal_store_make(at.million, at.data, 1000000);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (is_wanted(argc - 4, argv + 4, rows[i].name))
            rows[i].run(rows[i].name, &at);
    return 0;
}
