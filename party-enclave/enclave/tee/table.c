#include "table.h"

#include "attest/collateral.h"
#include "produce/guest.h"

#include <stdlib.h>

enum { DER_SEQUENCE = 0x30, DER_ROOM = 4 * X509_DER_MAX };

struct gathering {
	struct att_bundle bundle;
	uint8_t decoded[DER_ROOM]; /* of PEM */
	size_t used;
};

static void add(struct gathering *g, enum att_item_type type, struct slice der)
{
	if (g->bundle.n < ATT_ITEMS_MAX)
		g->bundle.items[g->bundle.n++] = (struct att_item){.type = type, .bytes = der};
}

static void add_pem(struct gathering *g, enum att_item_type type, const char *label, struct slice text)
{
	size_t len = 0;

	while (pem_next(g->decoded + g->used, sizeof g->decoded - g->used, &len, label, &text) == ST_OK && len > 0) {
		add(g, type, slice_of(g->decoded + g->used, len));
		g->used += len;
	}
}

static void take(struct gathering *g, enum att_item_type type, const char *label, struct slice document)
{
	if (document.len > 0 && document.ptr[0] == DER_SEQUENCE)
		add(g, type, document);
	else if (document.len > 0)
		add_pem(g, type, label, document);
}

enum status table_to_bundle(struct buf *out, struct slice table)
{
	struct gathering *g = calloc(1, sizeof *g);
	struct guest_certificates c;
	enum status st;

	if (!g)
		return ST_NO_MEMORY;
	TRY(guest_certificates_parse(&c, table));
	const struct slice certificates[] = {c.vcek, c.vlek, c.ask, c.ark};
	for (size_t i = 0; i < sizeof certificates / sizeof *certificates; i++)
		take(g, ATT_ITEM_CERTIFICATE, "CERTIFICATE", certificates[i]);
	take(g, ATT_ITEM_CRL, "X509 CRL", c.crl);
	if (g->bundle.n > 0)
		TRY(att_bundle_encode(out, &g->bundle));
out:
	free(g);
	return st;
}
