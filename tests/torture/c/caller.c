// SPDX-License-Identifier: GPL-2.0
/* The threads are those of the KUnit tests. */

#include "../../kunit/c/caller.c"
