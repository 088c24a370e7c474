/* The transcript of an allocation: what is written is accepted, and whatever is changed in it is
 * refused, whoever signs it again. */
#include <inttypes.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sodium.h>
#include <edu/credential.h>
#include "allocation/transcript.h"
#include "allocation_world.h"
#include "fail_later.h"
#include "security/security.h"
#include "../tap.h"

#define SEED_DIGITS "010203"
#define SIGNED_AT INT64_C(1764300000000000)
#define MUTATIONS_DAILY 600
#define MUTATIONS_NIGHTLY 10000

static ei_signer signer, stranger;
static char *keys;

/* ---- lines ---- */

typedef struct text {
    char **lines; /* without their ends */
    size_t count, room;
} text;

static void insert_line(text *in, size_t at, const char *line)
{
    if (in->count == in->room) {
        in->room = in->room ? in->room * 2 : 256;
        in->lines = realloc(in->lines, in->room * sizeof *in->lines);
    }
    memmove(in->lines + at + 1, in->lines + at, (in->count - at) * sizeof *in->lines);
    in->lines[at] = strdup(line);
    in->count++;
}

static void drop_line(text *in, size_t at)
{
    free(in->lines[at]);
    memmove(in->lines + at, in->lines + at + 1, (in->count - at - 1) * sizeof *in->lines);
    in->count--;
}

static void swap_lines(text *in, size_t a, size_t b)
{
    char *kept = in->lines[a];
    in->lines[a] = in->lines[b];
    in->lines[b] = kept;
}

static text split(const char *all)
{
    text out = {0};
    while (*all) {
        size_t length = strcspn(all, "\n");
        char *line = strndup(all, length);
        insert_line(&out, out.count, line);
        free(line);
        all += length + 1;
    }
    return out;
}

static char *join(const text *in)
{
    ei_buffer out = {0};
    for (size_t i = 0; i < in->count; i++) {
        ei_buffer_text(&out, in->lines[i]);
        ei_buffer_text(&out, "\n");
    }
    char *made = strdup(out.data);
    ei_buffer_free(&out);
    return made;
}

static text copy_of(const text *in)
{
    text out = {0};
    for (size_t i = 0; i < in->count; i++)
        insert_line(&out, i, in->lines[i]);
    return out;
}

static void free_text(text *in)
{
    while (in->count > 0)
        drop_line(in, in->count - 1);
    free(in->lines);
    *in = (text){0};
}

static bool is_kind(const text *in, size_t at, const char *kind)
{
    size_t length = strlen(kind);
    return strncmp(in->lines[at], kind, length) == 0 && in->lines[at][length] == '\t';
}

/* The line of the place under which a pupil's line stands. */
static size_t place_of(const text *in, size_t pupil_line)
{
    while (!is_kind(in, pupil_line, "place"))
        pupil_line--;
    return pupil_line;
}

/* Any line of this kind; SIZE_MAX where there is none. */
static size_t any_line(const text *in, const char *kind)
{
    size_t count = 0, chosen = SIZE_MAX;
    for (size_t i = 0; i < in->count; i++)
        if (is_kind(in, i, kind) && draw((uint32_t)++count) == 0)
            chosen = i;
    return chosen;
}

/* A field of a line, from 0 behind the kind; free with free. */
static char *field_of(const text *in, size_t at, size_t field)
{
    const char *from = in->lines[at];
    for (size_t i = 0; i <= field; i++)
        from = strchr(from, '\t') + 1;
    return strndup(from, strcspn(from, "\t"));
}

static void set_field(text *in, size_t at, size_t field, const char *value)
{
    char *line = in->lines[at], *from = line;
    for (size_t i = 0; i <= field; i++)
        from = strchr(from, '\t') + 1;
    ei_buffer made = {0};
    ei_buffer_add(&made, line, (size_t)(from - line));
    ei_buffer_text(&made, value);
    ei_buffer_text(&made, from + strcspn(from, "\t"));
    in->lines[at] = strdup(made.data);
    ei_buffer_free(&made);
    free(line);
}

static int64_t number_of(const text *in, size_t at, size_t field)
{
    char *digits = field_of(in, at, field);
    int64_t value = strtoll(digits, NULL, 10);
    free(digits);
    return value;
}

static void add_to_field(text *in, size_t at, size_t field, int64_t more)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, number_of(in, at, field) + more);
    set_field(in, at, field, digits);
}

/* ---- writing ---- */

typedef struct pupil {
    char id[EI_TRANSCRIPT_ID_TEXT];
    uint64_t lot;
} pupil;

static int by_lot(const void *a, const void *b)
{
    const pupil *one = a, *two = b;
    if (one->lot != two->lot)
        return one->lot < two->lot ? -1 : 1;
    return strcmp(one->id, two->id);
}

static int by_site(const void *a, const void *b)
{
    return strcmp(((const edu_allocation_site *)a)->id, ((const edu_allocation_site *)b)->id);
}

