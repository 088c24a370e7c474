/* What was signed for everybody, kept for a while: nobody makes the portal sign by asking often. */
#include "domain/portal/portal.h"

#include <string.h>

typedef struct ei_made {
    ei_made_key key;
    edu_time at;
    char *text;
} ei_made;

static size_t slot_of(const ei_made_key *key)
{
    return (size_t)key->list % EI_MADE_SLOTS;
}

static bool is_same(const ei_made_key *a, const ei_made_key *b)
{
    return a->list == b->list && a->version == b->version && strcmp(a->key_id, b->key_id) == 0;
}

char *ei_made_find(edu_portal *portal, const ei_made_key *key, edu_time now, edu_time age)
{
    char *found = NULL;
    (void)pthread_mutex_lock(&portal->made_lock);
    const ei_made *made = portal->made[slot_of(key)];
    if (made != NULL && is_same(&made->key, key) && now >= made->at && now - made->at < age)
        found = ei_strdup(made->text);
    (void)pthread_mutex_unlock(&portal->made_lock);
    return found;
}

static void drop(ei_made *made)
{
    if (made != NULL)
        ei_free(made->text);
    ei_free(made);
}

/* Where memory is short, nothing is kept. */
void ei_made_keep(edu_portal *portal, const ei_made_key *key, edu_time now, const char *text)
{
    ei_made *made = ei_calloc(1, sizeof *made);
    if (made == NULL)
        return;
    *made = (ei_made){*key, now, ei_strdup(text)};
    if (made->text == NULL) {
        drop(made);
        return;
    }
    (void)pthread_mutex_lock(&portal->made_lock);
    ei_made *old = portal->made[slot_of(key)];
    portal->made[slot_of(key)] = made;
    (void)pthread_mutex_unlock(&portal->made_lock);
    drop(old);
}

void ei_made_finish(edu_portal *portal)
{
    for (size_t i = 0; i < EI_MADE_SLOTS; i++)
        drop(portal->made[i]);
}
