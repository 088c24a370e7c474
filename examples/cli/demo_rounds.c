/* Rounds as they stand somewhere in their middle and at their end: a contest that a jury scores,
 * competitions for vacancies, groups by lottery. Names are invented. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "demo.h"

#define DAY (INT64_C(86400) * 1000000)
#define HOUR (INT64_C(3600) * 1000000)
#define MINUTE (INT64_C(60) * 1000000)

static const edu_id none = {{0}};
static const edu_progress silent;

/* A page that says what it is. */
static const char paper[] = "%PDF-1.4\n"
                            "1 0 obj<</Type/Catalog/Pages 2 0 R>> endobj\n"
                            "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"
                            "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 "
                            "297]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>> endobj\n"
                            "4 0 obj<</Length 41>>stream\n"
                            "BT/F 28 Tf 40 180 Td(A document)Tj ET\n"
                            "endstream endobj\n"
                            "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj\n"
                            "xref\n"
                            "0 6\n"
                            "0000000000 65535 f \n"
                            "0000000009 00000 n \n"
                            "0000000053 00000 n \n"
                            "0000000103 00000 n \n"
                            "0000000213 00000 n \n"
                            "0000000300 00000 n \n"
                            "trailer<</Size 6/Root 1 0 R>>\n"
                            "startxref\n"
                            "362\n"
                            "%%EOF\n";

/* ---- what all rounds begin with ---- */

typedef struct offer {
    const char *service, *code, *round, *az, *en, *ru;
    int opens, closes; /* days from today */
    int32_t places;
    bool by_round;
} offer;

static edu_status put(const demo_round_people *with, const offer *one, edu_time now, edu_id *out,
                      edu_error *error)
{
    edu_offering_input given = EDU_OFFERING_INPUT_INIT;
    given.service = one->service;
    given.code = one->code;
    given.round = one->round;
    given.title = json_pack("{s:s, s:s, s:s}", "az", one->az, "en", one->en, "ru", one->ru);
    given.opens = now + one->opens * DAY;
    given.closes = now + one->closes * DAY;
    given.is_published = true;
    given.by_round = one->by_round;
    given.places = one->places;
    edu_status status = edu_offering_put(with->clerk, &given, one->code, out, error);
    json_decref(given.title);
    return status;
}

/* Takes the form and the choices. kind: of the document that is given; NULL: none. */
static edu_status apply(const demo_round_people *with, edu_id person, edu_id offering, json_t *form,
                        json_t *choices, const char *kind, edu_id *out, edu_error *error)
{
    edu_id draft, document;
    edu_request_receipt *receipt = NULL;
    edu_status status =
        edu_draft_save(with->clerk, person, offering, none, form, choices, NULL, &draft, error);
    if (status == EDU_OK && kind)
        status = edu_draft_attach(with->clerk, person, draft, kind, "document.pdf",
                                  (edu_bytes){paper, strlen(paper)}, NULL, &document, error);
    if (status == EDU_OK)
        status = edu_request_submit(with->clerk, person, draft, NULL, &receipt, error);
    if (status == EDU_OK)
        *out = receipt->id;
    edu_free(receipt);
    json_decref(form);
    json_decref(choices);
    return status;
}

static edu_status decide(const demo_round_people *with, edu_id offering, edu_error *error)
{
    edu_status status = edu_round_propose(with->clerk, offering, NULL, NULL, error);
    return status == EDU_OK ? edu_round_confirm(with->second, offering, silent, NULL, error)
                            : status;
}

