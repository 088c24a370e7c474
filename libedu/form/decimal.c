/* Numbers as decimals of any length: what is written is what is compared. */
#include <string.h>
#include "form/form.h"

#define EXPONENT_MAX INT64_C(1000000000)

/* The exponent behind e or E, within bounds. */
static bool read_exponent(const char *text, const char *end, int64_t *out)
{
    bool is_negative = text < end && *text == '-';
    int64_t value = 0;
    for (text += text < end && (*text == '-' || *text == '+'); text < end; text++) {
        value = value * 10 + (*text - '0');
        if (value > EXPONENT_MAX)
            return false;
    }
    *out = is_negative ? -value : value;
    return true;
}

/* Digits without their point; *behind counts those that stood behind it. */
static uint32_t copy_digits(const char *text, const char *end, char *out, int64_t *behind)
{
    uint32_t count = 0;
    bool is_behind = false;
    *behind = 0;
    for (; text < end; text++) {
        if (*text == '.') {
            is_behind = true;
            continue;
        }
        *behind += is_behind;
        if (count > 0 || *text != '0')
            out[count++] = *text;
    }
    return count;
}

bool ei_decimal_read(ei_arena *arena, const char *text, size_t length, ei_decimal *out)
{
    const char *end = text + length, *mantissa_end = text;
    int64_t exponent = 0, behind;
    *out = (ei_decimal){.is_negative = *text == '-'};
    text += out->is_negative;
    while (mantissa_end < end && *mantissa_end != 'e' && *mantissa_end != 'E')
        mantissa_end++;
    if (mantissa_end < end && !read_exponent(mantissa_end + 1, end, &exponent))
        return false;
    char *digits = ei_arena_alloc(arena, length);
    if (!digits)
        return false;
    uint32_t count = copy_digits(text, mantissa_end, digits, &behind);
    exponent -= behind;
    for (; count > 0 && digits[count - 1] == '0'; count--)
        exponent++;
    out->digits = digits;
    out->count = count;
    out->exponent = count > 0 ? exponent : 0;
    out->is_negative = out->is_negative && count > 0;
    return true;
}

static int compare_sizes(const ei_decimal *a, const ei_decimal *b)
{
    int64_t left = a->exponent + a->count, right = b->exponent + b->count;
    if (left != right)
        return left < right ? -1 : 1;
    uint32_t common = a->count < b->count ? a->count : b->count;
    int order = memcmp(a->digits, b->digits, common);
    if (order != 0)
        return order < 0 ? -1 : 1;
    return (a->count > b->count) - (a->count < b->count);
}

static int sign_of(const ei_decimal *value)
{
    return value->count == 0 ? 0 : value->is_negative ? -1 : 1;
}

int ei_decimal_compare(const ei_decimal *a, const ei_decimal *b)
{
    int left = sign_of(a), right = sign_of(b);
    if (left != right)
        return left < right ? -1 : 1;
    return left == 0 ? 0 : left * compare_sizes(a, b);
}

bool ei_decimal_is_whole(const ei_decimal *value)
{
    return value->exponent >= 0;
}

static uint64_t times(uint64_t a, uint64_t b, uint64_t modulus)
{
    return (uint64_t)((unsigned __int128)a * b % modulus);
}

static uint64_t power_of_ten(int64_t exponent, uint64_t modulus)
{
    uint64_t result = 1 % modulus, base = 10 % modulus;
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1)
            result = times(result, base, modulus);
        base = times(base, base, modulus);
    }
    return result;
}

/* With v = d·10^e and s = m·10^f: v is a multiple iff m divides d·10^(e-f). Where e < f it cannot,
 * as d does not end with a zero. */
bool ei_decimal_is_multiple(const ei_decimal *value, const ei_decimal *step)
{
    uint64_t modulus = 0, rest = 0;
    if (value->count == 0)
        return true;
    if (value->exponent < step->exponent)
        return false;
    for (uint32_t i = 0; i < step->count; i++)
        modulus = modulus * 10 + (uint64_t)(step->digits[i] - '0');
    for (uint32_t i = 0; i < value->count; i++)
        rest = (times(rest, 10, modulus) + (uint64_t)(value->digits[i] - '0')) % modulus;
    return times(rest, power_of_ten(value->exponent - step->exponent, modulus), modulus) == 0;
}

int64_t ei_decimal_count(const ei_decimal *value, int64_t max)
{
    int64_t result = 0;
    if (value->is_negative || value->exponent < 0 || value->count + value->exponent > 18)
        return -1;
    for (uint32_t i = 0; i < value->count; i++)
        result = result * 10 + (value->digits[i] - '0');
    for (int64_t i = 0; i < value->exponent; i++)
        result *= 10;
    return result <= max ? result : -1;
}
