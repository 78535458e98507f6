/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_TORTURE_CONTEXT_H
#define _NOTIFIER_CHAIN_TORTURE_CONTEXT_H

/* The numbers are those of `Context` in context.rs. */
enum notifier_chain_torture_context {
	NOTIFIER_CHAIN_TORTURE_TASK,
	NOTIFIER_CHAIN_TORTURE_SOFTIRQ,
	NOTIFIER_CHAIN_TORTURE_HARDIRQ,
	NOTIFIER_CHAIN_TORTURE_NMI,
};

/* Where the caller runs. */
enum notifier_chain_torture_context notifier_chain_torture_context(void);

#endif /* _NOTIFIER_CHAIN_TORTURE_CONTEXT_H */
