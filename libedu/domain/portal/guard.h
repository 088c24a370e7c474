/* What keeps guessing out: throttles, and one-time codes with the messages that carry them. All of
 * it runs alike whether the person exists or not: the id of nobody stands for one who does not. */
#ifndef EI_GUARD_H
#define EI_GUARD_H

#include "domain/portal/portal.h"

#define EI_MINUTE (60 * INT64_C(1000000))
#define EI_DAY (24 * 60 * EI_MINUTE)
#define EI_CODE_LIFE (30 * EI_MINUTE)
#define EI_CODE_ATTEMPTS 5

typedef enum ei_throttle {
    EI_THROTTLE_LOGIN,        /* sign-ins of a login */
    EI_THROTTLE_ADDRESS,      /* sign-ins from an address */
    EI_THROTTLE_PASSWORD,     /* changes of a person's password */
    EI_THROTTLE_CODE,         /* tries of a code for a login */
    EI_THROTTLE_REGISTER,     /* accounts asked for by a number or document */
    EI_THROTTLE_RECOVER,      /* recovery codes for a login */
    EI_THROTTLE_GUARDIAN,     /* children asked for by a person */
    EI_THROTTLE_FIND_ADDRESS, /* certificates looked for from an address */
    EI_THROTTLE_FIND_NUMBER,  /* by a number */
    EI_THROTTLE_APPEAL        /* appeals without a name from an address */
} ei_throttle;

/* What is counted and looked up: a hash under the portal's secret key. */
typedef struct ei_hash {
    uint8_t bytes[32];
} ei_hash;
ei_hash ei_hash_text(const edu_portal *portal, const char *purpose, const char *text);
edu_bytes ei_hash_bytes(const ei_hash *hash);

/* Counts an attempt; EDU_E_THROTTLED in *verdict, and no failure of the command, where there were
 * too many: the count must be committed. *verdict is left alone otherwise. */
edu_status ei_throttle_count(edu_tx *tx, ei_throttle throttle, const ei_hash *subject, edu_time now,
                             edu_status *verdict, edu_error *error);
/* Takes attempts back that turned out to be good. */
edu_status ei_throttle_take_back(edu_tx *tx, ei_throttle throttle, const ei_hash *subject,
                                 int64_t attempts, edu_error *error);
/* The answer behind a verdict of EDU_E_THROTTLED. */
edu_status ei_throttled(edu_error *error);

/* Of a login; capitals mean the same as small letters. */
ei_hash ei_login_hash(const edu_portal *portal, const char *login);

#define EI_CODE_TEXT 9
/* The hash of a code for whatever `scope` it is good for. */
ei_hash ei_code_hash(const edu_portal *portal, const char *purpose, const ei_hash *scope,
                     const char *code);

/* A code for a person with an account, by a message; purpose "recover" or "confirm", template its
 * text's. The one before is worth nothing from now on. */
edu_status ei_code_send(ei_command *command, edu_tx *tx, const edu_id *person, const char *purpose,
                        const char *template, const char *language, edu_error *error);
typedef enum ei_code_verdict {
    EI_CODE_WRONG,
    EI_CODE_SPENT, /* the last attempt there was */
    EI_CODE_RIGHT  /* and used up */
} ei_code_verdict;
/* Counts the attempt, whatever comes out. */
edu_status ei_code_check(ei_command *command, edu_tx *tx, const edu_id *person, const char *purpose,
                         const char *code, ei_code_verdict *verdict, edu_error *error);

/* A message of the library to a person, with a code or NULL. Its sealed data is {"code": …}, under
 * the field's name EI_SEALED_MESSAGE. */
#define EI_SEALED_MESSAGE "message"
edu_status ei_message_send(ei_command *command, edu_tx *tx, const edu_id *person,
                           const char *template, const char *language, const char *code,
                           edu_error *error);

#endif
