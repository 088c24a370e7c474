/* Signed documents: CBOR, COSE, the text of the QR code, verdicts, paper. */
#include "fixture.h"

#include <dirent.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <edu/credential.h>
#include "credential/cbor_items.h"
#include "credential/credential.h"
#include "../tap.h"

#define ISSUED INT64_C(1789977600)

static char folder[TEST_FOLDER_SIZE];
static char keys_path[TEST_FOLDER_SIZE + 16];
static ei_keys *keys;
static ei_signer signer;
static char *public_keys;

static char *keys_text(const ei_keys *of)
{
    json_t *set = ei_keys_public(of);
    char *text = json_dumps(set, JSON_COMPACT);
    json_decref(set);
    ck_assert_ptr_nonnull(text);
    return text;
}

static ei_keys *new_keys(void)
{
    edu_random random = ei_random_default();
    ei_keys *made = NULL;
    unlink(keys_path);
    FX_OK(ei_keys_load(keys_path, &random, FX_START, true, &made, error));
    return made;
}

static void setup(void)
{
    FX_OK(ei_security_init(error));
    test_folder(folder);
    snprintf(keys_path, sizeof keys_path, "%s/keys", folder);
    keys = new_keys();
    signer = ei_keys_signer(keys);
    public_keys = keys_text(keys);
}

static void teardown(void)
{
    ei_keys_free(keys);
    ei_free(public_keys);
    unlink(keys_path);
    ck_assert_msg(rmdir(folder) == 0, "something was left in %s", folder);
}

static ei_claims slip(void)
{
    return (ei_claims){.host = "portal.example",
                       .type = "olympiad.slip",
                       .number = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
                       .issued = ISSUED,
                       .count = 7,
                       .fields = {{"pupil", "İsmayıl Gülnarə oğlu Şıxəliyev"},
                                  {"exam", "Riyaziyyat 2026"},
                                  {"starts", "2026-12-12 10:00"},
                                  {"centre", "C-0231"},
                                  {"room", "204"},
                                  {"seat", "C4"},
                                  {"variant", "A"}}};
}

static ei_buffer text_of(const ei_claims *claims)
{
    ei_buffer text = {0};
    ei_claims copy = *claims;
    FX_OK(ei_qr_text(&signer, &copy, 0, &text, error));
    return text;
}

static edu_verdict *verdict_of(const char *text)
{
    edu_verdict *verdict = NULL;
    FX_OK(edu_verify(text, public_keys, &verdict, error));
    return verdict;
}

static void assert_status(const char *text, const char *expected)
{
    edu_verdict *verdict = verdict_of(text);
    ck_assert_msg(strcmp(verdict->status, expected) == 0, "%s instead of %s: %.100s",
                  verdict->status, expected, text);
    edu_free(verdict);
}

static bool is_valid(const char *text)
{
    edu_verdict *verdict = verdict_of(text);
    bool valid = strcmp(verdict->status, "valid") == 0;
    edu_free(verdict);
    return valid;
}

/* The text with this message behind the link of `claims`. */
static ei_buffer text_with(const ei_claims *claims, const uint8_t *message, size_t size)
{
    static const int digits_of[] = {0, 3, 5, 8, 10, 13, 15, 17};
    char number[EI_PAPER_ID_TEXT];
    ei_buffer text = {0};
    ei_paper_id_format(claims->number, number);
    ei_buffer_printf(&text, "HTTPS://PORTAL.EXAMPLE/V/%s#", number);
    for (size_t at = 0; at < size; at += 7) {
        size_t count = size - at < 7 ? size - at : 7;
        unsigned long long value = 0;
        for (size_t i = 0; i < count; i++)
            value = value << 8 | message[at + i];
        ei_buffer_printf(&text, "%0*llu", digits_of[count], value);
    }
    ck_assert(!text.failed);
    return text;
}

static size_t message_of(const char *text, uint8_t bytes[1024])
{
    char host[256];
    uint8_t number[10];
    size_t size = 0;
    ck_assert(ei_qr_read(text, host, number, bytes, &size));
    return size;
}

/* ---- CBOR ---- */

START_TEST(cbor_is_that_of_rfc_8949)
{
    static const struct {
        int64_t value;
        const char *hex;
    } known[] = {{0, "00"},
                 {23, "17"},
                 {24, "1818"},
                 {100, "1864"},
                 {1000, "1903e8"},
                 {1000000, "1a000f4240"},
                 {1000000000000, "1b000000e8d4a51000"},
                 {-1, "20"},
                 {-10, "29"},
                 {-100, "3863"},
                 {-1000, "3903e7"},
                 {INT64_MAX, "1b7fffffffffffffff"},
                 {INT64_MIN, "3b7fffffffffffffff"}};
    for (size_t i = 0; i < EI_COUNT(known); i++) {
        ei_buffer out = {0};
        char hex[40];
        ei_cbor_int(&out, known[i].value);
        ei_hex_format(out.data, out.size, hex);
        ck_assert_str_eq(hex, known[i].hex);
        const uint8_t *bytes = (const uint8_t *)out.data;
        ei_cbor_reader reader = {bytes, bytes + out.size, false};
        ck_assert_int_eq(ei_cbor_read_int(&reader), known[i].value);
        ck_assert(!reader.failed && reader.at == reader.end);
        for (size_t cut = 0; cut < out.size; cut++) {
            reader = (ei_cbor_reader){bytes, bytes + cut, false};
            ei_cbor_read_int(&reader);
            ck_assert(reader.failed);
        }
        ei_buffer_free(&out);
    }
}
END_TEST

START_TEST(cbor_of_other_forms_is_refused)
{
    /* Long integers, those of 64 bits and more, indefinite lengths, reserved heads, simple values,
     * strings longer than what follows, text that is no UTF-8, another type. */
    static const char *const bad[] = {
        "1800", "1817", "190017", "1900ff", "1a0000ffff", "1b00000000ffffffff", "3800",
        "1b8000000000000000", "3b8000000000000000", "1c", "1d", "1e", "1f", "3f", "5f", "7f", "9f",
        "bf", "ff", "f4", "f5", "f6", "f7", "f93c00", "62c328", "61", "6261", "7b7fffffffffffffff",
        "7bffffffffffffffff", "6100", "40", "80", "a0", "c0", "",
        /* Good, but neither an integer nor a text, is the last of them. */
        "c249010000000000000000"};
    for (size_t i = 0; i < EI_COUNT(bad); i++) {
        uint8_t bytes[16];
        int size = ei_hex_parse(bad[i], bytes, sizeof bytes);
        ck_assert_int_ge(size, 0);
        ei_cbor_reader reader = {bytes, bytes + size, false};
        ei_cbor_read_int(&reader);
        ck_assert_msg(reader.failed, "%s as an integer", bad[i]);
        ck_assert_uint_eq(ei_cbor_read_text(&reader).size, 0);
        reader = (ei_cbor_reader){bytes, bytes + size, false};
        ei_cbor_read_text(&reader);
        ck_assert_msg(reader.failed, "%s as a text", bad[i]);
    }
}
END_TEST

/* ---- claims ---- */

static ei_buffer payload_of(const ei_claims *claims)
{
    ei_buffer out = {0};
    FX_OK(ei_claims_encode(claims, &out, error));
    return out;
}

