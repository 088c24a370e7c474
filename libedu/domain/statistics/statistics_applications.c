/* Applications of a service in figures, whichever module keeps them. */
#include "domain/statistics/statistics_store.h"

#include <string.h>

#include "domain/account/account_store.h"
#include "domain/application/application.h"
#include "domain/olympiad/olympiad_store.h"
#include "statistics_sql.h"

#define REFERENCES "reference"

/* Sums; the numbers are those of the statements. */
enum { IN_TIME = 1, TOO_LATE, WITHDRAWN, OPEN, OVERDUE };

/* ---- what lines tell ---- */

static int64_t received(const ei_tally *of)
{
    int64_t sum = 0;
    for (int i = IN_TIME; i <= OVERDUE; i++)
        sum += of->sums[i];
    return sum;
}

static int64_t open_ones(const ei_tally *of)
{
    return of->sums[OPEN] + of->sums[OVERDUE];
}

static int64_t overdue(const ei_tally *of)
{
    return of->sums[OVERDUE];
}

static int64_t decided(const ei_tally *of)
{
    return of->sums[IN_TIME] + of->sums[TOO_LATE];
}

static int64_t in_time(const ei_tally *of)
{
    return of->sums[IN_TIME];
}

static int64_t withdrawn(const ei_tally *of)
{
    return of->sums[WITHDRAWN];
}

static int64_t median(const ei_tally *of)
{
    return ei_tally_percentile(of, 50);
}

static int64_t percentile_90(const ei_tally *of)
{
    return ei_tally_percentile(of, 90);
}

static const ei_measure measures[] = {
    {"received", "count", received, false}, {"open", "count", open_ones, false},
    {"overdue", "count", overdue, true},    {"decided", "count", decided, false},
    {"in_time", "count", in_time, true},    {"withdrawn", "count", withdrawn, false},
    {"median", "days", median, false},      {"percentile_90", "days", percentile_90, false},
};

/* ---- counting ---- */

/* A row is a day, what was asked for, its region and institution where they are known, its state
 * and outcome, and the days that it took. */
static edu_status add(ei_statistics *work, ei_dimension dimension, const char *code, ei_rows *rows,
                      int outcome, edu_error *error)
{
    ei_tally *tally;
    EI_TRY(ei_statistics_add(work, dimension, code, "", &tally, error));
    tally->sums[ei_column_int(rows, outcome)]++;
    return ei_column_is_null(rows, outcome + 1)
               ? EDU_OK
               : ei_tally_took(tally, ei_column_int(rows, outcome + 1), 1, error);
}

static edu_status add_placed(void *context, ei_rows *rows, edu_error *error)
{
    ei_statistics *work = context;
    char what[EDU_ID_TEXT];
    edu_id_format(ei_column_id(rows, 1), what);
    EI_TRY(add(work, EI_BY_DAY, ei_statistics_day(work, ei_column_int(rows, 0)), rows, 5, error));
    EI_TRY(add(work, EI_BY_WHAT, what, rows, 5, error));
    EI_TRY(add(work, EI_BY_REGION, ei_column_text(rows, 2), rows, 5, error));
    EI_TRY(add(work, EI_BY_INSTITUTION, ei_column_text(rows, 3), rows, 5, error));
    return add(work, EI_BY_STATE, ei_column_text(rows, 4), rows, 5, error);
}

static edu_status add_reference(void *context, ei_rows *rows, edu_error *error)
{
    ei_statistics *work = context;
    EI_TRY(add(work, EI_BY_DAY, ei_statistics_day(work, ei_column_int(rows, 0)), rows, 3, error));
    EI_TRY(add(work, EI_BY_WHAT, ei_column_text(rows, 1), rows, 3, error));
    return add(work, EI_BY_STATE, ei_column_text(rows, 2), rows, 3, error);
}

static edu_status count_requests(ei_statistics *work, edu_tx *tx, edu_time since, edu_time until,
                                 edu_error *error)
{
    edu_id actor = ei_session_actor(work->session);
    ei_rows rows;
    return ei_rows_each(sql_statistics_requests(tx, &actor, work->service, since, until, work->now,
                                                work->shift, &rows, error),
                        &rows, add_placed, work, error);
}

static edu_status count_entries(ei_statistics *work, edu_tx *tx, edu_time since, edu_time until,
                                edu_error *error)
{
    edu_id actor = ei_session_actor(work->session);
    ei_rows rows;
    return ei_rows_each(sql_statistics_entries(tx, &actor, since, until, work->shift, &rows, error),
                        &rows, add_placed, work, error);
}

