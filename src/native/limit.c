/*
 * limit: the least that starting a program and noticing its end can cost. Starts it N times by vfork(), execv() and
 * wait4() with nothing else between, and prints a line for each with the nanoseconds from before the one to after the
 * other, by the clock that the stopwatch has.
 *
 *   limit N WAIT_MS program
 *
 * Before each start it waits as long as it is told.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t monotonic_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int64_t start_to_end(char **command)
{
    struct rusage usage;
    int status;

    int64_t start = monotonic_ns();
    pid_t pid = vfork();
    if (pid == 0) {
        execv(command[0], command);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status != 0)
        return -1;
    return monotonic_ns() - start;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    struct timespec wait = {.tv_nsec = strtol(argv[2], NULL, 10) * 1000000};
    for (long left = strtol(argv[1], NULL, 10); left > 0; left--) {
        if (wait.tv_nsec > 0)
            nanosleep(&wait, NULL);
        int64_t took = start_to_end(argv + 3);
        if (took < 0)
            return 1;
        printf("%lld\n", (long long)took);
    }
    return 0;
}
