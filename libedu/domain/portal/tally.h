/* What is counted by groups: how many came to what, and in how many days. */
#ifndef EI_TALLY_H
#define EI_TALLY_H

#include "core/core.h"

#define EI_TALLY_CODE 65
#define EI_TALLY_SUMS 8
#define EI_TALLY_DAYS_MAX 3660 /* what took longer counts as this */

typedef struct ei_tally {
    int dimension;
    char code[EI_TALLY_CODE];
    char currency[4]; /* "" where nothing is paid */
    int64_t sums[EI_TALLY_SUMS];
    int64_t *days; /* how many took 0, 1, … days */
    size_t day_space;
    int64_t lines; /* how many were merged into it */
    int64_t rank;  /* for who sorts */
} ei_tally;

/* All of one question. Zeroed before the first; finish always. */
typedef struct ei_tallies {
    ei_tally **items; /* in the order in which they came first; may be sorted */
    size_t count, space;
    ei_tally **slots; /* by hash */
    size_t slot_count;
} ei_tallies;

/* Made where it is not there; NULL for no memory. code NULL is "". */
ei_tally *ei_tally_at(ei_tallies *all, int dimension, const char *code, const char *currency);
/* NULL where nothing was counted. */
const ei_tally *ei_tally_find(const ei_tallies *all, int dimension, const char *code,
                              const char *currency);
edu_status ei_tally_took(ei_tally *tally, int64_t days, int64_t count, edu_error *error);
/* Adds what the other has. */
edu_status ei_tally_merge(ei_tally *into, const ei_tally *from, edu_error *error);
/* The days within which `percent` of what took days was done; -1 without any. */
int32_t ei_tally_percentile(const ei_tally *tally, int percent);
/* Mean days in hundredths; -1 without any. */
int64_t ei_tally_mean(const ei_tally *tally);
void ei_tallies_sort(ei_tallies *all, int (*compare)(const void *, const void *));
void ei_tallies_finish(ei_tallies *all); /* it is empty then */

#endif
