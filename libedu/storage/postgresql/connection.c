#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "storage/postgresql/postgresql_internal.h"

#define CONNECT_TIMEOUT_S "10"

static const char *const control_names[EI_PG_CONTROLS] = {
    [EI_PG_BEGIN_READ] = "begin_read",
    [EI_PG_BEGIN_WRITE] = "begin_write",
    [EI_PG_COMMIT] = "commit",
    [EI_PG_ROLLBACK] = "rollback",
    [EI_PG_PART] = "part",
    [EI_PG_RELEASE_PART] = "release_part",
    [EI_PG_UNDO_PART] = "undo_part",
};

/* A write is serialisable: whatever a command looked at holds until its commit, as where writers
 * take turns. A read sees one snapshot. */
static const char *const control_texts[EI_PG_CONTROLS] = {
    [EI_PG_BEGIN_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    [EI_PG_BEGIN_WRITE] = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE",
    [EI_PG_COMMIT] = "COMMIT",
    [EI_PG_ROLLBACK] = "ROLLBACK",
    [EI_PG_PART] = "SAVEPOINT part",
    [EI_PG_RELEASE_PART] = "RELEASE SAVEPOINT part",
    [EI_PG_UNDO_PART] = "ROLLBACK TO SAVEPOINT part",
};

/* ---- opening ---- */

/* What the address may have set by itself is left alone, but for what durability needs. */
static const char settings[] = "SELECT set_config('statement_timeout', '60s', false)"
                               " WHERE current_setting('statement_timeout') = '0';"
                               "SELECT set_config('synchronous_commit', 'on', false)"
                               " WHERE current_setting('synchronous_commit') = 'off';"
                               "SELECT set_config('client_min_messages', 'error', false)";

static void ignore_notice(void *context, const char *message)
{
    (void)context;
    (void)message;
}

static edu_status bad_address(edu_error *error, const char *reason)
{
    return ei_fail(error, EDU_E_INVALID, "storage.address", "/store",
                   "the address of the database is not of its form: %.*s",
                   (int)strcspn(reason, "\n"), reason);
}

static bool is_given(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val != NULL;
    return false;
}

/* The address, and what it leaves open. A later value of a keyword counts before an earlier one. */
static edu_status connect_to(const char *address, PGconn **out, edu_error *error)
{
    const char *keywords[8] = {"dbname", "client_encoding", "fallback_application_name"};
    const char *values[8] = {address, "UTF8", "libedu"};
    int count = 3;
    char *reason = NULL;
    PQconninfoOption *options = PQconninfoParse(address, &reason);
    if (options == NULL) {
        edu_status status = reason != NULL ? bad_address(error, reason) : ei_no_memory(error);
        PQfreemem(reason);
        return status;
    }
    if (!is_given(options, "target_session_attrs")) {
        keywords[count] = "target_session_attrs";
        values[count++] = "read-write";
    }
    if (!is_given(options, "connect_timeout")) {
        keywords[count] = "connect_timeout";
        values[count++] = CONNECT_TIMEOUT_S;
    }
    PQconninfoFree(options);
    *out = PQconnectdbParams(keywords, values, 1);
    return *out != NULL ? EDU_OK : ei_no_memory(error);
}

static bool prepare_controls(connection *on)
{
    for (int i = 0; i < EI_PG_CONTROLS; i++)
        if (!PQsendPrepare(on->pg, control_names[i], control_texts[i], 0, NULL))
            return false;
    on->pending = EI_PG_CONTROLS;
    return true;
}

static edu_status configure(connection *on, edu_error *error)
{
    fate how;
    if (PQstatus(on->pg) != CONNECTION_OK)
        return ei_pg_lost_error(on->pg, error);
    PQsetNoticeProcessor(on->pg, ignore_notice, NULL);
    if (strcmp(PQparameterStatus(on->pg, "server_encoding"), "UTF8") != 0)
        return ei_fail(error, EDU_E_UNSUPPORTED, "storage.encoding", "/store",
                       "the database is not in UTF-8: make it with ENCODING 'UTF8'");
    EI_TRY(ei_pg_execute(on, settings, &how, error));
    if (!PQenterPipelineMode(on->pg) || !prepare_controls(on))
        return ei_pg_lost_error(on->pg, error);
    return ei_pg_wait(on, NULL, &how, error);
}

edu_status ei_pg_connect(const char *address, size_t cache_size, connection *out, edu_error *error)
{
    *out = (connection){.cache = ei_calloc(cache_size, sizeof(prepared)), .cache_size = cache_size};
    if (out->cache == NULL)
        return ei_no_memory(error);
    memset(out->preparing, 0xff, sizeof out->preparing);
    edu_status status = connect_to(address, &out->pg, error);
    if (status == EDU_OK)
        status = configure(out, error);
    if (status != EDU_OK)
        ei_pg_disconnect(out);
    return status;
}

void ei_pg_disconnect(connection *on)
{
    PQfinish(on->pg);
    ei_free(on->cache);
    *on = (connection){0};
}

void ei_pg_abandon(connection *on)
{
    if (on->pg != NULL)
        close(PQsocket(on->pg));
    ei_free(on->cache);
    *on = (connection){0};
}

bool ei_pg_is_open(const connection *on)
{
    return on->pg != NULL && !on->is_broken && PQstatus(on->pg) == CONNECTION_OK;
}

/* ---- the pipeline ---- */

/* Answers that nobody has waited for yet, such as to the end of a read. */
static bool catch_up(connection *on)
{
    fate how = EI_PG_FINE;
    return !on->is_synchronised || (ei_pg_wait(on, NULL, &how, NULL), how != EI_PG_LOST);
}

/* Room for so many more statements before the next synchronisation. */
static bool has_room(connection *on, int count)
{
    return catch_up(on) && on->pending + count <= EI_PG_PENDING_MAX;
}

static bool count_sent(connection *on, int sent, int32_t preparing)
{
    if (!sent)
        return false;
    on->preparing[on->pending++] = preparing;
    return true;
}

bool ei_pg_send_control(connection *on, control which)
{
    return has_room(on, 1) &&
           count_sent(on, PQsendQueryPrepared(on->pg, control_names[which], 0, NULL, NULL, NULL, 1),
                      -1);
}

static prepared *find_prepared(connection *on, const edu_statement *statement)
{
    prepared *at = statement->index < on->cache_size ? &on->cache[statement->index] : NULL;
    if (at != NULL && at->name != NULL && strcmp(at->name, statement->name) != 0)
        return NULL;
    return at;
}

static bool send_unprepared(connection *on, const edu_statement *statement, const parameters *given,
                            const Oid *types)
{
    return count_sent(on,
                      PQsendQueryParams(on->pg, statement->sql[1], statement->parameters, types,
                                        given->values, given->lengths, given->formats, 1),
                      -1);
}

bool ei_pg_send(connection *on, const edu_statement *statement, const edu_value *values)
{
    parameters given;
    Oid types[EI_PG_PARAMETERS_MAX];
    if (!has_room(on, 2))
        return false;
    prepared *known = find_prepared(on, statement);
    ei_pg_bind(statement, values, &given);
    if (known == NULL || !known->is_there)
        ei_pg_types(statement, types);
    if (known == NULL)
        return send_unprepared(on, statement, &given, types);
    if (!known->is_there) {
        known->name = statement->name;
        known->is_there = true;
        if (!count_sent(on,
                        PQsendPrepare(on->pg, statement->name, statement->sql[1],
                                      statement->parameters, types),
                        statement->index))
            return false;
    }
    return count_sent(on,
                      PQsendQueryPrepared(on->pg, statement->name, statement->parameters,
                                          given.values, given.lengths, given.formats, 1),
                      -1);
}

bool ei_pg_push(connection *on)
{
    on->is_synchronised = PQpipelineSync(on->pg) == 1;
    return on->is_synchronised;
}

/* ---- answers ---- */

/* The answer to one statement: libpq gives it, then nothing. */
static PGresult *next_answer(connection *on)
{
    PGresult *result = PQgetResult(on->pg);
    if (result != NULL && PQresultStatus(result) != PGRES_PIPELINE_SYNC)
        PQclear(PQgetResult(on->pg));
    return result;
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* libpq's own failures have no code: what was written did not arrive, even where libpq still takes
 * the connection for good. */
static bool is_from_server(const PGresult *result)
{
    return PQresultErrorField(result, PG_DIAG_SQLSTATE) != NULL;
}

/* What was skipped behind a failure has no failure of its own. */
static edu_status note_answer(connection *on, int at, const PGresult *result, fate *out,
                              edu_error *error)
{
    int32_t preparing = on->preparing[at];
    on->preparing[at] = -1;
    if (is_good(result))
        return EDU_OK;
    if (preparing >= 0)
        on->cache[preparing].is_there = false;
    if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED || *out != EI_PG_FINE)
        return EDU_OK;
    if (!is_from_server(result)) {
        *out = EI_PG_LOST;
        return ei_pg_lost_error(on->pg, error);
    }
    return ei_pg_result_error(result, out, error);
}

static edu_status lost(connection *on, fate *out, edu_error *error)
{
    if (*out == EI_PG_FINE || *out == EI_PG_AGAIN)
        ei_pg_lost_error(on->pg, error);
    *out = EI_PG_LOST;
    on->pending = 0;
    on->is_synchronised = false;
    return EDU_E_STORAGE;
}

edu_status ei_pg_wait(connection *on, PGresult **last, fate *out, edu_error *error)
{
    edu_status status = EDU_OK;
    PGresult *kept = NULL;
    *out = EI_PG_FINE;
    if (last != NULL)
        *last = NULL;
    if (!on->is_synchronised && !ei_pg_push(on))
        return lost(on, out, error);
    for (int i = 0; i < on->pending; i++) {
        PQclear(kept);
        kept = next_answer(on);
        if (kept == NULL)
            return lost(on, out, error);
        edu_status noted = note_answer(on, i, kept, out, error);
        status = status == EDU_OK ? noted : status;
    }
    PGresult *synchronised = next_answer(on);
    bool is_whole = PQresultStatus(synchronised) == PGRES_PIPELINE_SYNC;
    PQclear(synchronised);
    if (!is_whole) {
        PQclear(kept);
        return lost(on, out, error);
    }
    on->pending = 0;
    on->is_synchronised = false;
    if (last != NULL && status == EDU_OK)
        *last = kept;
    else
        PQclear(kept);
    return status;
}

edu_status ei_pg_execute(connection *on, const char *sql, fate *out, edu_error *error)
{
    bool was_pipeline = PQpipelineStatus(on->pg) != PQ_PIPELINE_OFF;
    *out = EI_PG_FINE;
    if (was_pipeline && (!catch_up(on) || !PQexitPipelineMode(on->pg)))
        return lost(on, out, error);
    PGresult *result = PQexec(on->pg, sql);
    edu_status status = EDU_OK;
    if (!is_good(result))
        status =
            is_from_server(result) ? ei_pg_result_error(result, out, error) : lost(on, out, error);
    PQclear(result);
    if (was_pipeline && ei_pg_is_open(on))
        (void)PQenterPipelineMode(on->pg);
    return status;
}
