# A firmware of 64 KiB that does what its program says, one macro after the other, from the reset vector on.
# The program is a list of the macros below, in a file program.inc.

    .code16
    .text

    .macro write port, value
    movw $\port, %dx
    movb $\value, %al
    outb %al, %dx
    .endm

    # Prints a text on the first serial port, waiting for it to be able to take each byte.
    .macro say text:vararg
    movw $8f, %si
7:  movw $0x3fd, %dx
    inb %dx, %al
    testb $0x20, %al
    jz 7b
    lodsb %cs:(%si), %al
    testb %al, %al
    jz 9f
    movw $0x3f8, %dx
    outb %al, %dx
    jmp 7b
8:  .asciz \text
9:
    .endm

    .macro hang
    cli
6:  hlt
    jmp 6b
    .endm

    .macro spin
5:  jmp 5b
    .endm

    # Goes on under TCG, whose name cpuid gives is another one.
    .macro spin_with_kvm
    movl $0x40000000, %eax
    cpuid
    cmpl $0x4b4d564b, %ebx
3:  je 3b
    .endm

    # The reset control register of PC chip sets.
    .macro reboot
    movw $0xcf9, %dx
    movb $6, %al
    outb %al, %dx
    hang
    .endm

    # An interrupt without a table of interrupts faults, and so does the handling of that, twice.
    .macro triple_fault
    lidtl %cs:4f
    int3
4:  .word 0
    .long 0
    .endm


    .globl start
start:
    cld
    .include "program.inc"
    hang

    .org 0xfff0
    ljmp $0xf000, $start
    .org 0x10000
