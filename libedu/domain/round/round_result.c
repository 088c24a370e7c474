/* What people see of a ranking: the page, and what became of one application, with the reason. */
#include "domain/round/round_store.h"

#include <stdio.h>
#include <string.h>

#include "domain/portal/texts.h"
#include "round_sql.h"

/* Of fewer, each could tell who the others are. */
#define FEW 5

enum { PLACE, NUMBER, OUTCOME, GIVEN, VALUES, BEHIND_ROW }; /* columns of row_columns */

/* ---- keys in words ---- */

/* Of what needs no words of the definition's, the library's. */
static const char *title_of(const edu_session *session, const ei_judging *judging, size_t index)
{
    const ei_ranking *ranking = ei_definition_ranking(judging->definition);
    const ei_rank_key *key = &ranking->keys[index];
    const json_t *texts = ei_rank_title(key, ei_definition_sheets(judging->definition));
    if (texts)
        return ei_localised(session, (json_t *)(uintptr_t)texts);
    char name[32];
    (void)snprintf(name, sizeof name, "round.%s", ei_rank_kind_name(key->kind));
    const ei_message_text *text = ei_message_text_find(name, session->language);
    return text ? text->subject : ei_rank_kind_name(key->kind);
}

static edu_status keys_of(const edu_session *session, const ei_judging *judging, edu_bytes stored,
                          ei_arena *arena, json_t **out, edu_error *error)
{
    json_t *values, *keys = json_array();
    EI_TRY(ei_own_json(arena, keys, out, error));
    EI_TRY(ei_json_read(stored.data, stored.size, &values, error));
    edu_status status = EDU_OK;
    size_t count = ei_definition_ranking(judging->definition)->count;
    for (size_t i = 0; i < count && status == EDU_OK; i++) {
        json_t *value = json_array_get(values, i);
        json_t *one = json_pack("{s:s, s:O}", "title", title_of(session, judging, i), "value",
                                value ? value : json_null());
        status = one && json_array_append_new(keys, one) == 0 ? EDU_OK : ei_no_memory(error);
    }
    json_decref(values);
    return status;
}

/* Title of the key that decided; NULL where none did. */
static edu_status decided(const edu_session *session, const ei_judging *judging, int64_t index,
                          ei_arena *arena, const char **out, edu_error *error)
{
    if (index < 0 || (size_t)index >= ei_definition_ranking(judging->definition)->count)
        return EDU_OK;
    return ei_copy_text(arena, title_of(session, judging, (size_t)index), out, error);
}

static edu_status given_title(const edu_session *session, ei_arena *arena, const char *json,
                              const char **out, edu_error *error)
{
    if (!json)
        return EDU_OK;
    *out = ei_localised_text(arena, session, json);
    return *out ? EDU_OK : ei_no_memory(error);
}

/* ---- the page ---- */

typedef struct listing {
    edu_session *session;
    edu_id offering;
    ei_judging judging;
} listing;

static edu_status fill(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                       edu_error *error)
{
    const listing *of = context;
    edu_ranked *out = record;
    int row = at + 1;
    out->position = ei_column_int(rows, at);
    out->place = (int32_t)ei_column_int(rows, row + PLACE);
    EI_TRY(ei_copy_column(arena, rows, row + NUMBER, &out->number, error));
    EI_TRY(ei_copy_column(arena, rows, row + OUTCOME, &out->outcome, error));
    EI_TRY(given_title(of->session, arena, ei_column_text(rows, row + GIVEN), &out->given, error));
    EI_TRY(keys_of(of->session, &of->judging, ei_column_bytes(rows, row + VALUES), arena,
                   &out->keys, error));
    if (out->place > 0)
        EI_TRY(decided(of->session, &of->judging, ei_column_int(rows, row + BEHIND_ROW + 4), arena,
                       &out->behind, error));
    if (!of->judging.keeps)
        return EDU_OK;
    out->person_id = ei_column_id(rows, row + BEHIND_ROW);
    out->id = ei_column_id(rows, row + BEHIND_ROW + 1);
    out->applicant = ei_arena_printf(arena, "%s %s", ei_column_text(rows, row + BEHIND_ROW + 2),
                                     ei_column_text(rows, row + BEHIND_ROW + 3));
    if (!out->applicant)
        return ei_no_memory(error);
    return ei_copy_column(arena, rows, row + BEHIND_ROW + 5, &out->certificate, error);
}

