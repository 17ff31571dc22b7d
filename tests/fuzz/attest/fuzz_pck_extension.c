/* Target: the PCK extension's DER reader. Property: what parses, written again in the profile's order, parses to the same. */
#include "base/buf.h"
#include "base/panic.h"
#include "pck.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_tlv(struct buf *out, uint8_t tag, struct slice value)
{
	const uint8_t head[4] = {tag, 0x82, (uint8_t)(value.len >> 8), (uint8_t)value.len};

	if (value.len < 0x80)
		buf_append(out, (uint8_t[]){tag, (uint8_t)value.len}, 2);
	else if (value.len < 0x100)
		buf_append(out, (uint8_t[]){tag, 0x81, (uint8_t)value.len}, 3);
	else
		buf_append(out, head, sizeof head);
	buf_append(out, value.ptr, value.len);
}

/* last 0: the arc has one number only */
static void put_entry(struct buf *out, uint8_t first, uint8_t last, uint8_t tag, struct slice value)
{
	const uint8_t oid[] = {0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01, first, last};
	struct buf entry = {0};

	put_tlv(&entry, 0x06, slice_of(oid, sizeof oid - (last == 0)));
	put_tlv(&entry, tag, value);
	put_tlv(out, 0x30, buf_view(&entry));
	buf_clear(&entry);
}

static void put_uint(struct buf *out, uint8_t last, unsigned v)
{
	const uint8_t bytes[3] = {0, (uint8_t)(v >> 8), (uint8_t)v};
	size_t from = v > 0xff ? 1 : 2;

	if (bytes[from] & 0x80)
		from--; /* the sign bit */
	put_entry(out, 2, last, 0x02, slice_of(bytes + from, sizeof bytes - from));
}

static void encode(struct buf *out, const struct pck *p)
{
	struct buf tcb = {0}, all = {0};

	for (uint8_t i = 0; i < PCK_COMPONENTS; i++) {
		const uint8_t two[2] = {0, p->svn[i]};
		put_entry(&tcb, 2, (uint8_t)(i + 1), 0x02, p->svn[i] & 0x80 ? slice_of(two, 2) : slice_of(two + 1, 1));
	}
	put_uint(&tcb, 17, p->pce_svn);
	put_entry(&tcb, 2, 18, 0x04, slice_of(p->cpu_svn, sizeof p->cpu_svn));
	put_entry(&all, 1, 0, 0x04, slice_of(p->ppid, sizeof p->ppid));
	put_entry(&all, 2, 0, 0x30, buf_view(&tcb));
	put_entry(&all, 3, 0, 0x04, slice_of(p->pce_id, sizeof p->pce_id));
	put_entry(&all, 4, 0, 0x04, slice_of(p->fmspc, sizeof p->fmspc));
	put_entry(&all, 5, 0, 0x0a, slice_of("\1", 1));
	put_tlv(out, 0x30, buf_view(&all));
	buf_clear(&tcb);
	buf_clear(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pck first, second;
	struct buf der = {0};

	memset(&first, 0, sizeof first);
	memset(&second, 0, sizeof second);
	if (pck_parse(&first, slice_of(data, size)) != ST_OK)
		return 0;
	encode(&der, &first);
	if (pck_parse(&second, buf_view(&der)) != ST_OK || memcmp(first.svn, second.svn, sizeof first.svn) != 0 ||
	    memcmp(first.ppid, second.ppid, sizeof first.ppid) != 0 || first.pce_svn != second.pce_svn ||
	    memcmp(first.cpu_svn, second.cpu_svn, sizeof first.cpu_svn) != 0 ||
	    memcmp(first.pce_id, second.pce_id, sizeof first.pce_id) != 0 ||
	    memcmp(first.fmspc, second.fmspc, sizeof first.fmspc) != 0)
		panic("an extension written again is another one");
	buf_clear(&der);
	return 0;
}
