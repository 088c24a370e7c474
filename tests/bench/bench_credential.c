/* What a signed paper costs: signing and checking the message of a QR code, against bare libsodium
 * on the same bytes; and issuing on SQLite, a thousand in a transaction that is on the disk,
 * against bare sqlite3 with the same rows, hashes and signatures. Prints one JSON object a line.
 *
 *   bench_credential FOLDER [NAME…]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sodium.h>
#include "bench.h"
#include "results_peer.h"
#include "credential/credential.h"
#include "domain/certificate/certificate_store.h"

#define ROUNDS 5
#define CALLS 2000
#define BATCH 1000
#define BATCHES 10

static bool is_wanted(int count, char **names, const char *name)
{
    bool is_there = count == 0;
    for (int i = 0; i < count; i++)
        is_there |= strcmp(names[i], name) == 0;
    return is_there;
}

static void print_row(const char *name, const char *unit, const char *peer,
                      double values[2][ROUNDS])
{
    double value = bench_median(values[0], ROUNDS), other = bench_median(values[1], ROUNDS);
    printf("{\"bench\":\"%s\",\"value\":%.1f,\"unit\":\"%s\",\"peer\":\"%s\","
           "\"peer_value\":%.1f,\"ratio\":%.3f}\n",
           name, value, unit, peer, other, value / other);
}

/* ---- one message ---- */

typedef struct message {
    ei_signer signer;
    ei_claims claims;
    ei_buffer payload, signed_bytes; /* the latter: what the signature is over */
    char *text, *keys;
    uint8_t signature[EI_SIGNATURE];
} message;

static void check(edu_status status, const char *what)
{
    if (status != EDU_OK)
        bench_fail("%s: %s", what, edu_status_name(status));
}

/* The Sig_structure of RFC 9052 around the payload, by hand. */
static void write_signed(message *m, edu_bytes header)
{
    const uint8_t start[] = {0x84, 0x6a}, none[] = {0x40};
    uint8_t length[3] = {0x58, (uint8_t)header.size};
    ei_buffer *out = &m->signed_bytes;
    ei_buffer_add(out, start, 2);
    ei_buffer_add(out, "Signature1", 10);
    length[0] = (uint8_t)(0x40 + header.size);
    ei_buffer_add(out, length, 1);
    ei_buffer_add(out, header.data, header.size);
    ei_buffer_add(out, none, 1);
    length[0] = m->payload.size > 255 ? 0x59 : 0x58;
    length[1] = (uint8_t)(m->payload.size > 255 ? m->payload.size >> 8 : m->payload.size);
    length[2] = (uint8_t)m->payload.size;
    ei_buffer_add(out, length, m->payload.size > 255 ? 3 : 2);
    ei_buffer_add(out, m->payload.data, m->payload.size);
}

static void make_message(message *m)
{
    static uint8_t seed[EI_SEED] = {7};
    ei_buffer text = {0}, cose = {0};
    ei_cose parts;
    char x[EI_KEY_TEXT];
    m->signer = ei_signer_of_seed(seed);
    m->claims = (ei_claims){.host = "portal.edu.az",
                            .type = "reference.higher_student",
                            .issued = 1795600000,
                            .has_expiry = true,
                            .expires = 1811200000,
                            .place = {1, 77001},
                            .count = 4,
                            .has_hash = true,
                            .fields = {{"holder", "Aysel Kamran qızı Məmmədova"},
                                       {"institution", "Bakı Dövlət Universiteti"},
                                       {"programme", "Riyaziyyat"},
                                       {"state", "təhsil alır"}}};
    check(ei_claims_encode(&m->claims, &m->payload, NULL), "claims");
    check(ei_qr_text(&m->signer, &m->claims, 0, &text, NULL), "text");
    check(ei_cose_sign(&m->signer, (edu_bytes){m->payload.data, m->payload.size}, &cose, NULL),
          "cose");
    if (!ei_cose_read((edu_bytes){cose.data, cose.size}, &parts))
        bench_fail("the message is not read");
    write_signed(m, parts.protected_header);
    memcpy(m->signature, parts.signature, sizeof m->signature);
    if (crypto_sign_verify_detached(m->signature, (uint8_t *)m->signed_bytes.data,
                                    m->signed_bytes.size, m->signer.public_key) != 0)
        bench_fail("the bytes by hand are not those that are signed");
    m->text = text.data;
    ei_key_format(m->signer.public_key, x);
    json_t *set =
        json_pack("{s:[{s:s,s:s,s:s,s:s,s:s,s:s}]}", "keys", "kty", "OKP", "crv", "Ed25519", "use",
                  "sig", "alg", "EdDSA", "kid", m->signer.key_id, "x", x);
    m->keys = json_dumps(set, JSON_COMPACT);
    json_decref(set);
    ei_buffer_free(&cose);
}

