/* All that is held on a person, part by part as the tables have it. */
#include <edu/privacy.h>

#include <string.h>

#include "domain/appeal/appeal_store.h"
#include "domain/person/person_store.h"
#include "domain/request/request_document.h"
#include "domain/request/request_store.h"
#include "domain/result/result_store.h"
#include "privacy_sql.h"

/* columns: a kind and a name each. t text, i integer, b truth, T instant, d date, u id, j JSON as
 * it is stored; s text and o JSON that are sealed under the name of the part's field. */
typedef struct part {
    const char *name;
    edu_status (*open)(edu_tx *tx, const edu_id *person, ei_rows *rows, edu_error *error);
    const char *columns;
    const char *fields[4]; /* of what is sealed, in its order */
} part;

static const part person_part = {
    "person",
    NULL,
    "t given, t family, t patronymic, d birth, s number, s document, s mail, s phone, T created",
    {"number", "document", "mail", "phone"}};

static const part parts[] = {
    {"pupil",
     sql_privacy_pupil,
     "t institution, i grade, t class_letter, t language, b is_step_free, T since",
     {NULL}},
    {"guardians",
     sql_privacy_guardians,
     "u guardian_id, u child_id, t state, t source, T since",
     {NULL}},
    {"account", sql_privacy_account, "t login, t state, t language, T created", {NULL}},
    {"sign_ins", sql_privacy_sign_ins, "t title, T created, T expires", {NULL}},
    {"readings",
     sql_privacy_readings,
     "u reader_id, t roles, t what, t about, t why, T since, T last, i count",
     {NULL}},
    {"roles", sql_privacy_roles, "t role, t scope, t code, T since", {NULL}},
    {"notifications",
     sql_privacy_notifications,
     "T at, t service, t template, j data, b is_read",
     {NULL}},
    {"applications",
     sql_privacy_applications,
     "u id, t number, t service, t state, b is_open, T created, T changed",
     {NULL}},
    {"events",
     sql_privacy_events,
     "u application_id, i sequence, T at, t action, t state, t actor_kind, j data",
     {NULL}},
    {"drafts", sql_privacy_drafts, "t service, T changed, o form", {EI_REQUEST_SEALED_DRAFT}},
    {"request_forms",
     sql_privacy_request_forms,
     "u application_id, i revision, o form",
     {EI_REQUEST_SEALED_FORM}},
    {"request_texts",
     sql_privacy_request_texts,
     "u application_id, i sequence, o text",
     {EI_REQUEST_SEALED_TEXT}},
    {"documents",
     sql_privacy_documents,
     "u id, t kind, t type, i size, T added, s name",
     {EI_DOCUMENT_SEALED_NAME}},
    {"appeals",
     sql_privacy_appeals,
     "u id, t number, t channel, b is_anonymous, t category, t level, t region, t department, "
     "T received, T answered, i rating",
     {NULL}},
    {"appeal_texts",
     sql_privacy_appeal_texts,
     "u appeal_id, i sequence, s text",
     {EI_APPEAL_SEALED}},
    {"appeal_files",
     sql_privacy_appeal_files,
     "u appeal_id, i sequence, t type, i size, s name",
     {EI_APPEAL_SEALED_NAME}},
    {"appeal_drafts",
     sql_privacy_appeal_drafts,
     "t form, T changed, s text",
     {EI_APPEAL_SEALED_DRAFT}},
    {"appeals_signed", sql_privacy_appeals_signed, "u appeal_id, T at", {NULL}},
    {"entries",
     sql_privacy_entries,
     "u application_id, u sitting_id, t institution, t region, i grade, b is_step_free, b is_open, "
     "T created",
     {NULL}},
    {"seats",
     sql_privacy_seats,
     "u application_id, u sitting_id, t centre, t room, i desk, t variant, i distance_m, b came",
     {NULL}},
    {"results",
     sql_privacy_results,
     "u season_id, t number, t institution, t region, i grade, b is_absent, j points, i total, "
     "t division, t award",
     {NULL}},
    {"result_appeals",
     sql_privacy_result_appeals,
     "u season_id, t state, T created, T decided, s text, s answer",
     {EI_RESULT_APPEAL_SEALED_TEXT, EI_RESULT_APPEAL_SEALED_ANSWER}},
    {"register_records",
     sql_privacy_register_records,
     "t register, t institution, j data, T since, b is_current",
     {NULL}},
    {"references",
     sql_privacy_references,
     "u id, t type, t state, t number, t reason, T requested, T decided",
     {NULL}},
    {"certificates",
     sql_privacy_certificates,
     "t number, t type, T issued, T expires, T revoked, t reason, j record",
     {NULL}},
    {"invoices",
     sql_privacy_invoices,
     "t number, t kind, j title, t currency, i amount, i waived, i paid, i refunded, t state, "
     "d due, T created",
     {NULL}},
    {"payments", sql_privacy_payments, "t payment, t currency, i amount, i refunded, T at", {NULL}},
    {"admissions",
     sql_privacy_admissions,
     "t service, t list, i year, u offering_id, t institution, t level, t funding, i score, "
     "t progress",
     {NULL}},
};

