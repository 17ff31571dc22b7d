#include "leaf.h"

#define AMD_OID "1.3.6.1.4.1.3704.1."
enum { DER_INTEGER = 0x02, DER_IA5STRING = 0x16, STRUCT_VERSION_MAX = 1, IA5_MAX = 127, TURIN_HWID_LEN = 8 };

/* The one reader state: what to look in, and where a refusal goes. */
struct extension_reader {
	struct snp_extensions from;
	struct att_finding *f;
	enum status st; /* sticks */
};

static void fail(struct extension_reader *r, const char *oid, const char *expected, const char *got)
{
	if (r->st == ST_OK)
		r->st = att_refuse(r->f, ST_ATT_CHAIN, ATT_CHECK_CHAIN, expected, "%s (extension %s)", got, oid);
}

static bool find(const struct extension_reader *r, const char *oid, struct slice *value)
{
	return r->from.find(r->from.ctx, oid, value);
}

/* X.690 section 8.3: 0 to 255, shortest form; 128 and more have a leading zero byte. */
static bool small_integer(struct slice der, uint8_t *out)
{
	if (der.len == 3 && der.ptr[0] == DER_INTEGER && der.ptr[1] == 1 && der.ptr[2] < 0x80) {
		*out = der.ptr[2];
		return true;
	}
	if (der.len == 4 && der.ptr[0] == DER_INTEGER && der.ptr[1] == 2 && der.ptr[2] == 0 && der.ptr[3] >= 0x80) {
		*out = der.ptr[3];
		return true;
	}
	return false;
}

static uint8_t get_integer(struct extension_reader *r, const char *oid)
{
	struct slice value;
	uint8_t v = 0;

	if (!find(r, oid, &value))
		fail(r, oid, "an INTEGER from 0 to 255", "nothing");
	else if (!small_integer(value, &v))
		fail(r, oid, "an INTEGER from 0 to 255", "another encoding");
	return v;
}

/* spl4 to spl7: places of TCB_VERSION that have no meaning yet. Turin has no spl4. */
static void get_unused(struct extension_reader *r, const char *oid)
{
	struct slice value;

	if (find(r, oid, &value) && get_integer(r, oid) != 0)
		fail(r, oid, "a component that this version knows, or 0", "a reserved component");
}

static void refuse_extension(struct extension_reader *r, const char *oid, const char *expected)
{
	struct slice value;

	if (find(r, oid, &value))
		fail(r, oid, expected, "one");
}

static bool ia5_string(struct slice der, struct slice *text)
{
	if (der.len < 3 || der.ptr[0] != DER_IA5STRING || der.ptr[1] > IA5_MAX || der.ptr[1] != der.len - 2)
		return false;
	*text = slice_of(der.ptr + 2, der.len - 2);
	for (size_t k = 0; k < text->len; k++)
		if (text->ptr[k] < ' ' || text->ptr[k] > '~')
			return false;
	return true;
}

static struct slice get_text(struct extension_reader *r, const char *oid)
{
	struct slice value, text = {0};

	if (!find(r, oid, &value))
		fail(r, oid, "an IA5String", "nothing");
	else if (!ia5_string(value, &text))
		fail(r, oid, "an IA5String", "another encoding");
	return text;
}

/* "Milan-B0" and "Milan" are both of Milan: what follows the hyphen is the stepping. */
static void get_product(struct extension_reader *r, const struct snp_product *p)
{
	static const char oid[] = AMD_OID "2";
	struct slice text = get_text(r, oid);
	const uint8_t *hyphen = text.len ? memchr(text.ptr, '-', text.len) : NULL;

	if (hyphen)
		text.len = (size_t)(hyphen - text.ptr);
	if (r->st == ST_OK && !slice_equal(text, slice_str(p->name)))
		fail(r, oid, p->name, "another product name");
}

static void get_tcb(struct extension_reader *r, const struct snp_product *p, uint8_t tcb[static SNP_TCB_COUNT])
{
	if (p->has_fmc)
		tcb[SNP_FMC] = get_integer(r, AMD_OID "3.9");
	else
		refuse_extension(r, AMD_OID "3.9", "no FMC on this product");
	tcb[SNP_BOOT_LOADER] = get_integer(r, AMD_OID "3.1");
	tcb[SNP_TEE] = get_integer(r, AMD_OID "3.2");
	tcb[SNP_SNP] = get_integer(r, AMD_OID "3.3");
	tcb[SNP_MICROCODE] = get_integer(r, AMD_OID "3.8");
	get_unused(r, AMD_OID "3.4");
	get_unused(r, AMD_OID "3.5");
	get_unused(r, AMD_OID "3.6");
	get_unused(r, AMD_OID "3.7");
}

/* Raw bytes, not an OCTET STRING inside one: exactly as many as the product has, and not all zero. */
static void get_chip(struct extension_reader *r, const struct snp_product *p, uint8_t chip_id[static SNP_CHIP_ID_LEN])
{
	static const char oid[] = AMD_OID "4";
	struct slice value;
	uint8_t any = 0;

	refuse_extension(r, AMD_OID "5", "no CSP id in a VCEK");
	if (!find(r, oid, &value)) {
		fail(r, oid, "the chip's hwID", "nothing");
		return;
	}
	if (value.len != p->hwid_len) {
		fail(r, oid, p->hwid_len == TURIN_HWID_LEN ? "a raw hwID of 8 bytes" : "a raw hwID of 64 bytes",
		    "another length");
		return;
	}
	memcpy(chip_id, value.ptr, value.len);
	for (size_t k = 0; k < value.len; k++)
		any |= value.ptr[k];
	if (!any)
		fail(r, oid, "a chip's hwID", "zeros");
}

static void get_cloud(struct extension_reader *r)
{
	refuse_extension(r, AMD_OID "4", "no hwID in a VLEK");
	(void)get_text(r, AMD_OID "5");
}

enum status snp_leaf_read(struct snp_leaf *out, const struct snp_product *p, enum snp_key key,
    struct snp_extensions extensions, struct att_finding *f)
{
	struct extension_reader r = {.from = extensions, .f = f, .st = ST_OK};
	struct snp_leaf leaf = {0};

	if (get_integer(&r, AMD_OID "1") > STRUCT_VERSION_MAX)
		fail(&r, AMD_OID "1", "extensions of version 0 or 1", "a later version");
	get_product(&r, p);
	get_tcb(&r, p, leaf.tcb);
	if (key == SNP_KEY_VLEK)
		get_cloud(&r);
	else
		get_chip(&r, p, leaf.chip_id);
	if (r.st == ST_OK)
		*out = leaf;
	return r.st;
}
