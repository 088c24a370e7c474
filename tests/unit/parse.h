/* JSON in a test's source, with ' for ". */
#ifndef TEST_PARSE_H
#define TEST_PARSE_H

#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/types.h>

static inline json_t *parse(const char *text)
{
    char *copy = strdup(text);
    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    json_error_t where;
    json_t *json = json_loads(copy, JSON_DECODE_ANY, &where);
    ck_assert_msg(json != NULL, "%s at %d of %s", where.text, where.position, copy);
    free(copy);
    return json;
}

/* The text with one part of it replaced. */
static inline json_t *parse_changed(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    char *made = NULL;
    ck_assert_msg(at != NULL, "%s is not in %s", from, text);
    ck_assert_int_gt(asprintf(&made, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)), 0);
    json_t *json = parse(made);
    free(made);
    return json;
}

/* Lays a part over what is there, by member; null takes one away. */
static inline void lay_over(json_t *onto, json_t *part)
{
    const char *name;
    json_t *value;
    json_object_foreach(part, name, value)
    {
        json_t *old = json_object_get(onto, name);
        if (json_is_null(value))
            json_object_del(onto, name);
        else if (json_is_object(value) && json_is_object(old))
            lay_over(old, value);
        else
            json_object_set(onto, name, value);
    }
}

/* A document of the examples. */
static inline json_t *example_of(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/examples/data/%s.json", getenv("EDU_ROOT"), name);
    json_t *json = json_load_file(path, 0, NULL);
    ck_assert_msg(json != NULL, "%s", path);
    return json;
}

/* What is laid over a document of the examples, and where that is a fault. */
typedef struct spoilt_case {
    const char *document, *part, *pointer;
} spoilt_case;

/* It is refused with its place; make keeps nothing, and gives the JSON back. */
static inline void check_spoilt(const spoilt_case *one,
                                edu_status (*make)(json_t *json, edu_error *error))
{
    edu_error error = {0};
    json_t *json = example_of(one->document), *part = parse(one->part);
    lay_over(json, part);
    edu_status status = make(json, &error);
    ck_assert_msg(status == EDU_E_INVALID && strcmp(error.field, one->pointer) == 0,
                  "%s with %s: %s, not %s", one->document, one->part,
                  status == EDU_OK ? "is good" : error.field, one->pointer);
    json_decref(part);
    json_decref(json);
}

/* What is put instead of a part of a good text, and where that is a fault. */
typedef struct fault_case {
    const char *from, *to, *pointer;
} fault_case;

/* Every one is refused with its place; make takes the JSON over. */
static inline void check_faults(const char *good, const fault_case *cases, size_t count,
                                edu_status (*make)(json_t *json, edu_error *error))
{
    for (size_t i = 0; i < count; i++) {
        edu_error error = {0};
        edu_status status = make(parse_changed(good, cases[i].from, cases[i].to), &error);
        ck_assert_int_eq(status, EDU_E_INVALID);
        ck_assert_msg(strcmp(error.field, cases[i].pointer) == 0, "%s: %s, not %s", cases[i].to,
                      error.field, cases[i].pointer);
    }
}

#endif
