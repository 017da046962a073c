#ifndef EASEL_GIT_SUPPORT_H
#define EASEL_GIT_SUPPORT_H

#include <git2.h>
#include <git2/sys/transport.h>
#include <zlib.h>

/// Typed faces of `git_libgit2_opts`, which is variadic and so out of Swift's reach. Each returns libgit2's code.
int easel_git_set_search_path(int level, const char *path);
int easel_git_enable_fsync_gitdir(int enabled);
int easel_git_set_cache_max_size(ssize_t bytes);
int easel_git_set_pack_max_objects(size_t objects);
int easel_git_set_pack_max_object_size(size_t bytes);
int easel_git_set_owner_validation(int enabled);
int easel_git_set_ssl_cert_file(const char *path);

/// Makes damaged loose objects in this folder an error, where libgit2 would read them for ever. Returns libgit2's code.
int easel_git_guard_loose_objects(git_odb *odb, const char *objects);

/// `deflateInit2` is a macro. Returns zlib's code; raw bytes of `level`, with zlib's header and checksum, as Git wants them.
int easel_deflate_init(z_stream *stream, int level, int memory_level);

/// A program that carries a conversation with a Git server over its standard input and output, as ssh does. Everything it points
/// to must outlive the transport.
typedef struct {
    /// Path and arguments, ended by NULL; one of the commands below is put behind.
    char *const *arguments;
    char *const *environment;
    const char *fetch_command;
    const char *push_command;
    /// Told of the socket that leads to the program, and of -1 before it is closed.
    void (*conversing)(void *context, int socket);
    void *context;
    /// The last of what it wrote to its standard error, not ended by a zero.
    char words[2048];
    size_t words_length;
} easel_program;

/// A smart transport through a program, for `git_remote_callbacks.transport`. Returns libgit2's code.
int easel_git_program_transport(git_transport **out, git_remote *owner, easel_program *program);

/// A file that is nowhere but in memory and can be run by its path in /proc, for text that must not lie on a disk. Its
/// descriptor, or -1 with errno.
int easel_memory_program(const char *text);

/// renameat2(2) with RENAME_EXCHANGE, which Glibc's module does not show to Swift. 0, or -1 with errno.
int easel_exchange_paths(const char *one, const char *other);

#endif
