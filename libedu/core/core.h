/* What every module stands on: errors, memory, strings, time, random bytes, CSV, records.
 * Internal functions begin with ei_; they are never exported. */
#ifndef EI_CORE_H
#define EI_CORE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <edu/types.h>
#include <edu/sys/environment.h>
#include <edu/sys/memory.h>
#include <edu/sys/record.h>

#define EI_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define EI_COUNT(array) (sizeof(array) / sizeof *(array))

/* Returns from the calling function when an expression yields a failure. */
#define EI_TRY(expression)                                                                         \
    do {                                                                                           \
        edu_status ei_try_status = (expression);                                                   \
        if (ei_try_status != EDU_OK)                                                               \
            return ei_try_status;                                                                  \
    } while (0)

/* ---- error.c ---- */

void ei_error_fill(edu_error *error, edu_status code, const char *key, const char *field,
                   const char *format, ...) EI_PRINTF(5, 6);
void ei_error_fill_line(edu_error *error, edu_status code, const char *key, int64_t line,
                        const char *field, const char *format, ...) EI_PRINTF(6, 7);

/* Fills *error (may be NULL) and gives code, where it is called: compilers and analysers see that
 * this is no success. key is the translation key; field a JSON Pointer or NULL. Never format
 * personal data into the message. */
#define ei_fail(error, code, ...) (ei_error_fill(error, code, __VA_ARGS__), (edu_status)(code))
/* The same for a line of an input file. */
#define ei_fail_line(error, code, ...)                                                             \
    (ei_error_fill_line(error, code, __VA_ARGS__), (edu_status)(code))
/* What errno's number says, in English; strerror's text is of the locale, and shared by threads. */
const char *ei_system_text(int number);

void ei_say_no_memory(edu_error *error);
static inline edu_status ei_no_memory(edu_error *error)
{
    ei_say_no_memory(error);
    return EDU_E_NOMEM;
}

void ei_say_bad_argument(edu_error *error, const char *name);
/* A NULL or otherwise unusable argument, which is named. */
static inline edu_status ei_bad_argument(edu_error *error, const char *name)
{
    ei_say_bad_argument(error, name);
    return EDU_E_INVALID;
}

/* ---- memory.c ---- */

/* Whether an allocation of this thread, jansson's too, has failed since this was last asked. What
 * jansson reads or makes while memory is short it may call bad JSON, or give with something left
 * out: where this is true nothing of that is to be believed. */
bool ei_memory_was_short(void);
/* As json_loadb and json_dumps (ei_free), and NULL where memory was short. */
json_t *ei_json_load(const char *text, size_t size, size_t flags, json_error_t *detail);
json_t *ei_json_loads(const char *text); /* NULL for NULL too */
char *ei_json_dumps(const json_t *value, size_t flags);
void *ei_alloc(size_t size);                /* NULL when out of memory; size 0 gives 1 byte */
void *ei_calloc(size_t count, size_t size); /* zeroed, overflow checked */
void *ei_realloc(void *block, size_t size);
void *ei_realloc_array(void *block, size_t count, size_t size); /* overflow checked */
/* The array with room for one more, moved where it had to grow; NULL when out of memory. */
void *ei_with_room(void *items, size_t count, size_t *space, size_t size);
void ei_free(void *block);
char *ei_strdup(const char *text);

/* An arena frees all it gave at once. A record is the first thing in an arena of its own, so that
 * edu_free(record) finds and frees the arena. */
typedef struct ei_arena ei_arena;
ei_arena *ei_arena_new(void);
void ei_arena_free(ei_arena *arena); /* frees also json_t values given to ei_arena_own_json */
void *ei_arena_alloc(ei_arena *arena, size_t size); /* zeroed, aligned to 16 */
char *ei_arena_strndup(ei_arena *arena, const char *text, size_t length);
char *ei_arena_strdup(ei_arena *arena, const char *text);
char *ei_arena_printf(ei_arena *arena, const char *format, ...) EI_PRINTF(2, 3);
bool ei_arena_own_json(ei_arena *arena, json_t *value); /* steals the reference, also on failure */
/* A zeroed record of size bytes; *arena (may be NULL) receives the arena that edu_free releases. */
void *ei_record_new(size_t size, ei_arena **arena);
ei_arena *ei_record_arena(void *record);

