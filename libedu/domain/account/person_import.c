/* The persons' register: who somebody is, and where messages reach them. */
#include "domain/account/import.h"

#include <sodium.h>
#include <string.h>

#include "account_sql.h"
#include "person_sql.h"

#define NAME_BYTES 200
#define MAIL_MAX 254
#define NAMESAKES_MAX 10 /* of one person; more are no duplicates */

enum {
    PERSON_NUMBER,
    PERSON_DOCUMENT,
    PERSON_GIVEN,
    PERSON_FAMILY,
    PERSON_PATRONYMIC,
    PERSON_BIRTH,
    PERSON_MAIL,
    PERSON_PHONE
};
static const char *const person_columns[] = {
    "number?", "document?", "given", "family", "patronymic?", "birth", "mail?", "phone?", NULL};

/* What is sealed, in the order of the columns of account_register_person. */
enum { NUMBER, DOCUMENT, MAIL, PHONE, SEALED };
static const char *const sealed_names[] = {"number", "document", "mail", "phone"};

typedef struct sealed_field {
    char wanted[MAIL_MAX + 1]; /* empty for none */
    bool is_given;             /* the file says what it shall be, perhaps nothing */
    char *stored;              /* as it is, unsealed; NULL for none */
    uint8_t sealed[MAIL_MAX + EI_SEAL_EXTRA];
    size_t size; /* of what the row has or gets; 0 for none */
    ei_identifier claim;
} sealed_field;

typedef struct person_row {
    edu_id id;
    bool is_new;
    char *given, *family, *patronymic;
    char *search_name;
    bool has_patronymic; /* the column is there */
    edu_date birth;
    ei_person_keys wrapped;
    sealed_field fields[SEALED];
    bool is_changed, is_renamed, is_reborn;
} person_row;

static void free_row(person_row *row)
{
    ei_free(row->given);
    ei_free(row->family);
    ei_free(row->patronymic);
    ei_free(row->search_name);
    for (int i = 0; i < SEALED; i++)
        ei_free(row->fields[i].stored);
    sodium_memzero(row, sizeof *row);
}

/* ---- a record of the file ---- */

static edu_status check_mail(const char *mail, edu_error *error)
{
    const char *at = strchr(mail, '@');
    size_t length = strnlen(mail, MAIL_MAX + 1);
    if (length > MAIL_MAX || !at || at == mail || !at[1] || strchr(at + 1, '@') ||
        strcspn(mail, " ,;<>\t\r\n") != length)
        return ei_import_wrong(error, "import.bad_mail", "/mail", "not a mail address");
    return EDU_OK;
}

static edu_status check_phone(const char *phone, edu_error *error)
{
    size_t length = strnlen(phone, 32);
    size_t start = phone[0] == '+';
    if (length < 5 || length > 24 || strspn(phone + start, "0123456789 -()") != length - start)
        return ei_import_wrong(error, "import.bad_phone", "/phone", "not a telephone number");
    return EDU_OK;
}

static void want(sealed_field *field, const char *text)
{
    field->is_given = true;
    memcpy(field->wanted, text, strnlen(text, MAIL_MAX));
}

static edu_status read_identifiers(ei_import *import, const char *const *fields, person_row *row,
                                   edu_error *error)
{
    const edu_portal *portal = import->session->portal;
    sealed_field *number = &row->fields[NUMBER], *document = &row->fields[DOCUMENT];
    if (!fields[PERSON_NUMBER][0] && !fields[PERSON_DOCUMENT][0])
        return ei_import_wrong(error, "import.no_number", "/number",
                               "a person has a number or a document");
    if (fields[PERSON_NUMBER][0]) {
        EI_TRY(ei_identify_number(portal, fields[PERSON_NUMBER], &number->claim, error));
        want(number, number->claim.text);
    }
    if (fields[PERSON_DOCUMENT][0]) {
        EI_TRY(ei_identify_document(portal, fields[PERSON_DOCUMENT], &document->claim, error));
        want(document, document->claim.text);
    }
    return EDU_OK;
}

