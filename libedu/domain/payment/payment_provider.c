/* A provider behind a command: JSON goes to its standard input, JSON comes from its standard
 * output. */
#include "domain/payment/payment_store.h"

#include <string.h>

#define PATIENCE_MS 20000
#define LIST_PATIENCE_MS 120000
#define ANSWER_MAX (256u << 20)

static edu_status failed(edu_error *error, const char *why)
{
    edu_status status = ei_fail(error, EDU_E_IO, "payment.command", NULL,
                                "the command that speaks to the payment provider %s", why);
    if (error)
        error->retryable = true;
    return status;
}

/* The question's reference is taken. */
static edu_status ask(const char *command, const char *verb, json_t *question, int patience_ms,
                      json_t **answer, edu_error *error)
{
    ei_buffer text = {0};
    char *asked = question ? ei_json_dumps(question, JSON_COMPACT) : NULL;
    json_decref(question);
    if (!asked)
        return ei_no_memory(error);
    const char *why = ei_process_talk(command, verb, (edu_bytes){asked, strlen(asked)}, ANSWER_MAX,
                                      patience_ms, &text);
    ei_free(asked);
    *answer = why || text.failed ? NULL
                                 : ei_json_load(text.data ? text.data : "", text.size,
                                                JSON_REJECT_DUPLICATES, NULL);
    ei_buffer_free(&text);
    if (why)
        return failed(error, why);
    return *answer ? EDU_OK : failed(error, "does not answer with JSON");
}

static edu_status create(void *context, const edu_payment_order *order,
                         char url[EDU_PAYMENT_URL_MAX], edu_error *error)
{
    char expires[32];
    json_t *answer;
    ei_time_format(order->expires, expires);
    EI_TRY(ask(context, "create",
               json_pack("{s:s, s:I, s:s, s:s, s:s, s:s}", "order", order->id, "amount",
                         (json_int_t)order->amount, "currency", order->currency, "title",
                         order->title, "language", order->language, "expires", expires),
               PATIENCE_MS, &answer, error));
    const char *page = json_string_value(json_object_get(answer, "url"));
    bool good = page && strlen(page) < EDU_PAYMENT_URL_MAX;
    if (good)
        memcpy(url, page, strlen(page) + 1);
    json_decref(answer);
    return good ? EDU_OK : failed(error, "names no address of a page");
}

static edu_status query(void *context, const char *order, json_t **report, edu_error *error)
{
    return ask(context, "query", json_pack("{s:s}", "order", order), PATIENCE_MS, report, error);
}

static edu_status list(void *context, edu_time since, edu_time until, json_t **report,
                       edu_error *error)
{
    char from[32], to[32];
    ei_time_format(since, from);
    ei_time_format(until, to);
    return ask(context, "list", json_pack("{s:s, s:s}", "since", from, "until", to),
               LIST_PATIENCE_MS, report, error);
}

static edu_status refund(void *context, const edu_payment_return *back, json_t **report,
                         edu_error *error)
{
    return ask(context, "refund",
               json_pack("{s:s, s:s, s:I, s:s}", "refund", back->id, "payment", back->payment,
                         "amount", (json_int_t)back->amount, "currency", back->currency),
               PATIENCE_MS, report, error);
}

void ei_payment_command_provider(edu_payment_provider *provider, char *command)
{
    if (!provider->create && !provider->query && !provider->list && !provider->refund)
        *provider = (edu_payment_provider){create, query, list, refund, command};
}