static bool decodes(const void *data, size_t size)
{
    ei_claims *read = ei_calloc(1, sizeof *read);
    bool good = ei_claims_decode((edu_bytes){data, size}, read);
    ei_free(read);
    return good;
}

START_TEST(claims_come_back)
{
    ei_claims claims = slip();
    ei_buffer payload = payload_of(&claims);
    ei_claims *read = ei_calloc(1, sizeof *read);
    ck_assert(ei_claims_decode((edu_bytes){payload.data, payload.size}, read));
    ck_assert_str_eq(read->host, claims.host);
    ck_assert_str_eq(read->type, claims.type);
    ck_assert_int_eq(read->issued, claims.issued);
    ck_assert_mem_eq(read->number, claims.number, sizeof claims.number);
    ck_assert_uint_eq(read->count, claims.count);
    for (size_t i = 0; i < claims.count; i++) {
        ck_assert_str_eq(read->fields[i].key, claims.fields[i].key);
        ck_assert_str_eq(read->fields[i].value, claims.fields[i].value);
    }
    ei_free(read);
    ei_buffer_free(&payload);
}
END_TEST

START_TEST(claims_have_one_encoding)
{
    ei_claims claims = slip();
    ei_buffer payload = payload_of(&claims), longer = {0};
    ck_assert(decodes(payload.data, payload.size));
    for (size_t size = 0; size < payload.size; size++)
        ck_assert(!decodes(payload.data, size));
    ei_buffer_add(&longer, payload.data, payload.size);
    ei_buffer_add(&longer, "", 1);
    ck_assert_msg(!decodes(longer.data, longer.size), "with a byte behind");
    ei_buffer_free(&longer);
    ei_buffer_add(&longer, "\xb8\x05", 2);
    ei_buffer_add(&longer, payload.data + 1, payload.size - 1);
    ck_assert_msg(!decodes(longer.data, longer.size), "with a long head");
    ei_buffer_free(&longer);
    ei_buffer_add(&longer, "\xbf", 1);
    ei_buffer_add(&longer, payload.data + 1, payload.size - 1);
    ei_buffer_add(&longer, "\xff", 1);
    ck_assert_msg(!decodes(longer.data, longer.size), "of indefinite length");
    ei_buffer_free(&longer);
    ei_buffer_free(&payload);
}
END_TEST

START_TEST(doubled_fields_are_refused)
{
    ei_claims claims = slip();
    claims.fields[6].key = claims.fields[5].key;
    ei_buffer text = text_of(&claims);
    assert_status(text.data, "unreadable");
    ei_buffer_free(&text);
}
END_TEST

START_TEST(too_long_a_field_is_named)
{
    char name[EI_CLAIMS_MAX + 1];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    ei_claims claims = slip();
    claims.fields[0].value = name;
    ei_buffer out = {0};
    FX_FAILS(EDU_E_LIMIT, ei_claims_encode(&claims, &out, error));
    ck_assert_str_eq(fx_last_error.field, "/fields/pupil");
    ck_assert_ptr_null(strstr(fx_last_error.message, "xxx"));
    ei_buffer_free(&out);
    claims.fields[3].value = name;
    FX_FAILS(EDU_E_LIMIT, ei_qr_text(&signer, &claims, 0, &out, error));
    ck_assert_uint_eq(out.size, 0);
    ei_buffer_free(&out);
}
END_TEST

START_TEST(the_elastic_field_gives_way)
{
    char name[EI_CLAIMS_MAX + 1];
    for (size_t i = 0; i + 1 < sizeof name; i += 2)
        memcpy(name + i, "ə", 2);
    name[sizeof name - 1] = 0;
    ei_claims claims = slip();
    claims.fields[0].value = name;
    ei_buffer out = {0};
    FX_OK(ei_qr_text(&signer, &claims, 0, &out, error));
    edu_verdict *verdict = verdict_of(out.data);
    ck_assert_str_eq(verdict->status, "valid");
    const char *kept = json_string_value(json_object_get(verdict->fields, "pupil"));
    size_t length = strlen(kept);
    ck_assert(length >= 8 && length <= 48 && length % 2 == 0);
    ck_assert_mem_eq(kept, "əəəə", 8);
    int width;
    uint8_t *modules;
    FX_OK(ei_qr_modules(out.data, &width, &modules, error));
    ck_assert_int_le(width, 73);
    ei_free(modules);
    edu_free(verdict);
    ei_buffer_free(&out);
}
END_TEST

START_TEST(claims_hold_all_fields_or_none)
{
    char names[EI_CLAIM_FIELDS][4];
    ei_claims claims = slip();
    claims.count = EI_CLAIM_FIELDS;
    for (int i = 0; i < EI_CLAIM_FIELDS; i++) {
        snprintf(names[i], sizeof names[i], "f%d", i);
        claims.fields[i] = (ei_claim){names[i], i ? "" : "əəə"};
    }
    ei_buffer payload = payload_of(&claims);
    ck_assert(decodes(payload.data, payload.size));
    ei_buffer_free(&payload);
    claims.count = 0;
    payload = payload_of(&claims);
    ck_assert(decodes(payload.data, payload.size));
    ei_buffer_free(&payload);
}
END_TEST

#define CLAIMS_HEX                                                                                 \
    "016e706f7274616c2e6578616d706c65061a6ab0e400074a0102030405060708090a3a000100006d6f6c796d7069" \
    "61642e736c69703a00010001826473656174624334"
#define HASH "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static bool decodes_hex(const char *hex, ei_claims *out)
{
    uint8_t bytes[EI_CLAIMS_MAX];
    int size = ei_hex_parse(hex, bytes, sizeof bytes);
    ck_assert_int_gt(size, 0);
    return ei_claims_decode((edu_bytes){bytes, (size_t)size}, out);
}

/* The bytes are those of docs/formats.md, encoded by another program. */
START_TEST(a_hash_comes_last_or_not_at_all)
{
    static const char *const known[] = {"a5" CLAIMS_HEX, "a6" CLAIMS_HEX "3a000100025820" HASH};
    for (int with = 0; with <= 1; with++) {
        ei_claims claims = slip();
        claims.count = 1;
        claims.fields[0] = (ei_claim){"seat", "C4"};
        claims.has_hash = with == 1;
        ck_assert_int_eq(ei_hex_parse(HASH, claims.hash, sizeof claims.hash), 32);
        ei_buffer payload = payload_of(&claims);
        char hex[2 * EI_CLAIMS_MAX + 1];
        ei_hex_format(payload.data, payload.size, hex);
        ck_assert_str_eq(hex, known[with]);
        ei_claims read = {0};
        ck_assert(decodes_hex(hex, &read));
        ck_assert_int_eq(read.has_hash, with);
        if (with)
            ck_assert_mem_eq(read.hash, claims.hash, sizeof claims.hash);
        ei_buffer_free(&payload);
    }
}
END_TEST

