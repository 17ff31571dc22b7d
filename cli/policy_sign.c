/* parley policy sign, policy show: recompile what one is asked to sign, then add one signature; show who has signed. */
#include "base/keyfile.h"
#include "policy_common.h"

#include <stdio.h>

static enum status recompile(struct cli *cli, const struct loaded_policy *p)
{
	char helper[4096];

	program_path(cli, helper, "parley-sqlparse");
	struct compile_options options = {.file_name = "policy.yaml (embedded)", .sqlparse_path = helper};
	return policy_recompile_check(&p->policy, p->bytes, &options, &cli->problem);
}

static enum status add_signature(struct cli *cli, struct buf *out, const struct loaded_policy *p, const struct key_file *key)
{
	uint8_t sk[ED25519_SECRET_LEN];

	key_file_signing(sk, key);
	enum status st = policy_file_sign(out, &p->policy, buf_view(&p->file), sk);
	wipe(sk, sizeof sk);
	if (st == ST_KEY)
		return problem_set(&cli->problem, st, "--key", "sign with the approve key that the policy lists",
		    "this is not the approve key of any party or provider of the policy");
	return st;
}

static void list_signers(struct cli *cli, const struct policy *p, uint32_t signers)
{
	json_t *names = json_array(), *missing = json_array();

	for (unsigned i = 0; i < policy_sources(p); i++) {
		const char *id = policy_source_id(p, i);
		bool has = signers >> i & 1;
		json_array_append_new(has ? names : missing, json_string(id));
		say(cli, "  %-32s %s\n", id, has ? "signed" : "has not signed");
	}
	json_object_set_new(cli->doc, "signed", names);
	json_object_set_new(cli->doc, "missing", missing);
}

enum status verb_policy_sign(struct cli *cli, int argc, char **argv)
{
	struct loaded_policy *p = NULL;
	struct key_file key = {0};
	struct buf sealed = {0};
	const char *path, *key_path = NULL, *out_path = NULL;
	const struct opt opts[] = {{"--key", OPT_TEXT, &key_path, true}, {"--out", OPT_TEXT, &out_path, false}};
	uint32_t signers = 0;
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, 2, &path, 1, 1));
	TRY(loaded_policy_new(&p));
	TRY(load_sealed(cli, p, path));
	TRY(key_file_read(&key, key_path, KEY_APPROVE, &cli->problem));
	TRY(recompile(cli, p));
	TRY(add_signature(cli, &sealed, p, &key));
	TRY(buf_status(&sealed));
	TRY(write_file(cli, out_path ? out_path : path, buf_view(&sealed), 0644));
	TRY(policy_file_signers(&p->policy, buf_view(&sealed), &signers));
	cli->doc = json_object();
	say(cli, "%s: recompiled to the same bytes, signature added\n", out_path ? out_path : path);
	list_signers(cli, &p->policy, signers);
out:
	secret32_wipe(&key.secret);
	buf_clear(&sealed);
	loaded_policy_free(p);
	return st;
}

enum status verb_policy_show(struct cli *cli, int argc, char **argv)
{
	struct loaded_policy *p = NULL;
	struct buf plan = {0};
	const char *path;
	bool with_plan = false;
	const struct opt opts[] = {{"--plan", OPT_FLAG, &with_plan, false}};
	uint8_t digest[HASH_LEN];
	char hex[2 * HASH_LEN + 1];
	uint32_t signers = 0;
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, 1, &path, 1, 1));
	TRY(loaded_policy_new(&p));
	TRY(load_sealed(cli, p, path));
	TRY(policy_file_signers(&p->policy, buf_view(&p->file), &signers));
	policy_hash(digest, p->bytes);
	hex_encode(hex, slice_of(digest, HASH_LEN));
	cli->doc = json_pack("{s:s,s:s}", "name", p->policy.name, "policy_hash", hex);
	say(cli, "policy %s, serial %llu, made by %s\npolicy hash %s\n", p->policy.name, (unsigned long long)p->policy.serial,
	    p->policy.compiler, hex);
	plan_hash(digest, p->policy.plan_bytes);
	hex_encode(hex, slice_of(digest, HASH_LEN));
	put_text(cli->doc, "plan_hash", hex);
	say(cli, "plan hash   %s\n", hex);
	list_signers(cli, &p->policy, signers);
	json_object_set_new(cli->doc, "source", json_stringn((const char *)p->policy.source_yaml.ptr, p->policy.source_yaml.len));
	if (with_plan) {
		plan_print(&plan, &p->policy.plan);
		json_object_set_new(cli->doc, "plan", json_lines(buf_view(&plan)));
		say_bytes(cli, buf_view(&plan));
	} else {
		say(cli, "---\n");
		say_bytes(cli, p->policy.source_yaml);
	}
out:
	buf_clear(&plan);
	loaded_policy_free(p);
	return st;
}
