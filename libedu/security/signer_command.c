/* Signing by a command, such as the tool of a hardware security module. */
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
#include "security/security.h"

#define PATIENCE_MS 20000

static edu_status failed(edu_error *error, const char *why)
{
    return ei_fail(error, EDU_E_CRYPTO, "security.signer_command", NULL,
                   "the command that signs %s", why);
}

/* One socket is the child's standard input and output: writing to a child that has gone is then an
 * error without a signal, whatever the application does with SIGPIPE. */
static edu_status start(const char *command, const char *key_id, int *channel, pid_t *child,
                        edu_error *error)
{
    int ends[2];
    const char *const arguments[] = {"sh", "-c", command, "sh", key_id, NULL};
    posix_spawn_file_actions_t actions;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return failed(error, "cannot be started: no socket");
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
    if (result != 0) {
        (void)close(ends[0]);
        return failed(error, "cannot be started");
    }
    return EDU_OK;
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

/* How many bytes came until the end, at most room; -1 where it was not reached. */
static ssize_t receive_all(int channel, uint8_t *out, size_t room, int64_t end)
{
    size_t size = 0;
    while (await(channel, POLLIN, end)) {
        ssize_t got = recv(channel, out + size, room - size, MSG_DONTWAIT);
        if (got == 0 || (got > 0 && size + (size_t)got == room))
            return (ssize_t)(size + (size_t)got);
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return -1;
        size += got > 0 ? (size_t)got : 0;
    }
    return -1;
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

edu_status ei_command_sign(void *context, const char *key_id, const void *data, size_t size,
                           uint8_t signature[EI_SIGNATURE], edu_error *error)
{
    int channel = -1, state = 0;
    pid_t child;
    /* One byte more, so that a longer answer is seen. */
    uint8_t answer[EI_SIGNATURE + 1];
    EI_TRY(start(context, key_id, &channel, &child, error));
    int64_t end = now_ms() + PATIENCE_MS;
    ssize_t got =
        send_all(channel, data, size, end) ? receive_all(channel, answer, sizeof answer, end) : -1;
    (void)close(channel);
    bool has_ended = finish(child, got < 0 ? 0 : end, &state);
    if (got < 0)
        return failed(error, "does not take the bytes, or does not answer in time");
    if (!has_ended || !WIFEXITED(state) || WEXITSTATUS(state) != 0)
        return failed(error, "ended with an error");
    if (got != EI_SIGNATURE)
        return failed(error, "did not write the 64 bytes of a signature");
    memcpy(signature, answer, EI_SIGNATURE);
    return EDU_OK;
}
