/* What is done to many in one command, each judged for itself: what is refused stops no other. */
#include "domain/portal/portal.h"

#include <string.h>

static edu_status read_items(ei_bulk *work, const json_t *items, edu_error *error)
{
    work->count = json_array_size(items);
    if (work->count == 0 || work->count > EI_BULK_MAX)
        return ei_fail(error, EDU_E_INVALID, "bulk.items", "/items", "choose 1 to %d", EI_BULK_MAX);
    for (size_t i = 0; i < work->count; i++) {
        const json_t *one = json_array_get(items, i);
        const char *person = json_string_value(json_object_get(one, "person_id")),
                   *id = json_string_value(json_object_get(one, "id"));
        if (edu_id_parse(person, &work->items[i].person, NULL) != EDU_OK ||
            edu_id_parse(id, &work->items[i].id, NULL) != EDU_OK)
            return ei_fail(error, EDU_E_INVALID, "bulk.items", "/items",
                           "item %zu is no {\"person_id\", \"id\"}", i);
    }
    return EDU_OK;
}

/* What is no failure of the store is an answer about this item alone. */
static bool is_answer(edu_status status)
{
    return status == EDU_E_STATE || status == EDU_E_DENIED || status == EDU_E_NOT_FOUND ||
           status == EDU_E_CONFLICT || status == EDU_E_INVALID || status == EDU_E_LIMIT;
}

static edu_status add_refused(ei_bulk *work, size_t index, const char *key, const char *message,
                              edu_error *error)
{
    json_t *refused =
        json_pack("{s:I, s:s, s:s}", "index", (json_int_t)index, "key", key, "message", message);
    work->result.refused[index / 8] |= (uint8_t)(1 << index % 8);
    return refused && json_array_append_new(work->out->refused, refused) == 0 ? EDU_OK
                                                                              : ei_no_memory(error);
}

/* One item within a savepoint; a preview undoes it. */
static edu_status do_within(ei_bulk *work, size_t index, ei_command *command, edu_tx *tx,
                            json_t *outcome, edu_error *error)
{
    edu_error why = EDU_ERROR_INIT;
    EI_TRY(ei_savepoint(tx, error));
    edu_status status = work->run(work, index, command, tx, outcome, &why);
    command->is_refusal = false;
    if (status != EDU_OK && !is_answer(status)) {
        if (error)
            *error = why;
        return status;
    }
    EI_TRY(status != EDU_OK || work->preview ? ei_rollback_to(tx, error) : ei_release(tx, error));
    if (status != EDU_OK)
        return add_refused(work, index, why.key, why.message, error);
    work->result.done++;
    return json_array_append(work->out->outcomes, outcome) == 0 ? EDU_OK : ei_no_memory(error);
}

static edu_status do_item(ei_bulk *work, size_t index, ei_command *command, edu_tx *tx,
                          edu_error *error)
{
    json_t *outcome = json_pack("{s:I}", "index", (json_int_t)index);
    edu_status status =
        outcome ? do_within(work, index, command, tx, outcome, error) : ei_no_memory(error);
    json_decref(outcome);
    return status;
}

static edu_status bulk_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    ei_bulk *work = command->context;
    memset(&work->result, 0, sizeof work->result);
    json_array_clear(work->out->outcomes);
    json_array_clear(work->out->refused);
    for (size_t i = 0; i < work->count; i++)
        EI_TRY(do_item(work, i, command, tx, error));
    memcpy(command->result, &work->result, sizeof work->result);
    command->result_size = sizeof work->result;
    command->is_refusal = work->preview; /* nothing that it was given counts */
    return EDU_OK;
}

/* A repeat knows which were refused, and not why any more. */
static edu_status read_repeated(ei_bulk *work, edu_error *error)
{
    for (size_t i = 0; i < work->count; i++)
        if (work->result.refused[i / 8] >> i % 8 & 1)
            EI_TRY(
                add_refused(work, i, "bulk.refused", "it was refused when this was done", error));
    return EDU_OK;
}

static edu_status run_all(ei_bulk *work, ei_command *command, edu_error *error)
{
    command->name = work->name;
    command->run = bulk_run;
    command->context = work;
    if (work->preview)
        command->key = NULL;
    ei_command_hash(command, work->items, sizeof work->items[0] * work->count);
    EI_TRY(ei_command_run(command, error));
    memcpy(&work->result, command->result, sizeof work->result);
    work->out->done = work->result.done;
    return command->was_repeated ? read_repeated(work, error) : EDU_OK;
}

edu_status ei_bulk_run(ei_bulk *work, ei_command *command, const json_t *items,
                       edu_bulk_report **out, edu_error *error)
{
    ei_arena *arena;
    if (!out)
        return ei_bad_argument(error, "out");
    EI_TRY(read_items(work, items, error));
    edu_bulk_report *report = work->out = ei_record_new(sizeof *report, &arena);
    if (!report)
        return ei_no_memory(error);
    edu_status status = ei_own_json(arena, json_array(), &report->outcomes, error);
    if (status == EDU_OK)
        status = ei_own_json(arena, json_array(), &report->refused, error);
    if (status == EDU_OK && work->prepare)
        status = work->prepare(work, error);
    if (status == EDU_OK)
        status = run_all(work, command, error);
    if (status == EDU_OK)
        *out = report;
    else
        edu_free(report);
    return status;
}

edu_status ei_bulk_note(json_t *outcome, const char *name, const char *text, edu_error *error)
{
    return text == NULL || json_object_set_new(outcome, name, json_string(text)) == 0
               ? EDU_OK
               : ei_no_memory(error);
}
