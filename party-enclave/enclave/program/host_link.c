/*
 * The host channel, full duplex on one thread: while a write would block, what the host sends is read and kept, so two enclaves
 * that both send never wait for each other. Incoming bytes lie in one reserved region that never moves: a frame lent by
 * host_link_in() stays where it is until the next host_link_in().
 */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define IN_CAP ((size_t)160 << 20) /* two peers' full queues and some; touched only as used */
#define READ_MAX ((size_t)1 << 20)

enum status host_link_open(struct host_link *l, int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return ST_TEE;
	void *p = mmap(NULL, IN_CAP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return ST_NO_MEMORY;
	*l = (struct host_link){.fd = fd, .in = p};
	return ST_OK;
}

static enum status wait_for(const struct host_link *l, short events, short *got)
{
	struct pollfd p = {.fd = l->fd, .events = events};

	while (poll(&p, 1, -1) < 0)
		if (errno != EINTR)
			return ST_IO;
	*got = p.revents;
	return ST_OK;
}

/* Takes in what is there; ST_AGAIN when there is nothing. */
static enum status read_some(struct host_link *l)
{
	size_t room = IN_CAP - l->end;

	if (room == 0)
		return ST_SES_FLOW;
	ssize_t n = read(l->fd, l->in + l->end, room < READ_MAX ? room : READ_MAX);
	if (n == 0)
		return ST_CLOSED;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? ST_AGAIN : ST_CLOSED;
	l->end += (size_t)n;
	return ST_OK;
}

static size_t skip(struct iovec *parts, size_t written)
{
	size_t left = 0;

	for (int i = 0; i < 2; i++) {
		size_t n = written < parts[i].iov_len ? written : parts[i].iov_len;
		parts[i].iov_base = (uint8_t *)parts[i].iov_base + n;
		parts[i].iov_len -= n;
		written -= n;
		left += parts[i].iov_len;
	}
	return left;
}

/* Until the socket takes more; meanwhile the host's frames are read, its hang-up is seen. */
static enum status wait_writable(struct host_link *l)
{
	short got = 0;
	enum status st;

	TRY(wait_for(l, POLLIN | POLLOUT, &got));
	if (got & POLLIN) {
		st = read_some(l);
		return st == ST_AGAIN ? ST_OK : st;
	}
	if (got & (POLLERR | POLLHUP | POLLNVAL))
		st = ST_CLOSED;
out:
	return st;
}

enum status host_link_out(void *link, enum frame_type type, uint8_t peer, struct slice body)
{
	struct host_link *l = link;
	uint8_t header[FRAME_HEADER_LEN];
	struct iovec parts[2] = {{header, sizeof header}, {(void *)(uintptr_t)body.ptr, body.len}};
	size_t left = sizeof header + body.len;
	enum status st = ST_OK;

	if (body.len > FRAME_BODY_MAX)
		return ST_TOO_LARGE;
	frame_header(header, type, peer, body.len);
	while (left > 0) {
		ssize_t n = writev(l->fd, parts, 2);
		if (n >= 0)
			left = skip(parts, (size_t)n);
		else if (errno == EAGAIN)
			TRY(wait_writable(l));
		else if (errno != EINTR)
			return ST_CLOSED;
	}
out:
	return st;
}

/* What the last frame occupied may be used again. */
static void compact(struct host_link *l)
{
	if (l->start == l->end) {
		l->start = l->end = 0;
	} else if (l->end > IN_CAP / 2 && l->start > IN_CAP / 4) {
		memmove(l->in, l->in + l->start, l->end - l->start);
		l->end -= l->start;
		l->start = 0;
	}
}

static enum status need(struct host_link *l, size_t bytes)
{
	enum status st = ST_OK;
	short got;

	while (l->end - l->start < bytes) {
		st = read_some(l);
		if (st == ST_AGAIN)
			st = wait_for(l, POLLIN, &got);
		if (st != ST_OK)
			return st;
	}
	return st;
}

enum status host_link_in(void *link, struct frame *out)
{
	struct host_link *l = link;
	struct frame f = {0};
	size_t len = 0;
	enum status st;

	compact(l);
	TRY(need(l, FRAME_HEADER_LEN));
	TRY(frame_header_parse(l->in + l->start, &f.type, &f.peer, &len));
	TRY(need(l, FRAME_HEADER_LEN + len));
	f.body = slice_of(l->in + l->start + FRAME_HEADER_LEN, len);
	l->start += FRAME_HEADER_LEN + len;
	*out = f;
out:
	return st;
}
