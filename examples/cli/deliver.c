/* What goes on by itself: messages that wait, terms that end, payments, results. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
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

static bool is_a_day_ago(time_t last)
{
    return last == 0 || time(NULL) - last >= 24 * 60 * 60;
}

/* At the start, and once a day. */
static edu_status sweep_documents(edu_session *session, edu_error *error)
{
    static time_t last;
    int32_t done;
    if (!is_a_day_ago(last))
        return EDU_OK;
    edu_status status = edu_request_sweep(session, &done, error);
    if (status == EDU_OK)
        last = time(NULL);
    return status;
}

static json_int_t sum_of(json_t *counts)
{
    const char *kind;
    json_t *count;
    json_int_t sum = 0;
    json_object_foreach(counts, kind, count) sum += json_integer_value(count);
    return sum;
}

/* Likewise, and until nothing more is over. */
static edu_status end_what_is_over(edu_session *session, edu_error *error)
{
    static time_t last;
    json_int_t ended = 1;
    edu_status status = EDU_OK;
    if (!is_a_day_ago(last))
        return EDU_OK;
    while (status == EDU_OK && ended > 0 && !is_over) {
        edu_retained *report = NULL;
        status = edu_privacy_retain(session, false, &report, error);
        ended = status == EDU_OK ? sum_of(report->counts) : 0;
        edu_free(report);
    }
    if (status == EDU_OK)
        last = time(NULL);
    return status;
}

static edu_status tell_results(edu_session *session, edu_error *error)
{
    int64_t told;
    return edu_result_deliver(session, (edu_progress){0}, &told, error);
}

static edu_status send_messages(edu_session *session, edu_error *error)
{
    int32_t delivered = 1;
    edu_status status = EDU_OK;
    while (status == EDU_OK && delivered > 0 && !is_over)
        status = edu_outbox_deliver(session, 100, &delivered, error);
    return status;
}

/* Messages last: the others make some. */
static struct job {
    const char *name;
    edu_status (*run)(edu_session *session, edu_error *error);
    int64_t failures;
    time_t done; /* when it last went through */
} jobs[] = {
    {"results", tell_results, 0, 0},       {"appeals", move_appeals, 0, 0},
    {"applications", move_requests, 0, 0}, {"retention", end_what_is_over, 0, 0},
    {"documents", sweep_documents, 0, 0},  {"payments", settle_payments, 0, 0},
    {"messages", send_messages, 0, 0},
};
#define JOBS (sizeof jobs / sizeof *jobs)

/* One that fails does not keep the others from going on: it is told, and tried again. */
static bool run_all(edu_session *session)
{
    bool is_good = true;
    for (size_t i = 0; i < JOBS && !is_over; i++) {
        edu_error error = EDU_ERROR_INIT;
        if (jobs[i].run(session, &error) == EDU_OK) {
            jobs[i].done = time(NULL);
            continue;
        }
        jobs[i].failures++;
        is_good = false;
        (void)cli_failed(jobs[i].name, &error);
    }
    return is_good;
}

/* ---- for who watches ---- */

static void write_queues(FILE *file, const edu_queues *queues)
{
    const struct {
        const char *name;
        int64_t length;
    } all[] = {{"messages", queues->messages},
               {"escalations", queues->escalations},
               {"deadlines", queues->deadlines},
               {"payments", queues->payments},
               {"refunds", queues->refunds}};
    fputs("# HELP edu_queue_length What waits for edu deliver.\n"
          "# TYPE edu_queue_length gauge\n",
          file);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        fprintf(file, "edu_queue_length{queue=\"%s\"} %" PRId64 "\n", all[i].name, all[i].length);
    fputs("# HELP edu_queue_oldest_timestamp_seconds When the first of it was due; 0: nothing is.\n"
          "# TYPE edu_queue_oldest_timestamp_seconds gauge\n",
          file);
    fprintf(file, "edu_queue_oldest_timestamp_seconds %" PRId64 "\n",
            queues->oldest == EDU_TIME_NONE ? 0 : queues->oldest / 1000000);
}

static void write_jobs(FILE *file)
{
    fputs("# HELP edu_job_success_timestamp_seconds When a job last went through; 0: not yet.\n"
          "# TYPE edu_job_success_timestamp_seconds gauge\n",
          file);
    for (size_t i = 0; i < JOBS; i++)
        fprintf(file, "edu_job_success_timestamp_seconds{job=\"%s\"} %lld\n", jobs[i].name,
                (long long)jobs[i].done);
    fputs("# HELP edu_job_failures_total How often a job failed since edu deliver began.\n"
          "# TYPE edu_job_failures_total counter\n",
          file);
    for (size_t i = 0; i < JOBS; i++)
        fprintf(file, "edu_job_failures_total{job=\"%s\"} %" PRId64 "\n", jobs[i].name,
                jobs[i].failures);
}

/* Aside and then in place, so that nobody reads half of it. */
static bool write_metrics(edu_session *session, const char *path)
{
    edu_error error = EDU_ERROR_INIT;
    edu_queues *queues = NULL;
    char aside[4096];
    if (edu_portal_queues(session, &queues, &error) != EDU_OK)
        return cli_failed("metrics", &error) == CLI_DONE;
    int length = snprintf(aside, sizeof aside, "%s.new", path);
    FILE *file = length > 0 && (size_t)length < sizeof aside ? fopen(aside, "w") : NULL;
    bool is_good = file != NULL;
    if (is_good) {
        write_queues(file, queues);
        write_jobs(file);
        is_good = fclose(file) == 0 && rename(aside, path) == 0;
    }
    edu_free(queues);
    if (!is_good)
        fprintf(stderr, "edu: cannot write %s: %s\n", path, strerror(errno));
    return is_good;
}

int cli_deliver(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu deliver [--every SECONDS] [--metrics FILE] [--store ADDRESS] [--keys FILE]\n\n"
        "Tells of results whose time has come and of appeals and applications that are due, asks\n"
        "the payment provider about payments, sends refunds, removes files of documents that\n"
        "nothing names, and delivers the messages that wait; each becomes a file in the folder\n"
        "PATH.outbox. What fails is told and tried again later, and the rest goes on. Several may\n"
        "run at once: each thing is done once. With --every it goes on until TERM.\n\n"
        "  --every SECONDS  again and again, with such a pause\n"
        "  --metrics FILE   writes what waits and how the jobs fare, as Prometheus reads "
        "it\n" CLI_PLACE_HELP;
    cli_place place = {0};
    const char *every = NULL, *metrics = NULL;
    const cli_option options[] = {
        CLI_PLACE_OPTIONS(place), {"every", &every, NULL}, {"metrics", &metrics, NULL}, {0}};
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
    bool is_good;
    do {
        is_good = run_all(session);
        is_good = (!metrics || write_metrics(session, metrics)) && is_good;
        if (every && !is_over)
            sleep((unsigned)pause);
    } while (every && !is_over);
    edu_session_close(session);
    edu_portal_close(portal);
    return is_good || every ? CLI_DONE : CLI_FAILED;
}
