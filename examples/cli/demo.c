/* The demonstration: registers read, accounts made, and olympiads at every stage, by living through
 * two months of a portal with a clock of its own. */
#include <dirent.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>
#include "cli.h"
#include "demo.h"

#define DAY (INT64_C(86400) * 1000000)
#define HOUR (INT64_C(3600) * 1000000)
#define THREADS 8
#define PASSWORD_TEXT 20

/* ---- the clock ---- */

static _Atomic edu_time moment;

static edu_time tell_moment(void *context)
{
    (void)context;
    return atomic_load(&moment);
}

static edu_time real_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* ---- the world being made ---- */

typedef struct pupil_row {
    edu_id id;
    int32_t grade;
} pupil_row;

typedef struct account_row {
    edu_id person_id;
    char login[65], password[PASSWORD_TEXT], role[33];
} account_row;

typedef struct demo {
    edu_portal *portal;
    edu_session *operator;
    const char *data, *services, *calendars, *appeals, *registers, *references, *accounts_file,
        *archive;
    edu_time today; /* the real present */
    account_row accounts[64];
    size_t account_count;
    pupil_row *pupils;
    size_t pupil_count;
} demo;

static edu_status failed(edu_error *error, const char *what)
{
    error->code = EDU_E_IO;
    snprintf(error->message, sizeof error->message, "%s", what);
    return EDU_E_IO;
}

/* ---- registers and services ---- */

typedef edu_status (*importer)(edu_session *session, edu_bytes csv, const char *key,
                               edu_import_report **out, edu_error *error);

/* Without a function of its own it is a register that is published. */
static edu_status import_one(demo *in, const char *name, importer run, edu_error *error)
{
    char path[4096];
    edu_bytes csv;
    snprintf(path, sizeof path, "%s/%s.csv", in->data, name);
    if (!cli_read(path, &csv))
        return failed(error, "the demonstration's data is missing");
    edu_import_report *report = NULL;
    edu_status status = run ? run(in->operator, csv, NULL, &report, error)
                            : edu_register_import(in->operator, name, csv, NULL, &report, error);
    if (status == EDU_OK)
        printf("  %-21s %7" PRId64 "\n", name, report->added);
    edu_free(report);
    free((void *)(uintptr_t)csv.data);
    return status;
}

static edu_status import_all(demo *in, edu_error *error)
{
    static const struct {
        const char *name;
        importer run;
    } files[] = {
        {"regions", edu_account_import_regions},
        {"institutions", edu_account_import_institutions},
        {"persons", edu_account_import_persons},
        {"pupils", edu_account_import_pupils},
        {"guardians", edu_account_import_guardians},
        {"centres", edu_sitting_import_centres},
        {"rooms", edu_sitting_import_rooms},
    };
    edu_status status = EDU_OK;
    for (size_t i = 0; status == EDU_OK && i < sizeof files / sizeof *files; i++)
        status = import_one(in, files[i].name, files[i].run, error);
    return status;
}

typedef edu_status (*publish_fn)(edu_session *session, json_t *document, const char *key,
                                 int32_t *version, edu_error *error);

static edu_status publish_file(demo *in, const char *path, publish_fn publish, edu_error *error)
{
    json_t *document = json_load_file(path, 0, NULL);
    int32_t version;
    edu_status status = document ? publish(in->operator, document, NULL, &version, error)
                                 : failed(error, "a document to publish is not JSON");
    json_decref(document);
    return status;
}

static edu_status publish_folder(demo *in, const char *name, publish_fn publish, edu_error *error)
{
    DIR *folder = opendir(name);
    if (!folder)
        return failed(error, "a folder of documents to publish is missing");
    edu_status status = EDU_OK;
    for (struct dirent *entry; status == EDU_OK && (entry = readdir(folder)) != NULL;) {
        const char *ending = strrchr(entry->d_name, '.');
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", name, entry->d_name);
        if (ending && strcmp(ending, ".json") == 0)
            status = publish_file(in, path, publish, error);
    }
    closedir(folder);
    return status;
}

/* ---- accounts: only these have a password ---- */

static void make_password(char text[PASSWORD_TEXT])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789x";
    uint8_t bytes[12];
    char *at = text;
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        abort();
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 8)
            *at++ = '-';
        *at++ = letters[bytes[i] & 31];
    }
    *at = 0;
}

