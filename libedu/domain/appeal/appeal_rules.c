/* Reading the rules of appeals, and choosing by them. */
#include "domain/appeal/appeal_rules.h"

#include <string.h>

#include "workflow/document.h"

#define TEXT_MAX 65536
#define DAYS_MAX 3660
#define REGION_MAX 65

/* ---- parts ---- */

static const json_t *languages_of(const ei_appeal_rules *rules)
{
    return json_object_get(rules->json, "title");
}

static edu_status check_list(const json_t *list, size_t least, const ei_place *at, edu_error *error)
{
    if (!json_is_array(list) || json_array_size(list) < least ||
        json_array_size(list) > EI_APPEAL_LIST_MAX)
        return ei_document_fault(error, at, "this must be a list of up to 256");
    return EDU_OK;
}

/* A whole number; what is absent is `missing`. */
static edu_status read_number(const json_t *object, const char *name, int32_t least, int32_t most,
                              int32_t missing, const ei_place *at, int32_t *out, edu_error *error)
{
    const json_t *value = json_object_get(object, name);
    ei_place here = ei_place_below(at, name);
    json_int_t number = value ? json_integer_value(value) : missing;
    if ((value && !json_is_integer(value)) || number < least || number > most)
        return ei_document_fault(error, &here, "this must be a whole number within its bounds");
    *out = (int32_t)number;
    return EDU_OK;
}

/* {"code", "title"} and more, each code once. */
static edu_status check_entries(const ei_appeal_rules *rules, const char *name, size_t least,
                                const char *const *keys, edu_error *error)
{
    ei_place root = {""}, at = ei_place_below(&root, name);
    const json_t *list = json_object_get(rules->json, name);
    EI_TRY(check_list(list, least, &at, error));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        ei_place here = ei_place_index(&at, i), title = ei_place_below(&here, "title"),
                 code_at = ei_place_below(&here, "code");
        EI_TRY(ei_document_keys(entry, keys, &here, error));
        const char *code = json_string_value(json_object_get(entry, "code"));
        if (!ei_document_code(code))
            return ei_document_fault(error, &code_at, "a code is made of a-z, 0-9, _ and -");
        if (ei_appeal_entry(rules, name, code) != entry)
            return ei_document_fault(error, &code_at, "this code is there already");
        EI_TRY(
            ei_document_texts(json_object_get(entry, "title"), languages_of(rules), &title, error));
    }
    return EDU_OK;
}

/* A code of a list, or NULL where it is absent. */
static edu_status read_code(const ei_appeal_rules *rules, const json_t *object, const char *name,
                            const char *list, const ei_place *at, const char **out,
                            edu_error *error)
{
    const json_t *value = json_object_get(object, name);
    ei_place here = ei_place_below(at, name);
    *out = json_string_value(value);
    if (value && (!*out || (list && !ei_appeal_entry(rules, list, *out)) ||
                  (!list && !ei_document_code(*out))))
        return ei_document_fault(error, &here, "there is nothing of this code");
    return EDU_OK;
}

static edu_status read_categories(ei_appeal_rules *rules, edu_error *error)
{
    static const char *const keys[] = {
        "code", "title", "?may_be_anonymous", "?needs_approval", "?extension", NULL};
    static const char *const extension_keys[] = {"times", "count", NULL};
    ei_place list_at = {"/categories"};
    const json_t *list = json_object_get(rules->json, "categories");
    EI_TRY(check_entries(rules, "categories", 1, keys, error));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const json_t *extension = json_object_get(entry, "extension");
        ei_appeal_category *made = &rules->categories[rules->category_count++];
        ei_place at = ei_place_index(&list_at, i), below = ei_place_below(&at, "extension");
        made->code = json_string_value(json_object_get(entry, "code"));
        made->title = json_object_get(entry, "title");
        EI_TRY(ei_document_flag(entry, "may_be_anonymous", &at, &made->may_be_anonymous, error));
        EI_TRY(ei_document_flag(entry, "needs_approval", &at, &made->needs_approval, error));
        if (!extension)
            continue;
        EI_TRY(ei_document_keys(extension, extension_keys, &below, error));
        EI_TRY(read_number(extension, "times", 1, 100, 0, &below, &made->extensions, error));
        EI_TRY(read_number(extension, "count", 1, EI_TERM_MAX, 0, &below,
                           &made->extension_units_max, error));
    }
    return EDU_OK;
}

