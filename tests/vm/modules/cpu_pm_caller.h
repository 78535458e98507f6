/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _CPU_PM_CALLER_H
#define _CPU_PM_CALLER_H

/* Returns what the chain answers. */
int cpu_pm_caller_idle(void);

#endif /* _CPU_PM_CALLER_H */
