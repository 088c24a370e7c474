/** @file edu/reference.h
 *  References: signed papers that the portal makes from a register at once, for whoever asks.
 *
 *  A type of reference is published as a versioned document (docs/references.md): the register it
 * is made from, which records it is about, its texts and fields. A new type needs no code. What is
 *  issued is a certificate (edu/certificate.h): a signed record, a QR code, paper.
 *  @since 0.2.0 */
#ifndef EDU_REFERENCE_H
#define EDU_REFERENCE_H

#include <edu/register.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A published type of reference. */
EDU_RECORD
typedef struct edu_reference_type {
    const char *code;
    int32_t version;
    const char *title; /**< in the session's language, as is the summary */
    const char *summary;
    const char *register_code;
    edu_time published;
    json_t *document; /**< as it was published */
} edu_reference_type;
EDU_PAGE(edu_reference_type);

/** A reference that was asked for. */
EDU_RECORD
typedef struct edu_reference {
    edu_id person_id;
    edu_id id; /**< of the application */
    const char *request; /**< number of the request, such as "A-2026-000123" */
    const char *type;
    const char *title;  /**< of the type, in the session's language */
    const char *state;  /**< "issued", "waiting" (for a clerk) or "refused" */
    const char *number; /**< of the certificate; NULL before it is issued */
    const char *reason; /**< why it was refused; NULL */
    edu_time requested;
    const char *made_as;  /**< as whom it was asked for: "self", "guardian" or "clerk" */
    const char *holder;   /**< name of the person */
    const char *validity; /**< state of the certificate; NULL before it is issued */
    edu_time expires;     /**< end of its validity; none without one */
} edu_reference;
EDU_PAGE(edu_reference);

/** Publishes a type of reference; the document is checked whole first, against its register too.
 *  Publishing the same again changes nothing. Admin.
 *  @param version receives the version, from 1.
 *  @return EDU_E_INVALID with the JSON Pointer of the fault.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_reference_publish(edu_session *session,
                                                               json_t *document, const char *key,
                                                               int32_t *version, edu_error *error);

/** Types of references, newest version of each. Anyone.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_reference_types(edu_session *session,
                                                             const char *cursor, int32_t limit,
                                                             edu_reference_type_page **out,
                                                             edu_error *error);

/** Records about a person that a reference of this type could be made from, newest first, at most
 *  200. Oneself or a ward; clerks without scope and admins.
 *  @param person_id none for oneself.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_reference_matches(edu_session *session,
                                                               edu_id person_id, const char *type,
                                                               edu_register_record_page **out,
                                                               edu_error *error);

/** Asks for a reference. Where the register has one record for it, or one is chosen, it is issued
 * at once; where it has none, the request goes to a clerk. A reference with the same content that
 * is still valid is given again, unless less than a quarter of the type's validity is left: then
 * there is a new one, and the one before stays good to its end. Oneself or a ward; for anybody, who
 * says so: clerks without scope and admins.
 *  @param person_id none for oneself.
 *  @param record_id one of edu_reference_matches; none where there is at most one.
 *  @return EDU_E_STATE "reference.choose" where there are several and none was chosen;
 *  EDU_E_CONFLICT "reference.waiting" where a request of this type waits already; EDU_E_STATE
 *  "reference.outdated" where the register has lost what the type names.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_reference_request(edu_session *session,
                                                               edu_id person_id, const char *type,
                                                               edu_id record_id, const char *key,
                                                               edu_reference **out,
                                                               edu_error *error);

/** References that were asked for a person, the latest first. Oneself or a ward; clerks without
 *  scope and admins.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_reference_list(edu_session *session, edu_id person_id,
                                                            const char *cursor, int32_t limit,
                                                            edu_reference_page **out,
                                                            edu_error *error);

/** Requests that wait for a clerk, the oldest first. Clerk without scope, admin.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_reference_worklist(edu_session *session,
                                                                const char *cursor, int32_t limit,
                                                                edu_reference_page **out,
                                                                edu_error *error);

/** One by the number of its request, as people write it; whatever has become of it. Oneself or a
 *  ward; clerks without scope and admins.
 *  @return EDU_E_NOT_FOUND.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_reference_find(edu_session *session,
                                                            const char *request_number,
                                                            edu_reference **out, edu_error *error);

/** Issues one that waits, from a record of its register that was brought or corrected since. Clerk
 *  without scope, admin.
 *  @param id of the application.
 *  @return EDU_E_NOT_FOUND; EDU_E_STATE where it does not wait; EDU_E_INVALID "reference.record"
 * for a record that is not of this type.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_reference_issue(edu_session *session, edu_id person_id,
                                                             edu_id id, edu_id record_id,
                                                             const char *key, edu_error *error);

/** Refuses one that waits. Clerk without scope, admin.
 *  @param reason shown to the person; 1 to 400 bytes.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_reference_refuse(edu_session *session,
                                                              edu_id person_id, edu_id id,
                                                              const char *reason, const char *key,
                                                              edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
