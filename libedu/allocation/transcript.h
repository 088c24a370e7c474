/* Writes the lines of a transcript: docs/allocation.md has its bytes. Ids and zones have no control
 * characters. */
#ifndef EI_TRANSCRIPT_H
#define EI_TRANSCRIPT_H

#include <sodium.h>
#include <edu/allocation.h>
#include "core/core.h"

#define EI_TRANSCRIPT_ID 20 /* bytes of a pupil's id */
#define EI_TRANSCRIPT_ID_TEXT (2 * EI_TRANSCRIPT_ID + 1)
#define EI_TRANSCRIPT_SIGNED 320 /* room for the text that is signed */

typedef struct ei_transcript_head {
    const char *issuer, *subject;
    const char *commitment, *seed; /* hexadecimal digits in small letters */
    int64_t cost_m, pupils;
    int64_t centres, places;
} ei_transcript_head;

void ei_transcript_head_write(ei_buffer *out, const ei_transcript_head *head);
/* By id. pupils: who goes there. */
void ei_transcript_centre_write(ei_buffer *out, const edu_allocation_site *centre, int64_t pupils,
                                int64_t rent);
/* By id; behind each its pupils, by their lots, ei_transcript_pupil_lot. */
void ei_transcript_place_write(ei_buffer *out, const edu_allocation_site *place);
void ei_transcript_pupil_write(ei_buffer *out, const char id[EI_TRANSCRIPT_ID_TEXT],
                               const char *centre);
/* The hash of the list goes over each pupil's id and place, in the order of the pupils' lines. */
void ei_transcript_list_update(crypto_hash_sha256_state *list, const char id[EI_TRANSCRIPT_ID_TEXT],
                               const char *place);
void ei_transcript_list_write(ei_buffer *out, const uint8_t list[32]);
/* hash: SHA-256 of all lines so far. `text` is what is signed, and but for its first line what
 * stands in the file. */
void ei_transcript_signed(const uint8_t hash[32], edu_time at, const char *key_id,
                          char text[EI_TRANSCRIPT_SIGNED]);
void ei_transcript_end_write(ei_buffer *out, const char *text, const uint8_t signature[64]);

/* The id of a pupil of a place: nobody can guess it who does not know the salt, and another place
 * has another. The first 20 bytes of SHA-256(pupil, a tab, place, a tab, salt). */
void ei_transcript_pupil_id(const char *pupil, const char *place, const char *salt,
                            uint8_t out[EI_TRANSCRIPT_ID]);

#endif
