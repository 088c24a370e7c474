/* Reads what check-allocation checks. */
#include "checker.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#define COLUMNS_MAX 16
#define METRES_MAX (INT64_C(1) << 30)
#define COUNT_MAX INT64_C(1000000000)

bool check_fail(check_fault *fault, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- CSV ---- */

typedef struct table {
    const char *name;
    const char *at, *end;
    size_t line, columns;
    int wanted[COLUMNS_MAX]; /* by column of the file: which of the columns wanted */
    char *text;              /* of a row, its fields behind one another */
    size_t size, room;
    size_t starts[COLUMNS_MAX];
    check_fault *fault;
} table;

static bool bad_row(const table *in, const char *what)
{
    return check_fail(in->fault, "%s: line %zu: %s", in->name, in->line, what);
}

static bool add_byte(table *in, char byte)
{
    if (in->size == in->room) {
        size_t room = in->room ? in->room * 2 : 256;
        char *grown = realloc(in->text, room);
        if (!grown)
            return check_fail(in->fault, "out of memory");
        in->text = grown;
        in->room = room;
    }
    in->text[in->size++] = byte;
    return true;
}

static bool read_quoted(table *in)
{
    for (in->at++;; in->at++) {
        if (in->at == in->end)
            return bad_row(in, "a quote is never closed");
        if (*in->at == '"') {
            in->at++;
            if (in->at == in->end || *in->at != '"')
                return true;
        }
        if (!*in->at)
            return bad_row(in, "a null byte");
        if (!add_byte(in, *in->at))
            return false;
    }
}

static bool is_line_end(const table *in)
{
    return in->at == in->end || *in->at == '\n' ||
           (*in->at == '\r' && (in->at + 1 == in->end || in->at[1] == '\n'));
}

static bool read_field(table *in)
{
    if (in->at < in->end && *in->at == '"') {
        if (!read_quoted(in))
            return false;
    } else {
        for (; !is_line_end(in) && *in->at != ','; in->at++) {
            if (*in->at == '"' || !*in->at)
                return bad_row(in, "a quote or null byte inside a field");
            if (!add_byte(in, *in->at))
                return false;
        }
    }
    if (!is_line_end(in) && *in->at != ',')
        return bad_row(in, "something behind a closing quote");
    return add_byte(in, '\0');
}

static void skip_line_end(table *in)
{
    in->at += in->at < in->end && *in->at == '\r';
    in->at += in->at < in->end && *in->at == '\n';
}

/* Reads a row; *count 0 at the end of the file. */
static bool read_row(table *in, size_t *count)
{
    *count = 0;
    in->size = 0;
    while (in->at < in->end && is_line_end(in)) {
        skip_line_end(in);
        in->line++;
    }
    if (in->at == in->end)
        return true;
    const char *from = in->at;
    for (;;) {
        if (*count == COLUMNS_MAX)
            return bad_row(in, "too many fields");
        in->starts[(*count)++] = in->size;
        if (!read_field(in))
            return false;
        if (is_line_end(in))
            break;
        in->at++;
    }
    skip_line_end(in);
    for (; from < in->at; from++)
        in->line += *from == '\n';
    return true;
}

/* names: the columns wanted; those from `needed` on may be missing. */
static bool read_header(table *in, const char *const *names, size_t needed, size_t all)
{
    if (!read_row(in, &in->columns))
        return false;
    size_t found = 0;
    for (size_t i = 0; i < in->columns; i++) {
        in->wanted[i] = -1;
        for (size_t k = 0; k < all; k++)
            if (strcmp(in->text + in->starts[i], names[k]) == 0)
                in->wanted[i] = (int)k;
        for (size_t k = 0; k < i; k++)
            if (in->wanted[k] == in->wanted[i])
                return check_fail(in->fault, "%s: a column stands twice", in->name);
        if (in->wanted[i] < 0)
            return check_fail(in->fault, "%s: a column is not known", in->name);
        found += (size_t)in->wanted[i] < needed;
    }
    return found == needed || check_fail(in->fault, "%s: a column is missing", in->name);
}

/* Reads a row into fields by wanted column, NULL where absent. */
static bool next_row(table *in, const char **fields, size_t all, bool *more)
{
    size_t count;
    size_t line = in->line;
    if (!read_row(in, &count))
        return false;
    *more = count > 0;
    if (count > 0 && count != in->columns) {
        in->line = line;
        return bad_row(in, "too many or too few fields");
    }
    for (size_t k = 0; k < all; k++)
        fields[k] = NULL;
    for (size_t i = 0; i < count; i++)
        fields[in->wanted[i]] = in->text + in->starts[i];
    return true;
}

static table open_table(const char *name, check_bytes bytes, check_fault *fault)
{
    const char *at = bytes.data ? bytes.data : "", *end = at + bytes.size;
    if (bytes.size >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    return (table){.name = name, .at = at, .end = end, .line = 1, .fault = fault};
}

static bool read_int(const table *in, const char *text, int64_t least, int64_t most, int64_t *out)
{
    const char *digits = text + (text[0] == '-');
    size_t length = strlen(digits);
    if (length == 0 || length > 18 || strspn(digits, "0123456789") != length)
        return bad_row(in, "not a whole number");
    *out = strtoll(text, NULL, 10);
    return (*out >= least && *out <= most) || bad_row(in, "a number out of range");
}

/* ---- places and centres ---- */

/* The list with room for one more; NULL when out of memory. */
static void *grow(void *items, size_t count, size_t size)
{
    if (count & (count - 1)) /* full only at powers of two */
        return items;
    return realloc(items, (count ? count * 2 : 1) * size);
}

static bool add_site(const table *in, const char *const *fields, check_sites *to)
{
    check_site *grown = grow(to->items, to->count, sizeof *grown);
    if (!grown)
        return check_fail(in->fault, "out of memory");
    to->items = grown;
    check_site *site = &grown[to->count++];
    *site = (check_site){.id = strdup(fields[0]), .zone = strdup(fields[4] ? fields[4] : "")};
    if (!site->id || !site->zone)
        return check_fail(in->fault, "out of memory");
    if (!site->id[0])
        return bad_row(in, "an id is missing");
    return read_int(in, fields[1], -METRES_MAX, METRES_MAX, &site->x) &&
           read_int(in, fields[2], -METRES_MAX, METRES_MAX, &site->y) &&
           read_int(in, fields[3], 0, COUNT_MAX, &site->count);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const check_site *)a)->id, ((const check_site *)b)->id);
}

