#include "simulate/life.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "faults/cutter.h"
#include "faults/disk.h"
#include "olympiad_world.h"

#define FRESH (11 * HOUR) /* of the twelve that a sign-in has */
#define SECRET "a secret of the bank, 32 bytes..."
#define FIRST_PUPIL 2000 /* of the numbers of the world's register */
#define FIRST_ADULT 3000
#define FIRST_STAFF 3100

typedef struct sign_in {
    edu_session *session;
    edu_time since;
} sign_in;

static struct {
    edu_portal *portal;
    edu_session *nobody, *operator_;
    sign_in sign_ins[WHOS][PUPILS];
    edu_id pupils[PUPILS], records[PUPILS], adults[ADULTS], executor;
    char cutter[TEST_FOLDER_SIZE];
} life;

/* ---- who there is ---- */

static const struct {
    who who;
    int number, person; /* its number in the world's register */
    const char *login, *role, *scope, *code;
} staff[] = {
    {WHO_SCHOOL, 0, 1003, "school", NULL, NULL, NULL},
    {WHO_SCHOOL, 1, FIRST_STAFF, "school1", "school", "institution", "S01"},
    {WHO_CLERK, 0, 1000, "clerk", NULL, NULL, NULL},
    {WHO_SECOND, 0, 1001, "second", NULL, NULL, NULL},
    {WHO_EXECUTOR, 0, FIRST_STAFF + 1, "executor", "executor", "department", "schools"},
    {WHO_FINANCE, 0, FIRST_STAFF + 2, "finance", "finance", "", ""},
};

edu_date life_birth(int pupil)
{
    return (edu_date){(int16_t)(2010 + pupil % 4), (uint8_t)(1 + pupil * 5 % 12),
                      (uint8_t)(1 + pupil % 28)};
}

const char *life_school(int school)
{
    return school == 0 ? "S00" : "S01";
}

const char *life_number(int pupil)
{
    return world_number(FIRST_PUPIL + pupil);
}

edu_id life_pupil(int pupil)
{
    return life.pupils[pupil];
}

edu_id life_adult(int adult)
{
    return life.adults[adult];
}

edu_id life_executor(void)
{
    return life.executor;
}

static void person_line(FILE *file, int number, edu_date birth)
{
    (void)fprintf(file, "%s,Ad%d,Soyad%d,%04d-%02d-%02d,p%d@example.org\n", world_number(number),
                  number, number, birth.year, birth.month, birth.day, number);
}

static void import_people(void)
{
    static const edu_date grown = {1985, 1, 1};
    char *persons = NULL, *pupils = NULL;
    size_t size;
    FILE *file = open_memstream(&persons, &size), *more = open_memstream(&pupils, &size);
    (void)fputs("number,given,family,birth,mail\n", file);
    (void)fputs("number,institution,grade\n", more);
    for (int i = 0; i < PUPILS; i++) {
        person_line(file, FIRST_PUPIL + i, life_birth(i));
        (void)fprintf(more, "%s,%s,%d\n", life_number(i), life_school(model_school_of(i)),
                      7 + i % 3);
    }
    for (int i = 0; i < ADULTS; i++)
        person_line(file, FIRST_ADULT + i, grown);
    for (int i = 0; i < 3; i++)
        person_line(file, FIRST_STAFF + i, grown);
    ck_assert(fclose(file) == 0 && fclose(more) == 0);
    fx_import(edu_account_import_persons, persons);
    fx_import(edu_account_import_pupils, pupils);
    free(persons);
    free(pupils);
}

static void make_accounts(void)
{
    char login[32];
    for (int i = 0; i < PUPILS; i++) {
        (void)snprintf(login, sizeof login, "young%d", i);
        life.pupils[i] = fx_person(life_number(i));
        FX_OK(edu_account_create(fx_operator(), life.pupils[i], login, FX_PASSWORD, NULL, error));
    }
    for (int i = 0; i < ADULTS; i++) {
        (void)snprintf(login, sizeof login, "adult%d", i);
        life.adults[i] = fx_person(world_number(FIRST_ADULT + i));
        FX_OK(edu_account_create(fx_operator(), life.adults[i], login, FX_PASSWORD, NULL, error));
    }
    for (size_t i = 0; i < EI_COUNT(staff); i++) {
        edu_id person = fx_person(world_number(staff[i].person));
        if (staff[i].who == WHO_EXECUTOR)
            life.executor = person;
        if (staff[i].role == NULL)
            continue;
        FX_OK(edu_account_grant(fx_operator(), person, staff[i].role, staff[i].scope, staff[i].code,
                                NULL, error));
        FX_OK(edu_account_create(fx_operator(), person, staff[i].login, FX_PASSWORD, NULL, error));
    }
}

