/* Seasons and their sittings. */
#include "domain/application/application.h"
#include "domain/olympiad/olympiad_store.h"

#include <string.h>
#include "olympiad_sql.h"

#define TITLE_MAX 200
#define SITTINGS_MAX 100
#define YEAR_LEAST 1900
#define YEAR_MOST 2099
/* Years 2000 to 2100: a slip of the keyboard in a date is found at once. */
#define TIME_LEAST INT64_C(946684800000000)
#define TIME_MOST INT64_C(4102444800000000)

static edu_status check_grades(int32_t from, int32_t to, edu_error *error)
{
    if (from < 1 || from > 12)
        return ei_fail(error, EDU_E_INVALID, "olympiad.grade", "/grade_from",
                       "a grade is from 1 to 12");
    if (to < from || to > 12)
        return ei_fail(error, EDU_E_INVALID, "olympiad.grade", "/grade_to",
                       "the last grade is from the first one to 12");
    return EDU_OK;
}

static edu_status check_time(edu_time time, const char *field, edu_error *error)
{
    if (time < TIME_LEAST || time > TIME_MOST)
        return ei_fail(error, EDU_E_INVALID, "olympiad.time", field,
                       "an instant between the years 2000 and 2100 is expected");
    return EDU_OK;
}

static edu_status check_window(edu_time opens, edu_time closes, edu_error *error)
{
    EI_TRY(check_time(opens, "/opens", error));
    EI_TRY(check_time(closes, "/closes", error));
    if (closes <= opens)
        return ei_fail(error, EDU_E_INVALID, "olympiad.window", "/closes",
                       "registration closes after it opens");
    return EDU_OK;
}

/* A JSON object of texts by language, such as {"az": "…"}. */
static edu_status check_title(const json_t *title, const char *field, edu_error *error)
{
    if (!json_is_object(title) || json_object_size(title) == 0 || json_object_size(title) > 20)
        return ei_fail(error, EDU_E_INVALID, "olympiad.title", field,
                       "an object of texts by language is expected, such as {\"az\": \"…\"}");
    const char *language;
    json_t *text;
    json_object_foreach((json_t *)(uintptr_t)title, language, text)
    {
        size_t length = strlen(language);
        if (length < 2 || length > 8 || strspn(language, "abcdefghijklmnopqrstuvwxyz-") != length)
            return ei_fail(error, EDU_E_INVALID, "olympiad.title", field,
                           "a language is 2 to 8 small letters, such as \"az\"");
        if (!json_is_string(text) || json_string_length(text) == 0)
            return ei_fail(error, EDU_E_INVALID, "olympiad.title", field,
                           "the text of a language is missing");
        EI_TRY(ei_check_text(json_string_value(text), TITLE_MAX, false, field, error));
    }
    return EDU_OK;
}

/* What a season row says, for those who change it. */
typedef struct season_facts {
    edu_time opens, closes;
    int32_t grade_from, grade_to;
    bool is_published, is_archive;
} season_facts;

