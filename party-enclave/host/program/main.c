/* parley-host: one organisation's host for one session. What it is given is checked before anything is started. */
#include "program.h"

#include "attest/collateral.h"
#include "oblivious/bench.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { DATA_BYTES_MAX = 1 << 30 };

static enum status load_policy(struct program *p)
{
	enum status st;

	st = buf_read_file(&p->policy_file, p->args.policy, 2 * POLICY_SEALED_MAX);
	if (st != ST_OK)
		return problem_set(&p->problem, st, p->args.policy, NULL, "cannot read the sealed policy");
	p->policy = calloc(1, sizeof *p->policy);
	if (!p->policy)
		return ST_NO_MEMORY;
	st = policy_file_parse(buf_view(&p->policy_file), &p->payload);
	if (st != ST_OK)
		return problem_set(&p->problem, st, p->args.policy, "give the file that `parley policy sign` wrote", "not a sealed policy");
	TRY(policy_decode(p->policy, p->payload, &p->problem));
	TRY(policy_file_verify(p->policy, buf_view(&p->policy_file), &p->problem));
	policy_hash(p->policy_hash, p->payload);
	p->self = policy_party_index(p->policy, p->args.party);
	if (p->self < 0)
		return problem_set(&p->problem, ST_ARGUMENT, "--party", NULL, "\"%s\" is no party of this policy", p->args.party);
	int64_t now = (int64_t)time(NULL);
	if (now < p->policy->not_before || now > p->policy->not_after)
		return problem_set(&p->problem, ST_POLICY_NOT_VALID_NOW, p->args.policy, NULL, "the policy is not valid today");
out:
	return st;
}

static enum status load_data(struct program *p)
{
	struct buf bytes = {0};
	bool brings = p->policy->dataset_from >> p->self & 1;
	enum status st;

	if (p->n_bench)
		return ST_OK;
	if (brings && !p->args.data)
		return problem_set(&p->problem, ST_DATA_MISSING, "--data", "give the CSV file with --data FILE", "party %s brings rows of %s",
		    p->args.party, p->policy->dataset);
	if (!brings && p->args.data)
		return problem_set(&p->problem, ST_ARGUMENT, "--data", "leave it out", "party %s brings no rows in this policy", p->args.party);
	if (!brings)
		return ST_OK;
	st = buf_read_file(&bytes, p->args.data, DATA_BYTES_MAX);
	if (st != ST_OK)
		problem_set(&p->problem, st, p->args.data, NULL, "cannot read the file: %s", strerror(errno));
	else
		st = ingest_csv(&p->table, p->policy, buf_view(&bytes), p->args.data, &p->problem);
	if (bytes.ptr)
		wipe(bytes.ptr, bytes.len);
	buf_clear(&bytes);
	p->has_table = st == ST_OK;
	return st;
}

/* Our own copy of the vendors' documents. Its windows are judged by whoever verifies; here only that it is a bundle at all. */
static enum status load_collateral(struct program *p)
{
	static struct att_bundle bundle;
	const char *path = p->args.collateral;
	enum status st;

	if (!path)
		return ST_OK;
	st = buf_read_file(&p->collateral, path, ATT_COLLATERAL_MAX);
	if (st != ST_OK)
		return problem_set(&p->problem, st, path, NULL, "cannot read the collateral: %s", strerror(errno));
	st = att_bundle_decode(&bundle, buf_view(&p->collateral));
	if (st != ST_OK)
		return problem_set(
		    &p->problem, st, path, "make one with `parley collateral fetch`", "not a collateral bundle: %s", status_title(st));
	return ST_OK;
}

/* --bench op:rows:repetitions,… : numbers of enum bench_op. */
static enum status parse_bench(struct program *p)
{
	const char *at = p->args.bench;

	while (at && *at) {
		unsigned op, rows, repetitions;
		int used = 0;
		if (p->n_bench == sizeof p->bench / sizeof *p->bench || sscanf(at, "%u:%u:%u%n", &op, &rows, &repetitions, &used) != 3 || op < BENCH_MUL ||
		    op >= BENCH_OP_END || rows < 1 || rows > PLAN_ROWS_MAX || repetitions < 1 || repetitions > 100)
			return problem_set(&p->problem, ST_ARGUMENT, "--bench", NULL, "not a list of op:rows:repetitions");
		p->bench[p->n_bench++] = (struct host_bench){(uint8_t)op, rows, repetitions};
		at += used;
		at += *at == ',';
	}
	return ST_OK;
}

/* "tcp://HOST:PORT": port 0 lets the system choose; otherwise party number j is listened for at PORT + j. */
static enum status listen_url(const struct program *p, unsigned peer, char *url, size_t cap)
{
	const char *colon = strrchr(p->args.listen, ':');
	char *end;
	unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 0;

	if (strncmp(p->args.listen, "tcp://", 6) != 0 || !colon || colon == p->args.listen + 3 || !colon[1] || *end || port > 65500)
		return ST_NET_ADDRESS;
	snprintf(url, cap, "%.*s:%lu", (int)(colon - p->args.listen), p->args.listen, port ? port + peer : 0);
	return ST_OK;
}

