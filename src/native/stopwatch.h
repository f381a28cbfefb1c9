/* What the parts of the stopwatch share: what it is asked for, and what it saw of a boot. */
#ifndef STOPWATCH_H
#define STOPWATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum {
    /* The VM's descriptor for marker 0. */
    FIRST_MARKER = 10,
    MAX_MARKERS = 64,
    /* More than a guest writes that comes through its points: what it writes beyond is not needed to tell. */
    MAX_ARRIVALS = 4096,
    UNSET = -1
};

struct options {
    long timeout_ms;
    long console_bytes;
    long errors_bytes;
    /* Logical processors, or UNSET. */
    long vm_cpu;
    long own_cpu;
    /* SCHED_FIFO priority of the stopwatch, or UNSET. */
    long realtime;
    /* 0 where the VM has to get the same addresses each time. */
    long aslr;
    /* Milliseconds between our own start and that of the VM. */
    long wait_ms;
    long markers;
    /* The byte, on the marker, at which the VM is ended; both UNSET for none. */
    long end_marker;
    long end_byte;
    char **command;
};

/* The last bytes of a stream. */
struct ring {
    char *bytes;
    size_t size;
    uint64_t total;
};

/* A byte that came through a marker pipe. */
struct arrival {
    int marker;
    uint8_t byte;
    int64_t at_ns;
};

struct boot {
    const struct options *options;
    pid_t pid;
    int64_t start_ns;
    int64_t end_ns;
    /* Written by the child of vfork(). */
    volatile int exec_errno;
    bool realtime;
    bool aslr;
    bool memory_locked;
    bool timed_out;
    bool ended_at_marker;
    int stop_signal;
    int wait_status;
    struct rusage usage;
    struct ring console;
    struct ring errors;
    /* Reading ends of the marker pipes; UNSET once closed. */
    int markers[MAX_MARKERS];
    struct arrival arrivals[MAX_ARRIVALS];
    int arrived;
};

/* options.c: reads the command line; ends the process with status 2 when it is wrong. */
void parse_options(int argc, char **argv, struct options *options);

/* json.c: prints one line. */
void print_boot(const struct boot *boot);

/* stopwatch.c: says what a system call could not do, and ends the process with status 1. */
_Noreturn void die(const char *what);

#endif
