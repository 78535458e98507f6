/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_BENCH_STAY_H
#define _NOTIFIER_CHAIN_BENCH_STAY_H

#include <linux/types.h>

/* Stays on the first CPU from now on. Returns whether there is another one. */
bool notifier_chain_bench_stay(void);

#endif /* _NOTIFIER_CHAIN_BENCH_STAY_H */
