/* A matching from bare files: choices and capacities in, places out. */
#include <edu/allocation.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "allocation/files.h"
#include "allocation/lot.h"
#include "core/core.h"

typedef struct place_row {
    const char *id;
    int64_t capacity;
    int64_t line;
    size_t first_quota, quota_count;
    bool keeps;
} place_row;

/* Seats of a place that are for a group first. */
typedef struct quota_row {
    const char *group;
    int64_t seats;
} quota_row;

/* A whole number from -(2^63 - 1) to 2^64 - 1. */
typedef struct wide {
    uint64_t size;
    bool is_negative;
} wide;

typedef struct choice_row {
    const char *applicant;
    size_t place;
    uint32_t claims; /* the place's quotas that they count for, bit by bit */
    int64_t choice;
    int64_t line;
    wide priority;
    uint64_t lot;
    int64_t rank; /* of the priority, then the lot, among those at the place */
} choice_row;

/* The fault to tell of: of all that were found, that on the first line. */
typedef struct fault {
    int64_t line;
    const char *key, *field;
    char text[200];
} fault;

typedef struct reading {
    ei_arena *arena;
    place_row *places; /* by id */
    size_t place_count, place_room;
    quota_row *quotas;
    size_t quota_count, quota_room;
    const char **groups; /* of all quotas, each once, sorted */
    size_t group_count;
    choice_row *rows;
    size_t row_count, row_room;
    fault fault;
    bool draws, draws_each;
    ei_lot_key key; /* of the draw */
    edu_progress progress;
    size_t told; /* rows read */
    edu_error *error;
} reading;

static edu_status fail_row(reading *in, edu_status code, const char *key, int64_t line,
                           const char *field, const char *what)
{
    return ei_fail_line(in->error, code, key, line, field, "%s", what);
}

/* Doubles an array that is full. */
static edu_status grow(void **items, size_t count, size_t *room, size_t size, edu_error *error)
{
    if (count < *room)
        return EDU_OK;
    size_t wanted = *room ? *room * 2 : 1024;
    void *grown = ei_realloc_array(*items, wanted, size);
    if (!grown)
        return ei_no_memory(error);
    *items = grown;
    *room = wanted;
    return EDU_OK;
}

static edu_status check_id(reading *in, const char *id, int64_t line, const char *field,
                           const char *what)
{
    char text[80];
    if (id[0] && strlen(id) <= EDU_ALLOCATION_ID_MAX)
        return EDU_OK;
    snprintf(text, sizeof text, "the %s is %s", what, id[0] ? "longer than 255 bytes" : "missing");
    return fail_row(in, id[0] ? EDU_E_LIMIT : EDU_E_INVALID,
                    id[0] ? "match.long_id" : "match.no_id", line, field, text);
}

/* ---- places ---- */

/* Cuts the next word out of a list that spaces part; NULL at its end. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " ");
    char *end = word + strcspn(word, " ");
    if (word == end)
        return NULL;
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

static edu_status fail_quota(reading *in, int64_t line, const char *what)
{
    return fail_row(in, EDU_E_INVALID, "match.quota", line, "/places/quotas", what);
}

/* GROUP=SEATS */
static edu_status add_quota(reading *in, place_row *place, char *text)
{
    char *seats = strchr(text, '=');
    if (!seats || seats == text)
        return fail_quota(in, place->line, "a quota is not written as GROUP=SEATS");
    *seats++ = '\0';
    quota_row quota = {.group = text};
    if (!ei_int_parse(seats, 0, EDU_ALLOCATION_COUNT_MAX, &quota.seats))
        return fail_quota(in, place->line, "a quota is not a whole number of seats");
    for (size_t q = 0; q < place->quota_count; q++)
        if (strcmp(in->quotas[place->first_quota + q].group, text) == 0)
            return fail_quota(in, place->line, "a group has two quotas at the place");
    if (place->quota_count++ == EDU_MATCH_QUOTAS_MAX)
        return fail_quota(in, place->line, "a place has more than 10 quotas");
    EI_TRY(grow((void **)&in->quotas, in->quota_count, &in->quota_room, sizeof *in->quotas,
                in->error));
    in->quotas[in->quota_count++] = quota;
    return EDU_OK;
}

