/* Targets: evidence_import, evidence_kind, evidence_show. Properties: any bytes can be shown as any kind, in bounded lines of printable ASCII; bytes that
 * are no text come out as they went in; what a platform is asked for by is hex and names. */
#include "collateral/show.h"
#include "collateral/vendor.h"

#include <stdlib.h>
#include <string.h>

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void check_fact(void *ctx, const char *name, const char *value)
{
	unsigned *told = ctx;

	must(++*told <= EVIDENCE_FACTS_MAX + 1);
	must(strlen(name) < 128 && strlen(value) < 1024);
	for (; *name; name++)
		must(*name >= ' ' && *name <= '~');
	for (; *value; value++)
		must(*value >= ' ' && *value <= '~');
}

static void check_platform(enum tee_kind kind, struct slice evidence)
{
	struct vendor_platform v = {.tee = 0};
	struct vendor_wanted wanted[VENDOR_WANTED_MAX];
	struct problem p = {.st = ST_OK};

	if (vendor_platform_of(&v, kind, evidence, "FILE", &p) != ST_OK || vendor_platform_check(&v, &p) != ST_OK)
		return;
	size_t n = vendor_wanted(wanted, &v, NULL);
	must(n <= VENDOR_WANTED_MAX);
	for (size_t k = 0; k < n; k++) {
		must(strlen(wanted[k].url) + 1 < VENDOR_URL_MAX && strncmp(wanted[k].url, "https://", 8) == 0);
		must(strspn(wanted[k].url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/.?&=_-") == strlen(wanted[k].url));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evidence_file e = {.form = 0};
	struct problem p = {.st = ST_OK};

	must(crypto_init() == ST_OK);
	if (evidence_import(&e, slice_of(data, size), "FILE", &p) != ST_OK) {
		must(p.where[0] && p.message[0] && e.form == 0);
		return 0;
	}
	if (e.form == EVIDENCE_BINARY)
		must(slice_equal(buf_view(&e.bytes), slice_of(data, size)));
	must((unsigned)evidence_kind(buf_view(&e.bytes)) < TEE_KIND_COUNT_);
	enum tee_kind kinds[] = {evidence_kind(buf_view(&e.bytes)), (enum tee_kind)(size % TEE_KIND_COUNT_)};
	for (unsigned i = 0; i < 2; i++) {
		unsigned told = 0;
		enum tee_kind kind = kinds[i];
		evidence_show(kind, buf_view(&e.bytes), check_fact, &told);
		must(told > 0);
		check_platform(kind, buf_view(&e.bytes));
	}
	evidence_file_clear(&e);
	return 0;
}
