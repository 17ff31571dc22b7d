/* The probes of `parley doctor`: each looks by doing, says what it saw, and leaves nothing behind. */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "cli.h"

#include "base/tee.h"

enum finding {
	FINE,
	WEAK,    /* works, with one wall or one hour less */
	MISSING, /* a party cannot run so */
	ABSENT,  /* not there, and not needed for what was asked */
};
enum { DETAIL_MAX = 256 };
struct doctor {
	struct cli *cli;
	const char *sysroot;    /* before /dev and /sys; "" */
	enum tee_kind tee;      /* whose device is needed; 0: none is */
	const char *collateral; /* bundle; NULL */
	const char *policy;     /* policy or sealed policy; NULL */
	int64_t now_s;
};
struct check {
	const char *name;
	enum finding (*probe)(const struct doctor *d, char detail[static DETAIL_MAX]);
	const char *fix;
};

/* devices: where evidence comes from */
enum finding probe_nitro(const struct doctor *d, char detail[static DETAIL_MAX]);
enum finding probe_sgx(const struct doctor *d, char detail[static DETAIL_MAX]);
enum finding probe_tdx(const struct doctor *d, char detail[static DETAIL_MAX]);
enum finding probe_snp(const struct doctor *d, char detail[static DETAIL_MAX]);
enum finding probe_tpm(const struct doctor *d, char detail[static DETAIL_MAX]);
/* time, and what depends on it */
enum finding probe_clock(const struct doctor *d, char detail[static DETAIL_MAX]);
enum finding probe_clock_source(const struct doctor *d, char detail[static DETAIL_MAX]);
enum finding probe_policy_time(const struct doctor *d, char detail[static DETAIL_MAX]);
enum finding probe_collateral(const struct doctor *d, char detail[static DETAIL_MAX]);

#endif
