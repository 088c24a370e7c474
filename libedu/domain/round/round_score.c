/* Clerks' sheets: one by one, from a file, and what is there of them. */
#include "domain/round/round_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/account/import.h"
#include "round_sql.h"

#define SHEET_MAX 64

/* ---- storing ---- */

edu_status ei_sheet_of(const ei_judging *judging, const char *code, bool by_panel,
                       const ei_sheet **out, edu_error *error)
{
    *out = ei_sheets_find(ei_definition_sheets(judging->definition), code);
    return *out && (*out)->by_panel == by_panel
               ? EDU_OK
               : ei_fail(error, EDU_E_NOT_FOUND, "score.sheet", "/sheet",
                         by_panel ? "no panel fills in such a sheet here"
                                  : "no clerk fills in such a sheet here");
}

static edu_status says_same(const edu_session *session, const ei_scored *scored, const char *values,
                            ei_rows *rows, bool *out, edu_error *error)
{
    edu_bytes sealed = ei_column_bytes(rows, 3), plain;
    *out = ei_column_bool(rows, 2) && strcmp(ei_column_text(rows, 1), values) == 0 &&
           (sealed.data != NULL) == (scored->comment != NULL);
    if (!*out || !sealed.data)
        return EDU_OK;
    EI_TRY(ei_unseal(session->portal->keys, &scored->person, scored->wrapped, EI_SCORE_COMMENT,
                     sealed, &plain, error));
    *out = plain.size == strlen(scored->comment) &&
           memcmp(plain.data, scored->comment, plain.size) == 0;
    ei_free((void *)(uintptr_t)plain.data);
    return EDU_OK;
}

