/* What all imports of a register have in common: one file, one command, all of it or nothing. */
#ifndef EI_IMPORT_H
#define EI_IMPORT_H

#include "domain/account/account_store.h"

#define EI_IMPORT_MAX ((size_t)1 << 30)

/* Keys met in a file, with the line they stood in. */
typedef struct ei_seen_entry {
    edu_id key;
    int64_t line; /* 0: free */
} ei_seen_entry;
typedef struct ei_seen {
    ei_seen_entry *entries;
    size_t count, room; /* room is a power of two */
} ei_seen;

typedef enum ei_import_rights {
    EI_IMPORT_ADMIN,
    EI_IMPORT_SCHOOL, /* also a school, for its own: each row asks ei_import_covers */
    EI_IMPORT_CLERK,  /* also a clerk without scope */
    EI_IMPORT_OWN     /* `begin` decides */
} ei_import_rights;

/* What is wrong with a file: of the lines behind `after`, whole lines until there are `most`. */
typedef struct ei_faults {
    int64_t after;
    int32_t most;
    size_t room;
    edu_import_fault_page *page;
} ei_faults;

typedef struct ei_import ei_import;
struct ei_import {
    edu_session *session;
    const char *name; /* of the command */
    edu_bytes csv;
    const char *const *columns;
    ei_import_rights rights;
    const edu_id *subject; /* what the file is for, such as a season; NULL */
    const char *code;      /* or by a code; NULL */
    /* What must be known before the first row, as the columns may be; may be NULL. */
    edu_status (*begin)(ei_import *import, edu_error *error);
    /* One record; counts itself in the report. The frame puts the line into an error. */
    edu_status (*row)(ei_import *import, const char *const *fields, edu_error *error);
    /* Behind the last row; may be NULL. */
    edu_status (*end)(ei_import *import, edu_error *error);
    void *context;

    /* set by the frame, for each run anew */
    edu_tx *tx;
    ei_command *command;
    ei_csv *reader;
    edu_id actor;
    bool is_admin;
    int64_t line;
    edu_import_report report;
    ei_seen seen;
    ei_faults *faults; /* where set, nothing is written */
    bool is_faulty;    /* this line */
};

edu_status ei_import_run(ei_import *import, const char *key, edu_import_report **out,
                         edu_error *error);
/* Reads the file without writing, for an import whose rows know of faults. */
edu_status ei_import_faults(ei_import *import, const char *cursor, int32_t limit,
                            edu_import_fault_page **out, edu_error *error);
/* Passes a failure on; where faults are gathered, one of the input is noted, and all is well. */
edu_status ei_import_note(ei_import *import, edu_status status, edu_error *error);
/* EDU_E_INVALID where the same key stood in a line before; `what` names it. */
edu_status ei_import_once(ei_import *import, edu_id key, const char *field, const char *what,
                          edu_error *error);
edu_status ei_import_once_text(ei_import *import, const char *key, const char *field,
                               const char *what, edu_error *error);
/* Whether the actor may import for this institution. */
edu_status ei_import_covers(ei_import *import, const char *institution, bool *covers,
                            edu_error *error);
/* EDU_E_INVALID where there is none with this code, or the actor may not import for it. */
edu_status ei_import_institution(ei_import *import, const char *code, edu_error *error);
/* By the number, or the document where there is none. */
edu_status ei_import_identify(ei_import *import, const char *number, const char *document,
                              ei_identifier *out, edu_error *error);
edu_status ei_import_unknown_person(edu_error *error, const char *field);
/* 1 to EI_CODE_MAX of A-Z a-z 0-9 . _ -. */
edu_status ei_import_check_code(const char *code, const char *field, edu_error *error);
edu_status ei_import_wrong(edu_error *error, const char *key, const char *field,
                           const char *message);
/* A row names a region that was imported before. */
edu_status ei_import_require_region(ei_import *import, const char *code, edu_error *error);
/* A checked text in its normal form; ei_free. An empty optional one gives NULL. */
edu_status ei_import_text(const char *text, size_t max, bool optional, const char *field,
                          char **out, edu_error *error);
/* What persons are put in order and pupils are found by; ei_free. */
edu_status ei_person_sort_name(const edu_portal *portal, const char *family, const char *given,
                               char **out, edu_error *error);
edu_status ei_person_search_name(const char *family, const char *given, char **out,
                                 edu_error *error);
bool ei_same_text(const char *a, const char *b); /* NULL is like NULL only */

#endif
