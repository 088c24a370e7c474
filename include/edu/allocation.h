/** @file edu/allocation.h
 *  Allocation: who goes to which centre, and who sits where. Pure computation on plain arrays:
 *  nothing is stored, no clock is read, and nothing is random but what follows from the seed.
 *
 *  **Centres.** A place (a school, or one home) sends pupils to centres of its own zone; a centre
 *  takes at most as many as it has seats. One pupil's way costs floor(sqrt(dx² + dy²)) metres,
 *  computed by integers. ::edu_allocation_solve finds the least total, and proves it by the
 * centres' *rents*: integers q >= 0, positive only where a centre is full, such that every pupil's
 * centre is one with the least distance + rent. The rents returned are the componentwise smallest,
 * which are unique: q is what one more seat at that centre would save in total.
 *
 *  **The draw.** Among all optima the one of least sum of pupils · h(place, centre) is returned:
 *  h(place, centre) = M(L("place", place) ^ M(L("centre", centre))) >> 16, where L is
 *  ::edu_allocation_lot and M the finaliser of SplitMix64 (x ^= x >> 30; x *= 0xBF58476D1CE4E5B9;
 *  x ^= x >> 27; x *= 0x94D049BB133111EB; x ^= x >> 31). So the result is a function of the set of
 *  sites and the seed, never of their order, the machine or the compiler.
 *
 *  **Seats.** See ::edu_seating_solve.
 *
 *  **Choices.** Who gets which of the places that they ranked: see ::edu_match_solve.
 *  @since 0.1.0 */
#ifndef EDU_ALLOCATION_H
#define EDU_ALLOCATION_H

#include <edu/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EDU_ALLOCATION_ID_MAX 255            /**< bytes of an id or a zone */
#define EDU_ALLOCATION_METRES_MAX 1073741824 /**< of a coordinate, either way: 2^30 */
#define EDU_ALLOCATION_COUNT_MAX 1000000000  /**< pupils in all; seats of one centre */
#define EDU_ALLOCATION_PLACES_MAX 4000000
#define EDU_ALLOCATION_CENTRES_MAX 10000
#define EDU_ALLOCATION_SEED_MAX 64 /**< bytes; at least one */

/** A place with its pupils, or a centre with its seats. */
typedef struct edu_allocation_site {
    const char *id;   /**< unique among places, or among centres; not empty */
    const char *zone; /**< "" or NULL: the main one */
    int64_t x_m;
    int64_t y_m;
    int64_t count; /**< pupils or seats, 0 or more */
    int64_t line;  /**< where it stood in its file, for errors; 0 where it came from none */
} edu_allocation_site;

/** Places and centres, in any order, and the seed of the draw. */
typedef struct edu_allocation_problem {
    size_t place_count;
    size_t centre_count;
    const edu_allocation_site *places;
    const edu_allocation_site *centres;
    const uint8_t *seed; /**< 1 to 64 bytes */
    size_t seed_size;
} edu_allocation_problem;

/** Pupils of one place that go to one centre. */
typedef struct edu_allocation_flow {
    size_t place;   /**< index into the problem's places */
    size_t centre;  /**< index into the problem's centres */
    int64_t pupils; /**< 1 or more */
} edu_allocation_flow;

/** A solution; does not point into the problem. */
typedef struct edu_allocation_result {
    int64_t pupils;
    int64_t cost_m; /**< total distance */
    size_t flow_count;
    const edu_allocation_flow *flows; /**< by place id, then centre id, bytewise */
    const int64_t *rents;             /**< metres, by centre in the problem's order; of a plan,
                                           NULL while moves have a price */
} edu_allocation_result;

#define EDU_ALLOCATION_NOWHERE SIZE_MAX   /**< the centre of who is not there yet, or any more */
#define EDU_ALLOCATION_NO_MOVES INT64_MAX /**< a price at which nobody else moves */

/** An allocation that pupils come to and leave. One thread at a time. */
typedef struct edu_allocation_plan edu_allocation_plan;

/** Pupils of one place who have another centre than before. */
typedef struct edu_allocation_move {
    size_t place;
    size_t from; /**< EDU_ALLOCATION_NOWHERE for the pupil who came */
    size_t to;   /**< EDU_ALLOCATION_NOWHERE for the pupil who left */
    int64_t pupils;
} edu_allocation_move;

/** What came of a pupil who came or left. */
typedef struct edu_allocation_change {
    size_t place;    /**< of that pupil: index, a new place behind all others */
    size_t centre;   /**< where they are now, or were */
    int64_t moved;   /**< other pupils who have another centre than before */
    int64_t added_m; /**< by which the total distance rose; negative where it fell */
    int64_t cost_m;  /**< total distance now */
    size_t move_count;
    const edu_allocation_move *moves; /**< by place; that pupil's own too */
} edu_allocation_change;

