/* The admitted as they and those who work on them see them. */
#include <string.h>

#include "admission_sql.h"
#include "domain/account/account_store.h"
#include "domain/admission/admission_store.h"

/* ---- one ---- */

typedef struct one_read {
    edu_session *session;
    edu_id person, id;
    edu_admission *out;
} one_read;

static edu_status get_run(edu_tx *tx, void *context, edu_error *error)
{
    const one_read *read = context;
    const edu_id actor = ei_session_actor(read->session);
    ei_admission_filling with = {read->session, tx, ei_now(read->session)};
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_admission_get(tx, &actor, &read->person, &read->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status =
            row ? ei_admission_fill(&rows, 0, ei_record_arena(read->out), read->out, &with, error)
                : ei_admission_not_found(error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_admission_get(edu_session *session, edu_id person_id, edu_id admission_id,
                             edu_admission **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    one_read read = {session, ei_person_or_self(session, person_id), admission_id, NULL};
    ei_reading reading = ei_reading_of("admission", read.person, admission_id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, get_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

/* ---- lists ---- */

typedef struct listing {
    edu_id person, id;
    edu_admission_filter filter;
    ei_admission_filling with;
} listing;

static void begin_filling(ei_list *list, edu_tx *tx)
{
    listing *of = list->plan.context;
    of->with = (ei_admission_filling){list->session, tx, ei_now(list->session)};
    list->plan.context = &of->with;
}

static edu_status list_admissions(edu_session *session, listing *of, const ei_reading *reading,
                                  const char *shape,
                                  edu_status (*open)(ei_list *, edu_tx *, ei_rows *, edu_error *),
                                  const char *cursor, int32_t limit, edu_admission_page **out,
                                  edu_error *error)
{
    ei_list list = {.session = session,
                    .filter = of,
                    .open = open,
                    .reading = *reading,
                    .plan = {.shape = shape,
                             .record = "edu_admission",
                             .limit = limit,
                             .fill = ei_admission_fill,
                             .context = of}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status open_of_person(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const listing *of = list->filter;
    const edu_id actor = ei_session_actor(list->session);
    bool is_seen = false;
    EI_TRY(ei_rows_integer(sql_admission_person_seen(tx, &actor, &of->person, rows, error), rows,
                           &is_seen, NULL, error));
    if (!is_seen)
        return ei_admission_not_found(error);
    begin_filling(list, tx);
    return sql_admission_of_person(tx, &actor, &of->person, &list->key.id[0], list->ask, rows,
                                   error);
}

edu_status edu_admission_list(edu_session *session, edu_id person_id, const char *cursor,
                              int32_t limit, edu_admission_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    listing of = {.person = ei_person_or_self(session, person_id)};
    const ei_reading reading = ei_reading_of("admission", of.person, (edu_id){{0}});
    return list_admissions(session, &of, &reading, "U", open_of_person, cursor, limit, out, error);
}

static edu_status open_of_offering(ei_list *list, edu_tx *tx, const edu_admission_filter *filter,
                                   ei_rows *rows, edu_error *error)
{
    const ei_page_key *key = &list->key;
    const edu_id actor = ei_session_actor(list->session);
    return filter->progress
               ? sql_admission_of_offering_at(tx, &actor, &filter->offering_id, filter->progress,
                                              key->text[0], &key->id[1], &key->id[2], list->ask,
                                              rows, error)
               : sql_admission_of_offering(tx, &actor, &filter->offering_id, key->text[0],
                                           &key->id[1], &key->id[2], list->ask, rows, error);
}

static edu_status open_of_institution(ei_list *list, edu_tx *tx, const edu_admission_filter *filter,
                                      ei_rows *rows, edu_error *error)
{
    const ei_page_key *key = &list->key;
    const edu_id actor = ei_session_actor(list->session);
    return filter->progress
               ? sql_admission_of_institution_at(tx, &actor, filter->institution, filter->service,
                                                 filter->year, filter->progress, key->text[0],
                                                 &key->id[1], &key->id[2], list->ask, rows, error)
               : sql_admission_of_institution(tx, &actor, filter->institution, filter->service,
                                              filter->year, key->text[0], &key->id[1], &key->id[2],
                                              list->ask, rows, error);
}

static edu_status open_of_service(ei_list *list, edu_tx *tx, const edu_admission_filter *filter,
                                  ei_rows *rows, edu_error *error)
{
    const ei_page_key *key = &list->key;
    EI_TRY(ei_require_role(list->session, tx, "clerk", error));
    return filter->progress
               ? sql_admission_of_service_at(tx, filter->service, filter->year, filter->progress,
                                             key->text[0], &key->id[1], &key->id[2], list->ask,
                                             rows, error)
               : sql_admission_of_service(tx, filter->service, filter->year, key->text[0],
                                          &key->id[1], &key->id[2], list->ask, rows, error);
}

static edu_status open_worklist(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const edu_admission_filter *filter = &((const listing *)list->filter)->filter;
    EI_TRY(ei_account_require_staff(list->session, tx, error));
    begin_filling(list, tx);
    if (!ei_id_is_none(filter->offering_id))
        return open_of_offering(list, tx, filter, rows, error);
    return filter->institution ? open_of_institution(list, tx, filter, rows, error)
                               : open_of_service(list, tx, filter, rows, error);
}

edu_status edu_admission_worklist(edu_session *session, const edu_admission_filter *filter,
                                  const char *cursor, int32_t limit, edu_admission_page **out,
                                  edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!filter || filter->struct_size != sizeof *filter)
        return ei_bad_argument(error, "filter");
    EI_TRY(ei_check_text(filter->service, EI_CODE_MAX, false, "/service", error));
    EI_TRY(ei_check_text(filter->institution, EI_CODE_MAX, true, "/institution", error));
    EI_TRY(ei_check_text(filter->progress, EI_CODE_MAX, true, "/progress", error));
    listing of = {.filter = *filter};
    ei_reading reading = ei_reading_list("admissions");
    ei_reading_about(&reading, "service", filter->service);
    ei_reading_about(&reading, "institution", filter->institution);
    ei_reading_about_id(&reading, "offering", filter->offering_id);
    return list_admissions(session, &of, &reading, "tuu", open_worklist, cursor, limit, out, error);
}

/* ---- versions ---- */

static edu_status fill_change(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                              edu_error *error)
{
    edu_admission_change *out = record;
    (void)context;
    out->version = (int32_t)ei_column_int(rows, at);
    out->at = ei_column_time(rows, at + 1);
    EI_TRY(ei_copy_column(arena, rows, at + 2, &out->how, error));
    EI_TRY(ei_copy_column(arena, rows, at + 3, &out->reason, error));
    EI_TRY(ei_copy_name(arena, rows, at + 4, &out->by, error));
    return ei_copy_json(arena, rows, at + 6, &out->data, error);
}

static edu_status open_history(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const listing *of = list->filter;
    const edu_id actor = ei_session_actor(list->session);
    bool found = false;
    int64_t is_staff = 0;
    EI_TRY(ei_rows_integer(sql_admission_seen(tx, &actor, &of->person, &of->id, rows, error), rows,
                           &found, &is_staff, error));
    return found ? sql_admission_history(tx, &of->person, &of->id, is_staff != 0,
                                         list->key.integer[0], list->ask, rows, error)
                 : ei_admission_not_found(error);
}

edu_status edu_admission_history(edu_session *session, edu_id person_id, edu_id admission_id,
                                 const char *cursor, int32_t limit, edu_admission_change_page **out,
                                 edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    listing of = {.person = ei_person_or_self(session, person_id), .id = admission_id};
    ei_list list = {
        .session = session,
        .filter = &of,
        .open = open_history,
        .reading = ei_reading_of("admission", of.person, admission_id),
        .plan = {
            .shape = "I", .record = "edu_admission_change", .limit = limit, .fill = fill_change}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- figures ---- */

static edu_status fill_figure(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                              edu_error *error)
{
    edu_admission_figure *out = record;
    EI_TRY(ei_copy_column(arena, rows, at, &out->institution, error));
    EI_TRY(ei_copy_column(arena, rows, at + 1, &out->institution_name, error));
    out->offering_id = ei_column_id(rows, at + 2);
    EI_TRY(ei_copy_column(arena, rows, at + 3, &out->code, error));
    out->programme = ei_localised_text(arena, context, ei_column_text(rows, at + 4));
    out->admitted = ei_column_int(rows, at + 5);
    out->registered = ei_column_int(rows, at + 6);
    out->paid = ei_column_int(rows, at + 7);
    out->confirmed = ei_column_int(rows, at + 8);
    out->absent = ei_column_int(rows, at + 9);
    out->withdrawn = ei_column_int(rows, at + 10);
    return out->programme ? EDU_OK : ei_no_memory(error);
}

static edu_status open_figures(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const edu_admission_filter *filter = list->filter;
    const edu_id actor = ei_session_actor(list->session);
    EI_TRY(ei_account_require_staff(list->session, tx, error));
    return sql_admission_figures(tx, &actor, filter->service, filter->year, filter->institution,
                                 list->key.text[0], list->key.text[1], list->ask, rows, error);
}

edu_status edu_admission_figures(edu_session *session, const char *service, int32_t year,
                                 const char *institution, const char *cursor, int32_t limit,
                                 edu_admission_figure_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(service, EI_CODE_MAX, false, "/service", error));
    EI_TRY(ei_check_text(institution, EI_CODE_MAX, true, "/institution", error));
    const edu_admission_filter of = {.service = service, .year = year, .institution = institution};
    ei_list list = {
        .session = session,
        .filter = &of,
        .open = open_figures,
        .plan = {
            .shape = "tt", .record = "edu_admission_figure", .limit = limit, .fill = fill_figure}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
