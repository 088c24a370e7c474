/* The work of a run: the problem is read, solved, and everybody is seated.
 *
 * Pupils who need a step-free seat are places of their own, "<code>/sf" in the zone "<zone>/sf",
 * which only "<code>/sf" of a centre serves, with as many seats as are step-free. They are solved
 * first; what they take is gone from the centre itself in the problem that is published. There the
 * two parts share no zone, so that the one transcript proves both. */
#include "domain/sitting/sitting_run.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "allocation/lot.h"
#include "domain/sitting/sitting_files.h"
#include "domain/sitting/sitting_lines.h"
#include "domain/sitting/sitting_problem.h"
#include "sitting_sql.h"

/* Rows stored by one command. */
#define BATCH 1000

/* A place or centre of the published problem, and what it stands for. */
typedef struct site {
    const char *id, *zone;
    int64_t x_m, y_m, count;
    int64_t pupils; /* of a centre: who goes there */
    size_t index;   /* of the school or centre */
    bool is_step_free;
} site;

/* Pupils of a flow that are stored together. */
typedef struct roll {
    size_t flow, first, count; /* first: among all that are drawn */
    int64_t number;            /* within its place */
} roll;

typedef struct work {
    ei_run *run;
    ei_problem problem;
    ei_arena *arena;
    site *places, *centres; /* by id */
    size_t place_count, centre_count;
    edu_allocation_result *result;
    ei_problem_pupil **drawn; /* as the flows are, within a place by lot; in the end by person */
    roll *rolls;
    size_t roll_count;
} work;

static void work_finish(work *w)
{
    edu_free(w->result);
    ei_free(w->places);
    ei_free(w->centres);
    ei_free(w->drawn);
    ei_free(w->rolls);
    ei_arena_free(w->arena);
    ei_problem_finish(&w->problem);
}

/* ---- the published problem ---- */

