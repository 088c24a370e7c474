#include <stdio.h>
#include <string.h>
#include <sodium.h>
#include "security/security.h"
#include "security/keys.h"

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
_Static_assert(EI_SEAL_EXTRA == NONCE + TAG, "the header states what a seal adds");

/* What a sealed value belongs to: the person's id and the field's name, or a purpose and a name. */
typedef struct binding {
    uint8_t bytes[16 + 64];
    size_t size;
} binding;

static binding bind_to(const edu_id *person, const char *field)
{
    binding made;
    size_t length = strnlen(field, 32);
    memcpy(made.bytes, person->bytes, 16);
    memcpy(made.bytes + 16, field, length);
    made.size = 16 + length;
    return made;
}

static void encrypt_bytes(const edu_random *random, const uint8_t key[32], const binding *to,
                          edu_bytes data, uint8_t *out)
{
    random->fill(random->context, out, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, data.data, data.size, to->bytes,
                                               to->size, NULL, out, key);
}

/* out has sealed.size - EI_SEAL_EXTRA bytes. */
static bool decrypt(const uint8_t key[32], const binding *to, edu_bytes sealed, uint8_t *out)
{
    const uint8_t *bytes = sealed.data;
    return sealed.size >= EI_SEAL_EXTRA && crypto_aead_xchacha20poly1305_ietf_decrypt(
                                               out, NULL, NULL, bytes + NONCE, sealed.size - NONCE,
                                               to->bytes, to->size, bytes, key) == 0;
}

void ei_person_key_make(const ei_keys *keys, const edu_random *random, const edu_id *person,
                        uint8_t wrapped[EI_WRAPPED_KEY])
{
    uint8_t key[32];
    binding to = bind_to(person, "key");
    random->fill(random->context, key, sizeof key);
    encrypt_bytes(random, ei_keys_wrapping(keys), &to, (edu_bytes){key, sizeof key}, wrapped);
    sodium_memzero(key, sizeof key);
}

static bool have_form(edu_bytes keys)
{
    return keys.size >= EI_WRAPPED_KEY && (keys.size - EI_WRAPPED_KEY) % EI_MERGED_KEY == 0;
}

bool ei_person_keys_take(edu_bytes stored, ei_person_keys *out)
{
    out->size = 0;
    if (!have_form(stored) || stored.size > sizeof out->bytes)
        return false;
    memcpy(out->bytes, stored.data, stored.size);
    out->size = stored.size;
    return true;
}

edu_bytes ei_person_keys_bytes(const ei_person_keys *keys)
{
    return (edu_bytes){keys->bytes, keys->size};
}

bool ei_person_keys_add(ei_person_keys *to, const edu_id *merged, const ei_person_keys *theirs)
{
    size_t added = sizeof merged->bytes + theirs->size;
    if (to->size + added > sizeof to->bytes)
        return false;
    memcpy(to->bytes + to->size, merged->bytes, sizeof merged->bytes);
    memcpy(to->bytes + to->size + sizeof merged->bytes, theirs->bytes, theirs->size);
    to->size += added;
    return true;
}

static edu_status unwrap(const ei_keys *keys, const edu_id *person, edu_bytes wrapped,
                         uint8_t key[32], edu_error *error)
{
    binding to = bind_to(person, "key");
    edu_bytes own = {wrapped.data, EI_WRAPPED_KEY};
    if (have_form(wrapped) && decrypt(ei_keys_wrapping(keys), &to, own, key))
        return EDU_OK;
    return ei_fail(error, EDU_E_CRYPTO, "security.seal", NULL,
                   "a person's key does not open: the keys file is not this store's, or the row is "
                   "damaged");
}

