/* How the engine runs the statements of appeals: by an index, also where there are many.
 *
 * The statements are those of the generated header, with their values; between them and the store
 * stands a function that asks for the plan instead. Both engines are asked with twenty thousand
 * appeals and their statistics (ANALYZE; on PostgreSQL VACUUM ANALYZE, as its own job does), so
 * that a plan by an index is the engine's own choice; SQLite without statistics too, as the library
 * does not gather them. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include "postgresql/databases.h"
#include "storage/storage.h"

static edu_status explain(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                          ei_rows *rows, edu_error *error);
#define ei_sql_rows explain
#include "appeal_sql.h"
#include "../tap.h"
#undef ei_sql_rows

#define APPEALS 20000
#define PERSONS 2000
#define YEAR (365 * INT64_C(86400) * 1000000)
#define FIRST (FX_START - 4 * YEAR) /* receipt of the first */
#define NEVER INT64_C(253402300799000000)

static char plan[16384];

static edu_status explain(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                          ei_rows *rows, edu_error *error)
{
    char text[2][8192];
    (void)snprintf(text[0], sizeof text[0], "EXPLAIN QUERY PLAN %s", statement->sql[0]);
    (void)snprintf(text[1], sizeof text[1], "EXPLAIN %s", statement->sql[1]);
    edu_statement asked = *statement;
    asked.sql[0] = text[0];
    asked.sql[1] = text[1];
    asked.index = UINT16_MAX; /* of no statement that is prepared already */
    size_t size = 0;
    bool row;
    edu_status status;
    EI_TRY(ei_sql_rows(tx, &asked, values, rows, error));
    plan[0] = '\0';
    while ((status = ei_rows_next(rows, &row, error)) == EDU_OK && row)
        size += (size_t)snprintf(plan + size, sizeof plan - size, "%s\n",
                                 ei_column_text(rows, fx_is_on_server() ? 0 : 3));
    return status;
}

/* ---- the store ---- */

/* Of a number, an id: as an expression of the engine. */
static const char *id_of(const char *number, char out[96])
{
    (void)snprintf(out, 96,
                   fx_is_on_server() ? "lpad(to_hex(%s), 32, '0')::uuid"
                                     : "CAST(printf('%%016d', %s) AS BLOB)",
                   number);
    return out;
}

static void insert(const char *table, int count, const char *values)
{
    char sql[1024]; /* as much as fx_run takes */
    int size =
        snprintf(sql, sizeof sql,
                 "INSERT INTO %s WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                 " WHERE i < %d) SELECT %s FROM n",
                 table, count, values);
    ck_assert_int_lt(size, (int)sizeof sql);
    fx_run(sql);
}

static void add_rows(void)
{
    char person[96], id[96], executor[96], values[640];
    id_of("i % 2000 + 1", person);
    id_of("i + 100000", id);
    id_of("i / 50 % 40 + 1", executor);
    char own[96];
    (void)snprintf(values, sizeof values, "%s, 'A', 'B', x'00', 0", id_of("i", own));
    insert("person (id, given, family, wrapped_key, created)", PERSONS, values);
    (void)snprintf(values, sizeof values,
                   "%s, %s, 'appeal', 1, %s, 'sent', 0, 1, 0, 0, x'00', 1, 'M-' || i", person, id,
                   id);
    insert("application (person_id, id, service, service_version, subject_id, state, is_open,"
           " version, created, changed, head, is_private, number)",
           APPEALS, values);
    /* One of fifty is open. */
    (void)snprintf(values, sizeof values,
                   "%s, %s, 2026000000000 + i, 'M', 'paper', 0, 'teaching', 'ordinary',"
                   " CASE i %% 3 WHEN 0 THEN 'BA' ELSE 'GN' END,"
                   " CASE i %% 4 WHEN 0 THEN 'schools' ELSE 'reception' END,"
                   " %s, 'assigned',"
                   " CASE i %% 50 WHEN 0 THEN 1 ELSE 0 END,"
                   " %lld + i * 6307200000, 202601, 0, 'az', 1 + i / 19000, 1, 'service', 'days', "
                   "3, 0, 0,"
                   " '[]', i, i, i, 0, 0",
                   person, id, executor, (long long)FIRST);
    insert("appeal (person_id, id, serial, number, channel, is_anonymous, category, level, region,"
           " department, executor_id, state, is_open, received, month, clock_from, calendar,"
           " calendar_version, rules_version, rule, unit, term, extra, extensions, pauses, due,"
           " very_late, next_at, rung, reopened)",
           APPEALS, values);
    (void)snprintf(values, sizeof values,
                   "%s, %s, 1, 0, 'register', 'received', 'self', '{}',"
                   " x'00', 0",
                   person, id);
    insert("event (person_id, application_id, sequence, at, action, state, actor_kind, data, hash,"
           " is_internal)",
           APPEALS, values);
    (void)snprintf(values, sizeof values, "i %% 9000, %s, %s", id, person);
    insert("appeal_band (band, appeal_id, person_id)", APPEALS, values);
    insert("appeal_words (rowid, words)", APPEALS,
           fx_is_on_server() ? "2026000000000 + i, ('w' || (i % 5000))::tsvector"
                             : "2026000000000 + i, 'w' || (i % 5000)");
}

