/* The floor: what a registration and a cabinet's page cost in bare SQLite, without questions asked.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include "bench.h"

enum { APPLICATION, EVENT, NOTIFICATION, ENTRY, COMMAND, TABLES };

/* ?1 person, ?2 application, ?3 sitting, ?4 now, ?5 hash, ?6 clerk, ?7 notification, ?8 key */
static const char *const inserts[TABLES] = {
    [APPLICATION] = "INSERT INTO application (person_id, id, service, service_version, subject_id,"
                    " state, is_open, version, created, changed, head, is_private,"
                    " number)"
                    " VALUES (?1, ?2, 'olympiad', 1, ?3, 'registered', 1, 1, ?4, ?4, ?5, 0,"
                    " 'A-' || hex(substr(?2, 1, 10)))",
    [EVENT] = "INSERT INTO event (person_id, application_id, sequence, at, action, state, actor_id,"
              " actor_kind, data, hash, is_internal)"
              " VALUES (?1, ?2, 1, ?4, 'register', 'registered', ?6, 'clerk', '{}', ?5, 0)",
    [NOTIFICATION] = "INSERT INTO notification (person_id, id, at, service, service_version,"
                     " template, data, application_id, is_read)"
                     " VALUES (?1, ?7, ?4, 'olympiad', 1, 'registered', '{}', ?2, 0)",
    [ENTRY] = "INSERT INTO entry (person_id, application_id, season_id, sitting_id, institution,"
              " grade, is_step_free, sort_name, is_open, is_invited, created)"
              " SELECT ?1, ?2, t.season_id, t.id, p.institution, p.grade, p.is_step_free,"
              " p.sort_name, 1, 0, ?4 FROM pupil p, sitting t WHERE p.person_id = ?1 AND t.id = ?3",
    [COMMAND] = "INSERT INTO command (actor_id, key, request, result, at)"
                " VALUES (?6, ?8, ?5, ?2, ?4)",
};

static const char cabinet[] =
    "SELECT a.id, a.service, a.service_version, a.subject_id, a.state, a.is_open, a.version,"
    " a.created, a.changed, p.given, p.family, s.title"
    " FROM application a JOIN person p ON p.id = a.person_id"
    " LEFT JOIN subject s ON s.id = a.subject_id"
    " WHERE a.person_id = ?1 ORDER BY a.id DESC LIMIT 51";

typedef struct waiting waiting;
struct waiting {
    waiting *next;
    const edu_id *person, *sitting;
    bool is_done;
};

struct bench_peer {
    sqlite3 *db;
    sqlite3_stmt *into[TABLES], *cabinet, *begin, *commit;
    edu_id clerk;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    waiting *first, **last;
    bool has_leader;
};

/* ---- shared with store.c ---- */

sqlite3_stmt *bench_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        bench_fail("%s", sqlite3_errmsg(db));
    return statement;
}

void bench_execute(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        bench_fail("%s", sqlite3_errmsg(db));
}

void bench_bind_id(sqlite3_stmt *statement, int at, const edu_id *id)
{
    sqlite3_bind_blob(statement, at, id->bytes, sizeof id->bytes, SQLITE_TRANSIENT);
}

void bench_run(sqlite3 *db, sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE)
        bench_fail("%s", sqlite3_errmsg(db));
    sqlite3_reset(statement);
}

/* ---- opening ---- */

sqlite3 *bench_open(const char *path)
{
    sqlite3 *db;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        bench_fail("cannot open %s", path);
    bench_execute(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                      "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
                      "PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824;"
                      "PRAGMA wal_autocheckpoint = 10000");
    return db;
}

bench_peer *bench_peer_open(const char *path, const bench_facts *facts)
{
    bench_peer *peer = calloc(1, sizeof *peer);
    if (peer == NULL)
        bench_fail("no memory");
    peer->db = bench_open(path);
    for (int table = 0; table < TABLES; table++)
        peer->into[table] = bench_prepare(peer->db, inserts[table]);
    peer->cabinet = bench_prepare(peer->db, cabinet);
    peer->begin = bench_prepare(peer->db, "BEGIN IMMEDIATE");
    peer->commit = bench_prepare(peer->db, "COMMIT");
    peer->clerk = facts->clerk;
    peer->last = &peer->first;
    pthread_mutex_init(&peer->mutex, NULL);
    pthread_cond_init(&peer->changed, NULL);
    return peer;
}

