#include "walk.h"

static enum status has(struct walk *w, enum manifest_has bit)
{
	w->m->has |= bit;
	return ST_OK;
}

/* ---- valid ---- */
static enum status read_not_before(struct walk *w, const struct yaml_node *n)
{
	return scalar_instant(w, n, &w->m->facts->not_before, "valid.not_before");
}

static enum status read_not_after(struct walk *w, const struct yaml_node *n)
{
	return scalar_instant(w, n, &w->m->facts->not_after, "valid.not_after");
}

enum status read_valid(struct walk *w, const struct yaml_node *v)
{
	static const struct map_key keys[] = {
	    {"not_before", true, read_not_before, "add `not_before: 2026-01-01T00:00:00Z`"},
	    {"not_after", true, read_not_after, "add `not_after: 2026-12-31T00:00:00Z`"},
	};
	enum status st;

	has(w, HAS_VALID);
	TRY(WALK_MAP(w, v, keys, "valid"));
	if (w->m->facts->not_before >= w->m->facts->not_after)
		return walk_refuse(
		    w, v, ST_POL_VALUE, "not_after comes after not_before", "the policy would never be valid");
out:
	return st;
}

/* ---- protocol ---- */
static enum status read_family(struct walk *w, const struct yaml_node *n)
{
	static const char *const families[] = {"rep3", "rep3m", "rep4", "spdz2k", "semi2k"};
	unsigned family = 0;
	enum status st;

	TRY(scalar_word(w, n, families, sizeof families / sizeof families[0], &family, "protocol.family"));
	if (family != 0)
		return walk_refuse(w, n, ST_POL_UNSUPPORTED, "write `family: rep3`",
		    "protocol.family `%s` is not supported in this version", families[family]);
	w->m->facts->family = FAMILY_REP3;
out:
	return st;
}

enum status read_protocol(struct walk *w, const struct yaml_node *v)
{
	static const struct map_key keys[] = {{"family", true, read_family, "add `family: rep3`"}};

	has(w, HAS_PROTOCOL);
	return WALK_MAP(w, v, keys, "protocol");
}

/* ---- release ---- */
static enum status read_to(struct walk *w, const struct yaml_node *n)
{
	return read_party_set(w, n, &w->m->facts->recipients, "release.to");
}

static enum status read_min_subjects(struct walk *w, const struct yaml_node *n)
{
	uint64_t v = 0;
	enum status st;

	TRY(scalar_u64(w, n, &v, 1, PLAN_ROWS_MAX, "release.min_subjects"));
	w->m->facts->min_subjects = (uint32_t)v;
out:
	return st;
}

enum status read_release(struct walk *w, const struct yaml_node *v)
{
	static const struct map_key keys[] = {
	    {"to", true, read_to, "add `to: [PARTY, …]`, the parties that receive the result"},
	    {"min_subjects", true, read_min_subjects,
		"add `min_subjects: 10`, the fewest rows a released value may rest on"},
	    {"dp", false, NULL, "remove it: this version suppresses small groups and adds no noise"},
	    {"epsilon", false, NULL, "remove it: this version suppresses small groups and adds no noise"},
	    {"budget", false, NULL, "remove it: this version suppresses small groups and adds no noise"},
	};

	return WALK_MAP(w, v, keys, "release");
}

/* ---- admission ---- */
static enum status read_max_evidence_age(struct walk *w, const struct yaml_node *n)
{
	has(w, HAS_MAX_EVIDENCE_AGE);
	return scalar_duration(w, n, &w->m->facts->max_evidence_age_s, "admission.max_evidence_age");
}

static enum status read_skew(struct walk *w, const struct yaml_node *n)
{
	has(w, HAS_SKEW);
	return scalar_duration(w, n, &w->m->facts->skew_s, "admission.skew");
}

static enum status read_debug(struct walk *w, const struct yaml_node *n)
{
	static const char *const words[] = {"refuse", "INSECURE"};
	unsigned v = 0;
	enum status st;

	TRY(scalar_word(w, n, words, 2, &v, "admission.debug"));
	w->m->facts->debug_insecure = v == 1;
out:
	return st;
}

static enum status read_memory(struct walk *w, const struct yaml_node *n)
{
	static const char *const words[] = {"any", "locked"};
	unsigned v = 0;
	enum status st;

	TRY(scalar_word(w, n, words, 2, &v, "admission.memory"));
	w->m->facts->memory_locked = v == 1;
out:
	return st;
}

enum status read_admission(struct walk *w, const struct yaml_node *v)
{
	static const struct map_key keys[] = {
	    {"max_evidence_age", false, read_max_evidence_age, NULL},
	    {"skew", false, read_skew, NULL},
	    {"debug", false, read_debug, NULL},
	    {"memory", false, read_memory, NULL},
	    {"distinct", false, read_distinct, NULL},
	    {"tcb", false, read_admission_tcb, NULL},
	};

	return WALK_MAP(w, v, keys, "admission");
}

/* ---- deadlines ---- */
static enum status read_step(struct walk *w, const struct yaml_node *n)
{
	has(w, HAS_STEP_DEADLINE);
	return scalar_duration(w, n, &w->m->facts->step_deadline_s, "deadlines.step");
}

static enum status read_session(struct walk *w, const struct yaml_node *n)
{
	has(w, HAS_SESSION_DEADLINE);
	return scalar_duration(w, n, &w->m->facts->session_deadline_s, "deadlines.session");
}

enum status read_deadlines(struct walk *w, const struct yaml_node *v)
{
	static const struct map_key keys[] = {{"step", false, read_step, NULL}, {"session", false, read_session, NULL}};
	enum status st;

	TRY(WALK_MAP(w, v, keys, "deadlines"));
	if (w->m->has & HAS_STEP_DEADLINE && w->m->has & HAS_SESSION_DEADLINE &&
	    w->m->facts->step_deadline_s > w->m->facts->session_deadline_s)
		return walk_refuse(w, v, ST_POL_VALUE, "let a session last at least as long as a step",
		    "deadlines.step is longer than deadlines.session");
out:
	return st;
}

/* ---- rows ---- */
static enum status read_rows_max(struct walk *w, const struct yaml_node *n)
{
	uint64_t v = 0;
	enum status st;

	has(w, HAS_ROWS_MAX);
	TRY(scalar_u64(w, n, &v, 1, PLAN_ROWS_MAX / POLICY_PARTIES_MAX, "rows.max"));
	w->m->facts->rows_max_party = (uint32_t)v;
out:
	return st;
}

static enum status read_pad(struct walk *w, const struct yaml_node *n)
{
	return scalar_bool(w, n, &w->m->facts->pad_rows, "rows.pad");
}

enum status read_rows(struct walk *w, const struct yaml_node *v)
{
	static const struct map_key keys[] = {{"max", false, read_rows_max, NULL}, {"pad", false, read_pad, NULL}};

	return WALK_MAP(w, v, keys, "rows");
}
