/* Which code on which platforms is admitted: per party its releases, registers and rules; then what holds for all. */
#include "policy/reference.h"

#include <stdarg.h>
#include <stdio.h>

#include "item.h"

enum { SHOWN_BYTES = 8, LINE_MAX_ = 900 };

struct line {
	char text[LINE_MAX_];
	size_t used;
};

static void __attribute__((format(printf, 2, 3))) add(struct line *l, const char *format, ...)
{
	va_list args;

	if (l->used >= sizeof l->text)
		return;
	va_start(args, format);
	l->used += (size_t)vsnprintf(l->text + l->used, sizeof l->text - l->used, format, args);
	va_end(args);
}

static void add_time(struct line *l, int64_t t)
{
	struct buf text = {0};

	value_format_timestamp(&text, t);
	add(l, "%.*s", (int)text.len, (const char *)text.ptr);
	buf_clear(&text);
}

/* ---- sets ---- */

static void add_dates(struct line *l, const struct tee_set *set)
{
	bool from = set->not_before > REFERENCE_ALWAYS_FROM, to = set->not_after < REFERENCE_ALWAYS_TO;

	if (from) {
		add(l, "from ");
		add_time(l, set->not_before);
		add(l, to ? " " : "");
	}
	if (to) {
		add(l, "to ");
		add_time(l, set->not_after);
	}
	if (!from && !to)
		add(l, "for as long as the policy is valid");
}

static void add_value(struct line *l, enum tee_kind kind, const struct tee_value *v)
{
	uint64_t number = 0;

	add(l, "%s ", tee_register_name(v->reg));
	if (reference_is_number(kind, v->reg)) {
		for (unsigned i = 0; i < v->len; i++)
			number = number << 8 | v->bytes[i];
		add(l, "%s%llu", tee_register_info(kind, v->reg).at_least ? "at least " : "",
		    (unsigned long long)number);
		return;
	}
	for (unsigned i = 0; i < v->len && i < SHOWN_BYTES; i++)
		add(l, "%02x", v->bytes[i]);
	add(l, v->len > SHOWN_BYTES ? "…" : "");
}

static void explain_set(const struct explainer *e, const struct policy_party *p, const struct tee_set *set)
{
	char name[POLICY_ID_MAX + TEE_RELEASE_MAX + 16];
	struct line l = {.used = 0};

	snprintf(name, sizeof name, "%s, %s%s", p->id, set->release[0] ? "release " : "code", set->release);
	add(&l, "%s, ", tee_name(p->tee));
	add_dates(&l, set);
	for (unsigned i = 0; i < set->n_values; i++) {
		add(&l, i ? ", " : ": ");
		add_value(&l, p->tee, &set->values[i]);
	}
	explain_say(e, name, "%s", l.text);
}

/* The parent instance's identity: a set that names it holds on one machine until that machine is replaced. */
static void warn_of_pcr4(const struct explainer *e, const struct policy_party *p, const struct tee_set *set)
{
	enum { PCR4 = 4 };

	for (unsigned i = 0; p->tee == TEE_NITRO && i < set->n_values; i++)
		if (set->values[i].reg == PCR4)
			explain_say(e, "PCR4 PINNED",
			    "release %s of %s names pcr4, which differs on every instance: no enclave on another "
			    "machine, or on this "
			    "one after it was replaced, is admitted",
			    set->release, p->id);
}

/* When the last set is over and the policy is not. */
static void warn_of_the_end(const struct explainer *e, const struct policy_party *p)
{
	struct line l = {.used = 0};
	int64_t last = 0;

	for (unsigned i = 0; i < p->n_sets; i++)
		last = p->sets[i].not_after > last ? p->sets[i].not_after : last;
	if (last >= e->p->not_after)
		return;
	add_time(&l, last);
	explain_say(e, "ENDS EARLY",
	    "after %s no release of %s counts, although the policy is still valid: every session is refused then",
	    l.text, p->id);
}

/* ---- rules ---- */

