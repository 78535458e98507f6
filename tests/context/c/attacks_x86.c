// SPDX-License-Identifier: GPL-2.0
/* What no C compiler writes, or hardly ever, but which x86 processors do. */

#include <linux/annotate.h>
#include <linux/kdebug.h>
#include <linux/linkage.h>
#include <linux/stringify.h>

#include <asm/alternative.h>
#include <asm/asm.h>
#include <asm/cpufeatures.h>
#include <asm/msr.h>
#include <asm/segment.h>

#include "attacks.h"
#include "attacks_list.h"

/* A function in assembly, as other files see it. */
#define FUNCTION(name, code)					\
	asm(".pushsection .text\n"				\
	    ".globl " #name "\n"				\
	    ".type " #name ", @function\n"			\
	    #name ":\n"						\
	    code						\
	    ".size " #name ", . - " #name "\n"			\
	    ".popsection\n")

#define RETURN "ret\n int3\n"

unsigned long context_wide = 1UL << 32;
unsigned long context_buffer[2];
static void *sink;

/* The address of a function is pushed, and returned to. */
FUNCTION(attack_push_ret,
	"push context_hook(%rip)\n"
	RETURN);

/* The same with an address in this function. */
FUNCTION(attack_push_label_ret,
	"lea 1f(%rip), %rax\n"
	"push %rax\n"
	RETURN
	"1: call context_nap\n"
	RETURN);

/* A called function returns to elsewhere. */
FUNCTION(context_overwrite,
	"mov context_hook(%rip), %rax\n"
	"mov %rax, (%rsp)\n"
	RETURN);
FUNCTION(attack_return_overwritten,
	"call context_overwrite\n"
	RETURN);

/* A retpoline that is written out, as compilers can do it. */
FUNCTION(attack_inline_retpoline,
	"mov context_hook(%rip), %rax\n"
	ANNOTATE_INTRA_FUNCTION_CALL "\n"
	"call 2f\n"
	"1: pause\n"
	"lfence\n"
	"jmp 1b\n"
	"2: mov %rax, (%rsp)\n"
	RETURN);

/* The return from an interrupt that never was. */
FUNCTION(attack_iret,
	"mov %rsp, %rax\n"
	"push $" __stringify(__KERNEL_DS) "\n"
	"push %rax\n"
	"pushf\n"
	"push $" __stringify(__KERNEL_CS) "\n"
	"push context_hook(%rip)\n"
	"iretq\n");

/* A far return. */
FUNCTION(attack_far_return,
	"push $" __stringify(__KERNEL_CS) "\n"
	"push context_hook(%rip)\n"
	"lretq\n");

/* The stack pointer and the address are kept, and come back to: longjmp(). */
FUNCTION(attack_longjmp,
	"lea 1f(%rip), %rax\n"
	"mov %rax, context_buffer(%rip)\n"
	"mov %rsp, context_buffer+8(%rip)\n"
	"mov context_buffer+8(%rip), %rsp\n"
	"push context_buffer(%rip)\n"
	RETURN
	"1: call context_nap\n"
	RETURN);

/* A call of the next instruction: what follows runs twice. */
FUNCTION(attack_twice,
	"push %rbx\n"
	"push %r12\n"
	"xor %ebx, %ebx\n"
	"lea context_rest(%rip), %r12\n"
	ANNOTATE_INTRA_FUNCTION_CALL "\n"
	"call 1f\n"
	"1: call *%r12\n"
	"test %ebx, %ebx\n"
	"jnz 2f\n"
	"mov $1, %ebx\n"
	"mov context_hook(%rip), %r12\n"
	RETURN
	"2: pop %r12\n"
	"pop %rbx\n"
	RETURN);

/* A function that ends with a call and goes on in the next one. */
FUNCTION(attack_falls_through,
	"call context_rest\n");
FUNCTION(context_fallen_into,
	"call context_nap\n"
	RETURN);

/* A function that seems to have no end, and returns by another one. */
FUNCTION(context_returns_twice,
	"add $8, %rsp\n"
	RETURN);
