/* Pupils who come to an allocation and leave it, one by one, at any price: a problem out of bytes,
 * then four bytes for each of them. */
#include "sites.h"

typedef struct late {
    edu_allocation_plan *plan;
    int64_t cost_m;
    bool is_free; /* nobody's moving had a price so far */
} late;

static int64_t price(uint8_t byte)
{
    static const int64_t dear[] = {EDU_ALLOCATION_NO_MOVES,
                                   EDU_ALLOCATION_NO_MOVES - 1,
                                   INT64_MAX / 2,
                                   INT64_C(1) << 32,
                                   3037000500,
                                   1,
                                   100,
                                   -1};
    return byte < 128 ? 0 : byte < 248 ? byte % 16 : dear[byte - 248];
}

/* Of a change: the moves are those that it says, and so is the cost. */
static void check_change(late *in, const edu_allocation_change *change)
{
    int64_t moved = 0;
    for (size_t m = 0; m < change->move_count; m++) {
        MUST(change->moves[m].pupils > 0 && change->moves[m].from != change->moves[m].to);
        if (change->moves[m].from != EDU_ALLOCATION_NOWHERE &&
            change->moves[m].to != EDU_ALLOCATION_NOWHERE)
            moved += change->moves[m].pupils;
    }
    MUST(moved == change->moved);
    MUST(change->cost_m == in->cost_m + change->added_m && change->cost_m >= 0);
    in->cost_m = change->cost_m;
}

/* As it is now it is an allocation, and where nothing had a price the best. */
static void check_current(const late *in)
{
    edu_allocation_problem *problem = NULL;
    edu_allocation_result *result = NULL, *anew = NULL;
    edu_error error = EDU_ERROR_INIT;
    MUST(edu_allocation_current(in->plan, &problem, &result, &error) == EDU_OK);
    MUST(result->cost_m == in->cost_m);
    int64_t *taken = calloc(problem->centre_count + 1, sizeof *taken);
    MUST(taken);
    fuzz_flows(problem, result, taken);
    free(taken);
    MUST(edu_allocation_solve(problem, (edu_progress){0}, &anew, &error) == EDU_OK);
    MUST(anew->cost_m <= result->cost_m);
    if (in->is_free) {
        fuzz_same_flows(result, anew);
        if (result->rents)
            fuzz_proof(problem, result);
    }
    edu_free(anew);
    edu_free(result);
    edu_free(problem);
}

static void change(late *in, edu_bytes *rest)
{
    edu_allocation_change *made = NULL;
    edu_error error = EDU_ERROR_INIT;
    char id[4];
    edu_allocation_site site;
    uint8_t kind = fuzz_byte(rest);
    int64_t at = price(fuzz_byte(rest));
    edu_status status;
    if (kind % 4 < 3) {
        fuzz_site(rest, id, kind % 32, &site);
        status = edu_allocation_add(in->plan, &site, at, &made, &error);
    } else {
        size_t place = fuzz_byte(rest), centre = fuzz_byte(rest);
        status = edu_allocation_remove(in->plan, place, centre, at, &made, &error);
    }
    fuzz_refused(status, &error);
    if (status == EDU_OK) {
        in->is_free = in->is_free && at == 0;
        check_change(in, made);
    }
    edu_free(made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    edu_bytes rest = {data, size};
    fuzz_sites sites = {0};
    edu_allocation_result *result = NULL;
    edu_error error = EDU_ERROR_INIT;
    late in = {.is_free = true};
    fuzz_sites_make(&rest, &sites);
    if (edu_allocation_solve(&sites.problem, (edu_progress){0}, &result, &error) != EDU_OK)
        return 0;
    MUST(edu_allocation_open(&sites.problem, result, &in.plan, &error) == EDU_OK);
    in.cost_m = result->cost_m;
    for (int n = 0; rest.size > 0 && n < 32; n++) {
        change(&in, &rest);
        if (n % 16 == 15)
            check_current(&in);
    }
    check_current(&in);
    edu_allocation_close(in.plan);
    edu_free(result);
    return 0;
}
