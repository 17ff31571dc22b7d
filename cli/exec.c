/* The long-running verbs run the programs: parley itself links no transport server, no launcher, no store. */
#include "cli.h"

#include <stdlib.h>

/* argv of the program: its name, then everything after the verb, --json included. */
static enum status pass_on(struct cli *cli, const char *program, int argc, char **argv)
{
	char **out = calloc((size_t)argc + 2, sizeof *out);

	if (!out)
		return ST_NO_MEMORY;
	out[0] = (char *)(uintptr_t)program;
	for (int i = 0; i < argc; i++)
		out[i + 1] = argv[i];
	enum status st = exec_program(cli, program, out);
	free(out);
	return st;
}

enum status verb_coordinator_run(struct cli *cli, int argc, char **argv)
{
	return pass_on(cli, "parley-coordinator", argc, argv);
}

enum status verb_party_run(struct cli *cli, int argc, char **argv)
{
	return pass_on(cli, "parley-host", argc, argv);
}

enum status verb_endorse(struct cli *cli, int argc, char **argv)
{
	return pass_on(cli, "parley-endorser", argc, argv);
}
