/* The command line of the stopwatch. */
#include "stopwatch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TIMEOUT_MS = 30000, DEFAULT_RING = 16384, MAX_RING = 16 << 20, MAX_CPU = 4095 };

static const char USAGE[] =
    "usage: stopwatch [--timeout-ms N] [--console-bytes N] [--errors-bytes N] [--pin CPU] [--pin-self CPU]\n"
    "                 [--realtime PRIORITY] [--aslr 0] [--wait-ms N] [--markers N [--end-at MARKER:BYTE]] -- program args...\n";

static _Noreturn void usage(const char *complaint, const char *about)
{
    fprintf(stderr, "stopwatch: %s%s\n%s", complaint, about, USAGE);
    exit(2);
}

/* A number from `least` to `most` at the start of `text`; `rest` is what stands behind it. */
static long number_before(const char *text, long least, long most, char **rest)
{
    errno = 0;
    long value = strtol(text, rest, 10);
    if (errno != 0 || *rest == text || value < least || value > most)
        usage("not a usable number: ", text);
    return value;
}

static long number(const char *text, long least, long most)
{
    char *rest;
    long value = number_before(text, least, most, &rest);

    if (*rest != '\0')
        usage("not a usable number: ", text);
    return value;
}

static void parse_end(struct options *options, const char *text)
{
    char *rest;

    options->end_marker = number_before(text, 0, MAX_MARKERS - 1, &rest);
    if (*rest != ':')
        usage("not a marker and a byte: ", text);
    options->end_byte = number(rest + 1, 0, 255);
}

static void parse_option(struct options *options, const char *name, const char *text)
{
    const struct {
        const char *name;
        long *value;
        long least, most;
    } numbers[] = {{"--timeout-ms", &options->timeout_ms, 1, INT_MAX},
                   {"--console-bytes", &options->console_bytes, 1, MAX_RING},
                   {"--errors-bytes", &options->errors_bytes, 1, MAX_RING},
                   {"--pin", &options->vm_cpu, 0, MAX_CPU},
                   {"--pin-self", &options->own_cpu, 0, MAX_CPU},
                   {"--realtime", &options->realtime, 1, 99},
                   {"--aslr", &options->aslr, 0, 1},
                   {"--wait-ms", &options->wait_ms, 0, 999},
                   {"--markers", &options->markers, 0, MAX_MARKERS}};

    if (text == NULL)
        usage("a value is missing after ", name);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (strcmp(name, numbers[i].name) == 0) {
            *numbers[i].value = number(text, numbers[i].least, numbers[i].most);
            return;
        }
    if (strcmp(name, "--end-at") != 0)
        usage("unknown argument: ", name);
    parse_end(options, text);
}

void parse_options(int argc, char **argv, struct options *options)
{
    int at = 1;

    *options = (struct options){.timeout_ms = DEFAULT_TIMEOUT_MS,
                                .console_bytes = DEFAULT_RING,
                                .errors_bytes = DEFAULT_RING,
                                .vm_cpu = UNSET,
                                .own_cpu = UNSET,
                                .realtime = UNSET,
                                .aslr = 1,
                                .end_marker = UNSET,
                                .end_byte = UNSET};
    for (; at < argc && strcmp(argv[at], "--") != 0; at += 2)
        parse_option(options, argv[at], argv[at + 1]);
    if (at + 1 >= argc)
        usage("the program is missing after --", "");
    if (options->end_marker >= options->markers)
        usage("--end-at names a marker that there is not", "");
    options->command = argv + at + 1;
}
