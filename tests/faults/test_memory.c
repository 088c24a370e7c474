/* Every public function while memory ends: at each of its allocations once, and from each on for
 * good. The call is refused for want of memory or gives what it always gives; the store is as
 * before or as after; the next call works; nothing leaks.
 *
 *   EDU_NIGHTLY=1    every allocation
 *   EDU_TEST_SAMPLE  otherwise so many of each call's, of each kind and way to fail (5)
 *   EDU_TEST_ONLY    the name of one call
 *
 * The calls are those of the authorisation matrix, on its world. */
#include "faults/trial.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "faults/digest.h"
#include "faults/scarce.h"

#define SAMPLE "5"
#define TRIALS_MAX 1000

static trial trials[TRIALS_MAX];
static size_t trial_count;

/* What all children have tried. */
static struct tried {
    atomic_llong calls, points, allocations;
} * tried;

static bool is_nightly(void)
{
    const char *given = getenv("EDU_NIGHTLY");
    return given && strcmp(given, "1") == 0;
}

/* ---- what is wrong ---- */

static FILE *faults;
static char *fault_text;
static size_t fault_size;
static const trial *at_work;
static char point[80]; /* at which something failed */

__attribute__((format(printf, 1, 2))) static void note_fault(const char *format, ...)
{
    va_list arguments;
    fprintf(faults, "%s, %s: ", at_work->name, point);
    va_start(arguments, format);
    vfprintf(faults, format, arguments);
    va_end(arguments);
    fputc('\n', faults);
}

/* ---- one call ---- */

static uint64_t random_start = 1;

typedef struct outcome {
    edu_status status;
    int64_t count, failed;
    uint64_t answer;
    edu_error error;
} outcome;

static outcome run(int64_t number, bool for_good, int whose)
{
    call c = {.session = stage_session(at_work->actor),
              .actor = at_work->actor,
              .target = stage_target(at_work->actor, at_work->kind),
              .key = "a key",
              .count = -1};
    outcome o = {.error = EDU_ERROR_INIT};
    fx_random_set(random_start);
    scarce_arm(number, for_good, whose);
    o.status = at_work->call(&c, &o.error);
    o.failed = scarce_disarm();
    o.count = c.count;
    o.answer = c.answer;
    return o;
}

/* ---- the store between calls ---- */

static sqlite3 *look;
static digest before, after;
static bool changes;      /* the call, where nothing fails */
static outcome reference; /* likewise */
static bool is_exact;     /* it gives and changes the same each time, to the byte */
static bool is_fresh;     /* no call since the store was opened: none has used up a number */

static void open_look(void)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/portal.db", stage_folder());
    look = digest_open(path);
    (void)digest_version(look);
}

static void close_all(void)
{
    sqlite3_close(look);
    look = NULL;
    stage_close();
}

static void open_all(void)
{
    if (look)
        close_all();
    stage_open();
    open_look();
    is_fresh = true;
}

/* What the call gives and changes where nothing fails; then the store is as before again. */
static void take_reference(void)
{
    open_all();
    before = digest_of(look);
    int64_t version = digest_version(look);
    reference = run(0, false, SCARCE_LIBRARY);
    changes = digest_version(look) != version;
    if (changes)
        after = digest_of(look);
}

/* ---- one point ---- */

static void check_answer(const outcome *o)
{
    if (o->status == EDU_E_NOMEM && strcmp(o->error.key, "core.no_memory") != 0)
        note_fault("key \"%s\"", o->error.key);
    if (o->status == EDU_E_NOMEM)
        return;
    if (o->status != reference.status || o->count != reference.count)
        note_fault("%s %lld (%s: %s) instead of %s %lld", edu_status_name(o->status),
                   (long long)o->count, o->error.key, o->error.message,
                   edu_status_name(reference.status), (long long)reference.count);
    else if (is_exact && o->answer != reference.answer)
        note_fault("gives another answer");
}

/* What goes in several transactions, so that the first may stand while a later one has failed: the
 * same call goes on from there, and ends as if nothing had failed. */