static edu_status add_quotas(reading *in, place_row *place, const char *quotas)
{
    char *rest = ei_arena_strdup(in->arena, quotas), *word;
    int64_t left = place->capacity;
    if (!rest)
        return ei_no_memory(in->error);
    place->first_quota = in->quota_count;
    while ((word = next_word(&rest))) {
        EI_TRY(add_quota(in, place, word));
        left -= in->quotas[in->quota_count - 1].seats;
    }
    if (left < 0)
        return fail_quota(in, place->line, "the quotas are more than the capacity");
    return EDU_OK;
}

static edu_status add_place(reading *in, const char *const *fields, int64_t line)
{
    if (in->place_count == EDU_MATCH_PLACES_MAX)
        return fail_row(in, EDU_E_LIMIT, "match.too_many", line, "/places",
                        "there are more than 1000000 places");
    EI_TRY(check_id(in, fields[0], line, "/places/place", "place"));
    EI_TRY(grow((void **)&in->places, in->place_count, &in->place_room, sizeof *in->places,
                in->error));
    place_row *place = &in->places[in->place_count++];
    *place = (place_row){.id = ei_arena_strdup(in->arena, fields[0]), .line = line};
    if (!place->id)
        return ei_no_memory(in->error);
    if (!ei_int_parse(fields[1], 0, EDU_ALLOCATION_COUNT_MAX, &place->capacity))
        return fail_row(in, EDU_E_INVALID, "match.capacity", line, "/places/capacity",
                        "capacity is not a whole number from 0 to 1000000000");
    place->keeps = strcmp(fields[3], "kept") == 0;
    if (fields[3][0] && !place->keeps && strcmp(fields[3], "open") != 0)
        return fail_row(in, EDU_E_INVALID, "match.unfilled", line, "/places/unfilled",
                        "seats of quotas for which there are too few are \"open\" or \"kept\"");
    return add_quotas(in, place, fields[2]);
}

static int by_id(const void *a, const void *b)
{
    const place_row *one = a, *two = b;
    int order = strcmp(one->id, two->id);
    return order ? order : (one->line > two->line) - (one->line < two->line);
}

static int has_id(const void *id, const void *place)
{
    return strcmp(id, ((const place_row *)place)->id);
}

static void note_fault(reading *in, int64_t line, const char *key, const char *field,
                       const char *format, int64_t number)
{
    if (in->fault.line > 0 && in->fault.line <= line)
        return;
    in->fault = (fault){.line = line, .key = key, .field = field};
    snprintf(in->fault.text, sizeof in->fault.text, format, number);
}

static edu_status tell_fault(reading *in)
{
    if (in->fault.line == 0)
        return EDU_OK;
    return fail_row(in, EDU_E_INVALID, in->fault.key, in->fault.line, in->fault.field,
                    in->fault.text);
}

static edu_status sort_places(reading *in)
{
    if (in->place_count > 0)
        qsort(in->places, in->place_count, sizeof *in->places, by_id);
    for (size_t k = 1; k < in->place_count; k++)
        if (strcmp(in->places[k - 1].id, in->places[k].id) == 0)
            note_fault(in, in->places[k].line, "match.double_id", "/places/place",
                       "the place stood on line %" PRId64 " before; give each one row",
                       in->places[k - 1].line);
    return tell_fault(in);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static edu_status sort_groups(reading *in)
{
    in->groups = ei_calloc(in->quota_count, sizeof *in->groups);
    if (!in->groups)
        return ei_no_memory(in->error);
    for (size_t q = 0; q < in->quota_count; q++)
        in->groups[q] = in->quotas[q].group;
    if (in->quota_count > 0)
        qsort(in->groups, in->quota_count, sizeof *in->groups, by_text);
    for (size_t g = 0; g < in->quota_count; g++)
        if (g == 0 || strcmp(in->groups[g], in->groups[in->group_count - 1]) != 0)
            in->groups[in->group_count++] = in->groups[g];
    return EDU_OK;
}

/* ---- choices ---- */

static bool parse_wide(const char *text, wide *out)
{
    const char *digits = text + (text[0] == '-');
    int64_t small;
    if (ei_int_parse(text, -INT64_MAX, INT64_MAX, &small)) {
        *out = (wide){small < 0 ? (uint64_t)-small : (uint64_t)small, small < 0};
        return true;
    }
    size_t length = strlen(digits);
    if (digits != text || length < 19 || length > 20 || strspn(digits, "0123456789") != length ||
        digits[0] == '0')
        return false;
    uint64_t value = 0;
    for (; *digits; digits++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*digits - '0'), &value))
            return false;
    *out = (wide){value, false};
    return true;
}

