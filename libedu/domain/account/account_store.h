/* What the files of this module share: rights, arguments, rows to records. */
#ifndef EI_ACCOUNT_STORE_H
#define EI_ACCOUNT_STORE_H

#include <edu/account.h>
#include "domain/portal/guard.h"

#define EI_LOGIN_MAX 64
#define EI_CODE_MAX 64 /* bytes of a region's or institution's code */

/* EDU_E_DENIED unless the actor is an admin, a clerk or of a school, of whatever scope. */
edu_status ei_account_require_staff(edu_session *session, edu_tx *tx, edu_error *error);
/* EDU_E_UNAUTHENTICATED for nobody, EDU_E_DENIED for the operator, who is no person. */
edu_status ei_account_require_person(edu_session *session, edu_error *error);
edu_status ei_account_not_found(edu_error *error, const char *what);
/* Whether a statement gives a row; closes it. */
edu_status ei_account_any(ei_rows *rows, bool *any, edu_error *error);
/* The only row of a statement as a record; EDU_E_NOT_FOUND naming `what`. */
edu_status ei_account_one(ei_rows *rows, const char *record, const char *what, void *out,
                          edu_error *error);

/* A number or a document, normalised, as a claim: its kind and hash. */
typedef struct ei_identifier {
    const char *kind; /* "fin" or "document" */
    char text[EI_DOCUMENT_TEXT];
    ei_hash hash;
} ei_identifier;
edu_status ei_identify_number(const edu_portal *portal, const char *number, ei_identifier *out,
                              edu_error *error);
edu_status ei_identify_document(const edu_portal *portal, const char *document, ei_identifier *out,
                                edu_error *error);
edu_status ei_check_birth(edu_date birth, const char *field, edu_error *error);

#endif
