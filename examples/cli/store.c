#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "cli.h"

static const char *first_of(const char *given, const char *variable, const char *otherwise)
{
    if (given)
        return given;
    const char *value = getenv(variable);
    return value && value[0] ? value : otherwise;
}

edu_portal_options cli_portal_options(const cli_place *place)
{
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    options.store = first_of(place->store, "EDU_STORE", "sqlite:edu.db");
    options.keys = first_of(place->keys, "EDU_KEYS", NULL);
    options.host = first_of(NULL, "EDU_HOST", options.host);
    options.name = first_of(NULL, "EDU_NAME", options.name);
    options.language = first_of(NULL, "EDU_LANGUAGE", options.language);
    options.signer = first_of(NULL, "EDU_SIGNER", NULL);
    options.payment_page = first_of(NULL, "EDU_PAYMENT_PAGE", NULL);
    options.payment_command = first_of(NULL, "EDU_PAYMENT_COMMAND", NULL);
    options.documents = first_of(NULL, "EDU_DOCUMENTS", NULL);
    options.scanner = first_of(NULL, "EDU_SCANNER", NULL);
    options.utc_offset_minutes = atoi(first_of(NULL, "EDU_UTC_OFFSET", "0"));
    return options;
}

edu_status cli_open(const cli_place *place, edu_portal **portal, edu_error *error)
{
    edu_portal_options options = cli_portal_options(place);
    return edu_portal_open(&options, NULL, portal, error);
}

edu_status cli_operate(const cli_place *place, edu_portal **portal, edu_session **session,
                       edu_error *error)
{
    edu_status status = cli_open(place, portal, error);
    if (status != EDU_OK)
        return status;
    status = edu_session_operator(*portal, session, error);
    if (status != EDU_OK) {
        edu_portal_close(*portal);
        *portal = NULL;
    }
    return status;
}

static void read_line(const char *prompt, char *line, size_t room)
{
    if (isatty(STDIN_FILENO))
        fputs(prompt, stderr);
    line[0] = 0;
    if (fgets(line, (int)room, stdin))
        line[strcspn(line, "\r\n")] = 0;
}

edu_status cli_sign_in(edu_portal *portal, const char *login, edu_session **session,
                       edu_error *error)
{
    char secret[512];
    read_line("Password: ", secret, sizeof secret);
    edu_status status = edu_session_sign_in(portal, login, secret, NULL, NULL, session, error);
    if (status != EDU_OK)
        return status;
    edu_identity *identity = NULL;
    status = edu_account_identity(*session, &identity, error);
    if (status == EDU_OK && identity->needs_code) {
        read_line("Code: ", secret, sizeof secret);
        status = edu_session_confirm(*session, secret, error);
    }
    edu_free(identity);
    return status;
}

bool cli_next(char **cursor, const char *next)
{
    free(*cursor);
    *cursor = next ? strdup(next) : NULL;
    return *cursor != NULL;
}

bool cli_date(const char *text, edu_date *date)
{
    int year, month, day, used = 0;
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || text[used])
        return false;
    *date = (edu_date){(int16_t)year, (uint8_t)month, (uint8_t)day};
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool cli_time(const char *text, edu_time *time)
{
    struct tm civil = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &civil);
    int hours = 0, minutes = 0, used = 0;
    if (!rest)
        return false;
    if (strcmp(rest, "Z") != 0) {
        if (sscanf(rest, "%3d:%2d%n", &hours, &minutes, &used) != 2 || rest[used] ||
            (rest[0] != '+' && rest[0] != '-'))
            return false;
        if (rest[0] == '-')
            minutes = -minutes;
    }
    *time = ((int64_t)timegm(&civil) - hours * 3600 - minutes * 60) * 1000000;
    return true;
}

int cli_init(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu init [--store ADDRESS] [--keys FILE]\n\n"
        "Makes the store and its keys file (mode 0600). A store that is there already is only\n"
        "brought up to date. Keep a copy of the keys file in another place: without it sealed\n"
        "data cannot be read, and a backup of the store does not hold it.\n\n" CLI_PLACE_HELP;
    cli_place place = {0};
    const cli_option options[] = {CLI_PLACE_OPTIONS(place), {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words > 0)
        return cli_usage("init takes no words; see edu init --help");
    edu_error error = EDU_ERROR_INIT;
    edu_portal_options open = cli_portal_options(&place);
    open.create = true;
    edu_portal *portal;
    if (edu_portal_open(&open, NULL, &portal, &error) != EDU_OK)
        return cli_failed(open.store, &error);
    edu_portal_close(portal);
    printf("%s is ready\n", open.store);
    return CLI_DONE;
}

int cli_backup(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu backup FILE [--store ADDRESS] [--keys FILE]\n\n"
        "Copies the store to FILE while others work with it, and checks the copy.\n"
        "The keys file is not part of it.\n\n" CLI_PLACE_HELP;
    cli_place place = {0};
    const cli_option options[] = {CLI_PLACE_OPTIONS(place), {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words != 1)
        return cli_usage("backup needs one FILE; see edu backup --help");
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    edu_session *session;
    if (cli_operate(&place, &portal, &session, &error) != EDU_OK)
        return cli_failed(NULL, &error);
    edu_status status = edu_portal_backup(session, argv[1], cli_progress(), &error);
    cli_progress_end();
    edu_session_close(session);
    edu_portal_close(portal);
    if (status != EDU_OK)
        return cli_failed(argv[1], &error);
    printf("%s\n", argv[1]);
    return CLI_DONE;
}

static int check_store(const cli_place *place)
{
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    edu_session *session;
    if (cli_operate(place, &portal, &session, &error) != EDU_OK)
        return cli_failed(NULL, &error);
    edu_status status = edu_portal_check(session, cli_progress(), &error);
    cli_progress_end();
    edu_session_close(session);
    edu_portal_close(portal);
    if (status != EDU_OK)
        return cli_failed(NULL, &error);
    puts("sound");
    return CLI_DONE;
}

int cli_check(int argc, char **argv)
{
    static const char help[] = "Usage: edu check [--store ADDRESS] [--keys FILE]\n\n"
                               "Checks the store: the engine's own check, every chain of events, "
                               "every seat.\n\n" CLI_PLACE_HELP;
    cli_place place = {0};
    const cli_option options[] = {CLI_PLACE_OPTIONS(place), {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words > 0)
        return cli_usage("check takes no words; see edu check --help");
    return check_store(&place);
}

int cli_restore(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu restore FILE [--store ADDRESS] [--keys FILE]\n\n"
        "Puts a backup in the place of a store that does not exist, and checks it. The keys file\n"
        "of the store must be there. An existing store is never overwritten: move it away "
        "first.\n\n" CLI_PLACE_HELP;
    cli_place place = {0};
    const cli_option options[] = {CLI_PLACE_OPTIONS(place), {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words != 1)
        return cli_usage("restore needs one FILE; see edu restore --help");
    edu_portal_options restored = cli_portal_options(&place);
    edu_error error = EDU_ERROR_INIT;
    edu_status status = edu_portal_restore(restored.store, argv[1], cli_progress(), &error);
    cli_progress_end();
    if (status != EDU_OK)
        return cli_failed("restore", &error);
    code = check_store(&place);
    if (code != CLI_DONE)
        fprintf(stderr, "edu: the store was restored, but does not check\n");
    return code;
}
