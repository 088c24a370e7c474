/* Checks the transcript of an allocation in one pass: docs/allocation.md has its bytes. What
 * differs from the one form of its content in any byte is refused, with the line. */
#include <edu/credential.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sodium.h>
#include "credential/credential.h"
#include "credential/transcript.h"

#define LINE_MOST 1024
#define CHUNK 65536
#define FIELDS_MOST 8
#define TEXT_MOST 255
#define METRES_MOST (INT64_C(1) << 30)
#define COUNT_MOST INT64_C(1000000000)
#define CENTRES_MOST 10000
#define PLACES_MOST 4000000
#define COST_MOST (INT64_C(4000000000) * COUNT_MOST)
#define RENT_MOST (INT64_C(3037000500) * CENTRES_MOST)
#define SEED_MOST 64
#define ID_TEXT 41
#define HASH_TEXT 65
#define SIGNATURE_TEXT 129
#define SIGNED_MOST 320 /* bytes that the signature is over */
#define REPORT_EVERY 4096

static const char first_line[] = "edu-transcript\t1\n";

typedef struct reading {
    FILE *file;
    int64_t line, bytes, size; /* size: 0 where it is not known */
    char chunk[CHUNK];
    size_t at, filled;
    char text[LINE_MOST + 1]; /* the line, without its end */
    size_t length;
    const char *fields[FIELDS_MOST];
    crypto_hash_sha256_state hash, list; /* of all lines so far; of the pupils' */
    const json_t *keys;
    const char *pupil;
    edu_progress progress;
    ei_proof proof;
    /* the place at hand */
    char place[TEXT_MOST + 1], zone[TEXT_MOST + 1], id[ID_TEXT];
    int64_t place_pupils;
    uint64_t lot;
    /* what was read */
    char seed[2 * SEED_MOST + 1];
    int64_t places, pupils;
    edu_transcript_report *report;
    edu_error *error;
} reading;

static edu_status refuse(const reading *in, const char *key, const char *what)
{
    char full[64];
    snprintf(full, sizeof full, "transcript.%s", key);
    return ei_fail_line(in->error, EDU_E_INVALID, full, in->line, NULL, "%s", what);
}

static edu_status malformed(const reading *in)
{
    return refuse(in, "form", "the line has not the one form that it can have");
}

static edu_status take_fault(const reading *in, ei_proof_fault found)
{
    if (!found.key)
        return EDU_OK;
    return strcmp(found.key, EI_PROOF_NO_MEMORY) == 0 ? ei_no_memory(in->error)
                                                      : refuse(in, found.key, found.what);
}

/* ---- lines ---- */

static edu_status fill_chunk(reading *in, bool *at_end)
{
    in->at = 0;
    in->filled = fread(in->chunk, 1, sizeof in->chunk, in->file);
    in->bytes += (int64_t)in->filled;
    *at_end = in->filled == 0;
    if (ferror(in->file))
        return ei_fail(in->error, EDU_E_IO, "file.read", NULL, "the transcript cannot be read: %s",
                       ei_system_text(errno));
    return EDU_OK;
}

/* The next line; its end is a line feed, also the last one's. */
static edu_status read_line(reading *in, bool *at_end)
{
    *at_end = false;
    in->length = 0;
    in->line++;
    for (;;) {
        if (in->at == in->filled) {
            EI_TRY(fill_chunk(in, at_end));
            if (*at_end)
                return in->length == 0 ? EDU_OK : malformed(in);
        }
        const char *from = in->chunk + in->at, *end = memchr(from, '\n', in->filled - in->at);
        size_t size = end ? (size_t)(end - from) : in->filled - in->at;
        if (in->length + size >= LINE_MOST)
            return malformed(in);
        memcpy(in->text + in->length, from, size);
        in->length += size;
        in->at += size + (end != NULL);
        if (end)
            return EDU_OK;
    }
}

