#include <stdio.h>
#include <string.h>
#ifdef EDU_HAVE_QR
#include <qrencode.h>
#endif
#include "credential/credential.h"

#define GROUP_BYTES 7
#define GROUP_DIGITS 17
#define VERSION_MAX 14
#define COSE_MAX (EI_CLAIMS_MAX + 128)
/* Bytes of the field that gives way, so that the code stays one that telephones read well. */
#define ELASTIC_MOST 48
#define ELASTIC_LEAST 8
#define ELASTIC_STEP 8

/* Digits of a last group of 0 to 7 bytes: as many as its largest value needs. */
static const int digits_of[GROUP_BYTES + 1] = {0, 3, 5, 8, 10, 13, 15, GROUP_DIGITS};

static void write_digits(ei_buffer *out, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        size_t count = size < GROUP_BYTES ? size : GROUP_BYTES;
        uint64_t value = 0;
        for (size_t i = 0; i < count; i++)
            value = value << 8 | bytes[i];
        ei_buffer_printf(out, "%0*llu", digits_of[count], (unsigned long long)value);
        bytes += count;
        size -= count;
    }
}

static int bytes_of_digits(size_t digits)
{
    for (int count = 1; count <= GROUP_BYTES; count++)
        if ((size_t)digits_of[count] == digits)
            return count;
    return -1;
}

