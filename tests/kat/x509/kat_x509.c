/* Vendors' certificates, CRLs and chains, genuine and hostile, as they come (shared vectors; skipped when they are absent). */
#include "../../support/test.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/x509.h"

#include <jansson.h>

#define VECTORS PARLEY_SHARED_DIR "/vectors/"

static int need_vectors(void **state)
{
	(void)state;
	return crypto_init() == ST_OK ? 0 : -1;
}

static void skip_without_vectors(void)
{
	if (access(VECTORS "README.md", R_OK) == 0)
		return;
	print_message("the shared evidence vectors are not here\n");
	skip();
}

static struct buf file(const char *name)
{
	struct buf b = {0};
	char path[512];

	snprintf(path, sizeof path, VECTORS "%s", name);
	if (buf_read_file(&b, path, 1 << 20) != ST_OK)
		fail_msg("cannot read %s", path);
	return b;
}

/* All certificates of a PEM file, or the one of a DER file, in the order of the file. */
static size_t pem_certificates(struct x509 *out[X509_CHAIN_MAX], struct slice text)
{
	uint8_t der[X509_DER_MAX];
	size_t n = 0, len;

	for (;;) {
		assert_int_equal(pem_next(der, sizeof der, &len, "CERTIFICATE", &text), ST_OK);
		if (len == 0)
			return n;
		assert_true(n < X509_CHAIN_MAX);
		assert_int_equal(x509_parse(&out[n++], slice_of(der, len)), ST_OK);
	}
}

static size_t certificates(struct x509 *out[X509_CHAIN_MAX], const char *name)
{
	struct buf b = file(name);
	size_t n = 1;

	if (strstr(name, ".der"))
		assert_int_equal(x509_parse(&out[0], buf_view(&b)), ST_OK);
	else
		n = pem_certificates(out, buf_view(&b));
	buf_clear(&b);
	return n;
}

static void release(struct x509 **c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x509_free(c[i]);
}

enum {
	MAY_2024 = 1714521600,
	JAN_2026 = 1767225600,
	JUN_2026 = 1780272000,
	JUN_2025 = 1748736000,
	SEP_2025 = 1756684800
};

struct chain_case {
	const char *files[4]; /* anchor first; a PEM file stands in its own order */
	bool reversed; /* each file's certificates are leaf first */
	int64_t at;
	enum x509_fault fault;
	size_t where;
};