static edu_status open_ranking(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    listing *of = (listing *)(uintptr_t)list->filter;
    const ei_judging *judging = &of->judging;
    EI_TRY(ei_judging_load(list->session, tx, &of->offering, &of->judging, error));
    if (!judging->is_published)
        EI_TRY(ei_judging_kept(list->session, tx, &of->offering, &of->judging, error));
    bool is_public = judging->state == EI_JUDGING_CONFIRMED && judging->candidates >= FEW &&
                     ei_definition_ranking_is_public(judging->definition);
    bool is_there = judging->state != EI_JUDGING_OPEN;
    if (judging->keeps ? !is_there : !is_public)
        return ei_fail(error, EDU_E_STATE, "round.no_ranking", NULL,
                       "there is no ranking to be seen");
    char type[EI_CERTIFICATE_TYPE];
    ei_round_certificate_type(judging->service, type);
    if (!judging->keeps) /* it names nobody */
        list->reading.what = NULL;
    return sql_round_ranking(tx, &of->offering, list->key.integer[0], list->ask, type, rows, error);
}

edu_status edu_round_ranking(edu_session *session, edu_id offering_id, const char *cursor,
                             int32_t limit, edu_ranked_page **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    listing of = {.session = session, .offering = offering_id};
    ei_list list = {
        .session = session,
        .filter = &of,
        .open = open_ranking,
        .reading = ei_reading_list("ranking"),
        .plan = {
            .shape = "i", .record = "edu_ranked", .limit = limit, .fill = fill, .context = &of}};
    ei_reading_about_id(&list.reading, "offering", offering_id);
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- the whole as CSV ---- */

static void write_text(ei_buffer *csv, const char *text)
{
    ei_csv_write(csv, text ? text : "", false);
}

static void write_head(ei_buffer *csv, const edu_ranked *first)
{
    size_t count = json_array_size(first->keys);
    ei_buffer_text(csv, "place,number,application,applicant,outcome,given,");
    for (size_t i = 0; i < count; i++)
        ei_csv_write(csv,
                     json_string_value(json_object_get(json_array_get(first->keys, i), "title")),
                     i + 1 == count);
}

static void write_value(ei_buffer *csv, const json_t *value, bool last)
{
    char *text = json_is_null(value) || json_is_string(value)
                     ? NULL
                     : ei_json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    ei_csv_write(csv, text ? text : json_is_string(value) ? json_string_value(value) : "", last);
    ei_free(text);
}

static void write_line(ei_buffer *csv, const edu_ranked *one)
{
    char place[16] = "", id[EDU_ID_TEXT] = "";
    size_t count = json_array_size(one->keys);
    if (one->place > 0)
        (void)snprintf(place, sizeof place, "%d", (int)one->place);
    if (one->applicant)
        edu_id_format(one->id, id);
    write_text(csv, place);
    write_text(csv, one->number);
    write_text(csv, id);
    write_text(csv, one->applicant);
    write_text(csv, one->outcome);
    write_text(csv, one->given);
    for (size_t i = 0; i < count; i++)
        write_value(csv, json_object_get(json_array_get(one->keys, i), "value"), i + 1 == count);
}

/* A page of it, behind the cursor, which becomes that of the next; NULL at the end. */
static edu_status write_page(edu_session *session, edu_id offering, char **cursor, ei_buffer *csv,
                             edu_error *error)
{
    edu_ranked_page *page = NULL;
    edu_status status = edu_round_ranking(session, offering, *cursor, EDU_PAGE_MAX, &page, error);
    if (status == EDU_OK && !*cursor && page->count > 0)
        write_head(csv, &page->items[0]);
    for (size_t i = 0; status == EDU_OK && i < page->count; i++)
        write_line(csv, &page->items[i]);
    ei_free(*cursor);
    *cursor = NULL;
    if (status == EDU_OK && page->next && !(*cursor = ei_strdup(page->next)))
        status = ei_no_memory(error);
    edu_free(page);
    return status;
}

edu_status edu_round_csv(edu_session *session, edu_id offering_id, edu_document **out,
                         edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    ei_buffer csv = {0};
    char *cursor = NULL;
    edu_status status;
    do
        status = write_page(session, offering_id, &cursor, &csv, error);
    while (status == EDU_OK && cursor);
    if (status == EDU_OK && csv.failed)
        status = ei_no_memory(error);
    if (status == EDU_OK)
        status = ei_document("ranking.csv", "text/csv", &csv, out, error);
    ei_buffer_free(&csv);
    return status;
}

/* ---- one ---- */

typedef struct result_read {
    edu_session *session;
    edu_id person, id;
    edu_round_outcome *out;
    ei_judging judging;
    const ei_request *request;
    int64_t behind, ahead;
    char failed[EI_REQUEST_CODE];
} result_read;

static edu_status not_yet(edu_error *error)
{
    return ei_fail(error, EDU_E_STATE, "round.no_result", NULL, "there is no result yet");
}

static edu_status take_places(result_read *read, ei_rows *rows, ei_arena *arena, edu_error *error)
{
    edu_round_outcome *out = read->out;
    const char *failed = ei_column_text(rows, BEHIND_ROW + 5);
    out->place = (int32_t)ei_column_int(rows, PLACE);
    EI_TRY(ei_copy_column(arena, rows, NUMBER, &out->number, error));
    EI_TRY(ei_copy_column(arena, rows, OUTCOME, &out->outcome, error));
    EI_TRY(given_title(read->session, arena, ei_column_text(rows, GIVEN), &out->given, error));
    out->shared = (int32_t)ei_column_int(rows, BEHIND_ROW);
    out->given_id = ei_column_id(rows, BEHIND_ROW + 1);
    out->choice = (int32_t)ei_column_int(rows, BEHIND_ROW + 2);
    read->behind = ei_column_int(rows, BEHIND_ROW + 3);
    read->ahead = ei_column_int(rows, BEHIND_ROW + 4);
    (void)snprintf(read->failed, sizeof read->failed, "%s", failed ? failed : "");
    return ei_copy_column(arena, rows, BEHIND_ROW + 6, &out->lottery, error);
}

static edu_status read_row(edu_tx *tx, result_read *read, edu_error *error)
{
    ei_arena *arena = ei_record_arena(read->out);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_round_row_get(tx, &read->person, &read->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? take_places(read, &rows, arena, error) : not_yet(error);
    if (status == EDU_OK)
        status = keys_of(read->session, &read->judging, ei_column_bytes(&rows, VALUES), arena,
                         &read->out->keys, error);
    ei_rows_close(&rows);
    return status;
}

static edu_status read_words(result_read *read, edu_error *error)
{
    const ei_judging *judging = &read->judging;
    ei_arena *arena = ei_record_arena(read->out);
    edu_round_outcome *out = read->out;
    const ei_sheet *failed =
        ei_sheets_find(ei_definition_sheets(judging->definition), read->failed);
    if (out->place > 0) {
        EI_TRY(decided(read->session, judging, read->behind, arena, &out->behind, error));
        EI_TRY(decided(read->session, judging, read->ahead, arena, &out->ahead, error));
    }
    if (failed)
        EI_TRY(ei_copy_text(arena, ei_localised(read->session, (json_t *)(uintptr_t)failed->title),
                            &out->failed, error));
    EI_TRY(ei_copy_text(arena, judging->seed[0] ? judging->seed : NULL, &out->seed, error));
    return ei_copy_text(arena, judging->commitment, &out->commitment, error);
}

/* That of the offering whose place it got, or of the one that was applied for. */
static edu_status read_cut_off(edu_tx *tx, result_read *read, edu_error *error)
{
    edu_round_outcome *out = read->out;
    const edu_id *of = ei_id_is_none(out->given_id) ? &read->judging.offering : &out->given_id;
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_round_cut_off(tx, of, &read->judging.offering, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row && ei_column_int(&rows, 1) >= FEW && ei_column_int(&rows, 2) > 0)
        status = keys_of(read->session, &read->judging, ei_column_bytes(&rows, 0),
                         ei_record_arena(out), &out->cut_off, error);
    ei_rows_close(&rows);
    return status;
}

/* ---- scores of one's own ---- */

typedef struct own_score {
    size_t count;
    int64_t totals[EI_SHEET_MEMBERS_MAX];
    json_t *criteria; /* array of what was filled in */
    json_t *comments;
} own_score;

static edu_status take_comment(const result_read *read, ei_rows *rows, own_score *to,
                               edu_error *error)
{
    const char *comment;
    EI_TRY(ei_unseal_text(read->session, &read->person, ei_request_key(read->request),
                          EI_SCORE_COMMENT, ei_column_bytes(rows, 4), ei_record_arena(read->out),
                          &comment, error));
    return !comment || json_array_append_new(to->comments, json_string(comment)) == 0
               ? EDU_OK
               : ei_no_memory(error);
}

static edu_status take_own(const result_read *read, const ei_sheets *sheets, ei_rows *rows,
                           own_score *of, edu_error *error)
{
    const ei_sheet *sheet = ei_sheets_find(sheets, ei_column_text(rows, 0));
    json_t *values;
    if (!sheet)
        return EDU_OK;
    own_score *to = &of[sheet - sheets->list];
    if (to->count < EI_SHEET_MEMBERS_MAX)
        to->totals[to->count++] = ei_column_int(rows, 2);
    if (sheet->shows_comments)
        EI_TRY(take_comment(read, rows, to, error));
    if (!sheet->shows_criteria)
        return EDU_OK;
    edu_bytes text = ei_column_bytes(rows, 3);
    EI_TRY(ei_json_read(text.data, text.size, &values, error));
    return json_array_append_new(to->criteria, values) == 0 ? EDU_OK : ei_no_memory(error);
}

static json_t *made_score(const edu_session *session, const ei_sheet *sheet, const own_score *of)
{
    char score_text[EI_POINTS_TEXT], most[EI_POINTS_TEXT], pass[EI_POINTS_TEXT];
    int64_t score;
    bool is_there = ei_sheet_aggregate(sheet, of->totals, of->count, &score);
    ei_score_format(is_there ? score : 0, score_text);
    ei_score_format(sheet->max, most);
    ei_score_format(sheet->pass == EI_SCORE_NONE ? 0 : sheet->pass, pass);
    return json_pack("{s:s, s:s, s:o, s:s, s:o, s:O, s:O}", "sheet", sheet->code, "title",
                     ei_localised(session, (json_t *)(uintptr_t)sheet->title), "score",
                     is_there ? json_string(score_text) : json_null(), "most", most, "pass",
                     sheet->pass == EI_SCORE_NONE ? json_null() : json_string(pass), "criteria",
                     of->criteria, "comments", of->comments);
}

static edu_status read_own(edu_tx *tx, result_read *read, const ei_sheets *sheets, own_score *of,
                           edu_error *error)
{
    ei_rows rows;
    bool row;
    edu_status status;
    for (size_t i = 0; i < sheets->count; i++)
        if (!(of[i].criteria = json_array()) || !(of[i].comments = json_array()))
            return ei_no_memory(error);
    EI_TRY(sql_score_of_request(tx, &read->person, &read->id, &rows, error));
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row &&
           (status = take_own(read, sheets, &rows, of, error)) == EDU_OK)
        ;
    ei_rows_close(&rows);
    for (size_t i = 0; i < sheets->count && status == EDU_OK; i++) {
        json_t *made = made_score(read->session, &sheets->list[i], &of[i]);
        if (!made || json_array_append_new(read->out->scores, made) != 0)
            status = ei_no_memory(error);
    }
    return status;
}

static edu_status read_scores(edu_tx *tx, result_read *read, edu_error *error)
{
    const ei_sheets *sheets = ei_definition_sheets(read->judging.definition);
    EI_TRY(ei_own_json(ei_record_arena(read->out), json_array(), &read->out->scores, error));
    own_score *of = ei_calloc(EI_SHEETS_MAX, sizeof *of);
    if (!of)
        return ei_no_memory(error);
    edu_status status = read_own(tx, read, sheets, of, error);
    for (size_t i = 0; i < EI_SHEETS_MAX; i++) {
        json_decref(of[i].criteria);
        json_decref(of[i].comments);
    }
    ei_free(of);
    return status;
}

static edu_status read_place(edu_tx *tx, result_read *read, edu_error *error)
{
    EI_TRY(read_row(tx, read, error));
    read->out->of = read->judging.ranked;
    EI_TRY(read_words(read, error));
    return read_cut_off(tx, read, error);
}

/* Before it is confirmed nothing is told but scores, once the definition says so. */
static edu_status read_told(edu_tx *tx, result_read *read, const ei_request *request,
                            edu_error *error)
{
    const ei_definition *definition;
    if (read->judging.state == EI_JUDGING_CONFIRMED)
        return read_place(tx, read, error);
    EI_TRY(ei_definition_load(read->session, tx, request->service, request->head.service_version,
                              &definition, NULL, error));
    if (!ei_definition_state(definition, request->state)->shows_scores)
        return not_yet(error);
    return ei_copy_text(ei_record_arena(read->out), "scored", &read->out->outcome, error);
}

static edu_status result_run(edu_tx *tx, void *context, edu_error *error)
{
    result_read *read = context;
    edu_round_outcome *out = read->out;
    edu_id actor = ei_session_actor(read->session);
    ei_request request;
    EI_TRY(ei_request_load(tx, &actor, &read->person, &read->id, ei_now(read->session), &request,
                           error));
    read->request = &request;
    EI_TRY(ei_judging_of(tx, &read->person, &read->id, &out->offering_id, error));
    EI_TRY(ei_judging_load(read->session, tx, &out->offering_id, &read->judging, error));
    EI_TRY(read_told(tx, read, &request, error));
    out->person_id = read->person;
    out->id = read->id;
    EI_TRY(read_scores(tx, read, error));
    return ei_judging_title(read->session, tx, &out->offering_id, ei_record_arena(out), &out->title,
                            error);
}

edu_status edu_round_result(edu_session *session, edu_id person_id, edu_id id,
                            edu_round_outcome **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    result_read read = {
        .session = session, .person = ei_person_or_self(session, person_id), .id = id};
    ei_reading reading = ei_reading_of("application", read.person, id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, result_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}
