/* A hundred thousand results on SQLite: imported, ranked and published, and their certificates,
 * against the same rows, hashes and signatures with bare SQLite and libsodium. Prints one JSON
 * object a line.
 *
 *   bench_results FOLDER SERVICE [NAME…]
 *
 * Arguments as of bench_olympiad.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sodium.h>
#include "results_peer.h"

#define ROUNDS 3

static const char rules_text[] =
    "{\"problems\":[{\"code\":\"p1\",\"max\":10},{\"code\":\"p2\",\"max\":10},"
    "{\"code\":\"p3\",\"max\":10},{\"code\":\"p4\",\"max\":10},{\"code\":\"p5\",\"max\":10}],"
    "\"ties\":[\"problem:p5\"],\"awards\":[{\"code\":\"gold\",\"title\":{\"en\":\"Gold medal\"},"
    "\"cut\":{\"permille\":100}}],\"certificates\":{\"participants\":true,\"fields\":[\"total\"]}}";

typedef struct bench {
    char store[2048], ours[2048], theirs[2048];
    edu_id season;
    char *csv;
    size_t csv_size;
    double results[2][ROUNDS], issue[2][ROUNDS]; /* ours, the peer's */
} bench;

/* ---- the store: everybody has a seat in the first season ---- */

/* A hundred centres of ten rooms of a hundred desks. */
static const char seats_sql[] =
    "INSERT INTO centre SELECT printf('C%03d', value), 'Centre', 'Street', r.code, 0, 0, 0, 0, '', "
    "1"
    " FROM generate_series(0, 99), (SELECT code FROM region LIMIT 1) r;"
    "INSERT INTO room SELECT c.code, printf('R%d', value), 10, 10 FROM centre c,"
    " generate_series(0, 9);"
    "INSERT INTO desk SELECT r.centre, r.code, (a.value + 1) * 100 + b.value + 1, 0 FROM room r,"
    " generate_series(0, 9) a, generate_series(0, 9) b;"
    "INSERT INTO allocation SELECT randomblob(16), t.id, 'confirmed', '', 1000, 1, NULL, 0, 0, 0, "
    "0,"
    " 0, 0, NULL, randomblob(16), NULL, 0, 0, 0 FROM sitting t JOIN season s ON s.id = t.season_id"
    " WHERE s.code = 'season-0';"
    "INSERT INTO seat SELECT n.person_id, n.sitting_id, n.application_id, a.id,"
    " printf('C%03d', n.at / 1000), printf('R%d', n.at / 100 % 10),"
    " (n.at / 10 % 10 + 1) * 100 + n.at % 10 + 1, 'A', 100, randomblob(10), NULL, NULL"
    " FROM (SELECT e.person_id, e.sitting_id, e.application_id,"
    " row_number() OVER (ORDER BY e.person_id) - 1 AS at FROM entry e"
    " JOIN allocation x ON x.sitting_id = e.sitting_id) n, allocation a;"
    "INSERT INTO claim SELECT 'document', slip, person_id FROM seat;"
    "UPDATE application SET state = 'allocated' WHERE subject_id IN (SELECT sitting_id FROM"
    " allocation);"
    "UPDATE sitting SET state = 'allocated' WHERE id IN (SELECT sitting_id FROM allocation);"
    "ANALYZE";

