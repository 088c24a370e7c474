/* How much lies with whom, roughly: counted outside of every write and seldom, and what this
 * process has given out since is added. Were it counted within a command, every other command would
 * change what was counted, and of two at once SERIALIZABLE would undo one. */
#include "domain/portal/portal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AGE (INT64_C(5) * 1000000) /* of a count, before it is made anew */

static int compare(const void *a, const void *b)
{
    return strcmp(((const ei_load *)a)->key, ((const ei_load *)b)->key);
}

static ei_load *find(const ei_loads *in, const char *key)
{
    ei_load wanted;
    (void)snprintf(wanted.key, sizeof wanted.key, "%s", key);
    return in->count == 0 ? NULL : bsearch(&wanted, in->of, in->count, sizeof *in->of, compare);
}

edu_status ei_loads_put(ei_loads *into, const char *key, int64_t load, edu_error *error)
{
    if (into->count == into->room) {
        size_t room = into->room == 0 ? 64 : 2 * into->room;
        ei_load *more = ei_realloc(into->of, room * sizeof *more);
        if (more == NULL)
            return ei_no_memory(error);
        into->of = more;
        into->room = room;
    }
    ei_load *made = &into->of[into->count++];
    (void)snprintf(made->key, sizeof made->key, "%s", key);
    made->load = load;
    return EDU_OK;
}

/* ---- counting ---- */

/* Of those who come while one counts, none waits: what was counted before does. */
static bool begin_count(edu_portal *portal, edu_time now)
{
    (void)pthread_mutex_lock(&portal->load_lock);
    edu_time age = now - portal->loads.counted;
    bool counts = !portal->loads.is_counting && (age < 0 || age >= AGE);
    portal->loads.is_counting = portal->loads.is_counting || counts;
    (void)pthread_mutex_unlock(&portal->load_lock);
    return counts;
}

static void end_count(edu_portal *portal, edu_time now, edu_status status, ei_loads *fresh)
{
    (void)pthread_mutex_lock(&portal->load_lock);
    ei_loads old = portal->loads;
    if (status == EDU_OK) {
        portal->loads = *fresh;
        portal->loads.counted = now;
        *fresh = old;
    }
    portal->loads.is_counting = false;
    (void)pthread_mutex_unlock(&portal->load_lock);
}

edu_status ei_loads_refresh(edu_session *session, edu_command_fn count, void *context,
                            ei_loads *fresh, edu_error *error)
{
    edu_portal *portal = session->portal;
    edu_time now = ei_now(session);
    if (!begin_count(portal, now))
        return EDU_OK;
    edu_status status = ei_read(session, count, context, error);
    if (fresh->count > 0)
        qsort(fresh->of, fresh->count, sizeof *fresh->of, compare);
    end_count(portal, now, status, fresh);
    ei_free(fresh->of);
    fresh->of = NULL;
    return status;
}

void ei_loads_finish(edu_portal *portal)
{
    ei_free(portal->loads.of);
}

/* ---- choosing ---- */

/* Who has come since the count has nothing before this; where memory is short it is not noted. */
static void add_one(ei_loads *to, const char *key)
{
    ei_load *found = find(to, key);
    if (found != NULL)
        found->load++;
    else if (ei_loads_put(to, key, 1, NULL) == EDU_OK)
        qsort(to->of, to->count, sizeof *to->of, compare);
}

static size_t find_least(const ei_loads *in, const char *const *keys, size_t count)
{
    size_t chosen = 0;
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        const ei_load *found = find(in, keys[i]);
        int64_t load = found != NULL ? found->load : 0;
        if (load < least) {
            least = load;
            chosen = i;
        }
    }
    return chosen;
}

/* What could not be noted could not be given back: it is not counted. */
static bool note(ei_command *command, const char *key)
{
    void *more = ei_with_room(command->loads, command->load_count, &command->load_room,
                              sizeof *command->loads);
    if (more == NULL)
        return false;
    command->loads = more;
    (void)snprintf(command->loads[command->load_count++], EI_LOAD_KEY, "%s", key);
    return true;
}

/* Counted at once: else all commands that run beside each other would choose the same. */
size_t ei_loads_take(ei_command *command, const char *const *keys, size_t count)
{
    edu_portal *portal = command->session->portal;
    (void)pthread_mutex_lock(&portal->load_lock);
    size_t chosen = find_least(&portal->loads, keys, count);
    if (count > 0 && note(command, keys[chosen]))
        add_one(&portal->loads, keys[chosen]);
    (void)pthread_mutex_unlock(&portal->load_lock);
    return chosen;
}

void ei_loads_give_back(ei_command *command)
{
    edu_portal *portal = command->session->portal;
    if (command->load_count == 0)
        return;
    (void)pthread_mutex_lock(&portal->load_lock);
    while (command->load_count > 0) {
        ei_load *found = find(&portal->loads, command->loads[--command->load_count]);
        /* A count that was made meanwhile has never seen it. */
        if (found != NULL && found->load > 0)
            found->load--;
    }
    (void)pthread_mutex_unlock(&portal->load_lock);
}
