// SPDX-License-Identifier: GPL-2.0
/* What no C compiler writes, or hardly ever, but which arm64 processors do. */

#include "attacks.h"
#include "attacks_list.h"

/* A function in assembly, as other files see it. */
#define FUNCTION(name, code)					\
	asm(".pushsection .text\n"				\
	    ".balign 4\n"					\
	    ".globl " #name "\n"				\
	    ".type " #name ", %function\n"			\
	    #name ":\n"						\
	    code						\
	    ".size " #name ", . - " #name "\n"			\
	    ".popsection\n")

#define HOOK(register)						\
	"adrp " #register ", context_hook\n"			\
	"ldr " #register ", [" #register ", :lo12:context_hook]\n"

#define ENTER "stp x29, x30, [sp, #-32]!\n"
#define LEAVE "ldp x29, x30, [sp], #32\n"

/* A jump by the register that linkers have for themselves. */
FUNCTION(attack_br_x16,
	HOOK(x16)
	"br x16\n");

/* A call by it. */
FUNCTION(attack_blr_x17,
	ENTER
	HOOK(x17)
	"blr x17\n"
	LEAVE
	"ret\n");

/* A return to what is in another register. */
FUNCTION(attack_ret_register,
	HOOK(x9)
	"ret x9\n");

/* The link register is set, and returned to. */
FUNCTION(attack_link_register,
	"mov x10, x30\n"
	ENTER
	"adr x30, 1f\n"
	"stp x30, x10, [sp, #16]\n"
	HOOK(x9)
	"mov x30, x9\n"
	"adr x10, 1f\n"
	"blr x30\n"
	"1:\n"
	LEAVE
	"ret\n");

/* The address of a part of this function, and a return to there. */
FUNCTION(attack_adr_ret,
	"adr x9, 1f\n"
	"ret x9\n"
	"1: b context_nap\n");

/* The saved link register is overwritten on the stack. */
FUNCTION(attack_saved_link,
	"stp x29, x30, [sp, #-32]!\n"
	HOOK(x9)
	"str x30, [sp, #16]\n"
	"str x9, [sp, #8]\n"
	"ldr x10, [sp, #16]\n"
	"ldp x29, x9, [sp], #32\n"
	"mov x30, x10\n"
	"ret x9\n");

/* A pair of pointers. */
FUNCTION(attack_pair,
	ENTER
	"adrp x9, context_pair\n"
	"add x9, x9, :lo12:context_pair\n"
	"ldp x10, x11, [x9]\n"
	"blr x11\n"
	LEAVE
	"ret\n");
void (*context_pair[2])(void) = { context_rest, context_nap };

/* A pointer that is signed, and jumped to: where the processor cannot, it is as it was. */
FUNCTION(attack_signed,
	ENTER
	HOOK(x17)
	"mov x16, #0\n"
	"hint #8\n"	/* pacia1716 */
	"hint #12\n"	/* autia1716 */
	"blr x17\n"
	LEAVE
	"ret\n");

/* An address that lies between the instructions. */
FUNCTION(attack_literal,
	"ldr x16, 1f\n"
	"br x16\n"
	".balign 8\n"
	"1: .quad context_nap\n");

/* One bit decides. */
FUNCTION(attack_bit_branch,
	"tbz x0, #0, 1f\n"
	"b context_nap\n"
	"1: ret\n");

/* One of two pointers. */
FUNCTION(attack_select,
	"adrp x9, context_rest\n"
	"add x9, x9, :lo12:context_rest\n"
	HOOK(x10)
	"cmp x0, #0\n"
	"csel x9, x9, x10, eq\n"
	"br x9\n");

/* A register that functions preserve, and this one does not. */
FUNCTION(context_change_x19,
	HOOK(x19)
	"ret\n");
FUNCTION(attack_changed_register,
	ENTER
	"str x19, [sp, #16]\n"
	"adrp x19, context_rest\n"
	"add x19, x19, :lo12:context_rest\n"
	"bl context_change_x19\n"
	"blr x19\n"
	"ldr x19, [sp, #16]\n"
	LEAVE
	"ret\n");

/* A function that ends with a call and goes on in the next one. */
FUNCTION(attack_falls_through,
	ENTER
	"bl context_rest\n");
FUNCTION(context_fallen_into,
	"bl context_nap\n"
	LEAVE
	"ret\n");
