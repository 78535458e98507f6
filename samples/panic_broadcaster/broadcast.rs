// SPDX-License-Identifier: GPL-2.0

//! What is broadcast, and over which interface.

use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        rcu,
        Arc, //
    },
    time::{
        delay::fsleep,
        Delta, //
    },
};
use notifier_chain::{
    chains::{
        netdevice::{
            self,
            Device,
            Namespace,
            Rtnl, //
        },
        panic, //
    },
    compat::LocalInterruptDisabled,
    context::Sleepable,
    Handler,
    NotifyReturn,
    TryLock, //
};
use panic_wire::{
    Prio,
    Record,
    Text,
    MAX_PAYLOAD,
    PANIC_PREFIX, //
};

use crate::{
    bindings,
    budget::Budget,
    interface::{
        Interface,
        Refusal, //
    },
    log, //
};

/// How many of the newest records are searched for the one that announces the panic.
const SEARCHED: u64 = 1000;

/// What the user asked for.
pub(crate) struct Settings {
    pub(crate) interface: &'static CStr,
    pub(crate) source: Option<[u8; 4]>,
    pub(crate) port: u16,
    pub(crate) records: u32,
    pub(crate) repeat: u8,
    pub(crate) limit: u32,
}

/// The broadcaster: its settings, and what it needs in a panic.
pub(crate) struct Broadcast {
    settings: Settings,
    // In a panic nothing can be waited for, so that this is only ever tried. Everybody else who
    // takes it holds RTNL, so that they never meet.
    state: TryLock<State>,
    // Set once the handler runs: who finds the state locked then has come back into it.
    entered: Atomic<bool>,
}

struct State {
    link: Link,
    line: KVec<u8>,
    payload: KVec<u8>,
    budget: Budget,
}

enum Link {
    /// The module is still being loaded.
    Idle,
    /// The device is down or gone.
    Lost,
    /// The device is ours.
    Taken(Interface),
}

impl Broadcast {
    /// Allocates all that a panic will need, apart from what the interface brings.
    pub(crate) fn new(settings: Settings) -> Result<Arc<Self>> {
        let state = TryLock::new(State {
            link: Link::Idle,
            line: KVec::from_elem(0, log::LINE_SIZE, GFP_KERNEL)?,
            payload: KVec::from_elem(0, MAX_PAYLOAD, GFP_KERNEL)?,
            budget: Budget::new(settings.limit),
        });
        let this = Self {
            settings,
            state,
            entered: Atomic::new(false),
        };
        Ok(Arc::new(this, GFP_KERNEL)?)
    }

    /// Takes the interface, for the first time, or says in the log why not. May sleep.
    pub(crate) fn start(&self) -> Result {
        let name = self.settings.interface;

        let taken = Rtnl::with(Sleepable::might_sleep(), |rtnl| {
            match Namespace::initial().device(name, rtnl) {
                Some(device) => self.take(rtnl, device),
                None => Err(Refusal {
                    error: ENODEV,
                    reason: "no such device",
                }),
            }
        });
        if let Err(Refusal { error, reason }) = taken {
            pr_err!("interface={}: {}\n", name, reason);
            return Err(error);
        }
        Ok(())
    }

    fn take(&self, rtnl: &Rtnl, device: &Device) -> Result<(), Refusal> {
        let Settings { source, port, .. } = self.settings;

        let interface = Interface::take(rtnl, device, source, port)?;
        match self.state.try_lock() {
            Some(mut state) => {
                state.link = Link::Taken(interface);
                Ok(())
            }
            None => {
                interface.release(rtnl);
                Err(Refusal {
                    error: EBUSY,
                    reason: "the kernel is panicking",
                })
            }
        }
    }

    /// Waits for a link for as long as netconsole does, and says in the log whether there is one.
    /// May sleep.
    pub(crate) fn wait_for_carrier(&self) {
        const STEP_MS: u32 = 10;

        // SAFETY: It reads an integer, and may be called anywhere.
        let seconds = unsafe { bindings::panic_broadcaster_carrier_timeout() };
        for _ in 0..seconds.saturating_mul(1000 / STEP_MS) {
            if self.has_carrier() {
                break;
            }
            fsleep(Delta::from_millis(i64::from(STEP_MS)));
        }

        let name = self.settings.interface;
        if self.has_carrier() {
            pr_info!("ready on {}\n", name);
        } else {
            pr_warn!("interface={}: no carrier yet; loaded all the same\n", name);
        }
    }

    fn has_carrier(&self) -> bool {
        Rtnl::with(Sleepable::might_sleep(), |_rtnl| {
            match self.state.try_lock() {
                Some(state) => {
                    matches!(&state.link, Link::Taken(interface) if interface.has_carrier())
                }
                None => false,
            }
        })
    }

