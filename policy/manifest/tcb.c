/* Rules about platforms: `admission.tcb` by kind, `tcb` at a party, and `admission.distinct`. */
#include "walk.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- Intel's statuses and advisories ---- */

static enum status read_statuses(struct walk *w, const struct yaml_node *list)
{
	const char *names[TEE_STATUS_COUNT_];
	enum status st;

	for (unsigned k = 0; k < TEE_STATUS_COUNT_; k++)
		names[k] = tee_status_name((enum tee_status)k);
	w->rules->statuses = 0;
	TRY(expect_list(w, list, "statuses", 0, TEE_STATUS_COUNT_));
	for (const struct yaml_node *n = node_at(w, list->first); n; n = node_at(w, n->next)) {
		unsigned v = 0;

		TRY(scalar_word(w, n, names, TEE_STATUS_COUNT_, &v, "a TCB status"));
		if (v == TEE_STATUS_REVOKED)
			return walk_refuse(w, n, ST_POL_VALUE, "remove it: the platform must be replaced",
			    "the status Revoked cannot be accepted");
		if (v != TEE_STATUS_UP_TO_DATE) /* always accepted */
			w->rules->statuses |= UINT32_C(1) << v;
	}
out:
	return st;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool is_listed(const struct tee_rules *r, const char *name)
{
	for (unsigned i = 0; i < r->n_advisories; i++)
		if (strcmp(r->advisories[i], name) == 0)
			return true;
	return false;
}

static enum status read_advisories(struct walk *w, const struct yaml_node *list)
{
	struct tee_rules *r = w->rules;
	enum status st;

	r->n_advisories = 0;
	memset(r->advisories, 0, sizeof r->advisories);
	TRY(expect_list(w, list, "advisories", 0, TEE_ADVISORIES_MAX));
	for (const struct yaml_node *n = node_at(w, list->first); n; n = node_at(w, n->next)) {
		char name[TEE_ADVISORY_MAX + 1];

		TRY(scalar_copy(w, n, name, sizeof name, "an advisory"));
		if (strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != strlen(name))
			return walk_refuse(w, n, ST_POL_VALUE, "write it as the vendor does: INTEL-SA-00615",
			    "`%s` is not an advisory's name", name);
		if (is_listed(r, name))
			return walk_refuse(w, n, ST_POL_VALUE, "remove one", "the advisory `%s` is listed twice", name);
		memcpy(r->advisories[r->n_advisories++], name, sizeof name);
	}
	qsort(r->advisories, r->n_advisories, sizeof r->advisories[0], compare_names);
out:
	return st;
}

static enum status read_min_evaluation(struct walk *w, const struct yaml_node *n)
{
	uint64_t v = 0;
	enum status st;

	TRY(scalar_u64(w, n, &v, 0, UINT32_MAX, "min_evaluation"));
	w->rules->min_evaluation = (uint32_t)v;
out:
	return st;
}

/* ---- AMD's components ---- */

static enum status read_component(
    struct walk *w, const struct yaml_node *n, enum tee_snp_tcb component, const char *what)
{
	uint64_t v = 0;
	enum status st;

	TRY(scalar_u64(w, n, &v, 0, UINT8_MAX, what));
	w->rules->min_snp[component] = (uint8_t)v;
out:
	return st;
}

static enum status read_fmc(struct walk *w, const struct yaml_node *n)
{
	return read_component(w, n, SNP_FMC, "fmc");
}

static enum status read_boot_loader(struct walk *w, const struct yaml_node *n)
{
	return read_component(w, n, SNP_BOOT_LOADER, "boot_loader");
}

static enum status read_snp_tee(struct walk *w, const struct yaml_node *n)
{
	return read_component(w, n, SNP_TEE, "tee");
}

static enum status read_snp(struct walk *w, const struct yaml_node *n)
{
	return read_component(w, n, SNP_SNP, "snp");
}

static enum status read_microcode(struct walk *w, const struct yaml_node *n)
{
	return read_component(w, n, SNP_MICROCODE, "microcode");
}

static enum status read_vmpl_max(struct walk *w, const struct yaml_node *n)
{
	uint64_t v = 0;
	enum status st;

	TRY(scalar_u64(w, n, &v, 0, 3, "vmpl_max"));
	w->rules->vmpl_max = (uint8_t)v;
out:
	return st;
}

static enum status read_vlek(struct walk *w, const struct yaml_node *n)
{
	return scalar_bool(w, n, &w->rules->vlek, "vlek");
}

static enum status read_smt(struct walk *w, const struct yaml_node *n)
{
	static const char *const words[] = {"allowed", "forbidden"};
	unsigned v = 0;
	enum status st;

