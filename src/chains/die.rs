// SPDX-License-Identifier: GPL-2.0

//! The die chain: the kernel oopses, or a CPU traps.
//!
//! An atomic chain, called where it happens: with any lock held, and partly in NMI context. Hence
//! handlers are [`NmiSafe`](crate::context::NmiSafe). On x86 and RISC-V the registers of an oops
//! are in the log already. On Arm, Arm64, LoongArch and s390 they follow.
//!
//! A panic without an oops, such as that of SysRq, does not come here. If an oops is fatal, the
//! kernel panics after this chain. With a kdump kernel loaded, and without
//! `crash_kexec_post_notifiers`, it starts that kernel instead, and the
//! [panic chain](super::panic) is not called.
//!
//! The architecture decides what else comes here. Arm and Arm64 announce oopses and nothing else.
//! After a stack overflow, an SError, or an exception that it does not expect, Arm64 panics at
//! once, and this chain is not called. User-Mode Linux announces nothing at all. RISC-V, s390 and
//! LoongArch also announce breakpoints, single steps or traps, which are [`Other`](Kind::Other)
//! here. x86 announces these kinds:
//!
//! | kind | what happened | after [`Answer::Handled`] |
//! | --- | --- | --- |
//! | [`Oops`](Kind::Oops) | the kernel oopses | as after `NotHandled` |
//! | `Int3` | a breakpoint, in the kernel or a process, but not that of a kprobe | the code goes on behind it |
//! | `Debug` | a single step, or a hardware breakpoint | the process gets no signal |
//! | `Trap` | another trap, in the kernel or a process | the code goes on, except after a double fault |
//! | `GeneralProtection` | a general protection fault in the kernel | the code goes on |
//!
//! [`Answer::Handled`] is dangerous. After a fault, the code goes on at the instruction that
//! faulted, which faults again, without end, unless the handler has removed the cause. A handler
//! with [`Priority::FIRST`](crate::Priority::FIRST) comes after that of hardware breakpoints, but
//! before that of uprobes, and takes the breakpoints of uprobes from it.
//!
//! Unlike in C, a handler cannot stop an oops, because `BUG()` would then return. On Arm64, `die()`
//! itself returns after `NOTIFY_STOP`, and the code behind the `brk` of `BUG()` runs.
//!
//! Where an architecture announces more than oopses, a process can cause these events as often as
//! it likes. A handler that logs should look at [`Event::kind()`] first.
//!
//! C headers: [`include/linux/kdebug.h`](srctree/include/linux/kdebug.h),
//! [`arch/x86/include/asm/kdebug.h`](srctree/arch/x86/include/asm/kdebug.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::{prelude::*, sync::rcu};
//! # use notifier_chain::{chains::die, context::Sleepable, *};
//! struct Log;
//!
//! impl Handler<die::Chain> for Log {
//!     fn notify(&self, event: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
//!         if event.kind() == die::Kind::Oops {
//!             pr_emerg!("{event:?}\n");
//!         }
//!         die::Answer::NotHandled
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let log = KBox::pin_init(
//!     Registration::new(die::Chain, Priority::DEFAULT, Log, cx),
//!     GFP_KERNEL,
//! )?;
//! # drop(log);
//! # Ok::<(), Error>(())
//! ```

use core::fmt;

use kernel::{
    bindings::pt_regs,
    prelude::*,
    types::Opaque, //
};

use crate::{
    atomic::Nmi,
    bindings,
    chains::Text,
    register_by,
    NotifyReturn, //
};

kernel_enum! {
    /// What happened: `enum die_val`.
    ///
    /// The kinds are those of the architecture. x86 has names for many, and announces five of them.
    pub enum Kind {
        /// The kernel oopses: `DIE_OOPS`.
        Oops = bindings::die_val_DIE_OOPS,
        /// A breakpoint instruction: `DIE_INT3`.
        #[cfg(CONFIG_X86)]
        Int3 = bindings::die_val_DIE_INT3,
        /// A debug exception: `DIE_DEBUG`. Its [error code](Event::error_code) is an address.
        #[cfg(CONFIG_X86)]
        Debug = bindings::die_val_DIE_DEBUG,
        /// `DIE_PANIC`, which x86 does not announce. A panic has its [own chain](super::panic).
        #[cfg(CONFIG_X86)]
        Panic = bindings::die_val_DIE_PANIC,
        /// `DIE_NMI`, which x86 does not announce.
        #[cfg(CONFIG_X86)]
        Nmi = bindings::die_val_DIE_NMI,
        /// `DIE_DIE`, which x86 does not announce.
        #[cfg(CONFIG_X86)]
        Die = bindings::die_val_DIE_DIE,
        /// `DIE_KERNELDEBUG`, which x86 does not announce.
        #[cfg(CONFIG_X86)]
        KernelDebug = bindings::die_val_DIE_KERNELDEBUG,
        /// A trap that has no kind of its own, such as an invalid instruction: `DIE_TRAP`.
        #[cfg(CONFIG_X86)]
        Trap = bindings::die_val_DIE_TRAP,
        /// A general protection fault in the kernel, or a virtualization exception in a TDX guest's
        /// kernel: `DIE_GPF`.
        #[cfg(CONFIG_X86)]
        GeneralProtection = bindings::die_val_DIE_GPF,
        /// `DIE_CALL`, which x86 does not announce.
        #[cfg(CONFIG_X86)]
        Call = bindings::die_val_DIE_CALL,
        /// `DIE_PAGE_FAULT`, which x86 does not announce.
        #[cfg(CONFIG_X86)]
        PageFault = bindings::die_val_DIE_PAGE_FAULT,
        /// `DIE_NMIUNKNOWN`, which x86 does not announce.
        #[cfg(CONFIG_X86)]
        UnknownNmi = bindings::die_val_DIE_NMIUNKNOWN,
    }
}

/// What a handler on the die chain answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The kernel does what it does without the handler: `NOTIFY_DONE`.
    NotHandled,
    /// The matter is settled, and no other handler is called: `NOTIFY_STOP`. For an oops, and for
    /// what is not in the table of [this module](self), this is [`NotHandled`](Self::NotHandled).
    /// So it is for a breakpoint in the kernel if that has `CONFIG_KGDB`.
    Handled,
}

