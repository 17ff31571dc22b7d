/*
 * libpg_query's tree to ours. Everything that has a node of ours becomes it, everything else an SQL_UNSUPPORTED with its
 * name: whether something is *supported here* is the binder's business.
 */
#include "sqlparse_tree.h"

#include "base/cbor.h"

const struct slice none = {(const uint8_t *)"", 0};

uint32_t offset(const struct tree *t, int32_t location)
{
	return location > 0 && (size_t)location <= t->sql_len ? (uint32_t)location : 0;
}

void put(struct tree *t, enum sql_kind kind, uint32_t at, unsigned flags, const char *text, size_t children)
{
	sql_put_node(&t->nodes, kind, at, flags, text ? slice_str(text) : none, none, children);
	t->count++;
}

void unsupported(struct tree *t, uint32_t at, const char *name)
{
	put(t, SQL_UNSUPPORTED, at, 0, name, 0);
}

/* Where a keyword stands: clauses have no place in libpg_query's tree. Quoted text cannot match: the scanner tells. */
uint32_t keyword_at(const struct tree *t, const char *word)
{
	PgQueryScanResult scan = pg_query_scan(t->sql);
	PgQuery__ScanResult *tokens =
	    scan.error ? NULL : pg_query__scan_result__unpack(NULL, scan.pbuf.len, (void *)scan.pbuf.data);
	size_t len = strlen(word);
	uint32_t at = 0;

	for (size_t i = 0; tokens && i < tokens->n_tokens; i++) {
		const PgQuery__ScanToken *token = tokens->tokens[i];

		if (token->start >= 0 && (size_t)token->end <= t->sql_len &&
		    (size_t)(token->end - token->start) == len && strncasecmp(t->sql + token->start, word, len) == 0) {
			at = (uint32_t)token->start;
			break;
		}
	}
	if (tokens)
		pg_query__scan_result__free_unpacked(tokens, NULL);
	pg_query_free_scan_result(scan);
	return at;
}

void clause(struct tree *t, uint32_t at, const char *name)
{
	sql_put_node(&t->clauses, SQL_UNSUPPORTED, at, 0, slice_str(name), none, 0);
	t->n_clauses++;
}

static void finish(struct tree *t, struct buf *out)
{
	buf_append(&t->nodes, t->clauses.ptr, t->clauses.len);
	t->count += t->n_clauses;
	put(t, SQL_LIST, 0, 0, NULL, t->n_clauses);
	put(t, SQL_SELECT, 0, 0, NULL, SQL_SELECT_PARTS);
	cbor_put_array(out, 2);
	cbor_put_u64(out, 1);
	cbor_put_array(out, t->count);
	buf_append(out, t->nodes.ptr, t->nodes.len);
	if (t->nodes.failed || t->clauses.failed || t->count > SQL_NODES_MAX)
		out->failed = true;
}

static void put_error(struct buf *out, uint32_t at, const char *message)
{
	struct slice text = slice_str(message);

	cbor_put_array(out, 3);
	cbor_put_u64(out, 0);
	cbor_put_u64(out, at);
	cbor_put_text_slice(out, utf8_is_text(text) ? text : slice_str("not well-formed SQL"));
}

void sqlparse_answer(struct buf *out, const char *sql)
{
	struct tree t = {.sql = sql, .sql_len = strlen(sql)};
	PgQueryProtobufParseResult r = pg_query_parse_protobuf(sql);
	PgQuery__ParseResult *tree;

	if (r.error) {
		int at = r.error->cursorpos;

		/* cursorpos counts from 1; 0 when unknown */
		put_error(out, at > 0 && (size_t)at <= t.sql_len + 1 ? (uint32_t)at - 1 : 0, r.error->message);
		return;
	}
	tree = pg_query__parse_result__unpack(NULL, r.parse_tree.len, (void *)r.parse_tree.data);
	if (!tree) {
		put_error(out, 0, "an expression nested too deep");
		return;
	}
	statement(&t, tree);
	finish(&t, out);
}
