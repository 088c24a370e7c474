#include <stdio.h>
#include <string.h>
#include <sodium.h>
#include "security/security.h"

void ei_token_make(const edu_random *random, char text[EI_TOKEN_TEXT])
{
    uint8_t bytes[32];
    random->fill(random->context, bytes, sizeof bytes);
    sodium_bin2base64(text, EI_TOKEN_TEXT, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

void ei_token_hash(const char *text, uint8_t out[32])
{
    crypto_generichash(out, 32, (const uint8_t *)text, strlen(text), NULL, 0);
}

void ei_digits_make(const edu_random *random, char text[9])
{
    /* A value beyond the last whole hundred million would make some codes likelier. */
    const uint32_t bound = 4200000000u;
    uint32_t value;
    do
        random->fill(random->context, &value, sizeof value);
    while (value >= bound);
    snprintf(text, 9, "%08u", value % 100000000u);
}

bool ei_equal(const void *a, const void *b, size_t size)
{
    return sodium_memcmp(a, b, size) == 0;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

edu_status ei_fin_normalise(const char *text, char out[8], edu_error *error)
{
    size_t n = 0;
    bool good = text != NULL;
    for (; good && text[n]; n++) {
        char c = upper(text[n]);
        good = n < 7 && ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z' && c != 'I' && c != 'O'));
        if (good)
            out[n] = c;
    }
    if (!good || n != 7)
        return ei_fail(error, EDU_E_INVALID, "account.bad_number", "/number",
                       "a personal number has 7 of A-Z without I and O, and 0-9");
    out[7] = 0;
    return EDU_OK;
}

edu_status ei_document_normalise(const char *text, char out[EI_DOCUMENT_TEXT], edu_error *error)
{
    size_t n = 0;
    bool good = text != NULL;
    for (; good && text[n]; n++) {
        char c = upper(text[n]);
        good = n < EI_DOCUMENT_TEXT - 1 &&
               ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-' || c == '/');
        if (good)
            out[n] = c;
    }
    if (!good || n < 4)
        return ei_fail(error, EDU_E_INVALID, "account.bad_document", "/document",
                       "a document number has 4 to 32 letters, digits, dashes and slashes");
    out[n] = 0;
    return EDU_OK;
}
