/* Imports, accounts and roles. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli.h"

typedef edu_status (*importer)(edu_session *session, edu_bytes csv, const char *key,
                               edu_import_report **out, edu_error *error);

static const struct {
    const char *name;
    importer run;
} registers[] = {
    {"regions", edu_account_import_regions},     {"institutions", edu_account_import_institutions},
    {"persons", edu_account_import_persons},     {"pupils", edu_account_import_pupils},
    {"guardians", edu_account_import_guardians}, {"centres", edu_sitting_import_centres},
    {"rooms", edu_sitting_import_rooms},
};

static importer find_importer(const char *name)
{
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
        if (strcmp(registers[i].name, name) == 0)
            return registers[i].run;
    return NULL;
}

/* All that is wrong, where the register can tell; else only the error. */
static int print_faults(edu_session *session, const char *code, edu_bytes csv, const char *path,
                        const edu_error *why)
{
    edu_import_fault_page *page = NULL;
    if (edu_register_faults(session, code, csv, NULL, EDU_PAGE_MAX, &page, NULL) != EDU_OK ||
        page->count == 0) {
        edu_free(page);
        return cli_failed(path, why);
    }
    for (size_t i = 0; i < page->count; i++)
        fprintf(stderr, "edu: %s: line %lld: %s\n", path, (long long)page->items[i].line,
                page->items[i].message);
    if (page->next)
        fprintf(stderr, "edu: %s: there are more behind line %s\n", path, page->next);
    edu_free(page);
    return CLI_FAILED;
}

int cli_import(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu import REGISTER FILE|- [--store ADDRESS] [--keys FILE]\n\n"
        "Reads a CSV file (UTF-8, with a header) into a register: all of it or nothing.\n"
        "What is there already is brought up to date. A fault is named with its line.\n\n"
        "  regions       code, name\n"
        "  institutions  code, name, kind, region, address, latitude, longitude, zone?\n"
        "  persons       number?, document?, given, family, patronymic?, birth, mail?, phone?\n"
        "  pupils        number?, document?, institution, grade, class?, language?, step_free?\n"
        "  guardians     guardian_number, child_number?, child_document?\n"
        "  centres       code, name, address, region, latitude, longitude, zone?, active?\n"
        "  rooms         centre, room, rows, columns, missing?, step_free?\n\n"
        "Another REGISTER is one that is published, such as higher_study, with its own columns.\n"
        "Import in this order. Columns marked ? may be left out.\n\n" CLI_PLACE_HELP;
    cli_place place = {0};
    const cli_option options[] = {CLI_PLACE_OPTIONS(place), {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words != 2)
        return cli_usage("import needs a REGISTER and a FILE; see edu import --help");
    importer run = find_importer(argv[1]);
    edu_bytes csv;
    if (!cli_read(argv[2], &csv))
        return CLI_FAILED;
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    edu_session *session;
    edu_import_report *report = NULL;
    code = CLI_FAILED;
    if (cli_operate(&place, &portal, &session, &error) != EDU_OK) {
        cli_failed(NULL, &error);
    } else {
        edu_status status = run ? run(session, csv, NULL, &report, &error)
                                : edu_register_import(session, argv[1], csv, NULL, &report, &error);
        if (status != EDU_OK && !run) {
            print_faults(session, argv[1], csv, argv[2], &error);
        } else if (status != EDU_OK) {
            cli_failed(argv[2], &error);
        } else {
            printf("%s: %lld read, %lld added, %lld changed, %lld unchanged\n", argv[1],
                   (long long)report->read, (long long)report->added, (long long)report->changed,
                   (long long)report->unchanged);
            code = CLI_DONE;
        }
        edu_free(report);
        edu_session_close(session);
        edu_portal_close(portal);
    }
    free((void *)(uintptr_t)csv.data);
    return code;
}

/* The first line of standard input. */
static bool read_password(char *password, size_t room)
{
    if (isatty(STDIN_FILENO))
        fputs("Password: ", stderr);
    if (!fgets(password, (int)room, stdin))
        return false;
    password[strcspn(password, "\r\n")] = 0;
    return password[0] != 0;
}

/* "clerk", "clerk:region:BA", "school:institution:AZ001" */
static edu_status give_role(edu_session *session, edu_id person, const char *role, edu_error *error)
{
    char parts[256];
    snprintf(parts, sizeof parts, "%s", role);
    char *scope = strchr(parts, ':');
    char *code = NULL;
    if (scope) {
        *scope++ = 0;
        code = strchr(scope, ':');
        if (code)
            *code++ = 0;
    }
    return edu_account_grant(session, person, parts, scope ? scope : "", code ? code : "", NULL,
                             error);
}

int cli_account(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu account --number FIN --birth YYYY-MM-DD [--login LOGIN] [--role ROLE]\n"
        "                   [--store ADDRESS] [--keys FILE]\n\n"
        "Finds a person of the register. With --login an active account is made, its password\n"
        "read from the first line of standard input. With --role a role is given:\n"
        "  admin, clerk, clerk:region:CODE, school:institution:CODE, "
        "steward:centre:CODE, finance\n\n" CLI_PLACE_HELP;
    cli_place place = {0};
    const char *number = NULL, *birth = NULL, *login = NULL, *role = NULL;
    const cli_option options[] = {CLI_PLACE_OPTIONS(place), {"number", &number, NULL},
                                  {"birth", &birth, NULL},  {"login", &login, NULL},
                                  {"role", &role, NULL},    {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    edu_date date;
    if (words > 0 || !number || !birth || !cli_date(birth, &date))
        return cli_usage("account needs --number and --birth YYYY-MM-DD; see edu account --help");
    char password[512] = "";
    if (login && !read_password(password, sizeof password))
        return cli_usage("no password on standard input");
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    edu_session *session;
    if (cli_operate(&place, &portal, &session, &error) != EDU_OK)
        return cli_failed(NULL, &error);
    edu_person *person = NULL;
    edu_status status = edu_account_find(session, number, date, &person, &error);
    if (status == EDU_OK && login)
        status = edu_account_create(session, person->id, login, password, NULL, &error);
    if (status == EDU_OK && role)
        status = give_role(session, person->id, role, &error);
    if (status == EDU_OK) {
        char id[EDU_ID_TEXT];
        edu_id_format(person->id, id);
        puts(id);
    }
    edu_free(person);
    edu_session_close(session);
    edu_portal_close(portal);
    return status == EDU_OK ? CLI_DONE : cli_failed(NULL, &error);
}
