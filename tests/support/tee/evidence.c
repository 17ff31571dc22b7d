#include "doubles.h"

#include <string.h>
#include <sys/wait.h>
#include <time.h>

static size_t report_data_at(const struct double_wish *w, const struct buf *b, const uint8_t *made)
{
	const uint8_t *found = memmem(b->ptr, b->len, made, 64);

	(void)w;
	return found ? (size_t)(found - b->ptr) : b->len;
}

void double_evidence(
    struct buf *out, const struct double_wish *w, const struct vendor *v, const uint8_t report_data[static 64])
{
	static void (*const make[])(struct buf *, const struct vendor *, const struct vendor_wish *) = {
	    [DOUBLE_NITRO] = vendor_nitro,
	    [DOUBLE_SGX] = vendor_sgx,
	    [DOUBLE_TDX] = vendor_tdx,
	    [DOUBLE_SNP] = vendor_snp,
	    [DOUBLE_SEV_GUEST] = vendor_snp};
	struct vendor_wish wish = w->evidence;
	struct buf b = {0};

	memcpy(wish.report_data, report_data, 64);
	if (w->attack == DOUBLE_OTHER_REPORT_DATA || w->attack == DOUBLE_REPLAY)
		wish.report_data[5] ^= 0x10;
	if (!wish.now_s)
		wish.now_s = time(NULL);
	make[w->tee](&b, v, &wish);
	if (w->attack == DOUBLE_REPLAY)
		memcpy(b.ptr + report_data_at(w, &b, wish.report_data), report_data, 64);
	buf_append(out, b.ptr, w->attack == DOUBLE_SHORT ? b.len / 2 : b.len);
	buf_clear(&b);
}

int double_run(const struct double_wish *w, char *const *argv)
{
	static const unsigned set[] = {[DOUBLE_NITRO] = VENDOR_NITRO,
	    [DOUBLE_SGX] = VENDOR_DCAP,
	    [DOUBLE_TDX] = VENDOR_DCAP,
	    [DOUBLE_SNP] = VENDOR_SNP,
	    [DOUBLE_SEV_GUEST] = VENDOR_SNP};
	struct vendor *v = vendor_open(w->vendor, set[w->tee]);
	bool is_ioctl = w->tee == DOUBLE_NITRO || w->tee == DOUBLE_SEV_GUEST;
	int code = is_ioctl ? double_run_notify(w, v, argv) : double_run_fuse(w, v, argv);

	vendor_close(v);
	return code;
}
