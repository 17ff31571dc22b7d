/* parley result open, audit verify: both re-appraise the whole receipt, offline, before they say anything. */
#include "base/keyfile.h"
#include "policy_common.h"

#include "receipt/receipt.h"
#include "receipt/result_table.h"

#include <stdlib.h>

enum { RESULT_FILE_MAX = 64 << 20 };

struct opened {
	struct policy policy;
	struct receipt_verdict verdict;
	struct receipt_bundle bundle;
	struct buf file;
	struct slice bundle_bytes;
	struct slice parts[POLICY_PARTIES_MAX];
	uint8_t expect[HASH_LEN];
};

static enum status expected_hash(struct cli *cli, struct opened *o, const char *hex)
{
	if (hex && hex_decode(o->expect, HASH_LEN, hex) != ST_OK)
		return problem_set(&cli->problem, ST_ARGUMENT, "--policy-hash", NULL, "a policy hash has 128 hex digits");
	return ST_OK;
}

static enum status verify(struct cli *cli, struct opened *o, const char *hash_hex)
{
	enum status st;

	TRY(expected_hash(cli, o, hash_hex));
	TRY(receipt_bundle_decode(&o->bundle, o->bundle_bytes));
	TRY(receipt_verify(&o->verdict, &o->policy, &o->bundle, hash_hex ? o->expect : NULL, &cli->problem));
out:
	return st;
}

static void show_verdict(struct cli *cli, const struct opened *o)
{
	const struct policy *p = &o->policy;
	json_t *parties = json_array();
	char hex[2 * HASH_LEN + 1];

	hex_encode(hex, slice_of(o->verdict.policy_hash, HASH_LEN));
	put_text(cli->doc, "policy_hash", hex);
	say(cli, "receipt: verified\n  policy   %s %.32s...\n", p->name, hex);
	hex_encode(hex, slice_of(o->verdict.session, 16));
	put_text(cli->doc, "session", hex);
	put_u64(cli->doc, "attempt", o->verdict.attempt);
	say(cli, "  session  %s attempt %u%s\n", hex, o->verdict.attempt, p->debug_insecure ? "  DEBUG: INSECURE" : "");
	for (unsigned i = 0; i < p->n_parties; i++) {
		hex_encode(hex, slice_of(o->verdict.claims[i].measurement, HASH_LEN));
		json_array_append_new(parties, json_pack("{s:s,s:s,s:s,s:i}", "id", p->parties[i].id, "tee", "software", "measurement", hex, "rows",
		    (int)o->verdict.statements[0].rows[i]));
		say(cli, "  %-8s software TEE %.16s..., %u rows committed\n", p->parties[i].id, hex, o->verdict.statements[0].rows[i]);
	}
	json_object_set_new(cli->doc, "parties", parties);
}

enum status verb_audit_verify(struct cli *cli, int argc, char **argv)
{
	struct opened *o = calloc(1, sizeof *o);
	const char *path, *hash = NULL;
	const struct opt opts[] = {{"--policy-hash", OPT_TEXT, &hash, true}};
	enum status st;

	if (!o)
		return ST_NO_MEMORY;
	TRY(cli_options(cli, argc, argv, opts, 1, &path, 1, 1));
	TRY(read_file(cli, &o->file, path, RESULT_FILE_MAX));
	o->bundle_bytes = buf_view(&o->file);
	TRY(verify(cli, o, hash));
	cli->doc = json_object();
	show_verdict(cli, o);
out:
	buf_clear(&o->file);
	free(o);
	return st;
}

/* The party whose receive key this is; -1 when nobody's. */
static int whose(const struct policy *p, const struct key_file *key)
{
	uint8_t pk[32];

	key_file_public(pk, key);
	for (unsigned i = 0; i < p->n_parties; i++)
		if (ct_equal(pk, p->parties[i].receive, sizeof pk))
			return (int)i;
	return -1;
}

static enum status open_table(struct cli *cli, struct opened *o, const struct key_file *key, struct result_table *table)
{
	uint64_t *words = calloc((size_t)2 * PLAN_RESULTS_MAX * PLAN_GROUPS_MAX + PLAN_GROUPS_MAX, sizeof *words);
	int self = whose(&o->policy, key);
	enum status st = ST_OK;

	if (!words)
		return ST_NO_MEMORY;
	if (self < 0)
		st = problem_set(&cli->problem, ST_REC_RECIPIENT, "--key", NULL, "this is no party's receive key in this policy");
	else
		st = result_open(words, &o->policy, &o->verdict, (unsigned)self, key->secret.bytes, o->parts, &cli->problem);
	if (st == ST_OK)
		st = result_table_new(table, &o->policy, words);
	wipe(words, ((size_t)2 * PLAN_RESULTS_MAX * PLAN_GROUPS_MAX + PLAN_GROUPS_MAX) * sizeof *words);
	free(words);
	return st;
}

static enum status deliver(struct cli *cli, const struct result_table *table, const char *out_path)
{
	struct buf csv = {0}, text = {0};
	enum status st;

	result_table_csv(&csv, table);
	result_table_text(&text, table);
	TRY(buf_status(&csv));
	TRY(buf_status(&text));
	put_u64(cli->doc, "rows", table->rows);
	put_u64(cli->doc, "groups_withheld", table->groups_withheld);
	json_object_set_new(cli->doc, "csv", json_stringn((const char *)csv.ptr, csv.len));
	if (out_path)
		TRY(write_file(cli, out_path, buf_view(&csv), 0600));
	say_bytes(cli, out_path || cli->json ? buf_view(&text) : buf_view(&csv));
out:
	buf_clear(&csv);
	buf_clear(&text);
	return st;
}

enum status verb_result_open(struct cli *cli, int argc, char **argv)
{
	struct opened *o = calloc(1, sizeof *o);
	struct key_file key = {0};
	struct result_table table = {0};
	const char *path, *key_path = NULL, *hash = NULL, *out_path = NULL;
	const struct opt opts[] = {{"--key", OPT_TEXT, &key_path, true}, {"--policy-hash", OPT_TEXT, &hash, false}, {"--out", OPT_TEXT, &out_path, false}};
	enum status st;

	if (!o)
		return ST_NO_MEMORY;
	TRY(cli_options(cli, argc, argv, opts, 3, &path, 1, 1));
	TRY(key_file_read(&key, key_path, KEY_RECEIVE, &cli->problem));
	TRY(read_file(cli, &o->file, path, RESULT_FILE_MAX));
	TRY(result_file_decode(&o->bundle_bytes, o->parts, buf_view(&o->file)));
	TRY(verify(cli, o, hash));
	cli->doc = json_object();
	if (out_path || cli->json)
		show_verdict(cli, o);
	TRY(open_table(cli, o, &key, &table));
	TRY(deliver(cli, &table, out_path));
out:
	result_table_clear(&table);
	secret32_wipe(&key.secret);
	buf_clear(&o->file);
	free(o);
	return st;
}
