/* Forms: the published cases of JSON Schema, decimals, patterns, formats, bounds, and what is left
 * out before a form is stored. */
#include "fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/form.h>
#include "form/form.h"
#include "../tap.h"

/* ---- help ---- */

static edu_form_report *report_of(const char *schema, const char *data, bool is_strict)
{
    edu_form_report *report = NULL;
    FX_OK(edu_form_check(fx_bytes(schema), fx_bytes(data), is_strict, &report, error));
    return report;
}

static void judged(const char *schema, const char *data, bool wanted, bool is_strict)
{
    edu_form_report *report = report_of(schema, data, is_strict);
    char *errors = json_dumps(report->errors, 0);
    ck_assert_msg(report->is_valid == wanted, "%s by %s: %s", data, schema, errors);
    free(errors);
    edu_free(report);
}

static void valid(const char *schema, const char *data)
{
    judged(schema, data, true, false);
}

static void invalid(const char *schema, const char *data)
{
    judged(schema, data, false, false);
}

/* Refused as a schema, with this key and place. */
static void refused(const char *schema, bool is_strict, const char *key, const char *place)
{
    edu_form_report *report = NULL;
    edu_status status =
        edu_form_check(fx_bytes(schema), fx_bytes("0"), is_strict, &report, &fx_last_error);
    ck_assert_msg(status != EDU_OK, "%s is not refused", schema);
    ck_assert_str_eq(fx_last_error.key, key);
    ck_assert_str_eq(fx_last_error.field, place);
    ck_assert_ptr_null(report);
}

/* The errors, as "field key schema" in their order. */
static void tells(const char *schema, const char *data, const char *wanted)
{
    edu_form_report *report = report_of(schema, data, true);
    ei_buffer found = {0};
    size_t index;
    json_t *one;
    json_array_foreach(report->errors, index, one) ei_buffer_printf(
        &found, "%s%s %s %s", index ? "; " : "", json_string_value(json_object_get(one, "field")),
        json_string_value(json_object_get(one, "key")),
        json_string_value(json_object_get(one, "schema")));
    ck_assert_str_eq(found.data ? found.data : "", wanted);
    ei_buffer_free(&found);
    edu_free(report);
}

static json_t *of_text(const char *text)
{
    json_t *made = json_loads(text, JSON_DECODE_ANY, NULL);
    ck_assert_msg(made != NULL, "%s", text);
    return made;
}

/* ---- the published cases ---- */

typedef struct tally {
    int files, cases, wrong;
} tally;

static void run_case(const char *file, json_t *group, json_t *one, tally *to)
{
    /* With 17 digits, as it does by itself, jansson writes 0.0074999999999999997 for 0.0075. */
    size_t as_written = JSON_ENCODE_ANY | JSON_REAL_PRECISION(15);
    char *schema = json_dumps(json_object_get(group, "schema"), as_written);
    char *data = json_dumps(json_object_get(one, "data"), as_written);
    edu_error error = EDU_ERROR_INIT;
    edu_form_report *report = NULL;
    edu_status status = edu_form_check(fx_bytes(schema), fx_bytes(data), false, &report, &error);
    bool wanted = json_is_true(json_object_get(one, "valid"));
    to->cases++;
    if (status != EDU_OK || report->is_valid != wanted) {
        to->wrong++;
        fprintf(stderr, "# %s: %s: %s: %s\n", file,
                json_string_value(json_object_get(group, "description")),
                json_string_value(json_object_get(one, "description")), error.message);
    }
    edu_free(report);
    free(schema);
    free(data);
}

static void run_file(const char *folder, const char *name, tally *to)
{
    char path[1024];
    edu_bytes text;
    json_t *group, *one;
    size_t i, j;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FX_OK(ei_file_read(path, 1 << 24, &text, error));
    json_t *groups = json_loadb(text.data, text.size, JSON_ALLOW_NUL, NULL);
    ck_assert_msg(groups != NULL, "%s", path);
    to->files++;
    json_array_foreach(groups, i, group)
    {
        json_array_foreach(json_object_get(group, "tests"), j, one) run_case(name, group, one, to);
    }
    json_decref(groups);
    ei_free((void *)(uintptr_t)text.data);
}

START_TEST(published_cases)
{
    char folder[512];
    tally seen = {0};
    (void)snprintf(folder, sizeof folder, "%s/vectors/json-schema", getenv("EDU_SHARED"));
    DIR *list = opendir(folder);
    ck_assert_msg(list != NULL, "%s", folder);
    for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
        size_t length = strlen(entry->d_name);
        if (length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0)
            run_file(folder, entry->d_name, &seen);
    }
    closedir(list);
    fprintf(stderr, "# %d cases of %d files\n", seen.cases, seen.files);
    ck_assert_int_eq(seen.wrong, 0);
    ck_assert_int_ge(seen.files, 37);
    ck_assert_int_ge(seen.cases, 546);
}
END_TEST

/* ---- references ---- */

START_TEST(references_are_found)
{
    valid("{\"$defs\":{\"a/b~c\":{\"type\":\"string\"}},\"$ref\":\"#/$defs/a~1b~0c\"}", "\"x\"");
    invalid("{\"$defs\":{\"a b%\":{\"type\":\"string\"}},\"$ref\":\"#/$defs/a%20b%25\"}", "1");
    invalid("{\"$defs\":{\"\":{\"$defs\":{\"\":{\"type\":\"number\"}}}},"
            "\"allOf\":[{\"$ref\":\"#/$defs//$defs/\"}]}",
            "\"x\"");
    /* Beside others, by an anchor, by the nearest $id. */
    invalid("{\"$defs\":{\"a\":{\"type\":\"array\"}},\"$ref\":\"#/$defs/a\",\"maxItems\":1}",
            "[1,2]");
    invalid("{\"$defs\":{\"a\":{\"$anchor\":\"here\",\"type\":\"array\"}},\"$ref\":\"#here\"}",
            "1");
    invalid("{\"$id\":\"http://x.example/root\",\"$ref\":\"http://x.example/nested.json#foo\","
            "\"$defs\":{\"A\":{\"$id\":\"nested.json\",\"$defs\":{\"B\":{\"$anchor\":\"foo\","
            "\"type\":\"integer\"}}}}}",
            "\"a\"");
    invalid("{\"$id\":\"http://x.example/a.json\",\"$defs\":{\"x\":{\"$id\":\"http://x.example/b/"
            "c.json\","
            "\"not\":{\"$defs\":{\"y\":{\"$id\":\"d.json\",\"type\":\"number\"}}}}},"
            "\"allOf\":[{\"$ref\":\"http://x.example/b/d.json\"}]}",
            "\"a\"");
    invalid("{\"$id\":\"urn:uuid:deadbeef-1234-ff00-00ff-4321feebdaed\",\"properties\":{\"foo\":"
            "{\"$ref\":\"urn:uuid:deadbeef-1234-ff00-00ff-4321feebdaed#something\"}},"
            "\"$defs\":{\"bar\":{\"$anchor\":\"something\",\"type\":\"string\"}}}",
            "{\"foo\":12}");
    /* A tree. */
    const char *tree =
        "{\"$id\":\"http://x.example/tree\",\"type\":\"object\",\"properties\":{\"nodes\":"
        "{\"type\":\"array\",\"items\":{\"$ref\":\"node\"}}},\"required\":[\"nodes\"],"
        "\"$defs\":{\"node\":{\"$id\":\"http://x.example/node\",\"type\":\"object\","
        "\"properties\":{\"value\":{\"type\":\"number\"},\"subtree\":{\"$ref\":\"tree\"}},"
        "\"required\":[\"value\"]}}}";
    valid(tree, "{\"nodes\":[{\"value\":1,\"subtree\":{\"nodes\":[{\"value\":1.1}]}}]}");
    invalid(tree, "{\"nodes\":[{\"value\":1,\"subtree\":{\"nodes\":[{\"value\":\"x\"}]}}]}");
    /* A place that no keyword knows; what only looks like a reference. */
    invalid("{\"definitions\":{\"a\":{\"type\":\"array\"}},\"$ref\":\"#/definitions/a\"}", "1");
    valid("{\"properties\":{\"$ref\":{\"type\":\"string\"}}}", "{\"$ref\":\"a\"}");
    valid("{\"const\":{\"$ref\":\"#/nothing\",\"$id\":\"x\"},\"$defs\":{\"a\":{\"$id\":\"x\"}}}",
          "{\"$ref\":\"#/nothing\",\"$id\":\"x\"}");
}
END_TEST

START_TEST(the_metaschema_is_there)
{
    const char *meta = "{\"$ref\":\"https://json-schema.org/draft/2020-12/schema\"}";
    valid(meta, "{\"properties\":{\"a\":{\"minLength\":1}},\"$defs\":{\"x\":true}}");
    invalid(meta, "{\"properties\":{\"a\":{\"properties\":{\"b\":{\"minLength\":-1}}}}}");
    invalid(meta, "{\"$defs\":{\"a\":{\"type\":\"text\"}}}");
    valid(meta, meta);
    /* A vocabulary alone judges by itself all the way down. */
    const char *core = "{\"$ref\":\"https://json-schema.org/draft/2020-12/meta/core\"}";
    invalid(core, "{\"$defs\":{\"a\":{\"$anchor\":\"9\"}}}");
    valid(core, "{\"$defs\":{\"a\":{\"minLength\":-1}}}");
    valid("{\"properties\":{\"n\":{\"$ref\":"
          "\"https://json-schema.org/draft/2020-12/meta/validation#/$defs/nonNegativeInteger\"}}}",
          "{\"n\":0}");
}
END_TEST

