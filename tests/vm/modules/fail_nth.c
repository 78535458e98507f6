// SPDX-License-Identifier: GPL-2.0
/*
 * Loads a module again and again, and each time the next one of all allocations
 * that loading it takes fails, until there are no more. It must be refused then,
 * or do without what it did not get; either way it is gone afterwards.
 *
 *	fail_nth FILE PARAMETERS
 */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FAIL_NTH "/proc/thread-self/fail-nth"

/* How often loading failed, by errno. */
static int refused[134];

static int fail_nth;

static void set(int nth)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", nth);

	if (pwrite(fail_nth, text, length, 0) != length)
		err(EXIT_FAILURE, FAIL_NTH);
}

/*
 * Loads a module while the nth allocation fails. Returns 0 or an errno, and in
 * @left how many more it would have taken for that to happen.
 */
static int load(const char *file, const char *parameters, int nth, int *left)
{
	int module = open(file, O_RDONLY);
	char text[16] = "";
	int error = 0;

	if (module < 0)
		err(EXIT_FAILURE, "%s", file);
	set(nth);
	if (syscall(SYS_finit_module, module, parameters, 0))
		error = errno;
	if (pread(fail_nth, text, sizeof(text) - 1, 0) < 0)
		err(EXIT_FAILURE, FAIL_NTH);
	set(0);
	close(module);
	*left = atoi(text);
	return error;
}

static void unload(const char *name)
{
	if (syscall(SYS_delete_module, name, O_NONBLOCK))
		err(EXIT_FAILURE, "%s cannot be unloaded", name);
}

int main(int argc, char **argv)
{
	char name[64] = "";
	int without = 0, left, nth, error;

	if (argc != 3)
		errx(EXIT_FAILURE, "give a module, and its parameters");
	sscanf(strrchr(argv[1], '/') + 1, "%63[^.]", name);
	/* The kernel's log takes one line a write. */
	setlinebuf(stdout);
	fail_nth = open(FAIL_NTH, O_RDWR);
	if (fail_nth < 0)
		err(EXIT_FAILURE, FAIL_NTH);
	/* What is allocated for this process itself shall not fail. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		err(EXIT_FAILURE, "mlockall");

	for (nth = 1;; nth++) {
		error = load(argv[1], argv[2], nth, &left);
		if (!error)
			unload(name);
		/* There was nothing left to fail. */
		if (left && error)
			errx(EXIT_FAILURE, "%s: %s", argv[1], strerror(error));
		if (left)
			break;
		if (!error)
			without++;
		else if (error == EEXIST || error >= (int)(sizeof(refused) / sizeof(*refused)))
			errx(EXIT_FAILURE, "allocation %d: %s", nth, strerror(error));
		else
			refused[error]++;
	}
	for (error = 0; error < (int)(sizeof(refused) / sizeof(*refused)); error++)
		if (refused[error])
			printf("%s: refused %d times: %s\n", name, refused[error],
			       strerror(error));
	printf("%s: did without %d times\n", name, without);
	printf("%s: each of %d allocations has failed, one a time\n", name, nth - 1);
	return EXIT_SUCCESS;
}
