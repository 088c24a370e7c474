/** @file edu/portal.h
 *  The portal and its sessions.
 *
 *  An ::edu_portal is one per process: storage, keys, clock. Threads share it. An ::edu_session is
 *  one actor at work; every call of the domain is made by a session, which decides what the call
 * may see and do. One thread at a time uses a session. A session keeps its portal alive.
 *  @since 0.1.0 */
#ifndef EDU_PORTAL_H
#define EDU_PORTAL_H

#include <edu/types.h>
#include <edu/sys/environment.h>
#include <edu/sys/payment.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct edu_portal edu_portal;
typedef struct edu_session edu_session;

/** How to open a portal. Start from ::EDU_PORTAL_OPTIONS_INIT. */
EDU_INPUT
typedef struct edu_portal_options {
    size_t struct_size;
    const char *store;    /**< address of the store: "sqlite:PATH", or "postgresql://…" with all
                               that libpq takes */
    const char *keys;     /**< file of the secret keys; NULL: PATH with ".keys" appended; needed for
                               a store on a server */
    const char *outbox;   /**< folder of outgoing messages; NULL: PATH, or else keys, with ".outbox"
                               appended */
    const char *host;     /**< host name signed into documents and printed on them */
    const char *name;     /**< what the portal calls itself on paper */
    const char *language; /**< language of a session that chose none, such as "az"; by its alphabet
                               names are put in order when they are stored */
    int32_t utc_offset_minutes;  /**< civil time of the portal, minutes east of UTC */
    bool create;                 /**< make store and keys where they are missing */
    bool staff_second_factor;    /**< staff confirm each sign-in by a code sent to them */
    int32_t password_operations; /**< passes of Argon2id; 0: 2 */
    int64_t password_memory;     /**< bytes of Argon2id; 0: 64 MiB */
    const char *signer; /**< command that signs for keys whose secret part is elsewhere; /bin/sh
                             runs it, $1 is the key's id, the bytes come on standard input,
                             64 bytes go to standard output within 20 seconds; NULL: none;
                             not used where the environment has a signer */
    const char *payment_page; /**< address of the page of the payment provider; an order is signed
                          into its query (docs/payment.md); NULL: the provider's own */
    const char *payment_command; /**< command that speaks to the payment provider: /bin/sh runs it,
                             $1 is query, list, refund or create, JSON goes in and comes out
                             (docs/payment.md); NULL: none; not used where the environment
                             has a provider */
    const char *documents; /**< folder of documents of applications, sealed, each in a file that is
                             named by its hash, made where it is missing; what uses the store needs
                             it in all processes; NULL: they lie in the store; since 0.2.0 */
    const char *scanner; /**< command that looks at each document before it is stored: /bin/sh runs
                             it, $1 is the media type, the bytes come on standard input, to be
                             read to their end; it ends within a minute by 0 (good), 1 (refused)
                             or anything else (try again later); NULL: none; not used where the
                             environment has a scanner; since 0.2.0 */
} edu_portal_options;

#define EDU_PORTAL_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(edu_portal_options), NULL, NULL, NULL, "localhost", "libedu", "en", 0, false, true, \
            0, 0, NULL, NULL, NULL, NULL, NULL                                                     \
    }

/** What a portal takes from outside; a member left zero has its default. */
typedef struct edu_environment {
    edu_clock clock;
    edu_random random;
    edu_log log;
    edu_notifier notifier;
    edu_signer signer;            /**< since 0.2.0 */
    edu_payment_provider payment; /**< since 0.2.0 */
    edu_scanner scanner;          /**< since 0.2.0 */
} edu_environment;

