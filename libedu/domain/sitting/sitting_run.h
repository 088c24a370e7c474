/* A run of an allocation. */
#ifndef EI_SITTING_RUN_H
#define EI_SITTING_RUN_H

#include "domain/sitting/sitting_allocation.h"

typedef struct ei_run_figures {
    uint8_t input_hash[32];
    uint8_t list_hash[32], transcript_hash[32];
    int64_t pupils, seats, cost_m, farthest_m, neighbours, neighbours_bound;
} ei_run_figures;

typedef struct ei_run {
    edu_session *session;
    edu_id allocation_id, sitting_id;
    uint8_t seed[EI_SEED_BYTES];
    size_t seed_size;
    edu_progress progress;
    const char *stage;
    int32_t permille;
    edu_time beaten; /* when it last showed life */
    ei_run_figures figures;
} ei_run;

/* Tells the caller and, not too often, the store. EDU_E_CANCELLED by the caller's wish,
 * EDU_E_CONFLICT where the run was given up as dead by another. */
edu_status ei_run_progress(ei_run *run, const char *stage, int64_t done, int64_t total,
                           edu_error *error);

/* Shows life within a command: EDU_E_CONFLICT where the run was given up as dead. */
edu_status ei_run_beat(const ei_run *run, edu_tx *tx, edu_time now, edu_error *error);

/* Reads the problem, solves it, seats everybody and stores it; sets run->figures. */
edu_status ei_run_work(ei_run *run, edu_error *error);

#endif
