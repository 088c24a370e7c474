/* Ids, dates, texts, CSV, memory. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "core/core.h"
#include "parse.h"
#include "../tap.h"

/* ---- a source of numbers that repeats ---- */

static uint64_t state = 1;

static uint64_t next_number(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 16;
}

static void fill_numbers(void *context, void *buffer, size_t size)
{
    (void)context;
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)buffer)[i] = (uint8_t)next_number();
}

static edu_time ticking(void *context)
{
    return ++*(edu_time *)context;
}

/* ---- ids ---- */

START_TEST(ids_sort_by_time_and_read_back)
{
    edu_time now = INT64_C(1800000000000000);
    edu_clock clock = {ticking, &now};
    edu_random random = {fill_numbers, NULL};
    edu_id before = {{0}};
    for (int i = 0; i < 5000; i++) {
        edu_id id = ei_id_new(&clock, &random), again;
        char text[EDU_ID_TEXT];
        edu_id_format(id, text);
        ck_assert_int_eq(text[14], '7');
        ck_assert_int_eq(edu_id_parse(text, &again, NULL), EDU_OK);
        ck_assert_int_eq(ei_id_compare(id, again), 0);
        ck_assert_int_lt(ei_id_compare(before, id), 0);
        before = id;
    }
    edu_error error;
    edu_id id;
    ck_assert_int_eq(edu_id_parse("01234567-89ab-7def-8123-456789abcde", &id, &error),
                     EDU_E_INVALID);
    ck_assert_int_eq(edu_id_parse("01234567-89ab-7def-8123-456789abcdeg", &id, NULL),
                     EDU_E_INVALID);
    ck_assert_int_eq(edu_id_parse(NULL, &id, NULL), EDU_E_INVALID);
}
END_TEST

START_TEST(paper_ids_notice_every_slip_of_the_pen)
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (int round = 0; round < 100; round++) {
        uint8_t bits[10], again[10];
        char text[EI_PAPER_ID_TEXT];
        fill_numbers(NULL, bits, sizeof bits);
        ei_paper_id_format(bits, text);
        ck_assert(ei_paper_id_parse(text, again));
        ck_assert_mem_eq(bits, again, sizeof bits);
        for (int at = 0; at < EI_PAPER_ID_TEXT - 1; at++) {
            char held = text[at];
            for (const char *c = letters; *c; c++) {
                text[at] = *c;
                ck_assert_int_eq(ei_paper_id_parse(text, again), *c == held);
            }
            text[at] = held;
            if (at > 0 && text[at - 1] != held) {
                text[at] = text[at - 1];
                text[at - 1] = held;
                ck_assert_msg(!ei_paper_id_parse(text, again), "swapped at %d", at);
                text[at - 1] = text[at];
                text[at] = held;
            }
        }
    }
    uint8_t bits[10] = {0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9}, again[10];
    char text[EI_PAPER_ID_TEXT], spelled[64] = "";
    ei_paper_id_format(bits, text);
    for (int i = 0; text[i]; i++) {
        char pair[3] = {text[i] >= 'A' ? (char)(text[i] + 32) : text[i], i % 4 == 3 ? '-' : 0, 0};
        strcat(spelled, pair);
    }
    ck_assert(ei_paper_id_parse(spelled, again));
    ck_assert_mem_eq(bits, again, sizeof bits);
}
END_TEST

/* ---- dates and times ---- */

START_TEST(dates_agree_with_counting_day_by_day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t days = ei_date_to_days((edu_date){1, 1, 1});
    for (int year = 1; year <= 9999; year++) {
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (month == 2 && is_leap);
            for (int day = 1; day <= length; day++, days++) {
                edu_date date = {(int16_t)year, (uint8_t)month, (uint8_t)day};
                if (ei_date_to_days(date) != days)
                    ck_abort_msg("%d-%d-%d", year, month, day);
                edu_date again = ei_date_from_days(days);
                if (again.year != year || again.month != month || again.day != day)
                    ck_abort_msg("day %d", days);
            }
            ck_assert(
                !ei_date_valid((edu_date){(int16_t)year, (uint8_t)month, (uint8_t)(length + 1)}));
        }
    }
    ck_assert_int_eq(ei_date_to_days((edu_date){1970, 1, 1}), 0);
}
END_TEST

