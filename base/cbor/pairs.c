#include "base/cbor_pairs.h"

#include "head.h"

enum { INDEFINITE_MAP = 0xbf, BREAK = 0xff };

struct cbor_pairs cbor_pairs_open(struct cbor_reader *r, enum cbor_pairs_form form)
{
	struct head h;

	if (r->depth > 0)
		cbor_fail(r, ST_FORMAT);
	if (r->st == ST_OK && form == CBOR_PAIRS_INDEFINITE && r->rest.len && r->rest.ptr[0] == INDEFINITE_MAP) {
		r->rest.ptr++;
		r->rest.len--;
		return (struct cbor_pairs){.until_break = true};
	}
	if (!reader_take(r, &h))
		return (struct cbor_pairs){0};
	if (h.major != CBOR_MAP)
		cbor_fail(r, ST_FORMAT);
	else if (h.argument > r->rest.len / 2) /* a pair takes two bytes at least */
		cbor_fail(r, ST_TRUNCATED);
	return r->st == ST_OK ? (struct cbor_pairs){.left = h.argument} : (struct cbor_pairs){0};
}

bool cbor_pairs_next(struct cbor_reader *r, struct cbor_pairs *p)
{
	if (r->st != ST_OK)
		return false;
	if (!p->until_break)
		return p->left > 0 && p->left-- > 0;
	if (r->rest.len == 0)
		cbor_fail(r, ST_TRUNCATED);
	if (r->st != ST_OK || r->rest.ptr[0] != BREAK)
		return r->st == ST_OK;
	r->rest.ptr++;
	r->rest.len--;
	p->until_break = false; /* asked again, it ends again */
	return false;
}
