#ifndef EASEL_GIT_SUPPORT_H
#define EASEL_GIT_SUPPORT_H

#include <git2.h>
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

/// renameat2(2) with RENAME_EXCHANGE, which Glibc's module does not show to Swift. 0, or -1 with errno.
int easel_exchange_paths(const char *one, const char *other);

#endif
