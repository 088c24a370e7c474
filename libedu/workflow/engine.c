#include <stdio.h>
#include <string.h>
#include <sodium.h>
#include "workflow/workflow.h"
#include "workflow_sql.h"

/* ---- the chain ---- */

/* Everything that matters of an event, each part with its length, under the hash before it: nothing
 * can be changed, left out, moved, or read in another way. */
typedef struct chain {
    crypto_hash_sha256_state state;
} chain;

static void add_bytes(chain *on, const void *data, size_t size)
{
    uint8_t length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (uint8_t)((uint64_t)size >> (56 - 8 * i));
    crypto_hash_sha256_update(&on->state, length, sizeof length);
    crypto_hash_sha256_update(&on->state, data, size);
}

static void add_text(chain *on, const char *text)
{
    add_bytes(on, text, strlen(text));
}

static void add_int(chain *on, int64_t value)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)value >> (56 - 8 * i));
    add_bytes(on, bytes, sizeof bytes);
}

/* What the first event follows: which application it is. */
static void chain_start(const edu_id *person, const edu_id *application, const char *service,
                        int32_t version, const edu_id *subject, uint8_t out[EI_HASH])
{
    chain on;
    crypto_hash_sha256_init(&on.state);
    add_text(&on, "libedu application 1");
    add_bytes(&on, person->bytes, sizeof person->bytes);
    add_bytes(&on, application->bytes, sizeof application->bytes);
    add_text(&on, service);
    add_int(&on, version);
    add_bytes(&on, subject->bytes, sizeof subject->bytes);
    crypto_hash_sha256_final(&on.state, out);
}

typedef struct event {
    int64_t sequence;
    edu_time at;
    const char *action, *state, *actor_kind, *data;
    edu_id actor;
} event;

static void chain_next(const uint8_t before[EI_HASH], const event *one, uint8_t out[EI_HASH])
{
    chain on;
    crypto_hash_sha256_init(&on.state);
    add_bytes(&on, before, EI_HASH);
    add_int(&on, one->sequence);
    add_int(&on, one->at);
    add_text(&on, one->action);
    add_text(&on, one->state);
    add_bytes(&on, one->actor.bytes, sizeof one->actor.bytes);
    add_text(&on, one->actor_kind);
    add_text(&on, one->data);
    crypto_hash_sha256_final(&on.state, out);
}

/* ---- one step ---- */

static edu_id new_id(const ei_step *step)
{
    return ei_id_new(step->clock, step->random);
}

static edu_status send_notices(edu_tx *tx, const ei_step *step, const ei_action *action,
                               const char *data, edu_error *error)
{
    const char *service = ei_definition_service(step->definition);
    for (size_t i = 0; i < action->notice_count; i++) {
        const ei_notice *notice = &action->notices[i];
        edu_id id = new_id(step);
        EI_TRY(sql_workflow_notification_add(tx, &step->person, &id, step->now, service,
                                             step->version, notice->template, data,
                                             &step->application, NULL, error));
        if (notice->by_mail)
            EI_TRY(sql_workflow_outbox_add(tx, &id, &step->person, service, step->version,
                                           notice->template, data, step->now, NULL, error));
    }
    return EDU_OK;
}

/* The event itself, and what follows from it; hash becomes the chain's new end. */
static edu_status store_event(edu_tx *tx, const ei_step *step, const ei_action *action,
                              const event *one, const uint8_t hash[EI_HASH], edu_error *error)
{
    EI_TRY(sql_workflow_event_add(tx, &step->person, &step->application, one->sequence, one->at,
                                  one->action, one->state, &one->actor, one->actor_kind, one->data,
                                  (edu_bytes){hash, EI_HASH}, action->is_internal, NULL, error));
    return send_notices(tx, step, action, one->data, error);
}

