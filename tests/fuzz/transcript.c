/* Transcripts of allocations. The first byte says whether the text behind it is checked as it
 * stands, or with its seed committed to, its list hashed and all signed by a good key: so that what
 * is refused then is refused for what it says. What is accepted is what solving gives. */
#include "sites.h"

#include <sys/mman.h>
#include <sodium.h>
#include <unistd.h>
#include <edu/credential.h>
#include "allocation/transcript.h"
#include "security/security.h"

#define SIGNED_AT INT64_C(1764300000000000)

static ei_signer signer;
static char *keys;

static void make_keys(void)
{
    static const uint8_t seed[EI_SEED] = {1};
    char x[sodium_base64_ENCODED_LEN(EI_PUBLIC_KEY, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    ei_buffer text = {0};
    if (keys)
        return;
    MUST(ei_security_init(NULL) == EDU_OK);
    signer = ei_signer_of_seed(seed);
    sodium_bin2base64(x, sizeof x, signer.public_key, EI_PUBLIC_KEY,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    ei_buffer_printf(
        &text, "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"%s\",\"x\":\"%s\"}]}",
        signer.key_id, x);
    keys = text.data;
}

/* ---- what follows from the lines ---- */

static const char *find(const char *text, const char *line)
{
    const char *found = strstr(text, line);
    return found ? found + strlen(line) : NULL;
}

static void commit(char *text)
{
    char *commitment = (char *)(uintptr_t)find(text, "\ncommitment\t");
    const char *seed = find(text, "\nseed\t");
    uint8_t hash[32];
    char digits[65];
    if (!commitment || !seed || strcspn(commitment, "\n") != 64)
        return;
    crypto_hash_sha256(hash, (const uint8_t *)seed, strcspn(seed, "\n"));
    ei_hex_format(hash, sizeof hash, digits);
    memcpy(commitment, digits, 64);
}

/* A field of a line, as a text; "" where there is none. */
static void take_field(const char *line, size_t field, char out[256])
{
    size_t length = strcspn(line, "\n"), at = 0;
    for (; field > 0 && at < length; at++)
        field -= line[at] == '\t';
    size_t size = strcspn(line + at, "\t\n");
    snprintf(out, 256, "%.*s", at < length ? (int)(size < 255 ? size : 255) : 0, line + at);
}

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return *line ? line + 1 : line;
}

static void hash_list(const char *text, uint8_t hash[32])
{
    crypto_hash_sha256_state list;
    char place[256] = "", id[256];
    crypto_hash_sha256_init(&list);
    for (const char *line = text; *line; line = next_line(line)) {
        if (strncmp(line, "place\t", 6) == 0)
            take_field(line, 1, place);
        if (strncmp(line, "pupil\t", 6) != 0)
            continue;
        take_field(line, 1, id);
        if (strlen(id) == 40)
            ei_transcript_list_update(&list, id, place);
    }
    crypto_hash_sha256_final(&list, hash);
}

static void sign(ei_buffer *out)
{
    uint8_t hash[32], signature[EI_SIGNATURE];
    char text[EI_TRANSCRIPT_SIGNED];
    hash_list(out->data ? out->data : "", hash);
    ei_transcript_list_write(out, hash);
    crypto_hash_sha256(hash, (const uint8_t *)out->data, out->size);
    ei_transcript_signed(hash, SIGNED_AT, signer.key_id, text);
    MUST(ei_sign(&signer, text, strlen(text), signature, NULL) == EDU_OK);
    ei_transcript_end_write(out, text, signature);
}

/* ---- what was accepted ---- */

typedef struct accepted {
    edu_allocation_site sites[2][SITES_MOST]; /* places, centres */
    char ids[2][SITES_MOST][256], zones[2][SITES_MOST][256];
    size_t count[2];
    edu_allocation_flow flows[SITES_MOST * SITES_MOST];
} accepted;

static bool add_site(accepted *to, int kind, const char *line)
{
    size_t at = to->count[kind]++;
    char number[3][256];
    if (at == SITES_MOST)
        return false;
    take_field(line, 1, to->ids[kind][at]);
    take_field(line, 2, to->zones[kind][at]);
    for (size_t n = 0; n < 3; n++)
        take_field(line, 3 + n, number[n]);
    to->sites[kind][at] =
        (edu_allocation_site){to->ids[kind][at], to->zones[kind][at], atoll(number[0]),
                              atoll(number[1]),  atoll(number[2]),    0};
    return true;
}

static void add_pupil(accepted *to, const char *line)
{
    char centre[256];
    take_field(line, 2, centre);
    for (size_t k = 0; k < to->count[1]; k++)
        to->flows[(to->count[0] - 1) * SITES_MOST + k].pupils += strcmp(centre, to->ids[1][k]) == 0;
}

/* Few sites only. */
static void solve_again(const char *text, const edu_transcript_report *report)
{
    accepted *all = calloc(1, sizeof *all);
    edu_allocation_result *result = NULL;
    uint8_t seed[64];
    bool fits = true;
    MUST(all);
    for (const char *line = text; fits && *line; line = next_line(line)) {
        if (strncmp(line, "centre\t", 7) == 0 || strncmp(line, "place\t", 6) == 0)
            fits = add_site(all, line[0] == 'c', line);
        else if (strncmp(line, "pupil\t", 6) == 0)
            add_pupil(all, line);
    }
    int size = ei_hex_parse(report->seed, seed, sizeof seed);
    edu_allocation_problem problem = {all->count[0], all->count[1], all->sites[0],
                                      all->sites[1], seed,          (size_t)size};
    if (fits) {
        MUST(edu_allocation_solve(&problem, (edu_progress){0}, &result, NULL) == EDU_OK);
        MUST(result->cost_m == report->cost_m && result->pupils == report->pupils);
        for (size_t f = 0; f < result->flow_count; f++)
            MUST(all->flows[result->flows[f].place * SITES_MOST + result->flows[f].centre].pupils ==
                 result->flows[f].pupils);
    }
    edu_free(result);
    free(all);
}

static void check(const char *text, size_t size, bool is_signed)
{
    char path[64];
    edu_transcript_report *report = NULL;
    edu_error error = EDU_ERROR_INIT;
    int file = memfd_create("transcript", MFD_CLOEXEC);
    MUST(file >= 0 && write(file, text, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    edu_status status = edu_transcript_check(path, keys, "0123456789012345678901234567890123456789",
                                             (edu_progress){0}, &report, &error);
    close(file);
    fuzz_refused(status, &error);
    MUST((status == EDU_OK) == (report != NULL));
    if (is_signed)
        MUST(status != EDU_E_CRYPTO);
    if (status == EDU_OK)
        solve_again(text, report);
    edu_free(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    edu_bytes rest = {data, size};
    make_keys();
    if (fuzz_byte(&rest) % 2 == 0) {
        char *text = malloc(rest.size + 1);
        MUST(text);
        memcpy(text, rest.size ? rest.data : "", rest.size);
        text[rest.size] = '\0';
        check(text, rest.size, false);
        free(text);
        return 0;
    }
    char *text = fuzz_text(&rest);
    ei_buffer all = {0};
    commit(text);
    const char *end = strstr(text, "\nlist\t");
    ei_buffer_add(&all, text, end ? (size_t)(end + 1 - text) : strlen(text));
    ei_buffer_text(&all, "");
    sign(&all);
    check(all.data, all.size, true);
    ei_buffer_free(&all);
    free(text);
    return 0;
}
