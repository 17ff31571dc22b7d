/* What a policy says about evidence: reference values, rules about platforms, diversity; one refusal for each thing. */
#include "sample.h"
#include "../../support/test.h"

#include "policy/manifest.h"
#include "policy/reference.h"

#define HEX48(c) KEY(c) c c c c c c c c c c c c c c c c
#define PCRS "{pcr0: " HEX48("a0") ", pcr1: " HEX48("a1") ", pcr2: " HEX48("a2") "}"
#define TDX_VALUES "{mrtd: " HEX48("b0") ", rtmr1: " HEX48("b1") ", rtmr2: " HEX48("00") "}"
#define SNP_VALUES "{measurement: " HEX48("c0") ", host-data: " KEY("c1") ", guest-svn: 258}"

/* clang-format off */
/* A Nitro, a TDX and an SNP party; what stands at @ is replaced. */
static const char head[] = "parley: 1\n"
			   "name: mixed\n"
			   "valid: {not_before: 2026-11-01, not_after: 2027-11-01}\n"
			   "parties:\n"
			   "  - {id: n, operator: One, tee: nitro}\n"
			   "  - {id: s, operator: Two, tee: snp}\n"
			   "  - {id: t, operator: Three, tee: tdx}\n";
static const char sets[] =
    "reference_values:\n"
    "  - {release: \"2026.11\", tee: nitro, parties: [n], not_before: 2026-11-01, not_after: 2027-02-01, values: " PCRS "}\n"
    "  - {release: \"2026.11\", tee: tdx, values: " TDX_VALUES "}\n"
    "  - {release: \"2026.11\", tee: snp, values: " SNP_VALUES "}\n"
    "  - {release: \"2026.12\", tee: nitro, values: {pcr8: " HEX48("a8") ", pcr2: " HEX48("a4") ", pcr1: " HEX48("a3") ", pcr0: " HEX48("a5") "}}\n";
static const char tail[] = "datasets:\n"
			   "  - {name: t, from: [n], columns: [{name: x, type: int64}]}\n"
			   "query: SELECT COUNT(*) FROM t\n"
			   "release: {to: [n], min_subjects: 1}\n";
static const char rules[] = "admission:\n"
			    "  debug: refuse\n"
			    "  memory: locked\n"
			    "  distinct: {vendor: 3, operator: 3}\n"
			    "  tcb:\n"
			    "    sgx: {statuses: [SWHardeningNeeded]}\n"
			    "    tdx: {statuses: [UpToDate, OutOfDate], advisories: [INTEL-SA-2, INTEL-SA-1], min_evaluation: 17, "
			    "migratable: true, perfmon: true}\n"
			    "    snp: {fmc: 1, boot_loader: 3, tee: 2, snp: 8, microcode: 115, vmpl_max: 1, vlek: true, smt: forbidden, "
			    "migratable: true}\n";

/* clang-format on */

static char yaml[16384];

static void compose(const char *a, const char *b, const char *c, const char *d)
{
	int n = snprintf(yaml, sizeof yaml, "%s%s%s%s", a, b, c, d);

	assert_true(n > 0 && (size_t)n < sizeof yaml);
}

static void parse_ok(struct manifest *m)
{
	struct problem problem = {0};

	if (manifest_parse(m, slice_str(yaml), "p.yaml", &problem) != ST_OK)
		fail_msg("%s: %s %s\n%s", problem.where, status_code(problem.st), problem.message, problem.excerpt);
}