/** A zone whose pupils are more than its seats. */
typedef struct edu_allocation_shortage {
    const char *zone; /**< "" for the main one */
    int64_t pupils;
    int64_t seats;        /**< so that pupils - seats cannot be placed, whoever they are */
    size_t centre_count;  /**< centres of the zone */
    size_t place_count;   /**< places of the zone that have pupils */
    const size_t *places; /**< indexes into the problem's places, by id */
    const int64_t
        *left_over;         /**< by place of `places`: pupils without a seat where each place bears
                                 its share of them, whole ones by the largest remainder, then id */
    const size_t *centres;  /**< indexes into the problem's centres, by id */
    size_t conflict_count;  /**< the reason, of which nothing can be left out: that */
    const size_t *conflict; /**< these places, by id, use this zone alone, and that each of its
                                 centres has no more seats; without any one of these rules, or of
                                 these places, the others could be kept */
} edu_allocation_shortage;

/** All zones that are short, by name; does not point into the problem. */
typedef struct edu_allocation_shortages {
    size_t count;
    const edu_allocation_shortage *items;
} edu_allocation_shortages;

/** Metres between two sites: the whole part of the straight line. The coordinates must be within
 *  EDU_ALLOCATION_METRES_MAX.
 *  @since 0.1.0 */
EDU_API int64_t edu_allocation_distance(const edu_allocation_site *a, const edu_allocation_site *b);

/** Finds the allocation of least total distance, with the smallest rents, by the draw of the seed.
 *  Memory grows with places and centres, not with their pairs.
 *  @param out freed by edu_free.
 *  @return EDU_E_INFEASIBLE naming the zones that are short, see ::edu_allocation_explain;
 *  EDU_E_INVALID for a double id, a negative count, a coordinate out of range, with its line or a
 *  JSON Pointer such as "/places/3/x_m"; EDU_E_LIMIT; EDU_E_CANCELLED.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_allocation_solve(const edu_allocation_problem *problem,
                                                              edu_progress progress,
                                                              edu_allocation_result **out,
                                                              edu_error *error);

/** Makes a plan of an allocation, so that pupils can come and leave without all being allocated
 * anew. Memory grows with places and centres, and by a bit for each pair of centres.
 *  @param result of edu_allocation_solve, or any that places everybody and keeps to zones and
 *  seats; its rents may be NULL.
 *  @param out closed by edu_allocation_close; does not point into problem and result.
 *  @return EDU_E_INVALID "allocation.result" where the result does not keep to the problem; as
 *  edu_allocation_solve for the problem itself.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_allocation_open(const edu_allocation_problem *problem,
                                                             const edu_allocation_result *result,
                                                             edu_allocation_plan **out,
                                                             edu_error *error);

/** NULL is allowed.
 *  @since 0.2.0 */
EDU_API void edu_allocation_close(edu_allocation_plan *plan);

/** One pupil comes. Of all allocations of everybody the one is made that has the least distance +
 *  price · pupils moved, then the least draw, as in edu_allocation_solve, and one such is unique.
 * So at a price of 0 it is what solving anew gives, flow by flow; at EDU_ALLOCATION_NO_MOVES nobody
 *  moves, and the pupil gets the nearest seat that is idle; between them others move where that
 *  saves more than the price for each.
 *  @param place one of the plan, by its id, or a new one; its count is not looked at.
 *  @param price_m metres, 0 or more.
 *  @param out freed by edu_free; NULL if not wanted.
 *  @return EDU_E_INFEASIBLE "allocation.full" where the zone has no idle seat;
 *  EDU_E_INVALID "allocation.place" for an id of the plan with another position or zone;
 *  "allocation.price"; EDU_E_LIMIT for more places or pupils than a problem has. After EDU_E_NOMEM
 * the plan can only be closed.
 *  @since 0.2.0 */
EDU_API EDU_MUST_CHECK edu_status edu_allocation_add(edu_allocation_plan *plan,
                                                     const edu_allocation_site *place,
                                                     int64_t price_m, edu_allocation_change **out,
                                                     edu_error *error);

/** One pupil of a place leaves a centre; likewise.
 *  @return EDU_E_NOT_FOUND where the place has nobody there.
 *  @since 0.2.0 */
EDU_API EDU_MUST_CHECK edu_status edu_allocation_remove(edu_allocation_plan *plan, size_t place,
                                                        size_t centre, int64_t price_m,
                                                        edu_allocation_change **out,
                                                        edu_error *error);

