#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>
#include <unictype.h>
#include "core/core.h"

bool ei_utf8_valid(const char *text, size_t length)
{
    return length == 0 ||
           (memchr(text, 0, length) == NULL && u8_check((const uint8_t *)text, length) == NULL);
}

static bool has_control(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

edu_status ei_check_text(const char *text, size_t max_bytes, bool optional, const char *field,
                         edu_error *error)
{
    if (!text)
        return optional ? EDU_OK
                        : ei_fail(error, EDU_E_INVALID, "core.missing", field, "a text is missing");
    size_t length = strnlen(text, max_bytes + 1);
    if (length > max_bytes)
        return ei_fail(error, EDU_E_LIMIT, "core.too_long", field,
                       "the text is longer than %zu bytes", max_bytes);
    if (!ei_utf8_valid(text, length))
        return ei_fail(error, EDU_E_INVALID, "core.not_utf8", field, "the text is not UTF-8");
    if (has_control(text, length))
        return ei_fail(error, EDU_E_INVALID, "core.control", field,
                       "the text holds a control character");
    if (length == 0 && !optional)
        return ei_fail(error, EDU_E_INVALID, "core.missing", field, "a text is missing");
    return EDU_OK;
}

edu_status ei_check_words(const char *text, size_t max_bytes, const char *field, edu_error *error)
{
    EI_TRY(ei_check_text(text, max_bytes, false, field, error));
    return text[strspn(text, " \n\t")] != '\0'
               ? EDU_OK
               : ei_fail(error, EDU_E_INVALID, "core.missing", field, "a text is missing");
}

/* libunistring allocates with malloc: results are copied over to the library's allocator. */
static char *take(uint8_t *made, size_t length, edu_error *error)
{
    char *copy = made ? ei_alloc(length + 1) : NULL;
    if (copy) {
        memcpy(copy, made, length);
        copy[length] = 0;
    } else {
        ei_no_memory(error);
    }
    free(made);
    return copy;
}

/* Also the spaces that spreadsheets and word processors put in, such as those where no line breaks.
 */
static void fold_spaces(char *text)
{
    char *to = text;
    bool pending = false;
    const uint8_t *from = (const uint8_t *)text;
    ucs4_t c;
    for (int size; (size = u8_strmbtouc(&c, from)) > 0; from += size) {
        if (uc_is_property_white_space(c)) {
            pending = to != text;
            continue;
        }
        if (pending)
            *to++ = ' ';
        pending = false;
        memmove(to, from, (size_t)size);
        to += size;
    }
    *to = 0;
}

char *ei_text_normal(const char *text, edu_error *error)
{
    size_t length = 0;
    /* An empty result of libunistring may be NULL. */
    if (!*text)
        return ei_strdup("");
    uint8_t *made = u8_normalize(UNINORM_NFC, (const uint8_t *)text, strlen(text), NULL, &length);
    char *normal = take(made, length, error);
    if (normal)
        fold_spaces(normal);
    return normal;
}

/* Letters that keep their base on a keyboard without them and have no decomposition to it. */
static ucs4_t plain_letter(ucs4_t c)
{
    switch (c) {
    case 0x0259: /* ə */
        return 'e';
    case 0x0131: /* ı */
        return 'i';
    case 0x00df: /* ß */
        return 's';
    case 0x0142: /* ł */
        return 'l';
    case 0x00f8: /* ø */
        return 'o';
    case 0x2018: /* quotation marks that stand for an apostrophe, as in O‘zbek */
    case 0x2019:
    case 0x02bb:
    case 0x02bc:
        return '\'';
    default:
        return c;
    }
}

/* Writes the letters of decomposed text without their marks. */
static char *strip_marks(const uint8_t *text, size_t length, edu_error *error)
{
    char *plain = ei_alloc(length + 1);
    if (!plain) {
        ei_no_memory(error);
        return NULL;
    }
    size_t written = 0;
    for (size_t i = 0; i < length;) {
        ucs4_t c;
        i += (size_t)u8_mbtouc(&c, text + i, length - i);
        if (uc_is_property(c, UC_PROPERTY_COMBINING))
            continue;
        /* A plain letter is never longer in UTF-8 than the one it stands for. */
        written += (size_t)u8_uctomb((uint8_t *)plain + written, plain_letter(c),
                                     (ptrdiff_t)(length - written));
    }
    plain[written] = 0;
    return plain;
}

char *ei_text_fold(const char *text, edu_error *error)
{
    char *normal = ei_text_normal(text, error);
    if (!normal || !*normal)
        return normal;
    /* Taken apart first: of some letters only the parts have small forms. */
    size_t length = 0, lower_length = 0;
    uint8_t *apart =
        u8_normalize(UNINORM_NFKD, (const uint8_t *)normal, strlen(normal), NULL, &length);
    uint8_t *lower =
        apart ? u8_tolower(apart, length, "az", UNINORM_NFKD, NULL, &lower_length) : NULL;
    char *folded = NULL;
    if (lower)
        folded = strip_marks(lower, lower_length, error);
    else
        ei_no_memory(error);
    if (folded)
        fold_spaces(folded);
    free(apart);
    free(lower);
    ei_free(normal);
    return folded;
}

#define WORD_MAX 64 /* bytes; what is longer is cut */

/* In place: a word never grows, and blanks are not more than what stood between. */
static void keep_words(char *text)
{
    const uint8_t *from = (const uint8_t *)text;
    uint8_t *to = (uint8_t *)text, *word = to;
    for (ucs4_t c; *from;) {
        int size = u8_strmbtouc(&c, from);
        if (size <= 0)
            break;
        bool is_word = uc_is_property_alphabetic(c) || uc_is_digit(c);
        if (is_word && to - word + size <= WORD_MAX) {
            memmove(to, from, (size_t)size);
            to += size;
        } else if (!is_word && to > word) {
            *to++ = ' ';
            word = to;
        }
        from += size;
    }
    if (to > (uint8_t *)text && to[-1] == ' ')
        to--;
    *to = 0;
}

char *ei_text_words(const char *text, edu_error *error)
{
    char *folded = ei_text_fold(text, error);
    if (folded)
        keep_words(folded);
    return folded;
}

void ei_hex_format(const void *data, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = 0;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int ei_hex_parse(const char *text, void *out, size_t room)
{
    uint8_t *bytes = out;
    size_t n = 0;
    for (; text[0]; text += 2, n++) {
        int high = hex_value(text[0]);
        int low = high < 0 ? -1 : hex_value(text[1]);
        if (low < 0 || n == room)
            return -1;
        bytes[n] = (uint8_t)(high << 4 | low);
    }
    return (int)n;
}

/* ---- paper ids ---- */

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#define PAPER_LETTERS 16

static unsigned gf32_multiply(unsigned a, unsigned b)
{
    unsigned product = 0;
    for (int bit = 0; bit < 5; bit++)
        if (b >> bit & 1)
            product ^= a << bit;
    for (int bit = 8; bit >= 5; bit--)
        if (product >> bit & 1)
            product ^= 0x25u << (bit - 5); /* x^5 + x^2 + 1 */
    return product;
}

/* The sum of letter · x^(i+1) over GF(32). The weights are all different and none is 0 or 1, so
 * that one wrong letter and two swapped ones, the check letter included, never keep the sum. */
static unsigned paper_check(const uint8_t letters[PAPER_LETTERS])
{
    unsigned sum = 0, weight = 1;
    for (int i = 0; i < PAPER_LETTERS; i++) {
        weight = gf32_multiply(weight, 2);
        sum ^= gf32_multiply(letters[i], weight);
    }
    return sum;
}

void ei_paper_id_format(const uint8_t bits[10], char text[EI_PAPER_ID_TEXT])
{
    uint8_t letters[PAPER_LETTERS];
    for (int i = 0; i < PAPER_LETTERS; i++) {
        int at = i * 5;
        unsigned pair = (unsigned)bits[at / 8] << 8 | (at / 8 + 1 < 10 ? bits[at / 8 + 1] : 0u);
        letters[i] = (uint8_t)(pair >> (11 - at % 8) & 31);
        text[i] = crockford[letters[i]];
    }
    text[PAPER_LETTERS] = crockford[paper_check(letters)];
    text[PAPER_LETTERS + 1] = 0;
}

static int crockford_value(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    const char *found = c ? strchr(crockford, c) : NULL;
    return found ? (int)(found - crockford) : -1;
}

bool ei_paper_id_parse(const char *text, uint8_t bits[10])
{
    uint8_t letters[PAPER_LETTERS + 1];
    size_t n = 0;
    for (; *text; text++) {
        if (*text == '-' || *text == ' ')
            continue;
        int value = crockford_value(*text);
        if (value < 0 || n == sizeof letters)
            return false;
        letters[n++] = (uint8_t)value;
    }
    if (n != sizeof letters || paper_check(letters) != letters[PAPER_LETTERS])
        return false;
    memset(bits, 0, 10);
    for (int i = 0; i < 80; i++)
        bits[i / 8] |= (uint8_t)((letters[i / 5] >> (4 - i % 5) & 1) << (7 - i % 8));
    return true;
}

bool ei_int_parse(const char *text, int64_t min, int64_t max, int64_t *out)
{
    bool negative = *text == '-';
    const char *at = text + negative;
    int64_t value = 0;
    if (!*at)
        return false;
    for (; *at; at++) {
        int digit = *at - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    /* Summed up downwards, as the lowest integer has no positive counterpart. */
    if (!negative && __builtin_sub_overflow(0, value, &value))
        return false;
    if (value < min || value > max)
        return false;
    *out = value;
    return true;
}
