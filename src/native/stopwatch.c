/*
 * stopwatch: starts one VM, times it, and says on one line of JSON how it went.
 *
 *   stopwatch [--timeout-ms N] [--console-bytes N] [--errors-bytes N] -- program args...
 *
 * The clock is CLOCK_MONOTONIC. `start_ns` is read right before the process is made and `end_ns` as soon as the
 * kernel says that it has ended. In between nothing is allocated or written: the program's standard output and
 * standard error are drained into rings that were touched beforehand.
 *
 * Everything that is waited for is a watch (a descriptor and what to do when it is ready) in one poll(). A method
 * that reads markers while the VM runs on is further watches; the rest stays as it is.
 *
 * Exit status: 0 when the line was printed, however the VM ended; 1 when the stopwatch itself could not work;
 * 2 for wrong usage. SIGTERM, SIGINT, SIGHUP and the death of the parent end the VM's whole process group.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

enum { DEFAULT_TIMEOUT_MS = 30000, DEFAULT_RING = 16384, MAX_RING = 16 << 20, MAX_WATCHES = 8 };

/* The last bytes of a stream. */
struct ring {
    char *bytes;
    size_t size;
    uint64_t total;
};

struct options {
    long timeout_ms;
    long console_bytes;
    long errors_bytes;
    char **command;
};

struct boot {
    const struct options *options;
    pid_t pid;
    int64_t start_ns;
    int64_t end_ns;
    /* Written by the child of vfork(). */
    volatile int exec_errno;
    bool timed_out;
    int stop_signal;
    int wait_status;
    struct rusage usage;
    struct ring console;
    struct ring errors;
};

/* Something that poll() waits for. `now` is when poll() came back. A watch whose `ready` says false is dropped. */
struct watch {
    int fd;
    bool (*ready)(struct boot *boot, struct watch *watch, int64_t now);
    struct ring *ring;
};

struct watches {
    struct watch list[MAX_WATCHES];
    int count;
};

static void parse(int argc, char **argv, struct options *options);
static void prepare(struct ring *ring, size_t size);
static void watch_fd(struct watches *watches, struct watch watch);
static int catch_signals(sigset_t *before);
static void make_pipe(int ends[2]);
static void start(struct boot *boot, const sigset_t *mask, const int console[2], const int errors[2]);
static void wait_for_end(struct boot *boot, struct watches *watches);
static bool drain(struct boot *boot, struct watch *watch, int64_t now);
static bool note_end(struct boot *boot, struct watch *watch, int64_t now);
static bool note_signal(struct boot *boot, struct watch *watch, int64_t now);
static void reap(struct boot *boot);
static void follow_signal(int number);
static void print_json(const struct boot *boot);
static int64_t monotonic_ns(void);
static void die(const char *what);

int main(int argc, char **argv)
{
    struct options options;
    struct boot boot = {.options = &options, .pid = -1};
    struct watches watches = {.count = 0};
    int console[2], errors[2];
    sigset_t mask;

    parse(argc, argv, &options);
    prepare(&boot.console, (size_t)options.console_bytes);
    prepare(&boot.errors, (size_t)options.errors_bytes);
    watch_fd(&watches, (struct watch){catch_signals(&mask), note_signal, NULL});
    make_pipe(console);
    make_pipe(errors);
    watch_fd(&watches, (struct watch){console[0], drain, &boot.console});
    watch_fd(&watches, (struct watch){errors[0], drain, &boot.errors});

    start(&boot, &mask, console, errors);
    if (boot.exec_errno == 0) {
        int pidfd = (int)syscall(SYS_pidfd_open, boot.pid, 0);
        if (pidfd < 0) {
            int error = errno;
            reap(&boot);
            errno = error;
            die("pidfd_open (Linux 5.3 or newer is needed)");
        }
        watch_fd(&watches, (struct watch){pidfd, note_end, NULL});
        wait_for_end(&boot, &watches);
    }
    reap(&boot);
    if (boot.stop_signal != 0)
        follow_signal(boot.stop_signal);
    drain(&boot, &(struct watch){console[0], drain, &boot.console}, 0);
    drain(&boot, &(struct watch){errors[0], drain, &boot.errors}, 0);
    print_json(&boot);
    return fflush(stdout) == 0 ? 0 : 1;
}

