/* The store that the benchmark works on: what a library makes is made by the library, the mass is
 * generated. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sodium.h>
#include "bench.h"

#define MINUTE (60 * INT64_C(1000000))
#define DAY (24 * 60 * MINUTE)
#define SCHOOLS 900
#define SITTINGS (BENCH_EACH + BENCH_SITTINGS)

edu_portal *bench_portal_open(const char *path, bool create)
{
    char store[4096], keys[4096];
    snprintf(store, sizeof store, "sqlite:%s", path);
    snprintf(keys, sizeof keys, "%s.keys", path);
    return bench_portal_at(store, keys, create);
}

static edu_portal *open_portal(const char *store, const char *keys, bool create,
                               const edu_environment *environment)
{
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    options.store = store;
    options.keys = keys;
    options.create = create;
    options.staff_second_factor = false;
    options.password_operations = 1;
    options.password_memory = 8192;
    edu_portal *portal;
    edu_error error = EDU_ERROR_INIT;
    bench_check(edu_portal_open(&options, environment, &portal, &error), &error, store);
    return portal;
}

edu_portal *bench_portal_at(const char *store, const char *keys, bool create)
{
    return open_portal(store, keys, create, NULL);
}

edu_portal *bench_portal_with(const char *path, const edu_environment *environment)
{
    char store[4096], keys[4096];
    snprintf(store, sizeof store, "sqlite:%s", path);
    snprintf(keys, sizeof keys, "%s.keys", path);
    return open_portal(store, keys, false, environment);
}

/* ---- by the library: registers, service, clerk, sittings ---- */

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

static void import_schools(edu_session *session)
{
    char *csv = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&csv, &size);
    if (!file)
        bench_fail("out of memory");
    fputs("code,name,kind,region,address,latitude,longitude\n", file);
    for (int i = 0; i < SCHOOLS; i++)
        fprintf(file, "S%03d,School %d,school,BA,Street %d,40.%04d,49.%04d\n", i, i, i, i, i);
    fclose(file);
    import(session, edu_account_import_regions, "code,name\nBA,Baku\n");
    import(session, edu_account_import_institutions, csv);
    free(csv);
}

static void make_clerk(edu_session *session)
{
    edu_error error = EDU_ERROR_INIT;
    edu_person *person = NULL;
    import(session, edu_account_import_persons,
           "number,given,family,birth\nSTF0001,Clerk,Clerk,1980-01-01\n");
    bench_check(edu_account_find(session, "STF0001", (edu_date){1980, 1, 1}, &person, &error),
                &error, "find the clerk");
    bench_check(edu_account_create(session, person->id, BENCH_CLERK, BENCH_PASSWORD, NULL, &error),
                &error, "make the clerk");
    bench_check(edu_account_grant(session, person->id, "clerk", "", "", NULL, &error), &error,
                "make the clerk");
    edu_free(person);
}

static void publish(edu_session *session, const char *service)
{
    edu_error error = EDU_ERROR_INIT;
    int32_t version;
    json_t *definition = json_load_file(service, 0, NULL);
    bench_check(edu_service_publish(session, definition, NULL, &version, &error), &error, service);
    json_decref(definition);
}

static void make_season(edu_session *session, int number)
{
    edu_error error = EDU_ERROR_INIT;
    edu_id season_id, sitting_id;
    char code[32];
    snprintf(code, sizeof code, "season-%d", number);
    edu_season_new season = EDU_SEASON_NEW_INIT;
    season.code = code;
    season.title = json_pack("{s:s}", "en", "Mathematics");
    season.subject = "mathematics";
    season.subject_title = json_pack("{s:s}", "en", "Mathematics");
    season.grade_from = season.grade_to = 9;
    season.opens = bench_now() - DAY;
    season.closes = bench_now() + 3650 * DAY;
    bench_check(edu_olympiad_season_create(session, &season, NULL, &season_id, &error), &error,
                "season");
    edu_sitting_new sitting = EDU_SITTING_NEW_INIT;
    sitting.season_id = season_id;
    sitting.code = "main";
    sitting.grade_from = sitting.grade_to = 9;
    sitting.starts = season.closes + (1 + number) * DAY;
    sitting.minutes = 180;
    bench_check(edu_olympiad_sitting_create(session, &sitting, NULL, &sitting_id, &error), &error,
                "sitting");
    bench_check(edu_olympiad_season_publish(session, season_id, NULL, &error), &error, "publish");
    json_decref(season.title);
    json_decref(season.subject_title);
}

