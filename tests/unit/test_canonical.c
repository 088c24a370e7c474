/* Canonical JSON, base 58, and the proofs of certificates: against published vectors, and against
 * every change of a bit. */
#include "fixture.h"

#include <float.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "credential/credential.h"
#include "../tap.h"

/* ---- files ---- */

static edu_bytes vector(const char *name)
{
    char path[512];
    edu_bytes out;
    (void)snprintf(path, sizeof path, "%s/vectors/%s", getenv("EDU_SHARED"), name);
    FX_OK(ei_file_read(path, 1 << 24, &out, error));
    return out;
}

static json_t *json_vector(const char *name)
{
    edu_bytes text = vector(name);
    json_t *json = json_loadb(text.data, text.size, 0, NULL);
    ck_assert_msg(json != NULL, "%s", name);
    ei_free((void *)(uintptr_t)text.data);
    return json;
}

static char *canonical(const char *text)
{
    char *out = NULL;
    FX_OK(edu_canonicalize(fx_bytes(text), &out, error));
    return out;
}

static void canonical_is(const char *text, const char *wanted)
{
    char *found = canonical(text);
    ck_assert_str_eq(found, wanted);
    edu_free(found);
}

static void refused(const char *text, size_t size, edu_status status)
{
    char *out = NULL;
    FX_FAILS(status, edu_canonicalize((edu_bytes){text, size}, &out, error));
    ck_assert_ptr_null(out);
}

/* ---- numbers ---- */

