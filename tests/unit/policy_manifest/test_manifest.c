#include "sample.h"
#include "../../support/test.h"

#include "policy/manifest.h"

static void parse_ok(struct manifest *m, const char *yaml)
{
	struct problem problem = {0};

	if (manifest_parse(m, slice_str(yaml), "p.yaml", &problem) != ST_OK)
		fail_msg("%s: %s %s", problem.where, status_code(problem.st), problem.message);
}

static void reads_everything(void **state)
{
	struct manifest m;
	struct problem problem = {0};
	const struct policy *f;

	(void)state;
	parse_ok(&m, sample_whole);
	f = m.facts;
	assert_int_equal(manifest_complete(&m, &problem), ST_OK);
	assert_string_equal(f->name, "wage-gap");
	assert_int_equal(f->serial, 7);
	assert_int_equal(f->not_before, 1767225600);
	assert_int_equal(f->not_after, 1798761600);
	assert_int_equal(f->signing_time, f->not_before);
	/* ids ascend, whatever the order in the file */
	assert_string_equal(f->parties[0].id, "north");
	assert_string_equal(f->parties[2].id, "west");
	assert_int_equal(f->parties[0].approve[0], 0x11);
	assert_int_equal(f->parties[2].receive[31], 0x33);
	assert_string_equal(f->parties[1].operator_, "Op south");
	assert_int_equal(f->parties[1].n_sets, 1);
	assert_int_equal(f->dataset_from, 3);
	assert_int_equal(f->recipients, 4);
	assert_int_equal(f->min_subjects, 10);
	assert_int_equal(f->max_evidence_age_s, 600);
	assert_int_equal(f->session_deadline_s, 3600);
	assert_int_equal(f->rows_max_party, 1000);
	assert_true(f->pad_rows);
	assert_false(f->filled_in);
	manifest_clear(&m);
	manifest_clear(&m);
}

static void reads_columns(void **state)
{
	struct manifest m;
	const struct policy_column *c;

	(void)state;
	parse_ok(&m, sample_whole);
	c = m.facts->columns;
	assert_int_equal(m.facts->n_columns, 7);
	/* text taken literally, sorted bytewise: 1 n no s ~ */
	assert_int_equal(c[0].type, COL_TEXT_DOMAIN);
	assert_int_equal(c[0].domain_size, 5);
	assert_int_equal(c[0].hi, 4);
	assert_slice_equal(m.facts->domain[2], slice_str("no"));
	assert_slice_equal(m.facts->domain[4], slice_str("~"));
	assert_int_equal(c[1].lo, -50);
	assert_int_equal(c[1].hi, 100000000);
	assert_int_equal(c[1].scale, 2);
	assert_true(c[2].nullable);
	assert_int_equal(c[3].lo, 10957);
	assert_int_equal(c[4].hi, INT64_C(253402300799));
	assert_int_equal(c[5].hi, 1);
	assert_int_equal(c[6].text_max, 40);
	manifest_clear(&m);
}

static void leaves_out_are_listed_at_once(void **state)
{
	struct manifest m;
	struct problem problem = {0};

	(void)state;
	parse_ok(&m, sample_small);
	assert_int_equal(manifest_complete(&m, &problem), ST_POL_INCOMPLETE);
	assert_string_equal(problem.message,
	    "the policy leaves out serial, valid, protocol, admission.max_evidence_age, admission.skew, "
	    "deadlines.step, "
	    "deadlines.session, rows.max, parties.a.{name,operator,keys,compute,tee,measurements}, "
	    "parties.b.{name,operator,keys,compute,tee,measurements}, "
	    "parties.c.{name,operator,keys,compute,tee,measurements}");
	manifest_clear(&m);
}