static pupil *draw_pupils(const edu_allocation_site *place)
{
    pupil *made = calloc((size_t)place->count + 1, sizeof *made);
    for (int64_t n = 0; n < place->count; n++) {
        uint8_t id[EI_TRANSCRIPT_ID];
        char name[32];
        snprintf(name, sizeof name, "pupil %" PRId64, n);
        ei_transcript_pupil_id(name, place->id, "00112233445566778899aabbccddeeff", id);
        ei_hex_format(id, sizeof id, made[n].id);
        made[n].lot = edu_allocation_lot(seed, sizeof seed, "pupil", made[n].id);
    }
    qsort(made, (size_t)place->count, sizeof *made, by_lot);
    return made;
}

static void write_place(ei_buffer *out, const edu_allocation_problem *of,
                        const edu_allocation_result *result, size_t *flow)
{
    const edu_allocation_site *place = &of->places[result->flows[*flow].place];
    pupil *pupils = draw_pupils(place), *next = pupils;
    ei_transcript_place_write(out, place);
    for (; *flow < result->flow_count && &of->places[result->flows[*flow].place] == place; ++*flow)
        for (int64_t n = 0; n < result->flows[*flow].pupils; n++, next++)
            ei_transcript_pupil_write(out, next->id, of->centres[result->flows[*flow].centre].id);
    ck_assert_int_eq(next - pupils, place->count);
    free(pupils);
}

static void write_centres(ei_buffer *out, const edu_allocation_problem *of,
                          const edu_allocation_result *result)
{
    edu_allocation_site *sorted = calloc(of->centre_count + 1, sizeof *sorted);
    memcpy(sorted, of->centres, of->centre_count * sizeof *sorted);
    qsort(sorted, of->centre_count, sizeof *sorted, by_site);
    for (size_t i = 0; i < of->centre_count; i++) {
        size_t k = 0;
        int64_t load = 0;
        while (strcmp(of->centres[k].id, sorted[i].id) != 0)
            k++;
        for (size_t f = 0; f < result->flow_count; f++)
            load += result->flows[f].centre == k ? result->flows[f].pupils : 0;
        ei_transcript_centre_write(out, &sorted[i], load, result->rents[k]);
    }
    free(sorted);
}

static void hash_of(const char *of, size_t size, char digits[65])
{
    uint8_t hash[32];
    crypto_hash_sha256(hash, (const uint8_t *)of, size);
    ei_hex_format(hash, sizeof hash, digits);
}

/* What the hash of the list is over. */
static void list_hash(const text *in, uint8_t hash[32])
{
    crypto_hash_sha256_state listed;
    crypto_hash_sha256_init(&listed);
    char *place = NULL;
    for (size_t i = 0; i < in->count; i++) {
        if (is_kind(in, i, "place")) {
            free(place);
            place = field_of(in, i, 0);
        }
        if (is_kind(in, i, "pupil") && place) {
            char *id = field_of(in, i, 0);
            ei_transcript_list_update(&listed, id, place);
            free(id);
        }
    }
    crypto_hash_sha256_final(&listed, hash);
    free(place);
}

/* Everything from the list's hash on, or from the hash of the file on, anew. */
static void sign(text *in, const ei_signer *by, bool with_list)
{
    size_t kept = in->count;
    for (size_t i = 0; i < in->count && kept == in->count; i++)
        if (is_kind(in, i, with_list ? "list" : "sha256"))
            kept = i;
    while (in->count > kept)
        drop_line(in, in->count - 1);
    uint8_t hash[32], signature[EI_SIGNATURE];
    ei_buffer end = {0};
    if (with_list) {
        list_hash(in, hash);
        ei_transcript_list_write(&end, hash);
    }
    char *above = join(in), signed_text[EI_TRANSCRIPT_SIGNED];
    crypto_hash_sha256_state state_of_hash;
    crypto_hash_sha256_init(&state_of_hash);
    crypto_hash_sha256_update(&state_of_hash, (const uint8_t *)above, strlen(above));
    crypto_hash_sha256_update(&state_of_hash, (const uint8_t *)(end.data ? end.data : ""),
                              end.size);
    crypto_hash_sha256_final(&state_of_hash, hash);
    ei_transcript_signed(hash, SIGNED_AT, by->key_id, signed_text);
    ck_assert_int_eq(ei_sign(by, signed_text, strlen(signed_text), signature, NULL), EDU_OK);
    ei_transcript_end_write(&end, signed_text, signature);
    text tail = split(end.data);
    for (size_t i = 0; i < tail.count; i++)
        insert_line(in, in->count, tail.lines[i]);
    free_text(&tail);
    free(above);
    ei_buffer_free(&end);
}

