/* The store of the benchmark of appeals: who acts is made by the library, the mass is generated. */
#include "appeal_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <sodium.h>

#define DAY (24 * 3600 * INT64_C(1000000))
#define NEVER INT64_C(253402300799000000)
#define YEARS_OF (730 * DAY) /* so long ago the first came */
#define OPEN_EVERY 50        /* one of so many is open */
#define STAFF (1 + APPEAL_DEPARTMENTS * APPEAL_EXECUTORS)
#define WORDS 14

const char *const appeal_departments[APPEAL_DEPARTMENTS] = {"schools", "vocational"};

/* Of the rules; in the other departments others work. */
#define DEPARTMENTS 6
static const char *const all_departments[DEPARTMENTS] = {"schools", "vocational", "reception",
                                                         "higher",  "digital",    "exam_body"};

/* ---- texts ---- */

/* Of 8000 words, those with small numbers more often. */
void appeal_words_make(uint64_t number, char out[APPEAL_TEXT])
{
    static const char *const syllables[20] = {"ba", "ce", "di", "fo", "gu", "ha", "je",
                                              "ki", "lo", "mu", "na", "pe", "ri", "so",
                                              "tu", "va", "xe", "yi", "zo", "sa"};
    size_t size = 0;
    uint64_t random = number * UINT64_C(0x9e3779b97f4a7c15) + 1;
    for (int i = 0; i < WORDS; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        unsigned a = (unsigned)(random >> 40) % 8000, b = (unsigned)(random >> 20) % 8000;
        unsigned word = a * b / 8000;
        size += (size_t)snprintf(out + size, APPEAL_TEXT - size, "%s%s%s%s", i > 0 ? " " : "",
                                 syllables[word % 20], syllables[word / 20 % 20],
                                 syllables[word / 400]);
    }
}

void appeal_login_applicant(int number, char out[32])
{
    (void)snprintf(out, 32, "applicant-%d", number);
}

void appeal_login_executor(int department, int number, char out[32])
{
    (void)snprintf(out, 32, "executor-%d-%d", department, number);
}

/* ---- by the library: what is published, the register, and who acts ---- */

/* A clock that goes so fast that the persons came over two years. */
typedef struct fast_clock {
    edu_time now, step;
} fast_clock;

static edu_time read_clock(void *context)
{
    fast_clock *clock = context;
    return clock->now += clock->step;
}

typedef edu_status (*publisher)(edu_session *, json_t *, const char *, int32_t *, edu_error *);

static void publish(edu_session *session, publisher run, const char *folder, const char *name)
{
    char path[4096];
    int32_t version;
    edu_error error = EDU_ERROR_INIT;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    json_t *document = json_load_file(path, 0, NULL);
    bench_check(run(session, document, NULL, &version, &error), &error, path);
    json_decref(document);
}

typedef edu_status (*importer)(edu_session *, edu_bytes, const char *, edu_import_report **,
                               edu_error *);

static void import(edu_session *session, importer run, const char *csv)
{
    edu_import_report *report = NULL;
    edu_error error = EDU_ERROR_INIT;
    bench_check(run(session, (edu_bytes){csv, strlen(csv)}, NULL, &report, &error), &error,
                "import");
    edu_free(report);
}

static void import_persons(const char *path, int persons)
{
    char *csv = NULL;
    size_t size = 0;
    edu_error error = EDU_ERROR_INIT;
    fast_clock clock = {bench_now() - YEARS_OF, YEARS_OF / (4 * persons)};
    edu_environment environment = {.clock = {read_clock, &clock}};
    edu_portal *portal = bench_portal_with(path, &environment);
    edu_session *session;
    FILE *file = open_memstream(&csv, &size);
    if (!file)
        bench_fail("out of memory");
    fputs("number,given,family,birth\n", file);
    for (int i = 0; i < persons; i++)
        fprintf(file, "P%06d,Given,Family %d,1980-01-01\n", i, i);
    fclose(file);
    bench_check(edu_session_operator(portal, &session, &error), &error, "operator");
    import(session, edu_account_import_persons, csv);
    free(csv);
    edu_session_close(session);
    edu_portal_close(portal);
}

static edu_id make_account(edu_session *session, int number, const char *login)
{
    edu_error error = EDU_ERROR_INIT;
    edu_person *person = NULL;
    char text[16];
    (void)snprintf(text, sizeof text, "P%06d", number);
    bench_check(edu_account_find(session, text, (edu_date){1980, 1, 1}, &person, &error), &error,
                "find");
    bench_check(edu_account_create(session, person->id, login, BENCH_PASSWORD, NULL, &error),
                &error, "account");
    edu_id id = person->id;
    edu_free(person);
    return id;
}

