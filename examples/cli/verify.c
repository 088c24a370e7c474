/* Checking documents, offline where the public keys are at hand; and canonical JSON. */
#include <stdlib.h>
#include <string.h>
#include "cli.h"

/* The portal's own keys. Free with edu_free. */
static char *own_keys(const cli_place *place, edu_error *error)
{
    edu_portal *portal;
    edu_session *session = NULL;
    char *keys = NULL;
    if (cli_open(place, &portal, error) != EDU_OK)
        return NULL;
    if (edu_session_open(portal, NULL, &session, error) == EDU_OK &&
        edu_portal_public_keys(session, &keys, error) != EDU_OK)
        keys = NULL;
    edu_session_close(session);
    edu_portal_close(portal);
    return keys;
}

static void print_verdict(const edu_verdict *verdict)
{
    json_t *out =
        json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:O?}", "status", verdict->status,
                  "message", verdict->message, "type", verdict->type, "number", verdict->number,
                  "host", verdict->host, "key_id", verdict->key_id, "record_sha256",
                  verdict->record_hash, "fields", verdict->fields);
    if (out && verdict->issued != EDU_TIME_NONE)
        json_object_set_new(out, "issued", json_integer(verdict->issued / 1000000));
    if (out && verdict->expires != EDU_TIME_NONE)
        json_object_set_new(out, "expires", json_integer(verdict->expires / 1000000));
    if (out && verdict->status_age >= 0)
        json_object_set_new(out, "status_age", json_integer(verdict->status_age));
    char *text = out ? json_dumps(out, JSON_INDENT(2)) : NULL;
    if (text)
        puts(text);
    free(text);
    json_decref(out);
}

/* With a bundle (else NULL) the keys are those by which it is believed. */
static int judge(const char *text, const char *bundle, int32_t max_age, const char *keys)
{
    edu_error error = EDU_ERROR_INIT;
    edu_verdict *verdict = NULL;
    edu_status status =
        bundle ? edu_verify_offline(text, bundle, keys, max_age, EDU_TIME_NONE, &verdict, &error)
               : edu_verify(text, keys, &verdict, &error);
    if (status != EDU_OK) {
        cli_failed(NULL, &error);
        return CLI_USAGE;
    }
    print_verdict(verdict);
    int code = strcmp(verdict->status, "valid") == 0        ? CLI_DONE
               : strcmp(verdict->status, "unreadable") == 0 ? CLI_USAGE
                                                            : CLI_FAILED;
    edu_free(verdict);
    return code;
}

typedef struct verify_options {
    cli_place place;
    const char *public_keys, *bundle, *text, *max_age;
} verify_options;

/* What a file says, a PDF's record included. Free with edu_free. */
static char *text_of(const char *path, edu_error *error)
{
    edu_bytes bytes;
    char *text = NULL;
    if (!cli_read(path, &bytes))
        return NULL;
    if (edu_file_text(bytes, &text, error) != EDU_OK)
        text = NULL;
    free((void *)(uintptr_t)bytes.data);
    return text;
}

static int verify(const verify_options *given, const char *file, int32_t max_age)
{
    edu_error error = EDU_ERROR_INIT;
    int code = CLI_USAGE;
    char *bundle = given->bundle ? cli_read_text(given->bundle) : NULL;
    if (given->bundle && !bundle)
        return CLI_USAGE;
    char *text = given->text ? NULL : text_of(file, &error), *keys = NULL, *own = NULL;
    if (given->text || text) {
        keys = given->public_keys ? cli_read_text(given->public_keys) : NULL;
        own = given->public_keys ? NULL : own_keys(&given->place, &error);
    }
    if (keys || own)
        code = judge(given->text ? given->text : text, bundle, max_age, keys ? keys : own);
    else if (error.code != EDU_OK)
        cli_failed(text || given->text ? NULL : file, &error);
    edu_free(own);
    free(keys);
    edu_free(text);
    free(bundle);
    return code;
}

int cli_verify(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu verify FILE|- [--bundle FILE] [--public-keys FILE] [--max-age SECONDS]\n"
        "                  [--store ADDRESS] [--keys FILE]\n"
        "       edu verify --text TEXT …\n\n"
        "Checks a certificate's file (JSON, or the PDF that carries it), or the text of a\n"
        "document's QR code, and prints the verdict and every signed field as JSON. Exit status:\n"
        "0 valid, 1 not valid or not known to be, 2 unreadable.\n\n"
        "  --text TEXT         the text itself\n"
        "  --bundle FILE       keys and revocations (edu export bundle): tells what was revoked,\n"
        "                      without a network\n"
        "  --public-keys FILE  the portal's public keys (edu export keys); with --bundle those by\n"
        "                      which it is believed, or the bundle before. Without it they are\n"
        "                      read from the store\n"
        "  --max-age SECONDS   how old a bundle may be (default: 86400)\n" CLI_PLACE_HELP;
    verify_options given = {.max_age = "86400"};
    const cli_option options[] = {
        CLI_PLACE_OPTIONS(given.place),    {"public-keys", &given.public_keys, NULL},
        {"bundle", &given.bundle, NULL},   {"text", &given.text, NULL},
        {"max-age", &given.max_age, NULL}, {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    char *end;
    long max_age = strtol(given.max_age, &end, 10);
    if (words != (given.text ? 0 : 1))
        return cli_usage("verify needs one FILE, or -, or --text; see edu verify --help");
    if (*end || end == given.max_age || max_age < 0 || max_age > INT32_MAX)
        return cli_usage("--max-age needs a number of seconds");
    return verify(&given, argv[1], (int32_t)max_age);
}

int cli_canonicalize(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu canonicalize < FILE\n\n"
        "Writes JSON from standard input to standard output in its canonical form (RFC 8785),\n"
        "without a line break at the end. Exit status: 0, or 1 where it has none.\n";
    const cli_option options[] = {{0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words > 0)
        return cli_usage("canonicalize takes no words; it reads standard input");
    edu_bytes bytes;
    if (!cli_read("-", &bytes))
        return CLI_FAILED;
    edu_error error = EDU_ERROR_INIT;
    char *text = NULL;
    edu_status status = edu_canonicalize(bytes, &text, &error);
    free((void *)(uintptr_t)bytes.data);
    if (status != EDU_OK)
        return cli_failed("standard input", &error);
    bool written = fputs(text, stdout) >= 0 && fflush(stdout) == 0;
    edu_free(text);
    return written ? CLI_DONE : CLI_FAILED;
}
