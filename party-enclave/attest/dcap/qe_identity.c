#include "qe_identity.h"

enum { QE_IDENTITY_VERSION = 2 };

static void read_id(struct json *j, void *tdx, size_t size)
{
	struct slice id = json_take_string(j);

	(void)size;
	*(bool *)tdx = slice_equal(id, slice_str("TD_QE"));
	if (!*(bool *)tdx && !slice_equal(id, slice_str("QE")))
		json_fail(j, ST_UNSUPPORTED);
}

static void read_version(struct json *j, void *member, size_t size)
{
	(void)member, (void)size;
	if (json_u64(j, UINT32_MAX) != QE_IDENTITY_VERSION)
		json_fail(j, ST_UNSUPPORTED);
}

enum status qe_identity_parse(struct qe_identity *out, struct slice text)
{
	static const struct json_field fields[] = {
	    {"id", read_id, JSON_MEMBER(struct qe_identity, tdx), false},
	    {"version", read_version, 0, 0, false},
	    {"issueDate", field_date, JSON_MEMBER(struct qe_identity, issued_s), false},
	    {"nextUpdate", field_date, JSON_MEMBER(struct qe_identity, next_s), false},
	    {"tcbEvaluationDataNumber", field_uint, JSON_MEMBER(struct qe_identity, evaluation), false},
	    {"miscselect", field_hex, JSON_MEMBER(struct qe_identity, miscselect), false},
	    {"miscselectMask", field_hex, JSON_MEMBER(struct qe_identity, miscselect_mask), false},
	    {"attributes", field_hex, JSON_MEMBER(struct qe_identity, attributes), false},
	    {"attributesMask", field_hex, JSON_MEMBER(struct qe_identity, attributes_mask), false},
	    {"mrsigner", field_hex, JSON_MEMBER(struct qe_identity, mr_signer), false},
	    {"isvprodid", field_uint, JSON_MEMBER(struct qe_identity, isv_prod_id), false},
	    {"tcbLevels", field_svn_levels, JSON_MEMBER(struct qe_identity, levels), false},
	};
	struct json j;

	*out = (struct qe_identity){0};
	json_init(&j, text);
	json_fields(&j, fields, sizeof fields / sizeof fields[0], out);
	return json_end(&j);
}

/* QVL compares the masked report with the identity as written, so a bit outside the mask must be 0 in it. */
static bool masked_equal(const uint8_t *report, const uint8_t *mask, const uint8_t *expected, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((report[i] & mask[i]) != expected[i])
			return false;
	return true;
}

const char *qe_identity_differs(const struct qe_identity *id, const struct sgx_report *qe)
{
	if (memcmp(qe->mrsigner, id->mr_signer, sizeof id->mr_signer) != 0)
		return "MRSIGNER";
	if (qe->isv_prod_id != id->isv_prod_id)
		return "ISVPRODID";
	if (!masked_equal(qe->miscselect, id->miscselect_mask, id->miscselect, sizeof id->miscselect))
		return "MISCSELECT";
	if (!masked_equal(qe->attributes, id->attributes_mask, id->attributes, sizeof id->attributes))
		return "ATTRIBUTES";
	return NULL;
}
