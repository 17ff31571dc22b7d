#include "policy/sql.h"

#include "base/cbor.h"

#include <stdarg.h>
#include <stdio.h>

enum { ANY = 0xffff };

/* How many children each kind has. */
static const struct arity {
	uint16_t min, max;
} arities[SQL_KIND_COUNT_] = {
    [SQL_SELECT] = {SQL_SELECT_PARTS, SQL_SELECT_PARTS},
    [SQL_LIST] = {0, ANY},
    [SQL_ITEM] = {1, 1},
    [SQL_TABLE] = {0, 0},
    [SQL_SORT] = {1, 1},
    [SQL_COLUMN] = {0, 0},
    [SQL_STAR] = {0, 0},
    [SQL_NUMBER] = {0, 0},
    [SQL_STRING] = {0, 0},
    [SQL_BOOL] = {0, 0},
    [SQL_NULL] = {0, 0},
    [SQL_CALL] = {0, ANY},
    [SQL_OPERATOR] = {1, 2},
    [SQL_AND] = {2, ANY},
    [SQL_OR] = {2, ANY},
    [SQL_NOT] = {1, 1},
    [SQL_IS_NULL] = {1, 1},
    [SQL_BETWEEN] = {3, 3},
    [SQL_IN] = {2, ANY},
    [SQL_UNSUPPORTED] = {0, 0},
};

static bool is_expression(enum sql_kind kind)
{
	return kind >= SQL_COLUMN && kind <= SQL_UNSUPPORTED;
}

/* What may stand below what. */
static bool may_hold(enum sql_kind parent, enum sql_kind child)
{
	switch (parent) {
	case SQL_SELECT:
		return child == SQL_LIST;
	case SQL_LIST:
		return child == SQL_ITEM || child == SQL_TABLE || child == SQL_SORT || is_expression(child);
	default:
		return is_expression(child) && child != SQL_STAR ? true : parent == SQL_ITEM && child == SQL_STAR;
	}
}

/* Each list of a SELECT holds one kind of thing. */
static bool part_holds(unsigned part, enum sql_kind child)
{
	switch (part) {
	case SQL_ITEMS:
		return child == SQL_ITEM;
	case SQL_FROM:
		return child == SQL_TABLE || child == SQL_UNSUPPORTED;
	case SQL_ORDER:
		return child == SQL_SORT;
	case SQL_CLAUSES:
		return child == SQL_UNSUPPORTED;
	default:
		return is_expression(child) && child != SQL_STAR;
	}
}

struct stack {
	uint16_t ids[SQL_NODES_MAX + 1];
	uint8_t depth[SQL_NODES_MAX + 1];
	unsigned n;
};

static bool valid_head(const struct sql_node *node, size_t sql_len)
{
	enum sql_kind kind = node->kind;

	return kind >= SQL_SELECT && kind < SQL_KIND_COUNT_ && node->n >= arities[kind].min &&
	       node->n <= arities[kind].max && node->at <= sql_len;
}

/* Takes the node's children off the stack, links them, and puts the node there instead. */
static enum status adopt(struct sql_ast *ast, struct stack *s, uint16_t id)
{
	struct sql_node *node = &ast->nodes[id];
	uint8_t depth = 0;
	uint16_t next = 0;

	if (node->n > s->n)
		return ST_FORMAT;
	for (unsigned i = 0; i < node->n; i++) {
		uint16_t child = s->ids[--s->n];

		if (!may_hold(node->kind, ast->nodes[child].kind))
			return ST_FORMAT;
		if (s->depth[s->n] > depth)
			depth = s->depth[s->n];
		ast->nodes[child].next = next;
		next = child;
	}
	if (depth >= SQL_DEPTH_MAX)
		return ST_TOO_LARGE;
	node->first = next;
	s->ids[s->n] = id;
	s->depth[s->n++] = (uint8_t)(depth + 1);
	return ST_OK;
}

static enum status check_select(const struct sql_ast *ast)
{
	const struct sql_node *select = sql_node(ast, ast->root);

