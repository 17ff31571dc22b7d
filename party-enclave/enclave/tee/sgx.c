/* parley-enclave-sgx: the enclave program under Gramine (platform/sgx has the manifest). */
#include "tee.h"

#include "produce/sgx.h"

static enum status produce(uint32_t *kind, struct buf *evidence, struct buf *collateral,
    const uint8_t report_data[static HASH_LEN], struct problem *p)
{
	(void)collateral; /* a quote carries its PCK chain; the rest is for verifiers' hosts to fetch */
	*kind = TEE_SGX;
	return produce_sgx(evidence, &device_system, report_data, p);
}

int main(int argc, char **argv)
{
	const struct enclave_tee tee = {
	    .name = "parley-enclave-sgx", .produce = produce, .anchors = &att_anchors_production, .own_walls = true};

	tee_main(&tee, argc, argv);
}