START_TEST(schemas_are_refused)
{
    static const struct {
        const char *schema, *key, *place;
    } cases[] = {
        {"5", "form.schema", ""},
        {"{\"type\":\"text\"}", "form.schema", "/type"},
        {"{\"type\":[]}", "form.schema", "/type"},
        {"{\"type\":[\"null\",\"null\"]}", "form.schema", "/type/1"},
        {"{\"minLength\":-1}", "form.schema", "/minLength"},
        {"{\"minLength\":1.5}", "form.schema", "/minLength"},
        {"{\"multipleOf\":0}", "form.schema", "/multipleOf"},
        {"{\"multipleOf\":1234567890123456789}", "form.schema_limit", "/multipleOf"},
        {"{\"required\":\"a\"}", "form.schema", "/required"},
        {"{\"required\":[\"a\",\"a\"]}", "form.schema", "/required/1"},
        {"{\"allOf\":[]}", "form.schema", "/allOf"},
        {"{\"properties\":{\"a/b\":{\"items\":[]}}}", "form.schema", "/properties/a~1b/items"},
        {"{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}", "form.schema_dialect",
         "/$schema"},
        {"{\"$ref\":\"http://x.example/a\"}", "form.schema_reference", "/$ref"},
        {"{\"$ref\":\"#/$defs/a\"}", "form.schema_reference", "/$ref"},
        {"{\"$ref\":\"#a\"}", "form.schema_reference", "/$ref"},
        {"{\"$ref\":\"#/%zz\"}", "form.schema", "/$ref"},
        {"{\"$ref\":\"#\"}", "form.schema_circle", ""},
        {"{\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/b\"}]},\"b\":{\"$ref\":\"#/$defs/"
         "a\"}}}",
         "form.schema_circle", "/$defs/a"},
        {"{\"$dynamicRef\":\"#a\"}", "form.schema", "/$dynamicRef"},
        {"{\"$id\":\"a#b\"}", "form.schema", "/$id"},
        {"{\"$anchor\":\"1\"}", "form.schema", "/$anchor"},
        {"{\"$defs\":{\"a\":{\"$id\":\"x\"},\"b\":{\"$id\":\"x\"}}}", "form.schema", "/$defs/b"},
        {"{\"pattern\":\"(\"}", "form.schema_pattern", "/pattern"},
        {"{\"pattern\":\"(?=a)\"}", "form.schema_pattern", "/pattern"},
        {"{\"pattern\":\"(a)\\\\1\"}", "form.schema_pattern", "/pattern"},
        {"{\"patternProperties\":{\"[\":true}}", "form.schema_pattern", "/patternProperties/["},
        {"{\"a\":1,\"a\":2}", "form.not_json", ""},
        {"{\"title\":\"\\ud800\"}", "form.not_json", ""},
        {"{\"title\":\"\\ud800\\u0041\"}", "form.not_json", ""},
        {"{\"title\":\"\\ud800\\n\"}", "form.not_json", ""},
        {"{\"title\":\"\\udc00\"}", "form.not_json", ""},
        {"{\"title\":\"\\u00g0\"}", "form.not_json", ""},
        {"{\"title\":\"\\q\"}", "form.not_json", ""},
        {"{\"title\":\"\\", "form.not_json", ""},
        {"{\"title\":\"a", "form.not_json", ""},
        {"{\"minimum\":1e}", "form.not_json", ""},
        {"{\"minimum\":1.}", "form.not_json", ""},
        {"{\"minimum\":-}", "form.not_json", ""},
        {"{\"minimum\":01}", "form.not_json", ""},
        {"{\"multipleOf\":\"1\"}", "form.schema", "/multipleOf"},
        {"{\"multipleOf\":-1}", "form.schema", "/multipleOf"},
        {"{\"minimum\":\"1\"}", "form.schema", "/minimum"},
        {"{\"minLength\":\"1\"}", "form.schema", "/minLength"},
        {"{\"minLength\":1e17}", "form.schema", "/minLength"},
        {"{\"pattern\":1}", "form.schema", "/pattern"},
        {"{\"format\":1}", "form.schema", "/format"},
        {"{\"required\":[1]}", "form.schema", "/required/0"},
        {"{\"dependentRequired\":[]}", "form.schema", "/dependentRequired"},
        {"{\"dependentRequired\":{\"a\":1}}", "form.schema", "/dependentRequired/a"},
        {"{\"properties\":[]}", "form.schema", "/properties"},
        {"{\"allOf\":{}}", "form.schema", "/allOf"},
        {"{\"enum\":1}", "form.schema", "/enum"},
        {"{\"uniqueItems\":1}", "form.schema", "/uniqueItems"},
        {"{\"$ref\":1}", "form.schema", "/$ref"},
        {"{\"$ref\":\"a\\u0000b\"}", "form.schema", "/$ref"},
        {"{\"$id\":1}", "form.schema", "/$id"},
        {"{\"$anchor\":\"\"}", "form.schema", "/$anchor"},
        {"{\"$anchor\":\"a b\"}", "form.schema", "/$anchor"},
        {"{\"$schema\":1}", "form.schema_dialect", "/$schema"},
        {"{\"$ref\":\"#/%00\"}", "form.schema", "/$ref"},
        {"{\"$ref\":\"#/%1\"}", "form.schema", "/$ref"},
        {"{\"$defs\":{\"a~\":{}},\"$ref\":\"#/$defs/a~\"}", "form.schema_reference", "/$ref"},
        {"{", "form.not_json", ""},
    };
    for (size_t i = 0; i < EI_COUNT(cases); i++)
        refused(cases[i].schema, false, cases[i].key, cases[i].place);
    /* What a service does not publish, and the standard passes. */
    refused("{\"properties\":{\"a\":{\"minlength\":1}}}", true, "form.schema_keyword",
            "/properties/a/minlength");
    valid("{\"properties\":{\"a\":{\"minlength\":1}}}", "0");
    refused("{\"format\":\"telephone\"}", true, "form.schema_format", "/format");
    valid("{\"format\":\"telephone\"}", "\"x\"");
    refused("{\"definitions\":{\"a\":{}},\"$ref\":\"#/definitions/a\"}", true,
            "form.schema_keyword", "/definitions");
    refused("{\"$defs\":{\"a\":{\"default\":{\"b\":{}}}},\"$ref\":\"#/$defs/a/default/b\"}", true,
            "form.schema_reference", "/$ref");
    edu_form_report *report;
    FX_FAILS(EDU_E_INVALID, edu_form_check(fx_bytes("{}"), fx_bytes("{}"), true, NULL, error));
    FX_FAILS(EDU_E_INVALID,
             edu_form_check((edu_bytes){NULL, 3}, fx_bytes("{}"), true, &report, error));
    FX_FAILS(EDU_E_INVALID, edu_form_accept(NULL, NULL, &report, error));
    json_t *some = of_text("{}");
    edu_form_view *view;
    FX_FAILS(EDU_E_INVALID,
             edu_form_check(fx_bytes("{}"), (edu_bytes){NULL, 3}, true, &report, error));
    FX_FAILS(EDU_E_INVALID, edu_form_accept(some, some, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_form_accept(some, NULL, &report, error));
    FX_FAILS(EDU_E_INVALID, edu_form_check_hints(NULL, some, error));
    FX_FAILS(EDU_E_INVALID, edu_form_check_hints(some, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_form_show(NULL, some, some, "en", &view, error));
    FX_FAILS(EDU_E_INVALID, edu_form_show(some, NULL, some, "en", &view, error));
    FX_FAILS(EDU_E_INVALID, edu_form_show(some, some, NULL, "en", &view, error));
    FX_FAILS(EDU_E_INVALID, edu_form_show(some, some, some, "en", NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_form_read(NULL, some, &view, error));
    FX_FAILS(EDU_E_INVALID, edu_form_read(some, NULL, &view, error));
    FX_FAILS(EDU_E_INVALID, edu_form_read(some, some, NULL, error));
    json_t *list = of_text("[]");
    FX_FAILS(EDU_E_INVALID, edu_form_read(some, list, &view, error));
    json_decref(list);
    json_decref(some);
}
END_TEST

/* ---- keywords that meet ---- */

START_TEST(unevaluated_is_what_is_left)
{
    const char *closed = "{\"allOf\":[{\"properties\":{\"a\":true}}],\"if\":{\"required\":[\"k\"],"
                         "\"properties\":{\"k\":"
                         "{\"const\":1}}},\"then\":{\"properties\":{\"b\":true}},\"else\":{"
                         "\"properties\":{\"c\":true}},"
                         "\"unevaluatedProperties\":false}";
    valid(closed, "{\"a\":1,\"c\":1}");
    valid(closed, "{\"a\":1,\"k\":1,\"b\":1}");
    invalid(closed, "{\"a\":1,\"k\":1,\"c\":1}");
    invalid(closed, "{\"a\":1,\"b\":1}");
    /* Marks come from each branch that holds, from references, not from `not`, not from cousins. */
    const char *any =
        "{\"anyOf\":[{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},"
        "{\"properties\":{\"b\":true},\"required\":[\"b\"]}],\"unevaluatedProperties\":false}";
    valid(any, "{\"a\":1,\"b\":2}");
    invalid(any, "{\"a\":2,\"b\":2}");
    invalid("{\"not\":{\"not\":{\"properties\":{\"a\":true}}},\"unevaluatedProperties\":false}",
            "{\"a\":1}");
    invalid("{\"allOf\":[{\"properties\":{\"a\":true}},{\"unevaluatedProperties\":false}]}",
            "{\"a\":1}");
    valid("{\"$ref\":\"#/$defs/x\",\"$defs\":{\"x\":{\"properties\":{\"a\":true}}},"
          "\"unevaluatedProperties\":false}",
          "{\"a\":1}");
    valid("{\"patternProperties\":{\"^x\":true},\"dependentSchemas\":{\"x1\":{\"properties\":{"
          "\"y\":true}}},"
          "\"unevaluatedProperties\":false}",
          "{\"x1\":1,\"y\":1}");
    invalid("{\"unevaluatedProperties\":{\"type\":\"string\"}}", "{\"a\":1}");
    valid("{\"allOf\":[{\"unevaluatedProperties\":true}],\"unevaluatedProperties\":false}",
          "{\"a\":1}");
    /* More members than fit in the marks kept at hand. */
    ei_buffer many = {0};
    for (int i = 0; i < 100; i++)
        ei_buffer_printf(&many, "%c\"a%d\":%d", i ? ',' : '{', i, i);
    ei_buffer_text(&many, "}");
    valid("{\"patternProperties\":{\"^a\":true},\"unevaluatedProperties\":false}", many.data);
    invalid("{\"patternProperties\":{\"^a[0-8]\":true},\"unevaluatedProperties\":false}",
            many.data);
    ei_buffer_free(&many);
    const char *items = "{\"prefixItems\":[true],\"contains\":{\"type\":\"string\"},"
                        "\"unevaluatedItems\":false}";
    valid(items, "[1,\"a\",\"b\"]");
    invalid(items, "[1,\"a\",2]");
    valid("{\"allOf\":[{\"items\":true}],\"unevaluatedItems\":false}", "[1,2]");
    invalid("{\"anyOf\":[{\"prefixItems\":[true,{\"const\":1}]},{\"prefixItems\":[true]}],"
            "\"unevaluatedItems\":false}",
            "[0,2]");
}
END_TEST

START_TEST(numbers_are_decimals)
{
    static const struct {
        const char *step, *value;
        bool wanted;
    } steps[] = {
        {"0.0001", "0.0075", true},
        {"0.0001", "0.00751", false},
        {"0.01", "1e308", true},
        {"0.123456789", "1e308", false},
        {"1e-8", "12391239123", true},
        {"0.1", "0.3", true},
        {"1e308", "1e308", true},
        {"1e308", "1e307", false},
        {"3", "1e1000", false},
        {"2", "1e1000", true},
        {"7", "-49.0", true},
        {"7", "0", true},
        {"1.5", "123456789012345678901234567890", true},
        {"7", "123456789012345678901234567891", false},
    };
    for (size_t i = 0; i < EI_COUNT(steps); i++) {
        char schema[64];
        (void)snprintf(schema, sizeof schema, "{\"multipleOf\":%s}", steps[i].step);
        judged(schema, steps[i].value, steps[i].wanted, false);
    }
    invalid("{\"maximum\":9007199254740992}", "9007199254740993");
    valid("{\"maximum\":9007199254740993.0}", "9007199254740993");
    invalid("{\"exclusiveMaximum\":972783798187987123879878123.18878137}",
            "972783798187987123879878123.188781371");
    invalid("{\"const\":9007199254740992}", "9007199254740993");
    invalid("{\"maximum\":0.1}", "0.1000000000000000000000001");
    valid("{\"enum\":[1e2]}", "100.00");
    valid("{\"const\":0}", "-0.0");
    valid("{\"minimum\":-1e400}", "-1e399");
    valid("{\"type\":\"integer\"}", "1e400");
    invalid("{\"type\":\"integer\"}", "1e-400");
    valid("{\"uniqueItems\":true}", "[1,true,\"1\",[1],{\"a\":1},{\"a\":2},null,0,false]");
    invalid("{\"uniqueItems\":true}", "[{\"a\":1,\"b\":[2]},0,{\"b\":[2.0],\"a\":1e0}]");
    valid("{\"type\":[\"integer\",\"number\"]}", "1.5");
    valid("{\"minLength\":2.0}", "\"ab\"");
    invalid("{\"maxLength\":2}", "\"\\ud83d\\udca9\\ud83d\\udca9\\ud83d\\udca9\"");
    valid("{\"maxLength\":2}", "\"\\ud83d\\udca9\\ud83d\\udca9\"");
}
END_TEST

/* What json_t carries is judged as the same text. */
START_TEST(values_are_judged_as_texts)
{
    static const struct {
        const char *schema, *data;
    } cases[] = {
        {"{\"multipleOf\":0.0001}", "0.0075"}, {"{\"multipleOf\":0.1}", "0.3"},
        {"{\"multipleOf\":0.01}", "19.99"},    {"{\"multipleOf\":1e-8}", "12391239123"},
        {"{\"maximum\":1e308}", "1e308"},      {"{\"const\":\"a\\u0000b\"}", "\"a\\u0000b\""},
        {"{\"type\":\"integer\"}", "1e20"},    {"{\"enum\":[0.1]}", "0.1"},
    };
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        int flags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
        json_t *schema = json_loads(cases[i].schema, flags, NULL);
        json_t *data = json_loads(cases[i].data, flags, NULL);
        edu_form_report *report;
        valid(cases[i].schema, cases[i].data);
        FX_OK(edu_form_accept(schema, data, &report, error));
        ck_assert_msg(report->is_valid, "%s %s", cases[i].schema, cases[i].data);
        ck_assert(json_equal(report->data, data));
        edu_free(report);
        json_decref(schema);
        json_decref(data);
    }
}
END_TEST

/* ---- errors ---- */

START_TEST(errors_point_to_their_fields)
{
    const char *schema =
        "{\"type\":\"object\",\"required\":[\"name\",\"age\"],\"properties\":{\"name\":{\"type\":"
        "\"string\","
        "\"minLength\":2},\"age\":{\"type\":\"integer\",\"minimum\":6,\"maximum\":18},\"mail\":{"
        "\"format\":"
        "\"email\"},\"tags\":{\"type\":\"array\",\"uniqueItems\":true,\"items\":{\"enum\":[\"a\","
        "\"b\"]}},"
        "\"a/b\":{\"$ref\":\"#/$defs/short\"}},\"dependentRequired\":{\"mail\":[\"phone\"]},"
        "\"$defs\":{\"short\":{\"maxLength\":1}},\"additionalProperties\":false}";
    tells(schema, "{\"name\":\"Ay\",\"age\":7}", "");
    tells(schema, "{\"name\":\"A\"}",
          "/age form.required /required; /name form.too_short /properties/name/minLength");
    tells(schema, "{\"name\":5,\"age\":5.5}",
          "/name form.type /properties/name/type; /age form.type /properties/age/type");
    tells(schema, "{\"name\":\"Ay\",\"age\":19,\"x\":1,\"tags\":[\"a\",\"c\",\"a\"]}",
          "/age form.too_large /properties/age/maximum; "
          "/x form.unexpected /additionalProperties; "
          "/tags/1 form.not_listed /properties/tags/items/enum; "
          "/tags/2 form.double_item /properties/tags/uniqueItems");
    tells(
        schema, "{\"name\":\"Ay\",\"age\":9,\"mail\":\"x\",\"a/b\":\"xy\"}",
        "/phone form.required_with /dependentRequired; /mail form.format /properties/mail/format; "
        "/a~1b form.too_long /$defs/short/maxLength");
    tells("{\"if\":{\"properties\":{\"k\":{\"const\":1}}},\"then\":{\"required\":[\"b\"]}}",
          "{\"k\":1}", "/b form.required /then/required");
    tells("{\"oneOf\":[{\"type\":\"string\"},{\"minLength\":1}]}", "\"a\"",
          " form.several_variants /oneOf");
    tells("{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":1}]}", "0", " form.no_variant /anyOf");
    tells("{\"properties\":{\"a\":false}}", "{\"a\":1}", "/a form.not_allowed /properties/a");
    tells("{\"not\":{\"const\":1},\"contains\":true}", "1", " form.excluded /not");
    tells("{\"contains\":{\"const\":1},\"minContains\":2}", "[1]",
          " form.too_few_matching /minContains");
    tells("{\"propertyNames\":{\"maxLength\":1}}", "{\"ab\":1}",
          "/ab form.property_name /propertyNames");
    tells("{\"$ref\":\"https://json-schema.org/draft/2020-12/meta/validation\"}",
          "{\"minLength\":-1}",
          "/minLength form.too_small https://json-schema.org/draft/2020-12/meta/validation#"
          "/$defs/nonNegativeInteger/minimum");
    tells("true", "{\"a\":", " form.not_json ");
    /* Marks of what fails spare faults that only follow. */
    tells("{\"allOf\":[{\"properties\":{\"a\":{\"type\":\"string\"}}}],\"unevaluatedProperties\":"
          "false}",
          "{\"a\":1}", "/a form.type /allOf/0/properties/a/type");
    edu_form_report *report = report_of("{\"minLength\":3}", "\"a\"", true);
    json_t *parameters = json_object_get(json_array_get(report->errors, 0), "parameters");
    ck_assert_int_eq(json_integer_value(json_object_get(parameters, "limit")), 3);
    edu_free(report);
    /* No more than a hundred. */
    ei_buffer many = {0};
    for (int i = 0; i < 300; i++)
        ei_buffer_printf(&many, "%c%d", i ? ',' : '[', i);
    ei_buffer_text(&many, "]");
    report = report_of("{\"items\":{\"type\":\"string\"}}", many.data, true);
    ck_assert_int_eq(json_array_size(report->errors), EI_FORM_ERRORS_MAX);
    edu_free(report);
    ei_buffer_free(&many);
}
END_TEST

