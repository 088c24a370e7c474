/* Checks documents of an education portal, by a key set or by a bundle, without a network. */
#include "verify.h"

#include <errno.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DONE = 0, NOT_VALID = 1, USAGE = 2 };

static int usage(FILE *to)
{
    fputs(
        "Usage: edu-check --keys FILE [--bundle FILE] [--max-age SECONDS] [--now TIME] [--json]\n"
        "                 FILE|-\n"
        "       edu-check --batch\n\n"
        "Checks the text of a document's QR code, or a document's JSON file.\n\n"
        "  --keys FILE        whose signatures count: the portal's keys.json, from a source that\n"
        "                     you trust; with --bundle also the bundle before\n"
        "  --bundle FILE      the portal's bundle.json: keys and revocations\n"
        "  --max-age SECONDS  how old a bundle may be (86400)\n"
        "  --now TIME         as 2026-11-24T10:00:00Z; without it the clock of this machine\n"
        "  --json             the verdict as a line of JSON\n"
        "  --batch            for each line NOW MAX_AGE KEYS BUNDLE BASE64 of standard input a\n"
        "                     line of JSON; NOW in microseconds since 1970, BUNDLE may be -\n\n"
        "Exit status: 0 valid, 1 not valid or not known to be, 2 unreadable or wrongly called.\n",
        to);
    return to == stdout ? DONE : USAGE;
}

/* ---- files ---- */

/* All of a file, without the line breaks at its end; NULL, with a message, where that fails. */
static char *read_file(const char *path, size_t max, size_t *size)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    char *bytes = malloc(max + 2);
    if (file == NULL || bytes == NULL) {
        fprintf(stderr, "edu-check: %s: %s\n", path, strerror(errno));
        free(bytes);
        if (file != NULL && file != stdin)
            fclose(file);
        return NULL;
    }
    *size = fread(bytes, 1, max + 1, file);
    bool is_whole = !ferror(file) && *size <= max;
    if (file != stdin)
        fclose(file);
    if (!is_whole) {
        fprintf(stderr, "edu-check: %s: it cannot be read, or has more than %zu MiB\n", path,
                max >> 20);
        free(bytes);
        return NULL;
    }
    while (*size > 0 && (bytes[*size - 1] == '\n' || bytes[*size - 1] == '\r'))
        --*size;
    bytes[*size] = '\0';
    return bytes;
}

/* ---- verdicts ---- */

typedef struct verdict {
    const char *status;
    claims claims;
    int64_t age;
    code code;
    record record;
} verdict;

static void put(void *context, const char *bytes, size_t size)
{
    fwrite(bytes, 1, size, context);
}

static void put_text(const char *text, size_t size)
{
    json_write_text(text, size, (json_sink){put, stdout});
}

static void put_member(const char *name, const char *text)
{
    printf(",\"%s\":", name);
    put_text(text, strlen(text));
}

/* Times as texts of whole microseconds, which JSON's numbers cannot hold. */
static void put_time(const char *name, int64_t time)
{
    if (time != NO_TIME)
        printf(",\"%s\":\"%lld\"", name, (long long)time);
}

static void print_json(const verdict *of)
{
    const claims *said = &of->claims;
    printf("{\"status\":\"%s\"", of->status);
    if (strcmp(of->status, "unreadable") != 0) {
        char hash[65];
        put_member("type", said->type);
        put_member("number", said->number);
        put_member("host", said->host);
        put_member("key_id", said->key_id);
        put_time("issued", said->issued);
        put_time("expires", said->expires);
        hex_write(said->hash, sizeof said->hash, hash);
        if (said->has_hash)
            put_member("record_hash", hash);
        if (of->age >= 0)
            printf(",\"status_age\":%lld", (long long)of->age);
        printf(",\"fields\":[");
        for (size_t i = 0; i < said->count; i++) {
            printf("%s[", i > 0 ? "," : "");
            put_text(said->fields[i].name, strlen(said->fields[i].name));
            printf(",");
            put_text(said->fields[i].text, said->fields[i].size);
            printf("]");
        }
        printf("]");
    }
    printf("}\n");
}

