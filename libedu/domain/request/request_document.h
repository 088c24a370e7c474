/* Documents of drafts and applications. */
#ifndef EI_REQUEST_DOCUMENT_H
#define EI_REQUEST_DOCUMENT_H

#include "domain/request/request_store.h"

#define EI_DOCUMENT_SEALED_NAME "document.name" /* name of a sealed field */

/* Rows of draft_documents or request_documents as an array of {"id", "kind", "name", "type",
 * "size"}; closes the rows. */
edu_status ei_documents_read(const edu_session *session, const edu_id *person, edu_bytes wrapped,
                             edu_status opened, ei_rows *rows, ei_arena *arena, json_t **out,
                             edu_error *error);
/* One with its content, from a row of sealed_name, type, hash, sealed and the person's wrapped key.
 */
edu_status ei_document_fill(const edu_session *session, const edu_id *person, ei_rows *rows,
                            edu_document *out, edu_error *error);
/* The draft's own become what is given for the application, or nothing where it is none. */
edu_status ei_draft_documents_begin(edu_tx *tx, const edu_id *person, const edu_id *draft,
                                    const ei_request *request, edu_error *error);
/* Throws the draft away, and what only it had. */
edu_status ei_draft_drop(edu_tx *tx, const edu_id *person, const edu_id *id, edu_error *error);
/* Adds a fault for each kind of which there are too few or too many. */
edu_status ei_draft_document_faults(const edu_session *session, edu_tx *tx, const ei_draft *draft,
                                    json_t *faults, edu_error *error);
/* What is submitted now is in the chain by the hash of what is stored: data's "documents". */
edu_status ei_draft_documents_note(edu_tx *tx, const ei_draft *draft, json_t *data,
                                   edu_error *error);

/* ---- request_scanner.c: the context is a command ---- */

edu_status ei_command_scan(void *context, const void *data, size_t size, const char *type,
                           edu_error *error);

/* ---- request_document_file.c: sealed documents in the folder, where the portal has one ---- */

/* Durably, before the row. */
edu_status ei_document_file_write(const edu_session *session, const char *hash, edu_bytes sealed,
                                  edu_error *error);
/* Freed by ei_free; EDU_E_CORRUPT where it is not what was written. */
edu_status ei_document_file_read(const edu_session *session, const char *hash, edu_bytes *sealed,
                                 edu_error *error);
/* Of a document that was not kept; what cannot be removed is for the sweep. */
void ei_document_file_drop(const edu_session *session, const char *hash);

#endif
