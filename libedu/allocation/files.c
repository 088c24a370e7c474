/* The bare files of an allocation: what goes in and what comes out, byte for byte. */
#include <edu/allocation.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sodium.h>
#include "allocation/files.h"
#include "allocation/problem.h"

/* ---- reading ---- */

typedef struct site_file {
    const char *name;    /* "places" or "centres" */
    const char *counted; /* its column of numbers */
    ei_arena *arena;
    edu_allocation_site *sites;
    size_t count, room, most;
} site_file;

/* Says which file an error is about, where that is not said yet, and what a header should be. */
static edu_status fail_in(const site_file *file, edu_status status, edu_error *error)
{
    if (status == EDU_OK || !error)
        return status;
    if (error->field[0] != '/')
        snprintf(error->field, sizeof error->field, "/%s", file->name);
    size_t length = strlen(error->message);
    if (strstr(error->key, "_column"))
        snprintf(error->message + length, sizeof error->message - length,
                 "; the columns are id, x_m, y_m, %s and, if wanted, zone", file->counted);
    return status;
}

static edu_status read_number(const site_file *file, const char *text, const char *column,
                              int64_t line, int64_t *out, edu_error *error)
{
    if (ei_int_parse(text, INT64_MIN, INT64_MAX, out))
        return EDU_OK;
    char field[64];
    snprintf(field, sizeof field, "/%s/%s", file->name, column);
    return ei_fail_line(error, EDU_E_INVALID, "allocation.number", line, field,
                        "%s is not a whole number", column);
}

static edu_status make_room(site_file *file, int64_t line, edu_error *error)
{
    if (file->count == file->most)
        return ei_fail_line(error, EDU_E_LIMIT, "allocation.too_many", line, NULL,
                            "there are more than %zu %s", file->most, file->name);
    if (file->count < file->room)
        return EDU_OK;
    size_t room = file->room ? file->room * 2 : 1024;
    edu_allocation_site *grown = ei_realloc_array(file->sites, room, sizeof *grown);
    if (!grown)
        return ei_no_memory(error);
    file->sites = grown;
    file->room = room;
    return EDU_OK;
}

static edu_status add_site(site_file *file, const char *const *fields, int64_t line,
                           edu_error *error)
{
    EI_TRY(make_room(file, line, error));
    edu_allocation_site *site = &file->sites[file->count++];
    *site = (edu_allocation_site){.id = ei_arena_strdup(file->arena, fields[0]),
                                  .zone = ei_arena_strdup(file->arena, fields[4]),
                                  .line = line};
    if (!site->id || !site->zone)
        return ei_no_memory(error);
    EI_TRY(read_number(file, fields[1], "x_m", line, &site->x_m, error));
    EI_TRY(read_number(file, fields[2], "y_m", line, &site->y_m, error));
    return read_number(file, fields[3], file->counted, line, &site->count, error);
}

static edu_status read_rows(site_file *file, ei_csv *csv, edu_error *error)
{
    const char *const *fields;
    bool more;
    for (;;) {
        EI_TRY(ei_csv_next(csv, &fields, &more, error));
        if (!more)
            return EDU_OK;
        EI_TRY(add_site(file, fields, ei_csv_line(csv), error));
    }
}

static edu_status read_sites(site_file *file, edu_bytes bytes, edu_error *error)
{
    const char *const columns[] = {"id", "x_m", "y_m", file->counted, "zone?", NULL};
    ei_csv *csv;
    EI_TRY(ei_csv_open(bytes, columns, &csv, error));
    edu_status status = read_rows(file, csv, error);
    ei_csv_close(csv);
    if (status == EDU_OK)
        status = ei_sites_check(file->sites, file->count, file->name, error);
    return status;
}

static edu_status read_file(site_file *file, edu_bytes bytes, const edu_allocation_site **sites,
                            size_t *count, edu_error *error)
{
    edu_status status = fail_in(file, read_sites(file, bytes, error), error);
    edu_allocation_site *kept = NULL;
    if (status == EDU_OK) {
        kept = ei_arena_alloc(file->arena, file->count * sizeof *kept);
        status = kept ? EDU_OK : ei_no_memory(error);
    }
    if (status == EDU_OK && file->count > 0)
        memcpy(kept, file->sites, file->count * sizeof *kept);
    ei_free(file->sites);
    *sites = kept;
    *count = file->count;
    return status;
}

edu_status edu_allocation_read(edu_bytes places, edu_bytes centres, edu_allocation_problem **out,
                               edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    if (!places.data && places.size > 0)
        return ei_bad_argument(error, "places");
    if (!centres.data && centres.size > 0)
        return ei_bad_argument(error, "centres");
    ei_arena *arena;
    edu_allocation_problem *problem = ei_record_new(sizeof *problem, &arena);
    if (!problem)
        return ei_no_memory(error);
    site_file place_file = {
        .name = "places", .counted = "pupils", .arena = arena, .most = EDU_ALLOCATION_PLACES_MAX};
    site_file centre_file = {.name = "centres",
                             .counted = "capacity",
                             .arena = arena,
                             .most = EDU_ALLOCATION_CENTRES_MAX};
    edu_status status =
        read_file(&place_file, places, &problem->places, &problem->place_count, error);
    if (status == EDU_OK)
        status = read_file(&centre_file, centres, &problem->centres, &problem->centre_count, error);
    if (status != EDU_OK)
        edu_free(problem);
    else
        *out = problem;
    return status;
}