/* ---- patterns ---- */

static void matches(const char *pattern, const char *text, bool wanted)
{
    ei_arena *arena = ei_arena_new();
    const ei_pattern *made;
    const char *what;
    size_t at;
    int64_t steps = EI_FORM_STEPS;
    ei_pattern_fault fault = ei_pattern_make(arena, pattern, strlen(pattern), &made, &what, &at);
    ck_assert_msg(fault == EI_PATTERN_FINE, "%s: %s at %zu", pattern, what, at);
    ck_assert_msg(ei_pattern_matches(made, text, strlen(text), &steps) == wanted, "%s on %s",
                  pattern, text);
    ck_assert(steps > 0);
    ei_arena_free(arena);
}

START_TEST(patterns_match)
{
    static const struct {
        const char *pattern, *yes, *no;
    } cases[] = {
        {"^a*$", "aaa", "ab"},
        {"a+", "xxaayy", "xyz"},
        {"^(foo|bar|baz)+$", "barbazfoo", "barba"},
        {"^(?:a|ab)(?:c|bcd)(?:d*)$", "abcd", "abx"},
        {"^x{2,3}$", "xxx", "xxxx"},
        {"^x{2}$", "xx", "x"},
        {"^x{2,}$", "xxxxx", "x"},
        {"^x{0}y?$", "y", "xy"},
        {"^(a{2}b){2}$", "aabaab", "aabab"},
        {"^[a-c_]+$", "a_b", "d"},
        {"^[^a-c]$", "d", "b"},
        {"^[\\d\\-]+$", "1-2", "a"},
        {"^[]]?$", "]", "x]"}, /* in ECMA-262 [] is empty: see below */
        {"^\\w+\\s\\W$", "ab -", "ab b"},
        {"\\bword\\b", "a word.", "swords"},
        {"^\\Bx", "", "x"},
        {"^.$", "\xc3\xa9", "\n"},
        {"^.$", "\xf0\x9f\x92\xa9", "ab"},
        {"^\\u{1f4a9}$", "\xf0\x9f\x92\xa9", "x"},
        {"^\\ud83d\\udca9$", "\xf0\x9f\x92\xa9", "x"},
        {"^\\p{L}+$", "\xc6\x8fli", "1"},
        {"^\\p{Lu}\\p{Ll}+$", "\xc6\x8fli", "\xc9\x99li"},
        {"^\\p{Script=Cyrillic}+$", "\xd0\x96", "z"},
        {"^\\p{Alphabetic}$", "x", "1"},
        {"^\\P{L}$", "1", "x"},
        {"^[\\p{L}\\s'-]+$",
         "\xc6\x8fli M\xc9\x99mm\xc9\x99"
         "d-oglu",
         "x1"},
        {"^\\$\\{\\}\\/$", "${}/", "x"},
        {"^a{,2}$", "a{,2}", "aa"},
        {"^(|a)$", "a", "b"},
        {"^(a*)*$", "aaaa", "b"},
        {"^(a|b|)*c$", "abac", "abad"},
        {"^(?<year>[0-9]{4})$", "2026", "26"},
        {"^a+?b??$", "aab", "abb"},
        {"a|b|c|^$", "", "x"},
        {"^[A-HJ-NP-Z0-9]{7}$", "5AB1C2D", "5AB1I2D"},
        {"^\\cJ\\x41\\t$", "\nA\t", "A"},
        {"^\\s$", "\xe2\x80\xa8", "x"},
        {"^\\s{6}$", "\t\r \xc2\xa0\xef\xbb\xbf\xe2\x80\xa9", "     \xc3\xa9"},
        {"^\\s$", "\xe3\x80\x80", "\xc3\xa9"},
        {"^.$", "a", "\r"},
        {"^.$", "a", "\xe2\x80\xa8"},
        {"^.$", "a", "\xe2\x80\xa9"},
        {"^\\u00E9\\xe9\\xE9$", "\xc3\xa9\xc3\xa9\xc3\xa9", "e"},
        {"^\\u{1F4A9}$", "\xf0\x9f\x92\xa9", "x"},
        {"^[\\b\\n]$", "\b", "b"},
        {"^[\\-\\]]+$", "-]", "\\"},
        {"^[a-]+$", "a-", "b"},
        {"^[-a]+$", "a-", "b"},
        {"^\\cj\\cM$", "\n\r", "jM"},
        {"^\\_$", "_", "\\"},
        {"^\\p{General_Category=Letter}$", "x", "1"},
        {"^\\p{gc=Nd}$", "1", "x"},
        {"^\\p{sc=Latin}$", "x", "\xd0\x96"},
        {"^\\p{Script_Extensions=Latin}$", "x", "\xd0\x96"},
        {"^\\p{scx=Cyrillic}$", "\xd0\x96", "x"},
        {"^\\p{Any}\\p{ASCII}$", "\xd0\x96x", "x\xd0\x96"},
        {"^\\P{ASCII}$", "\xd0\x96", "x"},
        {"^(?:){3}x$", "x", "y"},
        {"^x{2", "x{2", "xx"},
        {"^x{2,y", "x{2,y", "xx"},
        {"^(?:a|b|c)(?:a|b|c)$", "cb", "abc"},
    };
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        if (strstr(cases[i].pattern, "[]]"))
            continue;
        if (cases[i].yes[0] || !strstr(cases[i].pattern, "\\B"))
            matches(cases[i].pattern, cases[i].yes, true);
        matches(cases[i].pattern, cases[i].no, false);
    }
    matches("[]", "x", false);
    matches("^[^]$", "\n", true);
    matches("x\\B", "xy", true);
    valid("{\"pattern\":\"^\\\\0$\"}", "\"\\u0000\"");
    invalid("{\"pattern\":\"^\\\\0$\"}", "\"0\"");
}
END_TEST

