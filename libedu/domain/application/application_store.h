/* Rows to records of applications. */
#ifndef EI_APPLICATION_STORE_H
#define EI_APPLICATION_STORE_H

#include "domain/application/application.h"

/* What filling a record needs besides the row. */
typedef struct ei_fill_context {
    edu_session *session;
    edu_tx *tx;
    edu_id person;
    const ei_definition *definition; /* of the timeline */
} ei_fill_context;

edu_status ei_fill_service(ei_fill_context *with, const char *code, int32_t version,
                           edu_time published, ei_arena *arena, edu_service *out, edu_error *error);
/* For ei_page_plan; the context is an ei_fill_context. */
edu_status ei_fill_service_of_list(ei_rows *rows, int first, ei_arena *arena, void *record,
                                   void *context, edu_error *error);
edu_status ei_fill_application(ei_rows *rows, int first, ei_arena *arena, void *record,
                               void *context, edu_error *error);
edu_status ei_fill_event(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                         edu_error *error);
edu_status ei_fill_happening(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                             edu_error *error);
edu_status ei_fill_notification(ei_rows *rows, int first, ei_arena *arena, void *record,
                                void *context, edu_error *error);

/* Title and text of a message in a language, from the service's definition or, for service "", the
 * library's own. *subject_title may be NULL. Free both with ei_free. */
edu_status ei_message_render(const edu_session *session, edu_tx *tx, const char *service,
                             int32_t version, const char *template, const char *language,
                             const json_t *data, char **title, char **text, edu_error *error);

#endif
