/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _CALLER_H
#define _CALLER_H

#include <linux/notifier.h>

extern struct atomic_notifier_head caller_atomic;
extern struct blocking_notifier_head caller_blocking;
extern struct srcu_notifier_head caller_srcu;

/* A raw chain, which is called under a lock of its own. */
int caller_raw_register(struct notifier_block *nb);
int caller_raw_unregister(struct notifier_block *nb);

#endif /* _CALLER_H */
