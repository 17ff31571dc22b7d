/*
 * The signed documents as far as the coordinator reads them. Its checks only keep strangers and broken hosts out;
 * enclaves verify all of it themselves and do not rely on this file.
 */
#include "base/cbor.h"
#include "machine.h"

enum status document_open(struct slice *payload, struct slice doc, const char *label, const uint8_t *key)
{
	if (doc.len > DOC_STATEMENT_MAX)
		return ST_TOO_LARGE;
	return key != NULL ? cose_sign1_verify(doc, label, key, payload) : cose_sign1_peek(doc, payload);
}

static void want_text(struct cbor_reader *r, const char *text)
{
	if (!slice_equal(cbor_text(r), slice_str(text)))
		cbor_fail(r, ST_FORMAT);
}

static void want_bytes(struct cbor_reader *r, const void *bytes, size_t len, enum status otherwise)
{
	struct slice got = cbor_bytes(r);

	if (r->st == ST_OK && !slice_equal(got, slice_of(bytes, len)))
		cbor_fail(r, otherwise);
}

static void want_session(struct cbor_reader *r, const struct session *s)
{
	cbor_key(r, 1);
	want_bytes(r, s->id, sizeof s->id, ST_SES_OTHER_SESSION);
	cbor_key(r, 2);
	if (cbor_u64(r) != s->attempt)
		cbor_fail(r, ST_SES_OTHER_SESSION);
}

static void want_sid_and_id(struct cbor_reader *r, const struct session *s, unsigned party)
{
	cbor_key(r, 1);
	want_bytes(r, s->sid, sizeof s->sid, ST_SES_OTHER_SESSION);
	cbor_key(r, 2);
	want_text(r, s->facts.party[party].id);
}

static void want_map(struct cbor_reader *r, struct slice payload, size_t pairs)
{
	cbor_reader_init(r, payload);
	if (cbor_map(r) != pairs)
		cbor_fail(r, ST_FORMAT);
}

/* An address goes to the other hosts, which dial it, and to people's terminals: printable ASCII without spaces. */
static bool is_plain_url(const char *url)
{
	for (; *url; url++)
		if (*url <= ' ' || *url > '~')
			return false;
	return true;
}

enum status statement_enrol(struct doc_enrol *out, struct slice payload, const struct session *s, unsigned party)
{
	struct doc_enrol e;
	enum status st;

	TRY(doc_get_enrol(&e, payload));
	if (memcmp(e.session, s->id, sizeof s->id) != 0 || e.attempt != s->attempt)
		return ST_SES_OTHER_SESSION;
	if (strcmp(e.id, s->facts.party[party].id) != 0 || e.n_urls != s->facts.n_parties)
		return ST_FORMAT;
	for (unsigned i = 0; i < e.n_urls; i++)
		if (!is_plain_url(e.urls[i]))
			return ST_NET_ADDRESS;
	*out = e;
out:
	return st;
}

enum status statement_hello(struct hello_facts *out, struct slice payload, const struct session *s, unsigned party)
{
	struct hello_facts h;
	uint8_t ek[X25519_LEN], nonce[32];
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, payload);
	if (cbor_map(&r) != 12)
		cbor_fail(&r, ST_FORMAT);
	want_session(&r, s);
	cbor_key(&r, 3);
	want_text(&r, s->facts.party[party].id);
	cbor_key(&r, 4);
	want_text(&r, "compute");
	cbor_key(&r, 5);
	cbor_bytes_exact(&r, ek, sizeof ek);
	cbor_key(&r, 6);
	cbor_bytes_exact(&r, h.vk, sizeof h.vk);
	cbor_key(&r, 7);
	cbor_bytes_exact(&r, nonce, sizeof nonce);
	cbor_key(&r, 8);
	cbor_i64(&r);
	cbor_key(&r, 9);
	want_bytes(&r, s->facts.policy_hash, HASH_LEN, ST_ATT_HELLO_POLICY);
	cbor_key(&r, 10);
	want_bytes(&r, s->facts.plan_hash, HASH_LEN, ST_ATT_HELLO_POLICY);
	cbor_key(&r, 11);
	want_text(&r, "rep3/v1");
	cbor_key(&r, 12);
	cbor_u64_max(&r, UINT32_MAX);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*out = h;
out:
	return st;
}

enum status statement_admit(
    uint8_t roster[static HASH_LEN], struct slice payload, const struct session *s, unsigned party)
{
	uint8_t value[HASH_LEN], appraisal[HASH_LEN];
	struct cbor_reader r;
	enum status st;

	want_map(&r, payload, 4);
	cbor_key(&r, 1);
	cbor_bytes_exact(&r, value, sizeof value);
	cbor_key(&r, 2);
	want_text(&r, s->facts.party[party].id);
	cbor_key(&r, 3);
	size_t n = cbor_array(&r);
	for (size_t i = 0; i < n && r.st == ST_OK; i++)
		cbor_text(&r);
	cbor_close(&r);
	cbor_key(&r, 4);
	cbor_bytes_exact(&r, appraisal, sizeof appraisal);
	cbor_close(&r);
	TRY(cbor_end(&r));
	memcpy(roster, value, sizeof value);
out:
	return st;
}

enum status statement_commit(struct commit_facts *out, struct slice payload, const struct session *s, unsigned party)
{
	struct commit_facts c;
	struct cbor_reader r;
	enum status st;

