/* The floor for results: the same rows, hashes and signatures, nothing else. */
#ifndef RESULTS_PEER_H
#define RESULTS_PEER_H

#include "bench.h"

#define RESULTS_COUNT 100000
#define RESULTS_NUMBER 18

/* The number of a slip on paper. */
void results_number(const unsigned char bits[10], char out[RESULTS_NUMBER]);

typedef struct results_peer results_peer;
results_peer *results_peer_open(const char *path, const edu_id *season, const char *rules);
void results_peer_close(results_peer *peer);
void results_peer_import(results_peer *peer, const char *csv);
void results_peer_rank(results_peer *peer);
void results_peer_publish(results_peer *peer);
void results_peer_issue(results_peer *peer);

#endif
