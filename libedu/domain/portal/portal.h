/* The portal, its sessions, and the one way in which every write of the domain runs. */
#ifndef EI_PORTAL_H
#define EI_PORTAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <edu/portal.h>
#include "core/core.h"
#include "security/security.h"
#include "storage/storage.h"

/* Running numbers, leased in blocks so that no row is written by everybody. */
typedef struct ei_numbers {
    int32_t series;
    int64_t next, end;
} ei_numbers;

#define EI_MADE_SLOTS 8

/* How much lies with whom; loads.c */
#define EI_LOAD_KEY 65
typedef struct ei_load {
    char key[EI_LOAD_KEY]; /* a code, or an id as text */
    int64_t load;
} ei_load;
typedef struct ei_loads {
    ei_load *of; /* by key */
    size_t count, room;
    edu_time counted;
    bool is_counting;
} ei_loads;

struct edu_portal {
    atomic_int holders; /* the caller and each session */
    edu_store *store;
    ei_keys *keys;
    edu_environment environment;
    char *keys_path, *outbox, *documents, *host, *name; /* documents: NULL for in the store */
    char language[9];
    int32_t utc_offset_minutes;
    bool staff_second_factor;
    ei_password_cost password_cost;
    _Atomic(struct ei_kept *) kept; /* what is published, once read */
    ei_numbers numbers;             /* under the lock */
    pthread_mutex_t number_lock;
    _Atomic(char *) decoy; /* a certificate of nobody, once made */
    char *signer_command, *scanner_command, *payment_page, *payment_command;
    struct ei_made *made[EI_MADE_SLOTS]; /* lists and bundles that were signed, under the lock */
    pthread_mutex_t made_lock;
    ei_loads loads; /* under the lock */
    pthread_mutex_t load_lock;
};

#define EI_WHY_MAX 200

struct edu_session {
    edu_portal *portal;
    edu_id person_id; /* none for nobody */
    bool is_operator;
    bool needs_code;
    bool is_programs; /* by a token that somebody made for a program */
    char language[9];
    char why[EI_WHY_MAX + 1]; /* it reads what it reads; "" */
    char *token;              /* NULL unless signed in */
    uint8_t token_hash[32];
};

/* Ids of no person. The operator's is an actor with the role of an admin; nobody's stands where a
 * column needs an id and there is no actor, and never has rows of a person. */
extern const edu_id ei_operator_id;
extern const edu_id ei_nobody_id;

void ei_portal_hold(edu_portal *portal); /* until edu_portal_close */

/* EDU_E_INVALID for NULL: enough for what nobody may call too. */
edu_status ei_session_check(const edu_session *session, edu_error *error);
/* NULL is allowed. */
edu_status ei_check_language(const char *language, edu_error *error);

/* The actor that the queries see: the person, the operator's reserved id, or none for a session of
 * nobody and for one that still needs its code. Queries compare with it, so nobody sees nothing. */
edu_id ei_session_actor(const edu_session *session);
/* The person, or the session's own where none is given. */
edu_id ei_person_or_self(const edu_session *session, edu_id person);
/* EDU_E_INVALID for NULL, EDU_E_UNAUTHENTICATED where the session is nobody's or needs its code. */
edu_status ei_session_require(edu_session *session, edu_error *error);
edu_time ei_now(const edu_session *session);
edu_id ei_new_id(const edu_session *session);
/* The text of a JSON object by language: the session's, else the portal's, else the first. */
const char *ei_localised(const edu_session *session, json_t *texts);
/* JSON that the library wrote itself; EDU_E_CORRUPT where it is none. A new reference. */
edu_status ei_json_read(const char *text, size_t size, json_t **out, edu_error *error);
/* JSON that somebody gave, as it is hashed and stored; EDU_E_INVALID with the field for a null
 * character in it, which no text of a store has. Free with ei_free. */
edu_status ei_json_write(const json_t *given, const char *field, char **out, edu_error *error);

