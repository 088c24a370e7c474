/* Regular expressions of ECMA-262 (with Unicode) over code points, in time linear in the text: the
 * pattern becomes a program, of which all threads run at once (Thompson). What that cannot do, to
 * look around and back, is refused when the pattern is made. */
#include <string.h>
#include <unictype.h>
#include "form/form.h"

#define PROGRAM_MAX 8192 /* instructions, repetitions written out */
#define SETS_MAX 512
#define ITEMS_MAX 2048 /* of one class */
#define NEST_MAX 64
#define REPEAT_MAX 4096
#define UNICODE_END 0x110000

typedef enum op {
    CHARACTER,
    ANY,
    SET,
    SPLIT,
    JUMP,
    AT_START,
    AT_END,
    AT_WORD,
    NOT_AT_WORD,
    MATCH
} op;

/* Jumps are relative, so that a piece of program may be moved and copied. */
typedef struct instruction {
    op op;
    int32_t x, y; /* character, set; targets of a jump or split */
} instruction;

typedef enum item_kind { RANGE, DIGIT, WORD, SPACE, CATEGORY, SCRIPT, PROPERTY } item_kind;

typedef struct item {
    struct item *next;
    item_kind kind;
    bool is_negated;
    uint32_t low, high;
    uc_general_category_t category;
    const uc_script_t *script;
    uc_property_t property;
} item;

typedef struct set {
    bool is_negated;
    int32_t item_count;
    item *items;
    uint8_t ascii[16]; /* a bit for each of the first 128 */
} set;

struct ei_pattern {
    instruction *program;
    set *sets;
    int32_t count, set_count;
};

typedef struct parser {
    ei_arena *arena;
    const char *start, *at, *end;
    instruction *program;
    set *sets;
    int32_t count, set_count;
    ei_pattern_fault fault;
    const char *what;
} parser;

/* ---- sets ---- */

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(uint32_t c)
{
    return is_digit(c) || is_letter(c) || c == '_';
}

static bool is_line_end(uint32_t c)
{
    return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
}

static bool is_space(uint32_t c)
{
    return (c >= 9 && c <= 13) || c == ' ' || c == 0xa0 || c == 0xfeff || c == 0x2028 ||
           c == 0x2029 || (c > 127 && uc_is_general_category(c, UC_SPACE_SEPARATOR));
}

static bool item_holds(const item *one, uint32_t c)
{
    switch (one->kind) {
    case RANGE:
        return c >= one->low && c <= one->high;
    case DIGIT:
        return is_digit(c);
    case WORD:
        return is_word(c);
    case SPACE:
        return is_space(c);
    case CATEGORY:
        return uc_is_general_category(c, one->category);
    case SCRIPT:
        return uc_is_script(c, one->script);
    case PROPERTY:
        return uc_is_property(c, one->property);
    }
    return false;
}

static bool set_holds_slowly(const set *one, uint32_t c)
{
    for (const item *at = one->items; at; at = at->next)
        if (item_holds(at, c) != at->is_negated)
            return !one->is_negated;
    return one->is_negated;
}

static bool set_holds(const set *one, uint32_t c)
{
    return c < 128 ? one->ascii[c >> 3] >> (c & 7) & 1 : set_holds_slowly(one, c);
}

static void fill_ascii(set *one)
{
    for (uint32_t c = 0; c < 128; c++)
        if (set_holds_slowly(one, c))
            one->ascii[c >> 3] |= (uint8_t)(1 << (c & 7));
}

/* ---- reading ---- */

static bool refuse(parser *in, ei_pattern_fault fault, const char *what)
{
    if (in->fault == EI_PATTERN_FINE) {
        in->fault = fault;
        in->what = what;
    }
    return false;
}

/* Decodes one code point; a byte that begins none stands for itself. */
static uint32_t decode(const char **at, const char *end)
{
    const unsigned char *s = (const unsigned char *)*at;
    size_t left = (size_t)(end - *at);
    size_t size = s[0] < 0xc0 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (size == 1 || size > left) {
        *at += 1;
        return s[0];
    }
    uint32_t c = s[0] & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++)
        c = c << 6 | (s[i] & 0x3f);
    *at += size;
    return c < UNICODE_END ? c : 0xfffd;
}