/* Rows of one applicant mostly stand together, and so share their text. */
static const char *keep_applicant(reading *in, const char *id)
{
    if (in->row_count > 0 && strcmp(in->rows[in->row_count - 1].applicant, id) == 0)
        return in->rows[in->row_count - 1].applicant;
    return ei_arena_strdup(in->arena, id);
}

static edu_status find_place(reading *in, const char *id, int64_t line, size_t *out)
{
    const place_row *found =
        in->place_count ? bsearch(id, in->places, in->place_count, sizeof *in->places, has_id)
                        : NULL;
    if (!found)
        return fail_row(in, EDU_E_INVALID, "match.unknown_place", line, "/applicants/place",
                        "the place is not in the file of places");
    *out = (size_t)(found - in->places);
    return EDU_OK;
}

/* A group that has no quota at this place has one elsewhere, or is a slip of the pen. */
static edu_status take_groups(reading *in, const char *groups, choice_row *row)
{
    const place_row *at = &in->places[row->place];
    if (!groups[strspn(groups, " ")])
        return EDU_OK;
    char *copy = ei_strdup(groups), *rest = copy, *word;
    edu_status status = copy ? EDU_OK : ei_no_memory(in->error);
    while (status == EDU_OK && (word = next_word(&rest))) {
        for (size_t q = 0; q < at->quota_count; q++)
            if (strcmp(in->quotas[at->first_quota + q].group, word) == 0)
                row->claims |= UINT32_C(1) << q;
        const char *wanted = word;
        if (!in->group_count ||
            !bsearch(&wanted, in->groups, in->group_count, sizeof *in->groups, by_text))
            status = fail_row(in, EDU_E_INVALID, "match.unknown_group", row->line,
                              "/applicants/groups", "no place has a quota for the group");
    }
    ei_free(copy);
    return status;
}

static uint64_t lot_of(const reading *in, const choice_row *row)
{
    uint64_t lot = ei_lot(&in->key, "applicant", row->applicant);
    if (!in->draws_each)
        return lot;
    return ei_lot_mix(lot ^ ei_lot(&in->key, "place", in->places[row->place].id));
}

static edu_status add_choice(reading *in, const char *const *fields, int64_t line)
{
    if (in->row_count == EDU_MATCH_CHOICES_MAX)
        return fail_row(in, EDU_E_LIMIT, "match.too_many", line, "/applicants",
                        "there are more than 10000000 choices");
    EI_TRY(check_id(in, fields[0], line, "/applicants/applicant", "applicant"));
    EI_TRY(check_id(in, fields[2], line, "/applicants/place", "place"));
    choice_row row = {.applicant = keep_applicant(in, fields[0]), .line = line};
    if (!row.applicant)
        return ei_no_memory(in->error);
    if (!ei_int_parse(fields[1], 1, EDU_MATCH_PLACES_MAX, &row.choice))
        return fail_row(in, EDU_E_INVALID, "match.choice", line, "/applicants/choice",
                        "choice is not a whole number from 1");
    EI_TRY(find_place(in, fields[2], line, &row.place));
    if (!(in->draws && !fields[3][0]) && !parse_wide(fields[3], &row.priority))
        return fail_row(in, EDU_E_INVALID, "match.priority", line, "/applicants/priority",
                        "priority is not a whole number of at most 64 bits");
    EI_TRY(take_groups(in, fields[4], &row));
    if (in->draws)
        row.lot = lot_of(in, &row);
    EI_TRY(grow((void **)&in->rows, in->row_count, &in->row_room, sizeof *in->rows, in->error));
    in->rows[in->row_count++] = row;
    return EDU_OK;
}

static int order_of(uint64_t one, uint64_t two)
{
    return (one > two) - (one < two);
}

static int compare_wide(wide one, wide two)
{
    if (one.is_negative != two.is_negative)
        return one.is_negative ? -1 : 1;
    return one.is_negative ? order_of(two.size, one.size) : order_of(one.size, two.size);
}