static edu_status count_references(ei_statistics *work, edu_tx *tx, edu_time since, edu_time until,
                                   edu_error *error)
{
    edu_id actor = ei_session_actor(work->session);
    ei_rows rows;
    return ei_rows_each(
        sql_statistics_references(tx, &actor, since, until, work->shift, &rows, error), &rows,
        add_reference, work, error);
}

/* ---- who, and under which definition ---- */

/* A deadline at which something happens by itself is kept by nobody. */
static bool has_terms(const ei_definition *definition)
{
    json_t *states = json_object_get(ei_definition_json(definition), "states");
    for (void *at = json_object_iter(states); at; at = json_object_iter_next(states, at)) {
        const ei_state_rules *rules = ei_definition_state(definition, json_object_iter_key(at));
        if (rules->count > 0 && !rules->then)
            return true;
    }
    return false;
}

static edu_status define(ei_statistics *work, edu_tx *tx, edu_error *error)
{
    EI_TRY(ei_definition_load(work->session, tx, work->service, 0, &work->definition, NULL, error));
    work->has_terms = has_terms(work->definition);
    return EDU_OK;
}

static edu_status begin(ei_statistics *work, edu_tx *tx, edu_error *error)
{
    EI_TRY(ei_account_require_staff(work->session, tx, error));
    EI_TRY(define(work, tx, error));
    return ei_definition_request(work->definition) ||
                   strcmp(work->service, EI_OLYMPIAD_SERVICE) == 0
               ? EDU_OK
               : ei_fail(error, EDU_E_UNSUPPORTED, "statistics.service", "/service",
                         "this service has figures of its own");
}

static edu_status begin_references(ei_statistics *work, edu_tx *tx, edu_error *error)
{
    EI_TRY(ei_require_role(work->session, tx, "clerk", error));
    return define(work, tx, error);
}

/* ---- names ---- */

static edu_status name_places(ei_statistics *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    EI_TRY(ei_statistics_name(work, EI_BY_REGION, EI_NAMED_BY_LANGUAGE, false,
                              sql_statistics_regions(tx, &rows, error), &rows, error));
    return ei_statistics_name(work, EI_BY_INSTITUTION, EI_NAMED_PLAINLY, false,
                              sql_statistics_institutions(tx, &rows, error), &rows, error);
}

static edu_status name_requests(ei_statistics *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    EI_TRY(name_places(work, tx, error));
    return ei_statistics_name(work, EI_BY_WHAT, EI_NAMED_BY_LANGUAGE, true,
                              sql_statistics_offerings(tx, work->service, &rows, error), &rows,
                              error);
}

static edu_status name_entries(ei_statistics *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    EI_TRY(name_places(work, tx, error));
    return ei_statistics_name(work, EI_BY_WHAT, EI_NAMED_BY_LANGUAGE, true,
                              sql_statistics_seasons(tx, &rows, error), &rows, error);
}

static edu_status name_references(ei_statistics *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    return ei_statistics_name(work, EI_BY_WHAT, EI_NAMED_IN_DOCUMENT, false,
                              sql_statistics_reference_types(tx, "", &rows, error), &rows, error);
}

/* ---- the functions ---- */

#define PLACED (1U << EI_BY_STATE | 1U << EI_BY_WHAT | 1U << EI_BY_REGION | 1U << EI_BY_INSTITUTION)
#define PLAN(of_dimensions, to_begin, to_count, to_name)                                           \
    {                                                                                              \
        .file = "applications.csv", .measures = measures, .measure_count = EI_COUNT(measures),     \
        .dimensions = of_dimensions, .hides_few = true, .begin = to_begin, .count = to_count,      \
        .name = to_name                                                                            \
    }

static const ei_statistics_plan *plan_of(const char *service)
{
    static const ei_statistics_plan of_requests =
                                        PLAN(PLACED, begin, count_requests, name_requests),
                                    of_entries = PLAN(PLACED, begin, count_entries, name_entries),
                                    of_references =
                                        PLAN(1U << EI_BY_STATE | 1U << EI_BY_WHAT, begin_references,
                                             count_references, name_references);
    if (strcmp(service, EI_OLYMPIAD_SERVICE) == 0)
        return &of_entries;
    return strcmp(service, REFERENCES) == 0 ? &of_references : &of_requests;
}

edu_status edu_statistics_applications(edu_session *session, const char *service, edu_time since,
                                       edu_time until, edu_statistics **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(service, 64, false, "/service", error));
    return ei_statistics_read(session, plan_of(service), service, since, until, out, error);
}

edu_status edu_statistics_applications_csv(edu_session *session, const char *service,
                                           edu_time since, edu_time until, edu_document **out,
                                           edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(service, 64, false, "/service", error));
    return ei_statistics_file(session, plan_of(service), service, since, until, out, error);
}
