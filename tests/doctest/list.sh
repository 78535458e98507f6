#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Lists the examples that builder.sh has put into a folder, as Rust.

set -e

number=0
cases=
for module in "$1"/*.rs; do
	number=$((number + 1))
	printf '#[path = "%s"]\nmod example_%d;\n' "$module" $number
	case ${module##*/} in
	run-*) cases="$cases example_$number::CASE," ;;
	esac
done

set -- $cases
cat <<END
static mut CASES: [kernel::bindings::kunit_case; $(($# + 1))] =
    [$* pin_init::zeroed()];
END
