#include "rehearse.h"

#include "progress.h"
#include "result_common.h"

#include <stdlib.h>
#include <time.h>

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- what it took ---- */

/* Phases as the first party saw them: the time until each name was reached, made into durations. */
static json_t *phase_seconds(const struct cluster *c, double total, double prepared)
{
	static const char *const marks[][2] = {{"admission", "admitted"}, {"input", "running"}, {"steps", "confirmed"}, {"release", "released"}};
	json_t *phases = json_object_get(c->party[0].end, "phases"), *out = json_object();
	double before = json_real_value(json_object_get(phases, "starting"));

	json_object_set_new(out, "total", json_real(total));
	json_object_set_new(out, "prepare", json_real(prepared));
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		double at = json_real_value(json_object_get(phases, marks[i][1]));
		json_object_set_new(out, marks[i][0], json_real(at - before));
		before = at;
	}
	return out;
}

static void add_costs(struct cluster *c, json_t *doc, uint32_t rows, double total, double prepared)
{
	json_t *bytes = json_object(), *wire = json_object(), *rss = json_object(), *ops = json_array(), *op;
	json_t *all = json_object_get(c->party[0].end, "operators");
	size_t i;

	for (unsigned k = 0; k < c->policy->policy.n_parties; k++) {
		const char *id = c->policy->policy.parties[k].id;
		json_t *peak = json_object_get(c->party[k].end, "peak_rss_bytes");
		json_object_set(bytes, id, json_object_get(c->party[k].end, "bytes_sent"));
		json_object_set(wire, id, json_object_get(c->party[k].end, "wire_bytes"));
		put_u64(rss, id, (uint64_t)(json_integer_value(json_object_get(peak, "host")) + json_integer_value(json_object_get(peak, "enclave"))));
	}
	json_array_foreach(all, i, op) {
		json_t *line = json_copy(op);
		put_u64(line, "rows", rows);
		json_array_append_new(ops, line);
	}
	put_u64(doc, "rows", rows);
	json_object_set(doc, "rounds", json_object_get(c->party[0].end, "rounds"));
	json_object_set_new(doc, "seconds", phase_seconds(c, total, prepared));
	json_object_set_new(doc, "operators", ops);
	json_object_set_new(doc, "bytes_sent", bytes);
	json_object_set_new(doc, "wire_bytes", wire);
	json_object_set_new(doc, "peak_rss_bytes", rss);
	json_object_set_new(doc, "defaults", json_lines(buf_view(&c->policy->filled_in)));
}

/* ---- the answer ---- */

static enum status write_answer(struct cli *cli, const struct result_table *table, const char *out_path)
{
	struct buf csv = {0}, text = {0};
	enum status st;

	result_table_csv(&csv, table);
	result_table_text(&text, table);
	TRY(buf_status(&csv));
	TRY(buf_status(&text));
	put_u64(cli->doc, "result_rows", table->rows);
	put_u64(cli->doc, "groups_withheld", table->groups_withheld);
	json_object_set_new(cli->doc, "withheld", json_boolean(table->withheld)); /* the whole result: too few rows */
	json_object_set_new(cli->doc, "csv", json_stringn((const char *)csv.ptr, csv.len));
	if (out_path)
		TRY(write_file(cli, out_path, buf_view(&csv), 0600));
	say_bytes(cli, buf_view(&text));
out:
	buf_clear(&csv);
	buf_clear(&text);
	return st;
}

/* Opens one recipient's result as that organisation would: with its own key, after the whole receipt has verified. */
static enum status open_answer(struct cli *cli, const struct cluster *c, unsigned party, const char *out_path, uint32_t *rows, bool show)
{
	struct opened *o = NULL;
	struct key_file key = {0};
	struct result_table table = {0};
	char path[4096], hex[2 * HASH_LEN + 1];
	uint8_t digest[HASH_LEN];
	enum status st;

	policy_hash(digest, c->policy->bytes);
	hex_encode(hex, slice_of(digest, HASH_LEN));
	cluster_path(c, party, "receive.key", path);
	TRY(key_file_read(&key, path, KEY_RECEIVE, &cli->problem));
	cluster_path(c, party, "out/result.parley", path);
	TRY(open_result(cli, &o, path, hex));
	TRY(open_table(cli, o, &key, &table));
	*rows = 0;
	for (unsigned i = 0; i < policy_sources(&o->policy); i++)
		*rows += o->verdict.statements[0].rows[i];
	if (show) {
		TRY(write_answer(cli, &table, out_path));
		show_verdict(cli, o);
	}
out:
	result_table_clear(&table);
	secret32_wipe(&key.secret);
	opened_free(o);
	return st;
}

static enum status open_all(struct cli *cli, const struct cluster *c, const char *out_path, uint32_t *rows)
{
	bool shown = false;
	enum status st = ST_OK;

	for (unsigned i = 0; st == ST_OK && i < c->policy->policy.n_parties; i++)
		if (c->policy->policy.recipients >> i & 1) {
			st = open_answer(cli, c, i, out_path, rows, !shown);
			shown = true;
		}
	return st;
}

enum status rehearse(struct cli *cli, const char *policy_path, const struct opt_many *data, const char *keep, const char *out_path, bool explain)
{
	struct cluster *c = calloc(1, sizeof *c);
	struct progress progress;
	uint32_t rows = 0;
	double start = now_s(), prepared, total;
	enum status st;

	if (!c)
		return ST_NO_MEMORY;
	progress_init(&progress);
	c->ctx = &progress;
	c->progress = progress_update;
	cli->doc = json_object();
	TRY(cluster_prepare(c, cli, policy_path, data, keep));
	if (explain && c->policy->filled_in.len) {
		fprintf(stderr, "filled in for this rehearsal (a real session needs them in the policy):\n");
		json_t *names = json_lines(buf_view(&c->policy->filled_in)), *name;
		size_t i;
		json_array_foreach(names, i, name) fprintf(stderr, "%s%s", i ? ", " : "  ", json_string_value(name));
		fprintf(stderr, "\n");
		json_decref(names);
	}
	TRY(cluster_start(c));
	prepared = now_s() - start;
	st = cluster_wait(c);
	progress_end(&progress);
	if (st != ST_OK)
		goto out;
	total = now_s() - start;
	TRY(open_all(cli, c, out_path, &rows));
	add_costs(c, cli->doc, rows, total, prepared);
	fprintf(stderr, "%u rows, %lld rounds, %.2f s, of which %.2f s preparing\n", rows,
	    (long long)json_integer_value(json_object_get(cli->doc, "rounds")), total, prepared);
	if (c->keep)
		fprintf(stderr, "kept in %s\n", c->folder);
out:
	cluster_stop(c);
	free(c);
	return st;
}
