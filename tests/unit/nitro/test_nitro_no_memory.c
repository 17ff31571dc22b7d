/* Every allocation of ours and of libcrypto fails in turn: never ST_OK without the whole work, no claims, no leak. */
#include "../../support/test.h"

#include "../../support/failing_crypto.h"
#include "attest/attest.h"
#include "document.h"

static struct buf evidence;
static struct att_anchor anchor = {.root = ATT_ROOT_AWS_NITRO};

static enum status examine(struct att_claims *c)
{
	struct att_anchors anchors = {&anchor, 1};
	struct att_input in = {.evidence = buf_view(&evidence), .anchors = &anchors, .now = {1717200000, 1717200000}};
	struct att_finding f = {0};

	return att_examine(c, TEE_NITRO, &in, &f);
}

/* A root and a leaf: the chain of any length fails at the same calls. */
static int start(void **state)
{
	struct document doc;
	struct att_claims c;
	struct buf bundle = {0};

	(void)state;
	if (crypto_init() != ST_OK)
		return -1;
	EVP_PKEY *root_key = pki_ec("P-384"), *leaf_key = pki_ec("P-384");
	struct buf root = pki_root("root", root_key), leaf = pki_leaf("leaf", leaf_key, "root", root_key);
	struct x509 *parsed = pki_parse(&root);
	x509_pin(anchor.pin, parsed);
	x509_free(parsed);
	document_init(&doc);
	doc.signer = leaf_key;
	cbor_put_array(&bundle, 1);
	cbor_put_bytes(&bundle, buf_view(&root));
	document_set(&doc, CABUNDLE, buf_view(&bundle));
	document_set_bytes(&doc, CERTIFICATE, buf_view(&leaf));
	evidence = document_encode(&doc);
	document_clear(&doc);
	buf_clear(&bundle);
	buf_clear(&root);
	buf_clear(&leaf);
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(leaf_key);
	return examine(&c) == ST_OK ? 0 : -1; /* what the library keeps, it has by now */
}

static int stop(void **state)
{
	(void)state;
	buf_clear(&evidence);
	return 0;
}

static void each_allocation_fails_in_turn(void **state)
{
	(void)state;
	/* thousands of them, nearly all inside the library's parser, which tests/unit/x509 goes through one by one */
	for (long k = 0; k < 20000; k += k < 200 ? 1 : 7) {
		struct att_claims c = {.kind = TEE_TPM};
		allocations_left = k;
		enum status st = examine(&c);
		long left = allocations_left;
		allocations_left = -1;
		assert_int_equal(c.kind, st == ST_OK ? TEE_NITRO : TEE_TPM);
		if (st == ST_OK && left > 0) {
			assert_true(k > 100);
			return;
		}
	}
	fail_msg("never got through");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_fails_in_turn)};

	if (!failing_crypto())
		return 1;
	return cmocka_run_group_tests_name("nitro without memory", tests, start, stop);
}
