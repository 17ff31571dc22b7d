#include "yaml.h"

#include "base/cbor.h"

#include <libfyaml.h>
#include <stdio.h>
#include <stdlib.h>

struct builder {
	struct yaml_doc *doc;
	struct slice source;
	struct yaml_fault *fault;
	uint32_t open[MANIFEST_DEPTH_MAX + 1]; /* containers we are in */
	uint32_t last[MANIFEST_DEPTH_MAX + 1]; /* the last child of each */
	unsigned depth;
	unsigned documents;
	size_t reached; /* end of the last scalar: an empty one has no place of its own */
};

static enum status fault(struct yaml_fault *f, enum status st, size_t at, const char *message)
{
	f->at = at;
	snprintf(f->message, sizeof f->message, "%s", message);
	return st;
}

/* Control characters have no business in a policy, and UTF-16 must not slip in through detection. */
static enum status check_bytes(struct slice s, struct yaml_fault *f)
{
	if (s.len > COMPILE_YAML_MAX)
		return fault(f, ST_TOO_LARGE, 0, "the file is larger than 256 KiB");
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\r' && c != '\t'))
			return fault(f, ST_POL_SYNTAX, i, c ? "a control character" : "a NUL byte");
	}
	return utf8_is_text(s) ? ST_OK : fault(f, ST_POL_SYNTAX, 0, "not UTF-8 text");
}

static enum status add_node(struct builder *b, enum yaml_kind kind, size_t at, uint32_t *id)
{
	struct yaml_doc *doc = b->doc;
	struct yaml_node *parent;

	if (doc->n_nodes > MANIFEST_NODES_MAX)
		return fault(b->fault, ST_TOO_LARGE, at, "more than 16384 values in one file");
	*id = doc->n_nodes++;
	doc->nodes[*id] = (struct yaml_node){.kind = (uint8_t)kind, .at = (uint32_t)at};
	if (b->depth == 0)
		return ST_OK;
	parent = &doc->nodes[b->open[b->depth]];
	if (b->last[b->depth] == 0)
		parent->first = *id;
	else
		doc->nodes[b->last[b->depth]].next = *id;
	b->last[b->depth] = *id;
	parent->n++;
	return ST_OK;
}

static enum status open_node(struct builder *b, enum yaml_kind kind, size_t at)
{
	uint32_t id;
	enum status st;

	TRY(add_node(b, kind, at, &id));
	if (b->depth == MANIFEST_DEPTH_MAX)
		return fault(b->fault, ST_TOO_LARGE, at, "nested deeper than a policy file is");
	b->depth++;
	b->open[b->depth] = id;
	b->last[b->depth] = 0;
out:
	return st;
}

static void close_node(struct builder *b)
{
	struct yaml_node *node = &b->doc->nodes[b->open[b->depth]];

	if (node->kind == YAML_MAP)
		node->n /= 2;
	b->depth--;
}

static enum yaml_style style_of(struct fy_token *token)
{
	switch (fy_token_scalar_style(token)) {
	case FYSS_LITERAL:
	case FYSS_FOLDED:
		return YAML_BLOCK;
	case FYSS_SINGLE_QUOTED:
	case FYSS_DOUBLE_QUOTED:
		return YAML_QUOTED;
	default:
		return YAML_PLAIN;
	}
}

static enum status add_scalar(struct builder *b, struct fy_token *token, size_t at)
{
	struct yaml_doc *doc = b->doc;
	size_t len = 0;
	const char *text = token ? fy_token_get_text(token, &len) : "";
	uint32_t id;
	enum status st;

	if (!text)
		return fault(b->fault, ST_NO_MEMORY, at, "out of memory");
	if (len == 0 && at < b->reached)
		at = b->reached;
	TRY(add_node(b, YAML_SCALAR, at, &id));
	b->reached = at + len <= b->source.len ? at + len : b->source.len;
	if (len > doc->text_cap - doc->text_len)
		return fault(b->fault, ST_TOO_LARGE, at, "more text than a policy file may hold");
	if (!utf8_is_text(slice_of(text, len))) /* escapes can write what the file itself may not hold */
		return fault(b->fault, ST_POL_SYNTAX, at, "a NUL or half a character");
	memcpy(doc->text + doc->text_len, text, len);
	doc->nodes[id].text = slice_of(doc->text + doc->text_len, len);
	doc->nodes[id].style = (uint8_t)(token ? style_of(token) : YAML_PLAIN);
	doc->text_len += len;
out:
	return st;
}

static enum status refuse_properties(
    struct builder *b, const struct fy_token *anchor, const struct fy_token *tag, size_t at)
{
	if (anchor)
		return fault(b->fault, ST_POL_SYNTAX, at, "anchors (&name) are not permitted in a policy file");
	if (tag)
		return fault(b->fault, ST_POL_SYNTAX, at, "tags (!name) are not permitted in a policy file");
	return ST_OK;
}

