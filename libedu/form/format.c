/* Formats of texts: each a pattern, and what a pattern cannot say. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include "form/form.h"

#define PERCENT "%[0-9A-Fa-f]{2}"
#define SUB "!$&'()*+,;="
#define UNRESERVED "A-Za-z0-9\\-._~"
#define OTHER "\\u{a0}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{ffef}\\u{10000}-\\u{efffd}"
#define AUTHORITY(more)                                                                            \
    "((?:[" UNRESERVED more SUB ":]|" PERCENT ")*@)?"                                              \
    "(?:\\[(?:[0-9A-Fa-f:.]+|[vV][0-9A-Fa-f]+\\.[" UNRESERVED SUB ":]+)\\]"                        \
    "|(?:[" UNRESERVED more SUB "]|" PERCENT ")*)(?::[0-9]*)?"
#define PCHAR(more) "(?:[" UNRESERVED more SUB ":@]|" PERCENT ")"
#define REST(more) "(?:\\?(?:" PCHAR(more) "|[/?])*)?(?:#(?:" PCHAR(more) "|[/?])*)?"
#define PATH_AFTER_AUTHORITY(more) "(?:/" PCHAR(more) "*)*"
#define HIERARCHY(more)                                                                            \
    "(?://" AUTHORITY(more) PATH_AFTER_AUTHORITY(more) "|/(?:" PCHAR(more) "+(?:/" PCHAR(          \
        more) "*)*)?|" PCHAR(more) "+(?:/" PCHAR(more) "*)*|)"
#define RELATIVE(more)                                                                             \
    "(?://" AUTHORITY(more) PATH_AFTER_AUTHORITY(more) "|/(?:" PCHAR(more) "+(?:/" PCHAR(          \
        more) "*)*)?|(?:[" UNRESERVED more SUB "@]|" PERCENT ")+(?:/" PCHAR(more) "*)*|)"
#define SCHEME "[A-Za-z][A-Za-z0-9+.\\-]*:"
#define FULL(more) "^" SCHEME HIERARCHY(more) REST(more) "$"
#define REFERENCE(more) "^(?:" SCHEME HIERARCHY(more) "|" RELATIVE(more) ")" REST(more) "$"

#define LABEL "[A-Za-z0-9](?:[A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?"
#define HOST LABEL "(?:\\." LABEL ")*"
#define I_LABEL                                                                                    \
    "[\\p{L}\\p{N}](?:[\\p{L}\\p{N}\\p{M}\\-\\u{b7}\\u{30fb}]{0,61}[\\p{L}\\p{N}\\p{M}])?"
#define I_HOST I_LABEL "(?:[.\\u{3002}\\u{ff0e}\\u{ff61}]" I_LABEL ")*"
#define ATOM(more) "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-" more "]+"
#define QUOTED(more) "\"(?:[ !#-\\[\\]-~" more "]|\\\\[ -~])*\""
#define LITERAL "\\[(?:[0-9.]+|IPv6:[0-9A-Fa-f:.]+)\\]"
#define MAIL(more, host)                                                                           \
    "^(?:" ATOM(more) "(?:\\." ATOM(more) ")*|" QUOTED(more) ")@(?:" host "|" LITERAL ")$"

#define DATE "[0-9]{4}-[0-9]{2}-[0-9]{2}"
#define TIME                                                                                       \
    "(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\\.[0-9]+)?"                              \
    "(?:[zZ]|[+\\-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
#define CLOCK "T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)"
#define DAYS "(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)"
#define POINTER "(?:/(?:[^~/]|~[01])*)*"
#define VARIABLE                                                                                   \
    "(?:[A-Za-z0-9_]|" PERCENT ")(?:\\.?(?:[A-Za-z0-9_]|" PERCENT "))*(?::[1-9][0-9]{0,3}|\\*)?"

enum {
    A_DATE,
    A_DATE_TIME,
    A_DURATION,
    AN_EMAIL,
    A_HOSTNAME,
    AN_IDN_EMAIL,
    AN_IDN_HOSTNAME,
    AN_IPV4,
    AN_IPV6,
    AN_IRI,
    AN_IRI_REFERENCE,
    A_POINTER,
    A_REGEX,
    A_RELATIVE_POINTER,
    A_TIME,
    A_URI,
    A_URI_REFERENCE,
    A_TEMPLATE,
    A_UUID,
    FORMATS
};
_Static_assert(FORMATS == EI_FORMATS, "every format has its row");

static const struct format {
    const char *name, *pattern;
} formats[EI_FORMATS] = {
    [A_DATE] = {"date", "^" DATE "$"},
    [A_DATE_TIME] = {"date-time", "^" DATE "[tT]" TIME "$"},
    [A_DURATION] = {"duration", "^P(?:" DAYS "(?:" CLOCK ")?|" CLOCK "|[0-9]+W)$"},
    [AN_EMAIL] = {"email", MAIL("", HOST)},
    [A_HOSTNAME] = {"hostname", "^" HOST "$"},
    [AN_IDN_EMAIL] = {"idn-email", MAIL(OTHER, I_HOST)},
    [AN_IDN_HOSTNAME] = {"idn-hostname", "^" I_HOST "$"},
    [AN_IPV4] = {"ipv4", NULL},
    [AN_IPV6] = {"ipv6", NULL},
    [AN_IRI] = {"iri", FULL(OTHER)},
    [AN_IRI_REFERENCE] = {"iri-reference", REFERENCE(OTHER)},
    [A_POINTER] = {"json-pointer", "^" POINTER "$"},
    [A_REGEX] = {"regex", NULL},
    [A_RELATIVE_POINTER] = {"relative-json-pointer", "^(?:0|[1-9][0-9]*)(?:#|" POINTER ")$"},
    [A_TIME] = {"time", "^" TIME "$"},
    [A_URI] = {"uri", FULL("")},
    [A_URI_REFERENCE] = {"uri-reference", REFERENCE("")},
    [A_TEMPLATE] = {"uri-template", "^(?:[^\\x00-\\x20\"'<>\\\\^`{|}%]|" PERCENT
                                    "|\\{[+#./;?&]?" VARIABLE "(?:," VARIABLE ")*\\})*$"},
    [A_UUID] = {"uuid", "^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"},
};

int ei_format_find(const char *name, size_t length)
{
    for (int i = 0; i < EI_FORMATS; i++)
        if (strlen(formats[i].name) == length && memcmp(formats[i].name, name, length) == 0)
            return i;
    return -1;
}

const char *ei_format_pattern(int format)
{
    return formats[format].pattern;
}

/* ---- what patterns do not say ---- */

