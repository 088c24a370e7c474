/* Published definitions, parsed once a process. */
#include "domain/application/application.h"
#include "application_sql.h"

static void release(void *definition)
{
    ei_definition_free(definition);
}

static edu_status make(json_t *json, void **out, edu_error *error)
{
    ei_definition *made = NULL;
    edu_status status = ei_definition_make(json, &made, error);
    *out = made;
    return status;
}

static edu_status unknown_service(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "service.not_found", NULL,
                   "there is no such service; publish its definition first");
}

edu_status ei_definition_load(const edu_session *session, edu_tx *tx, const char *service,
                              int32_t version, const ei_definition **out, int32_t *version_out,
                              edu_error *error)
{
    static const ei_kept_plan plan = {.kind = EI_KEPT_SERVICE,
                                      .newest = sql_application_service_newest,
                                      .get = sql_application_service_version,
                                      .make = make,
                                      .release = release,
                                      .missing = unknown_service};
    const void *found = NULL;
    edu_status status =
        ei_kept_load(session, tx, &plan, service, version, &found, version_out, error);
    *out = found;
    return status;
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
                     .is_full = given->is_full,
                     .now = command->now,
                     .clock = &environment->clock,
                     .random = &environment->random};
}

edu_status ei_application_begin(ei_command *command, edu_tx *tx, const char *service,
                                const edu_id *subject, const ei_application_step *given,
                                edu_error *error)
{
    ei_step step = make_step(command, given);
    char number[EI_NUMBER_TEXT];
    step.number = given->number;
    if (!step.number) {
        int64_t serial;
        EI_TRY(ei_serial_next(command, tx, &serial, error));
        ei_number_format(EI_APPLICATION_PREFIX, serial, number);
        step.number = number;
    }
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

edu_status ei_application_remark(const ei_command *command, edu_tx *tx,
                                 const ei_application_step *given, const ei_application_head *head,
                                 edu_error *error)
{
    ei_step step = make_step(command, given);
    EI_TRY(ei_definition_load(command->session, tx, head->service, head->service_version,
                              &step.definition, &step.version, error));
    return ei_application_remark_add(tx, &step, head, error);
}
