/* Why a sitting's list does not fit: the problem of its allocation without distances, explained. */
#include "domain/sitting/sitting_problem.h"

#include <string.h>
#include "sitting_sql.h"

#define SHAPE "t" /* a zone or a place, as the problem names them */

/* Sites of a problem, as they are read. */
typedef struct sites {
    edu_allocation_site *items;
    const char **names; /* of places */
    size_t count, space, name_space;
} sites;

typedef struct shortage_work {
    edu_session *session;
    edu_id sitting_id;
    const char *zone; /* of whose places; NULL: zones */
    bool is_step_free;
    ei_page_key key;
    const char *last; /* key of the item before; NULL: none */
    size_t limit, item_size;
    ei_arena *arena; /* of this run */
    sites places, centres;
    edu_page *page;
} shortage_work;

static void sites_finish(sites *of)
{
    ei_free(of->items);
    ei_free(of->names);
    *of = (sites){0};
}

static void work_finish(shortage_work *work)
{
    ei_page_key_finish(&work->key);
    sites_finish(&work->places);
    sites_finish(&work->centres);
    ei_arena_free(work->arena);
}

/* ---- the problem ---- */

static edu_status site_add(shortage_work *work, sites *to, const char *code, const char *zone,
                           int64_t count, bool is_step_free, const char *name, edu_error *error)
{
    if (count == 0)
        return EDU_OK;
    const char *suffix = is_step_free ? EI_STEP_FREE_SUFFIX : "";
    edu_allocation_site *items = ei_with_room(to->items, to->count, &to->space, sizeof *items);
    if (items == NULL)
        return ei_no_memory(error);
    to->items = items;
    const char **names = ei_with_room(to->names, to->count, &to->name_space, sizeof *names);
    if (names == NULL)
        return ei_no_memory(error);
    to->names = names;
    names[to->count] = name;
    edu_allocation_site *site = &items[to->count++];
    *site = (edu_allocation_site){.id = ei_arena_printf(work->arena, "%s%s", code, suffix),
                                  .zone = ei_arena_printf(work->arena, "%s%s", zone, suffix),
                                  .count = count};
    return site->id != NULL && site->zone != NULL ? EDU_OK : ei_no_memory(error);
}

/* Everybody of a place is to get a seat, and some of them a step-free one. */
static edu_status take_place(void *context, ei_rows *rows, edu_error *error)
{
    shortage_work *work = context;
    const char *code = ei_column_text(rows, 0), *zone = ei_column_text(rows, 3), *name = NULL;
    if (ei_column_is_null(rows, 1))
        EI_TRY(ei_sitting_localise(work->arena, work->session, ei_column_text(rows, 2), &name,
                                   error));
    else
        EI_TRY(ei_copy_column(work->arena, rows, 1, &name, error));
    EI_TRY(
        site_add(work, &work->places, code, zone, ei_column_int(rows, 4), false, name, error));
    return site_add(work, &work->places, code, zone, ei_column_int(rows, 5), true, name, error);
}

static edu_status take_centre(void *context, ei_rows *rows, edu_error *error)
{
    shortage_work *work = context;
    const char *code = ei_column_text(rows, 0), *zone = ei_column_text(rows, 1);
    EI_TRY(
        site_add(work, &work->centres, code, zone, ei_column_int(rows, 2), false, NULL, error));
    return site_add(work, &work->centres, code, zone, ei_column_int(rows, 3), true, NULL, error);
}

static edu_status read_problem(edu_tx *tx, void *context, edu_error *error)
{
    shortage_work *work = context;
    ei_rows rows;
    sites_finish(&work->places);
    sites_finish(&work->centres);
    ei_arena_free(work->arena);
    work->arena = ei_arena_new();
    if (work->arena == NULL)
        return ei_no_memory(error);
    EI_TRY(ei_sitting_require_any_clerk(work->session, tx, error));
    EI_TRY(ei_sitting_require(work->session, tx, work->sitting_id, error));
    EI_TRY(ei_rows_each(sql_sitting_shortage_places(tx, &work->sitting_id, &rows, error), &rows,
                        take_place, work, error));
    return ei_rows_each(sql_sitting_shortage_centres(tx, &work->sitting_id, &rows, error), &rows,
                        take_centre, work, error);
}

/* ---- pages of what was found ---- */

