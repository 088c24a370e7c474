#include "results_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#define BATCH 200
#define RECORD_BYTES 1150
#define CODE_BYTES 300

static const char base32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

typedef struct row {
    edu_id person, application;
    int total, place;
} row;

struct results_peer {
    sqlite3 *db;
    edu_id season;
    row *rows;
    size_t count;
    unsigned char key[crypto_sign_SECRETKEYBYTES];
    char record[RECORD_BYTES + 1];
};

/* x to the power of i in GF(32), for the check character: see docs/formats.md. */
void results_number(const unsigned char bits[10], char out[RESULTS_NUMBER])
{
    unsigned check = 0;
    for (int i = 0; i < 16; i++) {
        unsigned value = 0;
        for (int b = 0; b < 5; b++) {
            int at = i * 5 + b;
            value = value << 1 | (bits[at / 8] >> (7 - at % 8) & 1);
        }
        out[i] = base32[value];
        for (int p = 0; p <= i; p++)
            value = (value << 1) ^ (value & 16 ? 37 : 0);
        check ^= value;
    }
    out[16] = base32[check];
    out[17] = '\0';
}

static int digit(char c)
{
    return (int)(strchr(base32, c) - base32);
}

static void bits_of(const char *number, unsigned char bits[10])
{
    memset(bits, 0, 10);
    for (int i = 0; i < 16; i++)
        for (int b = 0; b < 5; b++)
            if (digit(number[i]) >> (4 - b) & 1)
                bits[(i * 5 + b) / 8] |= (unsigned char)(0x80 >> (i * 5 + b) % 8);
}

results_peer *results_peer_open(const char *path, const edu_id *season, const char *rules)
{
    results_peer *peer = calloc(1, sizeof *peer);
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    if (peer == NULL)
        bench_fail("no memory");
    peer->db = bench_open(path);
    peer->season = *season;
    peer->rows = calloc(RESULTS_COUNT, sizeof *peer->rows);
    memset(peer->record, 'r', RECORD_BYTES);
    (void)crypto_sign_keypair(public_key, peer->key);
    sqlite3_stmt *marking =
        bench_prepare(peer->db, "INSERT INTO marking (season_id, rules, state, is_waiting, changed)"
                                " VALUES (?1, ?2, 'open', 0, 0)");
    bench_bind_id(marking, 1, season);
    sqlite3_bind_text(marking, 2, rules, -1, SQLITE_STATIC);
    bench_run(peer->db, marking);
    sqlite3_finalize(marking);
    return peer;
}

void results_peer_close(results_peer *peer)
{
    sqlite3_close(peer->db);
    free(peer->rows);
    free(peer);
}

/* ---- importing ---- */

static void import_row(results_peer *peer, sqlite3_stmt *find, sqlite3_stmt *add, const char *line)
{
    char number[RESULTS_NUMBER], points[64], text[64];
    unsigned char bits[10];
    int p[5];
    row *to = &peer->rows[peer->count++];
    /* sscanf measures its text to the end each time. */
    (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(line, "\n"), line);
    if (sscanf(text, "%17[^,],%d,%d,%d,%d,%d", number, &p[0], &p[1], &p[2], &p[3], &p[4]) != 6)
        bench_fail("a line of the file is not of its form");
    bits_of(number, bits);
    sqlite3_bind_blob(find, 1, bits, sizeof bits, SQLITE_STATIC);
    bench_bind_id(find, 2, &peer->season);
    if (sqlite3_step(find) != SQLITE_ROW)
        bench_fail("a slip is not found");
    memcpy(to->person.bytes, sqlite3_column_blob(find, 0), sizeof to->person.bytes);
    memcpy(to->application.bytes, sqlite3_column_blob(find, 1), sizeof to->application.bytes);
    to->total = p[0] + p[1] + p[2] + p[3] + p[4];
    snprintf(points, sizeof points, "[%d,%d,%d,%d,%d]", p[0], p[1], p[2], p[3], p[4]);
    bench_bind_id(add, 1, &to->person);
    bench_bind_id(add, 2, &peer->season);
    bench_bind_id(add, 3, &to->application);
    sqlite3_bind_text(add, 4, number, -1, SQLITE_STATIC);
    sqlite3_bind_value(add, 5, sqlite3_column_value(find, 2));
    sqlite3_bind_value(add, 6, sqlite3_column_value(find, 3));
    sqlite3_bind_text(add, 7, points, -1, SQLITE_STATIC);
    sqlite3_bind_int(add, 8, to->total);
    bench_run(peer->db, add);
    sqlite3_reset(find);
}