static edu_status read_unit(const json_t *entry, const ei_place *at, ei_term_unit *out,
                            edu_error *error)
{
    ei_place here = ei_place_below(at, "unit");
    const char *unit = json_string_value(json_object_get(entry, "unit"));
    return ei_term_unit_find(unit, out) ? EDU_OK
                                        : ei_document_fault(error, &here,
                                                            "this must be working_days, days or "
                                                            "working_minutes");
}

/* Which may stand together. */
static bool is_known_kind(const ei_appeal_term *term)
{
    if (term->department || term->state)
        return !term->category && !term->level && !(term->department && term->state);
    return !term->level || term->category;
}

static edu_status read_term(ei_appeal_rules *rules, const json_t *entry, const ei_place *at,
                            edu_error *error)
{
    static const char *const keys[] = {"unit",          "count",      "?category",
                                       "?level",        "?state",     "?department",
                                       "?warn_percent", "?very_late", NULL};
    ei_appeal_term *made = &rules->terms[rules->term_count++];
    EI_TRY(ei_document_keys(entry, keys, at, error));
    EI_TRY(read_unit(entry, at, &made->unit, error));
    EI_TRY(read_number(entry, "count", 0, EI_TERM_MAX, 0, at, &made->count, error));
    EI_TRY(read_number(entry, "warn_percent", 0, 100, 75, at, &made->warn_percent, error));
    EI_TRY(
        read_number(entry, "very_late", 0, EI_TERM_MAX, made->count, at, &made->very_late, error));
    EI_TRY(read_code(rules, entry, "category", "categories", at, &made->category, error));
    EI_TRY(read_code(rules, entry, "level", "levels", at, &made->level, error));
    EI_TRY(read_code(rules, entry, "department", "departments", at, &made->department, error));
    EI_TRY(read_code(rules, entry, "state", NULL, at, &made->state, error));
    return is_known_kind(made) ? EDU_OK
                               : ei_document_fault(error, at,
                                                   "a term is for a department, a category with or "
                                                   "without a level, a state, or all");
}

static bool is_for_all(const ei_appeal_term *term)
{
    return !term->department && !term->category && !term->state;
}

static edu_status read_terms(ei_appeal_rules *rules, edu_error *error)
{
    ei_place at = {"/terms"};
    const json_t *list = json_object_get(rules->json, "terms");
    bool has_default = false;
    EI_TRY(check_list(list, 1, &at, error));
    for (size_t i = 0; i < json_array_size(list); i++) {
        ei_place here = ei_place_index(&at, i);
        EI_TRY(read_term(rules, json_array_get(list, i), &here, error));
        has_default |= is_for_all(&rules->terms[i]);
    }
    return has_default ? EDU_OK : ei_document_fault(error, &at, "one term must be for all appeals");
}

/* As the register of regions writes it. */
static edu_status read_region(const json_t *entry, const ei_place *at, const char **out,
                              edu_error *error)
{
    const json_t *value = json_object_get(entry, "region");
    size_t size = json_string_length(value);
    ei_place here = ei_place_below(at, "region");
    *out = json_string_value(value);
    return !value || (size >= 1 && size < REGION_MAX)
               ? EDU_OK
               : ei_document_fault(error, &here, "this must be the code of a region");
}