static text write_transcript(const edu_allocation_problem *of, const edu_allocation_result *result)
{
    ei_buffer out = {0};
    char commitment[65];
    int64_t sending = 0;
    for (size_t i = 0; i < of->place_count; i++)
        sending += of->places[i].count > 0;
    hash_of(SEED_DIGITS, strlen(SEED_DIGITS), commitment);
    ei_transcript_head head = {.issuer = "portal.example",
                               .subject = "a sitting",
                               .commitment = commitment,
                               .seed = SEED_DIGITS,
                               .cost_m = result->cost_m,
                               .pupils = result->pupils,
                               .centres = (int64_t)of->centre_count,
                               .places = sending};
    ei_transcript_head_write(&out, &head);
    write_centres(&out, of, result);
    for (size_t flow = 0; flow < result->flow_count;)
        write_place(&out, of, result, &flow);
    text made = split(out.data);
    ei_buffer_free(&out);
    sign(&made, &signer, true);
    return made;
}

/* ---- checking ---- */

static edu_status check_bytes(const char *bytes, size_t size, const char *wanted,
                              edu_transcript_report **out, edu_error *error)
{
    char path[64];
    edu_transcript_report *report = NULL;
    int file = memfd_create("transcript", MFD_CLOEXEC);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, bytes, size), (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    edu_status status = edu_transcript_check(path, keys, wanted, (edu_progress){0}, &report, error);
    close(file);
    if (out)
        *out = report;
    else
        edu_free(report);
    return status;
}

static void accept(const text *in)
{
    edu_error error = EDU_ERROR_INIT;
    char *all = join(in);
    edu_status status = check_bytes(all, strlen(all), NULL, NULL, &error);
    ck_assert_msg(status == EDU_OK, "line %" PRId64 ": %s: %s", error.line, error.key,
                  error.message);
    free(all);
}

static void refuse_bytes(const char *bytes, size_t size, const char *what)
{
    edu_error error = EDU_ERROR_INIT;
    edu_status status = check_bytes(bytes, size, NULL, NULL, &error);
    ck_assert_msg(status == EDU_E_INVALID || status == EDU_E_CRYPTO, "%s: %d", what, status);
    ck_assert_str_ne(error.message, "");
}

static void refuse_text(const text *in, const char *what)
{
    char *all = join(in);
    refuse_bytes(all, strlen(all), what);
    free(all);
}

static void refuse_with(const text *in, const char *key)
{
    edu_error error = EDU_ERROR_INIT;
    char *all = join(in);
    ck_assert_int_ne(check_bytes(all, strlen(all), NULL, NULL, &error), EDU_OK);
    ck_assert_str_eq(error.key, key);
    free(all);
}

/* ---- problems ---- */

static text solved(void)
{
    edu_allocation_problem given = problem();
    edu_allocation_result *result = solve();
    text made = write_transcript(&given, result);
    edu_free(result);
    return made;
}

/* Schools of several pupils, seats scarce, in two zones. */
static void make_schools(size_t schools, size_t halls)
{
    clear();
    for (size_t i = 0; i < schools; i++)
        add_place((int64_t)draw(200000), (int64_t)draw(100000), 1 + draw(6), i % 5 ? "" : "island");
    int64_t seats[2] = {0, 0};
    for (size_t i = 0; i < schools; i++)
        seats[places[i].zone[0] != '\0'] += places[i].count;
    for (size_t k = 0; k < halls; k++)
        add_centre((int64_t)draw(200000), (int64_t)draw(100000), 0, k % 4 ? "" : "island");
    for (size_t at = 0; at < 2; at++)
        for (int64_t n = seats[at] + 3; n > 0;) {
            size_t k = draw((uint32_t)halls);
            n -= (centres[k].zone[0] != '\0') == at;
            centres[k].count += (centres[k].zone[0] != '\0') == at;
        }
}

START_TEST(what_is_written_is_accepted)
{
    int rounds = is_nightly() ? 20000 : TAP_MANY(500);
    state = 11;
    for (int round = 0; round < rounds; round++) {
        make_random(1 + draw(12), 1 + draw(8), 1 + draw(9), draw(4) ? 6 : 0);
        text made = solved();
        accept(&made);
        free_text(&made);
    }
    make_schools(900, 120);
    text made = solved();
    accept(&made);
    free_text(&made);
}
END_TEST

START_TEST(an_empty_problem_has_a_transcript)
{
    clear();
    text made = solved();
    accept(&made);
    free_text(&made);
    add_centre(1, 2, 3, "");
    made = solved();
    accept(&made);
    free_text(&made);
}
END_TEST

START_TEST(a_pupil_finds_their_line)
{
    state = 3;
    make_schools(40, 12);
    text made = solved();
    size_t line = any_line(&made, "pupil"), place = place_of(&made, line);
    char *id = field_of(&made, line, 0), *centre = field_of(&made, line, 1);
    char *all = join(&made), *school = field_of(&made, place, 0);
    edu_transcript_report *report = NULL;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_eq(check_bytes(all, strlen(all), id, &report, &error), EDU_OK);
    ck_assert_str_eq(report->centre, centre);
    ck_assert_str_eq(report->place, school);
    ck_assert_str_eq(report->issuer, "portal.example");
    ck_assert_str_eq(report->subject, "a sitting");
    ck_assert_str_eq(report->seed, SEED_DIGITS);
    ck_assert_str_eq(report->key_id, signer.key_id);
    ck_assert_int_eq(report->signed_at, SIGNED_AT);
    ck_assert_int_eq(report->places, 40);
    ck_assert_int_eq(report->centres, 12);
    edu_free(report);
    id[0] = id[0] == '0' ? '1' : '0';
    ck_assert_int_eq(check_bytes(all, strlen(all), id, &report, &error), EDU_OK);
    ck_assert_ptr_null(report->centre);
    edu_free(report);
    free(id);
    free(centre);
    free(school);
    free(all);
    free_text(&made);
}
END_TEST

