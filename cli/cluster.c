#include "cluster.h"

#include "coordinator/client.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { READY_MS = 15000, POLL_MS = 100, FAILED_MS = 8000 };

static int party_of(const struct cluster *c, const struct child *child, bool host)
{
	for (unsigned i = 0; i < c->policy->policy.n_parties; i++)
		if ((host ? c->party[i].host : c->party[i].endorser) == child)
			return (int)i;
	return -1;
}

static void on_host_event(struct cluster *c, struct cluster_party *p, const char *kind, json_t *event)
{
	if (strcmp(kind, "phase") == 0) {
		snprintf(p->phase, sizeof p->phase, "%s", json_string_value(json_object_get(event, "name")));
	} else if (strcmp(kind, "step") == 0) {
		p->step = (unsigned)json_integer_value(json_object_get(event, "step"));
	} else if (strcmp(kind, "mark") == 0) {
		if (!p->marks)
			p->marks = json_array();
		json_array_append(p->marks, event);
	} else if (strcmp(kind, "bench") == 0) {
		p->bench_done = true;
	} else if (strcmp(kind, "end") == 0) {
		json_decref(p->end);
		p->end = json_incref(event);
	}
	if (c->progress)
		c->progress(c->ctx, c);
}

static void on_line(void *ctx, struct child *child, json_t *event)
{
	struct cluster *c = ctx;
	const char *kind = json_string_value(json_object_get(event, "event"));
	int host = party_of(c, child, true);

	if (!kind) { /* the one document of a provider's program */
		for (unsigned i = c->policy->policy.n_parties; i < policy_sources(&c->policy->policy); i++)
			if (c->party[i].submitter == child && !c->party[i].end)
				c->party[i].end = json_incref(event);
		return;
	}
	if (host >= 0) {
		on_host_event(c, &c->party[host], kind, event);
	} else if (strcmp(kind, "listening") == 0) {
		c->listening++;
		if (child == c->coordinator_process) {
			const char *url = json_string_value(json_object_get(event, "url"));
			snprintf(c->coordinator, sizeof c->coordinator, "%s", url ? url : "");
		}
	}
}

static enum status died(struct cluster *c, const struct child *child)
{
	char words[256];

	child_last_words(child, words);
	return problem_set(&c->cli->problem, ST_TEE_LAUNCH, child->name, "its log shows more; `parley run --keep DIR` keeps it", "it ended at once: %s",
	    words[0] ? words : "no message");
}

/* Until `wanted` programs have said that they listen. */
static enum status wait_listening(struct cluster *c, unsigned wanted)
{
	for (int waited = 0; c->listening < wanted; waited += 50) {
		children_poll(&c->children, 50);
		for (size_t i = 0; i < c->children.n; i++)
			if (c->children.child[i].ended)
				return died(c, &c->children.child[i]);
		if (waited > READY_MS)
			return problem_set(&c->cli->problem, ST_SES_DEADLINE, "programs", NULL, "a program has not become ready in %d s", READY_MS / 1000);
	}
	return ST_OK;
}

static enum status start_coordinator(struct cluster *c)
{
	char journal[4096];

	snprintf(journal, sizeof journal, "%.4000s/journal.db", c->folder);
	const char *const argv[] = {"parley-coordinator", "--listen", "tcp://127.0.0.1:0", "--journal", journal, "--allow-filled-in", "--json", NULL};
	return child_start(c->cli, &c->children, &c->coordinator_process, "coordinator", c->folder, argv);
}

static enum status start_endorser(struct cluster *c, unsigned i)
{
	struct cluster_party *p = &c->party[i];
	char name[64], key[4096], runs[4096], socket[4096];

