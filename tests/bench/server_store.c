#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 64

static PGconn *connect_to(const char *address)
{
    PGconn *on = PQconnectdb(address);
    if (PQstatus(on) != CONNECTION_OK)
        bench_fail("%s", PQerrorMessage(on));
    return on;
}

static PGresult *ask(PGconn *on, const char *sql, ExecStatusType wanted)
{
    PGresult *result = PQexec(on, sql);
    if (PQresultStatus(result) != wanted)
        bench_fail("%s: %s", sql, PQerrorMessage(on));
    return result;
}

void server_run(const char *address, const char *sql)
{
    PGconn *on = connect_to(address);
    PQclear(ask(on, sql, PGRES_COMMAND_OK));
    PQfinish(on);
}

int64_t server_count(const char *address, const char *table)
{
    char sql[128];
    PGconn *on = connect_to(address);
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", table);
    PGresult *result = ask(on, sql, PGRES_TUPLES_OK);
    int64_t count = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    PQfinish(on);
    return count;
}

void server_database(const char *address, const char *name, char *out, size_t room)
{
    const char *place = strstr(address, "/postgres?");
    if (place == NULL)
        bench_fail("the server's address does not name the database postgres");
    snprintf(out, room, "%.*s/%s?%s", (int)(place - address), address, name, place + 10);
}

/* ---- rows ---- */

/* In the text form of COPY. */
static void write_value(FILE *out, sqlite3_stmt *from, int column, bool is_id)
{
    const unsigned char *bytes = sqlite3_column_blob(from, column);
    int size = sqlite3_column_bytes(from, column);
    switch (sqlite3_column_type(from, column)) {
    case SQLITE_NULL:
        fputs("\\N", out);
        break;
    case SQLITE_INTEGER:
        fprintf(out, "%lld", sqlite3_column_int64(from, column));
        break;
    case SQLITE_BLOB:
        if (!is_id)
            fputs("\\\\x", out);
        for (int i = 0; i < size; i++)
            fprintf(out, "%02x", bytes[i]);
        break;
    default:
        for (int i = 0; i < size; i++)
            if (strchr("\\\t\n\r", bytes[i]))
                fprintf(out, "\\%c",
                        bytes[i] == '\t'   ? 't'
                        : bytes[i] == '\n' ? 'n'
                        : bytes[i] == '\r' ? 'r'
                                           : '\\');
            else
                fputc(bytes[i], out);
    }
}

static void copy_rows(PGconn *on, sqlite3_stmt *rows, const bool is_id[COLUMNS_MAX])
{
    char *line = NULL;
    size_t size = 0;
    while (sqlite3_step(rows) == SQLITE_ROW) {
        FILE *out = open_memstream(&line, &size);
        for (int column = 0; column < sqlite3_column_count(rows); column++) {
            if (column > 0)
                fputc('\t', out);
            write_value(out, rows, column, is_id[column]);
        }
        fputc('\n', out);
        fclose(out);
        if (PQputCopyData(on, line, (int)size) != 1)
            bench_fail("%s", PQerrorMessage(on));
        free(line);
        line = NULL;
    }
}

static void copy_table(PGconn *on, sqlite3 *from, const char *table)
{
    char sql[4096], list[3500] = "";
    bool is_id[COLUMNS_MAX] = {false};
    snprintf(sql, sizeof sql,
             "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = '%s'"
             " AND table_schema = 'public' ORDER BY ordinal_position",
             table);
    PGresult *columns = ask(on, sql, PGRES_TUPLES_OK);
    for (int i = 0; i < PQntuples(columns); i++) {
        size_t at = strlen(list);
        snprintf(list + at, sizeof list - at, "%s%s", i > 0 ? ", " : "", PQgetvalue(columns, i, 0));
        is_id[i] = strcmp(PQgetvalue(columns, i, 1), "uuid") == 0;
    }
    PQclear(columns);
    snprintf(sql, sizeof sql, "SELECT %s FROM %s", list, table);
    sqlite3_stmt *rows = bench_prepare(from, sql);
    snprintf(sql, sizeof sql, "COPY %s (%s) FROM STDIN", table, list);
    PQclear(ask(on, sql, PGRES_COPY_IN));
    copy_rows(on, rows, is_id);
    PGresult *end = PQputCopyEnd(on, NULL) == 1 ? PQgetResult(on) : NULL;
    if (PQresultStatus(end) != PGRES_COMMAND_OK)
        bench_fail("%s: %s", table, PQerrorMessage(on));
    PQclear(end);
    PQclear(PQgetResult(on));
    sqlite3_finalize(rows);
}

void server_fill(const char *address, const char *sqlite_path)
{
    PGconn *on = connect_to(address);
    sqlite3 *from = bench_open(sqlite_path);
    PQclear(ask(on, "SET session_replication_role = replica", PGRES_COMMAND_OK));
    PGresult *tables = ask(on,
                           "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND"
                           " tablename <> 'schema_version'",
                           PGRES_TUPLES_OK);
    for (int i = 0; i < PQntuples(tables); i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "DELETE FROM %s", PQgetvalue(tables, i, 0));
        PQclear(ask(on, sql, PGRES_COMMAND_OK));
        copy_table(on, from, PQgetvalue(tables, i, 0));
    }
    PQclear(tables);
    PQclear(ask(on, "VACUUM ANALYZE", PGRES_COMMAND_OK));
    PQclear(ask(on, "CHECKPOINT", PGRES_COMMAND_OK));
    PQfinish(on);
    sqlite3_close(from);
}
