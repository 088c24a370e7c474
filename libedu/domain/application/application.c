/* Services and applications as people see them. */
#include <string.h>
#include "domain/application/application.h"
#include "domain/application/application_store.h"
#include "domain/offering/offering_store.h"
#include "domain/round/round_store.h"
#include "application_sql.h"

/* ---- publishing ---- */

static edu_status publish_also(ei_command *command, edu_tx *tx, const void *definition,
                               edu_error *error)
{
    return ei_offering_of_itself(command, tx, definition, error);
}

edu_status edu_service_publish(edu_session *session, json_t *definition, const char *key,
                               int32_t *version, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!definition || !version)
        return ei_bad_argument(error, definition ? "version" : "definition");
    ei_definition *checked;
    EI_TRY(ei_definition_make(definition, &checked, error));
    edu_status status = ei_round_check_codes(session, checked, error);
    ei_publication wanted = {.action = "service.publish",
                             .code = ei_definition_service(checked),
                             .document = definition,
                             .newest = sql_application_service_newest,
                             .add = sql_application_service_add,
                             .also = publish_also,
                             .also_context = checked};
    if (status == EDU_OK)
        status = ei_publish(session, &wanted, key, version, error);
    ei_definition_free(checked);
    return status;
}

/* ---- lists ---- */

/* What a list is of, and what its rows are filled with. */
typedef struct list_of {
    edu_id person, application;
    ei_fill_context fill;
} list_of;

static list_of *begin(ei_list *list, edu_tx *tx)
{
    list_of *of = (list_of *)(uintptr_t)list->filter;
    of->fill = (ei_fill_context){.session = list->session, .tx = tx, .person = of->person};
    list->plan.context = &of->fill;
    return of;
}

/* ---- services ---- */

static edu_status open_services(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    (void)begin(list, tx);
    return sql_application_services(tx, list->key.text[0], list->ask, rows, error);
}

edu_status edu_service_list(edu_session *session, const char *cursor, int32_t limit,
                            edu_service_page **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    list_of of = {0};
    ei_list list = {.session = session,
                    .filter = &of,
                    .open = open_services,
                    .plan = {.shape = "t",
                             .record = "edu_service",
                             .limit = limit,
                             .fill = ei_fill_service_of_list}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

typedef struct one_read {
    edu_session *session;
    const char *code;
    edu_id person, application;
    void *record;
} one_read;

static edu_status not_found(edu_error *error, const char *what)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "application.not_found", NULL, "there is no such %s",
                   what);
}

