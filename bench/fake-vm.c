/* A VM that reaches its one point at once: it answers what a hypervisor is asked, and ends with the status of its exit device. */

#include <stdio.h>
#include <string.h>
#include <time.h>

/* So that there is something to measure. */
#define BUSY_NANOSECONDS 300000

static long long now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

int main(int count, char **words) {
  long long start = now();
  for (int index = 1; index + 1 < count; index++) {
    if (strcmp(words[index + 1], "help") == 0) {
      const char *word = words[index];
      puts(strcmp(word, "-machine") == 0  ? "Supported machines are:\npc   Standard PC (default)"
           : strcmp(word, "-device") == 0 ? "Misc devices:\nname \"isa-debug-exit\", bus ISA"
                                          : "Accelerators supported in QEMU binary:\ntcg");
      return 0;
    }
  }
  if (count > 1 && strcmp(words[1], "--version") == 0) {
    puts("QEMU emulator version 7.2.0");
    return 0;
  }
  while (now() - start < BUSY_NANOSECONDS) {
  }
  return 3;
}