static void reads_sets_of_every_kind(void **state)
{
	static const uint8_t svn[] = {0, 0, 1, 2};
	struct manifest m;
	const struct policy_party *p;

	(void)state;
	compose(head, sets, tail, "");
	parse_ok(&m);
	p = m.facts->parties;
	assert_int_equal(p[0].tee, TEE_NITRO);
	assert_false(p[0].has_tee_root);
	assert_int_equal(p[0].n_sets, 2);
	assert_string_equal(p[0].sets[0].release, "2026.11");
	assert_int_equal(p[0].sets[0].not_before, 1793491200);
	assert_int_equal(p[0].sets[0].not_after, 1801440000);
	assert_int_equal(p[0].sets[0].n_values, 3);
	assert_int_equal(p[0].sets[0].values[1].reg, 1);
	assert_int_equal(p[0].sets[0].values[1].len, 48);
	assert_int_equal(p[0].sets[0].values[1].bytes[47], 0xa1);
	/* registers ascend, whatever the order in the file; no dates: always */
	assert_int_equal(p[0].sets[1].n_values, 4);
	assert_int_equal(p[0].sets[1].values[0].reg, 0);
	assert_int_equal(p[0].sets[1].values[0].bytes[0], 0xa5);
	assert_int_equal(p[0].sets[1].values[3].reg, 8);
	assert_int_equal(p[0].sets[1].not_before, REFERENCE_ALWAYS_FROM);
	assert_int_equal(p[0].sets[1].not_after, REFERENCE_ALWAYS_TO);
	/* s: SNP; a number is big endian */
	assert_int_equal(p[1].n_sets, 1);
	assert_int_equal(p[1].sets[0].values[2].reg, TEE_REG_GUEST_SVN);
	assert_memory_equal(p[1].sets[0].values[2].bytes, svn, sizeof svn);
	/* t: an RTMR may be zero */
	assert_int_equal(p[2].sets[0].values[2].reg, TEE_REG_RTMR2);
	assert_int_equal(p[2].rules.statuses, 0);
	manifest_clear(&m);
}

static void reads_rules(void **state)
{
	struct manifest m;
	const struct tee_rules *snp, *tdx;

	(void)state;
	compose(head, sets, rules, tail);
	parse_ok(&m);
	snp = &m.facts->parties[1].rules;
	tdx = &m.facts->parties[2].rules;
	assert_false(m.facts->debug_insecure);
	assert_true(m.facts->memory_locked);
	assert_int_equal(m.facts->distinct_vendors, 3);
	assert_int_equal(m.facts->distinct_operators, 3);
	assert_int_equal(tdx->statuses, 1u << TEE_STATUS_OUT_OF_DATE);
	assert_int_equal(tdx->n_advisories, 2);
	assert_string_equal(tdx->advisories[0], "INTEL-SA-1"); /* sorted */
	assert_int_equal(tdx->min_evaluation, 17);
	assert_true(tdx->migratable && tdx->perfmon);
	assert_int_equal(snp->min_snp[SNP_FMC], 1);
	assert_int_equal(snp->min_snp[SNP_MICROCODE], 115);
	assert_int_equal(snp->vmpl_max, 1);
	assert_true(snp->vlek && snp->smt_forbidden && snp->migratable);
	assert_int_equal(m.facts->parties[0].rules.statuses, 0);
	manifest_clear(&m);
}

/* Only what the party names differs from its kind's. */
static void a_party_overrides_its_kind(void **state)
{
	static const char parties[] =
	    "parley: 1\nname: mixed\n"
	    "parties: [{id: a, tee: snp, tcb: {vlek: false, microcode: 9}}, {id: b, tee: snp}, {id: c}]\n"
	    "reference_values: [{release: r, tee: snp, values: " SNP_VALUES "}]\n"
	    "admission: {tcb: {snp: {vlek: true, snp: 8}}}\n"
	    "datasets: [{name: t, from: [a], columns: [{name: x, type: int64}]}]\n"
	    "query: SELECT COUNT(*) FROM t\nrelease: {to: [a], min_subjects: 1}\n";
	struct manifest m;

	(void)state;
	compose(parties, "", "", "");
	parse_ok(&m);
	assert_false(m.facts->parties[0].rules.vlek);
	assert_int_equal(m.facts->parties[0].rules.min_snp[SNP_SNP], 8);
	assert_int_equal(m.facts->parties[0].rules.min_snp[SNP_MICROCODE], 9);
	assert_true(m.facts->parties[1].rules.vlek);
	assert_int_equal(m.facts->parties[1].rules.min_snp[SNP_MICROCODE], 0);
	manifest_clear(&m);
}

