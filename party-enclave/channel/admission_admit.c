/* ADMIT: what an enclave says, under vk, once it has verified everybody's evidence and finished every handshake. */
#include "admission_internal.h"

#include "base/cbor.h"
#include "base/cose.h"

enum admit_key { ADMIT_ROSTER = 1, ADMIT_ID, ADMIT_ACCEPTED, ADMIT_APPRAISALS, ADMIT_KEYS = 4 };

static void hash_values(struct hash *s, const struct att_claims *c)
{
	hash_array(s, c->n_values);
	for (unsigned k = 0; k < c->n_values; k++) {
		hash_array(s, 2);
		hash_u64(s, c->values[k].reg);
		hash_bytes(s, slice_of(c->values[k].bytes, c->values[k].len));
	}
}

static void hash_claims(struct hash *s, const char *id, const struct att_claims *c)
{
	hash_array(s, 8);
	hash_text(s, id);
	hash_u64(s, c->kind);
	hash_values(s, c);
	hash_bytes(s, slice_of(c->report_data, c->report_data_len));
	hash_bytes(s, slice_of(c->instance, c->instance_len));
	hash_array(s, c->has_issued);
	if (c->has_issued)
		hash_u64(s, (uint64_t)c->issued_s);
	hash_u64(s, c->debug);
	hash_u64(s, c->memory_unlocked);
}

void appraisals_hash(
    uint8_t out[static HASH_LEN], const struct policy *p, const struct att_claims claims[static POLICY_PARTIES_MAX])
{
	struct hash s;

	hash_begin(&s, "parley/appraisal/v2", p->n_parties);
	for (unsigned i = 0; i < p->n_parties; i++)
		hash_claims(&s, p->parties[i].id, &claims[i]);
	hash_end(&s, out);
}

/* Everybody is accepted, or there is no ADMIT. */
static void admit_encode(struct buf *out, const struct policy *p, unsigned party, const uint8_t roster[static HASH_LEN],
    const uint8_t appraisals[static HASH_LEN])
{
	cbor_put_map(out, ADMIT_KEYS);
	cbor_put_u64(out, ADMIT_ROSTER);
	cbor_put_bytes(out, slice_of(roster, HASH_LEN));
	cbor_put_u64(out, ADMIT_ID);
	cbor_put_text(out, p->parties[party].id);
	cbor_put_u64(out, ADMIT_ACCEPTED);
	cbor_put_array(out, p->n_parties);
	for (unsigned i = 0; i < p->n_parties; i++)
		cbor_put_text(out, p->parties[i].id);
	cbor_put_u64(out, ADMIT_APPRAISALS);
	cbor_put_bytes(out, slice_of(appraisals, HASH_LEN));
}

void admit_make(struct buf *out, const struct policy *p, unsigned party, const uint8_t roster[static HASH_LEN],
    const uint8_t appraisals[static HASH_LEN], const uint8_t vk_secret[static ED25519_SECRET_LEN])
{
	struct buf payload = {0};

	admit_encode(&payload, p, party, roster, appraisals);
	if (payload.failed)
		out->failed = true;
	else
		cose_sign1(out, ADMIT_LABEL, buf_view(&payload), vk_secret);
	buf_clear(&payload);
}

/* Its length follows from the ids: 18([h'a10127', {}, payload, 64 bytes]). */
size_t admit_len(const struct policy *p, unsigned party)
{
	static const uint8_t zero[HASH_LEN];
	struct buf payload = {0};

	admit_encode(&payload, p, party, zero, zero);
	size_t len =
	    payload.failed ? 0 : 1 + 1 + (1 + 3) + 1 + cbor_head_len(payload.len) + payload.len + (2 + ED25519_SIG_LEN);
	buf_clear(&payload);
	return len;
}

static bool says(struct cbor_reader *r, const char *text)
{
	return slice_equal(cbor_text(r), slice_str(text)) && r->st == ST_OK;
}

/* What is wrong with a payload whose signature has verified; NULL: nothing. */
static const char *payload_fault(const struct policy *p, unsigned party, const uint8_t roster[static HASH_LEN],
    const uint8_t appraisals[static HASH_LEN], struct slice payload)
{
	uint8_t found_roster[HASH_LEN], found_appraisals[HASH_LEN];
	struct cbor_reader r;

	cbor_reader_init(&r, payload);
	if (cbor_map(&r) != ADMIT_KEYS)
		return "another form";
	cbor_key(&r, ADMIT_ROSTER);
	cbor_bytes_exact(&r, found_roster, sizeof found_roster);
	cbor_key(&r, ADMIT_ID);
	bool is_own_id = says(&r, p->parties[party].id), is_everybody = true;
	cbor_key(&r, ADMIT_ACCEPTED);
	if (cbor_array(&r) != p->n_parties)
		return "another list of accepted parties";
	for (unsigned i = 0; i < p->n_parties; i++)
		is_everybody &= says(&r, p->parties[i].id);
	cbor_close(&r);
	cbor_key(&r, ADMIT_APPRAISALS);
	cbor_bytes_exact(&r, found_appraisals, sizeof found_appraisals);
	cbor_close(&r);
	if (cbor_end(&r) != ST_OK)
		return "another form";
	if (memcmp(found_roster, roster, HASH_LEN) != 0)
		return "another roster";
	if (!is_own_id)
		return "another party's id";
	if (!is_everybody)
		return "another list of accepted parties";
	return memcmp(found_appraisals, appraisals, HASH_LEN) != 0 ? "another appraisal" : NULL;
}

enum status admit_check(const struct policy *p, unsigned party, const uint8_t vk[static ED25519_PUBLIC_LEN],
    const uint8_t roster[static HASH_LEN], const uint8_t appraisals[static HASH_LEN], struct slice doc,
    struct problem *problem)
{
	struct slice payload;
	enum status st = doc.len > ADMIT_MAX ? ST_TOO_LARGE : cose_sign1_verify(doc, ADMIT_LABEL, vk, &payload);

	if (st == ST_NO_MEMORY)
		return problem_default(problem, st, party_text(p, party).text);
	const char *fault = st == ST_OK ? payload_fault(p, party, roster, appraisals, payload) : status_title(st);
	if (!fault)
		return ST_OK;
	return problem_set(problem, ST_ATT_ADMIT, party_text(p, party).text, NULL,
	    "ADMIT: expected everybody accepted on the roster we hold, signed by its vk, got %s", fault);
}

enum status admission_check_admit(const struct policy *p, unsigned party, const uint8_t vk[static ED25519_PUBLIC_LEN],
    const uint8_t roster[static HASH_LEN], const struct att_claims claims[static POLICY_PARTIES_MAX], struct slice doc,
    struct problem *problem)
{
	uint8_t appraisals[HASH_LEN];

	appraisals_hash(appraisals, p, claims);
	return admit_check(p, party, vk, roster, appraisals, doc, problem);
}
