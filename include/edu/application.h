/** @file edu/application.h
 *  Services, applications, their timeline, and notifications: what every service has in common.
 *
 *  A service is published as a versioned definition; an application keeps the version it was made
 *  under. Every step of an application is an event; its events form a hash chain over actor,
 * action, time, data and order, so that nothing can be changed, dropped or moved unseen.
 *  @since 0.1.0 */
#ifndef EDU_APPLICATION_H
#define EDU_APPLICATION_H

#include <edu/portal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A published service in the session's language. */
EDU_RECORD
typedef struct edu_service {
    const char *code;
    int32_t version;
    const char *title;
    const char *summary;
    json_t *rules;  /**< array of texts: who may apply, what happens, what to bring */
    json_t *stages; /**< array of {"state", "title", "text"} in the usual order */
    json_t *states; /**< all of them: array of {"state", "title"} */
    edu_time published;
    json_t *request; /**< of a service that runs on its definition, what is asked: {"form", "hints",
                          "documents": array of {"code", "title", "types", "bytes_max", "least",
                          "most"}, "offerings", "choices", "bulk": array of {"action", "title"},
                          "admission", "tuition": {"currency", "fundings": array of {"code",
                          "title", "is_free"}} or null, "carries": who has a place goes on to what
                          follows, "directions": what offerings are parted by, array of {"code",
                          "title"}}; NULL: it has a module of its own */
    json_t *applicants; /**< as whom one may begin an application: array of "self", "guardian",
                           "school", "clerk" */
    json_t *round;      /**< how that is judged (edu/round.h): {"sheets": array of {"code", "title",
                           "by", "members", "is_blind", "pass", "criteria": array of {"code", "title",
                           "max"}}, "slots", "sittings": arrays of {"kind", "title"}, "has_places": a
                           round can be proposed, "has_lottery", "is_public", "has_certificates"};
                           NULL as request */
} edu_service;
EDU_PAGE(edu_service);

/** An application as the cabinet shows it. */
EDU_RECORD
typedef struct edu_application {
    edu_id person_id; /**< whose it is */
    edu_id id;
    const char *number; /**< how people call it, such as "A-2026-000123" */
    const char *service;
    int32_t service_version;
    edu_id subject_id;       /**< a sitting, a group, a vacancy; none for an appeal */
    const char *subject;     /**< its title in the session's language; NULL likewise */
    const char *state;       /**< such as "registered" */
    const char *state_title; /**< in the session's language */
    bool is_open;
    int64_t version; /**< grows with each event */
    edu_time created;
    edu_time changed;
    const char *person_name;
} edu_application;
EDU_PAGE(edu_application);

/** One step of an application. */
EDU_RECORD
typedef struct edu_event {
    int64_t sequence; /**< from 1 */
    edu_time at;
    const char *action; /**< such as "register" */
    const char *title;  /**< in the session's language */
    const char *state;  /**< state after it */
    const char *actor;  /**< "self", "guardian", "school", "clerk", "system" */
    json_t *data;       /**< what belongs to the step; an object */
    const char *hash;   /**< hex of the chain up to here */
} edu_event;
EDU_PAGE(edu_event);

/** A step of any of a person's applications. */
EDU_RECORD
typedef struct edu_happening {
    edu_id person_id;
    edu_id application_id;
    const char *service;
    const char *subject; /**< what the application is for, in the session's language; NULL where it
                            is for nothing */
    int64_t sequence;    /**< within the application, from 1 */
    edu_time at;
    const char *action;
    const char *title; /**< in the session's language */
    const char *actor; /**< as of an edu_event */
} edu_happening;
EDU_PAGE(edu_happening);

/** A message to a person. */
EDU_RECORD
typedef struct edu_notification {
    edu_id id;
    edu_time at;
    const char *title;
    const char *text;
    edu_id person_id;      /**< whom it concerns: the reader or a ward */
    edu_id application_id; /**< none where it concerns no application */
    const char *number;    /**< of the application; NULL likewise */
    bool is_read;
} edu_notification;
EDU_PAGE(edu_notification);

/** Publishes a service definition (JSON, see docs/workflow.md); the text is checked whole first.
 *  Publishing the same text again changes nothing. Admin.
 *  @param version receives the version, from 1.
 *  @return EDU_E_INVALID with the JSON Pointer of the fault.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_service_publish(edu_session *session,
                                                             json_t *definition, const char *key,
                                                             int32_t *version, edu_error *error);

/** Services published, newest version of each. Anyone.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_service_list(edu_session *session, const char *cursor,
                                                          int32_t limit, edu_service_page **out,
                                                          edu_error *error);

/** One service, newest version. Anyone.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_service_get(edu_session *session, const char *code,
                                                         edu_service **out, edu_error *error);

/** Applications of a person, newest first: one's own, a ward's, or a pupil's within scope.
 *  @param person_id none for oneself.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_application_list(edu_session *session,
                                                              edu_id person_id, const char *cursor,
                                                              int32_t limit,
                                                              edu_application_page **out,
                                                              edu_error *error);

/** One application.
 *  @param person_id whose it is; none for oneself.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_application_get(edu_session *session, edu_id person_id,
                                                             edu_id application_id,
                                                             edu_application **out,
                                                             edu_error *error);

/** What happened to an application, oldest first.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status
edu_application_timeline(edu_session *session, edu_id person_id, edu_id application_id,
                         const char *cursor, int32_t limit, edu_event_page **out, edu_error *error);

/** What happened to all applications of a person, newest first: those that edu_application_list
 *  gives.
 *  @param person_id none for oneself.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_application_history(edu_session *session,
                                                                 edu_id person_id,
                                                                 const char *cursor, int32_t limit,
                                                                 edu_happening_page **out,
                                                                 edu_error *error);

/** Computes an application's chain again from its events.
 *  @return EDU_E_CORRUPT naming the first event that does not hold.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_application_check(edu_session *session,
                                                               edu_id person_id,
                                                               edu_id application_id,
                                                               edu_error *error);

/** Messages to this person and about their wards, newest first.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_notification_list(edu_session *session,
                                                               const char *cursor, int32_t limit,
                                                               edu_notification_page **out,
                                                               edu_error *error);

/** Marks one as read.
 *  @param person_id as the notification's.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_notification_read(edu_session *session,
                                                               edu_id person_id, edu_id id,
                                                               edu_error *error);

/** Delivers waiting messages by the portal's notifier; what fails is tried again later, with
 * growing pauses. For a job. Operator.
 *  @param delivered receives how many went out.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_outbox_deliver(edu_session *session, int32_t limit,
                                                            int32_t *delivered, edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
