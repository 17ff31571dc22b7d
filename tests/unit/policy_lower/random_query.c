#include "random_query.h"

const char random_table_yaml[] = "parley: 1\n"
				 "name: random\n"
				 "parties: [{id: a}, {id: b}, {id: c}]\n"
				 "datasets:\n"
				 "  - name: t\n"
				 "    from: [a, b, c]\n"
				 "    columns:\n"
				 "      - {name: k, type: text, domain: [p, q, r, s]}\n"
				 "      - {name: g, type: text, domain: [x, y, z], nullable: true}\n"
				 "      - {name: b, type: bool, nullable: true}\n"
				 "      - {name: n, type: int64, range: [-20, 20]}\n"
				 "      - {name: m, type: int64, range: [0, 9], nullable: true}\n"
				 "      - {name: d, type: 'decimal(6,2)', range: [-99.99, 99.99], nullable: true}\n"
				 "      - {name: y, type: date, range: [2020-01-01, 2020-01-20], nullable: true}\n";

enum { FIRST_DAY = 18262 }; /* 2020-01-01 */

struct dialects {
	struct random_query *q;
	struct test_rng *rng;
	bool keys[3];
	bool having;
};

static size_t pick(struct dialects *x, size_t n)
{
	return test_below(x->rng, n);
}

static void both(struct dialects *x, const char *text)
{
	buf_append_str(&x->q->ours, text);
	buf_append_str(&x->q->sqlite, text);
}

static const char *comparison(struct dialects *x)
{
	static const char *const ops[] = {"=", "<>", "<", "<=", ">", ">="};

	return ops[pick(x, 6)];
}

/* ---- numbers ---- */

static void number(struct dialects *x, unsigned depth)
{
	static const char *const columns[] = {"n", "m"};
	static const char *const symbols[] = {" + ", " - ", " * "};
	size_t kind = depth ? pick(x, 6) : pick(x, 3);
	char text[32];

	if (kind < 2) {
		both(x, columns[kind]);
	} else if (kind == 2) {
		snprintf(text, sizeof text, "%d", (int)pick(x, 41) - 20);
		both(x, text);
	} else if (kind == 3) {
		both(x, "-(");
		number(x, depth - 1);
		both(x, ")");
	} else {
		both(x, "(");
		number(x, depth - 1);
		both(x, symbols[pick(x, 3)]);
		number(x, depth - 1);
		both(x, ")");
	}
}

/* Cents for SQLite; often with a digit more than the column has, so that it falls between two values. */
static void cents_literal(struct dialects *x)
{
	int mills = (int)pick(x, 240000) - 120000;

	if (pick(x, 2))
		mills -= mills % 10;
	buf_printf(&x->q->ours, "%s%d.%03d", mills < 0 ? "-" : "", abs(mills) / 1000, abs(mills) % 1000);
	buf_printf(&x->q->sqlite, "%s%d.%d", mills < 0 ? "-" : "", abs(mills) / 10, abs(mills) % 10);
}

static void date_literal(struct dialects *x)
{
	int day = (int)pick(x, 24) - 2; /* sometimes outside the range */

	if (day < 0)
		buf_printf(&x->q->ours, "'2019-12-%02d'", 32 + day);
	else
		buf_printf(&x->q->ours, pick(x, 2) ? "'2020-01-%02d'" : "DATE '2020-01-%02d'", day + 1);
	buf_printf(&x->q->sqlite, "%d", FIRST_DAY + day);
}

/* ---- conditions over rows ---- */

static void text_test(struct dialects *x)
{
	static const char *const k[] = {"'p'", "'q'", "'r'", "'s'"}, *const g[] = {"'x'", "'y'", "'z'"},
				 *const between[] = {"'a'", "'pq'", "'rz'", "'y1'", "'zz'"};
	bool is_k = pick(x, 2);
	const char *column = is_k ? "k" : "g";
	char text[64];

	if (pick(x, 3) == 0) { /* order among values that need not be in the domain */
		static const char *const order[] = {"<", "<=", ">", ">="};

		snprintf(text, sizeof text, "%s %s %s", column, order[pick(x, 4)], between[pick(x, 5)]);
	} else if (pick(x, 2)) {
		snprintf(text, sizeof text, "%s %s (%s, %s)", column, pick(x, 2) ? "IN" : "NOT IN",
		    is_k ? k[pick(x, 4)] : g[pick(x, 3)], is_k ? k[pick(x, 4)] : g[pick(x, 3)]);
	} else {
		snprintf(text, sizeof text, "%s %s %s", column, comparison(x), is_k ? k[pick(x, 4)] : g[pick(x, 3)]);
	}
	both(x, text);
}

static void compare_with(struct dialects *x, const char *column, void (*literal)(struct dialects *))
{
	if (pick(x, 3) == 0) {
		both(x, column);
		both(x, pick(x, 2) ? " BETWEEN " : " NOT BETWEEN ");
		literal(x);
		both(x, " AND ");
		literal(x);
		return;
	}
	if (pick(x, 2)) {
		literal(x);
		both(x, comparison(x));
		both(x, column);
		return;
	}
	both(x, column);
	both(x, comparison(x));
	literal(x);
}