static void make_frame(const char *path, const char *service)
{
    edu_portal *portal = bench_portal_open(path, true);
    edu_session *session;
    edu_error error = EDU_ERROR_INIT;
    bench_check(edu_session_operator(portal, &session, &error), &error, "operator");
    import_schools(session);
    make_clerk(session);
    publish(session, service);
    for (int i = 0; i < SITTINGS; i++)
        make_season(session, i);
    edu_session_close(session);
    edu_portal_close(portal);
}

/* ---- by raw SQL: persons and their applications ---- */

enum { PERSON, CLAIM, PUPIL, APPLICATION, EVENT, NOTIFICATION, ENTRY, COMMAND, TABLES };

static const char *const inserts[TABLES] = {
    [PERSON] = "INSERT INTO person (id, given, family, birth, wrapped_key, sealed_number, created)"
               " VALUES (?1, 'Given', 'Family ' || ?2, 16071, ?3, ?3, ?4)",
    [CLAIM] = "INSERT INTO claim (kind, value, owner) VALUES ('fin', ?2, ?1)",
    [PUPIL] = "INSERT INTO pupil (person_id, institution, grade, is_step_free, sort_name,"
              " search_name, since)"
              " VALUES (?1, printf('S%03d', ?2), 9, 0, printf('family %06d', ?3),"
              " printf('family %06d', ?3), ?4)",
    [APPLICATION] = "INSERT INTO application (person_id, id, service, service_version, subject_id,"
                    " state, is_open, version, created, changed, head, is_private,"
                    " number)"
                    " VALUES (?1, ?2, 'olympiad', 1, ?3, 'registered', 1, 1, ?4, ?4, ?5, 0,"
                    " 'A-' || hex(substr(?2, 1, 10)))",
    [EVENT] = "INSERT INTO event (person_id, application_id, sequence, at, action, state, actor_id,"
              " actor_kind, data, hash, is_internal)"
              " VALUES (?1, ?2, 1, ?4, 'register', 'registered', ?1, 'self', '{}', ?5, 0)",
    [NOTIFICATION] = "INSERT INTO notification (person_id, id, at, service, service_version,"
                     " template, data, application_id, is_read)"
                     " VALUES (?1, ?3, ?4, 'olympiad', 1, 'registered', '{}', ?2, 0)",
    [ENTRY] = "INSERT INTO entry (person_id, application_id, season_id, sitting_id, institution,"
              " grade, is_step_free, sort_name, is_open, is_invited, created) VALUES (?1, ?2,"
              " (SELECT season_id FROM sitting WHERE id = ?3), ?3, printf('S%03d', ?5), 9, 0,"
              " printf('family %06d', ?6), 1, 0, ?4)",
    [COMMAND] = "INSERT INTO command (actor_id, key, request, result, at)"
                " VALUES (?1, hex(randomblob(16)), ?5, ?2, ?4)",
};

typedef struct filling {
    sqlite3 *db;
    sqlite3_stmt *into[TABLES];
    edu_id sittings[SITTINGS];
    edu_time start;
} filling;

static void bind_random(sqlite3_stmt *statement, int at, int size)
{
    unsigned char bytes[128];
    randombytes_buf(bytes, (size_t)size);
    sqlite3_bind_blob(statement, at, bytes, size, SQLITE_TRANSIENT);
}

static int school_of(int number)
{
    return number % SCHOOLS;
}

static void add_person(filling *fill, const edu_id *person, int number)
{
    sqlite3_stmt *into = fill->into[PERSON];
    bench_bind_id(into, 1, person);
    sqlite3_bind_int(into, 2, number);
    bind_random(into, 3, 72);
    sqlite3_bind_int64(into, 4, fill->start);
    bench_run(fill->db, into);
    into = fill->into[CLAIM];
    bench_bind_id(into, 1, person);
    bind_random(into, 2, 32);
    bench_run(fill->db, into);
    into = fill->into[PUPIL];
    bench_bind_id(into, 1, person);
    sqlite3_bind_int(into, 2, school_of(number));
    sqlite3_bind_int(into, 3, number);
    sqlite3_bind_int64(into, 4, fill->start);
    bench_run(fill->db, into);
}

