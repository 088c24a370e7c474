/* Ranking the applications for an offering: scores gathered, keys compared, places planned. */
#include "domain/round/round_store.h"

#include <edu/allocation.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "round_sql.h"

#define CANDIDATES_MAX 200000

typedef struct candidate {
    edu_id person, id, given; /* none: no place */
    int64_t scores[EI_SHEETS_MAX];
    edu_time submitted;
    int32_t revision, choice;
    json_t *form;
    char state[EI_REQUEST_CODE];
    size_t first_choice, choice_count;
} candidate;

typedef struct vacancy {
    edu_id id;
    int64_t free;
} vacancy;

typedef struct ranking {
    ei_command *command;
    ei_judging *judging;
    const ei_sheets *sheets;
    const ei_ranking *rules;
    candidate *items; /* by person and id */
    size_t count, room, unready;
    edu_id *choices; /* of all, in the order of the candidates */
    size_t choice_count, choice_room;
    vacancy *vacancies; /* by id */
    size_t vacancy_count, vacancy_room;
    ei_rank_row *rows;
} ranking;

static void finish(ranking *work)
{
    for (size_t i = 0; i < work->count; i++)
        json_decref(work->items[i].form);
    ei_free(work->items);
    ei_free(work->choices);
    ei_free(work->vacancies);
    ei_free(work->rows);
}

/* ---- who is ranked ---- */

static bool reads_form(const ei_ranking *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->keys[i].kind == EI_RANK_FIELD)
            return true;
    return false;
}

static edu_status take_candidate(void *context, ei_rows *rows, edu_error *error)
{
    ranking *work = context;
    const char *state = ei_column_text(rows, 2);
    if (!ei_is_candidate(work->judging->definition, state)) {
        work->unready++;
        return EDU_OK;
    }
    if (work->count == CANDIDATES_MAX)
        return ei_fail(error, EDU_E_LIMIT, "round.too_many", NULL,
                       "there are more than %d applications", CANDIDATES_MAX);
    candidate *items = ei_with_room(work->items, work->count, &work->room, sizeof *items);
    if (!items)
        return ei_no_memory(error);
    work->items = items;
    candidate *one = &items[work->count++];
    *one = (candidate){.person = ei_column_id(rows, 0),
                       .id = ei_column_id(rows, 1),
                       .submitted = ei_column_time(rows, 3),
                       .revision = (int32_t)ei_column_int(rows, 4)};
    (void)snprintf(one->state, sizeof one->state, "%s", state);
    for (size_t i = 0; i < EI_SHEETS_MAX; i++)
        one->scores[i] = EI_SCORE_NONE;
    return ei_request_unseal(work->command->session, &one->person, ei_column_bytes(rows, 5),
                             EI_REQUEST_SEALED_FORM, ei_column_bytes(rows, 6), &one->form, error);
}

static int compare(const void *a, const void *b)
{
    const candidate *one = a, *two = b;
    int persons = ei_id_compare(one->person, two->person);
    return persons ? persons : ei_id_compare(one->id, two->id);
}

/* NULL: one that is not ready. */
static candidate *find(const ranking *work, edu_id person, edu_id id)
{
    candidate wanted = {.person = person, .id = id};
    return work->count ? bsearch(&wanted, work->items, work->count, sizeof wanted, compare) : NULL;
}

/* ---- scores ---- */

typedef struct totals {
    candidate *of;
    size_t sheet, count;
    int64_t list[EI_SHEET_MEMBERS_MAX + 1];
} totals;

static void close_totals(const ranking *work, totals *of)
{
    int64_t score;
    if (of->count > 0 && of->count <= EI_SHEET_MEMBERS_MAX &&
        ei_sheet_aggregate(&work->sheets->list[of->sheet], of->list, of->count, &score))
        of->of->scores[of->sheet] = score;
    of->count = 0;
}

