/* Target: guest_certificates_parse, then table_to_bundle. Property: each certificate lies in the table and behind its head; what the table gives
 * is a bundle that decodes. */
#include "attest/collateral.h"
#include "produce/guest.h"
#include "table.h"

#include <stdlib.h>

static void check_inside(struct slice table, struct slice part)
{
	if (part.len && (part.ptr < table.ptr + 24 || part.ptr + part.len > table.ptr + table.len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct att_bundle bundle;
	struct slice table = slice_of(data, size);
	struct guest_certificates c;
	struct buf out = {0};

	if (size == 0 || size > GUEST_TABLE_MAX)
		return 0;
	enum status st = guest_certificates_parse(&c, table);
	if (st == ST_OK) {
		const struct slice parts[] = {c.vcek, c.vlek, c.ask, c.ark, c.crl};
		for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
			check_inside(table, parts[i]);
	}
	if (table_to_bundle(&out, table) != st || (st != ST_OK && out.len) || att_bundle_decode(&bundle, buf_view(&out)) != ST_OK)
		abort();
	buf_clear(&out);
	return 0;
}
