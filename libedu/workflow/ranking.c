#include "workflow/ranking.h"

#include <inttypes.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys of scores and numbers are in millionths: a weight in hundredths times a score. */
#define KEY_DECIMALS 6
#define KEY_ONE INT64_C(1000000)
#define NUMBER_MAX 1e12 /* of a field, either way */

/* ---- the core: keys into places ---- */

size_t ei_keyed_differ(const ei_keyed *a, const ei_keyed *b)
{
    size_t i = 0;
    while (i < EI_KEYS_MAX && a->keys[i] == b->keys[i])
        i++;
    return i;
}

static int compare_keyed(const void *a, const void *b)
{
    const ei_keyed *left = a, *right = b;
    int divisions = strcmp(left->division, right->division);
    if (divisions != 0)
        return divisions;
    size_t key = ei_keyed_differ(left, right);
    if (key < EI_KEYS_MAX)
        return left->keys[key] > right->keys[key] ? -1 : 1;
    return ei_id_compare(left->id, right->id);
}

static void place_division(ei_keyed *rows, size_t count)
{
    int32_t dense = 0;
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1;
             end < count && ei_keyed_differ(&rows[first], &rows[end]) == EI_KEYS_MAX;)
            end++;
        dense++;
        for (size_t i = first; i < end; i++) {
            rows[i].place = (int32_t)first + 1;
            rows[i].dense = dense;
            rows[i].first = first;
            rows[i].end = end;
            rows[i].size = count;
        }
    }
}

void ei_keyed_rank(ei_keyed *rows, size_t count)
{
    qsort(rows, count, sizeof *rows, compare_keyed);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && strcmp(rows[first].division, rows[end].division) == 0;)
            end++;
        place_division(rows + first, end - first);
    }
}

/* ---- the keyword ---- */

typedef struct reading {
    const ei_sheets *sheets;
    const json_t *languages;
    ei_ranking *out;
} reading;

static edu_status read_part(const reading *in, ei_rank_key *key, const json_t *code,
                            const ei_place *at, edu_error *error)
{
    const ei_sheet *sheet = ei_sheets_find(in->sheets, json_string_value(code));
    if (!sheet)
        return ei_document_fault(error, at, "there is no such sheet among the scores");
    size_t index = (size_t)(sheet - in->sheets->list);
    for (size_t i = 0; i < key->part_count; i++)
        if (key->parts[i].sheet == index)
            return ei_document_fault(error, at, "this sheet is in the sum already");
    key->parts[key->part_count++] = (ei_rank_part){index, 100};
    return EDU_OK;
}

static edu_status read_score(const reading *in, ei_rank_key *key, const json_t *json,
                             const ei_place *at, edu_error *error)
{
    static const char *const keys[] = {"score", "?title", NULL};
    ei_place score = ei_place_below(at, "score");
    key->kind = EI_RANK_SCORE;
    EI_TRY(ei_document_keys(json, keys, at, error));
    return read_part(in, key, json_object_get(json, "score"), &score, error);
}

static edu_status read_addend(const reading *in, ei_rank_key *key, const json_t *json,
                              const ei_place *at, edu_error *error)
{
    static const char *const keys[] = {"score", "?weight", NULL};
    ei_place score = ei_place_below(at, "score"), weight = ei_place_below(at, "weight");
    const json_t *given = json_object_get(json, "weight");
    EI_TRY(ei_document_keys(json, keys, at, error));
    EI_TRY(read_part(in, key, json_object_get(json, "score"), &score, error));
    int64_t *to = &key->parts[key->part_count - 1].weight;
    if (given && (!ei_points_read(given, 2, to) || *to == 0 || *to > 10000))
        return ei_document_fault(error, &weight, "this must be 0.01 to 100, of two decimals");
    return EDU_OK;
}

