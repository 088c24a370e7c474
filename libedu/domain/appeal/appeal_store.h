/* An appeal as its statements and steps see it. */
#ifndef EI_APPEAL_STORE_H
#define EI_APPEAL_STORE_H

#include <edu/appeal.h>
#include "domain/appeal/appeal_rules.h"
#include "domain/application/application.h"
#include "domain/portal/portal.h"

#define EI_APPEAL_SERVICE "appeal"
#define EI_APPEAL_CODE 65
#define EI_APPEAL_TEXT_MAX 32768
#define EI_APPEAL_SEALED "appeal.text" /* names of sealed fields */
#define EI_APPEAL_SEALED_DRAFT "appeal.draft"
#define EI_APPEAL_SEALED_NAME "appeal.file_name"
#define EI_APPEAL_SEALED_FILE "appeal.file"
#define EI_APPEAL_NEVER INT64_C(253402300799000000) /* the end of the year 9999 */

/* Of an appeal as it is in the store, what indexes have. */
typedef struct ei_appeal_stored {
    char category[EI_APPEAL_CODE], department[EI_APPEAL_CODE];
    edu_id executor, into, raised_to;
    edu_time due, very_late, next_at, answered;
    bool is_open;
    int32_t calendar_version;
} ei_appeal_stored;

typedef struct ei_appeal {
    edu_id person, id;
    int64_t serial;
    char number[EI_NUMBER_TEXT], channel[16];
    bool is_anonymous;
    char category[EI_APPEAL_CODE], level[EI_APPEAL_CODE], region[EI_APPEAL_CODE],
        department[EI_APPEAL_CODE]; /* "" for none */
    edu_id executor;
    char state[EI_APPEAL_CODE];
    bool is_open;
    edu_time received, clock_from;
    char calendar[EI_APPEAL_CODE];
    int32_t calendar_version, rules_version;
    char rule[16];
    ei_term_unit unit;
    int32_t term, extra, extensions;
    size_t pause_count;
    ei_pause pauses[EI_PAUSES_MAX];
    edu_time due, very_late, next_at;
    int32_t rung;
    edu_id drafted_by, approved_by;
    edu_time answered; /* NONE where it is not */
    int32_t worked_days, reopened, rating;
    edu_id into_person, into, raised_to;

    ei_appeal_stored stored;
    ei_application_head head;
    ei_person_keys wrapped;
    int32_t newest_rules;
    /* As whom the session acts; "" where not at all. */
    char applicant_as[16], staff_as[16];
} ei_appeal;

/* EDU_E_NOT_FOUND where there is none or the session may not see it. actor: of the session, or the
 * operator's for the work of the system. */
edu_status ei_appeal_load(edu_tx *tx, const edu_id *actor, const edu_id *person, const edu_id *id,
                          edu_time now, ei_appeal *out, edu_error *error);
edu_status ei_appeal_save(edu_tx *tx, const ei_appeal *appeal, edu_error *error);
edu_status ei_appeal_not_found(edu_error *error, const char *what);

/* version 0: the newest. EDU_E_NOT_FOUND "appeal.no_rules" where none are published. */
edu_status ei_appeal_rules_load(const edu_session *session, edu_tx *tx, int32_t version,
                                const ei_appeal_rules **out, int32_t *version_out,
                                edu_error *error);

/* Names of the regions by code, each an object by language; the caller's. */
edu_status ei_appeal_regions(edu_tx *tx, json_t **out, edu_error *error);

/* ---- appeal_clock.c: pure ---- */

/* Chooses the term, and computes due, very_late and next_at from it. */
edu_status ei_appeal_clock(const ei_appeal_rules *rules, const ei_calendar *calendar,
                           ei_appeal *appeal, edu_error *error);
/* EDU_E_LIMIT where there were too many. */
edu_status ei_appeal_pause(ei_appeal *appeal, edu_time now, edu_error *error);
void ei_appeal_go_on(ei_appeal *appeal, edu_time now);
bool ei_appeal_is_paused(const ei_appeal *appeal);
/* From now on, with nothing added. */
void ei_appeal_restart(ei_appeal *appeal, edu_time now);
/* Closes it as answered now. */
edu_status ei_appeal_answered(const ei_calendar *calendar, ei_appeal *appeal, edu_time now,
                              edu_error *error);
edu_status ei_appeal_pauses_read(ei_appeal *appeal, const char *text, edu_error *error);
void ei_appeal_pauses_write(const ei_appeal *appeal, ei_buffer *out);
ei_term ei_appeal_own_term(const ei_appeal *appeal);

/* ---- appeal_step.c: every change of an appeal that exists ---- */

