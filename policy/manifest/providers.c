/* `providers:`, organisations that own rows and run no enclave; and the rule that one key has one role and one owner. */
#include "walk.h"

static struct policy_provider *provider(struct walk *w)
{
	return &w->m->facts->providers[w->provider];
}

static enum status has(struct walk *w, enum manifest_party_has bit)
{
	w->m->provider_has[w->provider] |= bit;
	return ST_OK;
}

static enum status read_id(struct walk *w, const struct yaml_node *v)
{
	(void)w, (void)v; /* read_providers has sorted by it */
	return ST_OK;
}

static enum status read_name(struct walk *w, const struct yaml_node *v)
{
	has(w, HAS_NAME);
	return scalar_copy(w, v, provider(w)->name, sizeof provider(w)->name, "a provider's name");
}

static enum status read_operator(struct walk *w, const struct yaml_node *v)
{
	has(w, HAS_OPERATOR);
	return scalar_copy(w, v, provider(w)->operator_, sizeof provider(w)->operator_, "a provider's operator");
}

static enum status read_approve(struct walk *w, const struct yaml_node *v)
{
	return scalar_hex(w, v, provider(w)->approve, ED25519_PUBLIC_LEN, "the approve key");
}

static enum status read_endorse(struct walk *w, const struct yaml_node *v)
{
	return scalar_hex(w, v, provider(w)->endorse, ED25519_PUBLIC_LEN, "the endorse key");
}

static enum status read_keys(struct walk *w, const struct yaml_node *v)
{
	static const struct map_key keys[] = {
	    {"approve", true, read_approve, "add `approve:`, the Ed25519 public key that signs policies"},
	    {"endorse", true, read_endorse, "add `endorse:`, the Ed25519 public key that signs what it submits"},
	    {"receive", false, NULL, "remove it: a provider is no recipient in this version"},
	};

	has(w, HAS_KEYS);
	return WALK_MAP(w, v, keys, "keys");
}

static const struct map_key provider_keys[] = {
    {"id", true, read_id, "add `id:`, a short name such as clinic"},
    {"name", false, read_name, NULL},
    {"operator", false, read_operator, NULL},
    {"keys", false, read_keys, NULL},
    {"compute", false, NULL, "remove it: a provider does not compute"},
    {"tee", false, NULL, "remove it: a provider runs no enclave"},
};

enum status read_providers(struct walk *w, const struct yaml_node *list)
{
	const struct yaml_node *sorted[POLICY_PROVIDERS_MAX] = {0};
	struct listed_id ids[POLICY_PROVIDERS_MAX];
	struct policy *f = w->m->facts;
	enum status st;

	TRY(expect_list(w, list, "providers", 1, POLICY_PROVIDERS_MAX));
	TRY(read_ids(w, list, "a provider", sorted, ids));
	f->n_providers = (uint8_t)list->n;
	for (unsigned i = 0; i < f->n_providers; i++) {
		if (policy_party_index(f, ids[i].text) >= 0)
			return walk_refuse(w, map_value(w, sorted[i], "id"), ST_POL_VALUE,
			    "list an organisation once: a party brings rows of its own anyway", "`%s` is a party already", ids[i].text);
		memcpy(f->providers[i].id, ids[i].text, sizeof ids[i].text);
	}
	for (w->provider = 0; w->provider < f->n_providers; w->provider++) {
		w->m->provider_at[w->provider] = sorted[w->provider]->at;
		TRY(WALK_MAP(w, sorted[w->provider], provider_keys, "a provider"));
	}
	TRY(check_key_roles(w));
out:
	return st;
}

/* ---- one key, one role, one owner ---- */

struct use {
	const char *id, *role;
	const uint8_t *key;
};

/* Keys that the file gives, parties' first. */
static unsigned list_uses(const struct walk *w, struct use *out)
{
	const struct policy *f = w->m->facts;
	unsigned n = 0;

	for (unsigned i = 0; i < f->n_parties; i++) {
		if (!(w->m->party_has[i] & HAS_KEYS))
			continue;
		out[n++] = (struct use){f->parties[i].id, "approve", f->parties[i].approve};
		out[n++] = (struct use){f->parties[i].id, "endorse", f->parties[i].endorse};
		out[n++] = (struct use){f->parties[i].id, "receive", f->parties[i].receive};
	}
	for (unsigned i = 0; i < f->n_providers; i++) {
		if (!(w->m->provider_has[i] & HAS_KEYS))
			continue;
		out[n++] = (struct use){f->providers[i].id, "approve", f->providers[i].approve};
		out[n++] = (struct use){f->providers[i].id, "endorse", f->providers[i].endorse};
	}
	return n;
}

/* The node of a use, for the message's place. */
static const struct yaml_node *use_place(const struct walk *w, const struct use *use)
{
	const struct yaml_node *root = node_at(w, 1);
	const char *const lists[] = {"parties", "providers"};

	for (unsigned k = 0; k < 2; k++) {
		const struct yaml_node *list = map_value(w, root, lists[k]);

		for (const struct yaml_node *item = list ? node_at(w, list->first) : NULL; item; item = node_at(w, item->next)) {
			const struct yaml_node *id = map_value(w, item, "id"), *keys = map_value(w, item, "keys");

			if (id && keys && slice_equal(id->text, slice_str(use->id)))
				return map_value(w, keys, use->role);
		}
	}
	return root;
}

enum status check_key_roles(struct walk *w)
{
	struct use all[3 * POLICY_PARTIES_MAX + 2 * POLICY_PROVIDERS_MAX];
	unsigned n = list_uses(w, all);

	for (unsigned b = 0; b < n; b++)
		for (unsigned a = 0; a < b; a++)
			if (memcmp(all[a].key, all[b].key, ED25519_PUBLIC_LEN) == 0)
				return walk_refuse(w, use_place(w, &all[b]), ST_KEY_ROLE, NULL,
				    "the %s key of %s is also the %s key of %s", all[b].role, all[b].id, all[a].role, all[a].id);
	return ST_OK;
}