static void setup(void)
{
    fx_setup();
    fx_run("INSERT INTO service (code, version, definition, hash, published)"
           " VALUES ('appeal', 1, '{}', x'00', 0)");
    for (int version = 1; version <= 2; version++)
        fx_run(version == 1 ? "INSERT INTO calendar (code, version, document, hash, published)"
                              " VALUES ('az', 1, '{}', x'00', 0)"
                            : "INSERT INTO calendar (code, version, document, hash, published)"
                              " VALUES ('az', 2, '{}', x'00', 0)");
    fx_run("INSERT INTO department (code, title) VALUES ('schools', '{}'), ('reception', '{}')");
    add_rows();
}

/* ---- the statements ---- */

static edu_id actor, person, appeal;

static edu_status list(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id last;
    memset(&last, 0xff, sizeof last);
    return sql_appeal_list(tx, &actor, &person, &last, 51, rows, error);
}

static edu_status get(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_get(tx, &actor, &person, &appeal, FX_START, rows, error);
}

static edu_status load(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_load(tx, &actor, &person, &appeal, FX_START, rows, error);
}

static edu_status of_executor(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_of_executor(tx, &actor, FX_START, NULL, NULL, INT64_MAX, 0, &person, &appeal,
                                  51, rows, error);
}

static edu_status of_department(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_of_department(tx, &actor, FX_START, "schools", NULL, NULL, INT64_MAX, 0,
                                    &person, &appeal, 51, rows, error);
}

static edu_status of_raised(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_of_raised(tx, &actor, FX_START, NULL, NULL, INT64_MAX, 0, &person, &appeal,
                                51, rows, error);
}

static edu_status merged_shown(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_merged_shown(tx, &actor, FX_START, &person, &appeal, &person, &appeal, 51,
                                   rows, error);
}

static edu_status by_person(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_search_person(tx, &actor, FX_START, &person, NULL, 0, NEVER, INT64_MAX, 51,
                                    rows, error);
}

static edu_status workers(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_workers(tx, "schools", FX_START, &person, 51, rows, error);
}

static edu_status of_region(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_of_region(tx, &actor, "BA", NULL, NULL, INT64_MAX, 0, &person, &appeal, 51,
                                rows, error);
}

static edu_status of_all(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_of_all(tx, &actor, NULL, NULL, INT64_MAX, 0, &person, &appeal, 51, rows,
                             error);
}

static edu_status queues(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_queues(tx, &actor, FX_START, 0, "", 51, rows, error);
}

static edu_status overdue(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_of_all(tx, &actor, "assigned", "teaching", FX_START, 0, &person, &appeal, 51,
                             rows, error);
}

static edu_status by_words(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_search_words(tx, &actor, FX_START, "w123", NULL, 0, NEVER, INT64_MAX, 51,
                                   rows, error);
}

static edu_status newest(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_search(tx, &actor, FX_START, NULL, 0, NEVER, 0, INT64_MAX, INT64_MAX, 51,
                             rows, error);
}

static edu_status by_number(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    int64_t serial = INT64_C(2026000000123);
    return sql_appeal_search(tx, &actor, FX_START, NULL, 0, NEVER, serial, serial, INT64_MAX, 51,
                             rows, error);
}

static edu_status figures(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_figures(tx, FX_START, FIRST + YEAR, FIRST + 2 * YEAR, rows, error);
}

static edu_status department_loads(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_department_loads(tx, rows, error);
}

static edu_status executor_loads(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_executor_loads(tx, rows, error);
}

static edu_status executors(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_executors(tx, "schools", FX_START, 1000, rows, error);
}

static edu_status merged(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_merged_list(tx, &person, &appeal, rows, error);
}

static edu_status ladder(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_ladder_due(tx, 5, 0, &person, &appeal, 100, rows, error);
}

static edu_status old_calendar(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_calendar_old(tx, 0, &person, &appeal, 100, rows, error);
}

static edu_status alike(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_band_find(tx, &actor, FX_START, 7, 0, 25, rows, error);
}

static edu_status of_person(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_of_person(tx, &actor, FX_START, &person, 0, 25, rows, error);
}

static edu_status by_serial(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_by_serial(tx, INT64_C(2026000000123), false, rows, error);
}

static edu_status signed_by(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id last;
    memset(&last, 0xff, sizeof last);
    return sql_appeal_signed(tx, &actor, &last, 51, rows, error);
}

static edu_status events(edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_appeal_events(tx, &person, &appeal, true, 0, 51, true, rows, error);
}