static const struct {
    const char *name, *reason;
    bool leaves_more; /* rows than the call alone */
} in_steps[] = {
    {"edu_account_password", "an attempt is counted before the password is looked at"},
    {"edu_session_sign_in", "likewise"},
    {"edu_certificate_find", "an attempt is counted before it is told whether there is one"},
    {"edu_certificate_find_file", "likewise"},
    {"edu_payment_pay", "what is to be paid is kept before the bank is asked"},
    {"edu_outbox_deliver", "what was taken to be sent is told of before it is sent"},
    {"edu_sitting_allocate", "who works is noted before; a run that was cut off stays noted", true},
    {"edu_sitting_confirm", "in parts, so that a large sitting does not stop the portal"},
    {"edu_sitting_discard", "likewise"},
    {"edu_result_approve", "likewise"},
    {"edu_result_codes", "codes are kept before they are written out"},
};

/* Where it goes in one transaction, the number of those that go in several. */
static size_t find_steps(void)
{
    size_t at = 0, length = strcspn(at_work->name, " ");
    while (at < EI_COUNT(in_steps) && (strlen(in_steps[at].name) != length ||
                                       memcmp(in_steps[at].name, at_work->name, length) != 0))
        at++;
    return at;
}

/* A minute later, when a run that was cut off counts as such. */
static outcome run_again(void)
{
    edu_time now = fx_now();
    random_start = 2;
    fx_clock_add(2 * FX_MINUTE);
    outcome again = run(0, false, SCARCE_LIBRARY);
    fx_clock_set(now);
    random_start = 1;
    return again;
}

static void check_goes_on(void)
{
    size_t steps = find_steps();
    if (steps == EI_COUNT(in_steps)) {
        note_fault("refused, and the store has changed");
        return;
    }
    outcome again = run_again();
    if (again.status != reference.status || again.count != reference.count)
        note_fault("does not go on: %s (%s: %s)", edu_status_name(again.status), again.error.key,
                   again.error.message);
    else if (!in_steps[steps].leaves_more && digest_of(look).counts != after.counts)
        note_fault("goes on, and does not end as without a fault");
}

static void check_store(const outcome *o, bool has_changed)
{
    digest now = before;
    bool is_same = !is_exact || !is_fresh;
    if (has_changed)
        now = digest_of(look);
    if (o->status == EDU_E_NOMEM && now.rows != before.rows)
        check_goes_on();
    is_same = is_same ? now.counts == after.counts : now.rows == after.rows;
    if (o->status != EDU_E_NOMEM && changes && !is_same)
        note_fault("the store is not as after the call");
}

static void check_next(void)
{
    edu_queues *queues = NULL;
    edu_error error = EDU_ERROR_INIT;
    edu_status status = edu_portal_queues(stage_session(ACTOR_OPERATOR), &queues, &error);
    if (status != EDU_OK)
        note_fault("the next call: %s (%s: %s)", edu_status_name(status), error.key, error.message);
    edu_free(queues);
}

/* Caches grow once; what grows each time leaks. */
#define REPEATS 60

static bool try_once(int64_t number, bool for_good, int whose, int64_t *grown, bool *has_changed)
{
    int64_t version = digest_version(look), live = scarce_live();
    outcome o = run(number, for_good, whose);
    *grown = scarce_live() - live;
    *has_changed = digest_version(look) != version;
    if (o.failed > 0) {
        atomic_fetch_add(&tried->points, 1);
        atomic_fetch_add(&tried->allocations, o.failed);
    }
    check_answer(&o);
    check_store(&o, *has_changed);
    is_fresh = false;
    check_next();
    return o.failed > 0;
}

/* Whether the point was reached. */
static bool try_point(int64_t number, bool for_good, int whose)
{
    int64_t grown = 1;
    bool has_changed = false, has_come = true;
    (void)snprintf(point, sizeof point, "%s %lld %s", whose == SCARCE_ENGINE ? "engine" : "library",
                   (long long)number, for_good ? "for good" : "once");
    for (int i = 0; i < REPEATS && grown > 0 && has_come && !has_changed; i++)
        has_come = try_once(number, for_good, whose, &grown, &has_changed);
    if (grown > 0 && has_come && !has_changed)
        note_fault("leaks %lld blocks", (long long)grown);
    if (has_changed)
        open_all();
    return has_come;
}