/* A write: one transaction, idempotent under its key. `run` must follow the rules for commands in
 * edu/sys/storage.h. What it leaves in result (at most 64 bytes) is stored under the key and given
 * back, without running, when the same key comes again. */
typedef struct ei_command {
    edu_session *session;
    const char *name; /* such as "olympiad.register" */
    const char *key;  /* NULL: not remembered */
    edu_status (*run)(struct ei_command *command, edu_tx *tx, edu_error *error);
    void *context;
    edu_time now;        /* set before the first run: a repeat sees the same instant */
    uint8_t request[32]; /* hash of name and arguments, by ei_command_hash */
    uint8_t result[64];
    size_t result_size;
    bool was_repeated; /* the answer came from an earlier call */
    bool is_refusal;   /* set by run: to be committed, as what it counted must stay, but the key is
                          not used up by it */
    bool takes_serial; /* makes an application: its number is reserved before */
    bool is_serial_taken;
    int64_t serial;
    /* Reads what the caller is told, from the result, in the same transaction: where that fails
     * nothing was done. NULL where there is nothing to be read; not called of a refusal. */
    edu_command_fn tell;
    void *told;
    size_t load_count, load_room; /* what ei_loads_take gave in this run */
    char (*loads)[EI_LOAD_KEY];
} ei_command;

/* Adds an argument to the request's hash; call for each argument, in order, before running. */
void ei_command_hash(ei_command *command, const void *data, size_t size);
void ei_command_hash_text(ei_command *command, const char *text);
edu_status ei_command_run(ei_command *command, edu_error *error);
/* With a record of this size in *slot, to be filled by `tell` or from the result; made before, as
 * nothing must fail behind a commit. On failure it is freed. */
edu_status ei_command_run_record(ei_command *command, size_t size, void *slot, edu_error *error);

/* One write of a few rows, not remembered under a key. */
edu_status ei_write(edu_session *session, const char *name,
                    edu_status (*run)(ei_command *, edu_tx *, edu_error *), void *context,
                    edu_error *error);

/* A read: one snapshot. Refused, as a command is, where the session's sign-in has ended. */
edu_status ei_read(edu_session *session, edu_command_fn read, void *context, edu_error *error);

/* ---- reading.c: who else reads what is held on a person ---- */

#define EI_ABOUT_MAX 200
/* What a call reads. It is recorded where it is somebody else's, but for what has gone before
 * within a quarter of an hour. */
typedef struct ei_reading {
    const char *what; /* such as "request"; NULL: nothing that is recorded */
    edu_id person;    /* may be set by the read; none: nobody's */
    char about[EI_ABOUT_MAX +
               1];   /* which of theirs; of a list, what was asked for. No personal data */
    bool is_list;    /* of many: one row, whoever is in it */
    bool is_nothing; /* set by the read: nothing was found */
} ei_reading;
/* Of one person; subject may be none. */
ei_reading ei_reading_of(const char *what, edu_id person, edu_id subject);
ei_reading ei_reading_list(const char *what);
/* Adds to what was asked for: a code or an id that rows have, never what somebody typed otherwise.
 */
void ei_reading_about(ei_reading *of, const char *name, const char *code);
void ei_reading_about_id(ei_reading *of, const char *name, edu_id id);
/* A read that fails where it must be recorded and cannot be: what it has made is then to be freed.
 */
edu_status ei_read_of(edu_session *session, ei_reading *of, edu_command_fn read, void *context,
                      edu_error *error);
/* The same of what a command gives. */
edu_status ei_reading_note(ei_command *command, edu_tx *tx, const ei_reading *of, edu_error *error);

/* EDU_E_DENIED unless the actor holds the role without scope (admin of the operator included). For
 * functions that only such a role may call at all; what is scoped is decided in the statement. */
edu_status ei_require_role(edu_session *session, edu_tx *tx, const char *role, edu_error *error);

/* A clerk without scope; neither an admin nor the operator, who are never one of two people. Admins
 * and the operator may do what ei_require_role(…, "clerk", …) permits. */