static void take_total(const ranking *work, ei_rows *rows, totals *of)
{
    candidate *one = find(work, ei_column_id(rows, 0), ei_column_id(rows, 1));
    const ei_sheet *sheet = ei_sheets_find(work->sheets, ei_column_text(rows, 2));
    if (!one || !sheet)
        return;
    size_t index = (size_t)(sheet - work->sheets->list);
    if (one != of->of || index != of->sheet)
        close_totals(work, of);
    of->of = one;
    of->sheet = index;
    if (of->count <= EI_SHEET_MEMBERS_MAX)
        of->list[of->count++] = ei_column_int(rows, 3);
}

static edu_status read_scores(ranking *work, edu_tx *tx, edu_error *error)
{
    totals of = {0};
    ei_rows rows;
    bool row;
    edu_status status;
    EI_TRY(sql_round_scores(tx, &work->judging->offering, &rows, error));
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row)
        take_total(work, &rows, &of);
    ei_rows_close(&rows);
    close_totals(work, &of);
    return status;
}

/* ---- choices ---- */

static edu_status take_vacancy(void *context, ei_rows *rows, edu_error *error)
{
    ranking *work = context;
    vacancy *items =
        ei_with_room(work->vacancies, work->vacancy_count, &work->vacancy_room, sizeof *items);
    if (!items)
        return ei_no_memory(error);
    work->vacancies = items;
    int64_t free = ei_column_is_null(rows, 1) ? CANDIDATES_MAX
                                              : ei_column_int(rows, 1) - ei_column_int(rows, 2);
    items[work->vacancy_count++] = (vacancy){ei_column_id(rows, 0), free};
    return EDU_OK;
}

static edu_status take_choice(void *context, ei_rows *rows, edu_error *error)
{
    ranking *work = context;
    candidate *one = find(work, ei_column_id(rows, 0), ei_column_id(rows, 1));
    if (!one)
        return EDU_OK;
    edu_id *items =
        ei_with_room(work->choices, work->choice_count, &work->choice_room, sizeof *items);
    if (!items)
        return ei_no_memory(error);
    work->choices = items;
    if (one->choice_count++ == 0)
        one->first_choice = work->choice_count;
    items[work->choice_count++] = ei_column_id(rows, 2);
    return EDU_OK;
}

static edu_status read_choices(ranking *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    const edu_id *offering = &work->judging->offering;
    if (ei_definition_request(work->judging->definition)->choices == 0)
        return EDU_OK;
    EI_TRY(ei_rows_each(sql_round_places(tx, offering, &rows, error), &rows, take_vacancy, work,
                        error));
    return ei_rows_each(sql_round_choices(tx, offering, &rows, error), &rows, take_choice, work,
                        error);
}

/* ---- the order ---- */

static int64_t lottery_of(const ranking *work, edu_id person)
{
    uint8_t seed[EI_SEED_BYTES];
    int size = ei_hex_parse(work->judging->seed, seed, sizeof seed);
    return size > 0 ? ei_lottery_number(seed, (size_t)size, person) : 0;
}

static edu_status apply(ranking *work, edu_error *error)
{
    work->rows = ei_calloc(work->count + 1, sizeof *work->rows);
    if (!work->rows)
        return ei_no_memory(error);
    for (size_t i = 0; i < work->count; i++)
        work->rows[i] = (ei_rank_row){.id = work->items[i].id,
                                      .scores = work->items[i].scores,
                                      .form = work->items[i].form,
                                      .submitted = work->items[i].submitted,
                                      .lottery = lottery_of(work, work->items[i].person)};
    return ei_ranking_apply(work->rules, work->sheets, work->rows, work->count, error);
}

static edu_status check_complete(const ranking *work, edu_error *error)
{
    size_t unscored = 0;
    for (size_t i = 0; i < work->count; i++)
        unscored += work->rows[i].answer == EI_RANK_UNSCORED;
    if (work->unready > 0)
        return ei_fail(error, EDU_E_STATE, "round.unready", NULL,
                       "%zu open applications are in a state from which they cannot be placed",
                       work->unready);
    if (work->count == 0)
        return ei_fail(error, EDU_E_STATE, "round.nobody", NULL, "there are no applications");
    if (unscored > 0)
        return ei_fail(error, EDU_E_STATE, "round.unscored", NULL,
                       "%zu applications have not all the scores that are needed", unscored);
    return EDU_OK;
}

