/* Messages on their way out. Each is delivered at least once, with the same id at every attempt. */
#include <string.h>
#include "domain/application/application_store.h"
#include "domain/portal/guard.h"
#include "application_sql.h"

#define ATTEMPTS_MAX 12
#define BATCH_MAX 100
#define FIRST_PAUSE EI_MINUTE
#define LONGEST_PAUSE (6 * 60 * EI_MINUTE)

/* A due message, ready to go; the texts are its own. */
typedef struct due_message {
    struct due_message *next;
    edu_id id;
    int64_t attempts;
    char *channel, *address, *title, *text;
} due_message;

static void free_due(due_message *one)
{
    while (one) {
        due_message *next = one->next;
        ei_free(one->channel);
        ei_free(one->address);
        ei_free(one->title);
        ei_free(one->text);
        ei_free(one);
        one = next;
    }
}

typedef struct collection {
    edu_session *session;
    edu_time now;
    int32_t limit;
    due_message *first;
} collection;

/* The address that the register has; NULL where it has none. */
static edu_status find_address(const collection *work, edu_tx *tx, edu_id reader,
                               const char *channel, char **out, edu_error *error)
{
    const char *field = strcmp(channel, "mail") == 0 ? "mail" : "phone";
    ei_rows rows;
    bool row = false;
    *out = NULL;
    EI_TRY(sql_application_outbox_address(tx, &reader, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    edu_bytes plain = {NULL, 0};
    int column = strcmp(field, "mail") == 0 ? 1 : 2;
    if (status == EDU_OK && row && !ei_column_is_null(&rows, column))
        status = ei_unseal(work->session->portal->keys, &reader, ei_column_bytes(&rows, 0), field,
                           ei_column_bytes(&rows, column), &plain, error);
    ei_rows_close(&rows);
    *out = (char *)(uintptr_t)plain.data;
    return status;
}

/* What the message says, with what is secret until now. */
static edu_status open_data(const collection *work, ei_rows *rows, edu_id person, json_t **out,
                            edu_error *error)
{
    edu_bytes text = ei_column_bytes(rows, 7);
    json_t *data = ei_json_load(text.data, text.size, 0, NULL);
    edu_bytes plain = {NULL, 0};
    const char *number = ei_column_text(rows, 13);
    edu_status status = data ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK && number && json_object_set_new(data, "number", json_string(number)) < 0)
        status = ei_no_memory(error);
    if (status == EDU_OK && !ei_column_is_null(rows, 8))
        status = ei_unseal(work->session->portal->keys, &person, ei_column_bytes(rows, 10),
                           EI_SEALED_MESSAGE, ei_column_bytes(rows, 8), &plain, error);
    if (status == EDU_OK && plain.data) {
        json_t *secret = ei_json_load(plain.data, plain.size, 0, NULL);
        if (json_object_update(data, secret) < 0)
            status = ei_no_memory(error);
        json_decref(secret);
    }
    ei_free((void *)(uintptr_t)plain.data);
    if (status != EDU_OK)
        json_decref(data);
    else
        *out = data;
    return status;
}

static edu_status collect_one(const collection *work, edu_tx *tx, ei_rows *rows, due_message *one,
                              edu_error *error)
{
    edu_id person = ei_column_id(rows, 1);
    const char *own = ei_column_text(rows, 6), *reader = ei_column_text(rows, 12);
    const char *language = own[0] ? own : reader ? reader : work->session->portal->language;
    one->id = ei_column_id(rows, 0);
    one->attempts = ei_column_int(rows, 9);
    one->channel = ei_strdup(ei_column_text(rows, 2));
    if (!one->channel)
        return ei_no_memory(error);
    EI_TRY(find_address(work, tx, ei_column_id(rows, 11), one->channel, &one->address, error));
    json_t *data = NULL;
    EI_TRY(open_data(work, rows, person, &data, error));
    edu_status status = ei_message_render(work->session, tx, ei_column_text(rows, 3),
                                          (int32_t)ei_column_int(rows, 4), ei_column_text(rows, 5),
                                          language, data, &one->title, &one->text, error);
    json_decref(data);
    return status;
}

static edu_status collect(edu_tx *tx, void *context, edu_error *error)
{
    collection *work = context;
    ei_rows rows;
    bool row;
    EI_TRY(sql_application_outbox_due(tx, work->now, work->limit, &rows, error));
    edu_status status;
    due_message **last = &work->first;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row) {
        *last = ei_calloc(1, sizeof **last);
        status = *last ? collect_one(work, tx, &rows, *last, error) : ei_no_memory(error);
        if (status != EDU_OK)
            break;
        last = &(*last)->next;
    }
    ei_rows_close(&rows);
    return status;
}

typedef struct lease {
    const due_message *message;
    edu_time until;
    bool is_mine;
} lease;

static edu_status take_lease(edu_tx *tx, void *context, edu_error *error)
{
    lease *wanted = context;
    int64_t changed = 0;
    EI_TRY(sql_application_outbox_lease(tx, &wanted->message->id, wanted->message->attempts,
                                        wanted->until, &changed, error));
    wanted->is_mine = changed == 1;
    return EDU_OK;
}

static edu_status end_message(edu_tx *tx, void *context, edu_error *error)
{
    const due_message *message = context;
    return sql_application_outbox_end(tx, &message->id, NULL, error);
}

static edu_time pause_after(int64_t attempts)
{
    edu_time pause = FIRST_PAUSE;
    while (attempts-- > 0 && pause < LONGEST_PAUSE)
        pause *= 2;
    return pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE;
}

/* True where it went out. A message without an address, or tried too often, is given up. */
static bool deliver(const edu_portal *portal, const due_message *one)
{
    char id[EDU_ID_TEXT];
    edu_id_format(one->id, id);
    const edu_message message = {one->channel, one->address, one->title, one->text, id};
    return one->address && portal->environment.notifier.deliver(
                               portal->environment.notifier.context, &message, NULL) == EDU_OK;
}

static edu_status send_one(edu_session *session, edu_time now, due_message *one, int32_t *delivered,
                           edu_error *error)
{
    edu_store *store = session->portal->store;
    lease wanted = {one, now + pause_after(one->attempts), false};
    EI_TRY(ei_store_write(store, take_lease, &wanted, error));
    if (!wanted.is_mine)
        return EDU_OK;
    bool went = deliver(session->portal, one);
    if (went)
        ++*delivered;
    if (went || !one->address || one->attempts + 1 >= ATTEMPTS_MAX)
        EI_TRY(ei_store_write(store, end_message, one, error));
    return EDU_OK;
}

edu_status edu_outbox_deliver(edu_session *session, int32_t limit, int32_t *delivered,
                              edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!delivered)
        return ei_bad_argument(error, "delivered");
    *delivered = 0;
    if (!session->is_operator)
        return ei_fail(error, EDU_E_DENIED, "session.no_role", NULL, "this is for the operator");
    collection work = {.session = session,
                       .now = ei_now(session),
                       .limit = limit < 1 || limit > BATCH_MAX ? BATCH_MAX : limit};
    edu_status status = ei_read(session, collect, &work, error);
    for (due_message *one = work.first; status == EDU_OK && one; one = one->next)
        status = send_one(session, work.now, one, delivered, error);
    free_due(work.first);
    return status;
}