static edu_status read_route(ei_appeal_rules *rules, const json_t *entry, const ei_place *at,
                             edu_error *error)
{
    static const char *const keys[] = {"departments", "?category", "?region", NULL};
    ei_appeal_route *made = &rules->routes[rules->route_count++];
    ei_place list_at = ei_place_below(at, "departments");
    EI_TRY(ei_document_keys(entry, keys, at, error));
    EI_TRY(read_code(rules, entry, "category", "categories", at, &made->category, error));
    EI_TRY(read_region(entry, at, &made->region, error));
    made->departments = json_object_get(entry, "departments");
    EI_TRY(check_list(made->departments, 1, &list_at, error));
    for (size_t i = 0; i < json_array_size(made->departments); i++) {
        ei_place here = ei_place_index(&list_at, i);
        const char *code = json_string_value(json_array_get(made->departments, i));
        if (!code || !ei_appeal_entry(rules, "departments", code))
            return ei_document_fault(error, &here, "there is no such department");
    }
    return EDU_OK;
}

static edu_status read_routes(ei_appeal_rules *rules, edu_error *error)
{
    ei_place at = {"/routes"};
    const json_t *list = json_object_get(rules->json, "routes");
    bool has_default = false;
    EI_TRY(check_list(list, 1, &at, error));
    for (size_t i = 0; i < json_array_size(list); i++) {
        ei_place here = ei_place_index(&at, i);
        EI_TRY(read_route(rules, json_array_get(list, i), &here, error));
        has_default |= !rules->routes[i].category && !rules->routes[i].region;
    }
    return has_default ? EDU_OK
                       : ei_document_fault(error, &at, "one route must be for all appeals");
}

static edu_status read_recipient(ei_appeal_rung *made, const json_t *entry, const ei_place *at,
                                 edu_error *error)
{
    static const char *const names[] = {"substitute", "executor", "head", "clerk", "person"};
    ei_place to = ei_place_below(at, "to"), login = ei_place_below(at, "login");
    const char *name = json_string_value(json_object_get(entry, "to"));
    size_t i = 0;
    while (i < EI_COUNT(names) && (!name || strcmp(names[i], name) != 0))
        i++;
    if (i == EI_COUNT(names))
        return ei_document_fault(error, &to,
                                 "this must be substitute, executor, head, clerk or person");
    made->to = (ei_appeal_recipient)i;
    made->login = json_string_value(json_object_get(entry, "login"));
    if ((made->to == EI_TO_PERSON) != (made->login != NULL) ||
        (json_object_get(entry, "login") && !made->login))
        return ei_document_fault(error, &login, "a person, and nobody else, has a login");
    return EDU_OK;
}

/* At a share of the term, at the share that the term itself has, or units behind its end. */
static edu_status read_when(ei_appeal_rung *made, const json_t *entry, const ei_place *at,
                            edu_error *error)
{
    bool is_warning = false;
    EI_TRY(read_number(entry, "percent", 0, 100, 100, at, &made->percent, error));
    EI_TRY(read_number(entry, "late", 0, EI_TERM_MAX, 0, at, &made->late, error));
    EI_TRY(ei_document_flag(entry, "warning", at, &is_warning, error));
    if (!is_warning)
        return EDU_OK;
    made->percent = EI_RUNG_WARNING;
    return json_object_size(entry) == (made->to == EI_TO_PERSON ? 3 : 2)
               ? EDU_OK
               : ei_document_fault(error, at, "a warning has neither percent nor late");
}

static edu_status read_ladder(ei_appeal_rules *rules, edu_error *error)
{
    static const char *const keys[] = {"to", "?percent", "?late", "?warning", "?login", NULL};
    ei_place at = {"/ladder"};
    const json_t *list = json_object_get(rules->json, "ladder");
    EI_TRY(check_list(list, 0, &at, error));
    if (json_array_size(list) > EI_APPEAL_LADDER_MAX)
        return ei_document_fault(error, &at, "a ladder has at most 16 rungs");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        ei_place here = ei_place_index(&at, i);
        ei_appeal_rung *made = &rules->ladder[rules->rung_count++];
        EI_TRY(ei_document_keys(entry, keys, &here, error));
        EI_TRY(read_recipient(made, entry, &here, error));
        EI_TRY(read_when(made, entry, &here, error));
        if (i > 0 && (made->percent < made[-1].percent || made->late < made[-1].late))
            return ei_document_fault(error, &here, "a rung does not come before the one below it");
    }
    return EDU_OK;
}

