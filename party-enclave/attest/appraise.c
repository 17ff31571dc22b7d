/*
 * Appraisal (RFC 9334, section 8.3) of claims whose signatures have verified: the same checks for every TEE, in
 * the order of docs/PROTOCOL.md, section 3. All values are public.
 */
#include "verifier.h"

#include <inttypes.h>
#include <stdio.h>

/* All 64 bytes: session, party, role and both session keys; and nothing else in the places where a document could carry more. */
static enum status check_binding(const struct att_claims *claims, const uint8_t *report_data, struct att_finding *f)
{
	if (claims->report_data_len != HASH_LEN || claims->bound_elsewhere)
		return att_refuse(f, ST_ATT_BINDING, ATT_CHECK_BINDING,
		    "exactly 64 bytes of report data and nothing else", "%u bytes%s", claims->report_data_len,
		    claims->bound_elsewhere ? " and a nonce or key" : "");
	if (ct_equal(claims->report_data, report_data, HASH_LEN))
		return ST_OK;
	return att_refuse_bytes(f, ST_ATT_BINDING, ATT_CHECK_BINDING, "report data", slice_of(report_data, HASH_LEN),
	    slice_of(claims->report_data, HASH_LEN));
}

/* ---- measurement: every value of one set ---- */

static bool value_matches(enum tee_kind kind, const struct tee_value *wanted, const struct tee_value *found)
{
	if (!found || found->len != wanted->len)
		return false;
	if (tee_register_info(kind, wanted->reg).at_least)
		return memcmp(found->bytes, wanted->bytes, wanted->len) >= 0; /* big endian */
	return ct_equal(found->bytes, wanted->bytes, wanted->len);
}

/* NULL when the set matches, else the first value that does not. */
static const struct tee_value *first_mismatch(const struct att_claims *claims, const struct tee_set *set)
{
	for (unsigned k = 0; k < set->n_values; k++)
		if (!value_matches(claims->kind, &set->values[k], att_value(claims, set->values[k].reg)))
			return &set->values[k];
	return NULL;
}

static bool in_dates(const struct tee_set *set, struct att_time now)
{
	return set->not_before <= now.earliest_s && now.latest_s <= set->not_after;
}

static enum status refuse_value(
    const struct att_claims *claims, const struct tee_set *set, const struct tee_value *wanted, struct att_finding *f)
{
	const struct tee_value *found = att_value(claims, wanted->reg);
	char what[TEE_RELEASE_MAX + 64];

	snprintf(what, sizeof what, "%s%s%s%s%s", tee_register_name(wanted->reg), set->release[0] ? " of release " : "",
	    set->release, tee_register_info(claims->kind, wanted->reg).at_least ? " at least" : "", "");
	return att_refuse_bytes(f, ST_ATT_MEASUREMENT, ATT_CHECK_MEASUREMENT, what,
	    slice_of(wanted->bytes, wanted->len), found ? slice_of(found->bytes, found->len) : slice_of("", 0));
}

/* The refusal names the set that came closest: the last one whose dates permit it, else the one whose dates do not. */
static enum status check_measurement(const struct att_claims *claims, const struct att_reference *ref,
    struct att_time now, const char **release, struct att_finding *f)
{
	const struct tee_value *mismatch, *wanted = NULL;
	const struct tee_set *dated_out = NULL, *closest = NULL;

	for (size_t k = 0; k < ref->n_sets; k++) {
		mismatch = first_mismatch(claims, &ref->sets[k]);
		if (!mismatch && in_dates(&ref->sets[k], now)) {
			if (release)
				*release = ref->sets[k].release;
			return ST_OK;
		}
		if (!mismatch)
			dated_out = &ref->sets[k];
		else if (in_dates(&ref->sets[k], now)) {
			closest = &ref->sets[k];
			wanted = mismatch;
		}
	}
	snprintf(f->policy_key, sizeof f->policy_key, "reference_values of %s", tee_name(ref->kind));
	if (dated_out)
		return att_refuse(f, ST_ATT_MEASUREMENT, ATT_CHECK_MEASUREMENT,
		    "a release that is accepted at this time", "release %s, accepted from %" PRId64 " to %" PRId64,
		    dated_out->release, dated_out->not_before, dated_out->not_after);
	if (closest)
		return refuse_value(claims, closest, wanted, f);
	return att_refuse(f, ST_ATT_MEASUREMENT, ATT_CHECK_MEASUREMENT, "one of the policy's reference values",
	    "no reference value that counts at this time");
}

/* Freshness comes from the nonces in sid; this bounds how far the attester's clock may be from the HELLOs. Issued no
 * more than max_age_s before the latest HELLO (expiry) and no more than max_age_s after the earliest (not-before). A
 * quote or report without a time of its own is as fresh as the nonces that it binds. */
static enum status check_age(
    const struct att_claims *claims, const struct att_reference *ref, struct att_time now, struct att_finding *f)
{
	int64_t oldest = now.latest_s - (int64_t)ref->max_age_s, newest = now.earliest_s + (int64_t)ref->max_age_s;
	char expected[64];

	if (!claims->has_issued || (claims->issued_s >= oldest && claims->issued_s <= newest))
		return ST_OK;
	snprintf(f->policy_key, sizeof f->policy_key, "admission.max_evidence_age");
	snprintf(expected, sizeof expected, "issued from %" PRId64 " to %" PRId64, oldest, newest);
	return att_refuse(f, ST_ATT_EXPIRED, ATT_CHECK_AGE, expected, "%" PRId64, claims->issued_s);
}

