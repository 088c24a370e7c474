/* Forms: a schema, hints for its page, what was filled in, and what a page posted, with null
 * characters between. */
#include "fuzz.h"

#include <edu/form.h>

static json_t *parse(const char *text)
{
    return json_loads(text, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
}

static void check_texts(const char *schema, const char *data, bool is_strict)
{
    edu_error error = EDU_ERROR_INIT;
    edu_form_report *report = NULL;
    edu_status status =
        edu_form_check(fuzz_bytes_of(schema), fuzz_bytes_of(data), is_strict, &report, &error);
    fuzz_refused(status, &error);
    if (status == EDU_OK)
        MUST(report->is_valid == (json_array_size(report->errors) == 0));
    edu_free(report);
}

/* What was taken and pruned is taken again as it is. */
static void take_again(json_t *schema, const edu_form_report *first)
{
    edu_error error = EDU_ERROR_INIT;
    edu_form_report *report = NULL;
    edu_status status = edu_form_accept(schema, first->data, &report, &error);
    fuzz_refused(status, &error);
    if (status == EDU_OK && first->is_valid) {
        char *once = json_dumps(first->data, JSON_ENCODE_ANY | JSON_SORT_KEYS);
        char *again = json_dumps(report->data, JSON_ENCODE_ANY | JSON_SORT_KEYS);
        MUST(report->is_valid && once != NULL && again != NULL && strcmp(once, again) == 0);
        free(once);
        free(again);
    }
    edu_free(report);
}

static void take(json_t *schema, json_t *data)
{
    edu_error error = EDU_ERROR_INIT;
    edu_form_report *report = NULL;
    edu_status status = edu_form_accept(schema, data, &report, &error);
    fuzz_refused(status, &error);
    if (status == EDU_OK)
        take_again(schema, report);
    edu_free(report);
}

static void show(json_t *schema, json_t *hints, json_t *data)
{
    edu_error error = EDU_ERROR_INIT;
    edu_form_view *view = NULL;
    edu_status status = edu_form_check_hints(schema, hints, &error);
    fuzz_refused(status, &error);
    edu_status shown = edu_form_show(schema, hints, data, "az", &view, &error);
    fuzz_refused(shown, &error);
    MUST(status == EDU_OK || shown != EDU_OK);
    edu_free(view);
}

static void read_posted(json_t *schema, json_t *posted)
{
    edu_error error = EDU_ERROR_INIT;
    edu_form_view *view = NULL;
    edu_status status = edu_form_read(schema, posted, &view, &error);
    fuzz_refused(status, &error);
    if (status == EDU_OK)
        take(schema, view->content);
    edu_free(view);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    edu_bytes rest = {data, size};
    char *texts[4];
    json_t *values[4];
    for (int i = 0; i < 4; i++) {
        texts[i] = fuzz_text(&rest);
        values[i] = parse(texts[i]);
    }
    check_texts(texts[0], texts[2], true);
    check_texts(texts[0], texts[2], false);
    if (values[0] != NULL && values[2] != NULL)
        take(values[0], values[2]);
    if (values[0] != NULL && values[1] != NULL && values[2] != NULL)
        show(values[0], values[1], values[2]);
    if (values[0] != NULL && values[3] != NULL)
        read_posted(values[0], values[3]);
    for (int i = 0; i < 4; i++) {
        free(texts[i]);
        json_decref(values[i]);
    }
    return 0;
}
