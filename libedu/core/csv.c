#include <stdio.h>
#include <string.h>
#include "core/core.h"

struct ei_csv {
    const char *at, *end, *start;
    char separator;
    int64_t line;   /* of the next byte */
    int64_t record; /* first line of the record last read */
    size_t wanted;
    size_t in_file;
    int position[EI_CSV_COLUMNS_MAX]; /* column of the file by wanted column; -1 where absent */
    const char *fields[EI_CSV_COLUMNS_MAX]; /* in the order wanted */
    const char *read[EI_CSV_COLUMNS_MAX];   /* in the order of the file */
    ei_buffer text;
    size_t offsets[EI_CSV_COLUMNS_MAX];
};

static edu_status too_long(const ei_csv *csv, edu_error *error)
{
    return ei_fail_line(error, EDU_E_LIMIT, "csv.line_too_long", csv->record, NULL,
                        "the record is longer than %d bytes", EI_CSV_LINE_MAX);
}

static edu_status bad(const ei_csv *csv, edu_error *error, const char *key, const char *message)
{
    return ei_fail_line(error, EDU_E_INVALID, key, csv->record, NULL, "%s", message);
}

/* Reads the inside of a quoted field; *at stands behind the first quote. */
static edu_status read_quoted(ei_csv *csv, const char *limit, edu_error *error)
{
    for (;;) {
        const char *quote = memchr(csv->at, '"', (size_t)(limit - csv->at));
        if (!quote)
            return limit < csv->end ? too_long(csv, error)
                                    : bad(csv, error, "csv.open_quote", "a quote is never closed");
        for (const char *c = csv->at; c < quote; c++)
            csv->line += *c == '\n';
        ei_buffer_add(&csv->text, csv->at, (size_t)(quote - csv->at));
        csv->at = quote + 1;
        if (csv->at == csv->end || *csv->at != '"')
            return EDU_OK;
        ei_buffer_add(&csv->text, "\"", 1);
        csv->at++;
    }
}

static bool ends_field(const ei_csv *csv)
{
    return csv->at == csv->end || *csv->at == csv->separator || *csv->at == '\n' ||
           (*csv->at == '\r' && (csv->at + 1 == csv->end || csv->at[1] == '\n'));
}

static edu_status read_field(ei_csv *csv, const char *limit, edu_error *error)
{
    if (csv->at < csv->end && *csv->at == '"') {
        csv->at++;
        EI_TRY(read_quoted(csv, limit, error));
        return ends_field(csv) ? EDU_OK
                               : bad(csv, error, "csv.after_quote",
                                     "something stands between a closing quote and the separator");
    }
    const char *from = csv->at;
    while (!ends_field(csv)) {
        if (csv->at == limit)
            return too_long(csv, error);
        if (*csv->at == '"')
            return bad(csv, error, "csv.stray_quote",
                       "a quote stands inside a field without quotes");
        csv->at++;
    }
    ei_buffer_add(&csv->text, from, (size_t)(csv->at - from));
    return EDU_OK;
}

static void end_record(ei_csv *csv)
{
    if (csv->at < csv->end && *csv->at == '\r')
        csv->at++;
    if (csv->at < csv->end) {
        csv->at++;
        csv->line++;
    }
}

/* Reads one record into csv->read; *count fields. */
static edu_status read_record(ei_csv *csv, size_t *count, edu_error *error)
{
    csv->record = csv->line;
    csv->text.size = 0;
    size_t left = (size_t)(csv->end - csv->at);
    const char *from = csv->at;
    const char *limit = csv->at + (left < EI_CSV_LINE_MAX ? left : EI_CSV_LINE_MAX);
    for (*count = 0;;) {
        if (*count == EI_CSV_COLUMNS_MAX)
            return ei_fail_line(error, EDU_E_LIMIT, "csv.too_many_columns", csv->record, NULL,
                                "there are more than %d columns", EI_CSV_COLUMNS_MAX);
        csv->offsets[(*count)++] = csv->text.size;
        EI_TRY(read_field(csv, limit, error));
        ei_buffer_add(&csv->text, "", 1);
        if (csv->at == csv->end || *csv->at != csv->separator)
            break;
        csv->at++;
    }
    if (csv->text.failed)
        return ei_no_memory(error);
    if (!ei_utf8_valid(from, (size_t)(csv->at - from)))
        return bad(csv, error, "csv.not_utf8",
                   "the record is not UTF-8 or holds a null byte; a spreadsheet saves it as \"CSV "
                   "UTF-8\"");
    end_record(csv);
    for (size_t i = 0; i < *count; i++)
        csv->read[i] = csv->text.data + csv->offsets[i];
    return EDU_OK;
}

static bool same_name(const char *wanted, const char *name)
{
    size_t length = strlen(wanted);
    if (length > 0 && wanted[length - 1] == '?')
        length--;
    return strlen(name) == length && memcmp(wanted, name, length) == 0;
}

static int find_wanted(const char *const *columns, const char *name)
{
    for (int i = 0; columns[i]; i++)
        if (same_name(columns[i], name))
            return i;
    return -1;
}

static edu_status column_error(edu_error *error, const char *key, const char *name,
                               const char *what)
{
    return ei_fail_line(error, EDU_E_INVALID, key, 1, NULL, "column \"%.60s\" %s", name, what);
}