static void fill(struct manifest *m)
{
	struct compile_defaults d = {.now_s = 1767225600, .rows_max = 1000};

	memset(d.measurement, 0x50, sizeof d.measurement);
	for (int i = 0; i < POLICY_SOURCES_MAX; i++) {
		memset(d.keys[i].approve, 0x10 + i, ED25519_PUBLIC_LEN);
		memset(d.keys[i].endorse, 0x20 + i, ED25519_PUBLIC_LEN);
		memset(d.keys[i].receive, 0x30 + i, X25519_LEN);
	}
	for (int i = 0; i < POLICY_PARTIES_MAX; i++) {
		memset(d.tee_root[i], 0x40 + i, sizeof d.tee_root[i]);
	}
	manifest_fill_in(m, &d);
}

/* Two providers, listed out of order, one of them with everything. */
static const char sample_provided[] =
    "parley: 1\nname: provided\nparties: [{id: a}, {id: b}, {id: c}]\n"
    "providers:\n  - {id: q}\n"
    "  - {id: d, name: Doctor D, operator: Op D, keys: {approve: " KEY("01") ", endorse: " KEY("02") "}}\n"
    "datasets:\n  - name: t\n    from: [q, b, d]\n    columns:\n      - {name: x, type: int64}\n"
    "query: SELECT COUNT(*) FROM t\nrelease: {to: [a], min_subjects: 1}\n";

static void reads_providers(void **state)
{
	struct manifest m;
	struct problem problem = {0};

	(void)state;
	parse_ok(&m, sample_provided);
	assert_int_equal(m.facts->n_providers, 2);
	assert_string_equal(m.facts->providers[0].id, "d");
	assert_string_equal(m.facts->providers[1].id, "q");
	assert_string_equal(m.facts->providers[0].name, "Doctor D");
	assert_int_equal(m.facts->providers[0].endorse[31], 2);
	assert_int_equal(m.facts->dataset_from, 1 << 1 | 1 << 3 | 1 << 4);
	assert_int_equal(manifest_complete(&m, &problem), ST_POL_INCOMPLETE);
	assert_non_null(strstr(problem.message, "providers.q.{name,operator,keys}"));
	assert_null(strstr(problem.message, "providers.d"));
	fill(&m);
	assert_int_equal(manifest_complete(&m, NULL), ST_OK);
	assert_int_equal(m.facts->providers[1].approve[0], 0x10 + 4);
	assert_int_equal(m.facts->providers[0].approve[0], 1);
	manifest_clear(&m);
}

static void filling_in_completes(void **state)
{
	struct manifest m;
	struct problem problem = {0};

	(void)state;
	parse_ok(&m, sample_small);
	fill(&m);
	assert_int_equal(manifest_complete(&m, &problem), ST_OK);
	assert_true(m.facts->filled_in);
	assert_int_equal(m.facts->rows_max_party, 1024);
	assert_int_equal(m.facts->step_deadline_s, 120);
	assert_string_equal(m.facts->parties[1].name, "b");
	assert_non_null(memmem(m.filled_in.ptr, m.filled_in.len, "parties.b.keys\n", 15));
	manifest_clear(&m);
	/* nothing is missing: nothing is filled in */
	parse_ok(&m, sample_whole);
	fill(&m);
	assert_int_equal(m.filled_in.len, 0);
	assert_false(m.facts->filled_in);
	manifest_clear(&m);
}

/* What is rendered parses to equal facts, and renders to the same bytes. */
static void check_rendering(const char *yaml)
{
	struct manifest m, again;
	struct buf first = {0}, second = {0};

	parse_ok(&m, yaml);
	fill(&m);
	assert_int_equal(manifest_render(&first, &m), ST_OK);
	buf_append(&first, "", 1);
	parse_ok(&again, (const char *)first.ptr);
	first.len--;
	assert_int_equal(manifest_complete(&again, NULL), ST_OK);
	assert_int_equal(manifest_render(&second, &again), ST_OK);
	assert_slice_equal(buf_view(&first), buf_view(&second));
	assert_slice_equal(m.query, again.query);
	assert_int_equal(m.facts->filled_in, again.facts->filled_in);
	assert_memory_equal(m.facts->parties, again.facts->parties, sizeof m.facts->parties);
	assert_memory_equal(m.facts->providers, again.facts->providers, sizeof m.facts->providers);
	assert_int_equal(m.facts->dataset_from, again.facts->dataset_from);
	assert_memory_equal(m.facts->columns, again.facts->columns, sizeof m.facts->columns);
	manifest_clear(&m);
	manifest_clear(&again);
	buf_clear(&first);
	buf_clear(&second);
}