edu_status ei_require_clerk(edu_session *session, edu_tx *tx, edu_error *error);

/* Whom the statement gives a row: EDU_E_UNAUTHENTICATED or EDU_E_DENIED. */
typedef edu_status (*ei_right_fn)(edu_tx *tx, const edu_id *actor, ei_rows *rows, edu_error *error);
edu_status ei_require_row(edu_session *session, edu_tx *tx, ei_right_fn open, edu_error *error);
/* Somebody of any role. */
edu_status ei_require_staff(edu_session *session, edu_tx *tx, edu_error *error);

/* An entry of the audit trail; detail (may be NULL) without personal data. */
edu_status ei_audit(ei_command *command, edu_tx *tx, const char *action, const edu_id *person,
                    const char *detail_json, edu_error *error);
/* About something that is no person, with how many it concerned. */
edu_status ei_audit_count(ei_command *command, edu_tx *tx, const char *action, edu_id subject,
                          int64_t count, edu_error *error);

/* ---- publish.c ---- */

/* A document that is published in versions. The functions are statements: newest gives version and
 * hash of the newest one. */
typedef struct ei_publication {
    const char *action; /* name of the command and its audit entry */
    const char *code;
    json_t *document; /* checked */
    edu_status (*newest)(edu_tx *tx, const char *code, ei_rows *rows, edu_error *error);
    edu_status (*add)(edu_tx *tx, const char *code, int64_t version, const char *text,
                      edu_bytes hash, edu_time now, const edu_id *actor, int64_t *changed,
                      edu_error *error);
    /* What else is written with a new version; NULL: nothing. */
    edu_status (*also)(ei_command *command, edu_tx *tx, const void *context, edu_error *error);
    const void *also_context;
} ei_publication;

/* One more version, unless the newest is the same; for admins. */
edu_status ei_publish(edu_session *session, const ei_publication *wanted, const char *key,
                      int32_t *version, edu_error *error);

/* ---- kept.c: parsed documents, kept by the portal until it closes ---- */

typedef enum ei_kind_of_document {
    EI_KEPT_SERVICE,
    EI_KEPT_CALENDAR,
    EI_KEPT_APPEAL_RULES,
    EI_KEPT_REGISTER,
    EI_KEPT_REFERENCE
} ei_kind_of_document;
typedef void (*ei_object_free_fn)(void *object);
/* How a document is found and what is made of it. newest and get are statements; newest gives the
 * version, get the document in a column of its row. */
typedef struct ei_kept_plan {
    ei_kind_of_document kind;
    edu_status (*newest)(edu_tx *tx, const char *code, ei_rows *rows, edu_error *error);
    edu_status (*get)(edu_tx *tx, const char *code, int64_t version, ei_rows *rows,
                      edu_error *error);
    int column;
    edu_status (*make)(json_t *json, void **out, edu_error *error);
    ei_object_free_fn release;
    edu_status (*missing)(edu_error *error);
} ei_kept_plan;
/* A document as it was published, parsed once; version 0 is the newest. version_out may be NULL. */
edu_status ei_kept_load(const edu_session *session, edu_tx *tx, const ei_kept_plan *plan,
                        const char *code, int32_t version, const void **out, int32_t *version_out,
                        edu_error *error);
edu_status ei_kept_newest(edu_tx *tx, const ei_kept_plan *plan, const char *code, int32_t *version,
                          edu_error *error);
void ei_kept_finish(edu_portal *portal);

/* ---- signing.c: the keys that sign, as the store has them ---- */

/* The key that signs now; ei_signer_wipe it. Read in each transaction that signs, so that a key
 * that was withdrawn signs nothing more in any process. */
edu_status ei_signing_current(const edu_session *session, edu_tx *tx, ei_signer *out,
                              edu_error *error);
/* The time of issue that a signature by this key is dated with: whole seconds, and not before the
 * key, whatever this machine's clock says. */
