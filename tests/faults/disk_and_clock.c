/* Loaded into the app by LD_PRELOAD: a disk that is full, broken or slow, and a wall clock that is wrong.
 *
 * What is wrong stands in a file of five numbers that the tests write and every process of the app maps:
 * the errno of every write of the database, of every read of it, the milliseconds that a sync takes,
 * those by which the wall clock is wrong, and one that nothing reads. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { WRITE_ERROR, READ_ERROR, SYNC_MS, CLOCK_MS, NUMBERS };
static int64_t fine[NUMBERS];
static volatile int64_t *wrong = fine;

__attribute__((constructor)) static void look(void) {
    const char *path = getenv("FAULTS_CONTROL");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *shared = file < 0 ? MAP_FAILED : mmap(0, sizeof fine, PROT_READ, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED) wrong = shared;
    if (file >= 0) close(file);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define REFUSE(which) if (wrong[which]) { errno = (int)wrong[which]; return -1; }

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    REFUSE(WRITE_ERROR)
    static __typeof__(&pwrite64) real;
    if (!real) real = REAL(pwrite64);
    return real(file, data, size, at);
}

ssize_t pread64(int file, void *data, size_t size, off64_t at) {
    REFUSE(READ_ERROR)
    static __typeof__(&pread64) real;
    if (!real) real = REAL(pread64);
    return real(file, data, size, at);
}

static int slowly(int (*real)(int), int file) {
    int64_t ms = wrong[SYNC_MS];
    struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
    if (ms) nanosleep(&pause, 0);
    REFUSE(WRITE_ERROR)
    return real(file);
}

int fdatasync(int file) { return slowly(REAL(fdatasync), file); }
int fsync(int file) { return slowly(REAL(fsync), file); }

int clock_gettime(clockid_t which, struct timespec *now) {
    static __typeof__(&clock_gettime) real;
    if (!real) real = REAL(clock_gettime);
    int said = real(which, now);
    if (which == CLOCK_REALTIME && wrong[CLOCK_MS]) {
        int64_t nanoseconds = (int64_t)now->tv_nsec + wrong[CLOCK_MS] % 1000 * 1000000;
        now->tv_sec += wrong[CLOCK_MS] / 1000;
        if (nanoseconds < 0) { nanoseconds += 1000000000; now->tv_sec--; }
        if (nanoseconds >= 1000000000) { nanoseconds -= 1000000000; now->tv_sec++; }
        now->tv_nsec = nanoseconds;
    }
    return said;
}
