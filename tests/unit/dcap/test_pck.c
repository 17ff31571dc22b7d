/* The SGX extension of a PCK certificate: a DER reader of our own. Genuine ones are read by tests/kat/dcap. */
#include "pck.h"

#include "../../support/test.h"
#include "base/buf.h"

enum { OCTETS = 0x04, INTEGER = 0x02, SEQUENCE = 0x30, ENUMERATED = 0x0a };

static void put_tlv(struct buf *out, uint8_t tag, struct slice value)
{
	if (value.len < 0x80)
		buf_append(out, (uint8_t[]){tag, (uint8_t)value.len}, 2);
	else if (value.len < 0x100)
		buf_append(out, (uint8_t[]){tag, 0x81, (uint8_t)value.len}, 3);
	else
		buf_append(out, (uint8_t[]){tag, 0x82, (uint8_t)(value.len >> 8), (uint8_t)value.len}, 4);
	buf_append(out, value.ptr, value.len);
}

/* last 0: none */
static void put_entry(struct buf *out, uint8_t first, uint8_t last, uint8_t tag, struct slice value)
{
	const uint8_t oid[] = {0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01, first, last};
	struct buf entry = {0};

	put_tlv(&entry, 0x06, slice_of(oid, sizeof oid - (last == 0)));
	put_tlv(&entry, tag, value);
	put_tlv(out, SEQUENCE, buf_view(&entry));
	buf_clear(&entry);
}

static const uint8_t bytes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
struct wish {
	struct slice svn7, pce_svn; /* content of the INTEGER; empty: as usual */
	uint8_t svn7_tag;
	unsigned drop; /* entry 1..5 left out */
	unsigned drop_tcb; /* component 1..18 left out */
	unsigned twice; /* entry 1..7 written twice */
	unsigned twice_tcb;
	bool backwards;
	size_t fmspc_len, ppid_len, cpu_svn_len, pce_id_len, type_len;
};

static void put_tcb(struct buf *out, const struct wish *w)
{
	for (unsigned i = 1; i <= 18; i++) {
		uint8_t k = (uint8_t)(w->backwards ? 19 - i : i);
		struct slice v = slice_of(bytes + k % 16, 1);
		uint8_t tag = INTEGER;
		if (k == 7 && w->svn7.ptr)
			v = w->svn7;
		if (k == 7 && w->svn7_tag)
			tag = w->svn7_tag;
		if (k == 17 && w->pce_svn.ptr)
			v = w->pce_svn;
		if (k == 18)
			v = slice_of(bytes, w->cpu_svn_len), tag = OCTETS;
		if (k != w->drop_tcb)
			put_entry(out, 2, k, tag, v);
		if (k == w->twice_tcb)
			put_entry(out, 2, k, tag, v);
	}
}

static void put_one(struct buf *out, const struct wish *w, uint8_t k)
{
	struct buf tcb = {0};

	put_tcb(&tcb, w);
	const struct {
		uint8_t tag;
		struct slice value;
	} entries[] = {{OCTETS, slice_of(bytes, w->ppid_len)}, {SEQUENCE, buf_view(&tcb)},
	    {OCTETS, slice_of(bytes, w->pce_id_len)}, {OCTETS, slice_of(bytes, w->fmspc_len)},
	    {ENUMERATED, slice_of(bytes, w->type_len)}, {OCTETS, slice_of(bytes, 16)}, {SEQUENCE, slice_of(bytes, 0)}};
	put_entry(out, k, 0, entries[k - 1].tag, entries[k - 1].value);
	buf_clear(&tcb);
}

static const struct wish ordinary = {.fmspc_len = 6, .ppid_len = 16, .cpu_svn_len = 16, .pce_id_len = 2, .type_len = 1};

static struct buf extension(const struct wish *w)
{
	struct buf all = {0}, out = {0};

	for (unsigned i = 1; i <= 7; i++) {
		uint8_t k = (uint8_t)(w->backwards ? 8 - i : i);
		if (k != w->drop)
			put_one(&all, w, k);
		if (k == w->twice)
			put_one(&all, w, k);
	}
	put_tlv(&out, SEQUENCE, buf_view(&all));
	buf_clear(&all);
	return out;
}

static enum status parse(const struct wish *w, struct pck *p)
{
	struct buf der = extension(w);
	enum status st = pck_parse(p, buf_view(&der));

	buf_clear(&der);
	return st;
}

