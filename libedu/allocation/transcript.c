#include "allocation/transcript.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char first_line[] = "edu-transcript\t1\n";

static void add_site(ei_buffer *out, const char *kind, const edu_allocation_site *site)
{
    ei_buffer_printf(out, "%s\t%s\t%s\t%" PRId64 "\t%" PRId64 "\t%" PRId64, kind, site->id,
                     site->zone ? site->zone : "", site->x_m, site->y_m, site->count);
}

void ei_transcript_head_write(ei_buffer *out, const ei_transcript_head *head)
{
    ei_buffer_text(out, first_line);
    ei_buffer_printf(out, "issuer\t%s\nsubject\t%s\ncommitment\t%s\nseed\t%s\n", head->issuer,
                     head->subject, head->commitment, head->seed);
    ei_buffer_printf(
        out, "cost\t%" PRId64 "\ncentres\t%" PRId64 "\nplaces\t%" PRId64 "\npupils\t%" PRId64 "\n",
        head->cost_m, head->centres, head->places, head->pupils);
}

void ei_transcript_centre_write(ei_buffer *out, const edu_allocation_site *centre, int64_t pupils,
                                int64_t rent)
{
    add_site(out, "centre", centre);
    ei_buffer_printf(out, "\t%" PRId64 "\t%" PRId64 "\n", pupils, rent);
}

void ei_transcript_place_write(ei_buffer *out, const edu_allocation_site *place)
{
    add_site(out, "place", place);
    ei_buffer_text(out, "\n");
}

void ei_transcript_pupil_write(ei_buffer *out, const char id[EI_TRANSCRIPT_ID_TEXT],
                               const char *centre)
{
    ei_buffer_text(out, "pupil\t");
    ei_buffer_text(out, id);
    ei_buffer_text(out, "\t");
    ei_buffer_text(out, centre);
    ei_buffer_text(out, "\n");
}

void ei_transcript_list_update(crypto_hash_sha256_state *list, const char id[EI_TRANSCRIPT_ID_TEXT],
                               const char *place)
{
    crypto_hash_sha256_update(list, (const uint8_t *)id, EI_TRANSCRIPT_ID_TEXT - 1);
    crypto_hash_sha256_update(list, (const uint8_t *)"\t", 1);
    crypto_hash_sha256_update(list, (const uint8_t *)place, strlen(place));
    crypto_hash_sha256_update(list, (const uint8_t *)"\n", 1);
}

void ei_transcript_list_write(ei_buffer *out, const uint8_t list[32])
{
    char digits[65];
    ei_hex_format(list, 32, digits);
    ei_buffer_printf(out, "list\t%s\n", digits);
}

void ei_transcript_signed(const uint8_t hash[32], edu_time at, const char *key_id,
                          char text[EI_TRANSCRIPT_SIGNED])
{
    char digits[65], time[32];
    ei_hex_format(hash, 32, digits);
    ei_time_format(at, time);
    snprintf(text, EI_TRANSCRIPT_SIGNED, "%ssha256\t%s\nsigned\t%s\nkey\t%s\n", first_line, digits,
             time, key_id);
}

void ei_transcript_end_write(ei_buffer *out, const char *text, const uint8_t signature[64])
{
    char digits[129];
    ei_hex_format(signature, 64, digits);
    ei_buffer_text(out, text + strlen(first_line));
    ei_buffer_printf(out, "signature\t%s\n", digits);
}

void ei_transcript_pupil_id(const char *pupil, const char *place, const char *salt,
                            uint8_t out[EI_TRANSCRIPT_ID])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)pupil, strlen(pupil));
    crypto_hash_sha256_update(&state, (const uint8_t *)"\t", 1);
    crypto_hash_sha256_update(&state, (const uint8_t *)place, strlen(place));
    crypto_hash_sha256_update(&state, (const uint8_t *)"\t", 1);
    crypto_hash_sha256_update(&state, (const uint8_t *)salt, strlen(salt));
    crypto_hash_sha256_final(&state, hash);
    memcpy(out, hash, EI_TRANSCRIPT_ID);
}
