#include "program.h"

#include <string.h>

struct argument {
	const char *name;
	const char **to;
	bool required;
};

static enum status take_value(const struct argument *arg, int *i, int argc, char **argv, const char *equals, struct problem *problem)
{
	if (*arg->to)
		return problem_set(problem, ST_ARGUMENT, "command line", NULL, "%s stands twice", arg->name);
	if (!equals && *i + 1 == argc)
		return problem_set(problem, ST_ARGUMENT, "command line", NULL, "%s needs a value", arg->name);
	*arg->to = equals ? equals + 1 : argv[++*i];
	return ST_OK;
}

enum status arguments_parse(struct arguments *a, int argc, char **argv, struct problem *problem)
{
	*a = (struct arguments){0};
	const struct argument all[] = {
		{"--policy", &a->policy, true}, {"--party", &a->party, true}, {"--coordinator", &a->coordinator, true},
		{"--endorser", &a->endorser, true}, {"--tee-root", &a->tee_root, false}, {"--out", &a->out, true}, {"--data", &a->data, false},
		{"--listen", &a->listen, false}, {"--session", &a->session, false}, {"--enclave", &a->enclave, false}, {"--bench", &a->bench, false},
		{"--collateral", &a->collateral, false},
	};
	enum { N = sizeof all / sizeof *all };

	for (int i = 1; i < argc; i++) {
		const char *equals = strchr(argv[i], '=');
		size_t len = equals ? (size_t)(equals - argv[i]) : strlen(argv[i]), k = 0;
		if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "--json-events") == 0) {
			*(argv[i][6] ? &a->events : &a->json) = true;
			continue;
		}
		while (k < N && (strlen(all[k].name) != len || strncmp(all[k].name, argv[i], len) != 0))
			k++;
		if (k == N)
			return problem_set(problem, ST_ARGUMENT, "command line", "see `parley party run --help`", "there is no option %s", argv[i]);
		enum status st = take_value(&all[k], &i, argc, argv, equals, problem);
		if (st != ST_OK)
			return st;
	}
	for (size_t k = 0; k < N; k++)
		if (all[k].required && !*all[k].to)
			return problem_set(problem, ST_ARGUMENT, "command line", "see `parley party run --help`", "%s is missing", all[k].name);
	if (!a->tee_root && enclave_is_launched(a->enclave))
		return problem_set(problem, ST_ARGUMENT, "command line", "give --tee-root FILE, or --enclave ADDRESS for an enclave of a hardware TEE",
		    "--tee-root is missing");
	if (!a->listen)
		a->listen = "tcp://127.0.0.1:0";
	return ST_OK;
}
