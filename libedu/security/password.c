#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include <uninorm.h>
#include "security/security.h"

#define SALT crypto_pwhash_SALTBYTES
#define HASH 32
#define AT_ONCE 4 /* runs of Argon2id: 64 MiB each */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;
static int running;
static uint64_t runs;

static void begin_run(void)
{
    pthread_mutex_lock(&mutex);
    while (running == AT_ONCE)
        pthread_cond_wait(&ended, &mutex);
    running++;
    runs++;
    pthread_mutex_unlock(&mutex);
}

static void end_run(void)
{
    pthread_mutex_lock(&mutex);
    running--;
    pthread_cond_signal(&ended);
    pthread_mutex_unlock(&mutex);
}

uint64_t ei_password_runs(void)
{
    pthread_mutex_lock(&mutex);
    uint64_t count = runs;
    pthread_mutex_unlock(&mutex);
    return count;
}

static ei_password_cost effective(const ei_password_cost *cost)
{
    return (ei_password_cost){cost->operations ? cost->operations : 2,
                              cost->memory ? cost->memory : 64 << 20};
}

/* In NFC: the same letters from another keyboard are the same password. */
static edu_status compose(const char *password, char **out, edu_error *error)
{
    size_t size = 0;
    *out = (char *)u8_normalize(UNINORM_NFC, (const uint8_t *)password, strlen(password) + 1, NULL,
                                &size);
    if (*out)
        return EDU_OK;
    return errno == ENOMEM ? ei_no_memory(error) : ei_bad_argument(error, "password");
}

static void discard(char *composed)
{
    sodium_memzero(composed, strlen(composed));
    free(composed);
}

static edu_status derive(ei_password_cost cost, const uint8_t salt[SALT], const char *password,
                         uint8_t out[HASH], edu_error *error)
{
    char *composed;
    EI_TRY(compose(password, &composed, error));
    begin_run();
    int result = crypto_pwhash(out, HASH, composed, strlen(composed), salt, cost.operations,
                               cost.memory, crypto_pwhash_ALG_ARGON2ID13);
    end_run();
    discard(composed);
    return result == 0 ? EDU_OK : ei_no_memory(error);
}

static size_t count_characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

edu_status ei_password_check(const char *password, const char *login, edu_error *error)
{
    EI_TRY(ei_check_text(password, 1000, false, "/password", error));
    char *composed;
    EI_TRY(compose(password, &composed, error));
    size_t count = count_characters(composed);
    bool is_login = login && strcmp(composed, login) == 0;
    discard(composed);
    if (count < 10 || count > 200 || is_login)
        return ei_fail(error, EDU_E_INVALID, "account.weak_password", "/password",
                       "a password has 10 to 200 characters and is not the login");
    return EDU_OK;
}

edu_status ei_password_hash(const ei_password_cost *cost, const edu_random *random,
                            const char *password, char text[EI_PASSWORD_TEXT], edu_error *error)
{
    uint8_t salt[SALT], hash[HASH];
    char salt_hex[2 * SALT + 1], hash_hex[2 * HASH + 1];
    ei_password_cost real = effective(cost);
    random->fill(random->context, salt, sizeof salt);
    EI_TRY(derive(real, salt, password, hash, error));
    ei_hex_format(salt, SALT, salt_hex);
    ei_hex_format(hash, HASH, hash_hex);
    snprintf(text, EI_PASSWORD_TEXT, "a2id:%llu:%zu:%s:%s", (unsigned long long)real.operations,
             real.memory, salt_hex, hash_hex);
    return EDU_OK;
}

typedef struct stored_hash {
    ei_password_cost cost;
    uint8_t salt[SALT], hash[HASH];
} stored_hash;

static bool read_stored(const char *text, stored_hash *out)
{
    unsigned long long operations;
    char salt_hex[2 * SALT + 1], hash_hex[2 * HASH + 1];
    if (sscanf(text, "a2id:%llu:%zu:%32[0-9a-f]:%64[0-9a-f]", &operations, &out->cost.memory,
               salt_hex, hash_hex) != 4)
        return false;
    out->cost.operations = operations;
    return ei_hex_parse(salt_hex, out->salt, SALT) == SALT &&
           ei_hex_parse(hash_hex, out->hash, HASH) == HASH;
}

edu_status ei_password_verify(const ei_password_cost *cost, const char *stored,
                              const char *password, bool *good, edu_error *error)
{
    /* Nobody's hash costs what a new one would. */
    stored_hash known = {.cost = effective(cost)};
    uint8_t hash[HASH];
    bool is_somebody = stored && read_stored(stored, &known);
    *good = false;
    EI_TRY(derive(known.cost, known.salt, password, hash, error));
    bool is_same = ei_equal(hash, known.hash, HASH);
    *good = is_same && is_somebody;
    return EDU_OK;
}
