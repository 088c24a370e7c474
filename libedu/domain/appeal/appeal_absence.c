/* Who does whose work for a time. */
#include "domain/appeal/appeal_store.h"

#include <string.h>

#include "appeal_sql.h"

#define ABSENCE_MAX (INT64_C(1098) * 86400 * 1000000)

typedef struct absence {
    edu_id person, substitute;
    edu_time since, until;
} absence;

static edu_status substitute_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const absence *wanted = command->context;
    edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool may = false;
    EI_TRY(
        sql_appeal_may_substitute(tx, &actor, &wanted->person, &wanted->substitute, &rows, error));
    edu_status status = ei_rows_next(&rows, &may, error);
    ei_rows_close(&rows);
    EI_TRY(status);
    if (!may)
        return ei_appeal_not_found(error, "person with work");
    EI_TRY(sql_appeal_substitute_put(tx, &wanted->person, &wanted->substitute, wanted->since,
                                     wanted->until, &actor, NULL, error));
    return ei_audit(command, tx, "appeal.substitute", &wanted->person, NULL, error);
}

edu_status edu_appeal_substitute(edu_session *session, edu_id person_id, edu_id substitute_id,
                                 edu_time since, edu_time until, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    absence wanted = {ei_person_or_self(session, person_id), substitute_id, since, until};
    if (since == EDU_TIME_NONE || until == EDU_TIME_NONE || since >= until ||
        until - since > ABSENCE_MAX)
        return ei_fail(error, EDU_E_INVALID, "appeal.absence", "/until",
                       "an absence begins, ends behind that, and within three years");
    if (ei_id_compare(wanted.person, substitute_id) == 0)
        return ei_fail(error, EDU_E_INVALID, "appeal.absence", "/substitute_id",
                       "somebody else stands in");
    ei_command command = {.session = session,
                          .name = "appeal.substitute",
                          .key = key,
                          .run = substitute_run,
                          .context = &wanted};
    ei_command_hash(&command, &wanted, sizeof wanted);
    return ei_command_run(&command, error);
}
