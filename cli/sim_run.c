/*
 * parley sim run: a whole session in virtual time, and what it must show: it ends, its costs are those of the formulas, the
 * answer is that in the clear, and, when asked, a second run from the same seed is the same byte for byte.
 */
#include "sim_run.h"

#include "sim/reference.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DATA_BYTES_MAX = 1 << 30, ROWS_DEFAULT = 1000, SIM_EPOCH_S = 1767225600 /* 2026-01-01, so that a seed means one run */ };

static enum status read_options(struct simulation *s, int argc, char **argv)
{
	const struct opt opts[] = {
		{"--data", OPT_MANY, &s->data, false},
		{"--rows", OPT_U64, &s->rows, false},
		{"--latency", OPT_U64, &s->latency_ms, false},
		{"--bandwidth", OPT_U64, &s->bandwidth_mbit, false},
		{"--seed", OPT_U64, &s->seed, false},
		{"--cpu-ns-per-byte", OPT_U64, &s->cpu_ns_per_byte, false},
		{"--check-determinism", OPT_FLAG, &s->check_determinism, false},
	};
	enum status st;

	TRY(cli_options(s->cli, argc, argv, opts, sizeof opts / sizeof *opts, &s->path, 1, 1));
	if (s->rows > PLAN_ROWS_MAX / SIM_PARTIES || s->latency_ms > 100000 || s->bandwidth_mbit > 10000000 || s->cpu_ns_per_byte > 1000000)
		st = problem_set(&s->cli->problem, ST_ARGUMENT, "command line", NULL, "a number is larger than the simulator takes");
out:
	return st;
}

/* ---- the data ---- */

static enum status assign_data(struct simulation *s, const char *spec)
{
	const struct policy *p = &s->policy->policy;
	struct problem *problem = &s->cli->problem;
	const char *equals = strchr(spec, '='), *dot = strchr(spec, '.');
	char id[POLICY_ID_MAX + 1] = "";

	if (!equals || !dot || dot > equals || (size_t)(dot - spec) > POLICY_ID_MAX)
		return problem_set(problem, ST_ARGUMENT, "--data", "write --data PARTY.DATASET=FILE", "\"%s\" is not of this form", spec);
	memcpy(id, spec, (size_t)(dot - spec));
	int party = policy_party_index(p, id);
	if (party < 0)
		return problem_set(problem, ST_ARGUMENT, "--data", NULL, "\"%s\" is no party of this policy", id);
	if (strlen(p->dataset) != (size_t)(equals - dot - 1) || memcmp(dot + 1, p->dataset, strlen(p->dataset)) != 0)
		return problem_set(problem, ST_ARGUMENT, "--data", NULL, "the policy's dataset is \"%s\"", p->dataset);
	if (s->data_path[party])
		return problem_set(problem, ST_ARGUMENT, "--data", NULL, "two files for party \"%s\"", id);
	s->data_path[party] = equals + 1;
	return ST_OK;
}

/* With files, parties without one bring no rows; without any, everybody's rows are random. */
static enum status name_data(struct simulation *s)
{
	enum status st = ST_OK;

	if (s->data.n && s->rows)
		return problem_set(&s->cli->problem, ST_ARGUMENT, "command line", NULL, "--rows is for random data: give it or --data");
	for (size_t k = 0; k < s->data.n; k++)
		TRY(assign_data(s, s->data.values[k]));
	if (!s->data.n && !s->rows)
		s->rows = ROWS_DEFAULT;
out:
	return st;
}

static enum status load_file(struct simulation *s, unsigned party)
{
	struct buf bytes = {0};
	enum status st;

	TRY(read_file(s->cli, &bytes, s->data_path[party], DATA_BYTES_MAX));
	TRY(ingest_csv(&s->tables[party], &s->policy->policy, buf_view(&bytes), s->data_path[party], &s->cli->problem));
out:
	buf_clear(&bytes);
	return st;
}

static enum status make_rows(struct simulation *s, unsigned party)
{
	struct random_seeded state = {0};
	uint8_t digest[HASH_LEN];
	struct hash h;

	hash_begin(&h, "parley/sim-rows/v1", 2);
	hash_u64(&h, s->seed);
	hash_u64(&h, party);
	hash_end(&h, digest);
	memcpy(state.seed, digest, sizeof state.seed);
	struct random rng = random_from_seed(&state);
	return sim_random_table(&s->tables[party], &s->policy->policy, (uint32_t)s->rows, &rng);
}

static enum status load_data(struct simulation *s)
{
	const struct policy *p = &s->policy->policy;
	enum status st = ST_OK;

	for (unsigned i = 0; i < p->n_parties; i++) {
		bool brings = p->dataset_from >> i & 1;
		if (s->data_path[i])
			TRY(load_file(s, i));
		else if (brings && s->rows)
			TRY(make_rows(s, i));
		if (s->tables[i].rows > p->rows_max_party)
			return problem_set(&s->cli->problem, ST_DATA_ROWS, p->parties[i].id, NULL, "%u rows, but rows.max is %u", s->tables[i].rows, p->rows_max_party);
		s->config.tables[i] = &s->tables[i];
		s->public_rows[i] = brings && p->pad_rows ? p->rows_max_party : s->tables[i].rows;
	}
out:
	return st;
}

/* ---- the policy ---- */

static uint32_t count_lines(struct slice bytes)
{
	uint32_t lines = 1;

	for (size_t i = 0; i < bytes.len; i++)
		lines += bytes.ptr[i] == '\n';
	return lines;
}

/* An upper bound on the rows of a party: its file's lines. */
static enum status most_rows(struct simulation *s, uint32_t *out)
{
	enum status st = ST_OK;

