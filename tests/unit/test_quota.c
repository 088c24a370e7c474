/* Matchings with quotas, against all stable matchings of small problems, and by the file. */
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <edu/allocation.h>
#include "fail_later.h"
#include "../tap.h"

#define APPLICANTS 5
#define PLACES 3
#define QUOTAS 3
#define NONE EDU_MATCH_NONE

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

/* Five times as many in the long form. */
static uint64_t turns(uint64_t count)
{
    const char *nightly = getenv("EDU_NIGHTLY");
    return nightly && strcmp(nightly, "1") == 0 ? count * 5 : TAP_MANY(count);
}

/* ---- problems ---- */

static size_t applicants, places, starts[APPLICANTS + 1], quota_starts[PLACES + 1];
static edu_match_choice choices[APPLICANTS * PLACES];
static uint32_t claims[APPLICANTS * PLACES];
static int64_t capacities[PLACES], quotas[PLACES * QUOTAS];
static bool keeps[PLACES];

static void make_place(size_t k)
{
    int64_t left = capacities[k] = draw(8) ? 1 + draw(2) : draw(4);
    size_t count = draw(QUOTAS + 1);
    keeps[k] = draw(2);
    for (size_t q = 0; q < count; q++)
        left -= quotas[quota_starts[k] + q] = draw((uint32_t)left + 1);
    quota_starts[k + 1] = quota_starts[k] + count;
}

/* No two have the same priority at a place. */
static void make_choice(size_t i, size_t k, edu_match_choice *choice)
{
    size_t count = quota_starts[k + 1] - quota_starts[k];
    *choice = (edu_match_choice){k, (int64_t)(draw(100) * APPLICANTS + i) - 200};
    claims[choice - choices] = draw(1u << count) & (draw(3) ? UINT32_MAX : 0);
}

static void make_random(uint64_t seed)
{
    state = seed * 977 + 5;
    applicants = draw(4) ? APPLICANTS : 1 + draw(APPLICANTS);
    places = draw(4) ? PLACES : 1 + draw(PLACES);
    for (size_t k = 0; k < places; k++)
        make_place(k);
    for (size_t i = 0; i < applicants; i++) {
        size_t first = draw((uint32_t)places), many = draw(4) ? places : draw((uint32_t)places + 1);
        size_t step = 1 + draw(2) * (places == 3);
        for (size_t c = 0; c < many; c++)
            make_choice(i, (first + c * step) % places, &choices[starts[i] + c]);
        starts[i + 1] = starts[i] + many;
    }
}

static edu_match_problem problem(void)
{
    return (edu_match_problem){.applicant_count = applicants,
                               .place_count = places,
                               .starts = starts,
                               .choices = choices,
                               .capacities = capacities,
                               .quota_starts = quota_starts,
                               .quotas = quotas,
                               .claims = claims,
                               .keeps = keeps};
}

/* ---- what places choose, by trying every seat; sets of applicants are bits ---- */

static const edu_match_choice *choice_of(size_t i, size_t k)
{
    for (size_t c = starts[i]; c < starts[i + 1]; c++)
        if (choices[c].place == k)
            return &choices[c];
    return NULL;
}

static bool can_sit(size_t k, uint32_t set, int64_t *left)
{
    size_t i = 0;
    if (set == 0)
        return true;
    while (!(set >> i & 1))
        i++;
    for (size_t q = 0; q < quota_starts[k + 1] - quota_starts[k]; q++) {
        if (!(claims[choice_of(i, k) - choices] >> q & 1) || left[q] == 0)
            continue;
        left[q]--;
        bool can = can_sit(k, set & ~(1u << i), left);
        left[q]++;
        if (can)
            return true;
    }
    return false;
}

/* The one of the set that comes first at the place. */
static size_t first_of(size_t k, uint32_t set)
{
    size_t first = NONE;
    for (size_t i = 0; i < applicants; i++)
        if (set >> i & 1 &&
            (first == NONE || choice_of(i, k)->priority < choice_of(first, k)->priority))
            first = i;
    return first;
}

/* *reserved: those on seats of quotas. */
static uint32_t choose(size_t k, uint32_t set, uint32_t *reserved)
{
    int64_t seats = capacities[k];
    *reserved = 0;
    for (uint32_t rest = set, first; rest; rest &= ~first) {
        first = 1u << first_of(k, rest);
        if (can_sit(k, *reserved | first, quotas + quota_starts[k]))
            *reserved |= first;
    }
    for (size_t q = quota_starts[k]; q < quota_starts[k + 1]; q++)
        seats -= keeps[k] ? quotas[q] : 0;
    seats -= keeps[k] ? 0 : __builtin_popcount(*reserved);
    uint32_t taken = *reserved;
    for (; seats > 0 && set & ~taken; seats--)
        taken |= 1u << first_of(k, set & ~taken);
    return taken;
}

