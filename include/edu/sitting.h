/** @file edu/sitting.h
 *  Sittings of an examination: centres, rooms and seats, who sits where, and the admission slip.
 *
 *  A sitting has a date and time, and a list of who is to sit it: of an olympiad the pupils who
 * registered for it (edu/olympiad.h), of a service that runs on its definition the applications in
 * the state that the definition names (docs/sittings.md). When the list is frozen a clerk
 * allocates: everybody gets the centre, room and seat such that the total distance is least; a
 * second clerk confirms; then the admission slips are there.
 *
 *  Roles: a clerk without scope freezes, allocates and confirms; a steward sees the lists of a
 * centre. For idempotency keys see edu/account.h.
 *  @since 0.1.0 */
#ifndef EDU_SITTING_H
#define EDU_SITTING_H

#include <edu/account.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A sitting. */
EDU_RECORD
typedef struct edu_sitting {
    edu_id id;
    edu_id season_id; /**< none: of an offering */
    const char *code;
    const char *title;         /**< of the season, or the offering */
    const char *subject_title; /**< of an offering, what the kind is called */
    int32_t grade_from;        /**< 0: of an offering */
    int32_t grade_to;
    edu_time opens;
    edu_time closes;
    edu_time starts;
    int32_t minutes;
    const char *state;       /**< "draft", "announced", "open", "closed", "frozen", "proposed",
                                  "confirming", "allocated"; of an offering then "closing",
                                  "held" */
    const char *frozen_hash; /**< hex SHA-256 of the frozen list, as its transcript's "list" is;
                                NULL before */
    const char *seed;        /**< hex, from the freeze on; NULL before */
    edu_id offering_id;      /**< none: of a season */
    const char *kind;        /**< of the definition; "" of a season */
    int64_t waiting;         /**< of an offering: applications that are to sit and are on no list */
    const char *commitment;  /**< hex: SHA-256 of the seed's digits; known before the seed is */
    bool is_drawn;           /**< the portal holds the seed; else who committed to it does */
} edu_sitting;
EDU_PAGE(edu_sitting);

/** A sitting of an offering to keep. Start from ::EDU_SITTING_INPUT_INIT. */
EDU_INPUT
typedef struct edu_sitting_input {
    size_t struct_size;
    edu_id id; /**< none: a new one */
    edu_id offering_id;
    const char *kind; /**< of the definition's sittings */
    edu_time starts;
    int32_t minutes; /**< 1 to 1440 */
} edu_sitting_input;
#define EDU_SITTING_INPUT_INIT                                                                     \
    {                                                                                              \
        sizeof(edu_sitting_input), {{0}}, {{0}}, NULL, EDU_TIME_NONE, 0                            \
    }

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

