/** @file edu/payment.h
 *  Payment: invoices, a hosted page that takes the money, and a ledger that balances.
 *
 *  Amounts are whole minor units (qəpik, cent) of an ISO 4217 currency. Card data never comes here:
 * the payer pays on the provider's page, and the provider tells what it took (edu/sys/payment.h) by
 * signed callbacks, answers and lists; each of these may come late, twice, out of order or not at
 * all.
 *
 *  **The ledger** is made of transfers: each moves an amount from one account to another, so that
 * all accounts together are always zero. Accounts are `receivable` (what is owed), `income`,
 * `waiver`, `provider` (what the provider holds for us), `credit` (money that pays nothing) and
 * `refunding` (on its way back). Balances follow from the transfers.
 *
 *  **An invoice** is `open` while something of it is due, `settled` when nothing is, by payment or
 * waiver, or `cancelled`. Money for an invoice pays what is due of it, however late it comes; what
 * is left over is given back by itself.
 *
 *  **Who**: the person and who acts for them see and pay; the role `finance` (without scope),
 * admins and the operator see all; only finance staff make, waive, cancel and refund.
 *  @since 0.2.0 */
#ifndef EDU_PAYMENT_H
#define EDU_PAYMENT_H

#include <edu/portal.h>
#include <edu/sys/payment.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EDU_PAYMENT_AMOUNT_MAX INT64_C(1000000000000) /**< of an invoice or a payment */

/** A new invoice. Start from ::EDU_INVOICE_INPUT_INIT. */
EDU_INPUT
typedef struct edu_invoice_input {
    size_t struct_size;
    edu_id person_id;  /**< who owes it */
    const char *kind;  /**< of what it is for, such as "tuition"; a code */
    edu_id subject_id; /**< what it is for; a person has one invoice for it that is not cancelled;
                            none where it is for nothing else */
    json_t *title;  /**< texts by language; they never name a person, as the provider shows them */
    int64_t amount; /**< minor units, 1 to EDU_PAYMENT_AMOUNT_MAX */
    const char *currency; /**< ISO 4217, such as "AZN" */
    edu_date due;         /**< shown; it may be paid later; none */
} edu_invoice_input;

#define EDU_INVOICE_INPUT_INIT                                                                     \
    {                                                                                              \
        sizeof(edu_invoice_input), {{0}}, NULL, {{0}}, NULL, 0, NULL,                              \
        {                                                                                          \
            0, 0, 0                                                                                \
        }                                                                                          \
    }

/** An invoice as it is now. */
EDU_RECORD
typedef struct edu_invoice {
    edu_id person_id;
    edu_id id;
    const char *number; /**< 17 characters with a check character, for people */
    const char *kind;
    edu_id subject_id;
    const char *title; /**< in the session's language */
    const char *currency;
    int64_t amount;
    int64_t waived;
    int64_t paid;      /**< of what was captured, what this invoice took */
    int64_t refunded;  /**< of that, given back or on its way */
    int64_t remaining; /**< still to be paid; 0 unless open */
    int64_t returned;  /**< captured for it, but owed by nobody: given back or on its way */
    const char *state; /**< "open", "settled", "cancelled" */
    bool is_awaited;   /**< the payer was sent to the provider, whose answer has not come */
    edu_date due;      /**< none */
    edu_time created;
    edu_time changed;
    const char *holder; /**< name of the person */
} edu_invoice;
EDU_PAGE(edu_invoice);

/** A visit to the provider's page. */
EDU_RECORD
typedef struct edu_payment_intent {
    edu_id person_id;
    edu_id id; /**< the provider's order */
    edu_id invoice_id;
    const char *currency;
    int64_t amount;
    const char *state; /**< "open", "captured", "refused", "expired", "replaced" */
    edu_time created;
    edu_time expires;
    const char *url; /**< where the payer goes; NULL in lists and unless open */
} edu_payment_intent;
EDU_PAGE(edu_payment_intent);

/** A transfer of the ledger. */
EDU_RECORD
typedef struct edu_payment_transfer {
    edu_id id;
    edu_id transaction_id; /**< those of one transaction share it */
    edu_time at;
    const char *kind; /**< "invoice", "waiver", "cancel", "capture", "refund", "refunded",
                         "refund_failed" */
    const char *debit;
    const char *credit;
    const char *currency;
    int64_t amount;
    const char *reason; /**< of a waiver, a cancellation or a refund, as written; NULL */
    bool is_staff;      /**< somebody of the staff did it */
} edu_payment_transfer;
EDU_PAGE(edu_payment_transfer);

/** Money that goes back. */
EDU_RECORD
typedef struct edu_payment_refund_record {
    edu_id person_id;
    edu_id id;
    edu_id invoice_id;
    const char *payment; /**< the provider's id of what was captured */
    const char *currency;
    int64_t amount;
    const char *state;  /**< "waiting" (for the provider), "done", "failed" */
    bool is_automatic;  /**< it paid nothing, and went back by itself */
    const char *reason; /**< NULL where it is automatic */
    edu_time created;
    edu_time changed;
} edu_payment_refund_record;
EDU_PAGE(edu_payment_refund_record);

