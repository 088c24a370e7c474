/* Answers that everybody may read: what tells who asked is proposed to be left out, a clerk
 * decides. */
#include "domain/appeal/appeal_store.h"

#include <ctype.h>
#include <string.h>

#include "appeal_sql.h"

#define MASK "▇▇▇"
#define TOKEN_MAX 256
#define DIGITS_MIN 6 /* of what may be a number of somebody */
#define NAME_MIN 3   /* letters of a name that is looked for */

/* ---- what might tell who it is ---- */

typedef struct names {
    char *given, *family; /* folded */
} names;

static bool begins_with(const char *word, const char *name)
{
    return name && strlen(name) >= NAME_MIN && strncmp(word, name, strlen(name)) == 0;
}

/* Many digits, or seven letters and digits as a personal number has; marks around do not count. */
static bool is_like_a_number(const char *token, size_t size)
{
    size_t digits = 0, plain = 0;
    for (size_t i = 0; i < size; i++) {
        digits += isdigit((unsigned char)token[i]) != 0;
        plain += !isascii((unsigned char)token[i]) || isalnum((unsigned char)token[i]);
    }
    return digits >= DIGITS_MIN || (digits > 0 && plain == 7);
}

static bool tells_who(const char *token, size_t size, const names *known, bool *out,
                      edu_error *error)
{
    char word[TOKEN_MAX];
    *out = true;
    if (size >= sizeof word || memchr(token, '@', size) || is_like_a_number(token, size))
        return true;
    memcpy(word, token, size);
    word[size] = '\0';
    char *folded = ei_text_words(word, error);
    if (!folded)
        return false;
    *out = begins_with(folded, known->given) || begins_with(folded, known->family);
    ei_free(folded);
    return true;
}

static edu_status redact(const char *text, const names *known, ei_buffer *out, edu_error *error)
{
    while (*text) {
        size_t blank = strspn(text, " \n\t"), size = strcspn(text + blank, " \n\t");
        bool is_left_out = false;
        ei_buffer_add(out, text, blank);
        text += blank;
        if (size > 0 && !tells_who(text, size, known, &is_left_out, error))
            return EDU_E_NOMEM;
        if (is_left_out)
            ei_buffer_text(out, MASK);
        else
            ei_buffer_add(out, text, size);
        text += size;
    }
    return out->failed ? ei_no_memory(error) : EDU_OK;
}

typedef struct redaction {
    edu_session *session;
    edu_id person, id;
    edu_appeal_redaction *out;
} redaction;

static edu_status redact_into(ei_arena *arena, const char *text, const names *known,
                              const char **out, edu_error *error)
{
    ei_buffer made = {0};
    edu_status status = redact(text, known, &made, error);
    if (status == EDU_OK && !(*out = ei_arena_strdup(arena, made.data ? made.data : "")))
        status = ei_no_memory(error);
    ei_buffer_free(&made);
    return status;
}