static bool read_sites(const char *name, const char *counted, check_bytes bytes, check_sites *out,
                       check_fault *fault)
{
    const char *const names[] = {"id", "x_m", "y_m", counted, "zone"};
    const char *fields[5];
    table in = open_table(name, bytes, fault);
    bool more = true, good = read_header(&in, names, 4, 5);
    while (good && more) {
        good = next_row(&in, fields, 5, &more);
        if (good && more)
            good = add_site(&in, fields, out);
    }
    free(in.text);
    if (!good)
        return false;
    if (out->count > 0)
        qsort(out->items, out->count, sizeof *out->items, by_id);
    for (size_t i = 1; i < out->count; i++)
        if (by_id(&out->items[i - 1], &out->items[i]) == 0)
            return check_fail(fault, "%s: an id stands twice", name);
    return true;
}

static check_site *find_site(const check_sites *sites, const char *id)
{
    check_site key = {.id = (char *)(uintptr_t)id};
    return sites->count ? bsearch(&key, sites->items, sites->count, sizeof key, by_id) : NULL;
}

static int by_zone(const void *a, const void *b)
{
    return strcmp((*(check_site *const *)a)->zone, (*(check_site *const *)b)->zone);
}

static bool number_zones(check_claim *claim, check_fault *fault)
{
    size_t count = claim->places.count + claim->centres.count;
    check_site **all = calloc(count + 1, sizeof *all);
    if (!all)
        return check_fail(fault, "out of memory");
    for (size_t i = 0; i < claim->places.count; i++)
        all[i] = &claim->places.items[i];
    for (size_t i = 0; i < claim->centres.count; i++)
        all[claim->places.count + i] = &claim->centres.items[i];
    qsort(all, count, sizeof(check_site *), by_zone);
    for (size_t i = 1; i < count; i++)
        all[i]->zone_number = all[i - 1]->zone_number + (by_zone(&all[i - 1], &all[i]) != 0);
    free(all);
    return true;
}

/* ---- flows ---- */

static bool add_flow(const table *in, const char *const *fields, check_claim *claim)
{
    const check_site *place = find_site(&claim->places, fields[0]);
    const check_site *centre = find_site(&claim->centres, fields[1]);
    if (!place || !centre)
        return bad_row(in, place ? "a centre that is not in the input"
                                 : "a place that is not in the input");
    check_flow *grown = grow(claim->flows, claim->flow_count, sizeof *grown);
    if (!grown)
        return check_fail(in->fault, "out of memory");
    claim->flows = grown;
    check_flow *flow = &grown[claim->flow_count++];
    *flow = (check_flow){(size_t)(place - claim->places.items),
                         (size_t)(centre - claim->centres.items), 0};
    return read_int(in, fields[2], 1, COUNT_MAX, &flow->pupils);
}

static int by_centre(const void *a, const void *b)
{
    const check_flow *one = a, *two = b;
    if (one->centre != two->centre)
        return one->centre < two->centre ? -1 : 1;
    return (one->place > two->place) - (one->place < two->place);
}

static bool read_flows(check_bytes bytes, check_claim *claim, check_fault *fault)
{
    static const char *const names[] = {"place", "centre", "pupils"};
    const char *fields[3];
    table in = open_table("flows.csv", bytes, fault);
    bool more = true, good = read_header(&in, names, 3, 3);
    while (good && more) {
        good = next_row(&in, fields, 3, &more);
        if (good && more)
            good = add_flow(&in, fields, claim);
    }
    free(in.text);
    if (!good)
        return false;
    if (claim->flow_count > 0)
        qsort(claim->flows, claim->flow_count, sizeof *claim->flows, by_centre);
    for (size_t i = 1; i < claim->flow_count; i++)
        if (by_centre(&claim->flows[i - 1], &claim->flows[i]) == 0)
            return check_fail(fault, "flows.csv: a place and centre stand twice");
    return true;
}

