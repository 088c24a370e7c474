/* Appeals on results: made by the pupil or a guardian, decided by clerks. */
#include "domain/result/result_store.h"

#include <stdio.h>
#include <string.h>
#include "domain/application/application.h"
#include "result_sql.h"

/* ---- making ---- */

typedef struct appealing {
    edu_id person_id, season_id;
    const char *text;
} appealing;

typedef struct appeal_facts {
    char acting_as[16];
    edu_id application_id;
    edu_time closes;
    ei_person_keys wrapped;
    bool is_there, is_made;
} appeal_facts;

static edu_status wrapped_take(ei_person_keys *out, edu_bytes wrapped, edu_error *error)
{
    return ei_person_keys_take(wrapped, out)
               ? EDU_OK
               : ei_fail(error, EDU_E_CORRUPT, "result.person_key", "", "a person has no key");
}

static edu_status appeal_facts_read(edu_tx *tx, const edu_id *actor, const appealing *wanted,
                                    edu_time now, appeal_facts *out, edu_error *error)
{
    ei_rows rows;
    *out = (appeal_facts){0};
    EI_TRY(sql_result_appeal_facts(tx, actor, &wanted->person_id, &wanted->season_id, now, &rows,
                                   error));
    edu_status status = ei_rows_next(&rows, &out->is_there, error);
    if (status == EDU_OK && out->is_there) {
        const char *as = ei_column_text(&rows, 0);
        (void)snprintf(out->acting_as, sizeof out->acting_as, "%s", as != NULL ? as : "");
        out->application_id = ei_column_id(&rows, 1);
        out->closes = ei_column_time(&rows, 2);
        out->is_made = !ei_column_is_null(&rows, 6);
        status = wrapped_take(&out->wrapped, ei_column_bytes(&rows, 5), error);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status require_appealable(const appeal_facts *facts, edu_time now, edu_error *error)
{
    bool may = strcmp(facts->acting_as, "self") == 0 || strcmp(facts->acting_as, "guardian") == 0;
    if (!facts->is_there || !may)
        return ei_olympiad_not_found(error, "result");
    if (facts->is_made)
        return ei_fail(error, EDU_E_CONFLICT, "result.appealed", "",
                       "there is an appeal on this result already");
    if (facts->closes == EDU_TIME_NONE)
        return ei_fail(error, EDU_E_STATE, "result.no_appeals", "",
                       "the rules of this round have no appeals");
    if (now >= facts->closes)
        return ei_fail(error, EDU_E_STATE, "result.appeals_closed", "",
                       "the time for appeals is over");
    return EDU_OK;
}

static edu_status add_appeal(const ei_command *command, edu_tx *tx, const ei_person_keys *wrapped,
                             edu_error *error)
{
    const appealing *wanted = command->context;
    ei_buffer sealed = {0};
    edu_status status =
        ei_seal_into(command->session, &wanted->person_id, ei_person_keys_bytes(wrapped),
                     EI_RESULT_APPEAL_SEALED_TEXT, (edu_bytes){wanted->text, strlen(wanted->text)},
                     &sealed, error);
    if (status == EDU_OK)
        status =
            sql_result_appeal_add(tx, &wanted->person_id, &wanted->season_id,
                                  (edu_bytes){sealed.data, sealed.size}, command->now, NULL, error);
    ei_buffer_free(&sealed);
    return status;
}

static edu_status appeal_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const appealing *wanted = command->context;
    edu_id actor = ei_session_actor(command->session);
    appeal_facts facts;
    EI_TRY(appeal_facts_read(tx, &actor, wanted, command->now, &facts, error));
    EI_TRY(require_appealable(&facts, command->now, error));
    EI_TRY(add_appeal(command, tx, &facts.wrapped, error));
    ei_application_step step = {.person = wanted->person_id,
                                .application = facts.application_id,
                                .action = "appeal",
                                .actor_kind = facts.acting_as};
    return ei_application_advance(command, tx, &step, error);
}

edu_status edu_result_appeal_make(edu_session *session, edu_id person_id, edu_id season_id,
                                  const char *text, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_words(text, EI_RESULT_APPEAL_MAX, "/text", error));
    appealing wanted = {ei_person_or_self(session, person_id), season_id, text};
    ei_command command = {.session = session,
                          .name = "result.appeal",
                          .key = key,
                          .run = appeal_run,
                          .context = &wanted};
    ei_command_hash(&command, &wanted.person_id, sizeof wanted.person_id);
    ei_command_hash(&command, &season_id, sizeof season_id);
    ei_command_hash_text(&command, text);
    return ei_command_run(&command, error);
}

