# SPDX-License-Identifier: GPL-2.0
#
#	make KDIR=... LLVM=1			the library and the samples
#	make KDIR=... LLVM=1 modules_install
#	make KDIR=... clean
#
# KDIR is a kernel build tree with CONFIG_RUST, and defaults to that of the
# running kernel. MO=... puts what is built elsewhere.

KDIR ?= /lib/modules/$(shell uname -r)/build

export NOTIFIER_CHAIN := $(CURDIR)

all: modules

modules modules_install clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) $(if $(MO),MO=$(MO)) $@

.PHONY: all check modules modules_install clean