/* ---- what is published ---- */

/* Those with a shorter day before them, or the others. */
static json_t *days_off(const model *m, bool have_eve)
{
    json_t *dates = json_array();
    for (int day = 0; day < CALENDAR_DAYS; day++)
        if (m->is_holiday[day] && model_has_eve(m, day) == have_eve) {
            char text[16];
            edu_date date = ei_date_from_days(ei_date_to_days((edu_date){2026, 1, 1}) + day);
            (void)snprintf(text, sizeof text, "%04d-%02d-%02d", date.year, date.month, date.day);
            json_array_append_new(dates, json_string(text));
        }
    return dates;
}

json_t *life_calendar(const model *m)
{
    return json_pack(
        "{s:s, s:{s:s}, s:{s:i, s:i}, s:i, s:i, s:[i,i], s:[[s,s],[s,s]], s:i, s:s, s:s, "
        "s:[{s:s, s:{s:s}, s:o, s:s}, {s:s, s:{s:s}, s:o, s:s}], s:[]}",
        "calendar", "az", "title", "en", "Days of work", "years", "from", 2026, "until", 2030,
        "announced", 2030, "utc_offset", 240, "weekend", 6, 7, "hours", "09:00", "13:00", "14:00",
        "18:00", "eve_minutes", 60, "received_late", "next_working_day", "due", "closing",
        "holidays", "code", "feast", "title", "en", "A feast", "dates", days_off(m, true), "moves",
        "rest_day", "code", "other", "title", "en", "A day off", "dates", days_off(m, false),
        "moves", "nothing", "moved_days");
}

static void publish(const model *m)
{
    fx_publish(edu_calendar_publish, life_calendar(m));
    fx_publish(edu_service_publish, fx_example("services", "club"));
    fx_publish(edu_service_publish, fx_example("services", "appeal"));
    fx_publish(edu_appeal_rules_publish, fx_example("appeals", "az"));
    FX_OK(edu_payment_key_add(fx_operator(), "bank", "hmac-sha256", fx_bytes(SECRET), NULL, error));
}

/* A register of lessons, a record of each pupil, and a reference that is made of it. */
static void make_records(void)
{
    fx_publish(edu_service_publish, fx_example("services", "reference"));
    fx_publish(edu_register_publish,
               json_pack("{s:s, s:{s:s}, s:b, s:[{s:s, s:{s:s}, s:s}], s:[]}", "register",
                         "lessons", "title", "en", "Lessons", "institutions", 1, "columns", "name",
                         "subject", "title", "en", "Subject", "kind", "text", "key"));
    fx_publish(edu_reference_publish,
               json_pack("{s:s, s:{s:s}, s:{s:s}, s:s, s:{s:s}, s:[s], s:[s], s:{s:i}}",
                         "reference", "lesson", "title", "en", "Lesson", "summary", "en",
                         "A lesson", "register", "lessons", "text", "en", "{holder}: {subject}",
                         "fields", "subject", "qr", "subject", "validity", "days", 40));
    for (int i = 0; i < PUPILS; i++) {
        char csv[128];
        edu_register_record_page *page = NULL;
        (void)snprintf(csv, sizeof csv, "number,institution,subject\n%s,%s,subject 0\n",
                       life_number(i), life_school(model_school_of(i)));
        edu_import_report *report = NULL;
        FX_OK(edu_register_import(fx_operator(), "lessons", fx_bytes(csv), NULL, &report, error));
        edu_free(report);
        FX_OK(edu_register_records(fx_operator(), life.pupils[i], NULL, 0, &page, error));
        life.records[i] = page->items[0].id;
        edu_free(page);
    }
}

edu_id life_record(int pupil)
{
    return life.records[pupil];
}

/* ---- the bank ---- */

edu_status life_callback(const char *fact, edu_error *error)
{
    char signature[256];
    fx_bank_sign(SECRET, fact, fx_now() / SECOND, "bank", signature, sizeof signature);
    return edu_payment_callback(life_nobody(), fx_bytes(fact), signature, error);
}

/* Whoever asks is told nothing that no callback has told. */
static edu_status bank_query(void *context, const char *order, json_t **report, edu_error *error)
{
    (void)context, (void)order, (void)error;
    *report = json_pack("{s:[]}", "payments");
    return EDU_OK;
}

static edu_status bank_refund(void *context, const edu_payment_return *back, json_t **report,
                              edu_error *error)
{
    (void)context, (void)error;
    char at[32];
    ei_time_format(fx_now(), at);
    *report = json_pack("{s:[{s:s, s:s, s:s, s:I, s:s, s:s}]}", "refunds", "refund", back->id,
                        "payment", back->payment, "state", "refunded", "amount",
                        (json_int_t)back->amount, "currency", back->currency, "at", at);
    return EDU_OK;
}

