/* What is done with an appeal, by those who work on it and by whom it is of. */
#include "domain/appeal/appeal_store.h"

#include <stdio.h>
#include <string.h>

#include "appeal_sql.h"

#define DAY (INT64_C(86400) * 1000000)

static edu_status put(ei_appeal_step *step, const char *name, json_t *value, edu_error *error)
{
    return json_object_set_new(step->data, name, value) == 0 ? EDU_OK : ei_no_memory(error);
}

/* Who executes it now is told. */
static edu_status tell_executor(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                const char *template, edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    const edu_id *executor = &step->appeal.executor;
    if (ei_id_is_none(*executor) || ei_id_compare(*executor, actor) == 0)
        return EDU_OK;
    return ei_appeal_tell(step, command, tx, executor, template, error);
}

/* ---- to a department ---- */

static edu_status unknown(edu_error *error, const char *field, const char *what)
{
    return ei_fail(error, EDU_E_INVALID, "appeal.unknown", field, "the rules have no such %s",
                   what);
}

static edu_status set_department(ei_appeal_step *step, const char *department, edu_error *error)
{
    if (!ei_appeal_entry(step->rules, "departments", department))
        return unknown(error, "/department", "department");
    (void)snprintf(step->appeal.department, sizeof step->appeal.department, "%s", department);
    step->appeal.executor = (edu_id){{0}};
    return put(step, "department", json_string(department), error);
}

edu_status ei_appeal_change_route(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                  edu_error *error)
{
    const ei_appeal_routing *wanted = step->wanted;
    ei_appeal *appeal = &step->appeal;
    const char *department = wanted->department;
    if (wanted->category && !ei_appeal_category_find(step->rules, wanted->category))
        return unknown(error, "/category", "category");
    if (wanted->level && !ei_appeal_entry(step->rules, "levels", wanted->level))
        return unknown(error, "/level", "level");
    if (wanted->category)
        (void)snprintf(appeal->category, sizeof appeal->category, "%s", wanted->category);
    if (wanted->level)
        (void)snprintf(appeal->level, sizeof appeal->level, "%s", wanted->level);
    EI_TRY(put(step, "category", json_string(appeal->category), error));
    const ei_appeal_route *route =
        ei_appeal_route_choose(step->rules, appeal->category, appeal->region);
    if (!department)
        EI_TRY(ei_appeal_department_choose(command, route->departments, &department, error));
    return set_department(step, department, error);
}

edu_status edu_appeal_route(edu_session *session, edu_id person_id, edu_id appeal_id,
                            const char *category, const char *level, const char *department,
                            const char *key, edu_error *error)
{
    ei_appeal_routing wanted = {category, level, department};
    char more[256];
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(category, 64, true, "/category", error));
    EI_TRY(ei_check_text(level, 64, true, "/level", error));
    EI_TRY(ei_check_text(department, 64, true, "/department", error));
    int size = snprintf(more, sizeof more, "%s\n%s\n%s", category ? category : "",
                        level ? level : "", department ? department : "");
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = "route",
                           .takes_newest_rules = true,
                           .wanted = &wanted,
                           .change = ei_appeal_change_route};
    if (!department)
        EI_TRY(ei_appeal_loads_refresh(&step, error));
    return ei_appeal_do(&step, "appeal.route", key, more, (size_t)size, error);
}

/* A body with a term of its own begins to count when it gets the appeal. */
edu_status ei_appeal_change_transfer(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                     edu_error *error)
{
    ei_appeal *appeal = &step->appeal;
    const char *source, *department = step->wanted;
    if (strcmp(appeal->department, department) == 0)
        return ei_fail(error, EDU_E_INVALID, "appeal.same_department", "/department",
                       "the appeal is with this department already");
    EI_TRY(tell_executor(step, command, tx, "transferred_staff", error));
    EI_TRY(set_department(step, department, error));
    (void)ei_appeal_term_choose(step->rules, department, appeal->category, appeal->level,
                                appeal->state, &source);
    if (strcmp(source, "department") == 0)
        ei_appeal_restart(appeal, command->now);
    ei_appeal_go_on(appeal, command->now);
    appeal->drafted_by = appeal->approved_by = (edu_id){{0}};
    return EDU_OK;
}