START_TEST(other_forms_of_a_hash_are_refused)
{
    static const char *const bad[] = {"a6" CLAIMS_HEX,
                                      "a5" CLAIMS_HEX "3a000100025820" HASH,
                                      "a7" CLAIMS_HEX "3a000100025820" HASH "3a000100035820" HASH,
                                      "a6" CLAIMS_HEX "3a000100035820" HASH,
                                      "a6" CLAIMS_HEX "3a000100027820" HASH,
                                      "a6" CLAIMS_HEX "3a000100025821" HASH "00",
                                      "a6" CLAIMS_HEX "3a00010002581f" HASH,
                                      "a6" CLAIMS_HEX "3a00010002590020" HASH,
                                      "a6" CLAIMS_HEX "3a0001000240",
                                      "a63a000100025820" HASH CLAIMS_HEX};
    ei_claims read = {0};
    for (size_t i = 0; i < EI_COUNT(bad); i++)
        ck_assert_msg(!decodes_hex(bad[i], &read), "%s", bad[i]);
}
END_TEST

START_TEST(verdict_has_the_hash_of_the_record)
{
    ei_claims claims = slip();
    ei_buffer without = text_of(&claims);
    edu_verdict *verdict = verdict_of(without.data);
    ck_assert_ptr_null(verdict->record_hash);
    edu_free(verdict);
    claims.has_hash = true;
    ck_assert_int_eq(ei_hex_parse(HASH, claims.hash, sizeof claims.hash), 32);
    ei_buffer with = text_of(&claims);
    verdict = verdict_of(with.data);
    ck_assert_str_eq(verdict->status, "valid");
    ck_assert_str_eq(verdict->record_hash, HASH);
    edu_free(verdict);
    ei_buffer_free(&without);
    ei_buffer_free(&with);
}
END_TEST

/* ---- COSE ---- */

START_TEST(every_changed_bit_of_a_message_is_refused)
{
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims);
    uint8_t message[1024];
    size_t size = message_of(text.data, message);
    ei_buffer same = text_with(&claims, message, size);
    ck_assert_str_eq(same.data, text.data);
    ei_buffer_free(&same);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        message[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ei_buffer changed = text_with(&claims, message, size);
        ck_assert_msg(!is_valid(changed.data), "bit %zu", bit);
        ei_buffer_free(&changed);
        message[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t cut = 1; cut < size; cut++) {
        ei_buffer changed = text_with(&claims, message, cut);
        assert_status(changed.data, "unreadable");
        ei_buffer_free(&changed);
    }
    memcpy(message + size, "\0", 1);
    ei_buffer changed = text_with(&claims, message, size + 1);
    assert_status(changed.data, "unreadable");
    ei_buffer_free(&changed);
    ei_buffer_free(&text);
}
END_TEST

/* A message signed rightly, but with something in its unprotected header. */
START_TEST(unprotected_header_must_be_empty)
{
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims), changed = {0};
    uint8_t message[1024];
    size_t size = message_of(text.data, message);
    ei_cose parts;
    ck_assert(ei_cose_read((edu_bytes){message, size}, &parts));
    ei_cbor_tag(&changed, 18);
    ei_cbor_array(&changed, 4);
    ei_cbor_bytes(&changed, parts.protected_header.data, parts.protected_header.size);
    ei_cbor_map(&changed, 1);
    ei_cbor_int(&changed, 4);
    ei_cbor_bytes(&changed, "11", 2);
    ei_cbor_bytes(&changed, parts.payload.data, parts.payload.size);
    ei_cbor_bytes(&changed, parts.signature, EI_SIGNATURE);
    ei_buffer with = text_with(&claims, (const uint8_t *)changed.data, changed.size);
    assert_status(with.data, "unreadable");
    ei_buffer_free(&with);
    ei_buffer_free(&changed);
    ei_buffer_free(&text);
}
END_TEST

static const char *shared_folder(const char *name)
{
    static char path[512];
    const char *shared = getenv("EDU_SHARED");
    const char *root = getenv("EDU_ROOT");
    if (shared)
        snprintf(path, sizeof path, "%s/vectors/cose/%s", shared, name);
    else
        snprintf(path, sizeof path, "%s/../shared/vectors/cose/%s", root ? root : ".", name);
    return path;
}

static json_t *shared_vector(const char *name)
{
    return json_load_file(shared_folder(name), 0, NULL);
}

/* Bytes of a published message; how many. */
static size_t message_in(const json_t *vector, uint8_t bytes[1024])
{
    const json_t *output = json_object_get(vector, "output");
    const char *hex = json_string_value(json_object_get(output, "cbor"));
    ck_assert_ptr_nonnull(hex);
    int size = ei_hex_parse(hex, bytes, 1024);
    ck_assert_int_gt(size, 0);
    return (size_t)size;
}

/* Published messages are no documents of ours: each has its key's id unprotected, and most are not
 * EdDSA. None may pass as one. */
START_TEST(published_messages_are_not_taken_for_documents)
{
    static const char *const folders[] = {"sign1-tests", "eddsa-examples"};
    int seen = 0;
    for (size_t i = 0; i < EI_COUNT(folders); i++) {
        DIR *listing = opendir(shared_folder(folders[i]));
        if (!listing)
            continue;
        for (const struct dirent *entry = readdir(listing); entry; entry = readdir(listing)) {
            char name[512];
            snprintf(name, sizeof name, "%s/%.200s", folders[i], entry->d_name);
            json_t *vector = entry->d_name[0] == '.' ? NULL : shared_vector(name);
            if (!vector)
                continue;
            uint8_t message[1024];
            size_t size = message_in(vector, message);
            ei_cose parts;
            ck_assert_msg(!ei_cose_read((edu_bytes){message, size}, &parts), "%s", name);
            json_decref(vector);
            seen++;
        }
        closedir(listing);
    }
    ck_assert_msg(seen == 0 || seen == 11, "%d messages", seen);
}
END_TEST

/* Takes a published COSE_Sign1 apart, whatever its headers. */
static ei_cose parts_of(const uint8_t *message, size_t size)
{
    ei_cbor_reader reader = {message, message + size, false};
    ei_cose parts = {.key_id = ""};
    ck_assert(ei_cbor_read_tag(&reader, 18));
    ck_assert_uint_eq(ei_cbor_read_array(&reader), 4);
    parts.protected_header = ei_cbor_read_bytes(&reader);
    ck_assert_uint_eq(ei_cbor_read_map(&reader), 1);
    ei_cbor_read_int(&reader);
    ei_cbor_read_bytes(&reader);
    parts.payload = ei_cbor_read_bytes(&reader);
    edu_bytes signature = ei_cbor_read_bytes(&reader);
    parts.signature = signature.data;
    ck_assert(!reader.failed && signature.size == EI_SIGNATURE);
    return parts;
}

START_TEST(published_eddsa_signature_holds)
{
    json_t *vector = shared_vector("eddsa-examples/eddsa-sig-01.json");
    if (!vector)
        return;
    uint8_t message[1024], public_key[EI_PUBLIC_KEY];
    size_t size = message_in(vector, message);
    const char *x = NULL;
    ck_assert_int_eq(json_unpack(vector, "{s:{s:{s:{s:s}}}}", "input", "sign0", "key", "x_hex", &x),
                     0);
    ck_assert_int_eq(ei_hex_parse(x, public_key, sizeof public_key), EI_PUBLIC_KEY);
    ei_cose parts = parts_of(message, size);
    ck_assert(ei_cose_verify(&parts, public_key));
    /* Signature, payload and protected header are what is signed. */
    const uint8_t *const signed_bytes[] = {parts.signature, parts.payload.data,
                                           parts.protected_header.data};
    for (size_t i = 0; i < EI_COUNT(signed_bytes); i++) {
        uint8_t *byte = &message[signed_bytes[i] - message];
        *byte ^= 1;
        ck_assert(!ei_cose_verify(&parts, public_key));
        *byte ^= 1;
    }
    public_key[0] ^= 1;
    ck_assert(!ei_cose_verify(&parts, public_key));
    json_decref(vector);
}
END_TEST