static double sign_ours(const message *m)
{
    double start = bench_seconds();
    for (int i = 0; i < CALLS; i++) {
        ei_buffer out = {0};
        check(ei_cose_sign(&m->signer, (edu_bytes){m->payload.data, m->payload.size}, &out, NULL),
              "sign");
        ei_buffer_free(&out);
    }
    return CALLS / (bench_seconds() - start);
}

static double sign_bare(const message *m)
{
    uint8_t signature[crypto_sign_BYTES];
    double start = bench_seconds();
    for (int i = 0; i < CALLS; i++)
        (void)crypto_sign_detached(signature, NULL, (uint8_t *)m->signed_bytes.data,
                                   m->signed_bytes.size, m->signer.secret);
    return CALLS / (bench_seconds() - start);
}

/* From the text of the code to the verdict, the key set parsed each time. */
static double verify_ours(const message *m)
{
    double start = bench_seconds();
    for (int i = 0; i < CALLS; i++) {
        edu_verdict *verdict = NULL;
        check(edu_verify(m->text, m->keys, &verdict, NULL), "verify");
        if (strcmp(verdict->status, "status_unknown") != 0)
            bench_fail("%s", verdict->status);
        edu_free(verdict);
    }
    return CALLS / (bench_seconds() - start);
}

static double verify_bare(const message *m)
{
    double start = bench_seconds();
    for (int i = 0; i < CALLS; i++)
        if (crypto_sign_verify_detached(m->signature, (uint8_t *)m->signed_bytes.data,
                                        m->signed_bytes.size, m->signer.public_key) != 0)
            bench_fail("a signature does not hold");
    return CALLS / (bench_seconds() - start);
}

static void compare(const char *name, const message *m, double (*ours)(const message *),
                    double (*bare)(const message *))
{
    double values[2][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        values[0][round] = ours(m);
        values[1][round] = bare(m);
    }
    print_row(name, "per second", "bare libsodium", values);
}

/* ---- issuing ---- */

typedef struct batch {
    int first;
    char holder[64];
} batch;

static edu_id person_of(int at)
{
    edu_id id = {{1, 0x8f, 0, 0, 0, 0, 0x70, 0, 0x80}};
    uint64_t mixed = (uint64_t)(at + 1) * UINT64_C(0x9e3779b97f4a7c15);
    memcpy(id.bytes + 9, &mixed, 7);
    return id;
}

static edu_status issue_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    batch *work = command->context;
    for (int i = 0; i < BATCH; i++) {
        bool issued;
        snprintf(work->holder, sizeof work->holder, "Aysel Kamran qızı Məmmədova %d",
                 work->first + i);
        const ei_certificate_spec spec = {
            .person_id = person_of(work->first + i),
            .source_id = person_of(-2),
            .type = "reference.higher_student",
            .title = "{\"az\":\"Ali təhsil barədə arayış\",\"en\":\"Reference of studies\"}",
            .source = "higher_student",
            .holder = work->holder,
            .name = "Ali təhsil müəssisəsində təhsil alması barədə arayış",
            .description = "Aysel Kamran qızı Məmmədova həqiqətən Bakı Dövlət Universitetində "
                           "«Riyaziyyat» ixtisası üzrə təhsil alır.",
            .criteria = "Ali təhsil",
            .expires = command->now + INT64_C(15552000) * 1000000,
            .result_count = 4,
            .results = {{"institution", "Müəssisə", "Bakı Dövlət Universiteti", "Result"},
                        {"programme", "İxtisas", "Riyaziyyat", "Result"},
                        {"year", "Kurs", "2", "Result"},
                        {"state", "Vəziyyət", "təhsil alır", "Result"}},
            .claim_count = 4,
            .claims = {{"holder", work->holder},
                       {"institution", "Bakı Dövlət Universiteti"},
                       {"programme", "Riyaziyyat"},
                       {"state", "təhsil alır"}}};
        EI_TRY(ei_certificate_issue(command, tx, &spec, &issued, error));
        if (!issued)
            bench_fail("a certificate was there before");
    }
    return EDU_OK;
}

