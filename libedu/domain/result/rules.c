#include "domain/result/rules.h"

#include <stdio.h>
#include <string.h>

#define CODE_MAX 32
#define APPEAL_DAYS_MAX 60

static edu_status wrong(edu_error *error, const char *field, const char *what)
{
    return ei_fail(error, EDU_E_INVALID, "result.rules", field, "the rules: %s", what);
}

/* ---- parts ---- */

static bool is_code(const json_t *value)
{
    const char *text = json_string_value(value);
    size_t length = text != NULL ? strlen(text) : 0;
    return length > 0 && length <= CODE_MAX &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
               length;
}

static edu_status only_known(const json_t *object, const char *const *known, const char *field,
                             edu_error *error)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object))
        return wrong(error, field, "an object is expected here");
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        const char *const *at = known;
        while (*at != NULL && strcmp(*at, name) != 0)
            at++;
        if (*at == NULL)
            return ei_fail(error, EDU_E_INVALID, "result.rules", field,
                           "the rules: there is no keyword \"%.40s\"", name);
    }
    return EDU_OK;
}

static edu_status check_texts(const json_t *texts, const char *field, edu_error *error)
{
    const char *language;
    json_t *text;
    if (!json_is_object(texts) || json_object_size(texts) == 0 || json_object_size(texts) > 20)
        return wrong(error, field, "texts by language are expected, such as {\"az\": \"…\"}");
    json_object_foreach((json_t *)(uintptr_t)texts, language, text)
        EI_TRY(ei_check_text(json_string_value(text), 200, false, field, error));
    return EDU_OK;
}

static edu_status read_grades(const json_t *grades, ei_problem_rule *problem, const char *field,
                              edu_error *error)
{
    int64_t from, to;
    problem->grade_to = 12;
    if (grades == NULL)
        return EDU_OK;
    if (json_array_size(grades) != 2 || !ei_int_read(json_array_get(grades, 0), 1, 12, &from) ||
        !ei_int_read(json_array_get(grades, 1), from, 12, &to))
        return wrong(error, field, "grades are [from, to], each 1 to 12");
    problem->grade_from = (int32_t)from;
    problem->grade_to = (int32_t)to;
    return EDU_OK;
}

/* Problems are columns of the results' file, beside these. */
static bool is_column(const char *code)
{
    static const char *const columns[] = {"number",  "absent", "total",
                                          "counted", "award",  "region"};
    for (size_t i = 0; i < EI_COUNT(columns); i++)
        if (strcmp(code, columns[i]) == 0)
            return true;
    return false;
}

static edu_status read_problem(ei_rules *rules, const json_t *json, edu_error *error)
{
    static const char *const known[] = {"code", "max", "title", "grades", NULL};
    char field[64];
    ei_problem_rule *problem = &rules->problems[rules->problem_count];
    (void)snprintf(field, sizeof field, "/problems/%zu", rules->problem_count);
    EI_TRY(only_known(json, known, field, error));
    if (!is_code(json_object_get(json, "code")))
        return wrong(error, field, "a problem needs a code of 1 to 32 letters and digits");
    problem->code = json_string_value(json_object_get(json, "code"));
    for (size_t i = 0; i < rules->problem_count; i++)
        if (strcmp(rules->problems[i].code, problem->code) == 0)
            return wrong(error, field, "a code of a problem stands twice");
    if (is_column(problem->code))
        return wrong(error, field, "this code is the name of a column of the results' file");
    if (!ei_points_read(json_object_get(json, "max"), rules->decimals, &problem->maximum) ||
        problem->maximum == 0)
        return wrong(error, field, "a problem needs a max, a number of points above 0");
    if (json_object_get(json, "title") != NULL)
        EI_TRY(check_texts(json_object_get(json, "title"), field, error));
    rules->problem_count++;
    return read_grades(json_object_get(json, "grades"), problem, field, error);
}

static edu_status read_problems(ei_rules *rules, edu_error *error)
{
    const json_t *list = json_object_get(rules->json, "problems");
    size_t count = json_array_size(list);
    if (count == 0 || count > EI_PROBLEMS_MAX)
        return wrong(error, "/problems", "1 to 40 problems are needed");
    for (size_t i = 0; i < count; i++)
        EI_TRY(read_problem(rules, json_array_get(list, i), error));
    int64_t best = 0;
    const json_t *given = json_object_get(rules->json, "best");
    if (given != NULL && !ei_int_read(given, 1, (int64_t)count, &best))
        return wrong(error, "/best", "so many of the problems count as there are, or fewer");
    rules->best = (size_t)best;
    return EDU_OK;
}

static size_t find_problem(const ei_rules *rules, const char *code)
{
    size_t at = 0;
    while (at < rules->problem_count && strcmp(rules->problems[at].code, code) != 0)
        at++;
    return at;
}

