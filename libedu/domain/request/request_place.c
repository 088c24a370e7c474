/* Places of offerings: taken, given back, waited for. The database guards their number; who waits
 * is served in the order of the list. */
#include "domain/request/request_store.h"

#include <stdio.h>
#include <string.h>

#include "domain/offering/offering_store.h"
#include "offering_sql.h"
#include "request_sql.h"

#define PROMOTED_MAX 5000 /* by one command */

static edu_status full(edu_error *error)
{
    return ei_fail(error, EDU_E_STATE, "offering.full", NULL, "no place is free");
}

/* ---- weekly times ---- */

/* When an offering takes place: weekly, from a day until another. */
typedef struct taking_place {
    ei_weekly times[EI_TIMES_MAX];
    size_t count;
    int32_t begins, ends; /* days */
} taking_place;

static edu_status read_times(ei_rows *rows, taking_place *out, edu_error *error)
{
    edu_bytes text = ei_column_bytes(rows, 0);
    edu_date begins = ei_column_date(rows, 1), ends = ei_column_date(rows, 2);
    json_t *json;
    out->begins = begins.year ? ei_date_to_days(begins) : INT32_MIN;
    out->ends = ends.year ? ei_date_to_days(ends) : INT32_MAX;
    EI_TRY(ei_json_read(text.data, text.size, &json, error));
    edu_status status = ei_weekly_read(json, "/times", out->times, &out->count, error);
    json_decref(json);
    return status;
}

