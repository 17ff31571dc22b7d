/* parley-enclave-nitro: the enclave program of an AWS Nitro enclave image (platform/nitro has the recipe). */
#include "tee.h"

#include "produce/nitro.h"

static enum status produce(uint32_t *kind, struct buf *evidence, struct buf *collateral,
    const uint8_t report_data[static HASH_LEN], struct problem *p)
{
	(void)collateral; /* a document carries its whole chain */
	*kind = TEE_NITRO;
	return produce_nitro(evidence, &device_system, report_data, p);
}

int main(int argc, char **argv)
{
	const struct enclave_tee tee = {
	    .name = "parley-enclave-nitro", .produce = produce, .anchors = &att_anchors_production};

	tee_main(&tee, argc, argv);
}
