/* Lists, transcripts, public keys and revocations, out of a store. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli.h"

static const char help[] =
    "Usage: edu export keys                  the public keys, as a JSON Web Key Set\n"
    "       edu export did                   the did:web document\n"
    "       edu export bundle                keys and revocations, signed, for edu verify "
    "--bundle\n"
    "       edu export status LIST           a status list, as a Verifiable Credential\n"
    "       edu export entries SITTING       the list of a sitting, as CSV\n"
    "       edu export allocation SITTING    its signed transcript, once it is confirmed, as edu\n"
    "                                        check-transcript reads it\n"
    "       edu export transcript SITTING DIR\n"
    "                                        the newest allocation, as edu check-allocation\n"
    "                                        reads it\n"
    "       edu export slip PERSON APPLICATION\n"
    "                                        an admission slip, as PDF\n\n"
    "  --out FILE       where to write (default: standard output); must not exist "
    "yet\n" CLI_PLACE_HELP;

static edu_status write_text(const char *path, const char *text, size_t size, edu_error *error)
{
    if (cli_write(path, (edu_bytes){text, size}))
        return EDU_OK;
    error->code = EDU_E_IO;
    snprintf(error->message, sizeof error->message, "nothing was exported");
    return EDU_E_IO;
}

typedef edu_status (*text_getter)(edu_session *session, char **out, edu_error *error);

static edu_status export_text(edu_session *session, text_getter get, const char *out,
                              edu_error *error)
{
    char *text = NULL;
    edu_status status = get(session, &text, error);
    if (status == EDU_OK)
        status = write_text(out, text, strlen(text), error);
    edu_free(text);
    return status;
}

/* Writes a document, where it could be had, and lets it go. */
static edu_status write_document(edu_status status, edu_document *document, const char *out,
                                 edu_error *error)
{
    if (status == EDU_OK)
        status = write_text(out, document->content.data, document->content.size, error);
    edu_free(document);
    return status;
}

static edu_status export_public(edu_session *session, const char *what, const char *out,
                                edu_error *error)
{
    edu_document *document = NULL;
    if (strcmp(what, "keys") == 0)
        return export_text(session, edu_portal_public_keys, out, error);
    if (strcmp(what, "did") == 0)
        return export_text(session, edu_portal_did, out, error);
    edu_status status = edu_certificate_bundle(session, &document, error);
    return write_document(status, document, out, error);
}

static edu_status export_status(edu_session *session, const char *list, const char *out,
                                edu_error *error)
{
    edu_document *document = NULL;
    edu_status status = edu_certificate_status_list(session, atoi(list), &document, error);
    return write_document(status, document, out, error);
}

/* A field of CSV; a formula's sign gets an apostrophe, so that no spreadsheet computes it. */
static void put_field(FILE *to, const char *text, char end)
{
    text = text ? text : "";
    bool is_formula = text[0] && strchr("=+-@", text[0]);
    bool is_quoted = is_formula || strpbrk(text, ",\"\r\n");
    if (is_quoted)
        fputs(is_formula ? "\"'" : "\"", to);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', to);
        putc(*text, to);
    }
    if (is_quoted)
        putc('"', to);
    putc(end, to);
}

static void put_entry(FILE *to, const edu_entry *entry)
{
    char id[EDU_ID_TEXT];
    edu_id_format(entry->application_id, id);
    put_field(to, id, ',');
    put_field(to, entry->family, ',');
    put_field(to, entry->given, ',');
    put_field(to, entry->institution, ',');
    put_field(to, entry->region, ',');
    fprintf(to, "%d,%d,", entry->grade, entry->needs_step_free);
    put_field(to, entry->state, ',');
    put_field(to, entry->centre, ',');
    put_field(to, entry->room, ',');
    put_field(to, entry->seat, ',');
    put_field(to, entry->variant, '\n');
}

/* NULL, having said why, where it cannot be. */
static FILE *open_out(const char *out, edu_error *error)
{
    FILE *to = strcmp(out, "-") == 0 ? stdout : fopen(out, "wx");
    if (!to) {
        error->code = EDU_E_IO;
        snprintf(error->message, sizeof error->message, "cannot write %.200s: %s", out,
                 strerror(errno));
    }
    return to;
}

/* A file that is not whole is none. */
static edu_status close_out(FILE *to, const char *out, edu_status status, edu_error *error)
{
    bool is_written = fflush(to) == 0 && !ferror(to);
    if (to != stdout)
        is_written = fclose(to) == 0 && is_written;
    if (to != stdout && (status != EDU_OK || !is_written))
        unlink(out);
    if (status != EDU_OK || is_written)
        return status;
    error->code = EDU_E_IO;
    snprintf(error->message, sizeof error->message, "%.200s could not be written whole", out);
    return EDU_E_IO;
}

