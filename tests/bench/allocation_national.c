/* A nation's examination: a million pupils of 4,500 schools are read from a store, allocated to
 * 1,000 centres, given rooms and seats, stored as a proposal, and their transcript is signed and
 * written to a file. The peer reads and writes the same rows in bare SQLite, in transactions of the
 * same size on a copy of the same store, and does nothing else. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "allocation_rows.h"

#define INSTANCE "groups_4500x1000"
#define DAY (24 * 60 * 60 * INT64_C(1000000))
#define ROWS 20
#define COLUMNS 30
#define BATCH 1000

/* ---- the store: a frame by the library, the mass by raw SQL ---- */

static void import(edu_session *session,
                   edu_status (*run)(edu_session *, edu_bytes, const char *, edu_import_report **,
                                     edu_error *),
                   const char *csv)
{
    edu_import_report *report = NULL;
    edu_error error = EDU_ERROR_INIT;
    bench_check(run(session, (edu_bytes){csv, strlen(csv)}, NULL, &report, &error), &error,
                "import");
    edu_free(report);
}

static void make_clerk(edu_session *session, const char *number, const char *login)
{
    edu_error error = EDU_ERROR_INIT;
    edu_person *person = NULL;
    bench_check(edu_account_find(session, number, (edu_date){1980, 1, 1}, &person, &error), &error,
                "find a clerk");
    bench_check(edu_account_create(session, person->id, login, BENCH_PASSWORD, NULL, &error),
                &error, "make a clerk");
    bench_check(edu_account_grant(session, person->id, "clerk", "", "", NULL, &error), &error,
                "make a clerk");
    edu_free(person);
}

static edu_id make_season(edu_session *session, edu_id *sitting_id)
{
    edu_error error = EDU_ERROR_INIT;
    edu_id id;
    edu_season_new season = EDU_SEASON_NEW_INIT;
    season.code = "national";
    season.title = json_pack("{s:s}", "en", "Mathematics");
    season.subject = "mathematics";
    season.subject_title = json_pack("{s:s}", "en", "Mathematics");
    season.grade_from = season.grade_to = 9;
    season.opens = bench_now() - DAY;
    season.closes = bench_now() + DAY;
    bench_check(edu_olympiad_season_create(session, &season, NULL, &id, &error), &error, "season");
    edu_sitting_new sitting = EDU_SITTING_NEW_INIT;
    sitting.season_id = id;
    sitting.code = "main";
    sitting.grade_from = sitting.grade_to = 9;
    sitting.starts = season.closes + 3650 * DAY;
    sitting.minutes = 180;
    bench_check(edu_olympiad_sitting_create(session, &sitting, NULL, sitting_id, &error), &error,
                "sitting");
    bench_check(edu_olympiad_season_publish(session, id, NULL, &error), &error, "publish");
    json_decref(season.title);
    json_decref(season.subject_title);
    return id;
}

