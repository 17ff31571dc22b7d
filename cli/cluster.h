/*
 * All of a session on this machine: a folder with fresh keys for every party, the policy compiled, signed by all, and then
 * the real programs: one coordinator, for each party an endorser, a host and, under it, an attested enclave, and for each provider
 * `parley data submit`.
 */
#ifndef CLI_CLUSTER_H
#define CLI_CLUSTER_H

#include "children.h"
#include "policy_common.h"

struct cluster_party {
	struct child *host, *endorser, *submitter; /* providers have the last alone */
	char folder[4096], endorser_url[4096], phase[32];
	unsigned step;
	json_t *end; /* the host's last word */
	json_t *marks;
	bool bench_done;
};
struct cluster {
	struct cli *cli;
	char folder[4096];
	bool keep;
	struct children children;
	struct child *coordinator_process;
	char coordinator[256]; /* its address */
	struct loaded_policy *policy;
	char sealed[4096];
	const char *data[POLICY_SOURCES_MAX]; /* --data, by source number: parties, then providers */
	const char *bench;                    /* parley-host --bench */
	struct cluster_party party[POLICY_SOURCES_MAX];
	unsigned listening;
	void *ctx;
	void (*progress)(void *ctx, const struct cluster *c); /* a party's phase or step changed; may be NULL */
};

/* Makes the folder (or uses `keep`), keys, the sealed policy. data: PARTY.DATASET=FILE. */
MUST_USE enum status cluster_prepare(struct cluster *c, struct cli *cli, const char *policy_path, const struct opt_many *data, const char *keep);
MUST_USE enum status cluster_start(struct cluster *c); /* programs up, session started */
MUST_USE enum status cluster_wait(struct cluster *c);  /* until every host has ended, or all benches are done */
void cluster_stop(struct cluster *c);                  /* ends the programs, removes the folder unless it is kept */
/* "FOLDER/PARTY/NAME" */
void cluster_path(const struct cluster *c, unsigned party, const char *name, char out[static 4096]);
/* Slowest party's step. */
unsigned cluster_step(const struct cluster *c);

#endif
