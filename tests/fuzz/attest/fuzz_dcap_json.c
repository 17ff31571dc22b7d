/*
 * Target: the JSON cursor, TCB info, QE identity. Input: a document; the first byte chooses nothing, all three read it.
 * Properties: what a typed parser accepts the cursor skips as one value that ends where the document does; an exact substring is
 * a value again; levels descend; advisory ids can be walked and fit a claim.
 */
#include "base/panic.h"
#include "qe_identity.h"
#include "tcb_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool fact, const char *what)
{
	if (!fact)
		panic(what);
}

static bool is_one_value(struct slice text, struct slice *value)
{
	struct json j;

	json_init(&j, text);
	*value = json_value(&j);
	return json_end(&j) == ST_OK;
}

static void check_advisories(struct slice advisories)
{
	struct advisory_walk w;
	struct slice id;

	advisory_walk_init(&w, advisories);
	while (advisory_next(&w, &id))
		require(id.len >= 1 && id.len <= TEE_ADVISORY_MAX, "an advisory id that fits no claim");
	require(w.j.st == ST_OK, "advisories that were read once cannot be walked");
}

static void check_svn_levels(const struct svn_levels *levels)
{
	for (size_t i = 0; i < levels->n; i++) {
		require(i == 0 || levels->level[i - 1].isv_svn >= levels->level[i].isv_svn, "SVNs do not descend");
		require(levels->level[i].status < TEE_STATUS_COUNT_, "no such status");
		check_advisories(levels->level[i].advisories);
	}
}

static void check_tcb_info(const struct tcb_info *info)
{
	require(info->n_levels >= 1 && info->n_levels <= TCB_LEVELS_MAX, "no level");
	for (size_t i = 0; i < info->n_levels; i++) {
		const struct tcb_level *l = &info->levels[i];
		int order = i ? memcmp(l[-1].sgx, l->sgx, sizeof l->sgx) : 0;
		require(order >= 0 && (order || !i || l[-1].pce_svn >= l->pce_svn), "levels do not descend");
		require(l->has_tdx == info->tdx && l->status < TEE_STATUS_COUNT_, "a level of another TEE");
		check_advisories(l->advisories);
	}
	for (size_t i = 0; i < info->n_modules; i++)
		check_svn_levels(&info->modules[i].levels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tcb_info info;
	static struct qe_identity identity;
	struct slice text = slice_of(data, size), value, again;
	bool one = is_one_value(text, &value);

	if (one)
		require(is_one_value(value, &again) && slice_equal(value, again), "an exact substring is no value");
	if (tcb_info_parse(&info, text) == ST_OK) {
		require(one, "TCB info that is no value");
		check_tcb_info(&info);
	}
	if (qe_identity_parse(&identity, text) == ST_OK) {
		require(one, "QE identity that is no value");
		check_svn_levels(&identity.levels);
	}
	return 0;
}