START_TEST(patterns_are_refused)
{
    static const struct {
        const char *pattern;
        ei_pattern_fault fault;
    } cases[] = {
        {"(", EI_PATTERN_WRONG},
        {")", EI_PATTERN_WRONG},
        {"^(abc]", EI_PATTERN_WRONG},
        {"[a", EI_PATTERN_WRONG},
        {"[b-a]", EI_PATTERN_WRONG},
        {"[\\d-z]", EI_PATTERN_WRONG},
        {"*", EI_PATTERN_WRONG},
        {"a**", EI_PATTERN_WRONG},
        {"^*", EI_PATTERN_WRONG},
        {"a{2}{3}", EI_PATTERN_WRONG},
        {"a{3,2}", EI_PATTERN_WRONG},
        {"\\", EI_PATTERN_WRONG},
        {"\\a", EI_PATTERN_WRONG},
        {"\\p{Nonsense}", EI_PATTERN_WRONG},
        {"\\pL", EI_PATTERN_WRONG},
        {"\\u12", EI_PATTERN_WRONG},
        {"\\u{110000}", EI_PATTERN_WRONG},
        {"(?P<a>x)", EI_PATTERN_WRONG},
        {"(?<ax)", EI_PATTERN_WRONG},
        {"(?", EI_PATTERN_WRONG},
        {"(?:a", EI_PATTERN_WRONG},
        {"(*)", EI_PATTERN_WRONG},
        {"|)", EI_PATTERN_WRONG},
        {"a|*", EI_PATTERN_WRONG},
        {"$+", EI_PATTERN_WRONG},
        {"\\b?", EI_PATTERN_WRONG},
        {"{2}", EI_PATTERN_WRONG},
        {"[\\", EI_PATTERN_WRONG},
        {"[a-\\", EI_PATTERN_WRONG},
        {"[\\q]", EI_PATTERN_WRONG},
        {"[a-\\q]", EI_PATTERN_WRONG},
        {"[a-\\d]", EI_PATTERN_WRONG},
        {"[\\pL]", EI_PATTERN_WRONG},
        {"\\x4", EI_PATTERN_WRONG},
        {"\\xg0", EI_PATTERN_WRONG},
        {"\\u{}", EI_PATTERN_WRONG},
        {"\\u{41", EI_PATTERN_WRONG},
        {"\\c", EI_PATTERN_WRONG},
        {"\\c1", EI_PATTERN_WRONG},
        {"\\p{L", EI_PATTERN_WRONG},
        {"\\p{}", EI_PATTERN_WRONG},
        {"\\p{gc=Nonsense}", EI_PATTERN_WRONG},
        {"\\p{sc=Nonsense}", EI_PATTERN_WRONG},
        {"\\p{Alphabetic=L}", EI_PATTERN_WRONG},
        {"\\p{Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}",
         EI_PATTERN_WRONG},
        {"(?<!a)", EI_PATTERN_UNSUPPORTED},
        {"\\01", EI_PATTERN_UNSUPPORTED},
        {"(?=a)", EI_PATTERN_UNSUPPORTED},
        {"(?!a)", EI_PATTERN_UNSUPPORTED},
        {"(?<=a)", EI_PATTERN_UNSUPPORTED},
        {"(a)\\1", EI_PATTERN_UNSUPPORTED},
        {"(?<a>x)\\k<a>", EI_PATTERN_UNSUPPORTED},
        {"a{5000}", EI_PATTERN_TOO_LARGE},
        {"((a{100}){100}){100}", EI_PATTERN_TOO_LARGE},
        {"a{99999999999999999999}", EI_PATTERN_TOO_LARGE},
    };
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        ei_arena *arena = ei_arena_new();
        const ei_pattern *made;
        const char *what, *pattern = cases[i].pattern;
        size_t at;
        ck_assert_msg(ei_pattern_make(arena, pattern, strlen(pattern), &made, &what, &at) ==
                          cases[i].fault,
                      "%s: %s", pattern, what ? what : "is fine");
        ei_arena_free(arena);
    }
}
END_TEST

/* A piece so often that one bound of a pattern is passed by one. */
static void too_large(const char *before, const char *piece, int count, const char *after)
{
    ei_buffer text = {0};
    ei_arena *arena = ei_arena_new();
    const ei_pattern *made;
    const char *what;
    size_t at;
    for (int fits = 1; fits >= 0; fits--) {
        text.size = 0;
        ei_buffer_text(&text, before);
        for (int i = fits; i < count; i++)
            ei_buffer_text(&text, piece);
        ei_buffer_text(&text, after);
        ei_pattern_fault fault = ei_pattern_make(arena, text.data, text.size, &made, &what, &at);
        ck_assert_msg(fault == (fits ? EI_PATTERN_FINE : EI_PATTERN_TOO_LARGE), "%s: %s", piece,
                      what ? what : "is fine");
    }
    ei_buffer_free(&text);
    ei_arena_free(arena);
}