/** Somebody on the list of a sitting, as staff see it. */
EDU_RECORD
typedef struct edu_entry {
    edu_id person_id;
    edu_id application_id;
    const char *family;
    const char *given;
    const char *institution;      /**< the school's code; NULL: of an offering */
    const char *institution_name; /**< NULL likewise */
    const char *region;           /**< where they come from: code */
    int32_t grade;                /**< 0: of an offering */
    bool needs_step_free;
    const char *state;
    edu_time registered;
    const char *centre;     /**< NULL before the allocation */
    const char *room;       /**< NULL likewise */
    const char *seat;       /**< such as "C4": row letter, column number; NULL likewise */
    const char *variant;    /**< "A" or "B"; NULL likewise */
    const char *attendance; /**< "present" or "absent"; NULL where nobody has said */
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
    int64_t pupils;         /**< who is on the list */
    int64_t seats;
    int64_t cost_m; /**< total distance, metres */
    int64_t mean_m; /**< metres a pupil */
    int64_t farthest_m;
    int64_t neighbours;       /**< pairs of one school side by side or one behind the other */
    int64_t neighbours_bound; /**< no seating of these rooms has fewer */
    const char *failure;      /**< why it failed: who cannot be placed and what forbids it; NULL */
    edu_id by;                /**< the clerk who ran it */
    edu_id confirmed_by;      /**< none before */
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

/** A zone that has fewer seats than a sitting's list needs. */
EDU_RECORD
typedef struct edu_shortage {
    const char *zone;  /**< "" for the main one */
    bool is_step_free; /**< of step-free seats, for those who need one; else of all, for everybody */
    int64_t pupils;    /**< of the zone, who are to get such a seat */
    int64_t seats;     /**< such ones: at centres that are active, in rooms that are free then */
    int64_t centres;   /**< that have them */
    int64_t places;    /**< the pupils come from */
    int64_t reasons;   /**< of them, those of edu_left_over's is_reason */
} edu_shortage;
EDU_PAGE(edu_shortage);

/** What a place has to do with a shortage of its zone. */
EDU_RECORD
typedef struct edu_left_over {
    const char *place; /**< code of a school; of a sitting of an offering, that of a region */
    const char *name;
    int64_t pupils;    /**< from there, who are to get such a seat */
    int64_t left_over; /**< of them, where each place bears its share of pupils - seats */
    bool is_reason;    /**< one of the few places that are more than the seats by themselves, and
                            without any one of which they would not be */
} edu_left_over;
EDU_PAGE(edu_left_over);

/** Somebody's seat, once confirmed. */
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
    int64_t distance_m; /**< from the school or the region, as the crow flies */
    const char *slip;   /**< number of the admission slip, on paper */
    const char *qr;     /**< text of its QR code */
    const char *line;   /**< where they stand in the transcript, which names nobody: 40 hexadecimal
                             digits, the first 20 bytes of SHA-256(application's id, a tab, place, a
                             tab, salt) */
    const char *place;  /**< of the transcript: where they come from */
    const char *salt;   /**< 32 hexadecimal digits, which only they are told */
} edu_seat;

/** A centre that is nearer than the one that somebody got. */
EDU_RECORD
typedef struct edu_nearer_centre {
    const char *code;
    const char *name;
    int64_t distance_m; /**< as edu_seat has it */
    int64_t seats;      /**< that it had for who needs what they need: all taken */
    int64_t rent_m; /**< metres by which others would travel farther, in all, were a seat freed */
} edu_nearer_centre;
EDU_PAGE(edu_nearer_centre);

