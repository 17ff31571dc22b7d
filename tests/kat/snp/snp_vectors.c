#include "snp_vectors.h"

#include "../../support/test.h"

#include <unistd.h>

#include "base/x509.h"

const struct snp_vector snp_vectors[] = {
    {"Milan v2", "virtee-milan-v2-report.hex", "virtee-milan-v2-vcek.der", "amd-ask-ark-milan.pem", 1704067200,
	1680549823, 1901474623, ATT_ROOT_AMD_MILAN, true, false, false, 0x30000, 0x1, 0, 0, {0, 3, 0, 8, 115},
	{0, 3, 0, 8, 115}, {0, 3, 0, 8, 115},
	"7a1e5c266c0108dbc9bb94fa926951320940915d0aafb42464bd88b579ea158d3e1a0dc39b2c60bd95b9c480cd81841f",
	"d447b55d197491bfe15cf298f9de9986b7a7c4be2468b4f6e2d53b71d7c645810b0f2cdfca0040433be063fc1a8293f0f3f8dae7b79fec"
	"b3"
	"d1cd82bd6a93ebfd",
	"d49554ec717f4e5b0fe6b143bcf0405bd7ae304727edf46603f2a76aef6a3abc15d7af38db757039029f0efacfd08e244324884738c72b"
	"08"
	"2e2f87a44d541eb6",
	"Milan"},
    {"Milan v2, debug policy", "google-milan-v2-debugpolicy-report.bin", "google-milan-v2-debugpolicy-vcek.der",
	"amd-ask-ark-milan.pem", 1704067200, 1663980928, 1884905728, ATT_ROOT_AMD_MILAN, false, true, false, 0xb0000,
	0x1, 0, 0, {0, 2, 0, 5, 68}, {0, 2, 0, 5, 68}, {0, 2, 0, 5, 68},
	"b07af9620f3b839b47996422ddec6058338951d984e312115131ea82705eaf5b6bdf8a9ece31a5a608eb0cf2e4872b01",
	"01020304050000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
	"00"
	"0000000000000000",
	"3ac3fe21e13fb0990eb28a802e3fb6a29483a6b0753590c951bdd3b8e53786184ca39e359669a2b76a1936776b564ea464cdce40c05f63"
	"c9"
	"b610c5068b006b5d",
	"Milan"},
    {"Genoa v5", "lunal-genoa-v5-report.bin", "lunal-genoa-v5-vcek.der", "amd-ask-ark-genoa.pem", 1775001600,
	1771369296, 1992294096, ATT_ROOT_AMD_GENOA, true, false, false, 0x30000, 0x25, 0, 0, {0, 10, 0, 27, 27},
	{0, 10, 0, 27, 27}, {0, 10, 0, 27, 27},
	"d9912ba396ce409c2947841d93a5076b6839b898c22b4aae05edb3b2b058a99927f8cf9a4f8617ee695deb14795496c8",
	"68656c6c6f2d6174746573746174696f6e0000000000000000000000000000000000000000000000000000000000000000000000000000"
	"00"
	"0000000000000000",
	"b5f9a4c8280e63c97d288db6648577dc2b848884aa682d7a227ba40e50deb2b0d112b599d87aaccda78d06f4254b1e81c4d953ef3c699d"
	"b3"
	"9d4e06013e9fa4ce",
	"Genoa"},
    {"Milan v2, ID block, reported below current", "coco-milan-v2-report.bin", "coco-milan-v2-vcek.der",
	"amd-ask-ark-milan.pem", 1704067200, 1674583106, 1895507906, ATT_ROOT_AMD_MILAN, false, false, false, 0x3001f,
	0x1, 0, 4, {0, 3, 0, 8, 115}, {0, 3, 0, 8, 115}, {0, 3, 0, 8, 206},
	"a1f3930413247bb38cfc171579ea3c12d5fe4901f0c792f63fd75d98f1ef827c23500644e0e692e6be917f9050d3d38c",
	"ec6c52d7533cc2c4f45be7849cf112ab82b2009fe7bd43e71ed08c14400ad7e20000000000000000000000000000000000000000000000"
	"00"
	"0000000000000000",
	"c38427a30d4c7af9d96f7a15b97269825a64cb76a2352ffd5d18115d89ad473f8e8c0bcd9a5d9286612bad4aadfb4426205a3b9e4fea82"
	"30"
	"1135a170e477524e",
	"Milan"},
    {"Milan v3, VLEK, VMPL 1", "coco-milan-v3-vlek-report.bin", "coco-milan-v3-vlek.der", "amd-ask-ark-milan-vlek.pem",
	1748736000, 1733868861, 1765404861, ATT_ROOT_AMD_MILAN, true, false, true, 0x30000, 0x27, 1, 0,
	{0, 4, 0, 24, 217}, {0, 4, 0, 24, 219}, {0, 4, 0, 24, 220},
	"8922ebbdd00ec2c541f36a6e7a82a8773a7accb451ed67bc94e740dbe92c93c4e8c9af857f5ceeb5a493df2a570d7bf0",
	"819770b7e6ea6df8dd8fd4dd146b073c0bf4f3ce5b0977ecac486e3a05ed1bd54e2a7ac1f5d1ca02e7d7d5ef9f73b8574fd9359e3a480d"
	"74"
	"1a4478e8a7bc27ca",
	"", "Milan"},
    {"Turin v5", "oak-turin-v5-report.bin", "oak-turin-v5-vcek.der", "amd-ask-ark-turin.pem", 1767225600, 1752771886,
	1973696686, ATT_ROOT_AMD_TURIN, true, false, false, 0x30000, 0x67, 0, 0, {0, 1, 0, 2, 71}, {0, 1, 0, 2, 71},
	{0, 1, 0, 2, 71},
	"f924dd18f168df60fbea937f0b086284d51b1b376de872bac43694f61134d57967c318018de7335503023dbb50dee624",
	"e0fd0bdb6aa4030a6ddea9073e1fcec5be6c782a2c8075a0825dfb3d9a81b9240000000000000000000000000000000000000000000000"
	"00"
	"0000000000000000",
	"3b42092f69c656d30000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
	"00"
	"0000000000000000",
	"Turin"},
};
_Static_assert(COUNT_OF(snp_vectors) == SNP_VECTORS, "one row each");

