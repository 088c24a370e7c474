/* Doctoral admission: a speciality whose examinations are ahead, and one whose places are given and
 * of which somebody has the fee to pay. Names are invented. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "demo.h"

#define DAY (INT64_C(86400) * 1000000)
#define HOUR (INT64_C(3600) * 1000000)

static const edu_id none = {{0}};

/* A page without anything on it. */
static const char paper[] =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 "
    "R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    "trailer<</Root 1 0 R>>\n%%EOF\n";

typedef struct offer {
    const char *code, *round, *az, *en, *ru;
    int opens, closes; /* days from today */
    int32_t places;
} offer;

enum { INFORMATICS, FUNDED, PAID, HISTORY, HISTORY_FUNDED, HISTORY_PAID, OFFERS };
static const offer offers[OFFERS] = {
    {"informatics", NULL, "İnformatika – ADPU", "Informatics, Pedagogical University",
     "Информатика – Педагогический университет", -40, -6, -1},
    {"informatics-state", "informatics", "İnformatika, dövlət hesabına",
     "Informatics, paid by the state", "Информатика, за счёт государства", -40, -6, 1},
    {"informatics-paid", "informatics", "İnformatika, ödənişli", "Informatics, fee-paying",
     "Информатика, платное", -40, -6, 1},
    {"history", NULL, "Azərbaycan tarixi – BDU", "History of Azerbaijan, Baku State University",
     "История Азербайджана – БГУ", -10, 20, -1},
    {"history-state", "history", "Azərbaycan tarixi, dövlət hesabına", "History, paid by the state",
     "История, за счёт государства", -10, 20, 2},
    {"history-paid", "history", "Azərbaycan tarixi, ödənişli", "History, fee-paying",
     "История, платное", -10, 20, 4},
};

static edu_status put_offer(const demo_doctoral_people *with, const offer *one, edu_time now,
                            edu_id *out, edu_error *error)
{
    edu_offering_input given = EDU_OFFERING_INPUT_INIT;
    given.service = "doctoral";
    given.code = one->code;
    given.round = one->round;
    given.title = json_pack("{s:s, s:s, s:s}", "az", one->az, "en", one->en, "ru", one->ru);
    given.opens = now + one->opens * DAY;
    given.closes = now + one->closes * DAY;
    given.is_published = true;
    given.by_round = true;
    given.places = one->places;
    edu_status status = edu_offering_put(with->clerk, &given, one->code, out, error);
    json_decref(given.title);
    return status;
}

static edu_status put_all(const demo_doctoral_people *with, edu_time now, edu_id ids[OFFERS],
                          edu_error *error)
{
    static const int64_t fees[OFFERS] = {[PAID] = 450000, [HISTORY_PAID] = 380000};
    edu_status status = EDU_OK;
    for (int i = 0; status == EDU_OK && i < OFFERS; i++)
        status = put_offer(with, &offers[i], now, &ids[i], error);
    for (int i = 0; status == EDU_OK && i < OFFERS; i++)
        if (offers[i].round)
            status = edu_tuition_put(with->clerk, ids[i], "year", fees[i], NULL, error);
    return status;
}

/* ---- applying ---- */

static json_t *chosen(const edu_id *first, const edu_id *second)
{
    char one[EDU_ID_TEXT], two[EDU_ID_TEXT];
    edu_id_format(*first, one);
    edu_id_format(*second, two);
    return json_pack("[s, s]", one, two);
}

static edu_status give_papers(const demo_doctoral_people *with, edu_id person, edu_id draft,
                              edu_error *error)
{
    static const char *const kinds[][2] = {
        {"identity", "vesiqe.pdf"}, {"diploma", "diplom.pdf"}, {"proposal", "tedqiqat-plani.pdf"}};
    edu_status status = EDU_OK;
    edu_id id;
    for (size_t i = 0; status == EDU_OK && i < sizeof kinds / sizeof *kinds; i++)
        status = edu_draft_attach(with->clerk, person, draft, kinds[i][0], kinds[i][1],
                                  (edu_bytes){paper, sizeof paper - 1}, NULL, &id, error);
    return status;
}

/* Applies, and is admitted to the examinations. */
static edu_status apply(const demo_doctoral_people *with, edu_id person, edu_id round,
                        const edu_id *first, const edu_id *second, edu_id *out, edu_error *error)
{
    edu_id draft;
    edu_request_receipt *receipt = NULL;
    json_t *choices = chosen(first, second);
    json_t *form = json_pack("{s:s, s:s, s:i, s:s, s:s, s:s}", "phone", "+994 50 000 00 00",
                             "degree", "master", "diploma_year", 2023, "language", "en", "topic",
                             "Məktəblərdə rəqəmsal tədris vasitələri", "concession", "none");
    edu_status status =
        edu_draft_save(with->clerk, person, round, none, form, choices, NULL, &draft, error);
    if (status == EDU_OK)
        status = give_papers(with, person, draft, error);
    if (status == EDU_OK)
        status = edu_request_submit(with->clerk, person, draft, NULL, &receipt, error);
    if (status == EDU_OK) {
        *out = receipt->id;
        status = edu_request_act(with->clerk, person, *out, "admit", NULL, NULL, NULL, error);
    }
    edu_free(receipt);
    json_decref(form);
    json_decref(choices);
    return status;
}

/* ---- examinations that are ahead ---- */

