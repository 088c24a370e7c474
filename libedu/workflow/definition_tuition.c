#include "workflow/definition_tuition.h"

#include <string.h>
#include "workflow/document.h"

#define LIST_MAX 64

static edu_status check_currency(const char *currency, const ei_place *at, edu_error *error)
{
    bool fits = currency && strlen(currency) == EI_CURRENCY_TEXT - 1;
    for (int i = 0; fits && currency[i]; i++)
        fits = currency[i] >= 'A' && currency[i] <= 'Z';
    return fits ? EDU_OK
                : ei_document_fault(error, at,
                                    "this must be three capitals of ISO 4217, such as AZN");
}

static edu_status check_listed(const json_t *json, const char *const *keys, const json_t *languages,
                               const ei_place *at, edu_error *error)
{
    const char *code;
    json_t *one;
    if (json_object_size(json) == 0 || json_object_size(json) > LIST_MAX)
        return ei_document_fault(error, at, "there must be 1 to 64 of these");
    json_object_foreach((json_t *)(uintptr_t)json, code, one)
    {
        ei_place here = ei_place_below(at, code), title = ei_place_below(&here, "title");
        bool is_free;
        if (!ei_document_code(code))
            return ei_document_fault(error, &here, "this is named with a-z, 0-9, _ and -");
        EI_TRY(ei_document_keys(one, keys, &here, error));
        EI_TRY(ei_document_texts(json_object_get(one, "title"), languages, &title, error));
        EI_TRY(ei_document_flag(one, "is_free", &here, &is_free, error));
    }
    return EDU_OK;
}

static edu_status check_shares(const json_t *concessions, const ei_place *at, edu_error *error)
{
    const char *code;
    json_t *one;
    json_object_foreach((json_t *)(uintptr_t)concessions, code, one)
    {
        const json_t *percent = json_object_get(one, "waiver_percent");
        ei_place here = ei_place_below(at, code), share = ei_place_below(&here, "waiver_percent");
        json_int_t number = json_integer_value(percent);
        if (!json_is_integer(percent) || number < 1 || number > 100)
            return ei_document_fault(error, &share, "this must be a whole number from 1 to 100");
    }
    return EDU_OK;
}

static edu_status check_concessions(const ei_tuition_rules *rules, const json_t *languages,
                                    const ei_request_rules *request, edu_error *error)
{
    static const char *const keys[] = {"title", "waiver_percent", NULL};
    ei_place at = {"/tuition/concessions"}, field = {"/tuition/concession"},
             evidence = {"/tuition/evidence"};
    const json_t *concessions = json_object_get(rules->json, "concessions");
    if (!concessions)
        return json_object_get(rules->json, "concession")
                   ? ei_document_fault(error, &at, "a concession is one of these")
                   : EDU_OK;
    if (!rules->concession || !ei_document_pointer(rules->concession))
        return ei_document_fault(error, &field, "this must be a JSON Pointer into the form");
    if (json_object_get(rules->json, "evidence") &&
        !ei_document_kind_find(&request->documents, rules->evidence))
        return ei_document_fault(error, &evidence, "there is no such document in the request");
    EI_TRY(check_listed(concessions, keys, languages, &at, error));
    return check_shares(concessions, &at, error);
}

static edu_status check_funding(const ei_tuition_rules *rules, const json_t *languages,
                                edu_error *error)
{
    static const char *const keys[] = {"title", "?is_free", NULL};
    ei_place at = {"/tuition/fundings"}, field = {"/tuition/funding"};
    if (json_object_get(rules->json, "funding") && !ei_document_pointer(rules->funding))
        return ei_document_fault(error, &field, "this must be a JSON Pointer into the form");
    return check_listed(json_object_get(rules->json, "fundings"), keys, languages, &at, error);
}

static const char *text_of(const json_t *json, const char *name)
{
    return json_string_value(json_object_get(json, name));
}

edu_status ei_tuition_rules_make(const json_t *json, const json_t *languages,
                                 const ei_request_rules *request, ei_tuition_rules *out,
                                 edu_error *error)
{
    static const char *const keys[] = {"title",     "currency",     "fundings", "?funding",
                                       "?evidence", "?concessions", "due",      "?concession",
                                       "paid",      "?claimed",     "nothing",  NULL};
    ei_place at = {"/tuition"}, title = {"/tuition/title"}, currency = {"/tuition/currency"};
    *out = (ei_tuition_rules){0};
    if (!json)
        return EDU_OK;
    EI_TRY(ei_document_keys(json, keys, &at, error));
    if (!request)
        return ei_document_fault(error, &at, "tuition is of what people apply for: see request");
    *out = (ei_tuition_rules){.json = json,
                              .title = json_object_get(json, "title"),
                              .currency = text_of(json, "currency"),
                              .funding = text_of(json, "funding"),
                              .concession = text_of(json, "concession"),
                              .evidence = text_of(json, "evidence"),
                              .claimed = text_of(json, "claimed"),
                              .due = text_of(json, "due"),
                              .paid = text_of(json, "paid"),
                              .nothing = text_of(json, "nothing")};
    EI_TRY(ei_document_texts(out->title, languages, &title, error));
    EI_TRY(check_currency(out->currency, &currency, error));
    EI_TRY(check_funding(out, languages, error));
    return check_concessions(out, languages, request, error);
}

bool ei_tuition_has_concessions(const ei_tuition_rules *rules)
{
    return json_object_get(rules->json, "concessions") != NULL;
}

static const json_t *one_of(const ei_tuition_rules *rules, const char *list, const char *code)
{
    return code ? json_object_get(json_object_get(rules->json, list), code) : NULL;
}

json_t *ei_tuition_funding_title(const ei_tuition_rules *rules, const char *funding)
{
    return json_object_get(one_of(rules, "fundings", funding), "title");
}

bool ei_tuition_is_free(const ei_tuition_rules *rules, const char *funding)
{
    return json_is_true(json_object_get(one_of(rules, "fundings", funding), "is_free"));
}

const char *ei_tuition_only_funding(const ei_tuition_rules *rules)
{
    json_t *fundings = json_object_get(rules->json, "fundings");
    return json_object_size(fundings) == 1 ? json_object_iter_key(json_object_iter(fundings))
                                           : NULL;
}

json_t *ei_tuition_concession_title(const ei_tuition_rules *rules, const char *concession)
{
    return json_object_get(one_of(rules, "concessions", concession), "title");
}

int32_t ei_tuition_waiver_percent(const ei_tuition_rules *rules, const char *concession)
{
    const json_t *one = one_of(rules, "concessions", concession);
    return (int32_t)json_integer_value(json_object_get(one, "waiver_percent"));
}