static void grant(edu_session *session, edu_id person, const char *role, const char *department)
{
    edu_error error = EDU_ERROR_INIT;
    bench_check(edu_account_grant(session, person, role, department[0] ? "department" : "",
                                  department, NULL, &error),
                &error, "grant");
}

/* The staff are the first persons; the applicants who act are spread over the others. */
static void make_accounts(edu_session *session, int persons)
{
    char login[32];
    int next = 0;
    grant(session, make_account(session, next++, BENCH_CLERK), "clerk", "");
    for (int d = 0; d < APPEAL_DEPARTMENTS; d++)
        for (int i = 0; i < APPEAL_EXECUTORS; i++) {
            appeal_login_executor(d, i, login);
            grant(session, make_account(session, next++, login), "executor", appeal_departments[d]);
        }
    int apart = (persons - STAFF) / APPEAL_APPLICANTS;
    for (int i = 0; i < APPEAL_APPLICANTS; i++) {
        appeal_login_applicant(i, login);
        (void)make_account(session, STAFF + i * apart, login);
    }
}

static void make_frame(const char *path, const char *data, int persons)
{
    edu_error error = EDU_ERROR_INIT;
    edu_session *session;
    edu_portal *portal = bench_portal_open(path, true);
    bench_check(edu_session_operator(portal, &session, &error), &error, "operator");
    import(session, edu_account_import_regions, "code,name\nBA,Baku\n");
    publish(session, edu_calendar_publish, data, "calendars/az.json");
    publish(session, edu_service_publish, data, "services/appeal.json");
    publish(session, edu_appeal_rules_publish, data, "appeals/az.json");
    edu_session_close(session);
    edu_portal_close(portal);
    import_persons(path, persons);
    portal = bench_portal_open(path, false);
    bench_check(edu_session_operator(portal, &session, &error), &error, "operator");
    make_accounts(session, persons);
    edu_session_close(session);
    edu_portal_close(portal);
}

/* ---- by raw SQL: the mass, an appeal with its first step and its answer ---- */

enum { APPLICATION, APPEAL, EVENT, TEXT, NOTICE, OUTBOX, COMMAND, BAND, INDEXED, TABLES };

/* ?1 person, ?2 appeal, ?3 when, ?4 random bytes, ?5 a number, ?6 whether open, ?7 to ?9 more */
static const char *const inserts[TABLES] = {
    [APPLICATION] = "INSERT INTO application (person_id, id, service, service_version, subject_id,"
                    " state, is_open, version, created, changed, head, is_private, number) VALUES (?1, ?2,"
                    " 'appeal', 1, ?2, iif(?6, 'assigned', 'answered'), ?6, 2, ?3, ?3, ?4, 1,"
                    " printf('M-%d-%06d', ?5 / 1000000000, ?5 % 1000000000))",
    [APPEAL] =
        "INSERT INTO appeal (person_id, id, serial, number, channel, is_anonymous, category, level,"
        " region, department, executor_id, state, is_open, received, month, clock_from, calendar,"
        " calendar_version, rules_version, rule, unit, term, extra, extensions, pauses, due,"
        " very_late, next_at, rung, drafted_by_id, answered, worked_days, reopened, rating)"
        " VALUES (?1, ?2, ?5, printf('M-%d-%06d', ?5 / 1000000000, ?5 % 1000000000),"
        " CASE ?5 % 10 WHEN 0 THEN 'paper' WHEN 1 THEN 'hotline' ELSE 'electronic' END, 0,"
        " 'teaching', 'ordinary', 'BA', ?9, ?8,"
        " iif(?6, 'assigned', 'answered'), ?6, ?3, ?7, ?3, 'az', 1, 1, 'service', 'working_days',"
        " 3, 0, 0, '[]', ?3 + 432000000000, ?3 + 864000000000,"
        " iif(?6, ?3 + 43200000000000, 253402300799000000), 0, iif(?6, NULL, ?8),"
        " iif(?6, NULL, ?3 + 259200000000), iif(?6, NULL, 2), 0, iif(?6, NULL, 1 + ?5 % 5))",
    [EVENT] = "INSERT INTO event (person_id, application_id, sequence, at, action, state, actor_id,"
              " actor_kind, data, hash, is_internal) VALUES (?1, ?2, ?5, ?3, ?7, ?8, ?1, 'self',"
              " '{\"due_date\":\"27.11.2026\",\"number\":\"M-2026-001234\",\"sealed\":\"' ||"
              " lower(hex(?4)) || '\"}', ?4, 0)",
    [TEXT] = "INSERT INTO appeal_text (person_id, appeal_id, sequence, sealed)"
             " VALUES (?1, ?2, ?5, ?4)",
    [NOTICE] = "INSERT INTO notification (person_id, id, at, service, service_version, template,"
               " data, application_id, is_read) VALUES (?1, ?8, ?3, 'appeal', 1, ?7,"
               " '{\"due_date\":\"27.11.2026\",\"number\":\"M-2026-001234\"}', ?2, ?5 % 2)",
    [OUTBOX] = "INSERT INTO outbox (id, person_id, channel, service, service_version, template,"
               " language, data, attempts, next_at, is_waiting) VALUES (?2, ?1, 'mail', 'appeal',"
               " 1, 'received', '', '{\"number\":\"M-2026-001234\"}', 1, ?3, 0)",
    [COMMAND] = "INSERT INTO command (actor_id, key, request, result, at)"
                " VALUES (?1, hex(?2), ?4, ?4, ?3)",
    [INDEXED] = "INSERT INTO appeal_words (rowid, words) VALUES (?5, ?7)",
    [BAND] = "INSERT INTO appeal_band (band, appeal_id, person_id)"
             " SELECT random(), ?2, ?1 FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION"
             " ALL SELECT 4)"};