/* ---- what anybody may do to a file ---- */

static const char *flip(const char *all, size_t size)
{
    char *made = malloc(size);
    memcpy(made, all, size);
    made[draw((uint32_t)size)] ^= (char)(1 << draw(8));
    refuse_bytes(made, size, "a bit flipped");
    free(made);
    return "a bit flipped";
}

static const char *cut(const char *all, size_t size)
{
    refuse_bytes(all, draw((uint32_t)size), "cut off");
    return "cut off";
}

static const char *put_in(const char *all, size_t size)
{
    char *made = malloc(size + 1);
    size_t at = draw((uint32_t)size + 1);
    memcpy(made, all, at);
    made[at] = (char)draw(256);
    memcpy(made + at + 1, all + at, size - at);
    refuse_bytes(made, size + 1, "a byte put in");
    free(made);
    return "a byte put in";
}

static const char *leave_out(const char *all, size_t size)
{
    char *made = malloc(size);
    size_t at = draw((uint32_t)size);
    memcpy(made, all, at);
    memcpy(made + at, all + at + 1, size - at - 1);
    refuse_bytes(made, size - 1, "a byte left out");
    free(made);
    return "a byte left out";
}

typedef const char *(*byte_change)(const char *all, size_t size);
static const byte_change byte_changes[] = {flip, cut, put_in, leave_out};

/* ---- what is signed again: a change tells what it did; NULL where there is nothing to do it to
 * ---- */

static const char *drop(text *in)
{
    drop_line(in, draw((uint32_t)in->count));
    return "a line dropped";
}

static const char *double_line(text *in)
{
    size_t at = draw((uint32_t)in->count);
    insert_line(in, draw((uint32_t)in->count + 1), in->lines[at]);
    return "a line doubled";
}

static const char *swap(text *in)
{
    size_t a = draw((uint32_t)in->count), b = draw((uint32_t)in->count);
    if (strcmp(in->lines[a], in->lines[b]) == 0)
        return NULL;
    swap_lines(in, a, b);
    return "two lines swapped";
}

/* A digit is another: of a number it is another number. */
static const char *change_digit(text *in)
{
    size_t at = draw((uint32_t)in->count), length = strlen(in->lines[at]);
    size_t from = draw((uint32_t)length);
    for (size_t i = 0; i < length; i++) {
        char *digit = &in->lines[at][(from + i) % length];
        if (*digit >= '0' && *digit <= '9') {
            *digit = (char)('0' + (*digit - '0' + 1 + (int)draw(9)) % 10);
            return "a digit changed";
        }
    }
    return NULL;
}

static size_t line_of_centre(const text *in, const char *id)
{
    for (size_t i = 0; i < in->count; i++) {
        if (!is_kind(in, i, "centre"))
            continue;
        char *other = field_of(in, i, 0);
        bool is_it = strcmp(id, other) == 0;
        free(other);
        if (is_it)
            return i;
    }
    ck_abort_msg("no centre %s", id);
}

static size_t centre_of(const text *in, size_t pupil_line)
{
    char *id = field_of(in, pupil_line, 1);
    size_t line = line_of_centre(in, id);
    free(id);
    return line;
}

static int64_t way(const text *in, size_t place, size_t centre)
{
    edu_allocation_site a = {"a", "", number_of(in, place, 2), number_of(in, place, 3), 0, 0};
    edu_allocation_site b = {"b", "", number_of(in, centre, 2), number_of(in, centre, 3), 0, 0};
    return edu_allocation_distance(&a, &b);
}

/* Moves a pupil with all that follows from it; only whether it should be is left to be seen. */
static void move_pupil(text *in, size_t pupil_line, size_t to)
{
    size_t place = place_of(in, pupil_line);
    char *before = field_of(in, pupil_line, 1), *after = field_of(in, to, 0);
    size_t from = line_of_centre(in, before);
    add_to_field(in, from, 5, -1);
    add_to_field(in, to, 5, 1);
    add_to_field(in, any_line(in, "cost"), 0, way(in, place, to) - way(in, place, from));
    set_field(in, pupil_line, 1, after);
    free(before);
    free(after);
}

