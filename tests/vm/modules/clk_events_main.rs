// SPDX-License-Identifier: GPL-2.0

//! Handlers on the chains of clocks that have no hardware. They say what they hear, and one of them
//! refuses rates. All of it is done when the module is loaded.
//!
//! What no test brings about: that the kernel aborts a change since the hardware fails to follow
//! another clock.

use kernel::{
    clk::{
        Clk,
        Hertz, //
    },
    cpu,
    device::Device,
    error::to_result,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    },
};
use notifier_chain::{
    chains::clk::{
        Action,
        Chain,
        Event, //
    },
    context::Sleepable,
    Handler,
    Priority,
    Registration, //
};

module! {
    type: ClkEvents,
    name: "clk_events",
    authors: ["The notifier-chain developers"],
    description: "Says how the rates of clocks change, and refuses some",
    license: "GPL",
}

// See clk_provider.h.
unsafe extern "C" {
    safe fn clk_provider_register() -> c_int;
    fn clk_provider_unregister();
    fn clk_provider_follow(index: c_int) -> c_int;
}

/// The clocks. They are there as long as this is.
struct Provider;

impl Provider {
    fn new() -> Result<Self> {
        to_result(clk_provider_register())?;
        Ok(Self)
    }

    fn follow(&self, index: c_int) -> c_int {
        // SAFETY: The clocks are registered.
        unsafe { clk_provider_follow(index) }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // SAFETY: They have been registered, and are unregistered once.
        unsafe { clk_provider_unregister() };
    }
}

struct Listener {
    name: &'static CStr,
    /// The highest rate, in hertz, that it does not refuse.
    limit: Atomic<usize>,
}

impl Listener {
    fn new(name: &'static CStr) -> Self {
        let limit = Atomic::new(usize::MAX);
        Self { name, limit }
    }
}

impl Handler<Chain> for Listener {
    fn notify(&self, event: Event, _: Sleepable<'_>) -> Result {
        let (old, new) = (event.old_rate().as_hz(), event.new_rate().as_hz());
        pr_info!(
            "{} hears: {:?}: {old} to {new}\n",
            self.name,
            event.action()
        );
        match event.action() {
            Action::PreRateChange if new > self.limit.load(Relaxed) => Err(ENOTTY),
            _ => Ok(()),
        }
    }
}

type Registered<C> = Pin<KBox<Registration<C, Listener>>>;

fn register<C: notifier_chain::Chain<Kind = notifier_chain::srcu::Srcu>>(
    chain: C,
    name: &'static CStr,
    priority: Priority,
) -> Result<Registered<C>>
where
    Listener: Handler<C>,
{
    let cx = Sleepable::might_sleep();
    let registration = Registration::new(chain, priority, Listener::new(name), cx);
    KBox::pin_init(registration, GFP_KERNEL)
}

fn set(clk: &Clk, hertz: c_ulong) {
    let result = clk.set_rate(Hertz(hertz)).map_err(Error::to_errno);
    pr_info!("set {hertz}: {result:?}, is {}\n", clk.rate().as_hz());
}

fn run(device: &Device, provider: &Provider) -> Result {
    let clk = |name| Clk::get(device, Some(name));
    let slow = Arc::new(Chain::new(clk(c"clk_events_slow")?), GFP_KERNEL)?;
    let first = register(slow.clone(), c"first", Priority::FIRST)?;
    let last = register(slow.clone(), c"last", Priority::LAST)?;
    // Another handle of a clock has a chain of its own, and so has a clock that follows.
    let mux = register(
        Chain::new(clk(c"clk_events_mux")?),
        c"mux",
        Priority::DEFAULT,
    )?;

    pr_info!("trying a change\n");
    set(slow.clk(), 2_000_000);
    pr_info!("trying no change\n");
    set(slow.clk(), 2_000_000);
    pr_info!("trying a refused change\n");
    first.handler().limit.store(3_000_000, Relaxed);
    set(slow.clk(), 4_000_000);
    pr_info!("trying a change that is refused below\n");
    mux.handler().limit.store(2_500_000, Relaxed);
    set(slow.clk(), 3_000_000);
    pr_info!("trying to follow another\n");
    pr_info!("answer {:#x}\n", provider.follow(1));
    mux.handler().limit.store(usize::MAX, Relaxed);
    pr_info!("answer {:#x}\n", provider.follow(1));

    pr_info!("trying without the first\n");
    drop(first);
    set(slow.clk(), 1_000_000);
    pr_info!("trying without any\n");
    drop(last);
    drop(mux);
    set(slow.clk(), 2_000_000);

    pr_info!("trying a leaked registration\n");
    let chain = KBox::new(Chain::new(clk(c"clk_events_slow")?), GFP_KERNEL)?;
    core::mem::forget(register(&*chain, c"leaked", Priority::DEFAULT)?);
    drop(chain);
    set(slow.clk(), 1_000_000);
    Ok(())
}

struct ClkEvents;

impl kernel::Module for ClkEvents {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        // Any device will do: these clocks are known by their names alone.
        let cpu = cpu::CpuId::from_u32(0).ok_or(ENODEV)?;
        // SAFETY: Nothing takes the first CPU out of the machine.
        let device = unsafe { cpu::from_cpu(cpu) }?;
        run(device, &Provider::new()?)?;
        Ok(Self)
    }
}
