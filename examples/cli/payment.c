/* The payment provider's side, for whoever runs the machine. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

static const char help[] =
    "Usage: edu payment key add KID [--algorithm NAME] --secret FILE\n"
    "       edu payment key end KID\n"
    "       edu payment key list\n"
    "       edu payment reconcile FILE [--since TIME --until TIME]\n"
    "       edu payment balances\n"
    "       edu payment differences\n\n"
    "key add: what the provider signs its callbacks with. The file holds the bytes of an\n"
    "hmac-sha256 secret (32 to 64; also signs the addresses of the payment page) or, with\n"
    "--algorithm ed25519, of a public key (32). The provider's key has a name, KID.\n"
    "reconcile: takes the provider's list (JSON, \"-\" for standard input; docs/payment.md). With "
    "a\n"
    "time the list is all there was in it, and what the ledger has beyond it is a difference.\n"
    "balances, differences: of the ledger; a line of JSON each.\n\n"
    "  --since TIME, --until TIME  such as 2026-11-24T00:00:00+04:00\n" CLI_PLACE_HELP;

typedef struct job {
    const char *words[4];
    int count;
    const char *algorithm, *secret, *since_text, *until_text;
    edu_time since, until;
    edu_session *session;
} job;

static edu_status add_key(const job *of, edu_error *error)
{
    edu_bytes secret;
    if (!cli_read(of->secret, &secret))
        return EDU_E_CANCELLED;
    edu_status status =
        edu_payment_key_add(of->session, of->words[2],
                            of->algorithm ? of->algorithm : "hmac-sha256", secret, NULL, error);
    free((void *)(uintptr_t)secret.data);
    return status;
}

static edu_status end_key(const job *of, edu_error *error)
{
    return edu_payment_key_end(of->session, of->words[2], EDU_TIME_NONE, NULL, error);
}

static edu_status list_keys(const job *of, edu_error *error)
{
    edu_payment_key_page *page;
    edu_status status = edu_payment_keys(of->session, NULL, EDU_PAGE_MAX, &page, error);
    for (size_t i = 0; status == EDU_OK && i < page->count; i++)
        cli_print_line(json_pack("{s:s, s:s, s:o, s:o}", "kid", page->items[i].kid, "algorithm",
                                 page->items[i].algorithm, "since",
                                 cli_seconds(page->items[i].since), "until",
                                 cli_seconds(page->items[i].until)));
    if (status == EDU_OK)
        edu_free(page);
    return status;
}

static edu_status reconcile(const job *of, edu_error *error)
{
    edu_bytes text;
    edu_payment_reconciliation *out;
    json_error_t why;
    if (!cli_read(of->words[1], &text))
        return EDU_E_CANCELLED;
    json_t *list = json_loadb(text.data ? text.data : "", text.size, JSON_REJECT_DUPLICATES, &why);
    free((void *)(uintptr_t)text.data);
    if (!list) {
        fprintf(stderr, "edu: %s: line %d: %s\n", of->words[1], why.line, why.text);
        return EDU_E_CANCELLED;
    }
    edu_status status = edu_payment_reconcile(of->session, list, of->since, of->until, &out, error);
    json_decref(list);
    if (status != EDU_OK)
        return status;
    printf("%" PRId64 " payments and refunds, %" PRId64 " not known before, %" PRId64
           " new differences\n",
           out->facts, out->recovered, out->differences);
    edu_free(out);
    return EDU_OK;
}

static edu_status balances(const job *of, edu_error *error)
{
    edu_payment_balance_page *page;
    edu_status status = edu_payment_balances(of->session, &page, error);
    for (size_t i = 0; status == EDU_OK && i < page->count; i++)
        cli_print_line(json_pack(
            "{s:s, s:s, s:I, s:I, s:I}", "account", page->items[i].account, "currency",
            page->items[i].currency, "debit", (json_int_t)page->items[i].debit, "credit",
            (json_int_t)page->items[i].credit, "balance", (json_int_t)page->items[i].balance));
    if (status == EDU_OK)
        edu_free(page);
    return status;
}

static void print_difference(const edu_payment_difference *one)
{
    cli_print_line(json_pack("{s:s, s:s, s:s*, s:I, s:I, s:o}", "kind", one->kind, "reference",
                             one->reference, "currency", one->currency, "expected",
                             (json_int_t)one->expected, "found", (json_int_t)one->found, "noted",
                             cli_seconds(one->noted)));
}

static edu_status differences(const job *of, edu_error *error)
{
    char *cursor = NULL;
    edu_status status = EDU_OK;
    bool more = true;
    while (more) {
        edu_payment_difference_page *page = NULL;
        status = edu_payment_differences(of->session, true, cursor, EDU_PAGE_MAX, &page, error);
        for (size_t i = 0; status == EDU_OK && i < page->count; i++)
            print_difference(&page->items[i]);
        more = cli_next(&cursor, status == EDU_OK ? page->next : NULL);
        edu_free(page);
    }
    return status;
}

static const struct {
    const char *first, *second;
    int words;
    edu_status (*run)(const job *of, edu_error *error);
} forms[] = {{"key", "add", 3, add_key},      {"key", "end", 3, end_key},
             {"key", "list", 2, list_keys},   {"reconcile", NULL, 2, reconcile},
             {"balances", NULL, 1, balances}, {"differences", NULL, 1, differences}};

static int find_form(const job *of)
{
    for (int i = 0; i < (int)(sizeof forms / sizeof *forms); i++)
        if (of->count == forms[i].words && strcmp(of->words[0], forms[i].first) == 0 &&
            (!forms[i].second || strcmp(of->words[1], forms[i].second) == 0))
            return i;
    return -1;
}

static bool read_times(job *of)
{
    of->since = of->until = EDU_TIME_NONE;
    return !of->since_text == !of->until_text &&
           (!of->since_text || (cli_time(of->since_text, &of->since) &&
                                cli_time(of->until_text, &of->until) && of->since < of->until));
}

int cli_payment(int argc, char **argv)
{
    cli_place place = {0};
    job of = {0};
    const cli_option options[] = {
        CLI_PLACE_OPTIONS(place),        {"algorithm", &of.algorithm, NULL},
        {"secret", &of.secret, NULL},    {"since", &of.since_text, NULL},
        {"until", &of.until_text, NULL}, {0}};
    int code;
    of.count = cli_parse(argc, argv, help, options, &code);
    if (of.count < 0)
        return code;
    for (int i = 0; i < of.count && i < 4; i++)
        of.words[i] = argv[i + 1];
    int form = of.count > 0 && of.count < 4 ? find_form(&of) : -1;
    if (form < 0 || (forms[form].run == add_key) != (of.secret != NULL))
        return cli_usage("payment needs one of its forms; see edu payment --help");
    if (!read_times(&of))
        return cli_usage("--since and --until need a time each, the earlier first");
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    if (cli_operate(&place, &portal, &of.session, &error) != EDU_OK)
        return cli_failed(NULL, &error);
    edu_status status = forms[form].run(&of, &error);
    edu_session_close(of.session);
    edu_portal_close(portal);
    if (status == EDU_E_CANCELLED && !error.message[0])
        return CLI_FAILED; /* said already */
    return status == EDU_OK ? CLI_DONE : cli_failed(NULL, &error);
}
