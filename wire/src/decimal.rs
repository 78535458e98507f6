// SPDX-License-Identifier: GPL-2.0

//! Decimal numbers, without [`core::fmt`]: its machinery is more than a dying kernel should touch.

/// The most digits that a [`u64`] has.
const DIGITS: usize = 20;

/// Returns the digits of `value`.
#[inline]
pub(crate) fn digits(value: u64) -> impl Iterator<Item = u8> {
    let mut digits = [0; DIGITS];
    let mut rest = value;
    let mut count = 0_usize;

    // From the last digit to the first; a lone 0 is a digit too.
    for digit in digits.iter_mut().rev() {
        // The cast keeps the value: it is at most 9.
        *digit = b'0'.wrapping_add((rest % 10) as u8);
        rest /= 10;
        count = count.wrapping_add(1);
        if rest == 0 {
            break;
        }
    }

    digits.into_iter().skip(DIGITS.saturating_sub(count))
}

/// Returns the number that `digits` are, or [`None`] if there are none, others, or too many.
#[inline]
pub(crate) fn parse(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, &digit| {
        let digit = match digit {
            b'0'..=b'9' => digit.wrapping_sub(b'0'),
            _ => return None,
        };
        value.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// Returns the number of 32 bits that `digits` are.
#[inline]
pub(crate) fn parse_u32(digits: &[u8]) -> Option<u32> {
    u32::try_from(parse(digits)?).ok()
}
