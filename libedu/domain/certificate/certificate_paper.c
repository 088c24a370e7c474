/* The forms of a certificate: the signed record, and what shows every field of it, on paper and as
 * a page. They are in the portal's language, as the record is, and the same for everybody. */
#include "domain/certificate/certificate_store.h"

#include <stdio.h>
#include <string.h>
#include "domain/portal/words.h"

#define FIELDS_MAX (8 + EI_CERTIFICATE_RESULTS)
#define GROUPS_MAX 64

typedef enum text {
    CERTIFICATE,
    REFERENCE,
    AWARDED_TO,
    ISSUED_TO,
    FOR,
    CERTIFIED,
    CRITERIA,
    REGISTER,
    ISSUED,
    EXPIRES,
    CHECK,
    CODE,
    DETAILS,
    DOCUMENT,
    TEXTS
} text;

static const char *const texts[TEXTS][EI_LANGUAGES] = {
    [CERTIFICATE] = {"Certificate", "Sertifikat", "Сертификат"},
    [REFERENCE] = {"Reference", "Arayış", "Справка"},
    [AWARDED_TO] = {"Awarded to", "Təqdim olunur", "Вручается"},
    [ISSUED_TO] = {"Issued to", "Verilir", "Выдана"},
    [FOR] = {"For", "Nəyə görə", "За что"},
    [CERTIFIED] = {"It is certified that", "Təsdiq edilir", "Подтверждается"},
    [CRITERIA] = {"Rule", "Qayda", "Правило"},
    [REGISTER] = {"Register", "Reyestr", "Реестр"},
    [ISSUED] = {"Issued on", "Verilmə tarixi", "Дата выдачи"},
    [EXPIRES] = {"Valid until", "Etibarlıdır (bu vaxtadək)", "Действует до"},
    [CHECK] = {"Anyone can check this document: scan the code, or enter the number and the birth "
               "date at the address beside it.",
               "Bu sənədi hər kəs yoxlaya bilər: kodu oxudun və ya yanındakı ünvanda nömrəni və "
               "doğum tarixini daxil edin.",
               "Этот документ может проверить каждый: отсканируйте код или введите номер и дату "
               "рождения по указанному адресу."},
    [CODE] = {"QR code: the signed content of this document, for checking. It leads to",
              "QR kod: sənədin yoxlamaq üçün imzalanmış məzmunu. Apardığı ünvan:",
              "QR-код: подписанное содержание документа для проверки. Он ведёт на"},
    [DETAILS] = {"The other data that were signed", "İmzalanmış digər məlumatlar",
                 "Другие подписанные данные"},
    [DOCUMENT] = {"document", "sənəd", "документ"},
};

typedef struct sheet {
    const edu_session *session;
    const ei_certificate_forms *forms;
    ei_record record;
    ei_arena *arena;
    ei_print print;
    ei_print_field fields[FIELDS_MAX], details[GROUPS_MAX];
    ei_buffer groups[GROUPS_MAX];
    json_t *shown; /* the set of texts that stand on the sheet */
} sheet;

static const char *word(const sheet *s, text which)
{
    return texts[which][ei_language_index(s->session->portal->language)];
}

/* ---- what people look for ---- */

static void mark(sheet *s, const char *value)
{
    (void)json_object_set_new(s->shown, value, json_true());
}

static void add(sheet *s, const char *label, const char *value, bool is_large)
{
    if (value == NULL || *value == '\0')
        return;
    s->fields[s->print.count++] = (ei_print_field){label, value, is_large};
    mark(s, label);
    mark(s, value);
}

static const char *time_words(sheet *s, edu_time time, bool with_hour)
{
    const edu_portal *portal = s->session->portal;
    int hour, minute;
    char date[EI_DATE_WORDS];
    ei_date_words(portal->language, ei_time_civil(time, portal->utc_offset_minutes, &hour, &minute),
                  date);
    return with_hour ? ei_arena_printf(s->arena, "%s, %02d:%02d", date, hour, minute)
                     : ei_arena_strdup(s->arena, date);
}

static const json_t *description_of(const json_t *achievement, const char *id)
{
    const json_t *list = json_object_get(achievement, "resultDescription");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(ei_json_text(json_array_get(list, i), "id"), id) == 0)
            return json_array_get(list, i);
    return NULL;
}

