/* The quote's form: headers, lengths, padding. Genuine quotes are read by tests/kat/dcap. */
#include "quote.h"

#include "../../support/test.h"
#include "base/buf.h"

struct form {
	unsigned version, key_type, tee, body_type;
	size_t body, body_size; /* bytes there; what version 5 says */
	size_t auth, chain;
	unsigned outer, inner; /* certification types */
	long outer_off, inner_off, total_off, auth_off; /* added to the lengths as written */
	size_t padding;
};
static const struct form sgx3 = {3, 2, 0, 1, 384, 384, 32, 10, 6, 5, 0, 0, 0, 0, 0};
static const struct form tdx4 = {4, 2, 0x81, 2, 584, 584, 32, 10, 6, 5, 0, 0, 0, 0, 0};
static const struct form tdx5 = {5, 2, 0x81, 3, 648, 648, 32, 10, 6, 5, 0, 0, 0, 0, 0};

static void put_le(struct buf *b, size_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_append(b, (uint8_t[]){(uint8_t)(v >> 8 * i)}, 1);
}

static void put_fill(struct buf *b, int byte, size_t n)
{
	uint8_t *p = n ? buf_extend(b, n) : NULL;

	if (p)
		memset(p, byte, n);
}

static struct buf quote(const struct form *f)
{
	static const uint8_t vendor[16] = {
	    0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};
	size_t inner = 384 + 64 + 2 + f->auth + 6 + f->chain, outer = f->version == 3 ? 0 : 6;
	struct buf b = {0};

	put_le(&b, f->version, 2);
	put_le(&b, f->key_type, 2);
	put_le(&b, f->tee, 4);
	put_le(&b, 0x01020304, 4);
	buf_append(&b, vendor, sizeof vendor);
	put_fill(&b, 0xdd, 20);
	if (f->version == 5) {
		put_le(&b, f->body_type, 2);
		put_le(&b, f->body_size, 4);
	}
	put_fill(&b, 1, f->body);
	put_le(&b, (size_t)((long)(128 + outer + inner) + f->total_off), 4);
	put_fill(&b, 2, 64);
	put_fill(&b, 3, 64);
	if (outer) {
		put_le(&b, f->outer, 2);
		put_le(&b, (size_t)((long)inner + f->outer_off), 4);
	}
	put_fill(&b, 4, 384);
	put_fill(&b, 5, 64);
	put_le(&b, (size_t)((long)f->auth + f->auth_off), 2);
	put_fill(&b, 6, f->auth);
	put_le(&b, f->inner, 2);
	put_le(&b, (size_t)((long)f->chain + f->inner_off), 4);
	put_fill(&b, 7, f->chain);
	put_fill(&b, 0, f->padding);
	return b;
}

static enum status parse(const struct form *f, struct dcap_quote *q)
{
	struct buf b = quote(f);
	enum status st = dcap_quote_parse(q, buf_view(&b));

	buf_clear(&b);
	return st;
}

static void assert_fill(struct slice s, size_t len, int byte)
{
	assert_int_equal(s.len, len);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(s.ptr[i], byte);
}

static void parts_lie_where_they_should(void **state)
{
	const struct form *const forms[] = {&sgx3, &tdx4, &tdx5};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		struct buf b = quote(forms[i]);
		struct dcap_quote q;
		assert_int_equal(dcap_quote_parse(&q, buf_view(&b)), ST_OK);
		assert_int_equal(q.version, forms[i]->version);
		assert_int_equal(q.body_type, forms[i]->body_type);
		assert_fill(q.body, forms[i]->body, 1);
		assert_fill(q.signature, 64, 2);
		assert_fill(q.key, 64, 3);
		assert_fill(q.qe_report, 384, 4);
		assert_fill(q.qe_signature, 64, 5);
		assert_fill(q.qe_auth, 32, 6);
		assert_fill(q.certification_data, 10, 7);
		assert_ptr_equal(q.signed_part.ptr, b.ptr); /* version 5: type and size are signed too */
		assert_int_equal(q.signed_part.len, (forms[i]->version == 5 ? 54 : 48) + forms[i]->body);
		buf_clear(&b);
	}
}

struct change {
	struct form form;
	enum status st;
};

