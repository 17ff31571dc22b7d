/* Facts about evidence: which code, of which release, on which platforms, and how diverse. */
#include "policy/reference.h"

#include <stdio.h>

#include "fields.h"

static bool is_zero(const struct tee_value *v)
{
	uint8_t any = 0;

	for (unsigned i = 0; i < v->len; i++)
		any |= v->bytes[i];
	return any == 0;
}

bool reference_is_release(const char *name)
{
	return name[0] == 0 || facts_is_printable(slice_str(name));
}

bool reference_has_root(enum tee_kind kind)
{
	return kind == TEE_SOFTWARE || kind == TEE_TPM;
}

bool reference_is_one_value(enum tee_kind kind)
{
	return tee_register_info(kind, TEE_REG_CODE).len > 0;
}

bool reference_is_number(enum tee_kind kind, unsigned reg)
{
	return reg == TEE_REG_ISVPRODID || tee_register_info(kind, reg).at_least;
}

/* RTMRs may honestly be zero: a guest without an initrd extends nothing there. */
bool reference_is_code(enum tee_kind kind, unsigned reg)
{
	if (reg == TEE_REG_RTMR1 || reg == TEE_REG_RTMR2)
		return false;
	return reg == TEE_REG_MRSIGNER ? kind == TEE_SGX : tee_register_info(kind, reg).required;
}

static bool say(char *out, const char *text)
{
	snprintf(out, REFERENCE_FAULT_MAX, "%s", text);
	return true;
}

/* ---- one set ---- */

static bool value_fault(char *out, enum tee_kind kind, const struct tee_set *set, unsigned i)
{
	const struct tee_value *v = &set->values[i];
	struct tee_register_info info = tee_register_info(kind, v->reg);

	if (info.len == 0)
		snprintf(
		    out, REFERENCE_FAULT_MAX, "%s has no register `%s`", tee_name(kind), tee_register_name(v->reg));
	else if (v->len != info.len)
		snprintf(
		    out, REFERENCE_FAULT_MAX, "`%s` has %u bytes, not %u", tee_register_name(v->reg), info.len, v->len);
	else if (i > 0 && set->values[i - 1].reg >= v->reg)
		snprintf(out, REFERENCE_FAULT_MAX, "`%s` stands twice, or out of order", tee_register_name(v->reg));
	else if (reference_is_code(kind, v->reg) && is_zero(v))
		snprintf(out, REFERENCE_FAULT_MAX, "`%s` is all zero, which is what a debug enclave reports",
		    tee_register_name(v->reg));
	else
		return false;
	return true;
}

static bool has(const struct tee_set *set, unsigned reg)
{
	for (unsigned i = 0; i < set->n_values; i++)
		if (set->values[i].reg == reg)
			return true;
	return false;
}

/* SGX names the enclave, or who signed it: then the product and the least version too, or any enclave of that signer would do. */
static bool sgx_is_identified(const struct tee_set *set)
{
	return has(set, TEE_REG_MRENCLAVE) ||
	       (has(set, TEE_REG_MRSIGNER) && has(set, TEE_REG_ISVPRODID) && has(set, TEE_REG_ISVSVN));
}

static bool code_fault(char *out, enum tee_kind kind, const struct tee_set *set)
{
	if (kind == TEE_SGX && !sgx_is_identified(set))
		return say(
		    out, "sgx needs `mrenclave`, or `mrsigner` with `isvprodid` and `isvsvn`: less accepts other code");
	for (unsigned reg = 0; kind != TEE_SGX && reg < TEE_REG_END_; reg++)
		if (tee_register_info(kind, reg).required && !has(set, reg)) {
			snprintf(out, REFERENCE_FAULT_MAX, "%s needs `%s`: without it other code is accepted too",
			    tee_name(kind), tee_register_name(reg));
			return true;
		}
	return false;
}

bool reference_set_fault(char *out, enum tee_kind kind, const struct tee_set *set)
{
	if (!reference_is_release(set->release))
		return say(out, "the name of the release is not printable");
	if (set->not_before < REFERENCE_ALWAYS_FROM || set->not_after > REFERENCE_ALWAYS_TO)
		return say(out, "a date is not within the years 1970 to 9999");
	if (set->not_before > set->not_after)
		return say(out, "not_before comes after not_after, so it never counts");
	for (unsigned i = 0; i < set->n_values; i++)
		if (value_fault(out, kind, set, i))
			return true;
	return code_fault(out, kind, set);
}

bool reference_dates_fault(char *out, const struct policy *p, const struct tee_set *set)
{
	if (set->not_after < p->not_before)
		return say(out, "it is over before the policy begins, so it never counts");
	if (set->not_before > p->not_after)
		return say(out, "it begins after the policy ends, so it never counts");
	return false;
}

