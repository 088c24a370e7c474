/* Deferred acceptance, against all stable matchings of small problems, and by the file. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <edu/allocation.h>
#include "fail_later.h"
#include "../tap.h"

#define APPLICANTS 5
#define PLACES 4
#define NONE EDU_MATCH_NONE

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

/* ---- problems ---- */

static size_t starts[APPLICANTS + 1], applicant_count, place_count;
static edu_match_choice choices[APPLICANTS * PLACES];
static int64_t capacities[PLACES];

static void shuffle(size_t *items, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t k = draw((uint32_t)i), other = items[k];
        items[k] = items[i - 1];
        items[i - 1] = other;
    }
}

static void make_random(void)
{
    size_t order[PLACES], ranks[PLACES][APPLICANTS];
    applicant_count = 1 + draw(APPLICANTS);
    place_count = 1 + draw(PLACES);
    for (size_t k = 0; k < place_count; k++) {
        capacities[k] = draw(3);
        order[k] = k;
        for (size_t i = 0; i < applicant_count; i++)
            ranks[k][i] = i;
        shuffle(ranks[k], applicant_count);
    }
    starts[0] = 0;
    for (size_t i = 0; i < applicant_count; i++) {
        size_t many = draw((uint32_t)place_count + 1);
        shuffle(order, place_count);
        for (size_t c = 0; c < many; c++)
            choices[starts[i] + c] =
                (edu_match_choice){order[c], (int64_t)ranks[order[c]][i] * 7 - 11};
        starts[i + 1] = starts[i] + many;
    }
}

static edu_match_problem problem(void)
{
    return (edu_match_problem){.applicant_count = applicant_count,
                               .place_count = place_count,
                               .starts = starts,
                               .choices = choices,
                               .capacities = capacities};
}

static edu_match_result *solve(void)
{
    edu_match_problem given = problem();
    edu_match_result *result = NULL;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_msg(edu_match_solve(&given, (edu_progress){0}, &result, &error) == EDU_OK, "%s",
                  error.message);
    return result;
}

/* ---- all matchings: by applicant, the number of the choice; the count of choices if none ---- */

static size_t wanted(size_t applicant)
{
    return starts[applicant + 1] - starts[applicant];
}

static const edu_match_choice *had(size_t applicant, size_t number)
{
    return number < wanted(applicant) ? &choices[starts[applicant] + number] : NULL;
}

static bool is_possible(const size_t *numbers)
{
    int64_t used[PLACES] = {0};
    for (size_t i = 0; i < applicant_count; i++) {
        const edu_match_choice *mine = had(i, numbers[i]);
        if (mine && ++used[mine->place] > capacities[mine->place])
            return false;
    }
    return true;
}

/* Could this place do better with somebody who wants it more than what they have? */
static bool is_blocked(const size_t *numbers, const edu_match_choice *dearer)
{
    int64_t used = 0;
    for (size_t i = 0; i < applicant_count; i++) {
        const edu_match_choice *other = had(i, numbers[i]);
        if (!other || other->place != dearer->place)
            continue;
        if (other->priority > dearer->priority)
            return true;
        used++;
    }
    return used < capacities[dearer->place];
}

static bool is_stable(const size_t *numbers)
{
    for (size_t i = 0; i < applicant_count; i++)
        for (size_t c = 0; c < numbers[i]; c++)
            if (is_blocked(numbers, had(i, c)))
                return false;
    return true;
}

static bool next_matching(size_t *numbers)
{
    for (size_t i = 0; i < applicant_count; i++) {
        if (numbers[i]++ < wanted(i))
            return true;
        numbers[i] = 0;
    }
    return false;
}

