#include "policy_builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/panic.h"
#include "policy/reference.h"

static const char source_yaml[] =
    "parley: 1\n"
    "name: wage-gap\n"
    "parties: [{id: north}, {id: south}, {id: west}]\n"
    "datasets:\n"
    "  - name: staff\n"
    "    from: [north, south, west]\n"
    "    columns:\n"
    "      - {name: region, type: text, domain: [e, n, s, w]}\n"
    "      - {name: salary, type: \"decimal(9,2)\", range: [0, 1000000]}\n"
    "      - {name: age, type: int64, range: [17, 90], nullable: true}\n"
    "query: SELECT region, COUNT(*) AS n, AVG(salary) AS mean FROM staff GROUP BY region\n"
    "release: {to: [north, south, west], min_subjects: 10}\n";

static void sign_pair(uint8_t *pk, uint8_t *sk, struct random random)
{
	uint8_t seed[ED25519_SEED_LEN];

	random.fill(random.ctx, seed, sizeof seed);
	ed25519_keypair(pk, sk, seed);
}

void test_keys_from_seed(struct test_keys *out, uint64_t seed)
{
	struct random_seeded state = {0};
	struct random random = random_from_seed(&state);

	invariant(crypto_init() == ST_OK);
	memcpy(state.seed, &seed, sizeof seed);
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++) {
		sign_pair(out->approve_pk[i], out->approve_sk[i], random);
		sign_pair(out->endorse_pk[i], out->endorse_sk[i], random);
		random.fill(random.ctx, out->receive_sk[i], X25519_LEN);
		x25519_public(out->receive_pk[i], out->receive_sk[i]);
	}
	sign_pair(out->root_pk, out->root_sk, random);
}

void test_policy_add_provider(struct policy *p, struct test_provider *keys, const char *id)
{
	struct policy_provider *provider = &p->providers[p->n_providers];
	struct random_seeded state = {0};
	struct random random = random_from_seed(&state);

	invariant(p->n_providers < POLICY_PROVIDERS_MAX);
	snprintf((char *)state.seed, sizeof state.seed, "provider %.20s", id);
	snprintf(provider->id, sizeof provider->id, "%s", id);
	snprintf(provider->name, sizeof provider->name, "Clinic %s", id);
	snprintf(provider->operator_, sizeof provider->operator_, "Operator %s", id);
	sign_pair(provider->approve, keys->approve_sk, random);
	sign_pair(provider->endorse, keys->endorse_sk, random);
	p->dataset_from |= UINT32_C(1) << (p->n_parties + p->n_providers++);
	p->plan.rows_max = p->rows_max_party * (uint32_t)__builtin_popcount(p->dataset_from);
	invariant(plan_infer(&p->plan, NULL) == ST_OK);
}

uint8_t *test_measurement(struct policy *p, unsigned party)
{
	return p->parties[party].sets[0].values[0].bytes;
}

static void fill_parties(struct policy *p, const struct test_keys *keys)
{
	static const char *const ids[] = {"north", "south", "west"};

	p->n_parties = POLICY_PARTIES_MAX;
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++) {
		struct policy_party *party = &p->parties[i];

		snprintf(party->id, sizeof party->id, "%s", ids[i]);
		snprintf(party->name, sizeof party->name, "Hospital %s", ids[i]);
		snprintf(party->operator_, sizeof party->operator_, "Operator of %s", ids[i]);
		memcpy(party->approve, keys->approve_pk[i], sizeof party->approve);
		memcpy(party->endorse, keys->endorse_pk[i], sizeof party->endorse);
		memcpy(party->receive, keys->receive_pk[i], sizeof party->receive);
		party->compute = true;
		party->tee = TEE_SOFTWARE;
		party->has_tee_root = true;
		memcpy(party->tee_root, keys->root_pk, sizeof party->tee_root);
		party->n_sets = 1;
		party->sets[0] = (struct tee_set){
		    .not_after = REFERENCE_ALWAYS_TO, .n_values = 1, .values = {{.reg = TEE_REG_CODE, .len = HASH_LEN}}};
		memset(test_measurement(p, i), 0xa5, HASH_LEN);
	}
}

static void fill_columns(struct policy *p)
{
	static const char *const regions[] = {"e", "n", "s", "w"};

	p->n_columns = TEST_COLUMNS;
	p->n_domain = 4;
	for (unsigned i = 0; i < 4; i++)
		p->domain[i] = slice_str(regions[i]);
	p->columns[TEST_REGION] = (struct policy_column){
	    .name = "region", .type = COL_TEXT_DOMAIN, .hi = 3, .domain_first = 0, .domain_size = 4};
	p->columns[TEST_SALARY] =
	    (struct policy_column){.name = "salary", .type = COL_DECIMAL, .precision = 9, .scale = 2, .hi = 100000000};
	p->columns[TEST_AGE] =
	    (struct policy_column){.name = "age", .type = COL_INT64, .nullable = true, .lo = 17, .hi = 90};
}