typedef struct filling {
    sqlite3 *db;
    sqlite3_stmt *into[TABLES];
    appeal_facts facts;
    int64_t serial;
    edu_id *persons;
} filling;

typedef struct given {
    const edu_id *person, *id, *other;
    edu_time at;
    int64_t number;
    bool is_open;
    const char *text, *state; /* ?8: other, or where it is NULL the state */
    int size;                 /* of the random bytes */
    int64_t month;
    int department;
} given;

static void add(const filling *fill, int table, const given *row)
{
    static unsigned char noise[512];
    sqlite3_stmt *into = fill->into[table];
    randombytes_buf(noise, 32);
    bench_bind_id(into, 1, row->person);
    bench_bind_id(into, 2, row->id);
    sqlite3_bind_int64(into, 3, row->at);
    sqlite3_bind_blob(into, 4, noise, row->size > 0 ? row->size : 32, SQLITE_STATIC);
    sqlite3_bind_int64(into, 5, row->number);
    sqlite3_bind_int(into, 6, row->is_open);
    if (row->text)
        sqlite3_bind_text(into, 7, row->text, -1, SQLITE_STATIC);
    else
        sqlite3_bind_int64(into, 7, row->month);
    if (row->other)
        bench_bind_id(into, 8, row->other);
    else
        sqlite3_bind_text(into, 8, row->state, -1, SQLITE_STATIC);
    if (table == APPEAL)
        sqlite3_bind_text(into, 9, all_departments[row->department], -1, SQLITE_STATIC);
    bench_run(fill->db, into);
}

/* A step with its text and what is told of it. */
static void add_step(const filling *fill, given row, int sequence, const char *action,
                     const char *template)
{
    edu_id notice = bench_id(row.at);
    row.number = sequence;
    row.text = action;
    row.state = sequence == 1 ? "received" : row.is_open ? "assigned" : "answered";
    row.other = NULL;
    add(fill, EVENT, &row);
    row.size = 160;
    add(fill, TEXT, &row);
    row.text = template;
    row.other = &notice;
    add(fill, NOTICE, &row);
}

static int64_t month_of(edu_time at)
{
    time_t seconds = (time_t)(at / 1000000);
    struct tm civil;
    (void)gmtime_r(&seconds, &civil);
    return (civil.tm_year + 1900) * 100 + civil.tm_mon + 1;
}

/* Whose an appeal is: everybody has as many, and one who comes lies far from the one before. */
static int person_of(int number, int appeals)
{
    int persons = appeals / BENCH_EACH;
    return (int)((int64_t)number * 104729 % persons);
}

static void add_appeal(const filling *fill, int number, int appeals, edu_time now)
{
    int person = person_of(number, appeals);
    edu_time at = now - YEARS_OF + YEARS_OF / appeals * number;
    edu_id id = bench_id(at);
    given row = {.person = &fill->persons[person],
                 .id = &id,
                 .at = at,
                 .number = month_of(at) / 100 * 1000000000 + number,
                 .is_open = number % OPEN_EVERY == 0,
                 .month = month_of(at)};
    row.department = number / OPEN_EVERY % DEPARTMENTS;
    row.other = &fill->facts.executors[row.department % APPEAL_DEPARTMENTS]
                                      [number / (OPEN_EVERY * DEPARTMENTS) % APPEAL_EXECUTORS];
    if (row.department >= APPEAL_DEPARTMENTS)
        row.other = &fill->persons[number % 97];
    for (int table = APPLICATION; table <= APPEAL; table++)
        add(fill, table, &row);
    for (int table = OUTBOX; table <= BAND; table++)
        add(fill, table, &row);
    add_step(fill, row, 1, "register", "received");
    row.at += DAY;
    add_step(fill, row, 2, row.is_open ? "assign" : "send", row.is_open ? "assigned" : "answered");
}