static double of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* RFC 8785, appendix B. */
START_TEST(numbers_of_the_rfc)
{
    static const struct {
        uint64_t bits;
        const char *text;
    } cases[] = {{0x0000000000000000, "0"},
                 {0x8000000000000000, "0"},
                 {0x0000000000000001, "5e-324"},
                 {0x8000000000000001, "-5e-324"},
                 {0x7fefffffffffffff, "1.7976931348623157e+308"},
                 {0xffefffffffffffff, "-1.7976931348623157e+308"},
                 {0x4340000000000000, "9007199254740992"},
                 {0xc340000000000000, "-9007199254740992"},
                 {0x4430000000000000, "295147905179352830000"},
                 {0x44b52d02c7e14af5, "9.999999999999997e+22"},
                 {0x44b52d02c7e14af6, "1e+23"},
                 {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
                 {0x444b1ae4d6e2ef4e, "999999999999999700000"},
                 {0x444b1ae4d6e2ef4f, "999999999999999900000"},
                 {0x444b1ae4d6e2ef50, "1e+21"},
                 {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
                 {0x3eb0c6f7a0b5ed8d, "0.000001"},
                 {0x41b3de4355555553, "333333333.3333332"},
                 {0x41b3de4355555554, "333333333.33333325"},
                 {0x41b3de4355555555, "333333333.3333333"},
                 {0x41b3de4355555556, "333333333.3333334"},
                 {0x41b3de4355555557, "333333333.33333343"},
                 {0xbecbf647612f3696, "-0.0000033333333333333333"},
                 {0x43143ff3c1cb0959, "1424953923781206.2"}};
    char text[EI_DOUBLE_TEXT];
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        ei_double_format(of_bits(cases[i].bits), text);
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

static int digits_in(const char *text)
{
    int count = 0, last = 0;
    for (; *text != '\0' && *text != 'e'; text++)
        if (*text >= '0' && *text <= '9' && (count > 0 || *text != '0')) {
            count++;
            if (*text != '0')
                last = count;
        }
    return last;
}

/* Reads back as the same value, no text of fewer digits does, and none of as many is closer. */
static void is_shortest(double value)
{
    char text[EI_DOUBLE_TEXT], nearest[40];
    ei_double_format(value, text);
    ck_assert_msg(strtod(text, NULL) == value, "%a: %s", value, text);
    int digits = digits_in(text);
    if (digits > 1) {
        (void)snprintf(nearest, sizeof nearest, "%.*e", digits - 2, value);
        ck_assert_msg(strtod(nearest, NULL) != value, "%a: %s is longer than %s", value, text,
                      nearest);
    }
    (void)snprintf(nearest, sizeof nearest, "%.*e", digits - 1, value);
    if (strtod(nearest, NULL) == value)
        ck_assert_msg(fabsl(strtold(text, NULL) - (long double)value) <=
                          fabsl(strtold(nearest, NULL) - (long double)value),
                      "%a: %s is farther than %s", value, text, nearest);
}

START_TEST(numbers_are_the_shortest)
{
    uint64_t seed = 42;
    for (int exponent = -1074; exponent <= 1023; exponent++) {
        double power = ldexp(1, exponent);
        is_shortest(power);
        is_shortest(nextafter(power, 0) > 0 ? nextafter(power, 0) : power);
        is_shortest(nextafter(power, DBL_MAX));
    }
    for (int i = 0; i < TAP_MANY(200000); i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        double value = fabs(of_bits(seed ^ seed >> 29));
        if (isfinite(value) && value > 0)
            is_shortest(value);
    }
}
END_TEST

/* ---- canonical JSON ---- */

START_TEST(files_of_the_rfc)
{
    static const char *const names[] = {"arrays", "french", "structures"};
    for (size_t i = 0; i < EI_COUNT(names); i++) {
        char path[64];
        char *found = NULL;
        (void)snprintf(path, sizeof path, "jcs-rfc8785/input/%s.json", names[i]);
        edu_bytes input = vector(path);
        (void)snprintf(path, sizeof path, "jcs-rfc8785/output/%s.json", names[i]);
        edu_bytes output = vector(path);
        FX_OK(edu_canonicalize(input, &found, error));
        ck_assert_uint_eq(strlen(found), output.size);
        ck_assert_mem_eq(found, output.data, output.size);
        edu_free(found);
        ei_free((void *)(uintptr_t)input.data);
        ei_free((void *)(uintptr_t)output.data);
    }
}
END_TEST

START_TEST(the_rules_one_by_one)
{
    canonical_is(" { \"b\" : 1.0 , \"a\" : [ true , null , -0.0 , 1E3 ] } ",
                 "{\"a\":[true,null,0,1000],\"b\":1}");
    canonical_is("\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\\\/\\u00e9\"",
                 "\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\/é\"");
    /* By UTF-16 units: U+1F600 (d83d de00) before U+FB33. */
    canonical_is("{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\u20ac\":3,\"\\r\":4,\"1\":5}",
                 "{\"\\r\":4,\"1\":5,\"€\":3,\"😀\":2,\"\xef\xac\xb3\":1}");
    canonical_is("9007199254740993", "9007199254740992");
    canonical_is("123456789012345678901234567890", "1.2345678901234568e+29");
    canonical_is("\"x\"", "\"x\"");
    canonical_is("[]", "[]");
}
END_TEST

START_TEST(what_has_no_canonical_form)
{
    static const char *const bad[] = {"",         "{",
                                      "[1,]",     "{\"a\":1,\"a\":2}",
                                      "01",       "1e400",
                                      "NaN",      "\"\\ud800\"",
                                      "{a:1}",    "[1] 2",
                                      "'x'",      "\"\t\"",
                                      "\"\xff\"", "\"\xed\xa0\x80\"",
                                      "nul"};
    for (size_t i = 0; i < EI_COUNT(bad); i++)
        refused(bad[i], strlen(bad[i]), EDU_E_INVALID);
    refused("{\"a\\u0000b\":1}", 13, EDU_E_INVALID);
    /* The parser would not see this one. */
    refused("[1\0]", 4, EDU_E_INVALID);
    refused("[1]\0", 4, EDU_E_INVALID);
    char *large = ei_calloc(1, ((size_t)4 << 20) + 1);
    memset(large, ' ', (size_t)4 << 20);
    refused(large, ((size_t)4 << 20) + 1, EDU_E_LIMIT);
    ei_free(large);
    FX_FAILS(EDU_E_INVALID, edu_canonicalize(fx_bytes("1"), NULL, error));
}
END_TEST

START_TEST(a_refusal_tells_where)
{
    static const struct {
        const char *text, *message;
        int line;
    } cases[] = {
        {"[1,\n2,\nx]", "the text is not JSON, at line 3, column 1", 3},
        {"{\"a\":1,\n \"a\":2}", "the JSON has a key twice in one object, at line 2, column 4", 2},
        {"[\n1e400]", "the JSON has a number too large for a double, at line 2, column 5", 2},
        {"\n\n\"\xff\"", "the JSON is not UTF-8, at line 3, column 1", 3},
        {"[1", "the JSON ends too early, at line 1, column 2", 1},
        {"1\n2", "the JSON goes on behind its end, at line 2, column 1", 2}};
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        refused(cases[i].text, strlen(cases[i].text), EDU_E_INVALID);
        ck_assert_str_eq(fx_last_error.message, cases[i].message);
        ck_assert_int_eq(fx_last_error.line, cases[i].line);
    }
}
END_TEST

/* So many levels around a number. */
static size_t nest(char *out, size_t levels)
{
    memset(out, '[', levels);
    out[levels] = '1';
    memset(out + levels + 1, ']', levels);
    out[2 * levels + 1] = '\0';
    return 2 * levels + 1;
}

START_TEST(levels_have_a_bound)
{
    static const char brackets[] =
        "[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[\\\\\",[]]";
    char text[10002];
    (void)nest(text, 64);
    canonical_is(text, text);
    refused(text, nest(text, 65), EDU_E_LIMIT);
    ck_assert_str_eq(fx_last_error.message,
                     "the JSON is nested deeper than 64 levels, at line 1, column 65");
    refused(text, nest(text, 5000), EDU_E_LIMIT);
    canonical_is(brackets, brackets);
    json_t *built = json_array();
    for (int i = 1; i < 65; i++)
        built = json_pack("[o]", built);
    ei_buffer out = {0};
    FX_FAILS(EDU_E_LIMIT, ei_jcs_write(built, &out, error));
    ei_buffer_free(&out);
    FX_OK(ei_jcs_write(json_array_get(built, 0), &out, error));
    ck_assert_uint_eq(out.size, 128);
    ei_buffer_free(&out);
    json_decref(built);
}
END_TEST

START_TEST(whole_numbers_are_exact)
{
    static const struct {
        int64_t value;
        edu_status status;
    } cases[] = {{INT64_C(9007199254740992), EDU_OK},
                 {INT64_C(-9007199254740992), EDU_OK},
                 {INT64_C(9007199254740993), EDU_E_INVALID},
                 {INT64_C(-9007199254740993), EDU_E_INVALID},
                 {INT64_MIN, EDU_E_INVALID}};
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        json_t *value = json_integer(cases[i].value);
        ei_buffer out = {0};
        FX_FAILS(cases[i].status, ei_jcs_write(value, &out, error));
        ei_buffer_free(&out);
        json_decref(value);
    }
}
END_TEST

START_TEST(base_58_both_ways)
{
    static const struct {
        const char *hex, *text;
    } cases[] = {{"", ""},
                 {"00", "1"},
                 {"0000287fb4cd", "11233QC4"},
                 {"48656c6c6f20576f726c6421", "2NEpo7TZRRrLZSi2U"}};
    uint8_t bytes[EI_BASE58_BYTES], again[EI_BASE58_BYTES];
    char text[128];
    size_t size;
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        int count = ei_hex_parse(cases[i].hex, bytes, sizeof bytes);
        ck_assert(ei_base58_encode(bytes, (size_t)count, text, sizeof text));
        ck_assert_str_eq(text, cases[i].text);
        ck_assert(ei_base58_decode(text, again, sizeof again, &size));
        ck_assert_int_eq((int)size, count);
        if (size > 0)
            ck_assert_mem_eq(again, bytes, size);
    }
    ck_assert(!ei_base58_decode("0OIl", again, sizeof again, &size));
    memset(text, 'z', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ck_assert(!ei_base58_decode(text, again, sizeof again, &size));
    ck_assert(!ei_base58_encode(bytes, 10, text, 5));
}
END_TEST

/* ---- W3C Data Integrity ---- */

static void text_is(const char *name, const char *found)
{
    edu_bytes wanted = vector(name);
    size_t size = wanted.size;
    while (size > 0 && ((const char *)wanted.data)[size - 1] == '\n')
        size--;
    ck_assert_msg(strlen(found) == size && memcmp(found, wanted.data, size) == 0, "%s: %s", name,
                  found);
    ei_free((void *)(uintptr_t)wanted.data);
}

static void canonical_text_is(const char *name, const json_t *json)
{
    ei_buffer text = {0};
    FX_OK(ei_jcs_write(json, &text, error));
    text_is(name, text.data);
    ei_buffer_free(&text);
}

/* A key of the vectors: multibase of a multicodec prefix of two bytes and 32 bytes. */
static void key_of(const json_t *pair, const char *name, uint8_t out[32])
{
    uint8_t bytes[EI_BASE58_BYTES];
    size_t size;
    const char *text = json_string_value(json_object_get(pair, name));
    ck_assert(text[0] == 'z' && ei_base58_decode(text + 1, bytes, sizeof bytes, &size));
    ck_assert_uint_eq(size, 34);
    memcpy(out, bytes + 2, 32);
}

#define VC "vc-di-eddsa/"
#define JCS VC "eddsa-jcs-2022/"

START_TEST(proofs_of_the_w3c)
{
    json_t *document = json_vector(VC "unsigned.json"), *pair = json_vector(VC "keyPair.json");
    json_t *config = json_vector(JCS "proofConfigJCS.json");
    json_t *whole = json_vector(JCS "signedJCS.json");
    uint8_t digest[EI_INTEGRITY_DIGEST], seed[32], public_key[32], public_again[32], secret[64];
    uint8_t signature[64];
    char hex[2 * sizeof digest + 1], text[128];
    bool good;
    canonical_text_is(JCS "canonDocJCS.txt", document);
    canonical_text_is(JCS "proofCanonJCS.txt", config);
    FX_OK(ei_integrity_digest(document, config, digest, error));
    ei_hex_format(digest, 32, hex);
    text_is(JCS "proofHashJCS.txt", hex);
    ei_hex_format(digest + 32, 32, hex);
    text_is(JCS "docHashJCS.txt", hex);
    ei_hex_format(digest, sizeof digest, hex);
    text_is(JCS "combinedHashJCS.txt", hex);
    key_of(pair, "privateKeyMultibase", seed);
    key_of(pair, "publicKeyMultibase", public_key);
    (void)crypto_sign_seed_keypair(public_again, secret, seed);
    ck_assert_mem_eq(public_again, public_key, 32);
    (void)crypto_sign_detached(signature, NULL, digest, sizeof digest, secret);
    ei_hex_format(signature, sizeof signature, hex);
    text_is(JCS "sigHexJCS.txt", hex);
    text[0] = 'z';
    ck_assert(ei_base58_encode(signature, sizeof signature, text + 1, sizeof text - 1));
    text_is(JCS "sigBTC58JCS.txt", text);
    FX_OK(ei_integrity_verify(whole, public_key, &good, error));
    ck_assert(good);
    json_object_set_new(whole, "name", json_string("Another"));
    FX_OK(ei_integrity_verify(whole, public_key, &good, error));
    ck_assert(!good);
    json_decref(document);
    json_decref(pair);
    json_decref(config);
    json_decref(whole);
}
END_TEST

START_TEST(ed25519_of_wycheproof)
{
    json_t *file = json_vector("wycheproof/ed25519_test.json"), *group, *test;
    size_t i, j, valid = 0, invalid = 0;
    json_array_foreach(json_object_get(file, "testGroups"), i, group)
    {
        uint8_t key[64], signature[256], message[4096];
        const json_t *public_key = json_object_get(group, "publicKey");
        int key_size =
            ei_hex_parse(json_string_value(json_object_get(public_key, "pk")), key, sizeof key);
        ck_assert_int_eq(key_size, EI_PUBLIC_KEY);
        json_array_foreach(json_object_get(group, "tests"), j, test)
        {
            int size = ei_hex_parse(json_string_value(json_object_get(test, "sig")), signature,
                                    sizeof signature);
            int length = ei_hex_parse(json_string_value(json_object_get(test, "msg")), message,
                                      sizeof message);
            bool wanted = strcmp(json_string_value(json_object_get(test, "result")), "valid") == 0;
            bool found = size == EI_SIGNATURE && length >= 0 &&
                         ei_signature_good(signature, message, (size_t)length, key);
            ck_assert_msg(found == wanted, "tcId %d",
                          (int)json_integer_value(json_object_get(test, "tcId")));
            valid += wanted;
            invalid += !wanted;
        }
    }
    ck_assert_uint_eq(valid + invalid,
                      (size_t)json_integer_value(json_object_get(file, "numberOfTests")));
    ck_assert_uint_eq(valid, 88);
    ck_assert_uint_eq(invalid, 63);
    json_decref(file);
}
END_TEST

/* ---- certificates ---- */

static ei_keys *keys;
static ei_signer signer;
static char *public_keys;
static char folder[TEST_FOLDER_SIZE];

static void make_keys(void)
{
    char path[100];
    edu_random random = ei_random_default();
    test_folder(folder);
    (void)snprintf(path, sizeof path, "%s/keys", folder);
    FX_OK(ei_security_init(error));
    FX_OK(ei_keys_load(path, &random, 0, true, &keys, error));
    signer = ei_keys_signer(keys);
    json_t *set = ei_keys_public(keys);
    public_keys = json_dumps(set, JSON_COMPACT);
    json_decref(set);
}

static void drop_keys(void)
{
    ei_keys_free(keys);
    free(public_keys);
    fx_remove_folder(folder);
}

static const char certificate[] =
    "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\","
    "\"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json\"],"
    "\"id\":\"https://portal.example:8443/V/%s\","
    "\"type\":[\"VerifiableCredential\",\"OpenBadgeCredential\"],"
    "\"issuer\":{\"id\":\"did:web:portal.example%%3A8443\",\"type\":[\"Profile\"],"
    "\"name\":\"Nazirlik\"},\"validFrom\":\"2026-11-24T10:00:00Z\",\"name\":\"Qızıl medal\","
    "\"credentialSubject\":{\"type\":[\"AchievementSubject\"],\"identifier\":[{\"type\":"
    "\"IdentityObject\",\"hashed\":false,\"identityType\":\"name\",\"identityHash\":"
    "\"Ülviyyə Əliyeva\"}],\"achievement\":{\"id\":\"https://portal.example/a\",\"type\":"
    "[\"Achievement\"],\"name\":\"Qızıl medal\"},\"result\":[{\"type\":[\"Result\"],\"value\":"
    "\"35.5\",\"n\":1.50}]}}";

#define CREATED "2026-11-24T10:00:00Z"

static json_t *unsigned_certificate(void)
{
    char number[EI_PAPER_ID_TEXT], text[2000];
    ei_paper_id_format((uint8_t[10]){1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, number);
    (void)snprintf(text, sizeof text, certificate, number);
    json_t *document = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(document);
    return document;
}

static void sign(json_t *document)
{
    char method[100];
    const json_t *issuer = json_object_get(document, "issuer");
    (void)snprintf(method, sizeof method, "%s#%s", json_string_value(json_object_get(issuer, "id")),
                   ei_keys_signing_id(keys));
    FX_OK(ei_integrity_sign(&signer, document, CREATED, method, error));
}

static json_t *signed_certificate(void)
{
    json_t *document = unsigned_certificate();
    sign(document);
    return document;
}

static edu_verdict *verdict_of(const char *text)
{
    edu_verdict *verdict = NULL;
    FX_OK(edu_verify(text, public_keys, &verdict, error));
    return verdict;
}

static void status_is(const char *text, const char *status)
{
    edu_verdict *verdict = verdict_of(text);
    ck_assert_str_eq(verdict->status, status);
    edu_free(verdict);
}

/* Verdict on a document, which is let go. */
static void document_is(json_t *document, const char *status)
{
    char *text = json_dumps(document, JSON_COMPACT);
    status_is(text, status);
    free(text);
    json_decref(document);
}

START_TEST(a_verdict_shows_every_signed_field)
{
    json_t *document = signed_certificate();
    char *text = json_dumps(document, JSON_INDENT(2));
    edu_verdict *verdict = verdict_of(text);
    ck_assert_str_eq(verdict->status, "valid");
    ck_assert_str_eq(verdict->type, "certificate");
    ck_assert_str_eq(verdict->host, "portal.example:8443");
    ck_assert_str_eq(verdict->key_id, ei_keys_signing_id(keys));
    ck_assert_int_eq(verdict->issued, INT64_C(1795514400000000));
    ck_assert_uint_eq(strlen(verdict->record_hash), 64);
    static const char *const fields[][2] = {
        {"issuer.name", "Nazirlik"},
        {"credentialSubject.identifier.0.identityHash", "Ülviyyə Əliyeva"},
        {"credentialSubject.identifier.0.hashed", "false"},
        {"credentialSubject.result.0.value", "35.5"},
        {"credentialSubject.result.0.n", "1.5"},
        {"type.1", "OpenBadgeCredential"}};
    for (size_t i = 0; i < EI_COUNT(fields); i++)
        ck_assert_str_eq(json_string_value(json_object_get(verdict->fields, fields[i][0])),
                         fields[i][1]);
    ck_assert_uint_eq(json_object_size(verdict->fields), 21);
    edu_free(verdict);
    free(text);
    json_decref(document);
}
END_TEST

/* What looks like a proof, or like nothing, is signed all the same. */
START_TEST(a_verdict_hides_nothing)
{
    json_t *document = unsigned_certificate();
    json_object_set_new(document, "evidence", json_array());
    json_object_set_new(document, "", json_pack("{s:{},s:n}", "proof", "none"));
    sign(document);
    char *text = json_dumps(document, JSON_COMPACT);
    edu_verdict *verdict = verdict_of(text);
    ck_assert_str_eq(verdict->status, "valid");
    static const char *const last[][2] = {{"evidence", "[]"}, {"proof", "{}"}, {"none", "null"}};
    size_t at = 0;
    const char *key;
    json_t *value;
    json_object_foreach(verdict->fields, key, value)
    {
        size_t fields = json_object_size(verdict->fields);
        if (at + EI_COUNT(last) >= fields) {
            ck_assert_str_eq(key, last[at + EI_COUNT(last) - fields][0]);
            ck_assert_str_eq(json_string_value(value), last[at + EI_COUNT(last) - fields][1]);
        }
        at++;
    }
    ck_assert_uint_eq(at, 24);
    edu_free(verdict);
    free(text);
    json_decref(document);
}
END_TEST

START_TEST(a_verdict_shows_a_bounded_number_of_fields)
{
    for (size_t fields = EI_RECORD_LEAVES; fields <= EI_RECORD_LEAVES + 1; fields++) {
        json_t *document = unsigned_certificate(), *more = json_array();
        for (size_t i = 21; i < fields; i++)
            json_array_append_new(more, json_true());
        json_object_set_new(document, "more", more);
        sign(document);
        document_is(document, fields == EI_RECORD_LEAVES ? "valid" : "unreadable");
    }
}
END_TEST

/* Each bit of a text: refused, or without a trace in the canonical form. */
static void every_bit_counts(char *text)
{
    char *before = canonical(text);
    size_t size = strlen(text);
    int unchanged = 0;
    for (size_t bit = 0; bit < size * 8; bit++) {
        text[bit / 8] ^= (char)(1 << bit % 8);
        edu_verdict *verdict = verdict_of(text);
        if (strcmp(verdict->status, "valid") == 0) {
            char *after = canonical(text);
            ck_assert_msg(strcmp(before, after) == 0, "bit %zu", bit);
            edu_free(after);
            unchanged++;
        }
        edu_free(verdict);
        text[bit / 8] ^= (char)(1 << bit % 8);
    }
    /* 1.50 is written 1.5 by the parser: there is little that a bit can change without a trace. */
    ck_assert_int_lt(unchanged, 20);
    status_is(text, "valid");
    edu_free(before);
}

START_TEST(a_changed_bit_of_the_file_is_found)
{
    static const size_t forms[] = {JSON_COMPACT, JSON_INDENT(2), JSON_COMPACT | JSON_ENSURE_ASCII};
    json_t *document = signed_certificate();
    for (size_t i = 0; i < EI_COUNT(forms); i++) {
        char *text = json_dumps(document, forms[i]);
        every_bit_counts(text);
        free(text);
    }
    json_decref(document);
}
END_TEST

/* Puts a proof of these options and a good signature into the document. */
static void seal(json_t *document, json_t *config)
{
    uint8_t digest[EI_INTEGRITY_DIGEST], signature[EI_SIGNATURE];
    char value[128] = "z";
    json_object_del(document, "proof");
    json_object_del(config, "proofValue");
    FX_OK(ei_integrity_digest(document, config, digest, error));
    ei_keys_sign(keys, digest, sizeof digest, signature);
    ck_assert(ei_base58_encode(signature, sizeof signature, value + 1, sizeof value - 1));
    json_object_set_new(config, "proofValue", json_string(value));
    json_object_set_new(document, "proof", config);
}

/* A signed certificate whose proof has such a member, or lacks it, and holds for that. */
static json_t *sealed_with(const char *name, json_t *value)
{
    json_t *document = signed_certificate();
    json_t *config = json_deep_copy(json_object_get(document, "proof"));
    if (value != NULL)
        json_object_set_new(config, name, value);
    else
        json_object_del(config, name);
    seal(document, config);
    return document;
}

START_TEST(only_proofs_of_this_kind_count)
{
    static const char *const others[][2] = {{"type", "Ed25519Signature2020"},
                                            {"cryptosuite", "eddsa-rdfc-2022"},
                                            {"proofPurpose", "authentication"},
                                            {"created", "yesterday"},
                                            {"created", "2026-11-24T10:00:00"},
                                            {"domain", "portal.example"},
                                            {"expires", CREATED},
                                            {"nonce", "x"},
                                            {"challenge", "x"},
                                            {"previousProof", "x"}};
    for (size_t i = 0; i < EI_COUNT(others); i++)
        document_is(sealed_with(others[i][0], json_string(others[i][1])), "bad_signature");
    document_is(sealed_with("created", NULL), "bad_signature");
    document_is(sealed_with("created", json_string("2026-11-25T10:00:00+04:00")), "valid");
    /* The document's own context, or none. */
    document_is(sealed_with("@context", json_string("https://www.w3.org/ns/credentials/v2")),
                "bad_signature");
    document_is(sealed_with("@context", NULL), "valid");
}
END_TEST

/* A second text of the same signature, or of a longer one. */
START_TEST(a_signature_has_one_text)
{
    static const char *const before[] = {"z1", "", "Z", "zz", "u", "z "};
    for (size_t i = 0; i < EI_COUNT(before); i++) {
        json_t *document = signed_certificate(), *proof = json_object_get(document, "proof");
        const char *value = json_string_value(json_object_get(proof, "proofValue"));
        char changed[200];
        (void)snprintf(changed, sizeof changed, "%s%s", before[i], value + 1);
        json_object_set_new(proof, "proofValue", json_string(changed));
        document_is(document, "bad_signature");
    }
    json_t *document = signed_certificate(), *proof = json_object_get(document, "proof");
    const char *value = json_string_value(json_object_get(proof, "proofValue"));
    char longer[200];
    size_t length = strlen(value);
    memcpy(longer, value, length);
    memcpy(longer + length, "\0x", 2);
    json_object_set_new(proof, "proofValue", json_stringn_nocheck(longer, length + 2));
    document_is(document, "bad_signature");
}
END_TEST

START_TEST(two_leaves_of_one_path_are_refused)
{
    json_t *document = unsigned_certificate();
    json_object_set_new(document, "credentialSubject.result.0.value", json_string("36"));
    sign(document);
    document_is(document, "unreadable");
}
END_TEST

START_TEST(a_host_has_one_text)
{
    static const char *const dids[] = {
        "did:web:portal.example:8443",     "did:web:portal.example%3a8443",
        "did:web:portal%2Eexample%3A8443", "did:web:portal.example%3A8443/",
        "did:web:portal.example%3A8443?",  "did:web:",
        "did:key:portal.example%3A8443",   "portal.example:8443"};
    for (size_t i = 0; i < EI_COUNT(dids); i++) {
        json_t *document = unsigned_certificate();
        json_object_set_new(json_object_get(document, "issuer"), "id", json_string(dids[i]));
        sign(document);
        document_is(document, "unreadable");
    }
}
END_TEST

START_TEST(what_is_no_certificate)
{
    static const char *const bad[] = {"{}", "{\"issuer\":{}}", " {", "{\"id\":\"https://x/V/1\"}"};
    for (size_t i = 0; i < EI_COUNT(bad); i++)
        status_is(bad[i], "unreadable");
    json_t *document = signed_certificate();
    json_t *proof = json_object_get(document, "proof");
    json_object_set_new(proof, "verificationMethod",
                        json_string("did:web:portal.example%3A8443#0000000000000000"));
    char *text = json_dumps(document, JSON_COMPACT);
    status_is(text, "unknown_key");
    free(text);
    json_object_set_new(proof, "verificationMethod",
                        json_string("did:web:other.example#0000000000000000"));
    text = json_dumps(document, JSON_COMPACT);
    status_is(text, "unreadable");
    free(text);
    json_decref(document);
    edu_verdict *verdict = NULL;
    FX_FAILS(EDU_E_INVALID, edu_verify("{}", "no keys", &verdict, error));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("canonical");
    TCase *json = tcase_create("json");
    tcase_set_timeout(json, 120);
    tcase_add_test(json, numbers_of_the_rfc);
    tcase_add_test(json, numbers_are_the_shortest);
    tcase_add_test(json, files_of_the_rfc);
    tcase_add_test(json, the_rules_one_by_one);
    tcase_add_test(json, what_has_no_canonical_form);
    tcase_add_test(json, a_refusal_tells_where);
    tcase_add_test(json, levels_have_a_bound);
    tcase_add_test(json, whole_numbers_are_exact);
    tcase_add_test(json, base_58_both_ways);
    tcase_add_test(json, proofs_of_the_w3c);
    tcase_add_test(json, ed25519_of_wycheproof);
    suite_add_tcase(suite, json);
    TCase *files = tcase_create("certificates");
    tcase_set_timeout(files, 120);
    tcase_add_checked_fixture(files, make_keys, drop_keys);
    tcase_add_test(files, a_verdict_shows_every_signed_field);
    tcase_add_test(files, a_verdict_hides_nothing);
    tcase_add_test(files, a_verdict_shows_a_bounded_number_of_fields);
    tcase_add_test(files, a_changed_bit_of_the_file_is_found);
    tcase_add_test(files, only_proofs_of_this_kind_count);
    tcase_add_test(files, a_signature_has_one_text);
    tcase_add_test(files, two_leaves_of_one_path_are_refused);
    tcase_add_test(files, a_host_has_one_text);
    tcase_add_test(files, what_is_no_certificate);
    suite_add_tcase(suite, files);
    return tap_run(suite);
}
