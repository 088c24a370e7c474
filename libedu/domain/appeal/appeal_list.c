/* Appeals as people see them. */
#include <stdio.h>
#include <string.h>
#include "domain/appeal/appeal_store.h"
#include "domain/calendar/calendar_store.h"
#include "appeal_sql.h"

/* ---- one row ---- */

static edu_status copy_entry(const ei_appeal_filling *with, ei_arena *arena, const char *list,
                             const char *code, const char **out, edu_error *error)
{
    json_t *entry = code ? ei_appeal_entry(with->rules, list, code) : NULL;
    const char *title = entry ? ei_localised(with->session, json_object_get(entry, "title")) : code;
    return ei_copy_text(arena, title, out, error);
}

static edu_status fill_texts(const ei_appeal_filling *with, ei_rows *rows, int at, ei_arena *arena,
                             edu_appeal *out, edu_error *error)
{
    EI_TRY(ei_copy_column(arena, rows, at + 2, &out->number, error));
    EI_TRY(ei_copy_column(arena, rows, at + 3, &out->channel, error));
    EI_TRY(ei_copy_column(arena, rows, at + 5, &out->category, error));
    EI_TRY(copy_entry(with, arena, "categories", out->category, &out->category_title, error));
    EI_TRY(ei_copy_column(arena, rows, at + 6, &out->level, error));
    EI_TRY(ei_copy_column(arena, rows, at + 7, &out->region, error));
    EI_TRY(ei_copy_column(arena, rows, at + 8, &out->department, error));
    EI_TRY(copy_entry(with, arena, "departments", out->department, &out->department_title, error));
    EI_TRY(ei_copy_column(arena, rows, at + 10, &out->state, error));
    EI_TRY(ei_copy_column(arena, rows, at + 15, &out->rule, error));
    return ei_copy_name(arena, rows, at + 25, &out->applicant, error);
}

static edu_status fill_state(const ei_appeal_filling *with, ei_rows *rows, int at, ei_arena *arena,
                             edu_appeal *out, edu_error *error)
{
    const ei_definition *definition;
    EI_TRY(ei_definition_load(with->session, with->tx, EI_APPEAL_SERVICE,
                              (int32_t)ei_column_int(rows, at + 24), &definition, NULL, error));
    json_t *title = ei_definition_state_title(definition, out->state);
    return ei_copy_text(arena, title ? ei_localised(with->session, title) : out->state,
                        &out->state_title, error);
}

/* A pause that lasts is the last one. */
static bool is_paused(ei_rows *rows, int column)
{
    edu_bytes pauses = ei_column_bytes(rows, column);
    static const char end[] = "null]]";
    size_t size = sizeof end - 1;
    return pauses.size >= size &&
           memcmp((const char *)pauses.data + pauses.size - size, end, size) == 0;
}

static void fill_clock(const ei_appeal_filling *with, ei_rows *rows, int at, edu_appeal *out)
{
    edu_time due = ei_column_time(rows, at + 13), very_late = ei_column_time(rows, at + 14);
    edu_time answered = ei_column_time(rows, at + 19);
    edu_time judged = answered == EDU_TIME_NONE ? with->now : answered;
    bool counts = out->is_open || answered != EDU_TIME_NONE;
    out->received = ei_column_time(rows, at + 12);
    out->due = due == EI_APPEAL_NEVER ? EDU_TIME_NONE : due;
    out->is_paused = out->is_open && is_paused(rows, at + 16);
    out->is_overdue = counts && due <= judged;
    out->is_very_late = counts && very_late <= judged;
    out->answered = answered;
}

edu_status ei_appeal_fill(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                          edu_error *error)
{
    const ei_appeal_filling *with = context;
    edu_appeal *out = record;
    out->person_id = ei_column_id(rows, at);
    out->id = ei_column_id(rows, at + 1);
    out->is_anonymous = ei_column_bool(rows, at + 4);
    out->is_open = ei_column_bool(rows, at + 11);
    out->extensions = (int32_t)ei_column_int(rows, at + 17);
    out->reopened = (int32_t)ei_column_int(rows, at + 18);
    out->worked_days = (int32_t)ei_column_int(rows, at + 20);
    out->rating = (int32_t)ei_column_int(rows, at + 21);
    fill_clock(with, rows, at, out);
    EI_TRY(fill_texts(with, rows, at, arena, out, error));
    EI_TRY(fill_state(with, rows, at, arena, out, error));
    out->signatories = (int32_t)ei_column_int(rows, at + 29);
    if (ei_column_is_null(rows, at + 30))
        return EDU_OK;
    out->executor_id = ei_column_id(rows, at + 9);
    out->into_person_id = ei_column_id(rows, at + 22);
    out->into_id = ei_column_id(rows, at + 23);
    return ei_copy_name(arena, rows, at + 27, &out->executor, error);
}