/* ---- arguments ---- */

static void usage(const char *complaint, const char *about)
{
    fprintf(stderr, "stopwatch: %s%s\n", complaint, about);
    fprintf(stderr, "usage: stopwatch [--timeout-ms N] [--console-bytes N] [--errors-bytes N] -- program args...\n");
    exit(2);
}

static long number(const char *option, const char *text, long least, long most)
{
    char *end;

    if (text == NULL)
        usage("a number is missing after ", option);
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < least || value > most)
        usage("not a usable number: ", text);
    return value;
}

static void parse(int argc, char **argv, struct options *options)
{
    int at = 1;

    *options = (struct options){DEFAULT_TIMEOUT_MS, DEFAULT_RING, DEFAULT_RING, NULL};
    for (; at < argc && strcmp(argv[at], "--") != 0; at += 2) {
        if (strcmp(argv[at], "--timeout-ms") == 0)
            options->timeout_ms = number(argv[at], argv[at + 1], 1, INT_MAX);
        else if (strcmp(argv[at], "--console-bytes") == 0)
            options->console_bytes = number(argv[at], argv[at + 1], 1, MAX_RING);
        else if (strcmp(argv[at], "--errors-bytes") == 0)
            options->errors_bytes = number(argv[at], argv[at + 1], 1, MAX_RING);
        else
            usage("unknown argument: ", argv[at]);
    }
    if (at + 1 >= argc)
        usage("the program is missing after --", "");
    options->command = argv + at + 1;
}

/* ---- before the start ---- */

/* Touches every page, so that the first byte of a console costs no page fault while the clock runs. */
static void prepare(struct ring *ring, size_t size)
{
    ring->bytes = malloc(size);
    if (ring->bytes == NULL)
        die("malloc");
    memset(ring->bytes, 0xff, size);
    ring->size = size;
    ring->total = 0;
}

static void watch_fd(struct watches *watches, struct watch watch)
{
    if (watches->count == MAX_WATCHES)
        die("too many watches");
    watches->list[watches->count++] = watch;
}

/* The signals that end us come through a descriptor, and so does the death of our parent. */
static int catch_signals(sigset_t *before)
{
    pid_t parent = getppid();
    sigset_t ours;

    sigemptyset(&ours);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &ours, before) != 0)
        die("sigprocmask");
    int fd = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        die("signalfd");
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
        die("prctl");
    /* The parent may have died before prctl() was there to notice. */
    if (getppid() != parent)
        raise(SIGTERM);
    return fd;
}

/* The reading end does not block; the writing end is the VM's and does. */
static void make_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
        die("pipe");
}

/* ---- the start ---- */

static void become_vm(struct boot *boot, const sigset_t *mask, int input, int console, int errors)
{
    if (setpgid(0, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && dup2(input, STDIN_FILENO) >= 0 &&
        dup2(console, STDOUT_FILENO) >= 0 && dup2(errors, STDERR_FILENO) >= 0 &&
        sigprocmask(SIG_SETMASK, mask, NULL) == 0)
        execv(boot->options->command[0], boot->options->command);
    /* vfork: this is the parent's memory. */
    boot->exec_errno = errno;
    _exit(127);
}

static void start(struct boot *boot, const sigset_t *mask, const int console[2], const int errors[2])
{
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input < 0)
        die("/dev/null");

    boot->start_ns = monotonic_ns();
    pid_t pid = vfork();
    if (pid == 0)
        become_vm(boot, mask, input, console[1], errors[1]);
    if (pid < 0)
        die("vfork");
    boot->pid = pid;
    close(input);
    close(console[1]);
    close(errors[1]);
}

/* ---- while it runs ---- */

static int milliseconds_left(const struct boot *boot)
{
    int64_t left = boot->start_ns + boot->options->timeout_ms * INT64_C(1000000) - monotonic_ns();
    return left <= 0 ? 0 : (int)((left + 999999) / 1000000);
}

