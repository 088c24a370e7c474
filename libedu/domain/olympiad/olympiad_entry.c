/* Registering, withdrawing, and the list of a sitting. */
#include "domain/olympiad/olympiad_store.h"

#include <stdio.h>
#include <string.h>
#include "domain/application/application.h"
#include "domain/olympiad/olympiad_texts.h"
#include "olympiad_sql.h"

/* ---- eligibility: one rule for asking and for registering ---- */

#define ACTOR_KIND 16

/* As whom the actor acts; empty where not at all. */
static void actor_take(char kind[ACTOR_KIND], const char *text)
{
    (void)snprintf(kind, ACTOR_KIND, "%s", text != NULL ? text : "");
}

typedef struct register_facts {
    char acting_as[ACTOR_KIND];
    int32_t grade_from, grade_to;
    bool is_open; /* the list is not frozen */
    edu_time opens, closes;
    int32_t grade;
    bool is_step_free;
    char *institution, *sort_name; /* NULL: not a pupil */
    bool is_registered, clashes, by_invitation;
    edu_id season_id;
} register_facts;

typedef enum refusal {
    REFUSAL_NONE,
    REFUSAL_NOT_A_PUPIL,
    REFUSAL_ALREADY,
    REFUSAL_WRONG_GRADE,
    REFUSAL_NOT_YET,
    REFUSAL_CLOSED,
    REFUSAL_CLASH,
    REFUSAL_INVITATION
} refusal;

static const struct {
    const char *key;
    ei_olympiad_text text;
    edu_status status;
} refusals[] = {
    [REFUSAL_NOT_A_PUPIL] = {"olympiad.not_a_pupil", EI_TEXT_NOT_A_PUPIL, EDU_E_STATE},
    [REFUSAL_ALREADY] = {"olympiad.already", EI_TEXT_ALREADY, EDU_E_CONFLICT},
    [REFUSAL_WRONG_GRADE] = {"olympiad.wrong_grade", EI_TEXT_WRONG_GRADE, EDU_E_STATE},
    [REFUSAL_NOT_YET] = {"olympiad.not_yet", EI_TEXT_NOT_YET, EDU_E_STATE},
    [REFUSAL_CLOSED] = {"olympiad.closed", EI_TEXT_CLOSED, EDU_E_STATE},
    [REFUSAL_CLASH] = {"olympiad.clash", EI_TEXT_CLASH, EDU_E_STATE},
    [REFUSAL_INVITATION] = {"olympiad.by_invitation", EI_TEXT_BY_INVITATION, EDU_E_STATE},
};

/* now: when the request was received. */
static refusal judge(const register_facts *facts, edu_time now)
{
    if (facts->institution == NULL)
        return REFUSAL_NOT_A_PUPIL;
    if (facts->is_registered)
        return REFUSAL_ALREADY;
    if (facts->grade < facts->grade_from || facts->grade > facts->grade_to)
        return REFUSAL_WRONG_GRADE;
    /* A clerk may add those whom no rule of the round before invites. */
    if (facts->by_invitation && strcmp(facts->acting_as, "clerk") != 0)
        return REFUSAL_INVITATION;
    if (now < facts->opens)
        return REFUSAL_NOT_YET;
    if (now >= facts->closes || !facts->is_open)
        return REFUSAL_CLOSED;
    return facts->clashes ? REFUSAL_CLASH : REFUSAL_NONE;
}

static void register_facts_finish(register_facts *facts)
{
    ei_free(facts->institution);
    ei_free(facts->sort_name);
    *facts = (register_facts){0};
}

static edu_status pupil_take(register_facts *facts, ei_rows *rows, edu_error *error)
{
    if (ei_column_is_null(rows, 6))
        return EDU_OK;
    facts->institution = ei_strdup(ei_column_text(rows, 6));
    facts->sort_name = ei_strdup(ei_column_text(rows, 9));
    if (facts->institution == NULL || facts->sort_name == NULL)
        return ei_no_memory(error);
    facts->grade = (int32_t)ei_column_int(rows, 7);
    facts->is_step_free = ei_column_bool(rows, 8);
    return EDU_OK;
}

static edu_status register_facts_take(register_facts *facts, ei_rows *rows, edu_error *error)
{
    actor_take(facts->acting_as, ei_column_text(rows, 0));
    facts->grade_from = (int32_t)ei_column_int(rows, 1);
    facts->grade_to = (int32_t)ei_column_int(rows, 2);
    facts->is_open = strcmp(ei_column_text(rows, 3), "open") == 0;
    facts->opens = ei_column_time(rows, 4);
    facts->closes = ei_column_time(rows, 5);
    facts->is_registered = ei_column_bool(rows, 10);
    facts->clashes = ei_column_bool(rows, 11);
    facts->by_invitation = ei_column_bool(rows, 12);
    facts->season_id = ei_column_id(rows, 13);
    return pupil_take(facts, rows, error);
}

