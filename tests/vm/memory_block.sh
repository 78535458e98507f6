# SPDX-License-Identifier: GPL-2.0
#
# Finds a block of memory that the kernel can take out of use, unless somebody refuses. Sets $block.

# A block with a hole, as the firmware makes at the end of the memory, never goes. Hence not the last.
movable=
last=
for each in $(echo /sys/devices/system/memory/memory* | tr ' ' '\n' | sort -V); do
	[ "$(cat "$each/valid_zones")" != Movable ] || { movable="$movable $last" last=$each; }
done
# Nor does one with pages of the debug kernel's own.
for block in $movable; do
	if echo offline >"$block/state"; then
		echo online_movable >"$block/state"
		break
	fi
done
[ -n "$block" ]

size=$((0x$(cat /sys/devices/system/memory/block_size_bytes)))
start=$((0x$(cat "$block/phys_index") * size))
printf 'the block has %d pages from 0x%x to 0x%x\n' $((size / 4096)) $start $((start + size))
