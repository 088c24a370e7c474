/* Ranking: rows of keys into places, with the reason of every place. Pure. docs/workflow.md
 * describes the keyword "ranking".
 *
 * Whatever the order of the rows, the result is the same. */
#ifndef EI_RANKING_H
#define EI_RANKING_H

#include "workflow/sheet.h"

/* ---- the core: keys into places ---- */

#define EI_KEYS_MAX 9
#define EI_KEY_NONE INT64_MIN /* not known: behind all that are */

typedef struct ei_keyed {
    /* given */
    const char *division;      /* rows are ranked among those of their division; never NULL */
    int64_t keys[EI_KEYS_MAX]; /* in turn; the greater, the better; those not in use 0 */
    edu_id id;                 /* the order of those who are equal; has no influence on places */
    void *row;
    /* found */
    int32_t place, dense; /* 1 2 2 4 and 1 2 2 3 */
    size_t first, end;    /* the rows with this place, counted in the division from 0 */
    size_t size;          /* of the division */
} ei_keyed;

/* Sorts by division, keys and id, and finds the places. */
void ei_keyed_rank(ei_keyed *rows, size_t count);
/* The first key in which they differ; EI_KEYS_MAX where they are equal. */
size_t ei_keyed_differ(const ei_keyed *a, const ei_keyed *b);

/* ---- the keyword "ranking" ---- */

#define EI_RANKING_MAX EI_KEYS_MAX
#define EI_RANKING_PARTS_MAX 8   /* of a sum */
#define EI_RANKING_VALUES_MAX 64 /* of an order by list */

typedef enum ei_rank_kind {
    EI_RANK_SCORE,
    EI_RANK_SUM,
    EI_RANK_FIELD,
    EI_RANK_SUBMITTED, /* the earlier, the better */
    EI_RANK_LOTTERY    /* the smaller number, the better */
} ei_rank_kind;

typedef struct ei_rank_part {
    size_t sheet;   /* index in ei_sheets.list */
    int64_t weight; /* hundredths */
} ei_rank_part;

typedef struct ei_rank_key {
    ei_rank_kind kind;
    const json_t *title;                      /* texts by language; NULL: see ei_rank_title */
    size_t part_count;                        /* of a score: 1 */
    ei_rank_part parts[EI_RANKING_PARTS_MAX]; /* of a score and a sum */
    const char *field;                        /* JSON Pointer into the form */
    bool is_ascending;                        /* of a field */
    const json_t *values;                     /* of a field: the values from the best on; or NULL */
} ei_rank_key;

/* The texts are borrowed from the definition's JSON, which must outlive this. */
typedef struct ei_ranking {
    size_t count; /* 0: the definition ranks nothing */
    ei_rank_key keys[EI_RANKING_MAX];
} ei_ranking;

/* Checks the whole keyword; `ranking` NULL: there is none. EDU_E_INVALID with the JSON Pointer of
 * the first fault. */
edu_status ei_ranking_make(const json_t *ranking, const ei_sheets *sheets, const json_t *languages,
                           const ei_place *at, ei_ranking *out, edu_error *error);
bool ei_ranking_has_lottery(const ei_ranking *ranking);

typedef enum ei_rank_answer {
    EI_RANKED,
    EI_RANK_BELOW_PASS, /* a score is below its sheet's pass mark */
    EI_RANK_UNSCORED    /* a score that counts, or that must pass, is not there */
} ei_rank_answer;

typedef struct ei_rank_row {
    /* given */
    edu_id id;             /* of the application */
    const int64_t *scores; /* by sheet, as ei_sheets.list; EI_SCORE_NONE where there is none */
    const json_t *form;    /* what was typed; NULL where no key reads it */
    edu_time submitted;
    int64_t lottery; /* ei_lottery_number of the person; 0 where no key is a lottery */
    /* found */
    ei_rank_answer answer;
    size_t sheet;  /* which was not passed or is not scored, in ei_sheets.list */
    int32_t place; /* 1 2 2 4; 0: not ranked */
    int32_t
        position;   /* 1 2 3 4: those who share a place in the order of their ids; 0: not ranked */
    int32_t shared; /* rows with this place, this one included */
    /* The key that put it behind the place above, and before the place below: index in
     * ei_ranking.keys; ranking->count where there is no such place. */
    size_t above, below;
} ei_rank_row;

/* The rows stay where they are. */
edu_status ei_ranking_apply(const ei_ranking *ranking, const ei_sheets *sheets, ei_rank_row *rows,
                            size_t count, edu_error *error);

/* The words of a key: its own title, or that of its sheet; NULL for those that need none
 * (EI_RANK_SUBMITTED, EI_RANK_LOTTERY). */
const json_t *ei_rank_title(const ei_rank_key *key, const ei_sheets *sheets);
/* "score", "sum", "field", "submitted", "lottery": the reason, for a text by language. */
const char *ei_rank_kind_name(ei_rank_kind kind);
/* A key of a row as text: "87.5", "2026-09-01T08:00:00Z", "0a1b2c3d4e5f607"; "" where it is not
 * known. Of a field, the value itself is in the form. */
#define EI_RANK_TEXT 40
void ei_rank_value(const ei_ranking *ranking, size_t key, const ei_rank_row *row,
                   char out[EI_RANK_TEXT]);

/* ---- the lottery ---- */

#define EI_LOTTERY_TEXT 16

/* One number a person, the same in every list that is drawn under the seed: the first 60 bits of
 * SHA-256 over the text SEED:ID, the seed as hexadecimal digits, the id as UUID, both in small
 * letters. Its 15 hexadecimal digits are what
 *     printf %s:%s SEED ID | sha256sum | cut -c 1-15
 * prints. The smaller, the earlier. The seed must be committed to before the list is frozen, and
 * the id must be one that nobody can choose: the person's, never the application's. */
int64_t ei_lottery_number(const uint8_t *seed, size_t seed_size, edu_id person);
void ei_lottery_format(int64_t number, char out[EI_LOTTERY_TEXT]);

#endif
