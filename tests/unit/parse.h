/* JSON in a test's source, with ' for ". */
#ifndef TEST_PARSE_H
#define TEST_PARSE_H

#include <check.h>
#include <jansson.h>
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
