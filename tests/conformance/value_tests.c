/* What goes in comes out: types, bounds, nothing, text that is none. */
#include <string.h>
#include "conformance/sample.h"

typedef struct sample {
    bool flag;
    int64_t number;
    edu_id id;
    edu_time moment;
    edu_date day;
    edu_bytes bytes;
    const char *words;
    json_t *document;
} sample;

static const edu_field sample_fields[] = {
    {"number", EDU_KIND_INT64, offsetof(sample, number)},
    {"flag", EDU_KIND_BOOL, offsetof(sample, flag)},
    {"words", EDU_KIND_TEXT, offsetof(sample, words)},
    {"bytes", EDU_KIND_BYTES, offsetof(sample, bytes)},
    {"moment", EDU_KIND_TIME, offsetof(sample, moment)},
    {"day", EDU_KIND_DATE, offsetof(sample, day)},
    {"document", EDU_KIND_JSON, offsetof(sample, document)},
};
static const edu_record_type sample_type = {"sample", sizeof(sample), EI_COUNT(sample_fields),
                                            sample_fields, false};

static edu_value json_value(json_t *document, char **text)
{
    *text = document ? json_dumps(document, JSON_COMPACT) : NULL;
    return ei_value_text(*text);
}

static edu_status add_sample(edu_tx *tx, void *context, edu_error *error)
{
    const sample *one = context;
    char *text;
    edu_value values[] = {ei_value_id(&one->id),      ei_value_int(one->number),
                          ei_value_int(one->flag),    ei_value_text(one->words),
                          ei_value_bytes(one->bytes), ei_value_time(one->moment),
                          ei_value_date(one->day),    json_value(one->document, &text)};
    edu_status status = ei_sql_run(tx, &cf_sample_add, values, NULL, error);
    free(text);
    return status;
}

typedef struct found {
    ei_arena *arena;
    sample samples[8];
    size_t count;
} found;

