/* Months of the portal's life, of which all follows from one seed: the clock, randomness, who does
 * what next, and where storage fails. A model of the rules says of each act what must come of it;
 * now and then all that the portal lists is compared with it, and the store checks itself. Where
 * storage failed within an act, the same act under the same key must come to what the model says.
 *
 *   simulate [--seed N] [--operations N]    exactly what was before under this seed
 *
 *   EDU_NIGHTLY=1  a million acts, in lives of 20,000; otherwise one life
 *   EDU_SEED, EDU_OPERATIONS  as the options */
#include "simulate/acts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include "faults/disk.h"
#include "fixture.h"
#include "../tap.h"

#define LIFE 20000       /* acts */
#define AGAIN 1500       /* of the first life are lived twice: they must be the same */
#define SCENE 150        /* acts of a day, about */
#define CHECK_EVERY 4000 /* acts: the store's own check */
#define DEEPEST_FAULT 40 /* operations of the disk within an act */
#define BEGINS INT64_C(1796106600000000) /* 2026-12-01T06:30:00Z: a Tuesday, half past ten */

struct tried {
    int64_t acts, done, refused, faults, repeats, comparisons, restarts, days, kinds[ACT_KINDS];
};
static struct tried *tried; /* by the tests' own processes */

static uint64_t seed;
static int64_t wanted;
/* In acts. On a server each fault costs a connection, which prepares all statements anew. */
static uint32_t compare_every = 60, fault_in = 40;

static struct {
    uint64_t draws, trace;
    int64_t number;
    rush rush;
    model *m;
} now;

/* ---- telling ---- */

static const char *text_of(const act *what, char out[300])
{
    (void)snprintf(out, 300,
                   "act %" PRId64 " (%s) at %" PRId64
                   " by %d/%d about adult %d, pupil %d, %d, %" PRId64 ", step %d to %d, %d",
                   what->number, acts_name(what->kind), what->now, (int)what->by.who,
                   what->by.number, what->adult, what->pupil, what->which, what->amount,
                   (int)what->step, (int)what->to, what->flag);
    return out;
}

#define FAIL(what, ...)                                                                            \
    do {                                                                                           \
        char act_text[300], why[1200];                                                             \
        (void)snprintf(why, sizeof why, __VA_ARGS__);                                              \
        ck_abort_msg("--seed %" PRIu64 ": %s: %s", seed, text_of(what, act_text), why);            \
    } while (0)

static void note_trace(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        now.trace = (now.trace ^ bytes[i]) * UINT64_C(0x100000001b3);
}

/* ---- one act ---- */

static const char *text_of_verdict(const verdict *v, char out[200])
{
    static const char *const words[] = {"done", "not found", "denied", "refused:"};
    size_t at = (size_t)snprintf(out, 200, "%s", words[v->outcome]);
    for (int i = 0; i < v->count && v->outcome == REFUSED; i++)
        at += (size_t)snprintf(out + at, 200 - at, " %s", v->keys[i]);
    return out;
}

static bool is_as_predicted(const verdict *v, edu_status status, const edu_error *error)
{
    if (v->outcome == DONE)
        return status == EDU_OK;
    if (v->outcome == NOT_FOUND)
        return status == EDU_E_NOT_FOUND;
    if (v->outcome == DENIED)
        return status == EDU_E_DENIED;
    for (int i = 0; i < v->count; i++)
        if (status != EDU_OK && strcmp(error->key, v->keys[i]) == 0)
            return true;
    return false;
}

static void check_outcome(const act *what, const verdict *v, edu_status status,
                          const edu_error *error)
{
    char expected[200];
    if (!is_as_predicted(v, status, error))
        FAIL(what, "%s %s (%s), not %s", edu_status_name(status), error->key, error->message,
             text_of_verdict(v, expected));
}

static bool is_of_storage(edu_status status, const edu_error *error)
{
    return status != EDU_OK && strncmp(error->key, "storage.", 8) == 0;
}

