/* A million pupils in a transcript, written, and checked in one pass. The peer of the check reads
 * and hashes the same bytes; that of its memory is the check of a tenth of the pupils. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sodium.h>
#include <edu/credential.h>
#include "allocation/lot.h"
#include "allocation/transcript.h"
#include "allocation_rows.h"
#include "security/security.h"

#define SALT "00112233445566778899aabbccddeeff"
#define SIGNED_AT INT64_C(1764300000000000)
#define CHUNK 65536

static const char seed_digits[] = "62656e636800"; /* "bench" and a zero */
static const uint8_t key_seed[EI_SEED] = {7};

/* ---- writing ---- */

typedef struct drawn {
    uint64_t lot;
    char id[EI_TRANSCRIPT_ID_TEXT];
} drawn;

typedef struct writing {
    FILE *file;
    ei_buffer buffer;
    ei_lot_key key;
    drawn *pupils;
    size_t room;
    crypto_hash_sha256_state hash, list;
} writing;

static void flush(writing *to)
{
    crypto_hash_sha256_update(&to->hash, (const uint8_t *)to->buffer.data, to->buffer.size);
    if (to->buffer.failed ||
        fwrite(to->buffer.data, 1, to->buffer.size, to->file) != to->buffer.size)
        bench_fail("cannot write the transcript");
    to->buffer.size = 0;
}

static int by_lot(const void *a, const void *b)
{
    const drawn *x = a, *y = b;
    return x->lot != y->lot ? (x->lot > y->lot) - (x->lot < y->lot) : strcmp(x->id, y->id);
}

static void draw(writing *to, const edu_allocation_site *place)
{
    if ((size_t)place->count > to->room) {
        to->room = (size_t)place->count * 2;
        to->pupils = realloc(to->pupils, to->room * sizeof *to->pupils);
        if (!to->pupils)
            bench_fail("out of memory");
    }
    for (int64_t n = 0; n < place->count; n++) {
        uint8_t id[EI_TRANSCRIPT_ID];
        char name[24];
        snprintf(name, sizeof name, "%" PRId64, n);
        ei_transcript_pupil_id(name, place->id, SALT, id);
        ei_hex_format(id, sizeof id, to->pupils[n].id);
        to->pupils[n].lot = ei_lot(&to->key, "pupil", to->pupils[n].id);
    }
    qsort(to->pupils, (size_t)place->count, sizeof *to->pupils, by_lot);
}

static void write_pupils(writing *to, const edu_allocation_problem *problem,
                         const edu_allocation_result *result)
{
    size_t place = SIZE_MAX;
    const drawn *next = NULL;
    for (size_t f = 0; f < result->flow_count; f++) {
        const edu_allocation_flow *flow = &result->flows[f];
        const edu_allocation_site *from = &problem->places[flow->place];
        if (flow->place != place) {
            place = flow->place;
            draw(to, from);
            next = to->pupils;
            ei_transcript_place_write(&to->buffer, from);
        }
        for (int64_t n = 0; n < flow->pupils; n++, next++) {
            ei_transcript_pupil_write(&to->buffer, next->id, problem->centres[flow->centre].id);
            ei_transcript_list_update(&to->list, next->id, from->id);
        }
        if (to->buffer.size > CHUNK)
            flush(to);
    }
}

static void write_head(writing *to, const edu_allocation_problem *problem,
                       const edu_allocation_result *result)
{
    char commitment[65];
    uint8_t hash[32];
    int64_t *loads = calloc(problem->centre_count, sizeof *loads);
    crypto_hash_sha256(hash, (const uint8_t *)seed_digits, strlen(seed_digits));
    ei_hex_format(hash, sizeof hash, commitment);
    ei_transcript_head head = {.issuer = "bench",
                               .subject = "bench",
                               .commitment = commitment,
                               .seed = seed_digits,
                               .cost_m = result->cost_m,
                               .pupils = result->pupils,
                               .centres = (int64_t)problem->centre_count,
                               .places = (int64_t)problem->place_count};
    ei_transcript_head_write(&to->buffer, &head);
    for (size_t f = 0; f < result->flow_count; f++)
        loads[result->flows[f].centre] += result->flows[f].pupils;
    for (size_t k = 0; k < problem->centre_count; k++)
        ei_transcript_centre_write(&to->buffer, &problem->centres[k], loads[k], result->rents[k]);
    free(loads);
}

static void write_end(writing *to)
{
    ei_signer signer = ei_signer_of_seed(key_seed);
    uint8_t hash[32], signature[EI_SIGNATURE];
    char text[EI_TRANSCRIPT_SIGNED];
    edu_error error = EDU_ERROR_INIT;
    crypto_hash_sha256_final(&to->list, hash);
    ei_transcript_list_write(&to->buffer, hash);
    flush(to);
    crypto_hash_sha256_final(&to->hash, hash);
    ei_transcript_signed(hash, SIGNED_AT, signer.key_id, text);
    bench_check(ei_sign(&signer, text, strlen(text), signature, &error), &error, "signing");
    ei_transcript_end_write(&to->buffer, text, signature);
    flush(to);
}