static edu_status site_name(work *w, site *out, const char *code, const char *zone,
                            edu_error *error)
{
    const char *suffix = out->is_step_free ? EI_STEP_FREE_SUFFIX : "";
    out->id = ei_arena_printf(w->arena, "%s%s", code, suffix);
    out->zone = ei_arena_printf(w->arena, "%s%s", zone, suffix);
    return out->id != NULL && out->zone != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status place_add(work *w, size_t index, bool is_step_free, size_t pupils,
                            edu_error *error)
{
    const ei_problem_school *school = &w->problem.schools[index];
    if (pupils == 0)
        return EDU_OK;
    site *place = &w->places[w->place_count++];
    *place = (site){.x_m = school->x_m,
                    .y_m = school->y_m,
                    .count = (int64_t)pupils,
                    .index = index,
                    .is_step_free = is_step_free};
    return site_name(w, place, school->code, school->zone, error);
}

static edu_status centre_add(work *w, size_t index, bool is_step_free, int64_t seats,
                             edu_error *error)
{
    const ei_problem_centre *centre = &w->problem.centres[index];
    if (seats == 0)
        return EDU_OK;
    site *made = &w->centres[w->centre_count++];
    *made = (site){.x_m = centre->x_m,
                   .y_m = centre->y_m,
                   .count = seats,
                   .index = index,
                   .is_step_free = is_step_free};
    return site_name(w, made, centre->code, centre->zone, error);
}

static int site_order(const void *a, const void *b)
{
    return strcmp(((const site *)a)->id, ((const site *)b)->id);
}

static edu_status places_make(work *w, bool *any_step_free, edu_error *error)
{
    *any_step_free = false;
    for (size_t i = 0; i < w->problem.school_count; i++) {
        const ei_problem_school *school = &w->problem.schools[i];
        *any_step_free = *any_step_free || school->step_free > 0;
        EI_TRY(place_add(w, i, false, school->pupils - school->step_free, error));
        EI_TRY(place_add(w, i, true, school->step_free, error));
    }
    qsort(w->places, w->place_count, sizeof *w->places, site_order);
    return EDU_OK;
}

static edu_status sites_make(work *w, edu_error *error)
{
    bool any_step_free;
    w->arena = ei_arena_new();
    w->places = ei_calloc(2 * w->problem.school_count + 1, sizeof *w->places);
    w->centres = ei_calloc(2 * w->problem.centre_count + 1, sizeof *w->centres);
    if (w->arena == NULL || w->places == NULL || w->centres == NULL)
        return ei_no_memory(error);
    EI_TRY(places_make(w, &any_step_free, error));
    for (size_t i = 0; i < w->problem.centre_count; i++) {
        const ei_problem_centre *centre = &w->problem.centres[i];
        EI_TRY(centre_add(w, i, false, centre->desks, error));
        if (any_step_free)
            EI_TRY(centre_add(w, i, true, centre->step_free, error));
    }
    qsort(w->centres, w->centre_count, sizeof *w->centres, site_order);
    return EDU_OK;
}

/* The problem of all sites, or of the step-free ones alone; index gives each centre's among all. */
typedef struct part {
    edu_allocation_site *places, *centres;
    size_t *index;
    edu_allocation_problem problem;
} part;

static void part_finish(part *p)
{
    ei_free(p->places);
    ei_free(p->centres);
    ei_free(p->index);
}

static edu_allocation_site site_public(const site *s)
{
    return (edu_allocation_site){
        .id = s->id, .zone = s->zone, .x_m = s->x_m, .y_m = s->y_m, .count = s->count};
}

static edu_status part_make(const work *w, bool only_step_free, part *out, edu_error *error)
{
    size_t places = 0, centres = 0;
    *out = (part){.places = ei_calloc(w->place_count + 1, sizeof *out->places),
                  .centres = ei_calloc(w->centre_count + 1, sizeof *out->centres),
                  .index = ei_calloc(w->centre_count + 1, sizeof *out->index)};
    if (out->places == NULL || out->centres == NULL || out->index == NULL)
        return ei_no_memory(error);
    for (size_t i = 0; i < w->place_count; i++)
        if (w->places[i].is_step_free || !only_step_free)
            out->places[places++] = site_public(&w->places[i]);
    for (size_t i = 0; i < w->centre_count; i++)
        if (w->centres[i].is_step_free || !only_step_free) {
            out->index[centres] = i;
            out->centres[centres++] = site_public(&w->centres[i]);
        }
    out->problem = (edu_allocation_problem){places,       centres,      out->places,
                                            out->centres, w->run->seed, w->run->seed_size};
    return EDU_OK;
}

static edu_status input_hash(work *w, const edu_allocation_problem *problem, edu_error *error)
{
    ei_buffer text = {0};
    ei_places_write(&text, problem->places, problem->place_count);
    ei_centres_write(&text, problem->centres, problem->centre_count);
    bool failed = text.failed;
    if (!failed)
        crypto_hash_sha256(w->run->figures.input_hash, (const uint8_t *)text.data, text.size);
    ei_buffer_free(&text);
    return failed ? ei_no_memory(error) : EDU_OK;
}

/* ---- solving ---- */

/* The solver's progress, told to the run; what the run says to it. */
typedef struct watch {
    ei_run *run;
    edu_status status;
    edu_error error;
} watch;

static bool watch_progress(void *context, const char *stage, int64_t done, int64_t total)
{
    watch *on = context;
    on->status = ei_run_progress(on->run, "solving", done, total, &on->error);
    return on->status == EDU_OK;
}

/* Where the solver stopped because the run said so, the run's reason is the answer. */
static edu_status solve(work *w, const edu_allocation_problem *problem, edu_allocation_result **out,
                        edu_error *error)
{
    watch on = {.run = w->run, .error = EDU_ERROR_INIT};
    edu_progress progress = {watch_progress, &on};
    edu_status status = edu_allocation_solve(problem, progress, out, error);
    if (status != EDU_E_CANCELLED || on.status == EDU_OK)
        return status;
    if (error != NULL)
        *error = on.error;
    return on.status;
}

/* Says of whom the solver speaks: the zones of step-free pupils are nobody's but ours. */
static edu_status step_free_failed(edu_status status, edu_error *error)
{
    if (status != EDU_E_INFEASIBLE || error == NULL)
        return status;
    edu_error told = *error;
    return ei_fail(error, status, told.key, told.field, "pupils who need a step-free seat: %.400s",
                   told.message);
}

static int centre_code_order(const void *code, const void *centre)
{
    return strcmp(code, ((const site *)centre)->id);
}

/* Takes a centre's step-free seats from the centre itself. */
static void seats_take(work *w, size_t step_free, int64_t taken)
{
    const char *code = w->problem.centres[w->centres[step_free].index].code;
    site *whole = bsearch(code, w->centres, w->centre_count, sizeof *w->centres, centre_code_order);
    if (whole != NULL)
        whole->count -= taken;
}

/* Solves the step-free part. taken: seats, by centre. */
static edu_status step_free_solve(work *w, int64_t *taken, edu_error *error)
{
    part step_free;
    edu_allocation_result *result = NULL;
    edu_status status = part_make(w, true, &step_free, error);
    if (status == EDU_OK && step_free.problem.place_count > 0)
        status = step_free_failed(solve(w, &step_free.problem, &result, error), error);
    for (size_t i = 0; status == EDU_OK && result != NULL && i < result->flow_count; i++) {
        const edu_allocation_flow *flow = &result->flows[i];
        taken[step_free.index[flow->centre]] += flow->pupils;
        seats_take(w, step_free.index[flow->centre], flow->pupils);
    }
    edu_free(result);
    part_finish(&step_free);
    return status;
}

/* The whole must give the step-free pupils what their own part gave them. */
static edu_status step_free_agree(const work *w, int64_t *taken, edu_error *error)
{
    for (size_t i = 0; i < w->result->flow_count; i++) {
        const edu_allocation_flow *flow = &w->result->flows[i];
        if (w->centres[flow->centre].is_step_free)
            taken[flow->centre] -= flow->pupils;
    }
    for (size_t i = 0; i < w->centre_count; i++)
        if (taken[i] != 0)
            return ei_fail(error, EDU_E_CORRUPT, "sitting.step_free", NULL,
                           "the step-free part has two different solutions");
    return EDU_OK;
}

static edu_status whole_solve(work *w, edu_error *error)
{
    part whole;
    edu_status status = part_make(w, false, &whole, error);
    if (status == EDU_OK)
        status = input_hash(w, &whole.problem, error);
    if (status == EDU_OK)
        status = solve(w, &whole.problem, &w->result, error);
    part_finish(&whole);
    return status;
}

static edu_status solve_all(work *w, edu_error *error)
{
    int64_t *taken = ei_calloc(w->centre_count + 1, sizeof *taken);
    if (taken == NULL)
        return ei_no_memory(error);
    edu_status status = step_free_solve(w, taken, error);
    if (status == EDU_OK)
        status = whole_solve(w, error);
    if (status == EDU_OK)
        status = step_free_agree(w, taken, error);
    ei_free(taken);
    return status;
}

/* ---- which pupils of a place go where: drawn by the ids of their lines ---- */

typedef struct lot {
    uint64_t number;
    ei_problem_pupil *pupil;
} lot;

static int lot_order(const void *a, const void *b)
{
    const lot *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return memcmp(x->pupil->line, y->pupil->line, sizeof x->pupil->line);
}

/* The lots of a place's pupils, drawn and sorted. */
static void lots_draw(const work *w, const ei_lot_key *key, const site *place, lot *lots)
{
    const ei_problem_school *school = &w->problem.schools[place->index];
    size_t count = (size_t)place->count;
    size_t first = school->first_pupil + (place->is_step_free ? school->pupils - count : 0);
    for (size_t i = 0; i < count; i++) {
        char id[EI_TRANSCRIPT_ID_TEXT];
        ei_problem_pupil *pupil = &w->problem.pupils[first + i];
        ei_sitting_line(w->run->session, &w->run->sitting_id, &pupil->application_id, place->id,
                        pupil->line);
        ei_hex_format(pupil->line, sizeof pupil->line, id);
        lots[i] = (lot){ei_lot(key, "pupil", id), pupil};
    }
    qsort(lots, count, sizeof *lots, lot_order);
}

static int64_t flow_distance(const work *w, const edu_allocation_flow *flow)
{
    edu_allocation_site place = site_public(&w->places[flow->place]);
    edu_allocation_site centre = site_public(&w->centres[flow->centre]);
    return edu_allocation_distance(&place, &centre);
}

/* Flows come by place, then centre. */
static void draw_with(work *w, lot *lots)
{
    ei_run_figures *figures = &w->run->figures;
    size_t place = SIZE_MAX, drawn = 0;
    const lot *next = lots;
    ei_lot_key key;
    ei_lot_key_make(w->run->seed, w->run->seed_size, &key);
    for (size_t i = 0; i < w->result->flow_count; i++) {
        const edu_allocation_flow *flow = &w->result->flows[i];
        int64_t distance = flow_distance(w, flow);
        if (flow->place != place) {
            place = flow->place;
            lots_draw(w, &key, &w->places[place], lots);
            next = lots;
        }
        for (int64_t pupil = 0; pupil < flow->pupils; pupil++, next++) {
            next->pupil->centre = (uint32_t)w->centres[flow->centre].index;
            next->pupil->distance_m = (int32_t)distance;
            w->drawn[drawn++] = next->pupil;
        }
        if (distance > figures->farthest_m)
            figures->farthest_m = distance;
    }
}

static edu_status draw_all(work *w, edu_error *error)
{
    lot *lots = ei_calloc(w->problem.pupil_count + 1, sizeof *lots);
    w->drawn = ei_calloc(w->problem.pupil_count + 1, sizeof *w->drawn);
    bool is_made = lots != NULL && w->drawn != NULL;
    if (is_made)
        draw_with(w, lots);
    ei_free(lots);
    return is_made ? EDU_OK : ei_no_memory(error);
}

/* ---- seats of a centre ---- */

typedef struct hall {
    const ei_problem_centre *centre;
    edu_seating_seat *seats; /* of all rooms, one behind the other: as the problem's desks are */
    edu_seating_pupil *pupils;
    char (*ids)[EDU_ID_TEXT];
    ei_problem_pupil **sitting;
    size_t count; /* of pupils */
} hall;

/* Index of the centre's first desk. */
static size_t hall_first(const work *w, const hall *h)
{
    return w->problem.rooms[h->centre->first_room].first_desk;
}

static void hall_seats(const work *w, hall *h)
{
    edu_seating_seat *next = h->seats;
    for (size_t r = 0; r < h->centre->rooms; r++) {
        const ei_problem_room *room = &w->problem.rooms[h->centre->first_room + r];
        for (size_t d = 0; d < room->desks; d++) {
            const ei_problem_desk *desk = &w->problem.desks[room->first_desk + d];
            *next++ = (edu_seating_seat){r, desk->number / 100 - 1, desk->number % 100 - 1,
                                         desk->is_step_free};
        }
    }
}

static void hall_pupils(const work *w, hall *h)
{
    for (size_t i = 0; i < h->count; i++) {
        const ei_problem_pupil *pupil = h->sitting[i];
        edu_id_format(pupil->application_id, h->ids[i]);
        h->pupils[i] = (edu_seating_pupil){h->ids[i], w->problem.schools[pupil->school].code,
                                           pupil->is_step_free};
    }
}

static void hall_take(work *w, const hall *h, const edu_seating_result *result)
{
    for (size_t i = 0; i < h->count; i++) {
        size_t seat = result->seats[i];
        h->sitting[i]->room = (uint32_t)(h->centre->first_room + h->seats[seat].room);
        h->sitting[i]->desk = w->problem.desks[hall_first(w, h) + seat].number;
        h->sitting[i]->variant = result->variants[i];
    }
    w->run->figures.neighbours += result->neighbours;
    w->run->figures.neighbours_bound += result->neighbours_bound;
}

static edu_status hall_solve(work *w, hall *h, edu_error *error)
{
    edu_seating_problem problem = {
        (size_t)h->centre->desks, h->count, h->seats, h->pupils, w->run->seed, w->run->seed_size};
    edu_seating_result *result = NULL;
    hall_seats(w, h);
    hall_pupils(w, h);
    EI_TRY(edu_seating_solve(&problem, &result, error));
    hall_take(w, h, result);
    edu_free(result);
    return EDU_OK;
}

static edu_status centre_seat(work *w, ei_problem_pupil **pupils, size_t count, edu_error *error)
{
    const ei_problem_centre *centre = &w->problem.centres[pupils[0]->centre];
    hall h = {.centre = centre,
              .seats = ei_calloc((size_t)centre->desks + 1, sizeof *h.seats),
              .pupils = ei_calloc(count + 1, sizeof *h.pupils),
              .ids = ei_calloc(count + 1, sizeof *h.ids),
              .sitting = pupils,
              .count = count};
    edu_status status = h.seats != NULL && h.pupils != NULL && h.ids != NULL
                            ? hall_solve(w, &h, error)
                            : ei_no_memory(error);
    ei_free(h.seats);
    ei_free(h.pupils);
    ei_free(h.ids);
    return status;
}

static int centre_order(const void *a, const void *b)
{
    const ei_problem_pupil *x = *(ei_problem_pupil *const *)a, *y = *(ei_problem_pupil *const *)b;
    if (x->centre != y->centre)
        return x->centre < y->centre ? -1 : 1;
    return ei_id_compare(x->application_id, y->application_id);
}

static edu_status seat_by_centre(work *w, ei_problem_pupil **pupils, edu_error *error)
{
    size_t count = w->problem.pupil_count;
    for (size_t i = 0; i < count; i++)
        pupils[i] = &w->problem.pupils[i];
    qsort(pupils, count, sizeof(ei_problem_pupil *), centre_order);
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && pupils[end]->centre == pupils[i]->centre)
            end++;
        EI_TRY(ei_run_progress(w->run, "seating", (int64_t)i, (int64_t)count, error));
        EI_TRY(centre_seat(w, pupils + i, end - i, error));
        i = end;
    }
    return EDU_OK;
}

