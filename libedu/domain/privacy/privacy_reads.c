/* Who else has read what is held on a person, and who has read lists: told to those whom it
 * concerns. */
#include <edu/privacy.h>

#include "domain/portal/portal.h"
#include "privacy_sql.h"

enum { ID, READER, GIVEN, FAMILY, ROLES, WHAT, ABOUT, WHY, SINCE, LAST, COUNT };

static edu_status fill_reading(ei_rows *rows, int first, ei_arena *arena, void *record,
                               void *context, edu_error *error)
{
    edu_reading *out = record;
    (void)context;
    out->id = ei_column_id(rows, first + ID);
    out->since = ei_column_time(rows, first + SINCE);
    out->last = ei_column_time(rows, first + LAST);
    out->count = (int32_t)ei_column_int(rows, first + COUNT);
    EI_TRY(ei_copy_column(arena, rows, first + ROLES, &out->roles, error));
    EI_TRY(ei_copy_column(arena, rows, first + WHAT, &out->what, error));
    EI_TRY(ei_copy_column(arena, rows, first + ABOUT, &out->about, error));
    EI_TRY(ei_copy_column(arena, rows, first + WHY, &out->why, error));
    if (ei_column_is_null(rows, first + READER))
        return EDU_OK;
    out->reader_id = ei_column_id(rows, first + READER);
    return ei_copy_name(arena, rows, first + GIVEN, &out->reader, error);
}

static edu_status open_reads(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const edu_id *person = list->filter;
    edu_id actor = ei_session_actor(list->session);
    bool is_known = false;
    EI_TRY(ei_rows_integer(sql_privacy_person_known(tx, &actor, person, rows, error), rows,
                           &is_known, NULL, error));
    if (!is_known)
        return ei_fail(error, EDU_E_NOT_FOUND, "privacy.not_found", NULL,
                       "there is no such person, or it is not yours to ask about them");
    return sql_privacy_reads(tx, &actor, person, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_privacy_reads(edu_session *session, edu_id person_id, const char *cursor,
                             int32_t limit, edu_reading_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    person_id = ei_person_or_self(session, person_id);
    ei_list list = {
        .session = session,
        .filter = &person_id,
        .open = open_reads,
        .reading = ei_reading_of("readings", person_id, (edu_id){{0}}),
        .plan = {.shape = "U", .record = "edu_reading", .limit = limit, .fill = fill_reading}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status open_list_reads(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    EI_TRY(ei_require_role(list->session, tx, "admin", error));
    return sql_privacy_list_reads(tx, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_privacy_list_reads(edu_session *session, const char *cursor, int32_t limit,
                                  edu_reading_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_list list = {
        .session = session,
        .open = open_list_reads,
        .plan = {.shape = "U", .record = "edu_reading", .limit = limit, .fill = fill_reading}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
