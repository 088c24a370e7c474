/* Records of registers, for who makes papers of them. */
#ifndef EI_REGISTER_STORE_H
#define EI_REGISTER_STORE_H

#include <edu/register.h>
#include "domain/portal/portal.h"
#include "domain/register/register_form.h"

/* version 0: the newest. EDU_E_NOT_FOUND "register.not_found". */
edu_status ei_register_load(const edu_session *session, edu_tx *tx, const char *code,
                            int32_t version, const ei_register_form **out, int32_t *version_out,
                            edu_error *error);

/* What a record is known by within its person and register; ei_buffer_free. */
edu_status ei_register_key(const ei_register_form *form, const char *institution,
                           const json_t *data, ei_buffer *out, edu_error *error);

/* Rows of records: person, id, register, institution, its name, version, since, whether it is
 * current, data, given and family name. The context is an ei_register_filling. */
typedef struct ei_register_filling {
    edu_session *session;
    edu_tx *tx;
} ei_register_filling;
edu_status ei_register_record_fill(ei_rows *rows, int first, ei_arena *arena, void *record,
                                   void *context, edu_error *error);

/* A value as people read it in the session's language. */
const char *ei_register_shown(const edu_session *session, const ei_register_column *column,
                              const char *value);

#endif
