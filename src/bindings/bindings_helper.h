/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the `kernel` crate has no bindings for, and this crate needs: the input
 * of bindgen.
 */

/* Sorted alphabetically. */
#include <linux/netdevice.h>
#include <linux/panic_notifier.h>

/* See helpers.c. */
const char *notifier_chain_netdev_name(const struct net_device *dev);