static bool is_text(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 && text[i] != '\t')
            return false;
    return memchr(text, 0x7f, length) == NULL && ei_utf8_valid(text, length);
}

/* A line of this kind with so many fields behind it, which become texts of their own. */
static edu_status take_line(reading *in, const char *kind, size_t count)
{
    char *at = in->text;
    size_t found = 0;
    in->text[in->length] = '\0';
    for (; found <= count && at; found++) {
        char *tab = strchr(at, '\t');
        if (tab)
            *tab = '\0';
        if (found > 0)
            in->fields[found - 1] = at;
        at = tab ? tab + 1 : NULL;
    }
    if (found != count + 1 || at || strcmp(in->text, kind) != 0)
        return malformed(in);
    return EDU_OK;
}

static edu_status report_progress(const reading *in)
{
    if (in->line % REPORT_EVERY == 0 && in->progress.report &&
        !in->progress.report(in->progress.context, "checking", in->bytes, in->size))
        return ei_fail(in->error, EDU_E_CANCELLED, "transcript.cancelled", NULL,
                       "the check was stopped");
    return EDU_OK;
}

static void hash_line(reading *in)
{
    in->text[in->length] = '\n';
    crypto_hash_sha256_update(&in->hash, (const uint8_t *)in->text, in->length + 1);
}

/* Reads a line and hashes it; only that it is text is known then. */
static edu_status next_line(reading *in)
{
    bool at_end;
    EI_TRY(read_line(in, &at_end));
    if (at_end || !is_text(in->text, in->length))
        return malformed(in);
    hash_line(in);
    return report_progress(in);
}

static edu_status next_of(reading *in, const char *kind, size_t count)
{
    EI_TRY(next_line(in));
    return take_line(in, kind, count);
}

/* ---- fields ---- */

static edu_status take_int(const reading *in, size_t field, int64_t least, int64_t most,
                           int64_t *out)
{
    const char *text = in->fields[field], *digits = text + (*text == '-');
    bool is_one = digits[0] == '0' ? digits[1] == '\0' && digits == text
                                   : strspn(digits, "0123456789") == strlen(digits) && *digits;
    return is_one && ei_int_parse(text, least, most, out) ? EDU_OK : malformed(in);
}

static edu_status take_text(const reading *in, size_t field, bool may_be_empty, const char **out)
{
    size_t length = strlen(in->fields[field]);
    *out = in->fields[field];
    return length <= TEXT_MOST && (length > 0 || may_be_empty) ? EDU_OK : malformed(in);
}

/* Small hexadecimal digits: so many, or any even number up to that. */
static edu_status take_hex(const reading *in, size_t field, size_t digits, bool is_exact)
{
    const char *text = in->fields[field];
    size_t length = strlen(text);
    bool is_hex = strspn(text, "0123456789abcdef") == length && length >= 2 && length % 2 == 0;
    return is_hex && (is_exact ? length == digits : length <= digits) ? EDU_OK : malformed(in);
}

static edu_status keep(reading *in, size_t field, const char **out)
{
    *out = ei_arena_strdup(ei_record_arena(in->report), in->fields[field]);
    return *out ? EDU_OK : ei_no_memory(in->error);
}

static edu_status keep_text(reading *in, const char *kind, const char **out)
{
    const char *text;
    EI_TRY(next_of(in, kind, 1));
    EI_TRY(take_text(in, 0, false, &text));
    return keep(in, 0, out);
}

static edu_status keep_int(reading *in, const char *kind, int64_t most, int64_t *out)
{
    EI_TRY(next_of(in, kind, 1));
    return take_int(in, 0, 0, most, out);
}

static edu_status keep_hex(reading *in, const char *kind, size_t digits, bool is_exact,
                           const char **out)
{
    EI_TRY(next_of(in, kind, 1));
    EI_TRY(take_hex(in, 0, digits, is_exact));
    return keep(in, 0, out);
}

/* ---- the head ---- */