/* Where providers bring their rows: announced at our own place in the list of addresses. */
static enum status open_submissions(struct program *p)
{
	enum { OPEN_AT_ONCE = 16 };
	char url[256] = "";
	enum status st = listen_url(p, (unsigned)p->self, url, sizeof url);

	if (st == ST_OK)
		st = transport_server_new(&p->submissions, p->transport, url, OPEN_AT_ONCE, PROVIDE_SUBMISSION_MAX);
	if (st != ST_OK)
		return problem_set(&p->problem, st, url[0] ? url : p->args.listen, NULL, "cannot listen for providers: %s", status_title(st));
	snprintf(p->urls[p->self], sizeof p->urls[p->self], "%s", transport_server_url(p->submissions));
	return ST_OK;
}

static enum status open_sockets(struct program *p)
{
	enum status st;
	char url[256] = "";

	TRY(transport_new(&p->transport));
	TRY(transport_new(&p->endorser_transport));
	st = transport_client_new(&p->coordinator, p->transport, p->args.coordinator, WIRE_SIZE_MAX);
	if (st != ST_OK)
		return problem_set(&p->problem, st, p->args.coordinator, NULL, "not an address of a coordinator");
	st = transport_client_new(&p->endorser, p->endorser_transport, p->args.endorser, 1 << 20);
	if (st != ST_OK)
		return problem_set(&p->problem, st, p->args.endorser, NULL, "not an address of an endorser");
	for (unsigned i = (unsigned)p->self + 1; i < p->policy->n_parties; i++) {
		st = listen_url(p, i, url, sizeof url);
		if (st == ST_OK)
			st = transport_peer_listen(&p->peers[i].socket, p->transport, url);
		if (st != ST_OK)
			return problem_set(&p->problem, st, url[0] ? url : p->args.listen, NULL, "cannot listen for party %s: %s", p->policy->parties[i].id,
			    status_title(st));
		snprintf(p->urls[i], sizeof p->urls[i], "%s", transport_peer_url(p->peers[i].socket));
	}
	if (p->policy->n_providers)
		TRY(open_submissions(p));
out:
	return st;
}

static enum status make_host_key(struct program *p)
{
	struct secret32 seed;

	random_system.fill(random_system.ctx, seed.bytes, sizeof seed.bytes);
	ed25519_keypair(p->host_pk, p->host_sk, seed.bytes);
	secret32_wipe(&seed);
	return ST_OK;
}

static enum status run(struct program *p)
{
	char hex[2 * WIRE_SESSION_LEN + 1];
	enum status st;

	TRY(parse_bench(p));
	TRY(load_policy(p));
	TRY(load_data(p));
	TRY(load_collateral(p));
	if (mkdir(p->args.out, 0700) != 0 && errno != EEXIST)
		return problem_set(&p->problem, ST_CANT_CREATE, p->args.out, NULL, "cannot create the folder: %s", strerror(errno));
	TRY(make_host_key(p));
	TRY(open_sockets(p));
	TRY(report_new(&p->report, p));
	report_line(p->report, "waiting", "coordinator", p->args.coordinator);
	TRY(session_find(p));
	hex_encode(hex, slice_of(p->session, WIRE_SESSION_LEN));
	report_line(p->report, "session", "id", hex);
	TRY(session_run(p));
out:
	return st;
}

static void clear(struct program *p)
{
	ingest_table_clear(&p->table);
	wipe(p->host_sk, sizeof p->host_sk);
	host_free(p->host);
	mailbox_free(p->mailbox);
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++) {
		transport_peer_free(p->peers[i].socket);
		buf_clear(&p->peers[i].queue);
	}
	transport_server_free(p->submissions);
	transport_client_free(p->coordinator);
	transport_client_free(p->endorser);
	transport_free(p->transport);
	transport_free(p->endorser_transport);
	buf_clear(&p->policy_file);
	buf_clear(&p->collateral);
	free(p->policy);
	report_free(p->report);
}

/* NNG may hang while it closes its sockets under load (docs/decisions/0015). By then the session is over and told: whoever waits for
 * this process gets its exit code, not a hang. */
enum { CLOSING_S = 10 };
static volatile sig_atomic_t ending_code;

static void end_now(int signal_)
{
	(void)signal_;
	_exit(ending_code);
}

static void end_in_time(enum status st)
{
	ending_code = status_exit(st);
	signal(SIGALRM, end_now);
	alarm(CLOSING_S);
}

int main(int argc, char **argv)
{
	static struct program p = {.enclave = {.fd = -1, .report = -1, .exit_code = -1}};
	enum status st;

	signal(SIGPIPE, SIG_IGN);
	TRY(crypto_init());
	TRY(arguments_parse(&p.args, argc, argv, &p.problem));
	TRY(run(&p));
out:
	problem_default(&p.problem, st, p.args.party);
	report_end(p.report, &p, st);
	end_in_time(st);
	clear(&p);
	return status_exit(st);
}
