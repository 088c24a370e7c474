/* Lists of the admitted, fees, and who has not come. */
#include <stdlib.h>
#include <string.h>
#include "cli.h"

typedef struct asked {
    const char *service, *what, *list, *path;
} asked;

static edu_status faults_of(edu_session *session, const asked *of, edu_bytes csv,
                            edu_import_fault_page **out)
{
    return of->list ? edu_admission_faults(session, of->service, of->list, csv, NULL, EDU_PAGE_MAX,
                                           out, NULL)
                    : edu_tuition_faults(session, of->service, csv, NULL, EDU_PAGE_MAX, out, NULL);
}

/* All that is wrong; where nothing is found, the error alone. */
static int print_faults(edu_session *session, const asked *of, edu_bytes csv, const edu_error *why)
{
    edu_import_fault_page *page = NULL;
    if (faults_of(session, of, csv, &page) != EDU_OK || page->count == 0) {
        edu_free(page);
        return cli_failed(of->path, why);
    }
    for (size_t i = 0; i < page->count; i++)
        fprintf(stderr, "edu: %s: line %lld: %s\n", of->path, (long long)page->items[i].line,
                page->items[i].message);
    edu_free(page);
    return CLI_FAILED;
}

static int bring(edu_session *session, const asked *of)
{
    edu_bytes csv;
    edu_error error = EDU_ERROR_INIT;
    edu_import_report *report = NULL;
    if (!cli_read(of->path, &csv))
        return CLI_FAILED;
    edu_status status =
        of->list ? edu_admission_import(session, of->service, of->list, csv, NULL, &report, &error)
                 : edu_tuition_import(session, of->service, csv, NULL, &report, &error);
    int code = CLI_DONE;
    if (status == EDU_OK)
        printf("%s: %lld read, %lld added, %lld changed, %lld unchanged\n", of->what,
               (long long)report->read, (long long)report->added, (long long)report->changed,
               (long long)report->unchanged);
    else
        code = print_faults(session, of, csv, &error);
    edu_free(report);
    free((void *)(uintptr_t)csv.data);
    return code;
}

static void print_figure(const edu_admission_figure *one)
{
    printf("%s,%s,%lld,%lld,%lld,%lld,%lld,%lld\n", one->institution, one->code,
           (long long)one->admitted, (long long)one->registered, (long long)one->paid,
           (long long)one->confirmed, (long long)one->absent, (long long)one->withdrawn);
}

static int report(edu_session *session, const asked *of)
{
    edu_error error = EDU_ERROR_INIT;
    edu_status status;
    char *cursor = NULL;
    bool more;
    puts("institution,programme,admitted,registered,paid,confirmed,absent,withdrawn");
    do {
        edu_admission_figure_page *page = NULL;
        status = edu_admission_figures(session, of->service, atoi(of->list), NULL, cursor,
                                       EDU_PAGE_MAX, &page, &error);
        for (size_t i = 0; status == EDU_OK && i < page->count; i++)
            print_figure(&page->items[i]);
        more = cli_next(&cursor, status == EDU_OK ? page->next : NULL);
        edu_free(page);
    } while (more);
    return status == EDU_OK ? CLI_DONE : cli_failed(NULL, &error);
}

int cli_admission(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu admission import LIST FILE|- [--service CODE]\n"
        "       edu admission fees FILE|- [--service CODE]\n"
        "       edu admission report YEAR [--service CODE]\n\n"
        "import  a list of the admitted, whole or in part; LIST is its code. Columns:\n"
        "        number? or document?, birth?, institution, programme, level, funding, year,\n"
        "        score?, status?\n"
        "fees    what a year costs. Columns: programme, funding, amount (minor units)\n"
        "report  how many of each programme have come how far, as CSV\n\n"
        "  --service CODE   the service (default: admission)\n" CLI_PLACE_HELP;
    cli_place place = {0};
    asked of = {.service = "admission"};
    const cli_option options[] = {CLI_PLACE_OPTIONS(place), {"service", &of.service, NULL}, {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    of.what = words > 0 ? argv[1] : "";
    bool is_list = strcmp(of.what, "import") == 0 && words == 3,
         is_fees = strcmp(of.what, "fees") == 0 && words == 2,
         is_report = strcmp(of.what, "report") == 0 && words == 2;
    if (!is_list && !is_fees && !is_report)
        return cli_usage("see edu admission --help");
    of.list = is_fees ? NULL : argv[2];
    of.path = argv[words];
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    edu_session *session;
    if (cli_operate(&place, &portal, &session, &error) != EDU_OK)
        return cli_failed(NULL, &error);
    code = is_report ? report(session, &of) : bring(session, &of);
    edu_session_close(session);
    edu_portal_close(portal);
    return code;
}
