#include "faults/digest.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define BASIS UINT64_C(0xcbf29ce484222325)
#define PRIME UINT64_C(0x100000001b3)

static uint64_t add(uint64_t hash, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * PRIME;
    return hash;
}

static uint64_t row_hash(sqlite3_stmt *row)
{
    uint64_t hash = BASIS;
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        int type = sqlite3_column_type(row, i);
        const void *bytes = sqlite3_column_blob(row, i);
        int size = sqlite3_column_bytes(row, i);
        hash = add(hash, &type, sizeof type);
        hash = add(hash, &size, sizeof size);
        hash = add(hash, bytes, (size_t)size);
    }
    return hash;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s: %s", sql,
                  sqlite3_errmsg(db));
    return statement;
}

static void add_table(sqlite3 *db, const char *name, digest *out)
{
    char sql[200];
    uint64_t sum = 0, count = 0;
    int code;
    (void)snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", name);
    sqlite3_stmt *rows = prepare(db, sql);
    for (; (code = sqlite3_step(rows)) == SQLITE_ROW; count++)
        sum += row_hash(rows);
    ck_assert_msg(code == SQLITE_DONE, "%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_finalize(rows);
    out->rows = add(add(out->rows, name, strlen(name)), &sum, sizeof sum);
    out->counts = add(add(out->counts, name, strlen(name)), &count, sizeof count);
}

digest digest_of(sqlite3 *db)
{
    digest out = {BASIS, BASIS};
    ck_assert_int_eq(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_stmt *tables =
        prepare(db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 "
                    "ORDER BY name");
    while (sqlite3_step(tables) == SQLITE_ROW)
        add_table(db, (const char *)sqlite3_column_text(tables, 0), &out);
    sqlite3_finalize(tables);
    ck_assert_int_eq(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    return out;
}

uint64_t digest_of_table(sqlite3 *db, const char *name)
{
    digest out = {BASIS, BASIS};
    add_table(db, name, &out);
    return out.rows;
}

int64_t digest_version(sqlite3 *db)
{
    sqlite3_stmt *version = prepare(db, "PRAGMA data_version");
    ck_assert_int_eq(sqlite3_step(version), SQLITE_ROW);
    int64_t found = sqlite3_column_int64(version, 0);
    sqlite3_finalize(version);
    return found;
}

sqlite3 *digest_open(const char *path)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}
