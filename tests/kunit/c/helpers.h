/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_KUNIT_HELPERS_H
#define _NOTIFIER_CHAIN_KUNIT_HELPERS_H

/* Calls the panic chain as panic() does. */
int notifier_chain_kunit_panic(const char *message);

int notifier_chain_kunit_to_errno(int answer);
int notifier_chain_kunit_from_errno(int errno);

#endif /* _NOTIFIER_CHAIN_KUNIT_HELPERS_H */
