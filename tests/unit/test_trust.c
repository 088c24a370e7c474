/* Validity, revocation, times of keys, status lists and bundles: without a portal. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include <time.h>
#include <zlib.h>
#include <edu/credential.h>
#include "credential/cbor_items.h"
#include "credential/credential.h"
#include "../tap.h"

#define HOST "portal.example"
#define AT "2026-11-24T10:00:00Z"
#define NOW INT64_C(1795514400000000) /* the same */
#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)

static ei_signer signer, other;

static void setup(void)
{
    uint8_t seed[EI_SEED] = {1};
    FX_OK(ei_security_init(error));
    signer = ei_signer_of_seed(seed);
    seed[0] = 2;
    other = ei_signer_of_seed(seed);
}

static json_t *key_json(const ei_signer *of, const char *from, const char *until,
                        const char *compromised)
{
    char x[EI_KEY_TEXT];
    ei_key_format(of->public_key, x);
    return json_pack("{s:s,s:s,s:s,s:s,s:s*,s:s*,s:s*}", "kty", "OKP", "crv", "Ed25519", "kid",
                     of->key_id, "x", x, "from", from, "until", until, "compromised", compromised);
}

static char *key_set(const char *from, const char *until, const char *compromised)
{
    json_t *set = json_pack("{s:[o]}", "keys", key_json(&signer, from, until, compromised));
    char *text = json_dumps(set, 0);
    json_decref(set);
    return text;
}

static void method_of(const ei_signer *of, char out[EI_DID_TEXT])
{
    (void)snprintf(out, EI_DID_TEXT, "did:web:" HOST "#%s", of->key_id);
}

/* lists: JSON, which is let go. */
static char *bundle_by(const ei_signer *by, const char *created, json_t *lists)
{
    char method[EI_DID_TEXT];
    json_t *bundle =
        json_pack("{s:s,s:s,s:s,s:[o,o],s:o}", "type", "VerificationBundle", "host", HOST,
                  "created", created, "keys", key_json(&signer, "2026-01-01T00:00:00Z", NULL, NULL),
                  key_json(&other, "2026-01-01T00:00:00Z", NULL, NULL), "lists", lists);
    ck_assert_ptr_nonnull(bundle);
    method_of(by, method);
    FX_OK(ei_integrity_sign(by, bundle, created, method, error));
    char *text = json_dumps(bundle, JSON_COMPACT);
    json_decref(bundle);
    return text;
}

static json_t *list_json(int index)
{
    return json_pack("[{s:i,s:i,s:[i,i]}]", "list", 1, "size", EI_STATUS_BITS_LEAST, "revoked", 3,
                     index);
}

static ei_claims claims_with(int64_t expires, ei_status_place place)
{
    return (ei_claims){.host = HOST,
                       .type = "reference",
                       .number = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
                       .issued = NOW / SECOND,
                       .has_expiry = expires != 0,
                       .expires = expires,
                       .place = place,
                       .count = 1,
                       .fields = {{"holder", "Ülviyyə"}}};
}

static char *code_with(int64_t expires, ei_status_place place)
{
    ei_claims claims = claims_with(expires, place);
    ei_buffer text = {0};
    FX_OK(ei_qr_text(&signer, &claims, 0, &text, error));
    return text.data;
}