static bool take(parser *in, char wanted)
{
    if (in->at == in->end || *in->at != wanted)
        return false;
    in->at++;
    return true;
}

static bool looks_at(const parser *in, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(in->end - in->at) >= length && memcmp(in->at, text, length) == 0;
}

static bool emit(parser *in, op what, int32_t x, int32_t y)
{
    if (in->count == PROGRAM_MAX)
        return refuse(in, EI_PATTERN_TOO_LARGE, "the pattern is too large");
    in->program[in->count++] = (instruction){what, x, y};
    return true;
}

/* Makes room for one instruction before the piece that begins at `from`. */
static bool insert(parser *in, int32_t from, op what, int32_t x, int32_t y)
{
    if (!emit(in, what, 0, 0))
        return false;
    memmove(in->program + from + 1, in->program + from,
            (size_t)(in->count - 1 - from) * sizeof *in->program);
    in->program[from] = (instruction){what, x, y};
    return true;
}

/* ---- escapes ---- */

/* Hexadecimal digits: exactly `digits`, or with 0 as many as there are up to a brace. */
static bool read_hex(parser *in, int digits, uint32_t *out)
{
    uint32_t value = 0;
    int count = 0;
    for (; in->at < in->end && (digits == 0 || count < digits); in->at++, count++) {
        char c = *in->at;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            break;
        value = value * 16 + (uint32_t)digit;
        if (value >= UNICODE_END)
            return false;
    }
    *out = value;
    return count > 0 && (digits == 0 || count == digits);
}

static bool read_unicode_escape(parser *in, uint32_t *out)
{
    uint32_t low;
    if (take(in, '{'))
        return read_hex(in, 0, out) && take(in, '}');
    if (!read_hex(in, 4, out))
        return false;
    if (*out < 0xd800 || *out >= 0xdc00 || !looks_at(in, "\\u"))
        return true;
    const char *back = in->at;
    in->at += 2;
    if (read_hex(in, 4, &low) && low >= 0xdc00 && low < 0xe000)
        *out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
    else
        in->at = back;
    return true;
}

/* A character written as an escape; the letter behind the backslash has been taken. */
static bool character_escape(parser *in, char letter, uint32_t *out)
{
    static const char names[] = "tnvfr", values[] = "\t\n\v\f\r";
    const char *known = letter ? strchr(names, letter) : NULL;
    if (known) {
        *out = (uint32_t)values[known - names];
        return true;
    }
    if (letter == '0' && (in->at == in->end || !is_digit((unsigned char)*in->at))) {
        *out = 0;
        return true;
    }
    if (letter == 'x' || letter == 'u')
        return (letter == 'x' ? read_hex(in, 2, out) : read_unicode_escape(in, out)) ||
               refuse(in, EI_PATTERN_WRONG, "a wrong escape of a character");
    if (letter == 'c' && in->at < in->end && is_letter((unsigned char)*in->at)) {
        *out = (uint32_t)*in->at++ & 31;
        return true;
    }
    if (is_digit((unsigned char)letter) || letter == 'k')
        return refuse(in, EI_PATTERN_UNSUPPORTED, "references back are not supported");
    if (is_word((unsigned char)letter) && letter != '_')
        return refuse(in, EI_PATTERN_WRONG, "there is no such escape");
    in->at--;
    *out = decode(&in->at, in->end);
    return true;
}

static bool find_property(const char *name, const char *value, item *out)
{
    bool is_category = strcmp(name, "General_Category") == 0 || strcmp(name, "gc") == 0;
    bool is_script = strcmp(name, "Script") == 0 || strcmp(name, "sc") == 0 ||
                     strcmp(name, "Script_Extensions") == 0 || strcmp(name, "scx") == 0;
    if (is_script) {
        out->kind = SCRIPT;
        out->script = uc_script_byname(value);
        return out->script != NULL;
    }
    if (strcmp(name, "Any") == 0 || strcmp(name, "ASCII") == 0) {
        out->kind = RANGE;
        out->high = name[1] == 'n' ? UNICODE_END - 1 : 127;
        return true;
    }
    if (*value && !is_category)
        return false;
    out->category = uc_general_category_byname(*value ? value : name);
    out->kind = CATEGORY;
    if (out->category.bitmask != 0)
        return true;
    out->kind = PROPERTY;
    out->property = uc_property_byname(name);
    return !*value && uc_property_is_valid(out->property);
}

