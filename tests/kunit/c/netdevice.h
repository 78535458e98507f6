/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_KUNIT_NETDEVICE_H
#define _NOTIFIER_CHAIN_KUNIT_NETDEVICE_H

/*
 * Returns what the network device chain is called with, for the loopback
 * device. It is valid until the next call.
 */
void *notifier_chain_kunit_netdev_info(void);

#endif /* _NOTIFIER_CHAIN_KUNIT_NETDEVICE_H */