/* What was reached is shown large, what a register says is not. */
static void add_results(sheet *s, const json_t *subject, const json_t *achievement)
{
    const json_t *results = json_object_get(subject, "result");
    for (size_t i = 0; i < json_array_size(results) && i < EI_CERTIFICATE_RESULTS; i++) {
        const json_t *result = json_array_get(results, i);
        const char *id = ei_json_text(result, "resultDescription");
        const json_t *about = description_of(achievement, id);
        add(s, about != NULL ? ei_json_text(about, "name") : id, ei_json_text(result, "value"),
            strcmp(ei_json_text(about, "resultType"), "Result") != 0);
    }
}

static void add_fields(sheet *s, bool is_reference)
{
    const json_t *subject = json_object_get(s->record.document, "credentialSubject");
    const json_t *achievement = json_object_get(subject, "achievement");
    const json_t *holder = json_array_get(json_object_get(subject, "identifier"), 0);
    const json_t *criteria = json_object_get(achievement, "criteria");
    s->print.subtitle = ei_json_text(achievement, "name");
    mark(s, s->print.subtitle);
    mark(s, s->print.issuer);
    add(s, word(s, is_reference ? ISSUED_TO : AWARDED_TO), ei_json_text(holder, "identityHash"),
        true);
    add(s, word(s, is_reference ? CERTIFIED : FOR), ei_json_text(achievement, "description"),
        false);
    add_results(s, subject, achievement);
    add(s, word(s, is_reference ? REGISTER : CRITERIA), ei_json_text(criteria, "narrative"), false);
    add(s, word(s, ISSUED), time_words(s, s->record.issued, false), false);
    if (s->record.expires != EDU_TIME_NONE)
        add(s, word(s, EXPIRES), time_words(s, s->record.expires, true), false);
}

/* ---- all the rest ---- */

/* Where the name of a leaf begins: "achievement.type.0" has the name "type", as lists are told on
 * one line. */
static const char *name_in(const char *path)
{
    const char *end = path + strlen(path);
    for (;;) {
        const char *from = end;
        while (from > path && from[-1] != '.')
            from--;
        if (from == path || strspn(from, "0123456789") < (size_t)(end - from))
            return from;
        end = from - 1;
    }
}

static ei_buffer *group_of(sheet *s, const char *label)
{
    size_t i = 0;
    while (i < s->print.detail_count && strcmp(s->details[i].label, label) != 0)
        i++;
    if (i == GROUPS_MAX)
        return NULL;
    if (i == s->print.detail_count)
        s->details[s->print.detail_count++].label = label;
    return &s->groups[i];
}

static edu_status add_leaf(sheet *s, const char *path, const char *value, edu_error *error)
{
    const char *name = name_in(path);
    size_t before = (size_t)(name - path);
    const char *label =
        before > 0 ? ei_arena_strndup(s->arena, path, before - 1) : word(s, DOCUMENT);
    ei_buffer *group = label != NULL ? group_of(s, label) : NULL;
    if (label == NULL)
        return ei_no_memory(error);
    if (group == NULL)
        return ei_fail(error, EDU_E_LIMIT, "credential.page", NULL,
                       "the record has too many parts for paper");
    int length = (int)strcspn(name, ".");
    bool is_next = name[length] == '.' && strcmp(name + length, ".0") != 0;
    if (is_next)
        ei_buffer_printf(group, ", %s", value);
    else
        ei_buffer_printf(group, "%s%.*s: %s", group->size > 0 ? " · " : "", length, name, value);
    return EDU_OK;
}

/* Leaves whose text stands above are not said again. */
static edu_status add_details(sheet *s, edu_error *error)
{
    const char *path;
    json_t *value;
    json_object_foreach(s->record.fields, path, value)
    {
        const char *says = json_string_value(value);
        if (says != NULL && json_object_get(s->shown, says) == NULL)
            EI_TRY(add_leaf(s, path, says, error));
    }
    for (size_t i = 0; i < s->print.detail_count; i++) {
        if (s->groups[i].failed)
            return ei_no_memory(error);
        s->details[i].value = s->groups[i].data;
    }
    s->print.details_title = word(s, DETAILS);
    s->print.details = s->details;
    return EDU_OK;
}

/* ---- the sheet ---- */

static edu_status read_record(sheet *s, edu_error *error)
{
    edu_status status = ei_record_read(s->forms->record, &s->record);
    if (status == EDU_OK)
        return EDU_OK;
    return status == EDU_E_NOMEM
               ? ei_no_memory(error)
               : ei_fail(error, EDU_E_CORRUPT, "storage.bad_json", NULL,
                         "the store is damaged: a certificate cannot be read; restore a backup");
}

