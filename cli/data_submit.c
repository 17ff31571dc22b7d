/*
 * parley data submit: rows of an organisation that runs no enclave. It waits until the enclaves are admitted, judges everything they
 * exchanged itself, shares its rows and seals each enclave its part. Nothing leaves before all three have been verified.
 */
#include "submit.h"

#include "base/keyfile.h"
#include "coordinator/client.h"
#include "ingest/csv.h"
#include "oblivious/exec.h"
#include "proto/documents.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DATA_MAX = 1 << 30, WAIT_DEFAULT_S = 600, RETRY_MS = 200 };

struct submit_options {
	const char *policy, *provider, *data, *key, *coordinator, *session;
	uint64_t wait_s;
};

static enum status find_provider(struct submission *s, const char *id)
{
	const struct policy *p = &s->policy->policy;
	int source = policy_source_index(p, id);

	if (source >= (int)p->n_parties) {
		s->provider = (unsigned)source - p->n_parties;
		return ST_OK;
	}
	if (source >= 0)
		return problem_set(&s->cli->problem, ST_ARGUMENT, "--provider", "run `parley party run`",
		    "%s is a compute party: its own enclave takes its rows", id);
	return problem_set(&s->cli->problem, ST_ARGUMENT, "--provider", "see `parley policy show`", "the policy has no provider %s", id);
}

static enum status load_key(struct submission *s, const char *path)
{
	const struct policy_provider *provider = &s->policy->policy.providers[s->provider];
	struct key_file key;
	uint8_t public[ED25519_PUBLIC_LEN];
	enum status st;

	TRY(key_file_read(&key, path, KEY_ENDORSE, &s->cli->problem));
	key_file_public(public, &key);
	key_file_signing(s->endorse_sk, &key);
	secret32_wipe(&key.secret);
	if (memcmp(public, provider->endorse, sizeof public) != 0)
		return problem_set(&s->cli->problem, ST_KEY, path, NULL, "not the endorse key that the policy lists for %s", provider->id);
out:
	return st;
}

/* Rows to the flat form; with rows.pad everybody brings rows.max. */
static enum status load_rows(struct submission *s, const char *path)
{
	const struct policy *p = &s->policy->policy;
	struct ingest_table table = {0};
	struct exec_input in = {0};
	struct buf data = {0};
	enum status st;

	TRY(read_file(s->cli, &data, path, DATA_MAX));
	TRY(ingest_csv_columns(&table, p, ingest_columns_of_plan(&p->plan), buf_view(&data), path, &s->cli->problem));
	in.real = table.rows;
	in.rows = s->rows = p->pad_rows ? p->rows_max_party : table.rows;
	for (unsigned c = 0; c < p->n_columns; c++) {
		in.values[c] = table.values[c];
		in.known[c] = table.known[c];
	}
	s->n_words = exec_given_words(&p->plan, in.rows);
	s->words = calloc(s->n_words + 1, sizeof *s->words);
	if (!s->words)
		TRY(problem_default(&s->cli->problem, ST_NO_MEMORY, path));
	exec_given_flatten(s->words, &p->plan, &in);
out:
	if (data.ptr)
		wipe(data.ptr, data.len);
	buf_clear(&data);
	ingest_table_clear(&table);
	return st;
}

/* ---- the session, and its admission ---- */

/* The newest session of this policy that is not over, unless one was named. */
static enum status find_session(struct submission *s, struct coordinator_client *c, const char *named)
{
	struct wire_session_view *views = calloc(WIRE_VIEWS_MAX, sizeof *views);
	uint8_t hash[HASH_LEN];
	size_t n = 0;
	bool found = false;
	enum status st = ST_OK;

	if (named || !views) {
		st = views ? coordinator_client_session(c, named, s->session, &s->cli->problem) : ST_NO_MEMORY;
		goto out;
	}
	policy_hash(hash, s->policy->bytes);
	while (!found) {
		TRY(coordinator_client_list(c, views, &n, &s->cli->problem));
		for (size_t k = 0; k < n && !found; k++) {
			found = memcmp(views[k].policy_hash, hash, HASH_LEN) == 0 && views[k].state < S_COMMITTED;
			if (found)
				memcpy(s->session, views[k].session, sizeof s->session);
		}
		if (!found && submit_clock_ms() > s->until_ms)
			TRY(problem_set(&s->cli->problem, ST_SES_UNKNOWN, "coordinator", "open one with `parley session start`",
			    "no session of this policy is waiting for rows"));
		if (!found)
			nanosleep(&(struct timespec){0, RETRY_MS * 1000000L}, NULL);
	}
out:
	free(views);
	return st;
}

static struct slice message_of(const struct wire_message *messages, size_t n, enum wire_message_kind kind)
{
	for (size_t i = 0; i < n; i++)
		if (messages[i].kind == kind)
			return messages[i].body;
	return (struct slice){0};
}

static enum status read_urls(struct submission *s, struct slice body)
{
	struct doc_peers *peers = calloc(1, sizeof *peers);
	enum status st = peers ? doc_get_peers(peers, body) : ST_NO_MEMORY;

	if (st == ST_OK && peers->n != PROVIDE_PARTIES)
		st = ST_FORMAT;
	for (unsigned i = 0; st == ST_OK && i < PROVIDE_PARTIES; i++)
		snprintf(s->urls[i], sizeof s->urls[i], "%.*s", (int)peers->url[i][i].len, (const char *)peers->url[i][i].ptr);
	free(peers);
	return st;
}

