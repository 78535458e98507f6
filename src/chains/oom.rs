// SPDX-License-Identifier: GPL-2.0

//! The OOM chain: the machine is out of memory, and a process is about to be killed for it.
//!
//! A blocking chain. A handler gives memory back that its driver can do without, and answers how
//! many pages that was. If it is one page at least, of all handlers together, nobody is killed, and
//! `panic_on_oom` does nothing: whoever needed the memory tries again, and comes back if there
//! still is none. Hence a handler must not claim what it has not released: the machine would hang,
//! with the OOM killer that could help it held off. One that cannot release any more answers 0.
//!
//! A handler runs in the task that needs memory, with whatever locks that holds, and with
//! `oom_lock`, the lock of the OOM killer. Nobody gets out of an allocation as long as it runs, so
//! that it must not
//!
//! - allocate with flags that let the allocation wait, such as `GFP_KERNEL`: it would wait for
//!   itself,
//! - wait for anybody who does, by a lock, a work item or otherwise. A lock under which somebody
//!   allocates may be held by the very task that it runs in: take it with `try_lock()`, and answer
//!   0 if it is taken.
//!
//! The compiler sees neither. The chain is not called when a memory cgroup is out of memory, which
//! is not the machine. SysRq-F calls it, and kills a process all the same.
//!
//! C headers: [`include/linux/oom.h`](srctree/include/linux/oom.h),
//! [`mm/oom_kill.c`](srctree/mm/oom_kill.c)
//!
//! # Examples
//!
//! A reserve that is given up in need:
//!
//! ```
//! use kernel::{
//!     new_mutex,
//!     page::PAGE_SIZE,
//!     prelude::*,
//!     sync::Mutex, //
//! };
//! use notifier_chain::{
//!     blocking,
//!     chains::oom,
//!     context::Sleepable,
//!     Priority, //
//! };
//!
//! #[pin_data]
//! struct Reserve {
//!     // Nobody allocates with it locked.
//!     #[pin]
//!     memory: Mutex<Option<VVec<u8>>>,
//! }
//!
//! impl oom::Handler for Reserve {
//!     fn release(&self, _cx: blocking::Context<'_>) -> usize {
//!         let memory = self.memory.lock().take();
//!         memory.map_or(0, |memory| memory.len() / PAGE_SIZE)
//!     }
//! }
//!
//! let memory = VVec::from_elem(0, 16 * PAGE_SIZE, GFP_KERNEL)?;
//! let _reserve = KBox::pin_init(
//!     oom::register(
//!         Sleepable::might_sleep(),
//!         Priority::DEFAULT,
//!         pin_init!(Reserve { memory <- new_mutex!(Some(memory)) }),
//!     ),
//!     GFP_KERNEL,
//! )?;
//! # Ok::<(), Error>(())
//! ```

use core::cell::Cell;

use kernel::{
    bindings::notifier_block,
    prelude::*, //
};

use crate::{
    bindings,
    block::Class,
    blocking,
    chain::Notify,
    chains::{
        self,
        Global,
        KernelChain, //
    },
    context::{
        Detached,
        Sleepable, //
    },
    Outcome,
    Priority, //
};

/// A handler on the OOM chain.
///
/// It is shared by all tasks that call the chain, hence [`Sync`], and dropped by whoever drops the
/// registration, hence [`Send`].
///
/// # Examples
///
/// It is called with a token that says that it may sleep, and so can be called by a test:
///
/// ```
/// use kernel::sync::atomic::{
///     Atomic,
///     Relaxed, //
/// };
/// use notifier_chain::{
///     blocking,
///     chains::oom::{
///         self,
///         Handler, //
///     },
///     context::Sleepable, //
/// };
///
/// /// Pages that a driver can do without.
/// struct Spare(Atomic<usize>);
///
/// impl oom::Handler for Spare {
///     fn release(&self, _cx: blocking::Context<'_>) -> usize {
///         self.0.xchg(0, Relaxed)
///     }
/// }
///
/// let spare = Spare(Atomic::new(16));
/// let cx = Sleepable::might_sleep();
/// assert_eq!(spare.release(cx), 16);
/// // What it has given away it does not claim again.
/// assert_eq!(spare.release(cx), 0);
/// ```
pub trait Handler: Detached + Send + Sync + 'static {
    /// Releases memory, and returns how many pages it released. All handlers are asked.
    ///
    /// It may sleep, but not wait for memory: see [what it must not do](self).
    fn release(&self, cx: blocking::Context<'_>) -> usize;
}