edu_time ei_signing_time(const ei_signer *signer, edu_time now);
/* The public keys with their times, as an array of a JSON Web Key Set; new reference. */
edu_status ei_signing_keys(edu_tx *tx, json_t **out, edu_error *error);
/* Keys of the keys file, for a store that has none. */
edu_status ei_signing_found(const edu_portal *portal, edu_tx *tx, edu_error *error);

/* Something signed that is given to many: the text of a slot, while version and key are the same
 * and it is not older than `age`. NULL where there is none; ei_free. */
typedef struct ei_made_key {
    int32_t list; /* 0: the bundle */
    int64_t version;
    char key_id[EI_KEY_ID_TEXT];
} ei_made_key;
char *ei_made_find(edu_portal *portal, const ei_made_key *key, edu_time now, edu_time age);
void ei_made_keep(edu_portal *portal, const ei_made_key *key, edu_time now, const char *text);
void ei_made_finish(edu_portal *portal);

/* Figures of fewer people than these would tell about each of them. */
#define EI_FEW 5

/* ---- people.c: who is told ---- */

#define EI_PEOPLE_MAX 20 /* more are not told */

typedef struct ei_people {
    size_t count;
    edu_id ids[EI_PEOPLE_MAX];
} ei_people;

void ei_people_add(ei_people *people, const edu_id *person); /* nobody where it is none */
/* Adds those whom a statement gives in its first column. */
edu_status ei_people_take(ei_people *people, edu_status opened, ei_rows *rows, edu_error *error);
/* Adds who does the work of a person now. */
edu_status ei_people_stand_in(ei_people *people, edu_tx *tx, const edu_id *person, edu_time now,
                              edu_error *error);
/* Adds who does the work of those who are in it, behind them. */
edu_status ei_people_with_stand_ins(ei_people *people, edu_tx *tx, edu_time now, edu_error *error);

/* ---- loads.c: for spreading work ---- */

/* Counts anew, in a snapshot of its own, unless that was done in the last seconds. `count` empties
 * fresh, which its context has, and puts each load into it. Not within a command. */
edu_status ei_loads_refresh(edu_session *session, edu_command_fn count, void *context,
                            ei_loads *fresh, edu_error *error);
edu_status ei_loads_put(ei_loads *into, const char *key, int64_t load, edu_error *error);
/* Which of the keys has the least, the first of equals; it has one more from then on, unless the
 * command does not commit. Within a command. */
size_t ei_loads_take(ei_command *command, const char *const *keys, size_t count);
/* What the command was given does not count: it did not commit, or runs once more. */
void ei_loads_give_back(ei_command *command);
void ei_loads_finish(edu_portal *portal);

/* ---- sealed.c: what only its person's key opens ---- */

/* Adds to out; a field's name keeps it from being taken for another's. */
edu_status ei_seal_into(const edu_session *session, const edu_id *person, edu_bytes wrapped,
                        const char *field, edu_bytes plain, ei_buffer *out, edu_error *error);
/* A text; where nothing is sealed, NULL. */
edu_status ei_unseal_text(const edu_session *session, const edu_id *person, edu_bytes wrapped,
                          const char *field, edu_bytes sealed, ei_arena *arena, const char **out,
                          edu_error *error);
#define EI_SEALED_HASH 65 /* SHA-256 in hex */
void ei_sealed_hash(edu_bytes sealed, char hex[EI_SEALED_HASH]);
/* Notes the hash of what is sealed as data's "sealed": the chain holds what is stored, not what it
 * says, and stands when that is erased. */
edu_status ei_sealed_note(json_t *data, const ei_buffer *sealed, edu_error *error);

/* ---- job.c: what a job does to many, each in a transaction of its own ---- */

