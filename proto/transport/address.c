/* Which addresses we take, and NNG's errors in our words. */
#include "hub.h"

#include <string.h>
#include <sys/stat.h>

static bool is_port(const char *text)
{
	unsigned long port = 0;
	size_t n = 0;

	for (; text[n] >= '0' && text[n] <= '9' && n < 6; n++)
		port = port * 10 + (unsigned long)(text[n] - '0');
	return n > 0 && n < 6 && text[n] == 0 && port <= 65535;
}

static enum status check_tcp(const char *rest, bool listening)
{
	const char *colon = strrchr(rest, ':');

	if (!colon || colon == rest || !is_port(colon + 1))
		return ST_NET_ADDRESS;
	return !listening && strcmp(colon + 1, "0") == 0 ? ST_NET_ADDRESS : ST_OK;
}

/* NNG unlinks whatever lies at an ipc path before it binds: a regular file there must not be lost. */
static enum status check_ipc(const char *path)
{
	struct stat info;

	if (path[0] != '/' || strlen(path) > 100)
		return ST_NET_ADDRESS;
	if (lstat(path, &info) == 0 && !S_ISSOCK(info.st_mode))
		return ST_NET_ADDRESS;
	return ST_OK;
}

enum status address_check(const char *url, bool listening)
{
	if (strlen(url) >= URL_CAP)
		return ST_NET_ADDRESS;
	if (strncmp(url, "tcp://", 6) == 0)
		return check_tcp(url + 6, listening);
	if (strncmp(url, "ipc://", 6) == 0)
		return check_ipc(url + 6);
	return ST_NET_ADDRESS;
}

enum status status_of_nng(int rv)
{
	switch (rv) {
	case 0: return ST_OK;
	case NNG_ENOMEM: return ST_NO_MEMORY;
	case NNG_EADDRINUSE: return ST_NET_IN_USE;
	case NNG_EADDRINVAL:
	case NNG_ENOTSUP:
	case NNG_EPERM: return ST_NET_ADDRESS;
	case NNG_EMSGSIZE: return ST_TOO_LARGE;
	default: return ST_NET_UNAVAILABLE;
	}
}

enum status listener_url(nng_listener l, char *out, size_t cap)
{
	char *url = NULL;
	int rv = nng_listener_get_string(l, NNG_OPT_URL, &url);

	if (rv != 0)
		return status_of_nng(rv);
	bool fits = strlen(url) < cap;
	if (fits)
		strcpy(out, url);
	nng_strfree(url);
	return fits ? ST_OK : ST_NET_ADDRESS;
}
