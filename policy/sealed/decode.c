/*
 * Payload to struct: the reader's failure sticks, so decoding runs straight through and looks like the format. Only then
 * come the facts among themselves and the plan. Every item has one encoding, and nothing is skipped.
 */
#include "base/cbor.h"

#include "fields.h"

static unsigned open_array(struct cbor_reader *r, size_t max)
{
	size_t items = cbor_array(r);

	if (items <= max)
		return (unsigned)items;
	cbor_fail(r, ST_TOO_LARGE);
	return 0;
}

static uint32_t get_u32(struct cbor_reader *r)
{
	return (uint32_t)cbor_u64_max(r, UINT32_MAX);
}

static uint16_t get_u16(struct cbor_reader *r)
{
	return (uint16_t)cbor_u64_max(r, UINT16_MAX);
}

static uint8_t get_u8(struct cbor_reader *r)
{
	return (uint8_t)cbor_u64_max(r, UINT8_MAX);
}

static void get_value(struct cbor_reader *r, struct tee_value *value)
{
	uint64_t reg = cbor_peek_key(r);
	struct slice bytes;

	cbor_key(r, reg);
	bytes = cbor_bytes_max(r, TEE_VALUE_MAX);
	if (reg >= TEE_REG_END_)
		cbor_fail(r, ST_UNKNOWN_FIELD);
	if (r->st != ST_OK)
		return;
	value->reg = (uint8_t)reg;
	value->len = (uint8_t)bytes.len;
	memcpy(value->bytes, bytes.ptr, bytes.len);
}

static void get_set(struct cbor_reader *r, struct tee_set *set)
{
	size_t values;

	cbor_array_exact(r, SET_ITEMS);
	cbor_text_copy(r, set->release, sizeof set->release);
	set->not_before = cbor_i64(r);
	set->not_after = cbor_i64(r);
	values = cbor_map(r);
	if (values > TEE_SET_VALUES_MAX)
		cbor_fail(r, ST_TOO_LARGE);
	for (size_t i = 0; i < values && r->st == ST_OK; i++)
		get_value(r, &set->values[set->n_values++]);
	cbor_close(r);
	cbor_close(r);
}

static void get_rules(struct cbor_reader *r, struct tee_rules *rules)
{
	cbor_array_exact(r, RULES_ITEMS);
	rules->statuses = get_u32(r);
	rules->n_advisories = (uint8_t)open_array(r, TEE_ADVISORIES_MAX);
	for (unsigned i = 0; i < rules->n_advisories; i++)
		cbor_text_copy(r, rules->advisories[i], sizeof rules->advisories[i]);
	cbor_close(r);
	rules->min_evaluation = get_u32(r);
	cbor_bytes_exact(r, rules->min_snp, sizeof rules->min_snp);
	rules->vmpl_max = get_u8(r);
	rules->vlek = cbor_bool(r);
	rules->migratable = cbor_bool(r);
	rules->smt_forbidden = cbor_bool(r);
	rules->perfmon = cbor_bool(r);
	cbor_close(r);
}

static void get_root(struct cbor_reader *r, struct policy_party *party)
{
	party->has_tee_root = cbor_peek_major(r) == CBOR_BYTES;
	if (party->has_tee_root)
		cbor_bytes_exact(r, party->tee_root, sizeof party->tee_root);
	else
		cbor_null(r);
}

static void get_party(struct cbor_reader *r, struct policy_party *party)
{
	cbor_array_exact(r, PARTY_ITEMS);
	cbor_text_copy(r, party->id, sizeof party->id);
	cbor_text_copy(r, party->name, sizeof party->name);
	cbor_text_copy(r, party->operator_, sizeof party->operator_);
	cbor_bytes_exact(r, party->approve, sizeof party->approve);
	cbor_bytes_exact(r, party->endorse, sizeof party->endorse);
	cbor_bytes_exact(r, party->receive, sizeof party->receive);
	party->compute = cbor_bool(r);
	party->tee = (enum tee_kind)get_u8(r);
	get_root(r, party);
	party->n_sets = (uint8_t)open_array(r, TEE_SETS_MAX);
	for (unsigned i = 0; i < party->n_sets && r->st == ST_OK; i++)
		get_set(r, &party->sets[i]);
	cbor_close(r);
	get_rules(r, &party->rules);
	cbor_close(r);
}

static void get_domain(struct cbor_reader *r, struct policy *p, struct policy_column *c)
{
	c->domain_first = p->n_domain;
	c->domain_size = open_array(r, POLICY_DOMAIN_MAX - p->n_domain);
	for (unsigned i = 0; i < c->domain_size && r->st == ST_OK; i++)
		p->domain[p->n_domain++] = cbor_text(r);
	cbor_close(r);
}