static edu_status fill(sheet *s, edu_error *error)
{
    static const char before[] = "reference.";
    const ei_certificate_forms *forms = s->forms;
    const edu_portal *portal = s->session->portal;
    bool is_reference = strncmp(forms->type, before, sizeof before - 1) == 0;
    EI_TRY(read_record(s, error));
    s->print =
        (ei_print){.language = portal->language,
                   .issuer = ei_json_text(json_object_get(s->record.document, "issuer"), "name"),
                   .title = word(s, is_reference ? REFERENCE : CERTIFICATE),
                   .fields = s->fields,
                   .qr = forms->qr,
                   .code_about = ei_arena_printf(s->arena, "%s https://%s/V/%s", word(s, CODE),
                                                 s->record.host, s->record.number),
                   .number = s->record.number,
                   .note = word(s, CHECK),
                   .record = forms->record,
                   .record_name = ei_arena_printf(s->arena, "%s.json", s->record.number),
                   .made = s->record.issued};
    if (s->print.code_about == NULL || s->print.record_name == NULL)
        return ei_no_memory(error);
    add_fields(s, is_reference);
    return add_details(s, error);
}

static void sheet_finish(sheet *s)
{
    for (size_t i = 0; i < EI_COUNT(s->groups); i++)
        ei_buffer_free(&s->groups[i]);
    json_decref(s->shown);
    ei_record_finish(&s->record);
    ei_arena_free(s->arena);
}

/* Finish in any case. */
static edu_status sheet_make(sheet *s, const edu_session *session,
                             const ei_certificate_forms *forms, edu_error *error)
{
    *s = (sheet){.session = session, .forms = forms};
    s->arena = ei_arena_new();
    s->shown = json_object();
    if (s->arena == NULL || s->shown == NULL)
        return ei_no_memory(error);
    edu_status status = fill(s, error);
    return status == EDU_E_INVALID ? ei_fail(error, EDU_E_CORRUPT, "certificate.record", NULL,
                                             "a stored certificate is no record")
                                   : status;
}

static edu_status draw(const edu_session *session, const ei_certificate_forms *forms, bool is_pdf,
                       ei_buffer *out, edu_error *error)
{
    sheet s;
    edu_status status = sheet_make(&s, session, forms, error);
    if (status == EDU_OK)
        status = is_pdf ? ei_print_pdf(&s.print, out, error) : ei_print_html(&s.print, out, error);
    sheet_finish(&s);
    return status;
}

/* ---- the forms ---- */

static const struct form {
    const char *name, *media;
} forms_known[] = {
    {"json", "application/vc+json"}, {"pdf", "application/pdf"}, {"html", "text/html"}};

static const struct form *find_form(const char *name)
{
    for (size_t i = 0; i < EI_COUNT(forms_known); i++)
        if (name != NULL && strcmp(forms_known[i].name, name) == 0)
            return &forms_known[i];
    return NULL;
}

edu_status ei_certificate_format(const char *format, edu_error *error)
{
    return find_form(format) != NULL
               ? EDU_OK
               : ei_fail(error, EDU_E_INVALID, "certificate.format", "/format",
                         "a certificate is given as \"json\", \"pdf\" or \"html\"");
}

edu_status ei_certificate_document(const edu_session *session, const ei_certificate_forms *forms,
                                   const char *format, edu_document **out, edu_error *error)
{
    const struct form *form = find_form(format);
    ei_buffer content = {0};
    char name[64];
    edu_status status = EDU_OK;
    if (form == NULL)
        return ei_certificate_format(format, error);
    if (form == forms_known)
        ei_buffer_text(&content, forms->record);
    else
        status = draw(session, forms, form == forms_known + 1, &content, error);
    if (content.failed)
        status = ei_no_memory(error);
    (void)snprintf(name, sizeof name, "certificate-%s.%s", forms->number, form->name);
    if (status == EDU_OK)
        status = ei_document(name, form->media, &content, out, error);
    ei_buffer_free(&content);
    return status;
}

edu_status ei_certificate_print_add(const edu_session *session, const ei_certificate_forms *forms,
                                    ei_printer **printer, edu_error *error)
{
    sheet s;
    edu_status status = sheet_make(&s, session, forms, error);
    if (status == EDU_OK && *printer == NULL)
        status = ei_printer_open(&s.print, printer, error);
    if (status == EDU_OK)
        status = ei_printer_add(*printer, &s.print, error);
    sheet_finish(&s);
    return status;
}
