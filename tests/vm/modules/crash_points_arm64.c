// SPDX-License-Identifier: GPL-2.0
/* Crashes that only arm64 has. */

#include <linux/err.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/panic.h>
#include <linux/perf_event.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "crash_points.h"

/* A number that the kernel has no use for: see asm/brk-imm.h. */
static int by_brk(void)
{
	asm volatile("brk #0x1234");
	return 0;
}

static int by_undefined(void)
{
	asm volatile("udf #0");
	return 0;
}

/*
 * QEMU's machine `virt` has nothing between the memory of the secure world, which
 * ends here, and the window of the PCI bus.
 */
#define NOTHING 0x0f000000

/*
 * The emulated bus answers that there is nothing: a synchronous external abort.
 * Under KVM, QEMU answers the read with 0.
 */
static int by_abort(void)
{
	void __iomem *nothing = ioremap(NOTHING, PAGE_SIZE);

	if (!nothing)
		return -ENOMEM;
	readl(nothing);
	iounmap(nothing);
	return -ENXIO;
}

/* The end is too far away, which the compiler need not know. */
static noinline int recurse(unsigned int times)
{
	volatile char frame[256];

	frame[0] = times;
	return times ? recurse(times - 1) + frame[0] : 0;
}

static int by_stack_overflow(void)
{
	return recurse(UINT_MAX);
}

#ifdef CONFIG_PERF_EVENTS
static void overflow_panics(struct perf_event *event, struct perf_sample_data *data,
			    struct pt_regs *regs)
{
	panic("crash point: pseudo-NMI (in_nmi() is %d)", !!in_nmi());
}

/*
 * A counter of cycles overflows while this task runs. Its interrupt is the only
 * one here that can be a pseudo-NMI, which it is if irqchip.gicv3_pseudo_nmi=1.
 */
static int in_pseudo_nmi(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.size = sizeof(attr),
		.sample_period = 1000000,
		.pinned = 1,
	};
	unsigned long end = jiffies + 10 * HZ;
	struct perf_event *event;

	event = perf_event_create_kernel_counter(&attr, -1, current, overflow_panics, NULL);
	if (IS_ERR(event))
		return PTR_ERR(event);
	while (time_before(jiffies, end))
		cpu_relax();
	perf_event_release_kernel(event);
	return -ETIMEDOUT;
}
#else
static int in_pseudo_nmi(void)
{
	return -EOPNOTSUPP;
}
#endif

const struct crash_point crash_points_arch[] = {
	{ "brk", by_brk },
	{ "undefined", by_undefined },
	{ "abort", by_abort },
	{ "stack_overflow", by_stack_overflow },
	{ "pseudo_nmi", in_pseudo_nmi },
	{ }
};
