/* Sending what waits in the outbox. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "cli.h"

static volatile sig_atomic_t is_over;

static void end(int number)
{
    (void)number;
    is_over = 1;
}

/* Of appeals: dates that a new calendar moves, and the rungs of the ladder that are due. Where no
 * rules are published there is nothing to do. */
static edu_status move_appeals(edu_session *session, edu_error *error)
{
    int32_t done = 1;
    edu_status status = EDU_OK;
    while (status == EDU_OK && done > 0 && !is_over)
        status = edu_appeal_recompute(session, 0, &done, error);
    for (done = 1; status == EDU_OK && done > 0 && !is_over;)
        status = edu_appeal_escalate(session, 0, &done, error);
    return status == EDU_E_NOT_FOUND ? EDU_OK : status;
}

/* Of payments: the provider is asked, and refunds go out. */
static edu_status settle_payments(edu_session *session, edu_error *error)
{
    int32_t done = 1;
    edu_status status = EDU_OK;
    while (status == EDU_OK && done > 0 && !is_over)
        status = edu_payment_settle(session, 0, &done, error);
    return status;
}

/* Of applications: dates that a new calendar moves; what is due is told, and done. */
static edu_status move_requests(edu_session *session, edu_error *error)
{
    int32_t done = 1;
    edu_status status = EDU_OK;
    while (status == EDU_OK && done > 0 && !is_over)
        status = edu_request_recompute(session, 0, &done, error);
    for (done = 1; status == EDU_OK && done > 0 && !is_over;)
        status = edu_request_clock(session, 0, &done, error);
    return status;
}

/* At the start, and once a day. */
static edu_status sweep_documents(edu_session *session, edu_error *error)
{
    static time_t last;
    time_t now = time(NULL);
    int32_t done;
    if (last != 0 && now - last < 24 * 60 * 60)
        return EDU_OK;
    last = now;
    return edu_request_sweep(session, &done, error);
}

/* Results whose time has come are told first: that makes messages, as appeals do. */
static edu_status deliver_all(edu_session *session, edu_error *error)
{
    int32_t delivered = 1;
    int64_t told;
    edu_status status = edu_result_deliver(session, (edu_progress){0}, &told, error);
    if (status == EDU_OK)
        status = move_appeals(session, error);
    if (status == EDU_OK)
        status = move_requests(session, error);
    if (status == EDU_OK)
        status = sweep_documents(session, error);
    if (status == EDU_OK)
        status = settle_payments(session, error);
    while (status == EDU_OK && delivered > 0 && !is_over)
        status = edu_outbox_deliver(session, 100, &delivered, error);
    return status;
}

int cli_deliver(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu deliver [--every SECONDS] [--store ADDRESS] [--keys FILE]\n\n"
        "Tells of results whose time has come and of appeals that are due, asks the payment\n"
        "provider about payments, sends refunds, removes files of documents that nothing names, "
        "and delivers the "
        "messages that wait; each becomes a "
        "file in the folder PATH.outbox. What\n"
        "fails is tried again later. With --every it goes on until TERM.\n\n" CLI_PLACE_HELP;
    cli_place place = {0};
    const char *every = NULL;
    const cli_option options[] = {CLI_PLACE_OPTIONS(place), {"every", &every, NULL}, {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    int pause = every ? atoi(every) : 0;
    if (words > 0 || (every && pause < 1))
        return cli_usage("deliver takes no words, and --every at least 1; see edu deliver --help");
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    edu_session *session;
    if (cli_operate(&place, &portal, &session, &error) != EDU_OK)
        return cli_failed(NULL, &error);
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    edu_status status = deliver_all(session, &error);
    while (status == EDU_OK && every && !is_over) {
        sleep((unsigned)pause);
        status = deliver_all(session, &error);
    }
    edu_session_close(session);
    edu_portal_close(portal);
    return status == EDU_OK ? CLI_DONE : cli_failed(NULL, &error);
}