/* ---- the portal ---- */

static edu_time clock_now(void *context)
{
    (void)context;
    return fx_now();
}

static edu_status take_message(void *context, const edu_message *message, edu_error *error)
{
    (void)context, (void)message, (void)error;
    return EDU_OK;
}

static void open_portal(void)
{
    fx_paths paths;
    fx_place(fx_folder(), &paths);
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    options.store = paths.store;
    options.keys = paths.keys;
    options.host = "portal.example";
    options.utc_offset_minutes = 240;
    options.staff_second_factor = false;
    options.password_operations = 1;
    options.password_memory = 8192;
    options.payment_page = "https://bank.example/pay";
    edu_environment environment = {.clock = {clock_now, NULL},
                                   .random = fx_random(),
                                   .notifier = {take_message, NULL},
                                   .payment = {NULL, bank_query, NULL, bank_refund, NULL}};
    FX_OK(edu_portal_open(&options, &environment, &life.portal, error));
    FX_OK(edu_session_open(life.portal, NULL, &life.nobody, error));
    FX_OK(edu_session_operator(life.portal, &life.operator_, error));
}

static void close_portal(void)
{
    for (int i = 0; i < WHOS; i++)
        for (int k = 0; k < PUPILS; k++)
            edu_session_close(life.sign_ins[i][k].session);
    memset(life.sign_ins, 0, sizeof life.sign_ins);
    edu_session_close(life.nobody);
    edu_session_close(life.operator_);
    edu_portal_close(life.portal);
}

void life_restart(void)
{
    close_portal();
    open_portal();
}

edu_portal *life_portal(void)
{
    return life.portal;
}

edu_session *life_nobody(void)
{
    return life.nobody;
}

edu_session *life_operator(void)
{
    return life.operator_;
}

static void login_of(actor a, char out[32])
{
    if (a.who == WHO_PUPIL || a.who == WHO_ADULT) {
        (void)snprintf(out, 32, "%s%d", a.who == WHO_PUPIL ? "young" : "adult", a.number);
        return;
    }
    for (size_t i = 0; i < EI_COUNT(staff); i++)
        if (staff[i].who == a.who && staff[i].number == a.number)
            (void)snprintf(out, 32, "%s", staff[i].login);
}

edu_session *life_session(actor a)
{
    sign_in *one = &life.sign_ins[a.who][a.number];
    char login[32];
    if (one->session && fx_now() < one->since + FRESH)
        return one->session;
    edu_session_close(one->session);
    login_of(a, login);
    FX_OK(edu_session_sign_in(life.portal, login, FX_PASSWORD, NULL, NULL, &one->session, error));
    one->since = fx_now();
    return one->session;
}

/* ---- faults ---- */

static void remove_cutter(void)
{
    fx_remove_folder(life.cutter);
}

/* From before the first portal is opened until the process ends. */
static void start_cutter(void)
{
    test_folder(life.cutter);
    ck_assert_int_eq(atexit(remove_cutter), 0);
    cutter_stand_between(life.cutter);
}

void life_fault_arm(int number, uint32_t way)
{
    if (fx_is_on_server())
        cutter_arm(number, way % 2 ? CUT_REQUEST : CUT_ANSWER);
    else
        disk_arm(number, false, (disk_fault)(way % DISK_READ_ONLY));
}

int life_fault_disarm(void)
{
    return fx_is_on_server() ? cutter_disarm() : (int)disk_disarm();
}

/* ---- begin and end ---- */

/* Known beforehand; more are announced later. */
static void first_holidays(model *m)
{
    static const int days[] = {0,   1,   19,  66,  78,  79,  80,  81,  82,  128, 147, 165,
                               176, 311, 312, 364, 365, 366, 384, 431, 443, 444, 445, 446,
                               447, 493, 512, 530, 541, 676, 677, 729, 730, 731, 749};
    for (size_t i = 0; i < EI_COUNT(days); i++)
        m->is_holiday[days[i]] = true;
}

static void begin_model(model *m)
{
    for (int i = 0; i < PUPILS; i++) {
        edu_date birth = life_birth(i);
        m->births[i] = birth.year * 10000 + birth.month * 100 + birth.day;
        m->grades[i] = 7 + i % 3;
    }
    first_holidays(m);
}

void life_begin(uint64_t seed, model *m)
{
    static world w;
    if (fx_is_on_server() && life.cutter[0] == '\0')
        start_cutter();
    world_make(&w);
    fx_random_set(seed);
    import_people();
    begin_model(m);
    publish(m);
    make_accounts();
    make_records();
    open_portal();
}

void life_end(void)
{
    close_portal();
    fx_teardown();
}
