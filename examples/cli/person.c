/* One person who is there twice. */
#include <stdio.h>
#include <string.h>
#include "cli.h"

static const char help[] =
    "Usage: edu person duplicates > FILE\n"
    "       edu person merge KEPT MERGED [--check]\n"
    "       edu person distinct PERSON OTHER\n\n"
    "    duplicates: prints likely duplicates as CSV: who has one name and one birth day.\n"
    "    merge: everything of MERGED becomes KEPT's, for good; both are ids. docs/persons.md "
    "tells\n"
    "    what becomes of what.\n"
    "    distinct: they are two people, and no likely duplicates any more.\n\n"
    "  --check          only prints what would be done, and what stands against "
    "it\n" CLI_PLACE_HELP;

typedef struct wish {
    const char *what;
    edu_id first, second;
    bool checks;
} wish;

static void print_pair(const edu_duplicate *one)
{
    char person[EDU_ID_TEXT], other[EDU_ID_TEXT];
    edu_id_format(one->person_id, person);
    edu_id_format(one->other_id, other);
    printf("%s,%s\n", person, other);
}

/* Ids alone: a list in a file names nobody. */
static edu_status duplicates(edu_session *session, edu_error *error)
{
    edu_status status = EDU_OK;
    char *cursor = NULL;
    puts("person,other");
    for (bool more = true; more;) {
        edu_duplicate_page *page = NULL;
        status = edu_person_duplicates(session, cursor, EDU_PAGE_MAX, &page, error);
        for (size_t i = 0; status == EDU_OK && i < page->count; i++)
            print_pair(&page->items[i]);
        more = cli_next(&cursor, status == EDU_OK ? page->next : NULL);
        edu_free(page);
    }
    return status;
}

static void print_merge(const edu_merge *one)
{
    const char *name;
    json_t *value;
    size_t i;
    json_object_foreach(one->moved, name, value)
        printf("%s: %" JSON_INTEGER_FORMAT "\n", name, json_integer_value(value));
    printf("account: %s\n", one->account);
    json_object_foreach(one->identifiers, name, value)
        printf("%s: %s\n", name, json_string_value(value));
    json_array_foreach(one->against, i, value)
        printf("against: %s (%s)\n", json_string_value(json_object_get(value, "message")),
               json_string_value(json_object_get(value, "key")));
}

static edu_status merge(edu_session *session, const wish *of, edu_error *error)
{
    edu_merge *out = NULL;
    edu_status status = of->checks
                            ? edu_person_merge_preview(session, of->first, of->second, &out, error)
                            : edu_person_merge(session, of->first, of->second, NULL, &out, error);
    if (status == EDU_OK)
        print_merge(out);
    edu_free(out);
    return status;
}

static edu_status run(edu_session *session, const wish *of, edu_error *error)
{
    if (strcmp(of->what, "duplicates") == 0)
        return duplicates(session, error);
    return strcmp(of->what, "merge") == 0
               ? merge(session, of, error)
               : edu_person_distinct(session, of->first, of->second, NULL, error);
}

static int work(const cli_place *place, const wish *of)
{
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    edu_session *session;
    edu_status status = cli_operate(place, &portal, &session, &error);
    if (status == EDU_OK) {
        status = run(session, of, &error);
        edu_session_close(session);
        edu_portal_close(portal);
    }
    return status == EDU_OK ? CLI_DONE : cli_failed(NULL, &error);
}

int cli_person(int argc, char **argv)
{
    cli_place place = {0};
    wish of = {.what = ""};
    const cli_option options[] = {CLI_PLACE_OPTIONS(place), {"check", NULL, &of.checks}, {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    of.what = words > 0 ? argv[1] : "";
    bool lists = strcmp(of.what, "duplicates") == 0, merges = strcmp(of.what, "merge") == 0;
    if (words != (lists ? 1 : 3) || (of.checks && !merges) ||
        (!lists && !merges && strcmp(of.what, "distinct") != 0))
        return cli_usage("person needs one of its forms; see edu person --help");
    edu_error error = EDU_ERROR_INIT;
    if (!lists && edu_id_parse(argv[2], &of.first, &error) != EDU_OK)
        return cli_failed(argv[2], &error);
    if (!lists && edu_id_parse(argv[3], &of.second, &error) != EDU_OK)
        return cli_failed(argv[3], &error);
    return work(&place, &of);
}