static char *record_with(const char *until, const char *status)
{
    char number[EI_PAPER_ID_TEXT], method[EI_DID_TEXT];
    ei_paper_id_format((uint8_t[10]){1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, number);
    json_t *record =
        json_pack("{s:[s],s:s+,s:{s:s},s:s,s:s*,s:o*,s:{s:s}}", "@context",
                  "https://www.w3.org/ns/credentials/v2", "id", "https://" HOST "/V/", number,
                  "issuer", "id", "did:web:" HOST, "validFrom", AT, "validUntil", until,
                  "credentialStatus", status != NULL ? json_loads(status, 0, NULL) : NULL,
                  "credentialSubject", "name", "Ülviyyə");
    method_of(&signer, method);
    FX_OK(ei_integrity_sign(&signer, record, AT, method, error));
    char *text = json_dumps(record, JSON_COMPACT);
    json_decref(record);
    return text;
}

#define STATUS(list, index)                                                                        \
    "{\"id\":\"https://" HOST "/status/" list "#" index                                            \
    "\",\"type\":\"BitstringStatusListEntry\",\"statusPurpose\":\"revocation\","                   \
    "\"statusListIndex\":\"" index "\",\"statusListCredential\":\"https://" HOST "/status/" list   \
    "\"}"

static void verify_is(const char *text, char *keys, const char *expected)
{
    edu_verdict *verdict = NULL;
    FX_OK(edu_verify(text, keys, &verdict, error));
    ck_assert_msg(strcmp(verdict->status, expected) == 0, "%s instead of %s: %s under %s",
                  verdict->status, expected, text, keys);
    edu_free(verdict);
    free(keys);
}

/* Verdict by a bundle of list 1, in which 3 and 5 are revoked. */
static edu_verdict *offline(const char *text, edu_time now, int32_t max_age)
{
    char *bundle = bundle_by(&signer, AT, list_json(5)), *keys = key_set(NULL, NULL, NULL);
    edu_verdict *verdict = NULL;
    FX_OK(edu_verify_offline(text, bundle, keys, max_age, now, &verdict, error));
    free(bundle);
    free(keys);
    return verdict;
}

static void offline_is(char *text, edu_time now, const char *expected, int64_t age)
{
    edu_verdict *verdict = offline(text, now, 86400);
    ck_assert_msg(strcmp(verdict->status, expected) == 0, "%s instead of %s: %s", verdict->status,
                  expected, text);
    ck_assert_int_eq(verdict->status_age, age);
    edu_free(verdict);
    free(text);
}

/* ---- claims ---- */

START_TEST(claims_of_validity_and_status_come_back)
{
    static const struct {
        int64_t expires;
        ei_status_place place;
    } known[] = {{0, {0, 0}},          {1, {0, 0}}, {NOW, {1, 0}},
                 {INT64_MAX, {7, 99}}, {0, {1, 0}}, {-5, {INT32_MAX, INT32_MAX}}};
    for (size_t i = 0; i < EI_COUNT(known); i++)
        for (int hash = 0; hash <= 1; hash++) {
            ei_claims claims = claims_with(known[i].expires, known[i].place), read;
            claims.has_hash = hash == 1;
            ei_buffer out = {0};
            FX_OK(ei_claims_encode(&claims, &out, error));
            ck_assert(ei_claims_decode((edu_bytes){out.data, out.size}, &read));
            ck_assert_int_eq(read.has_expiry, claims.has_expiry);
            ck_assert_int_eq(read.expires, claims.expires);
            ck_assert_int_eq(read.place.list, claims.place.list);
            ck_assert_int_eq(read.place.index, claims.place.index);
            ck_assert_int_eq(read.has_hash, hash);
            ei_buffer_free(&out);
        }
}
END_TEST

/* Host "p", number of ten zeros, type "t", no fields; A: with expiry, B: with status. */
#define HEAD_A                                                                                     \
    "01617004186406186407"                                                                         \
    "4a00000000000000000000"
#define HEAD                                                                                       \
    "016170"                                                                                       \
    "06186407"                                                                                     \
    "4a00000000000000000000"
#define TAIL "3a0001000061743a0001000180"

START_TEST(the_length_of_a_message_is_known_before_it_is_signed)
{
    static const size_t sizes[] = {0, 1, 23, 24, 255, 256, 400};
    uint8_t seed[EI_SEED] = {3}, bytes[400] = {0};
    ei_signer by = ei_signer_of_seed(seed);
    for (size_t i = 0; i < EI_COUNT(sizes); i++) {
        ei_buffer message = {0};
        FX_OK(ei_cose_sign(&by, (edu_bytes){(const char *)bytes, sizes[i]}, &message, error));
        ck_assert_uint_eq(message.size, ei_cose_size(sizes[i]));
        ei_buffer_free(&message);
    }
}
END_TEST

START_TEST(only_one_form_of_the_new_claims_is_read)
{
    static const char *const good[] = {"a5" HEAD TAIL, "a6" HEAD_A TAIL,
                                       "a6" HEAD TAIL "3a00010003820103",
                                       "a7" HEAD_A TAIL "3a00010003820103"};
    static const char *const bad[] = {
        /* Long integers, other orders, doubled labels, other counts. */
        "a6"
        "0161700419006406186407"
        "4a00000000000000000000" TAIL,
        "a6"
        "04186401617006186407"
        "4a00000000000000000000" TAIL,
        "a7"
        "0161700418640418640618640"
        "7"
        "4a00000000000000000000" TAIL,
        "a6" HEAD TAIL "3a000100038201",
        "a6" HEAD TAIL "3a0001000381"
        "01",
        "a6" HEAD TAIL "3a0001000383010203",
        "a6" HEAD TAIL "3a000100038218010"
        "3",
        "a6" HEAD TAIL "3a00010003820003",
        "a6" HEAD TAIL "3a00010003822003",
        "a6" HEAD TAIL "3a00010003820120",
        "a6" HEAD TAIL "3a000100039f0103ff",
        "a6" HEAD TAIL "3a00010003821a8000000003",
        "a6" HEAD TAIL "3a00010003820103"
        "00",
        "a5" HEAD TAIL "3a00010003820103",
        "a7" HEAD TAIL "3a00010003820103",
        "a6" HEAD TAIL "3a00010004820103",
        "a7" HEAD TAIL "3a00010003820103"
        "3a000100025820"
        "0000000000000000000000000000000000000000000000000000000000000000",
        "a7" HEAD TAIL "3a00010003820103"
        "3a00010003820103",
        "bf" HEAD TAIL "ff"};
    ei_claims read;
    uint8_t bytes[200];
    for (size_t i = 0; i < EI_COUNT(good); i++) {
        int size = ei_hex_parse(good[i], bytes, sizeof bytes);
        ck_assert_int_gt(size, 0);
        ck_assert_msg(ei_claims_decode((edu_bytes){bytes, (size_t)size}, &read), "%s", good[i]);
    }
    for (size_t i = 0; i < EI_COUNT(bad); i++) {
        int size = ei_hex_parse(bad[i], bytes, sizeof bytes);
        ck_assert_msg(size > 0, "%s", bad[i]);
        ck_assert_msg(!ei_claims_decode((edu_bytes){bytes, (size_t)size}, &read), "%s", bad[i]);
    }
}
END_TEST

/* ---- hostile sizes ---- */

static double seconds(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

START_TEST(huge_and_deep_texts_are_refused_at_once)
{
    const size_t size = 100000000;
    char *huge = malloc(size + 1);
    static const struct {
        const char *head;
        char fill;
    } kinds[] = {
        {"HTTPS://PORTAL.EXAMPLE/V/", '1'}, {"{\"a\":", '['}, {"{\"a\":\"", 'x'}, {" ", ' '}};
    ck_assert_ptr_nonnull(huge);
    for (size_t i = 0; i < EI_COUNT(kinds); i++) {
        memset(huge, kinds[i].fill, size);
        memcpy(huge, kinds[i].head, strlen(kinds[i].head));
        huge[size] = '\0';
        double before = seconds();
        verify_is(huge, key_set(NULL, NULL, NULL), "unreadable");
        ck_assert_msg(seconds() - before < 2, "%s", kinds[i].head);
    }
    /* A thousand levels of CBOR, of JSON. */
    uint8_t deep[1000];
    ei_cose parts;
    memset(deep, 0x81, sizeof deep);
    ck_assert(!ei_cose_read((edu_bytes){deep, sizeof deep}, &parts));
    memset(deep, 0xd2, sizeof deep);
    ck_assert(!ei_cose_read((edu_bytes){deep, sizeof deep}, &parts));
    memcpy(huge, "{\"a\":", 5);
    memset(huge + 5, '[', 1000);
    memset(huge + 1005, ']', 1000);
    memcpy(huge + 2005, "}", 2);
    verify_is(huge, key_set(NULL, NULL, NULL), "unreadable");
    free(huge);
}
END_TEST

/* ---- files ---- */

static void file_is(const void *data, size_t size, const char *wanted)
{
    char *text = NULL;
    FX_OK(edu_file_text((edu_bytes){data, size}, &text, error));
    ck_assert_str_eq(text, wanted);
    edu_free(text);
}

static void file_fails(const void *data, size_t size, edu_status status, const char *key)
{
    char *text = NULL;
    FX_FAILS(status, edu_file_text((edu_bytes){data, size}, &text, error));
    ck_assert_str_eq(fx_last_error.key, key);
    ck_assert_ptr_null(text);
}

START_TEST(a_file_says_its_text)
{
    const size_t size = ((size_t)4 << 20) + 1;
    char *large = malloc(size);
    file_is("HTTPS://X\r\n\n", 12, "HTTPS://X");
    file_is(" {}\n ", 5, " {}\n ");
    file_is("", 0, "");
    file_is(NULL, 0, "");
    file_fails("a\0b", 3, EDU_E_INVALID, "credential.not_text");
    file_fails("\x89PNG\r\n", 6, EDU_E_INVALID, "credential.not_text");
    file_fails("%PDF-1.7\n%%EOF\n", 15, EDU_E_INVALID, "credential.pdf_record");
    memset(large, ' ', size);
    file_fails(large, size, EDU_E_LIMIT, "credential.file_too_large");
    free(large);
    FX_FAILS(EDU_E_INVALID, edu_file_text((edu_bytes){NULL, 1}, &large, error));
    FX_FAILS(EDU_E_INVALID, edu_file_text((edu_bytes){"", 0}, NULL, error));
}
END_TEST

typedef struct pdf_made {
    ei_buffer text;
    size_t objects[8];
    int count;
} pdf_made;

static void object_begin(pdf_made *pdf)
{
    pdf->objects[++pdf->count] = pdf->text.size;
    ei_buffer_printf(&pdf->text, "%d 0 obj\n", pdf->count);
}

/* A PDF that carries these bytes as its only JSON file. */
static ei_buffer pdf_with(const ei_buffer *stream, const char *filter)
{
    pdf_made pdf = {0};
    ei_buffer_text(&pdf.text, "%PDF-1.7\n");
    object_begin(&pdf);
    ei_buffer_text(&pdf.text,
                   "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a.json) "
                   "<< /Type /Filespec /F (a.json) /UF (a.json) /EF << /F 3 0 R >> >>] >> >> "
                   ">>\nendobj\n");
    object_begin(&pdf);
    ei_buffer_text(&pdf.text, "<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n");
    object_begin(&pdf);
    ei_buffer_printf(&pdf.text, "<< /Type /EmbeddedFile /Length %zu %s >>\nstream\n", stream->size,
                     filter);
    ei_buffer_add(&pdf.text, stream->data, stream->size);
    ei_buffer_text(&pdf.text, "\nendstream\nendobj\n");
    size_t table = pdf.text.size;
    ei_buffer_text(&pdf.text, "xref\n0 4\n0000000000 65535 f \n");
    for (int i = 1; i <= pdf.count; i++)
        ei_buffer_printf(&pdf.text, "%010zu 00000 n \n", pdf.objects[i]);
    ei_buffer_printf(&pdf.text, "trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n",
                     table);
    return pdf.text;
}

/* So many blanks, packed. */
static ei_buffer packed_blanks(int mebibytes)
{
    const size_t part = 1 << 20;
    uint8_t *blanks = malloc(part);
    ei_buffer out = {0};
    z_stream stream = {0};
    unsigned char block[65536];
    memset(blanks, ' ', part);
    ck_assert_int_eq(deflateInit(&stream, 9), Z_OK);
    for (int i = 0; i < mebibytes; i++) {
        stream.next_in = blanks;
        stream.avail_in = (uInt)part;
        do {
            stream.next_out = block;
            stream.avail_out = sizeof block;
            (void)deflate(&stream, i + 1 == mebibytes ? Z_FINISH : Z_NO_FLUSH);
            ei_buffer_add(&out, block, sizeof block - stream.avail_out);
        } while (stream.avail_out == 0);
    }
    deflateEnd(&stream);
    free(blanks);
    return out;
}

START_TEST(what_a_pdf_carries_is_unpacked_within_bounds)
{
    ei_buffer plain = {0}, pdf = {0}, packed = packed_blanks(1);
    char *text = NULL;
    ei_buffer_text(&plain, "{\"a\":1}");
    pdf = pdf_with(&plain, "");
    edu_status status = edu_file_text((edu_bytes){pdf.data, pdf.size}, &text, NULL);
    if (status != EDU_E_UNSUPPORTED) {
        ck_assert_int_eq(status, EDU_OK);
        ck_assert_str_eq(text, "{\"a\":1}");
        edu_free(text);
        ei_buffer_free(&pdf);
        pdf = pdf_with(&packed, "/Filter /FlateDecode");
        FX_OK(edu_file_text((edu_bytes){pdf.data, pdf.size}, &text, error));
        ck_assert_uint_eq(strlen(text), 1 << 20);
        edu_free(text);
        /* A gigabyte in a megabyte. */
        ei_buffer bomb = packed_blanks(1024);
        ei_buffer_free(&pdf);
        pdf = pdf_with(&bomb, "/Filter /FlateDecode");
        double before = seconds();
        text = NULL;
        FX_FAILS(EDU_E_LIMIT, edu_file_text((edu_bytes){pdf.data, pdf.size}, &text, error));
        ck_assert(seconds() - before < 2);
        ei_buffer_free(&bomb);
        static const char *const filters[] = {"/Filter /LZWDecode", "/Filter [/FlateDecode]",
                                              "/Filter [/FlateDecode /FlateDecode]"};
        for (size_t i = 0; i < EI_COUNT(filters); i++) {
            ei_buffer_free(&pdf);
            pdf = pdf_with(&packed, filters[i]);
            FX_FAILS(EDU_E_INVALID, edu_file_text((edu_bytes){pdf.data, pdf.size}, &text, error));
        }
    }
    ei_buffer_free(&pdf);
    ei_buffer_free(&plain);
    ei_buffer_free(&packed);
}
END_TEST

/* Every change of one bit of a text with all claims. */
START_TEST(every_changed_bit_of_a_text_is_refused)
{
    char *text = code_with(NOW / SECOND + 60, (ei_status_place){1, 70000});
    char *keys = key_set(NULL, NULL, NULL);
    for (size_t bit = 0; bit < 8 * strlen(text); bit++) {
        text[bit / 8] ^= (char)(1 << bit % 8);
        edu_verdict *verdict = NULL;
        FX_OK(edu_verify(text, keys, &verdict, error));
        bool is_refused = strcmp(verdict->status, "unreadable") == 0 ||
                          strcmp(verdict->status, "unknown_key") == 0 ||
                          strcmp(verdict->status, "bad_signature") == 0;
        ck_assert_msg(is_refused, "bit %zu: %s", bit, verdict->status);
        edu_free(verdict);
        text[bit / 8] ^= (char)(1 << bit % 8);
    }
    free(keys);
    ei_free(text);
}
END_TEST

/* A record with a bit changed is refused, or is the same in canonical form. */
START_TEST(every_changed_bit_of_a_record_is_refused_or_nothing)
{
    char *text = record_with("2027-01-01T00:00:00Z", STATUS("1", "70000"));
    char *keys = key_set(NULL, NULL, NULL), *canonical = NULL;
    size_t same = 0;
    FX_OK(edu_canonicalize(fx_bytes(text), &canonical, error));
    for (size_t bit = 0; bit < 8 * strlen(text); bit++) {
        text[bit / 8] ^= (char)(1 << bit % 8);
        edu_verdict *verdict = NULL;
        FX_OK(edu_verify(text, keys, &verdict, error));
        if (strcmp(verdict->status, "status_unknown") == 0) {
            char *again = NULL;
            FX_OK(edu_canonicalize(fx_bytes(text), &again, error));
            ck_assert_str_eq(again, canonical);
            edu_free(again);
            same++;
        } else {
            ck_assert_str_ne(verdict->status, "valid");
            ck_assert_str_ne(verdict->status, "expired");
            ck_assert_str_ne(verdict->status, "revoked");
        }
        edu_free(verdict);
        text[bit / 8] ^= (char)(1 << bit % 8);
    }
    ck_assert_uint_eq(same, 0);
    edu_free(canonical);
    free(keys);
    free(text);
}
END_TEST

/* ---- records ---- */

START_TEST(other_forms_of_a_status_are_unreadable)
{
    static const char *const bad[] = {
        "{}", "[]", "\"x\"", "null", STATUS("0", "1"), STATUS("1", "01"), STATUS("01", "1"),
        STATUS("1", "-1"), STATUS("1", ""), STATUS("1", "2147483648"), STATUS("a", "1"),
        /* One member more, one less, another purpose, another host, an id of another place. */
        "{\"id\":\"https://" HOST "/status/1#1\",\"type\":\"BitstringStatusListEntry\","
        "\"statusPurpose\":\"revocation\",\"statusListIndex\":\"1\","
        "\"statusListCredential\":\"https://" HOST "/status/1\",\"x\":1}",
        "{\"id\":\"https://" HOST "/status/1#1\",\"type\":\"BitstringStatusListEntry\","
        "\"statusPurpose\":\"revocation\",\"statusListIndex\":\"1\"}",
        "{\"id\":\"https://" HOST "/status/1#1\",\"type\":\"BitstringStatusListEntry\","
        "\"statusPurpose\":\"suspension\",\"statusListIndex\":\"1\","
        "\"statusListCredential\":\"https://" HOST "/status/1\"}",
        "{\"id\":\"https://other.example/status/1#1\",\"type\":\"BitstringStatusListEntry\","
        "\"statusPurpose\":\"revocation\",\"statusListIndex\":\"1\","
        "\"statusListCredential\":\"https://other.example/status/1\"}",
        "{\"id\":\"https://" HOST "/status/1#2\",\"type\":\"BitstringStatusListEntry\","
        "\"statusPurpose\":\"revocation\",\"statusListIndex\":\"1\","
        "\"statusListCredential\":\"https://" HOST "/status/1\"}"};
    for (size_t i = 0; i < EI_COUNT(bad); i++) {
        json_t *status = json_loads(bad[i], JSON_DECODE_ANY, NULL);
        char *text = record_with(NULL, STATUS("1", "1"));
        json_t *record = json_loads(text, 0, NULL);
        json_object_set_new(record, "credentialStatus", status);
        char *changed = json_dumps(record, 0);
        verify_is(changed, key_set(NULL, NULL, NULL), "unreadable");
        free(changed);
        json_decref(record);
        free(text);
    }
    char *text = record_with("tomorrow", NULL);
    verify_is(text, key_set(NULL, NULL, NULL), "unreadable");
    free(text);
}
END_TEST

/* ---- verdicts ---- */

START_TEST(a_key_set_knows_nothing_of_revocations)
{
    char *slip = code_with(0, (ei_status_place){0});
    char *code = code_with(0, (ei_status_place){1, 1});
    char *record = record_with(NULL, STATUS("1", "1"));
    verify_is(slip, key_set(NULL, NULL, NULL), "valid");
    verify_is(code, key_set(NULL, NULL, NULL), "status_unknown");
    verify_is(record, key_set(NULL, NULL, NULL), "status_unknown");
    ei_free(slip);
    ei_free(code);
    free(record);
}
END_TEST

START_TEST(verdicts_come_in_their_order)
{
    offline_is(code_with(0, (ei_status_place){0}), NOW, "valid", -1);
    offline_is(code_with(0, (ei_status_place){1, 4}), NOW, "valid", 0);
    offline_is(record_with(NULL, STATUS("1", "4")), NOW + 7 * SECOND, "valid", 7);
    offline_is(code_with(0, (ei_status_place){1, 5}), NOW, "revoked", 0);
    offline_is(record_with(NULL, STATUS("1", "3")), NOW, "revoked", 0);
    /* A list that is not there, a place that it does not have. */
    offline_is(code_with(0, (ei_status_place){2, 5}), NOW, "status_unknown", 0);
    offline_is(code_with(0, (ei_status_place){1, EI_STATUS_BITS_LEAST}), NOW, "status_unknown", 0);
    /* Too old; what is revoked stays so. */
    offline_is(code_with(0, (ei_status_place){1, 4}), NOW + DAY, "valid", 86400);
    offline_is(code_with(0, (ei_status_place){1, 4}), NOW + DAY + SECOND, "status_unknown", 86401);
    offline_is(code_with(0, (ei_status_place){1, 5}), NOW + 2 * DAY, "revoked", 172800);
    /* Expired, at the second; revoked comes before, status unknown behind. */
    int64_t end = NOW / SECOND + 60;
    offline_is(code_with(end, (ei_status_place){0}), NOW + 60 * SECOND - 1, "valid", -1);
    offline_is(code_with(end, (ei_status_place){0}), NOW + 60 * SECOND, "expired", -1);
    offline_is(record_with("2026-11-24T14:01:00+04:00", NULL), NOW + 60 * SECOND, "expired", -1);
    offline_is(code_with(end, (ei_status_place){1, 5}), NOW + DAY, "revoked", 86400);
    offline_is(code_with(end, (ei_status_place){9, 5}), NOW + DAY, "expired", 86400);
    edu_verdict *verdict = NULL;
    char *code = code_with(end, (ei_status_place){0});
    verdict = offline(code, NOW, 0);
    ck_assert_int_eq(verdict->expires, NOW + 60 * SECOND);
    edu_free(verdict);
    ei_free(code);
}
END_TEST

START_TEST(a_key_signs_in_its_time)
{
    char *code = code_with(0, (ei_status_place){0}), *record = record_with(NULL, NULL);
    char *both[] = {code, record};
    for (size_t i = 0; i < 2; i++) {
        verify_is(both[i], key_set(AT, NULL, NULL), "valid");
        verify_is(both[i], key_set(AT, "2026-11-24T10:00:01Z", NULL), "valid");
        verify_is(both[i], key_set("2026-11-24T10:00:01Z", NULL, NULL), "unknown_key");
        verify_is(both[i], key_set(NULL, AT, NULL), "unknown_key");
        verify_is(both[i], key_set(NULL, NULL, AT), "unknown_key");
        verify_is(both[i], key_set(NULL, NULL, "2026-11-24T10:00:01Z"), "valid");
        verify_is(both[i], key_set("soon", NULL, NULL), "unknown_key");
    }
    edu_verdict *verdict = NULL;
    char *keys = key_set(NULL, NULL, AT);
    FX_OK(edu_verify(code, keys, &verdict, error));
    ck_assert_ptr_nonnull(strstr(verdict->message, "withdrawn"));
    edu_free(verdict);
    free(keys);
    ei_free(code);
    free(record);
}
END_TEST

/* ---- bundles ---- */

static void bundle_fails(char *bundle, char *trusted, edu_status expected)
{
    edu_verdict *verdict = NULL;
    FX_FAILS(expected, edu_verify_offline("x", bundle, trusted, 0, NOW, &verdict, error));
    ck_assert_ptr_null(verdict);
    free(bundle);
    free(trusted);
}

static char *altered(const char *name, json_t *value)
{
    char *text = bundle_by(&signer, AT, list_json(5));
    json_t *bundle = json_loads(text, 0, NULL);
    free(text);
    json_object_set_new(bundle, name, value);
    text = json_dumps(bundle, 0);
    json_decref(bundle);
    return text;
}

START_TEST(a_bundle_must_be_signed_by_who_was_trusted)
{
    bundle_fails(bundle_by(&other, AT, list_json(5)), key_set(NULL, NULL, NULL), EDU_E_CRYPTO);
    bundle_fails(bundle_by(&signer, AT, list_json(5)), key_set(NULL, NULL, AT), EDU_E_CRYPTO);
    bundle_fails(altered("created", json_string("2026-11-24T10:00:01Z")), key_set(NULL, NULL, NULL),
                 EDU_E_CRYPTO);
    bundle_fails(altered("lists", json_array()), key_set(NULL, NULL, NULL), EDU_E_CRYPTO);
    bundle_fails(altered("more", json_true()), key_set(NULL, NULL, NULL), EDU_E_CRYPTO);
    bundle_fails(altered("host", json_string("other.example")), key_set(NULL, NULL, NULL),
                 EDU_E_INVALID);
    bundle_fails(altered("keys", json_array()), key_set(NULL, NULL, NULL), EDU_E_CRYPTO);
    bundle_fails(strdup("{}"), key_set(NULL, NULL, NULL), EDU_E_INVALID);
    bundle_fails(strdup("x"), key_set(NULL, NULL, NULL), EDU_E_INVALID);
    bundle_fails(bundle_by(&signer, AT, list_json(5)), strdup("{}"), EDU_E_INVALID);
    /* The next one may be signed by a key that the bundle before brought. */
    char *next = bundle_by(&other, AT, list_json(9));
    char *before = bundle_by(&signer, AT, list_json(5));
    char *code = code_with(0, (ei_status_place){1, 9});
    edu_verdict *verdict = NULL;
    FX_OK(edu_verify_offline(code, next, before, 0, NOW, &verdict, error));
    ck_assert_str_eq(verdict->status, "revoked");
    edu_free(verdict);
    free(next);
    free(before);
    ei_free(code);
}
END_TEST

START_TEST(lists_of_a_bundle_have_one_form)
{
    static const char *const bad[] = {"{}",
                                      "[1]",
                                      "[{\"list\":1,\"size\":8}]",
                                      "[{\"list\":0,\"size\":8,\"revoked\":[]}]",
                                      "[{\"list\":1,\"size\":8,\"revoked\":[8]}]",
                                      "[{\"list\":1,\"size\":8,\"revoked\":[3,3]}]",
                                      "[{\"list\":1,\"size\":8,\"revoked\":[3,2]}]",
                                      "[{\"list\":1,\"size\":8,\"revoked\":[-1]}]",
                                      "[{\"list\":1,\"size\":8,\"revoked\":[1.5]}]",
                                      "[{\"list\":1,\"size\":8,\"revoked\":[\"1\"]}]",
                                      "[{\"list\":1,\"size\":1e300,\"revoked\":[]}]"};
    for (size_t i = 0; i < EI_COUNT(bad); i++)
        bundle_fails(bundle_by(&signer, AT, json_loads(bad[i], 0, NULL)), key_set(NULL, NULL, NULL),
                     EDU_E_INVALID);
}
END_TEST

/* ---- status lists ---- */

START_TEST(a_status_list_comes_back)
{
    const size_t bits = EI_STATUS_BITS_LEAST;
    uint8_t *bytes = ei_calloc(1, bits / 8), *read = NULL;
    ei_buffer text = {0};
    size_t size = 0;
    ei_status_set(bytes, 0);
    ei_status_set(bytes, 9);
    ei_status_set(bytes, bits - 1);
    ck_assert_uint_eq(bytes[0], 0x80);
    ck_assert_uint_eq(bytes[1], 0x40);
    ck_assert_uint_eq(bytes[bits / 8 - 1], 1);
    FX_OK(ei_status_pack(bytes, bits, &text, error));
    FX_OK(ei_status_unpack(text.data, &read, &size, error));
    ck_assert_uint_eq(size, bits);
    ck_assert_mem_eq(read, bytes, bits / 8);
    ck_assert(ei_status_get(read, 9) && !ei_status_get(read, 8));
    ei_free(read);
    ei_free(bytes);
    ei_buffer_free(&text);
}
END_TEST

START_TEST(the_published_list_is_read)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/vectors/bitstring-status-list/example.json",
                   getenv("EDU_SHARED") ? getenv("EDU_SHARED") : "../shared");
    json_t *file = json_load_file(path, 0, NULL);
    if (file == NULL)
        return;
    const json_t *vector = json_array_get(file, 0);
    uint8_t *bytes = NULL;
    size_t bits = 0;
    FX_OK(ei_status_unpack(json_string_value(json_object_get(vector, "encodedList")), &bytes, &bits,
                           error));
    ck_assert_int_eq((json_int_t)(bits / 8),
                     json_integer_value(json_object_get(vector, "decodedBytes")));
    for (size_t i = 0; i < bits / 8; i++)
        ck_assert_uint_eq(bytes[i], 0);
    ei_free(bytes);
    json_decref(file);
}
END_TEST

