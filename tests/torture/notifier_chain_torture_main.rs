// SPDX-License-Identifier: GPL-2.0

//! Torture: threads on all CPUs use and change chains of all kinds at the same time, from every
//! context that the kinds allow, and whatever the library promises is checked all the while.
//!
//! Loading the module takes as long as it is told to. It fails if a rule was broken.

use kernel::{
    new_mutex,
    prelude::*,
    sync::Arc,
    time::{
        delay::fsleep,
        Delta, //
    },
};

mod alarm;
#[cfg_attr(CONFIG_X86, path = "breakpoint_x86.rs")]
#[cfg_attr(not(CONFIG_X86), path = "breakpoint_none.rs")]
mod breakpoint;
#[path = "../kunit/caller.rs"]
#[expect(dead_code, reason = "some of it is for the KUnit tests alone")]
mod caller;
mod context;
mod event;
mod guest;
mod kind;
mod nmi;
#[path = "../kunit/random.rs"]
mod random;
mod subject;
mod tally;
mod trap;
mod worker;

use self::{
    caller::Caller,
    kind::{
        Atomic,
        Blocking,
        Die,
        RawInMutex,
        RawInSpinLock,
        RawInSpinLockIrq,
        Register,
        Srcu, //
    },
    worker::{
        Places,
        Worker, //
    },
};

module! {
    type: Torture,
    name: "notifier_chain_torture",
    authors: ["The notifier-chain developers"],
    description: "Tortures notifier chains",
    license: "GPL",
    params: {
        seconds: u32 {
            default: 30,
            description: "How long (default: 30)",
        },
        cpus: u32 {
            default: 2,
            description: "On how many CPUs (default: 2)",
        },
        threads: u32 {
            default: 8,
            description: "By how many threads (default: 8)",
        },
        seed: u64 {
            default: 1,
            description: "What the threads draw their lots from, not 0 (default: 1)",
        },
    },
}

struct Torture;

impl kernel::Module for Torture {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let seed = module_parameters::seed.value();
        let cpus = module_parameters::cpus.value();
        if seed == 0 || cpus == 0 {
            pr_err!("seed={seed} cpus={cpus}: neither may be 0\n");
            return Err(EINVAL);
        }
        let places = Places::new()?;
        let mut callers = KVec::new();
        for nth in 0..module_parameters::threads.value() {
            // Lots that have nothing to do with each other.
            let seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (u64::from(nth) << 32 | 1);
            // One thread a CPU sets timers.
            let worker = Worker::new(&places, seed, cpus, nth < cpus);
            let worker = Arc::pin_init(new_mutex!(worker), GFP_KERNEL)?;
            let caller = Caller::start(nth % cpus, move || worker.lock().step())?;
            callers.push(caller, GFP_KERNEL)?;
        }
        for _ in 0..module_parameters::seconds.value() {
            // What is reported after the first broken rule may follow from it.
            if tally::violations() > 0 {
                break;
            }
            fsleep(Delta::from_secs(1));
        }
        drop(callers);
        drop(places);

        fn print<K: Register>() {
            K::tally().print(K::NAME);
        }
        print::<Atomic>();
        print::<Blocking>();
        print::<Srcu>();
        print::<RawInMutex>();
        print::<RawInSpinLock>();
        print::<RawInSpinLockIrq>();
        print::<Die>();
        pr_info!("rules were broken {} times\n", tally::violations());
        if tally::violations() > 0 {
            return Err(EIO);
        }
        Ok(Self)
    }
}
