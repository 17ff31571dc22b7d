/*
 * parley bench: engine operations between the same sandboxed enclaves, boundary, hosts and sockets as `parley run`, encryption
 * on. Inputs are fresh and random in every repetition, every output is opened and compared inside the enclaves. The hosts
 * take the time between the marks; the slowest party counts. Median of the repetitions, after one that is not counted.
 */
#include "cluster.h"

#include "oblivious/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPETITIONS = 6, OPS_MAX = 8 };

/* A session under `debug: INSECURE`, which is what permits enclaves to open values; its query is never run. */
static const char bench_policy[] =
    "parley: 1\n"
    "name: bench\n"
    "parties: [{id: a}, {id: b}, {id: c}]\n"
    "datasets:\n"
    "  - name: t\n"
    "    from: [a, b, c]\n"
    "    columns: [{name: x, type: int64, range: [0, 1]}]\n"
    "query: SELECT COUNT(*) AS n FROM t\n"
    "release: {to: [a], min_subjects: 1}\n"
    "admission: {debug: INSECURE}\n";

static const struct {
	const char *name;
	enum bench_op op;
} known[] = {{"mul", BENCH_MUL}, {"and", BENCH_AND}, {"lt", BENCH_LT}, {"eq", BENCH_EQ}, {"b2a", BENCH_B2A}, {"group", BENCH_GROUP}};

struct bench {
	enum bench_op ops[OPS_MAX];
	const char *names[OPS_MAX];
	size_t n;
	uint64_t rows;
};

static enum status add_op(struct cli *cli, struct bench *b, const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i].name) == len && strncmp(known[i].name, name, len) == 0 && b->n < OPS_MAX) {
			b->ops[b->n] = known[i].op;
			b->names[b->n++] = known[i].name;
			return ST_OK;
		}
	return problem_set(&cli->problem, ST_ARGUMENT, "--op", "mul, and, lt, eq, b2a, group; sort, shuffle and join are not in this version",
	    "there is no operation \"%.*s\"", (int)len, name);
}

static enum status parse_ops(struct cli *cli, struct bench *b, const char *list)
{
	enum status st = ST_OK;

	while (st == ST_OK && *list) {
		size_t len = strcspn(list, ",");
		st = add_op(cli, b, list, len);
		list += len + (list[len] == ',');
	}
	return st;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Marks come as begin, end, begin, end …, REPETITIONS pairs for each operation. */
static double seconds_of(const json_t *marks, size_t pair)
{
	const json_t *begin = json_array_get(marks, 2 * pair), *end = json_array_get(marks, 2 * pair + 1);

	return (double)(json_integer_value(json_object_get(end, "ns")) - json_integer_value(json_object_get(begin, "ns"))) / 1e9;
}

static enum status add_line(struct cli *cli, const struct cluster *c, const struct bench *b, size_t k, json_t *ops)
{
	double seconds[REPETITIONS - 1];
	json_t *payload = json_object(), *wire = json_object();
	json_int_t rounds = 0;

	for (size_t r = 1; r < REPETITIONS; r++) {
		seconds[r - 1] = 0;
		for (unsigned i = 0; i < c->policy->policy.n_parties; i++) {
			const json_t *end = json_array_get(c->party[i].marks, 2 * (k * REPETITIONS + r) + 1);
			if (!end)
				return problem_set(&cli->problem, ST_BUG, b->names[k], NULL, "a repetition is missing");
			double s = seconds_of(c->party[i].marks, k * REPETITIONS + r);
			seconds[r - 1] = s > seconds[r - 1] ? s : seconds[r - 1];
			json_object_set(payload, c->policy->policy.parties[i].id, json_object_get(end, "payload_bytes"));
			json_object_set(wire, c->policy->policy.parties[i].id, json_object_get(end, "wire_bytes"));
			rounds = json_integer_value(json_object_get(end, "rounds"));
		}
	}
	qsort(seconds, REPETITIONS - 1, sizeof *seconds, by_value);
	double median = seconds[(REPETITIONS - 1) / 2];
	say(cli, "%-6s %10llu rows  %9.4f s  %12.0f rows/s  %4lld rounds  %12lld payload bytes  %12lld wire bytes\n", b->names[k],
	    (unsigned long long)b->rows, median, (double)b->rows / median, (long long)rounds,
	    (long long)json_integer_value(json_object_get(payload, "a")), (long long)json_integer_value(json_object_get(wire, "a")));
	json_array_append_new(ops, json_pack("{s:s,s:I,s:f,s:f,s:I,s:o,s:o}", "op", b->names[k], "rows", (json_int_t)b->rows, "seconds", median, "rows_per_s",
	    (double)b->rows / median, "rounds", rounds, "payload_bytes_per_party", payload, "wire_bytes_per_party", wire));
	return ST_OK;
}

static enum status write_policy(struct cli *cli, char path[static 64])
{
	snprintf(path, 64, "/tmp/parley-bench-XXXXXX");
	int fd = mkstemp(path);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (!f || fputs(bench_policy, f) < 0 || fclose(f) != 0)
		return problem_set(&cli->problem, ST_CANT_CREATE, path, NULL, "cannot write the policy of the bench");
	return ST_OK;
}

enum status verb_bench(struct cli *cli, int argc, char **argv)
{
	struct cluster *c = calloc(1, sizeof *c);
	struct bench b = {.rows = 1 << 20};
	const char *list = "mul,and,lt,eq,b2a,group", *keep = NULL;
	uint64_t lanes = 1;
	const struct opt opts[] = {{"--op", OPT_TEXT, &list, false}, {"--rows", OPT_U64, &b.rows, false}, {"--lanes", OPT_U64, &lanes, false},
		{"--keep", OPT_TEXT, &keep, false}};
	struct opt_many none = {0};
	char path[64] = "", spec[OPS_MAX * 32] = "";
	enum status st;

	if (!c)
		return ST_NO_MEMORY;
	TRY(cli_options(cli, argc, argv, opts, 4, NULL, 0, 0));
	if (lanes != 1)
		TRY(problem_set(&cli->problem, ST_ARGUMENT, "--lanes", NULL, "this version has one lane"));
	if (b.rows < 1 || b.rows > 1 << 24)
		TRY(problem_set(&cli->problem, ST_ARGUMENT, "--rows", NULL, "from 1 to 16777216 rows"));
	TRY(parse_ops(cli, &b, list));
	for (size_t k = 0; k < b.n; k++)
		snprintf(spec + strlen(spec), sizeof spec - strlen(spec), "%s%d:%llu:%d", k ? "," : "", (int)b.ops[k], (unsigned long long)b.rows, REPETITIONS);
	c->bench = spec;
	TRY(write_policy(cli, path));
	TRY(cluster_prepare(c, cli, path, &none, keep));
	TRY(cluster_start(c));
	TRY(cluster_wait(c));
	json_t *ops = json_array();
	for (size_t k = 0; st == ST_OK && k < b.n; k++)
		st = add_line(cli, c, &b, k, ops);
	cli->doc = json_pack("{s:o}", "ops", ops);
out:
	if (path[0])
		remove(path);
	if (c->cli)
		cluster_stop(c);
	free(c);
	return st;
}
