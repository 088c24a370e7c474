/* Documents, keys and bundles, good and spoilt, with the library's verdict on each:
 *
 *     cases SEED COUNT FOLDER     so many at random
 *     cases SEED bits FOLDER      a code and a record, then each with one bit changed
 *     cases SEED hostile FOLDER   signed messages that are not canonical, and deep ones
 *
 * writes FOLDER/cases (lines NOW MAX_AGE KEYS BUNDLE BASE64, as the verifiers of examples/verify
 * read them) and FOLDER/expected (a line of JSON each). */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "credential/cbor_items.h"
#include "credential/credential.h"

#define NOW INT64_C(1795514400) /* 2026-11-24T10:00:00Z */
#define MICROS INT64_C(1000000)
#define DAY 86400
#define SIGNERS 6
#define SETS 8
#define BUNDLES 40
#define PATH_ROOM 512

static uint64_t seed;
static const char *folder;
static ei_signer signers[SIGNERS];

/* ---- chance ---- */

static uint32_t below(uint32_t limit)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((seed >> 33) % limit);
}

static bool chance(uint32_t percent)
{
    return below(100) < percent;
}

static const char *one_of(const char *const *words, size_t count)
{
    return words[below((uint32_t)count)];
}
#define ONE_OF(...)                                                                                \
    one_of((const char *const[]){__VA_ARGS__},                                                     \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "cases: %s\n", what);
    exit(1);
}

static const char *host_of(void)
{
    return ONE_OF("portal.example", "portal.example", "localhost:8080", "Portal.Example",
                  "t\xc9\x99hsil.example", "a", "e-xidmet.edu.az",
                  "a-host-with-a-rather-long-name.of-a-department.of-a-ministry.example");
}

/* ---- texts in all scripts ---- */

static const char *const pieces[] = {"a",
                                     "Z",
                                     "7",
                                     " ",
                                     ".",
                                     "\xc9\x99",
                                     "\xc4\xb0",
                                     "\xc4\xb1",
                                     "\xc5\x9f",
                                     "\xc3\x96",
                                     "\xd0\x96",
                                     "\xd9\x82",
                                     "\xd7\xa9",
                                     "\xe4\xb8\xad",
                                     "\xe0\xa4\x95",
                                     "\xe1\x84\x92",
                                     "\xf0\x9f\x98\x80",
                                     "\xf0\x90\x8d\x88",
                                     "\xef\xac\xb3",
                                     "\xee\x80\x80",
                                     "\xef\xbf\xbd",
                                     "\xe2\x80\xa8",
                                     "\xcc\x81",
                                     "\"",
                                     "\\",
                                     "/",
                                     "<",
                                     "&",
                                     "\x7f",
                                     "\xc2\x85",
                                     "\n",
                                     "\t",
                                     "\x01",
                                     "\x1f",
                                     "\xef\xbb\xbf",
                                     "\xef\xbf\xbf"};

static void words(char *out, size_t most)
{
    size_t size = 0, wanted = below((uint32_t)most);
    for (;;) {
        const char *piece = one_of(pieces, chance(70) ? 12 : EI_COUNT(pieces));
        if (size + strlen(piece) >= wanted)
            break;
        size += (size_t)sprintf(out + size, "%s", piece);
    }
    out[size] = '\0';
}

static json_t *number(void)
{
    double value;
    uint64_t bits = (uint64_t)below(1u << 31) << 33 ^ (uint64_t)below(1u << 31) << 11 ^ below(4096);
    if (chance(40))
        return json_integer((json_int_t)below(1u << 31) - (1 << 30));
    if (chance(30))
        return json_real((double)below(100000) / 100 - 500);
    if (chance(20)) /* powers of two, whose neighbours are unevenly far */
        bits = (uint64_t)below(2046) << 52;
    memcpy(&value, &bits, sizeof value);
    return json_real(value - value == 0 ? value : 0);
}

static json_t *value_of(int depth)
{
    char text[120];
    uint32_t kind = below(depth > 0 ? 10 : 7);
    json_t *made;
    switch (kind) {
    case 0:
    case 1:
        return number();
    case 2:
        return chance(50) ? json_true() : json_false();
    case 3:
        return json_null();
    case 4:
        return json_stringn("a\0b", 3);
    case 7:
        made = json_array();
        for (uint32_t i = below(5); i > 0; i--)
            json_array_append_new(made, value_of(depth - 1));
        return made;
    case 8:
    case 9:
        made = json_object();
        for (uint32_t i = below(6); i > 0; i--) {
            words(text, 12);
            json_object_set_new(made, text, value_of(depth - 1));
        }
        return made;
    default:
        words(text, sizeof text);
        return json_string(text);
    }
}

