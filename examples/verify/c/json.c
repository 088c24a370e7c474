#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory: all of a document is freed at once ---- */

#define CHUNK 65536

typedef struct json_chunk {
    struct json_chunk *next;
    size_t used, room;
    _Alignas(16) char bytes[];
} json_chunk;

typedef struct reader {
    const char *at, *end;
    json_document *document;
    bool failed;
} reader;

static void *take(reader *in, size_t size)
{
    json_chunk *chunk = in->document->chunks;
    size = (size + 15) & ~(size_t)15;
    if (chunk == NULL || chunk->room - chunk->used < size) {
        size_t room = size > CHUNK ? size : CHUNK;
        chunk = malloc(sizeof *chunk + room);
        if (chunk == NULL) {
            in->failed = true;
            return NULL;
        }
        *chunk = (json_chunk){in->document->chunks, 0, room};
        in->document->chunks = chunk;
    }
    void *found = chunk->bytes + chunk->used;
    chunk->used += size;
    return found;
}

void json_free(json_document *document)
{
    while (document->chunks != NULL) {
        json_chunk *next = document->chunks->next;
        free(document->chunks);
        document->chunks = next;
    }
    document->root = NULL;
}

/* ---- UTF-8 ---- */

/* Bytes of the character that begins here; 0 for what begins none. */
static size_t character(const unsigned char *at, size_t left)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (left == 0)
        return 0;
    size_t count = at[0] < 0x80 ? 1 : at[0] < 0xc0 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    if (count == 0 || at[0] > 0xf4 || count > left)
        return 0;
    uint32_t value = count == 1 ? at[0] : at[0] & (0x7fu >> count);
    for (size_t i = 1; i < count; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3f);
    }
    bool is_good = value >= least[count] && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
    return is_good ? count : 0;
}

bool utf8_is_valid(const char *bytes, size_t size)
{
    for (size_t i = 0, count; i < size; i += count) {
        count = character((const unsigned char *)bytes + i, size - i);
        if (count == 0)
            return false;
    }
    return true;
}

static char *put_character(char *out, uint32_t value)
{
    if (value < 0x80) {
        *out++ = (char)value;
    } else if (value < 0x800) {
        *out++ = (char)(0xc0 | value >> 6);
        *out++ = (char)(0x80 | (value & 0x3f));
    } else if (value < 0x10000) {
        *out++ = (char)(0xe0 | value >> 12);
        *out++ = (char)(0x80 | (value >> 6 & 0x3f));
        *out++ = (char)(0x80 | (value & 0x3f));
    } else {
        *out++ = (char)(0xf0 | value >> 18);
        *out++ = (char)(0x80 | (value >> 12 & 0x3f));
        *out++ = (char)(0x80 | (value >> 6 & 0x3f));
        *out++ = (char)(0x80 | (value & 0x3f));
    }
    return out;
}

/* ---- reading ---- */

static json *read_value(reader *in, int depth);

static json *fail(reader *in)
{
    in->failed = true;
    return NULL;
}

static void skip_space(reader *in)
{
    while (in->at < in->end && memchr(" \t\r\n", *in->at, 4) != NULL)
        in->at++;
}

static bool accept(reader *in, char wanted)
{
    if (in->at == in->end || *in->at != wanted)
        return false;
    in->at++;
    return true;
}

static json *new_value(reader *in, json_kind kind)
{
    json *value = take(in, sizeof *value);
    if (value != NULL)
        *value = (json){.kind = kind};
    return value;
}

static bool read_hex4(reader *in, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef";
        char c = in->at < in->end ? *in->at++ : 0;
        const char *found =
            c != 0 ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
        if (found == NULL)
            return false;
        *out = *out << 4 | (uint32_t)(found - digits);
    }
    return true;
}