static enum status verify(struct submission *s, const struct wire_message *messages, size_t n)
{
	struct slice hellos[DOC_PARTIES_MAX], admits[DOC_PARTIES_MAX];
	struct doc_evidence docs[DOC_PARTIES_MAX];
	struct admission_evidence items[DOC_PARTIES_MAX];
	size_t n_hellos, n_items, n_admits;
	uint8_t policy[HASH_LEN], plan[HASH_LEN];
	enum status st;

	TRY(read_urls(s, message_of(messages, n, WM_PEERS)));
	TRY(doc_get_list(hellos, &n_hellos, message_of(messages, n, WM_HELLOS)));
	TRY(doc_get_evidences(docs, &n_items, message_of(messages, n, WM_EVIDENCES)));
	TRY(doc_get_list(admits, &n_admits, message_of(messages, n, WM_ALL_ADMITTED)));
	for (size_t i = 0; i < n_items; i++)
		items[i] = (struct admission_evidence){docs[i].kind, docs[i].evidence, docs[i].endorsement, docs[i].collateral};
	policy_hash(policy, s->policy->bytes);
	plan_hash(plan, s->policy->policy.plan_bytes);
	TRY(provide_verify(&s->admission, &s->policy->policy, policy, plan, &att_anchors_production, hellos, n_hellos, items, n_items,
	    admits, n_admits, (int64_t)time(NULL), &s->cli->problem));
	for (unsigned i = 0; i < PROVIDE_PARTIES; i++)
		say(s->cli, "  %-12s verified: %s, %s\n", s->policy->policy.parties[i].id, tee_name(s->admission.claims[i].kind),
		    tee_status_name(s->admission.claims[i].tcb_status));
	return ST_OK;
out:
	return problem_set(&s->cli->problem, st, "coordinator", NULL, "what the coordinator told of the admission is not well-formed");
}

static enum status await_admission(struct submission *s, struct coordinator_client *c)
{
	const struct wire_message *messages;
	size_t n;
	enum status st;

	for (;;) {
		struct problem problem = {0};

		st = coordinator_client_admission(c, s->session, &messages, &n, &s->attempt, &problem);
		if (st == ST_OK)
			return verify(s, messages, n);
		if (st != ST_AGAIN || submit_clock_ms() > s->until_ms) {
			s->cli->problem = problem;
			return st;
		}
		nanosleep(&(struct timespec){0, RETRY_MS * 1000000L}, NULL);
	}
}

static enum status share_and_send(struct submission *s)
{
	const struct policy *p = &s->policy->policy;
	uint8_t hash[HASH_LEN];
	struct provide_session session = {
	    .policy = p, .provider = s->provider, .sid = s->admission.sid, .roster = s->admission.roster, .policy_hash = hash};
	char hex[33];
	enum status st;

	policy_hash(hash, s->policy->bytes);
	TRY(provide_share(&s->sender, &s->manifest, &session, s->rows, s->words, s->n_words, s->endorse_sk, random_system));
	TRY(submit_send(s));
	hex_encode(hex, slice_of(s->session, sizeof s->session));
	say(s->cli, "%u rows of %s are with the three enclaves\n", s->rows, p->dataset);
	s->cli->doc = json_pack("{s:s,s:i,s:s,s:s,s:i}", "session", hex, "attempt", (int)s->attempt, "provider", p->providers[s->provider].id,
	    "dataset", p->dataset, "rows", (int)s->rows);
out:
	return st;
}

static void clear(struct submission *s)
{
	provide_sender_free(s->sender);
	if (s->words)
		wipe(s->words, s->n_words * sizeof *s->words);
	free(s->words);
	buf_clear(&s->manifest);
	wipe(s->endorse_sk, sizeof s->endorse_sk);
}

enum status verb_data_submit(struct cli *cli, int argc, char **argv)
{
	struct submit_options o = {.wait_s = WAIT_DEFAULT_S};
	const struct opt opts[] = {{"--policy", OPT_TEXT, &o.policy, true}, {"--provider", OPT_TEXT, &o.provider, true},
	    {"--data", OPT_TEXT, &o.data, true}, {"--key", OPT_TEXT, &o.key, true}, {"--coordinator", OPT_TEXT, &o.coordinator, true},
	    {"--session", OPT_TEXT, &o.session, false}, {"--wait", OPT_U64, &o.wait_s, false}};
	struct submission *s = calloc(1, sizeof *s);
	struct coordinator_client *client = NULL;
	struct loaded_policy *p = NULL;
	enum status st;

	if (!s)
		return ST_NO_MEMORY;
	s->cli = cli;
	TRY(cli_options(cli, argc, argv, opts, sizeof opts / sizeof *opts, NULL, 0, 0));
	if (o.wait_s > 86400)
		TRY(problem_set(&cli->problem, ST_ARGUMENT, "--wait", NULL, "at most 86400 seconds"));
	s->until_ms = submit_clock_ms() + (int64_t)o.wait_s * 1000;
	TRY(loaded_policy_new(&p));
	TRY(load_sealed(cli, p, o.policy));
	TRY(policy_file_verify(&p->policy, buf_view(&p->file), &cli->problem));
	s->policy = p;
	TRY(find_provider(s, o.provider));
	TRY(load_key(s, o.key));
	TRY(load_rows(s, o.data));
	TRY(coordinator_client_open(&client, o.coordinator, &cli->problem));
	TRY(find_session(s, client, o.session));
	TRY(await_admission(s, client));
	TRY(share_and_send(s));
out:
	clear(s);
	coordinator_client_close(client);
	loaded_policy_free(p);
	free(s);
	return st;
}
