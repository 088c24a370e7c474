/** @file edu/olympiad.h
 *  Olympiads, from opening a season to the admission slip.
 *
 *  A season has a subject, grades, a registration window and one or more sittings (date and time,
 *  some or all of the grades). Pupils register for a sitting. When registration has closed the list
 *  is frozen; a clerk allocates: every pupil gets the centre, room and seat such that the total
 *  distance is least; a second clerk confirms; then the admission slips are there.
 *
 *  Roles: "clerk" without scope runs seasons, sittings and allocations; a clerk of a region and a
 *  school see and register their own pupils; a steward sees the lists of a centre.
 *  Titles go in as JSON objects by language, {"az": "…", "en": "…"}, and come out in the session's.
 *  For idempotency keys see edu/account.h.
 *  @since 0.1.0 */
#ifndef EDU_OLYMPIAD_H
#define EDU_OLYMPIAD_H

#include <edu/account.h>
#include <edu/application.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A season to open. Start from ::EDU_SEASON_NEW_INIT. */
EDU_INPUT
typedef struct edu_season_new {
    size_t struct_size;
    const char *code; /**< unique, such as "2026-math-district"; a-z 0-9 - */
    json_t *title;
    const char *subject; /**< code, such as "mathematics" */
    json_t *subject_title;
    int32_t grade_from; /**< 1 to 12 */
    int32_t grade_to;
    edu_time opens;     /**< registration from this instant on */
    edu_time closes;    /**< until just before this one; judged when the request is received */
    const char *series; /**< what the years of one olympiad have in common, a-z 0-9 -; NULL: the
                             subject */
    int32_t year;       /**< 0: the one in which registration closes */
    bool by_invitation; /**< nobody registers by themselves: see edu_result_invite */
    bool is_archive;    /**< past results without pupils of the register; opens and closes are not
                             looked at, there are no sittings, and year is required */
} edu_season_new;
#define EDU_SEASON_NEW_INIT                                                                        \
    {                                                                                              \
        sizeof(edu_season_new), NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL, 0, false, false          \
    }

/** A sitting to add. Start from ::EDU_SITTING_NEW_INIT. */
EDU_INPUT
typedef struct edu_sitting_new {
    size_t struct_size;
    edu_id season_id;
    const char *code; /**< unique within the season */
    int32_t grade_from;
    int32_t grade_to;
    edu_time starts;
    int32_t minutes;
} edu_sitting_new;
#define EDU_SITTING_NEW_INIT                                                                       \
    {                                                                                              \
        sizeof(edu_sitting_new), {{0}}, NULL, 0, 0, 0, 0                                           \
    }

/** A season. */
EDU_RECORD
typedef struct edu_season {
    edu_id id;
    const char *code;
    const char *title;
    const char *subject;
    const char *subject_title;
    int32_t grade_from;
    int32_t grade_to;
    edu_time opens;
    edu_time closes;
    const char *state; /**< "draft", "announced", "open", "closed": from publication and clock */
    int64_t sittings;
    const char *series;
    int32_t year;
    bool by_invitation;
    bool is_archive;
} edu_season;
EDU_PAGE(edu_season);

/** A sitting. */
EDU_RECORD
typedef struct edu_sitting {
    edu_id id;
    edu_id season_id;
    const char *code;
    const char *title; /**< the season's */
    const char *subject_title;
    int32_t grade_from;
    int32_t grade_to;
    edu_time opens;
    edu_time closes;
    edu_time starts;
    int32_t minutes;
    const char *state;       /**< "draft", "announced", "open", "closed", "frozen", "proposed",
                                  "confirming", "allocated" */
    const char *frozen_hash; /**< hex SHA-256 of the frozen list; NULL before */
    const char *seed;        /**< hex, from the freeze on; NULL before */
} edu_sitting;
EDU_PAGE(edu_sitting);

/** An exam centre. */
EDU_RECORD
typedef struct edu_centre {
    const char *code;
    const char *name;
    const char *address;
    const char *region;
    int32_t latitude_e7; /**< degrees times ten million */
    int32_t longitude_e7;
    const char *zone; /**< "" for the main one */
    bool is_active;   /**< takes part in allocations from now on */
    int64_t rooms;
    int64_t seats;
} edu_centre;
EDU_PAGE(edu_centre);

