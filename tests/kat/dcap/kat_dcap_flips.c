/*
 * Nothing of a quote or of its collateral is free: every bit of the genuine quote that argv[1] names (or one bit of every byte of
 * all the others, "others"; or of every collateral document, "collateral"), every truncation and a byte more. argv[2] is the
 * stride (1: all): under the sanitizers a sample is enough.
 *
 * A flip is refused; or it binds nothing, and then the claims must be the same. Such bytes are counted here by their reason.
 */
#include "dcap_vectors.h"

#include "../../support/test.h"

static const char *part = "phala-tdx";
static size_t stride = 1;

struct subject {
	struct dcap_case c;
	struct buf bundle;
	struct dcap_run good;
};

static bool load(struct subject *s, const struct dcap_vector *v)
{
	*s = (struct subject){0};
	if (!dcap_load(&s->c, v))
		return false;
	s->bundle = dcap_bundle(&s->c);
	s->good = dcap_run(&s->c);
	dcap_expect(&s->good, v->st, v->check);
	return true;
}

static void unload(struct subject *s)
{
	buf_clear(&s->bundle);
	dcap_unload(&s->c);
}

static enum status examine(const struct subject *s, struct slice quote, struct slice bundle)
{
	return dcap_examine(s->c.v->kind, quote, bundle, &att_anchors_production, s->c.at_s, s->c.at_s).st;
}

/* What binds nothing, all of it: the NUL that ends some PEM chains may become a blank. */
static bool binds_nothing(const struct subject *s, size_t bit)
{
	size_t data = s->c.v->kind == TEE_SGX ? 48 + 384 : s->c.quote.ptr[0] == 5 ? 54 + 648 : 48 + 584;
	const uint8_t *len = s->c.quote.ptr + data;
	size_t end = data + 4 + ((size_t)len[0] | (size_t)len[1] << 8);

	return bit / 8 == end - 1 && s->c.quote.ptr[end - 1] == ' ';
}