static edu_status check_commitment(const reading *in)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    char digits[HASH_TEXT];
    const char *seed = in->report->seed;
    crypto_hash_sha256(hash, (const uint8_t *)seed, strlen(seed));
    ei_hex_format(hash, sizeof hash, digits);
    return strcmp(digits, in->report->commitment) == 0
               ? EDU_OK
               : refuse(in, "seed", "the seed is not the one that was committed to");
}

static edu_status read_head(reading *in)
{
    edu_transcript_report *report = in->report;
    EI_TRY(next_line(in));
    in->text[in->length + 1] = '\0';
    if (strcmp(in->text, first_line) != 0)
        return refuse(in, "form", "this is no transcript of an allocation that this checks");
    EI_TRY(keep_text(in, "issuer", &report->issuer));
    EI_TRY(keep_text(in, "subject", &report->subject));
    EI_TRY(keep_hex(in, "commitment", HASH_TEXT - 1, true, &report->commitment));
    EI_TRY(keep_hex(in, "seed", 2 * SEED_MOST, false, &report->seed));
    EI_TRY(check_commitment(in));
    EI_TRY(keep_int(in, "cost", COST_MOST, &report->cost_m));
    EI_TRY(keep_int(in, "centres", CENTRES_MOST, &report->centres));
    EI_TRY(keep_int(in, "places", PLACES_MOST, &report->places));
    return keep_int(in, "pupils", COUNT_MOST, &report->pupils);
}

static edu_status read_centre(reading *in)
{
    ei_proof_centre centre = {0};
    const ei_proof *proof = &in->proof;
    const char *id, *zone;
    EI_TRY(next_of(in, "centre", 7));
    EI_TRY(take_text(in, 0, false, &id));
    EI_TRY(take_text(in, 1, true, &zone));
    EI_TRY(take_int(in, 2, -METRES_MOST, METRES_MOST, &centre.x));
    EI_TRY(take_int(in, 3, -METRES_MOST, METRES_MOST, &centre.y));
    EI_TRY(take_int(in, 4, 0, COUNT_MOST, &centre.capacity));
    EI_TRY(take_int(in, 5, 0, centre.capacity, &centre.pupils));
    EI_TRY(take_int(in, 6, 0, RENT_MOST, &centre.rent));
    if (proof->centre_count > 0 && strcmp(proof->centres[proof->centre_count - 1].id, id) >= 0)
        return refuse(in, "order", "centres come by id, each once");
    centre.id = (char *)(uintptr_t)id;
    return ei_proof_add_centre(&in->proof, &centre, zone) ? EDU_OK : ei_no_memory(in->error);
}

static edu_status read_centres(reading *in)
{
    uint8_t seed[SEED_MOST];
    for (int64_t k = 0; k < in->report->centres; k++)
        EI_TRY(read_centre(in));
    int size = ei_hex_parse(in->report->seed, seed, sizeof seed);
    return ei_proof_begin(&in->proof, seed, (size_t)size) ? EDU_OK : ei_no_memory(in->error);
}

/* ---- places and pupils ---- */

static edu_status read_place(reading *in)
{
    const char *id, *zone;
    int64_t x, y;
    EI_TRY(take_line(in, "place", 5));
    EI_TRY(take_text(in, 0, false, &id));
    EI_TRY(take_text(in, 1, true, &zone));
    EI_TRY(take_int(in, 2, -METRES_MOST, METRES_MOST, &x));
    EI_TRY(take_int(in, 3, -METRES_MOST, METRES_MOST, &y));
    EI_TRY(take_int(in, 4, 1, COUNT_MOST, &in->place_pupils));
    if (strcmp(in->place, id) >= 0)
        return refuse(in, "order", "places come by id, each once");
    snprintf(in->place, sizeof in->place, "%s", id);
    in->id[0] = '\0';
    in->places++;
    return take_fault(in, ei_proof_place(&in->proof, id, zone, x, y));
}

