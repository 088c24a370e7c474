/* Problems of allocation: out of bytes, or, where the first is odd, as the text of two files, a
 * null character between them. */
#include "sites.h"

/* The same sites the other way round. */
static void solve_backwards(const edu_allocation_problem *of, const edu_allocation_result *result)
{
    edu_allocation_site places[SITES_MOST], centres[SITES_MOST];
    edu_allocation_problem turned = *of;
    edu_allocation_result *again = NULL;
    if (of->place_count > SITES_MOST || of->centre_count > SITES_MOST)
        return;
    for (size_t i = 0; i < of->place_count; i++)
        places[of->place_count - 1 - i] = of->places[i];
    for (size_t k = 0; k < of->centre_count; k++)
        centres[of->centre_count - 1 - k] = of->centres[k];
    turned.places = places;
    turned.centres = centres;
    MUST(edu_allocation_solve(&turned, (edu_progress){0}, &again, NULL) == EDU_OK);
    MUST(again->flow_count == result->flow_count && again->cost_m == result->cost_m);
    for (size_t f = 0; f < result->flow_count; f++)
        MUST(strcmp(places[again->flows[f].place].id, of->places[result->flows[f].place].id) == 0 &&
             strcmp(centres[again->flows[f].centre].id, of->centres[result->flows[f].centre].id) ==
                 0 &&
             again->flows[f].pupils == result->flows[f].pupils);
    for (size_t k = 0; k < of->centre_count; k++)
        MUST(again->rents[of->centre_count - 1 - k] == result->rents[k]);
    edu_free(again);
}

/* Of the reason nothing can be left out. */
static void check_shortages(const edu_allocation_problem *of, const edu_allocation_shortages *all)
{
    for (size_t i = 0; i < all->count; i++) {
        const edu_allocation_shortage *one = &all->items[i];
        int64_t left = 0, pupils = 0;
        for (size_t p = 0; p < one->place_count; p++)
            left += one->left_over[p];
        for (size_t p = 0; p < one->conflict_count; p++)
            pupils += of->places[one->conflict[p]].count;
        MUST(one->pupils > one->seats && left == one->pupils - one->seats && pupils > one->seats);
        for (size_t p = 0; p < one->conflict_count; p++)
            MUST(pupils - of->places[one->conflict[p]].count <= one->seats);
    }
}

static void write_texts(const edu_allocation_problem *of, const edu_allocation_result *result)
{
    char *flows = NULL, *transcript = NULL;
    edu_bytes none = {NULL, 0};
    MUST(edu_allocation_flows_csv(of, result, &flows, NULL) == EDU_OK);
    MUST(edu_allocation_transcript(of, result, none, none, &transcript, NULL) == EDU_OK);
    edu_free(flows);
    edu_free(transcript);
}

static void solve(const edu_allocation_problem *of)
{
    edu_allocation_result *result = NULL;
    edu_allocation_shortages *shortages = NULL;
    edu_error error = EDU_ERROR_INIT, other = EDU_ERROR_INIT;
    edu_status status = edu_allocation_solve(of, (edu_progress){0}, &result, &error);
    edu_status explained = edu_allocation_explain(of, &shortages, &other);
    fuzz_refused(status, &error);
    fuzz_refused(explained, &other);
    MUST(explained == (status == EDU_E_INFEASIBLE ? EDU_OK : status));
    if (explained == EDU_OK) {
        MUST((shortages->count == 0) == (status == EDU_OK));
        check_shortages(of, shortages);
    }
    if (status == EDU_OK) {
        fuzz_proof(of, result);
        solve_backwards(of, result);
        write_texts(of, result);
    }
    edu_free(result);
    edu_free(shortages);
}

static void solve_text(edu_bytes rest)
{
    edu_allocation_problem *problem = NULL;
    edu_error error = EDU_ERROR_INIT;
    char *places = fuzz_text(&rest);
    edu_status status = edu_allocation_read(fuzz_bytes_of(places), rest, &problem, &error);
    fuzz_refused(status, &error);
    if (status == EDU_OK) {
        problem->seed = (const uint8_t *)"seed";
        problem->seed_size = 4;
        solve(problem);
    }
    edu_free(problem);
    free(places);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    edu_bytes rest = {data, size};
    fuzz_sites sites = {0};
    if (fuzz_byte(&rest) % 2) {
        solve_text(rest);
        return 0;
    }
    fuzz_sites_make(&rest, &sites);
    solve(&sites.problem);
    return 0;
}
