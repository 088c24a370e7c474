/* Visits to the provider's page. */
#include "domain/payment/payment_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "payment_sql.h"

#define MINUTE (60 * INT64_C(1000000))
#define VISIT_LIFE (30 * MINUTE)
#define VISIT_REST (2 * MINUTE) /* one that ends sooner is not given again */
#define FIRST_ASK (15 * MINUTE)

/* ---- in the store ---- */

static void take_intent(ei_rows *rows, int first, edu_payment_intent *out, char currency[4],
                        char state[16])
{
    out->person_id = ei_column_id(rows, first);
    out->id = ei_column_id(rows, first + 1);
    out->invoice_id = ei_column_id(rows, first + 2);
    (void)snprintf(currency, EI_CURRENCY_TEXT, "%s", ei_column_text(rows, first + 3));
    out->amount = ei_column_int(rows, first + 4);
    (void)snprintf(state, 16, "%s", ei_column_text(rows, first + 5));
    out->created = ei_column_time(rows, first + 6);
    out->expires = ei_column_time(rows, first + 7);
}

static edu_status find_open(edu_tx *tx, const edu_id *person, const edu_id *invoice, bool *found,
                            edu_payment_intent *out, edu_error *error)
{
    ei_rows rows;
    char currency[EI_CURRENCY_TEXT], state[16];
    EI_TRY(sql_payment_intent_open(tx, person, invoice, &rows, error));
    edu_status status = ei_rows_next(&rows, found, error);
    if (status == EDU_OK && *found)
        take_intent(&rows, 0, out, currency, state);
    ei_rows_close(&rows);
    return status;
}

edu_status ei_intent_replace(edu_tx *tx, const edu_id *person, const edu_id *invoice,
                             edu_error *error)
{
    bool found;
    edu_payment_intent open;
    EI_TRY(find_open(tx, person, invoice, &found, &open, error));
    return found ? sql_payment_intent_end(tx, person, &open.id, "replaced", NULL, error) : EDU_OK;
}

typedef struct visit {
    edu_id person, invoice;
} visit;

/* Who may see but not act for the person, such as finance staff, is refused; others see nothing. */
static edu_status check_payer(const edu_session *session, edu_tx *tx, const visit *work,
                              edu_error *error)
{
    bool acts;
    EI_TRY(ei_invoice_see(session, tx, &work->person, &work->invoice, &acts, error));
    return acts ? EDU_OK
                : ei_fail(error, EDU_E_DENIED, "payment.not_payer", NULL,
                          "who owes it pays, or who acts for them");
}

static edu_status check_provider(const edu_portal *portal, edu_error *error)
{
    return portal->payment_page || portal->environment.payment.create
               ? EDU_OK
               : ei_fail(error, EDU_E_UNSUPPORTED, "payment.no_provider", NULL,
                         "this portal has no payment provider yet: set its payment page");
}

static edu_status add_intent(ei_command *command, edu_tx *tx, const ei_invoice *invoice,
                             edu_id *out, edu_error *error)
{
    bool taken;
    const edu_id id = ei_new_id(command->session), actor = ei_session_actor(command->session);
    EI_TRY(sql_payment_intent_add(
        tx, &invoice->person, &id, &invoice->id, invoice->currency, ei_invoice_remaining(invoice),
        command->now, command->now + VISIT_LIFE, command->now + FIRST_ASK, &actor, NULL, error));
    *out = id;
    return ei_payment_claim(tx, "order", (edu_bytes){id.bytes, sizeof id.bytes}, &invoice->person,
                            &taken, error);
}

static edu_status pay_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const visit *work = command->context;
    ei_invoice invoice;
    edu_payment_intent open;
    bool found;
    EI_TRY(check_payer(command->session, tx, work, error));
    EI_TRY(ei_invoice_load(tx, &work->person, &work->invoice, &invoice, error));
    if (!ei_invoice_is_open(&invoice))
        return ei_payment_not_open(error);
    EI_TRY(check_provider(command->session->portal, error));
    EI_TRY(find_open(tx, &work->person, &work->invoice, &found, &open, error));
    bool is_good = found && open.amount == ei_invoice_remaining(&invoice) &&
                   open.expires > command->now + VISIT_REST;
    if (found && !is_good)
        EI_TRY(sql_payment_intent_end(tx, &work->person, &open.id, "replaced", NULL, error));
    if (!is_good)
        EI_TRY(add_intent(command, tx, &invoice, &open.id, error));
    memcpy(command->result, &open.id, sizeof open.id);
    command->result_size = sizeof open.id;
    return EDU_OK;
}

/* ---- the page ---- */

/* What is not unreserved by RFC 3986 becomes %XX. */
static void add_escaped(ei_buffer *to, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *text; text++)
        if (strchr(plain, *text))
            ei_buffer_add(to, text, 1);
        else
            ei_buffer_printf(to, "%%%02X", (unsigned)(unsigned char)*text);
}