static uint32_t chosen[PLACES][1 << APPLICANTS], on_quotas[PLACES][1 << APPLICANTS];

static void choose_all(void)
{
    for (size_t k = 0; k < places; k++)
        for (uint32_t set = 0; set < 1u << applicants; set++) {
            uint32_t asking = set;
            for (size_t i = 0; i < applicants; i++)
                asking &= choice_of(i, k) ? UINT32_MAX : ~(1u << i);
            chosen[k][set] = choose(k, asking, &on_quotas[k][set]);
        }
}

/* ---- all matchings: by applicant, the number of the choice; the count of choices if none ---- */

static size_t wanted(size_t i)
{
    return starts[i + 1] - starts[i];
}

static bool next_matching(size_t *numbers)
{
    for (size_t i = 0; i < applicants; i++) {
        if (numbers[i]++ < wanted(i))
            return true;
        numbers[i] = 0;
    }
    return false;
}

static void take_sets(const size_t *numbers, uint32_t sets[PLACES], size_t had[APPLICANTS])
{
    memset(sets, 0, PLACES * sizeof *sets);
    for (size_t i = 0; i < applicants; i++) {
        had[i] = numbers[i] < wanted(i) ? choices[starts[i] + numbers[i]].place : NONE;
        if (had[i] != NONE)
            sets[had[i]] |= 1u << i;
    }
}

/* The key of what is wrong with it; NULL: it is stable. */
static const char *fault_of(const size_t *numbers)
{
    uint32_t sets[PLACES];
    size_t had[APPLICANTS];
    take_sets(numbers, sets, had);
    for (size_t k = 0; k < places; k++)
        if (__builtin_popcount(sets[k]) > capacities[k])
            return "match.over_capacity";
    for (size_t k = 0; k < places; k++)
        if (chosen[k][sets[k]] != sets[k])
            return "match.over_quota";
    for (size_t i = 0; i < applicants; i++)
        for (size_t c = 0; c < numbers[i]; c++) {
            size_t k = choices[starts[i] + c].place;
            if (chosen[k][sets[k] | 1u << i] >> i & 1)
                return "match.unstable";
        }
    return NULL;
}

static void numbers_of(const edu_match_result *result, size_t *numbers)
{
    for (size_t i = 0; i < applicants; i++)
        for (numbers[i] = 0; numbers[i] < wanted(i); numbers[i]++)
            if (choices[starts[i] + numbers[i]].place == result->places[i])
                break;
}

static edu_match_result *solve(void)
{
    edu_match_problem given = problem();
    edu_match_result *result = NULL;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_msg(edu_match_solve(&given, (edu_progress){0}, &result, &error) == EDU_OK, "%s",
                  error.message);
    ck_assert_msg(edu_match_check(&given, result->places, (edu_progress){0}, &error) == EDU_OK,
                  "%s", error.message);
    return result;
}

static void count_reserved(const edu_match_result *result, const size_t *numbers)
{
    uint32_t sets[PLACES];
    size_t had[APPLICANTS];
    int64_t reserved = 0, matched = 0;
    take_sets(numbers, sets, had);
    for (size_t k = 0; k < places; k++) {
        reserved += __builtin_popcount(on_quotas[k][sets[k]]);
        matched += __builtin_popcount(sets[k]);
    }
    ck_assert_int_eq(result->reserved, reserved);
    ck_assert_int_eq(result->matched, matched);
}

START_TEST(is_the_best_of_all_stable_matchings_for_every_applicant)
{
    int several = 0, reserved = 0;
    for (uint64_t seed = 0; seed < turns(20000); seed++) {
        make_random(seed);
        choose_all();
        edu_match_result *result = solve();
        size_t mine[APPLICANTS], all[APPLICANTS] = {0};
        int stable = 0;
        numbers_of(result, mine);
        ck_assert_ptr_null(fault_of(mine));
        count_reserved(result, mine);
        do {
            if (fault_of(all))
                continue;
            stable++;
            for (size_t i = 0; i < applicants; i++)
                ck_assert_uint_le(mine[i], all[i]);
        } while (next_matching(all));
        several += stable > 1;
        reserved += result->reserved > 0;
        edu_free(result);
    }
    ck_assert_int_gt(several, TAP_MANY(500)); /* so that there was something to choose */
    ck_assert_int_gt(reserved, TAP_MANY(5000));
}
END_TEST

