/* The n-th call that makes something durable below one folder fails: SQLite's own calls too, which no patch in
 * Python reaches. Loaded by LD_PRELOAD, asleep until `todoke_arm`; counts always while armed.
 *
 * A failed fsync of an appended file may lose what was appended since the last good one, as Linux does（the pages are
 * marked clean, a second fsync succeeds）: asked for, the shim overwrites that tail with zeros, whatever the disk is. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static char below[PATH_MAX];
static size_t below_length;
static long nth;
static int failure, for_ever, loses;
static atomic_long count;

#define FILES 4096
static struct { dev_t device; ino_t inode; off_t durable; } files[FILES]; /* how much of an appended file is durable */
static int known_files;

/* `error` 0 only counts, -1 kills the process at the n-th call instead of failing it. */
void todoke_arm(const char *folder, long n, int error, int ever, int losing) {
    snprintf(below, sizeof below, "%s", folder);
    below_length = strlen(below);
    nth = n; failure = error; for_ever = ever; loses = losing;
    known_files = 0;
    atomic_store(&count, 0);
}

long todoke_count(void) { return atomic_load(&count); }

static int fails(const char *path) {
    if (!below_length || strncmp(path, below, below_length)) return 0;
    long now = atomic_fetch_add(&count, 1) + 1;
    if (!failure || !(now == nth || (for_ever && now > nth))) return 0;
    if (failure == -1) { raise(SIGKILL); }
    errno = failure;
    return 1;
}

static int fails_fd(int fd) {
    char link[64], path[PATH_MAX];
    if (!below_length) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails(path);
}

static int fails_at(int folder, const char *name) {
    char link[64], path[PATH_MAX], whole[2 * PATH_MAX];
    if (!below_length) return 0;
    if (name[0] == '/' || folder == AT_FDCWD) return fails(name);
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    snprintf(whole, sizeof whole, "%s/%s", path, name);
    return fails(whole);
}

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

/* The place of an open regular file in the table, which knows it from its first write on; -1 for any other. */
static int place_of(int fd, off_t *size) {
    struct stat it;
    if (!loses || fstat(fd, &it) || !S_ISREG(it.st_mode)) return -1;
    *size = it.st_size;
    for (int place = 0; place < known_files; place++)
        if (files[place].device == it.st_dev && files[place].inode == it.st_ino) {
            if (files[place].durable > it.st_size) files[place].durable = it.st_size; /* cut, or the number anew */
            return place;
        }
    if (known_files == FILES) return -1;
    files[known_files].device = it.st_dev; files[known_files].inode = it.st_ino;
    files[known_files].durable = it.st_size;
    return known_files++;
}

static void note_durable(int fd) {
    off_t size = 0;
    int place = place_of(fd, &size);
    if (place >= 0) files[place].durable = size;
}

static void lose_tail(int fd) {
    static ssize_t (*put)(int, const void *, size_t, off_t);
    static const char zeros[4096];
    if (!put) put = (ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite");
    off_t size = 0;
    int place = place_of(fd, &size), error = errno;
    if (place < 0) return;
    int flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, flags & ~O_APPEND); /* else Linux writes at the end, wherever it is told to */
    for (off_t at = files[place].durable; at < size; ) {
        ssize_t done = put(fd, zeros, size - at < 4096 ? size - at : 4096, at);
        if (done <= 0) break;
        at += done;
    }
    fcntl(fd, F_SETFL, flags);
    files[place].durable = size; /* clean now: the next fsync has nothing to say */
    errno = error;
}

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, write, int, const void *, size_t);
    if (fails_fd(fd)) return -1;
    off_t before;
    if (below_length) place_of(fd, &before);
    return real(fd, data, size);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
    return fails_fd(fd) ? -1 : real(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off_t);
    return fails_fd(fd) ? -1 : real(fd, data, size, at);
}
static int synced(int fd, int (*real)(int)) {
    if (fails_fd(fd)) { lose_tail(fd); return -1; }
    int result = real(fd);
    if (!result) note_durable(fd);
    return result;
}
int fsync(int fd) { REAL(int, fsync, int); return synced(fd, real); }
int fdatasync(int fd) { REAL(int, fdatasync, int); return synced(fd, real); }
int ftruncate(int fd, off_t size) {
    REAL(int, ftruncate, int, off_t);
    return fails_fd(fd) ? -1 : real(fd, size);
}
int ftruncate64(int fd, off_t size) {
    REAL(int, ftruncate64, int, off_t);
    return fails_fd(fd) ? -1 : real(fd, size);
}
int rename(const char *old, const char *new) {
    REAL(int, rename, const char *, const char *);
    return fails(new) ? -1 : real(old, new);
}
int renameat(int from, const char *old, int to, const char *new) {
    REAL(int, renameat, int, const char *, int, const char *);
    return fails_at(to, new) ? -1 : real(from, old, to, new);
}
int link(const char *old, const char *new) {
    REAL(int, link, const char *, const char *);
    return fails(new) ? -1 : real(old, new);
}
int linkat(int from, const char *old, int to, const char *new, int flags) {
    REAL(int, linkat, int, const char *, int, const char *, int);
    return fails_at(to, new) ? -1 : real(from, old, to, new, flags);
}
int unlink(const char *path) { REAL(int, unlink, const char *); return fails(path) ? -1 : real(path); }
int unlinkat(int folder, const char *path, int flags) {
    REAL(int, unlinkat, int, const char *, int);
    return fails_at(folder, path) ? -1 : real(folder, path, flags);
}
int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    return fails(path) ? -1 : real(path, mode);
}

#define WRITES(flags) ((flags) & (O_WRONLY | O_RDWR | O_CREAT))
#define MODE(flags, last) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, last); mode = va_arg(more, mode_t); va_end(more); }

int open(const char *path, int flags, ...) {
    REAL(int, open, const char *, int, ...);
    MODE(flags, flags)
    return WRITES(flags) && fails(path) ? -1 : real(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    REAL(int, open64, const char *, int, ...);
    MODE(flags, flags)
    return WRITES(flags) && fails(path) ? -1 : real(path, flags, mode);
}
int openat(int folder, const char *path, int flags, ...) {
    REAL(int, openat, int, const char *, int, ...);
    MODE(flags, flags)
    return WRITES(flags) && fails_at(folder, path) ? -1 : real(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
    REAL(int, openat64, int, const char *, int, ...);
    MODE(flags, flags)
    return WRITES(flags) && fails_at(folder, path) ? -1 : real(folder, path, flags, mode);
}
