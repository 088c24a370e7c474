/* The admitted of the demonstration: programmes, fees, the list, and how far some have come. */
#include <stdio.h>
#include <string.h>
#include "cli.h"
#include "demo.h"

#define DAY (INT64_C(86400) * 1000000)
#define REGISTERED 90 /* of the list; the others have not come yet */

/* Their institutions are those of tools/make_demo_data.py. fee: of a year, in qəpik. */
static const struct {
    const char *code, *institution, *az, *en, *ru;
    int64_t fee;
} programmes[] = {
    {"2026-physics", "UNI-1", "Fizika", "Physics", "Физика", 220000},
    {"2026-law", "UNI-1", "Hüquqşünaslıq", "Law", "Юриспруденция", 450000},
    {"2026-education-ma", "UNI-1", "Təhsilin idarə edilməsi (magistratura)",
     "Management of education (master's)", "Управление образованием (магистратура)", 300000},
    {"2026-computing", "UNI-2", "Kompüter elmləri", "Computer science", "Компьютерные науки",
     380000},
    {"2026-energy", "UNI-2", "Elektroenergetika", "Electrical power engineering",
     "Электроэнергетика", 240000},
    {"2026-nursing", "COL-1", "Tibb bacısı işi", "Nursing", "Сестринское дело", 120000},
    {"2026-accounting", "COL-1", "Mühasibat uçotu", "Accounting", "Бухгалтерский учёт", 90000},
};

static edu_status keep(edu_session *clerk, size_t index, edu_time now, edu_error *error)
{
    edu_offering_input given = EDU_OFFERING_INPUT_INIT;
    edu_id made;
    given.service = "admission";
    given.code = programmes[index].code;
    given.title = json_pack("{s:s, s:s, s:s}", "az", programmes[index].az, "en",
                            programmes[index].en, "ru", programmes[index].ru);
    given.institution = programmes[index].institution;
    given.opens = now - 10 * DAY;
    given.closes = now + 20 * DAY;
    given.is_published = true;
    edu_status status = edu_offering_put(clerk, &given, given.code, &made, error);
    json_decref(given.title);
    return status == EDU_OK
               ? edu_tuition_put(clerk, made, "paid", programmes[index].fee, NULL, error)
               : status;
}

/* Some claim a concession, and give a document for it. */
static edu_status apply(edu_session *clerk, const edu_admission *one, const char *concession,
                        edu_id *out, edu_error *error)
{
    static const char paper[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                                "2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n"
                                "trailer<</Root 1 0 R>>\n%%EOF\n";
    edu_id draft, document;
    edu_request_receipt *receipt = NULL;
    json_t *form = json_pack("{s:s, s:s, s:s, s:b, s:s, s:b}", "phone", "+994 50 000 00 00",
                             "address", "Bakı, Nizami küçəsi 1", "education_document", "A 123456",
                             "dormitory", 0, "concession", concession, "consent", 1);
    edu_status status = edu_draft_save(clerk, one->person_id, one->offering_id, (edu_id){{0}}, form,
                                       NULL, NULL, &draft, error);
    json_decref(form);
    if (status == EDU_OK && strcmp(concession, "none") != 0)
        status = edu_draft_attach(clerk, one->person_id, draft, "evidence", "arayış.pdf",
                                  (edu_bytes){paper, sizeof paper - 1}, NULL, &document, error);
    if (status == EDU_OK)
        status = edu_request_submit(clerk, one->person_id, draft, NULL, &receipt, error);
    if (status == EDU_OK)
        *out = receipt->id;
    edu_free(receipt);
    return status;
}

static bool is_left(const edu_admission *one, const edu_id *persons, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(&persons[i], &one->person_id, sizeof *persons) == 0)
            return true;
    return false;
}

/* Whom the state pays for waits for the registrar then; a third of them is confirmed. */
static edu_status go_on(edu_session *clerk, const edu_admission *one, size_t number,
                        edu_error *error)
{
    static const char *const claims[] = {"none", "none", "low_income", "orphan"};
    bool is_free = strcmp(one->funding, "state") == 0;
    edu_id request;
    edu_status status = apply(clerk, one, is_free ? "none" : claims[number % 4], &request, error);
    return status == EDU_OK && is_free && number % 3 == 0
               ? edu_request_act(clerk, one->person_id, request, "confirm", NULL, NULL, NULL, error)
               : status;
}

static edu_status register_some(edu_session *clerk, const edu_id *persons, size_t count,
                                edu_error *error)
{
    edu_admission_filter filter = EDU_ADMISSION_FILTER_INIT;
    edu_admission_page *page = NULL;
    filter.service = "admission";
    filter.year = 2026;
    edu_status status = edu_admission_worklist(clerk, &filter, NULL, REGISTERED, &page, error);
    for (size_t i = 0; status == EDU_OK && i < page->count; i++)
        if (!is_left(&page->items[i], persons, count))
            status = go_on(clerk, &page->items[i], i, error);
    edu_free(page);
    return status;
}

edu_status demo_admission(edu_session *operator_, edu_session *clerk, edu_bytes list,
                          const edu_id *persons, size_t count, edu_time now, edu_error *error)
{
    edu_import_report *report = NULL;
    edu_status status = EDU_OK;
    for (size_t i = 0; status == EDU_OK && i < sizeof programmes / sizeof *programmes; i++)
        status = keep(clerk, i, now, error);
    if (status == EDU_OK)
        status = edu_admission_import(operator_, "admission", "2026", list, NULL, &report, error);
    if (status == EDU_OK)
        printf("  %-21s %7lld\n", "admitted", (long long)report->added);
    edu_free(report);
    return status == EDU_OK ? register_some(clerk, persons, count, error) : status;
}
