/* How every change of an appeal runs: seen, permitted, changed, its clock computed, and told. */
#include "domain/appeal/appeal_store.h"

#include <sodium.h>
#include <string.h>

#include "appeal_sql.h"
#include "domain/calendar/calendar_store.h"
#include "workflow_sql.h"

/* ---- what the steps share ---- */

/* Somebody else was faster, or the state does not permit it: that it was tried is recorded too. */
static edu_status refuse(ei_appeal_step *step, ei_command *command, edu_tx *tx, edu_error *error)
{
    json_t *detail = json_pack("{s:s, s:s, s:s}", "number", step->appeal.number, "action",
                               step->action, "state", step->appeal.head.state);
    char *text = detail ? ei_json_dumps(detail, JSON_COMPACT) : NULL;
    json_decref(detail);
    command->is_refusal = true;
    edu_status status = text ? ei_audit(command, tx, "appeal.refused", &step->person, text, error)
                             : ei_no_memory(error);
    ei_free(text);
    return status;
}

static const char *kind_of(const ei_appeal_step *step)
{
    const char *applicant = step->appeal.applicant_as, *staff = step->appeal.staff_as;
    if (step->is_systems)
        return "system";
    if (step->is_signing)
        return "signatory";
    if (step->is_applicants)
        return applicant[0] ? applicant : staff;
    return staff[0] ? staff : applicant;
}

static edu_status load_rules(ei_appeal_step *step, edu_tx *tx, edu_error *error)
{
    ei_appeal *appeal = &step->appeal;
    if (step->takes_newest_rules)
        appeal->rules_version = appeal->newest_rules;
    if (step->takes_newest_calendar)
        EI_TRY(ei_calendar_newest(tx, appeal->calendar, &appeal->calendar_version, error));
    EI_TRY(
        ei_appeal_rules_load(step->session, tx, appeal->rules_version, &step->rules, NULL, error));
    return ei_calendar_load(step->session, tx, appeal->calendar, appeal->calendar_version,
                            &step->calendar, NULL, error);
}

static edu_status set_text(json_t *data, const char *name, const char *text, edu_error *error)
{
    return json_object_set_new(data, name, json_string(text)) == 0 ? EDU_OK : ei_no_memory(error);
}

edu_status ei_appeal_seal_text(ei_appeal_step *step, edu_error *error)
{
    if (!step->text || step->sealed.data)
        return EDU_OK;
    EI_TRY(ei_seal_into(step->session, &step->person, ei_appeal_key(&step->appeal),
                        EI_APPEAL_SEALED, (edu_bytes){step->text, strlen(step->text)},
                        &step->sealed, error));
    return ei_sealed_note(step->data, &step->sealed, error);
}

edu_status ei_appeal_put_text(const ei_appeal_step *step, edu_tx *tx, edu_error *error)
{
    if (!step->sealed.data)
        return EDU_OK;
    return sql_appeal_text_add(tx, &step->person, &step->id, step->appeal.head.version + 1,
                               (edu_bytes){step->sealed.data, step->sealed.size}, NULL, error);
}

/* What the applicant is told of every step. */
static edu_status put_data(ei_appeal_step *step, edu_time due_before, edu_error *error)
{
    const ei_appeal *appeal = &step->appeal;
    EI_TRY(set_text(step->data, "number", appeal->number, error));
    if (appeal->due != EI_APPEAL_NEVER) {
        char date[EI_APPEAL_DATE];
        ei_appeal_date(step->calendar, appeal->due, date);
        EI_TRY(set_text(step->data, "due_date", date, error));
    }
    if (appeal->due == due_before)
        return EDU_OK;
    char due[32] = "", before[32] = "";
    if (appeal->due != EI_APPEAL_NEVER)
        ei_time_format(appeal->due, due);
    if (due_before != EI_APPEAL_NEVER)
        ei_time_format(due_before, before);
    EI_TRY(set_text(step->data, "due", due, error));
    EI_TRY(set_text(step->data, "due_before", before, error));
    return set_text(step->data, "rule", appeal->rule, error);
}