static enum status begin_document(struct builder *b, struct fy_document_state *state, size_t at)
{
	if (b->documents++ > 0)
		return fault(b->fault, ST_POL_SYNTAX, at, "a second document in one file");
	if (state && fy_document_state_tags_explicit(state))
		return fault(b->fault, ST_POL_SYNTAX, at, "%TAG directives are not permitted in a policy file");
	if (state && fy_document_state_version_explicit(state)) {
		const struct fy_version *v = fy_document_state_version(state);

		if (!v || v->major != 1 || v->minor != 2)
			return fault(b->fault, ST_POL_SYNTAX, at, "a policy file is YAML 1.2");
	}
	return ST_OK;
}

static enum status take_event(struct builder *b, struct fy_event *e)
{
	const struct fy_mark *mark = fy_event_start_mark(e);
	size_t at = mark ? mark->input_pos : 0;
	enum status st = ST_OK;

	if (at > b->source.len)
		at = b->source.len;
	switch (e->type) {
	case FYET_DOCUMENT_START:
		return begin_document(b, e->document_start.document_state, at);
	case FYET_ALIAS:
		return fault(b->fault, ST_POL_SYNTAX, at, "aliases (*name) are not permitted in a policy file");
	case FYET_SCALAR:
		TRY(refuse_properties(b, e->scalar.anchor, e->scalar.tag, at));
		return add_scalar(b, e->scalar.value, at);
	case FYET_MAPPING_START:
		TRY(refuse_properties(b, e->mapping_start.anchor, e->mapping_start.tag, at));
		return open_node(b, YAML_MAP, at);
	case FYET_SEQUENCE_START:
		TRY(refuse_properties(b, e->sequence_start.anchor, e->sequence_start.tag, at));
		return open_node(b, YAML_LIST, at);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		close_node(b);
		return ST_OK;
	default:
		return ST_OK;
	}
out:
	return st;
}

/* libfyaml counts lines and columns from 1 in what it collects. */
static enum status syntax_fault(struct builder *b, struct fy_diag *diag)
{
	void *iter = NULL;
	const struct fy_diag_error *e = fy_diag_errors_iterate(diag, &iter);
	size_t at = 0;

	if (!e)
		return fault(b->fault, ST_POL_SYNTAX, b->source.len, "not well-formed YAML");
	for (int line = 1; line < e->line && at < b->source.len; at++)
		line += b->source.ptr[at] == '\n';
	for (int column = 1; column < e->column && at < b->source.len && b->source.ptr[at] != '\n'; at++)
		column++;
	return fault(b->fault, ST_POL_SYNTAX, at, e->msg ? e->msg : "not well-formed YAML");
}

static enum status read_events(struct builder *b, struct fy_parser *parser, struct fy_diag *diag)
{
	struct fy_event *e;
	enum status st = ST_OK;

	while (st == ST_OK && (e = fy_parser_parse(parser))) {
		st = take_event(b, e);
		fy_parser_event_free(parser, e);
	}
	if (st == ST_OK && fy_parser_get_stream_error(parser))
		return syntax_fault(b, diag);
	if (st == ST_OK && (b->doc->n_nodes < 2 || b->depth != 0))
		return fault(b->fault, ST_POL_SYNTAX, 0, "the file is empty");
	return st;
}

static enum status run_parser(struct builder *b)
{
	struct fy_diag_cfg diag_cfg;
	struct fy_diag *diag;
	struct fy_parser *parser;
	enum status st = ST_NO_MEMORY;

	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	diag = fy_diag_create(&diag_cfg);
	if (!diag)
		return fault(b->fault, ST_NO_MEMORY, 0, "out of memory");
	fy_diag_set_collect_errors(diag, true);
	parser = fy_parser_create(&(struct fy_parse_cfg){
	    .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2, .diag = diag});
	if (parser && fy_parser_set_string(parser, (const char *)b->source.ptr, b->source.len) == 0)
		st = read_events(b, parser, diag);
	else
		fault(b->fault, ST_NO_MEMORY, 0, "out of memory");
	if (parser)
		fy_parser_destroy(parser);
	fy_diag_destroy(diag);
	return st;
}

enum status yaml_parse(struct yaml_doc **out, struct slice source, struct yaml_fault *f)
{
	struct builder b = {.source = source, .fault = f};
	struct yaml_doc *doc;
	enum status st;

	TRY(check_bytes(source, f));
	if (source.len == 0)
		return fault(f, ST_POL_SYNTAX, 0, "the file is empty");
	doc = calloc(1, sizeof *doc);
	if (!doc)
		return fault(f, ST_NO_MEMORY, 0, "out of memory");
	/* Escapes such as \L grow from two bytes to three, so twice the source always holds all scalars. */
	doc->text_cap = 2 * source.len + 64;
	doc->text = malloc(doc->text_cap);
	doc->nodes = calloc(MANIFEST_NODES_MAX + 2, sizeof *doc->nodes);
	doc->n_nodes = 1;
	b.doc = doc;
	st = doc->text && doc->nodes ? run_parser(&b) : fault(f, ST_NO_MEMORY, 0, "out of memory");
	if (st != ST_OK) {
		yaml_free(doc);
		return st;
	}
	*out = doc;
out:
	return st;
}

void yaml_free(struct yaml_doc *doc)
{
	if (!doc)
		return;
	free(doc->text);
	free(doc->nodes);
	free(doc);
}
