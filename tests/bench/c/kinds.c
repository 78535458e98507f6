// SPDX-License-Identifier: GPL-2.0
/* The four kinds of chain in one shape, as the tests have them. */

#include "../../kunit/c/kinds.c"
