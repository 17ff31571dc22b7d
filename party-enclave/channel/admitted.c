/* The handle. Nothing here can make one. */
#include "admission_internal.h"

#include "base/cose.h"
#include "base/panic.h"
#include "records.h"

/* What vk signs once admitted; ADMIT itself is not among it. */
static bool is_session_label(const char *label)
{
	static const char *const labels[] = {
	    "parley/commit/v1", "parley/step/v1", "parley/confirm/v1", "parley/receipt/v1"};

	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
		if (strcmp(labels[i], label) == 0)
			return true;
	return false;
}

enum status admitted_sign(const struct admitted *h, struct buf *out, const char *label, struct slice payload)
{
	if (!is_session_label(label))
		return ST_ARGUMENT;
	cose_sign1(out, label, payload, h->vk_secret);
	return buf_status(out);
}

const uint8_t *admitted_sid(const struct admitted *h)
{
	return h->sid;
}

const uint8_t *admitted_roster(const struct admitted *h)
{
	return h->roster;
}

const uint8_t *admitted_ek_secret(const struct admitted *h)
{
	return h->has_ek ? h->ek_secret : NULL;
}

void admitted_forget_ek(struct admitted *h)
{
	wipe(h->ek_secret, sizeof h->ek_secret);
	h->has_ek = false;
}

static unsigned a_peer(const struct admitted *h, unsigned party)
{
	invariant(party < h->n_parties && party != h->self);
	return party;
}

const uint8_t *admitted_pair_secret(const struct admitted *h, unsigned peer)
{
	return h->pair_secret[a_peer(h, peer)];
}

const uint8_t *admitted_group_key(const struct admitted *h)
{
	return h->group_key;
}

struct channel *admitted_channel(struct admitted *h, unsigned peer)
{
	return h->channels[a_peer(h, peer)];
}

const uint8_t *admitted_vk(const struct admitted *h, unsigned party)
{
	invariant(party < h->n_parties);
	return h->vk[party];
}

struct att_time admitted_time(const struct admitted *h)
{
	return h->time;
}

void admitted_free(struct admitted *h)
{
	if (!h)
		return;
	for (unsigned peer = 0; peer < h->n_parties; peer++)
		channel_free(h->channels[peer]);
	secret_free(h);
}
