/* Likely duplicates: listed, and told apart. */
#include "domain/person/person_store.h"

#include "person_sql.h"

edu_status ei_person_not_found(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "person.not_found", NULL,
                   "there is no such person, or they are not yours to see");
}

edu_status ei_person_require_keeper(edu_session *session, edu_tx *tx, edu_error *error)
{
    return ei_require_row(session, tx, sql_person_is_keeper, error);
}

edu_status ei_person_kept(edu_tx *tx, edu_id *person, bool *was_merged, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_person_kept(tx, person, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        *person = ei_column_id(&rows, 0);
    if (was_merged)
        *was_merged = row;
    ei_rows_close(&rows);
    return status;
}

static edu_status open_pairs(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(ei_person_require_keeper(list->session, tx, error));
    return sql_person_pairs(tx, &actor, list->key.integer[0], &list->key.id[1], &list->key.id[2],
                            list->ask, rows, error);
}

edu_status edu_person_duplicates(edu_session *session, const char *cursor, int32_t limit,
                                 edu_duplicate_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_list list = {.session = session,
                    .open = open_pairs,
                    .plan = {.shape = "iuu", .record = "edu_duplicate", .limit = limit},
                    .reading = ei_reading_list("duplicates")};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

typedef struct pair {
    edu_id first, second; /* in the order of the table */
} pair;

static edu_status distinct_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const pair *of = command->context;
    edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool is_there = false;
    EI_TRY(ei_person_require_keeper(command->session, tx, error));
    EI_TRY(ei_rows_integer(sql_person_pair_seen(tx, &actor, &of->first, &of->second, &rows, error),
                           &rows, &is_there, NULL, error));
    if (!is_there)
        return ei_person_not_found(error);
    EI_TRY(sql_person_pair_close(tx, &of->first, &of->second, NULL, error));
    EI_TRY(ei_audit(command, tx, command->name, &of->first, NULL, error));
    return ei_audit(command, tx, command->name, &of->second, NULL, error);
}

edu_status edu_person_distinct(edu_session *session, edu_id person_id, edu_id other_id,
                               const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    bool in_order = ei_id_compare(person_id, other_id) < 0;
    pair of = {in_order ? person_id : other_id, in_order ? other_id : person_id};
    ei_command command = {.session = session,
                          .name = "person.distinct",
                          .key = key,
                          .run = distinct_run,
                          .context = &of};
    ei_command_hash(&command, &of, sizeof of);
    return ei_command_run(&command, error);
}
