/* What the host is like that this emulator believes to be on. */
#define HOST_HAS_KVM 1          /* 0: KVM cannot be had */
#define HOST_TAKES_MSR 1        /* 0: its KVM refuses an MSR that -cpu host has */
#define HOST_INTERPRETS 0       /* 1: -accel tcg works, however this was configured */
