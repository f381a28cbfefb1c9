#include "pci.h"

const struct host_bridge host_bridges[] = {
	{ "@PCIHOST", PCI_VENDOR_ID_INTEL, PCI_DEVICE_ID_INTEL_82441 },
	{ "@PCIHOST", PCI_VENDOR_ID_INTEL, PCI_DEVICE_ID_INTEL_Q35_MCH },
	{ "@PCIHOST", PCI_VENDOR_ID_QEMU, PCI_DEVICE_ID_QEMU_VIRT_PCI },
};

int number_of_bridges = sizeof host_bridges / sizeof *host_bridges;
