/*
 * policy/rules.h: whatever the rules accept, what is released depends on the declared aggregates alone.
 *
 * A plan that is right is altered at random in one to three places. When the rules accept what comes out, it runs in the
 * clear on two tables that differ only in what the policy does not release:
 *   - in groups below min_subjects, everything;
 *   - where fewer than min_subjects ages are known, the ages, and whose is known;
 *   - elsewhere single salaries and ages, such that each group's sum, count and maximum stay the same.
 * All released words must be the same, and no group may be kept with fewer than min_subjects real rows. The tables tell
 * plans apart: many of the well-typed plans that the rules refuse do release different words.
 */
#include "policy/rules.h"
#include "test.h"
#include "wide_policy.h"

#include "plan_clear/plan_clear.h"

enum { ROUNDS = 200000, ROWS = 150, REGIONS = 4, WORDS_MAX = 256 };

struct table {
	int64_t region[ROWS], salary[ROWS], age[ROWS];
	uint8_t known[ROWS], valid[ROWS];
};

static const struct group {
	unsigned first, rows, known;
} groups[REGIONS] = {{0, 40, 40}, {40, 40, 5}, {80, 8, 8}, {88, 30, 25}}; /* the rest is padding */

static void set_age(struct table *t, unsigned row, bool known, int64_t age)
{
	t->known[row] = known;
	t->age[row] = known ? age : 0;
}

static void fill(struct table *t, struct test_rng *rng)
{
	memset(t, 0, sizeof *t);
	for (unsigned g = 0; g < REGIONS; g++) {
		for (unsigned i = 0; i < groups[g].rows; i++) {
			unsigned row = groups[g].first + i;
			t->valid[row] = 1;
			t->region[row] = g;
			t->salary[row] = (int64_t)test_below(rng, 1000000);
			set_age(t, row, i < groups[g].known, 30 + (int64_t)test_below(rng, 50));
		}
	}
}

static void alter_freely(struct table *t, const struct group *g, bool salaries, unsigned known, struct test_rng *rng)
{
	for (unsigned i = 0; i < g->rows; i++) {
		if (salaries)
			t->salary[g->first + i] = (int64_t)test_below(rng, 100000000);
		set_age(t, g->first + i, i >= g->rows - known, 17 + (int64_t)test_below(rng, 74));
	}
}

/* Moves one unit from one row to another: the sum stays; ages at the maximum stay as well. */
static void move_units(struct table *t, const struct group *g, struct test_rng *rng)
{
	int64_t oldest = 0;

	for (unsigned i = 0; i < g->known; i++)
		oldest = t->age[g->first + i] > oldest ? t->age[g->first + i] : oldest;
	for (unsigned i = 0; i < 200; i++) {
		unsigned from = g->first + (unsigned)test_below(rng, g->rows),
			 to = g->first + (unsigned)test_below(rng, g->rows);
		t->salary[from] -= t->salary[from] > 5000 ? 5000 : 0;
		t->salary[to] += t->salary[from] > 5000 ? 5000 : 0;
	}
	for (unsigned i = 0; i < 200; i++) {
		unsigned from = g->first + (unsigned)test_below(rng, g->known),
			 to = g->first + (unsigned)test_below(rng, g->known);
		if (from == to || t->age[from] <= 17 || t->age[from] == oldest || t->age[to] + 1 >= oldest)
			continue;
		t->age[from]--;
		t->age[to]++;
	}
}

static int64_t total(const int64_t *x, const struct group *g)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < g->rows; i++)
		sum += x[g->first + i];
	return sum;
}

/* Salaries are moved in pairs, so that nothing is lost where a salary is too small. */
static void keep_total(struct table *t, const struct group *g, int64_t sum)
{
	t->salary[g->first] += sum - total(t->salary, g);
}

static void make_tables(struct table *a, struct table *b, struct test_rng *rng)
{
	fill(a, rng);
	*b = *a;
	for (unsigned g = 0; g < REGIONS; g++) {
		if (groups[g].rows < 10)
			alter_freely(b, &groups[g], true, 3, rng);
		else if (groups[g].known < 10)
			alter_freely(b, &groups[g], false, 7, rng);
		if (groups[g].rows < 10)
			continue;
		struct group salaries = groups[g];
		if (salaries.known < 10)
			salaries.known = 1; /* one row: no age moves */
		move_units(b, &salaries, rng);
		keep_total(b, &groups[g], total(a->salary, &groups[g]));
		assert_int_equal(total(b->salary, &groups[g]), total(a->salary, &groups[g]));
		if (groups[g].known >= 10)
			assert_int_equal(total(b->age, &groups[g]), total(a->age, &groups[g]));
	}
}

static void run(uint64_t *words, const struct plan *p, const struct table *t)
{
	struct plan_clear_input in = {.rows = ROWS, .valid = t->valid};

	assert_true(plan_clear_words(p) * p->groups <= WORDS_MAX);
	in.values[TEST_REGION] = t->region;
	in.values[TEST_SALARY] = t->salary;
	in.values[TEST_AGE] = t->age;
	in.known[TEST_AGE] = t->known;
	plan_clear_run(words, p, &in);
}

