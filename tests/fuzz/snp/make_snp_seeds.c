/* Seeds from the genuine reports of tests/kat/snp: usage: make_snp_seeds CORPUS_DIR. Run by hand when a format changes. */
#include "../../kat/snp/snp_vectors.h"
#include "../../support/test.h"

#include "base/x509.h"

static const char *root;

static void write_seed(const char *target, size_t k, const struct buf *b)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s/genuine-%zu", root, target, k);
	if (b->failed || file_write(path, buf_view(b), 0644) != ST_OK)
		fprintf(stderr, "cannot write %s\n", path);
}

static void put_byte(struct buf *b, unsigned v)
{
	uint8_t byte = (uint8_t)v;

	buf_append(b, &byte, 1);
}

static void whole(size_t k, const struct buf *report, const struct snp_collateral *parts)
{
	struct buf b = {0}, collateral = snp_collateral_encode(parts);

	put_byte(&b, (unsigned)(report->len & 0xff));
	put_byte(&b, (unsigned)(report->len >> 8));
	buf_append(&b, report->ptr, report->len);
	buf_append(&b, collateral.ptr, collateral.len);
	write_seed("fuzz_snp", k, &b);
	buf_clear(&collateral);
	buf_clear(&b);
}

static void below(size_t k, const struct snp_vector *v, const struct buf *report, struct slice der)
{
	static const char *const oids[] = {
	    "1", "2", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "4", "5"};
	struct buf b = {0};
	struct x509 *leaf;

	if (x509_parse(&leaf, der) != ST_OK)
		return;
	put_byte(&b, v->root == ATT_ROOT_AMD_TURIN ? 2 : v->root == ATT_ROOT_AMD_GENOA ? 1 : 0);
	put_byte(&b, v->vlek);
	put_byte(&b, 0);
	buf_append(&b, report->ptr, report->len);
	for (unsigned e = 0; e < COUNT_OF(oids); e++) {
		char oid[64];
		struct slice value;
		bool critical;
		snprintf(oid, sizeof oid, "1.3.6.1.4.1.3704.1.%s", oids[e]);
		if (!x509_extension(leaf, oid, &value, &critical))
			continue;
		put_byte(&b, e);
		put_byte(&b, (unsigned)value.len);
		buf_append(&b, value.ptr, value.len);
	}
	write_seed("fuzz_snp_judge", k, &b);
	x509_free(leaf);
	buf_clear(&b);
}

int main(int argc, char **argv)
{
	if (argc != 2 || crypto_init() != ST_OK)
		return 1;
	root = argv[1];
	for (size_t k = 0; k < SNP_VECTORS; k++) {
		struct snp_collateral parts = {0};
		struct buf report = {0};
		if (!snp_vectors[k].here || !snp_file(&report, snp_vectors[k].report))
			continue;
		snp_collateral_add_file(&parts, snp_vectors[k].leaf);
		snp_collateral_add_file(&parts, snp_vectors[k].chain);
		whole(k, &report, &parts);
		below(k, &snp_vectors[k], &report, buf_view(&parts.storage[0]));
		snp_collateral_clear(&parts);
		buf_clear(&report);
	}
	return 0;
}