static bool read_from(struct buf *out, const char *folder, const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return access(path, R_OK) == 0 && buf_read_file(out, path, 1 << 20) == ST_OK;
}

static void decode_hex(struct buf *text)
{
	struct buf bytes = {0};

	while (text->len && (text->ptr[text->len - 1] == '\n' || text->ptr[text->len - 1] == '\r'))
		text->len--;
	buf_append(text, "", 1);
	assert_int_equal(hex_decode(buf_extend(&bytes, text->len / 2), text->len / 2, (const char *)text->ptr), ST_OK);
	buf_clear(text);
	*text = bytes;
}

bool snp_file(struct buf *out, const char *name)
{
	if (!read_from(out, SNP_DATA_DIR, name) && !read_from(out, PARLEY_SHARED_DIR "/vectors/snp", name))
		return false;
	if (strstr(name, ".hex"))
		decode_hex(out);
	return true;
}

bool snp_vector_available(const struct snp_vector *v)
{
	struct buf b = {0};
	bool found = snp_file(&b, v->report);

	buf_clear(&b);
	if (v->here)
		assert_true(found);
	return found;
}

void snp_collateral_add(struct snp_collateral *c, enum att_item_type type, struct slice bytes)
{
	assert_true(c->bundle.n < ATT_ITEMS_MAX);
	struct buf *own = &c->storage[c->bundle.n];
	buf_append(own, bytes.ptr, bytes.len);
	assert_false(own->failed);
	c->bundle.items[c->bundle.n++] = (struct att_item){.type = type, .bytes = buf_view(own)};
}

void snp_collateral_add_file(struct snp_collateral *c, const char *name)
{
	uint8_t der[X509_DER_MAX];
	struct buf b = {0};
	size_t len;

	if (!snp_file(&b, name))
		fail_msg("no file %s", name);
	struct slice rest = buf_view(&b);
	if (strstr(name, ".der")) {
		snp_collateral_add(c, ATT_ITEM_CERTIFICATE, rest);
	} else {
		while (pem_next(der, sizeof der, &len, "CERTIFICATE", &rest) == ST_OK && len)
			snp_collateral_add(c, ATT_ITEM_CERTIFICATE, slice_of(der, len));
	}
	buf_clear(&b);
}

struct buf snp_collateral_encode(const struct snp_collateral *c)
{
	struct buf out = {0};

	assert_int_equal(att_bundle_encode(&out, &c->bundle), ST_OK);
	return out;
}

void snp_collateral_clear(struct snp_collateral *c)
{
	for (size_t k = 0; k < c->bundle.n; k++)
		buf_clear(&c->storage[k]);
	c->bundle.n = 0;
}

struct snp_run snp_examine(struct slice report, struct slice collateral, const struct att_anchors *anchors,
    int64_t earliest_s, int64_t latest_s)
{
	struct snp_run run = {0};
	struct att_input in = {
	    .evidence = report, .collateral = collateral, .anchors = anchors, .now = {earliest_s, latest_s}};

	run.st = att_examine(&run.claims, TEE_SNP, &in, &run.finding);
	return run;
}

void snp_expect(const struct snp_run *run, enum status st, enum att_check check)
{
	if (run->st == st && run->finding.st == st && (st == ST_OK || run->finding.check == check))
		return;
	fail_msg("expected %s by %s, got %s by %s: expected %s, got %s", status_name(st),
	    st == ST_OK ? "-" : att_check_name(check), status_name(run->st), att_check_name(run->finding.check),
	    run->finding.expected, run->finding.got);
}
