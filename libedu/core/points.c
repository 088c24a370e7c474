#include <stdio.h>
#include "core/core.h"

bool ei_int_read(const json_t *value, int64_t least, int64_t most, int64_t *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < least ||
        json_integer_value(value) > most)
        return false;
    *out = json_integer_value(value);
    return true;
}

static int64_t scale_of(int decimals)
{
    int64_t scale = 1;
    for (int i = 0; i < decimals; i++)
        scale *= 10;
    return scale;
}

bool ei_points_parse(const char *text, int decimals, int64_t *out)
{
    int64_t value = 0;
    int behind = -1; /* digits behind the point; -1 before it */
    if (text == NULL || *text < '0' || *text > '9')
        return false;
    for (; *text != '\0'; text++) {
        if (*text == '.' && behind < 0) {
            behind = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || value > EI_POINTS_MAX || behind >= decimals)
            return false;
        value = value * 10 + (*text - '0');
        behind += behind >= 0;
    }
    if (behind == 0)
        return false;
    *out = value * scale_of(decimals - (behind < 0 ? 0 : behind));
    return *out <= EI_POINTS_MAX;
}

/* A number of JSON is a double: it is meant to be the decimal whose nearest double it is. */
static bool read_real(double given, int decimals, int64_t *out)
{
    double scale = (double)scale_of(decimals);
    if (!(given >= 0 && given * scale <= (double)EI_POINTS_MAX))
        return false;
    *out = (int64_t)(given * scale + 0.5);
    return (double)*out / scale == given;
}

bool ei_points_read(const json_t *value, int decimals, int64_t *out)
{
    int64_t whole = json_integer_value(value);
    if (json_is_string(value))
        return ei_points_parse(json_string_value(value), decimals, out);
    if (json_is_real(value))
        return read_real(json_real_value(value), decimals, out);
    if (!json_is_integer(value) || whole < 0 || whole > EI_POINTS_MAX)
        return false;
    *out = whole * scale_of(decimals);
    return *out <= EI_POINTS_MAX;
}

void ei_points_format(int64_t points, int decimals, char out[EI_POINTS_TEXT])
{
    int64_t scale = scale_of(decimals);
    int length = snprintf(out, EI_POINTS_TEXT, "%lld", (long long)(points / scale));
    int64_t rest = points % scale;
    if (rest > 0)
        out[length++] = '.';
    for (; rest > 0; rest = rest * 10 % scale)
        out[length++] = (char)('0' + rest * 10 / scale);
    out[length] = '\0';
}
