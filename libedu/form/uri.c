/* References within a base: RFC 3986. */
#include <string.h>
#include "form/form.h"

typedef struct part {
    const char *text;
    size_t length;
    bool is_there;
} part;

typedef struct uri {
    part scheme, authority, path, query, fragment;
} uri;

static part part_of(const char *from, const char *to, bool is_there)
{
    return (part){from, (size_t)(to - from), is_there};
}

static bool is_scheme(const char *text, size_t length)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (length == 0 || !strchr(letters, text[0]))
        return false;
    for (size_t i = 1; i < length; i++)
        if (!strchr(letters, text[i]) && !strchr("0123456789+-.", text[i]))
            return false;
    return true;
}

static uri split(const char *text)
{
    uri out = {0};
    size_t length = strcspn(text, ":/?#");
    if (text[length] == ':' && is_scheme(text, length)) {
        out.scheme = part_of(text, text + length, true);
        text += length + 1;
    }
    if (strncmp(text, "//", 2) == 0) {
        const char *end = text + 2 + strcspn(text + 2, "/?#");
        out.authority = part_of(text + 2, end, true);
        text = end;
    }
    const char *end = text + strcspn(text, "?#");
    out.path = part_of(text, end, true);
    if (*end == '?') {
        text = end + 1;
        end = text + strcspn(text, "#");
        out.query = part_of(text, end, true);
    }
    if (*end == '#')
        out.fragment = part_of(end + 1, end + strlen(end), true);
    return out;
}

/* Section 5.2.4, in place. */
static void remove_dots(char *path)
{
    char *in = path, *out = path;
    bool is_rooted = *path == '/';
    while (*in) {
        size_t length = strcspn(in, "/");
        bool more = in[length] == '/';
        bool is_dot = length == 1 && in[0] == '.';
        bool is_up = length == 2 && in[0] == '.' && in[1] == '.';
        if (is_up && out > path + is_rooted) {
            for (out--; out > path && out[-1] != '/';)
                out--;
        } else if (!is_dot && !is_up) {
            memmove(out, in, length + more);
            out += length + more;
        }
        in += length + more;
    }
    *out = 0;
}

static void put(ei_buffer *out, const char *before, part what, const char *after)
{
    if (!what.is_there)
        return;
    ei_buffer_text(out, before);
    ei_buffer_add(out, what.text, what.length);
    ei_buffer_text(out, after);
}

/* The reference's path behind the last slash of the base's. */
static char *merged_path(const uri *base, const uri *reference)
{
    ei_buffer out = {0};
    ei_buffer_text(&out, "");
    if (reference->path.length == 0 || reference->path.text[0] != '/') {
        size_t keep = base->path.length;
        while (keep > 0 && base->path.text[keep - 1] != '/')
            keep--;
        if (base->authority.is_there && base->path.length == 0)
            ei_buffer_text(&out, "/");
        ei_buffer_add(&out, base->path.text, keep);
    }
    ei_buffer_add(&out, reference->path.text, reference->path.length);
    return out.failed ? ei_buffer_free(&out), NULL : out.data;
}

static char *copy_of(part what)
{
    char *made = ei_alloc(what.length + 1);
    if (made) {
        if (what.length > 0)
            memcpy(made, what.text, what.length);
        made[what.length] = 0;
    }
    return made;
}

/* Section 5.2.2; what the target takes from the base is left in *to. */
static char *target_path(const uri *base, const uri *reference, uri *to)
{
    *to = *reference;
    if (reference->scheme.is_there)
        return copy_of(reference->path);
    to->scheme = base->scheme;
    if (reference->authority.is_there)
        return copy_of(reference->path);
    to->authority = base->authority;
    if (reference->path.length > 0)
        return merged_path(base, reference);
    if (!reference->query.is_there)
        to->query = base->query;
    return copy_of(base->path);
}

char *ei_uri_resolve(ei_arena *arena, const char *base_text, const char *reference_text)
{
    uri base = split(base_text), reference = split(reference_text), to;
    ei_buffer out = {0};
    char *path = target_path(&base, &reference, &to);
    if (!path)
        return NULL;
    /* A path without a slash in front, such as a URN's, has no segments. */
    if (path[0] == '/' || !to.scheme.is_there)
        remove_dots(path);
    put(&out, "", to.scheme, ":");
    put(&out, "//", to.authority, "");
    ei_buffer_text(&out, path);
    put(&out, "?", to.query, "");
    put(&out, "#", to.fragment, "");
    ei_free(path);
    char *made = out.failed ? NULL : ei_arena_strndup(arena, out.data, out.size);
    ei_buffer_free(&out);
    return made;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
    return found ? (int)(found - digits) : -1;
}

char *ei_uri_cut_fragment(char *uri_text)
{
    char *hash = strchr(uri_text, '#');
    if (!hash)
        return uri_text + strlen(uri_text);
    *hash = 0;
    char *out = hash + 1;
    for (const char *in = out; *in; in++) {
        bool is_escape = *in == '%';
        int high = is_escape ? hex_digit(in[1]) : 0;
        int low = is_escape && high >= 0 ? hex_digit(in[2]) : 0;
        if (high < 0 || low < 0 || (is_escape && high + low == 0))
            return NULL;
        *out++ = is_escape ? (char)(high << 4 | low) : *in;
        in += is_escape ? 2 : 0;
    }
    *out = 0;
    return hash + 1;
}