/* ---- the text ---- */

START_TEST(verdict_shows_all_that_was_signed)
{
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims);
    edu_verdict *verdict = verdict_of(text.data);
    char number[EI_PAPER_ID_TEXT];
    ei_paper_id_format(claims.number, number);
    ck_assert_str_eq(verdict->status, "valid");
    ck_assert_str_eq(verdict->type, "olympiad.slip");
    ck_assert_str_eq(verdict->host, "portal.example");
    ck_assert_str_eq(verdict->number, number);
    ck_assert_str_eq(verdict->key_id, ei_keys_signing_id(keys));
    ck_assert_int_eq(verdict->issued, ISSUED * 1000000);
    const char *key;
    json_t *value;
    size_t i = 0;
    json_object_foreach(verdict->fields, key, value)
    {
        ck_assert_str_eq(key, claims.fields[i].key);
        ck_assert_str_eq(json_string_value(value), claims.fields[i].value);
        i++;
    }
    ck_assert_uint_eq(i, claims.count);
    edu_free(verdict);
    ei_buffer_free(&text);
}
END_TEST

START_TEST(same_claims_give_the_same_text)
{
    ei_claims claims = slip();
    ei_buffer first = text_of(&claims), second = text_of(&claims);
    ck_assert_str_eq(first.data, second.data);
    claims.issued++;
    ei_buffer third = text_of(&claims);
    ck_assert_str_ne(first.data, third.data);
    ei_buffer_free(&first);
    ei_buffer_free(&second);
    ei_buffer_free(&third);
}
END_TEST

START_TEST(every_changed_character_is_refused)
{
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims);
    for (size_t at = 0; at < text.size; at++) {
        char was = text.data[at];
        for (int c = 1; c < 256; c++) {
            /* Behind the #, what is no digit is all the same. */
            bool is_digit = c >= '0' && c <= '9';
            if ((char)c == was || (at > 60 && !is_digit && c != ' ' && c != 'A' && c != 255))
                continue;
            text.data[at] = (char)c;
            ck_assert_msg(!is_valid(text.data), "character %zu as %d", at, c);
        }
        text.data[at] = was;
    }
    ck_assert(is_valid(text.data));
    ei_buffer_free(&text);
}
END_TEST

START_TEST(every_lost_doubled_or_swapped_character_is_refused)
{
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims);
    char *changed = ei_alloc(text.size + 2);
    for (size_t at = 0; at < text.size; at++) {
        memcpy(changed, text.data, at);
        memcpy(changed + at, text.data + at + 1, text.size - at);
        ck_assert_msg(!is_valid(changed), "without character %zu", at);
        memcpy(changed, text.data, at + 1);
        memcpy(changed + at + 1, text.data + at, text.size - at + 1);
        ck_assert_msg(!is_valid(changed), "character %zu doubled", at);
        if (at + 1 == text.size || text.data[at] == text.data[at + 1])
            continue;
        memcpy(changed, text.data, text.size + 1);
        changed[at] = text.data[at + 1];
        changed[at + 1] = text.data[at];
        ck_assert_msg(!is_valid(changed), "characters %zu swapped", at);
    }
    ei_free(changed);
    ei_buffer_free(&text);
}
END_TEST

START_TEST(digits_have_one_form)
{
    static const struct {
        const char *digits;
        const char *bytes; /* hex; NULL: refused */
    } known[] = {{"000", "00"},
                 {"255", "ff"},
                 {"256", NULL},
                 {"65535", "ffff"},
                 {"65536", NULL},
                 {"16777215", "ffffff"},
                 {"16777216", NULL},
                 {"4294967295", "ffffffff"},
                 {"4294967296", NULL},
                 {"1099511627775", "ffffffffff"},
                 {"1099511627776", NULL},
                 {"281474976710655", "ffffffffffff"},
                 {"281474976710656", NULL},
                 {"72057594037927935", "ffffffffffffff"},
                 {"72057594037927936", NULL},
                 {"99999999999999999", NULL},
                 {"72057594037927935007", "ffffffffffffff07"},
                 {"00000000000000000", "00000000000000"},
                 {"", NULL},
                 {"0", NULL},
                 {"00", NULL},
                 {"0000", NULL},
                 {"000000", NULL},
                 {"000000000000000000", NULL},
                 {"+12", NULL},
                 {" 12", NULL},
                 {"12 ", NULL},
                 {"1e2", NULL}};
    char number[EI_PAPER_ID_TEXT];
    ei_claims claims = slip();
    ei_paper_id_format(claims.number, number);
    for (size_t i = 0; i < EI_COUNT(known); i++) {
        char text[128], host[256], hex[33];
        uint8_t read[10], bytes[1024];
        size_t size = 0;
        snprintf(text, sizeof text, "HTTPS://PORTAL.EXAMPLE/V/%s#%s", number, known[i].digits);
        bool good = ei_qr_read(text, host, read, bytes, &size);
        ck_assert_msg(good == (known[i].bytes != NULL), "%s", known[i].digits);
        if (!good)
            continue;
        ei_hex_format(bytes, size, hex);
        ck_assert_str_eq(hex, known[i].bytes);
        ck_assert_str_eq(host, "PORTAL.EXAMPLE");
        ck_assert_mem_eq(read, claims.number, sizeof read);
    }
}
END_TEST

START_TEST(message_behind_another_link_is_refused)
{
    ei_claims claims = slip(), other = slip();
    other.number[9]++;
    ei_buffer text = text_of(&claims);
    uint8_t message[1024];
    size_t size = message_of(text.data, message);
    ei_buffer moved = text_with(&other, message, size);
    assert_status(moved.data, "bad_signature");
    ei_buffer_free(&moved);
    char *elsewhere = ei_strdup(text.data);
    memcpy(elsewhere + strlen("HTTPS://"), "P0RTAL", 6);
    assert_status(elsewhere, "bad_signature");
    ei_free(elsewhere);
    ei_buffer_free(&text);
}
END_TEST

START_TEST(other_texts_are_unreadable)
{
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims);
    const char *digits = strchr(text.data, '#') + 1;
    char number[EI_PAPER_ID_TEXT], changed[2048];
    ei_paper_id_format(claims.number, number);
    static const char *const links[] = {
        "https://PORTAL.EXAMPLE/V/%s#%s",  "HTTP://PORTAL.EXAMPLE/V/%s#%s",
        "PORTAL.EXAMPLE/V/%s#%s",          "HTTPS:///V/%s#%s",
        "HTTPS://PORTAL.EXAMPLE/v/%s#%s",  "HTTPS://PORTAL.EXAMPLE/V/%s?%s",
        "HTTPS://PORTAL.EXAMPLE/V/%s/#%s", "HTTPS://PORTAL.EXAMPLE//V/%s#%s",
        "HTTPS://PORTAL.EXAMPLE/V/-%s#%s", " HTTPS://PORTAL.EXAMPLE/V/%s#%s"};
    for (size_t i = 0; i < EI_COUNT(links); i++) {
        /* The formats are those above. */
        const char *first = strstr(links[i], "%s"), *second = strstr(first + 2, "%s");
        snprintf(changed, sizeof changed, "%.*s%s%.*s%s", (int)(first - links[i]), links[i], number,
                 (int)(second - first - 2), first + 2, digits);
        assert_status(changed, "unreadable");
    }
    assert_status("", "unreadable");
    assert_status("HTTPS://PORTAL.EXAMPLE/V/", "unreadable");
    char *huge = ei_alloc(1 << 20);
    memset(huge, '1', 1 << 20);
    huge[(1 << 20) - 1] = 0;
    assert_status(huge, "unreadable");
    memcpy(huge, text.data, (size_t)(digits - text.data));
    assert_status(huge, "unreadable");
    ei_free(huge);
    ei_buffer_free(&text);
}
END_TEST