START_TEST(times_are_read_and_written)
{
    edu_time time;
    char text[32];
    ck_assert(ei_time_parse("2026-11-23T10:00:00+04:00", &time));
    ck_assert_int_eq(time, INT64_C(1795413600000000));
    ei_time_format(time, text);
    ck_assert_str_eq(text, "2026-11-23T06:00:00Z");
    ck_assert(ei_time_parse("1969-12-31T23:59:59.999999Z", &time));
    ck_assert_int_eq(time, -1);
    ei_time_format(time, text);
    ck_assert_str_eq(text, "1969-12-31T23:59:59.999999Z");
    static const char *const bad[] = {"2026-11-23T10:00:00",
                                      "2026-02-29T10:00:00Z",
                                      "2026-11-23 10:00:00Z",
                                      "2026-11-23T24:00:00Z",
                                      "2026-11-23T10:00:00.1234567Z",
                                      "2026-11-23T10:00:00Zx",
                                      ""};
    for (size_t i = 0; i < EI_COUNT(bad); i++)
        ck_assert_msg(!ei_time_parse(bad[i], &time), "%s", bad[i]);
    int hour, minute;
    edu_date date =
        ei_time_civil(INT64_C(1795413600000000) + INT64_C(14400000000) * 3, 240, &hour, &minute);
    ck_assert_int_eq(date.day, 23);
    ck_assert_int_eq(hour, 22);
}
END_TEST

/* ---- texts ---- */

static void folds_to(const char *text, const char *wanted)
{
    char *folded = ei_text_fold(text, NULL);
    ck_assert_str_eq(folded, wanted);
    ei_free(folded);
}

static char *key_of(const char *language, const char *text)
{
    char *key;
    ck_assert_int_eq(ei_text_sort_key(language, text, &key, NULL), EDU_OK);
    return key;
}

static void stands_before(const char *language, const char *first, const char *second)
{
    char *a = key_of(language, first), *b = key_of(language, second);
    ck_assert_msg(strcmp(a, b) < 0, "%s (%s) does not stand before %s (%s)", first, a, second, b);
    ei_free(a);
    ei_free(b);
}

START_TEST(names_stand_in_the_order_of_their_alphabet)
{
    static const char *const names[] = {
        "Abbasov",  "Aslan A", "Aslanova B", "Babayev",     "Cəfərov", "Çələbi",
        "Dadaşov",  "Eyvazov", "Əliyev",     "Fərəcov",     "Gözəlov", "Ğarib",
        "Hüseyn",   "Xəlilov", "Ilqar",      "İbrahimov",   "Jalə",    "Kərimov",
        "Qasımov",  "Lalayev", "Oruc",       "O\u02bbzbek", "Özdəmir", "Sadıqov",
        "Şahin",    "Tağıyev", "Ulduz",      "Ümid",        "Vəliyev", "Yusif",
        "Zülfüqar", "Wagner",  "Алиев",      "Ёлкин",       "Яковлев", "\u0639\u0644\u064a"};
    for (size_t i = 1; i < EI_COUNT(names); i++)
        stands_before("az", names[i - 1], names[i]);
    /* Whatever the case: the pairs are i and İ, ı and I. */
    static const char *const same[][2] = {{"İSMAYIL", "ismayıl"}, {"ISMAYİL", "ısmayil"},
                                          {"ƏLİ", "əli"},         {"O'Nil", "O\u2019nil"},
                                          {"Müller", "MÜLLER"},   {"", "-"}};
    for (size_t i = 0; i < EI_COUNT(same); i++) {
        char *a = key_of("az", same[i][0]), *b = key_of("az", same[i][1]);
        ck_assert_str_eq(a, b);
        ei_free(a);
        ei_free(b);
    }
    stands_before("az", "Aslan Zaur", "Aslanov Abbas");
    stands_before("az", "Prikry", "Příkrý");
    stands_before("az", "Xəlilov", "Ibsen");
    stands_before("en", "Ibsen", "Xəlilov");
    stands_before("ru", "Яковлев", "Abbasov");
    stands_before(NULL, "abbasov", "Babayev");
}
END_TEST

