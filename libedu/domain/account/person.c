/* Persons as those see them who may. */
#include "domain/account/account_store.h"

#include <string.h>

#include "account_sql.h"
#include "domain/person/person_store.h"

#define FAMILY_MAX EDU_PAGE_MAX
#define WORDS_MAX 200
/* Behind every text that a column holds. */
#define LAST_TEXT "\xf4\x8f\xbf\xbf"

/* ---- one person ---- */

typedef struct lookup {
    edu_session *session;
    edu_id person_id;
    ei_hash number;
    edu_date birth;
    edu_person *person;
    ei_reading *reading;
} lookup;

static edu_status give_person(edu_session *session, ei_reading *reading, edu_command_fn read,
                              lookup *l, edu_person **out, edu_error *error)
{
    l->reading = reading;
    edu_status status = ei_read_of(session, reading, read, l, error);
    if (status == EDU_OK)
        *out = l->person;
    else
        edu_free(l->person);
    return status;
}

static edu_status read_person(edu_tx *tx, void *context, edu_error *error)
{
    lookup *l = context;
    edu_id actor = ei_session_actor(l->session);
    ei_rows rows;
    EI_TRY(ei_person_kept(tx, &l->person_id, NULL, error));
    l->reading->person = l->person_id;
    EI_TRY(sql_account_person(tx, &actor, &l->person_id, &rows, error));
    return ei_account_one(&rows, "edu_person", "person", &l->person, error);
}

edu_status edu_account_person(edu_session *session, edu_id person_id, edu_person **out,
                              edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    EI_TRY(ei_session_require(session, error));
    lookup l = {.session = session, .person_id = person_id};
    if (ei_id_is_none(person_id))
        l.person_id = ei_session_actor(session);
    ei_reading reading = ei_reading_of("person", l.person_id, (edu_id){{0}});
    return give_person(session, &reading, read_person, &l, out, error);
}

static edu_status read_found(edu_tx *tx, void *context, edu_error *error)
{
    lookup *l = context;
    edu_status status = ei_require_role(l->session, tx, "finance", error);
    if (status == EDU_E_DENIED)
        status = ei_account_require_staff(l->session, tx, error);
    EI_TRY(status);
    edu_id actor = ei_session_actor(l->session);
    ei_rows rows;
    EI_TRY(sql_account_find(tx, &actor, ei_hash_bytes(&l->number), l->birth, &rows, error));
    EI_TRY(ei_account_one(&rows, "edu_person", "person", &l->person, error));
    l->reading->person = l->person->id;
    return EDU_OK;
}

edu_status edu_account_find(edu_session *session, const char *number, edu_date birth,
                            edu_person **out, edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    EI_TRY(ei_session_require(session, error));
    ei_identifier identifier;
    EI_TRY(ei_identify_number(session->portal, number, &identifier, error));
    EI_TRY(ei_check_birth(birth, "/birth", error));
    lookup l = {.session = session, .number = identifier.hash, .birth = birth};
    ei_reading reading = {.what = "person"};
    return give_person(session, &reading, read_found, &l, out, error);
}

/* ---- lists ---- */

typedef struct person_list {
    edu_session *session;
    ei_page_plan plan;
    void *page;
    ei_page_key key;
    const char *from_school, *to_school;
    char only_school[EI_CODE_MAX + 1];
    char *from_name, *to_name; /* NULL for all */
} person_list;

