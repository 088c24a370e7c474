/* What the modules of the services use of applications in common. */
#ifndef EI_APPLICATION_H
#define EI_APPLICATION_H

#include <edu/application.h>
#include "domain/portal/portal.h"
#include "workflow/workflow.h"

/* ---- definitions: read once, then kept ---- */

/* version 0: the newest. EDU_E_NOT_FOUND where the service is not published. */
edu_status ei_definition_load(const edu_session *session, edu_tx *tx, const char *service,
                              int32_t version, const ei_definition **out, int32_t *version_out,
                              edu_error *error);

/* A kind of document in the session's language: {"code", "title", "types", "bytes_max", "least",
 * "most"}; NULL for no memory. */
json_t *ei_document_kind_show(const edu_session *session, const ei_document_kind *kind);

/* Of the numbers of applications; appeals have that of their rules. */
#define EI_APPLICATION_PREFIX "A"

/* ---- steps, within a command; the service's module has decided that the actor may ---- */

typedef struct ei_application_step {
    edu_id person, application;
    const char *action;
    const char *actor_kind; /* as whom the session acts: "self", "guardian", "school", "clerk" */
    const json_t *data;     /* NULL: empty */
    bool is_full;           /* no place is free */
    const char *number;     /* of one that is made; NULL: it gets the next */
} ei_application_step;

/* Makes an application under the newest definition of the service. */
edu_status ei_application_begin(ei_command *command, edu_tx *tx, const char *service,
                                const edu_id *subject, const ei_application_step *step,
                                edu_error *error);
edu_status ei_application_advance(const ei_command *command, edu_tx *tx,
                                  const ei_application_step *step, edu_error *error);

/* From a head that is known. */
edu_status ei_application_advance_from(const ei_command *command, edu_tx *tx,
                                       const ei_application_step *step,
                                       const ei_application_head *head, edu_error *error);

/* A note or an assignment: see ei_application_remark_add. */
edu_status ei_application_remark(const ei_command *command, edu_tx *tx,
                                 const ei_application_step *step, const ei_application_head *head,
                                 edu_error *error);

/* Every chain of the store; for edu_portal_check. */
edu_status ei_application_check_all(edu_session *session, edu_progress progress, edu_error *error);

#endif
