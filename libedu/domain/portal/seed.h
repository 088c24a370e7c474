/* Seeds of draws, and what is shown of them before: nobody can choose one who knows what it draws.
 */
#ifndef EI_SEED_H
#define EI_SEED_H

#include "domain/portal/portal.h"

#define EI_SEED_BYTES 64
#define EI_SEED_TEXT (2 * EI_SEED_BYTES + 1)
#define EI_COMMITMENT_TEXT 65

/* 1 to 64 bytes as hexadecimal digits in small letters. */
bool ei_seed_is_good(const char *digits);
/* 64 hexadecimal digits in small letters. */
bool ei_seed_is_commitment(const char *text);
/* What the seed commits to. */
void ei_seed_commitment(const char *digits, char out[EI_COMMITMENT_TEXT]);
/* That of the portal for whatever the id is of, by purpose, as digits. */
void ei_seed_drawn(const edu_session *session, const char *purpose, const edu_id *id,
                   char out[EI_SEED_TEXT]);
/* The seed that was committed to: the portal's where given is NULL and is_drawn. False where it is
 * another. */
bool ei_seed_reveal(const edu_session *session, const char *purpose, const edu_id *id,
                    bool is_drawn, const char *commitment, const char *given,
                    char out[EI_SEED_TEXT]);

#endif
