/* Appeals of the demonstration, at every stage of their way. The texts are invented. */
#include <stdio.h>
#include <string.h>
#include "cli.h"
#include "demo.h"

#define HOUR (INT64_C(3600) * 1000000)
#define DAY (24 * HOUR)

typedef struct story {
    const char *category, *text, *answer;
} story;

static const story stories[] = {
    {"building", "Məktəbin idman zalının damı axır, yağışda dərs keçmək olmur.",
     "Dam örtüyü dəyişdirildi, zal dərslər üçün açıqdır."},
    {"school_admission", "Uşağımın birinci sinfə qəbulu barədə cavab gəlməyib.",
     "Uşağınız yaşayış yeri üzrə məktəbə qəbul edilib, bildiriş göndərildi."},
    {"documents", "Attestatın dublikatını necə ala bilərəm?",
     "Dublikat üçün müraciət formasını portalda doldurun, 5 gün ərzində hazır olacaq."},
    {"teaching", "Doqquzuncu sinifdə fizika müəllimi iki həftədir yoxdur.",
     "Dərsləri əvəz edən müəllim təyin edilib, cədvəl bərpa olunub."},
    {"portal", "Buraxılış vərəqəsini telefonda aça bilmirəm.",
     "Səhv aradan qaldırıldı, vərəqəni yenidən yükləyin."},
    {"suggestion", "Dərs cədvəlinin portalda da görünməsini təklif edirəm.",
     "Təklifiniz növbəti ilin planına daxil edildi."},
    {"building", "Sinif otaqlarında istilik yoxdur.", "İstilik sistemi təmir edildi."},
    {"documents", "Oğlumun arayışında soyadı səhv yazılıb, Əliyev olmalıdır.",
     "Arayış düzəldildi və kabinetə yerləşdirildi."},
};

typedef struct telling {
    const demo_appeal_people *with;
    edu_time at;
    size_t number;
    bool is_recent;
    edu_appeal_receipt *receipt;
    edu_status status;
    edu_error *error;
} telling;

/* What is recent stands at every stage; of what is older a few are late. */
static bool is_left_at(const telling *one, size_t stage)
{
    size_t stays = one->is_recent ? one->number * 3 % 7 : one->number % 23 == 0 ? 2 : 7;
    return one->status != EDU_OK || stays == stage;
}

static void wait_until(telling *one, edu_time at)
{
    one->at = at;
    one->with->set(at);
}

static void submit(telling *one)
{
    const story *about = &stories[one->number % (sizeof stories / sizeof *stories)];
    edu_appeal_input given = EDU_APPEAL_INPUT_INIT;
    edu_session *by = one->with->parent;
    given.category = about->category;
    given.text = about->text;
    if (one->number % 5 != 0) {
        by = one->with->clerk;
        given.person_id = one->with->persons[one->number % one->with->count];
        given.channel = one->number % 5 == 1   ? "paper"
                        : one->number % 5 == 2 ? "hotline"
                                               : "electronic";
        given.received = one->at;
    }
    one->status = edu_appeal_submit(by, &given, NULL, &one->receipt, one->error);
}

#define OF(one) (one)->receipt->person_id, (one)->receipt->id

static void work(telling *one, edu_time now)
{
    const demo_appeal_people *with = one->with;
    const story *about = &stories[one->number % (sizeof stories / sizeof *stories)];
    edu_time answer_at = one->at + (one->number % 5 == 1 ? 5 : 1 + (int)(one->number % 2)) * DAY;
    if (is_left_at(one, 1))
        return;
    one->status = edu_appeal_route(with->clerk, OF(one), NULL, NULL, "schools", NULL, one->error);
    if (is_left_at(one, 2))
        return;
    one->status = edu_appeal_assign(with->clerk, OF(one), with->executor, NULL, one->error);
    if (answer_at > now)
        return;
    wait_until(one, answer_at);
    if (one->status == EDU_OK && one->is_recent && one->number * 3 % 7 == 3)
        one->status =
            edu_appeal_ask(with->at_work, OF(one), "Hansı məktəbdən yazırsınız?", NULL, one->error);
    if (is_left_at(one, 3))
        return;
    one->status = edu_appeal_answer(with->at_work, OF(one), about->answer, NULL, one->error);
    if (is_left_at(one, 4))
        return;
    one->status = edu_appeal_approve(with->head, OF(one), 0, NULL, one->error);
    if (one->status == EDU_OK)
        one->status = edu_appeal_send(with->at_work, OF(one), 0, NULL, one->error);
}

edu_status demo_appeals(const demo_appeal_people *with, edu_time now, edu_error *error)
{
    enum { DAYS = 45 };
    edu_status status = EDU_OK;
    size_t count = 0;
    for (int day = DAYS; status == EDU_OK && day > 0; day--)
        for (int i = 0; status == EDU_OK && i < 4; i++) {
            telling one = {.with = with, .number = count++, .is_recent = day < 6, .error = error};
            wait_until(&one, now - day * DAY + i * HOUR);
            submit(&one);
            if (one.status == EDU_OK)
                work(&one, now);
            status = one.status;
            edu_free(one.receipt);
        }
    printf("  %zu appeals\n", count);
    return status;
}
