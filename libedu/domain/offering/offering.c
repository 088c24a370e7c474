/* Offerings: what one applies for. */
#include "domain/offering/offering_store.h"

#include <string.h>
#include "domain/request/request_store.h"
#include "workflow/document.h"
#include "domain/round/round_store.h"
#include "offering_sql.h"

#define CODE_MAX 64
#define TITLE_BYTES_MAX 4000
#define ATTRIBUTES_BYTES_MAX 32768
#define TITLE_COLUMN 3
#define DOCUMENTS_COLUMN 26 /* of one alone */
#define PLACES_MAX 1000000

edu_status ei_offering_not_found(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "offering.not_found", NULL,
                   "there is no such offering, or it is not yours to see");
}

/* ---- records ---- */

static edu_status fill_texts(ei_rows *rows, int at, ei_arena *arena, edu_offering *out,
                             edu_session *session, edu_error *error)
{
    EI_TRY(ei_copy_column(arena, rows, at + 1, &out->service, error));
    EI_TRY(ei_copy_column(arena, rows, at + 2, &out->code, error));
    out->title = ei_localised_text(arena, session, ei_column_text(rows, at + TITLE_COLUMN));
    if (!out->title)
        return ei_no_memory(error);
    EI_TRY(ei_copy_column(arena, rows, at + 5, &out->institution, error));
    EI_TRY(ei_copy_column(arena, rows, at + 6, &out->institution_name, error));
    return ei_copy_column(arena, rows, at + 7, &out->region, error);
}

static edu_status fill(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                       edu_error *error)
{
    edu_session *session = context;
    edu_offering *out = record;
    edu_time now = ei_now(session);
    out->id = ei_column_id(rows, at);
    out->round_id = ei_column_id(rows, at + 4);
    out->opens = ei_column_time(rows, at + 8);
    out->closes = ei_column_time(rows, at + 9);
    out->is_published = ei_column_bool(rows, at + 10);
    out->is_open = out->is_published && now >= out->opens && now < out->closes;
    out->places = ei_column_is_null(rows, at + 11) ? -1 : (int32_t)ei_column_int(rows, at + 11);
    out->taken = (int32_t)ei_column_int(rows, at + 12);
    out->waiting = (int32_t)ei_column_int(rows, at + 13);
    out->age_from = (int32_t)ei_column_int(rows, at + 14);
    out->age_until = (int32_t)ei_column_int(rows, at + 15);
    out->grade_from = (int32_t)ei_column_int(rows, at + 16);
    out->grade_to = (int32_t)ei_column_int(rows, at + 17);
    out->by_round = ei_column_bool(rows, at + 20);
    out->follows_id = ei_column_id(rows, at + 21);
    out->begins = ei_column_date(rows, at + 22);
    out->ends = ei_column_date(rows, at + 23);
    out->is_mine_to_keep = ei_column_bool(rows, at + 24);
    EI_TRY(ei_copy_column(arena, rows, at + 25, &out->direction, error));
    EI_TRY(ei_copy_json(arena, rows, at + 18, &out->times, error));
    EI_TRY(ei_copy_json(arena, rows, at + 19, &out->attributes, error));
    return fill_texts(rows, at, arena, out, session, error);
}

/* ---- reading ---- */

typedef struct one_read {
    edu_session *session;
    edu_id id;
    edu_offering *out;
} one_read;

static edu_status fill_asked(edu_tx *tx, const one_read *read, json_t *titles, ei_asked *asked,
                             edu_error *error)
{
    edu_offering *out = read->out;
    const ei_definition *definition;
    EI_TRY(ei_definition_load(read->session, tx, out->service, 0, &definition, NULL, error));
    EI_TRY(ei_asked_begin(asked, ei_definition_request(definition), error));
    json_t *one = json_pack("{s:O, s:O}", "title", titles, "documents", out->documents);
    EI_TRY(ei_asked_add(asked, one, error));
    return ei_own_json(ei_record_arena(out), ei_asked_show(read->session, asked), &out->asked,
                       error);
}

