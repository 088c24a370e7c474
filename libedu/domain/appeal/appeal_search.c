/* Finding appeals: by number, by person, by words and names as people type them, by period and
 * state. */
#include <string.h>
#include "domain/appeal/appeal_store.h"
#include "account_sql.h"
#include "appeal_sql.h"
#include "domain/account/account_store.h"

#define WORDS_MAX 200

typedef struct search {
    const edu_appeal_query *asked;
    char *words; /* folded; NULL or "": none */
    int64_t first, last;
    ei_identifier person; /* where the number of a person is asked for */
    ei_appeal_filling with;
} search;

/* A number that nobody has finds nothing, as one whose appeals are not the session's to see. */
static edu_status open_person(search *work, ei_list *list, edu_tx *tx, edu_time since,
                              edu_time until, ei_rows *rows, edu_error *error)
{
    edu_id actor = ei_session_actor(list->session), person = {{0}};
    ei_rows found;
    bool row = false;
    EI_TRY(sql_account_claimed(tx, "fin", ei_hash_bytes(&work->person.hash), &found, error));
    edu_status status = ei_rows_next(&found, &row, error);
    if (status == EDU_OK && row)
        person = ei_column_id(&found, 0);
    ei_rows_close(&found);
    EI_TRY(status);
    list->reading = ei_reading_of("appeals", person, (edu_id){{0}});
    return sql_appeal_search_person(tx, &actor, work->with.now, &person, work->asked->state, since,
                                    until, list->key.integer[0], list->ask, rows, error);
}

static edu_status open_search(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    search *work = (search *)(uintptr_t)list->filter;
    const edu_appeal_query *asked = work->asked;
    edu_id actor = ei_session_actor(list->session);
    edu_time since = asked->since == EDU_TIME_NONE ? 0 : asked->since;
    edu_time until = asked->until == EDU_TIME_NONE ? EI_APPEAL_NEVER : asked->until;
    EI_TRY(ei_appeal_filling_begin(&work->with, list, tx, error));
    if (asked->person)
        return open_person(work, list, tx, since, until, rows, error);
    if (work->words && *work->words)
        return sql_appeal_search_words(tx, &actor, work->with.now, work->words, asked->state, since,
                                       until, list->key.integer[0], list->ask, rows, error);
    return sql_appeal_search(tx, &actor, work->with.now, asked->state, since, until, work->first,
                             work->last, list->key.integer[0], list->ask, rows, error);
}

static edu_status read_query(const edu_session *session, const edu_appeal_query *asked,
                             search *work, edu_error *error)
{
    EI_TRY(ei_check_text(asked->text, WORDS_MAX, true, "/text", error));
    EI_TRY(ei_check_text(asked->state, 64, true, "/state", error));
    *work = (search){.asked = asked, .first = 0, .last = INT64_MAX};
    EI_TRY(ei_check_text(asked->person, 16, true, "/person", error));
    if (asked->person && asked->text)
        return ei_fail(error, EDU_E_INVALID, "appeal.search_both", "/person",
                       "give the number of a person, or what to look for, not both");
    if (asked->person)
        return ei_identify_number(session->portal, asked->person, &work->person, error);
    if (!asked->text)
        return EDU_OK;
    if (ei_number_parse(asked->text, &work->first)) {
        work->last = work->first;
        return EDU_OK;
    }
    work->words = ei_text_words(asked->text, error);
    if (!work->words)
        return EDU_E_NOMEM;
    if (*work->words)
        return EDU_OK;
    ei_free(work->words);
    return ei_fail(error, EDU_E_INVALID, "appeal.search", "/text",
                   "there is no word or number in this");
}

edu_status edu_appeal_search(edu_session *session, const edu_appeal_query *query,
                             const char *cursor, int32_t limit, edu_appeal_page **out,
                             edu_error *error)
{
    search work;
    EI_TRY(ei_session_require(session, error));
    if (!query || query->struct_size != sizeof *query)
        return ei_bad_argument(error, "query");
    EI_TRY(read_query(session, query, &work, error));
    ei_list list = {
        .session = session,
        .filter = &work,
        .open = open_search,
        .reading = ei_reading_list("appeals"),
        .plan = {.shape = "I", .record = "edu_appeal", .limit = limit, .fill = ei_appeal_fill}};
    ei_reading_about(&list.reading, "by", work.words ? "words" : NULL);
    ei_reading_about(&list.reading, "state", query->state);
    edu_status status = ei_list_read(&list, cursor, out, error);
    ei_free(work.words);
    EI_TRY(status);
    *out = list.page;
    return EDU_OK;
}
