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
    Outcome,
    Priority,
    Registration, //
};

module! {
    type: Recursion,
    name: "recursion",
    authors: ["The notifier-chain developers"],
    description: "Calls a blocking chain from its own handler",
    license: "GPL",
}

/// How often the chain is still to be called.
type Depth = u32;

struct Caller {
    chain: Arc<blocking::Chain<Depth>>,
}

impl blocking::Handler<Depth> for Caller {
    fn notify(&self, depth: &Depth, cx: blocking::Context<'_>) -> Outcome {
        match depth.checked_sub(1) {
            Some(depth) => self.chain.call(cx, &depth).last(),
            None => Outcome::Stop,
        }
    }
}

#[pin_data]
struct Recursion {
    #[pin]
    registration: Registration<Arc<blocking::Chain<Depth>>, Caller>,
}

impl kernel::InPlaceModule for Recursion {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        pin_init::pin_init_scope(move || {
            let cx = Sleepable::might_sleep();
            let chain = Arc::pin_init(new_blocking_chain!(), GFP_KERNEL)?;
            let called = chain.clone();

            Ok(try_pin_init!(Self {
                registration <- blocking::register(
                    cx,
                    chain.clone(),
                    Priority::DEFAULT,
                    Caller { chain },
                ),
                _: {
                    let verdict = called.call(Sleepable::might_sleep(), &1);
                    pr_info!("its own chain answered {:?}\n", verdict.last());
                },
            }))
        })
    }
}
