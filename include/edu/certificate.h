/** @file edu/certificate.h
 *  Certificates that the portal has issued: the holder's list and files, checks by anyone, and
 *  revocation.
 *
 *  A certificate is one signed record (a W3C Verifiable Credential in the shape of Open Badges 3.0,
 *  see docs/formats.md) in three forms: the JSON file, the QR code that carries its main claims and
 *  the hash of the record, and paper. Its content never changes: a new content is a new
 * certificate, which revokes the old one.
 *  @since 0.2.0 */
#ifndef EDU_CERTIFICATE_H
#define EDU_CERTIFICATE_H

#include <edu/credential.h>
#include <edu/olympiad.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A certificate. It is "withdrawn" where the key that signed it was, so that nobody believes it;
 *  what issues it anew replaces it. */
EDU_RECORD
typedef struct edu_certificate {
    edu_id person_id;
    const char *number; /**< as printed */
    const char *type;   /**< such as "olympiad.certificate" */
    edu_id source_id;   /**< what it is about, such as a season */
    const char *title;
    const char *state; /**< "valid", "revoked", "expired", "withdrawn" */
    edu_time issued;
    edu_time revoked;        /**< none while it is not */
    const char *reason;      /**< of the revocation, to the holder also where not public; NULL */
    const char *replaced_by; /**< number of the one that took its place; NULL */
    const char *qr;          /**< text of the QR code */
    edu_time expires;        /**< end of the validity; none without one */
} edu_certificate;
EDU_PAGE(edu_certificate);

/** A revocation, asked for by one clerk and confirmed by another. */
EDU_RECORD
typedef struct edu_revocation {
    const char *number;
    const char *title;
    const char *state; /**< "proposed", "done", "refused" */
    const char *reason;
    bool is_public; /**< whether who checks the certificate is told the reason */
    edu_time created;
    bool may_confirm; /**< by this session, now */
} edu_revocation;
EDU_PAGE(edu_revocation);

/** Certificates of a person, the latest first: oneself, a ward, a pupil in scope.
 *  @param person_id none for oneself.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_list(edu_session *session,
                                                              edu_id person_id, const char *cursor,
                                                              int32_t limit,
                                                              edu_certificate_page **out,
                                                              edu_error *error);

/** One certificate. Rights as of the list.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_get(edu_session *session, edu_id person_id,
                                                             const char *number,
                                                             edu_certificate **out,
                                                             edu_error *error);

/** A certificate as a file, the same bytes each time. Rights as of the list.
 *  @param format "json", the signed record; "pdf", which shows every field of it and has it
 * attached; "html", the same as a page that stands by itself, without a script. In the portal's
 * language.
 *  @return EDU_E_UNSUPPORTED for "pdf" in a build without it.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_file(edu_session *session,
                                                              edu_id person_id, const char *number,
                                                              const char *format,
                                                              edu_document **out, edu_error *error);

/** Checks the text of a QR code or of a JSON file against the portal's keys and its revocations.
 *  Anyone, as often as they like. As edu_verify, with the verdict "revoked" besides.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_check(edu_session *session,
                                                               const char *text, edu_verdict **out,
                                                               edu_error *error);

/** Checks a file: of a certificate (JSON, or the PDF that carries it), or with the text of a code.
 * As edu_file_text and edu_certificate_check.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_check_file(edu_session *session,
                                                                    edu_bytes file,
                                                                    edu_verdict **out,
                                                                    edu_error *error);

/** Finds a certificate by its number and the holder's birth date. Anyone; throttled by address and
 *  by number. A wrong number and a wrong date are one answer, by the same work.
 *  @param address where the request comes from, as in edu_session_sign_in; NULL.
 *  @return EDU_E_NOT_FOUND; EDU_E_THROTTLED.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_find(edu_session *session,
                                                              const char *number, edu_date birth,
                                                              const char *address,
                                                              edu_verdict **out, edu_error *error);

/** A form of a certificate for whoever holds another: the text of its QR code, or its JSON file,
 *  which are checked first. Anyone.
 *  @param format as in edu_certificate_file.
 *  @return EDU_E_INVALID "certificate.not_genuine" for a text that is no genuine certificate of
 * this portal; EDU_E_STATE "certificate.no_paper" for one that was revoked; EDU_E_NOT_FOUND.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_paper(edu_session *session,
                                                               const char *text, const char *format,
                                                               edu_document **out,
                                                               edu_error *error);

/** Many certificates in one PDF, for who prints them. */
EDU_RECORD
typedef struct edu_printout {
    const char *name;  /**< proposed file name */
    edu_bytes content; /**< PDF; empty where there is none to print */
    int32_t count;     /**< certificates in it */
    edu_id next;       /**< for the next part; none at the end */
} edu_printout;

