/* Tests proto/documents.h: each body comes back, has one encoding, and no truncation, addition or altered bit is taken for
 * another encoding of anything. */
#include "support/test.h"

#include "proto/documents.h"

/* Decodes and encodes again: whatever is accepted is the one encoding of what was read. */
typedef enum status (*recode)(struct buf *again, struct slice body);

static enum status recode_list(struct buf *again, struct slice body)
{
	struct slice items[DOC_PARTIES_MAX];
	size_t n;
	enum status st = doc_get_list(items, &n, body);

	if (st == ST_OK)
		doc_put_list(again, items, n);
	return st;
}

static enum status recode_evidences(struct buf *again, struct slice body)
{
	struct doc_evidence items[DOC_PARTIES_MAX];
	size_t n;
	enum status st = doc_get_evidences(items, &n, body);

	if (st == ST_OK)
		doc_put_evidences(again, items, n);
	return st;
}

#define RECODE(name, type)                                                                                             \
	static enum status recode_##name(struct buf *again, struct slice body)                                         \
	{                                                                                                              \
		static type v;                                                                                         \
		enum status st = doc_get_##name(&v, body);                                                             \
		if (st == ST_OK)                                                                                       \
			doc_put_##name(again, &v);                                                                     \
		return st;                                                                                             \
	}
RECODE(evidence, struct doc_evidence)
RECODE(enrol, struct doc_enrol)
RECODE(peers, struct doc_peers)
RECODE(step, struct doc_step)
RECODE(confirm, struct doc_step)
RECODE(bundle, struct doc_bundle)
RECODE(fault, struct doc_fault)

static enum status recode_grant(struct buf *again, struct slice body)
{
	uint32_t step;
	enum status st = doc_get_grant(&step, body);

	if (st == ST_OK)
		doc_put_grant(again, step);
	return st;
}

static enum status recode_part(struct buf *again, struct slice body)
{
	uint32_t recipient;
	struct slice part;
	enum status st = doc_get_part(&recipient, &part, body);

	if (st == ST_OK)
		doc_put_part(again, recipient, part);
	return st;
}

static enum status recode_renewal(struct buf *again, struct slice body)
{
	struct doc_evidence e;
	uint32_t epoch;
	enum status st = doc_get_renewal(&epoch, &e, body);

	if (st == ST_OK)
		doc_put_renewal(again, epoch, &e);
	return st;
}

static enum status recode_renewals(struct buf *again, struct slice body)
{
	struct doc_evidence items[DOC_PARTIES_MAX];
	uint32_t epoch;
	size_t n;
	enum status st = doc_get_renewals(&epoch, items, &n, body);

	if (st == ST_OK)
		doc_put_renewals(again, epoch, items, n);
	return st;
}

static enum status recode_empty(struct buf *again, struct slice body)
{
	enum status st = doc_get_empty(body);

	if (st == ST_OK)
		doc_put_empty(again);
	return st;
}

static void attack(recode f, struct buf *bytes)
{
	struct buf again = {0};

	assert_int_equal(f(&again, buf_view(bytes)), ST_OK);
	assert_slice_equal(buf_view(&again), buf_view(bytes));
	for (size_t n = 0; n < bytes->len; n++)
		assert_int_not_equal(f(&again, slice_of(bytes->ptr, n)), ST_OK);
	for (size_t bit = 0; bit < 8 * bytes->len; bit++) {
		bytes->ptr[bit / 8] ^= (uint8_t)(1U << (bit % 8));
		buf_reset(&again);
		if (f(&again, buf_view(bytes)) == ST_OK)
			assert_slice_equal(buf_view(&again), buf_view(bytes));
		bytes->ptr[bit / 8] ^= (uint8_t)(1U << (bit % 8));
	}
	buf_append(bytes, "", 1);
	assert_int_not_equal(f(&again, buf_view(bytes)), ST_OK);
	buf_clear(&again);
	buf_clear(bytes);
}

static const struct slice three[3] = {{(const uint8_t *)"first", 5}, {(const uint8_t *)"second", 6}, {(const uint8_t *)"third", 5}};

