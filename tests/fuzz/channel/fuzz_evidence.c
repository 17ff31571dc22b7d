/*
 * Target: software-TEE evidence, as document and below the signature check. Properties: a claims set that decodes encodes
 * to the same bytes; signed by the pinned root, it is accepted only with the expected binding, measurement and age, and
 * not in debug; without that signature nothing but the genuine document is.
 */
#include "fixture.h"

#include "base/cose.h"
#include "eat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum status verify(struct att_claims *out, struct slice document)
{
	const struct fixture *f = fixture();
	const struct admission_evidence item = {.kind = TEE_SOFTWARE, .evidence = document};

	return evidence_verify(out, f->policy, 1, NULL, &item, f->claims[1].report_data, hellos_time(f->hello, N), NULL);
}

static void check_signed(struct slice payload)
{
	const struct fixture *f = fixture();
	struct buf document = {0};
	struct att_claims c;

	cose_sign1(&document, EAT_LABEL, payload, f->keys.root_sk);
	if (verify(&c, buf_view(&document)) == ST_OK) {
		PROPERTY(memcmp(c.report_data, f->claims[1].report_data, HASH_LEN) == 0);
		PROPERTY(c.n_values == 1 && memcmp(c.values[0].bytes, f->claims[1].values[0].bytes, HASH_LEN) == 0);
		PROPERTY(!c.debug && c.issued_s >= FIXTURE_NOW - 300 && c.issued_s <= FIXTURE_NOW + 300);
	}
	buf_clear(&document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = slice_of(data, size);
	struct att_claims c = {.kind = TEE_SOFTWARE};

	if (eat_decode(&c, input) == ST_OK) {
		struct buf again = {0};
		eat_encode(&again, &c);
		PROPERTY(slice_equal(buf_view(&again), input));
		buf_clear(&again);
	}
	check_signed(input);
	if (verify(&c, input) == ST_OK)
		PROPERTY(slice_equal(input, buf_view(&fixture()->evidence[1])));
	return 0;
}
