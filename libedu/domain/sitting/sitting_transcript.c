/* An allocation as clerks see it, and as files that anyone can check. */
#include "domain/sitting/sitting_allocation.h"

#include <stdlib.h>
#include <string.h>
#include "domain/sitting/sitting_files.h"
#include "sitting_sql.h"

/* ---- the newest allocation ---- */

typedef struct allocation_read {
    edu_session *session;
    edu_id id; /* of the sitting, or of the allocation */
    edu_allocation *record;
} allocation_read;

static edu_status text_take(ei_arena *arena, const char *text, const char **out, edu_error *error)
{
    *out = text != NULL ? ei_arena_strdup(arena, text) : NULL;
    return text == NULL || *out != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status hex_take(ei_arena *arena, edu_bytes bytes, const char **out, edu_error *error)
{
    char text[2 * EI_SEED_BYTES + 1];
    *out = NULL;
    if (bytes.data == NULL)
        return EDU_OK;
    if (bytes.size > EI_SEED_BYTES)
        return ei_fail(error, EDU_E_CORRUPT, "sitting.hash", "", "a stored hash is too long");
    ei_hex_format(bytes.data, bytes.size, text);
    return text_take(arena, text, out, error);
}

static edu_status allocation_texts(ei_rows *rows, ei_arena *arena, edu_allocation *out,
                                   edu_error *error)
{
    EI_TRY(text_take(arena, ei_column_text(rows, 2), &out->state, error));
    EI_TRY(text_take(arena, ei_column_text(rows, 3), &out->stage, error));
    EI_TRY(hex_take(arena, ei_column_bytes(rows, 5), &out->seed, error));
    EI_TRY(hex_take(arena, ei_column_bytes(rows, 6), &out->input_hash, error));
    return text_take(arena, ei_column_text(rows, 13), &out->failure, error);
}

static edu_status allocation_fill(ei_rows *rows, ei_arena *arena, edu_allocation *out,
                                  edu_error *error)
{
    EI_TRY(allocation_texts(rows, arena, out, error));
    out->id = ei_column_id(rows, 0);
    out->sitting_id = ei_column_id(rows, 1);
    out->permille = (int32_t)ei_column_int(rows, 4);
    out->pupils = ei_column_int(rows, 7);
    out->seats = ei_column_int(rows, 8);
    out->cost_m = ei_column_int(rows, 9);
    out->mean_m = out->pupils > 0 ? out->cost_m / out->pupils : 0;
    out->farthest_m = ei_column_int(rows, 10);
    out->neighbours = ei_column_int(rows, 11);
    out->neighbours_bound = ei_column_int(rows, 12);
    out->by = ei_column_id(rows, 14);
    out->confirmed_by = ei_column_id(rows, 15);
    out->started = ei_column_time(rows, 16);
    out->changed = ei_column_time(rows, 17);
    return EDU_OK;
}

static bool may_confirm(edu_session *session, edu_tx *tx, const edu_allocation *allocation)
{
    if (ei_require_clerk(session, tx, NULL) != EDU_OK)
        return false;
    if (strcmp(allocation->state, "confirming") == 0)
        return true;
    return strcmp(allocation->state, "proposed") == 0 &&
           ei_id_compare(allocation->by, ei_session_actor(session)) != 0;
}

static edu_status allocation_run(edu_tx *tx, void *context, edu_error *error)
{
    allocation_read *read = context;
    ei_rows rows;
    bool row;
    EI_TRY(ei_sitting_require_any_clerk(read->session, tx, error));
    EI_TRY(sql_sitting_allocation_newest(tx, &read->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = allocation_fill(&rows, ei_record_arena(read->record), read->record, error);
    ei_rows_close(&rows);
    EI_TRY(status);
    if (!row)
        return ei_sitting_not_found(error, "allocation");
    read->record->may_confirm = may_confirm(read->session, tx, read->record);
    return EDU_OK;
}

edu_status edu_sitting_allocation(edu_session *session, edu_id sitting_id, edu_allocation **out,
                                  edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    allocation_read read = {session, sitting_id, NULL};
    EI_TRY(ei_read_record(session, sizeof **out, allocation_run, &read, &read.record, error));
    *out = read.record;
    return EDU_OK;
}

/* ---- loads ---- */

static edu_status loads_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const edu_id *allocation_id = list->filter;
    ei_allocation_facts facts;
    EI_TRY(ei_sitting_require_any_clerk(list->session, tx, error));
    EI_TRY(ei_allocation_facts_read(tx, allocation_id, &facts, error));
    return sql_sitting_loads(tx, allocation_id, list->key.text[0], list->ask, rows, error);
}

edu_status edu_sitting_loads(edu_session *session, edu_id allocation_id, const char *cursor,
                             int32_t limit, edu_centre_load_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_list list = {.session = session,
                    .filter = &allocation_id,
                    .open = loads_open,
                    .plan = {.shape = "t", .record = "edu_centre_load", .limit = limit}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- the files ---- */

/* The published problem and its answer, as they were stored. */
typedef struct published {
    ei_arena *arena;
    edu_allocation_site *places, *centres;
    edu_allocation_flow *flows;
    int64_t *rents;
    size_t place_count, centre_count, flow_count;
    size_t place_space, centre_space, flow_space, rent_space;
    uint8_t seed[EI_SEED_BYTES];
    size_t seed_size;
    int64_t pupils, cost_m;
} published;

static void published_finish(published *p)
{
    ei_arena_free(p->arena);
    ei_free(p->places);
    ei_free(p->centres);
    ei_free(p->flows);
    ei_free(p->rents);
    *p = (published){0};
}

static edu_status site_take(published *p, ei_rows *rows, edu_allocation_site *out, edu_error *error)
{
    *out = (edu_allocation_site){.id = ei_arena_strdup(p->arena, ei_column_text(rows, 0)),
                                 .x_m = ei_column_int(rows, 1),
                                 .y_m = ei_column_int(rows, 2),
                                 .count = ei_column_int(rows, 3),
                                 .zone = ei_arena_strdup(p->arena, ei_column_text(rows, 4))};
    return out->id != NULL && out->zone != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status place_take(published *p, ei_rows *rows, edu_error *error)
{
    edu_allocation_site *places =
        ei_with_room(p->places, p->place_count, &p->place_space, sizeof *places);
    if (places == NULL)
        return ei_no_memory(error);
    p->places = places;
    p->pupils += ei_column_int(rows, 3);
    return site_take(p, rows, &places[p->place_count++], error);
}

static edu_status centre_take(published *p, ei_rows *rows, edu_error *error)
{
    edu_allocation_site *centres =
        ei_with_room(p->centres, p->centre_count, &p->centre_space, sizeof *centres);
    if (centres == NULL)
        return ei_no_memory(error);
    p->centres = centres;
    int64_t *rents = ei_with_room(p->rents, p->centre_count, &p->rent_space, sizeof *rents);
    if (rents == NULL)
        return ei_no_memory(error);
    p->rents = rents;
    rents[p->centre_count] = ei_column_int(rows, 5);
    return site_take(p, rows, &centres[p->centre_count++], error);
}

static int site_find_order(const void *id, const void *site)
{
    return strcmp(id, ((const edu_allocation_site *)site)->id);
}

static edu_status flow_take(published *p, ei_rows *rows, edu_error *error)
{
    edu_allocation_flow *flows =
        ei_with_room(p->flows, p->flow_count, &p->flow_space, sizeof *flows);
    if (flows == NULL)
        return ei_no_memory(error);
    p->flows = flows;
    const edu_allocation_site *place =
        bsearch(ei_column_text(rows, 0), p->places, p->place_count, sizeof *place, site_find_order);
    const edu_allocation_site *centre = bsearch(ei_column_text(rows, 1), p->centres,
                                                p->centre_count, sizeof *centre, site_find_order);
    if (place == NULL || centre == NULL)
        return ei_fail(error, EDU_E_CORRUPT, "sitting.transcript", NULL,
                       "a stored flow names a place or centre that is not of its problem");
    flows[p->flow_count++] = (edu_allocation_flow){
        (size_t)(place - p->places), (size_t)(centre - p->centres), ei_column_int(rows, 2)};
    return EDU_OK;
}

typedef edu_status (*published_take)(published *p, ei_rows *rows, edu_error *error);

static edu_status take_all(published *p, ei_rows *rows, published_take take, edu_error *error)
{
    edu_status status;
    bool row = true;
    while ((status = ei_rows_next(rows, &row, error)) == EDU_OK && row) {
        status = take(p, rows, error);
        if (status != EDU_OK)
            break;
    }
    ei_rows_close(rows);
    return status;
}

static edu_status facts_take(published *p, edu_tx *tx, const edu_id *id, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_sitting_transcript_facts(tx, id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        edu_bytes seed = ei_column_bytes(&rows, 1);
        p->cost_m = ei_column_int(&rows, 0);
        p->seed_size = seed.size <= EI_SEED_BYTES ? seed.size : 0;
        memcpy(p->seed, seed.data, p->seed_size);
    }
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_sitting_not_found(error, "allocation");
    return status;
}

typedef struct transcript_read {
    edu_session *session;
    edu_id allocation_id;
    published p;
} transcript_read;

static edu_status transcript_run(edu_tx *tx, void *context, edu_error *error)
{
    transcript_read *read = context;
    published *p = &read->p;
    const edu_id *id = &read->allocation_id;
    ei_rows rows;
    published_finish(p);
    p->arena = ei_arena_new();
    if (p->arena == NULL)
        return ei_no_memory(error);
    EI_TRY(ei_sitting_require_any_clerk(read->session, tx, error));
    EI_TRY(facts_take(p, tx, id, error));
    EI_TRY(sql_sitting_transcript_places(tx, id, &rows, error));
    EI_TRY(take_all(p, &rows, place_take, error));
    EI_TRY(sql_sitting_transcript_centres(tx, id, &rows, error));
    EI_TRY(take_all(p, &rows, centre_take, error));
    EI_TRY(sql_sitting_transcript_flows(tx, id, &rows, error));
    return take_all(p, &rows, flow_take, error);
}

/* Takes a text that the library's public functions made. */
static edu_status text_write(edu_status status, char *text, ei_buffer *out)
{
    if (status == EDU_OK)
        ei_buffer_text(out, text);
    edu_free(text);
    return status;
}

static const char *const files[] = {"places.csv", "centres.csv", "flows.csv", "transcript.json"};
enum { FILE_PLACES, FILE_CENTRES, FILE_FLOWS, FILE_TRANSCRIPT };

static edu_status json_write(const edu_allocation_problem *problem,
                             const edu_allocation_result *result, char **out, edu_error *error)
{
    ei_buffer places = {0}, centres = {0};
    ei_places_write(&places, problem->places, problem->place_count);
    ei_centres_write(&centres, problem->centres, problem->centre_count);
    edu_status status =
        places.failed || centres.failed
            ? ei_no_memory(error)
            : edu_allocation_transcript(problem, result, (edu_bytes){places.data, places.size},
                                        (edu_bytes){centres.data, centres.size}, out, error);
    ei_buffer_free(&places);
    ei_buffer_free(&centres);
    return status;
}

static edu_status answer_write(const published *p, size_t file, ei_buffer *out, edu_error *error)
{
    edu_allocation_problem problem = {p->place_count, p->centre_count, p->places,
                                      p->centres,     p->seed,         p->seed_size};
    edu_allocation_result result = {p->pupils, p->cost_m, p->flow_count, p->flows, p->rents};
    char *text = NULL;
    edu_status status = file == FILE_FLOWS
                            ? edu_allocation_flows_csv(&problem, &result, &text, error)
                            : json_write(&problem, &result, &text, error);
    return text_write(status, text, out);
}

static edu_status file_write(const published *p, size_t file, ei_buffer *out, edu_error *error)
{
    if (file == FILE_PLACES)
        ei_places_write(out, p->places, p->place_count);
    else if (file == FILE_CENTRES)
        ei_centres_write(out, p->centres, p->centre_count);
    else
        EI_TRY(answer_write(p, file, out, error));
    return out->failed ? ei_no_memory(error) : EDU_OK;
}

edu_status edu_sitting_transcript(edu_session *session, edu_id allocation_id, const char *file,
                                  edu_document **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (file == NULL || out == NULL)
        return ei_bad_argument(error, file == NULL ? "file" : "out");
    size_t index = 0;
    while (index < EI_COUNT(files) && strcmp(files[index], file) != 0)
        index++;
    if (index == EI_COUNT(files))
        return ei_fail(error, EDU_E_INVALID, "sitting.transcript", "/file",
                       "a transcript has places.csv, centres.csv, flows.csv and transcript.json");
    transcript_read read = {.session = session, .allocation_id = allocation_id};
    ei_buffer content = {0};
    edu_status status = ei_read(session, transcript_run, &read, error);
    if (status == EDU_OK)
        status = file_write(&read.p, index, &content, error);
    if (status == EDU_OK)
        status = ei_document(
            file, index == FILE_TRANSCRIPT ? "application/json" : "text/csv; charset=utf-8",
            &content, out, error);
    ei_buffer_free(&content);
    published_finish(&read.p);
    return status;
}