/* Everything that a member has, with points that differ from work to work. */
static edu_status score_all(edu_session *member, edu_id offering, const char *comment,
                            edu_error *error)
{
    edu_panel_work_page *page = NULL;
    edu_status status = edu_panel_works(member, NULL, EDU_PAGE_MAX, &page, error);
    for (size_t i = 0; status == EDU_OK && i < page->count; i++) {
        edu_panel_work *work = NULL;
        json_t *values = json_object();
        if (memcmp(&page->items[i].offering_id, &offering, sizeof offering) == 0)
            status = edu_panel_work_get(member, page->items[i].work_id, &work, error);
        for (size_t k = 0; work && k < json_array_size(work->criteria); k++) {
            const json_t *criterion = json_array_get(work->criteria, k);
            int most = atoi(json_string_value(json_object_get(criterion, "max")));
            int drawn = (work->work_id.bytes[15] + 37 * (int)k) % (most / 2 + 1);
            json_object_set_new(values, json_string_value(json_object_get(criterion, "code")),
                                json_integer(most - drawn));
        }
        if (work)
            status = edu_panel_score(member, work->work_id, values,
                                     work->takes_comment ? comment : NULL, NULL, error);
        json_decref(values);
        edu_free(work);
    }
    edu_free(page);
    return status;
}

static edu_status seat_panel(const demo_round_people *with, edu_id offering, size_t from,
                             size_t until, edu_error *error)
{
    edu_panel_report *report = NULL;
    edu_status status = EDU_OK;
    for (size_t i = from; status == EDU_OK && i < until; i++)
        status = edu_panel_put(with->clerk, offering, with->jury[i], true, NULL, error);
    if (status == EDU_OK)
        status = edu_panel_assign(with->clerk, offering, NULL, &report, error);
    edu_free(report);
    return status;
}

/* ---- a contest: two of the jury have scored ---- */

static const struct {
    const char *title, *summary;
} works[] = {
    {"Suyun yolu", "Kəhrizdən mətbəxə: su bizə necə gəlir və niyə qənaət etməliyik."},
    {"Şəhərimin səsi", "Bir gün ərzində yazılmış səslərdən qurulmuş şəhər xəritəsi."},
    {"Xəzər niyə geri çəkilir?", "Son otuz ilin ölçmələri və sahil kəndlərinin danışdıqları."},
    {"Riyaziyyat və xalça", "Qarabağ xalçalarının naxışlarında simmetriya qrupları."},
    {"Məktəb bağçası", "Bir hektardan az yerdə il boyu tərəvəz: təcrübə gündəliyi."},
    {"Küləkdən işıq", "Abşeronda kiçik külək turbini: hesablama və model."},
    {"Nağıllar kimə məxsusdur?", "Eyni nağılın beş rayonda beş sonluğu."},
    {"Gecə səması", "Telefonla çəkilmiş Ay və süni peyklər."},
    {"Plastikin ikinci həyatı", "Məktəbdə yığılan butulkalardan nə düzəldə bildik."},
};

static edu_status contest(const demo_round_people *with, edu_time now, edu_error *error)
{
    static const offer best = {.service = "contest",
                               .code = "presentation-2026",
                               .opens = -40,
                               .closes = -2,
                               .places = -1,
                               .az = "Ən yaxşı təqdimat – 2026",
                               .en = "Best presentation of 2026",
                               .ru = "Лучшая презентация – 2026"};
    edu_id offering, work;
    with->set(now - 20 * DAY);
    edu_status status = put(with, &best, now, &offering, error);
    for (size_t i = 0; status == EDU_OK && i < sizeof works / sizeof *works; i++)
        status =
            apply(with, with->pupils[i], offering,
                  json_pack("{s:s, s:s}", "title", works[i].title, "summary", works[i].summary),
                  NULL, "work", &work, error);
    with->set(now);
    if (status == EDU_OK)
        status = seat_panel(with, offering, 0, with->jury_count, error);
    for (size_t i = 0; status == EDU_OK && i < 2; i++)
        status = score_all(with->at_work[i], offering,
                           "Mövzu aydındır; nəticəni bir cümlə ilə deyin.", error);
    return status;
}

/* ---- competitions ---- */

enum { VACANCIES = 5, APPLICANTS = 10 };

