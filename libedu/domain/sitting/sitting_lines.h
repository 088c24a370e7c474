/* The signed transcript of an allocation: its pupils' ids, and its lines out of the store. */
#ifndef EI_SITTING_LINES_H
#define EI_SITTING_LINES_H

#include "allocation/transcript.h"
#include "domain/sitting/sitting_store.h"

#define EI_SALT_TEXT 33
/* Pupils of a row of allocation_pupils. */
#define EI_ROLL_MOST 1000

/* What only the portal knows and the pupil is told: hexadecimal digits. */
void ei_sitting_salt(const edu_session *session, const edu_id *sitting, const edu_id *application,
                     char out[EI_SALT_TEXT]);
/* The id of an application's line. */
void ei_sitting_line(const edu_session *session, const edu_id *sitting, const edu_id *application,
                     const char *place, uint8_t out[EI_TRANSCRIPT_ID]);

/* Of an allocation whose rows are stored: the hash of its list, and of all lines above the
 * signature. */
edu_status ei_transcript_hash(edu_session *session, const edu_id *allocation, uint8_t list[32],
                              uint8_t hash[32], edu_error *error);
edu_status ei_transcript_sign(ei_command *command, edu_tx *tx, const edu_id *allocation,
                              edu_error *error);

#endif