START_TEST(unreadable_verdict_says_nothing_else)
{
    edu_verdict *verdict = verdict_of("x");
    ck_assert_ptr_null(verdict->type);
    ck_assert_ptr_null(verdict->number);
    ck_assert_ptr_null(verdict->host);
    ck_assert_ptr_null(verdict->key_id);
    ck_assert_ptr_null(verdict->fields);
    ck_assert(verdict->issued == EDU_TIME_NONE);
    ck_assert_ptr_nonnull(verdict->message);
    edu_free(verdict);
}
END_TEST

/* Verdict under another key set. */
static void assert_status_under(const char *set, const char *text, const char *expected)
{
    edu_verdict *verdict = NULL;
    FX_OK(edu_verify(text, set, &verdict, error));
    ck_assert_msg(strcmp(verdict->status, expected) == 0, "%s under %s", verdict->status, set);
    edu_free(verdict);
}

START_TEST(keys_are_found_by_id_and_kind)
{
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims);
    assert_status_under("{\"keys\":[]}", text.data, "unknown_key");
    ei_keys *others = new_keys();
    char *other_set = keys_text(others);
    assert_status_under(other_set, text.data, "unknown_key");
    /* Another key under the signer's id. */
    json_t *set = json_loads(other_set, 0, NULL);
    json_t *key = json_array_get(json_object_get(set, "keys"), 0);
    json_object_set_new(key, "kid", json_string(ei_keys_signing_id(keys)));
    char *forged = json_dumps(set, 0);
    assert_status_under(forged, text.data, "bad_signature");
    json_decref(set);
    ei_free(forged);
    /* The signer's key, but said to be of another kind or damaged. */
    static const char *const spoilt[][2] = {{"kty", "EC"}, {"crv", "P-256"}, {"crv", "Ed448"},
                                            {"x", ""},     {"x", "AAAA"},    {"x", "?"}};
    for (size_t i = 0; i < EI_COUNT(spoilt); i++) {
        set = json_loads(public_keys, 0, NULL);
        key = json_array_get(json_object_get(set, "keys"), 0);
        json_object_set_new(key, spoilt[i][0], json_string(spoilt[i][1]));
        char *changed = json_dumps(set, 0);
        assert_status_under(changed, text.data, "unknown_key");
        ei_free(changed);
        json_decref(set);
    }
    ei_free(other_set);
    ei_keys_free(others);
    ei_buffer_free(&text);
}
END_TEST

/* libsodium takes some bytes beyond ASCII for digits. */
START_TEST(keys_have_one_text)
{
    uint8_t key[EI_PUBLIC_KEY] = {0}, read[EI_PUBLIC_KEY];
    char text[EI_KEY_TEXT];
    for (int i = 0; i < 256; i++) {
        key[0] = (uint8_t)i;
        ei_key_format(key, text);
        ck_assert(ei_key_parse(text, read) && memcmp(key, read, sizeof key) == 0);
    }
    for (int byte = 1; byte < 256; byte++) {
        char again[EI_KEY_TEXT];
        text[1] = (char)byte;
        if (!ei_key_parse(text, read))
            continue;
        ei_key_format(read, again);
        ck_assert_str_eq(again, text);
    }
}
END_TEST

START_TEST(what_is_no_key_set_is_an_error)
{
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims);
    static const char *const bad[] = {"", "{}", "[]", "null", "{\"keys\":{}}", "{\"keys\":"};
    for (size_t i = 0; i < EI_COUNT(bad); i++) {
        edu_verdict *verdict = NULL;
        FX_FAILS(EDU_E_INVALID, edu_verify(text.data, bad[i], &verdict, error));
        FX_FAILS(EDU_E_INVALID, edu_verify("x", bad[i], &verdict, error));
        ck_assert_ptr_null(verdict);
    }
    edu_verdict *verdict = NULL;
    FX_FAILS(EDU_E_INVALID, edu_verify(NULL, public_keys, &verdict, error));
    FX_FAILS(EDU_E_INVALID, edu_verify(text.data, NULL, &verdict, error));
    FX_FAILS(EDU_E_INVALID, edu_verify(text.data, public_keys, NULL, error));
    ei_buffer_free(&text);
}
END_TEST

START_TEST(times_beyond_ours_are_read)
{
    static const int64_t times[] = {INT64_MIN, -8000000000000, 8000000000000, INT64_MAX};
    for (size_t i = 0; i < EI_COUNT(times); i++) {
        ei_claims claims = slip();
        claims.issued = times[i];
        ei_buffer text = text_of(&claims);
        edu_verdict *verdict = verdict_of(text.data);
        ck_assert_str_eq(verdict->status, "valid");
        ck_assert(verdict->issued == EDU_TIME_NONE);
        edu_free(verdict);
        ei_buffer_free(&text);
    }
}
END_TEST

/* ---- pictures ---- */

/* A build without qrencode or cairo says so, and there is nothing to test. */
static bool is_built(edu_status status)
{
    return status != EDU_E_UNSUPPORTED;
}

START_TEST(picture_has_the_modules_of_the_code)
{
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims), box = {0};
    char *svg = NULL;
    if (is_built(edu_qr_svg(text.data, &svg, NULL))) {
        int width;
        uint8_t *modules;
        FX_OK(ei_qr_modules(text.data, &width, &modules, error));
        ck_assert_int_le(width, 17 + 4 * 14);
        ei_buffer_printf(&box, "viewBox=\"0 0 %d %d\"", width + 8, width + 8);
        ck_assert_ptr_nonnull(strstr(svg, box.data));
        /* The runs of the path add up to the black modules. */
        int black = 0, drawn = 0;
        for (int i = 0; i < width * width; i++)
            black += modules[i];
        for (const char *run = strchr(svg, 'h'); (run = strstr(run, "v1h-")) != NULL; run++)
            drawn += atoi(run + 4);
        ck_assert_int_eq(drawn, black);
        ck_assert_str_eq(svg + strlen(svg) - 6, "</svg>");
        edu_free(svg);
        ei_free(modules);
        ei_buffer_free(&box);
    }
    ei_buffer_free(&text);
}
END_TEST

