// SPDX-License-Identifier: GPL-2.0

//! The OOM chain: the machine is out of memory, and a process may be killed for it.
//!
//! A blocking chain. A handler releases memory that its driver can do without, and answers how many
//! pages that was. If all handlers together release one page or more, no process is killed, and
//! `panic_on_oom` has no effect: the task that needed the memory tries again, and comes back if
//! there still is none. A handler must not claim pages that it has not released. The machine would
//! hang, with the OOM killer held off. One that cannot release any more answers 0.
//!
//! A handler runs in the task that needs memory, with all locks that this task holds, and with
//! `oom_lock`, the lock of the OOM killer. It runs in a work item for SysRq-F, and in `kswapd` if
//! `/sys/kernel/mm/lru_gen/min_ttl_ms` is set. Until it returns, the OOM killer kills no process,
//! and allocations succeed only if memory gets free in another way. So a handler must not
//!
//! - allocate with flags that let the allocation wait, such as `GFP_KERNEL`: it would wait for
//!   itself,
//! - wait for code that does, by a lock, a work item or otherwise. The task that it runs in may
//!   hold a lock under which it allocates: take such a lock with `try_lock()`, and answer 0 if it
//!   is taken.
//!
//! The compiler sees neither. The chain is not called when a memory cgroup is out of memory.
//! SysRq-F calls it, and kills a process all the same.
//!
//! C headers: [`include/linux/oom.h`](srctree/include/linux/oom.h),
//! [`mm/oom_kill.c`](srctree/mm/oom_kill.c)
//!
//! # Examples
//!
//! ```
//! # use kernel::{new_mutex, page::PAGE_SIZE, prelude::*, sync::Mutex};
//! # use notifier_chain::{chains::oom, context::Sleepable, *};
//! /// A reserve that is given up in need.
//! #[pin_data]
//! struct Reserve {
//!     // No code allocates with it locked.
//!     #[pin]
//!     memory: Mutex<Option<VVec<u8>>>,
//! }
//!
//! impl Handler<oom::Chain> for Reserve {
//!     fn notify(&self, (): (), _: Sleepable<'_>) -> usize {
//!         let memory = self.memory.lock().take();
//!         memory.map_or(0, |memory| memory.len() / PAGE_SIZE)
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let memory = VVec::from_elem(0, 16 * PAGE_SIZE, GFP_KERNEL)?;
//! let reserve = pin_init!(Reserve { memory <- new_mutex!(Some(memory)) });
//! let reserve = Registration::new(oom::Chain, Priority::DEFAULT, reserve, cx);
//! let _reserve = KBox::pin_init(reserve, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::prelude::*;

use crate::{
    bindings,
    blocking::Blocking,
    register_by,
    NotifyReturn, //
};

/// The OOM chain: `register_oom_notifier()`.
///
/// A handler answers how many pages it has released. Do not hold a lock that the handler takes when
/// you register it or drop the registration.
pub struct Chain;

// SAFETY: A blocking chain in a static, which `out_of_memory()` alone calls. It passes the address
// of its count of pages, which only the handlers change, one after the other.
unsafe impl crate::Chain for Chain {
    type Kind = Blocking;
    type Event<'a> = ();
    type Answer = usize;

    register_by!(
        bindings::register_oom_notifier,
        bindings::unregister_oom_notifier
    );

    #[inline]
    unsafe fn notify(
        _action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(()) -> usize,
    ) -> c_int {
        let pages = handler(());
        // SAFETY: By the safety requirements, `data` is the count, and no other code uses it now.
        let freed = unsafe { &mut *data.cast::<c_ulong>() };
        *freed = freed.wrapping_add(pages);
        NotifyReturn::OK.into_raw()
    }
}
