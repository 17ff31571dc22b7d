#include "walk.h"

#include <stdio.h>
#include <stdlib.h>

enum { SQL_NAME_MAX = 63, TEXT_MAX = 4096, DOMAIN_VALUE_MAX = 1024, DECIMAL_PRECISION_MAX = 18 };

static struct policy_column *column(struct walk *w)
{
	return &w->m->facts->columns[w->column];
}

/* SQL cuts identifiers at 63 bytes, so nothing longer could be named in a query. */
static enum status sql_name(struct walk *w, const struct yaml_node *n, char *out, const char *what)
{
	char name[SQL_NAME_MAX + 1];
	enum status st;

	TRY(scalar_copy(w, n, name, sizeof name, what));
	memset(out, 0, POLICY_NAME_MAX + 1);
	memcpy(out, name, sizeof name);
out:
	return st;
}

/* "word(a)" or "word(a,b)"; *n numbers found. */
static bool parse_type(struct slice text, char *word, size_t cap, unsigned numbers[static 2], unsigned *n)
{
	size_t i = 0;

	for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] != '(' && i + 1 < cap; i++)
		word[i] = (char)text.ptr[i];
	word[i] = 0;
	*n = 0;
	if (i == text.len)
		return true;
	if (text.ptr[i++] != '(')
		return false;
	for (;;) {
		unsigned v = 0, digits = 0;

		while (i < text.len && text.ptr[i] == ' ')
			i++;
		for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9' && digits < 5; i++, digits++)
			v = v * 10 + (text.ptr[i] - '0');
		if (digits == 0 || *n == 2 || i >= text.len)
			return false;
		numbers[(*n)++] = v;
		if (text.ptr[i] == ')')
			return i + 1 == text.len;
		if (text.ptr[i++] != ',')
			return false;
	}
}

static enum status refuse_type(struct walk *w, const struct yaml_node *n, struct slice text)
{
	return walk_refuse(w, n, ST_POL_VALUE,
	    "write int64, decimal(p,s), bool, date, timestamp, text (with a domain) or text(n)",
	    "`%.*s` is not a column type", show_len(text), (const char *)text.ptr);
}

static enum status read_type(struct walk *w, const struct yaml_node *n)
{
	static const struct {
		const char *word;
		enum column_type type;
		unsigned numbers;
	} types[] = {{"int64", COL_INT64, 0}, {"decimal", COL_DECIMAL, 2}, {"bool", COL_BOOL, 0}, {"date", COL_DATE, 0},
	    {"timestamp", COL_TIMESTAMP, 0}, {"text", COL_TEXT_DOMAIN, 0}, {"text", COL_TEXT, 1}};
	struct policy_column *c = column(w);
	unsigned numbers[2] = {0, 0}, count = 0;
	struct slice text;
	char word[16];
	enum status st;

	TRY(scalar_text(w, n, &text, 64, "a column's type"));
	if (!parse_type(text, word, sizeof word, numbers, &count))
		return refuse_type(w, n, text);
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(word, types[i].word) == 0 && count == types[i].numbers)
			c->type = types[i].type;
	if (c->type == 0)
		return refuse_type(w, n, text);
	if (c->type == COL_DECIMAL && (numbers[0] < 1 || numbers[0] > DECIMAL_PRECISION_MAX || numbers[1] > numbers[0]))
		return walk_refuse(w, n, ST_POL_VALUE, "write decimal(p,s) with 1 <= p <= 18 and s <= p",
		    "decimal(%u,%u) is not supported", numbers[0], numbers[1]);
	if (c->type == COL_TEXT && (numbers[0] < 1 || numbers[0] > TEXT_MAX))
		return walk_refuse(
		    w, n, ST_POL_VALUE, "write text(n) with 1 <= n <= 4096", "text(%u) is not supported", numbers[0]);
	if (c->type == COL_DECIMAL) {
		c->precision = (uint8_t)numbers[0];
		c->scale = (uint8_t)numbers[1];
	}
	if (c->type == COL_TEXT)
		c->text_max = (uint16_t)numbers[0];
	value_type_range(&c->lo, &c->hi, c->type, c->precision);
out:
	return st;
}

static enum status read_column_name(struct walk *w, const struct yaml_node *n)
{
	const struct policy *f = w->m->facts;
	enum status st;

	w->m->column_at[w->column] = n->at;
	TRY(sql_name(w, n, column(w)->name, "a column's name"));
	for (unsigned i = 0; i < w->column; i++)
		if (name_equal_folded(slice_str(f->columns[i].name), slice_str(column(w)->name)))
			return walk_refuse(w, n, ST_POL_VALUE,
			    "SQL does not tell capital from small letters: rename one", "two columns are called `%s`",
			    column(w)->name);
out:
	return st;
}

static enum status range_value(struct walk *w, const struct yaml_node *n, int64_t *out)
{
	struct policy_column *c = column(w);
	int64_t lo, hi;
	struct slice text;
	enum status st;

	TRY(scalar_text(w, n, &text, 64, "a bound of range"));
	if (value_parse(out, text, c->type, c->scale) != ST_OK)
		return walk_refuse(w, n, ST_POL_VALUE, value_type_form(c->type), "`%.*s` is not a value of column `%s`",
		    show_len(text), (const char *)text.ptr, c->name);
	value_type_range(&lo, &hi, c->type, c->precision);
	if (*out < lo || *out > hi)
		return walk_refuse(w, n, ST_POL_VALUE, NULL, "the bound does not fit the type of column `%s`", c->name);
out:
	return st;
}

