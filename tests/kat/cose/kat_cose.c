/* COSE_Sign1 documents made by others (vectors/README.md). The algorithm is pinned to what the vector's key is for. */
#include "../../support/json_vectors.h"

#include "base/cbor.h"
#include "base/cose.h"

struct vector {
	json_t *root;
	struct slice doc, aad, x, y;
	enum cose_alg alg;
};

static enum cose_alg alg_of(const char *name)
{
	if (strcmp(name, "ES256") == 0)
		return COSE_ES256;
	if (strcmp(name, "ES384") == 0)
		return COSE_ES384;
	assert_string_equal(name, "ES512");
	return COSE_ES512;
}

static struct vector load(const char *name)
{
	char path[512];
	struct vector v = {0};

	snprintf(path, sizeof path, "%s/%s.json", VECTOR_DIR, name);
	v.root = vectors_load(path);
	const json_t *veraison = json_object_get(v.root, "sign1::verify");
	const json_t *sign0 = json_object_get(json_object_get(v.root, "input"), "sign0");
	const json_t *key = json_object_get(veraison ? v.root : sign0, "key");
	const json_t *aad = veraison ? veraison : sign0;
	v.doc = veraison ? vector_hex(json_object_get(veraison, "taggedCOSESign1"), "cborHex")
			 : vector_hex(json_object_get(v.root, "output"), "cbor");
	v.aad = json_object_get(aad, "external") ? vector_hex(aad, "external") : test_hex("");
	v.x = vector_base64url(key, "x");
	v.y = vector_base64url(key, "y");
	v.alg = alg_of(vector_string(veraison ? v.root : sign0, "alg"));
	return v;
}

static void clear(struct vector *v)
{
	json_decref(v->root);
	free((void *)v->doc.ptr);
	free((void *)v->aad.ptr);
	free((void *)v->x.ptr);
	free((void *)v->y.ptr);
}

static enum status verify(const struct vector *v, struct slice doc)
{
	struct cose_key key = {.alg = v->alg, .x = v->x, .y = v->y};
	struct slice payload = slice_str("untouched");
	enum status st = cose_sign1_verify_any(doc, v->aad, &key, &payload);

	assert_slice_equal(payload, st == ST_OK ? slice_str("This is the content.") : slice_str("untouched"));
	return st;
}

static const char *const good[] = {"ecdsa-sig-01", "ecdsa-sig-02", "ecdsa-sig-03", "sign-pass-02", "sign-pass-03",
    "veraison-sign1-verify-0000", "veraison-sign1-verify-0002"};

static const struct bad {
	const char *name;
	enum status st;
} bad[] = {
    {"ecdsa-sig-04", ST_KEY},             /* ES512 with a P-256 key: each hash only with its own curve */
    {"sign-fail-01", ST_FORMAT},          /* tag 998 */
    {"sign-fail-02", ST_SIGNATURE},       /* payload altered */
    {"sign-fail-03", ST_SIGNATURE},       /* alg -999 */
    {"sign-fail-04", ST_FORMAT},          /* alg "unknown" */
    {"sign-fail-06", ST_SIGNATURE},       /* protected attribute added */
    {"sign-fail-07", ST_SIGNATURE},       /* protected attribute removed */
    {"sign-pass-01", ST_UNKNOWN_FIELD},   /* alg unprotected: RFC 9052 lets it pass, we demand it protected */
    {"veraison-sign1-verify-negative-0000", ST_FORMAT},    /* protected header is not a byte string */
    {"veraison-sign1-verify-negative-0001", ST_FORMAT},    /* protected byte string holds no map */
    {"veraison-sign1-verify-negative-0002", ST_DUPLICATE}, /* protected key twice */
    {"veraison-sign1-verify-negative-0003", ST_DUPLICATE}, /* unprotected key twice */
};

static void good_documents_verify(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		struct vector v = load(good[i]);
		enum status st = verify(&v, v.doc);
		if (st != ST_OK)
			fail_msg("%s gave %s", good[i], status_name(st));
		clear(&v);
	}
}

static void bad_documents_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct vector v = load(bad[i].name);
		enum status st = verify(&v, v.doc);
		if (st != bad[i].st)
			fail_msg("%s gave %s", bad[i].name, status_name(st));
		clear(&v);
	}
}

/* Where the unprotected header lies: the one part that no signature covers. */
static struct slice unprotected_of(struct slice doc)
{
	struct cbor_reader r;

	cbor_reader_init(&r, doc);
	if (cbor_is_tag(&r))
		cbor_tag(&r, 18);
	cbor_array_exact(&r, 4);
	cbor_bytes(&r);
	struct slice map = cbor_any(&r);
	assert_int_equal(r.st, ST_OK);
	return map;
}

static void every_flipped_bit_outside_the_unprotected_header_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		struct vector v = load(good[i]);
		struct slice open = unprotected_of(v.doc);
		uint8_t *bytes = (uint8_t *)v.doc.ptr;
		for (size_t bit = 0; bit < 8 * v.doc.len; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
			bool is_covered = bytes + bit / 8 < open.ptr || bytes + bit / 8 >= open.ptr + open.len;
			if (is_covered)
				assert_int_not_equal(verify(&v, v.doc), ST_OK);
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		clear(&v);
	}
}

static void every_truncation_and_tail_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		struct vector v = load(good[i]);
		uint8_t *longer = calloc(1, v.doc.len + 1);
		assert_non_null(longer);
		memcpy(longer, v.doc.ptr, v.doc.len);
		for (size_t n = 0; n < v.doc.len; n++)
			assert_int_equal(verify(&v, slice_of(longer, n)), ST_TRUNCATED);
		assert_int_equal(verify(&v, slice_of(longer, v.doc.len + 1)), ST_TRAILING);
		free(longer);
		clear(&v);
	}
}

static void another_aad_or_algorithm_is_refused(void **state)
{
	static const enum cose_alg algs[] = {COSE_EDDSA, COSE_ES256, COSE_ES384, COSE_ES512};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		struct vector v = load(good[i]), other = v;
		other.aad = slice_str("another");
		assert_int_equal(verify(&other, v.doc), ST_SIGNATURE);
		for (size_t k = 0; k < COUNT_OF(algs); k++) {
			other = v;
			other.alg = algs[k];
			assert_int_equal(verify(&other, v.doc) == ST_OK, algs[k] == v.alg);
		}
		clear(&v);
	}
}

static int start(void **state)
{
	(void)state;
	return crypto_init() == ST_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_documents_verify),
	    cmocka_unit_test(bad_documents_are_refused),
	    cmocka_unit_test(every_flipped_bit_outside_the_unprotected_header_is_refused),
	    cmocka_unit_test(every_truncation_and_tail_is_refused),
	    cmocka_unit_test(another_aad_or_algorithm_is_refused),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