/* What a document says may hold anything; a terminal gets no control characters of it. */
static void print_plain(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        bool is_control = c < 32 || c == 127 || (c == 0xc2 && (unsigned char)text[i + 1] < 0xa0);
        if (is_control)
            printf("\\x%02x", c);
        else
            putchar(c);
    }
}

static void print_time(const char *name, int64_t time)
{
    time_t seconds = (time_t)(time / MICROS);
    struct tm parts;
    char text[64];
    if (time == NO_TIME || gmtime_r(&seconds, &parts) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
        return;
    printf("%s: %s\n", name, text);
}

static const char *meaning_of(const char *status)
{
    static const char *const words[][2] = {
        {"valid", "signed by the portal, unaltered and in force"},
        {"revoked", "signed by the portal, and revoked since: do not accept it"},
        {"expired", "signed by the portal and unaltered, but its validity is over"},
        {"status_unknown",
         "signed by the portal and unaltered; whether it was revoked since is not "
         "known: get a new bundle"},
        {"bad_signature", "altered or forged: do not accept it"},
        {"unknown_key", "not signed with a key of this portal, or with a withdrawn one: do not "
                        "accept it, unless your keys are old"},
        {"unreadable", "neither the text of a QR code nor a JSON file of the portal, or damaged"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], status) == 0)
            return words[i][1];
    return "";
}

static void print_words(const verdict *of)
{
    const claims *said = &of->claims;
    printf("%s: %s\n", of->status, meaning_of(of->status));
    if (strcmp(of->status, "unreadable") == 0)
        return;
    printf("number: %s\nportal: ", said->number);
    print_plain(said->host, strlen(said->host));
    printf("\n");
    print_time("issued", said->issued);
    print_time("valid until", said->expires);
    if (of->age >= 0)
        printf("revocations known as of: %lld seconds ago\n", (long long)of->age);
    for (size_t i = 0; i < said->count; i++) {
        printf("  ");
        print_plain(said->fields[i].name, strlen(said->fields[i].name));
        printf(": ");
        print_plain(said->fields[i].text, said->fields[i].size);
        printf("\n");
    }
}

/* ---- one document ---- */

typedef struct options {
    const char *keys, *bundle, *file;
    int64_t now, max_age;
    bool is_json;
} options;

static bool load(const char *keys, const char *bundle, trust *out, trust_status *status)
{
    size_t keys_size = 0, bundle_size = 0;
    char *keys_text = read_file(keys, BUNDLE_MAX, &keys_size);
    char *bundle_text = bundle != NULL ? read_file(bundle, BUNDLE_MAX, &bundle_size) : NULL;
    bool is_read = keys_text != NULL && (bundle == NULL || bundle_text != NULL);
    if (is_read)
        *status = trust_read(keys_text, keys_size, bundle_text, bundle_size, out);
    free(keys_text);
    free(bundle_text);
    return is_read;
}

static int check(const options *given)
{
    trust by;
    trust_status status;
    size_t size;
    verdict *found = malloc(sizeof *found);
    if (found == NULL || !load(given->keys, given->bundle, &by, &status)) {
        free(found);
        return USAGE;
    }
    char *text = status == TRUST_GOOD ? read_file(given->file, DOCUMENT_MAX, &size) : NULL;
    int exit_code = USAGE;
    if (status != TRUST_GOOD)
        fprintf(stderr, "edu-check: %s\n",
                status == TRUST_BAD_FORM
                    ? "the keys or the bundle have not the form of any"
                    : "the bundle is not signed with a key that you trust, or was altered");
    if (text != NULL) {
        found->status = judge(text, size, &by, given->now, given->max_age, &found->claims,
                              &found->age, &found->code, &found->record);
        (given->is_json ? print_json : print_words)(found);
        exit_code = strcmp(found->status, "valid") == 0        ? DONE
                    : strcmp(found->status, "unreadable") == 0 ? USAGE
                                                               : NOT_VALID;
        record_free(&found->record);
    }
    if (status == TRUST_GOOD)
        trust_free(&by);
    free(text);
    free(found);
    return exit_code;
}

