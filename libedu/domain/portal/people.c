/* Who is told of something, and who does the work of those who are absent. */
#include "domain/portal/portal.h"

#include "portal_sql.h"

void ei_people_add(ei_people *people, const edu_id *person)
{
    if (people->count < EI_PEOPLE_MAX && !ei_id_is_none(*person))
        people->ids[people->count++] = *person;
}

static edu_status take_one(void *context, ei_rows *rows, edu_error *error)
{
    edu_id person = ei_column_id(rows, 0);
    (void)error;
    ei_people_add(context, &person);
    return EDU_OK;
}

edu_status ei_people_take(ei_people *people, edu_status opened, ei_rows *rows, edu_error *error)
{
    return ei_rows_each(opened, rows, take_one, people, error);
}

edu_status ei_people_stand_in(ei_people *people, edu_tx *tx, const edu_id *person, edu_time now,
                              edu_error *error)
{
    ei_rows rows;
    return ei_people_take(people, sql_portal_stand_in(tx, person, now, &rows, error), &rows, error);
}

edu_status ei_people_with_stand_ins(ei_people *people, edu_tx *tx, edu_time now, edu_error *error)
{
    for (size_t i = 0, count = people->count; i < count; i++)
        EI_TRY(ei_people_stand_in(people, tx, &people->ids[i], now, error));
    return EDU_OK;
}
