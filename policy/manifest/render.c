/* The effective policy as YAML: what manifest_parse reads back into equal facts. */
#include "policy/reference.h"

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
	for (unsigned i = 0; i < policy_sources(f); i++)
		if (set & 1u << i) {
			buf_printf(b, "%s%s", comma, policy_source_id(f, i));
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

/* Sets without a name are what `measurements` made. */
static void render_measurements(struct buf *b, const struct policy_party *p)
{
	const char *head = "    measurements:\n";

	for (unsigned i = 0; i < p->n_sets; i++) {
		if (p->sets[i].release[0])
			continue;
		buf_printf(b, "%s      - ", head);
		put_hex(b, p->sets[i].values[0].bytes, HASH_LEN);
		buf_append_str(b, "\n");
		head = "";
	}
}

static void put_intel_rules(struct buf *b, const struct tee_rules *r)
{
	const char *comma = "";

	buf_append_str(b, "      statuses: [");
	for (unsigned s = 0; s < TEE_STATUS_COUNT_; s++)
		if (r->statuses >> s & 1) {
			buf_printf(b, "%s%s", comma, tee_status_name((enum tee_status)s));
			comma = ", ";
		}
	buf_append_str(b, "]\n      advisories: [");
	for (unsigned i = 0; i < r->n_advisories; i++)
		buf_printf(b, "%s%s", i ? ", " : "", r->advisories[i]);
	buf_printf(b, "]\n      min_evaluation: %u\n", r->min_evaluation);
}

static const char *truth(bool v)
{
	return v ? "true" : "false";
}

/* All that is in force for the party, whichever part of the file it came from. */
static void render_tcb(struct buf *b, const struct policy_party *p)
{
	const struct tee_rules *r = &p->rules;

	if (p->tee != TEE_SGX && p->tee != TEE_TDX && p->tee != TEE_SNP)
		return;
	buf_append_str(b, "    tcb:\n");
	if (p->tee != TEE_SNP)
		put_intel_rules(b, r);
	if (p->tee == TEE_TDX)
		buf_printf(b, "      migratable: %s\n      perfmon: %s\n", truth(r->migratable), truth(r->perfmon));
	if (p->tee == TEE_SNP)
		buf_printf(b,
		    "      fmc: %u\n      boot_loader: %u\n      tee: %u\n      snp: %u\n      microcode: %u\n      "
		    "vmpl_max: %u\n"
		    "      vlek: %s\n      smt: %s\n      migratable: %s\n",
		    r->min_snp[SNP_FMC], r->min_snp[SNP_BOOT_LOADER], r->min_snp[SNP_TEE], r->min_snp[SNP_SNP],
		    r->min_snp[SNP_MICROCODE], r->vmpl_max, truth(r->vlek), r->smt_forbidden ? "forbidden" : "allowed",
		    truth(r->migratable));
}

static void render_identity(struct buf *b, const char *id, const char *name, const char *operator_,
    const uint8_t approve[static ED25519_PUBLIC_LEN], const uint8_t endorse[static ED25519_PUBLIC_LEN])
{
	buf_printf(b, "  - id: %s\n    name: ", id);
	put_string(b, name);
	buf_append_str(b, "\n    operator: ");
	put_string(b, operator_);
	buf_append_str(b, "\n    keys:\n      approve: ");
	put_hex(b, approve, ED25519_PUBLIC_LEN);
	buf_append_str(b, "\n      endorse: ");
	put_hex(b, endorse, ED25519_PUBLIC_LEN);
}

static void render_party(struct buf *b, const struct policy_party *p)
{
	render_identity(b, p->id, p->name, p->operator_, p->approve, p->endorse);
	buf_append_str(b, "\n      receive: ");
	put_hex(b, p->receive, sizeof p->receive);
	buf_printf(b, "\n    compute: true\n    tee: %s\n", tee_name(p->tee));
	if (p->has_tee_root) {
		buf_append_str(b, "    tee_root: ");
		put_hex(b, p->tee_root, sizeof p->tee_root);
		buf_append_str(b, "\n");
	}
	render_measurements(b, p);
	render_tcb(b, p);
}

static void render_providers(struct buf *b, const struct policy *f)
{
	if (f->n_providers)
		buf_append_str(b, "providers:\n");
	for (unsigned i = 0; i < f->n_providers; i++) {
		const struct policy_provider *p = &f->providers[i];

		render_identity(b, p->id, p->name, p->operator_, p->approve, p->endorse);
		buf_append_str(b, "\n");
	}
}

/* ---- the sets that have a name ---- */

static uint64_t number_of(const struct tee_value *v)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < v->len; i++)
		number = number << 8 | v->bytes[i];
	return number;
}

void reference_render(struct buf *b, enum tee_kind kind, const char *party, const struct tee_set *set)
{
	buf_append_str(b, "  - release: ");
	put_string(b, set->release);
	buf_printf(b, "\n    tee: %s\n", tee_name(kind));
	if (party)
		buf_printf(b, "    parties: [%s]\n", party);
	put_instant(b, "    not_before: ", set->not_before);
	put_instant(b, "\n    not_after: ", set->not_after);
	buf_append_str(b, "\n    values:\n");
	for (unsigned i = 0; i < set->n_values; i++) {
		const struct tee_value *v = &set->values[i];

		buf_printf(b, "      %s: ", tee_register_name(v->reg));
		if (reference_is_number(kind, v->reg))
			buf_printf(b, "%llu", (unsigned long long)number_of(v));
		else
			put_hex(b, v->bytes, v->len);
		buf_append_str(b, "\n");
	}
}

static void render_references(struct buf *b, const struct policy *f)
{
	const char *head = "reference_values:\n";

	for (unsigned i = 0; i < f->n_parties; i++)
		for (unsigned k = 0; k < f->parties[i].n_sets; k++) {
			if (!f->parties[i].sets[k].release[0])
				continue;
			buf_append_str(b, head);
			head = "";
			reference_render(b, f->parties[i].tee, f->parties[i].id, &f->parties[i].sets[k]);
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
	buf_printf(b, "  debug: %s\n  memory: %s\n", f->debug_insecure ? "INSECURE" : "refuse",
	    f->memory_locked ? "locked" : "any");
	if (f->distinct_vendors || f->distinct_operators)
		buf_append_str(b, "  distinct:\n");
	if (f->distinct_vendors)
		buf_printf(b, "    vendor: %u\n", f->distinct_vendors);
	if (f->distinct_operators)
		buf_printf(b, "    operator: %u\n", f->distinct_operators);
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
	render_providers(b, f);
	render_references(b, f);
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
