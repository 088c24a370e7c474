/* Canonical JSON: RFC 8785. */
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "credential/credential.h"

#define BYTES_MAX ((size_t)4 << 20)
#define DEPTH_MAX 64
#define PLAIN_MAX 1e15 /* whole numbers below have no other form */
#define INTEGER_MAX (INT64_C(1) << 53)

/* ---- strings ---- */

static bool is_plain(unsigned char c)
{
    return c >= 32 && c != '"' && c != '\\';
}

static void write_escaped(ei_buffer *out, unsigned char c)
{
    static const char named[] = "btn\0fr"; /* of 8 to 13 */
    if (c == '"' || c == '\\')
        ei_buffer_printf(out, "\\%c", c);
    else if (c >= 8 && c <= 13 && named[c - 8] != '\0')
        ei_buffer_printf(out, "\\%c", named[c - 8]);
    else
        ei_buffer_printf(out, "\\u%04x", c);
}

static void write_string(ei_buffer *out, const char *text, size_t length)
{
    ei_buffer_text(out, "\"");
    for (size_t i = 0, plain; i < length; i += plain) {
        for (plain = 0; i + plain < length && is_plain((unsigned char)text[i + plain]);)
            plain++;
        ei_buffer_add(out, text + i, plain);
        if (i + plain < length)
            write_escaped(out, (unsigned char)text[i + plain++]);
    }
    ei_buffer_text(out, "\"");
}

/* Keys are sorted by UTF-16 units: that is the order of UTF-8 but for the characters that take two
 * units, which come before U+E000. */
static int compare_keys(const void *a, const void *b)
{
    const unsigned char *left = *(const unsigned char *const *)a;
    const unsigned char *right = *(const unsigned char *const *)b;
    for (; *left == *right && *left != 0; left++)
        right++;
    bool left_is_pair = *left >= 0xf0, right_is_pair = *right >= 0xf0;
    if (left_is_pair != right_is_pair) {
        unsigned char other = left_is_pair ? *right : *left;
        if (other >= 0xee)
            return left_is_pair ? -1 : 1;
    }
    return (*left > *right) - (*left < *right);
}

/* ---- values ---- */

static edu_status write_value(const json_t *value, int depth, ei_buffer *out, edu_error *error);

static edu_status write_array(const json_t *array, int depth, ei_buffer *out, edu_error *error)
{
    ei_buffer_text(out, "[");
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0)
            ei_buffer_text(out, ",");
        EI_TRY(write_value(json_array_get(array, i), depth + 1, out, error));
    }
    ei_buffer_text(out, "]");
    return EDU_OK;
}

static edu_status write_members(const json_t *object, const char **keys, size_t count, int depth,
                                ei_buffer *out, edu_error *error)
{
    ei_buffer_text(out, "{");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            ei_buffer_text(out, ",");
        write_string(out, keys[i], strlen(keys[i]));
        ei_buffer_text(out, ":");
        EI_TRY(write_value(json_object_get(object, keys[i]), depth + 1, out, error));
    }
    ei_buffer_text(out, "}");
    return EDU_OK;
}

static edu_status write_object(const json_t *object, int depth, ei_buffer *out, edu_error *error)
{
    size_t count = 0;
    const char **keys = ei_calloc(json_object_size(object) + 1, sizeof *keys);
    const char *key;
    json_t *value;
    if (keys == NULL)
        return ei_no_memory(error);
    json_object_foreach((json_t *)(uintptr_t)object, key, value) keys[count++] = key;
    qsort(keys, count, sizeof *keys, compare_keys);
    edu_status status = write_members(object, keys, count, depth, out, error);
    ei_free(keys);
    return status;
}

static edu_status write_number(double value, ei_buffer *out, edu_error *error)
{
    char text[EI_DOUBLE_TEXT];
    if (!isfinite(value))
        return ei_fail(error, EDU_E_INVALID, "credential.number", NULL,
                       "a number is not a finite one");
    /* The usual case at once: lists of revoked documents hold many. */
    if (value == floor(value) && fabs(value) < PLAIN_MAX)
        (void)snprintf(text, sizeof text, "%.0f", value + 0.0);
    else
        ei_double_format(value, text);
    ei_buffer_text(out, text);
    return EDU_OK;
}

static edu_status write_value(const json_t *value, int depth, ei_buffer *out, edu_error *error)
{
    if (depth >= DEPTH_MAX && (json_is_object(value) || json_is_array(value)))
        return ei_fail(error, EDU_E_LIMIT, "credential.depth", NULL,
                       "the JSON is nested deeper than %d levels", DEPTH_MAX);
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return write_object(value, depth, out, error);
    case JSON_ARRAY:
        return write_array(value, depth, out, error);
    case JSON_STRING:
        write_string(out, json_string_value(value), json_string_length(value));
        return EDU_OK;
    case JSON_INTEGER:
        if (json_integer_value(value) > INTEGER_MAX || json_integer_value(value) < -INTEGER_MAX)
            return ei_fail(error, EDU_E_INVALID, "credential.number", NULL,
                           "an integer beyond 2^53 has no exact form in JSON");
        return write_number((double)json_integer_value(value), out, error);
    case JSON_REAL:
        return write_number(json_real_value(value), out, error);
    case JSON_TRUE:
    case JSON_FALSE:
        ei_buffer_text(out, json_is_true(value) ? "true" : "false");
        return EDU_OK;
    case JSON_NULL:
        ei_buffer_text(out, "null");
        return EDU_OK;
    }
    return EDU_OK;
}

