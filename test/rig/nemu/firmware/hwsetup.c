#include "pci.h"

int is_known(unsigned short vendor, unsigned short device);

/* Tells whether a host bridge is one of those that this firmware can set up. */
int is_known(unsigned short vendor, unsigned short device)
{
	for (int i = 0; i < number_of_bridges; i++)
		if (host_bridges[i].vendor == vendor && host_bridges[i].device == device)
			return 1;
	return 0;
}