edu_status edu_appeal_transfer(edu_session *session, edu_id person_id, edu_id appeal_id,
                               const char *department, const char *reason, const char *key,
                               edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(department, 64, false, "/department", error));
    EI_TRY(ei_check_words(reason, EI_APPEAL_TEXT_MAX, "/reason", error));
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = "transfer",
                           .text = reason,
                           .takes_newest_rules = true,
                           .wanted = department,
                           .change = ei_appeal_change_transfer};
    return ei_appeal_do(&step, "appeal.transfer", key, department, strlen(department), error);
}

/* ---- to an executor ---- */

static edu_status check_executor(ei_appeal_step *step, edu_tx *tx, const edu_id *executor,
                                 edu_error *error)
{
    ei_rows rows;
    bool is_one = false;
    edu_status opened = sql_appeal_is_executor(tx, executor, step->appeal.department, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, &is_one, NULL, error));
    return is_one ? EDU_OK
                  : ei_fail(error, EDU_E_INVALID, "appeal.not_executor", "/executor_id",
                            "this person does not work in the appeal's department");
}

edu_status ei_appeal_change_assign(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                   edu_error *error)
{
    edu_id executor, actor = ei_session_actor(command->session);
    memcpy(&executor, step->wanted, sizeof executor);
    bool takes = ei_id_compare(executor, actor) == 0;
    if (strcmp(step->actor_kind, "member") == 0 &&
        (!takes || strcmp(step->state_before, "queued") != 0))
        return ei_fail(error, EDU_E_DENIED, "appeal.only_take", "/executor_id",
                       "an executor can take what waits, for themselves");
    if (ei_id_is_none(executor))
        EI_TRY(ei_appeal_executor_choose(command, tx, step->appeal.department, &executor, error));
    else
        EI_TRY(check_executor(step, tx, &executor, error));
    step->appeal.executor = executor;
    return tell_executor(step, command, tx, "assigned_staff", error);
}

edu_status edu_appeal_assign(edu_session *session, edu_id person_id, edu_id appeal_id,
                             edu_id executor_id, const char *key, edu_error *error)
{
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = "assign",
                           .wanted = &executor_id,
                           .change = ei_appeal_change_assign};
    EI_TRY(ei_session_require(session, error));
    if (ei_id_is_none(executor_id))
        EI_TRY(ei_appeal_loads_refresh(&step, error));
    return ei_appeal_do(&step, "appeal.assign", key, &executor_id, sizeof executor_id, error);
}

/* ---- questions ---- */

static edu_status change_ask(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                             edu_error *error)
{
    if (step->appeal.is_anonymous)
        return ei_fail(error, EDU_E_STATE, "appeal.anonymous", NULL,
                       "the appeal names nobody who could be asked");
    return ei_appeal_pause(&step->appeal, command->now, error);
}

static edu_status change_reply(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                               edu_error *error)
{
    ei_appeal_go_on(&step->appeal, command->now);
    return tell_executor(step, command, tx, "replied_staff", error);
}

/* A step that is nothing but a text and what it does. */
typedef edu_status change_fn(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                             edu_error *error);

static edu_status write_step(ei_appeal_step *step, const char *field, const char *key,
                             edu_error *error)
{
    char name[64];
    EI_TRY(ei_session_require(step->session, error));
    EI_TRY(ei_check_words(step->text, EI_APPEAL_TEXT_MAX, field, error));
    (void)snprintf(name, sizeof name, "appeal.%s", step->action);
    return ei_appeal_do(step, name, key, NULL, 0, error);
}

static edu_status write_text(edu_session *session, edu_id person_id, edu_id appeal_id,
                             const char *action, const char *text, const char *field,
                             bool is_applicants, change_fn *run, const char *key, edu_error *error)
{
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = action,
                           .text = text,
                           .is_applicants = is_applicants,
                           .change = run};
    return write_step(&step, field, key, error);
}

edu_status edu_appeal_ask(edu_session *session, edu_id person_id, edu_id appeal_id,
                          const char *text, const char *key, edu_error *error)
{
    return write_text(session, person_id, appeal_id, "ask", text, "/text", false, change_ask, key,
                      error);
}

edu_status edu_appeal_reply(edu_session *session, edu_id person_id, edu_id appeal_id,
                            const char *text, const char *key, edu_error *error)
{
    return write_text(session, person_id, appeal_id, "reply", text, "/text", true, change_reply,
                      key, error);
}