static bool read_property(parser *in, item *out)
{
    char name[64] = "";
    size_t length = 0;
    if (!take(in, '{'))
        return refuse(in, EI_PATTERN_WRONG, "a property stands in braces: \\p{Letter}");
    while (in->at < in->end && *in->at != '}' && length < sizeof name - 1)
        name[length++] = *in->at++;
    char *equals = strchr(name, '=');
    if (equals)
        *equals++ = 0;
    if (!take(in, '}') || length == 0 || !find_property(name, equals ? equals : "", out))
        return refuse(in, EI_PATTERN_WRONG, "there is no such Unicode property");
    return true;
}

/* \d and its like; *known is false for other letters. */
static bool class_escape(parser *in, char letter, item *out, bool *known)
{
    *known = letter && strchr("dDwWsSpP", letter);
    *out = (item){0};
    if (!*known)
        return true;
    out->is_negated = letter < 'a';
    switch (letter | 32) {
    case 'd':
        out->kind = DIGIT;
        return true;
    case 'w':
        out->kind = WORD;
        return true;
    case 's':
        out->kind = SPACE;
        return true;
    default:
        return read_property(in, out);
    }
}

/* ---- classes ---- */

static bool add_item(parser *in, set *to, const item *what)
{
    if (to->item_count++ == ITEMS_MAX)
        return refuse(in, EI_PATTERN_TOO_LARGE, "a class of the pattern is too large");
    item *made = ei_arena_alloc(in->arena, sizeof *made);
    if (!made)
        return refuse(in, EI_PATTERN_NO_MEMORY, "out of memory");
    *made = *what;
    made->next = to->items;
    to->items = made;
    return true;
}

static bool new_set(parser *in, set **out)
{
    if (in->set_count == SETS_MAX)
        return refuse(in, EI_PATTERN_TOO_LARGE, "the pattern has too many classes");
    *out = &in->sets[in->set_count++];
    **out = (set){0};
    return true;
}

/* One end of a range, or a class such as \d. */
static bool read_class_atom(parser *in, item *out, bool *is_class)
{
    *is_class = false;
    *out = (item){0};
    if (!take(in, '\\')) {
        out->low = out->high = decode(&in->at, in->end);
        return true;
    }
    if (in->at == in->end)
        return refuse(in, EI_PATTERN_WRONG, "a backslash at the end");
    char letter = *in->at++;
    if (!class_escape(in, letter, out, is_class))
        return false;
    if (*is_class)
        return true;
    if (letter == 'b')
        out->low = 8;
    else if (!character_escape(in, letter, &out->low))
        return false;
    out->high = out->low;
    return true;
}

static bool read_class_item(parser *in, set *to)
{
    item first, last;
    bool is_class, last_is_class;
    if (!read_class_atom(in, &first, &is_class))
        return false;
    bool is_range = in->end - in->at >= 2 && in->at[0] == '-' && in->at[1] != ']';
    if (!is_range)
        return add_item(in, to, &first);
    in->at++;
    if (!read_class_atom(in, &last, &last_is_class))
        return false;
    if (is_class || last_is_class || last.low < first.low)
        return refuse(in, EI_PATTERN_WRONG, "a range in a class goes from lower to higher");
    first.high = last.low;
    return add_item(in, to, &first);
}

static bool read_class(parser *in)
{
    set *made;
    if (!new_set(in, &made))
        return false;
    int32_t index = in->set_count - 1;
    made->is_negated = take(in, '^');
    while (!take(in, ']')) {
        if (in->at == in->end)
            return refuse(in, EI_PATTERN_WRONG, "a class does not end");
        if (!read_class_item(in, made))
            return false;
    }
    fill_ascii(made);
    return emit(in, SET, index, 0);
}

/* ---- the grammar ---- */

static bool read_alternatives(parser *in, int depth);