FUNCTION(context_never_returns,
	"call context_returns_twice\n"
	"ud2\n");
FUNCTION(attack_never_returns,
	"call context_never_returns\n"
	"call context_nap\n"
	RETURN);

/* A register that functions preserve, and this one does not. */
FUNCTION(context_change_rbx,
	"mov context_hook(%rip), %rbx\n"
	RETURN);
FUNCTION(attack_changed_register,
	"push %rbx\n"
	"lea context_rest(%rip), %rbx\n"
	"call context_change_rbx\n"
	"call *%rbx\n"
	"pop %rbx\n"
	RETURN);

/* A function that takes one of its arguments off the stack. */
FUNCTION(context_drop_one,
	"ret $8\n"
	"int3\n");
FUNCTION(attack_changed_stack_pointer,
	"push context_hook(%rip)\n"
	"lea context_rest(%rip), %rax\n"
	"push %rax\n"
	"call context_drop_one\n"
	"pop %rax\n"
	"call *%rax\n"
	RETURN);

/* A function that writes to what its caller has on the stack. */
FUNCTION(context_write_above,
	"mov context_hook(%rip), %rax\n"
	"mov %rax, 8(%rsp)\n"
	RETURN);
FUNCTION(attack_changed_frame,
	"lea context_rest(%rip), %rax\n"
	"push %rax\n"
	"call context_write_above\n"
	"pop %rax\n"
	"call *%rax\n"
	RETURN);

/* An argument in a register that C has for none. */
FUNCTION(context_write_to_rax,
	"mov context_hook(%rip), %rcx\n"
	"mov %rcx, (%rax)\n"
	RETURN);
FUNCTION(attack_pointer_in_rax,
	"lea context_rest(%rip), %rax\n"
	"push %rax\n"
	"mov %rsp, %rax\n"
	"call context_write_to_rax\n"
	"pop %rax\n"
	"call *%rax\n"
	RETURN);

/* The address of a place on the stack goes through a vector register. */
FUNCTION(attack_through_vector,
	"lea context_rest(%rip), %rax\n"
	"push %rax\n"
	"mov %rsp, %rax\n"
	"sub $16, %rsp\n"
	"movups %xmm0, (%rsp)\n"
	"push %rax\n"
	"movq (%rsp), %xmm0\n"
	"movq %xmm0, context_buffer(%rip)\n"
	"pop %rax\n"
	"movups (%rsp), %xmm0\n"
	"add $16, %rsp\n"
	"mov context_buffer(%rip), %rcx\n"
	"mov context_hook(%rip), %rdx\n"
	"mov %rdx, (%rcx)\n"
	"pop %rax\n"
	"call *%rax\n"
	RETURN);

/* The lower half of the stack pointer, and the upper half from elsewhere. */
FUNCTION(context_write_by_half,
	"lea context_rest(%rip), %rax\n"
	"push %rax\n"
	"mov %esp, %eax\n"
	"or %rdi, %rax\n"
	"mov context_hook(%rip), %rdx\n"
	"mov %rdx, (%rax)\n"
	"pop %rax\n"
	"call *%rax\n"
	RETURN);
void context_write_by_half(unsigned long upper_half);

void attack_half_of_pointer(unsigned long n)
{
	unsigned long here = (unsigned long)__builtin_frame_address(0);

	OPTIMIZER_HIDE_VAR(here);
	context_write_by_half(here >> 32 << 32);
}

/* An address that is rounded down: how far depends on where the stack begins. */
FUNCTION(attack_rounded,
	"push %rbp\n"
	"mov %rsp, %rbp\n"
	"and $-16, %rsp\n"
	"call context_round\n"
	"leave\n"
	RETURN);
FUNCTION(context_round,
	"push %rbp\n"
	"mov %rsp, %rbp\n"
	"sub $64, %rsp\n"
	"lea context_rest(%rip), %rax\n"
	"mov %rax, -16(%rbp)\n"
	"lea -12(%rbp), %rax\n"
	"and $-16, %rax\n"
	"mov context_hook(%rip), %rdx\n"
	"mov %rdx, (%rax)\n"
	"call *-16(%rbp)\n"
	"leave\n"
	RETURN);

