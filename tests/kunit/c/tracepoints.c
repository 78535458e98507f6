// SPDX-License-Identifier: GPL-2.0
/* How many probes a tracepoint has. */

#include <linux/tracepoint.h>

#include "tracepoints.h"

struct count {
	const char *name;
	int probes;
};

static void count(struct tracepoint *tracepoint, void *data)
{
	struct count *count = data;
	const struct tracepoint_func *probe;

	if (strcmp(tracepoint->name, count->name))
		return;

	count->probes = 0;
	/* Nobody but the test changes this tracepoint. */
	probe = rcu_dereference_raw(tracepoint->funcs);
	for (; probe && probe->func; probe++)
		count->probes++;
}

int notifier_chain_kunit_probes(const char *name)
{
	struct count found = { .name = name, .probes = -ENOENT };

	for_each_kernel_tracepoint(count, &found);
	return found.probes;
}