static void add_application(filling *fill, const edu_id *person, int number, int which)
{
    edu_time at = fill->start + DAY * which + (edu_time)number * 1000;
    edu_id application = bench_id(at), notification = bench_id(at);
    for (int table = APPLICATION; table <= COMMAND; table++) {
        sqlite3_stmt *into = fill->into[table];
        bench_bind_id(into, 1, person);
        bench_bind_id(into, 2, &application);
        bench_bind_id(into, 3, table == NOTIFICATION ? &notification : &fill->sittings[which]);
        sqlite3_bind_int64(into, 4, at);
        if (table == ENTRY) {
            sqlite3_bind_int(into, 5, school_of(number));
            sqlite3_bind_int(into, 6, number);
        } else {
            bind_random(into, 5, 32);
        }
        bench_run(fill->db, into);
    }
}

static void read_sittings(sqlite3 *db, edu_id sittings[SITTINGS])
{
    sqlite3_stmt *statement = bench_prepare(db, "SELECT id FROM sitting ORDER BY starts");
    for (int i = 0; i < SITTINGS; i++) {
        if (sqlite3_step(statement) != SQLITE_ROW)
            bench_fail("the store lacks sittings");
        memcpy(sittings[i].bytes, sqlite3_column_blob(statement, 0), sizeof sittings[i].bytes);
    }
    sqlite3_finalize(statement);
}

static sqlite3 *open_database(const char *path)
{
    sqlite3 *db;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        bench_fail("cannot open %s", path);
    return db;
}

static void fill_mass(const char *path, int persons)
{
    filling fill = {.db = open_database(path), .start = bench_now() - 400 * DAY};
    bench_execute(fill.db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                           "PRAGMA cache_size = -1000000; BEGIN");
    read_sittings(fill.db, fill.sittings);
    for (int table = 0; table < TABLES; table++)
        fill.into[table] = bench_prepare(fill.db, inserts[table]);
    for (int number = 0; number < persons; number++) {
        edu_id person = bench_id(fill.start + (edu_time)number * 1000);
        add_person(&fill, &person, number);
        for (int which = 0; which < BENCH_EACH; which++)
            add_application(&fill, &person, number, which);
    }
    for (int table = 0; table < TABLES; table++)
        sqlite3_finalize(fill.into[table]);
    bench_execute(fill.db, "COMMIT; PRAGMA journal_mode = WAL; ANALYZE");
    sqlite3_close(fill.db);
}

static void move_file(const char *from, const char *to, const char *ending)
{
    char old_path[4096], new_path[4096];
    snprintf(old_path, sizeof old_path, "%s%s", from, ending);
    snprintf(new_path, sizeof new_path, "%s%s", to, ending);
    if (rename(old_path, new_path) != 0)
        bench_fail("cannot make %s", new_path);
}

/* The database gets its name last: where it is, it is whole. */
void bench_store_make(const char *path, const char *service, int persons)
{
    char part[2048], keys[4096];
    if (access(path, F_OK) == 0)
        return;
    snprintf(part, sizeof part, "%s.part", path);
    snprintf(keys, sizeof keys, "%s.keys", part);
    unlink(part);
    unlink(keys);
    fprintf(stderr, "making a store with %d applications\n", persons * BENCH_EACH);
    make_frame(part, service);
    fill_mass(part, persons);
    move_file(part, path, ".keys");
    move_file(part, path, "");
}

/* ---- reading it ---- */

static void read_persons(sqlite3 *db, edu_id *persons)
{
    sqlite3_stmt *statement = bench_prepare(db, "SELECT person_id FROM pupil");
    uint64_t random = 1;
    for (size_t i = 0; i < BENCH_PERSONS; i++) {
        if (sqlite3_step(statement) != SQLITE_ROW)
            bench_fail("the store lacks persons");
        /* Each takes the place of a random one before it: a fair shuffle. */
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        size_t at = (size_t)((random >> 33) % (i + 1));
        persons[i] = persons[at];
        memcpy(persons[at].bytes, sqlite3_column_blob(statement, 0), sizeof persons[at].bytes);
    }
    sqlite3_finalize(statement);
}

void bench_facts_read(const char *path, bench_facts *out)
{
    sqlite3 *db = open_database(path);
    edu_id sittings[SITTINGS];
    read_sittings(db, sittings);
    memcpy(out->sittings, sittings + BENCH_EACH, sizeof out->sittings);
    read_persons(db, out->persons);
    sqlite3_stmt *clerk = bench_prepare(db, "SELECT person_id FROM account");
    if (sqlite3_step(clerk) != SQLITE_ROW)
        bench_fail("the store lacks its clerk");
    memcpy(out->clerk.bytes, sqlite3_column_blob(clerk, 0), sizeof out->clerk.bytes);
    sqlite3_finalize(clerk);
    sqlite3_close(db);
}