static edu_status call_to(const demo_doctoral_people *with, edu_id round, const char *kind,
                          edu_time starts, edu_error *error)
{
    edu_slot_input slot = EDU_SLOT_INPUT_INIT;
    edu_slot_report *report = NULL;
    edu_id id;
    slot.offering_id = round;
    slot.kind = kind;
    slot.starts = starts;
    slot.minutes = 120;
    slot.venue = "BDU, əsas korpus, 2-ci mərtəbə, 214";
    slot.places = 30;
    edu_status status = edu_slot_put(with->clerk, &slot, kind, &id, error);
    if (status == EDU_OK)
        status = edu_slot_fill(with->clerk, round, kind, "admitted", NULL, &report, error);
    edu_free(report);
    return status;
}

static edu_status history(const demo_doctoral_people *with, const edu_id *ids, edu_time now,
                          edu_error *error)
{
    edu_id application;
    with->set(now - 5 * DAY);
    edu_status status = apply(with, with->adults[0], ids[HISTORY], &ids[HISTORY_FUNDED],
                              &ids[HISTORY_PAID], &application, error);
    with->set(now);
    if (status == EDU_OK)
        status = call_to(with, ids[HISTORY], "language", with->morning + 25 * DAY, error);
    if (status == EDU_OK)
        status = call_to(with, ids[HISTORY], "philosophy", with->morning + 27 * DAY, error);
    if (status == EDU_OK)
        status =
            call_to(with, ids[HISTORY], "speciality", with->morning + 29 * DAY + 4 * HOUR, error);
    return status;
}

/* ---- one whose places are given ---- */

static edu_status score_clerks(const demo_doctoral_people *with, edu_id person, edu_id application,
                               int points, edu_error *error)
{
    json_t *values = json_pack("{s:i}", "points", points);
    edu_status status =
        edu_score_put(with->clerk, person, application, "language", values, NULL, error);
    if (status == EDU_OK)
        status = edu_score_put(with->clerk, person, application, "philosophy", values, NULL, error);
    json_decref(values);
    return status;
}

static edu_status score_panels(const demo_doctoral_people *with, edu_id round, edu_error *error)
{
    edu_panel_report *report = NULL;
    json_t *values = json_pack("{s:i, s:i}", "questions", 48, "proposal", 31);
    edu_status status = EDU_OK;
    for (size_t i = 0; status == EDU_OK && i < DEMO_DOCTORAL_PANEL; i++)
        status = edu_panel_put(with->clerk, round, with->panel_ids[i], true, NULL, error);
    if (status == EDU_OK)
        status = edu_panel_assign(with->clerk, round, NULL, &report, error);
    edu_free(report);
    for (size_t i = 0; status == EDU_OK && i < DEMO_DOCTORAL_PANEL; i++) {
        edu_panel_work_page *page = NULL;
        status = edu_panel_works(with->panel[i], NULL, EDU_PAGE_MAX, &page, error);
        for (size_t k = 0; status == EDU_OK && k < page->count; k++)
            if (memcmp(&page->items[k].offering_id, &round, sizeof round) == 0)
                status = edu_panel_score(with->panel[i], page->items[k].work_id, values, NULL, NULL,
                                         error);
        edu_free(page);
    }
    json_decref(values);
    return status;
}

/* When the time to appeal is over, the ranking; the first of the list accepts a paid place. */
static edu_status decide(const demo_doctoral_people *with, edu_id round, edu_id mine, edu_time now,
                         edu_error *error)
{
    int32_t done = 1;
    edu_status status = EDU_OK;
    with->set(now - 2 * DAY);
    while (status == EDU_OK && done > 0)
        status = edu_request_clock(with->operator_, 200, &done, error);
    if (status == EDU_OK)
        status = edu_round_propose(with->clerk, round, NULL, NULL, error);
    if (status == EDU_OK)
        status = edu_round_confirm(with->second, round, (edu_progress){0}, NULL, error);
    with->set(now);
    return status == EDU_OK ? edu_request_act(with->own, with->adults[0], mine, "accept", NULL,
                                              NULL, NULL, error)
                            : status;
}

static edu_status informatics(const demo_doctoral_people *with, const edu_id *ids, edu_time now,
                              edu_error *error)
{
    static const int points[DEMO_DOCTORAL_ADULTS] = {82, 95, 71};
    edu_id applications[DEMO_DOCTORAL_ADULTS];
    const size_t count = DEMO_DOCTORAL_ADULTS;
    edu_status status = EDU_OK;
    with->set(now - 30 * DAY);
    for (size_t i = 0; status == EDU_OK && i < count; i++)
        status = apply(with, with->adults[i], ids[INFORMATICS], &ids[FUNDED], &ids[PAID],
                       &applications[i], error);
    with->set(now - 12 * DAY);
    for (size_t i = 0; status == EDU_OK && i < count; i++)
        status = score_clerks(with, with->adults[i], applications[i], points[i], error);
    if (status == EDU_OK)
        status = score_panels(with, ids[INFORMATICS], error);
    for (size_t i = 0; status == EDU_OK && i < count; i++)
        status = edu_request_act(with->clerk, with->adults[i], applications[i], "announce", NULL,
                                 NULL, NULL, error);
    return status == EDU_OK ? decide(with, ids[INFORMATICS], applications[0], now, error) : status;
}

edu_status demo_doctoral(const demo_doctoral_people *with, edu_time now, edu_error *error)
{
    edu_id ids[OFFERS];
    with->set(now - 40 * DAY);
    edu_status status = put_all(with, now, ids, error);
    if (status == EDU_OK)
        status = informatics(with, ids, now, error);
    return status == EDU_OK ? history(with, ids, now, error) : status;
}
