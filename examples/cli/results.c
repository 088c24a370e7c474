/* Results of a round, from the rules to the certificates. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

typedef struct results_options {
    cli_place place;
    const char *login, *at, *to, *what, *reason;
    bool confirm, refuse, is_private;
} results_options;

/* A command's session: the operator's, or a clerk's by --login. */
typedef struct at_work {
    edu_portal *portal;
    edu_session *session;
    edu_error error;
} at_work;

static edu_status begin(at_work *work, const results_options *given)
{
    *work = (at_work){.error = EDU_ERROR_INIT};
    if (given->login == NULL)
        return cli_operate(&given->place, &work->portal, &work->session, &work->error);
    edu_status status = cli_open(&given->place, &work->portal, &work->error);
    return status == EDU_OK ? cli_sign_in(work->portal, given->login, &work->session, &work->error)
                            : status;
}

static int end(at_work *work, const char *what, edu_status status)
{
    edu_session_close(work->session);
    edu_portal_close(work->portal);
    return status == EDU_OK ? CLI_DONE : cli_failed(what, &work->error);
}

static edu_status find_season(at_work *work, const char *code, edu_id *out)
{
    char *cursor = NULL;
    bool is_found = false, more = true;
    edu_status status = EDU_OK;
    while (more) {
        edu_season_page *page = NULL;
        status = edu_olympiad_seasons(work->session, cursor, EDU_PAGE_MAX, &page, &work->error);
        for (size_t i = 0; status == EDU_OK && i < page->count && !is_found; i++)
            if (strcmp(page->items[i].code, code) == 0) {
                *out = page->items[i].id;
                is_found = true;
            }
        more = cli_next(&cursor, status == EDU_OK && !is_found ? page->next : NULL);
        edu_free(page);
    }
    if (status != EDU_OK || is_found)
        return status;
    work->error.code = EDU_E_NOT_FOUND;
    snprintf(work->error.message, sizeof work->error.message, "there is no season %.64s", code);
    return EDU_E_NOT_FOUND;
}

/* ---- edu results ---- */

static edu_status show(at_work *work, edu_id season)
{
    edu_marking *m = NULL;
    edu_status status = edu_result_marking(work->session, season, &m, &work->error);
    if (status != EDU_OK)
        return status;
    printf("%s: %" PRId64 " expected, %" PRId64 " scored, %" PRId64 " absent, %" PRId64
           " missing, %" PRId64 " told\n"
           "%" PRId64 " certificates, %" PRId64 " go on, %" PRId64 " invited, %" PRId64
           " appeals and %" PRId64 " corrections wait\n",
           m->state, m->expected, m->scored, m->absent, m->missing, m->told, m->certificates,
           m->advancing, m->invited, m->appeals, m->corrections);
    edu_free(m);
    return EDU_OK;
}

static edu_status set_rules(at_work *work, edu_id season, const char *path)
{
    json_error_t detail;
    json_t *rules = json_load_file(path, JSON_REJECT_DUPLICATES, &detail);
    if (rules == NULL) {
        work->error.code = EDU_E_INVALID;
        work->error.line = detail.line;
        snprintf(work->error.message, sizeof work->error.message, "%s", detail.text);
        return EDU_E_INVALID;
    }
    edu_status status = edu_result_rules(work->session, season, rules, NULL, &work->error);
    json_decref(rules);
    return status;
}

static edu_status import(at_work *work, edu_id season, const char *path)
{
    edu_bytes csv;
    edu_import_report *report = NULL;
    if (!cli_read(path, &csv)) {
        work->error.code = EDU_E_IO;
        snprintf(work->error.message, sizeof work->error.message, "nothing was imported");
        return EDU_E_IO;
    }
    edu_status status = edu_result_import(work->session, season, csv, NULL, &report, &work->error);
    if (status == EDU_OK)
        printf("%" PRId64 " read, %" PRId64 " added, %" PRId64 " changed, %" PRId64 " unchanged\n",
               report->read, report->added, report->changed, report->unchanged);
    edu_free(report);
    free((void *)(uintptr_t)csv.data);
    return status;
}

static edu_status write_document(at_work *work, const edu_document *document, const char *to)
{
    if (to == NULL)
        return fwrite(document->content.data, 1, document->content.size, stdout) ==
                       document->content.size
                   ? EDU_OK
                   : EDU_E_IO;
    if (cli_write(to, document->content))
        return EDU_OK;
    work->error.code = EDU_E_IO;
    return EDU_E_IO;
}

static edu_status write_csv(at_work *work, edu_id season, const char *what, const char *to)
{
    edu_document *document = NULL;
    edu_status status = edu_result_csv(work->session, season, what, &document, &work->error);
    if (status == EDU_OK)
        status = write_document(work, document, to);
    edu_free(document);
    return status;
}