/* A string operation that goes down. */
FUNCTION(attack_backwards,
	"lea context_rest(%rip), %rax\n"
	"push %rax\n"
	"push %rax\n"
	"lea 8(%rsp), %rdi\n"
	"mov context_hook(%rip), %rax\n"
	"mov $2, %ecx\n"
	"std\n"
	"rep stosq\n"
	"cld\n"
	"pop %rax\n"
	"pop %rcx\n"
	"call *%rax\n"
	RETURN);

/* A string operation that goes up. */
FUNCTION(attack_upwards,
	"lea context_rest(%rip), %rax\n"
	"push %rax\n"
	"mov %rsp, %rdi\n"
	"lea context_hook(%rip), %rsi\n"
	"movsq\n"
	"pop %rax\n"
	"call *%rax\n"
	RETURN);

/* A mask that lets the upper half through. */
FUNCTION(attack_upper_half,
	"mov context_wide(%rip), %rax\n"
	"or $1, %rax\n"
	"movabs $0xffffffff00000000, %rcx\n"
	"and %rcx, %rax\n"
	"test %rax, %rax\n"
	"jnz 1f\n"
	RETURN
	"1: call context_nap\n"
	RETURN);

/* The flags of the processor come from the stack. */
FUNCTION(attack_flags_popped,
	"xor %eax, %eax\n"
	"test %eax, %eax\n"
	"push $2\n"
	"popf\n"
	"sti\n"
	"jnz 1f\n"
	RETURN
	"1: call context_nap\n"
	RETURN);

/* An address that lies between the instructions is given to sort(). */
FUNCTION(attack_literal,
	"lea context_numbers(%rip), %rdi\n"
	"mov $4, %esi\n"
	"mov $8, %edx\n"
	"mov 1f(%rip), %rcx\n"
	"xor %r8d, %r8d\n"
	"jmp sort\n"
	".balign 8\n"
	"1: .quad context_compare_napping\n");

/* A part of this function is given to sort(). */
FUNCTION(attack_label_as_hook,
	"lea context_numbers(%rip), %rdi\n"
	"mov $4, %esi\n"
	"mov $8, %edx\n"
	"lea 1f(%rip), %rcx\n"
	"xor %r8d, %r8d\n"
	"jmp sort\n"
	"1: call context_nap\n"
	"xor %eax, %eax\n"
	RETURN);

/* An address in two halves, each an immediate. */
FUNCTION(attack_immediate_halves,
	"1: movl $0, context_buffer(%rip)\n"
	".reloc 1b + 6, R_X86_64_32S, context_compare_napping\n"
	"movl $-1, context_buffer+4(%rip)\n"
	"lea context_numbers(%rip), %rdi\n"
	"mov $4, %esi\n"
	"mov $8, %edx\n"
	"mov context_buffer(%rip), %rcx\n"
	"xor %r8d, %r8d\n"
	"jmp sort\n");

/* A conditional move between two constants that are read. */
asm(".pushsection .rodata\n"
    ".balign 8\n"
    "context_two: .quad context_compare_quiet, context_compare_napping\n"
    ".popsection\n");
FUNCTION(attack_conditional_move,
	"mov context_two(%rip), %rcx\n"
	"test %rdi, %rdi\n"
	"cmovnz context_two+8(%rip), %rcx\n"
	"lea context_numbers(%rip), %rdi\n"
	"mov $4, %esi\n"
	"mov $8, %edx\n"
	"xor %r8d, %r8d\n"
	"jmp sort\n");

/* An address in a constant, less 64. */
asm(".pushsection .rodata\n"
    ".balign 8\n"
    "context_less: .quad context_compare_napping - 64\n"
    ".popsection\n");
