/* Results of a round of the demonstration. Points are drawn, as the pupils are invented. */
#include "cli.h"
#include "demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBLEMS 5
#define MOST 10

static const char rules_text[] =
    "{\"problems\":[{\"code\":\"p1\",\"max\":10},{\"code\":\"p2\",\"max\":10},"
    "{\"code\":\"p3\",\"max\":10},{\"code\":\"p4\",\"max\":10},{\"code\":\"p5\",\"max\":10}],"
    "\"ties\":[\"problem:p5\",\"problem:p4\"],\"divisions\":[\"grade\"],\"awards\":["
    "{\"code\":\"first\",\"title\":{\"az\":\"I dərəcəli diplom\",\"en\":\"First-degree diploma\","
    "\"ru\":\"Диплом I степени\"},\"cut\":{\"permille\":20,\"least\":\"30\"}},"
    "{\"code\":\"second\",\"title\":{\"az\":\"II dərəcəli diplom\","
    "\"en\":\"Second-degree diploma\",\"ru\":\"Диплом II степени\"},\"cut\":{\"permille\":40,"
    "\"least\":\"25\"}},{\"code\":\"third\",\"title\":{\"az\":\"III dərəcəli diplom\","
    "\"en\":\"Third-degree diploma\",\"ru\":\"Диплом III степени\"},\"cut\":{\"permille\":60,"
    "\"least\":\"20\"}}],\"certificates\":{\"participants\":true,\"fields\":[\"total\"]},"
    "\"appeal_days\":5,\"advance\":{\"season\":\"%s\",\"cut\":{\"permille\":50,"
    "\"least\":\"20\"}}}";

static uint64_t draw(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Points of a problem: the pupil's strength against the problem's, with luck. */
static int points(uint64_t *state, int strength, int problem)
{
    int luck = (int)(draw(state) % 41) - 20;
    int reached = (strength + luck - 12 * problem) * MOST / 60;
    return reached < 0 ? 0 : reached > MOST ? MOST : reached;
}

static void write_row(FILE *csv, uint64_t *state, const char *slip)
{
    fputs(slip, csv);
    if (draw(state) % 25 == 0) {
        fputs(",,,,,,1\n", csv);
        return;
    }
    int strength = (int)((draw(state) % 50 + draw(state) % 50 + draw(state) % 50) / 2) + 5;
    for (int p = 0; p < PROBLEMS; p++)
        fprintf(csv, ",%d", points(state, strength, p));
    fputs(",\n", csv);
}

static edu_status write_page(FILE *csv, uint64_t *state, edu_session *session,
                             const edu_entry_page *page, edu_error *error)
{
    edu_status status = EDU_OK;
    for (size_t i = 0; status == EDU_OK && i < page->count; i++) {
        const edu_entry *entry = &page->items[i];
        edu_seat *seat = NULL;
        if (entry->seat == NULL)
            continue;
        status = edu_sitting_seat(session, entry->person_id, entry->application_id, &seat, error);
        if (status == EDU_OK)
            write_row(csv, state, seat->slip);
        edu_free(seat);
    }
    return status;
}

static edu_status write_results(FILE *csv, edu_session *session, edu_id sitting, edu_error *error)
{
    uint64_t state = 1;
    char *cursor = NULL;
    edu_status status;
    bool more;
    fputs("number,p1,p2,p3,p4,p5,absent\n", csv);
    do {
        edu_entry_page *page = NULL;
        status = edu_olympiad_entries(session, sitting, NULL, cursor, EDU_PAGE_MAX, &page, error);
        if (status == EDU_OK)
            status = write_page(csv, &state, session, page, error);
        more = cli_next(&cursor, status == EDU_OK ? page->next : NULL);
        edu_free(page);
    } while (more);
    return status;
}

static edu_status enter(edu_session *clerk, edu_id season, edu_id sitting, edu_error *error)
{
    char *text = NULL;
    size_t size = 0;
    edu_import_report *report = NULL;
    FILE *csv = open_memstream(&text, &size);
    if (csv == NULL)
        return EDU_E_NOMEM;
    edu_status status = write_results(csv, clerk, sitting, error);
    fclose(csv);
    if (status == EDU_OK)
        status = edu_result_import(clerk, season, (edu_bytes){text, size}, NULL, &report, error);
    edu_free(report);
    free(text);
    return status;
}

static edu_status set_rules(edu_session *operator_, edu_id season, const char *next,
                            edu_error *error)
{
    char text[sizeof rules_text + 100];
    snprintf(text, sizeof text, rules_text, next);
    json_t *rules = json_loads(text, 0, NULL);
    edu_status status = edu_result_rules(operator_, season, rules, NULL, error);
    json_decref(rules);
    return status;
}

edu_status demo_results(edu_session *operator_, edu_session *clerk, edu_session *second,
                        edu_id season, edu_id sitting, const char *next, edu_time now,
                        edu_error *error)
{
    int64_t issued = 0, invited = 0;
    edu_status status = set_rules(operator_, season, next, error);
    if (status == EDU_OK)
        status = enter(clerk, season, sitting, error);
    if (status == EDU_OK)
        status = edu_result_propose(clerk, season, now, NULL, error);
    if (status == EDU_OK)
        status = edu_result_approve(second, season, (edu_progress){0}, NULL, error);
    if (status == EDU_OK)
        status = edu_result_issue(clerk, season, (edu_progress){0}, &issued, error);
    if (status == EDU_OK)
        status = edu_result_invite(clerk, season, (edu_progress){0}, &invited, error);
    if (status == EDU_OK)
        printf("  %-18s %7" PRId64 " certificates, %" PRId64 " invited\n", "", issued, invited);
    return status;
}
