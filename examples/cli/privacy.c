/* What is held on a person, given and erased. */
#include <stdlib.h>
#include <string.h>
#include "cli.h"

static const char help[] =
    "Usage: edu privacy give PERSON > FILE\n"
    "       edu privacy erase PERSON --reason TEXT [--with-open]\n"
    "       edu privacy erasures > FILE\n"
    "       edu privacy replay FILE\n\n"
    "    give: prints all that is held on a person, as JSON; PERSON is their id.\n"
    "    erase: for good; docs/privacy.md tells what stays. Backups have them until they are\n"
    "    deleted.\n"
    "    erasures: prints who was erased, as CSV. Keep it beside the backups, and after a restore\n"
    "    erase them again by replay.\n\n"
    "  --reason TEXT    why, without personal data\n"
    "  --with-open      also where applications of theirs are open\n" CLI_PLACE_HELP;

static edu_status give(edu_session *session, edu_id person, edu_error *error)
{
    edu_personal_data *data = NULL;
    edu_status status = edu_privacy_export(session, person, &data, error);
    if (status == EDU_OK) {
        (void)json_dumpf(data->content, stdout, JSON_INDENT(2));
        puts("");
    }
    edu_free(data);
    return status;
}

static edu_status erasures(edu_session *session, edu_error *error)
{
    edu_document *list = NULL;
    edu_status status = edu_privacy_erasures(session, &list, error);
    if (status == EDU_OK)
        (void)fwrite(list->content.data, 1, list->content.size, stdout);
    edu_free(list);
    return status;
}

static edu_status replay(edu_session *session, edu_bytes csv, edu_error *error)
{
    int32_t done = 0;
    edu_status status = edu_privacy_replay(session, csv, &done, error);
    if (status == EDU_OK)
        printf("%d erased again\n", (int)done);
    return status;
}

typedef struct wish {
    const char *what, *reason;
    edu_id person;
    edu_bytes csv;
    bool with_open;
} wish;

static edu_status run(edu_session *session, const wish *of, edu_error *error)
{
    if (strcmp(of->what, "give") == 0)
        return give(session, of->person, error);
    if (strcmp(of->what, "erase") == 0)
        return edu_privacy_erase(session, of->person, of->reason, of->with_open, NULL, error);
    return strcmp(of->what, "replay") == 0 ? replay(session, of->csv, error)
                                           : erasures(session, error);
}

int cli_privacy(int argc, char **argv)
{
    cli_place place = {0};
    wish of = {.what = ""};
    const cli_option options[] = {CLI_PLACE_OPTIONS(place),
                                  {"reason", &of.reason, NULL},
                                  {"with-open", NULL, &of.with_open},
                                  {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    of.what = words > 0 ? argv[1] : "";
    bool erases = strcmp(of.what, "erase") == 0, lists = strcmp(of.what, "erasures") == 0;
    bool replays = strcmp(of.what, "replay") == 0;
    if (words != (lists ? 1 : 2) || (of.reason != NULL) != erases || (of.with_open && !erases) ||
        (!erases && !lists && !replays && strcmp(of.what, "give") != 0))
        return cli_usage("privacy needs one of its forms; see edu privacy --help");
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    edu_session *session;
    if (!lists && !replays && edu_id_parse(argv[2], &of.person, &error) != EDU_OK)
        return cli_failed(argv[2], &error);
    if (replays && !cli_read(argv[2], &of.csv))
        return CLI_FAILED;
    edu_status status = cli_operate(&place, &portal, &session, &error);
    if (status == EDU_OK) {
        status = run(session, &of, &error);
        edu_session_close(session);
        edu_portal_close(portal);
    }
    free((void *)(uintptr_t)of.csv.data);
    return status == EDU_OK ? CLI_DONE : cli_failed(NULL, &error);
}
