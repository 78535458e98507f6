/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the `kernel` crate has no bindings for, and this crate needs: the input of bindgen.
 *
 * Sorted alphabetically.
 */

#include <linux/panic_notifier.h>
