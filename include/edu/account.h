/** @file edu/account.h
 *  Persons, accounts, guardians, roles, and the registers they rest on.
 *
 *  Who somebody is comes from imported registers, not from what is typed. An account becomes active
 *  by a code sent to a contact that stands in the register, or at a desk by a clerk.
 *
 *  Roles: "admin" (roles and registers), "clerk" (olympiads; scope: everywhere or a region),
 *  "school" (scope: an institution), "steward" (scope: an exam centre), "finance" (no scope). The
 * operator of edu_session_operator may do what an admin may.
 *
 *  Whose something is goes in as person_id; none means oneself.
 *
 *  Writes take an idempotency key, at most 64 characters: the same key by the same actor gives the
 *  first answer again and does nothing twice; with other arguments it is EDU_E_CONFLICT. NULL means
 *  that the caller will not repeat the call.
 *  @since 0.1.0 */
#ifndef EDU_ACCOUNT_H
#define EDU_ACCOUNT_H

#include <edu/portal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A person as a register knows them. */
EDU_RECORD
typedef struct edu_person {
    edu_id id;
    const char *given;
    const char *family;
    const char *patronymic; /**< NULL where there is none */
    edu_date birth;
    const char *institution;      /**< code of the school attended now; NULL */
    const char *institution_name; /**< NULL */
    const char *region;           /**< code of the school's region; NULL */
    int32_t grade;                /**< 1 to 12; 0 where not at school */
    const char *class_letter;     /**< NULL */
    const char *language;         /**< language of instruction; NULL */
    bool needs_step_free;
    bool has_account;
    bool account_waits; /**< told to staff: an account was asked for, and waits for its code or for
                           a desk (edu_account_activate_at_desk) */
    const char *acting; /**< as whom the session may apply for them: "self", "guardian", "school",
                           "clerk"; NULL where it may not */
    const char *relation; /**< "self", "ward", or "staff": why the session sees this person */
} edu_person;
EDU_PAGE(edu_person);

/** Who a session is. */
EDU_RECORD
typedef struct edu_identity {
    edu_id person_id;   /**< none for a session of nobody and for the operator */
    const char *login;  /**< NULL likewise */
    const char *given;  /**< NULL likewise */
    const char *family; /**< NULL likewise */
    const char *language;
    bool is_operator;
    bool needs_code; /**< staff sign-in not yet confirmed by edu_session_confirm */
    json_t *roles;   /**< array of {"role", "scope", "code"}; scope "", "region", "institution",
                          "centre" */
    int64_t wards;   /**< children this person acts for */
    int64_t unread;  /**< notifications not read */
} edu_identity;

/** What a session may do by its roles, for front ends to offer. Each names a function that is
 * EDU_E_DENIED where it is not set, as are those of the same kind; with whose things, is decided
 * when it is called: of appeals that are none of theirs, staff too are told EDU_E_NOT_FOUND. */
EDU_RECORD
typedef struct edu_rights {
    bool administers;       /**< edu_account_grant: roles, accounts, what is published */
    bool keeps_all;         /**< edu_olympiad_season_create: what is nobody's own, such as seasons,
                                 centres and lists of the admitted */
    bool decides;           /**< edu_sitting_freeze: a clerk without scope, as one of two people */
    bool keeps_some;        /**< edu_account_pupils: what is of a place, such as pupils, guardians,
                                 offerings, the admitted, figures of applications */
    bool imports_pupils;    /**< edu_account_import_pupils */
    bool sees_allocations;  /**< edu_sitting_allocation */
    bool holds_sittings;    /**< edu_sitting_attendance */
    bool sees_payments;     /**< edu_payment_worklist */
    bool makes_invoices;    /**< edu_payment_invoice */
    bool merges_persons;    /**< edu_person_duplicates: clerks, of whatever scope */
    bool registers_appeals; /**< edu_appeal_sign_for: what comes on paper or by telephone is
                                 registered, and what is said later written down */
    bool leads_appeals;     /**< edu_appeal_transfer: appeals are sent to departments, given to
                                 executors, approved, merged, published; also who stands in for a
                                 head now, and to whom the ladder raised one that is open */
} edu_rights;

/** What a person gives to register. Start from ::EDU_ACCOUNT_REQUEST_INIT. */
EDU_INPUT
typedef struct edu_account_request {
    size_t struct_size;
    const char *login;    /**< 3 to 64 of a-z 0-9 . _ - @ */
    const char *password; /**< 10 to 200 characters */
    const char *number;   /**< personal identification number; NULL with a document */
    const char *document; /**< document number of a person without one; NULL */
    edu_date birth;
} edu_account_request;
#define EDU_ACCOUNT_REQUEST_INIT                                                                   \
    {                                                                                              \
        sizeof(edu_account_request), NULL, NULL, NULL, NULL,                                       \
        {                                                                                          \
            0, 0, 0                                                                                \
        }                                                                                          \
    }

