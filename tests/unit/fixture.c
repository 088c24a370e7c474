#include "fixture.h"
#include "postgresql/databases.h"

#include <dirent.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "workflow/workflow.h"

#define SESSIONS_MAX 64

static struct world {
    edu_portal *portal;
    char folder[TEST_FOLDER_SIZE];
    atomic_llong now;
    atomic_ullong random;
    edu_session *operator_session, *nobody;
    struct {
        char login[32];
        edu_session *session;
    } sessions[SESSIONS_MAX];
    size_t session_count;
    char text[128]; /* what fx_code and fx_last_template gave */
} world;

edu_error fx_last_error;

/* ---- surroundings ---- */

static edu_time read_clock(void *context)
{
    (void)context;
    return atomic_fetch_add(&world.now, 1);
}

#define RANDOM_STEP UINT64_C(0x9e3779b97f4a7c15)

/* SplitMix64: every byte follows from the start. */
static void fill_random(void *context, void *buffer, size_t size)
{
    (void)context;
    uint8_t *bytes = buffer;
    for (size_t i = 0; i < size; i++) {
        uint64_t z = atomic_fetch_add(&world.random, RANDOM_STEP);
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        bytes[i] = (uint8_t)(z ^ (z >> 31));
    }
}

edu_random fx_random(void)
{
    return (edu_random){fill_random, NULL};
}

void fx_random_set(uint64_t start)
{
    atomic_store(&world.random, start);
}

void fx_clock_set(edu_time now)
{
    atomic_store(&world.now, now);
}

void fx_clock_add(edu_time microseconds)
{
    atomic_fetch_add(&world.now, microseconds);
}

edu_time fx_now(void)
{
    return atomic_load(&world.now);
}

fx_work fx_work_now(void)
{
    /* The state grows by an odd step a byte: its inverse gives the count back. */
    uint64_t inverse = 1;
    for (int i = 0; i < 6; i++)
        inverse *= 2 - RANDOM_STEP * inverse;
    return (fx_work){ei_store_statements(world.portal->store), ei_password_runs(),
                     (atomic_load(&world.random) - 1) * inverse};
}

void fx_assert_equal_work(fx_work start, fx_work middle)
{
    fx_work end = fx_work_now();
    ck_assert_uint_eq(middle.statements - start.statements, end.statements - middle.statements);
    ck_assert_uint_eq(middle.password_runs - start.password_runs,
                      end.password_runs - middle.password_runs);
    /* A code whose digits would not be equally likely is drawn again: 4 bytes, now and then. */
    int64_t more = (int64_t)(middle.random_bytes - start.random_bytes) -
                   (int64_t)(end.random_bytes - middle.random_bytes);
    ck_assert_int_lt(more, 16);
    ck_assert_int_gt(more, -16);
}

/* ---- the portal ---- */

edu_portal *fx_portal(void)
{
    return world.portal;
}

const char *fx_folder(void)
{
    return world.folder;
}

/* Of the program, not of a test's child. */
static pid_t program;

/* Without rows; made by the first test of a program. */
static char empty_store[TEST_FOLDER_SIZE + 32];

static void remove_empty_store(void)
{
    if (getpid() == program)
        (void)unlink(empty_store);
}

__attribute__((constructor)) static void note_program(void)
{
    program = getpid();
    (void)snprintf(empty_store, sizeof empty_store, "%s/edu-empty-%d.db", test_folders(),
                   (int)program);
    (void)atexit(remove_empty_store);
}

bool fx_is_on_server(void)
{
    const char *engine = getenv("EDU_TEST_ENGINE");
    return engine && strcmp(engine, "postgresql") == 0;
}

/* One database for all tests of a program, which run one after the other, each in a child. */
const char *fx_server_store(void)
{
    static char address[256];
    char name[16];
    (void)snprintf(name, sizeof name, "%d", (int)program);
    if (!address[0] && fx_is_on_server())
        db_address("unit", name, address, sizeof address);
    return address;
}

static fx_change_fn change_address;

void fx_change_addresses(fx_change_fn change)
{
    change_address = change;
}

void fx_place(const char *folder, fx_paths *out)
{
    if (fx_is_on_server())
        snprintf(out->store, sizeof out->store, "%s", fx_server_store());
    else
        (void)snprintf(out->store, sizeof out->store, "sqlite:%s/portal.db", folder);
    (void)snprintf(out->keys, sizeof out->keys, "%s/portal.db.keys", folder);
    if (change_address)
        change_address(out->store, sizeof out->store);
}