static edu_status write_codes(at_work *work, edu_id season, const char *to)
{
    edu_document *document = NULL;
    edu_status status = edu_result_codes(work->session, season, &document, &work->error);
    if (status == EDU_OK)
        status = write_document(work, document, to);
    edu_free(document);
    return status;
}

static edu_status publish_step(at_work *work, const char *step, edu_id season, const char *at)
{
    edu_time time = 0;
    if (strcmp(step, "reopen") == 0)
        return edu_result_reopen(work->session, season, NULL, &work->error);
    if (strcmp(step, "approve") == 0) {
        edu_status status =
            edu_result_approve(work->session, season, cli_progress(), NULL, &work->error);
        cli_progress_end();
        return status;
    }
    if (at == NULL || !cli_time(at, &time)) {
        work->error.code = EDU_E_INVALID;
        snprintf(work->error.message, sizeof work->error.message,
                 "--at is a time such as 2026-11-23T10:00:00+04:00");
        return EDU_E_INVALID;
    }
    return edu_result_propose(work->session, season, time, NULL, &work->error);
}

static edu_status invite(at_work *work, edu_id season)
{
    int64_t invited = 0;
    edu_status status =
        edu_result_invite(work->session, season, cli_progress(), &invited, &work->error);
    cli_progress_end();
    if (status == EDU_OK)
        printf("%" PRId64 " invited\n", invited);
    return status;
}

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words != NULL && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

static edu_status results_step(at_work *work, char **words, edu_id season,
                               const results_options *given)
{
    const char *step = words[0];
    if (strcmp(step, "status") == 0)
        return show(work, season);
    if (strcmp(step, "rules") == 0)
        return set_rules(work, season, words[2]);
    if (strcmp(step, "import") == 0)
        return import(work, season, words[2]);
    if (strcmp(step, "codes") == 0)
        return write_codes(work, season, given->to);
    if (strcmp(step, "export") == 0)
        return write_csv(work, season, given->what ? given->what : "results", given->to);
    if (strcmp(step, "invite") == 0)
        return invite(work, season);
    return publish_step(work, step, season, given->at);
}