/* ---- keys and bundles ---- */

static void time_text(int64_t seconds, char out[40])
{
    ei_time_format(seconds * MICROS, out);
    if (chance(20))
        (void)sprintf(out + 19, ".%0*uZ", 1 + (int)below(6), below(10));
    else if (chance(20))
        (void)sprintf(out + 19, "%c%02u:%02u", chance(50) ? '+' : '-', below(24), below(60));
}

static int64_t about_now(void)
{
    return NOW + (int64_t)below(800 * DAY) - 400 * DAY;
}

static void maybe_time(json_t *key, const char *name, uint32_t percent)
{
    char text[40];
    if (!chance(percent))
        return;
    time_text(about_now(), text);
    json_object_set_new(key, name, chance(95) ? json_string(text) : value_of(0));
}

static json_t *key_of(const ei_signer *of, bool of_set, uint32_t with_times)
{
    char x[EI_KEY_TEXT];
    ei_key_format(of->public_key, x);
    json_t *key = json_pack("{s:s,s:s}", "kid", of->key_id, "x", x);
    if (of_set)
        json_object_update_new(
            key, json_pack("{s:s,s:s}", "kty", "OKP", "crv", chance(98) ? "Ed25519" : "Ed448"));
    maybe_time(key, "from", with_times);
    maybe_time(key, "until", with_times / 2);
    maybe_time(key, "compromised", with_times / 3);
    if (chance(1))
        json_object_set_new(key, "x", json_string(ONE_OF("", "AAAA", "?")));
    return key;
}

static json_t *keys_of(bool of_set, uint32_t with_times)
{
    json_t *keys = json_array();
    for (int i = 0; i < SIGNERS; i++)
        if (chance(96))
            json_array_append_new(keys, key_of(&signers[i], of_set, with_times));
    return keys;
}

static void write_file(const char *name, char *text)
{
    char path[PATH_ROOM];
    must(text != NULL, "out of memory");
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    must(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0, path);
    free(text);
}

static json_t *lists_of(void)
{
    json_t *lists = json_array();
    for (int list = 1; list <= 3; list++) {
        int size = chance(80) ? 131072 : 8 * (1 + (int)below(40));
        json_t *revoked = json_array();
        for (int at = (int)below(9); at < size;
             at += 1 + (int)below(at < 300 ? 4 : (uint32_t)size / 10 + 1))
            json_array_append_new(revoked, json_integer(at));
        if (chance(1)) /* not sorted, or not in the list */
            json_array_append_new(revoked, json_integer(chance(50) ? 1 : size));
        if (chance(80))
            json_array_append_new(
                lists, json_pack("{s:i,s:i,s:o}", "list", list, "size", size, "revoked", revoked));
        else
            json_decref(revoked);
    }
    return lists;
}

static void spoil(char *text, size_t size)
{
    for (uint32_t i = 1 + below(3); i > 0 && size > 0; i--)
        text[below((uint32_t)size)] ^= (char)(1 << below(8));
}

static void method_of(const char *host, const ei_signer *by, char out[EI_DID_TEXT])
{
    ei_did_write(host, out);
    (void)sprintf(out + strlen(out), "#%s", by->key_id);
}

static void make_bundle(int index)
{
    char name[32], created[40], method[EI_DID_TEXT];
    const char *host = host_of();
    const ei_signer *by = &signers[below(SIGNERS)];
    time_text(NOW - (int64_t)below(3 * DAY) + (chance(10) ? 4 * DAY : 0), created);
    json_t *bundle = json_pack(
        "{s:s,s:s,s:s,s:o,s:o}", "type", chance(98) ? "VerificationBundle" : "Bundle", "host", host,
        "created", created, "keys", keys_of(false, chance(70) ? 0 : 20), "lists", lists_of());
    method_of(host, by, method);
    must(ei_integrity_sign(by, bundle, created, method, NULL) == EDU_OK, "a bundle");
    if (chance(3))
        json_object_set_new(bundle, "lists", json_array());
    char *text = json_dumps(bundle, chance(50) ? JSON_COMPACT : JSON_INDENT(1));
    json_decref(bundle);
    if (chance(5))
        spoil(text, strlen(text));
    if (memchr(text, 0, strlen(text)) != NULL)
        text[0] = ' ';
    (void)snprintf(name, sizeof name, "bundle-%d", index);
    write_file(name, text);
}