/** Opens the store, brings its schema up to date and loads the keys.
 *  Open after fork, not before: a portal used in a child process answers EDU_E_STATE.
 *  @param environment NULL for the defaults; copied.
 *  @return EDU_E_NOT_FOUND where the store is missing and create is false; EDU_E_CRYPTO where the
 *  keys file is missing, unreadable, open to others, or not this store's; EDU_E_UNSUPPORTED where
 *  the store is newer than the library; EDU_E_STORAGE, EDU_E_IO.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_portal_open(const edu_portal_options *options,
                                                         const edu_environment *environment,
                                                         edu_portal **out, edu_error *error);

/** Ends the caller's hold of the portal; it goes when its last session is closed. NULL is allowed.
 *  @since 0.1.0 */
EDU_API void edu_portal_close(edu_portal *portal);

/** Copies the store to a new file while others work, and checks the copy.
 *  The keys file is not part of it: keep a copy elsewhere.
 *  @return EDU_E_CONFLICT where the file exists; EDU_E_IO; EDU_E_CANCELLED.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_portal_backup(edu_session *session, const char *path,
                                                           edu_progress progress, edu_error *error);

/** Puts a backup where no store is, and nothing in the place of one. Open it afterwards, with the
 * keys file that belongs to it, and check it.
 *  @param store address, as in edu_portal_options; for one on a server an empty database.
 *  @return EDU_E_CONFLICT where there is a store; EDU_E_CORRUPT where the backup is damaged.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_portal_restore(const char *store, const char *path,
                                                            edu_progress progress,
                                                            edu_error *error);

/** Checks the store: the engine's own check, every event chain, every seat against its room,
 *  every invoice against its transfers.
 *  @return EDU_E_CORRUPT naming the first fault.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_portal_check(edu_session *session,
                                                          edu_progress progress, edu_error *error);

/** What doing something to many came to, or, in a preview, would come to. */
EDU_RECORD
typedef struct edu_bulk_report {
    int32_t done;
    json_t *outcomes; /**< array of {"index", "state", "department", "executor"}: what each that is
                           done has come to, the last two only of appeals that have them; titles
                           and a name, in the session's language. Of a repeat there are none */
    json_t *refused;  /**< array of {"index", "key", "message"}; of a repeat the key is
                           "bulk.refused" */
} edu_bulk_report;

/** What waits for edu_outbox_deliver and the other jobs (`edu deliver`). Where they run, little
 * waits long. */
EDU_RECORD
typedef struct edu_queues {
    int64_t messages;    /**< that have not gone out; some failed and are tried again */
    int64_t escalations; /**< appeals of which a step of the ladder is due */
    int64_t deadlines;   /**< applications of which a warning or a step is due */
    int64_t payments;    /**< visits to the provider's page whose outcome is to be asked for */
    int64_t refunds;     /**< that are to be sent */
    edu_time oldest;     /**< when the first of them was due; none where nothing is due */
} edu_queues;

/** How much waits for the jobs, for who watches them. Admin.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_portal_queues(edu_session *session, edu_queues **out,
                                                           edu_error *error);

/** The public keys of the portal, past ones too, as a JSON Web Key Set, with the times in which
 * each was good (docs/formats.md), for those who verify offline. Anyone.
 *  @param out freed by edu_free.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_portal_public_keys(edu_session *session, char **out,
                                                                edu_error *error);

/** The portal's did:web document: what https://HOST/.well-known/did.json answers. Anyone. A key
 * that was compromised is in it as revoked, and is no assertionMethod.
 *  @param out freed by edu_free.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_portal_did(edu_session *session, char **out,
                                                        edu_error *error);

/** A key that signs documents, or did. */
EDU_RECORD
typedef struct edu_key {
    const char *kid;      /**< 16 hexadecimal digits */
    edu_bytes public_key; /**< 32 bytes */
    const char *state;    /**< "current", "past", "compromised" */
    bool is_elsewhere;    /**< a command or a module signs with it */
    edu_time since;       /**< what it signed is dated from here */
    edu_time until;       /**< and before this; none while it signs */
    edu_time compromised; /**< what is dated from here is not believed; none */
} edu_key;
EDU_PAGE(edu_key);

