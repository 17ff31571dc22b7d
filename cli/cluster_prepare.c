/* The folder of a rehearsal: for every party fresh keys; the policy compiled with them and signed by each. */
#include "cluster.h"

#include "base/keyfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void cluster_path(const struct cluster *c, unsigned party, const char *name, char out[static 4096])
{
	if ((size_t)snprintf(out, 4096, "%s/%s", c->party[party].folder, name) >= 4096)
		out[0] = 0;
}

static enum status make_folder(struct cluster *c, const char *keep)
{
	const char *base = getenv("TMPDIR");

	c->keep = keep != NULL;
	if (keep) {
		snprintf(c->folder, sizeof c->folder, "%s", keep);
		if (mkdir(keep, 0700) != 0)
			return problem_set(&c->cli->problem, ST_CANT_CREATE, keep, "name a folder that does not exist yet", "cannot create the folder: %s",
			    strerror(errno));
		if (!realpath(keep, c->folder)) /* addresses of sockets have no relative form */
			return problem_set(&c->cli->problem, ST_CANT_CREATE, keep, NULL, "cannot name the folder: %s", strerror(errno));
		return ST_OK;
	}
	snprintf(c->folder, sizeof c->folder, "%s/parley-XXXXXX", base && base[0] ? base : "/tmp");
	if (!mkdtemp(c->folder))
		return problem_set(&c->cli->problem, ST_CANT_CREATE, c->folder, NULL, "cannot create a folder: %s", strerror(errno));
	return ST_OK;
}

/* What the launcher here measures: the policy pins it for every party, since all run on this machine. */
static enum status measure(struct cluster *c, uint8_t out[static HASH_LEN])
{
	char path[4096], command[4200], hex[2 * HASH_LEN + 2] = "";

	program_path(c->cli, path, "parley-launch");
	if (strchr(path, '\''))
		return problem_set(&c->cli->problem, ST_TEE_LAUNCH, path, NULL, "the programs lie in a folder with a quote in its name");
	snprintf(command, sizeof command, "'%s' --measure", path);
	FILE *pipe = popen(command, "re");
	size_t n = pipe ? fread(hex, 1, sizeof hex - 1, pipe) : 0;
	int ended = pipe ? pclose(pipe) : -1;
	hex[n && hex[n - 1] == '\n' ? n - 1 : n] = 0;
	if (ended != 0 || hex_decode(out, HASH_LEN, hex) != ST_OK)
		return problem_set(&c->cli->problem, ST_TEE_LAUNCH, path, "run `parley doctor`", "the enclave cannot be measured");
	return ST_OK;
}

static enum status make_keys(struct cluster *c, unsigned party, struct compile_defaults *defaults)
{
	static const struct {
		enum key_role role;
		const char *file;
	} keys[] = {{KEY_APPROVE, "approve.key"}, {KEY_ENDORSE, "endorse.key"}, {KEY_RECEIVE, "receive.key"}, {KEY_TEE_ROOT, "tee-root.key"}};
	uint8_t unused[ED25519_PUBLIC_LEN];
	const struct policy *p = &c->policy->policy;
	bool computes = party < p->n_parties;
	uint8_t *const places[] = {defaults->keys[party].approve, defaults->keys[party].endorse, defaults->keys[party].receive,
		computes ? defaults->tee_root[party] : unused};
	char path[4096];

