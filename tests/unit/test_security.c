/* Keys, passwords, sealed fields, keyed hashes, tokens. Known answers come from other programs: the
 * vectors of RFC 8032, libargon2 by way of PHP, BLAKE2b of Python's hashlib. */
#include "fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sodium.h>
#include "security/security.h"
#include "../tap.h"

#define NOW FX_START
/* The least that libsodium permits. */
static const ei_password_cost cheap = {1, 8192};

static char folder[TEST_FOLDER_SIZE];
static char path[TEST_FOLDER_SIZE + 16];

/* Gives these bytes, then counts on from the last. */
typedef struct script {
    const uint8_t *bytes;
    size_t left;
    uint8_t next;
} script;

static void script_fill(void *context, void *buffer, size_t size)
{
    script *from = context;
    uint8_t *out = buffer;
    for (size_t i = 0; i < size; i++) {
        if (from->left > 0) {
            from->next = *from->bytes++;
            from->left--;
        }
        out[i] = from->next++;
    }
}

static edu_random scripted(script *from)
{
    return (edu_random){script_fill, from};
}

static void setup(void)
{
    FX_OK(ei_security_init(error));
    test_folder(folder);
    snprintf(path, sizeof path, "%s/keys", folder);
}

static void teardown(void)
{
    unlink(path);
    ck_assert_msg(rmdir(folder) == 0, "something was left in %s", folder);
}

static ei_keys *load(bool create, uint8_t first)
{
    script from = {.next = first};
    edu_random random = scripted(&from);
    ei_keys *keys = NULL;
    FX_OK(ei_keys_load(path, &random, NOW, create, &keys, error));
    return keys;
}

static void assert_hex(const uint8_t *bytes, size_t size, const char *expected)
{
    char hex[129];
    ck_assert_uint_le(size, 64);
    ei_hex_format(bytes, size, hex);
    ck_assert_str_eq(hex, expected);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, 0600), 0);
}

static edu_bytes read_file(void)
{
    edu_bytes bytes = {NULL, 0};
    FX_OK(ei_file_read(path, 65536, &bytes, error));
    return bytes;
}

static void free_bytes(edu_bytes bytes)
{
    ei_free((void *)(uintptr_t)bytes.data);
}

/* ---- the keys file ---- */

START_TEST(keys_are_made_once_and_found_again)
{
    ei_keys *made = load(true, 1);
    struct stat about;
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_int_eq(about.st_mode & 07777, 0600);
    uint8_t first[32], second[32];
    ei_keys_fingerprint(made, first);
    edu_bytes before = read_file();
    /* Other randomness: an existing file is never made anew. */
    ei_keys *found = load(true, 77);
    ei_keys_fingerprint(found, second);
    edu_bytes after = read_file();
    ck_assert_mem_eq(first, second, sizeof first);
    ck_assert_str_eq(ei_keys_signing_id(made), ei_keys_signing_id(found));
    ck_assert_uint_eq(before.size, after.size);
    ck_assert_mem_eq(before.data, after.data, before.size);
    free_bytes(before);
    free_bytes(after);
    ei_keys_free(made);
    ei_keys_free(found);
}
END_TEST

START_TEST(keys_follow_the_randomness_given)
{
    ei_keys *keys = load(true, 1);
    edu_bytes first = read_file();
    ei_keys_free(keys);
    ck_assert_int_eq(unlink(path), 0);
    keys = load(true, 1);
    edu_bytes second = read_file();
    ei_keys_free(keys);
    ck_assert_int_eq(unlink(path), 0);
    keys = load(true, 2);
    edu_bytes third = read_file();
    ei_keys_free(keys);
    ck_assert_str_eq(first.data, second.data);
    ck_assert_str_ne(first.data, third.data);
    free_bytes(first);
    free_bytes(second);
    free_bytes(third);
}
END_TEST

static void assert_refused(bool create)
{
    edu_random random = ei_random_default();
    ei_keys *keys = NULL;
    FX_FAILS(EDU_E_CRYPTO, ei_keys_load(path, &random, NOW, create, &keys, error));
    ck_assert_str_eq(fx_last_error.key, "security.keys_file");
    ck_assert_ptr_null(keys);
}