/** A room of a centre: rows from the front, columns from the left. */
EDU_RECORD
typedef struct edu_room {
    const char *centre;
    const char *code;
    int32_t rows;
    int32_t columns;
    int64_t seats;           /**< usable ones */
    int64_t step_free_seats; /**< among them */
} edu_room;
EDU_PAGE(edu_room);

/** May this person register? */
EDU_RECORD
typedef struct edu_eligibility {
    bool is_eligible;
    const char *reason;  /**< key: "olympiad.not_a_pupil", "olympiad.wrong_grade",
                              "olympiad.not_yet", "olympiad.closed", "olympiad.already",
                              "olympiad.clash", "olympiad.by_invitation"; NULL where eligible */
    const char *message; /**< in the session's language; NULL where eligible */
    int32_t grade;       /**< from the register */
} edu_eligibility;

/** A registration, as staff see it in lists. */
EDU_RECORD
typedef struct edu_entry {
    edu_id person_id;
    edu_id application_id;
    const char *family;
    const char *given;
    const char *institution;
    const char *institution_name;
    const char *region;
    int32_t grade;
    bool needs_step_free;
    const char *state;
    edu_time registered;
    const char *centre;  /**< NULL before the allocation */
    const char *room;    /**< NULL likewise */
    const char *seat;    /**< such as "C4": row letter, column number; NULL likewise */
    const char *variant; /**< "A" or "B"; NULL likewise */
} edu_entry;
EDU_PAGE(edu_entry);

/** An allocation of a sitting. */
EDU_RECORD
typedef struct edu_allocation {
    edu_id id;
    edu_id sitting_id;
    const char *state;      /**< "running", "proposed", "confirming", "confirmed", "discarded",
                                 "failed" */
    const char *stage;      /**< of a running one: "reading", "solving", "seating", "storing" */
    int32_t permille;       /**< how far the running or confirming is */
    const char *seed;       /**< hex */
    const char *input_hash; /**< hex SHA-256 of the problem; NULL while running */
    int64_t pupils;
    int64_t seats;
    int64_t cost_m; /**< total distance, metres */
    int64_t mean_m; /**< metres a pupil */
    int64_t farthest_m;
    int64_t neighbours;       /**< pairs of one school side by side or one behind the other */
    int64_t neighbours_bound; /**< no seating of these rooms has fewer */
    const char *failure;      /**< why it failed: who cannot be placed and what forbids it; NULL */
    edu_id by;                /**< the clerk who ran it */
    edu_id confirmed_by;
    edu_time started;
    edu_time changed;
    bool may_confirm; /**< by this session, now */
} edu_allocation;

/** A centre's part in an allocation. */
EDU_RECORD
typedef struct edu_centre_load {
    const char *code;
    const char *name;
    const char *region;
    int32_t latitude_e7;
    int32_t longitude_e7;
    const char *zone;
    int64_t seats;
    int64_t pupils;
    int64_t rent; /**< metres saved in total by one more seat here; proves the optimum */
    int64_t mean_m;
    int64_t farthest_m;
} edu_centre_load;
EDU_PAGE(edu_centre_load);

/** A pupil's seat, once confirmed. */
EDU_RECORD
typedef struct edu_seat {
    edu_id person_id;
    edu_id application_id;
    edu_id sitting_id;
    const char *title;
    const char *subject_title;
    edu_time starts;
    int32_t minutes;
    const char *centre;
    const char *centre_name;
    const char *address;
    int32_t latitude_e7;
    int32_t longitude_e7;
    const char *room;
    const char *seat;
    const char *variant;
    int64_t distance_m; /**< from the school, as the crow flies */
    const char *slip;   /**< number of the admission slip, on paper */
    const char *qr;     /**< text of its QR code */
} edu_seat;

/** A line of a report. */
EDU_RECORD
typedef struct edu_report_row {
    const char *code;
    const char *name;
    int64_t registered;
    int64_t allocated;
    int64_t withdrawn;
    int64_t seats; /**< of a centre; 0 for others */
    int64_t mean_m;
    int64_t farthest_m;
} edu_report_row;
EDU_PAGE(edu_report_row);

