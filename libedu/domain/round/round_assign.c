/* Who of a panel scores what: the problem gathered from the store, the answer written back. */
#include "domain/round/round_store.h"

#include <stdlib.h>
#include <string.h>

#include "allocation/panel.h"
#include "round_sql.h"

typedef struct work {
    edu_id person, id;
} work;

typedef struct assigning {
    ei_command *command;
    edu_tx *tx;
    const ei_judging *judging;
    const ei_sheet *sheet;
    work *works; /* by person and id */
    edu_id *ids; /* of the works, in their order */
    edu_id *members;
    ei_panel_pair *conflicts, *kept;
    size_t work_count, work_room, member_count, member_room, conflict_count, conflict_room,
        kept_count, kept_room;
    uint32_t *loads; /* by member, of all sheets */
    edu_panel_report report;
} assigning;

static void finish(assigning *all)
{
    ei_free(all->works);
    ei_free(all->ids);
    ei_free(all->members);
    ei_free(all->conflicts);
    ei_free(all->kept);
    ei_free(all->loads);
}

/* ---- works and members ---- */

static edu_status take_work(void *context, ei_rows *rows, edu_error *error)
{
    assigning *all = context;
    if (!ei_takes_scores(all->judging, ei_column_text(rows, 2)))
        return EDU_OK;
    work *items = ei_with_room(all->works, all->work_count, &all->work_room, sizeof *items);
    if (!items)
        return ei_no_memory(error);
    all->works = items;
    items[all->work_count++] = (work){ei_column_id(rows, 0), ei_column_id(rows, 1)};
    return EDU_OK;
}

static edu_status take_member(void *context, ei_rows *rows, edu_error *error)
{
    assigning *all = context;
    edu_id *items = ei_with_room(all->members, all->member_count, &all->member_room, sizeof *items);
    if (!items)
        return ei_no_memory(error);
    all->members = items;
    items[all->member_count++] = ei_column_id(rows, 0);
    return EDU_OK;
}

static int compare_works(const void *a, const void *b)
{
    const work *one = a, *two = b;
    int persons = ei_id_compare(one->person, two->person);
    return persons ? persons : ei_id_compare(one->id, two->id);
}

static int compare_ids(const void *a, const void *b)
{
    return ei_id_compare(*(const edu_id *)a, *(const edu_id *)b);
}

static edu_status read_works(assigning *all, edu_error *error)
{
    ei_rows rows;
    const edu_id *offering = &all->judging->offering;
    EI_TRY(ei_rows_each(sql_round_requests(all->tx, offering, false, &rows, error), &rows,
                        take_work, all, error));
    EI_TRY(ei_rows_each(sql_panel_members(all->tx, offering, &rows, error), &rows, take_member, all,
                        error));
    if (all->work_count > 0)
        qsort(all->works, all->work_count, sizeof *all->works, compare_works);
    if (all->member_count > 0)
        qsort(all->members, all->member_count, sizeof *all->members, compare_ids);
    all->ids = ei_calloc(all->work_count + 1, sizeof *all->ids);
    all->loads = ei_calloc(all->member_count + 1, sizeof *all->loads);
    if (!all->ids || !all->loads)
        return ei_no_memory(error);
    for (size_t i = 0; i < all->work_count; i++)
        all->ids[i] = all->works[i].id;
    return EDU_OK;
}

/* ---- pairs ---- */

/* Of a row that gives person, application and member; false where either is not there any more. */
static bool find_pair(const assigning *all, ei_rows *rows, ei_panel_pair *out)
{
    work wanted = {ei_column_id(rows, 0), ei_column_id(rows, 1)};
    edu_id member = ei_column_id(rows, 2);
    const work *of = all->work_count ? bsearch(&wanted, all->works, all->work_count, sizeof wanted,
                                               compare_works)
                                     : NULL;
    const edu_id *by = all->member_count ? bsearch(&member, all->members, all->member_count,
                                                   sizeof member, compare_ids)
                                         : NULL;
    if (!of || !by)
        return false;
    *out = (ei_panel_pair){(uint32_t)(of - all->works), (uint32_t)(by - all->members)};
    return true;
}

static edu_status add_pair(ei_panel_pair **items, size_t *count, size_t *room, ei_panel_pair pair,
                           edu_error *error)
{
    ei_panel_pair *grown = ei_with_room(*items, *count, room, sizeof *grown);
    if (!grown)
        return ei_no_memory(error);
    *items = grown;
    grown[(*count)++] = pair;
    return EDU_OK;
}

static edu_status take_conflict(void *context, ei_rows *rows, edu_error *error)
{
    assigning *all = context;
    ei_panel_pair pair;
    return find_pair(all, rows, &pair)
               ? add_pair(&all->conflicts, &all->conflict_count, &all->conflict_room, pair, error)
               : EDU_OK;
}

static edu_status take_kept(void *context, ei_rows *rows, edu_error *error)
{
    assigning *all = context;
    ei_panel_pair pair;
    return find_pair(all, rows, &pair)
               ? add_pair(&all->kept, &all->kept_count, &all->kept_room, pair, error)
               : EDU_OK;
}

static int compare_pairs(const void *a, const void *b)
{
    const ei_panel_pair *one = a, *two = b;
    if (one->work != two->work)
        return one->work < two->work ? -1 : 1;
    return (one->member > two->member) - (one->member < two->member);
}

