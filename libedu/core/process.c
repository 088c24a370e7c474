/* Talking to a command: something goes in, something comes out, and it has only so long. */
#include "core/core.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* One socket is the child's standard input and output: writing to a child that has gone is then an
 * error without a signal, whatever the application does with SIGPIPE. */
static bool start(const char *command, const char *word, int *channel, pid_t *child)
{
    int ends[2];
    const char *const arguments[] = {"sh", "-c", command, "sh", word, NULL};
    posix_spawn_file_actions_t actions;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    int result = posix_spawn_file_actions_init(&actions);
    if (result == 0)
        result = posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    if (result == 0)
        result = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    if (result == 0)
        result =
            posix_spawn(child, "/bin/sh", &actions, NULL, (char **)(uintptr_t)arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)close(ends[1]);
    *channel = ends[0];
    if (result != 0)
        (void)close(ends[0]);
    return result == 0;
}

static int64_t now_ms(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static bool await(int channel, short what, int64_t end)
{
    struct pollfd wait = {.fd = channel, .events = what};
    for (;;) {
        int64_t left = end - now_ms();
        int found = left > 0 ? poll(&wait, 1, (int)left) : 0;
        if (found != -1 || errno != EINTR)
            return found > 0;
    }
}

static bool send_all(int channel, const char *data, size_t size, int64_t end)
{
    while (size > 0) {
        if (!await(channel, POLLOUT, end))
            return false;
        ssize_t sent = send(channel, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        data += sent > 0 ? sent : 0;
        size -= sent > 0 ? (size_t)sent : 0;
    }
    return shutdown(channel, SHUT_WR) == 0;
}

/* Until the end, or until there is more than `most`; false where neither was reached in time. */
static bool receive_all(int channel, ei_buffer *out, size_t most, int64_t end)
{
    char piece[4096];
    while (await(channel, POLLIN, end)) {
        ssize_t got = recv(channel, piece, sizeof piece, MSG_DONTWAIT);
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        if (got > 0)
            ei_buffer_add(out, piece, (size_t)got);
        if (got == 0 || out->size > most || out->failed)
            return true;
    }
    return false;
}

/* Waits until the child is gone, which is told to go where it stays beyond `end`. */
static bool finish(pid_t child, int64_t end, int *state)
{
    const struct timespec moment = {0, 2000000};
    pid_t gone = 0;
    while (gone == 0 && now_ms() < end) {
        gone = waitpid(child, state, WNOHANG);
        if (gone == 0)
            (void)nanosleep(&moment, NULL);
    }
    if (gone != 0)
        return true;
    (void)kill(child, SIGKILL);
    while (waitpid(child, state, 0) < 0 && errno == EINTR)
        ;
    return false;
}

const char *ei_process_run(const char *command, const char *word, edu_bytes input, size_t most,
                           int patience_ms, ei_buffer *out, int *code)
{
    int channel = -1, state = 0;
    pid_t child;
    if (!start(command, word, &channel, &child))
        return "cannot be started";
    int64_t end = now_ms() + patience_ms;
    bool came =
        send_all(channel, input.data, input.size, end) && receive_all(channel, out, most, end);
    (void)close(channel);
    bool has_ended = finish(child, came ? end : 0, &state);
    if (!came)
        return "does not take the bytes, or does not answer in time";
    if (out->size > most)
        return "writes more than it may";
    if (!has_ended || !WIFEXITED(state))
        return "ended with an error";
    *code = WEXITSTATUS(state);
    return NULL;
}

const char *ei_process_talk(const char *command, const char *word, edu_bytes input, size_t most,
                            int patience_ms, ei_buffer *out)
{
    int code = 0;
    const char *why = ei_process_run(command, word, input, most, patience_ms, out, &code);
    return why || code == 0 ? why : "ended with an error";
}
