// SPDX-License-Identifier: GPL-2.0
/* C that shares a chain with Rust, as notifier_chain::Head::head() tells it to. */

#include <linux/slab.h>

#include "listener.h"

struct notifier_chain_kunit_listener {
	struct notifier_block nb;
	int answer;
	struct {
		unsigned long action;
		u32 number;
	} heard[8];
	unsigned int count;
};

static int notify(struct notifier_block *nb, unsigned long action, void *data)
{
	struct notifier_chain_kunit_listener *listener =
		container_of(nb, struct notifier_chain_kunit_listener, nb);
	const u32 *number = data;

	/* What there is no room for is missed, and fails the test. */
	if (listener->count < ARRAY_SIZE(listener->heard)) {
		listener->heard[listener->count].action = action;
		listener->heard[listener->count].number = *number;
		listener->count++;
	}
	return listener->answer;
}

struct notifier_chain_kunit_listener *notifier_chain_kunit_listener_new(int priority, int answer)
{
	struct notifier_chain_kunit_listener *listener = kzalloc(sizeof(*listener), GFP_KERNEL);

	if (!listener)
		return NULL;

	listener->nb.notifier_call = notify;
	listener->nb.priority = priority;
	listener->answer = answer;
	return listener;
}

void notifier_chain_kunit_listener_free(struct notifier_chain_kunit_listener *listener)
{
	kfree(listener);
}

int notifier_chain_kunit_listener_register(struct notifier_chain_kunit_listener *listener,
					   enum notifier_chain_kunit_kind kind, void *head)
{
	return notifier_chain_kunit_apis[kind].register_nb(head, &listener->nb);
}

int notifier_chain_kunit_listener_unregister(struct notifier_chain_kunit_listener *listener,
					     enum notifier_chain_kunit_kind kind, void *head)
{
	return notifier_chain_kunit_apis[kind].unregister_nb(head, &listener->nb);
}

void notifier_chain_kunit_listener_answer(struct notifier_chain_kunit_listener *listener,
					  int answer)
{
	listener->answer = answer;
}

unsigned long
notifier_chain_kunit_listener_action(const struct notifier_chain_kunit_listener *listener,
				     unsigned int nth)
{
	return nth < listener->count ? listener->heard[nth].action : 0;
}

u32 notifier_chain_kunit_listener_number(const struct notifier_chain_kunit_listener *listener,
					 unsigned int nth)
{
	return nth < listener->count ? listener->heard[nth].number : 0;
}

int notifier_chain_kunit_tell(enum notifier_chain_kunit_kind kind, void *head,
			      unsigned long action, u32 number)
{
	return notifier_chain_kunit_apis[kind].call(head, action, &number);
}
