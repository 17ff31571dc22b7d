#include "base/cbor.h"

#include "fields.h"

static void put_key_bytes(struct buf *out, const uint8_t *bytes, size_t len)
{
	cbor_put_bytes(out, slice_of(bytes, len));
}

static void put_set(struct buf *out, const struct tee_set *set)
{
	cbor_put_array(out, SET_ITEMS);
	cbor_put_text(out, set->release);
	cbor_put_i64(out, set->not_before);
	cbor_put_i64(out, set->not_after);
	cbor_put_map(out, set->n_values);
	for (unsigned i = 0; i < set->n_values; i++) {
		cbor_put_u64(out, set->values[i].reg);
		put_key_bytes(out, set->values[i].bytes, set->values[i].len);
	}
}

static void put_rules(struct buf *out, const struct tee_rules *rules)
{
	cbor_put_array(out, RULES_ITEMS);
	cbor_put_u64(out, rules->statuses);
	cbor_put_array(out, rules->n_advisories);
	for (unsigned i = 0; i < rules->n_advisories; i++)
		cbor_put_text(out, rules->advisories[i]);
	cbor_put_u64(out, rules->min_evaluation);
	put_key_bytes(out, rules->min_snp, sizeof rules->min_snp);
	cbor_put_u64(out, rules->vmpl_max);
	cbor_put_bool(out, rules->vlek);
	cbor_put_bool(out, rules->migratable);
	cbor_put_bool(out, rules->smt_forbidden);
	cbor_put_bool(out, rules->perfmon);
}

static void put_party(struct buf *out, const struct policy_party *party)
{
	cbor_put_array(out, PARTY_ITEMS);
	cbor_put_text(out, party->id);
	cbor_put_text(out, party->name);
	cbor_put_text(out, party->operator_);
	put_key_bytes(out, party->approve, sizeof party->approve);
	put_key_bytes(out, party->endorse, sizeof party->endorse);
	put_key_bytes(out, party->receive, sizeof party->receive);
	cbor_put_bool(out, party->compute);
	cbor_put_u64(out, party->tee);
	if (party->has_tee_root)
		put_key_bytes(out, party->tee_root, sizeof party->tee_root);
	else
		cbor_put_null(out);
	cbor_put_array(out, party->n_sets);
	for (unsigned i = 0; i < party->n_sets; i++)
		put_set(out, &party->sets[i]);
	put_rules(out, &party->rules);
}

static void put_domain(struct buf *out, const struct policy *p, const struct policy_column *c)
{
	cbor_put_array(out, c->domain_size);
	for (unsigned i = 0; i < c->domain_size; i++)
		cbor_put_text_slice(out, p->domain[c->domain_first + i]);
}

/* What only some types have: [precision, scale], the greatest length, the domain; else null. */
static void put_column_detail(struct buf *out, const struct policy *p, const struct policy_column *c)
{
	switch (c->type) {
	case COL_DECIMAL:
		cbor_put_array(out, PAIR_ITEMS);
		cbor_put_u64(out, c->precision);
		cbor_put_u64(out, c->scale);
		break;
	case COL_TEXT_DOMAIN:
		put_domain(out, p, c);
		break;
	case COL_TEXT:
		cbor_put_u64(out, c->text_max);
		break;
	default:
		cbor_put_null(out);
	}
}

static void put_columns(struct buf *out, const struct policy *p)
{
	cbor_put_array(out, p->n_columns);
	for (unsigned i = 0; i < p->n_columns; i++) {
		const struct policy_column *c = &p->columns[i];
		cbor_put_array(out, COLUMN_ITEMS);
		cbor_put_text(out, c->name);
		cbor_put_u64(out, c->type);
		cbor_put_bool(out, c->nullable);
		cbor_put_i64(out, c->lo);
		cbor_put_i64(out, c->hi);
		put_column_detail(out, p, c);
	}
}

static void put_dataset(struct buf *out, const struct policy *p)
{
	cbor_put_map(out, DATASET_FIELDS);
	cbor_put_u64(out, DATASET_NAME);
	cbor_put_text(out, p->dataset);
	cbor_put_u64(out, DATASET_FROM);
	cbor_put_u64(out, p->dataset_from);
	cbor_put_u64(out, DATASET_PAD);
	cbor_put_bool(out, p->pad_rows);
	cbor_put_u64(out, DATASET_ROWS);
	cbor_put_u64(out, p->rows_max_party);
	cbor_put_u64(out, DATASET_COLUMNS);
	put_columns(out, p);
}

static void put_column_number(struct buf *out, uint16_t column)
{
	if (column == NO_COLUMN)
		cbor_put_null(out);
	else
		cbor_put_u64(out, column);
}

static void put_results(struct buf *out, const struct policy *p)
{
	cbor_put_array(out, p->n_results);
	for (unsigned i = 0; i < p->n_results; i++) {
		const struct policy_result *r = &p->results[i];
		cbor_put_array(out, RESULT_ITEMS);
		cbor_put_text(out, r->name);
		cbor_put_u64(out, r->kind);
		put_column_number(out, r->column);
		cbor_put_u64(out, r->position);
		cbor_put_u64(out, r->scale);
		cbor_put_bool(out, r->nullable);
	}
}