edu_status ei_seal(const ei_keys *keys, const edu_random *random, const edu_id *person,
                   edu_bytes wrapped, const char *field, edu_bytes data, uint8_t *out,
                   edu_error *error)
{
    uint8_t key[32];
    EI_TRY(unwrap(keys, person, wrapped, key, error));
    binding to = bind_to(person, field);
    encrypt_bytes(random, key, &to, data, out);
    sodium_memzero(key, sizeof key);
    return EDU_OK;
}

/* The person was erased. */
static edu_status nothing_left(edu_bytes *out, edu_error *error)
{
    *out = (edu_bytes){ei_calloc(1, 1), 0};
    return out->data ? EDU_OK : ei_no_memory(error);
}

static edu_status open_by(const ei_keys *keys, const edu_id *person, edu_bytes wrapped,
                          const char *field, edu_bytes sealed, uint8_t *out, bool *opened,
                          edu_error *error)
{
    uint8_t key[32];
    EI_TRY(unwrap(keys, person, wrapped, key, error));
    binding to = bind_to(person, field);
    *opened = decrypt(key, &to, sealed, out);
    sodium_memzero(key, sizeof key);
    return EDU_OK;
}

/* By the person's own key, or by that of whoever was merged into them. */
static edu_status open_by_any(const ei_keys *keys, const edu_id *person, edu_bytes wrapped,
                              const char *field, edu_bytes sealed, uint8_t *out, bool *opened,
                              edu_error *error)
{
    const uint8_t *bytes = wrapped.data;
    EI_TRY(open_by(keys, person, wrapped, field, sealed, out, opened, error));
    for (size_t at = EI_WRAPPED_KEY; !*opened && at < wrapped.size; at += EI_MERGED_KEY) {
        edu_id merged;
        memcpy(merged.bytes, bytes + at, sizeof merged.bytes);
        edu_bytes theirs = {bytes + at + sizeof merged.bytes, EI_WRAPPED_KEY};
        EI_TRY(open_by(keys, &merged, theirs, field, sealed, out, opened, error));
    }
    return EDU_OK;
}

edu_status ei_unseal(const ei_keys *keys, const edu_id *person, edu_bytes wrapped,
                     const char *field, edu_bytes sealed, edu_bytes *out, edu_error *error)
{
    bool opened = false;
    if (wrapped.data && wrapped.size == 0)
        return nothing_left(out, error);
    size_t size = sealed.size < EI_SEAL_EXTRA ? 0 : sealed.size - EI_SEAL_EXTRA;
    uint8_t *data = ei_alloc(size + 1);
    edu_status status =
        data ? open_by_any(keys, person, wrapped, field, sealed, data, &opened, error)
             : ei_no_memory(error);
    if (status == EDU_OK && !opened)
        status = ei_fail(error, EDU_E_CRYPTO, "security.seal", NULL,
                         "the sealed field %s does not open", field);
    if (status != EDU_OK) {
        ei_free(data);
        return status;
    }
    data[size] = 0;
    *out = (edu_bytes){data, size};
    return EDU_OK;
}

/* ---- the portal's own secrets ---- */

/* Purpose and name with a zero byte between them. */
static binding bind_secret(const char *purpose, const char *name)
{
    binding made = {.size = strnlen(purpose, 15) + 1};
    size_t length = strnlen(name, sizeof made.bytes - made.size);
    memcpy(made.bytes, purpose, made.size - 1);
    made.bytes[made.size - 1] = 0;
    memcpy(made.bytes + made.size, name, length);
    made.size += length;
    return made;
}

void ei_secret_seal(const ei_keys *keys, const edu_random *random, const char *purpose,
                    const char *name, edu_bytes secret, uint8_t *out)
{
    binding to = bind_secret(purpose, name);
    encrypt_bytes(random, ei_keys_wrapping(keys), &to, secret, out);
}

bool ei_secret_unseal(const ei_keys *keys, const char *purpose, const char *name, edu_bytes sealed,
                      uint8_t *out)
{
    binding to = bind_secret(purpose, name);
    return decrypt(ei_keys_wrapping(keys), &to, sealed, out);
}
