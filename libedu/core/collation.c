/* The order of names and titles, by the alphabet of a language. */
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>
#include "core/core.h"

#define SORTED_MAX 65536 /* bytes */
#define LANGUAGE_MAX 16  /* bytes */

/* What stands within a name, as in O'Neil and Smith-Jones, does not order it. */
static bool is_within_names(UChar32 c)
{
    return u_ispunct(c) || u_charType(c) == U_MODIFIER_LETTER;
}

/* In UTF-16, which is never longer; its length. */
static int32_t to_sorted(const char *text, int32_t bytes, UChar *out)
{
    int32_t length = 0;
    for (int32_t i = 0; i < bytes;) {
        UChar32 c;
        U8_NEXT_OR_FFFD(text, i, bytes, c);
        if (!is_within_names(c))
            U16_APPEND_UNSAFE(out, length, c);
    }
    return length;
}

static edu_status key_in(UCollator *order, const UChar *text, int32_t length, char **out,
                         edu_error *error)
{
    int32_t size = ucol_getSortKey(order, text, length, NULL, 0);
    uint8_t *bytes = ei_alloc((size_t)size);
    *out = bytes ? ei_alloc(2 * (size_t)size + 1) : NULL;
    if (*out) {
        ucol_getSortKey(order, text, length, bytes, size);
        /* Without the zero that ends it. */
        ei_hex_format(bytes, size ? (size_t)size - 1 : 0, *out);
    }
    ei_free(bytes);
    return *out ? EDU_OK : ei_no_memory(error);
}

static edu_status open_order(const char *language, UCollator **out, edu_error *error)
{
    UErrorCode code = U_ZERO_ERROR;
    *out = ucol_open(language ? language : "", &code);
    if (code == U_MEMORY_ALLOCATION_ERROR)
        return ei_no_memory(error);
    if (U_FAILURE(code))
        return ei_fail(error, EDU_E_INVALID, "text.bad_language", "/language",
                       "not a language such as \"az\"");
    ucol_setStrength(*out, UCOL_SECONDARY);
    return EDU_OK;
}

edu_status ei_text_sort_key(const char *language, const char *text, char **out, edu_error *error)
{
    UCollator *order;
    *out = NULL;
    EI_TRY(open_order(language, &order, error));
    size_t bytes = strlen(text);
    UChar *sorted = ei_realloc_array(NULL, bytes + 1, sizeof *sorted);
    edu_status status =
        sorted ? key_in(order, sorted, to_sorted(text, (int32_t)bytes, sorted), out, error)
               : ei_no_memory(error);
    ei_free(sorted);
    ucol_close(order);
    return status;
}

edu_status edu_sort_key(const char *language, const char *text, char **out, edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    EI_TRY(ei_check_text(language, LANGUAGE_MAX, true, "/language", error));
    EI_TRY(ei_check_text(text, SORTED_MAX, false, "/text", error));
    char *key;
    EI_TRY(ei_text_sort_key(language, text, &key, error));
    size_t size = strlen(key) + 1;
    *out = ei_record_new(size, NULL);
    if (*out)
        memcpy(*out, key, size);
    ei_free(key);
    return *out ? EDU_OK : ei_no_memory(error);
}
