/* SPDX-License-Identifier: GPL-2.0 */
/* The points at which a machine can be made to crash, by what they are about. */

#ifndef _CRASH_POINTS_H
#define _CRASH_POINTS_H

#include <linux/kthread.h>
#include <linux/netdevice.h>

/* A point: either the machine crashes before this returns, or it has prepared that it will. */
struct crash_point {
	const char *name;
	int (*reach)(void);
};

/* Each ends with a point without a name. */
extern const struct crash_point crash_points_context[];
extern const struct crash_point crash_points_lock[];
extern const struct crash_point crash_points_device[];
extern const struct crash_point crash_points_handler[];
extern const struct crash_point crash_points_life[];
/* What only this architecture has. */
extern const struct crash_point crash_points_arch[];

/* The device that is broadcast on. */
struct net_device *crash_device(void);

/* Runs @fn on another CPU than this, for ever. */
int crash_on_other_cpu(int (*fn)(void *unused));

#endif /* _CRASH_POINTS_H */
