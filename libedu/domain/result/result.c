/* Rules and marking of a round, and results as they are listed. */
#include "domain/result/result_store.h"

#include <stdio.h>
#include <string.h>
#include "result_sql.h"

/* ---- rules ---- */

typedef struct rules_set {
    edu_id season_id;
    const ei_rules *rules;
    char *text;
} rules_set;

/* Points are stored by position, in the smallest unit. */
static bool same_problems(const ei_rules *a, const ei_rules *b)
{
    return a->decimals == b->decimals &&
           json_equal(json_object_get(a->json, "problems"), json_object_get(b->json, "problems"));
}

static edu_status rules_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const rules_set *set = command->context;
    ei_round round;
    EI_TRY(ei_require_role(command->session, tx, "clerk", error));
    edu_status status =
        ei_round_read(command->session, tx, set->season_id, command->now, &round, error);
    if (status == EDU_OK && round.state != EI_MARKING_NONE)
        status = ei_round_require(&round, EI_MARKING_OPEN, error);
    if (status == EDU_OK && round.results > 0 && !same_problems(&round.rules, set->rules))
        status = ei_fail(error, EDU_E_STATE, "result.problems", "/problems",
                         "results are there already: the problems no longer change");
    if (status == EDU_OK)
        status = ei_round_check_code(command->session, &round, set->rules, error);
    ei_round_finish(&round);
    EI_TRY(status);
    EI_TRY(sql_result_rules_put(tx, &set->season_id, set->text, command->now, NULL, error));
    return ei_audit_count(command, tx, "result.rules", set->season_id, 1, error);
}

edu_status edu_result_rules(edu_session *session, edu_id season_id, json_t *rules, const char *key,
                            edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (rules == NULL)
        return ei_bad_argument(error, "rules");
    ei_rules checked;
    edu_status status = ei_rules_read(rules, &checked, error);
    rules_set set = {season_id, &checked, NULL};
    if (status == EDU_OK)
        status = ei_json_write(rules, "/rules", &set.text, error);
    if (status == EDU_OK) {
        ei_command command = {.session = session,
                              .name = "result.rules",
                              .key = key,
                              .run = rules_run,
                              .context = &set};
        ei_command_hash(&command, &season_id, sizeof season_id);
        ei_command_hash_text(&command, set.text);
        status = ei_command_run(&command, error);
    }
    ei_free(set.text);
    ei_rules_finish(&checked);
    return status;
}

/* ---- marking ---- */

typedef struct marking_read {
    edu_session *session;
    edu_id season_id;
    edu_marking *out;
} marking_read;