static void rendering_reads_back(void **state)
{
	struct compile_defaults d = {.now_s = 1793491200, .rows_max = 1000};
	struct buf first = {0}, second = {0};
	struct manifest m, again;

	(void)state;
	for (int i = 0; i < POLICY_PARTIES_MAX; i++) {
		memset(d.keys[i].approve, 0x10 + i, ED25519_PUBLIC_LEN);
		memset(d.keys[i].endorse, 0x20 + i, ED25519_PUBLIC_LEN);
		memset(d.keys[i].receive, 0x30 + i, X25519_LEN);
	}
	compose(head, sets, rules, tail);
	parse_ok(&m);
	manifest_fill_in(&m, &d);
	assert_int_equal(manifest_check(&m, NULL), ST_OK);
	assert_int_equal(manifest_render(&first, &m), ST_OK);
	buf_append(&first, "", 1);
	snprintf(yaml, sizeof yaml, "%s", (const char *)first.ptr);
	parse_ok(&again);
	first.len--;
	assert_int_equal(manifest_complete(&again, NULL), ST_OK);
	assert_int_equal(manifest_render(&second, &again), ST_OK);
	assert_slice_equal(buf_view(&first), buf_view(&second));
	assert_memory_equal(m.facts->parties, again.facts->parties, sizeof m.facts->parties);
	assert_int_equal(again.facts->distinct_vendors, 3);
	assert_true(again.facts->memory_locked);
	manifest_clear(&m);
	manifest_clear(&again);
	buf_clear(&first);
	buf_clear(&second);
}

static void what_hardware_reports_cannot_be_filled_in(void **state)
{
	struct compile_defaults d = {.now_s = 1793491200};
	struct problem problem = {0};
	struct manifest m;

	(void)state;
	memset(d.measurement, 0x50, sizeof d.measurement);
	/* one software party without a root, one TPM without anything: both are filled in */
	snprintf(yaml, sizeof yaml,
	    "parley: 1\nname: p\nparties: [{id: a, tee: software}, {id: b, tee: tpm}, {id: c}]\n%s",
	    "datasets: [{name: t, from: [a], columns: [{name: x, type: int64}]}]\n"
	    "query: SELECT COUNT(*) FROM t\nrelease: {to: [a], min_subjects: 1}\nadmission: {distinct: {vendor: 1}}\n");
	parse_ok(&m);
	assert_int_equal(manifest_complete(&m, &problem), ST_POL_INCOMPLETE);
	assert_non_null(strstr(problem.message, "parties.a.{name,operator,keys,compute,tee_root,measurements}"));
	assert_non_null(strstr(problem.message, "parties.c.{name,operator,keys,compute,tee,measurements}"));
	manifest_fill_in(&m, &d);
	assert_true(m.facts->parties[1].has_tee_root && m.facts->parties[2].has_tee_root);
	assert_int_equal(m.facts->parties[2].tee, TEE_SOFTWARE);
	assert_int_equal(m.facts->parties[1].n_sets, 1);
	/* and then nobody counts towards diversity */
	problem = (struct problem){0};
	assert_int_equal(manifest_check(&m, &problem), ST_POL_VALUE);
	assert_non_null(strstr(problem.message, "1 distinct vendors are demanded and the parties' TEEs give 0"));
	manifest_clear(&m);
}

struct refusal {
	const char *from, *to; /* in the whole sample */
	enum status st;
	const char *message, *fix;
	const char *caret; /* the excerpt's line has this under the caret */
};