/* A growing byte buffer. After any failure `failed` stays true and further writes do nothing. */
typedef struct ei_buffer {
    char *data; /* always NUL-terminated when not NULL */
    size_t size, room;
    bool failed;
} ei_buffer;
void ei_buffer_add(ei_buffer *buffer, const void *data, size_t size);
void ei_buffer_text(ei_buffer *buffer, const char *text);
void ei_buffer_printf(ei_buffer *buffer, const char *format, ...) EI_PRINTF(2, 3);
void ei_buffer_free(ei_buffer *buffer);

/* ---- text.c ---- */

bool ei_utf8_valid(const char *text, size_t length); /* no surrogates, no overlong, no NUL */
/* Checks a required or optional text argument: not NULL (unless optional), valid UTF-8, no control
 * characters but \n and \t, at most max_bytes. */
edu_status ei_check_text(const char *text, size_t max_bytes, bool optional, const char *field,
                         edu_error *error);
/* A required text that says something. */
edu_status ei_check_words(const char *text, size_t max_bytes, const char *field, edu_error *error);
/* NFC, outer white space removed, inner runs folded to one space; allocated, ei_free. */
char *ei_text_normal(const char *text, edu_error *error);
/* For search: lower case by Azerbaijani rules, then folded as people type on a foreign keyboard
 * (ə→e, ı→i, ğ→g, ş→s, ç→c, ö→o, ü→u, x-diacritics removed). Allocated, ei_free. */
char *ei_text_fold(const char *text, edu_error *error);
/* The words of a text, folded, with a blank between them; "" where there are none. Allocated,
 * ei_free. */
char *ei_text_words(const char *text, edu_error *error);

/* ---- collation.c ---- */

/* For lists: compared by bytes it puts texts in the order of the language's alphabet (NULL: of
 * none), whatever their case, apostrophes and hyphens. ASCII; ei_free. */
edu_status ei_text_sort_key(const char *language, const char *text, char **out, edu_error *error);
void ei_hex_format(const void *data, size_t size, char *out); /* 2*size + NUL */
/* Returns the count of bytes, or -1 if not hex, odd, or more than room. */
int ei_hex_parse(const char *text, void *out, size_t room);
/* Crockford base32: 16 data characters (80 bits) and a check character, 17 and a NUL. */
#define EI_PAPER_ID_TEXT 18
void ei_paper_id_format(const uint8_t bits[10], char text[EI_PAPER_ID_TEXT]);
/* Reads leniently (case, O→0, I and L→1, hyphens and spaces skipped) and checks. */
bool ei_paper_id_parse(const char *text, uint8_t bits[10]);
/* Decimal integer, whole text, within [min, max]. */
bool ei_int_parse(const char *text, int64_t min, int64_t max, int64_t *out);

/* ---- points.c: integers out of JSON, and decimals as integers ---- */

/* A whole number within [least, most]. */
bool ei_int_read(const json_t *value, int64_t least, int64_t most, int64_t *out);

#define EI_POINTS_TEXT 24
#define EI_POINTS_MAX INT64_C(100000000)
/* "6.5" in units of so many decimals; false for anything else, negative included. */
bool ei_points_parse(const char *text, int decimals, int64_t *out);
/* The same from JSON: decimal text, or a number. */
bool ei_points_read(const json_t *value, int decimals, int64_t *out);
void ei_points_format(int64_t points, int decimals, char out[EI_POINTS_TEXT]);

/* ---- number.c ---- */

#define EI_DOUBLE_TEXT 32
/* The shortest digits that read back as the same value, as ECMAScript writes them. Finite only. */
void ei_double_format(double value, char out[EI_DOUBLE_TEXT]);

/* ---- ids and time: id.c, time.c ---- */

edu_id ei_id_new(const edu_clock *clock, const edu_random *random); /* UUIDv7 */
/* None made from then on is less. */
edu_id ei_id_first(edu_time since);
bool ei_id_is_none(edu_id id);
int ei_id_compare(edu_id a, edu_id b);

edu_clock ei_clock_default(void);
bool ei_date_valid(edu_date date);
int32_t ei_date_to_days(edu_date date); /* days since 1970-01-01; none gives INT32_MIN */
edu_date ei_date_from_days(int32_t days);
bool ei_date_parse(const char *text, edu_date *out); /* YYYY-MM-DD */
/* The same, or DD.MM.YYYY, as spreadsheets make of it. */
bool ei_date_read(const char *text, edu_date *out);
void ei_date_format(edu_date date, char text[11]);
/* RFC 3339: 2026-11-23T10:00:00[.ffffff](Z|+04:00). Without an offset it is refused. */
bool ei_time_parse(const char *text, edu_time *out);
/* "16:05" as minutes of the day; "24:00" is its end. */
bool ei_clock_parse(const char *text, int16_t *minutes);
void ei_time_format(edu_time time, char text[32]); /* UTC, Z, microseconds only if not zero */
/* Civil time of a zone with a fixed offset in minutes east of UTC. */
edu_date ei_time_civil(edu_time time, int offset_minutes, int *hour, int *minute);

