#include <stdio.h>

#include "program.h"

void print_help(void)
{
	puts("parley-coordinator --journal FILE [--listen URL] [--json] [--allow-filled-in]\n"
	     "\n"
	     "Sequences sessions and relays ciphertext; sees no input, share or result.\n"
	     "\n"
	     "  --journal FILE      what happened, so that a restart goes on where it stopped; created if missing\n"
	     "  --listen URL        tcp://HOST:PORT (port 0: any) or ipc:///PATH; default tcp://127.0.0.1:7100\n"
	     "  --json              one JSON object a line on standard output\n"
	     "  --allow-filled-in   accept policies in which `parley run` filled something in; for one machine only");
}

static enum status take_value(const char **out, int argc, char **argv, int *i, struct problem *problem)
{
	if (*i + 1 >= argc || argv[*i + 1][0] == '\0')
		return problem_set(
		    problem, ST_ARGUMENT, argv[*i], "see parley-coordinator --help", "this option needs a value");
	*out = argv[++*i];
	return ST_OK;
}

enum status options_parse(struct program_options *out, int argc, char **argv, struct problem *problem)
{
	struct program_options o = {.listen = "tcp://127.0.0.1:7100"};
	enum status st = ST_OK;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--listen") == 0)
			TRY(take_value(&o.listen, argc, argv, &i, problem));
		else if (strcmp(argv[i], "--journal") == 0)
			TRY(take_value(&o.journal, argc, argv, &i, problem));
		else if (strcmp(argv[i], "--json") == 0)
			o.json = true;
		else if (strcmp(argv[i], "--allow-filled-in") == 0)
			o.allow_filled_in = true;
		else if (strcmp(argv[i], "--help") == 0)
			o.help = true;
		else
			st = problem_set(problem, ST_ARGUMENT, argv[i], "see parley-coordinator --help",
			    "not an option of parley-coordinator");
		if (st != ST_OK)
			goto out;
	}
	if (o.journal == NULL && !o.help)
		st = problem_set(problem, ST_ARGUMENT, "--journal", "name a file: --journal coordinator.journal",
		    "the journal is required");
out:
	out->json = o.json;
	if (st == ST_OK)
		*out = o;
	return st;
}
