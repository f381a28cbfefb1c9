/*
 * init: the first program of a VM that is measured. Its first act is to write 1 to port 0xf7, which tells that user
 * space has begun.
 *
 * It has no C library, no data that the linker has to place and no second page of code: what is timed is the kernel's
 * way to it. Linux on x86-64; from a kernel without ioperm() and iopl() (CONFIG_X86_IOPL_IOPERM) it cannot reach the
 * port, and says so on its standard output, which the kernel has connected to the console.
 *
 * It never returns. Where the write ends the VM, that was all. Else it waits quietly, so that whoever reads the port
 * can end the VM, and restarts it when nobody does: a boot of which nobody takes notice comes to an end by itself.
 * Not run as the first process, it ends, with status 1 where it could not reach the port.
 */

enum { SYS_WRITE = 1, SYS_NANOSLEEP = 35, SYS_GETPID = 39, SYS_EXIT = 60 };
enum { SYS_REBOOT = 169, SYS_IOPL = 172, SYS_IOPERM = 173 };
enum { PORT = 0xf7, VALUE = 1 };
enum { ENOSYS = 38 };
enum { MAGIC1 = 0xfee1dead, MAGIC2 = 672274793, RESTART = 0x01234567 };

/* The system calls of this architecture: number in rax, arguments in rdi, rsi, rdx; rcx and r11 are lost. */
static inline long call(long number, long first, long second, long third)
{
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(first), "S"(second), "d"(third)
                     : "rcx", "r11", "memory");
    return result;
}

/* 0, or the negative error of the last that was tried. iopl() is for a kernel that has no memory for a map of ports. */
static inline long reach_port(void)
{
    long error = call(SYS_IOPERM, PORT, 1, 1);
    return error == 0 ? 0 : call(SYS_IOPL, 3, 0, 0);
}

static inline void write_port(void)
{
    __asm__ volatile("outb %0, %1" : : "a"((unsigned char)VALUE), "Nd"((unsigned short)PORT));
}

#define SAY(text) call(SYS_WRITE, 1, (long)(text), sizeof(text) - 1)

/* The measurement looks for these lines in the console. */
static void complain(long error)
{
    if (error == -ENOSYS)
        SAY("bootlap init: no ioperm and no iopl in this kernel: port 0xf7 cannot be reached\n");
    else
        SAY("bootlap init: ioperm and iopl are refused: port 0xf7 cannot be reached\n");
}

static void wait_quietly(void)
{
    struct { long seconds, nanoseconds; } one = { 1, 0 };
    call(SYS_NANOSLEEP, (long)&one, 0, 0);
}

/* Entered by the kernel with nothing below on the stack to return to. */
__attribute__((noreturn, force_align_arg_pointer)) void _start(void)
{
    long error = reach_port();
    if (error == 0)
        write_port();
    else
        complain(error);
    /* A process that happens to have the right must not restart a machine that is not its own. */
    if (call(SYS_GETPID, 0, 0, 0) == 1) {
        if (error == 0)
            wait_quietly();
        call(SYS_REBOOT, MAGIC1, MAGIC2, RESTART);
    }
    for (;;)
        call(SYS_EXIT, error != 0, 0, 0);
}