static const struct chain_case chains[] = {
    {{"nitro/aws-nitro-root-g1.pem"}, false, MAY_2024, X509_FINE, 0},
    {{"nitro/aws-nitro-root-g1.pem"}, false, 1572269284, X509_FAULT_NOT_YET, 0},
    {{"nitro/aws-nitro-root-g1.pem"}, false, 1572269285, X509_FINE, 0},
    {{"nitro/aws-nitro-root-g1.pem"}, false, 2519044085, X509_FINE, 0},
    {{"nitro/aws-nitro-root-g1.pem"}, false, 2519044086, X509_FAULT_EXPIRED, 0},
    {{"sgx/intel-sgx-root-ca.der", "sgx/intel-platform-ca.der"}, false, SEP_2025, X509_FINE, 0},
    {{"sgx/intel-sgx-root-ca.der", "sgx/intel-tcb-signing-2025.der"}, false, SEP_2025, X509_FINE, 0},
    {{"sgx/intel-sgx-root-ca.der", "sgx/intel-tcb-signing-2025.der"}, false, MAY_2024, X509_FAULT_NOT_YET, 1},
    {{"sgx/mobilecoin-root-ca.pem", "sgx/mobilecoin-tcb-signer.pem"}, false, MAY_2024, X509_FINE, 0},
    {{"sgx/mobilecoin-root-ca.pem", "sgx/mobilecoin-tcb-signer.pem"}, false, SEP_2025, X509_FAULT_EXPIRED, 1},
    {{"sgx/hostile-lookalike-tcb-chain.pem"}, true, MAY_2024, X509_FINE, 0},
    {{"sgx/hostile-lookalike-pck-chain.pem"}, true, MAY_2024, X509_FINE, 0},
    {{"sgx/hostile-lookalike-pck-cert.pem", "sgx/hostile-lookalike-pck-chain.pem"}, false, MAY_2024, X509_FAULT_SELF,
	0},
    {{"tdx/automata-806f-tcb-chain.pem"}, true, MAY_2024, X509_FINE, 0},
    {{"tdx/automata-806f-tcb-chain.pem"}, true, SEP_2025, X509_FAULT_EXPIRED, 1},
    /* names right, key wrong */
    {{"sgx/intel-sgx-root-ca.der", "sgx/hostile-lookalike-pck-cert.pem"}, false, MAY_2024, X509_FAULT_NAME, 1},
    {{"sgx/hostile-lookalike-root.pem", "sgx/intel-platform-ca.der"}, false, SEP_2025, X509_FAULT_SIGNATURE, 1},
    {{"snp/amd-ask-ark-milan.pem"}, true, MAY_2024, X509_FINE, 0},
    {{"snp/amd-ask-ark-genoa.pem"}, true, MAY_2024, X509_FINE, 0},
    {{"snp/amd-ask-ark-turin.pem"}, true, MAY_2024, X509_FINE, 0},
    {{"snp/amd-ask-ark-milan-vlek.pem"}, true, MAY_2024, X509_FINE, 0},
    {{"snp/amd-ask-ark-milan.pem", "snp/coco-milan-v2-vcek.der"}, true, MAY_2024, X509_FINE, 0},
    {{"snp/amd-ask-ark-milan.pem", "snp/virtee-milan-v2-vcek.der"}, true, MAY_2024, X509_FINE, 0},
    {{"snp/amd-ask-ark-milan.pem", "snp/google-milan-v2-debugpolicy-vcek.der"}, true, MAY_2024, X509_FINE, 0},
    {{"snp/amd-ask-ark-genoa.pem", "snp/lunal-genoa-v5-vcek.der"}, true, JUN_2026, X509_FINE, 0},
    {{"snp/amd-ask-ark-genoa.pem", "snp/lunal-genoa-v5-vcek.der"}, true, JAN_2026, X509_FAULT_NOT_YET, 2},
    {{"snp/amd-ask-ark-turin.pem", "snp/oak-turin-v5-vcek.der"}, true, JAN_2026, X509_FINE, 0},
    {{"snp/amd-ask-ark-milan-vlek.pem", "snp/coco-milan-v3-vlek.der"}, true, JUN_2025, X509_FINE, 0},
    {{"snp/amd-ask-ark-milan-vlek.pem", "snp/coco-milan-v3-vlek.der"}, true, JAN_2026, X509_FAULT_EXPIRED, 2},
    {{"snp/amd-ask-ark-milan.pem", "snp/coco-milan-v3-vlek.der"}, true, JUN_2025, X509_FAULT_NAME, 2},
    {{"snp/amd-ask-ark-genoa.pem", "snp/coco-milan-v2-vcek.der"}, true, MAY_2024, X509_FAULT_NAME, 2},
    {{"snp/amd-ask-ark-milan.pem", "snp/hostile-vcek-legacy.der"}, true, MAY_2024, X509_FAULT_SIGNATURE, 2},
    {{"snp/amd-ask-ark-milan.pem", "snp/hostile-vcek-new.der"}, true, MAY_2024, X509_FAULT_SIGNATURE, 2},
};

static size_t chain_load(struct x509 *out[X509_CHAIN_MAX], const struct chain_case *c)
{
	struct x509 *part[X509_CHAIN_MAX];
	size_t n = 0;

	for (size_t f = 0; f < COUNT_OF(c->files) && c->files[f]; f++) {
		size_t got = certificates(part, c->files[f]);
		assert_true(n + got <= X509_CHAIN_MAX);
		for (size_t i = 0; i < got; i++)
			out[n++] = part[c->reversed ? got - 1 - i : i];
	}
	return n;
}

static void chains_get_their_verdict(void **state)
{
	(void)state;
	skip_without_vectors();
	for (size_t k = 0; k < COUNT_OF(chains); k++) {
		struct x509 *c[X509_CHAIN_MAX];
		size_t n = chain_load(c, &chains[k]), where;
		enum status st;
		enum x509_fault f =
		    x509_chain((const struct x509 *const *)c, n, chains[k].at, chains[k].at, &where, &st);
		if (f != chains[k].fault || (f != X509_FINE && where != chains[k].where))
			fail_msg("%zu %s: %s at %zu", k, chains[k].files[0], x509_fault_text(f), where);
		assert_int_equal(st, ST_OK);
		release(c, n);
	}
}

