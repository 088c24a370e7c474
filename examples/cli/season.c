/* Seasons and sittings: opening and listing, and the steps that two clerks take to the seats. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

static const char help[] =
    "Usage: edu season list\n"
    "       edu season open --code CODE --title TEXTS --subject CODE --subject-title TEXTS\n"
    "            --grades A-B --opens TIME --closes TIME --starts TIME [--minutes N]\n"
    "       edu season freeze SITTING [--seed HEX] --login LOGIN\n"
    "       edu season allocate SITTING --login LOGIN\n"
    "       edu season confirm SITTING --login LOGIN\n"
    "       edu season discard SITTING --login LOGIN\n\n"
    "open makes a season with one sitting for all its grades and publishes it. TEXTS is\n"
    "\"az=…|en=…\" by language; TIME is like 2026-11-23T10:00:00+04:00.\n"
    "freeze, allocate, confirm and discard are done by a clerk, whose password (and then the "
    "code,\n"
    "where one is sent) is read from standard input. Who confirms must not be who "
    "allocated.\n\n" CLI_PLACE_HELP;

typedef struct season_options {
    cli_place place;
    const char *code, *title, *subject, *subject_title, *grades, *opens, *closes, *starts, *minutes;
    const char *login, *seed;
} season_options;

/* "az=…|en=…"; NULL where it is not of that form. */
static json_t *texts_from(const char *text)
{
    json_t *texts = json_object();
    while (text && *text) {
        size_t length = strcspn(text, "|");
        const char *equals = memchr(text, '=', length);
        char language[16];
        if (!equals || (size_t)(equals - text) >= sizeof language) {
            json_decref(texts);
            return NULL;
        }
        memcpy(language, text, (size_t)(equals - text));
        language[equals - text] = 0;
        json_object_set_new(texts, language,
                            json_stringn(equals + 1, length - (size_t)(equals + 1 - text)));
        text += length + (text[length] == '|');
    }
    return texts;
}

static bool grades_from(const char *text, int32_t *from, int32_t *to)
{
    int used = 0;
    return text && sscanf(text, "%d-%d%n", from, to, &used) == 2 && text[used] == 0;
}

static bool time_from(const char *text, edu_time *time)
{
    return text && cli_time(text, time);
}

static edu_status print_season(edu_session *session, const edu_season *season, edu_error *error)
{
    printf("%-28s %-10s %s\n", season->code, season->state, season->title);
    edu_sitting_page *page = NULL;
    edu_status status =
        edu_olympiad_sittings(session, season->id, NULL, EDU_PAGE_MAX, &page, error);
    for (size_t i = 0; status == EDU_OK && i < page->count; i++) {
        const edu_sitting *sitting = &page->items[i];
        char id[EDU_ID_TEXT];
        edu_id_format(sitting->id, id);
        printf("  %s  %-12s grades %d-%d, %s\n", id, sitting->code, sitting->grade_from,
               sitting->grade_to, sitting->state);
    }
    edu_free(page);
    return status;
}

static edu_status list_seasons(edu_session *session, edu_error *error)
{
    edu_status status = EDU_OK;
    char *cursor = NULL;
    bool more = true;
    while (more) {
        edu_season_page *page = NULL;
        status = edu_olympiad_seasons(session, cursor, EDU_PAGE_MAX, &page, error);
        for (size_t i = 0; status == EDU_OK && i < page->count; i++)
            status = print_season(session, &page->items[i], error);
        more = cli_next(&cursor, status == EDU_OK ? page->next : NULL);
        edu_free(page);
    }
    return status;
}

static edu_status open_season(edu_session *session, const season_options *given, edu_error *error)
{
    edu_season_new season = EDU_SEASON_NEW_INIT;
    edu_sitting_new sitting = EDU_SITTING_NEW_INIT;
    if (!grades_from(given->grades, &season.grade_from, &season.grade_to) ||
        !time_from(given->opens, &season.opens) || !time_from(given->closes, &season.closes) ||
        !time_from(given->starts, &sitting.starts)) {
        error->code = EDU_E_INVALID;
        snprintf(error->message, sizeof error->message,
                 "--grades, --opens, --closes and --starts are needed; see edu season --help");
        return EDU_E_INVALID;
    }
    season.code = given->code;
    season.subject = given->subject;
    season.title = texts_from(given->title);
    season.subject_title = texts_from(given->subject_title);
    sitting.code = "main";
    sitting.grade_from = season.grade_from;
    sitting.grade_to = season.grade_to;
    sitting.minutes = given->minutes ? atoi(given->minutes) : 180;
    edu_id sitting_id;
    edu_status status =
        edu_olympiad_season_create(session, &season, NULL, &sitting.season_id, error);
    if (status == EDU_OK)
        status = edu_olympiad_sitting_create(session, &sitting, NULL, &sitting_id, error);
    if (status == EDU_OK)
        status = edu_olympiad_season_publish(session, sitting.season_id, NULL, error);
    json_decref(season.title);
    json_decref(season.subject_title);
    if (status == EDU_OK) {
        char id[EDU_ID_TEXT];
        edu_id_format(sitting_id, id);
        puts(id);
    }
    return status;
}

