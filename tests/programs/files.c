/* Files, folders and their system calls; pipes and processes; what a program is told of itself. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

#define SHOW(call) printf("%s: %ld%s%s\n", #call, (long)(call), errno != 0 ? " " : "", errno != 0 ? strerror(errno) : ""), errno = 0

static int by_name(const void* a, const void* b) { return strcmp(*(char* const*)a, *(char* const*)b); }

static void list(const char* path) {
    DIR* directory = opendir(path);
    char* names[64];
    int n = 0;
    for (struct dirent* entry; directory != NULL && (entry = readdir(directory)) != NULL && n < 64;)
        asprintf(&names[n++], "%s/%d", entry->d_name, entry->d_type);
    if (directory != NULL) closedir(directory);
    qsort(names, (size_t)n, sizeof *names, by_name);
    for (int i = 0; i < n; ++i) printf(" %s", names[i]), free(names[i]);
    printf("\n");
}

static void folders(void) {
    struct stat info;
    char text[64] = "";
    SHOW(mkdir("d", 0755));
    SHOW(mkdir("d", 0755));
    SHOW(mkdir("d/e", 0700));
    SHOW(rmdir("d"));
    SHOW(symlink("e/../f", "d/link"));
    SHOW(readlink("d/link", text, sizeof text));
    printf("%s\n", text);
    SHOW(open("d/link", O_RDONLY));
    const int fd = open("d/f", O_RDWR | O_CREAT | O_EXCL, 0640);
    SHOW(open("d/f", O_RDWR | O_CREAT | O_EXCL, 0640));
    SHOW(write(fd, "hello, file", 11));
    SHOW(pwrite(fd, "FAR", 3, 10000));
    SHOW(lseek(fd, -10003, SEEK_END));
    SHOW(read(fd, text, 5));
    SHOW(pread(fd, text, 5, 9998));
    printf("%d %d %c%c%c\n", text[0], text[1], text[2], text[3], text[4]);
    SHOW(ftruncate(fd, 5000));
    SHOW(stat("d/link", &info));
    printf("size %ld mode %o links %ld\n", (long)info.st_size, info.st_mode, (long)info.st_nlink);
    SHOW(lstat("d/link", &info));
    printf("size %ld mode %o\n", (long)info.st_size, info.st_mode & S_IFMT);
    SHOW(rename("d/f", "d/g"));
    SHOW(access("d/f", F_OK));
    SHOW(access("d/g", R_OK | W_OK));
    list("d");
    SHOW(chdir("d/e"));
    SHOW(unlink("../g"));
    SHOW(read(fd, text, 5));
    SHOW(close(fd));
    SHOW(close(fd));
    SHOW(chdir("../.."));
    SHOW(unlink("d"));
    SHOW(unlink("d/link"));
    SHOW(rmdir("d/e"));
    SHOW(rmdir("d"));
    SHOW(open("d/e/f", O_RDONLY));
    SHOW(open("/dev/null/x", O_RDONLY));
}

static void pipes(void) {
    int end[2];
    char text[64];
    SHOW(pipe(end));
    SHOW(fcntl(end[0], F_SETFL, O_NONBLOCK));
    SHOW(read(end[0], text, sizeof text));
    struct iovec parts[] = {{"scatter", 7}, {"", 0}, {" gather", 7}};
    SHOW(writev(end[1], parts, 3));
    struct pollfd polled = {end[0], POLLIN, 0};
    SHOW(poll(&polled, 1, 1000));
    SHOW(read(end[0], text, sizeof text));
    SHOW(lseek(end[0], 0, SEEK_SET));
    SHOW(dup2(end[1], 20));
    SHOW(fcntl(20, F_GETFD));
    close(end[1]), close(20);
    SHOW(read(end[0], text, sizeof text));
    close(end[0]);
}

/* A child writes more than a pipe holds. */
static void stream(void) {
    int end[2];
    if (pipe(end) != 0) return;
    const pid_t pid = fork();
    if (pid == 0) {
        char block[5000];
        close(end[0]);
        for (int i = 0; i < 60; ++i) {
            memset(block, 'a' + i % 26, sizeof block);
            if (write(end[1], block, sizeof block) != (ssize_t)sizeof block) _exit(1);
        }
        _exit(0);
    }
    close(end[1]);
    char block[3000];
    long total = 0, sum = 0;
    for (ssize_t n; (n = read(end[0], block, sizeof block)) > 0; total += n)
        for (ssize_t i = 0; i < n; ++i) sum += block[i];
    int status = 1;
    waitpid(pid, &status, 0);
    printf("through the pipe: %ld bytes, sum %ld, status %d\n", total, sum, status);
}

static void programs(const char* self) {
    char* const argv[] = {"files", "words", "with blanks", "", NULL};
    char* const envp[] = {"NAME=value", NULL};
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        execve(self, argv, envp);
        _exit(9);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    printf("execve: %d\n", WEXITSTATUS(status));
    SHOW(posix_spawn(&pid, self, NULL, NULL, argv, environ));
    waitpid(pid, &status, 0);
    printf("posix_spawn: %d\n", WEXITSTATUS(status));
    SHOW(execve("/dev/null", argv, envp));
    SHOW(waitpid(-1, &status, 0));
}

static void told(void) {
    struct utsname name;
    struct rlimit limit;
    struct timespec time, later;
    unsigned char random[32];
    uname(&name);
    getrlimit(RLIMIT_CORE, &limit);
    clock_gettime(CLOCK_MONOTONIC, &time);
    const struct timespec nap = {0, 2000000};
    nanosleep(&nap, NULL);
    clock_gettime(CLOCK_MONOTONIC, &later);
    const long slept = (later.tv_sec - time.tv_sec) * 1000000000L + later.tv_nsec - time.tv_nsec;
    printf("%s %s, page %lu, secure %lu, slept enough: %d\n", name.sysname, name.machine, getauxval(AT_PAGESZ), getauxval(AT_SECURE), slept >= 2000000);
    printf("random: %ld, platform %s, hwcap has fp and asimd: %lu\n", (long)getrandom(random, sizeof random, 0),
           (const char*)getauxval(AT_PLATFORM), getauxval(AT_HWCAP) & 3);
    printf("terminal: %d, umask %o\n", isatty(1), umask(022));
}

int main(int count, char** arguments) {
    if (count > 1 && strcmp(arguments[1], "words") == 0) {
        for (int i = 0; i < count; ++i) printf("[%s]", arguments[i]);
        const char* value = getenv("NAME");
        printf(" %s\n", value != NULL ? value : "");
        return count;
    }
    if (count > 1) {
        programs(arguments[1]);
        return 0;
    }
    folders();
    pipes();
    stream();
    told();
    return 0;
}
