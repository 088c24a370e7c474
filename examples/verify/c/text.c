/* The small texts of the formats: numbers, times, signatures, hosts. */
#include "verify.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* ---- numbers of documents: Crockford's base 32 ---- */

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static unsigned times_x(unsigned value)
{
    return value & 16 ? (value << 1 ^ 0x25) & 31 : value << 1; /* x^5 = x^2 + 1 */
}

static unsigned multiply(unsigned a, unsigned b)
{
    unsigned product = 0;
    for (; b != 0; b >>= 1) {
        if (b & 1)
            product ^= a;
        a = times_x(a);
    }
    return product;
}

void number_write(const unsigned char bits[10], char out[NUMBER_TEXT])
{
    unsigned sum = 0, weight = 1;
    for (size_t i = 0; i < 16; i++) {
        size_t at = 5 * i / 8, shift = 5 * i % 8;
        unsigned pair = (unsigned)bits[at] << 8 | (at + 1 < 10 ? bits[at + 1] : 0u);
        unsigned value = pair >> (11 - shift) & 31;
        weight = times_x(weight);
        sum ^= multiply(value, weight);
        out[i] = letters[value];
    }
    out[16] = letters[sum];
    out[17] = '\0';
}

bool number_read(const char *text, unsigned char bits[10])
{
    char again[NUMBER_TEXT];
    memset(bits, 0, 10);
    if (strnlen(text, NUMBER_TEXT) != NUMBER_TEXT - 1)
        return false;
    for (size_t i = 0; i < 16; i++) {
        const char *found = strchr(letters, text[i]);
        if (found == NULL)
            return false;
        for (size_t bit = 0; bit < 5; bit++)
            bits[(5 * i + bit) / 8] |= (unsigned char)(((size_t)(found - letters) >> (4 - bit) & 1)
                                                       << (7 - (5 * i + bit) % 8));
    }
    number_write(bits, again);
    return strcmp(again, text) == 0;
}

/* ---- times: RFC 3339 ---- */

static bool digits(const char **text, int count, int *out)
{
    *out = 0;
    for (; count > 0; count--, ++*text) {
        if (**text < '0' || **text > '9')
            return false;
        *out = *out * 10 + (**text - '0');
    }
    return true;
}

static bool sign(const char **text, char wanted)
{
    if (**text != wanted)
        return false;
    ++*text;
    return true;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && is_leap);
}

static bool read_day(const char **text, int64_t *days)
{
    int year, month, day;
    if (!digits(text, 4, &year) || !sign(text, '-') || !digits(text, 2, &month) ||
        !sign(text, '-') || !digits(text, 2, &day) || year < 1 || month < 1 || month > 12 ||
        day < 1 || day > days_in(year, month))
        return false;
    int64_t past = year - 1;
    *days = past * 365 + past / 4 - past / 100 + past / 400 - 719162 + day - 1;
    for (int before = 1; before < month; before++)
        *days += days_in(year, before);
    return true;
}

static bool read_fraction(const char **text, int *micros)
{
    int unit = 100000, digit;
    *micros = 0;
    if (!sign(text, '.'))
        return true;
    if (**text < '0' || **text > '9')
        return false;
    for (; **text >= '0' && **text <= '9'; unit /= 10) {
        if (unit == 0 || !digits(text, 1, &digit))
            return false;
        *micros += digit * unit;
    }
    return true;
}

static bool read_offset(const char **text, int *minutes)
{
    int hour, minute;
    bool is_east = sign(text, '+');
    *minutes = 0;
    if (!is_east && sign(text, 'Z'))
        return true;
    if ((!is_east && !sign(text, '-')) || !digits(text, 2, &hour) || !sign(text, ':') ||
        !digits(text, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *minutes = (hour * 60 + minute) * (is_east ? 1 : -1);
    return true;
}

bool time_read(const char *text, int64_t *out)
{
    int hour, minute, second, micros, offset;
    int64_t days;
    if (!read_day(&text, &days) || !sign(&text, 'T') || !digits(&text, 2, &hour) ||
        !sign(&text, ':') || !digits(&text, 2, &minute) || !sign(&text, ':') ||
        !digits(&text, 2, &second) || hour > 23 || minute > 59 || second > 59 ||
        !read_fraction(&text, &micros) || !read_offset(&text, &offset) || *text != '\0')
        return false;
    *out = (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * MICROS + micros;
    return true;
}

/* ---- the rest ---- */

bool count_read(const char *text, int32_t *out)
{
    int64_t value = 0;
    if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (*text - '0');
        if (value > INT32_MAX)
            return false;
    }
    *out = (int32_t)value;
    return true;
}

bool signature_read(const char *text, unsigned char out[SIGNATURE])
{
    static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    size_t zeros = 0, lead = 0;
    if (*text++ != 'z' || strlen(text) > 98)
        return false;
    memset(out, 0, SIGNATURE);
    while (text[zeros] == '1')
        zeros++;
    for (; *text != '\0'; text++) {
        const char *found = strchr(alphabet, *text);
        if (found == NULL)
            return false;
        unsigned carry = (unsigned)(found - alphabet);
        for (size_t i = SIGNATURE; i-- > 0; carry >>= 8) {
            carry += out[i] * 58u;
            out[i] = (unsigned char)carry;
        }
        if (carry != 0)
            return false;
    }
    /* A "1" stands for a zero byte in front, so that there is one text. */
    while (lead < SIGNATURE && out[lead] == 0)
        lead++;
    return lead == zeros;
}

void hex_write(const unsigned char *bytes, size_t size, char *out)
{
    for (size_t i = 0; i < size; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

bool did_read(const char *did, char host[HOST_MAX])
{
    size_t size = 0;
    if (strncmp(did, "did:web:", 8) != 0)
        return false;
    for (did += 8; *did != '\0'; size++) {
        bool is_colon = strncmp(did, "%3A", 3) == 0;
        if (size == HOST_MAX - 1 || (!is_colon && strchr(":%/?#", *did) != NULL))
            return false;
        host[size] = is_colon ? ':' : *did;
        did += is_colon ? 3 : 1;
    }
    host[size] = '\0';
    return size > 0;
}
