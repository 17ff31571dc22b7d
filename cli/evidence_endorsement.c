/* An organisation's endorsement of one piece of evidence (docs/PROTOCOL.md, section 3): whose enclave it is. Vendors' certificates may be given
 * in the same place; those are collateral. */
#include "evidence.h"

#include "base/cbor.h"
#include "base/cose.h"

#include <string.h>

enum { ENDORSEMENT_MAX = 4096, SID = 1, ID, HASH };

bool is_endorsement(struct slice file)
{
	return file.len && file.len <= ENDORSEMENT_MAX && (file.ptr[0] == 0x84 || file.ptr[0] == 0xd2);
}

static void evidence_hash(uint8_t out[static HASH_LEN], enum tee_kind kind, struct slice evidence)
{
	struct hash s;

	hash_begin(&s, "parley/evidence/v1", 2);
	hash_u64(&s, kind);
	hash_bytes(&s, evidence);
	hash_end(&s, out);
}

enum status endorsement_check(struct att_finding *f, const struct policy_party *party, struct slice document, enum tee_kind kind, struct slice evidence)
{
	static const char expected[] = "an endorsement by the party's endorse key";
	uint8_t hash[HASH_LEN];
	struct slice payload;
	struct cbor_reader r;
	enum status st = cose_sign1_verify(document, "parley/endorse/v1", party->endorse, &payload);

	if (st == ST_NO_MEMORY)
		return st;
	if (st != ST_OK)
		return att_refuse(f, ST_ATT_ENDORSEMENT, ATT_CHECK_SIGNATURE, expected, "%s", status_title(st));
	evidence_hash(hash, kind, evidence);
	cbor_reader_init(&r, payload);
	bool form = cbor_map(&r) == 3;
	cbor_key(&r, SID);
	form &= cbor_bytes(&r).len == HASH_LEN;
	cbor_key(&r, ID);
	bool same_party = slice_equal(cbor_text(&r), slice_str(party->id));
	cbor_key(&r, HASH);
	bool same_evidence = slice_equal(cbor_bytes(&r), slice_of(hash, sizeof hash));
	cbor_close(&r);
	if (cbor_end(&r) != ST_OK || !form)
		return att_refuse(f, ST_ATT_ENDORSEMENT, ATT_CHECK_FORM, expected, "a signed document of another kind");
	if (!same_party)
		return att_refuse(f, ST_ATT_ENDORSEMENT, ATT_CHECK_BINDING, expected, "one of another party");
	if (!same_evidence)
		return att_refuse(f, ST_ATT_ENDORSEMENT, ATT_CHECK_BINDING, expected, "one of other evidence");
	return ST_OK;
}
