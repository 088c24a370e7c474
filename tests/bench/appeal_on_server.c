/* Lives of appeals in bare libpq: the statements of a step in one pipeline with one
 * synchronisation, so nothing is waited for on the way. */
#include "appeal_bench.h"

#include <endian.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "appeal_statements_postgresql.h"

#define LIFE_TEXT(name) &name,
static const peer_statement *const all[] = {LIFE_STATEMENTS(LIFE_TEXT)};

struct server_lives {
    PGconn *on;
    int sent; /* statements since the last synchronisation */
};

/* ---- opening ---- */

static void prepare(PGconn *on, const char *name, const char *sql, int count, const Oid *types)
{
    PGresult *result = PQprepare(on, name, sql, count, types);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        bench_fail("%s: %s", name, PQerrorMessage(on));
    PQclear(result);
}

server_lives *server_lives_open(const char *address)
{
    server_lives *made = calloc(1, sizeof *made);
    if (made == NULL)
        bench_fail("no memory");
    made->on = PQconnectdb(address);
    if (PQstatus(made->on) != CONNECTION_OK)
        bench_fail("%s", PQerrorMessage(made->on));
    PQclear(PQexec(made->on, "SET client_min_messages = error"));
    for (int i = 0; i < LIFE_COUNT; i++)
        prepare(made->on, all[i]->name, all[i]->sql, all[i]->count, all[i]->types);
    prepare(made->on, "begin_write", "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE", 0, NULL);
    prepare(made->on, "begin_read", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", 0, NULL);
    prepare(made->on, "commit", "COMMIT", 0, NULL);
    prepare(made->on, "rollback", "ROLLBACK", 0, NULL);
    PQenterPipelineMode(made->on);
    return made;
}

void server_lives_close(server_lives *on)
{
    PQfinish(on->on);
    free(on);
}

/* ---- statements ---- */

static void send_plain(server_lives *on, const char *name)
{
    if (!PQsendQueryPrepared(on->on, name, 0, NULL, NULL, NULL, 1))
        bench_fail("%s", PQerrorMessage(on->on));
    on->sent++;
}

static void run(void *to, int statement, const life_values *values)
{
    server_lives *on = to;
    const char *data[PARAMETERS_MAX];
    int sizes[PARAMETERS_MAX], formats[PARAMETERS_MAX];
    uint64_t large[PARAMETERS_MAX];
    uint16_t small[PARAMETERS_MAX];
    for (int i = 0; i < values->count; i++) {
        const struct life_value *value = &values->of[i];
        bool is_number = !value->is_null && value->data == NULL;
        bool is_small = all[statement]->types[i] == 21;
        large[i] = htobe64((uint64_t)value->number);
        small[i] = htobe16((uint16_t)value->number);
        formats[i] = 1;
        data[i] = !is_number ? value->data
                  : is_small ? (const char *)&small[i]
                             : (const char *)&large[i];
        sizes[i] = !is_number ? (int)value->size : is_small ? 2 : 8;
    }
    if (!PQsendQueryPrepared(on->on, all[statement]->name, values->count, data, sizes, formats, 1))
        bench_fail("%s", PQerrorMessage(on->on));
    on->sent++;
}

/* The server undid it in favour of another connection's. */
static bool is_undone(const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return sqlstate != NULL && strcmp(sqlstate, "40001") == 0;
}

static bool is_good(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
}

/* False where it must be sent again. */
static bool finish(server_lives *on)
{
    bool undone = false;
    if (!PQpipelineSync(on->on))
        bench_fail("%s", PQerrorMessage(on->on));
    for (int i = 0; i < on->sent; i++) {
        PGresult *result = PQgetResult(on->on);
        undone = undone || is_undone(result);
        if (!is_good(result) && !undone)
            bench_fail("%s", PQresultErrorMessage(result));
        PQclear(result);
        PQclear(PQgetResult(on->on));
    }
    PQclear(PQgetResult(on->on));
    on->sent = 0;
    return !undone;
}

/* ---- operations ---- */

static bool try_step(server_lives *on, const life *one, int step)
{
    life_engine to = {run, on};
    send_plain(on, "begin_write");
    life_step(one, step, &to);
    send_plain(on, "commit");
    return finish(on);
}

void server_lives_step(server_lives *on, const life *one, int step)
{
    while (!try_step(on, one, step)) {
        send_plain(on, "rollback");
        (void)finish(on);
    }
}

void server_lives_read(server_lives *on, const life *one)
{
    life_engine to = {run, on};
    send_plain(on, "begin_read");
    life_read(one, &to);
    send_plain(on, "commit");
    (void)finish(on);
}
