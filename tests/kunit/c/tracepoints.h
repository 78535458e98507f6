/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_KUNIT_TRACEPOINTS_H
#define _NOTIFIER_CHAIN_KUNIT_TRACEPOINTS_H

/* Returns how many probes a tracepoint has, or an errno if there is none. */
int notifier_chain_kunit_probes(const char *name);

#endif /* _NOTIFIER_CHAIN_KUNIT_TRACEPOINTS_H */
