#include "allocation/lot.h"

#include <assert.h>
#include <string.h>
#include <sodium.h>
#include <edu/allocation.h>

void ei_lot_key_make(const uint8_t *seed, size_t seed_size, ei_lot_key *out)
{
    crypto_generichash(out->bytes, sizeof out->bytes, seed, seed_size, NULL, 0);
}

uint64_t ei_lot(const ei_lot_key *key, const char *first, const char *second)
{
    uint8_t hash[8];
    /* The smallest output that libsodium names is 16 bytes; BLAKE2b itself takes any length from 1,
     * and libsodium passes it on. */
    crypto_generichash_state state;
    crypto_generichash_init(&state, key->bytes, sizeof key->bytes, sizeof hash);
    crypto_generichash_update(&state, (const uint8_t *)first, strlen(first) + 1);
    crypto_generichash_update(&state, (const uint8_t *)second, strlen(second));
    crypto_generichash_final(&state, hash, sizeof hash);
    uint64_t value = 0;
    for (size_t i = sizeof hash; i-- > 0;)
        value = value << 8 | hash[i];
    return value;
}

uint64_t edu_allocation_lot(const uint8_t *seed, size_t seed_size, const char *first,
                            const char *second)
{
    assert(seed && seed_size > 0 && first && second);
    ei_lot_key key;
    ei_lot_key_make(seed, seed_size, &key);
    return ei_lot(&key, first, second);
}