static const char *other_centre(text *in)
{
    size_t line = any_line(in, "pupil"), to = any_line(in, "centre");
    char *id = field_of(in, to, 0), *own = field_of(in, line, 1);
    bool is_other = strcmp(id, own) != 0;
    free(id);
    free(own);
    if (!is_other)
        return NULL;
    move_pupil(in, line, to);
    return "a pupil at another centre";
}

/* Two pupils take each other's centre: nothing is over its capacity. */
static const char *exchange(text *in)
{
    size_t one = any_line(in, "pupil"), two = any_line(in, "pupil");
    char *a = field_of(in, one, 1), *b = field_of(in, two, 1);
    bool is_other = strcmp(a, b) != 0;
    if (is_other) {
        move_pupil(in, one, line_of_centre(in, b));
        move_pupil(in, two, line_of_centre(in, a));
    }
    free(a);
    free(b);
    return is_other ? "two pupils exchanged" : NULL;
}

/* Who of a school goes where is drawn too. */
static const char *exchange_at_home(text *in)
{
    size_t line = any_line(in, "pupil");
    if (!is_kind(in, line - 1, "pupil"))
        return NULL;
    char *a = field_of(in, line, 0), *b = field_of(in, line - 1, 0);
    set_field(in, line, 0, b);
    set_field(in, line - 1, 0, a);
    free(a);
    free(b);
    return "two pupils of a place exchanged";
}

static const char *other_rent(text *in)
{
    size_t at = any_line(in, "centre");
    int64_t more = draw(2) ? 1 + draw(1000) : -1 - (int64_t)draw(1000);
    if (number_of(in, at, 6) + more < 0)
        more = -more;
    add_to_field(in, at, 6, more);
    return "another rent";
}

/* All rents of the island or the mainland: the differences stay. */
static const char *other_rents(text *in)
{
    size_t chosen = any_line(in, "centre");
    char *zone = field_of(in, chosen, 1);
    for (size_t i = 0; i < in->count; i++) {
        char *other = is_kind(in, i, "centre") ? field_of(in, i, 1) : NULL;
        if (other && strcmp(other, zone) == 0)
            add_to_field(in, i, 6, 1);
        free(other);
    }
    free(zone);
    return "all rents of a zone higher";
}

static const char *other_cost(text *in)
{
    add_to_field(in, any_line(in, "cost"), 0, draw(2) ? 1 : -1);
    return "another cost";
}

static const char *other_count(text *in)
{
    static const char *const kinds[] = {"pupils", "places", "centres"};
    add_to_field(in, any_line(in, kinds[draw(3)]), 0, draw(2) ? 1 : -1);
    return "another count";
}

static const char *other_load(text *in)
{
    add_to_field(in, any_line(in, "centre"), 5, draw(2) ? 1 : -1);
    return "another load";
}

/* A full centre loses a seat, or one with a rent has one more: nothing else changes. */
static const char *other_capacity(text *in)
{
    size_t at = any_line(in, "centre");
    bool is_full = number_of(in, at, 4) == number_of(in, at, 5);
    if (!is_full || number_of(in, at, 4) == 0)
        return NULL;
    add_to_field(in, at, 4, number_of(in, at, 6) > 0 && draw(2) ? 1 : -1);
    return "another capacity";
}

static const char *other_zone(text *in)
{
    size_t at = any_line(in, "place");
    char *zone = field_of(in, at, 1);
    set_field(in, at, 1, zone[0] ? "" : "island");
    free(zone);
    return "another zone";
}

static const char *other_seed(text *in)
{
    size_t at = any_line(in, "seed");
    char digits[9], commitment[65];
    snprintf(digits, sizeof digits, "%08x", draw(UINT32_MAX));
    set_field(in, at, 0, digits);
    if (draw(2)) {
        hash_of(digits, strlen(digits), commitment);
        set_field(in, any_line(in, "commitment"), 0, commitment);
    }
    return "another seed";
}

/* Somebody at a centre with a rent is left out, and every number put right: it is no longer full.
 */
static const char *leave_pupil(text *in)
{
    size_t line = any_line(in, "pupil"), place = place_of(in, line), at = centre_of(in, line);
    if (number_of(in, at, 6) == 0 || number_of(in, place, 4) == 1)
        return NULL;
    add_to_field(in, at, 5, -1);
    add_to_field(in, any_line(in, "cost"), 0, -way(in, place, at));
    add_to_field(in, any_line(in, "pupils"), 0, -1);
    add_to_field(in, place, 4, -1);
    drop_line(in, line);
    return "a pupil left out";
}

/* A pupil stands twice, every number put right. */
static const char *double_pupil(text *in)
{
    size_t line = any_line(in, "pupil"), place = place_of(in, line), at = centre_of(in, line);
    add_to_field(in, at, 4, 1);
    add_to_field(in, at, 5, 1);
    add_to_field(in, any_line(in, "cost"), 0, way(in, place, at));
    add_to_field(in, any_line(in, "pupils"), 0, 1);
    add_to_field(in, place, 4, 1);
    insert_line(in, line, in->lines[line]);
    return "a pupil doubled";
}