static edu_status export_signed(edu_session *session, edu_id sitting, const char *out,
                                edu_error *error)
{
    FILE *to = open_out(out, error);
    edu_status status = to ? EDU_OK : EDU_E_IO;
    char *cursor = NULL;
    for (bool more = true; status == EDU_OK && more;) {
        edu_transcript_part_page *page = NULL;
        status = edu_sitting_transcript_parts(session, sitting, cursor, EDU_PAGE_MAX, &page, error);
        for (size_t i = 0; status == EDU_OK && i < page->count; i++)
            fputs(page->items[i].text, to);
        more = cli_next(&cursor, status == EDU_OK ? page->next : NULL);
        edu_free(page);
    }
    return to ? close_out(to, out, status, error) : status;
}

static edu_status export_entries(edu_session *session, edu_id sitting, const char *out,
                                 edu_error *error)
{
    FILE *to = open_out(out, error);
    if (!to)
        return EDU_E_IO;
    fputs("application,family,given,institution,region,grade,step_free,state,centre,room,seat,"
          "variant\n",
          to);
    edu_status status = EDU_OK;
    char *cursor = NULL;
    bool more = true;
    while (more) {
        edu_entry_page *page = NULL;
        status = edu_olympiad_entries(session, sitting, NULL, cursor, EDU_PAGE_MAX, &page, error);
        for (size_t i = 0; status == EDU_OK && i < page->count; i++)
            put_entry(to, &page->items[i]);
        more = cli_next(&cursor, status == EDU_OK ? page->next : NULL);
        edu_free(page);
    }
    return close_out(to, out, status, error);
}

static edu_status export_transcript(edu_session *session, edu_id sitting, const char *folder,
                                    edu_error *error)
{
    static const char *const files[] = {"places.csv", "centres.csv", "flows.csv",
                                        "transcript.json"};
    edu_allocation *allocation = NULL;
    edu_status status = edu_sitting_allocation(session, sitting, &allocation, error);
    if (status == EDU_OK && mkdir(folder, 0755) != 0) {
        error->code = status = EDU_E_IO;
        snprintf(error->message, sizeof error->message, "cannot make %.200s: %s", folder,
                 strerror(errno));
    }
    for (size_t i = 0; status == EDU_OK && i < sizeof files / sizeof *files; i++) {
        edu_document *document = NULL;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        status = edu_sitting_transcript(session, allocation->id, files[i], &document, error);
        if (status == EDU_OK)
            status = write_text(path, document->content.data, document->content.size, error);
        edu_free(document);
    }
    edu_free(allocation);
    return status;
}

static edu_status export_slip(edu_session *session, edu_id person, const char *application_text,
                              const char *out, edu_error *error)
{
    edu_id application;
    edu_document *document = NULL;
    edu_status status = edu_id_parse(application_text, &application, error);
    if (status == EDU_OK)
        status = edu_sitting_slip(session, person, application, &document, error);
    return write_document(status, document, out, error);
}

static edu_status run(edu_session *session, int words, char **argv, const char *out,
                      edu_error *error)
{
    edu_id first;
    if (words == 1)
        return export_public(session, argv[1], out, error);
    if (strcmp(argv[1], "status") == 0)
        return export_status(session, argv[2], out, error);
    edu_status status = edu_id_parse(argv[2], &first, error);
    if (status != EDU_OK)
        return status;
    if (strcmp(argv[1], "allocation") == 0)
        return export_signed(session, first, out, error);
    if (words == 2)
        return export_entries(session, first, out, error);
    if (strcmp(argv[1], "transcript") == 0)
        return export_transcript(session, first, argv[3], error);
    return export_slip(session, first, argv[3], out, error);
}

static bool is_form(int words, char **argv)
{
    static const struct {
        const char *what;
        int words;
    } forms[] = {{"keys", 1},    {"did", 1},        {"bundle", 1},     {"status", 2},
                 {"entries", 2}, {"allocation", 2}, {"transcript", 3}, {"slip", 3}};
    for (size_t i = 0; words > 0 && i < sizeof forms / sizeof *forms; i++)
        if (words == forms[i].words && strcmp(argv[1], forms[i].what) == 0)
            return true;
    return false;
}

int cli_export(int argc, char **argv)
{
    cli_place place = {0};
    const char *out = "-";
    const cli_option options[] = {CLI_PLACE_OPTIONS(place), {"out", &out, NULL}, {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (!is_form(words, argv))
        return cli_usage("export needs one of its forms; see edu export --help");
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal;
    edu_session *session;
    if (cli_operate(&place, &portal, &session, &error) != EDU_OK)
        return cli_failed(NULL, &error);
    edu_status status = run(session, words, argv, out, &error);
    edu_session_close(session);
    edu_portal_close(portal);
    return status == EDU_OK ? CLI_DONE : cli_failed(NULL, &error);
}