/* clang-format off */
static const struct refusal refusals[] = {
    /* the TEE and its root */
    {"tee: nitro}", "tee: nitra}", ST_POL_VALUE, "may not be `nitra`", "`nitro`", "nitra"},
    {"tee: nitro}", "tee: {kind: nitro, root: " KEY("11") "}}", ST_POL_VALUE, "that of nitro is pinned", "remove it", "1111"},
    {"tee: nitro}", "tee: nitro, tee_root: " KEY("11") "}", ST_POL_VALUE, "that of nitro is pinned", "remove it", "1111"},
    {"tee: nitro}", "tee: {kind: tpm, root: " KEY("11") "}, tee_root: " KEY("12") "}", ST_POL_VALUE, "given twice", "keep one", "1212"},
    {"tee: nitro}", "tee: nitro, measurements: [" KEY("11") KEY("11") "]}", ST_POL_VALUE, "the code of nitro is more", "reference_values", "["},
    {"tee: nitro}", "tee: nitro, tcb: {vlek: true}}", ST_POL_VALUE, "nitro has no TCB levels", "remove", "{vlek"},
    {"tee: tdx}", "tee: tdx, tcb: {vlek: true}}", ST_POL_KEY, "tcb has no key `vlek`", NULL, "vlek"},
    /* sets */
    {"tee: tdx, values", "tee: tpm, values", ST_POL_KEY, "tpm has no register `mrtd`", NULL, "mrtd"},
    {"{mrtd: ", "{mrtx: ", ST_POL_KEY, "tdx has no register `mrtx`", "did you mean `mrtd`?", "mrtx"},
    {"{mrtd: " HEX48("b0"), "{rtmr3: " HEX48("b0"), ST_POL_VALUE, "tdx needs `mrtd`", NULL, "{rtmr3"},
    {"pcr1: " HEX48("a1") ", ", "", ST_POL_VALUE, "nitro needs `pcr1`", NULL, "{pcr0"},
    {"{measurement: " HEX48("c0") ", ", "{", ST_POL_VALUE, "snp needs `measurement`", NULL, "{host"},
    {"pcr1: " HEX48("a1"), "pcr1: " HEX48("00"), ST_POL_VALUE, "`pcr1` is all zero", NULL, "{pcr0"},
    {"pcr1: " HEX48("a1"), "pcr1: " KEY("a1"), ST_POL_VALUE, "pcr1 has 64 characters", "96 hexadecimal", "a1a1"},
    {"pcr1: " HEX48("a1"), "pcr0: " HEX48("a1"), ST_POL_KEY, "`pcr0` twice", "keep one", "pcr0: a1"},
    {"guest-svn: 258", "guest-svn: 4294967296", ST_POL_VALUE, "guest-svn is 4294967296", NULL, "4294967296"},
    {"values: " TDX_VALUES, "values: []", ST_POL_VALUE, "a map of registers", NULL, "[]"},
    {"release: \"2026.11\", tee: tdx", "tee: tdx", ST_POL_MISSING, "lacks `release`", NULL, "{tee"},
    {"release: \"2026.11\", tee: tdx", "releases: x, tee: tdx", ST_POL_KEY, "no key `releases`", "`release`", "releases"},
    {"\"2026.12\"", "\"2026.11\"", ST_POL_VALUE, "party n: the release `2026.11` is listed twice", "remove one", "{release"},
    {"{pcr8: " HEX48("a8") ", pcr2: " HEX48("a4") ", pcr1: " HEX48("a3") ", pcr0: " HEX48("a5") "}", PCRS, ST_POL_VALUE, "the values of `2026.11` are listed twice", "remove one", "{release"},
    {"parties: [n]", "parties: [s]", ST_POL_VALUE, "party s runs snp, and this set is for nitro", NULL, "nitro"},
    {"parties: [n]", "parties: [m]", ST_POL_VALUE, "names `m`, which is not a party", NULL, "m]"},
    {"tee: snp, values: " SNP_VALUES, "tee: sgx, values: {mrenclave: " KEY("d0") "}", ST_POL_VALUE, "no party runs sgx", "leave the set out", "sgx"},
    {"not_after: 2027-02-01", "not_after: 2026-10-31", ST_POL_VALUE, "never counts", NULL, "{pcr0"},
    {"not_before: 2026-11-01, not_after: 2027-02-01, values", "not_after: 2026-10-01, values", ST_POL_VALUE, "over before the policy begins", "overlap `valid`", "{release"},
    {"not_before: 2026-11-01, not_after: 2027-02-01, values", "not_before: 2028-01-01, values", ST_POL_VALUE, "begins after the policy ends", "overlap `valid`", "{release"},
    {"  - {release: \"2026.11\", tee: tdx, values: " TDX_VALUES "}\n", "", ST_POL_MISSING, "party t runs tdx, and nothing says which code", "reference_values", "tdx}"},
    /* rules */
    {"debug: refuse", "debug: INSECUR", ST_POL_VALUE, "admission.debug may not be `INSECUR`", "`INSECURE`", "INSECUR"},
    {"memory: locked", "memory: swap", ST_POL_VALUE, "admission.memory may not be `swap`", "`locked`", "swap"},
    {"[UpToDate, OutOfDate]", "[Revoked]", ST_POL_VALUE, "Revoked cannot be accepted", "replaced", "Revoked"},
    {"[UpToDate, OutOfDate]", "[Outdated]", ST_POL_VALUE, "a TCB status may not be `Outdated`", "`UpToDate`", "Outdated"},
    {"INTEL-SA-2, ", "INTEL-SA-1, ", ST_POL_VALUE, "`INTEL-SA-1` is listed twice", "remove one", "INTEL-SA-1]"},
    {"INTEL-SA-2, ", "intel-sa-2, ", ST_POL_VALUE, "`intel-sa-2` is not an advisory's name", "INTEL-SA-00615", "intel"},
    {"min_evaluation: 17", "min_evaluation: -1", ST_POL_VALUE, "min_evaluation is -1", NULL, "-1"},
    {"microcode: 115", "microcode: 256", ST_POL_VALUE, "microcode is 256", NULL, "256"},
    {"vmpl_max: 1", "vmpl_max: 4", ST_POL_VALUE, "vmpl_max is 4", NULL, "4,"},
    {"vlek: true", "vlek: yes", ST_POL_VALUE, "vlek may not be `yes`", "`true`", "yes"},
    {"smt: forbidden", "smt: no", ST_POL_VALUE, "smt may not be `no`", "`forbidden`", "no"},
    {"    sgx: {", "    nitro: {", ST_POL_UNSUPPORTED, "`nitro` is not supported", "no TCB levels", "nitro"},
    {"    sgx: {", "    sev: {", ST_POL_KEY, "admission.tcb has no key `sev`", NULL, "sev"},
    {"perfmon: true", "perform: true", ST_POL_KEY, "admission.tcb.tdx has no key `perform`", "`perfmon`", "perform"},
    /* diversity */
    {"vendor: 3", "vendor: 4", ST_POL_VALUE, "admission.distinct.vendor is 4; it may be 1 to 3", NULL, "4"},
    {"vendor: 3", "vendors: 3", ST_POL_KEY, "no key `vendors`", "`vendor`", "vendors"},
    {"operator: Two", "operator: One", ST_POL_VALUE, "3 distinct operators are demanded and the parties' TEEs give 2", "lower it", "{vendor"},
};
/* clang-format on */