/* One line of accounts.csv: login,number,birth,role,scope,code. */
static edu_status make_account(demo *in, char *line, edu_error *error)
{
    char *fields[6];
    for (int i = 0; i < 6; i++)
        fields[i] = strsep(&line, ",");
    edu_date birth;
    if (!fields[5] || in->account_count == 64 || !cli_date(fields[2], &birth))
        return failed(error, "accounts.csv is not of its form");
    account_row *made = &in->accounts[in->account_count++];
    snprintf(made->login, sizeof made->login, "%s", fields[0]);
    snprintf(made->role, sizeof made->role, "%s", fields[3][0] ? fields[3] : "citizen");
    make_password(made->password);
    edu_person *person = NULL;
    edu_status status = edu_account_find(in->operator, fields[1], birth, &person, error);
    if (status == EDU_OK)
        made->person_id = person->id;
    if (status == EDU_OK)
        status =
            edu_account_create(in->operator, person->id, made->login, made->password, NULL, error);
    if (status == EDU_OK && fields[3][0])
        status = edu_account_grant(in->operator, person->id, fields[3], fields[4], fields[5], NULL,
                                   error);
    edu_free(person);
    return status;
}

static edu_status make_accounts(demo *in, edu_error *error)
{
    char path[4096], line[512];
    snprintf(path, sizeof path, "%s/accounts.csv", in->data);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(line, sizeof line, file)) {
        if (file)
            fclose(file);
        return failed(error, "accounts.csv is missing");
    }
    edu_status status = EDU_OK;
    while (status == EDU_OK && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        status = make_account(in, line, error);
    }
    fclose(file);
    return status;
}

