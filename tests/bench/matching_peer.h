/* The peer of matchings. */
#ifndef MATCHING_PEER_H
#define MATCHING_PEER_H

#include <edu.h>

/* How many are matched; the capacities are at least 1. */
int64_t matching_peer(const edu_match_problem *problem);

#endif