edu_status ei_jcs_write(const json_t *value, ei_buffer *out, edu_error *error)
{
    EI_TRY(write_value(value, 0, out, error));
    return out->failed ? ei_no_memory(error) : EDU_OK;
}

/* ---- text ---- */

static edu_status refuse(edu_error *error, edu_status status, const char *key, int line, int column,
                         const char *what)
{
    return ei_fail_line(error, status, key, line, NULL, "%s, at line %d, column %d", what, line,
                        column);
}

/* What the parser lets pass: more levels than ours, and a null byte behind a number. */
static edu_status check_bytes(edu_bytes text, edu_error *error)
{
    const char *bytes = text.data;
    int line = 1, column = 0, depth = 0;
    bool in_string = false, is_escaped = false;
    for (size_t i = 0; i < text.size; i++) {
        char c = bytes[i];
        column += ((unsigned char)c & 0xc0) != 0x80;
        if (c == '\0')
            return refuse(error, EDU_E_INVALID, "credential.json", line, column,
                          "the JSON holds a null byte");
        if (c == '"' && !is_escaped)
            in_string = !in_string;
        is_escaped = in_string && c == '\\' && !is_escaped;
        depth += !in_string && (c == '[' || c == '{');
        depth -= !in_string && (c == ']' || c == '}');
        if (depth > DEPTH_MAX)
            return refuse(error, EDU_E_LIMIT, "credential.depth", line, column,
                          "the JSON is nested deeper than 64 levels");
        if (c == '\n') {
            line++;
            column = 0;
        }
    }
    return EDU_OK;
}

/* The parser's own text may quote the document. */
static const char *reason_of(const json_error_t *detail)
{
    switch (json_error_code(detail)) {
    case json_error_invalid_utf8:
        return "the JSON is not UTF-8";
    case json_error_premature_end_of_input:
        return "the JSON ends too early";
    case json_error_end_of_input_expected:
        return "the JSON goes on behind its end";
    case json_error_duplicate_key:
        return "the JSON has a key twice in one object";
    case json_error_null_byte_in_key:
        return "the JSON has a null character in a key, which this library does not read";
    case json_error_numeric_overflow:
        return "the JSON has a number too large for a double";
    default:
        return "the text is not JSON";
    }
}

edu_status ei_ijson_read(edu_bytes text, json_t **out, edu_error *error)
{
    return ei_ijson_read_up_to(text, BYTES_MAX, out, error);
}

edu_status ei_ijson_read_up_to(edu_bytes text, size_t max, json_t **out, edu_error *error)
{
    json_error_t detail = {0};
    if (text.size > max)
        return ei_fail(error, EDU_E_LIMIT, "credential.json_too_large", NULL,
                       "the JSON is larger than %zu MiB", max >> 20);
    EI_TRY(check_bytes(text, error));
    (void)ei_memory_was_short();
    *out = ei_json_load(text.data != NULL ? text.data : "", text.size,
                        JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL |
                            JSON_DECODE_INT_AS_REAL,
                        &detail);
    if (*out != NULL)
        return EDU_OK;
    if (ei_memory_was_short())
        return ei_no_memory(error);
    return refuse(error, EDU_E_INVALID, "credential.json", detail.line, detail.column,
                  reason_of(&detail));
}

edu_status ei_jcs_hash(const json_t *value, uint8_t out[32], edu_error *error)
{
    ei_buffer text = {0};
    edu_status status = ei_jcs_write(value, &text, error);
    if (status == EDU_OK)
        crypto_hash_sha256(out, (const uint8_t *)text.data, text.size);
    ei_buffer_free(&text);
    return status;
}

edu_status edu_canonicalize(edu_bytes json, char **out, edu_error *error)
{
    if (out == NULL || (json.data == NULL && json.size > 0))
        return ei_bad_argument(error, out == NULL ? "out" : "json");
    json_t *value;
    ei_buffer text = {0};
    EI_TRY(ei_ijson_read(json, &value, error));
    edu_status status = ei_jcs_write(value, &text, error);
    json_decref(value);
    if (status == EDU_OK) {
        *out = ei_record_new(text.size + 1, NULL);
        if (*out != NULL)
            memcpy(*out, text.data, text.size + 1);
        status = *out != NULL ? EDU_OK : ei_no_memory(error);
    }
    ei_buffer_free(&text);
    return status;
}
