/*
 * stopwatch: starts one VM, times it, and says on one line of JSON how it went.
 *
 *   stopwatch [--timeout-ms N] [--console-bytes N] [--errors-bytes N] [--pin CPU] [--pin-self CPU]
 *             [--realtime PRIORITY] [--aslr 0] [--wait-ms N] [--markers N [--end-at MARKER:BYTE]] -- program args...
 *
 * The clock is CLOCK_MONOTONIC. `start_ns` is read right before the process is made and `end_ns` as soon as the
 * kernel says that it has ended. In between nothing is allocated or written: the program's standard output and
 * standard error are drained into rings that were touched beforehand.
 *
 * Markers are pipes: the program has the writing end of marker 0 as descriptor 10, that of marker 1 as 11, and so on.
 * Each byte that arrives is stamped with the time at which poll() came back; those that arrive together share a stamp.
 * With --end-at the program is ended as soon as that byte has come, which is no failure.
 *
 * Everything that is waited for is a watch (a descriptor and what to do when it is ready) in one poll().
 *
 * --pin binds the program to one processor and --pin-self the stopwatch. --realtime gives the stopwatch, never the
 * program, a SCHED_FIFO priority; where that is not permitted, the line says so, as it does when its memory cannot be
 * locked. --aslr 0 starts the program at the same addresses each time, and the line has `aslr`: whether they are random
 * all the same, which they are where a container forbids it. --wait-ms lets whoever started us come to rest before the program starts, so that the two do not contend for
 * a processor.
 *
 * Exit status: 0 when the line was printed, however the VM ended; 1 when the stopwatch itself could not work;
 * 2 for wrong usage. SIGTERM, SIGINT, SIGHUP and the death of the parent end the VM's whole process group.
 */
#define _GNU_SOURCE
#include "stopwatch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

enum {
    MAX_WATCHES = MAX_MARKERS + 4,
    /* What one look at a stream takes at most, so that a guest that never stops talking does not keep us from the clock. */
    STREAM_BLOCK = 4096,
    MARKER_BLOCK = 64,
    /* What a pipe holds. */
    PIPE_BYTES = 65536,
    /* As many processors as a kernel for x86 can be built for: it refuses a set that is smaller than its own. */
    MAX_PROCESSORS = 8192
};

/* One cpu_set_t holds CPU_SETSIZE processors. */
struct processors {
    cpu_set_t sets[MAX_PROCESSORS / CPU_SETSIZE];
};

/*
 * Something that poll() waits for. `now` is when poll() came back. A watch whose `ready` says false is dropped.
 * `index` is that of a marker.
 */
struct watch {
    int fd;
    bool (*ready)(struct boot *boot, struct watch *watch, int64_t now);
    struct ring *ring;
    int index;
};

struct watches {
    struct watch list[MAX_WATCHES];
    int count;
};

/* The ends of the pipes that the VM writes to. */
struct outlets {
    int input;
    int console;
    int errors;
};

static void prepare(struct boot *boot);
static void prepare_ring(struct ring *ring, size_t size);
static void watch_fd(struct watches *watches, struct watch watch);
static int catch_signals(const struct options *options, sigset_t *before);
static int make_pipe(const struct options *options, int *writing_end);
static int open_nothing(void);
static void make_markers(struct boot *boot, struct watches *watches);
static void wait_before(long milliseconds);
static void fix_addresses(struct boot *boot);
static void schedule(struct boot *boot, struct processors *own);
static void warm_up(void);
static void start(struct boot *boot, const sigset_t *mask, const struct outlets *outlets);
static void settle_down(const struct boot *boot, const struct processors *own);
static void watch_end(struct boot *boot, struct watches *watches);
static void wait_for_end(struct boot *boot, struct watches *watches);
static bool drain(struct boot *boot, struct watch *watch, int64_t now);
static void drain_rest(struct watches *watches);
static bool note_marker(struct boot *boot, struct watch *watch, int64_t now);
static bool note_end(struct boot *boot, struct watch *watch, int64_t now);
static bool note_signal(struct boot *boot, struct watch *watch, int64_t now);
static void reap(struct boot *boot);
static void follow_signal(int number);
static int64_t monotonic_ns(void);

