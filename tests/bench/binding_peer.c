/* The peer of the bindings: the cabinet of the same persons, called from C.
 *
 *   binding_peer FOLDER SERVICE
 *
 * FOLDER keeps the store between runs; SERVICE is the olympiad's definition. Prints the store's
 * path, then the persons of a round, an empty line after them; then, for each line that it reads,
 * calls a round and prints the calls a second of processor time. A program in another language does
 * the same rounds in turn. */
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <sodium.h>
#include "bench.h"

#define ROUND 20000

static bench_facts facts;

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print_persons(const char *store)
{
    printf("%s\n", store);
    for (int i = 0; i < ROUND; i++) {
        char text[EDU_ID_TEXT];
        edu_id_format(facts.persons[i], text);
        printf("%s\n", text);
    }
    printf("\n");
    fflush(stdout);
}

static void run_round(edu_session *session)
{
    edu_error error = EDU_ERROR_INIT;
    double start = processor_seconds();
    for (int i = 0; i < ROUND; i++) {
        edu_application_page *page = NULL;
        bench_check(edu_application_list(session, facts.persons[i], NULL, 50, &page, &error),
                    &error, "cabinet");
        if (page->count != BENCH_EACH)
            bench_fail("a cabinet has %zu applications", page->count);
        edu_free(page);
    }
    printf("%.1f\n", ROUND / (processor_seconds() - start));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    char store[2048];
    edu_session *session;
    edu_error error = EDU_ERROR_INIT;
    if (argc != 3)
        bench_fail("usage: binding_peer FOLDER SERVICE");
    umask(077); /* a keys file that others may read is refused */
    if (sodium_init() < 0)
        bench_fail("libsodium does not start");
    snprintf(store, sizeof store, "%s/store.db", argv[1]);
    bench_store_make(store, argv[2], BENCH_PERSONS);
    bench_facts_read(store, &facts);
    edu_portal *portal = bench_portal_open(store, false);
    bench_check(
        edu_session_sign_in(portal, BENCH_CLERK, BENCH_PASSWORD, NULL, NULL, &session, &error),
        &error, "sign in");
    print_persons(store);
    for (char line[16]; fgets(line, sizeof line, stdin) != NULL;)
        run_round(session);
    edu_session_close(session);
    edu_portal_close(portal);
    return 0;
}