/** Something that provider and ledger do not say alike; kept until somebody of the staff has
 * looked. */
EDU_RECORD
typedef struct edu_payment_difference {
    edu_id id;
    const char *kind;      /**< "unknown_order", "unknown_refund", "amount", "missing_payment",
                                "missing_refund", "refund_failed", "late_refund",
                                "reused_payment", "action" */
    const char *reference; /**< the provider's payment, or an order or refund */
    edu_id person_id;      /**< none where it is nobody's that we know */
    edu_id invoice_id;     /**< none */
    const char *currency;  /**< NULL */
    int64_t expected;      /**< by the ledger */
    int64_t found;         /**< by the provider */
    bool is_open;
    edu_time noted;
    edu_time closed;  /**< none */
    const char *note; /**< of who closed it; NULL */
} edu_payment_difference;
EDU_PAGE(edu_payment_difference);

/** What came of the provider's list. */
EDU_RECORD
typedef struct edu_payment_reconciliation {
    int64_t facts;       /**< payments and refunds in it */
    int64_t recovered;   /**< of them, not known before: their callbacks had not come */
    int64_t differences; /**< new ones */
} edu_payment_reconciliation;

/** A whole day compared with the provider's list. */
EDU_RECORD
typedef struct edu_payment_day {
    edu_date day; /**< civil, of the portal */
    edu_time at;
    int64_t facts;
    int64_t recovered;
    int64_t differences;
} edu_payment_day;
EDU_PAGE(edu_payment_day);

/** An account of the ledger. */
EDU_RECORD
typedef struct edu_payment_balance {
    const char *account;
    const char *currency;
    int64_t debit; /**< all that was debited */
    int64_t credit;
    int64_t balance; /**< debit - credit; all accounts of a currency make 0 */
} edu_payment_balance;
EDU_PAGE(edu_payment_balance);

/** A key of the provider's signatures; the secret is never given out. */
EDU_RECORD
typedef struct edu_payment_key {
    const char *kid;
    const char *algorithm; /**< "hmac-sha256", "ed25519" */
    edu_time since;
    edu_time until; /**< not good any more from then on; none */
} edu_payment_key;
EDU_PAGE(edu_payment_key);

/* ---- invoices ---- */

/** Makes an invoice. Finance.
 *  @return EDU_E_CONFLICT "payment.invoiced" where the person has one for this kind and subject;
 *  EDU_E_INVALID with the field.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_invoice(edu_session *session,
                                                             const edu_invoice_input *invoice,
                                                             const char *key, edu_id *out,
                                                             edu_error *error);

/** Invoices of a person, the latest first. Oneself or a ward; finance, admins.
 *  @param person_id none for oneself.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_invoices(edu_session *session,
                                                              edu_id person_id, const char *cursor,
                                                              int32_t limit, edu_invoice_page **out,
                                                              edu_error *error);

/** One invoice. Oneself or a ward; finance, admins.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_get(edu_session *session, edu_id person_id,
                                                         edu_id invoice_id, edu_invoice **out,
                                                         edu_error *error);

/** The invoice of a number, as somebody reads it out. Finance, admins.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_find(edu_session *session, const char *number,
                                                          edu_invoice **out, edu_error *error);

/** Transfers of an invoice, in their order. Oneself or a ward; finance, admins.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_transfers(edu_session *session,
                                                               edu_id person_id, edu_id invoice_id,
                                                               const char *cursor, int32_t limit,
                                                               edu_payment_transfer_page **out,
                                                               edu_error *error);

/** Visits to the provider's page for an invoice, the latest first. Oneself or a ward; finance,
 * admins.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_intents(edu_session *session, edu_id person_id,
                                                             edu_id invoice_id, const char *cursor,
                                                             int32_t limit,
                                                             edu_payment_intent_page **out,
                                                             edu_error *error);

/** Refunds of an invoice, the latest first. Oneself or a ward; finance, admins.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_refunds(edu_session *session, edu_id person_id,
                                                             edu_id invoice_id, const char *cursor,
                                                             int32_t limit,
                                                             edu_payment_refund_record_page **out,
                                                             edu_error *error);

/** Invoices in a state, the oldest first. Finance, admins.
 *  @param state as in edu_invoice.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_worklist(edu_session *session,
                                                              const char *state, const char *cursor,
                                                              int32_t limit, edu_invoice_page **out,
                                                              edu_error *error);

/** Lets a part of what is due go. A waiver of all that is due settles the invoice. Finance.
 *  @param amount 1 to what remains.
 *  @param reason shown to the person; 1 to 400 bytes.
 *  @return EDU_E_STATE "payment.not_open", "payment.too_much".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_waive(edu_session *session, edu_id person_id,
                                                           edu_id invoice_id, int64_t amount,
                                                           const char *reason, const char *key,
                                                           edu_error *error);

/** Cancels an open invoice of which nothing was paid; another may be made for the same. Money that
 * comes for it all the same is given back. Finance.
 *  @param reason shown to the person; 1 to 400 bytes.
 *  @return EDU_E_STATE "payment.not_open", "payment.partly_paid".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_cancel(edu_session *session, edu_id person_id,
                                                            edu_id invoice_id, const char *reason,
                                                            const char *key, edu_error *error);

/** Gives money of an invoice back; what is due of it does not grow by that. The provider is asked
 * by edu_payment_settle. Finance.
 *  @param amount 1 to what was captured and not given back yet.
 *  @param reason shown to the person; 1 to 400 bytes.
 *  @return EDU_E_STATE "payment.too_much".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_refund(edu_session *session, edu_id person_id,
                                                            edu_id invoice_id, int64_t amount,
                                                            const char *reason, const char *key,
                                                            edu_error *error);

/* ---- paying ---- */

