/** @file edu/slot.h
 *  Who is to come when and where: slots of an interview, an examination, a hearing, with places,
 * and the applications that have one (docs/rounds.md). Which kinds of slots a service has stands in
 * its definition.
 *  @since 0.2.0 */
#ifndef EDU_SLOT_H
#define EDU_SLOT_H

#include <edu/offering.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A slot. */
EDU_RECORD
typedef struct edu_slot {
    edu_id id;
    edu_id offering_id;
    const char *kind;  /**< code, of the definition */
    const char *title; /**< of the kind, in the session's language */
    edu_time starts;
    edu_time ends;
    const char *venue;
    int32_t places; /**< who keeps the offering only; 0 */
    int32_t taken;  /**< who keeps the offering only; 0 */
} edu_slot;
EDU_PAGE(edu_slot);

/** A slot to keep. Start from ::EDU_SLOT_INPUT_INIT. */
EDU_INPUT
typedef struct edu_slot_input {
    size_t struct_size;
    edu_id id; /**< none: a new one */
    edu_id offering_id;
    const char *kind;
    edu_time starts;
    int32_t minutes;   /**< 1 to 1440 */
    const char *venue; /**< at most 500 bytes */
    int32_t places;    /**< 1 to 100000 */
} edu_slot_input;
#define EDU_SLOT_INPUT_INIT                                                                        \
    {                                                                                              \
        sizeof(edu_slot_input), {{0}}, {{0}}, NULL, EDU_TIME_NONE, 0, NULL, 0                      \
    }

/** Who comes to a slot. */
EDU_RECORD
typedef struct edu_slot_seat {
    edu_id person_id;
    edu_id id; /**< of the application */
    const char *applicant;
} edu_slot_seat;
EDU_PAGE(edu_slot_seat);

/** What distributing came to. */
EDU_RECORD
typedef struct edu_slot_report {
    int64_t given;
    int64_t
        lacking; /**< applications for which no slot was free, or none at a time they have free */
} edu_slot_report;

/** Makes a slot, or changes one. Whoever keeps the offering.
 *  @param out receives its id.
 *  @return EDU_E_NOT_FOUND "slot.kind" for a kind that the definition does not have, or a slot that
 * is not there; EDU_E_STATE "slot.taken" for another time where somebody has it already, or fewer
 *  places than are taken.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_slot_put(edu_session *session,
                                                      const edu_slot_input *slot, const char *key,
                                                      edu_id *out, edu_error *error);

/** Slots of an offering, the earliest first. Whoever keeps the offering.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_slot_list(edu_session *session, edu_id offering_id,
                                                       const char *kind, const char *cursor,
                                                       int32_t limit, edu_slot_page **out,
                                                       edu_error *error);

/** Who comes to a slot. Whoever keeps its offering.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_slot_seats(edu_session *session, edu_id slot_id,
                                                        const char *cursor, int32_t limit,
                                                        edu_slot_seat_page **out, edu_error *error);

/** Gives a slot to each application in a state that has none of this kind, who submitted first the
 * earliest; nobody is to be in two places at one time. Places of applications that are closed are
 * given anew. Who gets one is told. At most 2000 by one call; more by the next. Whoever keeps the
 * offering.
 *  @param state of the definition.
 *  @return EDU_E_NOT_FOUND "slot.kind", "slot.state".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_slot_fill(edu_session *session, edu_id offering_id,
                                                       const char *kind, const char *state,
                                                       const char *key, edu_slot_report **out,
                                                       edu_error *error);

/** Gives an application a slot, in place of the one it has of this kind. Staff of the application.
 *  @return EDU_E_STATE "slot.full", "slot.clash".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_slot_give(edu_session *session, edu_id person_id,
                                                       edu_id id, edu_id slot_id, const char *key,
                                                       edu_error *error);

/** Slots of an application, the earliest first. Whoever sees the application.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_slot_of(edu_session *session, edu_id person_id,
                                                     edu_id id, const char *cursor, int32_t limit,
                                                     edu_slot_page **out, edu_error *error);

/** A slot of an application as an iCalendar file (RFC 5545), for the calendar of a telephone: what,
 * when and where, and nothing of the person. A later one of the same kind takes its place there.
 * Whoever sees the application.
 *  @return EDU_E_NOT_FOUND where the application does not have the slot.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_slot_calendar(edu_session *session, edu_id person_id,
                                                           edu_id id, edu_id slot_id,
                                                           edu_document **out, edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