/* ---- a value ---- */

typedef struct export
{
    edu_session *session;
    edu_id person;
    ei_person_keys wrapped; /* none: they were erased */
    edu_personal_data *out;
}
export;

static json_t *instant(edu_time time)
{
    char text[32];
    ei_time_format(time, text);
    return json_string(text);
}

static json_t *day(edu_date date)
{
    char text[11];
    ei_date_format(date, text);
    return json_string(text);
}

static json_t *id_text(edu_id id)
{
    char text[EDU_ID_TEXT];
    edu_id_format(id, text);
    return json_string(text);
}

static edu_status open_sealed(const export *work, const char *field, bool is_json, edu_bytes sealed,
                              json_t **out, edu_error *error)
{
    edu_bytes plain;
    EI_TRY(ei_unseal(work->session->portal->keys, &work->person,
                     ei_person_keys_bytes(&work->wrapped), field, sealed, &plain, error));
    edu_status status = EDU_OK;
    if (is_json)
        status = ei_json_read(plain.data, plain.size, out, error);
    else
        *out = json_stringn(plain.data, plain.size);
    ei_free((void *)(uintptr_t)plain.data);
    return status != EDU_OK || *out ? status : ei_no_memory(error);
}

static edu_status plain_value(ei_rows *rows, int column, char kind, json_t **out, edu_error *error)
{
    const char *text;
    switch (kind) {
    case 't':
        *out = json_string(ei_column_text(rows, column));
        break;
    case 'j':
        text = ei_column_text(rows, column);
        return *text ? ei_json_read(text, strlen(text), out, error) : (*out = json_null(), EDU_OK);
    case 'i':
        *out = json_integer(ei_column_int(rows, column));
        break;
    case 'b':
        *out = json_boolean(ei_column_bool(rows, column));
        break;
    case 'T':
        *out = instant(ei_column_time(rows, column));
        break;
    case 'd':
        *out = day(ei_column_date(rows, column));
        break;
    default:
        *out = id_text(ei_column_id(rows, column));
    }
    return *out ? EDU_OK : ei_no_memory(error);
}

/* ---- a part ---- */

typedef struct part_read {
    const export *work;
    const part *part;
    int first; /* column */
    json_t *into;
} part_read;

static edu_status add_column(const part_read *read, ei_rows *rows, int column, char kind,
                             const char *name, size_t length, int *sealed, json_t *row,
                             edu_error *error)
{
    json_t *value = json_null();
    char key[32];
    bool is_sealed = kind == 's' || kind == 'o';
    const char *field = is_sealed ? read->part->fields[(*sealed)++] : NULL;
    memcpy(key, name, length);
    key[length] = 0;
    if (!ei_column_is_null(rows, column))
        EI_TRY(is_sealed ? open_sealed(read->work, field, kind == 'o',
                                       ei_column_bytes(rows, column), &value, error)
                         : plain_value(rows, column, kind, &value, error));
    return json_object_set_new(row, key, value) == 0 ? EDU_OK : ei_no_memory(error);
}