START_TEST(patterns_have_bounds)
{
    too_large("", "a", 8192, "");
    too_large("a|", "a", 8189, "");
    too_large("", "[a]", 513, "");
    too_large("[", "a", 2049, "]");
    too_large("", "a?", 4096, "");
    too_large("", "a*", 2731, "");
    ei_buffer deep = {0};
    ei_arena *arena = ei_arena_new();
    const ei_pattern *made;
    const char *what;
    size_t at;
    for (int i = 0; i < 65; i++)
        ei_buffer_text(&deep, "(");
    ck_assert_int_eq(ei_pattern_make(arena, deep.data, deep.size, &made, &what, &at),
                     EI_PATTERN_TOO_LARGE);
    ei_buffer_free(&deep);
    ei_arena_free(arena);
}
END_TEST

/* ---- formats ---- */

static void format_is(const char *format, const char *yes, const char *no)
{
    char schema[64];
    (void)snprintf(schema, sizeof schema, "{\"format\":\"%s\"}", format);
    for (int wanted = 0; wanted < 2; wanted++) {
        char *list = strdup(wanted ? yes : no), *rest = list;
        for (char *one; (one = strsep(&rest, " ")) != NULL;) {
            json_t *text = json_string(one);
            char *data = json_dumps(text, JSON_ENCODE_ANY);
            judged(schema, data, wanted, true);
            valid(schema, data);
            free(data);
            json_decref(text);
        }
        free(list);
    }
}

START_TEST(formats_are_asserted)
{
    format_is("date", "2026-11-27 2024-02-29 0000-01-01",
              "2026-02-29 2026-13-01 2026-1-1 26-01-01 2026-04-31 2026-11-27Z x");
    format_is("time", "10:00:00Z 23:59:60Z 10:00:00.5+04:00 03:59:60+04:00 00:29:60+00:30",
              "10:00:00 24:00:00Z 10:60:00Z 22:59:60Z 10:00:61Z 1:00:00Z 10:00Z");
    format_is("date-time", "2026-11-27T10:00:00Z 1998-12-31T23:59:60Z 2026-11-27t10:00:00.1-04:00",
              "2026-11-27 2026-11-31T10:00:00Z 2026-11-27T10:00:00 1998-12-31T23:58:60Z");
    format_is("duration", "P1Y P4DT12H30M5S P2W PT0S P1M", "P PT 1Y P1Y2W P1S P1D1Y PT1D P2D1Y");
    format_is("email", "a@b.example a.b+c@x \"a@b\"@x.example a@[127.0.0.1] a@[IPv6:::1]",
              "2962 a@ @b a..b@x .a@x a.@x a@b..c a@-b a@[127.0.0] a@[IPv6:1] a,b@x");
    format_is("hostname", "www.example.com xn--4gbwdl.xn--wgbh1c a 1host",
              "-a a- a..b a_b .a ex*mple "
              "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    format_is("idn-email",
              "\xc9\x99li@m\xc9\x99kt\xc9\x99"
              "b.az a@b",
              "2962 \xc9\x99@");
    format_is("idn-hostname",
              "m\xc9\x99kt\xc9\x99"
              "b.az a.b",
              "-a a..b");
    format_is("ipv4", "192.168.0.1 0.0.0.0",
              "256.1.1.1 1.2.3 1.2.3.4.5 01.2.3.4 0x7f.0.0.1 1.2.3.4/8");
    format_is("ipv6", "::1 :: fe80::1 ::ffff:1.2.3.4 1:2:3:4:5:6:7:8",
              "1 12345:: 1::2::3 ::1%eth0 1:2:3:4:5:6:7 :1 ::1.2.3");
    format_is(
        "uri",
        "http://x.example/?q=Test%20-x&a#/b urn:oid:1 mailto:a@x http://a:b@[::1]:80/ file:///a a:",
        "//x /a a http://x/<> http://[::g] http://x/%zz :// http://a[b].c \\\\a http://x\\y");
    format_is("uri-reference", "/a #b ?c //x a/b http://x a:b ./a:b", "a\\b #a\\b %zz [a]");
    format_is("iri", "http://\xc6\x92\xc3\xb8\xc3\xb8.\xc3\x9f\xc3\xa5r/?\xe2\x88\x82 http://x",
              "/a \xc3\xa2 http://x/<>");
    format_is("iri-reference", "/\xc3\xa2 #\xc6\x92 http://x", "\\\\\xc3\xa2 #\xc6\x92\\");
    format_is("uri-template", "http://x/{a}/{b:3}{?c,d*}{+e} x {#a.b}",
              "{a {a}} {} {a:0} {!a} http://x/%zz");
    format_is("uuid", "2EB8AA08-AA98-11EA-B4AA-73B441D16380 2eb8aa08-aa98-11ea-b4aa-73b441d16380",
              "2eb8aa08aa9811eab4aa73b441d16380 2eb8aa08-aa98-11ea-b4aa-73b441d1638 {2eb8aa08}");
    format_is("json-pointer", "/foo/0 /a~1b /~0 // /", "a /~2 /~ #/a");
    format_is("relative-json-pointer", "1 0/foo 2# 0", "-1 /a 01 0##");
    format_is("regex", "^a$ (?=a)b (a)\\1", "^(abc] [ a{2}{3}");
    judged("{\"format\":\"json-pointer\"}", "\"\"", true, true);
    judged("{\"format\":\"email\"}", "12", true, true);
}
END_TEST

/* ---- leaving out ---- */

static void accepts(const char *schema_text, const char *given, const char *kept, bool is_valid)
{
    json_t *schema = json_loads(schema_text, JSON_DECODE_ANY, NULL);
    json_t *data = json_loads(given, JSON_DECODE_ANY, NULL);
    edu_form_report *report;
    ck_assert(schema && data);
    FX_OK(edu_form_accept(schema, data, &report, error));
    char *found = json_dumps(report->data, JSON_ENCODE_ANY | JSON_COMPACT);
    ck_assert_str_eq(found, kept);
    ck_assert_msg(report->is_valid == is_valid, "%s by %s", given, schema_text);
    free(found);
    edu_free(report);
    json_decref(schema);
    json_decref(data);
}

START_TEST(hidden_fields_are_left_out)
{
    const char *school =
        "{\"type\":\"object\",\"properties\":{\"kind\":{\"enum\":[\"bus\",\"car\"]}},\"required\":["
        "\"kind\"],"
        "\"allOf\":[{\"if\":{\"properties\":{\"kind\":{\"const\":\"bus\"}},\"required\":[\"kind\"]}"
        ",\"then\":"
        "{\"properties\":{\"stop\":{\"type\":\"string\"}},\"required\":[\"stop\"]}},{\"if\":{"
        "\"properties\":"
        "{\"kind\":{\"const\":\"car\"}},\"required\":[\"kind\"]},\"then\":{\"properties\":{"
        "\"plate\":"
        "{\"type\":\"string\"}},\"dependentRequired\":{\"plate\":[\"colour\"]}}}],"
        "\"dependentSchemas\":{\"plate\":{\"properties\":{\"colour\":{\"type\":\"string\"}}}},"
        "\"unevaluatedProperties\":false}";
    accepts(school, "{\"kind\":\"bus\",\"stop\":\"A\",\"plate\":\"10-AA-001\",\"colour\":\"red\"}",
            "{\"kind\":\"bus\",\"stop\":\"A\"}", true);
    accepts(school, "{\"stop\":\"A\",\"kind\":\"car\",\"plate\":\"x\",\"colour\":\"y\"}",
            "{\"kind\":\"car\",\"plate\":\"x\",\"colour\":\"y\"}", true);
    /* Not complete yet, and kept. */
    accepts(school, "{\"kind\":\"car\",\"plate\":\"x\"}", "{\"kind\":\"car\",\"plate\":\"x\"}",
            false);
    accepts(school, "{\"stop\":\"A\"}", "{}", false);
    /* One that hangs on another that hung on a third. */
    accepts(
        "{\"properties\":{\"a\":true},\"dependentSchemas\":{\"a\":{\"properties\":{\"b\":true}},"
        "\"b\":{\"properties\":{\"c\":true}},\"c\":{\"properties\":{\"d\":true}}}}",
        "{\"d\":1,\"c\":1,\"b\":1}", "{}", true);
    /* Whole where nothing is said; within arrays, variants and what may be anything. */
    accepts("{\"properties\":{\"a\":{\"type\":\"object\"}}}", "{\"a\":{\"x\":1},\"b\":1}",
            "{\"a\":{\"x\":1}}", true);
    accepts("{\"items\":{\"properties\":{\"a\":true}}}", "[{\"a\":1,\"b\":2},{\"b\":3}]",
            "[{\"a\":1},{}]", true);
    accepts("{\"oneOf\":[{\"properties\":{\"t\":{\"const\":1},\"a\":true},\"required\":[\"t\"]},"
            "{\"properties\":{\"t\":{\"const\":2},\"b\":true},\"required\":[\"t\"]}]}",
            "{\"t\":2,\"a\":1,\"b\":1}", "{\"t\":2,\"b\":1}", true);
    accepts("{\"properties\":{\"a\":true},\"additionalProperties\":{\"properties\":{\"x\":true}}}",
            "{\"b\":{\"x\":1,\"y\":2}}", "{\"b\":{\"x\":1}}", true);
    accepts("{\"properties\":{\"a\":true},\"unevaluatedProperties\":{\"type\":\"string\"}}",
            "{\"b\":\"x\"}", "{\"b\":\"x\"}", true);
    accepts("{\"patternProperties\":{\"^x\":true},\"additionalProperties\":false}",
            "{\"x1\":1,\"y\":2}", "{\"x1\":1}", true);
    accepts("{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"properties\":{\"b\":true}}}}",
            "{\"b\":1,\"c\":2}", "{\"b\":1}", true);
    accepts("true", "{\"b\":1}", "{\"b\":1}", true);
}
END_TEST

/* ---- bounds ---- */

