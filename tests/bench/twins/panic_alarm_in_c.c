// SPDX-License-Identifier: GPL-2.0
/* The sample panic_alarm as one would write it in C, to compare the size. */

#include <linux/io.h>
#include <linux/module.h>
#include <linux/panic_notifier.h>

#define TICK_RATE	1193182

static unsigned short frequency = 1000;
module_param(frequency, ushort, 0444);
MODULE_PARM_DESC(frequency, "Pitch of the alarm in hertz, 20 to 20000 (default: 1000)");

static u16 count;

static int alarm(struct notifier_block *nb, unsigned long action, void *message)
{
	/* Timer 2, both bytes of the count, square wave, binary. */
	outb(0xb6, 0x43);
	outb(count & 0xff, 0x42);
	outb(count >> 8, 0x42);
	/* The timer runs, and the membrane follows it. */
	outb(inb(0x61) | 0x03, 0x61);
	pr_emerg("panic_alarm: alarm: %s\n", (const char *)message);
	return NOTIFY_DONE;
}

static struct notifier_block panic_nb = {
	.notifier_call = alarm,
	.priority = INT_MAX,
};

static int __init panic_alarm_init(void)
{
	if (frequency < 20 || frequency > 20000) {
		pr_err("panic_alarm: frequency=%u: give hertz from 20 to 20000\n", frequency);
		return -EINVAL;
	}
	count = TICK_RATE / frequency;
	return atomic_notifier_chain_register(&panic_notifier_list, &panic_nb);
}
module_init(panic_alarm_init);

static void __exit panic_alarm_exit(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_nb);
}
module_exit(panic_alarm_exit);

MODULE_DESCRIPTION("Sounds an alarm when the kernel panics");
MODULE_LICENSE("GPL");
