/* Seeds: usage: make_tpm_seeds CORPUS_DIR. Documents with keys made now, and the genuine HCL report with its JSON. Run by hand when a format changes. */
#include "../../support/json_vectors.h"
#include "tpm_document.h"

#include "attest/hcl.h"

static const char *root;

static void write_seed(const char *target, const char *name, unsigned first, struct slice bytes)
{
	char path[512];
	struct buf b = {0};
	uint8_t byte = (uint8_t)first;

	buf_append(&b, &byte, 1);
	buf_append(&b, bytes.ptr, bytes.len);
	snprintf(path, sizeof path, "%s/%s/%s", root, target, name);
	if (b.failed || file_write(path, buf_view(&b), 0644) != ST_OK)
		fprintf(stderr, "cannot write %s\n", path);
	buf_clear(&b);
}

static void documents(void)
{
	uint8_t report_data[64] = {1}, measurement[64] = {2};

	for (int rsa = 0; rsa < 2; rsa++) {
		struct tpm_signer *s = tpm_signer_new(rsa);
		struct tpm_document d;
		struct buf b = {0};
		tpm_document_default(&d, s, report_data, measurement);
		tpm_document_encode(&b, &d);
		write_seed("fuzz_tpm", rsa ? "rsa" : "ec", 0, buf_view(&b));
		write_seed("fuzz_tpm", rsa ? "rsa-fixed" : "ec-fixed", 15, buf_view(&b));
		buf_clear(&b);
		tpm_document_clear(&d);
		tpm_signer_free(s);
	}
}

static void azure(void)
{
	json_t *file = vectors_load(TPM_DATA_DIR "/azure-milan-v3-vtpm.json");
	struct slice hcl = vector_base64url(json_object_get(file, "evidence"), "hcl_report");

	write_seed("fuzz_hcl", "report", 0, hcl);
	write_seed("fuzz_hcl", "json", 1, slice_of(hcl.ptr + 1236, 0x456));
	free((void *)(uintptr_t)hcl.ptr);
	json_decref(file);
}

int main(int argc, char **argv)
{
	if (argc != 2 || crypto_init() != ST_OK)
		return 1;
	root = argv[1];
	documents();
	azure();
	return 0;
}
