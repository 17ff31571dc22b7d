/* parley policy explain: what one signs, in words, with the exact cost. Takes a policy file or a sealed policy. */
#include "policy_common.h"

#include "oblivious/exec.h"
#include "policy/explain.h"

static void add_item(void *ctx, const char *section, const char *name, const char *text)
{
	json_t *doc = ctx, *items = json_object_get(doc, section);

	if (!items) {
		items = json_array();
		json_object_set_new(doc, section, items);
	}
	json_array_append_new(items, json_pack("{s:s,s:s}", "name", name, "text", text));
}

static void add_cost(struct cli *cli, const struct policy *p, uint32_t rows_each)
{
	uint32_t rows[EXEC_SOURCES_MAX] = {0};
	uint64_t rounds = 0, sent[MPC_PARTIES] = {0};
	json_t *ops = json_array();

	for (unsigned i = 0; i < policy_sources(p); i++)
		rows[i] = p->dataset_from >> i & 1 ? rows_each : 0;
	for (uint16_t id = 1; id <= p->plan.n_ops; id++) {
		struct exec_cost cost;
		exec_cost(&p->plan, rows, id, &cost);
		rounds += cost.rounds;
		for (unsigned i = 0; i < MPC_PARTIES; i++)
			sent[i] += cost.sent[i];
		if (cost.rounds)
			json_array_append_new(ops, json_pack("{s:i,s:s,s:i,s:I}", "id", id, "op", plan_opcode_name(p->plan.ops[id - 1].code), "rounds",
			    (int)cost.rounds, "bytes_sent", (json_int_t)cost.sent[0]));
	}
	json_object_set_new(cli->doc, "cost", json_pack("{s:i,s:I,s:o}", "rows_per_party", (int)rows_each, "rounds", (json_int_t)rounds, "operators", ops));
	say(cli, "\nCost\n  with %u rows of each organisation: %llu rounds", rows_each, (unsigned long long)rounds);
	for (unsigned i = 0; i < p->n_parties; i++)
		say(cli, "%s %s sends %.1f MiB", i ? "," : ";", p->parties[i].id, (double)sent[i] / 1048576);
	say(cli, "\n");
}

enum status verb_policy_explain(struct cli *cli, int argc, char **argv)
{
	struct loaded_policy *p = NULL;
	struct buf text = {0};
	uint64_t rows = 10000;
	const struct opt opts[] = {{"--rows", OPT_U64, &rows, false}};
	const char *path;
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, 1, &path, 1, 1));
	TRY(loaded_policy_new(&p));
	TRY(load_any(cli, p, path));
	if (rows > p->policy.rows_max_party)
		rows = p->policy.rows_max_party;
	cli->doc = json_object();
	policy_explain_items(&(struct explain_sink){cli->doc, add_item}, &p->policy, buf_view(&p->filled_in));
	policy_explain(&text, &p->policy, buf_view(&p->filled_in));
	TRY(buf_status(&text));
	say_bytes(cli, buf_view(&text));
	add_cost(cli, &p->policy, (uint32_t)rows);
out:
	buf_clear(&text);
	loaded_policy_free(p);
	return st;
}
