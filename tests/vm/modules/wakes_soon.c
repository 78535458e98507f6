// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command with alarms set for each of the next 30 seconds. The kernel
 * gives up a suspend when it finds an alarm that is due in less than two.
 */

#include <stdio.h>
#include <sys/timerfd.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	struct itimerspec alarm = {};
	int fd;

	if (argc < 2) {
		fprintf(stderr, "usage: %s COMMAND...\n", argv[0]);
		return 2;
	}

	for (alarm.it_value.tv_sec = 1; alarm.it_value.tv_sec <= 30; alarm.it_value.tv_sec++) {
		fd = timerfd_create(CLOCK_BOOTTIME_ALARM, 0);
		if (fd < 0 || timerfd_settime(fd, 0, &alarm, NULL)) {
			perror("timerfd");
			return 1;
		}
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 1;
}
