/* The keys that sign documents. */
#include <stdlib.h>
#include <string.h>
#include "cli.h"

static const char help[] =
    "Usage: edu key list\n"
    "       edu key rotate [--public-key TEXT]\n"
    "       edu key compromise KID [--since TIME]\n\n"
    "rotate: signs with a new key from now on; what the one before signed stays good. With\n"
    "--public-key (base64url) the key is elsewhere, such as in a security module, and the command\n"
    "in EDU_SIGNER signs with it: /bin/sh runs it, $1 is the key's id, the bytes come on standard\n"
    "input, the 64 bytes of the signature go to standard output.\n"
    "compromise: what the key signed since then (default: now) is not believed any more.\n\n"
    "  --since TIME     such as 2026-11-24T10:00:00+04:00\n" CLI_PLACE_HELP;

static void print_key(const edu_key *key)
{
    cli_print_line(json_pack("{s:s,s:s,s:b,s:o,s:o,s:o}", "kid", key->kid, "state", key->state,
                             "is_elsewhere", key->is_elsewhere, "since", cli_seconds(key->since),
                             "until", cli_seconds(key->until), "compromised",
                             cli_seconds(key->compromised)));
}

static edu_status list(edu_session *session, edu_error *error)
{
    char *cursor = NULL;
    edu_status status = EDU_OK;
    bool more = true;
    while (more) {
        edu_key_page *page = NULL;
        status = edu_key_list(session, cursor, EDU_PAGE_MAX, &page, error);
        for (size_t i = 0; status == EDU_OK && i < page->count; i++)
            print_key(&page->items[i]);
        more = cli_next(&cursor, status == EDU_OK ? page->next : NULL);
        edu_free(page);
    }
    return status;
}

int cli_key(int argc, char **argv)
{
    cli_place place = {0};
    const char *public_key = NULL, *since = NULL;
    const cli_option options[] = {
        CLI_PLACE_OPTIONS(place), {"public-key", &public_key, NULL}, {"since", &since, NULL}, {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    const char *what = words > 0 ? argv[1] : "";
    bool lists = strcmp(what, "list") == 0, rotates = strcmp(what, "rotate") == 0;
    bool withdraws = strcmp(what, "compromise") == 0;
    edu_time from = EDU_TIME_NONE;
    if (words != (withdraws ? 2 : 1) || (!lists && !rotates && !withdraws) ||
        (public_key && !rotates) || (since && !withdraws))
        return cli_usage("key needs one of its forms; see edu key --help");
    if (since && !cli_time(since, &from))
        return cli_usage("--since needs a time such as 2026-11-24T10:00:00+04:00");
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    edu_session *session;
    if (cli_operate(&place, &portal, &session, &error) != EDU_OK)
        return cli_failed(NULL, &error);
    edu_status status = lists     ? list(session, &error)
                        : rotates ? edu_key_rotate(session, public_key, NULL, &error)
                                  : edu_key_compromise(session, argv[2], from, NULL, &error);
    edu_session_close(session);
    edu_portal_close(portal);
    return status == EDU_OK ? CLI_DONE : cli_failed(NULL, &error);
}