static edu_status read_header(ei_csv *csv, const char *const *columns, edu_error *error)
{
    EI_TRY(read_record(csv, &csv->in_file, error));
    for (size_t i = 0; i < csv->in_file; i++) {
        int wanted = find_wanted(columns, csv->read[i]);
        if (wanted < 0)
            return column_error(error, "csv.unknown_column", csv->read[i], "is not known here");
        if (csv->position[wanted] >= 0)
            return column_error(error, "csv.double_column", csv->read[i], "stands twice");
        csv->position[wanted] = (int)i;
    }
    for (size_t i = 0; columns[i]; i++)
        if (csv->position[i] < 0 && columns[i][strlen(columns[i]) - 1] != '?')
            return column_error(error, "csv.missing_column", columns[i], "is missing");
    return EDU_OK;
}

/* What a clerk's spreadsheet also writes, and what cannot be guessed at line by line. */
static edu_status refuse_other(edu_bytes bytes, edu_error *error)
{
    static const struct {
        const char *start, *message;
    } others[] = {
        {"\xff\xfe", "the file is UTF-16; save it as \"CSV UTF-8\""},
        {"\xfe\xff", "the file is UTF-16; save it as \"CSV UTF-8\""},
        {"PK\x03\x04", "this is a spreadsheet or another packed file; save it as \"CSV UTF-8\""},
        {"\xd0\xcf\x11\xe0", "this is a spreadsheet; save it as \"CSV UTF-8\""},
    };
    for (size_t i = 0; i < EI_COUNT(others); i++) {
        size_t length = strlen(others[i].start);
        if (bytes.size >= length && memcmp(bytes.data, others[i].start, length) == 0)
            return ei_fail_line(error, EDU_E_INVALID, "csv.other_file", 1, NULL, "%s",
                                others[i].message);
    }
    return EDU_OK;
}

/* Spreadsheets write a semicolon where the comma is the decimal point's. No column's name has one.
 */
static char find_separator(const ei_csv *csv)
{
    static const char separators[] = ",;\t";
    size_t left = (size_t)(csv->end - csv->at);
    const char *line_end = memchr(csv->at, '\n', left);
    size_t length = line_end ? (size_t)(line_end - csv->at) : left;
    for (const char *one = separators; *one; one++)
        if (memchr(csv->at, *one, length))
            return *one;
    return ',';
}

edu_status ei_csv_open(edu_bytes bytes, const char *const *columns, ei_csv **out, edu_error *error)
{
    EI_TRY(refuse_other(bytes, error));
    ei_csv *csv = ei_calloc(1, sizeof *csv);
    if (!csv)
        return ei_no_memory(error);
    csv->start = csv->at = bytes.data ? bytes.data : "";
    csv->end = csv->at + bytes.size;
    csv->line = csv->record = 1;
    if (bytes.size >= 3 && memcmp(csv->at, "\xef\xbb\xbf", 3) == 0)
        csv->at += 3;
    csv->separator = find_separator(csv);
    while (columns[csv->wanted])
        csv->position[csv->wanted++] = -1;
    edu_status status = read_header(csv, columns, error);
    if (status != EDU_OK) {
        ei_csv_close(csv);
        return status;
    }
    *out = csv;
    return EDU_OK;
}

edu_status ei_csv_next(ei_csv *csv, const char *const **fields, bool *more, edu_error *error)
{
    /* Empty lines, such as one at the end, are nobody's record. */
    while (csv->at < csv->end &&
           (*csv->at == '\n' || (*csv->at == '\r' && csv->at + 1 < csv->end && csv->at[1] == '\n')))
        end_record(csv);
    *more = csv->at < csv->end;
    if (!*more)
        return EDU_OK;
    size_t count;
    EI_TRY(read_record(csv, &count, error));
    if (count != csv->in_file)
        return ei_fail_line(error, EDU_E_INVALID, "csv.field_count", csv->record, NULL,
                            "there are %zu fields where the header has %zu", count, csv->in_file);
    for (size_t i = 0; i < csv->wanted; i++)
        csv->fields[i] = csv->position[i] < 0 ? "" : csv->read[csv->position[i]];
    *fields = csv->fields;
    return EDU_OK;
}

int64_t ei_csv_line(const ei_csv *csv)
{
    return csv->record;
}

bool ei_csv_has(const ei_csv *csv, size_t column)
{
    return csv->position[column] >= 0;
}

int64_t ei_csv_offset(const ei_csv *csv)
{
    return csv->at - csv->start;
}

void ei_csv_close(ei_csv *csv)
{
    if (!csv)
        return;
    ei_buffer_free(&csv->text);
    ei_free(csv);
}

void ei_csv_write(ei_buffer *buffer, const char *field, bool last)
{
    /* A spreadsheet would compute what begins like this. */
    bool is_formula = field[0] && strchr("=+-@\t\r", field[0]);
    bool is_quoted = is_formula || strpbrk(field, ",\"\r\n") || field[0] == ' ';
    if (is_quoted)
        ei_buffer_add(buffer, "\"", 1);
    if (is_formula)
        ei_buffer_add(buffer, "'", 1);
    for (const char *at = field; *at;) {
        size_t plain = strcspn(at, "\"");
        ei_buffer_add(buffer, at, plain);
        at += plain;
        if (*at == '"') {
            ei_buffer_text(buffer, "\"\"");
            at++;
        }
    }
    ei_buffer_text(buffer, is_quoted ? (last ? "\"\r\n" : "\",") : (last ? "\r\n" : ","));
}
