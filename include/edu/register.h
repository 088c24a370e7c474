/** @file edu/register.h
 *  Registers of persons' education: who studies where, who graduated, what an examination gave.
 *
 *  A register is published as a versioned document that says which columns it has
 *  (docs/registers.md); a new register needs no code. Institutions and clerks bring its records as
 *  files; each change of a record stays readable, with who made it and when.
 *  @since 0.2.0 */
#ifndef EDU_REGISTER_H
#define EDU_REGISTER_H

#include <edu/account.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A published register. */
EDU_RECORD
typedef struct edu_register {
    const char *code;
    int32_t version;
    const char *title; /**< in the session's language */
    edu_time published;
    json_t *document; /**< as it was published */
} edu_register;
EDU_PAGE(edu_register);

/** A record of a register about a person. */
EDU_RECORD
typedef struct edu_register_record {
    edu_id person_id;
    edu_id id;
    const char *code;             /**< of the register */
    const char *title;            /**< of the register, in the session's language */
    const char *institution;      /**< code; NULL in a register without institutions */
    const char *institution_name; /**< NULL */
    int32_t version;              /**< counts changes, from 1 */
    edu_time since;               /**< of this version */
    bool is_current;              /**< false once it was taken out */
    json_t *data;       /**< values by column, texts; dates YYYY-MM-DD; codes of choices */
    const char *holder; /**< name of the person */
    json_t *shown;      /**< array of {"name", "title", "value"}, in the session's language */
} edu_register_record;
EDU_PAGE(edu_register_record);

/** One version of a record. */
EDU_RECORD
typedef struct edu_register_change {
    int32_t version;
    edu_time at;
    const char *how;    /**< "import", "correction" or "end" */
    const char *reason; /**< of a correction; NULL */
    const char *by;     /**< name of who did it; NULL for who is not staff */
    json_t *data;
} edu_register_change;
EDU_PAGE(edu_register_change);

/** A file that was brought. */
EDU_RECORD
typedef struct edu_register_file {
    edu_id id;
    const char *code;             /**< of the register */
    const char *institution;      /**< code; NULL where it was of several, or of none */
    const char *institution_name; /**< NULL */
    edu_time at;
    const char *by; /**< name of who brought it; NULL for the operator */
    int64_t read;   /**< records in the file */
    int64_t added;
    int64_t changed;
    int64_t unchanged;
} edu_register_file;
EDU_PAGE(edu_register_file);

/** Publishes a register; the document is checked whole first. Publishing the same again changes
 *  nothing. Admin.
 *  @param version receives the version, from 1.
 *  @return EDU_E_INVALID with the JSON Pointer of the fault.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_register_publish(edu_session *session,
                                                              json_t *document, const char *key,
                                                              int32_t *version, edu_error *error);

/** Registers, newest version of each. Anyone.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_register_list(edu_session *session, const char *cursor,
                                                           int32_t limit, edu_register_page **out,
                                                           edu_error *error);

/** Brings records. Columns: number? or document? and birth? of the person, institution where the
 *  register has institutions, and those of the register. Institutions give the birth date too. A
 *  record is known again by the person, the institution and the register's key; one that differs
 *  becomes a new version, others are left alone. Admin, and an institution for its own.
 *  @return EDU_E_INVALID with the line and the column; EDU_E_NOT_FOUND for no such register.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_register_import(edu_session *session, const char *code,
                                                             edu_bytes csv, const char *key,
                                                             edu_import_report **out,
                                                             edu_error *error);

/** What is wrong in a file, without importing it: every fault of every line, in their order. Rights
 * as of the import.
 *  @param cursor goes on behind a line; a page has whole lines, so that it may be longer than its
 *  limit.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_register_faults(edu_session *session, const char *code,
                                                             edu_bytes csv, const char *cursor,
                                                             int32_t limit,
                                                             edu_import_fault_page **out,
                                                             edu_error *error);

/** Files that were brought, the latest first: to an institution its own, to clerks without scope
 * and admins all.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_register_files(edu_session *session,
                                                            const char *cursor, int32_t limit,
                                                            edu_register_file_page **out,
                                                            edu_error *error);

/** Records about a person, newest first: one's own or a ward's; to an institution its own; clerks
 *  and admins.
 *  @param person_id none for oneself.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_register_records(edu_session *session,
                                                              edu_id person_id, const char *cursor,
                                                              int32_t limit,
                                                              edu_register_record_page **out,
                                                              edu_error *error);

/** Records about the person with this number and birth date, as edu_register_records gives them: to
 *  an institution its own; clerks and admins. A wrong number, a wrong date and a person without
 * such records are one answer.
 *  @return EDU_E_INVALID for what can be no number; EDU_E_NOT_FOUND "register.no_record".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_register_find(edu_session *session, const char *number,
                                                           edu_date birth, const char *cursor,
                                                           int32_t limit,
                                                           edu_register_record_page **out,
                                                           edu_error *error);

/** Corrects a record. The institution whose record it is; clerks and admins.
 *  @param changes an object: new texts by column; null empties an optional one.
 *  @param reason at most 400 bytes; the person sees it.
 *  @return EDU_E_NOT_FOUND; EDU_E_INVALID with the column; EDU_E_CONFLICT "register.same" where
 *  another record of the person has this key.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_register_correct(edu_session *session,
                                                              edu_id person_id, edu_id record_id,
                                                              json_t *changes, const char *reason,
                                                              const char *key, edu_error *error);

/** Takes a record out that should never have been there. Rights as of a correction.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_register_end(edu_session *session, edu_id person_id,
                                                          edu_id record_id, const char *reason,
                                                          const char *key, edu_error *error);

/** Versions of a record, the latest first. Rights as of the records.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_register_history(edu_session *session,
                                                              edu_id person_id, edu_id record_id,
                                                              const char *cursor, int32_t limit,
                                                              edu_register_change_page **out,
                                                              edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
