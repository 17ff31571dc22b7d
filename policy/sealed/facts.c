/* Facts of the payload among themselves: times, dataset, release. Parties and columns have files of their own. */
#include "fields.h"

static const int64_t year_10000 = INT64_C(253402300800);
enum { DEADLINE_MAX_S = 30 * 24 * 3600 };

static enum status fault(struct problem *problem, const char *message)
{
	return problem_set(problem, ST_POLICY_FACTS, "sealed policy", NULL, "%s", message);
}

/* UTF-8 was checked by the reader; C0, DEL and C1 (C2 80 .. C2 9F) are left to refuse. */
bool facts_is_printable(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];
		if (c < 0x20 || c == 0x7f)
			return false;
		if (c == 0xc2 && i + 1 < text.len && text.ptr[i + 1] < 0xa0)
			return false;
	}
	return text.len > 0;
}

static bool is_time(int64_t t)
{
	return t >= 0 && t < year_10000;
}

static enum status check_head(const struct policy *p, struct problem *problem)
{
	if (!facts_is_printable(slice_str(p->name)) || !facts_is_printable(slice_str(p->compiler)))
		return fault(problem, "the policy's name or its compiler is empty or not printable");
	if (!is_time(p->not_before) || !is_time(p->not_after) || !is_time(p->signing_time))
		return fault(problem, "a time is not within the years 1970 to 9999");
	if (p->not_before >= p->not_after)
		return fault(problem, "not_before is not before not_after");
	if (p->signing_time >= p->not_after)
		return fault(problem, "the signing time is not before not_after");
	if (p->family != FAMILY_REP3)
		return fault(problem, "the protocol is none that this version knows");
	return ST_OK;
}

static bool is_deadline(uint32_t seconds)
{
	return seconds >= 1 && seconds <= DEADLINE_MAX_S;
}

static enum status check_admission(const struct policy *p, struct problem *problem)
{
	if (!is_deadline(p->max_evidence_age_s) || !is_deadline(p->skew_s) || !is_deadline(p->step_deadline_s) ||
	    !is_deadline(p->session_deadline_s))
		return fault(problem, "an age, skew or deadline is not within 1 second and 30 days");
	if (p->step_deadline_s > p->session_deadline_s)
		return fault(problem, "the deadline of a step is longer than that of the session");
	return ST_OK;
}

static enum status check_dataset(const struct policy *p, struct problem *problem)
{
	uint32_t sources = (UINT32_C(1) << policy_sources(p)) - 1;

	if (!facts_is_printable(slice_str(p->dataset)))
		return fault(problem, "the dataset's name is empty or not printable");
	if (p->dataset_from == 0 || (p->dataset_from & ~sources))
		return fault(problem, "the dataset is from nobody, or from somebody who is neither party nor provider");
	if (p->rows_max_party == 0)
		return fault(problem, "the dataset may have no rows");
	if ((uint64_t)p->rows_max_party * (unsigned)__builtin_popcount(p->dataset_from) > PLAN_ROWS_MAX)
		return problem_set(
		    problem, ST_PLAN_LIMIT, "sealed policy", NULL, "more than %d rows in all", PLAN_ROWS_MAX);
	return facts_check_columns(p, problem);
}

static bool is_number(const struct policy_column *c)
{
	return c->type == COL_INT64 || c->type == COL_DECIMAL;
}

static const char *aggregate_fault(const struct policy *p, enum release_kind kind, uint16_t column)
{
	if (kind < REL_KEY || kind > REL_MAX)
		return "a kind that this version does not know";
	if ((kind == REL_COUNT) != (column == NO_COLUMN) || (column != NO_COLUMN && column >= p->n_columns))
		return "a column where there is none, or none where one is needed";
	if ((kind == REL_SUM || kind == REL_AVG) && !is_number(&p->columns[column]))
		return "a sum or mean of what is no number";
	if (kind != REL_COUNT && kind != REL_COUNT_COLUMN && p->columns[column].type == COL_TEXT)
		return "a column of free text";
	return NULL;
}

static const char *result_fault(const struct policy *p, const struct policy_result *r)
{
	const struct policy_column *c = r->column < p->n_columns ? &p->columns[r->column] : NULL;
	bool is_count = r->kind == REL_COUNT || r->kind == REL_COUNT_COLUMN;

	if (!facts_is_printable(slice_str(r->name)))
		return "a name that is empty or not printable";
	if (r->kind == REL_AVG ? r->scale < c->scale || r->scale > 18 : r->scale != (is_count ? 0 : c->scale))
		return "a scale that is not its column's";
	if (r->kind != REL_KEY && r->nullable != (c && c->nullable))
		return "a NULL of what is never NULL, or none of what may be";
	if (r->kind == REL_KEY && r->nullable)
		return "a bit for NULL, which a key has a code for";
	return NULL;
}

static enum status check_results(const struct policy *p, struct problem *problem)
{
	unsigned outs = 0;

	if (p->n_results == 0)
		return fault(problem, "nothing is released");
	for (unsigned i = 0; i < p->n_results; i++) {
		const struct policy_result *r = &p->results[i];
		const char *wrong = aggregate_fault(p, r->kind, r->column);

		if (!wrong)
			wrong = result_fault(p, r);
		if (!wrong && r->kind != REL_KEY && r->position != outs++)
			wrong = "a position that is not its own";
		if (!wrong && r->kind == REL_KEY && r->position >= PLAN_KEYS_MAX)
			wrong = "a key position that cannot be";
		if (wrong)
			return problem_set(
			    problem, ST_POLICY_FACTS, "sealed policy", NULL, "result column %u has %s", i + 1, wrong);
	}
	return ST_OK;
}

static enum status check_conditions(const struct policy *p, struct problem *problem)
{
	for (unsigned i = 0; i < p->n_conditions; i++) {
		const char *wrong = aggregate_fault(p, p->conditions[i].kind, p->conditions[i].column);
		if (wrong)
			return problem_set(
			    problem, ST_POLICY_FACTS, "sealed policy", NULL, "condition %u has %s", i + 1, wrong);
	}
	for (unsigned i = 0; i < p->n_order; i++) {
		if (p->order[i].result >= p->n_results || (p->order[i].flags & ~(SORT_DESC | SORT_NULLS_FIRST)))
			return fault(
			    problem, "the order names no result column, or has a flag that this version does not know");
	}
	return ST_OK;
}

static enum status check_release(const struct policy *p, struct problem *problem)
{
	enum status st;

	if (p->recipients == 0 || p->recipients >> p->n_parties)
		return problem_set(problem, ST_PLAN_RECIPIENT, "sealed policy", NULL, "%s",
		    p->recipients ? "a recipient is not a party of the policy" : "nobody receives the result");
	if (p->min_subjects < 1 || p->min_subjects > PLAN_ROWS_MAX)
		return fault(problem, "min_subjects is 0, or more than there can be rows");
	if (p->limit > (UINT64_C(1) << 62))
		return fault(problem, "the limit is no number of rows");
	TRY(check_results(p, problem));
	TRY(check_conditions(p, problem));
out:
	return st;
}

enum status facts_check(const struct policy *p, struct problem *problem)
{
	enum status st;

	TRY(check_head(p, problem));
	TRY(facts_check_parties(p, problem));
	TRY(check_admission(p, problem));
	TRY(check_dataset(p, problem));
	TRY(check_release(p, problem));
out:
	return st;
}