static edu_status seat_all(work *w, edu_error *error)
{
    ei_problem_pupil **pupils = ei_calloc(w->problem.pupil_count + 1, sizeof *pupils);
    if (pupils == NULL)
        return ei_no_memory(error);
    edu_status status = seat_by_centre(w, pupils, error);
    ei_free(pupils);
    return status;
}

/* ---- storing ---- */

/* Some rows of one kind, by one command that also shows life. */
typedef struct storing storing;
struct storing {
    work *w;
    edu_status (*row)(const work *w, edu_tx *tx, size_t index, edu_error *error);
    size_t from, to;
};

static edu_status place_row(const work *w, edu_tx *tx, size_t index, edu_error *error)
{
    const site *place = &w->places[index];
    return sql_sitting_place_add(tx, &w->run->allocation_id, place->id, place->zone, place->x_m,
                                 place->y_m, place->count, NULL, error);
}

static edu_status centre_row(const work *w, edu_tx *tx, size_t index, edu_error *error)
{
    const site *centre = &w->centres[index];
    return sql_sitting_load_add(tx, &w->run->allocation_id, centre->id, centre->zone, centre->x_m,
                                centre->y_m, centre->count, centre->pupils, w->result->rents[index],
                                NULL, error);
}

static edu_status flow_row(const work *w, edu_tx *tx, size_t index, edu_error *error)
{
    const edu_allocation_flow *flow = &w->result->flows[index];
    return sql_sitting_flow_add(tx, &w->run->allocation_id, w->places[flow->place].id,
                                w->centres[flow->centre].id, flow->pupils, flow_distance(w, flow),
                                NULL, error);
}