typedef struct ei_job_item {
    int64_t first; /* what the list is sorted by, before the ids */
    edu_id person, id;
} ei_job_item;
typedef struct ei_job ei_job;
struct ei_job {
    edu_session *session;
    const char *name; /* of the command */
    /* Opens the statement of those behind job->after: first, person, id. */
    edu_status (*open)(const ei_job *job, edu_tx *tx, int32_t limit, ei_rows *rows,
                       edu_error *error);
    /* Judges one anew, as another may have been faster; *is_done: it was for this to do. */
    edu_status (*run)(ei_command *command, edu_tx *tx, const ei_job_item *item, bool *is_done,
                      edu_error *error);
    /* Filled */
    edu_time now;
    ei_job_item after; /* whoever is not to be moved now does not stand in others' way */
    ei_job_item item;
};
/* For admins; at most `limit` are done, 200 where it is 0. */
edu_status ei_job_run(ei_job *job, int32_t limit, int32_t *done, edu_error *error);

/* ---- bulk.c: what somebody does to many in one command ---- */

#define EI_BULK_MAX 200
typedef struct ei_bulk ei_bulk;
struct ei_bulk {
    const char *name; /* of the command */
    bool preview;     /* nothing is changed */
    /* Before the command; NULL: nothing. */
    edu_status (*prepare)(ei_bulk *work, edu_error *error);
    /* Does one, and notes in `outcome` what it has come to. What it refuses is undone. */
    edu_status (*run)(ei_bulk *work, size_t index, ei_command *command, edu_tx *tx, json_t *outcome,
                      edu_error *error);
    void *context;
    /* Filled */
    size_t count;
    struct {
        edu_id person, id;
    } items[EI_BULK_MAX];
    struct {
        int32_t done;
        uint8_t refused[EI_BULK_MAX / 8];
    } result; /* as it is kept under the key */
    edu_bulk_report *out;
};
/* The command has a session, a key, and the hash of what is done. */
edu_status ei_bulk_run(ei_bulk *work, ei_command *command, const json_t *items,
                       edu_bulk_report **out, edu_error *error);
/* A text of an outcome; NULL: it has none. */
edu_status ei_bulk_note(json_t *outcome, const char *name, const char *text, edu_error *error);

/* ---- number.c ---- */

#define EI_NUMBER_TEXT 40
/* Before a command that takes a serial: from the block that is kept, so that no row is written. */
edu_status ei_serial_reserve(ei_command *command, edu_error *error);
/* Within a command: what was reserved for it, once, else the next of the store. */
edu_status ei_serial_next(ei_command *command, edu_tx *tx, int64_t *out, edu_error *error);
/* Such as "M-2026-000123". */
void ei_number_format(const char *prefix, int64_t serial, char out[EI_NUMBER_TEXT]);
/* As people write it, whatever the prefix; false for other texts. */
bool ei_number_parse(const char *number, int64_t *out);

/* Keyset pages. A statement of a list gives in each row first its sort key, whose parts `shape`
 * tells: t text, i integer (also time), u id; in capitals where the order is descending. It asks
 * for rows behind the key and for ei_page_limit(limit) + 1 of them. */
#define EI_PAGE_KEY_PARTS 6
typedef struct ei_page_key {
    const char *text[EI_PAGE_KEY_PARTS]; /* by part; what is before all where there is no cursor */
    int64_t integer[EI_PAGE_KEY_PARTS];
    edu_id id[EI_PAGE_KEY_PARTS];
    json_t *held;
} ei_page_key;
int32_t ei_page_limit(int32_t wanted); /* 1 to EDU_PAGE_MAX; 0 or less gives 50 */
/* A cursor is sealed; a foreign or broken one is EDU_E_INVALID. Finish always. */
edu_status ei_page_key_read(const edu_session *session, ei_page_key *key, const char *shape,
                            const char *cursor, edu_error *error);
void ei_page_key_finish(ei_page_key *key);
/* The cursor behind the item of a page that is no statement's: key is an array of what `shape`
 * tells. NULL where memory ran out. */
char *ei_page_cursor(const edu_session *session, const char *shape, ei_arena *arena,
                     const json_t *key);