FUNCTION(attack_arithmetic,
	"mov context_less(%rip), %rcx\n"
	"mov $32, %eax\n"
	"lea (%rcx,%rax,2), %rcx\n"
	"lea context_numbers(%rip), %rdi\n"
	"mov $4, %esi\n"
	"mov $8, %edx\n"
	"xor %r8d, %r8d\n"
	"jmp sort\n");

/* A table of offsets of 32 bits, for sort(). */
asm(".pushsection .rodata\n"
    ".balign 4\n"
    "context_offsets: .long context_compare_quiet - context_offsets\n"
    ".long context_compare_napping - context_offsets\n"
    ".popsection\n");
FUNCTION(attack_offsets,
	"and $1, %edi\n"
	"lea context_offsets(%rip), %rax\n"
	"movslq (%rax,%rdi,4), %rcx\n"
	"add %rax, %rcx\n"
	"lea context_numbers(%rip), %rdi\n"
	"mov $4, %esi\n"
	"mov $8, %edx\n"
	"xor %r8d, %r8d\n"
	"jmp sort\n");

/* A table without a symbol, of which somebody knows the middle. */
asm(".pushsection .rodata\n"
    ".balign 8\n"
    ".Lcontext_table: .quad context_rest\n"
    ".Lcontext_middle: .quad context_nap\n"
    ".popsection\n"
    ".pushsection .data\n"
    ".balign 8\n"
    ".quad .Lcontext_middle\n"
    ".popsection\n");
FUNCTION(attack_table_cut,
	"and $1, %edi\n"
	"call *.Lcontext_table(,%rdi,8)\n"
	RETURN);

/* A table of jumps, one of them to another function. */
FUNCTION(attack_jumps_cut,
	"and $1, %edi\n"
	"jmp *.Lcontext_jumps+8(,%rdi,8)\n"
	".Lcontext_quiet:\n"
	RETURN
	".Lcontext_loud: call context_nap\n"
	RETURN);
FUNCTION(attack_jumps_elsewhere,
	"inc %edi\n"
	"and $3, %edi\n"
	"jmp *.Lcontext_more(,%rdi,8)\n"
	".Lcontext_more_quiet:\n"
	RETURN
	".Lcontext_more_loud: call context_nap\n"
	RETURN);
asm(".pushsection .rodata\n"
    ".balign 8\n"
    ".Lcontext_jumps: .quad .Lcontext_quiet, .Lcontext_quiet, .Lcontext_loud\n"
    ".Lcontext_more: .quad .Lcontext_more_quiet, context_rest, .Lcontext_more_loud\n"
    ".quad .Lcontext_more_quiet\n"
    ".popsection\n");

/* Another address is patched in. */
FUNCTION(attack_alternative_address,
	ALTERNATIVE("lea context_rest(%rip), %rax", "lea context_nap(%rip), %rax",
		    X86_FEATURE_ALWAYS)
	"call *%rax\n"
	RETURN);

/* A number is patched in. */
FUNCTION(attack_alternative_number,
	ALTERNATIVE("mov $0, %eax", "mov $1, %eax", X86_FEATURE_ALWAYS)
	"test %eax, %eax\n"
	"jnz 1f\n"
	RETURN
	"1: call context_nap\n"
	RETURN);

/* A jump is patched away. */
FUNCTION(attack_alternative_no_jump,
	ALTERNATIVE("jmp 9f", "", X86_FEATURE_ALWAYS)
	"call context_nap\n"
	"9: ret\n"
	"int3\n");

/* A jump within the function is patched in. */
FUNCTION(attack_alternative_jump,
	ALTERNATIVE("jmp 8f", "jmp 9f", X86_FEATURE_ALWAYS)
	"8: ret\n"
	"int3\n"
	"9: call context_nap\n"
	RETURN);

/* A conditional jump to another function is patched in. */
FUNCTION(attack_alternative_condition,
	"test %rsp, %rsp\n"
	ALTERNATIVE("", "jnz context_nap", X86_FEATURE_ALWAYS)
	RETURN);

/* A call of another function is patched in. */
FUNCTION(attack_alternative_call,
	ALTERNATIVE("call context_rest", "call context_nap", X86_FEATURE_ALWAYS)
	RETURN);

