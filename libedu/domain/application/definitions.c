/* Published definitions, parsed once a process. */
#include "domain/application/application.h"
#include "application_sql.h"

static void release(void *definition)
{
    ei_definition_free(definition);
}

static edu_status unknown_service(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "service.not_found", NULL,
                   "there is no such service; publish its definition first");
}

static edu_status newest_version(edu_tx *tx, const char *service, int32_t *version,
                                 edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_application_service_newest(tx, service, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? EDU_OK : unknown_service(error);
    if (status == EDU_OK)
        *version = (int32_t)ei_column_int(&rows, 0);
    ei_rows_close(&rows);
    return status;
}

static edu_status parse_stored(ei_rows *rows, ei_definition **out, edu_error *error)
{
    edu_bytes text = ei_column_bytes(rows, 0);
    json_t *json = json_loadb(text.data, text.size, 0, NULL);
    edu_status status = json ? ei_definition_make(json, out, error)
                             : ei_fail(error, EDU_E_CORRUPT, "service.definition", NULL,
                                       "a stored definition cannot be read");
    json_decref(json);
    return status;
}

static edu_status read_version(edu_tx *tx, const char *service, int32_t version,
                               ei_definition **out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_application_service_version(tx, service, version, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? parse_stored(&rows, out, error) : unknown_service(error);
    ei_rows_close(&rows);
    return status;
}

edu_status ei_definition_load(const edu_session *session, edu_tx *tx, const char *service,
                              int32_t version, const ei_definition **out, int32_t *version_out,
                              edu_error *error)
{
    if (version == 0)
        EI_TRY(newest_version(tx, service, &version, error));
    if (version_out)
        *version_out = version;
    *out = ei_kept_find(session, EI_KEPT_SERVICE, service, version);
    if (*out)
        return EDU_OK;
    ei_definition *made;
    EI_TRY(read_version(tx, service, version, &made, error));
    EI_TRY(ei_kept_add(session, EI_KEPT_SERVICE, service, version, made, release, error));
    *out = made;
    return EDU_OK;
}

/* ---- steps ---- */

static ei_step make_step(const ei_command *command, const ei_application_step *given)
{
    const edu_environment *environment = &command->session->portal->environment;
    return (ei_step){.person = given->person,
                     .application = given->application,
                     .action = given->action,
                     .actor = ei_session_actor(command->session),
                     .actor_kind = given->actor_kind,
                     .data = given->data,
                     .now = command->now,
                     .clock = &environment->clock,
                     .random = &environment->random};
}

edu_status ei_application_begin(const ei_command *command, edu_tx *tx, const char *service,
                                const edu_id *subject, const ei_application_step *given,
                                edu_error *error)
{
    ei_step step = make_step(command, given);
    EI_TRY(ei_definition_load(command->session, tx, service, 0, &step.definition, &step.version,
                              error));
    return ei_application_create(tx, &step, subject, error);
}

edu_status ei_application_advance(const ei_command *command, edu_tx *tx,
                                  const ei_application_step *given, edu_error *error)
{
    ei_application_head head;
    EI_TRY(ei_application_head_read(tx, &given->person, &given->application, &head, error));
    return ei_application_advance_from(command, tx, given, &head, error);
}

edu_status ei_application_advance_from(const ei_command *command, edu_tx *tx,
                                       const ei_application_step *given,
                                       const ei_application_head *head, edu_error *error)
{
    ei_step step = make_step(command, given);
    EI_TRY(ei_definition_load(command->session, tx, head->service, head->service_version,
                              &step.definition, &step.version, error));
    return ei_application_act(tx, &step, head, error);
}
