/* Announcements: kept for a service or an offering, told to everybody from their time on. */
#include <edu/announcement.h>

#include <string.h>

#include "announcement_sql.h"
#include "domain/offering/offering_store.h"
#include "workflow/workflow.h"

#define CODE_MAX 64
#define TITLE_MAX 300
#define TEXT_MAX 8000
#define LANGUAGES_MAX 20
#define TITLE_COLUMN 4
#define TEXT_COLUMN 5

static edu_status not_found(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "announcement.not_found", NULL,
                   "there is no such announcement, or it is not yours to see");
}

static edu_status not_yours(edu_error *error)
{
    return ei_fail(error, EDU_E_DENIED, "announcement.not_yours", NULL,
                   "announcements of an offering are kept by who keeps that, those of a service by "
                   "clerks everywhere");
}

/* ---- records ---- */

static edu_status fill_texts(ei_rows *rows, int at, ei_arena *arena, edu_announcement *out,
                             edu_session *session, edu_error *error)
{
    EI_TRY(ei_copy_column(arena, rows, at + 1, &out->service, error));
    if (!ei_id_is_none(out->offering_id)) {
        out->offering = ei_localised_text(arena, session, ei_column_text(rows, at + 3));
        if (!out->offering)
            return ei_no_memory(error);
    }
    out->title = ei_localised_text(arena, session, ei_column_text(rows, at + TITLE_COLUMN));
    out->text = ei_localised_text(arena, session, ei_column_text(rows, at + TEXT_COLUMN));
    return out->title && out->text ? EDU_OK : ei_no_memory(error);
}

static edu_status fill(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                       edu_error *error)
{
    edu_announcement *out = record;
    out->id = ei_column_id(rows, at);
    out->offering_id = ei_column_id(rows, at + 2);
    out->published = ei_column_time(rows, at + 6);
    out->until = ei_column_time(rows, at + 7);
    out->changed = ei_column_time(rows, at + 8);
    out->version = ei_column_int(rows, at + 9);
    out->is_withdrawn = ei_column_bool(rows, at + 10);
    out->is_seen = ei_column_bool(rows, at + 11);
    out->is_mine_to_keep = ei_column_bool(rows, at + 12);
    return fill_texts(rows, at, arena, out, context, error);
}

/* ---- one ---- */

typedef struct one_read {
    edu_session *session;
    edu_id id;
    edu_announcement *out;
} one_read;

static edu_status fill_one(ei_rows *rows, one_read *read, edu_error *error)
{
    ei_arena *arena = ei_record_arena(read->out);
    EI_TRY(fill(rows, 0, arena, read->out, read->session, error));
    if (!read->out->is_mine_to_keep)
        return EDU_OK;
    EI_TRY(ei_copy_json(arena, rows, TITLE_COLUMN, &read->out->titles, error));
    return ei_copy_json(arena, rows, TEXT_COLUMN, &read->out->texts, error);
}