static edu_status read_tie(ei_rules *rules, const char *text, edu_error *error)
{
    ei_tie_rule *tie = &rules->ties[rules->tie_count++];
    if (text != NULL && strcmp(text, "solved") == 0) {
        tie->kind = EI_TIE_SOLVED;
        return EDU_OK;
    }
    if (text != NULL && strcmp(text, "lower_grade") == 0) {
        tie->kind = EI_TIE_GRADE;
        return EDU_OK;
    }
    if (text == NULL || strncmp(text, "problem:", 8) != 0)
        return wrong(error, "/ties",
                     "a tie is broken by \"problem:CODE\", \"solved\" or \"lower_grade\"");
    tie->kind = EI_TIE_PROBLEM;
    tie->problem = find_problem(rules, text + 8);
    return tie->problem < rules->problem_count
               ? EDU_OK
               : wrong(error, "/ties", "a tie is broken by a problem that is not there");
}

static edu_status read_ties(ei_rules *rules, edu_error *error)
{
    const json_t *list = json_object_get(rules->json, "ties");
    if (list != NULL && (!json_is_array(list) || json_array_size(list) > EI_TIES_MAX))
        return wrong(error, "/ties", "a list of at most 8 is expected");
    for (size_t i = 0; i < json_array_size(list); i++)
        EI_TRY(read_tie(rules, json_string_value(json_array_get(list, i)), error));
    const json_t *ranks = json_object_get(rules->json, "ranks");
    const char *form = ranks != NULL ? json_string_value(ranks) : "shared";
    if (form == NULL || (strcmp(form, "shared") != 0 && strcmp(form, "dense") != 0))
        return wrong(error, "/ranks", "\"shared\" (1 2 2 4) or \"dense\" (1 2 2 3)");
    rules->is_dense = strcmp(form, "dense") == 0;
    return EDU_OK;
}

static edu_status read_divisions(ei_rules *rules, edu_error *error)
{
    const json_t *list = json_object_get(rules->json, "divisions");
    if (list != NULL && !json_is_array(list))
        return wrong(error, "/divisions", "a list is expected");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *by = json_string_value(json_array_get(list, i));
        bool *flag = by != NULL && strcmp(by, "grade") == 0    ? &rules->by_grade
                     : by != NULL && strcmp(by, "region") == 0 ? &rules->by_region
                                                               : NULL;
        if (flag == NULL || *flag)
            return wrong(error, "/divisions", "divisions are by \"grade\", \"region\" or both");
        *flag = true;
    }
    return EDU_OK;
}

/* ---- cuts ---- */

static edu_status read_bound(const ei_rules *rules, const json_t *json, ei_cut *cut,
                             const char *field, edu_error *error)
{
    const json_t *points = json_object_get(json, "points");
    const json_t *permille = json_object_get(json, "permille");
    const json_t *places = json_object_get(json, "places");
    const json_t *solved = json_object_get(json, "solved");
    bool good = true;
    if (points != NULL)
        good = ei_points_read(points, rules->decimals, &cut->value);
    else if (permille != NULL)
        good = ei_int_read(permille, 1, 1000, &cut->value);
    else if (places != NULL)
        good = ei_int_read(places, 1, 1000000, &cut->value);
    else
        good = ei_int_read(solved, 1, (int64_t)rules->problem_count, &cut->value);
    cut->kind = points != NULL     ? EI_CUT_POINTS
                : permille != NULL ? EI_CUT_PERMILLE
                : places != NULL   ? EI_CUT_PLACES
                                   : EI_CUT_SOLVED;
    int given = (points != NULL) + (permille != NULL) + (places != NULL) + (solved != NULL);
    return good && given == 1
               ? EDU_OK
               : wrong(error, field,
                       "a cut is one of points, permille (1-1000), places and solved");
}

static edu_status read_cut(const ei_rules *rules, const json_t *json, ei_cut *cut,
                           const char *field, edu_error *error)
{
    static const char *const known[] = {"points", "permille", "places", "solved",
                                        "ties",   "least",    NULL};
    EI_TRY(only_known(json, known, field, error));
    EI_TRY(read_bound(rules, json, cut, field, error));
    const json_t *least = json_object_get(json, "least");
    if (least != NULL && !ei_points_read(least, rules->decimals, &cut->least))
        return wrong(error, field, "least is a number of points");
    const json_t *ties = json_object_get(json, "ties");
    const char *side = ties != NULL ? json_string_value(ties) : "in";
    if (side == NULL || (strcmp(side, "in") != 0 && strcmp(side, "out") != 0))
        return wrong(error, field, "ties are \"in\" or \"out\"");
    cut->ties_in = strcmp(side, "in") == 0;
    return EDU_OK;
}

static edu_status read_award(ei_rules *rules, const json_t *json, edu_error *error)
{
    static const char *const known[] = {"code", "title", "cut", "certificate", NULL};
    char field[64];
    ei_award_rule *award = &rules->awards[rules->award_count];
    (void)snprintf(field, sizeof field, "/awards/%zu", rules->award_count);
    EI_TRY(only_known(json, known, field, error));
    if (!is_code(json_object_get(json, "code")))
        return wrong(error, field, "an award needs a code of 1 to 32 letters and digits");
    award->code = json_string_value(json_object_get(json, "code"));
    if (ei_rules_award(rules, award->code) != NULL)
        return wrong(error, field, "a code of an award stands twice");
    award->title = json_object_get(json, "title");
    EI_TRY(check_texts(award->title, field, error));
    const json_t *certificate = json_object_get(json, "certificate");
    if (certificate != NULL && !json_is_boolean(certificate))
        return wrong(error, field, "certificate is true or false");
    award->has_certificate = certificate == NULL || json_is_true(certificate);
    rules->award_count++;
    award->cut.kind = EI_CUT_NONE;
    if (json_object_get(json, "cut") == NULL)
        return EDU_OK;
    return read_cut(rules, json_object_get(json, "cut"), &award->cut, field, error);
}