static bool read_escape(reader *in, char **out)
{
    static const char named[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    char c = in->at < in->end ? *in->at++ : 0;
    uint32_t value, low;
    for (size_t i = 0; i + 1 < sizeof named; i += 2)
        if (c == named[i]) {
            *(*out)++ = named[i + 1];
            return true;
        }
    if (c != 'u' || !read_hex4(in, &value) || (value >= 0xdc00 && value <= 0xdfff))
        return false;
    if (value >= 0xd800 && value <= 0xdbff) {
        if (!accept(in, '\\') || !accept(in, 'u') || !read_hex4(in, &low) || low < 0xdc00 ||
            low > 0xdfff)
            return false;
        value = 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
    }
    *out = put_character(*out, value);
    return true;
}

/* Bytes up to the closing quotation mark, escapes and all; no text is longer than that. */
static size_t length_of(const reader *in)
{
    const char *at = in->at;
    while (at < in->end && *at != '"')
        at += *at == '\\' ? 2 : 1;
    return at < in->end ? (size_t)(at - in->at) : SIZE_MAX;
}

/* Behind the opening quotation mark. */
static const char *read_text(reader *in, size_t *size)
{
    size_t room = length_of(in);
    char *text = room != SIZE_MAX ? take(in, room + 1) : NULL, *out = text;
    if (text == NULL) {
        in->failed = true;
        return NULL;
    }
    while (!accept(in, '"')) {
        size_t count = character((const unsigned char *)in->at, (size_t)(in->end - in->at));
        if (count == 0 || (unsigned char)*in->at < 32) {
            in->failed = true;
            return NULL;
        }
        if (accept(in, '\\')) {
            if (!read_escape(in, &out)) {
                in->failed = true;
                return NULL;
            }
            continue;
        }
        memcpy(out, in->at, count);
        out += count;
        in->at += count;
    }
    *out = '\0';
    *size = (size_t)(out - text);
    return text;
}

static json *read_string(reader *in)
{
    json *value = new_value(in, JSON_STRING);
    if (value != NULL)
        value->as.text = read_text(in, &value->size);
    return in->failed ? NULL : value;
}

static bool skip_digits(reader *in)
{
    const char *before = in->at;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9')
        in->at++;
    return in->at > before;
}

static json *read_number(reader *in)
{
    const char *begin = in->at;
    (void)accept(in, '-');
    bool is_zero = accept(in, '0');
    if ((!is_zero && !skip_digits(in)) || (is_zero && skip_digits(in)))
        return fail(in);
    if (accept(in, '.') && !skip_digits(in))
        return fail(in);
    if (accept(in, 'e') || accept(in, 'E')) {
        if (!accept(in, '+'))
            (void)accept(in, '-');
        if (!skip_digits(in))
            return fail(in);
    }
    size_t size = (size_t)(in->at - begin);
    char *copy = take(in, size + 1);
    json *value = new_value(in, JSON_NUMBER);
    if (copy == NULL || value == NULL)
        return NULL;
    memcpy(copy, begin, size);
    copy[size] = '\0';
    value->as.number = strtod(copy, NULL);
    return isfinite(value->as.number) ? value : fail(in);
}

static json *read_word(reader *in)
{
    static const char *const words[] = {"null", "false", "true"};
    for (int kind = JSON_NULL; kind <= JSON_TRUE; kind++) {
        size_t size = strlen(words[kind]);
        if ((size_t)(in->end - in->at) >= size && memcmp(in->at, words[kind], size) == 0) {
            in->at += size;
            return new_value(in, (json_kind)kind);
        }
    }
    return fail(in);
}

/* By UTF-16 units: as the bytes of UTF-8, but characters of two units come before U+E000. */
static int compare_texts(const char *a, const char *b)
{
    const unsigned char *left = (const unsigned char *)a, *right = (const unsigned char *)b;
    for (; *left == *right && *left != 0; left++)
        right++;
    if ((*left >= 0xf0) != (*right >= 0xf0) && (*left >= 0xee && *right >= 0xee))
        return *left >= 0xf0 ? -1 : 1;
    return (*left > *right) - (*left < *right);
}

static int compare_members(const void *a, const void *b)
{
    return compare_texts((*(json *const *)a)->key, (*(json *const *)b)->key);
}

/* Of two members with one name, a reader might see either. */
static bool sort_members(reader *in, json *object)
{
    size_t count = 0;
    object->sorted = take(in, (object->size + 1) * sizeof(json *));
    if (object->sorted == NULL)
        return false;
    for (json *member = object->as.first; member != NULL; member = member->next)
        object->sorted[count++] = member;
    qsort(object->sorted, count, sizeof(json *), compare_members);
    for (size_t i = 1; i < count; i++)
        if (strcmp(object->sorted[i - 1]->key, object->sorted[i]->key) == 0)
            return false;
    return true;
}

static const char *read_key(reader *in)
{
    size_t size = 0;
    skip_space(in);
    const char *key = accept(in, '"') ? read_text(in, &size) : NULL;
    skip_space(in);
    return key != NULL && strlen(key) == size && accept(in, ':') ? key : NULL;
}

/* Behind the opening bracket. */
static json *read_many(reader *in, json_kind kind, int depth)
{
    json *value = new_value(in, kind), **last = value != NULL ? &value->as.first : NULL;
    const char closing = kind == JSON_OBJECT ? '}' : ']';
    if (value == NULL || depth >= JSON_DEPTH_MAX)
        return fail(in);
    skip_space(in);
    if (!accept(in, closing)) {
        do {
            const char *key = kind == JSON_OBJECT ? read_key(in) : "";
            json *item = key != NULL ? read_value(in, depth + 1) : NULL;
            if (item == NULL)
                return fail(in);
            item->key = key;
            *last = item;
            last = &item->next;
            value->size++;
            skip_space(in);
        } while (accept(in, ','));
        if (!accept(in, closing))
            return fail(in);
    }
    return kind == JSON_ARRAY || sort_members(in, value) ? value : fail(in);
}

static json *read_value(reader *in, int depth)
{
    skip_space(in);
    if (accept(in, '{'))
        return read_many(in, JSON_OBJECT, depth);
    if (accept(in, '['))
        return read_many(in, JSON_ARRAY, depth);
    if (accept(in, '"'))
        return read_string(in);
    if (in->at < in->end && (*in->at == '-' || (*in->at >= '0' && *in->at <= '9')))
        return read_number(in);
    return read_word(in);
}

bool json_read(const char *text, size_t size, json_document *out)
{
    reader in = {text, text + size, out, false};
    *out = (json_document){0};
    out->root = read_value(&in, 0);
    skip_space(&in);
    if (out->root != NULL && !in.failed && in.at == in.end)
        return true;
    json_free(out);
    return false;
}

/* ---- looking up ---- */

const json *json_get(const json *object, const char *key)
{
    if (object == NULL || object->kind != JSON_OBJECT)
        return NULL;
    for (const json *member = object->as.first; member != NULL; member = member->next)
        if (strcmp(member->key, key) == 0)
            return member;
    return NULL;
}

const char *json_text(const json *object, const char *key)
{
    const json *value = json_get(object, key);
    bool is_text =
        value != NULL && value->kind == JSON_STRING && strlen(value->as.text) == value->size;
    return is_text ? value->as.text : "";
}

/* ---- numbers ---- */

/* One more in the last place of digits. */
static void count_up(char *digits, int *exponent)
{
    size_t at = strlen(digits);
    while (at > 0 && digits[at - 1] == '9')
        digits[--at] = '0';
    if (at > 0) {
        digits[at - 1]++;
    } else {
        digits[0] = '1';
        ++*exponent;
    }
}

static bool reads_back(const char *digits, int exponent, double value)
{
    char text[48];
    (void)snprintf(text, sizeof text, "%c.%se%d", digits[0], digits + 1, exponent);
    return strtod(text, NULL) == value;
}

/* The fewest digits that read back as the value, and of those the closest. Where the nearest do
 * not, those above may: below a power of two there is half as much room as above. */
static void shortest(double value, char digits[20], int *exponent)
{
    for (int count = 1; count <= 17; count++) {
        char text[40];
        (void)snprintf(text, sizeof text, "%.*e", count - 1, value);
        digits[0] = text[0];
        memcpy(digits + 1, text + 2, (size_t)count - 1);
        digits[count] = '\0';
        *exponent = atoi(strchr(text, 'e') + 1);
        if (reads_back(digits, *exponent, value))
            return;
        count_up(digits, exponent);
        if (reads_back(digits, *exponent, value))
            return;
    }
}

static void strip_zeros(char *digits)
{
    size_t size = strlen(digits);
    while (size > 1 && digits[size - 1] == '0')
        digits[--size] = '\0';
}

/* ECMA-262, Number::toString. */
void json_number(double value, char out[JSON_NUMBER_TEXT])
{
    char digits[20];
    int exponent, count;
    if (value == 0) {
        memcpy(out, "0", 2);
        return;
    }
    if (value < 0) {
        *out++ = '-';
        value = -value;
    }
    shortest(value, digits, &exponent);
    strip_zeros(digits);
    count = (int)strlen(digits);
    if (exponent > 20 || exponent < -6)
        (void)snprintf(out, 46, "%c%s%se%+d", digits[0], count > 1 ? "." : "", digits + 1,
                       exponent);
    else if (exponent < 0)
        (void)snprintf(out, 46, "0.%.*s%s", -exponent - 1, "000000", digits);
    else if (exponent >= count - 1)
        (void)snprintf(out, 46, "%s%.*s", digits, exponent - count + 1, "00000000000000000000");
    else
        (void)snprintf(out, 46, "%.*s.%s", exponent + 1, digits, digits + exponent + 1);
}

/* ---- writing ---- */

static void put(json_sink sink, const char *text)
{
    sink.put(sink.context, text, strlen(text));
}

static void put_escaped(json_sink sink, unsigned char c)
{
    static const char *const named[] = {"\\b", "\\t", "\\n", NULL, "\\f", "\\r"}; /* of 8 to 13 */
    char text[8];
    if (c == '"' || c == '\\')
        (void)snprintf(text, sizeof text, "\\%c", c);
    else if (c >= 8 && c <= 13 && named[c - 8] != NULL)
        (void)snprintf(text, sizeof text, "%s", named[c - 8]);
    else
        (void)snprintf(text, sizeof text, "\\u%04x", c);
    put(sink, text);
}

void json_write_text(const char *text, size_t size, json_sink sink)
{
    size_t begin = 0;
    put(sink, "\"");
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 32 && c != '"' && c != '\\')
            continue;
        sink.put(sink.context, text + begin, i - begin);
        put_escaped(sink, c);
        begin = i + 1;
    }
    sink.put(sink.context, text + begin, size - begin);
    put(sink, "\"");
}

