/* parley result open, audit verify: both re-appraise the whole receipt, offline, before they say anything. */
#include "policy/ear.h"
#include "result_common.h"

#include <stdio.h>

/* What this verifier found of each enclave, as other tools read it (docs/EAR.md): beside our own words, or alone on standard output. */
static enum status show_ear(struct cli *cli, const struct opened *o)
{
	struct ear_subject subjects[POLICY_PARTIES_MAX];
	char id[2 * HASH_LEN + 32], hex[2 * HASH_LEN + 1];

	hex_encode(hex, slice_of(o->verdict.policy_hash, HASH_LEN));
	snprintf(id, sizeof id, "parley:policy:%s", hex);
	for (unsigned i = 0; i < o->policy.n_parties; i++)
		subjects[i] = (struct ear_subject){.name = o->policy.parties[i].id,
		    .kind = o->policy.parties[i].tee,
		    .st = ST_OK,
		    .claims = &o->verdict.claims[i],
		    .measured = true,
		    .bound = true,
		    .policy_id = id};
	json_t *ear = ear_result(subjects, o->policy.n_parties, o->verdict.statements[0].latest_s);
	if (!ear)
		return ST_NO_MEMORY;
	if (cli->json) {
		json_object_set_new(cli->doc, "ear", ear);
		return ST_OK;
	}
	json_dumpf(ear, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(ear);
	return ST_OK;
}

enum status verb_audit_verify(struct cli *cli, int argc, char **argv)
{
	struct opened *o = NULL;
	const char *path, *hash = NULL;
	bool ear = false;
	const struct opt opts[] = {{"--policy-hash", OPT_TEXT, &hash, true}, {"--ear", OPT_FLAG, &ear, false}};
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, 2, &path, 1, 1));
	TRY(open_receipt(cli, &o, path, hash));
	cli->doc = json_object();
	if (!ear || cli->json)
		show_verdict(cli, o);
	if (ear)
		TRY(show_ear(cli, o));
out:
	opened_free(o);
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
	json_object_set_new(cli->doc, "withheld", json_boolean(table->withheld)); /* the whole result: too few rows */
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
	struct opened *o = NULL;
	struct key_file key = {0};
	struct result_table table = {0};
	const char *path, *key_path = NULL, *hash = NULL, *out_path = NULL;
	const struct opt opts[] = {{"--key", OPT_TEXT, &key_path, true}, {"--policy-hash", OPT_TEXT, &hash, false}, {"--out", OPT_TEXT, &out_path, false}};
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, 3, &path, 1, 1));
	TRY(key_file_read(&key, key_path, KEY_RECEIVE, &cli->problem));
	TRY(open_result(cli, &o, path, hash));
	if (!hash)
		fprintf(stderr, "warning: without --policy-hash this shows that the receipt fits *its* policy, which whoever sent the file may have "
				"made up; give the hash of the policy that you signed\n");
	cli->doc = json_object();
	if (out_path || cli->json)
		show_verdict(cli, o);
	TRY(open_table(cli, o, &key, &table));
	TRY(deliver(cli, &table, out_path));
out:
	result_table_clear(&table);
	secret32_wipe(&key.secret);
	opened_free(o);
	return st;
}
