/* Lists and figures for staff, each within their scope. */
#include "domain/olympiad/olympiad_store.h"

#include <string.h>
#include "olympiad_sql.h"

/* ---- registrations ---- */

typedef struct entries_filter {
    edu_id sitting_id;
    const char *institution;
} entries_filter;

static edu_status entries_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const entries_filter *filter = list->filter;
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(ei_require_staff(list->session, tx, error));
    EI_TRY(ei_sitting_require(list->session, tx, filter->sitting_id, error));
    return sql_olympiad_entries(tx, &actor, &filter->sitting_id, filter->institution,
                                list->key.text[0], list->key.text[1], &list->key.id[2],
                                &list->key.id[3], list->ask, rows, error);
}

edu_status edu_olympiad_entries(edu_session *session, edu_id sitting_id, const char *institution,
                                const char *cursor, int32_t limit, edu_entry_page **out,
                                edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(institution, EI_OLYMPIAD_CODE_MAX, true, "/institution", error));
    entries_filter filter = {sitting_id, institution};
    ei_list list = {
        .session = session,
        .filter = &filter,
        .open = entries_open,
        .reading = ei_reading_list("entries"),
        .plan = {
            .shape = "ttuu", .record = "edu_entry", .limit = limit, .fill = ei_sitting_fill_entry}};
    ei_reading_about_id(&list.reading, "sitting", sitting_id);
    ei_reading_about(&list.reading, "institution", institution);
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- figures ---- */

typedef edu_status (*report_statement)(edu_tx *tx, const edu_id *actor, const edu_id *sitting,
                                       const char *after, int64_t limit, ei_rows *rows,
                                       edu_error *error);

typedef struct report_filter {
    edu_id sitting_id;
    report_statement statement;
} report_filter;

static edu_status report_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const report_filter *filter = list->filter;
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(ei_require_staff(list->session, tx, error));
    EI_TRY(ei_sitting_require(list->session, tx, filter->sitting_id, error));
    return filter->statement(tx, &actor, &filter->sitting_id, list->key.text[0], list->ask, rows,
                             error);
}

/* Names of regions are stored by language. */
static edu_status region_fill(ei_rows *rows, int first, ei_arena *arena, void *record,
                              void *context, edu_error *error)
{
    edu_report_row *row = record;
    EI_TRY(
        ei_rows_record(rows, first, edu_record_type_find("edu_report_row"), arena, record, error));
    row->name = ei_localised_text(arena, context, ei_column_text(rows, first + 1));
    return row->name != NULL ? EDU_OK : ei_no_memory(error);
}

edu_status edu_olympiad_report(edu_session *session, edu_id sitting_id, const char *by,
                               const char *cursor, int32_t limit, edu_report_row_page **out,
                               edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (by == NULL)
        return ei_bad_argument(error, "by");
    report_filter filter = {.sitting_id = sitting_id};
    ei_list list = {.session = session,
                    .filter = &filter,
                    .open = report_open,
                    .plan = {.shape = "t", .record = "edu_report_row", .limit = limit}};
    if (strcmp(by, "centre") == 0) {
        filter.statement = sql_olympiad_report_centre;
    } else if (strcmp(by, "school") == 0) {
        filter.statement = sql_olympiad_report_school;
    } else if (strcmp(by, "region") == 0) {
        filter.statement = sql_olympiad_report_region;
        list.plan.fill = region_fill;
    } else {
        return ei_fail(error, EDU_E_INVALID, "olympiad.report", "/by",
                       "a report is by \"centre\", \"school\" or \"region\"");
    }
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
