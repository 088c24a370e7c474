#include "domain/portal/seed.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "domain/portal/guard.h"

#define HEX "0123456789abcdef"

bool ei_seed_is_good(const char *digits)
{
    size_t length = strlen(digits);
    return length >= 2 && length <= 2 * EI_SEED_BYTES && length % 2 == 0 &&
           strspn(digits, HEX) == length;
}

bool ei_seed_is_commitment(const char *text)
{
    return strlen(text) == EI_COMMITMENT_TEXT - 1 && strspn(text, HEX) == EI_COMMITMENT_TEXT - 1;
}

void ei_seed_commitment(const char *digits, char out[EI_COMMITMENT_TEXT])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const uint8_t *)digits, strlen(digits));
    ei_hex_format(hash, sizeof hash, out);
}

/* Under the portal's secret key: nobody can choose it, and it is the same whenever it is asked for.
 */
void ei_seed_drawn(const edu_session *session, const char *purpose, const edu_id *id,
                   char out[EI_SEED_TEXT])
{
    char text[EDU_ID_TEXT];
    edu_id_format(*id, text);
    ei_hash seed = ei_hash_text(session->portal, purpose, text);
    ei_hex_format(seed.bytes, sizeof seed.bytes, out);
}

bool ei_seed_reveal(const edu_session *session, const char *purpose, const edu_id *id,
                    bool is_drawn, const char *commitment, const char *given,
                    char out[EI_SEED_TEXT])
{
    char committed[EI_COMMITMENT_TEXT];
    if (is_drawn == (given != NULL))
        return false;
    if (is_drawn)
        ei_seed_drawn(session, purpose, id, out);
    else
        (void)snprintf(out, EI_SEED_TEXT, "%s", given);
    ei_seed_commitment(out, committed);
    return strcmp(committed, commitment) == 0;
}