/* The shell's table-valued function is not in the library: a recursive view takes its place. */
static void give_seats(const char *path)
{
    sqlite3 *db;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        bench_fail("cannot open %s", path);
    bench_execute(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN");
    bench_execute(db, "CREATE TEMP TABLE series AS WITH RECURSIVE n(value) AS (SELECT 0 UNION ALL"
                      " SELECT value + 1 FROM n WHERE value < 99) SELECT value FROM n");
    char *sql = sqlite3_mprintf("%s", seats_sql), *at;
    while ((at = strstr(sql, "generate_series(0, 99)")) != NULL)
        memcpy(at, "series                ", 22);
    while ((at = strstr(sql, "generate_series(0, 9)")) != NULL)
        memcpy(at, "(SELECT*FROM ten)    ", 21);
    bench_execute(db, "CREATE TEMP VIEW ten AS SELECT value FROM series WHERE value < 10");
    bench_execute(db, sql);
    sqlite3_free(sql);
    bench_execute(db, "COMMIT; PRAGMA journal_mode = WAL");
    sqlite3_close(db);
}

static void make_clerks(const char *path)
{
    static const char csv[] = "number,given,family,birth\nCLK0001,A,Clerk,1980-01-01\n"
                              "CLK0002,B,Clerk,1980-01-01\n";
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal = bench_portal_open(path, false);
    edu_session *session;
    edu_import_report *report = NULL;
    bench_check(edu_session_operator(portal, &session, &error), &error, "operator");
    bench_check(
        edu_account_import_persons(session, (edu_bytes){csv, strlen(csv)}, NULL, &report, &error),
        &error, "persons");
    edu_free(report);
    for (int i = 1; i <= 2; i++) {
        char number[16], login[16];
        edu_person *person = NULL;
        snprintf(number, sizeof number, "CLK000%d", i);
        snprintf(login, sizeof login, "clerk-%d", i);
        bench_check(edu_account_find(session, number, (edu_date){1980, 1, 1}, &person, &error),
                    &error, "find");
        bench_check(edu_account_create(session, person->id, login, BENCH_PASSWORD, NULL, &error),
                    &error, "account");
        bench_check(edu_account_grant(session, person->id, "clerk", "", "", NULL, &error), &error,
                    "grant");
        edu_free(person);
    }
    edu_session_close(session);
    edu_portal_close(portal);
}

static void make_store(const bench *on, const char *service)
{
    char part[4096];
    if (access(on->store, F_OK) == 0)
        return;
    snprintf(part, sizeof part, "%s.mass", on->store);
    bench_store_make(part, service, RESULTS_COUNT);
    make_clerks(part);
    give_seats(part);
    bench_store_copy(part, on->store);
    unlink(part);
}

/* ---- the file ---- */

static void write_csv(bench *on)
{
    sqlite3 *db;
    if (sqlite3_open_v2(on->store, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        bench_fail("cannot open %s", on->store);
    sqlite3_stmt *slips = bench_prepare(db, "SELECT slip FROM seat");
    FILE *csv = open_memstream(&on->csv, &on->csv_size);
    uint32_t random = 1;
    fputs("number,p1,p2,p3,p4,p5\n", csv);
    while (sqlite3_step(slips) == SQLITE_ROW) {
        char number[RESULTS_NUMBER];
        results_number(sqlite3_column_blob(slips, 0), number);
        fputs(number, csv);
        for (int p = 0; p < 5; p++) {
            random = random * 1664525 + 1013904223;
            fprintf(csv, ",%u", (random >> 16) % 11);
        }
        fputc('\n', csv);
    }
    fclose(csv);
    sqlite3_finalize(slips);
    sqlite3_stmt *season = bench_prepare(db, "SELECT id FROM season WHERE code = 'season-0'");
    if (sqlite3_step(season) != SQLITE_ROW)
        bench_fail("the store lacks its season");
    memcpy(on->season.bytes, sqlite3_column_blob(season, 0), sizeof on->season.bytes);
    sqlite3_finalize(season);
    sqlite3_close(db);
}

/* ---- ours ---- */

static edu_session *enter(edu_portal *portal, const char *login)
{
    edu_error error = EDU_ERROR_INIT;
    edu_session *session = NULL;
    bench_check(edu_session_sign_in(portal, login, BENCH_PASSWORD, NULL, NULL, &session, &error),
                &error, "sign in");
    return session;
}

static void ours(bench *on, int round)
{
    edu_error error = EDU_ERROR_INIT;
    edu_import_report *report = NULL;
    int64_t issued = 0;
    bench_store_copy(on->store, on->ours);
    edu_portal *portal = bench_portal_open(on->ours, false);
    edu_session *first = enter(portal, "clerk-1"), *second = enter(portal, "clerk-2");
    json_t *rules = json_loads(rules_text, 0, NULL);
    bench_check(edu_result_rules(first, on->season, rules, NULL, &error), &error, "rules");
    json_decref(rules);
    double start = bench_seconds();
    bench_check(edu_result_import(first, on->season, (edu_bytes){on->csv, on->csv_size}, NULL,
                                  &report, &error),
                &error, "import");
    double imported = bench_seconds();
    bench_check(edu_result_propose(first, on->season, bench_now() - 1, NULL, &error), &error,
                "propose");
    double ranked = bench_seconds();
    bench_check(edu_result_approve(second, on->season, (edu_progress){0}, NULL, &error), &error,
                "approve");
    double published = bench_seconds();
    bench_check(edu_result_issue(first, on->season, (edu_progress){0}, &issued, &error), &error,
                "issue");
    double end = bench_seconds();
    if (report->added != RESULTS_COUNT || issued != RESULTS_COUNT)
        bench_fail("%" PRId64 " results and %" PRId64 " certificates", report->added, issued);
    fprintf(stderr, "import %.1f s, rank %.1f s, publish %.1f s, certificates %.1f s\n",
            imported - start, ranked - imported, published - ranked, end - published);
    on->results[0][round] = RESULTS_COUNT / (published - start);
    on->issue[0][round] = RESULTS_COUNT / (end - published);
    edu_free(report);
    edu_session_close(first);
    edu_session_close(second);
    edu_portal_close(portal);
}

static void peer(bench *on, int round)
{
    bench_store_copy(on->store, on->theirs);
    results_peer *floor = results_peer_open(on->theirs, &on->season, rules_text);
    double start = bench_seconds();
    results_peer_import(floor, on->csv);
    double imported = bench_seconds();
    results_peer_rank(floor);
    double ranked = bench_seconds();
    results_peer_publish(floor);
    double published = bench_seconds();
    results_peer_issue(floor);
    double end = bench_seconds();
    fprintf(stderr, "peer: import %.1f s, rank %.1f s, publish %.1f s, certificates %.1f s\n",
            imported - start, ranked - imported, published - ranked, end - published);
    on->results[1][round] = RESULTS_COUNT / (published - start);
    on->issue[1][round] = RESULTS_COUNT / (end - published);
    results_peer_close(floor);
}

/* ---- rows ---- */

static bool is_wanted(int count, char **names, const char *name)
{
    bool is_there = count == 0;
    for (int i = 0; i < count; i++)
        is_there |= strcmp(names[i], name) == 0;
    return is_there;
}

static void print_row(const char *name, const char *peer_name, double values[2][ROUNDS])
{
    double value = bench_median(values[0], ROUNDS), other = bench_median(values[1], ROUNDS);
    printf("{\"bench\":\"%s\",\"value\":%.1f,\"unit\":\"rows per second\",\"peer\":\"%s\","
           "\"peer_value\":%.1f,\"ratio\":%.3f}\n",
           name, value, peer_name, other, value / other);
}

int main(int argc, char **argv)
{
    static bench on;
    static const char results[] = "olympiad.results", issue[] = "olympiad.issue";
    if (argc < 3)
        bench_fail("usage: bench_results FOLDER SERVICE [NAME...]");
    for (int i = 3; i < argc; i++)
        if (strcmp(argv[i], results) != 0 && strcmp(argv[i], issue) != 0)
            bench_fail("there is no row %s", argv[i]);
    umask(077);
    if (sodium_init() < 0)
        bench_fail("libsodium does not start");
    snprintf(on.store, sizeof on.store, "%s/results.db", argv[1]);
    snprintf(on.ours, sizeof on.ours, "%s/results-ours.db", argv[1]);
    snprintf(on.theirs, sizeof on.theirs, "%s/results-theirs.db", argv[1]);
    make_store(&on, argv[2]);
    write_csv(&on);
    for (int round = 0; round < ROUNDS; round++) {
        ours(&on, round);
        peer(&on, round);
    }
    if (is_wanted(argc - 3, argv + 3, results))
        print_row(results, "bare sqlite3", on.results);
    if (is_wanted(argc - 3, argv + 3, issue))
        print_row(issue, "bare sqlite3 and libsodium", on.issue);
    unlink(on.ours);
    unlink(on.theirs);
    free(on.csv);
    return 0;
}