	want_map(&r, payload, 4);
	want_sid_and_id(&r, s, party);
	cbor_key(&r, 3);
	c.rows = (uint32_t)cbor_u64_max(&r, PLAN_ROWS_MAX);
	cbor_key(&r, 4);
	cbor_bytes_exact(&r, c.commitment, sizeof c.commitment);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*out = c;
out:
	return st;
}

static enum status want_step_of(const struct doc_step *d, const struct session *s, unsigned party)
{
	if (memcmp(d->sid, s->sid, sizeof s->sid) != 0)
		return ST_SES_OTHER_SESSION;
	return strcmp(d->id, s->facts.party[party].id) == 0 ? ST_OK : ST_FORMAT;
}

enum status statement_step(struct doc_step *out, struct slice payload, const struct session *s, unsigned party)
{
	enum status st;

	TRY(doc_get_step(out, payload));
	TRY(want_step_of(out, s, party));
	if (out->step != s->member[party].step + 1)
		return ST_SES_SEQUENCE;
	if (out->step > s->granted)
		return ST_SES_FLOW;
out:
	return st;
}

enum status statement_confirm(struct doc_step *out, struct slice payload, const struct session *s, unsigned party)
{
	enum status st;

	TRY(doc_get_confirm(out, payload));
	TRY(want_step_of(out, s, party));
out:
	return st;
}

enum status evidence_form(struct slice body)
{
	struct doc_evidence e;

	return doc_get_evidence(&e, body);
}

/* The sender's next epoch, and nobody is an epoch ahead of one that has not been relayed. */
enum status renewal_form(struct slice body, const struct session *s, unsigned party)
{
	struct doc_evidence e;
	uint32_t epoch;
	enum status st;

	TRY(doc_get_renewal(&epoch, &e, body));
	if (s->member[party].epoch != s->epoch || epoch != s->epoch + 1)
		return ST_SES_SEQUENCE;
out:
	return st;
}

enum status part_form(uint32_t *recipient, struct slice *part, struct slice body, const struct session *s)
{
	enum status st;

	TRY(doc_get_part(recipient, part, body));
	if (*recipient >= s->facts.n_parties || !(s->facts.recipients >> *recipient & 1))
		return ST_PLAN_RECIPIENT;
out:
	return st;
}

/* What the receipt says was sealed is what was posted: one entry per recipient, in party order. */
static void want_parts(struct cbor_reader *r, const struct session *s, unsigned party)
{
	size_t n = cbor_array(r);

	if (n != (size_t)__builtin_popcount(s->facts.recipients))
		cbor_fail(r, ST_FORMAT);
	for (unsigned i = 0; i < s->facts.n_parties && r->st == ST_OK; i++) {
		uint8_t expect[HASH_LEN];

		if (!(s->facts.recipients >> i & 1))
			continue;
		hash_one(expect, "parley/part/v1", s->member[party].part[i]);
		cbor_array_exact(r, 2);
		want_text(r, s->facts.party[i].id);
		want_bytes(r, expect, sizeof expect, ST_REC_RECEIPT);
		cbor_close(r);
	}
	cbor_close(r);
}

/* Of providers the coordinator knows nothing to compare with; `parley audit verify` compares the three receipts. */
static void want_commits(struct cbor_reader *r, const struct session *s)
{
	size_t sources = s->facts.n_parties + s->facts.n_providers;

	cbor_key(r, 6);
	cbor_array_exact(r, sources);
	for (unsigned i = 0; i < s->facts.n_parties; i++)
		want_bytes(r, s->member[i].commitment, HASH_LEN, ST_SES_VIEW);
	for (unsigned q = 0; q < s->facts.n_providers; q++)
		(void)cbor_bytes_max(r, HASH_LEN);
	cbor_close(r);
	cbor_key(r, 7);
	cbor_array_exact(r, sources);
	for (unsigned i = 0; i < s->facts.n_parties; i++)
		if (cbor_u64(r) != s->member[i].rows)
			cbor_fail(r, ST_SES_VIEW);
	for (unsigned q = 0; q < s->facts.n_providers; q++)
		(void)cbor_u64(r);
	cbor_close(r);
}

enum status statement_receipt(struct slice payload, const struct session *s, unsigned party)
{
	struct cbor_reader r;

	cbor_reader_init(&r, payload);
	cbor_map(&r);
	want_sid_and_id(&r, s, party);
	cbor_key(&r, 3);
	want_bytes(&r, s->facts.policy_hash, HASH_LEN, ST_REC_POLICY);
	cbor_key(&r, 4);
	want_bytes(&r, s->facts.plan_hash, HASH_LEN, ST_REC_POLICY);
	cbor_key(&r, 5);
	want_bytes(&r, s->member[party].roster, HASH_LEN, ST_SES_VIEW);
	want_commits(&r, s);
	cbor_key(&r, 8);
	want_parts(&r, s, party);
	/* the rest is for those who verify receipts; here it only has to be well-formed */
	for (uint64_t key; r.st == ST_OK && (key = cbor_peek_key(&r)) != UINT64_MAX;) {
		cbor_key(&r, key);
		cbor_any(&r);
	}
	cbor_close(&r);
	return cbor_end(&r);
}
