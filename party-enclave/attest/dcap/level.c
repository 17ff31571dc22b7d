#include "level.h"

static bool reaches(const uint8_t *have, const uint8_t *need, size_t from)
{
	for (size_t i = from; i < PCK_COMPONENTS; i++)
		if (have[i] < need[i])
			return false;
	return true;
}

struct tcb_match tcb_level_match(const struct tcb_info *info, const struct pck *pck, const uint8_t *tee_tcb_svn)
{
	struct tcb_match m = {0};

	for (size_t i = 0; i < info->n_levels && !m.all; i++) {
		const struct tcb_level *level = &info->levels[i];
		if (!reaches(pck->svn, level->sgx, 0) || pck->pce_svn < level->pce_svn)
			continue;
		if (!m.sgx)
			m.sgx = level;
		if (!tee_tcb_svn || reaches(tee_tcb_svn, level->tdx, tee_tcb_svn[1] > 0 ? 2 : 0))
			m.all = level;
	}
	return m;
}

const struct tdx_module *tdx_module_of(const struct tcb_info *info, uint8_t version)
{
	if (version == 0)
		return info->has_module ? &info->module : NULL;
	for (size_t i = 0; i < info->n_modules; i++)
		if (info->modules[i].version == version)
			return &info->modules[i];
	return NULL;
}

enum tee_status tcb_converge(enum tee_status platform, enum tee_status part)
{
	if (platform == TEE_STATUS_REVOKED || part == TEE_STATUS_REVOKED)
		return TEE_STATUS_REVOKED;
	if (part == TEE_STATUS_UP_TO_DATE)
		return platform;
	switch (platform) { /* QVL knows no other status of a part: whatever is not up to date is out of date */
	case TEE_STATUS_UP_TO_DATE:
	case TEE_STATUS_SW_HARDENING_NEEDED:
		return TEE_STATUS_OUT_OF_DATE;
	case TEE_STATUS_CONFIGURATION_NEEDED:
	case TEE_STATUS_CONFIGURATION_AND_SW_HARDENING_NEEDED:
		return TEE_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED;
	default:
		return platform;
	}
}

static bool configuration_needed(enum tee_status s)
{
	return s == TEE_STATUS_CONFIGURATION_NEEDED || s == TEE_STATUS_CONFIGURATION_AND_SW_HARDENING_NEEDED ||
	       s == TEE_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED;
}

static bool only_launch_out_of_date(enum tee_status status, const struct tdx_relaunch *parts)
{
	bool platform_is_fine = parts->platform == TEE_STATUS_UP_TO_DATE ||
				parts->platform == TEE_STATUS_SW_HARDENING_NEEDED ||
				parts->platform == TEE_STATUS_CONFIGURATION_NEEDED ||
				parts->platform == TEE_STATUS_CONFIGURATION_AND_SW_HARDENING_NEEDED;

	return platform_is_fine && parts->qe == TEE_STATUS_UP_TO_DATE && parts->module == TEE_STATUS_OUT_OF_DATE &&
	       (status == TEE_STATUS_OUT_OF_DATE || status == TEE_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED);
}

enum status tdx_relaunch(enum tee_status *status, const struct tcb_info *info, const struct tdx_relaunch *parts,
    const uint8_t tee_tcb_svn_2[static 16])
{
	const uint8_t *latest = info->levels[0].tdx;
	unsigned needed = latest[0]; /* SVN of the newest module of the running version */

	if (!only_launch_out_of_date(*status, parts))
		return ST_OK;
	if (tee_tcb_svn_2[1] > 0) {
		const struct tdx_module *m = tdx_module_of(info, tee_tcb_svn_2[1]);
		if (!m || m->levels.n == 0)
			return ST_ATT_TCB;
		needed = m->levels.level[0].isv_svn;
	}
	if (tee_tcb_svn_2[0] < needed || tee_tcb_svn_2[2] < latest[2])
		return ST_OK;
	*status = configuration_needed(parts->platform) || configuration_needed(*status)
		      ? TEE_STATUS_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED
		      : TEE_STATUS_TD_RELAUNCH_ADVISED;
	return ST_OK;
}