static char *repeated(const char *before, const char *middle, const char *after, int count)
{
    ei_buffer out = {0};
    for (int i = 0; i < count; i++)
        ei_buffer_text(&out, before);
    ei_buffer_text(&out, middle);
    for (int i = 0; i < count; i++)
        ei_buffer_text(&out, after);
    return out.data;
}

START_TEST(depth_is_bounded)
{
    static const int depths[] = {129, 10000, 200000};
    for (size_t i = 0; i < EI_COUNT(depths); i++) {
        char *schema = repeated("{\"not\":", "{}", "}", depths[i]);
        char *data = repeated("[", "", "]", depths[i]);
        if (strlen(schema) < EI_FORM_SCHEMA_BYTES_MAX)
            refused(schema, false, "form.too_deep", "");
        tells("true", data, " form.too_deep ");
        ei_free(schema);
        ei_free(data);
    }
    char *data = repeated("[", "", "]", 128);
    valid("{\"items\":{\"$ref\":\"#\"}}", data);
    ei_free(data);
}
END_TEST

START_TEST(long_chains_are_refused)
{
    ei_buffer schema = {0};
    ei_buffer_text(&schema, "{\"$ref\":\"#/$defs/a0\",\"$defs\":{");
    for (int i = 0; i < 9000; i++)
        ei_buffer_printf(&schema, "\"a%d\":{\"$ref\":\"#/$defs/a%d\"},", i, i + 1);
    ei_buffer_text(&schema, "\"a9000\":true}}");
    edu_form_report *report;
    FX_FAILS(EDU_E_LIMIT,
             edu_form_check(fx_bytes(schema.data), fx_bytes("1"), false, &report, error));
    ck_assert_str_eq(fx_last_error.key, "form.schema_limit");
    ei_buffer_free(&schema);
}
END_TEST

START_TEST(sizes_are_bounded)
{
    size_t size = 100 << 20;
    char *text = malloc(size);
    edu_form_report *report;
    memset(text, 'a', size);
    text[0] = text[size - 1] = '"';
    edu_bytes large = {text, size};
    FX_OK(edu_form_check(fx_bytes("{\"pattern\":\"^(a+)+$\"}"), large, false, &report, error));
    ck_assert(!report->is_valid);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(report->errors, 0), "key")),
                     "form.too_big");
    edu_free(report);
    FX_FAILS(EDU_E_LIMIT, edu_form_check(large, fx_bytes("1"), false, &report, error));
    ck_assert_str_eq(fx_last_error.key, "form.too_big");
    json_t *value = json_stringn(text, size), *schema = json_object();
    FX_FAILS(EDU_E_LIMIT, edu_form_accept(schema, value, &report, error));
    json_decref(value);
    json_decref(schema);
    free(text);
    char *many = repeated("[],", "", "", 200001);
    many[strlen(many) - 1] = ' ';
    ei_buffer list = {0};
    ei_buffer_printf(&list, "[%s]", many);
    tells("true", list.data, " form.too_big ");
    ei_buffer_free(&list);
    ei_free(many);
}
END_TEST

/* A backtracking matcher would not come back from these. */
START_TEST(patterns_take_bounded_time)
{
    static const char *const patterns[] = {"^(a+)+$",           "^(a|a)*$",     "^(a|aa)+$",
                                           "(.*a){20}x",        "^([a-z]+)*!$", "(a?){60}a{60}b",
                                           "^(\\\\w+\\\\s?)*$", "(x+x+)+y"};
    char *text = repeated("a", "!", "", 20000);
    for (size_t i = 0; i < EI_COUNT(patterns); i++) {
        char schema[64];
        ei_buffer data = {0};
        (void)snprintf(schema, sizeof schema, "{\"pattern\":\"%s\"}", patterns[i]);
        ei_buffer_printf(&data, "\"%s\"", text);
        edu_form_report *report = report_of(schema, data.data, false);
        ck_assert_msg(report->is_valid == (i == 4), "%s", schema);
        ck_assert_str_eq(
            i == 4 ? "form.pattern"
                   : json_string_value(json_object_get(json_array_get(report->errors, 0), "key")),
            "form.pattern");
        edu_free(report);
        ei_buffer_free(&data);
    }
    ei_free(text);
    /* Linear in text and pattern, and yet too much: given up. */
    char *long_text = repeated("a", "", "", 4000000);
    ei_buffer data = {0};
    ei_buffer_printf(&data, "\"%s\"", long_text);
    tells("{\"pattern\":\"(a?){2000}b\"}", data.data, " form.too_complex ");
    ei_buffer_free(&data);
    ei_free(long_text);
}
END_TEST

/* Each level asks for both variants twice: two to the power of the levels. */
START_TEST(judgements_take_bounded_steps)
{
    char *data = repeated("[", "1", "]", 100);
    const char *schema =
        "{\"anyOf\":[{\"items\":{\"$ref\":\"#\"},\"minItems\":1,\"type\":\"array\"},"
        "{\"items\":{\"$ref\":\"#\"},\"minItems\":1,\"type\":\"array\"}]}";
    tells(schema, data, " form.too_complex ");
    json_t *value = json_loads(data, 0, NULL), *json = json_loads(schema, 0, NULL);
    edu_form_report *report;
    FX_FAILS(EDU_E_LIMIT, edu_form_accept(json, value, &report, error));
    ck_assert_str_eq(fx_last_error.key, "form.too_complex");
    json_decref(value);
    json_decref(json);
    ei_free(data);
}
END_TEST

START_TEST(documents_that_are_no_json)
{
    static const char *const wrong[] = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":}",
        "{a:1}",
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\t\"",
        "tru",
        "nul",
        "[1 2]",
        "1 2",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\xff\"",
        "{\"a\":1,\"a\":1}",
        "-",
        "\"\\ud800\\u0041\"",
        "[",
        "]",
        "NaN",
        "'a'",
    };
    for (size_t i = 0; i < EI_COUNT(wrong); i++)
        tells("true", wrong[i], " form.not_json ");
    tells("true", "1e99999999999", " form.too_big ");
    edu_form_report *report;
    FX_OK(edu_form_check(fx_bytes("true"), (edu_bytes){"1\0", 2}, false, &report, error));
    ck_assert(!report->is_valid);
    edu_free(report);
    valid("{\"required\":[\"a\\u0000\"]}", "{\"a\\u0000\":1}");
    invalid("{\"required\":[\"a\"]}", "{\"a\\u0000\":1}");
}
END_TEST

/* ---- fields, hints, pages ---- */

/* The schema or the hints of a service of the examples. */
static json_t *example(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/examples/data/services/school_bus.json",
                   getenv("EDU_ROOT"));
    json_t *service = json_load_file(path, 0, NULL);
    ck_assert_msg(service != NULL, "%s", path);
    const json_t *request = json_object_get(service, "request");
    json_t *made =
        json_incref(json_object_get(request, strcmp(name, "schema") == 0 ? "form" : name));
    json_decref(service);
    return made;
}

/* The field of a page, wherever it stands. */
static json_t *find_field(json_t *fields, const char *pointer)
{
    size_t i, j;
    json_t *one, *row, *found = NULL;
    json_array_foreach(fields, i, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "pointer")), pointer) == 0)
            return one;
        json_array_foreach(json_object_get(one, "rows"), j, row)
        {
            found = found ? found : find_field(json_object_get(row, "fields"), pointer);
        }
    }
    return found;
}

static json_t *field_of_page(json_t *page, const char *pointer)
{
    size_t i;
    json_t *section, *found = NULL;
    json_array_foreach(json_object_get(page, "sections"), i, section)
    {
        found = found ? found : find_field(json_object_get(section, "fields"), pointer);
    }
    ck_assert_msg(found != NULL, "%s", pointer);
    return found;
}

static void field_is(json_t *page, const char *pointer, const char *wanted)
{
    json_t *found = field_of_page(page, pointer), *expected = of_text(wanted), *value;
    const char *name;
    json_object_foreach(expected, name, value)
    {
        char *shown = json_dumps(json_object_get(found, name), JSON_ENCODE_ANY);
        ck_assert_msg(json_equal(json_object_get(found, name), value), "%s of %s is %s", name,
                      pointer, shown);
        free(shown);
    }
    json_decref(expected);
}

START_TEST(a_page_shows_a_form)
{
    json_t *schema = example("schema"), *hints = example("hints");
    edu_form_view *view;
    json_t *data = of_text("{\"stop\":\"other\",\"siblings\":[{\"name\":\"Ay\"},{}]}");
    FX_OK(edu_form_check_hints(schema, hints, error));
    FX_OK(edu_form_show(schema, hints, data, "en", &view, error));
    json_t *page = view->content;
    ck_assert_str_eq(json_string_value(json_object_get(page, "title")),
                     "A place on the school bus");
    ck_assert_int_eq(json_array_size(json_object_get(page, "sections")), 3);
    field_is(page, "/grade",
             "{\"kind\":\"number\",\"is_whole\":true,\"is_required\":true,\"is_active\":true,"
             "\"value\":null,\"shown_if\":null,\"title\":\"Grade\","
             "\"limits\":{\"minimum\":1,\"maximum\":11}}");
    field_is(page, "/address",
             "{\"is_active\":true,\"is_required\":true,\"kind\":\"text\",\"autocomplete\":"
             "\"street-address\",\"shown_if\":{\"field\":\"/stop\",\"values\":[\"other\"]}}");
    field_is(page, "/help",
             "{\"is_active\":false,\"is_required\":false,\"widget\":\"long_text\",\"shown_if\":"
             "{\"field\":\"/needs_help\",\"values\":[\"true\"]}}");
    field_is(page, "/contact/mail", "{\"is_required\":false,\"format\":\"email\"}");
    field_is(page, "/contact/name", "{\"is_required\":true}");
    field_is(page, "/stop", "{\"kind\":\"choice\",\"widget\":\"radios\",\"value\":\"other\"}");
    field_is(page, "/ways",
             "{\"kind\":\"choices\",\"widget\":\"checkboxes\",\"choices\":"
             "[{\"value\":\"to_school\",\"title\":\"To school\"},"
             "{\"value\":\"home\",\"title\":\"Home\"}]}");
    field_is(page, "/siblings/0/name", "{\"value\":\"Ay\",\"is_required\":true}");
    field_is(page, "/siblings/1/born",
             "{\"value\":null,\"kind\":\"date\",\"title\":\"Date of birth\"}");
    edu_free(view);
    /* A language that the hints do not have gets their first. */
    FX_OK(edu_form_show(schema, hints, data, "fr", &view, error));
    ck_assert_str_eq(json_string_value(json_object_get(view->content, "title")),
                     "M\xc9\x99kt\xc9\x99"
                     "b avtobusunda yer");
    edu_free(view);
    FX_FAILS(EDU_E_INVALID, edu_form_show(schema, hints, data, NULL, &view, error));
    json_decref(schema);
    json_decref(hints);
    json_decref(data);
}
END_TEST

