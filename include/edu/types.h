/** @file edu/types.h
 *  Values that all modules share: identifiers, times, bytes, records and pages.
 *
 *  A **record** is a plain struct that a function returns by an out-parameter. It and everything it
 *  points to lie in one piece that ::edu_free releases. A **page** is a record with a part of a
 * list and the cursor of the next part. Text is UTF-8; a missing text is NULL.
 *  @since 0.1.0 */
#ifndef EDU_TYPES_H
#define EDU_TYPES_H

#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include <edu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Identifier: a UUID, version 7, made by the library. All zero means none. */
typedef struct edu_id {
    uint8_t bytes[16];
} edu_id;

/** Length of an identifier's text form, its NUL included. */
#define EDU_ID_TEXT 37

/** Microseconds since 1970-01-01T00:00:00Z. */
typedef int64_t edu_time;
#define EDU_TIME_NONE INT64_MIN

/** A civil date of the proleptic Gregorian calendar. Year 0 means none. */
typedef struct edu_date {
    int16_t year;
    uint8_t month;
    uint8_t day;
} edu_date;

/** Bytes owned by whoever made them. */
typedef struct edu_bytes {
    const void *data;
    size_t size;
} edu_bytes;

/** Marks a struct as a record: the build makes the table of its fields, from which rows are read
 * and bindings convert. Fields may be bool, int32_t, int64_t, edu_id, edu_time, edu_date,
 * edu_bytes, const char *, and json_t *. */
#define EDU_RECORD

/** Marks a struct that goes in: `size_t struct_size` first, filled by its _INIT macro. */
#define EDU_INPUT

/** Declares the page of a record type: `edu_thing_page`. */
#define EDU_PAGE(type)                                                                             \
    typedef struct type##_page {                                                                   \
        size_t count;                                                                              \
        const type *items;                                                                         \
        const char *next; /* cursor of the next page; NULL at the end */                           \
    } type##_page

/** A file made by the library. */
EDU_RECORD
typedef struct edu_document {
    const char *name; /**< proposed file name, without personal data */
    const char *type; /**< media type */
    edu_bytes content;
} edu_document;

/** Largest page; a larger wish is cut to it. */
#define EDU_PAGE_MAX 200

/** Progress of long work: done of total steps (total 0 while unknown). Return false to cancel.
 *  Called from the thread that does the work; must not call the library. */
typedef bool (*edu_progress_fn)(void *context, const char *stage, int64_t done, int64_t total);

typedef struct edu_progress {
    edu_progress_fn report;
    void *context;
} edu_progress;

/** Releases a record, a page, or a string returned by the library. NULL is allowed.
 *  @since 0.1.0 */
EDU_API void edu_free(void *record);

/** Writes an identifier as 36 characters and a NUL.
 *  @since 0.1.0 */
EDU_API void edu_id_format(edu_id id, char text[EDU_ID_TEXT]);

/** Reads an identifier. Both cases of letters are accepted.
 *  @return EDU_E_INVALID if text is not a UUID.
 *  @since 0.1.0 */
EDU_API EDU_MUST_CHECK edu_status edu_id_parse(const char *text, edu_id *out, edu_error *error);

/** By which names and titles are put in order: of two texts the one with the lesser key stands
 * first. Case, apostrophes and hyphens do not count.
 *  @param language whose alphabet orders, such as "az"; NULL: the order that suits most.
 *  @param text up to 64 KiB.
 *  @param out ASCII, compared by bytes; freed by edu_free.
 *  @return EDU_E_INVALID for what is no text.
 *  @since 0.2.0 */
EDU_API EDU_MUST_CHECK edu_status edu_sort_key(const char *language, const char *text, char **out,
                                               edu_error *error);

/** Version of the library, such as "0.1.0". Static.
 *  @since 0.1.0 */
EDU_API const char *edu_version(void);

#ifdef __cplusplus
}
#endif
#endif
