// What would be left after a power cut: bytes of files under $SHIM_DIR reach $SHIM_SHADOW only when the file is synced, and names only when their folder
// is. Build: cc -shared -fPIC -O2 -o powercut-shim.so powercut-shim.c -ldl. Use: SHIM_DIR=/data SHIM_SHADOW=/shadow LD_PRELOAD=./powercut-shim.so PROGRAM,
// then SIGKILL. A file that was synced under a name whose folder was not lies in the shadow as NAME.unnamed.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 4096, CHUNK = 1 << 16 };
static const char unnamed[] = ".unnamed";

// The path in the shadow of a path under SHIM_DIR; 0 for any other.
static int shadow_of(const char *path, char *shadow)
{
    const char *dir = getenv("SHIM_DIR"), *root = getenv("SHIM_SHADOW");
    size_t length = dir ? strlen(dir) : 0;
    if (!dir || !root || strncmp(path, dir, length) || (path[length] && path[length] != '/')) return 0;
    snprintf(shadow, PATH, "%s%s", root, path + length);
    return 1;
}

static void copy_file(const char *from, const char *to)
{
    char temporary[PATH + 16];
    static __thread char chunk[CHUNK];
    snprintf(temporary, sizeof temporary, "%s.copying", to);
    int in = open(from, O_RDONLY), out = open(temporary, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    ssize_t n;
    while (in >= 0 && (n = read(in, chunk, CHUNK)) > 0) if (write(out, chunk, n) != n) abort();
    if (in >= 0) close(in);
    close(out);
    static int (*real_rename)(const char *, const char *);
    if (!real_rename) real_rename = dlsym(RTLD_NEXT, "rename");
    real_rename(temporary, to);
}

// Names become durable: what was synced unnamed gets its name, what was deleted goes.
static void sync_folder(const char *folder, const char *shadow)
{
    static int (*real_rename)(const char *, const char *);
    if (!real_rename) real_rename = dlsym(RTLD_NEXT, "rename");
    mkdir(shadow, 0700);
    DIR *names = opendir(folder);
    struct dirent *entry;
    while (names && (entry = readdir(names))) {
        char here[PATH + 300], there[PATH + 300], waiting[PATH + 310];
        struct stat is;
        if (entry->d_name[0] == '.') continue;
        snprintf(here, sizeof here, "%s/%s", folder, entry->d_name);
        snprintf(there, sizeof there, "%s/%s", shadow, entry->d_name);
        snprintf(waiting, sizeof waiting, "%s%s", there, unnamed);
        if (!stat(here, &is) && S_ISDIR(is.st_mode)) mkdir(there, 0700);
        else if (!access(waiting, F_OK)) real_rename(waiting, there);
        else if (access(there, F_OK)) close(open(there, O_CREAT | O_WRONLY, 0600)); // Named, but never synced: empty.
    }
    if (names) closedir(names);
    names = opendir(shadow);
    while (names && (entry = readdir(names))) {
        char here[PATH + 300], there[PATH + 300];
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || (length > sizeof unnamed && !strcmp(entry->d_name + length - sizeof unnamed + 1, unnamed))) continue;
        snprintf(here, sizeof here, "%s/%s", folder, entry->d_name);
        snprintf(there, sizeof there, "%s/%s", shadow, entry->d_name);
        if (access(here, F_OK)) unlink(there);
    }
    if (names) closedir(names);
}

static void synced(int file)
{
    char link[64], path[PATH], shadow[PATH], waiting[PATH + 16];
    struct stat is;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t n = readlink(link, path, PATH - 1);
    if (n < 0) return;
    path[n] = 0;
    if (!shadow_of(path, shadow) || fstat(file, &is)) return;
    if (S_ISDIR(is.st_mode)) { sync_folder(path, shadow); return; }
    snprintf(waiting, sizeof waiting, "%s%s", shadow, unnamed);
    copy_file(path, access(shadow, F_OK) ? waiting : shadow);
}

int fsync(int file)
{
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fsync");
    int result = real(file);
    if (!result) synced(file);
    return result;
}

int fdatasync(int file)
{
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
    int result = real(file);
    if (!result) synced(file);
    return result;
}

// A synced file that is renamed before its folder is synced keeps waiting, under the new name.
int rename(const char *from, const char *to)
{
    static int (*real)(const char *, const char *);
    if (!real) real = dlsym(RTLD_NEXT, "rename");
    int result = real(from, to);
    char was[PATH], is[PATH], waiting_was[PATH + 16], waiting_is[PATH + 16];
    if (!result && shadow_of(from, was) && shadow_of(to, is)) {
        snprintf(waiting_was, sizeof waiting_was, "%s%s", was, unnamed);
        snprintf(waiting_is, sizeof waiting_is, "%s%s", is, unnamed);
        real(waiting_was, waiting_is);
    }
    return result;
}