static edu_status fill_row(const part_read *read, ei_rows *rows, json_t *row, edu_error *error)
{
    int column = read->first, sealed = 0;
    edu_status status = EDU_OK;
    for (const char *at = read->part->columns; status == EDU_OK && *at; column++) {
        size_t length = strcspn(at + 2, ",");
        status = add_column(read, rows, column, at[0], at + 2, length, &sealed, row, error);
        at += 2 + length;
        at += strspn(at, ", ");
    }
    return status;
}

static edu_status add_row(void *context, ei_rows *rows, edu_error *error)
{
    const part_read *read = context;
    json_t *row = json_object();
    if (json_array_append_new(read->into, row) < 0)
        return ei_no_memory(error);
    return fill_row(read, rows, row, error);
}

static edu_status add_part(const export *work, edu_tx *tx, const part *one, edu_error *error)
{
    part_read read = {work, one, 0, json_array()};
    ei_rows rows;
    if (json_object_set_new(work->out->content, one->name, read.into) < 0)
        return ei_no_memory(error);
    return ei_rows_each(one->open(tx, &work->person, &rows, error), &rows, add_row, &read, error);
}

/* ---- the person ---- */

static edu_status add_person(export *work, ei_rows *rows, json_t *person, edu_error *error)
{
    part_read read = {work, &person_part, 1, NULL};
    edu_bytes wrapped = ei_column_bytes(rows, 0);
    if (!ei_person_keys_take(wrapped, &work->wrapped) && wrapped.size > 0)
        return ei_fail(error, EDU_E_CORRUPT, "privacy.key", NULL, "a person's key has no form");
    return fill_row(&read, rows, person, error);
}

static edu_status read_person(export *work, edu_tx *tx, edu_error *error)
{
    edu_id actor = ei_session_actor(work->session);
    ei_rows rows;
    bool row = false;
    json_t *person = json_object();
    if (json_object_set_new(work->out->content, "person", person) < 0)
        return ei_no_memory(error);
    EI_TRY(sql_privacy_person(tx, &actor, &work->person, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? add_person(work, &rows, person, error)
                     : ei_fail(error, EDU_E_NOT_FOUND, "privacy.not_found", NULL,
                               "there is no such person, or it is not yours to ask about them");
    ei_rows_close(&rows);
    return status;
}

static edu_status export_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    export *work = command->context;
    json_object_clear(work->out->content);
    EI_TRY(ei_person_kept(tx, &work->person, NULL, error));
    work->out->person_id = work->person;
    EI_TRY(read_person(work, tx, error));
    for (size_t i = 0; i < EI_COUNT(parts); i++)
        EI_TRY(add_part(work, tx, &parts[i], error));
    ei_reading reading = ei_reading_of("everything", work->person, (edu_id){{0}});
    EI_TRY(ei_reading_note(command, tx, &reading, error));
    return ei_audit(command, tx, command->name, &work->person, NULL, error);
}

edu_status edu_privacy_export(edu_session *session, edu_id person_id, edu_personal_data **out,
                              edu_error *error)
{
    ei_arena *arena;
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    export work = {.session = session, .person = ei_person_or_self(session, person_id)};
    work.out = ei_record_new(sizeof *work.out, &arena);
    if (!work.out)
        return ei_no_memory(error);
    work.out->person_id = work.person;
    work.out->made = ei_now(session);
    edu_status status = ei_own_json(arena, json_object(), &work.out->content, error);
    if (status == EDU_OK)
        status = ei_write(session, "privacy.export", export_run, &work, error);
    if (status == EDU_OK)
        *out = work.out;
    else
        edu_free(work.out);
    return status;
}
