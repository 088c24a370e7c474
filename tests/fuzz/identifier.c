/* Short texts that stand for something: ids, numbers on paper, days, instants, points, keys, names.
 * What is read is written again, and reads as the same. */
#include "fuzz.h"

#include "credential/credential.h"

static void id(const char *text)
{
    edu_id read, again;
    char written[EDU_ID_TEXT];
    edu_error error = EDU_ERROR_INIT;
    edu_status status = edu_id_parse(text, &read, &error);
    fuzz_refused(status, &error);
    if (status != EDU_OK)
        return;
    edu_id_format(read, written);
    MUST(strcasecmp(written, text) == 0);
    MUST(edu_id_parse(written, &again, &error) == EDU_OK && ei_id_compare(read, again) == 0);
}

static void paper(const char *text)
{
    uint8_t bits[10], again[10];
    char written[EI_PAPER_ID_TEXT];
    if (!ei_paper_id_parse(text, bits))
        return;
    ei_paper_id_format(bits, written);
    MUST(ei_paper_id_parse(written, again) && memcmp(bits, again, sizeof bits) == 0);
}

static void day(const char *text)
{
    edu_date read, again;
    char written[11];
    if (ei_date_read(text, &read)) {
        MUST(ei_date_valid(read));
        ei_date_format(read, written);
        MUST(ei_date_parse(written, &again));
        MUST(ei_date_to_days(again) == ei_date_to_days(read));
        again = ei_date_from_days(ei_date_to_days(read));
        MUST(again.year == read.year && again.month == read.month && again.day == read.day);
    }
    if (ei_date_parse(text, &read)) {
        ei_date_format(read, written);
        MUST(strcmp(written, text) == 0);
    }
}

static void instant(const char *text)
{
    edu_time read, again;
    char written[32];
    int hour, minute;
    if (!ei_time_parse(text, &read))
        return;
    ei_time_format(read, written);
    MUST(ei_time_parse(written, &again) && again == read);
    MUST(ei_date_valid(ei_time_civil(read, 240, &hour, &minute)));
    MUST(hour >= 0 && hour < 24 && minute >= 0 && minute < 60);
}

static void number(const char *text)
{
    int64_t read, again;
    char written[EI_POINTS_TEXT];
    if (ei_int_parse(text, INT64_MIN, INT64_MAX, &read)) {
        (void)snprintf(written, sizeof written, "%lld", (long long)read);
        MUST(ei_int_parse(written, read, read, &again) && again == read);
    }
    for (int decimals = 0; decimals <= 3; decimals++)
        if (ei_points_parse(text, decimals, &read)) {
            MUST(read >= 0);
            ei_points_format(read, decimals, written);
            MUST(ei_points_parse(written, decimals, &again) && again == read);
        }
}

static void key(const char *text)
{
    uint8_t bytes[EI_BASE58_BYTES];
    size_t size = 0;
    char written[2 * EI_BASE58_BYTES];
    uint8_t public_key[EI_PUBLIC_KEY];
    char host[256], did[EI_DID_TEXT];
    if (ei_base58_decode(text, bytes, sizeof bytes, &size))
        MUST(ei_base58_encode(bytes, size, written, sizeof written) && strcmp(written, text) == 0);
    if (ei_key_parse(text, public_key)) {
        ei_key_format(public_key, written);
        MUST(strcmp(written, text) == 0);
    }
    if (ei_did_read(text, host)) {
        ei_did_write(host, did);
        MUST(strcmp(did, text) == 0);
    }
    int count = ei_hex_parse(text, bytes, sizeof bytes);
    if (count > 0) {
        ei_hex_format(bytes, (size_t)count, written);
        MUST(strcasecmp(written, text) == 0);
    }
}

/* Each form of a name, where it is one, is a text, and stays as it is. */
static void check_form(const char *text, char *(*form)(const char *, edu_error *))
{
    edu_error error = EDU_ERROR_INIT;
    char *once = form(text, &error);
    if (once == NULL)
        return;
    char *again = form(once, &error);
    MUST(ei_utf8_valid(once, strlen(once)));
    MUST(again != NULL && strcmp(once, again) == 0);
    ei_free(once);
    ei_free(again);
}

static void name(const char *text)
{
    static const char *const languages[] = {"az", "en", "ru", "tr", NULL};
    edu_error error = EDU_ERROR_INIT;
    if (ei_check_text(text, 4096, false, "name", &error) != EDU_OK)
        return;
    check_form(text, ei_text_normal);
    check_form(text, ei_text_fold);
    check_form(text, ei_text_words);
    for (size_t i = 0; i < EI_COUNT(languages); i++) {
        char *sort_key = NULL;
        fuzz_refused(edu_sort_key(languages[i], text, &sort_key, &error), &error);
        edu_free(sort_key);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(const char *) = {id, paper, day, instant, number, key, name};
    edu_bytes rest = {data, size};
    char *text = fuzz_text(&rest);
    for (size_t i = 0; i < EI_COUNT(readers); i++)
        readers[i](text);
    free(text);
    return 0;
}