/** What an import did. */
EDU_RECORD
typedef struct edu_import_report {
    int64_t read; /**< records in the file */
    int64_t added;
    int64_t changed;
    int64_t unchanged;
} edu_import_report;

/** Something wrong in a file. */
EDU_RECORD
typedef struct edu_import_fault {
    int64_t line;        /**< from 1 */
    const char *field;   /**< "/" and the name of the column; NULL where it is the whole line */
    const char *key;     /**< as of an error */
    const char *message; /**< for those who read English */
} edu_import_fault;
EDU_PAGE(edu_import_fault);

/** A role somebody holds. */
EDU_RECORD
typedef struct edu_grant {
    edu_id person_id;
    const char *role;
    const char *scope; /**< "", "region", "institution" or "centre" */
    const char *code;  /**< of the region, institution or centre; "" for everywhere */
    const char *given;
    const char *family;
    edu_time since;
} edu_grant;
EDU_PAGE(edu_grant);

/** A token by which a program is somebody. */
EDU_RECORD
typedef struct edu_access {
    const char *title; /**< what it is for */
    edu_time created;
    edu_time expires;
} edu_access;
EDU_PAGE(edu_access);

/** A link between a guardian and a child. */
EDU_RECORD
typedef struct edu_guardianship {
    edu_id guardian_id;
    edu_id child_id;
    const char *guardian_name;
    const char *child_name;
    const char *state;  /**< "requested", "active", "refused", "ended" */
    const char *source; /**< "register" or "school" */
    edu_time since;
} edu_guardianship;
EDU_PAGE(edu_guardianship);

