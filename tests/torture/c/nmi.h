/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_TORTURE_NMI_H
#define _NOTIFIER_CHAIN_TORTURE_NMI_H

/* Before the first notifier_chain_torture_nmi_run(), and after the last. */
int notifier_chain_torture_nmi_enable(void);
void notifier_chain_torture_nmi_disable(void);

/*
 * Calls @run(@data) in NMI context, on the @nth CPU or on the first if there are
 * fewer, and waits for it. May sleep.
 */
void notifier_chain_torture_nmi_run(unsigned int nth, void (*run)(void *data), void *data);

#endif /* _NOTIFIER_CHAIN_TORTURE_NMI_H */