static edu_status roll_row(const work *w, edu_tx *tx, size_t index, edu_error *error)
{
    const roll *row = &w->rolls[index];
    const edu_allocation_flow *flow = &w->result->flows[row->flow];
    uint8_t ids[EI_ROLL_MOST * EI_TRANSCRIPT_ID];
    for (size_t i = 0; i < row->count; i++)
        memcpy(ids + i * EI_TRANSCRIPT_ID, w->drawn[row->first + i]->line, EI_TRANSCRIPT_ID);
    return sql_sitting_roll_add(tx, &w->run->allocation_id, w->places[flow->place].id, row->number,
                                w->centres[flow->centre].id,
                                (edu_bytes){ids, row->count * EI_TRANSCRIPT_ID}, NULL, error);
}

static edu_status seat_row(const work *w, edu_tx *tx, size_t index, edu_error *error)
{
    const ei_problem_pupil *pupil = w->drawn[index];
    const char variant[2] = {pupil->variant, '\0'};
    return sql_sitting_seat_add(tx, &pupil->person_id, &w->run->sitting_id, &pupil->application_id,
                                &w->run->allocation_id, w->problem.centres[pupil->centre].code,
                                w->problem.rooms[pupil->room].code, pupil->desk, variant,
                                pupil->distance_m, NULL, error);
}