	TRY(scalar_word(w, n, words, 2, &v, "smt"));
	w->rules->smt_forbidden = v == 1;
out:
	return st;
}

static enum status read_migratable(struct walk *w, const struct yaml_node *n)
{
	return scalar_bool(w, n, &w->rules->migratable, "migratable");
}

static enum status read_perfmon(struct walk *w, const struct yaml_node *n)
{
	return scalar_bool(w, n, &w->rules->perfmon, "perfmon");
}

enum status read_tcb(
    struct walk *w, const struct yaml_node *v, enum tee_kind kind, struct tee_rules *rules, const char *what)
{
	static const struct map_key sgx[] = {{"statuses", false, read_statuses, NULL},
	    {"advisories", false, read_advisories, NULL}, {"min_evaluation", false, read_min_evaluation, NULL}};
	static const struct map_key tdx[] = {{"statuses", false, read_statuses, NULL},
	    {"advisories", false, read_advisories, NULL}, {"min_evaluation", false, read_min_evaluation, NULL},
	    {"migratable", false, read_migratable, NULL}, {"perfmon", false, read_perfmon, NULL}};
	static const struct map_key snp[] = {{"fmc", false, read_fmc, NULL},
	    {"boot_loader", false, read_boot_loader, NULL}, {"tee", false, read_snp_tee, NULL},
	    {"snp", false, read_snp, NULL}, {"microcode", false, read_microcode, NULL},
	    {"vmpl_max", false, read_vmpl_max, NULL}, {"vlek", false, read_vlek, NULL}, {"smt", false, read_smt, NULL},
	    {"migratable", false, read_migratable, NULL}};

	w->rules = rules;
	switch (kind) {
	case TEE_SGX:
		return WALK_MAP(w, v, sgx, what);
	case TEE_TDX:
		return WALK_MAP(w, v, tdx, what);
	case TEE_SNP:
		return WALK_MAP(w, v, snp, what);
	default:
		return walk_refuse(w, v, ST_POL_VALUE, "remove it; sgx, tdx and snp have such rules",
		    "%s has no TCB levels to speak of", tee_name(kind));
	}
}

static enum status read_kind_tcb(struct walk *w, const struct yaml_node *v, enum tee_kind kind)
{
	char what[32];

	snprintf(what, sizeof what, "admission.tcb.%s", tee_name(kind));
	return read_tcb(w, v, kind, &w->kind_rules[kind], what);
}

static enum status read_sgx_tcb(struct walk *w, const struct yaml_node *v)
{
	return read_kind_tcb(w, v, TEE_SGX);
}

static enum status read_tdx_tcb(struct walk *w, const struct yaml_node *v)
{
	return read_kind_tcb(w, v, TEE_TDX);
}

static enum status read_snp_tcb(struct walk *w, const struct yaml_node *v)
{
	return read_kind_tcb(w, v, TEE_SNP);
}

enum status read_admission_tcb(struct walk *w, const struct yaml_node *v)
{
	static const struct map_key keys[] = {
	    {"sgx", false, read_sgx_tcb, NULL},
	    {"tdx", false, read_tdx_tcb, NULL},
	    {"snp", false, read_snp_tcb, NULL},
	    {"nitro", false, NULL, "remove it: Nitro has no TCB levels, AWS keeps its hosts up to date"},
	    {"software", false, NULL, "remove it: the software TEE has no TCB levels"},
	    {"tpm", false, NULL, "remove it: a TPM has no TCB levels"},
	};

	return WALK_MAP(w, v, keys, "admission.tcb");
}

/* ---- distinct ---- */

static enum status read_count(struct walk *w, const struct yaml_node *n, uint8_t *out, const char *what)
{
	uint64_t v = 0;
	enum status st;

	TRY(scalar_u64(w, n, &v, 1, POLICY_PARTIES_MAX, what));
	*out = (uint8_t)v;
out:
	return st;
}

static enum status read_vendors(struct walk *w, const struct yaml_node *n)
{
	return read_count(w, n, &w->m->facts->distinct_vendors, "admission.distinct.vendor");
}

static enum status read_operators(struct walk *w, const struct yaml_node *n)
{
	return read_count(w, n, &w->m->facts->distinct_operators, "admission.distinct.operator");
}

enum status read_distinct(struct walk *w, const struct yaml_node *v)
{
	static const struct map_key keys[] = {
	    {"vendor", false, read_vendors, NULL},
	    {"operator", false, read_operators, NULL},
	};

	w->m->distinct_at = v->at;
	return WALK_MAP(w, v, keys, "admission.distinct");
}