START_TEST(keys_that_others_may_read_are_refused)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666, 0777};
    ei_keys_free(load(true, 1));
    for (size_t i = 0; i < EI_COUNT(modes); i++) {
        ck_assert_int_eq(chmod(path, modes[i]), 0);
        assert_refused(true);
        ck_assert_ptr_nonnull(strstr(fx_last_error.message, "0600"));
    }
    ck_assert_int_eq(chmod(path, 0400), 0);
    ei_keys_free(load(false, 1));
}
END_TEST

START_TEST(missing_keys_are_made_only_when_asked)
{
    assert_refused(false);
    ck_assert_int_ne(access(path, F_OK), 0);
    char elsewhere[96];
    snprintf(elsewhere, sizeof elsewhere, "%s/none/keys", folder);
    edu_random random = ei_random_default();
    ei_keys *keys = NULL;
    FX_FAILS(EDU_E_NOT_FOUND, ei_keys_load(elsewhere, &random, NOW, true, &keys, error));
}
END_TEST

#define SECRET "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY "{\"created\":\"2026-09-21T08:00:00Z\",\"seed\":\"" SECRET "\"}"
#define FILE_WITH(version, wrapping, signing)                                                      \
    "{\"version\":" version ",\"wrapping\":\"" wrapping "\",\"lookup\":\"" SECRET                  \
    "\",\"signing\":" signing "}"

START_TEST(damaged_keys_are_refused_and_left_alone)
{
    static const char *const damaged[] = {
        "",
        "{}",
        "[]",
        "null",
        "{\"version\":1",
        FILE_WITH("2", SECRET, "[" KEY "]"),
        FILE_WITH("1", "00", "[" KEY "]"),
        FILE_WITH("1", SECRET "00", "[" KEY "]"),
        FILE_WITH("1", "zz", "[" KEY "]"),
        FILE_WITH("1", SECRET, "[]"),
        FILE_WITH("1", SECRET, "{}"),
        FILE_WITH("1", SECRET, "[" KEY ",{}]"),
        FILE_WITH("1", SECRET, "[{\"created\":\"yesterday\",\"seed\":\"" SECRET "\"}]"),
        FILE_WITH("1", SECRET, "[" KEY "]") "x",
    };
    for (size_t i = 0; i < EI_COUNT(damaged); i++) {
        write_file(damaged[i]);
        assert_refused(true);
        edu_bytes left = read_file();
        ck_assert_str_eq(left.data, damaged[i]);
        free_bytes(left);
    }
    write_file(FILE_WITH("1", SECRET, "[" KEY "]"));
    ei_keys_free(load(false, 1));
}
END_TEST

START_TEST(too_many_signing_keys_are_refused)
{
    for (int count = 64; count <= 65; count++) {
        ei_buffer text = {0};
        ei_buffer_text(&text, "{\"version\":1,\"wrapping\":\"" SECRET "\",\"lookup\":\"" SECRET
                              "\",\"signing\":[" KEY);
        for (int i = 1; i < count; i++)
            ei_buffer_text(&text, "," KEY);
        ei_buffer_text(&text, "]}");
        write_file(text.data);
        ei_buffer_free(&text);
        if (count == 64)
            ei_keys_free(load(false, 1));
        else
            assert_refused(false);
    }
}
END_TEST

START_TEST(huge_keys_file_is_refused)
{
    write_file("");
    ck_assert_int_eq(truncate(path, 1 << 20), 0);
    assert_refused(false);
}
END_TEST

/* ---- signing ---- */

