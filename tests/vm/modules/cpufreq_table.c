// SPDX-License-Identifier: GPL-2.0
/*
 * A cpufreq driver without hardware: one policy for all CPUs, with a table of
 * three frequencies.
 */

#include <linux/cpufreq.h>
#include <linux/module.h>

static int error;
module_param(error, int, 0644);
MODULE_PARM_DESC(error, "What a change of the frequency fails with (default: it does not)");

static struct cpufreq_frequency_table table[] = {
	{ .frequency = 1000000 },
	{ .frequency = 2000000 },
	{ .frequency = 3000000 },
	{ .frequency = CPUFREQ_TABLE_END },
};

static unsigned int frequency = 3000000;

static int table_init(struct cpufreq_policy *policy)
{
	cpumask_setall(policy->cpus);
	policy->freq_table = table;
	return 0;
}

static unsigned int table_get(unsigned int cpu)
{
	return frequency;
}

static int table_target_index(struct cpufreq_policy *policy, unsigned int index)
{
	if (!error)
		frequency = table[index].frequency;
	return error;
}

static struct cpufreq_driver driver = {
	.name = "cpufreq_table",
	.init = table_init,
	.verify = cpufreq_generic_frequency_table_verify,
	.get = table_get,
	.target_index = table_target_index,
};

static int __init cpufreq_table_init(void)
{
	return cpufreq_register_driver(&driver);
}
module_init(cpufreq_table_init);

static void __exit cpufreq_table_exit(void)
{
	cpufreq_unregister_driver(&driver);
}
module_exit(cpufreq_table_exit);

MODULE_DESCRIPTION("Frequencies for CPUs that have none");
MODULE_LICENSE("GPL");