/* What is computed of a code before it is made is what the library for codes makes of it. */
START_TEST(version_of_a_code_is_known_before)
{
    static const char *const hosts[] = {"a.az", "portal.example", "localhost:8080",
                                        "e-xidmetler.muhafize.edu.gov.az"};
    uint8_t message[400];
    randombytes_buf(message, sizeof message);
    for (size_t i = 0; i < EI_COUNT(hosts); i++) {
        for (size_t size = 20; size < sizeof message; size += 3) {
            ei_buffer text = {0};
            int width;
            uint8_t *modules;
            FX_OK(ei_qr_link(hosts[i], slip().number, (edu_bytes){message, size}, &text, error));
            edu_status status = ei_qr_modules(text.data, &width, &modules, NULL);
            if (status != EDU_E_UNSUPPORTED) {
                int version = status == EDU_OK ? (width - 17) / 4 : 0;
                ck_assert_msg(ei_qr_version(hosts[i], size) == version,
                              "%zu bytes at %s: %d and %d", size, hosts[i], version,
                              ei_qr_version(hosts[i], size));
            }
            if (status == EDU_OK)
                ei_free(modules);
            ei_buffer_free(&text);
        }
    }
}
END_TEST

static int version_with(char *text, size_t bytes)
{
    char kept = text[bytes];
    ei_claims claims = {.host = "portal.example",
                        .type = "reference.sample",
                        .issued = ISSUED,
                        .has_expiry = true,
                        .expires = ISSUED,
                        .has_hash = true,
                        .place = {UINT16_MAX, INT32_MAX},
                        .count = 2,
                        .fields = {{"holder", "Gülnarə Şıxəliyeva"}, {"sample", text}}};
    ei_buffer payload = {0}, message = {0};
    text[bytes] = 0;
    FX_OK(ei_claims_encode(&claims, &payload, error));
    FX_OK(ei_cose_sign(&signer, (edu_bytes){payload.data, payload.size}, &message, error));
    int version = ei_qr_version(claims.host, message.size);
    text[bytes] = kept;
    ei_buffer_free(&payload);
    ei_buffer_free(&message);
    return version;
}

START_TEST(longest_code_is_known_before)
{
    char text[201];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    ei_code_bound bounds[] = {{"holder", strlen("Gülnarə Şıxəliyeva")}, {"sample", 140}};
    size_t excess = ei_qr_excess("portal.example", "reference.sample", true, bounds, 2);
    ck_assert(excess > 0 && excess < 100);
    ck_assert_int_eq(version_with(text, bounds[1].bytes - excess), 14);
    ck_assert_int_eq(version_with(text, bounds[1].bytes - excess + 1), 0);
    bounds[1].bytes -= excess;
    ck_assert_uint_eq(ei_qr_excess("portal.example", "reference.sample", true, bounds, 2), 0);
    ck_assert_uint_gt(
        ei_qr_excess("e-xidmetler.portal.example", "reference.sample", true, bounds, 2), 0);
}
END_TEST

START_TEST(pictures_have_bounds)
{
    char *svg = NULL;
    if (!is_built(edu_qr_svg("A", &svg, NULL)))
        return;
    edu_free(svg);
    svg = NULL;
    char text[1024];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = 0;
    FX_FAILS(EDU_E_LIMIT, edu_qr_svg(text, &svg, error));
    FX_FAILS(EDU_E_INVALID, edu_qr_svg("", &svg, error));
    FX_FAILS(EDU_E_INVALID, edu_qr_svg(NULL, &svg, error));
    FX_FAILS(EDU_E_INVALID, edu_qr_svg("A", NULL, error));
    ck_assert_ptr_null(svg);
}
END_TEST

/* ---- paper ---- */

#define LONG_NAME                                                                                  \
    "Gülnarəxanım Əbdülhüseynqızı Şıxəlibəyova-Məmmədhəsənzadə "                  \
    "Gülnarəxanım Əbdülhüseynqızı Şıxəlibəyova-Məmmədhəsənzadə "
#define LONGER_NAME LONG_NAME LONG_NAME

static const ei_print_field short_fields[] = {{"Tarix", "12 dekabr 2026", true},
                                              {"Vaxt", "10:00", true},
                                              {"Otaq", "204", true},
                                              {"Yer", "C4", true},
                                              {"Şagird", "İsmayıl Şıxəliyev", false},
                                              {"Ünvan", "Şəki, M. F. Axundzadə küçəsi 12", false}};
static const ei_print_field long_fields[] = {
    {"Tarix", "12 dekabr 2026", true}, {"Otaq", LONG_NAME, true},    {"Yer", "C4", true},
    {"Şagird", LONGER_NAME, false},    {"Məktəb", LONG_NAME, false}, {"Fənn", LONG_NAME, false},
    {"Mərkəz", LONG_NAME, false},      {"Ünvan", LONG_NAME, false},  {"Sinif", "11", false},
    {"Müddət", "180", false},          {"Variant", "B", false},      {"Məsafə", "12,4 km", false}};

static ei_print print_of(const ei_print_field *fields, size_t count, const char *qr)
{
    return (ei_print){.language = "az",
                      .issuer = "Təhsil portalı",
                      .title = "Buraxılış vərəqəsi",
                      .subtitle = "Riyaziyyat olimpiadası",
                      .fields = fields,
                      .count = count,
                      .qr = qr,
                      .number = "041061050R3GG28AX",
                      .note = "Şəxsiyyət vəsiqənizi gətirin.",
                      .made = 1795514400000000};
}

/* Output of a command in the folder, in which nothing is left. */
static size_t output_of(const ei_buffer *pdf, const char *command, char *out, size_t room)
{
    char path[TEST_FOLDER_SIZE + 16], line[512];
    snprintf(path, sizeof path, "%s/page.pdf", folder);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(pdf->data, 1, pdf->size, file), pdf->size);
    ck_assert_int_eq(fclose(file), 0);
    snprintf(line, sizeof line, "cd %s && %s", folder, command);
    FILE *from = popen(line, "r");
    ck_assert_ptr_nonnull(from);
    size_t size = fread(out, 1, room - 1, from);
    ck_assert_int_eq(pclose(from), 0);
    out[size] = 0;
    ck_assert_int_eq(unlink(path), 0);
    return size;
}

static void assert_scans(const ei_buffer *pdf, const char *text)
{
    char read[4096];
    output_of(pdf,
              "pdftoppm -r 150 -png page.pdf page && { zbarimg -q --raw -Sdisable "
              "-Sqrcode.enable page*.png 2>/dev/null; rm page*.png; }",
              read, sizeof read);
    read[strcspn(read, "\n")] = 0;
    ck_assert_str_eq(read, text);
}

static const char *const words[] = {"portal.example", "0410-6105-0R3G-G28A-X", "Buraxılış vərəqəsi",
                                    "İsmayıl Şıxəliyev", "Axundzadə küçəsi 12"};

static void assert_says(const char *text, const char *const *parts)
{
    for (; *parts; parts++)
        ck_assert_msg(strstr(text, *parts) != NULL, "%s", *parts);
}

START_TEST(paper_is_whole)
{
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims), pdf = {0};
    ei_print page = print_of(short_fields, EI_COUNT(short_fields), text.data);
    if (is_built(ei_print_pdf(&page, &pdf, NULL))) {
        static const char *const says[] = {"Title:           Buraxılış vərəqəsi\n",
                                           "Tagged:          yes\n", "Pages:           1\n",
                                           "CreationDate:    Tue Nov 24 10:00:00 2026 UTC\n", NULL};
        char shown[4096], info[4096];
        assert_scans(&pdf, text.data);
        output_of(&pdf, "pdftotext page.pdf -", shown, sizeof shown);
        for (size_t i = 0; i < EI_COUNT(words); i++)
            ck_assert_msg(strstr(shown, words[i]) != NULL, "%s", words[i]);
        output_of(&pdf, "TZ=UTC pdfinfo page.pdf && qpdf --check page.pdf 2>&1", info, sizeof info);
        assert_says(info, says);
    }
    ei_buffer_free(&pdf);
    ei_buffer_free(&text);
}
END_TEST

