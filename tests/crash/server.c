#include "crash/server.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#define CHILDREN_MAX 400

static pid_t postmaster(const char *folder)
{
    char path[256];
    int pid = 0;
    (void)snprintf(path, sizeof path, "%s/data/postmaster.pid", folder);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL && fscanf(file, "%d", &pid) == 1 && pid > 1, "%s", path);
    (void)fclose(file);
    return pid;
}

static int children_of(pid_t parent, pid_t children[CHILDREN_MAX])
{
    char path[64];
    int count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    while (count < CHILDREN_MAX && fscanf(file, "%d", &children[count]) == 1)
        count++;
    (void)fclose(file);
    return count;
}

void server_kill(const char *folder, bool immediately)
{
    pid_t parent = postmaster(folder), children[CHILDREN_MAX];
    if (immediately) {
        ck_assert_int_eq(kill(parent, SIGQUIT), 0);
        return;
    }
    /* Stopped first, so that it starts nobody in place of those who end. */
    ck_assert_int_eq(kill(parent, SIGSTOP), 0);
    int count = children_of(parent, children);
    for (int i = 0; i < count; i++)
        (void)kill(children[i], SIGKILL);
    ck_assert_int_eq(kill(parent, SIGKILL), 0);
}

void server_start(const char *folder)
{
    char command[512];
    (void)snprintf(command, sizeof command, "%s/tests/postgresql/cluster restart %s 2>/dev/null",
                   getenv("EDU_ROOT"), folder);
    ck_assert_int_eq(system(command), 0);
}