static bool read_group(parser *in, int depth)
{
    if (take(in, '?')) {
        bool looks =
            looks_at(in, "=") || looks_at(in, "!") || looks_at(in, "<=") || looks_at(in, "<!");
        if (looks)
            return refuse(in, EI_PATTERN_UNSUPPORTED, "looking ahead or behind is not supported");
        bool is_named = take(in, '<');
        while (is_named && in->at < in->end && *in->at != '>')
            in->at++;
        if (!take(in, is_named ? '>' : ':'))
            return refuse(in, EI_PATTERN_WRONG, "there is no such group");
    }
    if (depth >= NEST_MAX)
        return refuse(in, EI_PATTERN_TOO_LARGE, "groups are nested too deep");
    if (!read_alternatives(in, depth + 1))
        return false;
    return take(in, ')') || refuse(in, EI_PATTERN_WRONG, "a group does not end");
}

static bool read_escape(parser *in, bool *is_assertion)
{
    item found;
    bool is_class;
    uint32_t character;
    if (in->at == in->end)
        return refuse(in, EI_PATTERN_WRONG, "a backslash at the end");
    char letter = *in->at++;
    *is_assertion = letter == 'b' || letter == 'B';
    if (*is_assertion)
        return emit(in, letter == 'b' ? AT_WORD : NOT_AT_WORD, 0, 0);
    if (!class_escape(in, letter, &found, &is_class))
        return false;
    if (!is_class)
        return character_escape(in, letter, &character) &&
               emit(in, CHARACTER, (int32_t)character, 0);
    set *made;
    if (!new_set(in, &made) || !add_item(in, made, &found))
        return false;
    fill_ascii(made);
    return emit(in, SET, in->set_count - 1, 0);
}

static bool read_count(parser *in, int32_t *out)
{
    const char *from = in->at;
    int32_t value = 0;
    for (; in->at < in->end && is_digit((unsigned char)*in->at); in->at++)
        if (value <= REPEAT_MAX)
            value = value * 10 + (*in->at - '0');
    *out = value;
    return in->at > from;
}

/* {m}, {m,} or {m,n}; a brace that is none of these stands for itself. max -1: without end. */
static bool read_braces(parser *in, int32_t *min, int32_t *max)
{
    const char *back = in->at;
    bool good = take(in, '{') && read_count(in, min);
    *max = *min;
    if (good && take(in, ',') && !read_count(in, max))
        *max = -1;
    if (good && take(in, '}'))
        return true;
    in->at = back;
    return false;
}

static bool is_braces(parser *in)
{
    const char *back = in->at;
    int32_t min, max;
    bool found = read_braces(in, &min, &max);
    in->at = back;
    return found;
}

static bool read_atom(parser *in, int depth, bool *is_assertion)
{
    *is_assertion = *in->at == '^' || *in->at == '$';
    switch (*in->at) {
    case '^':
    case '$':
        return emit(in, *in->at++ == '^' ? AT_START : AT_END, 0, 0);
    case '.':
        in->at++;
        return emit(in, ANY, 0, 0);
    case '[':
        in->at++;
        return read_class(in);
    case '(':
        in->at++;
        return read_group(in, depth);
    case '\\':
        in->at++;
        return read_escape(in, is_assertion);
    case '{':
        return is_braces(in) ? refuse(in, EI_PATTERN_WRONG, "nothing to repeat")
                             : emit(in, CHARACTER, (uint8_t)*in->at++, 0);
    case '*':
    case '+':
    case '?':
        return refuse(in, EI_PATTERN_WRONG, "nothing to repeat");
    default:
        return emit(in, CHARACTER, (int32_t)decode(&in->at, in->end), 0);
    }
}

static bool read_quantifier(parser *in, int32_t *min, int32_t *max)
{
    *min = *max = 1;
    if (take(in, '*')) {
        *min = 0;
        *max = -1;
    } else if (take(in, '+')) {
        *max = -1;
    } else if (take(in, '?')) {
        *min = 0;
    } else if (!read_braces(in, min, max)) {
        return false;
    }
    take(in, '?'); /* lazy or not makes no difference to whether there is a match */
    return true;
}

static bool copy_piece(parser *in, const instruction *piece, int32_t size)
{
    for (int32_t i = 0; i < size; i++)
        if (!emit(in, piece[i].op, piece[i].x, piece[i].y))
            return false;
    return true;
}

