/* What the library sends to the server for one operation, sent by hand: prepared, in the pipeline,
 * with one synchronisation at the end. Nothing is looked at on the way, so nothing is waited for.
 */
#include "server.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#define PARAMETERS_MAX 16

typedef struct peer_statement {
    const char *name, *sql;
    int count;
    Oid types[PARAMETERS_MAX];
} peer_statement;

#include "peer_statements.h"

struct server_peer {
    PGconn *on;
    edu_id clerk;
    unsigned char session[32];
    int sent; /* statements since the last synchronisation */
};

/* ---- sending ---- */

typedef struct values {
    const char *data[PARAMETERS_MAX];
    int sizes[PARAMETERS_MAX], formats[PARAMETERS_MAX], count;
    uint64_t numbers[PARAMETERS_MAX];
} values;

static void put(values *to, const void *data, size_t size)
{
    to->data[to->count] = data;
    to->formats[to->count] = 1;
    to->sizes[to->count++] = (int)size;
}

static void put_id(values *to, const edu_id *id)
{
    put(to, id->bytes, sizeof id->bytes);
}

static void put_text(values *to, const char *text)
{
    put(to, text, strlen(text));
}

static void put_int(values *to, int64_t value)
{
    uint64_t large = htobe64((uint64_t)value);
    memcpy(&to->numbers[to->count], &large, sizeof large);
    put(to, &to->numbers[to->count], sizeof large);
}

static void put_bool(values *to, bool value)
{
    uint16_t small = htobe16(value);
    memcpy(&to->numbers[to->count], &small, sizeof small);
    put(to, &to->numbers[to->count], sizeof small);
}

static void send(server_peer *peer, const char *name, const values *given)
{
    static const values none;
    const values *v = given != NULL ? given : &none;
    if (!PQsendQueryPrepared(peer->on, name, v->count, v->data, v->sizes, v->formats, 1))
        bench_fail("%s", PQerrorMessage(peer->on));
    peer->sent++;
}

static bool is_good(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
}

/* The server undid it in favour of another connection's. */
static bool is_undone(const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return sqlstate != NULL && strcmp(sqlstate, "40001") == 0;
}

/* Rows of the answer to the statement of this number, from 0; -1 where it must be sent again. */
static int finish(server_peer *peer, int asked)
{
    int rows = 0;
    bool undone = false;
    if (!PQpipelineSync(peer->on))
        bench_fail("%s", PQerrorMessage(peer->on));
    for (int i = 0; i < peer->sent; i++) {
        PGresult *result = PQgetResult(peer->on);
        undone = undone || is_undone(result);
        if (!is_good(result) && !undone)
            bench_fail("%s", PQresultErrorMessage(result));
        if (i == asked)
            rows = PQntuples(result);
        PQclear(result);
        PQclear(PQgetResult(peer->on));
    }
    PQclear(PQgetResult(peer->on));
    peer->sent = 0;
    return undone ? -1 : rows;
}

/* ---- opening ---- */

static void prepare(server_peer *peer, const char *name, const char *sql, int count,
                    const Oid *types)
{
    PGresult *result = PQprepare(peer->on, name, sql, count, types);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        bench_fail("%s: %s", name, PQerrorMessage(peer->on));
    PQclear(result);
}

static const peer_statement *const all[] = {&portal_sign_in_live,        &portal_command_take,
                                            &portal_command_keep,        &olympiad_register_facts,
                                            &application_service_newest, &workflow_application_add,
                                            &workflow_event_add,         &workflow_notification_add,
                                            &olympiad_entry_add,         &application_person_seen,
                                            &application_list,           &portal_is_staff,
                                            &sitting_get,           &olympiad_entries};