static double issue_ours(const char *path)
{
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal = bench_portal_open(path, true);
    edu_session *session;
    bench_check(edu_session_operator(portal, &session, &error), &error, "operator");
    double start = bench_seconds();
    for (int i = 0; i < BATCHES; i++) {
        batch work = {.first = i * BATCH};
        ei_command command = {
            .session = session, .name = "bench.issue", .run = issue_run, .context = &work};
        bench_check(ei_command_run(&command, &error), &error, "issue");
    }
    double spent = bench_seconds() - start;
    edu_session_close(session);
    edu_portal_close(portal);
    return BATCH * BATCHES / spent;
}

/* Sizes as the library's rows have them. */
typedef struct sizes {
    int record, code;
} sizes;

static sizes sizes_of(sqlite3 *db)
{
    sqlite3_stmt *ask =
        bench_prepare(db, "SELECT length(CAST(record AS BLOB)), length(code) FROM certificate");
    if (sqlite3_step(ask) != SQLITE_ROW)
        bench_fail("nothing was issued");
    sizes out = {sqlite3_column_int(ask, 0), sqlite3_column_int(ask, 1)};
    sqlite3_finalize(ask);
    return out;
}

enum { LATEST, KEY, LIST, PLACE, DOCUMENT, ADD, STEPS };

static void peer_one(sqlite3 *db, sqlite3_stmt *steps[STEPS], const edu_id *person,
                     const edu_id *source, sizes size, const unsigned char *secret)
{
    static char record[8192];
    unsigned char bits[10], place[8] = {0, 0, 0, 1}, hash[32], signature[crypto_sign_BYTES];
    char number[RESULTS_NUMBER];
    memset(record, 'r', (size_t)size.record);
    bench_bind_id(steps[LATEST], 1, person);
    bench_bind_id(steps[LATEST], 2, source);
    for (int step = LATEST; step <= LIST; step++) {
        if (sqlite3_step(steps[step]) == SQLITE_ERROR)
            bench_fail("%s", sqlite3_errmsg(db));
        sqlite3_reset(steps[step]);
    }
    for (int i = 0; i < 4; i++)
        crypto_hash_sha256(hash, (unsigned char *)record, (size_t)size.record);
    (void)crypto_sign_detached(signature, NULL, (unsigned char *)record, 64, secret);
    (void)crypto_sign_detached(signature, NULL, (unsigned char *)record, (size_t)size.code, secret);
    randombytes_buf(bits, sizeof bits);
    results_number(bits, number);
    uint32_t index = randombytes_uniform(131072);
    for (int i = 0; i < 4; i++)
        place[4 + i] = (unsigned char)(index >> (24 - 8 * i));
    sqlite3_bind_blob(steps[PLACE], 1, place, sizeof place, SQLITE_STATIC);
    sqlite3_bind_blob(steps[DOCUMENT], 1, bits, sizeof bits, SQLITE_STATIC);
    bench_bind_id(steps[PLACE], 2, person);
    bench_bind_id(steps[DOCUMENT], 2, person);
    bench_run(db, steps[PLACE]);
    bench_run(db, steps[DOCUMENT]);
    bench_bind_id(steps[ADD], 1, person);
    sqlite3_bind_text(steps[ADD], 2, number, -1, SQLITE_STATIC);
    bench_bind_id(steps[ADD], 3, source);
    sqlite3_bind_blob(steps[ADD], 4, hash, sizeof hash, SQLITE_STATIC);
    sqlite3_bind_text(steps[ADD], 5, record, size.record, SQLITE_STATIC);
    sqlite3_bind_blob(steps[ADD], 6, record, size.code, SQLITE_STATIC);
    sqlite3_bind_int(steps[ADD], 7, (int)index);
    bench_run(db, steps[ADD]);
}

