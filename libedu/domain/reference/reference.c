/* References: types, requests, and what clerks do with those that no record fits. */
#include <edu/reference.h>
#include "domain/application/application.h"
#include "domain/certificate/certificate_store.h"
#include "domain/portal/words.h"
#include "domain/reference/reference_form.h"
#include "domain/register/register_store.h"

#include <stdio.h>
#include <string.h>

#include "reference_sql.h"

#define SERVICE "reference"
#define NAME_BYTES 1024
#define REASON_MAX 400
#define MATCHES_MAX 200
#define DOCUMENT_COLUMN 2

/* ---- types ---- */

static void release(void *form)
{
    ei_reference_form_free(form);
}

static edu_status make(json_t *json, void **out, edu_error *error)
{
    ei_reference_form *made = NULL;
    edu_status status = ei_reference_form_make(json, &made, error);
    *out = made;
    return status;
}

static edu_status no_type(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "reference.no_type", NULL,
                   "there is no such type of reference");
}

static edu_status not_found(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "reference.not_found", NULL,
                   "there is no such reference or person, or it is not yours to see");
}

static edu_status load(const edu_session *session, edu_tx *tx, const char *code, int32_t version,
                       const ei_reference_form **out, int32_t *version_out, edu_error *error)
{
    static const ei_kept_plan plan = {.kind = EI_KEPT_REFERENCE,
                                      .newest = sql_reference_type_newest,
                                      .get = sql_reference_type_get,
                                      .make = make,
                                      .release = release,
                                      .missing = no_type};
    const void *found = NULL;
    edu_status status = ei_kept_load(session, tx, &plan, code, version, &found, version_out, error);
    *out = found;
    return status;
}

typedef struct checking {
    edu_session *session;
    const ei_reference_form *form;
} checking;

static edu_status check_run(edu_tx *tx, void *context, edu_error *error)
{
    const checking *work = context;
    const ei_register_form *held;
    EI_TRY(ei_register_load(work->session, tx, work->form->register_code, 0, &held, NULL, error));
    EI_TRY(ei_reference_form_check(work->form, held, error));
    return ei_reference_code_check(work->form, held, work->session->portal->host, error);
}

edu_status edu_reference_publish(edu_session *session, json_t *document, const char *key,
                                 int32_t *version, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!document || !version)
        return ei_bad_argument(error, document ? "version" : "document");
    ei_reference_form *form;
    EI_TRY(ei_reference_form_make(document, &form, error));
    checking work = {session, form};
    ei_publication wanted = {.action = "reference.publish",
                             .code = form->code,
                             .document = document,
                             .newest = sql_reference_type_newest,
                             .add = sql_reference_type_add};
    edu_status status = ei_read(session, check_run, &work, error);
    if (status == EDU_OK)
        status = ei_publish(session, &wanted, key, version, error);
    ei_reference_form_free(form);
    return status;
}

static edu_status fill_type(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                            edu_error *error)
{
    edu_reference_type *out = record;
    edu_bytes text = ei_column_bytes(rows, first + DOCUMENT_COLUMN);
    json_t *json;
    out->version = (int32_t)ei_column_int(rows, first);
    out->published = ei_column_time(rows, first + 1);
    EI_TRY(ei_json_read(text.data, text.size, &json, error));
    EI_TRY(ei_own_json(arena, json, &out->document, error));
    EI_TRY(ei_copy_text(arena, json_string_value(json_object_get(json, "reference")), &out->code,
                        error));
    EI_TRY(ei_copy_text(arena, json_string_value(json_object_get(json, "register")),
                        &out->register_code, error));
    EI_TRY(ei_copy_text(arena, ei_localised(context, json_object_get(json, "summary")),
                        &out->summary, error));
    return ei_copy_text(arena, ei_localised(context, json_object_get(json, "title")), &out->title,
                        error);
}

static edu_status open_types(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_reference_type_list(tx, list->key.text[0], list->ask, rows, error);
}

