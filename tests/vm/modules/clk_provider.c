// SPDX-License-Identifier: GPL-2.0
/*
 * Clocks without hardware: two with a rate that can be set, and one that follows
 * either.
 */

#include <linux/clk-provider.h>
#include <linux/clk.h>
#include <linux/clkdev.h>

#include "clk_provider.h"

struct source {
	struct clk_hw hw;
	unsigned long rate;
};

static unsigned long source_rate(struct clk_hw *hw, unsigned long parent_rate)
{
	return container_of(hw, struct source, hw)->rate;
}

static int source_set_rate(struct clk_hw *hw, unsigned long rate,
			   unsigned long parent_rate)
{
	container_of(hw, struct source, hw)->rate = rate;
	return 0;
}

static const struct clk_ops source_ops = {
	.recalc_rate = source_rate,
	.determine_rate = clk_determine_rate_noop,
	.set_rate = source_set_rate,
};

static u8 followed;

static u8 mux_parent(struct clk_hw *hw)
{
	return followed;
}

static int mux_set_parent(struct clk_hw *hw, u8 index)
{
	followed = index;
	return 0;
}

static const struct clk_ops mux_ops = {
	.determine_rate = __clk_mux_determine_rate,
	.get_parent = mux_parent,
	.set_parent = mux_set_parent,
};

static const char * const names[] = { "clk_events_slow", "clk_events_fast" };
static const struct clk_init_data slow_init = {
	.name = "clk_events_slow",
	.ops = &source_ops,
};

static const struct clk_init_data fast_init = {
	.name = "clk_events_fast",
	.ops = &source_ops,
};

static const struct clk_init_data mux_init = {
	.name = "clk_events_mux",
	.ops = &mux_ops,
	.parent_names = names,
	.num_parents = ARRAY_SIZE(names),
};

static struct source sources[] = { { .rate = 1000000 }, { .rate = 8000000 } };
static struct clk_hw mux;
static struct clk_hw *clocks[] = { &sources[0].hw, &sources[1].hw, &mux };
static struct clk_lookup *lookups[ARRAY_SIZE(clocks)];

int clk_provider_register(void)
{
	int error = 0;
	int i;

	sources[0].hw.init = &slow_init;
	sources[1].hw.init = &fast_init;
	mux.init = &mux_init;
	for (i = 0; i < ARRAY_SIZE(clocks); i++) {
		const char *name = clocks[i]->init->name;

		error = clk_hw_register(NULL, clocks[i]);
		if (error)
			break;
		lookups[i] = clkdev_hw_create(clocks[i], name, NULL);
		if (!lookups[i]) {
			clk_hw_unregister(clocks[i]);
			error = -ENOMEM;
			break;
		}
	}
	if (error)
		clk_provider_unregister();
	return error;
}

void clk_provider_unregister(void)
{
	int i;

	for (i = ARRAY_SIZE(clocks) - 1; i >= 0; i--) {
		if (!lookups[i])
			continue;
		clkdev_drop(lookups[i]);
		clk_hw_unregister(clocks[i]);
		lookups[i] = NULL;
	}
}

int clk_provider_follow(int index)
{
	struct clk *clk = clk_get(NULL, "clk_events_mux");
	struct clk *parent = clk_get(NULL, names[index]);
	int result = clk_set_parent(clk, parent);

	clk_put(parent);
	clk_put(clk);
	return result;
}
