/* One thing done with many appeals, each judged as it would be alone. */
#include "domain/appeal/appeal_store.h"

#include <stdio.h>
#include <string.h>

#include "appeal_sql.h"

typedef struct many {
    ei_appeal_step step; /* of each, before it has its ids */
    ei_appeal_routing routing;
    edu_id executor;
    bool is_spread; /* who gets it depends on what lies with whom */
} many;

/* ---- what becomes of one ---- */

static edu_status note_executor(const ei_appeal_step *step, edu_tx *tx, json_t *outcome,
                                edu_error *error)
{
    ei_rows rows;
    bool row;
    char name[512];
    if (ei_id_is_none(step->appeal.executor))
        return EDU_OK;
    EI_TRY(sql_appeal_names(tx, &step->appeal.executor, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        (void)snprintf(name, sizeof name, "%s %s", ei_column_text(&rows, 0),
                       ei_column_text(&rows, 1));
        status = ei_bulk_note(outcome, "executor", name, error);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status note_place(const ei_appeal_step *step, edu_tx *tx, json_t *outcome,
                             edu_error *error)
{
    const ei_definition *definition;
    const json_t *department =
        ei_appeal_entry(step->rules, "departments", step->appeal.department);
    EI_TRY(ei_definition_load(step->session, tx, step->appeal.head.service,
                              step->appeal.head.service_version, &definition, NULL, error));
    EI_TRY(ei_bulk_note(outcome, "state",
                        ei_localised(step->session, ei_definition_state_title(
                                                        definition, step->appeal.state)),
                        error));
    return ei_bulk_note(outcome, "department",
                        ei_localised(step->session, json_object_get(department, "title")), error);
}

static edu_status do_item(ei_bulk *work, size_t index, ei_command *command, edu_tx *tx,
                          json_t *outcome, edu_error *error)
{
    const many *of = work->context;
    ei_appeal_step step = of->step;
    step.person = work->items[index].person;
    step.id = work->items[index].id;
    EI_TRY(ei_appeal_step_run(&step, command, tx, error));
    if (step.verdict != EDU_OK && error)
        *error = step.refusal;
    EI_TRY(step.verdict);
    EI_TRY(note_place(&step, tx, outcome, error));
    return note_executor(&step, tx, outcome, error);
}

/* ---- all ---- */

/* By the first of them that the session sees. */
static edu_status count_loads(ei_bulk *work, edu_error *error)
{
    many *of = work->context;
    edu_status status = EDU_E_NOT_FOUND;
    for (size_t i = 0; of->is_spread && status == EDU_E_NOT_FOUND && i < work->count; i++) {
        of->step.person = work->items[i].person;
        of->step.id = work->items[i].id;
        status = ei_appeal_loads_refresh(&of->step, error);
    }
    return status == EDU_E_NOT_FOUND ? EDU_OK : status;
}

static edu_status choose_action(many *of, const char *action, const char *department,
                                const char *reason, edu_error *error)
{
    ei_appeal_step *step = &of->step;
    step->action = action;
    if (action && strcmp(action, "route") == 0) {
        of->routing.department = department;
        of->is_spread = !department;
        step->takes_newest_rules = true;
        step->wanted = &of->routing;
        step->change = ei_appeal_change_route;
        return EDU_OK;
    }
    if (action && strcmp(action, "assign") == 0) {
        of->is_spread = ei_id_is_none(of->executor);
        step->wanted = &of->executor;
        step->change = ei_appeal_change_assign;
        return EDU_OK;
    }
    if (!action || strcmp(action, "transfer") != 0)
        return ei_fail(error, EDU_E_INVALID, "appeal.action", "/action",
                       "route, assign or transfer is done to many");
    step->text = reason;
    step->takes_newest_rules = true;
    step->wanted = department;
    step->change = ei_appeal_change_transfer;
    EI_TRY(ei_check_text(department, 64, false, "/department", error));
    return ei_check_words(reason, EI_APPEAL_TEXT_MAX, "/reason", error);
}

edu_status edu_appeal_bulk(edu_session *session, json_t *items, const char *action,
                           const char *department, edu_id executor_id, const char *reason,
                           bool preview, const char *key, edu_bulk_report **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    many of = {.step = {.session = session}, .executor = executor_id};
    EI_TRY(ei_check_text(department, 64, true, "/department", error));
    EI_TRY(choose_action(&of, action, department, reason, error));
    ei_bulk work = {.name = "appeal.bulk",
                    .preview = preview,
                    .prepare = count_loads,
                    .run = do_item,
                    .context = &of};
    ei_command command = {.session = session, .key = key};
    ei_command_hash_text(&command, action);
    ei_command_hash_text(&command, department);
    ei_command_hash(&command, &executor_id, sizeof executor_id);
    ei_command_hash_text(&command, of.step.text);
    return ei_bulk_run(&work, &command, items, out, error);
}