/* ---- many ---- */

typedef struct kept {
    struct kept *next;
    char *keys, *bundle;
    trust trust;
    trust_status status;
} kept;

/* What was read once is kept. NULL where a file cannot be read. */
static kept *find_trust(kept **all, const char *keys, const char *bundle)
{
    for (kept *at = *all; at != NULL; at = at->next)
        if (strcmp(at->keys, keys) == 0 && strcmp(at->bundle, bundle) == 0)
            return at;
    kept *made = calloc(1, sizeof *made);
    if (made == NULL ||
        !load(keys, strcmp(bundle, "-") == 0 ? NULL : bundle, &made->trust, &made->status)) {
        free(made);
        return NULL;
    }
    made->keys = strdup(keys);
    made->bundle = strdup(bundle);
    made->next = *all;
    *all = made;
    return made;
}

static void let_go(kept *all)
{
    while (all != NULL) {
        kept *next = all->next;
        if (all->status == TRUST_GOOD)
            trust_free(&all->trust);
        free(all->keys);
        free(all->bundle);
        free(all);
        all = next;
    }
}

/* Takes the line apart in place. */
static bool check_line(char *line, kept **all, verdict *found)
{
    char *parts[5], *rest = line;
    for (int i = 0; i < 5; i++)
        parts[i] = strsep(&rest, " \n");
    if (parts[4] == NULL)
        return false;
    kept *by = find_trust(all, parts[2], parts[3]);
    size_t length = strlen(parts[4]), size;
    if (by == NULL || sodium_base642bin((unsigned char *)parts[4], length, parts[4], length, NULL,
                                        &size, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        return false;
    if (by->status != TRUST_GOOD) {
        printf("{\"error\":\"%s\"}\n", by->status == TRUST_BAD_FORM ? "form" : "trust");
        return true;
    }
    found->status =
        judge(parts[4], size, &by->trust, strtoll(parts[0], NULL, 10), strtoll(parts[1], NULL, 10),
              &found->claims, &found->age, &found->code, &found->record);
    print_json(found);
    record_free(&found->record);
    return true;
}

static int check_lines(void)
{
    char *line = NULL;
    size_t room = 0;
    kept *all = NULL;
    verdict *found = malloc(sizeof *found);
    bool good = found != NULL;
    while (good && getline(&line, &room, stdin) > 0) {
        good = check_line(line, &all, found);
        if (!good)
            fputs("edu-check: a line of the batch has not its form\n", stderr);
    }
    let_go(all);
    free(found);
    free(line);
    return good && fflush(stdout) == 0 ? DONE : USAGE;
}

/* ---- the command line ---- */

static bool read_options(int argc, char **argv, options *out)
{
    static const struct option known[] = {
        {"keys", required_argument, NULL, 'k'},    {"bundle", required_argument, NULL, 'b'},
        {"max-age", required_argument, NULL, 'a'}, {"now", required_argument, NULL, 'n'},
        {"json", no_argument, NULL, 'j'},          {0}};
    int32_t age;
    for (int found; (found = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (found == '?' || (found == 'a' && !count_read(optarg, &age)) ||
            (found == 'n' && !time_read(optarg, &out->now)))
            return false;
        if (found == 'k')
            out->keys = optarg;
        else if (found == 'b')
            out->bundle = optarg;
        else if (found == 'a')
            out->max_age = age;
        else if (found == 'j')
            out->is_json = true;
    }
    out->file = argv[optind];
    return out->keys != NULL && optind + 1 == argc;
}

int main(int argc, char **argv)
{
    options given = {.max_age = 86400, .now = (int64_t)time(NULL) * MICROS};
    if (sodium_init() < 0)
        return fputs("edu-check: libsodium does not start\n", stderr), USAGE;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(stdout);
    if (argc == 2 && strcmp(argv[1], "--batch") == 0)
        return check_lines();
    return read_options(argc, argv, &given) ? check(&given) : usage(stderr);
}