START_TEST(the_check_accepts_the_best_stable_matching_and_no_other)
{
    int over_quota = 0, not_best = 0;
    for (uint64_t seed = 0; seed < turns(2000); seed++) {
        make_random(seed);
        choose_all();
        edu_match_problem given = problem();
        edu_match_result *result = solve();
        size_t all[APPLICANTS] = {0}, had[APPLICANTS];
        uint32_t sets[PLACES];
        do {
            edu_error error = EDU_ERROR_INIT;
            take_sets(all, sets, had);
            bool is_it = memcmp(had, result->places, applicants * sizeof *had) == 0;
            const char *why = fault_of(all);
            ck_assert_int_eq(edu_match_check(&given, had, (edu_progress){0}, &error),
                             is_it ? EDU_OK : EDU_E_INVALID);
            if (!is_it)
                ck_assert_str_eq(error.key, why ? why : "match.not_best");
            over_quota += why && strcmp(why, "match.over_quota") == 0;
            not_best += !is_it && !why;
        } while (next_matching(all));
        edu_free(result);
    }
    ck_assert_int_gt(over_quota, TAP_MANY(500));
    ck_assert_int_gt(not_best, TAP_MANY(50));
}
END_TEST

START_TEST(quotas_of_no_seats_and_of_nobody_change_nothing)
{
    for (uint64_t seed = 0; seed < 2000; seed++) {
        make_random(seed);
        memset(keeps, 0, sizeof keeps);
        bool is_of_nobody = seed % 2;
        if (is_of_nobody)
            memset(claims, 0, sizeof claims);
        else
            memset(quotas, 0, sizeof quotas);
        edu_match_result *with = solve(), *without;
        edu_match_problem plain = problem();
        plain.quota_starts = NULL;
        plain.claims = NULL;
        ck_assert_int_eq(edu_match_solve(&plain, (edu_progress){0}, &without, NULL), EDU_OK);
        ck_assert_mem_eq(with->places, without->places, applicants * sizeof *with->places);
        ck_assert_int_eq(with->reserved + without->reserved, 0);
        edu_free(with);
        edu_free(without);
    }
}
END_TEST

/* ---- many, at few places with as many quotas as there may be ---- */

#define MANY 600
#define FEW 6
#define ALL EDU_MATCH_QUOTAS_MAX

static void make_many(edu_match_problem *of, uint64_t seed)
{
    static size_t many_starts[MANY + 1], many_quota_starts[FEW + 1];
    static edu_match_choice many[MANY * FEW];
    static uint32_t many_claims[MANY * FEW];
    static int64_t seats[FEW], many_quotas[FEW * ALL];
    state = seed;
    for (size_t k = 0; k < FEW; k++) {
        int64_t left = seats[k] = 40 + draw(40);
        many_quota_starts[k + 1] = (k + 1) * ALL;
        for (size_t q = 0; q < ALL; q++)
            left -= many_quotas[k * ALL + q] = draw(left < 10 ? (uint32_t)left + 1 : 10);
        keeps[k % PLACES] = draw(2);
    }
    for (size_t i = 0; i < MANY; i++) {
        size_t first = draw(FEW);
        many_starts[i + 1] = (i + 1) * FEW;
        for (size_t c = 0; c < FEW; c++) {
            many[i * FEW + c] = (edu_match_choice){(first + c) % FEW, draw(50) * MANY + i};
            many_claims[i * FEW + c] = draw(1u << ALL) & draw(1u << ALL) & draw(1u << ALL);
        }
    }
    static bool many_keeps[FEW];
    for (size_t k = 0; k < FEW; k++)
        many_keeps[k] = keeps[k % PLACES];
    *of = (edu_match_problem){.applicant_count = MANY,
                              .place_count = FEW,
                              .starts = many_starts,
                              .choices = many,
                              .capacities = seats,
                              .quota_starts = many_quota_starts,
                              .quotas = many_quotas,
                              .claims = many_claims,
                              .keeps = many_keeps};
}

START_TEST(many_with_many_quotas_pass_the_check)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        edu_match_problem given;
        edu_match_result *result = NULL;
        edu_error error = EDU_ERROR_INIT;
        make_many(&given, seed);
        ck_assert_int_eq(edu_match_solve(&given, (edu_progress){0}, &result, &error), EDU_OK);
        ck_assert_msg(edu_match_check(&given, result->places, (edu_progress){0}, &error) == EDU_OK,
                      "%s", error.message);
        ck_assert_int_gt(result->reserved, 50);
        edu_free(result);
    }
}
END_TEST

