/* parley-enclave-nitro as somebody builds it who has a genuine document of another session (the file that PARLEY_TEST_EVIDENCE names). */
#include "tee.h"

#include <stdio.h>
#include <stdlib.h>

static enum status produce(uint32_t *kind, struct buf *evidence, struct buf *collateral,
    const uint8_t report_data[static HASH_LEN], struct problem *p)
{
	const char *path = getenv("PARLEY_TEST_EVIDENCE");
	FILE *f = path ? fopen(path, "r") : NULL;
	char block[4096];
	size_t n;

	(void)collateral, (void)report_data;
	if (!f)
		return problem_set(p, ST_TEE, path ? path : "PARLEY_TEST_EVIDENCE", NULL, "cannot be read");
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		buf_append(evidence, block, n);
	fclose(f);
	*kind = TEE_NITRO;
	return buf_status(evidence);
}

int main(int argc, char **argv)
{
	const struct enclave_tee tee = {
	    .name = "enclave-replayer", .produce = produce, .anchors = &att_anchors_production};

	tee_main(&tee, argc, argv);
}