static bool is_conflict(const assigning *all, const ei_panel_pair *pair)
{
    return all->conflict_count > 0 &&
           bsearch(pair, all->conflicts, all->conflict_count, sizeof *pair, compare_pairs);
}

/* What came into conflict since it was assigned, such as by a guardian's link, is taken away. */
static edu_status drop_conflicting(assigning *all, edu_error *error)
{
    size_t left = 0;
    for (size_t i = 0; i < all->kept_count; i++) {
        const ei_panel_pair *pair = &all->kept[i];
        const work *of = &all->works[pair->work];
        if (!is_conflict(all, pair))
            all->kept[left++] = *pair;
        else
            EI_TRY(ei_panel_take_away(all->tx, &of->person, &of->id, all->sheet->code,
                                      &all->members[pair->member], error));
    }
    all->kept_count = left;
    return EDU_OK;
}

/* ---- the answer ---- */

/* Random, so that neither it nor its order tells anything. */
static edu_id new_work_id(const assigning *all)
{
    const edu_random *random = &all->command->session->portal->environment.random;
    edu_id id;
    random->fill(random->context, id.bytes, sizeof id.bytes);
    id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0f) | 0x40);
    id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

static edu_status write_added(assigning *all, const ei_panel_result *result, edu_error *error)
{
    for (size_t i = 0; i < result->added_count; i++) {
        const ei_panel_pair *pair = &result->added[i];
        const work *of = &all->works[pair->work];
        edu_id work_id = new_work_id(all);
        EI_TRY(sql_panel_task_add(all->tx, &of->person, &of->id, all->sheet->code,
                                  &all->members[pair->member], &work_id, &all->judging->offering,
                                  all->command->now, NULL, error));
    }
    for (size_t i = 0; i < all->member_count; i++)
        all->loads[i] += result->loads[i];
    all->report.added += (int64_t)result->added_count;
    all->report.lacking += (int64_t)result->short_count;
    return EDU_OK;
}

static edu_status assign_sheet(assigning *all, const ei_sheet *sheet, edu_error *error)
{
    char digits[EI_SEED_TEXT];
    uint8_t seed[EI_SEED_BYTES];
    ei_panel_result result = {0};
    ei_rows rows;
    all->sheet = sheet;
    all->kept_count = 0;
    EI_TRY(
        ei_rows_each(sql_panel_tasks(all->tx, &all->judging->offering, sheet->code, &rows, error),
                     &rows, take_kept, all, error));
    EI_TRY(drop_conflicting(all, error));
    ei_seed_drawn(all->command->session, "panel.seed", &all->judging->offering, digits);
    ei_panel_problem problem = {.works = all->ids,
                                .members = all->members,
                                .work_count = all->work_count,
                                .member_count = all->member_count,
                                .needed = sheet->members,
                                .conflicts = all->conflicts,
                                .conflict_count = all->conflict_count,
                                .kept = all->kept,
                                .kept_count = all->kept_count,
                                .seed = seed,
                                .seed_size = (size_t)ei_hex_parse(digits, seed, sizeof seed)};
    edu_status status = ei_panel_solve(&problem, &result, error);
    if (status == EDU_OK)
        status = write_added(all, &result, error);
    ei_panel_finish(&result);
    return status;
}

static void tell_loads(assigning *all)
{
    edu_panel_report *report = &all->report;
    for (size_t i = 0; i < all->member_count; i++) {
        report->least = i == 0 || all->loads[i] < report->least ? all->loads[i] : report->least;
        report->most = all->loads[i] > report->most ? all->loads[i] : report->most;
    }
}

static edu_status assign_all(assigning *all, edu_error *error)
{
    ei_rows rows;
    const ei_sheets *sheets = ei_definition_sheets(all->judging->definition);
    EI_TRY(sql_panel_blind(all->tx, &all->judging->offering, ei_judging_is_blind(all->judging),
                           NULL, error));
    EI_TRY(read_works(all, error));
    EI_TRY(ei_rows_each(sql_panel_conflicts(all->tx, &all->judging->offering, &rows, error), &rows,
                        take_conflict, all, error));
    if (all->conflict_count > 0)
        qsort(all->conflicts, all->conflict_count, sizeof *all->conflicts, compare_pairs);
    for (size_t i = 0; i < sheets->count; i++)
        if (sheets->list[i].by_panel)
            EI_TRY(assign_sheet(all, &sheets->list[i], error));
    tell_loads(all);
    return EDU_OK;
}

edu_status ei_panel_assign(ei_command *command, edu_tx *tx, const ei_judging *judging,
                           edu_panel_report *out, edu_error *error)
{
    assigning all = {.command = command, .tx = tx, .judging = judging};
    edu_status status = assign_all(&all, error);
    finish(&all);
    if (status == EDU_OK && out)
        *out = all.report;
    return status;
}

edu_status ei_panel_take_away(edu_tx *tx, const edu_id *person, const edu_id *request,
                              const char *sheet, const edu_id *member, edu_error *error)
{
    EI_TRY(sql_score_retire(tx, person, request, sheet, member, NULL, error));
    return sql_panel_task_drop(tx, person, request, sheet, member, NULL, error);
}
