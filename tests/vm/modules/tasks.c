// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that are delivered a signal each, and exit. What happens to the nth
 * of them follows from n, and task_events_main.rs knows it, too.
 *
 *	tasks			writes the address of the signal handler
 *	tasks COUNT		starts COUNT processes, on two CPUs in turn
 *	tasks COUNT FILE	and meanwhile opens and closes FILE on both
 */

#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CPUS 2

static void on_signal(int number)
{
}

static void deliver(int n)
{
	/* Blocked, so that it is not thrown away at once if it is ignored. */
	int number = n % 3 == 2 ? SIGWINCH : 40 + n % 20;
	siginfo_t info = {
		.si_signo = number,
		.si_code = -100 - n % 50,
		.si_errno = n + 1,
	};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(number, n % 3 == 0 ? on_signal : n % 3 == 1 ? SIG_IGN : SIG_DFL);
	if (syscall(SYS_rt_sigqueueinfo, getpid(), number, &info))
		err(EXIT_FAILURE, "rt_sigqueueinfo");
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int process(void *data)
{
	const int n = *(int *)data;
	const struct rlimit core = { RLIM_INFINITY, RLIM_INFINITY };
	char name[16];

	snprintf(name, sizeof(name), "%d-%d", n, getpid());
	prctl(PR_SET_NAME, name);
	deliver(n);

	if (n % 1000 == 500) {
		setrlimit(RLIMIT_CORE, &core);
		kill(getpid(), SIGQUIT);
	} else if (n % 8 == 7) {
		kill(getpid(), SIGTERM);
	}
	return n & 0xff;
}

static pid_t child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(EXIT_FAILURE, "fork");
	return pid;
}

static void stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(EXIT_FAILURE, "CPU %d", cpu);
}

static void work(int cpu, int count)
{
	static char stack[16384] __attribute__((aligned(16)));
	int n;

	stay_on(cpu);
	for (n = cpu; n < count; n += CPUS) {
		/* With the memory of its parent, it is there in a fraction of the time. */
		pid_t pid = clone(process, stack + sizeof(stack),
				  CLONE_VM | CLONE_VFORK | SIGCHLD, &n);

		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			err(EXIT_FAILURE, "process %d", n);
	}
	_exit(EXIT_SUCCESS);
}

static void visit(int cpu, const char *file)
{
	stay_on(cpu);
	for (;;) {
		int fd = open(file, O_RDONLY);

		if (fd < 0)
			err(EXIT_FAILURE, "%s", file);
		close(fd);
	}
}

int main(int argc, char **argv)
{
	pid_t workers[CPUS], visitors[CPUS];
	int cpu, status, failed = 0;

	if (argc < 2) {
		printf("%lu\n", (unsigned long)on_signal);
		return EXIT_SUCCESS;
	}
	for (cpu = 0; argc > 2 && cpu < CPUS; cpu++) {
		visitors[cpu] = child();
		if (!visitors[cpu])
			visit(cpu, argv[2]);
	}
	for (cpu = 0; cpu < CPUS; cpu++) {
		workers[cpu] = child();
		if (!workers[cpu])
			work(cpu, atoi(argv[1]));
	}
	for (cpu = 0; cpu < CPUS; cpu++) {
		waitpid(workers[cpu], &status, 0);
		failed |= status;
	}
	for (cpu = 0; argc > 2 && cpu < CPUS; cpu++) {
		kill(visitors[cpu], SIGKILL);
		waitpid(visitors[cpu], &status, 0);
		/* One that has ended before has failed. */
		failed |= !WIFSIGNALED(status);
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
