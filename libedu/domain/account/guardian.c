/* Links between guardians and children. */
#include "domain/account/account_store.h"

#include <stdio.h>
#include <string.h>

#include "account_sql.h"

typedef struct link_work {
    edu_id guardian_id, child_id;
    bool accept;
    /* of a request */
    ei_identifier child;
    edu_date birth;
    ei_hash subject;
    edu_status verdict;
} link_work;

/* ---- asking ---- */

static edu_status find_child(link_work *work, edu_tx *tx, edu_error *error)
{
    work->child_id = ei_nobody_id;
    ei_rows rows;
    EI_TRY(sql_account_requester(tx, work->child.kind, ei_hash_bytes(&work->child.hash),
                                 work->birth, &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    if (status == EDU_OK && is_there)
        work->child_id = ei_column_id(&rows, 0);
    ei_rows_close(&rows);
    return status;
}

/* What the register has is active since its import, and what was asked for is with the school: only
 * where there is nothing, or something that ended, is the school asked. The statement writes
 * nothing for a child that is not there, so that the two answers are alike. */
static edu_status run_request(ei_command *command, edu_tx *tx, edu_error *error)
{
    link_work *work = command->context;
    work->verdict = EDU_OK;
    EI_TRY(ei_throttle_count(tx, EI_THROTTLE_GUARDIAN, &work->subject, command->now, &work->verdict,
                             error));
    command->is_refusal = work->verdict != EDU_OK;
    if (command->is_refusal)
        return EDU_OK;
    EI_TRY(find_child(work, tx, error));
    if (ei_id_compare(work->child_id, work->guardian_id) == 0)
        return ei_fail(error, EDU_E_INVALID, "account.own_guardian", "/child_number",
                       "nobody is their own guardian");
    return sql_account_guardian_ask(tx, &work->guardian_id, &work->child_id, command->now, NULL,
                                    error);
}

edu_status edu_account_guardian_request(edu_session *session, const char *child_number,
                                        edu_date child_birth, const char *key, edu_error *error)
{
    EI_TRY(ei_account_require_person(session, error));
    link_work work = {.guardian_id = session->person_id, .birth = child_birth};
    EI_TRY(ei_identify_number(session->portal, child_number, &work.child, error));
    EI_TRY(ei_check_birth(child_birth, "/child_birth", error));
    char person[EDU_ID_TEXT];
    edu_id_format(session->person_id, person);
    work.subject = ei_hash_text(session->portal, "person", person);
    ei_command command = {.session = session,
                          .name = "account.guardian_request",
                          .key = key,
                          .run = run_request,
                          .context = &work};
    int32_t birth_days = ei_date_to_days(child_birth);
    ei_command_hash(&command, work.child.hash.bytes, sizeof work.child.hash.bytes);
    ei_command_hash(&command, &birth_days, sizeof birth_days);
    EI_TRY(ei_command_run(&command, error));
    return work.verdict == EDU_OK ? EDU_OK : ei_throttled(error);
}

/* ---- deciding and ending ---- */

#define STATE_MAX 16

/* The state of the first row, which names nothing where there is none. */
static edu_status take_state(ei_rows *rows, char state[STATE_MAX], edu_error *error)
{
    state[0] = 0;
    bool is_there = false;
    edu_status status = ei_rows_next(rows, &is_there, error);
    if (status == EDU_OK && is_there) {
        const char *text = ei_column_text(rows, 0);
        size_t length = strnlen(text, STATE_MAX - 1);
        memcpy(state, text, length);
        state[length] = 0;
    }
    ei_rows_close(rows);
    return status;
}

static edu_status not_now(edu_error *error, const char *state)
{
    return ei_fail(error, EDU_E_STATE, "account.link_state", NULL,
                   "the link is \"%s\": that is not possible any more", state);
}

static edu_status set_state(ei_command *command, edu_tx *tx, const link_work *work,
                            const char *state, edu_error *error)
{
    EI_TRY(sql_account_guardian_set(tx, &work->guardian_id, &work->child_id, state, command->now,
                                    NULL, error));
    char guardian[EDU_ID_TEXT], detail[64 + EDU_ID_TEXT];
    edu_id_format(work->guardian_id, guardian);
    (void)snprintf(detail, sizeof detail, "{\"guardian_id\":\"%s\",\"state\":\"%s\"}", guardian,
                   state);
    return ei_audit(command, tx, command->name, &work->child_id, detail, error);
}

static edu_status run_decide(ei_command *command, edu_tx *tx, edu_error *error)
{
    const link_work *work = command->context;
    EI_TRY(ei_account_require_staff(command->session, tx, error));
    edu_id actor = ei_session_actor(command->session);
    if (ei_id_compare(actor, work->guardian_id) == 0)
        return ei_fail(error, EDU_E_DENIED, "account.own_request", NULL,
                       "nobody decides about a request of their own");
    ei_rows rows;
    char state[STATE_MAX];
    EI_TRY(sql_account_guardian_covered(tx, &actor, &work->guardian_id, &work->child_id, &rows,
                                        error));
    EI_TRY(take_state(&rows, state, error));
    if (!state[0])
        return ei_account_not_found(error, "request");
    if (strcmp(state, "requested") != 0)
        return not_now(error, state);
    EI_TRY(set_state(command, tx, work, work->accept ? "active" : "refused", error));
    edu_id id = ei_new_id(command->session);
    return sql_account_notify(tx, &work->guardian_id, &id, command->now,
                              work->accept ? "guardian_active" : "guardian_refused", NULL, error);
}

edu_status edu_account_guardian_decide(edu_session *session, edu_id guardian_id, edu_id child_id,
                                       bool accept, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    link_work work = {.guardian_id = guardian_id, .child_id = child_id, .accept = accept};
    ei_command command = {.session = session,
                          .name = "account.guardian_decide",
                          .key = key,
                          .run = run_decide,
                          .context = &work};
    ei_command_hash(&command, &guardian_id, sizeof guardian_id);
    ei_command_hash(&command, &child_id, sizeof child_id);
    ei_command_hash(&command, &accept, sizeof accept);
    return ei_command_run(&command, error);
}

static edu_status run_end(ei_command *command, edu_tx *tx, edu_error *error)
{
    const link_work *work = command->context;
    edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    char state[STATE_MAX];
    EI_TRY(sql_account_guardian_endable(tx, &actor, &work->guardian_id, &work->child_id, &rows,
                                        error));
    EI_TRY(take_state(&rows, state, error));
    if (!state[0])
        return ei_account_not_found(error, "link");
    if (strcmp(state, "requested") != 0 && strcmp(state, "active") != 0)
        return not_now(error, state);
    return set_state(command, tx, work, "ended", error);
}

edu_status edu_account_guardian_end(edu_session *session, edu_id guardian_id, edu_id child_id,
                                    const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    link_work work = {.guardian_id = guardian_id, .child_id = child_id};
    ei_command command = {.session = session,
                          .name = "account.guardian_end",
                          .key = key,
                          .run = run_end,
                          .context = &work};
    ei_command_hash(&command, &guardian_id, sizeof guardian_id);
    ei_command_hash(&command, &child_id, sizeof child_id);
    return ei_command_run(&command, error);
}

/* ---- lists ---- */

typedef struct link_list {
    edu_session *session;
    const char *state; /* NULL for all */
    const char *cursor;
    int32_t limit;
    void *page;
} link_list;

static edu_status read_page(link_list *list, ei_rows *rows, const char *shape, edu_error *error)
{
    ei_page_plan plan = {shape, "edu_guardianship", list->limit, NULL, NULL};
    edu_status status = ei_page_read(list->session, rows, &plan, &list->page, error);
    ei_rows_close(rows);
    return status;
}

static edu_status list_in_state(link_list *list, edu_tx *tx, const edu_id *actor, edu_error *error)
{
    ei_page_key key;
    ei_rows rows = {0};
    edu_status status = ei_page_key_read(list->session, &key, "tiuu", list->cursor, error);
    if (status == EDU_OK)
        status = sql_account_guardianships(tx, actor, list->state, key.text[0], key.integer[1],
                                           &key.id[2], &key.id[3], ei_page_limit(list->limit) + 1,
                                           &rows, error);
    if (status == EDU_OK)
        status = read_page(list, &rows, "tiuu", error);
    ei_page_key_finish(&key);
    return status;
}

static edu_status list_all(link_list *list, edu_tx *tx, const edu_id *actor, edu_error *error)
{
    ei_page_key key;
    ei_rows rows = {0};
    edu_status status = ei_page_key_read(list->session, &key, "ttiuu", list->cursor, error);
    if (status == EDU_OK)
        status = sql_account_guardianships_all(tx, actor, key.text[0], key.text[1], key.integer[2],
                                               &key.id[3], &key.id[4],
                                               ei_page_limit(list->limit) + 1, &rows, error);
    if (status == EDU_OK)
        status = read_page(list, &rows, "ttiuu", error);
    ei_page_key_finish(&key);
    return status;
}

static edu_status read_links(edu_tx *tx, void *context, edu_error *error)
{
    link_list *list = context;
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(ei_account_require_staff(list->session, tx, error));
    return list->state ? list_in_state(list, tx, &actor, error) : list_all(list, tx, &actor, error);
}

static edu_status check_state(const char *state, edu_error *error)
{
    static const char *const states[] = {"requested", "active", "refused", "ended"};
    for (size_t i = 0; i < EI_COUNT(states); i++)
        if (!state || strcmp(state, states[i]) == 0)
            return EDU_OK;
    return ei_fail(error, EDU_E_INVALID, "account.bad_state", "/state",
                   "a link is requested, active, refused or ended");
}

edu_status edu_account_guardianships(edu_session *session, const char *state, const char *cursor,
                                     int32_t limit, edu_guardianship_page **out, edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    EI_TRY(ei_session_require(session, error));
    EI_TRY(check_state(state, error));
    link_list list = {session, state, cursor, limit, NULL};
    ei_reading reading = ei_reading_list("guardians");
    ei_reading_about(&reading, "state", state);
    edu_status status = ei_read_of(session, &reading, read_links, &list, error);
    if (status == EDU_OK)
        *out = list.page;
    else
        edu_free(list.page);
    return status;
}

static edu_status open_own(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const edu_id actor = ei_session_actor(list->session);
    return sql_account_guardianships_own(tx, &actor, &list->key.id[0], &list->key.id[1], list->ask,
                                         rows, error);
}

edu_status edu_account_own_guardianships(edu_session *session, const char *cursor, int32_t limit,
                                         edu_guardianship_page **out, edu_error *error)
{
    EI_TRY(ei_account_require_person(session, error));
    ei_list list = {.session = session,
                    .open = open_own,
                    .plan = {.shape = "uu", .record = "edu_guardianship", .limit = limit}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
