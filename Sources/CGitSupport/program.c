#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <git2/errors.h>
#include <git2/sys/transport.h>
#include "CGitSupport.h"

/* A conversation through a program's standard input and output, which are one socket. */
typedef struct {
    git_smart_subtransport_stream parent;
    easel_program *program;
    int socket;
    /* The read end of the program's standard error; -1 once it has ended. */
    int words;
    pid_t child;
} program_stream;

typedef struct {
    git_smart_subtransport parent;
    easel_program *program;
    program_stream *stream;
} program_subtransport;

/* How long to wait for the program to end by itself after the conversation, in steps of 5 ms. */
static const int PATIENCE = 100;

/* Reads from the program's standard error and keeps the last bytes. */
static void hear(program_stream *stream) {
    easel_program *program = stream->program;
    char bytes[1024];
    ssize_t count = read(stream->words, bytes, sizeof bytes);
    size_t kept = program->words_length;
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) {
        close(stream->words);
        stream->words = -1;
        return;
    }
    if (kept + (size_t)count > sizeof program->words) {
        size_t drop = kept + (size_t)count - sizeof program->words;
        memmove(program->words, program->words + drop, kept - drop);
        kept -= drop;
    }
    memcpy(program->words + kept, bytes, (size_t)count);
    program->words_length = kept + (size_t)count;
}

/* Waits until the socket is ready. Reads the program's messages meanwhile: it could block until somebody reads them. */
static int wait_for(program_stream *stream, short events) {
    for (;;) {
        struct pollfd both[2] = { { stream->socket, events, 0 }, { stream->words, POLLIN, 0 } };
        if (poll(both, 2, -1) < 0) {
            if (errno == EINTR) continue;
            git_error_set_str(GIT_ERROR_SSH, strerror(errno));
            return -1;
        }
        if (both[1].revents) hear(stream);
        if (both[0].revents) return 0;
    }
}

static int stream_read(git_smart_subtransport_stream *parent, char *buffer, size_t size, size_t *got) {
    program_stream *stream = (program_stream *)parent;
    ssize_t count;
    do {
        if (wait_for(stream, POLLIN) < 0) return -1;
        count = recv(stream->socket, buffer, size, 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        git_error_set_str(GIT_ERROR_SSH, strerror(errno));
        return -1;
    }
    *got = (size_t)count;
    return 0;
}

static int stream_write(git_smart_subtransport_stream *parent, const char *bytes, size_t length) {
    program_stream *stream = (program_stream *)parent;
    while (length > 0) {
        ssize_t count;
        if (wait_for(stream, POLLOUT) < 0) return -1;
        count = send(stream->socket, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0) {
            if (errno == EINTR || errno == EAGAIN) continue;
            git_error_set_str(GIT_ERROR_SSH, strerror(errno));
            return -1;
        }
        bytes += count;
        length -= (size_t)count;
    }
    return 0;
}

static void stream_free(git_smart_subtransport_stream *parent) {
    program_stream *stream = (program_stream *)parent;
    int status, steps;
    /* The program ends when its input ends. */
    stream->program->conversing(stream->program->context, -1);
    close(stream->socket);
    for (steps = 0; waitpid(stream->child, &status, WNOHANG) == 0; steps++) {
        struct pollfd words = { stream->words, POLLIN, 0 };
        if (steps == PATIENCE) kill(stream->child, SIGKILL);
        if (poll(&words, 1, 5) > 0) hear(stream);
    }
    /* Its last messages. */
    while (stream->words >= 0) {
        struct pollfd words = { stream->words, POLLIN, 0 };
        if (poll(&words, 1, 0) <= 0) break;
        hear(stream);
    }
    if (stream->words >= 0) close(stream->words);
    free(stream);
}

int easel_start_program(pid_t *child, char *const *arguments, char *const *environment, int input, int output, int errors) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t signals;
    int code;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_adddup2(&actions, errors, 2);
    /* The program must not inherit our locks and open files. */
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    /* The default signal handling, whatever easel has changed for itself. */
    posix_spawnattr_init(&attributes);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    code = posix_spawn(child, arguments[0], &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

int easel_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

/* Starts the program. Returns 0, or an error number like errno. */
static int start(program_stream *stream, const char *command) {
    char *const *arguments = stream->program->arguments;
    size_t count = 0;
    const char **all;
    int pair[2], words[2], code;

    while (arguments[count]) count++;
    all = calloc(count + 2, sizeof *all);
    if (!all) return ENOMEM;
    memcpy(all, arguments, count * sizeof *all);
    all[count] = command;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        free(all);
        return errno;
    }
    if (easel_pipe(words) != 0) {
        code = errno;
        close(pair[0]);
        close(pair[1]);
        free(all);
        return code;
    }
    code = easel_start_program(&stream->child, (char *const *)all, stream->program->environment, pair[1], pair[1], words[1]);
    free(all);
    close(pair[1]);
    close(words[1]);
    if (code != 0) {
        close(pair[0]);
        close(words[0]);
        return code;
    }
    stream->socket = pair[0];
    stream->words = words[0];
    stream->program->conversing(stream->program->context, stream->socket);
    return 0;
}

static int subtransport_action(
    git_smart_subtransport_stream **out, git_smart_subtransport *parent, const char *url, git_smart_service_t service) {
    program_subtransport *transport = (program_subtransport *)parent;
    int code, fetches = service == GIT_SERVICE_UPLOADPACK_LS;
    program_stream *stream;
    (void)url;
    if (service == GIT_SERVICE_UPLOADPACK || service == GIT_SERVICE_RECEIVEPACK) {
        if (!transport->stream) {
            git_error_set_str(GIT_ERROR_SSH, "the conversation has ended");
            return -1;
        }
        *out = &transport->stream->parent;
        return 0;
    }
    stream = calloc(1, sizeof *stream);
    if (!stream) {
        git_error_set_oom();
        return -1;
    }
    stream->parent.subtransport = parent;
    stream->parent.read = stream_read;
    stream->parent.write = stream_write;
    stream->parent.free = stream_free;
    stream->program = transport->program;
    code = start(stream, fetches ? transport->program->fetch_command : transport->program->push_command);
    if (code != 0) {
        free(stream);
        git_error_set_str(GIT_ERROR_SSH, strerror(code));
        return -1;
    }
    transport->stream = stream;
    *out = &stream->parent;
    return 0;
}

/* The smart transport has freed its stream before it calls this. */
static int subtransport_close(git_smart_subtransport *parent) {
    ((program_subtransport *)parent)->stream = NULL;
    return 0;
}

static void subtransport_free(git_smart_subtransport *parent) { free(parent); }

static int make_subtransport(git_smart_subtransport **out, git_transport *owner, void *program) {
    program_subtransport *transport = calloc(1, sizeof *transport);
    (void)owner;
    if (!transport) {
        git_error_set_oom();
        return -1;
    }
    transport->parent.action = subtransport_action;
    transport->parent.close = subtransport_close;
    transport->parent.free = subtransport_free;
    transport->program = program;
    *out = &transport->parent;
    return 0;
}

int easel_git_program_transport(git_transport **out, git_remote *owner, easel_program *program) {
    git_smart_subtransport_definition definition = { make_subtransport, 0, program };
    return git_transport_smart(out, owner, &definition);
}

int easel_memory_program(const char *text) {
    size_t length = strlen(text);
    int file = memfd_create("easel", MFD_CLOEXEC);
    if (file < 0) return -1;
    while (length > 0) {
        ssize_t count = write(file, text, length);
        if (count < 0) {
            close(file);
            return -1;
        }
        text += count;
        length -= (size_t)count;
    }
    return file;
}