static edu_status season_facts_read(edu_session *session, edu_tx *tx, edu_id id, season_facts *out,
                                    edu_error *error)
{
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    bool row;
    EI_TRY(sql_olympiad_season(tx, &actor, &id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        *out = (season_facts){.grade_from = (int32_t)ei_column_int(&rows, 5),
                              .grade_to = (int32_t)ei_column_int(&rows, 6),
                              .opens = ei_column_time(&rows, 7),
                              .closes = ei_column_time(&rows, 8),
                              .is_published = ei_column_bool(&rows, 9),
                              .is_archive = ei_column_bool(&rows, 14)};
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_olympiad_not_found(error, "season");
    return status;
}

/* What the sittings of a season say together. */
typedef struct sittings_facts {
    size_t count;
    edu_time first_start;
    bool grades[13];
    bool all_open;
    bool has_code; /* the code asked for is among them */
} sittings_facts;

static void sitting_count_in(sittings_facts *facts, ei_rows *rows, const char *code)
{
    facts->count++;
    for (int64_t grade = ei_column_int(rows, 1); grade <= ei_column_int(rows, 2); grade++)
        facts->grades[grade] = true;
    if (ei_column_time(rows, 3) < facts->first_start)
        facts->first_start = ei_column_time(rows, 3);
    if (strcmp(ei_column_text(rows, 4), "open") != 0)
        facts->all_open = false;
    if (code != NULL && strcmp(ei_column_text(rows, 0), code) == 0)
        facts->has_code = true;
}

static edu_status sittings_facts_read(edu_tx *tx, edu_id season_id, const char *code,
                                      sittings_facts *out, edu_error *error)
{
    ei_rows rows;
    bool row = true;
    *out = (sittings_facts){.first_start = TIME_MOST, .all_open = true};
    EI_TRY(sql_olympiad_season_sittings(tx, &season_id, &rows, error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row)
        sitting_count_in(out, &rows, code);
    ei_rows_close(&rows);
    return status;
}

/* ---- opening a season ---- */

typedef struct season_create {
    const edu_season_new *season;
    char *title, *subject_title; /* JSON */
    const char *series;
    int32_t year;
    edu_time opens, closes;
    edu_id id;
} season_create;

static edu_status season_code_is_free(edu_tx *tx, const char *code, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_olympiad_season_by_code(tx, code, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && row)
        return ei_fail(error, EDU_E_CONFLICT, "olympiad.code_taken", "/code",
                       "a season of this code is there already");
    return status;
}

static edu_status season_create_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const season_create *create = command->context;
    const edu_season_new *season = create->season;
    EI_TRY(ei_require_role(command->session, tx, "clerk", error));
    EI_TRY(season_code_is_free(tx, season->code, error));
    EI_TRY(sql_olympiad_season_add(
        tx, &create->id, season->code, create->title, season->subject, create->subject_title,
        season->grade_from, season->grade_to, create->opens, create->closes, command->now,
        create->series, create->year, season->is_archive, season->by_invitation, NULL, error));
    memcpy(command->result, &create->id, sizeof create->id);
    command->result_size = sizeof create->id;
    return EDU_OK;
}

static edu_status season_check(const edu_season_new *season, edu_error *error)
{
    if (season->struct_size != sizeof *season)
        return ei_bad_argument(error, "season");
    EI_TRY(ei_olympiad_check_code(season->code, "/code", error));
    EI_TRY(check_title(season->title, "/title", error));
    EI_TRY(ei_olympiad_check_code(season->subject, "/subject", error));
    EI_TRY(check_title(season->subject_title, "/subject_title", error));
    EI_TRY(check_grades(season->grade_from, season->grade_to, error));
    if (season->series != NULL)
        EI_TRY(ei_olympiad_check_code(season->series, "/series", error));
    if ((season->is_archive || season->year != 0) &&
        (season->year < YEAR_LEAST || season->year > YEAR_MOST))
        return ei_fail(error, EDU_E_INVALID, "olympiad.year", "/year", "a year from %d to %d",
                       YEAR_LEAST, YEAR_MOST);
    return season->is_archive ? EDU_OK : check_window(season->opens, season->closes, error);
}

static int32_t year_of(const edu_session *session, edu_time time)
{
    int hour, minute;
    return ei_time_civil(time, session->portal->utc_offset_minutes, &hour, &minute).year;
}

static edu_time new_year(int32_t year)
{
    return ei_date_to_days((edu_date){(int16_t)year, 1, 1}) * INT64_C(86400000000);
}

/* An archive has the year for its window, so that lists put it where it belongs. */
static void season_complete(season_create *create, const edu_session *session)
{
    const edu_season_new *season = create->season;
    create->series = season->series != NULL ? season->series : season->subject;
    create->year = season->year != 0 ? season->year : year_of(session, season->closes);
    create->opens = season->is_archive ? new_year(season->year) : season->opens;
    create->closes = season->is_archive ? new_year(season->year + 1) : season->closes;
}

static edu_status season_create_go(season_create *create, edu_session *session, const char *key,
                                   edu_id *out, edu_error *error)
{
    const edu_season_new *season = create->season;
    EI_TRY(ei_json_write(season->title, "/title", &create->title, error));
    EI_TRY(ei_json_write(season->subject_title, "/subject_title", &create->subject_title, error));
    ei_command command = {.session = session,
                          .name = "olympiad.season_create",
                          .key = key,
                          .run = season_create_run,
                          .context = create};
    ei_command_hash_text(&command, season->code);
    ei_command_hash_text(&command, create->title);
    ei_command_hash_text(&command, season->subject);
    ei_command_hash_text(&command, create->subject_title);
    ei_command_hash(&command, &season->grade_from, sizeof season->grade_from);
    ei_command_hash(&command, &season->grade_to, sizeof season->grade_to);
    ei_command_hash(&command, &season->opens, sizeof season->opens);
    ei_command_hash(&command, &season->closes, sizeof season->closes);
    ei_command_hash_text(&command, create->series);
    ei_command_hash(&command, &create->year, sizeof create->year);
    ei_command_hash(&command, &season->by_invitation, sizeof season->by_invitation);
    ei_command_hash(&command, &season->is_archive, sizeof season->is_archive);
    EI_TRY(ei_command_run(&command, error));
    memcpy(out, command.result, sizeof *out);
    return EDU_OK;
}

edu_status edu_olympiad_season_create(edu_session *session, const edu_season_new *season,
                                      const char *key, edu_id *out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (season == NULL)
        return ei_bad_argument(error, "season");
    if (out == NULL)
        return ei_bad_argument(error, "out");
    EI_TRY(season_check(season, error));
    season_create create = {.season = season, .id = ei_new_id(session)};
    season_complete(&create, session);
    edu_status status = season_create_go(&create, session, key, out, error);
    ei_free(create.title);
    ei_free(create.subject_title);
    return status;
}

/* ---- adding a sitting ---- */

typedef struct sitting_create {
    const edu_sitting_new *sitting;
    edu_id id;
} sitting_create;

static edu_status archive_has_none(edu_error *error)
{
    return ei_fail(error, EDU_E_STATE, "olympiad.archive", "",
                   "an archive has no sittings, and its window does not move");
}

static edu_status sitting_fits(const edu_sitting_new *sitting, const season_facts *season,
                               const sittings_facts *others, edu_error *error)
{
    if (season->is_published)
        return ei_fail(error, EDU_E_STATE, "olympiad.published", "",
                       "the season is published: its sittings no longer change");
    if (season->is_archive)
        return archive_has_none(error);
    if (sitting->grade_from < season->grade_from || sitting->grade_to > season->grade_to)
        return ei_fail(error, EDU_E_INVALID, "olympiad.grade", "/grade_from",
                       "the season is for grades %d to %d", season->grade_from, season->grade_to);
    if (sitting->starts < season->closes)
        return ei_fail(error, EDU_E_INVALID, "olympiad.starts", "/starts",
                       "a sitting starts after its registration has closed");
    if (others->has_code)
        return ei_fail(error, EDU_E_CONFLICT, "olympiad.code_taken", "/code",
                       "a sitting of this code is there already");
    if (others->count >= SITTINGS_MAX)
        return ei_fail(error, EDU_E_LIMIT, "olympiad.sittings", "",
                       "a season has at most %d sittings", SITTINGS_MAX);
    return EDU_OK;
}

static edu_status sitting_create_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const sitting_create *create = command->context;
    const edu_sitting_new *sitting = create->sitting;
    season_facts season = {0};
    sittings_facts others;
    char commitment[EI_COMMITMENT_TEXT];
    EI_TRY(ei_require_role(command->session, tx, "clerk", error));
    EI_TRY(season_facts_read(command->session, tx, sitting->season_id, &season, error));
    EI_TRY(sittings_facts_read(tx, sitting->season_id, sitting->code, &others, error));
    EI_TRY(sitting_fits(sitting, &season, &others, error));
    ei_sitting_commitment(command->session, &create->id, commitment);
    EI_TRY(sql_olympiad_sitting_add(tx, &create->id, &sitting->season_id, sitting->code,
                                    sitting->grade_from, sitting->grade_to, sitting->starts,
                                    sitting->minutes, commitment, NULL, error));
    EI_TRY(sql_olympiad_subject_add(tx, &create->id, &sitting->season_id, NULL, error));
    memcpy(command->result, &create->id, sizeof create->id);
    command->result_size = sizeof create->id;
    return EDU_OK;
}

static edu_status sitting_check(const edu_sitting_new *sitting, edu_error *error)
{
    if (sitting->struct_size != sizeof *sitting)
        return ei_bad_argument(error, "sitting");
    EI_TRY(ei_olympiad_check_code(sitting->code, "/code", error));
    EI_TRY(check_grades(sitting->grade_from, sitting->grade_to, error));
    EI_TRY(check_time(sitting->starts, "/starts", error));
    if (sitting->minutes < 1 || sitting->minutes > 1440)
        return ei_fail(error, EDU_E_INVALID, "olympiad.minutes", "/minutes",
                       "a sitting takes 1 to 1440 minutes");
    return EDU_OK;
}

edu_status edu_olympiad_sitting_create(edu_session *session, const edu_sitting_new *sitting,
                                       const char *key, edu_id *out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (sitting == NULL)
        return ei_bad_argument(error, "sitting");
    if (out == NULL)
        return ei_bad_argument(error, "out");
    EI_TRY(sitting_check(sitting, error));
    sitting_create create = {.sitting = sitting, .id = ei_new_id(session)};
    ei_command command = {.session = session,
                          .name = "olympiad.sitting_create",
                          .key = key,
                          .run = sitting_create_run,
                          .context = &create};
    ei_command_hash(&command, &sitting->season_id, sizeof sitting->season_id);
    ei_command_hash_text(&command, sitting->code);
    ei_command_hash(&command, &sitting->grade_from, sizeof sitting->grade_from);
    ei_command_hash(&command, &sitting->grade_to, sizeof sitting->grade_to);
    ei_command_hash(&command, &sitting->starts, sizeof sitting->starts);
    ei_command_hash(&command, &sitting->minutes, sizeof sitting->minutes);
    EI_TRY(ei_command_run(&command, error));
    memcpy(out, command.result, sizeof *out);
    return EDU_OK;
}

/* ---- publishing, moving the window ---- */

static edu_status season_publish_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_id *id = command->context;
    season_facts season = {0};
    sittings_facts sittings;
    EI_TRY(ei_require_role(command->session, tx, "clerk", error));
    EI_TRY(season_facts_read(command->session, tx, *id, &season, error));
    EI_TRY(sittings_facts_read(tx, *id, NULL, &sittings, error));
    if (season.is_archive)
        return sql_olympiad_season_publish(tx, id, NULL, error);
    if (sittings.count == 0)
        return ei_fail(error, EDU_E_STATE, "olympiad.no_sittings", "",
                       "the season has no sitting yet");
    for (int32_t grade = season.grade_from; grade <= season.grade_to; grade++)
        if (!sittings.grades[grade])
            return ei_fail(error, EDU_E_STATE, "olympiad.grade_without_sitting", "",
                           "grade %d of the season has no sitting", grade);
    return sql_olympiad_season_publish(tx, id, NULL, error);
}

