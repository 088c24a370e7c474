/* A calendar, and behind a null character what terms are asked for: eight bytes each. */
#include "fuzz.h"

#include "workflow/calendar.h"

#define DAY INT64_C(86400000000)

/* What is counted is what the days say. */
static void count_days(const ei_calendar *calendar)
{
    int32_t first, last, worked = 0;
    ei_calendar_span(calendar, &first, &last);
    MUST(first <= last);
    for (int32_t day = first + 1; day <= last; day++) {
        ei_day found;
        ei_shift shifts[EI_SHIFTS_MAX];
        int32_t nth;
        MUST(ei_calendar_day(calendar, day, &found));
        int count = ei_calendar_shifts(calendar, day, shifts);
        MUST(count >= 0 && count <= EI_SHIFTS_MAX);
        MUST(ei_day_is_worked(found.kind) || count == 0);
        if (!ei_day_is_worked(found.kind))
            continue;
        worked++;
        MUST(ei_calendar_nth(calendar, first, worked, &nth) && nth == day);
    }
    MUST(ei_calendar_worked(calendar, first, last) == worked);
}

static void explain(const ei_calendar *calendar, const ei_term *term, const ei_deadline *deadline)
{
    json_t *days = NULL;
    edu_time share = EDU_TIME_NONE;
    edu_error error = EDU_ERROR_INIT;
    fuzz_refused(ei_deadline_explain(calendar, term, &days, &error), &error);
    json_decref(days);
    edu_status status = ei_deadline_share(calendar, term, 50, &share, &error);
    fuzz_refused(status, &error);
    if (status == EDU_OK && share != EDU_TIME_NONE) {
        MUST(share >= term->received);
        MUST(deadline->due == EDU_TIME_NONE || share <= deadline->due);
    }
}

static void ask_term(const ei_calendar *calendar, const uint8_t bytes[8])
{
    int32_t first, last;
    ei_calendar_span(calendar, &first, &last);
    int64_t span = (int64_t)last - first + 3;
    int64_t from = first - 1 + (bytes[0] | bytes[1] << 8) % span;
    ei_pause pause = {(from + bytes[2]) * DAY, bytes[3] == 255 ? EDU_TIME_NONE : 0};
    if (pause.until != EDU_TIME_NONE)
        pause.until = pause.from + bytes[3] * DAY / 4;
    ei_term term = {.received = from * DAY + bytes[4] * (DAY / 256),
                    .unit = (ei_term_unit)(bytes[5] % 3),
                    .count = 1 + (bytes[6] | (bytes[5] & 0x30) << 4),
                    .pause_count = bytes[5] >> 7,
                    .pauses = &pause,
                    .extra = bytes[7]};
    ei_deadline deadline;
    edu_error error = EDU_ERROR_INIT;
    edu_status status = ei_deadline_compute(calendar, &term, &deadline, &error);
    fuzz_refused(status, &error);
    if (status == EDU_OK)
        explain(calendar, &term, &deadline);
}

static void write_ics(const ei_calendar *calendar)
{
    static const char *const words[] = {"working", "worked",  "weekend",
                                        "holiday", "instead", "moved"};
    ei_buffer out = {0};
    edu_error error = EDU_ERROR_INIT;
    int32_t first, last;
    ei_calendar_span(calendar, &first, &last);
    fuzz_refused(
        ei_calendar_ics(calendar, ei_date_from_days(first).year, "az", words, &out, &error),
        &error);
    MUST(out.size == 0 || ei_utf8_valid(out.data, out.size));
    ei_buffer_free(&out);
}

static void ask(const ei_calendar *calendar, edu_bytes terms)
{
    const uint8_t *bytes = terms.data;
    count_days(calendar);
    write_ics(calendar);
    for (size_t at = 0; at + 8 <= terms.size && at < 128; at += 8)
        ask_term(calendar, bytes + at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    edu_bytes rest = {data, size};
    char *text = fuzz_text(&rest);
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    ei_calendar *calendar = NULL;
    edu_error error = EDU_ERROR_INIT;
    if (json != NULL) {
        edu_status status = ei_calendar_make(json, &calendar, &error);
        fuzz_refused(status, &error);
        if (status == EDU_OK)
            ask(calendar, rest);
        ei_calendar_free(calendar);
    }
    json_decref(json);
    free(text);
    return 0;
}