static int by_place(const void *a, const void *b)
{
    const choice_row *one = a, *two = b;
    int order = order_of(one->place, two->place);
    if (order == 0)
        order = compare_wide(one->priority, two->priority);
    if (order == 0)
        order = order_of(one->lot, two->lot);
    return order ? order : order_of((uint64_t)one->line, (uint64_t)two->line);
}

static int by_applicant(const void *a, const void *b)
{
    const choice_row *one = a, *two = b;
    int order = one->applicant == two->applicant ? 0 : strcmp(one->applicant, two->applicant);
    if (order == 0)
        order = order_of((uint64_t)one->choice, (uint64_t)two->choice);
    return order ? order : order_of((uint64_t)one->line, (uint64_t)two->line);
}

/* Numbers the priorities at each place from 0. */
static edu_status rank_priorities(reading *in)
{
    if (in->row_count > 0)
        qsort(in->rows, in->row_count, sizeof *in->rows, by_place);
    for (size_t i = 1; i < in->row_count; i++) {
        const choice_row *before = &in->rows[i - 1];
        choice_row *row = &in->rows[i];
        if (row->place != before->place)
            continue;
        row->rank = before->rank + 1;
        if (compare_wide(row->priority, before->priority) == 0 && row->lot == before->lot)
            note_fault(in, row->line, "match.equal_priority", "/applicants/priority",
                       "the priority is that of line %" PRId64
                       " at the same place; give each applicant there their own",
                       before->line);
    }
    return tell_fault(in);
}

static bool is_same_applicant(const choice_row *one, const choice_row *two)
{
    return one->applicant == two->applicant || strcmp(one->applicant, two->applicant) == 0;
}

static void check_choice(reading *in, const choice_row *before, const choice_row *row)
{
    int64_t last = before ? before->choice : 0;
    if (row->choice == last)
        note_fault(in, row->line, "match.double_choice", "/applicants/choice",
                   "the applicant's choice of this number stood on line %" PRId64 " before",
                   before->line);
    else if (row->choice > last + 1)
        note_fault(in, row->line, "match.gap", "/applicants/choice",
                   "the applicant has no choice %" PRId64 "; number them from 1 without a gap",
                   last + 1);
}

/* lines: by place, of the applicant's rows so far; begun for each applicant anew. */
static void check_place(reading *in, const choice_row *first, const choice_row *row,
                        const choice_row **seen)
{
    const choice_row *before = seen[row->place];
    seen[row->place] = row;
    if (!before || before < first)
        return;
    bool is_later = row->line > before->line;
    note_fault(in, is_later ? row->line : before->line, "match.double_place", "/applicants/place",
               "the applicant chose this place on line %" PRId64 " before",
               is_later ? before->line : row->line);
}

static edu_status check_applicants(reading *in)
{
    const choice_row **seen = ei_calloc(in->place_count, sizeof *seen);
    const choice_row *first = in->rows;
    if (!seen)
        return ei_no_memory(in->error);
    if (in->row_count > 0)
        qsort(in->rows, in->row_count, sizeof *in->rows, by_applicant);
    for (size_t i = 0; i < in->row_count; i++) {
        const choice_row *row = &in->rows[i];
        bool is_first = i == 0 || !is_same_applicant(row - 1, row);
        if (is_first)
            first = row;
        check_choice(in, is_first ? NULL : row - 1, row);
        check_place(in, first, row, seen);
    }
    ei_free(seen);
    return tell_fault(in);
}

/* ---- reading ---- */

#define REPORT_EVERY (1 << 14) /* rows */

static edu_status report(reading *in, const ei_csv *csv, size_t size)
{
    if (in->told++ % REPORT_EVERY != 0 || !in->progress.report ||
        in->progress.report(in->progress.context, "reading", ei_csv_offset(csv), (int64_t)size))
        return EDU_OK;
    return ei_fail(in->error, EDU_E_CANCELLED, "match.cancelled", NULL, "reading was cancelled");
}

typedef edu_status (*add_row)(reading *in, const char *const *fields, int64_t line);

