/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _CONTEXT_ATTACKS_LIST_H
#define _CONTEXT_ATTACKS_LIST_H

/* What sleeps, each in another way: attacks/c.rs declares it for Rust. */

/* attacks_data.c */
void attack_address_bits(unsigned long n);
void attack_const_by_alias(unsigned long n);
void attack_flags_bit(unsigned long n);
void attack_flags_chosen(unsigned long n);
void attack_flags_computed(unsigned long n);
void attack_flags_table(unsigned long n);
void attack_flags_volatile(unsigned long n);
void attack_goto_folded(unsigned long n);
void attack_goto_neighbour(unsigned long n);
void attack_relro_hook(unsigned long n);
void attack_relro_number(unsigned long n);
void attack_ro_behind_pointer(unsigned long n);
void attack_ro_bool(unsigned long n);
void attack_ro_pointer(unsigned long n);
void attack_ro_static_local(unsigned long n);
void attack_ro_struct(unsigned long n);
void attack_ro_table(unsigned long n);
void attack_ro_upper_half(unsigned long n);
void attack_rodata_hook(unsigned long n);
void attack_static_call(unsigned long n);
void attack_static_call_null(unsigned long n);
void attack_static_call_ret0(unsigned long n);
void attack_static_key_false(unsigned long n);
void attack_static_key_true(unsigned long n);
void attack_table_long(unsigned long n);
void attack_table_of_structs(unsigned long n);
void attack_table_of_tables(unsigned long n);
void attack_table_raised(unsigned long n);
void attack_two_names(unsigned long n);
void attack_weak_address(unsigned long n);
void attack_weak_function(unsigned long n);

/* attacks_hooks.c */
void attack_atomic_chain(unsigned long n);
void attack_bsearch(unsigned long n);
void attack_bus(unsigned long n);
void attack_device_children(unsigned long n);
void attack_idr(unsigned long n);
void attack_in_process_context(unsigned long n);
void attack_iterate_fd(unsigned long n);
void attack_kobject_put(unsigned long n);
void attack_list_sort(unsigned long n);
void attack_mempool_free(unsigned long n);
void attack_on_each_cpu(unsigned long n);
void attack_raw_chain(unsigned long n);
void attack_smp_call(unsigned long n);
void attack_sort_behind_pointer(unsigned long n);
void attack_sort_either(unsigned long n);
void attack_sort_halves(unsigned long n);
void attack_sort_per_cpu(unsigned long n);
void attack_sort_struct(unsigned long n);
void attack_sort_swap(unsigned long n);
void attack_sort_xor(unsigned long n);
void attack_wake_up(unsigned long n);

/* attacks_kernel.c */
void attack_completion(unsigned long n);
void attack_down_read(unsigned long n);
void attack_down_timeout(unsigned long n);
void attack_get_user_nocheck(unsigned long n);
void attack_io_schedule(unsigned long n);
void attack_kernel_bind(unsigned long n);
void attack_nmi_panic(unsigned long n);
void attack_percpu_down_write(unsigned long n);
void attack_put_kernel_nofault(unsigned long n);
void attack_put_user_nocheck(unsigned long n);
void attack_raw_copy_from_user(unsigned long n);
void attack_recvmsg(unsigned long n);
void attack_rt_mutex(unsigned long n);
void attack_rt_mutex_interruptible(unsigned long n);
void attack_rt_mutex_killable(unsigned long n);
void attack_sched_yield(unsigned long n);
void attack_sock_shutdown(unsigned long n);
void attack_swait(unsigned long n);
void attack_synchronize_expedited(unsigned long n);
void attack_unsafe_get_user(unsigned long n);
void attack_unsafe_put_user(unsigned long n);
void attack_user_string(unsigned long n);
void attack_usleep(unsigned long n);
void attack_vmap(unsigned long n);
void attack_wait_event(unsigned long n);
void attack_wait_on_bit(unsigned long n);
void attack_wait_var_event(unsigned long n);
void attack_ww_mutex(unsigned long n);