/* ---- deciding ---- */

typedef struct answering {
    edu_id person_id, season_id;
    json_t *points;
    const char *answer;
} answering;

typedef struct appeal_state {
    char state[16];
    ei_person_keys wrapped;
    edu_id application_id;
    int32_t grade;
} appeal_state;

static edu_status appeal_state_read(edu_tx *tx, const edu_id *person, const edu_id *season,
                                    appeal_state *out, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_result_appeal_state(tx, person, season, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        (void)snprintf(out->state, sizeof out->state, "%s", ei_column_text(&rows, 0));
        out->application_id = ei_column_id(&rows, 2);
        out->grade = (int32_t)ei_column_int(&rows, 3);
        status = wrapped_take(&out->wrapped, ei_column_bytes(&rows, 1), error);
    }
    ei_rows_close(&rows);
    return status == EDU_OK && !row ? ei_olympiad_not_found(error, "appeal") : status;
}

static edu_status tell(ei_command *command, edu_tx *tx, const edu_id *person,
                       const edu_id *application, const char *action, edu_error *error)
{
    ei_application_step step = {
        .person = *person, .application = *application, .action = action, .actor_kind = "clerk"};
    return ei_application_advance(command, tx, &step, error);
}

static edu_status mark_anew(ei_command *command, edu_tx *tx, const ei_round *round,
                            const appeal_state *found, edu_error *error)
{
    const answering *wanted = command->context;
    edu_id id;
    ei_correction to = {.season_id = wanted->season_id,
                        .person_id = wanted->person_id,
                        .is_appeal = true,
                        .reason = "appeal"};
    EI_TRY(ei_marks_given(&round->rules, wanted->points, found->grade, &to.marks, error));
    return ei_correction_add(command, tx, round, &to, &id, error);
}

static edu_status put_answer(const ei_command *command, edu_tx *tx, const ei_person_keys *wrapped,
                             int64_t *changed, edu_error *error)
{
    const answering *wanted = command->context;
    edu_id actor = ei_session_actor(command->session);
    ei_buffer sealed = {0};
    edu_status status =
        ei_seal_into(command->session, &wanted->person_id, ei_person_keys_bytes(wrapped),
                     EI_RESULT_APPEAL_SEALED_ANSWER,
                     (edu_bytes){wanted->answer, strlen(wanted->answer)}, &sealed, error);
    if (status == EDU_OK)
        status = sql_result_appeal_answer(tx, &wanted->person_id, &wanted->season_id, "open",
                                          wanted->points != NULL ? "marked" : "rejected",
                                          (edu_bytes){sealed.data, sealed.size}, &actor,
                                          command->now, changed, error);
    ei_buffer_free(&sealed);
    return status;
}

static edu_status decide(ei_command *command, edu_tx *tx, const ei_round *round, edu_error *error)
{
    const answering *wanted = command->context;
    appeal_state found = {0};
    int64_t changed = 0;
    EI_TRY(appeal_state_read(tx, &wanted->person_id, &wanted->season_id, &found, error));
    EI_TRY(put_answer(command, tx, &found.wrapped, &changed, error));
    if (changed != 1)
        return ei_fail(error, EDU_E_STATE, "result.appeal_decided", "",
                       "this appeal is decided, or waits for the second clerk");
    return wanted->points != NULL
               ? mark_anew(command, tx, round, &found, error)
               : tell(command, tx, &wanted->person_id, &found.application_id, "reject", error);
}

static edu_status decide_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const answering *wanted = command->context;
    ei_round round;
    EI_TRY(ei_require_clerk(command->session, tx, error));
    edu_status status =
        ei_round_read(command->session, tx, wanted->season_id, command->now, &round, error);
    if (status == EDU_OK)
        status = decide(command, tx, &round, error);
    ei_round_finish(&round);
    return status;
}

edu_status edu_result_appeal_decide(edu_session *session, edu_id person_id, edu_id season_id,
                                    json_t *points, const char *answer, const char *key,
                                    edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_words(answer, EI_RESULT_APPEAL_MAX, "/answer", error));
    if (json_is_null(points))
        points = NULL;
    answering wanted = {person_id, season_id, points, answer};
    char *text = NULL;
    if (points != NULL)
        EI_TRY(ei_json_write(points, "/points", &text, error));
    ei_command command = {.session = session,
                          .name = "result.appeal_decide",
                          .key = key,
                          .run = decide_run,
                          .context = &wanted};
    ei_command_hash(&command, &person_id, sizeof person_id);
    ei_command_hash(&command, &season_id, sizeof season_id);
    ei_command_hash_text(&command, text);
    ei_command_hash_text(&command, answer);
    ei_free(text);
    return ei_command_run(&command, error);
}