/** Makes a sitting of an offering, or changes its time until its list is frozen. Who sits it are
 * those whose applications are in the state of its kind then, and who have nothing else at that
 * time. Whoever keeps the offering.
 *  @param out receives its id.
 *  @return EDU_E_NOT_FOUND "sitting.kind" for a kind that the definition does not have;
 *  EDU_E_STATE "sitting.frozen".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_put(edu_session *session,
                                                         const edu_sitting_input *input,
                                                         const char *key, edu_id *out,
                                                         edu_error *error);

/** Sittings of an offering, the earliest first. Whoever keeps the offering.
 *  @param offering_id none: those of whatever offering in which people sit at a centre that the
 * session is a steward of, and which are not closed.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_list(edu_session *session, edu_id offering_id,
                                                          const char *cursor, int32_t limit,
                                                          edu_sitting_page **out, edu_error *error);

/** One sitting. Of a season, anyone once it is published; of an offering, whoever keeps it, and
 * stewards once people sit at their centre.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_get(edu_session *session, edu_id sitting_id,
                                                         edu_sitting **out, edu_error *error);

/** Imports centres; one transaction. Columns: code, name, address, region, latitude, longitude,
 *  zone?, active? (0 or 1). Clerk without scope, admin.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_import_centres(edu_session *session,
                                                                    edu_bytes csv, const char *key,
                                                                    edu_import_report **out,
                                                                    edu_error *error);

/** Imports rooms; one transaction. Columns: centre, room, rows (1-26), columns (1-40), missing?
 *  (seats that are not there, "A3 B4"), step_free? ("*" for the whole room, or seats). A room in
 * use by an allocation that is not discarded keeps its seats: changing it is EDU_E_STATE with the
 * line. Clerk without scope, admin.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_import_rooms(edu_session *session,
                                                                  edu_bytes csv, const char *key,
                                                                  edu_import_report **out,
                                                                  edu_error *error);

/** Centres, by code. Any staff.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_centres(edu_session *session,
                                                             const char *cursor, int32_t limit,
                                                             edu_centre_page **out,
                                                             edu_error *error);

/** Rooms of a centre, by code. Any staff.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_rooms(edu_session *session, const char *centre,
                                                           const char *cursor, int32_t limit,
                                                           edu_room_page **out, edu_error *error);

/** Commits to a seed of one's own for the draw, before applications are over; else the portal has
 * drawn one when the sitting was made. Once. Clerk without scope.
 *  @param commitment hex: SHA-256 of the seed's hexadecimal digits in small letters.
 *  @return EDU_E_STATE "sitting.commit_late", "sitting.committed".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_commit(edu_session *session, edu_id sitting_id,
                                                            const char *commitment, const char *key,
                                                            edu_error *error);

/** Freezes the list of a sitting: nobody is added, its hash is kept, and the seed of the draw is
 * told. Of a season after its window; of an offering as long as it is ahead. Clerk without scope.
 *  @param seed of edu_sitting_commit: hexadecimal digits in small letters; NULL where the portal
 *  has drawn it.
 *  @return EDU_E_INVALID "sitting.other_seed" for a seed that does not fit the commitment;
 *  EDU_E_STATE "sitting.not_closed", "sitting.frozen"; of an offering "sitting.started",
 *  "sitting.nobody", and "sitting.region" where somebody comes from no region that has a place.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_freeze(edu_session *session, edu_id sitting_id,
                                                            const char *seed, const char *key,
                                                            edu_error *error);

/** Allocates centre, room and seat to everybody on the frozen list, as a proposal. Long: other
 *  sessions follow it by edu_sitting_allocation. Clerk without scope.
 *  @param out receives the allocation's id.
 *  @return EDU_E_INFEASIBLE naming who cannot be placed and which constraint forbids it;
 *  EDU_E_CONFLICT where one is proposed or confirmed; EDU_E_BUSY while another clerk's runs;
 *  EDU_E_CANCELLED.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_allocate(edu_session *session,
                                                              edu_id sitting_id,
                                                              edu_progress progress,
                                                              const char *key, edu_id *out,
                                                              edu_error *error);

/** The newest allocation of a sitting. Clerk.
 *  @return EDU_E_NOT_FOUND before the first.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_allocation(edu_session *session,
                                                                edu_id sitting_id,
                                                                edu_allocation **out,
                                                                edu_error *error);

/** Why the list of a sitting cannot be allocated: the zones that have fewer seats than people, and
 * those that have fewer step-free seats than people who need one; none where everybody can be seated.
 * Counted when it is asked for, of whoever is on the list then. As every centre of a zone serves all
 * its places, nothing else stands in the way (edu_allocation_explain). Clerk.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_shortages(edu_session *session,
                                                               edu_id sitting_id,
                                                               const char *cursor, int32_t limit,
                                                               edu_shortage_page **out,
                                                               edu_error *error);

/** The places of a zone that is short, by code; none where it is not. Likewise.
 *  @param zone "" or NULL: the main one.
 *  @param is_step_free as of edu_shortage.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_left_over(
    edu_session *session, edu_id sitting_id, const char *zone, bool is_step_free,
    const char *cursor, int32_t limit, edu_left_over_page **out, edu_error *error);

/** Centres of an allocation with their load, by code. Clerk.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_loads(edu_session *session,
                                                           edu_id allocation_id, const char *cursor,
                                                           int32_t limit,
                                                           edu_centre_load_page **out,
                                                           edu_error *error);

/** Problem and result of an allocation as files that `edu check-allocation` reads:
 *  "places.csv", "centres.csv", "flows.csv", "transcript.json". Clerk.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_transcript(edu_session *session,
                                                                edu_id allocation_id,
                                                                const char *file,
                                                                edu_document **out,
                                                                edu_error *error);

/** Some lines of a transcript. */
EDU_RECORD
typedef struct edu_transcript_part {
    const char *text; /**< whole lines, with their ends */
} edu_transcript_part;
EDU_PAGE(edu_transcript_part);