static edu_status read_samples(edu_tx *tx, void *context, edu_error *error)
{
    found *all = context;
    ei_rows rows;
    bool row = false;
    all->count = 0;
    edu_status status = ei_sql_rows(tx, &cf_samples, NULL, &rows, error);
    while (status == EDU_OK && (status = ei_rows_next(&rows, &row, error)) == EDU_OK && row) {
        ck_assert_uint_lt(all->count, EI_COUNT(all->samples));
        status =
            ei_rows_record(&rows, 0, &sample_type, all->arena, &all->samples[all->count++], error);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_id id_of(uint8_t last)
{
    return (edu_id){{1, 2, 3, 0, 5, 6, 7, 8, 9, 10, 0xff, 12, 13, 14, 0x80, last}};
}

static void check_same(const sample *got, const sample *wanted)
{
    ck_assert_int_eq(got->number, wanted->number);
    ck_assert_int_eq(got->flag, wanted->flag);
    ck_assert_int_eq(got->moment, wanted->moment);
    ck_assert_mem_eq(&got->day, &wanted->day, sizeof got->day);
    ck_assert_pstr_eq(got->words, wanted->words);
    ck_assert_int_eq(got->bytes.data == NULL, wanted->bytes.data == NULL);
    ck_assert_uint_eq(got->bytes.size, wanted->bytes.size);
    if (wanted->bytes.size > 0)
        ck_assert_mem_eq(got->bytes.data, wanted->bytes.data, wanted->bytes.size);
    ck_assert(got->document == wanted->document || json_equal(got->document, wanted->document));
}

/* Writes the samples, reads them by another transaction and compares. */
static void check_round_trip(sample *samples, size_t count)
{
    found all = {.arena = ei_arena_new()};
    for (size_t i = 0; i < count; i++)
        CF_OK(ei_store_write(cf_store(), add_sample, &samples[i], error));
    CF_OK(ei_store_read(cf_store(), read_samples, &all, error));
    ck_assert_uint_eq(all.count, count);
    for (size_t i = 0; i < count; i++)
        check_same(&all.samples[i], &samples[i]);
    ei_arena_free(all.arena);
}

START_TEST(values_come_back)
{
    json_t *document = json_pack("{s:i, s:[b, n, s]}", "a", 1, "ə", 1, "ş\"\\");
    static const char words[] = "Şəkər, ığıd çörək ÖÜĞIİ \xF0\x9F\x8E\x93 e\xCC\x81 'quoted' \\ %";
    sample one = {.id = id_of(1),
                  .number = 42,
                  .flag = true,
                  .words = words,
                  .bytes = {"\0\1\xff\0", 4},
                  .moment = 1789977600000001,
                  .day = {2026, 9, 21},
                  .document = document};
    check_round_trip(&one, 1);
    json_decref(document);
}
END_TEST

START_TEST(bounds_come_back)
{
    json_t *large = json_pack("[I]", (json_int_t)INT64_MAX), *empty = json_object();
    sample samples[] = {
        {.id = id_of(1),
         .number = INT64_MIN,
         .words = "",
         .bytes = {"", 0},
         .moment = INT64_MIN + 1,
         .day = {1, 1, 1},
         .document = empty},
        {.id = id_of(2),
         .number = INT64_MAX,
         .flag = true,
         .words = " ",
         .bytes = {"\0", 1},
         .moment = INT64_MAX,
         .day = {9999, 12, 31},
         .document = large},
        {.id = id_of(3), .number = -1, .words = "\n\t", .moment = -1, .day = {1969, 12, 31}},
        {.id = id_of(4), .number = 1LL << 53 | 1, .words = "0", .moment = 0, .day = {1970, 1, 1}},
    };
    check_round_trip(samples, EI_COUNT(samples));
    json_decref(large);
    json_decref(empty);
}
END_TEST

static edu_status add_nothing(edu_tx *tx, void *context, edu_error *error)
{
    edu_value values[8];
    for (size_t i = 0; i < EI_COUNT(values); i++)
        values[i] = (edu_value){.is_null = true};
    values[0] = ei_value_id(context);
    return ei_sql_run(tx, &cf_sample_add, values, NULL, error);
}

static edu_status check_nothing(edu_tx *tx, void *context, edu_error *error)
{
    (void)context;
    ei_rows rows;
    bool row = false;
    EI_TRY(ei_sql_rows(tx, &cf_samples, NULL, &rows, error));
    EI_TRY(ei_rows_next(&rows, &row, error));
    ck_assert(row);
    for (int i = 0; i < 7; i++)
        ck_assert(ei_column_is_null(&rows, i));
    ck_assert_ptr_null(ei_column_text(&rows, 2));
    ck_assert_ptr_null(ei_column_bytes(&rows, 3).data);
    ck_assert_int_eq(ei_column_time(&rows, 4), EDU_TIME_NONE);
    ck_assert_int_eq(ei_column_date(&rows, 5).year, 0);
    EI_TRY(ei_rows_next(&rows, &row, error));
    ck_assert(!row);
    ei_rows_close(&rows);
    return EDU_OK;
}

START_TEST(nothing_comes_back_as_nothing)
{
    edu_id id = id_of(1);
    CF_OK(ei_store_write(cf_store(), add_nothing, &id, error));
    CF_OK(ei_store_read(cf_store(), check_nothing, NULL, error));
}
END_TEST

START_TEST(large_values_come_back)
{
    enum { SIZE = 5 << 20 };
    char *bytes = malloc(SIZE), *words = malloc(SIZE + 1);
    for (size_t i = 0; i < SIZE; i++) {
        bytes[i] = (char)(i * 7);
        words[i] = (char)('a' + i % 26);
    }
    words[SIZE] = 0;
    sample one = {.id = id_of(1), .words = words, .bytes = {bytes, SIZE}, .day = {2026, 1, 1}};
    check_round_trip(&one, 1);
    free(bytes);
    free(words);
}
END_TEST

static edu_status add_text(edu_tx *tx, void *context, edu_error *error)
{
    edu_id id = id_of(1);
    edu_value values[8];
    for (size_t i = 0; i < EI_COUNT(values); i++)
        values[i] = (edu_value){.is_null = true};
    values[0] = ei_value_id(&id);
    values[3] = (edu_value){.bytes = *(const edu_bytes *)context};
    return ei_sql_run(tx, &cf_sample_add, values, NULL, error);
}

START_TEST(text_that_is_none_is_refused)
{
    static const edu_bytes bad[] = {
        {"a\0b", 3},         {"\0", 1},      {"\xC0\x80", 2},         {"\xff", 1},
        {"\xED\xA0\x80", 3}, {"ok \xC3", 4}, {"\xF4\x90\x80\x80", 4},
    };
    found all = {.arena = ei_arena_new()};
    for (size_t i = 0; i < EI_COUNT(bad); i++) {
        edu_bytes bytes = bad[i];
        CF_FAILS(EDU_E_INVALID, "storage.not_utf8",
                 ei_store_write(cf_store(), add_text, &bytes, error));
    }
    CF_OK(ei_store_read(cf_store(), read_samples, &all, error));
    ck_assert_uint_eq(all.count, 0);
    ei_arena_free(all.arena);
}
END_TEST

TCase *cf_value_tests(void)
{
    TCase *tests = tcase_create("values");
    tcase_add_checked_fixture(tests, cf_setup, cf_teardown);
    tcase_add_test(tests, values_come_back);
    tcase_add_test(tests, bounds_come_back);
    tcase_add_test(tests, nothing_comes_back_as_nothing);
    tcase_add_test(tests, large_values_come_back);
    tcase_add_test(tests, text_that_is_none_is_refused);
    return tests;
}
