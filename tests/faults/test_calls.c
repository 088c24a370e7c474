/* Every public function while memory ends, and while the disk fails: at each of its allocations and
 * of the engine's operations on files, once, and from each on for good. The call is refused for
 * that reason or gives what it always gives; the store is as before or as after; the next call
 * works; nothing leaks.
 *
 *   EDU_NIGHTLY=1    every point
 *   EDU_TEST_SAMPLE  otherwise so many of each call's, of each kind and way to fail (3)
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
#include "faults/disk.h"
#include "faults/scarce.h"
#include "../tap.h"

#define SAMPLE "3"
#define DISK_EVERY 20 /* calls, but in the long form */
#define TRIALS_MAX 1000

static trial trials[TRIALS_MAX];
static size_t trial_count;

/* How something fails. */
typedef struct way {
    const char *name;
    bool is_disk;
    int kind; /* whose allocations, or what of the disk */
} way;

static const way ways[] = {
    {"library's memory", false, SCARCE_LIBRARY},
    {"engine's memory", false, SCARCE_ENGINE},
    {"disk", true, DISK_FAILS},
    {"torn write", true, DISK_TEARS},
    {"full disk", true, DISK_FULL},
    {"read-only disk", true, DISK_READ_ONLY},
};

/* What all children have tried, of memory and of the disk. */
struct tried {
    atomic_llong calls, refused, points, failures;
};
static struct tried *tried;

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

/* NULL: nothing fails. */
static outcome run(int64_t number, bool for_good, const way *how)
{
    call c = {.session = stage_session(at_work->actor),
              .actor = at_work->actor,
              .target =
                  stage_target(at_work->prepare ? ACTOR_PUPIL : at_work->actor, at_work->kind),
              .key = "a key",
              .count = -1};
    outcome o = {.error = EDU_ERROR_INIT};
    fx_random_set(random_start);
    bool is_disk = how && how->is_disk;
    scarce_arm(!is_disk ? number : 0, for_good, how && !is_disk ? how->kind : SCARCE_LIBRARY);
    disk_arm(is_disk ? number : 0, for_good, is_disk ? (disk_fault)how->kind : DISK_FAILS);
    o.status = at_work->call(&c, &o.error);
    o.failed = scarce_disarm() + disk_disarm();
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
    fx_random_set(1000); /* what is prepared draws otherwise than the call */
    stage_open();
    if (at_work->prepare)
        at_work->prepare();
    open_look();
    is_fresh = true;
}

/* What the call gives and changes where nothing fails; then the store is as before again. */
static void take_reference(void)
{
    open_all();
    before = digest_of(look);
    int64_t version = digest_version(look);
    reference = run(0, false, NULL);
    changes = digest_version(look) != version;
    if (changes)
        after = digest_of(look);
}

/* ---- one point ---- */

/* What a failing disk is told as. */
static bool is_of_disk(const outcome *o)
{
    static const char *const keys[] = {"storage.io", "storage.full", "storage.read_only",
                                       "storage.open"};
    for (size_t i = 0; i < EI_COUNT(keys); i++)
        if (strcmp(o->error.key, keys[i]) == 0)
            return o->status == EDU_E_STORAGE;
    return false;
}

/* The call is refused because of what failed. */
static bool is_refused(const outcome *o, const way *how)
{
    if (how && how->is_disk)
        return is_of_disk(o);
    return o->status == EDU_E_NOMEM;
}