static void unpack_fails(const char *text, edu_status expected)
{
    uint8_t *bytes = NULL;
    size_t bits;
    FX_FAILS(expected, ei_status_unpack(text, &bytes, &bits, error));
    ck_assert_ptr_null(bytes);
}

START_TEST(hostile_lists_are_refused_within_bounds)
{
    /* A gigabyte of zeros is a megabyte of GZIP. */
    const size_t part = 1 << 20;
    uint8_t *zeros = ei_calloc(1, part);
    uint8_t *packed = ei_alloc(2 << 20);
    z_stream stream = {0};
    ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_out = packed;
    stream.avail_out = 2 << 20;
    for (int i = 0; i < 1024; i++) {
        stream.next_in = zeros;
        stream.avail_in = (uInt)part;
        ck_assert_int_eq(deflate(&stream, i == 1023 ? Z_FINISH : Z_NO_FLUSH),
                         i == 1023 ? Z_STREAM_END : Z_OK);
    }
    size_t size = stream.total_out;
    deflateEnd(&stream);
    char *text = malloc(2 + 2 * size);
    text[0] = 'u';
    sodium_bin2base64(text + 1, 2 * size, packed, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    double before = seconds();
    unpack_fails(text, EDU_E_LIMIT);
    ck_assert(seconds() - before < 2);
    free(text);
    text = malloc(100000001);
    memset(text, 'A', 100000000);
    text[0] = 'u';
    text[100000000] = '\0';
    unpack_fails(text, EDU_E_LIMIT);
    free(text);
    static const char *const bad[] = {
        "",     "u", "x", "uAAAA", "zH4sIAAAAAAAA", "uH4sIAAAAAAAA", "uH4sIAAAAAAAA_wMAAAAAAAAAAAA",
        "u===="};
    for (size_t i = 0; i < EI_COUNT(bad); i++)
        unpack_fails(bad[i], EDU_E_INVALID);
    /* A byte behind the end, a check sum that is wrong, one byte too short a list. */
    ei_buffer good = {0};
    FX_OK(ei_status_pack(zeros, EI_STATUS_BITS_LEAST - 8, &good, error));
    unpack_fails(good.data, EDU_E_INVALID);
    ei_buffer_free(&good);
    FX_OK(ei_status_pack(zeros, EI_STATUS_BITS_LEAST, &good, error));
    for (size_t at = good.size - 8; at < good.size; at++) {
        char kept = good.data[at];
        good.data[at] = kept == 'B' ? 'C' : 'B';
        unpack_fails(good.data, EDU_E_INVALID);
        good.data[at] = kept;
    }
    ei_buffer_text(&good, "AAAA");
    unpack_fails(good.data, EDU_E_INVALID);
    ei_buffer_free(&good);
    ei_free(zeros);
    ei_free(packed);
}
END_TEST

START_TEST(the_credential_of_a_list_is_signed)
{
    uint8_t *bytes = ei_calloc(1, EI_STATUS_BITS_LEAST / 8), *read = NULL;
    size_t bits;
    bool good = false;
    json_t *document = NULL;
    ei_status_set(bytes, 12345);
    const ei_status_list list = {HOST, 3, bytes, EI_STATUS_BITS_LEAST, NOW};
    FX_OK(ei_status_credential(&signer, &list, &document, error));
    FX_OK(ei_integrity_verify(document, signer.public_key, &good, error));
    ck_assert(good);
    ck_assert_str_eq(ei_json_text(document, "id"), "https://" HOST "/status/3");
    const json_t *subject = json_object_get(document, "credentialSubject");
    ck_assert_str_eq(ei_json_text(subject, "type"), "BitstringStatusList");
    FX_OK(ei_status_unpack(ei_json_text(subject, "encodedList"), &read, &bits, error));
    ck_assert(ei_status_get(read, 12345) && !ei_status_get(read, 12346));
    ei_free(read);
    ei_free(bytes);
    json_decref(document);
}
END_TEST

/* ---- signing elsewhere ---- */

/* A command that signs with the key in $1.pem by OpenSSL's tool would be such; here the command
 * gives what the test wants. */
START_TEST(a_command_signs_and_is_checked)
{
    char command[600], octal[4 * EI_SIGNATURE + 1];
    uint8_t signature[EI_SIGNATURE];
    edu_signer port = {ei_command_sign, command};
    ei_signer behind = ei_signer_of_port(signer.public_key, &port);
    FX_OK(ei_sign(&signer, "bytes", 5, signature, error));
    for (size_t i = 0; i < sizeof signature; i++)
        (void)snprintf(octal + 4 * i, 5, "\\%03o", signature[i]);
    (void)snprintf(command, sizeof command, "[ \"$(cat)\" = bytes ] && [ $1 = %s ] && printf '%s'",
                   signer.key_id, octal);
    memset(signature, 0, sizeof signature);
    FX_OK(ei_sign(&behind, "bytes", 5, signature, error));
    ck_assert(ei_signature_good(signature, "bytes", 5, signer.public_key));
    static const char *const bad[] = {"true",
                                      "false",
                                      "cat >/dev/null; head -c 64 /dev/zero",
                                      "cat >/dev/null; head -c 65 /dev/zero",
                                      "head -c 63 /dev/zero",
                                      "/no/such/tool",
                                      "yes"};
    for (size_t i = 0; i < EI_COUNT(bad); i++) {
        (void)snprintf(command, sizeof command, "%s", bad[i]);
        FX_FAILS(EDU_E_CRYPTO, ei_sign(&behind, "bytes", 5, signature, error));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trust");
    TCase *tests = tcase_create("trust");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, claims_of_validity_and_status_come_back);
    tcase_add_test(tests, the_length_of_a_message_is_known_before_it_is_signed);
    tcase_add_test(tests, only_one_form_of_the_new_claims_is_read);
    tcase_add_test(tests, huge_and_deep_texts_are_refused_at_once);
    tcase_add_test(tests, a_file_says_its_text);
    tcase_add_test(tests, what_a_pdf_carries_is_unpacked_within_bounds);
    tcase_add_test(tests, every_changed_bit_of_a_text_is_refused);
    tcase_add_test(tests, every_changed_bit_of_a_record_is_refused_or_nothing);
    tcase_add_test(tests, other_forms_of_a_status_are_unreadable);
    tcase_add_test(tests, a_key_set_knows_nothing_of_revocations);
    tcase_add_test(tests, verdicts_come_in_their_order);
    tcase_add_test(tests, a_key_signs_in_its_time);
    tcase_add_test(tests, a_bundle_must_be_signed_by_who_was_trusted);
    tcase_add_test(tests, lists_of_a_bundle_have_one_form);
    tcase_add_test(tests, a_status_list_comes_back);
    tcase_add_test(tests, the_published_list_is_read);
    tcase_add_test(tests, hostile_lists_are_refused_within_bounds);
    tcase_add_test(tests, the_credential_of_a_list_is_signed);
    tcase_add_test(tests, a_command_signs_and_is_checked);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
