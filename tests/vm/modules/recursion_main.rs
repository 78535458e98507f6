// SPDX-License-Identifier: GPL-2.0

//! A handler on a blocking chain calls its own chain, which it must not: lockdep says so.

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    blocking,
    context::Sleepable,
    new_blocking_chain,
    Handler,
    NotifyReturn,
    Priority,
    Registration,
    Topic, //
};

module! {
    type: Recursion,
    name: "recursion",
    authors: ["The notifier-chain developers"],
    description: "Calls a blocking chain from its own handler",
    license: "GPL",
}

/// How often the chain is still to be called.
enum Depth {}

impl Topic for Depth {
    type Data<'a> = u32;
}

type Chain = blocking::Chain<Depth>;

struct Caller {
    chain: Arc<Chain>,
}

impl Handler<Chain> for Caller {
    fn notify(&self, (action, depth): (usize, &u32), cx: Sleepable<'_>) -> NotifyReturn {
        match depth.checked_sub(1) {
            Some(depth) => self.chain.call(action, &depth, cx),
            None => NotifyReturn::STOP,
        }
    }
}

#[pin_data]
struct Recursion {
    #[pin]
    registration: Registration<Arc<Chain>, Caller>,
}

impl kernel::InPlaceModule for Recursion {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        pin_init::pin_init_scope(move || {
            let cx = Sleepable::might_sleep();
            let chain = Arc::pin_init(new_blocking_chain!(), GFP_KERNEL)?;
            let called = chain.clone();

            Ok(try_pin_init!(Self {
                registration <- Registration::new(
                    chain.clone(),
                    Priority::DEFAULT,
                    Caller { chain },
                    cx,
                ),
                _: {
                    pr_info!("its own chain answered {:?}\n", called.call(0, &1, cx));
                },
            }))
        })
    }
}