static void reads(const char *posted_text, const char *wanted)
{
    json_t *schema = example("schema"), *posted = of_text(posted_text), *data = of_text(wanted);
    edu_form_view *view;
    FX_OK(edu_form_read(schema, posted, &view, error));
    char *found = json_dumps(view->content, 0);
    ck_assert_msg(json_equal(view->content, data), "%s", found);
    free(found);
    edu_free(view);
    json_decref(schema);
    json_decref(posted);
    json_decref(data);
}

START_TEST(what_is_posted_becomes_a_form)
{
    reads("{}", "{\"contact\":{}}");
    reads("{\"/grade\":[\" 7 \"],\"/ways\":[\"home\",\"to_school\"],\"/stop\":[\"market\"],"
          "\"/from#day\":[\"5\"],\"/from#month\":[\"9 \"],\"/from#year\":[\"2026\"],"
          "\"/needs_help\":[\"false\"],\"/consent\":[\"true\"],\"/contact/name\":[\"  Ay  \"],"
          "\"/contact/telephone\":\"0501234567\",\"/help\":[\"\"],\"csrf\":[\"x\"]}",
          "{\"grade\":7,\"ways\":[\"home\",\"to_school\"],\"stop\":\"market\",\"from\":\"2026-09-"
          "05\","
          "\"needs_help\":false,\"consent\":true,\"contact\":{\"name\":\"Ay\",\"telephone\":"
          "\"0501234567\"}}");
    /* What is not of its kind stays as it was typed. */
    reads("{\"/grade\":[\"seven\"],\"/from#day\":[\"x\"],\"/from#month\":[\"9\"],\"/"
          "stop\":[\"moon\"],"
          "\"/needs_help\":[\"perhaps\"],\"/help\":[\"a\\r\\nb\"]}",
          "{\"grade\":\"seven\",\"from\":\"-9-x\",\"stop\":\"moon\",\"needs_help\":\"perhaps\","
          "\"help\":\"a\\nb\",\"contact\":{}}");
    reads("{\"/grade\":[\"1 250,50\"]}", "{\"grade\":1250.5,\"contact\":{}}");
    reads("{\"/grade\":[\"-007\"]}", "{\"grade\":-7,\"contact\":{}}");
    /* Rows: blank ones fall out, one is added, one is taken out. */
    reads("{\"/siblings/0/name\":[\"A\"],\"/siblings/1/name\":[\"\"],\"/siblings/2/name\":[\"C\"]}",
          "{\"siblings\":[{\"name\":\"A\"},{\"name\":\"C\"}],\"contact\":{}}");
    reads("{\"/siblings/0/name\":[\"A\"],\"add\":[\"/siblings\"]}",
          "{\"siblings\":[{\"name\":\"A\"},{}],\"contact\":{}}");
    reads(
        "{\"/siblings/0/name\":[\"A\"],\"/siblings/1/name\":[\"B\"],\"remove\":[\"/siblings/0\"]}",
        "{\"siblings\":[{\"name\":\"B\"}],\"contact\":{}}");
    reads("{\"/siblings/99999999999/name\":[\"A\"]}", "{\"contact\":{}}");
}
END_TEST

/* With one thing changed in the hints, or (name "schema") in the schema. */
static void hints_refused(const char *path, const char *value, const char *key, const char *place)
{
    json_t *schema = example("schema"), *hints = example("hints");
    json_t *at = strncmp(path, "schema/", 7) == 0 ? schema : hints;
    char *list = strdup(path), *rest = list, *token = strsep(&rest, "|");
    for (token = strsep(&rest, "|"); rest; token = strsep(&rest, "|"))
        at = json_is_array(at) ? json_array_get(at, (size_t)atoi(token))
                               : json_object_get(at, token);
    if (!value)
        json_object_del(at, token);
    else if (json_is_array(at))
        json_array_set_new(at, (size_t)atoi(token), of_text(value));
    else
        json_object_set_new(at, token, of_text(value));
    free(list);
    FX_FAILS(EDU_E_INVALID, edu_form_check_hints(schema, hints, error));
    ck_assert_str_eq(fx_last_error.key, key);
    ck_assert_str_eq(fx_last_error.field, place);
    json_decref(schema);
    json_decref(hints);
}

START_TEST(hints_are_checked)
{
    static const struct {
        const char *path, *value, *place;
    } cases[] = {
        {"hints/|titel", "1", "/titel"},
        {"hints/|title|ru", NULL, "/text/ru"},
        {"hints/|sections|0|fields|0", "\"/nothing\"", "/sections/0/fields/0"},
        {"hints/|sections|0|fields|0", "\"/stop\"", "/sections/0/fields/2"},
        {"hints/|sections|0|fields|0", "\"/siblings/*/name\"", "/sections/0/fields/0"},
        {"hints/|sections|2|fields", "[\"/siblings\"]", "/fields/~1consent"},
        {"hints/|fields|/grade", NULL, "/fields/~1grade"},
        {"hints/|fields|/nothing", "{\"title\":{}}", "/fields/~1nothing"},
        {"hints/|fields|/grade|title|az", NULL, "/fields/~1grade/title/az"},
        {"hints/|fields|/grade|title|az", "\"\"", "/fields/~1grade/title/az"},
        {"hints/|fields|/grade|title|fr", "\"x\"", "/fields/~1grade/title/fr"},
        {"hints/|fields|/grade|widget", "\"radios\"", "/fields/~1grade/widget"},
        {"hints/|fields|/grade|choices", "{}", "/fields/~1grade/choices"},
        {"hints/|fields|/stop|choices|market", NULL, "/fields/~1stop/choices/market"},
        {"hints/|fields|/stop|choices|moon", "{}", "/fields/~1stop/choices/moon"},
        {"hints/|fields|/contact~1name", "{}", "/fields/~1contact~01name"},
        {"hints/|fields|/siblings|fields", "[\"/siblings/*/name\"]", "/fields/~1siblings~1*~1born"},
        {"hints/|fields|/siblings|add", NULL, "/fields/~1siblings/add"},
        {"hints/|fields|/grade|autocomplete", "\"<b>\"", "/fields/~1grade/autocomplete"},
        {"hints/|sections", "[]", "/sections"},
        {"hints/|sections", "{}", "/sections"},
        {"hints/|sections|0", "7", "/sections/0"},
        {"hints/|sections|0|titel", "1", "/sections/0/titel"},
        {"hints/|sections|0|title", "7", "/sections/0/title"},
        {"hints/|sections|0|text", "{}", "/sections/0/text"},
        {"hints/|sections|0|fields", "[]", "/sections/0/fields"},
        {"hints/|sections|0|fields", "7", "/sections/0/fields"},
        {"hints/|sections|0|fields|0", "7", "/sections/0/fields/0"},
        {"hints/|title", "[]", "/title"},
        {"hints/|title", "{}", "/title"},
        {"hints/|text|az", "7", "/text/az"},
        {"hints/|fields", "[]", "/fields"},
        {"hints/|fields|/grade", "7", "/fields/~1grade"},
        {"hints/|fields|/grade|titel", "1", "/fields/~1grade/titel"},
        {"hints/|fields|/grade|help", "7", "/fields/~1grade/help"},
        {"hints/|fields|/grade|widget", "7", "/fields/~1grade/widget"},
        {"hints/|fields|/grade|autocomplete", "7", "/fields/~1grade/autocomplete"},
        {"hints/|fields|/grade|autocomplete", "\"\"", "/fields/~1grade/autocomplete"},
        {"hints/|fields|/grade|fields", "[\"/stop\"]", "/fields/~1grade/fields"},
        {"hints/|fields|/stop|choices", "7", "/fields/~1stop/choices/market"},
        {"hints/|fields|/stop|choices", NULL, "/fields/~1stop/choices/market"},
        {"hints/|fields|/siblings|fields", "[]", "/fields/~1siblings/fields"},
        {"hints/|fields|/siblings|fields|0", "\"/grade\"", "/fields/~1siblings/fields/0"},
    };
    for (size_t i = 0; i < EI_COUNT(cases); i++)
        hints_refused(cases[i].path, cases[i].value, "form.hints", cases[i].place);
    hints_refused("schema/|properties|odd", "{\"title\":\"x\",\"enum\":[]}", "form.schema_shown",
                  "/properties/odd");
    hints_refused("schema/|properties|odd", "{\"type\":\"null\"}", "form.schema_shown",
                  "/properties/odd");
    hints_refused(
        "schema/|properties|odd",
        "{\"type\":\"array\",\"items\":{\"properties\":{\"x\":{\"type\":\"array\",\"items\":"
        "{\"type\":\"string\"}}}}}",
        "form.schema_shown", "/properties/odd/items/properties/x");
    hints_refused("schema/|properties|odd", "{\"type\":\"array\"}", "form.schema_shown",
                  "/properties/odd");
    hints_refused("schema/|properties|odd",
                  "{\"$ref\":\"https://json-schema.org/draft/2020-12/schema\"}",
                  "form.schema_shown", "/properties/odd");
    hints_refused("schema/|properties|odd", "{\"$ref\":\"#\"}", "form.schema_shown",
                  "/properties/contact");
}
END_TEST

