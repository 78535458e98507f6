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

/*
 * In C, as warn_on!() of the kernel crate includes a generated file that is not
 * in the headers of any distribution.
 */
bool notifier_chain_warn_of_srcu_readers(struct srcu_struct *srcu)
{
	return WARN_ON(srcu_readers_active(srcu));
}

bool notifier_chain_user_mode(struct pt_regs *regs)
{
	return user_mode(regs);
}
