/* Matchings with quotas: out of bytes, or, where the first is odd, as the text of three files, null
 * characters between them. */
#include "numbers.h"

#define APPLICANTS 40
#define PLACES 12
#define CHOICES 200

typedef struct wishes {
    size_t starts[APPLICANTS + 1], quota_starts[PLACES + 1];
    edu_match_choice choices[CHOICES];
    uint32_t claims[CHOICES];
    int64_t capacities[PLACES], quotas[PLACES * EDU_MATCH_QUOTAS_MAX];
    uint64_t lots[APPLICANTS], place_lots[PLACES];
    bool keeps[PLACES];
} wishes;

static void make_places(edu_bytes *rest, wishes *out, edu_match_problem *problem)
{
    for (size_t k = 0; k < problem->place_count; k++) {
        uint8_t kind = fuzz_byte(rest);
        size_t count = kind % 16 > EDU_MATCH_QUOTAS_MAX ? 0 : kind % 16;
        out->keeps[k] = kind & 16;
        out->place_lots[k] = kind;
        out->capacities[k] = fuzz_count(fuzz_byte(rest));
        out->quota_starts[k + 1] = out->quota_starts[k] + count;
        for (size_t q = 0; q < count; q++)
            out->quotas[out->quota_starts[k] + q] =
                fuzz_count(fuzz_byte(rest)) & (kind & 32 ? 1 : -1);
    }
}

/* A choice is three bytes; a place that is not there, or is chosen twice, is one too. */
static void make_choices(edu_bytes *rest, wishes *out, edu_match_problem *problem)
{
    size_t made = 0;
    for (size_t i = 0; i < problem->applicant_count; i++) {
        size_t count = fuzz_byte(rest) % 8;
        out->lots[i] = i * 7 % 5;
        for (; count > 0 && made < CHOICES; count--, made++) {
            uint8_t priority = fuzz_byte(rest);
            out->choices[made] = (edu_match_choice){
                fuzz_byte(rest) % (problem->place_count + 1),
                priority < 250 ? (int64_t)(priority % 50) * APPLICANTS + (int64_t)i
                               : (priority % 2 ? INT64_MAX : INT64_MIN)};
            out->claims[made] = fuzz_byte(rest);
        }
        out->starts[i + 1] = made;
    }
}

static void cut_claims(wishes *of, const edu_match_problem *problem)
{
    for (size_t c = 0; c < of->starts[problem->applicant_count]; c++) {
        size_t k = of->choices[c].place;
        if (k < problem->place_count)
            of->claims[c] &= (1u << (of->quota_starts[k + 1] - of->quota_starts[k])) - 1;
    }
}

static void solve(const edu_match_problem *problem, edu_bytes rest)
{
    edu_match_result *result = NULL;
    edu_error error = EDU_ERROR_INIT;
    size_t places[APPLICANTS];
    edu_status status = edu_match_solve(problem, (edu_progress){0}, &result, &error);
    fuzz_refused(status, &error);
    if (status == EDU_OK) {
        int64_t matched = 0;
        for (size_t i = 0; i < problem->applicant_count; i++)
            matched += result->places[i] != EDU_MATCH_NONE;
        MUST(matched == result->matched && result->first <= matched && result->reserved <= matched);
        MUST(edu_match_check(problem, result->places, (edu_progress){0}, &error) == EDU_OK);
    }
    for (size_t i = 0; i < problem->applicant_count; i++)
        places[i] = fuzz_byte(&rest) % (problem->place_count + 2) - 1;
    edu_status other = edu_match_check(problem, places, (edu_progress){0}, &error);
    fuzz_refused(other, &error);
    MUST(status != EDU_OK || other != EDU_OK ||
         memcmp(places, result->places, problem->applicant_count * sizeof *places) == 0);
    edu_free(result);
}

static void solve_bytes(uint8_t kind, edu_bytes rest)
{
    wishes of = {0};
    edu_match_problem problem = {.applicant_count = fuzz_byte(&rest) % APPLICANTS,
                                 .place_count = fuzz_byte(&rest) % PLACES,
                                 .starts = of.starts,
                                 .choices = of.choices,
                                 .capacities = of.capacities,
                                 .lots = kind & 2 ? of.lots : NULL,
                                 .place_lots = kind & 4 ? of.place_lots : NULL,
                                 .quota_starts = kind & 8 ? NULL : of.quota_starts,
                                 .quotas = of.quotas,
                                 .claims = kind & 16 ? NULL : of.claims,
                                 .keeps = kind & 32 ? NULL : of.keeps};
    make_places(&rest, &of, &problem);
    make_choices(&rest, &of, &problem);
    if (kind & 64)
        cut_claims(&of, &problem);
    solve(&problem, rest);
}

static void solve_text(uint8_t kind, edu_bytes rest)
{
    edu_match_outcome *outcome = NULL;
    edu_error error = EDU_ERROR_INIT;
    char *applicants = fuzz_text(&rest), *places = fuzz_text(&rest);
    const char *seed = kind & 2 ? "5eed" : NULL;
    edu_bytes of_applicants = fuzz_bytes_of(applicants), of_places = fuzz_bytes_of(places);
    edu_status status =
        edu_match(of_applicants, of_places, seed, kind & 4, (edu_progress){0}, &outcome, &error);
    fuzz_refused(status, &error);
    if (status == EDU_OK)
        MUST(edu_match_verify(of_applicants, of_places, seed, kind & 4, fuzz_bytes_of(outcome->csv),
                              (edu_progress){0}, &error) == EDU_OK);
    status =
        edu_match_verify(of_applicants, of_places, seed, kind & 4, rest, (edu_progress){0}, &error);
    fuzz_refused(status, &error);
    edu_free(outcome);
    free(applicants);
    free(places);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    edu_bytes rest = {data, size};
    uint8_t kind = fuzz_byte(&rest);
    if (kind % 2)
        solve_text(kind, rest);
    else
        solve_bytes(kind, rest);
    return 0;
}
