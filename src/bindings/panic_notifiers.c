// SPDX-License-Identifier: GPL-2.0
/*
 * Which panic handlers the user wants: the parameter panic_notifiers of each
 * module that has this crate in it. In C, since module! has no strings.
 */

#include <linux/module.h>
#include <linux/workqueue.h>

#include "bindings_helper.h"

/* The name of the driver, which this is linked into. */
#undef pr_fmt
#define pr_fmt(fmt) "%s: " fmt, module_name(THIS_MODULE)

static char *panic_notifiers;
module_param(panic_notifiers, charp, 0444);
MODULE_PARM_DESC(panic_notifiers,
		 "Names of the panic handlers to register, separated by commas (default: all)");

/* How many names in the list are looked through for mistakes. */
#define WATCHED 64

/* Which of these are those of handlers. */
static DECLARE_BITMAP(known, WATCHED);

/* How many handlers there are, whether wanted or not. */
static atomic_t handlers;

/* Returns the first name of *list, not terminated, and moves *list behind it. */
static const char *next_name(const char **list, int *len)
{
	const char *name = *list;

	if (!name)
		return NULL;

	*len = strcspn(name, ",");
	*list = name[*len] ? name + *len + 1 : NULL;
	return name;
}

/* Returns whether a name is in the list, and marks it wherever it is. */
static bool mark_known(const char *wanted, int wanted_len)
{
	const char *list = panic_notifiers;
	const char *name;
	bool found = false;
	int index, len;

	for (index = 0; (name = next_name(&list, &len)); index++) {
		if (!len || len != wanted_len || memcmp(name, wanted, len))
			continue;
		found = true;
		if (index < WATCHED)
			set_bit(index, known);
	}
	return found;
}

static void report_unknown(struct work_struct *unused)
{
	const char *list = panic_notifiers;
	const char *name;
	int index, len;

	for (index = 0; (name = next_name(&list, &len)); index++) {
		if (index >= WATCHED || !len || test_bit(index, known))
			continue;
		/* Said once. */
		mark_known(name, len);
		pr_warn("panic_notifiers: no panic handler is called %.*s\n",
			len, name);
	}
	if (index > WATCHED)
		pr_warn("panic_notifiers: behind the first %d names, mistakes are not reported\n",
			WATCHED);
}

/*
 * Handlers register one after the other. When no other has followed for a
 * second, a name that none of them has is most likely a mistake.
 */
static DECLARE_DELAYED_WORK(report, report_unknown);

/* Returns 1 if the administrator wants the handler, 0 if not, or an error. */
int notifier_chain_panic_wants(const char *wanted)
{
	if (!*wanted || strchr(wanted, ',')) {
		pr_err("\"%s\" cannot be the name of a panic handler\n",
		       wanted);
		return -EINVAL;
	}

	if (!panic_notifiers || mark_known(wanted, strlen(wanted)))
		return 1;

	pr_info("panic handler %s is left out: panic_notifiers=%s\n",
		wanted, panic_notifiers);
	return 0;
}

/* A handler comes, wanted or not. */
void notifier_chain_panic_enter(void)
{
	atomic_inc(&handlers);
	if (panic_notifiers)
		mod_delayed_work(system_percpu_wq, &report, HZ);
}

/* A handler goes. May sleep. */
void notifier_chain_panic_leave(void)
{
	if (atomic_dec_and_test(&handlers))
		cancel_delayed_work_sync(&report);
}
