/*
 * parley policy diff: what changes for those who sign, statement by statement. Each file may be a policy file or a sealed policy.
 * Statements are the explainer's; keys, and the plan as a whole, are compared besides, so that nothing changes unseen.
 */
#include "policy_common.h"

#include "policy/explain.h"

#include <stdio.h>
#include <string.h>

/* ---- statements of one policy, in a JSON array of [section, name, text] ---- */

static void put(json_t *list, const char *section, const char *name, const char *text)
{
	json_array_append_new(list, json_pack("[s,s,s]", section, name, text));
}

static void put_item(void *ctx, const char *section, const char *name, const char *text)
{
	put(ctx, section, name, text);
}

static void put_bytes(json_t *list, const char *party, const char *what, const uint8_t *bytes, size_t len)
{
	char name[POLICY_ID_MAX + 32], hex[2 * HASH_LEN + 1];

	snprintf(name, sizeof name, "%s, %s", party, what);
	hex_encode(hex, slice_of(bytes, len));
	put(list, "keys", name, hex);
}

static void put_keys(json_t *list, const struct policy_party *p)
{
	put_bytes(list, p->id, "approve key", p->approve, sizeof p->approve);
	put_bytes(list, p->id, "endorse key", p->endorse, sizeof p->endorse);
	put_bytes(list, p->id, "receive key", p->receive, sizeof p->receive);
	if (p->has_tee_root)
		put_bytes(list, p->id, "TEE root", p->tee_root, sizeof p->tee_root);
	put(list, "keys", p->id, p->operator_);
}

/* The explainer shows the beginnings of measurements; here every byte counts. */
static void put_sets(json_t *list, const struct policy_party *p)
{
	for (unsigned k = 0; k < p->n_sets; k++)
		for (unsigned i = 0; i < p->sets[k].n_values; i++) {
			const struct tee_value *v = &p->sets[k].values[i];
			char name[POLICY_ID_MAX + TEE_RELEASE_MAX + 32], hex[2 * TEE_VALUE_MAX + 1];

			snprintf(name, sizeof name, "%s, %s %s", p->id,
			    p->sets[k].release[0] ? p->sets[k].release : "code", tee_register_name(v->reg));
			hex_encode(hex, slice_of(v->bytes, v->len));
			put(list, "evidence", name, hex);
		}
}

static json_t *statements(const struct loaded_policy *p)
{
	json_t *list = json_array();
	struct explain_sink sink = {list, put_item};
	uint8_t digest[HASH_LEN];
	char hex[2 * HASH_LEN + 1];

	policy_explain_items(&sink, &p->policy, buf_view(&p->filled_in));
	for (unsigned i = 0; i < p->policy.n_parties; i++) {
		put_sets(list, &p->policy.parties[i]);
		put_keys(list, &p->policy.parties[i]);
	}
	for (unsigned i = 0; i < p->policy.n_providers; i++) {
		const struct policy_provider *q = &p->policy.providers[i];

		put_bytes(list, q->id, "approve key", q->approve, sizeof q->approve);
		put_bytes(list, q->id, "endorse key", q->endorse, sizeof q->endorse);
		put(list, "keys", q->id, q->operator_);
	}
	plan_hash(digest, p->policy.plan_bytes);
	hex_encode(hex, slice_of(digest, HASH_LEN));
	put(list, "policy", "plan", hex);
	return list;
}

/* ---- comparing ---- */

static const char *part(const json_t *statement, size_t i)
{
	return json_string_value(json_array_get(statement, i));
}

/* The k-th statement of this section and name; names may come several times. */
static json_t *find(const json_t *list, const char *section, const char *name, size_t k)
{
	json_t *s;
	size_t i;

	json_array_foreach(
	    list, i, s) if (strcmp(part(s, 0), section) == 0 && strcmp(part(s, 1), name) == 0 && k-- == 0) return s;
	return NULL;
}

static size_t earlier_of_its_name(const json_t *list, size_t end)
{
	const json_t *s = json_array_get(list, end);
	size_t n = 0;

	for (size_t i = 0; i < end; i++) {
		const json_t *other = json_array_get(list, i);
		n += strcmp(part(other, 0), part(s, 0)) == 0 && strcmp(part(other, 1), part(s, 1)) == 0;
	}
	return n;
}

static void report(
    struct cli *cli, json_t *changes, const char *section, const char *name, const char *before, const char *after)
{
	json_array_append_new(changes,
	    json_pack("{s:s,s:s,s:s?,s:s?}", "section", section, "name", name, "before", before, "after", after));
	say(cli, "%s: %s\n", explain_section_title(section), name);
	if (before)
		say(cli, "  - %s\n", before);
	if (after)
		say(cli, "  + %s\n", after);
}

static void compare(struct cli *cli, json_t *changes, const json_t *a, const json_t *b)
{
	json_t *s, *other;
	size_t i;

	json_array_foreach(a, i, s)
	{
		other = find(b, part(s, 0), part(s, 1), earlier_of_its_name(a, i));
		if (!other || strcmp(part(other, 2), part(s, 2)) != 0)
			report(cli, changes, part(s, 0), part(s, 1), part(s, 2), other ? part(other, 2) : NULL);
	}
	json_array_foreach(b, i, s) if (!find(a, part(s, 0), part(s, 1), earlier_of_its_name(b, i)))
	    report(cli, changes, part(s, 0), part(s, 1), NULL, part(s, 2));
}

enum status verb_policy_diff(struct cli *cli, int argc, char **argv)
{
	struct loaded_policy *p[2] = {NULL, NULL};
	json_t *list[2] = {NULL, NULL}, *changes = json_array();
	const char *paths[2];
	enum status st;

	TRY(cli_options(cli, argc, argv, NULL, 0, paths, 2, 2));
	for (int k = 0; k < 2; k++) {
		TRY(loaded_policy_new(&p[k]));
		TRY(load_any(cli, p[k], paths[k]));
		list[k] = statements(p[k]);
	}
	compare(cli, changes, list[0], list[1]);
	if (json_array_size(changes) == 0)
		say(cli, "nothing that a signer would notice differs%s\n",
		    slice_equal(p[0]->bytes, p[1]->bytes) ? ": the policies are the same"
							  : "; the sources do (compare them with `policy show`)");
	cli->doc = json_pack("{s:b,s:O}", "same", slice_equal(p[0]->bytes, p[1]->bytes), "changes", changes);
out:
	for (int k = 0; k < 2; k++) {
		json_decref(list[k]);
		loaded_policy_free(p[k]);
	}
	json_decref(changes);
	return st;
}
