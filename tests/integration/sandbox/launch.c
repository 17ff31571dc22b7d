#include "launch.h"

#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

char launch_key[] = "/tmp/parley-sandbox-XXXXXX";

int launch_setup(void **state)
{
	int fd = mkstemp(launch_key); /* mode 0600 */

	(void)state;
	if (fd < 0)
		return -1;
	bool ok = dprintf(fd, LAUNCH_KEY_LINE) > 0;
	return close(fd) == 0 && ok && crypto_init() == ST_OK ? 0 : -1;
}

int launch_teardown(void **state)
{
	(void)state;
	return unlink(launch_key);
}

static void become_launcher(int host, const struct launch_options *o)
{
	const char *argv[8] = {"parley-launch", "--root", o->key ? o->key : launch_key, "--enclave", o->enclave};

	if (o->libraries)
		argv[5] = "--libraries", argv[6] = o->libraries;
	dup2(open("/dev/null", O_RDWR), 1);
	if (host == 3)
		fcntl(3, F_SETFD, 0);
	else
		dup2(host, 3);
	setenv("SECRET_OF_THE_HOST", "1", 1);
	if (o->user && (setgid(o->user) != 0 || setuid(o->user) != 0))
		_exit(98);
	execv(PARLEY_BIN_DIR "/parley-launch", (char *const *)argv);
	_exit(99);
}

pid_t launch(int *host, const struct launch_options *options)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	pid_t pid = fork();
	if (pid == 0)
		become_launcher(ends[1], options);
	close(ends[1]);
	*host = ends[0];
	return pid;
}

int launch_ask(pid_t launcher, int host, char what, char *answer, size_t cap, size_t *len)
{
	size_t got = 0;
	int status;
	ssize_t n;

	assert_int_equal(write(host, &what, 1), 1);
	while (got < cap - 1 && (n = read(host, answer + got, cap - 1 - got)) > 0)
		got += (size_t)n;
	answer[got] = 0;
	if (len)
		*len = got;
	close(host);
	assert_int_equal(waitpid(launcher, &status, 0), launcher);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

int launch_probe(char what, char *answer, size_t cap)
{
	int host;
	pid_t pid = launch(&host, &(struct launch_options){.enclave = SANDBOX_PROBE});

	return launch_ask(pid, host, what, answer, cap, NULL);
}

pid_t launch_child_of(pid_t pid)
{
	char path[64];
	int child = 0;

	for (int tries = 0; tries < 500 && child == 0; tries++) {
		snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
		FILE *f = fopen(path, "r");
		if (!f || fscanf(f, "%d", &child) != 1)
			usleep(10000);
		if (f)
			fclose(f);
	}
	return child;
}

bool launch_measure(char hex[static 2 * HASH_LEN + 1], const char *enclave, const char *libraries)
{
	char command[1024];

	snprintf(command, sizeof command, "%s/parley-launch --measure --enclave '%s'%s%s 2>/dev/null", PARLEY_BIN_DIR, enclave,
	    libraries ? " --libraries " : "", libraries ? libraries : "");
	FILE *f = popen(command, "r");
	bool ok = f && fgets(hex, 2 * HASH_LEN + 1, f) && strlen(hex) == 2 * HASH_LEN;
	return f && pclose(f) == 0 && ok;
}