static bool is_refused(const struct refusal *r)
{
	char whole[16384], *at;
	struct problem problem = {0};
	struct manifest m;

	snprintf(whole, sizeof whole, "%s%s%s%s", head, sets, rules, tail);
	at = strstr(whole, r->from);
	assert_non_null(at);
	snprintf(yaml, sizeof yaml, "%.*s%s%s", (int)(at - whole), whole, r->to, at + strlen(r->from));
	if (manifest_parse(&m, slice_str(yaml), "p.yaml", &problem) == ST_OK) {
		print_error("accepted: %s\n", r->to);
		manifest_clear(&m);
		return false;
	}
	const char *caret = strrchr(problem.excerpt, '^');
	const char *line_end = strchr(problem.excerpt, '\n');
	size_t column = caret && line_end ? (size_t)(caret - line_end - 1) : 0;
	if (problem.st == r->st && strstr(problem.message, r->message) && (!r->fix || strstr(problem.fix, r->fix)) &&
	    caret && strncmp(problem.excerpt + column, r->caret, strlen(r->caret)) == 0)
		return true;
	print_error("%s\n gave %s %s: %s (%s)\n%s\n", r->to, status_name(problem.st), problem.where, problem.message,
	    problem.fix, problem.excerpt);
	return false;
}

static void refuses_with_place_and_fix(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(refusals); i++)
		wrong += !is_refused(&refusals[i]);
	assert_int_equal(wrong, 0);
}