static void get_column_detail(struct cbor_reader *r, struct policy *p, struct policy_column *c)
{
	switch (c->type) {
	case COL_DECIMAL:
		cbor_array_exact(r, PAIR_ITEMS);
		c->precision = get_u8(r);
		c->scale = get_u8(r);
		cbor_close(r);
		break;
	case COL_TEXT_DOMAIN:
		get_domain(r, p, c);
		break;
	case COL_TEXT:
		c->text_max = get_u16(r);
		break;
	default:
		cbor_null(r);
	}
}

static void get_columns(struct cbor_reader *r, struct policy *p)
{
	p->n_columns = (uint16_t)open_array(r, PLAN_COLUMNS_MAX);
	for (unsigned i = 0; i < p->n_columns && r->st == ST_OK; i++) {
		struct policy_column *c = &p->columns[i];
		cbor_array_exact(r, COLUMN_ITEMS);
		cbor_text_copy(r, c->name, sizeof c->name);
		c->type = (enum column_type)get_u8(r);
		c->nullable = cbor_bool(r);
		c->lo = cbor_i64(r);
		c->hi = cbor_i64(r);
		get_column_detail(r, p, c);
		cbor_close(r);
	}
	cbor_close(r);
}

static void get_dataset(struct cbor_reader *r, struct policy *p)
{
	if (cbor_map(r) != DATASET_FIELDS)
		cbor_fail(r, ST_FORMAT);
	cbor_key(r, DATASET_NAME);
	cbor_text_copy(r, p->dataset, sizeof p->dataset);
	cbor_key(r, DATASET_FROM);
	p->dataset_from = get_u32(r);
	cbor_key(r, DATASET_PAD);
	p->pad_rows = cbor_bool(r);
	cbor_key(r, DATASET_ROWS);
	p->rows_max_party = get_u32(r);
	cbor_key(r, DATASET_COLUMNS);
	get_columns(r, p);
	cbor_close(r);
}

static uint16_t get_column_number(struct cbor_reader *r)
{
	if (cbor_peek_major(r) != 7)
		return (uint16_t)cbor_u64_max(r, NO_COLUMN - 1);
	cbor_null(r);
	return NO_COLUMN;
}

static void get_results(struct cbor_reader *r, struct policy *p)
{
	p->n_results = (uint8_t)open_array(r, PLAN_RESULTS_MAX);
	for (unsigned i = 0; i < p->n_results; i++) {
		struct policy_result *result = &p->results[i];
		cbor_array_exact(r, RESULT_ITEMS);
		cbor_text_copy(r, result->name, sizeof result->name);
		result->kind = (enum release_kind)get_u8(r);
		result->column = get_column_number(r);
		result->position = get_u16(r);
		result->scale = get_u8(r);
		result->nullable = cbor_bool(r);
		cbor_close(r);
	}
	cbor_close(r);
}

static void get_conditions(struct cbor_reader *r, struct policy *p)
{
	p->n_conditions = (uint8_t)open_array(r, PLAN_RESULTS_MAX);
	for (unsigned i = 0; i < p->n_conditions; i++) {
		cbor_array_exact(r, PAIR_ITEMS);
		p->conditions[i].kind = (enum release_kind)get_u8(r);
		p->conditions[i].column = get_column_number(r);
		cbor_close(r);
	}
	cbor_close(r);
}

static void get_order(struct cbor_reader *r, struct policy *p)
{
	p->n_order = (uint8_t)open_array(r, PLAN_SORT_MAX);
	for (unsigned i = 0; i < p->n_order; i++) {
		cbor_array_exact(r, PAIR_ITEMS);
		p->order[i].result = get_u16(r);
		p->order[i].flags = get_u8(r);
		cbor_close(r);
	}
	cbor_close(r);
}

static void get_head(struct cbor_reader *r, struct policy *p)
{
	cbor_key(r, FIELD_VERSION);
	if (cbor_u64(r) != SEALED_VERSION)
		cbor_fail(r, ST_FORMAT);
	cbor_key(r, FIELD_NAME);
	cbor_text_copy(r, p->name, sizeof p->name);
	cbor_key(r, FIELD_SERIAL);
	p->serial = cbor_u64(r);
	cbor_key(r, FIELD_NOT_BEFORE);
	p->not_before = cbor_i64(r);
	cbor_key(r, FIELD_NOT_AFTER);
	p->not_after = cbor_i64(r);
	cbor_key(r, FIELD_SIGNING_TIME);
	p->signing_time = cbor_i64(r);
	cbor_key(r, FIELD_FAMILY);
	p->family = (enum policy_family)get_u8(r);
}

