// SPDX-License-Identifier: GPL-2.0
/*
 * Puts a network device above eth0 and takes it away again, once as a master
 * and once as none, as a bond and a VLAN would.
 */

#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

static const struct net_device_ops ops;

static void setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &ops;
}

static int link_and_unlink(struct net_device *upper)
{
	struct net_device *lower = __dev_get_by_name(&init_net, "eth0");
	int error;

	if (!lower)
		return -ENODEV;

	error = netdev_master_upper_dev_link(lower, upper, NULL, NULL, NULL);
	if (error)
		return error;
	netdev_upper_dev_unlink(lower, upper);

	error = netdev_upper_dev_link(lower, upper, NULL);
	if (error)
		return error;
	netdev_upper_dev_unlink(lower, upper);
	return 0;
}

static int __init upper_init(void)
{
	struct net_device *upper = alloc_netdev(0, "upper0", NET_NAME_USER, setup);
	int error;

	if (!upper)
		return -ENOMEM;

	rtnl_lock();
	error = register_netdevice(upper);
	if (!error) {
		error = link_and_unlink(upper);
		unregister_netdevice(upper);
	}
	rtnl_unlock();
	free_netdev(upper);
	return error;
}
module_init(upper_init);

static void __exit upper_exit(void)
{
}
module_exit(upper_exit);

MODULE_DESCRIPTION("Puts a network device above eth0 and takes it away again");
MODULE_LICENSE("GPL");
