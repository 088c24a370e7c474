/* Who of a panel scores which work. Pure: the answer follows from the sets of works, members, pairs
 * and the seed, never from their order.
 *
 * Every work gets `needed` different members, none that has a conflict of interest with it. What
 * was assigned before stays; only what is missing is added. Members' loads (what was and what is
 * added) are the fairest that this allows: no member can be relieved, by whatever exchange, to the
 * benefit of one who has at least two works less. So they differ by at most one wherever any
 * assignment does; the greatest load is the least possible, and the sum of squares too. Who among
 * equals gets which work is drawn. */
#ifndef EI_PANEL_H
#define EI_PANEL_H

#include "core/core.h"

#define EI_PANEL_WORKS_MAX 100000
#define EI_PANEL_MEMBERS_MAX 1000

typedef struct ei_panel_pair {
    uint32_t work, member; /* indexes in the problem's lists */
} ei_panel_pair;

typedef struct ei_panel_problem {
    const edu_id *works, *members; /* each once */
    size_t work_count, member_count;
    size_t needed; /* members for each work */
    /* Pairs that must not meet, for whatever reason: institution, family, own work. A pair may
     * stand more than once. */
    const ei_panel_pair *conflicts;
    size_t conflict_count;
    /* What is assigned already and stays. Of a member who has gone, give neither the member nor
     * the pairs; others come in their place. */
    const ei_panel_pair *kept;
    size_t kept_count;
    const uint8_t *seed; /* 1 to 64 bytes */
    size_t seed_size;
} ei_panel_problem;

/* A work that cannot have all its members; it gets none that it has not yet. */
typedef struct ei_panel_short {
    uint32_t work;
    uint32_t possible;  /* members without a conflict, those kept included: fewer than needed */
    uint32_t conflicts; /* members who must not score it */
} ei_panel_short;

typedef struct ei_panel_result {
    ei_panel_pair *added; /* by work, then member */
    size_t added_count;
    ei_panel_short *shorts; /* by work */
    size_t short_count;
    uint32_t *loads; /* by member: kept and added */
} ei_panel_result;

/* EDU_E_INVALID "allocation.panel" where an index is out of range, an id or a kept pair stands
 * twice, or a kept pair is in conflict (take it out first: whether its score counts is not ours to
 * say); EDU_E_LIMIT where the problem is too large. Too few members is an answer: see `shorts`.
 * Finish *out always. */
edu_status ei_panel_solve(const ei_panel_problem *problem, ei_panel_result *out, edu_error *error);
void ei_panel_finish(ei_panel_result *result);

#endif
