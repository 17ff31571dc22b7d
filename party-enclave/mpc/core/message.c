/* Messages with the tag that both ends compute from their position, counted, and none after a fault. */
#include "core/engine.h"

static struct mpc_tag make_tag(const struct mpc *m, enum mpc_message type, uint32_t round, size_t len)
{
	return (struct mpc_tag){.op = m->op, .round = round, .type = (uint16_t)type, .count = len};
}

enum status message_send(
    struct mpc *m, unsigned peer, enum mpc_message type, uint32_t round, const void *bytes, size_t len)
{
	struct mpc_tag tag = make_tag(m, type, round, len);
	enum status st;

	TRY(m->broken);
	st = m->broken = m->net.send(m->net.ctx, peer, &tag, bytes, len);
	m->counters.messages++;
	m->counters.bytes += len;
out:
	return st;
}

enum status message_recv(struct mpc *m, unsigned peer, enum mpc_message type, uint32_t round, void *bytes, size_t len)
{
	struct mpc_tag tag = make_tag(m, type, round, len);
	enum status st;

	TRY(m->broken);
	st = m->broken = m->net.recv(m->net.ctx, peer, &tag, bytes, len);
out:
	return st;
}

uint32_t message_rounds(struct mpc *m, uint32_t rounds)
{
	uint32_t first = m->round;

	m->round += rounds;
	m->counters.rounds += rounds;
	return first;
}
