# SPDX-License-Identifier: GPL-2.0
#
#	make KDIR=...				builds the library into the samples
#	make KDIR=... modules_install		installs them
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

kbuild = -C $(KDIR) $(kernel-is-built-with) M=$(CURDIR) $(if $(MO),MO=$(abspath $(MO))) \
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
# is otherwise Cargo's to find. It takes the place of an older copy as a whole, and
# of nothing else.
prefix ?= /usr
installed = $(DESTDIR)$(prefix)/src/notifier-chain
copied = src scripts wire/src LICENSE README.md Makefile.checks Makefile.context-check \
	Makefile.crates Makefile.driver
install: static-assertions-src = $(patsubst %/,%,$(dir $(static-assertions)))
install:
	@set -e; to="$(installed)"; fail() { echo "$$to: $$1" >&2; exit 1; }; \
	case "$$to" in *[[:space:]]*) \
		fail "the kernel's build takes no folder with spaces in its name" ;; \
	esac; \
	test ! -e "$$to" -o -e "$$to/static_assertions" -a ! -e "$$to/.git" || \
		fail "this folder is no copy of notifier-chain; move it away"; \
	mkdir -p "$${to%/*}" 2>/dev/null && new=`mktemp -d "$$to.XXXXXX" 2>/dev/null` || \
		fail "cannot write there; install as root, or elsewhere with prefix= or DESTDIR="; \
	trap 'rm -rf "$$new"' EXIT; \
	chmod 755 "$$new"; \
	cp -R --parents $(copied) "$$new"; \
	mkdir "$$new/static_assertions"; \
	cp -R $(static-assertions-src) $(wildcard $(dir $(static-assertions-src))LICENSE*) \
		"$$new/static_assertions"; \
	rm -rf "$$to"; \
	mv "$$new" "$$to"
