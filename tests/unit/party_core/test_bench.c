/* BENCH: only under a policy that everybody signed with `debug: INSECURE`, and never in a session that reads rows. */
#include "wage_gap.h"

#include "oblivious/bench.h"

struct bench_run {
	unsigned marks[HARNESS_N], begun[HARNESS_N];
	uint64_t payload[HARNESS_N], wire[HARNESS_N];
	uint32_t rounds[HARNESS_N];
	uint8_t op;
	uint32_t rows;
};

static void push_bench(struct harness *h, unsigned to, uint8_t op, uint32_t rows, uint32_t repetition)
{
	struct boundary_bench b = {op, repetition, rows};
	struct buf body = {0};

	boundary_put_bench(&body, &b);
	harness_push(h, to, FRAME_BENCH, 0, buf_view(&body));
	buf_clear(&body);
}

static void push_abort(struct harness *h, unsigned to)
{
	struct doc_fault f = {"SES-0010", "", "the bench is over"};
	struct buf body = {0};

	doc_put_fault(&body, &f);
	harness_push(h, to, FRAME_ABORT, 0, buf_view(&body));
	buf_clear(&body);
}

/* Two repetitions, then the end. */
static void drive(struct harness *h, unsigned from, enum frame_type type, uint8_t peer, struct slice body)
{
	struct bench_run *r = h->ctx;
	struct boundary_mark m;

	(void)peer;
	if (type == FRAME_ADMITTED)
		push_bench(h, from, r->op, r->rows, 0);
	if (type != FRAME_MARK)
		return;
	assert_int_equal(boundary_get_mark(&m, body), ST_OK);
	if (!m.end) {
		r->begun[from]++;
		return;
	}
	r->rounds[from] = m.rounds;
	r->payload[from] = m.payload_bytes;
	r->wire[from] = m.wire_bytes;
	if (++r->marks[from] == 1)
		push_bench(h, from, r->op, r->rows, 1);
	if (r->marks[0] == 2 && r->marks[1] == 2 && r->marks[2] == 2)
		for (unsigned i = 0; i < HARNESS_N; i++)
			push_abort(h, i);
}

static void run(struct harness *h, struct bench_run *r, bool debug)
{
	wage_open(h, 7);
	h->made->debug_insecure = debug;
	harness_seal(h);
	for (unsigned i = 0; i < HARNESS_N; i++)
		h->party[i].no_data = true;
	h->ctx = r;
	h->observe = drive;
	harness_run(h);
}

static void every_operation_is_measured(void **state)
{
	(void)state;
	for (uint8_t op = BENCH_MUL; op < BENCH_OP_END; op++) {
		struct bench_run r = {.op = op, .rows = 1000};
		struct harness h;
		run(&h, &r, true);
		assert_false(h.hung);
		for (unsigned i = 0; i < HARNESS_N; i++) {
			if (r.marks[i] != 2)
				fail_msg("op %u, party %u: %s %s", op, i, h.party[i].fault.code, h.party[i].fault.message);
			assert_int_equal(r.begun[i], 2);
			assert_int_equal(h.party[i].st, ST_SES_ABORTED);
			assert_int_equal(r.rounds[i], r.rounds[0]);
			assert_true(r.rounds[i] > 0 && r.wire[i] >= r.payload[i]);
		}
		assert_true(r.payload[0] + r.payload[1] + r.payload[2] > 0);
		harness_clear(&h);
	}
}

/* Whoever reads its frame first refuses; the others refuse too or hear of it. */
static void assert_refused(const struct harness *h, const char *code)
{
	unsigned own = 0;

	for (unsigned i = 0; i < HARNESS_N; i++) {
		bool mine = strcmp(h->party[i].fault.code, code) == 0;
		own += mine;
		assert_true(mine || strcmp(h->party[i].fault.code, "SES-0010") == 0);
	}
	assert_true(own > 0);
}

static void a_policy_without_debug_refuses(void **state)
{
	(void)state;
	struct bench_run r = {.op = BENCH_MUL, .rows = 1000};
	struct harness h;

	run(&h, &r, false);
	assert_refused(&h, "SES-0001");
	for (unsigned i = 0; i < HARNESS_N; i++)
		assert_int_equal(r.begun[i], 0);
	wage_assert_no_share(&h);
	harness_clear(&h);
}

static void an_operation_of_no_kind_is_refused(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 3; k++) {
		struct bench_run r = {.op = k == 0 ? 0 : k == 1 ? BENCH_OP_END : BENCH_MUL, .rows = k == 2 ? 0 : 1000};
		struct harness h;
		run(&h, &r, true);
		assert_refused(&h, "USE-0002");
		harness_clear(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_operation_is_measured), cmocka_unit_test(a_policy_without_debug_refuses),
	    cmocka_unit_test(an_operation_of_no_kind_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
