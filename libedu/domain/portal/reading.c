/* Who reads what is held on somebody else: recorded, so that those who are read about can see it.
 */
#include "domain/portal/guard.h"
#include "domain/portal/portal.h"

#include <stdio.h>
#include <string.h>

#include "portal_sql.h"

/* Pages that somebody opens one after another, or again, are one look: its row is written once. */
#define ONE_LOOK (15 * EI_MINUTE)
#define ROLES_MAX 100
#define UNKNOWN_MAX 5 /* to learn that a commit came through which was cut off */

void ei_reading_about_id(ei_reading *of, const char *name, edu_id id)
{
    char text[EDU_ID_TEXT];
    if (ei_id_is_none(id))
        return;
    edu_id_format(id, text);
    ei_reading_about(of, name, text);
}

void ei_reading_about(ei_reading *of, const char *name, const char *code)
{
    size_t used = strlen(of->about);
    if (code && *code)
        (void)snprintf(of->about + used, sizeof of->about - used, "%s%s %s", used ? ", " : "", name,
                       code);
}

ei_reading ei_reading_of(const char *what, edu_id person, edu_id subject)
{
    ei_reading of = {.what = what, .person = person};
    if (!ei_id_is_none(subject))
        edu_id_format(subject, of.about);
    return of;
}

ei_reading ei_reading_list(const char *what)
{
    return (ei_reading){.what = what, .is_list = true};
}

/* ---- whether it is to be written ---- */

static bool is_recorded(const edu_session *session, const ei_reading *of)
{
    edu_id reader = ei_session_actor(session);
    if (!of->what || of->is_nothing || ei_id_is_none(reader))
        return false;
    return of->is_list || (!ei_id_is_none(of->person) && ei_id_compare(of->person, reader) != 0);
}

/* Days as they are where the portal is. */
static int64_t day_of(const edu_session *session, edu_time at)
{
    int hour, minute;
    return ei_date_to_days(ei_time_civil(at, session->portal->utc_offset_minutes, &hour, &minute));
}

static edu_status open_last(edu_tx *tx, const edu_session *session, const ei_reading *of,
                            edu_time now, ei_rows *rows, edu_error *error)
{
    edu_id reader = ei_session_actor(session);
    int64_t day = day_of(session, now);
    return of->is_list ? sql_portal_list_reading_last(tx, day, &reader, of->what, of->about,
                                                      session->why, rows, error)
                       : sql_portal_reading_last(tx, &of->person, day, &reader, of->what, of->about,
                                                 session->why, rows, error);
}

static edu_status is_another_look(edu_tx *tx, const edu_session *session, const ei_reading *of,
                                  edu_time now, bool *out, edu_error *error)
{
    ei_rows rows;
    bool found = false;
    int64_t last = 0;
    EI_TRY(ei_rows_integer(open_last(tx, session, of, now, &rows, error), &rows, &found, &last,
                           error));
    *out = !found || now >= last + ONE_LOOK || now < last;
    return EDU_OK;
}

/* ---- written ---- */

static edu_status add_role(void *context, ei_rows *rows, edu_error *error)
{
    char *roles = context;
    size_t used = strlen(roles);
    (void)error;
    (void)snprintf(roles + used, ROLES_MAX - used, "%s%s", used ? " " : "",
                   ei_column_text(rows, 0));
    return EDU_OK;
}

static edu_status read_roles(edu_tx *tx, const edu_session *session, const ei_reading *of,
                             char roles[ROLES_MAX], edu_error *error)
{
    edu_id reader = ei_session_actor(session);
    ei_rows rows;
    (void)snprintf(roles, ROLES_MAX, "%s", session->is_operator ? "operator" : "");
    if (session->is_operator)
        return EDU_OK;
    return ei_rows_each(sql_portal_reader_roles(tx, &reader, &of->person, &rows, error), &rows,
                        add_role, roles, error);
}

edu_status ei_reading_note(ei_command *command, edu_tx *tx, const ei_reading *of, edu_error *error)
{
    const edu_session *session = command->session;
    if (!is_recorded(session, of))
        return EDU_OK;
    char roles[ROLES_MAX];
    EI_TRY(read_roles(tx, session, of, roles, error));
    edu_id reader = ei_session_actor(session), id = ei_new_id(session);
    int64_t day = day_of(session, command->now);
    return of->is_list
               ? sql_portal_list_reading_add(tx, &id, &reader, day, roles, of->what, of->about,
                                             session->why, command->now, NULL, error)
               : sql_portal_reading_add(tx, &of->person, &id, &reader, day, roles, of->what,
                                        of->about, session->why, command->now, NULL, error);
}

static edu_status note_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    return ei_reading_note(command, tx, command->context, error);
}

/* What cannot be recorded is not given: why not is the cause's key, which front ends know. */
static edu_status record(edu_session *session, ei_reading *of, edu_error *error)
{
    edu_error detail;
    edu_status status = EDU_OK;
    for (int i = 0; i < UNKNOWN_MAX; i++) {
        detail = (edu_error)EDU_ERROR_INIT;
        status = ei_write(session, "privacy.reading", note_run, of, &detail);
        if (status != EDU_E_STORAGE || strcmp(detail.key, "storage.unknown") != 0)
            break;
    }
    if (status == EDU_OK || !error)
        return status;
    edu_error told = detail;
    ei_error_fill(&told, status, detail.key, NULL,
                  "not given, as it cannot be recorded who read it: %s", detail.message);
    told.retryable = detail.retryable;
    memcpy(told.sqlstate, detail.sqlstate, sizeof told.sqlstate);
    *error = told;
    return status;
}

/* ---- read ---- */

typedef struct recorded_read {
    edu_session *session;
    ei_reading *of;
    edu_command_fn read;
    void *context;
    bool is_due;
} recorded_read;

static edu_status run_recorded(edu_tx *tx, void *context, edu_error *error)
{
    recorded_read *run = context;
    run->is_due = false;
    EI_TRY(run->read(tx, run->context, error));
    return is_recorded(run->session, run->of)
               ? is_another_look(tx, run->session, run->of, ei_now(run->session), &run->is_due,
                                 error)
               : EDU_OK;
}

edu_status ei_read_of(edu_session *session, ei_reading *of, edu_command_fn read, void *context,
                      edu_error *error)
{
    recorded_read run = {session, of, read, context, false};
    EI_TRY(ei_read(session, run_recorded, &run, error));
    return run.is_due ? record(session, of, error) : EDU_OK;
}
