/** @file edu/privacy.h
 *  What is held on a person, given to them, and erased.
 *
 *  Erasing takes a person's names, numbers, contacts, account, registers, messages and search words
 * out of the store, and destroys the key under which everything they wrote or gave is sealed. What
 * others rely on stays, without saying whose it was: counts, the chains of events, seats, results,
 * payments, numbers of certificates and whether they are revoked.
 *  @since 0.2.0 */
#ifndef EDU_PRIVACY_H
#define EDU_PRIVACY_H

#include <edu/portal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** All that is held on a person. */
EDU_RECORD
typedef struct edu_personal_data {
    edu_id person_id;
    edu_time made;
    json_t *content; /**< object of arrays of objects, such as `applications`; docs/privacy.md names
                        them */
} edu_personal_data;

/** Gives all that is held on a person, but for files, which have functions of their own and are
 *  listed, and for what staff wrote for their own work. The person, guardians of a child, and
 * admins; what an admin takes is recorded.
 *  @param person_id none: the session's own.
 *  @param out freed by edu_free.
 *  @return EDU_E_NOT_FOUND.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_privacy_export(edu_session *session, edu_id person_id,
                                                            edu_personal_data **out,
                                                            edu_error *error);

/** Erases a person for good; for admins. Afterwards what was deleted is no longer in the files of
 * the store; older backups have it until they are deleted, and have it no longer once restored and
 * edu_privacy_replay has been called.
 *  @param reason why, without personal data; at most 500 bytes.
 *  @param with_open also where applications of theirs are open, which then stay as they are, of
 * nobody.
 *  @return EDU_E_NOT_FOUND; EDU_E_STATE "privacy.own" for the session's own person,
 * "privacy.has_role" where they have a role still, "privacy.has_open" where an application of
 * theirs is open, "privacy.owes" where an invoice is; "privacy.erased"; EDU_E_BUSY "privacy.files"
 * where they are erased, and somebody kept the files from being cleared: the same call does it.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_privacy_erase(edu_session *session, edu_id person_id,
                                                           const char *reason, bool with_open,
                                                           const char *key, edu_error *error);

/** Who was erased, when and why, as CSV: `person,at,by,reason`, the first first. To be kept beside
 * the backups. For admins.
 *  @param out freed by edu_free.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_privacy_erasures(edu_session *session,
                                                              edu_document **out, edu_error *error);

/** Erases again whom a backup, restored since, has brought back, whatever is open; for admins.
 * Those who are erased or not there are passed over.
 *  @param csv as edu_privacy_erasures gives it.
 *  @param done receives how many were erased.
 *  @return EDU_E_INVALID or EDU_E_LIMIT with the line; EDU_E_BUSY as edu_privacy_erase.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_privacy_replay(edu_session *session, edu_bytes csv,
                                                            int32_t *done, edu_error *error);

/** One who has read what is held on somebody else, or a list of many. Reads of the same on one day
 * of the portal are one of these; within a quarter of an hour they count once. */
EDU_RECORD
typedef struct edu_reading {
    edu_id id;
    edu_id reader_id; /**< none where it is not told: who judges a work is not named to whose it is,
                           but to an admin */
    const char *reader; /**< name; NULL where not told, of the operator, and of who was erased */
    const char *roles;  /**< as what: guardian, operator, or the roles that they had then, parted by
                             blanks */
    const char *what;   /**< a word such as person or application; docs/privacy.md names them */
    const char *about;  /**< which: an id, a number, or of a list what was asked for; "" */
    const char *why;    /**< as edu_session_why had it; "" */
    edu_time since;     /**< first on that day */
    edu_time last;
    int32_t count;
} edu_reading;
EDU_PAGE(edu_reading);

/** Who else has read what is held on a person, the last day first: staff, panels, and guardians of
 * a child. The person, guardians of a child, and admins.
 *  @param person_id none: the session's own.
 *  @return EDU_E_NOT_FOUND.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_privacy_reads(edu_session *session, edu_id person_id,
                                                           const char *cursor, int32_t limit,
                                                           edu_reading_page **out,
                                                           edu_error *error);

/** Who has read lists of many people with their names, the last first: worklists, reports, papers.
 * For admins.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_privacy_list_reads(edu_session *session,
                                                                const char *cursor, int32_t limit,
                                                                edu_reading_page **out,
                                                                edu_error *error);

/** How long what is kept. */
EDU_RECORD
typedef struct edu_retention {
    json_t *rules; /**< object of days by kind; docs/privacy.md names them */
} edu_retention;

/** What is no longer kept. */
EDU_RECORD
typedef struct edu_retained {
    json_t *counts; /**< object of numbers of rows by kind */
} edu_retained;

/** Puts rules in the place of those before; what they do not name keeps its default. For admins.
 *  @param rules object, such as `{"notifications": 730, "drafts": {"": 365, "club": 90},
 *  "documents": {"club": {"refused": 365}}}`: days since the last change.
 *  @return EDU_E_INVALID "privacy.retention" with the kind.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_privacy_retention_put(edu_session *session,
                                                                   json_t *rules, const char *key,
                                                                   edu_error *error);

/** The rules in force, with the defaults. For admins.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_privacy_retention(edu_session *session,
                                                               edu_retention **out,
                                                               edu_error *error);

/** Ends what the rules no longer keep, or counts it; for a job, once a day. At most about 10,000
 * rows of a rule are ended by one call: call again while there are. What it has ended is recorded.
 * Applications, their events, certificates, results, seats, accounts and the audit trail are not
 * its to end. For admins.
 *  @param preview nothing is ended.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_privacy_retain(edu_session *session, bool preview,
                                                            edu_retained **out, edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
