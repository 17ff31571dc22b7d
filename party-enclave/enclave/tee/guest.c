/* parley-enclave-guest: the enclave program of a confidential guest, Intel TDX or AMD SEV-SNP (platform/guest has the recipe). */
#include "table.h"
#include "tee.h"

#include "produce/guest.h"

static enum status produce(uint32_t *kind, struct buf *evidence, struct buf *collateral,
    const uint8_t report_data[static HASH_LEN], struct problem *p)
{
	struct buf table = {0};
	enum tee_kind which;
	enum status st;

	TRY(produce_guest(&which, evidence, &table, &device_system, report_data, p));
	*kind = (uint32_t)which;
	st = table_to_bundle(collateral, buf_view(&table));
	if (st != ST_OK)
		problem_set(p, st, "certificate table", NULL, "the host's certificates are not well-formed");
out:
	buf_clear(&table);
	return st;
}

int main(int argc, char **argv)
{
	const struct enclave_tee tee = {
	    .name = "parley-enclave-guest", .produce = produce, .anchors = &att_anchors_production};

	tee_main(&tee, argc, argv);
}