static const offer vacancies[VACANCIES] = {
    {.code = "graphics",
     .places = 2,
     .az = "Kompüter qrafikası müəllimi, Bakı",
     .en = "Teacher of computer graphics, Baku",
     .ru = "Преподаватель графики, Баку"},
    {.code = "cooking",
     .places = 1,
     .az = "Aşpazlıq müəllimi, Gəncə",
     .en = "Teacher of cooking, Ganja",
     .ru = "Преподаватель кулинарии, Гянджа"},
    {.code = "electric",
     .places = 1,
     .az = "Elektrik quraşdırılması müəllimi, Sumqayıt",
     .en = "Teacher of electrical fitting, Sumgait",
     .ru = "Преподаватель электромонтажа, Сумгаит"},
    {.code = "deputy",
     .places = 1,
     .az = "Tədris işləri üzrə direktor müavini, Şəki",
     .en = "Deputy director, Sheki",
     .ru = "Заместитель директора, Шеки"},
    {.code = "english",
     .places = 1,
     .az = "İngilis dili müəllimi, Bakı",
     .en = "Teacher of English, Baku",
     .ru = "Преподаватель английского, Баку"},
};

typedef struct competition {
    const char *code, *az, *en, *ru;
    int opens, closes, interview;
    bool is_over; /* ranked and confirmed, offers are out */
    edu_id round, vacancies[VACANCIES], ids[APPLICANTS];
} competition;

static edu_status announce(const demo_round_people *with, competition *of, edu_time now,
                           edu_error *error)
{
    const offer round = {"recruitment", of->code,  NULL,       of->az, of->en,
                         of->ru,        of->opens, of->closes, -1,     true};
    edu_status status = put(with, &round, now, &of->round, error);
    for (size_t i = 0; status == EDU_OK && i < VACANCIES; i++) {
        char code[64];
        offer one = vacancies[i];
        snprintf(code, sizeof code, "%s-%s", of->code, one.code);
        one.service = "recruitment";
        one.code = code;
        one.round = of->code;
        one.opens = of->opens;
        one.closes = of->closes;
        one.by_round = true;
        status = put(with, &one, now, &of->vacancies[i], error);
    }
    return status;
}

static json_t *choose(const competition *of, size_t applicant)
{
    json_t *choices = json_array();
    for (size_t i = 0; i < 3; i++) {
        char id[EDU_ID_TEXT];
        edu_id_format(of->vacancies[(applicant / 2 + i * (1 + applicant % 2)) % VACANCIES], id);
        json_array_append_new(choices, json_string(id));
    }
    return choices;
}

static edu_status take_applications(const demo_round_people *with, competition *of,
                                    edu_error *error)
{
    static const char *const specialities[] = {"Qrafik dizayn", "Qida texnologiyası", "Energetika",
                                               "Pedaqogika", "Filologiya"};
    edu_status status = EDU_OK;
    for (size_t i = 0; status == EDU_OK && i < APPLICANTS && i < with->adult_count; i++) {
        json_t *form =
            json_pack("{s:s, s:s, s:s, s:i, s:s}", "phone", "+994 50 000 00 00", "education",
                      i % 3 ? "master" : "bachelor", "speciality", specialities[i % 5],
                      "years_of_work", (int)(3 * i % 17), "exam_region", "BA");
        status = apply(with, with->adults[i], of->round, form, choose(of, i), "diploma",
                       &of->ids[i], error);
        if (status == EDU_OK)
            status = edu_request_act(with->clerk, with->adults[i], of->ids[i], "admit", NULL, NULL,
                                     NULL, error);
    }
    return status;
}

/* The test, as a file brings it. The best comes first, and two are equal. */
static edu_status take_test(const demo_round_people *with, const competition *of, edu_error *error)
{
    static const int points[APPLICANTS] = {94, 71, 88, 62, 79, 79, 66, 83, 61, 75};
    edu_import_report *report = NULL;
    char csv[2048] = "application,points\n";
    for (size_t i = 0; i < APPLICANTS && i < with->adult_count; i++) {
        char id[EDU_ID_TEXT];
        edu_id_format(of->ids[i], id);
        snprintf(csv + strlen(csv), sizeof csv - strlen(csv), "%s,%d\n", id, points[i]);
    }
    edu_status status = edu_score_import(with->clerk, of->round, "test",
                                         (edu_bytes){csv, strlen(csv)}, NULL, &report, error);
    edu_free(report);
    return status;
}

