#include "stage.h"

#include "../../support/policy_builder.h"

static void fill_policy(struct stage *s)
{
	struct test_keys *keys = calloc(1, sizeof *keys);
	struct problem problem = {0};

	assert_non_null(keys);
	test_keys_from_seed(keys, 1); /* replaced by the simulation's own */
	test_policy_fill(&s->policy, keys);
	free(keys);
	s->policy.min_subjects = 10;
	assert_int_equal(sim_policy_own(&s->policy, &s->keys, &s->payload, &s->file, &problem), ST_OK);
}

void stage_want(struct stage *s)
{
	const struct ingest_table *tables[SIM_PARTIES];

	for (unsigned i = 0; i < SIM_PARTIES; i++)
		tables[i] = &s->tables[i];
	free(s->want);
	s->want = calloc((size_t)sim_reference_words(&s->policy.plan) * s->policy.plan.groups, sizeof *s->want);
	assert_non_null(s->want);
	assert_int_equal(sim_reference_run(s->want, &s->policy.plan, tables, SIM_PARTIES), ST_OK);
}

void stage_rows(struct stage *s, uint64_t seed, uint32_t rows)
{
	struct random_seeded state = {0};
	struct random rng = random_from_seed(&state);

	memcpy(state.seed, &seed, sizeof seed);
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		ingest_table_clear(&s->tables[i]);
		assert_int_equal(sim_random_table(&s->tables[i], &s->policy, rows + i, &rng), ST_OK);
		s->rows[i] = rows + i;
		s->config.tables[i] = &s->tables[i];
	}
	stage_want(s);
}

void stage_open(struct stage *s, uint64_t seed)
{
	memset(s, 0, sizeof *s);
	assert_int_equal(crypto_init(), ST_OK);
	sim_keys_make(&s->keys, seed);
	fill_policy(s);
	sim_config_init(&s->config, &s->policy, buf_view(&s->file), &s->keys, seed);
	s->config.party_link = s->config.coordinator_link = (struct link_spec){2000000, 100000000};
	s->config.until_ns = UINT64_C(7200) * 1000000000;
	stage_rows(s, seed, STAGE_ROWS);
	stage_run(s);
	stage_check_done(s);
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		s->frames_before_commit[i] = s->report.peer_frames[i] - s->report.share_frames[i];
		s->peer_frames[i] = s->report.peer_frames[i];
	}
	s->messages = s->report.messages;
	s->messages_before_commit = s->report.messages_before_commit;
	s->requests = s->report.requests;
	s->finished_ns = s->report.finished_ns;
}

void stage_close(struct stage *s)
{
	for (unsigned i = 0; i < SIM_PARTIES; i++)
		ingest_table_clear(&s->tables[i]);
	sim_report_clear(&s->report);
	buf_clear(&s->payload);
	buf_clear(&s->file);
	free(s->want);
}

void stage_run(struct stage *s)
{
	sim_report_clear(&s->report);
	assert_int_equal(sim_run(&s->report, &s->config), ST_OK);
}

const char *stage_describe(const struct stage *s)
{
	static char text[4096];
	size_t at = (size_t)snprintf(text, sizeof text, "%s; ", s->label);

	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		const struct problem *p = &s->report.outcome[i];
		at += (size_t)snprintf(text + at, sizeof text - at, "%s: %s %s %s | ", s->policy.parties[i].id, status_code(p->st), p->where, p->message);
	}
	snprintf(text + at, sizeof text - at, "coordinator: %s %s", session_state_name(s->report.coordinator_state), s->report.coordinator_code);
	return text;
}

static void require(const struct stage *s, bool holds, const char *what)
{
	if (!holds)
		fail_msg("%s [%s]", what, stage_describe(s));
}

void stage_check_results(const struct stage *s, bool must_open)
{
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		struct problem problem = {0};
		if (!s->report.result[i].len) {
			require(s, s->report.outcome[i].st != ST_OK || !(s->policy.recipients >> i & 1), "a recipient is DONE without a result");
			continue;
		}
		enum status st = sim_check_result(s->want, &s->policy, buf_view(&s->payload), &s->keys, &s->report, i, &problem);
		require(s, st != ST_SIM_SAFETY, "a wrong answer");
		if (must_open && st != ST_OK)
			fail_msg("a delivered result does not open: %s %s [%s]", status_code(st), problem.message, stage_describe(s));
	}
}

void stage_check_law(const struct stage *s, bool must_open)
{
	const struct sim_report *r = &s->report;
	bool all_admitted = true;

	require(s, !r->stuck, "stuck");
	stage_check_results(s, must_open);
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		all_admitted = all_admitted && r->admitted[i];
		require(s, r->outcome[i].st == ST_OK || r->outcome[i].message[0], "an abort without a reason");
	}
	for (unsigned i = 0; i < SIM_PARTIES && !all_admitted; i++) {
		require(s, r->share_frames[i] == 0, "a share although not everybody was admitted");
		require(s, r->peer_frames[i] <= s->frames_before_commit[i], "more than handshakes and ADMITs although not everybody was admitted");
	}
}

void stage_check_done(const struct stage *s)
{
	for (unsigned i = 0; i < SIM_PARTIES; i++)
		require(s, s->report.outcome[i].st == ST_OK, "not DONE");
	require(s, s->report.coordinator_state == S_DONE, "the coordinator is not DONE");
	stage_check_law(s, true);
}

void stage_check_refused(const struct stage *s, enum status why)
{
	bool named = strcmp(s->report.coordinator_code, status_code(why)) == 0; /* it tells everybody */

	stage_check_law(s, true);
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		named = named || s->report.outcome[i].st == why;
		require(s, s->report.outcome[i].st != ST_OK, "DONE although somebody should have been refused");
		require(s, s->report.share_frames[i] == 0, "a share although somebody was refused");
		require(s, s->report.result[i].len == 0, "a result although somebody was refused");
	}
	if (!named)
		fail_msg("nobody says %s [%s]", status_code(why), stage_describe(s));
}

void stage_check_agreement(const struct stage *s)
{
	unsigned done = 0, results = 0;

	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		done += s->report.outcome[i].st == ST_OK;
		results += s->report.result[i].len > 0;
	}
	require(s, done == 0 || done == SIM_PARTIES, "some are DONE and some are not");
	require(s, done > 0 || results == 0, "a result although the session was aborted");
}