/* Reads all rows into a page; the columns behind the key are the record's fields in their order, or
 * what `fill` makes of them (NULL for the former). */
typedef edu_status (*ei_page_fill_fn)(ei_rows *rows, int first, ei_arena *arena, void *record,
                                      void *context, edu_error *error);
typedef struct ei_page_plan {
    const char *shape;
    const char *record; /* name of the record's type */
    int32_t limit;      /* as given to ei_page_limit */
    ei_page_fill_fn fill;
    void *context;
} ei_page_plan;
edu_status ei_page_read(const edu_session *session, ei_rows *rows, const ei_page_plan *plan,
                        void **out, edu_error *error);

typedef struct ei_list ei_list;
struct ei_list {
    edu_session *session;
    const void *filter; /* what the statement needs besides the key */
    /* Opens the statement behind the key, for `ask` rows. */
    edu_status (*open)(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error);
    ei_page_plan plan;
    ei_reading reading; /* nothing is read, and nothing recorded, where the page is empty */
    ei_page_key key;
    int32_t ask;
    void *page;
};

/* Reads a page into list->page, in a snapshot of its own. session, filter, open and plan are set;
 * the plan's context, where it is NULL, becomes the session. out is the public function's: not
 * NULL. */
edu_status ei_list_read(ei_list *list, const char *cursor, const void *out, edu_error *error);

/* Makes a record and has `run` fill it in a snapshot of its own. `slot` is the address of the
 * context's pointer to the record, set before run is called; nothing is left where it fails. */
edu_status ei_read_record(edu_session *session, size_t size, edu_command_fn run, void *context,
                          void *slot, edu_error *error);

/* The same of a person's data. */
edu_status ei_read_record_of(edu_session *session, ei_reading *of, size_t size, edu_command_fn run,
                             void *context, void *slot, edu_error *error);

/* What a statement of one row and one integer gives: `found` tells whether there was the row, and
 * out is left alone where not. Either may be NULL. Closes the rows. */
edu_status ei_rows_integer(edu_status opened, ei_rows *rows, bool *found, int64_t *out,
                           edu_error *error);

/* Has `take` look at each row that a statement gave, until one fails; closes the rows. */
typedef edu_status (*ei_take_fn)(void *context, ei_rows *rows, edu_error *error);
edu_status ei_rows_each(edu_status opened, ei_rows *rows, ei_take_fn take, void *context,
                        edu_error *error);

/* Adds the ids that a statement gives in its first column, one behind the other. */
edu_status ei_rows_ids(edu_status opened, ei_rows *rows, ei_buffer *ids, edu_error *error);

/* Copies for a record; NULL stays NULL. */
edu_status ei_copy_text(ei_arena *arena, const char *text, const char **out, edu_error *error);
edu_status ei_copy_column(ei_arena *arena, ei_rows *rows, int column, const char **out,
                          edu_error *error);
/* NULL for JSON's null, which is what bindings make of nothing. */
static inline json_t *ei_json_given(json_t *json)
{
    return json_is_null(json) ? NULL : json;
}
/* Given and family name, from two columns; left alone where nobody is named. */
edu_status ei_copy_name(ei_arena *arena, ei_rows *rows, int column, const char **out,
                        edu_error *error);
edu_status ei_copy_json(ei_arena *arena, ei_rows *rows, int column, json_t **out, edu_error *error);
/* Into a field of a struct; "" for NULL. */
void ei_take_text(ei_rows *rows, int column, char *out, size_t room);
/* Gives a value, or NULL for no memory, to the arena. */
edu_status ei_own_json(ei_arena *arena, json_t *value, json_t **out, edu_error *error);

/* A file as a record; the content is copied. */
edu_status ei_document(const char *name, const char *type, const ei_buffer *content,
                       edu_document **out, edu_error *error);

/* Text of a stored JSON object by language; NULL when out of memory. */
char *ei_localised_text(ei_arena *arena, const edu_session *session, const char *json);

#endif