/* wanted: what the plan of SQLite, and of PostgreSQL, must have; NULL: any index. */
static const struct asked {
    const char *name;
    edu_status (*run)(edu_tx *tx, ei_rows *rows, edu_error *error);
    const char *wanted[2];
} statements[] = {
    {"list", list, {NULL, NULL}},
    {"get", get, {NULL, NULL}},
    {"load", load, {NULL, NULL}},
    {"of_executor", of_executor, {"SEARCH a USING INDEX appeal_by_executor", NULL}},
    {"of_department", of_department, {"SEARCH a USING INDEX appeal_by_department", NULL}},
    {"of_region", of_region, {"SEARCH a USING INDEX appeal_by_region", NULL}},
    {"of_raised", of_raised, {"SEARCH a USING INDEX appeal_by_raised", "appeal_by_raised"}},
    {"merged_shown", merged_shown, {"appeal_merged", "appeal_merged"}},
    {"by_person", by_person, {NULL, NULL}},
    {"workers", workers, {"COVERING INDEX appeal_by_executor", "appeal_by_executor"}},
    {"of_all", of_all, {"appeal_by_due", NULL}},
    {"overdue", overdue, {"appeal_by_due", NULL}},
    /* All that are open are those of the index. */
    {"queues", queues, {"SCAN listed USING COVERING INDEX appeal_by_due", "appeal_by_region"}},
    {"by_words", by_words, {"appeal_words VIRTUAL TABLE INDEX", "appeal_words_by_word"}},
    {"newest", newest, {NULL, NULL}},
    {"by_number", by_number, {"appeal_serial", "appeal_serial"}},
    {"figures",
     figures,
     {"SEARCH a USING COVERING INDEX appeal_by_receipt (received>? AND received<?)",
      "using appeal_by_receipt on appeal"}},
    {"department_loads",
     department_loads,
     {"COVERING INDEX appeal_by_department (department=?)", "appeal_by_department"}},
    {"executors",
     executors,
     {"SEARCH g USING COVERING INDEX role_grant_by_scope (scope=? AND code=? AND role=?)", NULL}},
    {"executor_loads",
     executor_loads,
     {"COVERING INDEX appeal_by_executor (executor_id=?)", "appeal_by_executor"}},
    {"merged", merged, {"appeal_merged (into_person_id=? AND into_id=?)", "appeal_merged"}},
    {"ladder", ladder, {"appeal_by_ladder", "appeal_by_ladder"}},
    {"old_calendar", old_calendar, {"appeal_by_calendar", NULL}},
    {"alike", alike, {NULL, NULL}},
    {"of_person", of_person, {NULL, NULL}},
    {"by_serial", by_serial, {"appeal_serial (serial=?)", "appeal_serial"}},
    {"signed_by", signed_by, {NULL, NULL}},
    {"events", events, {NULL, NULL}},
};

static edu_status ask(edu_tx *tx, void *context, edu_error *error)
{
    const struct asked *one = context;
    ei_rows rows = {tx, NULL};
    edu_status status = one->run(tx, &rows, error);
    ei_rows_close(&rows);
    return status;
}

/* Whether a line of the plan reads a whole table, or a whole index of it. */
static bool reads_all(void)
{
    static const char *const whole[2][6] = {
        {"SCAN a\n", "SCAN app\n", "SCAN a USING", "SCAN app USING", "SCAN b\n", NULL},
        {"Seq Scan on appeal ", "Seq Scan on application ", "Seq Scan on appeal_words ",
         "Seq Scan on appeal_band ", "Seq Scan on event ", NULL}};
    for (const char *const *one = whole[fx_is_on_server()]; *one; one++)
        if (strstr(plan, *one))
            return true;
    return false;
}

static void check(const struct asked *one)
{
    const char *wanted = one->wanted[fx_is_on_server()];
    /* As a write: by the connection that has gathered the statistics. */
    FX_OK(ei_store_write(fx_portal()->store, ask, (void *)(uintptr_t)one, error));
    ck_assert_msg(strlen(plan) > 0 && !reads_all(), "%s:\n%.3000s", one->name, plan);
    ck_assert_msg(!wanted || strstr(plan, wanted), "%s without %s:\n%.3000s", one->name, wanted,
                  plan);
}

START_TEST(worklists_searches_and_figures_go_by_indexes)
{
    actor = fx_person("STR0001");
    person = fx_id("SELECT person_id FROM appeal WHERE serial = 2026000000123");
    appeal = fx_id("SELECT id FROM appeal WHERE serial = 2026000000123");
    for (size_t i = 0; !fx_is_on_server() && i < EI_COUNT(statements); i++)
        check(&statements[i]);
    if (fx_is_on_server())
        db_vacuum(fx_server_store());
    else
        fx_run("ANALYZE");
    for (size_t i = 0; i < EI_COUNT(statements); i++)
        check(&statements[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("appeal_plan");
    TCase *stored = tcase_create("plans");
    tcase_set_timeout(stored, 60);
    tcase_add_checked_fixture(stored, setup, fx_teardown);
    tcase_add_test(stored, worklists_searches_and_figures_go_by_indexes);
    suite_add_tcase(suite, stored);
    return tap_run(suite);
}