edu_status edu_reference_types(edu_session *session, const char *cursor, int32_t limit,
                               edu_reference_type_page **out, edu_error *error)
{
    ei_list list = {
        .session = session,
        .open = open_types,
        .plan = {.shape = "t", .record = "edu_reference_type", .limit = limit, .fill = fill_type}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- the person ---- */

typedef struct holder {
    char acting_as[16], name[NAME_BYTES];
} holder;

static edu_status read_holder(edu_tx *tx, const edu_id *actor, const edu_id *person, holder *out,
                              edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_reference_person(tx, actor, person, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        const char *given = ei_column_text(&rows, 1), *middle = ei_column_text(&rows, 2),
                   *family = ei_column_text(&rows, 3);
        (void)snprintf(out->acting_as, sizeof out->acting_as, "%s", ei_column_text(&rows, 0));
        (void)snprintf(out->name, sizeof out->name, "%.330s%s%.330s %.330s", given ? given : "",
                       middle && *middle ? " " : "", middle ? middle : "", family ? family : "");
    }
    ei_rows_close(&rows);
    EI_TRY(status);
    return row ? EDU_OK : not_found(error);
}

/* ---- records that fit ---- */

typedef struct matching {
    edu_session *session;
    edu_id person;
    const char *type;
    edu_register_record_page *out;
} matching;

static edu_status add_match(const matching *work, edu_tx *tx, const ei_reference_form *form,
                            ei_rows *rows, ei_arena *arena, edu_error *error)
{
    edu_register_record *items = (edu_register_record *)(uintptr_t)work->out->items;
    edu_bytes text = ei_column_bytes(rows, 9);
    json_t *data;
    EI_TRY(ei_json_read(text.data, text.size, &data, error));
    bool fits = ei_reference_is_about(form, data);
    json_decref(data);
    if (!fits)
        return EDU_OK;
    ei_register_filling with = {work->session, tx};
    return ei_register_record_fill(rows, 1, arena, &items[work->out->count++], &with, error);
}

static edu_status read_matches(const matching *work, edu_tx *tx, const ei_reference_form *form,
                               edu_error *error)
{
    ei_arena *arena = ei_record_arena(work->out);
    ei_rows rows;
    bool row = true;
    work->out->items = ei_arena_alloc(arena, MATCHES_MAX * sizeof *work->out->items);
    if (!work->out->items)
        return ei_no_memory(error);
    EI_TRY(sql_reference_records(tx, &work->person, form->register_code, &rows, error));
    edu_status status;
    do {
        status = ei_rows_next(&rows, &row, error);
        if (status == EDU_OK && row)
            status = add_match(work, tx, form, &rows, arena, error);
    } while (status == EDU_OK && row && work->out->count < MATCHES_MAX);
    ei_rows_close(&rows);
    return status;
}

static edu_status matches_run(edu_tx *tx, void *context, edu_error *error)
{
    matching *work = context;
    const ei_reference_form *form;
    holder who;
    edu_id actor = ei_session_actor(work->session);
    work->out->count = 0;
    EI_TRY(read_holder(tx, &actor, &work->person, &who, error));
    EI_TRY(load(work->session, tx, work->type, 0, &form, NULL, error));
    return read_matches(work, tx, form, error);
}

edu_status edu_reference_matches(edu_session *session, edu_id person_id, const char *type,
                                 edu_register_record_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(type, EI_CODE_MAX, false, "/type", error));
    if (!out)
        return ei_bad_argument(error, "out");
    matching work = {
        .session = session, .person = ei_person_or_self(session, person_id), .type = type};
    ei_reading reading = ei_reading_of("register", work.person, (edu_id){{0}});
    EI_TRY(
        ei_read_record_of(session, &reading, sizeof **out, matches_run, &work, &work.out, error));
    *out = work.out;
    return EDU_OK;
}

/* The type and its register, which may have lost a column since that the type names. */
static edu_status load_both(const edu_session *session, edu_tx *tx, const char *code,
                            int32_t version, const ei_reference_form **form,
                            const ei_register_form **held, int32_t *version_out, edu_error *error)
{
    EI_TRY(load(session, tx, code, version, form, version_out, error));
    EI_TRY(ei_register_load(session, tx, (*form)->register_code, 0, held, NULL, error));
    if (ei_reference_form_check(*form, *held, NULL) == EDU_OK)
        return EDU_OK;
    return ei_fail(error, EDU_E_STATE, "reference.outdated", NULL,
                   "the register has changed, and this type of reference does not fit it any more; "
                   "an admin has to publish the type again");
}

/* ---- the paper ---- */

typedef struct paper {
    const ei_command *command;
    const ei_reference_form *form;
    const ei_register_form *held;
    edu_id person;
    const holder *who;
    const edu_register_record *record;
    char codes[EI_REFERENCE_CODE_FIELDS][EI_REFERENCE_CODE_BYTES + 1];
} paper;

/* Papers are in the portal's language, whoever asks for them. */
static edu_session portal_speaks(const edu_session *session)
{
    return (edu_session){.portal = session->portal, .language = ""};
}

static const char *title_of(const paper *p, const edu_session *speaks, const char *name)
{
    static const char *const institution[EI_LANGUAGES] = {"Institution", "Müəssisə", "Учреждение"};
    if (strcmp(name, "institution") == 0)
        return institution[ei_language_index(speaks->portal->language)];
    return ei_localised(speaks, ei_register_column_find(p->held, name)->title);
}

static const char *value_of(const paper *p, const edu_session *speaks, const char *name)
{
    if (strcmp(name, "institution") == 0)
        return p->record->institution_name;
    const char *value = json_string_value(json_object_get(p->record->data, name));
    return value ? ei_register_shown(speaks, ei_register_column_find(p->held, name), value) : NULL;
}

static edu_status fill_text(const paper *p, const edu_session *speaks, ei_buffer *out,
                            edu_error *error)
{
    json_t *values = json_pack("{s:s}", "holder", p->who->name);
    if (values && p->record->institution_name)
        (void)json_object_set_new(values, "institution", json_string(p->record->institution_name));
    for (size_t i = 0; values && i < p->held->column_count; i++) {
        const char *value = value_of(p, speaks, p->held->columns[i].name);
        if (value)
            (void)json_object_set_new(values, p->held->columns[i].name, json_string(value));
    }
    edu_status status =
        values ? ei_template_fill(ei_localised(speaks, p->form->text), values, out, error)
               : ei_no_memory(error);
    json_decref(values);
    return status;
}

/* Whole characters of what a code has room for. */
static const char *short_value(const char *value, size_t most,
                               char out[EI_REFERENCE_CODE_BYTES + 1])
{
    size_t size = strnlen(value, most);
    while (size > 0 && ((unsigned char)value[size] & 0xc0) == 0x80)
        size--;
    memcpy(out, value, size);
    out[size] = '\0';
    return out;
}

static void add_fields(paper *p, const edu_session *speaks, ei_certificate_spec *spec)
{
    for (size_t i = 0; i < p->form->field_count; i++) {
        const char *name = p->form->fields[i], *value = value_of(p, speaks, name);
        if (value)
            spec->results[spec->result_count++] =
                (ei_certificate_result){name, title_of(p, speaks, name), value, "Result"};
    }
    for (size_t i = 0; i < p->form->code_count; i++) {
        const char *name = p->form->code_fields[i], *value = value_of(p, speaks, name);
        if (value)
            spec->claims[spec->claim_count++] =
                (ei_claim){name, short_value(value, p->form->code_bytes[i], p->codes[i])};
    }
}

static edu_status issue_paper(paper *p, edu_tx *tx, bool *issued, char number[EI_PAPER_ID_TEXT],
                              edu_error *error)
{
    const edu_session speaks = portal_speaks(p->command->session);
    ei_buffer text = {0};
    ei_rows rows;
    bool row = false;
    char type[EI_CODE_MAX + 16];
    char *title = ei_json_dumps(p->form->title, JSON_COMPACT);
    (void)snprintf(type, sizeof type, "reference.%s", p->form->code);
    edu_status status = title ? fill_text(p, &speaks, &text, error) : ei_no_memory(error);
    if (status == EDU_OK) {
        const char *held = ei_localised(&speaks, json_object_get(p->held->json, "title"));
        ei_certificate_spec spec = {
            .person_id = p->person,
            .source_id = p->record->id,
            .type = type,
            .title = title,
            .source = p->form->code,
            .holder = p->who->name,
            .name = ei_localised(&speaks, p->form->title),
            .description = text.data,
            .criteria = held,
            .expires = ei_reference_expires(p->form, p->command->now,
                                            p->command->session->portal->utc_offset_minutes),
            .claim_count = 1,
            .claims = {{"holder", p->who->name}}};
        add_fields(p, &speaks, &spec);
        status = ei_certificate_issue(p->command, tx, &spec, issued, error);
    }
    ei_buffer_free(&text);
    ei_free(title);
    EI_TRY(status);
    EI_TRY(sql_reference_number(tx, &p->person, type, &p->record->id, &rows, error));
    status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        (void)snprintf(number, EI_PAPER_ID_TEXT, "%s", ei_column_text(&rows, 0));
    ei_rows_close(&rows);
    return status;
}

/* ---- asking ---- */

typedef struct request {
    edu_id person, record;
    const char *type;
    /* found in a run */
    edu_id id;
    int32_t version;
    char number[EI_PAPER_ID_TEXT];
    holder who;
    const ei_reference_form *form;
    const ei_register_form *held;
} request;

static const edu_register_record *find_record(const edu_register_record_page *page, edu_id id)
{
    for (size_t i = 0; i < page->count; i++)
        if (ei_id_compare(page->items[i].id, id) == 0)
            return &page->items[i];
    return NULL;
}

static edu_status no_record(edu_error *error)
{
    return ei_fail(error, EDU_E_INVALID, "reference.record", "/record_id",
                   "this reference is not made from such a record");
}

static edu_status choose(const request *work, const edu_register_record_page *page,
                         const edu_register_record **out, edu_error *error)
{
    *out = page->count == 1 ? &page->items[0] : NULL;
    if (ei_id_is_none(work->record))
        return page->count > 1 ? ei_fail(error, EDU_E_STATE, "reference.choose", "/record_id",
                                         "there are several records; choose one of them")
                               : EDU_OK;
    *out = find_record(page, work->record);
    return *out ? EDU_OK : no_record(error);
}

static edu_status open_request(request *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    bool waits;
    edu_id actor = ei_session_actor(command->session);
    EI_TRY(read_holder(tx, &actor, &work->person, &work->who, error));
    EI_TRY(load_both(command->session, tx, work->type, 0, &work->form, &work->held, &work->version,
                     error));
    edu_status opened = sql_reference_waits(tx, &work->person, work->form->code, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, &waits, NULL, error));
    return waits ? ei_fail(error, EDU_E_CONFLICT, "reference.waiting", NULL,
                           "a request of this type waits for a clerk already")
                 : EDU_OK;
}

