#include "tcb_info.h"

enum { TCB_INFO_VERSION = 3, TCB_TYPE = 0 };
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* ---- one level ---- */
/* Exactly 16 objects; "category" and "type" are for people. */
static void read_components(struct json *j, void *components, size_t size)
{
	static const struct json_field fields[] = {{"svn", field_uint, 0, 1, false}};
	uint8_t *out = components, svn = 0;
	size_t n = 0;

	json_enter_array(j);
	while (json_more(j)) {
		json_fields(j, fields, 1, &svn);
		if (n == size)
			json_fail(j, ST_FORMAT);
		if (j->st == ST_OK)
			out[n++] = svn;
	}
	if (n != size)
		json_fail(j, ST_FORMAT);
}

static void read_tdx_components(struct json *j, void *member, size_t size)
{
	struct tcb_level *level = member;

	(void)size;
	read_components(j, level->tdx, sizeof level->tdx);
	level->has_tdx = true;
}

static void read_tcb(struct json *j, void *level, size_t size)
{
	static const struct json_field fields[] = {
	    {"sgxtcbcomponents", read_components, JSON_MEMBER(struct tcb_level, sgx), false},
	    {"tdxtcbcomponents", read_tdx_components, 0, 0, true},
	    {"pcesvn", field_uint, JSON_MEMBER(struct tcb_level, pce_svn), false},
	};

	(void)size;
	json_fields(j, fields, COUNT_OF(fields), level);
}

static bool level_above(const struct tcb_level *a, const struct tcb_level *b)
{
	int sgx = memcmp(a->sgx, b->sgx, sizeof a->sgx);

	if (sgx != 0)
		return sgx > 0;
	if (a->pce_svn != b->pce_svn)
		return a->pce_svn > b->pce_svn;
	return memcmp(a->tdx, b->tdx, sizeof a->tdx) > 0;
}

/* The document's order is descending by convention only; matching relies on it. Equals keep their order. */
static void insert(struct tcb_info *info, const struct tcb_level *level)
{
	size_t i = info->n_levels++;

	for (; i > 0 && level_above(level, &info->levels[i - 1]); i--)
		info->levels[i] = info->levels[i - 1];
	info->levels[i] = *level;
}

static void ignore_date(struct json *j, void *member, size_t size)
{
	int64_t date;

	(void)member, (void)size;
	field_date(j, &date, sizeof date);
}

static void read_levels(struct json *j, void *member, size_t size)
{
	static const struct json_field fields[] = {
	    {"tcb", read_tcb, 0, 0, false},
	    {"tcbDate", ignore_date, 0, 0, false},
	    {"tcbStatus", field_status, JSON_MEMBER(struct tcb_level, status), false},
	    {"advisoryIDs", field_advisories, JSON_MEMBER(struct tcb_level, advisories), true},
	};
	struct tcb_info *info = member;

	(void)size;
	json_enter_array(j);
	while (json_more(j)) {
		struct tcb_level level = {0};
		json_fields(j, fields, COUNT_OF(fields), &level);
		if (info->n_levels == TCB_LEVELS_MAX)
			json_fail(j, ST_TOO_LARGE);
		if (j->st == ST_OK)
			insert(info, &level);
	}
}

/* ---- TDX modules ---- */
/* "TDX_" and the version in two hex digits. */
static void read_module_id(struct json *j, void *version, size_t size)
{
	struct slice id = json_take_string(j);

	if (id.len < 4 || memcmp(id.ptr, "TDX_", 4) != 0 || !hex_bytes(version, size, slice_of(id.ptr + 4, id.len - 4)))
		json_fail(j, ST_FORMAT);
}

static void read_module(struct json *j, void *member, size_t size)
{
	static const struct json_field fields[] = {
	    {"mrsigner", field_hex, JSON_MEMBER(struct tdx_module, mr_signer), false},
	    {"attributes", field_hex, JSON_MEMBER(struct tdx_module, attributes), false},
	    {"attributesMask", field_hex, JSON_MEMBER(struct tdx_module, attributes_mask), false},
	};
	struct tcb_info *info = member;

	(void)size;
	json_fields(j, fields, COUNT_OF(fields), &info->module);
	info->has_module = true;
}

