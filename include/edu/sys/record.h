/** @file edu/sys/record.h
 *  Tables of the fields of records and inputs, made from the headers by the build: with them a binding
 *  converts every struct by one function.
 *  @since 0.1.0 */
#ifndef EDU_SYS_RECORD_H
#define EDU_SYS_RECORD_H

#include <edu/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** C type of a field. */
typedef enum edu_kind {
    EDU_KIND_BOOL,
    EDU_KIND_INT32,
    EDU_KIND_INT64,
    EDU_KIND_ID,
    EDU_KIND_TIME,
    EDU_KIND_DATE,
    EDU_KIND_BYTES,
    EDU_KIND_TEXT,
    EDU_KIND_JSON
} edu_kind;

typedef struct edu_field {
    const char *name;
    edu_kind kind;
    uint16_t offset;
} edu_field;

typedef struct edu_record_type {
    const char *name; /**< "edu_season" */
    size_t size;
    size_t count;
    const edu_field *fields; /**< without struct_size */
    bool is_input;           /**< starts with struct_size */
} edu_record_type;

/** Layout that all pages share; see EDU_PAGE. */
typedef struct edu_page {
    size_t count;
    const void *items;
    const char *next;
} edu_page;

/** The table of a record or input by its name; NULL where there is none.
 *  @since 0.1.0 */
EDU_API const edu_record_type *edu_record_type_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