/* The next item where `key` belongs on the page, else NULL; behind a full page a cursor is left. */
static edu_status item_for(shortage_work *work, const char *key, void **out, edu_error *error)
{
    edu_page *page = work->page;
    *out = NULL;
    if (page->next != NULL || (work->last != NULL && strcmp(key, work->last) <= 0))
        return EDU_OK;
    if (page->count < work->limit) {
        *out = (char *)(uintptr_t)page->items + page->count++ * work->item_size;
        work->last = key;
        return EDU_OK;
    }
    json_t *last = json_pack("[s]", work->last);
    if (last != NULL)
        page->next = ei_page_cursor(work->session, SHAPE, ei_record_arena(page), last);
    json_decref(last);
    return page->next != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status copy_without_suffix(ei_arena *arena, const char *name, bool is_step_free,
                                      const char **out, edu_error *error)
{
    size_t length = strlen(name) - (is_step_free ? strlen(EI_STEP_FREE_SUFFIX) : 0);
    *out = ei_arena_printf(arena, "%.*s", (int)length, name);
    return *out != NULL ? EDU_OK : ei_no_memory(error);
}

static bool is_of_step_free(const edu_allocation_shortage *zone)
{
    size_t length = strlen(zone->zone), suffix = strlen(EI_STEP_FREE_SUFFIX);
    return length >= suffix && strcmp(zone->zone + length - suffix, EI_STEP_FREE_SUFFIX) == 0;
}

static edu_status add_zone(shortage_work *work, const edu_allocation_shortage *zone,
                           edu_error *error)
{
    void *made;
    EI_TRY(item_for(work, zone->zone, &made, error));
    edu_shortage *item = made;
    if (item == NULL)
        return EDU_OK;
    *item = (edu_shortage){.is_step_free = is_of_step_free(zone),
                           .pupils = zone->pupils,
                           .seats = zone->seats,
                           .centres = (int64_t)zone->centre_count,
                           .places = (int64_t)zone->place_count,
                           .reasons = (int64_t)zone->conflict_count};
    return copy_without_suffix(ei_record_arena(work->page), zone->zone, item->is_step_free,
                               &item->zone, error);
}

static bool is_reason(const edu_allocation_shortage *zone, size_t place)
{
    for (size_t i = 0; i < zone->conflict_count; i++)
        if (zone->conflict[i] == place)
            return true;
    return false;
}

static edu_status add_place(shortage_work *work, const edu_allocation_shortage *zone, size_t index,
                            edu_error *error)
{
    const edu_allocation_site *place = &work->places.items[zone->places[index]];
    ei_arena *arena = ei_record_arena(work->page);
    void *made;
    EI_TRY(item_for(work, place->id, &made, error));
    edu_left_over *item = made;
    if (item == NULL)
        return EDU_OK;
    *item = (edu_left_over){.name = ei_arena_strdup(arena, work->places.names[zone->places[index]]),
                            .pupils = place->count,
                            .left_over = zone->left_over[index],
                            .is_reason = is_reason(zone, zone->places[index])};
    EI_TRY(copy_without_suffix(arena, place->id, work->is_step_free, &item->place, error));
    return item->name != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status add_places(shortage_work *work, const edu_allocation_shortage *zone,
                             edu_error *error)
{
    const char *wanted = ei_arena_printf(work->arena, "%s%s", work->zone,
                                         work->is_step_free ? EI_STEP_FREE_SUFFIX : "");
    if (wanted == NULL)
        return ei_no_memory(error);
    for (size_t i = 0; strcmp(zone->zone, wanted) == 0 && i < zone->place_count; i++)
        EI_TRY(add_place(work, zone, i, error));
    return EDU_OK;
}

static edu_status fill_page(shortage_work *work, const edu_allocation_shortages *found,
                            edu_error *error)
{
    work->page->items = ei_arena_alloc(ei_record_arena(work->page), work->limit * work->item_size);
    if (work->page->items == NULL)
        return ei_no_memory(error);
    for (size_t i = 0; i < found->count; i++)
        EI_TRY(work->zone != NULL ? add_places(work, &found->items[i], error)
                                  : add_zone(work, &found->items[i], error));
    return EDU_OK;
}

static edu_status explain(shortage_work *work, edu_error *error)
{
    edu_allocation_shortages *found = NULL;
    const edu_allocation_problem problem = {.place_count = work->places.count,
                                            .centre_count = work->centres.count,
                                            .places = work->places.items,
                                            .centres = work->centres.items};
    EI_TRY(edu_allocation_explain(&problem, &found, error));
    work->page = ei_record_new(sizeof *work->page, NULL);
    edu_status status = work->page != NULL ? fill_page(work, found, error) : ei_no_memory(error);
    edu_free(found);
    return status;
}

static edu_status find(shortage_work *work, const char *cursor, int32_t limit, edu_error *error)
{
    work->limit = (size_t)ei_page_limit(limit);
    edu_status status = ei_page_key_read(work->session, &work->key, SHAPE, cursor, error);
    /* The first zone is the main one, which has no name. */
    if (cursor != NULL)
        work->last = work->key.text[0];
    if (status == EDU_OK)
        status = ei_read(work->session, read_problem, work, error);
    if (status == EDU_OK)
        status = explain(work, error);
    if (status != EDU_OK)
        edu_free(work->page);
    work_finish(work);
    return status;
}

edu_status edu_sitting_shortages(edu_session *session, edu_id sitting_id, const char *cursor,
                                 int32_t limit, edu_shortage_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    *out = NULL;
    shortage_work work = {
        .session = session, .sitting_id = sitting_id, .item_size = sizeof(edu_shortage)};
    EI_TRY(find(&work, cursor, limit, error));
    *out = (edu_shortage_page *)work.page;
    return EDU_OK;
}

edu_status edu_sitting_left_over(edu_session *session, edu_id sitting_id, const char *zone,
                                 bool is_step_free, const char *cursor, int32_t limit,
                                 edu_left_over_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(zone, EDU_ALLOCATION_ID_MAX, true, "/zone", error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    *out = NULL;
    shortage_work work = {.session = session,
                          .sitting_id = sitting_id,
                          .zone = zone != NULL ? zone : "",
                          .is_step_free = is_step_free,
                          .item_size = sizeof(edu_left_over)};
    EI_TRY(find(&work, cursor, limit, error));
    *out = (edu_left_over_page *)work.page;
    return EDU_OK;
}