    /// Broadcasts the panic message, then the newest records in order, and all of it as often as
    /// the user asked for.
    fn panic(&self, irqs_off: &LocalInterruptDisabled, message: &CStr) {
        let Some(mut state) = self.state.try_lock() else {
            if self.entered.load(Relaxed) {
                pr_emerg!("stopped sending: second panic while broadcasting\n");
            } else {
                pr_emerg!("nothing sent: interface was being taken or released\n");
            }
            return;
        };
        self.entered.store(true, Relaxed);
        let State {
            link: Link::Taken(interface),
            line,
            payload,
            budget,
        } = &mut *state
        else {
            pr_emerg!(
                "nothing sent: {} is down or gone\n",
                self.settings.interface
            );
            return;
        };

        budget.start();
        let mut frames = Frames {
            irqs_off,
            interface,
            payload,
            budget,
            sent: 0,
        };
        let window = log::newest(self.settings.records.into());
        let result = frames.send_all(message, window.clone(), self.settings.repeat, line);
        let drained = frames.interface.drain(irqs_off, frames.budget);

        let in_time = frames.budget.is_left();
        let reason = |error| match error {
            _ if !in_time => "limit reached",
            EBUSY => "device in use by a stopped or crashed CPU",
            ETIMEDOUT => "device does not respond",
            _ => "device gone",
        };
        match (result, drained) {
            (Ok(()), Ok(())) => pr_emerg!(
                "sent records {} to {} in {} frames\n",
                window.start,
                window.end.wrapping_sub(1),
                frames.sent
            ),
            (Ok(()), Err(error)) => pr_emerg!(
                "gave the device {} frames, not all returned: {}\n",
                frames.sent,
                reason(error)
            ),
            (Err(error), _) => {
                pr_emerg!("gave up after {} frames: {}\n", frames.sent, reason(error))
            }
        }
    }
}

/// Sends records, and counts the frames that it takes.
struct Frames<'a> {
    irqs_off: &'a LocalInterruptDisabled,
    interface: &'a mut Interface,
    payload: &'a mut [u8],
    budget: &'a mut Budget,
    sent: usize,
}

impl Frames<'_> {
    fn send_all(
        &mut self,
        message: &CStr,
        window: core::ops::Range<u64>,
        repeat: u8,
        line: &mut [u8],
    ) -> Result {
        let announcement = find_announcement(message, window.end, line);

        for _ in 0..repeat {
            match announcement {
                Some(seq) => {
                    log::for_each(seq..seq.saturating_add(1), line, |record| self.send(record))?
                }
                None => self.send(&announce(message, window.end))?,
            }
            log::for_each(window.clone(), line, |record| self.send(record))?;
        }
        Ok(())
    }

    fn send(&mut self, record: &Record<'_>) -> Result {
        let mut datagrams = record.datagrams();
        let max_payload = self.interface.max_payload().min(self.payload.len());

        loop {
            let Some(room) = self.payload.get_mut(..max_payload) else {
                return Ok(());
            };
            let Some(len) = datagrams.write_next(room) else {
                return Ok(());
            };
            if let Some(payload) = self.payload.get(..len) {
                self.interface.send(self.irqs_off, self.budget, payload)?;
                self.sent = self.sent.wrapping_add(1);
            }
        }
    }
}

/// Returns the number of the record with which the kernel announced the panic, if the log still has
/// it. It is sent first: a receiver puts it in its place by its number.
fn find_announcement(message: &CStr, end: u64, line: &mut [u8]) -> Option<u64> {
    let announces = |record: &Record<'_>| {
        let said = record.text.bytes().skip(PANIC_PREFIX.len());
        record.text.starts_with(PANIC_PREFIX) && said.eq(message.to_bytes().iter().copied())
    };

    let mut found = None;
    let _ = log::for_each::<()>(end.saturating_sub(SEARCHED)..end, line, |record| {
        if announces(record) {
            found = Some(record.seq);
        }
        Ok(())
    });
    found
}

/// Returns a record that announces the panic with a number that no other record in the broadcast
/// has.
fn announce(message: &CStr, seq: u64) -> Record<'_> {
    Record {
        prio: Prio::EMERG,
        seq,
        usec: 0,
        caller: None,
        text: Text::plain(message.to_bytes()),
    }
}

/// Broadcasts when the kernel panics.
pub(crate) struct OnPanic(pub(crate) Arc<Broadcast>);

impl Handler<panic::Chain> for OnPanic {
    fn notify(&self, event: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        self.0.panic(event.interrupts_disabled(), event.message());
        NotifyReturn::DONE
    }
}

/// Lets go of the interface when it goes, and takes it again when it is back.
pub(crate) struct OnNetdevice(pub(crate) Arc<Broadcast>);

impl Handler<netdevice::Chain> for OnNetdevice {
    fn notify(&self, event: netdevice::Event<'_>, _: Sleepable<'_>) -> Result {
        match event.action() {
            netdevice::Action::Up => self.up(event),
            netdevice::Action::GoingDown
            | netdevice::Action::Join
            | netdevice::Action::Unregister => self.gone(event),
            _ => {}
        }
        Ok(())
    }
}

impl OnNetdevice {
    fn up(&self, event: netdevice::Event<'_>) {
        let broadcast = &self.0;
        let name = broadcast.settings.interface;
        let (device, rtnl) = (event.device(), event.rtnl());
        let lost = broadcast
            .state
            .try_lock()
            .is_some_and(|state| matches!(state.link, Link::Lost));
        // Containers may use its name.
        let of_host = event.namespace().is_initial();
        if !lost || !of_host || device.name(rtnl) != name {
            return;
        }

        match broadcast.take(rtnl, device) {
            Ok(()) => pr_info!("{} is back\n", name),
            Err(Refusal { reason, .. }) => pr_err!("interface={}: {}\n", name, reason),
        }
    }

    fn gone(&self, event: netdevice::Event<'_>) {
        let (device, rtnl) = (event.device(), event.rtnl());

        let Some(mut state) = self.0.state.try_lock() else {
            return;
        };
        if !matches!(&state.link, Link::Taken(interface) if interface.is(device)) {
            return;
        }

        if let Link::Taken(interface) = core::mem::replace(&mut state.link, Link::Lost) {
            interface.release(rtnl);
            pr_info!("released {}\n", device.name(rtnl));
        }
    }
}
