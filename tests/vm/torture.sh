# SPDX-License-Identifier: GPL-2.0
#
# Chains of all kinds under torture. Loading the module takes as long as that does, and fails if a rule was broken.

. /common.sh

echo "torture begins"
insmod /modules/notifier_chain_torture.ko seconds="$seconds" cpus="$cpus" threads="$threads" seed="$seed"
rmmod notifier_chain_torture
leaks