static void poll_once(struct boot *boot, struct watches *watches)
{
    struct pollfd polled[MAX_WATCHES];

    for (int i = 0; i < watches->count; i++)
        polled[i] = (struct pollfd){.fd = watches->list[i].fd, .events = POLLIN};
    int ready = poll(polled, (nfds_t)watches->count, milliseconds_left(boot));
    int64_t now = monotonic_ns();
    if (ready < 0 && errno != EINTR)
        die("poll");
    for (int i = 0; ready > 0 && i < watches->count; i++)
        if (polled[i].revents != 0 && !watches->list[i].ready(boot, &watches->list[i], now))
            watches->list[i].fd = -1;
    /* Whether or not something was ready: a guest that talks without a pause runs out of time, too. */
    if (boot->end_ns == 0 && milliseconds_left(boot) == 0) {
        boot->timed_out = true;
        boot->end_ns = now;
    }
}

static void wait_for_end(struct boot *boot, struct watches *watches)
{
    while (boot->end_ns == 0 && boot->stop_signal == 0)
        poll_once(boot, watches);
}

static void add(struct ring *ring, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ring->bytes[(ring->total + i) % ring->size] = bytes[i];
    ring->total += count;
}

/* Reads a bounded amount, so that a guest that never stops talking does not keep us from the clock. */
static bool drain(struct boot *boot, struct watch *watch, int64_t now)
{
    char block[4096];

    (void)boot;
    (void)now;
    for (int i = 0; i < 16; i++) {
        ssize_t count = read(watch->fd, block, sizeof block);
        if (count <= 0)
            return count < 0 && (errno == EAGAIN || errno == EINTR);
        add(watch->ring, block, (size_t)count);
    }
    return true;
}

static bool note_end(struct boot *boot, struct watch *watch, int64_t now)
{
    (void)watch;
    boot->end_ns = now;
    return false;
}

static bool note_signal(struct boot *boot, struct watch *watch, int64_t now)
{
    struct signalfd_siginfo info;

    (void)now;
    if (read(watch->fd, &info, sizeof info) == (ssize_t)sizeof info)
        boot->stop_signal = (int)info.ssi_signo;
    return true;
}

/* ---- after the end ---- */

/* The group is killed before its leader is reaped: until then its number cannot belong to anybody else. */
static void reap(struct boot *boot)
{
    if (boot->exec_errno == 0)
        kill(-boot->pid, SIGKILL);
    while (wait4(boot->pid, &boot->wait_status, 0, &boot->usage) < 0)
        if (errno != EINTR)
            die("wait4");
}

/* Ends us by the signal that asked for it, as our parent expects. */
static void follow_signal(int number)
{
    sigset_t only;

    sigemptyset(&only);
    sigaddset(&only, number);
    signal(number, SIG_DFL);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    _exit(128 + number);
}

/* ---- the line of JSON ---- */

/* Length of the UTF-8 sequence at `at`, or 0 when there is none that is well formed. */
static int utf8_length(const unsigned char *at, size_t left)
{
    int length = at[0] < 0x80 ? 1 : at[0] >= 0xc2 && at[0] < 0xe0 ? 2 : (at[0] & 0xf0) == 0xe0 ? 3 : 0;

    if (length == 0 && at[0] >= 0xf0 && at[0] < 0xf5)
        length = 4;
    if (length == 0 || (size_t)length > left)
        return 0;
    for (int i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) || (at[0] == 0xf0 && at[1] < 0x90) ||
        (at[0] == 0xf4 && at[1] > 0x8f))
        return 0;
    return length;
}

static int print_character(const unsigned char *at, size_t left)
{
    int length = utf8_length(at, left);

    if (length == 0) {
        fputs("\\ufffd", stdout);
        return 1;
    }
    if (at[0] == '"' || at[0] == '\\')
        printf("\\%c", at[0]);
    else if (at[0] == '\n')
        fputs("\\n", stdout);
    else if (at[0] < 0x20 || at[0] == 0x7f)
        printf("\\u%04x", at[0]);
    else
        fwrite(at, 1, (size_t)length, stdout);
    return length;
}