edu_status edu_olympiad_season_publish(edu_session *session, edu_id season_id, const char *key,
                                       edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_command command = {.session = session,
                          .name = "olympiad.season_publish",
                          .key = key,
                          .run = season_publish_run,
                          .context = &season_id};
    ei_command_hash(&command, &season_id, sizeof season_id);
    return ei_command_run(&command, error);
}

typedef struct season_window {
    edu_id id;
    edu_time opens, closes;
} season_window;

static edu_status season_window_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const season_window *window = command->context;
    season_facts season = {0};
    sittings_facts sittings;
    EI_TRY(ei_require_role(command->session, tx, "clerk", error));
    EI_TRY(season_facts_read(command->session, tx, window->id, &season, error));
    EI_TRY(sittings_facts_read(tx, window->id, NULL, &sittings, error));
    if (season.is_archive)
        return archive_has_none(error);
    if (!sittings.all_open)
        return ei_fail(error, EDU_E_STATE, "sitting.frozen", "",
                       "a list of the season is frozen: its window no longer moves");
    if (window->closes > sittings.first_start)
        return ei_fail(error, EDU_E_INVALID, "olympiad.starts", "/closes",
                       "registration closes before the first sitting starts");
    return sql_olympiad_season_window(tx, &window->id, window->opens, window->closes, NULL, error);
}