static edu_status get_run(edu_tx *tx, void *context, edu_error *error)
{
    one_read *read = context;
    edu_id actor = ei_session_actor(read->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_announcement_get(tx, &actor, ei_now(read->session), &read->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? fill_one(&rows, read, error) : not_found(error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_announcement_get(edu_session *session, edu_id id, edu_announcement **out,
                                edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    one_read read = {session, id, NULL};
    EI_TRY(ei_read_record(session, sizeof **out, get_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

/* ---- lists ---- */

typedef edu_status (*open_fn)(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error);

static edu_status open_public(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const char *service = list->filter;
    const ei_page_key *key = &list->key;
    edu_id actor = ei_session_actor(list->session);
    edu_time now = ei_now(list->session);
    return service ? sql_announcement_of_service(tx, &actor, now, service, key->integer[0],
                                                 &key->id[1], list->ask, rows, error)
                   : sql_announcement_all(tx, &actor, now, key->integer[0], &key->id[1], list->ask,
                                          rows, error);
}

static edu_status open_own(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id actor = ei_session_actor(list->session);
    edu_time now = ei_now(list->session);
    int hour, minute;
    edu_date today = ei_time_civil(now, list->session->portal->utc_offset_minutes, &hour, &minute);
    return sql_announcement_own(tx, &actor, now, today, list->key.integer[0], &list->key.id[1],
                                list->ask, rows, error);
}

static edu_status open_kept(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(ei_require_staff(list->session, tx, error));
    return sql_announcement_kept(tx, &actor, list->filter, list->key.integer[0], &list->key.id[1],
                                 list->ask, rows, error);
}

static edu_status list_from(edu_session *session, open_fn open, const char *service,
                            const char *cursor, int32_t limit, edu_announcement_page **out,
                            edu_error *error)
{
    ei_list list = {
        .session = session,
        .filter = service,
        .open = open,
        .plan = {.shape = "IU", .record = "edu_announcement", .limit = limit, .fill = fill}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

edu_status edu_announcement_list(edu_session *session, const char *service, const char *cursor,
                                 int32_t limit, edu_announcement_page **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    EI_TRY(ei_check_text(service, CODE_MAX, true, "/service", error));
    return list_from(session, open_public, service, cursor, limit, out, error);
}

edu_status edu_announcement_own(edu_session *session, const char *cursor, int32_t limit,
                                edu_announcement_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    return list_from(session, open_own, NULL, cursor, limit, out, error);
}

edu_status edu_announcement_kept(edu_session *session, const char *service, const char *cursor,
                                 int32_t limit, edu_announcement_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(service, CODE_MAX, false, "/service", error));
    return list_from(session, open_kept, service, cursor, limit, out, error);
}

/* ---- keeping ---- */

typedef struct keeping {
    const edu_announcement_input *given;
    char *title, *text;
    edu_id id;
    edu_time published;
    int64_t version;
} keeping;

static edu_status wrong(edu_error *error, const char *field, const char *what)
{
    return ei_fail(error, EDU_E_INVALID, "announcement.invalid", field, "%s", what);
}

static edu_status check_texts(const json_t *texts, size_t max, const char *field, edu_error *error)
{
    const char *language;
    json_t *text;
    if (json_object_size(texts) == 0 || json_object_size(texts) > LANGUAGES_MAX)
        return wrong(error, field, "it is an object of texts by language");
    json_object_foreach((json_t *)(uintptr_t)texts, language, text)
    {
        EI_TRY(ei_check_language(language, error));
        EI_TRY(ei_check_words(json_string_value(text), max, field, error));
    }
    return EDU_OK;
}

/* So that nobody reads a title in one language and its text in another. */
static edu_status check_same_languages(const edu_announcement_input *given, edu_error *error)
{
    const char *language;
    json_t *text;
    json_object_foreach(given->title, language, text)
    {
        if (!json_object_get(given->text, language))
            return wrong(error, "/text", "the text is in the languages of the title");
    }
    return json_object_size(given->title) == json_object_size(given->text)
               ? EDU_OK
               : wrong(error, "/title", "the title is in the languages of the text");
}

static edu_status check_input(const edu_announcement_input *given, edu_error *error)
{
    EI_TRY(ei_check_text(given->service, CODE_MAX, false, "/service", error));
    EI_TRY(check_texts(given->title, TITLE_MAX, "/title", error));
    EI_TRY(check_texts(given->text, TEXT_MAX, "/text", error));
    return check_same_languages(given, error);
}

static edu_status check_languages(const keeping *work, ei_command *command, edu_tx *tx,
                                  edu_error *error)
{
    const ei_definition *definition;
    const char *language;
    json_t *text;
    EI_TRY(ei_definition_load(command->session, tx, work->given->service, 0, &definition, NULL,
                              error));
    const json_t *known = json_object_get(ei_definition_json(definition), "title");
    json_object_foreach(work->given->title, language, text)
    {
        if (!json_object_get(known, language))
            return ei_fail(error, EDU_E_INVALID, "announcement.language", "/title",
                           "the service has no texts in this language");
    }
    return EDU_OK;
}

static edu_status check_home(const keeping *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_announcement_home(tx, &actor, work->given->service, &work->given->offering_id, &rows,
                                 error));
    edu_status status = ei_rows_next(&rows, &row, error);
    bool is_seen = status == EDU_OK && row && ei_column_bool(&rows, 0);
    bool is_kept = is_seen && ei_column_bool(&rows, 1);
    ei_rows_close(&rows);
    EI_TRY(status);
    if (!is_seen)
        return ei_offering_not_found(error);
    return is_kept ? EDU_OK : not_yours(error);
}

static edu_status find_stored(keeping *work, edu_tx *tx, edu_error *error)
{
    const edu_announcement_input *given = work->given;
    ei_rows rows;
    bool row = false, is_withdrawn = false;
    EI_TRY(
        sql_announcement_stored(tx, &given->id, given->service, &given->offering_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        if (given->published == EDU_TIME_NONE)
            work->published = ei_column_time(&rows, 0);
        work->version = ei_column_int(&rows, 1) + 1;
        is_withdrawn = ei_column_bool(&rows, 2);
    }
    ei_rows_close(&rows);
    EI_TRY(status);
    if (!row)
        return not_found(error);
    return is_withdrawn ? ei_fail(error, EDU_E_STATE, "announcement.withdrawn", NULL,
                                  "it is withdrawn: write a new one")
                        : EDU_OK;
}

/* What it says from now on, whole: the trail is its history. */
static edu_status audit_put(const keeping *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    char id[EDU_ID_TEXT];
    edu_id_format(work->id, id);
    json_t *detail = json_pack("{s:s, s:I, s:O, s:O, s:I}", "subject", id, "version",
                               (json_int_t)work->version, "title", work->given->title, "text",
                               work->given->text, "published", (json_int_t)work->published);
    if (detail && work->given->until != EDU_TIME_NONE)
        json_object_set_new(detail, "until", json_integer(work->given->until));
    char *text = detail ? ei_json_dumps(detail, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(detail);
    edu_status status =
        text ? ei_audit(command, tx, "announcement.put", NULL, text, error) : ei_no_memory(error);
    ei_free(text);
    return status;
}

static edu_status store(const keeping *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_announcement_input *given = work->given;
    return work->version == 1
               ? sql_announcement_add(tx, &work->id, given->service, &given->offering_id,
                                      work->title, work->text, work->published, given->until,
                                      command->now, NULL, error)
               : sql_announcement_change(tx, &work->id, work->title, work->text, work->published,
                                         given->until, command->now, NULL, error);
}

static edu_status put_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    keeping *work = command->context;
    const edu_announcement_input *given = work->given;
    bool is_new = ei_id_is_none(given->id);
    work->published = given->published == EDU_TIME_NONE ? command->now : given->published;
    work->version = 1;
    work->id = is_new ? ei_new_id(command->session) : given->id;
    EI_TRY(check_home(work, command, tx, error));
    EI_TRY(check_languages(work, command, tx, error));
    if (!is_new)
        EI_TRY(find_stored(work, tx, error));
    if (given->until != EDU_TIME_NONE && given->until <= work->published)
        return ei_fail(error, EDU_E_INVALID, "announcement.until", "/until",
                       "it is shown from a time, and until a later one");
    EI_TRY(store(work, command, tx, error));
    EI_TRY(audit_put(work, command, tx, error));
    memcpy(command->result, &work->id, sizeof work->id);
    command->result_size = sizeof work->id;
    return EDU_OK;
}

static edu_status put_texts(ei_command *command, keeping *work, edu_error *error)
{
    const edu_announcement_input *given = work->given;
    const int64_t times[] = {given->published, given->until};
    EI_TRY(ei_json_write(given->title, "/title", &work->title, error));
    EI_TRY(ei_json_write(given->text, "/text", &work->text, error));
    ei_command_hash(command, &given->id, sizeof given->id);
    ei_command_hash_text(command, given->service);
    ei_command_hash(command, &given->offering_id, sizeof given->offering_id);
    ei_command_hash_text(command, work->title);
    ei_command_hash_text(command, work->text);
    ei_command_hash(command, times, sizeof times);
    return ei_command_run(command, error);
}

edu_status edu_announcement_put(edu_session *session, const edu_announcement_input *announcement,
                                const char *key, edu_id *out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!announcement || !out || announcement->struct_size != sizeof *announcement)
        return ei_bad_argument(error, out ? "announcement" : "out");
    EI_TRY(check_input(announcement, error));
    keeping work = {.given = announcement};
    ei_command command = {.session = session,
                          .name = "announcement.put",
                          .key = key,
                          .run = put_run,
                          .context = &work};
    edu_status status = put_texts(&command, &work, error);
    if (status == EDU_OK)
        memcpy(out, command.result, sizeof *out);
    ei_free(work.title);
    ei_free(work.text);
    return status;
}

/* ---- withdrawing, seeing ---- */

typedef struct standing {
    int64_t version;
    bool is_withdrawn, is_kept;
} standing;

static edu_status read_standing(ei_command *command, edu_tx *tx, standing *out, edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_announcement_get(tx, &actor, command->now, command->context, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        *out = (standing){ei_column_int(&rows, 9), ei_column_bool(&rows, 10),
                          ei_column_bool(&rows, 12)};
    ei_rows_close(&rows);
    return status != EDU_OK || row ? status : not_found(error);
}

static edu_status withdraw_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_id *id = command->context;
    standing now;
    EI_TRY(read_standing(command, tx, &now, error));
    if (!now.is_kept)
        return not_yours(error);
    if (now.is_withdrawn)
        return EDU_OK;
    EI_TRY(sql_announcement_withdraw(tx, id, command->now, NULL, error));
    return ei_audit_count(command, tx, "announcement.withdraw", *id, 1, error);
}

edu_status edu_announcement_withdraw(edu_session *session, edu_id id, const char *key,
                                     edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_command command = {.session = session,
                          .name = "announcement.withdraw",
                          .key = key,
                          .run = withdraw_run,
                          .context = &id};
    ei_command_hash(&command, &id, sizeof id);
    return ei_command_run(&command, error);
}

static edu_status see_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    standing now;
    EI_TRY(read_standing(command, tx, &now, error));
    return sql_announcement_see(tx, &actor, command->context, now.version, NULL, error);
}

edu_status edu_announcement_see(edu_session *session, edu_id id, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    return ei_write(session, "announcement.see", see_run, &id, error);
}