static void get_who(struct cbor_reader *r, struct policy *p)
{
	cbor_key(r, FIELD_PARTIES);
	p->n_parties = (uint8_t)open_array(r, POLICY_PARTIES_MAX);
	for (unsigned i = 0; i < p->n_parties; i++)
		get_party(r, &p->parties[i]);
	cbor_close(r);
	cbor_key(r, FIELD_ADMISSION);
	cbor_array_exact(r, ADMISSION_ITEMS);
	p->max_evidence_age_s = get_u32(r);
	p->skew_s = get_u32(r);
	p->step_deadline_s = get_u32(r);
	p->session_deadline_s = get_u32(r);
	p->debug_insecure = cbor_bool(r);
	p->memory_locked = cbor_bool(r);
	p->distinct_vendors = get_u8(r);
	p->distinct_operators = get_u8(r);
	cbor_close(r);
	cbor_key(r, FIELD_DATASET);
	get_dataset(r, p);
}

static void get_release(struct cbor_reader *r, struct policy *p)
{
	cbor_key(r, FIELD_RECIPIENTS);
	p->recipients = get_u32(r);
	cbor_key(r, FIELD_MIN_SUBJECTS);
	p->min_subjects = get_u32(r);
	cbor_key(r, FIELD_RESULTS);
	get_results(r, p);
	cbor_key(r, FIELD_CONDITIONS);
	get_conditions(r, p);
	cbor_key(r, FIELD_ORDER);
	get_order(r, p);
	cbor_key(r, FIELD_LIMIT);
	p->limit = cbor_u64(r);
}

static void get_providers(struct cbor_reader *r, struct policy *p)
{
	cbor_key(r, FIELD_PROVIDERS);
	p->n_providers = (uint8_t)open_array(r, POLICY_PROVIDERS_MAX);
	for (unsigned i = 0; i < p->n_providers && r->st == ST_OK; i++) {
		struct policy_provider *provider = &p->providers[i];

		cbor_array_exact(r, PROVIDER_ITEMS);
		cbor_text_copy(r, provider->id, sizeof provider->id);
		cbor_text_copy(r, provider->name, sizeof provider->name);
		cbor_text_copy(r, provider->operator_, sizeof provider->operator_);
		cbor_bytes_exact(r, provider->approve, sizeof provider->approve);
		cbor_bytes_exact(r, provider->endorse, sizeof provider->endorse);
		cbor_close(r);
	}
	cbor_close(r);
}

static void get_sources(struct cbor_reader *r, struct policy *p)
{
	cbor_key(r, FIELD_SOURCE);
	p->source_yaml = cbor_text(r);
	cbor_key(r, FIELD_COMPILER);
	cbor_text_copy(r, p->compiler, sizeof p->compiler);
	cbor_key(r, FIELD_FILLED_IN);
	p->filled_in = cbor_bool(r);
	get_providers(r, p);
	cbor_key(r, FIELD_PLAN);
	p->plan_bytes = cbor_bytes(r);
}

static enum status form_problem(struct problem *problem, enum status st)
{
	if (st == ST_OK)
		return ST_OK;
	return problem_set(problem, st == ST_TOO_LARGE ? ST_PLAN_LIMIT : ST_PLAN_FORMAT, "sealed policy", NULL, "%s",
	    status_title(st));
}

/* One pass over the whole item first, so that a bomb is called a bomb wherever it hides. */
static enum status scan(struct slice payload, struct problem *problem)
{
	struct cbor_reader r;

	if (payload.len > POLICY_SEALED_MAX)
		return form_problem(problem, ST_TOO_LARGE);
	cbor_reader_init(&r, payload);
	(void)cbor_any(&r);
	return form_problem(problem, cbor_end(&r));
}

static enum status decode(struct policy *p, struct slice payload, struct problem *problem)
{
	struct cbor_reader r;

	cbor_reader_init(&r, payload);
	if (cbor_map(&r) != SEALED_FIELDS)
		cbor_fail(&r, ST_FORMAT);
	get_head(&r, p);
	get_who(&r, p);
	get_release(&r, p);
	get_sources(&r, p);
	cbor_close(&r);
	return form_problem(problem, cbor_end(&r));
}

static enum status decode_plan(struct policy *p, struct problem *problem)
{
	uint16_t op;
	enum status st = plan_decode(&p->plan, p->plan_bytes, &op);

	if (st == ST_OK)
		return ST_OK;
	if (op == 0)
		return problem_set(problem, st, "plan", NULL, "%s", status_title(st));
	return problem_set(problem, st, "plan", NULL, "operator %u: %s", (unsigned)op, status_title(st));
}

enum status policy_decode(struct policy *p, struct slice payload, struct problem *problem)
{
	enum status st;

	memset(p, 0, sizeof *p);
	TRY(scan(payload, problem));
	TRY(decode(p, payload, problem));
	TRY(facts_check(p, problem));
	TRY(decode_plan(p, problem));
out:
	if (st != ST_OK)
		memset(p, 0, sizeof *p);
	return st;
}
