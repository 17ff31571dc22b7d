#include "result_common.h"

#include "policy_common.h"

#include <stdlib.h>

enum { RESULT_FILE_MAX = 64 << 20 };

void opened_free(struct opened *o)
{
	if (o)
		buf_clear(&o->file);
	free(o);
}

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
	TRY(receipt_verify(&o->verdict, &o->policy, &o->bundle, &att_anchors_production,
	    hash_hex ? o->expect : NULL, &cli->problem));
out:
	if (st != ST_OK)
		add_policy_line(&cli->problem, &o->policy, o->policy.source_yaml);
	return st;
}

/* The first register that identifies the code of its kind; NULL when the evidence has none. */
static const struct tee_value *code_value(const struct att_claims *claims)
{
	for (unsigned k = 0; k < claims->n_values; k++)
		if (tee_register_info(claims->kind, claims->values[k].reg).required)
			return &claims->values[k];
	return NULL;
}

/* Their manifests, as the three enclaves stated them. */
static void say_providers(struct cli *cli, const struct opened *o, const struct policy *p)
{
	const struct receipt_statement *s = &o->verdict.statements[0];
	json_t *providers = json_array();
	char hex[2 * HASH_LEN + 1];

	for (unsigned i = p->n_parties; i < policy_sources(p); i++) {
		hex_encode(hex, slice_of(s->commitments[i], HASH_LEN));
		json_array_append_new(
		    providers, json_pack("{s:s,s:s,s:i}", "id", policy_source_id(p, i), "manifest", hex, "rows", (int)s->rows[i]));
		say(cli, "  %-8s provider, manifest %.16s..., %u rows\n", policy_source_id(p, i), hex, s->rows[i]);
	}
	json_object_set_new(cli->doc, "providers", providers);
}

void show_verdict(struct cli *cli, const struct opened *o)
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
	put_u64(cli->doc, "renewals", o->verdict.epochs);
	say(cli, "  session  %s attempt %u%s\n", hex, o->verdict.attempt, p->debug_insecure ? "  DEBUG: INSECURE" : "");
	for (unsigned i = 0; i < p->n_parties; i++) {
		const struct att_claims *claims = &o->verdict.claims[i];
		const struct tee_value *code = code_value(claims);
		json_t *values = json_object();

		for (unsigned k = 0; k < claims->n_values; k++) {
			hex_encode(hex, slice_of(claims->values[k].bytes, claims->values[k].len));
			json_object_set_new(values, tee_register_name(claims->values[k].reg), json_string(hex));
		}
		hex_encode(hex, code ? slice_of(code->bytes, code->len) : (struct slice){0});
		json_array_append_new(parties, json_pack("{s:s,s:s,s:s,s:o,s:i}", "id", p->parties[i].id, "tee", tee_name(claims->kind),
		    "measurement", hex, "values", values, "rows", (int)o->verdict.statements[0].rows[i]));
		say(cli, "  %-8s %s TEE %.16s..., %u rows committed\n", p->parties[i].id, tee_name(claims->kind), hex,
		    o->verdict.statements[0].rows[i]);
	}
	json_object_set_new(cli->doc, "parties", parties);
	say_providers(cli, o, p);
}

static enum status read_and_verify(struct cli *cli, struct opened **out, const char *path, const char *hash_hex, bool has_parts)
{
	struct opened *o = calloc(1, sizeof *o);
	enum status st;

	if (!o)
		return ST_NO_MEMORY;
	TRY(read_file(cli, &o->file, path, RESULT_FILE_MAX));
	o->bundle_bytes = buf_view(&o->file);
	if (has_parts)
		st = result_file_decode(&o->bundle_bytes, o->parts, buf_view(&o->file));
	if (st != ST_OK) {
		problem_set(&cli->problem, st, path, NULL, "not a result file of parley: %s", status_title(st));
		goto out;
	}
	TRY(verify(cli, o, hash_hex));
out:
	if (st == ST_OK)
		*out = o;
	else
		opened_free(o);
	return st;
}

enum status open_receipt(struct cli *cli, struct opened **out, const char *path, const char *hash_hex)
{
	return read_and_verify(cli, out, path, hash_hex, false);
}

enum status open_result(struct cli *cli, struct opened **out, const char *path, const char *hash_hex)
{
	return read_and_verify(cli, out, path, hash_hex, true);
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

enum status open_table(struct cli *cli, const struct opened *o, const struct key_file *key, struct result_table *table)
{
	size_t n = (size_t)result_words(&o->policy.plan) * o->policy.plan.groups;
	uint64_t *words = calloc(n, sizeof *words);
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
	wipe(words, n * sizeof *words);
	free(words);
	return st;
}
