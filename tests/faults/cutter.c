#include "faults/cutter.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "fixture.h"

#define SOCKET_NAME ".s.PGSQL.5432"
#define ANSWER_MS 5000

static struct sockaddr_un server;
static int listening;
static atomic_int requests, armed_at; /* 0: none */
static cut armed_cut;

void cutter_arm(int number, cut what)
{
    armed_cut = what;
    atomic_store(&requests, 0);
    atomic_store(&armed_at, number);
}

bool cutter_disarm(void)
{
    int at = atomic_exchange(&armed_at, 0);
    return at > 0 && atomic_load(&requests) >= at;
}

static bool is_to_be_cut(void)
{
    return atomic_fetch_add(&requests, 1) + 1 == atomic_load(&armed_at);
}

_Noreturn static void give_up(const char *what)
{
    perror(what);
    exit(1);
}

static bool forward(int from, int to)
{
    char block[1 << 16];
    ssize_t got = read(from, block, sizeof block);
    return got > 0 && send(to, block, (size_t)got, MSG_NOSIGNAL) == got;
}

/* The request goes on; once the server has begun to answer, it has done what was asked. */
static void swallow(int client, int to_server)
{
    struct pollfd answer = {.fd = to_server, .events = POLLIN};
    if (forward(client, to_server))
        (void)poll(&answer, 1, ANSWER_MS);
}

static void *serve(void *context)
{
    int client = (int)(intptr_t)context;
    int to_server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool goes_on = connect(to_server, (struct sockaddr *)&server, sizeof server) == 0;
    while (goes_on) {
        struct pollfd ends[2] = {{.fd = client, .events = POLLIN},
                                 {.fd = to_server, .events = POLLIN}};
        goes_on = poll(ends, 2, -1) > 0;
        if (goes_on && ends[0].revents != 0 && is_to_be_cut()) {
            if (armed_cut == CUT_ANSWER)
                swallow(client, to_server);
            goes_on = false;
        } else if (goes_on && ends[0].revents != 0) {
            goes_on = forward(client, to_server);
        } else if (goes_on && ends[1].revents != 0) {
            goes_on = forward(to_server, client);
        }
    }
    close(client);
    close(to_server);
    return NULL;
}

_Noreturn static void *accept_all(void *context)
{
    (void)context;
    for (;;) {
        pthread_t thread;
        int client = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0 || pthread_create(&thread, NULL, serve, (void *)(intptr_t)client) != 0)
            give_up("cutter");
        pthread_detach(thread);
    }
}

static void name_socket(const char *folder, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    if ((size_t)snprintf(out->sun_path, sizeof out->sun_path, "%s/" SOCKET_NAME, folder) >=
        sizeof out->sun_path)
        give_up("cutter: the folder's name is too long");
}

static void start(const char *folder, const char *server_folder)
{
    struct sockaddr_un own;
    pthread_t thread;
    name_socket(folder, &own);
    name_socket(server_folder, &server);
    (void)unlink(own.sun_path); /* of a test before */
    listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listening, (struct sockaddr *)&own, sizeof own) != 0 || listen(listening, 64) != 0 ||
        pthread_create(&thread, NULL, accept_all, NULL) != 0)
        give_up("cutter");
    pthread_detach(thread);
}

/* ---- the addresses of stores ---- */

static const char *stands_in;

static void through(char *address, size_t room)
{
    char plain[256];
    (void)snprintf(plain, sizeof plain, "%s", address);
    const char *host = strstr(plain, "host=") + strlen("host="), *end = host + strcspn(host, "&");
    (void)snprintf(address, room, "%.*s%s%s", (int)(host - plain), plain, stands_in, end);
}

void cutter_stand_between(const char *folder)
{
    char server_folder[128];
    const char *host = strstr(fx_server_store(), "host=") + strlen("host=");
    (void)snprintf(server_folder, sizeof server_folder, "%.*s", (int)strcspn(host, "&"), host);
    stands_in = folder;
    start(folder, server_folder);
    fx_change_addresses(through);
}