static void make_world(void)
{
    char name[32];
    for (int i = 0; i < SIGNERS; i++) {
        uint8_t bytes[EI_SEED];
        for (size_t j = 0; j < sizeof bytes; j++)
            bytes[j] = (uint8_t)below(256);
        signers[i] = ei_signer_of_seed(bytes);
    }
    for (int i = 0; i < SETS; i++) {
        json_t *set = json_pack("{s:o}", "keys", keys_of(true, i < 4 ? 0 : 30));
        (void)snprintf(name, sizeof name, "keys-%d", i);
        write_file(name, json_dumps(set, 0));
        json_decref(set);
    }
    for (int i = 0; i < BUNDLES; i++)
        make_bundle(i);
}

/* ---- codes ---- */

static void random_number(uint8_t out[10])
{
    for (int i = 0; i < 10; i++)
        out[i] = (uint8_t)below(256);
}

static ei_status_place place_of(void)
{
    if (chance(30))
        return (ei_status_place){0, 0};
    return (ei_status_place){1 + (int32_t)below(4), (int32_t)below(chance(50) ? 131072 : 400)};
}

static int64_t instant(void)
{
    static const int64_t odd[] = {0,
                                  -1,
                                  23,
                                  24,
                                  255,
                                  256,
                                  65536,
                                  INT64_MAX,
                                  INT64_MIN,
                                  8000000000000,
                                  -8000000000000,
                                  7999999999999};
    return chance(95) ? about_now() : odd[below(EI_COUNT(odd))];
}

static ei_buffer payload_of(ei_claims *claims, char texts[EI_CLAIM_FIELDS][2][64])
{
    ei_buffer out = {0};
    random_number(claims->number);
    claims->host = host_of();
    claims->type = ONE_OF("olympiad.slip", "olympiad.certificate", "reference.higher_student", "",
                          "n\xc3\xb6v");
    claims->issued = instant();
    claims->has_expiry = chance(40);
    claims->expires = instant();
    claims->has_hash = chance(50);
    claims->place = place_of();
    claims->count = below(EI_CLAIM_FIELDS / 2);
    for (size_t i = 0; i < claims->count; i++) {
        (void)sprintf(texts[i][0], "%s%d", ONE_OF("holder", "", "f"), chance(99) ? (int)i : 0);
        words(texts[i][1], 40);
        claims->fields[i] = (ei_claim){texts[i][0], texts[i][1]};
    }
    while (ei_claims_encode(claims, &out, NULL) != EDU_OK) {
        out.size = 0;
        claims->count--;
    }
    return out;
}

/* A byte changed, taken out, doubled or put in. */
static void mutate(ei_buffer *bytes)
{
    size_t at = below((uint32_t)bytes->size);
    char *place = bytes->data + at;
    switch (below(4)) {
    case 0:
        *place ^= (char)(1 << below(8));
        break;
    case 1:
        memmove(place, place + 1, bytes->size - at - 1);
        bytes->size--;
        break;
    default:
        ei_buffer_add(bytes, "", 1);
        place = bytes->data + at;
        memmove(place + 1, place, bytes->size - at - 1);
        if (chance(50))
            *place = (char)below(256);
    }
}

static void mutate_some(ei_buffer *bytes)
{
    do
        mutate(bytes);
    while (chance(40) && bytes->size > 8);
}

static ei_buffer code_of(void)
{
    ei_claims claims = {0};
    char texts[EI_CLAIM_FIELDS][2][64];
    ei_buffer payload = payload_of(&claims, texts), message = {0}, text = {0};
    if (chance(20)) /* signed, and yet no claims */
        mutate(&payload);
    must(ei_cose_sign(&signers[below(SIGNERS)], (edu_bytes){payload.data, payload.size}, &message,
                      NULL) == EDU_OK,
         "a message");
    if (chance(15))
        mutate(&message);
    must(ei_qr_link(claims.host, claims.number, (edu_bytes){message.data, message.size}, &text,
                    NULL) == EDU_OK,
         "a link");
    if (chance(15))
        mutate_some(&text);
    ei_buffer_free(&payload);
    ei_buffer_free(&message);
    return text;
}