int main(int argc, char **argv)
{
    static struct boot boot;
    struct options options;
    struct watches watches = {.count = 0};
    struct outlets outlets;
    struct processors own;
    sigset_t mask;

    parse_options(argc, argv, &options);
    boot.options = &options;
    prepare(&boot);
    make_markers(&boot, &watches);
    int signals = catch_signals(&options, &mask);
    int console = make_pipe(&options, &outlets.console);
    int errors = make_pipe(&options, &outlets.errors);
    watch_fd(&watches, (struct watch){.fd = signals, .ready = note_signal});
    watch_fd(&watches, (struct watch){.fd = console, .ready = drain, .ring = &boot.console});
    watch_fd(&watches, (struct watch){.fd = errors, .ready = drain, .ring = &boot.errors});
    outlets.input = open_nothing();
    wait_before(options.wait_ms);
    fix_addresses(&boot);
    schedule(&boot, &own);

    warm_up();
    start(&boot, &mask, &outlets);
    settle_down(&boot, &own);
    if (boot.exec_errno == 0) {
        watch_end(&boot, &watches);
        wait_for_end(&boot, &watches);
    }
    reap(&boot);
    if (boot.stop_signal != 0)
        follow_signal(boot.stop_signal);
    drain_rest(&watches);
    print_boot(&boot);
    return fflush(stdout) == 0 ? 0 : 1;
}

/* ---- before the start ---- */

/* Touches all memory that is written to while the clock runs, so that nothing costs a page fault then. */
static void prepare(struct boot *boot)
{
    const struct options *options = boot->options;

    boot->pid = -1;
    memset(boot->markers, 0xff, sizeof boot->markers);
    memset(boot->arrivals, 0xff, sizeof boot->arrivals);
    prepare_ring(&boot->console, (size_t)options->console_bytes);
    prepare_ring(&boot->errors, (size_t)options->errors_bytes);
}

static void prepare_ring(struct ring *ring, size_t size)
{
    ring->bytes = malloc(size);
    if (ring->bytes == NULL)
        die("malloc");
    memset(ring->bytes, 0xff, size);
    ring->size = size;
}

static void watch_fd(struct watches *watches, struct watch watch)
{
    if (watches->count == MAX_WATCHES)
        die("too many watches");
    watches->list[watches->count++] = watch;
}

/*
 * Moves a descriptor of ours out of the way of the markers', and no further: a large table of descriptors would have to
 * be copied for the VM after the stamp.
 */
static int own_fd(const struct options *options, int fd)
{
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_MARKER + (int)options->markers);

    if (moved < 0)
        die("fcntl");
    close(fd);
    return moved;
}

/* The signals that end us come through a descriptor, and so does the death of our parent. */
static int catch_signals(const struct options *options, sigset_t *before)
{
    pid_t parent = getppid();
    sigset_t ours;

    /* A Ctrl-Z stops the terminal's foreground group. We stay out of it: stopped, we would stamp too late. */
    setpgid(0, 0);
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
    return own_fd(options, fd);
}

/* What reads as empty; in a root with nothing in it, a pipe that nobody can write to. */
static int open_nothing(void)
{
    int ends[2];
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (null >= 0)
        return null;
    if (pipe2(ends, O_CLOEXEC) != 0)
        die("pipe");
    close(ends[1]);
    return ends[0];
}

/* Gives the reading end, which does not block; the writing end is the VM's and does. */
static int make_pipe(const struct options *options, int *writing_end)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
        die("pipe");
    *writing_end = own_fd(options, ends[1]);
    return own_fd(options, ends[0]);
}

