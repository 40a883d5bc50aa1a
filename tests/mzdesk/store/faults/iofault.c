/* LD_PRELOAD shim for the files below one folder: it can fail the n-th disk call, and it can record every disk call.
 *
 * In-process control (ctypes):
 *   iof_match(folder)                          watch the files below `folder` (shared-memory files of SQLite are left alone)
 *   iof_set(n, error, sticky, shortness, mask) fail call n (and all later ones if sticky); shortness 1: write half, 2: write half and fail
 *   iof_count(), iof_off()
 *   iof_record(path), iof_mark(text)           record calls to `path` as "KIND name size offset\n" + data; "" stops
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, TRUNCATE = 4, NAME = 8 };
enum { MAXIMUM_FD = 65536 };

static char watched[512];
static long fail_at = -1, count = 0;
static int fail_errno = 0, fail_sticky = 0, fail_short = 0, fail_mask = 0, armed = 0;
static int record_fd = -1;
static char *path_of[MAXIMUM_FD];

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);

static void find_real_calls(void) {
    if (real_pwrite) return;
    real_write = dlsym(RTLD_NEXT, "write");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_open = dlsym(RTLD_NEXT, "open64");
    real_close = dlsym(RTLD_NEXT, "close");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_rename = dlsym(RTLD_NEXT, "rename");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
}

static int is_watched(const char *path) {
    return watched[0] && strncmp(path, watched, strlen(watched)) == 0 && !strstr(path, "-shm");
}

static const char *below(const char *path) {
    const char *rest = path + strlen(watched);
    while (*rest == '/') rest++;
    return *rest ? rest : ".";
}

void iof_match(const char *folder) { strncpy(watched, folder, sizeof watched - 1); }

void iof_set(long n, int error, int sticky, int shortness, int mask) {
    fail_at = n, fail_errno = error, fail_sticky = sticky, fail_short = shortness, fail_mask = mask, count = 0, armed = 1;
}

void iof_off(void) { armed = 0; }

long iof_count(void) { return count; }

void iof_record(const char *path) {
    find_real_calls();
    if (record_fd >= 0) real_close(record_fd);
    record_fd = path && *path ? real_open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600) : -1;
}

static void record(char kind, const char *name, const void *data, size_t size, long long offset) {
    if (record_fd < 0) return;
    char head[1200];
    int length = snprintf(head, sizeof head, "%c %s %zu %lld\n", kind, name, size, offset);
    if (real_write(record_fd, head, length) < 0) abort();
    if (data && size && real_write(record_fd, data, size) < 0) abort();
}

void iof_mark(const char *text) { record('M', text, 0, 0, 0); }

static int must_fail(int kind) {
    if (!armed || !(fail_mask & kind)) return 0;
    count++;
    return fail_at > 0 && (count == fail_at || (fail_sticky && count > fail_at));
}

static const char *tracked(int fd) { return fd >= 0 && fd < MAXIMUM_FD ? path_of[fd] : 0; }

static int open_tracked(const char *path, int flags, mode_t mode) {
    find_real_calls();
    struct stat found;
    int wanted = is_watched(path);
    int created = wanted && (flags & O_CREAT) && stat(path, &found) != 0;
    int fd = real_open(path, flags, mode);
    if (fd < 0 || fd >= MAXIMUM_FD) return fd;
    free(path_of[fd]);
    path_of[fd] = wanted ? strdup(path) : 0;
    if (created) record('O', below(path), 0, 0, 0);
    if (wanted && (flags & O_TRUNC) && !created) record('T', below(path), 0, 0, 0);
    return fd;
}

int open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_tracked(path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_tracked(path, flags, mode);
}

int close(int fd) {
    find_real_calls();
    if (tracked(fd)) {
        free(path_of[fd]);
        path_of[fd] = 0;
    }
    return real_close(fd);
}

static ssize_t write_at(int fd, const void *data, size_t size, off_t offset) {
    find_real_calls();
    const char *path = tracked(fd);
    if (!path) return real_pwrite(fd, data, size, offset);
    if (must_fail(WRITE)) {
        if (fail_short && size > 1) {
            ssize_t half = real_pwrite(fd, data, size / 2, offset);
            if (half > 0) record('W', below(path), data, half, offset);
            if (fail_short == 1) return half;
        }
        errno = fail_errno;
        return -1;
    }
    ssize_t done = real_pwrite(fd, data, size, offset);
    if (done > 0) record('W', below(path), data, done, offset);
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset) { return write_at(fd, data, size, offset); }

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return write_at(fd, data, size, offset); }

ssize_t write(int fd, const void *data, size_t size) {
    find_real_calls();
    const char *path = tracked(fd);
    if (!path) return real_write(fd, data, size);
    off_t offset = lseek(fd, 0, SEEK_CUR);
    if (must_fail(WRITE)) {
        if (fail_short && size > 1) {
            ssize_t half = real_write(fd, data, size / 2);
            if (half > 0) record('W', below(path), data, half, offset);
            if (fail_short == 1) return half;
        }
        errno = fail_errno;
        return -1;
    }
    ssize_t done = real_write(fd, data, size);
    if (done > 0) record('W', below(path), data, done, offset);
    return done;
}

static int sync_with(int fd, int (*call)(int)) {
    const char *path = tracked(fd);
    if (!path) return call(fd);
    if (must_fail(SYNC)) {
        errno = fail_errno;
        return -1;
    }
    struct stat found;
    int done = call(fd);
    if (!done) record(fstat(fd, &found) == 0 && S_ISDIR(found.st_mode) ? 'D' : 'S', below(path), 0, 0, 0);
    return done;
}

int fsync(int fd) {
    find_real_calls();
    return sync_with(fd, real_fsync);
}

int fdatasync(int fd) {
    find_real_calls();
    return sync_with(fd, real_fdatasync);
}

static int truncate_at(int fd, off_t size) {
    find_real_calls();
    const char *path = tracked(fd);
    if (path && must_fail(TRUNCATE)) {
        errno = fail_errno;
        return -1;
    }
    int done = real_ftruncate(fd, size);
    if (path && !done) record('T', below(path), 0, 0, size);
    return done;
}

int ftruncate64(int fd, off_t size) { return truncate_at(fd, size); }

int ftruncate(int fd, off_t size) { return truncate_at(fd, size); }

int unlink(const char *path) {
    find_real_calls();
    if (!is_watched(path)) return real_unlink(path);
    if (must_fail(NAME)) {
        errno = fail_errno;
        return -1;
    }
    int done = real_unlink(path);
    if (!done) record('U', below(path), 0, 0, 0);
    return done;
}

int rename(const char *old, const char *new) {
    find_real_calls();
    if (!is_watched(new)) return real_rename(old, new);
    if (must_fail(NAME)) {
        errno = fail_errno;
        return -1;
    }
    int done = real_rename(old, new);
    if (!done && record_fd >= 0) {
        char both[1100];
        snprintf(both, sizeof both, "%s>%s", below(old), below(new));
        record('R', both, 0, 0, 0);
    }
    return done;
}
