// SPDX-License-Identifier: GPL-2.0
/* Threads that call a chain, as the tests have them. */

#include "../../kunit/c/caller.c"