/** Sends the payer to the provider's page for what remains of an invoice. Asked again while a visit
 * is open, it gives the same one, so that two windows do not pay twice. Oneself or a ward.
 *  @return EDU_E_STATE "payment.not_open"; EDU_E_UNSUPPORTED "payment.no_provider" where the portal
 * has neither page nor provider.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_pay(edu_session *session, edu_id person_id,
                                                         edu_id invoice_id, const char *key,
                                                         edu_payment_intent **out,
                                                         edu_error *error);

/** Takes a signed callback of the provider: one payment or refund in the shape of
 * edu/sys/payment.h. It may come any number of times. Anyone.
 *  @param body as it came, to the byte; at most 64 KiB.
 *  @param signature as it came: `kid=ID; t=SECONDS; v=HEX`, where v is HMAC-SHA-256 or Ed25519 over
 * the seconds, a full stop and the body, by a key of edu_payment_key_add.
 *  @return EDU_E_CRYPTO "payment.forged" for a key that is not good, a wrong signature, or a time
 * more than 5 minutes away: the three are alike; EDU_E_INVALID for a signed body of another shape.
 * What is signed and about something unknown is kept as a difference, and EDU_OK.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_callback(edu_session *session, edu_bytes body,
                                                              const char *signature,
                                                              edu_error *error);

/* ---- the provider's side ---- */

/** Takes what the provider lists, in the shape of edu/sys/payment.h, and compares it with the
 * ledger: what was not known is taken, what does not fit becomes a difference. Finance, admins.
 *  @param since,until where both are given, the list is all there was in that time, and what the
 * ledger has of it beyond the list is a difference too; none: only what is listed is looked at.
 *  @return EDU_E_INVALID with the JSON Pointer of the first thing of another shape: nothing behind
 * it is taken.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_reconcile(edu_session *session, json_t *list,
                                                               edu_time since, edu_time until,
                                                               edu_payment_reconciliation **out,
                                                               edu_error *error);

/** The job, to be run every minute or so: asks the provider about each open visit every 15 minutes,
 * ends those that are over, sends refunds on their way, and compares each day that is over with the
 * provider's list. What the provider does not answer is tried again later. Operator.
 *  @param limit visits and refunds at once; 0 for 100.
 *  @param done how many were dealt with; call again while it is not 0.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_settle(edu_session *session, int32_t limit,
                                                            int32_t *done, edu_error *error);

/** Days that were compared, the latest first. Finance, admins.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_days(edu_session *session, const char *cursor,
                                                          int32_t limit, edu_payment_day_page **out,
                                                          edu_error *error);

/** Differences, the oldest first. Finance, admins.
 *  @param is_open those that nobody has closed, or those that somebody has.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_differences(edu_session *session, bool is_open,
                                                                 const char *cursor, int32_t limit,
                                                                 edu_payment_difference_page **out,
                                                                 edu_error *error);

/** Closes a difference, with what was found out. Finance.
 *  @param note 1 to 400 bytes.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_close_difference(edu_session *session,
                                                                      edu_id difference_id,
                                                                      const char *note,
                                                                      const char *key,
                                                                      edu_error *error);

/** All accounts, added up from all transfers. Finance, admins.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_balances(edu_session *session,
                                                              edu_payment_balance_page **out,
                                                              edu_error *error);

/** Adds a key of the provider. The newest of hmac-sha256 signs the addresses of the payment page
 * too. Admin.
 *  @param kid 1 to 64 bytes without space, ";" and "=".
 *  @param algorithm "hmac-sha256" with a secret of 32 to 64 bytes, or "ed25519" with the public key
 * of 32.
 *  @param secret kept sealed.
 *  @return EDU_E_CONFLICT where the kid was used before.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_key_add(edu_session *session, const char *kid,
                                                             const char *algorithm,
                                                             edu_bytes secret, const char *key,
                                                             edu_error *error);

/** Ends a key: what it signed is not taken from then on. Admin.
 *  @param until not before now; none for now.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_key_end(edu_session *session, const char *kid,
                                                             edu_time until, const char *key,
                                                             edu_error *error);

/** Keys of the provider, past ones too. Admin.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_payment_keys(edu_session *session, const char *cursor,
                                                          int32_t limit, edu_payment_key_page **out,
                                                          edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