/* The PCK chain that a quote carries: leaf first, in PEM, up to a NUL or the end. */
static void chains_inside_quotes(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		enum x509_fault fault;
		size_t where;
	} quotes[] = {
	    {"sgx/phala-sgx-quote.bin", X509_FINE, 0},
	    {"sgx/automata-sgx-debug-quote.bin", X509_FINE, 0},
	    {"sgx/mobilecoin-sgx-quote.bin", X509_FINE, 0},
	    {"sgx/hostile-badchain-oe-report.bin", X509_FAULT_SIGNATURE, 1},
	    {"tdx/phala-tdx-quote.bin", X509_FINE, 0},
	    {"tdx/phala-tdx5-nolevel-quote.bin", X509_FINE, 0},
	    {"tdx/automata-tdx4-padded-quote.bin", X509_FINE, 0},
	    {"tdx/automata-tdx5-quote.bin", X509_FINE, 0},
	    {"tdx/coco-debug-td-quote.bin", X509_FINE, 0},
	    {"tdx/google-spr-e4-quote.bin", X509_FINE, 0},
	    {"tdx/google-tdx5-quote.bin", X509_FINE, 0},
	};
	skip_without_vectors();
	for (size_t k = 0; k < COUNT_OF(quotes); k++) {
		struct buf b = file(quotes[k].file);
		struct x509 *leaf_first[X509_CHAIN_MAX];
		const struct x509 *c[X509_CHAIN_MAX];
		static const char begin[] = "-----BEGIN", last[] = "-----END CERTIFICATE-----";
		const uint8_t *from = memmem(b.ptr, b.len, begin, strlen(begin)), *to = NULL, *end = b.ptr + b.len;
		assert_non_null(from);
		for (const uint8_t *p = from; (p = memmem(p, (size_t)(end - p), last, strlen(last))); p++)
			to = p + strlen(last);
		assert_non_null(to);
		size_t n = pem_certificates(leaf_first, slice_of(from, (size_t)(to - from))), where;
		assert_int_equal(n, 3);
		for (size_t i = 0; i < n; i++)
			c[i] = leaf_first[n - 1 - i];
		enum status st;
		enum x509_fault f =
		    x509_chain(c, n, x509_facts(c[2])->not_before, x509_facts(c[2])->not_before, &where, &st);
		if (f != quotes[k].fault || (f != X509_FINE && where != quotes[k].where))
			fail_msg("%s: %s at %zu", quotes[k].file, x509_fault_text(f), where);
		release(leaf_first, n);
		buf_clear(&b);
	}
}

struct crl_case {
	const char *crl, *issuer;
	int64_t this_update, next_update;
	size_t revoked;
	enum status st;
};

static void crls_are_signed_and_dated(void **state)
{
	(void)state;
	static const struct crl_case crls[] = {
	    {"sgx/automata-sgx-platform-crl.der", "sgx/intel-platform-ca.der", 1755236486, 1757828486, 44, ST_OK},
	    {"tdx/automata-806f-platform-crl.der", "sgx/intel-platform-ca.der", 1739418028, 1742010028, 44, ST_OK},
	    {"tdx/google-platform-crl.der", "sgx/intel-platform-ca.der", 1686209272, 1688801272, 44, ST_OK},
	    {"tdx/automata-806f-root-crl.der", "sgx/intel-sgx-root-ca.der", 1710962370, 1743707970, 0, ST_OK},
	    {"tdx/google-root-crl.der", "sgx/intel-sgx-root-ca.der", 1680517371, 1712053371, 0, ST_OK},
	    {"sgx/mobilecoin-root-crl.der", "sgx/mobilecoin-root-ca.pem", 1680517371, 1712053371, 0, ST_OK},
	    {"sgx/hostile-lookalike-root-crl.der", "sgx/hostile-lookalike-root.pem", 1566992775, 1882352775, 0, ST_OK},
	    {"sgx/hostile-lookalike-root-crl.der", "sgx/intel-sgx-root-ca.der", 1566992775, 1882352775, 0,
		ST_SIGNATURE},
	    {"sgx/automata-sgx-platform-crl.der", "sgx/intel-sgx-root-ca.der", 1755236486, 1757828486, 44,
		ST_SIGNATURE},
	    {"sgx/hostile-lookalike-pck-crl.der", "sgx/intel-platform-ca.der", 1567669627, 1883288827, 1, ST_SIGNATURE},
	};
	skip_without_vectors();
	for (size_t k = 0; k < COUNT_OF(crls); k++) {
		struct buf b = file(crls[k].crl);
		struct x509_crl *crl = NULL;
		struct x509 *issuer[X509_CHAIN_MAX];
		size_t n = certificates(issuer, crls[k].issuer);
		assert_int_equal(x509_crl_parse(&crl, buf_view(&b)), ST_OK);
		const struct x509_crl_facts *f = x509_crl_facts(crl);
		if (f->this_update != crls[k].this_update || f->next_update != crls[k].next_update ||
		    f->revoked != crls[k].revoked || x509_crl_signed_by(crl, issuer[0]) != crls[k].st)
			fail_msg("%s: %lld %lld %zu", crls[k].crl, (long long)f->this_update, (long long)f->next_update,
			    f->revoked);
		assert_false(x509_crl_lists(crl, issuer[0]));
		x509_crl_free(crl);
		release(issuer, n);
		buf_clear(&b);
	}
}