static edu_status own_times(edu_tx *tx, const edu_id *offering, taking_place *out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    out->count = 0;
    EI_TRY(sql_offering_times(tx, offering, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = read_times(&rows, out, error);
    ei_rows_close(&rows);
    return status;
}

static bool do_clash(const taking_place *a, const taking_place *b)
{
    return a->begins <= b->ends && b->begins <= a->ends &&
           ei_weekly_clash(a->times, a->count, b->times, b->count);
}

/* A place of another offering than the request is for: one that was chosen in its round. */
static bool is_elsewhere(const ei_request *request)
{
    return !ei_id_is_none(request->wanted) &&
           ei_id_compare(request->wanted, request->offering) != 0;
}

edu_status ei_place_clashes(edu_tx *tx, const edu_id *person, const edu_id *but,
                            const edu_id *offering, bool *clashes, edu_error *error)
{
    taking_place own, other;
    ei_rows rows;
    bool row;
    *clashes = false;
    EI_TRY(own_times(tx, offering, &own, error));
    if (own.count == 0)
        return EDU_OK;
    EI_TRY(sql_request_times(tx, person, but, offering, &rows, error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row && !*clashes &&
           (status = read_times(&rows, &other, error)) == EDU_OK)
        *clashes = do_clash(&own, &other);
    ei_rows_close(&rows);
    return status;
}

/* Nobody can be in two places at one time. */
static edu_status check_clash(edu_tx *tx, const ei_request *request, edu_error *error)
{
    const edu_id *wanted = is_elsewhere(request) ? &request->wanted : &request->offering;
    bool clashes;
    EI_TRY(ei_place_clashes(tx, &request->person, &request->id, wanted, &clashes, error));
    if (clashes)
        return ei_fail(error, EDU_E_STATE, "request.clash", NULL,
                       "at these times the person has a place elsewhere");
    return EDU_OK;
}

/* ---- one move ---- */

/* From now on it is an application for the offering whose place it holds. */
static edu_status move_to(edu_tx *tx, ei_request *request, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    if (request->is_waiting)
        EI_TRY(sql_offering_unqueue(tx, &request->offering, NULL, error));
    if (request->holds_place)
        EI_TRY(sql_offering_release(tx, &request->offering, NULL, error));
    request->offering = request->wanted;
    EI_TRY(sql_offering_home(tx, &request->offering, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        const char *institution = ei_column_text(&rows, 0), *region = ei_column_text(&rows, 1);
        (void)snprintf(request->institution, sizeof request->institution, "%s",
                       institution ? institution : "");
        if (region)
            (void)snprintf(request->region, sizeof request->region, "%s", region);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status take(edu_tx *tx, ei_request *request, bool *is_taken, edu_error *error)
{
    int64_t changed = 0;
    *is_taken = false;
    if (request->by == EI_PLACE_NONE)
        return EDU_OK;
    EI_TRY(check_clash(tx, request, error));
    if (is_elsewhere(request)) {
        EI_TRY(sql_offering_place_by_rank(tx, &request->wanted, &changed, error));
        if (changed > 0)
            EI_TRY(move_to(tx, request, error));
    } else if (request->is_waiting)
        EI_TRY(sql_offering_promote(tx, &request->offering, &changed, error));
    else if (request->by == EI_PLACE_BY_RANK)
        EI_TRY(sql_offering_place_by_rank(tx, &request->offering, &changed, error));
    else
        EI_TRY(sql_offering_take(tx, &request->offering, &changed, error));
    *is_taken = changed > 0;
    if (!*is_taken)
        return EDU_OK;
    request->holds_place = true;
    request->is_waiting = false;
    request->queue = 0;
    return EDU_OK;
}

static edu_status queue(edu_tx *tx, ei_request *request, edu_error *error)
{
    ei_rows rows;
    EI_TRY(ei_rows_integer(sql_offering_queue(tx, &request->offering, &rows, error), &rows, NULL,
                           &request->queue, error));
    request->is_waiting = true;
    return EDU_OK;
}

static edu_status leave(edu_tx *tx, ei_request *request, const ei_state_rules *to, edu_id *freed,
                        edu_error *error)
{
    if (request->holds_place && !to->holds_place) {
        EI_TRY(sql_offering_release(tx, &request->offering, NULL, error));
        request->holds_place = false;
        *freed = request->offering;
    }
    if (request->is_waiting && !to->waits_for_place) {
        EI_TRY(sql_offering_unqueue(tx, &request->offering, NULL, error));
        request->is_waiting = false;
        request->queue = 0;
    }
    return EDU_OK;
}

edu_status ei_request_move_place(edu_tx *tx, const ei_definition *definition, ei_request *request,
                                 const ei_action *action, bool *is_full, edu_id *freed,
                                 edu_error *error)
{
    const ei_state_rules *to = ei_definition_state(definition, action->to);
    bool moves_up = request->may_move && is_elsewhere(request);
    *is_full = false;
    *freed = (edu_id){{0}};
    if (to->holds_place && (!request->holds_place || moves_up)) {
        const edu_id left = moves_up ? request->offering : (edu_id){{0}};
        bool is_taken;
        EI_TRY(take(tx, request, &is_taken, error));
        if (is_taken) {
            *freed = left;
            return EDU_OK;
        }
        if (!action->full)
            return full(error);
        *is_full = true;
        to = ei_definition_state(definition, action->full);
    }
    EI_TRY(leave(tx, request, to, freed, error));
    return to->waits_for_place && !request->is_waiting ? queue(tx, request, error) : EDU_OK;
}

/* ---- those who wait ---- */

static edu_status first_waiting(edu_tx *tx, const edu_id *offering, bool of_round, int64_t *after,
                                edu_id *person, edu_id *id, bool *found, edu_error *error)
{
    ei_rows rows;
    *found = false;
    EI_TRY(of_round ? sql_request_first_reserve(tx, offering, *after, &rows, error)
                    : sql_request_first_waiting(tx, offering, *after, &rows, error));
    edu_status status = ei_rows_next(&rows, found, error);
    if (status == EDU_OK && *found) {
        *after = ei_column_int(&rows, 0);
        *person = ei_column_id(&rows, 1);
        *id = ei_column_id(&rows, 2);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status promote_one(ei_command *command, edu_tx *tx, const edu_id *offering,
                              const edu_id *person, const edu_id *id, bool *is_full, edu_id *freed,
                              edu_error *error)
{
    ei_request request;
    *freed = (edu_id){{0}};
    const ei_definition *definition;
    EI_TRY(ei_request_load(tx, &ei_operator_id, person, id, command->now, &request, error));
    EI_TRY(ei_definition_load(command->session, tx, request.service, request.head.service_version,
                              &definition, NULL, error));
    /* A round that is chosen in has no places of its own. */
    *is_full = ei_definition_request(definition)->choices > 0 &&
               ei_id_compare(request.offering, *offering) == 0;
    if (*is_full)
        return EDU_OK;
    ei_request_step step = {.session = command->session,
                            .person = *person,
                            .id = *id,
                            .action = ei_definition_promote(definition),
                            .is_systems = true,
                            .is_promotion = true,
                            .offering = *offering};
    EI_TRY(ei_request_step_run(&step, command, tx, error));
    *freed = step.freed;
    *is_full = step.verdict != EDU_OK && strcmp(step.refusal.key, "offering.full") == 0;
    return EDU_OK;
}

/* Offerings of which places are to be given: one that is left by who moves up comes behind. */
typedef struct promoting {
    edu_id *items;
    size_t count, room;
} promoting;

static edu_status add_freed(promoting *work, const edu_id *offering, edu_error *error)
{
    if (ei_id_is_none(*offering))
        return EDU_OK;
    edu_id *items = ei_with_room(work->items, work->count, &work->room, sizeof *items);
    if (!items)
        return ei_no_memory(error);
    work->items = items;
    items[work->count++] = *offering;
    return EDU_OK;
}

static edu_status promote_list(ei_command *command, edu_tx *tx, promoting *work, edu_id offering,
                               bool of_round, bool *is_full, edu_error *error)
{
    int64_t after = 0;
    bool found = true;
    for (int i = 0; i < PROMOTED_MAX && !*is_full; i++) {
        edu_id person, id, freed;
        EI_TRY(first_waiting(tx, &offering, of_round, &after, &person, &id, &found, error));
        if (!found)
            break;
        /* Who cannot be given this place, because of a clash, keeps theirs on the list. */
        EI_TRY(promote_one(command, tx, &offering, &person, &id, is_full, &freed, error));
        EI_TRY(add_freed(work, &freed, error));
    }
    return EDU_OK;
}

/* Ends: each who moves up gets what they want more. */
static edu_status promote_all(ei_command *command, edu_tx *tx, promoting *work, edu_error *error)
{
    for (size_t i = 0; i < work->count; i++) {
        bool is_full = false;
        EI_TRY(promote_list(command, tx, work, work->items[i], false, &is_full, error));
        EI_TRY(promote_list(command, tx, work, work->items[i], true, &is_full, error));
    }
    return EDU_OK;
}

static edu_status take_offering(void *context, ei_rows *rows, edu_error *error)
{
    const edu_id offering = ei_column_id(rows, 0);
    return add_freed(context, &offering, error);
}

static edu_status add_where_free(promoting *work, edu_tx *tx, const edu_id *person,
                                 edu_error *error)
{
    ei_rows rows;
    return ei_rows_each(sql_request_waits_where_free(tx, person, &rows, error), &rows,
                        take_offering, work, error);
}

edu_status ei_request_promote(ei_command *command, edu_tx *tx, const edu_id *offering,
                              const edu_id *left_by, edu_error *error)
{
    promoting work = {0};
    edu_status status = add_freed(&work, offering, error);
    if (status == EDU_OK && left_by)
        status = add_where_free(&work, tx, left_by, error);
    if (status == EDU_OK)
        status = promote_all(command, tx, &work, error);
    ei_free(work.items);
    return status;
}

edu_status ei_request_take_free(ei_command *command, edu_tx *tx, const ei_request *made,
                                edu_error *error)
{
    promoting work = {0};
    if (!made->is_waiting)
        return EDU_OK;
    edu_status status = add_where_free(&work, tx, &made->person, error);
    if (status == EDU_OK)
        status = promote_all(command, tx, &work, error);
    ei_free(work.items);
    return status;
}