/* The writing ends get their places here and not after the start, where it would take the VM's time. */
static void make_markers(struct boot *boot, struct watches *watches)
{
    for (int i = 0; i < boot->options->markers; i++) {
        int writing_end;

        boot->markers[i] = make_pipe(boot->options, &writing_end);
        /* A guest that writes faster than we read must not have to wait. */
        if (fcntl(writing_end, F_SETFL, O_NONBLOCK) != 0 || dup2(writing_end, FIRST_MARKER + i) < 0)
            die("marker");
        close(writing_end);
        watch_fd(watches, (struct watch){.fd = boot->markers[i], .ready = note_marker, .index = i});
    }
}

static void wait_before(long milliseconds)
{
    struct timespec time = {.tv_nsec = milliseconds * 1000000};

    if (milliseconds > 0)
        nanosleep(&time, NULL);
}

/* For the program, which inherits it; asked for here, it takes none of its time. */
static void fix_addresses(struct boot *boot)
{
    if (boot->options->aslr == 0)
        boot->aslr = personality(PER_LINUX | ADDR_NO_RANDOMIZE) < 0;
}

static void take_only(struct processors *processors, long cpu)
{
    CPU_ZERO_S(sizeof processors->sets, processors->sets);
    CPU_SET_S((size_t)cpu, sizeof processors->sets, processors->sets);
}

static void bind_to(long cpu)
{
    struct processors only;

    take_only(&only, cpu);
    if (sched_setaffinity(0, sizeof only.sets, only.sets) != 0) {
        fprintf(stderr, "stopwatch: processor %ld cannot be bound to: %s\n", cpu, strerror(errno));
        exit(1);
    }
}

/*
 * Leaves us on the VM's processor, which it inherits: bound by itself it would have to move after its start.
 * `own` is where we go then.
 */
static void schedule(struct boot *boot, struct processors *own)
{
    const struct options *options = boot->options;
    struct sched_param priority = {.sched_priority = (int)options->realtime};

    boot->memory_locked = mlockall(MCL_CURRENT) == 0;
    if (options->realtime != UNSET)
        boot->realtime = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority) == 0;
    if (sched_getaffinity(0, sizeof own->sets, own->sets) != 0)
        die("sched_getaffinity");
    if (options->own_cpu != UNSET) {
        struct processors before = *own;
        bind_to(options->own_cpu);
        take_only(own, options->own_cpu);
        if (options->vm_cpu == UNSET && sched_setaffinity(0, sizeof before.sets, before.sets) != 0)
            die("sched_setaffinity");
    }
    if (options->vm_cpu != UNSET)
        bind_to(options->vm_cpu);
}

/*
 * Makes a process that ends at once. After a rest the processors sleep and their caches hold other things; without
 * this, the VM's start would be charged with waking them.
 */
static void warm_up(void)
{
    pid_t pid = vfork();

    if (pid == 0)
        _exit(0);
    if (pid < 0 || waitpid(pid, NULL, 0) != pid)
        die("vfork");
}

/* ---- the start ---- */