/* ---- writing ---- */

static edu_status give_text(ei_buffer *text, char **out, edu_error *error)
{
    char *made = text->failed ? NULL : ei_record_new(text->size + 1, NULL);
    if (made && text->size > 0)
        memcpy(made, text->data, text->size);
    ei_buffer_free(text);
    if (!made)
        return ei_no_memory(error);
    *out = made;
    return EDU_OK;
}

void ei_write_id(ei_buffer *to, const char *id)
{
    if (!strpbrk(id, ",\"\r\n")) {
        ei_buffer_text(to, id);
        return;
    }
    ei_buffer_text(to, "\"");
    for (; *id; id++)
        ei_buffer_add(to, *id == '"' ? "\"\"" : id, *id == '"' ? 2 : 1);
    ei_buffer_text(to, "\"");
}

static edu_status check_written(const edu_allocation_problem *problem,
                                const edu_allocation_result *result, char *const *out,
                                edu_error *error)
{
    if (!problem)
        return ei_bad_argument(error, "problem");
    if (!result)
        return ei_bad_argument(error, "result");
    return out ? EDU_OK : ei_bad_argument(error, "out");
}

edu_status edu_allocation_flows_csv(const edu_allocation_problem *problem,
                                    const edu_allocation_result *result, char **out,
                                    edu_error *error)
{
    EI_TRY(check_written(problem, result, out, error));
    ei_buffer text = {0};
    ei_buffer_text(&text, "place,centre,pupils\n");
    for (size_t i = 0; i < result->flow_count; i++) {
        const edu_allocation_flow *flow = &result->flows[i];
        ei_write_id(&text, problem->places[flow->place].id);
        ei_buffer_text(&text, ",");
        ei_write_id(&text, problem->centres[flow->centre].id);
        ei_buffer_printf(&text, ",%" PRId64 "\n", flow->pupils);
    }
    return give_text(&text, out, error);
}

static void hash_input(edu_bytes places, edu_bytes centres, char hex[65])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, places.data, places.size);
    crypto_hash_sha256_update(&state, centres.data, centres.size);
    crypto_hash_sha256_final(&state, hash);
    ei_hex_format(hash, sizeof hash, hex);
}

/* The functions for JSON objects that may have failed give NULL, which json_pack refuses. */
static json_t *rents_json(const edu_allocation_problem *problem,
                          const edu_allocation_result *result)
{
    json_t *rents = json_object();
    for (size_t k = 0; rents && k < problem->centre_count; k++)
        if (json_object_set_new(rents, problem->centres[k].id, json_integer(result->rents[k])) !=
            0) {
            json_decref(rents);
            return NULL;
        }
    return rents;
}

static json_t *zones_json(const ei_zones *zones)
{
    json_t *object = json_object();
    for (size_t i = 0; object && i < zones->count; i++) {
        const ei_zone *zone = &zones->items[i];
        json_t *figures =
            json_pack("{s:I, s:I, s:I}", "capacity", (json_int_t)zone->seats, "centres",
                      (json_int_t)zone->centre_count, "pupils", (json_int_t)zone->pupils);
        if (json_object_set_new(object, zone->name, figures) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static char *dump_transcript(const edu_allocation_problem *problem,
                             const edu_allocation_result *result, const ei_zones *zones,
                             const char *input)
{
    char seed[2 * EDU_ALLOCATION_SEED_MAX + 1];
    int64_t capacity = 0;
    ei_hex_format(problem->seed, problem->seed_size, seed);
    for (size_t i = 0; i < zones->count; i++)
        capacity += zones->items[i].seats;
    json_t *transcript = json_pack(
        "{s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:o, s:o}", "version", 1, "objective",
        "least sum of pupils * floor(sqrt(dx^2 + dy^2)), then least sum of pupils * draw", "cost_m",
        (json_int_t)result->cost_m, "pupils", (json_int_t)result->pupils, "capacity",
        (json_int_t)capacity, "places", (json_int_t)problem->place_count, "centres",
        (json_int_t)problem->centre_count, "seed", seed, "input_sha256", input, "rents",
        rents_json(problem, result), "zones", zones_json(zones));
    char *dump = ei_json_dumps(transcript, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(transcript);
    return dump;
}

edu_status edu_allocation_transcript(const edu_allocation_problem *problem,
                                     const edu_allocation_result *result, edu_bytes places,
                                     edu_bytes centres, char **out, edu_error *error)
{
    EI_TRY(check_written(problem, result, out, error));
    EI_TRY(ei_problem_check(problem, error));
    if (!problem->seed || problem->seed_size > EDU_ALLOCATION_SEED_MAX)
        return ei_bad_argument(error, "seed");
    if ((!places.data && places.size > 0) || (!centres.data && centres.size > 0))
        return ei_bad_argument(error, places.data ? "centres" : "places");
    ei_zones zones;
    char input[2 * crypto_hash_sha256_BYTES + 1];
    edu_status status = ei_zones_make(problem, &zones, error);
    hash_input(places, centres, input);
    char *dump = status == EDU_OK ? dump_transcript(problem, result, &zones, input) : NULL;
    ei_zones_finish(&zones);
    if (!dump)
        return ei_no_memory(error);
    ei_buffer text = {0};
    ei_buffer_text(&text, dump);
    ei_buffer_text(&text, "\n");
    ei_free(dump);
    return give_text(&text, out, error);
}