/* RFC 8032, 7.1, tests 1 to 3. */
static const struct {
    const char *seed, *public_key, *message, *signature;
} rfc8032[] = {{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
               {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
               {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"}};

START_TEST(signatures_are_those_of_rfc_8032)
{
    for (size_t i = 0; i < EI_COUNT(rfc8032); i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "{\"version\":1,\"wrapping\":\"%s\",\"lookup\":\"%s\",\"signing\":[{\"created\":"
                 "\"2026-09-21T08:00:00Z\",\"seed\":\"%s\"}]}",
                 SECRET, SECRET, rfc8032[i].seed);
        write_file(text);
        ei_keys *keys = load(false, 1);
        uint8_t message[4], signature[EI_SIGNATURE], public_key[32], hash[32];
        int size = ei_hex_parse(rfc8032[i].message, message, sizeof message);
        ck_assert_int_ge(size, 0);
        ei_keys_sign(keys, message, (size_t)size, signature);
        assert_hex(signature, sizeof signature, rfc8032[i].signature);
        ck_assert_int_eq(ei_hex_parse(rfc8032[i].public_key, public_key, 32), 32);
        crypto_hash_sha256(hash, public_key, sizeof public_key);
        assert_hex(hash, 8, ei_keys_signing_id(keys));
        ei_keys_free(keys);
    }
}
END_TEST

START_TEST(public_keys_hold_past_ones_and_nothing_secret)
{
    char text[1024];
    snprintf(text, sizeof text,
             "{\"version\":1,\"wrapping\":\"%s\",\"lookup\":\"%s\",\"signing\":["
             "{\"created\":\"2025-09-21T08:00:00Z\",\"seed\":\"%s\"},"
             "{\"created\":\"2026-09-21T08:00:00Z\",\"seed\":\"%s\"}]}",
             SECRET, SECRET, rfc8032[0].seed, rfc8032[1].seed);
    write_file(text);
    ei_keys *keys = load(false, 1);
    json_t *set = ei_keys_public(keys);
    const json_t *list = json_object_get(set, "keys");
    ck_assert_uint_eq(json_array_size(list), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *key = json_array_get(list, i);
        uint8_t x[32];
        size_t size = 0;
        const char *encoded = json_string_value(json_object_get(key, "x"));
        ck_assert_ptr_nonnull(encoded);
        ck_assert_int_eq(sodium_base642bin(x, sizeof x, encoded, strlen(encoded), NULL, &size, NULL,
                                           sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                         0);
        assert_hex(x, size, rfc8032[i].public_key);
        ck_assert_str_eq(json_string_value(json_object_get(key, "kty")), "OKP");
        ck_assert_str_eq(json_string_value(json_object_get(key, "crv")), "Ed25519");
        ck_assert_ptr_null(json_object_get(key, "d"));
    }
    /* The last one signs. */
    const json_t *last = json_array_get(list, 1);
    ck_assert_str_eq(json_string_value(json_object_get(last, "kid")), ei_keys_signing_id(keys));
    json_decref(set);
    ei_keys_free(keys);
}
END_TEST

/* ---- looking up by keyed hash ---- */

START_TEST(keyed_hash_is_blake2b_apart_by_purpose)
{
    write_file(FILE_WITH("1", SECRET, "[" KEY "]"));
    ei_keys *keys = load(false, 1);
    uint8_t hash[32], other[32];
    ei_keyed_hash(keys, "fin", fx_bytes("5ABCDEF"), hash);
    assert_hex(hash, 32, "a851a8bb85ed9979b080f984dd87fa6c811f3fec89e13d3629ced84d3524fdc5");
    ei_keyed_hash(keys, "document", fx_bytes("5ABCDEF"), other);
    ck_assert_mem_ne(hash, other, 32);
    ei_keyed_hash(keys, "a", fx_bytes("bc"), hash);
    ei_keyed_hash(keys, "ab", fx_bytes("c"), other);
    ck_assert_mem_ne(hash, other, 32);
    ei_keys_free(keys);
    ck_assert_int_eq(unlink(path), 0);
    keys = load(true, 9);
    ei_keyed_hash(keys, "a", fx_bytes("bc"), other);
    ck_assert_mem_ne(hash, other, 32);
    ei_keys_free(keys);
}
END_TEST

/* ---- sealed fields ---- */

typedef struct sealed {
    ei_keys *keys;
    edu_random random;
    script from;
    edu_id person;
    uint8_t wrapped[EI_WRAPPED_KEY];
} sealed;

static sealed person_with_key(void)
{
    sealed made = {.keys = load(true, 1), .from = {.next = 40}, .person = {{1, 2, 3}}};
    edu_random random = scripted(&made.from);
    ei_person_key_make(made.keys, &random, &made.person, made.wrapped);
    return made;
}

static edu_bytes wrapped_of(const sealed *of)
{
    return (edu_bytes){of->wrapped, sizeof of->wrapped};
}

static void seal(sealed *with, const char *field, edu_bytes data, uint8_t *out)
{
    edu_random random = scripted(&with->from);
    FX_OK(ei_seal(with->keys, &random, &with->person, wrapped_of(with), field, data, out, error));
}

static void assert_closed(const sealed *with, const edu_id *person, edu_bytes wrapped,
                          const char *field, edu_bytes data)
{
    edu_bytes out = {NULL, 0};
    FX_FAILS(EDU_E_CRYPTO, ei_unseal(with->keys, person, wrapped, field, data, &out, error));
    ck_assert_ptr_null(out.data);
    ck_assert_ptr_null(strstr(fx_last_error.message, "5ABC"));
}

START_TEST(sealed_fields_open_again)
{
    sealed with = person_with_key();
    static const size_t sizes[] = {0, 1, 7, 64, 5000};
    for (size_t i = 0; i < EI_COUNT(sizes); i++) {
        uint8_t *data = ei_alloc(sizes[i]), *closed = ei_alloc(sizes[i] + EI_SEAL_EXTRA);
        memset(data, 'x', sizes[i]);
        seal(&with, "fin", (edu_bytes){data, sizes[i]}, closed);
        edu_bytes out;
        FX_OK(ei_unseal(with.keys, &with.person, wrapped_of(&with), "fin",
                        (edu_bytes){closed, sizes[i] + EI_SEAL_EXTRA}, &out, error));
        ck_assert_uint_eq(out.size, sizes[i]);
        ck_assert_mem_eq(out.data, data, sizes[i]);
        ck_assert_int_eq(((const char *)out.data)[sizes[i]], 0);
        free_bytes(out);
        ei_free(data);
        ei_free(closed);
    }
    ei_keys_free(with.keys);
}
END_TEST

START_TEST(same_text_is_sealed_anew_each_time)
{
    sealed with = person_with_key();
    uint8_t first[7 + EI_SEAL_EXTRA], second[sizeof first];
    seal(&with, "fin", fx_bytes("5ABCDEF"), first);
    seal(&with, "fin", fx_bytes("5ABCDEF"), second);
    ck_assert_mem_ne(first, second, sizeof first);
    ei_keys_free(with.keys);
}
END_TEST

START_TEST(every_changed_bit_of_a_seal_is_refused)
{
    sealed with = person_with_key();
    uint8_t closed[7 + EI_SEAL_EXTRA];
    seal(&with, "fin", fx_bytes("5ABCDEF"), closed);
    for (size_t bit = 0; bit < 8 * sizeof closed; bit++) {
        closed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_closed(&with, &with.person, wrapped_of(&with), "fin",
                      (edu_bytes){closed, sizeof closed});
        closed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t size = 0; size < sizeof closed; size++)
        assert_closed(&with, &with.person, wrapped_of(&with), "fin", (edu_bytes){closed, size});
    for (size_t bit = 0; bit < 8 * sizeof with.wrapped; bit++) {
        with.wrapped[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_closed(&with, &with.person, wrapped_of(&with), "fin",
                      (edu_bytes){closed, sizeof closed});
        with.wrapped[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    ei_keys_free(with.keys);
}
END_TEST

START_TEST(seals_open_only_where_they_belong)
{
    sealed with = person_with_key();
    uint8_t closed[7 + EI_SEAL_EXTRA];
    seal(&with, "fin", fx_bytes("5ABCDEF"), closed);
    edu_bytes data = {closed, sizeof closed};
    edu_id other = {{1, 2, 4}};
    /* The key stolen along with the field; the other's own key; another field of the same person.
     */
    assert_closed(&with, &other, wrapped_of(&with), "fin", data);
    uint8_t others[EI_WRAPPED_KEY];
    edu_random random = scripted(&with.from);
    ei_person_key_make(with.keys, &random, &other, others);
    assert_closed(&with, &other, (edu_bytes){others, sizeof others}, "fin", data);
    assert_closed(&with, &with.person, (edu_bytes){others, sizeof others}, "fin", data);
    assert_closed(&with, &with.person, wrapped_of(&with), "mail", data);
    assert_closed(&with, &with.person, wrapped_of(&with), "fi", data);
    assert_closed(&with, &with.person, (edu_bytes){with.wrapped, 1}, "fin", data);
    ei_keys_free(with.keys);
    ck_assert_int_eq(unlink(path), 0);
    with.keys = load(true, 99);
    assert_closed(&with, &with.person, wrapped_of(&with), "fin", data);
    uint8_t out[sizeof closed];
    FX_FAILS(EDU_E_CRYPTO, ei_seal(with.keys, &random, &with.person, wrapped_of(&with), "fin",
                                   fx_bytes("5ABCDEF"), out, error));
    ei_keys_free(with.keys);
}
END_TEST

START_TEST(nothing_is_left_of_who_was_erased)
{
    sealed with = person_with_key();
    uint8_t closed[7 + EI_SEAL_EXTRA];
    edu_bytes erased = {"", 0}, out;
    edu_random random = scripted(&with.from);
    seal(&with, "fin", fx_bytes("5ABCDEF"), closed);
    FX_OK(ei_unseal(with.keys, &with.person, erased, "fin", (edu_bytes){closed, sizeof closed},
                    &out, error));
    ck_assert_uint_eq(out.size, 0);
    ck_assert_str_eq(out.data, "");
    ei_free((void *)(uintptr_t)out.data);
    FX_FAILS(EDU_E_CRYPTO, ei_seal(with.keys, &random, &with.person, erased, "fin",
                                   fx_bytes("5ABCDEF"), closed, error));
    ei_keys_free(with.keys);
}
END_TEST

/* ---- passwords ---- */

static bool is_right(const char *stored, const char *password)
{
    bool good = !stored;
    FX_OK(ei_password_verify(&cheap, stored, password, &good, error));
    return good;
}

static void hash_with(const ei_password_cost *cost, const char *salt, const char *password,
                      char text[EI_PASSWORD_TEXT])
{
    script from = {.bytes = (const uint8_t *)salt, .left = strlen(salt)};
    edu_random random = scripted(&from);
    FX_OK(ei_password_hash(cost, &random, password, text, error));
}

START_TEST(hashes_are_those_of_libargon2)
{
    static const struct {
        ei_password_cost cost;
        const char *salt, *hash; /* base64, as PHP's password_hash has them */
        const char *start;
    } known[] = {{{0, 0},
                  "ajBhcWNyY203Y1hIY1l0OQ",
                  "aEX4p1na5JVKH5tn0MoziqafRgvYDwPiyb5EUQpSZdg",
                  "a2id:2:67108864:"},
                 {{1, 8192},
                  "TTVzUVZSbTE0WTQyMXBmLg",
                  "iwWAxxZqq8i42UW7f8bItznYAyamF5BQUDMl6rnadQY",
                  "a2id:1:8192:"}};
    for (size_t i = 0; i < EI_COUNT(known); i++) {
        uint8_t salt[17] = "", hash[32];
        ck_assert_int_eq(sodium_base642bin(salt, 16, known[i].salt, strlen(known[i].salt), NULL,
                                           NULL, NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING),
                         0);
        ck_assert_int_eq(sodium_base642bin(hash, 32, known[i].hash, strlen(known[i].hash), NULL,
                                           NULL, NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING),
                         0);
        char text[EI_PASSWORD_TEXT];
        hash_with(&known[i].cost, (const char *)salt, "correct horse battery", text);
        ck_assert_int_eq(strncmp(text, known[i].start, strlen(known[i].start)), 0);
        const char *last = strrchr(text, ':');
        ck_assert_ptr_nonnull(last);
        assert_hex(hash, 32, last + 1);
    }
}
END_TEST

START_TEST(passwords_hold_and_others_do_not)
{
    char text[EI_PASSWORD_TEXT], again[EI_PASSWORD_TEXT];
    hash_with(&cheap, "0123456789abcdef", "Şəki gözəldir", text);
    hash_with(&cheap, "0123456789abcdeg", "Şəki gözəldir", again);
    ck_assert_str_ne(text, again);
    ck_assert(is_right(text, "Şəki gözəldir"));
    ck_assert(is_right(again, "Şəki gözəldir"));
    /* The same letters, decomposed. */
    ck_assert(is_right(text, "S\xcc\xa7\xc9\x99ki go\xcc\x88z\xc9\x99ldir"));
    ck_assert(!is_right(text, "Şəki gozəldir"));
    ck_assert(!is_right(text, "Şəki gözəldir "));
    ck_assert(!is_right(text, "şəki gözəldir"));
    ck_assert(!is_right(text, ""));
}
END_TEST

START_TEST(nobody_costs_what_somebody_does)
{
    char text[EI_PASSWORD_TEXT];
    hash_with(&cheap, "0123456789abcdef", "a long enough password", text);
    uint64_t start = ei_password_runs();
    ck_assert(is_right(text, "a long enough password"));
    uint64_t somebody = ei_password_runs() - start;
    ck_assert(!is_right(NULL, "a long enough password"));
    ck_assert_uint_eq(ei_password_runs() - start - somebody, somebody);
    /* Of a hash of zeros, as nobody's is, no password is known to fit; damaged ones are nobody's.
     */
    static const char *const damaged[] = {"", "a2id:", "a2id:1:8192:00:00", "$argon2id$v=19$m=8"};
    for (size_t i = 0; i < EI_COUNT(damaged); i++)
        ck_assert(!is_right(damaged[i], "a long enough password"));
}
END_TEST

static void *hash_often(void *result)
{
    bool *good = result;
    *good = true;
    for (int i = 0; i < 5 && *good; i++) {
        char text[EI_PASSWORD_TEXT];
        edu_random random = ei_random_default();
        *good = ei_password_hash(&cheap, &random, "a long enough password", text, NULL) == EDU_OK &&
                ei_password_verify(&cheap, text, "a long enough password", good, NULL) == EDU_OK &&
                *good;
    }
    return NULL;
}

START_TEST(more_threads_than_places_all_get_their_turn)
{
    pthread_t threads[16];
    bool good[EI_COUNT(threads)];
    uint64_t start = ei_password_runs();
    for (size_t i = 0; i < EI_COUNT(threads); i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, hash_often, &good[i]), 0);
    for (size_t i = 0; i < EI_COUNT(threads); i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert(good[i]);
    }
    ck_assert_uint_eq(ei_password_runs() - start, EI_COUNT(threads) * 10);
}
END_TEST

/* A password of count letters, each of these bytes. */
static void letters(char *out, const char *letter, int count)
{
    *out = 0;
    for (int i = 0; i < count; i++)
        strcat(out, letter);
}

START_TEST(policy_counts_letters_not_bytes)
{
    char text[1024];
    static const char *const each[] = {"x", "ə", "o\xcc\x88" /* one letter in NFC */};
    for (size_t i = 0; i < EI_COUNT(each); i++) {
        for (int count = 9; count <= 201; count += count == 10 ? 190 : 1) {
            bool fits = count >= 10 && count <= 200;
            letters(text, each[i], count);
            edu_status status = ei_password_check(text, "login", NULL);
            ck_assert_msg((status == EDU_OK) == fits, "%d of %s: %d", count, each[i], status);
        }
    }
    FX_OK(ei_password_check("somebody.else", NULL, error));
    FX_FAILS(EDU_E_INVALID, ei_password_check("somebody.else", "somebody.else", error));
    ck_assert_str_eq(fx_last_error.field, "/password");
    ck_assert_ptr_null(strstr(fx_last_error.message, "somebody"));
    FX_FAILS(EDU_E_INVALID, ei_password_check(NULL, "login", error));
    FX_FAILS(EDU_E_INVALID, ei_password_check("0123456789\xff", "login", error));
}
END_TEST

/* ---- tokens and codes ---- */

START_TEST(tokens_are_base64url_and_stored_hashed)
{
    script from = {.next = 0};
    edu_random random = scripted(&from);
    char text[EI_TOKEN_TEXT], next[EI_TOKEN_TEXT];
    ei_token_make(&random, text);
    ck_assert_str_eq(text, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
    uint8_t hash[32], other[32];
    ei_token_hash(text, hash);
    assert_hex(hash, 32, "ba285d7e0208bffd223ed32a2051a84f463d139b7e0d100a9b30efab23fbf04b");
    ei_token_make(&random, next);
    ei_token_hash(next, other);
    ck_assert_mem_ne(hash, other, 32);
}
END_TEST

static void assert_digits(const uint32_t *values, size_t count, const char *expected)
{
    script from = {.bytes = (const uint8_t *)values, .left = count * sizeof *values};
    edu_random random = scripted(&from);
    char text[9];
    ei_digits_make(&random, text);
    ck_assert_str_eq(text, expected);
    ck_assert_uint_eq(from.left, 0);
}

START_TEST(codes_are_equally_likely)
{
    assert_digits((const uint32_t[]){42}, 1, "00000042");
    assert_digits((const uint32_t[]){4199999999u}, 1, "99999999");
    /* From here on the codes below 94967296 would come once more than the others. */
    assert_digits((const uint32_t[]){4200000000u, 4294967295u, 100000007}, 3, "00000007");
}
END_TEST

START_TEST(equality_looks_at_every_byte)
{
    uint8_t a[32] = {0}, b[32] = {0};
    ck_assert(ei_equal(a, b, 32));
    for (size_t i = 0; i < 32; i++) {
        b[i] = 0x80;
        ck_assert(!ei_equal(a, b, 32));
        b[i] = 0;
    }
}
END_TEST

/* ---- numbers of persons ---- */

START_TEST(personal_numbers_follow_the_rule)
{
    char out[8];
    FX_OK(ei_fin_normalise("5abcDEF", out, error));
    ck_assert_str_eq(out, "5ABCDEF");
    FX_OK(ei_fin_normalise("0000000", out, error));
    FX_OK(ei_fin_normalise("ZYXWVUT", out, error));
    static const char *const bad[] = {"",        "5ABCDE",    "5ABCDEFG", "5ABCDEI", "5ABCDEO",
                                      "5abcdei", "5abcdeo",   "5ABCDE ",  " ABCDEF", "5ABC-EF",
                                      "5ABCDı",  "5ABCD\xff", "5ABCDəF",  "İABCDE"};
    for (size_t i = 0; i < EI_COUNT(bad); i++) {
        FX_FAILS(EDU_E_INVALID, ei_fin_normalise(bad[i], out, error));
        ck_assert_str_eq(fx_last_error.field, "/number");
        ck_assert_ptr_null(strstr(fx_last_error.message, "5ABC"));
    }
    FX_FAILS(EDU_E_INVALID, ei_fin_normalise(NULL, out, error));
}
END_TEST

START_TEST(document_numbers_are_plain_capitals)
{
    char out[EI_DOCUMENT_TEXT], text[40];
    FX_OK(ei_document_normalise("aze-12/345i", out, error));
    ck_assert_str_eq(out, "AZE-12/345I");
    letters(text, "7", 32);
    FX_OK(ei_document_normalise(text, out, error));
    ck_assert_str_eq(out, text);
    letters(text, "7", 33);
    FX_FAILS(EDU_E_INVALID, ei_document_normalise(text, out, error));
    FX_FAILS(EDU_E_INVALID, ei_document_normalise("123", out, error));
    FX_FAILS(EDU_E_INVALID, ei_document_normalise("12 34", out, error));
    FX_FAILS(EDU_E_INVALID, ei_document_normalise("12ə34", out, error));
    FX_FAILS(EDU_E_INVALID, ei_document_normalise(NULL, out, error));
}
END_TEST

#define ADD(name) tcase_add_test(tests, name)

static TCase *case_named(const char *name)
{
    TCase *tests = tcase_create(name);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    return tests;
}

static TCase *key_tests(void)
{
    TCase *tests = case_named("keys");
    ADD(keys_are_made_once_and_found_again);
    ADD(keys_follow_the_randomness_given);
    ADD(keys_that_others_may_read_are_refused);
    ADD(missing_keys_are_made_only_when_asked);
    ADD(damaged_keys_are_refused_and_left_alone);
    ADD(too_many_signing_keys_are_refused);
    ADD(huge_keys_file_is_refused);
    ADD(signatures_are_those_of_rfc_8032);
    ADD(public_keys_hold_past_ones_and_nothing_secret);
    ADD(keyed_hash_is_blake2b_apart_by_purpose);
    return tests;
}

static TCase *seal_tests(void)
{
    TCase *tests = case_named("seals");
    ADD(sealed_fields_open_again);
    ADD(same_text_is_sealed_anew_each_time);
    ADD(every_changed_bit_of_a_seal_is_refused);
    ADD(seals_open_only_where_they_belong);
    ADD(nothing_is_left_of_who_was_erased);
    return tests;
}

static TCase *password_tests(void)
{
    TCase *tests = case_named("passwords");
    ADD(hashes_are_those_of_libargon2);
    ADD(passwords_hold_and_others_do_not);
    ADD(nobody_costs_what_somebody_does);
    ADD(more_threads_than_places_all_get_their_turn);
    ADD(policy_counts_letters_not_bytes);
    return tests;
}

static TCase *token_tests(void)
{
    TCase *tests = case_named("tokens");
    ADD(tokens_are_base64url_and_stored_hashed);
    ADD(codes_are_equally_likely);
    ADD(equality_looks_at_every_byte);
    ADD(personal_numbers_follow_the_rule);
    ADD(document_numbers_are_plain_capitals);
    return tests;
}

int main(void)
{
    Suite *suite = suite_create("security");
    suite_add_tcase(suite, key_tests());
    suite_add_tcase(suite, seal_tests());
    suite_add_tcase(suite, password_tests());
    suite_add_tcase(suite, token_tests());
    return tap_run(suite);
}
