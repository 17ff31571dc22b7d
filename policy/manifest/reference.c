/* Which code is accepted: dated sets of register values for one or several parties, and `measurements`, their short form. */
#include "policy/reference.h"

#include <stdio.h>

#include "walk.h"

struct set_entry {
	struct tee_set set;
	enum tee_kind kind;
	uint32_t parties; /* bit i = party i; 0: all of the kind */
	const struct yaml_node *tee, *values;
};

/* What a party will run: the software TEE where the file does not say. */
static enum tee_kind kind_of(const struct walk *w, unsigned party)
{
	return w->m->party_has[party] & HAS_TEE ? w->m->facts->parties[party].tee : TEE_SOFTWARE;
}

/* ---- a set goes to a party ---- */

static enum status add_set(struct walk *w, unsigned party, const struct tee_set *set, const struct yaml_node *at)
{
	struct policy_party *p = &w->m->facts->parties[party];
	char fault[REFERENCE_FAULT_MAX];

	for (unsigned i = 0; i < p->n_sets; i++)
		if (reference_pair_fault(fault, &p->sets[i], set))
			return walk_refuse(w, at, ST_POL_VALUE, "remove one", "party %s: %s", p->id, fault);
	if (p->n_sets == TEE_SETS_MAX)
		return walk_refuse(w, at, ST_POL_VALUE, "leave out releases that no enclave runs any more",
		    "party %s has more than %d sets of reference values", p->id, TEE_SETS_MAX);
	w->m->party_has[party] |= HAS_MEASUREMENTS;
	w->m->set_at[party][p->n_sets] = at->at;
	p->sets[p->n_sets++] = *set;
	return ST_OK;
}

enum status read_measurements(struct walk *w, const struct yaml_node *v)
{
	enum tee_kind kind = kind_of(w, w->party);
	char fault[REFERENCE_FAULT_MAX];
	enum status st;

	if (!reference_is_one_value(kind))
		return walk_refuse(w, v, ST_POL_VALUE, "write `reference_values:` with the registers of each release",
		    "the code of %s is more than one measurement", tee_name(kind));
	TRY(expect_list(w, v, "measurements", 1, TEE_SETS_MAX));
	for (const struct yaml_node *n = node_at(w, v->first); n; n = node_at(w, n->next)) {
		struct tee_set set = {.not_after = REFERENCE_ALWAYS_TO,
		    .n_values = 1,
		    .values = {{.reg = TEE_REG_CODE, .len = HASH_LEN}}};

		TRY(scalar_hex(w, n, set.values[0].bytes, HASH_LEN, "a measurement"));
		if (reference_set_fault(fault, kind, &set))
			return walk_refuse(
			    w, n, ST_POL_VALUE, "write what `parley-launch --measure` prints", "%s", fault);
		TRY(add_set(w, w->party, &set, n));
	}
out:
	return st;
}

/* ---- one entry of reference_values ---- */

static enum status read_release_name(struct walk *w, const struct yaml_node *n)
{
	return scalar_copy(w, n, w->entry->set.release, sizeof w->entry->set.release, "a release's name");
}

static enum status read_set_tee(struct walk *w, const struct yaml_node *n)
{
	static const char *const kinds[] = {"software", "nitro", "sgx", "tdx", "snp", "tpm"};
	unsigned kind = 0;
	enum status st;

	TRY(scalar_word(w, n, kinds, sizeof kinds / sizeof kinds[0], &kind, "tee"));
	w->entry->kind = (enum tee_kind)(TEE_SOFTWARE + kind);
	w->entry->tee = n;
out:
	return st;
}

static enum status read_set_parties(struct walk *w, const struct yaml_node *n)
{
	return read_party_set(w, n, &w->entry->parties, "parties");
}

static enum status read_set_from(struct walk *w, const struct yaml_node *n)
{
	return scalar_instant(w, n, &w->entry->set.not_before, "not_before");
}

static enum status read_set_to(struct walk *w, const struct yaml_node *n)
{
	return scalar_instant(w, n, &w->entry->set.not_after, "not_after");
}

static enum status unknown_register(struct walk *w, const struct yaml_node *key)
{
	enum { SHOWN_MAX = 24 }; /* every register but Nitro's and the TPM's many PCRs */
	struct slice names[TEE_REG_END_];
	char fix[256];
	size_t n = 0, used;
	int nearest;

	for (unsigned reg = 0; reg < TEE_REG_END_; reg++)
		if (tee_register_info(w->entry->kind, reg).len)
			names[n++] = slice_str(tee_register_name(reg));
	nearest = name_nearest(key->text, names, n);
	used = (size_t)snprintf(fix, sizeof fix, "its registers are");
	for (size_t i = 0; i < n && i < SHOWN_MAX && used < sizeof fix; i++)
		used += (size_t)snprintf(
		    fix + used, sizeof fix - used, " %.*s", (int)names[i].len, (const char *)names[i].ptr);
	if (nearest >= 0)
		snprintf(
		    fix, sizeof fix, "did you mean `%.*s`?", (int)names[nearest].len, (const char *)names[nearest].ptr);
	return walk_refuse(w, key, ST_POL_KEY, fix, "%s has no register `%.*s`", tee_name(w->entry->kind),
	    show_len(key->text), (const char *)key->text.ptr);
}