static void check_answer(const outcome *o, const way *how)
{
    if (o->status == EDU_E_NOMEM && strcmp(o->error.key, "core.no_memory") != 0)
        note_fault("key \"%s\"", o->error.key);
    if (is_refused(o, how))
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
    {"edu_certificate_file", "who reads is recorded before what was read is made a file"},
    {"edu_certificate_print", "likewise"},
    {"edu_request_receipt_file", "likewise"},
    {"edu_result_csv", "likewise"},
    {"edu_round_csv", "likewise"},
    {"edu_sitting_attendance_pdf", "likewise"},
    {"edu_sitting_seat", "likewise"},
    {"edu_sitting_slip", "likewise"},
    {"edu_slot_calendar", "likewise"},
    {"edu_privacy_retain", "what is over is ended in parts, and that is noted behind"},
    {"edu_olympiad_register", "numbers are reserved before, many at once"},
    {"edu_request_submit", "likewise"},
    {"edu_appeal_submit", "likewise"},
    {"edu_reference_request", "likewise"},
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
    outcome again = run(0, false, NULL);
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

static void check_store(const outcome *o, const way *how, bool has_changed)
{
    digest now = before;
    bool is_same = !is_exact || !is_fresh;
    if (has_changed)
        now = digest_of(look);
    if (is_refused(o, how) && now.rows != before.rows)
        check_goes_on();
    is_same = is_same ? now.counts == after.counts : now.rows == after.rows;
    if (!is_refused(o, how) && changes && !is_same)
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

static bool try_once(int64_t number, bool for_good, const way *how, int64_t *grown,
                     bool *has_changed)
{
    int64_t version = digest_version(look), live = scarce_live();
    outcome o = run(number, for_good, how);
    *grown = scarce_live() - live;
    *has_changed = digest_version(look) != version;
    if (o.failed > 0) {
        atomic_fetch_add(&tried[how->is_disk].points, 1);
        atomic_fetch_add(&tried[how->is_disk].failures, o.failed);
    }
    check_answer(&o, how);
    check_store(&o, how, *has_changed);
    is_fresh = false;
    check_next();
    return o.failed > 0;
}

/* Whether the point was reached. */
static bool try_point(int64_t number, bool for_good, const way *how)
{
    int64_t grown = 1;
    bool has_changed = false, has_come = true;
    (void)snprintf(point, sizeof point, "%s %lld %s", how->name, (long long)number,
                   for_good ? "for good" : "once");
    for (int i = 0; i < REPEATS && grown > 0 && has_come && !has_changed; i++)
        has_come = try_once(number, for_good, how, &grown, &has_changed);
    if (grown > 0 && has_come && !has_changed)
        note_fault("leaks %lld blocks", (long long)grown);
    if (has_changed || how->is_disk) /* what was read once is read from the disk again */
        open_all();
    return has_come;
}

/* Of so many points a sample, evenly spread, with the first and the last. */
static void try_sample(int64_t count, bool for_good, const way *how)
{
    const char *given = getenv("EDU_TEST_SAMPLE");
    int64_t most = atoi(given ? given : SAMPLE), steps = count < most ? count : most;
    for (int64_t i = 0; i < steps; i++)
        try_point(steps == 1 ? 1 : 1 + i * (count - 1) / (steps - 1), for_good, how);
}

static void try_all(bool for_good, const way *how)
{
    for (int64_t number = 1; try_point(number, for_good, how);)
        number++;
}

static void try_ways(const int64_t *counts, bool is_disk)
{
    for (size_t i = 0; i < EI_COUNT(ways); i++)
        for (int for_good = 0; ways[i].is_disk == is_disk && for_good < 2; for_good++)
            if (is_nightly())
                try_all(for_good, &ways[i]);
            else
                try_sample(counts[i], for_good, &ways[i]);
}

static void try_call(const trial *one, bool is_disk)
{
    int64_t counts[EI_COUNT(ways)];
    at_work = one;
    faults = open_memstream(&fault_text, &fault_size);
    ck_assert_ptr_nonnull(faults);
    take_reference();
    close_all();
    int64_t live = scarce_live();
    outcome first = reference;
    digest first_after = after;
    take_reference();
    is_exact = first.answer == reference.answer && first_after.rows == after.rows;
    for (size_t i = 0; i < EI_COUNT(ways); i++)
        counts[i] =
            ways[i].is_disk ? disk_counted((disk_fault)ways[i].kind) : scarce_counted(ways[i].kind);
    if (changes || is_disk || is_nightly())
        open_all();
    try_ways(counts, is_disk);
    (void)snprintf(point, sizeof point, "in the end");
    outcome last = run(0, false, NULL);
    check_answer(&last, NULL);
    close_all();
    if (scarce_live() != live)
        note_fault("%lld blocks more than before", (long long)(scarce_live() - live));
    ck_assert_int_eq(fclose(faults), 0);
    ck_assert_msg(fault_size == 0, "\n%.3500s", fault_text);
    free(fault_text);
    atomic_fetch_add(&tried[is_disk].calls, 1);
    atomic_fetch_add(&tried[is_disk].refused, reference.status != EDU_OK);
}

START_TEST(memory_ends)
{
    try_call(&trials[_i], false);
}
END_TEST

START_TEST(the_disk_fails)
{
    if (is_nightly() || getenv("EDU_TEST_ONLY") || _i % DISK_EVERY == 0)
        try_call(&trials[_i], true);
}
END_TEST

/* ---- which calls ---- */

/* "edu_appeal_send (deep)" is called as "edu_appeal_send" is. */
static call_fn *call_of_matrix(const char *name)
{
    size_t length = strcspn(name, " ");
    for (size_t i = 0; i < function_count; i++)
        if (strlen(functions[i].name) == length && memcmp(functions[i].name, name, length) == 0)
            return functions[i].call;
    abort();
}

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
        if (one.call == NULL)
            one.call = call_of_matrix(one.name);
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
    disk_install();
    collect();
    tried =
        mmap(NULL, 2 * sizeof *tried, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Suite *suite = suite_create("faults");
    TCase *calls = tcase_create("calls");
    tcase_set_timeout(calls, 3600);
    tcase_add_unchecked_fixture(calls, build, stage_remove);
    if (getenv("EDU_TEST_ONLY") == NULL)
        tcase_add_test(calls, every_public_function_is_tried);
    tcase_add_loop_test(calls, memory_ends, 0, (int)trial_count);
    tcase_add_loop_test(calls, the_disk_fails, 0, (int)trial_count);
    suite_add_tcase(suite, calls);
    int status = tap_run(suite);
    for (int is_disk = 0; is_disk < 2; is_disk++)
        printf("# tried %s: %lld calls of %zu public functions, of which %lld are "
               "refused in any case, %lld points, %lld failures\n",
               is_disk ? "the disk" : "memory", (long long)atomic_load(&tried[is_disk].calls),
               function_count + pure_function_count,
               (long long)atomic_load(&tried[is_disk].refused),
               (long long)atomic_load(&tried[is_disk].points),
               (long long)atomic_load(&tried[is_disk].failures));
    return status;
}