/** The plan as it is now.
 *  @param problem with those who came and without those who left, places that came behind all
 *  others; freed by edu_free; the seed is the plan's. NULL if not wanted.
 *  @param result freed by edu_free; has the smallest rents where the last change of each zone had
 *  a price of 0.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_allocation_current(edu_allocation_plan *plan,
                                                                edu_allocation_problem **problem,
                                                                edu_allocation_result **result,
                                                                edu_error *error);

/** Which zones are short, whose pupils that concerns, and why: a set of places, centres and the
 * zone such that without any one of them there is room; an empty list for a problem that can be
 * solved. As every centre of a zone serves all its places, nothing else can forbid a solution.
 *  @param out freed by edu_free.
 *  @return as edu_allocation_solve for a problem that is out of bounds.
 *  @since 0.1.0 */
EDU_API EDU_MUST_CHECK edu_status edu_allocation_explain(const edu_allocation_problem *problem,
                                                         edu_allocation_shortages **out,
                                                         edu_error *error);

/** Reads two CSV files, `id,x_m,y_m,pupils[,zone]` and `id,x_m,y_m,capacity[,zone]`, columns in any
 *  order, and checks all that edu_allocation_solve does, with lines.
 *  @param out freed by edu_free; does not point into the files; its seed is not set.
 *  @return EDU_E_INVALID or EDU_E_LIMIT with the line; the field begins with "/places" or
 * "/centres".
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_allocation_read(edu_bytes places, edu_bytes centres,
                                                             edu_allocation_problem **out,
                                                             edu_error *error);

/** The flows as CSV `place,centre,pupils`, in the order of the result; lines end in a line feed.
 *  @param out freed by edu_free.
 *  @since 0.1.0 */
EDU_API EDU_MUST_CHECK edu_status edu_allocation_flows_csv(const edu_allocation_problem *problem,
                                                           const edu_allocation_result *result,
                                                           char **out, edu_error *error);

/** The transcript as JSON, keys sorted: capacity, centres, cost_m, input_sha256 (hex: SHA-256 of
 * the bytes of places followed by those of centres), objective, places, pupils, rents (an object,
 * centre id to metres), seed (hex), version (1), zones.
 *  @param places,centres the bytes of the input files.
 *  @param out freed by edu_free.
 *  @since 0.1.0 */
EDU_API EDU_MUST_CHECK edu_status edu_allocation_transcript(const edu_allocation_problem *problem,
                                                            const edu_allocation_result *result,
                                                            edu_bytes places, edu_bytes centres,
                                                            char **out, edu_error *error);

/** Draws a lot: the smaller, the earlier. The 8 bytes, as a little-endian number, of BLAKE2b with
 * an output of 8 bytes under the key BLAKE2b(seed) of 32 bytes, over the first text, a zero byte
 * and the second text. By lot("pupil", id) a place's pupils fill its flows in their order.
 *  @param seed 1 to 64 bytes.
 *  @since 0.1.0 */
EDU_API uint64_t edu_allocation_lot(const uint8_t *seed, size_t seed_size, const char *first,
                                    const char *second);

#define EDU_SEATING_SIDE_MAX 200 /**< rows, and columns, of a room */

/** A seat that is there and may be used. */
typedef struct edu_seating_seat {
    size_t room;    /**< number of the room: the caller's, any */
    int32_t row;    /**< from 0, the front */
    int32_t column; /**< from 0, the left */
    bool is_step_free;
} edu_seating_seat;

/** A pupil to be seated. */
typedef struct edu_seating_pupil {
    const char *id; /**< unique */
    const char *school;
    bool needs_step_free;
} edu_seating_pupil;

/** The seats of one centre and the pupils allocated to it, in any order. */
typedef struct edu_seating_problem {
    size_t seat_count;
    size_t pupil_count;
    const edu_seating_seat *seats;
    const edu_seating_pupil *pupils;
    const uint8_t *seed; /**< 1 to 64 bytes */
    size_t seed_size;
} edu_seating_problem;

/** What became of a room. Neighbours sit side by side or one behind the other. */
typedef struct edu_seating_room {
    size_t room; /**< its number */
    int64_t seats;
    int64_t pupils;
    int64_t independent;      /**< most seats of it of which no two are neighbours */
    int64_t largest;          /**< pupils here of the school that has most of them here */
    int64_t neighbours;       /**< pairs of neighbours of one school */
    int64_t neighbours_bound; /**< no other seating of these pupils in this room has fewer */
} edu_seating_room;