/* Revision of the last, and whether it says the same and counts. */
static edu_status read_last(const edu_session *session, edu_tx *tx, const ei_scored *scored,
                            const char *values, int64_t *revision, bool *is_same, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    *revision = 0;
    *is_same = false;
    EI_TRY(sql_score_current(tx, &scored->person, &scored->request, scored->sheet->code,
                             &scored->member, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        *revision = ei_column_int(&rows, 0);
        status = says_same(session, scored, values, &rows, is_same, error);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status store_text(ei_command *command, edu_tx *tx, const ei_scored *scored,
                             const char *values, int64_t total, bool *is_new, bool *is_changed,
                             edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    int64_t revision;
    bool is_same;
    EI_TRY(read_last(command->session, tx, scored, values, &revision, &is_same, error));
    if (is_new)
        *is_new = revision == 0;
    if (is_changed)
        *is_changed = !is_same;
    if (is_same)
        return EDU_OK;
    EI_TRY(sql_score_retire(tx, &scored->person, &scored->request, scored->sheet->code,
                            &scored->member, NULL, error));
    ei_buffer sealed = {0};
    edu_status status =
        scored->comment
            ? ei_seal_into(command->session, &scored->person, scored->wrapped, EI_SCORE_COMMENT,
                           (edu_bytes){scored->comment, strlen(scored->comment)}, &sealed, error)
            : EDU_OK;
    if (status == EDU_OK)
        status =
            sql_score_add(tx, &scored->person, &scored->request, scored->sheet->code,
                          &scored->member, revision + 1, total, values,
                          (edu_bytes){sealed.data, sealed.size}, &actor, command->now, NULL, error);
    ei_buffer_free(&sealed);
    return status;
}

edu_status ei_score_store(ei_command *command, edu_tx *tx, const ei_scored *scored,
                          const ei_filled *filled, bool *is_new, bool *is_changed, edu_error *error)
{
    json_t *json = ei_filled_json(scored->sheet, filled);
    char *values = json ? ei_json_dumps(json, JSON_COMPACT) : NULL;
    edu_status status =
        values ? store_text(command, tx, scored, values, filled->total, is_new, is_changed, error)
               : ei_no_memory(error);
    ei_free(values);
    json_decref(json);
    return status;
}

/* ---- one ---- */

typedef struct putting {
    edu_id person, id;
    const char *sheet;
    const json_t *values;
} putting;

edu_status ei_score_require(const ei_judging *judging, const char *state, edu_error *error)
{
    EI_TRY(ei_judging_require_open(judging, error));
    return ei_takes_scores(judging, state)
               ? EDU_OK
               : ei_fail(error, EDU_E_STATE, "score.not_now", NULL,
                         "in the state that this application is in nothing is scored");
}

static edu_status put_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const putting *work = command->context;
    edu_id actor = ei_session_actor(command->session), offering;
    ei_request request;
    ei_judging judging;
    ei_filled filled;
    ei_scored scored = {.person = work->person, .request = work->id, .member = ei_nobody_id};
    EI_TRY(ei_request_load(tx, &actor, &work->person, &work->id, command->now, &request, error));
    if (!ei_request_is_staff(&request))
        return ei_fail(error, EDU_E_DENIED, "request.not_staff", NULL,
                       "this is for those who work on the application");
    EI_TRY(ei_judging_of(tx, &work->person, &work->id, &offering, error));
    EI_TRY(ei_judging_load(command->session, tx, &offering, &judging, error));
    EI_TRY(ei_sheet_of(&judging, work->sheet, false, &scored.sheet, error));
    EI_TRY(ei_score_require(&judging, request.state, error));
    EI_TRY(ei_sheet_check(scored.sheet, work->values, &filled, error));
    EI_TRY(ei_score_store(command, tx, &scored, &filled, NULL, NULL, error));
    return ei_audit(command, tx, "score.put", &work->person, NULL, error);
}

edu_status ei_score_hash(ei_command *command, json_t *values, edu_error *error)
{
    if (!json_is_object(values) || json_object_size(values) > EI_CRITERIA_MAX)
        return ei_bad_argument(error, "values");
    char *text;
    EI_TRY(ei_json_write(values, "/values", &text, error));
    ei_command_hash_text(command, text);
    ei_free(text);
    return EDU_OK;
}

edu_status edu_score_put(edu_session *session, edu_id person_id, edu_id id, const char *sheet,
                         json_t *values, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(sheet, SHEET_MAX, false, "/sheet", error));
    putting work = {ei_person_or_self(session, person_id), id, sheet, values};
    ei_command command = {
        .session = session, .name = "score.put", .key = key, .run = put_run, .context = &work};
    ei_command_hash(&command, &work.person, sizeof work.person);
    ei_command_hash(&command, &id, sizeof id);
    ei_command_hash_text(&command, sheet);
    EI_TRY(ei_score_hash(&command, values, error));
    return ei_command_run(&command, error);
}

/* ---- a file ---- */

enum { APPLICATION, NUMBER, DOCUMENT, FIRST_CRITERION };

typedef struct open_request {
    edu_id id, person;
    bool takes_scores;
} open_request;

typedef struct file {
    edu_id offering;
    const char *sheet_code;
    ei_judging judging;
    const ei_sheet *sheet;
    char names[EI_CRITERIA_MAX][EI_CODE_MAX + 1];
    const char *columns[FIRST_CRITERION + EI_CRITERIA_MAX + 1];
    open_request *requests; /* by id */
    size_t count, room;
} file;

static int by_id(const void *a, const void *b)
{
    return ei_id_compare(((const open_request *)a)->id, ((const open_request *)b)->id);
}

static edu_status take_request(void *context, ei_rows *rows, edu_error *error)
{
    file *in = context;
    open_request *items = ei_with_room(in->requests, in->count, &in->room, sizeof *items);
    if (!items)
        return ei_no_memory(error);
    in->requests = items;
    items[in->count++] = (open_request){ei_column_id(rows, 0), ei_column_id(rows, 1),
                                        ei_takes_scores(&in->judging, ei_column_text(rows, 2))};
    return EDU_OK;
}

static edu_status read_requests(edu_tx *tx, file *in, edu_error *error)
{
    ei_rows rows;
    in->count = 0;
    EI_TRY(ei_rows_each(sql_score_requests(tx, &in->offering, &rows, error), &rows, take_request,
                        in, error));
    if (in->count > 0)
        qsort(in->requests, in->count, sizeof *in->requests, by_id);
    return EDU_OK;
}

static edu_status begin_file(ei_import *import, edu_error *error)
{
    file *in = import->context;
    EI_TRY(ei_judging_kept(import->session, import->tx, &in->offering, &in->judging, error));
    EI_TRY(ei_sheet_of(&in->judging, in->sheet_code, false, &in->sheet, error));
    EI_TRY(ei_judging_require_open(&in->judging, error));
    in->columns[APPLICATION] = "application?";
    in->columns[NUMBER] = "number?";
    in->columns[DOCUMENT] = "document?";
    for (size_t i = 0; i < in->sheet->criterion_count; i++) {
        (void)snprintf(in->names[i], sizeof in->names[i], "%s", in->sheet->criteria[i].code);
        in->columns[FIRST_CRITERION + i] = in->names[i];
    }
    in->columns[FIRST_CRITERION + in->sheet->criterion_count] = NULL;
    return read_requests(import->tx, in, error);
}

static edu_status unknown(edu_error *error, const char *field)
{
    return ei_import_wrong(error, "score.unknown_application", field,
                           "there is no such open application for this offering");
}

static edu_status not_now(edu_error *error, const char *field)
{
    return ei_import_wrong(error, "score.not_now", field,
                           "in the state that this application is in nothing is scored");
}

static edu_status find_by_application(const file *in, const char *text, ei_scored *out,
                                      edu_error *error)
{
    open_request wanted, *found = NULL;
    if (edu_id_parse(text, &wanted.id, NULL) == EDU_OK && in->count > 0)
        found = bsearch(&wanted, in->requests, in->count, sizeof wanted, by_id);
    if (!found)
        return unknown(error, "/application");
    if (!found->takes_scores)
        return not_now(error, "/application");
    out->person = found->person;
    out->request = found->id;
    return EDU_OK;
}

static edu_status find_by_person(ei_import *import, const file *in, const char *number,
                                 const char *document, ei_scored *out, edu_error *error)
{
    const char *field = number[0] ? "/number" : "/document";
    ei_identifier identifier;
    ei_rows rows;
    bool row = false, is_now = false;
    EI_TRY(ei_import_identify(import, number, document, &identifier, error));
    EI_TRY(sql_score_request_of_number(import->tx, &in->offering, identifier.kind,
                                       ei_hash_bytes(&identifier.hash), &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        out->person = ei_column_id(&rows, 0);
        out->request = ei_column_id(&rows, 1);
        is_now = ei_takes_scores(&in->judging, ei_column_text(&rows, 2));
    }
    ei_rows_close(&rows);
    EI_TRY(status);
    if (!row)
        return unknown(error, field);
    return is_now ? EDU_OK : not_now(error, field);
}

static edu_status fill_sheet(const file *in, const char *const *fields, ei_filled *out,
                             edu_error *error)
{
    json_t *values = json_object();
    for (size_t i = 0; values && i < in->sheet->criterion_count; i++)
        if (json_object_set_new(values, in->names[i], json_string(fields[FIRST_CRITERION + i])) !=
            0) {
            json_decref(values);
            values = NULL;
        }
    edu_status status =
        values ? ei_sheet_check(in->sheet, values, out, error) : ei_no_memory(error);
    json_decref(values);
    return status;
}

static edu_status file_row(ei_import *import, const char *const *fields, edu_error *error)
{
    const file *in = import->context;
    ei_scored scored = {.member = ei_nobody_id, .sheet = in->sheet};
    ei_filled filled;
    bool is_new, is_changed;
    if (fields[APPLICATION][0])
        EI_TRY(find_by_application(in, fields[APPLICATION], &scored, error));
    else
        EI_TRY(find_by_person(import, in, fields[NUMBER], fields[DOCUMENT], &scored, error));
    EI_TRY(ei_import_once(import, scored.request, "/application", "application", error));
    EI_TRY(fill_sheet(in, fields, &filled, error));
    if (import->faults)
        return EDU_OK;
    EI_TRY(
        ei_score_store(import->command, import->tx, &scored, &filled, &is_new, &is_changed, error));
    import->report.added += is_new;
    import->report.changed += is_changed && !is_new;
    import->report.unchanged += !is_changed;
    return EDU_OK;
}

static edu_status prepare_file(edu_session *session, edu_id offering, const char *sheet,
                               edu_bytes csv, ei_import *import, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    EI_TRY(ei_check_text(sheet, SHEET_MAX, false, "/sheet", error));
    file *in = ei_calloc(1, sizeof *in);
    if (!in)
        return ei_no_memory(error);
    in->offering = offering;
    in->sheet_code = sheet;
    *import = (ei_import){.session = session,
                          .name = "score.import",
                          .csv = csv,
                          .columns = in->columns,
                          .rights = EI_IMPORT_OWN,
                          .subject = &in->offering,
                          .code = sheet,
                          .begin = begin_file,
                          .row = file_row,
                          .context = in};
    return EDU_OK;
}

static void finish_file(const ei_import *import)
{
    file *in = import->context;
    ei_free(in->requests);
    ei_free(in);
}

edu_status edu_score_import(edu_session *session, edu_id offering_id, const char *sheet,
                            edu_bytes csv, const char *key, edu_import_report **out,
                            edu_error *error)
{
    ei_import import;
    EI_TRY(prepare_file(session, offering_id, sheet, csv, &import, error));
    edu_status status = ei_import_run(&import, key, out, error);
    finish_file(&import);
    return status;
}

edu_status edu_score_faults(edu_session *session, edu_id offering_id, const char *sheet,
                            edu_bytes csv, const char *cursor, int32_t limit,
                            edu_import_fault_page **out, edu_error *error)
{
    ei_import import;
    EI_TRY(ei_session_require(session, error));
    EI_TRY(prepare_file(session, offering_id, sheet, csv, &import, error));
    edu_status status = ei_import_faults(&import, cursor, limit, out, error);
    finish_file(&import);
    return status;
}

/* ---- what is there ---- */

typedef struct listing {
    edu_session *session;
    edu_id offering;
    const char *sheet_code;
    edu_tx *tx;
    const ei_sheet *sheet;
} listing;

static edu_status take_score(const listing *of, ei_rows *rows, int64_t *totals, ei_arena *arena,
                             edu_score *out, edu_error *error)
{
    if (strcmp(ei_column_text(rows, 0), of->sheet->code) != 0)
        return EDU_OK;
    if (out->filled < EI_SHEET_MEMBERS_MAX)
        totals[out->filled] = ei_column_int(rows, 2);
    out->filled++;
    if (of->sheet->by_panel)
        return EDU_OK;
    edu_bytes text = ei_column_bytes(rows, 3);
    json_t *values;
    EI_TRY(ei_json_read(text.data, text.size, &values, error));
    return ei_own_json(arena, values, &out->values, error);
}

static edu_status fill_scores(const listing *of, ei_arena *arena, edu_score *out, edu_error *error)
{
    int64_t totals[EI_SHEET_MEMBERS_MAX], score;
    char text[EI_POINTS_TEXT];
    ei_rows rows;
    bool row;
    edu_status status;
    EI_TRY(sql_score_of_request(of->tx, &out->person_id, &out->id, &rows, error));
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row &&
           (status = take_score(of, &rows, totals, arena, out, error)) == EDU_OK)
        ;
    ei_rows_close(&rows);
    EI_TRY(status);
    out->needed = (int64_t)of->sheet->members;
    if (!ei_sheet_aggregate(of->sheet, totals, (size_t)out->filled, &score))
        return EDU_OK;
    ei_score_format(score, text);
    return ei_copy_text(arena, text, &out->score, error);
}

static edu_status fill(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                       edu_error *error)
{
    const listing *of = context;
    edu_score *out = record;
    out->person_id = ei_column_id(rows, at);
    out->id = ei_column_id(rows, at + 1);
    out->applicant =
        ei_arena_printf(arena, "%s %s", ei_column_text(rows, at + 2), ei_column_text(rows, at + 3));
    if (!out->applicant)
        return ei_no_memory(error);
    EI_TRY(ei_copy_column(arena, rows, at + 4, &out->state, error));
    return fill_scores(of, arena, out, error);
}

static edu_status open_list(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    listing *of = (listing *)(uintptr_t)list->filter;
    ei_judging judging;
    EI_TRY(ei_judging_kept(list->session, tx, &of->offering, &judging, error));
    of->sheet = ei_sheets_find(ei_definition_sheets(judging.definition), of->sheet_code);
    of->tx = tx;
    if (!of->sheet)
        return ei_sheet_of(&judging, of->sheet_code, false, &of->sheet, error);
    return sql_score_list(tx, &of->offering, list->key.integer[0], &list->key.id[1],
                          &list->key.id[2], list->ask, rows, error);
}

edu_status edu_score_list(edu_session *session, edu_id offering_id, const char *sheet,
                          const char *cursor, int32_t limit, edu_score_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(sheet, SHEET_MAX, false, "/sheet", error));
    listing of = {.session = session, .offering = offering_id, .sheet_code = sheet};
    ei_list list = {
        .session = session,
        .filter = &of,
        .open = open_list,
        .reading = ei_reading_list("scores"),
        .plan = {
            .shape = "iuu", .record = "edu_score", .limit = limit, .fill = fill, .context = &of}};
    ei_reading_about_id(&list.reading, "offering", offering_id);
    ei_reading_about(&list.reading, "sheet", sheet);
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