/* ---- lists ---- */

typedef struct appeal_query {
    edu_id person;
    const edu_appeal_filter *filter;
    ei_appeal_filling with;
} appeal_query;

edu_status ei_appeal_filling_begin(ei_appeal_filling *with, ei_list *list, edu_tx *tx,
                                   edu_error *error)
{
    with->session = list->session;
    with->tx = tx;
    with->now = ei_now(list->session);
    list->plan.context = with;
    return ei_appeal_rules_load(list->session, tx, 0, &with->rules, NULL, error);
}

static edu_status open_own(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    appeal_query *query = (appeal_query *)(uintptr_t)list->filter;
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(ei_appeal_filling_begin(&query->with, list, tx, error));
    return sql_appeal_list(tx, &actor, &query->person, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_appeal_list(edu_session *session, edu_id person_id, const char *cursor,
                           int32_t limit, edu_appeal_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    appeal_query query = {.person = ei_person_or_self(session, person_id)};
    ei_list list = {
        .session = session,
        .filter = &query,
        .open = open_own,
        .reading = ei_reading_of("appeals", query.person, (edu_id){{0}}),
        .plan = {.shape = "U", .record = "edu_appeal", .limit = limit, .fill = ei_appeal_fill}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status open_queue(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    appeal_query *query = (appeal_query *)(uintptr_t)list->filter;
    const edu_appeal_filter *filter = query->filter;
    const char *queue = filter->queue ? filter->queue : "mine";
    const ei_page_key *key = &list->key;
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(ei_appeal_filling_begin(&query->with, list, tx, error));
    edu_time until = filter->is_overdue ? query->with.now : INT64_MAX;
    if (strcmp(queue, "mine") == 0)
        return sql_appeal_of_executor(tx, &actor, query->with.now, filter->state, filter->category,
                                      until, key->integer[0], &key->id[1], &key->id[2], list->ask,
                                      rows, error);
    if (strcmp(queue, "raised") == 0)
        return sql_appeal_of_raised(tx, &actor, query->with.now, filter->state, filter->category,
                                    until, key->integer[0], &key->id[1], &key->id[2], list->ask,
                                    rows, error);
    if (strcmp(queue, "department") == 0)
        return sql_appeal_of_department(tx, &actor, query->with.now, filter->code, filter->state,
                                        filter->category, until, key->integer[0], &key->id[1],
                                        &key->id[2], list->ask, rows, error);
    if (strcmp(queue, "region") == 0)
        return sql_appeal_of_region(tx, &actor, filter->code, filter->state, filter->category,
                                    until, key->integer[0], &key->id[1], &key->id[2], list->ask,
                                    rows, error);
    return sql_appeal_of_all(tx, &actor, filter->state, filter->category, until, key->integer[0],
                             &key->id[1], &key->id[2], list->ask, rows, error);
}

static edu_status check_filter(const edu_appeal_filter *filter, edu_error *error)
{
    static const char *const queues[] = {"mine", "raised", "all", "department", "region"};
    const char *queue = filter->queue ? filter->queue : queues[0];
    size_t i = 0;
    EI_TRY(ei_check_text(filter->code, 64, true, "/code", error));
    EI_TRY(ei_check_text(filter->state, 64, true, "/state", error));
    EI_TRY(ei_check_text(filter->category, 64, true, "/category", error));
    while (i < EI_COUNT(queues) && strcmp(queues[i], queue) != 0)
        i++;
    if (i == EI_COUNT(queues))
        return ei_fail(error, EDU_E_INVALID, "appeal.queue", "/queue",
                       "the queue is mine, raised, department, region or all");
    if ((i >= 3) != (filter->code != NULL))
        return ei_fail(error, EDU_E_INVALID, "appeal.queue", "/code",
                       "a department or a region, and nothing else, has a code");
    return EDU_OK;
}

edu_status edu_appeal_worklist(edu_session *session, const edu_appeal_filter *filter,
                               const char *cursor, int32_t limit, edu_appeal_page **out,
                               edu_error *error)
{
    static const edu_appeal_filter usual = EDU_APPEAL_FILTER_INIT;
    EI_TRY(ei_session_require(session, error));
    if (filter && filter->struct_size != sizeof *filter)
        return ei_bad_argument(error, "filter");
    appeal_query query = {.filter = filter ? filter : &usual};
    EI_TRY(check_filter(query.filter, error));
    ei_list list = {
        .session = session,
        .filter = &query,
        .open = open_queue,
        .reading = ei_reading_list("appeals"),
        .plan = {.shape = "iuu", .record = "edu_appeal", .limit = limit, .fill = ei_appeal_fill}};
    ei_reading_about(&list.reading, "queue", query.filter->queue);
    ei_reading_about(&list.reading, "state", query.filter->state);
    ei_reading_about(&list.reading, "code", query.filter->code);
    ei_reading_about(&list.reading, "category", query.filter->category);
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- queues ---- */

static edu_status fill_queue(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                             edu_error *error)
{
    const ei_appeal_filling *with = context;
    edu_appeal_queue *out = record;
    EI_TRY(ei_copy_column(arena, rows, at, &out->queue, error));
    out->open = ei_column_int(rows, at + 3);
    out->overdue = ei_column_int(rows, at + 4);
    if (ei_column_is_null(rows, at + 2))
        return EDU_OK;
    EI_TRY(ei_copy_column(arena, rows, at + 1, &out->code, error));
    out->title = ei_localised_text(arena, with->session, ei_column_text(rows, at + 2));
    return out->title ? EDU_OK : ei_no_memory(error);
}

static edu_status open_queues(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    ei_appeal_filling *with = (ei_appeal_filling *)(uintptr_t)list->filter;
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(ei_appeal_filling_begin(with, list, tx, error));
    return sql_appeal_queues(tx, &actor, with->now, list->key.integer[0], list->key.text[1],
                             list->ask, rows, error);
}

edu_status edu_appeal_queues(edu_session *session, const char *cursor, int32_t limit,
                             edu_appeal_queue_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_appeal_filling with = {0};
    ei_list list = {
        .session = session,
        .filter = &with,
        .open = open_queues,
        .plan = {.shape = "it", .record = "edu_appeal_queue", .limit = limit, .fill = fill_queue}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- merged into one ---- */

typedef struct merged_query {
    edu_id person, id;
    ei_appeal_filling with;
} merged_query;

static edu_status open_merged(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    merged_query *query = (merged_query *)(uintptr_t)list->filter;
    edu_id actor = ei_session_actor(list->session);
    ei_appeal appeal;
    EI_TRY(ei_appeal_filling_begin(&query->with, list, tx, error));
    EI_TRY(ei_appeal_load(tx, &actor, &query->person, &query->id, query->with.now, &appeal, error));
    if (!appeal.staff_as[0])
        return ei_appeal_not_found(error, "appeal");
    return sql_appeal_merged_shown(tx, &actor, query->with.now, &query->person, &query->id,
                                   &list->key.id[0], &list->key.id[1], list->ask, rows, error);
}

edu_status edu_appeal_merged(edu_session *session, edu_id person_id, edu_id appeal_id,
                             const char *cursor, int32_t limit, edu_appeal_page **out,
                             edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    merged_query query = {.person = ei_person_or_self(session, person_id), .id = appeal_id};
    ei_list list = {
        .session = session,
        .filter = &query,
        .open = open_merged,
        .reading = ei_reading_of("appeal", query.person, appeal_id),
        .plan = {.shape = "uu", .record = "edu_appeal", .limit = limit, .fill = ei_appeal_fill}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- one ---- */

typedef struct appeal_read {
    edu_session *session;
    edu_id person, id;
    void *out;
} appeal_read;

static edu_status get_run(edu_tx *tx, void *context, edu_error *error)
{
    appeal_read *read = context;
    ei_appeal_filling with = {read->session, tx, ei_now(read->session), NULL};
    edu_id actor = ei_session_actor(read->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(ei_appeal_rules_load(read->session, tx, 0, &with.rules, NULL, error));
    EI_TRY(sql_appeal_get(tx, &actor, &read->person, &read->id, with.now, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? ei_appeal_fill(&rows, 0, ei_record_arena(read->out), read->out, &with, error)
                     : ei_appeal_not_found(error, "appeal");
    ei_rows_close(&rows);
    return status;
}

edu_status edu_appeal_get(edu_session *session, edu_id person_id, edu_id appeal_id,
                          edu_appeal **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    appeal_read read = {session, ei_person_or_self(session, person_id), appeal_id, NULL};
    ei_reading reading = ei_reading_of("appeal", read.person, appeal_id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, get_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

static edu_status explain_run(edu_tx *tx, void *context, edu_error *error)
{
    appeal_read *read = context;
    edu_id actor = ei_session_actor(read->session);
    edu_deadline *out = read->out;
    const ei_appeal_rules *rules;
    const ei_calendar *calendar;
    const char *source;
    ei_appeal appeal;
    EI_TRY(ei_appeal_load(tx, &actor, &read->person, &read->id, ei_now(read->session), &appeal,
                          error));
    EI_TRY(ei_appeal_rules_load(read->session, tx, appeal.rules_version, &rules, NULL, error));
    EI_TRY(ei_calendar_load(read->session, tx, appeal.calendar, appeal.calendar_version, &calendar,
                            NULL, error));
    const ei_appeal_term *rule = ei_appeal_term_choose(rules, appeal.department, appeal.category,
                                                       appeal.level, appeal.state, &source);
    ei_term term = ei_appeal_own_term(&appeal);
    out->version = appeal.calendar_version;
    return ei_deadline_fill(read->session, calendar, &term, rule->warn_percent,
                            ei_record_arena(out), out, error);
}

edu_status edu_appeal_explain(edu_session *session, edu_id person_id, edu_id appeal_id,
                              edu_deadline **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    appeal_read read = {session, ei_person_or_self(session, person_id), appeal_id, NULL};
    ei_reading reading = ei_reading_of("appeal", read.person, appeal_id);
    EI_TRY(
        ei_read_record_of(session, &reading, sizeof **out, explain_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

/* ---- the timeline ---- */

typedef struct timeline {
    edu_session *session;
    edu_id person, id;
    bool is_followed; /* by number and code, as the applicant */
    ei_appeal appeal;
    const ei_definition *definition;
} timeline;

static edu_status fill_event(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                             edu_error *error)
{
    const timeline *with = context;
    edu_appeal_event *out = record;
    edu_bytes data = ei_column_bytes(rows, first + 5), sealed = ei_column_bytes(rows, first + 6);
    out->sequence = ei_column_int(rows, 0);
    out->at = ei_column_time(rows, first);
    EI_TRY(ei_copy_column(arena, rows, first + 1, &out->action, error));
    EI_TRY(ei_copy_column(arena, rows, first + 2, &out->state, error));
    EI_TRY(ei_copy_column(arena, rows, first + 3, &out->actor, error));
    out->is_internal = ei_column_bool(rows, first + 4);
    EI_TRY(ei_json_read(data.data, data.size, &out->data, error));
    if (!ei_arena_own_json(arena, out->data))
        return ei_no_memory(error);
    (void)json_object_del(out->data, "sealed");
    json_t *title = ei_definition_action_title(with->definition, out->action);
    EI_TRY(ei_copy_text(arena, title ? ei_localised(with->session, title) : out->action,
                        &out->title, error));
    if (with->appeal.staff_as[0])
        EI_TRY(ei_copy_name(arena, rows, first + 7, &out->name, error));
    edu_bytes wrapped = ei_appeal_key(&with->appeal);
    edu_bytes name = ei_column_bytes(rows, first + 9);
    if (sealed.data)
        EI_TRY(ei_unseal_text(with->session, &with->person, wrapped, EI_APPEAL_SEALED, sealed,
                              arena, &out->text, error));
    if (!name.data)
        return EDU_OK;
    out->file_size = ei_column_int(rows, first + 11);
    EI_TRY(ei_copy_column(arena, rows, first + 10, &out->file_type, error));
    return ei_unseal_text(with->session, &with->person, wrapped, EI_APPEAL_SEALED_NAME, name, arena,
                          &out->file_name, error);
}

static edu_status open_timeline(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    timeline *with = list->plan.context;
    edu_id actor = with->is_followed ? with->person : ei_session_actor(list->session);
    EI_TRY(ei_appeal_load(tx, &actor, &with->person, &with->id, ei_now(list->session),
                          &with->appeal, error));
    EI_TRY(ei_definition_load(list->session, tx, with->appeal.head.service,
                              with->appeal.head.service_version, &with->definition, NULL, error));
    return sql_appeal_events(tx, &with->person, &with->id, with->appeal.staff_as[0] != '\0',
                             list->key.integer[0], list->ask,
                             with->appeal.answered != EDU_TIME_NONE, rows, error);
}

static edu_status read_timeline(timeline *with, const char *cursor, int32_t limit,
                                edu_appeal_event_page **out, edu_error *error)
{
    ei_list list = {.session = with->session,
                    .open = open_timeline,
                    .reading = with->is_followed ? (ei_reading){NULL}
                                                 : ei_reading_of("appeal", with->person, with->id),
                    .plan = {.shape = "i",
                             .record = "edu_appeal_event",
                             .limit = limit,
                             .fill = fill_event,
                             .context = with}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

edu_status edu_appeal_timeline(edu_session *session, edu_id person_id, edu_id appeal_id,
                               const char *cursor, int32_t limit, edu_appeal_event_page **out,
                               edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    timeline with = {
        .session = session, .person = ei_person_or_self(session, person_id), .id = appeal_id};
    return read_timeline(&with, cursor, limit, out, error);
}

/* ---- without a name ---- */

edu_status edu_appeal_follow(edu_session *session, const char *number, const char *code,
                             edu_appeal_event_page **out, edu_error *error)
{
    timeline with = {.session = session, .is_followed = true};
    EI_TRY(ei_session_check(session, error));
    EI_TRY(ei_appeal_by_code(session, EI_APPEAL_CODE_FOLLOW, number, code, &with.person, &with.id,
                             error));
    return read_timeline(&with, NULL, EDU_PAGE_MAX, out, error);
}
