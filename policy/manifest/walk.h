/* Reading a map of the tree by a table of its keys. */
#ifndef POLICY_MANIFEST_WALK_H
#define POLICY_MANIFEST_WALK_H

#include "yaml.h"

#include "policy/value.h"

struct walk {
	struct manifest *m;
	struct problem *problem;
	unsigned party; /* the party being read */
	unsigned provider; /* the provider being read */
	struct tee_rules kind_rules[TEE_KIND_COUNT_]; /* admission.tcb: what a party of that kind starts from */
	struct tee_rules *rules;                      /* being read */
	struct set_entry *entry;                      /* of reference_values, being read */
	unsigned column;
	char path[64]; /* "parties[2]", for messages */
};
typedef enum status (*read_fn)(struct walk *w, const struct yaml_node *value);
struct map_key {
	const char *name;
	bool required;
	read_fn read; /* NULL: known by name and not supported; `hint` says what to write instead */
	const char *hint;
};

/* Value must be a map. Checks all its keys (unknown, doubled, unsupported), then calls the readers in the order of the
 * table, then reports a missing required key. `what` names the map: "a party". */
MUST_USE enum status walk_map(
    struct walk *w, const struct yaml_node *map, const struct map_key *keys, size_t n, const char *what);
#define WALK_MAP(w, map, keys, what) walk_map(w, map, keys, sizeof(keys) / sizeof((keys)[0]), what)
const struct yaml_node *node_at(const struct walk *w, uint32_t id); /* NULL for 0 */
/* The value of one key of a map, NULL when absent. */
const struct yaml_node *map_value(const struct walk *w, const struct yaml_node *map, const char *key);
MUST_USE enum status expect_list(
    struct walk *w, const struct yaml_node *node, const char *what, size_t min, size_t max);
enum status walk_refuse(struct walk *w, const struct yaml_node *node, enum status st, const char *fix,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

/* ---- scalars: each reads one form, or refuses with the form in `fix` ---- */
MUST_USE enum status scalar_text(
    struct walk *w, const struct yaml_node *n, struct slice *out, size_t max, const char *what);
MUST_USE enum status scalar_copy(struct walk *w, const struct yaml_node *n, char *out, size_t cap, const char *what);
MUST_USE enum status scalar_id(
    struct walk *w, const struct yaml_node *n, char out[static POLICY_ID_MAX + 1], const char *what);
MUST_USE enum status scalar_u64(
    struct walk *w, const struct yaml_node *n, uint64_t *out, uint64_t min, uint64_t max, const char *what);
MUST_USE enum status scalar_bool(struct walk *w, const struct yaml_node *n, bool *out, const char *what);
MUST_USE enum status scalar_word(
    struct walk *w, const struct yaml_node *n, const char *const *words, size_t count, unsigned *out, const char *what);
MUST_USE enum status scalar_hex(struct walk *w, const struct yaml_node *n, uint8_t *out, size_t len, const char *what);
MUST_USE enum status scalar_duration(struct walk *w, const struct yaml_node *n, uint32_t *out, const char *what);
MUST_USE enum status scalar_instant(struct walk *w, const struct yaml_node *n, int64_t *out, const char *what);

/* ---- sections ---- */
MUST_USE enum status read_parties(struct walk *w, const struct yaml_node *value);
MUST_USE enum status read_providers(struct walk *w, const struct yaml_node *value);
MUST_USE enum status read_datasets(struct walk *w, const struct yaml_node *value);
MUST_USE enum status read_valid(struct walk *w, const struct yaml_node *value);
MUST_USE enum status read_protocol(struct walk *w, const struct yaml_node *value);
MUST_USE enum status read_release(struct walk *w, const struct yaml_node *value);
MUST_USE enum status read_admission(struct walk *w, const struct yaml_node *value);
MUST_USE enum status read_deadlines(struct walk *w, const struct yaml_node *value);
MUST_USE enum status read_rows(struct walk *w, const struct yaml_node *value);
MUST_USE enum status read_reference_values(struct walk *w, const struct yaml_node *value);
/* A party's `measurements`, and the keys of admission that speak of evidence. */
MUST_USE enum status read_measurements(struct walk *w, const struct yaml_node *value);
MUST_USE enum status read_distinct(struct walk *w, const struct yaml_node *value);
MUST_USE enum status read_admission_tcb(struct walk *w, const struct yaml_node *value);
/* One kind's rules; keys that are left out stay as they are in *rules. */
MUST_USE enum status read_tcb(
    struct walk *w, const struct yaml_node *value, enum tee_kind kind, struct tee_rules *rules, const char *what);
/* A list of ids as a bit set; at least one: of compute parties, or of them and providers. */
MUST_USE enum status read_party_set(struct walk *w, const struct yaml_node *value, uint32_t *set, const char *what);
MUST_USE enum status read_source_set(struct walk *w, const struct yaml_node *value, uint32_t *set, const char *what);
/* The list's items in the order of their ids, which go to ids[0..n). Ids are lower-case names, none twice. */
struct listed_id {
	char text[POLICY_ID_MAX + 1];
};
MUST_USE enum status read_ids(struct walk *w, const struct yaml_node *list, const char *what,
    const struct yaml_node **sorted, struct listed_id *ids);
/* One key, one role, one owner: over all parties and providers. */
MUST_USE enum status check_key_roles(struct walk *w);

/* Line and column of a byte, from 1. */
void place_of(struct slice text, size_t at, unsigned *line, unsigned *column);
void map_query(struct manifest *m, uint32_t at, bool quoted);

#endif
