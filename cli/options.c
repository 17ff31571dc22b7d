#include "cli.h"

#include "base/panic.h"
#include "policy/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MAX = 32 };

static const char *nearest(const char *word, const struct opt *opts, size_t n)
{
	struct slice names[OPTIONS_MAX];

	for (size_t i = 0; i < n; i++)
		names[i] = slice_str(opts[i].name);
	int found = name_nearest(slice_str(word), names, n);
	return found < 0 ? NULL : opts[found].name;
}

static enum status unknown_option(struct cli *cli, const char *word, const struct opt *opts, size_t n)
{
	const char *near = nearest(word, opts, n);
	char fix[128] = "see `parley help`";

	if (near)
		snprintf(fix, sizeof fix, "did you mean %s?", near);
	return problem_set(&cli->problem, ST_ARGUMENT, "command line", fix, "this verb has no option %s", word);
}

static enum status store_u64(struct cli *cli, const struct opt *opt, const char *value)
{
	char *end;

	errno = 0;
	unsigned long long number = strtoull(value, &end, 10);
	if (errno || end == value || *end || *value == '-' || *value == '+')
		return problem_set(&cli->problem, ST_ARGUMENT, "command line", NULL, "%s takes a whole number, not \"%s\"", opt->name, value);
	*(uint64_t *)opt->to = number;
	return ST_OK;
}

static enum status store(struct cli *cli, const struct opt *opt, const char *value, bool *again)
{
	if (*again && opt->kind != OPT_MANY)
		return problem_set(&cli->problem, ST_ARGUMENT, "command line", "write it once", "%s stands twice", opt->name);
	*again = true;
	if (opt->kind == OPT_FLAG)
		*(bool *)opt->to = true;
	else if (opt->kind == OPT_TEXT)
		*(const char **)opt->to = value;
	else if (opt->kind == OPT_U64)
		return store_u64(cli, opt, value);
	else {
		struct opt_many *many = opt->to;
		if (many->n == OPT_MANY_MAX)
			return problem_set(&cli->problem, ST_ARGUMENT, "command line", NULL, "too many %s", opt->name);
		many->values[many->n++] = value;
	}
	return ST_OK;
}

static const struct opt *find(const char *word, size_t len, const struct opt *opts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(opts[i].name) == len && strncmp(opts[i].name, word, len) == 0)
			return &opts[i];
	return NULL;
}

enum status cli_options(struct cli *cli, int argc, char **argv, const struct opt *opts, size_t n_opts,
    const char **positions, size_t min, size_t max)
{
	bool seen[OPTIONS_MAX] = {false};
	size_t found = 0;
	enum status st = ST_OK;

	invariant(n_opts <= OPTIONS_MAX);
	for (int i = 0; i < argc; i++) {
		const char *word = argv[i], *equals = strchr(word, '=');
		if (strcmp(word, "--json") == 0)
			continue; /* main() has taken it */
		if (strncmp(word, "--", 2) != 0) {
			if (found == max)
				return problem_set(&cli->problem, ST_ARGUMENT, "command line", NULL, "one argument too many: %s", word);
			positions[found++] = word;
			continue;
		}
		size_t len = equals ? (size_t)(equals - word) : strlen(word);
		const struct opt *opt = find(word, len, opts, n_opts);
		if (!opt)
			return unknown_option(cli, word, opts, n_opts);
		const char *value = equals ? equals + 1 : NULL;
		if (opt->kind == OPT_FLAG && value)
			return problem_set(&cli->problem, ST_ARGUMENT, "command line", NULL, "%s takes no value", opt->name);
		if (opt->kind != OPT_FLAG && !value) {
			if (i + 1 == argc)
				return problem_set(&cli->problem, ST_ARGUMENT, "command line", NULL, "%s needs a value", opt->name);
			value = argv[++i];
		}
		TRY(store(cli, opt, value, &seen[opt - opts]));
	}
	if (found < min)
		return problem_set(&cli->problem, ST_ARGUMENT, "command line", NULL, "an argument is missing");
	for (size_t i = 0; i < n_opts; i++)
		if (opts[i].required && !seen[i])
			return problem_set(&cli->problem, ST_ARGUMENT, "command line", NULL, "%s is missing", opts[i].name);
out:
	return st;
}