/* The right number, written in another way. */
static const char *other_form(text *in)
{
    size_t at = any_line(in, "place"), field = 2 + draw(3);
    char *number = field_of(in, at, field), made[40];
    const char *ahead[] = {"0", "+", " ", "-0"};
    snprintf(made, sizeof made, "%s%s", ahead[draw(4)], number);
    set_field(in, at, field, made);
    free(number);
    return "a number in another form";
}

typedef const char *(*line_change)(text *in);
/* In these the hash of the list is put right too; in those behind them it is that of before. */
static const line_change line_changes[] = {
    other_centre, exchange,   exchange_at_home, other_rent,  other_rents,  other_cost, other_count,
    other_load,   other_zone, other_capacity,   leave_pupil, double_pupil, other_form, other_seed};

static const char *other_pupil(text *in)
{
    size_t line = any_line(in, "pupil");
    char *id = field_of(in, line, 0);
    size_t at = draw(40);
    id[at] = id[at] == 'a' ? 'b' : 'a';
    set_field(in, line, 0, id);
    free(id);
    return "another pupil";
}

static const line_change listed_changes[] = {other_pupil};

/* ---- whole transcripts of what is not the answer ---- */

/* By place, then centre. */
typedef struct sheet {
    int64_t sent[80][40];
    size_t rows, columns;
} sheet;

static int by_id(const void *a, const void *b, void *sites)
{
    const edu_allocation_site *all = sites;
    return strcmp(all[*(const size_t *)a].id, all[*(const size_t *)b].id);
}

static void sorted(const edu_allocation_site *sites, size_t count, size_t *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = i;
    qsort_r(out, count, sizeof *out, by_id, (void *)(uintptr_t)sites);
}

static sheet sheet_of(const edu_allocation_result *result)
{
    sheet of = {.rows = place_count, .columns = centre_count};
    ck_assert(of.rows <= 80 && of.columns <= 40);
    for (size_t f = 0; f < result->flow_count; f++)
        of.sent[result->flows[f].place][result->flows[f].centre] = result->flows[f].pupils;
    return of;
}

/* Right in form, order, sums and signature. */
static text write_sheet(const sheet *of, const int64_t *rents)
{
    static edu_allocation_flow flows[80 * 40];
    size_t rows[80], columns[40];
    edu_allocation_problem given = problem();
    edu_allocation_result result = {.flows = flows, .rents = rents};
    sorted(places, of->rows, rows);
    sorted(centres, of->columns, columns);
    for (size_t i = 0; i < of->rows; i++)
        for (size_t k = 0; k < of->columns; k++) {
            int64_t pupils = of->sent[rows[i]][columns[k]];
            if (pupils == 0)
                continue;
            flows[result.flow_count++] = (edu_allocation_flow){rows[i], columns[k], pupils};
            result.pupils += pupils;
            result.cost_m +=
                pupils * edu_allocation_distance(&places[rows[i]], &centres[columns[k]]);
        }
    return write_transcript(&given, &result);
}

static bool is_of_zone(size_t place, size_t centre)
{
    const char *zone = places[place].zone ? places[place].zone : "";
    return strcmp(zone, centres[centre].zone) == 0;
}

/* One of a place goes elsewhere, into an empty seat or in exchange with somebody there. */
static bool shift(sheet *of)
{
    size_t i = draw((uint32_t)of->rows), from = draw((uint32_t)of->columns),
           to = draw((uint32_t)of->columns), other = draw((uint32_t)of->rows);
    int64_t there = 0;
    for (size_t row = 0; row < of->rows; row++)
        there += of->sent[row][to];
    if (from == to || of->sent[i][from] == 0 || !is_of_zone(i, to))
        return false;
    if (there == centres[to].count) {
        if (other == i || of->sent[other][to] == 0 || !is_of_zone(other, from))
            return false;
        of->sent[other][to]--;
        of->sent[other][from]++;
    }
    of->sent[i][from]--;
    of->sent[i][to]++;
    return true;
}

/* Every allocation but the one is refused: it costs more, or is not drawn. With the rents of the
 * right one. */
static int refuse_other_allocations(int wanted)
{
    edu_allocation_result *result = solve();
    int refused = 0;
    for (int tries = 0; refused < wanted && tries < 2000; tries++) {
        sheet other = sheet_of(result);
        bool is_other = shift(&other);
        while (is_other && draw(3) == 0)
            (void)shift(&other);
        sheet good = sheet_of(result);
        if (!is_other || memcmp(&good, &other, sizeof good) == 0)
            continue;
        text made = write_sheet(&other, result->rents);
        refuse_text(&made, "another allocation, whole");
        free_text(&made);
        refused++;
    }
    edu_free(result);
    return refused;
}

/* ---- mutations ---- */

typedef struct changed {
    int by_bytes, unsigned_lines, by_stranger, by_right_key, whole;
} changed;

static void mutate_bytes(const char *all, changed *count)
{
    byte_changes[draw((uint32_t)EI_COUNT(byte_changes))](all, strlen(all));
    count->by_bytes++;
}