server_peer *server_peer_open(const char *address, const bench_facts *facts, const void *session)
{
    server_peer *peer = calloc(1, sizeof *peer);
    if (peer == NULL)
        bench_fail("no memory");
    peer->on = PQconnectdb(address);
    if (PQstatus(peer->on) != CONNECTION_OK)
        bench_fail("%s", PQerrorMessage(peer->on));
    PQclear(PQexec(peer->on, "SET client_min_messages = error"));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        prepare(peer, all[i]->name, all[i]->sql, all[i]->count, all[i]->types);
    prepare(peer, "begin_write", "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE", 0, NULL);
    prepare(peer, "begin_read", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", 0, NULL);
    prepare(peer, "commit", "COMMIT", 0, NULL);
    prepare(peer, "rollback", "ROLLBACK", 0, NULL);
    PQenterPipelineMode(peer->on);
    peer->clerk = facts->clerk;
    memcpy(peer->session, session, sizeof peer->session);
    return peer;
}

void server_peer_close(server_peer *peer)
{
    PQfinish(peer->on);
    free(peer);
}

/* ---- operations ---- */

static void send_sign_in(server_peer *peer, edu_time now)
{
    values v = {.count = 0};
    put(&v, peer->session, sizeof peer->session);
    put_int(&v, now);
    send(peer, "portal_sign_in_live", &v);
}

static void send_reads(server_peer *peer, const edu_id *person, const edu_id *sitting)
{
    values facts = {.count = 0}, service = {.count = 0};
    put_id(&facts, &peer->clerk);
    put_id(&facts, person);
    put_id(&facts, sitting);
    send(peer, "olympiad_register_facts", &facts);
    put_text(&service, "olympiad");
    send(peer, "application_service_newest", &service);
}

static void send_application(server_peer *peer, const edu_id *person, const edu_id *application,
                             const edu_id *sitting, edu_time now, const unsigned char hash[32])
{
    values a = {.count = 0}, e = {.count = 0}, n = {.count = 0};
    edu_id notification = bench_id(now);
    char number[EDU_ID_TEXT];
    edu_id_format(*application, number);
    put_id(&a, person), put_id(&a, application), put_text(&a, "olympiad"), put_int(&a, 1);
    put_id(&a, sitting), put_text(&a, "registered"), put_bool(&a, true), put_int(&a, now);
    put(&a, hash, 32), put_bool(&a, false), put_text(&a, number);
    send(peer, "workflow_application_add", &a);
    put_id(&e, person), put_id(&e, application), put_int(&e, 1), put_int(&e, now);
    put_text(&e, "register"), put_text(&e, "registered"), put_id(&e, &peer->clerk);
    put_text(&e, "clerk"), put_text(&e, "{}"), put(&e, hash, 32), put_bool(&e, false);
    send(peer, "workflow_event_add", &e);
    put_id(&n, person), put_id(&n, &notification), put_int(&n, now), put_text(&n, "olympiad");
    put_int(&n, 1), put_text(&n, "registered"), put_text(&n, "{}"), put_id(&n, application);
    send(peer, "workflow_notification_add", &n);
}

static void send_entry(server_peer *peer, const edu_id *person, const edu_id *application,
                       const edu_id *sitting, const edu_id *season, edu_time now)
{
    values v = {.count = 0};
    put_id(&v, person), put_id(&v, application), put_id(&v, sitting), put_text(&v, "S000");
    put_int(&v, 9), put_bool(&v, false), put_text(&v, "family 000000"), put_int(&v, now);
    put_id(&v, season), put_bool(&v, false);
    send(peer, "olympiad_entry_add", &v);
}

static const edu_id *season_of(server_peer *peer, const edu_id *sitting)
{
    static _Thread_local edu_id known, season;
    if (memcmp(&known, sitting, sizeof known) != 0) {
        char text[EDU_ID_TEXT];
        const char *given[] = {text};
        edu_id_format(*sitting, text);
        PQexitPipelineMode(peer->on);
        PGresult *result = PQexecParams(peer->on, "SELECT season_id FROM sitting WHERE id = $1", 1,
                                        (Oid[]){2950}, given, NULL, NULL, 1);
        if (PQntuples(result) != 1)
            bench_fail("a sitting is missing");
        memcpy(&season, PQgetvalue(result, 0, 0), sizeof season);
        PQclear(result);
        PQenterPipelineMode(peer->on);
        known = *sitting;
    }
    return &season;
}

static bool try_submit(server_peer *peer, const edu_id *person, const edu_id *sitting)
{
    values take = {.count = 0}, keep = {.count = 0};
    edu_time now = bench_now();
    edu_id application = bench_id(now);
    unsigned char hash[32];
    char key[EDU_ID_TEXT];
    const edu_id *season = season_of(peer, sitting);
    crypto_hash_sha256(hash, application.bytes, sizeof application.bytes);
    edu_id_format(application, key);
    send(peer, "begin_write", NULL);
    send_sign_in(peer, now);
    put_id(&take, &peer->clerk), put_text(&take, key), put(&take, hash, 32), put_int(&take, now);
    send(peer, "portal_command_take", &take);
    send_reads(peer, person, sitting);
    send_application(peer, person, &application, sitting, now, hash);
    send_entry(peer, person, &application, sitting, season, now);
    put_id(&keep, &peer->clerk), put_text(&keep, key), put_id(&keep, &application);
    send(peer, "portal_command_keep", &keep);
    send(peer, "commit", NULL);
    return finish(peer, -1) == 0;
}

void server_peer_submit(server_peer *peer, const edu_id *person, const edu_id *sitting)
{
    while (!try_submit(peer, person, sitting)) {
        send(peer, "rollback", NULL);
        (void)finish(peer, -1);
    }
}

int server_peer_cabinet(server_peer *peer, const edu_id *person)
{
    values seen = {.count = 0}, list = {.count = 0};
    edu_id last;
    memset(&last, 0xff, sizeof last);
    send(peer, "begin_read", NULL);
    send_sign_in(peer, bench_now());
    put_id(&seen, &peer->clerk), put_id(&seen, person);
    send(peer, "application_person_seen", &seen);
    put_id(&list, &peer->clerk), put_id(&list, person), put_id(&list, &last), put_int(&list, 51);
    send(peer, "application_list", &list);
    send(peer, "commit", NULL);
    return finish(peer, 3);
}

int server_peer_worklist(server_peer *peer, const edu_id *sitting)
{
    static const edu_id none;
    values staff = {.count = 0}, one = {.count = 0}, list = {.count = 0};
    send(peer, "begin_read", NULL);
    send_sign_in(peer, bench_now());
    put_id(&staff, &peer->clerk);
    send(peer, "portal_is_staff", &staff);
    put_id(&one, &peer->clerk), put_id(&one, sitting);
    send(peer, "sitting_get", &one);
    put_id(&list, &peer->clerk), put_id(&list, sitting), put(&list, NULL, 0), put_text(&list, "");
    put_text(&list, ""), put_id(&list, &none), put_id(&list, &none), put_int(&list, 51);
    send(peer, "olympiad_entries", &list);
    send(peer, "commit", NULL);
    return finish(peer, 4);
}
