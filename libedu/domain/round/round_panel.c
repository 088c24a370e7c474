/* Panels: their members, conflicts of interest, and what a member has to score. */
#include "domain/round/round_store.h"

#include <stdio.h>
#include <string.h>

#include "domain/request/request_document.h"
#include "round_sql.h"

/* ---- members ---- */

typedef struct seating {
    edu_id offering, member;
    bool is_member;
} seating;

static edu_status any(edu_status opened, ei_rows *rows, edu_status code, const char *key,
                      const char *what, edu_error *error)
{
    bool found = false;
    EI_TRY(ei_rows_integer(opened, rows, &found, NULL, error));
    return found ? EDU_OK : ei_fail(error, code, key, "/member_id", "%s", what);
}

typedef struct task {
    edu_id person, request;
    char sheet[EI_REQUEST_CODE];
} task;

/* One of a member's sheets at a time is taken away, until none is left. */
static edu_status first_task(edu_tx *tx, const seating *seat, task *out, bool *found,
                             edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_panel_tasks_of(tx, &seat->offering, &seat->member, &rows, error));
    edu_status status = ei_rows_next(&rows, found, error);
    if (status == EDU_OK && *found) {
        out->person = ei_column_id(&rows, 0);
        out->request = ei_column_id(&rows, 1);
        (void)snprintf(out->sheet, sizeof out->sheet, "%s", ei_column_text(&rows, 2));
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status unseat(edu_tx *tx, const seating *seat, edu_error *error)
{
    task one;
    bool found = true;
    for (;;) {
        EI_TRY(first_task(tx, seat, &one, &found, error));
        if (!found)
            break;
        EI_TRY(ei_panel_take_away(tx, &one.person, &one.request, one.sheet, &seat->member, error));
    }
    return sql_panel_remove(tx, &seat->offering, &seat->member, NULL, error);
}

static edu_status put_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const seating *seat = command->context;
    edu_id actor = ei_session_actor(command->session);
    ei_judging judging;
    ei_rows rows;
    EI_TRY(ei_judging_kept(command->session, tx, &seat->offering, &judging, error));
    EI_TRY(ei_judging_require_open(&judging, error));
    if (seat->is_member) {
        EI_TRY(any(sql_panel_has_account(tx, &seat->member, &rows, error), &rows, EDU_E_NOT_FOUND,
                   "panel.account", "there is nobody with an account of this id", error));
        EI_TRY(sql_panel_add(tx, &seat->offering, &seat->member, ei_judging_is_blind(&judging),
                             command->now, &actor, NULL, error));
    } else
        EI_TRY(unseat(tx, seat, error));
    return ei_audit(command, tx, seat->is_member ? "panel.add" : "panel.remove", &seat->member,
                    NULL, error);
}

edu_status edu_panel_put(edu_session *session, edu_id offering_id, edu_id member_id, bool is_member,
                         const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    seating seat = {offering_id, member_id, is_member};
    ei_command command = {
        .session = session, .name = "panel.put", .key = key, .run = put_run, .context = &seat};
    ei_command_hash(&command, &offering_id, sizeof offering_id);
    ei_command_hash(&command, &member_id, sizeof member_id);
    ei_command_hash(&command, &is_member, sizeof is_member);
    return ei_command_run(&command, error);
}

static edu_status fill_member(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                              edu_error *error)
{
    (void)context;
    edu_panel_member *out = record;
    out->member_id = ei_column_id(rows, at);
    out->name =
        ei_arena_printf(arena, "%s %s", ei_column_text(rows, at + 1), ei_column_text(rows, at + 2));
    out->works = ei_column_int(rows, at + 3);
    out->scored = ei_column_int(rows, at + 4);
    return out->name ? EDU_OK : ei_no_memory(error);
}