static edu_status read_family(edu_tx *tx, void *context, edu_error *error)
{
    person_list *list = context;
    edu_id actor = ei_session_actor(list->session);
    ei_rows rows;
    EI_TRY(sql_account_family(tx, &actor, FAMILY_MAX, &rows, error));
    edu_status status = ei_page_read(list->session, &rows, &list->plan, &list->page, error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_account_family(edu_session *session, edu_person_page **out, edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    EI_TRY(ei_account_require_person(session, error));
    person_list list = {.session = session, .plan = {"", "edu_person", FAMILY_MAX, NULL, NULL}};
    EI_TRY(ei_read(session, read_family, &list, error));
    *out = list.page;
    return EDU_OK;
}

/* Somebody of one school sees no other: there is no need to look through them all. */
static edu_status narrow_to_only_school(person_list *list, edu_tx *tx, const edu_id *actor,
                                        edu_error *error)
{
    if (list->from_school[0])
        return EDU_OK;
    ei_rows rows;
    EI_TRY(sql_account_only_school(tx, actor, &rows, error));
    bool is_one = false;
    edu_status status = ei_rows_next(&rows, &is_one, error);
    if (status == EDU_OK && is_one) {
        const char *code = ei_column_text(&rows, 0);
        size_t length = strnlen(code, EI_CODE_MAX);
        memcpy(list->only_school, code, length);
        list->only_school[length] = 0;
        list->from_school = list->to_school = list->only_school;
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status open_pupils(person_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id actor = ei_session_actor(list->session);
    const ei_page_key *key = &list->key;
    const char *from = list->from_name ? list->from_name : "";
    const char *to = list->to_name ? list->to_name : LAST_TEXT;
    int64_t limit = ei_page_limit(list->plan.limit) + 1;
    if (strcmp(list->plan.shape, "tu") == 0)
        return sql_account_pupils_by_name(tx, &actor, list->from_school, list->to_school, from, to,
                                          key->text[0], &key->id[1], limit, rows, error);
    return sql_account_pupils(tx, &actor, list->from_school, list->to_school, from, to,
                              key->text[0], key->integer[1], key->text[2], &key->id[3], limit, rows,
                              error);
}

static edu_status read_pupils(edu_tx *tx, void *context, edu_error *error)
{
    person_list *list = context;
    EI_TRY(ei_account_require_staff(list->session, tx, error));
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(narrow_to_only_school(list, tx, &actor, error));
    ei_rows rows;
    EI_TRY(open_pupils(list, tx, &rows, error));
    edu_status status = ei_page_read(list->session, &rows, &list->plan, &list->page, error);
    ei_rows_close(&rows);
    return status;
}

/* The names that begin with the folded words. */
static edu_status take_words(person_list *list, const char *words, edu_error *error)
{
    if (!words)
        return EDU_OK;
    EI_TRY(ei_check_text(words, WORDS_MAX, true, "/words", error));
    list->from_name = ei_text_fold(words, error);
    if (!list->from_name)
        return EDU_E_NOMEM;
    ei_buffer end = {0};
    ei_buffer_printf(&end, "%s" LAST_TEXT, list->from_name);
    list->to_name = end.data;
    return end.failed ? ei_no_memory(error) : EDU_OK;
}

static edu_status list_pupils(person_list *list, const char *words, const char *cursor,
                              edu_error *error)
{
    EI_TRY(take_words(list, words, error));
    EI_TRY(ei_page_key_read(list->session, &list->key, list->plan.shape, cursor, error));
    ei_reading reading = ei_reading_list("pupils");
    ei_reading_about(&reading, "institution",
                     list->from_school == list->to_school ? list->from_school : NULL);
    ei_reading_about(&reading, "by", list->from_name ? "words" : NULL);
    return ei_read_of(list->session, &reading, read_pupils, list, error);
}

edu_status edu_account_pupils(edu_session *session, const char *institution, const char *words,
                              const char *cursor, int32_t limit, edu_person_page **out,
                              edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(institution, EI_CODE_MAX, true, "/institution", error));
    /* A name among all schools is found by the index of names, and so in their order. */
    const char *shape = words && !institution ? "tu" : "titu";
    person_list list = {.session = session,
                        .plan = {shape, "edu_person", limit, NULL, NULL},
                        .from_school = institution ? institution : "",
                        .to_school = institution ? institution : LAST_TEXT};
    edu_status status = list_pupils(&list, words, cursor, error);
    ei_page_key_finish(&list.key);
    ei_free(list.from_name);
    ei_free(list.to_name);
    if (status == EDU_OK)
        *out = list.page;
    else
        edu_free(list.page);
    return status;
}