/* What tests ask SQLite by functions of its own. */
static void add_functions(void)
{
    if (!fx_is_on_server())
        return;
    fx_run(
        "CREATE OR REPLACE FUNCTION instr(bytea, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS "
        "'SELECT position($2::bytea IN $1) > 0'");
    fx_run("CREATE OR REPLACE FUNCTION json_extract(json, text) RETURNS bigint IMMUTABLE LANGUAGE "
           "sql AS "
           "'SELECT ($1 ->> substr($2, 3))::bigint'");
    fx_run("CREATE OR REPLACE FUNCTION replace(json, text, text) RETURNS text IMMUTABLE LANGUAGE "
           "sql AS "
           "'SELECT replace($1::text, $2, $3)'");
}

void fx_copy_file(const char *from, const char *to)
{
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    ck_assert(in != NULL && out != NULL);
    (void)fchmod(fileno(out), S_IRUSR | S_IWUSR);
    char block[65536];
    for (size_t size; (size = fread(block, 1, sizeof block, in)) > 0;)
        ck_assert_uint_eq(fwrite(block, 1, size, out), size);
    ck_assert_int_eq(fclose(out), 0);
    (void)fclose(in);
}

/* It costs more to make than to copy. */
static void make_empty_store(void)
{
    char address[sizeof empty_store + 8];
    edu_store *store = NULL;
    (void)snprintf(address, sizeof address, "sqlite:%s", empty_store);
    FX_OK(ei_store_open(address, true, &store, error));
    FX_OK(ei_store_migrate(store, error));
    ei_store_close(store);
    (void)snprintf(address, sizeof address, "%s.lock", empty_store);
    (void)unlink(address);
}

static void put_empty_store(const char *folder)
{
    char path[TEST_FOLDER_SIZE + 16];
    if (access(empty_store, R_OK) != 0)
        make_empty_store();
    (void)snprintf(path, sizeof path, "%s/portal.db", folder);
    fx_copy_file(empty_store, path);
}

static void open_portal(bool second_factor)
{
    memset(&world, 0, sizeof world);
    fx_clock_set(FX_START);
    atomic_store(&world.random, 1);
    test_folder(world.folder);
    fx_paths paths;
    fx_place(world.folder, &paths);
    if (fx_is_on_server())
        db_empty(fx_server_store());
    else
        put_empty_store(world.folder);
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    options.store = paths.store;
    options.keys = paths.keys;
    options.create = true;
    options.host = "portal.example";
    options.staff_second_factor = second_factor;
    options.password_operations = 1;
    options.password_memory = 8192;
    edu_environment environment = {.clock = {read_clock, NULL}, .random = {fill_random, NULL}};
    FX_OK(edu_portal_open(&options, &environment, &world.portal, error));
    add_functions();
}

void fx_remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char inner[512];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        (void)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (unlink(inner) != 0)
            fx_remove_folder(inner);
    }
    closedir(folder);
    (void)rmdir(path);
}

void fx_teardown(void)
{
    for (size_t i = 0; i < world.session_count; i++)
        edu_session_close(world.sessions[i].session);
    edu_session_close(world.operator_session);
    edu_session_close(world.nobody);
    edu_portal_close(world.portal);
    fx_remove_folder(world.folder);
}

/* ---- sessions ---- */

edu_session *fx_keep(edu_session *session)
{
    ck_assert_uint_lt(world.session_count, SESSIONS_MAX);
    world.sessions[world.session_count++].session = session;
    return session;
}

edu_session *fx_session(const char *login)
{
    for (size_t i = 0; i < world.session_count; i++)
        if (strcmp(world.sessions[i].login, login) == 0)
            return world.sessions[i].session;
    edu_session *session = NULL;
    FX_OK(edu_session_sign_in(world.portal, login, FX_PASSWORD, NULL, NULL, &session, error));
    (void)snprintf(world.sessions[world.session_count].login, sizeof world.sessions->login, "%s",
                   login);
    return fx_keep(session);
}

edu_session *fx_fresh(const char *login)
{
    edu_session *session = NULL;
    FX_OK(edu_session_sign_in(world.portal, login, FX_PASSWORD, NULL, "en", &session, error));
    return fx_keep(session);
}

edu_session *fx_operator(void)
{
    if (!world.operator_session)
        FX_OK(edu_session_operator(world.portal, &world.operator_session, error));
    return world.operator_session;
}