static void print_allocation(const edu_allocation *allocation)
{
    printf("%s: %" PRId64 " pupils, %" PRId64 " seats, total %" PRId64 " m, mean %" PRId64
           " m, farthest %" PRId64 " m\n",
           allocation->state, allocation->pupils, allocation->seats, allocation->cost_m,
           allocation->mean_m, allocation->farthest_m);
    if (allocation->neighbours > 0)
        printf("neighbours of one school: %" PRId64 " (no seating has fewer than %" PRId64 ")\n",
               allocation->neighbours, allocation->neighbours_bound);
}

/* The steps that need a clerk. */
static edu_status take_step(edu_session *session, const char *step, edu_id sitting,
                            const char *seed, edu_error *error)
{
    if (strcmp(step, "freeze") == 0)
        return edu_sitting_freeze(session, sitting, seed, NULL, error);
    edu_status status = EDU_OK;
    if (strcmp(step, "allocate") == 0) {
        edu_id made;
        status = edu_sitting_allocate(session, sitting, cli_progress(), NULL, &made, error);
        cli_progress_end();
    }
    edu_allocation *allocation = NULL;
    if (status == EDU_OK)
        status = edu_sitting_allocation(session, sitting, &allocation, error);
    if (status == EDU_OK && strcmp(step, "confirm") == 0) {
        status = edu_sitting_confirm(session, allocation->id, cli_progress(), NULL, error);
        cli_progress_end();
    } else if (status == EDU_OK && strcmp(step, "discard") == 0) {
        status = edu_sitting_discard(session, allocation->id, NULL, error);
    }
    if (status == EDU_OK) {
        edu_free(allocation);
        allocation = NULL;
        status = edu_sitting_allocation(session, sitting, &allocation, error);
    }
    if (status == EDU_OK)
        print_allocation(allocation);
    edu_free(allocation);
    return status;
}

static bool is_step(const char *word)
{
    static const char *const steps[] = {"freeze", "allocate", "confirm", "discard"};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (strcmp(word, steps[i]) == 0)
            return true;
    return false;
}

static edu_status run_step(edu_portal *portal, char **words, const season_options *given,
                           edu_error *error)
{
    edu_id sitting;
    edu_status status = edu_id_parse(words[1], &sitting, error);
    edu_session *session = NULL;
    if (status == EDU_OK)
        status = cli_sign_in(portal, given->login, &session, error);
    if (status == EDU_OK)
        status = take_step(session, words[0], sitting, given->seed, error);
    edu_session_close(session);
    return status;
}

int cli_season(int argc, char **argv)
{
    season_options given = {0};
    const cli_option options[] = {CLI_PLACE_OPTIONS(given.place),
                                  {"code", &given.code, NULL},
                                  {"title", &given.title, NULL},
                                  {"subject", &given.subject, NULL},
                                  {"subject-title", &given.subject_title, NULL},
                                  {"grades", &given.grades, NULL},
                                  {"opens", &given.opens, NULL},
                                  {"closes", &given.closes, NULL},
                                  {"starts", &given.starts, NULL},
                                  {"minutes", &given.minutes, NULL},
                                  {"login", &given.login, NULL},
                                  {"seed", &given.seed, NULL},
                                  {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    bool is_list = words == 1 && strcmp(argv[1], "list") == 0;
    bool is_open = words == 1 && strcmp(argv[1], "open") == 0;
    bool is_clerk = words == 2 && is_step(argv[1]) && given.login;
    if (!is_list && !is_open && !is_clerk)
        return cli_usage("season needs one of its forms; see edu season --help");
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal = NULL;
    edu_session *session = NULL;
    edu_status status = is_clerk ? cli_open(&given.place, &portal, &error)
                                 : cli_operate(&given.place, &portal, &session, &error);
    if (status == EDU_OK && is_list)
        status = list_seasons(session, &error);
    else if (status == EDU_OK && is_open)
        status = open_season(session, &given, &error);
    else if (status == EDU_OK)
        status = run_step(portal, argv + 1, &given, &error);
    edu_session_close(session);
    edu_portal_close(portal);
    return status == EDU_OK ? CLI_DONE : cli_failed(NULL, &error);
}
