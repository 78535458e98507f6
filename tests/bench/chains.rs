// SPDX-License-Identifier: GPL-2.0

//! Chains of the twins: of one kind, all of one length.

use core::{
    marker::PhantomData,
    ptr::NonNull, //
};

use kernel::{
    bindings::{
        notifier_block,
        notifier_fn_t, //
    },
    prelude::*,
    sync::Arc, //
};

use crate::{
    aim::{
        Aim,
        Callbacks, //
    },
    clock::time,
    handlers::Copied,
    kind::{
        CKind,
        Handler,
        Kind, //
    },
};

mod c {
    use super::{
        notifier_block,
        notifier_fn_t,
        CKind, //
    };
    use kernel::prelude::*;

    #[repr(C)]
    pub(super) struct Chains {
        _opaque: [u8; 0],
    }

    unsafe extern "C" {
        pub(super) fn notifier_chain_bench_chains_new(
            kind: CKind,
            count: c_uint,
            length: c_uint,
            callback: notifier_fn_t,
        ) -> *mut Chains;
        pub(super) fn notifier_chain_bench_chains_head(
            chains: *mut Chains,
            nth: c_uint,
        ) -> *mut c_void;
        pub(super) fn notifier_chain_bench_first(
            kind: CKind,
            head: *mut c_void,
        ) -> *mut notifier_block;
        pub(super) fn notifier_chain_bench_chains_call(
            chains: *mut Chains,
            count: c_uint,
            times: c_uint,
            round: c_uint,
        ) -> c_uint;
    }
}

/// Chains with handlers of type `T`, which stay for ever.
pub(crate) struct OfRust<K: Kind, T: Handler> {
    // Keeps them alive.
    _chains: KVec<Arc<K::Chain>>,
    chains: KVec<*const K::Chain>,
    /// The first notifier on each, or null.
    firsts: KVec<*mut notifier_block>,
    _handlers: PhantomData<T>,
}

// SAFETY: The pointers are only used to call the chains, which any number of CPUs may do. What else
// is done to them takes `&mut self`.
unsafe impl<K: Kind, T: Handler> Send for OfRust<K, T> where K::Chain: Send + Sync {}
// SAFETY: As above.
unsafe impl<K: Kind, T: Handler> Sync for OfRust<K, T> where K::Chain: Send + Sync {}

impl<K: Kind, T: Handler> OfRust<K, T> {
    pub(crate) fn new(count: usize, length: usize, handler: impl Fn() -> T) -> Result<Self> {
        let mut kept = KVec::with_capacity(count, GFP_KERNEL)?;
        let mut chains = KVec::with_capacity(count, GFP_KERNEL)?;
        let mut firsts = KVec::with_capacity(count, GFP_KERNEL)?;
        for _ in 0..count {
            let chain = K::chain()?;
            let mut first: *mut notifier_block = core::ptr::null_mut();
            for _ in 0..length {
                let registration = K::register(chain.clone(), handler())?;
                // SAFETY: It is leaked, hence never moves. The twin has seen to it that the module
                // stays.
                let block = KBox::into_raw(unsafe { Pin::into_inner_unchecked(registration) });
                if first.is_null() {
                    // A registration begins with its block.
                    first = block.cast();
                }
            }
            firsts.push(first, GFP_KERNEL)?;
            chains.push(&raw const *chain, GFP_KERNEL)?;
            kept.push(chain, GFP_KERNEL)?;
        }
        Ok(Self {
            _chains: kept,
            chains,
            firsts,
            _handlers: PhantomData,
        })
    }

    /// Returns one of the chains.
    pub(crate) fn nth(&self, nth: usize) -> &K::Chain {
        // SAFETY: It is kept alive.
        unsafe { &*self.chains[nth] }
    }

    /// Calls the first `count` chains `times` times, in each round from another place, and returns
    /// how many ticks that takes.
    pub(crate) fn call(&self, count: usize, times: u32, round: u32) -> u64 {
        let chains = &self.chains[..count];
        // SAFETY: They are kept alive.
        time(|| unsafe {
            // Each place meets each of those of C.
            match round / 4 % 4 {
                0 => K::call::<0>(chains, times),
                1 => K::call::<16>(chains, times),
                2 => K::call::<32>(chains, times),
                _ => K::call::<48>(chains, times),
            }
        })
    }
}

impl<K: Kind> OfRust<K, Copied<0>> {
    /// Gives the notifiers of the first `count` chains their callbacks.
    pub(crate) fn aim(&mut self, count: usize, callbacks: &Callbacks, aim: Aim, round: u32) {
        for &first in &self.firsts[..count] {
            // SAFETY: `first` is the first block of a chain whose notifiers are all `Copied`. The
            // chain is in `self`, which is borrowed mutably.
            unsafe { callbacks.aim(first, aim, round) };
        }
    }
}

/// The same through the API of C alone.
///
/// # Invariants
///
/// `chains` is valid, and has as many of kind `K` as `count` says.
pub(crate) struct OfC<K> {
    chains: NonNull<c::Chains>,
    count: u32,
    _kind: PhantomData<K>,
}

// SAFETY: As for `OfRust`.
unsafe impl<K> Send for OfC<K> {}
// SAFETY: As above.
unsafe impl<K> Sync for OfC<K> {}

impl<K: Kind> OfC<K> {
    /// Creates chains whose handlers are `callback`.
    ///
    /// # Safety
    ///
    /// It must be one of those in `c/handlers.h`.
    pub(crate) unsafe fn new(count: usize, length: usize, callback: notifier_fn_t) -> Result<Self> {
        let (count, length) = (u32::try_from(count)?, u32::try_from(length)?);
        // SAFETY: Such a callback takes the listeners that these chains have.
        let chains = unsafe { c::notifier_chain_bench_chains_new(K::C, count, length, callback) };
        // INVARIANT: C says so if it is not.
        Ok(Self {
            chains: NonNull::new(chains).ok_or(ENOMEM)?,
            count,
            _kind: PhantomData,
        })
    }

    /// Returns the head of one of the chains.
    pub(crate) fn head(&self, nth: u32) -> *mut c_void {
        assert!(nth < self.count);
        // SAFETY: Valid by the type invariants, and there are so many.
        unsafe { c::notifier_chain_bench_chains_head(self.chains.as_ptr(), nth) }
    }

    /// As that of [`OfRust`].
    pub(crate) fn call(&self, count: usize, times: u32, round: u32) -> u64 {
        let count = self.count.min(count as u32);
        // SAFETY: As above.
        time(|| unsafe {
            c::notifier_chain_bench_chains_call(self.chains.as_ptr(), count, times, round)
        })
    }

    /// Gives the notifiers of the first `count` chains their callbacks.
    pub(crate) fn aim(&mut self, count: usize, callbacks: &Callbacks, aim: Aim, round: u32) {
        for nth in 0..self.count.min(count as u32) {
            // SAFETY: The head is valid. Only C uses these chains, and there all handlers are of
            // one type.
            unsafe {
                let first = c::notifier_chain_bench_first(K::C, self.head(nth));
                callbacks.aim(first, aim, round);
            }
        }
    }
}