static edu_status find_again(request *work, edu_tx *tx, bool *found, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_reference_again(tx, &work->person, work->number, &rows, error));
    edu_status status = ei_rows_next(&rows, found, error);
    if (status == EDU_OK && *found)
        work->id = ei_column_id(&rows, 0);
    ei_rows_close(&rows);
    return status;
}

static edu_status keep_request(const request *work, ei_command *command, edu_tx *tx,
                               const edu_register_record *record, edu_error *error)
{
    const edu_id none = {{0}};
    const edu_session speaks = portal_speaks(command->session);
    json_t *data = json_pack("{s:s, s:s}", "type", work->form->code, "title",
                             ei_localised(&speaks, work->form->title));
    if (!data)
        return ei_no_memory(error);
    ei_application_step step = {.person = work->person,
                                .application = work->id,
                                .action = record ? "issue_at_once" : "request",
                                .actor_kind = work->who.acting_as,
                                .data = data};
    edu_status status = ei_application_begin(command, tx, SERVICE, &work->id, &step, error);
    json_decref(data);
    EI_TRY(status);
    return sql_reference_add(tx, &work->person, &work->id, work->form->code, work->version,
                             record ? "issued" : "waiting", record ? &record->id : &none,
                             record ? work->number : NULL, command->now, NULL, error);
}