static edu_status fill_one(edu_tx *tx, ei_rows *rows, one_read *read, edu_error *error)
{
    edu_offering *out = read->out;
    ei_arena *arena = ei_record_arena(out);
    ei_asked asked = {0};
    json_t *titles;
    EI_TRY(fill(rows, 0, arena, out, read->session, error));
    EI_TRY(ei_copy_json(arena, rows, DOCUMENTS_COLUMN, &out->documents, error));
    EI_TRY(ei_copy_json(arena, rows, TITLE_COLUMN, &titles, error));
    edu_status status = fill_asked(tx, read, titles, &asked, error);
    ei_asked_finish(&asked);
    out->titles = out->is_mine_to_keep ? titles : NULL;
    return status;
}

static edu_status get_run(edu_tx *tx, void *context, edu_error *error)
{
    one_read *read = context;
    edu_id actor = ei_session_actor(read->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_offering_get(tx, &actor, &read->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? fill_one(tx, &rows, read, error) : ei_offering_not_found(error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_offering_get(edu_session *session, edu_id id, edu_offering **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    one_read read = {session, id, NULL};
    EI_TRY(ei_read_record(session, sizeof **out, get_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

typedef struct listing {
    const edu_offering_filter *filter;
    ei_kept_at where;
} listing;

edu_status ei_offering_kept_at(edu_tx *tx, const edu_id *actor, ei_kept_at *out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    edu_status status;
    *out = (ei_kept_at){0};
    EI_TRY(sql_offering_kept_at(tx, actor, &rows, error));
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row)
        if (out->places++ == 0) {
            ei_take_text(&rows, 0, out->scope, sizeof out->scope);
            ei_take_text(&rows, 1, out->code, sizeof out->code);
        }
    ei_rows_close(&rows);
    return status;
}

bool ei_kept_at_one(const ei_kept_at *where, const char *scope)
{
    return where->places == 1 && strcmp(where->scope, scope) == 0;
}

/* Of who keeps those of one place alone, they are read by its index. */
static edu_status find_kept_at(edu_tx *tx, const edu_id *actor, listing *work,
                               edu_offering_filter *filter, edu_error *error)
{
    ei_kept_at *where = &work->where;
    EI_TRY(ei_offering_kept_at(tx, actor, where, error));
    if (where->places == 0 || ei_kept_at_one(where, "institution"))
        filter->institution = where->code;
    else if (ei_kept_at_one(where, "region"))
        filter->region = where->code;
    return EDU_OK;
}

static edu_status open_list(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    listing *work = (listing *)(uintptr_t)list->filter;
    edu_offering_filter filter = *work->filter;
    const ei_page_key *key = &list->key;
    edu_id actor = ei_session_actor(list->session);
    edu_time now = filter.only_open ? ei_now(list->session) : EDU_TIME_NONE;
    int64_t days = filter.day ? 1 << (filter.day - 1) : 0;
    if (!ei_id_is_none(filter.round_id))
        return sql_offering_of_round(tx, &actor, filter.service, &filter.round_id,
                                     filter.institution, filter.region, now, key->integer[0],
                                     &key->id[1], filter.direction, filter.age, days,
                                     filter.only_kept, list->ask, rows, error);
    if (filter.only_kept && !filter.institution && !filter.region)
        EI_TRY(find_kept_at(tx, &actor, work, &filter, error));
    if (filter.institution)
        return sql_offering_of_institution(
            tx, &actor, filter.service, filter.institution, now, key->integer[0], &key->id[1],
            filter.direction, filter.age, days, filter.only_kept, list->ask, rows, error);
    if (filter.region)
        return sql_offering_of_region(tx, &actor, filter.service, filter.region, now,
                                      key->integer[0], &key->id[1], filter.direction, filter.age,
                                      days, filter.only_kept, list->ask, rows, error);
    return sql_offering_of_service(tx, &actor, filter.service, now, key->integer[0], &key->id[1],
                                   filter.direction, filter.age, days, filter.only_kept, list->ask,
                                   rows, error);
}

edu_status edu_offering_list(edu_session *session, const edu_offering_filter *filter,
                             const char *cursor, int32_t limit, edu_offering_page **out,
                             edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!filter || filter->struct_size != sizeof *filter)
        return ei_bad_argument(error, "filter");
    EI_TRY(ei_check_text(filter->service, CODE_MAX, false, "/service", error));
    EI_TRY(ei_check_text(filter->institution, CODE_MAX, true, "/institution", error));
    EI_TRY(ei_check_text(filter->region, CODE_MAX, true, "/region", error));
    EI_TRY(ei_check_text(filter->direction, CODE_MAX, true, "/direction", error));
    if (filter->age < 0 || filter->age > 150)
        return ei_fail(error, EDU_E_INVALID, "offering.age", "/age", "an age is from 0 to 150");
    if (filter->day < 0 || filter->day > 7)
        return ei_fail(error, EDU_E_INVALID, "offering.day", "/day",
                       "a day of the week is from 1, Monday, to 7");
    listing work = {.filter = filter};
    ei_list list = {
        .session = session,
        .filter = &work,
        .open = open_list,
        .plan = {.shape = "IU", .record = "edu_offering", .limit = limit, .fill = fill}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- keeping ---- */

typedef struct keeping {
    const edu_offering_input *given;
    char *title, *times, *attributes, *documents;
    edu_id id, round, follows;
    bool is_new;
    int64_t days;
    char region[CODE_MAX + 1];
} keeping;

static edu_status wrong(edu_error *error, const char *field, const char *what)
{
    return ei_fail(error, EDU_E_INVALID, "offering.invalid", field, "%s", what);
}

static edu_status check_dates(const edu_offering_input *given, edu_error *error)
{
    if (given->begins.year && !ei_date_valid(given->begins))
        return wrong(error, "/begins", "there is no such day");
    if (given->ends.year && !ei_date_valid(given->ends))
        return wrong(error, "/ends", "there is no such day");
    return given->begins.year == 0 || given->ends.year == 0 ||
                   ei_date_to_days(given->begins) <= ei_date_to_days(given->ends)
               ? EDU_OK
               : wrong(error, "/ends", "it begins, and ends later");
}

static edu_status check_bounds(const edu_offering_input *given, edu_error *error)
{
    if (given->opens == EDU_TIME_NONE || given->closes == EDU_TIME_NONE ||
        given->opens >= given->closes)
        return wrong(error, "/closes", "it opens, and closes later");
    if (given->places < -1 || given->places > PLACES_MAX)
        return wrong(error, "/places", "the places are a number, or -1 for as many as come");
    if (given->age_from < 0 || given->age_from > 150 ||
        (given->age_until && (given->age_until < given->age_from || given->age_until > 150)))
        return wrong(error, "/age_until", "the ages are from 0 to 150, in order");
    if (given->grade_from < 0 || given->grade_from > given->grade_to || given->grade_to > 12)
        return wrong(error, "/grade_to", "the grades are from 1 to 12, in order");
    return check_dates(given, error);
}

static edu_status check_title(json_t *title, edu_error *error)
{
    const char *language;
    json_t *text;
    if (json_object_size(title) == 0)
        return wrong(error, "/title", "the title is an object of texts by language");
    json_object_foreach(title, language, text)
    {
        EI_TRY(ei_check_language(language, error));
        EI_TRY(ei_check_words(json_string_value(text), TITLE_BYTES_MAX, "/title", error));
    }
    return EDU_OK;
}

static edu_status check_input(const edu_offering_input *given, edu_error *error)
{
    ei_weekly times[EI_TIMES_MAX];
    size_t count;
    EI_TRY(ei_check_text(given->service, CODE_MAX, false, "/service", error));
    EI_TRY(ei_check_text(given->code, CODE_MAX, false, "/code", error));
    EI_TRY(ei_check_text(given->round, CODE_MAX, true, "/round", error));
    EI_TRY(ei_check_text(given->institution, CODE_MAX, true, "/institution", error));
    EI_TRY(ei_check_text(given->region, CODE_MAX, true, "/region", error));
    EI_TRY(ei_check_text(given->follows, CODE_MAX, true, "/follows", error));
    EI_TRY(ei_check_text(given->direction, CODE_MAX, true, "/direction", error));
    if (!ei_document_code(given->code))
        return wrong(error, "/code", "a code is of a-z, 0-9, _ and -");
    EI_TRY(check_title(given->title, error));
    EI_TRY(check_bounds(given, error));
    EI_TRY(ei_weekly_read(given->times, "/times", times, &count, error));
    if (given->attributes && !json_is_object(given->attributes))
        return wrong(error, "/attributes", "the attributes are an object");
    return EDU_OK;
}

static edu_status dump(const json_t *json, const char *field, const char *usual, char **out,
                       edu_error *error)
{
    if (json)
        return ei_json_write(json, field, out, error);
    *out = ei_strdup(usual);
    return *out ? EDU_OK : ei_no_memory(error);
}

static edu_status dump_input(keeping *work, edu_error *error)
{
    EI_TRY(dump(work->given->title, "/title", "{}", &work->title, error));
    EI_TRY(dump(work->given->times, "/times", "[]", &work->times, error));
    EI_TRY(dump(work->given->attributes, "/attributes", "{}", &work->attributes, error));
    EI_TRY(
        dump(ei_json_given(work->given->documents), "/documents", "[]", &work->documents, error));
    return strlen(work->attributes) <= ATTRIBUTES_BYTES_MAX
               ? EDU_OK
               : ei_fail(error, EDU_E_LIMIT, "offering.attributes", "/attributes",
                         "the attributes have at most %d bytes", ATTRIBUTES_BYTES_MAX);
}

/* Who keeps something where it is now, and may keep it where it is to be. */
static edu_status take_place(keeping *work, ei_rows *rows, edu_error *error)
{
    const edu_offering_input *given = work->given;
    const char *region = ei_column_text(rows, 4);
    work->is_new = ei_column_is_null(rows, 0);
    work->id = ei_column_id(rows, 0);
    work->round = ei_column_id(rows, 2);
    if (!ei_column_bool(rows, 1))
        return ei_offering_not_found(error);
    if (given->institution && ei_column_is_null(rows, 3))
        return ei_fail(error, EDU_E_NOT_FOUND, "offering.institution", "/institution",
                       "there is no such institution");
    if (given->region && ei_column_int(rows, 6) == 0)
        return ei_fail(error, EDU_E_NOT_FOUND, "offering.region", "/region",
                       "there is no such region");
    if (!ei_column_bool(rows, 5))
        return ei_fail(error, EDU_E_DENIED, "offering.not_yours", NULL,
                       "offerings are kept by clerks and by the staff of their institution");
    if (given->round && ei_id_is_none(work->round))
        return ei_fail(error, EDU_E_NOT_FOUND, "offering.round", "/round",
                       "there is no such round");
    (void)snprintf(work->region, sizeof work->region, "%s", region ? region : "");
    return EDU_OK;
}

static edu_status find_place(keeping *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_offering_input *given = work->given;
    edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_offering_place(tx, &actor, given->service, given->code, given->round,
                              given->institution, given->region, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? take_place(work, &rows, error) : ei_offering_not_found(error);
    ei_rows_close(&rows);
    return status;
}

/* What opened before, so that nothing follows itself by a detour; and one alone follows it, so that
 * nobody is carried to two. */
static edu_status take_followed(keeping *work, ei_rows *rows, edu_error *error)
{
    edu_id next = ei_column_id(rows, 2);
    work->follows = ei_column_id(rows, 0);
    if (ei_column_time(rows, 1) >= work->given->opens)
        return wrong(error, "/follows", "what follows opens later than what it follows");
    return ei_id_is_none(next) || (!work->is_new && ei_id_compare(next, work->id) == 0)
               ? EDU_OK
               : ei_fail(error, EDU_E_CONFLICT, "offering.followed", "/follows",
                         "another follows this already");
}

static edu_status find_followed(keeping *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool row = false;
    work->follows = (edu_id){{0}};
    if (!work->given->follows)
        return EDU_OK;
    EI_TRY(sql_offering_to_follow(tx, &actor, work->given->service, work->given->follows, &rows,
                                  error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? take_followed(work, &rows, error)
                     : ei_fail(error, EDU_E_NOT_FOUND, "offering.follows", "/follows",
                               "there is no such offering of yours to follow");
    ei_rows_close(&rows);
    return status;
}

/* What nobody could give because the service asks for something else is a fault of the offering. */
static edu_status check_fits(const ei_document_kinds *kinds, const ei_asked *asked,
                             edu_error *error)
{
    char field[64];
    for (size_t i = 0; i < kinds->count; i++) {
        (void)snprintf(field, sizeof field, "/documents/%zu", i);
        if (ei_asked_clash(ei_asked_find(asked, kinds->list[i].code)))
            return ei_fail(error, EDU_E_INVALID, "offering.documents", field,
                           "the service asks for this document in another way, so that none could "
                           "be given: its types or counts exclude these");
    }
    return EDU_OK;
}

static edu_status check_documents(const keeping *work, const ei_definition *definition,
                                  edu_error *error)
{
    ei_document_kinds kinds;
    ei_asked asked;
    edu_error fault = EDU_ERROR_INIT;
    json_t *documents = ei_json_given(work->given->documents);
    const json_t *languages = json_object_get(ei_definition_json(definition), "title");
    if (!documents)
        return EDU_OK;
    if (ei_document_kinds_read(documents, languages, "/documents", &kinds, &fault) != EDU_OK)
        return ei_fail(error, fault.code, "offering.documents", fault.field,
                       "the documents cannot be asked for: %s", fault.message);
    EI_TRY(ei_asked_begin(&asked, ei_definition_request(definition), error));
    edu_status status = ei_asked_add(&asked, json_pack("{s:O}", "documents", documents), error);
    if (status == EDU_OK)
        status = check_fits(&kinds, &asked, error);
    ei_asked_finish(&asked);
    return status;
}

static edu_status check_service(keeping *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_offering_input *given = work->given;
    const ei_definition *definition;
    EI_TRY(ei_definition_load(command->session, tx, given->service, 0, &definition, NULL, error));
    const ei_request_rules *rules = ei_definition_request(definition);
    if (!rules || !rules->has_offerings)
        return ei_fail(error, EDU_E_STATE, "offering.none", "/service",
                       "this service has no offerings");
    if (given->direction && !json_object_get(rules->directions, given->direction))
        return ei_fail(error, EDU_E_INVALID, "offering.direction", "/direction",
                       "the service has no such direction");
    work->days = ei_weekly_days(given->times);
    return check_documents(work, definition, error);
}

static edu_status store_new(keeping *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_offering_input *given = work->given;
    work->id = ei_new_id(command->session);
    EI_TRY(sql_offering_subject_put(tx, &work->id, given->service, work->title, NULL, error));
    EI_TRY(sql_offering_add(
        tx, &work->id, given->service, given->code, &work->round, given->institution,
        work->region[0] ? work->region : NULL, given->opens, given->closes, given->is_published,
        given->places, given->age_from, given->age_until, given->grade_from, given->grade_to,
        work->times, work->attributes, work->documents, command->now, given->by_round,
        &work->follows, given->begins, given->ends, given->direction, work->days, NULL, error));
    return ei_judging_begin(command, tx, &work->id, error);
}

static edu_status store_change(keeping *work, edu_tx *tx, edu_error *error)
{
    const edu_offering_input *given = work->given;
    int64_t changed = 0;
    EI_TRY(ei_judging_check_window(tx, &work->id, given->closes, given->by_round, error));
    EI_TRY(sql_offering_change(
        tx, &work->id, &work->round, given->institution, work->region[0] ? work->region : NULL,
        given->opens, given->closes, given->is_published, given->places, given->age_from,
        given->age_until, given->grade_from, given->grade_to, work->times, work->attributes,
        work->documents, given->by_round, &work->follows, given->begins, given->ends,
        given->direction, work->days, &changed, error));
    if (changed == 0)
        return ei_fail(error, EDU_E_STATE, "offering.places", "/places",
                       "more places are held than there would be");
    return sql_offering_subject_put(tx, &work->id, given->service, work->title, NULL, error);
}

static edu_status put_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    keeping *work = command->context;
    EI_TRY(check_service(work, command, tx, error));
    EI_TRY(find_place(work, command, tx, error));
    EI_TRY(find_followed(work, command, tx, error));
    if (work->is_new)
        EI_TRY(store_new(work, command, tx, error));
    else {
        EI_TRY(store_change(work, tx, error));
        EI_TRY(ei_request_promote(command, tx, &work->id, NULL, error));
    }
    EI_TRY(ei_audit(command, tx, "offering.put", NULL, NULL, error));
    memcpy(command->result, &work->id, sizeof work->id);
    command->result_size = sizeof work->id;
    return EDU_OK;
}

static void hash_input(ei_command *command, const keeping *work)
{
    const edu_offering_input *given = work->given;
    const int64_t numbers[] = {given->opens,     given->closes,     given->is_published,
                               given->by_round,  given->places,     given->age_from,
                               given->age_until, given->grade_from, given->grade_to};
    const edu_date dates[] = {given->begins, given->ends};
    ei_command_hash_text(command, given->service);
    ei_command_hash_text(command, given->code);
    ei_command_hash_text(command, given->round);
    ei_command_hash_text(command, given->institution);
    ei_command_hash_text(command, given->region);
    ei_command_hash_text(command, work->title);
    ei_command_hash_text(command, work->times);
    ei_command_hash_text(command, work->attributes);
    ei_command_hash_text(command, work->documents);
    ei_command_hash(command, numbers, sizeof numbers);
    ei_command_hash_text(command, given->follows);
    ei_command_hash(command, dates, sizeof dates);
    ei_command_hash_text(command, given->direction);
}

edu_status edu_offering_put(edu_session *session, const edu_offering_input *offering,
                            const char *key, edu_id *out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!offering || !out)
        return ei_bad_argument(error, offering ? "out" : "offering");
    if (offering->struct_size != sizeof *offering)
        return ei_bad_argument(error, "offering");
    EI_TRY(check_input(offering, error));
    keeping work = {.given = offering};
    ei_command command = {
        .session = session, .name = "offering.put", .key = key, .run = put_run, .context = &work};
    edu_status status = dump_input(&work, error);
    if (status == EDU_OK) {
        hash_input(&command, &work);
        status = ei_command_run(&command, error);
    }
    if (status == EDU_OK)
        memcpy(out, command.result, sizeof *out);
    ei_free(work.title);
    ei_free(work.times);
    ei_free(work.attributes);
    ei_free(work.documents);
    return status;
}

/* ---- a service that is one offering of itself ---- */

#define NO_DATE ((edu_date){0})
#define EVER_FROM INT64_C(-62135596800000000)  /* the year 1 */
#define EVER_UNTIL INT64_C(253402300799000000) /* the end of the year 9999 */

static edu_status store_itself(ei_command *command, edu_tx *tx, const ei_definition *definition,
                               edu_id id, const char *title, edu_error *error)
{
    const ei_request_rules *rules = ei_definition_request(definition);
    const char *service = ei_definition_service(definition);
    edu_time opens = rules->opens == EDU_TIME_NONE ? EVER_FROM : rules->opens;
    edu_time closes = rules->closes == EDU_TIME_NONE ? EVER_UNTIL : rules->closes;
    bool is_new = ei_id_is_none(id);
    if (is_new)
        id = ei_new_id(command->session);
    EI_TRY(sql_offering_subject_put(tx, &id, service, title, NULL, error));
    if (is_new) {
        EI_TRY(sql_offering_add(tx, &id, service, "", NULL, NULL, NULL, opens, closes, true, -1, 0,
                                0, 0, 0, "[]", "{}", "[]", command->now, false, NULL, NO_DATE,
                                NO_DATE, NULL, 0, NULL, error));
        return ei_judging_begin(command, tx, &id, error);
    }
    EI_TRY(ei_judging_check_window(tx, &id, closes, false, error));
    return sql_offering_change(tx, &id, NULL, NULL, NULL, opens, closes, true, -1, 0, 0, 0, 0, "[]",
                               "{}", "[]", false, NULL, NO_DATE, NO_DATE, NULL, 0, NULL, error);
}

edu_status ei_offering_of_itself(ei_command *command, edu_tx *tx, const ei_definition *definition,
                                 edu_error *error)
{
    const ei_request_rules *rules = ei_definition_request(definition);
    ei_rows rows;
    bool row = false;
    if (!rules || rules->has_offerings)
        return EDU_OK;
    EI_TRY(sql_offering_of_itself(tx, ei_definition_service(definition), &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    edu_id id = status == EDU_OK && row ? ei_column_id(&rows, 0) : (edu_id){{0}};
    ei_rows_close(&rows);
    EI_TRY(status);
    char *title = ei_json_dumps(json_object_get(ei_definition_json(definition), "title"),
                                JSON_COMPACT | JSON_SORT_KEYS);
    if (!title)
        return ei_no_memory(error);
    status = store_itself(command, tx, definition, id, title, error);
    ei_free(title);
    return status;
}