void results_peer_import(results_peer *peer, const char *csv)
{
    sqlite3_stmt *find = bench_prepare(
        peer->db,
        "SELECT x.person_id, x.application_id, e.institution, i.region FROM claim c JOIN seat x ON"
        " x.person_id = c.owner AND x.slip = c.value JOIN sitting t ON t.id = x.sitting_id AND"
        " t.season_id = ?2 JOIN entry e ON e.person_id = x.person_id AND e.application_id ="
        " x.application_id JOIN institution i ON i.code = e.institution WHERE c.kind = 'document'"
        " AND c.value = ?1");
    sqlite3_stmt *add = bench_prepare(
        peer->db,
        "INSERT INTO result (person_id, season_id, application_id, number, institution, region,"
        " grade, is_absent, is_counted, points, total, division, place, overall, award, advances,"
        " is_told, version, changed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 9, 0, 1, ?7, ?8, '',"
        " 1000000000, 0, NULL, 0, 0, 1, 0)");
    bench_execute(peer->db, "BEGIN IMMEDIATE");
    for (csv = strchr(csv, '\n') + 1; *csv != '\0'; csv = strchr(csv, '\n') + 1)
        import_row(peer, find, add, csv);
    bench_execute(peer->db, "COMMIT");
    sqlite3_finalize(find);
    sqlite3_finalize(add);
}

/* ---- ranking ---- */

static int compare(const void *a, const void *b)
{
    const row *left = a, *right = b;
    return right->total - left->total;
}

static int compare_persons(const void *a, const void *b)
{
    return memcmp(&((const row *)a)->person, &((const row *)b)->person, sizeof(edu_id));
}

void results_peer_rank(results_peer *peer)
{
    sqlite3_stmt *set = bench_prepare(peer->db, "UPDATE result SET place = ?3, overall = ?3, award"
                                                " = ?4 WHERE person_id = ?1 AND season_id = ?2");
    qsort(peer->rows, peer->count, sizeof *peer->rows, compare);
    bench_execute(peer->db, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < peer->count; i++) {
        row *at = &peer->rows[i];
        at->place = i > 0 && at[-1].total == at->total ? at[-1].place : (int)i + 1;
        bench_bind_id(set, 1, &at->person);
        bench_bind_id(set, 2, &peer->season);
        sqlite3_bind_int(set, 3, at->place);
        sqlite3_bind_text(set, 4, i < peer->count / 10 ? "gold" : NULL, -1, SQLITE_STATIC);
        bench_run(peer->db, set);
    }
    bench_execute(peer->db, "COMMIT");
    /* What follows goes through the store in its order. */
    qsort(peer->rows, peer->count, sizeof *peer->rows, compare_persons);
    sqlite3_finalize(set);
}

/* ---- publishing: state, event, message, mail, mark ---- */

enum { MOVE, EVENT, NOTE, MAIL, TOLD, STEPS };

static void publish_row(results_peer *peer, sqlite3_stmt *steps[STEPS], const row *of)
{
    unsigned char hash[32];
    crypto_hash_sha256(hash, (const unsigned char *)peer->record, 300);
    edu_id id = bench_id(bench_now());
    for (int step = 0; step < STEPS; step++) {
        bench_bind_id(steps[step], 1, &of->person);
        bench_bind_id(steps[step], 2, step == TOLD ? &peer->season : &of->application);
        if (step == MOVE || step == EVENT)
            sqlite3_bind_blob(steps[step], 3, hash, sizeof hash, SQLITE_TRANSIENT);
        else if (step == NOTE || step == MAIL)
            bench_bind_id(steps[step], 3, &id);
        bench_run(peer->db, steps[step]);
    }
}

