/* A complete policy file and a smallest one, for tests to spoil. */
#ifndef TESTS_POLICY_MANIFEST_SAMPLE_H
#define TESTS_POLICY_MANIFEST_SAMPLE_H

#define KEY(c) c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c
#define PARTY(id, a, b, c)                                                                                             \
	"  - id: " id "\n    name: The " id "\n    operator: Op " id "\n"                                              \
	"    keys: {approve: " KEY(a) ", endorse: " KEY(b) ", receive: " KEY(                                          \
	    c) "}\n"                                                                                                   \
	       "    compute: true\n    tee: {kind: software, root: " KEY("ee") "}\n"                                   \
									       "    measurements: [" KEY("dd")         \
										   KEY("dd") "]\n"

static const char sample_whole[] =
    "parley: 1\n"
    "name: wage-gap\n"
    "serial: 7\n"
    "valid: {not_before: 2026-01-01T00:00:00Z, not_after: 2027-01-01}\n"
    "parties:\n" PARTY("west", "31", "32", "33") PARTY("north", "11", "12", "13")
	PARTY("south", "21", "22", "23") "datasets:\n"
					 "  - name: staff\n"
					 "    from: [south, north]\n"
					 "    columns:\n"
					 "      - {name: region, type: text, domain: [n, s, no, '1', ~]}\n"
					 "      - {name: salary, type: \"decimal(9,2)\", range: [-0.5, 1000000]}\n"
					 "      - {name: age, type: int64, range: [17, 90], nullable: true}\n"
					 "      - {name: hired, type: date, range: [2000-01-01, 2030-12-31]}\n"
					 "      - {name: seen, type: timestamp}\n"
					 "      - {name: full_time, type: bool}\n"
					 "      - {name: note, type: text(40)}\n"
					 "protocol: {family: rep3}\n"
					 "query: |\n"
					 "  SELECT region,\n"
					 "    COUNT(*) FROM staff\n"
					 "  GROUP BY region\n"
					 "release: {to: [west], min_subjects: 10}\n"
					 "admission: {max_evidence_age: 10m, skew: 300s}\n"
					 "deadlines: {step: 2m, session: 1h}\n"
					 "rows: {max: 1000, pad: true}\n";

static const char sample_small[] = "parley: 1\n"
				   "name: small\n"
				   "parties: [{id: a}, {id: b}, {id: c}]\n"
				   "datasets:\n"
				   "  - name: t\n"
				   "    from: [a]\n"
				   "    columns:\n"
				   "      - {name: x, type: int64}\n"
				   "query: SELECT COUNT(*) FROM t\n"
				   "release: {to: [a], min_subjects: 1}\n";

int run_mutations(void);
int run_reference_tests(void);

#endif
