// SPDX-License-Identifier: GPL-2.0
/* Crashes that only x86 has. */

#include "crash_points.h"

static int by_int3(void)
{
	asm volatile("int3");
	return 0;
}

const struct crash_point crash_points_arch[] = {
	{ "int3", by_int3 },
	{ }
};
