// SPDX-License-Identifier: GPL-2.0
/*
 * A device of the platform bus, and a driver that takes it, or fails to.
 */

#include <linux/module.h>
#include <linux/platform_device.h>

static int error;
module_param(error, int, 0);
MODULE_PARM_DESC(error, "What the driver fails with (default: it takes the device)");

static int probe(struct platform_device *device)
{
	return error;
}

static struct platform_driver driver = {
	.probe = probe,
	.driver.name = "bus_device",
};

static struct platform_device *device;

static int __init bus_device_init(void)
{
	int failed = platform_driver_register(&driver);

	if (failed)
		return failed;

	device = platform_device_register_simple("bus_device", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(device)) {
		platform_driver_unregister(&driver);
		return PTR_ERR(device);
	}
	return 0;
}
module_init(bus_device_init);

static void __exit bus_device_exit(void)
{
	platform_device_unregister(device);
	platform_driver_unregister(&driver);
}
module_exit(bus_device_exit);

MODULE_DESCRIPTION("A device that gets a driver, or does not");
MODULE_LICENSE("GPL");