/* ---- csv.c: RFC 4180, UTF-8 (a leading BOM is skipped), header required. The separator is what
 * the header has: a comma, or a semicolon or a tab as spreadsheets write them. ---- */

typedef struct ei_csv ei_csv;
#define EI_CSV_LINE_MAX 65536 /* bytes of one record */
#define EI_CSV_COLUMNS_MAX 64
/* columns: names wanted, NULL-terminated. A name ending in '?' is optional. The header may hold
 * them in any order; an unknown, missing or doubled column is EDU_E_INVALID with line 1, naming it.
 * The bytes must outlive the reader. */
edu_status ei_csv_open(edu_bytes bytes, const char *const *columns, ei_csv **out, edu_error *error);
/* Next record: fields in the order of `columns`, NUL-terminated, empty where absent or not given;
 * valid until the next call. *more becomes false at the end. Non-UTF-8, NUL, a wrong number of
 * fields, a line too long: EDU_E_INVALID or EDU_E_LIMIT with the line. */
edu_status ei_csv_next(ei_csv *csv, const char *const **fields, bool *more, edu_error *error);
int64_t ei_csv_line(const ei_csv *csv);            /* first line of the record last read, from 1 */
bool ei_csv_has(const ei_csv *csv, size_t column); /* is the optional column in the header? */
int64_t ei_csv_offset(const ei_csv *csv);          /* bytes read so far, for progress */
void ei_csv_close(ei_csv *csv);
/* One field, quoted where needed; formulas (=, +, -, @, tab, CR in front) get a leading '. */
void ei_csv_write(ei_buffer *buffer, const char *field, bool last);

/* ---- process.c ---- */

/* /bin/sh runs the command, $1 is the word; the input goes to its standard input, its standard
 * output into `out`, at most so many bytes. NULL where it ended by itself, with its exit code, else
 * what was wrong, in words. */
const char *ei_process_run(const char *command, const char *word, edu_bytes input, size_t most,
                           int patience_ms, ei_buffer *out, int *code);
/* The same, where any code but 0 is wrong. */
const char *ei_process_talk(const char *command, const char *word, edu_bytes input, size_t most,
                            int patience_ms, ei_buffer *out);

/* ---- record.c: tables of fields, generated from the headers into records.c ---- */

/* The public table is edu/sys/record.h; these are older names for it. */
typedef edu_record_type ei_record_type;
typedef edu_field ei_field;
#define EI_BOOL EDU_KIND_BOOL
#define EI_INT32 EDU_KIND_INT32
#define EI_INT64 EDU_KIND_INT64
#define EI_ID EDU_KIND_ID
#define EI_TIME EDU_KIND_TIME
#define EI_DATE EDU_KIND_DATE
#define EI_BYTES EDU_KIND_BYTES
#define EI_TEXT EDU_KIND_TEXT
#define EI_JSON EDU_KIND_JSON
#define ei_record_type_find edu_record_type_find
/* Reads a whole file; at most max bytes. Free data with ei_free. */
edu_status ei_file_read(const char *path, size_t max, edu_bytes *out, edu_error *error);
/* Writes a whole file durably: a temporary beside it, fsync, rename, fsync of the folder. */
edu_status ei_file_write(const char *path, edu_bytes data, unsigned mode, edu_error *error);

/* ---- media.c: files that people give ---- */

#define EI_FILE_NAME_MAX 200 /* bytes */
typedef enum ei_media {
    EI_MEDIA_NONE = 0,
    EI_MEDIA_PDF = 1,
    EI_MEDIA_JPEG = 2,
    EI_MEDIA_PNG = 4
} ei_media;

const char *ei_media_name(ei_media media); /* "application/pdf"; NULL for none */
ei_media ei_media_named(const char *name); /* none for another */
ei_media ei_media_of(edu_bytes content);   /* by how it begins; none for what is none of them */
/* EDU_E_INVALID under the key for what would lead elsewhere, or break a header. */
edu_status ei_check_file_name(const char *name, const char *key, edu_error *error);

#endif