START_TEST(names_are_folded_as_people_type_them)
{
    folds_to("Əliyev", "eliyev");
    folds_to("İsmayıl", "ismayil");
    folds_to("Şəki", "seki");
    folds_to("ISMAYIL  ", "ismayil");
    folds_to("Gülçöhrə Ağayeva", "gulcohre agayeva");
    folds_to("", "");
    /* Composed and decomposed are one. */
    folds_to("S\xcc\xa7"
             "eki",
             "seki");
    /* What is folded stays as it is. */
    folds_to("ℌasan ﬁrqə", "hasan firqe");
    folds_to("Ayan \u00a8 Aliyeva\u2009", "ayan aliyeva");
    char *normal = ei_text_normal(" \tA\n B\u00a0\u2009\u3000C\u202f", NULL);
    ck_assert_str_eq(normal, "A B C");
    ei_free(normal);
}
END_TEST

START_TEST(numbers_keep_their_bounds)
{
    int64_t value;
    ck_assert(ei_int_parse("-9223372036854775808", INT64_MIN, INT64_MAX, &value));
    ck_assert_int_eq(value, INT64_MIN);
    ck_assert(ei_int_parse("9223372036854775807", INT64_MIN, INT64_MAX, &value));
    static const char *const bad[] = {
        "9223372036854775808", "-9223372036854775809", "", "-", "1 ", "+1", "0x1", "1.0"};
    for (size_t i = 0; i < EI_COUNT(bad); i++)
        ck_assert_msg(!ei_int_parse(bad[i], INT64_MIN, INT64_MAX, &value), "%s", bad[i]);
    ck_assert(!ei_int_parse("13", 1, 12, &value));
}
END_TEST

/* ---- CSV ---- */

static const char *const columns[] = {"a", "b", "c?", NULL};

static edu_status open_text(const char *text, size_t size, ei_csv **csv, edu_error *error)
{
    return ei_csv_open((edu_bytes){text, size}, columns, csv, error);
}

START_TEST(csv_reads_what_spreadsheets_write)
{
    static const char text[] = "\xef\xbb\xbf"
                               "b,a\r\n1,\"x, \"\"y\"\"\r\nz\"\r\n\r\n2,last";
    ei_csv *csv;
    edu_error error;
    const char *const *fields;
    bool more;
    ck_assert_int_eq(open_text(text, sizeof text - 1, &csv, &error), EDU_OK);
    ck_assert(!ei_csv_has(csv, 2));
    ck_assert_int_eq(ei_csv_next(csv, &fields, &more, &error), EDU_OK);
    ck_assert(more);
    ck_assert_str_eq(fields[0], "x, \"y\"\r\nz");
    ck_assert_str_eq(fields[1], "1");
    ck_assert_str_eq(fields[2], "");
    ck_assert_int_eq(ei_csv_line(csv), 2);
    ck_assert_int_eq(ei_csv_next(csv, &fields, &more, &error), EDU_OK);
    ck_assert_str_eq(fields[0], "last");
    ck_assert_int_eq(ei_csv_line(csv), 5);
    ck_assert_int_eq(ei_csv_next(csv, &fields, &more, &error), EDU_OK);
    ck_assert(!more);
    ei_csv_close(csv);
}
END_TEST

static void refused(const char *text, size_t size, edu_status status, const char *key, int64_t line)
{
    ei_csv *csv;
    edu_error error = EDU_ERROR_INIT;
    const char *const *fields;
    bool more = true;
    edu_status seen = open_text(text, size, &csv, &error);
    if (seen == EDU_OK) {
        while (seen == EDU_OK && more)
            seen = ei_csv_next(csv, &fields, &more, &error);
        ei_csv_close(csv);
    }
    ck_assert_msg(seen == status && strcmp(error.key, key) == 0 && error.line == line,
                  "%s: %d %s line %ld", key, seen, error.key, (long)error.line);
}

#define REFUSED(text, status, key, line) refused(text, sizeof(text) - 1, status, key, line)