static struct buf unhex(const char *hex)
{
	struct buf b = {0};

	assert_int_equal(hex_decode(buf_extend(&b, strlen(hex) / 2), strlen(hex) / 2, hex), ST_OK);
	return b;
}

static struct buf crl_of(json_t *doc, const char *name)
{
	const char *hex = json_string_value(json_object_get(doc, name));

	assert_non_null(hex);
	return unhex(hex);
}

static void check_collateral(json_t *doc, int64_t at)
{
	static const char *const names[] = {
	    "pck_crl_issuer_chain", "tcb_info_issuer_chain", "qe_identity_issuer_chain"};
	struct buf pck = crl_of(doc, "pck_crl"), root = crl_of(doc, "root_ca_crl");
	struct x509_crl *pck_crl = NULL, *root_crl = NULL;

	assert_int_equal(x509_crl_parse(&pck_crl, buf_view(&pck)), ST_OK);
	assert_int_equal(x509_crl_parse(&root_crl, buf_view(&root)), ST_OK);
	for (size_t k = 0; k < COUNT_OF(names); k++) {
		struct x509 *c[X509_CHAIN_MAX];
		size_t n = pem_certificates(c, slice_str(json_string_value(json_object_get(doc, names[k])))), where;
		enum status st;
		assert_int_equal(n, 2);
		const struct x509 *anchor_first[] = {c[1], c[0]};
		assert_int_equal(x509_chain(anchor_first, 2, at, at, &where, &st), X509_FINE);
		assert_int_equal(x509_crl_signed_by(root_crl, c[1]), ST_OK);
		assert_int_equal(x509_crl_signed_by(pck_crl, c[0]), k == 0 ? ST_OK : ST_SIGNATURE);
		assert_false(x509_crl_lists(root_crl, c[0]));
		release(c, n);
	}
	x509_crl_free(pck_crl);
	x509_crl_free(root_crl);
	buf_clear(&pck);
	buf_clear(&root);
}

static void chains_and_crls_inside_collateral(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		int64_t at;
	} bundles[] = {
	    {"sgx/phala-sgx-collateral.json", 1751328000},
	    {"tdx/phala-tdx-collateral.json", 1751328000},
	    {"tdx/phala-90c06f-collateral.json", 1772000000},
	};
	skip_without_vectors();
	for (size_t k = 0; k < COUNT_OF(bundles); k++) {
		struct buf b = file(bundles[k].file);
		json_t *doc = json_loadb((const char *)b.ptr, b.len, 0, NULL);
		assert_non_null(doc);
		check_collateral(doc, bundles[k].at);
		json_decref(doc);
		buf_clear(&b);
	}
}

static void shows_pin(const char *name, const char *expected)
{
	struct x509 *c[X509_CHAIN_MAX];
	size_t n = certificates(c, name);
	uint8_t pin[32];
	char hex[65];

	x509_pin(pin, c[n - 1]);
	hex_encode(hex, slice_of(pin, sizeof pin));
	if (strcmp(hex, expected) != 0)
		fail_msg("%s %s", name, hex);
	release(c, n);
}

/* Computed apart: openssl x509 -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum */
static void pins_of_the_vendors_keys(void **state)
{
	(void)state;
	skip_without_vectors();
	shows_pin("nitro/aws-nitro-root-g1.pem", "f2caf5ecc6190b4a8399b78bc58a2bbcd0382375db8a1bfd78a82743874fd225");
	shows_pin("sgx/intel-sgx-root-ca.der", "a0af031289f5d5d4132f9186068a7fc13628633ba235777472e29b6b6c67a49e");
	shows_pin("sgx/mobilecoin-root-ca.pem", "a0af031289f5d5d4132f9186068a7fc13628633ba235777472e29b6b6c67a49e");
	shows_pin("sgx/hostile-lookalike-root.pem", "6a3b29fc4ae6ef0e0a9241dc63aeb2a361b15af97a634803dcda3d7358a3e38a");
	shows_pin("snp/amd-ask-ark-milan.pem", "9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9");
	shows_pin("snp/amd-ask-ark-milan-vlek.pem", "9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9");
	shows_pin("snp/amd-ask-ark-genoa.pem", "429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831");
	shows_pin("snp/amd-ask-ark-turin.pem", "4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(chains_get_their_verdict),
	    cmocka_unit_test(chains_inside_quotes),
	    cmocka_unit_test(crls_are_signed_and_dated),
	    cmocka_unit_test(chains_and_crls_inside_collateral),
	    cmocka_unit_test(pins_of_the_vendors_keys),
	};
	return cmocka_run_group_tests_name("x509 vectors", tests, need_vectors, NULL);
}