edu_status edu_appeal_note(edu_session *session, edu_id person_id, edu_id appeal_id,
                           const char *text, const char *key, edu_error *error)
{
    return write_text(session, person_id, appeal_id, "note", text, "/text", false, NULL, key,
                      error);
}

/* ---- the term ---- */

static edu_status change_extend(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                edu_error *error)
{
    int32_t count;
    ei_appeal *appeal = &step->appeal;
    const ei_appeal_category *category = ei_appeal_category_find(step->rules, appeal->category);
    memcpy(&count, step->wanted, sizeof count);
    if (!category || appeal->extensions >= category->extensions)
        return ei_fail(error, EDU_E_STATE, "appeal.no_extension", NULL,
                       "appeals of this category may be extended %d times, and this one was "
                       "extended %d times",
                       category ? category->extensions : 0, appeal->extensions);
    if (count < 1 || count > category->extension_units_max)
        return ei_fail(error, EDU_E_INVALID, "appeal.extension_count", "/count",
                       "the term may be extended by 1 to %d units at once",
                       category->extension_units_max);
    appeal->extensions++;
    appeal->extra += count;
    return put(step, "extra", json_integer(count), error);
}

edu_status edu_appeal_extend(edu_session *session, edu_id person_id, edu_id appeal_id,
                             int32_t count, const char *reason, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_words(reason, EI_APPEAL_TEXT_MAX, "/reason", error));
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = "extend",
                           .text = reason,
                           .wanted = &count,
                           .change = change_extend};
    return ei_appeal_do(&step, "appeal.extend", key, &count, sizeof count, error);
}

/* ---- the answer ---- */

static edu_status change_answer(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                edu_error *error)
{
    ei_appeal_go_on(&step->appeal, command->now);
    step->appeal.drafted_by = ei_session_actor(command->session);
    step->appeal.approved_by = (edu_id){{0}};
    return EDU_OK;
}

edu_status edu_appeal_answer(edu_session *session, edu_id person_id, edu_id appeal_id,
                             const char *text, const char *key, edu_error *error)
{
    return write_text(session, person_id, appeal_id, "answer", text, "/text", false, change_answer,
                      key, error);
}

/* What is approved or sent is what was read, not what somebody else has written since. */
static edu_status check_read(int64_t read, int64_t last, edu_error *error)
{
    return read == 0 || read == last
               ? EDU_OK
               : ei_fail(error, EDU_E_CONFLICT, "appeal.answer_changed", "/answer",
                         "the answer was written anew in the meantime; read it again");
}

