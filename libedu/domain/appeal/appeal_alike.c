/* Appeals that say nearly the same: found by hashes of their words, judged by the words themselves.
 */
#include "domain/appeal/appeal_store.h"

#include <stdlib.h>
#include <string.h>

#include "appeal_sql.h"

#define DAY (INT64_C(86400) * 1000000)
#define ROWS_PER_BAND 2
#define HASHES (EI_APPEAL_BANDS * ROWS_PER_BAND)
#define CANDIDATES_MAX 25 /* of a band, and of a person */
#define SHOWN_MAX 20
#define ALIKE_PERCENT 50
#define WORDS_MAX (EI_APPEAL_TEXT_MAX / 2 + 400) /* with those of the names */

/* ---- words as sets ---- */

typedef struct word_set {
    char *text; /* cut into words in place */
    size_t count;
    const char *words[WORDS_MAX];
} word_set;

static int by_word(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

/* Takes the words over. */
static void split(char *words, word_set *out)
{
    size_t kept = 0;
    out->count = 0;
    out->text = words;
    for (char *save = NULL, *word = strtok_r(words, " ", &save); word && out->count < WORDS_MAX;
         word = strtok_r(NULL, " ", &save))
        out->words[out->count++] = word;
    qsort(out->words, out->count, sizeof *out->words, by_word);
    for (size_t i = 0; i < out->count; i++)
        if (i == 0 || strcmp(out->words[i], out->words[kept - 1]) != 0)
            out->words[kept++] = out->words[i];
    out->count = kept;
}

static edu_status make_set(const char *text, word_set *out, edu_error *error)
{
    char *words = ei_text_words(text, error);
    if (!words)
        return EDU_E_NOMEM;
    split(words, out);
    return EDU_OK;
}

edu_status ei_appeal_words_unordered(const char *names, const char *words, ei_buffer *out,
                                     edu_error *error)
{
    word_set *set = ei_alloc(sizeof *set); /* large, and filled by split() */
    ei_buffer all = {0};
    ei_buffer_printf(&all, "%s %s", names, words);
    ei_buffer_add(out, "", 0);
    if (!set || all.failed) {
        ei_buffer_free(&all);
        ei_free(set);
        return ei_no_memory(error);
    }
    split(all.data, set);
    for (size_t i = 0; i < set->count; i++)
        ei_buffer_printf(out, "%s%s", i ? " " : "", set->words[i]);
    ei_buffer_free(&all);
    ei_free(set);
    return out->failed ? ei_no_memory(error) : EDU_OK;
}

/* Words in both, of words in either, in percent. */
static int32_t percent_alike(const word_set *a, const word_set *b)
{
    size_t i = 0, j = 0, both = 0;
    while (i < a->count && j < b->count) {
        int order = strcmp(a->words[i], b->words[j]);
        both += order == 0;
        i += order <= 0;
        j += order >= 0;
    }
    size_t either = a->count + b->count - both;
    return either > 0 ? (int32_t)(100 * both / either) : 0;
}

/* ---- bands: of texts that share much, one at least is likely the same ---- */

static uint64_t hash_of(const ei_keys *keys, const char *word)
{
    uint8_t hash[32];
    uint64_t out;
    ei_keyed_hash(keys, "appeal.word", (edu_bytes){word, strlen(word)}, hash);
    memcpy(&out, hash, sizeof out);
    return out;
}

/* A permutation of 64 bits for each number (the finaliser of MurmurHash3). */
static uint64_t permute(uint64_t value, uint64_t number)
{
    value ^= (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 33) * UINT64_C(0xff51afd7ed558ccd);
    value = (value ^ value >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return value ^ value >> 33;
}

static void band_set(const ei_keys *keys, const word_set *set, int64_t out[EI_APPEAL_BANDS])
{
    uint64_t least[HASHES];
    memset(least, 0xff, sizeof least);
    for (size_t i = 0; i < set->count; i++) {
        uint64_t word = hash_of(keys, set->words[i]);
        for (size_t j = 0; j < HASHES; j++) {
            uint64_t value = permute(word, j);
            least[j] = value < least[j] ? value : least[j];
        }
    }
    for (size_t i = 0; i < EI_APPEAL_BANDS; i++) {
        uint64_t band = permute(least[2 * i] ^ permute(least[2 * i + 1], i), HASHES + i);
        memcpy(&out[i], &band, sizeof band);
    }
}

edu_status ei_appeal_bands_add(const edu_session *session, edu_tx *tx, const edu_id *person,
                               const edu_id *id, const char *words, edu_error *error)
{
    int64_t bands[EI_APPEAL_BANDS];
    word_set *set = ei_alloc(sizeof *set); /* large, and filled by split() */
    char *copy = ei_strdup(words);
    edu_status status = set && copy ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK) {
        split(copy, set);
        band_set(session->portal->keys, set, bands);
    }
    for (size_t i = 0; status == EDU_OK && i < EI_APPEAL_BANDS; i++)
        status = sql_appeal_band_add(tx, bands[i], id, person, NULL, error);
    ei_free(copy);
    ei_free(set);
    return status;
}

/* ---- suggesting ---- */

typedef struct candidate {
    edu_id person, id;
    bool is_same_person;
    int32_t percent;
} candidate;

typedef struct search {
    edu_session *session;
    edu_id person, id, actor;
    edu_time now;
    size_t count;
    candidate found[(EI_APPEAL_BANDS + 1) * CANDIDATES_MAX];
    word_set own, other;
    ei_arena *arena;
    edu_appeal_duplicate_page *page;
    ei_reading reading;
} search;

static void keep(search *work, edu_id person, edu_id id, bool is_same_person)
{
    if (ei_id_compare(id, work->id) == 0)
        return;
    for (size_t i = 0; i < work->count; i++)
        if (ei_id_compare(work->found[i].id, id) == 0) {
            work->found[i].is_same_person |= is_same_person;
            return;
        }
    if (work->count < EI_COUNT(work->found))
        work->found[work->count++] = (candidate){person, id, is_same_person, 0};
}

static edu_status collect(search *work, edu_status opened, ei_rows *rows, bool is_same_person,
                          edu_error *error)
{
    bool row;
    edu_status status;
    EI_TRY(opened);
    while ((status = ei_rows_next(rows, &row, error)) == EDU_OK && row)
        keep(work, ei_column_id(rows, 0), ei_column_id(rows, 1), is_same_person);
    ei_rows_close(rows);
    return status;
}

/* The text it was made with; "" where that is erased. */
static edu_status first_text(const search *work, edu_tx *tx, const edu_id *person, const edu_id *id,
                             ei_arena *arena, const char **out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    *out = "";
    EI_TRY(sql_appeal_text_first(tx, person, id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = ei_unseal_text(work->session, person, ei_column_bytes(&rows, 1), EI_APPEAL_SEALED,
                                ei_column_bytes(&rows, 0), arena, out, error);
    ei_rows_close(&rows);
    return status;
}

static edu_status judge(search *work, edu_tx *tx, candidate *one, edu_error *error)
{
    const char *text;
    ei_arena *arena = ei_arena_new();
    edu_status status = arena ? first_text(work, tx, &one->person, &one->id, arena, &text, error)
                              : ei_no_memory(error);
    if (status == EDU_OK)
        status = make_set(text, &work->other, error);
    if (status == EDU_OK)
        one->percent = percent_alike(&work->own, &work->other);
    ei_free(work->other.text);
    work->other.text = NULL;
    ei_arena_free(arena);
    return status;
}

static int by_likeness(const void *a, const void *b)
{
    const candidate *left = a, *right = b;
    return left->percent != right->percent ? right->percent - left->percent
                                           : -ei_id_compare(left->id, right->id);
}

static edu_status find(search *work, edu_tx *tx, const ei_appeal *appeal, edu_error *error)
{
    ei_rows rows;
    int64_t bands[EI_APPEAL_BANDS];
    const ei_appeal_rules *rules;
    EI_TRY(ei_appeal_rules_load(work->session, tx, 0, &rules, NULL, error));
    edu_time since = appeal->received - rules->duplicate_days * DAY;
    band_set(work->session->portal->keys, &work->own, bands);
    for (size_t i = 0; i < EI_APPEAL_BANDS; i++)
        EI_TRY(collect(work,
                       sql_appeal_band_find(tx, &work->actor, work->now, bands[i], since,
                                            CANDIDATES_MAX, &rows, error),
                       &rows, false, error));
    if (!appeal->is_anonymous)
        EI_TRY(collect(work,
                       sql_appeal_of_person(tx, &work->actor, work->now, &work->person, since,
                                            CANDIDATES_MAX, &rows, error),
                       &rows, true, error));
    for (size_t i = 0; i < work->count; i++)
        EI_TRY(judge(work, tx, &work->found[i], error));
    qsort(work->found, work->count, sizeof *work->found, by_likeness);
    return EDU_OK;
}

static edu_status show(search *work, edu_tx *tx, edu_error *error)
{
    size_t shown = 0;
    edu_appeal_duplicate *items = ei_arena_alloc(work->arena, SHOWN_MAX * sizeof *items);
    if (!items)
        return ei_no_memory(error);
    for (size_t i = 0; i < work->count && shown < SHOWN_MAX; i++) {
        const candidate *one = &work->found[i];
        ei_appeal other;
        if (!one->is_same_person && one->percent < ALIKE_PERCENT)
            continue;
        EI_TRY(ei_appeal_load(tx, &work->actor, &one->person, &one->id, work->now, &other, error));
        items[shown] = (edu_appeal_duplicate){.person_id = one->person,
                                              .id = one->id,
                                              .number = ei_arena_strdup(work->arena, other.number),
                                              .state = ei_arena_strdup(work->arena, other.state),
                                              .received = other.received,
                                              .is_open = other.is_open,
                                              .is_same_person = one->is_same_person,
                                              .percent = one->percent};
        if (!items[shown].number || !items[shown++].state)
            return ei_no_memory(error);
    }
    work->page->items = items;
    work->page->count = shown;
    return EDU_OK;
}

static edu_status duplicates_run(edu_tx *tx, void *context, edu_error *error)
{
    search *work = context;
    ei_appeal appeal;
    const char *text;
    work->count = 0;
    ei_free(work->own.text);
    work->own.text = NULL;
    EI_TRY(ei_appeal_load(tx, &work->actor, &work->person, &work->id, work->now, &appeal, error));
    if (!appeal.staff_as[0])
        return ei_fail(error, EDU_E_DENIED, "appeal.only_staff", NULL,
                       "only staff compare appeals");
    EI_TRY(first_text(work, tx, &work->person, &work->id, work->arena, &text, error));
    EI_TRY(make_set(text, &work->own, error));
    EI_TRY(find(work, tx, &appeal, error));
    EI_TRY(show(work, tx, error));
    work->reading.is_nothing = work->page->count == 0;
    return EDU_OK;
}

edu_status edu_appeal_duplicates(edu_session *session, edu_id person_id, edu_id appeal_id,
                                 edu_appeal_duplicate_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    search *work = ei_calloc(1, sizeof *work);
    if (!work)
        return ei_no_memory(error);
    work->session = session;
    work->actor = ei_session_actor(session);
    work->person = ei_id_is_none(person_id) ? work->actor : person_id;
    work->id = appeal_id;
    work->now = ei_now(session);
    work->page = ei_record_new(sizeof *work->page, &work->arena);
    work->reading = ei_reading_list("appeals");
    ei_reading_about_id(&work->reading, "like", appeal_id);
    edu_status status = work->page
                            ? ei_read_of(session, &work->reading, duplicates_run, work, error)
                            : ei_no_memory(error);
    if (status != EDU_OK)
        edu_free(work->page);
    else
        *out = work->page;
    ei_free(work->own.text);
    ei_free(work);
    return status;
}