static edu_status open_members(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const edu_id *offering = list->filter;
    ei_judging judging;
    EI_TRY(ei_judging_kept(list->session, tx, offering, &judging, error));
    return sql_panel_list(tx, offering, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_panel_list(edu_session *session, edu_id offering_id, const char *cursor,
                          int32_t limit, edu_panel_member_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_list list = {
        .session = session,
        .filter = &offering_id,
        .open = open_members,
        .plan = {.shape = "u", .record = "edu_panel_member", .limit = limit, .fill = fill_member}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- assigning ---- */

static edu_status assign_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_id *offering = command->context;
    ei_judging judging;
    edu_panel_report report;
    _Static_assert(sizeof report <= sizeof command->result, "a report fits an answer");
    EI_TRY(ei_judging_kept(command->session, tx, offering, &judging, error));
    EI_TRY(ei_judging_require_open(&judging, error));
    EI_TRY(ei_panel_assign(command, tx, &judging, &report, error));
    memcpy(command->result, &report, sizeof report);
    command->result_size = sizeof report;
    return ei_audit(command, tx, "panel.assign", NULL, NULL, error);
}

edu_status edu_panel_assign(edu_session *session, edu_id offering_id, const char *key,
                            edu_panel_report **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    ei_command command = {.session = session,
                          .name = "panel.assign",
                          .key = key,
                          .run = assign_run,
                          .context = &offering_id};
    ei_command_hash(&command, &offering_id, sizeof offering_id);
    edu_panel_report *report;
    EI_TRY(ei_command_run_record(&command, sizeof *report, &report, error));
    memcpy(report, command.result, sizeof *report);
    *out = report;
    return EDU_OK;
}

/* ---- works ---- */

static edu_status work_not_found(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "panel.work", NULL,
                   "there is no such work, or it is not assigned to you");
}

enum { WORK, OFFERING, SHEET, SCORED, ASSIGNED, PERSON, REQUEST, GIVEN, FAMILY };
enum { KEY = FAMILY + 1, FORM, OPEN, STATE }; /* of one alone */

typedef struct works {
    edu_session *session;
    edu_tx *tx;
    edu_id work;
    edu_panel_work *out;
    ei_reading reading;
} works;

static edu_status fill_sheet(const works *of, ei_judging *judging, ei_rows *rows, int at,
                             ei_arena *arena, edu_panel_work *out, edu_error *error)
{
    EI_TRY(ei_judging_load(of->session, of->tx, &out->offering_id, judging, error));
    const ei_sheet *sheet = ei_sheets_find(ei_definition_sheets(judging->definition), out->sheet);
    if (!sheet)
        return work_not_found(error);
    out->is_blind = sheet->is_blind;
    out->takes_comment = sheet->shows_comments;
    EI_TRY(ei_copy_text(arena, ei_localised(of->session, (json_t *)(uintptr_t)sheet->title),
                        &out->sheet_title, error));
    if (sheet->is_blind)
        return EDU_OK;
    out->applicant = ei_arena_printf(arena, "%s %s", ei_column_text(rows, at + GIVEN),
                                     ei_column_text(rows, at + FAMILY));
    return out->applicant ? EDU_OK : ei_no_memory(error);
}

static edu_status fill_work(const works *of, ei_judging *judging, ei_rows *rows, int at,
                            ei_arena *arena, edu_panel_work *out, edu_error *error)
{
    out->work_id = ei_column_id(rows, at + WORK);
    out->offering_id = ei_column_id(rows, at + OFFERING);
    out->is_scored = ei_column_bool(rows, at + SCORED);
    out->assigned = ei_column_time(rows, at + ASSIGNED);
    EI_TRY(ei_copy_column(arena, rows, at + SHEET, &out->sheet, error));
    EI_TRY(fill_sheet(of, judging, rows, at, arena, out, error));
    return ei_judging_title(of->session, of->tx, &out->offering_id, arena, &out->title, error);
}

static edu_status fill_listed(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                              edu_error *error)
{
    ei_judging judging;
    return fill_work(context, &judging, rows, at, arena, record, error);
}

static edu_status open_works(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    works *of = (works *)(uintptr_t)list->filter;
    edu_id actor = ei_session_actor(list->session);
    of->tx = tx;
    return sql_panel_works(tx, &actor, list->key.integer[0], &list->key.id[1], list->ask, rows,
                           error);
}

edu_status edu_panel_works(edu_session *session, const char *cursor, int32_t limit,
                           edu_panel_work_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    works of = {.session = session};
    ei_list list = {.session = session,
                    .filter = &of,
                    .open = open_works,
                    .plan = {.shape = "iu",
                             .record = "edu_panel_work",
                             .limit = limit,
                             .fill = fill_listed,
                             .context = &of}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status add_criteria(const works *of, const ei_sheet *sheet, json_t *out,
                               edu_error *error)
{
    char max[EI_POINTS_TEXT], weight[EI_POINTS_TEXT];
    for (size_t i = 0; i < sheet->criterion_count; i++) {
        const ei_criterion *one = &sheet->criteria[i];
        ei_points_format(one->max, 2, max);
        ei_points_format(one->weight, 2, weight);
        json_t *made = json_pack("{s:s, s:s, s:s, s:s}", "code", one->code, "title",
                                 ei_localised(of->session, (json_t *)(uintptr_t)one->title), "max",
                                 max, "weight", weight);
        if (!made || json_array_append_new(out, made) != 0)
            return ei_no_memory(error);
    }
    return EDU_OK;
}

static edu_status fill_values(const works *of, const edu_id *person, const edu_id *request,
                              edu_bytes wrapped, ei_arena *arena, edu_panel_work *out,
                              edu_error *error)
{
    edu_id actor = ei_session_actor(of->session);
    json_t *values = NULL;
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_score_current(of->tx, person, request, out->sheet, &actor, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row && ei_column_bool(&rows, 2)) {
        edu_bytes text = ei_column_bytes(&rows, 1);
        status = ei_json_read(text.data, text.size, &values, error);
        if (status == EDU_OK)
            status = ei_unseal_text(of->session, person, wrapped, EI_SCORE_COMMENT,
                                    ei_column_bytes(&rows, 3), arena, &out->comment, error);
    }
    ei_rows_close(&rows);
    return status == EDU_OK && values ? ei_own_json(arena, values, &out->values, error) : status;
}

/* NULL where the panel is not shown such documents. */
static const ei_document_kind *shown_kind(const ei_asked *asked, const char *code)
{
    const ei_document_kind *kind = ei_asked_find(asked, code);
    return kind && kind->for_panel ? kind : NULL;
}

/* Whoever gave it may have named it after themselves. */
static edu_status show_document(const works *of, const ei_asked *asked, json_t *document,
                                json_t *out, edu_error *error)
{
    const ei_document_kind *kind =
        shown_kind(asked, json_string_value(json_object_get(document, "kind")));
    if (!kind)
        return EDU_OK;
    json_object_set_new(document, "title", json_string(ei_localised(of->session, kind->title)));
    if (of->out->is_blind)
        json_object_set_new(document, "name", json_null());
    return json_array_append(out, document) == 0 ? EDU_OK : ei_no_memory(error);
}

static edu_status fill_documents(const works *of, const ei_asked *asked, const edu_id *person,
                                 edu_bytes wrapped, ei_arena *arena, edu_error *error)
{
    edu_id actor = ei_session_actor(of->session);
    json_t *given;
    ei_rows rows;
    edu_status opened = sql_panel_documents(of->tx, &actor, &of->work, &rows, error);
    EI_TRY(ei_documents_read(of->session, person, wrapped, opened, &rows, arena, &given, error));
    EI_TRY(ei_own_json(arena, json_array(), &of->out->documents, error));
    for (size_t i = 0; i < json_array_size(given); i++)
        EI_TRY(show_document(of, asked, json_array_get(given, i), of->out->documents, error));
    return EDU_OK;
}

static edu_status fill_shown(const works *of, const ei_judging *judging, const edu_id *person,
                             const edu_id *request, edu_bytes wrapped, ei_arena *arena,
                             edu_error *error)
{
    ei_asked asked;
    edu_status status =
        ei_asked_of_request(of->tx, person, request, judging->definition, &asked, error);
    if (status == EDU_OK)
        status = fill_documents(of, &asked, person, wrapped, arena, error);
    ei_asked_finish(&asked);
    return status;
}

static edu_status fill_whole(works *of, ei_rows *rows, ei_arena *arena, edu_error *error)
{
    edu_panel_work *out = of->out;
    edu_id person = ei_column_id(rows, PERSON), request = ei_column_id(rows, REQUEST);
    json_t *form = NULL;
    ei_judging judging;
    of->reading = ei_reading_of("work", person, request);
    EI_TRY(fill_work(of, &judging, rows, 0, arena, out, error));
    EI_TRY(ei_request_unseal(of->session, &person, ei_column_bytes(rows, KEY),
                             EI_REQUEST_SEALED_FORM, ei_column_bytes(rows, FORM), &form, error));
    EI_TRY(ei_own_json(arena, form ? form : json_object(), &out->form, error));
    EI_TRY(ei_own_json(arena, json_array(), &out->criteria, error));
    EI_TRY(add_criteria(of, ei_sheets_find(ei_definition_sheets(judging.definition), out->sheet),
                        out->criteria, error));
    EI_TRY(fill_shown(of, &judging, &person, &request, ei_column_bytes(rows, KEY), arena, error));
    return fill_values(of, &person, &request, ei_column_bytes(rows, KEY), arena, out, error);
}

static edu_status get_run(edu_tx *tx, void *context, edu_error *error)
{
    works *of = context;
    edu_id actor = ei_session_actor(of->session);
    ei_rows rows;
    bool row = false;
    of->tx = tx;
    EI_TRY(sql_panel_work_get(tx, &actor, &of->work, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status =
            row ? fill_whole(of, &rows, ei_record_arena(of->out), error) : work_not_found(error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_panel_work_get(edu_session *session, edu_id work_id, edu_panel_work **out,
                              edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    works of = {.session = session, .work = work_id};
    EI_TRY(ei_read_record_of(session, &of.reading, sizeof **out, get_run, &of, &of.out, error));
    *out = of.out;
    return EDU_OK;
}

/* ---- a document of one ---- */

typedef struct opening {
    edu_session *session;
    edu_id work, document;
    edu_document *out;
    ei_reading reading;
} opening;

enum { DOCUMENT_KIND = 5, DOCUMENT_PERSON, DOCUMENT_SHEET, DOCUMENT_OFFERING, DOCUMENT_REQUEST };

static edu_status no_document(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "request.no_document", NULL,
                   "the work has no such document to show");
}

static edu_status is_shown(edu_tx *tx, const ei_judging *judging, ei_rows *rows, bool *out,
                           edu_error *error)
{
    edu_id person = ei_column_id(rows, DOCUMENT_PERSON),
           request = ei_column_id(rows, DOCUMENT_REQUEST);
    ei_asked asked;
    edu_status status =
        ei_asked_of_request(tx, &person, &request, judging->definition, &asked, error);
    *out = status == EDU_OK && shown_kind(&asked, ei_column_text(rows, DOCUMENT_KIND));
    ei_asked_finish(&asked);
    return status;
}

static edu_status open_document(opening *of, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id person = ei_column_id(rows, DOCUMENT_PERSON),
           offering = ei_column_id(rows, DOCUMENT_OFFERING);
    of->reading = ei_reading_of("work", person, ei_column_id(rows, DOCUMENT_REQUEST));
    const char *code = ei_column_text(rows, DOCUMENT_KIND);
    ei_judging judging;
    bool shown;
    EI_TRY(ei_judging_load(of->session, tx, &offering, &judging, error));
    EI_TRY(is_shown(tx, &judging, rows, &shown, error));
    const ei_sheet *sheet = ei_sheets_find(ei_definition_sheets(judging.definition),
                                           ei_column_text(rows, DOCUMENT_SHEET));
    if (!shown || !sheet)
        return no_document(error);
    EI_TRY(ei_document_fill(of->session, &person, rows, of->out, error));
    if (!sheet->is_blind)
        return EDU_OK;
    const char *type = strchr(of->out->type, '/');
    of->out->name =
        ei_arena_printf(ei_record_arena(of->out), "%s.%s", code, type ? type + 1 : "file");
    return of->out->name ? EDU_OK : ei_no_memory(error);
}

static edu_status document_run(edu_tx *tx, void *context, edu_error *error)
{
    opening *of = context;
    edu_id actor = ei_session_actor(of->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_panel_document(tx, &actor, &of->work, &of->document, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? open_document(of, tx, &rows, error) : no_document(error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_panel_document(edu_session *session, edu_id work_id, edu_id document_id,
                              edu_document **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    opening of = {.session = session, .work = work_id, .document = document_id};
    EI_TRY(
        ei_read_record_of(session, &of.reading, sizeof **out, document_run, &of, &of.out, error));
    *out = of.out;
    return EDU_OK;
}

/* ---- scoring one ---- */

#define COMMENT_BYTES_MAX 2000

typedef struct working {
    edu_id work;
    const json_t *values;
    const char *comment;
    edu_id person, request, offering;
    char sheet[EI_REQUEST_CODE], state[EI_REQUEST_CODE];
    ei_person_keys wrapped;
    ei_judging judging;
} working;

/* A work of the actor's, in a round that is open. */
static edu_status find_work(ei_command *command, edu_tx *tx, working *work, edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_panel_work_get(tx, &actor, &work->work, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        work->offering = ei_column_id(&rows, OFFERING);
        work->person = ei_column_id(&rows, PERSON);
        work->request = ei_column_id(&rows, REQUEST);
        (void)snprintf(work->sheet, sizeof work->sheet, "%s", ei_column_text(&rows, SHEET));
        (void)snprintf(work->state, sizeof work->state, "%s", ei_column_text(&rows, STATE));
        (void)ei_person_keys_take(ei_column_bytes(&rows, KEY), &work->wrapped);
        row = ei_column_bool(&rows, OPEN);
    }
    ei_rows_close(&rows);
    EI_TRY(status);
    if (!row)
        return work_not_found(error);
    EI_TRY(ei_judging_load(command->session, tx, &work->offering, &work->judging, error));
    return ei_judging_require_open(&work->judging, error);
}

static edu_status score_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    working *work = command->context;
    edu_id actor = ei_session_actor(command->session);
    ei_filled filled;
    EI_TRY(find_work(command, tx, work, error));
    ei_scored scored = {.person = work->person,
                        .request = work->request,
                        .member = actor,
                        .comment = work->comment,
                        .wrapped = ei_person_keys_bytes(&work->wrapped)};
    EI_TRY(ei_sheet_of(&work->judging, work->sheet, true, &scored.sheet, error));
    EI_TRY(ei_score_require(&work->judging, work->state, error));
    if (work->comment && !scored.sheet->shows_comments)
        return ei_fail(error, EDU_E_INVALID, "score.comment", "/comment",
                       "nobody would be shown a comment here");
    EI_TRY(ei_sheet_check(scored.sheet, work->values, &filled, error));
    EI_TRY(ei_score_store(command, tx, &scored, &filled, NULL, NULL, error));
    EI_TRY(sql_panel_task_scored(tx, &actor, &work->work, NULL, error));
    return ei_audit(command, tx, "panel.score", &work->person, NULL, error);
}

edu_status edu_panel_score(edu_session *session, edu_id work_id, json_t *values,
                           const char *comment, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (comment)
        EI_TRY(ei_check_words(comment, COMMENT_BYTES_MAX, "/comment", error));
    working work = {.work = work_id, .values = values, .comment = comment};
    ei_command command = {
        .session = session, .name = "panel.score", .key = key, .run = score_run, .context = &work};
    ei_command_hash(&command, &work_id, sizeof work_id);
    ei_command_hash_text(&command, comment);
    EI_TRY(ei_score_hash(&command, values, error));
    return ei_command_run(&command, error);
}

/* ---- conflicts of interest ---- */

#define SHEETS EI_SHEETS_MAX

static edu_status read_sheets(edu_tx *tx, const edu_id *person, const edu_id *request,
                              const edu_id *member, char out[SHEETS][EI_REQUEST_CODE],
                              size_t *count, edu_error *error)
{
    ei_rows rows;
    bool row;
    edu_status status;
    *count = 0;
    EI_TRY(sql_panel_sheets_of(tx, person, request, member, &rows, error));
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row && *count < SHEETS)
        (void)snprintf(out[(*count)++], EI_REQUEST_CODE, "%s", ei_column_text(&rows, 0));
    ei_rows_close(&rows);
    return status;
}

/* What the member has of it goes to others. */
static edu_status declare(ei_command *command, edu_tx *tx, const ei_judging *judging,
                          const edu_id *person, const edu_id *request, const edu_id *member,
                          edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    char sheets[SHEETS][EI_REQUEST_CODE];
    size_t count;
    EI_TRY(sql_panel_conflict_add(tx, person, request, member, &actor, command->now, NULL, error));
    EI_TRY(read_sheets(tx, person, request, member, sheets, &count, error));
    for (size_t i = 0; i < count; i++)
        EI_TRY(ei_panel_take_away(tx, person, request, sheets[i], member, error));
    if (count > 0)
        EI_TRY(ei_panel_assign(command, tx, judging, NULL, error));
    return ei_audit(command, tx, "panel.conflict", person, NULL, error);
}

static edu_status decline_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    working *work = command->context;
    edu_id actor = ei_session_actor(command->session);
    EI_TRY(find_work(command, tx, work, error));
    return declare(command, tx, &work->judging, &work->person, &work->request, &actor, error);
}

edu_status edu_panel_decline(edu_session *session, edu_id work_id, const char *key,
                             edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    working work = {.work = work_id};
    ei_command command = {.session = session,
                          .name = "panel.decline",
                          .key = key,
                          .run = decline_run,
                          .context = &work};
    ei_command_hash(&command, &work_id, sizeof work_id);
    return ei_command_run(&command, error);
}

typedef struct conflict {
    edu_id person, id, member;
} conflict;

static edu_status conflict_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const conflict *work = command->context;
    edu_id actor = ei_session_actor(command->session), offering;
    ei_request request;
    ei_judging judging;
    ei_rows rows;
    EI_TRY(ei_request_load(tx, &actor, &work->person, &work->id, command->now, &request, error));
    if (!ei_request_is_staff(&request))
        return ei_fail(error, EDU_E_DENIED, "request.not_staff", NULL,
                       "this is for those who work on the application");
    EI_TRY(ei_judging_of(tx, &work->person, &work->id, &offering, error));
    EI_TRY(ei_judging_load(command->session, tx, &offering, &judging, error));
    EI_TRY(ei_judging_require_open(&judging, error));
    EI_TRY(any(sql_panel_is_member(tx, &offering, &work->member, &rows, error), &rows,
               EDU_E_NOT_FOUND, "panel.member", "nobody on the panel has this id", error));
    return declare(command, tx, &judging, &work->person, &work->id, &work->member, error);
}

edu_status edu_panel_conflict(edu_session *session, edu_id person_id, edu_id id, edu_id member_id,
                              const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    conflict work = {ei_person_or_self(session, person_id), id, member_id};
    ei_command command = {.session = session,
                          .name = "panel.conflict",
                          .key = key,
                          .run = conflict_run,
                          .context = &work};
    ei_command_hash(&command, &work, sizeof work);
    return ei_command_run(&command, error);
}