/** A seating; does not point into the problem. */
typedef struct edu_seating_result {
    const size_t *seats;      /**< by pupil in the problem's order: index into the seats */
    const char *variants;     /**< by pupil: 'A' or 'B'; neighbours have different ones */
    int64_t neighbours;       /**< pairs of neighbours of one school, in all rooms */
    int64_t neighbours_bound; /**< no seating of these pupils in these rooms has fewer */
    size_t room_count;
    const edu_seating_room *rooms; /**< by number; also those left empty */
} edu_seating_result;

/** Gives every pupil a seat and a variant.
 *
 *  *Rooms.* As few rooms are opened as hold everybody: those with most step-free seats until these
 *  suffice, then the largest, until there are seats enough and every school can be spread so that
 * in no room it has more pupils than the room has independent seats (in a full rectangle: half of
 *  them, rounded up); all rooms where nothing suffices. Pupils are spread in proportion, and so
 * that this limit is kept wherever it can be (found by augmenting paths; those who need step-free
 * seats are spread first, and no room gets more of them than it has such seats).
 *
 *  *Seats.* Guaranteed, with a proof in libedu/allocation/room.c: in a room that is a full
 * rectangle, with any number of seats left empty, there are no neighbours of one school if none has
 * more than half of the seats, rounded up, and nobody there needs a step-free seat or every seat is
 * one. Any other room begins from the same construction and is mended by exchanges; what remains is
 * counted, beside a bound that holds always. Step-free needs are always met.
 *
 *  Who of a school sits where is drawn by the seed; the result is a function of the sets of seats
 * and pupils and the seed, never of their order.
 *  @param out freed by edu_free.
 *  @return EDU_E_INFEASIBLE for more pupils than seats, or more who need a step-free seat than
 * there are, saying how many; EDU_E_INVALID for a double pupil or seat, or a seat out of range,
 * with a JSON Pointer such as "/pupils/3".
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_seating_solve(const edu_seating_problem *problem,
                                                           edu_seating_result **out,
                                                           edu_error *error);

#define EDU_MATCH_CHOICES_MAX 10000000 /**< of all applicants together */
#define EDU_MATCH_PLACES_MAX 1000000
#define EDU_MATCH_QUOTAS_MAX 10 /**< of one place; of all places together as many as places */
#define EDU_MATCH_NONE SIZE_MAX /**< the place of an applicant who has none */

/** One choice of an applicant. */
typedef struct edu_match_choice {
    size_t place;     /**< index of the place */
    int64_t priority; /**< of the applicant at that place: the lower, the earlier */
} edu_match_choice;

/** Applicants with their choices, and places with a capacity each. */
typedef struct edu_match_problem {
    size_t applicant_count;
    size_t place_count;
    const size_t *starts; /**< applicant_count + 1 of them, from 0: the choices of applicant i, the
                             dearest first, are those from starts[i] up to starts[i + 1] */
    const edu_match_choice *choices;
    const int64_t *capacities;  /**< by place, 0 to EDU_ALLOCATION_COUNT_MAX */
    const uint64_t *lots;       /**< by applicant: of equal priorities the smaller comes first, then
                                     who stands first; NULL: no priorities are equal */
    const uint64_t *place_lots; /**< by place: it draws by M(lot ^ its own), where M is as in the
                                   draw of an allocation; NULL: one draw for all places */
    const size_t *quota_starts; /**< place_count + 1 of them, from 0: the quotas of place k are
                                     those from quota_starts[k] up to quota_starts[k + 1]; NULL:
                                     there are none */
    const int64_t *quotas;      /**< seats that are for a group first; those of a place are together
                                     no more than its capacity */
    const uint32_t *claims;     /**< by choice: bit b is set where the applicant counts for the b-th
                                     quota of that place; NULL: nobody does */
    const bool *keeps; /**< by place: seats of quotas for which there are too few stay empty;
                            NULL, or false: others get them */
} edu_match_problem;

/** Who got what; does not point into the problem. */
typedef struct edu_match_result {
    int64_t matched;      /**< applicants who have a place */
    int64_t first;        /**< of them, those who have their first choice */
    int64_t reserved;     /**< of them, those who hold a seat of a quota */
    const size_t *places; /**< by applicant: index of the place, or EDU_MATCH_NONE */
} edu_match_result;

