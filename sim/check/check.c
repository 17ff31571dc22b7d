#include "sim/check.h"

#include "oblivious/exec.h"
#include "receipt/receipt.h"

#include <inttypes.h>
#include <stdlib.h>

static enum status check_step(const struct policy *p, const uint32_t rows[static EXEC_SOURCES_MAX], uint16_t op,
    const struct sim_step *step, struct problem *problem)
{
	const char *name = plan_opcode_name(p->plan.ops[op - 1].code);
	struct exec_cost want;

	exec_cost(&p->plan, rows, op, &want);
	if (step->parties != p->n_parties)
		return problem_set(problem, ST_SIM_COST, NULL, NULL, "op %u %s: reported by %u of %u parties", op, name, step->parties, p->n_parties);
	if (step->rounds != want.rounds)
		return problem_set(problem, ST_SIM_COST, NULL, NULL, "op %u %s: formula %u rounds, measured %u", op, name, want.rounds, step->rounds);
	for (unsigned i = 0; i < p->n_parties; i++)
		if (step->payload_bytes[i] != want.sent[i])
			return problem_set(problem, ST_SIM_COST, p->parties[i].id, NULL, "op %u %s: formula %" PRIu64 " bytes, measured %" PRIu64, op, name,
			    want.sent[i], step->payload_bytes[i]);
	return ST_OK;
}

enum status sim_check_costs(const struct policy *p, const uint32_t rows[static SIM_PARTIES], const struct sim_report *r,
    struct problem *problem)
{
	uint32_t all[EXEC_SOURCES_MAX] = {0};
	enum status st = ST_OK;

	memcpy(all, rows, SIM_PARTIES * sizeof *rows);
	for (uint16_t op = 1; st == ST_OK && op <= p->plan.n_ops; op++)
		st = check_step(p, all, op, &r->steps[op - 1], problem);
	return st;
}

struct opening { /* large */
	struct policy policy;
	struct receipt_bundle bundle;
	struct receipt_verdict verdict;
	struct slice bundle_bytes, parts[POLICY_PARTIES_MAX];
};

enum status sim_open_result(uint64_t *words, const struct policy *p, struct slice payload, const struct sim_keys *keys,
    const struct sim_report *r, unsigned recipient, struct problem *problem)
{
	struct opening *o = calloc(1, sizeof *o);
	uint8_t expect[HASH_LEN];
	enum status st;

	if (!o)
		return ST_NO_MEMORY;
	policy_hash(expect, payload);
	TRY(result_file_decode(&o->bundle_bytes, o->parts, buf_view(&r->result[recipient])));
	TRY(receipt_bundle_decode(&o->bundle, o->bundle_bytes));
	TRY(receipt_verify(&o->verdict, &o->policy, &o->bundle, r->anchors, expect, problem));
	TRY(result_open(words, p, &o->verdict, recipient, keys->receive_sk[recipient], o->parts, problem));
out:
	free(o);
	return st;
}

enum status sim_check_result(const uint64_t *want, const struct policy *p, struct slice payload, const struct sim_keys *keys,
    const struct sim_report *r, unsigned recipient, struct problem *problem)
{
	uint32_t per_group = result_words(&p->plan);
	size_t n = (size_t)per_group * p->plan.groups;
	uint64_t *words = calloc(n, sizeof *words);
	enum status st;

	if (!words)
		return ST_NO_MEMORY;
	TRY(sim_open_result(words, p, payload, keys, r, recipient, problem));
	for (size_t i = 0; i < n; i++)
		if (words[i] != want[i]) {
			st = problem_set(problem, ST_SIM_SAFETY, p->parties[recipient].id, NULL,
			    "word %zu of group %zu: in the clear %" PRId64 ", simulated %" PRId64, i / p->plan.groups, i % p->plan.groups,
			    (int64_t)want[i], (int64_t)words[i]);
			break;
		}
out:
	free(words);
	return st;
}