/* SGX: an enclave, or a signer with product and least version. */
static void sgx_names_an_enclave_or_its_signer(void **state)
{
	static const struct {
		const char *values;
		const char *fault; /* NULL: accepted */
	} cases[] = {
	    {"{mrenclave: " KEY("d0") "}", NULL},
	    {"{mrsigner: " KEY("d0") ", isvprodid: 3, isvsvn: 7}", NULL},
	    {"{mrenclave: " KEY("d0") ", isvsvn: 7}", NULL},
	    {"{mrsigner: " KEY("d0") ", isvprodid: 3}", "sgx needs `mrenclave`"},
	    {"{mrsigner: " KEY("d0") ", isvsvn: 7}", "sgx needs `mrenclave`"},
	    {"{mrsigner: " KEY("00") ", isvprodid: 3, isvsvn: 7}", "`mrsigner` is all zero"},
	    {"{isvprodid: 65536}", "isvprodid is 65536"},
	    {"{}", "sgx needs `mrenclave`"},
	};
	struct manifest m;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct problem problem = {0};

		snprintf(yaml, sizeof yaml,
		    "parley: 1\nname: p\nparties: [{id: a, tee: sgx}, {id: b}, {id: c}]\n"
		    "reference_values: [{release: r, tee: sgx, values: %s}]\n"
		    "datasets: [{name: t, from: [a], columns: [{name: x, type: int64}]}]\n"
		    "query: SELECT COUNT(*) FROM t\nrelease: {to: [a], min_subjects: 1}\n",
		    cases[i].values);
		enum status st = manifest_parse(&m, slice_str(yaml), "p.yaml", &problem);
		if (!cases[i].fault) {
			assert_int_equal(st, ST_OK);
			manifest_clear(&m);
			continue;
		}
		assert_int_equal(st, ST_POL_VALUE);
		if (!strstr(problem.message, cases[i].fault))
			fail_msg("%s: %s", cases[i].values, problem.message);
	}
}

static void at_most_eight_sets(void **state)
{
	struct problem problem = {0};
	struct manifest m;
	char list[8192] = "reference_values:\n";

	(void)state;
	for (int i = 0; i < TEE_SETS_MAX + 1; i++)
		snprintf(list + strlen(list), sizeof list - strlen(list),
		    "  - {release: r%d, tee: sgx, values: {mrenclave: " KEY("d0") ", isvsvn: %d}}\n", i, i);
	snprintf(yaml, sizeof yaml, "parley: 1\nname: p\nparties: [{id: a, tee: sgx}, {id: b}, {id: c}]\n%s%s", list,
	    "datasets: [{name: t, from: [a], columns: [{name: x, type: int64}]}]\n"
	    "query: SELECT COUNT(*) FROM t\nrelease: {to: [a], min_subjects: 1}\n");
	assert_int_equal(manifest_parse(&m, slice_str(yaml), "p.yaml", &problem), ST_POL_VALUE);
	assert_string_equal(problem.where, "p.yaml:13:5");
	assert_non_null(strstr(problem.message, "more than 8 sets"));
}

/* ---- from a refusal's key to the line ---- */