static edu_status read_rows(reading *in, edu_bytes bytes, const char *const *columns, add_row add)
{
    ei_csv *csv;
    const char *const *fields;
    bool more = true;
    EI_TRY(ei_csv_open(bytes, columns, &csv, in->error));
    edu_status status = EDU_OK;
    while (status == EDU_OK && more) {
        status = ei_csv_next(csv, &fields, &more, in->error);
        if (status == EDU_OK && more)
            status = report(in, csv, bytes.size);
        if (status == EDU_OK && more)
            status = add(in, fields, ei_csv_line(csv));
    }
    ei_csv_close(csv);
    return status;
}

static edu_status read_file(reading *in, edu_bytes bytes, const char *name,
                            const char *const *columns, add_row add)
{
    edu_status status = read_rows(in, bytes, columns, add);
    if (status != EDU_OK && in->error && !in->error->field[0])
        snprintf(in->error->field, sizeof in->error->field, "/%s", name);
    return status;
}

static edu_status read_all(reading *in, edu_bytes applicants, edu_bytes places)
{
    static const char *const place_columns[] = {"place", "capacity", "quotas?", "unfilled?", NULL};
    const char *const choice_columns[] = {
        "applicant", "choice", "place", in->draws ? "priority?" : "priority", "groups?", NULL};
    EI_TRY(read_file(in, places, "places", place_columns, add_place));
    EI_TRY(sort_places(in));
    EI_TRY(sort_groups(in));
    EI_TRY(read_file(in, applicants, "applicants", choice_columns, add_choice));
    EI_TRY(rank_priorities(in));
    return check_applicants(in);
}

/* ---- solving ---- */

typedef struct arrays {
    size_t *starts;
    edu_match_choice *choices;
    int64_t *capacities;
    size_t *quota_starts;
    int64_t *quotas;
    uint32_t *claims;
    bool *keeps;
    size_t applicants;
} arrays;

static void fill_quotas(const reading *in, arrays *to)
{
    size_t count = 0;
    for (size_t k = 0; k < in->place_count; k++) {
        const place_row *place = &in->places[k];
        to->quota_starts[k] = count;
        to->keeps[k] = place->keeps;
        for (size_t q = 0; q < place->quota_count; q++)
            to->quotas[count++] = in->quotas[place->first_quota + q].seats;
    }
    to->quota_starts[in->place_count] = count;
    for (size_t i = 0; i < in->row_count; i++)
        to->claims[i] = in->rows[i].claims;
}

static edu_status make_quotas(const reading *in, arrays *to, edu_match_problem *out)
{
    if (in->quota_count == 0)
        return EDU_OK;
    to->quota_starts = ei_calloc(in->place_count + 1, sizeof *to->quota_starts);
    to->quotas = ei_calloc(in->quota_count, sizeof *to->quotas);
    to->claims = ei_calloc(in->row_count, sizeof *to->claims);
    to->keeps = ei_calloc(in->place_count, sizeof *to->keeps);
    if (!to->quota_starts || !to->quotas || !to->claims || !to->keeps)
        return ei_no_memory(in->error);
    fill_quotas(in, to);
    out->quota_starts = to->quota_starts;
    out->quotas = to->quotas;
    out->claims = to->claims;
    out->keeps = to->keeps;
    return EDU_OK;
}

static void fill_arrays(const reading *in, arrays *to)
{
    for (size_t k = 0; k < in->place_count; k++)
        to->capacities[k] = in->places[k].capacity;
    for (size_t i = 0; i < in->row_count; i++) {
        if (i == 0 || !is_same_applicant(&in->rows[i - 1], &in->rows[i]))
            to->starts[to->applicants++] = i;
        to->choices[i] = (edu_match_choice){in->rows[i].place, in->rows[i].rank};
    }
    to->starts[to->applicants] = in->row_count;
}

static edu_status make_arrays(const reading *in, arrays *to, edu_match_problem *out)
{
    to->starts = ei_calloc(in->row_count + 1, sizeof *to->starts);
    to->choices = ei_calloc(in->row_count, sizeof *to->choices);
    to->capacities = ei_calloc(in->place_count, sizeof *to->capacities);
    if (!to->starts || !to->choices || !to->capacities)
        return ei_no_memory(in->error);
    fill_arrays(in, to);
    *out = (edu_match_problem){.applicant_count = to->applicants,
                               .place_count = in->place_count,
                               .starts = to->starts,
                               .choices = to->choices,
                               .capacities = to->capacities};
    return make_quotas(in, to, out);
}