static void refuse_quote_flips(struct subject *s, size_t first, size_t step)
{
	uint8_t *bytes = s->c.quote.ptr;

	for (size_t bit = first; bit < 8 * s->c.quote.len; bit += step) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (examine(s, buf_view(&s->c.quote), buf_view(&s->bundle)) == ST_OK && !binds_nothing(s, bit))
			fail_msg("%s: accepted with bit %zu flipped", s->c.v->name, bit);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void refuse_truncations(struct subject *s)
{
	struct slice q = buf_view(&s->c.quote);
	size_t end = q.len;

	while (end && q.ptr[end - 1] == 0)
		end--; /* shorter padding is padding */
	for (size_t n = 0; n + 1 < end; n += stride)
		assert_int_equal(examine(s, slice_of(q.ptr, n), buf_view(&s->bundle)), ST_ATT_FORMAT);
	buf_append(&s->c.quote, "\0\1", 2);
	assert_int_equal(examine(s, buf_view(&s->c.quote), buf_view(&s->bundle)), ST_ATT_FORMAT);
	s->c.quote.len--; /* a zero more is padding */
	assert_int_equal(examine(s, buf_view(&s->c.quote), buf_view(&s->bundle)), s->good.st);
	s->c.quote.len--;
}

static void every_bit_of_one_quote(void **state)
{
	struct subject s;

	(void)state;
	if (!load(&s, dcap_vector(part)))
		skip();
	refuse_quote_flips(&s, 0, stride);
	refuse_truncations(&s);
	unload(&s);
}

/* One bit of each byte, another one from byte to byte. */
static void one_bit_per_byte_of_the_others(void **state)
{
	struct subject s;
	size_t done = 0;

	(void)state;
	for (size_t i = 0; i < dcap_vectors_n; i++) {
		const struct dcap_vector *v = &dcap_vectors[i];
		if (v->st != ST_OK || v->here || !load(&s, v))
			continue;
		refuse_quote_flips(&s, i % 8, 9 * stride);
		refuse_truncations(&s);
		unload(&s);
		done++;
	}
	if (!done) {
		print_message("no other vectors here: ../shared/vectors\n");
		skip();
	}
}

static bool same_claims(const struct att_claims *a, const struct att_claims *b)
{
	return a->valid_from == b->valid_from && a->valid_to == b->valid_to && a->tcb_status == b->tcb_status &&
	       a->evaluation == b->evaluation && a->n_advisories == b->n_advisories && a->n_values == b->n_values &&
	       a->debug == b->debug && strcmp(a->product, b->product) == 0 &&
	       memcmp(a->advisories, b->advisories, sizeof a->advisories) == 0 &&
	       memcmp(a->tcb_svn, b->tcb_svn, sizeof a->tcb_svn) == 0;
}

/* A document that verifies with a bit flipped must not have been needed: the same verdict then comes without it. Of those, the root
 * and the PCK CA that the quote carries itself, one bit in nine bytes will do. */
static void refuse_document_flips(struct subject *s, struct collateral_item *item, bool needed)
{
	for (size_t bit = 0; bit < 8 * item->len; bit += (needed ? 9 : 73) * stride) {
		item->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		struct dcap_run run = dcap_run(&s->c);
		item->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (run.st == ST_OK && (needed || !same_claims(&run.claims, &s->good.claims)))
			fail_msg("%s: accepted with bit %zu of a document of type %d flipped", s->c.v->name, bit,
			    item->type);
	}
}

/* Cut short, a document that is needed is missing. */
static void refuse_document_truncations(struct subject *s, struct collateral_item *item)
{
	size_t len = item->len;

	for (item->len = 1; item->len < len; item->len += 61 * stride)
		assert_int_not_equal(dcap_run(&s->c).st, ST_OK);
	item->len = len;
}

static void refuse_signature_flips(struct subject *s, struct collateral_item *item)
{
	for (size_t bit = 0; bit < 8 * sizeof item->signature; bit += stride) {
		item->signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (dcap_run(&s->c).st == ST_OK)
			fail_msg("%s: accepted with bit %zu of a signature flipped", s->c.v->name, bit);
		item->signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* Needed: taken away, the quote is refused. */
static bool is_needed(struct subject *s, size_t i)
{
	struct collateral parts = s->c.parts;

	s->c.parts.items[i] = s->c.parts.items[--s->c.parts.n];
	enum status st = dcap_run(&s->c).st;
	s->c.parts = parts;
	return st != ST_OK;
}

static void one_bit_per_byte_of_the_collateral(void **state)
{
	static const char *const names[] = {"phala-tdx", "phala-sgx"};
	struct subject s;

	(void)state;
	for (size_t k = 0; k < COUNT_OF(names); k++) {
		assert_true(load(&s, dcap_vector(names[k])));
		size_t needed = 0;
		for (size_t i = 0; i < s.c.parts.n; i++) {
			struct collateral_item *item = &s.c.parts.items[i];
			bool need = is_needed(&s, i);
			needed += need;
			refuse_document_flips(&s, item, need);
			if (need)
				refuse_document_truncations(&s, item);
			if (item->type == ATT_ITEM_TCB_INFO || item->type == ATT_ITEM_QE_IDENTITY)
				refuse_signature_flips(&s, item);
		}
		assert_int_equal(needed, 5); /* two CRLs, TCB info, QE identity, TCB signing certificate */
		unload(&s);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest quote[] = {cmocka_unit_test(every_bit_of_one_quote)};
	const struct CMUnitTest others[] = {cmocka_unit_test(one_bit_per_byte_of_the_others)};
	const struct CMUnitTest collateral[] = {cmocka_unit_test(one_bit_per_byte_of_the_collateral)};

	part = argc > 1 ? argv[1] : part;
	stride = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 1;
	if (strcmp(part, "others") == 0)
		return cmocka_run_group_tests_name("kat_dcap_flips others", others, NULL, NULL);
	if (strcmp(part, "collateral") == 0)
		return cmocka_run_group_tests_name("kat_dcap_flips collateral", collateral, NULL, NULL);
	return cmocka_run_group_tests_name("kat_dcap_flips", quote, NULL, NULL);
}