static edu_status invite(const demo_round_people *with, const competition *of, edu_error *error)
{
    edu_slot_report *report = NULL;
    edu_status status = EDU_OK;
    for (int i = 0; status == EDU_OK && i < 3; i++) {
        edu_slot_input given = EDU_SLOT_INPUT_INIT;
        edu_id slot;
        given.offering_id = of->round;
        given.kind = "interview";
        given.starts = with->morning + of->interview * DAY + i * HOUR;
        given.minutes = 45;
        given.venue = "Bakı, Xətai prospekti 49, otaq 12";
        given.places = 4;
        status = edu_slot_put(with->clerk, &given, NULL, &slot, error);
    }
    if (status == EDU_OK)
        status =
            edu_slot_fill(with->clerk, of->round, "interview", "admitted", NULL, &report, error);
    edu_free(report);
    return status;
}

static edu_status compete(const demo_round_people *with, competition *of, edu_time now,
                          edu_error *error)
{
    with->set(now + (of->opens + 5) * DAY);
    edu_status status = announce(with, of, now, error);
    if (status == EDU_OK)
        status = take_applications(with, of, error);
    with->set(now + (of->is_over ? of->interview - 2 : 0) * DAY);
    if (status == EDU_OK)
        status = take_test(with, of, error);
    if (status == EDU_OK)
        status = invite(with, of, error);
    if (status == EDU_OK)
        status = seat_panel(with, of->round, 0, 3, error);
    with->set(now);
    for (size_t i = 0; status == EDU_OK && of->is_over && i < 3; i++)
        status = score_all(with->at_work[i], of->round, NULL, error);
    return status == EDU_OK && of->is_over ? decide(with, of->round, error) : status;
}

/* ---- groups by lottery ---- */

static const offer lotteries[] = {
    {.service = "club",
     .code = "ceramics",
     .opens = -30,
     .closes = -3,
     .places = 6,
     .by_round = true,
     .az = "Keramika",
     .en = "Ceramics",
     .ru = "Керамика"},
    {.service = "club",
     .code = "theatre",
     .opens = -30,
     .closes = -1,
     .places = 5,
     .by_round = true,
     .az = "Teatr",
     .en = "Theatre",
     .ru = "Театр"},
};

static edu_status lottery(const demo_round_people *with, const offer *one, edu_time now,
                          edu_id *offering, edu_error *error)
{
    edu_id id;
    with->set(now - 10 * DAY);
    edu_status status = put(with, one, now, offering, error);
    for (size_t i = 0; status == EDU_OK && i < 12 && i < with->pupil_count; i++)
        status = apply(with, with->pupils[i], *offering,
                       json_pack("{s:s}", "phone", "+994 50 000 00 00"), NULL, NULL, &id, error);
    with->set(now);
    return status;
}

edu_status demo_rounds(const demo_round_people *with, edu_time now, edu_error *error)
{
    competition spring = {.code = "spring",
                          .az = "Yaz müsabiqəsi",
                          .en = "Spring competition",
                          .ru = "Весенний конкурс",
                          .opens = -50,
                          .closes = -12,
                          .interview = -6,
                          .is_over = true};
    competition autumn = {.code = "autumn",
                          .az = "Payız müsabiqəsi",
                          .en = "Autumn competition",
                          .ru = "Осенний конкурс",
                          .opens = -40,
                          .closes = -2,
                          .interview = 4};
    edu_id drawn, waiting;
    edu_status status = contest(with, now, error);
    if (status == EDU_OK)
        status = compete(with, &spring, now, error);
    if (status == EDU_OK)
        status = compete(with, &autumn, now, error);
    if (status == EDU_OK)
        status = lottery(with, &lotteries[0], now, &drawn, error);
    if (status == EDU_OK)
        status = decide(with, drawn, error);
    return status == EDU_OK ? lottery(with, &lotteries[1], now, &waiting, error) : status;
}
