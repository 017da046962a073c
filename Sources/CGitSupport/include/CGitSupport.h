#ifndef EASEL_GIT_SUPPORT_H
#define EASEL_GIT_SUPPORT_H

#include <git2.h>
#include <git2/sys/transport.h>
#include <sys/types.h>
#include <zlib.h>

/// Typed variants of `git_libgit2_opts`, which is variadic, so that Swift cannot call it. Each returns libgit2's code.
int easel_git_set_search_path(int level, const char *path);
int easel_git_enable_fsync_gitdir(int enabled);
int easel_git_set_cache_max_size(ssize_t bytes);
int easel_git_set_pack_max_objects(size_t objects);
int easel_git_set_pack_max_object_size(size_t bytes);
int easel_git_set_owner_validation(int enabled);
int easel_git_set_ssl_cert_file(const char *path);

/// Makes libgit2 open repositories with the extensions of Git's format (gitrepository-layout) that do not change how objects and refs
/// are read. `worktreeConfig` changes where Git looks for settings of one work tree (`git sparse-checkout` and `git worktree` set it),
/// `preciousObjects` forbids to delete objects, which easel does in its own repositories only, and `relativeWorktrees` allows relative
/// paths between a repository and its work trees. Returns libgit2's code.
int easel_git_accept_harmless_extensions(void);

/// Turns damaged loose objects in this folder into errors; libgit2 alone would read them for ever. Returns libgit2's code.
int easel_git_guard_loose_objects(git_odb *odb, const char *objects);

/// Calls `deflateInit2`, which is a macro, for streams with zlib's header and checksum, as Git uses them. Returns zlib's code.
int easel_deflate_init(z_stream *stream, int level, int memory_level);

/// A program that carries a conversation with a Git server over its standard input and output, as ssh does. Everything that this
/// structure points to must outlive the transport.
typedef struct {
    /// Path and arguments, ended by NULL; one of the commands below is appended.
    char *const *arguments;
    char *const *environment;
    const char *fetch_command;
    const char *push_command;
    /// Called with the socket to the program, and with -1 just before that is closed.
    void (*conversing)(void *context, int socket);
    void *context;
    /// The last bytes that it wrote to its standard error, without a zero at the end.
    char words[2048];
    size_t words_length;
} easel_program;

/// A smart transport through a program, for `git_remote_callbacks.transport`. Returns libgit2's code.
int easel_git_program_transport(git_transport **out, git_remote *owner, easel_program *program);

/// Starts a program, whose path is the first argument, with these standard files and no others open, and with the default handling of
/// signals. Returns 0, or an error number like errno.
int easel_start_program(pid_t *child, char *const *arguments, char *const *environment, int input, int output, int errors);

/// Calls pipe2(2), which Glibc's module does not offer to Swift, for ends that programs do not inherit. Returns 0, or -1 with errno.
int easel_pipe(int ends[2]);

/// Creates a file that exists only in memory and can be run by its path in /proc, for text that must not be on a disk. Returns its
/// descriptor, or -1 with errno.
int easel_memory_program(const char *text);

/// Calls renameat2(2) with RENAME_EXCHANGE, which Glibc's module does not offer to Swift. Returns 0, or -1 with errno.
int easel_exchange_paths(const char *one, const char *other);

#endif
