// SPDX-License-Identifier: GPL-2.0
/* What arm64 calls the die chain with. */

#include <linux/kdebug.h>
#include <linux/ptrace.h>

#include "die.h"

void *notifier_chain_kunit_die_registers(unsigned long pc, unsigned long pstate)
{
	static struct pt_regs registers;
	static struct die_args args;

	registers = (struct pt_regs) {
		.pc = pc,
		.pstate = pstate,
	};
	args = (struct die_args) {
		.regs = &registers,
	};
	return &args;
}
