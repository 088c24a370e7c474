#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sodium.h>
#include "security/security.h"
#include "security/keys.h"

#define FILE_MAX 65536
#define SIGNING_MAX 64

typedef struct signing_key {
    char id[EI_KEY_ID_TEXT];
    edu_time created;
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
} signing_key;

struct ei_keys {
    uint8_t wrapping[32];
    uint8_t lookup[32];
    size_t signing_count; /* the last one signs */
    signing_key signing[SIGNING_MAX];
};

static void system_fill(void *context, void *buffer, size_t size)
{
    (void)context;
    randombytes_buf(buffer, size);
}

edu_random ei_random_default(void)
{
    return (edu_random){system_fill, NULL};
}

edu_status ei_security_init(edu_error *error)
{
    return sodium_init() < 0 ? ei_fail(error, EDU_E_CRYPTO, "security.init", NULL,
                                       "the cryptographic library does not start")
                             : EDU_OK;
}

const uint8_t *ei_keys_wrapping(const ei_keys *keys)
{
    return keys->wrapping;
}

/* ---- the file ---- */

static edu_status unusable(edu_error *error, const char *path, const char *why)
{
    return ei_fail(error, EDU_E_CRYPTO, "security.keys_file", "/keys",
                   "the keys file %.300s cannot be used: %s", path, why);
}

static bool read_secret(const json_t *object, const char *name, uint8_t out[32])
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && ei_hex_parse(text, out, 32) == 32;
}

static void set_secret(json_t *object, const char *name, const uint8_t secret[32])
{
    char hex[65];
    ei_hex_format(secret, 32, hex);
    json_object_set_new(object, name, json_string(hex));
    sodium_memzero(hex, sizeof hex);
}

static void derive(signing_key *key, const uint8_t seed[32])
{
    crypto_sign_seed_keypair(key->public_key, key->secret_key, seed);
    ei_key_id(key->public_key, key->id);
}

static bool read_signing(const json_t *list, ei_keys *keys)
{
    size_t count = json_array_size(list);
    if (count == 0 || count > SIGNING_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(list, i);
        const char *created = json_string_value(json_object_get(entry, "created"));
        uint8_t seed[32];
        if (!read_secret(entry, "seed", seed) || !created ||
            !ei_time_parse(created, &keys->signing[i].created))
            return false;
        derive(&keys->signing[i], seed);
        sodium_memzero(seed, sizeof seed);
    }
    keys->signing_count = count;
    return true;
}

static bool read_keys(const json_t *file, ei_keys *keys)
{
    return json_integer_value(json_object_get(file, "version")) == 1 &&
           read_secret(file, "wrapping", keys->wrapping) &&
           read_secret(file, "lookup", keys->lookup) &&
           read_signing(json_object_get(file, "signing"), keys);
}

static json_t *make_keys(const edu_random *random, edu_time now)
{
    static const char *const names[] = {"wrapping", "lookup", "seed"};
    json_t *file = json_object(), *signing = json_object();
    for (size_t i = 0; i < EI_COUNT(names); i++) {
        uint8_t secret[32];
        random->fill(random->context, secret, sizeof secret);
        set_secret(i < 2 ? file : signing, names[i], secret);
        sodium_memzero(secret, sizeof secret);
    }
    char created[32];
    ei_time_format(now, created);
    json_object_set_new(signing, "created", json_string(created));
    json_object_set_new(file, "signing", json_pack("[o]", signing));
    json_object_set_new(file, "version", json_integer(1));
    return file;
}

/* Clears the texts of a JSON value before it is freed. */
static void wipe(json_t *value)
{
    const char *key;
    json_t *part;
    size_t index;
    json_object_foreach(value, key, part) wipe(part);
    json_array_foreach(value, index, part) wipe(part);
    if (json_is_string(value))
        sodium_memzero((void *)(uintptr_t)json_string_value(value), json_string_length(value));
}

static edu_status create_file(const char *path, const edu_random *random, edu_time now,
                              edu_error *error)
{
    (void)ei_memory_was_short();
    json_t *file = make_keys(random, now);
    char *text = file && !ei_memory_was_short()
                     ? ei_json_dumps(file, JSON_INDENT(2) | JSON_SORT_KEYS)
                     : NULL;
    wipe(file);
    json_decref(file);
    if (!text)
        return ei_no_memory(error);
    edu_status status = ei_file_write(path, (edu_bytes){text, strlen(text)}, 0600, error);
    sodium_memzero(text, strlen(text));
    ei_free(text);
    return status;
}

