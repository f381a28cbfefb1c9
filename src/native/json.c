/* The line of JSON that the stopwatch prints. */
#define _GNU_SOURCE
#include "stopwatch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

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

static void print_flag(const char *name, bool flag)
{
    printf(",\"%s\":%s", name, flag ? "true" : "false");
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
    print_flag("timed_out", boot->timed_out);
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

static void print_markers(const struct boot *boot)
{
    fputs(",\"markers\":[", stdout);
    for (int i = 0; i < boot->arrived; i++) {
        const struct arrival *arrival = &boot->arrivals[i];
        printf("%s{\"marker\":%d,\"byte\":%d", i == 0 ? "" : ",", arrival->marker, arrival->byte);
        print_ns("ns", arrival->at_ns - boot->start_ns);
        putchar('}');
    }
    putchar(']');
    print_flag("ended_at_marker", boot->ended_at_marker);
}

static void print_scheduling(const struct boot *boot)
{
    if (boot->options->realtime != UNSET)
        print_flag("realtime", boot->realtime);
    if (boot->options->aslr == 0)
        print_flag("aslr", boot->aslr);
    print_flag("memory_locked", boot->memory_locked);
}

void print_boot(const struct boot *boot)
{
    fputs("{\"stopwatch\":2", stdout);
    if (boot->exec_errno == 0) {
        print_ns("start_ns", boot->start_ns);
        print_ns("end_ns", boot->end_ns);
        print_ns("elapsed_ns", boot->end_ns - boot->start_ns);
        print_markers(boot);
    }
    print_ending(boot);
    print_scheduling(boot);
    if (boot->exec_errno == 0) {
        print_usage(&boot->usage);
        print_ring("console", &boot->console);
        print_ring("errors", &boot->errors);
    }
    fputs("}\n", stdout);
}