static bool same_values(const struct tee_set *a, const struct tee_set *b)
{
	if (a->n_values != b->n_values)
		return false;
	for (unsigned i = 0; i < a->n_values; i++)
		if (a->values[i].reg != b->values[i].reg || a->values[i].len != b->values[i].len ||
		    memcmp(a->values[i].bytes, b->values[i].bytes, a->values[i].len) != 0)
			return false;
	return true;
}

/* The same values under two names would outlive the date of one of them. */
bool reference_pair_fault(char *out, const struct tee_set *a, const struct tee_set *b)
{
	if (a->release[0] && strcmp(a->release, b->release) == 0) {
		snprintf(out, REFERENCE_FAULT_MAX, "the release `%s` is listed twice", a->release);
		return true;
	}
	if (!same_values(a, b))
		return false;
	if (!a->release[0] && !b->release[0])
		return say(out, "the same measurement is listed twice");
	snprintf(
	    out, REFERENCE_FAULT_MAX, "the values of `%s` are listed twice", a->release[0] ? a->release : b->release);
	return true;
}

/* ---- rules ---- */

static bool is_advisory(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!((*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '-'))
			return false;
	return name[0] != 0;
}

static bool advisories_fault(char *out, const struct tee_rules *rules)
{
	for (unsigned i = 0; i < rules->n_advisories; i++) {
		if (!is_advisory(rules->advisories[i]))
			return say(out, "an advisory is not of the form INTEL-SA-00615");
		if (i > 0 && strcmp(rules->advisories[i - 1], rules->advisories[i]) >= 0)
			return say(out, "advisories do not ascend, or one stands twice");
	}
	return false;
}

/* Rules that the TEE does not have would look like protection. */
static bool stranger_fault(char *out, enum tee_kind kind, const struct tee_rules *r)
{
	static const uint8_t none[SNP_TCB_COUNT];
	bool intel = kind == TEE_SGX || kind == TEE_TDX;
	const char *stranger = NULL;

	if (!intel && (r->statuses || r->n_advisories || r->min_evaluation))
		stranger = "TCB statuses, advisories or evaluation numbers";
	else if (kind != TEE_SNP &&
		 (memcmp(r->min_snp, none, sizeof none) != 0 || r->vmpl_max || r->vlek || r->smt_forbidden))
		stranger = "SNP's TCB components, VMPL, VLEK or SMT";
	else if (kind != TEE_SNP && kind != TEE_TDX && r->migratable)
		stranger = "guests that migrate";
	else if (kind != TEE_TDX && r->perfmon)
		stranger = "PERFMON";
	if (stranger)
		snprintf(out, REFERENCE_FAULT_MAX, "%s has no rule about %s", tee_name(kind), stranger);
	return stranger != NULL;
}

bool reference_rules_fault(char *out, enum tee_kind kind, const struct tee_rules *rules)
{
	enum { VMPL_LAST = 3 };
	uint32_t known = (UINT32_C(1) << TEE_STATUS_COUNT_) - 1;

	if (rules->statuses >> TEE_STATUS_REVOKED & 1)
		return say(out, "the status Revoked cannot be accepted");
	if (rules->statuses & (~known | 1))
		return say(out, "a status that is unknown, or UpToDate, which needs no permission");
	if (rules->vmpl_max > VMPL_LAST)
		return say(out, "there is no VMPL above 3");
	return advisories_fault(out, rules) || stranger_fault(out, kind, rules);
}

/* ---- diversity ---- */

struct policy_diversity policy_diversity(const struct policy *p)
{
	struct policy_diversity d = {0};

	for (unsigned i = 0; i < p->n_parties; i++) {
		const struct policy_party *a = &p->parties[i];
		bool new_vendor = a->compute && tee_vendor(a->tee), new_operator = new_vendor;

		for (unsigned j = 0; j < i; j++) {
			const struct policy_party *b = &p->parties[j];
			if (!b->compute || !tee_vendor(b->tee))
				continue;
			new_vendor = new_vendor && strcmp(tee_vendor(a->tee), tee_vendor(b->tee)) != 0;
			new_operator = new_operator && strcmp(a->operator_, b->operator_) != 0;
		}
		d.vendors += new_vendor;
		d.operators += new_operator;
	}
	return d;
}

static bool count_fault(char *out, const char *what, unsigned wanted, unsigned reachable)
{
	if (wanted <= reachable)
		return false;
	snprintf(out, REFERENCE_FAULT_MAX,
	    "%u distinct %ss are demanded and the parties' TEEs give %u at most, so nobody is ever admitted: software "
	    "and tpm "
	    "never count, because the host's root reads their memory",
	    wanted, what, reachable);
	return true;
}

bool reference_distinct_fault(char *out, const struct policy *p)
{
	struct policy_diversity d = policy_diversity(p);

	return count_fault(out, "vendor", p->distinct_vendors, d.vendors) ||
	       count_fault(out, "operator", p->distinct_operators, d.operators);
}
