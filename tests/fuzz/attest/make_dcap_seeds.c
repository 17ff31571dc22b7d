/* Writes the first seeds of the DCAP targets out of the vectors: make_dcap_seeds tests/fuzz/corpus */
#include "../../kat/dcap/dcap_vectors.h"

#include "../../support/test.h"

#include "base/reader.h"
#include "base/x509.h"

static void write_seed(const char *corpus, const char *target, const char *name, struct slice bytes)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s/%s", corpus, target, name);
	assert_int_equal(file_write(path, bytes, 0644), ST_OK);
}

static void write_quote(const char *corpus, const struct dcap_case *c)
{
	struct buf seed = {0}, bundle = dcap_bundle(c);
	uint8_t head[5] = {c->v->kind == TEE_TDX};

	put_u32le(head + 1, (uint32_t)c->quote.len);
	buf_append(&seed, head, sizeof head);
	buf_append(&seed, c->quote.ptr, c->quote.len);
	buf_append(&seed, bundle.ptr, bundle.len);
	write_seed(corpus, "fuzz_dcap_quote", c->v->name, buf_view(&seed));
	buf_clear(&seed);
	buf_clear(&bundle);
}

static void write_documents(const char *corpus, const struct dcap_case *c)
{
	char name[64];

	for (size_t i = 0; i < c->parts.n; i++) {
		const struct collateral_item *item = &c->parts.items[i];
		if (item->type != ATT_ITEM_TCB_INFO && item->type != ATT_ITEM_QE_IDENTITY)
			continue;
		snprintf(name, sizeof name, "%s-%zu", c->v->name, i);
		write_seed(corpus, "fuzz_dcap_json", name, slice_of(item->bytes, item->len));
	}
}

/* The PCK certificate is the first block of PEM in a quote. */
static void write_extension(const char *corpus, const struct dcap_case *c)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	uint8_t der[X509_DER_MAX];
	size_t len = 0;
	struct x509 *cert = NULL;
	bool critical;
	struct slice value, pem = buf_view(&c->quote);

	while (pem.len > sizeof begin && memcmp(pem.ptr, begin, sizeof begin - 1) != 0)
		pem.ptr++, pem.len--;
	assert_int_equal(pem_next(der, sizeof der, &len, "CERTIFICATE", &pem), ST_OK);
	assert_int_equal(x509_parse(&cert, slice_of(der, len)), ST_OK);
	assert_true(x509_extension(cert, "1.2.840.113741.1.13.1", &value, &critical));
	write_seed(corpus, "fuzz_pck_extension", c->v->name, value);
	x509_free(cert);
}

int main(int argc, char **argv)
{
	static const char *const names[] = {"phala-tdx", "phala-sgx", "google-tdx5", "coco-debug-td"};

	for (size_t i = 0; argc > 1 && i < COUNT_OF(names); i++) {
		struct dcap_case c;
		if (!dcap_load(&c, dcap_vector(names[i])))
			continue;
		if (i < 2)
			write_quote(argv[1], &c);
		write_documents(argv[1], &c);
		write_extension(argv[1], &c);
		dcap_unload(&c);
	}
	return argc > 1 ? 0 : 64;
}