static edu_status run_request(request *work, const edu_register_record_page *page,
                              ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_register_record *record;
    bool issued = false, is_again = false;
    EI_TRY(choose(work, page, &record, error));
    if (record) {
        paper p = {command, work->form, work->held, work->person, &work->who, record, {{0}}};
        EI_TRY(issue_paper(&p, tx, &issued, work->number, error));
        if (!issued)
            EI_TRY(find_again(work, tx, &is_again, error));
    }
    if (!is_again) {
        work->id = ei_new_id(command->session);
        EI_TRY(keep_request(work, command, tx, record, error));
    }
    memcpy(command->result, &work->id, sizeof work->id);
    command->result_size = sizeof work->id;
    return EDU_OK;
}

/* The records that fit, as part of a command; edu_free. */
static edu_status matches_of(edu_session *session, edu_tx *tx, const edu_id *person,
                             const ei_reference_form *form, edu_register_record_page **out,
                             edu_error *error)
{
    matching match = {
        .session = session, .person = *person, .out = ei_record_new(sizeof **out, NULL)};
    if (!match.out)
        return ei_no_memory(error);
    edu_status status = read_matches(&match, tx, form, error);
    if (status != EDU_OK)
        edu_free(match.out);
    else
        *out = match.out;
    return status;
}

static edu_status request_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    request work = *(const request *)command->context;
    edu_register_record_page *page = NULL;
    EI_TRY(open_request(&work, command, tx, error));
    EI_TRY(matches_of(command->session, tx, &work.person, work.form, &page, error));
    edu_status status = run_request(&work, page, command, tx, error);
    edu_free(page);
    return status;
}