/** Matches by deferred acceptance, applicants proposing: each asks for their dearest choice that
 * has not refused them yet, and a place keeps of all who ever asked those of lowest priority, up to
 * its capacity. The result is stable: nobody prefers a place that has room, or that took somebody
 * of higher priority instead. Of all stable matchings it is the one that is best for every
 * applicant, which is unique: so it depends on nothing but the choices, the priorities and the
 * capacities, and it pays nobody to rank otherwise than they wish.
 *
 *  *Quotas.* A place with quotas keeps, of all who ever asked, first those for their seats: in the
 *  order of priorities each who can hold one together with those before (who counts for several
 * quotas holds a seat of one, whichever lets others in); then of all others, as many as are left of
 *  its capacity. Seats of quotas that nobody holds are among these, or, where the place keeps them,
 *  stay empty. A group's best count for its quota although they would have been taken without it.
 * With such choices (the more ask, the more are refused, and none fewer taken) all that is said
 * above of stability, of the best for every applicant and of ranking as one wishes holds as well:
 * nobody prefers a place that would keep them if they asked.
 *  @param out freed by edu_free.
 *  @return EDU_E_INVALID for equal priorities at one place, a place that an applicant chose twice,
 *  a place that is not there, or a capacity out of range, with a JSON Pointer such as
 * "/choices/3/priority"; a quota below 0, quotas of more seats than the place has, and a claim
 *  where there is no quota likewise; EDU_E_LIMIT for more than the bounds above; EDU_E_CANCELLED.
 *  Progress is told in choices asked for, "matching"; not all are asked for.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_match_solve(const edu_match_problem *problem,
                                                         edu_progress progress,
                                                         edu_match_result **out, edu_error *error);

/** Whether a matching is stable, and of all stable ones the best for every applicant, with quotas
 * too. Shares nothing with edu_match_solve.
 *  @param places by applicant: index of the place, or EDU_MATCH_NONE.
 *  @return EDU_E_INVALID "match.not_chosen", "match.over_capacity", "match.over_quota" (on a seat
 *  that is kept for others), "match.unstable" or "match.not_best", with the applicant as a JSON
 * Pointer such as "/places/3".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_match_check(const edu_match_problem *problem,
                                                         const size_t *places,
                                                         edu_progress progress, edu_error *error);

/** What edu_match made of two files. */
EDU_RECORD
typedef struct edu_match_outcome {
    int64_t applicants;
    int64_t matched;  /**< those who have a place */
    int64_t first;    /**< of them, those who have their first choice */
    int64_t reserved; /**< of them, those who hold a seat of a quota */
    const char *csv;  /**< `applicant,place` by applicant, bytewise; the place is empty where there
                         is none; lines end in a line feed */
} edu_match_outcome;

/** Matches as edu_match_solve does, from the bytes of two CSV files, rows and columns in any order:
 * the result is the same whatever that order is. With a seed, lots decide between equal priorities:
 * one for each applicant, edu_allocation_lot("applicant", ID), the same at every place, which
 * gives more people their first choice; or, if wanted, one for each place.
 *  @param applicants `applicant,choice,place,priority`: a row for each choice; choice counts from 1
 *  without a gap; priority is a whole number from -(2^63 - 1) to 2^64 - 1, and the lower, the
 * earlier; with a seed the column may be missing. A column `groups` may be there: those that the
 *  applicant counts for at this place, parted by spaces.
 *  @param places `place,capacity`, and if wanted `quotas`: `GROUP=SEATS`, parted by spaces, and
 *  `unfilled`: "kept" where seats of quotas for which there are too few stay empty, "open" or
 *  nothing where others get them.
 *  @param seed hex, 1 to 64 bytes; NULL: no draw, equal priorities are a fault.
 *  @param draws_each each place draws by itself: M(edu_allocation_lot("applicant", ID) ^
 *  edu_allocation_lot("place", PLACE)).
 *  @param out freed by edu_free.
 *  @return EDU_E_INVALID or EDU_E_LIMIT with the line, of several faults of one kind the first; the
 * field names file and column, such as "/applicants/priority". Messages never name an applicant.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_match(edu_bytes applicants, edu_bytes places,
                                                   const char *seed, bool draws_each,
                                                   edu_progress progress, edu_match_outcome **out,
                                                   edu_error *error);

/** Whether a file that says who got what is a matching as edu_match makes it of the same files and
 *  seed, by edu_match_check.
 *  @param seed as for edu_match; NULL: no draw.
 *  @param matched `applicant,place`, a row for each applicant, in any order.
 *  @return as edu_match_check, with the line of `matched`; EDU_E_INVALID "match.applicants" where
 * it does not have each applicant once.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_match_verify(edu_bytes applicants, edu_bytes places,
                                                          const char *seed, bool draws_each,
                                                          edu_bytes matched, edu_progress progress,
                                                          edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
