/* Papers as PDF: the library's against plain cairo and pango with the same layout, the QR code as
 * rectangles, one document a file. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sodium.h>
#include "bench.h"
#include "pdf_peer.h"

#define ROUNDS 3
#define SINGLE 100     /* papers a round */
#define SINGLE_PEER 40 /* the peer's */
#define BATCH 1000     /* papers in one file */
#define RECORD_BYTES 2000
#define MESSAGE_BYTES 300

static const ei_print_field fields[] = {
    {"Verilir", "", true},
    {"Təsdiq edilir",
     "Kamran İsa oğlu Mahmudov həqiqətən Bakı Dövlət Universitetində «Kompüter elmləri» ixtisası "
     "üzrə təhsil alır.",
     false},
    {"Müəssisə", "Bakı Dövlət Universiteti", false},
    {"İxtisas", "Kompüter elmləri", false},
    {"Təhsil səviyyəsi", "bakalavriat", false},
    {"Təhsilalma forması", "əyani", false},
    {"Tədris ili (kurs)", "3", false},
    {"Vəziyyət", "təhsil alır", false},
    {"Reyestr", "Ali təhsil", false},
    {"Verilmə tarixi", "27 noyabr 2026", false}};

static const ei_print_field details[] = {
    {"sənəd",
     "@context: https://www.w3.org/ns/credentials/v2, "
     "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json · id: "
     "https://portal.edu.example/V/7XWS5DECPM2Z758J3 · type: VerifiableCredential, "
     "OpenBadgeCredential · validFrom: 2026-11-27T17:48:21Z",
     false},
    {"credentialStatus",
     "id: https://portal.edu.example/status/1#102698 · statusListCredential: "
     "https://portal.edu.example/status/1 · statusListIndex: 102698 · statusPurpose: revocation · "
     "type: BitstringStatusListEntry",
     false},
    {"credentialSubject.achievement",
     "id: https://portal.edu.example/achievements/reference.higher_student/higher_student · type: "
     "Achievement",
     false},
    {"credentialSubject.achievement.resultDescription.0",
     "id: #institution · resultType: Result · type: ResultDescription", false},
    {"credentialSubject.achievement.resultDescription.1",
     "id: #programme · resultType: Result · type: ResultDescription", false},
    {"credentialSubject.achievement.resultDescription.2",
     "id: #degree · resultType: Result · type: ResultDescription", false},
    {"credentialSubject.identifier.0", "hashed: false · identityType: name · type: IdentityObject",
     false},
    {"credentialSubject.result.0", "resultDescription: #institution · type: Result", false},
    {"credentialSubject.result.1", "resultDescription: #programme · type: Result", false},
    {"credentialSubject.result.2", "resultDescription: #degree · type: Result", false},
    {"issuer", "id: did:web:portal.edu.example · type: Profile", false}};

/* One of many papers: name, number and code are its own. */
typedef struct sample {
    ei_print print;
    ei_print_field fields[EI_COUNT(fields)];
    char name[64], number[EI_PAPER_ID_TEXT], file[32], record[RECORD_BYTES + 1];
    ei_buffer qr;
} sample;

static void sample_make(sample *out)
{
    static const char *const names[] = {"Kamran Mahmudov", "Gülnarə Şıxəliyeva", "Əli Həsənzadə",
                                        "Züleyxa Çobanova", "İsmayıl Öztürk"};
    uint8_t bits[10], message[MESSAGE_BYTES];
    edu_error error = EDU_ERROR_INIT;
    *out = (sample){.name = ""};
    randombytes_buf(bits, sizeof bits);
    randombytes_buf(message, sizeof message);
    ei_paper_id_format(bits, out->number);
    snprintf(out->name, sizeof out->name, "%s", names[bits[0] % EI_COUNT(names)]);
    snprintf(out->file, sizeof out->file, "%s.json", out->number);
    for (size_t i = 0; i < RECORD_BYTES; i++)
        out->record[i] = (char)('!' + randombytes_uniform(90));
    bench_check(ei_qr_link("portal.edu.example", bits, (edu_bytes){message, sizeof message},
                           &out->qr, &error),
                &error, "making a code");
    memcpy(out->fields, fields, sizeof fields);
    out->fields[0].value = out->name;
    out->print = (ei_print){
        .language = "az",
        .issuer = "Təhsil portalı",
        .title = "Arayış",
        .subtitle = "Ali təhsil müəssisəsində təhsil alması barədə arayış",
        .fields = out->fields,
        .count = EI_COUNT(fields),
        .details_title = "İmzalanmış digər məlumatlar",
        .details = details,
        .detail_count = EI_COUNT(details),
        .qr = out->qr.data,
        .code_about = "QR kod",
        .number = out->number,
        .note = "Bu sənədi hər kəs yoxlaya bilər: kodu oxudun və ya yanındakı ünvanda nömrəni və "
                "doğum tarixini daxil edin.",
        .record = out->record,
        .record_name = out->file,
        .made = bench_now()};
}

