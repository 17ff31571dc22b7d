/* parley sim run, in two files: what happens (sim_run.c) and how it is told (sim_print.c). */
#ifndef CLI_SIM_RUN_H
#define CLI_SIM_RUN_H

#include "policy_common.h"
#include "sim/check.h"

struct simulation { /* large: heap only */
	struct cli *cli;
	/* options */
	const char *path;
	struct opt_many data;
	uint64_t rows, latency_ms, bandwidth_mbit, seed, cpu_ns_per_byte;
	bool check_determinism;
	/* the session */
	struct loaded_policy *policy;
	struct sim_keys keys;
	struct buf payload, file;
	const char *data_path[SIM_PARTIES];
	struct ingest_table tables[SIM_PARTIES];
	uint32_t public_rows[SIM_PARTIES];
	struct sim_config config;
	struct sim_report report;
	uint64_t *want; /* the answer in the clear */
};

/* Costs, times and transcript, as text and into cli->doc. */
void simulation_print(const struct simulation *s);
/* The result as a recipient sees it. */
MUST_USE enum status simulation_print_result(const struct simulation *s);

#endif
