/* The two ways to a guest's evidence, and the check of what they give. */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include "produce/guest.h"

struct guest_answer { /* the caller clears both */
	enum tee_kind kind;
	struct buf evidence, table;
};
/* *present is false, and nothing else happened, when this kernel has no such device. */
MUST_USE enum status tsm_report(struct guest_answer *out, bool *present, const struct device_calls *d,
    const uint8_t report_data[static REPORT_DATA_LEN], struct problem *p);
MUST_USE enum status sev_guest_report(struct guest_answer *out, bool *present, const struct device_calls *d,
    const uint8_t report_data[static REPORT_DATA_LEN], struct problem *p);

#endif