/** Prints the valid certificates about one thing, such as a season, in parts of one file each. The
 * signed record of each is attached to the page on which it begins. Clerk without scope, admin.
 *  @param source_id as in edu_certificate.
 *  @param institution code; only of its pupils. NULL: all.
 *  @param after `next` of the part before; none to begin.
 *  @param limit certificates in a part, at most 1,000; 0 gives 200.
 *  @return EDU_E_UNSUPPORTED in a build without PDF.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_print(edu_session *session,
                                                               edu_id source_id,
                                                               const char *institution,
                                                               edu_id after, int32_t limit,
                                                               edu_printout **out, edu_error *error);

/** What edu_certificate_print gives, without its file: how many certificates, and where the next part
 * begins. Clerk without scope, admin.
 *  @param institution code; only of its pupils. NULL: all.
 *  @param after `next` of the part before; none to begin.
 *  @param limit as of edu_certificate_print.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status
edu_certificate_print_part(edu_session *session, edu_id source_id, const char *institution,
                           edu_id after, int32_t limit, edu_printout **out, edu_error *error);

/** A copy of a certificate that edu_certificate_find finds, unless it was revoked: for whoever was
 * given its number and the holder's birth date. Throttled with it, by the same work.
 *  @param format as of edu_certificate_file.
 *  @return EDU_E_NOT_FOUND; EDU_E_THROTTLED; EDU_E_STATE where it was revoked.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_find_file(
    edu_session *session, const char *number, edu_date birth, const char *address,
    const char *format, edu_document **out, edu_error *error);

/** Asks to revoke a certificate. Clerk without scope, admin; not the operator, who is nobody in
 * particular and so no one of two.
 *  @param reason 1 to 400 bytes, no personal data; the holder is told.
 *  @param is_public whether who checks the certificate is told the reason, too.
 *  @return EDU_E_NOT_FOUND; EDU_E_STATE where it is revoked or asked for already.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_revoke(edu_session *session,
                                                                const char *number,
                                                                const char *reason, bool is_public,
                                                                const char *key, edu_error *error);

/** Confirms or refuses a revocation; another clerk without scope than the one who asked. What a
 * correction by the operator has put before them takes two clerks: the first to agree asks for it.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_revoke_decide(edu_session *session,
                                                                       const char *number,
                                                                       bool accept, const char *key,
                                                                       edu_error *error);

/** A status list: a W3C BitstringStatusListCredential, signed, with the bits of the revoked
 * certificates set; what https://HOST/status/LIST answers. Anyone. At most five minutes old.
 *  @param list from 1.
 *  @return EDU_E_NOT_FOUND.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_status_list(edu_session *session,
                                                                     int32_t list,
                                                                     edu_document **out,
                                                                     edu_error *error);

/** Closes the status list that new certificates get their places in, and opens another. The library
 * does so by itself where half of a list is taken. Admin.
 *  @param size in bits, a multiple of 8 from 131,072 to 134,217,728; 0: as the one before.
 *  @param opened number of the new list.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_open_list(edu_session *session,
                                                                   int32_t size, const char *key,
                                                                   int32_t *opened,
                                                                   edu_error *error);

/** All that is needed to check documents without a network, signed: keys and revocations
 * (docs/formats.md), for edu_verify_offline. Anyone. At most a minute old.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_bundle(edu_session *session,
                                                                edu_document **out,
                                                                edu_error *error);

/** Revocations, the latest first. Clerk without scope, admin.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_certificate_revocations(edu_session *session,
                                                                     const char *cursor,
                                                                     int32_t limit,
                                                                     edu_revocation_page **out,
                                                                     edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