static void free_arrays(arrays *of)
{
    ei_free(of->starts);
    ei_free(of->choices);
    ei_free(of->capacities);
    ei_free(of->quota_starts);
    ei_free(of->quotas);
    ei_free(of->claims);
    ei_free(of->keeps);
}

static edu_status write_csv(const reading *in, const arrays *of, const edu_match_result *result,
                            edu_match_outcome *outcome, ei_arena *arena)
{
    ei_buffer text = {0};
    ei_buffer_text(&text, "applicant,place\n");
    for (size_t i = 0; i < of->applicants; i++) {
        ei_write_id(&text, in->rows[of->starts[i]].applicant);
        ei_buffer_text(&text, ",");
        if (result->places[i] != EDU_MATCH_NONE)
            ei_write_id(&text, in->places[result->places[i]].id);
        ei_buffer_text(&text, "\n");
    }
    outcome->csv = text.failed ? NULL : ei_arena_strndup(arena, text.data, text.size);
    ei_buffer_free(&text);
    return outcome->csv ? EDU_OK : ei_no_memory(in->error);
}

/* What is done with what was read. */
typedef struct work {
    edu_status (*run)(reading *in, const arrays *of, const edu_match_problem *problem,
                      struct work *work);
    edu_match_outcome *outcome;
    ei_arena *arena; /* of the outcome */
    edu_bytes matched;
} work;

static edu_status match_rows(reading *in, const arrays *of, const edu_match_problem *problem,
                             work *to)
{
    edu_match_result *result = NULL;
    EI_TRY(edu_match_solve(problem, in->progress, &result, in->error));
    to->outcome->applicants = (int64_t)of->applicants;
    to->outcome->matched = result->matched;
    to->outcome->first = result->first;
    to->outcome->reserved = result->reserved;
    edu_status status = write_csv(in, of, result, to->outcome, to->arena);
    edu_free(result);
    return status;
}

static edu_status run_work(reading *in, work *of)
{
    arrays made = {0};
    edu_match_problem problem;
    edu_status status = make_arrays(in, &made, &problem);
    if (status == EDU_OK)
        status = of->run(in, &made, &problem, of);
    free_arrays(&made);
    return status;
}

static edu_status work_on_files(reading *in, edu_bytes applicants, edu_bytes places, work *of)
{
    in->arena = ei_arena_new();
    if (!in->arena)
        return ei_no_memory(in->error);
    edu_status status = read_all(in, applicants, places);
    if (status == EDU_OK)
        status = run_work(in, of);
    ei_free(in->places);
    ei_free(in->quotas);
    ei_free(in->groups);
    ei_free(in->rows);
    ei_arena_free(in->arena);
    return status;
}

static edu_status check_bytes(edu_bytes applicants, edu_bytes places, edu_error *error)
{
    if (!applicants.data && applicants.size > 0)
        return ei_bad_argument(error, "applicants");
    return places.data || places.size == 0 ? EDU_OK : ei_bad_argument(error, "places");
}

static edu_status take_seed(reading *in, const char *seed, bool draws_each)
{
    uint8_t bytes[EDU_ALLOCATION_SEED_MAX];
    if (!seed)
        return EDU_OK;
    int size = ei_hex_parse(seed, bytes, sizeof bytes);
    if (size < 1)
        return ei_fail(in->error, EDU_E_INVALID, "match.seed", "/seed",
                       "a seed is 1 to %d bytes of hex", EDU_ALLOCATION_SEED_MAX);
    in->draws = true;
    in->draws_each = draws_each;
    ei_lot_key_make(bytes, (size_t)size, &in->key);
    return EDU_OK;
}

edu_status edu_match(edu_bytes applicants, edu_bytes places, const char *seed, bool draws_each,
                     edu_progress progress, edu_match_outcome **out, edu_error *error)
{
    work match = {.run = match_rows};
    reading in = {.progress = progress, .error = error};
    if (!out)
        return ei_bad_argument(error, "out");
    EI_TRY(check_bytes(applicants, places, error));
    EI_TRY(take_seed(&in, seed, draws_each));
    match.outcome = ei_record_new(sizeof *match.outcome, &match.arena);
    if (!match.outcome)
        return ei_no_memory(error);
    edu_status status = work_on_files(&in, applicants, places, &match);
    if (status != EDU_OK)
        edu_free(match.outcome);
    else
        *out = match.outcome;
    return status;
}