static edu_status read_contacts(ei_import *import, const char *const *fields, person_row *row,
                                edu_error *error)
{
    if (fields[PERSON_MAIL][0])
        EI_TRY(check_mail(fields[PERSON_MAIL], error));
    if (fields[PERSON_PHONE][0])
        EI_TRY(check_phone(fields[PERSON_PHONE], error));
    if (ei_csv_has(import->reader, PERSON_MAIL))
        want(&row->fields[MAIL], fields[PERSON_MAIL]);
    if (ei_csv_has(import->reader, PERSON_PHONE))
        want(&row->fields[PHONE], fields[PERSON_PHONE]);
    return EDU_OK;
}

static edu_status read_birth(ei_import *import, const char *text, edu_date *out, edu_error *error)
{
    int hour, minute;
    int32_t today = ei_date_to_days(ei_time_civil(
        import->command->now, import->session->portal->utc_offset_minutes, &hour, &minute));
    if (!ei_date_read(text, out) || out->year < 1880 || ei_date_to_days(*out) > today)
        return ei_import_wrong(error, "import.bad_birth", "/birth",
                               "not a day of birth, written YYYY-MM-DD");
    return EDU_OK;
}

static edu_status read_record(ei_import *import, const char *const *fields, person_row *row,
                              edu_error *error)
{
    EI_TRY(read_identifiers(import, fields, row, error));
    EI_TRY(ei_import_text(fields[PERSON_GIVEN], NAME_BYTES, false, "/given", &row->given, error));
    EI_TRY(
        ei_import_text(fields[PERSON_FAMILY], NAME_BYTES, false, "/family", &row->family, error));
    EI_TRY(ei_import_text(fields[PERSON_PATRONYMIC], NAME_BYTES, true, "/patronymic",
                          &row->patronymic, error));
    EI_TRY(ei_person_search_name(row->family, row->given, &row->search_name, error));
    row->has_patronymic = ei_csv_has(import->reader, PERSON_PATRONYMIC);
    EI_TRY(read_birth(import, fields[PERSON_BIRTH], &row->birth, error));
    return read_contacts(import, fields, row, error);
}

/* ---- whose record it is ---- */

