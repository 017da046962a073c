#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <git2/errors.h>
#include <git2/sys/odb_backend.h>
#include "CGitSupport.h"

/*
 * libgit2 1.5 inflates a truncated loose object for ever. This backend reads loose objects before libgit2's own backend does, and
 * returns an error for a damaged one. It only looks into folders that exist when the repository is opened, so that a repository with
 * packs alone pays nothing; libgit2's own backend reads what is written later.
 */
typedef struct {
    git_odb_backend parent;
    char *objects;
    unsigned char present[256];
} loose_backend;

static const size_t HEADER = 64;
static const size_t LARGEST = (size_t)1 << 30;

static int damaged(const git_oid *oid) {
    char text[GIT_OID_HEXSZ + 1];
    char message[96];
    git_oid_tostr(text, sizeof text, oid);
    snprintf(message, sizeof message, "loose object %s is damaged", text);
    git_error_set_str(GIT_ERROR_OBJECT, message);
    return GIT_ERROR;
}

static git_object_t type_of(const char *word, size_t length) {
    static const struct { const char *word; git_object_t type; } types[] = {
        { "commit", GIT_OBJECT_COMMIT }, { "tree", GIT_OBJECT_TREE }, { "blob", GIT_OBJECT_BLOB }, { "tag", GIT_OBJECT_TAG },
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strlen(types[i].word) == length && memcmp(types[i].word, word, length) == 0) return types[i].type;
    return GIT_OBJECT_INVALID;
}

/* Maps the object's file. Returns GIT_ENOTFOUND where there is none: another backend may have the object. */
static int map_file(loose_backend *backend, const git_oid *oid, unsigned char **bytes, size_t *size) {
    char hex[GIT_OID_HEXSZ + 1];
    char path[4096];
    struct stat status;
    int file;
    if (!backend->present[oid->id[0]]) return GIT_ENOTFOUND;
    git_oid_tostr(hex, sizeof hex, oid);
    if ((size_t)snprintf(path, sizeof path, "%s/%.2s/%s", backend->objects, hex, hex + 2) >= sizeof path) return GIT_ENOTFOUND;
    file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return GIT_ENOTFOUND;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0 || (size_t)status.st_size > LARGEST) {
        close(file);
        return damaged(oid);
    }
    *size = (size_t)status.st_size;
    *bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    return *bytes == MAP_FAILED ? damaged(oid) : 0;
}

/* Reads the header, such as "blob 12\0". The content that was inflated with it, `rest` bytes, is moved to the start of `head`. */
static int read_header(z_stream *stream, unsigned char *head, const git_oid *oid, git_object_t *type, size_t *length, size_t *rest) {
    unsigned char *end, *space;
    size_t got, value = 0;
    int code;
    stream->next_out = head;
    stream->avail_out = (uInt)HEADER;
    code = inflate(stream, Z_SYNC_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return damaged(oid);
    got = HEADER - stream->avail_out;
    end = memchr(head, 0, got);
    space = end ? memchr(head, ' ', (size_t)(end - head)) : NULL;
    if (!space || space + 1 == end) return damaged(oid);
    *type = type_of((char *)head, (size_t)(space - head));
    if (*type == GIT_OBJECT_INVALID) return damaged(oid);
    for (unsigned char *digit = space + 1; digit < end; digit++) {
        if (*digit < '0' || *digit > '9') return damaged(oid);
        value = value * 10 + (size_t)(*digit - '0');
        if (value > LARGEST) return damaged(oid);
    }
    *length = value;
    *rest = got - (size_t)(end + 1 - head);
    if (*rest) memmove(head, end + 1, *rest);
    return *rest > value ? damaged(oid) : 0;
}

static int loose_open(loose_backend *backend, const git_oid *oid, z_stream *stream, unsigned char **bytes, size_t *size) {
    int code = map_file(backend, oid, bytes, size);
    if (code < 0) return code;
    memset(stream, 0, sizeof *stream);
    stream->next_in = *bytes;
    stream->avail_in = (uInt)*size;
    if (inflateInit(stream) == Z_OK) return 0;
    munmap(*bytes, *size);
    return damaged(oid);
}

static int loose_read(void **buffer, size_t *length, git_object_t *type, git_odb_backend *parent, const git_oid *oid) {
    loose_backend *backend = (loose_backend *)parent;
    unsigned char head[64], *bytes, *data = NULL;
    size_t size, rest, have;
    z_stream stream;
    int code = loose_open(backend, oid, &stream, &bytes, &size);
    if (code < 0) return code;
    code = read_header(&stream, head, oid, type, length, &rest);
    if (code == 0) {
        data = git_odb_backend_data_alloc(parent, *length + 1);
        if (!data) code = GIT_ERROR;
    }
    if (code == 0) {
        int state = Z_OK;
        memcpy(data, head, rest);
        have = rest;
        stream.next_out = data + rest;
        /* One byte more than the object should have, so that an object that is too long is noticed. */
        stream.avail_out = (uInt)(*length - rest + 1);
        while (state == Z_OK) state = inflate(&stream, Z_FINISH);
        have = (size_t)(stream.next_out - data);
        if (state != Z_STREAM_END || have != *length || stream.avail_in != 0) code = damaged(oid);
    }
    if (code == 0) {
        data[*length] = 0;
        *buffer = data;
    } else if (data) {
        git_odb_backend_data_free(parent, data);
    }
    inflateEnd(&stream);
    munmap(bytes, size);
    return code;
}

static int loose_read_header(size_t *length, git_object_t *type, git_odb_backend *parent, const git_oid *oid) {
    unsigned char head[64], *bytes;
    size_t size, rest;
    z_stream stream;
    int code = loose_open((loose_backend *)parent, oid, &stream, &bytes, &size);
    if (code < 0) return code;
    code = read_header(&stream, head, oid, type, length, &rest);
    inflateEnd(&stream);
    munmap(bytes, size);
    return code;
}

static void loose_free(git_odb_backend *parent) {
    free(((loose_backend *)parent)->objects);
    free(parent);
}

int easel_git_guard_loose_objects(git_odb *odb, const char *objects) {
    static const int BEFORE_LIBGIT2S_OWN = 3;
    loose_backend *backend = calloc(1, sizeof *backend);
    int any = 0, code;
    if (!backend) {
        git_error_set_oom();
        return GIT_ERROR;
    }
    backend->objects = strdup(objects);
    for (int first = 0; first < 256; first++) {
        char path[4096];
        if ((size_t)snprintf(path, sizeof path, "%s/%02x", objects, first) >= sizeof path) break;
        backend->present[first] = access(path, F_OK) == 0;
        any |= backend->present[first];
    }
    if (!any || !backend->objects || git_odb_init_backend(&backend->parent, GIT_ODB_BACKEND_VERSION) < 0) {
        loose_free(&backend->parent);
        return 0;
    }
    backend->parent.read = loose_read;
    backend->parent.read_header = loose_read_header;
    backend->parent.free = loose_free;
    code = git_odb_add_backend(odb, &backend->parent, BEFORE_LIBGIT2S_OWN);
    if (code < 0) loose_free(&backend->parent);
    return code;
}
