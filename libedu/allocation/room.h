/* One room: its desks as a graph, and who sits where. */
#ifndef EI_ROOM_H
#define EI_ROOM_H

#include "core/core.h"

#define EI_NOBODY UINT32_MAX

typedef struct ei_sitter {
    const char *id;
    size_t index;    /* in the problem */
    uint32_t school; /* number */
    bool needs_step_free;
    uint64_t lot;
} ei_sitter;

typedef struct ei_desk {
    int32_t row, column;
    bool is_step_free;
    bool is_apart;      /* belongs to a largest set of desks of which no two are neighbours */
    uint8_t side;       /* 0 or 1: neighbours differ */
    uint8_t degree;     /* how many neighbours */
    uint32_t beside[4]; /* the neighbours */
    uint32_t sitter;    /* index into the room's sitters, or EI_NOBODY */
    size_t index;       /* in the problem */
} ei_desk;

typedef struct ei_room {
    size_t number;
    ei_desk *desks; /* by row, then column */
    size_t count, step_free;
    size_t apart;   /* desks that are apart */
    size_t pairs;   /* of neighbours */
    size_t with[5]; /* desks by degree */
} ei_room;

/* Finds neighbours, sides and what is apart, of desks that are sorted and all different. */
edu_status ei_room_link(ei_room *room, edu_error *error);

/* No seating that has so many pupils of a school in this room has fewer neighbours of it. Convex in
 * pupils, and 0 up to room->apart. */
size_t ei_room_bound(const ei_room *room, size_t pupils);

/* Seats everybody: at most as many as desks, and those with needs at most as many as step-free
 * ones. The sitters are sorted by school, larger schools of this room first. draw: state of
 * ei_lot_next. */
edu_status ei_room_seat(ei_room *room, const ei_sitter *sitters, size_t count, uint64_t draw,
                        edu_error *error);

/* Pairs of neighbours of one school. */
size_t ei_room_neighbours(const ei_room *room, const ei_sitter *sitters);

#endif
