/** @file edu/sys/payment.h
 *  The payment provider: what the library needs of a bank or an agency that takes money on pages of
 * its own. Card data never comes here.
 *
 *  All that a provider tells, whether by a callback, an answer or a list, has one shape, and is
 * taken as often as it comes:
 *
 *      {"payments": [{"order": ID, "payment": TEXT, "state": "captured", "amount": 12000,
 *                     "currency": "AZN", "at": "2026-09-21T08:00:00Z"}, …],
 *       "refunds":  [{"refund": ID, "payment": TEXT, "state": "refunded", "amount": 12000,
 *                     "currency": "AZN", "at": …}, …]}
 *
 *  `order` and `refund` are identifiers that the library made; `payment` is the provider's, unique
 * for ever. A payment's state is captured, refused, expired or pending; a refund's is refunded,
 * refused or pending. Amounts are minor units. Only a captured payment needs all members; the
 * others need no payment, amount or currency.
 *
 *  Functions are called outside of transactions, from any thread, and may be called again with the
 * same order or refund: the provider must do it once. A member left NULL has the library's default,
 * if it has one.
 *  @since 0.2.0 */
#ifndef EDU_SYS_PAYMENT_H
#define EDU_SYS_PAYMENT_H

#include <edu/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EDU_PAYMENT_URL_MAX 2048 /**< bytes of a page's address, its NUL included */

/** Something to be paid on the provider's page. */
typedef struct edu_payment_order {
    const char *id;       /**< 36 characters */
    int64_t amount;       /**< minor units, above 0 */
    const char *currency; /**< ISO 4217 */
    const char *title;    /**< what for; never names a person */
    const char *language;
    edu_time expires; /**< not to be taken after this */
} edu_payment_order;

/** Money to be given back. */
typedef struct edu_payment_return {
    const char *id;      /**< of the refund, 36 characters */
    const char *payment; /**< the provider's id of what was captured */
    int64_t amount;
    const char *currency;
} edu_payment_return;

typedef struct edu_payment_provider {
    /** Where the payer goes. Default: the portal's payment page with the order signed into its
     * address (docs/payment.md). */
    edu_status (*create)(void *context, const edu_payment_order *order,
                         char url[EDU_PAYMENT_URL_MAX], edu_error *error);
    /** What became of an order. Reports are new references. Default of this and the others: the
     * portal's payment command, if there is one. */
    edu_status (*query)(void *context, const char *order, json_t **report, edu_error *error);
    /** All payments and refunds whose time lies in [since, until). */
    edu_status (*list)(void *context, edu_time since, edu_time until, json_t **report,
                       edu_error *error);
    /** Gives money back. */
    edu_status (*refund)(void *context, const edu_payment_return *refund, json_t **report,
                         edu_error *error);
    void *context;
} edu_payment_provider;

#ifdef __cplusplus
}
#endif
#endif