static edu_status write_accounts(const demo *in, edu_error *error)
{
    int file = open(in->accounts_file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *to = file < 0 ? NULL : fdopen(file, "w");
    if (!to)
        return failed(error, "the file of accounts cannot be written");
    fprintf(to, "%-12s %-16s %s\n", "login", "password", "role");
    for (size_t i = 0; i < in->account_count; i++)
        fprintf(to, "%-12s %-16s %s\n", in->accounts[i].login, in->accounts[i].password,
                in->accounts[i].role);
    return fclose(to) == 0 ? EDU_OK : failed(error, "the file of accounts cannot be written");
}

static edu_status sign_in(const demo *in, const char *login, edu_session **session,
                          edu_error *error)
{
    for (size_t i = 0; i < in->account_count; i++)
        if (strcmp(in->accounts[i].login, login) == 0)
            return edu_session_sign_in(in->portal, login, in->accounts[i].password, NULL, NULL,
                                       session, error);
    return failed(error, "accounts.csv lacks a clerk");
}

/* ---- pupils ---- */

static edu_status keep_pupils(demo *in, const edu_person_page *page, edu_error *error)
{
    size_t count = in->pupil_count + page->count;
    pupil_row *grown = realloc(in->pupils, count * sizeof *grown);
    if (!grown)
        return failed(error, "out of memory");
    in->pupils = grown;
    for (size_t i = 0; i < page->count; i++)
        in->pupils[in->pupil_count++] = (pupil_row){page->items[i].id, page->items[i].grade};
    return EDU_OK;
}

static edu_status list_pupils(demo *in, edu_error *error)
{
    char *cursor = NULL;
    edu_status status;
    bool more;
    do {
        edu_person_page *page = NULL;
        status = edu_account_pupils(in->operator, NULL, NULL, cursor, EDU_PAGE_MAX, &page, error);
        if (status == EDU_OK)
            status = keep_pupils(in, page, error);
        more = cli_next(&cursor, status == EDU_OK ? page->next : NULL);
        edu_free(page);
    } while (more);
    return status;
}

/* ---- registrations, by several clerks' hands at once ---- */

typedef struct registration_work {
    const demo *in;
    edu_id sitting;
    int32_t grade_from, grade_to;
    int one_in; /* every so many pupils */
    atomic_size_t next;
    atomic_size_t done;
    edu_session *sessions[THREADS];
    edu_status status[THREADS];
    edu_error errors[THREADS];
} registration_work;

typedef struct hand {
    registration_work *work;
    int number;
} hand;

/* Those who can sign in take part in everything. */
static bool has_account(const demo *in, const edu_id *person)
{
    for (size_t i = 0; i < in->account_count; i++)
        if (memcmp(&in->accounts[i].person_id, person, sizeof *person) == 0)
            return true;
    return false;
}

static void *register_some(void *context)
{
    const hand *mine = context;
    registration_work *work = mine->work;
    size_t at;
    while ((at = atomic_fetch_add(&work->next, 1)) < work->in->pupil_count) {
        const pupil_row *pupil = &work->in->pupils[at];
        edu_id application;
        if (pupil->grade < work->grade_from || pupil->grade > work->grade_to ||
            (at % (size_t)work->one_in != 0 && !has_account(work->in, &pupil->id)))
            continue;
        edu_status status =
            edu_olympiad_register(work->sessions[mine->number], work->sitting, pupil->id, NULL,
                                  &application, &work->errors[mine->number]);
        if (status == EDU_OK)
            atomic_fetch_add(&work->done, 1);
        else if (!work->errors[mine->number].retryable)
            work->status[mine->number] = status;
        if (work->status[mine->number] != EDU_OK)
            break;
    }
    return NULL;
}

static edu_status register_many(registration_work *work, edu_error *error)
{
    pthread_t threads[THREADS];
    hand hands[THREADS];
    edu_status status = EDU_OK;
    int started = 0;
    for (int i = 0; status == EDU_OK && i < THREADS; i++)
        status = sign_in(work->in, "clerk", &work->sessions[i], error);
    for (; status == EDU_OK && started < THREADS; started++) {
        hands[started] = (hand){work, started};
        if (pthread_create(&threads[started], NULL, register_some, &hands[started]) != 0)
            break;
    }
    for (int i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
        if (work->status[i] != EDU_OK) {
            status = work->status[i];
            *error = work->errors[i];
        }
    }
    for (int i = 0; i < THREADS; i++)
        edu_session_close(work->sessions[i]);
    return status;
}

/* ---- seasons ---- */

typedef enum stage { ANNOUNCED, OPEN, CLOSED, PROPOSED, CONFIRMED, PUBLISHED } stage;

typedef struct plan {
    const char *code, *subject, *title_az, *title_en, *title_ru, *subject_az, *subject_en,
        *subject_ru;
    int32_t grade_from, grade_to;
    int opens, closes, starts; /* days from today */
    int one_in;
    stage until;
    const char *next; /* the round that follows */
    bool by_invitation;
} plan;

static const plan plans[] = {
    {"2027-biology-final", "biology", "Biologiya olimpiadası, respublika mərhələsi",
     "Biology olympiad, republic round", "Олимпиада по биологии, республиканский этап", "Biologiya",
     "Biology", "Биология", 7, 11, -5, 14, 30, 1, ANNOUNCED, NULL, true},
    {"2027-informatics", "informatics", "İnformatika olimpiadası, rayon mərhələsi",
     "Informatics olympiad, district round", "Олимпиада по информатике, районный этап",
     "İnformatika", "Informatics", "Информатика", 8, 11, 14, 35, 60, 1, ANNOUNCED},
    {"2026-mathematics", "mathematics", "Riyaziyyat olimpiadası, rayon mərhələsi",
     "Mathematics olympiad, district round", "Олимпиада по математике, районный этап", "Riyaziyyat",
     "Mathematics", "Математика", 5, 11, -12, 16, 40, 4, OPEN},
    {"2026-physics", "physics", "Fizika olimpiadası, rayon mərhələsi",
     "Physics olympiad, district round", "Олимпиада по физике, районный этап", "Fizika", "Physics",
     "Физика", 7, 11, -30, -1, 21, 5, CLOSED},
    {"2026-chemistry", "chemistry", "Kimya olimpiadası, rayon mərhələsi",
     "Chemistry olympiad, district round", "Олимпиада по химии, районный этап", "Kimya",
     "Chemistry", "Химия", 8, 11, -35, -6, 16, 2, PROPOSED},
    {"2026-language", "language", "Azərbaycan dili olimpiadası, rayon mərhələsi",
     "Azerbaijani language olympiad, district round",
     "Олимпиада по азербайджанскому языку, районный этап", "Azərbaycan dili",
     "Azerbaijani language", "Азербайджанский язык", 5, 11, -45, -14, 9, 1, CONFIRMED},
    {"2026-biology", "biology", "Biologiya olimpiadası, rayon mərhələsi",
     "Biology olympiad, district round", "Олимпиада по биологии, районный этап", "Biologiya",
     "Biology", "Биология", 7, 11, -58, -40, -20, 5, PUBLISHED, "2027-biology-final"},
};

/* Ten in the morning of a day, in the portal's civil time. */
static edu_time morning(const demo *in, int days)
{
    edu_time offset = atoi(getenv("EDU_UTC_OFFSET") ? getenv("EDU_UTC_OFFSET") : "0") * HOUR / 60;
    edu_time local = in->today + offset;
    return local / DAY * DAY + days * DAY + 10 * HOUR - offset;
}

static edu_status open_season(const demo *in, const plan *of, edu_id *season_id, edu_id *sitting_id,
                              edu_error *error)
{
    edu_season_new season = EDU_SEASON_NEW_INIT;
    edu_sitting_new sitting = EDU_SITTING_NEW_INIT;
    season.code = of->code;
    season.subject = of->subject;
    season.title =
        json_pack("{s:s, s:s, s:s}", "az", of->title_az, "en", of->title_en, "ru", of->title_ru);
    season.subject_title = json_pack("{s:s, s:s, s:s}", "az", of->subject_az, "en", of->subject_en,
                                     "ru", of->subject_ru);
    season.grade_from = sitting.grade_from = of->grade_from;
    season.grade_to = sitting.grade_to = of->grade_to;
    season.by_invitation = of->by_invitation;
    season.opens = morning(in, of->opens);
    season.closes = morning(in, of->closes);
    sitting.code = "main";
    sitting.starts = morning(in, of->starts);
    sitting.minutes = 180;
    edu_status status =
        edu_olympiad_season_create(in->operator, & season, NULL, &sitting.season_id, error);
    if (status == EDU_OK)
        status = edu_olympiad_sitting_create(in->operator, & sitting, NULL, sitting_id, error);
    if (status == EDU_OK)
        status = edu_olympiad_season_publish(in->operator, sitting.season_id, NULL, error);
    *season_id = sitting.season_id;
    json_decref(season.title);
    json_decref(season.subject_title);
    return status;
}

static edu_status propose(const demo *in, edu_id sitting, edu_id *allocation, edu_error *error)
{
    edu_session *clerk = NULL;
    edu_status status = sign_in(in, "clerk", &clerk, error);
    if (status == EDU_OK)
        status = edu_sitting_freeze(clerk, sitting, NULL, NULL, error);
    if (status == EDU_OK)
        status = edu_sitting_allocate(clerk, sitting, cli_progress(), NULL, allocation, error);
    cli_progress_end();
    edu_session_close(clerk);
    return status;
}

static edu_status confirm(const demo *in, edu_id allocation, edu_error *error)
{
    edu_session *other = NULL;
    edu_status status = sign_in(in, "clerk2", &other, error);
    if (status == EDU_OK)
        status = edu_sitting_confirm(other, allocation, cli_progress(), NULL, error);
    cli_progress_end();
    edu_session_close(other);
    return status;
}

/* What takes two clerks. */
typedef struct clerks {
    edu_session *first, *second;
} clerks;

static edu_status clerks_enter(const demo *in, clerks *out, edu_error *error)
{
    *out = (clerks){NULL, NULL};
    edu_status status = sign_in(in, "clerk", &out->first, error);
    return status == EDU_OK ? sign_in(in, "clerk2", &out->second, error) : status;
}

static void clerks_leave(const clerks *both)
{
    edu_session_close(both->first);
    edu_session_close(both->second);
}

static edu_status publish(const demo *in, edu_id season, edu_id sitting, const char *next,
                          edu_error *error)
{
    clerks both;
    edu_status status = clerks_enter(in, &both, error);
    if (status == EDU_OK)
        status = demo_results(in->operator, both.first, both.second, season, sitting, next,
                              atomic_load(&moment), error);
    clerks_leave(&both);
    return status;
}

static edu_status make_archive(const demo *in, edu_error *error)
{
    clerks both;
    atomic_store(&moment, in->today - DAY);
    edu_status status = clerks_enter(in, &both, error);
    if (status == EDU_OK)
        status = demo_archive(in->operator, both.first, both.second, in->archive,
                              atomic_load(&moment), error);
    clerks_leave(&both);
    return status;
}

static edu_status live_through(const demo *in, const plan *of, edu_error *error)
{
    registration_work work = {
        .in = in, .grade_from = of->grade_from, .grade_to = of->grade_to, .one_in = of->one_in};
    edu_id season, allocation;
    edu_status status = open_season(in, of, &season, &work.sitting, error);
    if (status == EDU_OK && of->until >= OPEN) {
        atomic_store(&moment, morning(in, of->opens) + DAY);
        status = register_many(&work, error);
    }
    if (status == EDU_OK && of->until >= PROPOSED) {
        atomic_store(&moment, morning(in, of->closes) + DAY);
        status = propose(in, work.sitting, &allocation, error);
    }
    if (status == EDU_OK && of->until >= CONFIRMED) {
        atomic_store(&moment, morning(in, of->closes) + 2 * DAY);
        status = confirm(in, allocation, error);
    }
    if (status == EDU_OK && of->until >= PUBLISHED) {
        /* Yesterday: appeals are still possible. */
        atomic_store(&moment, in->today - DAY);
        status = publish(in, season, work.sitting, of->next, error);
    }
    if (status == EDU_OK)
        printf("  %-18s %7zu registered\n", of->code, atomic_load(&work.done));
    return status;
}

static edu_status make_seasons(demo *in, edu_error *error)
{
    edu_status status = list_pupils(in, error);
    for (size_t i = 0; status == EDU_OK && i < sizeof plans / sizeof *plans; i++) {
        atomic_store(&moment, in->today - 60 * DAY);
        status = live_through(in, &plans[i], error);
        fflush(stdout);
    }
    return status;
}

static void set_moment(edu_time to)
{
    atomic_store(&moment, to);
}

static edu_id person_of(const demo *in, const char *login)
{
    for (size_t i = 0; i < in->account_count; i++)
        if (strcmp(in->accounts[i].login, login) == 0)
            return in->accounts[i].person_id;
    return (edu_id){{0}};
}

/* One executor and one head for the departments besides that of schools, so that somebody is
 * wherever the rules send an appeal. The examination centre is another body. */
static edu_status staff_departments(const demo *in, edu_error *error)
{
    static const char *const codes[] = {"reception", "vocational", "higher", "digital"};
    edu_status status = EDU_OK;
    for (size_t i = 0; status == EDU_OK && i < sizeof codes / sizeof *codes; i++) {
        status = edu_account_grant(in->operator, person_of(in, "executor2"), "executor",
                                   "department", codes[i], NULL, error);
        if (status == EDU_OK)
            status = edu_account_grant(in->operator, person_of(in, "head"), "head", "department",
                                       codes[i], NULL, error);
    }
    return status;
}

/* Signed in now: that holds while the clock is set back. */
static edu_status make_appeals(const demo *in, edu_error *error)
{
    enum { PERSONS = 60 };
    edu_id persons[PERSONS];
    demo_appeal_people with = {
        .executor = person_of(in, "executor"), .set = set_moment, .persons = persons};
    for (; with.count < PERSONS && with.count < in->pupil_count; with.count++)
        persons[with.count] = in->pupils[with.count * (in->pupil_count / PERSONS)].id;
    atomic_store(&moment, in->today);
    edu_status status = staff_departments(in, error);
    if (status == EDU_OK)
        status = sign_in(in, "parent", &with.parent, error);
    if (status == EDU_OK)
        status = sign_in(in, "clerk", &with.clerk, error);
    if (status == EDU_OK)
        status = sign_in(in, "executor", &with.at_work, error);
    if (status == EDU_OK)
        status = sign_in(in, "head", &with.head, error);
    if (status == EDU_OK)
        status = demo_appeals(&with, in->today, error);
    atomic_store(&moment, in->today);
    if (status == EDU_OK)
        status = demo_groups(with.clerk, persons, with.count, in->today, error);
    if (status == EDU_OK)
        status = demo_announcements(with.clerk, in->today, error);
    edu_session_close(with.parent);
    edu_session_close(with.clerk);
    edu_session_close(with.at_work);
    edu_session_close(with.head);
    return status;
}

/* The family of the demonstration first, and guardians behind. */
static edu_status find_adults(const demo *in, edu_id *adults, size_t room, size_t *count,
                              edu_error *error)
{
    edu_guardianship_page *page = NULL;
    *count = 0;
    adults[(*count)++] = person_of(in, "parent");
    adults[(*count)++] = person_of(in, "steward");
    edu_status status =
        edu_account_guardianships(in->operator, "active", NULL, EDU_PAGE_MAX, &page, error);
    for (size_t i = 0; status == EDU_OK && i < page->count && *count < room; i++) {
        bool is_known = false;
        for (size_t k = 0; k < *count; k++)
            is_known |= memcmp(&adults[k], &page->items[i].guardian_id, sizeof *adults) == 0;
        if (!is_known)
            adults[(*count)++] = page->items[i].guardian_id;
    }
    edu_free(page);
    return status;
}

static edu_status make_rounds(const demo *in, edu_error *error)
{
    enum { PERSONS = 14 };
    static const char *const jurors[] = {"executor", "head", "finance", "executor2", "school"};
    edu_id adults[PERSONS], pupils[PERSONS] = {person_of(in, "pupil")}, jury[6];
    demo_round_people with = {.set = set_moment,
                              .pupils = pupils,
                              .pupil_count = PERSONS,
                              .adults = adults,
                              .jury = jury,
                              .morning = morning(in, 0)};
    for (size_t i = 1; i < PERSONS; i++)
        pupils[i] = in->pupils[i * (in->pupil_count / PERSONS) + 7].id;
    for (; with.jury_count < sizeof jurors / sizeof *jurors; with.jury_count++)
        jury[with.jury_count] = person_of(in, jurors[with.jury_count]);
    jury[with.jury_count++] = person_of(in, "steward");
    atomic_store(&moment, in->today);
    edu_status status = find_adults(in, adults, PERSONS, &with.adult_count, error);
    if (status == EDU_OK)
        status = sign_in(in, "clerk", &with.clerk, error);
    if (status == EDU_OK)
        status = sign_in(in, "clerk2", &with.second, error);
    for (size_t i = 0; status == EDU_OK && i < 3; i++)
        status = sign_in(in, jurors[i], &with.at_work[i], error);
    if (status == EDU_OK)
        status = demo_rounds(&with, in->today, error);
    edu_session_close(with.clerk);
    edu_session_close(with.second);
    for (size_t i = 0; i < 3; i++)
        edu_session_close(with.at_work[i]);
    return status;
}

static edu_status make_doctoral(const demo *in, edu_error *error)
{
    static const char *const adults[DEMO_DOCTORAL_ADULTS] = {"parent", "steward", "school"};
    static const char *const panel[DEMO_DOCTORAL_PANEL] = {"executor", "head", "finance"};
    demo_doctoral_people with = {
        .operator_ = in->operator, .morning = morning(in, 0), .set = set_moment};
    for (size_t i = 0; i < DEMO_DOCTORAL_ADULTS; i++)
        with.adults[i] = person_of(in, adults[i]);
    for (size_t i = 0; i < DEMO_DOCTORAL_PANEL; i++)
        with.panel_ids[i] = person_of(in, panel[i]);
    atomic_store(&moment, in->today);
    edu_status status = sign_in(in, "clerk", &with.clerk, error);
    if (status == EDU_OK)
        status = sign_in(in, "clerk2", &with.second, error);
    if (status == EDU_OK)
        status = sign_in(in, "parent", &with.own, error);
    for (size_t i = 0; status == EDU_OK && i < DEMO_DOCTORAL_PANEL; i++)
        status = sign_in(in, panel[i], &with.panel[i], error);
    if (status == EDU_OK)
        status = demo_doctoral(&with, in->today, error);
    edu_session_close(with.clerk);
    edu_session_close(with.second);
    edu_session_close(with.own);
    for (size_t i = 0; i < DEMO_DOCTORAL_PANEL; i++)
        edu_session_close(with.panel[i]);
    return status;
}

static edu_status make_payments(const demo *in, edu_error *error)
{
    const edu_id persons[] = {person_of(in, "parent"), person_of(in, "pupil"),
                              person_of(in, "pupil.nx")};
    edu_session *finance;
    atomic_store(&moment, in->today);
    edu_status status = sign_in(in, "finance", &finance, error);
    if (status != EDU_OK)
        return status;
    status = demo_payments(finance, persons, sizeof persons / sizeof *persons, in->today,
                           set_moment, error);
    edu_session_close(finance);
    return status;
}

static edu_status make_admissions(const demo *in, edu_error *error)
{
    const edu_id persons[] = {person_of(in, "parent"), person_of(in, "pupil"),
                              person_of(in, "pupil.nx")};
    char path[4096];
    edu_bytes list;
    edu_session *clerk;
    snprintf(path, sizeof path, "%s/admitted.csv", in->data);
    if (!cli_read(path, &list))
        return failed(error, "the demonstration's data is missing");
    atomic_store(&moment, in->today);
    edu_status status = sign_in(in, "clerk", &clerk, error);
    if (status == EDU_OK) {
        status = demo_admission(in->operator, clerk, list, persons,
                                sizeof persons / sizeof *persons, in->today, error);
        edu_session_close(clerk);
    }
    free((void *)(uintptr_t)list.data);
    return status;
}

static edu_status make_world(demo *in, edu_error *error)
{
    puts("Registers:");
    edu_status status = import_all(in, error);
    if (status == EDU_OK)
        status = publish_folder(in, in->services, edu_service_publish, error);
    if (status == EDU_OK)
        status = publish_folder(in, in->calendars, edu_calendar_publish, error);
    if (status == EDU_OK)
        status = publish_folder(in, in->registers, edu_register_publish, error);
    if (status == EDU_OK)
        status = publish_folder(in, in->references, edu_reference_publish, error);
    if (status == EDU_OK)
        status = import_one(in, "diagnostic_assessment", NULL, error);
    if (status == EDU_OK)
        status = import_one(in, "state_programme", NULL, error);
    if (status == EDU_OK)
        status = publish_folder(in, in->appeals, edu_appeal_rules_publish, error);
    if (status == EDU_OK)
        status = make_accounts(in, error);
    if (status == EDU_OK)
        puts("Olympiads:");
    fflush(stdout);
    if (status == EDU_OK)
        status = make_seasons(in, error);
    if (status == EDU_OK && in->archive)
        status = make_archive(in, error);
    if (status == EDU_OK)
        status = make_appeals(in, error);
    if (status == EDU_OK)
        status = make_rounds(in, error);
    if (status == EDU_OK)
        status = make_doctoral(in, error);
    if (status == EDU_OK)
        status = make_payments(in, error);
    if (status == EDU_OK)
        status = make_admissions(in, error);
    return status == EDU_OK ? write_accounts(in, error) : status;
}

int cli_demo(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu demo --data DIR --services DIR --calendars DIR --appeals DIR\n"
        "                --registers DIR --references DIR --accounts FILE [--archive FILE] "
        "[--store ADDRESS] "
        "[--keys FILE]\n\n"
        "Makes a store and fills it: registers from the CSV files of DIR (as\n"
        "tools/make_demo_data.py writes them), the definitions of services,\n"
        "calendars, registers, types of references and the rules of appeals,\n"
        "the accounts of accounts.csv with new passwords, which are written to FILE, and olympiads "
        "at every\n"
        "stage. Schools and people are invented. --archive adds past results of the International\n"
        "Mathematical Olympiad (examples/data/imo-results.csv).\n\n" CLI_PLACE_HELP;
    cli_place place = {0};
    demo in = {.today = real_now()};
    const cli_option options[] = {
        CLI_PLACE_OPTIONS(place),           {"data", &in.data, NULL},
        {"services", &in.services, NULL},   {"calendars", &in.calendars, NULL},
        {"registers", &in.registers, NULL}, {"references", &in.references, NULL},
        {"appeals", &in.appeals, NULL},     {"accounts", &in.accounts_file, NULL},
        {"archive", &in.archive, NULL},     {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words > 0 || !in.data || !in.services || !in.calendars || !in.appeals || !in.registers ||
        !in.references || !in.accounts_file)
        return cli_usage("demo needs --data, --services, --calendars, --appeals, --registers, "
                         "--references and --accounts; "
                         "see edu demo --help");
    edu_error error = EDU_ERROR_INIT;
    edu_portal_options open = cli_portal_options(&place);
    edu_environment environment = {.clock = {tell_moment, NULL}};
    open.create = true;
    open.staff_second_factor = false;
    atomic_store(&moment, in.today - 60 * DAY);
    edu_status status = edu_portal_open(&open, &environment, &in.portal, &error);
    if (status == EDU_OK)
        status = edu_session_operator(in.portal, &in.operator, & error);
    if (status == EDU_OK)
        status = make_world(&in, &error);
    edu_session_close(in.operator);
    edu_portal_close(in.portal);
    free(in.pupils);
    return status == EDU_OK ? CLI_DONE : cli_failed(NULL, &error);
}
