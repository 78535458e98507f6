// SPDX-License-Identifier: GPL-2.0

//! What is in `c/attacks_*.c`: each function has a handler of its own, which calls it and no more.

use kernel::{
    prelude::*,
    str::CStr, //
};

use super::Caller;

// None has anything to keep to but that one may sleep.
unsafe extern "C" {
    safe fn context_attack_end();
    safe fn context_attacks_set_up() -> core::ffi::c_int;
    safe fn context_hold_locks();
    safe fn context_nap();
}

unsafe extern "C" {
    fn context_attack_begin(name: *const kernel::ffi::c_char);
}

/// Sleeps for a while.
pub(super) fn nap() {
    context_nap();
}

/// Prepares what the attacks change.
pub(super) fn set_up() -> Result {
    kernel::error::to_result(context_attacks_set_up())
}

/// Calls in atomic context, and logs whether the task has slept.
pub(super) fn around(name: &'static CStr, attack: impl FnOnce()) {
    context_hold_locks();
    // SAFETY: The name lives for ever.
    unsafe { context_attack_begin(name.as_char_ptr()) };
    attack();
    context_attack_end();
}

/// Makes a module with a handler for each of the functions, and a function that registers them.
macro_rules! attacks {
    ($register:ident: $($name:ident,)*) => {
        $(
            mod $name {
                use kernel::{
                    macros::paste,
                    sync::rcu, //
                };
                use notifier_chain::NotifyReturn;

                use crate::subject::Chain;

                paste! {
                    // It has nothing to keep to.
                    unsafe extern "C" {
                        safe fn [<attack_ $name>](n: usize);
                    }

                    pub(super) struct Handler;

                    impl notifier_chain::Handler<Chain> for Handler {
                        fn notify(
                            &self,
                            (_, event): (usize, &u32),
                            _: &rcu::Guard,
                        ) -> NotifyReturn {
                            [<attack_ $name>](*event as usize);
                            NotifyReturn::OK
                        }
                    }
                }
            }
        )*

        fn $register(caller: &mut Caller) -> Result {
            $(
                caller.attack(kernel::c_str!(stringify!($name)), $name::Handler)?;
            )*
            Ok(())
        }
    };
}

attacks! {
    common:
    address_bits,
    const_by_alias,
    flags_bit,
    flags_chosen,
    flags_computed,
    flags_table,
    flags_volatile,
    goto_folded,
    goto_neighbour,
    relro_hook,
    relro_number,
    ro_behind_pointer,
    ro_bool,
    ro_pointer,
    ro_static_local,
    ro_struct,
    ro_table,
    ro_upper_half,
    rodata_hook,
    static_call,
    static_call_null,
    static_call_ret0,
    static_key_false,
    static_key_true,
    table_long,
    table_of_structs,
    table_of_tables,
    table_raised,
    two_names,
    weak_address,
    weak_function,
    atomic_chain,
    bsearch,
    bus,
    device_children,
    idr,
    in_process_context,
    iterate_fd,
    kobject_put,
    list_sort,
    mempool_free,
    on_each_cpu,
    raw_chain,
    smp_call,
    sort_behind_pointer,
    sort_either,
    sort_halves,
    sort_per_cpu,
    sort_struct,
    sort_swap,
    sort_xor,
    wake_up,
    completion,
    down_read,
    down_timeout,
    get_user_nocheck,
    io_schedule,
    kernel_bind,
    nmi_panic,
    percpu_down_write,
    put_kernel_nofault,
    put_user_nocheck,
    raw_copy_from_user,
    recvmsg,
    rt_mutex,
    rt_mutex_interruptible,
    rt_mutex_killable,
    sched_yield,
    sock_shutdown,
    swait,
    synchronize_expedited,
    unsafe_get_user,
    unsafe_put_user,
    user_string,
    usleep,
    vmap,
    wait_event,
    wait_on_bit,
    wait_var_event,
    ww_mutex,
    bytes,
    cmpxchg,
    container_hook,
    container_of,
    halves,
    kept,
    large_in_function,
    large_object,
    list_on_stack,
    loop_rounds,
    memcpy,
    neighbour,
    nested_hook,
    nested_pointer,
    part_of_argument,
    same_argument,
    same_hook,
    saved_hook,
    saved_pointer,
    saved_two_calls,
    seventh_argument,
    sscanf,
    stack_depot,
    stack_trace,
    stack_trace_text,
    struct_by_value,
    xchg,
    xor,
    alias,
    name_of_kasan,
    name_of_lockdep,
    name_of_rust,
    name_of_stack_trace,
    static_call_of_preemption,
    static_call_of_tracer,
}

#[cfg(CONFIG_X86_64)]
attacks! {
    of_architecture:
    alternative_address,
    alternative_call,
    alternative_condition,
    alternative_jump,
    alternative_no_jump,
    alternative_number,
    alternative_return,
    arithmetic,
    aside,
    backwards,
    breakpoint,
    changed_frame,
    changed_register,
    changed_stack_pointer,
    conditional_move,
    error_code,
    exception,
    falls_through,
    far_return,
    flags_popped,
    half_of_pointer,
    immediate_halves,
    indexed_call,
    inline_retpoline,
    iret,
    jumps_cut,
    jumps_elsewhere,
    label_as_hook,
    literal,
    longjmp,
    middle,
    middle_of_instruction,
    msr,
    nested_function,
    never_returns,
    offsets,
    pointer_in_rax,
    push_label_ret,
    push_ret,
    return_overwritten,
    rounded,
    shared_end,
    table_cut,
    through_vector,
    transaction,
    twice,
    upper_half,
    upwards,
}

#[cfg(CONFIG_ARM64)]
attacks! {
    of_architecture:
    adr_ret,
    bit_branch,
    blr_x17,
    br_x16,
    changed_register,
    falls_through,
    link_register,
    literal,
    pair,
    ret_register,
    saved_link,
    select,
    signed,
}

/// Registers all of them.
pub(super) fn register(caller: &mut Caller) -> Result {
    common(caller)?;
    of_architecture(caller)
}
