#include "swtpm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_socket(void *ctx, const char *path, bool write)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)ctx, (void)write;
	snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		int error = -errno;
		close(fd);
		return error;
	}
	return fd < 0 ? -errno : fd;
}

static ssize_t read_socket(void *ctx, int fd, void *out, size_t cap)
{
	return device_system.read(ctx, fd, out, cap);
}

static ssize_t write_socket(void *ctx, int fd, const void *bytes, size_t len)
{
	return device_system.write(ctx, fd, bytes, len);
}

static void close_socket(void *ctx, int fd)
{
	device_system.close(ctx, fd);
}

static void pause_ms(void *ctx, unsigned ms)
{
	device_system.pause(ctx, ms);
}

const struct device_calls swtpm_device = {
    .open = open_socket, .read = read_socket, .write = write_socket, .close = close_socket, .pause = pause_ms};

_Noreturn static void become(const struct swtpm *t)
{
	char state[96], server[128], control[128];
	int nothing = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(nothing, 1);
	dup2(nothing, 2);
	snprintf(state, sizeof state, "dir=%s", t->folder);
	snprintf(server, sizeof server, "type=unixio,path=%s", t->socket);
	snprintf(control, sizeof control, "type=unixio,path=%s.ctrl", t->socket);
	execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", state, "--server", server, "--ctrl", control,
	    "--flags", "not-need-init,startup-clear", (char *)NULL);
	_exit(127);
}

bool swtpm_start(struct swtpm *t)
{
	if (!t->folder[0]) {
		strcpy(t->folder, "/tmp/parley-tpm-XXXXXX");
		if (!mkdtemp(t->folder))
			return false;
		snprintf(t->socket, sizeof t->socket, "%s/socket", t->folder);
	}
	unlink(t->socket);
	t->pid = fork();
	if (t->pid == 0)
		become(t);
	for (int i = 0; i < 200; i++) {
		int fd = open_socket(NULL, t->socket, true);
		if (fd >= 0) {
			close(fd);
			return true;
		}
		if (waitpid(t->pid, NULL, WNOHANG) == t->pid)
			break;
		poll(NULL, 0, 50);
	}
	return false;
}

void swtpm_stop(struct swtpm *t)
{
	kill(t->pid, SIGTERM);
	waitpid(t->pid, NULL, 0);
}

void swtpm_remove(struct swtpm *t)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf '%s'", t->folder);
	if (t->folder[0] && system(command) != 0)
		perror(t->folder);
}