/* False for what is no digit, a group of a length that none has, or one too large for its bytes. */
static bool read_digits(const char *text, uint8_t *bytes, size_t room, size_t *size)
{
    size_t left = strlen(text);
    *size = 0;
    while (left > 0) {
        size_t digits = left < GROUP_DIGITS ? left : GROUP_DIGITS;
        int count = bytes_of_digits(digits);
        uint64_t value = 0;
        for (size_t i = 0; i < digits; i++) {
            if (text[i] < '0' || text[i] > '9')
                return false;
            value = value * 10 + (uint64_t)(text[i] - '0');
        }
        if (count < 0 || value >> (8 * count) != 0 || *size + (size_t)count > room)
            return false;
        for (int i = 0; i < count; i++)
            bytes[*size + (size_t)i] = (uint8_t)(value >> (8 * (count - 1 - i)));
        *size += (size_t)count;
        text += digits;
        left -= digits;
    }
    return *size > 0;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

edu_status ei_qr_link(const char *host, const uint8_t number[10], edu_bytes message, ei_buffer *out,
                      edu_error *error)
{
    char text[EI_PAPER_ID_TEXT];
    ei_buffer_text(out, "HTTPS://");
    for (const char *c = host; *c; c++)
        ei_buffer_add(out, (char[]){upper(*c)}, 1);
    ei_paper_id_format(number, text);
    ei_buffer_printf(out, "/V/%s#", text);
    write_digits(out, message.data, message.size);
    return out->failed ? ei_no_memory(error) : EDU_OK;
}

/* Characters of the link, with its #. */
static size_t link_length(const char *host)
{
    return strlen("HTTPS:///V/#") + strlen(host) + EI_PAPER_ID_TEXT - 1;
}

/* The text is a segment of letters, the # alone (which they do not have), and one of digits. Each
 * has a head of 4 bits, and counts that are longer from version 10 on. */
static size_t code_bits(int version, const char *host, size_t message)
{
    static const size_t left_over[] = {0, 4, 7};
    const size_t heads = version < 10 ? 9 + 8 + 10 : 11 + 16 + 12;
    size_t letters = link_length(host) - 1;
    size_t digits = message / GROUP_BYTES * GROUP_DIGITS + (size_t)digits_of[message % GROUP_BYTES];
    return 3 * 4 + heads + letters / 2 * 11 + letters % 2 * 6 + 8 + digits / 3 * 10 +
           left_over[digits % 3];
}

int ei_qr_version(const char *host, size_t message)
{
    /* bytes of data at level M */
    static const size_t room[VERSION_MAX + 1] = {0,   16,  28,  44,  64,  86,  108, 124,
                                                 154, 182, 216, 254, 290, 334, 365};
    for (int version = 1; version <= VERSION_MAX; version++)
        if (code_bits(version, host, message) <= 8 * room[version])
            return version;
    return 0;
}

/* ---- how long a message gets ---- */

static size_t text_size(size_t bytes)
{
    return bytes + (bytes < 24 ? 1 : bytes < 256 ? 2 : 3);
}

/* As claims.c writes it. Numbers are at their longest, but for that of the status list: of lists
 * there are fewer than 65,536. */
static size_t payload_size(const char *host, const char *type, bool expires,
                           const ei_code_bound *fields, size_t count)
{
    enum { LABEL = 5, TIME = 5, SMALL = 1, PLACE = 1 + 3 + 5 };
    size_t size = SMALL + SMALL + text_size(strlen(host)) + SMALL + TIME + SMALL + 11 + LABEL +
                  text_size(strlen(type)) + LABEL + (2 * count < 24 ? 1 : 2) + LABEL + 34 + LABEL +
                  PLACE;
    if (expires)
        size += SMALL + TIME;
    for (size_t i = 0; i < count; i++)
        size += text_size(strlen(fields[i].key)) + text_size(fields[i].bytes);
    return size;
}

size_t ei_qr_excess(const char *host, const char *type, bool expires, const ei_code_bound *fields,
                    size_t count)
{
    size_t size = payload_size(host, type, expires, fields, count), excess = 0;
    while (excess < size && ei_qr_version(host, ei_cose_size(size - excess)) == 0)
        excess++;
    return excess;
}

/* The text, cut at a character where it is longer than max bytes. */
static void cut(char *text, size_t max)
{
    size_t length = strlen(text);
    if (length <= max)
        return;
    while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
        max--;
    text[max] = 0;
}

/* The payload, with the elastic field cut as far as it has to be. */
static edu_status encode_cut(ei_claims *claims, char *text, ei_buffer *payload, edu_error *error)
{
    for (size_t bytes = ELASTIC_MOST;; bytes -= ELASTIC_STEP) {
        cut(text, bytes);
        payload->size = 0;
        edu_status status = ei_claims_encode(claims, payload, error);
        bool is_last = bytes <= ELASTIC_LEAST;
        if (status == EDU_OK &&
            (is_last || ei_qr_version(claims->host, ei_cose_size(payload->size)) != 0))
            return EDU_OK;
        if (status != EDU_OK && (status != EDU_E_LIMIT || is_last))
            return status;
    }
}

/* Signed once: a key may be far away. */
edu_status ei_qr_message(const ei_signer *signer, ei_claims *claims, size_t elastic, ei_buffer *out,
                         edu_error *error)
{
    char text[ELASTIC_MOST + 4];
    ei_buffer payload = {0};
    (void)snprintf(text, sizeof text, "%s", claims->fields[elastic].value);
    claims->fields[elastic].value = text;
    edu_status status = encode_cut(claims, text, &payload, error);
    if (status == EDU_OK)
        status = ei_cose_sign(signer, (edu_bytes){payload.data, payload.size}, out, error);
    ei_buffer_free(&payload);
    return status;
}

edu_status ei_qr_text(const ei_signer *signer, ei_claims *claims, size_t elastic, ei_buffer *out,
                      edu_error *error)
{
    ei_buffer message = {0};
    edu_status status = ei_qr_message(signer, claims, elastic, &message, error);
    if (status == EDU_OK)
        status = ei_qr_link(claims->host, claims->number, (edu_bytes){message.data, message.size},
                            out, error);
    ei_buffer_free(&message);
    return status;
}

bool ei_qr_read(const char *text, char host[256], uint8_t number[10], uint8_t *bytes, size_t *size)
{
    static const char scheme[] = "HTTPS://";
    if (strnlen(text, 4096) == 4096 || strncmp(text, scheme, sizeof scheme - 1) != 0)
        return false;
    text += sizeof scheme - 1;
    size_t length = strcspn(text, "/");
    if (length == 0 || length >= 256 || strncmp(text + length, "/V/", 3) != 0)
        return false;
    memcpy(host, text, length);
    host[length] = 0;
    text += length + 3;
    /* There is one way to write a number here: others would be changes that nobody notices. */
    char given[EI_PAPER_ID_TEXT], canonical[EI_PAPER_ID_TEXT];
    if (strcspn(text, "#") != EI_PAPER_ID_TEXT - 1 || text[EI_PAPER_ID_TEXT - 1] != '#')
        return false;
    memcpy(given, text, EI_PAPER_ID_TEXT - 1);
    given[EI_PAPER_ID_TEXT - 1] = 0;
    if (!ei_paper_id_parse(given, number))
        return false;
    ei_paper_id_format(number, canonical);
    return strcmp(given, canonical) == 0 &&
           read_digits(text + EI_PAPER_ID_TEXT, bytes, COSE_MAX, size);
}

#ifdef EDU_HAVE_QR
edu_status ei_qr_modules(const char *text, int *width, uint8_t **modules, edu_error *error)
{
    /* Mode 8 with case kept finds the numeric and alphanumeric parts by itself. */
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!code || code->version > VERSION_MAX) {
        QRcode_free(code);
        return ei_fail(error, EDU_E_LIMIT, "credential.qr_too_long", NULL,
                       "the text is too long for a QR code that telephones read well");
    }
    size_t count = (size_t)code->width * (size_t)code->width;
    uint8_t *made = ei_alloc(count);
    for (size_t i = 0; made && i < count; i++)
        made[i] = code->data[i] & 1;
    *width = code->width;
    *modules = made;
    QRcode_free(code);
    return made ? EDU_OK : ei_no_memory(error);
}
#else
edu_status ei_qr_modules(const char *text, int *width, uint8_t **modules, edu_error *error)
{
    return ei_fail(error, EDU_E_UNSUPPORTED, "credential.no_qr", NULL,
                   "this build has no QR codes");
}
#endif

