/* Options, claims and files of the evidence and collateral verbs. */
#include "evidence.h"

#include "policy/value.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum status tee_option(struct cli *cli, const char *name, enum tee_kind *kind)
{
	if (!name || tee_from_name(kind, slice_str(name)))
		return ST_OK;
	return problem_set(&cli->problem, ST_ARGUMENT, "--tee", "write one of nitro, sgx, tdx, snp, software, tpm",
	    "\"%.60s\" is not a kind of TEE that is known", name);
}

enum status time_option(struct cli *cli, const char *name, const char *text, int64_t *seconds)
{
	if (!text) {
		*seconds = (int64_t)time(NULL);
		return ST_OK;
	}
	if (time_parse(seconds, slice_str(text)) == ST_OK)
		return ST_OK;
	return problem_set(&cli->problem, ST_ARGUMENT, name, "write it as 2026-01-31T23:59:59Z", "\"%.60s\" is not a time of RFC 3339", text);
}

const char *time_text(int64_t seconds)
{
	static const int64_t year_1_s = -62135596800, year_9999_end_s = 253402300799;
	static char texts[8][32];
	static unsigned next;
	char *out = texts[next++ % 8];
	struct buf text = {0};

	if (seconds < year_1_s || seconds > year_9999_end_s) {
		snprintf(out, sizeof texts[0], "@%lld", (long long)seconds);
		return out;
	}
	value_format_timestamp(&text, seconds);
	snprintf(out, sizeof texts[0], "%.*s", (int)text.len, (const char *)text.ptr);
	buf_clear(&text);
	return out;
}

const char *hex_text(const uint8_t *bytes, size_t len)
{
	static char texts[4][2 * 128 + 1];
	static unsigned next;
	char *out = texts[next++ % 4];

	hex_encode(out, slice_of(bytes, len < 128 ? len : 128));
	return out;
}

enum status collateral_read(struct cli *cli, struct collateral *to, const struct opt_many *paths)
{
	struct buf file = {0};
	enum status st = ST_OK;

	for (size_t k = 0; k < paths->n; k++) {
		buf_clear(&file);
		file = (struct buf){0};
		TRY(read_file(cli, &file, paths->values[k], COLLATERAL_FILE_MAX));
		TRY(collateral_import(to, buf_view(&file), paths->values[k], 0, &cli->problem));
	}
out:
	buf_clear(&file);
	return st;
}

/* ---- claims ---- */

/* Text that the evidence decides: a JSON string must be UTF-8, a terminal must not be driven. */
static const char *printable(const uint8_t *bytes, size_t len)
{
	static char out[ATT_INSTANCE_MAX + 1];
	size_t n = len < ATT_INSTANCE_MAX ? len : ATT_INSTANCE_MAX;

	for (size_t k = 0; k < n; k++)
		out[k] = bytes[k] >= ' ' && bytes[k] <= '~' ? (char)bytes[k] : '?';
	out[n] = 0;
	return out;
}

static const char *instance_text(const struct att_claims *c)
{
	return c->kind == TEE_NITRO ? printable(c->instance, c->instance_len) : hex_text(c->instance, c->instance_len);
}

static void add_values(json_t *doc, const struct att_claims *c)
{
	json_t *values = json_object();

	for (unsigned k = 0; k < c->n_values; k++)
		put_text(values, tee_register_name(c->values[k].reg), hex_text(c->values[k].bytes, c->values[k].len));
	json_object_set_new(doc, "values", values);
}

static void add_snp(json_t *doc, const struct att_claims *c)
{
	static const char *const names[SNP_TCB_COUNT] = {"fmc", "boot_loader", "tee", "snp", "microcode"};
	static const char *const which[] = {"reported_tcb", "committed_tcb", "current_tcb"};
	const uint8_t *const tcbs[] = {c->snp_reported, c->snp_committed, c->snp_current};

	for (unsigned t = 0; t < 3; t++) {
		json_t *tcb = json_object();
		for (unsigned k = 0; k < SNP_TCB_COUNT; k++)
			put_u64(tcb, names[k], tcbs[t][k]);
		json_object_set_new(doc, which[t], tcb);
	}
	put_u64(doc, "vmpl", c->vmpl);
	json_object_set_new(doc, "vlek", json_boolean(c->vlek));
}