/* What those hear who do not see the page, in its order. */
START_TEST(paper_has_a_structure)
{
    static const char *const tree[] = {
        "Document\n  Sect\n    P (block)\n      \"Təhsil portalı\"\n    H1 (block)\n      "
        "\"Buraxılış vərəqəsi\"\n",
        "    L (block)\n      LI (block)\n        Lbl (block)\n          \"Tarix\"\n        LBody "
        "(block)\n          \"12 dekabr 2026\"\n",
        "\"İsmayıl Şıxəliyev\"",
        "    Figure",
        "\"0410-6105-0R3G-G28A-X\"",
        NULL};
    static const char *const parts[] = {"/Lang (az)",
                                        "/DisplayDocTitle true",
                                        "/Marked true",
                                        "/Alt (QR)",
                                        "/BBox [",
                                        "/Artifact BMC",
                                        "<dc:title>",
                                        "/AFRelationship /Source",
                                        "/CIDToGIDMap /Identity",
                                        NULL};
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims), pdf = {0}, again = {0};
    ei_print page = print_of(short_fields, EI_COUNT(short_fields), text.data);
    page.record = "{\"name\": \"Əli\"}";
    page.record_name = "041061050R3GG28AX.json";
    if (is_built(ei_print_pdf(&page, &pdf, NULL))) {
        static char shown[262144];
        output_of(&pdf, "pdfinfo -struct-text page.pdf", shown, sizeof shown);
        assert_says(shown, tree);
        output_of(&pdf, "qpdf --qdf --object-streams=disable page.pdf - | tr -d '\\000'", shown,
                  sizeof shown);
        assert_says(shown, parts);
        output_of(&pdf,
                  "pdfdetach -save 1 -o record.json page.pdf && cat record.json && rm record.json",
                  shown, sizeof shown);
        ck_assert_str_eq(shown, page.record);
        FX_OK(ei_print_pdf(&page, &again, error));
        ck_assert_uint_eq(pdf.size, again.size);
        ck_assert_mem_eq(pdf.data, again.data, pdf.size);
    }
    ei_buffer_free(&pdf);
    ei_buffer_free(&again);
    ei_buffer_free(&text);
}
END_TEST

static edu_status record_in(const ei_buffer *pdf, ei_buffer *out)
{
    ei_buffer_free(out);
    *out = (ei_buffer){0};
    return ei_pdf_record((edu_bytes){pdf->data, pdf->size}, 1000, out, NULL);
}

START_TEST(record_comes_out_of_the_paper)
{
    ei_print page = print_of(short_fields, EI_COUNT(short_fields), NULL);
    ei_buffer pdf = {0}, plain = {0}, out = {0};
    char record[2000];
    memset(record, 'x', sizeof record - 1);
    record[sizeof record - 1] = 0;
    if (is_built(ei_print_pdf(&page, &plain, NULL))) {
        ck_assert_int_eq(record_in(&plain, &out), EDU_E_INVALID);
        page.record = "{\"name\": \"Əli\"}";
        page.record_name = "041061050R3GG28AX.json";
        FX_OK(ei_print_pdf(&page, &pdf, error));
        ck_assert_int_eq(record_in(&pdf, &out), EDU_OK);
        ck_assert_str_eq(out.data, page.record);
        /* packed by another program */
        static char bytes[262144];
        size_t size = output_of(&pdf,
                                "qpdf --compress-streams=y --object-streams=disable page.pdf "
                                "out.pdf && cat out.pdf && rm out.pdf",
                                bytes, sizeof bytes);
        const ei_buffer packed = {bytes, size, size, false};
        ck_assert_ptr_null(memmem(bytes, size, page.record, strlen(page.record)));
        ck_assert_int_eq(record_in(&packed, &out), EDU_OK);
        ck_assert_str_eq(out.data, page.record);
        /* cut off anywhere, it is no paper */
        for (size_t cut = 0; cut + 40 < pdf.size; cut += 997) {
            const ei_buffer part = {pdf.data, cut, cut, false};
            ck_assert_int_eq(record_in(&part, &out), EDU_E_INVALID);
        }
        page.record = record;
        ei_buffer_free(&pdf);
        pdf = (ei_buffer){0};
        FX_OK(ei_print_pdf(&page, &pdf, error));
        ck_assert_int_eq(record_in(&pdf, &out), EDU_E_LIMIT);
    }
    ei_buffer_free(&pdf);
    ei_buffer_free(&plain);
    ei_buffer_free(&out);
}
END_TEST

/* What is drawn beyond the page is in the file and extracts all the same: the code tells whether it
 * is on the paper. */
START_TEST(long_texts_stay_on_the_paper)
{
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims), pdf = {0};
    ei_print page = print_of(long_fields, EI_COUNT(long_fields), text.data);
    page.details_title = "Əlavə";
    page.details = long_fields;
    page.detail_count = EI_COUNT(long_fields);
    if (is_built(ei_print_pdf(&page, &pdf, NULL))) {
        static const char *const says[] = {"Pages:           2\n", NULL};
        static const char *const feet[] = {"0410-6105-0R3G-G28A-X · 1 / 2",
                                           "0410-6105-0R3G-G28A-X · 2 / 2", NULL};
        char info[4096];
        static char shown[65536];
        assert_scans(&pdf, text.data);
        output_of(&pdf, "pdfinfo page.pdf", info, sizeof info);
        assert_says(info, says);
        output_of(&pdf, "pdfinfo -struct-text page.pdf", shown, sizeof shown);
        assert_says(shown, feet);
        size_t found = 0;
        for (const char *at = shown; (at = strstr(at, "Şıxəlibəyova-Məmmədhəsənzadə")); at++)
            found++;
        ck_assert_uint_eq(found, 2 * (5 * 2 + 4));
    }
    ei_buffer_free(&pdf);
    ei_buffer_free(&text);
}
END_TEST

START_TEST(texts_that_do_not_fit_are_refused)
{
    char *huge = ei_alloc(100001);
    memset(huge, 'x', 100000);
    huge[100000] = 0;
    static ei_print_field fields[400];
    for (size_t i = 0; i < EI_COUNT(fields); i++)
        fields[i] = (ei_print_field){"Şagird", LONGER_NAME LONGER_NAME, false};
    ei_print page = print_of(fields, EI_COUNT(fields), NULL);
    ei_buffer pdf = {0};
    if (is_built(ei_print_pdf(&page, &pdf, NULL))) {
        FX_FAILS(EDU_E_LIMIT, ei_print_pdf(&page, &pdf, error));
        fields[0].value = huge;
        page.count = 1;
        FX_FAILS(EDU_E_LIMIT, ei_print_pdf(&page, &pdf, error));
        page = print_of(short_fields, 1, huge);
        FX_FAILS(EDU_E_LIMIT, ei_print_pdf(&page, &pdf, error));
        const ei_table_column column = {"Yer", 1};
        const ei_table_section section = {"Otaq", (const char *const[]){huge}, 1};
        ei_table table = {"az", "Siyahı", "Şəki", &column, 1, &section, 1};
        FX_FAILS(EDU_E_LIMIT, ei_table_pdf(&table, &pdf, error));
    }
    ei_buffer_free(&pdf);
    ei_free(huge);
}
END_TEST