static void add_intel(struct line *l, const struct tee_rules *r)
{
	add(l, "TCB status UpToDate");
	for (unsigned s = 0; s < TEE_STATUS_COUNT_; s++)
		if (r->statuses >> s & 1)
			add(l, ", %s", tee_status_name((enum tee_status)s));
	if (!r->statuses)
		add(l, " alone");
	add(l, r->n_advisories ? "; open advisories accepted:" : "; no open advisory is accepted");
	for (unsigned i = 0; i < r->n_advisories; i++)
		add(l, "%s %s", i ? "," : "", r->advisories[i]);
	if (r->min_evaluation)
		add(l, "; collateral of evaluation %u or later", r->min_evaluation);
	else
		add(l, "; collateral of any evaluation number, so old collateral that has not run out can be replayed");
}

static void add_snp(struct line *l, const struct tee_rules *r)
{
	add(l, "TCB at least fmc %u, boot loader %u, tee %u, snp %u, microcode %u, reported and committed; VMPL %s%u",
	    r->min_snp[SNP_FMC], r->min_snp[SNP_BOOT_LOADER], r->min_snp[SNP_TEE], r->min_snp[SNP_SNP],
	    r->min_snp[SNP_MICROCODE], r->vmpl_max ? "0 to " : "", r->vmpl_max);
	add(l, r->vlek ? "; a VLEK is accepted, which binds to a cloud and not to a chip"
		       : "; signed by the chip's own VCEK");
	add(l, r->smt_forbidden ? "; SMT must be off" : "; SMT may be on");
}

static void explain_rules(const struct explainer *e, const struct policy_party *p)
{
	const struct tee_rules *r = &p->rules;
	char name[POLICY_ID_MAX + 16];
	struct line l = {.used = 0};

	if (p->tee != TEE_SGX && p->tee != TEE_TDX && p->tee != TEE_SNP)
		return;
	snprintf(name, sizeof name, "%s, platform", p->id);
	if (p->tee == TEE_SNP)
		add_snp(&l, r);
	else
		add_intel(&l, r);
	if (p->tee != TEE_SGX)
		add(&l, r->migratable ? "; MIGRATABLE guests are accepted: who migrates one can read it"
				      : "; no guest that can be migrated");
	if (p->tee == TEE_TDX)
		add(&l, r->perfmon ? "; PERFMON may be on" : "; PERFMON must be off");
	explain_say(e, name, "%s", l.text);
}

/* ---- for all ---- */

static void explain_distinct(const struct explainer *e)
{
	const struct policy *p = e->p;
	struct policy_diversity d = policy_diversity(p);

	if (!p->distinct_vendors && !p->distinct_operators) {
		explain_say(e, "diversity",
		    "not demanded; the parties' TEEs come from %u vendors and are run by %u operators that count",
		    d.vendors, d.operators);
		return;
	}
	explain_say(e, "diversity",
	    "at least %u vendors and %u operators among the enclaves, or nobody is admitted. It means that breaking "
	    "one vendor's TEE, or "
	    "bribing one operator, opens fewer shares; it does not mean that vendors share no flaw, or that operators "
	    "are independent of "
	    "each other: the policy only has their names. Software and tpm never count",
	    p->distinct_vendors, p->distinct_operators);
}

static void explain_common(const struct explainer *e)
{
	const struct policy *p = e->p;

	explain_say(e, "age", "evidence is at most %u s from the HELLOs, clocks at most %u s apart",
	    p->max_evidence_age_s, p->skew_s);
	if (p->debug_insecure)
		explain_say(
		    e, "debug", "INSECURE: accepted, and every status line, the session and its receipt say so");
	else
		explain_say(e, "debug", "refused");
	explain_say(e, "memory", "%s",
	    p->memory_locked ? "an enclave that could not lock the memory of shares is refused"
			     : "an enclave that could not lock the memory of shares is admitted and says so: its host "
			       "may have swapped them out");
	explain_distinct(e);
}

void explain_evidence(const struct explainer *e)
{
	for (unsigned i = 0; i < e->p->n_parties; i++) {
		const struct policy_party *p = &e->p->parties[i];

		for (unsigned k = 0; k < p->n_sets; k++) {
			explain_set(e, p, &p->sets[k]);
			warn_of_pcr4(e, p, &p->sets[k]);
		}
		warn_of_the_end(e, p);
		explain_rules(e, p);
	}
	explain_common(e);
}