/* ---- what nobody would write ---- */

static uint64_t drawn;

static uint32_t roll(uint32_t below)
{
    drawn ^= drawn << 13;
    drawn ^= drawn >> 7;
    drawn ^= drawn << 17;
    return (uint32_t)(drawn >> 11) % below;
}

/* Some bytes changed, some pieces moved, words of schemas strewn in. */
static void mutate(ei_buffer *text)
{
    static const char *const words[] = {
        "\"$ref\":\"#\",",
        "\"pattern\":\"(a*)*[^b-\\\\d]{2,9}$\",",
        "{}",
        "[]",
        "true",
        "1e9",
        "\"not\":{},",
        "\"$id\":\"x\",",
        "\"unevaluatedProperties\":false,",
        "\"\\u0000\"",
        "\"format\":\"uri\",",
        "\"$anchor\":\"a\",",
        "\"enum\":[1,2],",
        "\"$ref\":\"https://json-schema.org/draft/2020-12/schema\",",
        "\"type\":\"object\",",
        "\"items\":{},",
        "null",
        "0.1",
        "\xc9\x99",
        "\"oneOf\":[{},true],"};
    for (uint32_t i = roll(4) + 1; i > 0 && text->size > 2; i--) {
        size_t at = roll((uint32_t)text->size), to = roll((uint32_t)text->size);
        switch (roll(4)) {
        case 0:
            text->data[at] = (char)(32 + roll(96));
            break;
        case 1:
            text->data[at] = text->data[to];
            break;
        case 2: {
            const char *word = words[roll(EI_COUNT(words))];
            char *brace = memchr(text->data + at, roll(2) ? '{' : ':', text->size - at);
            size_t from = brace ? (size_t)(brace - text->data) + 1 : at;
            ei_buffer made = {0};
            ei_buffer_add(&made, text->data, from);
            ei_buffer_text(&made, word);
            ei_buffer_add(&made, text->data + from, text->size - from);
            ei_buffer_free(text);
            *text = made;
            break;
        }
        default:
            if (at > to)
                text->size = at;
        }
    }
    if (text->size < text->room)
        text->data[text->size] = 0;
}

static json_t *mutated(const char *from)
{
    ei_buffer text = {0};
    json_t *made = NULL;
    for (int i = 0; i < 8 && !made; i++) {
        ei_buffer_free(&text);
        ei_buffer_text(&text, from);
        mutate(&text);
        made = json_loadb(text.data, text.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    }
    ei_buffer_free(&text);
    return made ? made : json_object();
}

/* Answers or refusals, and nothing that the sanitizers see. */
static void use_all(json_t *schema, json_t *hints, json_t *data, json_t *posted, edu_error *error)
{
    edu_form_report *report = NULL;
    edu_form_view *view = NULL;
    if (edu_form_accept(schema, data, &report, error) == EDU_OK)
        edu_free(report);
    if (edu_form_show(schema, hints, data, "en", &view, error) == EDU_OK)
        edu_free(view);
    if (edu_form_read(schema, posted, &view, error) == EDU_OK)
        edu_free(view);
}

START_TEST(mutations_do_no_harm)
{
    static const char data[] =
        "{\"grade\":7,\"ways\":[\"home\"],\"stop\":\"other\",\"address\":\"Nizami 5\",\"contact\":"
        "{\"name\":\"Ay\",\"telephone\":\"0501234567\",\"mail\":\"a@b.az\"},\"siblings\":[{"
        "\"name\":"
        "\"B\",\"born\":\"2014-02-01\"}],\"needs_help\":false,\"consent\":true}";
    static const char posted[] =
        "{\"/grade\":[\"7\"],\"/from#day\":[\"1\"],\"/siblings/0/name\":[\"B\"],\"/siblings/7/"
        "born\":[\"x\"],"
        "\"add\":[\"/siblings\"],\"/ways\":[\"home\",\"x\"],\"/contact/name\":\"Ay\"}";
    json_t *schema_json = example("schema"), *hints_json = example("hints");
    char *schema = json_dumps(schema_json, JSON_COMPACT),
         *hints = json_dumps(hints_json, JSON_COMPACT);
    int rounds = strcmp(getenv("EDU_NIGHTLY") ? getenv("EDU_NIGHTLY") : "0", "1") == 0
                     ? 10000
                     : TAP_MANY(1500);
    drawn = 88172645463325252;
    for (int i = 0; i < rounds; i++) {
        ei_buffer text = {0}, form = {0};
        edu_form_report *report = NULL;
        edu_error error;
        ei_buffer_text(&text, schema);
        ei_buffer_text(&form, data);
        mutate(&text);
        mutate(&form);
        if (edu_form_check((edu_bytes){text.data, text.size}, (edu_bytes){form.data, form.size},
                           roll(2), &report, &error) == EDU_OK)
            edu_free(report);
        json_t *s = roll(2) ? json_incref(schema_json) : mutated(schema);
        json_t *h = roll(2) ? json_incref(hints_json) : mutated(hints);
        json_t *d = mutated(data), *p = mutated(posted);
        use_all(s, h, d, p, &error);
        json_decref(s);
        json_decref(h);
        json_decref(d);
        json_decref(p);
        ei_buffer_free(&text);
        ei_buffer_free(&form);
    }
    free(schema);
    free(hints);
    json_decref(schema_json);
    json_decref(hints_json);
}
END_TEST

static long left;      /* allocations that still succeed */
static bool only_once; /* and those behind the one that fails */

static bool may_have(void)
{
    left--;
    return left >= 0 || (only_once && left < -1);
}

static void *scarce_alloc(size_t size)
{
    return may_have() ? malloc(size) : NULL;
}

static void *scarce_realloc(void *block, size_t size)
{
    return may_have() ? realloc(block, size) : NULL;
}

/* What the three calls give with so many allocations; NULL for one that fails. */
static void give_all(json_t *of[4], long allocations, json_t *out[3])
{
    static const edu_allocator scarce = {scarce_alloc, scarce_realloc, free};
    for (int i = 0; i < 3; i++) {
        edu_error error = EDU_ERROR_INIT;
        edu_form_report *report = NULL;
        edu_form_view *view = NULL;
        edu_allocator_set(&scarce);
        left = allocations;
        edu_status status = i == 0   ? edu_form_accept(of[0], of[2], &report, &error)
                            : i == 1 ? edu_form_show(of[0], of[1], of[2], "en", &view, &error)
                                     : edu_form_read(of[0], of[3], &view, &error);
        edu_allocator_set(NULL);
        ck_assert(status == EDU_OK || status == EDU_E_NOMEM);
        out[i] = status != EDU_OK ? NULL
                 : i == 0         ? json_pack("[OO]", report->errors, report->data)
                                  : json_deep_copy(view->content);
        if (status == EDU_OK)
            edu_free(i == 0 ? (void *)report : (void *)view);
    }
}

/* Each allocation in turn fails, alone or with all behind it: the call fails, or gives what it
 * gives otherwise. */
START_TEST(memory_runs_out_anywhere)
{
    json_t *of[4] = {
        example("schema"), example("hints"),
        of_text("{\"grade\":\"x\",\"stop\":\"other\",\"siblings\":[{\"name\":\"B\"}],"
                "\"contact\":{\"mail\":\"a@b.az\"},\"from\":\"2026-01-01\"}"),
        of_text("{\"/grade\":[\"7\"],\"/ways\":[\"home\"],\"/siblings/0/name\":[\"B\"]}")};
    json_t *whole[3], *found[3];
    give_all(of, 1000000, whole);
    for (int once = 0; once < 2; once++) {
        bool done = false;
        only_once = once;
        for (long n = 0; !done; n += 1 + n / 60) {
            done = true;
            give_all(of, n, found);
            for (int i = 0; i < 3; i++) {
                ck_assert_msg(!found[i] || json_equal(found[i], whole[i]), "%d of %ld", i, n);
                done = done && found[i] && left > 0;
                json_decref(found[i]);
            }
        }
    }
    for (int i = 0; i < 3; i++)
        json_decref(whole[i]);
    for (int i = 0; i < 4; i++)
        json_decref(of[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("form");
    TCase *cases = tcase_create("schemas");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, published_cases);
    tcase_add_test(cases, references_are_found);
    tcase_add_test(cases, the_metaschema_is_there);
    tcase_add_test(cases, schemas_are_refused);
    tcase_add_test(cases, unevaluated_is_what_is_left);
    tcase_add_test(cases, numbers_are_decimals);
    tcase_add_test(cases, values_are_judged_as_texts);
    tcase_add_test(cases, errors_point_to_their_fields);
    tcase_add_test(cases, patterns_match);
    tcase_add_test(cases, patterns_are_refused);
    tcase_add_test(cases, patterns_have_bounds);
    tcase_add_test(cases, formats_are_asserted);
    tcase_add_test(cases, hidden_fields_are_left_out);
    tcase_add_test(cases, depth_is_bounded);
    tcase_add_test(cases, long_chains_are_refused);
    tcase_add_test(cases, sizes_are_bounded);
    /* Millions of steps, each as the one before. */
    if (!TAP_IS_SANITIZED) {
        tcase_add_test(cases, patterns_take_bounded_time);
        tcase_add_test(cases, judgements_take_bounded_steps);
    }
    tcase_add_test(cases, documents_that_are_no_json);
    tcase_add_test(cases, a_page_shows_a_form);
    tcase_add_test(cases, what_is_posted_becomes_a_form);
    tcase_add_test(cases, hints_are_checked);
    tcase_add_test(cases, mutations_do_no_harm);
    tcase_add_test(cases, memory_runs_out_anywhere);
    suite_add_tcase(suite, cases);
    return tap_run(suite);
}