int cli_results(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu results status SEASON\n"
        "       edu results rules SEASON FILE\n"
        "       edu results codes SEASON [--to FILE]\n"
        "       edu results import SEASON FILE|-\n"
        "       edu results export SEASON [--what WHAT] [--to FILE]\n"
        "       edu results propose SEASON --at TIME --login LOGIN\n"
        "       edu results approve SEASON --login LOGIN\n"
        "       edu results reopen SEASON --login LOGIN\n"
        "       edu results invite SEASON\n\n"
        "rules sets the rules of the round (docs/results.md) from JSON; codes writes blind codes\n"
        "for the scripts; import reads points from CSV, all of it or nothing; WHAT is results "
        "(the\n"
        "default), all, region, school, grade, problem or score. propose and approve are done by\n"
        "two clerks, whose passwords are read from standard input; TIME is like\n"
        "2026-11-23T10:00:00+04:00. invite makes the registrations for the next "
        "round.\n\n" CLI_PLACE_HELP;
    static const char *const with_file[] = {"rules", "import", NULL};
    static const char *const without[] = {"status", "codes", "export", "invite", NULL};
    static const char *const by_clerk[] = {"propose", "approve", "reopen", NULL};
    results_options given = {0};
    const cli_option options[] = {CLI_PLACE_OPTIONS(given.place), {"login", &given.login, NULL},
                                  {"at", &given.at, NULL},        {"to", &given.to, NULL},
                                  {"what", &given.what, NULL},    {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    bool is_good = (words == 3 && is_one_of(argv[1], with_file)) ||
                   (words == 2 && is_one_of(argv[1], without)) ||
                   (words == 2 && is_one_of(argv[1], by_clerk) && given.login != NULL);
    if (!is_good)
        return cli_usage("results needs one of its forms; see edu results --help");
    at_work work;
    edu_id season;
    edu_status status = begin(&work, &given);
    if (status == EDU_OK)
        status = find_season(&work, argv[2], &season);
    if (status == EDU_OK)
        status = results_step(&work, argv + 1, season, &given);
    return end(&work, words == 3 ? argv[3] : NULL, status);
}

/* ---- edu rank, edu issue ---- */

int cli_rank(int argc, char **argv)
{
    static const char help[] = "Usage: edu rank SEASON [--to FILE]\n\n"
                               "Ranks the results of a round by its rules, as a preview before\n"
                               "publication, and writes them as CSV.\n\n" CLI_PLACE_HELP;
    results_options given = {0};
    const cli_option options[] = {CLI_PLACE_OPTIONS(given.place), {"to", &given.to, NULL}, {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words != 1)
        return cli_usage("rank needs the code of a season; see edu rank --help");
    at_work work;
    edu_id season;
    edu_status status = begin(&work, &given);
    if (status == EDU_OK)
        status = find_season(&work, argv[1], &season);
    if (status == EDU_OK)
        status = edu_result_rank(work.session, season, NULL, &work.error);
    if (status == EDU_OK)
        status = write_csv(&work, season, "results", given.to);
    return end(&work, NULL, status);
}

int cli_issue(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu issue SEASON\n\n"
        "Issues the certificates that the rules of a published round give. Who has one with the\n"
        "same content keeps it; cut off, the next call goes on.\n\n" CLI_PLACE_HELP;
    results_options given = {0};
    const cli_option options[] = {CLI_PLACE_OPTIONS(given.place), {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words != 1)
        return cli_usage("issue needs the code of a season; see edu issue --help");
    at_work work;
    edu_id season;
    int64_t issued = 0;
    edu_status status = begin(&work, &given);
    if (status == EDU_OK)
        status = find_season(&work, argv[1], &season);
    if (status == EDU_OK)
        status = edu_result_issue(work.session, season, cli_progress(), &issued, &work.error);
    cli_progress_end();
    if (status == EDU_OK)
        printf("%" PRId64 " issued\n", issued);
    return end(&work, NULL, status);
}

/* ---- edu print ---- */

/* DIR/certificates-001.pdf and so on, a part a file. */
static edu_status print_parts(at_work *work, edu_id season, const char *institution,
                              const char *dir)
{
    edu_id after = {{0}}, none = {{0}};
    int64_t printed = 0;
    edu_status status = EDU_OK;
    for (int part = 1; status == EDU_OK && (part == 1 || memcmp(&after, &none, sizeof none) != 0);
         part++) {
        edu_printout *made = NULL;
        char path[4096];
        status = edu_certificate_print(work->session, season, institution, after, 1000, &made,
                                       &work->error);
        if (status != EDU_OK)
            break;
        after = made->next;
        printed += made->count;
        snprintf(path, sizeof path, "%s/certificates-%03d.pdf", dir, part);
        if (made->count > 0 && !cli_write(path, made->content)) {
            work->error.code = status = EDU_E_IO;
            snprintf(work->error.message, sizeof work->error.message, "the file was not written");
        } else if (made->count > 0) {
            printf("%s: %d certificates\n", path, (int)made->count);
            fflush(stdout);
        }
        edu_free(made);
    }
    if (status == EDU_OK)
        printf("%" PRId64 " printed\n", printed);
    return status;
}

int cli_print(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu print SEASON --to DIR [--school CODE]\n\n"
        "Writes the valid certificates of a round as PDF for who prints them, up to 1,000 in a\n"
        "file: DIR/certificates-001.pdf and so on. The signed record of each is attached to its\n"
        "page.\n\n"
        "  --to DIR            where the files go; it is there already\n"
        "  --school CODE       only those of this institution's pupils (its code)\n" CLI_PLACE_HELP;
    results_options given = {0};
    const cli_option options[] = {CLI_PLACE_OPTIONS(given.place),
                                  {"to", &given.to, NULL},
                                  {"school", &given.what, NULL},
                                  {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words != 1 || given.to == NULL)
        return cli_usage("print needs the code of a season and --to DIR; see edu print --help");
    at_work work;
    edu_id season;
    edu_status status = begin(&work, &given);
    if (status == EDU_OK)
        status = find_season(&work, argv[1], &season);
    if (status == EDU_OK)
        status = print_parts(&work, season, given.what, given.to);
    return end(&work, NULL, status);
}

/* ---- edu revoke ---- */

int cli_revoke(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu revoke NUMBER --reason TEXT [--private] --login LOGIN\n"
        "       edu revoke NUMBER --confirm --login LOGIN\n"
        "       edu revoke NUMBER --refuse --login LOGIN\n\n"
        "Asks to revoke a certificate; another clerk confirms or refuses. The reason is shown to\n"
        "whoever checks the certificate, with --private only to the holder and to staff. The\n"
        "password is read from standard input.\n\n" CLI_PLACE_HELP;
    results_options given = {0};
    const cli_option options[] = {CLI_PLACE_OPTIONS(given.place),
                                  {"reason", &given.reason, NULL},
                                  {"login", &given.login, NULL},
                                  {"confirm", NULL, &given.confirm},
                                  {"refuse", NULL, &given.refuse},
                                  {"private", NULL, &given.is_private},
                                  {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    bool decides = given.confirm != given.refuse;
    if (words != 1 || decides == (given.reason != NULL) || given.login == NULL ||
        (decides && given.is_private))
        return cli_usage("revoke needs one of its forms; see edu revoke --help");
    at_work work;
    edu_status status = begin(&work, &given);
    if (status == EDU_OK && decides)
        status =
            edu_certificate_revoke_decide(work.session, argv[1], given.confirm, NULL, &work.error);
    else if (status == EDU_OK)
        status = edu_certificate_revoke(work.session, argv[1], given.reason, !given.is_private,
                                        NULL, &work.error);
    return end(&work, NULL, status);
}
