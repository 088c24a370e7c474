/* Why a seat is where it is: the centres that were nearer.
 *
 * Each of them was full. With the smallest rents q every pupil is where distance + q is least; so
 * at a nearer centre q is at least what the pupil would save there, and that is what freeing a seat
 * would cost the others. */
#include "domain/sitting/sitting_store.h"

#include <math.h>
#include "sitting_sql.h"

typedef struct whose {
    edu_id person, application;
} whose;

/* EDU_E_NOT_FOUND for a seat that is not there, or not theirs to see. */
static edu_status find_seat(ei_list *list, edu_tx *tx, const whose *of, edu_id *sitting,
                            edu_error *error)
{
    edu_id actor = ei_session_actor(list->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_sitting_seat(tx, &actor, &of->person, &of->application, ei_now(list->session), &rows,
                            error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        *sitting = ei_column_id(&rows, 2);
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_sitting_not_found(error, "seat");
    return status;
}

static edu_status open_nearer(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const whose *of = list->filter;
    edu_id sitting;
    EI_TRY(find_seat(list, tx, of, &sitting, error));
    return sql_sitting_nearer(tx, &of->person, &sitting, list->key.integer[0], list->key.text[1],
                              list->ask, rows, error);
}

/* The whole part of the root. */
static int64_t metres(int64_t square)
{
    int64_t root = (int64_t)sqrt((double)square);
    while (root > 0 && root > square / root)
        root--;
    while ((root + 1) <= square / (root + 1))
        root++;
    return root;
}

static edu_status fill_nearer(ei_rows *rows, int first, ei_arena *arena, void *record,
                              void *context, edu_error *error)
{
    edu_nearer_centre *nearer = record;
    EI_TRY(ei_copy_text(arena, ei_column_text(rows, first), &nearer->code, error));
    nearer->distance_m = metres(ei_column_int(rows, first + 2));
    nearer->seats = ei_column_int(rows, first + 3);
    nearer->rent_m = ei_column_int(rows, first + 4);
    return ei_copy_text(arena, ei_column_text(rows, first + 1), &nearer->name, error);
}

edu_status edu_sitting_nearer(edu_session *session, edu_id person_id, edu_id application_id,
                              const char *cursor, int32_t limit, edu_nearer_centre_page **out,
                              edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    const whose of = {.person = ei_person_or_self(session, person_id),
                      .application = application_id};
    ei_list list = {
        .session = session,
        .filter = &of,
        .open = open_nearer,
        .reading = ei_reading_of("seat", of.person, application_id),
        .plan = {
            .shape = "it", .record = "edu_nearer_centre", .limit = limit, .fill = fill_nearer}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