/* attacks_memory.c */
void attack_bytes(unsigned long n);
void attack_cmpxchg(unsigned long n);
void attack_container_hook(unsigned long n);
void attack_container_of(unsigned long n);
void attack_halves(unsigned long n);
void attack_kept(unsigned long n);
void attack_large_in_function(unsigned long n);
void attack_large_object(unsigned long n);
void attack_list_on_stack(unsigned long n);
void attack_loop_rounds(unsigned long n);
void attack_memcpy(unsigned long n);
void attack_neighbour(unsigned long n);
void attack_nested_hook(unsigned long n);
void attack_nested_pointer(unsigned long n);
void attack_part_of_argument(unsigned long n);
void attack_same_argument(unsigned long n);
void attack_same_hook(unsigned long n);
void attack_saved_hook(unsigned long n);
void attack_saved_pointer(unsigned long n);
void attack_saved_two_calls(unsigned long n);
void attack_seventh_argument(unsigned long n);
void attack_sscanf(unsigned long n);
void attack_stack_depot(unsigned long n);
void attack_stack_trace(unsigned long n);
void attack_stack_trace_text(unsigned long n);
void attack_struct_by_value(unsigned long n);
void attack_xchg(unsigned long n);
void attack_xor(unsigned long n);

/* attacks_names.c */
void attack_alias(unsigned long n);
void attack_name_of_kasan(unsigned long n);
void attack_name_of_lockdep(unsigned long n);
void attack_name_of_rust(unsigned long n);
void attack_name_of_stack_trace(unsigned long n);
void attack_static_call_of_preemption(unsigned long n);
void attack_static_call_of_tracer(unsigned long n);

#ifdef CONFIG_X86_64
/* attacks_x86.c */
void attack_alternative_address(unsigned long n);
void attack_alternative_call(unsigned long n);
void attack_alternative_condition(unsigned long n);
void attack_alternative_jump(unsigned long n);
void attack_alternative_no_jump(unsigned long n);
void attack_alternative_number(unsigned long n);
void attack_alternative_return(unsigned long n);
void attack_arithmetic(unsigned long n);
void attack_aside(unsigned long n);
void attack_backwards(unsigned long n);
void attack_breakpoint(unsigned long n);
void attack_changed_frame(unsigned long n);
void attack_changed_register(unsigned long n);
void attack_changed_stack_pointer(unsigned long n);
void attack_conditional_move(unsigned long n);
void attack_error_code(unsigned long n);
void attack_exception(unsigned long n);
void attack_falls_through(unsigned long n);
void attack_far_return(unsigned long n);
void attack_flags_popped(unsigned long n);
void attack_half_of_pointer(unsigned long n);
void attack_immediate_halves(unsigned long n);
void attack_indexed_call(unsigned long n);
void attack_inline_retpoline(unsigned long n);
void attack_iret(unsigned long n);
void attack_jumps_cut(unsigned long n);
void attack_jumps_elsewhere(unsigned long n);
void attack_label_as_hook(unsigned long n);
void attack_literal(unsigned long n);
void attack_longjmp(unsigned long n);
void attack_middle(unsigned long n);
void attack_middle_of_instruction(unsigned long n);
void attack_msr(unsigned long n);
void attack_nested_function(unsigned long n);
void attack_never_returns(unsigned long n);
void attack_offsets(unsigned long n);
void attack_pointer_in_rax(unsigned long n);
void attack_push_label_ret(unsigned long n);
void attack_push_ret(unsigned long n);
void attack_return_overwritten(unsigned long n);
void attack_rounded(unsigned long n);
void attack_shared_end(unsigned long n);
void attack_table_cut(unsigned long n);
void attack_through_vector(unsigned long n);
void attack_transaction(unsigned long n);
void attack_twice(unsigned long n);
void attack_upper_half(unsigned long n);
void attack_upwards(unsigned long n);
#endif

#ifdef CONFIG_ARM64
/* attacks_arm64.c */
void attack_adr_ret(unsigned long n);
void attack_bit_branch(unsigned long n);
void attack_blr_x17(unsigned long n);
void attack_br_x16(unsigned long n);
void attack_changed_register(unsigned long n);
void attack_falls_through(unsigned long n);
void attack_link_register(unsigned long n);
void attack_literal(unsigned long n);
void attack_pair(unsigned long n);
void attack_ret_register(unsigned long n);
void attack_saved_link(unsigned long n);
void attack_select(unsigned long n);
void attack_signed(unsigned long n);
#endif

#endif /* _CONTEXT_ATTACKS_LIST_H */
