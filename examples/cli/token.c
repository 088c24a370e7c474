/* Tokens by which programs are somebody. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "cli.h"

static const char help[] =
    "Usage: edu token make LOGIN --title TEXT [--days N]\n"
    "       edu token list LOGIN\n"
    "       edu token end LOGIN --title TEXT\n\n"
    "make: prints a token by which a program may what LOGIN may, as over the portal's /api/v1. It\n"
    "is told once. Give a program an account of its own where you can: its roles are then the\n"
    "program's.\n"
    "list: title, and until when each is good. end: it is worth nothing afterwards.\n"
    "The password, and the code where one is sent, come from standard input.\n\n"
    "  --title TEXT     what it is for\n"
    "  --days N         how long it is good, at most 366 (90)\n" CLI_PLACE_HELP;

static edu_status make(edu_session *session, const char *title, int days, edu_error *error)
{
    char *token = NULL;
    edu_time expires = ((edu_time)time(NULL) + (edu_time)days * 24 * 60 * 60) * 1000000;
    edu_status status = edu_access_make(session, title, expires, &token, error);
    if (status == EDU_OK)
        puts(token);
    edu_free(token);
    return status;
}

static void print_token(const edu_access *token)
{
    time_t expires = (time_t)(token->expires / 1000000);
    struct tm civil;
    char until[32];
    gmtime_r(&expires, &civil);
    (void)strftime(until, sizeof until, "%Y-%m-%dT%H:%M:%SZ", &civil);
    printf("%s  %s\n", until, token->title);
}

/* A person has fewer than a page holds. */
static edu_status list(edu_session *session, edu_error *error)
{
    edu_access_page *page = NULL;
    edu_status status = edu_access_list(session, NULL, EDU_PAGE_MAX, &page, error);
    for (size_t i = 0; status == EDU_OK && i < page->count; i++)
        print_token(&page->items[i]);
    edu_free(page);
    return status;
}

int cli_token(int argc, char **argv)
{
    cli_place place = {0};
    const char *title = NULL, *days = NULL;
    const cli_option options[] = {
        CLI_PLACE_OPTIONS(place), {"title", &title, NULL}, {"days", &days, NULL}, {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    const char *what = words > 0 ? argv[1] : "";
    bool makes = strcmp(what, "make") == 0, lists = strcmp(what, "list") == 0;
    int count = days ? atoi(days) : 90;
    if (words != 2 || (!makes && !lists && strcmp(what, "end") != 0) || lists == (title != NULL) ||
        (days && !makes) || count < 1 || count > 366)
        return cli_usage("token needs one of its forms; see edu token --help");
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    edu_session *session = NULL;
    if (cli_open(&place, &portal, &error) != EDU_OK)
        return cli_failed(NULL, &error);
    edu_status status = cli_sign_in(portal, argv[2], &session, &error);
    if (status == EDU_OK)
        status = makes   ? make(session, title, count, &error)
                 : lists ? list(session, &error)
                         : edu_access_end(session, title, &error);
    /* What was signed in for this alone is over with it. */
    if (session && edu_session_token(session) &&
        edu_session_sign_out(session, status == EDU_OK ? &error : NULL) != EDU_OK)
        status = EDU_E_STATE;
    edu_session_close(session);
    edu_portal_close(portal);
    return status == EDU_OK ? CLI_DONE : cli_failed(NULL, &error);
}
