#include "cell.h"
#include "policy/value.h"

enum { DOMAIN_LISTED = 12 }; /* values of a domain that a message lists */

enum status cell_rules_init(struct cell_rules *r, const struct policy *p, const struct policy_column *c)
{
	*r = (struct cell_rules){.column = c};
	return c->type == COL_TEXT_DOMAIN ? domain_index_init(&r->domain, p, c) : ST_OK;
}

void cell_rules_clear(struct cell_rules *r)
{
	domain_index_clear(&r->domain);
}

static enum status domain_code(const struct cell_rules *r, struct slice text, int64_t *code)
{
	*code = domain_index_find(&r->domain, text);
	return *code < 0 ? ST_DATA_RANGE : ST_OK;
}

static enum status number_code(const struct policy_column *c, struct slice text, int64_t *code)
{
	enum status st = value_parse(code, text, c->type, c->scale);

	if (st == ST_TOO_LARGE)
		return ST_DATA_RANGE;
	if (st != ST_OK)
		return ST_DATA_TYPE;
	return *code < c->lo || *code > c->hi ? ST_DATA_RANGE : ST_OK;
}

enum status cell_code(const struct cell_rules *r, const struct csv_field *f, int64_t *code, uint8_t *known)
{
	const struct policy_column *c = r->column;
	int64_t v = 0;
	enum status st = ST_OK;

	*known = !(f->text.len == 0 && !f->quoted);
	if (!*known)
		st = c->nullable ? ST_OK : ST_DATA_NULL;
	else if (c->type == COL_TEXT_DOMAIN)
		st = domain_code(r, f->text, &v);
	else if (c->type == COL_TEXT)
		st = f->text.len > c->text_max ? ST_DATA_TYPE : ST_OK;
	else
		st = number_code(c, f->text, &v);
	*code = v;
	return st;
}

static void list_domain(struct buf *out, const struct domain_index *d)
{
	buf_append_str(out, "is not in the domain: ");
	for (uint32_t i = 0; i < d->size && i < DOMAIN_LISTED; i++)
		buf_printf(out, "%s%.*s", i > 0 ? ", " : "", (int)d->values[i].len, (const char *)d->values[i].ptr);
	if (d->size > DOMAIN_LISTED)
		buf_printf(out, " and %u more", d->size - DOMAIN_LISTED);
}

static void explain_type(struct buf *out, const struct policy_column *c, struct slice text)
{
	int64_t ignored;

	if (c->type == COL_TEXT)
		buf_printf(out, "is longer than %u bytes", c->text_max);
	else if (c->type == COL_DECIMAL && value_parse(&ignored, text, c->type, c->scale) == ST_TRAILING)
		buf_printf(out, "has more than %u digits after the point", c->scale);
	else
		buf_printf(out, "is not a %s: write %s", value_type_name(c->type), value_type_form(c->type));
}

void cell_explain(struct buf *out, const struct cell_rules *r, const struct csv_field *f, enum status st)
{
	const struct policy_column *c = r->column;

	if (st == ST_DATA_NULL) {
		buf_append_str(out, "is empty, and the column is not nullable");
	} else if (st == ST_DATA_TYPE) {
		explain_type(out, c, f->text);
	} else if (c->type == COL_TEXT_DOMAIN) {
		list_domain(out, &r->domain);
	} else {
		buf_append_str(out, "is outside ");
		value_format(out, c->lo, c->type, c->scale);
		buf_append_str(out, " .. ");
		value_format(out, c->hi, c->type, c->scale);
	}
}
