/* Pupils who come to an allocation and leave it, one by one; of one zone. */
#ifndef EI_LATE_H
#define EI_LATE_H

#include "allocation/queue.h"
#include "allocation/reach.h"
#include "allocation/transport.h"

#define EI_NOWHERE UINT32_MAX
/* Metres a move that nobody pays: two ways at their longest. */
#define EI_PRICE_NEVER (INT64_C(1) << 33)

/* Pupils of a place at a centre; during a change, those who were at one and the same before. */
typedef struct ei_held {
    uint32_t place, distance;
    uint32_t before; /* centre */
    int64_t pupils;
} ei_held;

/* The cheapest way to another centre, of all who are at this one. */
typedef struct ei_switch {
    uint32_t to, place;
    uint32_t before; /* where they were before the change */
    ei_cost cost;    /* but for the price of one move */
} ei_switch;

typedef struct ei_centre_state {
    ei_held *list;
    size_t count, room;
    ei_switch *switches;
    size_t switch_count, switch_room;
    uint32_t *sources; /* centres that have, or had, a switch to this one */
    size_t source_count, source_room;
    int64_t idle;  /* seats */
    int64_t taken; /* seats */
    ei_cost slack; /* what is in nobody's reach costs no less than from here, before the fall */
    ei_cost step;  /* by which the reach of those who are here grows next */
} ei_centre_state;

/* pupils of a place from a centre to another; from or to EI_NOWHERE for who came or left. */
typedef struct ei_moved {
    uint32_t place, from, to;
    int64_t pupils;
} ei_moved;

typedef struct ei_late {
    ei_site *places;
    size_t place_count, place_room;
    const ei_site *centres; /* the caller's */
    size_t count;
    ei_reaches reaches; /* under the floors */
    ei_cost *rents;     /* under which no switch saves more than the price */
    ei_cost *floors;    /* no rent was ever lower, but for the fall */
    ei_cost fall;       /* by how much limits are lower than they were found */
    ei_cost width;
    int64_t price; /* metres a move */
    bool is_settled;
    ei_centre_state *at;
    uint8_t *is_source; /* bits, by centre from and to */
    /* of a search */
    ei_cost *ways;
    uint32_t *next; /* by centre: the one before or behind it on the way */
    ei_switch *by;  /* who goes there, or from there */
    bool *is_done;
    ei_queue queue;
    ei_switch *cheapest; /* by centre, while switches are looked for */
    uint32_t *seen;      /* by centre and root, while cycles are looked for */
    ei_moved *moves;     /* of the last change */
    size_t move_count, move_room;
} ei_late;

/* From an allocation that keeps to the seats and names a pair but once, and rents, or any guess at
 * them. The places are copied. Finish always. */
edu_status ei_late_make(ei_late *out, const ei_site *places, size_t place_count,
                        const ei_site *centres, size_t count, const int64_t *rents,
                        const ei_parcel *parcels, size_t parcel_count, edu_error *error);
void ei_late_finish(ei_late *in);
/* A place without pupils; its index is the count before. */
edu_status ei_late_place(ei_late *in, const ei_site *place, edu_error *error);
/* What became of it is in the moves; EDU_E_INFEASIBLE where no seat is idle. */
edu_status ei_late_add(ei_late *in, uint32_t place, int64_t price, edu_error *error);
/* Of a place that has a pupil there. */
edu_status ei_late_remove(ei_late *in, uint32_t place, uint32_t centre, int64_t price,
                          edu_error *error);
bool ei_late_has(const ei_late *in, uint32_t place, uint32_t centre);
/* Who is where; ei_free. */
edu_status ei_late_parcels(const ei_late *in, ei_parcel **out, size_t *out_count, edu_error *error);
/* The smallest rents, in metres; of a price of nothing. */
edu_status ei_late_rents(ei_late *in, int64_t *out, edu_error *error);

#endif
