/* From the key that a refusal names back to the line of the file. */
#include <stdio.h>

#include "walk.h"

struct finder {
	const struct yaml_doc *doc;
	const struct yaml_node *at; /* the innermost node that was found: a key, or an item of a list */
	struct manifest_place *place;
};

static const struct yaml_node *node(const struct finder *f, uint32_t id)
{
	return id ? &f->doc->nodes[id] : NULL;
}

/* The key's own node; its value is the next one. */
static const struct yaml_node *find(const struct finder *f, const struct yaml_node *map, struct slice name)
{
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (const struct yaml_node *key = node(f, map->first); key; key = node(f, node(f, key->next)->next))
		if (slice_equal(key->text, name))
			return key;
	return NULL;
}

static const struct yaml_node *value_of(const struct finder *f, const struct yaml_node *map, const char *name)
{
	const struct yaml_node *key = find(f, map, slice_str(name));

	return key ? node(f, key->next) : NULL;
}

static bool is_text(const struct yaml_node *n, const char *text)
{
	return n && n->kind == YAML_SCALAR && slice_equal(n->text, slice_str(text));
}

/* Walks "a.b.c" from `map`; true when all of it is there. What is there of it becomes the place. */
static bool follow(struct finder *f, const struct yaml_node *map, const char *path)
{
	while (map && *path) {
		size_t len = strcspn(path, ".");
		const struct yaml_node *key = find(f, map, slice_of(path, len));

		if (!key)
			return false;
		f->at = key;
		map = node(f, key->next);
		path += len + (path[len] == '.');
	}
	return *path == 0;
}

static const struct yaml_node *find_party(const struct finder *f, const struct yaml_node *root, const char *id)
{
	const struct yaml_node *list = value_of(f, root, "parties");

	if (!list || list->kind != YAML_LIST)
		return NULL;
	for (const struct yaml_node *n = node(f, list->first); n; n = node(f, n->next))
		if (is_text(value_of(f, n, "id"), id))
			return n;
	return NULL;
}

/* ---- rules: the party's own, else its kind's ---- */

static bool find_rule(struct finder *f, const struct yaml_node *root, const char *party, const char *key)
{
	static const char tcb[] = "admission.tcb.";
	const char *rule = strncmp(key, tcb, sizeof tcb - 1) == 0 ? strchr(key + sizeof tcb - 1, '.') : NULL;
	const struct yaml_node *own = find_party(f, root, party);
	char path[64];

	if (rule && own) {
		snprintf(path, sizeof path, "tcb%s", rule);
		if (follow(f, own, path)) {
			snprintf(f->place->path, sizeof f->place->path, "parties.%s.%s", party, path);
			return true;
		}
		f->at = NULL;
	}
	snprintf(f->place->path, sizeof f->place->path, "%s", key);
	return follow(f, root, key);
}

/* ---- reference values: the first set that counts for the party, else its measurements ---- */

static bool names_party(const struct finder *f, const struct yaml_node *set, const char *party)
{
	const struct yaml_node *list = value_of(f, set, "parties");

	if (!list)
		return true;
	for (const struct yaml_node *n = list->kind == YAML_LIST ? node(f, list->first) : NULL; n; n = node(f, n->next))
		if (is_text(n, party))
			return true;
	return false;
}

static bool find_set(struct finder *f, const struct yaml_node *root, const char *party, const char *kind)
{
	const struct yaml_node *list = value_of(f, root, "reference_values"), *own = find_party(f, root, party);

	snprintf(f->place->path, sizeof f->place->path, "reference_values");
	for (const struct yaml_node *n = list && list->kind == YAML_LIST ? node(f, list->first) : NULL; n;
	     n = node(f, n->next))
		if (is_text(value_of(f, n, "tee"), kind) && names_party(f, n, party)) {
			f->at = n;
			return true;
		}
	if (own && follow(f, own, "measurements")) {
		snprintf(f->place->path, sizeof f->place->path, "parties.%s.measurements", party);
		return true;
	}
	return follow(f, root, "reference_values");
}

bool manifest_key_place(struct manifest_place *out, struct slice source, const char *party, const char *key)
{
	static const char set_of[] = "reference_values of ";
	struct manifest_place place = {0};
	struct finder f = {.place = &place};
	struct yaml_fault fault;
	struct yaml_doc *doc;

	if (yaml_parse(&doc, source, &fault) != ST_OK)
		return false;
	f.doc = doc;
	if (strncmp(key, set_of, sizeof set_of - 1) == 0)
		place.is_written = find_set(&f, node(&f, 1), party, key + sizeof set_of - 1);
	else
		place.is_written = find_rule(&f, node(&f, 1), party, key);
	if (f.at) {
		place_of(source, f.at->at, &place.line, &place.column);
		*out = place;
	}
	yaml_free(doc);
	return f.at != NULL;
}
