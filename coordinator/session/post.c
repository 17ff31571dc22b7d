/* Is this post really from the party it names? The host key of its ENROL says so (docs/PROTOCOL.md, section 7). */
#include "machine.h"

static enum status first_host_key(
    uint8_t key[static ED25519_PUBLIC_LEN], const struct session *s, unsigned party, const struct wire_request *post)
{
	struct doc_enrol e;
	struct slice payload;
	enum status st;

	if (post->n_messages == 0 || post->messages[0].kind != WM_ENROL)
		return ST_SES_STATE;
	TRY(document_open(&payload, post->messages[0].body, DOC_ENROL_LABEL, s->facts.party[party].endorse));
	TRY(statement_enrol(&e, payload, s, party));
	memcpy(key, e.host_key, sizeof e.host_key);
out:
	return st;
}

static enum status check_host_key(const struct session *s, unsigned party, const struct wire_request *post)
{
	uint8_t key[ED25519_PUBLIC_LEN], digest[HASH_LEN];
	enum status st = ST_OK;

	if (session_is_enrolled(s, party))
		memcpy(key, s->member[party].host_key, sizeof key);
	else
		TRY(first_host_key(key, s, party, post));
	wire_post_digest(digest, post);
	TRY(ed25519_verify(post->signature, slice_of(digest, sizeof digest), key));
out:
	return st;
}

enum status session_authenticate(
    const struct session *s, const struct wire_request *post, unsigned *party, struct problem *problem)
{
	int index = session_party_index(&s->facts, post->party);
	enum status st;

	if (!post->has_session || !session_is(s, post->session, post->attempt))
		return problem_default(problem, ST_SES_OTHER_SESSION, NULL);
	if (index < 0)
		return problem_set(problem, ST_SIGNATURE, NULL, NULL, "this session has no such party");
	st = check_host_key(s, (unsigned)index, post);
	if (st == ST_SES_STATE)
		return problem_set(problem, st, post->party, NULL, "a party's first message is ENROL");
	if (st != ST_OK)
		return problem_default(problem, st, post->party);
	*party = (unsigned)index;
	return ST_OK;
}