/* ---- what was asked for ---- */

typedef struct shown {
    edu_session *session;
    const ei_command *command; /* of which it is the answer */
    edu_tx *tx;
    edu_id person, id;
    char number[EI_NUMBER_TEXT];
    edu_reference *out;
    ei_reading reading;
} shown;

static edu_status fill_reference(ei_rows *rows, int first, ei_arena *arena, void *record,
                                 void *context, edu_error *error)
{
    const shown *with = context;
    edu_reference *out = record;
    const ei_reference_form *form;
    const char *given = ei_column_text(rows, first + 10),
               *family = ei_column_text(rows, first + 11);
    out->person_id = ei_column_id(rows, first);
    out->id = ei_column_id(rows, first + 1);
    EI_TRY(ei_copy_column(arena, rows, first + 2, &out->type, error));
    EI_TRY(ei_copy_column(arena, rows, first + 4, &out->state, error));
    EI_TRY(ei_copy_column(arena, rows, first + 5, &out->number, error));
    EI_TRY(ei_copy_column(arena, rows, first + 6, &out->reason, error));
    EI_TRY(ei_copy_column(arena, rows, first + 8, &out->request, error));
    EI_TRY(ei_copy_column(arena, rows, first + 9, &out->made_as, error));
    out->requested = ei_column_time(rows, first + 7);
    out->expires = ei_column_time(rows, first + 13);
    if (!ei_column_is_null(rows, first + 12))
        out->validity = ei_certificate_state(rows, first + 12, ei_now(with->session));
    out->holder = ei_arena_printf(arena, "%s %s", given ? given : "", family ? family : "");
    if (!out->holder)
        return ei_no_memory(error);
    EI_TRY(load(with->session, with->tx, out->type, (int32_t)ei_column_int(rows, first + 3), &form,
                NULL, error));
    return ei_copy_text(arena, ei_localised(with->session, form->title), &out->title, error);
}

static edu_status fill_one(shown *read, edu_status opened, ei_rows *rows, edu_error *error)
{
    bool row = false;
    EI_TRY(opened);
    edu_status status = ei_rows_next(rows, &row, error);
    if (status == EDU_OK)
        status = row ? fill_reference(rows, 0, ei_record_arena(read->out), read->out, read, error)
                     : not_found(error);
    ei_rows_close(rows);
    return status;
}

static edu_status one_run(edu_tx *tx, void *context, edu_error *error)
{
    shown *read = context;
    ei_rows rows;
    read->tx = tx;
    return fill_one(read, sql_reference_one(tx, &read->person, &read->id, &rows, error), &rows,
                    error);
}

static edu_status answer_run(edu_tx *tx, void *context, edu_error *error)
{
    shown *read = context;
    memcpy(&read->id, read->command->result, sizeof read->id);
    return one_run(tx, read, error);
}

