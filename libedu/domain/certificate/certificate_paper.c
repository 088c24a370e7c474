/* A certificate on paper, from its signed record: every field of it is on the page. */
#include "domain/certificate/certificate_store.h"

#include <stdio.h>
#include <string.h>
#include "domain/portal/words.h"

typedef enum text { CERTIFICATE, AWARDED_TO, FOR, CRITERIA, ISSUED, CHECK, TEXTS } text;

static const char *const texts[TEXTS][EI_LANGUAGES] = {
    [CERTIFICATE] = {"Certificate", "Sertifikat", "Сертификат"},
    [AWARDED_TO] = {"Awarded to", "Təqdim olunur", "Вручается"},
    [FOR] = {"For", "Nəyə görə", "За что"},
    [CRITERIA] = {"Rule", "Qayda", "Правило"},
    [ISSUED] = {"Issued on", "Verilmə tarixi", "Дата выдачи"},
    [CHECK] =
        {"Anyone can check this certificate: scan the code, or enter the number and the birth "
         "date at the address beside it.",
         "Bu sertifikatı hər kəs yoxlaya bilər: kodu oxudun və ya yanındakı ünvanda nömrəni "
         "və doğum tarixini daxil edin.",
         "Этот сертификат может проверить каждый: отсканируйте код или введите номер и дату "
         "рождения по указанному адресу."},
};

static const char *word(const edu_session *session, text which)
{
    return texts[which][ei_language_index(session->language)];
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value != NULL ? value : "";
}

/* The name of a result's description. */
static const char *name_of(const json_t *achievement, const char *id)
{
    const json_t *list = json_object_get(achievement, "resultDescription");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *description = json_array_get(list, i);
        if (strcmp(text_of(description, "id"), id) == 0)
            return text_of(description, "name");
    }
    return id;
}

static void add(ei_print *page, ei_print_field *fields, const char *label, const char *value,
                bool is_large)
{
    fields[page->count++] = (ei_print_field){label, value, is_large};
}

static edu_status print(const edu_session *session, const edu_certificate *certificate,
                        const json_t *record, ei_buffer *out, edu_error *error)
{
    ei_print_field fields[8 + EI_CERTIFICATE_RESULTS];
    const json_t *subject = json_object_get(record, "credentialSubject");
    const json_t *achievement = json_object_get(subject, "achievement");
    const json_t *results = json_object_get(subject, "result");
    const json_t *holder = json_array_get(json_object_get(subject, "identifier"), 0);
    int hour, minute;
    char date[EI_DATE_WORDS];
    ei_date_words(
        session->language,
        ei_time_civil(certificate->issued, session->portal->utc_offset_minutes, &hour, &minute),
        date);
    ei_print page = {.language = session->language,
                     .issuer = text_of(json_object_get(record, "issuer"), "name"),
                     .title = word(session, CERTIFICATE),
                     .subtitle = text_of(achievement, "name"),
                     .fields = fields,
                     .qr = certificate->qr,
                     .number = certificate->number,
                     .note = word(session, CHECK)};
    add(&page, fields, word(session, AWARDED_TO), text_of(holder, "identityHash"), true);
    add(&page, fields, word(session, FOR), text_of(achievement, "description"), false);
    for (size_t i = 0; i < json_array_size(results) && i < EI_CERTIFICATE_RESULTS; i++) {
        const json_t *result = json_array_get(results, i);
        add(&page, fields, name_of(achievement, text_of(result, "resultDescription")),
            text_of(result, "value"), true);
    }
    add(&page, fields, word(session, CRITERIA),
        text_of(json_object_get(achievement, "criteria"), "narrative"), false);
    add(&page, fields, word(session, ISSUED), date, false);
    return ei_print_pdf(&page, out, error);
}

edu_status ei_certificate_paper(const edu_session *session, const edu_certificate *certificate,
                                const char *record, ei_buffer *out, edu_error *error)
{
    json_t *json;
    EI_TRY(ei_json_read(record, strlen(record), &json, error));
    edu_status status = print(session, certificate, json, out, error);
    json_decref(json);
    return status;
}
