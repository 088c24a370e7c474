#include "databases.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libpq-fe.h>

#define BASE_DATABASE "/postgres?"

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "databases: %s: %s\n", what, why);
    exit(1);
}

static const char *base(void)
{
    const char *address = getenv("EDU_TEST_POSTGRESQL");
    if (address == NULL || strstr(address, BASE_DATABASE) == NULL)
        give_up("EDU_TEST_POSTGRESQL", "start a cluster with tests/postgresql/cluster first");
    return address;
}

static void ignore(void *context, const char *message)
{
    (void)context;
    (void)message;
}

static void run_at(const char *address, const char *sql, char *out, size_t room)
{
    PGconn *on = PQconnectdb(address);
    PQsetNoticeProcessor(on, ignore, NULL);
    PGresult *result = PQexec(on, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        give_up(sql, PQerrorMessage(on));
    if (out != NULL)
        snprintf(out, room, "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(on);
}

void db_run(const char *sql, char *out, size_t room)
{
    run_at(base(), sql, out, room);
}

#define COUNTS_MAX 16384

char *db_counts(const char *address)
{
    char *counts = malloc(COUNTS_MAX);
    if (counts == NULL)
        give_up("memory", "out of it");
    run_at(address,
           "SELECT string_agg(tablename || ' ' || (xpath('//n/text()', query_to_xml(format("
           "'SELECT count(*) AS n FROM %I', tablename), false, true, '')))[1]::text, ', ' ORDER BY "
           "tablename) FROM pg_tables WHERE schemaname = 'public'",
           counts, COUNTS_MAX);
    return counts;
}

/* Of all tables but the migrator's; references are not looked at. */
#define EACH_TABLE(what)                                                                           \
    "DO $$ DECLARE one record; BEGIN SET LOCAL session_replication_role = replica;"                \
    " FOR one IN SELECT tablename AS t FROM pg_tables WHERE schemaname = 'public' AND"             \
    " tablename <> 'schema_version' LOOP " what " END LOOP; END $$"

void db_empty(const char *address)
{
    run_at(address, EACH_TABLE("EXECUTE format('DELETE FROM public.%I', one.t);"), NULL, 0);
}

/* From now on it is noted which tables anybody writes to. */
void db_keep(const char *address)
{
    run_at(address,
           "DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept;"
           "CREATE TABLE kept.written_tables (t text NOT NULL);"
           "CREATE FUNCTION kept.note() RETURNS trigger LANGUAGE plpgsql AS"
           " 'BEGIN INSERT INTO kept.written_tables VALUES (TG_TABLE_NAME); RETURN NULL; END'",
           NULL, 0);
    run_at(address,
           EACH_TABLE("EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', one.t, one.t);"
                      "EXECUTE format('CREATE TRIGGER kept AFTER INSERT OR UPDATE OR DELETE ON"
                      " public.%I FOR EACH STATEMENT EXECUTE FUNCTION kept.note()', one.t);"),
           NULL, 0);
}

void db_put_back(const char *address)
{
    run_at(address,
           "DO $$ DECLARE one record; BEGIN SET LOCAL session_replication_role = replica;"
           " FOR one IN SELECT DISTINCT t FROM kept.written_tables LOOP"
           " EXECUTE format('DELETE FROM public.%I', one.t);"
           " EXECUTE format('INSERT INTO public.%I TABLE kept.%I', one.t, one.t);"
           " END LOOP; DELETE FROM kept.written_tables; END $$",
           NULL, 0);
}

/* FNV-1a */
static uint32_t hash(const char *text)
{
    uint32_t value = 2166136261u;
    for (; *text != '\0'; text++)
        value = (value ^ (unsigned char)*text) * 16777619u;
    return value;
}

void db_address(const char *folder, const char *name, char *out, size_t room)
{
    char database[32], sql[200], found[8];
    const char *address = base(), *place = strstr(address, BASE_DATABASE);
    snprintf(database, sizeof database, "t%08x_%08x", hash(folder), hash(name));
    snprintf(sql, sizeof sql, "SELECT 1 FROM pg_database WHERE datname = '%s'", database);
    db_run(sql, found, sizeof found);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8'", database);
    if (found[0] == '\0')
        db_run(sql, NULL, 0);
    snprintf(out, room, "%.*s/%s?%s", (int)(place - address), address, database,
             place + strlen(BASE_DATABASE));
}

void db_drop(const char *folder)
{
    char sql[200], database[32];
    for (;;) {
        snprintf(sql, sizeof sql, "SELECT datname FROM pg_database WHERE datname LIKE 't%08x\\_%%'",
                 hash(folder));
        db_run(sql, database, sizeof database);
        if (database[0] == '\0')
            return;
        snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", database);
        db_run(sql, NULL, 0);
    }
}

void db_end_connections(const char *address)
{
    char sql[200];
    const char *end = strchr(address, '?');
    const char *name = end;
    while (name > address && name[-1] != '/')
        name--;
    snprintf(sql, sizeof sql,
             "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '%.*s'",
             (int)(end - name), name);
    db_run(sql, NULL, 0);
}

void db_vacuum(const char *address)
{
    run_at(address, "VACUUM ANALYZE", NULL, 0);
}

db_lock *db_lock_table(const char *address, const char *table)
{
    char sql[100];
    PGconn *on = PQconnectdb(address);
    snprintf(sql, sizeof sql, "BEGIN; LOCK TABLE %s IN EXCLUSIVE MODE", table);
    PGresult *result = PQexec(on, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        give_up(sql, PQerrorMessage(on));
    PQclear(result);
    return on;
}

void db_unlock(db_lock *lock)
{
    PQfinish(lock);
}
