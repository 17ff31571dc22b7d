#include "walk.h"

#include "policy/reference.h"

#include <stdio.h>

static struct policy_party *party(struct walk *w)
{
	return &w->m->facts->parties[w->party];
}

static enum status has(struct walk *w, enum manifest_party_has bit)
{
	w->m->party_has[w->party] |= bit;
	return ST_OK;
}

static enum status read_id(struct walk *w, const struct yaml_node *v)
{
	(void)w, (void)v; /* read_parties has sorted by it */
	return ST_OK;
}

static enum status read_name(struct walk *w, const struct yaml_node *v)
{
	has(w, HAS_NAME);
	return scalar_copy(w, v, party(w)->name, sizeof party(w)->name, "a party's name");
}

static enum status read_operator(struct walk *w, const struct yaml_node *v)
{
	has(w, HAS_OPERATOR);
	return scalar_copy(w, v, party(w)->operator_, sizeof party(w)->operator_, "a party's operator");
}

static enum status read_approve(struct walk *w, const struct yaml_node *v)
{
	return scalar_hex(w, v, party(w)->approve, ED25519_PUBLIC_LEN, "the approve key");
}

static enum status read_endorse(struct walk *w, const struct yaml_node *v)
{
	return scalar_hex(w, v, party(w)->endorse, ED25519_PUBLIC_LEN, "the endorse key");
}

static enum status read_receive(struct walk *w, const struct yaml_node *v)
{
	return scalar_hex(w, v, party(w)->receive, X25519_LEN, "the receive key");
}

static enum status read_keys(struct walk *w, const struct yaml_node *v)
{
	static const struct map_key keys[] = {
	    {"approve", true, read_approve, "add `approve:`, the Ed25519 public key that signs policies"},
	    {"endorse", true, read_endorse, "add `endorse:`, the Ed25519 public key that signs session messages"},
	    {"receive", true, read_receive, "add `receive:`, the X25519 public key that results are sealed to"},
	};

	has(w, HAS_KEYS);
	return WALK_MAP(w, v, keys, "keys");
}

static enum status read_compute(struct walk *w, const struct yaml_node *v)
{
	enum status st;

	has(w, HAS_COMPUTE);
	TRY(scalar_bool(w, v, &party(w)->compute, "compute"));
	if (!party(w)->compute)
		return walk_refuse(w, v, ST_POL_UNSUPPORTED,
		    "list it under `providers:`; the three parties each run an enclave",
		    "a party that does not compute is a provider");
out:
	return st;
}

static enum status set_kind(struct walk *w, const struct yaml_node *v)
{
	static const char *const kinds[] = {"software", "nitro", "sgx", "tdx", "snp", "tpm"};
	unsigned kind = 0;
	enum status st;

	TRY(scalar_word(w, v, kinds, sizeof kinds / sizeof kinds[0], &kind, "tee"));
	party(w)->tee = (enum tee_kind)(TEE_SOFTWARE + kind);
	party(w)->rules = w->kind_rules[party(w)->tee];
	has(w, HAS_TEE);
	if (!reference_has_root(party(w)->tee))
		has(w, HAS_TEE_ROOT);
out:
	return st;
}

static enum status read_root(struct walk *w, const struct yaml_node *v)
{
	struct policy_party *p = party(w);

	if (w->m->party_has[w->party] & HAS_TEE && !reference_has_root(p->tee))
		return walk_refuse(w, v, ST_POL_VALUE, "remove it", "a root is named for software and tpm; that of %s is pinned",
		    tee_name(p->tee));
	if (p->has_tee_root)
		return walk_refuse(w, v, ST_POL_VALUE, "keep one of them", "the root of the TEE is given twice");
	p->has_tee_root = true;
	has(w, HAS_TEE_ROOT);
	return scalar_hex(w, v, p->tee_root, sizeof p->tee_root, "the root of the TEE");
}

/* `tee: nitro`, or `tee: {kind: software, root: KEY}`. */
static enum status read_tee(struct walk *w, const struct yaml_node *v)
{
	static const struct map_key keys[] = {
	    {"kind", true, set_kind, "add `kind: software`"},
	    {"root", false, read_root, NULL},
	};

	w->m->party_at[w->party] = v->at;
	return v->kind == YAML_SCALAR ? set_kind(w, v) : WALK_MAP(w, v, keys, "tee");
}

static enum status read_party_tcb(struct walk *w, const struct yaml_node *v)
{
	struct policy_party *p = party(w);

	return read_tcb(w, v, p->tee ? p->tee : TEE_SOFTWARE, &p->rules, "tcb");
}