static void rendering_reads_back(void **state)
{
	static const char *const queries[] = {"query: SELECT 1", "query: \"SELECT \\\"a\\\"\\n\\n  FROM t\\n\"",
	    "query: |\n  a\n\n   b\n", "query: |-\n  a\n  b", "query: |+\n  a\n\n\n", "query: '  lead'",
	    "query: \"caf\xc3\xa9 \\t x\"", "query: >\n  a\n  b\n"};

	(void)state;
	check_rendering(sample_whole);
	check_rendering(sample_provided);
	for (size_t i = 0; i < COUNT_OF(queries); i++) {
		char yaml[2048];
		const char *at = strstr(sample_small, "query:"), *rest = strstr(sample_small, "release:");

		snprintf(yaml, sizeof yaml, "%.*s%s\n%s", (int)(at - sample_small), sample_small, queries[i], rest);
		check_rendering(yaml);
	}
}

/* ---- refusals ---- */

/* `from` of the small sample is replaced by `to`. */
struct refusal {
	const char *from, *to;
	enum status st;
	const char *where, *message, *fix;
};

static bool is_refused(const struct refusal *r)
{
	char yaml[4096];
	const char *at = strstr(sample_small, r->from);
	struct problem problem = {0};
	struct manifest m;

	assert_non_null(at);
	snprintf(yaml, sizeof yaml, "%.*s%s%s", (int)(at - sample_small), sample_small, r->to, at + strlen(r->from));
	if (manifest_parse(&m, slice_str(yaml), "p.yaml", &problem) == ST_OK) {
		print_error("accepted: %s\n", r->to);
		manifest_clear(&m);
		return false;
	}
	assert_non_null(strchr(problem.excerpt, '^'));
	assert_null(m.facts);
	if (problem.st == r->st && !strcmp(problem.where, r->where) && strstr(problem.message, r->message) &&
	    (!r->fix || strstr(problem.fix, r->fix)))
		return true;
	print_error(
	    "%s\n gave %s %s: %s (%s)\n", r->to, status_name(problem.st), problem.where, problem.message, problem.fix);
	return false;
}