static edu_status store_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const storing *store = command->context;
    EI_TRY(ei_run_beat(store->w->run, tx, command->now, error));
    for (size_t i = store->from; i < store->to; i++)
        EI_TRY(store->row(store->w, tx, i, error));
    return EDU_OK;
}

static edu_status store_rows(work *w,
                             edu_status (*row)(const work *, edu_tx *, size_t, edu_error *),
                             size_t count, bool is_progress, edu_error *error)
{
    for (size_t from = 0; from < count; from += BATCH) {
        storing store = {w, row, from, from + BATCH < count ? from + BATCH : count};
        if (is_progress)
            EI_TRY(ei_run_progress(w->run, "storing", (int64_t)from, (int64_t)count, error));
        EI_TRY(ei_write(w->run->session, "sitting.store", store_run, &store, error));
    }
    return EDU_OK;
}

static edu_status rolls_make(work *w, edu_error *error)
{
    size_t first = 0;
    int64_t number = 0;
    w->rolls = ei_calloc(w->result->flow_count + w->problem.pupil_count / EI_ROLL_MOST + 1,
                         sizeof *w->rolls);
    if (w->rolls == NULL)
        return ei_no_memory(error);
    for (size_t i = 0; i < w->result->flow_count; i++) {
        const edu_allocation_flow *flow = &w->result->flows[i];
        size_t left = (size_t)flow->pupils;
        w->centres[flow->centre].pupils += flow->pupils;
        if (i > 0 && w->result->flows[i - 1].place != flow->place)
            number = 0;
        while (left > 0) {
            size_t count = left < EI_ROLL_MOST ? left : EI_ROLL_MOST;
            w->rolls[w->roll_count++] = (roll){i, first, count, number++};
            first += count;
            left -= count;
        }
    }
    return EDU_OK;
}