static edu_status read_text(const redaction *read, edu_tx *tx, const ei_appeal *appeal,
                            const char *action, const names *known, const char **out,
                            edu_error *error)
{
    ei_rows rows;
    bool row = false;
    const char *text = "";
    ei_arena *arena = ei_record_arena(read->out);
    EI_TRY(sql_appeal_text_last(tx, &read->person, &read->id, action, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = ei_unseal_text(read->session, &read->person, ei_appeal_key(appeal),
                                EI_APPEAL_SEALED, ei_column_bytes(&rows, 0), arena, &text, error);
    ei_rows_close(&rows);
    EI_TRY(status);
    return redact_into(arena, text, known, out, error);
}

static edu_status read_names(edu_tx *tx, const edu_id *person, names *out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_appeal_names(tx, person, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        out->given = ei_text_words(ei_column_text(&rows, 0), error);
        out->family = ei_text_words(ei_column_text(&rows, 1), error);
    }
    ei_rows_close(&rows);
    return status == EDU_OK && row && !(out->given && out->family) ? EDU_E_NOMEM : status;
}

static edu_status redact_run(edu_tx *tx, void *context, edu_error *error)
{
    redaction *read = context;
    edu_id actor = ei_session_actor(read->session);
    ei_appeal appeal;
    names known = {NULL, NULL};
    EI_TRY(ei_appeal_load(tx, &actor, &read->person, &read->id, ei_now(read->session), &appeal,
                          error));
    if (!appeal.staff_as[0])
        return ei_fail(error, EDU_E_DENIED, "appeal.only_staff", NULL,
                       "only staff publish answers");
    edu_status status = read_names(tx, &read->person, &known, error);
    if (status == EDU_OK)
        status = read_text(read, tx, &appeal, "register", &known, &read->out->question, error);
    if (status == EDU_OK)
        status = read_text(read, tx, &appeal, "send", &known, &read->out->answer, error);
    ei_free(known.given);
    ei_free(known.family);
    return status;
}

edu_status edu_appeal_redact(edu_session *session, edu_id person_id, edu_id appeal_id,
                             edu_appeal_redaction **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    redaction read = {session, ei_person_or_self(session, person_id), appeal_id, NULL};
    ei_reading reading = ei_reading_of("appeal", read.person, appeal_id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, redact_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

/* ---- publishing ---- */

typedef struct publishing {
    const char *question, *answer; /* NULL: it is taken back */
} publishing;

static edu_status change_publish(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                 edu_error *error)
{
    const publishing *wanted = step->wanted;
    const ei_appeal *appeal = &step->appeal;
    if (!wanted->question)
        return sql_appeal_publication_end(tx, &appeal->id, NULL, error);
    return sql_appeal_publication_put(tx, &appeal->id, appeal->category, wanted->question,
                                      wanted->answer, command->now, NULL, error);
}

edu_status edu_appeal_publish(edu_session *session, edu_id person_id, edu_id appeal_id,
                              const char *question, const char *answer, const char *key,
                              edu_error *error)
{
    publishing wanted = {question, answer};
    ei_buffer more = {0};
    EI_TRY(ei_session_require(session, error));
    if (question || answer) {
        EI_TRY(ei_check_words(question, EI_APPEAL_TEXT_MAX, "/question", error));
        EI_TRY(ei_check_words(answer, EI_APPEAL_TEXT_MAX, "/answer", error));
    }
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = question ? "publish" : "unpublish",
                           .wanted = &wanted,
                           .change = change_publish};
    ei_buffer_printf(&more, "%s\n%s", question ? question : "", answer ? answer : "");
    edu_status status =
        more.failed ? ei_no_memory(error)
                    : ei_appeal_do(&step, "appeal.publish", key, more.data, more.size, error);
    ei_buffer_free(&more);
    return status;
}

/* ---- for everybody ---- */

static edu_status fill_published(ei_rows *rows, int first, ei_arena *arena, void *record,
                                 void *context, edu_error *error)
{
    const ei_appeal_filling *with = context;
    edu_appeal_published *out = record;
    const char *category = ei_column_text(rows, first + 1);
    json_t *entry = ei_appeal_entry(with->rules, "categories", category);
    const char *title =
        entry ? ei_localised(with->session, json_object_get(entry, "title")) : category;
    out->published = ei_column_time(rows, first);
    out->category = ei_arena_strdup(arena, category);
    out->category_title = ei_arena_strdup(arena, title);
    out->question = ei_arena_strdup(arena, ei_column_text(rows, first + 2));
    out->answer = ei_arena_strdup(arena, ei_column_text(rows, first + 3));
    return out->category && out->category_title && out->question && out->answer
               ? EDU_OK
               : ei_no_memory(error);
}

typedef struct published_query {
    const char *category;
    ei_appeal_filling with;
} published_query;

static edu_status open_published(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    published_query *query = (published_query *)(uintptr_t)list->filter;
    EI_TRY(ei_appeal_filling_begin(&query->with, list, tx, error));
    return sql_appeal_publications(tx, query->category, list->key.integer[0], &list->key.id[1],
                                   list->ask, rows, error);
}

edu_status edu_appeal_answers(edu_session *session, const char *category, const char *cursor,
                              int32_t limit, edu_appeal_published_page **out, edu_error *error)
{
    published_query query = {.category = category};
    EI_TRY(ei_session_check(session, error));
    EI_TRY(ei_check_text(category, 64, true, "/category", error));
    ei_list list = {.session = session,
                    .filter = &query,
                    .open = open_published,
                    .plan = {.shape = "IU",
                             .record = "edu_appeal_published",
                             .limit = limit,
                             .fill = fill_published}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