edu_session *fx_nobody(void)
{
    if (!world.nobody)
        FX_OK(edu_session_open(world.portal, NULL, &world.nobody, error));
    return world.nobody;
}

/* ---- looking into the store ---- */

/* Never cached, as its place is beyond the last. */
/* Bytes as a literal: x'…' here, and on a server '…'::uuid or '\\x…'::bytea. */
static const char *in_dialect(const char *sql)
{
    static char text[2048];
    size_t at = 0;
    if (!fx_is_on_server())
        return sql;
    for (; *sql && at < sizeof text - 32; sql++) {
        const char *end = strncmp(sql, "x'", 2) == 0 ? strchr(sql + 2, '\'') : NULL;
        if (end == NULL) {
            text[at++] = *sql;
            continue;
        }
        int length = (int)(end - sql - 2);
        bool is_id = length == 32;
        at += (size_t)snprintf(text + at, sizeof text - at, "'%s%.*s'::%s", is_id ? "" : "\\x",
                               length, sql + 2, is_id ? "uuid" : "bytea");
        sql = end;
    }
    text[at] = '\0';
    return text;
}

static edu_statement plain_statement(const char *sql)
{
    sql = in_dialect(sql);
    return (edu_statement){"test", {sql, sql}, UINT16_MAX, 0, NULL};
}

typedef struct query {
    const char *sql;
    int64_t number;
} query;

static edu_status read_number(edu_tx *tx, void *context, edu_error *error)
{
    query *q = context;
    edu_statement statement = plain_statement(q->sql);
    ei_rows rows;
    EI_TRY(ei_sql_rows(tx, &statement, NULL, &rows, error));
    bool row = false;
    edu_status status = ei_rows_next(&rows, &row, error);
    q->number = status == EDU_OK && row ? ei_column_int(&rows, 0) : 0;
    ei_rows_close(&rows);
    return status;
}

static edu_portal *other_portal;

void fx_look_into(edu_portal *portal)
{
    other_portal = portal;
}

static edu_store *looked_into(void)
{
    return (other_portal ? other_portal : world.portal)->store;
}

int64_t fx_int(const char *sql)
{
    query q = {sql, 0};
    FX_OK(ei_store_read(looked_into(), read_number, &q, error));
    return q.number;
}

static edu_status run_sql(edu_tx *tx, void *context, edu_error *error)
{
    edu_statement statement = plain_statement(context);
    return ei_sql_run(tx, &statement, NULL, NULL, error);
}

void fx_run(const char *sql)
{
    char copy[1024];
    (void)snprintf(copy, sizeof copy, "%s", sql);
    FX_OK(ei_store_write(looked_into(), run_sql, copy, error));
}

static void id_literal(edu_id id, char out[36])
{
    memcpy(out, "x'", 2);
    ei_hex_format(id.bytes, sizeof id.bytes, out + 2);
    memcpy(out + 34, "'", 2);
}

typedef struct id_query {
    char sql[256];
    edu_id id;
} id_query;

static edu_status read_id(edu_tx *tx, void *context, edu_error *error)
{
    id_query *q = context;
    edu_statement statement = plain_statement(q->sql);
    ei_rows rows;
    EI_TRY(ei_sql_rows(tx, &statement, NULL, &rows, error));
    bool row = false;
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        q->id = ei_column_id(&rows, 0);
    ei_rows_close(&rows);
    return status;
}

edu_id fx_id(const char *sql)
{
    id_query q = {"", {{0}}};
    (void)snprintf(q.sql, sizeof q.sql, "%s", sql);
    FX_OK(ei_store_read(looked_into(), read_id, &q, error));
    return q.id;
}

edu_id fx_person(const char *number)
{
    uint8_t hash[32];
    char hex[65];
    ei_keyed_hash(world.portal->keys, "fin", fx_bytes(number), hash);
    ei_hex_format(hash, sizeof hash, hex);
    char sql[160];
    (void)snprintf(sql, sizeof sql, "SELECT owner FROM claim WHERE kind = 'fin' AND value = x'%s'",
                   hex);
    edu_id id = fx_id(sql);
    ck_assert_msg(!ei_id_is_none(id), "there is no person %s", number);
    return id;
}

typedef struct message_query {
    edu_id person;
    char sql[512];
} message_query;

