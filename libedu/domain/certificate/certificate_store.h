/* Issuing certificates, for the modules whose records they are about; and what this module's own
 * files share. */
#ifndef EI_CERTIFICATE_STORE_H
#define EI_CERTIFICATE_STORE_H

#include <edu/certificate.h>
#include "credential/credential.h"
#include "domain/portal/portal.h"

#define EI_CERTIFICATE_RESULTS 8

/* A value that was reached, as Open Badges has it. */
typedef struct ei_certificate_result {
    const char *id; /* short: the last part of its identifier */
    const char *name, *value;
    const char *kind; /* resultType, such as "RawScore" */
} ei_certificate_result;

/* What a certificate says. The texts are in the portal's language. */
typedef struct ei_certificate_spec {
    edu_id person_id, source_id;
    const char *type;   /* such as "olympiad.certificate" */
    const char *title;  /* JSON by language, for lists */
    const char *source; /* code of what it is about, for the achievement's identifier */
    const char *holder; /* full name */
    const char *name;   /* of the achievement */
    const char *description;
    const char *criteria;
    edu_time expires; /* end of the validity, whole seconds; 0: without */
    size_t result_count;
    ei_certificate_result results[EI_CERTIFICATE_RESULTS];
    size_t claim_count; /* for the QR code; the first is the holder, and may be cut */
    ei_claim claims[EI_CLAIM_FIELDS];
} ei_certificate_spec;

/* Issues within a command. A valid certificate of the same person, type and source with the same
 * content stays, unless its end is near: then there is a new one beside it. With another content,
 * or where its key was withdrawn, it is revoked and replaced. *issued tells whether there is a new
 * one.
 */
edu_status ei_certificate_issue(const ei_command *command, edu_tx *tx,
                                const ei_certificate_spec *spec, bool *issued, edu_error *error);
/* Asks to revoke what is good of a source whose facts were wrong; a clerk, another than the actor,
 * decides on each. */
edu_status ei_certificate_doubt(const ei_command *command, edu_tx *tx, const edu_id *person,
                                const edu_id *source, const char *reason, edu_error *error);
/* Revokes the valid ones, if there are any. */
edu_status ei_certificate_end(const ei_command *command, edu_tx *tx, const edu_id *person,
                              const char *type, const edu_id *source, const char *reason,
                              bool *ended, edu_error *error);

/* Of the columns of the fragment certificate_state, from `first`. */
const char *ei_certificate_state(ei_rows *rows, int first, edu_time now);

/* ---- within the module ---- */

/* A number as people type it, as it is stored; EDU_E_NOT_FOUND where it can be none. */
edu_status ei_certificate_number(const char *text, uint8_t bits[10], char out[EI_PAPER_ID_TEXT],
                                 edu_error *error);
edu_status ei_certificate_not_found(edu_error *error);

/* The text of the QR code, from the number that is set and the stored message. */
edu_status ei_certificate_code(ei_arena *arena, const edu_session *session, edu_certificate *out,
                               edu_bytes message, edu_error *error);

/* For pages and single rows; the context is the session. */
edu_status ei_certificate_fill(ei_rows *rows, int first, ei_arena *arena, void *record,
                               void *context, edu_error *error);

/* The signed record of a certificate of nobody, which is never stored; ei_free. */
edu_status ei_certificate_decoy(const edu_session *session, const ei_signer *signer, char **out,
                                edu_error *error);

/* A free place in the open status list, taken for the person's certificate. */
edu_status ei_certificate_place(const ei_command *command, edu_tx *tx, const edu_id *person,
                                ei_status_place *place, edu_error *error);

/* ---- certificate_paper.c: the forms of a certificate ---- */

typedef struct ei_certificate_forms {
    const char *type, *number, *record, *qr; /* record: the signed JSON */
} ei_certificate_forms;

/* EDU_E_INVALID for what is none. */
edu_status ei_certificate_format(const char *format, edu_error *error);
edu_status ei_certificate_document(const edu_session *session, const ei_certificate_forms *forms,
                                   const char *format, edu_document **out, edu_error *error);
/* One more paper in a file of many, which the first opens. */
edu_status ei_certificate_print_add(const edu_session *session, const ei_certificate_forms *forms,
                                    ei_printer **printer, edu_error *error);

/* ---- certificate_print.c ---- */

/* A form of what this verdict is on, for who has it. */
edu_status ei_certificate_paper_of(edu_session *session, const edu_verdict *verdict,
                                   const char *format, edu_document **out, edu_error *error);

#endif