/** Who this session is.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_identity(edu_session *session,
                                                              edu_identity **out, edu_error *error);

/** What this session may do. Whoever asks: nobody, and staff who have not confirmed their sign-in
 * yet, may do nothing of it.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_rights(edu_session *session, edu_rights **out,
                                                            edu_error *error);

/** Asks for an account. If number or document and birth date agree with the register, a code goes
 * to the contact that stands there. The answer is the same whether they agree or not; it differs
 * only for a login already taken and for malformed values.
 *  @return EDU_E_INVALID with the field; EDU_E_CONFLICT for a taken login; EDU_E_THROTTLED.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_register(edu_session *session,
                                                              const edu_account_request *request,
                                                              const char *key, edu_error *error);

/** Activates an account by the code that was sent.
 *  @return EDU_E_UNAUTHENTICATED for a wrong, used or old code, and for an unknown login;
 *  EDU_E_THROTTLED.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_activate(edu_session *session,
                                                              const char *login, const char *code,
                                                              edu_error *error);

/** Activates an account at a desk: a clerk or the person's school saw the papers.
 *  @return EDU_E_NOT_FOUND outside the session's scope or where no account waits.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_activate_at_desk(edu_session *session,
                                                                      edu_id person_id,
                                                                      const char *key,
                                                                      edu_error *error);

/** Makes an active account for a registered person. Admin.
 *  @return EDU_E_CONFLICT where the login is taken or the person has an account.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_create(edu_session *session, edu_id person_id,
                                                            const char *login, const char *password,
                                                            const char *key, edu_error *error);

/** Sends a recovery code to the contact in the register. The answer never tells whether the login
 *  exists.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_recover(edu_session *session,
                                                             const char *login, edu_error *error);

/** Sets a new password by a recovery code, and ends every sign-in of the account.
 *  @return EDU_E_UNAUTHENTICATED for a wrong, used or old code; EDU_E_INVALID for a weak password.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_recover_finish(edu_session *session,
                                                                    const char *login,
                                                                    const char *code,
                                                                    const char *password,
                                                                    edu_error *error);

/** Changes the session's own password, and ends its other sign-ins.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_password(edu_session *session,
                                                              const char *old_password,
                                                              const char *new_password,
                                                              edu_error *error);

/** A person: oneself, a ward, or a pupil within the session's scope.
 *  @param person_id none for oneself.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_person(edu_session *session, edu_id person_id,
                                                            edu_person **out, edu_error *error);

/** Finds a person by number and birth date. Admin, finance, and clerk or school within their scope.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_find(edu_session *session, const char *number,
                                                          edu_date birth, edu_person **out,
                                                          edu_error *error);

/** Oneself and the children one acts for.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_family(edu_session *session,
                                                            edu_person_page **out,
                                                            edu_error *error);

/** Pupils within the session's scope (school, clerk, admin), by school, grade, family name.
 *  @param institution code; NULL for all in scope.
 *  @param words start of family and given name, folded as people type; NULL for all.
 *  @param cursor of the page before; NULL for the first.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_pupils(edu_session *session,
                                                            const char *institution,
                                                            const char *words, const char *cursor,
                                                            int32_t limit, edu_person_page **out,
                                                            edu_error *error);

/** Asks to act for a child. A match in the register makes the link active at once; otherwise the
 *  child's school is asked. The answer does not tell which.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_guardian_request(edu_session *session,
                                                                      const char *child_number,
                                                                      edu_date child_birth,
                                                                      const char *key,
                                                                      edu_error *error);

/** Confirms or refuses a request. The child's school, or a clerk within scope.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_guardian_decide(edu_session *session,
                                                                     edu_id guardian_id,
                                                                     edu_id child_id, bool accept,
                                                                     const char *key,
                                                                     edu_error *error);

/** Ends a link: the guardian, the child's school, or a clerk within scope.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_guardian_end(edu_session *session,
                                                                  edu_id guardian_id,
                                                                  edu_id child_id, const char *key,
                                                                  edu_error *error);

/** Links of the session's person: to children, and to who acts for them.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_own_guardianships(edu_session *session,
                                                                       const char *cursor,
                                                                       int32_t limit,
                                                                       edu_guardianship_page **out,
                                                                       edu_error *error);

/** Links of pupils in scope. School, clerk, admin.
 *  @param state as in edu_guardianship; NULL for all.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status
edu_account_guardianships(edu_session *session, const char *state, const char *cursor,
                          int32_t limit, edu_guardianship_page **out, edu_error *error);

/** Gives a role. Admin.
 *  @param scope "", "region", "institution" or "centre"; @param code "" with scope "".
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_grant(edu_session *session, edu_id person_id,
                                                           const char *role, const char *scope,
                                                           const char *code, const char *key,
                                                           edu_error *error);

/** Takes a role away; it counts from the next call of any session. Admin.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_revoke(edu_session *session, edu_id person_id,
                                                            const char *role, const char *scope,
                                                            const char *code, const char *key,
                                                            edu_error *error);

/** All roles given. Admin.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_grants(edu_session *session,
                                                            const char *cursor, int32_t limit,
                                                            edu_grant_page **out, edu_error *error);

/** Makes a token for a program, such as a school's, which is the session's person by it
 *  (edu_session_resume) and may what they may, also where they confirm their own sign-ins by a
 * code. It ends when it expires, by edu_access_end, and with every other sign-in of the person, as
 * when the password is changed. A repeated call is EDU_E_CONFLICT, as the token is told once.
 *  @param title what it is for, 1 to 60 bytes; each of the person's has another.
 *  @param expires at most 366 days ahead.
 *  @param out freed by edu_free; nobody can read it again.
 *  @return EDU_E_INVALID with the field; EDU_E_CONFLICT "access.title"; EDU_E_LIMIT where the
 * person has 20; EDU_E_DENIED for a program.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_access_make(edu_session *session, const char *title,
                                                         edu_time expires, char **out,
                                                         edu_error *error);

/** The tokens of the session's person that have not expired, by title.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_access_list(edu_session *session, const char *cursor,
                                                         int32_t limit, edu_access_page **out,
                                                         edu_error *error);

/** Ends a token of the session's person: it is worth nothing afterwards.
 *  @return EDU_E_NOT_FOUND; EDU_E_DENIED for a program.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_access_end(edu_session *session, const char *title,
                                                        edu_error *error);

/* Imports. Each takes a whole CSV file (UTF-8, header, columns in any order, `?` marks optional
 * ones), in one transaction: all of it or nothing. A row that is there already is updated. Errors
 * carry the line. Admin; pupils and guardians also by a school, for its own. */

/** Columns: code, name; name may hold "az=…|en=…|ru=…".
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_import_regions(edu_session *session,
                                                                    edu_bytes csv, const char *key,
                                                                    edu_import_report **out,
                                                                    edu_error *error);

/** Columns: code, name, kind, region, address, latitude, longitude, zone?. Latitude and longitude
 *  in degrees with up to 7 decimals; they become integer metres once, here. zone names an exclave
 *  whose people stay within it.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_import_institutions(edu_session *session,
                                                                         edu_bytes csv,
                                                                         const char *key,
                                                                         edu_import_report **out,
                                                                         edu_error *error);

/** Columns: number?, document?, given, family, patronymic?, birth (YYYY-MM-DD), mail?, phone?.
 *  number or document must be given; it identifies the person.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_import_persons(edu_session *session,
                                                                    edu_bytes csv, const char *key,
                                                                    edu_import_report **out,
                                                                    edu_error *error);

/** Columns: number?, document?, institution (code), grade (1-12), class?, language?, step_free?
 *  (0 or 1). The person must be in the persons' register.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_import_pupils(edu_session *session,
                                                                   edu_bytes csv, const char *key,
                                                                   edu_import_report **out,
                                                                   edu_error *error);

/** Columns: guardian_number, child_number?, child_document?. Both must be in the persons' register.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_account_import_guardians(edu_session *session,
                                                                      edu_bytes csv,
                                                                      const char *key,
                                                                      edu_import_report **out,
                                                                      edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
