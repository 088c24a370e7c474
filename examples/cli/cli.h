/* What the commands of `edu` share. Only public headers of the library are used here. */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stdio.h>
#include <edu.h>

/* Exit codes. */
enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

typedef struct cli_command {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
} cli_command;

int cli_account(int argc, char **argv);
int cli_admission(int argc, char **argv);
int cli_allocate(int argc, char **argv);
int cli_backup(int argc, char **argv);
int cli_canonicalize(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_check_allocation(int argc, char **argv);
int cli_deliver(int argc, char **argv);
int cli_demo(int argc, char **argv);
int cli_export(int argc, char **argv);
int cli_form(int argc, char **argv);
int cli_import(int argc, char **argv);
int cli_init(int argc, char **argv);
int cli_issue(int argc, char **argv);
int cli_key(int argc, char **argv);
int cli_match(int argc, char **argv);
int cli_check_match(int argc, char **argv);
int cli_check_transcript(int argc, char **argv);
int cli_payment(int argc, char **argv);
int cli_print(int argc, char **argv);
int cli_person(int argc, char **argv);
int cli_privacy(int argc, char **argv);
int cli_publish(int argc, char **argv);
int cli_rank(int argc, char **argv);
int cli_restore(int argc, char **argv);
int cli_results(int argc, char **argv);
int cli_revoke(int argc, char **argv);
int cli_round(int argc, char **argv);
int cli_season(int argc, char **argv);
int cli_token(int argc, char **argv);
int cli_verify(int argc, char **argv);

/* ---- options.c ---- */

/* One option of a command: --name VALUE, or --name alone where value is NULL. */
typedef struct cli_option {
    const char *name;
    const char **value; /* receives the value */
    bool *flag;         /* set for an option without a value */
} cli_option;

/* Reads options, which may stand anywhere, and leaves the other words in argv[1…]. Answers --help
 * with the text. Returns how many words are left (at least 0), or -1 when *code is to be returned.
 */
int cli_parse(int argc, char **argv, const char *help, const cli_option *options, int *code);
int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints an error of the library and returns CLI_FAILED. what: such as a file's name, or NULL. */
int cli_failed(const char *what, const edu_error *error);

/* ---- store.c ---- */

typedef struct cli_place {
    const char *store; /* --store, else EDU_STORE, else sqlite:edu.db */
    const char *keys;  /* --keys, else EDU_KEYS, else the library's rule */
} cli_place;

#define CLI_PLACE_OPTIONS(place)                                                                   \
    {"store", &(place).store, NULL},                                                               \
    {                                                                                              \
        "keys", &(place).keys, NULL                                                                \
    }
#define CLI_PLACE_HELP                                                                             \
    "  --store ADDRESS  the store, such as sqlite:PATH (default: EDU_STORE, else sqlite:edu.db)\n" \
    "  --keys FILE      its keys file (default: EDU_KEYS, else PATH.keys)\n"

/* Options of a portal at this place, with what EDU_HOST, EDU_NAME, EDU_LANGUAGE, EDU_UTC_OFFSET,
 * EDU_SIGNER, EDU_PAYMENT_PAGE, EDU_PAYMENT_COMMAND, EDU_DOCUMENTS and EDU_SCANNER say of it. */
edu_portal_options cli_portal_options(const cli_place *place);
edu_status cli_open(const cli_place *place, edu_portal **portal, edu_error *error);
/* Opens the portal and the operator's session. */
edu_status cli_operate(const cli_place *place, edu_portal **portal, edu_session **session,
                       edu_error *error);
/* Signs a person in; the password, and the code where one is sent, come from standard input. */
edu_status cli_sign_in(edu_portal *portal, const char *login, edu_session **session,
                       edu_error *error);
/* Reads a whole file, "-" for standard input. Free data with free. Prints what went wrong. */
bool cli_read(const char *path, edu_bytes *bytes);
/* The first max bytes of a file, for what has a bound anyway. */
bool cli_read_up_to(const char *path, size_t max, edu_bytes *bytes);
/* A file as a text; NULL, having said why, where it cannot be read. Free with free. */
char *cli_read_text(const char *path);
bool cli_write(const char *path, edu_bytes bytes);
/* Shows how far long work is, on a terminal. */
edu_progress cli_progress(void);
void cli_progress_end(void);
/* Puts the cursor of the page that follows in the place of the last; false where none does. */
bool cli_next(char **cursor, const char *next);
/* As one line; the object's reference is taken. */
void cli_print_line(json_t *object);
json_t *cli_seconds(edu_time time);              /* since 1970; null for none */
bool cli_time(const char *text, edu_time *time); /* RFC 3339 with an offset */
bool cli_date(const char *text, edu_date *date); /* YYYY-MM-DD */

#endif
