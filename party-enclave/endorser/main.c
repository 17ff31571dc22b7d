/*
 * parley-endorser: holds one organisation's endorse key, apart from its compute host. Everything that needs a decision
 * lies in channel/endorse.h; here are the key, the policy, the counter, the socket and the log.
 */
#include "endorser/endorse_server.h"

#include "base/keyfile.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
    "usage: parley endorse --policy FILE --party ID --key FILE --listen ipc:///PATH --runs FILE [--max-runs N] "
    "[--json]\n"
    "\n"
    "Serves the endorse key of party ID to its host on this machine: signs what belongs to sessions of this policy,\n"
    "after checking it, and counts the runs.\n"
    "\n"
    "  --policy FILE        the sealed policy, signed by all\n"
    "  --key FILE           the endorse key, from `parley keys new`\n"
    "  --listen ipc:///PATH the socket; only this user can use it\n"
    "  --runs FILE          run counter, created if there is none\n"
    "  --max-runs N         endorse at most N runs of this policy\n"
    "  --json               events on standard output, one JSON document a line\n";

struct program {
	const char *policy_path, *party, *key_path, *listen, *runs_path, *max_runs_text;
	bool json, help;
	uint64_t max_runs;
	struct buf policy_file;
	struct policy *policy;
	struct endorser_config endorser_cfg;
	struct endorser *endorser;
	struct run_counter *counter;
	uint8_t *endorse_sk; /* secret memory */
	struct problem problem;
};

static enum status take_option(struct program *p, int *i, int argc, char **argv)
{
	const struct {
		const char *name, **to;
	} options[] = {{"--policy", &p->policy_path}, {"--party", &p->party}, {"--key", &p->key_path},
	    {"--listen", &p->listen}, {"--runs", &p->runs_path}, {"--max-runs", &p->max_runs_text}};

	for (size_t k = 0; k < sizeof options / sizeof options[0]; k++) {
		if (strcmp(argv[*i], options[k].name) != 0)
			continue;
		if (*options[k].to)
			return problem_set(&p->problem, ST_ARGUMENT, "command line", NULL, "%s stands twice", argv[*i]);
		if (*i + 1 == argc)
			return problem_set(
			    &p->problem, ST_ARGUMENT, "command line", NULL, "%s needs a value", argv[*i]);
		*options[k].to = argv[++*i];
		return ST_OK;
	}
	return problem_set(
	    &p->problem, ST_ARGUMENT, "command line", "see `parley endorse --help`", "there is no option %s", argv[*i]);
}

static enum status check_required(struct program *p)
{
	const struct {
		const char *name, *value;
	} required[] = {{"--policy", p->policy_path}, {"--party", p->party}, {"--key", p->key_path},
	    {"--listen", p->listen}, {"--runs", p->runs_path}};

	for (size_t k = 0; k < sizeof required / sizeof required[0]; k++)
		if (!required[k].value)
			return problem_set(&p->problem, ST_ARGUMENT, "command line", "see `parley endorse --help`",
			    "%s is missing", required[k].name);
	return ST_OK;
}

static enum status parse_max_runs(struct program *p)
{
	unsigned long long v;
	int used = 0;

	if (!p->max_runs_text)
		return ST_OK;
	if (p->max_runs_text[0] < '1' || p->max_runs_text[0] > '9' || strlen(p->max_runs_text) > 18 ||
	    sscanf(p->max_runs_text, "%llu%n", &v, &used) != 1 || p->max_runs_text[used])
		return problem_set(&p->problem, ST_ARGUMENT, "--max-runs", NULL, "expected a number from 1, got \"%s\"",
		    p->max_runs_text);
	p->max_runs = v;
	return ST_OK;
}

static enum status parse_arguments(struct program *p, int argc, char **argv)
{
	enum status st = ST_OK;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			p->json = true;
		else if (strcmp(argv[i], "--help") == 0)
			p->help = true;
		else
			TRY(take_option(p, &i, argc, argv));
	}
	if (p->help)
		return ST_OK;
	TRY(check_required(p));
	TRY(parse_max_runs(p));
out:
	return st;
}

static enum status load_policy(struct program *p)
{
	struct endorser_config *cfg = &p->endorser_cfg;
	struct slice payload;
	enum status st = buf_read_file(&p->policy_file, p->policy_path, 2 * POLICY_SEALED_MAX);

	if (st != ST_OK)
		return problem_set(&p->problem, st, p->policy_path, NULL, "cannot read the sealed policy");
	p->policy = calloc(1, sizeof *p->policy);
	if (!p->policy)
		return ST_NO_MEMORY;
	st = policy_file_parse(buf_view(&p->policy_file), &payload);
	if (st != ST_OK)
		return problem_set(&p->problem, st, p->policy_path, "give the file that `parley policy sign` wrote",
		    "not a sealed policy");
	TRY(policy_decode(p->policy, payload, &p->problem));
	TRY(policy_file_verify(p->policy, buf_view(&p->policy_file), &p->problem));
	policy_hash(cfg->policy_hash, payload);
	plan_hash(cfg->plan_hash, p->policy->plan_bytes);
	int self = policy_party_index(p->policy, p->party);
	if (self < 0)
		return problem_set(
		    &p->problem, ST_ARGUMENT, "--party", NULL, "\"%s\" is no party of this policy", p->party);
	cfg->policy = p->policy;
	cfg->anchors = &att_anchors_production;
	cfg->self = (unsigned)self;
out:
	return st;
}