	snprintf(c->party[party].folder, sizeof c->party[party].folder, "%.4000s/%s", c->folder, policy_source_id(p, party));
	if (mkdir(c->party[party].folder, 0700) != 0)
		return problem_set(&c->cli->problem, ST_CANT_CREATE, c->party[party].folder, NULL, "cannot create the folder: %s", strerror(errno));
	for (size_t k = 0; k < (computes ? sizeof keys / sizeof *keys : 2); k++) { /* a provider: approve and endorse */
		struct key_file key = {.role = keys[k].role};
		snprintf(key.party, sizeof key.party, "%s", policy_source_id(p, party));
		random_system.fill(random_system.ctx, key.secret.bytes, sizeof key.secret.bytes);
		cluster_path(c, party, keys[k].file, path);
		enum status st = key_file_write(path, &key, &c->cli->problem);
		key_file_public(places[k], &key);
		secret32_wipe(&key.secret);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

static enum status sign_by_all(struct cluster *c)
{
	struct buf sealed = {0}, next = {0};
	struct key_file key = {0};
	char path[4096];
	enum status st = ST_OK;

	policy_file_wrap(&sealed, c->policy->bytes);
	for (unsigned i = 0; st == ST_OK && i < policy_sources(&c->policy->policy); i++) {
		uint8_t sk[ED25519_SECRET_LEN];
		cluster_path(c, i, "approve.key", path);
		st = key_file_read(&key, path, KEY_APPROVE, &c->cli->problem);
		key_file_signing(sk, &key);
		buf_reset(&next);
		if (st == ST_OK)
			st = policy_file_sign(&next, &c->policy->policy, buf_view(&sealed), sk);
		if (st == ST_KEY)
			problem_set(&c->cli->problem, st, policy_source_id(&c->policy->policy, i),
			    "leave the keys out of the policy: here they are made anew; real keys are for `parley party run`",
			    "the policy names keys whose private halves are not here");
		wipe(sk, sizeof sk);
		secret32_wipe(&key.secret);
		struct buf swap = sealed;
		sealed = next;
		next = swap;
	}
	if (st == ST_OK)
		st = buf_status(&sealed);
	snprintf(c->sealed, sizeof c->sealed, "%.4000s/policy.sealed", c->folder);
	if (st == ST_OK)
		st = write_file(c->cli, c->sealed, buf_view(&sealed), 0644);
	buf_clear(&sealed);
	buf_clear(&next);
	return st;
}

static enum status assign_data(struct cluster *c, const struct opt_many *data)
{
	const struct policy *p = &c->policy->policy;
	struct problem *problem = &c->cli->problem;

	for (size_t k = 0; k < data->n; k++) {
		const char *spec = data->values[k], *equals = strchr(spec, '='), *dot = strchr(spec, '.');
		char id[POLICY_ID_MAX + 1];
		if (!equals || !dot || dot > equals || (size_t)(dot - spec) > POLICY_ID_MAX)
			return problem_set(problem, ST_ARGUMENT, "--data", "write --data PARTY.DATASET=FILE", "\"%s\" is not of this form", spec);
		snprintf(id, sizeof id, "%.*s", (int)(dot - spec), spec);
		int party = policy_source_index(p, id);
		if (party < 0)
			return problem_set(problem, ST_ARGUMENT, "--data", NULL, "\"%s\" is no party or provider of this policy", id);
		if ((size_t)(equals - dot - 1) != strlen(p->dataset) || strncmp(dot + 1, p->dataset, strlen(p->dataset)) != 0)
			return problem_set(problem, ST_ARGUMENT, "--data", NULL, "the policy's dataset is \"%s\", not \"%.*s\"", p->dataset, (int)(equals - dot - 1), dot + 1);
		if (c->data[party])
			return problem_set(problem, ST_ARGUMENT, "--data", NULL, "two files for party \"%s\"", id);
		c->data[party] = equals + 1;
	}
	for (unsigned i = 0; i < policy_sources(p); i++)
		if (!c->data[i] && (p->dataset_from >> i & 1) && !c->bench)
			return problem_set(problem, ST_DATA_MISSING, policy_source_id(p, i), NULL, "no data file: --data %s.%s=FILE is missing",
			    policy_source_id(p, i), p->dataset);
	return ST_OK;
}

/* An upper bound on the rows of a file: its lines. */
static enum status count_rows(struct cluster *c, const char *path, uint32_t *most)
{
	char block[65536];
	uint64_t lines = 1;
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return problem_set(&c->cli->problem, ST_NO_INPUT, path, NULL, "cannot read the file: %s", strerror(errno));
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		for (const char *at = block; (at = memchr(at, '\n', (size_t)(block + n - at))); at++)
			lines++;
	fclose(f);
	if (lines > PLAN_ROWS_MAX / 4)
		return problem_set(&c->cli->problem, ST_DATA_ROWS, path, NULL, "more rows than this version takes");
	*most = lines > *most ? (uint32_t)lines : *most;
	return ST_OK;
}

/* Enclaves of a rehearsal are software ones: this machine could not be what the policy demands. */
static enum status check_tees(struct cluster *c)
{
	const struct policy *p = &c->policy->policy;

	for (unsigned i = 0; i < p->n_parties; i++)
		if (p->parties[i].tee != TEE_SOFTWARE)
			return problem_set(&c->cli->problem, ST_POL_UNSUPPORTED, p->parties[i].id,
			    "rehearse with a copy of the policy that leaves out `tee`, `reference_values` and `distinct`; real sessions: parley party run",
			    "the policy wants %s at party %s, and a rehearsal runs software enclaves on this machine", tee_name(p->parties[i].tee),
			    p->parties[i].id);
	return ST_OK;
}

enum status cluster_prepare(struct cluster *c, struct cli *cli, const char *policy_path, const struct opt_many *data, const char *keep)
{
	struct compile_defaults defaults = {.now_s = (int64_t)time(NULL) - 60};
	struct loaded_policy *named = NULL;
	enum status st;

	c->cli = cli;
	/* Once with placeholders: who the parties are and what is wrong with the file, before anything is made. */
	TRY(loaded_policy_new(&c->policy));
	TRY(compile_file(cli, c->policy, policy_path, true, NULL));
	TRY(check_tees(c));
	TRY(assign_data(c, data));
	for (unsigned i = 0; i < policy_sources(&c->policy->policy); i++)
		if (c->data[i])
			TRY(count_rows(c, c->data[i], &defaults.rows_max));
	TRY(measure(c, defaults.measurement));
	TRY(make_folder(c, keep));
	for (unsigned i = 0; i < policy_sources(&c->policy->policy); i++)
		TRY(make_keys(c, i, &defaults));
	TRY(loaded_policy_new(&named));
	TRY(compile_file(cli, named, policy_path, true, &defaults));
	loaded_policy_free(c->policy);
	c->policy = named;
	named = NULL;
	TRY(sign_by_all(c));
out:
	loaded_policy_free(named);
	return st;
}