static enum status check_debug(const struct att_claims *claims, const struct att_reference *ref, struct att_finding *f)
{
	if (!claims->debug || ref->debug_permitted)
		return ST_OK;
	snprintf(f->policy_key, sizeof f->policy_key, "admission.debug");
	return att_refuse(f, ST_ATT_DEBUG, ATT_CHECK_DEBUG, "an enclave that no debugger can read",
	    "a debug enclave; the policy does not say `debug: INSECURE`");
}

/* ---- the platform ---- */

static void tcb_key(struct att_finding *f, enum tee_kind kind, const char *what)
{
	snprintf(f->policy_key, sizeof f->policy_key, "admission.tcb.%s.%s", tee_name(kind), what);
}

static bool advisory_accepted(const struct tee_rules *rules, const char *advisory)
{
	for (unsigned k = 0; k < rules->n_advisories; k++)
		if (strcmp(rules->advisories[k], advisory) == 0)
			return true;
	return false;
}

static enum status check_tcb(const struct att_claims *claims, const struct tee_rules *rules, struct att_finding *f)
{
	char expected[64];

	if (claims->tcb_status == TEE_STATUS_REVOKED)
		return att_refuse(
		    f, ST_ATT_REVOKED, ATT_CHECK_TCB_STATUS, "a TCB level that is not revoked", "Revoked");
	if (claims->tcb_status != TEE_STATUS_UP_TO_DATE && !(rules->statuses >> claims->tcb_status & 1)) {
		tcb_key(f, claims->kind, "statuses");
		return att_refuse(f, ST_ATT_TCB, ATT_CHECK_TCB_STATUS, "UpToDate, or a status that the policy accepts",
		    "%s", tee_status_name(claims->tcb_status));
	}
	for (unsigned k = 0; k < claims->n_advisories; k++)
		if (!advisory_accepted(rules, claims->advisories[k])) {
			tcb_key(f, claims->kind, "advisories");
			return att_refuse(f, ST_ATT_TCB, ATT_CHECK_ADVISORY, "only advisories that the policy accepts",
			    "%s", claims->advisories[k]);
		}
	if (claims->evaluation < rules->min_evaluation) {
		tcb_key(f, claims->kind, "min_evaluation");
		snprintf(expected, sizeof expected, "tcbEvaluationDataNumber at least %" PRIu32, rules->min_evaluation);
		return att_refuse(f, ST_ATT_TCB, ATT_CHECK_TCB_MINIMUM, expected, "%" PRIu32, claims->evaluation);
	}
	return ST_OK;
}

static const char *const snp_components[SNP_TCB_COUNT] = {"fmc", "boot_loader", "tee", "snp", "microcode"};

static enum status check_snp(const struct att_claims *claims, const struct tee_rules *rules, struct att_finding *f)
{
	enum { SMT_ALLOWED = 1 << 16 };
	char expected[64];

	for (unsigned k = 0; k < SNP_TCB_COUNT; k++) {
		uint8_t least = claims->snp_reported[k] < claims->snp_committed[k] ? claims->snp_reported[k]
										   : claims->snp_committed[k];
		if (least >= rules->min_snp[k])
			continue;
		tcb_key(f, TEE_SNP, snp_components[k]);
		snprintf(expected, sizeof expected, "%s at least %u", snp_components[k], rules->min_snp[k]);
		return att_refuse(f, ST_ATT_TCB, ATT_CHECK_TCB_MINIMUM, expected, "%u", least);
	}
	if (claims->vmpl > rules->vmpl_max) {
		tcb_key(f, TEE_SNP, "vmpl_max");
		snprintf(expected, sizeof expected, "VMPL at most %u", rules->vmpl_max);
		return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM, expected, "%" PRIu32, claims->vmpl);
	}
	if (claims->vlek && !rules->vlek) {
		tcb_key(f, TEE_SNP, "vlek");
		return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM, "a report signed by the chip's VCEK",
		    "one signed by a cloud's VLEK");
	}
	if ((claims->attributes & SMT_ALLOWED) && rules->smt_forbidden) {
		tcb_key(f, TEE_SNP, "smt");
		return att_refuse(
		    f, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM, "a guest policy that forbids SMT", "one that allows it");
	}
	return ST_OK;
}

static enum status check_platform(
    const struct att_claims *claims, const struct att_reference *ref, struct att_finding *f)
{
	enum { TDX_PERFMON_BIT = 63 };

	if (claims->memory_unlocked && ref->memory_unlocked_refused) {
		snprintf(f->policy_key, sizeof f->policy_key, "admission.memory");
		return att_refuse(
		    f, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM, "share memory that is locked", "memory: unlocked");
	}
	if (claims->migratable && !ref->rules->migratable) {
		tcb_key(f, claims->kind, "migratable");
		return att_refuse(
		    f, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM, "a guest that cannot be migrated", "a migratable guest");
	}
	if (claims->kind == TEE_TDX && claims->attributes >> TDX_PERFMON_BIT & 1 && !ref->rules->perfmon) {
		tcb_key(f, TEE_TDX, "perfmon");
		return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM, "PERFMON off", "PERFMON on");
	}
	return claims->kind == TEE_SNP ? check_snp(claims, ref->rules, f) : ST_OK;
}

enum status att_appraise(const struct att_claims *claims, const struct att_reference *ref, const uint8_t *report_data,
    struct att_time now, const char **release, struct att_finding *f)
{
	enum status st;

	if (report_data)
		TRY(check_binding(claims, report_data, f));
	if (report_data || ref->n_sets)
		TRY(check_measurement(claims, ref, now, release, f));
	if (report_data)
		TRY(check_age(claims, ref, now, f));
	TRY(check_debug(claims, ref, f));
	TRY(check_tcb(claims, ref->rules, f));
	TRY(check_platform(claims, ref, f));
	st = ST_OK;
out:
	return st;
}
