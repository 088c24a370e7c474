/* The independent checker of allocations. Nothing here uses the library: what it checks, it reads
 * and computes by itself. */
#ifndef CHECKER_H
#define CHECKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECK_SEED_MAX 64
#define CHECK_HASH 32

typedef struct check_bytes {
    const void *data;
    size_t size;
} check_bytes;

/* A place with pupils, or a centre with seats. */
typedef struct check_site {
    char *id, *zone;
    size_t zone_number; /* equal for equal zones, among places and centres */
    int64_t x, y, count;
} check_site;

typedef struct check_sites {
    check_site *items; /* by id */
    size_t count;
} check_sites;

typedef struct check_flow {
    size_t place, centre;
    int64_t pupils;
} check_flow;

/* What is claimed of what. */
typedef struct check_claim {
    check_sites places, centres;
    check_flow *flows; /* by centre, then place */
    size_t flow_count;
    int64_t *rents; /* by centre */
    int64_t cost;
    uint8_t seed[CHECK_SEED_MAX];
    size_t seed_size;
    uint8_t input_hash[CHECK_HASH];
} check_claim;

/* Why a claim is refused, or not even read. */
typedef struct check_fault {
    char text[400];
} check_fault;

/* Fills the fault; returns false. */
bool check_fail(check_fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* check_input.c: reads the four files into a claim; free it always. */
bool check_read(check_bytes places, check_bytes centres, check_bytes flows, check_bytes transcript,
                check_claim *claim, check_fault *fault);
void check_free(check_claim *claim);

/* check_proof.c: is it the input, is the allocation possible, the cheapest, are the rents the
 * smallest that prove it, and is it the one that was drawn? progress may be NULL. */
typedef bool (*check_progress)(void *context, const char *stage, int64_t done, int64_t total);
bool check_proof(const check_claim *claim, check_bytes places, check_bytes centres,
                 check_progress progress, void *context, check_fault *fault);

#endif
