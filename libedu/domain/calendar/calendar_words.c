/* Why a term ends when it ends, in words. */
#include <string.h>
#include "domain/calendar/calendar_store.h"
#include "domain/portal/words.h"

enum word {
    RECEIVED,
    DAY_ZERO,
    TERM,
    WORKING_DAYS,
    DAYS,
    WORKING_MINUTES,
    NOT_COUNTED,
    PAUSED,
    DUE,
    IS_PAUSED,
    LEFT,
    WORDS
};

/* In the order of EI_LANGUAGES. A count stands behind its name, so that no word bends after it; a
 * date stands where the | is. */
static const char *const words[EI_LANGUAGES][WORDS] = {
    {"Received on |", "It counts as received on |; that day is not counted", "The term is",
     "working days", "days", "minutes of work", "Not counted", "waiting for an answer",
     "The term ends on |", "The term is paused", "Left"},
    {"| tarixində qəbul edilib", "| tarixində qəbul edilmiş sayılır; bu gün müddətə daxil deyil",
     "Müddət:", "iş günü", "gün", "iş dəqiqəsi", "Sayılmayıb", "cavab gözlənilir",
     "Müddətin sonu: |", "Müddət dayandırılıb", "Qalıb"},
    {"Получено |", "Считается полученным |; этот день не засчитывается", "Срок:", "раб. дн.", "дн.",
     "раб. мин.", "Не засчитано", "ожидание ответа", "Срок истекает |", "Срок приостановлен",
     "Осталось"},
};

static const char *const kinds[EI_LANGUAGES][EI_DAY_MOVED_REST + 1] = {
    {"day of work", "worked, day off instead", "weekend", "holiday", "day off instead",
     "day off, worked instead"},
    {"iş günü", "iş günü, əvəzində istirahət olunur", "istirahət günü", "bayram günü",
     "əvəz istirahət günü", "istirahət günü, əvəzində işlənir"},
    {"рабочий день", "рабочий день, выходной взамен", "выходной", "праздник", "выходной взамен",
     "выходной, отработан"},
};

const char *const *ei_day_kind_words(const char *language)
{
    return kinds[ei_language_index(language)];
}

typedef struct writing {
    const edu_session *session;
    const char *const *words, *const *kinds;
    ei_buffer *out;
} writing;

static void add_date(const writing *to, edu_date date)
{
    char text[EI_DATE_WORDS];
    ei_date_words(to->session->language, date, text);
    ei_buffer_text(to->out, text);
}

static void add_before(const writing *to, enum word word)
{
    ei_buffer_add(to->out, to->words[word], strcspn(to->words[word], "|"));
}

/* The end of a sentence; a date may end with a full stop of its own. */
static void add_stop(const writing *to)
{
    if (to->out->size > 0 && to->out->data[to->out->size - 1] != '.')
        ei_buffer_text(to->out, ".");
}

static void add_behind(const writing *to, enum word word)
{
    ei_buffer_text(to->out, strchr(to->words[word], '|') + 1);
    add_stop(to);
}

static void add_instant(const writing *to, const ei_calendar *calendar, edu_time at)
{
    int hour, minute;
    add_date(to, ei_time_civil(at, ei_calendar_utc_offset(calendar), &hour, &minute));
    ei_buffer_printf(to->out, ", %02d:%02d", hour, minute);
}

static const char *text_of(const json_t *step, const char *name)
{
    const char *text = json_string_value(json_object_get(step, name));
    return text ? text : "";
}

static void add_other(const writing *to, ei_day_kind kind, const json_t *step)
{
    edu_date other;
    ei_buffer_printf(to->out, "%s: ", to->kinds[kind]);
    if (ei_date_parse(text_of(step, "other"), &other))
        add_date(to, other);
}