#define QUIET 4

/* A run of black modules is one rectangle of a path. */
static void write_path(ei_buffer *out, int width, const uint8_t *modules)
{
    ei_buffer_text(out, "<path d=\"");
    for (int y = 0; y < width; y++) {
        for (int x = 0; x < width;) {
            int run = 0;
            while (x + run < width && modules[y * width + x + run])
                run++;
            if (run)
                ei_buffer_printf(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
            x += run ? run : 1;
        }
    }
    ei_buffer_text(out, "\"/></svg>");
}

static void write_svg(ei_buffer *out, int width, const uint8_t *modules)
{
    ei_buffer_printf(out,
                     "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                     "shape-rendering=\"crispEdges\">",
                     width + 2 * QUIET, width + 2 * QUIET);
    write_path(out, width, modules);
}

edu_status ei_qr_picture(const char *text, const char *alternative, ei_buffer *out,
                         edu_error *error)
{
    int width;
    uint8_t *modules;
    EI_TRY(ei_qr_modules(text, &width, &modules, error));
    int side = width + 2 * QUIET;
    ei_buffer_printf(out,
                     "<svg width=\"%d.%dmm\" viewBox=\"0 0 %d %d\" "
                     "shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"",
                     side / 2, side % 2 * 5, side, side);
    ei_markup(out, alternative);
    ei_buffer_text(out, "\">");
    write_path(out, width, modules);
    ei_free(modules);
    return out->failed ? ei_no_memory(error) : EDU_OK;
}

edu_status edu_qr_svg(const char *text, char **out, edu_error *error)
{
    if (!text || !*text || !out)
        return ei_bad_argument(error, !text || !*text ? "text" : "out");
    int width;
    uint8_t *modules;
    EI_TRY(ei_qr_modules(text, &width, &modules, error));
    ei_buffer svg = {0};
    write_svg(&svg, width, modules);
    ei_free(modules);
    char *made = svg.failed ? NULL : ei_record_new(svg.size + 1, NULL);
    if (made)
        memcpy(made, svg.data, svg.size);
    ei_buffer_free(&svg);
    *out = made;
    return made ? EDU_OK : ei_no_memory(error);
}