/* ---- records ---- */

static json_t *status_of(const char *host)
{
    char list[300], id[320], index[16];
    ei_status_place place = place_of();
    (void)snprintf(list, sizeof list, "https://%s/status/%d", host, place.list);
    (void)snprintf(index, sizeof index, "%s%d", chance(98) ? "" : "0", place.index);
    (void)snprintf(id, sizeof id, "%s#%s", list, index);
    return json_pack("{s:s,s:s,s:s,s:s,s:s}", "id", id, "type", "BitstringStatusListEntry",
                     "statusPurpose", chance(98) ? "revocation" : "suspension", "statusListIndex",
                     index, "statusListCredential", list);
}

static json_t *subject_of(void)
{
    char key[24];
    json_t *subject = json_object();
    uint32_t count = chance(97) ? below(8) : 240 + below(30);
    for (uint32_t i = 0; i < count; i++) {
        words(key, 8);
        if (chance(60) || count > 200)
            (void)sprintf(key, "m%u", i);
        json_object_set_new(subject, key, count > 200 ? json_true() : value_of(3));
    }
    if (chance(2)) {
        json_t *deep = json_array();
        for (uint32_t i = 58 + below(6); i > 0; i--) {
            json_t *outer = json_array();
            json_array_append_new(outer, deep);
            deep = outer;
        }
        json_object_set_new(subject, "deep", deep);
    }
    return subject;
}

static json_t *record_of(const char *host)
{
    char number_text[EI_PAPER_ID_TEXT], id[320], did[EI_DID_TEXT], issued[40], until[40];
    uint8_t bits[10];
    random_number(bits);
    ei_paper_id_format(bits, number_text);
    (void)snprintf(id, sizeof id, "https://%s/V/%s", host, number_text);
    ei_did_write(host, did);
    time_text(about_now(), issued);
    time_text(about_now(), until);
    json_t *record = json_pack("{s:s,s:{s:s},s:s,s:o}", "id", id, "issuer", "id", did, "validFrom",
                               issued, "credentialSubject", subject_of());
    if (chance(90))
        json_object_set_new(record, "@context",
                            json_pack("[s,s]", "https://www.w3.org/ns/credentials/v2", "x"));
    if (chance(40))
        json_object_set_new(record, "validUntil", chance(97) ? json_string(until) : value_of(1));
    if (chance(70))
        json_object_set_new(record, "credentialStatus", chance(97) ? status_of(host) : value_of(1));
    return record;
}

static void alter(json_t *object)
{
    const char *names[64], *name;
    json_t *member;
    size_t count = 0;
    json_object_foreach(object, name, member) if (count < EI_COUNT(names)) names[count++] = name;
    if (count == 0)
        return;
    name = names[below((uint32_t)count)];
    member = json_object_get(object, name);
    if (json_is_object(member) && chance(70))
        alter(member);
    else if (chance(30))
        json_object_del(object, name);
    else if (chance(30))
        json_object_set_new(object, "more", value_of(1));
    else
        json_object_set_new(object, name, value_of(1));
}

static ei_buffer record_text(void)
{
    char method[EI_DID_TEXT], created[40];
    ei_buffer out = {0};
    const char *host = host_of();
    const ei_signer *by = &signers[below(SIGNERS)];
    json_t *record = record_of(host);
    if (chance(10)) /* signed, and yet no record */
        alter(record);
    time_text(about_now(), created);
    method_of(host, by, method);
    /* What is nested too deep has no signature. */
    bool is_signed = ei_integrity_sign(by, record, created, method, NULL) == EDU_OK;
    if (chance(15) || !is_signed)
        alter(record);
    if (chance(5) && is_signed)
        alter(json_object_get(record, "proof"));
    size_t layout = chance(40) ? JSON_COMPACT : chance(50) ? JSON_INDENT(3) : JSON_SORT_KEYS;
    char *text = json_dumps(record, layout | (chance(30) ? JSON_ENSURE_ASCII : 0) |
                                        (chance(20) ? JSON_ESCAPE_SLASH : 0));
    must(text != NULL, "a record");
    ei_buffer_text(&out, chance(10) ? " \r\n\t" : "");
    ei_buffer_text(&out, text);
    free(text);
    json_decref(record);
    if (chance(15))
        mutate_some(&out);
    return out;
}