/* What is searched wants its rows in their order. */
static void index_words(const filling *fill, int number, int appeals, edu_time now)
{
    char words[APPEAL_TEXT], all[APPEAL_TEXT + 32];
    sqlite3_stmt *into = fill->into[INDEXED];
    edu_time at = now - YEARS_OF + YEARS_OF / appeals * number;
    appeal_words_make((uint64_t)number, words);
    (void)snprintf(all, sizeof all, "given family %d %s", person_of(number, appeals), words);
    sqlite3_bind_int64(into, 5, month_of(at) / 100 * 1000000000 + number);
    sqlite3_bind_text(into, 7, all, -1, SQLITE_STATIC);
    bench_run(fill->db, into);
}

static void read_ids(sqlite3 *db, const char *sql, edu_id *out, int count)
{
    sqlite3_stmt *rows = bench_prepare(db, sql);
    for (int i = 0; i < count; i++) {
        if (sqlite3_step(rows) != SQLITE_ROW)
            bench_fail("the store lacks persons");
        memcpy(out[i].bytes, sqlite3_column_blob(rows, 0), sizeof out[i].bytes);
    }
    sqlite3_finalize(rows);
}

static void fill_mass(const char *path, int appeals)
{
    filling fill = {.db = bench_open(path)};
    fill.persons = calloc((size_t)(appeals / BENCH_EACH), sizeof *fill.persons);
    if (!fill.persons)
        bench_fail("out of memory");
    appeal_facts_read(path, &fill.facts);
    read_ids(fill.db, "SELECT id FROM person ORDER BY id", fill.persons, appeals / BENCH_EACH);
    bench_execute(fill.db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                           "PRAGMA foreign_keys = OFF; PRAGMA cache_size = -4500000; BEGIN");
    for (int table = 0; table < TABLES; table++)
        fill.into[table] = bench_prepare(fill.db, inserts[table]);
    edu_time now = bench_now();
    /* In the order in which they came, so that pages are as full as they are in a store that grew:
     * filled by person, each would be full to its end, and the next row of anybody split it. */
    for (int number = 0; number < appeals; number++)
        add_appeal(&fill, number, appeals, now);
    for (int number = 0; number < appeals; number++)
        index_words(&fill, number, appeals, now);
    for (int table = 0; table < TABLES; table++)
        sqlite3_finalize(fill.into[table]);
    bench_execute(fill.db, "INSERT INTO number_block SELECT DISTINCT serial / 1000000000, 10000000"
                           " FROM (SELECT MAX(serial) AS serial FROM appeal);"
                           "INSERT INTO number_block SELECT series + 1, 10000000 FROM number_block;"
                           "INSERT INTO appeal_words (appeal_words) VALUES ('optimize');"
                           "COMMIT; PRAGMA journal_mode = WAL; ANALYZE");
    free(fill.persons);
    sqlite3_close(fill.db);
}

/* ---- all ---- */

/* The database gets its name last: where it is, it is whole. */
void appeal_store_make(const char *path, const char *data, int appeals)
{
    char part[4096], keys[4200], last[4200];
    if (access(path, F_OK) == 0)
        return;
    (void)snprintf(part, sizeof part, "%s.part", path);
    (void)snprintf(keys, sizeof keys, "%s.keys", part);
    (void)snprintf(last, sizeof last, "%s.keys", path);
    unlink(part);
    unlink(keys);
    fprintf(stderr, "making a store with %d appeals\n", appeals);
    make_frame(part, data, appeals / BENCH_EACH);
    fill_mass(part, appeals);
    if (rename(keys, last) != 0 || rename(part, path) != 0)
        bench_fail("cannot make %s", path);
}

void appeal_facts_read(const char *path, appeal_facts *out)
{
    sqlite3 *db = bench_open(path);
    edu_id executors[APPEAL_DEPARTMENTS * APPEAL_EXECUTORS];
    read_ids(db, "SELECT person_id FROM role_grant WHERE role = 'clerk'", &out->clerk, 1);
    read_ids(db,
             "SELECT person_id FROM role_grant WHERE role = 'executor' ORDER BY code, person_id",
             executors, APPEAL_DEPARTMENTS * APPEAL_EXECUTORS);
    for (int d = 0; d < APPEAL_DEPARTMENTS; d++)
        memcpy(out->executors[d], executors + d * APPEAL_EXECUTORS, sizeof out->executors[d]);
    read_ids(db,
             "SELECT a.person_id FROM account a WHERE NOT EXISTS (SELECT 1 FROM role_grant g"
             " WHERE g.person_id = a.person_id) ORDER BY a.person_id",
             out->applicants, APPEAL_APPLICANTS);
    sqlite3_close(db);
}