edu_status edu_olympiad_season_window(edu_session *session, edu_id season_id, edu_time opens,
                                      edu_time closes, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(check_window(opens, closes, error));
    season_window window = {season_id, opens, closes};
    ei_command command = {.session = session,
                          .name = "olympiad.season_window",
                          .key = key,
                          .run = season_window_run,
                          .context = &window};
    ei_command_hash(&command, &season_id, sizeof season_id);
    ei_command_hash(&command, &opens, sizeof opens);
    ei_command_hash(&command, &closes, sizeof closes);
    return ei_command_run(&command, error);
}

/* ---- reading ---- */

static edu_status seasons_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id actor = ei_session_actor(list->session);
    return sql_olympiad_seasons(tx, &actor, list->key.integer[0], &list->key.id[1], list->ask, rows,
                                error);
}

edu_status edu_olympiad_seasons(edu_session *session, const char *cursor, int32_t limit,
                                edu_season_page **out, edu_error *error)
{
    ei_list list = {.session = session,
                    .open = seasons_open,
                    .plan = {.shape = "IU",
                             .record = "edu_season",
                             .limit = limit,
                             .fill = ei_olympiad_fill_season}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status sittings_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id actor = ei_session_actor(list->session);
    const edu_id *season_id = list->filter;
    season_facts season;
    EI_TRY(season_facts_read(list->session, tx, *season_id, &season, error));
    return sql_olympiad_sittings(tx, &actor, season_id, list->key.integer[0], &list->key.id[1],
                                 list->ask, rows, error);
}

edu_status edu_olympiad_sittings(edu_session *session, edu_id season_id, const char *cursor,
                                 int32_t limit, edu_sitting_page **out, edu_error *error)
{
    ei_list list = {
        .session = session,
        .filter = &season_id,
        .open = sittings_open,
        .plan = {.shape = "iu", .record = "edu_sitting", .limit = limit, .fill = ei_sitting_fill}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* One season or sitting by id. */
typedef struct one_read {
    edu_session *session;
    edu_id id;
    void *record;
} one_read;

static edu_status season_read(edu_tx *tx, void *context, edu_error *error)
{
    one_read *read = context;
    edu_id actor = ei_session_actor(read->session);
    ei_rows rows;
    bool row;
    EI_TRY(sql_olympiad_season(tx, &actor, &read->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = ei_olympiad_fill_season(&rows, 0, ei_record_arena(read->record), read->record,
                                         read->session, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_olympiad_not_found(error, "season");
    return status;
}

static edu_status one_go(edu_session *session, edu_id id, size_t size, edu_command_fn read,
                         void **out, edu_error *error)
{
    if (session == NULL)
        return ei_bad_argument(error, "session");
    one_read one = {session, id, NULL};
    EI_TRY(ei_read_record(session, size, read, &one, &one.record, error));
    *out = one.record;
    return EDU_OK;
}

edu_status edu_olympiad_season(edu_session *session, edu_id season_id, edu_season **out,
                               edu_error *error)
{
    if (out == NULL)
        return ei_bad_argument(error, "out");
    void *record = NULL;
    EI_TRY(one_go(session, season_id, sizeof(edu_season), season_read, &record, error));
    *out = record;
    return EDU_OK;
}