/* ---- verdicts ---- */

static void put_text(json_t *out, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_new(out, name, json_string(text));
}

static void put_time(json_t *out, const char *name, edu_time time)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%" PRId64, time);
    if (time != EDU_TIME_NONE)
        json_object_set_new(out, name, json_string(text));
}

static json_t *told(const edu_verdict *verdict)
{
    json_t *out = json_pack("{s:s}", "status", verdict->status), *fields = json_array(), *value;
    const char *name;
    if (strcmp(verdict->status, "unreadable") == 0) {
        json_decref(fields);
        return out;
    }
    put_text(out, "type", verdict->type);
    put_text(out, "number", verdict->number);
    put_text(out, "host", verdict->host);
    put_text(out, "key_id", verdict->key_id);
    put_time(out, "issued", verdict->issued);
    put_time(out, "expires", verdict->expires);
    put_text(out, "record_hash", verdict->record_hash);
    if (verdict->status_age >= 0)
        json_object_set_new(out, "status_age", json_integer(verdict->status_age));
    json_object_foreach(verdict->fields, name, value)
        json_array_append_new(fields, json_pack("[s,O]", name, value));
    json_object_set_new(out, "fields", fields);
    return out;
}

static char *read_file(const char *name)
{
    char path[PATH_ROOM];
    edu_bytes bytes = {NULL, 0};
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    must(ei_file_read(path, 1 << 24, &bytes, NULL) == EDU_OK, path);
    char *text = strndup(bytes.data, bytes.size);
    ei_free((void *)(uintptr_t)bytes.data);
    return text;
}

/* As edu_verify and edu_verify_offline, at this time. */
static edu_status judge(const char *text, const char *keys, const char *bundle, int64_t now,
                        int32_t max_age, edu_verdict **out)
{
    if (bundle != NULL)
        return edu_verify_offline(text, bundle, keys, max_age, now, out, NULL);
    json_t *set;
    must(ei_ijson_read((edu_bytes){keys, strlen(keys)}, &set, NULL) == EDU_OK, "a key set");
    const ei_trust trust = {.keys = json_object_get(set, "keys"), .is_key_set = true, .now = now};
    edu_status status = ei_judge(text, &trust, out, NULL);
    json_decref(set);
    return status;
}

static json_t *expected(const char *text, const char *keys, const char *bundle, int64_t now,
                        int32_t max_age)
{
    edu_verdict *verdict = NULL;
    edu_status status = judge(text, keys, bundle, now, max_age, &verdict);
    must(status != EDU_E_NOMEM, "out of memory");
    if (status != EDU_OK)
        return json_pack("{s:s}", "error", status == EDU_E_CRYPTO ? "trust" : "form");
    json_t *out = told(verdict);
    edu_free(verdict);
    return out;
}

static void print_line(FILE *file, const ei_buffer *text, int64_t now, int32_t max_age,
                       const char *keys, const char *bundle)
{
    size_t room = sodium_base64_ENCODED_LEN(text->size, sodium_base64_VARIANT_ORIGINAL);
    char *encoded = ei_alloc(room);
    must(encoded != NULL, "out of memory");
    sodium_bin2base64(encoded, room, (const uint8_t *)text->data, text->size,
                      sodium_base64_VARIANT_ORIGINAL);
    fprintf(file, "%" PRId64 " %d %s/%s ", now, (int)max_age, folder, keys);
    if (bundle != NULL)
        fprintf(file, "%s/%s %s\n", folder, bundle, encoded);
    else
        fprintf(file, "- %s\n", encoded);
    ei_free(encoded);
}

typedef struct output {
    FILE *cases, *verdicts;
} output;

static void write_case(const output *to, const ei_buffer *text, int64_t now, int32_t max_age,
                       const char *keys, const char *bundle)
{
    must(!text->failed, "out of memory");
    char *keys_text = read_file(keys), *bundle_text = bundle != NULL ? read_file(bundle) : NULL;
    print_line(to->cases, text, now, max_age, keys, bundle);
    /* What holds a null byte is no text. */
    bool is_text = memchr(text->data, 0, text->size) == NULL;
    char *copy = strndup(is_text ? text->data : "", is_text ? text->size : 0);
    json_t *verdict = expected(copy, keys_text, bundle_text, now, max_age);
    must(json_dumpf(verdict, to->verdicts, JSON_COMPACT) == 0 && fputc('\n', to->verdicts) != EOF,
         "a verdict");
    json_decref(verdict);
    free(copy);
    free(keys_text);
    free(bundle_text);
}

