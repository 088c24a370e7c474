/* Who does whose work for a time. */
#include "domain/appeal/appeal_store.h"

#include <string.h>

#include "appeal_sql.h"

#define ABSENCE_MAX (INT64_C(1098) * 86400 * 1000000)

typedef struct absence {
    edu_id person, substitute;
    edu_time since, until;
} absence;

static edu_status substitute_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const absence *wanted = command->context;
    edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool may = false;
    EI_TRY(ei_rows_integer(
        sql_appeal_may_substitute(tx, &actor, &wanted->person, &wanted->substitute, &rows, error),
        &rows, &may, NULL, error));
    if (!may)
        return ei_appeal_not_found(error, "person with work");
    EI_TRY(sql_appeal_substitute_put(tx, &wanted->person, &wanted->substitute, wanted->since,
                                     wanted->until, &actor, NULL, error));
    return ei_audit(command, tx, "appeal.substitute", &wanted->person, NULL, error);
}

edu_status edu_appeal_substitute(edu_session *session, edu_id person_id, edu_id substitute_id,
                                 edu_time since, edu_time until, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    absence wanted = {ei_person_or_self(session, person_id), substitute_id, since, until};
    if (since == EDU_TIME_NONE || until == EDU_TIME_NONE || since >= until ||
        until - since > ABSENCE_MAX)
        return ei_fail(error, EDU_E_INVALID, "appeal.absence", "/until",
                       "an absence begins, ends behind that, and within three years");
    if (ei_id_compare(wanted.person, substitute_id) == 0)
        return ei_fail(error, EDU_E_INVALID, "appeal.absence", "/substitute_id",
                       "somebody else stands in");
    ei_command command = {.session = session,
                          .name = "appeal.substitute",
                          .key = key,
                          .run = substitute_run,
                          .context = &wanted};
    ei_command_hash(&command, &wanted, sizeof wanted);
    return ei_command_run(&command, error);
}

/* ---- what is arranged ---- */

static edu_status fill_absence(ei_rows *rows, int first, ei_arena *arena, void *record,
                               void *context, edu_error *error)
{
    edu_absence *out = record;
    const char *given = ei_column_text(rows, first + 1), *family = ei_column_text(rows, first + 2);
    (void)context;
    out->substitute_id = ei_column_id(rows, first);
    out->substitute = ei_arena_printf(arena, "%s %s", given ? given : "", family ? family : "");
    out->since = ei_column_time(rows, first + 3);
    out->until = ei_column_time(rows, first + 4);
    return out->substitute ? EDU_OK : ei_no_memory(error);
}

static edu_status open_absences(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const edu_id *person = list->filter;
    edu_id actor = ei_session_actor(list->session);
    bool may;
    edu_status opened = sql_appeal_may_arrange(tx, &actor, person, rows, error);
    EI_TRY(ei_rows_integer(opened, rows, &may, NULL, error));
    if (!may)
        return ei_appeal_not_found(error, "person with work");
    return sql_appeal_absences(tx, &actor, person, ei_now(list->session), list->key.integer[0],
                               &list->key.id[1], list->ask, rows, error);
}

edu_status edu_appeal_absences(edu_session *session, edu_id person_id, const char *cursor,
                               int32_t limit, edu_absence_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    edu_id person = ei_person_or_self(session, person_id);
    ei_list list = {
        .session = session,
        .filter = &person,
        .open = open_absences,
        .plan = {.shape = "iu", .record = "edu_absence", .limit = limit, .fill = fill_absence}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status end_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const absence *wanted = command->context;
    edu_id actor = ei_session_actor(command->session);
    int64_t changed = 0;
    EI_TRY(sql_appeal_absence_end(tx, &actor, &wanted->person, &wanted->substitute, wanted->since,
                                  &changed, error));
    if (changed == 0)
        return ei_appeal_not_found(error, "absence");
    return ei_audit(command, tx, "appeal.absence_end", &wanted->person, NULL, error);
}

edu_status edu_appeal_absence_end(edu_session *session, edu_id person_id, edu_id substitute_id,
                                  edu_time since, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    absence wanted = {ei_person_or_self(session, person_id), substitute_id, since, 0};
    ei_command command = {.session = session,
                          .name = "appeal.absence_end",
                          .key = key,
                          .run = end_run,
                          .context = &wanted};
    ei_command_hash(&command, &wanted, sizeof wanted);
    return ei_command_run(&command, error);
}

/* ---- who could do the work ---- */

static edu_status fill_colleague(ei_rows *rows, int first, ei_arena *arena, void *record,
                                 void *context, edu_error *error)
{
    edu_colleague *out = record;
    const char *given = ei_column_text(rows, first + 1), *family = ei_column_text(rows, first + 2);
    (void)context;
    out->person_id = ei_column_id(rows, first);
    out->name = ei_arena_printf(arena, "%s %s", given ? given : "", family ? family : "");
    return out->name ? EDU_OK : ei_no_memory(error);
}

static edu_status open_colleagues(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id actor = ei_session_actor(list->session);
    return sql_appeal_colleagues(tx, &actor, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_appeal_colleagues(edu_session *session, const char *cursor, int32_t limit,
                                 edu_colleague_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_list list = {
        .session = session,
        .open = open_colleagues,
        .plan = {.shape = "u", .record = "edu_colleague", .limit = limit, .fill = fill_colleague}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

typedef struct workers {
    edu_id person, id;
} workers;

static edu_status fill_worker(ei_rows *rows, int first, ei_arena *arena, void *record,
                              void *context, edu_error *error)
{
    edu_appeal_executor *out = record;
    const char *given = ei_column_text(rows, first + 1), *family = ei_column_text(rows, first + 2);
    (void)context;
    out->person_id = ei_column_id(rows, first);
    out->name = ei_arena_printf(arena, "%s %s", given ? given : "", family ? family : "");
    out->open = ei_column_int(rows, first + 3);
    out->is_absent = ei_column_bool(rows, first + 4);
    return out->name ? EDU_OK : ei_no_memory(error);
}

static edu_status open_workers(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const workers *of = list->filter;
    edu_id actor = ei_session_actor(list->session);
    edu_time now = ei_now(list->session);
    ei_appeal appeal;
    EI_TRY(ei_appeal_load(tx, &actor, &of->person, &of->id, now, &appeal, error));
    if (!appeal.staff_as[0])
        return ei_appeal_not_found(error, "appeal");
    return sql_appeal_workers(tx, appeal.department, now, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_appeal_executors(edu_session *session, edu_id person_id, edu_id appeal_id,
                                const char *cursor, int32_t limit, edu_appeal_executor_page **out,
                                edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    workers of = {ei_person_or_self(session, person_id), appeal_id};
    ei_list list = {
        .session = session,
        .filter = &of,
        .open = open_workers,
        .plan = {
            .shape = "u", .record = "edu_appeal_executor", .limit = limit, .fill = fill_worker}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