static void mutate_lines(const text *good, changed *count)
{
    static const line_change changes[] = {drop, double_line, swap, change_digit};
    text made = copy_of(good);
    const char *what = changes[draw((uint32_t)EI_COUNT(changes))](&made);
    if (what) {
        refuse_text(&made, what);
        count->unsigned_lines++;
    }
    free_text(&made);
}

/* Right in everything, but not signed by who may. */
static void mutate_signer(const text *good, changed *count)
{
    text made = copy_of(good);
    sign(&made, &stranger, true);
    if (draw(2)) /* under the name of who may */
        set_field(&made, made.count - 2, 0, signer.key_id);
    refuse_text(&made, "signed by a stranger");
    count->by_stranger++;
    free_text(&made);
}

static void mutate_meaning(const text *good, changed *count)
{
    size_t all = EI_COUNT(line_changes) + EI_COUNT(listed_changes);
    size_t which = draw((uint32_t)all);
    bool with_list = which < EI_COUNT(line_changes);
    text made = copy_of(good);
    const char *what = with_list ? line_changes[which](&made)
                                 : listed_changes[which - EI_COUNT(line_changes)](&made);
    if (what) {
        sign(&made, &signer, with_list);
        refuse_text(&made, what);
        count->by_right_key++;
    }
    free_text(&made);
}

static int total(const changed *count)
{
    return count->by_bytes + count->unsigned_lines + count->by_stranger + count->by_right_key +
           count->whole;
}

START_TEST(every_change_is_refused)
{
    int wanted = is_nightly() ? MUTATIONS_NIGHTLY : MUTATIONS_DAILY;
    changed count = {0};
    state = 5;
    while (total(&count) < wanted) {
        if (draw(2))
            make_schools(20 + draw(40), 4 + draw(12));
        else
            make_random(20 + draw(20), 2 + draw(6), 5, draw(2) ? 4 : 0);
        text good = solved();
        char *all = join(&good);
        accept(&good);
        for (int n = 0; n < 40 && total(&count) < wanted; n++) {
            mutate_bytes(all, &count);
            mutate_lines(&good, &count);
            mutate_signer(&good, &count);
            for (int again = 0; again < 3; again++)
                mutate_meaning(&good, &count);
        }
        count.whole += refuse_other_allocations(40);
        free(all);
        free_text(&good);
    }
    printf("# %d mutations refused: %d of bytes, %d of lines, %d signed by a stranger, %d lines "
           "signed by "
           "the right key, %d whole allocations signed by the right key\n",
           total(&count), count.by_bytes, count.unsigned_lines, count.by_stranger,
           count.by_right_key, count.whole);
}
END_TEST

/* Each check by itself: what is refused is refused for that. */
START_TEST(what_is_wrong_is_said)
{
    static const struct {
        line_change change;
        const char *key;
    } cases[] = {{other_cost, "transcript.cost"},
                 {exchange_at_home, "transcript.order"},
                 {other_form, "transcript.form"},
                 {other_load, "transcript.count"},
                 {double_pupil, "transcript.order"}};
    state = 9;
    make_schools(40, 12);
    text good = solved();
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        text made = copy_of(&good);
        while (!cases[i].change(&made))
            ;
        sign(&made, &signer, true);
        refuse_with(&made, cases[i].key);
        free_text(&made);
    }
    text made = copy_of(&good);
    char *digits = field_of(&made, any_line(&made, "list"), 0);
    digits[0] = digits[0] == '0' ? '1' : '0';
    set_field(&made, any_line(&made, "list"), 0, digits);
    sign(&made, &signer, false);
    refuse_with(&made, "transcript.list");
    free(digits);
    free_text(&made);
    made = copy_of(&good);
    set_field(&made, any_line(&made, "seed"), 0, "0a");
    sign(&made, &signer, true);
    refuse_with(&made, "transcript.seed");
    free_text(&made);
    made = copy_of(&good);
    sign(&made, &stranger, true);
    refuse_with(&made, "transcript.key");
    set_field(&made, made.count - 2, 0, signer.key_id);
    refuse_with(&made, "transcript.signature");
    free_text(&made);
    free_text(&good);
}
END_TEST

/* Two that are as good as each other: the one that the seed does not draw is refused. */
START_TEST(another_optimum_is_refused)
{
    clear();
    add_place(0, 0, 1, "");
    add_place(0, 0, 1, "");
    add_centre(0, 5, 1, "");
    add_centre(5, 0, 1, "");
    text made = solved();
    accept(&made);
    size_t lines[2], count = 0;
    for (size_t i = 0; i < made.count; i++)
        if (is_kind(&made, i, "pupil"))
            lines[count++] = i;
    char *a = field_of(&made, lines[0], 1), *b = field_of(&made, lines[1], 1);
    set_field(&made, lines[0], 1, b);
    set_field(&made, lines[1], 1, a);
    sign(&made, &signer, true);
    refuse_with(&made, "transcript.not_drawn");
    free(a);
    free(b);
    free_text(&made);
}
END_TEST

