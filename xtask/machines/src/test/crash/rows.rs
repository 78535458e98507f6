// SPDX-License-Identifier: GPL-2.0

//! The ways to die, one a row.

use super::super::vm::{self, Run, Scenario, SYSRQ};
use crate::{
    arch::Arch::{self, Arm64, X86_64},
    model::{Card, Model, DEBIAN, DEBUG, DEBUG_E1000, E1000, LEAN, LEAN_E1000, PSEUDO_NMI},
};
use anyhow::Result;

/// A way to die, and what must come of it.
pub struct Row {
    pub scenario: Scenario,
    /// For the reader of the table.
    pub what: &'static str,
    /// How the panic's message begins.
    pub panic: &'static str,
    pub expected: Expected,
    /// What the broadcaster says in the panic.
    pub says: &'static str,
    pub then: Then,
    /// What the host has to do.
    pub host: fn(&mut Run) -> Result<()>,
    /// Whether others send on the same device.
    pub others_send: bool,
}

/// How much is heard. Whatever is less than all has a reason.
#[derive(Clone, Copy)]
pub enum Expected {
    All,
    Part(&'static str),
    Nothing(&'static str),
    /// All, or less and it gives up.
    Chance(&'static str),
    /// The same with that card, all with another.
    ChanceOn(Card, &'static str),
}

impl Expected {
    /// The same for one card.
    pub fn on(self, card: Option<Card>) -> Expected {
        match self {
            Expected::ChanceOn(theirs, why) if card == Some(theirs) => Expected::Chance(why),
            Expected::ChanceOn(..) => Expected::All,
            expected => expected,
        }
    }
}

/// The kinds of machine on which a row is tried.
const ON_LEAN: &[Model] = &[LEAN, LEAN_E1000];
const ON_STOCK: &[Model] = &[LEAN, LEAN_E1000, DEBIAN];
const ON_DEBUG: &[Model] = &[DEBUG, DEBUG_E1000];

pub enum Then {
    Reboots,
    Dumps,
}

impl Then {
    pub fn words(&self) -> &'static str {
        match self {
            Then::Reboots => "reboots",
            Then::Dumps => "dumps",
        }
    }
}

const SENT: &str = r"^sent records \d+ to \d+ in 242 frames";
const HELD: &str = "^gave up after 0 frames: device in use by a stopped or crashed CPU$";
const AGAIN: &str = "^stopped sending: second panic while broadcasting";
const NOTHING: &str = "^nothing$";
const ANY: &str = "^(sent records|gave up after|gave the device)";

const fn row(
    name: &'static str,
    what: &'static str,
    variables: &'static str,
    panic: &'static str,
) -> Row {
    Row {
        scenario: Scenario {
            name,
            script: "crash.sh",
            variables,
            on: ON_LEAN,
            reboots: true,
            heard: vm::Expected::Any,
            ..SYSRQ
        },
        what,
        panic,
        expected: Expected::All,
        says: SENT,
        then: Then::Reboots,
        host: |_| Ok(()),
        others_send: false,
    }
}

impl Row {
    /// The name of its test on that kind of machine, with the kernel in it, so that a filter can ask for one.
    pub fn test(&self, model: &Model) -> String {
        let card = model.card.map_or("", Card::short);
        format!(
            "crash/{}/{}/{card}",
            model.kernel.name(),
            self.scenario.name
        )
    }

    /// The kernel, the same for all kinds of machine on which it is tried.
    pub fn kernel(&self) -> &'static str {
        self.scenario
            .on
            .first()
            .map_or("", |model| model.kernel.name())
    }

    const fn debug(mut self) -> Row {
        self.scenario.on = ON_DEBUG;
        self.scenario.seconds = 180;
        self
    }

    const fn on(mut self, models: &'static [Model]) -> Row {
        self.scenario.on = models;
        self
    }

    /// On a distribution's kernel, too.
    const fn stock(self) -> Row {
        self.on(ON_STOCK)
    }

    /// The kernel is told this in its boot.
    const fn booted_with(mut self, parameters: &'static str) -> Row {
        self.scenario.parameters = parameters;
        self
    }

    /// Before it panics, or instead, the kernel complains of this.
    const fn complains(mut self, of: &'static str) -> Row {
        self.scenario.complaint = Some(of);
        self
    }

    /// Whatever is less than all, the broadcaster says so.
    const fn but(mut self, expected: Expected, says: &'static str) -> Row {
        self.expected = expected;
        self.says = says;
        self
    }

    const fn dumps(mut self) -> Row {
        self.scenario.kdump = true;
        self.then = Then::Dumps;
        self
    }

    const fn host(mut self, host: fn(&mut Run) -> Result<()>) -> Row {
        self.host = host;
        self
    }

    const fn only_on(mut self, arch: Arch) -> Row {
        self.scenario.only_on = Some(arch);
        self
    }

    const fn under_load(mut self) -> Row {
        self.others_send = true;
        self
    }
}

const TRANSMIT: Expected = Expected::Nothing(
    "the device has one transmit queue, and the CPU that holds its lock may be handing over a frame: \
     a second frame could hang the machine or corrupt the queue",
);
const LOAD: Expected = Expected::Chance(
    "by chance: a CPU that is stopped while it hands over a frame keeps the lock of the one transmit \
     queue, and a CPU that is stopped while it polls the device keeps all others from polling it",
);
const POLL: Expected = Expected::Nothing(
    "while it polls the device, a CPU may hold the driver's locks, such as virtio-net's lock of the transmit \
     queue, and it cannot poll the device again inside that",
);
const INSIDE: Expected = Expected::Part("the driver dies with the tenth frame, and holds its lock");

/// The rows, in the order of the table.
pub fn rows() -> Vec<Row> {
    use Expected::{Nothing, Part};
    vec![
        // Contexts.
        row("process", "SysRq, in a process", "way=sysrq", "sysrq triggered crash").stock(),
        row("process-debug", "the same, with all checks of the kernel enabled", "way=sysrq", "sysrq triggered crash")
            .debug(),
        row("module", "`panic()` in a module that is loaded", "way=point point=panic", "crash point: a module").stock(),
        row("soft-interrupt", "`panic()` in a tasklet", "way=point point=softirq",
            r"crash point: soft interrupt \(in_serving_softirq\(\) is 1").stock(),
        row("hard-interrupt", "`panic()` in a hard interrupt", "way=point point=hardirq",
            r"crash point: hard interrupt \(in_hardirq\(\) is 1").stock(),
        row("hard-interrupt-lkdtm", "LKDTM's PANIC_IN_HARDIRQ, from a timer", "way=lkdtm type=PANIC_IN_HARDIRQ",
            "from hard IRQ context").debug(),
        row("nmi", "an NMI from the host", "way=nmi settings=kernel/unknown_nmi_panic=1", "NMI: Not continuing")
            .host(nmi).stock().only_on(X86_64),
        row("pseudo-nmi", "`panic()` in a pseudo-NMI, that of a performance counter", "way=point point=pseudo_nmi",
            r"crash point: pseudo-NMI \(in_nmi\(\) is 1").only_on(Arm64).booted_with(PSEUDO_NMI),
        row("interrupts-off", "`panic()` with interrupts off", "way=point point=irqs_off",
            "crash point: interrupts are off").stock(),
        row("all-interrupts-off", "LKDTM's PANIC_STOP_IRQOFF: on every CPU", "way=lkdtm type=PANIC_STOP_IRQOFF",
            "panic stop irqoff test").debug(),
        row("two-cpus", "two CPUs panic at once", "way=point point=both_cpus", "crash point: two CPUs at once").stock(),
        // Locks.
        row("rtnl", "with RTNL held by the panicking task", "way=point point=rtnl_here", "crash point: RTNL is held").stock(),
        row("rtnl-elsewhere", "with RTNL held on another CPU", "way=point point=rtnl",
            "crash point: RTNL is held by another").debug(),
        row("console-lock", "with the console's lock held", "way=point point=console", "crash point: the console lock"),
        row("raw-spinlock", "with a raw spinlock held", "way=point point=raw_spinlock", "crash point: a raw spinlock"),
        row("scheduler", "in the scheduler, which was just waking ksoftirqd", "way=point point=waking",
            r"crash point: ksoftirqd is being woken \([1-9]").stock(),
        row("scheduler-threaded", "the same, and it was waking the task that polls the device",
            "way=point point=waking_poller", r"crash point: napi/ is being woken \([1-9]"),
        row("transmit-lock", "with the device's transmit lock held", "way=point point=transmit_here",
            "crash point: the transmit lock is held$").but(TRANSMIT, HELD),
        row("transmit-lock-elsewhere", "with it held on another CPU", "way=point point=transmit",
            "crash point: the transmit lock is held by another CPU").but(TRANSMIT, HELD).stock(),
        row("transmit-lock-just-taken", "the same, and it has not noted that it is the owner",
            "way=point point=transmit_just_taken", "crash point: the transmit lock has just been taken")
            .but(TRANSMIT, HELD),
        // The device at work.
        row("foreign", "the device has a frame that another CPU has allocated", "way=sysrq before=foreign",
            "sysrq triggered crash").under_load(),
        row("foreign-debug", "the same, with all checks of the kernel enabled", "way=sysrq before=foreign",
            "sysrq triggered crash").under_load().debug(),
        row("load", "while another CPU sends all it can", "way=point point=load", "crash point: another CPU transmits")
            .but(LOAD, ANY).under_load(),
        row("load-debug", "the same, with all checks of the kernel enabled", "way=point point=load",
            "crash point: another CPU transmits").but(LOAD, ANY).under_load().debug(),
        row("device-polled", "while the device is polled", "way=point point=poll", r"crash point: the device is polled \(in_serving_softirq\(\) is 1")
            .but(POLL, HELD).under_load(),
        row("device-polled-debug", "the same, with all checks of the kernel enabled", "way=point point=poll",
            r"crash point: the device is polled \(in_serving_softirq\(\) is 1").but(POLL, HELD).under_load().debug(),
        row("device-interrupts", "in the device's own hard interrupt", "way=point point=interrupt",
            r"crash point: the device interrupts \(in_hardirq\(\) is 1").on(&[LEAN_E1000]),
        row("allocator", "in the page allocator, and there are frames to free", "way=point point=allocator",
            "crash point: in the page allocator"),
        // The link.
        row("link-down", "with the interface taken down", "way=down", "sysrq triggered crash")
            .but(Nothing("there is no device to send on: the administrator has taken it down"), "^nothing sent: eth0 is down or gone$").stock(),
        row("cable", "with the cable pulled", "way=cable", "sysrq triggered crash").host(pull)
            .but(Nothing("there is no cable"), "^(sent records|gave up after 232 frames: )"),
        // A device that does not work any more.
        row("device-busy", "the device takes nothing", "way=point point=device_busy", "crash point: the device is broken")
            .but(Nothing("the device takes nothing; it is given up after 100 ms"), "^gave up after 0 frames: device does"),
        row("device-keeps", "the device sends nothing and gives nothing back", "way=point point=device_keeps",
            "crash point: the device is broken").but(Nothing("the device sends nothing; it is given up after 100 ms"), "^gave the device 242 frames, "),
        row("device-slow", "each frame takes 90 ms, and `limit=1000`", "way=point point=device_slow limit=1000",
            "crash point: the device is broken").but(Part("a panic is held up for as long as `limit` says"), "^gave up after .* limit reached"),
        row("device-trickles", "the device takes all frames at once, and sends one in a millisecond or two",
            "way=point point=device_trickles", "crash point: the device is broken"),
        row("device-panics", "the device's driver panics, called by the broadcaster", "way=point point=device_panics",
            "crash point: the device is broken").but(INSIDE, AGAIN),
        row("device-oopses", "the device's driver oopses, called by the broadcaster",
            "way=point point=device_oopses settings=kernel/panic_on_oops=1",
            "crash point: the device is broken").complains("kernel NULL pointer dereference").but(INSIDE, AGAIN),
        // Handlers of others.
        row("handler-spins-before", "a handler before it spins for 2 s", "way=sysrq before=spins_before",
            "sysrq triggered crash"),
        row("handler-stops-before", "a handler before it answers Stop", "way=sysrq before=stops_before",
            "sysrq triggered crash").but(Nothing("no handler after it is called: that is what Stop is for. It is \
             called first only if it has the highest priority and is registered earlier"), NOTHING),
        row("handler-stops-after", "a handler after it answers Stop", "way=sysrq before=stops_after",
            "sysrq triggered crash"),
        row("handler-panics-before", "a handler before it panics", "way=sysrq before=panics_before",
            "sysrq triggered crash"),
        row("handler-panics-after", "a handler after it panics", "way=sysrq before=panics_after",
            "sysrq triggered crash"),
        // The broadcaster comes and goes.
        row("loading-begins", "while it is loaded and brings the interface up", "way=load before=loading_up",
            "crash point: the interface is brought up").but(Nothing("it has no interface yet"), NOTHING),
        row("loading-waits", "while it is loaded and waits for the carrier", "way=load before=loading_waits",
            "crash point: the carrier is waited for")
            .but(Expected::ChanceOn(E1000, "by chance: e1000 sends nothing, or only what its ring takes, as long \
             as its driver has not noticed the carrier"), ANY),
        row("loading-ends", "when it has just been loaded", "way=load before=loading_ends",
            "crash point: the module is live")
            .but(Expected::ChanceOn(E1000, "by chance, and not traced yet: probably a CPU is stopped while it \
             polls the device, which the driver of e1000 does when it has noticed the carrier"), ANY),
        row("unloading", "while it is unloaded and gives the interface back", "way=unload",
            "crash point: netpoll is given back").but(Nothing("the module's handler is off the panic chain \
             already"), NOTHING),
        // Exceptions.
        row("oops", "a null dereference, with panic_on_oops", "way=point point=null settings=kernel/panic_on_oops=1",
            r"(Oops.*: )?Fatal exception").complains("kernel NULL pointer dereference").stock(),
        row("bug", "`BUG()`, with panic_on_oops", "way=point point=bug settings=kernel/panic_on_oops=1",
            r"(Oops.*: )?Fatal exception").complains("kernel BUG at").stock(),
        row("bug-in-interrupt", "LKDTM's BUG_IN_HARDIRQ", "way=lkdtm type=BUG_IN_HARDIRQ",
            r"(Oops.*: )?Fatal exception in interrupt").complains("kernel BUG at").debug(),
        row("breakpoint", "an `int3` instruction without a debugger", "way=point point=int3", "Fatal exception in interrupt")
            .complains("Oops: int3").only_on(X86_64),
        row("brk", "a `brk` instruction that nothing in the kernel knows, with panic_on_oops",
            "way=point point=brk settings=kernel/panic_on_oops=1", "Oops - BRK: Fatal exception")
            .complains("Internal error: Oops - BRK").only_on(Arm64).stock(),
        row("undefined-instruction", "an undefined instruction, with panic_on_oops",
            "way=point point=undefined settings=kernel/panic_on_oops=1", "Oops - Undefined instruction: Fatal exception")
            .complains("Internal error: Oops - Undefined instruction").only_on(Arm64).stock(),
        row("external-abort", "a read where no device answers, with panic_on_oops",
            "way=point point=abort settings=kernel/panic_on_oops=1", "synchronous external abort: Fatal exception")
            .complains("Internal error: synchronous external abort").only_on(Arm64).stock(),
        row("execute-null", "LKDTM's EXEC_NULL, with panic_on_oops",
            "way=lkdtm type=EXEC_NULL settings=kernel/panic_on_oops=1", r"(Oops.*: )?Fatal exception")
            .complains("kernel NULL pointer dereference").debug(),
        row("warning", "`WARN()`, with panic_on_warn", "way=point point=warning settings=kernel/panic_on_warn=1",
            "kernel: panic_on_warn set").complains("WARNING: ").stock(),
        row("use-after-free", "LKDTM's WRITE_AFTER_FREE, with kasan.fault=panic",
            "way=lkdtm type=WRITE_AFTER_FREE", "kasan.fault=panic set").complains("KASAN: ").debug().booted_with("kasan.fault=panic"),
        row("stack-overflow", "LKDTM's EXHAUST_STACK", "way=lkdtm type=EXHAUST_STACK", "Fatal exception")
            .complains("stack guard page was hit").debug().only_on(X86_64),
        row("stack-runs-over", "a function of the kernel calls itself without end", "way=point point=stack_overflow",
            "kernel stack overflow").complains("Insufficient stack space to handle exception").only_on(Arm64).stock(),
        // Detectors.
        row("soft-lockup", "LKDTM's SOFTLOCKUP, with softlockup_panic",
            "way=lkdtm type=SOFTLOCKUP settings=kernel/watchdog=1,kernel/watchdog_thresh=1,kernel/softlockup_panic=1",
            "softlockup: hung tasks").complains("BUG: soft lockup").debug(),
        row("hard-lockup", "LKDTM's HARDLOCKUP; without a PMU it is RCU that notices, with panic_on_rcu_stall",
            "way=lkdtm type=HARDLOCKUP cpus=2 settings=/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress=0,/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout=3,kernel/panic_on_rcu_stall=1",
            "RCU Stall").complains("INFO: rcu_").debug().only_on(X86_64),
        row("hard-lockup-nmi", "LKDTM's HARDLOCKUP, which the watchdog notices in a pseudo-NMI, with hardlockup_panic",
            "way=lkdtm type=HARDLOCKUP cpus=2 settings=kernel/watchdog=1,kernel/watchdog_thresh=1,kernel/hardlockup_panic=1",
            "Hard LOCKUP").complains("hard LOCKUP on cpu").debug().only_on(Arm64).booted_with(PSEUDO_NMI),
        row("hung-task", "LKDTM's HUNG_TASK, with hung_task_panic",
            "way=lkdtm type=HUNG_TASK settings=kernel/hung_task_timeout_secs=1,kernel/hung_task_panic=1",
            "hung_task: blocked tasks").complains("INFO: task ").debug(),
        row("rcu-stall", "a CPU spins, with panic_on_rcu_stall",
            "way=point point=spin cpus=1 settings=/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress=0,/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout=3,kernel/panic_on_rcu_stall=1",
            "RCU Stall").complains("INFO: rcu_"),
        row("out-of-memory", "no memory is left, with panic_on_oom", "way=oom settings=vm/panic_on_oom=1",
            "Out of memory: system-wide panic_on_oom is enabled"),
        row("init", "the first process is killed", "way=point point=init", "Attempted to kill init!").stock(),
        // The machine goes.
        row("rebooting", "a reboot handler panics", "way=reboot point=reboot", "crash point: a reboot handler"),
        row("restarting", "a restart handler panics", "way=reboot point=restart", "crash point: a reboot handler")
            .but(Nothing("the devices have been shut down"), "^(sent records|gave up after 0 frames: )"),
        // A crash kernel.
        row("kdump", "with a crash kernel", "way=sysrq", "sysrq triggered crash").dumps()
            .but(Nothing("the kernel goes to the crash kernel before it calls a handler"), NOTHING),
        row("kdump-after", "with one, and crash_kexec_post_notifiers", "way=sysrq settings=/sys/module/kernel/parameters/crash_kexec_post_notifiers=1",
            "sysrq triggered crash").dumps().stock(),
    ]
}

fn nmi(run: &mut Run) -> Result<()> {
    let machine = &mut run.stage.machine;
    machine.expect("ready for the interrupt")?;
    // A CPU that is stopped by the panic while it prints keeps the console: the machine would die in silence.
    machine.wait_idle()?;
    machine.inject_nmi()
}

fn pull(run: &mut Run) -> Result<()> {
    run.stage.machine.expect("ready for the cable")?;
    run.stage.machine.set_link(false)
}
