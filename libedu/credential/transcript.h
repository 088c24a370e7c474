/* The parts of the check of an allocation's transcript (docs/allocation.md). Written from that
 * page: nothing here is of libedu/allocation, which made what is checked. */
#ifndef EI_TRANSCRIPT_CHECK_H
#define EI_TRANSCRIPT_CHECK_H

#include "core/core.h"

/* ---- transcript_proof.c: that no allocation is better, in memory that goes by centres ---- */

typedef struct ei_proof_centre {
    char *id; /* owned */
    size_t zone;
    int64_t x, y, capacity, pupils, rent; /* pupils: as the file says */
    int64_t load;                         /* pupils that came up */
    uint64_t lot;                         /* mixed */
} ei_proof_centre;

typedef struct ei_proof_zone {
    char *name;          /* owned */
    size_t first, slots; /* of its centres */
    size_t idle;         /* centres with an empty seat */
} ei_proof_zone;

/* A centre that is as good as any for the place at hand. */
typedef struct ei_proof_choice {
    uint32_t centre, distance;
} ei_proof_choice;

/* Somebody at one centre would do as well at another, at this difference of draws at least. */
typedef struct ei_proof_arc {
    uint32_t from, to; /* equal: none */
    int64_t draw;
} ei_proof_arc;

typedef struct ei_proof {
    ei_proof_centre *centres; /* by id */
    ei_proof_zone *zones;     /* by name */
    size_t centre_count, centre_space, zone_count, zone_space;
    double *x, *y, *rent; /* by slot: zone after zone, each filled up to whole blocks */
    uint32_t *slots;      /* the centre of a slot */
    uint8_t key[32];      /* of lots */
    /* the place at hand */
    const ei_proof_zone *zone;
    uint64_t lot;
    int64_t place_x, place_y, least;
    ei_proof_choice *choices;
    size_t choice_count;
    const ei_proof_choice *taken; /* the choice of the pupil before; NULL: none yet */
    /* what is gathered */
    ei_proof_arc *arcs; /* a hash table */
    size_t arc_count, arc_room;
    __int128 cost, bound;
} ei_proof;

/* What is wrong, as the last part of an error's key and in words; NULL: nothing is. */
typedef struct ei_proof_fault {
    const char *key, *what;
} ei_proof_fault;
#define EI_PROOF_NO_MEMORY "no_memory"

/* Centres come by id; the id and zone are copied. False where memory is short. */
bool ei_proof_add_centre(ei_proof *of, const ei_proof_centre *centre, const char *zone);
/* After the last of them. */
bool ei_proof_begin(ei_proof *of, const uint8_t *seed, size_t seed_size);
/* A lot under the seed, of what `kind` is. */
uint64_t ei_proof_lot(const ei_proof *of, const char *kind, const char *id);
/* A place: from here on its pupils come. */
ei_proof_fault ei_proof_place(ei_proof *of, const char *id, const char *zone, int64_t x, int64_t y);
/* A pupil of it at a centre. */
ei_proof_fault ei_proof_pupil(ei_proof *of, const char *centre);
/* All of them: loads, rents and the cost in metres, which the file gives. */
ei_proof_fault ei_proof_sums(ei_proof *of, int64_t cost);
/* That the rents are the smallest and the allocation is the one drawn. */
ei_proof_fault ei_proof_draw(ei_proof *of);
void ei_proof_finish(ei_proof *of);

#endif