/** The signed transcript of a sitting's allocation (docs/allocation.md), a piece at a time: one
 * behind the other they are the file that edu_transcript_check reads, the same for everybody. It
 * names nobody; who sits the examination knows their line by edu_sitting_seat. Anyone, from when a
 * second clerk confirms.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status
edu_sitting_transcript_parts(edu_session *session, edu_id sitting_id, const char *cursor,
                             int32_t limit, edu_transcript_part_page **out, edu_error *error);

/** Confirms a proposal; everybody is told. A clerk without scope other than the one who ran it.
 *  Where it is cut off, calling it again goes on.
 *  @return EDU_E_DENIED for the same person; EDU_E_STATE where nothing is proposed.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_confirm(edu_session *session,
                                                             edu_id allocation_id,
                                                             edu_progress progress, const char *key,
                                                             edu_error *error);

/** Discards a proposal, so that another can be made. Clerk without scope.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_discard(edu_session *session,
                                                             edu_id allocation_id, const char *key,
                                                             edu_error *error);

/** The seat of an application: one's own, a ward's, or within scope; of an offering, for whoever
 * keeps it. Of several sittings the next one, or the last. EDU_E_NOT_FOUND before confirmation.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_seat(edu_session *session, edu_id person_id,
                                                          edu_id application_id, edu_seat **out,
                                                          edu_error *error);

/** Why a seat is where it is: the centres that are nearer, the nearest first; none where it is the
 * nearest. All of them were full, and each rent is at least what the person would have saved there.
 * As edu_sitting_seat.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_nearer(edu_session *session, edu_id person_id,
                                                            edu_id application_id,
                                                            const char *cursor, int32_t limit,
                                                            edu_nearer_centre_page **out,
                                                            edu_error *error);

/** The admission slip as PDF, in the session's language. As edu_sitting_seat.
 *  @return EDU_E_UNSUPPORTED in a build without PDF.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_slip(edu_session *session, edu_id person_id,
                                                          edu_id application_id, edu_document **out,
                                                          edu_error *error);

/** Who sits where in a centre, by room and seat: the attendance list. Steward of the centre, clerk.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status
edu_sitting_attendance(edu_session *session, edu_id sitting_id, const char *centre,
                       const char *cursor, int32_t limit, edu_entry_page **out, edu_error *error);

/** The attendance list of a centre as a printable PDF, one part a room. Likewise.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_attendance_pdf(edu_session *session,
                                                                    edu_id sitting_id,
                                                                    const char *centre,
                                                                    edu_document **out,
                                                                    edu_error *error);

/** Notes that somebody came to a sitting of an offering, or did not; corrected until it is closed.
 * Once it has begun. Steward of the centre, clerk.
 *  @return EDU_E_NOT_FOUND for who has no seat there; EDU_E_STATE "sitting.not_begun",
 *  "sitting.closed", and "sitting.of_season": of an olympiad, its results say who was absent.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_attend(edu_session *session, edu_id sitting_id,
                                                            edu_id person_id, bool came,
                                                            const char *key, edu_error *error);

/** Closes a sitting of an offering that is over: with who is noted as absent, what the definition
 * says is done; they may be put on the list of another. Who nobody noted has come. In parts that
 * are whole each: where it was cut off, the next call goes on. Clerk without scope.
 *  @return EDU_E_STATE "sitting.not_over", "sitting.not_allocated", "sitting.of_season".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_sitting_close(edu_session *session, edu_id sitting_id,
                                                           const char *key, edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
