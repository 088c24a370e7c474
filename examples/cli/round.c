/* A round of what is applied for, for a clerk with files: scores in, the ranking out, and the two
 * steps between. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

typedef struct round_options {
    cli_place place;
    const char *login, *seed, *to;
} round_options;

typedef struct at_work {
    edu_portal *portal;
    edu_session *session;
    edu_id offering;
    edu_error error;
} at_work;

static edu_status begin(at_work *work, const round_options *given)
{
    *work = (at_work){.error = EDU_ERROR_INIT};
    if (given->login == NULL)
        return cli_operate(&given->place, &work->portal, &work->session, &work->error);
    edu_status status = cli_open(&given->place, &work->portal, &work->error);
    return status == EDU_OK ? cli_sign_in(work->portal, given->login, &work->session, &work->error)
                            : status;
}

static edu_status failed(at_work *work, edu_status status, const char *what)
{
    work->error.code = status;
    snprintf(work->error.message, sizeof work->error.message, "%s", what);
    return status;
}

/* Of a page, the offering with the code. */
static bool is_on(const edu_offering_page *page, const char *code, edu_id *out)
{
    for (size_t i = 0; i < page->count; i++)
        if (strcmp(page->items[i].code, code) == 0) {
            *out = page->items[i].id;
            return true;
        }
    return false;
}

/* SERVICE/CODE; SERVICE alone for one that is an offering of itself. */
static edu_status find_offering(at_work *work, const char *name)
{
    char service[65], *cursor = NULL;
    const char *slash = strchr(name, '/');
    edu_offering_filter filter = EDU_OFFERING_FILTER_INIT;
    bool is_found = false, more = true;
    edu_status status = EDU_OK;
    snprintf(service, sizeof service, "%.*s", slash ? (int)(slash - name) : (int)strlen(name),
             name);
    filter.service = service;
    while (more) {
        edu_offering_page *page = NULL;
        status =
            edu_offering_list(work->session, &filter, cursor, EDU_PAGE_MAX, &page, &work->error);
        is_found = status == EDU_OK && is_on(page, slash ? slash + 1 : "", &work->offering);
        more = cli_next(&cursor, status == EDU_OK && !is_found ? page->next : NULL);
        edu_free(page);
    }
    return status != EDU_OK || is_found
               ? status
               : failed(work, EDU_E_NOT_FOUND, "there is no such offering: it is SERVICE/CODE");
}

static edu_status show(at_work *work)
{
    edu_round *one = NULL;
    edu_status status = edu_round_get(work->session, work->offering, &one, &work->error);
    if (status != EDU_OK)
        return status;
    printf("%s: %s, %" PRId64 " judged, %" PRId64 " ranked, %" PRId64 " placed\ncommitment %s\n",
           one->title, one->state, one->candidates, one->ranked, one->given, one->commitment);
    if (one->seed != NULL)
        printf("seed %s\n", one->seed);
    edu_free(one);
    return EDU_OK;
}

/* Every fault of the file, where there are any. */
static void print_faults(at_work *work, const char *sheet, edu_bytes csv, const char *path)
{
    edu_import_fault_page *page = NULL;
    if (edu_score_faults(work->session, work->offering, sheet, csv, NULL, EDU_PAGE_MAX, &page,
                         NULL) != EDU_OK)
        return;
    for (size_t i = 0; i < page->count; i++)
        fprintf(stderr, "%s:%" PRId64 ":%s %s\n", path, page->items[i].line,
                page->items[i].field ? page->items[i].field : "", page->items[i].message);
    edu_free(page);
}

static edu_status import(at_work *work, const char *sheet, const char *path)
{
    edu_bytes csv;
    edu_import_report *report = NULL;
    if (!cli_read(path, &csv))
        return failed(work, EDU_E_IO, "nothing was imported");
    edu_status status =
        edu_score_import(work->session, work->offering, sheet, csv, NULL, &report, &work->error);
    if (status == EDU_OK)
        printf("%" PRId64 " read, %" PRId64 " added, %" PRId64 " changed, %" PRId64 " unchanged\n",
               report->read, report->added, report->changed, report->unchanged);
    else if (status == EDU_E_INVALID)
        print_faults(work, sheet, csv, path);
    edu_free(report);
    free((void *)(uintptr_t)csv.data);
    return status;
}