static void at_random(const output *to)
{
    char keys[32], bundle[32];
    int64_t now = (NOW + (int64_t)below(4 * DAY) - 2 * DAY) * MICROS;
    int32_t max_age = chance(50) ? DAY : (int32_t)below(10 * DAY);
    bool has_bundle = chance(70), by_bundle = has_bundle && chance(20);
    (void)snprintf(keys, sizeof keys, by_bundle ? "bundle-%u" : "keys-%u",
                   below(by_bundle ? BUNDLES : SETS));
    (void)snprintf(bundle, sizeof bundle, "bundle-%u", below(BUNDLES));
    ei_buffer text = chance(50) ? code_of() : record_text();
    write_case(to, &text, now, max_age, keys, has_bundle ? bundle : NULL);
    ei_buffer_free(&text);
}

/* ---- one bit ---- */

#define HOST "portal.example"

/* A set of all keys, without times. */
static void write_all_keys(void)
{
    json_t *keys = json_array();
    for (int i = 0; i < SIGNERS; i++) {
        char x[EI_KEY_TEXT];
        ei_key_format(signers[i].public_key, x);
        json_array_append_new(keys, json_pack("{s:s,s:s,s:s,s:s}", "kid", signers[i].key_id, "x", x,
                                              "kty", "OKP", "crv", "Ed25519"));
    }
    json_t *set = json_pack("{s:o}", "keys", keys);
    write_file("all-keys", json_dumps(set, 0));
    json_decref(set);
}

static ei_claims plain_claims(void)
{
    return (ei_claims){.host = HOST,
                       .type = "reference.higher_student",
                       .number = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
                       .issued = NOW,
                       .count = 2,
                       .fields = {{"holder", "\xc3\x9clviyy\xc9\x99"}, {"year", "2"}},
                       .has_expiry = true,
                       .expires = NOW + DAY,
                       .has_hash = true};
}

static ei_buffer plain_record(void)
{
    char number_text[EI_PAPER_ID_TEXT], method[EI_DID_TEXT], until[32];
    ei_buffer out = {0};
    ei_paper_id_format((uint8_t[10]){1, 2, 3}, number_text);
    ei_time_format((NOW + DAY) * MICROS, until);
    json_t *record = json_pack("{s:[s],s:s+,s:{s:s},s:s,s:s,s:{s:s,s:f,s:i,s:[],s:n}}", "@context",
                               "https://www.w3.org/ns/credentials/v2", "id", "https://" HOST "/V/",
                               number_text, "issuer", "id", "did:web:" HOST, "validFrom",
                               "2026-11-24T10:00:00Z", "validUntil", until, "credentialSubject",
                               "name", "\xc3\x9clviyy\xc9\x99 \"\\\" \xf0\x9f\x98\x80", "mean",
                               4.25, "points", 7, "awards", "note");
    method_of(HOST, &signers[0], method);
    must(ei_integrity_sign(&signers[0], record, "2026-11-24T10:00:00Z", method, NULL) == EDU_OK,
         "a record");
    char *text = json_dumps(record, JSON_COMPACT);
    ei_buffer_text(&out, text);
    free(text);
    json_decref(record);
    return out;
}

static void every_bit(const output *to, ei_buffer *text)
{
    write_case(to, text, NOW * MICROS, DAY, "all-keys", NULL);
    for (size_t bit = 0; bit < 8 * text->size; bit++) {
        text->data[bit / 8] ^= (char)(1 << bit % 8);
        write_case(to, text, NOW * MICROS, DAY, "all-keys", NULL);
        text->data[bit / 8] ^= (char)(1 << bit % 8);
    }
    ei_buffer_free(text);
}

static void bits(const output *to)
{
    ei_claims claims = plain_claims();
    ei_buffer code = {0}, record = plain_record();
    must(ei_qr_text(&signers[0], &claims, 0, &code, NULL) == EDU_OK, "a code");
    every_bit(to, &code);
    every_bit(to, &record);
}

/* ---- not canonical ---- */

