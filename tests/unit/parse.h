/* JSON in a test's source, with ' for ". */
#ifndef TEST_PARSE_H
#define TEST_PARSE_H

#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

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

#endif
