/** @file edu/offering.h
 *  What one applies for: a vacancy, a group, a programme, a contest. An offering belongs to a
 * service that runs on its definition (docs/workflow.md), has a window of time, and may have
 * places, ages, grades and weekly times. Offerings may lie in a round, itself an offering, such as
 * a competition with its vacancies. A service that has no offerings is one offering of itself.
 *
 *  Who keeps them: clerks, everywhere or of the offering's region; the staff of its institution.
 *  @since 0.2.0 */
#ifndef EDU_OFFERING_H
#define EDU_OFFERING_H

#include <edu/portal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An offering. */
EDU_RECORD
typedef struct edu_offering {
    edu_id id;
    const char *service;
    const char *code;             /**< within the service */
    const char *title;            /**< in the session's language */
    edu_id round_id;              /**< the offering it lies in; none */
    edu_id follows_id;            /**< the offering whose next it is; none */
    const char *institution;      /**< code; NULL */
    const char *institution_name; /**< NULL likewise */
    const char *region;           /**< code; NULL */
    edu_date begins;              /**< first day on which it takes place; none: always */
    edu_date ends;                /**< last day; none: without end */
    edu_time opens;
    edu_time closes;
    bool is_published;
    bool by_round;    /**< places are given all at once, when it has closed */
    bool is_open;     /**< takes applications now */
    int32_t places;   /**< -1: as many as come */
    int32_t taken;    /**< places that are held */
    int32_t waiting;  /**< applications on the list */
    int32_t age_from; /**< whole years; 0: any */
    int32_t age_until;
    int32_t grade_from; /**< 0: any */
    int32_t grade_to;
    json_t *times;      /**< array of {"day": 1 (Monday) to 7, "from": "16:00", "until": "17:30"} */
    json_t *attributes; /**< object: what else there is to tell */
    bool is_mine_to_keep;
    const char *direction; /**< code of one of its service's "directions" (edu_service); NULL */
    json_t *titles;        /**< object by language, for who keeps it; NULL in lists */
    json_t *documents;     /**< those that it asks for itself, as they are kept; NULL in lists */
    json_t *asked; /**< what is to be given by who applies for it alone: its service's and its
                        own, as the "documents" of edu_service; NULL in lists */
} edu_offering;
EDU_PAGE(edu_offering);

/** An offering to keep. Start from ::EDU_OFFERING_INPUT_INIT. */
EDU_INPUT
typedef struct edu_offering_input {
    size_t struct_size;
    const char *service;
    const char *code;        /**< a-z, 0-9, _ and - */
    json_t *title;           /**< object by language */
    const char *round;       /**< code of the offering it lies in; NULL */
    const char *institution; /**< code; NULL */
    const char *region;      /**< code; NULL: that of the institution, or none */
    const char *follows; /**< code of the offering whose next it is, as last year's group; NULL */
    edu_date begins;     /**< first day on which it takes place; none: always */
    edu_date ends;       /**< last day; none: without end */
    edu_time opens;
    edu_time closes;
    bool is_published; /**< before, only who keeps it sees it */
    bool by_round; /**< places are given all at once, when it has closed; else to who comes first */
    int32_t places;    /**< -1: as many as come */
    int32_t age_from;  /**< whole years on the day of submission, or on which it begins; 0: any */
    int32_t age_until; /**< 0: any */
    int32_t grade_from;
    int32_t grade_to;
    json_t *times;      /**< as in ::edu_offering; NULL: none */
    json_t *attributes; /**< object; NULL: none. At most 32 KiB */
    json_t *documents; /**< array of kinds as in a definition (docs/workflow.md), which add to those
                            of the service or make them stricter; NULL: none */
    const char *direction; /**< code of one of the service's "directions"; NULL: none */
} edu_offering_input;
#define EDU_OFFERING_INPUT_INIT                                                                    \
    {                                                                                              \
        sizeof(edu_offering_input), NULL, NULL, NULL, NULL, NULL, NULL, NULL, {0}, {0},            \
            EDU_TIME_NONE, EDU_TIME_NONE, false, false, -1, 0, 0, 0, 0, NULL, NULL, NULL, NULL     \
    }

/** Which offerings to list. Start from ::EDU_OFFERING_FILTER_INIT. */
EDU_INPUT
typedef struct edu_offering_filter {
    size_t struct_size;
    const char *service;
    edu_id round_id;         /**< none: any */
    const char *institution; /**< code; NULL: any */
    const char *region;      /**< code; NULL: any */
    bool only_open;          /**< those that take applications now */
    const char *direction;   /**< code; NULL: any */
    int32_t age;             /**< those that are for somebody of so many whole years; 0: any */
    int32_t day;    /**< those that take place on this day of the week, 1 (Monday) to 7; 0: any */
    bool only_kept; /**< those that the session keeps (is_mine_to_keep) */
} edu_offering_filter;
#define EDU_OFFERING_FILTER_INIT                                                                   \
    {                                                                                              \
        sizeof(edu_offering_filter), NULL, {{0}}, NULL, NULL, false, NULL, 0, 0, false             \
    }

/** Keeps an offering under its code: makes it, or changes it. More places are given to who waits,
 * in the order of the list. Clerk, everywhere or of its region; staff of its institution.
 *  @param out receives its id.
 *  @return EDU_E_INVALID with the field, "offering.documents" for what nobody could give;
 * EDU_E_CONFLICT "offering.followed" where another follows the same already; EDU_E_NOT_FOUND for a
 * service, round, institution or one to follow that is not there, or an offering that is not yours
 * to keep; EDU_E_STATE "offering.places" for fewer places than are held, "offering.ranked" for
 * another end once it is ranked (edu/round.h).
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_offering_put(edu_session *session,
                                                          const edu_offering_input *offering,
                                                          const char *key, edu_id *out,
                                                          edu_error *error);

/** One offering. Anyone, once it is published.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_offering_get(edu_session *session, edu_id id,
                                                          edu_offering **out, edu_error *error);

/** Offerings of a service, those that close last first. Anyone sees those published; who keeps them
 *  the others too.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_offering_list(edu_session *session,
                                                           const edu_offering_filter *filter,
                                                           const char *cursor, int32_t limit,
                                                           edu_offering_page **out,
                                                           edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
