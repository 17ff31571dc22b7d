#include "pck.h"

#include "base/reader.h"

enum { DER_INTEGER = 0x02, DER_OCTETS = 0x04, DER_OID = 0x06, DER_ENUMERATED = 0x0a, DER_SEQUENCE = 0x30 };
static const uint8_t arc[] = {0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01}; /* 1.2.840.113741.1.13.1 */

/* Length of a DER value: definite and shortest (X.690, section 10.1); 64 KiB is far above any extension. */
static size_t der_len(struct reader *r)
{
	size_t first = rd_u8(r), len = first;

	if (first == 0x81)
		len = rd_u8(r);
	if (first == 0x82) {
		len = (size_t)rd_u8(r) << 8;
		len |= rd_u8(r);
	}
	if (first == 0x80 || first > 0x82 || (first == 0x81 && len < 0x80) || (first == 0x82 && len < 0x100))
		r->failed = true;
	return len;
}

static struct slice der_any(struct reader *r, uint8_t *tag)
{
	*tag = rd_u8(r);
	if ((*tag & 0x1f) == 0x1f) /* long tags do not occur */
		r->failed = true;
	return rd_slice(r, der_len(r));
}

static struct slice der_expect(struct reader *r, uint8_t tag)
{
	uint8_t got;
	struct slice value = der_any(r, &got);

	if (got != tag)
		r->failed = true;
	return r->failed ? (struct slice){0} : value;
}

struct entry { /* SEQUENCE { OID, value } */
	struct slice oid; /* below `arc` */
	uint8_t tag;
	struct slice value;
};

static enum status next_entry(struct reader *r, struct entry *e)
{
	struct reader in = {.rest = der_expect(r, DER_SEQUENCE)};

	e->oid = der_expect(&in, DER_OID);
	e->value = der_any(&in, &e->tag);
	if (r->failed || in.failed || in.rest.len)
		return ST_FORMAT;
	if (e->oid.len <= sizeof arc || memcmp(e->oid.ptr, arc, sizeof arc) != 0)
		return ST_FORMAT;
	e->oid = slice_of(e->oid.ptr + sizeof arc, e->oid.len - sizeof arc);
	return ST_OK;
}

static bool get_octets(const struct entry *e, uint8_t *out, size_t len)
{
	if (e->tag != DER_OCTETS || e->value.len != len)
		return false;
	memcpy(out, e->value.ptr, len);
	return true;
}

/* INTEGER, not negative, shortest: a leading 00 only before a byte with its high bit set. */
static bool get_uint(const struct entry *e, unsigned max, unsigned *out)
{
	struct slice v = e->value;

	if (e->tag != DER_INTEGER || v.len == 0 || v.len > 3 || (v.ptr[0] & 0x80))
		return false;
	if (v.len > 1 && v.ptr[0] == 0 && !(v.ptr[1] & 0x80))
		return false;
	*out = 0;
	for (size_t i = 0; i < v.len; i++)
		*out = *out << 8 | v.ptr[i];
	return *out <= max;
}

/* 2.1 to 2.16: component SVNs; 2.17: PCESVN; 2.18: CPUSVN. All required. */
static enum status parse_tcb(struct pck *p, struct slice sequence)
{
	enum { PCE_SVN = 17, CPU_SVN = 18, ALL = ((1 << (CPU_SVN + 1)) - 1) & ~1 };
	struct reader r = {.rest = sequence};
	unsigned seen = 0, v = 0;
	struct entry e;
	enum status st;

	while (r.rest.len) {
		TRY(next_entry(&r, &e));
		if (e.oid.len != 2 || e.oid.ptr[0] != 2 || e.oid.ptr[1] == 0 || e.oid.ptr[1] > CPU_SVN)
			return ST_FORMAT;
		unsigned which = e.oid.ptr[1];
		if (seen >> which & 1)
			return ST_DUPLICATE;
		seen |= 1U << which;
		bool ok = which == CPU_SVN ? get_octets(&e, p->cpu_svn, sizeof p->cpu_svn)
					   : get_uint(&e, which == PCE_SVN ? UINT16_MAX : UINT8_MAX, &v);
		if (!ok)
			return ST_FORMAT;
		if (which == PCE_SVN)
			p->pce_svn = (uint16_t)v;
		else if (which < PCE_SVN)
			p->svn[which - 1] = (uint8_t)v;
	}
	return seen == ALL ? ST_OK : ST_FORMAT;
out:
	return st;
}

static enum status parse_entry(struct pck *p, const struct entry *e)
{
	enum { PPID = 1, TCB, PCE_ID, FMSPC, SGX_TYPE };
	bool ok = true;

	switch (e->oid.ptr[0]) {
	case PPID:
		ok = get_octets(e, p->ppid, sizeof p->ppid);
		break;
	case TCB:
		return e->tag == DER_SEQUENCE ? parse_tcb(p, e->value) : ST_FORMAT;
	case PCE_ID:
		ok = get_octets(e, p->pce_id, sizeof p->pce_id);
		break;
	case FMSPC:
		ok = get_octets(e, p->fmspc, sizeof p->fmspc);
		break;
	case SGX_TYPE:
		ok = e->tag == DER_ENUMERATED && e->value.len == 1;
		break;
	default:
		break; /* platform instance id, configuration, and what may come */
	}
	return ok ? ST_OK : ST_FORMAT;
}

enum status pck_parse(struct pck *out, struct slice extension)
{
	enum { REQUIRED = 0x3e, LAST = 31 };
	struct reader outer = {.rest = extension};
	struct reader r = {.rest = der_expect(&outer, DER_SEQUENCE)};
	struct pck p = {0};
	unsigned seen = 0;
	struct entry e;
	enum status st;

	TRY(rd_end(&outer));
	while (r.rest.len) {
		TRY(next_entry(&r, &e));
		if (e.oid.len != 1 || e.oid.ptr[0] == 0 || e.oid.ptr[0] > LAST)
			return ST_FORMAT;
		if (seen >> e.oid.ptr[0] & 1)
			return ST_DUPLICATE;
		seen |= 1U << e.oid.ptr[0];
		TRY(parse_entry(&p, &e));
	}
	if ((seen & REQUIRED) != REQUIRED)
		return ST_FORMAT;
	*out = p;
out:
	return st;
}