/* The pupils of a place come by their lots, equal ones by their ids. */
static edu_status check_order(reading *in, const char *id)
{
    uint64_t lot = ei_proof_lot(&in->proof, "pupil", id);
    bool is_behind = !in->id[0] || in->lot < lot || (in->lot == lot && strcmp(in->id, id) < 0);
    in->lot = lot;
    memcpy(in->id, id, sizeof in->id);
    return is_behind
               ? EDU_OK
               : refuse(in, "order", "the pupils of a place come in the order drawn, each once");
}

static void hash_pupil(reading *in)
{
    crypto_hash_sha256_update(&in->list, (const uint8_t *)in->id, ID_TEXT - 1);
    crypto_hash_sha256_update(&in->list, (const uint8_t *)"\t", 1);
    crypto_hash_sha256_update(&in->list, (const uint8_t *)in->place, strlen(in->place));
    crypto_hash_sha256_update(&in->list, (const uint8_t *)"\n", 1);
}

static edu_status find_pupil(reading *in)
{
    edu_transcript_report *report = in->report;
    ei_arena *arena = ei_record_arena(report);
    if (!in->pupil || strcmp(in->pupil, in->id) != 0)
        return EDU_OK;
    if (report->place)
        return refuse(in, "order", "the pupil asked for stands here a second time");
    report->place = ei_arena_strdup(arena, in->place);
    report->centre = ei_arena_strdup(arena, in->fields[1]);
    return report->place && report->centre ? EDU_OK : ei_no_memory(in->error);
}

static edu_status read_pupil(reading *in)
{
    EI_TRY(next_of(in, "pupil", 2));
    EI_TRY(take_hex(in, 0, ID_TEXT - 1, true));
    EI_TRY(check_order(in, in->fields[0]));
    EI_TRY(take_fault(in, ei_proof_pupil(&in->proof, in->fields[1])));
    hash_pupil(in);
    in->pupils++;
    return find_pupil(in);
}

static edu_status read_places(reading *in)
{
    for (int64_t i = 0; i < in->report->places; i++) {
        EI_TRY(next_line(in));
        EI_TRY(read_place(in));
        for (int64_t n = 0; n < in->place_pupils; n++)
            EI_TRY(read_pupil(in));
    }
    return in->pupils == in->report->pupils
               ? EDU_OK
               : refuse(in, "count", "there are other pupils than the head says");
}

/* ---- the end ---- */

static edu_status check_list(reading *in)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    char digits[HASH_TEXT];
    EI_TRY(keep_hex(in, "list", HASH_TEXT - 1, true, &in->report->list_hash));
    crypto_hash_sha256_final(&in->list, hash);
    ei_hex_format(hash, sizeof hash, digits);
    return strcmp(digits, in->report->list_hash) == 0
               ? EDU_OK
               : refuse(in, "list", "the hash of the list is not that of these pupils");
}

static edu_status check_signature(reading *in, const char *signed_text, edu_time at)
{
    uint8_t signature[EI_SIGNATURE];
    ei_key_times key;
    const ei_trust trust = {.keys = in->keys, .is_key_set = true};
    EI_TRY(next_of(in, "signature", 1));
    EI_TRY(take_hex(in, 0, SIGNATURE_TEXT - 1, true));
    (void)ei_hex_parse(in->fields[0], signature, sizeof signature);
    if (!ei_trust_key(&trust, in->report->key_id, &key) || !ei_key_is_good_at(&key, at))
        return ei_fail_line(in->error, EDU_E_CRYPTO, "transcript.key", in->line, NULL,
                            "the public keys have no key of this id that was good then");
    return ei_signature_good(signature, signed_text, strlen(signed_text), key.public_key)
               ? EDU_OK
               : ei_fail_line(in->error, EDU_E_CRYPTO, "transcript.signature", in->line, NULL,
                              "the signature does not hold");
}