static edu_status write_ranking(at_work *work, const char *to)
{
    edu_document *csv = NULL;
    edu_status status = edu_round_csv(work->session, work->offering, &csv, &work->error);
    if (status == EDU_OK && !cli_write(to ? to : "-", csv->content))
        status = failed(work, EDU_E_IO, "the ranking was not written");
    edu_free(csv);
    return status;
}

static edu_status assign(at_work *work)
{
    edu_panel_report *report = NULL;
    edu_status status =
        edu_panel_assign(work->session, work->offering, NULL, &report, &work->error);
    if (status == EDU_OK)
        printf("%" PRId64 " given out, %" PRId64 " to %" PRId64 " each, %" PRId64 " lack members\n",
               report->added, report->least, report->most, report->lacking);
    edu_free(report);
    return status;
}

static edu_status confirm(at_work *work)
{
    edu_status status =
        edu_round_confirm(work->session, work->offering, cli_progress(), NULL, &work->error);
    cli_progress_end();
    return status;
}

static edu_status take_step(at_work *work, char **words, const round_options *given)
{
    const char *step = words[0];
    if (strcmp(step, "status") == 0)
        return show(work);
    if (strcmp(step, "import") == 0)
        return import(work, words[2], words[3]);
    if (strcmp(step, "assign") == 0)
        return assign(work);
    if (strcmp(step, "ranking") == 0)
        return write_ranking(work, given->to);
    if (strcmp(step, "confirm") == 0)
        return confirm(work);
    if (strcmp(step, "reopen") == 0)
        return edu_round_reopen(work->session, work->offering, NULL, &work->error);
    return edu_round_propose(work->session, work->offering, given->seed, NULL, &work->error);
}

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words != NULL && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

int cli_round(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu round status SERVICE/CODE\n"
        "       edu round import SERVICE/CODE SHEET FILE|-\n"
        "       edu round assign SERVICE/CODE\n"
        "       edu round propose SERVICE/CODE [--seed HEX] --login LOGIN\n"
        "       edu round confirm SERVICE/CODE --login LOGIN\n"
        "       edu round reopen SERVICE/CODE --login LOGIN\n"
        "       edu round ranking SERVICE/CODE [--to FILE]\n\n"
        "A round of what is applied for, such as recruitment/autumn (docs/rounds.md). import "
        "reads\n"
        "points of a sheet from CSV: number or application, and a column for each criterion; all "
        "of\n"
        "it or nothing, with every fault told. assign gives works to the panel. propose and "
        "confirm\n"
        "are done by two people, whose passwords are read from standard input; cut off, confirm\n"
        "goes on when called again. ranking writes CSV.\n\n" CLI_PLACE_HELP;
    static const char *const anybody[] = {"status", "assign", "ranking", NULL};
    static const char *const by_two[] = {"propose", "confirm", "reopen", NULL};
    round_options given = {0};
    const cli_option options[] = {CLI_PLACE_OPTIONS(given.place),
                                  {"login", &given.login, NULL},
                                  {"seed", &given.seed, NULL},
                                  {"to", &given.to, NULL},
                                  {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    bool is_good = (words == 4 && strcmp(argv[1], "import") == 0) ||
                   (words == 2 && is_one_of(argv[1], anybody)) ||
                   (words == 2 && is_one_of(argv[1], by_two) && given.login != NULL);
    if (!is_good)
        return cli_usage("round needs one of its forms; see edu round --help");
    at_work work;
    edu_status status = begin(&work, &given);
    if (status == EDU_OK)
        status = find_offering(&work, argv[2]);
    if (status == EDU_OK)
        status = take_step(&work, argv + 1, &given);
    edu_session_close(work.session);
    edu_portal_close(work.portal);
    return status == EDU_OK ? CLI_DONE : cli_failed(words == 4 ? argv[4] : NULL, &work.error);
}