START_TEST(a_rent_that_proves_and_is_not_smallest_is_refused)
{
    clear();
    add_place(0, 0, 1, "");
    add_centre(0, 0, 1, "");
    add_centre(100, 0, 1, "");
    text made = solved();
    accept(&made);
    size_t near = line_of_centre(&made, "c0");
    ck_assert_int_eq(number_of(&made, near, 6), 0);
    set_field(&made, near, 6, "50");
    sign(&made, &signer, true);
    refuse_with(&made, "transcript.rent");
    free_text(&made);
}
END_TEST

/* ---- bounds ---- */

typedef struct watch {
    int calls, stop_at;
} watch;

static bool stop(void *context, const char *stage, int64_t done, int64_t all)
{
    watch *over = context;
    (void)stage;
    ck_assert_int_le(done, all);
    return ++over->calls != over->stop_at;
}

/* At each point at which it tells how far it is: no report, and nothing left of the work. */
START_TEST(it_can_be_stopped_and_says_how_far_it_is)
{
    const edu_allocator counting = {counted, counted_again, count_free};
    watch whole = {0};
    state = 1;
    make_schools(9000, 40);
    text made = solved();
    char *all = join(&made), path[64];
    int file = memfd_create("transcript", MFD_CLOEXEC);
    ck_assert_int_eq(write(file, all, strlen(all)), (ssize_t)strlen(all));
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    edu_allocator_set(&counting);
    for (int at = 0; at <= whole.calls; at++) {
        watch over = {.stop_at = at};
        edu_transcript_report *report = NULL;
        edu_error error = EDU_ERROR_INIT;
        blocks_held = 0;
        ck_assert_int_eq(
            edu_transcript_check(path, keys, NULL, (edu_progress){stop, &over}, &report, &error),
            at ? EDU_E_CANCELLED : EDU_OK);
        ck_assert(at ? report == NULL : report != NULL);
        edu_free(report);
        ck_assert_int_eq(blocks_held, 0);
        whole = at ? whole : over;
    }
    edu_allocator_set(NULL);
    ck_assert_int_gt(whole.calls, 5);
    close(file);
    free(all);
    free_text(&made);
}
END_TEST

START_TEST(what_is_no_transcript_is_refused)
{
    static char long_line[5000];
    edu_error error = EDU_ERROR_INIT;
    edu_transcript_report *report = NULL;
    memset(long_line, 'x', sizeof long_line);
    refuse_bytes("", 0, "nothing");
    refuse_bytes("\n", 1, "a line end");
    refuse_bytes(long_line, sizeof long_line, "a long line");
    refuse_bytes("edu-transcript\t2\n", 17, "another version");
    ck_assert_int_eq(
        edu_transcript_check("/nowhere/at/all", keys, NULL, (edu_progress){0}, &report, &error),
        EDU_E_IO);
    ck_assert_int_eq(
        edu_transcript_check("/dev/null", "{}", NULL, (edu_progress){0}, &report, &error),
        EDU_E_INVALID);
    ck_assert_str_eq(error.key, "credential.keys");
    ck_assert_int_eq(edu_transcript_check(NULL, keys, NULL, (edu_progress){0}, &report, &error),
                     EDU_E_INVALID);
}
END_TEST

static char *key_set(const ei_signer *of)
{
    char x[sodium_base64_ENCODED_LEN(EI_PUBLIC_KEY, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    ei_buffer out = {0};
    sodium_bin2base64(x, sizeof x, of->public_key, EI_PUBLIC_KEY,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    ei_buffer_printf(
        &out, "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"%s\",\"x\":\"%s\"}]}",
        of->key_id, x);
    return out.data;
}

int main(void)
{
    static const uint8_t one[EI_SEED] = {1}, two[EI_SEED] = {2};
    Suite *suite = suite_create("transcript");
    TCase *tests = tcase_create("transcript");
    if (ei_security_init(NULL) != EDU_OK)
        return 1;
    signer = ei_signer_of_seed(one);
    stranger = ei_signer_of_seed(two);
    keys = key_set(&signer);
    tcase_set_timeout(tests, 600);
    tcase_add_test(tests, what_is_written_is_accepted);
    tcase_add_test(tests, an_empty_problem_has_a_transcript);
    tcase_add_test(tests, a_pupil_finds_their_line);
    tcase_add_test(tests, every_change_is_refused);
    tcase_add_test(tests, what_is_wrong_is_said);
    tcase_add_test(tests, another_optimum_is_refused);
    tcase_add_test(tests, a_rent_that_proves_and_is_not_smallest_is_refused);
    tcase_add_test(tests, it_can_be_stopped_and_says_how_far_it_is);
    tcase_add_test(tests, what_is_no_transcript_is_refused);
    suite_add_tcase(suite, tests);
    int status = tap_run(suite);
    ei_free(keys);
    return status;
}