edu_status ei_appeal_settle(ei_command *command, edu_tx *tx, const edu_id *person,
                            const edu_id *season, bool is_upheld, edu_error *error)
{
    appeal_state found = {0};
    EI_TRY(appeal_state_read(tx, person, season, &found, error));
    EI_TRY(sql_result_appeal_end(tx, person, season, is_upheld ? "upheld" : "open",
                                 is_upheld ? command->now : EDU_TIME_NONE, NULL, error));
    return is_upheld ? tell(command, tx, person, &found.application_id, "uphold", error) : EDU_OK;
}

/* ---- reading ---- */

static edu_status appeal_fill(ei_rows *rows, int first, ei_arena *arena, void *record,
                              void *context, edu_error *error)
{
    edu_result_appeal *out = record;
    json_t *rules = ei_json_loads(ei_column_text(rows, first + 10));
    int decimals = (int)json_integer_value(json_object_get(rules, "decimals"));
    json_decref(rules);
    out->person_id = ei_column_id(rows, first);
    out->season_id = ei_column_id(rows, first + 1);
    EI_TRY(ei_copy_column(arena, rows, first + 2, &out->number, error));
    EI_TRY(ei_copy_column(arena, rows, first + 3, &out->state, error));
    edu_bytes wrapped = ei_column_bytes(rows, first + 9);
    EI_TRY(ei_unseal_text(context, &out->person_id, wrapped, EI_RESULT_APPEAL_SEALED_TEXT,
                          ei_column_bytes(rows, first + 4), arena, &out->text, error));
    EI_TRY(ei_unseal_text(context, &out->person_id, wrapped, EI_RESULT_APPEAL_SEALED_ANSWER,
                          ei_column_bytes(rows, first + 5), arena, &out->answer, error));
    out->points = ei_marks_json(arena, ei_column_text(rows, first + 6), decimals);
    out->created = ei_column_time(rows, first + 7);
    out->decided = ei_column_time(rows, first + 8);
    return out->points != NULL ? EDU_OK : ei_no_memory(error);
}

typedef struct appeal_filter {
    edu_id season_id;
    const char *state;
} appeal_filter;

static edu_status appeals_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const appeal_filter *filter = list->filter;
    ei_round round;
    EI_TRY(ei_require_role(list->session, tx, "clerk", error));
    edu_status status =
        ei_round_read(list->session, tx, filter->season_id, ei_now(list->session), &round, error);
    ei_round_finish(&round);
    EI_TRY(status);
    return sql_result_appeals(tx, &filter->season_id, filter->state, list->key.integer[0],
                              &list->key.id[1], list->ask, rows, error);
}

edu_status edu_result_appeals(edu_session *session, edu_id season_id, const char *state,
                              const char *cursor, int32_t limit, edu_result_appeal_page **out,
                              edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(state, 16, true, "/state", error));
    appeal_filter filter = {season_id, state};
    ei_list list = {
        .session = session,
        .filter = &filter,
        .open = appeals_open,
        .reading = ei_reading_list("result_appeals"),
        .plan = {
            .shape = "iu", .record = "edu_result_appeal", .limit = limit, .fill = appeal_fill}};
    ei_reading_about_id(&list.reading, "season", season_id);
    ei_reading_about(&list.reading, "state", state);
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

typedef struct appeal_read {
    edu_session *session;
    edu_id person_id, season_id;
    edu_result_appeal *out;
} appeal_read;

static edu_status appeal_get_run(edu_tx *tx, void *context, edu_error *error)
{
    appeal_read *read = context;
    edu_id actor = ei_session_actor(read->session);
    ei_rows rows;
    bool row;
    EI_TRY(sql_result_appeal_get(tx, &actor, &read->person_id, &read->season_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = appeal_fill(&rows, 0, ei_record_arena(read->out), read->out, read->session, error);
    ei_rows_close(&rows);
    return status == EDU_OK && !row ? ei_olympiad_not_found(error, "appeal") : status;
}

edu_status edu_result_appeal_get(edu_session *session, edu_id person_id, edu_id season_id,
                                 edu_result_appeal **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    appeal_read read = {session, ei_person_or_self(session, person_id), season_id, NULL};
    ei_reading reading = ei_reading_of("result_appeal", read.person_id, season_id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, appeal_get_run, &read, &read.out,
                             error));
    *out = read.out;
    return EDU_OK;
}
