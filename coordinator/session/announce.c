/* What everybody is told once all parties have reached a phase (docs/PROTOCOL.md, section 7, right column). */
#include "machine.h"

static enum status tell_and_clear(struct session *s, enum wire_message_kind kind, struct buf *body)
{
	enum status st;

	TRY(buf_status(body));
	TRY(session_tell_all(s, kind, buf_view(body)));
out:
	buf_clear(body);
	return st;
}

enum status announce_peers(struct session *s)
{
	static const struct doc_peers none;
	struct doc_enrol enrol[POLICY_PARTIES_MAX];
	struct doc_peers peers = none;
	struct buf body = {0};
	enum status st;

	peers.n = (uint8_t)s->facts.n_parties;
	for (unsigned i = 0; i < s->facts.n_parties; i++) {
		TRY(doc_get_enrol(&enrol[i], s->member[i].enrol));
		for (unsigned j = 0; j < s->facts.n_parties; j++)
			peers.url[i][j] = slice_str(enrol[i].urls[j]);
	}
	doc_put_peers(&body, &peers);
	return tell_and_clear(s, WM_PEERS, &body);
out:
	return st;
}

/* From here on the session has an identity: sid = H("parley/sid/v1", HELLO_0, HELLO_1, HELLO_2). */
enum status announce_hellos(struct session *s)
{
	struct slice list[POLICY_PARTIES_MAX];
	struct buf body = {0};
	struct hash h;

	hash_begin(&h, "parley/sid/v1", s->facts.n_parties);
	for (unsigned i = 0; i < s->facts.n_parties; i++) {
		list[i] = s->member[i].hello;
		hash_bytes(&h, list[i]);
	}
	hash_end(&h, s->sid);
	doc_put_list(&body, list, s->facts.n_parties);
	return tell_and_clear(s, WM_HELLOS, &body);
}

enum status announce_evidences(struct session *s)
{
	struct doc_evidence list[POLICY_PARTIES_MAX];
	struct buf body = {0};
	enum status st;

	for (unsigned i = 0; i < s->facts.n_parties; i++)
		TRY(doc_get_evidence(&list[i], s->member[i].evidence));
	doc_put_evidences(&body, list, s->facts.n_parties);
	return tell_and_clear(s, WM_EVIDENCES, &body);
out:
	return st;
}

/* Epoch by epoch, as EVIDENCES once: what is in it is for the enclaves to judge. */
enum status relay_renewals(struct session *s)
{
	struct doc_evidence list[POLICY_PARTIES_MAX];
	struct buf body = {0};
	uint32_t epoch;
	enum status st = ST_OK;

	for (unsigned i = 0; i < s->facts.n_parties; i++)
		if (s->member[i].epoch == s->epoch)
			return ST_OK; /* still missing */
	for (unsigned i = 0; i < s->facts.n_parties; i++)
		TRY(doc_get_renewal(&epoch, &list[i], s->member[i].renewal));
	s->epoch++;
	doc_put_renewals(&body, s->epoch, list, s->facts.n_parties);
	return tell_and_clear(s, WM_RENEWALS, &body);
out:
	return st;
}

enum status announce_admitted(struct session *s)
{
	struct slice list[POLICY_PARTIES_MAX];
	struct buf body = {0};

	for (unsigned i = 0; i < s->facts.n_parties; i++)
		list[i] = s->member[i].admit;
	doc_put_list(&body, list, s->facts.n_parties);
	return tell_and_clear(s, WM_ALL_ADMITTED, &body);
}

enum status announce_committed(struct session *s)
{
	struct slice list[POLICY_PARTIES_MAX];
	struct buf body = {0};
	enum status st;

	for (unsigned i = 0; i < s->facts.n_parties; i++)
		list[i] = s->member[i].commit;
	doc_put_list(&body, list, s->facts.n_parties);
	TRY(tell_and_clear(s, WM_ALL_COMMITTED, &body));
	TRY(grant_steps(s));
out:
	return st;
}

/* At most SESSION_WINDOW ahead of the slowest party, and in half windows, so that there are few grants. */
enum status grant_steps(struct session *s)
{
	uint32_t target = slowest_step(s) + SESSION_WINDOW;
	struct buf body = {0};

	if (target > s->facts.steps)
		target = s->facts.steps;
	if (target <= s->granted || (target - s->granted < SESSION_WINDOW / 2 && target < s->facts.steps))
		return ST_OK;
	s->granted = target;
	doc_put_grant(&body, target);
	return tell_and_clear(s, WM_GRANT, &body);
}

static enum status announce_empty(struct session *s, enum wire_message_kind kind)
{
	struct buf body = {0};

	doc_put_empty(&body);
	return tell_and_clear(s, kind, &body);
}

enum status announce_release(struct session *s)
{
	return announce_empty(s, WM_RELEASE);
}

static enum status announce_bundle(struct session *s, unsigned addressee)
{
	static const struct doc_bundle none;
	struct doc_bundle bundle = none;
	struct slice kept;
	struct buf body = {0};
	enum status st;

	for (unsigned i = 0; i < s->facts.n_parties; i++) {
		bundle.receipts[bundle.n_receipts++] = s->member[i].receipt;
		if (!(s->facts.recipients >> addressee & 1))
			continue;
		bundle.sender[bundle.n_parts] = i;
		bundle.part[bundle.n_parts++] = s->member[i].part[addressee];
	}
	doc_put_bundle(&body, &bundle);
	TRY(buf_status(&body));
	TRY(session_keep(s, &kept, buf_view(&body)));
	TRY(session_tell(s, addressee, WM_BUNDLE, kept));
out:
	buf_clear(&body);
	return st;
}

enum status announce_bundles(struct session *s)
{
	enum status st = ST_OK;

	for (unsigned i = 0; i < s->facts.n_parties; i++)
		TRY(announce_bundle(s, i));
out:
	return st;
}

enum status announce_done(struct session *s)
{
	return announce_empty(s, WM_DONE);
}

enum status announce_abort(struct session *s)
{
	struct buf body = {0};

	doc_put_fault(&body, &s->abort);
	return tell_and_clear(s, WM_ABORT, &body);
}