static const struct map_key party_keys[] = {
    {"id", true, read_id, "add `id:`, a short name such as north"},
    {"name", false, read_name, NULL},
    {"operator", false, read_operator, NULL},
    {"keys", false, read_keys, NULL},
    {"compute", false, read_compute, NULL},
    {"tee", false, read_tee, NULL},
    {"tee_root", false, read_root, NULL},
    {"tcb", false, read_party_tcb, NULL},
    {"measurements", false, read_measurements, NULL},
};

/* The ids first: they decide each party's number. Insertion keeps them ascending. */
enum status read_ids(struct walk *w, const struct yaml_node *list, const char *what, const struct yaml_node **sorted,
    struct listed_id *ids)
{
	unsigned n = 0;
	enum status st = ST_OK;

	for (const struct yaml_node *item = node_at(w, list->first); item; item = node_at(w, item->next), n++) {
		const struct yaml_node *id = item->kind == YAML_MAP ? map_value(w, item, "id") : NULL;
		struct listed_id own;
		unsigned at = n;

		if (!id)
			return walk_refuse(w, item, ST_POL_MISSING, "write `- id: north`", "%s lacks `id`", what);
		TRY(scalar_id(w, id, own.text, "an id"));
		for (; at > 0 && strcmp(ids[at - 1].text, own.text) > 0; at--) {
			ids[at] = ids[at - 1];
			sorted[at] = sorted[at - 1];
		}
		if (at > 0 && strcmp(ids[at - 1].text, own.text) == 0)
			return walk_refuse(w, id, ST_POL_VALUE, "give each an id of its own", "two of them have the id `%s`",
			    own.text);
		ids[at] = own;
		sorted[at] = item;
	}
out:
	return st;
}

enum status read_parties(struct walk *w, const struct yaml_node *list)
{
	const struct yaml_node *sorted[POLICY_PARTIES_MAX] = {0};
	struct listed_id ids[POLICY_PARTIES_MAX];
	enum status st;

	if (list->kind == YAML_LIST && list->n != POLICY_PARTIES_MAX)
		return walk_refuse(w, list, ST_POL_UNSUPPORTED,
		    "list exactly three parties: each runs an enclave of the rep3 protocol; others go under `providers:`",
		    "%u parties are not supported in this version", list->n);
	TRY(expect_list(w, list, "parties", POLICY_PARTIES_MAX, POLICY_PARTIES_MAX));
	TRY(read_ids(w, list, "a party", sorted, ids));
	w->m->facts->n_parties = POLICY_PARTIES_MAX;
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		memcpy(w->m->facts->parties[i].id, ids[i].text, sizeof ids[i].text);
	for (w->party = 0; w->party < POLICY_PARTIES_MAX; w->party++) {
		w->m->party_at[w->party] = sorted[w->party]->at;
		party(w)->compute = true; /* unless it says otherwise */
		TRY(WALK_MAP(w, sorted[w->party], party_keys, "a party"));
		if (!(w->m->party_has[w->party] & HAS_TEE)) /* the TEE that is filled in brings its root */
			has(w, HAS_TEE_ROOT);
	}
	TRY(check_key_roles(w));
out:
	return st;
}

static enum status read_id_set(
    struct walk *w, const struct yaml_node *list, uint32_t *set, unsigned known, const char *what)
{
	const struct policy *f = w->m->facts;
	enum status st;

	*set = 0;
	TRY(expect_list(w, list, what, 1, known));
	for (const struct yaml_node *n = node_at(w, list->first); n; n = node_at(w, n->next)) {
		struct slice ids[POLICY_SOURCES_MAX];
		char id[POLICY_ID_MAX + 1], fix[128];

		TRY(scalar_id(w, n, id, "a party's id"));
		int at = policy_source_index(f, id);
		if (at < 0 || (unsigned)at >= known) {
			for (unsigned i = 0; i < known; i++)
				ids[i] = slice_str(policy_source_id(f, i));
			int near = name_nearest(slice_str(id), ids, known);

			if (near >= 0)
				snprintf(fix, sizeof fix, "did you mean `%s`?", policy_source_id(f, (unsigned)near));
			else
				snprintf(fix, sizeof fix, "the parties are %s, %s and %s", f->parties[0].id,
				    f->parties[1].id, f->parties[2].id);
			return walk_refuse(w, n, ST_POL_VALUE, fix, "%s names `%s`, which is not a party", what, id);
		}
		if (*set & 1u << at)
			return walk_refuse(w, n, ST_POL_VALUE, "remove one", "%s names `%s` twice", what, id);
		*set |= 1u << at;
	}
out:
	return st;
}

enum status read_party_set(struct walk *w, const struct yaml_node *list, uint32_t *set, const char *what)
{
	return read_id_set(w, list, set, w->m->facts->n_parties, what);
}

enum status read_source_set(struct walk *w, const struct yaml_node *list, uint32_t *set, const char *what)
{
	return read_id_set(w, list, set, policy_sources(w->m->facts), what);
}
