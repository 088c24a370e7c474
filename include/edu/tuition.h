/** @file edu/tuition.h
 *  Tuition: what a year costs, by what one applies for and who pays, and what of it an application
 * has to pay.
 *
 *  Who may pay (the state, the student), which concessions there are and what share each waives
 * stands in the definition of a service (docs/admission.md); fees are data, kept by whoever keeps
 * the offering. The engine makes the invoice (edu/payment.h) when an application comes to a state
 * that assesses: the fee less the share of a concession that was accepted.
 *  @since 0.2.0 */
#ifndef EDU_TUITION_H
#define EDU_TUITION_H

#include <edu/account.h>
#include <edu/request.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a year costs. */
EDU_RECORD
typedef struct edu_tuition_fee {
    const char *funding; /**< code, of the definition */
    const char *title;   /**< of it, in the session's language */
    const char *currency;
    int64_t amount; /**< minor units; 0 where nothing is paid */
    edu_time changed;
} edu_tuition_fee;
EDU_PAGE(edu_tuition_fee);

/** What an application has to pay. */
EDU_RECORD
typedef struct edu_tuition {
    edu_id person_id;
    edu_id request_id;
    const char *funding;          /**< code; NULL while it is not known */
    const char *funding_title;    /**< in the session's language; NULL */
    const char *concession;       /**< code of what is claimed; NULL: nothing */
    const char *concession_title; /**< in the session's language; NULL */
    int32_t waiver_percent;       /**< of the concession; 0 */
    const char *decision; /**< "waiting", "accepted", "refused"; NULL where nothing is claimed */
    edu_time decided;     /**< none */
    edu_id invoice_id;    /**< none while there is none, and where nothing is paid */
    const char *currency;
    int64_t amount; /**< of the invoice, minor units */
    int64_t waived;
    int64_t paid;
    edu_date due; /**< none */
} edu_tuition;

/** Says what a year costs. Whoever keeps the offering. Invoices that were made stay as they are.
 *  @param funding a code of the service's definition.
 *  @param amount minor units of the definition's currency, 0 to EDU_PAYMENT_AMOUNT_MAX.
 *  @return EDU_E_NOT_FOUND for an offering that is not yours to keep; EDU_E_STATE "tuition.none"
 * for a service without tuition; EDU_E_INVALID "tuition.funding", "tuition.amount".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_tuition_put(edu_session *session, edu_id offering_id,
                                                         const char *funding, int64_t amount,
                                                         const char *key, edu_error *error);

/** What a year costs, by who pays. Anyone who sees the offering.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_tuition_fees(edu_session *session, edu_id offering_id,
                                                          const char *cursor, int32_t limit,
                                                          edu_tuition_fee_page **out,
                                                          edu_error *error);

/** Brings fees as a file. Columns: programme (code of the offering), funding, amount. What is the
 * same is left alone. Whoever keeps the offerings.
 *  @return EDU_E_INVALID with the line and the column.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_tuition_import(edu_session *session,
                                                            const char *service, edu_bytes csv,
                                                            const char *key,
                                                            edu_import_report **out,
                                                            edu_error *error);

/** What is wrong in a file of fees, without importing it: every fault of every line.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_tuition_faults(edu_session *session,
                                                            const char *service, edu_bytes csv,
                                                            const char *cursor, int32_t limit,
                                                            edu_import_fault_page **out,
                                                            edu_error *error);

/** What an application has to pay. Whoever sees the application.
 *  @return EDU_E_NOT_FOUND also for one of a service without tuition.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_tuition_get(edu_session *session, edu_id person_id,
                                                         edu_id request_id, edu_tuition **out,
                                                         edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
