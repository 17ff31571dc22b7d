/*
 * The published COSE_Sign1 vectors (origin and licence: tests/kat/cose/vectors), against a Nitro verifier: it takes ES384 in a
 * protected header that holds nothing else, tag 18 or none, and no other document, however good its signature.
 */
#include "../../support/json_vectors.h"

#include "format.h"

static struct slice load(const char *name, json_t **root)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s.json", VECTOR_DIR, name);
	*root = vectors_load(path);
	const json_t *veraison = json_object_get(*root, "sign1::verify");
	return veraison ? vector_hex(json_object_get(veraison, "taggedCOSESign1"), "cborHex")
			: vector_hex(json_object_get(*root, "output"), "cbor");
}

static void only_the_one_envelope_gets_as_far_as_its_payload(void **state)
{
	static const struct {
		const char *name, *place; /* where it is refused */
	} vectors[] = {
	    {"ecdsa-sig-01", "the protected header"}, /* ES256 */
	    {"ecdsa-sig-02", "the payload"}, /* protected exactly as the NSM's; the payload is another's */
	    {"ecdsa-sig-03", "the protected header"}, /* ES512 */
	    {"ecdsa-sig-04", "the protected header"}, /* ES512 with a P-256 key */
	    {"sign-fail-01", "the head of the document"}, /* tag 998 */
	    {"sign-fail-02", "the protected header"},
	    {"sign-fail-03", "the protected header"},
	    {"sign-fail-04", "the protected header"},
	    {"sign-fail-06", "the protected header"},
	    {"sign-fail-07", "the protected header"},
	    {"sign-pass-01", "the protected header"}, /* the algorithm is in the unprotected header */
	    {"sign-pass-02", "the protected header"},
	    {"sign-pass-03", "the protected header"},
	    {"veraison-sign1-verify-0000", "the protected header"},
	    {"veraison-sign1-verify-0002", "the payload"}, /* ES384 alone */
	    {"veraison-sign1-verify-negative-0000", "the protected header"},
	    {"veraison-sign1-verify-negative-0001", "the protected header"},
	    {"veraison-sign1-verify-negative-0002", "the protected header"},
	    {"veraison-sign1-verify-negative-0003", "the protected header"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(vectors); i++) {
		struct att_finding f = {0};
		struct nitro_document out;
		json_t *root;
		struct slice doc = load(vectors[i].name, &root);
		assert_int_equal(nitro_parse(&out, doc, &f), ST_ATT_FORMAT);
		assert_int_equal(f.check, ATT_CHECK_FORM);
		if (strncmp(f.got, vectors[i].place, strlen(vectors[i].place)) != 0)
			fail_msg("%s: %s", vectors[i].name, f.got);
		free((void *)doc.ptr);
		json_decref(root);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(only_the_one_envelope_gets_as_far_as_its_payload)};

	return cmocka_run_group_tests_name("nitro and cose", tests, NULL, NULL);
}
