/* A double as ECMAScript writes it: the shortest digits that read back as the same value, and among
 * those the closest (Steele and White, as refined by Burger and Dybvig). Exact, with whole numbers
 * of up to 1200 bits. */
#include <math.h>
#include <string.h>
#include "core/core.h"

#define LIMBS 40
#define DIGITS_MAX 20
#define FRACTION_BITS 52
#define EXPONENT_LEAST (-1074)

typedef struct big {
    uint32_t limbs[LIMBS]; /* the lowest first */
    int count;
} big;

static void big_set(big *out, uint64_t value)
{
    out->count = 0;
    for (; value != 0; value >>= 32)
        out->limbs[out->count++] = (uint32_t)value;
}

static void big_multiply(big *out, uint32_t by)
{
    uint64_t carry = 0;
    for (int i = 0; i < out->count; i++) {
        carry += (uint64_t)out->limbs[i] * by;
        out->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0)
        out->limbs[out->count++] = (uint32_t)carry;
}

static void big_shift(big *out, int bits)
{
    for (; bits >= 31; bits -= 31)
        big_multiply(out, UINT32_C(1) << 31);
    big_multiply(out, UINT32_C(1) << bits);
}

static void big_power(big *out, int exponent)
{
    for (; exponent > 0; exponent--)
        big_multiply(out, 10);
}

static uint32_t limb(const big *of, int at)
{
    return at < of->count ? of->limbs[at] : 0;
}

static int big_compare(const big *a, const big *b)
{
    for (int i = (a->count > b->count ? a->count : b->count) - 1; i >= 0; i--)
        if (limb(a, i) != limb(b, i))
            return limb(a, i) < limb(b, i) ? -1 : 1;
    return 0;
}

static void big_add(big *to, const big *other)
{
    uint64_t carry = 0;
    int count = to->count > other->count ? to->count : other->count;
    for (int i = 0; i < count; i++) {
        carry += (uint64_t)limb(to, i) + limb(other, i);
        to->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    to->count = count;
    if (carry != 0)
        to->limbs[to->count++] = (uint32_t)carry;
}

/* to must not be less than other. */
static void big_subtract(big *to, const big *other)
{
    int64_t borrow = 0;
    for (int i = 0; i < to->count; i++) {
        borrow += (int64_t)to->limbs[i] - limb(other, i);
        to->limbs[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    while (to->count > 0 && to->limbs[to->count - 1] == 0)
        to->count--;
}

static int compare_sum(const big *a, const big *b, const big *c)
{
    big sum = *a;
    big_add(&sum, b);
    return big_compare(&sum, c);
}

/* The value is rest/scale, and what reads back as it lies between (rest - below)/scale and
 * (rest + above)/scale, the bounds included where the fraction is even. */
typedef struct state {
    big rest, scale, above, below;
    bool with_bounds;
} state;

static void state_set(state *s, uint64_t fraction, int exponent)
{
    /* The gap below a power of two is half of the one above. */
    int uneven = fraction == UINT64_C(1) << FRACTION_BITS && exponent > EXPONENT_LEAST;
    big_set(&s->rest, fraction);
    big_set(&s->scale, 1);
    big_set(&s->above, 1);
    big_set(&s->below, 1);
    big_shift(&s->rest, 1 + uneven + (exponent > 0 ? exponent : 0));
    big_shift(&s->scale, 1 + uneven + (exponent < 0 ? -exponent : 0));
    big_shift(&s->above, uneven + (exponent > 0 ? exponent : 0));
    big_shift(&s->below, exponent > 0 ? exponent : 0);
    s->with_bounds = fraction % 2 == 0;
}

/* Scales so that the first digit comes next; returns the place of the decimal point. */
static int scale(state *s, double value)
{
    int point = (int)ceil(log10(value) - 1e-10);
    big_power(&s->scale, point);
    big_power(&s->rest, -point);
    big_power(&s->above, -point);
    big_power(&s->below, -point);
    if (compare_sum(&s->rest, &s->above, &s->scale) >= (s->with_bounds ? 0 : 1)) {
        big_power(&s->scale, 1);
        point++;
    }
    return point;
}

static int next_digit(state *s)
{
    int digit = 0;
    big_power(&s->rest, 1);
    big_power(&s->above, 1);
    big_power(&s->below, 1);
    for (; big_compare(&s->rest, &s->scale) >= 0; digit++)
        big_subtract(&s->rest, &s->scale);
    return digit;
}

static int generate(state *s, char digits[DIGITS_MAX])
{
    for (int count = 0;;) {
        int digit = next_digit(s);
        int low = big_compare(&s->rest, &s->below);
        int high = compare_sum(&s->rest, &s->above, &s->scale);
        bool is_low = s->with_bounds ? low <= 0 : low < 0;
        bool is_high = s->with_bounds ? high >= 0 : high > 0;
        if (is_low || is_high) {
            int half = compare_sum(&s->rest, &s->rest, &s->scale);
            bool up = is_high && (!is_low || half > 0 || (half == 0 && digit % 2 == 1));
            digits[count++] = (char)('0' + digit + up);
            return count;
        }
        digits[count++] = (char)('0' + digit);
    }
}

/* Number::toString of ECMA-262, 6.1.6.1.20. */
static void lay_out(const char *digits, int count, int point, char *out)
{
    if (point > 21 || point <= -6) {
        int exponent = point - 1, size = exponent < 0 ? -exponent : exponent;
        *out++ = digits[0];
        if (count > 1)
            *out++ = '.';
        memcpy(out, digits + 1, (size_t)count - 1);
        out += count - 1;
        *out++ = 'e';
        *out++ = exponent < 0 ? '-' : '+';
        for (int unit = size >= 100 ? 100 : size >= 10 ? 10 : 1; unit > 0; unit /= 10)
            *out++ = (char)('0' + size / unit % 10);
    } else {
        for (int i = point <= 0 ? point - 1 : 0; i < count || i < point; i++) {
            if (i == point && point > 0)
                *out++ = '.';
            *out++ = i >= 0 && i < count ? digits[i] : '0';
            if (point <= 0 && i == point - 1)
                *out++ = '.';
        }
    }
    *out = '\0';
}

void ei_double_format(double value, char out[EI_DOUBLE_TEXT])
{
    char digits[DIGITS_MAX];
    uint64_t bits;
    state s;
    if (value == 0) {
        memcpy(out, "0", 2);
        return;
    }
    if (value < 0) {
        *out++ = '-';
        value = -value;
    }
    memcpy(&bits, &value, sizeof bits);
    int exponent = (int)(bits >> FRACTION_BITS);
    uint64_t fraction = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
    if (exponent != 0)
        fraction |= UINT64_C(1) << FRACTION_BITS;
    state_set(&s, fraction, (exponent != 0 ? exponent - 1 : 0) + EXPONENT_LEAST);
    int point = scale(&s, value);
    int count = generate(&s, digits);
    lay_out(digits, count, point, out);
}