/* EDU_E_NOT_FOUND where the actor may not act for the person. Finish always. */
static edu_status register_facts_read(edu_session *session, edu_tx *tx, edu_id person_id,
                                      edu_id sitting_id, register_facts *facts, edu_error *error)
{
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    bool row;
    *facts = (register_facts){0};
    EI_TRY(sql_olympiad_register_facts(tx, &actor, &person_id, &sitting_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = register_facts_take(facts, &rows, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && facts->acting_as[0] == '\0')
        return ei_olympiad_not_found(error, "sitting or person");
    return status;
}

typedef struct eligibility_read {
    edu_session *session;
    edu_id person_id, sitting_id;
    edu_time now;
    edu_eligibility *record;
} eligibility_read;

static edu_status eligibility_run(edu_tx *tx, void *context, edu_error *error)
{
    eligibility_read *read = context;
    register_facts facts;
    edu_status status =
        register_facts_read(read->session, tx, read->person_id, read->sitting_id, &facts, error);
    if (status == EDU_OK) {
        refusal why = judge(&facts, read->now);
        *read->record = (edu_eligibility){
            .is_eligible = why == REFUSAL_NONE, .reason = refusals[why].key, .grade = facts.grade};
        if (why != REFUSAL_NONE)
            read->record->message =
                ei_olympiad_text_get(read->session->language, refusals[why].text);
    }
    register_facts_finish(&facts);
    return status;
}

edu_status edu_olympiad_eligibility(edu_session *session, edu_id sitting_id, edu_id person_id,
                                    edu_eligibility **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    eligibility_read read = {session, ei_person_or_self(session, person_id), sitting_id,
                             ei_now(session), NULL};
    ei_reading reading =
        ei_reading_of("eligibility", ei_person_or_self(session, person_id), sitting_id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, eligibility_run, &read, &read.record,
                             error));
    *out = read.record;
    return EDU_OK;
}

/* ---- registering ---- */

typedef struct registration {
    edu_id person_id, sitting_id;
} registration;

static edu_status register_refuse(const register_facts *facts, edu_time now, edu_error *error)
{
    refusal why = judge(facts, now);
    if (why == REFUSAL_NONE)
        return EDU_OK;
    return ei_fail(error, refusals[why].status, refusals[why].key, NULL, "%s",
                   ei_olympiad_text_get("en", refusals[why].text));
}

static edu_status register_store(ei_command *command, edu_tx *tx, const registration *wanted,
                                 const register_facts *facts, edu_error *error)
{
    edu_id id = ei_new_id(command->session);
    ei_application_step step = {.person = wanted->person_id,
                                .application = id,
                                .action = "register",
                                .actor_kind = facts->acting_as};
    EI_TRY(
        ei_application_begin(command, tx, EI_OLYMPIAD_SERVICE, &wanted->sitting_id, &step, error));
    EI_TRY(sql_olympiad_entry_add(tx, &wanted->person_id, &id, &wanted->sitting_id,
                                  facts->institution, facts->grade, facts->is_step_free,
                                  facts->sort_name, command->now, &facts->season_id, false, NULL,
                                  error));
    memcpy(command->result, &id, sizeof id);
    command->result_size = sizeof id;
    return EDU_OK;
}

static edu_status register_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const registration *wanted = command->context;
    register_facts facts;
    edu_status status = register_facts_read(command->session, tx, wanted->person_id,
                                            wanted->sitting_id, &facts, error);
    if (status == EDU_OK)
        status = register_refuse(&facts, command->now, error);
    if (status == EDU_OK)
        status = register_store(command, tx, wanted, &facts, error);
    register_facts_finish(&facts);
    return status;
}

edu_status edu_olympiad_register(edu_session *session, edu_id sitting_id, edu_id person_id,
                                 const char *key, edu_id *out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    registration wanted = {ei_person_or_self(session, person_id), sitting_id};
    ei_command command = {.session = session,
                          .name = "olympiad.register",
                          .key = key,
                          .run = register_run,
                          .context = &wanted,
                          .takes_serial = true};
    ei_command_hash(&command, &wanted.person_id, sizeof wanted.person_id);
    ei_command_hash(&command, &sitting_id, sizeof sitting_id);
    EI_TRY(ei_command_run(&command, error));
    memcpy(out, command.result, sizeof *out);
    return EDU_OK;
}

/* ---- answering an invitation ---- */

typedef struct invitation {
    edu_id person_id, application_id;
    bool accept;
} invitation;

typedef struct invited_facts {
    char acting_as[ACTOR_KIND];
    bool is_invited, is_open, clashes;
    edu_time closes;
} invited_facts;