static edu_status read_awards(ei_rules *rules, edu_error *error)
{
    const json_t *list = json_object_get(rules->json, "awards");
    if (list != NULL && (!json_is_array(list) || json_array_size(list) > EI_AWARDS_MAX))
        return wrong(error, "/awards", "a list of at most 16 is expected");
    for (size_t i = 0; i < json_array_size(list); i++)
        EI_TRY(read_award(rules, json_array_get(list, i), error));
    return EDU_OK;
}

static edu_status read_advance(ei_rules *rules, edu_error *error)
{
    static const char *const known[] = {"season", "cut", NULL};
    const json_t *json = json_object_get(rules->json, "advance");
    if (json == NULL)
        return EDU_OK;
    EI_TRY(only_known(json, known, "/advance", error));
    rules->next = json_string_value(json_object_get(json, "season"));
    if (rules->next == NULL || strlen(rules->next) > 64)
        return wrong(error, "/advance/season", "the code of the next round's season is missing");
    return read_cut(rules, json_object_get(json, "cut"), &rules->advance, "/advance/cut", error);
}

static edu_status read_certificates(ei_rules *rules, edu_error *error)
{
    static const char *const known[] = {"participants", "fields", NULL};
    const json_t *json = json_object_get(rules->json, "certificates");
    if (json == NULL)
        return EDU_OK;
    EI_TRY(only_known(json, known, "/certificates", error));
    const json_t *participants = json_object_get(json, "participants");
    if (participants != NULL && !json_is_boolean(participants))
        return wrong(error, "/certificates/participants", "true or false");
    rules->certifies_participants = json_is_true(participants);
    const json_t *fields = json_object_get(json, "fields");
    if (fields != NULL && !json_is_array(fields))
        return wrong(error, "/certificates/fields", "a list is expected");
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const char *name = json_string_value(json_array_get(fields, i));
        if (name != NULL && strcmp(name, "total") == 0)
            rules->certifies_total = true;
        else if (name != NULL && strcmp(name, "rank") == 0)
            rules->certifies_rank = true;
        else
            return wrong(error, "/certificates/fields", "a field is \"total\" or \"rank\"");
    }
    return EDU_OK;
}

static edu_status read_rest(ei_rules *rules, edu_error *error)
{
    const json_t *days = json_object_get(rules->json, "appeal_days");
    if (days != NULL && !ei_int_read(days, 0, APPEAL_DAYS_MAX, &rules->appeal_days))
        return wrong(error, "/appeal_days", "0 to 60 days");
    const json_t *blind = json_object_get(rules->json, "blind");
    if (blind != NULL && !json_is_boolean(blind))
        return wrong(error, "/blind", "true or false");
    rules->is_blind = json_is_true(blind);
    return EDU_OK;
}

static edu_status read_all(ei_rules *rules, edu_error *error)
{
    static const char *const known[] = {"decimals", "problems",     "best",        "ties",
                                        "ranks",    "divisions",    "awards",      "advance",
                                        "blind",    "certificates", "appeal_days", NULL};
    int64_t decimals = 0;
    EI_TRY(only_known(rules->json, known, "", error));
    const json_t *given = json_object_get(rules->json, "decimals");
    if (given != NULL && !ei_int_read(given, 0, 2, &decimals))
        return wrong(error, "/decimals", "points have 0 to 2 decimals");
    rules->decimals = (int)decimals;
    EI_TRY(read_problems(rules, error));
    EI_TRY(read_ties(rules, error));
    EI_TRY(read_divisions(rules, error));
    EI_TRY(read_awards(rules, error));
    EI_TRY(read_advance(rules, error));
    EI_TRY(read_certificates(rules, error));
    return read_rest(rules, error);
}

edu_status ei_rules_read(json_t *json, ei_rules *out, edu_error *error)
{
    *out = (ei_rules){.json = json_incref(json)};
    return read_all(out, error);
}

void ei_rules_finish(ei_rules *rules)
{
    json_decref(rules->json);
    *rules = (ei_rules){0};
}

const ei_award_rule *ei_rules_award(const ei_rules *rules, const char *code)
{
    for (size_t i = 0; code != NULL && i < rules->award_count; i++)
        if (strcmp(rules->awards[i].code, code) == 0)
            return &rules->awards[i];
    return NULL;
}

bool ei_problem_applies(const ei_problem_rule *problem, int32_t grade)
{
    return grade >= problem->grade_from && grade <= problem->grade_to;
}