/* Storage fails within it, once; then it is said again. */
static edu_status do_with_fault(const act *what, result *came, edu_error *error)
{
    uint32_t number = 1 + draw_of(&now.draws, 1 + draw_of(&now.draws, DEEPEST_FAULT)),
             way = draw_of(&now.draws, 12);
    (void)life_session(what->by);
    (void)life_session((actor){WHO_CLERK, 0});
    (void)life_session((actor){WHO_SECOND, 0});
    life_fault_arm((int)number, way);
    edu_status status = acts_do(what, came, error);
    tried->faults += life_fault_disarm() > 0;
    return is_of_storage(status, error) ? acts_do(what, came, error) : status;
}

/* Said once more under its key it is done once, and told alike. */
static void repeat(const act *what, const result *first)
{
    result again;
    edu_error error;
    if (acts_do(what, &again, &error) != EDU_OK ||
        memcmp(&again.id, &first->id, sizeof again.id) != 0)
        FAIL(what, "again: %s %s, or another answer", error.key, error.message);
    tried->repeats++;
}

static void trace_act(const act *what, edu_status status, const edu_error *error,
                      const result *came)
{
    note_trace(&what->kind, sizeof what->kind);
    note_trace(&what->now, sizeof what->now);
    note_trace(&status, sizeof status);
    note_trace(status == EDU_OK ? "" : error->key, status == EDU_OK ? 0 : strlen(error->key));
    note_trace(&came->id, status == EDU_OK ? sizeof came->id : 0);
    note_trace(&came->detail, status == EDU_OK ? sizeof came->detail : 0);
}

static void live_act(void)
{
    result came;
    edu_error error;
    act what = acts_draw(now.m, &now.draws, now.number, fx_now(), &now.rush);
    verdict v = acts_predict(now.m, &what);
    bool has_fault = draw_of(&now.draws, fault_in) == 0;
    edu_status status =
        has_fault ? do_with_fault(&what, &came, &error) : acts_do(&what, &came, &error);
    check_outcome(&what, &v, status, &error);
    trace_act(&what, status, &error, &came);
    tried->acts++;
    tried->kinds[what.kind]++;
    tried->done += status == EDU_OK;
    tried->refused += status != EDU_OK;
    if (status != EDU_OK)
        return;
    int64_t expected = acts_follow(now.m, &what, &came);
    if (came.detail != expected)
        FAIL(&what, "came to %" PRId64 ", not %" PRId64, came.detail, expected);
    if (acts_has_key(what.kind) && draw_of(&now.draws, 12) == 0)
        repeat(&what, &came);
}

/* ---- a life ---- */

#define RUSH 30 /* acts, most of them of one kind about one thing */

/* To just before, or just at, when something near opens, closes or starts; and everybody is there.
 */
static bool rush_to_an_edge(void)
{
    const model *m = now.m;
    bool is_group = draw_of(&now.draws, 2) > 0;
    int count = is_group ? m->group_count : m->season_count;
    if (count == 0)
        return false;
    int which = count - 1 - (int)draw_of(&now.draws, count < 4 ? (uint32_t)count : 4);
    const struct group *group = &m->groups[which];
    const struct season *season = &m->seasons[which];
    int64_t edges[2] = {is_group ? group->opens : season->opens,
                        is_group ? group->closes : season->closes};
    int64_t edge = edges[draw_of(&now.draws, 2)] - draw_of(&now.draws, 2);
    if (edge <= fx_now() || edge > fx_now() + 4 * DAY)
        return false;
    fx_clock_set(edge);
    now.rush = (rush){is_group ? ACT_APPLY : ACT_REGISTER, which, RUSH};
    return true;
}

/* Seconds between acts; now and then a day, or a weekend, or a month is over, and somebody starts
 * the portal anew. */
static void let_time_pass(void)
{
    if (now.rush.left > 0) {
        now.rush.left--;
        return;
    }
    fx_clock_add((int64_t)draw_of(&now.draws, 60) * 1000000);
    if (draw_of(&now.draws, SCENE) > 0 || rush_to_an_edge())
        return;
    int64_t days = draw_of(&now.draws, 30) == 0 ? 20 : 1 + draw_of(&now.draws, 3);
    tried->days += days;
    fx_clock_set((fx_now() / DAY + days) * DAY +
                 (3 + (int64_t)draw_of(&now.draws, 14)) * 60 * MINUTE);
    if (draw_of(&now.draws, 4) == 0) {
        life_restart();
        tried->restarts++;
    }
}