static edu_status check_rights(const char *path, edu_error *error)
{
    struct stat about;
    if (stat(path, &about) != 0)
        return unusable(error, path, ei_system_text(errno));
    if (about.st_mode & (S_IRWXG | S_IRWXO))
        return unusable(error, path, "others may read it; set its mode to 0600");
    return EDU_OK;
}

edu_status ei_keys_load(const char *path, const edu_random *random, edu_time now, bool create,
                        ei_keys **out, edu_error *error)
{
    if (create && access(path, F_OK) != 0 && errno == ENOENT)
        EI_TRY(create_file(path, random, now, error));
    EI_TRY(check_rights(path, error));
    edu_bytes bytes;
    edu_status status = ei_file_read(path, FILE_MAX, &bytes, error);
    if (status != EDU_OK)
        return status == EDU_E_NOMEM ? status : unusable(error, path, "it cannot be read");
    (void)ei_memory_was_short();
    json_t *file = ei_json_load(bytes.data, bytes.size, 0, NULL);
    bool was_short = ei_memory_was_short();
    sodium_memzero((void *)(uintptr_t)bytes.data, bytes.size);
    ei_free((void *)(uintptr_t)bytes.data);
    ei_keys *keys = sodium_malloc(sizeof *keys);
    bool good = file && keys && (memset(keys, 0, sizeof *keys), read_keys(file, keys));
    wipe(file);
    json_decref(file);
    if (!good || was_short) {
        sodium_free(keys);
        return was_short || !keys
                   ? ei_no_memory(error)
                   : unusable(error, path,
                              "it is damaged or of another version; restore your copy");
    }
    sodium_mprotect_readonly(keys);
    *out = keys;
    return EDU_OK;
}

void ei_keys_free(ei_keys *keys)
{
    sodium_free(keys);
}

/* ---- signing ---- */

size_t ei_keys_signing_count(const ei_keys *keys)
{
    return keys->signing_count;
}

ei_signer ei_keys_signer_at(const ei_keys *keys, size_t index)
{
    const signing_key *key = &keys->signing[index];
    ei_signer signer = {.from = key->created};
    memcpy(signer.key_id, key->id, sizeof signer.key_id);
    memcpy(signer.public_key, key->public_key, sizeof signer.public_key);
    memcpy(signer.secret, key->secret_key, sizeof signer.secret);
    return signer;
}

ei_signer ei_keys_signer(const ei_keys *keys)
{
    return ei_keys_signer_at(keys, keys->signing_count - 1);
}

static const signing_key *signing(const ei_keys *keys)
{
    return &keys->signing[keys->signing_count - 1];
}

const char *ei_keys_signing_id(const ei_keys *keys)
{
    return signing(keys)->id;
}

void ei_keys_sign(const ei_keys *keys, const void *data, size_t size,
                  uint8_t signature[EI_SIGNATURE])
{
    crypto_sign_detached(signature, NULL, data, size, signing(keys)->secret_key);
}

/* Counted for tests of equal work. */
static _Atomic uint64_t hash_runs, signature_checks;

bool ei_signature_good(const uint8_t signature[EI_SIGNATURE], const void *data, size_t size,
                       const uint8_t public_key[EI_PUBLIC_KEY])
{
    atomic_fetch_add(&signature_checks, 1);
    return crypto_sign_verify_detached(signature, data, size, public_key) == 0;
}

json_t *ei_keys_public(const ei_keys *keys)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < keys->signing_count; i++) {
        char x[sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
        sodium_bin2base64(x, sizeof x, keys->signing[i].public_key, 32,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "kty", "OKP", "crv",
                                              "Ed25519", "use", "sig", "alg", "EdDSA", "kid",
                                              keys->signing[i].id, "x", x));
    }
    return json_pack("{s:o}", "keys", list);
}

void ei_keys_fingerprint(const ei_keys *keys, uint8_t out[32])
{
    ei_keyed_hash(keys, "fingerprint", (edu_bytes){"", 0}, out);
}

uint64_t ei_keyed_hash_runs(void)
{
    return atomic_load(&hash_runs);
}

uint64_t ei_signature_checks(void)
{
    return atomic_load(&signature_checks);
}

void ei_keyed_hash(const ei_keys *keys, const char *purpose, edu_bytes data, uint8_t out[32])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, keys->lookup, sizeof keys->lookup, 32);
    /* The NUL ends the purpose, so that no purpose and data run into another. */
    crypto_generichash_update(&state, (const uint8_t *)purpose, strlen(purpose) + 1);
    crypto_generichash_update(&state, data.data, data.size);
    crypto_generichash_final(&state, out, 32);
    atomic_fetch_add(&hash_runs, 1);
}