static const struct refusal refusals[] = {
    /* syntax and what YAML has beyond us */
    {"[{id: a}, ", "[{id: a}, [", ST_POL_SYNTAX, "p.yaml:4:1", "wrongly indented", NULL},
    {"    from", "\tfrom", ST_POL_SYNTAX, "p.yaml:6:2", "tab", NULL},
    {"name: small", "name: &x small", ST_POL_SYNTAX, "p.yaml:2:10", "anchors", NULL},
    {"from: [a]", "from: *x", ST_POL_SYNTAX, "p.yaml:6:12", "aliases", NULL},
    {"name: small", "name: !!str small", ST_POL_SYNTAX, "p.yaml:2:13", "tags", NULL},
    {"query:", "---\nquery:", ST_POL_SYNTAX, "p.yaml:9:1", "second document", NULL},
    {"parley: 1", "%YAML 1.1\n---\nparley: 1", ST_POL_SYNTAX, "p.yaml:2:1", "YAML 1.2", NULL},
    {"name: small", "name: \"a\\0b\"", ST_POL_SYNTAX, "p.yaml:2:8", "NUL", NULL},
    {"name: small", "name: \x01", ST_POL_SYNTAX, "p.yaml:2:7", "control character", NULL},
    {"name: small", "name: \xff", ST_POL_SYNTAX, "p.yaml:1:1", "UTF-8", NULL},
    {"[{id: a}, ", "[[[[[[[[[[[[{id: a}]]]]]]]]]]], ", ST_TOO_LARGE, "p.yaml:3:19", "nested deeper", NULL},
    /* keys */
    {"query:", "qurey:", ST_POL_KEY, "p.yaml:9:1", "no key `qurey`", "did you mean `query`?"},
    {"query:", "name: again\nquery:", ST_POL_KEY, "p.yaml:9:1", "`name` twice", NULL},
    {"query:", "<<: {a: b}\nquery:", ST_POL_KEY, "p.yaml:9:1", "no key `<<`", NULL},
    {"query:", "? [a]\n: b\nquery:", ST_POL_KEY, "p.yaml:9:3", "a list", NULL},
    {"min_subjects", "min_subject", ST_POL_KEY, "p.yaml:10:20", "release has no key", "did you mean `min_subjects`?"},
    {", type: int64", "", ST_POL_MISSING, "p.yaml:8:9", "lacks `type`", "add `type:`"},
    {"parley: 1\n", "", ST_POL_MISSING, "p.yaml:1:1", "lacks `parley`", NULL},
    {", min_subjects: 1", "", ST_POL_MISSING, "p.yaml:10:10", "lacks `min_subjects`", NULL},
    /* what this version does not do, by name */
    {"    from", "    subject: x\n    from", ST_POL_UNSUPPORTED, "p.yaml:6:5", "`subject`",
	"one row counts as one subject"},
    {"query:", "distinct: {vendor: 2}\nquery:", ST_POL_UNSUPPORTED, "p.yaml:9:1", "`distinct`", "admission"},
    {"min_subjects: 1", "min_subjects: 1, dp: {}", ST_POL_UNSUPPORTED, "p.yaml:10:37", "`dp`", NULL},
    {", {id: c}]", "]", ST_POL_UNSUPPORTED, "p.yaml:3:10", "2 parties", "exactly three"},
    {"query:", "  - name: u\n    from: [a]\n    columns: [{name: x, type: bool}]\nquery:", ST_POL_UNSUPPORTED,
	"p.yaml:5:3", "2 datasets", NULL},
    {"query:", "protocol: {family: rep4}\nquery:", ST_POL_UNSUPPORTED, "p.yaml:9:20", "rep4", "rep3"},
    {"{id: c}", "{id: c, compute: false}", ST_POL_UNSUPPORTED, "p.yaml:3:46", "does not compute", "providers"},
    /* values */
    {"parley: 1", "parley: 2", ST_POL_VALUE, "p.yaml:1:9", "may not be `2`", "`1`"},
    {"name: small", "name: Small", ST_POL_VALUE, "p.yaml:2:7", "identifier", NULL},
    {"name: small", "name:", ST_POL_VALUE, "p.yaml:2:5", "empty", NULL},
    {"{id: b}", "{id: a}", ST_POL_VALUE, "p.yaml:3:25", "two of them have the id `a`", NULL},
    {"[{id: a}, {id: b}, {id: c}]", "a b c", ST_POL_VALUE, "p.yaml:3:10", "is a list", NULL},
    {"query:", "providers: [{id: q}]\nquery:", ST_POL_VALUE, "p.yaml:9:13", "provider q brings no rows", "`from`"},
    {"query:", "providers: [{id: b}]\nquery:", ST_POL_VALUE, "p.yaml:9:18", "`b` is a party already", NULL},
    {"query:", "providers: [{id: q}, {id: q}]\nquery:", ST_POL_VALUE, "p.yaml:9:27", "two of them have the id `q`", NULL},
    {"query:", "providers: []\nquery:", ST_POL_VALUE, "p.yaml:9:12", "0 entries", NULL},
    {"query:", "providers: [{id: q, tee: nitro}]\nquery:", ST_POL_UNSUPPORTED, "p.yaml:9:21", "`tee`", "no enclave"},
    {"query:", "providers: [{id: q, keys: {approve: " KEY("11") ", endorse: " KEY("11") "}}]\nquery:", ST_KEY_ROLE,
	"p.yaml:9:112", "the endorse key of q is also the approve key of q", NULL},
    {"to: [a]", "to: [q]", ST_POL_VALUE, "p.yaml:10:16", "not a party", NULL},
    {"from: [a]", "from: [d]", ST_POL_VALUE, "p.yaml:6:12", "not a party", NULL},
    {"from: [a]", "from: [a, a]", ST_POL_VALUE, "p.yaml:6:15", "twice", NULL},
    {"from: [a]", "from: []", ST_POL_VALUE, "p.yaml:6:11", "0 entries", NULL},
    {"type: int64", "type: int32", ST_POL_VALUE, "p.yaml:8:25", "not a column type", "int64"},
    {"type: int64", "type: decimal", ST_POL_VALUE, "p.yaml:8:25", "not a column type", NULL},
    {"type: int64", "type: 'decimal(19,2)'", ST_POL_VALUE, "p.yaml:8:26", "decimal(19,2)", NULL},
    {"type: int64", "type: 'decimal(2,3)'", ST_POL_VALUE, "p.yaml:8:26", "decimal(2,3)", NULL},
    {"type: int64", "type: text(0)", ST_POL_VALUE, "p.yaml:8:25", "text(0)", NULL},
    {"type: int64", "type: text", ST_POL_MISSING, "p.yaml:8:9", "without a domain", "text(n)"},
    {"type: int64", "type: int64, domain: [a]", ST_POL_VALUE, "p.yaml:8:40", "no domain", "range"},
    {"type: int64", "type: text, domain: [a, a]", ST_POL_VALUE, "p.yaml:8:39", "twice", NULL},
    {"type: int64", "type: text, domain: [a, '']", ST_POL_VALUE, "p.yaml:8:44", "empty", NULL},
    {"type: int64", "type: bool, range: [0, 1]", ST_POL_VALUE, "p.yaml:8:38", "has no range", NULL},
    {"type: int64", "type: int64, range: [5, 4]", ST_POL_VALUE, "p.yaml:8:39", "empty", NULL},
    {"type: int64", "type: int64, range: [1.5, 4]", ST_POL_VALUE, "p.yaml:8:40", "not a value", NULL},
    {"type: int64", "type: int64, range: [4]", ST_POL_VALUE, "p.yaml:8:39", "two values", NULL},
    {"type: int64", "type: 'decimal(3,1)', range: [0, 100]", ST_POL_VALUE, "p.yaml:8:52", "does not fit", NULL},
    {"type: int64", "type: date, range: [2026-02-30, 2026-03-01]", ST_POL_VALUE, "p.yaml:8:39", "not a value",
	"YYYY-MM-DD"},
    {"type: int64", "type: int64, nullable: yes", ST_POL_VALUE, "p.yaml:8:42", "may not be `yes`", "`true`"},
    {"      - {name: x, type: int64}", "      - {name: x, type: int64}\n      - {name: X, type: int64}", ST_POL_VALUE,
	"p.yaml:9:16", "two columns", NULL},
    {"min_subjects: 1", "min_subjects: 0", ST_POL_VALUE, "p.yaml:10:34", "is 0", NULL},
    {"min_subjects: 1", "min_subjects: ten", ST_POL_VALUE, "p.yaml:10:34", "is a number", NULL},
    {"query:", "rows: {max: 0}\nquery:", ST_POL_VALUE, "p.yaml:9:13", "rows.max", NULL},
    {"query:", "deadlines: {step: 5}\nquery:", ST_POL_VALUE, "p.yaml:9:19", "duration", "300s"},
    {"query:", "deadlines: {step: 2h, session: 1h}\nquery:", ST_POL_VALUE, "p.yaml:9:12", "longer", NULL},
    {"query:", "admission: {debug: true}\nquery:", ST_POL_VALUE, "p.yaml:9:20", "debug", "INSECURE"},
    {"query:", "valid: {not_before: 2026-01-01, not_after: 2025-01-01}\nquery:", ST_POL_VALUE, "p.yaml:9:8",
	"never be valid", NULL},
    {"query:", "valid: {not_before: tomorrow, not_after: 2025-01-01}\nquery:", ST_POL_VALUE, "p.yaml:9:21",
	"point in time", NULL},
    {"query:", "serial: 0\nquery:", ST_POL_VALUE, "p.yaml:9:9", "serial", NULL},
    {"query: SELECT COUNT(*) FROM t", "query: [a]", ST_POL_VALUE, "p.yaml:9:8", "one SQL statement", NULL},
    {"{id: c}", "{id: c, measurements: [00]}", ST_POL_VALUE, "p.yaml:3:52", "2 characters", "128"},
    {"{id: c}", "{id: c, keys: {approve: zz}}", ST_POL_VALUE, "p.yaml:3:53", "2 characters", "64"},
    {"{id: b}", "{id: b, keys: {approve: " KEY("11") ", endorse: " KEY("12") ", receive: " KEY("11") "}}", ST_KEY_ROLE,
	"p.yaml:3:194", "the receive key of b is also the approve key of b", NULL},
};