static edu_status unseal_code(edu_id person, ei_rows *rows, edu_error *error)
{
    edu_bytes plain;
    EI_TRY(ei_unseal(world.portal->keys, &person, ei_column_bytes(rows, 2), "message",
                     ei_column_bytes(rows, 1), &plain, error));
    json_t *secret = json_loads(plain.data, 0, NULL);
    const char *code = json_string_value(json_object_get(secret, "code"));
    (void)snprintf(world.text, sizeof world.text, "%s", code ? code : "");
    json_decref(secret);
    ei_free((void *)(uintptr_t)plain.data);
    return EDU_OK;
}

static edu_status read_message(edu_tx *tx, void *context, edu_error *error)
{
    message_query *q = context;
    edu_statement statement = plain_statement(q->sql);
    ei_rows rows;
    EI_TRY(ei_sql_rows(tx, &statement, NULL, &rows, error));
    bool row = false;
    edu_status status = ei_rows_next(&rows, &row, error);
    world.text[0] = 0;
    if (status == EDU_OK && row && !ei_id_is_none(q->person))
        status = unseal_code(q->person, &rows, error);
    else if (status == EDU_OK && row)
        (void)snprintf(world.text, sizeof world.text, "%s", ei_column_text(&rows, 0));
    ei_rows_close(&rows);
    return status;
}

static void query_message(edu_id person, bool wants_code)
{
    char id[36];
    id_literal(person, id);
    message_query q = {.person = wants_code ? person : (edu_id){{0}}};
    (void)snprintf(q.sql, sizeof q.sql,
                   "SELECT o.template, o.sealed, p.wrapped_key FROM outbox o JOIN person p ON p.id "
                   "= o.person_id WHERE o.person_id = %s ORDER BY o.id DESC LIMIT 1",
                   id);
    FX_OK(ei_store_read(looked_into(), read_message, &q, error));
}

const char *fx_last_template(edu_id person)
{
    query_message(person, false);
    return world.text;
}

const char *fx_code(edu_id person)
{
    query_message(person, true);
    char id[36], sql[128];
    id_literal(person, id);
    (void)snprintf(sql, sizeof sql, "DELETE FROM outbox WHERE person_id = %s", id);
    fx_run(sql);
    return world.text;
}

/* ---- the bank ---- */

void fx_bank_sign(const char *secret, const char *body, int64_t seconds, const char *kid, char *out,
                  size_t room)
{
    char hex[65];
    uint8_t mac[32];
    crypto_auth_hmacsha256_state state;
    ei_buffer text = {0};
    ei_buffer_printf(&text, "%lld.%s", (long long)seconds, body);
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)text.data, text.size);
    crypto_auth_hmacsha256_final(&state, mac);
    ei_hex_format(mac, sizeof mac, hex);
    (void)snprintf(out, room, "kid=%s; t=%lld; v=%s", kid, (long long)seconds, hex);
    ei_buffer_free(&text);
}

/* ---- the world ---- */

edu_bytes fx_bytes(const char *text)
{
    return (edu_bytes){text, strlen(text)};
}

json_t *fx_example(const char *folder, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/examples/data/%s/%s.json", getenv("EDU_ROOT"), folder,
                   name);
    json_t *json = json_load_file(path, 0, NULL);
    ck_assert_msg(json != NULL, "%s", path);
    return json;
}

void fx_publish(edu_status (*publish)(edu_session *, json_t *, const char *, int32_t *,
                                      edu_error *),
                json_t *document)
{
    int32_t version;
    FX_OK(publish(fx_operator(), document, NULL, &version, error));
    json_decref(document);
}

void fx_definition_refused(json_t *definition, const char *field)
{
    ei_definition *made = NULL;
    FX_FAILS(EDU_E_INVALID, ei_definition_make(definition, &made, error));
    ck_assert_str_eq(fx_last_error.field, field);
    json_decref(definition);
}

edu_import_report fx_import(fx_import_fn import, const char *csv)
{
    edu_import_report *made = NULL;
    FX_OK(import(fx_operator(), fx_bytes(csv), NULL, &made, error));
    edu_import_report report = *made;
    edu_free(made);
    return report;
}