const char *const ei_appeal_placeholders[EI_APPEAL_PLACEHOLDERS] = {
    "applicant", "number", "received", "due", "category", "department"};

/* That braces come in pairs is checked. */
static bool names_are_known(const char *text)
{
    for (const char *at = text; (at = strchr(at, '{')) != NULL; at++) {
        size_t length = strcspn(at + 1, "}"), i = 0;
        while (i < EI_APPEAL_PLACEHOLDERS &&
               (strlen(ei_appeal_placeholders[i]) != length ||
                memcmp(ei_appeal_placeholders[i], at + 1, length) != 0))
            i++;
        if (i == EI_APPEAL_PLACEHOLDERS)
            return false;
    }
    return true;
}

static edu_status check_names(const json_t *texts, const ei_place *at, edu_error *error)
{
    const char *language;
    json_t *text;
    json_object_foreach((json_t *)(uintptr_t)texts, language, text)
    {
        ei_place here = ei_place_below(at, language);
        if (!names_are_known(json_string_value(text)))
            return ei_document_fault(error, &here,
                                     "a template names applicant, number, received, due, category "
                                     "and department");
    }
    return EDU_OK;
}

static edu_status check_templates(const ei_appeal_rules *rules, edu_error *error)
{
    static const char *const keys[] = {"code", "title", "text", NULL};
    ei_place at = {"/templates"};
    const json_t *list = json_object_get(rules->json, "templates");
    EI_TRY(check_entries(rules, "templates", 0, keys, error));
    for (size_t i = 0; i < json_array_size(list); i++) {
        ei_place here = ei_place_index(&at, i), text = ei_place_below(&here, "text");
        const json_t *texts = json_object_get(json_array_get(list, i), "text");
        EI_TRY(ei_document_texts(texts, languages_of(rules), &text, error));
        EI_TRY(check_names(texts, &text, error));
    }
    return EDU_OK;
}

static edu_status read_head(ei_appeal_rules *rules, edu_error *error)
{
    static const char *const keys[] = {"service",         "title",  "calendar",    "prefix",
                                       "reopen_days",     "levels", "departments", "categories",
                                       "terms",           "routes", "ladder",      "templates",
                                       "?duplicate_days", NULL};
    ei_place root = {""}, title = {"/title"}, calendar = {"/calendar"}, prefix = {"/prefix"},
             service = {"/service"};
    EI_TRY(ei_document_keys(rules->json, keys, &root, error));
    if (!ei_document_code(json_string_value(json_object_get(rules->json, "service"))))
        return ei_document_fault(error, &service, "a service is named with a-z, 0-9, _ and -");
    if (json_object_size(languages_of(rules)) == 0)
        return ei_document_fault(error, &title, "there must be a text in at least one language");
    EI_TRY(ei_document_texts(languages_of(rules), languages_of(rules), &title, error));
    rules->calendar = json_string_value(json_object_get(rules->json, "calendar"));
    if (!ei_document_code(rules->calendar))
        return ei_document_fault(error, &calendar, "this must be the code of a calendar");
    rules->prefix = json_string_value(json_object_get(rules->json, "prefix"));
    if (!rules->prefix || strlen(rules->prefix) > 8 || strpbrk(rules->prefix, "-\n\t "))
        return ei_document_fault(error, &prefix, "this must be up to 8 letters");
    EI_TRY(
        read_number(rules->json, "reopen_days", 0, DAYS_MAX, 0, &root, &rules->reopen_days, error));
    return read_number(rules->json, "duplicate_days", 0, DAYS_MAX, 90, &root,
                       &rules->duplicate_days, error);
}

