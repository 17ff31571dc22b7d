/*
 * Target: the firmware readers, SEV and TDVF metadata. A seed is a whole image, which libFuzzer shortens from the front or alters. Properties: what is
 * read lies within its bounds and can be measured; the same bytes measure the same; a SIGSTRUCT of this length is never valid by chance.
 */
#include "image/sgx.h"
#include "image/snp.h"
#include "image/tdx.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_snp(struct slice image)
{
	struct snp_firmware f;
	uint8_t seed[SHA384_LEN], one[SHA384_LEN], two[SHA384_LEN];

	if (snp_firmware_read(&f, image) != ST_OK)
		return;
	uint64_t pages = 0;
	for (size_t i = 0; i < f.n_sections; i++)
		pages += f.section[i].size / 4096;
	if (f.n_sections > SNP_SECTIONS_MAX)
		abort();
	if (pages > 4096)
		return; /* correct, and slow */
	snp_firmware_digest(seed, image);
	const struct snp_guest g = {.firmware = &f, .seed = seed, .has_kernel = snp_firmware_hashes_kernel(&f), .vcpus = f.reset_eip ? 2 : 1};
	if (snp_launch_digest(one, &g) != ST_OK || snp_launch_digest(two, &g) != ST_OK || memcmp(one, two, sizeof one) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t one[SHA384_LEN], two[SHA384_LEN];
	struct sgx_identity id;
	struct slice image = slice_of(data, size);

	check_snp(image);
	enum status st = tdx_mrtd(one, image, TDX_PAGE_BY_PAGE);
	if (st != tdx_mrtd(two, image, TDX_PAGE_BY_PAGE) || (st == ST_OK && memcmp(one, two, sizeof one) != 0))
		abort();
	if (sgx_sigstruct_read(&id, image) == ST_OK)
		abort();
	return 0;
}
