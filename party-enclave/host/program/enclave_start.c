/*
 * How an enclave comes to run and the host to its channel: the software TEE's launcher, any program whose descriptor 3 is the
 * channel, or an enclave that runs already and listens. None of it is trusted by anybody else: evidence says what runs.
 */
#include "program.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

enum {
	ENCLAVE_FD = 3,
	SOCKET_BUFFER = 1 << 20,
	ARGUMENTS_MAX = 16,
	TEXT_MAX = 1024,
	CONNECT_MS = 30000,
	CONNECT_PAUSE_MS = 100
};

static const char *after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return text && strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

bool enclave_is_launched(const char *enclave)
{
	return !after(enclave, "exec:") && !after(enclave, "unix:") && !after(enclave, "tcp:") &&
	       !after(enclave, "vsock:");
}

static void set_buffers(int fd)
{
	int bytes = SOCKET_BUFFER;
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

/* ---- a child process ---- */
struct command {
	char text[TEXT_MAX]; /* the arguments, each ended by 0 */
	const char *argv[ARGUMENTS_MAX + 1];
};

/* parley-launch lies beside this program. */
static void launcher_command(struct command *c, const struct arguments *a)
{
	ssize_t len = readlink("/proc/self/exe", c->text, sizeof c->text - 16);
	size_t n = 0;

	c->text[len > 0 ? len : 0] = 0;
	char *slash = strrchr(c->text, '/');
	snprintf(slash ? slash + 1 : c->text, 16, "parley-launch");
	c->argv[n++] = c->text;
	c->argv[n++] = "--root";
	c->argv[n++] = a->tee_root;
	if (a->enclave) {
		c->argv[n++] = "--enclave";
		c->argv[n++] = a->enclave;
	}
}

/* Split at spaces; there is no quoting. */
static enum status exec_command(struct command *c, const char *text, struct problem *problem)
{
	size_t n = 0;

	if (strlen(text) >= sizeof c->text)
		return problem_set(problem, ST_ARGUMENT, "--enclave", NULL, "the command is too long");
	strcpy(c->text, text);
	for (char *rest = c->text, *part; (part = strsep(&rest, " ")) != NULL;) {
		if (!*part)
			continue;
		if (n == ARGUMENTS_MAX)
			return problem_set(
			    problem, ST_ARGUMENT, "--enclave", NULL, "the command has too many arguments");
		c->argv[n++] = part;
	}
	return n ? ST_OK : problem_set(problem, ST_ARGUMENT, "--enclave", "exec:PROGRAM", "there is no program");
}

_Noreturn static void become(const struct command *c, int channel, int out)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Descriptors above the channel are close-on-exec; the channel's number may collide with `out`. */
	int out_copy = fcntl(out, F_DUPFD, 16), channel_copy = fcntl(channel, F_DUPFD, 16);
	if (out_copy < 0 || channel_copy < 0 || dup2(out_copy, 1) < 0 || dup2(channel_copy, ENCLAVE_FD) < 0)
		_exit(EXIT_CODE_OS);
	close(out_copy);
	close(channel_copy);
	execv(c->argv[0], (char *const *)(uintptr_t)c->argv);
	dprintf(2, "parley-host: cannot run %s: %s\n", c->argv[0], strerror(errno));
	_exit(EXIT_CODE_OS);
}

static enum status start(struct enclave_link *e, const struct command *c, struct problem *problem)
{
	int channel[2], out[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0 || pipe2(out, O_CLOEXEC) != 0)
		return problem_set(
		    problem, ST_TEE_LAUNCH, "enclave", NULL, "no socket for the enclave: %s", strerror(errno));
	set_buffers(channel[0]);
	set_buffers(channel[1]);
	e->launcher = fork();
	if (e->launcher == 0)
		become(c, channel[1], out[1]);
	close(channel[1]);
	close(out[1]);
	if (e->launcher < 0)
		return problem_set(
		    problem, ST_TEE_LAUNCH, "enclave", NULL, "cannot start %s: %s", c->argv[0], strerror(errno));
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	e->fd = channel[0];
	e->report = out[0];
	return ST_OK;
}