/* ---- places by choice: deferred acceptance on the ranking ---- */

static int compare_vacancy(const void *a, const void *b)
{
    return ei_id_compare(((const vacancy *)a)->id, ((const vacancy *)b)->id);
}

/* Who is not ranked asks for nothing. */
static size_t add_choices(const ranking *work, size_t index, edu_match_choice *out)
{
    const candidate *one = &work->items[index];
    size_t count = 0;
    if (work->rows[index].answer != EI_RANKED)
        return 0;
    for (size_t i = 0; i < one->choice_count; i++) {
        vacancy wanted = {.id = work->choices[one->first_choice + i]};
        const vacancy *found =
            bsearch(&wanted, work->vacancies, work->vacancy_count, sizeof wanted, compare_vacancy);
        if (found)
            out[count++] =
                (edu_match_choice){(size_t)(found - work->vacancies), work->rows[index].position};
    }
    return count;
}

static void take_match(ranking *work, const edu_match_result *result)
{
    for (size_t i = 0; i < work->count; i++) {
        candidate *one = &work->items[i];
        if (result->places[i] == EDU_MATCH_NONE)
            continue;
        one->given = work->vacancies[result->places[i]].id;
        for (size_t c = 0; c < one->choice_count; c++)
            if (ei_id_compare(work->choices[one->first_choice + c], one->given) == 0)
                one->choice = (int32_t)c + 1;
    }
}

typedef struct arrays {
    size_t *starts;
    edu_match_choice *choices;
    int64_t *capacities;
} arrays;

static edu_status solve(ranking *work, arrays *with, edu_error *error)
{
    edu_match_result *result = NULL;
    if (!with->starts || !with->choices || !with->capacities)
        return ei_no_memory(error);
    for (size_t i = 0; i < work->count; i++)
        with->starts[i + 1] =
            with->starts[i] + add_choices(work, i, with->choices + with->starts[i]);
    for (size_t i = 0; i < work->vacancy_count; i++)
        with->capacities[i] = work->vacancies[i].free;
    edu_match_problem problem = {work->count, work->vacancy_count, with->starts, with->choices,
                                 with->capacities};
    EI_TRY(edu_match_solve(&problem, (edu_progress){0}, &result, error));
    take_match(work, result);
    edu_free(result);
    return EDU_OK;
}

static edu_status plan_choices(ranking *work, edu_error *error)
{
    arrays with = {ei_calloc(work->count + 1, sizeof *with.starts),
                   ei_calloc(work->choice_count + 1, sizeof *with.choices),
                   ei_calloc(work->vacancy_count + 1, sizeof *with.capacities)};
    edu_status status = solve(work, &with, error);
    ei_free(with.starts);
    ei_free(with.choices);
    ei_free(with.capacities);
    return status;
}

/* ---- places of the offering itself: as far as they go ---- */

static edu_status plan_own(ranking *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    int64_t free = CANDIDATES_MAX;
    EI_TRY(sql_round_free(tx, &work->judging->offering, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row && !ei_column_is_null(&rows, 0))
        free = ei_column_int(&rows, 0);
    ei_rows_close(&rows);
    for (size_t i = 0; i < work->count; i++)
        if (work->rows[i].answer == EI_RANKED && work->rows[i].position <= free)
            work->items[i].given = work->judging->offering;
    return status;
}

/* Whether whom the system places holds a place then. */
static edu_status gives_places(const ranking *work, bool *out, edu_error *error)
{
    const ei_definition *definition = work->judging->definition;
    ei_action action;
    EI_TRY(ei_definition_allow(definition, ei_definition_place(definition), work->items[0].state,
                               "system", &action, error));
    *out = ei_definition_state(definition, action.to)->holds_place;
    return EDU_OK;
}

static edu_status plan(ranking *work, edu_tx *tx, bool *gives, edu_error *error)
{
    EI_TRY(gives_places(work, gives, error));
    if (ei_definition_request(work->judging->definition)->choices > 0)
        return plan_choices(work, error);
    if (!*gives)
        return EDU_OK;
    return work->judging->by_round ? plan_own(work, tx, error)
                                   : ei_fail(error, EDU_E_STATE, "round.first_come", NULL,
                                             "this offering gives its places to who comes first");
}

/* ---- writing ---- */

/* Values of a form stay sealed with it. */
static json_t *values_of(const ranking *work, const ei_rank_row *row)
{
    json_t *values = json_array();
    char text[EI_RANK_TEXT];
    for (size_t i = 0; values && i < work->rules->count; i++) {
        ei_rank_value(work->rules, i, row, text);
        if (json_array_append_new(values, text[0] ? json_string(text) : json_null()) != 0) {
            json_decref(values);
            values = NULL;
        }
    }
    return values;
}

/* Tells nothing of whose it is, and is known to whose it is. */
static void number_of(edu_id id, char out[EI_ROUND_NUMBER_TEXT])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, id.bytes, sizeof id.bytes);
    ei_hex_format(hash, (EI_ROUND_NUMBER_TEXT - 1) / 2, out);
}

