/* parley NOUN [VERB] …: finds the verb, runs it, reports in text or JSON, exits with the code of docs/ERRORS.md. */
#include "cli.h"

#include "policy/value.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct verb *find_verb(int argc, char **argv, int *used)
{
	for (size_t i = 0; i < n_verbs; i++) {
		const struct verb *v = &verbs[i];
		if (argc > 1 && strcmp(argv[1], v->noun) == 0 && (!v->name || (argc > 2 && strcmp(argv[2], v->name) == 0))) {
			*used = v->name ? 3 : 2;
			return v;
		}
	}
	return NULL;
}

static bool has(int argc, char **argv, const char *word)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], word) == 0)
			return true;
	return false;
}

static void report_text(const struct problem *p)
{
	fprintf(stderr, "parley: %s%s%s [%s]\n", p->where, p->where[0] ? ": " : "", p->message, status_code(p->st));
	if (p->excerpt[0])
		fprintf(stderr, "%s\n", p->excerpt);
	const char *fix = p->fix[0] ? p->fix : status_fix(p->st);
	if (fix[0])
		fprintf(stderr, "  fix: %s\n", fix);
}

static void report_json(struct cli *cli, enum status st)
{
	json_t *doc = cli->doc = cli->doc ? cli->doc : json_object();
	const struct problem *p = &cli->problem;

	put_text(doc, "status", st == ST_OK ? "ok" : "error");
	if (st != ST_OK) {
		put_text(doc, "code", status_code(st));
		put_text(doc, "message", p->message);
		put_text(doc, "where", p->where);
		put_text(doc, "fix", p->fix[0] ? p->fix : status_fix(st));
		if (p->excerpt[0])
			put_text(doc, "excerpt", p->excerpt);
	}
	json_dumpf(doc, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(12));
	putchar('\n');
}

static const char *nearest_noun(const char *word)
{
	struct slice nouns[64];
	size_t n = n_verbs < 64 ? n_verbs : 64;

	for (size_t i = 0; i < n; i++)
		nouns[i] = slice_str(verbs[i].noun);
	int found = name_nearest(slice_str(word), nouns, n);
	return found < 0 ? NULL : verbs[found].noun;
}

static enum status no_such_verb(struct cli *cli, int argc, char **argv)
{
	if (argc < 2)
		return verb_help(cli, 0, NULL);
	for (size_t i = 0; i < n_verbs; i++)
		if (strcmp(verbs[i].noun, argv[1]) == 0)
			return problem_set(&cli->problem, ST_USAGE, "command line", NULL, "`parley %s` has no verb \"%s\"", argv[1],
			    argc > 2 ? argv[2] : "");
	char fix[64] = "see `parley help`";
	const char *near = nearest_noun(argv[1]);
	if (near)
		snprintf(fix, sizeof fix, "did you mean `parley %s`?", near);
	return problem_set(&cli->problem, ST_USAGE, "command line", fix, "there is no command \"%s\"", argv[1]);
}

static void own_folder(char *out, size_t cap)
{
	ssize_t n = readlink("/proc/self/exe", out, cap - 1);
	out[n > 0 ? n : 0] = 0;
	char *slash = strrchr(out, '/');
	if (slash)
		*slash = 0;
}

int main(int argc, char **argv)
{
	static char folder[PATH_MAX];
	struct cli cli = {.json = has(argc, argv, "--json"), .bin_dir = folder};
	int used = 0;

	signal(SIGPIPE, SIG_IGN);
	own_folder(folder, sizeof folder);
	const struct verb *verb = find_verb(argc, argv, &used);
	enum status st = crypto_init();
	if (st == ST_OK && verb && has(argc, argv, "--help"))
		printf("usage: parley %s\n%s\n", verb->usage, verb->summary);
	else if (st == ST_OK)
		st = verb ? verb->run(&cli, argc - used, argv + used) : no_such_verb(&cli, argc, argv);
	if (st != ST_OK)
		problem_default(&cli.problem, st, "");
	if (cli.json)
		report_json(&cli, st);
	else if (st != ST_OK)
		report_text(&cli.problem);
	json_decref(cli.doc);
	return fflush(stdout) == 0 ? status_exit(st) : EXIT_CODE_IO;
}
