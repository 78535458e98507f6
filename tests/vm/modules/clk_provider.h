/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _CLK_PROVIDER_H
#define _CLK_PROVIDER_H

/*
 * Registers the clocks clk_events_slow and clk_events_fast, whose rates can be
 * set, and clk_events_mux, which has the rate of one of them.
 */
int clk_provider_register(void);
void clk_provider_unregister(void);

/* Has clk_events_mux follow the other clock. Returns what C does. */
int clk_provider_follow(int index);

#endif /* _CLK_PROVIDER_H */
