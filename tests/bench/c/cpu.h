/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between the architectures, for the twin in C. */

#ifndef _NOTIFIER_CHAIN_BENCH_CPU_H
#define _NOTIFIER_CHAIN_BENCH_CPU_H

/* User-Mode Linux is of the architecture that it runs on. */
#if defined(CONFIG_ARM64)
#include "cpu_arm64.h"
#elif defined(CONFIG_X86_64) || defined(CONFIG_UML)
#include "cpu_x86_64.h"
#else
#error "no clock and no alignment for this architecture"
#endif

#endif /* _NOTIFIER_CHAIN_BENCH_CPU_H */
