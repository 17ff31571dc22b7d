/* The stream whose other end is the enclave's, and the end of the process that was started for it, if any. */
#include "program.h"

#include "base/panic.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 18 };

size_t enclave_backlog(const struct enclave_link *e)
{
	return e->out.len - e->out_sent;
}

enum status enclave_send(struct enclave_link *e, enum frame_type type, uint8_t peer, struct slice body)
{
	uint8_t header[FRAME_HEADER_LEN];

	if (e->fd < 0)
		return ST_OK; /* it has ended; what it said, or that it died, is reported elsewhere */
	frame_header(header, type, peer, body.len);
	buf_append(&e->out, header, sizeof header);
	buf_append(&e->out, body.ptr, body.len);
	if (!e->out.failed)
		enclave_write(e);
	return buf_status(&e->out);
}

static void stream_closed(struct enclave_link *e)
{
	close(e->fd);
	e->fd = -1;
}

void enclave_write(struct enclave_link *e)
{
	while (e->fd >= 0 && enclave_backlog(e)) {
		ssize_t n = send(e->fd, e->out.ptr + e->out_sent, enclave_backlog(e), MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (n < 0) /* it has closed its end; what it wrote before is still to be read */
			n = (ssize_t)enclave_backlog(e);
		e->out_sent += (size_t)n;
	}
	if (e->out_sent == e->out.len) {
		e->out_sent = 0;
		buf_reset(&e->out);
	} else if (e->out_sent > QUEUE_PAUSE_BYTES) {
		memmove(e->out.ptr, e->out.ptr + e->out_sent, e->out.len - e->out_sent);
		e->out.len -= e->out_sent;
		e->out_sent = 0;
	}
}

void enclave_read(struct enclave_link *e)
{
	if (e->fd < 0)
		return;
	if (e->in_taken) {
		memmove(e->in.ptr, e->in.ptr + e->in_taken, e->in.len - e->in_taken);
		e->in.len -= e->in_taken;
		e->in_taken = 0;
	}
	uint8_t *room = buf_extend(&e->in, READ_BYTES);
	if (!room)
		panic("no memory for the enclave's frames");
	ssize_t n = read(e->fd, room, READ_BYTES);
	e->in.len -= READ_BYTES - (size_t)(n > 0 ? n : 0);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		stream_closed(e);
}

enum status enclave_next(struct enclave_link *e, struct frame *out)
{
	const uint8_t *here = e->in.ptr + e->in_taken;
	size_t have = e->in.len - e->in_taken, len;
	enum status st;

	if (have < FRAME_HEADER_LEN)
		return ST_AGAIN;
	TRY(frame_header_parse(here, &out->type, &out->peer, &len));
	if (have - FRAME_HEADER_LEN < len)
		return ST_AGAIN;
	out->body = slice_of(here + FRAME_HEADER_LEN, len);
	e->in_taken += FRAME_HEADER_LEN + len;
out:
	return st;
}

static void read_report(struct enclave_link *e)
{
	uint8_t *room;
	ssize_t n;

	do {
		room = buf_extend(&e->report_text, 4096);
		if (!room)
			return; /* the report is for people: without it the session is what it was */
		n = read(e->report, room, 4096);
		e->report_text.len -= 4096 - (size_t)(n > 0 ? n : 0);
	} while (n > 0 && e->report_text.len < 65536);
	json_t *doc = json_loadb((const char *)e->report_text.ptr, e->report_text.len, 0, NULL);
	e->peak_rss_bytes = (uint64_t)json_integer_value(json_object_get(doc, "peak_rss_bytes"));
	json_decref(doc);
}

void enclave_reap(struct enclave_link *e, bool wait)
{
	int status;

	if (e->exit_code >= 0 || e->launcher <= 0 || waitpid(e->launcher, &status, wait ? 0 : WNOHANG) != e->launcher)
		return;
	e->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	read_report(e);
}

void enclave_close(struct enclave_link *e)
{
	if (e->fd >= 0)
		stream_closed(e);
	if (e->launcher > 0 && e->exit_code < 0) {
		for (int i = 0; i < 100 && e->exit_code < 0; i++) {
			usleep(10000);
			enclave_reap(e, false);
		}
		if (e->exit_code < 0)
			kill(e->launcher, SIGKILL);
		enclave_reap(e, true);
	}
	if (e->report >= 0)
		close(e->report);
	e->report = -1;
	buf_clear(&e->in);
	buf_clear(&e->out);
	buf_clear(&e->report_text);
}