static void refusals_have_their_line(void **state)
{
	static const char source[] = "parley: 1\n"
				     "name: p\n"
				     "parties:\n"
				     "  - id: n\n"
				     "    tee: sgx\n"
				     "    tcb: {advisories: []}\n"
				     "  - {id: s, tee: software, measurements: [00]}\n"
				     "  - {id: t, tee: sgx}\n"
				     "reference_values:\n"
				     "  - {release: a, tee: nitro, parties: [t]}\n"
				     "  - {release: b, tee: sgx, parties: [t]}\n"
				     "  - release: c\n"
				     "    tee: sgx\n"
				     "admission:\n"
				     "  max_evidence_age: 5m\n"
				     "  tcb:\n"
				     "    sgx:\n"
				     "      statuses: []\n"
				     "      advisories: []\n";
	static const struct {
		const char *party, *key;
		unsigned line, column;
		bool is_written;
		const char *path;
	} cases[] = {
	    {"t", "admission.tcb.sgx.statuses", 18, 7, true, "admission.tcb.sgx.statuses"},
	    {"n", "admission.tcb.sgx.statuses", 18, 7, true, "admission.tcb.sgx.statuses"},
	    {"n", "admission.tcb.sgx.advisories", 6, 11, true, "parties.n.tcb.advisories"},
	    {"t", "admission.tcb.sgx.advisories", 19, 7, true, "admission.tcb.sgx.advisories"},
	    {"t", "admission.tcb.sgx.min_evaluation", 17, 5, false, "admission.tcb.sgx.min_evaluation"},
	    {"t", "admission.tcb.tdx.perfmon", 16, 3, false, "admission.tcb.tdx.perfmon"},
	    {"t", "admission.debug", 14, 1, false, "admission.debug"},
	    {"t", "admission.max_evidence_age", 15, 3, true, "admission.max_evidence_age"},
	    {"t", "reference_values of sgx", 11, 5, true, "reference_values"},
	    {"n", "reference_values of sgx", 12, 5, true, "reference_values"},
	    {"s", "reference_values of software", 7, 28, true, "parties.s.measurements"},
	    {"nobody", "reference_values of tdx", 9, 1, true, "reference_values"},
	};
	struct manifest_place place;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_true(manifest_key_place(&place, slice_str(source), cases[i].party, cases[i].key));
		if (place.line != cases[i].line || place.column != cases[i].column)
			print_error("%s of %s: %u:%u\n", cases[i].key, cases[i].party, place.line, place.column);
		assert_int_equal(place.line, cases[i].line);
		assert_int_equal(place.column, cases[i].column);
		assert_int_equal(place.is_written, cases[i].is_written);
		assert_string_equal(place.path, cases[i].path);
	}
	assert_false(manifest_key_place(&place, slice_str(source), "n", "something.else"));
	assert_false(manifest_key_place(&place, slice_str("parley: 1\n"), "n", "admission.debug"));
	assert_false(manifest_key_place(&place, slice_str("parley: [1\n"), "n", "admission.debug"));
	assert_false(manifest_key_place(&place, slice_str("[1, 2]"), "n", "admission.debug"));
	assert_false(manifest_key_place(&place, slice_str("parties: 7"), "n", "reference_values of tdx"));
}

int run_reference_tests(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_sets_of_every_kind),
	    cmocka_unit_test(reads_rules),
	    cmocka_unit_test(a_party_overrides_its_kind),
	    cmocka_unit_test(rendering_reads_back),
	    cmocka_unit_test(what_hardware_reports_cannot_be_filled_in),
	    cmocka_unit_test(refuses_with_place_and_fix),
	    cmocka_unit_test(sgx_names_an_enclave_or_its_signer),
	    cmocka_unit_test(at_most_eight_sets),
	    cmocka_unit_test(refusals_have_their_line),
	};

	return cmocka_run_group_tests_name("policy/manifest.h: evidence", tests, NULL, NULL);
}