/* The piece, that stands at the end of the program, becomes min to max copies of it. */
static bool repeat_piece(parser *in, const instruction *piece, int32_t size, int32_t min,
                         int32_t max)
{
    for (int32_t i = 0; i < min; i++)
        if (!copy_piece(in, piece, size))
            return false;
    if (max < 0)
        return emit(in, SPLIT, 1, size + 2) && copy_piece(in, piece, size) &&
               emit(in, JUMP, -size - 1, 0);
    for (int32_t i = min; i < max; i++)
        if (!emit(in, SPLIT, 1, (max - i) * (size + 1)) || !copy_piece(in, piece, size))
            return false;
    return true;
}

static bool repeat(parser *in, int32_t from, int32_t min, int32_t max)
{
    int32_t size = in->count - from, copies = max < 0 ? min + 1 : max;
    if (max >= 0 && max < min)
        return refuse(in, EI_PATTERN_WRONG, "a repetition has its bounds the wrong way");
    if (copies > REPEAT_MAX || (int64_t)copies * (size + 2) > PROGRAM_MAX)
        return refuse(in, EI_PATTERN_TOO_LARGE, "the repetitions of the pattern are too many");
    if (size == 0)
        return true;
    instruction *piece = ei_alloc((size_t)size * sizeof *piece);
    if (!piece)
        return refuse(in, EI_PATTERN_NO_MEMORY, "out of memory");
    memcpy(piece, in->program + from, (size_t)size * sizeof *piece);
    in->count = from;
    bool good = repeat_piece(in, piece, size, min, max);
    ei_free(piece);
    return good;
}

static bool read_sequence(parser *in, int depth)
{
    while (in->at < in->end && *in->at != '|' && *in->at != ')') {
        int32_t from = in->count, min, max;
        bool is_assertion;
        if (!read_atom(in, depth, &is_assertion))
            return false;
        if (!read_quantifier(in, &min, &max))
            continue;
        if (is_assertion)
            return refuse(in, EI_PATTERN_WRONG, "nothing to repeat");
        if (!repeat(in, from, min, max))
            return false;
    }
    return true;
}

static bool read_alternatives(parser *in, int depth)
{
    int32_t from = in->count;
    if (!read_sequence(in, depth))
        return false;
    while (take(in, '|')) {
        int32_t size = in->count - from;
        if (!insert(in, from, SPLIT, 1, size + 2) || !emit(in, JUMP, 1, 0))
            return false;
        int32_t next = in->count;
        if (!read_sequence(in, depth))
            return false;
        /* A further alternative wraps all of these: then the jump keeps its target. */
        in->program[next - 1].x = in->count - next + 1;
    }
    return true;
}

static bool read_all(parser *in)
{
    if (!read_alternatives(in, 0))
        return false;
    if (in->at < in->end)
        return refuse(in, EI_PATTERN_WRONG, "a ) without its (");
    return emit(in, MATCH, 0, 0);
}

static bool keep(parser *in, ei_pattern **out)
{
    ei_pattern *made = ei_arena_alloc(in->arena, sizeof *made);
    if (made) {
        made->count = in->count;
        made->program = ei_arena_alloc(in->arena, (size_t)in->count * sizeof *made->program);
        made->sets = ei_arena_alloc(in->arena, (size_t)in->set_count * sizeof *made->sets);
    }
    if (!made || !made->program || !made->sets)
        return refuse(in, EI_PATTERN_NO_MEMORY, "out of memory");
    memcpy(made->program, in->program, (size_t)in->count * sizeof *made->program);
    memcpy(made->sets, in->sets, (size_t)in->set_count * sizeof *made->sets);
    *out = made;
    return true;
}

ei_pattern_fault ei_pattern_make(ei_arena *arena, const char *text, size_t length,
                                 const ei_pattern **out, const char **what, size_t *at)
{
    parser in = {.arena = arena, .start = text, .at = text, .end = text + length};
    ei_pattern *made = NULL;
    in.program = ei_alloc(PROGRAM_MAX * sizeof *in.program);
    in.sets = ei_alloc(SETS_MAX * sizeof *in.sets);
    if (!in.program || !in.sets)
        refuse(&in, EI_PATTERN_NO_MEMORY, "out of memory");
    else if (read_all(&in))
        keep(&in, &made);
    ei_free(in.program);
    ei_free(in.sets);
    *out = made;
    *what = in.what;
    *at = (size_t)(in.at - text);
    return in.fault;
}

