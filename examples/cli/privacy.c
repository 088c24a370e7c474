/* What is held on a person, given and erased. */
#include <stdlib.h>
#include <string.h>
#include "cli.h"

static const char help[] =
    "Usage: edu privacy give PERSON [--why TEXT] > FILE\n"
    "       edu privacy readers PERSON\n"
    "       edu privacy lists\n"
    "       edu privacy retention [FILE]\n"
    "       edu privacy retain [--preview]\n"
    "       edu privacy erase PERSON --reason TEXT [--with-open]\n"
    "       edu privacy erasures > FILE\n"
    "       edu privacy replay FILE\n\n"
    "    give: prints all that is held on a person, as JSON; PERSON is their id.\n"
    "    readers: prints who else has read what is held on them, a line of JSON each.\n"
    "    lists: prints who has read lists of many people, likewise.\n"
    "    retention: prints how long what is kept; with a file (JSON) those rules hold from now "
    "on.\n"
    "    retain: ends what the rules no longer keep, as edu deliver does once a day.\n"
    "    erase: for good; docs/privacy.md tells what stays. Backups have them until they are\n"
    "    deleted.\n"
    "    erasures: prints who was erased, as CSV. Keep it beside the backups, and after a restore\n"
    "    erase them again by replay.\n\n"
    "  --why TEXT       why it is read, for the person to see\n"
    "  --reason TEXT    why, without personal data\n"
    "  --preview        counts only\n"
    "  --with-open      also where applications of theirs are open\n" CLI_PLACE_HELP;

typedef struct wish wish;

typedef struct form {
    const char *name;
    bool takes_person, takes_file, takes_reason, may_have_file, may_preview;
    edu_status (*run)(edu_session *session, const wish *of, edu_error *error);
} form;

struct wish {
    const form *form;
    const char *reason, *why;
    edu_id person;
    edu_bytes csv;
    bool with_open, preview;
};

static void print_object(const json_t *object)
{
    (void)json_dumpf(object, stdout, JSON_INDENT(2));
    puts("");
}

static edu_status give(edu_session *session, const wish *of, edu_error *error)
{
    edu_personal_data *data = NULL;
    edu_status status = edu_privacy_export(session, of->person, &data, error);
    if (status == EDU_OK) {
        print_object(data->content);
    }
    edu_free(data);
    return status;
}

static void print_reading(const edu_reading *one)
{
    char reader[EDU_ID_TEXT];
    edu_id_format(one->reader_id, reader);
    cli_print_line(json_pack("{s:o,s:o,s:i,s:s,s:s?,s:s,s:s,s:s,s:s}", "since",
                             cli_seconds(one->since), "last", cli_seconds(one->last), "count",
                             (int)one->count, "reader", reader, "name", one->reader, "roles",
                             one->roles, "what", one->what, "about", one->about, "why", one->why));
}

static edu_status readings(edu_session *session, const wish *of, edu_error *error)
{
    char *cursor = NULL;
    edu_status status = EDU_OK;
    bool more = true;
    while (more) {
        edu_reading_page *page = NULL;
        status = of->form->takes_person
                     ? edu_privacy_reads(session, of->person, cursor, EDU_PAGE_MAX, &page, error)
                     : edu_privacy_list_reads(session, cursor, EDU_PAGE_MAX, &page, error);
        for (size_t i = 0; status == EDU_OK && i < page->count; i++)
            print_reading(&page->items[i]);
        more = cli_next(&cursor, status == EDU_OK ? page->next : NULL);
        edu_free(page);
    }
    return status;
}

static edu_status erasures(edu_session *session, const wish *of, edu_error *error)
{
    (void)of;
    edu_document *list = NULL;
    edu_status status = edu_privacy_erasures(session, &list, error);
    if (status == EDU_OK)
        (void)fwrite(list->content.data, 1, list->content.size, stdout);
    edu_free(list);
    return status;
}

static edu_status replay(edu_session *session, const wish *of, edu_error *error)
{
    int32_t done = 0;
    edu_status status = edu_privacy_replay(session, of->csv, &done, error);
    if (status == EDU_OK)
        printf("%d erased again\n", (int)done);
    return status;
}

static edu_status erase(edu_session *session, const wish *of, edu_error *error)
{
    return edu_privacy_erase(session, of->person, of->reason, of->with_open, NULL, error);
}

static edu_status retention(edu_session *session, const wish *of, edu_error *error)
{
    edu_retention *rules = NULL;
    edu_status status = EDU_OK;
    if (of->csv.size > 0) {
        json_error_t why;
        json_t *put = json_loadb(of->csv.data, of->csv.size, JSON_REJECT_DUPLICATES, &why);
        if (!put)
            fprintf(stderr, "edu: line %d: %s\n", why.line, why.text);
        status = put ? edu_privacy_retention_put(session, put, NULL, error) : EDU_E_CANCELLED;
        json_decref(put);
    }
    if (status == EDU_OK)
        status = edu_privacy_retention(session, &rules, error);
    if (status == EDU_OK)
        print_object(rules->rules);
    edu_free(rules);
    return status;
}

static edu_status retain(edu_session *session, const wish *of, edu_error *error)
{
    edu_retained *report = NULL;
    edu_status status = edu_privacy_retain(session, of->preview, &report, error);
    if (status == EDU_OK)
        print_object(report->counts);
    edu_free(report);
    return status;
}

static const form forms[] = {
    {.name = "give", .takes_person = true, .run = give},
    {.name = "readers", .takes_person = true, .run = readings},
    {.name = "lists", .run = readings},
    {.name = "erase", .takes_person = true, .takes_reason = true, .run = erase},
    {.name = "erasures", .run = erasures},
    {.name = "replay", .takes_file = true, .run = replay},
    {.name = "retention", .may_have_file = true, .run = retention},
    {.name = "retain", .may_preview = true, .run = retain},
};

static const form *find_form(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    return NULL;
}

static bool words_fit(const form *of, int words)
{
    int most = of->takes_person || of->takes_file || of->may_have_file ? 2 : 1;
    return words == most || (of->may_have_file && words == 1);
}

static edu_status run(edu_session *session, const wish *of, edu_error *error)
{
    edu_status status = edu_session_why(session, of->why, error);
    return status == EDU_OK ? of->form->run(session, of, error) : status;
}

int cli_privacy(int argc, char **argv)
{
    cli_place place = {0};
    wish of = {NULL};
    const cli_option options[] = {
        CLI_PLACE_OPTIONS(place),           {"why", &of.why, NULL},
        {"reason", &of.reason, NULL},       {"preview", NULL, &of.preview},
        {"with-open", NULL, &of.with_open}, {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    of.form = words > 0 ? find_form(argv[1]) : NULL;
    if (!of.form || !words_fit(of.form, words) || (of.preview && !of.form->may_preview) ||
        (of.reason != NULL) != of.form->takes_reason || (of.with_open && !of.form->takes_reason))
        return cli_usage("privacy needs one of its forms; see edu privacy --help");
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    edu_session *session;
    if (of.form->takes_person && edu_id_parse(argv[2], &of.person, &error) != EDU_OK)
        return cli_failed(argv[2], &error);
    if (words == 2 && !of.form->takes_person && !cli_read(argv[2], &of.csv))
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
