/* What the modules of services use of payment, and the parts of payment of one another. */
#ifndef EI_PAYMENT_STORE_H
#define EI_PAYMENT_STORE_H

#include <edu/payment.h>
#include "domain/portal/portal.h"
#include "workflow/definition_tuition.h"

#define EI_PAYMENT_REASON_MAX 400
#define EI_PAYMENT_ID_MAX 128 /* bytes of a provider's id of a payment */
#define EI_INVOICE_CODE 64

/* ---- for other modules, within a command of theirs, which has decided that the actor may ---- */

typedef struct ei_invoice_plan {
    edu_id person;
    const char *kind;     /* a code, such as "tuition" */
    edu_id subject;       /* none: for nothing else */
    const json_t *title;  /* by language */
    const char *currency; /* ISO 4217 */
    int64_t amount;       /* what is due at first, above 0 */
    edu_date due;
    bool is_automatic; /* by the rules, whoever's call it follows from */
    /* Once nothing is due, by payment or waiver, this application of the person takes this action,
     * as "system", in the same transaction; where its state does not permit that any more, staff
     * see a difference. None and NULL for no application. */
    edu_id application;
    const char *action;
} ei_invoice_plan;

/* EDU_E_CONFLICT "payment.invoiced" where there is one that is not cancelled; found by
 * ei_invoice_of. */
edu_status ei_invoice_make(ei_command *command, edu_tx *tx, const ei_invoice_plan *plan,
                           edu_id *out, edu_error *error);
edu_status ei_invoice_waive(ei_command *command, edu_tx *tx, const edu_id *person,
                            const edu_id *invoice, int64_t amount, const char *reason,
                            edu_error *error);
edu_status ei_invoice_cancel(ei_command *command, edu_tx *tx, const edu_id *person,
                             const edu_id *invoice, const char *reason, edu_error *error);
/* The invoice for a subject that is not cancelled. */
edu_status ei_invoice_of(edu_tx *tx, const edu_id *person, const char *kind, const edu_id *subject,
                         bool *found, edu_id *out, edu_error *error);

/* ---- an invoice in hand: payment_store.c ---- */

typedef struct ei_invoice {
    edu_id person, id;
    char currency[EI_CURRENCY_TEXT];
    int64_t amount, waived, paid, refunded;
    char state[16];
    edu_id application;
    char action[EI_INVOICE_CODE + 1];
    char number[EI_PAPER_ID_TEXT];
} ei_invoice;

edu_status ei_payment_not_found(edu_error *error);
edu_status ei_payment_not_open(edu_error *error);
edu_status ei_payment_bad(edu_error *error, const char *field, const char *what);
/* EDU_E_NOT_FOUND unless the session's actor may see the person's invoices. */
edu_status ei_payment_see(const edu_session *session, edu_tx *tx, const edu_id *person,
                          edu_error *error);
/* The same of one invoice; acts: as the person or for them. */
edu_status ei_invoice_see(const edu_session *session, edu_tx *tx, const edu_id *person,
                          const edu_id *invoice, bool *acts, edu_error *error);
/* Finance staff: neither an admin nor the operator. */
edu_status ei_require_finance(edu_session *session, edu_tx *tx, edu_error *error);

/* Without asking who. */
edu_status ei_invoice_load(edu_tx *tx, const edu_id *person, const edu_id *id, ei_invoice *out,
                           edu_error *error);
bool ei_invoice_is_open(const ei_invoice *invoice);
int64_t ei_invoice_remaining(const ei_invoice *invoice);
/* Writes what changed. An open invoice of which nothing remains is settled by that: its application
 * moves on. */
edu_status ei_invoice_save(ei_command *command, edu_tx *tx, ei_invoice *invoice, edu_error *error);

/* A row as an edu_invoice; the context is the session. */
edu_status ei_invoice_fill(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                           edu_error *error);

/* A transfer of the ledger; none is written for an amount of 0. */
typedef struct ei_transfer {
    const edu_id *person, *invoice, *transaction;
    const char *kind, *debit, *credit, *currency;
    int64_t amount;
    const char *reason; /* NULL */
    bool by_staff;      /* the session's actor is noted */
} ei_transfer;
edu_status ei_ledger_add(const ei_command *command, edu_tx *tx, const ei_transfer *transfer,
                         edu_error *error);

