# SPDX-License-Identifier: GPL-2.0
#
#	make KDIR=... LLVM=1			builds the library into the samples
#	make KDIR=... LLVM=1 modules_install	installs them
#	make KDIR=... clean
#	make install				copies the library to /usr/src, for
#						drivers elsewhere
#	make KDIR=... CONTEXT_CHECK=n		without reading the object code, see
#						Makefile.context-check
#
# KDIR is the build tree of a kernel with CONFIG_RUST, by default that of the
# running kernel. MO=... puts what is built in another folder than this one.
# FOLDERS says where the modules to build are: those in tests/ test the library,
# and one of them crashes the machine.

NOTIFIER_CHAIN := $(CURDIR)
FOLDERS ?= samples/
export NOTIFIER_CHAIN FOLDERS

.PHONY: all modules modules_install clean install

all: modules

include Makefile.checks

# What tests have for handlers breaks the rules, some of it on purpose.
ifneq ($(filter tests/%,$(FOLDERS)),)
override CONTEXT_CHECK := n
endif
include Makefile.context-check

kbuild = -C $(KDIR) M=$(CURDIR) $(if $(MO),MO=$(abspath $(MO))) \
	RUSTC=$(RUSTC)

modules:
	$(MAKE) $(kbuild) $@
	$(call context-check,$(CURDIR),$(or $(MO),$(CURDIR)))

modules_install:
	$(MAKE) $(kbuild) $@

# Kbuild cleans whatever is below M, and Cargo's objects are below here.
clean:
ifdef MO
	$(MAKE) -C $(KDIR) M=$(CURDIR) MO=$(abspath $(MO)) $@
else
	$(MAKE) -C $(KDIR) M=$(CURDIR)/samples $@
	$(MAKE) -C $(KDIR) M=$(CURDIR)/tests $@
	$(RM) Module.symvers modules.order .module-common.o .*.cmd
endif

# An installed copy builds without Cargo, and so by root: it has the crate that
# is otherwise Cargo's to find.
prefix ?= /usr
installed = $(DESTDIR)$(prefix)/src/notifier-chain
install: static-assertions-src = $(patsubst %/,%,$(dir $(static-assertions)))
install:
	@{ rm -rf $(installed) && mkdir -p $(installed)/static_assertions; } 2>/dev/null || \
		{ echo "$(installed): cannot write there; install as root," \
			"or elsewhere with prefix= or DESTDIR="; exit 1; } >&2
	cp -R src LICENSE README.md Makefile.checks Makefile.context-check \
		Makefile.crates Makefile.driver $(installed)
	cp -R $(static-assertions-src) \
		$(wildcard $(dir $(static-assertions-src))LICENSE*) \
		$(installed)/static_assertions
