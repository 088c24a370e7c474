/* JSON that has a canonical form, read strictly and written canonically (RFC 8259, RFC 7493, RFC
 * 8785). */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH_MAX 64
#define JSON_NUMBER_TEXT 48

typedef enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
} json_kind;

typedef struct json {
    json_kind kind;
    size_t size; /* bytes of a string, items of an array, members of an object */
    union {
        double number;
        const char *text; /* UTF-8, a null byte behind it */
        struct json *first;
    } as;
    struct json *next;    /* in the array or object that holds this one */
    const char *key;      /* of a member; no null character in it */
    struct json **sorted; /* an object's members by their keys' UTF-16 units */
} json;

typedef struct json_document {
    json *root;
    struct json_chunk *chunks;
} json_document;

/* False for what has no canonical form, is nested deeper, or where memory is short. */
bool json_read(const char *text, size_t size, json_document *out);
void json_free(json_document *document);

/* NULL for what is no object, or lacks the member. */
const json *json_get(const json *object, const char *key);
/* A member that is a text without a null character; "" for any other. */
const char *json_text(const json *object, const char *key);

/* Gets the canonical form, part by part. */
typedef struct json_sink {
    void (*put)(void *context, const char *bytes, size_t size);
    void *context;
} json_sink;
/* `without`: a member of this object, not of those within, that is left out; NULL. */
void json_write(const json *value, const char *without, json_sink sink);
void json_write_text(const char *text, size_t size, json_sink sink);
void json_number(double value, char out[JSON_NUMBER_TEXT]);

/* Whether these bytes are UTF-8, as the Unicode Standard has it. */
bool utf8_is_valid(const char *bytes, size_t size);

#endif