START_TEST(csv_names_the_fault_and_its_line)
{
    REFUSED("", EDU_E_INVALID, "csv.unknown_column", 1);
    REFUSED("a,b,d\n", EDU_E_INVALID, "csv.unknown_column", 1);
    REFUSED("a,a,b\n", EDU_E_INVALID, "csv.double_column", 1);
    REFUSED("a,c\n", EDU_E_INVALID, "csv.missing_column", 1);
    REFUSED("a,b\n1,2\n1,2,3\n", EDU_E_INVALID, "csv.field_count", 3);
    REFUSED("a,b\n1,\xff\n", EDU_E_INVALID, "csv.not_utf8", 2);
    REFUSED("a,b\n1,x\0y\n", EDU_E_INVALID, "csv.not_utf8", 2);
    REFUSED("a,b\n1,\"x\n", EDU_E_INVALID, "csv.open_quote", 2);
    REFUSED("a,b\n1,\"x\"y\n", EDU_E_INVALID, "csv.after_quote", 2);
    REFUSED("a,b\n1,x\"y\n", EDU_E_INVALID, "csv.stray_quote", 2);
    size_t size = 100 << 20;
    char *huge = malloc(size);
    memset(huge, 'x', size);
    memcpy(huge, "a,b\n1,", 6);
    refused(huge, size, EDU_E_LIMIT, "csv.line_too_long", 2);
    huge[6] = '"';
    refused(huge, size, EDU_E_LIMIT, "csv.line_too_long", 2);
    free(huge);
}
END_TEST

START_TEST(csv_written_reads_back_and_no_formula_computes)
{
    ei_buffer out = {0};
    ei_csv_write(&out, "a \"quoted\", text", false);
    ei_csv_write(&out, "=1+1", true);
    ck_assert_str_eq(out.data, "\"a \"\"quoted\"\", text\",\"'=1+1\"\r\n");
    ei_buffer_free(&out);
}
END_TEST

/* ---- memory ---- */

static long fail_at, made;

static void *failing_alloc(size_t size)
{
    return ++made == fail_at ? NULL : malloc(size);
}

static void *failing_realloc(void *block, size_t size)
{
    return ++made == fail_at ? NULL : realloc(block, size);
}

START_TEST(every_allocation_may_fail)
{
    static const char text[] = "a,b,c\n1,2,3\n4,\"5\n6\",7\n";
    static const edu_allocator failing = {failing_alloc, failing_realloc, free};
    edu_allocator_set(&failing);
    bool all_good = false;
    for (fail_at = 1; !all_good && fail_at < 1000; fail_at++) {
        made = 0;
        ei_csv *csv;
        edu_error error;
        const char *const *fields;
        bool more = true;
        edu_status status = open_text(text, sizeof text - 1, &csv, &error);
        if (status == EDU_OK) {
            while (status == EDU_OK && more)
                status = ei_csv_next(csv, &fields, &more, &error);
            ei_csv_close(csv);
        }
        char *folded = status == EDU_OK ? ei_text_fold("Şəki", &error) : NULL;
        ei_arena *arena;
        void *record = folded ? ei_record_new(100, &arena) : NULL;
        void *large = record ? ei_arena_alloc(arena, 10000) : NULL;
        ck_assert(status == EDU_OK || status == EDU_E_NOMEM);
        all_good = large != NULL && made < fail_at;
        edu_free(record);
        ei_free(folded);
    }
    edu_allocator_set(NULL);
    ck_assert(all_good);
}
END_TEST

START_TEST(an_arena_gives_zeroed_aligned_memory)
{
    ei_arena *arena;
    char *record = ei_record_new(40, &arena);
    for (size_t size = 1; size < 5000; size += 77) {
        char *block = ei_arena_alloc(arena, size);
        ck_assert_int_eq((uintptr_t)block % 16, 0);
        for (size_t i = 0; i < size; i++)
            ck_assert_int_eq(block[i], 0);
        memset(block, 1, size);
    }
    ck_assert(ei_arena_own_json(arena, json_pack("{s:i}", "a", 1)));
    ck_assert_str_eq(ei_arena_printf(arena, "%d-%s", 7, "x"), "7-x");
    edu_free(record);
    edu_free(NULL);
}
END_TEST

START_TEST(errors_name_what_is_wrong)
{
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_eq(ei_fail_line(&error, EDU_E_BUSY, "a.key", 7, "/field", "%s", "what"),
                     EDU_E_BUSY);
    ck_assert(error.retryable);
    ck_assert_int_eq(error.line, 7);
    ck_assert_str_eq(error.field, "/field");
    ei_error_fill(&error, EDU_E_IO, NULL, NULL, "again: %s", error.message);
    ck_assert_str_eq(error.message, "again: what");
    /* What is cut within a letter is a text still. */
    ei_error_fill(&error, EDU_E_IO, NULL, "/şə", "column \"%.4s\"", "abcə");
    ck_assert_str_eq(error.message, "column \"abc?\"");
    ck_assert_str_eq(error.field, "/şə");
    ck_assert_str_eq(edu_status_name(EDU_E_NOT_FOUND), "not_found");
    ck_assert_str_eq(edu_status_name(EDU_E_CANCELLED), "cancelled");
    ck_assert_str_eq(edu_status_name((edu_status)5), "unknown");
    ck_assert_str_eq(edu_status_name((edu_status)-99), "unknown");
}
END_TEST