static edu_status find_owner(ei_import *import, const sealed_field *field, edu_id *owner,
                             edu_error *error)
{
    *owner = (edu_id){{0}};
    if (!field->is_given)
        return EDU_OK;
    ei_rows rows;
    EI_TRY(sql_account_claimed(import->tx, field->claim.kind, ei_hash_bytes(&field->claim.hash),
                               &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    if (status == EDU_OK && is_there)
        *owner = ei_column_id(&rows, 0);
    ei_rows_close(&rows);
    return status;
}

static edu_status find_person(ei_import *import, person_row *row, edu_error *error)
{
    edu_id by_number, by_document;
    EI_TRY(find_owner(import, &row->fields[NUMBER], &by_number, error));
    EI_TRY(find_owner(import, &row->fields[DOCUMENT], &by_document, error));
    bool has_number = !ei_id_is_none(by_number), has_document = !ei_id_is_none(by_document);
    if (has_number && has_document && ei_id_compare(by_number, by_document) != 0)
        return ei_fail(error, EDU_E_CONFLICT, "import.two_persons", "/document",
                       "the number and the document belong to two different persons");
    row->is_new = !has_number && !has_document;
    row->id = has_number ? by_number : by_document;
    if (row->is_new)
        row->id = ei_new_id(import->session);
    return ei_import_once(import, row->id, "/number", "person", error);
}

/* ---- sealing ---- */

static edu_status seal_field(ei_import *import, person_row *row, int i, edu_error *error)
{
    const edu_portal *portal = import->session->portal;
    sealed_field *field = &row->fields[i];
    size_t length = strlen(field->wanted);
    field->size = length ? length + EI_SEAL_EXTRA : 0;
    if (!length)
        return EDU_OK;
    return ei_seal(portal->keys, &portal->environment.random, &row->id,
                   ei_person_keys_bytes(&row->wrapped), sealed_names[i],
                   (edu_bytes){field->wanted, length}, field->sealed, error);
}

static edu_bytes sealed_bytes(const sealed_field *field)
{
    return (edu_bytes){field->size ? field->sealed : NULL, field->size};
}

static edu_status unseal_field(ei_import *import, person_row *row, int i, edu_bytes sealed,
                               edu_error *error)
{
    sealed_field *field = &row->fields[i];
    if (!sealed.data)
        return EDU_OK;
    if (sealed.size > sizeof field->sealed)
        return ei_fail(error, EDU_E_CORRUPT, "account.sealed_size", NULL,
                       "a sealed field is longer than any");
    memcpy(field->sealed, sealed.data, sealed.size);
    field->size = sealed.size;
    edu_bytes plain;
    EI_TRY(ei_unseal(import->session->portal->keys, &row->id, ei_person_keys_bytes(&row->wrapped),
                     sealed_names[i], sealed, &plain, error));
    field->stored = (char *)(uintptr_t)plain.data;
    return EDU_OK;
}

/* ---- adding ---- */

static edu_status claim_field(ei_import *import, const person_row *row, int i, edu_error *error)
{
    const ei_identifier *claim = &row->fields[i].claim;
    return sql_account_claim_again(import->tx, claim->kind, ei_hash_bytes(&claim->hash), &row->id,
                                   NULL, error);
}

/* Who has this name and birth day too may be this person. */
static edu_status find_namesakes(ei_import *import, const person_row *row, edu_error *error)
{
    EI_TRY(sql_person_pairs_end(import->tx, &row->id, NULL, error));
    return sql_person_pairs_find(import->tx, &row->id, row->search_name, row->birth,
                                 import->command->now, NAMESAKES_MAX, NULL, error);
}

static edu_status add_person(ei_import *import, person_row *row, edu_error *error)
{
    const edu_portal *portal = import->session->portal;
    ei_person_key_make(portal->keys, &portal->environment.random, &row->id, row->wrapped.bytes);
    row->wrapped.size = EI_WRAPPED_KEY;
    for (int i = 0; i < SEALED; i++)
        EI_TRY(seal_field(import, row, i, error));
    const sealed_field *fields = row->fields;
    EI_TRY(sql_account_person_add(import->tx, &row->id, row->given, row->family, row->patronymic,
                                  row->birth, ei_person_keys_bytes(&row->wrapped),
                                  sealed_bytes(&fields[NUMBER]), sealed_bytes(&fields[DOCUMENT]),
                                  sealed_bytes(&fields[MAIL]), sealed_bytes(&fields[PHONE]),
                                  import->command->now, row->search_name, NULL, error));
    EI_TRY(find_namesakes(import, row, error));
    for (int i = NUMBER; i <= DOCUMENT; i++)
        if (row->fields[i].is_given)
            EI_TRY(claim_field(import, row, i, error));
    import->report.added++;
    return EDU_OK;
}

/* ---- changing ---- */

static edu_status take_stored(ei_import *import, person_row *row, ei_rows *rows, edu_error *error)
{
    bool is_there = false;
    EI_TRY(ei_rows_next(rows, &is_there, error));
    edu_bytes wrapped = is_there ? ei_column_bytes(rows, 4) : (edu_bytes){NULL, 0};
    if (!ei_person_keys_take(wrapped, &row->wrapped))
        return ei_fail(error, EDU_E_CORRUPT, "account.no_person", NULL,
                       "a claim belongs to no person, or to one without a key");
    const char *patronymic = ei_column_text(rows, 2);
    if (!row->has_patronymic && patronymic) {
        row->patronymic = ei_strdup(patronymic);
        if (!row->patronymic)
            return ei_no_memory(error);
    }
    row->is_renamed = !ei_same_text(ei_column_text(rows, 0), row->given) ||
                      !ei_same_text(ei_column_text(rows, 1), row->family);
    edu_date birth = ei_column_date(rows, 3);
    row->is_reborn = ei_date_to_days(birth) != ei_date_to_days(row->birth);
    row->is_changed =
        row->is_renamed || row->is_reborn || !ei_same_text(patronymic, row->patronymic);
    for (int i = 0; i < SEALED; i++)
        EI_TRY(unseal_field(import, row, i, ei_column_bytes(rows, 5 + i), error));
    return EDU_OK;
}

/* A number or document that changed is found by the new one, and by the old no more. */
static edu_status move_claim(ei_import *import, const person_row *row, int i, edu_error *error)
{
    const sealed_field *field = &row->fields[i];
    if (field->stored) {
        ei_hash old = ei_hash_text(import->session->portal, field->claim.kind, field->stored);
        EI_TRY(sql_account_claim_end(import->tx, field->claim.kind, ei_hash_bytes(&old), &row->id,
                                     NULL, error));
    }
    return claim_field(import, row, i, error);
}

static edu_status change_fields(ei_import *import, person_row *row, edu_error *error)
{
    for (int i = 0; i < SEALED; i++) {
        const sealed_field *field = &row->fields[i];
        if (!field->is_given || strcmp(field->wanted, field->stored ? field->stored : "") == 0)
            continue;
        row->is_changed = true;
        EI_TRY(seal_field(import, row, i, error));
        if (i <= DOCUMENT)
            EI_TRY(move_claim(import, row, i, error));
    }
    return EDU_OK;
}

static edu_status put_names(const char *family, const char *given, ei_buffer *out, edu_error *error)
{
    ei_buffer_printf(out, "%s %s", family, given);
    return out->failed ? ei_no_memory(error) : EDU_OK;
}

edu_status ei_person_sort_name(const edu_portal *portal, const char *family, const char *given,
                               char **out, edu_error *error)
{
    ei_buffer names = {0};
    edu_status status = put_names(family, given, &names, error);
    if (status == EDU_OK)
        status = ei_text_sort_key(portal->language, names.data, out, error);
    ei_buffer_free(&names);
    return status;
}

edu_status ei_person_search_name(const char *family, const char *given, char **out,
                                 edu_error *error)
{
    ei_buffer names = {0};
    edu_status status = put_names(family, given, &names, error);
    if (status == EDU_OK && !(*out = ei_text_fold(names.data, error)))
        status = EDU_E_NOMEM;
    ei_buffer_free(&names);
    return status;
}

static edu_status rename_pupil(ei_import *import, const person_row *row, edu_error *error)
{
    char *sort_name = NULL;
    edu_status status =
        ei_person_sort_name(import->session->portal, row->family, row->given, &sort_name, error);
    if (status == EDU_OK)
        status = sql_account_pupil_renamed(import->tx, &row->id, sort_name, row->search_name, NULL,
                                           error);
    ei_free(sort_name);
    return status;
}

static edu_status change_person(ei_import *import, person_row *row, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_account_register_person(import->tx, &row->id, &rows, error));
    edu_status status = take_stored(import, row, &rows, error);
    ei_rows_close(&rows);
    EI_TRY(status);
    EI_TRY(change_fields(import, row, error));
    if (!row->is_changed) {
        import->report.unchanged++;
        return EDU_OK;
    }
    import->report.changed++;
    const sealed_field *fields = row->fields;
    EI_TRY(sql_account_person_change(import->tx, &row->id, row->given, row->family, row->patronymic,
                                     row->birth, sealed_bytes(&fields[NUMBER]),
                                     sealed_bytes(&fields[DOCUMENT]), sealed_bytes(&fields[MAIL]),
                                     sealed_bytes(&fields[PHONE]), row->search_name, NULL, error));
    if (row->is_renamed || row->is_reborn)
        EI_TRY(find_namesakes(import, row, error));
    return row->is_renamed ? rename_pupil(import, row, error) : EDU_OK;
}

static edu_status put_person(ei_import *import, const char *const *fields, person_row *row,
                             edu_error *error)
{
    EI_TRY(read_record(import, fields, row, error));
    EI_TRY(find_person(import, row, error));
    return row->is_new ? add_person(import, row, error) : change_person(import, row, error);
}

static edu_status person_record(ei_import *import, const char *const *fields, edu_error *error)
{
    person_row row = {0};
    edu_status status = put_person(import, fields, &row, error);
    free_row(&row);
    return status;
}

edu_status edu_account_import_persons(edu_session *session, edu_bytes csv, const char *key,
                                      edu_import_report **out, edu_error *error)
{
    ei_import import = {.session = session,
                        .name = "account.import_persons",
                        .csv = csv,
                        .columns = person_columns,
                        .row = person_record};
    return ei_import_run(&import, key, out, error);
}