/** The keys that sign documents, the latest first; none is ever forgotten. Admin.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_key_list(edu_session *session, const char *cursor,
                                                      int32_t limit, edu_key_page **out,
                                                      edu_error *error);

/** Signs with another key from now on, in all processes of the portal. What the one before signed
 * stays good. Admin.
 *  @param public_key base64url of the 32 bytes of a key that the signer of the environment, or the
 *  command of the options, signs with; it is asked for a signature first. NULL: the library makes a
 *  key and keeps it sealed in the store.
 *  @return EDU_E_INVALID; EDU_E_CRYPTO where nothing signs with that key; EDU_E_CONFLICT where it
 * was used before.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_key_rotate(edu_session *session,
                                                        const char *public_key, const char *key,
                                                        edu_error *error);

/** Withdraws a key that somebody else may have: what is dated from `since` is not believed any
 * more. Where it is the one that signs, the library makes another. It cannot be taken back; an
 * earlier time may be set later. Admin.
 *  @param since not in the future; none for now.
 *  @return EDU_E_NOT_FOUND; EDU_E_STATE where it is withdrawn from then or earlier already.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_key_compromise(edu_session *session, const char *kid,
                                                            edu_time since, const char *key,
                                                            edu_error *error);

/** A session of nobody: the catalogue, registering, recovering, verifying.
 *  @param language such as "az"; NULL for the portal's.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_session_open(edu_portal *portal, const char *language,
                                                          edu_session **out, edu_error *error);

/** Signs a person in by login and password. The sign-in is over 12 hours later, whatever is done
 *  with it; from then on, as once it has ended, its sessions get EDU_E_UNAUTHENTICATED.
 *  @param address where the request comes from, for throttling; hashed, never stored plain; NULL
 *  where there is none.
 *  @param language such as "az"; NULL for the person's, or else the portal's.
 *  @return EDU_E_UNAUTHENTICATED for a wrong login, a wrong password or an account not active: the
 *  three are alike in answer and work; EDU_E_THROTTLED after too many failures.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_session_sign_in(edu_portal *portal, const char *login,
                                                             const char *password,
                                                             const char *address,
                                                             const char *language,
                                                             edu_session **out, edu_error *error);

/** Confirms a staff sign-in by the code that was sent; until then the session may do nothing else.
 *  @return EDU_E_UNAUTHENTICATED for a wrong or old code; after five the session ends.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_session_confirm(edu_session *session, const char *code,
                                                             edu_error *error);

/** Takes up a session by its token, as from a cookie.
 *  @return EDU_E_UNAUTHENTICATED where it is unknown, ended or over.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_session_resume(edu_portal *portal, const char *token,
                                                            edu_session **out, edu_error *error);

/** The session of the operator: whoever can read the keys file. For the command line and for jobs;
 *  a web front end never opens one for a visitor. May administer; is never one of the two people
 *  that a decision needs.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_session_operator(edu_portal *portal, edu_session **out,
                                                              edu_error *error);

/** Says why the session reads what it reads from now on, to those who are read about
 * (edu_privacy_reads).
 *  @param why at most 200 bytes; NULL: no reason any more.
 *  @since 0.2.0 */
EDU_API EDU_MUST_CHECK edu_status edu_session_why(edu_session *session, const char *why,
                                                  edu_error *error);

/** Token of a signed-in session, to be kept by the client and by nobody else; NULL for others.
 *  Owned by the session.
 *  @since 0.1.0 */
EDU_API const char *edu_session_token(const edu_session *session);

/** Language of the texts this session gets from now on; "az", "en", "ru" and so on.
 *  @since 0.1.0 */
EDU_API EDU_MUST_CHECK edu_status edu_session_set_language(edu_session *session,
                                                           const char *language, edu_error *error);

/** Ends a sign-in for good: its token is worth nothing afterwards.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_session_sign_out(edu_session *session,
                                                              edu_error *error);

/** Lets go of a session without ending the sign-in. NULL is allowed.
 *  @since 0.1.0 */
EDU_API void edu_session_close(edu_session *session);

#ifdef __cplusplus
}
#endif
#endif