static edu_status take_time(reading *in, char text[32])
{
    char again[32];
    EI_TRY(next_of(in, "signed", 1));
    if (!ei_time_parse(in->fields[0], &in->report->signed_at))
        return malformed(in);
    ei_time_format(in->report->signed_at, again);
    snprintf(text, 32, "%s", again);
    return strcmp(again, in->fields[0]) == 0 ? EDU_OK : malformed(in);
}

static edu_status check_end(reading *in)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    char digits[HASH_TEXT], time[32], text[SIGNED_MOST];
    const char *said;
    crypto_hash_sha256_final(&in->hash, hash);
    crypto_hash_sha256_init(&in->hash); /* of what is left nothing asks for it */
    ei_hex_format(hash, sizeof hash, digits);
    EI_TRY(keep_hex(in, "sha256", HASH_TEXT - 1, true, &said));
    if (strcmp(digits, said) != 0)
        return refuse(in, "altered", "the hash of the lines above is another");
    EI_TRY(take_time(in, time));
    EI_TRY(keep_hex(in, "key", EI_KEY_ID_TEXT - 1, true, &in->report->key_id));
    snprintf(text, sizeof text, "%ssha256\t%s\nsigned\t%s\nkey\t%s\n", first_line, digits, time,
             in->report->key_id);
    EI_TRY(check_signature(in, text, in->report->signed_at));
    bool at_end;
    EI_TRY(read_line(in, &at_end));
    return at_end ? EDU_OK : refuse(in, "form", "something stands behind the signature");
}

static edu_status check_all(reading *in)
{
    crypto_hash_sha256_init(&in->hash);
    crypto_hash_sha256_init(&in->list);
    EI_TRY(read_head(in));
    EI_TRY(read_centres(in));
    EI_TRY(read_places(in));
    EI_TRY(take_fault(in, ei_proof_sums(&in->proof, in->report->cost_m)));
    EI_TRY(check_list(in));
    EI_TRY(check_end(in));
    /* What costs most comes last: of a file that nobody signed it is not asked. */
    return take_fault(in, ei_proof_draw(&in->proof));
}

static edu_status check_file(reading *in, FILE *file, edu_transcript_report **out)
{
    struct stat facts;
    in->file = file;
    in->size = fstat(fileno(file), &facts) == 0 && S_ISREG(facts.st_mode) ? facts.st_size : 0;
    in->report = ei_record_new(sizeof *in->report, NULL);
    edu_status status = in->report ? check_all(in) : ei_no_memory(in->error);
    ei_proof_finish(&in->proof);
    if (status == EDU_OK)
        *out = in->report;
    else
        edu_free(in->report);
    return status;
}

static edu_status check_path(const char *path, reading *in, edu_transcript_report **out)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return ei_fail(in->error, EDU_E_IO, "file.read", "/path",
                       "the transcript cannot be opened: %s", ei_system_text(errno));
    (void)setvbuf(file, NULL, _IONBF, 0);
    edu_status status = check_file(in, file, out);
    (void)fclose(file);
    return status;
}

edu_status edu_transcript_check(const char *path, const char *keys, const char *pupil,
                                edu_progress progress, edu_transcript_report **out,
                                edu_error *error)
{
    if (!path || !keys || !out)
        return ei_bad_argument(error, !path ? "path" : !keys ? "keys" : "out");
    EI_TRY(ei_security_init(error));
    json_t *set = NULL;
    EI_TRY(ei_ijson_read_up_to((edu_bytes){keys, strlen(keys)}, EI_BUNDLE_MAX, &set, error));
    reading *in = ei_calloc(1, sizeof *in);
    edu_status status = in ? EDU_OK : ei_no_memory(error);
    if (in) {
        in->keys = json_object_get(set, "keys");
        in->pupil = pupil;
        in->progress = progress;
        in->error = error;
        status = json_is_array(in->keys) ? check_path(path, in, out)
                                         : ei_fail(error, EDU_E_INVALID, "credential.keys", "/keys",
                                                   "the public keys are not a JSON Web Key Set");
    }
    ei_free(in);
    json_decref(set);
    return status;
}