static edu_status counts_read(edu_tx *tx, const ei_round *round, edu_marking *out, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_result_counts(tx, &round->season_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    int64_t results = 0;
    if (status == EDU_OK && row) {
        results = ei_column_int(&rows, 0);
        out->absent = ei_column_int(&rows, 1);
        out->told = results - ei_column_int(&rows, 2);
        out->advancing = ei_column_int(&rows, 3);
        out->scored = results - out->absent;
    }
    ei_rows_close(&rows);
    EI_TRY(status);
    out->expected = results;
    if (round->is_archive)
        return EDU_OK;
    EI_TRY(sql_result_expected(tx, &round->season_id, &rows, error));
    status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        out->expected = ei_column_int(&rows, 0);
    ei_rows_close(&rows);
    out->missing = out->expected > results ? out->expected - results : 0;
    return status;
}

static edu_status more_counts_read(edu_tx *tx, const ei_round *round, edu_marking *out,
                                   edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_result_more_counts(tx, &round->season_id, round->rules.next, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        out->certificates = ei_column_int(&rows, 0);
        out->invited = ei_column_int(&rows, 1);
        out->appeals = ei_column_int(&rows, 2);
        out->corrections = ei_column_int(&rows, 3);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status marking_fill(const marking_read *read, edu_tx *tx, const ei_round *round,
                               edu_error *error)
{
    static const char *const names[] = {"none", "open", "proposed", "approved", "published"};
    edu_marking *out = read->out;
    edu_session *session = read->session;
    out->season_id = round->season_id;
    out->state = names[round->state];
    out->publish_at = round->publish_at;
    out->appeals_close = round->appeals_close;
    out->by = round->by;
    out->confirmed_by = round->confirmed_by;
    out->ranked = round->ranked;
    out->rules = json_incref(round->rules.json);
    if (out->rules != NULL && !ei_arena_own_json(ei_record_arena(out), out->rules))
        return ei_no_memory(error);
    if (ei_require_staff(session, tx, NULL) != EDU_OK)
        return EDU_OK;
    out->may_confirm = round->state == EI_MARKING_PROPOSED &&
                       ei_require_clerk(session, tx, NULL) == EDU_OK &&
                       ei_id_compare(round->by, ei_session_actor(session)) != 0;
    EI_TRY(counts_read(tx, round, out, error));
    return more_counts_read(tx, round, out, error);
}

static edu_status marking_run(edu_tx *tx, void *context, edu_error *error)
{
    marking_read *read = context;
    ei_round round;
    edu_status status =
        ei_round_read(read->session, tx, read->season_id, ei_now(read->session), &round, error);
    if (status == EDU_OK)
        status = marking_fill(read, tx, &round, error);
    ei_round_finish(&round);
    return status;
}

edu_status edu_result_marking(edu_session *session, edu_id season_id, edu_marking **out,
                              edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    marking_read read = {session, season_id, NULL};
    EI_TRY(ei_read_record(session, sizeof **out, marking_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

/* ---- results as records ---- */

static edu_status localise(ei_arena *arena, const edu_session *session, ei_rows *rows, int column,
                           const char **out, edu_error *error)
{
    *out = ei_localised_text(arena, session, ei_column_text(rows, column));
    return *out != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status whose_fill(ei_rows *rows, int first, ei_arena *arena, const edu_session *session,
                             edu_result *out, edu_error *error)
{
    out->person_id = ei_column_id(rows, first);
    out->season_id = ei_column_id(rows, first + 1);
    out->application_id = ei_column_id(rows, first + 2);
    EI_TRY(ei_copy_column(arena, rows, first + 3, &out->season, error));
    EI_TRY(localise(arena, session, rows, first + 4, &out->title, error));
    EI_TRY(localise(arena, session, rows, first + 5, &out->subject_title, error));
    out->year = (int32_t)ei_column_int(rows, first + 6);
    EI_TRY(ei_copy_column(arena, rows, first + 7, &out->number, error));
    EI_TRY(ei_copy_column(arena, rows, first + 8, &out->family, error));
    EI_TRY(ei_copy_column(arena, rows, first + 9, &out->given, error));
    EI_TRY(ei_copy_column(arena, rows, first + 10, &out->institution, error));
    EI_TRY(ei_copy_column(arena, rows, first + 11, &out->institution_name, error));
    EI_TRY(ei_copy_column(arena, rows, first + 12, &out->region, error));
    EI_TRY(localise(arena, session, rows, first + 13, &out->region_name, error));
    out->grade = (int32_t)ei_column_int(rows, first + 14);
    return EDU_OK;
}

static edu_status marks_fill(ei_rows *rows, int first, ei_arena *arena, const edu_session *session,
                             const ei_rules *rules, edu_result *out, edu_error *error)
{
    const ei_award_rule *award = ei_rules_award(rules, ei_column_text(rows, first + 22));
    out->state = ei_column_bool(rows, first + 15) ? "absent" : "scored";
    out->is_counted = ei_column_bool(rows, first + 16);
    out->points = ei_marks_json(arena, ei_column_text(rows, first + 17), rules->decimals);
    if (out->points == NULL)
        return ei_no_memory(error);
    if (!ei_column_is_null(rows, first + 18)) {
        out->total = ei_points_text(arena, ei_column_int(rows, first + 18), rules->decimals);
        if (out->total == NULL)
            return ei_no_memory(error);
    }
    EI_TRY(ei_copy_column(arena, rows, first + 19, &out->division, error));
    int64_t place = ei_column_int(rows, first + 20);
    out->rank = place == EI_UNRANKED ? 0 : (int32_t)place;
    out->overall = (int32_t)ei_column_int(rows, first + 21);
    EI_TRY(ei_copy_column(arena, rows, first + 22, &out->award, error));
    if (award != NULL) {
        out->award_title = ei_arena_strdup(arena, ei_localised(session, award->title));
        if (out->award_title == NULL)
            return ei_no_memory(error);
    }
    out->advances = ei_column_bool(rows, first + 23);
    return EDU_OK;
}

static edu_status rest_fill(ei_rows *rows, int first, ei_arena *arena, edu_result *out,
                            edu_error *error)
{
    out->version = (int32_t)ei_column_int(rows, first + 24);
    out->changed = ei_column_time(rows, first + 25);
    out->appeals_close = ei_column_time(rows, first + 26);
    EI_TRY(ei_copy_column(arena, rows, first + 27, &out->appeal, error));
    return ei_copy_column(arena, rows, first + 28, &out->certificate, error);
}

static edu_status with_rules(const char *text, ei_rules *out, edu_error *error)
{
    json_t *json;
    *out = (ei_rules){0};
    EI_TRY(ei_json_read(text, strlen(text), &json, error));
    edu_status status = ei_rules_read(json, out, error);
    json_decref(json);
    return status;
}

static edu_status result_fill(ei_rows *rows, int first, ei_arena *arena, void *record,
                              void *context, edu_error *error)
{
    ei_rules rules;
    edu_status status = with_rules(ei_column_text(rows, first + 29), &rules, error);
    if (status == EDU_OK)
        status = whose_fill(rows, first, arena, context, record, error);
    if (status == EDU_OK)
        status = marks_fill(rows, first, arena, context, &rules, record, error);
    if (status == EDU_OK)
        status = rest_fill(rows, first, arena, record, error);
    ei_rules_finish(&rules);
    return status;
}

/* ---- lists ---- */

typedef struct result_filter {
    edu_id season_id, person_id;
    const char *region, *institution;
    edu_time now;
} result_filter;

static edu_status list_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const result_filter *filter = list->filter;
    const ei_page_key *key = &list->key;
    edu_id actor = ei_session_actor(list->session);
    ei_round round;
    edu_status status =
        ei_round_read(list->session, tx, filter->season_id, filter->now, &round, error);
    if (status == EDU_OK && round.is_archive)
        list->reading.what = NULL; /* it names nobody */
    else if (status == EDU_OK)
        status = ei_require_staff(list->session, tx, error);
    ei_round_finish(&round);
    EI_TRY(status);
    if (filter->institution != NULL)
        return sql_result_list_school(tx, &actor, &filter->season_id, filter->now, key->text[0],
                                      key->integer[1], key->text[2], list->ask, filter->institution,
                                      rows, error);
    if (filter->region != NULL)
        return sql_result_list_region(tx, &actor, &filter->season_id, filter->now, key->text[0],
                                      key->integer[1], key->text[2], list->ask, filter->region,
                                      rows, error);
    return sql_result_list(tx, &actor, &filter->season_id, filter->now, key->text[0],
                           key->integer[1], key->text[2], list->ask, rows, error);
}

edu_status edu_result_list(edu_session *session, edu_id season_id, const char *region,
                           const char *institution, const char *cursor, int32_t limit,
                           edu_result_page **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    EI_TRY(ei_check_text(region, EI_OLYMPIAD_CODE_MAX, true, "/region", error));
    EI_TRY(ei_check_text(institution, EI_OLYMPIAD_CODE_MAX, true, "/institution", error));
    result_filter filter = {.season_id = season_id,
                            .region = region,
                            .institution = institution,
                            .now = ei_now(session)};
    ei_list list = {
        .session = session,
        .filter = &filter,
        .open = list_open,
        .reading = ei_reading_list("results"),
        .plan = {.shape = "tit", .record = "edu_result", .limit = limit, .fill = result_fill}};
    ei_reading_about_id(&list.reading, "season", season_id);
    ei_reading_about(&list.reading, "region", region);
    ei_reading_about(&list.reading, "institution", institution);
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status require_seen(edu_session *session, edu_tx *tx, const edu_id *person,
                               edu_error *error)
{
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    bool row;
    EI_TRY(sql_result_person_seen(tx, &actor, person, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    return status == EDU_OK && !row ? ei_olympiad_not_found(error, "person") : status;
}

static edu_status of_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const result_filter *filter = list->filter;
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(require_seen(list->session, tx, &filter->person_id, error));
    return sql_result_of(tx, &actor, &filter->person_id, filter->now, list->key.integer[0],
                         &list->key.id[1], list->ask, rows, error);
}

edu_status edu_result_of(edu_session *session, edu_id person_id, const char *cursor, int32_t limit,
                         edu_result_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    result_filter filter = {.person_id = ei_person_or_self(session, person_id),
                            .now = ei_now(session)};
    ei_list list = {
        .session = session,
        .filter = &filter,
        .open = of_open,
        .reading = ei_reading_of("results", filter.person_id, (edu_id){{0}}),
        .plan = {.shape = "IU", .record = "edu_result", .limit = limit, .fill = result_fill}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- history ---- */

static edu_status change_fill(ei_rows *rows, int first, ei_arena *arena, void *record,
                              void *context, edu_error *error)
{
    edu_result_change *out = record;
    ei_rules rules;
    (void)context;
    edu_status status = with_rules(ei_column_text(rows, first + 6), &rules, error);
    if (status == EDU_OK) {
        out->version = (int32_t)ei_column_int(rows, first);
        out->at = ei_column_time(rows, first + 1);
        out->state = ei_column_bool(rows, first + 3) ? "absent" : "scored";
        out->points = ei_marks_json(arena, ei_column_text(rows, first + 4), rules.decimals);
        if (!ei_column_is_null(rows, first + 5))
            out->total = ei_points_text(arena, ei_column_int(rows, first + 5), rules.decimals);
        status = ei_copy_column(arena, rows, first + 2, &out->reason, error);
        if (out->points == NULL || (out->total == NULL && !ei_column_is_null(rows, first + 5)))
            status = ei_no_memory(error);
    }
    ei_rules_finish(&rules);
    return status;
}

static edu_status history_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const result_filter *filter = list->filter;
    edu_id actor = ei_session_actor(list->session);
    bool row;
    EI_TRY(sql_result_one_seen(tx, &actor, &filter->person_id, &filter->season_id, filter->now,
                               rows, error));
    edu_status status = ei_rows_next(rows, &row, error);
    ei_rows_close(rows);
    EI_TRY(status);
    if (!row)
        return ei_olympiad_not_found(error, "result");
    return sql_result_history(tx, &filter->person_id, &filter->season_id, list->key.integer[0],
                              list->ask, rows, error);
}

edu_status edu_result_history(edu_session *session, edu_id person_id, edu_id season_id,
                              const char *cursor, int32_t limit, edu_result_change_page **out,
                              edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    result_filter filter = {.person_id = ei_person_or_self(session, person_id),
                            .season_id = season_id,
                            .now = ei_now(session)};
    ei_list list = {
        .session = session,
        .filter = &filter,
        .open = history_open,
        .reading = ei_reading_of("results", filter.person_id, season_id),
        .plan = {.shape = "I", .record = "edu_result_change", .limit = limit, .fill = change_fill}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- as CSV ---- */

static void write_text(ei_buffer *csv, const char *text)
{
    ei_csv_write(csv, text != NULL ? text : "", false);
}

static void write_int(ei_buffer *csv, int64_t value, bool last)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    ei_csv_write(csv, text, last);
}

static void result_line(ei_buffer *csv, const edu_result *result)
{
    write_text(csv, result->number);
    write_text(csv, result->family);
    write_text(csv, result->given);
    write_text(csv, result->institution);
    write_text(csv, result->region);
    write_int(csv, result->grade, false);
    write_text(csv, result->state);
    for (size_t i = 0; i < json_array_size(result->points); i++)
        write_text(csv, json_string_value(json_array_get(result->points, i)));
    write_text(csv, result->total);
    write_text(csv, result->division);
    write_int(csv, result->rank, false);
    write_text(csv, result->award);
    write_int(csv, result->advances, true);
}

static edu_status results_csv(edu_session *session, edu_id season_id, ei_buffer *csv,
                              edu_error *error)
{
    edu_marking *marking = NULL;
    EI_TRY(edu_result_marking(session, season_id, &marking, error));
    ei_buffer_text(csv, "number,family,given,institution,region,grade,state");
    const json_t *problems = json_object_get(marking->rules, "problems");
    for (size_t i = 0; i < json_array_size(problems); i++)
        ei_buffer_printf(csv, ",%s",
                         json_string_value(json_object_get(json_array_get(problems, i), "code")));
    ei_buffer_text(csv, ",total,division,rank,award,advances\r\n");
    edu_free(marking);
    char *cursor = NULL;
    edu_status status;
    do {
        edu_result_page *page = NULL;
        status =
            edu_result_list(session, season_id, NULL, NULL, cursor, EDU_PAGE_MAX, &page, error);
        ei_free(cursor);
        cursor = NULL;
        for (size_t i = 0; status == EDU_OK && i < page->count; i++)
            result_line(csv, &page->items[i]);
        if (status == EDU_OK && page->next != NULL && (cursor = ei_strdup(page->next)) == NULL)
            status = ei_no_memory(error);
        edu_free(page);
    } while (status == EDU_OK && cursor != NULL);
    ei_free(cursor);
    return status;
}

static void figure_line(ei_buffer *csv, const edu_figure *figure)
{
    write_text(csv, figure->code);
    write_text(csv, figure->name);
    write_int(csv, figure->participants, false);
    write_int(csv, figure->absent, false);
    write_text(csv, figure->mean);
    write_text(csv, figure->median);
    write_text(csv, figure->best);
    write_text(csv, figure->maximum);
    write_int(csv, figure->difficulty, false);
    write_int(csv, figure->solved, false);
    if (figure->discrimination < -1000)
        ei_csv_write(csv, "", true);
    else
        write_int(csv, figure->discrimination, true);
}

static edu_status figures_csv(edu_session *session, edu_id season_id, const char *by,
                              ei_buffer *csv, edu_error *error)
{
    ei_buffer_text(csv,
                   "code,name,participants,absent,mean,median,best,maximum,difficulty_permille,"
                   "solved_permille,discrimination_permille\r\n");
    char *cursor = NULL;
    edu_status status;
    do {
        edu_figure_page *page = NULL;
        status = edu_result_figures(session, season_id, by, cursor, EDU_PAGE_MAX, &page, error);
        ei_free(cursor);
        cursor = NULL;
        for (size_t i = 0; status == EDU_OK && i < page->count; i++)
            figure_line(csv, &page->items[i]);
        if (status == EDU_OK && page->next != NULL && (cursor = ei_strdup(page->next)) == NULL)
            status = ei_no_memory(error);
        edu_free(page);
    } while (status == EDU_OK && cursor != NULL);
    ei_free(cursor);
    return status;
}

edu_status edu_result_csv(edu_session *session, edu_id season_id, const char *what,
                          edu_document **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (what == NULL || out == NULL)
        return ei_bad_argument(error, what == NULL ? "what" : "out");
    ei_buffer csv = {0};
    char name[64];
    edu_status status = strcmp(what, "results") == 0
                            ? results_csv(session, season_id, &csv, error)
                            : figures_csv(session, season_id, what, &csv, error);
    if (status == EDU_OK && csv.failed)
        status = ei_no_memory(error);
    (void)snprintf(name, sizeof name, "%.40s.csv", what);
    if (status == EDU_OK)
        status = ei_document(name, "text/csv", &csv, out, error);
    ei_buffer_free(&csv);
    return status;
}