/* M of the header, once more. */
static uint64_t mixed(uint64_t x)
{
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static void numbers_of(const edu_match_result *result, size_t *numbers)
{
    for (size_t i = 0; i < applicant_count; i++)
        for (numbers[i] = 0; numbers[i] < wanted(i); numbers[i]++)
            if (had(i, numbers[i])->place == result->places[i])
                break;
}

START_TEST(is_the_best_of_all_stable_matchings_for_every_applicant)
{
    int stable = 0;
    for (state = 0; state < TAP_MANY(4000); state++) {
        uint64_t kept = state;
        state = kept * 977 + 5;
        make_random();
        edu_match_result *result = solve();
        size_t mine[APPLICANTS], all[APPLICANTS] = {0};
        numbers_of(result, mine);
        ck_assert(is_possible(mine) && is_stable(mine));
        do {
            if (!is_possible(all) || !is_stable(all))
                continue;
            stable++;
            for (size_t i = 0; i < applicant_count; i++)
                ck_assert_uint_le(mine[i], all[i]);
        } while (next_matching(all));
        edu_free(result);
        state = kept;
    }
    ck_assert_int_gt(stable,
                     TAP_MANY(4000)); /* some had several, so that there was something to choose */
}
END_TEST

static size_t place_had(size_t applicant, size_t number)
{
    const edu_match_choice *mine = had(applicant, number);
    return mine ? mine->place : NONE;
}

START_TEST(the_check_accepts_the_best_stable_matching_and_no_other)
{
    int refused = 0, not_best = 0;
    for (uint64_t turn = 0; turn < TAP_MANY(1500); turn++) {
        state = turn * 977 + 5;
        make_random();
        edu_match_problem given = problem();
        edu_match_result *result = solve();
        size_t all[APPLICANTS] = {0}, places[APPLICANTS];
        do {
            edu_error error = EDU_ERROR_INIT;
            for (size_t i = 0; i < applicant_count; i++)
                places[i] = place_had(i, all[i]);
            bool is_it = memcmp(places, result->places, applicant_count * sizeof *places) == 0;
            edu_status status = edu_match_check(&given, places, (edu_progress){0}, &error);
            ck_assert_int_eq(status, is_it ? EDU_OK : EDU_E_INVALID);
            if (is_it)
                continue;
            const char *why = !is_possible(all) ? "match.over_capacity"
                              : !is_stable(all) ? "match.unstable"
                                                : "match.not_best";
            ck_assert_str_eq(error.key, why);
            refused++;
            not_best += strcmp(why, "match.not_best") == 0;
        } while (next_matching(all));
        edu_free(result);
    }
    ck_assert_int_gt(refused, TAP_MANY(10000));
    ck_assert_int_gt(not_best, TAP_MANY(10));
}
END_TEST

START_TEST(lots_decide_between_equal_priorities)
{
    for (uint64_t turn = 0; turn < TAP_MANY(1500); turn++) {
        uint64_t lots[APPLICANTS], place_lots[PLACES];
        state = turn * 31 + 7;
        make_random();
        for (size_t c = 0; c < starts[applicant_count]; c++)
            choices[c].priority = (int64_t)draw(2);
        for (size_t i = 0; i < applicant_count; i++)
            lots[i] = (uint64_t)draw(1000) << 40 | i;
        for (size_t k = 0; k < place_count; k++)
            place_lots[k] = draw(1u << 31);
        edu_match_problem given = problem();
        given.lots = lots;
        given.place_lots = turn % 2 ? place_lots : NULL;
        edu_match_result *drawn = NULL;
        ck_assert_int_eq(edu_match_solve(&given, (edu_progress){0}, &drawn, NULL), EDU_OK);
        ck_assert_int_eq(edu_match_check(&given, drawn->places, (edu_progress){0}, NULL), EDU_OK);
        for (size_t i = 0; i < applicant_count; i++) /* the same in priorities of their own */
            for (size_t c = starts[i]; c < starts[i + 1]; c++) {
                uint64_t lot = lots[i];
                if (given.place_lots)
                    lot = mixed(lot ^ place_lots[choices[c].place]);
                choices[c].priority = choices[c].priority << 62 | (int64_t)(lot >> 3);
            }
        edu_match_result *ranked = solve();
        ck_assert_mem_eq(drawn->places, ranked->places, applicant_count * sizeof *ranked->places);
        edu_free(drawn);
        edu_free(ranked);
    }
}
END_TEST

START_TEST(counts_who_is_matched_and_to_the_first_choice)
{
    applicant_count = 3;
    place_count = 2;
    memcpy(starts, (size_t[]){0, 2, 4, 5}, 4 * sizeof *starts);
    memcpy(choices, (edu_match_choice[]){{0, 2}, {1, 1}, {0, 1}, {1, 2}, {1, 3}},
           5 * sizeof *choices);
    capacities[0] = capacities[1] = 1;
    edu_match_result *result = solve();
    ck_assert_int_eq(result->matched, 2);
    ck_assert_int_eq(result->first, 1);
    ck_assert_uint_eq(result->places[0], 1);
    ck_assert_uint_eq(result->places[1], 0);
    ck_assert_uint_eq(result->places[2], NONE);
    edu_free(result);
}
END_TEST

/* ---- what is refused ---- */

static void refuse(const char *key, const char *field)
{
    edu_match_problem given = problem();
    edu_match_result *result = NULL;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_eq(edu_match_solve(&given, (edu_progress){0}, &result, &error), EDU_E_INVALID);
    ck_assert_str_eq(error.key, key);
    ck_assert_str_eq(error.field, field);
    ck_assert_ptr_null(result);
}

START_TEST(refuses_what_has_no_single_answer)
{
    applicant_count = place_count = 2;
    memcpy(starts, (size_t[]){0, 1, 2}, 3 * sizeof *starts);
    capacities[0] = capacities[1] = 1;
    choices[0] = choices[1] = (edu_match_choice){1, 5};
    refuse("match.equal_priority", "/choices/1/priority");
    choices[1].place = 2;
    refuse("match.unknown_place", "/choices/1/place");
    choices[1].place = 0;
    capacities[1] = -1;
    refuse("match.capacity", "/capacities/1");
    capacities[1] = 1;
    starts[1] = 2;
    choices[1] = (edu_match_choice){1, 6};
    refuse("match.double_place", "/choices/1/place");
    starts[1] = 3;
    refuse("match.starts", "/starts/2");
}
END_TEST

/* ---- files ---- */

static edu_bytes bytes(const char *text)
{
    return (edu_bytes){text, strlen(text)};
}

START_TEST(a_file_is_answered_whatever_the_order_of_its_rows)
{
    static const char *const files[] = {
        "applicant,choice,place,priority\n2,1,a,-3\n2,2,b,18446744073709551615\n10,1,a,-4\n"
        "x,1,b,9223372036854775808\n",
        "place,priority,applicant,choice\r\nb,9223372036854775808,x,1\r\na,-4,10,1\r\n"
        "b,18446744073709551615,2,2\r\na,-3,2,1\r\n"};
    for (size_t i = 0; i < 2; i++) {
        edu_match_outcome *outcome;
        edu_error error = EDU_ERROR_INIT;
        ck_assert_msg(edu_match(bytes(files[i]), bytes("place,capacity\nb,1\na,1\n"), NULL, false,
                                (edu_progress){0}, &outcome, &error) == EDU_OK,
                      "%s", error.message);
        ck_assert_str_eq(outcome->csv, "applicant,place\n10,a\n2,\nx,b\n");
        ck_assert_int_eq(outcome->applicants, 3);
        ck_assert_int_eq(outcome->matched, 2);
        ck_assert_int_eq(outcome->first, 2);
        edu_free(outcome);
    }
}
END_TEST

/* Faults of files: the key, the line and the column that are told. */
static const struct {
    const char *applicants, *places, *key, *field;
    int64_t line;
} faults[] = {
    {"p,1,a,1\nq,1,a,1\n", "a,1\n", "match.equal_priority", "/applicants/priority", 3},
    {"q,1,b,1\np,1,a,01\np,2,b,2\nr,1,a,1\n", "a,1\nb,1\n", "match.equal_priority",
     "/applicants/priority", 5},
    {"p,1,z,1\n", "a,1\n", "match.unknown_place", "/applicants/place", 2},
    {"p,1,a,1\np,2,a,2\n", "a,1\n", "match.double_place", "/applicants/place", 3},
    {"p,2,a,2\nq,1,b,8\np,1,a,1\n", "a,1\nb,1\n", "match.double_place", "/applicants/place", 4},
    {"p,1,a,1\np,1,b,1\n", "a,1\nb,1\n", "match.double_choice", "/applicants/choice", 3},
    {"p,1,a,1\np,3,b,1\n", "a,1\nb,1\n", "match.gap", "/applicants/choice", 3},
    {"p,2,a,1\n", "a,1\n", "match.gap", "/applicants/choice", 2},
    {"p,0,a,1\n", "a,1\n", "match.choice", "/applicants/choice", 2},
    {"p,1,a,1.5\n", "a,1\n", "match.priority", "/applicants/priority", 2},
    {"p,1,a,18446744073709551616\n", "a,1\n", "match.priority", "/applicants/priority", 2},
    {"p,1,a,\n", "a,1\n", "match.priority", "/applicants/priority", 2},
    {",1,a,1\n", "a,1\n", "match.no_id", "/applicants/applicant", 2},
    {"p,1,,1\n", "a,1\n", "match.no_id", "/applicants/place", 2},
    {"p,1,a\n", "a,1\n", "csv.field_count", "/applicants", 2},
    {"p,1,a,1\n", "a,-1\n", "match.capacity", "/places/capacity", 2},
    {"p,1,a,1\n", "a,1\na,1\n", "match.double_id", "/places/place", 3},
    {"p,1,a,1\n", ",1\n", "match.no_id", "/places/place", 2},
};

START_TEST(a_fault_is_told_with_its_file_line_and_column)
{
    char applicants[200], places[100];
    edu_match_outcome *outcome = NULL;
    edu_error error = EDU_ERROR_INIT;
    snprintf(applicants, sizeof applicants, "applicant,choice,place,priority\n%s",
             faults[_i].applicants);
    snprintf(places, sizeof places, "place,capacity\n%s", faults[_i].places);
    ck_assert_int_eq(edu_match(bytes(applicants), bytes(places), NULL, false, (edu_progress){0},
                               &outcome, &error),
                     EDU_E_INVALID);
    ck_assert_str_eq(error.key, faults[_i].key);
    ck_assert_str_eq(error.field, faults[_i].field);
    ck_assert_int_eq(error.line, faults[_i].line);
    ck_assert_ptr_null(outcome);
}
END_TEST

/* ---- draws and checks by the file ---- */

static edu_match_outcome *match_drawn(const char *applicants, const char *places, bool draws_each)
{
    edu_match_outcome *outcome;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_msg(edu_match(bytes(applicants), bytes(places), "5eed", draws_each, (edu_progress){0},
                            &outcome, &error) == EDU_OK,
                  "%s", error.message);
    return outcome;
}

static uint64_t lot_at(const char *applicant, const char *place, bool draws_each)
{
    static const uint8_t seed[] = {0x5e, 0xed};
    uint64_t lot = edu_allocation_lot(seed, sizeof seed, "applicant", applicant);
    if (!draws_each)
        return lot;
    return mixed(lot ^ edu_allocation_lot(seed, sizeof seed, "place", place));
}

START_TEST(a_file_without_priorities_is_a_lottery)
{
    for (int each = 0; each < 2; each++) {
        edu_match_outcome *outcome =
            match_drawn("applicant,choice,place\nx,1,a\ny,1,a\nz,1,b\nz,2,a\nw,1,b\n",
                        "place,capacity\na,1\nb,1\n", each);
        const char *const of_a =
            lot_at("x", "a", each) < lot_at("y", "a", each) ? "x,a\n" : "y,a\n";
        const char *const of_b =
            lot_at("z", "b", each) < lot_at("w", "b", each) ? "z,b\n" : "w,b\n";
        bool z_asks_a = strcmp(of_b, "w,b\n") == 0;
        ck_assert_ptr_nonnull(strstr(outcome->csv, of_b));
        if (!z_asks_a)
            ck_assert_ptr_nonnull(strstr(outcome->csv, of_a));
        edu_free(outcome);
    }
}
END_TEST

#define MANY 40

/* Who drew best is first everywhere, or at each place somebody else. */
START_TEST(one_draw_is_the_same_at_every_place)
{
    char applicants[MANY * 40] = "applicant,choice,place\n";
    for (int i = 0; i < MANY; i++) {
        char row[80];
        snprintf(row, sizeof row, "p%02d,1,a\np%02d,2,b\np%02d,3,c\n", i, i, i);
        strcat(applicants, row);
    }
    for (int each = 0; each < 2; each++) {
        edu_match_outcome *outcome =
            match_drawn(applicants, "place,capacity\na,10\nb,10\nc,10\n", each);
        uint64_t worst = 0, best_left = UINT64_MAX;
        for (int i = 0; i < MANY; i++) {
            char id[8], row[16];
            snprintf(id, sizeof id, "p%02d", i);
            snprintf(row, sizeof row, "p%02d,c\n", i);
            uint64_t lot = lot_at(id, "c", each);
            bool has_c = strstr(outcome->csv, row) != NULL;
            snprintf(row, sizeof row, "p%02d,\n", i);
            bool has_none = strstr(outcome->csv, row) != NULL;
            worst = has_c && lot > worst ? lot : worst;
            best_left = has_none && lot < best_left ? lot : best_left;
        }
        ck_assert(worst < best_left);
        ck_assert_int_eq(outcome->matched, 30);
        ck_assert_int_eq(edu_match_verify(bytes(applicants),
                                          bytes("place,capacity\na,10\nb,10\nc,10\n"), "5eed", each,
                                          bytes(outcome->csv), (edu_progress){0}, NULL),
                         EDU_OK);
        ck_assert_int_eq(edu_match_verify(bytes(applicants),
                                          bytes("place,capacity\na,10\nb,10\nc,10\n"), "5eed",
                                          !each, bytes(outcome->csv), (edu_progress){0}, NULL),
                         EDU_E_INVALID);
        edu_free(outcome);
    }
}
END_TEST

static void refuse_said(const char *said, const char *key, int64_t line)
{
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_eq(
        edu_match_verify(bytes("applicant,choice,place,priority\nx,1,a,2\nx,2,b,1\ny,1,a,1\n"),
                         bytes("place,capacity\na,1\nb,1\n"), NULL, false, bytes(said),
                         (edu_progress){0}, &error),
        EDU_E_INVALID);
    ck_assert_str_eq(error.key, key);
    ck_assert_int_eq(error.line, line);
}

START_TEST(a_file_that_is_no_such_matching_is_refused_with_its_line)
{
    ck_assert_int_eq(
        edu_match_verify(bytes("applicant,choice,place,priority\nx,1,a,2\nx,2,b,1\ny,1,a,1\n"),
                         bytes("place,capacity\na,1\nb,1\n"), NULL, false,
                         bytes("place,applicant\na,y\nb,x\n"), (edu_progress){0}, NULL),
        EDU_OK);
    refuse_said("applicant,place\nx,a\ny,\n", "match.unstable", 3);
    refuse_said("applicant,place\ny,a\nx,\n", "match.unstable", 3);
    refuse_said("applicant,place\nx,a\ny,a\n", "match.over_capacity", 3);
    refuse_said("applicant,place\nx,b\ny,b\n", "match.not_chosen", 3);
    refuse_said("applicant,place\nx,b\n", "match.applicants", 0);
    refuse_said("applicant,place\nx,b\nx,b\n", "match.applicants", 3);
    refuse_said("applicant,place\nx,b\nz,b\n", "match.applicants", 3);
    refuse_said("applicant,place\nx,b\ny,c\n", "match.applicants", 3);
}
END_TEST

/* ---- out of memory ---- */

START_TEST(out_of_memory)
{
    edu_match_outcome *outcome;
    edu_status status = EDU_E_NOMEM;
    edu_allocator_set(&failing);
    for (int64_t count = 0; status != EDU_OK; count++) {
        allocations_left = count;
        status = edu_match(bytes("applicant,choice,place,priority\np,1,a,1\n"),
                           bytes("place,capacity\na,1\n"), "2a", true, (edu_progress){0}, &outcome,
                           NULL);
        ck_assert(status == EDU_OK || status == EDU_E_NOMEM);
        ck_assert_int_lt(count, 200);
    }
    edu_allocator_set(NULL);
    edu_free(outcome);
}
END_TEST

/* ---- progress ---- */

#define CROWD 90000

typedef struct watch {
    int calls, stop_at;
    const char *stage;
    int64_t last;
} watch;

static bool watch_progress(void *context, const char *stage, int64_t done, int64_t total)
{
    watch *over = context;
    ck_assert_int_le(done, total);
    if (over->stage && strcmp(over->stage, stage) == 0)
        ck_assert_int_ge(done, over->last);
    over->stage = stage;
    over->last = done;
    return ++over->calls != over->stop_at;
}

/* All want one place, and some of them have a quota there; then the other. */
static char *make_crowd(void)
{
    char *text = malloc((size_t)CROWD * 50), *end = text;
    ck_assert_ptr_nonnull(text);
    end += sprintf(end, "applicant,choice,place,groups\n");
    for (int i = 0; i < CROWD; i++)
        end += sprintf(end, "%d,1,a,%s\n%d,2,b,\n", i, i % 3 ? "" : "need", i);
    return text;
}

static edu_status run_watched(const char *crowd, const char *matched, watch *over,
                              edu_match_outcome **out)
{
    const edu_allocator counting = {counted, counted_again, count_free};
    const char *places = "place,capacity,quotas\na,5000,need=4000\nb,70000,\n";
    edu_progress progress = {watch_progress, over};
    blocks_held = 0;
    edu_allocator_set(&counting);
    edu_status status =
        matched ? edu_match_verify(bytes(crowd), bytes(places), "5eed", false, bytes(matched),
                                   progress, NULL)
                : edu_match(bytes(crowd), bytes(places), "5eed", false, progress, out, NULL);
    if (status != EDU_OK)
        ck_assert_int_eq(blocks_held, 0);
    return status;
}

/* At each point at which progress is told: no answer, and nothing is left of the work. */
static void cancel_everywhere(const char *crowd, const char *matched, const char *last_stage)
{
    edu_match_outcome *outcome = NULL;
    watch whole = {0};
    ck_assert_int_eq(run_watched(crowd, matched, &whole, &outcome), EDU_OK);
    ck_assert_int_gt(whole.calls, 8);
    ck_assert_str_eq(whole.stage, last_stage);
    edu_free(outcome);
    edu_allocator_set(NULL);
    for (int at = 1; at <= whole.calls; at += TAP_IS_SANITIZED ? 10 : 1) {
        watch over = {.stop_at = at};
        outcome = NULL;
        ck_assert_int_eq(run_watched(crowd, matched, &over, &outcome), EDU_E_CANCELLED);
        ck_assert_int_eq(over.calls, at);
        ck_assert_ptr_null(outcome);
        edu_allocator_set(NULL);
    }
}

START_TEST(progress_is_told_and_may_cancel)
{
    char *crowd = make_crowd(), *matched;
    edu_match_outcome *outcome = NULL;
    watch over = {0};
    ck_assert_int_eq(run_watched(crowd, NULL, &over, &outcome), EDU_OK);
    edu_allocator_set(NULL);
    matched = strdup(outcome->csv);
    edu_allocator_set(&(edu_allocator){counted, counted_again, count_free});
    edu_free(outcome);
    edu_allocator_set(NULL);
    ck_assert_int_eq(blocks_held, 0);
    cancel_everywhere(crowd, NULL, "matching");
    cancel_everywhere(crowd, matched, "checking");
    free(matched);
    free(crowd);
}
END_TEST

START_TEST(nobody_who_applies_is_an_answer_too)
{
    edu_match_outcome *outcome;
    ck_assert_int_eq(edu_match(bytes("applicant,choice,place,priority\n"),
                               bytes("place,capacity\n"), NULL, false, (edu_progress){0}, &outcome,
                               NULL),
                     EDU_OK);
    ck_assert_str_eq(outcome->csv, "applicant,place\n");
    edu_free(outcome);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("match");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, is_the_best_of_all_stable_matchings_for_every_applicant);
    tcase_add_test(tests, counts_who_is_matched_and_to_the_first_choice);
    tcase_add_test(tests, refuses_what_has_no_single_answer);
    tcase_add_test(tests, a_file_is_answered_whatever_the_order_of_its_rows);
    tcase_add_loop_test(tests, a_fault_is_told_with_its_file_line_and_column, 0,
                        sizeof faults / sizeof *faults);
    tcase_add_test(tests, nobody_who_applies_is_an_answer_too);
    tcase_add_test(tests, the_check_accepts_the_best_stable_matching_and_no_other);
    tcase_add_test(tests, lots_decide_between_equal_priorities);
    tcase_add_test(tests, a_file_without_priorities_is_a_lottery);
    tcase_add_test(tests, one_draw_is_the_same_at_every_place);
    tcase_add_test(tests, a_file_that_is_no_such_matching_is_refused_with_its_line);
    tcase_add_test(tests, out_of_memory);
    tcase_add_test(tests, progress_is_told_and_may_cancel);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