edu_status ei_payment_claim(edu_tx *tx, const char *kind, edu_bytes value, const edu_id *owner,
                            bool *taken, edu_error *error);
edu_status ei_payment_claimed(edu_tx *tx, const char *kind, edu_bytes value, bool *found,
                              edu_id *owner, edu_error *error);

/* A notification and a message of the library to the person, with the invoice's number. */
edu_status ei_payment_tell(const ei_command *command, edu_tx *tx, const ei_invoice *invoice,
                           const char *template, edu_error *error);

/* Noted once for a kind and a reference; *added tells whether now. */
typedef struct ei_difference {
    const char *kind, *reference;
    const edu_id *person, *invoice; /* NULL: not known */
    const char *currency;           /* NULL */
    int64_t expected, found;
} ei_difference;
edu_status ei_difference_add(const ei_command *command, edu_tx *tx, const ei_difference *difference,
                             int64_t *added, edu_error *error);

/* ---- payment_pay.c ---- */

/* The open visit, if there is one, is not one to pay by any more. */
edu_status ei_intent_replace(edu_tx *tx, const edu_id *person, const edu_id *invoice,
                             edu_error *error);

/* ---- payment_refund.c ---- */

/* What was captured at once, and what of it was given back. */
typedef struct ei_captured {
    edu_id id;
    char payment[EI_PAYMENT_ID_MAX + 1], currency[EI_CURRENCY_TEXT];
    int64_t amount, applied, refunded, returned;
} ei_captured;
/* Puts an amount of a capture on its way back. source: "income" or "credit". reason NULL: by
 * itself. */
edu_status ei_refund_start(ei_command *command, edu_tx *tx, const edu_id *person,
                           const edu_id *invoice, const ei_captured *capture, const char *source,
                           int64_t amount, const char *reason, const edu_id *transaction,
                           edu_error *error);

/* ---- payment_fact.c: what the provider tells, taken as often as it comes ---- */

typedef enum ei_fact_state {
    EI_FACT_PENDING,
    EI_FACT_DONE, /* captured, refunded */
    EI_FACT_REFUSED,
    EI_FACT_EXPIRED
} ei_fact_state;
typedef struct ei_fact {
    bool is_refund;
    edu_id id; /* of the order or the refund */
    ei_fact_state state;
    const char *payment; /* NULL unless captured */
    char currency[EI_CURRENCY_TEXT];
    int64_t amount;
    edu_time at;
} ei_fact;
/* field: where the object stands. The fact points into the object. */
edu_status ei_fact_read(const json_t *object, bool is_refund, const char *field, ei_fact *out,
                        edu_error *error);
typedef struct ei_taken {
    int64_t facts, recovered, differences;
} ei_taken;
edu_status ei_fact_take(ei_command *command, edu_tx *tx, const ei_fact *fact, ei_taken *taken,
                        edu_error *error);
/* All of a report, some at a time, each part in a transaction of its own. */
edu_status ei_report_take(edu_session *session, const json_t *report, ei_taken *taken,
                          edu_error *error);

/* ---- payment_reconcile.c ---- */

/* Takes a list and, where the time is given, notes what the ledger has beyond it. */
edu_status ei_list_take(edu_session *session, const json_t *list, edu_time since, edu_time until,
                        ei_taken *taken, edu_error *error);

/* ---- payment_key.c ---- */

#define EI_MAC_TEXT 65
#define EI_KID_MAX 64
/* HMAC-SHA-256 by the newest key of that kind. EDU_E_UNSUPPORTED "payment.no_provider" without one.
 */
edu_status ei_payment_mac(edu_session *session, const char *text, char kid[EI_KID_MAX + 1],
                          char mac[EI_MAC_TEXT], edu_error *error);
edu_status ei_payment_signature_check(ei_command *command, edu_tx *tx, edu_bytes body,
                                      const char *signature, edu_error *error);

/* ---- payment_provider.c: a provider behind a command ---- */

/* The members of the environment's provider that are not given; context is the command. */
void ei_payment_command_provider(edu_payment_provider *provider, char *command);

/* For edu_portal_check. */
edu_status ei_payment_check_all(edu_session *session, edu_error *error);

#endif
