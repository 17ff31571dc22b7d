/* parley policy check, policy compile: from the author's file to the bytes that organisations sign. */
#include "policy_common.h"

#include <stdio.h>

static void describe(struct cli *cli, const struct loaded_policy *p)
{
	uint8_t digest[HASH_LEN];
	char hex[2 * HASH_LEN + 1];

	policy_hash(digest, p->bytes);
	hex_encode(hex, slice_of(digest, HASH_LEN));
	cli->doc = json_pack("{s:s,s:s,s:i,s:i,s:o}", "name", p->policy.name, "policy_hash", hex, "operators", (int)p->policy.plan.n_ops,
	    "groups", (int)p->policy.plan.groups, "defaults", json_lines(buf_view(&p->filled_in)));
	say(cli, "policy %s: %u operators, %u groups, releases %u columns to %d recipients\n", p->policy.name, p->policy.plan.n_ops,
	    p->policy.plan.groups, p->policy.n_results, __builtin_popcount(p->policy.recipients));
	say(cli, "policy hash %s\n", hex);
}

enum status verb_policy_check(struct cli *cli, int argc, char **argv)
{
	struct loaded_policy *p = NULL;
	const char *path;
	enum status st;

	TRY(cli_options(cli, argc, argv, NULL, 0, &path, 1, 1));
	TRY(loaded_policy_new(&p));
	TRY(compile_file(cli, p, path, true, NULL));
	say(cli, "%s is well-formed\n", path);
	describe(cli, p);
	if (p->filled_in.len) {
		say(cli, "a real session also needs these keys, which `parley run` fills in:\n");
		say_bytes(cli, buf_view(&p->filled_in));
	}
out:
	loaded_policy_free(p);
	return st;
}

enum status verb_policy_compile(struct cli *cli, int argc, char **argv)
{
	struct loaded_policy *p = NULL;
	struct buf sealed = {0};
	const char *path, *out_path = NULL;
	const struct opt opts[] = {{"--out", OPT_TEXT, &out_path, true}};
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, 1, &path, 1, 1));
	TRY(loaded_policy_new(&p));
	TRY(compile_file(cli, p, path, false, NULL));
	policy_file_wrap(&sealed, p->bytes);
	TRY(buf_status(&sealed));
	TRY(write_file(cli, out_path, buf_view(&sealed), 0644));
	describe(cli, p);
	say(cli, "wrote %s; next, every organisation: parley policy sign %s --key approve.key\n", out_path, out_path);
out:
	buf_clear(&sealed);
	loaded_policy_free(p);
	return st;
}
