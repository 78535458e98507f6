// SPDX-License-Identifier: GPL-2.0

//! Hardware addresses.

use core::fmt;

use crate::bindings;

/// How long one can be.
const MAX_LEN: usize = bindings::MAX_ADDR_LEN as usize;

/// A copy of a hardware address. That of Ethernet has 6 bytes. Others have up to 32, or none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Address {
    bytes: [u8; MAX_LEN],
    len: u8,
}

impl Address {
    /// Makes one by `copy`, which writes it, and returns how many bytes it has.
    #[inline]
    pub(in crate::chains) fn copied(copy: impl FnOnce(&mut [u8; MAX_LEN]) -> u8) -> Self {
        let mut bytes = [0; MAX_LEN];
        let len = copy(&mut bytes);
        Self { bytes, len }
    }

    /// Returns its bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len.into()).unwrap_or(&self.bytes)
    }
}

/// As in `52:54:00:12:34:56`.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for byte in self.as_bytes() {
            write!(f, "{separator}{byte:02x}")?;
            separator = ":";
        }
        Ok(())
    }
}
