/* A CoRIM with a set of every kind, for tests and for the seeds of the fuzz target. */
#ifndef TESTS_UNIT_POLICY_CORIM_SAMPLE_H
#define TESTS_UNIT_POLICY_CORIM_SAMPLE_H

#include "policy/corim.h"
#include "policy/reference.h"

#include <stdio.h>

static void sample_value(struct tee_set *set, unsigned reg, unsigned len, uint8_t fill)
{
	struct tee_value *v = &set->values[set->n_values++];

	*v = (struct tee_value){.reg = (uint8_t)reg, .len = (uint8_t)len};
	memset(v->bytes, fill, len);
}

static struct tee_set *sample_set(struct corim *c, enum tee_kind kind, const char *release)
{
	struct corim_set *s = &c->sets[c->n++];

	snprintf(s->tag_id, sizeof s->tag_id, "%s/%s", tee_name(kind), release);
	s->kind = kind;
	snprintf(s->set.release, sizeof s->set.release, "%s", release);
	s->set.not_before = c->not_before;
	s->set.not_after = c->not_after;
	return &s->set;
}

static void sample_small(struct corim *c)
{
	*c = (struct corim){.id = "small", .not_before = REFERENCE_ALWAYS_FROM, .not_after = REFERENCE_ALWAYS_TO};
	sample_value(sample_set(c, TEE_SNP, "1"), TEE_REG_MEASUREMENT, 48, 0xc0);
}

static void sample_whole(struct corim *c)
{
	struct tee_set *set;

	*c = (struct corim){.id = "mixed-7", .not_before = 1793491200, .not_after = 1801440000};
	set = sample_set(c, TEE_NITRO, "2026.11");
	for (unsigned reg = 0; reg < 3; reg++)
		sample_value(set, reg, 48, (uint8_t)(0xa0 + reg));
	sample_value(set, 8, 48, 0xa8);
	set = sample_set(c, TEE_SGX, "2026.11");
	sample_value(set, TEE_REG_MRSIGNER, 32, 0x11);
	sample_value(set, TEE_REG_ISVPRODID, 2, 3);
	sample_value(set, TEE_REG_ISVSVN, 2, 7);
	sample_value(set, TEE_REG_CONFIGID, 64, 0);
	set = sample_set(c, TEE_TDX, "2026.11");
	sample_value(set, TEE_REG_MRTD, 48, 0xb0);
	sample_value(set, TEE_REG_RTMR1, 48, 0);
	sample_value(set, TEE_REG_RTMR2, 48, 0xb2);
	sample_value(set, TEE_REG_MRCONFIGID, 48, 0xb3);
	set = sample_set(c, TEE_SNP, "2026.11");
	sample_value(set, TEE_REG_MEASUREMENT, 48, 0xc0);
	sample_value(set, TEE_REG_HOST_DATA, 32, 0xc1);
	sample_value(set, TEE_REG_GUEST_SVN, 4, 0);
	sample_value(sample_set(c, TEE_SOFTWARE, "2026.11"), TEE_REG_CODE, 64, 0x5a);
	set = sample_set(c, TEE_TPM, "2026.11");
	sample_value(set, 14, 32, 0x0e);
	sample_value(set, TEE_REG_CODE, 64, 0x5a);
	sample_value(sample_set(c, TEE_SGX, "2026.12"), TEE_REG_MRENCLAVE, 32, 0x22);
}

#endif