static void compare(void)
{
    const char *found = acts_compare(now.m, &now.draws);
    tried->comparisons++;
    ck_assert_msg(found == NULL, "--seed %" PRIu64 ", after act %" PRId64 ": %s", seed, now.number,
                  found);
}

static void check_store(void)
{
    const char *found = acts_compare_ledger(now.m);
    ck_assert_msg(found == NULL, "--seed %" PRIu64 ", after act %" PRId64 ": %s", seed, now.number,
                  found);
    FX_OK(edu_portal_check(life_operator(), (edu_progress){0}, error));
}

/* Gives the digest of all that came of it. */
static uint64_t live(uint64_t from, int64_t acts)
{
    memset(now.m, 0, sizeof *now.m);
    now.rush.left = 0;
    now.draws = from;
    now.trace = UINT64_C(0xcbf29ce484222325);
    acts_begin(now.m);
    life_begin(from, now.m);
    fx_clock_set(BEGINS);
    for (now.number = 1; now.number <= acts; now.number++) {
        let_time_pass();
        live_act();
        if (now.number % compare_every == 0)
            compare();
        if (now.number % CHECK_EVERY == 0)
            check_store();
    }
    compare();
    check_store();
    life_end();
    return now.trace;
}

START_TEST(the_portal_does_what_the_model_says)
{
    for (int64_t left = wanted, life = 0; left > 0; left -= LIFE, life++)
        printf("# life of --seed %" PRIu64 ": trace %016" PRIx64 "\n", seed + (uint64_t)life,
               live(seed + (uint64_t)life, left < LIFE ? left : LIFE));
}
END_TEST

START_TEST(one_seed_replays_exactly)
{
    struct tried before = *tried;
    int64_t acts = wanted < AGAIN ? wanted : AGAIN;
    uint64_t first = live(seed, acts), second = live(seed, acts), other = live(seed + 1, acts);
    ck_assert_uint_eq(first, second);
    ck_assert_uint_ne(first, other);
    *tried = before;
}
END_TEST

/* ---- all ---- */

static int64_t chosen(int argc, char **argv, const char *option, const char *variable,
                      int64_t usual)
{
    const char *given = getenv(variable);
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], option) == 0)
            given = argv[i + 1];
    return given ? (int64_t)strtoull(given, NULL, 10) : usual;
}

static void tell(void)
{
    printf("# tried the simulation on %s: --seed %" PRIu64 ", %" PRId64 " acts in %" PRId64
           " days, %" PRId64 " done, %" PRId64 " refused, storage failed in %" PRId64 ", %" PRId64
           " said again, %" PRId64 " comparisons, %" PRId64 " restarts\n",
           fx_is_on_server() ? "PostgreSQL" : "SQLite", seed, tried->acts, tried->days, tried->done,
           tried->refused, tried->faults, tried->repeats, tried->comparisons, tried->restarts);
    for (int i = 0; i < ACT_KINDS; i++)
        printf("%s%s %" PRId64, i == 0 ? "# " : ", ", acts_name((act_kind)i), tried->kinds[i]);
    printf("\n");
}

int main(int argc, char **argv)
{
    const char *nightly = getenv("EDU_NIGHTLY");
    bool is_nightly = nightly && strcmp(nightly, "1") == 0;
    seed = (uint64_t)chosen(argc, argv, "--seed", "EDU_SEED", (int64_t)time(NULL));
    wanted = chosen(argc, argv, "--operations", "EDU_OPERATIONS", is_nightly ? 1000000 : LIFE);
    printf("# --seed %" PRIu64 "\n", seed);
    (void)fflush(stdout);
    if (fx_is_on_server()) {
        compare_every = 150;
        fault_in = 100;
    } else {
        disk_install();
    }
    tried = mmap(NULL, sizeof *tried, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    now.m = calloc(1, sizeof *now.m);
    if (tried == MAP_FAILED || !now.m)
        return EXIT_FAILURE;
    Suite *suite = suite_create("simulate");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 360000);
    tcase_add_test(tests, the_portal_does_what_the_model_says);
    tcase_add_test(tests, one_seed_replays_exactly);
    suite_add_tcase(suite, tests);
    int status = tap_run(suite);
    tell();
    return status;
}
