# SPDX-License-Identifier: GPL-2.0
#
#	make KDIR=... LLVM=1			builds the library into the samples
#	make KDIR=... LLVM=1 modules_install	installs them
#	make KDIR=... clean
#
# KDIR is the build tree of a kernel with CONFIG_RUST, by default that of the
# running kernel. MO=... puts what is built in another folder than this one.
# TESTS=y builds the modules that test the library, too. One of them crashes the
# machine.

KDIR ?= /lib/modules/$(shell uname -r)/build
RUSTC ?= rustc

export NOTIFIER_CHAIN := $(CURDIR)
export TESTS

.PHONY: all modules modules_install clean

all: modules

modules modules_install:
	$(MAKE) -C $(KDIR) M=$(CURDIR) $(if $(MO),MO=$(abspath $(MO))) \
		RUSTC=$(RUSTC) $@

# Kbuild cleans whatever is below M, and Cargo's objects are below here.
clean:
ifdef MO
	$(MAKE) -C $(KDIR) M=$(CURDIR) MO=$(abspath $(MO)) $@
else
	$(MAKE) -C $(KDIR) M=$(CURDIR)/samples $@
	$(MAKE) -C $(KDIR) M=$(CURDIR)/tests $@
	$(RM) Module.symvers modules.order .module-common.o .*.cmd
endif

# What would otherwise end in a page of errors ends in one line.

ifeq ($(wildcard $(KDIR)/Makefile),)
$(error KDIR=$(KDIR): there is no kernel build tree; give one with KDIR=)
endif

ifneq ($(filter-out clean,$(or $(MAKECMDGOALS),all)),)
-include $(KDIR)/include/config/auto.conf

rustc-version := $(subst \#,,$(shell $(RUSTC) --version 2>/dev/null))

ifeq ($(wildcard $(KDIR)/include/config/auto.conf),)
$(error KDIR=$(KDIR): this kernel is not configured yet; build it first)
endif
ifneq ($(CONFIG_RUST),y)
$(error KDIR=$(KDIR): this kernel has no Rust support; build one with CONFIG_RUST=y)
endif
ifeq ($(wildcard $(KDIR)/rust/libkernel.rmeta),)
$(error KDIR=$(KDIR): this kernel tree has no Rust metadata (rust/libkernel.rmeta): \
it was not built here, or its distribution leaves that out)
endif
ifneq ($(rustc-version),$(CONFIG_RUSTC_VERSION_TEXT))
$(error KDIR=$(KDIR): this kernel was built by "$(CONFIG_RUSTC_VERSION_TEXT)", but \
$(RUSTC) is "$(rustc-version)"; give the same one with RUSTC=)
endif
ifneq ($(CONFIG_CC_IS_CLANG),y)
$(error KDIR=$(KDIR): this kernel was built with GCC, whose flags bindgen does not \
understand; build it with LLVM=1)
endif
ifeq ($(LLVM),)
$(error KDIR=$(KDIR): this kernel was built with Clang; add LLVM=1)
endif

include $(NOTIFIER_CHAIN)/Makefile.crates
export STATIC_ASSERTIONS := $(static-assertions)
endif
