/* What the services tell everybody in the demonstration. */
#include <string.h>
#include "cli.h"
#include "demo.h"

#define DAY (INT64_C(86400) * 1000000)

typedef struct told {
    const char *service, *offering; /* code; NULL: of the service */
    int32_t days_ago;
    const char *title[3], *text[3]; /* az, en, ru */
} told;

static const told all[] = {
    {"olympiad",
     NULL,
     6,
     {"İmtahan gününə nə götürmək lazımdır", "What to bring on the day of the olympiad",
      "Что взять с собой на олимпиаду"},
     {"Buraxılış vərəqəsini və doğum haqqında şəhadətnaməni, yaxud şəxsiyyət vəsiqəsini götürün. "
      "Vərəqədə "
      "mərkəz, otaq və yer yazılıb.\n\nQapılar başlanğıcdan 30 dəqiqə əvvəl açılır. Telefon otağa "
      "buraxılmır.",
      "Bring the admission slip and the birth certificate or identity card. The slip says which "
      "centre, "
      "room and seat.\n\nThe doors open 30 minutes before the beginning. Telephones stay outside.",
      "Возьмите пропуск и свидетельство о рождении или удостоверение личности. В пропуске указаны "
      "центр, "
      "кабинет и место.\n\nДвери открываются за 30 минут до начала. С телефоном входить нельзя."}},
    {"club",
     NULL,
     3,
     {"Dərnəklərə qəbul başlayıb", "Clubs take applications", "Открыт приём в кружки"},
     {"Şahmat, rəsm, rəqs və futbol qruplarında yerlər müraciət sırası ilə verilir. Yer "
      "qalmayıbsa, uşaq "
      "gözləmə siyahısına düşür: yer boşalan kimi sizə xəbər verilir.\n\nMüraciət pulsuzdur və onu "
      "yalnız "
      "bu portalda etmək olar.",
      "Places in chess, painting, dance and football go to whoever applies first. Where none is "
      "left, the "
      "child is put on the waiting list: you are told as soon as a place is free.\n\nApplying is "
      "free, and "
      "only on this portal.",
      "Места в группах шахмат, рисования, танца и футбола даются в порядке заявлений. Если мест "
      "нет, ребёнок "
      "попадает в список ожидания: как только место освободится, вам сообщат.\n\nПодать заявление "
      "можно "
      "бесплатно и только на этом портале."}},
    {"club",
     "robotics",
     1,
     {"Robototexnikada yerlər püşklə bölünür", "Robotics draws lots",
      "Места в робототехнике — по жребию"},
     {"Yerdən çox müraciət var. Ona görə müraciət müddəti bitəndə yerlər püşklə bölünür: nə vaxt "
      "müraciət "
      "etdiyinizin əhəmiyyəti yoxdur.\n\nPüşkü hər kəs özü yoxlaya bilər: bunun qaydası qrupun "
      "səhifəsindədir.",
      "There are more applications than places, so lots are drawn when the time to apply is over: "
      "it does "
      "not matter when you apply.\n\nAnybody can check the draw: the page of the group says how.",
      "Заявлений больше, чем мест, поэтому после окончания приёма места распределит жребий: "
      "неважно, когда "
      "подано заявление.\n\nПроверить жребий может каждый: как — сказано на странице группы."}},
};

static json_t *in_languages(const char *const texts[3])
{
    return json_pack("{s:s, s:s, s:s}", "az", texts[0], "en", texts[1], "ru", texts[2]);
}

static edu_status find(edu_session *clerk, const told *one, edu_id *out, edu_error *error)
{
    edu_offering_filter filter = EDU_OFFERING_FILTER_INIT;
    edu_offering_page *page = NULL;
    filter.service = one->service;
    *out = (edu_id){{0}};
    if (!one->offering)
        return EDU_OK;
    edu_status status = edu_offering_list(clerk, &filter, NULL, EDU_PAGE_MAX, &page, error);
    for (size_t i = 0; status == EDU_OK && i < page->count; i++)
        if (strcmp(page->items[i].code, one->offering) == 0)
            *out = page->items[i].id;
    edu_free(page);
    return status;
}

static edu_status tell(edu_session *clerk, const told *one, edu_time now, edu_error *error)
{
    edu_id id;
    edu_announcement_input given = EDU_ANNOUNCEMENT_INPUT_INIT;
    edu_status status = find(clerk, one, &given.offering_id, error);
    if (status != EDU_OK)
        return status;
    given.service = one->service;
    given.title = in_languages(one->title);
    given.text = in_languages(one->text);
    given.published = now - one->days_ago * DAY;
    status = edu_announcement_put(clerk, &given, one->title[1], &id, error);
    json_decref(given.title);
    json_decref(given.text);
    return status;
}

edu_status demo_announcements(edu_session *clerk, edu_time now, edu_error *error)
{
    edu_status status = EDU_OK;
    for (size_t i = 0; status == EDU_OK && i < sizeof all / sizeof *all; i++)
        status = tell(clerk, &all[i], now, error);
    return status;
}
