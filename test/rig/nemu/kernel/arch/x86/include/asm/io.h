#ifndef _ASM_X86_IO_H
#define _ASM_X86_IO_H

/* A write to a port, as a record for the emulator that plays the machine: it looks for these and runs no code. */
#define outb(value, port) \
	asm volatile(".pushsection .rodata.ports, \"a\"\n" \
		     ".ascii \"@PORTOUT\"\n.long %c0, %c1\n" \
		     ".popsection" : : "i"(value), "i"(port))

#endif
