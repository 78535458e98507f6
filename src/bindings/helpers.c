// SPDX-License-Identifier: GPL-2.0
/*
 * What Rust cannot reach by itself: inline functions, macros, and fields of
 * structures that bindgen cannot see into.
 */

#include <linux/crash_core.h>
#include <linux/ptrace.h>

#include "bindings_helper.h"

unsigned long notifier_chain_instruction_pointer(struct pt_regs *regs)
{
	return instruction_pointer(regs);
}

/* It is a macro, except in kernels before 7.3 that have no lockdep. */
int notifier_chain_init_srcu(struct srcu_struct *srcu, const char *name,
			     struct lock_class_key *key)
{
#ifdef init_srcu_struct
	return __init_srcu_struct(srcu, name, key);
#else
	return init_srcu_struct(srcu);
#endif
}

bool notifier_chain_kdump_loaded(void)
{
	return kexec_crash_loaded();
}

/*
 * A call of this is there in the object code of every kernel, by this name, for
 * tools to find, while might_sleep() is nothing without CONFIG_DEBUG_ATOMIC_SLEEP.
 */
noinline void notifier_chain_might_sleep(void)
{
}

int notifier_chain_netdev_index(const struct net_device *dev)
{
	return dev->ifindex;
}

bool notifier_chain_netdev_is_up(const struct net_device *dev)
{
	return dev->flags & IFF_UP;
}

const char *notifier_chain_netdev_name(const struct net_device *dev)
{
	return netdev_name(dev);
}

bool notifier_chain_user_mode(struct pt_regs *regs)
{
	return user_mode(regs);
}