static edu_status read_sum(const reading *in, ei_rank_key *key, const json_t *json,
                           const ei_place *at, edu_error *error)
{
    static const char *const keys[] = {"sum", "title", NULL};
    const json_t *sum = json_object_get(json, "sum");
    ei_place list = ei_place_below(at, "sum");
    key->kind = EI_RANK_SUM;
    EI_TRY(ei_document_keys(json, keys, at, error));
    if (json_array_size(sum) == 0 || json_array_size(sum) > EI_RANKING_PARTS_MAX)
        return ei_document_fault(error, &list, "this must be a list of 1 to 8 scores");
    for (size_t i = 0; i < json_array_size(sum); i++) {
        ei_place here = ei_place_index(&list, i);
        EI_TRY(read_addend(in, key, json_array_get(sum, i), &here, error));
    }
    return EDU_OK;
}

static edu_status read_values(ei_rank_key *key, const json_t *values, const ei_place *at,
                              edu_error *error)
{
    size_t count = json_array_size(values);
    if (count == 0 || count > EI_RANKING_VALUES_MAX)
        return ei_document_fault(error, at, "this must be a list of 1 to 64 values");
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(values, i);
        ei_place here = ei_place_index(at, i);
        if (!json_is_string(value) && !json_is_integer(value) && !json_is_boolean(value))
            return ei_document_fault(error, &here,
                                     "a value is a text, a whole number, true or "
                                     "false");
        for (size_t k = 0; k < i; k++)
            if (json_equal(value, json_array_get(values, k)))
                return ei_document_fault(error, &here, "this value stands above already");
    }
    key->values = values;
    return EDU_OK;
}

static edu_status read_field(ei_rank_key *key, const json_t *json, const ei_place *at,
                             edu_error *error)
{
    static const char *const keys[] = {"field", "order", "title", NULL};
    const json_t *order = json_object_get(json, "order");
    const char *name = json_string_value(order);
    ei_place field = ei_place_below(at, "field"), order_at = ei_place_below(at, "order");
    key->kind = EI_RANK_FIELD;
    EI_TRY(ei_document_keys(json, keys, at, error));
    key->field = json_string_value(json_object_get(json, "field"));
    if (!ei_document_pointer(key->field))
        return ei_document_fault(error, &field, "this must be a JSON Pointer into the form");
    if (json_is_array(order))
        return read_values(key, order, &order_at, error);
    key->is_ascending = name && strcmp(name, "ascending") == 0;
    if (!key->is_ascending && (!name || strcmp(name, "descending") != 0))
        return ei_document_fault(error, &order_at,
                                 "this must be ascending, descending, or a list of values");
    return EDU_OK;
}

static edu_status read_titled(const reading *in, ei_rank_key *key, const json_t *json,
                              const ei_place *at, edu_error *error)
{
    ei_place title = ei_place_below(at, "title");
    if (json_object_get(json, "score"))
        EI_TRY(read_score(in, key, json, at, error));
    else if (json_object_get(json, "sum"))
        EI_TRY(read_sum(in, key, json, at, error));
    else if (json_object_get(json, "field"))
        EI_TRY(read_field(key, json, at, error));
    else
        return ei_document_fault(error, at,
                                 "this must be an object with score, sum or field; or submitted, "
                                 "or lottery");
    key->title = json_object_get(json, "title");
    return key->title ? ei_document_texts(key->title, in->languages, &title, error) : EDU_OK;
}

static edu_status read_key(const reading *in, const json_t *json, const ei_place *at,
                           edu_error *error)
{
    const char *name = json_string_value(json);
    ei_rank_key *key = &in->out->keys[in->out->count++];
    *key = (ei_rank_key){0};
    if (name && strcmp(name, "submitted") == 0)
        key->kind = EI_RANK_SUBMITTED;
    else if (name && strcmp(name, "lottery") == 0)
        key->kind = EI_RANK_LOTTERY;
    else
        return read_titled(in, key, json, at, error);
    return EDU_OK;
}

static edu_status read_list(const reading *in, const json_t *list, const ei_place *at,
                            edu_error *error)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *json = json_array_get(list, i);
        ei_place here = ei_place_index(at, i);
        if (ei_ranking_has_lottery(in->out))
            return ei_document_fault(error, &here, "nothing is left to decide behind a lottery");
        for (size_t k = 0; k < i; k++)
            if (json_equal(json, json_array_get(list, k)))
                return ei_document_fault(error, &here, "this key stands above already");
        EI_TRY(read_key(in, json, &here, error));
    }
    return EDU_OK;
}

