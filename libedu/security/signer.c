/* One key at work: the library's own, or one behind a port. */
#include <sodium.h>
#include <string.h>
#include "security/keys.h"
#include "security/security.h"

_Static_assert(EI_SEALED_SECRET == crypto_sign_SECRETKEYBYTES + EI_SEAL_EXTRA,
               "the header states how long a sealed key is");
_Static_assert(sizeof((ei_signer *)0)->secret == crypto_sign_SECRETKEYBYTES, "libsodium's form");

static const char sealed_name[] = "signing key";

void ei_key_id(const uint8_t public_key[EI_PUBLIC_KEY], char out[EI_KEY_ID_TEXT])
{
    uint8_t hash[32];
    crypto_hash_sha256(hash, public_key, EI_PUBLIC_KEY);
    ei_hex_format(hash, 8, out);
}

ei_signer ei_signer_of_seed(const uint8_t seed[EI_SEED])
{
    ei_signer signer = {.from = EDU_TIME_NONE};
    crypto_sign_seed_keypair(signer.public_key, signer.secret, seed);
    ei_key_id(signer.public_key, signer.key_id);
    return signer;
}

void ei_signer_make(const edu_random *random, ei_signer *out)
{
    uint8_t seed[EI_SEED];
    random->fill(random->context, seed, sizeof seed);
    *out = ei_signer_of_seed(seed);
    sodium_memzero(seed, sizeof seed);
}

ei_signer ei_signer_of_port(const uint8_t public_key[EI_PUBLIC_KEY], const edu_signer *port)
{
    ei_signer signer = {.port = port, .from = EDU_TIME_NONE};
    memcpy(signer.public_key, public_key, sizeof signer.public_key);
    ei_key_id(public_key, signer.key_id);
    return signer;
}

edu_status ei_sign(const ei_signer *signer, const void *data, size_t size,
                   uint8_t signature[EI_SIGNATURE], edu_error *error)
{
    if (signer->port == NULL) {
        crypto_sign_detached(signature, NULL, data, size, signer->secret);
        return EDU_OK;
    }
    const edu_signer *port = signer->port;
    EI_TRY(port->sign(port->context, signer->key_id, data, size, signature, error));
    /* A tool that signs with another key, or faultily, must not be found out by those who check. */
    if (crypto_sign_verify_detached(signature, data, size, signer->public_key) != 0)
        return ei_fail(error, EDU_E_CRYPTO, "security.signer", NULL,
                       "what signs for key %s gave a signature that does not hold", signer->key_id);
    return EDU_OK;
}

void ei_signer_wipe(ei_signer *signer)
{
    sodium_memzero(signer, sizeof *signer);
}

void ei_signer_seal(const ei_keys *keys, const edu_random *random, const ei_signer *signer,
                    uint8_t out[EI_SEALED_SECRET])
{
    ei_secret_seal(keys, random, sealed_name, signer->key_id,
                   (edu_bytes){signer->secret, sizeof signer->secret}, out);
}

edu_status ei_signer_unseal(const ei_keys *keys, const char *key_id, edu_bytes sealed,
                            ei_signer *out, edu_error *error)
{
    *out = (ei_signer){.from = EDU_TIME_NONE};
    bool good = sealed.size == EI_SEALED_SECRET &&
                ei_secret_unseal(keys, sealed_name, key_id, sealed, out->secret);
    /* Libsodium's secret key ends with the public one: nothing is derived anew, which would cost as
     * much as a signature. */
    if (good) {
        crypto_sign_ed25519_sk_to_pk(out->public_key, out->secret);
        ei_key_id(out->public_key, out->key_id);
    }
    if (!good || strcmp(out->key_id, key_id) != 0)
        return ei_fail(error, EDU_E_CRYPTO, "security.sealed_key", NULL,
                       "the signing key %.20s does not open with this keys file", key_id);
    return EDU_OK;
}
