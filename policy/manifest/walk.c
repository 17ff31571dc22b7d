#include "walk.h"

#include <stdarg.h>
#include <stdio.h>

enum { MAP_KEYS_MAX = 32 };

const struct yaml_node *node_at(const struct walk *w, uint32_t id)
{
	return id ? &w->m->doc->nodes[id] : NULL;
}

enum status walk_refuse(
    struct walk *w, const struct yaml_node *node, enum status st, const char *fix, const char *format, ...)
{
	char message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	return manifest_problem(w->m, w->problem, st, node ? node->at : 0, fix, "%s", message);
}

static const char *kind_name(const struct yaml_node *node)
{
	static const char *const names[] = {
	    [YAML_SCALAR] = "a single value", [YAML_MAP] = "a map", [YAML_LIST] = "a list"};

	return names[node->kind];
}

enum status expect_list(struct walk *w, const struct yaml_node *node, const char *what, size_t min, size_t max)
{
	if (node->kind != YAML_LIST)
		return walk_refuse(w, node, ST_POL_VALUE, "write [first, second], or one `- item` a line",
		    "%s is a list, and this is %s", what, kind_name(node));
	if (node->n < min || node->n > max)
		return walk_refuse(
		    w, node, ST_POL_VALUE, NULL, "%s has %u entries; it may have %zu to %zu", what, node->n, min, max);
	return ST_OK;
}

static int find_key(const struct map_key *keys, size_t n, struct slice name)
{
	for (size_t i = 0; i < n; i++)
		if (slice_equal(slice_str(keys[i].name), name))
			return (int)i;
	return -1;
}

static enum status unknown_key(
    struct walk *w, const struct yaml_node *key, const struct map_key *keys, size_t n, const char *what)
{
	struct slice names[MAP_KEYS_MAX] = {{0}};
	char fix[256] = "", shown[72];
	size_t used = 0;
	int nearest;

	for (size_t i = 0; i < n && i < MAP_KEYS_MAX; i++)
		names[i] = slice_str(keys[i].name);
	nearest = name_nearest(key->text, names, n < MAP_KEYS_MAX ? n : MAP_KEYS_MAX);
	snprintf(shown, sizeof shown, "%.*s", show_len(key->text), (const char *)key->text.ptr);
	if (nearest >= 0) {
		snprintf(fix, sizeof fix, "did you mean `%s`?", keys[nearest].name);
		return walk_refuse(w, key, ST_POL_KEY, fix, "%s has no key `%s`", what, shown);
	}
	used = (size_t)snprintf(fix, sizeof fix, "its keys are");
	for (size_t i = 0; i < n && used < sizeof fix; i++)
		if (keys[i].read)
			used += (size_t)snprintf(fix + used, sizeof fix - used, " %s", keys[i].name);
	return walk_refuse(w, key, ST_POL_KEY, fix, "%s has no key `%s`", what, shown);
}

static enum status check_keys(
    struct walk *w, const struct yaml_node *map, const struct map_key *keys, size_t n, const char *what)
{
	uint32_t seen = 0;

	for (uint32_t id = map->first; id; id = node_at(w, node_at(w, id)->next)->next) {
		const struct yaml_node *key = node_at(w, id);
		int k;

		if (key->kind != YAML_SCALAR)
			return walk_refuse(
			    w, key, ST_POL_KEY, "write `key: value`", "a key of %s is %s", what, kind_name(key));
		k = find_key(keys, n, key->text);
		if (k < 0)
			return unknown_key(w, key, keys, n, what);
		if (seen & 1u << k)
			return walk_refuse(
			    w, key, ST_POL_KEY, "keep one of them", "%s has the key `%s` twice", what, keys[k].name);
		if (!keys[k].read)
			return walk_refuse(w, key, ST_POL_UNSUPPORTED, keys[k].hint,
			    "`%s` is not supported in this version", keys[k].name);
		seen |= 1u << k;
	}
	return ST_OK;
}

const struct yaml_node *map_value(const struct walk *w, const struct yaml_node *map, const char *key)
{
	for (uint32_t id = map->first; id; id = node_at(w, node_at(w, id)->next)->next)
		if (slice_equal(node_at(w, id)->text, slice_str(key)))
			return node_at(w, node_at(w, id)->next);
	return NULL;
}

enum status walk_map(
    struct walk *w, const struct yaml_node *map, const struct map_key *keys, size_t n, const char *what)
{
	enum status st;

	if (map->kind != YAML_MAP)
		return walk_refuse(w, map, ST_POL_VALUE, "write `key: value` lines, or {key: value, …}",
		    "%s is a map, and this is %s", what, kind_name(map));
	TRY(check_keys(w, map, keys, n, what));
	for (size_t k = 0; k < n; k++) {
		const struct yaml_node *value = map_value(w, map, keys[k].name);

		if (value)
			TRY(keys[k].read(w, value));
		else if (keys[k].required)
			return walk_refuse(w, map, ST_POL_MISSING, keys[k].hint, "%s lacks `%s`", what, keys[k].name);
	}
out:
	return st;
}