static void form_is_strict(void **state)
{
	(void)state;
	struct change cases[48];
	size_t n = 0;
#define CASE(base, edit, status)                                                                                       \
	do {                                                                                                           \
		struct form f = base;                                                                                  \
		edit;                                                                                                  \
		cases[n++] = (struct change){f, status};                                                               \
	} while (0)
	CASE(sgx3, f.version = 2, ST_UNSUPPORTED);
	CASE(sgx3, f.version = 6, ST_UNSUPPORTED);
	CASE(sgx3, f.key_type = 3, ST_UNSUPPORTED); /* P-384 */
	CASE(sgx3, f.key_type = 1, ST_UNSUPPORTED);
	CASE(sgx3, f.tee = 0x81, ST_FORMAT); /* reserved in version 3 */
	CASE(sgx3, f.tee = 1, ST_FORMAT);
	CASE(tdx4, f.tee = 1, ST_UNSUPPORTED);
	CASE(tdx5, f.body_type = 0, ST_UNSUPPORTED);
	CASE(tdx5, f.body_type = 4, ST_UNSUPPORTED);
	CASE(tdx5, f.body_type = 1, ST_UNSUPPORTED); /* an SGX body under TEE type TDX */
	CASE(tdx5, f.tee = 0, ST_UNSUPPORTED); /* a TD body under TEE type SGX */
	CASE(tdx5, f.body_size = 584, ST_FORMAT);
	CASE(tdx5, f.body_size = 649, ST_FORMAT);
	CASE(tdx5, f.body_size = 0, ST_FORMAT);
	CASE(tdx5, f.body_size = 0xffffffff, ST_FORMAT);
	CASE(tdx5, (f.body_type = 2, f.body = f.body_size = 584), ST_OK);
	CASE(tdx5, (f.tee = 0, f.body_type = 1, f.body = f.body_size = 384), ST_OK);
	CASE(tdx4, (f.tee = 0, f.body = 384), ST_OK);
	CASE(tdx4, f.outer = 5, ST_UNSUPPORTED);
	CASE(tdx4, f.outer = 7, ST_UNSUPPORTED);
	CASE(tdx4, f.inner = 6, ST_UNSUPPORTED);
	CASE(tdx4, f.inner = 0, ST_UNSUPPORTED);
	CASE(sgx3, f.inner = 6, ST_UNSUPPORTED);
	CASE(sgx3, f.inner = 7, ST_UNSUPPORTED);
	CASE(sgx3, f.inner = 1, ST_OK);
	CASE(sgx3, f.inner = 4, ST_OK);
	CASE(tdx4, f.outer_off = 1, ST_TRUNCATED);
	CASE(tdx4, f.outer_off = -1, ST_TRAILING);
	CASE(tdx4, f.outer_off = 0x7fffffff, ST_TRUNCATED);
	CASE(tdx4, f.inner_off = 1, ST_TRUNCATED);
	CASE(tdx4, f.inner_off = -1, ST_TRAILING);
	CASE(sgx3, f.inner_off = 1, ST_TRUNCATED);
	CASE(sgx3, f.inner_off = -1, ST_TRAILING);
	CASE(sgx3, f.total_off = 1, ST_TRUNCATED);
	CASE(sgx3, f.total_off = -1, ST_TRUNCATED);
	CASE(sgx3, (f.total_off = 1, f.padding = 1), ST_TRAILING); /* a zero inside is no padding */
	CASE(tdx4, (f.total_off = 1, f.padding = 1), ST_TRAILING);
	CASE(sgx3, f.auth_off = 0x6000, ST_TRUNCATED);
	CASE(sgx3, f.auth = 0, ST_OK);
	CASE(sgx3, f.chain = 0, ST_OK);
	CASE(sgx3, f.padding = 3065, ST_OK);
	for (size_t i = 0; i < n; i++) {
		struct dcap_quote q;
		enum status st = parse(&cases[i].form, &q);
		if (st != cases[i].st)
			fail_msg("case %zu: expected %s, got %s", i, status_name(cases[i].st), status_name(st));
	}
}

static void header_by_bytes(void **state)
{
	struct buf b = quote(&tdx4);
	struct dcap_quote q;

	(void)state;
	for (size_t i = 12; i < 28; i++) { /* the vendor of the quoting enclave */
		b.ptr[i] ^= 1;
		assert_int_equal(dcap_quote_parse(&q, buf_view(&b)), ST_UNSUPPORTED);
		b.ptr[i] ^= 1;
	}
	assert_int_equal(dcap_quote_parse(&q, buf_view(&b)), ST_OK);
	buf_clear(&b);
}

static void truncations_and_padding(void **state)
{
	const struct form *const forms[] = {&sgx3, &tdx4, &tdx5};
	struct dcap_quote q;

	(void)state;
	for (size_t k = 0; k < COUNT_OF(forms); k++) {
		struct buf b = quote(forms[k]);
		for (size_t n = 0; n < b.len; n++)
			assert_int_equal(dcap_quote_parse(&q, slice_of(b.ptr, n)), ST_TRUNCATED);
		put_fill(&b, 0, 70);
		assert_int_equal(dcap_quote_parse(&q, buf_view(&b)), ST_OK);
		assert_int_equal(q.padding.len, 70);
		for (size_t i = 1; i <= 70; i++) {
			b.ptr[b.len - i] = 1;
			assert_int_equal(dcap_quote_parse(&q, buf_view(&b)), ST_TRAILING);
			b.ptr[b.len - i] = 0;
		}
		buf_clear(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_lie_where_they_should),
	    cmocka_unit_test(form_is_strict),
	    cmocka_unit_test(header_by_bytes),
	    cmocka_unit_test(truncations_and_padding),
	};

	return cmocka_run_group_tests_name("quote", tests, NULL, NULL);
}
