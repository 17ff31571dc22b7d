/* The effective policy as YAML: what manifest_parse reads back into equal facts. */
#include "walk.h"

static void put_quoted(struct buf *b, struct slice text)
{
	buf_append_str(b, "\"");
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(b, "\\x%02x", c);
		else
			buf_append(b, &text.ptr[i], 1);
	}
	buf_append_str(b, "\"");
}

static void put_string(struct buf *b, const char *text)
{
	put_quoted(b, slice_str(text));
}

static void put_hex(struct buf *b, const uint8_t *bytes, size_t len)
{
	char hex[2 * HASH_LEN + 1];

	hex_encode(hex, slice_of(bytes, len));
	buf_printf(b, "\"%s\"", hex);
}

static void put_set(struct buf *b, const struct policy *f, uint32_t set)
{
	const char *comma = "";

	buf_append_str(b, "[");
	for (unsigned i = 0; i < f->n_parties; i++)
		if (set & 1u << i) {
			buf_printf(b, "%s%s", comma, f->parties[i].id);
			comma = ", ";
		}
	buf_append_str(b, "]");
}

static void put_instant(struct buf *b, const char *key, int64_t t)
{
	buf_append_str(b, key);
	value_format_timestamp(b, t);
}

static void render_head(struct buf *b, const struct policy *f)
{
	buf_printf(b, "parley: 1\nname: %s\nserial: %llu\n", f->name, (unsigned long long)f->serial);
	put_instant(b, "valid: {not_before: ", f->not_before);
	put_instant(b, ", not_after: ", f->not_after);
	put_instant(b, "}\nsigning_time: ", f->signing_time);
	buf_append_str(b, "\n");
}

static void render_party(struct buf *b, const struct policy_party *p)
{
	buf_printf(b, "  - id: %s\n    name: ", p->id);
	put_string(b, p->name);
	buf_append_str(b, "\n    operator: ");
	put_string(b, p->operator_);
	buf_append_str(b, "\n    keys:\n      approve: ");
	put_hex(b, p->approve, sizeof p->approve);
	buf_append_str(b, "\n      endorse: ");
	put_hex(b, p->endorse, sizeof p->endorse);
	buf_append_str(b, "\n      receive: ");
	put_hex(b, p->receive, sizeof p->receive);
	buf_append_str(b, "\n    compute: true\n    tee:\n      kind: software\n      root: ");
	put_hex(b, p->tee_root, sizeof p->tee_root);
	buf_append_str(b, "\n    measurements:\n");
	for (unsigned i = 0; i < p->n_sets; i++) {
		buf_append_str(b, "      - ");
		put_hex(b, p->sets[i].values[0].bytes, HASH_LEN);
		buf_append_str(b, "\n");
	}
}

static void render_column(struct buf *b, const struct policy *f, const struct policy_column *c)
{
	buf_append_str(b, "      - name: ");
	put_string(b, c->name);
	buf_append_str(b, "\n        type: ");
	switch (c->type) {
	case COL_DECIMAL:
		buf_printf(b, "decimal(%u,%u)", c->precision, c->scale);
		break;
	case COL_TEXT:
		buf_printf(b, "text(%u)", c->text_max);
		break;
	default:
		buf_append_str(b, value_type_name(c->type));
	}
	if (c->type == COL_TEXT_DOMAIN) {
		buf_append_str(b, "\n        domain: [");
		for (uint32_t i = 0; i < c->domain_size; i++) {
			buf_append_str(b, i ? ", " : "");
			put_quoted(b, f->domain[c->domain_first + i]);
		}
		buf_append_str(b, "]");
	} else if (c->type != COL_TEXT && c->type != COL_BOOL) {
		buf_append_str(b, "\n        range: [\"");
		value_format(b, c->lo, c->type, c->scale);
		buf_append_str(b, "\", \"");
		value_format(b, c->hi, c->type, c->scale);
		buf_append_str(b, "\"]");
	}
	buf_printf(b, "\n        nullable: %s\n", c->nullable ? "true" : "false");
}

/* A literal block where it can hold the text as it is; else a quoted scalar. */
static void render_query(struct buf *b, struct slice q)
{
	bool plain = q.ptr[0] != ' ' && q.ptr[0] != '\n' && q.ptr[0] != '\t';

	for (size_t i = 0; i < q.len; i++)
		plain = plain && (q.ptr[i] == '\n' || (q.ptr[i] >= 0x20 && q.ptr[i] < 0x7f));
	for (size_t i = 0; i + 1 < q.len; i++) /* no empty lines at the end: chomping would eat them */
		plain = plain && !(i + 2 == q.len && q.ptr[i] == '\n' && q.ptr[i + 1] == '\n');
	if (!plain) {
		buf_append_str(b, "query: ");
		put_quoted(b, q);
		buf_append_str(b, "\n");
		return;
	}
	buf_append_str(b, q.ptr[q.len - 1] == '\n' ? "query: |\n  " : "query: |-\n  ");
	for (size_t i = 0; i < q.len; i++) {
		buf_append(b, &q.ptr[i], 1);
		if (q.ptr[i] == '\n' && i + 1 < q.len && q.ptr[i + 1] != '\n')
			buf_append_str(b, "  ");
	}
	if (q.ptr[q.len - 1] != '\n')
		buf_append_str(b, "\n");
}

static void render_settings(struct buf *b, const struct policy *f)
{
	buf_append_str(b, "release:\n  to: ");
	put_set(b, f, f->recipients);
	buf_printf(b, "\n  min_subjects: %u\n", f->min_subjects);
	buf_printf(b, "admission:\n  max_evidence_age: %us\n  skew: %us\n", f->max_evidence_age_s, f->skew_s);
	if (f->debug_insecure)
		buf_append_str(b, "  debug: INSECURE\n");
	buf_printf(b, "deadlines: {step: %us, session: %us}\n", f->step_deadline_s, f->session_deadline_s);
	buf_printf(b, "rows: {max: %u, pad: %s}\n", f->rows_max_party, f->pad_rows ? "true" : "false");
}

enum status manifest_render(struct buf *b, const struct manifest *m)
{
	const struct policy *f = m->facts;
	struct slice list = buf_view(&m->filled_in);

	render_head(b, f);
	buf_append_str(b, "parties:\n");
	for (unsigned i = 0; i < f->n_parties; i++)
		render_party(b, &f->parties[i]);
	buf_append_str(b, "datasets:\n  - name: ");
	put_string(b, f->dataset);
	buf_append_str(b, "\n    from: ");
	put_set(b, f, f->dataset_from);
	buf_append_str(b, "\n    columns:\n");
	for (unsigned i = 0; i < f->n_columns; i++)
		render_column(b, f, &f->columns[i]);
	buf_append_str(b, "protocol: {family: rep3}\n");
	render_query(b, m->query);
	render_settings(b, f);
	if (list.len > 0)
		buf_append_str(b, "filled_in:\n");
	for (size_t start = 0, i = 0; i < list.len; i++)
		if (list.ptr[i] == '\n') {
			buf_append_str(b, "  - ");
			buf_append(b, list.ptr + start, i + 1 - start);
			start = i + 1;
		}
	return buf_status(b);
}