static const char *outcome_of(const candidate *one, const ei_rank_row *row, bool gives)
{
    if (row->answer != EI_RANKED)
        return "not_passed";
    if (!gives)
        return "ranked";
    return ei_id_is_none(one->given) ? "waiting" : "given";
}

static edu_status write_row(ranking *work, edu_tx *tx, size_t index, int64_t position, bool gives,
                            edu_error *error)
{
    const candidate *one = &work->items[index];
    const ei_rank_row *row = &work->rows[index];
    bool is_ranked = row->answer == EI_RANKED;
    char number[EI_ROUND_NUMBER_TEXT], lottery[EI_LOTTERY_TEXT];
    json_t *values = values_of(work, row);
    char *text = values ? ei_json_dumps(values, JSON_COMPACT) : NULL;
    json_decref(values);
    if (!text)
        return ei_no_memory(error);
    number_of(one->id, number);
    ei_lottery_format(row->lottery, lottery);
    edu_status status = sql_round_row_add(
        tx, &one->person, &one->id, &work->judging->offering, position, row->place, row->shared,
        number, is_ranked ? NULL : work->sheets->list[row->sheet].code, (int64_t)row->above,
        (int64_t)row->below, text, ei_ranking_has_lottery(work->rules) ? lottery : NULL,
        one->revision, one->state, &one->given, one->choice, outcome_of(one, row, gives), NULL,
        error);
    ei_free(text);
    return status;
}

static edu_status write_rows(ranking *work, edu_tx *tx, bool gives, edu_error *error)
{
    int64_t ranked = 0, behind;
    for (size_t i = 0; i < work->count; i++)
        ranked += work->rows[i].answer == EI_RANKED;
    behind = ranked;
    work->judging->ranked = ranked;
    work->judging->candidates = (int64_t)work->count;
    EI_TRY(sql_round_rows_drop(tx, &work->judging->offering, NULL, error));
    for (size_t i = 0; i < work->count; i++) {
        bool is_ranked = work->rows[i].answer == EI_RANKED;
        int64_t position = is_ranked ? work->rows[i].position : ++behind;
        EI_TRY(write_row(work, tx, i, position, gives, error));
    }
    return EDU_OK;
}

static edu_status rank(ranking *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    bool gives;
    const edu_id *offering = &work->judging->offering;
    EI_TRY(ei_rows_each(sql_round_requests(tx, offering, reads_form(work->rules), &rows, error),
                        &rows, take_candidate, work, error));
    if (work->count > 0)
        qsort(work->items, work->count, sizeof *work->items, compare);
    EI_TRY(read_scores(work, tx, error));
    EI_TRY(read_choices(work, tx, error));
    EI_TRY(apply(work, error));
    EI_TRY(check_complete(work, error));
    EI_TRY(plan(work, tx, &gives, error));
    return write_rows(work, tx, gives, error);
}

edu_status ei_round_rank_all(ei_command *command, edu_tx *tx, ei_judging *judging, edu_error *error)
{
    ranking work = {.command = command,
                    .judging = judging,
                    .sheets = ei_definition_sheets(judging->definition),
                    .rules = ei_definition_ranking(judging->definition)};
    edu_status status = rank(&work, tx, error);
    finish(&work);
    return status;
}