/* ---- transcript ---- */

static bool take_int(const json_t *root, const char *key, int64_t *out, check_fault *fault)
{
    const json_t *value = json_object_get(root, key);
    if (!json_is_integer(value))
        return check_fail(fault, "transcript.json: %s is missing or no integer", key);
    *out = json_integer_value(value);
    return true;
}

static bool take_hex(const json_t *root, const char *key, uint8_t *out, size_t room, size_t *size,
                     check_fault *fault)
{
    const char *text = json_string_value(json_object_get(root, key));
    size_t length = text ? strlen(text) : 0;
    if (length == 0 || length % 2 != 0 || length / 2 > room ||
        strspn(text, "0123456789abcdefABCDEF") != length)
        return check_fail(fault, "transcript.json: %s is missing or no hex", key);
    for (*size = 0; *size < length / 2; ++*size) {
        char pair[3] = {text[2 * *size], text[2 * *size + 1], '\0'};
        out[*size] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return true;
}

static bool take_rents(const json_t *root, check_claim *claim, check_fault *fault)
{
    const json_t *rents = json_object_get(root, "rents");
    if (!json_is_object(rents) || json_object_size(rents) != claim->centres.count)
        return check_fail(fault, "transcript.json: rents are not those of the input's centres");
    claim->rents = calloc(claim->centres.count + 1, sizeof *claim->rents);
    if (!claim->rents)
        return check_fail(fault, "out of memory");
    for (size_t k = 0; k < claim->centres.count; k++)
        if (!take_int(rents, claim->centres.items[k].id, &claim->rents[k], fault))
            return false;
    return true;
}

/* Figures that follow from the input must be true where they are given. */
static bool check_figure(const json_t *root, const char *key, int64_t is, check_fault *fault)
{
    int64_t said = 0;
    if (!json_object_get(root, key))
        return true;
    return take_int(root, key, &said, fault) &&
           (said == is ||
            check_fail(fault, "transcript.json: %s is %" PRId64 ", not %" PRId64, key, is, said));
}

static int64_t sum_counts(const check_sites *sites)
{
    int64_t sum = 0;
    for (size_t i = 0; i < sites->count; i++)
        sum += sites->items[i].count;
    return sum;
}

static bool take_transcript(const json_t *root, check_claim *claim, check_fault *fault)
{
    int64_t version = 0;
    size_t hash_size = 0;
    if (!json_is_object(root))
        return check_fail(fault, "transcript.json: not an object");
    if (!take_int(root, "version", &version, fault) ||
        !take_int(root, "cost_m", &claim->cost, fault) ||
        !take_hex(root, "seed", claim->seed, sizeof claim->seed, &claim->seed_size, fault) ||
        !take_hex(root, "input_sha256", claim->input_hash, sizeof claim->input_hash, &hash_size,
                  fault) ||
        !take_rents(root, claim, fault))
        return false;
    if (version != 1 || hash_size != CHECK_HASH)
        return check_fail(fault, "transcript.json: %s is not one that this checks",
                          version != 1 ? "version" : "input_sha256");
    return check_figure(root, "pupils", sum_counts(&claim->places), fault) &&
           check_figure(root, "capacity", sum_counts(&claim->centres), fault) &&
           check_figure(root, "places", (int64_t)claim->places.count, fault) &&
           check_figure(root, "centres", (int64_t)claim->centres.count, fault);
}

static bool read_transcript(check_bytes bytes, check_claim *claim, check_fault *fault)
{
    json_error_t why;
    json_t *root =
        json_loadb(bytes.data ? bytes.data : "", bytes.size, JSON_REJECT_DUPLICATES, &why);
    if (!root)
        return check_fail(fault, "transcript.json: line %d: %s", why.line, why.text);
    bool good = take_transcript(root, claim, fault);
    json_decref(root);
    return good;
}

/* ---- all ---- */

bool check_read(check_bytes places, check_bytes centres, check_bytes flows, check_bytes transcript,
                check_claim *claim, check_fault *fault)
{
    *claim = (check_claim){0};
    return read_sites("places", "pupils", places, &claim->places, fault) &&
           read_sites("centres", "capacity", centres, &claim->centres, fault) &&
           number_zones(claim, fault) && read_flows(flows, claim, fault) &&
           read_transcript(transcript, claim, fault);
}

static void free_sites(check_sites *sites)
{
    for (size_t i = 0; i < sites->count; i++) {
        free(sites->items[i].id);
        free(sites->items[i].zone);
    }
    free(sites->items);
}

void check_free(check_claim *claim)
{
    free_sites(&claim->places);
    free_sites(&claim->centres);
    free(claim->flows);
    free(claim->rents);
    *claim = (check_claim){0};
}
