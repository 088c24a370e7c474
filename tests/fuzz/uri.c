/* A base, a reference, and a pattern, with null characters between; each is also held against every
 * format of a form. */
#include "fuzz.h"

#include "form/form.h"

#define STEPS INT64_C(100000)

/* Without a fragment, what is resolved resolves as itself. */
static void resolve(ei_arena *arena, const char *base, const char *reference)
{
    char *made = ei_uri_resolve(arena, base, reference);
    MUST(made != NULL);
    char *again = ei_uri_resolve(arena, made, "");
    MUST(again != NULL);
    char *whole = ei_arena_strdup(arena, made);
    if (ei_uri_cut_fragment(whole) != NULL)
        MUST(strchr(whole, '#') == NULL);
}

static const ei_pattern *make(ei_arena *arena, const char *pattern)
{
    const ei_pattern *made = NULL;
    const char *what = NULL;
    size_t at = 0;
    ei_pattern_fault fault = ei_pattern_make(arena, pattern, strlen(pattern), &made, &what, &at);
    MUST(fault == EI_PATTERN_FINE || (what != NULL && at <= strlen(pattern)));
    return fault == EI_PATTERN_FINE ? made : NULL;
}

static bool match(const ei_pattern *pattern, const char *text)
{
    int64_t steps = STEPS;
    return pattern != NULL && ei_pattern_matches(pattern, text, strlen(text), &steps);
}

static void hold_formats(const char *text)
{
    static const ei_pattern *patterns[EI_FORMATS];
    static ei_arena *kept; /* for as long as the program runs */
    if (kept == NULL) {
        kept = ei_arena_new();
        for (int format = 0; format < EI_FORMATS; format++)
            if (ei_format_pattern(format) != NULL)
                patterns[format] = make(kept, ei_format_pattern(format));
    }
    for (int format = 0; format < EI_FORMATS; format++)
        if (patterns[format] == NULL || match(patterns[format], text))
            (void)ei_format_holds(format, text, strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    edu_bytes rest = {data, size};
    char *base = fuzz_text(&rest), *reference = fuzz_text(&rest), *pattern = fuzz_text(&rest);
    ei_arena *arena = ei_arena_new();
    resolve(arena, base, reference);
    (void)match(make(arena, pattern), reference);
    hold_formats(base);
    ei_arena_free(arena);
    free(base);
    free(reference);
    free(pattern);
    return 0;
}