int transcript_write(const char *name, const char *path)
{
    edu_allocation_problem problem = allocation_problem(name);
    edu_allocation_result *result;
    edu_error error = EDU_ERROR_INIT;
    bench_check(edu_allocation_solve(&problem, (edu_progress){NULL, NULL}, &result, &error), &error,
                "an allocation");
    double from = instance_seconds();
    writing to = {.file = fopen(path, "wb")};
    if (!to.file)
        bench_fail("cannot write %s", path);
    crypto_hash_sha256_init(&to.hash);
    crypto_hash_sha256_init(&to.list);
    ei_lot_key_make(problem.seed, problem.seed_size, &to.key);
    write_head(&to, &problem, result);
    write_pupils(&to, &problem, result);
    write_end(&to);
    if (fclose(to.file) != 0)
        bench_fail("cannot write %s", path);
    instance_print(result->pupils, instance_seconds() - from);
    free(to.pupils);
    ei_buffer_free(&to.buffer);
    edu_free(result);
    return 0;
}

/* ---- checking ---- */

int transcript_check(const char *path)
{
    ei_signer signer = ei_signer_of_seed(key_seed);
    char x[sodium_base64_ENCODED_LEN(EI_PUBLIC_KEY, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    char keys[256];
    edu_transcript_report *report;
    edu_error error = EDU_ERROR_INIT;
    sodium_bin2base64(x, sizeof x, signer.public_key, EI_PUBLIC_KEY,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    snprintf(keys, sizeof keys,
             "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"%s\",\"x\":\"%s\"}]}",
             signer.key_id, x);
    double from = instance_seconds();
    bench_check(edu_transcript_check(path, keys, NULL, (edu_progress){NULL, NULL}, &report, &error),
                &error, "the transcript");
    instance_print(report->pupils, instance_seconds() - from);
    edu_free(report);
    return 0;
}

int transcript_hash(const char *path)
{
    static unsigned char chunk[CHUNK];
    crypto_hash_sha256_state state;
    uint8_t hash[32];
    int64_t size = 0;
    double from = instance_seconds();
    FILE *file = fopen(path, "rb");
    if (!file)
        bench_fail("cannot read %s", path);
    crypto_hash_sha256_init(&state);
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, file)) > 0; size += (int64_t)got)
        crypto_hash_sha256_update(&state, chunk, got);
    crypto_hash_sha256_final(&state, hash);
    fclose(file);
    instance_print(size, instance_seconds() - from);
    return 0;
}

/* ---- the comparison ---- */

typedef struct measured {
    int64_t count;
    double seconds, kilobytes;
} measured;

static measured run(const char *self, const char *what, const char *name, const char *path)
{
    char command[8192];
    measured out;
    snprintf(command, sizeof command, "%s --transcript-%s %s %s", self, what, name, path);
    FILE *pipe = popen(command, "r");
    if (!pipe ||
        fscanf(pipe, "%" SCNd64 " %lf %lf", &out.count, &out.seconds, &out.kilobytes) != 3 ||
        pclose(pipe) != 0)
        bench_fail("%s failed", command);
    return out;
}

static void print_row(const char *row, double ours, const char *unit, const char *peer,
                      double theirs)
{
    printf("{\"bench\":\"allocation.transcript.%s\",\"value\":%.4f,\"unit\":\"%s\",\"peer\":\"%s\","
           "\"peer_value\":%.4f,\"ratio\":%.2f}\n",
           row, ours, unit, peer, theirs, theirs / ours);
    fflush(stdout);
}

/* The check of one, having printed its row. */
static measured compare(const char *self, const char *folder, const char *name)
{
    char path[4096], row[128];
    snprintf(path, sizeof path, "%s/transcript-%s.txt", folder, name);
    measured written = run(self, "write", name, path), check = run(self, "check", name, path),
             hashed = run(self, "hash", name, path);
    if (check.count != written.count)
        bench_fail("%s: not everybody is in it", name);
    snprintf(row, sizeof row, "%s.write", name);
    print_row(row, written.seconds, "seconds of processor time", "hashing the same bytes",
              hashed.seconds);
    snprintf(row, sizeof row, "%s.check", name);
    print_row(row, check.seconds, "seconds of processor time", "hashing the same bytes",
              hashed.seconds);
    unlink(path);
    return check;
}

void transcript_compare(const char *self, const char *folder)
{
    measured few = compare(self, folder, "homes_100000x1000");
    measured many = compare(self, folder, "homes_1000000x1000");
    (void)compare(self, folder, "groups_4500x1000");
    print_row("memory", many.kilobytes / 1024, "megabytes, 1,000,000 homes",
              "the same with 100,000", few.kilobytes / 1024);
}