static void import_persons(void)
{
    char csv[8192] = "number,document,given,family,patronymic,birth,mail,phone\n";
    size_t at = strlen(csv);
#define ADD(...) at += (size_t)snprintf(csv + at, sizeof csv - at, __VA_ARGS__)
    static const char *const given[] = {"Aysel", "Elçin", "Günay", "İlqar"};
    static const char *const family[] = {"Məmmədov", "Əliyeva", "Şıxlı"};
    for (int i = 0; i < 12; i++)
        ADD("PUP%04d,,%s,%s,,2014-01-%02d,pupil%d@mail.example,\n", i + 1, given[i % 4],
            family[i % 3], i + 1, i + 1);
    for (int i = 1; i <= 8; i++)
        ADD("STF%04d,,Staff,Person%d,,1980-01-01,staff%d@mail.example,\n", i, i, i);
    ADD("GRD0001,,Rəna,Məmmədova,Vaqif,1985-01-01,grd1@mail.example,\n");
    ADD("GRD0005,,Tural,Quliyev,,1985-01-01,,+994501234567\n");
    ADD("STR0001,,Kənar,Adam,,1990-01-01,stranger@mail.example,\n");
    ADD(",X-1000001,Olena,Kovalenko,,2014-02-01,,\n");
#undef ADD
    fx_import(edu_account_import_persons, csv);
}

static void import_registers(void)
{
    fx_import(edu_account_import_regions, "code,name\nBA,az=Bakı|en=Baku\nGN,az=Gəncə|en=Ganja\n");
    fx_import(edu_account_import_institutions,
              "code,name,kind,region,address,latitude,longitude,zone\n"
              "S1,1 nömrəli məktəb,school,BA,\"Nizami küç. 1, Bakı\",40.4093,49.8671,\n"
              "S2,2 nömrəli məktəb,school,BA,Təbriz küç. 2,40.45,49.95,\n"
              "S3,3 nömrəli məktəb,school,GN,Atatürk pr. 3,40.6828,46.3606,\n");
    import_persons();
    char csv[1024] = "number,institution,grade,class,language,step_free\n";
    size_t at = strlen(csv);
    for (int i = 0; i < 12; i++)
        at += (size_t)snprintf(csv + at, sizeof csv - at, "PUP%04d,S%d,%d,A,az,%d\n", i + 1,
                               i / 4 + 1, i % 4 + 5, i == 3);
    fx_import(edu_account_import_pupils, csv);
    fx_import(edu_account_import_guardians, "guardian_number,child_number\nGRD0001,PUP0001\n"
                                            "GRD0001,PUP0002\nGRD0005,PUP0005\n");
}

static void make_accounts(void)
{
    static const struct {
        const char *login, *number, *role, *scope, *code;
    } accounts[] = {{"admin", "STF0001", "admin", "", ""},
                    {"clerk", "STF0002", "clerk", "", ""},
                    {"clerk2", "STF0003", "clerk", "", ""},
                    {"clerk.ba", "STF0004", "clerk", "region", "BA"},
                    {"clerk.gn", "STF0005", "clerk", "region", "GN"},
                    {"school1", "STF0006", "school", "institution", "S1"},
                    {"school2", "STF0007", "school", "institution", "S2"},
                    {"steward", "STF0008", "steward", "centre", "C1"},
                    {"pupil1", "PUP0001", NULL, NULL, NULL},
                    {"pupil5", "PUP0005", NULL, NULL, NULL},
                    {"pupil9", "PUP0009", NULL, NULL, NULL},
                    {"parent1", "GRD0001", NULL, NULL, NULL},
                    {"parent5", "GRD0005", NULL, NULL, NULL},
                    {"stranger", "STR0001", NULL, NULL, NULL}};
    fx_run("INSERT INTO centre (code, name, address, region, latitude_e7, longitude_e7, x_m, y_m, "
           "zone, is_active) VALUES ('C1', 'Mərkəz 1', 'Bakı', 'BA', 404000000, 498500000, 0, 0, "
           "'', 1)");
    for (size_t i = 0; i < EI_COUNT(accounts); i++) {
        edu_id person = fx_person(accounts[i].number);
        FX_OK(
            edu_account_create(fx_operator(), person, accounts[i].login, FX_PASSWORD, NULL, error));
        if (accounts[i].role)
            FX_OK(edu_account_grant(fx_operator(), person, accounts[i].role, accounts[i].scope,
                                    accounts[i].code, NULL, error));
    }
}

void fx_setup_empty(void)
{
    open_portal(false);
}

void fx_setup(void)
{
    open_portal(false);
    import_registers();
    make_accounts();
}

void fx_setup_second_factor(void)
{
    open_portal(true);
    import_registers();
    make_accounts();
}