/* ---- an enclave that listens ---- */
struct address {
	union {
		struct sockaddr any;
		struct sockaddr_un un;
		struct sockaddr_in in;
		struct sockaddr_vm vm;
	} to;
	socklen_t len;
};

static bool get_number(const char *text, char end_with, unsigned long max, unsigned long *out)
{
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*out = strtoul(text, &end, 10);
	return errno == 0 && *end == end_with && *out <= max;
}

static bool parse_vsock(struct address *a, const char *text)
{
	const char *colon = strchr(text, ':');
	unsigned long cid, port;

	if (!colon || !get_number(text, ':', UINT32_MAX, &cid) || !get_number(colon + 1, 0, UINT32_MAX, &port))
		return false;
	a->to.vm = (struct sockaddr_vm){.svm_family = AF_VSOCK, .svm_cid = (unsigned)cid, .svm_port = (unsigned)port};
	a->len = sizeof a->to.vm;
	return true;
}

static bool parse_tcp(struct address *a, const char *text)
{
	const char *colon = strrchr(text, ':');
	char host[INET_ADDRSTRLEN];
	unsigned long port;

	if (!colon || (size_t)(colon - text) >= sizeof host || !get_number(colon + 1, 0, 65535, &port))
		return false;
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = 0;
	a->to.in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	a->len = sizeof a->to.in;
	return inet_pton(AF_INET, host, &a->to.in.sin_addr) == 1;
}

static bool parse_address(struct address *a, const char *text)
{
	const char *path = after(text, "unix:");

	if (!path)
		return after(text, "vsock:") ? parse_vsock(a, after(text, "vsock:"))
					     : parse_tcp(a, after(text, "tcp:"));
	if (!*path || strlen(path) >= sizeof a->to.un.sun_path)
		return false;
	a->to.un = (struct sockaddr_un){.sun_family = AF_UNIX};
	strcpy(a->to.un.sun_path, path);
	a->len = sizeof a->to.un;
	return true;
}

/* One that does not answer at all must not hold the host for the system's own minutes: connect() gives up at the deadline too. */
static int try_once(const struct address *a, int64_t left_ms, int *error)
{
	const struct timeval left = {.tv_sec = left_ms / 1000, .tv_usec = left_ms % 1000 * 1000};
	int fd = socket(a->to.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		*error = errno;
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof left);
	if (a->to.any.sa_family == AF_VSOCK)
		setsockopt(fd, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, &left, sizeof left);
	if (connect(fd, &a->to.any, a->len) == 0)
		return fd;
	*error = errno;
	close(fd);
	return -1;
}

/* It may still be starting: it is tried for half a minute. */
static enum status reach(struct enclave_link *e, const char *text, struct problem *problem)
{
	struct address a;
	int error = 0;

	if (!parse_address(&a, text))
		return problem_set(problem, ST_NET_ADDRESS, text, "unix:PATH, tcp:ADDRESS:PORT or vsock:CID:PORT",
		    "not an address of an enclave");
	for (int64_t until = now_ms() + CONNECT_MS, left; (left = until - now_ms()) > 0;) {
		int fd = try_once(&a, left, &error);
		if (fd >= 0) {
			set_buffers(fd);
			e->fd = fd;
			return ST_OK;
		}
		usleep(CONNECT_PAUSE_MS * 1000);
	}
	return problem_set(
	    problem, ST_TEE_LAUNCH, text, NULL, "the enclave does not accept a connection: %s", strerror(error));
}

enum status enclave_launch(struct enclave_link *e, const struct arguments *a, struct problem *problem)
{
	const char *program = after(a->enclave, "exec:");
	struct command c = {0};
	enum status st = ST_OK;

	*e = (struct enclave_link){.fd = -1, .report = -1, .exit_code = -1};
	if (program)
		st = exec_command(&c, program, problem);
	else if (enclave_is_launched(a->enclave))
		launcher_command(&c, a);
	else
		st = reach(e, a->enclave, problem);
	if (st == ST_OK && c.argv[0])
		st = start(e, &c, problem);
	if (st == ST_OK)
		fcntl(e->fd, F_SETFL, O_NONBLOCK);
	return st;
}