edu_status ei_ranking_make(const json_t *ranking, const ei_sheets *sheets, const json_t *languages,
                           const ei_place *at, ei_ranking *out, edu_error *error)
{
    reading in = {sheets, languages, out};
    out->count = 0;
    if (!ranking)
        return EDU_OK;
    if (json_array_size(ranking) == 0 || json_array_size(ranking) > EI_RANKING_MAX)
        return ei_document_fault(error, at, "this must be a list of 1 to 9 keys");
    return read_list(&in, ranking, at, error);
}

bool ei_ranking_has_lottery(const ei_ranking *ranking)
{
    return ranking->count > 0 && ranking->keys[ranking->count - 1].kind == EI_RANK_LOTTERY;
}

/* ---- keys of a row ---- */

static int64_t key_of_number(double number)
{
    return fabs(number) <= NUMBER_MAX ? llround(number * (double)KEY_ONE) : EI_KEY_NONE;
}

static int64_t key_of_text(const char *text)
{
    edu_date date;
    edu_time time;
    if (ei_date_parse(text, &date))
        return ei_date_to_days(date);
    return ei_time_parse(text, &time) ? time : EI_KEY_NONE;
}

/* The greater, the greater the value. */
static int64_t key_of_value(const json_t *value)
{
    if (json_is_integer(value) && llabs(json_integer_value(value)) <= (json_int_t)NUMBER_MAX)
        return json_integer_value(value) * KEY_ONE;
    if (json_is_real(value))
        return key_of_number(json_real_value(value));
    if (json_is_boolean(value))
        return json_is_true(value);
    return json_is_string(value) ? key_of_text(json_string_value(value)) : EI_KEY_NONE;
}

static int64_t key_of_listed(const json_t *values, const json_t *value)
{
    for (size_t i = 0; value && i < json_array_size(values); i++)
        if (json_equal(json_array_get(values, i), value))
            return -(int64_t)i;
    return EI_KEY_NONE;
}

static int64_t key_of_field(const ei_rank_key *key, const json_t *form)
{
    const json_t *value = ei_document_value(form, key->field);
    if (key->values)
        return key_of_listed(key->values, value);
    int64_t made = key_of_value(value);
    return key->is_ascending && made != EI_KEY_NONE ? -made : made;
}

static int64_t key_of_scores(const ei_rank_key *key, const int64_t *scores)
{
    int64_t sum = 0;
    for (size_t i = 0; i < key->part_count; i++) {
        if (scores[key->parts[i].sheet] == EI_SCORE_NONE)
            return EI_KEY_NONE;
        sum += key->parts[i].weight * scores[key->parts[i].sheet];
    }
    return sum;
}

static int64_t key_of(const ei_rank_key *key, const ei_rank_row *row)
{
    switch (key->kind) {
    case EI_RANK_SCORE:
    case EI_RANK_SUM:
        return key_of_scores(key, row->scores);
    case EI_RANK_FIELD:
        return key_of_field(key, row->form);
    case EI_RANK_SUBMITTED:
        return -row->submitted;
    case EI_RANK_LOTTERY:
        return -row->lottery;
    }
    return EI_KEY_NONE;
}

/* ---- who is ranked ---- */

static bool is_counted(const ei_ranking *ranking, size_t sheet)
{
    for (size_t i = 0; i < ranking->count; i++)
        for (size_t k = 0; k < ranking->keys[i].part_count; k++)
            if (ranking->keys[i].parts[k].sheet == sheet)
                return true;
    return false;
}

/* Not passed says more than not scored: who failed the test is not asked to the interview. */
static void judge(const ei_ranking *ranking, const ei_sheets *sheets, ei_rank_row *row)
{
    row->answer = EI_RANKED;
    for (size_t i = sheets->count; i-- > 0;)
        if (row->scores[i] == EI_SCORE_NONE &&
            (sheets->list[i].pass != EI_SCORE_NONE || is_counted(ranking, i))) {
            row->answer = EI_RANK_UNSCORED;
            row->sheet = i;
        }
    for (size_t i = sheets->count; i-- > 0;)
        if (row->scores[i] != EI_SCORE_NONE && !ei_sheet_passes(&sheets->list[i], row->scores[i])) {
            row->answer = EI_RANK_BELOW_PASS;
            row->sheet = i;
        }
}

