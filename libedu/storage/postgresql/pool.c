#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "storage/postgresql/postgresql_internal.h"

#define CONNECTIONS_A_CORE 4
#define CONNECTIONS_LEAST 8
#define CONNECTIONS_MOST 64
#define WAIT_S 20

static size_t connection_count(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    long count = cores * CONNECTIONS_A_CORE;
    return (size_t)(count < CONNECTIONS_LEAST  ? CONNECTIONS_LEAST
                    : count > CONNECTIONS_MOST ? CONNECTIONS_MOST
                                               : count);
}

edu_status ei_pg_pool_open(pool *out, const char *address, size_t cache_size, edu_error *error)
{
    pthread_condattr_t monotonic;
    *out = (pool){.address = address, .cache_size = cache_size, .count = connection_count()};
    out->slots = ei_calloc(out->count, sizeof *out->slots);
    if (out->slots == NULL)
        return ei_no_memory(error);
    pthread_mutex_init(&out->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&out->freed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return EDU_OK;
}

void ei_pg_pool_close(pool *of, bool is_ours)
{
    for (size_t i = 0; i < of->count; i++)
        if (is_ours)
            ei_pg_disconnect(&of->slots[i].on);
        else
            ei_pg_abandon(&of->slots[i].on);
    ei_free(of->slots);
    pthread_mutex_destroy(&of->mutex);
    pthread_cond_destroy(&of->freed);
}

/* The first that is free, so that few connections do the work of few sessions. */
static slot *find_free(const pool *in)
{
    slot *closed = NULL;
    for (size_t i = 0; i < in->count; i++) {
        slot *at = &in->slots[i];
        if (!at->is_busy && at->on.pg != NULL)
            return at;
        if (!at->is_busy && closed == NULL)
            closed = at;
    }
    return closed;
}

static edu_status wait_for_free(pool *in, slot **out, edu_error *error)
{
    struct timespec until;
    int waited = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += WAIT_S;
    pthread_mutex_lock(&in->mutex);
    while ((*out = find_free(in)) == NULL && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&in->freed, &in->mutex, &until);
    if (*out != NULL)
        (*out)->is_busy = true;
    pthread_mutex_unlock(&in->mutex);
    if (*out != NULL)
        return EDU_OK;
    ei_error_fill(error, EDU_E_BUSY, "storage.busy", NULL,
                  "all connections to the server are at work; try again");
    if (error != NULL)
        error->retryable = true;
    return EDU_E_BUSY;
}

edu_status ei_pg_pool_take(pool *from, slot **out, edu_error *error)
{
    EI_TRY(wait_for_free(from, out, error));
    if ((*out)->on.pg != NULL)
        return EDU_OK;
    edu_status status = ei_pg_connect(from->address, from->cache_size, &(*out)->on, error);
    if (status != EDU_OK)
        ei_pg_pool_give(from, *out);
    return status;
}

void ei_pg_pool_give(pool *to, slot *taken)
{
    if (taken->on.pg != NULL && !ei_pg_is_open(&taken->on))
        ei_pg_disconnect(&taken->on);
    pthread_mutex_lock(&to->mutex);
    taken->is_busy = false;
    pthread_cond_signal(&to->freed);
    pthread_mutex_unlock(&to->mutex);
}
