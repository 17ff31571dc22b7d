/*
 * From a genuine quote and Intel's documents to one TCB status and the advisories that go with it. Only what can never be
 * acceptable is refused here: a foreign quoting enclave or module, no published level, Revoked. The rest is the policy's.
 */
#include "dcap.h"
#include "level.h"

#include <stdio.h>

_Static_assert((int)ATT_ADVISORIES_MAX > (int)TEE_ADVISORIES_MAX,
    "a claim cut at ATT_ADVISORIES_MAX still holds one advisory more than any policy can accept");

static int compare_advisory(const char *a, struct slice b)
{
	int head = strncmp(a, (const char *)b.ptr, b.len);
	return head ? head : a[b.len] != 0;
}

/* Sorted insertion, no name twice. When it is full the rest is dropped: no policy can accept that many. */
static void add_advisory(struct att_claims *c, struct slice id)
{
	size_t at = 0;

	while (at < c->n_advisories && compare_advisory(c->advisories[at], id) < 0)
		at++;
	if (c->n_advisories == ATT_ADVISORIES_MAX ||
	    (at < c->n_advisories && compare_advisory(c->advisories[at], id) == 0))
		return;
	memmove(c->advisories[at + 1], c->advisories[at], (size_t)(c->n_advisories - at) * sizeof c->advisories[0]);
	memset(c->advisories[at], 0, sizeof c->advisories[at]);
	memcpy(c->advisories[at], id.ptr, id.len); /* at most TEE_ADVISORY_MAX: field_advisories() */
	c->n_advisories++;
}

static void add_advisories(struct att_claims *c, struct slice advisories)
{
	struct advisory_walk w;
	struct slice id;

	advisory_walk_init(&w, advisories);
	while (advisory_next(&w, &id))
		add_advisory(c, id);
}

/* ---- quoting enclave ---- */
static enum status judge_qe(struct dcap *d, enum tee_status *status)
{
	const char *differs = qe_identity_differs(&d->identity, &d->qe);
	const struct svn_level *level = svn_level_of(&d->identity.levels, d->qe.isv_svn);

	if (differs)
		return att_refuse(d->f, ST_ATT_TCB, ATT_CHECK_QE, "Intel's quoting enclave by its identity document",
		    "another %s", differs);
	if (!level)
		return att_refuse(
		    d->f, ST_ATT_TCB, ATT_CHECK_QE, "a quoting enclave of a published SVN", "ISVSVN %u", d->qe.isv_svn);
	*status = level->status;
	add_advisories(d->claims, level->advisories);
	return ST_OK;
}

/* ---- TDX module ---- */
static enum status check_module(struct dcap *d, const struct tdx_module *m, const struct tdx_report *td)
{
	static const uint8_t none[8];
	uint8_t masked[8];

	if (!m)
		return att_refuse(
		    d->f, ST_ATT_TCB, ATT_CHECK_TDX_MODULE, "a published TDX module", "version %u", td->tee_tcb_svn[1]);
	if (memcmp(td->mr_signer_seam, m->mr_signer, sizeof m->mr_signer) != 0)
		return att_refuse_bytes(d->f, ST_ATT_TCB, ATT_CHECK_TDX_MODULE, "MRSIGNERSEAM",
		    slice_of(m->mr_signer, sizeof m->mr_signer), slice_of(td->mr_signer_seam, TDX_MR_LEN));
	for (size_t i = 0; i < sizeof masked; i++)
		masked[i] = td->seam_attributes[i] & m->attributes_mask[i];
	if (memcmp(td->seam_attributes, none, sizeof none) != 0)
		return att_refuse_bytes(d->f, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES, "SEAMATTRIBUTES",
		    slice_of(none, sizeof none), slice_of(td->seam_attributes, sizeof none));
	if (memcmp(masked, m->attributes, sizeof masked) != 0)
		return att_refuse_bytes(d->f, ST_ATT_TCB, ATT_CHECK_TDX_MODULE, "SEAMATTRIBUTES",
		    slice_of(m->attributes, sizeof masked), slice_of(td->seam_attributes, sizeof masked));
	return ST_OK;
}

/* Version 0, the modules of TDX 1.0, has no levels of its own: components 0 and 1 of TEE_TCB_SVN count instead. */
static enum status judge_module(struct dcap *d, const struct tdx_report *td, enum tee_status *status)
{
	const struct tdx_module *m = tdx_module_of(&d->info, td->tee_tcb_svn[1]);
	enum status st;

