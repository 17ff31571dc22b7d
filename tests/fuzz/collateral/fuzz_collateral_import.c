/* Target: collateral_import. Properties: what is taken fits a bundle that decodes to the same set and has one encoding; what is refused leaves
 * nothing behind and says where; facts are printable; judging and superseding end, and never add. */
#include "collateral/check.h"

#include <stdlib.h>
#include <string.h>

static const struct att_anchors nobody = {NULL, 0};

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void printable(const char *text, size_t cap)
{
	size_t len = strnlen(text, cap);

	must(len < cap);
	for (size_t k = 0; k < len; k++)
		must(text[k] >= ' ' && text[k] <= '~');
}

static void check_facts(const struct collateral *c)
{
	struct collateral_facts f;
	struct att_bundle view;

	collateral_view(&view, c);
	for (size_t k = 0; k < view.n; k++) {
		(void)!collateral_facts(&f, &view.items[k]);
		printable(f.subject, sizeof f.subject);
		printable(f.issuer, sizeof f.issuer);
		printable(f.id, sizeof f.id);
		printable(f.fmspc, sizeof f.fmspc);
	}
}

static void check_bundle(struct collateral *c)
{
	struct collateral again = {.n = 0};
	struct buf first = {0}, second = {0};
	struct problem p = {.st = ST_OK};

	if (collateral_encode(&first, c) == ST_OK) {
		must(collateral_import(&again, slice_of(first.ptr, first.len), "bundle", 0, &p) == ST_OK);
		must(again.n == c->n);
		must(collateral_encode(&second, &again) == ST_OK && slice_equal(buf_view(&first), buf_view(&second)));
	}
	buf_clear(&first);
	buf_clear(&second);
	collateral_clear(&again);
}

static void check_judgement(struct collateral *c)
{
	static struct collateral_judgement j;
	size_t before = c->n;

	if (collateral_judge(&j, c, &nobody, 1750000000) == ST_OK)
		for (size_t k = 0; k < j.n; k++)
			must(j.items[k].signature != COLLATERAL_SIGNED); /* nobody is pinned */
	collateral_supersede(c);
	must(c->n <= before && (before == 0 || c->n > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct collateral c = {.n = 0};
	struct problem p = {.st = ST_OK};
	enum status st = crypto_init() == ST_OK ? collateral_import(&c, slice_of(data, size), "FILE", 1, &p) : ST_BUG;

	must(st != ST_BUG);
	if (st == ST_OK) {
		check_facts(&c);
		check_bundle(&c);
		check_judgement(&c);
	} else {
		must(c.n == 0 && p.st == st && p.where[0] && p.message[0]);
	}
	collateral_clear(&c);
	return 0;
}
