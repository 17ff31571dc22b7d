/* Send to the party before, receive from the party after: computing a message overlaps with the last one's way. */
#include "rep3/rep3.h"

static size_t message_words(size_t total, size_t index)
{
	size_t from = index * MESSAGE_WORDS;

	return total - from < MESSAGE_WORDS ? total - from : MESSAGE_WORDS;
}

static size_t messages_of(size_t words)
{
	return (words + MESSAGE_WORDS - 1) / MESSAGE_WORDS;
}

size_t rep3_credits(size_t words)
{
	size_t groups = (messages_of(words) + MPC_AHEAD - 1) / MPC_AHEAD;

	return groups > 2 ? groups - 2 : 0;
}

static enum status send_one(struct mpc *m, const struct ring *r, size_t index)
{
	size_t n = message_words(r->send_words, index);
	uint64_t *out = rep3_state(m)->out, credit;
	enum status st;

	if (r->is_uneven && index >= 2 * MPC_AHEAD && index % MPC_AHEAD == 0)
		TRY(message_recv(m, peer_prev(m), MPC_MSG_CREDIT, r->round, &credit, sizeof credit));
	r->fill(m, r->ctx, index * MESSAGE_WORDS, out, n);
	st = message_send(m, peer_prev(m), r->type, r->round, out, 8 * n);
out:
	return st;
}

static enum status recv_one(struct mpc *m, const struct ring *r, size_t index)
{
	size_t n = message_words(r->recv_words, index);
	uint64_t *in = rep3_state(m)->in;
	enum status st;

	TRY(message_recv(m, peer_next(m), r->type, r->round, in, 8 * n));
	r->take(m, r->ctx, index * MESSAGE_WORDS, in, n);
	if (r->is_uneven && (index + 1) % MPC_AHEAD == 0 && (index + 1) / MPC_AHEAD <= rep3_credits(r->recv_words)) {
		uint64_t credit = index + 1;

		TRY(message_send(m, peer_next(m), MPC_MSG_CREDIT, r->round, &credit, sizeof credit));
	}
out:
	return st;
}

enum status rep3_ring(struct mpc *m, const struct ring *r)
{
	size_t sends = messages_of(r->send_words), recvs = messages_of(r->recv_words), received = 0;
	enum status st = ST_OK;

	for (size_t k = 0; k < sends; k++) {
		TRY(send_one(m, r, k));
		if (k + 1 >= MPC_AHEAD && received < recvs)
			TRY(recv_one(m, r, received++));
	}
	while (received < recvs)
		TRY(recv_one(m, r, received++));
out:
	return st;
}

void rep3_zero_xor(struct mpc *m, uint64_t *out, size_t n)
{
	uint64_t *part = rep3_state(m)->scratch;

	draw_own(m, STREAM_ZERO_XOR, out, n);
	for (size_t at = 0; at < n; at += BLOCK_WORDS) {
		size_t len = n - at < BLOCK_WORDS ? n - at : BLOCK_WORDS;

		draw_next(m, STREAM_ZERO_XOR, part, len);
		m->kernels->xor (out + at, out + at, part, 0, len);
	}
}

void rep3_zero_add(struct mpc *m, uint64_t *out, size_t n)
{
	uint64_t *part = rep3_state(m)->scratch;

	draw_own(m, STREAM_ZERO_ADD, out, n);
	for (size_t at = 0; at < n; at += BLOCK_WORDS) {
		size_t len = n - at < BLOCK_WORDS ? n - at : BLOCK_WORDS;

		draw_next(m, STREAM_ZERO_ADD, part, len);
		m->kernels->sub(out + at, part, len);
	}
}