static size_t take(const ei_ranking *ranking, const ei_sheets *sheets, ei_rank_row *rows,
                   size_t count, ei_keyed *out)
{
    size_t taken = 0;
    for (size_t i = 0; i < count; i++) {
        ei_rank_row *row = &rows[i];
        row->place = row->position = row->shared = 0;
        row->above = row->below = ranking->count;
        row->sheet = sheets->count;
        judge(ranking, sheets, row);
        if (row->answer != EI_RANKED)
            continue;
        ei_keyed *to = &out[taken++];
        *to = (ei_keyed){.division = "", .id = row->id, .row = row};
        for (size_t k = 0; k < ranking->count; k++)
            to->keys[k] = key_of(&ranking->keys[k], row);
    }
    return taken;
}

static void tell(const ei_keyed *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const ei_keyed *at = &order[i];
        ei_rank_row *row = at->row;
        row->place = at->place;
        row->position = (int32_t)i + 1;
        row->shared = (int32_t)(at->end - at->first);
        if (at->first > 0)
            row->above = ei_keyed_differ(&order[at->first - 1], at);
        if (at->end < count)
            row->below = ei_keyed_differ(at, &order[at->end]);
    }
}

edu_status ei_ranking_apply(const ei_ranking *ranking, const ei_sheets *sheets, ei_rank_row *rows,
                            size_t count, edu_error *error)
{
    ei_keyed *order = ei_calloc(count + 1, sizeof *order);
    if (!order)
        return ei_no_memory(error);
    size_t taken = take(ranking, sheets, rows, count, order);
    ei_keyed_rank(order, taken);
    tell(order, taken);
    ei_free(order);
    return EDU_OK;
}

/* ---- words ---- */

const json_t *ei_rank_title(const ei_rank_key *key, const ei_sheets *sheets)
{
    if (key->title || key->kind != EI_RANK_SCORE)
        return key->title;
    return sheets->list[key->parts[0].sheet].title;
}

const char *ei_rank_kind_name(ei_rank_kind kind)
{
    static const char *const names[] = {"score", "sum", "field", "submitted", "lottery"};
    return names[kind];
}

static void write_scores(const ei_rank_key *key, const ei_rank_row *row, char out[EI_RANK_TEXT])
{
    int64_t sum = key_of_scores(key, row->scores);
    char text[EI_POINTS_TEXT];
    if (sum == EI_KEY_NONE)
        return;
    ei_points_format(sum, KEY_DECIMALS, text);
    (void)snprintf(out, EI_RANK_TEXT, "%s", text);
}

void ei_rank_value(const ei_ranking *ranking, size_t index, const ei_rank_row *row,
                   char out[EI_RANK_TEXT])
{
    const ei_rank_key *key = &ranking->keys[index];
    out[0] = '\0';
    if (key->kind == EI_RANK_SUBMITTED)
        ei_time_format(row->submitted, out);
    else if (key->kind == EI_RANK_LOTTERY)
        ei_lottery_format(row->lottery, out);
    else if (key->kind != EI_RANK_FIELD)
        write_scores(key, row, out);
}

/* ---- the lottery ---- */

int64_t ei_lottery_number(const uint8_t *seed, size_t seed_size, edu_id person)
{
    crypto_hash_sha256_state state;
    uint8_t hash[crypto_hash_sha256_BYTES];
    char digits[3], id[EDU_ID_TEXT];
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < seed_size; i++) {
        ei_hex_format(&seed[i], 1, digits);
        crypto_hash_sha256_update(&state, (const uint8_t *)digits, 2);
    }
    edu_id_format(person, id);
    crypto_hash_sha256_update(&state, (const uint8_t *)":", 1);
    crypto_hash_sha256_update(&state, (const uint8_t *)id, strlen(id));
    crypto_hash_sha256_final(&state, hash);
    uint64_t number = 0;
    for (size_t i = 0; i < 8; i++)
        number = number << 8 | hash[i];
    return (int64_t)(number >> 4);
}

void ei_lottery_format(int64_t number, char out[EI_LOTTERY_TEXT])
{
    (void)snprintf(out, EI_LOTTERY_TEXT, "%015" PRIx64, (uint64_t)number);
}