/* Of so many points a sample, evenly spread, with the first and the last. */
static void try_sample(int64_t count, bool for_good, int whose)
{
    const char *given = getenv("EDU_TEST_SAMPLE");
    int64_t most = atoi(given ? given : SAMPLE), steps = count < most ? count : most;
    for (int64_t i = 0; i < steps; i++)
        try_point(steps == 1 ? 1 : 1 + i * (count - 1) / (steps - 1), for_good, whose);
}

static void try_all(bool for_good, int whose)
{
    for (int64_t number = 1; try_point(number, for_good, whose);)
        number++;
}

static void try_ways(int64_t count, int whose)
{
    for (int for_good = 0; for_good < 2; for_good++)
        if (is_nightly())
            try_all(for_good, whose);
        else
            try_sample(count, for_good, whose);
}

START_TEST(memory_ends)
{
    at_work = &trials[_i];
    faults = open_memstream(&fault_text, &fault_size);
    ck_assert_ptr_nonnull(faults);
    take_reference();
    close_all();
    int64_t live = scarce_live();
    outcome first = reference;
    digest first_after = after;
    take_reference();
    is_exact = first.answer == reference.answer && first_after.rows == after.rows;
    int64_t counts[SCARCE_KINDS] = {scarce_counted(SCARCE_LIBRARY), scarce_counted(SCARCE_ENGINE)};
    open_all();
    for (int whose = 0; whose < SCARCE_KINDS; whose++)
        try_ways(counts[whose], whose);
    (void)snprintf(point, sizeof point, "in the end");
    outcome last = run(0, false, SCARCE_LIBRARY);
    check_answer(&last);
    close_all();
    if (scarce_live() != live)
        note_fault("%lld blocks more than before", (long long)(scarce_live() - live));
    ck_assert_int_eq(fclose(faults), 0);
    ck_assert_msg(fault_size == 0, "\n%.3500s", fault_text);
    free(fault_text);
    atomic_fetch_add(&tried->calls, 1);
}
END_TEST

/* ---- which calls ---- */

/* "edu_portal_open" is tried by "edu_portal_open (creates)" too. */
static bool is_tried(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < trial_count; i++)
        if (strncmp(trials[i].name, name, length) == 0 &&
            (trials[i].name[length] == '\0' || trials[i].name[length] == ' '))
            return true;
    return false;
}

START_TEST(every_public_function_is_tried)
{
    for (size_t i = 0; i < function_count; i++)
        ck_assert_msg(is_tried(functions[i].name), "%s", functions[i].name);
    for (size_t i = 0; i < pure_function_count; i++)
        ck_assert_msg(is_tried(pure_functions[i]), "%s", pure_functions[i]);
}
END_TEST

static void collect(void)
{
    const char *only = getenv("EDU_TEST_ONLY");
    for (size_t i = 0; i < function_count + more_trial_count; i++) {
        trial one = i < function_count ? trial_of(&functions[i]) : more_trials[i - function_count];
        if (only == NULL || strcmp(only, one.name) == 0)
            trials[trial_count++] = one;
    }
}

static void build(void)
{
    stage_build();
    calls_hold = scarce_hold;
    more_trials_prepare();
}

int main(void)
{
    scarce_install();
    collect();
    tried = mmap(NULL, sizeof *tried, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Suite *suite = suite_create("memory");
    TCase *calls = tcase_create("calls");
    tcase_set_timeout(calls, 3600);
    tcase_add_unchecked_fixture(calls, build, stage_remove);
    if (getenv("EDU_TEST_ONLY") == NULL)
        tcase_add_test(calls, every_public_function_is_tried);
    tcase_add_loop_test(calls, memory_ends, 0, (int)trial_count);
    suite_add_tcase(suite, calls);
    SRunner *runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    printf("# tried: memory: %lld calls of %zu public functions, %lld points, %lld allocations "
           "that failed\n",
           (long long)atomic_load(&tried->calls), function_count + pure_function_count,
           (long long)atomic_load(&tried->points), (long long)atomic_load(&tried->allocations));
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