static enum status read_number(struct walk *w, const struct yaml_node *n, struct tee_value *v, const char *name)
{
	uint64_t number = 0;
	enum status st;

	TRY(scalar_u64(w, n, &number, 0, (UINT64_C(1) << 8 * v->len) - 1, name));
	for (unsigned i = v->len; i-- > 0; number >>= 8)
		v->bytes[i] = (uint8_t)number;
out:
	return st;
}

/* Into its place: registers ascend. */
static enum status insert_value(struct walk *w, const struct yaml_node *key, const struct tee_value *v)
{
	struct tee_set *set = &w->entry->set;
	unsigned at = set->n_values;

	for (unsigned i = 0; i < set->n_values; i++)
		if (set->values[i].reg == v->reg)
			return walk_refuse(w, key, ST_POL_KEY, "keep one of them", "values has the key `%s` twice",
			    tee_register_name(v->reg));
	if (set->n_values == TEE_SET_VALUES_MAX)
		return walk_refuse(w, key, ST_POL_VALUE, NULL, "a set has at most %d values", TEE_SET_VALUES_MAX);
	for (; at > 0 && set->values[at - 1].reg > v->reg; at--)
		set->values[at] = set->values[at - 1];
	set->values[at] = *v;
	set->n_values++;
	return ST_OK;
}

static enum status read_value(struct walk *w, const struct yaml_node *key, const struct yaml_node *n)
{
	struct tee_value v = {0};
	enum tee_kind kind = w->entry->kind;
	enum status st;

	if (key->kind != YAML_SCALAR || !tee_register_from_name(&v.reg, kind, key->text))
		return unknown_register(w, key);
	v.len = tee_register_info(kind, v.reg).len;
	if (reference_is_number(kind, v.reg))
		TRY(read_number(w, n, &v, tee_register_name(v.reg)));
	else
		TRY(scalar_hex(w, n, v.bytes, v.len, tee_register_name(v.reg)));
	TRY(insert_value(w, key, &v));
out:
	return st;
}

static enum status read_values(struct walk *w, const struct yaml_node *map)
{
	enum status st = ST_OK;

	w->entry->values = map;
	if (map->kind != YAML_MAP)
		return walk_refuse(w, map, ST_POL_VALUE, "write {pcr0: HEX, …}, as `evidence show` names them",
		    "values is a map of registers");
	for (const struct yaml_node *key = node_at(w, map->first); key; key = node_at(w, node_at(w, key->next)->next))
		TRY(read_value(w, key, node_at(w, key->next)));
out:
	return st;
}

static const struct map_key entry_keys[] = {
    {"release", true, read_release_name, "add `release:`, a name for people and receipts, such as 2026.11"},
    {"tee", true, read_set_tee, "add `tee: nitro`, sgx, tdx, snp, software or tpm"},
    {"parties", false, read_set_parties, NULL},
    {"not_before", false, read_set_from, NULL},
    {"not_after", false, read_set_to, NULL},
    {"values", true, read_values, "add `values: {…}`, the registers and what they must hold"},
};

static enum status place_entry(struct walk *w, const struct set_entry *e, const struct yaml_node *at)
{
	const struct policy *f = w->m->facts;
	unsigned placed = 0;
	enum status st = ST_OK;

	for (unsigned i = 0; i < f->n_parties; i++) {
		bool named = e->parties >> i & 1, same = kind_of(w, i) == e->kind;

		if (named && !same)
			return walk_refuse(w, e->tee, ST_POL_VALUE, NULL, "party %s runs %s, and this set is for %s",
			    f->parties[i].id, tee_name(kind_of(w, i)), tee_name(e->kind));
		if (named || (!e->parties && same)) {
			TRY(add_set(w, i, &e->set, at));
			placed++;
		}
	}
	if (!placed)
		return walk_refuse(w, e->tee, ST_POL_VALUE, "leave the set out, or say `tee:` at a party",
		    "no party runs %s", tee_name(e->kind));
out:
	return st;
}

static enum status read_entry(struct walk *w, const struct yaml_node *n)
{
	struct set_entry entry = {.set = {.not_before = REFERENCE_ALWAYS_FROM, .not_after = REFERENCE_ALWAYS_TO}};
	char fault[REFERENCE_FAULT_MAX];
	enum status st;

	w->entry = &entry;
	TRY(WALK_MAP(w, n, entry_keys, "a set of reference values"));
	if (reference_set_fault(fault, entry.kind, &entry.set))
		TRY(walk_refuse(w, entry.values, ST_POL_VALUE, NULL, "release %s: %s", entry.set.release, fault));
	TRY(place_entry(w, &entry, n));
out:
	w->entry = NULL;
	return st;
}

enum status read_reference_values(struct walk *w, const struct yaml_node *list)
{
	enum status st;

	TRY(expect_list(w, list, "reference_values", 1, (size_t)POLICY_PARTIES_MAX * TEE_SETS_MAX));
	for (const struct yaml_node *n = node_at(w, list->first); n; n = node_at(w, n->next))
		TRY(read_entry(w, n));
out:
	return st;
}
