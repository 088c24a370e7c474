/** @file edu/announcement.h
 *  What a service, or one of its offerings, tells everybody: when it opens, where it takes place,
 * what has changed. An announcement is public from its time on; each change of it is kept whole in
 * the audit trail.
 *
 *  Who keeps them: of a service, clerks everywhere; of an offering, who keeps that
 * (edu/offering.h).
 *  @since 0.2.0 */
#ifndef EDU_ANNOUNCEMENT_H
#define EDU_ANNOUNCEMENT_H

#include <edu/offering.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An announcement. */
EDU_RECORD
typedef struct edu_announcement {
    edu_id id;
    const char *service;
    edu_id offering_id;   /**< none: it concerns the service */
    const char *offering; /**< its title, in the session's language; NULL */
    const char *title;    /**< in the session's language */
    const char *text;     /**< in the session's language; paragraphs have an empty line between */
    edu_time published;   /**< from when everybody sees it */
    edu_time until;       /**< from when no list shows it; none: without end */
    edu_time changed;
    int64_t version;   /**< grows with each change */
    bool is_withdrawn; /**< only who keeps it sees it */
    bool is_seen;      /**< by this person, as it is now */
    bool is_mine_to_keep;
    json_t *titles; /**< object by language, for who keeps it; NULL in lists */
    json_t *texts;  /**< object by language, for who keeps it; NULL in lists */
} edu_announcement;
EDU_PAGE(edu_announcement);

/** An announcement to keep. Start from ::EDU_ANNOUNCEMENT_INPUT_INIT. */
EDU_INPUT
typedef struct edu_announcement_input {
    size_t struct_size;
    edu_id id; /**< none: a new one */
    const char *service;
    edu_id offering_id; /**< of the service; none: it concerns the service */
    json_t *title;      /**< object by language; at most 300 bytes each */
    json_t *text;       /**< object by language, the same ones; at most 8000 bytes each */
    edu_time published; /**< none: now, or, of one that is changed, as it was */
    edu_time until;     /**< none: without end */
} edu_announcement_input;
#define EDU_ANNOUNCEMENT_INPUT_INIT                                                                \
    {                                                                                              \
        sizeof(edu_announcement_input), {{0}}, NULL, {{0}}, NULL, NULL, EDU_TIME_NONE,             \
            EDU_TIME_NONE                                                                          \
    }

/** Makes an announcement, or changes one, which is unseen again then. Languages are those of the
 *  service's definition. Whoever keeps the offering; of the service, clerks everywhere.
 *  @param out receives its id.
 *  @return EDU_E_INVALID with the field; EDU_E_NOT_FOUND for a service, an offering of it or an
 * announcement of these that is not there; EDU_E_STATE "announcement.withdrawn".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status
edu_announcement_put(edu_session *session, const edu_announcement_input *announcement,
                     const char *key, edu_id *out, edu_error *error);

/** Takes an announcement back for good: nobody sees it any more but who keeps it. Whoever keeps it.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_announcement_withdraw(edu_session *session, edu_id id,
                                                                   const char *key,
                                                                   edu_error *error);

/** One announcement. Anyone, once its time has come, and after its end too.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_announcement_get(edu_session *session, edu_id id,
                                                              edu_announcement **out,
                                                              edu_error *error);

/** Announcements whose time it is, the newest first. Anyone.
 *  @param service code; NULL: of all.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_announcement_list(edu_session *session,
                                                               const char *service,
                                                               const char *cursor, int32_t limit,
                                                               edu_announcement_page **out,
                                                               edu_error *error);

/** Those of edu_announcement_list() that concern this person or their wards: one of them has an
 *  application in it, or it takes applications now from somebody of their age and grade. A service
 *  without offerings takes applications at any time.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_announcement_own(edu_session *session,
                                                              const char *cursor, int32_t limit,
                                                              edu_announcement_page **out,
                                                              edu_error *error);

/** Announcements of a service that this person keeps, the newest first, those of the future, over
 *  and withdrawn too.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_announcement_kept(edu_session *session,
                                                               const char *service,
                                                               const char *cursor, int32_t limit,
                                                               edu_announcement_page **out,
                                                               edu_error *error);

/** Notes that this person has seen it, as it is now. Whoever is signed in.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_announcement_see(edu_session *session, edu_id id,
                                                              edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
