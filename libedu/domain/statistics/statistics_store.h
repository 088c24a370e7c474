/* How statistics are made: what a plan counts into tallies becomes lines of a record or of a file.
 */
#ifndef EI_STATISTICS_STORE_H
#define EI_STATISTICS_STORE_H

#include <edu/statistics.h>
#include "domain/portal/portal.h"
#include "domain/portal/tally.h"
#include "workflow/workflow.h"

typedef enum ei_dimension {
    EI_BY_ALL,
    EI_BY_STATE,
    EI_BY_WHAT,
    EI_BY_KIND,
    EI_BY_REGION,
    EI_BY_INSTITUTION,
    EI_BY_MONTH,
    EI_BY_WEEK,
    EI_BY_DAY, /* what is counted by day is added up to the others of time, and to all */
    EI_DIMENSIONS
} ei_dimension;

typedef struct ei_statistics ei_statistics;

/* What a line tells. */
typedef struct ei_measure {
    const char *code, *unit;
    int64_t (*value)(const ei_tally *tally); /* -1: nothing to tell */
    bool of_terms;                           /* only where there are terms to be kept */
} ei_measure;

typedef struct ei_statistics_plan {
    const char *file;
    const ei_measure *measures; /* the first is how many there were */
    size_t measure_count;
    unsigned dimensions; /* bits of those besides time and all */
    bool hides_few;      /* lines of people */
    bool has_money;
    /* Whether the session may count, and what the rest needs. */
    edu_status (*begin)(ei_statistics *work, edu_tx *tx, edu_error *error);
    /* Counts a part of the period. */
    edu_status (*count)(ei_statistics *work, edu_tx *tx, edu_time since, edu_time until,
                        edu_error *error);
    edu_status (*name)(ei_statistics *work, edu_tx *tx, edu_error *error);
} ei_statistics_plan;

struct ei_statistics {
    edu_session *session;
    const ei_statistics_plan *plan;
    const char *service; /* NULL */
    edu_time since, until, now;
    int64_t shift; /* of the portal's days from those of UTC */
    bool has_terms;
    const ei_definition *definition; /* NULL: of no service */
    ei_tallies tallies;
    json_t *names[EI_DIMENSIONS]; /* texts by code */
    int64_t day;                  /* that the text is of */
    char day_text[11];
};

/* One more of a group, which came to `sum`. tally may be NULL. */
edu_status ei_statistics_add(ei_statistics *work, ei_dimension dimension, const char *code,
                             const char *currency, ei_tally **tally, edu_error *error);
/* The text of a day by its number. */
const char *ei_statistics_day(ei_statistics *work, int64_t day);

/* What the second column of a statement holds. */
typedef enum ei_naming {
    EI_NAMED_PLAINLY,
    EI_NAMED_BY_LANGUAGE,
    EI_NAMED_IN_DOCUMENT /* in its member "title" */
} ei_naming;
/* Names the lines by a statement's rows: a code or an id, and a name. Closes the rows. */
edu_status ei_statistics_name(ei_statistics *work, ei_dimension dimension, ei_naming how,
                              bool by_id, edu_status opened, ei_rows *rows, edu_error *error);

/* The public functions, each with its plan. */
edu_status ei_statistics_read(edu_session *session, const ei_statistics_plan *plan,
                              const char *service, edu_time since, edu_time until,
                              edu_statistics **out, edu_error *error);
edu_status ei_statistics_file(edu_session *session, const ei_statistics_plan *plan,
                              const char *service, edu_time since, edu_time until,
                              edu_document **out, edu_error *error);

#endif