static void row_leaf(struct dialects *x)
{
	static const char *const nullable[] = {
	    "g IS NULL", "b IS NOT NULL", "m IS NULL", "d IS NOT NULL", "y IS NULL", "n IS NULL"};
	static const char *const bools[] = {"b", "b = TRUE", "b <> TRUE", "b = FALSE", "TRUE", "FALSE"};

	switch (pick(x, 7)) {
	case 0:
		both(x, nullable[pick(x, 6)]);
		return;
	case 1:
		both(x, bools[pick(x, 6)]);
		return;
	case 2:
		text_test(x);
		return;
	case 3:
		compare_with(x, "d", cents_literal);
		return;
	case 4:
		compare_with(x, "y", date_literal);
		return;
	default:
		number(x, 2);
		both(x, comparison(x));
		number(x, 2);
	}
}

static void condition(struct dialects *x, unsigned depth, void (*leaf)(struct dialects *))
{
	size_t kind = depth ? pick(x, 5) : 0;

	if (kind < 2) {
		leaf(x);
		return;
	}
	if (kind == 2)
		both(x, "NOT ");
	both(x, "(");
	condition(x, depth - 1, leaf);
	if (kind > 2) {
		both(x, kind == 3 ? " AND " : " OR ");
		condition(x, depth - 1, leaf);
	}
	both(x, ")");
}

/* ---- aggregates ---- */

struct aggregate {
	const char *function, *column;
	uint8_t shape;
	bool nullable;
};
static const struct aggregate aggregates[] = {
    {"COUNT", "*", SHAPE_PLAIN, false},
    {"COUNT", "m", SHAPE_PLAIN, true},
    {"COUNT", "n", SHAPE_PLAIN, false},
    {"COUNT", "g", SHAPE_PLAIN, true},
    {"SUM", "n", SHAPE_PLAIN, false},
    {"SUM", "m", SHAPE_PLAIN, true},
    {"SUM", "d", SHAPE_CENTS, true},
    {"AVG", "n", SHAPE_AVG, false},
    {"AVG", "m", SHAPE_AVG, true},
    {"AVG", "d", SHAPE_AVG, true},
    {"MIN", "n", SHAPE_PLAIN, false},
    {"MAX", "m", SHAPE_PLAIN, true},
    {"MIN", "d", SHAPE_CENTS, true},
    {"MAX", "y", SHAPE_DATE, true},
    {"MIN", "y", SHAPE_DATE, true},
    {"MAX", "n", SHAPE_PLAIN, false},
};

/* The value SQLite should see: NULL where the policy withholds it. AVG becomes `function` over the sum or the count. */
static void put_sqlite(struct dialects *x, const struct aggregate *a, const char *function)
{
	if (a->nullable)
		buf_printf(&x->q->sqlite, "CASE WHEN COUNT(%s) >= %u THEN %s(%s) END", a->column, x->q->k, function,
		    a->column);
	else
		buf_printf(&x->q->sqlite, "%s(%s)", function, a->column);
}

static void having_leaf(struct dialects *x)
{
	const struct aggregate *a = &aggregates[pick(x, COUNT_OF(aggregates))];
	const char *op = comparison(x);
	int v;

	if (x->keys[0] && pick(x, 5) == 0) {
		buf_printf(&x->q->ours, "k %s 'q'", op);
		buf_printf(&x->q->sqlite, "k %s 'q'", op);
		return;
	}
	if (x->keys[2] && pick(x, 5) == 0) {
		buf_printf(&x->q->ours, "m %s 4", op);
		buf_printf(&x->q->sqlite, "m %s 4", op);
		return;
	}
	if (a->nullable && pick(x, 6) == 0) {
		buf_printf(&x->q->ours, "%s(%s) IS NULL", a->function, a->column);
		put_sqlite(x, a, a->shape == SHAPE_AVG ? "SUM" : a->function);
		buf_append_str(&x->q->sqlite, " IS NULL");
		return;
	}
	if (a->shape == SHAPE_DATE) {
		v = (int)pick(x, 20);
		buf_printf(&x->q->ours, "%s(%s) %s '2020-01-%02d'", a->function, a->column, op, v + 1);
		put_sqlite(x, a, a->function);
		buf_printf(&x->q->sqlite, " %s %d", op, FIRST_DAY + v);
		return;
	}
	v = (int)pick(x, 401) - 200; /* hundredths */
	buf_printf(&x->q->ours, "%s(%s) %s %s%d.%02d", a->function, a->column, op, v < 0 ? "-" : "", abs(v) / 100,
	    abs(v) % 100);
	if (a->shape == SHAPE_AVG) { /* 100 * sum against v * count; d is in cents already */
		buf_printf(&x->q->sqlite, "%d * (", a->column[0] == 'd' ? 1 : 100);
		put_sqlite(x, a, "SUM");
		buf_printf(&x->q->sqlite, ") %s (%d) * COUNT(%s)", op, v, a->column);
		return;
	}
	buf_printf(&x->q->sqlite, "%d * (", a->shape == SHAPE_CENTS ? 1 : 100);
	put_sqlite(x, a, a->function);
	buf_printf(&x->q->sqlite, ") %s (%d)", op, v);
}