/* ---- a matching that somebody says there is ---- */

typedef struct said {
    const reading *in;
    const arrays *of;
    size_t *places; /* by applicant */
    int64_t *lines;
} said;

#define NOT_SAID (EDU_MATCH_NONE - 1)

static edu_status bad_row(const said *by, int64_t line, const char *what)
{
    return ei_fail_line(by->in->error, EDU_E_INVALID, "match.applicants", line, "/matched", "%s",
                        what);
}

/* Index of the applicant, or how many there are. */
static size_t find_applicant(const said *by, const char *id)
{
    size_t low = 0, high = by->of->applicants;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(by->in->rows[by->of->starts[middle]].applicant, id);
        if (order == 0)
            return middle;
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return by->of->applicants;
}

static edu_status take_said(said *by, const char *const *fields, int64_t line)
{
    size_t applicant = find_applicant(by, fields[0]);
    if (applicant == by->of->applicants)
        return bad_row(by, line, "nobody of this name applied");
    if (by->places[applicant] != NOT_SAID)
        return bad_row(by, line, "the applicant stood before");
    by->lines[applicant] = line;
    by->places[applicant] = EDU_MATCH_NONE;
    if (!fields[1][0])
        return EDU_OK;
    const place_row *found = by->in->place_count
                                 ? bsearch(fields[1], by->in->places, by->in->place_count,
                                           sizeof *by->in->places, has_id)
                                 : NULL;
    if (!found)
        return bad_row(by, line, "the place is not in the file of places");
    by->places[applicant] = (size_t)(found - by->in->places);
    return EDU_OK;
}

static edu_status read_said(said *by, edu_bytes matched)
{
    static const char *const columns[] = {"applicant", "place", NULL};
    ei_csv *csv;
    const char *const *fields;
    bool more = true;
    EI_TRY(ei_csv_open(matched, columns, &csv, by->in->error));
    edu_status status = EDU_OK;
    while (status == EDU_OK && more) {
        status = ei_csv_next(csv, &fields, &more, by->in->error);
        if (status == EDU_OK && more)
            status = take_said(by, fields, ei_csv_line(csv));
    }
    ei_csv_close(csv);
    for (size_t i = 0; status == EDU_OK && i < by->of->applicants; i++)
        if (by->places[i] == NOT_SAID)
            status = bad_row(by, 0, "an applicant is missing");
    return status;
}

static edu_status check_said(const said *by, const edu_match_problem *problem)
{
    edu_error *error = by->in->error;
    edu_status status = edu_match_check(problem, by->places, by->in->progress, error);
    if (status != EDU_E_INVALID || !error || strncmp(error->field, "/places/", 8) != 0)
        return status;
    error->line = by->lines[strtoull(error->field + 8, NULL, 10)];
    snprintf(error->field, sizeof error->field, "/matched");
    return status;
}

static edu_status verify_rows(reading *in, const arrays *of, const edu_match_problem *problem,
                              work *to)
{
    said by = {in, of, ei_calloc(of->applicants, sizeof *by.places),
               ei_calloc(of->applicants, sizeof *by.lines)};
    edu_status status = by.places && by.lines ? EDU_OK : ei_no_memory(in->error);
    for (size_t i = 0; status == EDU_OK && i < of->applicants; i++)
        by.places[i] = NOT_SAID;
    if (status == EDU_OK)
        status = read_said(&by, to->matched);
    if (status == EDU_OK)
        status = check_said(&by, problem);
    ei_free(by.places);
    ei_free(by.lines);
    return status;
}

edu_status edu_match_verify(edu_bytes applicants, edu_bytes places, const char *seed,
                            bool draws_each, edu_bytes matched, edu_progress progress,
                            edu_error *error)
{
    work verify = {.run = verify_rows, .matched = matched};
    reading in = {.progress = progress, .error = error};
    EI_TRY(check_bytes(applicants, places, error));
    if (!matched.data && matched.size > 0)
        return ei_bad_argument(error, "matched");
    EI_TRY(take_seed(&in, seed, draws_each));
    return work_on_files(&in, applicants, places, &verify);
}