/* Seats are kept by person: stored in that order, a batch writes few pages. */
static int person_order(const void *a, const void *b)
{
    const ei_problem_pupil *x = *(ei_problem_pupil *const *)a, *y = *(ei_problem_pupil *const *)b;
    return ei_id_compare(x->person_id, y->person_id);
}

static edu_status store_all(work *w, edu_error *error)
{
    EI_TRY(rolls_make(w, error));
    EI_TRY(ei_run_progress(w->run, "storing", 0, 1, error));
    EI_TRY(ei_sitting_seats_clear(w->run->session, w->run->sitting_id, error));
    EI_TRY(store_rows(w, place_row, w->place_count, false, error));
    EI_TRY(store_rows(w, centre_row, w->centre_count, false, error));
    EI_TRY(store_rows(w, flow_row, w->result->flow_count, false, error));
    EI_TRY(store_rows(w, roll_row, w->roll_count, false, error));
    qsort(w->drawn, w->problem.pupil_count, sizeof(ei_problem_pupil *), person_order);
    EI_TRY(store_rows(w, seat_row, w->problem.pupil_count, true, error));
    return ei_transcript_hash(w->run->session, &w->run->allocation_id, w->run->figures.list_hash,
                              w->run->figures.transcript_hash, error);
}

/* ---- the whole ---- */

static void figures_take(work *w)
{
    ei_run_figures *figures = &w->run->figures;
    figures->pupils = (int64_t)w->problem.pupil_count;
    figures->cost_m = w->result->cost_m;
    for (size_t i = 0; i < w->problem.centre_count; i++)
        figures->seats += w->problem.centres[i].desks;
}

static edu_status work_run(work *w, edu_error *error)
{
    ei_run *run = w->run;
    EI_TRY(ei_run_progress(run, "reading", 0, 1, error));
    EI_TRY(ei_problem_read(run->session, run->sitting_id, &w->problem, error));
    if (w->problem.pupil_count == 0)
        return ei_fail(error, EDU_E_STATE, "sitting.nobody", NULL,
                       "nobody is registered for this sitting");
    EI_TRY(sites_make(w, error));
    EI_TRY(ei_run_progress(run, "solving", 0, 1, error));
    EI_TRY(solve_all(w, error));
    figures_take(w);
    EI_TRY(draw_all(w, error));
    EI_TRY(seat_all(w, error));
    return store_all(w, error);
}

edu_status ei_run_work(ei_run *run, edu_error *error)
{
    work w = {.run = run};
    edu_status status = work_run(&w, error);
    work_finish(&w);
    return status;
}