/* The action as it is done by this step. */
static edu_status allow(const ei_step *step, const char *from, ei_action *out, edu_error *error)
{
    EI_TRY(ei_definition_allow(step->definition, step->action, from, step->actor_kind, out, error));
    if (!step->is_full)
        return EDU_OK;
    if (!out->full)
        return ei_fail(error, EDU_E_STATE, "offering.full", NULL, "no place is free");
    out->to = out->full;
    out->ends = ei_definition_state(step->definition, out->to)->is_terminal;
    return EDU_OK;
}

static char *dump_data(const ei_step *step, edu_error *error)
{
    char *text =
        step->data ? ei_json_dumps(step->data, JSON_COMPACT | JSON_SORT_KEYS) : ei_strdup("{}");
    if (!text)
        ei_no_memory(error);
    return text;
}

static event make_event(const ei_step *step, const ei_action *action, int64_t sequence,
                        const char *data)
{
    return (event){sequence,         step->now, action->name, action->to,
                   step->actor_kind, data,      step->actor};
}

static edu_status create_with(edu_tx *tx, const ei_step *step, const ei_action *action,
                              const edu_id *subject, const char *data, edu_error *error)
{
    const char *service = ei_definition_service(step->definition);
    uint8_t start[EI_HASH], hash[EI_HASH];
    event one = make_event(step, action, 1, data);
    chain_start(&step->person, &step->application, service, step->version, subject, start);
    chain_next(start, &one, hash);
    int64_t added; /* asked for, so that a conflict is told here */
    edu_status status = sql_workflow_application_add(
        tx, &step->person, &step->application, service, step->version, subject, action->to,
        !action->ends, step->now, (edu_bytes){hash, EI_HASH},
        ei_definition_is_private(step->definition), step->number, &added, error);
    if (status == EDU_E_CONFLICT)
        return ei_fail(error, EDU_E_CONFLICT, "application.already", NULL,
                       "there is an open application for this already");
    EI_TRY(status);
    return store_event(tx, step, action, &one, hash, error);
}

edu_status ei_application_create(edu_tx *tx, const ei_step *step, const edu_id *subject,
                                 edu_error *error)
{
    ei_action action;
    EI_TRY(allow(step, NULL, &action, error));
    char *data = dump_data(step, error);
    if (!data)
        return EDU_E_NOMEM;
    edu_status status = create_with(tx, step, &action, subject, data, error);
    ei_free(data);
    return status;
}

static edu_status not_found(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "application.not_found", NULL,
                   "there is no such application");
}

static edu_status damaged(edu_error *error, int64_t sequence)
{
    return ei_fail(error, EDU_E_CORRUPT, "application.chain", NULL,
                   "the application's history does not hold at event %lld", (long long)sequence);
}