/// A handler's time on the OOM chain.
///
/// # Examples
///
/// What is left of a reserve is asked of the handler in it:
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::atomic::{
///         Atomic,
///         Relaxed, //
///     },
/// };
/// use notifier_chain::{
///     blocking,
///     chains::oom,
///     context::Sleepable,
///     Priority, //
/// };
///
/// struct Spare(Atomic<usize>);
///
/// impl oom::Handler for Spare {
///     fn release(&self, _cx: blocking::Context<'_>) -> usize {
///         self.0.xchg(0, Relaxed)
///     }
/// }
///
/// fn left(spare: &oom::Registration<Spare>) -> usize {
///     spare.handler().0.load(Relaxed)
/// }
///
/// let cx = Sleepable::might_sleep();
/// let spare = oom::register(cx, Priority::DEFAULT, Spare(Atomic::new(16)));
/// let spare = KBox::pin_init(spare, GFP_KERNEL)?;
/// assert_eq!(left(&spare), 16);
/// # Ok::<(), Error>(())
/// ```
pub type Registration<T> = crate::Registration<Global<Oom>, T>;

/// Registers `handler` on the OOM chain: `register_oom_notifier()`. May sleep.
///
/// Neither this nor dropping the registration must be done with a lock held that a handler takes.
///
/// # Errors
///
/// Those of `handler`.
///
/// # Examples
///
/// A cache that its driver fills. Whoever allocates may hold the lock, so that the handler does not
/// wait for it:
///
/// ```
/// use kernel::{
///     new_mutex,
///     page::PAGE_SIZE,
///     prelude::*,
///     sync::{
///         Arc,
///         Mutex, //
///     },
/// };
/// use notifier_chain::{
///     blocking,
///     chains::oom::{
///         self,
///         Handler, //
///     },
///     context::Sleepable,
///     Priority, //
/// };
///
/// type Cache = Mutex<KVec<VVec<u8>>>;
///
/// struct Shrink(Arc<Cache>);
///
/// impl oom::Handler for Shrink {
///     fn release(&self, _cx: blocking::Context<'_>) -> usize {
///         let Some(mut cache) = self.0.try_lock() else {
///             return 0;
///         };
///         let entry = cache.pop();
///         entry.map_or(0, |entry| entry.len() / PAGE_SIZE)
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let cache: Arc<Cache> = Arc::pin_init(new_mutex!(KVec::new()), GFP_KERNEL)?;
/// let shrink = oom::register(cx, Priority::DEFAULT, Shrink(cache.clone()));
/// let shrink = KBox::pin_init(shrink, GFP_KERNEL)?;
///
/// let mut filling = cache.lock();
/// filling.push(VVec::from_elem(0, 4 * PAGE_SIZE, GFP_KERNEL)?, GFP_KERNEL)?;
/// assert_eq!(shrink.handler().release(cx), 0);
/// drop(filling);
/// assert_eq!(shrink.handler().release(cx), 4);
/// # Ok::<(), Error>(())
/// ```
pub fn register<T, E>(
    cx: Sleepable<'_>,
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<T>, Error>
where
    T: Handler,
    Error: From<E>,
{
    chains::register::<Oom, _, _>(cx, priority, handler)
}

/// The chain itself, which is private to the kernel. It is a kind of its own: its handlers answer
/// pages.
///
/// # Examples
///
/// The kernel adds up what its handlers release:
///
/// ```
/// use core::cell::Cell;
/// use kernel::prelude::*;
/// use notifier_chain::{
///     blocking,
///     chains::{
///         oom::{
///             self,
///             Oom, //
///         },
///         Global, //
///     },
///     Accepts,
///     Outcome, //
/// };
///
/// struct Spare(usize);
///
/// impl oom::Handler for Spare {
///     fn release(&self, _cx: blocking::Context<'_>) -> usize {
///         self.0
///     }
/// }
///
/// let freed: Cell<c_ulong> = Cell::new(0);
/// for spare in [Spare(3), Spare(4)] {
///     // SAFETY: `out_of_memory()` passes its count of pages, and this is one.
///     let outcome = unsafe { Global::<Oom>::notify(&spare, 0, freed.as_ptr().cast()) };
///     // All are asked.
///     assert_eq!(outcome, Outcome::Ok);
/// }
/// assert_eq!(freed.get(), 7);
/// ```
pub enum Oom {}

// SAFETY: A blocking chain, which `out_of_memory()` alone calls. It passes the address of its own
// count of pages, which is changed by the handlers alone, one after the other.
unsafe impl KernelChain for Oom {
    type Kind = Self;
    type Event<'a> = &'a Cell<c_ulong>;

    const REGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::register_oom_notifier;
    const UNREGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::unregister_oom_notifier;

    #[inline]
    unsafe fn event<'a>(_action: c_ulong, data: *mut c_void) -> Option<&'a Cell<c_ulong>> {
        // SAFETY: By the safety requirements, `data` is the count, or null. A `Cell` has its
        // layout, and nobody else gets at it during this callback.
        unsafe { data.cast::<Cell<c_ulong>>().as_ref() }
    }
}

// SAFETY: The chain calls its handlers where they may sleep. All that it demands besides are
// supertraits of `Handler`.
unsafe impl<T: Handler> Notify<&Cell<c_ulong>, Oom> for T {
    const CLASS: Class = Class::Process;

    #[inline]
    fn notify_in_callback(&self, freed: &&Cell<c_ulong>) -> Outcome {
        let pages = self.release(Sleepable::in_callback());
        freed.set(freed.get().saturating_add(pages));
        Outcome::Ok
    }
}
