/* The PCI bus, as far as a firmware that does little has to know it. */
#ifndef PCI_H
#define PCI_H

#define PCI_VENDOR_ID		0x00
#define PCI_DEVICE_ID		0x02
#define PCI_COMMAND		0x04
#define PCI_BASE_ADDRESS_0	0x10
#define PCI_INTERRUPT_LINE	0x3c

#define PCI_VENDOR_ID_INTEL		0x8086
#define PCI_DEVICE_ID_INTEL_82441	0x1237
#define PCI_DEVICE_ID_INTEL_Q35_MCH     0x29c0
#define PCI_DEVICE_ID_INTEL_82371SB_1	0x7010
#define PCI_DEVICE_ID_INTEL_82371AB	0x7111
#define PCI_VENDOR_ID_QEMU 0x1b36
#define PCI_DEVICE_ID_QEMU_VIRT_PCI 0x8

#define PCIE_MMCONFIG_BASE 0xb0000000
#define PCIE_MMCONFIG_SIZE (256 * 1024 * 1024)

/* As it lies in the image; the emulator looks for it. */
struct host_bridge {
	char magic[8];
	unsigned short vendor, device;
} __attribute__((packed));

extern const struct host_bridge host_bridges[];
extern int number_of_bridges;

#endif
