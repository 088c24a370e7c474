/* A calendar as others read it: RFC 5545. */
#include <string.h>
#include "workflow/calendar.h"

void ei_ics_text(ei_buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\r')
            continue;
        if (strchr("\\;,\n", *text))
            ei_buffer_add(out, "\\", 1);
        ei_buffer_add(out, *text == '\n' ? "n" : text, 1);
    }
}

static const char *in_language(json_t *texts, const char *language)
{
    const char *text = json_string_value(json_object_get(texts, language));
    return text ? text : json_string_value(json_object_iter_value(json_object_iter(texts)));
}

/* A line has at most 75 bytes; a letter is not divided. */
void ei_ics_fold(const ei_buffer *line, ei_buffer *out)
{
    size_t room = 75;
    for (size_t at = 0; at < line->size;) {
        size_t size = line->size - at < room ? line->size - at : room;
        while (at + size < line->size && ((unsigned char)line->data[at + size] & 0xC0) == 0x80)
            size--;
        ei_buffer_add(out, line->data + at, size);
        at += size;
        if (at < line->size)
            ei_buffer_add(out, "\r\n ", 3);
        room = 74;
    }
    ei_buffer_add(out, "\r\n", 2);
}

/* "Novruz", or "day off instead: Novruz, 2024-03-23". */
static void ics_summary(const ei_day *one, const char *language, const char *word, ei_buffer *out)
{
    ei_buffer line = {0};
    char day[11];
    ei_buffer_text(&line, "SUMMARY:");
    if (one->kind != EI_DAY_HOLIDAY) {
        ei_ics_text(&line, word);
        ei_buffer_text(&line, ": ");
    }
    for (int i = 0; i < 2 && one->titles[i]; i++) {
        ei_buffer_text(&line, i > 0 ? " / " : "");
        ei_ics_text(&line, in_language(one->titles[i], language));
    }
    if (one->kind != EI_DAY_HOLIDAY) {
        ei_date_format(ei_date_from_days(one->other), day);
        ei_buffer_printf(&line, "%s%s", one->titles[0] ? "\\, " : "", day);
    }
    ei_ics_fold(&line, out);
    ei_buffer_free(&line);
}

static void ics_day(const ei_calendar *calendar, int32_t day, const char *language,
                    const char *const *words, ei_buffer *out)
{
    ei_day one;
    if (!ei_calendar_day(calendar, day, &one) || one.kind == EI_DAY_WORKING ||
        one.kind == EI_DAY_WEEKEND)
        return;
    edu_date from = ei_date_from_days(day), until = ei_date_from_days(day + 1);
    const char *code = json_string_value(json_object_get(ei_calendar_json(calendar), "calendar"));
    ei_buffer_printf(out, "BEGIN:VEVENT\r\nUID:%s-%04d%02d%02d@libedu\r\n", code, from.year,
                     from.month, from.day);
    ei_buffer_printf(out, "DTSTAMP:%04d0101T000000Z\r\n", from.year);
    ei_buffer_printf(out, "DTSTART;VALUE=DATE:%04d%02d%02d\r\n", from.year, from.month, from.day);
    ei_buffer_printf(out, "DTEND;VALUE=DATE:%04d%02d%02d\r\n", until.year, until.month, until.day);
    ics_summary(&one, language, words[one.kind], out);
    ei_buffer_printf(out, "CATEGORIES:%s\r\nTRANSP:%s\r\nEND:VEVENT\r\n",
                     ei_day_kind_name(one.kind),
                     one.kind == EI_DAY_WORKED_REST ? "OPAQUE" : "TRANSPARENT");
}

edu_status ei_calendar_ics(const ei_calendar *calendar, int year, const char *language,
                           const char *const *words, ei_buffer *out, edu_error *error)
{
    int32_t day = ei_date_to_days((edu_date){(int16_t)year, 1, 1});
    int32_t end = ei_date_to_days((edu_date){(int16_t)year, 12, 31});
    ei_buffer line = {0};
    int32_t first, last;
    ei_calendar_span(calendar, &first, &last);
    if (day < first || end > last)
        return ei_fail(error, EDU_E_INVALID, "calendar.beyond", "/year",
                       "the calendar does not have this year");
    ei_buffer_printf(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//libedu//%s//EN\r\n",
                     edu_version());
    ei_buffer_printf(&line, "X-WR-CALNAME:");
    ei_ics_text(&line, in_language(json_object_get(ei_calendar_json(calendar), "title"), language));
    ei_ics_fold(&line, out);
    ei_buffer_free(&line);
    for (; day <= end; day++)
        ics_day(calendar, day, language, words, out);
    ei_buffer_printf(out, "END:VCALENDAR\r\n");
    return out->failed ? ei_no_memory(error) : EDU_OK;
}