/* ---- the whole ---- */

static void result(struct dialects *x, const char *ours, const char *name)
{
	struct random_query *q = x->q;

	buf_printf(&q->ours, "%s%s AS %s", q->n_results ? ", " : "", ours, name);
	buf_append_str(&q->sqlite, q->n_results ? ", " : "");
	snprintf(q->names[q->n_results], sizeof q->names[0], "%s", name);
}

static void select_list(struct dialects *x)
{
	static const struct {
		const char *column;
		uint8_t shape;
	} keys[] = {{"k", SHAPE_PLAIN}, {"b", SHAPE_BOOL}, {"m", SHAPE_PLAIN}};
	struct random_query *q = x->q;
	size_t n = 1 + pick(x, 4);

	both(x, "SELECT ");
	for (int i = 0; i < 3; i++) {
		x->keys[i] = pick(x, 3) == 0;
		if (!x->keys[i])
			continue;
		result(x, keys[i].column, keys[i].column);
		buf_append_str(&q->sqlite, keys[i].column);
		q->shape[q->n_results] = keys[i].shape;
		q->scale[q->n_results++] = 0;
	}
	for (size_t i = 0; i < n; i++) {
		const struct aggregate *a = &aggregates[pick(x, COUNT_OF(aggregates))];
		char ours[32], name[8];

		snprintf(ours, sizeof ours, "%s(%s)", a->function, a->column);
		snprintf(name, sizeof name, "v%c", (char)('0' + i));
		result(x, ours, name);
		put_sqlite(x, a, a->shape == SHAPE_AVG ? "SUM" : a->function);
		if (a->shape == SHAPE_AVG)
			buf_printf(&q->sqlite, ", COUNT(%s)", a->column);
		q->shape[q->n_results] = a->shape;
		q->scale[q->n_results++] = a->column[0] == 'd' ? 2 : 0;
	}
}

/* ORDER BY on what SQLite orders exactly: keys and counts; averages are compared rounded here and unrounded there. */
static void order_and_limit(struct dialects *x)
{
	struct random_query *q = x->q;
	static const char *const keys[] = {"k", "b", "m"};
	bool ordered = pick(x, 2), any = false;

	buf_append_str(&q->sqlite, " ORDER BY ");
	for (unsigned i = 0; ordered && i < q->n_results; i++) {
		static const char *const directions[] = {"", " ASC", " DESC", " DESC NULLS LAST", " ASC NULLS FIRST"};
		size_t way = pick(x, 5);
		static const char *const sqlite[] = {
		    " ASC NULLS LAST", " ASC NULLS LAST", " DESC NULLS FIRST", " DESC NULLS LAST", " ASC NULLS FIRST"};
		unsigned position = 1;

		if (q->shape[i] == SHAPE_AVG || pick(x, 2))
			continue;
		for (unsigned j = 0; j < i; j++)
			position += q->shape[j] == SHAPE_AVG ? 2 : 1;
		buf_printf(&q->ours, "%s%s%s", any ? ", " : " ORDER BY ", q->names[i], directions[way]);
		buf_printf(&q->sqlite, "%u%s, ", position, sqlite[way]);
		any = true;
	}
	/* ties: by group number, NULL last */
	for (int i = 0; i < 3; i++)
		if (x->keys[i])
			buf_printf(&q->sqlite, "%s ASC NULLS LAST, ", keys[i]);
	buf_append_str(&q->sqlite, "1");
	if (pick(x, 3) == 0) {
		char text[32];

		snprintf(text, sizeof text, " LIMIT %zu", 1 + pick(x, 6));
		both(x, text);
	}
}

void random_query_make(struct random_query *q, struct test_rng *rng)
{
	struct dialects x = {.q = q, .rng = rng};
	static const char *const keys[] = {"k", "b", "m"};
	bool grouped = false;

	q->k = 1 + (unsigned)test_below(rng, 6);
	select_list(&x);
	both(&x, " FROM t");
	if (test_below(rng, 4)) {
		both(&x, " WHERE ");
		condition(&x, 3, row_leaf);
	}
	for (int i = 0; i < 3; i++)
		if (x.keys[i]) {
			both(&x, grouped ? ", " : " GROUP BY ");
			both(&x, keys[i]);
			grouped = true;
		}
	buf_printf(&q->sqlite, " HAVING COUNT(*) >= %u", q->k);
	if (test_below(rng, 2)) {
		buf_append_str(&q->ours, " HAVING ");
		buf_append_str(&q->sqlite, " AND (");
		condition(&x, 2, having_leaf);
		buf_append_str(&q->sqlite, ")");
	}
	order_and_limit(&x);
}

void random_query_clear(struct random_query *q)
{
	buf_clear(&q->ours);
	buf_clear(&q->sqlite);
	memset(q, 0, sizeof *q);
}
