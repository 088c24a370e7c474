#include <string.h>
#include "core/core.h"

static void put_time(edu_id *id, edu_time at)
{
    uint64_t milliseconds = at < 0 ? 0 : (uint64_t)at / 1000;
    for (int i = 0; i < 6; i++)
        id->bytes[i] = (uint8_t)(milliseconds >> (40 - 8 * i));
}

edu_id ei_id_first(edu_time since)
{
    edu_id id = {{0}};
    put_time(&id, since);
    return id;
}

/* RFC 9562, version 7: 48 bits of milliseconds, then, instead of the optional sub-millisecond bits,
 * the microseconds within the millisecond (10 bits), so that ids made in a row sort nearly so; the
 * rest is random. */
edu_id ei_id_new(const edu_clock *clock, const edu_random *random)
{
    edu_time now = clock->now(clock->context);
    uint32_t rest = now < 0 ? 0 : (uint32_t)(now % 1000);
    edu_id id;
    random->fill(random->context, id.bytes, sizeof id.bytes);
    put_time(&id, now);
    id.bytes[6] = (uint8_t)(0x70 | rest >> 6);
    id.bytes[7] = (uint8_t)(rest << 2 | (id.bytes[7] & 3));
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
    return id;
}

bool ei_id_is_none(edu_id id)
{
    static const edu_id none;
    return ei_id_compare(id, none) == 0;
}

int ei_id_compare(edu_id a, edu_id b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes);
}

void edu_id_format(edu_id id, char text[EDU_ID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    char *at = text;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = digits[id.bytes[i] >> 4];
        *at++ = digits[id.bytes[i] & 15];
    }
    *at = 0;
}

static bool parse_uuid(const char *text, edu_id *id)
{
    char hex[33];
    size_t n = 0;
    for (size_t i = 0; i < EDU_ID_TEXT - 1; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (text[i] == 0 || is_dash != (text[i] == '-'))
            return false;
        if (!is_dash)
            hex[n++] = text[i];
    }
    hex[n] = 0;
    return text[EDU_ID_TEXT - 1] == 0 && ei_hex_parse(hex, id->bytes, sizeof id->bytes) == 16;
}

edu_status edu_id_parse(const char *text, edu_id *out, edu_error *error)
{
    if (!text || !out)
        return ei_bad_argument(error, text ? "out" : "text");
    edu_id id;
    if (!parse_uuid(text, &id))
        return ei_fail(
            error, EDU_E_INVALID, "core.bad_id", "/text",
            "this is not an identifier of the form 01234567-89ab-7def-8123-456789abcdef");
    *out = id;
    return EDU_OK;
}