static void put_conditions(struct buf *out, const struct policy *p)
{
	cbor_put_array(out, p->n_conditions);
	for (unsigned i = 0; i < p->n_conditions; i++) {
		cbor_put_array(out, PAIR_ITEMS);
		cbor_put_u64(out, p->conditions[i].kind);
		put_column_number(out, p->conditions[i].column);
	}
}

static void put_order(struct buf *out, const struct policy *p)
{
	cbor_put_array(out, p->n_order);
	for (unsigned i = 0; i < p->n_order; i++) {
		cbor_put_array(out, PAIR_ITEMS);
		cbor_put_u64(out, p->order[i].result);
		cbor_put_u64(out, p->order[i].flags);
	}
}

static void put_head(struct buf *out, const struct policy *p)
{
	cbor_put_u64(out, FIELD_VERSION);
	cbor_put_u64(out, SEALED_VERSION);
	cbor_put_u64(out, FIELD_NAME);
	cbor_put_text(out, p->name);
	cbor_put_u64(out, FIELD_SERIAL);
	cbor_put_u64(out, p->serial);
	cbor_put_u64(out, FIELD_NOT_BEFORE);
	cbor_put_i64(out, p->not_before);
	cbor_put_u64(out, FIELD_NOT_AFTER);
	cbor_put_i64(out, p->not_after);
	cbor_put_u64(out, FIELD_SIGNING_TIME);
	cbor_put_i64(out, p->signing_time);
	cbor_put_u64(out, FIELD_FAMILY);
	cbor_put_u64(out, p->family);
}

static void put_who(struct buf *out, const struct policy *p)
{
	cbor_put_u64(out, FIELD_PARTIES);
	cbor_put_array(out, p->n_parties);
	for (unsigned i = 0; i < p->n_parties; i++)
		put_party(out, &p->parties[i]);
	cbor_put_u64(out, FIELD_ADMISSION);
	cbor_put_array(out, ADMISSION_ITEMS);
	cbor_put_u64(out, p->max_evidence_age_s);
	cbor_put_u64(out, p->skew_s);
	cbor_put_u64(out, p->step_deadline_s);
	cbor_put_u64(out, p->session_deadline_s);
	cbor_put_bool(out, p->debug_insecure);
	cbor_put_bool(out, p->memory_locked);
	cbor_put_u64(out, p->distinct_vendors);
	cbor_put_u64(out, p->distinct_operators);
	cbor_put_u64(out, FIELD_DATASET);
	put_dataset(out, p);
}

static void put_release(struct buf *out, const struct policy *p)
{
	cbor_put_u64(out, FIELD_RECIPIENTS);
	cbor_put_u64(out, p->recipients);
	cbor_put_u64(out, FIELD_MIN_SUBJECTS);
	cbor_put_u64(out, p->min_subjects);
	cbor_put_u64(out, FIELD_RESULTS);
	put_results(out, p);
	cbor_put_u64(out, FIELD_CONDITIONS);
	put_conditions(out, p);
	cbor_put_u64(out, FIELD_ORDER);
	put_order(out, p);
	cbor_put_u64(out, FIELD_LIMIT);
	cbor_put_u64(out, p->limit);
}

static void put_providers(struct buf *out, const struct policy *p)
{
	cbor_put_u64(out, FIELD_PROVIDERS);
	cbor_put_array(out, p->n_providers);
	for (unsigned i = 0; i < p->n_providers; i++) {
		const struct policy_provider *provider = &p->providers[i];

		cbor_put_array(out, PROVIDER_ITEMS);
		cbor_put_text(out, provider->id);
		cbor_put_text(out, provider->name);
		cbor_put_text(out, provider->operator_);
		put_key_bytes(out, provider->approve, sizeof provider->approve);
		put_key_bytes(out, provider->endorse, sizeof provider->endorse);
	}
}

static void put_sources(struct buf *out, const struct policy *p, struct slice plan)
{
	cbor_put_u64(out, FIELD_SOURCE);
	cbor_put_text_slice(out, p->source_yaml);
	cbor_put_u64(out, FIELD_COMPILER);
	cbor_put_text(out, p->compiler);
	cbor_put_u64(out, FIELD_FILLED_IN);
	cbor_put_bool(out, p->filled_in);
	put_providers(out, p);
	cbor_put_u64(out, FIELD_PLAN);
	cbor_put_bytes(out, plan);
}

enum status policy_encode(struct buf *out, const struct policy *p)
{
	struct buf plan = {0};
	size_t start = out->len;
	enum status st;

	plan_encode(&plan, &p->plan);
	TRY(buf_status(&plan));
	cbor_put_map(out, SEALED_FIELDS);
	put_head(out, p);
	put_who(out, p);
	put_release(out, p);
	put_sources(out, p, buf_view(&plan));
	TRY(buf_status(out));
	if (out->len - start > POLICY_SEALED_MAX)
		st = ST_PLAN_LIMIT;
out:
	buf_clear(&plan);
	return st;
}