static void become_vm(struct boot *boot, const sigset_t *mask, const struct outlets *outlets)
{
    if (setpgid(0, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && dup2(outlets->input, STDIN_FILENO) >= 0 &&
        dup2(outlets->console, STDOUT_FILENO) >= 0 && dup2(outlets->errors, STDERR_FILENO) >= 0 &&
        sigprocmask(SIG_SETMASK, mask, NULL) == 0)
        execv(boot->options->command[0], boot->options->command);
    /* vfork: this is the parent's memory. */
    boot->exec_errno = errno;
    _exit(127);
}

static void start(struct boot *boot, const sigset_t *mask, const struct outlets *outlets)
{
    boot->start_ns = monotonic_ns();
    pid_t pid = vfork();
    if (pid == 0)
        become_vm(boot, mask, outlets);
    if (pid < 0)
        die("vfork");
    boot->pid = pid;
}

/*
 * Makes way for the VM. Our copies of its ends of the pipes stay open: else each pipe would tell of its end as the VM
 * ends, and we would be busy with that when the end of the VM itself is there to be stamped.
 */
static void settle_down(const struct boot *boot, const struct processors *own)
{
    const struct options *options = boot->options;

    if (options->vm_cpu != UNSET || options->own_cpu != UNSET)
        sched_setaffinity(0, sizeof own->sets, own->sets);
}

static void watch_end(struct boot *boot, struct watches *watches)
{
    int pidfd = (int)syscall(SYS_pidfd_open, boot->pid, 0);

    if (pidfd < 0) {
        int error = errno;
        reap(boot);
        errno = error;
        die("pidfd_open (Linux 5.3 or newer is needed)");
    }
    watch_fd(watches, (struct watch){.fd = pidfd, .ready = note_end});
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

/* Reads up to where the ring's memory ends, or a block. */
static ssize_t read_into(struct ring *ring, int fd)
{
    size_t at = ring->total % ring->size;
    size_t room = ring->size - at < STREAM_BLOCK ? ring->size - at : STREAM_BLOCK;
    ssize_t count = read(fd, ring->bytes + at, room);

    if (count > 0)
        ring->total += (uint64_t)count;
    return count;
}

static bool drain(struct boot *boot, struct watch *watch, int64_t now)
{
    (void)boot;
    (void)now;
    ssize_t count = read_into(watch->ring, watch->fd);
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

static void add_arrival(struct boot *boot, struct arrival arrival)
{
    const struct options *options = boot->options;

    if (arrival.marker == options->end_marker && arrival.byte == options->end_byte && boot->end_ns == 0) {
        boot->ended_at_marker = true;
        boot->end_ns = arrival.at_ns;
    }
    if (boot->arrived < MAX_ARRIVALS)
        boot->arrivals[boot->arrived++] = arrival;
}

static void take_marker(struct boot *boot, int marker, int64_t now)
{
    uint8_t bytes[MARKER_BLOCK];
    ssize_t count = boot->markers[marker] == UNSET ? -1 : read(boot->markers[marker], bytes, sizeof bytes);

    for (ssize_t i = 0; i < count; i++)
        add_arrival(boot, (struct arrival){marker, bytes[i], now});
    if (count == 0)
        boot->markers[marker] = UNSET;
}

/* Puts what arrived together into the order of the markers, and leaves each marker's bytes in theirs. */
static void order(struct arrival *arrivals, int count)
{
    for (int i = 1; i < count; i++) {
        struct arrival moved = arrivals[i];
        int at = i;
        for (; at > 0 && arrivals[at - 1].marker > moved.marker; at--)
            arrivals[at] = arrivals[at - 1];
        arrivals[at] = moved;
    }
}

/*
 * Looks at all markers, the last one first: whoever wrote to a marker had written to those before it, so with its byte
 * theirs are found, too, although poll() may have looked at them a moment too early.
 */
static void take_markers(struct boot *boot, int64_t now)
{
    int before = boot->arrived;

    for (int i = (int)boot->options->markers - 1; i >= 0; i--)
        take_marker(boot, i, now);
    order(boot->arrivals + before, boot->arrived - before);
}

static bool note_marker(struct boot *boot, struct watch *watch, int64_t now)
{
    take_markers(boot, now);
    return boot->markers[watch->index] != UNSET;
}

static bool note_end(struct boot *boot, struct watch *watch, int64_t now)
{
    (void)watch;
    take_markers(boot, now);
    if (boot->end_ns == 0)
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

/* What the streams still hold; no more than that, because a process that left the group may go on talking. */
static void drain_rest(struct watches *watches)
{
    for (int i = 0; i < watches->count; i++) {
        const struct watch *watch = &watches->list[i];
        uint64_t before = watch->ring == NULL ? 0 : watch->ring->total;
        while (watch->ring != NULL && watch->ring->total - before < PIPE_BYTES && read_into(watch->ring, watch->fd) > 0)
            ;
    }
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

/* ---- small things ---- */

static int64_t monotonic_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

_Noreturn void die(const char *what)
{
    fprintf(stderr, "stopwatch: %s: %s\n", what, strerror(errno));
    exit(1);
}