static edu_status check_read_last(const ei_appeal_step *step, edu_tx *tx, int64_t read,
                                  edu_error *error)
{
    ei_rows rows;
    bool row = false;
    int64_t last = 0;
    if (read == 0)
        return EDU_OK;
    EI_TRY(sql_appeal_text_last(tx, &step->person, &step->id, "answer", &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        last = ei_column_int(&rows, 1);
    ei_rows_close(&rows);
    return status == EDU_OK ? check_read(read, last, error) : status;
}

static edu_status change_approve(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                 edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    if (ei_id_compare(step->appeal.drafted_by, actor) == 0)
        return ei_fail(error, EDU_E_DENIED, "appeal.own_answer", NULL,
                       "who wrote the answer does not approve it; ask somebody else");
    int32_t read;
    memcpy(&read, step->wanted, sizeof read);
    EI_TRY(check_read_last(step, tx, read, error));
    step->appeal.approved_by = actor;
    return tell_executor(step, command, tx, "approved_staff", error);
}

edu_status edu_appeal_approve(edu_session *session, edu_id person_id, edu_id appeal_id,
                              int32_t answer, const char *key, edu_error *error)
{
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = "approve",
                           .wanted = &answer,
                           .change = change_approve};
    EI_TRY(ei_session_require(session, error));
    return ei_appeal_do(&step, "appeal.approve", key, &answer, sizeof answer, error);
}

static edu_status change_return(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                edu_error *error)
{
    step->appeal.drafted_by = step->appeal.approved_by = (edu_id){{0}};
    return tell_executor(step, command, tx, "returned_staff", error);
}

edu_status edu_appeal_return(edu_session *session, edu_id person_id, edu_id appeal_id,
                             const char *reason, const char *key, edu_error *error)
{
    return write_text(session, person_id, appeal_id, "return", reason, "/reason", false,
                      change_return, key, error);
}

static edu_status unseal_draft(ei_appeal_step *step, edu_tx *tx, ei_arena *arena, const char **out,
                               edu_error *error)
{
    int32_t read;
    memcpy(&read, step->wanted, sizeof read);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_appeal_text_last(tx, &step->person, &step->id, "answer", &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && !row)
        status = ei_fail(error, EDU_E_STATE, "appeal.no_answer", NULL,
                         "there is no answer that could be sent");
    if (status == EDU_OK)
        status = check_read(read, ei_column_int(&rows, 1), error);
    if (status == EDU_OK)
        status = ei_unseal_text(step->session, &step->person, ei_appeal_key(&step->appeal),
                                EI_APPEAL_SEALED, ei_column_bytes(&rows, 0), arena, out, error);
    ei_rows_close(&rows);
    return status;
}

static edu_status change_shared(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                edu_error *error)
{
    EI_TRY(ei_appeal_answered(step->calendar, &step->appeal, command->now, error));
    return ei_appeal_tell_signers(step, command, tx, "answered_signed", error);
}

#define MERGED_MAX 200

/* Those merged into this one get the answer too, each under their own key. */
static edu_status share(ei_appeal_step *main, ei_command *command, edu_tx *tx, const char *text,
                        edu_error *error)
{
    ei_rows rows;
    bool row;
    edu_id found[MERGED_MAX][2];
    size_t count = 0;
    EI_TRY(sql_appeal_merged_list(tx, &main->person, &main->id, &rows, error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row && count < MERGED_MAX) {
        found[count][0] = ei_column_id(&rows, 0);
        found[count++][1] = ei_column_id(&rows, 1);
    }
    ei_rows_close(&rows);
    for (size_t i = 0; status == EDU_OK && i < count; i++) {
        ei_appeal_step step = {.session = main->session,
                               .person = found[i][0],
                               .id = found[i][1],
                               .action = "share",
                               .text = text,
                               .is_systems = true,
                               .change = change_shared};
        status = ei_appeal_step_run(&step, command, tx, error);
    }
    return status;
}

static edu_status send_with(ei_appeal_step *step, ei_command *command, edu_tx *tx, ei_arena *arena,
                            edu_error *error)
{
    ei_appeal *appeal = &step->appeal;
    const char *text;
    EI_TRY(unseal_draft(step, tx, arena, &text, error));
    EI_TRY(share(step, command, tx, text, error));
    appeal->is_open = false;
    EI_TRY(ei_appeal_answered(step->calendar, appeal, command->now, error));
    EI_TRY(ei_appeal_tell_signers(step, command, tx, "answered_signed", error));
    step->text = text;
    return ei_appeal_seal_text(step, error);
}

/* The answer goes out as it was written and approved, into the event that the applicant sees. */
static edu_status change_send(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                              edu_error *error)
{
    ei_appeal *appeal = &step->appeal;
    const ei_appeal_category *category = ei_appeal_category_find(step->rules, appeal->category);
    if (category && category->needs_approval && strcmp(step->state_before, "approved") != 0)
        return ei_fail(error, EDU_E_STATE, "appeal.needs_approval", NULL,
                       "answers of this category are approved before they are sent");
    ei_arena *arena = ei_arena_new();
    if (!arena)
        return ei_no_memory(error);
    edu_status status = send_with(step, command, tx, arena, error);
    step->text = NULL;
    ei_arena_free(arena);
    return status;
}

edu_status edu_appeal_send(edu_session *session, edu_id person_id, edu_id appeal_id, int32_t answer,
                           const char *key, edu_error *error)
{
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = "send",
                           .wanted = &answer,
                           .change = change_send};
    EI_TRY(ei_session_require(session, error));
    return ei_appeal_do(&step, "appeal.send", key, &answer, sizeof answer, error);
}

/* ---- what the applicant says of it ---- */

static edu_status change_rate(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                              edu_error *error)
{
    memcpy(&step->appeal.rating, step->wanted, sizeof step->appeal.rating);
    return put(step, "rating", json_integer(step->appeal.rating), error);
}

edu_status edu_appeal_rate(edu_session *session, edu_id person_id, edu_id appeal_id, int32_t rating,
                           const char *text, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(text, EI_APPEAL_TEXT_MAX, true, "/text", error));
    if (rating < 1 || rating > 5)
        return ei_fail(error, EDU_E_INVALID, "appeal.rating", "/rating", "a rating is 1 to 5");
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = "rate",
                           .text = text && *text ? text : NULL,
                           .is_applicants = true,
                           .wanted = &rating,
                           .change = change_rate};
    return ei_appeal_do(&step, "appeal.rate", key, &rating, sizeof rating, error);
}