	snprintf(name, sizeof name, "endorser-%s", c->policy->policy.parties[i].id);
	cluster_path(c, i, "endorse.key", key);
	cluster_path(c, i, "runs", runs);
	cluster_path(c, i, "endorser.sock", socket);
	snprintf(p->endorser_url, sizeof p->endorser_url, "ipc://%.4000s", socket);
	const char *const argv[] = {"parley-endorser", "--policy", c->sealed, "--party", c->policy->policy.parties[i].id, "--key", key, "--listen",
		p->endorser_url, "--runs", runs, "--json", NULL};
	return child_start(c->cli, &c->children, &p->endorser, name, c->folder, argv);
}

static enum status start_host(struct cluster *c, unsigned i)
{
	struct cluster_party *p = &c->party[i];
	char name[64], root[4096], out[4096];
	size_t n = 16;

	snprintf(name, sizeof name, "host-%s", c->policy->policy.parties[i].id);
	cluster_path(c, i, "tee-root.key", root);
	cluster_path(c, i, "out", out);
	const char *argv[24] = {"parley-host", "--policy", c->sealed, "--party", c->policy->policy.parties[i].id, "--coordinator", c->coordinator, "--endorser",
		p->endorser_url, "--tee-root", root, "--out", out, "--listen", "tcp://127.0.0.1:0", "--json-events"};
	if (c->data[i]) {
		argv[n++] = "--data";
		argv[n++] = c->data[i];
	}
	if (c->bench) {
		argv[n++] = "--bench";
		argv[n++] = c->bench;
	}
	return child_start(c->cli, &c->children, &p->host, name, c->folder, argv);
}

/* The provider's own program: it waits for the enclaves, verifies them, and ends. */
static enum status start_submitter(struct cluster *c, unsigned source)
{
	struct cluster_party *p = &c->party[source];
	const char *id = policy_source_id(&c->policy->policy, source);
	char name[64], key[4096];

	snprintf(name, sizeof name, "submit-%s", id);
	cluster_path(c, source, "endorse.key", key);
	const char *const argv[] = {"parley", "data", "submit", "--policy", c->sealed, "--provider", id, "--data", c->data[source], "--key", key,
		"--coordinator", c->coordinator, "--json", NULL};
	enum status st = child_start(c->cli, &c->children, &p->submitter, name, c->folder, argv);

	if (st == ST_OK)
		p->submitter->one_document = true;
	return st;
}

static enum status start_session(struct cluster *c)
{
	struct coordinator_client *client = NULL;
	struct coordinator_started started;
	struct buf file = {0};
	enum status st;

	TRY(read_file(c->cli, &file, c->sealed, 2 * POLICY_SEALED_MAX));
	TRY(coordinator_client_open(&client, c->coordinator, &c->cli->problem));
	TRY(coordinator_client_start(client, buf_view(&file), NULL, &started, &c->cli->problem));
out:
	coordinator_client_close(client);
	buf_clear(&file);
	return st;
}

enum status cluster_start(struct cluster *c)
{
	unsigned parties = c->policy->policy.n_parties;
	enum status st;

	c->children.ctx = c;
	c->children.line = on_line;
	TRY(start_coordinator(c));
	for (unsigned i = 0; i < parties; i++)
		TRY(start_endorser(c, i));
	TRY(wait_listening(c, parties + 1));
	for (unsigned i = 0; i < parties; i++)
		TRY(start_host(c, i));
	TRY(start_session(c));
	for (unsigned i = parties; i < policy_sources(&c->policy->policy); i++)
		if (c->data[i])
			TRY(start_submitter(c, i));
out:
	return st;
}

/* What a party's or provider's program said when it ended badly. */
static enum status retell(struct cluster *c, const json_t *end, const char *code)
{
	const char *where = json_string_value(json_object_get(end, "where")), *fix = json_string_value(json_object_get(end, "fix"));
	const char *message = json_string_value(json_object_get(end, "message"));

	problem_set(&c->cli->problem, status_from_code(code), where, fix, "%s", message ? message : "");
	add_policy_line(&c->cli->problem, &c->policy->policy, policy_source(c->policy));
	return c->cli->problem.st;
}

