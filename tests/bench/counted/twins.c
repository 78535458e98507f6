// SPDX-License-Identifier: GPL-2.0
/* The twins of the handlers in notifier_chain_counted_main.rs. They never run. */

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/kdebug.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/reboot.h>

#include "../../../src/bindings/bindings_helper.h"

#define DEFINE_HANDLER(name)								\
int counted_##name(struct notifier_block *nb, unsigned long action, void *data);	\
int counted_##name(struct notifier_block *nb, unsigned long action, void *data)

struct event {
	u32 value;
};

struct listener {
	struct notifier_block nb;
	u32 sum;
};

struct lent {
	const u8 *bytes;
	size_t length;
};

DEFINE_HANDLER(idle)
{
	return NOTIFY_OK;
}

DEFINE_HANDLER(acting)
{
	return action ? NOTIFY_OK : NOTIFY_DONE;
}

DEFINE_HANDLER(typed)
{
	const struct event *event = data;

	return event->value ? NOTIFY_OK : NOTIFY_DONE;
}

/* The event is read first, as in Rust: else the compiler makes an instruction more of it. */
DEFINE_HANDLER(stateful)
{
	struct listener *listener = container_of(nb, struct listener, nb);
	const struct event *event = data;
	u32 value = event->value;

	WRITE_ONCE(listener->sum, READ_ONCE(listener->sum) + value);
	return NOTIFY_OK;
}

DEFINE_HANDLER(first)
{
	const struct lent *lent = data;

	return lent->length && lent->bytes[0] == 1 ? NOTIFY_OK : NOTIFY_DONE;
}

DEFINE_HANDLER(refusing)
{
	const struct event *event = data;

	return event->value ? NOTIFY_OK : notifier_from_errno(-EBUSY);
}

DEFINE_HANDLER(unheeding)
{
	return NOTIFY_DONE;
}

DEFINE_HANDLER(panic_reading)
{
	const char *message = data;

	return message[0] == 'k' ? NOTIFY_STOP : NOTIFY_DONE;
}

DEFINE_HANDLER(die_counting)
{
	struct listener *listener = container_of(nb, struct listener, nb);
	const struct die_args *args = data;

	if (action == DIE_OOPS) {
		u32 signal = args->signr;

		WRITE_ONCE(listener->sum, READ_ONCE(listener->sum) + signal);
	}
	return NOTIFY_DONE;
}

DEFINE_HANDLER(restart_heeding)
{
	return action == REBOOT_WARM ? NOTIFY_STOP : NOTIFY_DONE;
}

DEFINE_HANDLER(reboot_heeding)
{
	return action == SYS_HALT ? NOTIFY_OK : NOTIFY_DONE;
}

DEFINE_HANDLER(oom_unheeding)
{
	unsigned long *freed = data;

	*freed += 3;
	return NOTIFY_OK;
}

DEFINE_HANDLER(netdevice_heeding)
{
	return action == NETDEV_PRE_UP ? notifier_from_errno(-EPERM) : NOTIFY_OK;
}

DEFINE_HANDLER(module_unheeding)
{
	return NOTIFY_OK;
}

DEFINE_HANDLER(module_heeding)
{
	return action == MODULE_STATE_COMING ? notifier_from_errno(-EPERM) : NOTIFY_OK;
}

DEFINE_HANDLER(task_exit_heeding)
{
	const struct notifier_chain_task_exit *exit = data;

	return exit->group_dead ? NOTIFY_OK : NOTIFY_DONE;
}

DEFINE_HANDLER(signal_heeding)
{
	const struct notifier_chain_signal *signal = data;

	return signal->number == 9 ? NOTIFY_OK : NOTIFY_DONE;
}