static bool version_is_new(const struct tcb_info *info, uint8_t version)
{
	for (size_t i = 0; i < info->n_modules; i++)
		if (info->modules[i].version == version)
			return false;
	return true;
}

static void read_modules(struct json *j, void *member, size_t size)
{
	static const struct json_field fields[] = {
	    {"id", read_module_id, JSON_MEMBER(struct tdx_module, version), false},
	    {"mrsigner", field_hex, JSON_MEMBER(struct tdx_module, mr_signer), false},
	    {"attributes", field_hex, JSON_MEMBER(struct tdx_module, attributes), false},
	    {"attributesMask", field_hex, JSON_MEMBER(struct tdx_module, attributes_mask), false},
	    {"tcbLevels", field_svn_levels, JSON_MEMBER(struct tdx_module, levels), false},
	};
	struct tcb_info *info = member;

	(void)size;
	json_enter_array(j);
	while (json_more(j)) {
		if (info->n_modules == TDX_MODULES_MAX) {
			json_fail(j, ST_TOO_LARGE);
			break;
		}
		struct tdx_module *m = &info->modules[info->n_modules];
		json_fields(j, fields, COUNT_OF(fields), m);
		if (!version_is_new(info, m->version))
			json_fail(j, ST_DUPLICATE);
		if (j->st == ST_OK)
			info->n_modules++;
	}
}

/* ---- the document ---- */
static void read_id(struct json *j, void *tdx, size_t size)
{
	struct slice id = json_take_string(j);

	(void)size;
	*(bool *)tdx = slice_equal(id, slice_str("TDX"));
	if (!*(bool *)tdx && !slice_equal(id, slice_str("SGX")))
		json_fail(j, ST_UNSUPPORTED);
}

static void read_version(struct json *j, void *member, size_t size)
{
	(void)member, (void)size;
	if (json_u64(j, UINT32_MAX) != TCB_INFO_VERSION)
		json_fail(j, ST_UNSUPPORTED);
}

static void read_type(struct json *j, void *member, size_t size)
{
	(void)member, (void)size;
	if (json_u64(j, UINT32_MAX) != TCB_TYPE)
		json_fail(j, ST_UNSUPPORTED);
}

static bool levels_fit(const struct tcb_info *info)
{
	for (size_t i = 0; i < info->n_levels; i++)
		if (info->levels[i].has_tdx != info->tdx)
			return false;
	return info->n_levels > 0 && (info->tdx ? info->has_module : info->n_modules == 0);
}

enum status tcb_info_parse(struct tcb_info *out, struct slice text)
{
	static const struct json_field fields[] = {
	    {"id", read_id, JSON_MEMBER(struct tcb_info, tdx), false},
	    {"version", read_version, 0, 0, false},
	    {"issueDate", field_date, JSON_MEMBER(struct tcb_info, issued_s), false},
	    {"nextUpdate", field_date, JSON_MEMBER(struct tcb_info, next_s), false},
	    {"fmspc", field_hex, JSON_MEMBER(struct tcb_info, fmspc), false},
	    {"pceId", field_hex, JSON_MEMBER(struct tcb_info, pce_id), false},
	    {"tcbType", read_type, 0, 0, false},
	    {"tcbEvaluationDataNumber", field_uint, JSON_MEMBER(struct tcb_info, evaluation), false},
	    {"tdxModule", read_module, 0, 0, true},
	    {"tdxModuleIdentities", read_modules, 0, 0, true},
	    {"tcbLevels", read_levels, 0, 0, false},
	};
	struct json j;
	enum status st;

	*out = (struct tcb_info){0};
	json_init(&j, text);
	json_fields(&j, fields, COUNT_OF(fields), out);
	TRY(json_end(&j));
	st = levels_fit(out) ? ST_OK : ST_FORMAT;
out:
	return st;
}