void results_peer_publish(results_peer *peer)
{
    static const char *const sql[STEPS] = {
        [MOVE] = "UPDATE application SET state = 'scored', version = version + 1, changed = 1,"
                 " head = ?3 WHERE person_id = ?1 AND id = ?2 AND version = 1",
        [EVENT] = "INSERT INTO event (person_id, application_id, sequence, at, action, state,"
                  " actor_id, actor_kind, data, hash, is_internal) VALUES (?1, ?2, 2, 1, 'result',"
                  " 'scored', NULL, 'system', '{}', ?3, 0)",
        [NOTE] = "INSERT INTO notification (person_id, id, at, service, service_version, template,"
                 " data, application_id, is_read) VALUES (?1, ?3, 1, 'olympiad', 1, 'result', '{}',"
                 " ?2, 0)",
        [MAIL] = "INSERT INTO outbox (id, person_id, channel, service, service_version, template,"
                 " language, data, sealed, attempts, next_at, is_waiting) SELECT ?3, ?1, 'mail',"
                 " 'olympiad', 1, 'result', '', '{}', NULL, 0, 1, 1 WHERE ?2 IS NOT NULL",
        [TOLD] = "UPDATE result SET is_told = 1 WHERE person_id = ?1 AND season_id = ?2"};
    sqlite3_stmt *steps[STEPS];
    for (int step = 0; step < STEPS; step++)
        steps[step] = bench_prepare(peer->db, sql[step]);
    for (size_t first = 0; first < peer->count; first += BATCH) {
        bench_execute(peer->db, "BEGIN IMMEDIATE");
        for (size_t i = first; i < first + BATCH && i < peer->count; i++)
            publish_row(peer, steps, &peer->rows[i]);
        bench_execute(peer->db, "COMMIT");
    }
    for (int step = 0; step < STEPS; step++)
        sqlite3_finalize(steps[step]);
}

/* ---- certificates: four hashes, two signatures, three statements ---- */

static void issue_row(results_peer *peer, sqlite3_stmt *facts, sqlite3_stmt *claim,
                      sqlite3_stmt *add, const row *of)
{
    unsigned char bits[10], hash[32], signature[crypto_sign_BYTES];
    char number[RESULTS_NUMBER];
    bench_bind_id(facts, 1, &of->person);
    bench_bind_id(facts, 2, &peer->season);
    if (sqlite3_step(facts) != SQLITE_ROW)
        bench_fail("a result is not found");
    sqlite3_reset(facts);
    for (int i = 0; i < 4; i++)
        crypto_hash_sha256(hash, (const unsigned char *)peer->record, RECORD_BYTES - 250);
    (void)crypto_sign_detached(signature, NULL, hash, sizeof hash, peer->key);
    (void)crypto_sign_detached(signature, NULL, (const unsigned char *)peer->record, 230,
                               peer->key);
    randombytes_buf(bits, sizeof bits);
    results_number(bits, number);
    sqlite3_bind_blob(claim, 1, bits, sizeof bits, SQLITE_STATIC);
    bench_bind_id(claim, 2, &of->person);
    bench_run(peer->db, claim);
    bench_bind_id(add, 1, &of->person);
    sqlite3_bind_text(add, 2, number, -1, SQLITE_STATIC);
    bench_bind_id(add, 3, &peer->season);
    sqlite3_bind_blob(add, 4, hash, sizeof hash, SQLITE_STATIC);
    sqlite3_bind_text(add, 5, peer->record, RECORD_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(add, 6, peer->record, CODE_BYTES, SQLITE_STATIC);
    bench_run(peer->db, add);
}

void results_peer_issue(results_peer *peer)
{
    bench_execute(peer->db, "INSERT INTO status_list (list, size, is_open) SELECT 1, 131072, 1"
                            " WHERE NOT EXISTS (SELECT 1 FROM status_list)");
    sqlite3_stmt *facts = bench_prepare(
        peer->db, "SELECT p.given, p.family, r.total FROM result r JOIN person p ON p.id ="
                  " r.person_id WHERE r.person_id = ?1 AND r.season_id = ?2");
    sqlite3_stmt *claim = bench_prepare(
        peer->db, "INSERT INTO claim (kind, value, owner) VALUES ('document', ?1, ?2)");
    sqlite3_stmt *add = bench_prepare(
        peer->db,
        "INSERT INTO certificate (person_id, number, type, source_id, title, content_hash,"
        " record, code, key_id, issued, status_list, status_index, is_current, is_latest,"
        " is_reason_public) VALUES (?1, ?2,"
        " 'olympiad.certificate', ?3, '{\"en\":\"Mathematics\"}', ?4, ?5, ?6,"
        " '0123456789abcdef', 1, 1, abs(random()) % 131072, 1, 1, 1)");
    for (size_t first = 0; first < peer->count; first += BATCH) {
        bench_execute(peer->db, "BEGIN IMMEDIATE");
        for (size_t i = first; i < first + BATCH && i < peer->count; i++)
            issue_row(peer, facts, claim, add, &peer->rows[i]);
        bench_execute(peer->db, "COMMIT");
    }
    sqlite3_finalize(facts);
    sqlite3_finalize(claim);
    sqlite3_finalize(add);
}