static enum status load_key(struct program *p)
{
	struct key_file key = {0};
	enum status st;

	p->endorse_sk = secret_alloc(ED25519_SECRET_LEN);
	if (!p->endorse_sk)
		return problem_set(
		    &p->problem, ST_TEE_MEMORY, "endorse key", NULL, "memory for the key cannot be locked");
	TRY(key_file_read(&key, p->key_path, KEY_ENDORSE, &p->problem));
	key_file_signing(p->endorse_sk, &key);
	if (strcmp(key.party, p->party) != 0)
		st = problem_set(&p->problem, ST_KEY, p->key_path, NULL, "the key is of party \"%s\", not of \"%s\"",
		    key.party, p->party);
	p->endorser_cfg.endorse_sk = p->endorse_sk;
out:
	secret32_wipe(&key.secret);
	return st;
}

static int64_t now_s(void *ctx)
{
	(void)ctx;
	return (int64_t)time(NULL);
}

static void put_event(json_t *event)
{
	json_dumpf(event, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	fflush(stdout);
	json_decref(event);
}

static void on_listening(void *ctx, const char *url)
{
	const struct program *p = ctx;

	if (p->json)
		put_event(json_pack("{s:s,s:s,s:s}", "event", "listening", "party", p->party, "url", url));
	else
		fprintf(stderr, "%s: endorser listening on %s\n", p->party, url);
}

/* What was asked for is the request's first number; nothing else of it is logged. */
static void on_answered(void *ctx, struct slice request, struct slice response)
{
	static const char *const names[] = {"?", "enrolment", "HELLO", "evidence", "renewed evidence"};
	const struct program *p = ctx;
	struct problem refusal = {0};
	struct slice document;
	unsigned type = request.len > 1 && request.ptr[1] < sizeof names / sizeof names[0] ? request.ptr[1] : 0;
	bool is_signed = endorse_response(&document, response, &refusal) == ST_OK;

	if (p->json)
		put_event(json_pack("{s:s,s:s,s:s,s:b,s:s}", "event", "request", "party", p->party, "what", names[type],
		    "signed", is_signed, "message", refusal.message));
	else if (!is_signed)
		fprintf(stderr, "%s: refused to sign %s: %s\n", p->party, names[type], refusal.message);
}

/* No core file and no debugger: this process holds a key. */
static enum status harden(void)
{
	const struct rlimit none = {0, 0};

	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && setrlimit(RLIMIT_CORE, &none) == 0 ? ST_OK : ST_TEE;
}

static enum status block_signals(int *fd)
{
	sigset_t stop;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	if (sigprocmask(SIG_BLOCK, &stop, NULL) != 0)
		return ST_IO;
	*fd = signalfd(-1, &stop, SFD_CLOEXEC);
	return *fd >= 0 ? ST_OK : ST_IO;
}

static enum status run(struct program *p)
{
	struct endorse_server_config cfg = {.url = p->listen,
	    .ctx = p,
	    .now_s = now_s,
	    .listening = on_listening,
	    .answered = on_answered,
	    .stop_fd = -1};
	enum status st;

	TRY(harden());
	TRY(load_policy(p));
	TRY(load_key(p));
	TRY(run_counter_open(&p->counter, p->runs_path, p->max_runs, &p->problem));
	p->endorser_cfg.ctx = p->counter;
	p->endorser_cfg.count_run = run_counter_count;
	st = endorser_new(&p->endorser, &p->endorser_cfg);
	if (st == ST_KEY)
		problem_set(&p->problem, st, p->key_path, "give the key whose public half stands in the policy",
		    "not the endorse key that the policy names for party %s", p->party);
	TRY(st);
	TRY(block_signals(&cfg.stop_fd)); /* before the transport starts its threads */
	cfg.endorser = p->endorser;
	TRY(endorse_server_run(&cfg, &p->problem));
out:
	if (cfg.stop_fd >= 0)
		close(cfg.stop_fd);
	return st;
}

static void report_failure(const struct program *p, enum status st)
{
	const char *fix = p->problem.fix[0] ? p->problem.fix : status_fix(st);

	fprintf(stderr, "parley-endorser: %s%s%s [%s]\n  fix: %s\n", p->problem.where, p->problem.where[0] ? ": " : "",
	    p->problem.message, status_code(st), fix);
	if (p->json)
		put_event(json_pack("{s:s,s:s,s:s,s:s,s:s}", "status", "error", "code", status_code(st), "message",
		    p->problem.message, "where", p->problem.where, "fix", fix));
}

int main(int argc, char **argv)
{
	struct program p = {0};
	enum status st;

	TRY(crypto_init());
	TRY(parse_arguments(&p, argc, argv));
	if (p.help) {
		fputs(usage, stdout);
		return 0;
	}
	TRY(run(&p));
out:
	if (problem_default(&p.problem, st, "endorser") != ST_OK)
		report_failure(&p, st);
	endorser_free(p.endorser);
	run_counter_close(p.counter);
	secret_free(p.endorse_sk);
	buf_clear(&p.policy_file);
	free(p.policy);
	return status_exit(st);
}
