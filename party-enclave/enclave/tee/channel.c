/* The one connection to the host. The host is outside every wall, so how it connects is a matter of convenience, not of trust. */
#include "tee.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_un un;
		struct sockaddr_in in;
		struct sockaddr_vm vm;
	} to;
	socklen_t len;
};

/* Decimal, nothing else. */
static bool get_number(const char *text, unsigned long max, unsigned long *out)
{
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*out = strtoul(text, &end, 10);
	return errno == 0 && *end == 0 && *out <= max;
}

static bool parse_tcp(struct address *a, const char *text)
{
	const char *colon = strrchr(text, ':');
	char host[INET_ADDRSTRLEN];
	unsigned long port;

	if (!colon || (size_t)(colon - text) >= sizeof host || !get_number(colon + 1, 65535, &port))
		return false;
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = 0;
	a->to.in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	a->len = sizeof a->to.in;
	return inet_pton(AF_INET, host, &a->to.in.sin_addr) == 1;
}

static bool parse(struct address *a, const char *text)
{
	unsigned long port;

	if (strncmp(text, "unix:", 5) == 0 && text[5] && strlen(text + 5) < sizeof a->to.un.sun_path) {
		a->to.un = (struct sockaddr_un){.sun_family = AF_UNIX};
		strcpy(a->to.un.sun_path, text + 5);
		a->len = sizeof a->to.un;
		return true;
	}
	if (strncmp(text, "vsock:", 6) == 0 && get_number(text + 6, UINT32_MAX - 1, &port)) {
		a->to.vm =
		    (struct sockaddr_vm){.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = (unsigned)port};
		a->len = sizeof a->to.vm;
		return true;
	}
	return strncmp(text, "tcp:", 4) == 0 && parse_tcp(a, text + 4);
}

static int accept_one(const struct address *a)
{
	int on = 1, fd, listener = socket(a->to.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (listener < 0)
		return -1;
	if (a->to.any.sa_family == AF_INET)
		setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(listener, &a->to.any, a->len) != 0 || listen(listener, 1) != 0) {
		close(listener);
		return -1;
	}
	do
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	close(listener);
	if (a->to.any.sa_family == AF_UNIX)
		unlink(a->to.un.sun_path);
	return fd;
}

enum status channel_open(const char *address, struct problem *p)
{
	struct address a;

	if (!address)
		return fcntl(HOST_FD, F_GETFD) >= 0
			   ? ST_OK
			   : problem_set(p, ST_ARGUMENT, "descriptor 3", "give --listen, or let parley-host start it",
				 "there is no channel to a host");
	if (!parse(&a, address))
		return problem_set(p, ST_NET_ADDRESS, address, "vsock:PORT, unix:PATH or tcp:ADDRESS:PORT",
		    "not an address to listen at");
	int fd = accept_one(&a);
	if (fd < 0)
		return problem_set(p, errno == EADDRINUSE ? ST_NET_IN_USE : ST_IO, address, NULL, "cannot listen: %s",
		    strerror(errno));
	if (fd != HOST_FD && dup2(fd, HOST_FD) < 0)
		return problem_set(p, ST_IO, address, NULL, "no descriptor: %s", strerror(errno));
	if (fd != HOST_FD)
		close(fd);
	return ST_OK;
}
