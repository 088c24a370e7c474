/* Publishing documents: what an admin does without a line of code. */
#include <string.h>
#include "cli.h"

typedef edu_status (*publish_fn)(edu_session *session, json_t *document, const char *key,
                                 int32_t *version, edu_error *error);

static const struct {
    const char *name;
    publish_fn run;
} kinds[] = {
    {"service", edu_service_publish},      {"calendar", edu_calendar_publish},
    {"register", edu_register_publish},    {"reference", edu_reference_publish},
    {"appeals", edu_appeal_rules_publish},
};

static publish_fn find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].run;
    return NULL;
}

static int publish_document(const cli_place *place, publish_fn run, const char *path,
                            json_t *document)
{
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    edu_session *session;
    int32_t version;
    if (cli_operate(place, &portal, &session, &error) != EDU_OK)
        return cli_failed(NULL, &error);
    edu_status status = run(session, document, NULL, &version, &error);
    if (status == EDU_OK)
        printf("%s: version %d\n", path, (int)version);
    edu_session_close(session);
    edu_portal_close(portal);
    return status == EDU_OK ? CLI_DONE : cli_failed(path, &error);
}

int cli_publish(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu publish service|calendar|register|reference|appeals FILE\n"
        "                   [--store ADDRESS] [--keys FILE]\n\n"
        "Publishes a JSON document: a service, a calendar, a register, a type of reference, the\n"
        "rules of appeals. It is checked whole first; the same again changes nothing; another one\n"
        "is the next version.\n\n" CLI_PLACE_HELP;
    cli_place place = {0};
    json_error_t fault;
    const cli_option options[] = {CLI_PLACE_OPTIONS(place), {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    publish_fn run = words == 2 ? find_kind(argv[1]) : NULL;
    if (!run)
        return cli_usage("publish needs a kind and a FILE; see edu publish --help");
    json_t *document = json_load_file(argv[2], JSON_REJECT_DUPLICATES, &fault);
    if (!document) {
        fprintf(stderr, "edu: %s: line %d: %s\n", argv[2], fault.line, fault.text);
        return CLI_FAILED;
    }
    code = publish_document(&place, run, argv[2], document);
    json_decref(document);
    return code;
}
