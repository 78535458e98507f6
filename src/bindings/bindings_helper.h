/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the `kernel` crate has no bindings for, and this crate needs: the input
 * of bindgen.
 */

/* Sorted alphabetically. */
#include <linux/clk.h>
#include <linux/cpu_pm.h>
#include <linux/inetdevice.h>
#include <linux/kdebug.h>
#include <linux/kmsg_dump.h>
#include <linux/memory.h>
#include <linux/netdevice.h>
#include <linux/oom.h>
#include <linux/panic_notifier.h>
#include <linux/reboot.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/srcu.h>
#include <linux/suspend.h>
#include <linux/version.h>
#include <net/addrconf.h>
#include <net/neighbour.h>
#include <net/netevent.h>

/* See helpers.c. */
unsigned long notifier_chain_instruction_pointer(struct pt_regs *regs);
int notifier_chain_init_srcu(struct srcu_struct *srcu, const char *name,
			     struct lock_class_key *key);
bool notifier_chain_kdump_loaded(void);
void notifier_chain_might_sleep(void);
int notifier_chain_register_kmsg_dump(enum kmsg_dump_reason max_reason,
				      struct notifier_block *block);
void notifier_chain_unregister_kmsg_dump(struct notifier_block *block);
int notifier_chain_register_sys_off(enum sys_off_mode mode, struct notifier_block *block);
void notifier_chain_unregister_sys_off(struct notifier_block *block);
bool notifier_chain_user_mode(struct pt_regs *regs);
void notifier_chain_watch(void (*unregister)(void *), void *registration);

/* See network.c. */
void notifier_chain_inet6addr_copy(const struct inet6_ifaddr *ifa, u8 *to);
struct net_device *notifier_chain_inet6addr_device(const struct inet6_ifaddr *ifa);
u32 notifier_chain_inet6addr_prefix_len(const struct inet6_ifaddr *ifa);
struct net_device *notifier_chain_inetaddr_device(const struct in_ifaddr *ifa);
__be32 notifier_chain_inetaddr_local(const struct in_ifaddr *ifa);
u8 notifier_chain_inetaddr_prefix_len(const struct in_ifaddr *ifa);
u8 notifier_chain_neigh_address(const struct neighbour *neigh, u8 *to);
struct net_device *notifier_chain_neigh_device(const struct neighbour *neigh);
u8 notifier_chain_neigh_ip(const struct neighbour *neigh, u8 *to);
bool notifier_chain_neigh_is_dead(const struct neighbour *neigh);
u8 notifier_chain_neigh_state(const struct neighbour *neigh);
unsigned int notifier_chain_neigh_parms_delay(const struct neigh_parms *parms);
struct net_device *notifier_chain_neigh_parms_device(const struct neigh_parms *parms);
bool notifier_chain_neigh_parms_is_ipv6(const struct neigh_parms *parms);
u8 notifier_chain_netdev_address(const struct net_device *dev, u8 *to);
u8 notifier_chain_netdev_copy(const struct net_device *dev, const u8 *from, u8 *to);
int notifier_chain_netdev_index(const struct net_device *dev);
struct net *notifier_chain_netdev_init_net(void);
bool notifier_chain_netdev_is_up(const struct net_device *dev);
unsigned int notifier_chain_netdev_mtu(const struct net_device *dev);
const char *notifier_chain_netdev_name(const struct net_device *dev);
u32 notifier_chain_netdev_old_mtu(const struct netdev_notifier_info *info);
struct net *notifier_chain_netdev_namespace(const struct net_device *dev);

/* See panic_notifiers.c. */
int notifier_chain_panic_wants(const char *name);
void notifier_chain_panic_enter(void);
void notifier_chain_panic_leave(void);

/* See tracepoints.c. */
struct notifier_chain_task_exit {
	pid_t pid;
	pid_t tgid;
	int exit_code;
	bool group_dead;
	char comm[TASK_COMM_LEN];
};

struct notifier_chain_signal {
	pid_t pid;
	int number;
	int code;
	int error;
	unsigned long handler;
};

int notifier_chain_register_task_exit(struct notifier_block *block);
int notifier_chain_unregister_task_exit(struct notifier_block *block);
int notifier_chain_register_signal(struct notifier_block *block);
int notifier_chain_unregister_signal(struct notifier_block *block);

/* Macros that call others, which bindgen passes over. */
static const unsigned long NOTIFIER_CHAIN_PRE_RATE_CHANGE = PRE_RATE_CHANGE;
static const unsigned long NOTIFIER_CHAIN_POST_RATE_CHANGE = POST_RATE_CHANGE;
static const unsigned long NOTIFIER_CHAIN_ABORT_RATE_CHANGE = ABORT_RATE_CHANGE;

/* Macros with casts, which bindgen passes over. */
static const unsigned long NOTIFIER_CHAIN_SIG_DFL = (unsigned long)SIG_DFL;
static const unsigned long NOTIFIER_CHAIN_SIG_IGN = (unsigned long)SIG_IGN;
