/*
 * A VM whose truth is known: it waits, without sleeping, for so many nanoseconds from its first instruction.
 *
 *   fake-vm exit NS            ends after NS
 *   fake-vm trace NS [NS...]   writes a byte to descriptor 10 after the first NS, to 11 after the second, and stays
 *
 * Each time it tells on its standard error when it really was, on CLOCK_MONOTONIC: where other programs have the
 * processors, that is later than it was to be.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
    struct timespec stamp;

    clock_gettime(CLOCK_MONOTONIC, &stamp);
    return stamp.tv_sec * 1000000000LL + stamp.tv_nsec;
}

int main(int argc, char **argv)
{
    long long start = now();
    int traced = argc > 2 && strcmp(argv[1], "trace") == 0;

    for (int index = 2; index < argc; index++) {
        long long end = start + atoll(argv[index]);

        while (now() < end)
            ;
        dprintf(2, "%lld\n", now());
        if (traced && write(8 + index, "\1", 1) != 1)
            return 1;
    }
    if (traced)
        pause();
    return 3;
}