/* Nothing of a text is taken for a tag. */
START_TEST(page_stands_by_itself)
{
    static const char *const says[] = {"<!DOCTYPE html>\n<html lang=\"az\">",
                                       "<title>Buraxılış vərəqəsi: Riyaziyyat olimpiadası<",
                                       "<h1>Buraxılış vərəqəsi</h1>",
                                       "&#60;b&#62;&#38;&#34;&#39;</td>",
                                       "@media print",
                                       "role=\"img\" aria-label=\"QR\"",
                                       "0410-6105-0R3G-G28A-X",
                                       "portal.example",
                                       NULL};
    static const char *const never[] = {"<script", "<b>", "src=", "url(", "href="};
    const ei_print_field fields[] = {{"Şagird", "İsmayıl <b>&\"'", true}, {"Yer", "C4", false}};
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims), html = {0};
    ei_print page = print_of(fields, EI_COUNT(fields), text.data);
    edu_status status = ei_print_html(&page, &html, NULL);
    if (status != EDU_E_UNSUPPORTED) {
        ck_assert_int_eq(status, EDU_OK);
        assert_says(html.data, says);
        for (size_t i = 0; i < EI_COUNT(never); i++)
            ck_assert_msg(strstr(html.data, never[i]) == NULL, "%s", never[i]);
    }
    ei_buffer_free(&html);
    ei_buffer_free(&text);
}
END_TEST

START_TEST(table_repeats_its_head)
{
    enum { ROWS = 100, COLUMNS = 3 };
    const ei_table_column columns[COLUMNS] = {{"Yer", 0.1}, {"Şagird", 0.6}, {"İmza", 0.3}};
    const char *cells[ROWS * COLUMNS];
    for (size_t i = 0; i < ROWS; i++) {
        cells[COLUMNS * i] = i == ROWS - 1 ? "Z99" : "A1";
        cells[COLUMNS * i + 1] = i % 9 ? "İsmayıl Şıxəliyev" : LONG_NAME;
        cells[COLUMNS * i + 2] = NULL;
    }
    const ei_table_section sections[] = {{"Otaq 204", cells, ROWS}, {"Otaq 205", cells, 1}};
    ei_table table = {"az", "Davamiyyət siyahısı", "Şəki", columns, COLUMNS, sections, 2};
    ei_buffer pdf = {0};
    if (is_built(ei_table_pdf(&table, &pdf, NULL))) {
        char pages[16], heads[16], rows[16], ends[16];
        output_of(&pdf, "pdfinfo page.pdf | sed -n 's/Pages: *//p'", pages, sizeof pages);
        output_of(&pdf, "pdftotext page.pdf - | grep -c 'İmza'", heads, sizeof heads);
        output_of(&pdf, "pdftotext -layout page.pdf - | grep -c '^A1 '", rows, sizeof rows);
        output_of(&pdf, "pdftotext page.pdf - | grep -c Z99", ends, sizeof ends);
        ck_assert_int_ge(atoi(pages), 4);
        ck_assert_str_eq(heads, pages);
        ck_assert_int_eq(atoi(rows), ROWS);
        ck_assert_int_eq(atoi(ends), 1);
        table.column_count = 17;
        FX_FAILS(EDU_E_LIMIT, ei_table_pdf(&table, &pdf, error));
    }
    ei_buffer_free(&pdf);
}
END_TEST

typedef struct printer {
    const char *qr;
    size_t size; /* 0: failed */
} printer;

static void *print_often(void *context)
{
    printer *at = context;
    for (int i = 0; i < 5; i++) {
        ei_print page = print_of(short_fields, EI_COUNT(short_fields), at->qr);
        ei_buffer pdf = {0};
        edu_status status = ei_print_pdf(&page, &pdf, NULL);
        at->size = status == EDU_OK || !is_built(status) ? pdf.size + 1 : 0;
        ei_buffer_free(&pdf);
        if (at->size == 0)
            break;
    }
    return NULL;
}

START_TEST(many_print_at_once)
{
    ei_claims claims = slip();
    ei_buffer text = text_of(&claims);
    pthread_t threads[8];
    printer printers[EI_COUNT(threads)];
    for (size_t i = 0; i < EI_COUNT(threads); i++) {
        printers[i] = (printer){text.data, 0};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, print_often, &printers[i]), 0);
    }
    for (size_t i = 0; i < EI_COUNT(threads); i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_uint_gt(printers[i].size, 0);
    }
    ei_buffer_free(&text);
}
END_TEST

#define ADD(name) tcase_add_test(tests, name)

static TCase *case_named(const char *name)
{
    TCase *tests = tcase_create(name);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    return tests;
}

static TCase *message_tests(void)
{
    TCase *tests = case_named("messages");
    ADD(cbor_is_that_of_rfc_8949);
    ADD(cbor_of_other_forms_is_refused);
    ADD(claims_come_back);
    ADD(claims_have_one_encoding);
    ADD(doubled_fields_are_refused);
    ADD(too_long_a_field_is_named);
    ADD(the_elastic_field_gives_way);
    ADD(claims_hold_all_fields_or_none);
    ADD(a_hash_comes_last_or_not_at_all);
    ADD(other_forms_of_a_hash_are_refused);
    ADD(verdict_has_the_hash_of_the_record);
    ADD(every_changed_bit_of_a_message_is_refused);
    ADD(unprotected_header_must_be_empty);
    ADD(published_messages_are_not_taken_for_documents);
    ADD(published_eddsa_signature_holds);
    return tests;
}

static TCase *text_tests(void)
{
    TCase *tests = case_named("texts");
    ADD(verdict_shows_all_that_was_signed);
    ADD(same_claims_give_the_same_text);
    ADD(every_changed_character_is_refused);
    ADD(every_lost_doubled_or_swapped_character_is_refused);
    ADD(digits_have_one_form);
    ADD(message_behind_another_link_is_refused);
    ADD(other_texts_are_unreadable);
    ADD(unreadable_verdict_says_nothing_else);
    ADD(keys_are_found_by_id_and_kind);
    ADD(keys_have_one_text);
    ADD(what_is_no_key_set_is_an_error);
    ADD(times_beyond_ours_are_read);
    return tests;
}

static TCase *paper_tests(void)
{
    TCase *tests = case_named("paper");
    ADD(picture_has_the_modules_of_the_code);
    ADD(version_of_a_code_is_known_before);
    ADD(longest_code_is_known_before);
    ADD(pictures_have_bounds);
    ADD(paper_is_whole);
    ADD(paper_has_a_structure);
    ADD(record_comes_out_of_the_paper);
    ADD(page_stands_by_itself);
    ADD(long_texts_stay_on_the_paper);
    ADD(texts_that_do_not_fit_are_refused);
    ADD(table_repeats_its_head);
    ADD(many_print_at_once);
    return tests;
}

int main(void)
{
    Suite *suite = suite_create("credential");
    suite_add_tcase(suite, message_tests());
    suite_add_tcase(suite, text_tests());
    suite_add_tcase(suite, paper_tests());
    return tap_run(suite);
}
