/* A guest: what its firmware and its kernel do that can be seen from outside. */
#include <stdbool.h>
#include <stddef.h>

struct image {
	const char *name;
	unsigned char *bytes;
	size_t size;
};

/* The ports that the exit device listens on; size 0: there is no such device. */
struct exit_device {
	unsigned base, size;
};

struct machine {
	struct exit_device exit;
	struct image firmware, kernel;
	const char *append;
};

/* Reads a file whole; false when it cannot be had. */
bool load(struct image *image, const char *path);

/* Boots, and ends the process as the guest makes it end. */
void boot(const struct machine *machine);