static edu_status sign_order(edu_session *session, const edu_payment_order *order, char kid[65],
                             char mac[EI_MAC_TEXT], edu_error *error)
{
    ei_buffer text = {0};
    ei_buffer_printf(&text, "%s\n%" PRId64 "\n%s\n%" PRId64 "\n%s\n%s", order->id, order->amount,
                     order->currency, order->expires / 1000000, order->language, order->title);
    edu_status status =
        text.failed ? ei_no_memory(error) : ei_payment_mac(session, text.data, kid, mac, error);
    ei_buffer_free(&text);
    return status;
}

/* The portal's payment page with the order signed into its address: docs/payment.md. */
static edu_status link_to_page(edu_session *session, const edu_payment_order *order,
                               char url[EDU_PAYMENT_URL_MAX], edu_error *error)
{
    char kid[EI_KID_MAX + 1], mac[EI_MAC_TEXT];
    ei_buffer text = {0};
    EI_TRY(sign_order(session, order, kid, mac, error));
    ei_buffer_printf(
        &text, "%s?order=%s&amount=%" PRId64 "&currency=%s&expires=%" PRId64 "&language=%s&title=",
        session->portal->payment_page, order->id, order->amount, order->currency,
        order->expires / 1000000, order->language);
    add_escaped(&text, order->title);
    ei_buffer_text(&text, "&kid=");
    add_escaped(&text, kid);
    ei_buffer_printf(&text, "&v=%s", mac);
    edu_status status = EDU_OK;
    if (text.failed)
        status = ei_no_memory(error);
    else if (text.size >= EDU_PAYMENT_URL_MAX)
        status = ei_fail(error, EDU_E_LIMIT, "payment.long_address", NULL,
                         "the address of the payment page with this order is too long");
    else
        memcpy(url, text.data, text.size + 1);
    ei_buffer_free(&text);
    return status;
}

static edu_status find_page(edu_session *session, const edu_payment_order *order,
                            char url[EDU_PAYMENT_URL_MAX], edu_error *error)
{
    const edu_payment_provider *provider = &session->portal->environment.payment;
    if (session->portal->payment_page)
        return link_to_page(session, order, url, error);
    return provider->create(provider->context, order, url, error);
}

typedef struct going {
    edu_session *session;
    const visit *visit;
    edu_id id;
    const char *title;
    edu_payment_intent *out;
} going;

static edu_status read_title(going *of, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_payment_invoice_get(tx, &of->visit->person, &of->visit->invoice, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        of->title =
            ei_localised_text(ei_record_arena(of->out), of->session, ei_column_text(&rows, 8));
    ei_rows_close(&rows);
    return status == EDU_OK && !of->title ? ei_no_memory(error) : status;
}

static edu_status going_run(edu_tx *tx, void *context, edu_error *error)
{
    going *of = context;
    ei_arena *arena = ei_record_arena(of->out);
    ei_rows rows;
    bool row = false;
    char currency[EI_CURRENCY_TEXT] = "", state[16] = "";
    EI_TRY(sql_payment_intent_get(tx, &of->visit->person, &of->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        take_intent(&rows, 0, of->out, currency, state);
    ei_rows_close(&rows);
    EI_TRY(status);
    if (!row)
        return ei_payment_not_found(error);
    EI_TRY(ei_copy_text(arena, currency, &of->out->currency, error));
    EI_TRY(ei_copy_text(arena, state, &of->out->state, error));
    return read_title(of, tx, error);
}

/* Asked anew each time, as the provider knows the order by its id. */
static edu_status add_page(const going *of, edu_error *error)
{
    char id[EDU_ID_TEXT], url[EDU_PAYMENT_URL_MAX];
    edu_payment_intent *out = of->out;
    if (strcmp(out->state, "open") != 0)
        return EDU_OK;
    edu_id_format(out->id, id);
    const edu_payment_order order = {.id = id,
                                     .amount = out->amount,
                                     .currency = out->currency,
                                     .title = of->title,
                                     .language = of->session->language,
                                     .expires = out->expires};
    EI_TRY(find_page(of->session, &order, url, error));
    return ei_copy_text(ei_record_arena(out), url, &out->url, error);
}

edu_status edu_payment_pay(edu_session *session, edu_id person_id, edu_id invoice_id,
                           const char *key, edu_payment_intent **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    visit work = {ei_person_or_self(session, person_id), invoice_id};
    ei_command command = {
        .session = session, .name = "payment.pay", .key = key, .run = pay_run, .context = &work};
    ei_command_hash(&command, &work, sizeof work);
    EI_TRY(ei_command_run(&command, error));
    going of = {.session = session, .visit = &work};
    memcpy(&of.id, command.result, sizeof of.id);
    EI_TRY(ei_read_record(session, sizeof **out, going_run, &of, &of.out, error));
    edu_status status = add_page(&of, error);
    if (status != EDU_OK)
        edu_free(of.out);
    else
        *out = of.out;
    return status;
}