static enum status ended_badly(struct cluster *c, const struct child *child)
{
	for (unsigned i = c->policy->policy.n_parties; i < policy_sources(&c->policy->policy); i++) {
		const char *code = json_string_value(json_object_get(c->party[i].end, "code"));

		if (c->party[i].submitter == child && code)
			return retell(c, c->party[i].end, code);
	}
	return died(c, child);
}

/* A provider that is done has ended well; one that is not has ended the rehearsal. */
static bool ended_too_soon(const struct cluster *c, const struct child *child)
{
	for (unsigned i = c->policy->policy.n_parties; i < policy_sources(&c->policy->policy); i++)
		if (c->party[i].submitter == child)
			return child->exit_code != 0;
	return party_of(c, child, true) < 0;
}

/* The first party's own reason; "aborted by a peer" only when nobody has a better one. */
static enum status judge_hosts(struct cluster *c)
{
	const char *code = NULL;
	json_t *worst = NULL;

	for (unsigned i = 0; i < c->policy->policy.n_parties; i++) {
		json_t *end = c->party[i].end;
		if (!end && !c->party[i].host->ended)
			continue; /* it waits for one that has failed */
		if (!end)
			return died(c, c->party[i].host);
		const char *status = json_string_value(json_object_get(end, "status")), *its = json_string_value(json_object_get(end, "code"));
		if (!status || strcmp(status, "ok") == 0 || !its)
			continue;
		if (!code || strcmp(code, status_code(ST_SES_ABORTED)) == 0) {
			code = its;
			worst = end;
		}
	}
	if (!code)
		return ST_OK;
	return retell(c, worst, code);
}

static bool all_benches_done(const struct cluster *c)
{
	for (unsigned i = 0; i < c->policy->policy.n_parties; i++)
		if (!c->party[i].bench_done)
			return false;
	return c->bench != NULL;
}

static bool hosts_running(const struct cluster *c)
{
	for (unsigned i = 0; i < c->policy->policy.n_parties; i++)
		if (!c->party[i].host->ended)
			return true;
	return false;
}

/* A host that could not even join cannot tell the others: they get a while, then the rehearsal is over. */
static bool given_up(const struct cluster *c, int *failed_for_ms)
{
	for (unsigned i = 0; i < c->policy->policy.n_parties; i++)
		if (c->party[i].host->ended && c->party[i].host->exit_code != 0)
			*failed_for_ms += POLL_MS;
	return *failed_for_ms > FAILED_MS;
}

enum status cluster_wait(struct cluster *c)
{
	int failed_for_ms = 0;

	while (hosts_running(c) && !all_benches_done(c) && !given_up(c, &failed_for_ms)) {
		children_poll(&c->children, POLL_MS);
		for (size_t i = 0; i < c->children.n; i++)
			if (c->children.child[i].ended && ended_too_soon(c, &c->children.child[i]) && hosts_running(c))
				return ended_badly(c, &c->children.child[i]);
	}
	return all_benches_done(c) ? ST_OK : judge_hosts(c);
}

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *where)
{
	(void)about;
	(void)type;
	(void)where;
	return remove(path);
}

void cluster_stop(struct cluster *c)
{
	children_stop(&c->children);
	for (unsigned i = 0; i < POLICY_SOURCES_MAX; i++) {
		json_decref(c->party[i].end);
		json_decref(c->party[i].marks);
		c->party[i].end = c->party[i].marks = NULL;
	}
	if (c->folder[0] && !c->keep)
		nftw(c->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	loaded_policy_free(c->policy);
	c->policy = NULL;
}

unsigned cluster_step(const struct cluster *c)
{
	unsigned least = c->policy->policy.plan.n_ops;

	for (unsigned i = 0; i < c->policy->policy.n_parties; i++)
		if (c->party[i].step < least)
			least = c->party[i].step;
	return least;
}