static enum status read_range(struct walk *w, const struct yaml_node *n)
{
	struct policy_column *c = column(w);
	int64_t lo, hi;
	enum status st;

	if (c->type == COL_BOOL || c->type == COL_TEXT || c->type == COL_TEXT_DOMAIN)
		return walk_refuse(w, n, ST_POL_VALUE, "remove it; a text column has a domain",
		    "column `%s` is %s and has no range", c->name, value_type_name(c->type));
	if (n->kind != YAML_LIST || n->n != 2)
		return walk_refuse(
		    w, n, ST_POL_VALUE, "write range: [lowest, highest]", "range is a list of two values");
	TRY(range_value(w, node_at(w, n->first), &lo));
	TRY(range_value(w, node_at(w, node_at(w, n->first)->next), &hi));
	if (lo > hi)
		return walk_refuse(
		    w, n, ST_POL_VALUE, "write range: [lowest, highest]", "the range of column `%s` is empty", c->name);
	c->lo = lo;
	c->hi = hi;
out:
	return st;
}

static int compare_slices(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int order = memcmp(x->ptr, y->ptr, n);

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

static enum status read_domain(struct walk *w, const struct yaml_node *list)
{
	struct policy *f = w->m->facts;
	struct policy_column *c = column(w);
	enum status st;

	if (c->type != COL_TEXT_DOMAIN)
		return walk_refuse(w, list, ST_POL_VALUE,
		    c->type == COL_TEXT ? "write `type: text`" : "write range: [lowest, highest]",
		    "column `%s` is %s and has no domain", c->name, value_type_name(c->type));
	TRY(expect_list(w, list, "domain", 1, POLICY_DOMAIN_MAX));
	if (list->n > POLICY_DOMAIN_MAX - f->n_domain)
		return walk_refuse(w, list, ST_POL_VALUE, "use text(n) where no query groups by the column",
		    "the domains of all columns together have more than %d values", POLICY_DOMAIN_MAX);
	c->domain_first = f->n_domain;
	for (const struct yaml_node *n = node_at(w, list->first); n; n = node_at(w, n->next))
		TRY(scalar_text(w, n, &f->domain[f->n_domain++], DOMAIN_VALUE_MAX, "a value of a domain"));
	c->domain_size = f->n_domain - c->domain_first;
	qsort(&f->domain[c->domain_first], c->domain_size, sizeof f->domain[0], compare_slices);
	for (uint32_t i = 1; i < c->domain_size; i++)
		if (slice_equal(f->domain[c->domain_first + i - 1], f->domain[c->domain_first + i]))
			return walk_refuse(w, list, ST_POL_VALUE, "remove one",
			    "the domain of column `%s` has a value twice: `%.*s`", c->name,
			    show_len(f->domain[c->domain_first + i]), (const char *)f->domain[c->domain_first + i].ptr);
	c->hi = c->domain_size - 1;
out:
	return st;
}

static enum status read_nullable(struct walk *w, const struct yaml_node *n)
{
	return scalar_bool(w, n, &column(w)->nullable, "nullable");
}

static const struct map_key column_keys[] = {
    {"name", true, read_column_name, "add `name:`, as in the CSV header"},
    {"type", true, read_type, "add `type:` int64, decimal(p,s), bool, date, timestamp, text or text(n)"},
    {"domain", false, read_domain, NULL},
    {"range", false, read_range, NULL},
    {"nullable", false, read_nullable, NULL},
};

static enum status read_columns(struct walk *w, const struct yaml_node *list)
{
	struct policy *f = w->m->facts;
	enum status st;

	TRY(expect_list(w, list, "columns", 1, PLAN_COLUMNS_MAX));
	w->column = 0;
	for (const struct yaml_node *n = node_at(w, list->first); n; n = node_at(w, n->next), w->column++) {
		TRY(WALK_MAP(w, n, column_keys, "a column"));
		if (column(w)->type == COL_TEXT_DOMAIN && column(w)->domain_size == 0)
			return walk_refuse(w, n, ST_POL_MISSING,
			    "add domain: [first, second, …], or write `type: text(n)` for free text",
			    "column `%s` is text without a domain", column(w)->name);
	}
	f->n_columns = (uint16_t)w->column;
out:
	return st;
}

static enum status read_dataset_name(struct walk *w, const struct yaml_node *n)
{
	return sql_name(w, n, w->m->facts->dataset, "a dataset's name");
}

static enum status read_from(struct walk *w, const struct yaml_node *n)
{
	return read_source_set(w, n, &w->m->facts->dataset_from, "from");
}

static const struct map_key dataset_keys[] = {
    {"name", true, read_dataset_name, "add `name:`, the table's name in the query"},
    {"from", true, read_from, "add `from: [PARTY, …]`, the parties that hold rows of it"},
    {"columns", true, read_columns, "add `columns:`"},
    {"subject", false, NULL, "remove it: one row counts as one subject, so bring one row a subject"},
    {"restrictions", false, NULL, "agree on one policy file"},
    {"restriction", false, NULL, "agree on one policy file"},
};

enum status read_datasets(struct walk *w, const struct yaml_node *list)
{
	enum status st;

	if (list->kind == YAML_LIST && list->n > 1)
		return walk_refuse(w, list, ST_POL_UNSUPPORTED,
		    "keep one dataset; its rows may come from several parties",
		    "%u datasets are not supported in this version", list->n);
	TRY(expect_list(w, list, "datasets", 1, 1));
	TRY(WALK_MAP(w, node_at(w, list->first), dataset_keys, "a dataset"));
out:
	return st;
}
