/* The command line of an emulator that has one machine, "virt", and one device besides those of the machine. */
#include "guest.h"
#include "host.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef CONFIG_KVM
#define HAS_KVM 1
#else
#define HAS_KVM 0
#endif
#ifdef CONFIG_TCG
#define HAS_TCG 1
#else
#define HAS_TCG HOST_INTERPRETS
#endif

static const char *program;

static void fail(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fprintf(stderr, "%s: ", program);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

static void print(const char *text)
{
	puts(text);
	exit(0);
}

/* The value of "name=" in "first,name=value,...", or what is given when it is not there. */
static unsigned number(const char *list, const char *name, unsigned otherwise)
{
	for (const char *at = list; (at = strchr(at, ',')); at++)
		if (!strncmp(at + 1, name, strlen(name)) && at[1 + strlen(name)] == '=')
			return strtoul(at + 2 + strlen(name), NULL, 0);
	return otherwise;
}

static bool is(const char *list, const char *first)
{
	size_t length = strlen(first);
	return !strncmp(list, first, length) && (list[length] == ',' || !list[length]);
}

static void choose_machine(const char *value, const char **accelerator)
{
	const char *accel = strstr(value, ",accel=");
	if (is(value, "help") || is(value, "?"))
		print("Supported machines are:\n"
		      "none                 empty machine\n"
		      "virt                 Virtual Machine");
	if (!is(value, "virt") && !is(value, "type=virt"))
		fail("-machine %s: unsupported machine type\nUse -machine help to list supported machines", value);
	if (accel)
		*accelerator = accel + strlen(",accel=");
}

static void add_device(const char *value, struct exit_device *device)
{
	if (is(value, "help") || is(value, "?"))
		print("Misc devices:\nname \"sysbus-debugexit\", bus System");
	if (!is(value, "sysbus-debugexit"))
		fail("-device %s: '%.*s' is not a valid device model name", value, (int)strcspn(value, ","), value);
	device->base = number(value, "iobase", 0x501);
	device->size = number(value, "iosize", 2);
}

/* Of its time: it names what anybody ever had, and on the standard error. */
static const char *choose_accelerator(const char *value)
{
	if (is(value, "help") || is(value, "?")) {
		fprintf(stderr, "Possible accelerators: kvm, xen, hax, tcg\n");
		exit(0);
	}
	return value;
}

static void start_accelerator(const char *accelerator)
{
	if (is(accelerator, "tcg") && HAS_TCG)
		return;
	if (!is(accelerator, "kvm") || !HAS_KVM)
		fail("invalid accelerator %s", accelerator);
	if (!HOST_HAS_KVM) {
		fprintf(stderr, "Could not access KVM kernel module: No such file or directory\n");
		fail("failed to initialize KVM: No such file or directory");
	}
}

static void start_processor(const char *cpu)
{
	if (HOST_TAKES_MSR || !is(cpu, "host"))
		return;
	fprintf(stderr, "%s: error: failed to set MSR 0x10a to 0x80000000a000c04\n", program);
	fprintf(stderr, "%s: target/i386/kvm.c: kvm_buf_set_msrs: Assertion `ret == cpu->kvm_msr_buf->nmsrs' failed.\n",
		program);
	abort();
}

static bool is_flag(const char *option)
{
	static const char *const flags[] = { "-nodefaults", "-no-user-config", "-no-reboot", "-nographic", "-no-hpet" };
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (!strcmp(option, flags[i]))
			return true;
	return false;
}

static bool takes_value(const char *option)
{
	static const char *const options[] = { "-display", "-serial", "-monitor", "-m",   "-smp", "-L",
					       "-d",	   "-D",      "-chardev", "-name" };
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (!strcmp(option, options[i]))
			return true;
	return false;
}

int main(int count, char **words)
{
	struct machine machine = { .append = "" };
	const char *accelerator = "tcg", *cpu = "qemu64", *bios = NULL, *kernel = NULL;
	program = words[0];
	for (int i = 1; i < count; i++) {
		const char *option = words[i], *value = i + 1 < count ? words[i + 1] : "";
		if (!strcmp(option, "--version") || !strcmp(option, "-version"))
			print("QEMU emulator version " VERSION);
		if (!strcmp(option, "-enable-kvm")) {
			accelerator = "kvm";
			continue;
		}
		if (is_flag(option))
			continue;
		i++;
		if (!strcmp(option, "-machine") || !strcmp(option, "-M"))
			choose_machine(value, &accelerator);
		else if (!strcmp(option, "-accel"))
			accelerator = choose_accelerator(value);
		else if (!strcmp(option, "-device"))
			add_device(value, &machine.exit);
		else if (!strcmp(option, "-cpu"))
			cpu = value;
		else if (!strcmp(option, "-bios"))
			bios = value;
		else if (!strcmp(option, "-kernel"))
			kernel = value;
		else if (!strcmp(option, "-append"))
			machine.append = value;
		else if (!takes_value(option))
			fail("%s: invalid option", option);
	}
	start_accelerator(accelerator);
	if (!load(&machine.firmware, bios))
		fail("could not load PC BIOS '%s'", bios ? bios : "bios-256k.bin");
	if (!load(&machine.kernel, kernel))
		fail("could not load kernel '%s'", kernel ? kernel : "");
	start_processor(cpu);
	boot(&machine);
}
