#include "compile/compile_support.h"

#include "base/panic.h"
#include "receipt/receipt.h"

#include <stdlib.h>

void test_defaults(struct compile_defaults *d)
{
	*d = (struct compile_defaults){.now_s = 1767225600, .rows_max = 1024};
	for (int i = 0; i < POLICY_PARTIES_MAX; i++) {
		memset(d->keys[i].approve, 0x10 + i, sizeof d->keys[i].approve);
		memset(d->keys[i].endorse, 0x20 + i, sizeof d->keys[i].endorse);
		memset(d->keys[i].receive, 0x30 + i, sizeof d->keys[i].receive);
		memset(d->tee_root[i], 0x40, sizeof d->tee_root[i]);
	}
	memset(d->measurement, 0x50, sizeof d->measurement);
}

static enum status compile_with(struct policy *out, struct buf *payload, struct slice yaml,
    const struct compile_options *opt, struct problem *problem)
{
	struct buf filled_in = {0};
	enum status st = policy_compile(out, payload, yaml, opt, &filled_in, problem);

	buf_clear(&filled_in);
	return st;
}

enum status test_compile(
    struct policy *out, struct buf *payload, struct slice yaml, const char *helper, struct problem *problem)
{
	struct compile_defaults d;
	struct compile_options opt = {
	    .file_name = "policy.yaml", .sqlparse_path = helper, .fill_in = true, .defaults = &d};

	test_defaults(&d);
	return compile_with(out, payload, yaml, &opt, problem);
}

enum status test_compile_whole(
    struct policy *out, struct buf *payload, struct slice yaml, const char *helper, struct problem *problem)
{
	struct compile_options opt = {.file_name = "policy.yaml", .sqlparse_path = helper};

	return compile_with(out, payload, yaml, &opt, problem);
}

bool test_answer(struct buf *csv, const struct policy *p, const struct plan_clear_input *in)
{
	uint64_t *words = calloc((size_t)plan_clear_words(&p->plan) * p->plan.groups, sizeof *words);
	struct result_table table;
	enum status st;

	if (!words)
		panic("no memory");
	plan_clear_run(words, &p->plan, in);
	st = result_table_new(&table, p, words);
	free(words);
	if (st != ST_OK)
		return false;
	result_table_csv(csv, &table);
	result_table_clear(&table);
	return true;
}
