/* Certificates and references in figures. */
#include "domain/statistics/statistics_store.h"

#include <stdio.h>
#include <string.h>

#include "domain/application/application.h"
#include "statistics_sql.h"

enum { ISSUED, REVOKED };
#define OF_A_SERVICE ".certificate" /* behind the code of one */

static int64_t issued(const ei_tally *of)
{
    return of->sums[ISSUED];
}

static int64_t revoked(const ei_tally *of)
{
    return of->sums[REVOKED];
}

static const ei_measure measures[] = {{"issued", "count", issued, false},
                                      {"revoked", "count", revoked, false}};

static edu_status add(ei_statistics *work, ei_dimension dimension, const char *code,
                      bool is_revoked, edu_error *error)
{
    ei_tally *tally;
    EI_TRY(ei_statistics_add(work, dimension, code, "", &tally, error));
    tally->sums[ISSUED]++;
    tally->sums[REVOKED] += is_revoked;
    return EDU_OK;
}

static edu_status add_certificate(void *context, ei_rows *rows, edu_error *error)
{
    ei_statistics *work = context;
    bool is_revoked = !ei_column_bool(rows, 2);
    EI_TRY(
        add(work, EI_BY_DAY, ei_statistics_day(work, ei_column_int(rows, 0)), is_revoked, error));
    return add(work, EI_BY_WHAT, ei_column_text(rows, 1), is_revoked, error);
}

static edu_status count(ei_statistics *work, edu_tx *tx, edu_time since, edu_time until,
                        edu_error *error)
{
    edu_id actor = ei_session_actor(work->session);
    ei_rows rows;
    return ei_rows_each(
        sql_statistics_certificates(tx, &actor, since, until, work->shift, &rows, error), &rows,
        add_certificate, work, error);
}

static edu_status begin(ei_statistics *work, edu_tx *tx, edu_error *error)
{
    return ei_require_role(work->session, tx, "clerk", error);
}

/* A type is that of a reference, or of what a service gives; then it is called as the service. */
static edu_status name_of_service(ei_statistics *work, edu_tx *tx, const char *type,
                                  edu_error *error)
{
    const ei_definition *definition;
    char service[EI_TALLY_CODE];
    const char *end = strstr(type, OF_A_SERVICE);
    if (!end || end[sizeof OF_A_SERVICE - 1])
        return EDU_OK;
    (void)snprintf(service, sizeof service, "%.*s", (int)(end - type), type);
    edu_status status = ei_definition_load(work->session, tx, service, 0, &definition, NULL, error);
    if (status != EDU_OK)
        return status == EDU_E_NOT_FOUND ? EDU_OK : status;
    const char *title =
        ei_localised(work->session, json_object_get(ei_definition_json(definition), "title"));
    return json_object_set_new(work->names[EI_BY_WHAT], type, json_string(title))
               ? ei_no_memory(error)
               : EDU_OK;
}

static edu_status name(ei_statistics *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    EI_TRY(ei_statistics_name(work, EI_BY_WHAT, EI_NAMED_IN_DOCUMENT, false,
                              sql_statistics_reference_types(tx, "reference.", &rows, error), &rows,
                              error));
    for (size_t i = 0; i < work->tallies.count; i++)
        if (work->tallies.items[i]->dimension == EI_BY_WHAT)
            EI_TRY(name_of_service(work, tx, work->tallies.items[i]->code, error));
    return EDU_OK;
}

static const ei_statistics_plan plan = {.file = "certificates.csv",
                                        .measures = measures,
                                        .measure_count = EI_COUNT(measures),
                                        .dimensions = 1U << EI_BY_WHAT,
                                        .begin = begin,
                                        .count = count,
                                        .name = name};

edu_status edu_statistics_certificates(edu_session *session, edu_time since, edu_time until,
                                       edu_statistics **out, edu_error *error)
{
    return ei_statistics_read(session, &plan, NULL, since, until, out, error);
}

edu_status edu_statistics_certificates_csv(edu_session *session, edu_time since, edu_time until,
                                           edu_document **out, edu_error *error)
{
    return ei_statistics_file(session, &plan, NULL, since, until, out, error);
}
