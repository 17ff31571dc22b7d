/* The one event of the log, and the PCR that holds it and nothing else. */
#ifndef TPM_EVENT_H
#define TPM_EVENT_H

#include "commands.h"

struct tpm_event {
	uint8_t data[TPM_EVENT_LEN], digest[SHA256_LEN];
};
/* ST_NO_MEMORY */
MUST_USE enum status tpm_event_of(struct tpm_event *out, const uint8_t measurement[static TPM_MEASUREMENT_LEN]);
/* The PCR's value when this event was extended into it once since the machine started. */
void tpm_event_replay(uint8_t pcr[static PCR_LEN], const struct tpm_event *event);

#endif
