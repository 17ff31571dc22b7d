/* parley demo: three organisations, their own CSV files, one question; what happens, step by step. */
#include "rehearse.h"

#include <stdio.h>
#include <unistd.h>

/* The examples lie in the source tree of a build, or beside an installation. */
static enum status find_example(struct cli *cli, char out[static 4096])
{
	static const char *const places[] = {"%.3000s/../../../examples/wage-gap", "%.3000s/../share/parley/examples/wage-gap"};
	char policy[4096];

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(out, 4096, places[i], cli->bin_dir);
#pragma GCC diagnostic pop
		snprintf(policy, sizeof policy, "%.4000s/policy.yaml", out);
		if (access(policy, R_OK) == 0)
			return ST_OK;
	}
	return problem_set(&cli->problem, ST_NO_INPUT, out, "run it from a build of the source tree", "the example is not there");
}

enum status verb_demo(struct cli *cli, int argc, char **argv)
{
	static const char *const ids[] = {"north", "south", "west"};
	static char specs[3][4200];
	struct opt_many data = {.n = 3};
	const char *keep = NULL;
	const struct opt opts[] = {{"--keep", OPT_TEXT, &keep, false}};
	char folder[4096], policy[4200];
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, 1, NULL, 0, 0));
	TRY(find_example(cli, folder));
	snprintf(policy, sizeof policy, "%s/policy.yaml", folder);
	for (size_t i = 0; i < 3; i++) {
		snprintf(specs[i], sizeof specs[i], "%s.staff=%s/%s.csv", ids[i], folder, ids[i]);
		data.values[i] = specs[i];
	}
	fprintf(stderr, "Three organisations ask for the mean salary by region. None of them shows a row: each hands its CSV file to\n"
			"its own enclave, the enclaves verify each other, and only the table below is ever put together.\n");
	TRY(rehearse(cli, policy, &data, keep, NULL, true));
out:
	return st;
}
