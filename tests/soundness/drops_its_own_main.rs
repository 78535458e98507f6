// SPDX-License-Identifier: GPL-2.0

//! Safe code that no type and no lint refuses, and that must not go on: a handler that finds its
//! own registration in a static and drops it, and one that makes a [`Sleepable`] where it must not.

#![forbid(unsafe_code)]

use kernel::{
    prelude::*,
    sync::{
        lock::{
            mutex::MutexBackend,
            spinlock::SpinLockBackend, //
        },
        rcu,
        Arc, //
    },
};
use notifier_chain::{
    atomic,
    blocking,
    compat::parameter,
    context::Sleepable,
    new_atomic_chain,
    new_blocking_chain,
    new_raw_chain,
    new_srcu_chain,
    raw,
    srcu,
    Chain,
    Handler,
    NotifyReturn,
    Priority,
    Registration,
    Topic,
    TryLock, //
};

module! {
    type: DropsItsOwn,
    name: "drops_its_own",
    authors: ["The notifier-chain developers"],
    description: "A handler drops its own registration",
    license: "GPL",
    params: {
        chain: u8 {
            default: 0,
            description: "0: atomic, 1: blocking, 2: SRCU, 3: raw, 4: raw, spin-locked, 5: a token",
        },
    },
}

struct DropsItsOwn;

enum Test {}

impl Topic for Test {
    type Data<'a> = u32;
}

type Owned<C> = Pin<KBox<Registration<Arc<C>, Own>>>;

/// A registration that its own handler reaches.
struct Kept<C: Chain>(TryLock<Option<Owned<C>>>)
where
    Own: Handler<C>;

impl<C: Chain> Kept<C>
where
    Own: Handler<C>,
{
    const fn new() -> Self {
        Self(TryLock::new(None))
    }

    fn keep(&self, own: impl PinInit<Registration<Arc<C>, Own>, Error>) -> Result {
        let own = KBox::pin_init(own, GFP_KERNEL)?;
        if let Some(mut kept) = self.0.try_lock() {
            *kept = Some(own);
        }
        Ok(())
    }

    /// Drops it. This must not come back to a handler.
    fn drop(&self) {
        let kept = self.0.try_lock().and_then(|mut kept| kept.take());
        pr_info!("its handler drops it: {}\n", kept.is_some());
        drop(kept);
        pr_err!("it goes on\n");
    }
}

struct Own;

macro_rules! kept {
    ($name:ident, $chain:ty, $context:ty) => {
        static $name: Kept<$chain> = Kept::new();

        impl Handler<$chain> for Own {
            fn notify(&self, _: (usize, &u32), _: $context) -> NotifyReturn {
                $name.drop();
                NotifyReturn::OK
            }
        }
    };
}

kept!(ATOMIC, atomic::Chain<Test>, &rcu::Guard);
kept!(BLOCKING, blocking::Chain<Test>, Sleepable<'_>);
kept!(SRCU, srcu::Chain<Test>, Sleepable<'_>);
kept!(LOCKED, raw::Chain<Test, MutexBackend>, Sleepable<'_>);
kept!(SPIN_LOCKED, raw::Chain<Test, SpinLockBackend>, &rcu::Guard);

/// Claims that it may sleep.
struct Drowsy;

impl Handler<atomic::Chain<Test>> for Drowsy {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let _cx = Sleepable::might_sleep();
        pr_err!("it goes on\n");
        NotifyReturn::OK
    }
}

impl kernel::Module for DropsItsOwn {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let cx = Sleepable::might_sleep();
        match parameter::<u8>(module_parameters::chain.value()) {
            0 => {
                let chain = Arc::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
                ATOMIC.keep(Registration::new(chain.clone(), Priority::DEFAULT, Own, cx))?;
                chain.call(0, &1);
            }
            1 => {
                let chain = Arc::pin_init(new_blocking_chain!(), GFP_KERNEL)?;
                BLOCKING.keep(Registration::new(chain.clone(), Priority::DEFAULT, Own, cx))?;
                chain.call(0, &1, cx);
            }
            2 => {
                let chain = Arc::pin_init(new_srcu_chain!(), GFP_KERNEL)?;
                SRCU.keep(Registration::new(chain.clone(), Priority::DEFAULT, Own, cx))?;
                chain.call(0, &1, cx);
            }
            3 => {
                let chain = Arc::pin_init(new_raw_chain!(), GFP_KERNEL)?;
                LOCKED.keep(Registration::new(chain.clone(), Priority::DEFAULT, Own, cx))?;
                chain.call(0, &1);
            }
            4 => {
                let chain = Arc::pin_init(new_raw_chain!(), GFP_KERNEL)?;
                SPIN_LOCKED.keep(Registration::new(chain.clone(), Priority::DEFAULT, Own, cx))?;
                chain.call(0, &1);
            }
            5 => {
                let chain: Arc<atomic::Chain<Test>> =
                    Arc::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
                let drowsy = Registration::new(chain.clone(), Priority::DEFAULT, Drowsy, cx);
                let _drowsy = KBox::pin_init(drowsy, GFP_KERNEL)?;
                chain.call(0, &1);
            }
            _ => return Err(EINVAL),
        }
        Ok(Self)
    }
}