/* A return to a variable is patched in. */
FUNCTION(attack_alternative_return,
	ALTERNATIVE("", "push context_hook(%rip); ret", X86_FEATURE_ALWAYS)
	RETURN);

/* Code that is put aside with the tests of the processor. */
asm(".pushsection .altinstr_aux, \"ax\"\n"
    "context_aside: call context_nap\n"
    RETURN
    ".popsection\n");
FUNCTION(attack_aside,
	"jmp context_aside\n");

/* A transaction that does not begin. */
FUNCTION(attack_transaction,
	"1: xbegin 2f\n"
	"xabort $0\n"
	RETURN
	_ASM_EXTABLE(1b, 2f)
	"2: call context_nap\n"
	RETURN);

/* An invalid instruction, and what the exception table has for it. */
FUNCTION(attack_exception,
	"1: ud2\n"
	RETURN
	_ASM_EXTABLE(1b, 2f)
	"2: call context_nap\n"
	RETURN);

/* The handler of the fault sets the register that says so. */
FUNCTION(attack_error_code,
	"mov $-4096, %rax\n"
	"1: mov (%rax), %rcx\n"
	"xor %eax, %eax\n"
	"2:\n"
	_ASM_EXTABLE_TYPE(1b, 2b, EX_TYPE_EFAULT_REG)
	"test %eax, %eax\n"
	"jnz 3f\n"
	RETURN
	"3: call context_nap\n"
	RETURN);

/* The same by the kernel's function for registers that may not be there. */
void attack_msr(unsigned long n)
{
	u64 value;

	if (rdmsrq_safe(0xdeadbeef, &value))
		context_nap();
	WRITE_ONCE(sink, (void *)value);
}

/* A breakpoint that somebody else handles. */
FUNCTION(attack_breakpoint,
	"int3\n"
	".globl context_after_breakpoint\n"
	"context_after_breakpoint:\n"
	"call context_nap\n"
	RETURN);
extern char context_after_breakpoint[];

static int on_die(struct notifier_block *block, unsigned long event, void *data)
{
	struct die_args *args = data;

	if (event != DIE_INT3 || args->regs->ip != (unsigned long)context_after_breakpoint)
		return NOTIFY_DONE;
	return NOTIFY_STOP;
}

static struct notifier_block on_breakpoint = { .notifier_call = on_die };

/* Into the middle of another function. */
FUNCTION(context_two_parts,
	"call context_rest\n"
	"jmp 1f\n"
	".globl context_second_part\n"
	"context_second_part: call context_nap\n"
	"1: ret\n"
	"int3\n");
FUNCTION(attack_middle,
	"jmp context_second_part\n");

/* By a register, within the function. */
FUNCTION(attack_shared_end,
	"lea 1f(%rip), %rax\n"
	"jmp *%rax\n"
	"1: call context_nap\n"
	RETURN);

/* Through a table in a variable, with an index. */
unsigned long context_table[2] = { (unsigned long)context_rest, (unsigned long)context_nap };
FUNCTION(attack_indexed_call,
	"and $1, %edi\n"
	"lea context_table(%rip), %rax\n"
	"call *(%rax,%rdi,8)\n"
	RETURN);

/* Into the middle of an instruction: push context_hook; ret. */
FUNCTION(attack_middle_of_instruction,
	"lea context_hook(%rip), %rax\n"
	"lea 1f+2(%rip), %rcx\n"
	"jmp *%rcx\n"
	"1: movabs $0x9090c330ff, %rcx\n"
	RETURN);

/* GCC's nested functions, which have a register for the frame that they lie in. */
#ifdef CONFIG_CC_IS_GCC
void attack_nested_function(unsigned long n)
{
	unsigned int pause = 0;

	noinline void change(void)
	{
		pause = context_pause;
	}

	change();
	if (pause)
		context_nap();
}
#else
void attack_nested_function(unsigned long n)
{
	context_nap();
}
#endif

void context_set_up_x86(void)
{
	register_die_notifier(&on_breakpoint);
}
