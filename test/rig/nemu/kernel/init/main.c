/*
 * The last of a kernel's own work, as far as it matters where a patch goes in.
 */
#include <asm/io.h>
#include <generated/autoconf.h>

typedef int (*init_program)(const char *);

extern void kernel_init_freeable(void);
extern void async_synchronize_full(void);
extern void free_initmem(void);
extern void mark_readonly(void);
extern void numa_default_policy(void);
extern void rcu_end_inkernel_boot(void);
extern void panic(const char *words);
extern int run_init_process(const char *program);

char *ramdisk_execute_command = "/init";
char *execute_command;

int kernel_init(void *unused);

int kernel_init(void *unused)
{
	int ret;

	kernel_init_freeable();
	/* need to finish all async __init code before freeing the memory */
	async_synchronize_full();
	free_initmem();
	mark_readonly();
	numa_default_policy();

	rcu_end_inkernel_boot();

	if (ramdisk_execute_command) {
		ret = run_init_process(ramdisk_execute_command);
		if (!ret)
			return 0;
	}
	if (execute_command && !run_init_process(execute_command))
		return 0;
	panic("No working init found.");
	return ret;
}