static edu_status read_rules(ei_appeal_rules *rules, edu_error *error)
{
    static const char *const plain[] = {"code", "title", NULL};
    EI_TRY(read_head(rules, error));
    EI_TRY(check_entries(rules, "levels", 1, plain, error));
    EI_TRY(check_entries(rules, "departments", 1, plain, error));
    EI_TRY(read_categories(rules, error));
    EI_TRY(read_terms(rules, error));
    EI_TRY(read_routes(rules, error));
    EI_TRY(read_ladder(rules, error));
    return check_templates(rules, error);
}

edu_status ei_appeal_rules_make(const json_t *json, ei_appeal_rules **out, edu_error *error)
{
    ei_place root = {""};
    if (!json_is_object(json) || json_dumpb(json, NULL, 0, JSON_COMPACT) > TEXT_MAX)
        return ei_document_fault(error, &root, "this must be an object of at most 64 KiB");
    ei_appeal_rules *rules = ei_calloc(1, sizeof *rules);
    if (!rules)
        return ei_no_memory(error);
    rules->json = json_deep_copy(json);
    edu_status status = rules->json ? read_rules(rules, error) : ei_no_memory(error);
    if (status != EDU_OK)
        ei_appeal_rules_free(rules);
    else
        *out = rules;
    return status;
}

void ei_appeal_rules_free(ei_appeal_rules *rules)
{
    if (!rules)
        return;
    json_decref(rules->json);
    ei_free(rules);
}

/* ---- asking ---- */

json_t *ei_appeal_entry(const ei_appeal_rules *rules, const char *list, const char *code)
{
    const json_t *entries = json_object_get(rules->json, list);
    for (size_t i = 0; i < json_array_size(entries); i++) {
        json_t *entry = json_array_get(entries, i);
        const char *own = json_string_value(json_object_get(entry, "code"));
        if (own && strcmp(own, code) == 0)
            return entry;
    }
    return NULL;
}

const ei_appeal_category *ei_appeal_category_find(const ei_appeal_rules *rules, const char *code)
{
    for (size_t i = 0; i < rules->category_count; i++)
        if (strcmp(rules->categories[i].code, code) == 0)
            return &rules->categories[i];
    return NULL;
}

static bool fits(const char *wanted, const char *value)
{
    return !wanted || (value && strcmp(wanted, value) == 0);
}

/* 0 is the best. */
static int precedence(const ei_appeal_term *term)
{
    if (term->department)
        return 0;
    if (term->category)
        return term->level ? 1 : 2;
    return term->state ? 3 : 4;
}

const ei_appeal_term *ei_appeal_term_choose(const ei_appeal_rules *rules, const char *department,
                                            const char *category, const char *level,
                                            const char *state, const char **source)
{
    static const char *const sources[] = {"department", "category_level", "category", "state",
                                          "service"};
    const ei_appeal_term *best = NULL;
    for (size_t i = 0; i < rules->term_count; i++) {
        const ei_appeal_term *term = &rules->terms[i];
        if (fits(term->department, department) && fits(term->category, category) &&
            fits(term->level, level) && fits(term->state, state) &&
            (!best || precedence(term) < precedence(best)))
            best = term;
    }
    *source = sources[best ? precedence(best) : 4];
    return best;
}

const ei_appeal_route *ei_appeal_route_choose(const ei_appeal_rules *rules, const char *category,
                                              const char *region)
{
    const ei_appeal_route *best = NULL;
    int best_points = -1;
    for (size_t i = 0; i < rules->route_count; i++) {
        const ei_appeal_route *route = &rules->routes[i];
        int points = (route->category ? 2 : 0) + (route->region ? 1 : 0);
        if (fits(route->category, category) && fits(route->region, region) &&
            points > best_points) {
            best = route;
            best_points = points;
        }
    }
    return best;
}