/* ---- what is refused ---- */

static void refuse(edu_match_problem given, const char *key, const char *field)
{
    edu_match_result *result = NULL;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_eq(edu_match_solve(&given, (edu_progress){0}, &result, &error), EDU_E_INVALID);
    ck_assert_str_eq(error.key, key);
    ck_assert_str_eq(error.field, field);
    ck_assert_ptr_null(result);
}

START_TEST(refuses_quotas_that_cannot_be)
{
    const size_t all_starts[] = {0, 1, 2}, of_place[] = {0, 2};
    const edu_match_choice all[] = {{0, 1}, {0, 2}};
    const int64_t seats[] = {3};
    int64_t wanted_seats[] = {1, 2};
    uint32_t claimed[] = {1, 2};
    edu_match_problem given = {2, 1, all_starts, all, seats};
    given.claims = claimed;
    refuse(given, "match.claim", "/claims/0");
    given.quota_starts = of_place;
    refuse(given, "core.bad_argument", "/quotas");
    given.quotas = wanted_seats;
    claimed[1] = 4;
    refuse(given, "match.claim", "/claims/1");
    claimed[1] = 2;
    wanted_seats[1] = 3;
    refuse(given, "match.quota", "/quotas/1");
    wanted_seats[1] = INT64_MAX;
    refuse(given, "match.quota", "/quotas/1");
    wanted_seats[0] = -1;
    refuse(given, "match.quota", "/quotas/0");
    given.quota_starts = (const size_t[]){0, ALL + 1};
    refuse(given, "match.quota_starts", "/quota_starts/1");
    given.quota_starts = (const size_t[]){1, 2};
    refuse(given, "match.quota_starts", "/quota_starts/0");
}
END_TEST

/* ---- files ---- */

static edu_bytes bytes(const char *text)
{
    return (edu_bytes){text, strlen(text)};
}

#define CHOICES "applicant,choice,place,priority,groups\n"
/* Three seats for five; d and e come last, and e counts for both groups. */
#define FIVE CHOICES "a,1,s,1,\nb,1,s,2,\nc,1,s,3,\nd,1,s,4,need\ne,1,s,5, far  need\n"

static const struct {
    const char *places, *csv;
    int64_t matched, reserved;
} answers[] = {
    {"place,capacity\ns,3\n", NULL, 0, 0},
    {"place,capacity,quotas\ns,3,need=1 far=0\n", "applicant,place\na,s\nb,s\nc,\nd,s\ne,\n", 3, 1},
    {"place,capacity,quotas\ns,3,need=1 far=1\n", "applicant,place\na,s\nb,\nc,\nd,s\ne,s\n", 3, 2},
    {"place,capacity,quotas\ns,3,far=1 need=1\n", "applicant,place\na,s\nb,\nc,\nd,s\ne,s\n", 3, 2},
    {"place,capacity,quotas,unfilled\ns,3,need=0 far=2,open\n",
     "applicant,place\na,s\nb,s\nc,\nd,\ne,s\n", 3, 1},
    {"place,unfilled,quotas,capacity\ns,kept,need=0 far=2,3\n",
     "applicant,place\na,s\nb,\nc,\nd,\ne,s\n", 2, 1},
};

START_TEST(files_name_groups_and_quotas)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        edu_match_outcome *outcome = NULL;
        edu_error error = EDU_ERROR_INIT;
        edu_status status = edu_match(bytes(FIVE), bytes(answers[i].places), NULL, false,
                                      (edu_progress){0}, &outcome, &error);
        if (!answers[i].csv) {
            ck_assert_str_eq(error.key, "match.unknown_group");
            continue;
        }
        ck_assert_msg(status == EDU_OK, "%s", error.message);
        ck_assert_str_eq(outcome->csv, answers[i].csv);
        ck_assert_int_eq(outcome->matched, answers[i].matched);
        ck_assert_int_eq(outcome->reserved, answers[i].reserved);
        ck_assert_int_eq(edu_match_verify(bytes(FIVE), bytes(answers[i].places), NULL, false,
                                          bytes(outcome->csv), (edu_progress){0}, NULL),
                         EDU_OK);
        edu_free(outcome);
    }
}
END_TEST

