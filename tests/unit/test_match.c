/* Deferred acceptance, against all stable matchings of small problems, and by the file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <edu/allocation.h>
#include "fail_later.h"

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
    return (edu_match_problem){applicant_count, place_count, starts, choices, capacities};
}

static edu_match_result *solve(void)
{
    edu_match_problem given = problem();
    edu_match_result *result = NULL;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_msg(edu_match_solve(&given, &result, &error) == EDU_OK, "%s", error.message);
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
    for (state = 0; state < 4000; state++) {
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
    ck_assert_int_gt(stable, 4000); /* some had several, so that there was something to choose */
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
    ck_assert_int_eq(edu_match_solve(&given, &result, &error), EDU_E_INVALID);
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
        ck_assert_msg(edu_match(bytes(files[i]), bytes("place,capacity\nb,1\na,1\n"), &outcome,
                                &error) == EDU_OK,
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
    ck_assert_int_eq(edu_match(bytes(applicants), bytes(places), &outcome, &error), EDU_E_INVALID);
    ck_assert_str_eq(error.key, faults[_i].key);
    ck_assert_str_eq(error.field, faults[_i].field);
    ck_assert_int_eq(error.line, faults[_i].line);
    ck_assert_ptr_null(outcome);
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
                           bytes("place,capacity\na,1\n"), &outcome, NULL);
        ck_assert(status == EDU_OK || status == EDU_E_NOMEM);
        ck_assert_int_lt(count, 200);
    }
    edu_allocator_set(NULL);
    edu_free(outcome);
}
END_TEST

START_TEST(nobody_who_applies_is_an_answer_too)
{
    edu_match_outcome *outcome;
    ck_assert_int_eq(edu_match(bytes("applicant,choice,place,priority\n"),
                               bytes("place,capacity\n"), &outcome, NULL),
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
    tcase_add_test(tests, out_of_memory);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