	if (select->kind != SQL_SELECT)
		return ST_FORMAT;
	for (unsigned part = 0; part < SQL_SELECT_PARTS; part++) {
		const struct sql_node *list = sql_child(ast, select, part);

		for (const struct sql_node *n = sql_node(ast, list->first); n; n = sql_node(ast, n->next))
			if (!part_holds(part, n->kind))
				return ST_FORMAT;
		if ((part == SQL_WHERE || part == SQL_HAVING || part == SQL_LIMIT) && list->n > 1)
			return ST_FORMAT;
	}
	return ST_OK;
}

enum status sql_ast_decode(struct sql_ast *ast, struct slice bytes, size_t sql_len)
{
	struct cbor_reader r;
	struct stack s = {.n = 0};
	size_t count;
	enum status st;

	if (bytes.len > SQL_AST_MAX || sql_len > SQL_TEXT_MAX)
		return ST_TOO_LARGE;
	cbor_reader_init(&r, bytes);
	cbor_array_exact(&r, 2);
	if (cbor_u64(&r) != 1)
		cbor_fail(&r, ST_FORMAT);
	count = cbor_array(&r);
	if (count > SQL_NODES_MAX)
		return ST_TOO_LARGE;
	memset(ast->nodes, 0, (count + 1) * sizeof ast->nodes[0]);
	ast->n_nodes = (uint16_t)count;
	for (uint16_t id = 1; id <= count && r.st == ST_OK; id++) {
		struct sql_node *node = &ast->nodes[id];

		cbor_array_exact(&r, 6);
		node->kind = (uint8_t)cbor_u64_max(&r, SQL_KIND_COUNT_);
		node->at = (uint32_t)cbor_u64_max(&r, SQL_TEXT_MAX);
		node->flags = (uint8_t)cbor_u64_max(&r, UINT8_MAX);
		node->text = cbor_text(&r);
		node->qualifier = cbor_text(&r);
		node->n = (uint16_t)cbor_u64_max(&r, SQL_NODES_MAX);
		cbor_close(&r);
		if (r.st == ST_OK && !valid_head(node, sql_len))
			return ST_FORMAT;
		if (r.st == ST_OK)
			TRY(adopt(ast, &s, id));
	}
	cbor_close(&r);
	cbor_close(&r);
	TRY(cbor_end(&r));
	if (s.n != 1)
		return ST_FORMAT;
	ast->root = s.ids[0];
	TRY(check_select(ast));
out:
	return st;
}

enum status sql_error_decode(struct slice bytes, uint32_t *at, struct slice *message)
{
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, bytes);
	cbor_array_exact(&r, 3);
	if (cbor_u64(&r) != 0)
		cbor_fail(&r, ST_FORMAT);
	*at = (uint32_t)cbor_u64_max(&r, SQL_TEXT_MAX);
	*message = cbor_text(&r);
	cbor_close(&r);
	TRY(cbor_end(&r));
out:
	return st;
}

void sql_put_node(struct buf *out, enum sql_kind kind, uint32_t at, unsigned flags, struct slice text,
    struct slice qualifier, size_t children)
{
	cbor_put_array(out, 6);
	cbor_put_u64(out, kind);
	cbor_put_u64(out, at);
	cbor_put_u64(out, flags);
	cbor_put_text_slice(out, text);
	cbor_put_text_slice(out, qualifier);
	cbor_put_u64(out, children);
}

const struct sql_node *sql_child(const struct sql_ast *ast, const struct sql_node *node, unsigned i)
{
	const struct sql_node *child = sql_node(ast, node->first);

	while (child && i-- > 0)
		child = sql_node(ast, child->next);
	return child;
}

enum status sql_fault_set(struct sql_fault *f, enum status st, uint32_t at, const char *fix, const char *format, ...)
{
	va_list args;

	if (f->st != ST_OK)
		return st;
	f->st = st;
	f->at = at;
	snprintf(f->fix, sizeof f->fix, "%s", fix ? fix : "");
	va_start(args, format);
	vsnprintf(f->message, sizeof f->message, format, args);
	va_end(args);
	return st;
}