/* Rooms of 600 seats, the last of as many rows as are needed. */
static void add_rooms(sqlite3 *db, const char *centre, int64_t seats)
{
    sqlite3_stmt *room = bench_prepare(
        db, "INSERT INTO room (centre, code, row_count, column_count) VALUES (?1, ?2, ?3, ?4)");
    sqlite3_stmt *desk = bench_prepare(
        db, "INSERT INTO desk (centre, room, number, is_step_free) VALUES (?1, ?2, ?3, 0)");
    for (int number = 0; seats > 0; number++) {
        char code[16];
        snprintf(code, sizeof code, "%03d", number);
        sqlite3_bind_text(room, 1, centre, -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(room, 2, code, -1, SQLITE_TRANSIENT);
        sqlite3_bind_int(room, 3, ROWS);
        sqlite3_bind_int(room, 4, COLUMNS);
        bench_run(db, room);
        for (int d = 0; d < ROWS * COLUMNS && seats > 0; d++, seats--) {
            sqlite3_bind_text(desk, 1, centre, -1, SQLITE_TRANSIENT);
            sqlite3_bind_text(desk, 2, code, -1, SQLITE_TRANSIENT);
            sqlite3_bind_int(desk, 3, (d / COLUMNS + 1) * 100 + d % COLUMNS + 1);
            bench_run(db, desk);
        }
    }
    sqlite3_finalize(room);
    sqlite3_finalize(desk);
}

static void add_sites(sqlite3 *db, const instance *in)
{
    sqlite3_stmt *school = bench_prepare(
        db, "INSERT INTO institution (code, name, kind, region, address, latitude_e7, longitude_e7,"
            " x_m, y_m, zone) VALUES (printf('S%05d', ?1), 'School', 'school', 'BA', '', 0, 0, ?2,"
            " ?3, '')");
    sqlite3_stmt *centre = bench_prepare(
        db,
        "INSERT INTO centre (code, name, address, region, latitude_e7, longitude_e7, x_m, y_m,"
        " zone, is_active) VALUES (printf('C%05d', ?1), 'Centre', '', 'BA', 0, 0, ?2, ?3, '', 1)");
    for (size_t i = 0; i < in->place_count + in->centre_count; i++) {
        bool is_school = i < in->place_count;
        size_t number = is_school ? i : i - in->place_count;
        const instance_site *site = is_school ? &in->places[number] : &in->centres[number];
        sqlite3_stmt *into = is_school ? school : centre;
        sqlite3_bind_int64(into, 1, (int64_t)number);
        sqlite3_bind_int64(into, 2, site->x);
        sqlite3_bind_int64(into, 3, site->y);
        bench_run(db, into);
        if (!is_school) {
            char code[16];
            snprintf(code, sizeof code, "C%05zu", number);
            add_rooms(db, code, site->count);
        }
    }
    sqlite3_finalize(school);
    sqlite3_finalize(centre);
}

enum { PERSON, APPLICATION, ENTRY, TABLES };

static const char *const inserts[TABLES] = {
    [PERSON] = "INSERT INTO person (id, given, family, birth, wrapped_key, created)"
               " VALUES (?1, 'Given', 'Family', 16071, zeroblob(72), ?3)",
    [APPLICATION] =
        "INSERT INTO application (person_id, id, service, service_version, subject_id,"
        " state, is_open, version, created, changed, head, is_private, number)"
        " VALUES (?1, ?2, 'olympiad', 1, ?5, 'registered', 1, 1, ?3, ?3, zeroblob(32), 0,"
        " 'A-' || hex(substr(?2, 1, 10)))",
    [ENTRY] = "INSERT INTO entry (person_id, application_id, season_id, sitting_id, institution,"
              " grade, is_step_free, sort_name, is_open, is_invited, created)"
              " SELECT ?1, ?2, season_id, id, printf('S%05d', ?4), 9, 0, 'family', 1, 0, ?3"
              " FROM sitting WHERE id = ?5",
};

/* People of a school register at all times: their ids lie anywhere among all. */
static void add_pupils(sqlite3 *db, const instance *in, const edu_id *sitting)
{
    sqlite3_stmt *into[TABLES];
    int64_t *left = calloc(in->place_count, sizeof *left);
    edu_time at = bench_now() - 30 * DAY;
    size_t waiting = in->place_count;
    for (int table = 0; table < TABLES; table++)
        into[table] = bench_prepare(db, inserts[table]);
    for (size_t i = 0; i < in->place_count; i++) {
        left[i] = in->places[i].count;
        waiting -= left[i] == 0;
    }
    for (size_t i = 0; waiting > 0; i = (i + 1) % in->place_count) {
        if (left[i] == 0)
            continue;
        waiting -= --left[i] == 0;
        edu_id person = bench_id(at += 1000), application = bench_id(at);
        for (int table = 0; table < TABLES; table++) {
            bench_bind_id(into[table], 1, &person);
            bench_bind_id(into[table], 2, &application);
            sqlite3_bind_int64(into[table], 3, at);
            sqlite3_bind_int64(into[table], 4, (int64_t)i);
            bench_bind_id(into[table], 5, sitting);
            bench_run(db, into[table]);
        }
    }
    for (int table = 0; table < TABLES; table++)
        sqlite3_finalize(into[table]);
    free(left);
}

static edu_session *sign_in(edu_portal *portal, const char *login)
{
    edu_session *session;
    edu_error error = EDU_ERROR_INIT;
    bench_check(edu_session_sign_in(portal, login, BENCH_PASSWORD, NULL, NULL, &session, &error),
                &error, login);
    return session;
}

static void freeze(edu_portal *portal, edu_id season, edu_id sitting)
{
    edu_session *clerk = sign_in(portal, BENCH_CLERK);
    edu_error error = EDU_ERROR_INIT;
    bench_check(
        edu_olympiad_season_window(clerk, season, bench_now() - DAY, bench_now(), NULL, &error),
        &error, "the window");
    bench_check(edu_sitting_freeze(clerk, sitting, NULL, NULL, &error), &error, "the list");
    edu_session_close(clerk);
}

/* With its list frozen. */
static void make_store(const char *path, const char *service)
{
    edu_portal *portal = bench_portal_open(path, true);
    edu_session *operator_;
    edu_error error = EDU_ERROR_INIT;
    edu_id sitting;
    int32_t version;
    instance in;
    instance_make(INSTANCE, &in);
    json_t *definition = json_load_file(service, 0, NULL);
    bench_check(edu_session_operator(portal, &operator_, &error), &error, "operator");
    import(operator_, edu_account_import_regions, "code,name\nBA,Baku\n");
    import(operator_, edu_account_import_persons,
           "number,given,family,birth\nSTF0001,Clerk,Clerk,1980-01-01\nSTF0002,Clerk,Clerk,1980-01-"
           "01\n");
    make_clerk(operator_, "STF0001", BENCH_CLERK);
    make_clerk(operator_, "STF0002", "second");
    bench_check(edu_service_publish(operator_, definition, NULL, &version, &error), &error,
                service);
    edu_id season = make_season(operator_, &sitting);
    sqlite3 *db = bench_open(path);
    bench_execute(db, "PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; BEGIN");
    add_sites(db, &in);
    add_pupils(db, &in, &sitting);
    bench_execute(db, "COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(db);
    freeze(portal, season, sitting);
    edu_session_close(operator_);
    edu_portal_close(portal);
    db = bench_open(path);
    bench_execute(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(db);
    json_decref(definition);
    instance_free(&in);
}

/* ---- by the library ---- */

typedef struct clocks {
    double processor, wall;
} clocks;

static clocks clocks_now(void)
{
    return (clocks){instance_seconds(), bench_seconds()};
}

static clocks since(clocks from)
{
    clocks now = clocks_now();
    return (clocks){now.processor - from.processor, now.wall - from.wall};
}

static edu_id find_sitting(const char *path)
{
    edu_id id;
    sqlite3 *db = bench_open(path);
    sqlite3_stmt *statement = bench_prepare(db, "SELECT id FROM sitting");
    if (sqlite3_step(statement) != SQLITE_ROW)
        bench_fail("the store has no sitting");
    memcpy(id.bytes, sqlite3_column_blob(statement, 0), sizeof id.bytes);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return id;
}

static void write_transcript(edu_session *session, edu_id sitting, const char *path)
{
    FILE *file = fopen(path, "wb");
    char *cursor = NULL;
    edu_error error = EDU_ERROR_INIT;
    if (!file)
        bench_fail("cannot write %s", path);
    do {
        edu_transcript_part_page *page;
        bench_check(
            edu_sitting_transcript_parts(session, sitting, cursor, EDU_PAGE_MAX, &page, &error),
            &error, "the transcript");
        for (size_t i = 0; i < page->count; i++)
            fputs(page->items[i].text, file);
        free(cursor);
        cursor = page->next ? strdup(page->next) : NULL;
        edu_free(page);
    } while (cursor);
    if (fclose(file) != 0)
        bench_fail("cannot write %s", path);
}

/* To be signed it has to be confirmed; telling everybody is not of this row. */
static bool stop(void *context, const char *stage, int64_t done, int64_t total)
{
    return false;
}

static void confirm(edu_session *second, edu_id allocation)
{
    edu_error error = EDU_ERROR_INIT;
    edu_status status =
        edu_sitting_confirm(second, allocation, (edu_progress){stop, NULL}, NULL, &error);
    if (status != EDU_E_CANCELLED)
        bench_check(status, &error, "confirming");
}

static void check(edu_session *session, const char *path)
{
    char *keys;
    edu_transcript_report *report;
    edu_error error = EDU_ERROR_INIT;
    bench_check(edu_portal_public_keys(session, &keys, &error), &error, "the keys");
    bench_check(edu_transcript_check(path, keys, NULL, (edu_progress){NULL, NULL}, &report, &error),
                &error, "the transcript");
    fprintf(stderr, "national: %" PRId64 " pupils, %" PRId64 " m\n", report->pupils,
            report->cost_m);
    edu_free(report);
    edu_free(keys);
}

static clocks run_ours(const char *path, const char *transcript)
{
    edu_id sitting = find_sitting(path), allocation;
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal = bench_portal_open(path, false);
    edu_session *clerk = sign_in(portal, BENCH_CLERK), *second = sign_in(portal, "second");
    clocks from = clocks_now();
    bench_check(
        edu_sitting_allocate(clerk, sitting, (edu_progress){NULL, NULL}, NULL, &allocation, &error),
        &error, "the allocation");
    clocks taken = since(from);
    confirm(second, allocation);
    from = clocks_now();
    write_transcript(clerk, sitting, transcript);
    clocks more = since(from);
    check(clerk, transcript);
    edu_session_close(second);
    edu_session_close(clerk);
    edu_portal_close(portal);
    return (clocks){taken.processor + more.processor, taken.wall + more.wall};
}

/* ---- the peer ---- */

static const char *const reads[] = {
    "SELECT code, zone, x_m, y_m FROM institution ORDER BY code",
    "SELECT person_id, application_id, institution, is_step_free FROM entry WHERE is_open = 1"
    " ORDER BY institution, person_id",
    "SELECT code, zone, x_m, y_m FROM centre WHERE is_active = 1 ORDER BY code",
    "SELECT d.centre, d.room, r.row_count, r.column_count, d.number, d.is_step_free FROM room r"
    " JOIN desk d ON d.centre = r.centre AND d.room = r.code ORDER BY d.centre, d.room, d.number"};

static const char *const written[] = {"allocation",      "allocation_place",  "allocation_centre",
                                      "allocation_flow", "allocation_pupils", "seat"};

static size_t read_rows(sqlite3 *db, const char *sql)
{
    size_t bytes = 0;
    sqlite3_stmt *statement = bench_prepare(db, sql);
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int column = 0; column < sqlite3_column_count(statement); column++)
            if (sqlite3_column_type(statement, column) == SQLITE_INTEGER)
                bytes += (size_t)sqlite3_column_int64(statement, column) & 1;
            else
                bytes += (size_t)sqlite3_column_bytes(statement, column) +
                         (sqlite3_column_blob(statement, column) != NULL);
    sqlite3_finalize(statement);
    return bytes;
}

typedef struct table {
    sqlite3_value **values;
    size_t rows;
    int columns;
    const char *name;
} table;

/* As the library has left it, in memory before the clock runs. */
static table read_table(sqlite3 *db, const char *name)
{
    char sql[256];
    /* In the order of its key, which is that of the library too. */
    snprintf(sql, sizeof sql, "SELECT * FROM %s", name);
    sqlite3_stmt *statement = bench_prepare(db, sql);
    table out = {.columns = sqlite3_column_count(statement), .name = name};
    size_t room = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        if (out.rows == room) {
            room = room ? room * 2 : 1024;
            out.values = realloc(out.values, room * (size_t)out.columns * sizeof *out.values);
            if (!out.values)
                bench_fail("out of memory");
        }
        for (int column = 0; column < out.columns; column++)
            out.values[out.rows * (size_t)out.columns + (size_t)column] =
                sqlite3_value_dup(sqlite3_column_value(statement, column));
        out.rows++;
    }
    sqlite3_finalize(statement);
    return out;
}

static void free_table(table *of)
{
    for (size_t i = 0; i < of->rows * (size_t)of->columns; i++)
        sqlite3_value_free(of->values[i]);
    free(of->values);
}

static void write_table(sqlite3 *db, const table *of)
{
    char sql[512];
    int length = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?1", of->name);
    for (int column = 1; column < of->columns; column++)
        length += snprintf(sql + length, sizeof sql - (size_t)length, ", ?%d", column + 1);
    snprintf(sql + length, sizeof sql - (size_t)length, ")");
    sqlite3_stmt *into = bench_prepare(db, sql);
    for (size_t row = 0; row < of->rows; row++) {
        if (row % BATCH == 0)
            bench_execute(db, row ? "COMMIT; BEGIN IMMEDIATE" : "BEGIN IMMEDIATE");
        for (int column = 0; column < of->columns; column++)
            sqlite3_bind_value(into, column + 1,
                               of->values[row * (size_t)of->columns + (size_t)column]);
        bench_run(db, into);
    }
    if (of->rows > 0)
        bench_execute(db, "COMMIT");
    sqlite3_finalize(into);
}

static clocks run_theirs(const char *path, const char *ours)
{
    enum { WRITTEN = sizeof written / sizeof *written };
    table tables[WRITTEN];
    sqlite3 *from_ours = bench_open(ours), *db = bench_open(path);
    for (size_t i = 0; i < WRITTEN; i++)
        tables[i] = read_table(from_ours, written[i]);
    sqlite3_close(from_ours);
    clocks from = clocks_now();
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
        if (read_rows(db, reads[i]) == 0)
            bench_fail("nothing to read");
    for (size_t i = 0; i < WRITTEN; i++)
        write_table(db, &tables[i]);
    clocks taken = since(from);
    sqlite3_close(db);
    for (size_t i = 0; i < WRITTEN; i++)
        free_table(&tables[i]);
    return taken;
}

/* ---- the row ---- */

static void print_row(const char *row, const char *unit, double ours, double theirs)
{
    printf("{\"bench\":\"allocation.national%s\",\"value\":%.2f,\"unit\":\"%s\",\"peer\":\"the "
           "same rows in "
           "bare SQLite\",\"peer_value\":%.2f,\"ratio\":%.2f}\n",
           row, ours, unit, theirs, theirs / ours);
    fflush(stdout);
}

/* The database gets its name last: where it is, it is whole. */
static void move_store(const char *from, const char *to)
{
    char old_path[2100], new_path[2100];
    snprintf(old_path, sizeof old_path, "%s.keys", from);
    snprintf(new_path, sizeof new_path, "%s.keys", to);
    if (rename(old_path, new_path) != 0 || rename(from, to) != 0)
        bench_fail("cannot make %s", to);
}

void national_compare(const char *folder, const char *service)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".keys"};
    char base[2048], ours[2048], theirs[2048], transcript[2048], path[2100];
    umask(077);
    snprintf(base, sizeof base, "%s/national.db", folder);
    snprintf(ours, sizeof ours, "%s/national-ours.db", folder);
    snprintf(theirs, sizeof theirs, "%s/national-theirs.db", folder);
    snprintf(transcript, sizeof transcript, "%s/national.txt", folder);
    if (access(base, F_OK) != 0) {
        char part[2048];
        snprintf(part, sizeof part, "%s/national.part", folder);
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
            snprintf(path, sizeof path, "%s%s", part, endings[i]);
            unlink(path);
        }
        make_store(part, service);
        move_store(part, base);
    }
    bench_store_copy(base, ours);
    bench_store_copy(base, theirs);
    clocks a = run_ours(ours, transcript), b = run_theirs(theirs, ours);
    print_row("", "seconds of processor time", a.processor, b.processor);
    print_row(".wall", "seconds", a.wall, b.wall);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(path, sizeof path, "%s%s", ours, endings[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s%s", theirs, endings[i]);
        unlink(path);
    }
    unlink(transcript);
}
