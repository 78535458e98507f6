#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Takes an example from rustdoc, which calls this in place of rustc with a
# program on standard input, and makes a module of it in $EXAMPLES, whose lines
# have the numbers that they have in the documentation.

set -e

kind=run
while [ $# -gt 0 ]; do
	case $1 in
	--emit=metadata) kind=no_run ;;
	-o) program=$2 ;;
	esac
	shift
done

text=$program.rs
cat >"$text"

# rustdoc names the file in full, and the line in the name of a function.
file=${UNSTABLE_RUSTDOC_TEST_PATH#"$ROOT"/}
line=$(sed -n 's/^fn main() {.* _doctest_main_.*_\([0-9]*\)_[0-9]*() .*/\1/p' "$text")
: "${line:?no example in $text}"
case="$file:$line"
module=$EXAMPLES/$kind-$(echo "$file" | tr / -)-$(printf %05d "$line").rs

{
	# One line at the top, at that of the fence, in place of what rustdoc adds.
	head -c $((line - 1)) /dev/zero | tr '\0' '\n'
	echo "#![allow(unused)] use kernel::prelude::*; const __DOCTEST_FILE: &CStr = c\"$file\";"
	sed -e '1d' -e '/^#\[allow(unused_extern_crates)\]$/,+1d' \
		-e '/^fn main() {/{N;s/^/pub(super) /;s/\n/ /}' \
		-e 's/() -> Result<(), impl core::fmt::Debug> {/() -> crate::failure::Result {/' \
		-e 's/Ok::<(), Error>(())/crate::failure::OK/' \
		-e 's/^} \(_doctest_main_[a-zA-Z0-9_]*()\).unwrap() }$/} crate::failure::report(__DOCTEST_FILE, \1) }/' \
		"$text"
	echo
	if [ $kind = run ]; then
		cat <<-END
			extern "C" fn run(_test: *mut kernel::bindings::kunit) {
			    main();
			}
			pub(super) const CASE: kernel::bindings::kunit_case =
			    kernel::kunit::kunit_case(c"$case", run);
		END
	fi
} >"$module"

# It runs what was built, in vain.
printf '#!/bin/sh\n' >"$program"
chmod +x "$program"
