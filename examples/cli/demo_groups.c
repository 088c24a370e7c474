/* Groups of clubs, and those who have a place in them or wait. Names are invented. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "demo.h"

#define DAY (INT64_C(86400) * 1000000)

typedef struct group {
    const char *code, *az, *en, *ru, *times;
    int32_t places, age_from, age_until, applicants;
    bool by_round;
    const char *direction, *follows;
} group;

static const group groups[] = {
    {"chess-1", "Şahmat, başlayanlar", "Chess for beginners", "Шахматы для начинающих",
     "[{\"day\":1,\"from\":\"16:00\",\"until\":\"17:30\"},{\"day\":4,\"from\":\"16:00\","
     "\"until\":\"17:30\"}]",
     8, 7, 12, 11, false, "science"},
    {"chess-2", "Şahmat, davam edənlər", "Chess, second year", "Шахматы, второй год",
     "[{\"day\":2,\"from\":\"16:00\",\"until\":\"17:30\"}]", 10, 9, 17, 4, false, "science"},
    {"painting", "Rəsm", "Painting", "Рисование",
     "[{\"day\":6,\"from\":\"10:00\",\"until\":\"12:00\"}]", 12, 6, 14, 7, false, "creative"},
    {"robotics", "Robototexnika", "Robotics", "Робототехника",
     "[{\"day\":3,\"from\":\"15:30\",\"until\":\"17:30\"}]", 6, 10, 17, 15, true, "science"},
    {"dance", "Milli rəqs", "Folk dance", "Народный танец",
     "[{\"day\":1,\"from\":\"17:00\",\"until\":\"18:30\"},{\"day\":5,\"from\":\"17:00\","
     "\"until\":\"18:30\"}]",
     15, 6, 16, 5, false, "creative"},
    {"football", "Futbol", "Football", "Футбол",
     "[{\"day\":2,\"from\":\"17:00\",\"until\":\"18:30\"},{\"day\":6,\"from\":\"09:00\","
     "\"until\":\"10:30\"}]",
     18, 8, 15, 9, false, "sport"},
    {"football-next", "Futbol, növbəti il", "Football, next year", "Футбол, следующий год",
     "[{\"day\":2,\"from\":\"17:00\",\"until\":\"18:30\"}]", 16, 9, 17, 0, false, "sport",
     "football"},
};

static edu_status keep(edu_session *clerk, const group *one, edu_time now, edu_id *out,
                       edu_error *error)
{
    edu_offering_input given = EDU_OFFERING_INPUT_INIT;
    given.service = "club";
    given.code = one->code;
    given.title = json_pack("{s:s, s:s, s:s}", "az", one->az, "en", one->en, "ru", one->ru);
    given.direction = one->direction;
    given.follows = one->follows;
    given.opens = now + (one->follows ? 40 : -10) * DAY;
    given.closes = now + (one->follows ? 80 : 30) * DAY;
    given.is_published = true;
    given.by_round = one->by_round;
    given.places = one->places;
    given.age_from = one->age_from;
    given.age_until = one->age_until;
    given.times = json_loads(one->times, 0, NULL);
    edu_status status = edu_offering_put(clerk, &given, one->code, out, error);
    json_decref(given.title);
    json_decref(given.times);
    return status;
}

/* Who does not fit the group is passed over. */
static edu_status apply(edu_session *clerk, edu_id person, edu_id offering, bool *is_in,
                        edu_error *error)
{
    edu_id draft;
    edu_request_receipt *receipt = NULL;
    json_t *form = json_pack("{s:s, s:s}", "phone", "+994 50 000 00 00", "experience", "some");
    edu_status status =
        edu_draft_save(clerk, person, offering, (edu_id){{0}}, form, NULL, NULL, &draft, error);
    json_decref(form);
    if (status == EDU_OK)
        status = edu_request_submit(clerk, person, draft, NULL, &receipt, error);
    *is_in = status == EDU_OK;
    edu_free(receipt);
    if (status != EDU_E_STATE && status != EDU_E_CONFLICT)
        return status;
    return edu_draft_discard(clerk, person, draft, NULL, error);
}

edu_status demo_groups(edu_session *clerk, const edu_id *persons, size_t count, edu_time now,
                       edu_error *error)
{
    size_t next = 0;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        edu_id offering;
        edu_status status = keep(clerk, &groups[i], now, &offering, error);
        for (int32_t done = 0; status == EDU_OK && done < groups[i].applicants && next < 6 * count;
             next++) {
            bool is_in = false;
            status = apply(clerk, persons[next % count], offering, &is_in, error);
            done += is_in;
        }
        if (status != EDU_OK)
            return status;
    }
    return EDU_OK;
}