	*status = TEE_STATUS_UP_TO_DATE;
	TRY(check_module(d, m, td));
	if (td->tee_tcb_svn[1] == 0)
		return ST_OK;
	const struct svn_level *level = svn_level_of(&m->levels, td->tee_tcb_svn[0]);
	if (!level)
		return att_refuse(d->f, ST_ATT_TCB, ATT_CHECK_TDX_MODULE, "a TDX module of a published SVN",
		    "version %u, SVN %u", td->tee_tcb_svn[1], td->tee_tcb_svn[0]);
	*status = level->status;
	add_advisories(d->claims, level->advisories);
out:
	return st;
}

/* ---- platform ---- */
static enum status refuse_level(struct dcap *d, const struct tcb_match *m, const struct tdx_report *td)
{
	const struct tcb_level *lowest = &d->info.levels[d->info.n_levels - 1];
	char expected[160], have[2 * PCK_COMPONENTS + 1], least[2 * PCK_COMPONENTS + 1];

	if (m->sgx && td) {
		hex_encode(have, slice_of(td->tee_tcb_svn, PCK_COMPONENTS));
		hex_encode(least, slice_of(lowest->tdx, PCK_COMPONENTS));
		snprintf(expected, sizeof expected, "a published level of TEE_TCB_SVN, at least %s", least);
		return att_refuse(d->f, ST_ATT_TCB, ATT_CHECK_TCB_LEVEL, expected, "%s", have);
	}
	hex_encode(have, slice_of(d->pck.svn, PCK_COMPONENTS));
	hex_encode(least, slice_of(lowest->sgx, PCK_COMPONENTS));
	snprintf(
	    expected, sizeof expected, "a published TCB level, at least %s with PCESVN %u", least, lowest->pce_svn);
	return att_refuse(d->f, ST_ATT_TCB, ATT_CHECK_TCB_LEVEL, expected, "%s with PCESVN %u", have, d->pck.pce_svn);
}

static void claim_platform(struct dcap *d)
{
	struct att_claims *c = d->claims;

	memcpy(c->fmspc, d->pck.fmspc, sizeof c->fmspc);
	memcpy(c->tcb_svn, d->pck.svn, PCK_COMPONENTS);
	c->tcb_svn[PCK_COMPONENTS] = (uint8_t)(d->pck.pce_svn >> 8);
	c->tcb_svn[PCK_COMPONENTS + 1] = (uint8_t)d->pck.pce_svn;
	c->evaluation = d->info.evaluation < d->identity.evaluation ? d->info.evaluation : d->identity.evaluation;
}

static enum status judge_level(struct dcap *d, const struct tdx_report *td, enum tee_status qe, enum tee_status module)
{
	struct tcb_match m = tcb_level_match(&d->info, &d->pck, td ? td->tee_tcb_svn : NULL);
	enum tee_status status;

	if (!m.all)
		return refuse_level(d, &m, td);
	add_advisories(d->claims, m.all->advisories);
	status = tcb_converge(m.all->status, module);
	if (td && td->tee_tcb_svn_2) {
		struct tdx_relaunch parts = {.platform = m.sgx->status, .module = module, .qe = qe};
		if (tdx_relaunch(&status, &d->info, &parts, td->tee_tcb_svn_2) != ST_OK)
			return att_refuse(d->f, ST_ATT_TCB, ATT_CHECK_TDX_MODULE, "a published TDX module",
			    "version %u in TEE_TCB_SVN_2", td->tee_tcb_svn_2[1]);
	}
	status = tcb_converge(status, qe);
	if (status == TEE_STATUS_REVOKED || m.sgx->status == TEE_STATUS_REVOKED)
		return att_refuse(d->f, ST_ATT_REVOKED, ATT_CHECK_TCB_STATUS, "a TCB level that Intel has not revoked",
		    "%s", tee_status_name(TEE_STATUS_REVOKED));
	d->claims->tcb_status = status;
	return ST_OK;
}

enum status dcap_judge_selected(struct dcap *d, const struct tdx_report *td)
{
	enum tee_status qe = TEE_STATUS_REVOKED, module = TEE_STATUS_UP_TO_DATE;
	enum status st;

	TRY(judge_qe(d, &qe));
	if (td)
		TRY(judge_module(d, td, &module));
	TRY(judge_level(d, td, qe, module));
	claim_platform(d);
out:
	return st;
}

enum status dcap_judge_tcb(struct dcap *d, const struct tdx_report *td)
{
	enum status st;

	TRY(dcap_bag_certificates(d));
	TRY(dcap_select_tcb_info(d));
	TRY(dcap_select_qe_identity(d));
	TRY(dcap_judge_selected(d, td));
out:
	return st;
}