static bool releases_the_same(const struct plan *p, const struct table *a, const struct table *b)
{
	uint64_t x[WORDS_MAX] = {0}, y[WORDS_MAX] = {0};

	run(x, p, a);
	run(y, p, b);
	return memcmp(x, y, sizeof x) == 0;
}

static void no_small_group_is_kept(const struct plan *p, const struct table *t)
{
	uint64_t words[WORDS_MAX] = {0};

	run(words, p, t);
	const uint64_t *keep = words + (size_t)(plan_clear_words(p) - 1) * p->groups;
	for (unsigned g = 0; g < REGIONS; g++)
		assert_true(!keep[g] || groups[g].rows >= 10);
}

static int64_t some_immediate(struct test_rng *rng)
{
	static const int64_t some[] = {0, 1, -1, 2, 8, 9, 10, 11, 40, 100, 1000, 10000, 1000000, 30000000, -5000};

	return some[test_below(rng, COUNT_OF(some))];
}

static void alter(struct plan *p, struct test_rng *rng)
{
	/* mostly what the outputs hang on */
	unsigned from = test_below(rng, 4) ? SUPPRESS : REGION;
	uint16_t id = (uint16_t)(from + test_below(rng, OUTKEEP + 1u - from));
	struct plan_op *op = &p->ops[id - 1];

	switch (test_below(rng, 8)) {
	case 0:
		op->imm = some_immediate(rng);
		return;
	case 1:
		op->imm2 = some_immediate(rng);
		return;
	case 2:
		op->code = (enum plan_opcode)(1 + test_below(rng, OP_COUNT_ - 1));
		return;
	case 3:
		op->a = (uint16_t)test_below(rng, 5);
		return;
	case 4:
		op->n_in = (uint8_t)(1 + test_below(rng, 3));
		return;
	default:
		if (op->n_in)
			op->in[test_below(rng, op->n_in)] = (uint16_t)(1 + test_below(rng, id - 1u));
	}
}

/* A WHERE may look at anything, so the tables compare plans that select all real rows. */
static bool selects_all(const struct plan *p)
{
	for (uint16_t k = 0; k < p->n_ops; k++) {
		if (p->ops[k].code == OP_GROUP && p->ops[k].in[0] != VALID && k + 1 != OTHER_GROUP &&
		    k + 1 != PADDED_GROUP)
			return false;
	}
	return p->ops[OTHER_GROUP - 1].code == OP_GROUP && p->ops[PADDED_GROUP - 1].code == OP_GROUP;
}

static bool uses(const struct plan *p, uint16_t id, uint16_t wanted)
{
	const struct plan_op *op = &p->ops[id - 1];

	if (id == wanted)
		return true;
	for (unsigned k = 0; k < op->n_in; k++) {
		if (uses(p, op->in[k], wanted))
			return true;
	}
	return false;
}

/* Do outputs rest on another selection? Then the tables say nothing. */
static bool uses_other_rows(const struct plan *p)
{
	for (uint16_t id = 1; id <= p->n_ops; id++) {
		enum plan_opcode code = p->ops[id - 1].code;
		if ((code == OP_OUT || code == OP_OUTKEEP) && (uses(p, id, OTHER_GROUP) || uses(p, id, PADDED_GROUP)))
			return true;
	}
	return false;
}

static void released_words_depend_on_declared_aggregates_alone(void **state)
{
	struct policy *p = calloc(1, sizeof *p);
	struct test_rng rng = {.state = 20240607};
	struct test_keys keys;
	struct plan *good = calloc(1, sizeof *good);
	struct table a, b;
	unsigned accepted = 0, refused = 0, refused_and_telling = 0;

	(void)state;
	test_keys_from_seed(&keys, 1);
	wide_policy(p, &keys);
	*good = p->plan;
	for (unsigned round = 0; round < ROUNDS; round++) {
		if (round % 500 == 0)
			make_tables(&a, &b, &rng);
		p->plan = *good;
		for (size_t n = 1 + test_below(&rng, 3); n > 0; n--)
			alter(&p->plan, &rng);
		if (plan_infer(&p->plan, NULL) != ST_OK || !selects_all(&p->plan) || uses_other_rows(&p->plan) ||
		    plan_clear_words(&p->plan) > WORDS_MAX / REGIONS)
			continue;
		bool is_accepted = rules_check(p, NULL) == ST_OK, is_same = releases_the_same(&p->plan, &a, &b);
		accepted += is_accepted;
		refused += !is_accepted;
		refused_and_telling += !is_accepted && !is_same;
		if (!is_accepted)
			continue;
		if (!is_same) {
			struct buf out = {0};
			plan_print(&out, &p->plan);
			print_error("round %u:\n%.*s", round, (int)out.len, (const char *)out.ptr);
			buf_clear(&out);
		}
		assert_true(is_same);
		no_small_group_is_kept(&p->plan, &a);
	}
	print_message(
	    "%u accepted, %u refused, of which %u release something else\n", accepted, refused, refused_and_telling);
	assert_true(accepted > ROUNDS / 100);
	assert_true(refused_and_telling > ROUNDS / 1000);
	free(good);
	free(p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(released_words_depend_on_declared_aggregates_alone),
	};
	return cmocka_run_group_tests_name("policy/rules.h: release", tests, NULL, NULL);
}