static int two_digits(const char *text)
{
    return (text[0] - '0') * 10 + text[1] - '0';
}

/* The month has such a day; the pattern has been matched. */
static bool is_day(const char *text)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = two_digits(text) * 100 + two_digits(text + 2);
    int month = two_digits(text + 5), day = two_digits(text + 8);
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 &&
           day <= lengths[month - 1] + (month == 2 && is_leap);
}

/* A leap second is the last of a day in UTC. */
static bool is_time(const char *text, size_t length)
{
    if (two_digits(text + 6) != 60)
        return true;
    int minutes = two_digits(text) * 60 + two_digits(text + 3), offset = 0;
    char sign = text[length - 6];
    if (sign == '+' || sign == '-')
        offset = two_digits(text + length - 5) * 60 + two_digits(text + length - 2);
    minutes = (minutes - (sign == '-' ? -offset : offset) + 2 * 1440) % 1440;
    return minutes == 1439;
}

static bool is_address(int family, const char *text, size_t length)
{
    char copy[64];
    struct in6_addr address;
    if (length >= sizeof copy || memchr(text, 0, length))
        return false;
    memcpy(copy, text, length);
    copy[length] = 0;
    return inet_pton(family, copy, &address) == 1;
}

/* The address in brackets that begins at *text, if there is one. */
static bool bracket_holds(const char *text, size_t length)
{
    const char *open = memchr(text, '[', length);
    if (!open)
        return true;
    const char *close = memchr(open, ']', length - (size_t)(open - text));
    if (!close || open[1] == 'v' || open[1] == 'V')
        return true;
    bool is_marked = strncmp(open + 1, "IPv6:", 5) == 0;
    const char *from = open + 1 + (is_marked ? 5 : 0);
    size_t size = (size_t)(close - from);
    return is_address(AF_INET6, from, size) ||
           (!is_marked && open > text && open[-1] == '@' && is_address(AF_INET, from, size));
}

static bool is_mail(const char *text, size_t length)
{
    const char *at = memrchr(text, '@', length);
    size_t behind = at ? (size_t)(text + length - at) : 0;
    return at && (size_t)(at - text) <= 64 && behind <= 254 && bracket_holds(at, behind);
}

/* An authority in brackets stands only behind two slashes. */
static bool is_reference(const char *text, size_t length)
{
    const char *slashes = memmem(text, length, "//", 2);
    return !slashes || bracket_holds(slashes, length - (size_t)(slashes - text));
}

static bool is_regex(const char *text, size_t length)
{
    const ei_pattern *pattern;
    const char *what;
    size_t at;
    ei_arena *arena = ei_arena_new();
    ei_pattern_fault fault =
        arena ? ei_pattern_make(arena, text, length, &pattern, &what, &at) : EI_PATTERN_NO_MEMORY;
    ei_arena_free(arena);
    return fault != EI_PATTERN_WRONG;
}

bool ei_format_holds(int format, const char *text, size_t length)
{
    switch (format) {
    case A_DATE:
        return is_day(text);
    case A_DATE_TIME:
        return is_day(text) && is_time(text + 11, length - 11);
    case A_TIME:
        return is_time(text, length);
    case AN_EMAIL:
    case AN_IDN_EMAIL:
        return is_mail(text, length);
    case A_HOSTNAME:
    case AN_IDN_HOSTNAME:
        return length <= 253;
    case AN_IPV4:
        return is_address(AF_INET, text, length);
    case AN_IPV6:
        return is_address(AF_INET6, text, length);
    case A_URI:
    case A_URI_REFERENCE:
    case AN_IRI:
    case AN_IRI_REFERENCE:
        return is_reference(text, length);
    case A_REGEX:
        return is_regex(text, length);
    default:
        return true;
    }
}