static void add_platform(json_t *doc, const struct att_claims *c)
{
	char number[24];

	if (c->kind != TEE_SGX && c->kind != TEE_TDX && c->kind != TEE_SNP)
		return;
	snprintf(number, sizeof number, "0x%llx", (unsigned long long)c->attributes);
	put_text(doc, c->kind == TEE_SNP ? "guest_policy" : "attributes", number);
	snprintf(number, sizeof number, "0x%llx", (unsigned long long)c->platform);
	put_text(doc, c->kind == TEE_SGX ? "xfrm" : c->kind == TEE_TDX ? "xfam" : "platform_info", number);
	json_object_set_new(doc, "migratable", json_boolean(c->migratable));
	put_text(doc, "product", printable((const uint8_t *)c->product, strnlen(c->product, sizeof c->product)));
	if (c->kind == TEE_SNP) {
		add_snp(doc, c);
		return;
	}
	put_text(doc, "fmspc", hex_text(c->fmspc, sizeof c->fmspc));
	put_text(doc, "tcb_svn", hex_text(c->tcb_svn, sizeof c->tcb_svn));
	if (c->kind == TEE_TDX)
		put_text(doc, "tee_tcb_svn", hex_text(c->tee_tcb_svn, sizeof c->tee_tcb_svn));
	put_u64(doc, "tcb_evaluation", c->evaluation);
}

json_t *claims_json(const struct att_claims *c)
{
	json_t *doc = json_object(), *advisories = json_array();

	put_text(doc, "tee", tee_name(c->kind));
	add_values(doc, c);
	put_text(doc, "report_data", hex_text(c->report_data, c->report_data_len));
	if (c->bound_elsewhere)
		json_object_set_new(doc, "bound_elsewhere", json_true());
	if (c->instance_len)
		put_text(doc, "instance", instance_text(c));
	if (c->has_issued)
		put_text(doc, "issued", time_text(c->issued_s));
	json_object_set_new(doc, "debug", json_boolean(c->debug));
	if (c->kind == TEE_SOFTWARE || c->kind == TEE_TPM)
		json_object_set_new(doc, "memory_unlocked", json_boolean(c->memory_unlocked));
	put_text(doc, "tcb_status", tee_status_name(c->tcb_status));
	for (unsigned k = 0; k < c->n_advisories; k++)
		json_array_append_new(advisories, json_string(printable((const uint8_t *)c->advisories[k], strlen(c->advisories[k]))));
	json_object_set_new(doc, "advisories", advisories);
	if (c->valid_from != INT64_MIN)
		put_text(doc, "valid_from", time_text(c->valid_from));
	if (c->valid_to != INT64_MAX)
		put_text(doc, "valid_to", time_text(c->valid_to));
	add_platform(doc, c);
	return doc;
}

/* The same document as lines: what JSON says and what a person reads can then not differ. */
static void say_value(const struct cli *cli, const char *group, const char *key, const json_t *value)
{
	const char *dot = group[0] ? "." : "";
	size_t k;
	json_t *inner;

	if (json_is_array(value) && json_array_size(value) == 0)
		return;
	say(cli, "  %s%s%-*s", group, dot, (int)(24 - strlen(group) - strlen(dot)), key);
	if (json_is_array(value))
		json_array_foreach(value, k, inner)
			say(cli, "%s%s", k ? " " : "", json_string_value(inner));
	else if (json_is_string(value))
		say(cli, "%s", json_string_value(value));
	else if (json_is_integer(value))
		say(cli, "%lld", (long long)json_integer_value(value));
	else
		say(cli, "%s", json_is_true(value) ? "yes" : "no");
	say(cli, "\n");
}

void claims_say(const struct cli *cli, const struct att_claims *c)
{
	json_t *doc = claims_json(c), *value, *inner;
	const char *key, *name;

	json_object_foreach(doc, key, value) {
		if (!json_is_object(value)) {
			say_value(cli, "", key, value);
			continue;
		}
		json_object_foreach(value, name, inner)
			say_value(cli, strcmp(key, "values") == 0 ? "" : key, name, inner);
	}
	json_decref(doc);
}