	*out = (uint32_t)s->rows;
	for (unsigned i = 0; i < SIM_PARTIES && st == ST_OK; i++) {
		struct buf bytes = {0};
		if (!s->data_path[i])
			continue;
		st = read_file(s->cli, &bytes, s->data_path[i], DATA_BYTES_MAX);
		uint32_t lines = st == ST_OK ? count_lines(buf_view(&bytes)) : 0;
		*out = lines > *out ? lines : *out;
		buf_clear(&bytes);
	}
	return st;
}

/* Compiled twice: the first time says who the parties are, the second how many rows there may be. */
static enum status make_policy(struct simulation *s)
{
	struct compile_defaults defaults;
	enum status st;

	placeholder_defaults(&defaults, SIM_EPOCH_S);
	TRY(loaded_policy_new(&s->policy));
	TRY(compile_file(s->cli, s->policy, s->path, true, &defaults));
	if (s->policy->policy.n_providers)
		TRY(problem_set(&s->cli->problem, ST_POL_UNSUPPORTED, s->policy->policy.providers[0].id,
		    "let a party bring these rows, or use `parley run`, which plays providers too", "the simulator has no providers in this version"));
	TRY(name_data(s));
	TRY(most_rows(s, &defaults.rows_max));
	loaded_policy_free(s->policy);
	s->policy = NULL;
	TRY(loaded_policy_new(&s->policy));
	TRY(compile_file(s->cli, s->policy, s->path, true, &defaults));
	sim_keys_make(&s->keys, s->seed);
	TRY(sim_policy_own(&s->policy->policy, &s->keys, &s->payload, &s->file, &s->cli->problem));
out:
	return st;
}

static void configure(struct simulation *s)
{
	const struct link_spec link = {s->latency_ms * 1000000, s->bandwidth_mbit * 1000000};

	sim_config_init(&s->config, &s->policy->policy, buf_view(&s->file), &s->keys, s->seed);
	s->config.party_link = s->config.coordinator_link = link;
	s->config.cpu_ns_per_byte = s->cpu_ns_per_byte;
}

/* ---- the verdict ---- */

/* Nobody interferes here, so a deadline that passes is ours; anything else that ended it speaks for itself. */
static enum status check_ended(struct simulation *s)
{
	const struct policy *p = &s->policy->policy;

	for (unsigned i = 0; i < p->n_parties; i++) {
		const struct problem *outcome = &s->report.outcome[i];
		if (outcome->st == ST_OK)
			continue;
		if (s->report.stuck || outcome->st == ST_SES_DEADLINE || strcmp(s->report.coordinator_code, status_code(ST_SES_DEADLINE)) == 0)
			return problem_set(&s->cli->problem, ST_SIM_LIVENESS, p->parties[i].id, NULL, "%s", outcome->message);
		s->cli->problem = *outcome;
		return outcome->st;
	}
	return ST_OK;
}

static enum status check_answer(struct simulation *s)
{
	const struct policy *p = &s->policy->policy;
	const struct ingest_table *tables[SIM_PARTIES];
	enum status st = ST_OK;

	for (unsigned i = 0; i < SIM_PARTIES; i++)
		tables[i] = s->config.tables[i];
	s->want = calloc((size_t)sim_reference_words(&p->plan) * p->plan.groups, sizeof *s->want);
	if (!s->want)
		return ST_NO_MEMORY;
	TRY(sim_reference_run(s->want, &p->plan, tables, p->n_parties));
	for (unsigned i = 0; i < p->n_parties; i++)
		if (p->recipients >> i & 1)
			TRY(sim_check_result(s->want, p, buf_view(&s->payload), &s->keys, &s->report, i, &s->cli->problem));
out:
	return st;
}

static enum status check_determinism(struct simulation *s)
{
	struct sim_report *again = calloc(1, sizeof *again);
	enum status st = again ? sim_run(again, &s->config) : ST_NO_MEMORY;

	if (st == ST_OK && memcmp(again->transcript, s->report.transcript, HASH_LEN) != 0)
		st = problem_set(&s->cli->problem, ST_SIM_DETERMINISM, NULL, NULL, "two runs from seed %" PRIu64 " have different transcripts", s->seed);
	if (st == ST_OK)
		sim_report_clear(again);
	free(again);
	return st;
}

static enum status judge(struct simulation *s)
{
	enum status st;

	TRY(check_ended(s));
	TRY(sim_check_costs(&s->policy->policy, s->public_rows, &s->report, &s->cli->problem));
	TRY(check_answer(s));
	if (s->check_determinism)
		TRY(check_determinism(s));
	TRY(simulation_print_result(s));
	say(s->cli, "\nverdict: every party ended well; rounds and bytes as the formulas say; the answer is that in the clear%s\n",
	    s->check_determinism ? "; a second run was the same, byte for byte" : "");
	put_text(s->cli->doc, "verdict", "ok");
out:
	return st;
}

static void simulation_free(struct simulation *s)
{
	for (unsigned i = 0; i < SIM_PARTIES; i++)
		ingest_table_clear(&s->tables[i]);
	sim_report_clear(&s->report);
	buf_clear(&s->payload);
	buf_clear(&s->file);
	loaded_policy_free(s->policy);
	free(s->want);
	free(s);
}

enum status verb_sim_run(struct cli *cli, int argc, char **argv)
{
	struct simulation *s = calloc(1, sizeof *s);
	enum status st;

	if (!s)
		return ST_NO_MEMORY;
	*s = (struct simulation){.cli = cli, .latency_ms = 10, .bandwidth_mbit = 1000, .seed = 1};
	TRY(read_options(s, argc, argv));
	TRY(make_policy(s));
	configure(s);
	TRY(load_data(s));
	TRY(sim_run(&s->report, &s->config));
	simulation_print(s);
	TRY(judge(s));
out:
	simulation_free(s);
	return st;
}