static edu_status invited_read(ei_command *command, edu_tx *tx, invited_facts *facts,
                               edu_error *error)
{
    const invitation *answer = command->context;
    edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool row;
    EI_TRY(sql_olympiad_invited_facts(tx, &actor, &answer->person_id, &answer->application_id,
                                      &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        actor_take(facts->acting_as, ei_column_text(&rows, 0));
        facts->is_invited = ei_column_bool(&rows, 1);
        facts->is_open = strcmp(ei_column_text(&rows, 2), "open") == 0;
        facts->closes = ei_column_time(&rows, 3);
        facts->clashes = ei_column_bool(&rows, 4);
    }
    ei_rows_close(&rows);
    if (status == EDU_OK && facts->acting_as[0] == '\0')
        return ei_olympiad_not_found(error, "invitation");
    return status;
}

static edu_status answer_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const invitation *answer = command->context;
    invited_facts facts = {0};
    EI_TRY(invited_read(command, tx, &facts, error));
    if (!facts.is_invited)
        return ei_fail(error, EDU_E_STATE, "olympiad.answered", "",
                       "there is no invitation that waits for an answer");
    if (answer->accept && (command->now >= facts.closes || !facts.is_open))
        return ei_fail(error, EDU_E_STATE, "olympiad.closed", "", "registration has closed");
    if (answer->accept && facts.clashes)
        return ei_fail(error, EDU_E_STATE, "olympiad.clash", "", "%s",
                       ei_olympiad_text_get("en", EI_TEXT_CLASH));
    ei_application_step step = {.person = answer->person_id,
                                .application = answer->application_id,
                                .action = answer->accept ? "accept" : "decline",
                                .actor_kind = facts.acting_as};
    EI_TRY(ei_application_advance(command, tx, &step, error));
    return sql_olympiad_entry_answer(tx, &answer->person_id, &answer->application_id,
                                     answer->accept, NULL, error);
}

edu_status edu_olympiad_answer(edu_session *session, edu_id person_id, edu_id application_id,
                               bool accept, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    invitation answer = {ei_person_or_self(session, person_id), application_id, accept};
    ei_command command = {.session = session,
                          .name = "olympiad.answer",
                          .key = key,
                          .run = answer_run,
                          .context = &answer};
    ei_command_hash(&command, &answer.person_id, sizeof answer.person_id);
    ei_command_hash(&command, &application_id, sizeof application_id);
    ei_command_hash(&command, &accept, sizeof accept);
    return ei_command_run(&command, error);
}

/* ---- withdrawing ---- */

typedef struct withdrawal {
    edu_id person_id, application_id;
} withdrawal;

typedef struct withdraw_facts {
    char acting_as[ACTOR_KIND];
    bool is_open;
    edu_time starts;
    json_t *seat; /* what is given up; an empty object where nothing was given yet */
} withdraw_facts;

static edu_status withdraw_take(withdraw_facts *facts, ei_rows *rows, edu_error *error)
{
    actor_take(facts->acting_as, ei_column_text(rows, 0));
    facts->is_open = ei_column_bool(rows, 1);
    facts->starts = ei_column_time(rows, 2);
    if (ei_column_is_null(rows, 3)) {
        facts->seat = json_object();
    } else {
        char desk[EI_SEAT_TEXT];
        ei_seat_format(ei_column_int(rows, 5), desk);
        facts->seat = json_pack("{s:s,s:s,s:s}", "centre", ei_column_text(rows, 3), "room",
                                ei_column_text(rows, 4), "seat", desk);
    }
    return facts->seat != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status withdraw_read(ei_command *command, edu_tx *tx, withdraw_facts *facts,
                                edu_error *error)
{
    const withdrawal *wanted = command->context;
    edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool row;
    EI_TRY(sql_olympiad_withdraw_facts(tx, &actor, &wanted->person_id, &wanted->application_id,
                                       &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = withdraw_take(facts, &rows, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && facts->acting_as[0] == '\0')
        return ei_olympiad_not_found(error, "registration");
    return status;
}

static edu_status withdraw_store(ei_command *command, edu_tx *tx, const withdraw_facts *facts,
                                 edu_error *error)
{
    const withdrawal *wanted = command->context;
    if (!facts->is_open)
        return ei_fail(error, EDU_E_STATE, "olympiad.withdrawn", "",
                       "the registration is withdrawn already");
    if (command->now >= facts->starts)
        return ei_fail(error, EDU_E_STATE, "olympiad.started", "",
                       "the sitting has started: nobody withdraws from it any more");
    ei_application_step step = {.person = wanted->person_id,
                                .application = wanted->application_id,
                                .action = "withdraw",
                                .actor_kind = facts->acting_as,
                                .data = facts->seat};
    EI_TRY(ei_application_advance(command, tx, &step, error));
    EI_TRY(sql_olympiad_entry_close(tx, &wanted->person_id, &wanted->application_id, NULL, error));
    return sql_olympiad_seat_free(tx, &wanted->person_id, &wanted->application_id, NULL, error);
}

static edu_status withdraw_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    withdraw_facts facts = {0};
    edu_status status = withdraw_read(command, tx, &facts, error);
    if (status == EDU_OK)
        status = withdraw_store(command, tx, &facts, error);
    json_decref(facts.seat);
    return status;
}

edu_status edu_olympiad_withdraw(edu_session *session, edu_id person_id, edu_id application_id,
                                 const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    withdrawal wanted = {ei_person_or_self(session, person_id), application_id};
    ei_command command = {.session = session,
                          .name = "olympiad.withdraw",
                          .key = key,
                          .run = withdraw_run,
                          .context = &wanted};
    ei_command_hash(&command, &wanted.person_id, sizeof wanted.person_id);
    ei_command_hash(&command, &application_id, sizeof application_id);
    return ei_command_run(&command, error);
}