static edu_status change_reopen(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                edu_error *error)
{
    ei_appeal *appeal = &step->appeal;
    if (command->now > appeal->answered + step->rules->reopen_days * DAY)
        return ei_fail(error, EDU_E_STATE, "appeal.too_late", NULL,
                       "an appeal can be reopened for %d days after its answer; make a new one",
                       step->rules->reopen_days);
    ei_appeal_restart(appeal, command->now);
    appeal->is_open = true;
    appeal->reopened++;
    appeal->answered = EDU_TIME_NONE;
    appeal->worked_days = -1;
    appeal->rating = 0;
    appeal->drafted_by = appeal->approved_by = appeal->into_person = appeal->into = (edu_id){{0}};
    return tell_executor(step, command, tx, "reopened_staff", error);
}

edu_status edu_appeal_reopen(edu_session *session, edu_id person_id, edu_id appeal_id,
                             const char *reason, const char *key, edu_error *error)
{
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = "reopen",
                           .text = reason,
                           .is_applicants = true,
                           .takes_newest_rules = true,
                           .takes_newest_calendar = true,
                           .change = change_reopen};
    return write_step(&step, "/reason", key, error);
}

static edu_status change_withdraw(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                  edu_error *error)
{
    ei_appeal_go_on(&step->appeal, command->now);
    step->appeal.is_open = false;
    step->appeal.next_at = EI_APPEAL_NEVER;
    return tell_executor(step, command, tx, "withdrawn_staff", error);
}

edu_status edu_appeal_withdraw(edu_session *session, edu_id person_id, edu_id appeal_id,
                               const char *reason, const char *key, edu_error *error)
{
    return write_text(session, person_id, appeal_id, "withdraw", reason, "/reason", true,
                      change_withdraw, key, error);
}

/* ---- merging ---- */

typedef struct merging {
    edu_id into_person, into;
} merging;

static edu_status add_to_main(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                              edu_error *error)
{
    const merging *wanted = step->wanted;
    ei_appeal_step main = {.session = step->session,
                           .person = wanted->into_person,
                           .id = wanted->into,
                           .action = "absorb"};
    EI_TRY(ei_appeal_step_run(&main, command, tx, error));
    if (main.verdict == EDU_OK)
        return EDU_OK;
    command->is_refusal = false;
    return ei_fail(error, EDU_E_STATE, "appeal.merge_closed", "/into_id",
                   "the other appeal is closed or merged itself; nothing can be merged into it");
}

static edu_status change_merge(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                               edu_error *error)
{
    const merging *wanted = step->wanted;
    ei_appeal *appeal = &step->appeal;
    ei_rows rows;
    bool has_own = false;
    if (ei_id_compare(wanted->into, step->id) == 0)
        return ei_fail(error, EDU_E_INVALID, "appeal.merge_self", "/into_id",
                       "an appeal is not merged into itself");
    edu_status opened = sql_appeal_merged_list(tx, &step->person, &step->id, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, &has_own, NULL, error));
    if (has_own)
        return ei_fail(error, EDU_E_STATE, "appeal.merge_main", NULL,
                       "others are merged into this appeal; merge the other into it instead");
    EI_TRY(add_to_main(step, command, tx, error));
    ei_appeal_go_on(appeal, command->now);
    appeal->is_open = false;
    appeal->next_at = EI_APPEAL_NEVER;
    appeal->into_person = wanted->into_person;
    appeal->into = wanted->into;
    return EDU_OK;
}

edu_status edu_appeal_merge(edu_session *session, edu_id person_id, edu_id appeal_id,
                            edu_id into_person_id, edu_id into_id, const char *key,
                            edu_error *error)
{
    merging wanted = {into_person_id, into_id};
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = "merge",
                           .wanted = &wanted,
                           .change = change_merge};
    EI_TRY(ei_session_require(session, error));
    return ei_appeal_do(&step, "appeal.merge", key, &wanted, sizeof wanted, error);
}