/* Of the processor: nothing here waits, and others may be at work beside. */
static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static sample *samples_make(size_t count)
{
    sample *made = calloc(count, sizeof *made);
    if (!made)
        bench_fail("out of memory");
    for (size_t i = 0; i < count; i++)
        sample_make(&made[i]);
    return made;
}

static void keep(const char *path, const ei_buffer *pdf)
{
    FILE *file = path ? fopen(path, "wb") : NULL;
    if (file && (fwrite(pdf->data, 1, pdf->size, file) != pdf->size || fclose(file) != 0))
        bench_fail("cannot write %s", path);
}

/* Papers a second, one a file. */
static double ours_single(const sample *papers, const char *path)
{
    double from = seconds();
    for (int i = 0; i < SINGLE; i++) {
        edu_error error = EDU_ERROR_INIT;
        ei_buffer pdf = {0};
        bench_check(ei_print_pdf(&papers[i].print, &pdf, &error), &error, "printing");
        keep(i == 0 ? path : NULL, &pdf);
        ei_buffer_free(&pdf);
    }
    return SINGLE / (seconds() - from);
}

static double ours_batch(const sample *papers)
{
    double from = seconds();
    edu_error error = EDU_ERROR_INIT;
    ei_printer *printer;
    ei_buffer pdf = {0};
    bench_check(ei_printer_open(&papers[0].print, &printer, &error), &error, "opening a file");
    for (int i = 0; i < BATCH; i++)
        bench_check(ei_printer_add(printer, &papers[i].print, &error), &error, "printing");
    bench_check(ei_printer_close(printer, &pdf, &error), &error, "finishing a file");
    ei_buffer_free(&pdf);
    return BATCH / (seconds() - from);
}

static double peer_single(const sample *papers, const char *path)
{
    double from = seconds();
    for (int i = 0; i < SINGLE_PEER; i++) {
        ei_buffer pdf = {0};
        pdf_peer *peer = pdf_peer_open(&pdf);
        pdf_peer_add(peer, &papers[i].print);
        pdf_peer_close(peer);
        keep(i == 0 ? path : NULL, &pdf);
        ei_buffer_free(&pdf);
    }
    return SINGLE_PEER / (seconds() - from);
}

static double peer_batch(const sample *papers)
{
    double from = seconds();
    ei_buffer pdf = {0};
    pdf_peer *peer = pdf_peer_open(&pdf);
    for (int i = 0; i < BATCH; i++)
        pdf_peer_add(peer, &papers[i].print);
    pdf_peer_close(peer);
    ei_buffer_free(&pdf);
    return BATCH / (seconds() - from);
}

static void print_row(const char *name, double value, const char *peer, double other)
{
    printf("{\"bench\":\"%s\",\"value\":%.1f,\"unit\":\"papers per second of processor "
           "time\",\"peer\":\"%s\","
           "\"peer_value\":%.1f,\"ratio\":%.3f}\n",
           name, value, peer, other, value / other);
    fflush(stdout);
}

static bool is_wanted(int argc, char **argv, const char *name)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc == 0;
}

int main(int argc, char **argv)
{
    static const char single[] = "pdf.single", batch[] = "pdf.batch1000";
    double ours[ROUNDS], many[ROUNDS], theirs[ROUNDS];
    char path[2][4096];
    if (argc < 2)
        bench_fail("usage: bench_pdf FOLDER [NAME...]");
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], single) != 0 && strcmp(argv[i], batch) != 0)
            bench_fail("there is no row %s", argv[i]);
    if (sodium_init() < 0)
        bench_fail("libsodium does not start");
    bool with_batch = is_wanted(argc - 2, argv + 2, batch);
    sample *papers = samples_make(BATCH);
    snprintf(path[0], sizeof path[0], "%s/paper-ours.pdf", argv[1]);
    snprintf(path[1], sizeof path[1], "%s/paper-theirs.pdf", argv[1]);
    for (int round = 0; round < ROUNDS; round++) {
        ours[round] = ours_single(papers, path[0]);
        theirs[round] = peer_single(papers, path[1]);
        many[round] = with_batch ? ours_batch(papers) : 0;
    }
    double other = bench_median(theirs, ROUNDS);
    if (is_wanted(argc - 2, argv + 2, single))
        print_row(single, bench_median(ours, ROUNDS), "cairo and pango, one document a file",
                  other);
    if (with_batch) {
        double value = bench_median(many, ROUNDS);
        print_row(batch, value, "cairo and pango, one document a file", other);
        print_row(batch, value, "cairo and pango, 1,000 pages in one file", peer_batch(papers));
    }
    for (int i = 0; i < BATCH; i++)
        ei_buffer_free(&papers[i].qr);
    free(papers);
    return 0;
}
