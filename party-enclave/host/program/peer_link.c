/* Frames to another host: straight into the transport while it has room, else into a queue that keeps their order. */
#include "program.h"

#include "base/reader.h"

size_t peer_backlog(const struct peer_link *p)
{
	return p->queue.len - p->sent;
}

/* A queue that never runs empty must not keep all that it ever held. */
static void drop_sent(struct peer_link *p)
{
	if (p->sent <= QUEUE_PAUSE_BYTES)
		return;
	memmove(p->queue.ptr, p->queue.ptr + p->sent, peer_backlog(p));
	p->queue.len -= p->sent;
	p->sent = 0;
}

enum status peer_flush(struct peer_link *p)
{
	while (peer_backlog(p)) {
		struct reader r = {.rest = slice_of(p->queue.ptr + p->sent, peer_backlog(p))};
		uint32_t len = rd_u32le(&r);
		enum status st = transport_peer_send(p->socket, rd_slice(&r, len));
		if (st == ST_AGAIN) {
			drop_sent(p);
			return ST_OK;
		}
		if (st != ST_OK)
			return st;
		p->sent += 4 + len;
	}
	p->sent = 0;
	buf_reset(&p->queue);
	return ST_OK;
}

enum status peer_send(struct peer_link *p, struct slice frame)
{
	uint8_t len[4];

	if (!p->socket)
		return ST_SES_STATE;
	if (!peer_backlog(p)) {
		enum status st = transport_peer_send(p->socket, frame);
		if (st != ST_AGAIN)
			return st;
	}
	put_u32le(len, (uint32_t)frame.len);
	buf_append(&p->queue, len, sizeof len);
	buf_append(&p->queue, frame.ptr, frame.len);
	return buf_status(&p->queue);
}