/// An oops or a trap.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    kind: Kind,
    args: &'a bindings::die_args,
    message: Text<'a>,
    registers: Option<&'a Registers>,
}

impl<'a> Event<'a> {
    /// Returns what happened.
    #[inline]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the kernel's word for it, such as `Oops` or `int3`. It is empty if there is none.
    #[inline]
    pub fn message(&self) -> &'a CStr {
        self.message.get().unwrap_or_default()
    }

    /// Returns the error code that the hardware gave, or 0. On Arm64 this is the exception's
    /// syndrome, `ESR_EL1`. LoongArch gives the code of the breakpoint instruction.
    #[inline]
    pub fn error_code(&self) -> c_long {
        self.args.err
    }

    /// Returns the hardware's number of the trap. For an oops on x86, Arm and LoongArch this is the
    /// task's latest trap, which need not be the cause. For an oops on Arm64, and for `Debug`, it
    /// is 0.
    #[inline]
    pub fn trap(&self) -> c_int {
        self.args.trapnr
    }

    /// Returns the number of the signal that a process is sent for it. For an oops on x86 or Arm64,
    /// this is `SIGSEGV`, whatever happened.
    #[inline]
    pub fn signal(&self) -> c_int {
        self.args.signr
    }

    /// Returns the registers as they were when it happened, if they are known.
    #[inline]
    pub fn registers(&self) -> Option<&'a Registers> {
        self.registers
    }

    /// Returns whether the code may go on behind it.
    ///
    /// That is so for x86's traps, which return to where they came from. After an oops, `BUG()`
    /// would return, which never does. A breakpoint of kgdb has replaced the first byte of an
    /// instruction of the kernel, and code that goes on behind it would run the rest.
    #[inline]
    fn may_be_handled(&self) -> bool {
        match self.kind {
            #[cfg(CONFIG_X86)]
            Kind::Int3 => {
                cfg!(not(CONFIG_KGDB)) || self.registers.is_some_and(Registers::is_user_mode)
            }
            #[cfg(CONFIG_X86)]
            Kind::Debug | Kind::Trap | Kind::GeneralProtection => true,
            _ => false,
        }
    }
}

/// The registers of a CPU: `struct pt_regs`.
///
/// # Invariants
///
/// The registers are valid while this is borrowed.
#[repr(transparent)]
pub struct Registers(Opaque<pt_regs>);

impl Registers {
    /// Returns the address of the instruction that ran, or of the next one: this depends on the
    /// trap. On Arm64 it is the one that ran, such as the `brk` of `BUG()`.
    #[inline]
    pub fn instruction_pointer(&self) -> usize {
        // SAFETY: By the type invariants, these are registers. C reads a field of them.
        unsafe { bindings::notifier_chain_instruction_pointer(self.0.get()) }
    }

    /// Returns whether a process ran, and not the kernel.
    #[inline]
    pub fn is_user_mode(&self) -> bool {
        // SAFETY: By the type invariants, these are registers. C reads a field of them.
        unsafe { bindings::notifier_chain_user_mode(self.0.get()) }
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("kind", &self.kind)
            .field("message", &self.message)
            .field("error_code", &format_args!("{:#x}", self.error_code()))
            .field("trap", &self.trap())
            .field("signal", &self.signal())
            .field("registers", &self.registers)
            .finish()
    }
}

impl fmt::Debug for Registers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registers")
            .field(
                "instruction_pointer",
                &format_args!("{:#x}", self.instruction_pointer()),
            )
            .field("is_user_mode", &self.is_user_mode())
            .finish_non_exhaustive()
    }
}

/// The die chain: `register_die_notifier()`.
pub struct Chain;

// SAFETY: An atomic chain in a static, which `notify_die()` alone calls, with a `struct die_args`
// of its own stack. The string and the registers in it are null, or those of its caller, which
// waits.
unsafe impl crate::Chain for Chain {
    type Kind = Nmi;
    type Event<'a> = Event<'a>;
    type Answer = Answer;

    register_by!(
        bindings::register_die_notifier,
        bindings::unregister_die_notifier
    );

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> Answer,
    ) -> c_int {
        // SAFETY: By the safety requirements, `data` is a `struct die_args`.
        let args = unsafe { &*data.cast::<bindings::die_args>() };
        let event = Event {
            kind: Kind::from_raw(action),
            args,
            // SAFETY: By the safety requirements, this is a string, or null.
            message: unsafe { Text::new(args.str_) },
            // INVARIANT: They are valid for the time of this callback.
            // SAFETY: By the safety requirements, these are registers, or null. `Registers` has
            // their layout, and lets C change them.
            registers: unsafe { args.regs.cast::<Registers>().as_ref() },
        };
        match handler(event) {
            Answer::Handled if event.may_be_handled() => NotifyReturn::STOP,
            _ => NotifyReturn::DONE,
        }
        .into_raw()
    }
}
