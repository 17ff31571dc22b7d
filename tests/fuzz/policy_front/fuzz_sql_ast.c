/*
 * Target: sql_ast_decode, query_bind, query_lower. Properties: a tree that decodes is a tree (every node once, every child
 * before its parent); a query that binds lowers to a plan that plan_infer accepts, or is refused with a status of the SQL
 * family; never a fault of ours.
 */
#include "policy/lower.h"
#include "policy/manifest.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char yaml[] = "parley: 1\nname: fuzz\nparties: [{id: a}, {id: b}, {id: c}]\n"
			   "datasets:\n  - name: t\n    from: [a, b, c]\n    columns:\n"
			   "      - {name: k, type: text, domain: [p, q, r]}\n"
			   "      - {name: n, type: int64, range: [-20, 20], nullable: true}\n"
			   "      - {name: d, type: 'decimal(6,2)'}\n"
			   "      - {name: y, type: date, nullable: true}\n"
			   "      - {name: b, type: bool}\n"
			   "      - {name: x, type: text(9)}\n"
			   "query: SELECT 1\nrelease: {to: [a], min_subjects: 3}\nrows: {max: 1000}\n";

static void check(bool good)
{
	if (!good)
		abort();
}

static unsigned count_nodes(const struct sql_ast *ast, const struct sql_node *n, uint16_t id)
{
	unsigned count = 1;

	for (uint16_t child = n->first; child; child = ast->nodes[child].next) {
		check(child < id);
		count += count_nodes(ast, sql_node(ast, child), child);
	}
	return count;
}

static bool is_refusal(enum status st)
{
	return st == ST_SQL_UNSUPPORTED || st == ST_SQL_NAME || st == ST_SQL_TYPE || st == ST_SQL_BOUND ||
	       st == ST_SQL_RELEASE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct manifest m;
	static struct sql_ast ast;
	static struct query query;
	struct sql_fault fault = {0};
	enum status st;

	if (!m.facts)
		check(manifest_parse(&m, slice_of(yaml, sizeof yaml - 1), "fuzz", NULL) == ST_OK);
	if (sql_ast_decode(&ast, slice_of(data, size), SQL_TEXT_MAX) != ST_OK)
		return 0;
	check(count_nodes(&ast, sql_node(&ast, ast.root), ast.root) == ast.n_nodes);
	st = query_bind(&query, m.facts, &ast, &fault);
	if (st == ST_OK)
		st = query_lower(m.facts, &query, &fault);
	check(st == ST_OK || (is_refusal(st) && fault.st == st && fault.message[0]));
	return 0;
}