static void reads_every_entry_in_any_order(void **state)
{
	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		struct wish w = ordinary;
		struct pck p;
		w.backwards = backwards;
		assert_int_equal(parse(&w, &p), ST_OK);
		for (unsigned i = 0; i < PCK_COMPONENTS; i++)
			assert_int_equal(p.svn[i], (i + 1) % 16);
		assert_int_equal(p.pce_svn, 1);
		assert_memory_equal(p.ppid, bytes, 16);
		assert_memory_equal(p.cpu_svn, bytes, 16);
		assert_memory_equal(p.fmspc, bytes, 6);
		assert_memory_equal(p.pce_id, bytes, 2);
	}
}

static void integers_are_der(void **state)
{
	static const struct {
		const char *value;
		size_t len;
		int svn; /* -1: refused */
	} cases[] = {{"\x7f", 1, 0x7f}, {"\x00\x80", 2, 0x80}, {"\x00\xff", 2, 0xff}, {"\x00", 1, 0}, {"\x80", 1, -1},
	    {"\xff", 1, -1}, {"\x00\x7f", 2, -1}, {"\x00\x00", 2, -1}, {"\x01\x00", 2, -1}, {"", 0, -1},
	    {"\x00\x00\x80", 3, -1}, {"\x00\x80\x00\x00", 4, -1}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct wish w = ordinary;
		struct pck p;
		w.svn7 = slice_of(cases[i].value, cases[i].len);
		assert_int_equal(parse(&w, &p), cases[i].svn < 0 ? ST_FORMAT : ST_OK);
		if (cases[i].svn >= 0)
			assert_int_equal(p.svn[6], cases[i].svn);
	}
	struct wish w = ordinary;
	struct pck p;
	w.pce_svn = slice_of("\x00\xff\xff", 3);
	assert_int_equal(parse(&w, &p), ST_OK);
	assert_int_equal(p.pce_svn, 0xffff);
	w.pce_svn = slice_of("\x01\x00\x00", 3);
	assert_int_equal(parse(&w, &p), ST_FORMAT);
	w = ordinary, w.svn7_tag = OCTETS;
	assert_int_equal(parse(&w, &p), ST_FORMAT);
}

static void nothing_missing_nothing_twice(void **state)
{
	struct pck p;

	(void)state;
	for (unsigned k = 1; k <= 7; k++) {
		struct wish w = ordinary;
		w.drop = k;
		assert_int_equal(parse(&w, &p), k <= 5 ? ST_FORMAT : ST_OK); /* 6 and 7 are optional */
		w = ordinary, w.twice = k;
		assert_int_equal(parse(&w, &p), ST_DUPLICATE);
	}
	for (unsigned k = 1; k <= 18; k++) {
		struct wish w = ordinary;
		w.drop_tcb = k;
		assert_int_equal(parse(&w, &p), ST_FORMAT);
		w = ordinary, w.twice_tcb = k;
		assert_int_equal(parse(&w, &p), ST_DUPLICATE);
	}
}

static void lengths_are_exact(void **state)
{
	struct wish w;
	struct pck p;

	(void)state;
	for (int more = -1; more <= 1; more += 2) {
		size_t *const lens[] = {&w.fmspc_len, &w.ppid_len, &w.cpu_svn_len, &w.pce_id_len, &w.type_len};
		for (size_t i = 0; i < COUNT_OF(lens); i++) {
			w = ordinary;
			if (more > 0 && *lens[i] == sizeof bytes)
				continue;
			*lens[i] += (size_t)more;
			assert_int_equal(parse(&w, &p), ST_FORMAT);
		}
	}
}

/* Every truncation, a byte more, and lengths that are not the shortest. */
static void damaged(void **state)
{
	struct buf der = extension(&ordinary);
	struct pck p;

	(void)state;
	for (size_t n = 0; n < der.len; n++)
		assert_int_not_equal(pck_parse(&p, slice_of(der.ptr, n)), ST_OK);
	buf_append(&der, "", 1);
	assert_int_equal(pck_parse(&p, buf_view(&der)), ST_TRAILING);
	buf_clear(&der);
	/* not the shortest form of a length: 0x81 0x05 */
	assert_int_not_equal(pck_parse(&p, slice_of("\x30\x81\x02\x30\x00", 5)), ST_OK);
	assert_int_not_equal(pck_parse(&p, slice_of("\x30\x80\x00\x00", 4)), ST_OK); /* indefinite */
	assert_int_not_equal(pck_parse(&p, slice_of("\x30\x84\xff\xff\xff\xff", 6)), ST_OK);
	assert_int_not_equal(pck_parse(&p, slice_of("\x30\x00", 2)), ST_OK);
	assert_int_not_equal(pck_parse(&p, (struct slice){0}), ST_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_entry_in_any_order),
	    cmocka_unit_test(integers_are_der),
	    cmocka_unit_test(nothing_missing_nothing_twice),
	    cmocka_unit_test(lengths_are_exact),
	    cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests_name("pck", tests, NULL, NULL);
}