typedef struct ei_appeal_step ei_appeal_step;
struct ei_appeal_step {
    edu_session *session;
    edu_id person, id;
    const char *action; /* of the service's definition */
    const char *text;   /* sealed beside the event; NULL: none */
    bool is_applicants; /* who is both acts as the applicant; else as staff */
    bool is_systems;    /* acts for nobody in particular */
    bool is_signing;    /* by who proved to know the code: not one of the appeal's yet */
    bool is_followers;  /* by who proved to know the code of an appeal without a name */
    bool takes_newest_rules;
    bool takes_newest_calendar; /* the clock begins anew, of what no job has brought up to date */
    const void *wanted;
    /* Changes the appeal; its state is the one behind the action already. */
    edu_status (*change)(ei_appeal_step *step, ei_command *command, edu_tx *tx, edu_error *error);
    /* Filled for `change` */
    ei_appeal appeal;
    char state_before[EI_APPEAL_CODE];
    const char *actor_kind;
    const ei_appeal_rules *rules;
    const ei_calendar *calendar;
    json_t *data; /* of the event */
    ei_buffer sealed;
    edu_status verdict;
    edu_error refusal;
};

/* Within a command: loads, checks, changes, stores the event and the row. */
edu_status ei_appeal_step_run(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                              edu_error *error);
/* As a command of its own; what hashes into the request besides the ids and the text is `more`. */
edu_status ei_appeal_do(ei_appeal_step *step, const char *name, const char *key, const void *more,
                        size_t size, edu_error *error);
/* Seals the step's text into `sealed`, its hash into the data of the event; and stores it beside
 * the event that follows head. */
edu_status ei_appeal_seal_text(ei_appeal_step *step, edu_error *error);
edu_status ei_appeal_put_text(const ei_appeal_step *step, edu_tx *tx, edu_error *error);
/* A message to somebody who works on it. */
edu_status ei_appeal_tell(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                          const edu_id *person, const char *template, edu_error *error);
/* The applicant's wrapped key, as what is sealed for them is opened with. */
edu_bytes ei_appeal_key(const ei_appeal *appeal);

/* ---- appeal_work.c: what a step changes that is done to many too ---- */

typedef struct ei_appeal_routing {
    const char *category, *level, *department; /* NULL: as it is; by the rules */
} ei_appeal_routing;
/* wanted: an ei_appeal_routing. */
edu_status ei_appeal_change_route(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                  edu_error *error);
/* wanted: the id of the executor, none for who has the fewest. */
edu_status ei_appeal_change_assign(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                   edu_error *error);
/* wanted: the code of the department. */
edu_status ei_appeal_change_transfer(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                     edu_error *error);

/* ---- appeal_loads.c ---- */

/* Before a step that chooses by load; EDU_E_NOT_FOUND as the step itself. */
edu_status ei_appeal_loads_refresh(const ei_appeal_step *step, edu_error *error);
/* The one of an array of codes with the fewest open appeals; out is the array's. */
edu_status ei_appeal_department_choose(ei_command *command, const json_t *codes, const char **out,
                                       edu_error *error);
/* The one of the department's who are there; EDU_E_STATE where nobody is. */
edu_status ei_appeal_executor_choose(ei_command *command, edu_tx *tx, const char *department,
                                     edu_id *out, edu_error *error);

/* ---- appeal_code.c ---- */

#define EI_APPEAL_CODE_TEXT EI_PAPER_ID_TEXT
/* With the number, what shows the way of an appeal without a name; and what lets others sign one
 * with a name. */
#define EI_APPEAL_CODE_FOLLOW "appeal.code"
#define EI_APPEAL_CODE_SIGN "appeal.sign"
void ei_appeal_code(const edu_portal *portal, const char *purpose, const edu_id *id,
                    char out[EI_APPEAL_CODE_TEXT]);
/* By number and code. EDU_E_NOT_FOUND; EDU_E_THROTTLED after too many tries of a number. */
edu_status ei_appeal_by_code(edu_session *session, const char *purpose, const char *number,
                             const char *code, edu_id *person, edu_id *id, edu_error *error);

/* ---- appeal_sign.c ---- */

/* A message to each who signed it. */
edu_status ei_appeal_tell_signers(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                  const char *template, edu_error *error);

/* ---- appeal_alike.c ---- */

#define EI_APPEAL_BANDS 4
/* What an appeal is found by: its words, each once and by the alphabet, so that a letter which is
 * sealed cannot be read from them. */
edu_status ei_appeal_words_unordered(const char *names, const char *words, ei_buffer *out,
                                     edu_error *error);
/* Keeps what the text of an appeal, as words, is found by among those that say nearly the same. */
edu_status ei_appeal_bands_add(const edu_session *session, edu_tx *tx, const edu_id *person,
                               const edu_id *id, const char *words, edu_error *error);

/* ---- appeal_list.c: rows of appeal_shown as records ---- */

typedef struct ei_appeal_filling {
    edu_session *session;
    edu_tx *tx;
    edu_time now;
    const ei_appeal_rules *rules; /* the newest, for titles */
} ei_appeal_filling;

/* Before the statement of a list is opened; it is the list's context then. */
edu_status ei_appeal_filling_begin(ei_appeal_filling *with, ei_list *list, edu_tx *tx,
                                   edu_error *error);
edu_status ei_appeal_fill(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                          edu_error *error);

/* "27.11.2026": where the calendar is, by the date of an instant that is just not in time any more.
 */
#define EI_APPEAL_DATE 16
void ei_appeal_date(const ei_calendar *calendar, edu_time due, char out[EI_APPEAL_DATE]);

#endif