START_TEST(points_are_exact)
{
    static const struct {
        const char *text;
        int decimals;
        int64_t points;
        const char *again;
    } good[] = {{"0", 0, 0, "0"},        {"42", 0, 42, "42"},        {"6.5", 1, 65, "6.5"},
                {"6.50", 2, 650, "6.5"}, {"7", 2, 700, "7"},         {"0.05", 2, 5, "0.05"},
                {"007", 0, 7, "7"},      {"12.34", 2, 1234, "12.34"}};
    static const char *const bad[] = {"",    "-1",   "6.",        ".5", "6,5",
                                      "1e3", "6.55", "999999999", " 7"};
    char text[EI_POINTS_TEXT];
    int64_t points;
    for (size_t i = 0; i < EI_COUNT(good); i++) {
        ck_assert(ei_points_parse(good[i].text, good[i].decimals, &points));
        ck_assert_int_eq(points, good[i].points);
        ei_points_format(points, good[i].decimals, text);
        ck_assert_str_eq(text, good[i].again);
    }
    for (size_t i = 0; i < EI_COUNT(bad); i++)
        ck_assert_msg(!ei_points_parse(bad[i], 1, &points), "\"%s\"", bad[i]);
}
END_TEST

START_TEST(points_are_read_from_json)
{
    static const struct {
        const char *json;
        int decimals;
        int64_t points; /* -1: refused */
    } cases[] = {{"7", 0, 7},
                 {"7", 2, 700},
                 {"6.5", 1, 65},
                 {"6.5", 2, 650},
                 {"0.07", 2, 7},
                 {"0.29", 2, 29},
                 {"7.1", 1, 71},
                 {"1.15", 2, 115},
                 {"999999.99", 2, 99999999},
                 {"'6.50'", 2, 650},
                 {"7.0", 0, 7},
                 {"0", 2, 0},
                 {"1000000", 2, 100000000},
                 {"6.5", 0, -1},
                 {"6.55", 1, -1},
                 {"-1", 2, -1},
                 {"-0.5", 2, -1},
                 {"1000001", 2, -1},
                 {"1e300", 2, -1},
                 {"1e2", 0, 100},
                 {"true", 0, -1},
                 {"null", 0, -1},
                 {"'1e2'", 0, -1},
                 {"[7]", 0, -1},
                 {"9223372036854775807", 2, -1},
                 {"0.30000000000000004", 2, -1}};
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        json_t *value = parse(cases[i].json);
        int64_t points = -1;
        bool good = ei_points_read(value, cases[i].decimals, &points);
        ck_assert_msg(good == (cases[i].points >= 0) && (!good || points == cases[i].points),
                      "%s: %lld", cases[i].json, (long long)points);
        json_decref(value);
    }
    int64_t points;
    ck_assert(!ei_points_read(NULL, 0, &points));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core");
    TCase *all = tcase_create("core");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, points_are_exact);
    tcase_add_test(all, points_are_read_from_json);
    tcase_add_test(all, ids_sort_by_time_and_read_back);
    tcase_add_test(all, paper_ids_notice_every_slip_of_the_pen);
    tcase_add_test(all, dates_agree_with_counting_day_by_day);
    tcase_add_test(all, times_are_read_and_written);
    tcase_add_test(all, names_stand_in_the_order_of_their_alphabet);
    tcase_add_test(all, names_are_folded_as_people_type_them);
    tcase_add_test(all, numbers_keep_their_bounds);
    tcase_add_test(all, csv_reads_what_spreadsheets_write);
    tcase_add_test(all, csv_names_the_fault_and_its_line);
    tcase_add_test(all, csv_written_reads_back_and_no_formula_computes);
    tcase_add_test(all, every_allocation_may_fail);
    tcase_add_test(all, an_arena_gives_zeroed_aligned_memory);
    tcase_add_test(all, errors_name_what_is_wrong);
    suite_add_tcase(suite, all);
    return tap_run(suite);
}