static void write_object(const json *object, const char *without, json_sink sink)
{
    const char *before = "";
    put(sink, "{");
    for (size_t i = 0; i < object->size; i++) {
        const json *member = object->sorted[i];
        if (without != NULL && strcmp(member->key, without) == 0)
            continue;
        put(sink, before);
        json_write_text(member->key, strlen(member->key), sink);
        put(sink, ":");
        json_write(member, NULL, sink);
        before = ",";
    }
    put(sink, "}");
}

static void write_array(const json *array, json_sink sink)
{
    put(sink, "[");
    for (const json *item = array->as.first; item != NULL; item = item->next) {
        json_write(item, NULL, sink);
        if (item->next != NULL)
            put(sink, ",");
    }
    put(sink, "]");
}

void json_write(const json *value, const char *without, json_sink sink)
{
    static const char *const words[] = {"null", "false", "true"};
    char number[JSON_NUMBER_TEXT];
    switch (value->kind) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
        put(sink, words[value->kind]);
        break;
    case JSON_NUMBER:
        json_number(value->as.number, number);
        put(sink, number);
        break;
    case JSON_STRING:
        json_write_text(value->as.text, value->size, sink);
        break;
    case JSON_ARRAY:
        write_array(value, sink);
        break;
    case JSON_OBJECT:
        write_object(value, without, sink);
        break;
    }
}
