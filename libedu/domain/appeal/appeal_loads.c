/* Who gets what comes: the department, and there the executor, with the fewest open appeals. */
#include "domain/appeal/appeal_store.h"

#include <string.h>

#include "appeal_sql.h"

#define EXECUTORS_MAX 1000 /* of a department */

/* ---- counting ---- */

static edu_status count_departments(edu_tx *tx, ei_loads *out, edu_error *error)
{
    ei_rows rows;
    bool row;
    edu_status status;
    EI_TRY(sql_appeal_department_loads(tx, &rows, error));
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row &&
           (status = ei_loads_put(out, ei_column_text(&rows, 0), ei_column_int(&rows, 1), error)) ==
               EDU_OK)
        continue;
    ei_rows_close(&rows);
    return status;
}

static edu_status count_executors(edu_tx *tx, ei_loads *out, edu_error *error)
{
    ei_rows rows;
    bool row;
    edu_status status;
    char key[EDU_ID_TEXT];
    EI_TRY(sql_appeal_executor_loads(tx, &rows, error));
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row) {
        edu_id_format(ei_column_id(&rows, 0), key);
        status = ei_loads_put(out, key, ei_column_int(&rows, 1), error);
        if (status != EDU_OK)
            break;
    }
    ei_rows_close(&rows);
    return status;
}

typedef struct counting {
    edu_id actor, person, id;
    edu_time now;
    ei_loads fresh;
} counting;

/* For who sees the appeal: what is not theirs costs as much as what is not there. */
static edu_status count_all(edu_tx *tx, void *context, edu_error *error)
{
    counting *of = context;
    ei_appeal seen;
    of->fresh.count = 0;
    EI_TRY(ei_appeal_load(tx, &of->actor, &of->person, &of->id, of->now, &seen, error));
    EI_TRY(count_departments(tx, &of->fresh, error));
    return count_executors(tx, &of->fresh, error);
}

edu_status ei_appeal_loads_refresh(const ei_appeal_step *step, edu_error *error)
{
    counting of = {.actor = ei_session_actor(step->session),
                   .person = ei_person_or_self(step->session, step->person),
                   .id = step->id,
                   .now = ei_now(step->session)};
    return ei_loads_refresh(step->session, count_all, &of, &of.fresh, error);
}

/* ---- choosing ---- */

edu_status ei_appeal_department_choose(ei_command *command, const json_t *codes, const char **out,
                                       edu_error *error)
{
    size_t count = json_array_size(codes);
    const char **keys = ei_calloc(count > 0 ? count : 1, sizeof *keys);
    if (keys == NULL)
        return ei_no_memory(error);
    for (size_t i = 0; i < count; i++)
        keys[i] = json_string_value(json_array_get(codes, i));
    *out = keys[count > 1 ? ei_loads_take(command, keys, count) : 0];
    ei_free(keys);
    return EDU_OK;
}

typedef struct candidates {
    edu_id ids[EXECUTORS_MAX];
    char texts[EXECUTORS_MAX][EDU_ID_TEXT];
    const char *keys[EXECUTORS_MAX];
    size_t count;
} candidates;

static edu_status find_candidates(edu_tx *tx, const char *department, edu_time now, candidates *out,
                                  edu_error *error)
{
    ei_rows rows;
    bool row;
    edu_status status;
    EI_TRY(sql_appeal_executors(tx, department, now, EXECUTORS_MAX, &rows, error));
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row &&
           out->count < EXECUTORS_MAX) {
        size_t at = out->count++;
        out->ids[at] = ei_column_id(&rows, 0);
        edu_id_format(out->ids[at], out->texts[at]);
        out->keys[at] = out->texts[at];
    }
    ei_rows_close(&rows);
    return status;
}

edu_status ei_appeal_executor_choose(ei_command *command, edu_tx *tx, const char *department,
                                     edu_id *out, edu_error *error)
{
    candidates *found = ei_alloc(sizeof *found); /* large, and used as far as it is filled */
    if (found == NULL)
        return ei_no_memory(error);
    found->count = 0;
    edu_status status = find_candidates(tx, department, command->now, found, error);
    if (status == EDU_OK && found->count == 0)
        status = ei_fail(error, EDU_E_STATE, "appeal.nobody_there", "/executor_id",
                         "no executor of this department is there now; name one");
    if (status == EDU_OK)
        *out = found->ids[ei_loads_take(command, found->keys, found->count)];
    ei_free(found);
    return status;
}
