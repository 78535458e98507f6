// SPDX-License-Identifier: GPL-2.0

//! The speaker that every PC has: a timer that swings a membrane.

use kernel::prelude::*;

use crate::hardware::Hardware;

/// The pitches that a person can hear, in hertz.
const AUDIBLE: core::ops::RangeInclusive<u16> = 20..=20_000;

/// The frequency that the timer counts down with, in hertz: `PIT_TICK_RATE`.
const TICK_RATE: u32 = 1_193_182;

const TIMER_2: u16 = 0x42;
const TIMER_CONTROL: u16 = 0x43;
const GATE: u16 = 0x61;

/// Timer 2, both bytes of the count, square wave, binary.
const SQUARE_WAVE: u8 = 0xb6;

/// The speaker's two switches: the timer runs, and the membrane follows it.
const ON: u8 = 0x03;

unsafe extern "C" {
    fn panic_alarm_inb(port: u16) -> u8;
    fn panic_alarm_outb(value: u8, port: u16);
}

/// The speaker of a PC, that sounds at one pitch.
pub(crate) struct Speaker {
    /// How far the timer counts for one swing.
    count: u16,
}

impl Speaker {
    /// Prepares a tone of `frequency` hertz.
    ///
    /// # Errors
    ///
    /// `EINVAL` if nobody could hear it.
    pub(crate) fn new(frequency: u16) -> Result<Self> {
        if !AUDIBLE.contains(&frequency) {
            return Err(EINVAL);
        }
        let count = u16::try_from(TICK_RATE / u32::from(frequency))?;
        Ok(Self { count })
    }
}

impl Hardware for Speaker {
    fn alarm(&self) {
        let [low, high] = self.count.to_le_bytes();

        // SAFETY: These ports of a PC are the timer that only the speaker hangs on, and its
        // switches. The worst that a write can do, in the middle of another CPU's that was stopped
        // there, is a wrong tone.
        unsafe {
            panic_alarm_outb(SQUARE_WAVE, TIMER_CONTROL);
            panic_alarm_outb(low, TIMER_2);
            panic_alarm_outb(high, TIMER_2);
            panic_alarm_outb(panic_alarm_inb(GATE) | ON, GATE);
        }
    }
}
