#include <stdio.h>
#include <string.h>
#include <time.h>
#include "core/core.h"

#define MICROS INT64_C(1000000)
#define DAY_MICROS (86400 * MICROS)

static edu_time system_now(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * MICROS + now.tv_nsec / 1000;
}

edu_clock ei_clock_default(void)
{
    return (edu_clock){system_now, NULL};
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

bool ei_date_valid(edu_date date)
{
    return date.year >= 1 && date.month >= 1 && date.month <= 12 && date.day >= 1 &&
           date.day <= month_days(date.year, date.month);
}

/* Years begin in March here, so that the leap day is the last of its year. */
int32_t ei_date_to_days(edu_date date)
{
    if (date.year == 0)
        return INT32_MIN;
    int32_t year = date.year - (date.month <= 2);
    int32_t era = (year >= 0 ? year : year - 399) / 400;
    int32_t year_of_era = year - era * 400;
    int32_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

edu_date ei_date_from_days(int32_t days)
{
    if (days == INT32_MIN)
        return (edu_date){0, 0, 0};
    int64_t shifted = (int64_t)days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int32_t day_of_era = (int32_t)(shifted - era * 146097);
    int32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t shifted_month = (5 * day_of_year + 2) / 153;
    int32_t month = shifted_month + (shifted_month < 10 ? 3 : -9);
    return (edu_date){(int16_t)(year_of_era + era * 400 + (month <= 2)), (uint8_t)month,
                      (uint8_t)(day_of_year - (153 * shifted_month + 2) / 5 + 1)};
}

/* Reads exactly `count` digits. */
static bool digits(const char **text, int count, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        char c = (*text)[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *text += count;
    *out = value;
    return true;
}

static bool literal(const char **text, char c)
{
    if (**text != c)
        return false;
    ++*text;
    return true;
}

static bool read_date(const char **text, edu_date *out)
{
    int year, month, day;
    if (!digits(text, 4, &year) || !literal(text, '-') || !digits(text, 2, &month) ||
        !literal(text, '-') || !digits(text, 2, &day))
        return false;
    *out = (edu_date){(int16_t)year, (uint8_t)month, (uint8_t)day};
    return ei_date_valid(*out);
}

bool ei_date_parse(const char *text, edu_date *out)
{
    edu_date date;
    if (!text || !read_date(&text, &date) || *text)
        return false;
    *out = date;
    return true;
}

bool ei_date_read(const char *text, edu_date *out)
{
    char turned[11];
    if (strlen(text) != 10 || text[2] != '.' || text[5] != '.')
        return ei_date_parse(text, out);
    (void)snprintf(turned, sizeof turned, "%.4s-%.2s-%.2s", text + 6, text + 3, text);
    return ei_date_parse(turned, out);
}

void ei_date_format(edu_date date, char text[11])
{
    char room[32];
    snprintf(room, sizeof room, "%04d-%02u-%02u", date.year, date.month, date.day);
    memcpy(text, room, 10);
    text[10] = 0;
}

static bool read_fraction(const char **text, int64_t *micros)
{
    *micros = 0;
    if (**text != '.')
        return true;
    ++*text;
    int64_t scale = MICROS;
    int count = 0;
    for (; **text >= '0' && **text <= '9'; ++*text, count++) {
        if (count >= 6)
            return false;
        scale /= 10;
        *micros += (**text - '0') * scale;
    }
    return count > 0;
}

static bool read_offset(const char **text, int64_t *minutes)
{
    if (literal(text, 'Z')) {
        *minutes = 0;
        return true;
    }
    int sign = **text == '-' ? -1 : 1, hour, minute;
    if ((**text != '+' && **text != '-') || (++*text, false))
        return false;
    if (!digits(text, 2, &hour) || !literal(text, ':') || !digits(text, 2, &minute) || hour > 23 ||
        minute > 59)
        return false;
    *minutes = (int64_t)sign * (hour * 60 + minute);
    return true;
}

bool ei_clock_parse(const char *text, int16_t *minutes)
{
    int hour, minute;
    if (!text || !digits(&text, 2, &hour) || !literal(&text, ':') || !digits(&text, 2, &minute) ||
        *text || minute > 59 || hour * 60 + minute > 24 * 60)
        return false;
    *minutes = (int16_t)(hour * 60 + minute);
    return true;
}

bool ei_time_parse(const char *text, edu_time *out)
{
    edu_date date;
    int hour, minute, second;
    int64_t micros, offset;
    if (!text || !read_date(&text, &date) || !literal(&text, 'T') || !digits(&text, 2, &hour) ||
        !literal(&text, ':') || !digits(&text, 2, &minute) || !literal(&text, ':') ||
        !digits(&text, 2, &second) || hour > 23 || minute > 59 || second > 59 ||
        !read_fraction(&text, &micros) || !read_offset(&text, &offset) || *text)
        return false;
    int64_t minutes = (int64_t)ei_date_to_days(date) * 1440 + (int64_t)hour * 60 + minute - offset;
    *out = (minutes * 60 + second) * MICROS + micros;
    return true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

edu_date ei_time_civil(edu_time time, int offset_minutes, int *hour, int *minute)
{
    int64_t local = time + (int64_t)offset_minutes * 60 * MICROS;
    int64_t days = floor_div(local, DAY_MICROS);
    int64_t minutes = (local - days * DAY_MICROS) / (60 * MICROS);
    *hour = (int)(minutes / 60);
    *minute = (int)(minutes % 60);
    return ei_date_from_days((int32_t)days);
}

void ei_time_format(edu_time time, char text[32])
{
    int hour, minute;
    edu_date date = ei_time_civil(time, 0, &hour, &minute);
    int64_t in_minute = time - floor_div(time, 60 * MICROS) * 60 * MICROS;
    char day[11], room[64];
    ei_date_format(date, day);
    int length = snprintf(room, sizeof room, "%sT%02d:%02d:%02d", day, hour, minute,
                          (int)(in_minute / MICROS));
    if (in_minute % MICROS != 0)
        length += snprintf(room + length, sizeof room - (size_t)length, ".%06d",
                           (int)(in_minute % MICROS));
    snprintf(text, 32, "%.*sZ", length, room);
}
