/* Rows of the admitted, and what the engine of applications tells them. */
#ifndef EI_ADMISSION_STORE_H
#define EI_ADMISSION_STORE_H

#include <edu/admission.h>
#include "domain/request/request_store.h"

#define EI_ADMISSION_REASON_MAX 400

/* A row as whoever works on it changes it; `before` tells what it was. */
typedef struct ei_admission {
    edu_id person, id, offering, request;
    char service[EI_REQUEST_CODE], institution[EI_REQUEST_CODE], level[EI_REQUEST_CODE],
        funding[EI_REQUEST_CODE];
    char programme[EI_REQUEST_CODE]; /* code of the offering */
    int32_t score;                   /* hundredths; -1: none */
    char progress[16];
    const char *sort_name;
    int32_t version; /* 0: new */
} ei_admission;

edu_status ei_admission_not_found(edu_error *error);
/* The newest definition of a service with admission; EDU_E_STATE "admission.none". */
edu_status ei_admission_rules(const edu_session *session, edu_tx *tx, const char *service,
                              const ei_definition **out, int32_t *version, edu_error *error);

/* Notes the next version: who made it, when and why. */
edu_status ei_admission_note(const ei_command *command, edu_tx *tx, const ei_admission *one,
                             const char *how, const char *reason, edu_error *error);
/* Writes it as the next version, and notes it. */
edu_status ei_admission_save(const ei_command *command, edu_tx *tx, const ei_admission *one,
                             const char *how, const char *reason, edu_error *error);
/* A row that the session's actor works on. closes: of the person. */
edu_status ei_admission_load(const edu_session *session, edu_tx *tx, const edu_id *person,
                             const edu_id *id, ei_admission *out, char sort_name[400],
                             edu_time *closes, edu_error *error);

/* An application has come to another state. */
edu_status ei_admission_entered(const ei_command *command, edu_tx *tx,
                                const ei_definition *definition, const ei_request *request,
                                edu_error *error);
/* A message by a template of the service's definition; none where that names none. */
edu_status ei_admission_tell(const ei_command *command, edu_tx *tx, const ei_definition *definition,
                             int32_t version, const edu_id *person, const char *what,
                             edu_error *error);

/* Rows of admission_columns; the context is an ei_admission_filling. */
typedef struct ei_admission_filling {
    edu_session *session;
    edu_tx *tx;
    edu_time now;
} ei_admission_filling;
edu_status ei_admission_fill(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                             edu_error *error);

#endif