static void lists(void **state)
{
	(void)state;
	struct buf b = {0};

	doc_put_list(&b, three, 3);
	attack(recode_list, &b);
	doc_put_list(&b, three, 0);
	attack(recode_list, &b);
}

static void evidence(void **state)
{
	(void)state;
	const struct doc_evidence items[2] = {{1, three[0], three[1], three[2]}, {2, three[1], three[2], {0}}};
	struct buf b = {0};

	doc_put_evidence(&b, &items[0]);
	attack(recode_evidence, &b);
	doc_put_evidences(&b, items, 2);
	attack(recode_evidences, &b);
	doc_put_renewal(&b, 70000, &items[0]);
	attack(recode_renewal, &b);
	doc_put_renewals(&b, 2, items, 2);
	attack(recode_renewals, &b);
}

static void enrol_and_peers(void **state)
{
	(void)state;
	static struct doc_enrol e = {.attempt = 2, .id = "north", .n_urls = 3, .urls = {"", "tcp://127.0.0.1:7001", "tcp://127.0.0.1:7002"}};
	static struct doc_peers p = {.n = 2, .url = {{{0}, {(const uint8_t *)"tcp://h:1", 9}}, {{(const uint8_t *)"tcp://h:2", 9}, {0}}}};
	struct buf b = {0};

	doc_put_enrol(&b, &e);
	attack(recode_enrol, &b);
	doc_put_peers(&b, &p);
	attack(recode_peers, &b);
}

static void statements(void **state)
{
	(void)state;
	struct doc_step s = {.id = "south", .step = 300};
	struct doc_fault f = {"ATT-0004", "west", "it runs something else"};
	struct buf b = {0};

	memset(s.sid, 0x11, sizeof s.sid);
	memset(s.digest, 0x22, sizeof s.digest);
	doc_put_step(&b, &s);
	attack(recode_step, &b);
	s.step = 0;
	doc_put_confirm(&b, &s);
	attack(recode_confirm, &b);
	doc_put_fault(&b, &f);
	attack(recode_fault, &b);
}

static void small_bodies(void **state)
{
	(void)state;
	struct doc_bundle bundle = {.n_receipts = 3, .n_parts = 2, .receipts = {three[0], three[1], three[2]}, .sender = {0, 2},
	    .part = {three[1], three[0]}};
	struct buf b = {0};

	doc_put_grant(&b, 64);
	attack(recode_grant, &b);
	doc_put_part(&b, 2, three[0]);
	attack(recode_part, &b);
	doc_put_empty(&b);
	attack(recode_empty, &b);
	doc_put_bundle(&b, &bundle);
	attack(recode_bundle, &b);
}

static void limits_hold(void **state)
{
	(void)state;
	static uint8_t large[DOC_STATEMENT_MAX + 1];
	struct slice many[DOC_PARTIES_MAX + 1] = {{0}}, one = slice_of(large, sizeof large);
	struct doc_bundle twice = {.n_parts = 2, .sender = {1, 1}, .part = {three[0], three[1]}};
	struct buf b = {0}, again = {0};

	doc_put_list(&b, many, DOC_PARTIES_MAX);
	assert_int_equal(recode_list(&again, buf_view(&b)), ST_OK);
	buf_reset(&b);
	doc_put_list(&b, many, DOC_PARTIES_MAX + 1);
	assert_int_equal(recode_list(&again, buf_view(&b)), ST_TOO_LARGE);
	buf_reset(&b);
	doc_put_list(&b, &one, 1);
	assert_int_equal(recode_list(&again, buf_view(&b)), ST_TOO_LARGE);
	buf_reset(&b);
	doc_put_bundle(&b, &twice);
	assert_int_equal(recode_bundle(&again, buf_view(&b)), ST_DUPLICATE);
	buf_reset(&b);
	doc_put_part(&b, DOC_PARTIES_MAX, three[0]);
	assert_int_equal(recode_part(&again, buf_view(&b)), ST_FORMAT);
	buf_clear(&b);
	buf_clear(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lists), cmocka_unit_test(evidence), cmocka_unit_test(enrol_and_peers), cmocka_unit_test(statements),
	    cmocka_unit_test(small_bodies), cmocka_unit_test(limits_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