static edu_status store(ei_appeal_step *step, ei_command *command, edu_tx *tx, edu_error *error)
{
    ei_application_step given = {.person = step->person,
                                 .application = step->id,
                                 .action = step->action,
                                 .actor_kind = step->actor_kind,
                                 .data = step->data};
    /* First what others wait for: behind it nobody can have written the same step. */
    EI_TRY(ei_application_advance_from(command, tx, &given, &step->appeal.head, error));
    EI_TRY(ei_appeal_save(tx, &step->appeal, error));
    return ei_appeal_put_text(step, tx, error);
}

static edu_status change(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                         const ei_action *action, edu_error *error)
{
    ei_appeal *appeal = &step->appeal;
    edu_time due_before = appeal->due;
    EI_TRY(load_rules(step, tx, error));
    memcpy(step->state_before, appeal->state, sizeof step->state_before);
    (void)snprintf(appeal->state, sizeof appeal->state, "%s", action->to);
    if (step->change)
        EI_TRY(step->change(step, command, tx, error));
    if (appeal->is_open)
        EI_TRY(ei_appeal_clock(step->rules, step->calendar, appeal, error));
    EI_TRY(ei_appeal_seal_text(step, error));
    EI_TRY(put_data(step, due_before, error));
    return store(step, command, tx, error);
}

edu_status ei_appeal_step_run(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                              edu_error *error)
{
    edu_id actor = step->is_systems ? ei_operator_id : ei_session_actor(command->session);
    if (step->is_signing || step->is_followers)
        actor = step->person;
    const ei_definition *definition;
    ei_action action;
    step->verdict = EDU_OK;
    EI_TRY(
        ei_appeal_load(tx, &actor, &step->person, &step->id, command->now, &step->appeal, error));
    step->actor_kind = kind_of(step);
    EI_TRY(ei_definition_load(step->session, tx, step->appeal.head.service,
                              step->appeal.head.service_version, &definition, NULL, error));
    step->verdict = ei_definition_allow(definition, step->action, step->appeal.state,
                                        step->actor_kind, &action, &step->refusal);
    if (step->verdict == EDU_E_STATE)
        return refuse(step, command, tx, error);
    if (step->verdict != EDU_OK) {
        if (error)
            *error = step->refusal;
        return step->verdict;
    }
    step->data = json_object();
    if (!step->data)
        return ei_no_memory(error);
    edu_status status = change(step, command, tx, &action, error);
    json_decref(step->data);
    step->data = NULL;
    ei_buffer_free(&step->sealed);
    return status;
}

/* ---- a step as a command of its own ---- */

static edu_status do_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    return ei_appeal_step_run(command->context, command, tx, error);
}

edu_status ei_appeal_do(ei_appeal_step *step, const char *name, const char *key, const void *more,
                        size_t size, edu_error *error)
{
    ei_command command = {
        .session = step->session, .name = name, .key = key, .run = do_run, .context = step};
    if (!step->is_followers)
        EI_TRY(ei_session_require(step->session, error));
    if (ei_id_is_none(step->person))
        step->person = ei_session_actor(step->session);
    ei_command_hash(&command, &step->person, sizeof step->person);
    ei_command_hash(&command, &step->id, sizeof step->id);
    ei_command_hash_text(&command, step->text);
    ei_command_hash(&command, more, size);
    EI_TRY(ei_command_run(&command, error));
    if (step->verdict != EDU_OK && error)
        *error = step->refusal;
    return step->verdict;
}

edu_status ei_appeal_tell(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                          const edu_id *person, const char *template, edu_error *error)
{
    edu_id id = ei_new_id(command->session);
    char date[EI_APPEAL_DATE] = "";
    if (step->appeal.due != EI_APPEAL_NEVER)
        ei_appeal_date(step->calendar, step->appeal.due, date);
    json_t *data = json_pack("{s:s, s:s}", "number", step->appeal.number, "due_date", date);
    char *text = data ? ei_json_dumps(data, JSON_COMPACT) : NULL;
    json_decref(data);
    edu_status status = text ? sql_workflow_notification_add(tx, person, &id, command->now,
                                                             step->appeal.head.service,
                                                             step->appeal.head.service_version,
                                                             template, text, NULL, NULL, error)
                             : ei_no_memory(error);
    ei_free(text);
    return status;
}
