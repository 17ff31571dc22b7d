/*
 * A YAML document as a tree of our own nodes. The only file pair that knows libfyaml. Built from parser events, so that
 * aliases are never resolved and limits hold while reading.
 */
#ifndef POLICY_MANIFEST_YAML_H
#define POLICY_MANIFEST_YAML_H

#include "policy/manifest.h"

enum yaml_kind { YAML_SCALAR = 1, YAML_MAP, YAML_LIST };
enum yaml_style { YAML_PLAIN, YAML_QUOTED, YAML_BLOCK };

struct yaml_node {
	uint8_t kind, style;
	uint32_t at; /* byte offset in the source: first byte of the content */
	uint32_t first, next; /* child and sibling, 0: none. In a map children are key, value, key, value, … */
	uint32_t n; /* children; in a map: pairs */
	struct slice text; /* scalar; lies in doc->text */
};
struct yaml_doc {
	uint32_t n_nodes;
	struct yaml_node *nodes; /* [0] is unused, [1] the root */
	char *text;
	size_t text_len, text_cap;
};
struct yaml_fault {
	size_t at;
	char message[256];
};

/* doc is heap-made on ST_OK and freed with yaml_free. ST_POL_SYNTAX, ST_TOO_LARGE, ST_NO_MEMORY with *fault filled. */
MUST_USE enum status yaml_parse(struct yaml_doc **doc, struct slice source, struct yaml_fault *fault);
void yaml_free(struct yaml_doc *doc);

#endif