static double issue_bare(const char *path, sizes size)
{
    static const char *const sql[STEPS] = {
        [LATEST] = "SELECT number, content_hash FROM certificate WHERE person_id = ?1 AND type ="
                   " 'reference.higher_student' AND source_id = ?2 AND is_latest = 1",
        [KEY] = "SELECT kid, public_key, sealed_secret, since FROM signing_key WHERE is_current = 1",
        [LIST] = "SELECT list, size FROM status_list WHERE is_open = 1",
        [PLACE] = "INSERT INTO claim (kind, value, owner) VALUES ('status', ?1, ?2)"
                  " ON CONFLICT (kind, value) DO NOTHING",
        [DOCUMENT] = "INSERT INTO claim (kind, value, owner) VALUES ('document', ?1, ?2)",
        [ADD] = "INSERT INTO certificate (person_id, number, type, source_id, title, content_hash,"
                " record, code, key_id, issued, expires, status_list, status_index, is_current,"
                " is_latest, is_reason_public) VALUES (?1, ?2, 'reference.higher_student', ?3,"
                " '{\"az\":\"Ali təhsil barədə arayış\",\"en\":\"Reference of studies\"}', ?4, ?5,"
                " ?6, '0123456789abcdef', 1, 2, 1, ?7, 1, 1, 1)"};
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    sqlite3_stmt *steps[STEPS];
    crypto_sign_keypair(public_key, secret);
    edu_portal_close(bench_portal_open(path, true)); /* its schema, and no more */
    sqlite3 *db = bench_open(path);
    bench_execute(db, "INSERT INTO status_list (list, size, is_open) VALUES (1, 131072, 1)");
    for (int step = 0; step < STEPS; step++)
        steps[step] = bench_prepare(db, sql[step]);
    edu_id source = person_of(-2);
    double start = bench_seconds();
    for (int i = 0; i < BATCHES * BATCH; i++) {
        edu_id person = person_of(i);
        if (i % BATCH == 0)
            bench_execute(db, "BEGIN IMMEDIATE");
        peer_one(db, steps, &person, &source, size, secret);
        if (i % BATCH == BATCH - 1)
            bench_execute(db, "COMMIT");
    }
    double spent = bench_seconds() - start;
    for (int step = 0; step < STEPS; step++)
        sqlite3_finalize(steps[step]);
    sqlite3_close(db);
    return BATCH * BATCHES / spent;
}

static void remove_store(const char *path)
{
    static const char *const parts[] = {"", "-wal", "-shm", ".keys", ".lock"};
    char part[4096];
    for (size_t i = 0; i < EI_COUNT(parts); i++) {
        snprintf(part, sizeof part, "%s%s", path, parts[i]);
        unlink(part);
    }
}

static void issue(const char *name, const char *folder)
{
    char path[2048];
    double values[2][ROUNDS];
    snprintf(path, sizeof path, "%s/credential.db", folder);
    for (int round = 0; round < ROUNDS; round++) {
        remove_store(path);
        values[0][round] = issue_ours(path);
        sqlite3 *db = bench_open(path);
        sizes size = sizes_of(db);
        sqlite3_close(db);
        remove_store(path);
        values[1][round] = issue_bare(path, size);
    }
    remove_store(path);
    print_row(name, "certificates per second", "bare sqlite3 and libsodium", values);
}

int main(int argc, char **argv)
{
    static const char sign[] = "credential.sign", verify[] = "credential.verify_qr",
                      issuing[] = "credential.issue.sqlite";
    static message m;
    if (argc < 2)
        bench_fail("usage: bench_credential FOLDER [NAME...]");
    int count = argc - 2;
    char **names = argv + 2;
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], sign) != 0 && strcmp(names[i], verify) != 0 &&
            strcmp(names[i], issuing) != 0)
            bench_fail("there is no row %s", names[i]);
    umask(077);
    if (sodium_init() < 0)
        bench_fail("libsodium does not start");
    make_message(&m);
    if (is_wanted(count, names, sign))
        compare(sign, &m, sign_ours, sign_bare);
    if (is_wanted(count, names, verify))
        compare(verify, &m, verify_ours, verify_bare);
    if (is_wanted(count, names, issuing))
        issue(issuing, argv[1]);
    ei_buffer_free(&m.payload);
    ei_buffer_free(&m.signed_bytes);
    ei_free(m.text);
    ei_free(m.keys);
    return 0;
}