static void add_hex(ei_buffer *out, const char *hex)
{
    uint8_t bytes[600];
    int size = ei_hex_parse(hex, bytes, sizeof bytes);
    must(size >= 0, hex);
    ei_buffer_add(out, bytes, (size_t)size);
}

static void add_signature(ei_buffer *out, const ei_buffer *header, const ei_buffer *payload)
{
    uint8_t signature[EI_SIGNATURE];
    ei_buffer to_sign = {0};
    ei_cbor_array(&to_sign, 4);
    ei_cbor_text(&to_sign, "Signature1");
    ei_cbor_bytes(&to_sign, header->data, header->size);
    ei_cbor_bytes(&to_sign, "", 0);
    ei_cbor_bytes(&to_sign, payload->data, payload->size);
    must(ei_sign(&signers[0], to_sign.data, to_sign.size, signature, NULL) == EDU_OK, "signing");
    ei_cbor_bytes(out, signature, sizeof signature);
    ei_buffer_free(&to_sign);
}

/* A message of these parts, in hexadecimal, whose signature holds; KID stands for the key's id. */
static void hostile_case(const output *to, const char *begin, const char *header_hex,
                         const char *unprotected, const char *payload_hex, const char *behind)
{
    ei_buffer header = {0}, payload = {0}, message = {0}, text = {0};
    add_hex(&header, header_hex);
    ei_buffer_text(&header, signers[0].key_id);
    add_hex(&payload, payload_hex);
    add_hex(&message, begin);
    ei_cbor_bytes(&message, header.data, header.size);
    add_hex(&message, unprotected);
    ei_cbor_bytes(&message, payload.data, payload.size);
    add_signature(&message, &header, &payload);
    add_hex(&message, behind);
    must(ei_qr_link("p", (uint8_t[10]){0}, (edu_bytes){message.data, message.size}, &text, NULL) ==
             EDU_OK,
         "a link");
    write_case(to, &text, NOW * MICROS, DAY, "all-keys", NULL);
    ei_buffer_free(&header);
    ei_buffer_free(&payload);
    ei_buffer_free(&message);
    ei_buffer_free(&text);
}

#define HEADER                                                                                     \
    "a20127045"                                                                                    \
    "0"
#define BEGIN "d284"
#define NUMBER "4a00000000000000000000"
#define REST "3a0001000061743a00010001826166617a"
#define GOOD                                                                                       \
    "a5016170061a6b04a460"                                                                         \
    "07" NUMBER REST

