/*
 * Plays a boot on a machine whose host bridge is 8086:0d57. What a guest would write to ports stands in its images as
 * records that were compiled into them: "@PORTOUT", the value and the port, four bytes each. The host bridges that a
 * firmware knows stand in it as "@PCIHOST", vendor and device, two bytes each.
 */
#include "guest.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BRIDGE_VENDOR 0x8086
#define BRIDGE_DEVICE 0x0d57
#define FIRMWARE_START_PORT 0xf5

/* Milliseconds from the start of the VM. */
#define FIRMWARE_STARTS 12
#define KERNEL_STARTS 18
#define USER_SPACE_STARTS 45

/* The record as it lies in an image, where nothing is aligned. */
struct __attribute__((packed)) port_write {
	char magic[8];
	uint32_t value, port;
};

struct __attribute__((packed)) host_bridge {
	char magic[8];
	uint16_t vendor, device;
};

bool load(struct image *image, const char *path)
{
	FILE *file = path ? fopen(path, "rb") : NULL;
	if (!file)
		return false;
	fseek(file, 0, SEEK_END);
	image->size = ftell(file);
	rewind(file);
	image->name = path;
	image->bytes = malloc(image->size + 1);
	bool whole = fread(image->bytes, 1, image->size, file) == image->size;
	fclose(file);
	return whole;
}

/* The next record of a kind at or after an offset; NULL when there is none. */
static const void *next(const struct image *image, const char *magic, size_t size, size_t *offset)
{
	for (; *offset + size <= image->size; (*offset)++)
		if (!memcmp(image->bytes + *offset, magic, 8)) {
			const void *found = image->bytes + *offset;
			*offset += size;
			return found;
		}
	return NULL;
}

static void sleep_until(const struct timespec *start, long milliseconds)
{
	struct timespec at = *start;
	at.tv_nsec += milliseconds * 1000000;
	at.tv_sec += at.tv_nsec / 1000000000;
	at.tv_nsec %= 1000000000;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

static void hang(void)
{
	for (;;)
		pause();
}

/* Compilers before 2019 said nothing of a pointer to a member that need not be aligned. */
static uint32_t read_value(const uint32_t *value)
{
	uint32_t copy;
	memcpy(&copy, value, sizeof copy);
	return copy;
}

/* The writes of an image to the port at which the firmware starts, or those to all other ports. */
static void write_ports(const struct machine *machine, const struct image *image, bool to_start_port)
{
	const struct port_write *write;
	size_t offset = 0;
	while ((write = next(image, "@PORTOUT", sizeof *write, &offset))) {
		uint32_t port = read_value(&write->port), value = read_value(&write->value);
		if ((port == FIRMWARE_START_PORT) != to_start_port)
			continue;
		if (port >= machine->exit.base && port - machine->exit.base < machine->exit.size)
			exit((value << 1) | 1);
	}
}

static bool knows_bridge(const struct image *firmware)
{
	const struct host_bridge *bridge;
	size_t offset = 0;
	while ((bridge = next(firmware, "@PCIHOST", sizeof *bridge, &offset)))
		if (bridge->vendor == BRIDGE_VENDOR && bridge->device == BRIDGE_DEVICE)
			return true;
	return false;
}

void boot(const struct machine *machine)
{
	struct timespec start;
	clock_gettime(CLOCK_MONOTONIC, &start);
	sleep_until(&start, FIRMWARE_STARTS);
	write_ports(machine, &machine->firmware, true);
	/* A firmware that does not know the machine panics without a word. */
	if (!knows_bridge(&machine->firmware))
		hang();
	sleep_until(&start, KERNEL_STARTS);
	write_ports(machine, &machine->firmware, false);
	sleep_until(&start, USER_SPACE_STARTS);
	write_ports(machine, &machine->kernel, false);
	/* Then there is no disk to go on with. A panic restarts the machine or stops it; there is no console to say so. */
	if (!strstr(machine->append, "panic=-1"))
		hang();
	exit(0);
}