/** Opens a season, as a draft. Clerk without scope, admin.
 *  @return EDU_E_CONFLICT for a code in use; EDU_E_INVALID with the field.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_season_create(edu_session *session,
                                                                    const edu_season_new *season,
                                                                    const char *key, edu_id *out,
                                                                    edu_error *error);

/** Adds a sitting to a draft season. Clerk without scope, admin.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_sitting_create(edu_session *session,
                                                                     const edu_sitting_new *sitting,
                                                                     const char *key, edu_id *out,
                                                                     edu_error *error);

/** Publishes a season: its sittings no longer change. Clerk without scope, admin.
 *  @return EDU_E_STATE without sittings, or where a grade of the season has none.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_season_publish(edu_session *session,
                                                                     edu_id season_id,
                                                                     const char *key,
                                                                     edu_error *error);

/** Moves the registration window of a season whose lists are not frozen. Clerk without scope,
 *  admin.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_season_window(edu_session *session,
                                                                    edu_id season_id,
                                                                    edu_time opens, edu_time closes,
                                                                    const char *key,
                                                                    edu_error *error);

/** Seasons, the one that closes last first. Anyone sees published ones; a clerk also drafts.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_seasons(edu_session *session,
                                                              const char *cursor, int32_t limit,
                                                              edu_season_page **out,
                                                              edu_error *error);

/** One season, by id.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_season(edu_session *session, edu_id season_id,
                                                             edu_season **out, edu_error *error);

/** Sittings of a season, by start.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_sittings(edu_session *session,
                                                               edu_id season_id, const char *cursor,
                                                               int32_t limit,
                                                               edu_sitting_page **out,
                                                               edu_error *error);

/** One sitting.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_sitting(edu_session *session,
                                                              edu_id sitting_id, edu_sitting **out,
                                                              edu_error *error);

/** Imports centres; one transaction. Columns: code, name, address, region, latitude, longitude,
 *  zone?, active? (0 or 1). Clerk without scope, admin.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_import_centres(edu_session *session,
                                                                     edu_bytes csv, const char *key,
                                                                     edu_import_report **out,
                                                                     edu_error *error);

/** Imports rooms; one transaction. Columns: centre, room, rows (1-26), columns (1-40), missing?
 *  (seats that are not there, "A3 B4"), step_free? ("*" for the whole room, or seats). A room in
 * use by an allocation that is not discarded keeps its seats: changing it is EDU_E_STATE with the
 * line. Clerk without scope, admin.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_import_rooms(edu_session *session,
                                                                   edu_bytes csv, const char *key,
                                                                   edu_import_report **out,
                                                                   edu_error *error);

/** Centres, by code. Any staff.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_centres(edu_session *session,
                                                              const char *cursor, int32_t limit,
                                                              edu_centre_page **out,
                                                              edu_error *error);

/** Rooms of a centre, by code. Any staff.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_rooms(edu_session *session,
                                                            const char *centre, const char *cursor,
                                                            int32_t limit, edu_room_page **out,
                                                            edu_error *error);

/** May a person register for a sitting, and if not, why? Those who may register them.
 *  @param person_id none for oneself.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_eligibility(edu_session *session,
                                                                  edu_id sitting_id,
                                                                  edu_id person_id,
                                                                  edu_eligibility **out,
                                                                  edu_error *error);

/** Registers a person for a sitting: oneself, a ward, or a pupil within the scope of a school or
 *  clerk; the event says which.
 *  @param out receives the application's id.
 *  @return EDU_E_STATE with the key of edu_eligibility; EDU_E_CONFLICT where already registered.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_register(edu_session *session,
                                                               edu_id sitting_id, edu_id person_id,
                                                               const char *key, edu_id *out,
                                                               edu_error *error);

/** Answers an invitation to a round: oneself, a guardian, or a school or clerk in scope. Accepted,
 * it is a registration like any other.
 *  @return EDU_E_STATE where none waits, or where one accepts after registration has closed.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_answer(edu_session *session, edu_id person_id,
                                                             edu_id application_id, bool accept,
                                                             const char *key, edu_error *error);

/** Withdraws a registration, until the sitting starts; a seat already given becomes free.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_withdraw(edu_session *session,
                                                               edu_id person_id,
                                                               edu_id application_id,
                                                               const char *key, edu_error *error);

/** Registrations of a sitting within the session's scope, by institution and name; all states.
 *  @param institution code; NULL for all in scope.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status
edu_olympiad_entries(edu_session *session, edu_id sitting_id, const char *institution,
                     const char *cursor, int32_t limit, edu_entry_page **out, edu_error *error);

/** Freezes the list of a sitting after its window: nobody is added, its hash is kept, and the seed
 * of the draw is fixed. Clerk without scope.
 *  @param seed 1 to 64 bytes of hex, such as a public draw's; NULL: drawn by the library.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_freeze(edu_session *session,
                                                             edu_id sitting_id, const char *seed,
                                                             const char *key, edu_error *error);

/** Allocates centre, room and seat to everybody on the frozen list, as a proposal. Long: other
 *  sessions follow it by edu_olympiad_allocation. Clerk without scope.
 *  @param out receives the allocation's id.
 *  @return EDU_E_INFEASIBLE naming who cannot be placed and which constraint forbids it;
 *  EDU_E_CONFLICT where one is proposed or confirmed; EDU_E_BUSY while another clerk's runs;
 *  EDU_E_CANCELLED.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_allocate(edu_session *session,
                                                               edu_id sitting_id,
                                                               edu_progress progress,
                                                               const char *key, edu_id *out,
                                                               edu_error *error);

/** The newest allocation of a sitting. Clerk.
 *  @return EDU_E_NOT_FOUND before the first.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_allocation(edu_session *session,
                                                                 edu_id sitting_id,
                                                                 edu_allocation **out,
                                                                 edu_error *error);

/** Centres of an allocation with their load, by code. Clerk.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_loads(edu_session *session,
                                                            edu_id allocation_id,
                                                            const char *cursor, int32_t limit,
                                                            edu_centre_load_page **out,
                                                            edu_error *error);

/** Problem and result of an allocation as files that `edu check-allocation` reads:
 *  "places.csv", "centres.csv", "flows.csv", "transcript.json". Clerk.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_transcript(edu_session *session,
                                                                 edu_id allocation_id,
                                                                 const char *file,
                                                                 edu_document **out,
                                                                 edu_error *error);

/** Confirms a proposal; every pupil is told. A clerk without scope other than the one who ran it.
 *  Where it is cut off, calling it again goes on.
 *  @return EDU_E_DENIED for the same person; EDU_E_STATE where nothing is proposed.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_confirm(edu_session *session,
                                                              edu_id allocation_id,
                                                              edu_progress progress,
                                                              const char *key, edu_error *error);

/** Discards a proposal, so that another can be made. Clerk without scope.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_discard(edu_session *session,
                                                              edu_id allocation_id, const char *key,
                                                              edu_error *error);

/** Seat of a pupil: one's own, a ward's, or within scope; EDU_E_NOT_FOUND before confirmation.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_seat(edu_session *session, edu_id person_id,
                                                           edu_id application_id, edu_seat **out,
                                                           edu_error *error);

/** The admission slip as PDF, in the session's language. As edu_olympiad_seat.
 *  @return EDU_E_UNSUPPORTED in a build without PDF.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_slip(edu_session *session, edu_id person_id,
                                                           edu_id application_id,
                                                           edu_document **out, edu_error *error);

/** Who sits where in a centre, by room and seat: the attendance list. Steward of the centre, clerk.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status
edu_olympiad_attendance(edu_session *session, edu_id sitting_id, const char *centre,
                        const char *cursor, int32_t limit, edu_entry_page **out, edu_error *error);

/** The attendance list of a centre as a printable PDF, one part a room. Likewise.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_attendance_pdf(edu_session *session,
                                                                     edu_id sitting_id,
                                                                     const char *centre,
                                                                     edu_document **out,
                                                                     edu_error *error);

/** Figures of a sitting by "centre", "school" or "region", within the session's scope. Any staff.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_report(edu_session *session,
                                                             edu_id sitting_id, const char *by,
                                                             const char *cursor, int32_t limit,
                                                             edu_report_row_page **out,
                                                             edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