void bench_peer_close(bench_peer *peer)
{
    for (int table = 0; table < TABLES; table++)
        sqlite3_finalize(peer->into[table]);
    sqlite3_finalize(peer->cabinet);
    sqlite3_finalize(peer->begin);
    sqlite3_finalize(peer->commit);
    sqlite3_close(peer->db);
    pthread_mutex_destroy(&peer->mutex);
    pthread_cond_destroy(&peer->changed);
    free(peer);
}

/* ---- registering ---- */

/* As long as what the library hashes: the start of the chain, then the event. */
static void chain_hash(const edu_id *person, const edu_id *application, unsigned char hash[32])
{
    unsigned char text[160] = {0};
    memcpy(text, person->bytes, sizeof person->bytes);
    memcpy(text + 16, application->bytes, sizeof application->bytes);
    crypto_hash_sha256(hash, text, 128);
    memcpy(text, hash, 32);
    crypto_hash_sha256(hash, text, sizeof text);
}

static void insert_rows(bench_peer *peer, const edu_id *person, const edu_id *sitting)
{
    edu_time now = bench_now();
    edu_id application = bench_id(now), notification = bench_id(now);
    unsigned char hash[32];
    char key[EDU_ID_TEXT];
    chain_hash(person, &application, hash);
    edu_id_format(application, key);
    for (int table = 0; table < TABLES; table++) {
        sqlite3_stmt *into = peer->into[table];
        bench_bind_id(into, 1, person);
        bench_bind_id(into, 2, &application);
        bench_bind_id(into, 3, sitting);
        sqlite3_bind_int64(into, 4, now);
        sqlite3_bind_blob(into, 5, hash, sizeof hash, SQLITE_TRANSIENT);
        bench_bind_id(into, 6, &peer->clerk);
        bench_bind_id(into, 7, &notification);
        sqlite3_bind_text(into, 8, key, -1, SQLITE_TRANSIENT);
        bench_run(peer->db, into);
    }
}

void bench_peer_submit(bench_peer *peer, const edu_id *person, const edu_id *sitting)
{
    bench_run(peer->db, peer->begin);
    insert_rows(peer, person, sitting);
    bench_run(peer->db, peer->commit);
}

/* ---- registering together ---- */

static void commit_all(bench_peer *peer, const waiting *batch)
{
    bench_run(peer->db, peer->begin);
    for (; batch; batch = batch->next)
        insert_rows(peer, batch->person, batch->sitting);
    bench_run(peer->db, peer->commit);
}

/* The mutex is held on entry and on return. */
static void lead(bench_peer *peer)
{
    waiting *batch = peer->first;
    peer->first = NULL;
    peer->last = &peer->first;
    peer->has_leader = true;
    pthread_mutex_unlock(&peer->mutex);
    commit_all(peer, batch);
    pthread_mutex_lock(&peer->mutex);
    peer->has_leader = false;
    while (batch) {
        waiting *next = batch->next;
        batch->is_done = true;
        batch = next;
    }
    pthread_cond_broadcast(&peer->changed);
}

void bench_peer_submit_grouped(bench_peer *peer, const edu_id *person, const edu_id *sitting)
{
    waiting own = {NULL, person, sitting, false};
    pthread_mutex_lock(&peer->mutex);
    *peer->last = &own;
    peer->last = &own.next;
    while (!own.is_done) {
        if (peer->has_leader)
            pthread_cond_wait(&peer->changed, &peer->mutex);
        else
            lead(peer);
    }
    pthread_mutex_unlock(&peer->mutex);
}

/* ---- reading ---- */

int bench_peer_cabinet(bench_peer *peer, const edu_id *person)
{
    char *texts[51][4];
    int64_t numbers[51][5];
    int count = 0;
    bench_bind_id(peer->cabinet, 1, person);
    while (sqlite3_step(peer->cabinet) == SQLITE_ROW) {
        static const int text_columns[] = {1, 4, 9, 10}, number_columns[] = {2, 5, 6, 7, 8};
        for (int i = 0; i < 4; i++)
            texts[count][i] =
                strdup((const char *)sqlite3_column_text(peer->cabinet, text_columns[i]));
        for (int i = 0; i < 5; i++)
            numbers[count][i] = sqlite3_column_int64(peer->cabinet, number_columns[i]);
        count++;
    }
    sqlite3_reset(peer->cabinet);
    for (int row = 0; row < count; row++) {
        if (numbers[row][0] != 1)
            bench_fail("the store holds what was not put there");
        for (int i = 0; i < 4; i++)
            free(texts[row][i]);
    }
    return count;
}