/* ---- running ---- */

typedef struct threads {
    int32_t *list;
    int32_t count;
} threads;

typedef struct runner {
    const ei_pattern *pattern;
    threads now, next;
    int32_t *stack;
    uint32_t *seen, stamp; /* seen[i] == stamp: already added at this place */
    int64_t *steps;
    bool found;
} runner;

typedef struct place {
    bool is_start, is_end, at_word;
} place;

static bool assertion_holds(op what, const place *at)
{
    switch (what) {
    case AT_START:
        return at->is_start;
    case AT_END:
        return at->is_end;
    case AT_WORD:
        return at->at_word;
    default:
        return !at->at_word;
    }
}

static void push(runner *run, int32_t pc, size_t *depth)
{
    if (run->seen[pc] == run->stamp)
        return;
    run->seen[pc] = run->stamp;
    run->stack[(*depth)++] = pc;
}

/* Adds a thread and all that it reaches without a character. */
static void add(runner *run, threads *to, int32_t first, const place *at)
{
    size_t depth = 0;
    push(run, first, &depth);
    while (depth > 0) {
        int32_t pc = run->stack[--depth];
        const instruction *code = &run->pattern->program[pc];
        --*run->steps;
        switch (code->op) {
        case JUMP:
            push(run, pc + code->x, &depth);
            break;
        case SPLIT:
            push(run, pc + code->y, &depth);
            push(run, pc + code->x, &depth);
            break;
        case MATCH:
            run->found = true;
            break;
        case CHARACTER:
        case ANY:
        case SET:
            to->list[to->count++] = pc;
            break;
        default:
            if (assertion_holds(code->op, at))
                push(run, pc + 1, &depth);
        }
    }
}

static bool accepts(runner *run, const instruction *code, uint32_t c)
{
    if (code->op == CHARACTER)
        return (uint32_t)code->x == c;
    if (code->op == ANY)
        return !is_line_end(c);
    const set *one = &run->pattern->sets[code->x];
    *run->steps -= 1 + (c < 128 ? 0 : one->item_count);
    return set_holds(one, c);
}

static bool run_all(runner *run, const char *text, const char *end)
{
    const char *at = text;
    bool was_word = false;
    for (place here = {.is_start = true};; here.is_start = false) {
        const char *next = at;
        uint32_t c = at < end ? decode(&next, end) : 0;
        bool word = at < end && is_word(c);
        here.is_end = at == end;
        here.at_word = word != was_word;
        /* `now` came without the assertions of this place: they are looked at here. */
        run->stamp++;
        threads here_now = {run->next.list, 0};
        for (int32_t i = 0; i < run->now.count; i++)
            add(run, &here_now, run->now.list[i], &here);
        add(run, &here_now, 0, &here);
        if (run->found || at == end || *run->steps < 0)
            return run->found;
        run->now.count = 0;
        for (int32_t i = 0; i < here_now.count; i++) {
            int32_t pc = here_now.list[i];
            if (accepts(run, &run->pattern->program[pc], c))
                run->now.list[run->now.count++] = pc + 1;
        }
        *run->steps -= here_now.count;
        was_word = word;
        at = next;
    }
}

int32_t ei_pattern_size(const ei_pattern *pattern)
{
    return pattern->count;
}

bool ei_pattern_matches(const ei_pattern *pattern, const char *text, size_t length, int64_t *steps)
{
    size_t count = (size_t)pattern->count;
    int32_t *memory = ei_alloc(count * 4 * sizeof *memory);
    *steps -= (int64_t)count / 8 + 1;
    if (!memory) {
        *steps = EI_FORM_NO_MEMORY;
        return false;
    }
    memset(memory + 3 * count, 0, count * sizeof *memory);
    runner run = {.pattern = pattern,
                  .now = {memory, 0},
                  .next = {memory + count, 0},
                  .stack = memory + 2 * count,
                  .seen = (uint32_t *)(memory + 3 * count),
                  .steps = steps};
    bool found = run_all(&run, text, text + length);
    ei_free(memory);
    return found;
}