START_TEST(who_sits_on_a_kept_seat_is_told_with_the_line)
{
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_eq(edu_match_verify(bytes(FIVE),
                                      bytes("place,capacity,quotas,unfilled\n"
                                            "s,3,need=0 far=2,kept\n"),
                                      NULL, false,
                                      bytes("applicant,place\na,s\nb,s\nc,\nd,\ne,s\n"),
                                      (edu_progress){0}, &error),
                     EDU_E_INVALID);
    ck_assert_str_eq(error.key, "match.over_quota");
    ck_assert_int_eq(error.line, 3);
}
END_TEST

static const struct {
    const char *applicants, *places, *key, *field;
    int64_t line;
} faults[] = {
    {"p,1,a,1,\n", "a,1,need,\n", "match.quota", "/places/quotas", 2},
    {"p,1,a,1,\n", "a,1,=1,\n", "match.quota", "/places/quotas", 2},
    {"p,1,a,1,\n", "a,1,need=,\n", "match.quota", "/places/quotas", 2},
    {"p,1,a,1,\n", "a,1,need=-1,\n", "match.quota", "/places/quotas", 2},
    {"p,1,a,1,\n", "b,1,,\na,1,x=1 y=1,\n", "match.quota", "/places/quotas", 3},
    {"p,1,a,1,\n", "a,3,x=1 x=1,\n", "match.quota", "/places/quotas", 2},
    {"p,1,a,1,\n", "a,3,a=0 b=0 c=0 d=0 e=0 f=0 g=0 h=0 i=0 j=0 k=0,\n", "match.quota",
     "/places/quotas", 2},
    {"p,1,a,1,\n", "a,3,x=1,keep\n", "match.unfilled", "/places/unfilled", 2},
    {"p,1,a,1,x\nq,1,a,2,z\n", "a,3,x=1,kept\n", "match.unknown_group", "/applicants/groups", 3},
};

START_TEST(a_fault_is_told_with_its_file_line_and_column)
{
    char of_applicants[200], of_places[200];
    edu_match_outcome *outcome = NULL;
    edu_error error = EDU_ERROR_INIT;
    snprintf(of_applicants, sizeof of_applicants, CHOICES "%s", faults[_i].applicants);
    snprintf(of_places, sizeof of_places, "place,capacity,quotas,unfilled\n%s", faults[_i].places);
    ck_assert_int_eq(edu_match(bytes(of_applicants), bytes(of_places), NULL, false,
                               (edu_progress){0}, &outcome, &error),
                     EDU_E_INVALID);
    ck_assert_str_eq(error.key, faults[_i].key);
    ck_assert_str_eq(error.field, faults[_i].field);
    ck_assert_int_eq(error.line, faults[_i].line);
    ck_assert_ptr_null(outcome);
}
END_TEST

START_TEST(out_of_memory)
{
    edu_match_outcome *outcome;
    edu_status status = EDU_E_NOMEM;
    edu_allocator_set(&failing);
    for (int64_t count = 0; status != EDU_OK; count++) {
        allocations_left = count;
        status = edu_match(bytes(FIVE), bytes(answers[2].places), NULL, false, (edu_progress){0},
                           &outcome, NULL);
        ck_assert(status == EDU_OK || status == EDU_E_NOMEM);
        ck_assert_int_lt(count, 200);
    }
    status = EDU_E_NOMEM;
    for (int64_t count = 0; status != EDU_OK; count++) {
        allocations_left = count;
        status = edu_match_verify(bytes(FIVE), bytes(answers[2].places), NULL, false,
                                  bytes(answers[2].csv), (edu_progress){0}, NULL);
        ck_assert(status == EDU_OK || status == EDU_E_NOMEM);
        ck_assert_int_lt(count, 200);
    }
    edu_allocator_set(NULL);
    edu_free(outcome);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quota");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, is_the_best_of_all_stable_matchings_for_every_applicant);
    tcase_add_test(tests, the_check_accepts_the_best_stable_matching_and_no_other);
    tcase_add_test(tests, quotas_of_no_seats_and_of_nobody_change_nothing);
    tcase_add_test(tests, many_with_many_quotas_pass_the_check);
    tcase_add_test(tests, refuses_quotas_that_cannot_be);
    tcase_add_test(tests, files_name_groups_and_quotas);
    tcase_add_test(tests, who_sits_on_a_kept_seat_is_told_with_the_line);
    tcase_add_loop_test(tests, a_fault_is_told_with_its_file_line_and_column, 0,
                        sizeof faults / sizeof *faults);
    tcase_add_test(tests, out_of_memory);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
