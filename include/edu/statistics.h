/** @file edu/statistics.h
 *  What has come of what was asked for in a period: applications of a service, invoices,
 * certificates. Counted in one snapshot when it is asked, of what is the session's work alone.
 * Citizens' appeals and results have figures of their own (edu/appeal.h, edu/result.h).
 *  @since 0.2.0 */
#ifndef EDU_STATISTICS_H
#define EDU_STATISTICS_H

#include <edu/portal.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EDU_STATISTICS_LINES 100 /**< of a group, the greatest; one more for all others */

/** Figures of a period.
 *
 *  A line is {"code", "title", "currency", "count", "is_hidden"} and a member for each measure: a
 *  whole number, null where there is nothing to tell. "currency" is null where nothing is paid;
 *  "count" is the number of lines in it, more than 1 in that of all others, whose code is "*".
 *  Groups: "all"; of applications "state", with the "stage" from 1 in the usual order, or null;
 *  "what" was asked for; "kind" of an invoice, in its code; "region", "institution"; "month"
 *  ("2026-11"), "week" (its Monday) of up to two years, "day" of up to three months, none left out
 *  between the first and the last. */
EDU_RECORD
typedef struct edu_statistics {
    edu_time since;
    edu_time until;
    json_t *measures; /**< array of {"code", "unit"}: what lines tell, in that order; unit "count",
                           "days" or "money", in minor units of the line's currency */
    json_t *groups;   /**< object of arrays of lines */
} edu_statistics;

/** Applications of a service that were submitted in a period: how many, where they stand, in how
 *  many days they were decided. Clerks and admins all, clerks of a region those of it, schools
 * those that are their institution's work; of references clerks everywhere and admins.
 *
 *  Decided is what came to a place or to an end that the applicant did not choose; withdrawn, what
 *  the applicant ended before. Days are whole ones of 24 hours from submission. In time is what was
 *  decided and was in no state longer than its deadline, deadlines at which something happens by
 *  itself not counted; overdue, what is open and was or is. Both are measures only where the
 * service has such deadlines. A line of fewer than five says how many were received, and nothing
 * else.
 *  @param service its code: one that runs on its definition, "olympiad" or "reference".
 *  @param since,until submitted from then on, and before then; at most twenty years.
 *  @return EDU_E_DENIED; EDU_E_NOT_FOUND; EDU_E_UNSUPPORTED "statistics.service" for a service
 * whose figures are elsewhere; EDU_E_INVALID "statistics.period".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_statistics_applications(edu_session *session,
                                                                     const char *service,
                                                                     edu_time since, edu_time until,
                                                                     edu_statistics **out,
                                                                     edu_error *error);

/** The same as a table in CSV, with every line.
 *  @return as edu_statistics_applications.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status
edu_statistics_applications_csv(edu_session *session, const char *service, edu_time since,
                                edu_time until, edu_document **out, edu_error *error);

/** Invoices that were made in a period, by currency: what was invoiced is what was waived,
 *  cancelled, paid or is outstanding; what is outstanding behind its day is overdue. "what": what
 *  the application was for that the invoice belongs to. Finance, admins.
 *  @param since,until made from then on, and before then; at most twenty years.
 *  @return EDU_E_DENIED; EDU_E_INVALID "statistics.period".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_statistics_payments(edu_session *session,
                                                                 edu_time since, edu_time until,
                                                                 edu_statistics **out,
                                                                 edu_error *error);

/** The same as a table in CSV, with every line.
 *  @return as edu_statistics_payments.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_statistics_payments_csv(edu_session *session,
                                                                     edu_time since, edu_time until,
                                                                     edu_document **out,
                                                                     edu_error *error);

/** Certificates and references that were issued in a period, and how many of them are revoked.
 *  Whether somebody checks one is not kept. Clerks everywhere, admins.
 *  @param since,until issued from then on, and before then; at most twenty years.
 *  @return as edu_statistics_payments.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_statistics_certificates(edu_session *session,
                                                                     edu_time since, edu_time until,
                                                                     edu_statistics **out,
                                                                     edu_error *error);

/** The same as a table in CSV, with every line.
 *  @return as edu_statistics_payments.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_statistics_certificates_csv(
    edu_session *session, edu_time since, edu_time until, edu_document **out, edu_error *error);

#ifdef __cplusplus
}
#endif

#endif
