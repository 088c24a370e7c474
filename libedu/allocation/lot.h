/* Lots: hashes under the seed. */
#ifndef EI_LOT_H
#define EI_LOT_H

#include "core/core.h"

typedef struct ei_lot_key {
    uint8_t bytes[32];
} ei_lot_key;

/* What edu_allocation_lot gives, with the key made once. */
void ei_lot_key_make(const uint8_t *seed, size_t seed_size, ei_lot_key *out);
uint64_t ei_lot(const ei_lot_key *key, const char *first, const char *second);

/* A bijection of 64 bits in which every bit depends on every other. */
static inline uint64_t ei_lot_mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xBF58476D1CE4E5B9);
    x ^= x >> 27;
    x *= UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

/* A sequence of numbers out of one lot. */
static inline uint64_t ei_lot_next(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15);
    return ei_lot_mix(*state);
}

#endif
