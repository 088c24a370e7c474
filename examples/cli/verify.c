/* Checking documents, offline where the public keys are at hand; and canonical JSON. */
#include <stdlib.h>
#include <string.h>
#include "cli.h"

/* Keys from a file, or the portal's own. Free with edu_free or free, as *is_record says. */
static char *find_keys(const char *file, const cli_place *place, bool *is_record, edu_error *error)
{
    edu_bytes bytes;
    *is_record = file == NULL;
    if (file) {
        if (!cli_read(file, &bytes))
            return NULL;
        char *text = realloc((void *)(uintptr_t)bytes.data, bytes.size + 1);
        if (text)
            text[bytes.size] = 0;
        return text;
    }
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
    char *text = out ? json_dumps(out, JSON_INDENT(2)) : NULL;
    if (text)
        puts(text);
    free(text);
    json_decref(out);
}

static int judge(const char *text, const char *keys)
{
    edu_error error = EDU_ERROR_INIT;
    edu_verdict *verdict = NULL;
    if (edu_verify(text, keys, &verdict, &error) != EDU_OK) {
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

/* What a file says, without the line break at its end. Behind a null byte there might be more than
 * is checked: such a file is no document. Free with free. */
static char *text_of(edu_bytes bytes)
{
    const char *data = bytes.data;
    size_t size = memchr(data, 0, bytes.size) ? 0 : bytes.size;
    while (size > 0 && (data[size - 1] == '\n' || data[size - 1] == '\r'))
        size--;
    return strndup(data, size);
}

int cli_verify(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu verify FILE|- [--public-keys FILE] [--store ADDRESS] [--keys FILE]\n\n"
        "Checks the text of a document's QR code, or a certificate's JSON file, and prints the\n"
        "verdict and every signed field as JSON. Exit status: 0 valid, 1 not valid, 2 "
        "unreadable.\n\n"
        "  --public-keys FILE  the portal's public keys (edu export keys); with them neither\n"
        "                      store nor network is needed\n" CLI_PLACE_HELP;
    cli_place place = {0};
    const char *public_keys = NULL;
    const cli_option options[] = {
        CLI_PLACE_OPTIONS(place), {"public-keys", &public_keys, NULL}, {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words != 1)
        return cli_usage("verify needs one FILE, or -; see edu verify --help");
    edu_bytes bytes;
    if (!cli_read(argv[1], &bytes))
        return CLI_USAGE;
    char *text = text_of(bytes);
    edu_error error = EDU_ERROR_INIT;
    bool is_record;
    char *keys = find_keys(public_keys, &place, &is_record, &error);
    code = CLI_USAGE;
    if (keys && text)
        code = judge(text, keys);
    else if (error.code != EDU_OK)
        cli_failed(NULL, &error);
    if (is_record)
        edu_free(keys);
    else
        free(keys);
    free(text);
    free((void *)(uintptr_t)bytes.data);
    return code;
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
