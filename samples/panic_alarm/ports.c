// SPDX-License-Identifier: GPL-2.0
/* I/O ports, which are inline assembly in C. */

#include <linux/io.h>

u8 panic_alarm_inb(u16 port);
void panic_alarm_outb(u8 value, u16 port);

u8 panic_alarm_inb(u16 port)
{
	return inb(port);
}

void panic_alarm_outb(u8 value, u16 port)
{
	outb(value, port);
}