edu_status edu_reference_request(edu_session *session, edu_id person_id, const char *type,
                                 edu_id record_id, const char *key, edu_reference **out,
                                 edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(type, EI_CODE_MAX, false, "/type", error));
    if (!out)
        return ei_bad_argument(error, "out");
    request work = {
        .person = ei_person_or_self(session, person_id), .record = record_id, .type = type};
    shown read = {.session = session, .person = work.person};
    ei_command command = {.session = session,
                          .name = "reference.request",
                          .key = key,
                          .run = request_run,
                          .context = &work,
                          .takes_serial = true,
                          .tell = answer_run,
                          .told = &read};
    read.command = &command;
    ei_command_hash(&command, &work.person, sizeof work.person);
    ei_command_hash(&command, &record_id, sizeof record_id);
    ei_command_hash_text(&command, type);
    EI_TRY(ei_command_run_record(&command, sizeof **out, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

static edu_status open_list(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    shown *of = list->plan.context;
    holder who;
    edu_id actor = ei_session_actor(list->session);
    of->tx = tx;
    EI_TRY(read_holder(tx, &actor, &of->person, &who, error));
    return sql_reference_list(tx, &of->person, &list->key.id[0], list->ask, rows, error);
}

static edu_status open_worklist(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    shown *of = list->plan.context;
    of->tx = tx;
    EI_TRY(ei_require_role(list->session, tx, "clerk", error));
    return sql_reference_worklist(tx, list->key.integer[0], &list->key.id[1], &list->key.id[2],
                                  list->ask, rows, error);
}

static edu_status read_list(edu_session *session, edu_id person, const char *shape,
                            edu_status (*open)(ei_list *, edu_tx *, ei_rows *, edu_error *),
                            ei_reading reading, const char *cursor, int32_t limit,
                            edu_reference_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    shown of = {.session = session, .person = ei_person_or_self(session, person)};
    ei_list list = {.session = session,
                    .open = open,
                    .reading = reading,
                    .plan = {.shape = shape,
                             .record = "edu_reference",
                             .limit = limit,
                             .fill = fill_reference,
                             .context = &of}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

edu_status edu_reference_list(edu_session *session, edu_id person_id, const char *cursor,
                              int32_t limit, edu_reference_page **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    ei_reading reading =
        ei_reading_of("references", ei_person_or_self(session, person_id), (edu_id){{0}});
    return read_list(session, person_id, "U", open_list, reading, cursor, limit, out, error);
}

edu_status edu_reference_worklist(edu_session *session, const char *cursor, int32_t limit,
                                  edu_reference_page **out, edu_error *error)
{
    return read_list(session, (edu_id){{0}}, "iuu", open_worklist, ei_reading_list("references"),
                     cursor, limit, out, error);
}

static edu_status find_run(edu_tx *tx, void *context, edu_error *error)
{
    shown *read = context;
    ei_rows rows;
    edu_id actor = ei_session_actor(read->session);
    read->tx = tx;
    EI_TRY(
        fill_one(read, sql_reference_find(tx, &actor, read->number, &rows, error), &rows, error));
    read->reading = ei_reading_of("references", read->out->person_id, read->out->id);
    return EDU_OK;
}

edu_status edu_reference_find(edu_session *session, const char *request_number, edu_reference **out,
                              edu_error *error)
{
    int64_t serial;
    shown read = {.session = session};
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(request_number, EI_NUMBER_TEXT, false, "/request_number", error));
    if (!out)
        return ei_bad_argument(error, "out");
    if (ei_number_parse(request_number, &serial))
        ei_number_format(EI_APPLICATION_PREFIX, serial, read.number);
    EI_TRY(
        ei_read_record_of(session, &read.reading, sizeof **out, find_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

/* ---- a clerk decides ---- */

typedef struct decision {
    edu_id person, id, record;
    const char *reason; /* NULL: it is issued */
    char type[EI_CODE_MAX + 1];
    int32_t version;
} decision;

static edu_status read_waiting(decision *work, edu_tx *tx, const edu_id *actor, edu_error *error)
{
    ei_rows rows;
    bool row = false, waits = false;
    EI_TRY(sql_reference_get(tx, actor, &work->person, &work->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        (void)snprintf(work->type, sizeof work->type, "%s", ei_column_text(&rows, 0));
        work->version = (int32_t)ei_column_int(&rows, 1);
        waits = strcmp(ei_column_text(&rows, 2), "waiting") == 0;
    }
    ei_rows_close(&rows);
    EI_TRY(status);
    if (!row)
        return not_found(error);
    return waits ? EDU_OK
                 : ei_fail(error, EDU_E_STATE, "reference.decided", NULL,
                           "this request does not wait any more");
}

static edu_status advance(const decision *work, ei_command *command, edu_tx *tx,
                          const ei_reference_form *form, edu_error *error)
{
    const edu_session speaks = portal_speaks(command->session);
    json_t *data = json_pack("{s:s, s:s, s:s*}", "type", form->code, "title",
                             ei_localised(&speaks, form->title), "reason", work->reason);
    if (!data)
        return ei_no_memory(error);
    ei_application_step step = {.person = work->person,
                                .application = work->id,
                                .action = work->reason ? "refuse" : "issue",
                                .actor_kind = "clerk",
                                .data = data};
    edu_status status = ei_application_advance(command, tx, &step, error);
    json_decref(data);
    return status;
}

/* From the record, by one version of the type; *found tells whether that is about it. */
static edu_status issue_by(const decision *work, int32_t version, ei_command *command, edu_tx *tx,
                           char number[EI_PAPER_ID_TEXT], bool *found, edu_error *error)
{
    const ei_reference_form *form;
    const ei_register_form *held;
    edu_register_record_page *page = NULL;
    holder who;
    bool issued;
    edu_id actor = ei_session_actor(command->session);
    EI_TRY(read_holder(tx, &actor, &work->person, &who, error));
    EI_TRY(load_both(command->session, tx, work->type, version, &form, &held, NULL, error));
    EI_TRY(matches_of(command->session, tx, &work->person, form, &page, error));
    const edu_register_record *record = find_record(page, work->record);
    paper p = {command, form, held, work->person, &who, record, {{0}}};
    *found = record != NULL;
    edu_status status = record ? issue_paper(&p, tx, &issued, number, error) : EDU_OK;
    edu_free(page);
    return status;
}

/* By the type as it was asked for; where that does not fit the register or the record any more, by
 * the newest. */
static edu_status issue_from(const decision *work, ei_command *command, edu_tx *tx,
                             char number[EI_PAPER_ID_TEXT], edu_error *error)
{
    bool found = false;
    edu_status status = issue_by(work, work->version, command, tx, number, &found, NULL);
    if ((status == EDU_OK && !found) || status == EDU_E_STATE)
        status = issue_by(work, 0, command, tx, number, &found, error);
    return status == EDU_OK && !found ? no_record(error) : status;
}

static edu_status decide_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    decision work = *(const decision *)command->context;
    const ei_reference_form *form;
    char number[EI_PAPER_ID_TEXT] = "";
    const edu_id none = {{0}};
    edu_id actor = ei_session_actor(command->session);
    int64_t changed = 0;
    EI_TRY(read_waiting(&work, tx, &actor, error));
    EI_TRY(load(command->session, tx, work.type, work.version, &form, NULL, error));
    EI_TRY(advance(&work, command, tx, form, error));
    if (!work.reason)
        EI_TRY(issue_from(&work, command, tx, number, error));
    return sql_reference_decide(tx, &work.person, &work.id, work.reason ? "refused" : "issued",
                                work.reason ? &none : &work.record, work.reason ? NULL : number,
                                work.reason, command->now, &changed, error);
}

static edu_status decide(edu_session *session, decision *work, const char *name, const char *key,
                         edu_error *error)
{
    ei_command command = {
        .session = session, .name = name, .key = key, .run = decide_run, .context = work};
    ei_command_hash(&command, &work->person, sizeof work->person);
    ei_command_hash(&command, &work->id, sizeof work->id);
    ei_command_hash(&command, &work->record, sizeof work->record);
    ei_command_hash_text(&command, work->reason);
    return ei_command_run(&command, error);
}

edu_status edu_reference_issue(edu_session *session, edu_id person_id, edu_id id, edu_id record_id,
                               const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    decision work = {
        .person = ei_person_or_self(session, person_id), .id = id, .record = record_id};
    return decide(session, &work, "reference.issue", key, error);
}

edu_status edu_reference_refuse(edu_session *session, edu_id person_id, edu_id id,
                                const char *reason, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_words(reason, REASON_MAX, "/reason", error));
    decision work = {.person = ei_person_or_self(session, person_id), .id = id, .reason = reason};
    return decide(session, &work, "reference.refuse", key, error);
}