static void print_text(const char *text, size_t length)
{
    putchar('"');
    for (size_t i = 0; i < length;)
        i += (size_t)print_character((const unsigned char *)text + i, length - i);
    putchar('"');
}

/* Prints what the ring kept; when it lost the beginning, from the first whole line on. */
static void print_ring(const char *name, const struct ring *ring)
{
    size_t length = ring->total < ring->size ? (size_t)ring->total : ring->size;
    char *text = malloc(length + 1);
    if (text == NULL)
        die("malloc");
    for (size_t i = 0; i < length; i++)
        text[i] = ring->bytes[(ring->total - length + i) % ring->size];
    char *line = ring->total > length ? memchr(text, '\n', length) : NULL;
    size_t skip = line != NULL && line + 1 < text + length ? (size_t)(line + 1 - text) : 0;

    printf(",\"%s\":", name);
    print_text(text + skip, length - skip);
    printf(",\"%s_bytes\":%llu", name, (unsigned long long)ring->total);
    free(text);
}

static void print_signal(int number)
{
    static const struct {
        int number;
        const char *name;
    } known[] = {{SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},   {SIGHUP, "SIGHUP"},
                 {SIGILL, "SIGILL"},   {SIGINT, "SIGINT"},   {SIGKILL, "SIGKILL"}, {SIGPIPE, "SIGPIPE"},
                 {SIGSEGV, "SIGSEGV"}, {SIGSYS, "SIGSYS"},   {SIGTERM, "SIGTERM"}, {SIGTRAP, "SIGTRAP"},
                 {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}, {SIGQUIT, "SIGQUIT"}};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].number == number) {
            printf(",\"signal\":\"%s\"", known[i].name);
            return;
        }
    printf(",\"signal\":\"SIG%d\"", number);
}

static void print_ending(const struct boot *boot)
{
    if (boot->exec_errno != 0) {
        printf(",\"exec_errno\":%d,\"exec_error\":", boot->exec_errno);
        const char *text = strerror(boot->exec_errno);
        print_text(text, strlen(text));
    } else if (WIFEXITED(boot->wait_status)) {
        printf(",\"status\":%d", WEXITSTATUS(boot->wait_status));
    } else {
        print_signal(WTERMSIG(boot->wait_status));
    }
    printf(",\"timed_out\":%s", boot->timed_out ? "true" : "false");
}

/* Nanoseconds are decimal strings: a JSON reader that knows doubles only would round a long uptime. */
static void print_ns(const char *name, int64_t ns)
{
    printf(",\"%s\":\"%lld\"", name, (long long)ns);
}

static int64_t timeval_ns(struct timeval time)
{
    return time.tv_sec * INT64_C(1000000000) + time.tv_usec * INT64_C(1000);
}

static void print_usage(const struct rusage *usage)
{
    print_ns("user_ns", timeval_ns(usage->ru_utime));
    print_ns("sys_ns", timeval_ns(usage->ru_stime));
    printf(",\"max_rss_kib\":%ld,\"minor_faults\":%ld,\"major_faults\":%ld", usage->ru_maxrss, usage->ru_minflt,
           usage->ru_majflt);
    printf(",\"voluntary_switches\":%ld,\"involuntary_switches\":%ld", usage->ru_nvcsw, usage->ru_nivcsw);
}

static void print_json(const struct boot *boot)
{
    fputs("{\"stopwatch\":1", stdout);
    if (boot->exec_errno == 0) {
        print_ns("start_ns", boot->start_ns);
        print_ns("end_ns", boot->end_ns);
        print_ns("elapsed_ns", boot->end_ns - boot->start_ns);
    }
    print_ending(boot);
    if (boot->exec_errno == 0) {
        print_usage(&boot->usage);
        print_ring("console", &boot->console);
        print_ring("errors", &boot->errors);
    }
    fputs("}\n", stdout);
}

/* ---- small things ---- */

static int64_t monotonic_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "stopwatch: %s: %s\n", what, strerror(errno));
    exit(1);
}