static void add_reason(const writing *to, const json_t *step)
{
    json_t *titles = json_object_get(step, "title");
    const char *kind = text_of(step, "kind");
    if (strcmp(text_of(step, "role"), "paused") == 0) {
        ei_buffer_text(to->out, to->words[PAUSED]);
    } else if (strcmp(kind, "substitute") == 0) {
        add_other(to, EI_DAY_SUBSTITUTE, step);
    } else if (strcmp(kind, "moved_rest") == 0) {
        add_other(to, EI_DAY_MOVED_REST, step);
    } else {
        ei_buffer_text(to->out,
                       titles ? ei_localised(to->session, titles) : to->kinds[EI_DAY_WEEKEND]);
    }
}

static bool is_left_out(const json_t *step)
{
    const char *role = text_of(step, "role");
    return strcmp(role, "free") == 0 || strcmp(role, "paused") == 0;
}

static bool is_same(const json_t *a, const json_t *b, const char *name)
{
    const json_t *one = json_object_get(a, name), *other = json_object_get(b, name);
    return one == other || (one && other && json_equal(one, other));
}

/* Days left out one after the other for the same reason are told once. */
static bool is_same_reason(const json_t *a, const json_t *b)
{
    bool is_paused = strcmp(text_of(a, "role"), "paused") == 0;
    return is_left_out(b) && is_same(a, b, "role") &&
           (is_paused ||
            (is_same(a, b, "kind") && is_same(a, b, "title") && is_same(a, b, "other")));
}

static void add_left_out(const writing *to, const json_t *trace)
{
    const char *before = " ";
    for (size_t i = 0, end; i < json_array_size(trace); i = end) {
        const json_t *step = json_array_get(trace, i);
        edu_date date;
        end = i + 1;
        if (!is_left_out(step) || !ei_date_parse(text_of(step, "date"), &date))
            continue;
        while (end < json_array_size(trace) && is_same_reason(step, json_array_get(trace, end)))
            end++;
        if (before[0] == ' ')
            ei_buffer_printf(to->out, " %s:", to->words[NOT_COUNTED]);
        ei_buffer_text(to->out, before[0] == ' ' ? " " : "; ");
        before = ";";
        add_date(to, date);
        if (end - i > 1 && ei_date_parse(text_of(json_array_get(trace, end - 1), "date"), &date)) {
            ei_buffer_text(to->out, " – ");
            add_date(to, date);
        }
        ei_buffer_text(to->out, " (");
        add_reason(to, step);
        ei_buffer_text(to->out, ")");
    }
    if (before[0] == ';')
        add_stop(to);
}

edu_status ei_deadline_words(const edu_session *session, const ei_calendar *calendar,
                             const ei_term *term, const ei_deadline *deadline, const json_t *trace,
                             ei_buffer *out, edu_error *error)
{
    writing to = {session, words[ei_language_index(session->language)],
                  ei_day_kind_words(session->language), out};
    add_before(&to, RECEIVED);
    add_instant(&to, calendar, term->received);
    add_behind(&to, RECEIVED);
    ei_buffer_text(out, " ");
    add_before(&to, DAY_ZERO);
    add_date(&to, ei_date_from_days(deadline->day_zero));
    add_behind(&to, DAY_ZERO);
    ei_buffer_printf(out, " %s %d", to.words[TERM], term->count);
    if (term->extra > 0)
        ei_buffer_printf(out, " + %d", term->extra);
    ei_buffer_printf(out, " %s", to.words[WORKING_DAYS + (int)term->unit]);
    add_stop(&to);
    add_left_out(&to, trace);
    ei_buffer_text(out, " ");
    if (deadline->due == EDU_TIME_NONE) {
        ei_buffer_printf(out, "%s. %s: %d %s", to.words[IS_PAUSED], to.words[LEFT], deadline->left,
                         to.words[WORKING_DAYS + (int)term->unit]);
        add_stop(&to);
    } else {
        add_before(&to, DUE);
        add_instant(&to, calendar, deadline->due);
        add_behind(&to, DUE);
    }
    return out->failed ? ei_no_memory(error) : EDU_OK;
}
