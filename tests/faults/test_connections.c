/* Writes of every module of the domain while the connection to the server is cut: at each request
 * of a call, before it has reached the server, and when its answer is on the way back. The store is
 * as before or as after; the same call under the same key gives the one result; the next call has a
 * connection again.
 *
 *   EDU_NIGHTLY=1  all calls; otherwise every third of them
 */
#include "authorisation/calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "faults/cutter.h"
#include "postgresql/databases.h"
#include "../tap.h"

static const struct chosen {
    const char *name;
    enum actor actor;
    enum target_kind kind;
} chosen[] = {
    {"edu_olympiad_register", ACTOR_CLERK, TARGET_INSTITUTIONS},
    {"edu_account_create", ACTOR_OPERATOR, TARGET_INSTITUTIONS},
    {"edu_account_grant", ACTOR_OPERATOR, TARGET_INSTITUTIONS},
    {"edu_appeal_submit", ACTOR_CLERK, TARGET_INSTITUTIONS},
    {"edu_appeal_note", ACTOR_CLERK, TARGET_INSTITUTIONS},
    {"edu_request_submit", ACTOR_GUARDIAN, TARGET_WARDS},
    {"edu_announcement_put", ACTOR_CLERK, TARGET_NOTHING},
    {"edu_offering_put", ACTOR_CLERK, TARGET_NOTHING},
    {"edu_draft_save", ACTOR_CLERK, TARGET_INSTITUTIONS},
    {"edu_payment_pay", ACTOR_PUPIL, TARGET_OWN},
    {"edu_payment_key_add", ACTOR_OPERATOR, TARGET_NOTHING},
    {"edu_reference_request", ACTOR_PUPIL, TARGET_OWN},
    {"edu_register_correct", ACTOR_OPERATOR, TARGET_INSTITUTIONS},
    {"edu_admission_reopen", ACTOR_CLERK, TARGET_INSTITUTIONS},
    {"edu_tuition_put", ACTOR_CLERK, TARGET_NOTHING},
    {"edu_slot_put", ACTOR_CLERK, TARGET_NOTHING},
    {"edu_panel_put", ACTOR_CLERK, TARGET_NOTHING},
    {"edu_score_put", ACTOR_CLERK, TARGET_INSTITUTIONS},
    {"edu_round_commit", ACTOR_CLERK, TARGET_NOTHING},
    {"edu_sitting_freeze", ACTOR_CLERK, TARGET_INSTITUTIONS},
    {"edu_result_rank", ACTOR_CLERK, TARGET_INSTITUTIONS},
    {"edu_certificate_revoke", ACTOR_CLERK, TARGET_INSTITUTIONS},
    {"edu_calendar_publish", ACTOR_OPERATOR, TARGET_NOTHING},
    {"edu_service_publish", ACTOR_OPERATOR, TARGET_NOTHING},
};
#define EVERY 3 /* calls, but in the long form */

struct tried {
    int calls, points;
};
static struct tried *tried;

/* ---- one call ---- */

static const struct chosen *at_work;
static char *before, *after; /* rows of each table */
static edu_status reference;

static const function *function_of(const char *name)
{
    for (size_t i = 0; i < function_count; i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    ck_abort_msg("%s", name);
}

static edu_status run(edu_error *error)
{
    call c = {.session = stage_session(at_work->actor),
              .actor = at_work->actor,
              .target = stage_target(at_work->actor, at_work->kind),
              .key = "a key",
              .count = -1};
    *error = (edu_error)EDU_ERROR_INIT;
    return function_of(at_work->name)->call(&c, error);
}

static void take_reference(void)
{
    edu_error error;
    stage_open();
    before = db_counts(fx_server_store());
    reference = run(&error);
    ck_assert_msg(reference == EDU_OK, "%s: %s %s", at_work->name, error.key, error.message);
    after = db_counts(fx_server_store());
    ck_assert_str_ne(before, after);
}

static bool is_known_end(const edu_error *error)
{
    return strcmp(error->key, "storage.unknown") == 0 ||
           strcmp(error->key, "storage.connection") == 0;
}

static void check_state(int number, edu_status status, const edu_error *error)
{
    char *now = db_counts(fx_server_store());
    bool is_before = strcmp(now, before) == 0, is_after = strcmp(now, after) == 0;
    ck_assert_msg(status == EDU_OK || is_known_end(error), "%s, request %d: %s: %s", at_work->name,
                  number, error->key, error->message);
    ck_assert_msg(is_after || (is_before && status != EDU_OK), "%s, request %d, %s:\n%s\n%s\n%s",
                  at_work->name, number, edu_status_name(status), before, now, after);
    free(now);
}

/* Whether the request was reached. */
static bool try_point(int number, cut what)
{
    edu_error error;
    stage_open();
    cutter_arm(number, what);
    edu_status status = run(&error);
    bool has_come = cutter_disarm();
    check_state(number, status, &error);
    status = run(&error);
    ck_assert_msg(status == EDU_OK, "%s again, request %d: %s: %s", at_work->name, number,
                  error.key, error.message);
    check_state(number, status, &error);
    tried->points += has_come;
    return has_come;
}

START_TEST(connections_are_cut)
{
    const char *nightly = getenv("EDU_NIGHTLY");
    bool is_nightly = nightly && strcmp(nightly, "1") == 0;
    at_work = &chosen[_i];
    if (!is_nightly && _i % EVERY != 0)
        return;
    cutter_stand_between(stage_folder());
    take_reference();
    for (cut what = CUT_REQUEST; what <= CUT_ANSWER; what++)
        for (int number = 1; try_point(number, what);)
            number++;
    stage_close();
    free(before);
    free(after);
    tried->calls++;
}
END_TEST

int main(void)
{
    if (!fx_is_on_server())
        return EXIT_FAILURE;
    tried = mmap(NULL, sizeof *tried, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Suite *suite = suite_create("connections");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 3600);
    tcase_add_unchecked_fixture(tests, stage_build, stage_remove);
    tcase_add_loop_test(tests, connections_are_cut, 0, (int)EI_COUNT(chosen));
    suite_add_tcase(suite, tests);
    int status = tap_run(suite);
    printf("# tried connections: %d calls, cut at %d requests\n", tried->calls, tried->points);
    return status;
}