static void refuses_with_place_and_fix(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(refusals); i++)
		wrong += !is_refused(&refusals[i]);
	assert_int_equal(wrong, 0);
}

/* ---- places in the query ---- */

static void check_place(const char *query, const char *needle, const char *where, const char *caret_line)
{
	char yaml[2048];
	const char *at = strstr(sample_small, "query:"), *rest = strstr(sample_small, "release:"), *found;
	struct manifest m;
	struct problem problem = {0};

	snprintf(yaml, sizeof yaml, "%.*s%s\n%s", (int)(at - sample_small), sample_small, query, rest);
	parse_ok(&m, yaml);
	found = memmem(m.query.ptr, m.query.len, needle, strlen(needle));
	assert_non_null(found);
	manifest_query_problem(&m, &problem, ST_SQL_NAME, (size_t)(found - (const char *)m.query.ptr), NULL, "x");
	assert_string_equal(problem.where, where);
	assert_string_equal(problem.excerpt, caret_line);
	manifest_clear(&m);
}

static void query_places(void **state)
{
	(void)state;
	check_place("query: SELECT foo FROM t", "foo", "p.yaml:9:15", "query: SELECT foo FROM t\n              ^");
	check_place("query: |\n    SELECT\n      foo FROM t", "foo", "p.yaml:11:7", "      foo FROM t\n      ^");
	check_place("query: >-\n  SELECT\n  foo\n  FROM t", "foo", "p.yaml:11:3", "  foo\n  ^");
	check_place("query: 'SELECT ''x'', foo FROM t'", "foo", "p.yaml:9:23",
	    "query: 'SELECT ''x'', foo FROM t'\n                      ^");
	check_place("query: \"SELECT \\\"x\\\", foo\n  FROM t\"", "FROM", "p.yaml:10:3", "  FROM t\"\n  ^");
	check_place("query: SELECT 'caf\xc3\xa9', foo FROM t", "foo", "p.yaml:9:23",
	    "query: SELECT 'caf\xc3\xa9', foo FROM t\n                      ^");
	/* an escape that hides the text: the place within the query */
	check_place("query: \"SELECT \\x41,\\n  foo FROM t\"", "foo", "p.yaml: query 2:3", "  foo FROM t\n  ^");
}

static void crlf_and_comments(void **state)
{
	char yaml[2048];
	size_t n = 0;
	struct manifest m;

	(void)state;
	for (const char *c = sample_small; *c; c++) {
		if (*c == '\n')
			yaml[n++] = '\r';
		yaml[n++] = *c;
	}
	yaml[n] = 0;
	parse_ok(&m, yaml);
	manifest_clear(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_everything),
	    cmocka_unit_test(reads_columns),
	    cmocka_unit_test(leaves_out_are_listed_at_once),
	    cmocka_unit_test(reads_providers),
	    cmocka_unit_test(filling_in_completes),
	    cmocka_unit_test(rendering_reads_back),
	    cmocka_unit_test(refuses_with_place_and_fix),
	    cmocka_unit_test(query_places),
	    cmocka_unit_test(crlf_and_comments),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return failed + run_reference_tests() + run_mutations();
}