static void fill_release(struct policy *p)
{
	p->recipients = 7;
	p->min_subjects = 10;
	p->n_results = 3;
	p->results[0] = (struct policy_result){.name = "region", .kind = REL_KEY, .column = TEST_REGION};
	p->results[1] = (struct policy_result){.name = "n", .kind = REL_COUNT, .column = NO_COLUMN, .position = 0};
	p->results[2] =
	    (struct policy_result){.name = "mean", .kind = REL_AVG, .column = TEST_SALARY, .position = 1, .scale = 6};
}

void test_policy_facts(struct policy *p, const struct test_keys *keys)
{
	memset(p, 0, sizeof *p);
	snprintf(p->name, sizeof p->name, "wage-gap");
	p->serial = 1;
	p->not_before = TEST_NOT_BEFORE;
	p->not_after = TEST_NOT_AFTER;
	p->signing_time = TEST_SIGNING_TIME;
	fill_parties(p, keys);
	p->family = FAMILY_REP3;
	p->max_evidence_age_s = 300;
	p->skew_s = 300;
	p->step_deadline_s = 60;
	p->session_deadline_s = 3600;
	snprintf(p->dataset, sizeof p->dataset, "staff");
	p->dataset_from = 7;
	p->rows_max_party = 10000;
	fill_columns(p);
	fill_release(p);
	p->source_yaml = slice_str(source_yaml);
	snprintf(p->compiler, sizeof p->compiler, "parley test");
	policy_plan_columns(p, &p->plan);
	p->plan.rows_max = 3 * p->rows_max_party;
	p->plan.groups = 4;
	p->plan.n_keys = 1;
	p->plan.keys[0] = (struct plan_key){.column = TEST_REGION, .size = 4};
}

uint16_t test_op(struct plan *plan, enum plan_opcode code, uint16_t a, int64_t imm, unsigned n, ...)
{
	struct plan_op op = {.code = code, .a = a, .imm = imm, .n_in = (uint8_t)n};
	va_list operands;

	invariant(plan->n_ops < PLAN_OPS_MAX && n <= PLAN_OPERANDS_MAX);
	va_start(operands, n);
	for (unsigned k = 0; k < n; k++)
		op.in[k] = (uint16_t)va_arg(operands, int);
	va_end(operands);
	plan->ops[plan->n_ops++] = op;
	return plan->n_ops;
}

void test_policy_fill(struct policy *p, const struct test_keys *keys)
{
	struct plan *plan = &p->plan;

	test_policy_facts(p, keys);
	uint16_t valid = test_op(plan, OP_VALID, 0, 0, 0);
	uint16_t region = test_op(plan, OP_COL, TEST_REGION, 0, 0);
	uint16_t groups = test_op(plan, OP_GROUP, 1, 0, 2, valid, region);
	uint16_t salary = test_op(plan, OP_COLW, TEST_SALARY, 0, 0);
	uint16_t sums = test_op(plan, OP_SUMS, 0, 0, 2, groups, salary);
	uint16_t count = test_op(plan, OP_A2B, 0, 0, 1, test_op(plan, OP_PICK, 0, 0, 1, sums));
	uint16_t keep = test_op(plan, OP_SUPPRESS, 0, 10, 1, count);
	uint16_t sum = test_op(plan, OP_A2B, 0, 0, 1, test_op(plan, OP_PICK, 1, 0, 1, sums));
	uint16_t mean = test_op(plan, OP_AVG, 0, 10000, 2, sum, count);
	test_op(plan, OP_OUT, 1, 0, 2, keep, count);
	test_op(plan, OP_OUT, 2, 0, 2, keep, mean);
	test_op(plan, OP_OUTKEEP, 0, 0, 1, keep);
	invariant(plan_infer(plan, NULL) == ST_OK);
}

static int compare_signatures(const void *a, const void *b)
{
	const struct cose_signature *x = a, *y = b;
	return memcmp(x->kid, y->kid, sizeof x->kid);
}

void test_payload_sign(struct slice payload, const struct test_keys *keys, struct buf *file)
{
	struct cose_signature sigs[POLICY_PARTIES_MAX];

	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		invariant(cose_sign_make(&sigs[i], POLICY_APPROVE_LABEL, payload, keys->approve_sk[i]) == ST_OK);
	qsort(sigs, POLICY_PARTIES_MAX, sizeof *sigs, compare_signatures);
	cose_sign_encode(file, payload, sigs, POLICY_PARTIES_MAX);
	invariant(!file->failed);
}

void test_policy_seal(const struct policy *p, const struct test_keys *keys, struct buf *payload, struct buf *file)
{
	struct buf own = {0};

	invariant(policy_encode(&own, p) == ST_OK);
	if (payload)
		buf_append(payload, own.ptr, own.len);
	if (file)
		test_payload_sign(buf_view(&own), keys, file);
	buf_clear(&own);
}