edu_status ei_application_head_read(edu_tx *tx, const edu_id *person, const edu_id *application,
                                    ei_application_head *out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_workflow_application_head(tx, person, application, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && !row)
        status = not_found(error);
    if (status == EDU_OK) {
        snprintf(out->service, sizeof out->service, "%s", ei_column_text(&rows, 0));
        out->service_version = (int32_t)ei_column_int(&rows, 1);
        snprintf(out->state, sizeof out->state, "%s", ei_column_text(&rows, 2));
        out->version = ei_column_int(&rows, 3);
        out->is_open = ei_column_bool(&rows, 5);
        edu_bytes hash = ei_column_bytes(&rows, 4);
        if (hash.size == EI_HASH)
            memcpy(out->hash, hash.data, EI_HASH);
        else
            status = damaged(error, out->version);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status move(edu_tx *tx, const ei_step *step, const ei_application_head *head,
                       const ei_action *action, edu_bytes hash, int64_t *changed, edu_error *error)
{
    if (head->is_open == !action->ends)
        return sql_workflow_application_move(tx, &step->person, &step->application, head->version,
                                             action->to, step->now, hash, changed, error);
    return sql_workflow_application_turn(tx, &step->person, &step->application, head->version,
                                         action->to, step->now, hash, !action->ends, changed,
                                         error);
}

static edu_status act_with(edu_tx *tx, const ei_step *step, const ei_application_head *head,
                           const ei_action *action, const char *data, edu_error *error)
{
    uint8_t hash[EI_HASH];
    int64_t changed = 0;
    event one = make_event(step, action, head->version + 1, data);
    chain_next(head->hash, &one, hash);
    EI_TRY(move(tx, step, head, action, (edu_bytes){hash, EI_HASH}, &changed, error));
    if (changed == 0)
        return ei_fail(error, EDU_E_CONFLICT, "application.changed", NULL,
                       "somebody changed this application meanwhile; look at it again");
    return store_event(tx, step, action, &one, hash, error);
}

static edu_status act_as(edu_tx *tx, const ei_step *step, const ei_application_head *head,
                         const ei_action *action, edu_error *error)
{
    char *data = dump_data(step, error);
    if (!data)
        return EDU_E_NOMEM;
    edu_status status = act_with(tx, step, head, action, data, error);
    ei_free(data);
    return status;
}

edu_status ei_application_act(edu_tx *tx, const ei_step *step, const ei_application_head *head,
                              edu_error *error)
{
    ei_action action;
    EI_TRY(allow(step, head->state, &action, error));
    return act_as(tx, step, head, &action, error);
}

edu_status ei_application_remark_add(edu_tx *tx, const ei_step *step,
                                     const ei_application_head *head, edu_error *error)
{
    const ei_state_rules *rules = ei_definition_state(step->definition, head->state);
    ei_action action = {.name = step->action,
                        .to = head->state,
                        .ends = rules && rules->is_terminal,
                        .is_internal = strcmp(step->action, EI_REMARK_NOTE) == 0 ||
                                       strcmp(step->action, EI_REMARK_ASSIGN) == 0};
    return act_as(tx, step, head, &action, error);
}

/* ---- checking ---- */

static edu_status check_event(ei_rows *rows, int64_t sequence, uint8_t hash[EI_HASH],
                              edu_error *error)
{
    event one = {ei_column_int(rows, 0),  ei_column_time(rows, 1), ei_column_text(rows, 2),
                 ei_column_text(rows, 3), ei_column_text(rows, 5), ei_column_text(rows, 6),
                 ei_column_id(rows, 4)};
    chain_next(hash, &one, hash);
    edu_bytes stored = ei_column_bytes(rows, 7);
    if (one.sequence != sequence || stored.size != EI_HASH ||
        memcmp(stored.data, hash, EI_HASH) != 0)
        return damaged(error, sequence);
    return EDU_OK;
}

static edu_status check_events(edu_tx *tx, const edu_id *person, const edu_id *application,
                               uint8_t hash[EI_HASH], int64_t *count, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_workflow_events(tx, person, application, &rows, error));
    edu_status status;
    *count = 0;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row &&
           (status = check_event(&rows, *count + 1, hash, error)) == EDU_OK)
        ++*count;
    ei_rows_close(&rows);
    return status;
}

edu_status ei_chain_check(edu_tx *tx, const edu_id *person, const edu_id *application,
                          edu_error *error)
{
    ei_rows rows;
    bool row = false;
    uint8_t hash[EI_HASH], head[EI_HASH] = {0};
    int64_t version = 0, count;
    EI_TRY(sql_workflow_chain_start(tx, person, application, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && !row)
        status = not_found(error);
    if (status == EDU_OK) {
        edu_id subject = ei_column_id(&rows, 2), began_as = ei_column_id(&rows, 5);
        edu_bytes stored = ei_column_bytes(&rows, 4);
        chain_start(&began_as, application, ei_column_text(&rows, 0),
                    (int32_t)ei_column_int(&rows, 1), &subject, hash);
        version = ei_column_int(&rows, 3);
        if (stored.size == EI_HASH)
            memcpy(head, stored.data, EI_HASH);
    }
    ei_rows_close(&rows);
    EI_TRY(status);
    EI_TRY(check_events(tx, person, application, hash, &count, error));
    if (count != version || memcmp(hash, head, EI_HASH) != 0)
        return damaged(error, version);
    return EDU_OK;
}