static void hostile_messages(const output *to)
{
    /* The first is good. */
    hostile_case(to, BEGIN, HEADER, "a0", GOOD, "");
    static const char *const begins[] = {
        "d81284", "84",   "d184",     "d2d284",       "d29804",
        "d29f",   "d285", "d9001284", "da0000001284", "db000000000000001284"};
    for (size_t i = 0; i < EI_COUNT(begins); i++)
        hostile_case(to, begins[i], HEADER, "a0", GOOD, "");
    static const char *const headers[] = {"b802012704"
                                          "50",
                                          "a2180127"
                                          "0450",
                                          "a20138070450",
                                          "a201270458"
                                          "10",
                                          "bf01270450",
                                          "a301270127"
                                          "0450",
                                          "a3012703000450",
                                          "a10450",
                                          "a201260450",
                                          "a2022704"
                                          "50",
                                          "a2012704"
                                          "70"};
    for (size_t i = 0; i < EI_COUNT(headers); i++)
        hostile_case(to, BEGIN, headers[i], "a0", GOOD, "");
    static const char *const unprotected[] = {"a1044131", "b800",   "bfff", "80",
                                              "f6",       "a10001", "40"};
    for (size_t i = 0; i < EI_COUNT(unprotected); i++)
        hostile_case(to, BEGIN, HEADER, unprotected[i], GOOD, "");
    static const char *const behind[] = {"00", "ff", "f6", "a0"};
    for (size_t i = 0; i < EI_COUNT(behind); i++)
        hostile_case(to, BEGIN, HEADER, "a0", GOOD, behind[i]);
    static const char *const payloads[] = {
        "b805016170061a6b04a46007" NUMBER REST, /* long heads */
        "a51801"
        "6170061a6b04a46007" NUMBER REST,
        "a5017801"
        "70061a6b04a46007" NUMBER REST,
        "a5016170061b000000006b04a46007" NUMBER REST,
        "a5016170061a6b04a46007580a00000000000000000000" REST,
        "a5016170061a6b04a46007" NUMBER "3b00000000000100006174"
        "3a00010001826166617a",
        "a6016170061a6b04a460061a6b04a46007" NUMBER REST, /* a key twice */
        "a6016170016170061a6b04a46007" NUMBER REST,
        "a6016170061a6b04a46007" NUMBER REST "3a00010001826166617a",
        "a5016170061a6b04a46007" NUMBER "3a0001000061743a000100018461666161"
        "61666162",
        "bf016170061a6b04a46007" NUMBER REST "ff", /* indefinite lengths */
        "a5017f6170ff061a6b04a46007" NUMBER REST,
        "a5016170061a6b04a460075f" NUMBER "ff" REST,
        "a5016170061a6b04a46007" NUMBER "3a0001000061743a000100019f6166617aff",
        GOOD "00", /* bytes behind the end */
        GOOD "f6",
        "a5016170061a6b04a46007" NUMBER "3a0001000061743a0001000182616662c328", /* no UTF-8 */
        "a501616"
        "0061a6b04a46007" NUMBER "3a0001000061743a000100018261666100",
        "a5016170061a6b04a46007" NUMBER "3a0001000061743a0001000182616661"
        "00",                                 /* a null character */
        "a5061a6b04a46001617007" NUMBER REST, /* another order */
        "a501617006f97c0007" NUMBER REST,     /* a float */
        "a5016170"
        "06c11a6b04a46007" NUMBER REST, /* a tag */
        "a6016170061a6b04a46007" NUMBER REST "1963"
        "6100", /* a label that nobody knows */
        "a4016170061a6b04a46007" NUMBER "3a000100006174",
        "f6",
        "80",
        "",
        "a0",
        "ff"};
    for (size_t i = 0; i < EI_COUNT(payloads); i++)
        hostile_case(to, BEGIN, HEADER, "a0", payloads[i], "");
}

static void repeat(ei_buffer *out, const char *text, size_t count)
{
    while (count-- > 0)
        ei_buffer_text(out, text);
}

static void deep(const output *to, const char *hex, size_t levels)
{
    ei_buffer message = {0}, text = {0};
    for (size_t i = 0; i < levels; i++)
        add_hex(&message, hex);
    must(ei_qr_link(HOST, (uint8_t[10]){0}, (edu_bytes){message.data, message.size}, &text, NULL) ==
             EDU_OK,
         "a link");
    write_case(to, &text, NOW * MICROS, DAY, "all-keys", NULL);
    ei_buffer_free(&message);
    ei_buffer_free(&text);
}

static void hostile(const output *to)
{
    static const char *const nested[] = {"81", "a1", "d2", "9f", "bf", "d284", "a10182"};
    hostile_messages(to);
    for (size_t i = 0; i < EI_COUNT(nested); i++) {
        deep(to, nested[i], 170);
        deep(to, nested[i], 1000);
    }
    for (size_t levels = 60; levels < 100000; levels = levels < 68 ? levels + 1 : levels * 10) {
        ei_buffer text = {0};
        ei_buffer_text(&text, "{\"a\":");
        repeat(&text, "[", levels);
        repeat(&text, "]", levels);
        ei_buffer_text(&text, "}");
        write_case(to, &text, NOW * MICROS, DAY, "all-keys", NULL);
        ei_buffer_free(&text);
    }
}

static FILE *open_output(const char *name)
{
    char path[PATH_ROOM];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    must(file != NULL, path);
    return file;
}

int main(int argc, char **argv)
{
    must(argc == 4, "Usage: cases SEED COUNT|bits|hostile FOLDER");
    must(ei_security_init(NULL) == EDU_OK, "libsodium does not start");
    seed = strtoull(argv[1], NULL, 10);
    folder = argv[3];
    make_world();
    write_all_keys();
    const output to = {open_output("cases"), open_output("expected")};
    if (strcmp(argv[2], "bits") == 0)
        bits(&to);
    else if (strcmp(argv[2], "hostile") == 0)
        hostile(&to);
    else
        for (long i = strtol(argv[2], NULL, 10); i > 0; i--)
            at_random(&to);
    must(fclose(to.cases) == 0 && fclose(to.verdicts) == 0, "the output is not whole");
    return 0;
}