static edu_status service_run(edu_tx *tx, void *context, edu_error *error)
{
    one_read *read = context;
    ei_rows rows;
    bool row = false;
    ei_fill_context fill = {.session = read->session, .tx = tx};
    EI_TRY(sql_application_service(tx, read->code, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && !row)
        status = not_found(error, "service");
    if (status == EDU_OK)
        status = ei_fill_service(&fill, read->code, (int32_t)ei_column_int(&rows, 0),
                                 ei_column_time(&rows, 1), ei_record_arena(read->record),
                                 read->record, error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_service_get(edu_session *session, const char *code, edu_service **out,
                           edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    EI_TRY(ei_check_text(code, 64, false, "/code", error));
    if (!out)
        return ei_bad_argument(error, "out");
    one_read read = {.session = session, .code = code};
    EI_TRY(ei_read_record(session, sizeof **out, service_run, &read, &read.record, error));
    *out = read.record;
    return EDU_OK;
}

/* ---- applications ---- */

/* One row or nothing: nothing is what is not theirs, too. */
static edu_status require_row(edu_status opened, ei_rows *rows, const char *what, edu_error *error)
{
    bool row = false;
    EI_TRY(opened);
    edu_status status = ei_rows_next(rows, &row, error);
    if (status == EDU_OK && !row)
        status = not_found(error, what);
    return status;
}

static edu_status require_person(const list_of *of, const edu_id *actor, edu_tx *tx, ei_rows *rows,
                                 edu_error *error)
{
    edu_status status = require_row(
        sql_application_person_seen(tx, actor, &of->person, rows, error), rows, "person", error);
    ei_rows_close(rows);
    return status;
}

static edu_status open_applications(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const list_of *of = begin(list, tx);
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(require_person(of, &actor, tx, rows, error));
    return sql_application_list(tx, &actor, &of->person, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_application_list(edu_session *session, edu_id person_id, const char *cursor,
                                int32_t limit, edu_application_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    list_of of = {.person = ei_person_or_self(session, person_id)};
    ei_list list = {.session = session,
                    .filter = &of,
                    .open = open_applications,
                    .reading = ei_reading_of("applications", of.person, (edu_id){{0}}),
                    .plan = {.shape = "U",
                             .record = "edu_application",
                             .limit = limit,
                             .fill = ei_fill_application}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status application_run(edu_tx *tx, void *context, edu_error *error)
{
    one_read *read = context;
    edu_id actor = ei_session_actor(read->session);
    ei_rows rows = {tx, NULL};
    ei_fill_context fill = {.session = read->session, .tx = tx, .person = read->person};
    edu_status status = require_row(
        sql_application_get(tx, &actor, &read->person, &read->application, &rows, error), &rows,
        "application", error);
    /* The list's rows have the id once more, as their sort key. */
    if (status == EDU_OK)
        status = ei_fill_application(&rows, 1, ei_record_arena(read->record), read->record, &fill,
                                     error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_application_get(edu_session *session, edu_id person_id, edu_id application_id,
                               edu_application **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    one_read read = {.session = session,
                     .person = ei_person_or_self(session, person_id),
                     .application = application_id};
    ei_reading reading = ei_reading_of("application", read.person, application_id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, application_run, &read, &read.record,
                             error));
    *out = read.record;
    return EDU_OK;
}

/* Who may see the application sees its timeline; the definition gives the titles. */
static edu_status open_timeline(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    list_of *of = begin(list, tx);
    edu_id actor = ei_session_actor(list->session);
    edu_status status =
        require_row(sql_application_seen(tx, &actor, &of->person, &of->application, rows, error),
                    rows, "application", error);
    if (status == EDU_OK)
        status =
            ei_definition_load(list->session, tx, ei_column_text(rows, 0),
                               (int32_t)ei_column_int(rows, 1), &of->fill.definition, NULL, error);
    ei_rows_close(rows);
    EI_TRY(status);
    return sql_application_timeline(tx, &of->person, &of->application, list->key.integer[0],
                                    list->ask, rows, error);
}

edu_status edu_application_timeline(edu_session *session, edu_id person_id, edu_id application_id,
                                    const char *cursor, int32_t limit, edu_event_page **out,
                                    edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    list_of of = {.person = ei_person_or_self(session, person_id), .application = application_id};
    ei_list list = {
        .session = session,
        .filter = &of,
        .open = open_timeline,
        .reading = ei_reading_of("application", of.person, application_id),
        .plan = {.shape = "i", .record = "edu_event", .limit = limit, .fill = ei_fill_event}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status open_history(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const list_of *of = begin(list, tx);
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(require_person(of, &actor, tx, rows, error));
    return sql_application_history(tx, &actor, &of->person, list->key.integer[0], &list->key.id[1],
                                   list->key.integer[2], list->ask, rows, error);
}

edu_status edu_application_history(edu_session *session, edu_id person_id, const char *cursor,
                                   int32_t limit, edu_happening_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    list_of of = {.person = ei_person_or_self(session, person_id)};
    ei_list list = {
        .session = session,
        .filter = &of,
        .open = open_history,
        .reading = ei_reading_of("applications", of.person, (edu_id){{0}}),
        .plan = {
            .shape = "IUI", .record = "edu_happening", .limit = limit, .fill = ei_fill_happening}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status check_run(edu_tx *tx, void *context, edu_error *error)
{
    one_read *read = context;
    edu_id actor = ei_session_actor(read->session);
    ei_rows rows = {tx, NULL};
    edu_status status = require_row(
        sql_application_seen(tx, &actor, &read->person, &read->application, &rows, error), &rows,
        "application", error);
    ei_rows_close(&rows);
    EI_TRY(status);
    return ei_chain_check(tx, &read->person, &read->application, error);
}

edu_status edu_application_check(edu_session *session, edu_id person_id, edu_id application_id,
                                 edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    one_read read = {.session = session,
                     .person = ei_person_or_self(session, person_id),
                     .application = application_id};
    return ei_read(session, check_run, &read, error);
}

/* ---- all chains ---- */

#define CHECK_BATCH 500

typedef struct check_all {
    edu_id person, application; /* last one checked */
    int64_t checked;
    bool more;
} check_all;

static edu_status check_batch(edu_tx *tx, void *context, edu_error *error)
{
    check_all *work = context;
    ei_rows rows;
    bool row;
    int count = 0;
    EI_TRY(
        sql_application_chains(tx, &work->person, &work->application, CHECK_BATCH, &rows, error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row) {
        work->person = ei_column_id(&rows, 0);
        work->application = ei_column_id(&rows, 1);
        if ((status = ei_chain_check(tx, &work->person, &work->application, error)) != EDU_OK)
            break;
        count++;
    }
    ei_rows_close(&rows);
    work->checked += count;
    work->more = count == CHECK_BATCH;
    return status;
}

edu_status ei_application_check_all(edu_session *session, edu_progress progress, edu_error *error)
{
    /* Behind the id of all zeros, which a parameter would give as NULL, comes 1. */
    check_all work = {.person = {.bytes[15] = 1}, .application = {.bytes[15] = 1}, .more = true};
    while (work.more) {
        EI_TRY(ei_read(session, check_batch, &work, error));
        if (progress.report && !progress.report(progress.context, "chains", work.checked, 0))
            return ei_fail(error, EDU_E_CANCELLED, "core.cancelled", NULL,
                           "the check was cancelled");
    }
    return EDU_OK;
}

/* ---- notifications ---- */

static edu_status open_notifications(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id actor = ei_session_actor(list->session);
    (void)begin(list, tx);
    return sql_application_notifications(tx, &actor, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_notification_list(edu_session *session, const char *cursor, int32_t limit,
                                 edu_notification_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    list_of of = {0};
    ei_list list = {.session = session,
                    .filter = &of,
                    .open = open_notifications,
                    .plan = {.shape = "U",
                             .record = "edu_notification",
                             .limit = limit,
                             .fill = ei_fill_notification}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

typedef struct note {
    edu_id person, id;
} note;

static edu_status read_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const note *wanted = command->context;
    edu_id actor = ei_session_actor(command->session);
    int64_t changed = 0;
    EI_TRY(sql_application_notification_read(tx, &actor, &wanted->person, &wanted->id, &changed,
                                             error));
    return changed ? EDU_OK : not_found(error, "notification");
}

edu_status edu_notification_read(edu_session *session, edu_id person_id, edu_id id,
                                 edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    note wanted = {ei_person_or_self(session, person_id), id};
    ei_command command = {
        .session = session, .name = "notification.read", .run = read_run, .context = &wanted};
    return ei_command_run(&command, error);
}
