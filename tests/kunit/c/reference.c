// SPDX-License-Identifier: GPL-2.0
/* What a random sequence of operations comes to in C. */

#include <linux/slab.h>

#include "reference.h"

#define UP	0
#define DOWN	1

/* As many as POOL in differential.rs. */
#define POOL	32

struct node {
	struct notifier_block nb;
	int answer;
};

struct heard {
	unsigned int id;
	unsigned long action;
};

struct notifier_chain_kunit_reference {
	enum notifier_chain_kunit_kind kind;
	const struct notifier_chain_kunit_api *api;
	void *head;
	struct node nodes[POOL];
	/* Each node hears of an event at most twice: up and down. */
	struct heard heard[2 * POOL];
	unsigned int count;
	bool stopped;
};

static int notify(struct notifier_block *nb, unsigned long action, void *data)
{
	struct node *node = container_of(nb, struct node, nb);
	struct notifier_chain_kunit_reference *reference = data;

	if (!WARN_ON(reference->count == ARRAY_SIZE(reference->heard)))
		reference->heard[reference->count++] = (struct heard) {
			.id = node - reference->nodes,
			.action = action,
		};
	if (action == UP && (node->answer & NOTIFY_STOP_MASK))
		reference->stopped = true;
	return node->answer;
}

struct notifier_chain_kunit_reference *
notifier_chain_kunit_reference_new(enum notifier_chain_kunit_kind kind)
{
	struct notifier_chain_kunit_reference *reference;
	unsigned int id;

	reference = kzalloc(sizeof(*reference), GFP_KERNEL);
	if (!reference)
		return NULL;

	reference->head = notifier_chain_kunit_head_new(kind);
	if (!reference->head) {
		kfree(reference);
		return NULL;
	}
	reference->kind = kind;
	reference->api = &notifier_chain_kunit_apis[kind];
	for (id = 0; id < POOL; id++)
		reference->nodes[id].nb.notifier_call = notify;
	return reference;
}

void notifier_chain_kunit_reference_free(struct notifier_chain_kunit_reference *reference)
{
	notifier_chain_kunit_head_free(reference->kind, reference->head);
	kfree(reference);
}

int notifier_chain_kunit_reference_register(struct notifier_chain_kunit_reference *reference,
					    unsigned int id, int priority)
{
	struct notifier_block *nb = &reference->nodes[id].nb;

	nb->priority = priority;
	return reference->api->register_nb(reference->head, nb);
}

int notifier_chain_kunit_reference_unregister(struct notifier_chain_kunit_reference *reference,
					      unsigned int id)
{
	return reference->api->unregister_nb(reference->head, &reference->nodes[id].nb);
}

static void forget(struct notifier_chain_kunit_reference *reference)
{
	reference->count = 0;
	reference->stopped = false;
}

int notifier_chain_kunit_reference_call(struct notifier_chain_kunit_reference *reference)
{
	forget(reference);
	return reference->api->call(reference->head, UP, reference);
}

int notifier_chain_kunit_reference_call_robust(struct notifier_chain_kunit_reference *reference)
{
	forget(reference);
	return reference->api->call_robust(reference->head, UP, DOWN, reference);
}

bool notifier_chain_kunit_reference_is_empty(struct notifier_chain_kunit_reference *reference)
{
	return notifier_chain_kunit_head_is_empty(reference->kind, reference->head);
}

void notifier_chain_kunit_reference_answer(struct notifier_chain_kunit_reference *reference,
					   unsigned int id, int answer)
{
	reference->nodes[id].answer = answer;
}

unsigned int
notifier_chain_kunit_reference_heard(const struct notifier_chain_kunit_reference *reference)
{
	return reference->count;
}

unsigned int
notifier_chain_kunit_reference_id(const struct notifier_chain_kunit_reference *reference,
				  unsigned int nth)
{
	return reference->heard[nth].id;
}

unsigned long
notifier_chain_kunit_reference_action(const struct notifier_chain_kunit_reference *reference,
				      unsigned int nth)
{
	return reference->heard[nth].action;
}

bool notifier_chain_kunit_reference_stopped(const struct notifier_chain_kunit_reference *reference)
{
	return reference->stopped;
}
