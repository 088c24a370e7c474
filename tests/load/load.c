/* Four processes of eight sessions at work on one store, one pupil claimed by sixty-four among it:
 * nothing but stated refusals is answered, and what the store holds adds up.
 *
 *   EDU_LOAD_SECONDS  how long (3) */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "olympiad_world.h"

#define PROCESSES 4
#define SESSIONS 8
#define CLAIMS_EACH 2 /* of the one pupil */
#define CLAIMED 0     /* nobody else touches it */

static world w;

/* What all processes count together. */
typedef struct tally {
    atomic_long done, refused, failed, claims_won, claims_lost, registered, withdrawn;
    char first_failure[256];
} tally;
static tally *sum;
static double deadline;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- a session ---- */

typedef struct worker {
    pthread_t thread;
    edu_session *session;
    int number;
    uint64_t state;
} worker;

static uint32_t draw(worker *one, uint32_t below)
{
    uint64_t z = one->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    return (uint32_t)((z ^ (z >> 31)) >> 16) % below;
}

/* A refusal that the interface states for what is done here. */
static bool is_stated(edu_status status, const edu_error *error)
{
    return (status == EDU_E_CONFLICT && (strcmp(error->key, "olympiad.already") == 0 ||
                                         strcmp(error->key, "application.already") == 0)) ||
           status == EDU_E_STATE || status == EDU_E_NOT_FOUND;
}

static bool note(edu_status status, const edu_error *error)
{
    if (status == EDU_OK) {
        atomic_fetch_add(&sum->done, 1);
    } else if (is_stated(status, error)) {
        atomic_fetch_add(&sum->refused, 1);
    } else if (atomic_fetch_add(&sum->failed, 1) == 0) {
        (void)snprintf(sum->first_failure, sizeof sum->first_failure, "%s %s: %.150s",
                       edu_status_name(status), error->key, error->message);
    }
    return status == EDU_OK;
}

static void claim(worker *one)
{
    for (int i = 0; i < CLAIMS_EACH; i++) {
        edu_id id;
        edu_error error = EDU_ERROR_INIT;
        bool won = note(
            edu_olympiad_register(one->session, w.sitting, w.pupils[CLAIMED], NULL, &id, &error),
            &error);
        atomic_fetch_add(won ? &sum->claims_won : &sum->claims_lost, 1);
    }
}

static void register_one(worker *one)
{
    edu_id id;
    char key[40];
    edu_error error = EDU_ERROR_INIT;
    int pupil = 1 + (int)draw(one, WORLD_PUPILS - 1);
    (void)snprintf(key, sizeof key, "%d-%d-%llx", (int)getpid(), one->number,
                   (unsigned long long)one->state);
    if (note(edu_olympiad_register(one->session, w.sitting, w.pupils[pupil], key, &id, &error),
             &error))
        atomic_fetch_add(&sum->registered, 1);
}

static void withdraw_one(worker *one)
{
    edu_id whom = w.pupils[1 + draw(one, WORLD_PUPILS - 1)];
    edu_application_page *page = NULL;
    edu_error error = EDU_ERROR_INIT;
    if (!note(edu_application_list(one->session, whom, NULL, 10, &page, &error), &error))
        return;
    if (page->count > 0 &&
        note(edu_olympiad_withdraw(one->session, whom, page->items[0].id, NULL, &error), &error))
        atomic_fetch_add(&sum->withdrawn, 1);
    edu_free(page);
}

static void list_entries(worker *one)
{
    edu_entry_page *page = NULL;
    edu_error error = EDU_ERROR_INIT;
    if (note(edu_olympiad_entries(one->session, w.sitting, NULL, NULL, 20, &page, &error), &error))
        edu_free(page);
}

static void *work(void *context)
{
    worker *one = context;
    claim(one);
    while (now() < deadline) {
        uint32_t what = draw(one, 10);
        if (what < 5)
            register_one(one);
        else if (what < 8)
            withdraw_one(one);
        else
            list_entries(one);
    }
    return NULL;
}

/* ---- a process ---- */

static _Noreturn void run_process(int process)
{
    worker workers[SESSIONS];
    edu_portal *portal = world_open();
    for (int i = 0; i < SESSIONS; i++) {
        workers[i] = (worker){.number = i, .state = (uint64_t)(process * SESSIONS + i + 1)};
        FX_OK(edu_session_sign_in(portal, "clerk", FX_PASSWORD, NULL, NULL, &workers[i].session,
                                  error));
    }
    for (int i = 0; i < SESSIONS; i++)
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            _exit(2);
    for (int i = 0; i < SESSIONS; i++) {
        pthread_join(workers[i].thread, NULL);
        edu_session_close(workers[i].session);
    }
    edu_portal_close(portal);
    _exit(0);
}

START_TEST(many_sessions_and_one_place)
{
    const char *given = getenv("EDU_LOAD_SECONDS");
    double seconds = given ? strtod(given, NULL) : 3;
    pid_t children[PROCESSES];
    sum = mmap(NULL, sizeof *sum, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(sum != MAP_FAILED);
    world_make(&w);
    deadline = now() + seconds;
    for (int i = 0; i < PROCESSES; i++)
        if ((children[i] = fork()) == 0)
            run_process(i);
    for (int i = 0; i < PROCESSES; i++) {
        int code;
        ck_assert_int_eq(waitpid(children[i], &code, 0), children[i]);
        ck_assert(WIFEXITED(code) && WEXITSTATUS(code) == 0);
    }
    printf("# %.0f s: %.0f commands and reads a second, %ld refused, %ld failed %s\n", seconds,
           (double)(sum->done + sum->refused) / seconds, (long)sum->refused, (long)sum->failed,
           sum->first_failure);
    ck_assert_int_eq(sum->failed, 0);
    ck_assert_int_eq(sum->claims_won, 1);
    ck_assert_int_eq(sum->claims_lost, PROCESSES * SESSIONS * CLAIMS_EACH - 1);
    long open = sum->registered + 1 - sum->withdrawn;
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM application WHERE is_open = 1"), open);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM entry WHERE is_open = 1"), open);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM event"), sum->registered + 1 + sum->withdrawn);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM (SELECT person_id FROM application WHERE "
                            "is_open = 1 GROUP BY person_id HAVING COUNT(*) > 1) d"),
                     0);
    FX_OK(edu_portal_check(w.operator_, (edu_progress){0}, error));
    fx_teardown();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("load");
    TCase *tests = tcase_create("load");
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests, many_sessions_and_one_place);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
