/* Invoices in figures. What was invoiced is waived, cancelled, paid or outstanding. */
#include "domain/statistics/statistics_store.h"

#include <string.h>

#include "statistics_sql.h"

enum { INVOICES, INVOICED, WAIVED, CANCELLED, PAID, REFUNDED, OUTSTANDING, OVERDUE };

/* ---- what lines tell ---- */

#define SUM(name, which)                                                                           \
    static int64_t name(const ei_tally *of)                                                        \
    {                                                                                              \
        return of->sums[which];                                                                    \
    }
SUM(invoices, INVOICES)
SUM(invoiced, INVOICED)
SUM(waived, WAIVED)
SUM(cancelled, CANCELLED)
SUM(paid, PAID)
SUM(refunded, REFUNDED)
SUM(outstanding, OUTSTANDING)
SUM(overdue, OVERDUE)

static const ei_measure measures[] = {
    {"invoices", "count", invoices, false},
    {"invoiced", "money", invoiced, false},
    {"waived", "money", waived, false},
    {"cancelled", "money", cancelled, false},
    {"paid", "money", paid, false},
    {"refunded", "money", refunded, false},
    {"outstanding", "money", outstanding, false},
    {"overdue", "money", overdue, false},
};

/* ---- counting ---- */

static void sums_of(ei_rows *rows, int64_t sums[EI_TALLY_SUMS])
{
    bool is_cancelled = strcmp(ei_column_text(rows, 4), "cancelled") == 0;
    int64_t rest = ei_column_int(rows, 5) - ei_column_int(rows, 6) - ei_column_int(rows, 7);
    sums[INVOICES] = 1;
    sums[INVOICED] = ei_column_int(rows, 5);
    sums[WAIVED] = ei_column_int(rows, 6);
    sums[PAID] = ei_column_int(rows, 7);
    sums[REFUNDED] = ei_column_int(rows, 8);
    sums[CANCELLED] = is_cancelled ? rest : 0;
    sums[OUTSTANDING] = is_cancelled ? 0 : rest;
    sums[OVERDUE] = ei_column_bool(rows, 9) ? sums[OUTSTANDING] : 0;
}

static edu_status add_invoice(void *context, ei_rows *rows, edu_error *error)
{
    ei_statistics *work = context;
    char what[EDU_ID_TEXT] = "";
    int64_t sums[EI_TALLY_SUMS];
    if (!ei_column_is_null(rows, 3))
        edu_id_format(ei_column_id(rows, 3), what);
    const struct {
        ei_dimension dimension;
        const char *code;
    } groups[] = {{EI_BY_DAY, ei_statistics_day(work, ei_column_int(rows, 0))},
                  {EI_BY_KIND, ei_column_text(rows, 2)},
                  {EI_BY_WHAT, what}};
    sums_of(rows, sums);
    for (size_t i = 0; i < EI_COUNT(groups); i++) {
        ei_tally *tally;
        EI_TRY(ei_statistics_add(work, groups[i].dimension, groups[i].code, ei_column_text(rows, 1),
                                 &tally, error));
        for (size_t sum = 0; sum < EI_TALLY_SUMS; sum++)
            tally->sums[sum] += sums[sum];
    }
    return EDU_OK;
}

static edu_status count(ei_statistics *work, edu_tx *tx, edu_time since, edu_time until,
                        edu_error *error)
{
    edu_id actor = ei_session_actor(work->session);
    int hour, minute;
    edu_date today =
        ei_time_civil(work->now, work->session->portal->utc_offset_minutes, &hour, &minute);
    ei_rows rows;
    return ei_rows_each(
        sql_statistics_invoices(tx, &actor, since, until, work->shift, today, &rows, error), &rows,
        add_invoice, work, error);
}

static edu_status begin(ei_statistics *work, edu_tx *tx, edu_error *error)
{
    return ei_require_role(work->session, tx, "finance", error);
}

static edu_status name(ei_statistics *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    return ei_statistics_name(work, EI_BY_WHAT, EI_NAMED_BY_LANGUAGE, true,
                              sql_statistics_offerings(tx, NULL, &rows, error), &rows, error);
}

/* ---- the functions ---- */

static const ei_statistics_plan plan = {.file = "payments.csv",
                                        .measures = measures,
                                        .measure_count = EI_COUNT(measures),
                                        .dimensions = 1U << EI_BY_KIND | 1U << EI_BY_WHAT,
                                        .has_money = true,
                                        .begin = begin,
                                        .count = count,
                                        .name = name};

edu_status edu_statistics_payments(edu_session *session, edu_time since, edu_time until,
                                   edu_statistics **out, edu_error *error)
{
    return ei_statistics_read(session, &plan, NULL, since, until, out, error);
}

edu_status edu_statistics_payments_csv(edu_session *session, edu_time since, edu_time until,
                                       edu_document **out, edu_error *error)
{
    return ei_statistics_file(session, &plan, NULL, since, until, out, error);
}
